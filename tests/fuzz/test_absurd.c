/*
 * test_absurd.c - problems nobody can mean: minima above maxima, no day to work on, nobody, nothing to do,
 * ten thousand queues, no template, a billion minutes. operation_check may let them pass or not; given to
 * the engine as they are, each ends with an explanation or with a roster the checker confirms.
 */
#include <string.h>

#include "core/error.h"
#include "scheduler/roster/checker.h"
#include "scheduler/roster/roster.h"
#include "tests/scheduler/roster_tiny.h"
#include "tests/support/testing.h"

#define MONDAY 20780 /* 2026-11-23 */

static struct contract *rules(struct plan_problem *problem)
{
    return &problem->operation->contracts[0];
}

static void minutes_crossed(struct plan_problem *problem)
{
    rules(problem)->week_minutes_min = 2400;
    rules(problem)->week_minutes_max = 1200;
}

static void days_crossed(struct plan_problem *problem)
{
    rules(problem)->week_days_min = 6;
    rules(problem)->week_days_max = 2;
}

static void period_crossed(struct plan_problem *problem)
{
    rules(problem)->period_minutes_min = 6000;
    rules(problem)->period_minutes_max = 60;
}

static void billions(struct plan_problem *problem)
{
    rules(problem)->week_minutes_min = 1000000000;
    rules(problem)->week_minutes_max = 2000000000;
}

static void endless_rest(struct plan_problem *problem)
{
    rules(problem)->rest_min_minutes = 2000000000;
    rules(problem)->week_days_min = 2;
}

static void endless_runs(struct plan_problem *problem)
{
    rules(problem)->consecutive_days_off_min = 2000000000;
    rules(problem)->consecutive_days_max = 2000000000;
}

static void nothing_below_zero(struct plan_problem *problem)
{
    struct contract *c = rules(problem);
    c->week_days_max = c->week_minutes_max = c->consecutive_days_max = c->week_nights_max = c->weekends_max =
        -1;
    c->rest_min_minutes = c->start_spread_max_min = -1000000000;
}

static void no_day(struct plan_problem *problem)
{
    problem->operation->templates[0].weekdays = 0;
    rules(problem)->week_days_min = 1;
}

static void never_employed(struct plan_problem *problem)
{
    problem->operation->agents[0].employed_from = INT32_MAX;
    problem->operation->agents[0].employed_to = INT32_MIN;
}

static void always_away(struct plan_problem *problem)
{
    tiny_time_off(problem, 0, INT64_MIN / 4, INT64_MAX / 4, 480);
    rules(problem)->week_days_min = 5;
}

static void never_available(struct plan_problem *problem)
{
    tiny_available(problem, 0, 0, 0, 0);
    rules(problem)->week_days_min = 1;
}

static void nobody(struct plan_problem *problem)
{
    operation_clear_agents(problem->operation);
}

static void no_template(struct plan_problem *problem)
{
    rules(problem)->n_templates = 0;
}

static void no_template_but_days(struct plan_problem *problem)
{
    no_template(problem);
    rules(problem)->week_days_min = 1;
}

static void no_length(struct plan_problem *problem)
{
    problem->operation->templates[0].paid_min_min = problem->operation->templates[0].paid_max_min = 0;
}

static void endless_shift(struct plan_problem *problem)
{
    problem->operation->templates[0].paid_max_min = 1000000000;
}

static void no_steps(struct plan_problem *problem)
{
    problem->operation->templates[0].start_step_min = 0;
    problem->operation->templates[0].paid_step_min = 0;
}

static void breaks_beyond(struct plan_problem *problem)
{
    tiny_break(problem, 0, 60, false, 1400, 100000);
    rules(problem)->week_days_min = 1;
}

static void many_queues(struct plan_problem *problem)
{
    for (int q = 1; q < 10000; q++)
        tiny_queue(problem);
    demand_clear(&problem->demand);
    plan_horizon(problem->operation, problem->first_day, 1, &problem->demand.grid, NULL);
    tiny_demand(problem, 1);
    for (int q = 0; q < 10000; q += 100)
        tiny_need(problem, q, 0, problem->demand.grid.start_ts, problem->demand.grid.start_ts + 36000, 1, 5);
}

