#include "forecast/override.h"

#include <math.h>
#include <string.h>

#define AHT_MIN_S 1.0

/* One override at work. */
struct work {
    const struct override *o;
    const struct override_target *target;
    const double *first; /* grid.n: the forecast before any override */
    int32_t *touched;    /* n: intervals, ascending */
    bool *open;          /* n: counts as open */
    int32_t n;
    bool none_open; /* of the whole range, in and outside the forecast */
    double cut;
};

static bool in_hours(const struct work *work, int64_t ts)
{
    const struct override *o = work->o;
    return o->n_spans == 0 || week_spans_hold(o->spans, o->n_spans, work->target->zone, ts);
}

static bool is_open(const struct work *work, int64_t ts)
{
    const struct override_target *t = work->target;
    return t->n_open == 0 || week_spans_hold(t->open, t->n_open, t->zone, ts);
}

/* First instant of the grid's raster at or after ts. */
static int64_t raster(const struct grid *grid, int64_t ts)
{
    return grid_ts(grid, grid_index(grid, ts - 1) + 1);
}

static bool changes(const struct work *work, int32_t iv)
{
    const struct override *o = work->o;
    int64_t ts = grid_ts(&work->target->grid, iv);
    return !work->target->in_force || (o->created_ts <= ts && (o->removed_by == NULL || ts < o->removed_ts));
}

static bool inside(const struct override_target *t, int64_t ts)
{
    int32_t iv = grid_index(&t->grid, ts);
    return iv >= 0 && iv < t->grid.n && !isnan(t->offered[iv]);
}

static void find_touched(struct work *work)
{
    const struct override_target *t = work->target;
    int64_t from_ts = MAX(work->o->from_ts, t->grid.start_ts),
            to_ts = MIN(work->o->to_ts, grid_end_ts(&t->grid));
    work->none_open = true;
    for (int64_t ts = raster(&t->grid, from_ts); ts < to_ts; ts += t->grid.interval_s)
        if (inside(t, ts) && in_hours(work, ts)) {
            work->touched[work->n] = grid_index(&t->grid, ts);
            work->open[work->n] = is_open(work, ts);
            work->none_open &= !work->open[work->n++];
        }
    for (int64_t ts = raster(&t->grid, work->o->from_ts); work->none_open && ts < work->o->to_ts;
         ts += t->grid.interval_s)
        work->none_open = !(in_hours(work, ts) && is_open(work, ts));
    for (int32_t i = 0; work->none_open && i < work->n; i++)
        work->open[i] = true;
}

/* Part of the open intervals of [from_ts, to_ts) that lies inside the forecast, 0..1. */
static double share_inside(const struct work *work, int64_t from_ts, int64_t to_ts)
{
    const struct grid *grid = &work->target->grid;
    double in = 0, all = 0;
    for (int64_t ts = raster(grid, from_ts); ts < to_ts; ts += grid->interval_s) {
        if (!in_hours(work, ts) || !(work->none_open || is_open(work, ts)))
            continue;
        all++;
        in += inside(work->target, ts);
    }
    return all > 0 ? in / all : 0;
}

static double sum_of(const struct work *work, const double *values, int32_t first, int32_t n)
{
    double sum = 0;
    for (int32_t i = first; i < first + n; i++)
        sum += values[work->touched[i]];
    return sum;
}

/* Sets or raises the total of touched intervals [first, first + n), which are those of [from_ts, to_ts). */
static void respread(struct work *work, int32_t first, int32_t n, int64_t from_ts, int64_t to_ts)
{
    double *offered = work->target->offered, open = 0;
    double old = sum_of(work, offered, first, n), was = sum_of(work, work->first, first, n);
    double total =
        work->o->value * share_inside(work, from_ts, to_ts) + (work->o->kind == OVERRIDE_ADD ? old : 0);
    work->cut += fmax(0, -total);
    total = fmax(0, total);
    for (int32_t i = first; i < first + n; i++)
        open += work->open[i];
    for (int32_t i = first; i < first + n; i++) {
        int32_t iv = work->touched[i];
        double part = old > 0    ? offered[iv] / old
                      : was > 0  ? work->first[iv] / was
                      : open > 0 ? work->open[i] / open
                                 : 0;
        if (changes(work, iv))
            offered[iv] = total * part;
    }
}

