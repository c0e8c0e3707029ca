#include <math.h>

#include "forecast/accuracy.h"
#include "tests/support/testing.h"

/* By hand, of four intervals. The bands are those of accuracy_levels. */
static const struct {
    double actual, said, naive;
    double band[ACCURACY_LEVELS];
} four[] = {
    {10, 12, 8, {4, 8, 12, 16, 20}},
    {20, 15, NAN, {6, 10, 15, 18, 24}}, /* above the 80 % band; no naive */
    {0, 1, 3, {0, 0, 1, 2, 3}},
    {30, 30, 20, {10, 12, 14, 16, 18}}, /* above both */
};

START_TEST(rates_by_hand)
{
    struct accuracy sums = {0};
    struct accuracy_rates rates;
    for (guint i = 0; i < G_N_ELEMENTS(four); i++)
        accuracy_add(&sums, four[i].actual, four[i].said, four[i].band, four[i].naive, 4);
    accuracy_rates(&sums, &rates);
    ck_assert_double_eq_tol(rates.wape, (2 + 5 + 1 + 0) / 60.0, 1e-12);
    ck_assert_double_eq_tol(rates.bias, (2 - 5 + 1 + 0) / 60.0, 1e-12);
    ck_assert_double_eq_tol(rates.mase, (2 + 5 + 1 + 0) / 4.0 / 4, 1e-12);
    ck_assert_double_eq_tol(rates.naive_wape, (2 + 3 + 10) / 40.0, 1e-12);
    ck_assert_double_eq_tol(rates.cov80, 0.5, 1e-12);
    ck_assert_double_eq_tol(rates.cov95, 0.75, 1e-12);
    double pinball = (0.025 * 6 + 0.1 * 2 + 0.5 * 2 + 0.1 * 6 + 0.025 * 10) +
                     (0.025 * 14 + 0.1 * 10 + 0.5 * 5 + 0.9 * 2 + 0.025 * 4) +
                     (0 + 0 + 0.5 * 1 + 0.1 * 2 + 0.025 * 3) +
                     (0.025 * 20 + 0.1 * 18 + 0.5 * 16 + 0.9 * 14 + 0.975 * 12);
    ck_assert_double_eq_tol(rates.wql, 2 * pinball / 5 / 60, 1e-12);
}
END_TEST

/* Two halves make the whole. */
START_TEST(halves_merge)
{
    struct accuracy half[2] = {{0}}, whole = {0};
    struct accuracy_rates got, want;
    for (guint i = 0; i < G_N_ELEMENTS(four); i++) {
        accuracy_add(&half[i / 2], four[i].actual, four[i].said, four[i].band, four[i].naive, 4 + i);
        accuracy_add(&whole, four[i].actual, four[i].said, four[i].band, four[i].naive, 4 + i);
    }
    accuracy_merge(&half[0], &half[1]);
    accuracy_rates(&half[0], &got);
    accuracy_rates(&whole, &want);
    const double *g = (const double *)&got, *w = (const double *)&want;
    for (size_t i = 0; i < sizeof got / sizeof *g; i++)
        ck_assert_double_eq_tol(g[i], w[i], 1e-12);
    ck_assert_double_eq(half[0].said, whole.said);
    ck_assert_double_eq(half[0].n, whole.n);
}
END_TEST

START_TEST(nothing_to_divide_by)
{
    struct accuracy sums = {0};
    struct accuracy_rates rates;
    accuracy_rates(&sums, &rates);
    ck_assert(isnan(rates.wape) && isnan(rates.mase) && isnan(rates.cov80) && isnan(rates.naive_wape));
    accuracy_add(&sums, 0, 0, NULL, NAN, NAN); /* nothing came, nothing was said, no bands */
    accuracy_rates(&sums, &rates);
    ck_assert(isnan(rates.wape) && isnan(rates.bias) && isnan(rates.wql) && isnan(rates.cov95));
}
END_TEST

/* Three weeks of hours in Madrid from Monday 2026-10-12 on: the number of the hour, counted from its start.
   The clock goes back on 2026-10-25 at 03:00. */
enum { HOURS = 3 * 168 };
static struct zone *zone;
static struct series history;
static int64_t start_ts;

static void setup(void)
{
    zone = zone_new("Europe/Madrid", NULL);
    start_ts = zone_day_start(zone, day_from_civil(2026, 10, 12));
    struct grid grid = {start_ts, 3600, HOURS};
    series_init(&history, &grid);
    for (int h = 0; h < HOURS; h++)
        history.offered[h] = h;
    history.offered[200] = NAN;
}

static void teardown(void)
{
    series_clear(&history);
    zone_free(zone);
}

static const struct {
    const char *what;
    int hour, known; /* hours from the start */
    double want;
} naive[] = {
    /* from hour 337 on the clock shows an hour less */
    {"a week before", 168 + 5, 168 + 5, 5},
    {"not yet known: two weeks before", 336 + 5, 168, 4},
    {"known: one week before", 336 + 5, 336, 168 + 4},
    {"a hole: two weeks before", 336 + 33, 336, 32},
    {"far ahead", 10 * 168 + 13, HOURS, 336 + 13},
    {"nothing so early", 100, 100, NAN},
    {"over the change of the clock", 14 * 24 + 1 + 10, HOURS,
     7 * 24 + 10}, /* Monday 10:00, and a week before */
};

START_TEST(naive_of_weeks)
{
    double got =
        naive_at(&history, zone, start_ts + naive[_i].hour * 3600, start_ts + naive[_i].known * 3600);
    ck_assert_msg(isnan(naive[_i].want) ? isnan(got) : got == naive[_i].want, "%s: %g", naive[_i].what, got);
}
END_TEST

START_TEST(scale)
{
    ck_assert_double_eq_tol(naive_scale(&history, start_ts + HOURS * 3600), 168, 1e-12);
    ck_assert_double_eq_tol(naive_scale(&history, start_ts + (168 + 24) * 3600), 168, 1e-12);
    ck_assert(isnan(naive_scale(&history, start_ts + (168 + 23) * 3600)));
    struct series none = {0};
    ck_assert(isnan(naive_scale(&none, 0)));
    ck_assert(isnan(naive_at(&none, zone, start_ts, start_ts)));
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("forecast/accuracy");
    TCase *t = tcase_create("accuracy");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, rates_by_hand);
    tcase_add_test(t, halves_merge);
    tcase_add_test(t, nothing_to_divide_by);
    tcase_add_loop_test(t, naive_of_weeks, 0, G_N_ELEMENTS(naive));
    tcase_add_test(t, scale);
    suite_add_tcase(s, t);
    return s;
}

TEST_MAIN(suite)
