/*
 * test_roster_random.c - the engine against the checker and against brute force: 10,000 random small problems
 * whose accounts the checker must confirm to the last cent, of several weeks and re-planned too, 500 tiny
 * ones whose every roster is tried, and so for one agent or two under all rules a contract can have. Seeds
 * are fixed: a failing problem is named by its number.
 */
#include <math.h>
#include <string.h>

#include "core/error.h"
#include "scheduler/roster/checker.h"
#include "scheduler/roster/roster.h"
#include "tests/scheduler/roster_random.h"
#include "tests/scheduler/roster_random_rules.h"
#include "tests/support/testing.h"

#define CHUNKS 20
#define PROBLEMS 10000
#define LONG_PROBLEMS 480
#define REPLANS 360
#define REPLANS_FROM 1121
#define TINY_PROBLEMS 500
#define LONE_PROBLEMS 240
#define LONE_DAYS_MAX 64

/* ---- the checker confirms ---- */

/* NULL when the checker finds what the solution claims, else what differs (g_free). */
static char *difference(const struct plan_problem *problem, const struct plan_solution *solution)
{
    struct check_report report;
    bool clean = roster_check(problem, solution, &report);
    double sum = solution->pay + solution->shortage + solution->penalty;
    char *told = NULL;
    if (!clean)
        told = g_strdup(report.violations[0].message);
    else if (fabs(sum - solution->objective) > 1e-9 * (1 + fabs(sum)))
        told = g_strdup_printf("parts add up to %.12g, not %.12g", sum, solution->objective);
    else if (solution->bound > solution->objective)
        told = g_strdup_printf("bound %.12g above %.12g", solution->bound, solution->objective);
    check_report_clear(&report);
    return told;
}

static void must_confirm(const struct plan_problem *problem, const struct plan_solution *solution,
                         unsigned number)
{
    g_autofree char *told = difference(problem, solution);
    ck_assert_msg(told == NULL, "problem %u: %s", number, told);
}

/* Solves a random problem; NULL where there is no roster, or the rules clash. */
static struct plan_solution *solve(const struct plan_problem *problem, unsigned number)
{
    struct roster_control control = {0};
    g_autoptr(GError) error = NULL;
    struct plan_solution *solution = NULL;
    if (operation_check(problem->operation, &error))
        solution = roster_solve(problem, &control, &error);
    ck_assert_msg(solution != NULL || g_error_matches(error, WFM_ERROR, WFM_ERROR_INPUT), "problem %u: %s",
                  number, error == NULL ? "no solution, no error" : error->message);
    return solution;
}

/* Little work on the bound; there is no clock. Returns how many of the problems had a roster. */
static int confirm(struct plan_problem *(*make)(uint64_t seed), unsigned first, unsigned n, long rounds)
{
    int solved = 0;
    for (unsigned number = first; number < first + n; number++) {
        AUTO(plan_problem) problem = make(number);
        problem->limits.rounds = rounds;
        problem->limits.seconds = 0.01;
        AUTO(plan_solution) solution = solve(problem, number);
        if (solution == NULL)
            continue;
        must_confirm(problem, solution, number);
        solved++;
    }
    return solved;
}

START_TEST(checker_confirms)
{
    unsigned n = PROBLEMS / CHUNKS;
    int solved = confirm(random_problem, (unsigned)_i * n, n, 2);
    ck_assert_msg(solved > PROBLEMS / CHUNKS * 6 / 10, "only %d problems had a roster", solved);
}
END_TEST

START_TEST(checker_confirms_weeks)
{
    unsigned n = LONG_PROBLEMS / CHUNKS;
    int solved = confirm(random_weeks_problem, (unsigned)_i * n, n, 3);
    ck_assert_msg(solved > LONG_PROBLEMS / CHUNKS / 5, "only %d problems had a roster", solved);
}
END_TEST

