/*
 * accuracy.h - what was said against what came: sums to add to, and the rates of them.
 *
 * WAPE = Σ|actual - said| / Σ actual; bias = Σ(said - actual) / Σ actual; MASE = mean |actual - said| over
 * the mean error of the weekly naive inside the history; wQL = 2 × mean pinball loss of the 2.5, 10, 50, 90
 * and 97.5 % quantiles / mean actual; coverage = share of intervals inside the 10-90 % and the 2.5-97.5 %
 * band. The definitions of wfm-bench forecast.
 */
#ifndef WFM_FORECAST_ACCURACY_H
#define WFM_FORECAST_ACCURACY_H

#include "core/series.h"
#include "core/zone.h"

#define ACCURACY_LEVELS 5
extern const double accuracy_levels[ACCURACY_LEVELS]; /* 0.025 0.10 0.50 0.90 0.975 */

/* Sums over intervals; all zero: none yet. */
struct accuracy {
    double n, said, came, missed;
    double banded, banded_came, pinball, in80, in95; /* of intervals with quantiles */
    double naive_came, naive_missed;                 /* of intervals with a naive forecast */
    double scaled; /* Σ |actual - said| / scale, over `scaled_n` intervals */
    double scaled_n;
};

/* One interval. quantile: ACCURACY_LEVELS values, or NULL where there are none; naive and scale (naive_scale,
   below) NAN where not known. actual and said must be numbers. */
void accuracy_add(struct accuracy *sums, double actual, double said, const double *quantile, double naive,
                  double scale);

/* Adds what another has gathered. */
void accuracy_merge(struct accuracy *sums, const struct accuracy *more);

/* Rates; NAN where there is nothing to divide by. */
struct accuracy_rates {
    double wape, bias, mase, wql, cov80, cov95, naive_wape;
};
void accuracy_rates(const struct accuracy *sums, struct accuracy_rates *out);

/* Contacts at the same wall-clock time a whole number of weeks before, the last ones seen before known_ts;
   NAN when there are none. */
double naive_at(const struct series *history, const struct zone *zone, int64_t ts, int64_t known_ts);

/* Mean absolute error of that naive, one week ahead, inside the history before known_ts; NAN below eight days
   of it. */
double naive_scale(const struct series *history, int64_t known_ts);

#endif
