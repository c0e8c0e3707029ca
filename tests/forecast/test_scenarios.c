#include "tests/forecast/synthetic.h"
#include "tests/support/testing.h"

#include "core/random.h"
#include "forecast/array.h"
#include "forecast/scenarios.h"

#include <math.h>
#include <string.h>

static double busy(int32_t day, int second)
{
    double hour = second / 3600.0;
    return (day_weekday(day) < 5 ? 80 : 30) * exp(-0.5 * (hour - 13) * (hour - 13) / 12) + 4;
}

static double calm(int32_t day, int second)
{
    return busy(day, second) / 15;
}

static double hardly(int32_t day, int second)
{
    return busy(day, second) / 1000;
}

#define DAYS 112
#define DRAWN 200

/* Queues whose days are busier or calmer by a factor of this coefficient of variation. */
static const struct {
    const char *what;
    synthetic_rate rate;
    double noise;
    int known;                         /* intervals of the first day, a quarter busier than forecast */
    double days_min, days_max;         /* share of days in the 80 % band; whole counts hold more .. */
    double one_min, one_max;           /* .. and of intervals */
    double together_min, together_max; /* correlation of morning and afternoon of a day */
} queues[] = {
    {"busy", busy, 0.15, 0, 0.77, 0.83, 0.77, 0.86, 0.75, 1.001},
    {"busy, hardly any surprise", busy, 0.001, 0, 0.77, 0.86, 0.77, 0.86, -0.3, 0.9},
    {"calm", calm, 0.15, 0, 0.77, 0.86, 0.79, 0.94, 0.3, 1.001},
    {"hardly any contacts", hardly, 0.15, 0, 0.8, 1, 0.9, 1, -1, 1.001},
    {"half a day known", busy, 0.15, 24, 0.77, 0.84, 0.77, 0.86, -1, 1.001},
};

static void make_forecast(int i, struct forecast *forecast)
{
    struct synthetic spec = {"Europe/Madrid", "2024-01-08", DAYS, 30, queues[i].rate, queues[i].noise, 7};
    struct series series;
    struct zone *zone;
    double offered[48];
    synthetic_make(&spec, &series, &zone);
    struct forecast_input input = {.history = &series, .zone = zone, .default_aht_s = 240};
    input.horizon = (struct grid){grid_end_ts(&series.grid), 1800, 14 * 48};
    struct forecaster *forecaster = forecaster_new(&input, NULL);
    ck_assert_ptr_nonnull(forecaster);
    for (int iv = 0; iv < queues[i].known; iv++)
        offered[iv] = 1.25 * forecaster_forecast(forecaster)->offered[iv];
    ck_assert(forecaster_update(forecaster, offered, queues[i].known, forecast, NULL));
    forecaster_free(forecaster);
    series_clear(&series);
    zone_free(zone);
}

static int draw_poisson(struct random *random, double rate)
{
    int k = 0;
    for (; rate > 30; rate -= 30) { /* sums of small ones, lest exp underflows */
        double part = random_uniform(random), limit = exp(-30);
        for (; part > limit; k++)
            part *= random_uniform(random);
    }
    double product = random_uniform(random), limit = exp(-rate);
    for (; product > limit; k++)
        product *= random_uniform(random);
    return k;
}

/* Shares of drawn contacts inside the 80 % band of days and of intervals, its edges counted. */
static void count_contacts(const struct forecast *forecast, const struct scenarios *scenarios, double *days,
                           double *intervals)
{
    struct random random;
    double n_days = 0, n = 0;
    int n_iv = forecast->grid.n;
    random_seed(&random, 11);
    *days = *intervals = 0;
    for (int i = 0; i < scenarios->n; i++)
        for (int d = 0; d < forecast->n_days; d++) {
            double to_come = 0, total = forecast->day_offered[d];
            for (int iv = MAX(forecast->n_known, forecast->day_iv[d]); iv < forecast->day_iv[d + 1]; iv++) {
                double count = draw_poisson(&random, scenarios->rate[i * n_iv + iv]);
                *intervals +=
                    count >= forecast->quantile[2 * n_iv + iv] && count <= forecast->quantile[4 * n_iv + iv];
                n++;
                to_come += count;
                total -= forecast->offered[iv];
            }
            *days += total + to_come + 1e-6 >= forecast->day_quantile[2 * forecast->n_days + d] &&
                     total + to_come - 1e-6 <= forecast->day_quantile[4 * forecast->n_days + d];
            n_days++;
        }
    *days /= n_days;
    *intervals /= n;
}

