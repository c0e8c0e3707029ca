#include "scheduler/staffing/deferred_parcels.h"

#include <glib.h>
#include <math.h>

static const struct parcel *front_of(const struct stream *stream, int32_t k)
{
    const struct parcel *parcel = &stream->parcels[stream->front];
    return stream->front < stream->n && parcel->ready_k <= k ? parcel : NULL;
}

/* The earliest due at hand in the interval behind node k; NULL when nothing waits. */
static const struct parcel *earliest(const struct streams *streams, int32_t k)
{
    const struct parcel *best = NULL;
    for (int s = 0; s < streams->n; s++) {
        const struct parcel *parcel = front_of(&streams->list[s], k);
        if (parcel != NULL && (best == NULL || parcel_by_due(parcel, best) < 0))
            best = parcel;
    }
    return best;
}

/* Share of a piece that is in time when done evenly from t0 to t1 and due evenly from d0 to d1, in nodes. */
static double in_time_share(double t0, double t1, double d0, double d1)
{
    double g0 = d0 - t0 + 1e-6, g1 = d1 - t1 + 1e-6;
    if (g0 >= 0)
        return g1 >= 0 ? 1 : g0 / (g0 - g1);
    return g1 < 0 ? 0 : 1 - g0 / (g0 - g1);
}

struct serving {
    struct streams streams;
    struct deferred_result *result;
};

/* `work` of a parcel, done between the fractions f0 and f1 of the interval behind node k. */
static void do_piece(struct serving *serving, int stream_index, const struct parcel *parcel, double work,
                     int32_t k, double f0, double f1)
{
    struct stream *stream = &serving->streams.list[stream_index];
    const struct axis *axis = &serving->streams.axis;
    double s0 = stream->taken_s / parcel->work_s, s1 = (stream->taken_s + work) / parcel->work_s;
    double begin = parcel->due_k - 1 + parcel->from, length = 1 - parcel->from;
    if (parcel->due_k > 0 && parcel->due_k <= axis->m) {
        double share = in_time_share(k + f0, k + f1, begin + s0 * length, begin + s1 * length);
        serving->result->in_time_s[axis->iv[parcel->due_k - 1]] += share * work;
        if (serving->result->class_in_time_s != NULL)
            serving->result->class_in_time_s[MAX(stream_index - 1, 0)] += share * work;
    }
    stream->taken_s += work;
    if (stream->taken_s >= parcel->work_s * (1 - 1e-12)) {
        stream->front++;
        stream->taken_s = 0;
    }
}

/* Spends `total` in the interval behind node k. Parcels with the same due are done side by side. */
static void serve_interval(struct serving *serving, int32_t k, double total)
{
    double done = 0;
    const struct parcel *first;
    while (total - done > 1e-12 * total && (first = earliest(&serving->streams, k)) != NULL) {
        struct parcel key = *first;
        double waiting = 0;
        for (int s = 0; s < serving->streams.n; s++) {
            const struct parcel *parcel = front_of(&serving->streams.list[s], k);
            if (parcel != NULL && parcel_by_due(parcel, &key) == 0)
                waiting += parcel->work_s - serving->streams.list[s].taken_s;
        }
        double take = fmin(waiting, total - done), f0 = done / total, f1 = (done + take) / total;
        for (int s = 0; s < serving->streams.n; s++) {
            const struct parcel *parcel = front_of(&serving->streams.list[s], k);
            if (parcel != NULL && parcel_by_due(parcel, &key) == 0)
                do_piece(serving, s, parcel,
                         take * ((parcel->work_s - serving->streams.list[s].taken_s) / waiting), k, f0, f1);
        }
        done += take;
    }
}

/* When the first contact of a parcel at the front that is not done came. */
static double came_of(const struct stream *stream, const struct parcel *parcel)
{
    return parcel->came_x + (parcel->came_to_x - parcel->came_x) * stream->taken_s / parcel->work_s;
}

/* How long the oldest work at node k has waited. */
static double oldest_at(const struct streams *streams, int32_t k)
{
    double oldest = 0;
    for (int s = 0; s < streams->n; s++) {
        const struct stream *stream = &streams->list[s];
        const struct parcel *parcel = front_of(stream, k - 1);
        if (parcel == NULL)
            continue;
        oldest = fmax(oldest, streams->axis.x[k] - came_of(stream, parcel));
    }
    return oldest;
}

