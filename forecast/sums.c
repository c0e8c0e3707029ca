#include "forecast/sums.h"

#include "forecast/array.h"
#include "forecast/root.h"

#include <math.h>

#define SIGMA_TO_ABS 0.7979 /* mean absolute value of a normal over its standard deviation */
#define UNKNOWN_CV 0.15     /* of a rate nothing is known of */
#define UNUSUAL_PRIOR 4     /* as in spread.c */
#define UNUSUAL_SIZE 1.5
#define UNUSUAL_MAX 6.0
#define BETWEEN_PRIOR 2 /* blocks' worth of belief in .. */
#define BETWEEN_USUAL 0.35
#define DEGREES 1 /* of freedom per independent day */

/* Days of the blocks: roots of the contacts known and of what was said of the same intervals. */
struct day_errors {
    int n;
    double *error, *expected, *seen; /* n; expected: contacts */
};

static void find_errors(const struct spread_days *days, int leave, struct day_errors *out)
{
    int n = days->n_blocks * days->block_days;
    *out = (struct day_errors){n, array_new(n, 1), array_new(n, 1), array_new(n, 1)};
    for (int row = 0; row < n; row++) {
        double actual = 0, known = 0;
        for (int cell = row * days->n_slots; cell < (row + 1) * days->n_slots; cell++) {
            if (days->seen[cell] == 0)
                continue;
            actual += days->z[cell] * days->z[cell] - 0.25;
            out->expected[row] += root_to_rate(days->zhat[cell]);
            known++;
        }
        out->error[row] = root_from_count(MAX(0, actual)) - root_from_rate(out->expected[row]);
        out->seen[row] = known > 0 && row / days->block_days != leave;
    }
}

/* Mean size of the errors of ordinary days; of all, when there are none. */
static double mean_size(const struct day_errors *errors, const uint8_t *unusual, bool ordinary)
{
    double sum = 0, n = 0;
    for (int row = 0; row < errors->n; row++)
        if (errors->seen[row] > 0 && !(ordinary && unusual[row])) {
            sum += fabs(errors->error[row]);
            n++;
        }
    return n == 0 && ordinary ? mean_size(errors, unusual, false) : sum / n;
}

/* Correlation of the errors of days less than a week apart. */
static double find_between(const struct day_errors *errors, int n_blocks, int block_days)
{
    double product = 0, pairs = 0, square = 0, n = 0;
    for (int row = 0; row < errors->n; row++) {
        if (errors->seen[row] == 0)
            continue;
        square += errors->error[row] * errors->error[row];
        n++;
        for (int other = row + 1; other < errors->n && other < row + WEEK_DAYS; other++) {
            if (errors->seen[other] == 0 || other / block_days != row / block_days)
                continue;
            product += errors->error[row] * errors->error[other];
            pairs++;
        }
    }
    double found = pairs > 0 && square > 0 ? CLAMP(product / pairs / (square / n), 0, 1) : 0;
    double blocks = pairs > 0 ? n_blocks : 0;
    return (blocks * found + BETWEEN_PRIOR * BETWEEN_USUAL) / (blocks + BETWEEN_PRIOR);
}

void sums_init(struct sums *sums, const struct spread_days *days, int leave)
{
    struct day_errors errors;
    struct error_pool pool;
    find_errors(days, leave, &errors);
    double known = 0, size = UNUSUAL_PRIOR * UNUSUAL_SIZE, n = UNUSUAL_PRIOR, worth;
    for (int row = 0; row < errors.n; row++)
        known += errors.seen[row];
    *sums = (struct sums){.dispersion = NAN, .unusual = 1, .between = BETWEEN_USUAL};
    double sigma = known > 0 ? MAX(0.5, mean_size(&errors, days->unusual, true) / SIGMA_TO_ABS) : 1;
    for (int row = 0; row < errors.n; row++) {
        errors.error[row] /= sigma;
        if (errors.seen[row] == 0 || !days->unusual[row])
            continue;
        size += fabs(errors.error[row]) / SIGMA_TO_ABS;
        n++;
    }
    sums->unusual = CLAMP(size / n, 1, UNUSUAL_MAX);
    for (int row = 0; row < errors.n; row++)
        errors.error[row] /= days->unusual[row] ? sums->unusual : 1;
    error_pool_init(&pool, errors.error, errors.seen, days->n_blocks, days->block_days, 1, DEGREES);
    error_pool_quantiles(&pool, -1, sums->step, &worth);
    error_normal_quantiles(DEGREES * worth, sums->week_step);
    if (known > 0) {
        sums->dispersion = 4 * sigma * sigma;
        sums->between = find_between(&errors, days->n_blocks - (leave >= 0), days->block_days);
    } else {
        error_normal_quantiles(0, sums->step);
    }
    error_pool_clear(&pool);
    g_free(errors.error);
    g_free(errors.expected);
    g_free(errors.seen);
}

double sums_variance(const struct sums *sums, double offered, bool unusual)
{
    double usual = isnan(sums->dispersion) ? offered * (1 + UNKNOWN_CV * UNKNOWN_CV * offered)
                                           : offered * sums->dispersion;
    return usual * (unusual ? sums->unusual * sums->unusual : 1);
}

void sums_quantiles(const struct sums *sums, const struct sum_day *days, int n,
                    double out[FORECAST_QUANTILES])
{
    double known = 0, total = 0, straight = 0, square = 0;
    for (int i = 0; i < n; i++) {
        known += days[i].known;
        total += days[i].offered;
        straight += sqrt(days[i].variance);
        square += days[i].variance;
    }
    memset(out, 0, FORECAST_QUANTILES * sizeof *out);
    if (total > 0) {
        double variance = square + sums->between * (straight * straight - square);
        double root = root_from_rate(total), scale = sqrt(variance / total) / 2;
        spread_count_quantiles(root, scale, n > 1 ? sums->week_step : sums->step,
                               MAX(0, variance - total) / (total * total), out);
    }
    for (int q = 0; q < FORECAST_QUANTILES; q++)
        out[q] += known;
}
