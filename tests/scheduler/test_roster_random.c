/*
 * test_roster_random.c - the engine against the checker and against brute force: 10,000 random small problems
 * whose accounts the checker must confirm to the last cent, 500 tiny ones whose every roster is tried.
 * Seeds are fixed: a failing problem is named by its number.
 */
#include <math.h>
#include <string.h>

#include "core/error.h"
#include "scheduler/roster/checker.h"
#include "scheduler/roster/roster.h"
#include "tests/scheduler/roster_random.h"
#include "tests/support/testing.h"

#define CHUNKS 20
#define PROBLEMS 10000
#define LONG_PROBLEMS 160
#define TINY_PROBLEMS 500

/* ---- the checker confirms ---- */

static void must_confirm(const struct plan_problem *problem, const struct plan_solution *solution,
                         unsigned number)
{
    struct check_report report;
    bool clean = roster_check(problem, solution, &report);
    ck_assert_msg(clean, "problem %u: %s", number, clean ? "" : report.violations[0].message);
    check_report_clear(&report);
    double sum = solution->pay + solution->shortage + solution->penalty;
    ck_assert_msg(fabs(sum - solution->objective) <= 1e-9 * (1 + fabs(sum)),
                  "problem %u: parts add up to %.12g, not %.12g", number, sum, solution->objective);
    ck_assert_msg(solution->bound <= solution->objective, "problem %u: bound %.12g above %.12g", number,
                  solution->bound, solution->objective);
}

START_TEST(checker_confirms)
{
    int solved = 0;
    for (unsigned i = 0; i < PROBLEMS / CHUNKS; i++) {
        unsigned number = (unsigned)_i * (PROBLEMS / CHUNKS) + i;
        struct roster_control control = {0};
        g_autoptr(GError) error = NULL;
        AUTO(plan_problem) problem = random_problem(number);
        problem->limits.rounds = 6;
        problem->limits.seconds = 0.01; /* little work on the bound; there is no clock */
        AUTO(plan_solution) solution = NULL;
        if (operation_check(problem->operation, &error))
            solution = roster_solve(problem, &control, &error);
        ck_assert_msg(solution != NULL || g_error_matches(error, WFM_ERROR, WFM_ERROR_INPUT),
                      "problem %u: %s", number, error == NULL ? "no solution, no error" : error->message);
        if (solution == NULL)
            continue;
        must_confirm(problem, solution, number);
        solved++;
    }
    ck_assert_msg(solved > PROBLEMS / CHUNKS * 6 / 10, "only %d problems had a roster", solved);
}
END_TEST

START_TEST(checker_confirms_weeks)
{
    int solved = 0;
    for (unsigned i = 0; i < LONG_PROBLEMS / CHUNKS; i++) {
        unsigned number = (unsigned)_i * (LONG_PROBLEMS / CHUNKS) + i;
        struct roster_control control = {0};
        g_autoptr(GError) error = NULL;
        AUTO(plan_problem) problem = random_weeks_problem(number);
        problem->limits.rounds = 3;
        problem->limits.seconds = 0.01;
        AUTO(plan_solution) solution = NULL;
        if (operation_check(problem->operation, &error))
            solution = roster_solve(problem, &control, &error);
        ck_assert_msg(solution != NULL || g_error_matches(error, WFM_ERROR, WFM_ERROR_INPUT),
                      "problem %u: %s", number, error == NULL ? "no solution, no error" : error->message);
        if (solution == NULL)
            continue;
        must_confirm(problem, solution, number);
        solved++;
    }
    ck_assert_msg(solved > LONG_PROBLEMS / CHUNKS / 4, "only %d problems had a roster", solved);
}
END_TEST

/* ---- every roster tried ---- */

#define WEEKS_MAX 64

/* Weeks of one agent that break no rule, each a mask over `slots`. */
struct choice {
    unsigned week[WEEKS_MAX];
    int n;
};

struct trial {
    const struct plan_problem *problem;
    struct shift slots[8]; /* of nobody */
    int n_slots;
    struct choice choices[3];
};

static void list_slots(struct trial *trial)
{
    const struct plan_problem *problem = trial->problem;
    const struct shift_template *tmpl = &problem->operation->templates[0];
    for (int day = 0; day < 7; day++)
        for (int m = tmpl->start_from_min; m <= tmpl->start_to_min && (tmpl->weekdays >> day & 1);
             m += tmpl->start_step_min) {
            int64_t start = problem->demand.grid.start_ts + 60 * (int64_t)(day * DAY_MIN + m);
            trial->slots[trial->n_slots++] =
                (struct shift){.start_ts = start, .end_ts = start + 60 * (int64_t)tmpl->paid_min_min};
        }
}

