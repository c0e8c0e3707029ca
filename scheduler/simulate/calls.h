/*
 * calls.h - one history of contacts that might happen: who arrives when, how long the contact takes, how long
 * the caller is willing to wait.
 *
 * Made from the load and a seed alone. Every number belongs to (seed, queue, interval, number of the contact
 * in it) by a counter-based generator: every roster meets the very same callers (common random numbers),
 * another queue or another load elsewhere changes nobody, and a higher load keeps the contacts of the lower
 * one and adds to them. Pure; owned by one thread.
 */
#ifndef WFM_SCHEDULER_SIMULATE_CALLS_H
#define WFM_SCHEDULER_SIMULATE_CALLS_H

#include "core/grid.h"

#include <stdint.h>

struct call {
    int64_t at;       /* ticks (ticks.h) from the start of the grid */
    float work_s;     /* handling time by an agent of average speed */
    float patience_s; /* INFINITY: never leaves; 0: does not wait at all. Of deferred work: until it is due */
    int32_t queue;
    int32_t iv; /* interval of arrival; -1: was there at the start (backlog) */
};

/* What arrives at one queue. Fields that are zero do nothing. */
struct call_source {
    const double *offered; /* grid.n: expected contacts, >= 0 */
    const double *aht_s;   /* grid.n: mean handling time, > 0 where contacts are expected */
    double patience_s;     /* mean of an exponential; <= 0: nobody leaves */
    double balk;           /* share of contacts that leave at once when nobody is free */
    double busyness_cv2;   /* squared variation of a Gamma factor on each day's contacts of this queue */
    bool deferred;         /* patience_s of its contacts is the time until they are due, by due_s: */
    double due_s;          /* opening time until it must be done */
    const double *open;    /* of a deferred queue, grid.n: share of the interval that is open; NULL: always */
    double backlog;        /* contacts of a deferred queue at the start, due evenly over the first due_s */
    double backlog_aht_s;  /* their mean handling time */
};

struct calls_ask {
    const struct call_source *sources;
    int n_queues;
    const struct grid *grid;
    double handle_cv;    /* coefficient of variation of a lognormal handling time; 0: exponential */
    double busyness_cv2; /* of a Gamma factor on each day's contacts of all queues together */
    const int32_t *day;  /* grid.n: day of each interval, for busyness; NULL: 24 hours from the start */
    uint64_t seed;       /* of this history */
};

struct calls {
    struct call *call; /* by arrival, then queue */
    int n, size;
    struct calls_scratch *scratch; /* calls_draw's own */
};

/* Poisson arrivals in every interval. `calls` is all zero or from an earlier call (its memory is used again).
 */
void calls_draw(struct calls *calls, const struct calls_ask *ask);
void calls_clear(struct calls *calls);

#endif