static void respread_days(struct work *work)
{
    const struct override_target *t = work->target;
    for (int32_t first = 0, n; first < work->n; first += n) {
        int32_t day = zone_local_day(t->zone, grid_ts(&t->grid, work->touched[first]));
        for (n = 1; first + n < work->n; n++)
            if (zone_local_day(t->zone, grid_ts(&t->grid, work->touched[first + n])) != day)
                break;
        respread(work, first, n, MAX(work->o->from_ts, zone_day_start(t->zone, day)),
                 MIN(work->o->to_ts, zone_day_start(t->zone, day + 1)));
    }
}

static double changed(const struct override *o, double old)
{
    switch (o->kind) {
    case OVERRIDE_ADD:
        return old + o->value;
    case OVERRIDE_PERCENT:
        return old * (1 + o->value / 100);
    default:
        return o->value;
    }
}

static void each_interval(struct work *work)
{
    bool aht = work->o->measure == OVERRIDE_AHT, all = aht || work->o->kind == OVERRIDE_PERCENT;
    double *values = aht ? work->target->aht_s : work->target->offered;
    for (int32_t i = 0; i < work->n; i++) {
        int32_t iv = work->touched[i];
        if (!changes(work, iv) || !(all || work->open[i]))
            continue;
        double wanted = changed(work->o, values[iv]);
        values[iv] = fmax(wanted, aht ? AHT_MIN_S : 0);
        work->cut = aht ? fmax(work->cut, values[iv] - wanted) : work->cut + values[iv] - wanted;
    }
}

/* Contacts of the touched intervals, or their mean AHT. */
static double measured(const struct work *work)
{
    const struct override_target *t = work->target;
    double contacts = 0, seconds = 0, plain = 0;
    for (int32_t i = 0; i < work->n; i++) {
        int32_t iv = work->touched[i];
        contacts += t->offered[iv];
        seconds += t->offered[iv] * t->aht_s[iv];
        plain += t->aht_s[iv];
    }
    if (work->o->measure == OVERRIDE_VOLUME)
        return contacts;
    return contacts > 0 ? seconds / contacts : work->n > 0 ? plain / work->n : NAN;
}

static void move_quantiles(const struct override_target *t, const double *first)
{
    double mean = 0;
    for (int32_t iv = 0; iv < t->grid.n; iv++)
        mean += isnan(first[iv]) ? 0 : first[iv];
    for (int l = 0; l < t->n_levels; l++) {
        double *quantile = t->quantile + (size_t)l * (size_t)t->grid.n, sum = 0;
        for (int32_t iv = 0; iv < t->grid.n; iv++)
            sum += isnan(first[iv]) ? 0 : quantile[iv];
        double apart = mean > 0 ? sum / mean : 1;
        for (int32_t iv = 0; iv < t->grid.n; iv++)
            if (t->offered[iv] != first[iv] && !isnan(first[iv]))
                quantile[iv] =
                    first[iv] > 0 ? quantile[iv] * (t->offered[iv] / first[iv]) : apart * t->offered[iv];
    }
}

void overrides_apply(const struct override *const *overrides, int n, const struct override_target *target,
                     struct override_effect *effects)
{
    gsize cells = (gsize)target->grid.n + 1;
    g_autofree double *first = g_memdup2(target->offered, (gsize)target->grid.n * sizeof *first);
    g_autofree int32_t *touched = g_new0(int32_t, cells);
    g_autofree bool *open = g_new0(bool, cells);
    for (int k = 0; k < n; k++) {
        struct work work = {
            .o = overrides[k], .target = target, .first = first, .touched = touched, .open = open};
        find_touched(&work);
        double before = measured(&work);
        bool total = work.o->measure == OVERRIDE_VOLUME && work.o->kind != OVERRIDE_PERCENT;
        if (total && work.o->per == OVERRIDE_PER_RANGE && work.n > 0)
            respread(&work, 0, work.n, work.o->from_ts, work.o->to_ts);
        else if (total && work.o->per == OVERRIDE_PER_DAY)
            respread_days(&work);
        else
            each_interval(&work);
        if (effects != NULL)
            effects[k] = (struct override_effect){work.n, before, measured(&work), work.cut};
    }
    move_quantiles(target, first);
}
