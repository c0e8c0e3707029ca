#include "scheduler/staffing/poisson_series.h"

#include "scheduler/staffing/poisson_table.h"

#include <math.h>
#include <string.h>

#define SQRT_2PI 2.50662827463100050242
#define SQRT_PI_HALF 1.25331413731550025121
#define SQRT_HALF 0.70710678118654752440
#define ETA_TINY 1e-9

/* Counts from which so few powers of 1/count give every digit, SERIES_POWERS below the first. */
static const struct {
    double count;
    int powers;
} enough[] = {{2e7, 2}, {3e4, 3}, {2500, 4}, {500, 5}, {160, 6}, {80, 7}, {50, 8}, {30, 9}};

static int powers_for(double count)
{
    for (int i = 0; i < (int)(sizeof enough / sizeof *enough); i++)
        if (count >= enough[i].count)
            return enough[i].powers;
    return SERIES_POWERS;
}

/* The coefficients stay in registers. */
#define EACH_PAIR(DO) DO(0) DO(1) DO(2) DO(3) DO(4) DO(5) DO(6) DO(7) DO(8)
#define DECLARE(j) pair c##j = row[j], slope##j = {0, 0};
#define ADVANCE(j) c##j = c##j * q + row[j];
#define ADVANCE_BOTH(j)                                                                                      \
    slope##j = slope##j * q + c##j;                                                                          \
    c##j = c##j * q + row[j];
#define STORE(j) memcpy(&series->c[2 * j], &c##j, sizeof c##j);
#define STORE_SLOPE(j) memcpy(&series->slope[2 * j], &slope##j, sizeof slope##j);

double poisson_scaled_gamma(double count)
{
    double x = 1 / count, y = x * x;
    const double *g = series_gamma;
    return g[0] + y * (g[2] + y * (g[4] + y * (g[6] + y * g[8]))) +
           x * (g[1] + y * (g[3] + y * (g[5] + y * (g[7] + y * g[9]))));
}

void poisson_series_init(struct poisson_series *series, double count, bool with_slopes)
{
    double x = 1 / count;
    pair q = {x, x};
    series->count = count;
    series->scaled_gamma = poisson_scaled_gamma(count);
    int k = powers_for(count) - 1;
    const pair *row = series_c[k];
    EACH_PAIR(DECLARE)
    if (with_slopes) {
        while (--k >= 0) {
            row = series_c[k];
            EACH_PAIR(ADVANCE_BOTH)
        }
        EACH_PAIR(STORE_SLOPE)
    } else {
        while (--k >= 0) {
            row = series_c[k];
            EACH_PAIR(ADVANCE)
        }
    }
    EACH_PAIR(STORE)
}

const struct poisson_series *poisson_series_kept(enum poisson_place place, double count)
{
    static _Thread_local struct poisson_series kept[POISSON_PLACE_N];
    struct poisson_series *series = &kept[place];
    if (series->count < count || series->count > count)
        poisson_series_init(series, count, false);
    return series;
}

/* x - ln(1 + x) without cancellation. */
static double above_log(double x)
{
    if (fabs(x) > 0.25)
        return x - log1p(x);
    double v = x / (2 + x), w = v * v, q = w * w, p = q * q;
    double even = (1 / 3.0 + q * (1 / 7.0)) + p * ((1 / 11.0 + q * (1 / 15.0)) + p * (1 / 19.0));
    double odd = (1 / 5.0 + q * (1 / 9.0)) + p * (1 / 13.0 + q * (1 / 17.0));
    return x * v - 2 * v * w * (even + w * odd);
}

/* exp(z²) erfc(z), z >= 0. */
static double erfcx(double z)
{
    double t = ERFCX_SCALE / (ERFCX_SCALE + z), at = t * ERFCX_PIECES;
    int piece = at < ERFCX_PIECES ? (int)at : ERFCX_PIECES - 1;
    const double *c = erfcx_c[piece];
    double x = 2 * (at - piece) - 1, y = x * x;
    double q = y * y, p = q * q;
    double even = (c[0] + y * c[2]) + q * (c[4] + y * c[6]) + p * (c[8] + y * c[10]);
    double odd = (c[1] + y * c[3]) + q * (c[5] + y * c[7]) + p * c[9];
    return t * (even + x * odd);
}

/* Short chains: the sums wait for nothing but their last term. */
static double polynomial(const double *c, double x)
{
    double y = x * x, q = y * y, p = q * q;
    double even = (c[0] + y * c[2]) + q * (c[4] + y * c[6]) +
                  p * ((c[8] + y * c[10]) + q * (c[12] + y * c[14]) + p * c[16]);
    double odd = (c[1] + y * c[3]) + q * (c[5] + y * c[7]) +
                 p * ((c[9] + y * c[11]) + q * (c[13] + y * c[15]) + p * c[17]);
    return even + x * odd;
}

bool poisson_series_tail(const struct poisson_series *series, double excess, struct poisson_tail *tail)
{
    /* eta² / 2, eta with the sign of the excess */
    double half = above_log(excess);
    if (!(half <= 0.5 * SERIES_REACH * SERIES_REACH))
        return false;
    double size = sqrt(2 * half), root = sqrt(series->count);
    tail->excess = excess;
    tail->eta = excess < 0 ? -size : size;
    tail->exponent = series->count * half;
    tail->scaled = SQRT_PI_HALF * root * erfcx(SQRT_HALF * root * size);
    double correction = polynomial(series->c, tail->eta);
    tail->tail = series->scaled_gamma * (tail->scaled + (excess > 0 ? correction : -correction));
    return true;
}

double poisson_series_p(const struct poisson_series *series, const struct poisson_tail *tail)
{
    return exp(-tail->exponent) / (SQRT_2PI * sqrt(series->count) * series->scaled_gamma);
}

double poisson_series_inverse_p(const struct poisson_series *series, const struct poisson_tail *tail)
{
    return exp(tail->exponent) * (SQRT_2PI * sqrt(series->count) * series->scaled_gamma);
}

static double polynomial_slope(const double *c, double x)
{
    double y = x * x, odd = 0, even = 0;
    for (int j = SERIES_WIDTH - 1; j > 0; j -= 2) {
        even = even * y + j * c[j];
        odd = odd * y + (j - 1) * c[j - 1];
    }
    return x > 0 || x < 0 ? even + odd / x : c[1];
}

double poisson_series_slope(const struct poisson_series *series, const struct poisson_tail *tail)
{
    double q = 1 / series->count, eta = tail->eta, size = fabs(eta), excess = tail->excess;
    double ln_ratio = excess - 0.5 * eta * eta; /* ln(mean / count) */
    double gamma_slope = -q * q * (1 / 12.0 - q * q * (1 / 120.0 - q * q * (1 / 252.0 - q * q / 240)));
    bool tiny = size < ETA_TINY;
    double sign = excess > 0 ? 1 : -1;
    double scaled_slope = tail->scaled * (0.5 * q - ln_ratio) + (tiny ? sign : ln_ratio / size);
    double eta_slope = -q * (tiny ? 1 : excess / eta);
    double correction_slope =
        -q * q * polynomial(series->slope, eta) + polynomial_slope(series->c, eta) * eta_slope;
    return tail->tail * gamma_slope + series->scaled_gamma * (scaled_slope + sign * correction_slope);
}
