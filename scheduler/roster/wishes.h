/*
 * wishes.h - what a shift or a day off costs one agent personally: wishes not granted, fairness over the
 * published past, changes of a re-plan (core/operation.h, core/plan.h say how each is counted).
 *
 * Private to scheduler/roster.
 */
#ifndef WFM_SCHEDULER_ROSTER_WISHES_H
#define WFM_SCHEDULER_ROSTER_WISHES_H

#include "scheduler/roster/model.h"

/* By agent, what each has worked beyond the mean (g_free); NULL where fairness is off. `zones`: by site, or
   NULL to open them here. The problem's own burdens are taken where it has them. */
struct burden *wishes_burdens(const struct plan_problem *problem, struct zone *const *zones);

/* Adds the agent's personal costs to extra (n_slots) and off_cost (n_days of the catalogue). Returns whether
   there are any. */
bool wishes_add(const struct roster_model *model, const struct catalogue *cat, int agent, double *extra,
                double *off_cost);

#endif
