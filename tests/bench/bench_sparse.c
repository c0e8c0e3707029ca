/*
 * wfm-bench sparse: how likely forecasts held what came, on queues of few contacts: mean of -log p over the
 * intervals of weekly origins, a week ahead.
 *
 * Ours is the negative binomial of forecast_run. Beside it, as Poisson counts at their rate: the flat rate of
 * the last half year, Croston (1972) with a gain of 0.1, and TSB (Teunter, Syntetos & Babai 2011) with the
 * gains under which the weeks before the origin were likeliest, each forecast a week ahead.
 */
#include "core/zone.h"
#include "forecast/forecast.h"
#include "tests/bench/bench.h"
#include "tests/bench/files_ask.h"
#include "tests/bench/series_files.h"

#include <math.h>
#include <stdio.h>

#define HISTORY_MIN_DAYS 28
#define CROSTON_GAIN 0.1
#define FLAT_WEEKS 26
#define RATE_MIN 1e-6 /* a contact where none was thought possible costs 14 */

static const double gains[] = {0.001, 0.003, 0.01, 0.03, 0.1, 0.2, 0.3};

enum { OURS, TSB, CROSTON, FLAT, METHODS };

struct score {
    double loss[METHODS], n, contacts, n_origins, cv2;
};

struct totals {
    double relative[METHODS], n;
};

struct run {
    int origins;
    struct totals totals;
};

/* -log p of a count under a Gamma-Poisson mixture. */
static double log_loss(double count, double mean, double cv2)
{
    double m = MAX(mean, RATE_MIN), k = floor(count + 0.5);
    if (cv2 < 1e-9)
        return m - k * log(m) + lgamma(k + 1);
    double size = 1 / cv2;
    return lgamma(size) + lgamma(k + 1) - lgamma(size + k) + size * log1p(m / size) - k * log(m / (size + m));
}

/* Rate after n counts; how unlikely each week's counts were at the rate before it into *loss. */
static double run_tsb(const double *y, int32_t n, int32_t week, double gain_chance, double gain_size,
                      double *loss)
{
    double chance = 0, size = 0, seen = 0, sum = 0;
    for (int32_t iv = 0; iv < n; iv++)
        if (!isnan(y[iv])) {
            chance += y[iv] > 0;
            sum += y[iv];
            seen++;
        }
    size = chance > 0 ? sum / chance : 0;
    chance /= MAX(1, seen);
    *loss = 0;
    double rate = chance * size;
    for (int32_t iv = 0; iv < n; iv++) {
        if (iv % week == 0)
            rate = chance * size;
        if (isnan(y[iv]))
            continue;
        *loss += log_loss(y[iv], rate, 0);
        chance += gain_chance * ((y[iv] > 0) - chance);
        if (y[iv] > 0)
            size += gain_size * (y[iv] - size);
    }
    return chance * size;
}

static double tsb_rate(const double *y, int32_t n, int32_t week)
{
    double best = INFINITY, rate = 0;
    for (gsize a = 0; a < G_N_ELEMENTS(gains); a++)
        for (gsize b = 0; b < G_N_ELEMENTS(gains); b++) {
            double loss, one = run_tsb(y, n, week, gains[a], gains[b], &loss);
            if (loss >= best)
                continue;
            best = loss;
            rate = one;
        }
    return rate;
}

static double croston_rate(const double *y, int32_t n)
{
    double size = NAN, gap = NAN, since = 0;
    for (int32_t iv = 0; iv < n; iv++) {
        if (isnan(y[iv]))
            continue;
        since++;
        if (y[iv] <= 0)
            continue;
        size = isnan(size) ? y[iv] : size + CROSTON_GAIN * (y[iv] - size);
        gap = isnan(gap) ? since : gap + CROSTON_GAIN * (since - gap);
        since = 0;
    }
    return isnan(size) ? 0 : size / gap;
}

static double flat_rate(const double *y, int32_t n, int32_t week)
{
    double sum = 0, seen = 0;
    for (int32_t iv = MAX(0, n - FLAT_WEEKS * week); iv < n; iv++)
        if (!isnan(y[iv])) {
            sum += y[iv];
            seen++;
        }
    return seen > 0 ? sum / seen : 0;
}