static void no_queue(struct plan_problem *problem)
{
    struct operation *operation = problem->operation;
    operation_clear_agents(operation);
    problem->demand.n_queues = 0;
    while (operation->n_queues > 0) {
        struct queue *queue = &operation->queues[--operation->n_queues];
        void *const owned[] = {queue->id, queue->name, queue->language, queue->zone, queue->concurrent_aht_s};
        for (size_t i = 0; i < G_N_ELEMENTS(owned); i++)
            g_free(owned[i]);
    }
}

static void absurd_pay(struct plan_problem *problem)
{
    rules(problem)->rate = 1e300;
    rules(problem)->week_days_min = 1;
}

static void absurd_need(struct plan_problem *problem)
{
    tiny_need(problem, 0, 0, problem->demand.grid.start_ts, problem->demand.grid.start_ts + 86400, 1e12, 1e9);
}

static void no_week(struct plan_problem *problem)
{
    problem->n_weeks = 0;
}

static void many_weeks(struct plan_problem *problem)
{
    problem->n_weeks = 1000000;
}

static const struct {
    const char *what;
    void (*make)(struct plan_problem *problem);
} rows[] = {
    {"week_minutes_min above the maximum", minutes_crossed},
    {"week_days_min above the maximum", days_crossed},
    {"period_minutes_min above the maximum", period_crossed},
    {"a billion minutes a week", billions},
    {"two billion minutes of rest", endless_rest},
    {"two billion days off", endless_runs},
    {"maxima below zero", nothing_below_zero},
    {"a template without weekday", no_day},
    {"employed from the end to the beginning of time", never_employed},
    {"away for ever", always_away},
    {"available never", never_available},
    {"nobody", nobody},
    {"no template", no_template},
    {"no template, but days to work", no_template_but_days},
    {"shifts of no length", no_length},
    {"shifts of a billion minutes", endless_shift},
    {"steps of nothing", no_steps},
    {"a break behind the end", breaks_beyond},
    {"ten thousand queues", many_queues},
    {"no queue", no_queue},
    {"a rate of 1e300", absurd_pay},
    {"a need of 1e12 agents", absurd_need},
    {"no week", no_week},
    {"a million weeks", many_weeks},
};

START_TEST(explained_or_solved)
{
    AUTO(plan_problem) problem = tiny_problem("Asia/Manila", 60, MONDAY);
    rules(problem)->consecutive_days_off_min = 1;
    tiny_template(problem, 480, 600, 60, 480, 480, 60);
    tiny_queue(problem);
    tiny_agent(problem, 1);
    tiny_agent(problem, 1);
    tiny_demand(problem, 1);
    tiny_need(problem, 0, 0, problem->demand.grid.start_ts, problem->demand.grid.start_ts + 200000, 1.5, 9);
    rows[_i].make(problem);
    struct roster_control control = {0};
    g_autoptr(GError) error = NULL;
    problem->limits.rounds = 5;
    AUTO(plan_solution) solution = roster_solve(problem, &control, &error);
    if (solution == NULL) {
        ck_assert_msg(g_error_matches(error, WFM_ERROR, WFM_ERROR_INPUT), "%s: %s", rows[_i].what,
                      error == NULL ? "no error" : error->message);
        ck_assert_msg(strlen(error->message) > 20, "%s: only \"%s\"", rows[_i].what, error->message);
        return;
    }
    ck_assert_msg(solution->bound <= solution->objective, "%s: bound %g above %g", rows[_i].what,
                  solution->bound, solution->objective);
    if (!operation_check(problem->operation, NULL))
        return; /* the checker need not know what to make of it */
    struct check_report report;
    bool clean = roster_check(problem, solution, &report);
    ck_assert_msg(clean, "%s: %s", rows[_i].what, clean ? "" : report.violations[0].message);
    check_report_clear(&report);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("absurd problems");
    TCase *tcase = tcase_create("absurd");
    tcase_set_timeout(tcase, 300); /* sanitizers map much memory, and others may be at work */
    tcase_add_loop_test(tcase, explained_or_solved, 0, G_N_ELEMENTS(rows));
    suite_add_tcase(s, tcase);
    return s;
}

TEST_MAIN(suite)
