/*
 * worth.h - what a staffing of the skill sets is worth in an interval: the best transport of their time to
 * the pieces of the queues they serve, and what one more agent of each set would add.
 *
 * Pieces are filled in falling value, each as far as staff can be re-routed to it by augmenting paths; what
 * can be staffed is a polymatroid, so this greedy is the optimum. Values of integer staffings are remembered
 * per interval: a search asks for the same few again and again.
 *
 * Owned by one thread. Private to scheduler/roster.
 */
#ifndef WFM_SCHEDULER_ROSTER_WORTH_H
#define WFM_SCHEDULER_ROSTER_WORTH_H

#include "core/auto.h"
#include "scheduler/roster/model.h"

/* A piece of demand of an interval; pieces of an interval are sorted by falling value. */
struct piece {
    int queue;
    double width, value;
};

struct worth;
struct worth *worth_new(const struct roster_model *model);
void worth_free(struct worth *worth);
AUTO_DEFINE(worth, worth_free);

/* Pieces of positive width and value of an interval. */
const struct piece *worth_pieces(const struct worth *worth, int iv, int *n);
/* Σ width × value of the interval, and of all: the shortage with nobody there. */
double worth_total(const struct worth *worth, int iv);

/* Value of `count`[n_sets] agents besides the published past, and gain[n_sets]: what one more of each set
 * adds. */
double worth_value(struct worth *worth, int iv, const int *count, double *gain);

/* An optimal allocation: staffed[n_queues], what each queue gets; idle time goes where staff is shortest by
   need. Returns the value. */
double worth_allocate(struct worth *worth, int iv, const int *count, double *staffed);

#endif
