/*
 * test_roster_terms.c - what a planner expects of seats, leads, training, fairness, wishes and re-plans; and
 * that the search's running objective is what a count from nothing gives. Every roster passes the checker.
 */
#include <math.h>
#include <string.h>

#include "scheduler/roster/checker.h"
#include "scheduler/roster/roster.h"
#include "scheduler/roster/search.h"
#include "tests/scheduler/roster_tiny.h"
#include "tests/support/testing.h"

#define HOUR 3600

static int64_t at(const struct plan_problem *problem, double hours)
{
    return problem->demand.grid.start_ts + (int64_t)(hours * HOUR);
}

/* n agents of one queue, eight hours by day (start 7 to 10), five days a week; each agent-hour wanted is
   worth `value` and so many are wanted from 8 to 17. */
static struct plan_problem *day_shop(int n, double wanted, double value)
{
    struct plan_problem *problem = tiny_problem("UTC", 60, TINY_MONDAY);
    tiny_template(problem, 420, 600, 60, 480, 480, 60);
    struct contract *contract = &problem->operation->contracts[0];
    contract->week_days_max = 5;
    tiny_queue(problem);
    for (int a = 0; a < n; a++)
        tiny_agent(problem, 1);
    tiny_demand(problem, 1);
    for (int day = 0; day < 7; day++)
        tiny_need(problem, 0, 0, at(problem, day * 24 + 8), at(problem, day * 24 + 17), wanted, value);
    return problem;
}

/* Agents on shift; leads or others or both (-1). */
static int on_shift(const struct plan_problem *problem, const struct plan_solution *solution, int64_t ts,
                    int lead)
{
    int n = 0;
    for (int i = 0; i < solution->n_shifts; i++)
        n += solution->shifts[i].start_ts <= ts && solution->shifts[i].end_ts > ts &&
             (lead < 0 || problem->operation->agents[solution->shifts[i].agent].lead == lead);
    return n;
}

/* ---- seats ---- */

static int most_on_shift(const struct plan_problem *problem, const struct plan_solution *solution)
{
    int most = 0;
    for (int iv = 0; iv < problem->demand.grid.n; iv++) {
        int here = on_shift(problem, solution, grid_ts(&problem->demand.grid, iv), -1);
        most = MAX(most, here);
    }
    return most;
}

static const struct {
    const char *what;
    int seats;
    double price;
    int want; /* most on shift at once */
} seats[] = {
    {"no limit", 0, 0, 6},
    {"four seats, hard", 4, 0, 4},
    {"four seats, a dear one more", 4, 40, 4},
    {"four seats, a cheap one more", 4, 0.5, 6},
    {"more seats than agents", 9, 0, 6},
};

START_TEST(seats_bind)
{
    AUTO(plan_problem) problem = day_shop(6, 6, 20);
    problem->operation->sites[0].seats = seats[_i].seats;
    problem->operation->sites[0].seat_price = seats[_i].price;
    AUTO(plan_solution) solution = tiny_solve(problem);
    ck_assert_msg(most_on_shift(problem, solution) == seats[_i].want, "%s: %d on shift at once, not %d",
                  seats[_i].what, most_on_shift(problem, solution), seats[_i].want);
}
END_TEST

START_TEST(seats_that_cannot_hold_are_named)
{
    AUTO(plan_problem) problem = day_shop(3, 1, 20);
    struct roster_control control = {0};
    problem->operation->templates[0].start_to_min = 420;
    problem->operation->templates[0].weekdays = 31;
    problem->operation->contracts[0].week_days_min = 5;
    problem->operation->sites[0].seats = 2;
    GError *error = NULL;
    AUTO(plan_solution) solution = roster_solve(problem, &control, &error);
    ck_assert_ptr_null(solution);
    ck_assert_ptr_nonnull(strstr(error->message, "site site: 3 agents are on shift at "));
    g_clear_error(&error);
}
END_TEST

/* ---- leads ---- */

START_TEST(leads_are_on_duty)
{
    AUTO(plan_problem) problem = day_shop(9, 7, 20);
    problem->operation->leads = g_new0(struct lead_rule, 1);
    problem->operation->n_leads = 1;
    problem->operation->leads[0] = (struct lead_rule){0, 3, 100};
    for (int a = 0; a < 3; a++)
        problem->operation->agents[a].lead = true;
    AUTO(plan_solution) solution = tiny_solve(problem);
    for (int iv = 0; iv < problem->demand.grid.n; iv++) {
        int64_t ts = grid_ts(&problem->demand.grid, iv);
        int leads = on_shift(problem, solution, ts, 1), others = on_shift(problem, solution, ts, 0);
        ck_assert_msg(3 * leads >= others, "hour %d: %d leads for %d", iv, leads, others);
    }
    ck_assert_double_eq_tol(solution->penalty, 0, 1e-9);
    ck_assert(solution->n_shifts > 30);
}
END_TEST

