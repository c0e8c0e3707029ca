/*
 * roster.h - the roster engine: from a plan problem to a roster with a proven bound.
 *
 * Minimises pay + shortage (core/plan.h) subject to every hard rule of operation.h. Coverage is soft, so a
 * roster exists whenever each agent alone can keep their own rules; an agent for whom no legal week exists
 * makes the solve fail with WFM_ERROR_INPUT naming agent, rule and value.
 *
 * Pure: the clock is an argument (roster_clock_fn), the seed is in the problem; same problem, seed, rounds
 * and seconds = same bits, whatever limits.threads. The work on the bound is counted from the size of the
 * problem and limits.seconds; the clock cuts it only when it has taken three quarters of the seconds
 * (docs/roster.md). GLPK aborts on misuse, so callers that must live run this in a child process.
 */
#ifndef WFM_SCHEDULER_ROSTER_ROSTER_H
#define WFM_SCHEDULER_ROSTER_ROSTER_H

#include "core/plan.h"

/* Monotonic seconds. */
typedef double (*roster_clock_fn)(void *user);

struct roster_control {
    roster_clock_fn clock;
    plan_progress_fn progress; /* may be NULL */
    void *user;
    bool untimed; /* the clock cuts nothing: limits.seconds only says how much work the bound gets. For
                     replays */
};

/* NULL on failure. */
struct plan_solution *roster_solve(const struct plan_problem *problem, const struct roster_control *control,
                                   GError **error);

/* Planning units: connected components of the agents–queues graph, where agents who share seats that may run
   out, leads, headcounts or a meeting held together are of one unit, too. unit_of_queue: n_queues,
   unit_of_agent: n_agents (-1 for an agent without a skill: still rostered for their contract hours, in unit
   0). Returns the number of units, >= 1. */
int roster_units(const struct plan_problem *problem, int *unit_of_queue, int *unit_of_agent);

/* The sub-problem of one unit, with its own copy of everything; agents and queues keep their ids, not their
 * indices. */
struct plan_problem *roster_extract(const struct plan_problem *problem, const int *unit_of_queue,
                                    const int *unit_of_agent, int unit);

/* Joins solutions of all units (by unit number) into one of the whole problem; sums money and bounds. */
struct plan_solution *roster_join(const struct plan_problem *problem, const struct plan_problem *const *units,
                                  const struct plan_solution *const *solutions, int n_units);

#endif
