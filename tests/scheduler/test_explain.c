#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "scheduler/roster/explain.h"
#include "scheduler/roster/explain_agent.h"
#include "scheduler/roster/relax.h"
#include "scheduler/roster/roster.h"
#include "tests/scheduler/roster_tiny.h"
#include "tests/support/testing.h"

static void want(struct plan_problem *problem, int queue, int from_day, int to_day, double width,
                 double value)
{
    for (int day = from_day; day < to_day; day++)
        tiny_need(problem, queue, 0, TINY_TS(day, 8), TINY_TS(day, 16), width, value);
}

/* ---- prices ---- */

/* Two queues, one agent who serves both, wanted on each at 10 and at 4 an hour. At work the agent serves the
   first. One more who serves the first frees the agent for the second: 4. One more on the second: 4. An
   agent on the first alone would leave 4 in the second and 0 in the first. */
static const struct {
    const char *what;
    unsigned skills;
    double need[2];
    double here[2]; /* Monday at ten, per hour */
} prices[] = {
    {"serves both", 3, {1, 1}, {4, 4}},
    {"serves the first", 1, {1, 1}, {0, 4}},
    {"two are needed on the first", 3, {2, 1}, {10, 4}},
    {"half an agent is missing", 1, {1.5, 0}, {5, 0}},
    {"nothing is missing", 1, {1, 0}, {0, 0}},
};

START_TEST(prices_by_hand)
{
    AUTO(plan_problem) problem = tiny_problem("UTC", 60, TINY_MONDAY);
    tiny_queue(problem);
    tiny_queue(problem);
    tiny_agent(problem, prices[_i].skills);
    tiny_demand(problem, 1);
    tiny_template(problem, 480, 480, 60, 480, 480, 60);
    want(problem, 0, 0, 7, prices[_i].need[0], 10);
    want(problem, 1, 0, 7, prices[_i].need[1], 4);
    AUTO(plan_solution) solution = tiny_solve(problem);
    ck_assert_int_eq(solution->n_shifts, 7);
    GError *error = NULL;
    AUTO(explained) explained = explain_new(problem, solution, &error);
    ck_no_error(error);
    for (int q = 0; q < 2; q++)
        ck_assert_msg(fabs(explained->here[q * explained->n_iv + 10] - prices[_i].here[q]) < 1e-9,
                      "%s: queue %d: %g", prices[_i].what, q, explained->here[q * explained->n_iv + 10]);
    ck_assert_double_eq_tol(explained->here[3], 0, 1e-12); /* nobody is wanted at night */
    ck_assert_double_le(explained->bound, solution->objective + 1e-6);
}
END_TEST

/* ---- rules ---- */

/* One agent, wanted on seven days at 10 an hour, paid 6: each day allowed saves 32. The bound is exact here,
   and so is what it says of a step. */
static void three_days(struct plan_problem *problem)
{
    tiny_contract(problem)->week_days_max = 3;
}

/* 1440 minutes are three shifts of eight hours: a step is a shift. */
static void three_shifts(struct plan_problem *problem)
{
    tiny_contract(problem)->week_minutes_max = 1440;
}

/* Both bind together: neither alone saves anything. */
static void both(struct plan_problem *problem)
{
    three_days(problem);
    three_shifts(problem);
}

static void weekends_off(struct plan_problem *problem)
{
    tiny_contract(problem)->weekends_max = 0;
}

static const struct {
    const char *what;
    void (*make)(struct plan_problem *problem);
    const char *rule, *also;
    int relaxed;
    double saves;
} steps[] = {
    {"days", three_days, "week_days_max", NULL, 4, 32},
    {"minutes", three_shifts, "week_minutes_max", NULL, 1920, 32},
    {"hours and days", both, "week_minutes_max", "week_days_max", 1920, 32},
    {"weekends", weekends_off, "weekends_max", NULL, 1, 64},
};

