/*
 * test_roster_rows.c - what couples agents and what costs each of them personally: tiny problems solved by
 * trying everything (roster_brute.h), each kind of term alone and all together.
 */
#include <limits.h>
#include <math.h>
#include <string.h>

#include "scheduler/roster/checker.h"
#include "scheduler/roster/roster.h"
#include "tests/scheduler/roster_brute.h"
#include "tests/scheduler/roster_tiny.h"
#include "tests/support/testing.h"

#define HOUR 3600
#define SEEDS 8

/* ---- terms ---- */

static int64_t at(const struct plan_problem *problem, double hours)
{
    return problem->demand.grid.start_ts + (int64_t)(hours * HOUR);
}

static void wish(struct plan_problem *problem, struct preference preference)
{
    struct operation *operation = problem->operation;
    operation->preferences = g_renew(struct preference, operation->preferences, operation->n_preferences + 1);
    operation->preferences[operation->n_preferences++] = preference;
}

static void with_wishes(struct plan_problem *problem, struct dice *dice)
{
    for (int a = 0; a < problem->operation->n_agents; a++)
        for (int k = dice_between(dice, 0, 2); k > 0; k--)
            wish(problem, (struct preference){.agent = a,
                                              .day = TINY_MONDAY + dice_between(dice, 0, 1),
                                              .tmpl = dice_between(dice, -1, 1),
                                              .off = dice_between(dice, 0, 1),
                                              .from_min = dice_between(dice, 0, 1) * 540,
                                              .to_min = dice_between(dice, 0, 1) ? 1440 : 540,
                                              .price = dice_between(dice, 1, 30)});
}

static void with_fairness(struct plan_problem *problem, struct dice *dice)
{
    struct operation *operation = problem->operation;
    operation->fairness = (struct fairness){dice_between(dice, 1, 3), 6 * dice_unit(dice),
                                            6 * dice_unit(dice), 10 * dice_unit(dice)};
    operation->special_days = g_new0(struct special_day, 2);
    operation->special_days[0] = (struct special_day){.scope = SCOPE_ALL,
                                                      .index = 0,
                                                      .day = TINY_MONDAY + 1,
                                                      .kind = SPECIAL_HOLIDAY,
                                                      .name = g_strdup("Feast")};
    operation->special_days[1] = (struct special_day){.scope = SCOPE_ALL,
                                                      .index = 0,
                                                      .day = TINY_MONDAY - 4,
                                                      .kind = SPECIAL_HOLIDAY,
                                                      .name = g_strdup("Fair")};
    operation->n_special_days = 2;
    for (int a = 0; a < operation->n_agents; a++)
        for (int day = -25; day < 0; day++)
            if (dice_between(dice, 0, 3) == 0) {
                double hour = dice_between(dice, 0, 1) ? 9 : 20;
                tiny_past(problem, a, at(problem, day * 24 + hour), at(problem, day * 24 + hour + 4));
            }
}

static void with_headcounts(struct plan_problem *problem, struct dice *dice)
{
    struct operation *operation = problem->operation;
    operation->headcounts = g_new0(struct headcount_rule, 2);
    operation->n_headcounts = 2;
    for (int i = 0; i < 2; i++)
        operation->headcounts[i] = (struct headcount_rule){.tmpl = i,
                                                           .site = dice_between(dice, -1, 0),
                                                           .weekdays = (uint8_t)dice_between(dice, 1, 3),
                                                           .min = dice_between(dice, 0, 2),
                                                           .max = dice_between(dice, 2, 3),
                                                           .under_price = dice_between(dice, 0, 40),
                                                           .over_price = dice_between(dice, 0, 40)};
    problem->headcounts = g_new0(struct headcount, 1);
    problem->n_headcounts = 1;
    problem->headcounts[0] = (struct headcount){0,
                                                -1,
                                                TINY_MONDAY + dice_between(dice, 0, 1),
                                                dice_between(dice, 0, 3),
                                                50 * dice_unit(dice),
                                                50 * dice_unit(dice)};
}

static void with_seats(struct plan_problem *problem, struct dice *dice)
{
    problem->operation->sites[0].seats = dice_between(dice, 1, problem->operation->n_agents - 1);
    problem->operation->sites[0].seat_price = dice_between(dice, 1, 12);
}

