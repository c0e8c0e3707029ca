/*
 * week.h - the best week of one agent class out of slots with known values: dynamic programming over the
 * days.
 *
 * A label is (node of the day automaton, rest still owed, nights, paid minutes). Rest and nights are tracked
 * only where they bind: the first pass forgets both, every pass that breaks one of them is repeated with that
 * night count or that day boundary tracked (decremental state space: each pass is a relaxation, so the first
 * legal answer is optimal). Start-time arcs are tried in the order of a bound of their own and cut when they
 * cannot win.
 *
 * Owned by one thread. Private to scheduler/roster.
 */
#ifndef WFM_SCHEDULER_ROSTER_WEEK_H
#define WFM_SCHEDULER_ROSTER_WEEK_H

#include "scheduler/roster/pricing.h"

struct week;
struct week *week_new(const struct roster_model *model);
void week_free(struct week *week);

/* See pricing_week. */
double week_solve(struct week *week, const struct agent_class *class, const double *value, struct tour *tour);

#endif
