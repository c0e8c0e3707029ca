/*
 * wfm-bench forecast: rolling-origin accuracy of forecast_run on interval files, against seasonal naive.
 *
 * Origins are local midnights, a week apart (four weeks when the horizon is longer than one), the last one
 * such that its horizon ends with the data; every origin has at least four weeks of history (two, where the
 * data has no such origin). Each forecast sees what lies before its origin, and the special days.
 */
#include "core/zone.h"
#include "forecast/forecast.h"
#include "tests/bench/bench.h"
#include "tests/bench/series_files.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define HISTORY_MIN_DAYS 28
#define HISTORY_SHORT_DAYS 14 /* where the data would give no origin otherwise */

struct options {
    int origins, weeks, interval_min;
    const char *special;
    gboolean models;
};

/* Sums over the intervals and days of all origins; [0] ours, [1] seasonal naive. */
struct score {
    double absolute[2], square[2], pinball[2], day_absolute[2], bias, volume, n, in80, in95, scale, n_origins;
    double combined, aht_wape; /* sums over origins of what each forecast reported of its own backtest */
    struct forecast_model_report models[FORECAST_MODELS_MAX];
    double model_runs[FORECAST_MODELS_MAX];
    int n_models;
};

/* ---- measuring ---- */

static const int scored[] = {0, 2, 3, 4, 6}; /* 2.5 10 50 90 97.5 % among forecast_quantile_levels */
static const double normal[] = {-1.959964, -1.281552, 0, 1.281552, 1.959964};

static double pinball(double y, double q, double level)
{
    return y >= q ? level * (y - q) : (1 - level) * (q - y);
}

/* The value shown at the same wall-clock time a whole number of weeks before, the last one seen before `end`;
 * NAN when there is none. */
static double naive_at(const struct series *series, const struct zone *zone, int64_t ts, int64_t end)
{
    struct local_time local = zone_local(zone, ts);
    for (int32_t day = local.day - 7;; day -= 7) {
        int32_t iv = grid_index(&series->grid, zone_instant(zone, day, local.second / 60));
        if (iv < 0)
            return NAN;
        if (iv < series->grid.n && grid_ts(&series->grid, iv) < end && !isnan(series->offered[iv]))
            return series->offered[iv];
    }
}

/* In-sample error of the weekly naive: mean absolute and root mean square. */
static void naive_scale(const struct series *series, int64_t end, double *mean, double *root)
{
    int32_t lag = 7 * DAY_S / series->grid.interval_s;
    double absolute = 0, square = 0, n = 0;
    for (int32_t iv = lag; iv < series->grid.n && grid_ts(&series->grid, iv) < end; iv++) {
        double e = series->offered[iv] - series->offered[iv - lag];
        if (isnan(e))
            continue;
        absolute += fabs(e);
        square += e * e;
        n++;
    }
    *mean = n > 0 ? absolute / n : NAN;
    *root = n > 0 ? sqrt(square / n) : NAN;
}

static void add_origin(const struct series *series, const struct zone *zone, const struct forecast *forecast,
                       struct score *score)
{
    double day_actual = 0, day_said[2] = {0}, mean, root;
    int64_t end = forecast->grid.start_ts;
    int32_t day = zone_local_day(zone, end), n = forecast->grid.n;
    naive_scale(series, end, &mean, &root);
    score->scale += mean;
    score->n_origins++;
    for (int32_t iv = 0; iv < n; iv++) {
        int64_t ts = grid_ts(&forecast->grid, iv);
        int32_t at = grid_index(&series->grid, ts);
        double y = at < series->grid.n ? series->offered[at] : NAN;
        if (!isnan(y)) {
            double naive = naive_at(series, zone, ts, end);
            double said[2] = {forecast->offered[iv], isnan(naive) ? 0 : naive};
            for (int k = 0; k < 2; k++) {
                score->absolute[k] += fabs(y - said[k]);
                score->square[k] += (y - said[k]) * (y - said[k]);
                day_said[k] += said[k];
            }
            for (gsize q = 0; q < G_N_ELEMENTS(scored); q++) {
                double level = forecast_quantile_levels[scored[q]];
                score->pinball[0] += pinball(y, forecast->quantile[scored[q] * n + iv], level);
                score->pinball[1] += pinball(y, MAX(0, said[1] + normal[q] * root), level);
            }
            score->in95 += y >= forecast->quantile[0 * n + iv] && y <= forecast->quantile[6 * n + iv];
            score->in80 += y >= forecast->quantile[2 * n + iv] && y <= forecast->quantile[4 * n + iv];
            score->bias += said[0] - y;
            score->volume += y;
            score->n++;
            day_actual += y;
        }
        int32_t next = zone_local_day(zone, ts + forecast->grid.interval_s);
        if (next != day || iv == n - 1) {
            for (int k = 0; k < 2; k++) {
                score->day_absolute[k] += fabs(day_actual - day_said[k]);
                day_said[k] = 0;
            }
            day_actual = 0;
            day = next;
        }
    }
}