static double late_at(const struct streams *streams, int32_t k)
{
    double late = 0;
    for (int s = 0; s < streams->n; s++) {
        const struct stream *stream = &streams->list[s];
        for (size_t i = stream->front; i < stream->n && stream->parcels[i].due_k <= k; i++)
            late += stream->parcels[i].work_s - (i == stream->front ? stream->taken_s : 0);
    }
    return late;
}

/* What comes to hand in the interval behind node k: what waited for its opening and what comes during it. */
static double ready_at(const struct streams *streams, int32_t k, size_t *next)
{
    double work_s = 0;
    for (int s = 0; s < streams->n; s++)
        for (; next[s] < streams->list[s].n && streams->list[s].parcels[next[s]].ready_k <= k; next[s]++)
            work_s += streams->list[s].parcels[next[s]].work_s;
    return work_s;
}

/* Work of each interval of the grid as it came, closed ones included. */
static double arrived_in(const struct deferred *d, int32_t iv)
{
    double work_s = d->work_s[iv];
    for (int i = 0; i < d->n_more; i++)
        work_s += d->more[i].work_s[iv];
    return work_s;
}

static double overdue_of(const struct deferred_lot *lot)
{
    double length = lot->until_s - lot->due_s;
    if (lot->due_s > 0)
        return 0;
    return length > 0 ? lot->work_s * fmin(-lot->due_s / length, 1) : lot->work_s;
}

/* Fills what is told per interval of the grid, closed ones too, from what is told per node. */
static void spread_levels(const struct deferred *d, struct deferred_result *result)
{
    double left = d->backlog_s, late = 0, oldest = 0;
    for (int i = 0; i < d->n_lots; i++) {
        if (d->lots[i].done)
            continue;
        left += d->lots[i].work_s;
        late += overdue_of(&d->lots[i]);
        oldest = fmax(oldest, d->lots[i].work_s > 0 ? d->due_s - d->lots[i].due_s : 0);
    }
    for (int32_t iv = 0; iv < d->n; iv++) {
        left += arrived_in(d, iv) - result->done_s[iv];
        if (d->open[iv] > 0) {
            late = result->late_s != NULL ? result->late_s[iv] : 0;
            oldest = result->oldest_s != NULL ? result->oldest_s[iv] : 0;
        }
        if (result->left_s != NULL)
            result->left_s[iv] = fmax(left, 0);
        if (result->late_s != NULL)
            result->late_s[iv] = late;
        if (result->oldest_s != NULL)
            result->oldest_s[iv] = oldest;
    }
}

static void count_due(const struct streams *streams, struct deferred_result *result)
{
    for (int s = 0; s < streams->n; s++)
        for (size_t i = 0; i < streams->list[s].n; i++) {
            const struct parcel *parcel = &streams->list[s].parcels[i];
            if (parcel->due_k <= 0 || parcel->due_k > streams->axis.m)
                continue;
            result->due_s[streams->axis.iv[parcel->due_k - 1]] += parcel->work_s;
            if (result->class_due_s != NULL)
                result->class_due_s[MAX(s - 1, 0)] += parcel->work_s;
        }
}

/* Lots that were done before the start fall due in time. */
static void count_done(const struct deferred *d, const struct axis *axis, struct deferred_result *result)
{
    for (int i = 0; i < d->n_lots; i++) {
        const struct deferred_lot *lot = &d->lots[i];
        double due_s = lot->until_s > lot->due_s ? 0.5 * (lot->due_s + lot->until_s) : lot->due_s;
        int32_t hint = 0, k = axis_node_before(axis, fmax(due_s - 1e-3 * axis->interval_s, 0), &hint);
        if (!lot->done || k >= axis->m)
            continue;
        result->due_s[axis->iv[k]] += lot->work_s;
        result->in_time_s[axis->iv[k]] += lot->work_s;
        if (result->class_due_s != NULL)
            result->class_due_s[0] += lot->work_s;
        if (result->class_in_time_s != NULL)
            result->class_in_time_s[0] += lot->work_s;
    }
}

