/* What the service is given of the command's floor, on the operation of tests/api/fixture.h: numbers by hand.
 */
#include "tests/support/testing.h"

#include <math.h>

#include "tests/api/fixture.h"
#include "tests/support/pg.h"
#include "wfm/engines.h"

static struct fixture fixture;
static struct store *store;

static void start(void)
{
    fixture_init(&fixture);
    store = store_open(fixture.conninfo, NULL);
}

static void stop(void)
{
    store_close(store);
    fixture_clear(&fixture);
}

/* Forecast 0 and 1 contacts, 10 and 12 came. */
START_TEST(accuracy_of_two_quarters)
{
    g_autoptr(GError) error = NULL;
    struct accuracy_span span = {.queues = (const char *const[]){"acme-voice", NULL},
                                 .from_ts = FIXTURE_WEEK_TS,
                                 .to_ts = FIXTURE_WEEK_TS + DAY_S};
    struct accuracy_row *rows = NULL;
    int n = 0;
    ck_assert(wfm_engines.accuracy(store, &span, &rows, &n, &error));
    ck_assert_int_eq(n, 1);
    ck_assert_str_eq(rows[0].queue, "acme-voice");
    ck_assert_int_eq(rows[0].id, fixture.forecast);
    ck_assert_int_eq((int)rows[0].intervals, 2);
    ck_assert_double_eq_tol(rows[0].wape, 21.0 / 22, 1e-12);
    ck_assert_double_eq_tol(rows[0].bias, -21.0 / 22, 1e-12);
    ck_assert_double_eq_tol(rows[0].aht_actual_s, 300, 1e-9);
    accuracy_rows_free(rows, n);
    span.with = (const char *const[]){"nix", NULL};
    ck_assert(!wfm_engines.accuracy(store, &span, &rows, &n, &error));
    ck_assert(error != NULL);
}
END_TEST

/* 0, 1, 2, … contacts of 300 s a quarter: n / 3 erlang; 4 % of the people are not there. */
START_TEST(requirement_of_a_day)
{
    g_autoptr(GError) error = NULL;
    struct requirement_span span = {
        .queue = "acme-voice", .from_ts = FIXTURE_WEEK_TS + 60, .to_ts = FIXTURE_WEEK_TS + DAY_S};
    struct requirement_view view;
    ck_assert(wfm_engines.requirement(store, &span, &view, &error));
    ck_assert_int_eq(view.grid.start_ts, FIXTURE_WEEK_TS);
    ck_assert_int_eq(view.grid.n, 96);
    ck_assert_double_eq_tol(view.required[0], 0, 1e-9);
    for (int iv = 1; iv < 96; iv++) {
        ck_assert_double_eq_tol(view.offered[iv], iv, 1e-9);
        ck_assert_double_eq_tol(view.at_work[iv], view.required[iv] * 0.96, 1e-9);
        ck_assert_double_gt(view.required[iv], view.required[iv - 1]);
        ck_assert_double_eq_tol(view.sl[iv], 0.8, 1e-6); /* exactly enough */
        ck_assert(view.occupancy[iv] > 0 && view.occupancy[iv] < 1);
    }
    requirement_view_clear(&view);
    span.with = (const char *const[]){"mail", NULL}; /* 10 % more */
    ck_assert(wfm_engines.requirement(store, &span, &view, &error));
    ck_assert_double_eq_tol(view.offered[50], 55, 1e-9);
    requirement_view_clear(&view);
    span = (struct requirement_span){
        .queue = "zeta-voice", .from_ts = FIXTURE_WEEK_TS, .to_ts = FIXTURE_WEEK_TS + DAY_S};
    ck_assert(wfm_engines.requirement(store, &span, &view, &error));
    ck_assert(isnan(view.required[0]) && isnan(view.required[95])); /* nothing is forecast */
    requirement_view_clear(&view);
    span.queue = "nix";
    ck_assert(!wfm_engines.requirement(store, &span, &view, &error));
    ck_assert(error != NULL);
}
END_TEST

static Suite *suite(void)
{
    pg_start();
    Suite *s = suite_create("wfm/engines");
    TCase *t = tcase_create("engines");
    tcase_set_timeout(t, 60);
    tcase_add_checked_fixture(t, start, stop);
    tcase_add_test(t, accuracy_of_two_quarters);
    tcase_add_test(t, requirement_of_a_day);
    suite_add_tcase(s, t);
    return s;
}

TEST_MAIN(suite)
