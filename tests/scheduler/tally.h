/*
 * tally.h - means and ratios of sums over independent replications, with their standard errors.
 */
#ifndef WFM_TESTS_SCHEDULER_TALLY_H
#define WFM_TESTS_SCHEDULER_TALLY_H

#include <math.h>

/* Of what is rarer than so many times in all replications the standard error says little: none may be seen.
 */
#define TALLY_EVENTS_MIN 100

/* All zero at first. */
struct tally {
    double n, x, y, xx, xy, yy;
};

/* One replication: numerator and denominator; for a plain mean the denominator is 1. */
static inline void tally_add(struct tally *t, double x, double y)
{
    t->n++;
    t->x += x;
    t->y += y;
    t->xx += x * x;
    t->xy += x * y;
    t->yy += y * y;
}

/* Ratio of the sums; NAN when the denominators are 0. */
static inline double tally_ratio(const struct tally *t)
{
    return t->x / t->y;
}

/* Its standard error by the delta method. */
static inline double tally_error(const struct tally *t)
{
    double r = tally_ratio(t), mean = t->y / t->n;
    double square = t->xx - 2 * r * t->xy + r * r * t->yy; /* of x - r y, whose mean is 0 */
    return sqrt(fmax(square, 0) / (t->n * (t->n - 1))) / mean;
}

/* How far the ratio is from `want`, in standard errors of the difference. want_error: standard error of
   `want` itself; slack: it is only known within that. 0 when there is no difference. */
static inline double tally_sigmas(const struct tally *t, double want, double want_error, double slack)
{
    double off = fabs(tally_ratio(t) - want) - slack;
    return off <= 0 ? 0 : off / hypot(want_error, tally_error(t));
}

#endif
