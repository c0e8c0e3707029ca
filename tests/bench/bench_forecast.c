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
#include "tests/bench/files_ask.h"
#include "tests/bench/forecast_bands.h"
#include "tests/bench/forecast_dump.h"
#include "tests/bench/series_files.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define HISTORY_MIN_DAYS 28
#define HISTORY_SHORT_DAYS 14 /* where the data would give no origin otherwise */

struct options {
    int origins, weeks, interval_min;
    const char *dump;
    char **queues; /* patterns of their names; NULL = all */
    gboolean models, sums;
};

/* Ours and seasonal naive. */
struct score {
    struct forecast_sums ours, naive;
    struct sums_score sums;
    double cpu_s;
    double combined, aht_wape; /* sums over origins of what each forecast reported of its own backtest */
    struct forecast_model_report models[FORECAST_MODELS_MAX];
    double model_runs[FORECAST_MODELS_MAX];
    int n_models;
};

/* The scored quantiles among the forecast's. */
static double *scored_quantiles(const struct forecast *forecast)
{
    static const int at[SCORE_QUANTILES] = {0, 2, 3, 4, 6};
    gsize n = (gsize)forecast->grid.n;
    double *quantile = g_new(double, SCORE_QUANTILES *n);
    for (gsize q = 0; q < SCORE_QUANTILES; q++)
        memcpy(&quantile[q * n], &forecast->quantile[(gsize)at[q] * n], n * sizeof *quantile);
    return quantile;
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

/* One queue of the files, as it is measured. */
struct run {
    const struct file_queue *queue;
    const struct options *options;
    const struct series *series;
    const struct zone *zone;
    struct forecast_dump *dump; /* NULL = none */
};

static bool run_origin(const struct run *run, int32_t day, struct score *score, GError **error)
{
    const struct file_queue *queue = run->queue;
    struct series known;
    struct forecast_input input =
        series_files_input(queue, run->series, run->zone, day, day + WEEK_DAYS * run->options->weeks, &known);
    struct forecast forecast;
    double cpu_s = bench_cpu_s();
    if (!forecast_run(&input, &forecast, error))
        return false;
    cpu_s = bench_cpu_s() - cpu_s;
    score->cpu_s += cpu_s;
    struct forecast_test test;
    forecast_test_init(&test, run->series, run->zone, &input.horizon);
    g_autofree double *ours = scored_quantiles(&forecast), *naive = forecast_test_naive_quantiles(&test);
    forecast_sums_add(&score->ours, &test, forecast.offered, ours);
    forecast_sums_add(&score->naive, &test, test.naive, naive);
    add_models(&forecast, score);
    sums_score_add(&score->sums, run->series, &forecast);
    struct forecast_dump_run dumped = {.queue = queue->name,
                                       .series = run->series,
                                       .zone = run->zone,
                                       .specials = input.specials,
                                       .n_specials = input.n_specials,
                                       .horizon = &input.horizon,
                                       .weeks = run->options->weeks,
                                       .test = &test,
                                       .mean = forecast.offered,
                                       .quantile = ours,
                                       .cpu_s = cpu_s};
    bool good = run->dump == NULL || forecast_dump_add(run->dump, &dumped, error);
    forecast_test_clear(&test);
    forecast_clear(&forecast);
    return good;
}

/* Logarithms of what the last row averages. */
struct totals {
    double wape, day_wape, rmse, mase, wql, cov80, cov95, bias, cpu_s, n;
    struct sums_score sums; /* sums of what the rows of --sums show .. */
    double n_sums;          /* .. and how many there are */
};

static void print_row(struct bench_table *table, const struct file_queue *queue, const struct score *score,
                      struct totals *totals)
{
    const struct forecast_sums *ours = &score->ours, *naive = &score->naive;
    double cpu_s = score->cpu_s / ours->origins;
    bench_cell(table, "%s", queue->name);
    bench_cell(table, "%.0f", ours->origins);
    bench_cell(table, "%.4f", score_wape(ours));
    bench_cell(table, "%.4f", score_day_wape(ours));
    bench_cell(table, "%.3f", score_rmse(ours));
    bench_cell(table, "%.3f", score_mase(ours));
    bench_cell(table, "%.4f", score_wql(ours));
    bench_cell(table, "%.3f", ours->in80 / ours->n);
    bench_cell(table, "%.3f", ours->in95 / ours->n);
    bench_cell(table, "%.4f", ours->bias / ours->volume);
    bench_cell(table, "%.3f", cpu_s);
    if (!(naive->absolute > 0)) { /* the same every week */
        bench_cell(table, "-");
        fprintf(stderr, "wfm-bench: %s: seasonal naive makes no error: not in the row `all`\n", queue->name);
        return;
    }
    bench_cell(table, "%.3f", score_wape(ours) / score_wape(naive));
    totals->wape += log(score_wape(ours) / score_wape(naive));
    totals->day_wape += log(score_day_wape(ours) / score_day_wape(naive));
    totals->rmse += log(score_rmse(ours) / score_rmse(naive));
    totals->mase += log(score_mase(ours) / score_mase(naive));
    totals->wql += log(score_wql(ours) / score_wql(naive));
    totals->cov80 += ours->in80 / ours->n;
    totals->cov95 += ours->in95 / ours->n;
    totals->bias += ours->bias / ours->volume;
    totals->cpu_s += cpu_s;
    totals->n++;
}

/* What the forecasts said of their models: mean over the origins. */
static void print_models(struct bench_table *table, const struct file_queue *queue, const struct score *score)
{
    for (int m = 0; m <= score->n_models; m++) {
        bool all = m == score->n_models;
        double n = all ? score->ours.origins : score->model_runs[m];
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
    bench_cell(table, "%.4f", score->aht_wape / score->ours.origins);
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

/* Runs the origins there are; those that fail are said and left out. False when none is left to score. */
static bool run_origins(const struct run *run, struct score *score)
{
    const struct options *options = run->options;
    int32_t first, end;
    series_files_days(run->series, run->zone, &first, &end);
    int step = options->weeks > 1 ? 28 : 7, ahead = 7 * options->weeks;
    int history_min = end - ahead - first >= HISTORY_MIN_DAYS ? HISTORY_MIN_DAYS : HISTORY_SHORT_DAYS;
    if (end - ahead - first < history_min) {
        fprintf(stderr, "wfm-bench: %s: %d days are too short for an origin: it needs %d and %d to come\n",
                run->queue->name, end - first, HISTORY_SHORT_DAYS, ahead);
        return false;
    }
    for (int o = options->origins - 1; o >= 0; o--) {
        g_autoptr(GError) error = NULL;
        int32_t day = end - ahead - step * o;
        if (day - first >= history_min && !run_origin(run, day, score, &error)) {
            g_autofree char *at = day_format(day);
            fprintf(stderr, "wfm-bench: %s at %s: %s\n", run->queue->name, at, error->message);
        }
    }
    if (score->ours.origins > 0 && !(score->ours.volume > 0))
        fprintf(stderr, "wfm-bench: %s: no contacts behind the origins: nothing to score\n",
                run->queue->name);
    return score->ours.volume > 0;
}

static bool run_queue(const struct file_queue *queue, const struct options *options,
                      struct forecast_dump *dump, struct bench_table *table, struct totals *totals)
{
    AUTO(zone) zone = NULL;
    struct series series;
    struct score score = {0};
    if (!series_files_open(queue, options->interval_min, &zone, &series))
        return false;
    struct run run = {queue, options, &series, zone, dump};
    bool good = run_origins(&run, &score);
    if (good && options->sums) {
        sums_score_print(&score.sums, queue->name, table, &totals->sums);
        totals->n_sums++;
    } else if (good)
        options->models ? print_models(table, queue, &score) : print_row(table, queue, &score, totals);
    series_clear(&series);
    return good;
}

static bool is_wanted(const struct file_queue *queue, const struct options *options)
{
    bool wanted = options->queues == NULL;
    for (char **pattern = options->queues; !wanted && *pattern != NULL; pattern++)
        wanted = g_pattern_match_simple(*pattern, queue->name);
    return wanted;
}

static const char *const model_columns[] = {"queue", "model", "weight", "wape", NULL};
static const char *const columns[] = {"queue", "origins", "wape", "day_wape", "rmse",     "mase", "wql",
                                      "cov80", "cov95",   "bias", "cpu_s",    "rel_wape", NULL};

int bench_forecast(int argc, char **argv)
{
    struct options options = {.origins = 8, .weeks = 1};
    GOptionEntry entries[] = {
        {"origins", 0, 0, G_OPTION_ARG_INT, &options.origins, "rolling origins (8)", "N"},
        {"horizon-weeks", 0, 0, G_OPTION_ARG_INT, &options.weeks, "weeks ahead (1)", "W"},
        {"interval", 0, 0, G_OPTION_ARG_INT, &options.interval_min, "add up to intervals of M minutes", "M"},
        {"sums", 0, 0, G_OPTION_ARG_NONE, &options.sums, "show how the bands of days and weeks hold instead",
         NULL},
        {"models", 0, 0, G_OPTION_ARG_NONE, &options.models,
         "show the models' weights and backtest errors instead", NULL},
        {"queue", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options.queues,
         "only queues of this name, * and ? as in the shell; may be given again", "PATTERN"},
        {"dump", 0, 0, G_OPTION_ARG_FILENAME, &options.dump,
         "write the data and forecasts of every origin (forecast_dump.h)", "DIR"},
        {NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL}};
    struct files_ask ask;
    if (!files_ask_parse(&ask, argc, argv, entries) || options.origins < 1 || options.weeks < 1)
        return files_ask_refuse(&ask, "needs at least one file, --origins and --horizon-weeks of 1 or more");
    GPtrArray *queues = files_ask_read(&ask);
    if (queues == NULL)
        return 1;
    struct forecast_dump dump = {options.dump, 0};
    struct bench_table *table = bench_table_new(ask.csv, options.sums     ? sums_columns
                                                         : options.models ? model_columns
                                                                          : columns);
    struct totals totals = {0};
    bool any = false, wanted = false;
    for (guint i = 0; i < queues->len; i++) {
        const struct file_queue *queue = queues->pdata[i];
        if (!is_wanted(queue, &options))
            continue;
        wanted = true;
        any = run_queue(queue, &options, options.dump != NULL ? &dump : NULL, table, &totals) || any;
    }
    if (!wanted)
        fprintf(stderr, "wfm-bench forecast: the files have no such queue\n");
    if (totals.n_sums > 0)
        sums_score_print_all(&totals.sums, totals.n_sums, table);
    else if (totals.n > 0)
        print_all(table, &totals);
    bench_table_end(table);
    g_ptr_array_free(queues, TRUE);
    g_strfreev(options.queues);
    return any ? 0 : 1;
}
