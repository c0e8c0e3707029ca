#include "tests/forecast/synthetic.h"
#include "tests/support/testing.h"

#include "core/random.h"
#include "forecast/explain.h"
#include "forecast/forecast.h"
#include "forecast/shrink.h"

#include <math.h>

/* ---- shrinking ---- */

static const struct {
    const char *what;
    double mean[4], size[4], noise, want;
    int n;
    double doubt;
} between_rows[] = {
    {"means as chance has them", {0.9, 1.1, 0.95, 1.05}, {50, 50, 50, 50}, 1, 0, 4, 0},
    {"all the same", {1, 1, 1, 1}, {50, 50, 50, 50}, 1, 0, 4, 0},
    /* Σ 1000 · 0.25 = 1000, minus 3, over 4000 - 1000 */
    {"far apart", {0.5, 1.5, 0.5, 1.5}, {1000, 1000, 1000, 1000}, 1, 997.0 / 3000, 4, 0},
    {"groups of nothing do not count", {0.5, 1.5, 7, 9}, {1000, 1000, 0, 0}, 1, 499.0 / 1000, 4, 0},
    {"one group", {3, 0, 0, 0}, {10, 0, 0, 0}, 1, 0, 4, 0},
    {"no group", {0, 0, 0, 0}, {0, 0, 0, 0}, 1, 0, 4, 0},
    {"doubted away", {0.8, 1.2, 0.9, 1.1}, {50, 50, 50, 50}, 1, 0, 4, 1},
    /* Σ(2 + 1/1000) = 8.004 */
    {"doubted a little", {0.5, 1.5, 0.5, 1.5}, {1000, 1000, 1000, 1000}, 1, 0.3313903, 4, 1},
    {"without noise", {1, 3, 0, 0}, {1, 1, 0, 0}, 0, 2, 2, 0},
};

START_TEST(variance_between)
{
    double got = shrink_between(between_rows[_i].mean, between_rows[_i].size, between_rows[_i].n,
                                between_rows[_i].noise, between_rows[_i].doubt);
    ck_assert_msg(fabs(got - between_rows[_i].want) < 1e-7, "%s: %g, wanted %g", between_rows[_i].what, got,
                  between_rows[_i].want);
}
END_TEST

static const struct {
    const char *what;
    double got[8], expected[8], prior, width, want[8];
} day_rows[] = {
    {"no neighbours, no prior", {2, 0, 1}, {1, 1, 1}, 0, 0, {2, 0, 1, 1, 1, 1, 1, 1}},
    {"half way", {3, 1, 0}, {1, 1, 1}, 1, 0, {2, 1, 0.5, 1, 1, 1, 1, 1}},
    {"chance alone", {3, 1, 0}, {1, 1, 1}, INFINITY, 0, {1, 1, 1, 1, 1, 1, 1, 1}},
    {"a kernel too wide for the day", {2, 0, 1}, {1, 1, 1}, 0, 5, {2, 0, 1, 1, 1, 1, 1, 1}},
    {"round midnight",
     {8, 0, 0, 0, 0, 0, 0, 0},
     {1, 1, 1, 1, 1, 1, 1, 1},
     0,
     0.3, /* one slot on both sides: e^-5.56 */
     {7.9386, 0.0307, 0, 0, 0, 0, 0, 0.0307}},
};

START_TEST(along_a_day)
{
    double ratio[8];
    shrink_day(day_rows[_i].got, day_rows[_i].expected, 8, day_rows[_i].prior, day_rows[_i].width, ratio);
    for (int s = 0; s < 8; s++)
        ck_assert_msg(fabs(ratio[s] - day_rows[_i].want[s]) < 1e-4, "%s: slot %d: %g, wanted %g",
                      day_rows[_i].what, s, ratio[s], day_rows[_i].want[s]);
}
END_TEST

/* ---- queues of few contacts ---- */

static double flat(int32_t day, int second)
{
    (void)day;
    (void)second;
    return 1;
}

