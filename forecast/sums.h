/*
 * sums.h - how far the contacts of a whole day or week lie from their forecast.
 *
 * Not from the quantiles of intervals: errors of a day go together, so those of its sum do not average out.
 * On roots a day is missed by about the same on all weekdays: its contacts vary `dispersion` times as much as
 * by chance (a rate that varies by the same share on busy and calm days loses 2 % more over 21 series).
 * Errors of days close to each other correlate.
 */
#ifndef WFM_FORECAST_SUMS_H
#define WFM_FORECAST_SUMS_H

#include "forecast/spread.h"

struct sums {
    double dispersion; /* variance over mean of the contacts of an ordinary day, >= 1; NAN = not known */
    double unusual;    /* error of a special day and the day after one over that of others, >= 1 */
    double between;    /* correlation of the errors of two days of a week, 0..1 */
    double step[FORECAST_QUANTILES]; /* quantiles of a day's error / its standard deviation, on roots */
    double week_step[FORECAST_QUANTILES];
};

/* A day to be summed. */
struct sum_day {
    double known;    /* contacts that have come already */
    double offered;  /* those expected yet .. */
    double variance; /* .. and theirs */
};

/* From the days of all blocks but `leave` (-1: of all). Without days: a rate known to 15 %. */
void sums_init(struct sums *sums, const struct spread_days *days, int leave);

/* Of the contacts of a day of which so many are expected: chance and what is not known of its rate. */
double sums_variance(const struct sums *sums, double offered, bool unusual);

/* Quantiles of the contacts of n days that follow each other, at most a week or so: of one day or of their
   sum. Ascending, >= 0. */
void sums_quantiles(const struct sums *sums, const struct sum_day *days, int n,
                    double out[FORECAST_QUANTILES]);

#endif