/* ---- training ---- */

static void ask(struct plan_problem *problem, int n, bool together, double from_h, double to_h)
{
    struct operation *operation = problem->operation;
    operation->meetings = g_new0(struct meeting, 1);
    operation->n_meetings = 1;
    operation->meetings[0] = (struct meeting){.id = g_strdup("training"),
                                              .name = g_strdup("Training"),
                                              .kind = ACTIVITY_TRAINING,
                                              .length_min = 60,
                                              .from_ts = at(problem, from_h),
                                              .to_ts = at(problem, to_h),
                                              .together = together,
                                              .price = 500,
                                              .agents = g_new0(int, n),
                                              .n_agents = n};
    for (int a = 0; a < n; a++)
        operation->meetings[0].agents[a] = a;
}

/* How many attend, and when the first does. */
static int attending(const struct plan_solution *solution, int64_t *when)
{
    int n = 0;
    *when = INT64_MAX;
    for (int i = 0; i < solution->n_shifts; i++)
        for (int k = 0; k < solution->shifts[i].n_activities; k++)
            if (solution->shifts[i].activities[k].kind == ACTIVITY_TRAINING) {
                *when = MIN(*when, solution->shifts[i].activities[k].start_ts);
                n++;
            }
    return n;
}

START_TEST(training_takes_the_quietest_hour)
{
    AUTO(plan_problem) problem = day_shop(10, 8, 20);
    for (int q = 0; q < 3; q++) /* Wednesday 14:00 is quiet, Monday 10:00 and Thursday 12:00 a little */
        tiny_need(problem, 0, 0, at(problem, (double[]){62, 10, 84}[q]),
                  at(problem, (double[]){63, 11, 85}[q]), (double[]){1, 7, 7}[q], 20);
    ask(problem, 8, true, 0, 120);
    double best = INFINITY;
    int64_t best_when = 0;
    for (problem->seed = 1; problem->seed <= 8; problem->seed++) { /* not every search finds it */
        AUTO(plan_solution) solution = tiny_solve(problem);
        int64_t when;
        ck_assert_int_eq(attending(solution, &when), 8);
        if (solution->objective >= best)
            continue;
        best = solution->objective;
        best_when = when;
    }
    ck_assert_int_eq(best_when, at(problem, 62));
}
END_TEST

START_TEST(training_alone_is_for_everybody)
{
    AUTO(plan_problem) problem = day_shop(6, 3, 20);
    ask(problem, 6, false, 24, 96);
    AUTO(plan_solution) solution = tiny_solve(problem);
    int64_t when;
    ck_assert_int_eq(attending(solution, &when), 6);
    ck_assert_int_ge(when, at(problem, 24));
    ck_assert_double_eq_tol(solution->penalty, 0, 1e-9);
}
END_TEST

/* ---- fairness and wishes ---- */

START_TEST(nights_go_to_those_who_had_fewer)
{
    AUTO(plan_problem) problem = tiny_problem("UTC", 60, TINY_MONDAY);
    int nights[4] = {0};
    tiny_template(problem, 1320, 1320, 60, 480, 480, 60);
    problem->operation->contracts[0].week_days_max = 4;
    problem->operation->contracts[0].rest_min_minutes = 660;
    problem->operation->fairness = (struct fairness){.weeks = 4, .night_price = 10};
    tiny_queue(problem);
    for (int a = 0; a < 4; a++)
        tiny_agent(problem, 1);
    tiny_demand(problem, 1);
    for (int day = 0; day < 6; day++)
        tiny_need(problem, 0, 0, at(problem, day * 24 + 22), at(problem, day * 24 + 30), 1, 50);
    for (int a = 0; a < 2; a++)
        for (int day = -20; day < -10; day++)
            tiny_past(problem, a, at(problem, day * 24 + 22), at(problem, day * 24 + 30));
    AUTO(plan_solution) solution = tiny_solve(problem);
    for (int i = 0; i < solution->n_shifts; i++)
        nights[solution->shifts[i].agent]++;
    ck_assert_int_eq(nights[0] + nights[1], 0);
    ck_assert_int_eq(nights[2] + nights[3], 6);
}
END_TEST

