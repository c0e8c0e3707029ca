/*
 * wfm-bench intraday: how much knowing part of a day helps the rest of it.
 *
 * The last days of each queue, one after the other: a forecast made at midnight (every day, or every few days
 * and brought up to date in between), then the first share of the day's open intervals is given to
 * forecaster_update. WAPE of the rest of the day: as said when the forecast was made, in the morning,
 * updated, and with the morning's forecast scaled by the ratio so far, as planners do by hand.
 */
#include "core/zone.h"
#include "forecast/forecast.h"
#include "tests/bench/bench.h"
#include "tests/bench/files_ask.h"
#include "tests/bench/series_files.h"

#include <math.h>
#include <stdio.h>

#define HISTORY_MIN_DAYS 28
#define OPEN_MIN 4 /* intervals of a day worth the trouble */

struct options {
    int days, fit_days;
    double share;
};

enum { FIT, MORNING, UPDATED, RATIO, WAYS };

struct score {
    double error[WAYS], volume, n, in80, in95, days, day_in80;
    double fits, fit_s, updates, update_s;
};

/* A forecast in use, and what has happened since. */
struct watch {
    struct forecaster *forecaster;
    int32_t day;           /* it was made at this day's midnight */
    const double *offered; /* from there on */
};

static bool fit(const struct file_queue *queue, const struct series *series, const struct zone *zone,
                int32_t day, int n_days, struct watch *watch, struct score *score)
{
    g_autoptr(GError) error = NULL;
    struct series known;
    struct forecast_input input = series_files_input(queue, series, zone, day, day + n_days, &known);
    input.horizon.n = MIN(input.horizon.n, series->grid.n - known.grid.n);
    double before = bench_cpu_s();
    forecaster_free(watch->forecaster);
    *watch = (struct watch){forecaster_new(&input, &error), day, &series->offered[known.grid.n]};
    score->fit_s += bench_cpu_s() - before;
    score->fits++;
    if (watch->forecaster == NULL)
        fprintf(stderr, "wfm-bench: %s: %s\n", queue->name, error->message);
    return watch->forecaster != NULL;
}

/* Intervals of a day that can be scored, of the forecast's grid; returns how many. */
static int find_open(const struct watch *watch, const struct zone *zone, int32_t day, int *open)
{
    const struct forecast *forecast = forecaster_forecast(watch->forecaster);
    int n = 0;
    for (int32_t iv = 0; iv < forecast->grid.n; iv++)
        if (zone_local_day(zone, grid_ts(&forecast->grid, iv)) == day && !isnan(watch->offered[iv]) &&
            forecast->offered[iv] > 0)
            open[n++] = iv;
    return n;
}

static void add_day(const struct watch *watch, int day, const int *open, int n_open, int n_known,
                    const struct forecast *morning, const struct forecast *now, struct score *score)
{
    const struct forecast *fitted = forecaster_forecast(watch->forecaster);
    double actual = 0, said = 0;
    int n = now->grid.n;
    for (int i = 0; i < n_known; i++) {
        actual += watch->offered[open[i]];
        said += morning->offered[open[i]];
    }
    double ratio = said > 0 ? actual / said : 1;
    for (int i = n_known; i < n_open; i++) {
        int iv = open[i];
        double y = watch->offered[iv];
        double way[WAYS] = {fitted->offered[iv], morning->offered[iv], now->offered[iv],
                            morning->offered[iv] * ratio};
        for (int w = 0; w < WAYS; w++)
            score->error[w] += fabs(y - way[w]);
        score->in80 += y >= now->quantile[2 * n + iv] && y <= now->quantile[4 * n + iv];
        score->in95 += y >= now->quantile[0 * n + iv] && y <= now->quantile[6 * n + iv];
        score->volume += y;
        score->n++;
        actual += y;
    }
    score->day_in80 += actual >= now->day_quantile[2 * now->n_days + day] &&
                       actual <= now->day_quantile[4 * now->n_days + day];
    score->days++;
}

static bool run_day(const struct file_queue *queue, const struct watch *watch, const struct zone *zone,
                    int32_t day, const struct options *options, struct score *score)
{
    g_autoptr(GError) error = NULL;
    struct forecast morning, now;
    g_autofree int *open = g_new(int, (gsize)forecaster_forecast(watch->forecaster)->grid.n + 1);
    int n_open = find_open(watch, zone, day, open), n_known = (int)(options->share * n_open + 0.5);
    if (n_open < OPEN_MIN || n_known == 0 || n_known == n_open)
        return true;
    double before = bench_wall_s();
    bool good = forecaster_update(watch->forecaster, watch->offered, open[0], &morning, &error);
    good = good && forecaster_update(watch->forecaster, watch->offered, open[n_known - 1] + 1, &now, &error);
    score->update_s += bench_wall_s() - before;
    score->updates += 2;
    if (!good) {
        fprintf(stderr, "wfm-bench: %s: %s\n", queue->name, error->message);
        return false;
    }
    add_day(watch, day - watch->day, open, n_open, n_known, &morning, &now, score);
    forecast_clear(&morning);
    forecast_clear(&now);
    return true;
}

