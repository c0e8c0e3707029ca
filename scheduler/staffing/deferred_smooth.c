#include "scheduler/staffing/deferred_parcels.h"

#include <glib.h>
#include <math.h>

/* Lower and upper bounds of the path at each node. */
static void bounds(const struct streams *streams, double *lower, double *upper)
{
    const struct axis *axis = &streams->axis;
    int32_t m = axis->m;
    for (int32_t k = 0; k <= m; k++)
        lower[k] = upper[k] = 0;
    for (int s = 0; s < streams->n; s++) {
        const struct stream *stream = &streams->list[s];
        int32_t hint = 0, spread = MAX(axis_node_before(axis, stream->due_s, &hint), 1);
        for (size_t i = 0; i < stream->n; i++) {
            const struct parcel *parcel = &stream->parcels[i];
            if (parcel->ready_k < m)
                upper[parcel->ready_k + 1] += parcel->work_s;
            if (parcel->due_k > 0 && parcel->due_k <= m)
                lower[parcel->due_k] += parcel->work_s;
            for (int32_t k = 1; parcel->due_k == 0 && k <= MIN(spread, m); k++)
                lower[k] += parcel->work_s / spread;
        }
    }
    for (int32_t k = 1; k <= m; k++) {
        upper[k] += upper[k - 1];
        lower[k] += lower[k - 1];
    }
    for (int32_t k = 1; k <= m; k++)
        lower[k] = fmin(lower[k], upper[k]);
    lower[m] = upper[m];
}

/* Shortest path from (x0, 0) to the last node inside the bounds. */
static void taut_string(int32_t m, const double *x, const double *lower, const double *upper, double *path)
{
    int32_t at = 0;
    path[0] = 0;
    while (at < m) {
        double low = -INFINITY, high = INFINITY;
        int32_t at_low = at, at_high = at, to = m;
        double value = upper[m];
        for (int32_t k = at + 1; k <= m; k++) {
            double width = x[k] - x[at];
            double s_low = (lower[k] - path[at]) / width, s_high = (upper[k] - path[at]) / width;
            if (s_low > high) {
                to = at_high, value = upper[at_high];
                break;
            }
            if (s_high < low) {
                to = at_low, value = lower[at_low];
                break;
            }
            if (s_low >= low)
                low = s_low, at_low = k;
            if (s_high <= high)
                high = s_high, at_high = k;
        }
        double from = path[at], slope = (value - from) / (x[to] - x[at]);
        for (int32_t k = at + 1; k < to; k++)
            path[k] = from + slope * (x[k] - x[at]);
        path[to] = value;
        at = to;
    }
}

/* Where dues are not in the order of arrival, a path between the curves is not enough: what is due late may
 * take the time that what comes later needs sooner. The smoothest path then (Yao, Demers & Shenker 1995): the
 * stretch of time with the most work that must be done wholly inside it has the highest pace; take it out
 * with its work, and so on. jobs: m × (m + 1), work ready in the interval behind node r and due by node d at
 * [r * (m + 1) + d]. */
struct stretch {
    int32_t m;     /* intervals that are left */
    int32_t *k;    /* m: which ones */
    double *width; /* m */
    double *jobs;
};

static double densest(const struct stretch *s, size_t row, double *by_due, int32_t *from, int32_t *to)
{
    double best = 0;
    for (int32_t d = 0; d <= s->m; d++)
        by_due[d] = 0;
    for (int32_t r = s->m - 1; r >= 0; r--) {
        double work_s = 0, width = 0;
        for (int32_t d = r + 1; d <= s->m; d++) {
            by_due[d] += s->jobs[(size_t)r * row + (size_t)d];
            work_s += by_due[d];
            width += s->width[d - 1];
            if (work_s > best * width) {
                best = work_s / width;
                *from = r;
                *to = d;
            }
        }
    }
    return best;
}

