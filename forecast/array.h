/*
 * array.h - allocation of plain arrays of doubles, sized by int as the rest of this floor counts.
 */
#ifndef WFM_FORECAST_ARRAY_H
#define WFM_FORECAST_ARRAY_H

#include <glib.h>
#include <string.h>

#define MAD_TO_SIGMA 1.4826 /* deviation of a normal over the median size of its values */

/* rows × columns doubles, all 0. Never NULL. g_free. */
static inline double *array_new(int rows, int columns)
{
    return g_new0(double, (gsize)rows *(gsize)columns + 1);
}

static inline void array_copy(double *to, const double *from, int n)
{
    memcpy(to, from, (gsize)n * sizeof *to);
}

/* Quantile at `level` (0..1) of n sorted values, linear between order statistics (R's type 7). n > 0. */
double array_quantile(const double *sorted, int n, double level);

/* Median of n values, which it reorders. 0 when n = 0. */
double array_median(double *values, int n);

#endif
