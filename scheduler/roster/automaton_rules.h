/*
 * automaton_rules.h - the rules of automaton.h as a walk: a state that each day's letter changes at a cost.
 *
 * Private to automaton.c and automaton_rules.c.
 */
#ifndef WFM_SCHEDULER_ROSTER_AUTOMATON_RULES_H
#define WFM_SCHEDULER_ROSTER_AUTOMATON_RULES_H

#include "scheduler/roster/automaton.h"

enum { WEEKEND_WORKED = 1, WEEKEND_OFF = 2 };

/* What the days so far leave behind. Compared as bytes: no padding may hold anything but zero. */
struct rule_state {
    uint64_t window;   /* days worked before today: bit 0 = yesterday */
    uint64_t weekends; /* weekends worked before this one: bit 0 = the last */
    uint8_t last;      /* letter of the last shift that still matters, 0 = none */
    uint8_t run, off;  /* days worked, days off in a row up to yesterday */
    uint8_t nights, nights_owed;
    uint8_t tmpl, tmpl_run; /* run class + 1, 0 = none */
    uint8_t week_days;
    uint8_t weekend; /* of this weekend so far: WEEKEND_… */
    uint8_t weekend_row;
    bool unknown;            /* nothing is known of yesterday */
    bool run_kept, run_past; /* long enough whatever its length; without a day of this horizon */
    bool off_kept, tmpl_kept;
    uint8_t off_long; /* days off in a row that are not excused, where that is asked */
};

struct rule_walk {
    const struct line_rules *rules;
    bool window, weekends; /* does the state keep what these two rules need? */
    uint8_t weekend_days;
    int run_cap, off_cap;
    uint8_t same[LINE_GAPS_MAX][LINE_LETTERS_MAX + 1]; /* letters that later letters cannot tell apart */
    int *week_of;                                      /* n_days: roster week that holds or ends on the day */
};

void rule_walk_init(struct rule_walk *walk, const struct line_rules *rules);
void rule_walk_clear(struct rule_walk *walk);

/* The state before day 0: what the past leaves. */
struct rule_state rule_walk_start(const struct rule_walk *walk);

/* Cost of the letter on the day, the state moved on, what counters may count. INFINITY = forbidden. */
double rule_walk_step(const struct rule_walk *walk, struct rule_state *state, int day, int letter,
                      uint32_t *tags);

/* Day 0 where a published shift takes it (rules.taken); the cost is that of a week that ends with it. */
double rule_walk_taken(const struct rule_walk *walk, struct rule_state *state);

bool rule_walk_in_weekend(const struct rule_walk *walk, int day);
/* Weekends are told apart by the Wednesday before them, a day relative to day 0. */
int rule_walk_weekend_start(const struct rule_walk *walk, int day);

#endif
