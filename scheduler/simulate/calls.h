/*
 * calls.h - one history of contacts that might happen: who arrives when, how long the contact takes, how long
 * the caller is willing to wait.
 *
 * Made from the load and a seed alone, each queue from numbers of its own, so that every roster meets the
 * very same callers (common random numbers): what differs between two rosters is then the rosters. Pure;
 * owned by one thread.
 */
#ifndef WFM_SCHEDULER_SIMULATE_CALLS_H
#define WFM_SCHEDULER_SIMULATE_CALLS_H

#include "core/grid.h"

#include <stdint.h>

struct call {
    double arrives_s;  /* from the start of the grid */
    double work_s;     /* handling time by an agent of average speed */
    double patience_s; /* INFINITY: never leaves */
    int32_t queue, iv; /* interval of arrival */
};

/* What arrives at one queue. */
struct call_source {
    const double *offered; /* grid.n: expected contacts, >= 0 */
    const double *aht_s;   /* grid.n: mean handling time, > 0 where contacts are expected */
    double patience_s;     /* mean of an exponential; <= 0: nobody leaves */
};

struct calls {
    struct call *call; /* by arrival, then queue */
    int n, size;
};

/* Poisson arrivals in every interval. handle_cv: coefficient of variation of a lognormal handling time; 0:
   exponential. `calls` is all zero or from an earlier call (its memory is used again). */
void calls_draw(struct calls *calls, const struct call_source *sources, int n_queues, const struct grid *grid,
                double handle_cv, uint64_t seed);
void calls_clear(struct calls *calls);
#endif
