#include "tests/support/testing.h"

#include "core/random.h"
#include "forecast/array.h"
#include "forecast/calendar.h"
#include "forecast/combine.h"
#include "forecast/effects.h"
#include "forecast/level.h"
#include "forecast/root.h"
#include "forecast/spread.h"

#include <math.h>

static const double rates[] = {0, 1e-4, 0.01, 0.3, 1, 2.5, 7, 20, 35, 36.5, 60, 61, 1e3, 1e6};

START_TEST(root_and_back)
{
    double rate = rates[_i];
    ck_assert_double_eq_tol(root_to_rate(root_from_rate(rate)), rate, 2e-3 * rate + 1e-5);
}
END_TEST

START_TEST(root_of_nothing)
{
    ck_assert_double_eq(root_from_rate(0), 0.5);
    ck_assert_double_eq(root_to_rate(0.5), 0);
    ck_assert_double_eq(root_to_rate(-3), 0);
    ck_assert_double_eq(root_to_count(0.2), 0);
    ck_assert_double_eq_tol(root_to_count(root_from_count(7.5)), 7.5, 1e-12);
}
END_TEST

/* Quantiles of Poisson and negative binomial counts, from R's qpois(p, 2) and qnbinom(p, size = 2, mu = 3).
 */
static const struct {
    const char *what;
    double rate, cv2, want[FORECAST_QUANTILES];
} counts[] = {
    {"Poisson 2", 2, 0, {0, 0, 0, 2, 4, 5, 5}},
    {"negative binomial 3, size 2", 3, 0.5, {0, 0, 0, 2, 7, 8, 10}},
    {"Poisson 0.01", 0.01, 0, {0, 0, 0, 0, 0, 0, 0}},
    {"nothing", 0, 0, {0, 0, 0, 0, 0, 0, 0}},
};

START_TEST(count_quantiles)
{
    double scale[1] = {1}, out[FORECAST_QUANTILES];
    struct spread spread = {.n_slots = 1, .scale = scale, .cv2 = counts[_i].cv2};
    spread_quantiles(&spread, 0, false, root_from_rate(counts[_i].rate), 1, out);
    for (int q = 0; q < FORECAST_QUANTILES; q++)
        ck_assert_msg(fabs(out[q] - counts[_i].want[q]) < 1e-9, "%s: quantile %d is %g", counts[_i].what, q,
                      out[q]);
}
END_TEST

/* Residuals drawn as `size` × normal, the same for `together` slots in a row; three times larger on every
   tenth day. What their spread must say: the 80 % band of an ordinary day over its true width, and how much
   wider it is on the others. */
static const struct {
    const char *what;
    int blocks, together; /* slots, of 24 */
    double width_min, width_max, unusual_min, unusual_max, independent_min, independent_max;
} residuals[] = {
    {"eight weeks, each slot alone", 8, 1, 0.95, 1.06, 2.2, 3.2, 900, 1400},
    {"eight weeks, whole days", 8, 24, 0.9, 1.4, 1.8, 3.4, 25, 57},
    {"one week, each slot alone", 1, 1, 0.85, 1.2, 1, 2.2, 60, 169},
    {"one week, whole days: hardly anything is known", 1, 24, 1.05, 2.6, 1, 3, 2, 7.01},
};

static double normal(struct random *random)
{
    return sqrt(-2 * log(1 - random_uniform(random))) * cos(2 * G_PI * random_uniform(random));
}

