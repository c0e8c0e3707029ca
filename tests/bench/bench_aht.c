/*
 * wfm-bench aht: rolling-origin accuracy of handling time, against the mean of all contacts before the origin
 * and against seasonal naive.
 *
 * Origins are local midnights a day apart, the last one such that its horizon ends with the data. Errors are
 * weighted by volume: Σ handled |AHT - forecast| / Σ handled AHT.
 */
#include "forecast/aht.h"
#include "tests/bench/bench.h"
#include "tests/bench/files_ask.h"
#include "tests/bench/series_files.h"

#include <math.h>
#include <stdio.h>

#define HISTORY_MIN_DAYS 14
#define SPARE_DAYS 60

struct options {
    int origins, days;
};

enum { GLOBAL, NAIVE, OURS, METHODS };

/* Sums over the intervals of all origins. */
struct score {
    double error[METHODS], work, volume, n_origins;
    double said, n_said; /* what forecasts reported of their own backtest, where history was long enough */
};

struct totals {
    double relative[METHODS], n; /* of the logarithms of ours / method */
};

struct run {
    struct options options;
    struct totals totals;
};

/* The same slot a whole number of weeks before, the last one seen before the origin. */
static double naive_at(const struct aht_history *history, int origin, int day, int slot, double otherwise)
{
    for (int d = day - WEEK_DAYS; d >= 0; d -= WEEK_DAYS) {
        int cell = d * history->work.n_slots + slot;
        if (d < origin && history->work.seen[cell] > 0 && history->volume.y[cell] > 0)
            return history->work.y[cell] / history->volume.y[cell];
    }
    return otherwise;
}

static void run_origin(const struct aht_history *history, int origin, int days, struct score *score)
{
    int n_slots = history->work.n_slots;
    double mean = aht_mean_before(history, origin);
    struct aht_forecast aht;
    aht_forecast_init(&aht, history, origin, mean);
    for (int day = origin; day < origin + days; day++)
        for (int s = 0; s < n_slots; s++) {
            int cell = day * n_slots + s;
            double volume = history->volume.y[cell], work = history->work.y[cell];
            if (history->work.seen[cell] == 0)
                continue;
            double said[METHODS] = {mean, naive_at(history, origin, day, s, mean),
                                    aht_forecast_at(&aht, matrix_weekday(&history->work, day), s)};
            for (int m = 0; m < METHODS; m++)
                score->error[m] += fabs(work - volume * said[m]);
            score->work += work;
            score->volume += volume;
        }
    score->said += isnan(aht.wape) ? 0 : aht.wape;
    score->n_said += !isnan(aht.wape);
    score->n_origins++;
    aht_forecast_clear(&aht);
}

static void print_row(struct bench_table *table, const char *name, const struct score *score,
                      struct totals *totals)
{
    bench_cell(table, "%s", name);
    bench_cell(table, "%.0f", score->n_origins);
    bench_cell(table, "%.0f", score->volume / score->n_origins);
    bench_cell(table, "%.1f", score->work / score->volume);
    for (int m = 0; m < METHODS; m++)
        bench_cell(table, "%.4f", score->error[m] / score->work);
    bench_cell(table, "%.4f", score->said / score->n_said);
    for (int m = 0; m < OURS; m++) {
        bench_cell(table, "%.3f", score->error[OURS] / score->error[m]);
        totals->relative[m] += log(score->error[OURS] / score->error[m]);
    }
    totals->n++;
}

static void print_all(struct bench_table *table, void *user)
{
    const struct totals *totals = &((struct run *)user)->totals;
    if (totals->n <= 0)
        return;
    bench_cell(table, "all");
    bench_cell(table, "%.0f", totals->n);
    for (int i = 0; i < 3 + METHODS; i++)
        bench_cell(table, "%s", "");
    for (int m = 0; m < OURS; m++)
        bench_cell(table, "%.3f", exp(totals->relative[m] / totals->n));
}

static bool run_queue(const struct file_queue *queue, struct bench_table *table, void *user)
{
    struct run *run = user;
    const struct options *options = &run->options;
    AUTO(zone) zone = NULL;
    struct series series;
    if (!series_files_open(queue, 0, &zone, &series))
        return false;
    struct day_calendar calendar;
    struct aht_history history;
    struct score score = {0};
    calendar_init(&calendar, zone_local_day(zone, series.grid.start_ts) - SPARE_DAYS,
                  zone_local_day(zone, grid_end_ts(&series.grid)) + SPARE_DAYS,
                  (const struct forecast_special *)(void *)queue->specials->data, (int)queue->specials->len);
    if (aht_history_init(&history, &series, zone, &calendar, NULL, 0)) {
        int last = history.work.n_days - options->days;
        for (int origin = MAX(HISTORY_MIN_DAYS, last - options->origins + 1); origin <= last; origin++)
            run_origin(&history, origin, options->days, &score);
        if (score.work > 0)
            print_row(table, queue->name, &score, &run->totals);
        else
            fprintf(stderr, "wfm-bench: %s: history is too short for an origin\n", queue->name);
    } else {
        fprintf(stderr, "wfm-bench: %s: no handling time in the file\n", queue->name);
    }
    aht_history_clear(&history);
    calendar_clear(&calendar);
    series_clear(&series);
    return true;
}

static const char *const columns[] = {"queue", "origins", "contacts",   "aht_s",     "global", "naive",
                                      "ours",  "said",    "rel_global", "rel_naive", NULL};

int bench_aht(int argc, char **argv)
{
    struct run run = {.options = {.origins = 8, .days = 6}};
    GOptionEntry entries[] = {
        {"origins", 0, 0, G_OPTION_ARG_INT, &run.options.origins, "daily origins (8)", "N"},
        {"horizon-days", 0, 0, G_OPTION_ARG_INT, &run.options.days, "days ahead (6)", "D"},
        {NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL}};
    struct files_ask ask;
    if (!files_ask_parse(&ask, argc, argv, entries) || run.options.origins < 1 || run.options.days < 1)
        return files_ask_refuse(&ask, "needs at least one file, --origins and --horizon-days of 1 or more");
    return files_ask_table(&ask, columns, run_queue, print_all, &run);
}
