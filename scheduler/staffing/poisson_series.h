/*
 * poisson_series.h - tails of Poisson probabilities, continued to real counts, in constant time: Temme's
 * uniform expansion of the incomplete gamma function (DLMF 8.12). Relative error about 1e-15 for counts >= 20
 * and means between about 0.47 and 1.9 times the count. Pure, thread-safe.
 */
#ifndef WFM_SCHEDULER_STAFFING_POISSON_SERIES_H
#define WFM_SCHEDULER_STAFFING_POISSON_SERIES_H

#include <stdbool.h>

#define POISSON_SERIES_MIN 20.0

/* Γ(count + 1) over Stirling's formula. count >= POISSON_SERIES_MIN. */
double poisson_scaled_gamma(double count);

/* What depends on the count alone, for use with several means. */
struct poisson_series {
    double count;
    double scaled_gamma; /* Γ(k+1) over Stirling's formula */
    double c[18];        /* of the correction, by powers of eta */
    double slope[18];    /* its derivative by the count, times -count²; where asked for */
};

/* count >= POISSON_SERIES_MIN. with_slopes: for poisson_series_slope. */
void poisson_series_init(struct poisson_series *series, double count, bool with_slopes);

/* The same without slopes, kept by each thread until another count is asked for in that place: the counts of
   a staff meet several loads. */
enum poisson_place { POISSON_AGENTS, POISSON_QUEUE, POISSON_PLACE_N };
const struct poisson_series *poisson_series_kept(enum poisson_place place, double count);

/* One mean, given as excess = (mean - count) / count. The tail is the one beyond the mean seen from the
   count: P(count or more) for mean <= count, P(less than count) above, over p = P(exactly count). */
struct poisson_tail {
    double exponent; /* p = poisson_series_p: e^-exponent / sqrt(2π count) / scaled_gamma */
    double tail;
    double excess, eta, scaled; /* for the slope */
};

/* False when the mean is too far away: then the plain sums are short. */
bool poisson_series_tail(const struct poisson_series *series, double excess, struct poisson_tail *tail);

/* P(exactly count), and its inverse, which may be INFINITY. */
double poisson_series_p(const struct poisson_series *series, const struct poisson_tail *tail);
double poisson_series_inverse_p(const struct poisson_series *series, const struct poisson_tail *tail);

/* Derivative of `tail` by the count while the mean stays. */
double poisson_series_slope(const struct poisson_series *series, const struct poisson_tail *tail);

#endif