START_TEST(spread_of_residuals)
{
    enum { SLOTS = 24, DAYS = 56 };
    static double z[DAYS * SLOTS], zhat[DAYS * SLOTS], seen[DAYS * SLOTS];
    uint8_t unusual[DAYS];
    double width = 0, wider = 0, independent = 0;
    for (uint64_t seed = 1; seed <= 10; seed++) {
        struct random random;
        double draw = 0;
        random_seed(&random, seed);
        for (int cell = 0; cell < DAYS * SLOTS; cell++) {
            unusual[cell / SLOTS] = cell / SLOTS % 10 == 3;
            if (cell % residuals[_i].together == 0)
                draw = 0.7 * normal(&random) * (unusual[cell / SLOTS] ? 3 : 1);
            zhat[cell] = 30;
            z[cell] = 30 + draw;
            seen[cell] = 1;
        }
        struct spread_days days = {residuals[_i].blocks, 7, SLOTS, z, zhat, seen, unusual};
        struct spread spread;
        double out[FORECAST_QUANTILES];
        spread_init(&spread, &days, 1);
        spread_quantiles(&spread, 3, false, 30, 1, out);
        width += (sqrt(out[4] + 0.25) - sqrt(out[2] + 0.25)) / (2 * 1.2816 * 0.7) / 10;
        wider += spread.unusual / 10;
        independent += spread.independent / 10;
        for (int q = 1; q < FORECAST_QUANTILES; q++)
            ck_assert_double_ge(out[q], out[q - 1]);
        spread_clear(&spread);
    }
    const char *what = residuals[_i].what;
    ck_assert_msg(width >= residuals[_i].width_min && width <= residuals[_i].width_max, "%s: width %.3f",
                  what, width);
    ck_assert_msg(wider >= residuals[_i].unusual_min && wider <= residuals[_i].unusual_max,
                  "%s: unusual days %.2f", what, wider);
    ck_assert_msg(independent >= residuals[_i].independent_min &&
                      independent <= residuals[_i].independent_max,
                  "%s: worth %.1f", what, independent);
}
END_TEST

/* Small counts around a Gamma rate: its variation is found, a few bursts do not move it. */
static const struct {
    const char *what;
    double cv2;
    int bursts;
    double min, max;
} mixed[] = {
    {"Poisson", 0, 0, 0, 0.05},
    {"mixed", 0.4, 0, 0.2, 0.8},
    {"mixed, with bursts", 0.4, 6, 0.2, 0.8},
};

static int draw_poisson(struct random *random, double rate)
{
    double product = random_uniform(random), limit = exp(-rate);
    int k = 0;
    for (; product > limit; k++)
        product *= random_uniform(random);
    return k;
}

START_TEST(variation_of_small_counts)
{
    enum { SLOTS = 24, DAYS = 56 };
    static double z[DAYS * SLOTS], zhat[DAYS * SLOTS], seen[DAYS * SLOTS];
    static uint8_t unusual[DAYS];
    struct random random;
    random_seed(&random, 5);
    for (int cell = 0; cell < DAYS * SLOTS; cell++) {
        double rate = 3, shape = mixed[_i].cv2 > 0 ? 1 / mixed[_i].cv2 : 0, factor = 0;
        for (int i = 0; i < (int)(2 * shape); i++) /* Gamma of half-integer shape: squares of normals */
            factor += 0.5 * pow(normal(&random), 2) / shape;
        zhat[cell] = root_from_rate(rate);
        z[cell] = root_from_count(draw_poisson(&random, shape > 0 ? rate * factor : rate));
        seen[cell] = 1;
    }
    for (int i = 0; i < mixed[_i].bursts; i++)
        z[i * 200 + 77] = root_from_count(400);
    struct spread_days days = {8, 7, SLOTS, z, zhat, seen, unusual};
    struct spread spread;
    spread_init(&spread, &days, 1);
    ck_assert_msg(spread.cv2 >= mixed[_i].min && spread.cv2 <= mixed[_i].max, "%s: cv² %g", mixed[_i].what,
                  spread.cv2);
    spread_clear(&spread);
}
END_TEST

