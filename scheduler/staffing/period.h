/*
 * period.h - a service level that is measured over a day, week or month: what an agent more is worth in
 * contacts where the sum counts, and over which intervals it counts.
 *
 * A contract says Σ in time / Σ counted >= target. With f(n) = in time(n) - target × counted(n) that is
 * Σ f(n_iv) >= 0, in every definition of the service level; f is concave above its bend. A *curve* holds a
 * floor, below which staff is asked for whatever the contract's sum says, and equal steps above it with their
 * contacts per agent, never rising. Internal to scheduler/. Pure, thread-safe.
 */
#ifndef WFM_SCHEDULER_STAFFING_PERIOD_H
#define WFM_SCHEDULER_STAFFING_PERIOD_H

#include "scheduler/staffing/model.h"

#define PERIOD_STEPS 8

/* Productive agents (all shrinkage taken off). */
struct period_curve {
    double floor;               /* agents below the steps */
    double f_floor;             /* contacts f at the floor */
    double step;                /* agents in each step */
    double slope[PERIOD_STEPS]; /* contacts per agent, >= 0, falling */
};

/* The curve of an immediate queue in an interval. The floor is the least staff that reaches a service level
   of seven tenths of the target, but at least 55 % (below it the service level bends the other way), and
   every other target of the SLA, and min_staff; the steps end where seven eighths of the misses the
   target allows are gone. Nothing offered: floor min_staff, no steps. answer: model_required of the model, 0:
   not known. near: the guess for the search, from an interval before; updated. */
struct period_near {
    const struct model *model; /* of that interval; it must live as long */
    double low, high;          /* agents at the floor and the end of the steps; 0: none yet */
    double answer;             /* as below */
};
void period_curve_init(struct period_curve *curve, const struct queue *queue, const struct model *model,
                       double answer, struct period_near *near);

/* Is the queue's service level one of a sum over more than an interval? */
bool period_counts(const struct queue *queue);

/* Contract periods of the queue inside the grid: writes the first interval of each into `first` (grid.n + 1
   long) and grid.n behind the last; returns how many. Days and months are those of the queue's zone, a week
   is the roster week in the planning zone. What the grid cuts off a day or month is a period of its own with
   the same target; pieces below six hours (of days) or a day (of months) join their neighbour. */
int period_parts(const struct operation *operation, const struct queue *queue, const struct grid *grid,
                 int32_t *first, GError **error);

#endif