static double office(int32_t day, int second)
{
    double hour = second / 3600.0;
    return day_weekday(day) < 5 ? 4.2 * exp(-0.5 * (hour - 13) * (hour - 13) / 8) : 0.1;
}

/* Evenings of weekends only: a shape no other day has. */
static double weekend(int32_t day, int second)
{
    return day_weekday(day) >= 5 && second >= 17 * 3600 && second < 21 * 3600 ? 18 : 0.2;
}

/* A quarter of it from 2024-07-01 on, a quarter before the end. */
static double faded(int32_t day, int second)
{
    return office(day, second) * (day >= day_from_civil(2024, 7, 1) ? 0.25 : 1);
}

static double first_of_may(int32_t day, int second)
{
    return office(day, second) * (day_civil(day).day == 1 ? 0.2 : 1);
}

static const struct {
    const char *what;
    synthetic_rate shape;
    double per_interval; /* times the shape */
    int days;
    double excess; /* allowed: mean of -log p beyond the true rates', relative to theirs */
    double cut;    /* wanted: part of what the flat rate loses against the true rates */
    bool feasts;   /* the first of each month is marked */
} queues[] = {
    {"flat, 20 a week", flat, 20.0 / 168, 274, 0.01, 0, false},
    {"flat, one a week", flat, 1.0 / 168, 274, 0.03, 0, false},
    {"flat, one a month", flat, 12.0 / 365 / 24, 274, 0.10, 0, false},
    {"office hours, 80 a week", office, 0.47, 274, 0.02, 0.9, false},
    {"office hours, ten a week", office, 0.06, 274, 0.06, 0.6, false},
    {"office hours, 80 a week, four weeks", office, 0.47, 28, 0.06, 0.7, false},
    {"office hours, one a month: too few to tell", office, 0.0015, 274, 0.2, -1, false},
    {"weekend evenings, 40 a week", weekend, 0.23, 274, 0.06, 0.9, false},
    {"faded to a quarter", faded, 0.47, 274, 0.06, 0.9, false},
    {"feasts with a fifth", first_of_may, 0.47, 274, 0.03, 0.9, true},
};

static double surprise(double count, double mean)
{
    return mean > 0 ? mean - count * log(mean) + lgamma(count + 1) : count > 0 ? 14 : 0;
}

static double poisson(struct random *random, double mean)
{
    double p = exp(-mean), u = random_uniform(random), below = p;
    int k = 0;
    while (u > below && k < 100) {
        p *= mean / ++k;
        below += p;
    }
    return k;
}

/* Expected surprise over all counts, given the truth, at a forecast rate. */
static double expected_surprise(double truth, double mean)
{
    double sum = 0, p = exp(-truth);
    for (int k = 0; k < 40; k++) {
        sum += p * surprise(k, mean);
        p *= truth / (k + 1);
    }
    return sum;
}