START_TEST(steps_by_hand)
{
    AUTO(plan_problem) problem = tiny_problem("UTC", 60, TINY_MONDAY);
    tiny_queue(problem);
    tiny_agent(problem, 1);
    tiny_demand(problem, 1);
    tiny_template(problem, 480, 480, 60, 480, 480, 60);
    want(problem, 0, 0, 7, 1, 10);
    steps[_i].make(problem);
    AUTO(plan_solution) solution = tiny_solve(problem);
    GError *error = NULL;
    AUTO(explained) explained = explain_new(problem, solution, &error);
    ck_no_error(error);
    ck_assert_msg(explained->n_savings == 1, "%s: %d rules bind", steps[_i].what, explained->n_savings);
    const struct rule_saving *saving = &explained->savings[0];
    ck_assert_str_eq(relaxation_at(saving->change[0].relaxation)->name, steps[_i].rule);
    ck_assert_int_eq(saving->n, steps[_i].also != NULL ? 2 : 1);
    ck_assert_int_eq(saving->change[0].relaxed, steps[_i].relaxed);
    ck_assert_msg(fabs(saving->saving - steps[_i].saves) < 0.01 * steps[_i].saves, "%s: %g", steps[_i].what,
                  saving->saving);
    /* confirmed: the difference of two solves */
    struct operation *operation = explain_relaxed(problem->operation, saving);
    struct plan_problem looser = *problem;
    looser.operation = operation;
    AUTO(plan_solution) better = tiny_solve(&looser);
    ck_assert_double_eq_tol(solution->objective - better->objective, steps[_i].saves, 1e-6);
    g_free(operation->contracts);
    g_free(operation);
}
END_TEST

/* ---- what cannot be met ---- */

START_TEST(unmet)
{
    AUTO(plan_problem) problem = tiny_problem("UTC", 60, TINY_MONDAY);
    tiny_queue(problem);
    tiny_agent(problem, 1);
    tiny_agent(problem, 1);
    tiny_demand(problem, 1);
    tiny_template(problem, 480, 480, 60, 480, 480, 60);
    tiny_contract(problem)->week_days_max = 2;
    tiny_available(problem, 1, 127, 0, 12 * 60); /* who is gone by noon can work no shift at all */
    tiny_need(problem, 0, 0, TINY_TS(0, 8), TINY_TS(0, 10), 1, 10);
    tiny_need(problem, 0, 0, TINY_TS(1, 8), TINY_TS(1, 16), 1.5, 10);
    tiny_need(problem, 0, 0, TINY_TS(2, 20), TINY_TS(2, 22), 1, 10);
    tiny_need(problem, 0, 0, TINY_TS(3, 8), TINY_TS(3, 16), 1, 10);
    GError *error = NULL;
    AUTO(explained) explained = explain_unmet(problem, &error);
    ck_no_error(error);
    /* Tuesday: one can work, 1.5 are needed; Wednesday night: nobody; over the week: 24 hours of need, two
       days of eight hours can be worked, 16 of them with need */
    ck_assert_int_eq(explained->n_unmet, 3);
    const struct unmet *tuesday = &explained->unmet[0], *night = &explained->unmet[1];
    const struct unmet *week = &explained->unmet[2];
    ck_assert(!tuesday->hours && !night->hours && week->hours);
    ck_assert_int_eq(tuesday->from_iv, 24 + 8);
    ck_assert_int_eq(tuesday->to_iv, 24 + 16);
    ck_assert_double_eq_tol(tuesday->need, 1.5, 1e-12);
    ck_assert_double_eq_tol(tuesday->possible, 1, 1e-12);
    ck_assert_int_eq(night->from_iv, 48 + 20);
    ck_assert_double_eq_tol(night->possible, 0, 1e-12);
    ck_assert_double_eq_tol(week->need, 2 + 12 + 2 + 8, 1e-12);
    ck_assert_double_eq_tol(week->possible, 16, 1e-12);
}
END_TEST

