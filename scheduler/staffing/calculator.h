/*
 * calculator.h - one interval of one queue in steady state, whatever its model: what so many agents
 * achieve, how many it takes, and between which values of another variable given agents meet the targets.
 *
 * The model follows from what is given: chats > 1 the level-dependent chain of chat.h (with even levels plain
 * servers), a room or lines the waiting room of erlang.h, blend_idle threshold blending, else Erlang A, or C
 * without patience. With due_s it is a typical week of
 * deferred work (calculator_deferred.h), and of the targets only `target` counts. "Agents" are those on
 * shift; `shrinkage` of them are not at work. Pure, thread-safe.
 */
#ifndef WFM_SCHEDULER_STAFFING_CALCULATOR_H
#define WFM_SCHEDULER_STAFFING_CALCULATOR_H

#include "scheduler/staffing/erlang.h"

#define CALCULATOR_CHATS_MAX 12

/* All doubles, whole ones too, so that a grid can walk over any of them. */
struct calculator {
    double contacts, span_s; /* contacts offered in span_s > 0 */
    double aht_s;            /* > 0; with chats: at one contact at a time */
    double patience_s;       /* 0: nobody gives up */
    double threshold_s, short_abandon_s;
    double target; /* service level by `definition`, 0: none */
    double asa_max_s, abandon_max, occupancy_max;
    double shrinkage;  /* 0..<1 */
    double chats;      /* whole, 1..CALCULATOR_CHATS_MAX */
    double room;       /* whole: contacts that can wait; < 0: no end of them */
    double lines;      /* whole: contacts handled or waiting; < 0: no end of them. Not with room */
    double blend_idle; /* whole: outbound work starts while more are idle; < 0: no outbound work */
    double busyness;   /* coefficient of variation of the rate around `contacts`; 0: it is known */
    enum sl_definition definition;
    double
        level_share[CALCULATOR_CHATS_MAX]; /* chats: handling time at 1, 2, … contacts, relative to aht_s */
    double due_s;   /* > 0: deferred work, to be done within so much opening time; occupancy_max is then the
                       share of the time at work that is work */
    double backlog; /* deferred contacts that wait when the week opens */
    double open_s, days; /* open a day, and days a week */
};

struct calculator_answer {
    double agents, at_work;
    struct erlang_metrics metrics;
    double outbound_per_s; /* blending */
    double margin;         /* >= 0: all targets are met; erlang_margin */
    double within_due;     /* deferred work: share of what falls due in the week */
    double oldest_s;       /* … and opening time the oldest has waited at worst, */
    double wait_s;         /* … all wait on the mean */
    double backlog;        /* … contacts left at the last closing of the week */
};

void calculator_answer(const struct calculator *calculator, double agents, struct calculator_answer *out);

/* Least agents at work that meet all targets; whole: the least whole number. INFINITY when none do. */
double calculator_required(const struct calculator *calculator, bool whole);

/* The values of a variable between which `agents` meet the targets: the lowest such range, exact to 1e-9.
   least 0: from nothing on; most INFINITY: without end. False when no value does. For CALCULATOR_TARGET: most
   is the service level they achieve, false when they miss one of the other targets. */
enum calculator_variable {
    CALCULATOR_CONTACTS,
    CALCULATOR_AHT,
    CALCULATOR_PATIENCE,
    CALCULATOR_THRESHOLD,
    CALCULATOR_TARGET,
    CALCULATOR_DUE,
    CALCULATOR_VARIABLE_N
};
struct calculator_range {
    double least, most;
};
bool calculator_solve(const struct calculator *calculator, double agents, enum calculator_variable variable,
                      struct calculator_range *out);

#endif
