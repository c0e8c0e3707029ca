/*
 * root.h - the scale all models work on: z = sqrt(y + 1/4), where a Poisson count has variance about 1/4
 * whatever its mean.
 */
#ifndef WFM_FORECAST_ROOT_H
#define WFM_FORECAST_ROOT_H

/* z of a count (fractional allowed), y >= 0. */
double root_from_count(double count);

/* Mean of a Poisson variable: E[sqrt(Y + 1/4)] at the given rate >= 0. root_from_rate(0) = 0.5. */
double root_from_rate(double rate);

/* Inverse of root_from_rate: the rate whose counts have mean root z. 0 for z <= 0.5; z² for z above 6 (the
   two agree to 0.1 % there). Squaring alone would give 0.25 contacts to an interval that never has any.
   Thread-safe (a table is made once). */
double root_to_rate(double z);

/* Count at a quantile of z: z² - 1/4, not below 0. */
double root_to_count(double z);

#endif
