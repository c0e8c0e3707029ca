#include "forecast/array.h"

#include <math.h>
#include <stdlib.h>

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

void array_sort(double *values, int n)
{
    qsort(values, (size_t)n, sizeof *values, compare);
}

double array_quantile(const double *sorted, int n, double level)
{
    double at = level * (n - 1);
    int low = (int)floor(at);
    if (low >= n - 1)
        return sorted[n - 1];
    double share = at - low;
    return sorted[low] * (1 - share) + sorted[low + 1] * share;
}

double array_median(double *values, int n)
{
    if (n == 0)
        return 0;
    array_sort(values, n);
    return array_quantile(values, n, 0.5);
}
