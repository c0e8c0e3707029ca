/*
 * test_generated.c - the generated operations of `wfm-bench roster` are what they say, and large ones stop
 * when told to: everybody has a legal roster whenever the solve is cancelled or its time is over. On one of
 * ten queues, what one more agent adds is the difference of two transports.
 */
#include <string.h>

#include "core/planfile.h"
#include "core/random.h"
#include "scheduler/roster/checker.h"
#include "scheduler/roster/roster.h"
#include "scheduler/roster/worth.h"
#include "tests/bench/generated.h"
#include "tests/support/testing.h"

START_TEST(shapes)
{
    static const struct {
        int queues, units;
    } want[] = {[GENERATED_SINGLE] = {1, 1}, [GENERATED_MULTI] = {10, 1}, [GENERATED_CLIENTS] = {8, 3}};
    GError *error = NULL;
    enum generated_shape shape = (enum generated_shape)_i, parsed;
    AUTO(plan_problem) problem = generated_problem(shape, 200, 1 + _i, 7, &error);
    ck_no_error(error);
    AUTO(plan_problem) again = generated_problem(shape, 200, 1 + _i, 7, &error);
    ck_assert(generated_shape_parse(generated_shape_name(shape), &parsed) && parsed == shape);
    operation_check(problem->operation, &error);
    ck_no_error(error);
    int of_queue[10], of_agent[200];
    ck_assert_int_eq(problem->operation->n_queues, want[_i].queues);
    ck_assert_int_eq(roster_units(problem, of_queue, of_agent), want[_i].units);
    g_autofree char *hash = plan_inputs_hash(problem), *same = plan_inputs_hash(again);
    ck_assert_str_eq(hash, same);
}
END_TEST

/* Two side by side: twice the units of as many agents and, but for noise, equal needs. */
START_TEST(copies_are_units_of_their_own)
{
    GError *error = NULL;
    AUTO(plan_problem) one = generated_problem((enum generated_shape)_i, 60, 1, 7, &error);
    ck_no_error(error);
    AUTO(plan_problem) two = generated_copies((enum generated_shape)_i, 60, 2, 1, 7, &error);
    ck_no_error(error);
    operation_check(two->operation, &error);
    ck_no_error(error);
    int n_queues = one->operation->n_queues, n_agents = one->operation->n_agents;
    g_autofree int *queue_unit = g_new0(int, 2 * n_queues + 1), *agent_unit = g_new0(int, 2 * n_agents + 1);
    int units = roster_units(one, queue_unit, agent_unit);
    ck_assert_int_eq(two->operation->n_queues, 2 * n_queues);
    ck_assert_int_eq(two->operation->n_agents, 2 * n_agents);
    ck_assert_int_eq(roster_units(two, queue_unit, agent_unit), 2 * units);
    for (int q = 0; q < n_queues; q++)
        for (int iv = 0; iv < one->demand.grid.n; iv += 50)
            ck_assert_double_eq_tol(two->demand.need[DEMAND_CELL(&two->demand, q + n_queues, iv)],
                                    one->demand.need[DEMAND_CELL(&one->demand, q, iv)],
                                    0.12 * one->demand.need[DEMAND_CELL(&one->demand, q, iv)] + 1e-9);
}
END_TEST

/* A look at the clock costs a hundredth of a second; cancelled at the n-th report. */
struct run {
    double now;
    int reports, last;
};

static double ticking(void *user)
{
    struct run *run = user;
    return run->now += 0.01;
}

static bool until(const struct plan_progress *progress, void *user)
{
    struct run *run = user;
    ck_assert(progress->bound <= progress->objective);
    return ++run->reports < run->last;
}

static const struct {
    const char *what, *stopped;
    double seconds;
    int reports;
} stops[] = {
    {"cancelled while agents are put in", "cancelled", 0, 1},
    {"cancelled in the steps of the bound", "cancelled", 0, 25},
    {"out of time at once", "deadline", 0.01, 1000},
    {"out of time while agents are put in", "deadline", 1, 1000},
};