/* Correlation over the scenarios of two sums of rates. */
static double correlation(const struct scenarios *scenarios, int a, int b, int length)
{
    double sums[5] = {0};
    for (int i = 0; i < scenarios->n; i++) {
        double x = 0, y = 0;
        for (int iv = 0; iv < length; iv++) {
            x += scenarios->rate[i * scenarios->grid.n + a + iv];
            y += scenarios->rate[i * scenarios->grid.n + b + iv];
        }
        double add[] = {x, y, x * x, y * y, x * y};
        for (int k = 0; k < 5; k++)
            sums[k] += add[k] / scenarios->n;
    }
    double vx = sums[2] - sums[0] * sums[0], vy = sums[3] - sums[1] * sums[1];
    return vx > 1e-9 && vy > 1e-9 ? (sums[4] - sums[0] * sums[1]) / sqrt(vx * vy) : 0;
}

START_TEST(futures_follow_the_forecast)
{
    const char *what = queues[_i].what;
    struct forecast forecast;
    struct scenarios scenarios;
    double days, intervals;
    make_forecast(_i, &forecast);
    scenarios_init(&scenarios, &forecast, DRAWN, 42);
    for (int iv = 0; iv < forecast.grid.n; iv++) {
        double mean = 0;
        for (int i = 0; i < DRAWN; i++) {
            double rate = scenarios.rate[i * forecast.grid.n + iv];
            ck_assert(isfinite(rate) && rate >= 0);
            ck_assert(iv >= queues[_i].known || rate == forecast.offered[iv]);
            mean += rate / DRAWN;
        }
        ck_assert_double_eq_tol(mean, forecast.offered[iv], 1e-9 + 1e-6 * mean);
    }
    count_contacts(&forecast, &scenarios, &days, &intervals);
    ck_assert_msg(days >= queues[_i].days_min && days <= queues[_i].days_max, "%s: days %.3f", what, days);
    ck_assert_msg(intervals >= queues[_i].one_min && intervals <= queues[_i].one_max, "%s: intervals %.3f",
                  what, intervals);
    double together = correlation(&scenarios, 48 + 16, 48 + 30, 12);
    ck_assert_msg(together >= queues[_i].together_min && together <= queues[_i].together_max,
                  "%s: morning and afternoon %.2f", what, together);
    scenarios_clear(&scenarios);
    forecast_clear(&forecast);
}
END_TEST

/* Days of a week go together as their errors did, those of two weeks less. */
static const double correlations[] = {0, 0.3, 0.8};

START_TEST(days_go_together)
{
    struct forecast forecast;
    struct scenarios scenarios;
    make_forecast(0, &forecast);
    forecast.day_correlation = correlations[_i];
    scenarios_init(&scenarios, &forecast, DRAWN, 3);
    double same = correlation(&scenarios, 48, 3 * 48, 48), other = correlation(&scenarios, 48, 9 * 48, 48);
    ck_assert_double_eq_tol(same, correlations[_i], 0.12);
    ck_assert_double_eq_tol(other, correlations[_i] / 2, 0.15);
    scenarios_clear(&scenarios);
    forecast_clear(&forecast);
}
END_TEST

START_TEST(same_seed_same_bits)
{
    struct forecast forecast;
    struct scenarios one, two, other;
    make_forecast(0, &forecast);
    scenarios_init(&one, &forecast, 20, 42);
    scenarios_init(&two, &forecast, 20, 42);
    scenarios_init(&other, &forecast, 20, 43);
    gsize size = 20 * (gsize)forecast.grid.n * sizeof(double);
    ck_assert_mem_eq(one.rate, two.rate, size);
    ck_assert(memcmp(one.rate, other.rate, size) != 0);
    /* Days are spread evenly: even twenty of them span the band. */
    double low = 1e9, high = 0;
    for (int i = 0; i < 20; i++) {
        double total = 0;
        for (int iv = 0; iv < 48; iv++)
            total += one.rate[i * forecast.grid.n + iv];
        low = MIN(low, total);
        high = MAX(high, total);
    }
    ck_assert_double_lt(low, forecast.day_quantile[2 * forecast.n_days]);
    ck_assert_double_gt(high, forecast.day_quantile[4 * forecast.n_days]);
    scenarios_clear(&one);
    scenarios_clear(&two);
    scenarios_clear(&other);
    forecast_clear(&forecast);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("forecast/scenarios");
    TCase *t = tcase_create("scenarios");
    tcase_set_timeout(t, 120);
    tcase_add_loop_test(t, futures_follow_the_forecast, 0, (int)G_N_ELEMENTS(queues));
    tcase_add_loop_test(t, days_go_together, 0, (int)G_N_ELEMENTS(correlations));
    tcase_add_test(t, same_seed_same_bits);
    suite_add_tcase(s, t);
    return s;
}

TEST_MAIN(suite)
