/*
 * edited.h - what a roster becomes when people change its shifts by hand: who works which queue then, what it
 * costs, and which rules it breaks.
 *
 * The answer depends on the problem, the roster as it was solved and the shifts as they are, and on nothing
 * between: shifts put back give the solved roster's figures back, bit for bit. Rules and money are the
 * checker's (checker.h); intervals in which the same people work as solved keep their allocation to queues,
 * the others are allocated anew, best for the contracts.
 *
 * Pure, thread-safe; results belong to the caller.
 */
#ifndef WFM_SCHEDULER_ROSTER_EDITED_H
#define WFM_SCHEDULER_ROSTER_EDITED_H

#include "core/auto.h"
#include "scheduler/roster/checker.h"

struct edited {
    struct plan_solution *solution; /* the shifts, with recounted figures and the bound of `made`, which holds
                                       for every roster of the problem that keeps its rules */
    struct check_report report;     /* of it. A bound above the objective is no violation here: it says that
                                       rules are broken */
    struct edited_trace *trace;     /* what the next edit need not count again */
};

/* What all edits of a roster share, counted once: the problem as the engine sees it and what staff is worth
   near the roster as it was solved. Borrows both; any thread may use it. WFM_ERROR_INPUT when the problem
   has not the right shape. */
struct edited_ground;
struct edited_ground *edited_ground_new(const struct plan_problem *problem, const struct plan_solution *made,
                                        GError **error);
void edited_ground_free(struct edited_ground *ground);
AUTO_DEFINE(edited_ground, edited_ground_free);

/* What was counted of one roster of the ground. Immutable and counted; borrows the problem. */
struct edited_trace;
struct edited_trace *edited_trace_ref(struct edited_trace *trace);
void edited_trace_unref(struct edited_trace *trace);

/* shifts: n, of the problem's agents, in any order. `before` (NULL: none) says what was counted of another
   roster of the ground, the nearer the quicker; it never changes the answer. */
struct edited *edited_next(struct edited_ground *ground, const struct edited_trace *before,
                           const struct shift *shifts, int n);
/* The same once, with a ground of its own. `made`: the roster as it was solved. */
struct edited *edited_new(const struct plan_problem *problem, const struct plan_solution *made,
                          const struct shift *shifts, int n, GError **error);
void edited_free(struct edited *edited);
AUTO_DEFINE(edited, edited_free);

/* Meals, breaks and splits of a new shift of a known template and a start and end: each inside its window,
   none over another, where the fewest of `need` less `staffed` of the agent's queues are lost; meetings are
   none. Earlier places first where several are as good. WFM_ERROR_INPUT when the shift is too short for
   them. */
bool edited_place_breaks(const struct plan_problem *problem, const double *staffed, struct shift *shift,
                         GError **error);

/* roster_check, without what it says of claims and of the bound: for figures that were counted by it. *trace
   (may be NULL): for edited_next, of shifts alone; counted once. */
void edited_check(const struct plan_problem *problem, const struct plan_solution *solution,
                  struct edited_trace **trace, struct check_report *report);

/* Are two lists of shifts the same, in the same order? */
bool edited_same(const struct shift *a, int n_a, const struct shift *b, int n_b);

/* Violations of `after` that `before` has not (by rule, agent, queue and instant), or that are further from
   their limit there. new_of: n_violations of after (may be NULL), true for each. Returns how many. */
int edited_new_violations(const struct check_report *before, const struct check_report *after, bool *new_of);

/* May such a violation stand in a stored draft? Not those that make it no roster at all: an unknown agent,
   two shifts at once or on a day, a start outside the weeks. */
bool edited_may_stand(enum violation_rule rule);

#endif
