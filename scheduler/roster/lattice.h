/*
 * lattice.h - what every whole-numbered staffing of the skill sets is worth, interval by interval: the demand
 * side of a bound that knows agents are whole where skill sets are several.
 *
 * A table per interval over all staffings up to where more agents of a set add nothing; by set, the last one
 * contiguous. Only for units where that is small.
 *
 * Immutable after lattice_new. Private to scheduler/roster.
 */
#ifndef WFM_SCHEDULER_ROSTER_LATTICE_H
#define WFM_SCHEDULER_ROSTER_LATTICE_H

#include "core/auto.h"
#include "scheduler/roster/worth.h"

struct lattice;
/* NULL when the tables would hold more than `points` values, or the demand has rows over gains (its values
   then change with their multipliers). */
struct lattice *lattice_new(const struct roster_model *model, struct worth *worth, size_t points);
void lattice_free(struct lattice *lattice);
AUTO_DEFINE(lattice, lattice_free);

/* The most a staffing of the interval is worth after paying `price`[set × n_iv] for each agent, the published
   past included; the staffing to count[n_sets]. */
double lattice_buy(const struct lattice *lattice, int iv, const double *price, int *count);

#endif
