/*
 * backlog.h - one deferred queue of the operation on its grid: what waits when it begins, the smoothest
 * staffing, and what a given staff does. Internal to scheduler/staffing/; deferred.h knows no queues.
 */
#ifndef WFM_SCHEDULER_STAFFING_BACKLOG_H
#define WFM_SCHEDULER_STAFFING_BACKLOG_H

#include "scheduler/staffing/deferred.h"
#include "scheduler/staffing/staffing.h"

/* What waits at the start is the load's opening. Where that is not known the grid is taken as typical: the
   same load came before it. In any case the same load comes after it, so that it does not end in a rush.
   Agent-seconds of productive agents at the queue's occupancy cap. */
struct backlog {
    int32_t n;                        /* grid.n */
    double *work_s, *open, *smooth_s; /* n */
    struct deferred_lot *opening;
    int n_opening;
};
bool backlog_init(struct backlog *backlog, const struct operation *operation, const struct queue *queue,
                  const struct load *load, GError **error);
void backlog_clear(struct backlog *backlog);

/* The grid alone, to be served. Borrows the backlog's arrays. */
struct deferred backlog_deferred(const struct backlog *backlog, const struct queue *queue,
                                 const struct load *load);

#endif
