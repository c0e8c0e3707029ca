/*
 * pricing.h - the kernel: the exact best tour of one agent for given prices of an agent-interval.
 *
 * Two steps. A *table* gives every slot of a catalogue its cost: pay for the paid time minus the price of
 * every interval worked, breaks placed where that is least; it serves all agents of one contract, site and
 * skill set. The *line* (line.h) chains slots over the days of the horizon by the rules of one agent class.
 *
 * Private to scheduler/roster.
 */
#ifndef WFM_SCHEDULER_ROSTER_PRICING_H
#define WFM_SCHEDULER_ROSTER_PRICING_H

#include "core/auto.h"
#include "scheduler/roster/model.h"

/* One shift of a tour: a variant of the catalogue with its breaks placed (offsets in intervals, by break
 * rule). */
struct duty {
    int slot;
    int variant; /* -1 until pricing_place */
    int16_t offset[TEMPLATE_BREAKS_MAX];
};

/* The shifts of one agent in the horizon, by day; all zero is an empty one. Owns its duties. */
struct tour {
    int n, size;
    struct duty *duty;
};
void tour_clear(struct tour *tour);
/* Makes room for n duties, keeping those there are. */
void tour_reserve(struct tour *tour, int n);
void tour_copy(struct tour *to, const struct tour *from);
void tours_free(struct tour *tours, int n);                 /* an array of tours; NULL is none */
bool tour_same(const struct tour *a, const struct tour *b); /* same shifts, same breaks */

/* What a shift costs besides pay and the intervals it works, for agents of one catalogue: prices of what
   couples agents (rows.h). */
struct shift_cost {
    const double *presence; /* n_axis: of being on shift in an interval, breaks included; NULL = nothing */
    const double *start;    /* n_starts of the catalogue: of starting a shift there; NULL = nothing */
};

/* Work space of one thread. Holds no result. */
struct pricing;
struct pricing *pricing_new(const struct roster_model *model);
void pricing_free(struct pricing *pricing);
AUTO_DEFINE(pricing, pricing_free);

/* Work space for another thread, with the same memory of each class: a class belongs to one thread at a time.
   The first must outlive it; classes of the model must be there. */
struct pricing *pricing_copy(struct pricing *pricing);

/* Fills value[n_slots] of the catalogue. `price`: n_axis, what an agent working in the interval is worth;
   `cost` may be NULL. INFINITY for a slot whose breaks cannot be placed. */
void pricing_table(struct pricing *pricing, const struct catalogue *cat, const double *price,
                   const struct shift_cost *cost, double *value);

/* The least sum of values and personal costs over the legal tours of the class; INFINITY when none is legal.
   The tour gets slots, no breaks (variant -1). */
double pricing_week(struct pricing *pricing, const struct agent_class *class, const double *value,
                    struct tour *tour);

/* A table of the days [from, to) alone: fills the values of their slots. */
void pricing_table_days(struct pricing *pricing, const struct catalogue *cat, const double *price,
                        const struct shift_cost *cost, int from, int to, double *value);

/* The best tour of the class that differs from the legal tour `was` only on the days [from, to): these duties
   have variant -1, the others stay as they are; they cost their values. Returns its cost. `tour` must not be
   `was`. */
double pricing_window(struct pricing *pricing, const struct agent_class *class, const double *value, int from,
                      int to, const struct tour *was, struct tour *tour);

/* What no tour of the last class priced can cost less than; below the cost where the kernel ended early. */
double pricing_bound(const struct pricing *pricing);

/* Is any tour of the class legal? Remembers one in the class. */
bool pricing_feasible(struct pricing *pricing, struct agent_class *class);

/* Chooses variant and breaks of every duty for the prices the values were made from. */
void pricing_place(struct pricing *pricing, const struct catalogue *cat, const double *price,
                   const struct shift_cost *cost, struct tour *tour);

/* … of the duties of the days [from, to) alone. */
void pricing_place_days(struct pricing *pricing, const struct catalogue *cat, const double *price,
                        const struct shift_cost *cost, int from, int to, struct tour *tour);

/* Cost of a placed tour at other prices: pay and personal costs minus the prices of its worked intervals.
   What couples agents is not in it. */
double tour_cost(const struct roster_model *model, const struct agent_class *class, const struct tour *tour,
                 const double *price);
/* Pay of a placed tour, overtime and hiring included. */
double tour_pay(const struct roster_model *model, const struct agent_class *class, const struct tour *tour);
/* Personal costs and prices of broken rules of a tour, placed or not: part of the solution's penalty. */
double tour_penalty(const struct roster_model *model, const struct agent_class *class,
                    const struct tour *tour);
/* Both: what the tour costs besides what it covers. */
double tour_own(const struct roster_model *model, const struct agent_class *class, const struct tour *tour);

/* Intervals of the horizon a placed tour works, ascending, into out[n_iv]; returns how many. */
int tour_cover(const struct roster_model *model, const struct catalogue *cat, const struct tour *tour,
               int32_t *out);

#endif
