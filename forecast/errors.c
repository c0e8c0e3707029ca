#include "forecast/errors.h"

#include "forecast/array.h"

#include <math.h>
#include <stdlib.h>

#define BLOCK_DECAY 0.9 /* weight of an error, per block of age */
#define CLIP 5          /* in the correlations */
#define BLOCK_PRIOR 2   /* blocks' worth of belief that days of a block .. */
#define BLOCK_SHARE 0.4 /* .. correlate by this share of what errors of a day do */
#define DEGREES_MIN 3
#define NORMAL_PRIOR 15     /* independent errors' worth of belief in the normal shape */
#define ABS_TO_SIGMA 1.2533 /* standard deviation of a normal over its mean absolute value */

const double error_normal[FORECAST_QUANTILES] = {-1.959964, -1.644854, -1.281552, 0,
                                                 1.281552,  1.644854,  1.959964};

static int by_value(const void *a, const void *b)
{
    const struct error_value *left = a, *right = b;
    return (left->value > right->value) - (left->value < right->value);
}

/* Adds one day to the sums of its block; returns its sum and count for the pairs of days. */
static void add_day(struct error_pool *pool, int b, const double *errors, const double *seen, int n_slots,
                    double *sum, double *count)
{
    struct error_block *block = &pool->block[b];
    double square = 0;
    *sum = *count = 0;
    for (int s = 0; s < n_slots; s++) {
        if (seen[s] == 0)
            continue;
        double e = CLAMP(errors[s], -CLIP, CLIP);
        pool->sorted[pool->n++] = (struct error_value){errors[s], b};
        block->absolute += fabs(errors[s]);
        *sum += e;
        *count += 1;
        square += e * e;
    }
    block->n += *count;
    block->square += square;
    block->days += *count > 0;
    block->day_pair += *sum * *sum - square;
    block->n_day += *count * *count - *count;
}

void error_pool_init(struct error_pool *pool, const double *errors, const double *seen, int n_blocks,
                     int block_days, int n_slots, double degrees)
{
    *pool = (struct error_pool){.n_blocks = n_blocks, .degrees = degrees};
    pool->sorted = g_new(struct error_value, (gsize)(n_blocks * block_days) * (gsize)n_slots + 1);
    pool->block = g_new0(struct error_block, (gsize)n_blocks + 1);
    for (int b = 0; b < n_blocks; b++) {
        double total = 0, squares = 0, n = 0, n_squares = 0, sum, count;
        pool->block[b].weight = pow(BLOCK_DECAY, n_blocks - 1 - b);
        for (int d = 0; d < block_days; d++) {
            int at = (b * block_days + d) * n_slots;
            add_day(pool, b, &errors[at], &seen[at], n_slots, &sum, &count);
            total += sum;
            squares += sum * sum;
            n += count;
            n_squares += count * count;
        }
        pool->block[b].block_pair = total * total - squares;
        pool->block[b].n_pair = n * n - n_squares;
    }
    qsort(pool->sorted, (size_t)pool->n, sizeof *pool->sorted, by_value);
}

void error_pool_clear(struct error_pool *pool)
{
    g_free(pool->sorted);
    g_free(pool->block);
    *pool = (struct error_pool){0};
}

/* Weighted quantiles of the sorted values, linear between the middles of their weights. */
static void empirical(const struct error_pool *pool, int leave, double total, double out[FORECAST_QUANTILES])
{
    double below = 0, last_at = 0, last = NAN;
    int q = 0;
    for (int i = 0; i < pool->n && q < FORECAST_QUANTILES; i++) {
        const struct error_value *value = &pool->sorted[i];
        if (value->block == leave)
            continue;
        double w = pool->block[value->block].weight, at = (below + 0.5 * w) / total;
        for (; q < FORECAST_QUANTILES && forecast_quantile_levels[q] <= at; q++) {
            double share = isnan(last) ? 1 : (forecast_quantile_levels[q] - last_at) / (at - last_at);
            out[q] = isnan(last) ? value->value : last + share * (value->value - last);
        }
        below += w;
        last = value->value;
        last_at = at;
    }
    for (; q < FORECAST_QUANTILES; q++)
        out[q] = last;
}

/* Errors over the design effect of their correlations. */
static double count_independent(const struct error_block *sum, int n_blocks)
{
    double square = sum->square / sum->n;
    if (square <= 0)
        return sum->n;
    double day = sum->n_day > 0 ? CLAMP(sum->day_pair / sum->n_day / square, 0, 1) : 1;
    double block = sum->n_pair > 0 ? CLAMP(sum->block_pair / sum->n_pair / square, 0, day) : 0;
    block = (n_blocks * block + BLOCK_PRIOR * BLOCK_SHARE * day) / (n_blocks + BLOCK_PRIOR);
    double per_day = sum->n / sum->days, per_block = sum->n / n_blocks;
    return sum->n / (1 + (per_day - 1) * day + (per_block - per_day) * block);
}

void error_normal_quantiles(double degrees, double out[FORECAST_QUANTILES])
{
    double v = MAX(DEGREES_MIN, degrees);
    for (int q = 0; q < FORECAST_QUANTILES; q++) {
        double z = error_normal[q], z2 = z * z; /* expansion of t in 1/v, good to 1 % from 3 degrees on */
        out[q] = z * (1 + (z2 + 1) / (4 * v) + (5 * z2 * z2 + 16 * z2 + 3) / (96 * v * v)) * sqrt(1 + 1 / v);
    }
}

void error_pool_quantiles(const struct error_pool *pool, int leave, double out[FORECAST_QUANTILES],
                          double *independent)
{
    struct error_block sum = {0};
    double weight = 0, absolute = 0, normal[FORECAST_QUANTILES];
    int n_blocks = 0;
    for (int b = 0; b < pool->n_blocks; b++) {
        const struct error_block *block = &pool->block[b];
        if (b == leave || block->n == 0)
            continue;
        n_blocks++;
        sum.n += block->n;
        sum.square += block->square;
        sum.days += block->days;
        sum.day_pair += block->day_pair;
        sum.n_day += block->n_day;
        sum.block_pair += block->block_pair;
        sum.n_pair += block->n_pair;
        weight += block->weight * block->n;
        absolute += block->weight * block->absolute;
    }
    memset(out, 0, FORECAST_QUANTILES * sizeof *out);
    double worth = sum.n > 0 ? count_independent(&sum, n_blocks) : 0;
    if (independent != NULL)
        *independent = worth;
    if (sum.n == 0)
        return;
    double sigma = ABS_TO_SIGMA * absolute / weight, share = worth / (worth + NORMAL_PRIOR);
    empirical(pool, leave, weight, out);
    error_normal_quantiles(pool->degrees * worth, normal);
    double centre = out[FORECAST_QUANTILES / 2];
    for (int q = 0; q < FORECAST_QUANTILES; q++) {
        double z = error_normal[q], wider = z != 0 ? normal[q] / z : 1;
        out[q] = wider * (share * (out[q] - centre) + (1 - share) * sigma * z);
    }
}