static void with_hard_seats(struct plan_problem *problem, struct dice *dice)
{
    with_seats(problem, dice);
    problem->operation->sites[0].seat_price = 0;
    problem->operation->contracts[0].week_days_min = dice_between(dice, 0, 1);
}

static void with_leads(struct plan_problem *problem, struct dice *dice)
{
    struct operation *operation = problem->operation;
    operation->agents[dice_between(dice, 0, operation->n_agents - 1)].lead = true;
    operation->leads = g_new0(struct lead_rule, 2);
    operation->n_leads = dice_between(dice, 1, 2);
    for (int i = 0; i < operation->n_leads; i++)
        operation->leads[i] = (struct lead_rule){0, 1 + 2 * dice_unit(dice), dice_between(dice, 1, 8)};
}

static void with_base(struct plan_problem *problem, struct dice *dice)
{
    struct plan_base *base = problem->base = g_new0(struct plan_base, 1);
    int n_agents = problem->operation->n_agents;
    base->shifts = g_new0(struct shift, 2 * n_agents);
    base->locks = g_new0(struct lock, n_agents);
    base->frozen_ts = dice_between(dice, 0, 2) == 0 ? at(problem, 8.5) : INT64_MIN;
    base->change_price = dice_between(dice, 0, 20);
    base->break_price = dice_between(dice, 0, 5);
    for (int a = 0; a < n_agents; a++) {
        int first = base->n_shifts;
        for (int day = 0; day < problem->operation->contracts[0].week_days_max; day++) {
            int start = dice_between(dice, 8, 9), pause = dice_between(dice, 1, 2);
            struct shift shift = {.agent = a,
                                  .tmpl = dice_between(dice, -1, 0),
                                  .start_ts = at(problem, day * 24 + start),
                                  .end_ts = at(problem, day * 24 + start + 4)};
            shift.activities[shift.n_activities++] =
                (struct activity){ACTIVITY_BREAK, at(problem, day * 24 + start + pause),
                                  at(problem, day * 24 + start + pause + 1), true};
            if (dice_between(dice, 0, 3) > 0)
                base->shifts[base->n_shifts++] = shift;
        }
        if (base->n_shifts > first && dice_between(dice, 0, 2) == 0)
            base->locks[base->n_locks++] =
                (struct lock){a, (int32_t)(base->shifts[first].start_ts / DAY_S), first};
    }
    if (dice_between(dice, 0, 1) == 0 && base->n_locks == 0)
        tiny_time_off(problem, 0, at(problem, 0), at(problem, 24), 240);
}

static void ask(struct plan_problem *problem, struct dice *dice, bool together)
{
    struct operation *operation = problem->operation;
    int m = operation->n_meetings++, n = operation->n_agents, from = dice_between(dice, 7, 9);
    operation->meetings = g_renew(struct meeting, operation->meetings, m + 1);
    struct meeting *meeting = &operation->meetings[m];
    *meeting = (struct meeting){.id = g_strdup_printf("m%d", m),
                                .name = g_strdup("Meeting"),
                                .kind = m ? ACTIVITY_TRAINING : ACTIVITY_MEETING,
                                .length_min = 60 * dice_between(dice, 1, 2),
                                .from_ts = at(problem, from + 24 * dice_between(dice, 0, 1)),
                                .together = together,
                                .price = dice_between(dice, 2, 30),
                                .agents = g_new0(int, n)};
    meeting->to_ts = meeting->from_ts + dice_between(dice, 3, 6) * HOUR;
    for (int a = 0; a < n; a++)
        if (dice_between(dice, 0, 3) > 0)
            meeting->agents[meeting->n_agents++] = a;
}

static void with_meeting(struct plan_problem *problem, struct dice *dice)
{
    ask(problem, dice, false);
}

static void with_meeting_together(struct plan_problem *problem, struct dice *dice)
{
    ask(problem, dice, true);
}

static const struct {
    const char *what;
    void (*add)(struct plan_problem *problem, struct dice *dice);
} terms[] = {
    {"wishes", with_wishes}, {"fairness", with_fairness},     {"headcounts", with_headcounts},
    {"seats", with_seats},   {"hard seats", with_hard_seats}, {"leads", with_leads},
    {"changes", with_base},  {"meeting", with_meeting},       {"meeting together", with_meeting_together},
};