START_TEST(large_ones_stop)
{
    GError *error = NULL;
    struct run run = {.last = stops[_i].reports};
    struct roster_control control = {.clock = ticking, .progress = until, .user = &run};
    AUTO(plan_problem) problem = generated_problem(GENERATED_MULTI, 1000, 1, 3, &error);
    ck_no_error(error);
    problem->limits.seconds = stops[_i].seconds;
    AUTO(plan_solution) solution = roster_solve(problem, &control, &error);
    ck_no_error(error);
    ck_assert_str_eq(solution->stopped, stops[_i].stopped);
    struct check_report report;
    bool clean = roster_check(problem, solution, &report);
    ck_assert_msg(clean, "%s: %s", stops[_i].what, clean ? "" : report.violations[0].message);
    check_report_clear(&report);
    ck_assert_msg(solution->n_shifts > 4000, "%s: %d shifts", stops[_i].what, solution->n_shifts);
}
END_TEST

/* Many classes in several threads. */
START_TEST(threads_change_no_bit)
{
    GError *error = NULL;
    struct roster_control control = {0};
    AUTO(plan_problem) problem = generated_problem(GENERATED_MULTI, 24, 1, 5 + (uint64_t)_i, &error);
    ck_no_error(error);
    problem->limits = (struct plan_limits){.seconds = 0.3, .rounds = 3, .threads = 1};
    AUTO(plan_solution) first = roster_solve(problem, &control, &error);
    ck_no_error(error);
    for (int threads = 2; threads <= 3; threads++) {
        problem->limits.threads = threads;
        AUTO(plan_solution) again = roster_solve(problem, &control, &error);
        ck_no_error(error);
        ck_assert_msg(first->objective == again->objective && first->bound == again->bound,
                      "%d threads: %.17g and %.17g, not %.17g and %.17g", threads, again->objective,
                      again->bound, first->objective, first->bound);
        ck_assert_int_eq(first->n_shifts, again->n_shifts);
        for (int i = 0; i < first->n_shifts; i++)
            ck_assert_int_eq(shift_compare(&first->shifts[i], &again->shifts[i]), 0);
    }
}
END_TEST

/* ---- what one more agent adds ---- */

/* Staffings asked for in any order, some again. */
START_TEST(a_gain_is_what_one_more_adds)
{
    GError *error = NULL;
    AUTO(plan_problem) problem = generated_problem(GENERATED_MULTI, 60, 1, (uint64_t)_i + 1, &error);
    ck_no_error(error);
    AUTO(roster_model) model = roster_model_new(problem, &error);
    ck_no_error(error);
    AUTO(worth) worth = worth_new(model);
    struct random random;
    random_seed(&random, (uint64_t)_i);
    int count[12];
    ck_assert_int_le(model->n_sets, 12);
    for (int trial = 0; trial < 3000; trial++) {
        int iv = 300 + (int)(8 * random_uniform(&random)),
            set = (int)(model->n_sets * random_uniform(&random));
        for (int s = 0; s < model->n_sets; s++)
            count[s] = (int)((1 + trial % 3) * random_uniform(&random));
        double value = worth_value(worth, iv, count), gain = worth_gain(worth, iv, count, set);
        ck_assert_double_eq_tol(value, worth_alone(worth, iv, count), 1e-9);
        count[set]++;
        ck_assert_double_eq_tol(gain, worth_alone(worth, iv, count) - value, 1e-9);
    }
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("generated operations");
    TCase *tcase = tcase_create("generated");
    tcase_set_timeout(tcase, 120);
    tcase_add_loop_test(tcase, shapes, 0, GENERATED_N);
    tcase_add_loop_test(tcase, copies_are_units_of_their_own, 0, GENERATED_N);
    tcase_add_loop_test(tcase, large_ones_stop, 0, G_N_ELEMENTS(stops));
    tcase_add_loop_test(tcase, threads_change_no_bit, 0, 2);
    tcase_add_loop_test(tcase, a_gain_is_what_one_more_adds, 0, 3);
    suite_add_tcase(s, tcase);
    return s;
}

TEST_MAIN(suite)