START_TEST(few_contacts)
{
    double lost[3] = {0}; /* at the true rate, ours, the flat one: mean over three queues of chance */
    for (uint64_t seed = 1; seed <= 3; seed++) {
        int32_t first = day_from_civil(2024, 1, 1);
        struct random random;
        struct series series;
        struct forecast forecast;
        AUTO(zone) zone = zone_new("UTC", NULL);
        struct grid grid = {first * (int64_t)DAY_S, 3600, queues[_i].days * 24};
        struct forecast_special specials[12];
        struct forecast_input input = {.history = &series, .zone = zone, .default_aht_s = 240};
        double mean = 0;
        random_seed(&random, seed);
        series_init(&series, &grid);
        for (int iv = 0; iv < grid.n; iv++) {
            double rate = queues[_i].per_interval * queues[_i].shape(first + iv / 24, iv % 24 * 3600);
            series.offered[iv] = poisson(&random, rate);
            mean += series.offered[iv] / grid.n;
        }
        for (int month = 1; queues[_i].feasts && month <= 12; month++)
            specials[input.n_specials++] = (struct forecast_special){
                .day = day_from_civil(2024, month, 1), .kind = SPECIAL_HOLIDAY, .name = "First"};
        input.specials = specials;
        input.horizon = (struct grid){grid_end_ts(&grid), 3600, 7 * 24};
        ck_assert(forecast_run(&input, &forecast, NULL));
        for (int iv = 0; iv < forecast.grid.n; iv++) {
            int32_t day = first + queues[_i].days + iv / 24;
            double truth = queues[_i].per_interval * queues[_i].shape(day, iv % 24 * 3600);
            lost[0] += expected_surprise(truth, truth);
            lost[1] += expected_surprise(truth, forecast.offered[iv]);
            lost[2] += expected_surprise(truth, MAX(mean, 1e-6));
            ck_assert(isfinite(forecast.quantile[6 * forecast.grid.n + iv]));
        }
        ck_assert(forecast.count_cv2 >= 0 && isfinite(forecast.count_cv2));
        forecast_clear(&forecast);
        series_clear(&series);
    }
    double excess = lost[1] / lost[0] - 1, cut = 1 - (lost[1] - lost[0]) / MAX(1e-9, lost[2] - lost[0]);
    ck_assert_msg(excess <= queues[_i].excess, "%s: %.4f beyond the truth, allowed %.4f", queues[_i].what,
                  excess, queues[_i].excess);
    ck_assert_msg(queues[_i].cut <= 0 || cut >= queues[_i].cut, "%s: %.3f of the flat rate's loss cut",
                  queues[_i].what, cut);
}
END_TEST

/* The feast of a sparse queue is a factor of its explanation, not a riddle in the rest. */
START_TEST(feast_is_explained)
{
    int32_t first = day_from_civil(2024, 1, 1);
    AUTO(zone) zone = zone_new("UTC", NULL);
    struct random random;
    struct series series;
    struct forecast forecast;
    struct grid grid = {first * (int64_t)DAY_S, 3600,
                        240 * 24}; /* the horizon holds the first of September */
    struct forecast_special specials[12];
    struct forecast_input input = {
        .history = &series, .zone = zone, .default_aht_s = 240, .specials = specials, .explain = true};
    random_seed(&random, 3);
    series_init(&series, &grid);
    for (int iv = 0; iv < grid.n; iv++)
        series.offered[iv] = poisson(&random, 0.3 * first_of_may(first + iv / 24, iv % 24 * 3600));
    for (int month = 1; month <= 12; month++)
        specials[input.n_specials++] = (struct forecast_special){
            .day = day_from_civil(2024, month, 1), .kind = SPECIAL_HOLIDAY, .name = "First"};
    input.horizon = (struct grid){grid_end_ts(&grid), 3600, 7 * 24};
    ck_assert(forecast_run(&input, &forecast, NULL));
    int feasts = 0;
    for (int d = 0; d < forecast.explanation->n_days; d++) {
        const struct explain_day *day = &forecast.explanation->days[d];
        bool feast = day_civil(day->day).day == 1;
        feasts += feast;
        ck_assert_msg(feast ? day->special > 0.1 && day->special < 0.5 : fabs(day->special - 1) < 1e-9,
                      "day %d: special %g", d, day->special);
        ck_assert_double_eq_tol(day->rest, 1, 1e-6);
    }
    ck_assert_int_eq(feasts, 1);
    forecast_clear(&forecast);
    series_clear(&series);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("forecast/sparse");
    TCase *t = tcase_create("sparse");
    tcase_set_timeout(t, 60);
    tcase_add_loop_test(t, variance_between, 0, (int)G_N_ELEMENTS(between_rows));
    tcase_add_loop_test(t, along_a_day, 0, (int)G_N_ELEMENTS(day_rows));
    tcase_add_loop_test(t, few_contacts, 0, (int)G_N_ELEMENTS(queues));
    tcase_add_test(t, feast_is_explained);
    suite_add_tcase(s, t);
    return s;
}

TEST_MAIN(suite)
