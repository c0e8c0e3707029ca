/*
 * bound.h - the Lagrangian bound: prices of an agent-interval, and the proof they give.
 *
 * With a price on staff in every interval the problem falls apart: the demand buys staff while it is worth
 * more than the price, each agent class sells its best week (pricing.h). The sum is a lower bound of the
 * objective at *any* prices; good prices come from the volume algorithm (Barahona & Anbil 2000: subgradient
 * steps along an averaged primal) and from the master LP (master.h).
 *
 * One row of prices per queue; where all agents share one skill set a single row on the staff itself, whose
 * demand side knows that agents are whole numbers (a tighter bound than the LP's).
 *
 * Service levels over a period are one more row each: at a multiplier in [0, price of a missing contact] its
 * pieces are plain staircases, and what the demand then pays for the row is multiplier × need.
 *
 * What else couples agents (rows.h) has a dual per row as well: times the row's side it is what the row costs
 * before any shift, the rest is part of what shifts cost.
 *
 * Owned by one thread, which may have the help of a team. Private to scheduler/roster.
 */
#ifndef WFM_SCHEDULER_ROSTER_BOUND_H
#define WFM_SCHEDULER_ROSTER_BOUND_H

#include "core/auto.h"
#include "scheduler/roster/rows.h"
#include "scheduler/roster/team.h"
#include "scheduler/roster/worth.h"

struct bound;
/* pooled: let every agent with a skill serve every queue. A further relaxation, but with whole agents: where
   skill sets are several and agents few its bound is the better one. `rows`: NULL where nothing else couples
   agents; must outlive the bound. */
struct bound *bound_new(const struct roster_model *model, struct worth *worth, struct pricing *pricing,
                        const struct rows *rows, bool pooled);
/* One row of prices per skill set, for demand that knows agents of every set are whole (lattice.h): tighter
   than both where sets are few and small. Begins at the best prices of `from`, a bound over queues. NULL when
   its tables would be large. It has no demand steps: not for master.h. */
struct bound *bound_new_sets(const struct roster_model *model, struct worth *worth, struct pricing *pricing,
                             const struct rows *rows, const struct bound *from);
/* The classes are priced by the threads of the team, which must outlive the bound; never changes a bit. */
void bound_team(struct bound *bound, struct team *team);
void bound_free(struct bound *bound);
AUTO_DEFINE(bound, bound_free);

/* Rows of prices. `prices` everywhere below are rows × n_iv, by row, behind them an entry for each coupling
   row, its dual divided by its scale, and one for each SLA row of the demand, its multiplier times a scale:
   bound_size entries in all. */
int bound_rows(const struct bound *bound);
size_t bound_size(const struct bound *bound);
/* The multipliers of the best prices, n_rows of the demand; the demand side below is then at them. */
void bound_multipliers(struct bound *bound, double *out);

/* The bound at these prices, already lowered by what floating point may have added. `slope` (bound_size or
   NULL): what the demand buys minus what the classes sell. `tours` (n_classes or NULL): the classes' best
   tours, placed; all zero or from an earlier call. */
double bound_value(struct bound *bound, const double *prices, double *slope, struct tour *tours);

/* Price of a working interval for agents of a set (-1: zero): n_axis, zero behind the horizon. */
void bound_set_price(const struct bound *bound, const double *prices, int set, double *price);

/* Best bound so far and its prices (zero before the first). */
double bound_best(const struct bound *bound);
const double *bound_prices(const struct bound *bound);
/* Tells the engine of prices found elsewhere. Returns their bound; `tours` as in bound_value. */
double bound_offer(struct bound *bound, const double *prices, struct tour *tours);

/* Where the volume algorithm begins: prices of one week's bound, of the same rows, for the intervals from
   first_iv on, and its multipliers of SLA rows of these intervals. Before the first step. */
void bound_begin(struct bound *bound, const struct bound *week, int first_iv);

/* `steps` steps of the volume algorithm towards `target` (an objective some roster has). Continues where the
   last call ended. */
void bound_improve(struct bound *bound, double target, int steps);

/* The averaged primal: tours of a class with weights that sum to about 1. Valid until the next step. */
struct weighted_tour {
    struct tour tour;
    double weight;
};
const struct weighted_tour *bound_tours(const struct bound *bound, int class, int *n);
/* Replaces the averaged tours of a class; weights are scaled to 1. Nothing happens when their sum is 0. */
void bound_average(struct bound *bound, int class, const struct weighted_tour *tours, int n);

/* The demand side as the master LP needs it. bound_step: one of the bound_n_steps blocks of an interval, up
   to `width` staff worth `value` each. bound_past: staff of the published past sold to a row, given to queues
   at the best prices. bound_constant: what the objective holds besides steps and tours. bound_row: the row an
   agent of the set works for in the interval at these prices, -1 when none has a price. */
struct demand_step {
    int row, iv;
    double width, value;
};
int bound_n_steps(const struct bound *bound, int iv);
struct demand_step bound_step(const struct bound *bound, int iv, int k);
double bound_past(const struct bound *bound, int row, int iv);
double bound_constant(const struct bound *bound);
int bound_row(const struct bound *bound, const double *prices, int set, int iv);

#endif
