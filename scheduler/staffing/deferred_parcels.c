#include "scheduler/staffing/deferred_parcels.h"

#include <glib.h>
#include <math.h>
#include <stdlib.h>

static void axis_init(struct axis *axis, const struct deferred *d)
{
    *axis = (struct axis){.iv = g_new0(int32_t, (size_t)d->n + 1),
                          .x = g_new0(double, (size_t)d->n + 1),
                          .interval_s = d->interval_s};
    for (int32_t iv = 0; iv < d->n; iv++)
        if (d->open[iv] > 0) {
            axis->iv[axis->m++] = iv;
            axis->x[axis->m] = axis->x[axis->m - 1] + d->open[iv] * d->interval_s;
        }
}

static void axis_clear(struct axis *axis)
{
    g_free(axis->iv);
    g_free(axis->x);
}

static double axis_node_x(const struct axis *axis, int32_t k)
{
    return k <= axis->m ? axis->x[k] : axis->x[axis->m] + (k - axis->m) * axis->interval_s;
}

int32_t axis_node_before(const struct axis *axis, double t, int32_t *hint)
{
    double slack = 1e-9 * (1 + t);
    if (t + slack >= axis->x[axis->m])
        return axis->m + (int32_t)floor((t + slack - axis->x[axis->m]) / axis->interval_s);
    while (axis->x[*hint + 1] <= t + slack)
        (*hint)++;
    return *hint;
}

static void stream_add(struct stream *stream, struct parcel parcel)
{
    if (!(parcel.work_s > 0))
        return;
    if (stream->n == stream->room) {
        stream->room = 2 * stream->room + 64;
        stream->parcels = g_renew(struct parcel, stream->parcels, stream->room);
    }
    stream->parcels[stream->n++] = parcel;
}

/* Work due evenly over [from, to]: what ends between two nodes is due at the node before. Never before the
 * interval in which it comes is over. */
static void add_due(struct stream *stream, const struct axis *axis, int32_t ready_k, double from, double to,
                    double work_s, int32_t *hint)
{
    int32_t least_k = MAX(ready_k + 1, 1);
    double due_s = stream->due_s;
    int32_t first = axis_node_before(axis, from, hint), later = *hint,
            last = axis_node_before(axis, to, &later);
    for (int32_t k = first; k <= last && to > from; k++) {
        double begin = axis_node_x(axis, k), end = axis_node_x(axis, k + 1), whole = end - begin;
        double low = fmax(from, begin), high = fmin(to, end), share = fmax(high - low, 0) / (to - from);
        bool spread = high > end - 1e-9 * whole && k > ready_k;
        stream_add(stream, (struct parcel){.ready_k = ready_k,
                                           .due_k = MAX(spread ? k + 1 : k, least_k),
                                           .from = spread ? (low - begin) / whole : 1,
                                           .work_s = work_s * share,
                                           .came_x = low - due_s,
                                           .came_to_x = high - due_s});
    }
    if (!(to > from))
        stream_add(stream,
                   (struct parcel){ready_k, MAX(first, least_k), 1, work_s, from - due_s, from - due_s});
}

/* Whole intervals, so that what is due at once falls on a node; never later than promised. */
static double kept_due(const struct axis *axis, double due_s)
{
    return due_s >= axis->interval_s ? floor(due_s / axis->interval_s * (1 + 1e-12)) * axis->interval_s
                                     : due_s;
}

static void stream_arrivals(struct stream *stream, const struct axis *axis, const struct deferred *d,
                            const double *work_s, double due_s)
{
    double closed = 0;
    int32_t k = 0, hint = 0, jump = 0;
    due_s = kept_due(axis, due_s);
    stream->due_s = due_s;
    for (int32_t iv = 0; iv < d->n; iv++) {
        if (!(d->open[iv] > 0)) {
            closed += work_s[iv];
            continue;
        }
        add_due(stream, axis, k, axis->x[k] + due_s, axis->x[k] + due_s, closed, &jump);
        add_due(stream, axis, k, axis->x[k] + due_s, axis->x[k + 1] + due_s, work_s[iv], &hint);
        closed = 0;
        k++;
    }
    /* what comes after the last closing waits for an opening behind the grid */
    add_due(stream, axis, axis->m, axis->x[axis->m] + due_s, axis->x[axis->m] + due_s, closed, &jump);
}

int parcel_by_due(const void *a, const void *b)
{
    const struct parcel *p = a, *q = b;
    if (p->due_k != q->due_k)
        return p->due_k > q->due_k ? 1 : -1;
    return (p->from > q->from) - (p->from < q->from);
}

static void stream_lots(struct stream *stream, const struct axis *axis, const struct deferred *d)
{
    stream->due_s = kept_due(axis, d->due_s);
    for (int i = 0; i < d->n_lots; i++) {
        struct deferred_lot lot = d->lots[i];
        if (lot.done)
            continue;
        double length = lot.until_s > lot.due_s ? lot.until_s - lot.due_s : 0,
               came_x = lot.due_s - stream->due_s;
        double overdue = lot.due_s > 0 ? 0 : (length > 0 ? fmin(-lot.due_s / length, 1) : 1);
        int32_t hint = 0;
        stream_add(stream, (struct parcel){0, 0, 1, lot.work_s * overdue, came_x, came_x + length * overdue});
        if (overdue < 1)
            add_due(stream, axis, -1, fmax(lot.due_s, 0), fmax(lot.due_s, 0) + length * (1 - overdue),
                    lot.work_s * (1 - overdue), &hint);
    }
    int32_t hint = 0;
    /* evenly from now on: also what is due within the first interval comes before its end */
    add_due(stream, axis, -1, 0, stream->due_s, d->backlog_s, &hint);
    for (size_t i = 0; i < stream->n; i++)
        stream->parcels[i].ready_k = 0;
    if (stream->n > 1)
        qsort(stream->parcels, stream->n, sizeof *stream->parcels, parcel_by_due);
}

void streams_init(struct streams *streams, const struct deferred *d)
{
    axis_init(&streams->axis, d);
    streams->n = 2 + d->n_more;
    streams->list = g_new0(struct stream, (size_t)streams->n);
    stream_lots(&streams->list[0], &streams->axis, d);
    stream_arrivals(&streams->list[1], &streams->axis, d, d->work_s, d->due_s);
    for (int i = 0; i < d->n_more; i++)
        stream_arrivals(&streams->list[2 + i], &streams->axis, d, d->more[i].work_s, d->more[i].due_s);
}

void streams_clear(struct streams *streams)
{
    for (int i = 0; i < streams->n; i++)
        g_free(streams->list[i].parcels);
    g_free(streams->list);
    axis_clear(&streams->axis);
}
