#include "tests/forecast/synthetic.h"
#include "tests/support/testing.h"

#include "core/random.h"
#include "forecast/array.h"
#include "forecast/forecast.h"
#include "forecast/intraday.h"

#include <math.h>
#include <string.h>

/* ---- days made of level, drift and chance give them back ---- */

enum { SLOTS = 48, BLOCKS = 8, CELLS = BLOCKS * 7 * SLOTS };

static const struct {
    const char *what;
    double level, drift, chance, keep, carry; /* variances, shares kept */
    double level_min, level_max, drift_min, drift_max, carry_min, carry_max, trust_min, trust_max;
} made[] = {
    {"chance alone", 0, 0, 1, 1, 0, 0, 0.06, 0, 0.06, 0, 0.9, 0, 0.25},
    {"level of the day", 0.5, 0, 0.5, 1, 0, 0.3, 0.75, 0, 0.25, 0, 0.25, 1, 1},
    {"level that carries over", 0.5, 0, 0.5, 1, 0.9, 0.2, 0.75, 0, 0.25, 0.6, 0.9, 1, 1},
    {"drift", 0, 0.6, 0.4, 0.9, 0, 0, 0.25, 0.35, 0.8, 0, 0.9, 0.75, 1},
};

static double normal(struct random *random)
{
    return sqrt(-2 * log(1 - random_uniform(random))) * cos(2 * G_PI * random_uniform(random));
}

static void make_days(int i, uint64_t seed, double *z)
{
    struct random random;
    double level = 0, drift = 0;
    random_seed(&random, seed);
    for (int cell = 0; cell < CELLS; cell++) {
        if (cell % SLOTS == 0) {
            double carry = cell % (7 * SLOTS) == 0 ? 0 : made[i].carry;
            level = carry * level + sqrt(made[i].level * (1 - carry * carry)) * normal(&random);
        }
        drift =
            made[i].keep * drift + sqrt(made[i].drift * (1 - made[i].keep * made[i].keep)) * normal(&random);
        z[cell] = 40 + level + drift + sqrt(made[i].chance) * normal(&random);
    }
}

START_TEST(parts_are_found)
{
    static double z[CELLS], zhat[CELLS], seen[CELLS];
    static uint8_t unusual[BLOCKS * 7];
    double level = 0, drift = 0, carry = 0, trust = 0;
    for (int cell = 0; cell < CELLS; cell++) {
        zhat[cell] = 40;
        seen[cell] = 1;
    }
    for (uint64_t seed = 1; seed <= 3; seed++) {
        make_days(_i, seed, z);
        struct spread_days days = {BLOCKS, 7, SLOTS, z, zhat, seen, unusual};
        struct spread spread;
        struct intraday intraday;
        spread_init(&spread, &days, 1);
        intraday_init(&intraday, &spread, &days);
        double square = spread.scale[0] * spread.scale[0];
        level += intraday.level * square / 3;
        drift += intraday.drift * square / 3;
        carry += intraday.carry / 3;
        trust += (intraday.trust[0] + intraday.trust[1] + intraday.trust[2]) / 9;
        intraday_clear(&intraday);
        spread_clear(&spread);
    }
    ck_assert_msg(level >= made[_i].level_min && level <= made[_i].level_max, "%s: level %.2f", made[_i].what,
                  level);
    ck_assert_msg(drift >= made[_i].drift_min && drift <= made[_i].drift_max, "%s: drift %.2f", made[_i].what,
                  drift);
    ck_assert_msg(carry >= made[_i].carry_min && carry <= made[_i].carry_max, "%s: carry %.2f", made[_i].what,
                  carry);
    ck_assert_msg(trust >= made[_i].trust_min && trust <= made[_i].trust_max, "%s: trust %.2f", made[_i].what,
                  trust);
}
END_TEST

/* ---- a forecast in use ---- */

static double rate(int32_t day, int second)
{
    double hour = second / 3600.0;
    (void)day;
    return 60 * exp(-0.5 * (hour - 13) * (hour - 13) / 12) + 3;
}

#define DAY_ONE 112 /* of the history, where the horizon begins */

struct use {
    struct series series;
    struct zone *zone;
    struct forecast_input input;
};

/* 17 weeks whose days are busier or calmer by a factor of 15 %; the last week is to come. */
static void use_init(struct use *use)
{
    struct synthetic spec = {"UTC", "2024-01-01", DAY_ONE + 7, 30, rate, 0.15, 4};
    synthetic_make(&spec, &use->series, &use->zone);
    use->series.grid.n = DAY_ONE * 48;
    use->input = (struct forecast_input){.history = &use->series, .zone = use->zone, .default_aht_s = 240};
    use->input.horizon = (struct grid){grid_end_ts(&use->series.grid), 1800, 7 * 48};
}

static void use_clear(struct use *use)
{
    series_clear(&use->series);
    zone_free(use->zone);
}

static double sum(const double *values, int from, int to)
{
    double total = 0;
    for (int i = from; i < to; i++)
        total += values[i];
    return total;
}

static double width80(const struct forecast *forecast, int iv)
{
    return forecast->quantile[4 * forecast->grid.n + iv] - forecast->quantile[2 * forecast->grid.n + iv];
}

static const struct {
    const char *what;
    double factor;             /* of the morning */
    int known;                 /* intervals */
    double rest_min, rest_max; /* of the day, over what was said beforehand */
    double next_min, next_max; /* of the next day */
} mornings[] = {
    {"nothing known", 1, 0, 1, 1, 1, 1},
    {"as forecast", 1, 24, 0.98, 1.02, 0.99, 1.01},
    {"a third busier", 1.33, 24, 1.12, 1.36, 0.95, 1.2},
    {"a third calmer", 0.67, 24, 0.64, 0.88, 0.8, 1.05},
    {"a third busier, late in the day", 1.33, 40, 1.15, 1.55, 0.95, 1.25},
};

