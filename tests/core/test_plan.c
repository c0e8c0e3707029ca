#include "tests/core/samples.h"
#include "tests/support/testing.h"

#include <math.h>
#include <string.h>

#include "core/error.h"
#include "core/series.h"

static const struct {
    const char *zone, *day;
    int interval_min, weeks;
    const char *start; /* NULL: refused */
    int n;
} horizons[] = {
    {"UTC", "2026-11-23", 15, 1, "2026-11-23T00:00:00Z", 672},
    {"Asia/Manila", "2026-11-23", 15, 1, "2026-11-22T16:00:00Z", 672},
    {"Europe/Madrid", "2025-03-24", 15, 1, "2025-03-23T23:00:00Z", 668},
    {"Europe/Madrid", "2025-10-20", 15, 1, "2025-10-19T22:00:00Z", 676},
    {"Europe/Madrid", "2025-10-20", 60, 2, "2025-10-19T22:00:00Z", 337},
    {"Australia/Lord_Howe", "2025-09-29", 30, 1, "2025-09-28T13:30:00Z", 335},
    {"Australia/Lord_Howe", "2025-09-29", 60, 1, NULL, 0},
    {"Asia/Kathmandu", "2026-11-23", 60, 1, "2026-11-22T18:15:00Z", 168},
    {"UTC", "2026-11-24", 15, 1, NULL, 0},
    {"UTC", "2026-11-23", 15, 0, NULL, 0},
    {"UTC", "2026-11-23", 20, 1, NULL, 0},
    {"Mars", "2026-11-23", 15, 1, NULL, 0},
};

START_TEST(horizons_of_all_lengths)
{
    AUTO(operation) operation = operation_new();
    operation->zone = g_strdup(horizons[_i].zone);
    operation->interval_min = horizons[_i].interval_min;
    int32_t day;
    ck_assert(day_parse(horizons[_i].day, &day, NULL));
    struct grid grid;
    g_autoptr(GError) error = NULL;
    bool ok = plan_horizon(operation, day, horizons[_i].weeks, &grid, &error);
    ck_assert_msg(ok == (horizons[_i].start != NULL), "%s %s", horizons[_i].zone, horizons[_i].day);
    if (!ok) {
        ck_assert(g_error_matches(error, WFM_ERROR, WFM_ERROR_INPUT));
        return;
    }
    g_autofree char *start = time_format(grid.start_ts, NULL);
    ck_assert_str_eq(start, horizons[_i].start);
    ck_assert_int_eq(grid.n, horizons[_i].n);
    ck_assert_int_eq(grid.interval_s, horizons[_i].interval_min * 60);
}
END_TEST

START_TEST(shifts_are_paid_and_ordered)
{
    AUTO(plan_problem) problem = sample_problem();
    AUTO(plan_solution) solution = sample_solution(problem);
    ck_assert_int_eq(shift_paid_minutes(&solution->shifts[0]), 480); /* nine hours with an unpaid one */
    struct shift a = {.agent = 1, .start_ts = -5}, b = {.agent = 1, .start_ts = INT64_C(1) << 40},
                 c = {.agent = 2};
    ck_assert_int_lt(shift_compare(&a, &b), 0);
    ck_assert_int_gt(shift_compare(&c, &b), 0);
    ck_assert_int_eq(shift_compare(&a, &a), 0);
}
END_TEST

START_TEST(gap_is_relative)
{
    struct plan_solution solution = {.objective = 200, .bound = 190};
    ck_assert_double_eq_tol(plan_gap(&solution), 0.05, 1e-15);
    solution = (struct plan_solution){0};
    ck_assert_double_eq(plan_gap(&solution), 0);
}
END_TEST

START_TEST(empty_values_are_freed)
{
    plan_problem_free(NULL);
    plan_solution_free(NULL);
    operation_free(NULL);
    zone_free(NULL);
    plan_problem_free(plan_problem_new());
    struct grid grid = {.start_ts = 0, .interval_s = 900, .n = 3};
    struct series series;
    series_init(&series, &grid);
    ck_assert(isnan(series.offered[2]) && isnan(series.handle_s[0]));
    series_clear(&series);
    ck_assert_ptr_null(series.offered);
    series_clear(&series);
    struct demand demand;
    demand_init(&demand, &grid, 2, 4);
    ck_assert_double_eq(demand.width[DEMAND_PIECE(&demand, 1, 2, 3)], 0);
    ck_assert_int_eq((int)DEMAND_PIECE(&demand, 1, 2, 3), 23);
    demand_clear(&demand);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("core/plan");
    TCase *t = tcase_create("plan");
    tcase_add_loop_test(t, horizons_of_all_lengths, 0, G_N_ELEMENTS(horizons));
    tcase_add_test(t, shifts_are_paid_and_ordered);
    tcase_add_test(t, gap_is_relative);
    tcase_add_test(t, empty_values_are_freed);
    suite_add_tcase(s, t);
    return s;
}

TEST_MAIN(suite)
