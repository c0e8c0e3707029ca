/*
 * offset.h - by how many agents a queue does better or worse in a simulation than its models say: the search
 * for it. Internal to scheduler/simulate (correct.h).
 */
#ifndef WFM_SCHEDULER_SIMULATE_OFFSET_H
#define WFM_SCHEDULER_SIMULATE_OFFSET_H

#include "scheduler/simulate/simulate.h"

/* One immediate queue of a roster beside its simulation. Arrays are grid.n long; those of the caller stay
   theirs. Owned by one thread. */
struct offset_queue {
    const struct queue *queue;
    struct load load;      /* its models; without offset */
    double *offset;        /* the caller's: what is added to the agents, all 0 at first */
    double keep;           /* share of a positive offset that is added, 1 at first */
    const double *counted; /* the caller's: contacts simulated */
    double *agents;        /* present */
    double *beyond;        /* contacts in time beyond the target's share, simulated */
    int *hour;             /* local hour; -1 where nothing is counted */
    int replications;
};
bool offset_queue_init(struct offset_queue *q, const struct plan_problem *problem,
                       const struct plan_solution *solution, const struct simulate_report *report, int queue,
                       double *offset, GError **error);
void offset_queue_clear(struct offset_queue *q);

/* Intervals that are looked at together. */
struct offset_span {
    int32_t from_iv, to_iv;
    int hour; /* -1: all hours */
};

/* Contacts in time beyond the target's share by the models, with `more` agents everywhere. */
double offset_beyond(const struct offset_queue *q, const struct offset_span *span, double more);

/* How many more agents everywhere make that `want`; as near as half the staff and a little allows. */
double offset_agents(const struct offset_queue *q, const struct offset_span *span, double want);

/* Fills `offset` with one number an hour of the local day, smoothed over the hours beside it. */
void offset_hours(struct offset_queue *q);

/* Adds one number in the span, so that the models' contacts in time are those simulated. */
void offset_add_span(struct offset_queue *q, const struct offset_span *span);

/* Mean of the present agents with their offset over the intervals that count. */
double offset_staff(const struct offset_queue *q, const struct offset_span *span);

#endif
