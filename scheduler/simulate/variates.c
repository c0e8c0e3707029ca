#include "scheduler/simulate/variates.h"

#include <math.h>
#include <string.h>

#include "core/random.h"

/* Vector code for the loops below; values do not change. */
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC optimize("O3", "no-math-errno", "no-trapping-math")
#endif

#define POISSON_MOST 4096 /* of one part; never reached */

static inline float float_of(uint32_t bits)
{
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static inline uint32_t bits_of(float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

/* (0, 1]: the upper 31 bits, in the middle of their step. */
static inline float unit_of(uint32_t bits)
{
    return ((float)(int32_t)(bits >> 1) + 0.5f) * 0x1p-31f;
}

/* Natural logarithm of a positive normal number: x = 2^e m with m in [√½, √2), ln m by Cephes' polynomial. */
static inline float log_of(float x)
{
    uint32_t bits = bits_of(x) - 0x3f3504f3u;
    float exponent = (float)((int32_t)bits >> 23);
    float m = float_of((bits & 0x007fffffu) + 0x3f3504f3u) - 1, square = m * m;
    float p = 7.0376836292e-2f;
    p = p * m - 1.1514610310e-1f;
    p = p * m + 1.1676998740e-1f;
    p = p * m - 1.2420140846e-1f;
    p = p * m + 1.4249322787e-1f;
    p = p * m - 1.6668057665e-1f;
    p = p * m + 2.0000714765e-1f;
    p = p * m - 2.4999993993e-1f;
    p = p * m + 3.3333331174e-1f;
    return m + (m * square * p - 0.5f * square) + exponent * 0.6931471806f;
}

/* e^x for |x| < 80: 2^k times a polynomial on ±½ ln 2. */
static inline float exp_of(float x)
{
    float scaled = x * 1.4426950409f;
    int32_t k = (int32_t)(scaled + 128.5f) - 128;
    float f = (scaled - (float)k) * 0.6931471806f;
    float p = 1.9875691500e-4f;
    p = p * f + 1.3981999507e-3f;
    p = p * f + 8.3334519073e-3f;
    p = p * f + 4.1665795894e-2f;
    p = p * f + 1.6666665459e-1f;
    p = p * f + 5.0000001201e-1f;
    p = p * f * f + f + 1;
    return p * float_of((uint32_t)(k + 127) << 23);
}

/* Horner's rule, written out so that the loop around it becomes vector code. */
#define POLYNOMIAL_9(x, a, b, c, d, e, f, g, h, i)                                                           \
    ((((((((a * x + b) * x + c) * x + d) * x + e) * x + f) * x + g) * x + h) * x + i)

/* The standard normal's quantile. w = -ln(4 u (1 - u)); two polynomials, one for each side of w = 5. */
static inline float normal_of(uint32_t bits)
{
    uint32_t upper = -(bits >> 31); /* all ones above the median */
    float low = unit_of(bits ^ upper), w = -log_of(4 * low * (1 - low));
    float x = w - 2.5f, root = exp_of(0.5f * log_of(w)) - 3; /* sqrtf may set errno: no vector code */
    float centre = POLYNOMIAL_9(x, 2.81022636e-08f, 3.43273939e-07f, -3.5233877e-06f, -4.39150654e-06f,
                                0.00021858087f, -0.00125372503f, -0.00417768164f, 0.246640727f, 1.50140941f);
    float tail = POLYNOMIAL_9(root, -0.000200214257f, 0.000100950558f, 0.00134934322f, -0.00367342844f,
                              0.00573950773f, -0.0076224613f, 0.00943887047f, 1.00167406f, 2.83297682f);
    uint32_t near = -(uint32_t)(w < 5);
    float size = float_of((bits_of(centre) & near) | (bits_of(tail) & ~near));
    return float_of(bits_of(size * (1 - 2 * low) * 1.4142135624f) ^ (~upper & 0x80000000u));
}

void variates_exponential(const uint32_t *restrict bits, float *restrict out, size_t n)
{
    for (size_t i = 0; i < n; i += VARIATES_BLOCK)
        for (size_t k = i; k < i + VARIATES_BLOCK; k++)
            out[k] = -log_of(unit_of(bits[k]));
}

void variates_lognormal(const uint32_t *restrict bits, double cv, float *restrict out, size_t n)
{
    float variance = (float)log1p(cv * cv), sd = sqrtf(variance), shift = -0.5f * variance;
    for (size_t i = 0; i < n; i += VARIATES_BLOCK)
        for (size_t k = i; k < i + VARIATES_BLOCK; k++)
            out[k] = exp_of(sd * normal_of(bits[k]) + shift);
}

int32_t variates_poisson(double mean, uint64_t seed)
{
    int32_t n = 0;
    double whole = exp(-VARIATES_POISSON_PART);
    for (uint64_t part = 0; mean > 0; part++, mean -= VARIATES_POISSON_PART) {
        double here = fmin(mean, VARIATES_POISSON_PART);
        double p = here < VARIATES_POISSON_PART ? exp(-here) : whole, u = random_uniform_at(seed, 0, part);
        for (int k = 1; u >= p && k < POISSON_MOST; k++, n++) {
            u -= p;
            p *= here / k;
        }
    }
    return n;
}
