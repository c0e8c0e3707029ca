/*
 * week_problem.h - one roster week of a problem as a problem of its own: what its prices are there is where
 * the prices of the horizon begin. What reaches over weeks is not in it, so its bound says nothing about the
 * whole.
 *
 * Private to scheduler/roster.
 */
#ifndef WFM_SCHEDULER_ROSTER_WEEK_PROBLEM_H
#define WFM_SCHEDULER_ROSTER_WEEK_PROBLEM_H

#include "core/plan.h"

/* NULL where the week's intervals or rows do not stand alone. Borrows the operation: it must outlive the
   week. `first_iv`: where its intervals begin in the problem's. Free with week_problem_free. */
struct plan_problem *week_problem_new(const struct plan_problem *problem, int week, int *first_iv);
void week_problem_free(struct plan_problem *part);

#endif