static void add_models(const struct forecast *forecast, struct score *score)
{
    score->combined += forecast->backtest.wape;
    score->aht_wape += forecast->backtest.aht_wape;
    for (int i = 0; i < forecast->n_models; i++) {
        int at = 0;
        while (at < score->n_models && score->models[at].name != forecast->models[i].name)
            at++;
        if (at == score->n_models)
            score->models[score->n_models++] =
                (struct forecast_model_report){.name = forecast->models[i].name};
        score->models[at].weight += forecast->models[i].weight;
        score->models[at].wape += forecast->models[i].wape;
        score->model_runs[at]++;
    }
}

static bool run_origin(const struct file_queue *queue, const struct series *series, const struct zone *zone,
                       int32_t day, int weeks, struct score *score)
{
    g_autoptr(GError) error = NULL;
    const struct grid *grid = &series->grid;
    int64_t start = zone_day_start(zone, day), end = zone_day_start(zone, day + 7 * weeks);
    struct series known = *series; /* borrows the arrays, ends at the origin */
    known.grid.n = grid_index(grid, start);
    struct forecast_input input = {.history = &known,
                                   .zone = zone,
                                   .specials = (const struct forecast_special *)(void *)queue->specials->data,
                                   .n_specials = (int)queue->specials->len,
                                   .default_aht_s = 300};
    input.horizon = (struct grid){start, grid->interval_s, (int32_t)((end - start) / grid->interval_s)};
    struct forecast forecast;
    if (!forecast_run(&input, &forecast, &error)) {
        fprintf(stderr, "wfm-bench: %s: %s\n", queue->name, error->message);
        return false;
    }
    add_origin(series, zone, &forecast, score);
    add_models(&forecast, score);
    forecast_clear(&forecast);
    return true;
}

/* Logarithms of what the last row averages. */
struct totals {
    double wape, day_wape, rmse, mase, wql, cov80, cov95, bias, cpu_s, n;
};

static void print_row(struct bench_table *table, const struct file_queue *queue, const struct score *score,
                      double cpu_s, struct totals *totals)
{
    double wape = score->absolute[0] / score->volume, day_wape = score->day_absolute[0] / score->volume;
    double rmse = sqrt(score->square[0] / score->n),
           mase = score->absolute[0] / score->n * score->n_origins / score->scale;
    double wql = 2 * score->pinball[0] / (double)G_N_ELEMENTS(scored) / score->volume;
    double naive_mase = score->absolute[1] / score->n * score->n_origins / score->scale;
    bench_cell(table, "%s", queue->name);
    bench_cell(table, "%.0f", score->n_origins);
    bench_cell(table, "%.4f", wape);
    bench_cell(table, "%.4f", day_wape);
    bench_cell(table, "%.3f", rmse);
    bench_cell(table, "%.3f", mase);
    bench_cell(table, "%.4f", wql);
    bench_cell(table, "%.3f", score->in80 / score->n);
    bench_cell(table, "%.3f", score->in95 / score->n);
    bench_cell(table, "%.4f", score->bias / score->volume);
    bench_cell(table, "%.3f", cpu_s);
    bench_cell(table, "%.3f", score->absolute[0] / score->absolute[1]);
    totals->wape += log(score->absolute[0] / score->absolute[1]);
    totals->day_wape += log(score->day_absolute[0] / score->day_absolute[1]);
    totals->rmse += log(score->square[0] / score->square[1]) / 2;
    totals->mase += log(mase / naive_mase);
    totals->wql += log(score->pinball[0] / score->pinball[1]);
    totals->cov80 += score->in80 / score->n;
    totals->cov95 += score->in95 / score->n;
    totals->bias += score->bias / score->volume;
    totals->cpu_s += cpu_s;
    totals->n++;
}

/* What the forecasts said of their models: mean over the origins. */
static void print_models(struct bench_table *table, const struct file_queue *queue, const struct score *score)
{
    for (int m = 0; m <= score->n_models; m++) {
        bool all = m == score->n_models;
        double n = all ? score->n_origins : score->model_runs[m];
        bench_cell(table, "%s", queue->name);
        bench_cell(table, "%s", all ? "combination" : score->models[m].name);
        bench_cell(table, "%.3f", all ? 1.0 : score->models[m].weight / n);
        bench_cell(table, "%.4f", (all ? score->combined : score->models[m].wape) / n);
    }
    if (isnan(score->aht_wape))
        return;
    bench_cell(table, "%s", queue->name);
    bench_cell(table, "handling time");
    bench_cell(table, "%.3f", 1.0);
    bench_cell(table, "%.4f", score->aht_wape / score->n_origins);
}