START_TEST(rest_of_the_day)
{
    struct use use;
    struct forecast now, again;
    const char *what = mornings[_i].what;
    use_init(&use);
    struct forecaster *forecaster = forecaster_new(&use.input, NULL);
    ck_assert_ptr_nonnull(forecaster);
    const struct forecast *before = forecaster_forecast(forecaster);
    double offered[7 * 48];
    int known = mornings[_i].known;
    for (int iv = 0; iv < known; iv++)
        offered[iv] = mornings[_i].factor * before->offered[iv];
    ck_assert(forecaster_update(forecaster, offered, known, &now, NULL));
    ck_assert(forecaster_update(forecaster, offered, known, &again, NULL));
    ck_assert_mem_eq(now.offered, again.offered, sizeof offered);
    ck_assert_mem_eq(now.quantile, again.quantile, FORECAST_QUANTILES * sizeof offered);
    double rest = sum(now.offered, known, 48) / sum(before->offered, known, 48);
    double next = now.day_offered[1] / before->day_offered[1];
    ck_assert_msg(rest >= mornings[_i].rest_min && rest <= mornings[_i].rest_max, "%s: rest × %.3f", what,
                  rest);
    ck_assert_msg(next >= mornings[_i].next_min && next <= mornings[_i].next_max, "%s: next day × %.3f", what,
                  next);
    /* Sums count what is known. */
    double day = sum(offered, 0, known) + sum(now.offered, known, 48);
    ck_assert_double_eq_tol(now.day_offered[0], day, 1e-6 * day);
    ck_assert_double_eq_tol(now.week_offered[0], sum(now.day_offered, 0, 7), 1e-6 * day);
    if (known > 0) {
        int iv = MAX(known, 30);
        ck_assert_double_lt(width80(&now, iv) / sqrt(now.offered[iv]),
                            0.97 * width80(before, iv) / sqrt(before->offered[iv]));
        ck_assert_double_lt(now.day_quantile[4 * 7] - now.day_quantile[2 * 7],
                            0.7 * (before->day_quantile[4 * 7] - before->day_quantile[2 * 7]));
        ck_assert_double_ge(now.day_quantile[0], sum(offered, 0, known));
    }
    forecast_clear(&now);
    forecast_clear(&again);
    forecaster_free(forecaster);
    use_clear(&use);
}
END_TEST

/* The same morning in the history of a forecast of the afternoon. */
START_TEST(horizon_inside_a_day)
{
    struct use use;
    struct forecast now, afternoon;
    use_init(&use);
    struct forecaster *forecaster = forecaster_new(&use.input, NULL);
    const double *offered = &use.series.offered[use.series.grid.n];
    ck_assert(forecaster_update(forecaster, offered, 24, &now, NULL));
    int missing = now.slots_missing;
    use.series.grid.n += 24;
    use.input.horizon = (struct grid){grid_end_ts(&use.series.grid), 1800, 24};
    ck_assert(forecast_run(&use.input, &afternoon, NULL));
    for (int iv = 0; iv < 24; iv++) {
        ck_assert_double_eq_tol(afternoon.offered[iv], now.offered[24 + iv], 1e-3 * now.offered[24 + iv]);
        ck_assert_double_eq_tol(afternoon.quantile[4 * 24 + iv], now.quantile[4 * now.grid.n + 24 + iv],
                                0.01 * now.offered[24 + iv] + 0.01);
    }
    ck_assert_int_eq(afternoon.n_days, 1);
    ck_assert_int_eq(afternoon.slots_missing, missing);
    ck_assert_double_eq_tol(afternoon.day_offered[0], sum(now.offered, 24, 48), 1e-3 * now.day_offered[0]);
    forecast_clear(&now);
    forecast_clear(&afternoon);
    forecaster_free(forecaster);
    use_clear(&use);
}
END_TEST

static const struct {
    const char *what;
    double value;
    int n;
    const char *message;
} errors[] = {
    {"negative", -1, 3, "contacts at 2024-04-22T01:00:00Z: offered is -1"},
    {"infinite", INFINITY, 3, "contacts at 2024-04-22T01:00:00Z: offered is inf"},
    {"too many", 5, 7 * 48 + 1, "337 intervals are known of a horizon of 336"},
};

START_TEST(clear_errors)
{
    struct use use;
    struct forecast now;
    g_autoptr(GError) error = NULL;
    use_init(&use);
    struct forecaster *forecaster = forecaster_new(&use.input, NULL);
    double offered[7 * 48 + 1] = {1, 1, errors[_i].value};
    ck_assert(!forecaster_update(forecaster, offered, errors[_i].n, &now, &error));
    ck_assert_msg(strstr(error->message, errors[_i].message) != NULL, "%s: %s", errors[_i].what,
                  error->message);
    forecaster_free(forecaster);
    use_clear(&use);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("forecast/intraday");
    TCase *t = tcase_create("intraday");
    tcase_set_timeout(t, 120);
    tcase_add_loop_test(t, parts_are_found, 0, (int)G_N_ELEMENTS(made));
    tcase_add_loop_test(t, rest_of_the_day, 0, (int)G_N_ELEMENTS(mornings));
    tcase_add_test(t, horizon_inside_a_day);
    tcase_add_loop_test(t, clear_errors, 0, (int)G_N_ELEMENTS(errors));
    suite_add_tcase(s, t);
    return s;
}

TEST_MAIN(suite)
