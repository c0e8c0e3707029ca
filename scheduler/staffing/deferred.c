#include "scheduler/staffing/deferred.h"

#include <glib.h>
#include <math.h>

/* Nodes are the ends of open intervals on the axis of opening time; node 0 is the start. At a node the
   arrivals jump by what comes in until the next opening. */
struct curves {
    int32_t m;      /* open intervals; nodes 0 … m */
    int32_t *iv;    /* m: interval between nodes k and k+1 */
    double *x;      /* m+1: opening time */
    double *before; /* m+1: arrived before the jump */
    double *after;  /* m+1: and after it */
    double due_s, backlog_s;
};

static void curves_init(struct curves *c, const struct deferred *d)
{
    size_t nodes = (size_t)d->n + 1;
    *c = (struct curves){.backlog_s = d->backlog_s};
    c->iv = g_new0(int32_t, nodes);
    c->x = g_new0(double, nodes);
    c->before = g_new0(double, nodes);
    c->after = g_new0(double, nodes);
    c->before[0] = c->after[0] = d->backlog_s;
    for (int32_t iv = 0; iv < d->n; iv++) {
        if (d->open[iv] <= 0) {
            c->after[c->m] += d->work_s[iv];
            continue;
        }
        c->iv[c->m++] = iv;
        c->x[c->m] = c->x[c->m - 1] + d->open[iv] * d->interval_s;
        c->before[c->m] = c->after[c->m] = c->after[c->m - 1] + d->work_s[iv];
    }
    /* whole intervals, so that what is due at once falls on a node; never later than promised */
    c->due_s = d->due_s >= d->interval_s ? floor(d->due_s / d->interval_s) * d->interval_s : 0;
}

static void curves_clear(struct curves *c)
{
    g_free(c->iv);
    g_free(c->x);
    g_free(c->before);
    g_free(c->after);
}

/* Work due by opening time t; with_jump: including what falls due exactly then. *hint: node to start from,
 * for ascending t. */
static double due_by(const struct curves *c, double t, bool with_jump, int32_t *hint)
{
    double at = t - c->due_s, slack = 1e-9 * (1 + t);
    if (at < -slack)
        return c->backlog_s * t / c->due_s;
    int32_t k = *hint;
    while (k < c->m && c->x[k + 1] <= at + slack)
        k++;
    *hint = k;
    if (fabs(at - c->x[k]) <= slack)
        return with_jump ? c->after[k] : c->before[k];
    if (k >= c->m)
        return c->after[c->m];
    return c->after[k] + (c->before[k + 1] - c->after[k]) * (at - c->x[k]) / (c->x[k + 1] - c->x[k]);
}

/* Lower and upper bounds of the path at each node. */
static void curves_bounds(const struct curves *c, double *lower, double *upper)
{
    int32_t hint = 0, jump = 0;
    lower[0] = upper[0] = 0;
    for (int32_t k = 1; k <= c->m; k++) {
        upper[k] = c->before[k];
        lower[k] = fmin(due_by(c, c->x[k], true, &hint), upper[k]);
    }
    for (int32_t k = 1; k < c->m; k++) {
        /* a jump that falls due inside the next interval (one that is only partly open) is wanted before it
         */
        while (jump <= c->m && c->x[jump] + c->due_s <= c->x[k] + 1e-6)
            jump++;
        for (int32_t j = jump; j <= c->m && c->x[j] + c->due_s < c->x[k + 1] - 1e-6; j++)
            if (c->after[j] > c->before[j])
                lower[k] = fmin(fmax(lower[k], c->after[j]), upper[k]);
    }
    lower[c->m] = upper[c->m];
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

bool deferred_smooth(const struct deferred *d, double *work_s)
{
    struct curves c;
    curves_init(&c, d);
    for (int32_t iv = 0; iv < d->n; iv++)
        work_s[iv] = 0;
    bool possible = c.m > 0 || c.after[0] <= 0;
    if (c.m > 0) {
        size_t nodes = (size_t)c.m + 1;
        g_autofree double *lower = g_new(double, nodes);
        g_autofree double *upper = g_new(double, nodes);
        g_autofree double *path = g_new(double, nodes);
        curves_bounds(&c, lower, upper);
        taut_string(c.m, c.x, lower, upper, path);
        for (int32_t k = 0; k < c.m; k++)
            work_s[c.iv[k]] = fmax(path[k + 1] - path[k], 0);
    }
    curves_clear(&c);
    return possible;
}

/* Of the work due between two nodes (u0 → u1 evenly, then a jump to u2), the part done in time when the path
 * goes c0 → c1. */
static double in_time(double u0, double u1, double u2, double c0, double c1)
{
    double slack = 1e-9 * (1 + u2), d0 = c0 - u0 + slack, d1 = c1 - u1 + slack, even = u1 - u0;
    double share = d0 >= 0 ? (d1 >= 0 ? 1 : d0 / (d0 - d1)) : (d1 < 0 ? 0 : 1 - d0 / (d0 - d1));
    return even * share + fmin(fmax(c1 - u1 + slack, 0), u2 - u1);
}

void deferred_serve(const struct deferred *d, const double *capacity_s, struct deferred_result *result)
{
    struct curves c;
    curves_init(&c, d);
    for (int32_t iv = 0; iv < d->n; iv++)
        result->due_s[iv] = result->in_time_s[iv] = result->done_s[iv] = 0;
    double done = 0, due = 0, area = 0;
    int32_t hint_before = 0, hint_after = 0;
    for (int32_t k = 0; k < c.m; k++) {
        int32_t iv = c.iv[k];
        double next = fmin(c.before[k + 1], done + fmax(capacity_s[iv], 0));
        double due_before = due_by(&c, c.x[k + 1], false, &hint_before);
        double due_after = due_by(&c, c.x[k + 1], true, &hint_after);
        result->done_s[iv] = next - done;
        result->due_s[iv] = due_after - due;
        result->in_time_s[iv] = fmin(in_time(due, due_before, due_after, done, next), due_after - due);
        area += 0.5 * (c.after[k] - done + c.before[k + 1] - next) * (c.x[k + 1] - c.x[k]);
        done = next;
        due = due_after;
    }
    double arrived = c.after[c.m];
    result->backlog_s = arrived - done;
    result->waiting_s = arrived > 0 ? area / arrived : 0;
    curves_clear(&c);
}
