/*
 * worth.h - what a staffing of the skill sets is worth in an interval: the best transport of their time to
 * the pieces of the queues they serve, and what one more agent of each set would add.
 *
 * Pieces are filled in falling value, each as far as staff can be re-routed to it by augmenting paths; what
 * can be staffed is a polymatroid, so this greedy is the optimum. Values of integer staffings are remembered
 * per interval: a search asks for the same few again and again.
 *
 * Service levels over a period (struct sla_row) count at a multiplier per row, a price of a contact in time:
 * a piece is then worth value + multiplier × gain, a plain staircase. sla.h has the other half, what is
 * really missing.
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
    int row; /* of the demand's SLA rows, -1 when its contacts count in none */
    double width, value;
    double plain, gain; /* value = plain + multiplier of the row × gain */
};
/* For qsort: falling value, then queue, then the order in which a cell is filled. */
int piece_compare(const void *a, const void *b);

struct worth;
struct worth *worth_new(const struct roster_model *model);
void worth_free(struct worth *worth);
AUTO_DEFINE(worth, worth_free);

/* Pieces of positive width and value of an interval. */
const struct piece *worth_pieces(const struct worth *worth, int iv, int *n);
/* Σ width × value of the interval, and of all: the shortage with nobody there. */
double worth_total(const struct worth *worth, int iv);

/* Value of `count`[n_sets] agents besides the published past. */
double worth_value(struct worth *worth, int iv, const int *count);
/* What one more agent of the set would add to them. */
double worth_gain(struct worth *worth, int iv, const int *count, int set);

/* Value alone, not remembered. */
double worth_alone(struct worth *worth, int iv, const int *count);

/* What one more agent who serves that queue alone would add: gain[n_queues]. */
void worth_queue_gains(struct worth *worth, int iv, const int *count, double *gain);

/* Multipliers of the rows (n_rows of the demand), and new ones: values and their order change. They start at
   a quarter of the rows' prices. */
const double *worth_multipliers(const struct worth *worth);
void worth_reprice(struct worth *worth, const double *multipliers);
/* What the allocation of the last worth_value or worth_gain gives the rows: contacts, n_queues. NULL when
   there are none. */
const double *worth_contacts(const struct worth *worth);

/* An optimal allocation: staffed[n_queues], what each queue gets; idle time goes where staff is shortest by
   need. Returns the value. */
double worth_allocate(struct worth *worth, int iv, const int *count, double *staffed);

#endif
