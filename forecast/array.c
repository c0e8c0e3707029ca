#include "forecast/array.h"

#include <math.h>

#define SMALL 32

static void insertion_sort(double *values, int n)
{
    for (int i = 1; i < n; i++) {
        double value = values[i];
        int at = i;
        for (; at > 0 && values[at - 1] > value; at--)
            values[at] = values[at - 1];
        values[at] = value;
    }
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

/* Hoare's selection: afterwards values[k] is where sorting would put it, with nothing larger before it. */
static void select_nth(double *values, int n, int k)
{
    int low = 0, high = n - 1;
    while (low < high) {
        double pivot = values[low + (high - low) / 2];
        int i = low, j = high;
        while (i <= j) {
            while (values[i] < pivot)
                i++;
            while (values[j] > pivot)
                j--;
            if (i <= j) {
                double t = values[i];
                values[i++] = values[j];
                values[j--] = t;
            }
        }
        if (k <= j)
            high = j;
        else if (k >= i)
            low = i;
        else
            return;
    }
}

double array_median(double *values, int n)
{
    if (n == 0)
        return 0;
    if (n <= SMALL) {
        insertion_sort(values, n);
        return array_quantile(values, n, 0.5);
    }
    select_nth(values, n, n / 2);
    double upper = values[n / 2], lower = values[0];
    if (n % 2 == 1)
        return upper;
    for (int i = 1; i < n / 2; i++)
        lower = MAX(lower, values[i]);
    return (lower + upper) / 2;
}