START_TEST(checker_confirms_replans)
{
    int solved = 0;
    for (unsigned i = 0; i < REPLANS / CHUNKS; i++) {
        unsigned number = (unsigned)_i * (REPLANS / CHUNKS) + i;
        struct dice dice = {number * 0x9E3779B97F4A7C15u + 23};
        AUTO(plan_problem) problem = random_weeks_problem(REPLANS_FROM + number);
        problem->limits.rounds = 2;
        problem->limits.seconds = 0.01;
        AUTO(plan_solution) before = solve(problem, number);
        if (before == NULL)
            continue;
        random_replan(problem, before, &dice);
        AUTO(plan_solution) solution = solve(problem, number);
        if (solution == NULL)
            continue;
        must_confirm(problem, solution, number);
        solved++;
    }
    ck_assert_msg(solved > REPLANS / CHUNKS / 6, "only %d problems had a roster", solved);
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

/* ---- every roster of every rule tried ---- */

/* The shifts one agent may start on one day. */
struct lone_day {
    struct shift shifts[2];
    int n;
};

struct lone {
    const struct plan_problem *problem;
    struct lone_day days[LONE_DAYS_MAX];
    int n_days;
    double best;
};

static void list_lone_day(struct lone *lone, const struct zone *zone, int agent, int32_t day)
{
    const struct operation *operation = lone->problem->operation;
    const struct grid *grid = &lone->problem->demand.grid;
    struct lone_day *list = &lone->days[lone->n_days];
    for (int t = 0; t < operation->n_templates; t++) {
        const struct shift_template *tmpl = &operation->templates[t];
        struct shift shift = {.agent = agent, .tmpl = t};
        int span = tmpl->paid_min_min;
        shift.start_ts = zone_instant(zone, day, tmpl->start_from_min);
        if (!(tmpl->weekdays >> day_weekday(day) & 1) || shift.start_ts < grid->start_ts ||
            shift.start_ts >= grid_ts(grid, grid->n))
            continue;
        for (int b = 0; b < tmpl->n_breaks; b++) {
            const struct break_rule *rule = &tmpl->breaks[b];
            int64_t from = shift.start_ts + (int64_t)rule->earliest_min * 60;
            span += rule->paid ? 0 : rule->length_min;
            shift.activities[shift.n_activities++] =
                (struct activity){rule->kind, from, from + (int64_t)rule->length_min * 60, rule->paid};
        }
        shift.end_ts = shift.start_ts + (int64_t)span * 60;
        list->shifts[list->n++] = shift;
    }
    lone->n_days += list->n > 0;
}

static void try_rosters(struct lone *lone, int day, struct shift *shifts, int n)
{
    if (day < lone->n_days) {
        try_rosters(lone, day + 1, shifts, n);
        for (int i = 0; i < lone->days[day].n; i++) {
            shifts[n] = lone->days[day].shifts[i];
            try_rosters(lone, day + 1, shifts, n + 1);
        }
        return;
    }
    struct plan_solution roster = {.shifts = shifts, .n_shifts = n, .bound = -INFINITY};
    struct check_report report;
    bool legal = true;
    roster_check(lone->problem, &roster, &report);
    for (int v = 0; v < report.n_violations; v++) /* what is claimed of it is nothing */
        legal = legal && report.violations[v].rule == VIOLATION_ACCOUNT;
    if (legal)
        lone->best = MIN(lone->best, report.pay + report.shortage + report.penalty);
    check_report_clear(&report);
}

/* The least objective of any roster as the checker counts; INFINITY when there is none. */
static double lone_optimum(const struct plan_problem *problem)
{
    struct lone lone = {.problem = problem, .best = INFINITY};
    AUTO(zone) zone = zone_new(problem->operation->sites[0].zone, NULL);
    struct shift shifts[LONE_DAYS_MAX];
    for (int a = 0; a < problem->operation->n_agents; a++)
        for (int day = -1; day <= WEEK_DAYS * problem->n_weeks; day++)
            list_lone_day(&lone, zone, a, problem->first_day + day);
    try_rosters(&lone, 0, shifts, 0);
    return lone.best;
}

/* NULL when engine and checker agree on what the best roster costs, else what differs (g_free). `outcome`:
   0 no roster, 1 found, 2 proven as well. */
static char *lone_difference(const struct plan_problem *problem, unsigned number, int *outcome)
{
    double optimum = lone_optimum(problem), slack = 1e-6 * (1 + fabs(optimum));
    AUTO(plan_solution) solution = solve(problem, number);
    *outcome = 0;
    if ((solution != NULL) != (optimum < INFINITY))
        return g_strdup_printf("the optimum is %.12g, the engine has %s", optimum,
                               solution == NULL ? "no roster" : "a roster");
    if (solution == NULL)
        return NULL;
    char *told = difference(problem, solution);
    if (told != NULL)
        return told;
    if (solution->bound > optimum + slack)
        return g_strdup_printf("bound %.12g above the optimum %.12g", solution->bound, optimum);
    if (solution->objective < optimum - slack)
        return g_strdup_printf("objective %.12g below the optimum %.12g", solution->objective, optimum);
    if (solution->objective > optimum + slack)
        return g_strdup_printf("objective %.12g, the optimum is %.12g", solution->objective, optimum);
    *outcome = 1 + (plan_gap(solution) < 1e-6);
    return NULL;
}

START_TEST(every_rule_agrees)
{
    int solved = 0;
    for (unsigned i = 0; i < LONE_PROBLEMS / CHUNKS; i++) {
        unsigned number = (unsigned)_i * (LONE_PROBLEMS / CHUNKS) + i;
        AUTO(plan_problem) problem = random_lone_problem(number);
        int outcome;
        if (!operation_check(problem->operation, NULL))
            continue;
        g_autofree char *told = lone_difference(problem, number, &outcome);
        ck_assert_msg(told == NULL, "problem %u: %s", number, told);
        solved += outcome > 0;
    }
    ck_assert_msg(solved > LONE_PROBLEMS / CHUNKS / 4, "only %d problems had a roster", solved);
}
END_TEST

/* CHUNKS, or as many as WFM_RANDOM_CHUNKS says: under sanitizers a part of the problems is enough. */
static int chunks(void)
{
    const char *text = g_getenv("WFM_RANDOM_CHUNKS");
    return text != NULL ? CLAMP((int)g_ascii_strtoll(text, NULL, 10), 1, CHUNKS) : CHUNKS;
}

static Suite *suite(void)
{
    Suite *s = suite_create("roster random");
    TCase *tcase = tcase_create("random");
    tcase_set_timeout(tcase, 300);
    tcase_add_loop_test(tcase, checker_confirms, 0, chunks());
    suite_add_tcase(s, tcase);
    TCase *tiny = tcase_create("tiny");
    tcase_set_timeout(tiny, 300);
    tcase_add_loop_test(tiny, brute_force_agrees, 0, chunks());
    suite_add_tcase(s, tiny);
    TCase *weeks = tcase_create("weeks");
    tcase_set_timeout(weeks, 300);
    tcase_add_loop_test(weeks, checker_confirms_weeks, 0, chunks());
    suite_add_tcase(s, weeks);
    TCase *replans = tcase_create("replans");
    tcase_set_timeout(replans, 300);
    tcase_add_loop_test(replans, checker_confirms_replans, 0, chunks());
    suite_add_tcase(s, replans);
    TCase *lone = tcase_create("lone");
    tcase_set_timeout(lone, 300);
    tcase_add_loop_test(lone, every_rule_agrees, 0, chunks());
    suite_add_tcase(s, lone);
    return s;
}

TEST_MAIN(suite)