static void result_init(const struct deferred *d, struct deferred_result *result)
{
    for (int32_t iv = 0; iv < d->n; iv++)
        result->due_s[iv] = result->in_time_s[iv] = result->done_s[iv] = 0;
    for (int c = 0; c <= d->n_more; c++) {
        if (result->class_due_s != NULL)
            result->class_due_s[c] = 0;
        if (result->class_in_time_s != NULL)
            result->class_in_time_s[c] = 0;
    }
}

/* Serves the whole grid; the streams are then at what is left. */
static void serve_all(const struct deferred *d, const double *capacity_s, struct serving *serving)
{
    struct deferred_result *result = serving->result;
    struct axis *axis = &serving->streams.axis;
    g_autofree size_t *next = g_new0(size_t, (size_t)serving->streams.n);
    double left = 0, came = 0, area = 0;
    count_due(&serving->streams, result);
    count_done(d, axis, result);
    for (int32_t k = 0; k < axis->m; k++) {
        int32_t iv = axis->iv[k];
        double ready = ready_at(&serving->streams, k, next), during = arrived_in(d, iv), before = left;
        left += ready;
        double done = fmin(left, fmax(capacity_s[iv], 0));
        serve_interval(serving, k, done);
        left -= done;
        came += ready;
        result->done_s[iv] = done;
        area += 0.5 * (before + (ready - during) + left) * (axis->x[k + 1] - axis->x[k]);
        if (result->late_s != NULL)
            result->late_s[iv] = late_at(&serving->streams, k + 1);
        if (result->oldest_s != NULL)
            result->oldest_s[iv] = oldest_at(&serving->streams, k + 1);
    }
    for (int32_t iv = 0; iv < d->n; iv++)
        result->in_time_s[iv] = fmin(result->in_time_s[iv], result->due_s[iv]);
    result->waiting_s = came > 0 ? fmax(area, 0) / came : 0;
    result->backlog_s = fmax(left, 0) + ready_at(&serving->streams, axis->m, next);
}

void deferred_serve(const struct deferred *d, const double *capacity_s, struct deferred_result *result)
{
    struct serving serving = {.result = result};
    streams_init(&serving.streams, d);
    result_init(d, result);
    serve_all(d, capacity_s, &serving);
    spread_levels(d, result);
    streams_clear(&serving.streams);
}

struct deferred_lot *deferred_leave(const struct deferred *d, const double *capacity_s, int *n)
{
    size_t size = (size_t)d->n + 1;
    g_autofree double *due_s = g_new0(double, size);
    g_autofree double *in_time_s = g_new0(double, size);
    g_autofree double *done_s = g_new0(double, size);
    struct deferred_result result = {.due_s = due_s, .in_time_s = in_time_s, .done_s = done_s};
    struct serving serving = {.result = &result};
    streams_init(&serving.streams, d);
    serve_all(d, capacity_s, &serving);
    double end_x = serving.streams.axis.x[serving.streams.axis.m];
    const struct stream *list = serving.streams.list;
    struct deferred_lot *lots =
        g_new0(struct deferred_lot, 2 * (list[0].n + list[1].n) + (size_t)d->n_lots + 1);
    int count = 0;
    for (int s = 0; s < 2; s++)
        for (size_t i = 0; i < list[s].n; i++) {
            const struct parcel *parcel = &list[s].parcels[i];
            struct stream at = {.taken_s = i < list[s].front ? parcel->work_s : 0};
            if (i == list[s].front)
                at.taken_s = list[s].taken_s;
            double shift = list[s].due_s - end_x, split = came_of(&at, parcel) + shift;
            if (at.taken_s > 0 && parcel->due_k > serving.streams.axis.m)
                lots[count++] = (struct deferred_lot){parcel->came_x + shift, at.taken_s, split, true};
            if (at.taken_s < parcel->work_s)
                lots[count++] = (struct deferred_lot){split, parcel->work_s - at.taken_s,
                                                      parcel->came_to_x + shift, false};
        }
    for (int i = 0; i < d->n_lots; i++)
        if (d->lots[i].done && fmax(d->lots[i].due_s, d->lots[i].until_s) > end_x)
            lots[count++] = (struct deferred_lot){d->lots[i].due_s - end_x, d->lots[i].work_s,
                                                  d->lots[i].until_s - end_x, true};
    streams_clear(&serving.streams);
    *n = count;
    return lots;
}
