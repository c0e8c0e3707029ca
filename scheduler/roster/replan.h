/*
 * replan.h - turning a problem into a re-plan: the roster it starts from, what is frozen, who is absent.
 */
#ifndef WFM_SCHEDULER_ROSTER_REPLAN_H
#define WFM_SCHEDULER_ROSTER_REPLAN_H

#include "core/plan.h"

/* What a changed shift and moved breaks cost when nobody says: as much as a missing agent hour, four times
   the dearest hourly rate of the contracts in use, and a quarter of it. */
double replan_change_price(const struct operation *operation);
double replan_break_price(const struct operation *operation);

/* Gives the problem a base: the shifts (taken, g_free; sorted, inside the horizon), everything before from_ts
   frozen. */
void replan_base(struct plan_problem *problem, struct shift *shifts, int n, int64_t from_ts,
                 double change_price, double break_price);

/* Locks shifts of the base: n of the problem's agents, each on its site-local day as it is in the base; those
   the base has not, and those that time off forbids by now, are passed over. Returns how many are locked. */
int replan_lock(struct plan_problem *problem, const struct shift *shifts, int n);

/* The agent is absent in [from_ts, to_ts). Adds time off of kind "absence" to the problem's operation, a
   piece per site-local day: a day with a shift of the base in the span counts as taken whole, with that
   shift's paid minutes credited, so that nobody owes the hours they are absent; days without one credit
   nothing. Needs the base. Returns how many base shifts fall away. */
int replan_absent(struct plan_problem *problem, int agent, int64_t from_ts, int64_t to_ts);

#endif
