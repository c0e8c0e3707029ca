/*
 * forecast_score.h - what came after an origin, and how far a forecast of it was off: one ruler for our
 * forecasts and for the peers'.
 */
#ifndef WFM_TESTS_BENCH_FORECAST_SCORE_H
#define WFM_TESTS_BENCH_FORECAST_SCORE_H

#include "core/series.h"
#include "core/zone.h"
#include "forecast/accuracy.h"

#define SCORE_QUANTILES ACCURACY_LEVELS /* the scored quantiles are at accuracy_levels */

/* The intervals behind one origin, in time order. */
struct forecast_test {
    int n;
    int32_t *day;   /* n: local day */
    int *slot;      /* n: local time / interval; an hour that occurs twice shows its slots twice */
    double *actual; /* n: NAN = not observed, not scored */
    double *naive;  /* n: the last value seen before the origin at the same weekday and time; 0 when none */
    double naive_mean, naive_root; /* in-sample error of the weekly naive: mean absolute, root mean square */
};

/* Of the horizon's intervals; `series` goes on behind the origin. */
void forecast_test_init(struct forecast_test *test, const struct series *series, const struct zone *zone,
                        const struct grid *horizon);
void forecast_test_clear(struct forecast_test *test);

/* SCORE_QUANTILES × n, by level: the naive with normal bands as wide as its in-sample error. Free with
   g_free. */
double *forecast_test_naive_quantiles(const struct forecast_test *test);

/* Sums over the scored intervals and days of any number of origins; start from {0}. */
struct forecast_sums {
    double absolute, square, pinball, day_absolute, bias, volume, n, in80, in95, scale, origins;
};

/* `mean`: n; `quantile`: SCORE_QUANTILES × n, by level. */
void forecast_sums_add(struct forecast_sums *sums, const struct forecast_test *test, const double *mean,
                       const double *quantile);

/* Σ|error| / Σ contacts; the same of day totals; root mean square error; mean absolute error over that of the
   weekly naive inside the history; 2 × mean pinball loss / mean volume. */
double score_wape(const struct forecast_sums *sums);
double score_day_wape(const struct forecast_sums *sums);
double score_rmse(const struct forecast_sums *sums);
double score_mase(const struct forecast_sums *sums);
double score_wql(const struct forecast_sums *sums);

#endif
