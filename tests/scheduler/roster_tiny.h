/*
 * roster_tiny.h - tiny roster problems made in code, for the tests of the roster engine.
 */
#ifndef WFM_TESTS_SCHEDULER_ROSTER_TINY_H
#define WFM_TESTS_SCHEDULER_ROSTER_TINY_H

#include "core/plan.h"

/* Repeatable random numbers. */
struct dice {
    uint64_t state;
};
double dice_unit(struct dice *dice);               /* [0, 1) */
int dice_between(struct dice *dice, int a, int b); /* inclusive */
bool dice_chance(struct dice *dice, double share);

#define TINY_MONDAY 20780 /* 2026-11-23 */
/* Instant of an hour of day `day` (0 = TINY_MONDAY), UTC. */
#define TINY_TS(day, hour) ((int64_t)(TINY_MONDAY + (day)) * DAY_S + (hour)*INT64_C(3600))

/* One site in `zone`, one contract without binding rules ("c": any 0..7 days, no rest), no template, no
   agent, no queue; planning zone UTC, intervals of interval_min; demand not made yet. The week begins on
   Monday `first_day`. */
struct plan_problem *tiny_problem(const char *zone, int interval_min, int32_t first_day);

/* The only contract. */
struct contract *tiny_contract(struct plan_problem *problem);

/* Solves the problem, which must have a roster, and lets the checker confirm it. */
struct plan_solution *tiny_solve(const struct plan_problem *problem);

/* Adds a template every contract may use; returns its index. Breaks are added by the caller. */
int tiny_template(struct plan_problem *problem, int start_from, int start_to, int step, int paid_min,
                  int paid_max, int paid_step);
void tiny_break(struct plan_problem *problem, int tmpl, int length, bool paid, int earliest, int latest);

/* Adds a queue / an agent with the skills in the mask of queues; returns the index. */
int tiny_queue(struct plan_problem *problem);
int tiny_agent(struct plan_problem *problem, unsigned queues);

/* Makes room for the demand, all zero, and for one piece per cell; call after all queues. */
void tiny_demand(struct plan_problem *problem, int n_pieces);
/* One piece {width, value} on [from_ts, to_ts) of the queue. */
void tiny_need(struct plan_problem *problem, int queue, int piece, int64_t from_ts, int64_t to_ts,
               double width, double value);

/* Published past: a shift without breaks. Keep them in order (agent, start). */
void tiny_past(struct plan_problem *problem, int agent, int64_t start_ts, int64_t end_ts);
void tiny_time_off(struct plan_problem *problem, int agent, int64_t start_ts, int64_t end_ts, int credit_min);
void tiny_available(struct plan_problem *problem, int agent, int weekdays, int from_min, int to_min);

#endif