/* Takes [from, to] out: work inside it is gone, what reaches into it begins behind it or ends before it. */
static void contract(struct stretch *s, size_t row, int32_t from, int32_t to)
{
    int32_t gone = to - from;
    for (int32_t r = 0; r < s->m; r++)
        for (int32_t d = r + 1; d <= s->m; d++) {
            double *job = &s->jobs[(size_t)r * row + (size_t)d], work_s = *job;
            if (!(work_s > 0) || (r < from && d < from))
                continue;
            *job = 0;
            int32_t new_r = r < from ? r : MAX(r - gone, from), new_d = d <= from ? d : MAX(d - gone, from);
            if (!(r >= from && d <= to))
                s->jobs[(size_t)new_r * row + (size_t)new_d] += work_s;
        }
    for (int32_t i = from; i + gone < s->m; i++) {
        s->k[i] = s->k[i + gone];
        s->width[i] = s->width[i + gone];
    }
    s->m -= gone;
}

static void add_job(const struct stretch *s, size_t row, int32_t ready_k, int32_t due_k, double work_s)
{
    if (ready_k < s->m)
        s->jobs[(size_t)ready_k * row + (size_t)MIN(due_k, s->m)] += work_s;
}

static void add_jobs(const struct streams *streams, const struct stretch *s, size_t row)
{
    for (int i = 0; i < streams->n; i++) {
        const struct stream *stream = &streams->list[i];
        int32_t hint = 0, spread = MAX(axis_node_before(&streams->axis, stream->due_s, &hint), 1);
        for (size_t p = 0; p < stream->n; p++) {
            const struct parcel *parcel = &stream->parcels[p];
            if (parcel->due_k > 0)
                add_job(s, row, parcel->ready_k, parcel->due_k, parcel->work_s);
            for (int32_t k = 1; parcel->due_k == 0 && k <= spread; k++)
                add_job(s, row, 0, k, parcel->work_s / spread);
        }
    }
}

static void smooth_any_order(const struct streams *streams, double *work_s)
{
    const struct axis *axis = &streams->axis;
    size_t row = (size_t)axis->m + 1;
    g_autofree int32_t *k = g_new(int32_t, row);
    g_autofree double *width = g_new(double, row);
    g_autofree double *jobs = g_new0(double, row *row);
    g_autofree double *by_due = g_new(double, row);
    struct stretch s = {axis->m, k, width, jobs};
    for (int32_t i = 0; i < axis->m; i++) {
        k[i] = i;
        width[i] = axis->x[i + 1] - axis->x[i];
    }
    add_jobs(streams, &s, row);
    int32_t from = 0, to = 0;
    double pace;
    while (s.m > 0 && (pace = densest(&s, row, by_due, &from, &to)) > 0) {
        for (int32_t i = from; i < to; i++)
            work_s[axis->iv[s.k[i]]] = pace * s.width[i];
        contract(&s, row, from, to);
    }
}

static void smooth_in_order(const struct streams *streams, double *work_s)
{
    const struct axis *axis = &streams->axis;
    size_t nodes = (size_t)axis->m + 1;
    g_autofree double *lower = g_new(double, nodes);
    g_autofree double *upper = g_new(double, nodes);
    g_autofree double *path = g_new(double, nodes);
    bounds(streams, lower, upper);
    taut_string(axis->m, axis->x, lower, upper, path);
    for (int32_t k = 0; k < axis->m; k++)
        work_s[axis->iv[k]] = fmax(path[k + 1] - path[k], 0);
}

/* What comes first is due first. */
static bool in_order(const struct deferred *d)
{
    bool ordered = d->n_more == 0;
    for (int i = 0; i < d->n_lots; i++)
        ordered = ordered &&
                  (d->lots[i].done || fmax(d->lots[i].due_s, d->lots[i].until_s) <= d->due_s * (1 + 1e-9));
    return ordered;
}

bool deferred_smooth(const struct deferred *d, double *work_s)
{
    struct streams streams;
    streams_init(&streams, d);
    const struct axis *axis = &streams.axis;
    bool possible = true;
    for (int32_t iv = 0; iv < d->n; iv++)
        work_s[iv] = 0;
    if (axis->m > 0 && in_order(d)) {
        smooth_in_order(&streams, work_s);
    } else if (axis->m > 0) {
        smooth_any_order(&streams, work_s);
    } else {
        for (int s = 0; s < streams.n; s++)
            possible = possible && streams.list[s].n == 0;
    }
    streams_clear(&streams);
    return possible;
}