START_TEST(the_dearer_wish_is_granted)
{
    AUTO(plan_problem) problem = day_shop(2, 1, 20);
    struct operation *operation = problem->operation;
    operation->preferences = g_new0(struct preference, 2);
    operation->n_preferences = 2;
    for (int a = 0; a < 2; a++)
        operation->preferences[a] = (struct preference){
            .agent = a, .day = TINY_MONDAY + 2, .tmpl = -1, .off = true, .to_min = 1440, .price = a ? 9 : 5};
    AUTO(plan_solution) solution = tiny_solve(problem);
    for (int i = 0; i < solution->n_shifts; i++)
        if (solution->shifts[i].start_ts / DAY_S == TINY_MONDAY + 2)
            ck_assert_int_eq(solution->shifts[i].agent, 0);
    ck_assert_double_eq_tol(solution->penalty, 5, 1e-9);
}
END_TEST

/* ---- a re-plan ---- */

/* The roster, with the first agent sick from Wednesday on. */
static struct plan_problem *sick_shop(const struct plan_solution *before)
{
    struct plan_problem *problem = day_shop(6, 3, 20);
    struct plan_base *base = problem->base = g_new0(struct plan_base, 1);
    base->n_shifts = before->n_shifts;
    base->shifts = g_memdup2(before->shifts, sizeof *before->shifts * (size_t)before->n_shifts);
    base->frozen_ts = at(problem, 48);
    base->change_price = 12;
    base->break_price = 2;
    tiny_time_off(problem, 0, at(problem, 48), at(problem, 168), 480);
    return problem;
}

START_TEST(a_sick_agent_is_replaced_with_few_changes)
{
    AUTO(plan_problem) first = day_shop(6, 3, 20);
    first->seed = 7;
    AUTO(plan_solution) before = tiny_solve(first);
    AUTO(plan_problem) problem = sick_shop(before);
    int sick = 0, changes = 0, same = 0, frozen = 0;
    AUTO(plan_solution) after = tiny_solve(problem);
    for (int i = 0; i < before->n_shifts; i++) {
        const struct shift *old = &before->shifts[i];
        bool kept = false;
        for (int k = 0; k < after->n_shifts; k++)
            kept |= after->shifts[k].agent == old->agent && after->shifts[k].start_ts == old->start_ts &&
                    after->shifts[k].end_ts == old->end_ts;
        sick += old->agent == 0 && old->start_ts >= at(problem, 48);
        same += kept;
        frozen += !kept && old->start_ts < at(problem, 48);
    }
    changes = before->n_shifts - same;
    ck_assert_int_eq(frozen, 0);
    ck_assert_msg(changes <= sick + 1, "%d shifts changed for %d sick ones", changes, sick);
    ck_assert(after->shortage <= before->shortage + 1e-6 + sick * 8 * 20);
}
END_TEST

/* ---- the running objective ---- */

static struct plan_problem *everything(struct dice *dice)
{
    struct plan_problem *problem = day_shop(14, 8, 12);
    struct operation *operation = problem->operation;
    int night = tiny_template(problem, 1320, 1320, 60, 480, 480, 60);
    tiny_break(problem, 0, 60, false, 120, 300);
    tiny_break(problem, 0, 60, true, 60, 420);
    operation->sites[0].seats = 9;
    operation->sites[0].seat_price = 3;
    operation->leads = g_new0(struct lead_rule, 1);
    operation->n_leads = 1;
    operation->leads[0] = (struct lead_rule){0, 4, 6};
    operation->headcounts = g_new0(struct headcount_rule, 1);
    operation->n_headcounts = 1;
    operation->headcounts[0] = (struct headcount_rule){night, 0, 31, 2, 3, 90, 40};
    operation->fairness = (struct fairness){4, 5, 3, 0};
    for (int a = 0; a < operation->n_agents; a++) {
        operation->agents[a].lead = a % 4 == 0;
        for (int day = -12; day < -1; day++)
            if (dice_between(dice, 0, 2) == 0)
                tiny_past(problem, a, at(problem, day * 24 + 22), at(problem, day * 24 + 30));
    }
    operation->preferences = g_new0(struct preference, operation->n_agents);
    operation->n_preferences = operation->n_agents;
    for (int a = 0; a < operation->n_agents; a++)
        operation->preferences[a] = (struct preference){a,
                                                        TINY_MONDAY + dice_between(dice, 0, 6),
                                                        dice_between(dice, -1, 1),
                                                        dice_between(dice, 0, 1),
                                                        0,
                                                        1440,
                                                        20 * dice_unit(dice)};
    ask(problem, 7, true, 24, 120);
    return problem;
}

START_TEST(the_running_objective_is_what_is_counted)
{
    struct dice dice = {(uint64_t)_i + 3};
    AUTO(plan_problem) problem = everything(&dice);
    GError *error = NULL;
    AUTO(roster_model) model = roster_model_new(problem, &error);
    ck_no_error(error);
    AUTO(worth) worth = worth_new(model);
    AUTO(pricing) pricing = pricing_new(model);
    AUTO(rows) rows = rows_new(model);
    AUTO(search) search = search_new(model, worth, pricing, rows, (uint64_t)_i);
    search_insert_all(search);
    for (int round = 1; round <= 300; round++) {
        search_round(search);
        double running = search_objective(search);
        if (round % 60 == 31)
            ck_assert_double_eq_tol(running, search_recount(search), 1e-6);
    }
}
END_TEST

