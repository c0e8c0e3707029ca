/*
 * master.h - the master LP in GLPK: column generation over weekly tours.
 *
 * Rows: per price row and interval, staff bought <= staff sold, and one convexity row per agent class (per
 * contract, site and skill set where classes are many). Columns: steps of the demand (bounded), and weekly
 * tours whose working intervals are already given to queues (the dearest at the prices they were made for),
 * counted in agents. Primal simplex with projected steepest edge, from a basis that is primal feasible by
 * construction, warm from round to round; the kernel adds a tour per class and round, every round's prices
 * are offered to the bound.
 *
 * Where more couples the agents (rows.h) each of its rows is a row here, with a column that pays for what is
 * missing and one for what is too much.
 *
 * Free, it ends at the best prices there are: for small units, and to test the volume algorithm. *Boxed*, it
 * starts where the volume algorithm has come: prices stay in a box around the best ones (staff is bought and
 * sold outside at its edges), so that demand which no price of the box can change leaves the LP; its tours
 * with their weights are what a first roster is made of.
 *
 * Multipliers of SLA rows stay those of the best prices: free, the LP's value is the most any bound with them
 * can be.
 *
 * GLPK's environment belongs to the thread. Owned by one thread. Private to scheduler/roster.
 */
#ifndef WFM_SCHEDULER_ROSTER_MASTER_H
#define WFM_SCHEDULER_ROSTER_MASTER_H

#include "scheduler/roster/bound.h"

struct master;
/* Starts from the bound's averaged tours: bound_improve must have run. `rows`: those of the bound. NULL when
 * there is nobody to price. */
struct master *master_new(const struct roster_model *model, struct bound *bound, const struct rows *rows,
                          bool boxed);
void master_free(struct master *master);
AUTO_DEFINE(master, master_free);

/* One LP of at most `iterations` steps, then a tour per class at its prices. False when there is nothing
   left to gain, or GLPK gave no prices. */
bool master_round(struct master *master, int iterations);

/* Free: the LP's last optimal value, which ends at the most any bound can be. INFINITY before, and boxed. */
double master_value(const struct master *master);

/* Makes the LP's tours and weights the bound's averaged primal. */
void master_average(const struct master *master);

#endif
