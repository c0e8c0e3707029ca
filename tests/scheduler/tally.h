/*
 * tally.h - means and ratios of sums over independent replications, with their standard errors.
 */
#ifndef WFM_TESTS_SCHEDULER_TALLY_H
#define WFM_TESTS_SCHEDULER_TALLY_H

#include <math.h>

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

#endif
