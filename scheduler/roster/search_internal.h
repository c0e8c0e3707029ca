/*
 * search_internal.h - shared by the parts of the search (search*.c) and by nobody else.
 */
#ifndef WFM_SCHEDULER_ROSTER_SEARCH_INTERNAL_H
#define WFM_SCHEDULER_ROSTER_SEARCH_INTERNAL_H

#include "core/random.h"
#include "scheduler/roster/meetings.h"
#include "scheduler/roster/search.h"
#include "scheduler/roster/sla.h"

#define RUIN_MAX 4 /* agents a round takes out */

struct search {
    const struct roster_model *model;
    struct worth *worth;
    struct pricing *pricing;
    struct crew *crew; /* what else couples agents; NULL = nothing */
    struct random random;
    int n_agents;
    struct tour *tours;
    int32_t **cover; /* per agent, intervals worked */
    int *n_cover, *size_cover;
    int32_t *all_cover;  /* n_iv */
    bool *inside;        /* per agent: are their shifts counted in the crew? */
    double *own;         /* pay and personal costs */
    int *count;          /* n_iv × n_sets */
    double *worth_iv;    /* n_iv: value of the staffing, but for the stale ones */
    int *stale, n_stale; /* intervals whose staffing has changed since they were valued */
    bool *is_stale;
    double *gain;      /* n_sets × n_axis, each made when it is asked for: */
    uint32_t *gain_of; /* … at which state of the interval */
    uint32_t *state;   /* n_iv: grows with every change of the staffing */
    struct sla_account *sla;
    double *zero;     /* n_axis: for agents without a skill */
    double *value;    /* slots of the largest catalogue */
    double objective; /* but for the stale intervals: search_objective */
    double best;
    struct tour *best_tours;
    bool *changed; /* per agent: since the best roster */
    int *changes;  /* … those agents */
    int n_changes;
    struct tour *before, scratch;
    int *out, most_out;            /* agents of one round, and how many there may be */
    struct diary *diary;           /* NULL without meetings */
    int32_t *best_at, *best_start; /* … of the best roster */
    int32_t *old_at, *old_start;   /* … before the round */
    int32_t *try_at;
    double *lure; /* n_axis */
    struct tour other;
    struct search_window {
        int week, n,
            shift; /* the roster weeks [week, week + n), all days `shift` later; n = 0: the horizon */
    } window;      /* what going out and in is about, but for agents with meetings or optional ones */
    long rounds;
    bool bulk;           /* many go in at once: gains and objective are not kept up, recount follows */
    search_stop_fn stop; /* NULL = never */
    void *stop_user;
};

/* Uniform in [0, n). */
int search_random_below(struct search *search, int n);
const struct agent_class *search_class(const struct search *search, int agent);

/* What work of the agent adds in an interval: n_axis. Exact while the agent is out. */
const double *search_gain(struct search *search, int agent);
/* … of all skill sets: n_sets × n_axis. */
const double *search_gains(struct search *search);

/* The best tour of an agent who is out at these prices of work (n_axis), into scratch. */
void search_best_tour(struct search *search, int agent, const double *price);

/* Takes an agent out, or puts one who is out in at the tour, with meetings as the diary has them. */
void search_take_out(struct search *search, int agent);
void search_put_in(struct search *search, int agent, const struct tour *tour);

/* ---- meetings: search_meetings.c ---- */

/* Makes diary and copies; the model must have meetings. */
void search_open_diary(struct search *search);
void search_copy_diary(struct search *search, int32_t *at, const int32_t *from_at, int32_t *start,
                       const int32_t *from_start);

/* Inserts an agent with meetings: the best tour as if there were none, one lured by the times they are at
   now, and one by times drawn at random; whichever costs least with its meetings placed. */
void search_insert_attending(struct search *search, int agent);

/* The best start of a meeting held together for the rosters at hand; of all of them. */
void search_retime(struct search *search, int meeting);
void search_retime_all(struct search *search);

/* Which meeting held together is looked at in this round, now and then one, and whether it is to move; -1
   else. */
int search_pick_meeting(struct search *search, bool *move);
int search_asked_to(const struct search *search, int meeting);

/* Gives the meeting another start and fills out[] with those to be put in again: first those who are asked to
   it, then some more; returns how many. */
int search_move_meeting(struct search *search, int meeting);

#endif
