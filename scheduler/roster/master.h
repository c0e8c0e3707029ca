/*
 * master.h - the master LP of the bound in GLPK: column generation that ends at the best prices there are.
 *
 * Rows: per price row and interval, staff bought <= staff sold, and one convexity row per agent class.
 * Columns: steps of the demand (bounded), and weekly tours whose working intervals are already given to
 * queues (the dearest at the prices they were made for), counted in agents. Primal simplex with projected
 * steepest edge, from a basis that is primal feasible by construction, warm from round to round; the kernel
 * adds a tour per class and round at smoothed prices, every round's prices are offered to the bound.
 *
 * It takes over where the volume algorithm (bound.h) has come close: that one is faster on large units, this
 * one is exact on small ones, and each tests the other. GLPK's environment belongs to the thread. Private to
 * scheduler/roster.
 */
#ifndef WFM_SCHEDULER_ROSTER_MASTER_H
#define WFM_SCHEDULER_ROSTER_MASTER_H

#include "scheduler/roster/bound.h"

/* At most `rounds` rounds of columns, started from the bound's averaged tours (bound_improve must have run).
   Every simplex run stops after `iterations`. Returns the LP's last value, which the bound cannot pass as
   long as it is optimal; INFINITY when GLPK gave none. */
double master_solve(const struct roster_model *model, struct bound *bound, int rounds, int iterations);

#endif