/* Three models: right, right but for a constant, noise. */
START_TEST(combination)
{
    enum { N = 300 };
    double z[N], seen[N], zhat[3 * N], prior[3] = {0.2, 0.4, 0.4}, weights[3];
    for (int i = 0; i < N; i++) {
        z[i] = 5 + sin(i);
        seen[i] = i % 7 != 0;
        zhat[i] = z[i] + (_i == 0 ? 0 : 0.5 * cos(3.0 * i));
        zhat[N + i] = z[i] + (_i == 0 ? 1 : -0.5 * cos(3.0 * i));
        zhat[2 * N + i] = 5 + 3 * cos(7.0 * i);
    }
    struct combine_sums sums = {0};
    combine_solve(&sums, 3, prior, 0.02, weights);
    ck_assert_double_eq(weights[1], 0.4);
    combine_add(&sums, 3, z, seen, zhat, N, N, prior, 1, 1);
    combine_solve(&sums, 3, prior, 0.001, weights);
    ck_assert_double_eq_tol(weights[0] + weights[1] + weights[2], 1, 1e-9);
    ck_assert_double_eq_tol(weights[0], _i == 0 ? 1 : 0.5, 0.02);
    ck_assert_double_eq_tol(weights[1], _i == 0 ? 0 : 0.5, 0.02);
    combine_solve(&sums, 3, prior, 1e6, weights);
    ck_assert(_i == 0 || fabs(weights[2] - 0.4) <
                             0.01); /* pulled by the error of the best, which is 0 in the first case */
}
END_TEST

START_TEST(levels)
{
    enum { N = 100 };
    double value[N], weight[N], level[N];
    struct level_end end;
    for (int i = 0; i < N; i++) {
        value[i] = i < 90 ? 10 + 0.1 * (i % 2) : 20;
        weight[i] = i % 11 == 3 ? 0 : 1;
        if (weight[i] == 0)
            value[i] = 1e9; /* not known: must not matter */
    }
    level_smooth(value, weight, N, 0.1, 90, level_clip(value, weight, N), level, &end);
    ck_assert_double_eq_tol(end.level, 20, 1e-9);
    ck_assert_double_eq_tol(level[50], 10.05, 0.1);
    level_smooth(value, weight, 0, 0.1, 0, level_clip(value, weight, 0), level, &end);
    ck_assert_double_eq(end.level, 0);
}
END_TEST

/* What the columns of some groups do to a target; older days first. */
static void learn_effects(const struct day_features *features, int n_days, int groups, const double *weight,
                          const double *target, double ridge, double *coefficients)
{
    struct effects effects;
    struct effects_system system;
    effects_init(&effects, features, n_days, groups, weight);
    effects_system_init(&system, &effects, groups, ridge);
    effects_system_solve(&system, target, coefficients);
    effects_system_clear(&system);
    effects_clear(&effects);
}

/* A feast in three years and its neighbours; the columns exist for days to come. */
START_TEST(calendar_effects)
{
    int32_t first = day_from_civil(2021, 1, 1);
    struct forecast_special specials[8];
    int n = 0;
    for (int year = 2021; year <= 2024; year++) {
        specials[n++] = (struct forecast_special){
            .day = day_from_civil(year, 5, 3), .kind = SPECIAL_HOLIDAY, .name = "Spring Feast"};
        specials[n++] = (struct forecast_special){
            .day = day_from_civil(year, 8, 15), .kind = SPECIAL_CLOSED, .name = "Summer Feast"};
    }
    struct day_calendar calendar;
    struct day_features features;
    int history = 3 * 365, all = history + 366;
    calendar_init(&calendar, first - 60, first + all + 60, specials, n);
    features_init(&features, &calendar, first, all);
    g_autofree double *weight = array_new(history, 1), *target = array_new(history, 1);
    g_autofree double *coefficients = array_new(features.n, 1);
    for (int day = 0; day < history; day++) {
        struct civil civil = day_civil(first + day);
        bool closed = civil.month == 8 && civil.day == 15;
        weight[day] = closed ? 0 : 1;
        target[day] = civil.month == 5 && civil.day == 3 ? -2 : civil.month == 8 && civil.day == 16 ? 1 : 0;
    }
    learn_effects(&features, history, FEATURE_SPECIAL, weight, target, 0.01, coefficients);
    int spring = day_from_civil(2024, 5, 3) - first, after = day_from_civil(2024, 8, 16) - first;
    ck_assert_double_eq_tol(effects_at(&features, spring, coefficients), -2, 0.05);
    ck_assert_double_eq_tol(effects_at(&features, after, coefficients), 1, 0.05);
    ck_assert_double_eq_tol(effects_at(&features, spring + 10, coefficients), 0, 0.05);
    features_clear(&features);
    calendar_clear(&calendar);
}
END_TEST

