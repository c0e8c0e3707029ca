/*
 * deferred_parcels.h - deferred work cut into parcels by when it comes and when it is due, on the axis of
 * opening time. Internal to scheduler/staffing/deferred*.c.
 */
#ifndef WFM_SCHEDULER_STAFFING_DEFERRED_PARCELS_H
#define WFM_SCHEDULER_STAFFING_DEFERRED_PARCELS_H

#include "scheduler/staffing/deferred.h"

#include <stddef.h>

/* The axis of opening time: nodes are the ends of open intervals, node 0 is the start. Behind the last one
 * nodes go on at the interval's length. */
struct axis {
    int32_t m;   /* open intervals; nodes 0 … m */
    int32_t *iv; /* m: interval between nodes k and k+1 */
    double *x;   /* m+1: opening time */
    double interval_s;
};

/* The last node at or before opening time t >= 0; *hint: node to start from, for ascending t. */
int32_t axis_node_before(const struct axis *axis, double t, int32_t *hint);

/* Work that falls due between two nodes: evenly from the fraction `from` of the way to node due_k on; all of
 * it at the node where from is 1. Node 0: overdue. */
struct parcel {
    int32_t ready_k; /* the interval behind this node can work on it */
    int32_t due_k;
    double from;
    double work_s;
    double came_x, came_to_x; /* opening time of its first and its last contact */
};

/* The parcels of one class in the order of their dues, which is that of their arrival; or all lots. */
struct stream {
    struct parcel *parcels;
    size_t n, room;
    double due_s;
    size_t front; /* first that is not done */
    double taken_s;
};

/* As qsort wants it: what is due first first. */
int parcel_by_due(const void *a, const void *b);

/* Lots, the first class, further ones. */
struct streams {
    struct axis axis;
    struct stream *list;
    int n;
};

void streams_init(struct streams *streams, const struct deferred *deferred);
void streams_clear(struct streams *streams);

#endif
