/*
 * replicate.h - one problem worked through many times, by threads. Internal to scheduler/simulate.
 *
 * Replication i is made from the seed and i alone. Each writes its own samples; everything else is added up
 * in whole numbers, so that neither the number of threads nor their order changes a bit.
 */
#ifndef WFM_SCHEDULER_SIMULATE_REPLICATE_H
#define WFM_SCHEDULER_SIMULATE_REPLICATE_H

#include <glib.h>

#include "scheduler/simulate/simulate.h"
#include "scheduler/simulate/staff.h"

/* Sums over replications. */
struct line_sums {
    int64_t offered, answered, abandoned, wait_ms, busy_ms;
    int64_t backlog, oldest_ms; /* deferred: waiting at the end of the span; the longest that any waited at
                                   the end of an interval of it */
};

struct totals {
    struct line_sums *lines;    /* by line */
    int64_t *in_time, *counted; /* n_queues × grid.n */
    int64_t contacts;
};

struct simulation {
    const struct plan_problem *problem;
    const struct plan_solution *solution;
    const struct simulate_ask *ask;
    struct hall_queue *queues;
    struct call_source *sources;
    double *offered; /* n_queues × n: of immediate queues 0 while closed */
    double *open;    /* n_queues × n: share of the interval that is open */
    int32_t *day;    /* n_queues × n: local days, where days are uncertain; else NULL */
    int cluster;     /* replications in a row that depend on each other */
    struct staff staff;
    GArray *lines; /* struct simulate_line */
    /* filled by replications_run; samples, interval: g_free */
    struct ratio_sample *samples;  /* replications × lines */
    struct ratio_sample *interval; /* replications × n_queues: intervals met, intervals with contacts */
    struct totals totals;
    int done;
    int end, next, stop; /* of the batch, of who takes the next, asked to stop */
};

/* Runs the replications asked for, until they are done, known well enough, or stopped. At least one. */
void replications_run(struct simulation *s);
void totals_clear(struct totals *totals);

/* Was the target reached, with what is known before? */
bool target_reached(struct ratio_sample sample, const struct sla_past *past, double target);

#endif