static bool run_origin(const struct file_queue *queue, const struct series *series, const struct zone *zone,
                       int32_t day, struct score *score)
{
    g_autoptr(GError) error = NULL;
    struct series known;
    struct forecast_input input = series_files_input(queue, series, zone, day, day + WEEK_DAYS, &known);
    struct forecast forecast;
    if (!forecast_run(&input, &forecast, &error)) {
        fprintf(stderr, "wfm-bench: %s: %s\n", queue->name, error->message);
        return false;
    }
    int32_t week = WEEK_DAYS * DAY_S / series->grid.interval_s;
    double rate[METHODS] = {0, tsb_rate(known.offered, known.grid.n, week),
                            croston_rate(known.offered, known.grid.n),
                            flat_rate(known.offered, known.grid.n, week)};
    for (int32_t iv = 0; iv < forecast.grid.n; iv++) {
        int32_t at = known.grid.n + iv;
        if (at >= series->grid.n || isnan(series->offered[at]))
            continue;
        rate[OURS] = forecast.offered[iv];
        for (int m = 0; m < METHODS; m++)
            score->loss[m] += log_loss(series->offered[at], rate[m], m == OURS ? forecast.count_cv2 : 0);
        score->contacts += series->offered[at];
        score->n++;
    }
    score->cv2 += forecast.count_cv2;
    score->n_origins++;
    forecast_clear(&forecast);
    return true;
}

static void print_row(struct bench_table *table, const char *name, const struct score *score,
                      struct totals *totals)
{
    bench_cell(table, "%s", name);
    bench_cell(table, "%.0f", score->n_origins);
    bench_cell(table, "%.4f", score->contacts / score->n);
    bench_cell(table, "%.2f", score->cv2 / score->n_origins);
    for (int m = 0; m < METHODS; m++)
        bench_cell(table, "%.4f", score->loss[m] / score->n);
    for (int m = TSB; m < METHODS; m++) {
        bench_cell(table, "%.3f", score->loss[OURS] / score->loss[m]);
        totals->relative[m] += log(score->loss[OURS] / score->loss[m]);
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
    for (int i = 0; i < 2 + METHODS; i++)
        bench_cell(table, "%s", "");
    for (int m = TSB; m < METHODS; m++)
        bench_cell(table, "%.3f", exp(totals->relative[m] / totals->n));
}

static bool run_queue(const struct file_queue *queue, struct bench_table *table, void *user)
{
    struct run *run = user;
    AUTO(zone) zone = NULL;
    struct series series;
    if (!series_files_open(queue, 0, &zone, &series))
        return false;
    int32_t first, end;
    series_files_days(&series, zone, &first, &end);
    struct score score = {0};
    bool good = true;
    for (int o = run->origins; o > 0 && good; o--)
        if (end - WEEK_DAYS * o - first >= HISTORY_MIN_DAYS)
            good = run_origin(queue, &series, zone, end - WEEK_DAYS * o, &score);
    if (good && score.n == 0)
        fprintf(stderr, "wfm-bench: %s: history is too short for an origin\n", queue->name);
    else if (good)
        print_row(table, queue->name, &score, &run->totals);
    series_clear(&series);
    return good;
}

static const char *const columns[] = {"queue",   "origins", "mean",    "cv2",         "ours",     "tsb",
                                      "croston", "flat",    "rel_tsb", "rel_croston", "rel_flat", NULL};

int bench_sparse(int argc, char **argv)
{
    struct run run = {.origins = 12};
    GOptionEntry entries[] = {{"origins", 0, 0, G_OPTION_ARG_INT, &run.origins, "weekly origins (12)", "N"},
                              {NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL}};
    struct files_ask ask;
    if (!files_ask_parse(&ask, argc, argv, entries) || run.origins < 1)
        return files_ask_refuse(&ask, "needs at least one file, and --origins of 1 or more");
    return files_ask_table(&ask, columns, run_queue, print_all, &run);
}
