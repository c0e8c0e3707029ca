#include "scheduler/simulate/estimate.h"

#include <math.h>
#include <stddef.h>

#define Z95 1.959963984540054
#define TRIALS_MOST 4 /* times the replications: antithetic pairs can be worth more than they are */

/* Student's t for 95 % and v >= 1 degrees of freedom: exact up to 4, then the expansion in 1/v, good to 0.1
 * %. */
static double student(int v)
{
    static const double few[] = {12.7062, 4.30265, 3.18245, 2.77645};
    if (v <= 4)
        return few[v - 1];
    double z = Z95, z3 = z * z * z, z5 = z3 * z * z;
    return z + (z3 + z) / (4.0 * v) + (5 * z5 + 16 * z3 + 3 * z) / (96.0 * v * v);
}

/* squares: of the sums of residuals in each cluster, which sum to 0 over all. */
static double half_width(double squares, int n_clusters)
{
    if (n_clusters < 2)
        return INFINITY;
    return student(n_clusters - 1) * sqrt(squares * n_clusters / (n_clusters - 1));
}

static double ratio_of(const struct ratio_sample *samples, int n, int stride, double *den)
{
    int64_t top = 0, bottom = 0;
    for (int i = 0; i < n; i++) {
        top += samples[(size_t)i * (size_t)stride].num;
        bottom += samples[(size_t)i * (size_t)stride].den;
    }
    *den = (double)bottom;
    return bottom > 0 ? (double)top / (double)bottom : 1;
}

static double residual(const struct ratio_sample *sample, double ratio, double den)
{
    return den > 0 ? (sample->num - ratio * sample->den) / den : 0;
}

struct ratio_estimate ratio_estimate(const struct ratio_sample *samples, int n, int stride, int cluster)
{
    double den, squares = 0;
    struct ratio_estimate out = {.ratio = ratio_of(samples, n, stride, &den)};
    for (int first = 0; first < n; first += cluster) {
        double sum = 0;
        for (int i = first; i < n && i < first + cluster; i++)
            sum += residual(&samples[(size_t)i * (size_t)stride], out.ratio, den);
        squares += sum * sum;
    }
    out.half = half_width(squares, (n + cluster - 1) / cluster);
    return out;
}

struct ratio_estimate ratio_difference(const struct ratio_sample *a, int stride_a,
                                       const struct ratio_sample *b, int stride_b, int n, int cluster)
{
    double den_a, den_b, squares = 0;
    double ratio_a = ratio_of(a, n, stride_a, &den_a), ratio_b = ratio_of(b, n, stride_b, &den_b);
    for (int first = 0; first < n; first += cluster) {
        double sum = 0;
        for (int i = first; i < n && i < first + cluster; i++)
            sum += residual(&b[(size_t)i * (size_t)stride_b], ratio_b, den_b) -
                   residual(&a[(size_t)i * (size_t)stride_a], ratio_a, den_a);
        squares += sum * sum;
    }
    return (struct ratio_estimate){ratio_b - ratio_a, half_width(squares, (n + cluster - 1) / cluster)};
}

void share_interval(double share, double n, double *low, double *high)
{
    double z2 = Z95 * Z95, scale = 1 + z2 / n;
    double middle = (share + z2 / (2 * n)) / scale;
    double half = Z95 / scale * sqrt(share * (1 - share) / n + z2 / (4 * n * n));
    *low = share > 0 ? fmax(middle - half, 0) : 0;
    *high = share < 1 ? fmin(middle + half, 1) : 1;
}

double share_trials(const struct ratio_estimate *estimate, int n, int cluster)
{
    double share = estimate->ratio;
    int n_clusters = (n + cluster - 1) / cluster;
    if (n_clusters < 2 || !(estimate->half > 0) || !(share > 0 && share < 1))
        return n;
    double sd = estimate->half / student(n_clusters - 1);
    return fmin(share * (1 - share) / (sd * sd), (double)TRIALS_MOST * n);
}

double sorted_quantile(const double *values, int n, double p)
{
    double at = p * (n - 1);
    int below = (int)floor(at);
    if (below >= n - 1)
        return values[n - 1];
    return values[below] + (at - below) * (values[below + 1] - values[below]);
}

/* 0 < p <= 1/2. */
static double normal_lower(double p)
{
    double t = sqrt(-2 * log(p));
    double x =
        (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308))) - t;
    double step = (0.5 * erfc(-x * M_SQRT1_2) - p) * sqrt(2 * M_PI) * exp(x * x / 2);
    return x - step / (1 + x * step / 2);
}

double normal_quantile(double p)
{
    return p <= 0.5 ? normal_lower(p) : -normal_lower(1 - p);
}