/* Feasts of different names on Thursdays, quiet until Sunday: what a row at a distance from the next feast,
 * on a weekday, must get. */
static const struct {
    const char *what;
    int weekday, after; /* of the next feast; days from it */
    double low, high;
} weekends[] = {
    {"bridge", 3, 1, -1.1, -0.8},
    {"Saturday", 3, 2, -1.1, -0.8},
    {"Sunday", 3, 3, -1.1, -0.7},
    {"Sunday of a feast on Friday", 4, 2, -1.3, -0.5},
    {"Saturday of a feast on Wednesday", 2, 3, -0.1, 0.1},
    {"Monday after", 3, 4, -0.1, 0.1},
};

START_TEST(long_weekends)
{
    static const char *const names[] = {"A", "B", "C", "D", "E"};
    const int32_t first = 18631, apart = 63; /* 2021-01-04, a Monday */
    struct forecast_special specials[G_N_ELEMENTS(names)];
    int n = (int)G_N_ELEMENTS(names), history = apart * (n - 1);
    for (int i = 0; i < n; i++)
        specials[i] = (struct forecast_special){
            .day = first + apart * i + 31, .kind = SPECIAL_HOLIDAY, .name = names[i]};
    specials[n - 1].day += weekends[_i].weekday - 3;
    struct day_calendar calendar;
    struct day_features features;
    calendar_init(&calendar, first - 60, first + history + 120, specials, n);
    features_init(&features, &calendar, first, history + 60);
    g_autofree double *weight = array_new(history, 1), *target = array_new(history, 1);
    g_autofree double *coefficients = array_new(features.n, 1);
    for (int day = 0; day < history; day++) {
        weight[day] = 1;
        target[day] = day % apart >= 31 && day % apart <= 34 ? -1 : 0;
    }
    learn_effects(&features, history, FEATURE_SPECIAL, weight, target, 0.01, coefficients);
    double got = effects_at(&features, specials[n - 1].day - first + weekends[_i].after, coefficients);
    ck_assert_msg(got >= weekends[_i].low && got <= weekends[_i].high, "%s: %.3f", weekends[_i].what, got);
    features_clear(&features);
    calendar_clear(&calendar);
}
END_TEST

/* Days by their place among working days: columns learnt on some days must be found again on the like.
 * Feasts are 1 April and 1 November 2021. */
static const struct {
    const char *what;
    int year, month, day;
    bool quiet;
} places[] = {
    {"first working day", 2021, 12, 1, true},     {"first after a feast", 2021, 11, 2, true},
    {"a feast is none", 2021, 11, 1, false},      {"nor is a Saturday", 2022, 1, 1, false},
    {"the Monday after it is", 2022, 1, 3, true}, {"nor any other day", 2021, 12, 9, false},
};

START_TEST(working_days_of_the_month)
{
    const struct forecast_special specials[] = {
        {.day = day_from_civil(2021, 4, 1), .kind = SPECIAL_HOLIDAY, .name = "A"},
        {.day = day_from_civil(2021, 11, 1), .kind = SPECIAL_HOLIDAY, .name = "B"}};
    const int32_t first = day_from_civil(2021, 1, 1), end = day_from_civil(2021, 10, 31);
    /* First working days from January to October; 1 April is a feast. */
    static const int starts[] = {1, 1, 1, 2, 3, 1, 1, 2, 1, 1};
    struct day_calendar calendar;
    struct day_features features;
    int history = end - first + 1;
    calendar_init(&calendar, first - 60, end + 120, specials, (int)G_N_ELEMENTS(specials));
    features_init(&features, &calendar, first, history + 90);
    g_autofree double *weight = array_new(history, 1), *target = array_new(history, 1);
    g_autofree double *coefficients = array_new(features.n, 1);
    for (int day = 0; day < history; day++) {
        struct civil civil = day_civil(first + day);
        weight[day] = 1;
        target[day] = civil.day == starts[civil.month - 1] ? -1 : 0;
    }
    learn_effects(&features, history, FEATURE_MONTH, weight, target, 0.001, coefficients);
    int32_t asked = day_from_civil(places[_i].year, places[_i].month, places[_i].day);
    double got = effects_at(&features, asked - first, coefficients);
    ck_assert_msg(places[_i].quiet ? got < -0.7 : got > -0.3, "%s: %.3f", places[_i].what, got);
    features_clear(&features);
    calendar_clear(&calendar);
}
END_TEST