/* Shifts of one agent's week behind those already there. */
static void add_week(const struct trial *trial, int agent, unsigned week, struct plan_solution *roster)
{
    for (int s = 0; s < trial->n_slots; s++)
        if (week >> s & 1) {
            struct shift *shift = &roster->shifts[roster->n_shifts++];
            *shift = trial->slots[s];
            shift->agent = agent;
        }
}

static void list_choices(struct trial *trial, int agent)
{
    struct choice *choice = &trial->choices[agent];
    struct shift shifts[8];
    for (unsigned week = 0; week < 1u << trial->n_slots; week++) {
        struct plan_solution roster = {.shifts = shifts, .bound = -INFINITY};
        struct check_report report;
        bool ok = true;
        add_week(trial, agent, week, &roster);
        roster_check(trial->problem, &roster, &report);
        for (int v = 0; v < report.n_violations; v++)
            ok = ok && report.violations[v].agent != agent;
        check_report_clear(&report);
        if (!ok)
            continue;
        ck_assert_int_lt(choice->n, WEEKS_MAX);
        choice->week[choice->n++] = week;
    }
}

/* The least pay + shortage over all rosters, counted by the checker; INFINITY when there is none. */
static double brute_force(const struct plan_problem *problem)
{
    struct trial trial = {.problem = problem};
    int n = problem->operation->n_agents, pick[3] = {0};
    double best = INFINITY;
    list_slots(&trial);
    for (int a = 0; a < n; a++) {
        list_choices(&trial, a);
        if (trial.choices[a].n == 0)
            return INFINITY;
    }
    for (int a = 0; a < n;) {
        struct shift shifts[24];
        struct plan_solution roster = {.shifts = shifts, .bound = -INFINITY};
        struct check_report report;
        for (int k = 0; k < n; k++)
            add_week(&trial, k, trial.choices[k].week[pick[k]], &roster);
        roster_check(problem, &roster, &report);
        best = MIN(best, report.pay + report.shortage);
        check_report_clear(&report);
        for (a = 0; a < n && ++pick[a] == trial.choices[a].n; a++)
            pick[a] = 0;
    }
    return best;
}

START_TEST(brute_force_agrees)
{
    int proven = 0, found = 0, solved = 0;
    for (unsigned i = 0; i < TINY_PROBLEMS / CHUNKS; i++) {
        unsigned number = (unsigned)_i * (TINY_PROBLEMS / CHUNKS) + i;
        struct roster_control control = {0};
        g_autoptr(GError) error = NULL;
        AUTO(plan_problem) problem = random_tiny_problem(number);
        problem->limits.rounds = 60;
        double optimum = brute_force(problem);
        AUTO(plan_solution) solution = roster_solve(problem, &control, &error);
        ck_assert_msg((solution != NULL) == (optimum < INFINITY), "problem %u: optimum %g, engine says %s",
                      number, optimum, error == NULL ? "a roster" : error->message);
        if (solution == NULL)
            continue;
        double slack = 1e-6 * (1 + optimum);
        must_confirm(problem, solution, number);
        ck_assert_msg(solution->bound <= optimum + slack, "problem %u: bound %.12g above the optimum %.12g",
                      number, solution->bound, optimum);
        ck_assert_msg(solution->objective >= optimum - slack,
                      "problem %u: objective %.12g below the optimum %.12g", number, solution->objective,
                      optimum);
        solved++;
        proven += plan_gap(solution) < 1e-6;
        found += solution->objective <= optimum + slack;
    }
    ck_assert_msg(found == solved, "%d of %d optima found", found, solved);
    ck_assert_msg(proven > solved / 4, "only %d of %d optima proven", proven, solved);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("roster random");
    TCase *tcase = tcase_create("random");
    tcase_set_timeout(tcase, 300);
    tcase_add_loop_test(tcase, checker_confirms, 0, CHUNKS);
    suite_add_tcase(s, tcase);
    TCase *tiny = tcase_create("tiny");
    tcase_set_timeout(tiny, 300);
    tcase_add_loop_test(tiny, brute_force_agrees, 0, CHUNKS);
    suite_add_tcase(s, tiny);
    TCase *weeks = tcase_create("weeks");
    tcase_set_timeout(weeks, 300);
    tcase_add_loop_test(weeks, checker_confirms_weeks, 0, CHUNKS);
    suite_add_tcase(s, weeks);
    return s;
}

TEST_MAIN(suite)
