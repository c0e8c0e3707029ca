/*
 * forecast_bands.h - bands of days and weeks against what came: for wfm-bench forecast --sums.
 */
#ifndef WFM_TESTS_BENCH_FORECAST_BANDS_H
#define WFM_TESTS_BENCH_FORECAST_BANDS_H

#include "core/series.h"
#include "forecast/forecast.h"
#include "tests/bench/bench.h"

/* Sums over days, over weeks. */
struct band_score {
    double n, volume, loss, in80, in95;
};

struct sums_score {
    struct band_score days, weeks;
};

extern const char *const sums_columns[]; /* of the table */

/* Adds the days and whole weeks of a forecast all of whose intervals with contacts expected are known. */
void sums_score_add(struct sums_score *score, const struct series *series, const struct forecast *forecast);

/* Rows of a queue, and of the mean over n of them (sums of what their rows show). */
void sums_score_print(const struct sums_score *score, const char *queue, struct bench_table *table,
                      struct sums_score *all);
void sums_score_print_all(const struct sums_score *all, double n, struct bench_table *table);

#endif