/* A backlog on the two working days after feasts on Mondays to Wednesdays, and the row of a day after one on
 * a Friday. */
static const struct {
    const char *what;
    int after;
    double low, high;
} backlogs[] = {
    {"Saturday", 1, -0.1, 0.9}, /* a day after, too: shared out among what explains it */
    {"Monday", 3, 0.15, 1.1},
    {"Tuesday", 4, 0.1, 0.6},
    {"Wednesday", 5, -0.1, 0.1},
};

START_TEST(backlogs_wait_for_working_days)
{
    enum { FEASTS = 7, APART = 36 }; /* from weekday to weekday */
    const int32_t first = 18631;     /* 2021-01-04, a Monday */
    struct forecast_special specials[FEASTS + 1];
    int n = 0, history = APART * FEASTS + 21, friday = (history + 6) / 7 * 7 + 4;
    g_autofree double *weight = array_new(history, 1), *target = array_new(history, 1);
    for (int i = 0; i < FEASTS; i++) {
        int day = 7 + APART * i;
        if (day % 7 > 2)
            continue;
        specials[n++] =
            (struct forecast_special){.day = first + day, .kind = SPECIAL_HOLIDAY, .name = "Feast"};
        target[day + 1] = 1;
        target[day + 2] = 0.5;
    }
    specials[n++] =
        (struct forecast_special){.day = first + friday, .kind = SPECIAL_HOLIDAY, .name = "Another"};
    struct day_calendar calendar;
    struct day_features features;
    calendar_init(&calendar, first - 60, first + history + 120, specials, n);
    features_init(&features, &calendar, first, history + 60);
    g_autofree double *coefficients = array_new(features.n, 1);
    for (int day = 0; day < history; day++)
        weight[day] = 1;
    learn_effects(&features, history, FEATURE_SPECIAL, weight, target, 0.01, coefficients);
    double got = effects_at(&features, friday + backlogs[_i].after, coefficients);
    ck_assert_msg(got >= backlogs[_i].low && got <= backlogs[_i].high, "%s: %.3f", backlogs[_i].what, got);
    features_clear(&features);
    calendar_clear(&calendar);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("forecast/parts");
    TCase *t = tcase_create("parts");
    tcase_add_loop_test(t, root_and_back, 0, (int)G_N_ELEMENTS(rates));
    tcase_add_test(t, root_of_nothing);
    tcase_add_loop_test(t, count_quantiles, 0, (int)G_N_ELEMENTS(counts));
    tcase_add_loop_test(t, spread_of_residuals, 0, (int)G_N_ELEMENTS(residuals));
    tcase_add_loop_test(t, variation_of_small_counts, 0, (int)G_N_ELEMENTS(mixed));
    tcase_add_loop_test(t, combination, 0, 2);
    tcase_add_test(t, levels);
    tcase_add_test(t, calendar_effects);
    tcase_add_loop_test(t, working_days_of_the_month, 0, (int)G_N_ELEMENTS(places));
    tcase_add_loop_test(t, backlogs_wait_for_working_days, 0, (int)G_N_ELEMENTS(backlogs));
    tcase_add_loop_test(t, long_weekends, 0, (int)G_N_ELEMENTS(weekends));
    suite_add_tcase(s, t);
    return s;
}

TEST_MAIN(suite)