/* ---- problems ---- */

/* Two or three agents, Monday and Tuesday, four hours by day (with a paid break) or by night. */
static struct plan_problem *random_problem(struct dice *dice)
{
    struct plan_problem *problem = tiny_problem("UTC", 60, TINY_MONDAY);
    int day = tiny_template(problem, 480, 540, 60, 240, 240, 60);
    int night = tiny_template(problem, 1200, 1200, 60, 240, 240, 60);
    tiny_break(problem, day, 60, true, 60, 120);
    problem->operation->templates[day].weekdays = problem->operation->templates[night].weekdays = 3;
    struct contract *contract = &problem->operation->contracts[0];
    contract->week_days_max = dice_between(dice, 1, 2);
    contract->night_from_min = 1200;
    tiny_queue(problem);
    for (int a = dice_between(dice, 2, 3); a > 0; a--)
        tiny_agent(problem, 1);
    tiny_demand(problem, 2);
    for (int hour = 0; hour < 48; hour++)
        for (int k = 0; k < 2; k++)
            tiny_need(problem, 0, k, at(problem, hour), at(problem, hour + 1), 1.4 * dice_unit(dice),
                      k ? 5 * dice_unit(dice) : 5 + 9 * dice_unit(dice));
    return problem;
}

static void check(const struct plan_problem *problem, const char *what, int seed)
{
    double optimum = brute_optimum(problem, 3), slack = 1e-6 * (1 + fabs(optimum));
    struct roster_control control = {0};
    GError *error = NULL;
    AUTO(plan_solution) solution = roster_solve(problem, &control, &error);
    if (optimum == INFINITY) {
        ck_assert_msg(solution == NULL, "%s, seed %d: a roster where there is none", what, seed);
        g_clear_error(&error);
        return;
    }
    ck_no_error(error);
    struct check_report report;
    ck_assert_msg(roster_check(problem, solution, &report), "%s, seed %d: the checker says %s", what, seed,
                  report.violations[0].message);
    check_report_clear(&report);
    struct brute_account account = brute_count(problem, solution->shifts, solution->n_shifts);
    ck_assert_msg(
        fabs(account.pay - solution->pay) < slack && fabs(account.shortage - solution->shortage) < slack &&
            fabs(account.penalty - solution->penalty) < slack,
        "%s, seed %d: pay %.9g, shortage %.9g, penalty %.9g; counted %.9g, %.9g, %.9g", what, seed,
        solution->pay, solution->shortage, solution->penalty, account.pay, account.shortage, account.penalty);
    ck_assert_msg(account.seats_ok, "%s, seed %d: hard seats are not enough", what, seed);
    ck_assert_msg(solution->bound <= optimum + slack, "%s, seed %d: bound %.9g above the optimum %.9g", what,
                  seed, solution->bound, optimum);
    ck_assert_msg(fabs(solution->objective - optimum) < slack, "%s, seed %d: objective %.9g, optimum %.9g",
                  what, seed, solution->objective, optimum);
}

START_TEST(one_term)
{
    for (int seed = 0; seed < SEEDS; seed++) {
        struct dice dice = {(uint64_t)seed * 977 + (uint64_t)_i * 31 + 5};
        AUTO(plan_problem) problem = random_problem(&dice);
        terms[_i].add(problem, &dice);
        check(problem, terms[_i].what, seed);
    }
}
END_TEST

START_TEST(all_terms)
{
    struct dice dice = {(uint64_t)_i * 1543 + 11};
    AUTO(plan_problem) problem = random_problem(&dice);
    for (guint i = 0; i < G_N_ELEMENTS(terms); i++)
        if (terms[i].add != with_fairness && dice_between(&dice, 0, 1))
            terms[i].add(problem, &dice);
    check(problem, "all", _i);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("roster rows");
    TCase *tcase = tcase_create("optimum");
    tcase_set_timeout(tcase, 120);
    tcase_add_loop_test(tcase, one_term, 0, G_N_ELEMENTS(terms));
    tcase_add_loop_test(tcase, all_terms, 0, SEEDS);
    suite_add_tcase(s, tcase);
    return s;
}

TEST_MAIN(suite)