/* ---- one agent ---- */

/* Wanted on three days at 10 an hour, paid 6, may start at eight or at nine. A shift is worth 80 and costs
   48; an hour later it would miss an hour: 10 dearer. */
START_TEST(agent_by_hand)
{
    AUTO(plan_problem) problem = tiny_problem("UTC", 60, TINY_MONDAY);
    tiny_queue(problem);
    tiny_agent(problem, 1);
    tiny_demand(problem, 1);
    tiny_template(problem, 480, 540, 60, 480, 480, 60);
    want(problem, 0, 1, 4, 1, 10);
    AUTO(plan_solution) solution = tiny_solve(problem);
    GError *error = NULL;
    AUTO(agent_reason) reason = explain_agent(problem, solution, 0, NULL, &error);
    ck_no_error(error);
    ck_assert_int_eq(reason->n_shifts, 3);
    ck_assert_double_eq_tol(reason->pay, 144, 1e-9);
    ck_assert_double_eq_tol(reason->worth, 240, 1e-9);
    ck_assert_double_eq_tol(reason->slack, 0, 1e-9);
    ck_assert_int_eq(reason->n_wishes, 0);
    for (int i = 0; i < 3; i++) {
        ck_assert_double_eq_tol(reason->shifts[i].pay, 48, 1e-9);
        ck_assert_double_eq_tol(reason->shifts[i].worth, 80, 1e-9);
        ck_assert_double_eq_tol(reason->shifts[i].hours[0], 8, 1e-9);
        ck_assert_double_eq_tol(reason->shifts[i].dearer, 10, 1e-9);
        ck_assert_int_eq(reason->shifts[i].start_ts, TINY_TS(1 + i, 9));
        ck_assert_int_eq(reason->shifts[i].other_days, 0);
    }
}
END_TEST

/* A wish for Tuesday off at 100: granted, it costs the 32 the shift would earn. */
START_TEST(wish_by_hand)
{
    AUTO(plan_problem) problem = tiny_problem("UTC", 60, TINY_MONDAY);
    tiny_queue(problem);
    tiny_agent(problem, 1);
    tiny_demand(problem, 1);
    tiny_template(problem, 480, 480, 60, 480, 480, 60);
    want(problem, 0, 1, 4, 1, 10);
    problem->operation->preferences = g_new0(struct preference, 1);
    problem->operation->preferences[0] = (struct preference){
        .agent = 0, .day = TINY_MONDAY + 1, .tmpl = -1, .off = true, .to_min = DAY_MIN, .price = 100};
    problem->operation->n_preferences = 1;
    AUTO(plan_solution) solution = tiny_solve(problem);
    ck_assert_int_eq(solution->n_shifts, 2);
    GError *error = NULL;
    AUTO(agent_reason) reason = explain_agent(problem, solution, 0, NULL, &error);
    ck_no_error(error);
    ck_assert_int_eq(reason->n_wishes, 1);
    ck_assert_double_eq_tol(reason->penalty, 0, 1e-9);
    ck_assert_double_eq_tol(reason->wishes, 32, 1e-9);
    ck_assert_double_eq_tol(reason->shifts[0].dearer, 32, 1e-9); /* off on Wednesday, too */
    ck_assert_int_eq(reason->shifts[0].start_ts, 0);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("roster/explain");
    TCase *c = tcase_create("explain");
    tcase_set_timeout(c, 120);
    tcase_add_loop_test(c, prices_by_hand, 0, G_N_ELEMENTS(prices));
    tcase_add_loop_test(c, steps_by_hand, 0, G_N_ELEMENTS(steps));
    tcase_add_test(c, unmet);
    tcase_add_test(c, agent_by_hand);
    tcase_add_test(c, wish_by_hand);
    suite_add_tcase(s, c);
    return s;
}

TEST_MAIN(suite)