/* Relative to seasonal naive: geometric means; coverage, bias and seconds: plain means. */
static void print_all(struct bench_table *table, const struct totals *totals)
{
    double n = totals->n;
    bench_cell(table, "all");
    bench_cell(table, "%.0f", n);
    const double relative[] = {totals->wape, totals->day_wape, totals->rmse, totals->mase, totals->wql};
    for (gsize i = 0; i < G_N_ELEMENTS(relative); i++)
        bench_cell(table, "%.4f", exp(relative[i] / n));
    bench_cell(table, "%.3f", totals->cov80 / n);
    bench_cell(table, "%.3f", totals->cov95 / n);
    bench_cell(table, "%.4f", totals->bias / n);
    bench_cell(table, "%.3f", totals->cpu_s / n);
    bench_cell(table, "%.3f", exp(totals->wape / n));
}

static bool run_queue(const struct file_queue *queue, const struct options *options,
                      struct bench_table *table, struct totals *totals)
{
    g_autoptr(GError) error = NULL;
    AUTO(zone) zone = zone_new(series_files_zone(queue, options->interval_min), &error);
    struct series series;
    if (zone == NULL) {
        fprintf(stderr, "wfm-bench: %s: %s\n", queue->name, error->message);
        return false;
    }
    if (!series_files_build(queue, options->interval_min, &series))
        return false;
    int32_t first = zone_local_day(zone, series.grid.start_ts),
            end = zone_local_day(zone, grid_end_ts(&series.grid) - 1) + 1;
    int step = options->weeks > 1 ? 28 : 7;
    struct score score = {0};
    double cpu_s = 0;
    bool good = true;
    int history_min =
        end - 7 * options->weeks - first >= HISTORY_MIN_DAYS ? HISTORY_MIN_DAYS : HISTORY_SHORT_DAYS;
    for (int o = options->origins - 1; o >= 0 && good; o--) {
        int32_t day = end - 7 * options->weeks - step * o;
        if (day - first < history_min)
            continue;
        double before = bench_cpu_s();
        good = run_origin(queue, &series, zone, day, options->weeks, &score);
        cpu_s += bench_cpu_s() - before;
    }
    if (good && score.n_origins == 0)
        fprintf(stderr, "wfm-bench: %s: history is too short for an origin\n", queue->name);
    else if (good && score.volume > 0)
        options->models ? print_models(table, queue, &score)
                        : print_row(table, queue, &score, cpu_s / score.n_origins, totals);
    series_clear(&series);
    return good;
}

static const char *const model_columns[] = {"queue", "model", "weight", "wape", NULL};
static const char *const columns[] = {"queue", "origins", "wape", "day_wape", "rmse",     "mase", "wql",
                                      "cov80", "cov95",   "bias", "cpu_s",    "rel_wape", NULL};

int bench_forecast(int argc, char **argv)
{
    struct options options = {.origins = 8, .weeks = 1};
    bool csv = bench_take_csv(&argc, argv);
    g_auto(GStrv) files = NULL;
    GOptionEntry entries[] = {
        {"special", 0, 0, G_OPTION_ARG_FILENAME, &options.special, "special days: queue,date,name,kind",
         "FILE"},
        {"origins", 0, 0, G_OPTION_ARG_INT, &options.origins, "rolling origins (8)", "N"},
        {"horizon-weeks", 0, 0, G_OPTION_ARG_INT, &options.weeks, "weeks ahead (1)", "W"},
        {"interval", 0, 0, G_OPTION_ARG_INT, &options.interval_min, "add up to intervals of M minutes", "M"},
        {"models", 0, 0, G_OPTION_ARG_NONE, &options.models,
         "show the models' weights and backtest errors instead", NULL},
        {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &files, NULL, NULL},
        {NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL}};
    g_autoptr(GOptionContext) context = g_option_context_new("FILE.csv…");
    g_autoptr(GError) error = NULL;
    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse(context, &argc, &argv, &error) || files == NULL || options.origins < 1 ||
        options.weeks < 1) {
        fprintf(stderr, "wfm-bench forecast: %s\n",
                error != NULL ? error->message
                              : "needs at least one file, --origins and --horizon-weeks of 1 or more");
        return 2;
    }
    GPtrArray *queues = series_files_read(files, options.special, &error);
    bool good = queues != NULL;
    if (!good)
        fprintf(stderr, "wfm-bench forecast: %s\n", error->message);
    struct bench_table *table = bench_table_new(csv, options.models ? model_columns : columns);
    struct totals totals = {0};
    for (guint i = 0; good && i < queues->len; i++)
        good = run_queue(queues->pdata[i], &options, table, &totals) && good;
    if (totals.n > 0)
        print_all(table, &totals);
    bench_table_end(table);
    if (queues != NULL)
        g_ptr_array_free(queues, TRUE);
    return good ? 0 : 1;
}
