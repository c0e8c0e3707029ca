#include "scheduler/staffing/poisson.h"

#include "scheduler/staffing/poisson_series.h"

#include <float.h>
#include <math.h>

/* Below this many agents, and where the series does not reach, the recurrence of 1/B is as quick as the O(√n)
 * forms, and needs no special care. */
#define RECURRENCE_MAX 100.0

#define NEGLIGIBLE 1e-17
#define LN_SQRT_2PI 0.91893853320467274178

/* lgamma(k+1) - Stirling's formula. */
static double stirling_error(double k)
{
    if (k < 16) {
        int sign;
        return lgamma_r(k + 1, &sign) - (k + 0.5) * log(k) + k - LN_SQRT_2PI;
    }
    double q = 1 / (k * k);
    return (1 / 12.0 - q * (1 / 360.0 - q * (1 / 1260.0 - q * (1 / 1680.0 - q / 1188.0)))) / k;
}

/* k ln(k/mean) + mean - k, without cancellation near k = mean. */
static double deviance(double k, double mean)
{
    double d = k - mean;
    if (fabs(d) >= 0.1 * (k + mean))
        return k * log(k / mean) - d;
    double v = d / (k + mean), sum = d * v, term = 2 * k * v;
    v *= v;
    for (int j = 1; j < 1000; j++) {
        term *= v;
        double next = sum + term / (2 * j + 1);
        if (next == sum)
            break;
        sum = next;
    }
    return sum;
}

double poisson_ln(double k, double mean)
{
    if (k < 1e-12)
        return k * log(mean) - mean;
    if (k < 16) {
        int sign;
        return k * log(mean) - mean - lgamma_r(k + 1, &sign);
    }
    return -0.5 * log(k) - LN_SQRT_2PI - stirling_error(k) - deviance(k, mean);
}

double poisson_upper(double k, double mean)
{
    double term = 1, sum = 0;
    for (double i = k + 1;; i++) {
        term *= mean / i;
        sum += term;
        if (term < NEGLIGIBLE * (1 + sum) && i > mean)
            return sum;
    }
}

/* 1/B(f, mean) for 0 < f < 1: mean^-f e^mean Γ(f+1, mean). */
static double inverse_b_fraction(double f, double mean)
{
    if (mean < 1.5)
        return exp(mean - f * log(mean)) * tgamma(f + 1) - poisson_upper(f, mean);
    /* Lentz's continued fraction of the upper incomplete gamma function */
    double b = mean - f, c = 1 / DBL_MIN, d = 1 / b, h = d;
    for (int i = 1; i < 1000; i++) {
        double a = i * (f + 1 - i);
        b += 2;
        d = 1 / (a * d + b);
        c = b + a / c;
        h *= d * c;
        if (fabs(d * c - 1) < DBL_EPSILON)
            break;
    }
    return mean * h;
}

/* Where that continued fraction is long: 1/p(k) less the sum from k on, p from its Stirling form at the first
 * k + j >= POISSON_SERIES_MIN. Few digits cancel as long as the mean is not far above k. */
static double small_odds(double k, double mean)
{
    /* two terms by one division */
    int j = 2 * (int)ceil(0.5 * (POISSON_SERIES_MIN - k));
    double high = k + j, term = 1, sum = 1, square = mean * mean;
    for (double i = k + 1; i < high + 0.5; i += 2) {
        double inverse = 1 / (i * (i + 1));
        sum += term * (inverse * mean * (i + 1 + mean));
        term *= square * inverse;
    }
    double product = term;
    for (double i = high + 1; term > NEGLIGIBLE * sum; i += 2) {
        double inverse = 1 / (i * (i + 1));
        sum += term * (inverse * mean * (i + 1 + mean));
        term *= square * inverse;
    }
    double inverse_p =
        exp(high * log(high / mean) + mean - high) * sqrt(2 * M_PI * high) * poisson_scaled_gamma(high);
    return fmax(product * inverse_p - sum, 0);
}

double poisson_odds(double k, double mean)
{
    if (k <= 0)
        return 0;
    if (k >= POISSON_SERIES_MIN) {
        const struct poisson_series *series = poisson_series_kept(POISSON_AGENTS, k);
        struct poisson_tail tail;
        if (poisson_series_tail(series, (mean - k) / k, &tail))
            return mean > k ? tail.tail : poisson_series_inverse_p(series, &tail) - tail.tail;
    }
    if (k < RECURRENCE_MAX) {
        double whole = floor(k), f = k - whole, inverse = 1 / mean;
        if (f > 0 && k > 1 && k < POISSON_SERIES_MIN && mean > 0.01 && mean < 1 + 1.2 * k)
            return small_odds(k, mean);
        double x = f > 0 ? fmax(inverse_b_fraction(f, mean) - 1, 0) : 0;
        for (int i = 1; i <= (int)whole; i++)
            x = (f + i) * inverse * (1 + x);
        return x;
    }
    if (k <= mean) {
        double term = 1, sum = 0, inverse = 1 / mean;
        for (double i = k; i > 0 && term > NEGLIGIBLE * sum; i--) {
            term *= i * inverse;
            sum += term;
        }
        return sum;
    }
    double p = exp(poisson_ln(k, mean));
    return (1 - p * (poisson_upper(k, mean) + 1)) / p;
}

double digamma(double x)
{
    double shift = 0;
    for (; x < 8; x++)
        shift -= 1 / x;
    double q = 1 / (x * x);
    return shift + log(x) - 0.5 / x -
           q * (1 / 12.0 -
                q * (1 / 120.0 -
                     q * (1 / 252.0 - q * (1 / 240.0 - q * (1 / 132.0 - q * (691 / 32760.0 - q / 12))))));
}
