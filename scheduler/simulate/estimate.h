/*
 * estimate.h - what replications say, and how sure it is: ratios of sums, their differences, shares,
 * quantiles.
 *
 * Replications come in clusters of neighbours that may depend on each other (antithetic pairs: 2); clusters
 * are independent. Half widths are those of 95 % intervals, by the delta method with Student's t over the
 * clusters; INFINITY from one cluster alone. Pure, thread-safe.
 */
#ifndef WFM_SCHEDULER_SIMULATE_ESTIMATE_H
#define WFM_SCHEDULER_SIMULATE_ESTIMATE_H

#include <stdint.h>

/* What a replication counted in a span, say contacts in time and contacts counted. */
struct ratio_sample {
    int32_t num, den;
};

struct ratio_estimate {
    double ratio; /* Σ num / Σ den; 1 where nothing was counted */
    double half;
};

/* Of n samples `stride` apart, in the order of replications. n >= 1. */
struct ratio_estimate ratio_estimate(const struct ratio_sample *samples, int n, int stride, int cluster);

/* Ratio of b less that of a, where sample i of both is of the same replication. */
struct ratio_estimate ratio_difference(const struct ratio_sample *a, int stride_a,
                                       const struct ratio_sample *b, int stride_b, int n, int cluster);

/* 95 % interval of a share (Wilson 1927): of use at 0 and 1, too. n > 0: independent trials it is worth. */
void share_interval(double share, double n, double *low, double *high);

/* How many independent trials a share estimated as `estimate` is worth: as many as would give its half width,
   n where that says nothing (all trials alike), at most 4 n. */
double share_trials(const struct ratio_estimate *estimate, int n, int cluster);

/* Quantile of n sorted values, linear between them (type 7 of Hyndman & Fan 1996). n >= 1, p in [0, 1]. */
double sorted_quantile(const double *values, int n, double p);

/* Quantile of the standard normal, p in (0, 1): Abramowitz & Stegun 26.2.23 and one step of Halley's method.
   Absolute error below 1e-9; that of 1 - p is the negative. */
double normal_quantile(double p);

#endif