/* Sums of logarithms of the ratios, and of coverages. */
struct totals {
    double rel[WAYS], in80, in95, day_in80, update_us, fit_s, n;
};

struct run {
    struct options options;
    struct totals totals;
};

static void print_row(struct bench_table *table, const struct file_queue *queue, const struct score *score,
                      struct totals *totals)
{
    bench_cell(table, "%s", queue->name);
    bench_cell(table, "%.0f", score->days);
    for (int w = 0; w < WAYS; w++) {
        bench_cell(table, "%.4f", score->error[w] / score->volume);
        totals->rel[w] += log(score->error[w] / score->error[MORNING]);
    }
    double in80 = score->in80 / score->n, in95 = score->in95 / score->n,
           day_in80 = score->day_in80 / score->days, update_us = 1e6 * score->update_s / score->updates,
           fit_s = score->fit_s / score->fits;
    bench_cell(table, "%.3f", score->error[UPDATED] / score->error[MORNING]);
    bench_cell(table, "%.3f", score->error[RATIO] / score->error[MORNING]);
    bench_cell(table, "%.3f", in80);
    bench_cell(table, "%.3f", in95);
    bench_cell(table, "%.3f", day_in80);
    bench_cell(table, "%.0f", update_us);
    bench_cell(table, "%.3f", fit_s);
    totals->in80 += in80;
    totals->in95 += in95;
    totals->day_in80 += day_in80;
    totals->update_us += update_us;
    totals->fit_s += fit_s;
    totals->n++;
}

static void print_all(struct bench_table *table, void *user)
{
    const struct totals *totals = &((struct run *)user)->totals;
    if (totals->n <= 0)
        return;
    double n = totals->n;
    bench_cell(table, "all");
    bench_cell(table, "%.0f", n);
    for (int w = 0; w < WAYS; w++)
        bench_cell(table, "%.4f", exp(totals->rel[w] / n));
    bench_cell(table, "%.3f", exp(totals->rel[UPDATED] / n));
    bench_cell(table, "%.3f", exp(totals->rel[RATIO] / n));
    bench_cell(table, "%.3f", totals->in80 / n);
    bench_cell(table, "%.3f", totals->in95 / n);
    bench_cell(table, "%.3f", totals->day_in80 / n);
    bench_cell(table, "%.0f", totals->update_us / n);
    bench_cell(table, "%.3f", totals->fit_s / n);
}

static bool run_queue(const struct file_queue *queue, struct bench_table *table, void *user)
{
    struct run *run = user;
    const struct options *options = &run->options;
    AUTO(zone) zone = NULL;
    struct series series;
    if (!series_files_open(queue, 0, &zone, &series))
        return false;
    int32_t first, end;
    series_files_days(&series, zone, &first, &end);
    struct score score = {0};
    struct watch watch = {0};
    bool good = true;
    for (int32_t day = MAX(first + HISTORY_MIN_DAYS, end - options->days); day < end && good; day++) {
        if (watch.forecaster == NULL || day >= watch.day + options->fit_days)
            good = fit(queue, &series, zone, day, options->fit_days, &watch, &score);
        good = good && run_day(queue, &watch, zone, day, options, &score);
    }
    forecaster_free(watch.forecaster);
    if (good && score.volume > 0)
        print_row(table, queue, &score, &run->totals);
    series_clear(&series);
    return good;
}

static const char *const columns[] = {"queue",     "days",        "fit",       "morning", "updated",
                                      "ratio",     "rel_updated", "rel_ratio", "cov80",   "cov95",
                                      "day_cov80", "update_us",   "cpu_s",     NULL};

int bench_intraday(int argc, char **argv)
{
    struct run run = {.options = {.days = 60, .fit_days = 1, .share = 0.5}};
    GOptionEntry entries[] = {
        {"share", 0, 0, G_OPTION_ARG_DOUBLE, &run.options.share, "share of the open day that is known (0.5)",
         "S"},
        {"days", 0, 0, G_OPTION_ARG_INT, &run.options.days, "last days of each queue (60)", "N"},
        {"fit-days", 0, 0, G_OPTION_ARG_INT, &run.options.fit_days,
         "days until a new forecast is made; in between it is brought up to date (1)", "D"},
        {NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL}};
    struct files_ask ask;
    if (!files_ask_parse(&ask, argc, argv, entries) || run.options.days < 1 || run.options.fit_days < 1 ||
        !(run.options.share > 0 && run.options.share < 1))
        return files_ask_refuse(
            &ask, "needs at least one file, --days and --fit-days of 1 or more, --share between 0 and 1");
    return files_ask_table(&ask, columns, run_queue, print_all, &run);
}