/* Weeks of different demand, and rules that reach over their borders or bind within one. */
static struct plan_problem *weeks_shop(int n_weeks)
{
    struct plan_problem *problem = tiny_problem("UTC", 60, TINY_MONDAY);
    struct contract *contract = &problem->operation->contracts[0];
    problem->n_weeks = n_weeks;
    plan_horizon(problem->operation, TINY_MONDAY, n_weeks, &problem->demand.grid, NULL);
    tiny_template(problem, 360, 1200, 60, 300, 480, 60);
    tiny_break(problem, 0, 60, false, 120, 240);
    contract->week_minutes_min = 1200;
    contract->week_minutes_max = 2400;
    contract->consecutive_days_max = 5;
    contract->weekends_max = 1;
    contract->weekends_of = 2;
    contract->rest_min_minutes = 720;
    contract->start_spread_max_min = 180;
    tiny_queue(problem);
    for (int a = 0; a < 9; a++)
        tiny_agent(problem, 1);
    tiny_demand(problem, 1);
    for (int day = 0; day < WEEK_DAYS * n_weeks; day++)
        tiny_need(problem, 0, 0, at(problem, day * 24 + 7 + day % 3), at(problem, day * 24 + 22),
                  3 + day / WEEK_DAYS % 3, 14);
    return problem;
}

START_TEST(windows_of_several_weeks_keep_the_objective)
{
    AUTO(plan_problem) problem = weeks_shop(2 + 2 * _i);
    GError *error = NULL;
    AUTO(roster_model) model = roster_model_new(problem, &error);
    ck_no_error(error);
    AUTO(worth) worth = worth_new(model);
    AUTO(pricing) pricing = pricing_new(model);
    AUTO(search) search = search_new(model, worth, pricing, NULL, 5);
    search_insert_all(search);
    double first = search_best(search);
    for (int round = 1; round <= 400; round++) {
        search_round(search);
        double running = search_objective(search);
        if (round % 50 == 31)
            ck_assert_double_eq_tol(running, search_recount(search), 1e-6);
    }
    ck_assert_double_le(search_best(search), first);
}
END_TEST

START_TEST(windows_of_several_weeks_repeat_bit_by_bit)
{
    AUTO(plan_problem) problem = weeks_shop(2 + 2 * _i);
    problem->limits.rounds = 250;
    AUTO(plan_solution) one = tiny_solve(problem);
    AUTO(plan_solution) other = tiny_solve(problem);
    ck_assert(one->objective == other->objective && one->bound == other->bound);
    ck_assert_int_eq(one->n_shifts, other->n_shifts);
    for (int i = 0; i < one->n_shifts; i++)
        ck_assert_int_eq(shift_compare(&one->shifts[i], &other->shifts[i]), 0);
    ck_assert_msg(plan_gap(one) < 0.2, "gap %g", plan_gap(one));
}
END_TEST

START_TEST(everything_at_once_passes_the_checker)
{
    struct dice dice = {(uint64_t)_i + 3};
    AUTO(plan_problem) problem = everything(&dice);
    problem->limits.rounds = 200;
    AUTO(plan_solution) solution = tiny_solve(problem);
    ck_assert_msg(plan_gap(solution) < 0.2, "gap %g", plan_gap(solution));
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("roster terms");
    TCase *tcase = tcase_create("planner");
    tcase_set_timeout(tcase, 120);
    tcase_add_loop_test(tcase, seats_bind, 0, G_N_ELEMENTS(seats));
    tcase_add_test(tcase, seats_that_cannot_hold_are_named);
    tcase_add_test(tcase, leads_are_on_duty);
    tcase_add_test(tcase, training_takes_the_quietest_hour);
    tcase_add_test(tcase, training_alone_is_for_everybody);
    tcase_add_test(tcase, nights_go_to_those_who_had_fewer);
    tcase_add_test(tcase, the_dearer_wish_is_granted);
    tcase_add_test(tcase, a_sick_agent_is_replaced_with_few_changes);
    tcase_add_loop_test(tcase, the_running_objective_is_what_is_counted, 0, 3);
    tcase_add_loop_test(tcase, windows_of_several_weeks_keep_the_objective, 0, 2);
    tcase_add_loop_test(tcase, windows_of_several_weeks_repeat_bit_by_bit, 0, 2);
    tcase_add_loop_test(tcase, everything_at_once_passes_the_checker, 0, 2);
    suite_add_tcase(s, tcase);
    return s;
}

TEST_MAIN(suite)
