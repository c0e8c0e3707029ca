/*
 * test_personal.c - the engine for headcounts: its kernel against enumeration, whole and in windows, tiny
 * problems against all rosters there are, the same bits for any number of threads, how it stops and what it
 * refuses. Problems are random instances of the Curtois & Qu benchmark.
 */
#include <math.h>
#include <string.h>

#include "core/error.h"
#include "scheduler/roster/checker.h"
#include "scheduler/roster/personal.h"
#include "scheduler/roster/personal_columns.h"
#include "scheduler/roster/personal_elite.h"
#include "scheduler/roster/personal_relax.h"
#include "scheduler/roster/personal_roster.h"
#include "tests/bench/curtois.h"
#include "tests/support/testing.h"

#define SHIFTS 2
#define OFF SHIFTS

/* ---- random instances ---- */

static int pick(struct random *random, int from, int to)
{
    return from + (int)(random_next(random) % (uint64_t)(to - from + 1));
}

static void random_staff(struct random *random, int a, int n_weeks, struct curtois_staff *staff)
{
    *staff = (struct curtois_staff){.id = g_strdup_printf("s%d", a),
                                    .shifts_max = g_new(int, SHIFTS),
                                    .minutes_min = 480 * pick(random, 0, 2) * n_weeks,
                                    .minutes_max = 480 * pick(random, 4, 6) * n_weeks,
                                    .consecutive_max = pick(random, 2, 6),
                                    .consecutive_min = pick(random, 1, 2),
                                    .off_min = pick(random, 1, 2),
                                    .weekends_max = pick(random, 0, n_weeks)};
    for (int s = 0; s < SHIFTS; s++)
        staff->shifts_max[s] = pick(random, 0, 3) == 0 ? pick(random, 1, 2) : 7 * n_weeks;
}

static struct curtois *random_instance(uint64_t seed, int n_staff, int n_weeks)
{
    struct random random;
    random_seed(&random, seed);
    struct curtois *in = g_new0(struct curtois, 1);
    in->n_days = 7 * n_weeks;
    in->n_shifts = SHIFTS;
    in->shifts = g_new0(struct curtois_shift, SHIFTS);
    for (int s = 0; s < SHIFTS; s++)
        in->shifts[s] = (struct curtois_shift){g_strdup_printf("t%d", s), pick(&random, 0, 1) ? 480 : 600,
                                               g_new0(bool, SHIFTS)};
    in->shifts[1].bars[0] = true;
    in->n_staff = n_staff;
    in->staff = g_new0(struct curtois_staff, (gsize)n_staff);
    in->days_off = g_new0(struct curtois_day_off, (gsize)n_staff);
    in->requests = g_new0(struct curtois_request, 4 * (gsize)n_staff);
    for (int a = 0; a < n_staff; a++) {
        random_staff(&random, a, n_weeks, &in->staff[a]);
        in->days_off[in->n_days_off++] = (struct curtois_day_off){a, pick(&random, 0, in->n_days - 1)};
        for (int i = 0; i < 4; i++)
            in->requests[in->n_requests++] =
                (struct curtois_request){a, pick(&random, 0, in->n_days - 1), pick(&random, 0, SHIFTS - 1),
                                         pick(&random, 1, 3), pick(&random, 0, 1) == 1};
    }
    in->cover = g_new0(struct curtois_cover, (gsize)in->n_days * SHIFTS);
    for (int day = 0; day < in->n_days; day++)
        for (int s = 0; s < SHIFTS; s++)
            in->cover[in->n_cover++] =
                (struct curtois_cover){day, s, pick(&random, 0, (n_staff + 1) / 2), 100, pick(&random, 1, 2)};
    return in;
}

static struct plan_problem *problem_of(const struct curtois *in)
{
    GError *error = NULL;
    struct plan_problem *problem = curtois_problem(in, &error);
    ck_no_error(error);
    ck_assert(personal_applies(problem));
    return problem;
}

/* ---- the kernel ---- */

/* Least cost over all works of the window that are legal with the days outside as they are; -1 when none. */
static int64_t enumerate_window(const struct personal_model *model, const uint8_t *work, int from, int to,
                                const int32_t *cost)
{
    uint8_t trial[64];
    int64_t best = -1, n = 1;
    memcpy(trial, work, (size_t)model->n_days);
    for (int i = from; i < to; i++)
        n *= SHIFTS + 1;
    for (int64_t code = 0; code < n; code++) {
        int64_t rest = code, sum = 0;
        for (int i = from; i < to; i++, rest /= SHIFTS + 1) {
            trial[i] = (uint8_t)(rest % (SHIFTS + 1));
            sum += cost[(i - from) * (SHIFTS + 1) + trial[i]];
        }
        if (sum < PATH_FORBIDDEN && (best < 0 || sum < best) && personal_legal(model, 0, trial))
            best = sum;
    }
    return best;
}

static void compare(const struct personal_model *model, struct path *path, const uint8_t *work, int from,
                    int to, struct random *random)
{
    int limit[PERSONAL_TEMPLATES_MAX];
    int32_t cost[64 * (SHIFTS + 1)];
    struct path_query query;
    struct path_found found[PATH_BEST_MAX];
    int64_t bound;
    path_window(model, 0, work, from, to, limit, &query);
    for (int i = from; i < to; i++)
        for (int t = 0; t <= SHIFTS; t++)
            cost[(i - from) * (SHIFTS + 1) + t] = isfinite(personal_cost(model, 0, i)[t])
                                                      ? (int32_t)(random_next(random) % 100)
                                                      : PATH_FORBIDDEN;
    query.cost = cost;
    int n = path_solve(path, &query, 3, NULL, found, &bound);
    int64_t want = enumerate_window(model, work, from, to, cost);
    ck_assert_msg(want < 0 ? n == 0 : n > 0 && found[0].cost == want && bound == want,
                  "days %d to %d: %d found, the best %ld, bound %ld, by enumeration %ld", from, to, n,
                  n > 0 ? (long)found[0].cost : -1, (long)bound, (long)want);
    for (int k = 0; k < n; k++) {
        uint8_t trial[64];
        memcpy(trial, work, (size_t)model->n_days);
        memcpy(trial + from, found[k].work, (size_t)(to - from));
        ck_assert(personal_legal(model, 0, trial));
        ck_assert(k == 0 || found[k].cost >= found[k - 1].cost);
    }
}

START_TEST(test_kernel_whole)
{
    AUTO(path) path = path_new();
    for (uint64_t seed = 0; seed < 40; seed++) {
        AUTO(curtois) in = random_instance(seed + 1000 * (uint64_t)_i, 1, 1);
        AUTO(plan_problem) problem = problem_of(in);
        AUTO(personal_model) model = personal_model_new(problem, NULL);
        uint8_t off[7];
        struct random random;
        random_seed(&random, seed);
        memset(off, OFF, sizeof off);
        compare(model, path, off, 0, 7, &random);
    }
}
END_TEST

START_TEST(test_kernel_windows)
{
    AUTO(path) path = path_new();
    for (uint64_t seed = 0; seed < 12; seed++) {
        AUTO(curtois) in = random_instance(seed + 1000 * (uint64_t)_i, 1, 3);
        AUTO(plan_problem) problem = problem_of(in);
        AUTO(personal_model) model = personal_model_new(problem, NULL);
        AUTO(personal_roster) roster = personal_roster_new(model);
        int32_t cost[64 * (SHIFTS + 1)];
        struct random random;
        random_seed(&random, seed);
        if (!personal_reinsert(roster, path, 0, 0, model->n_days, 1000, &random, cost, NULL))
            continue;
        ck_assert(personal_legal(model, 0, personal_work(roster, 0)));
        for (int from = 0; from < model->n_days; from += 2)
            compare(model, path, personal_work(roster, 0), from, MIN(from + 6, model->n_days), &random);
    }
}
END_TEST

/* ---- whole problems ---- */

static struct plan_solution *solve(const struct plan_problem *problem)
{
    struct roster_control control = {0};
    GError *error = NULL;
    struct plan_solution *solution = roster_solve(problem, &control, &error);
    if (solution == NULL)
        g_clear_error(&error); /* an agent for whom nothing is legal */
    return solution;
}

static int list_works(const struct personal_model *model, int agent, uint8_t works[2187][7])
{
    int n = 0;
    for (int code = 0; code < 2187; code++) {
        int rest = code;
        for (int day = 0; day < 7; day++, rest /= 3)
            works[n][day] = (uint8_t)(rest % 3);
        n += personal_legal(model, agent, works[n]);
    }
    return n;
}

START_TEST(test_tiny_optimum)
{
    static uint8_t works[2][2187][7];
    AUTO(curtois) in = random_instance((uint64_t)_i, 2, 1);
    AUTO(plan_problem) problem = problem_of(in);
    problem->limits.rounds = 40;
    AUTO(personal_model) model = personal_model_new(problem, NULL);
    AUTO(personal_roster) roster = personal_roster_new(model);
    int n[2] = {list_works(model, 0, works[0]), list_works(model, 1, works[1])};
    double best = INFINITY;
    for (int i = 0; i < n[0]; i++) {
        personal_roster_set(roster, 0, 0, 7, works[0][i]);
        for (int j = 0; j < n[1]; j++) {
            personal_roster_set(roster, 1, 0, 7, works[1][j]);
            best = MIN(best, roster->cost + model->constant);
        }
    }
    AUTO(plan_solution) solution = solve(problem);
    if (n[0] == 0 || n[1] == 0) {
        ck_assert_ptr_null(solution);
        return;
    }
    struct check_report report;
    bool clean = roster_check(problem, solution, &report);
    ck_assert_msg(clean, "%s", report.violations[0].message);
    check_report_clear(&report);
    /* the search is no proof: within 1 % on all of these, exact on all but one */
    ck_assert_msg(solution->objective >= best - 1e-6 && solution->objective <= 1.01 * best + 1e-6,
                  "%g, best %g, bound %g", solution->objective, best, solution->bound);
    ck_assert(solution->bound <= best + 1e-6);
    AUTO(relax) relax = relax_new(model, 1);
    for (int step = 0; step < 150; step++) {
        ck_assert(relax_step(relax, best - model->constant, NULL));
        ck_assert_msg(relax_bound(relax) <= best - model->constant + 1e-6, "step %d: %g, best %g", step,
                      relax_bound(relax), best - model->constant);
    }
}
END_TEST

/* A horizon above 120 days has a bound, too. */
START_TEST(test_long)
{
    AUTO(curtois) in = random_instance(78, 20, 22);
    for (int a = 0; a < in->n_staff; a++)
        in->staff[a].minutes_min = 0;
    AUTO(plan_problem) problem = problem_of(in);
    problem->limits.rounds = 6;
    AUTO(plan_solution) solution = solve(problem);
    ck_assert_msg(solution->bound <= solution->objective && solution->bound > 0.2 * solution->objective,
                  "%g, bound %g", solution->objective, solution->bound);
    struct check_report report;
    ck_assert(roster_check(problem, solution, &report));
    check_report_clear(&report);
}
END_TEST

/* Rosters of four weeks begin with the root, of twenty with the relaxed optimum, and both come to their
   search; in the last case runs end, are
   crossed and start again. */
START_TEST(test_same_bits)
{
    static const struct {
        uint64_t seed;
        int staff, weeks, rounds;
    } cases[] = {{77, 20, 4, 6}, {77, 20, 20, 24}, {9, 10, 4, 240}};
    AUTO(curtois) in = random_instance(cases[_i].seed, cases[_i].staff, cases[_i].weeks);
    for (int a = 0; a < in->n_staff; a++) /* all can be rostered */
        in->staff[a].minutes_min = 0;
    AUTO(plan_problem) problem = problem_of(in);
    problem->limits.rounds = cases[_i].rounds;
    problem->seed = 5;
    problem->limits.threads = 1;
    AUTO(plan_solution) one = solve(problem);
    problem->limits.threads = 2;
    AUTO(plan_solution) two = solve(problem);
    ck_assert(one != NULL && two != NULL);
    if (_i == 2)
        ck_assert_str_eq(one->stopped, "rounds");
    struct check_report report;
    ck_assert(roster_check(problem, one, &report));
    check_report_clear(&report);
    ck_assert_int_eq(one->n_shifts, two->n_shifts);
    ck_assert(one->objective == two->objective && one->bound == two->bound);
    for (int i = 0; i < one->n_shifts; i++)
        ck_assert(one->shifts[i].agent == two->shifts[i].agent &&
                  one->shifts[i].tmpl == two->shifts[i].tmpl &&
                  one->shifts[i].start_ts == two->shifts[i].start_ts);
}
END_TEST

/* What a crossover dives for has no cell that neither parent has, and costs no more than the cheaper one. */
START_TEST(test_crossing)
{
    AUTO(curtois) in = random_instance(41, 6, 2);
    for (int a = 0; a < in->n_staff; a++)
        in->staff[a].minutes_min = 0;
    AUTO(plan_problem) problem = problem_of(in);
    AUTO(personal_model) model = personal_model_new(problem, NULL);
    AUTO(path) path = path_new();
    AUTO(elites) elites = elites_new(model);
    size_t n_cells = (size_t)model->n_agents * (size_t)model->n_days, stride = (size_t)model->n_tmpl + 1;
    g_autofree uint8_t *cells = g_new0(uint8_t, n_cells * stride);
    g_autofree uint8_t *barred = g_new(uint8_t, n_cells * stride);
    g_autofree uint8_t *work = g_new(uint8_t, n_cells);
    g_autofree int32_t *cost = g_new(int32_t, (size_t)model->n_days * stride);
    int all[] = {0, 1, 2, 3, 4, 5}, chosen[ELITES_MAX];
    struct random random;
    random_seed(&random, 1);
    for (int i = 0; i < 2; i++) {
        AUTO(personal_roster) roster = personal_roster_new(model);
        for (int k = 0; k < 6; k++)
            ck_assert(personal_reinsert(roster, path, (k + 3 * i) % 6, 0, model->n_days, 3000, &random, cost,
                                        NULL));
        memset(cells, 0, n_cells * stride);
        elites_mark(roster, cells);
        elites_add(elites, roster, cells);
        elites_add(elites, roster, cells);
    }
    ck_assert_int_eq(elites_n(elites), 2);
    ck_assert_int_eq(elites_choose(elites, 5, &random, chosen), 2);
    elites_bar(elites, chosen, 2, barred);
    struct columns_task what = {.roster = elites_at(elites, 0),
                                .agents = all,
                                .n_agents = 6,
                                .to = model->n_days,
                                .threads = 1,
                                .barred = barred};
    AUTO(columns) c = columns_new(&what);
    for (int a = 0; a < 6; a++)
        columns_add(c, a, personal_work(elites_at(elites, 1), a));
    double least = MIN(elites_at(elites, 0)->cost, elites_at(elites, 1)->cost);
    ck_assert_int_eq(columns_converge(c, INFINITY, 300, INT64_MAX / 4), COLUMNS_DONE);
    ck_assert(columns_bound(c) <= least + 1e-6);
    ck_assert(columns_mip(c, least + 0.5, 1000, work));
    AUTO(personal_roster) child = personal_roster_new(model);
    for (int a = 0; a < 6; a++) {
        ck_assert(personal_legal(model, a, work + (size_t)a * (size_t)model->n_days));
        personal_roster_set(child, a, 0, model->n_days, work + (size_t)a * (size_t)model->n_days);
    }
    ck_assert(child->cost <= least + 1e-6);
    for (size_t at = 0; at < n_cells; at++)
        ck_assert(!barred[at * stride + work[at]]);
}
END_TEST

static bool stop_at_once(const struct plan_progress *progress, void *user)
{
    (void)progress;
    (void)user;
    return false;
}

static double steady_clock(void *user)
{
    double *now = user;
    return *now += 0.1;
}

START_TEST(test_stops)
{
    AUTO(curtois) in = random_instance(3, 6, 2);
    for (int a = 0; a < in->n_staff; a++)
        in->staff[a].minutes_min = 0;
    AUTO(plan_problem) problem = problem_of(in);
    GError *error = NULL;
    double now = 0;
    struct roster_control cancel = {.clock = steady_clock, .progress = stop_at_once, .user = &now};
    struct roster_control late = {.clock = steady_clock, .user = &now};
    AUTO(plan_solution) cancelled = roster_solve(problem, &cancel, &error);
    ck_no_error(error);
    ck_assert_str_eq(cancelled->stopped, "cancelled");
    problem->limits.seconds = 0.05;
    AUTO(plan_solution) cut = roster_solve(problem, &late, &error);
    ck_no_error(error);
    ck_assert_str_eq(cut->stopped, "deadline");
    struct check_report report;
    ck_assert(roster_check(problem, cut, &report));
    check_report_clear(&report);
}
END_TEST

START_TEST(test_impossible_agent)
{
    AUTO(curtois) in = random_instance(3, 2, 1);
    in->staff[1].minutes_min = in->staff[1].minutes_max = 7 * 1440;
    AUTO(plan_problem) problem = problem_of(in);
    struct roster_control control = {0};
    g_autoptr(GError) error = NULL;
    ck_assert_ptr_null(roster_solve(problem, &control, &error));
    ck_assert(g_error_matches(error, WFM_ERROR, WFM_ERROR_INPUT));
    ck_assert_msg(strstr(error->message, "agent s") != NULL, "%s", error->message);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("personal");
    TCase *tc = tcase_create("headcounts");
    tcase_set_timeout(tc, 120);
    tcase_add_loop_test(tc, test_kernel_whole, 0, 5);
    tcase_add_loop_test(tc, test_kernel_windows, 0, 5);
    tcase_add_loop_test(tc, test_tiny_optimum, 0, 60);
    tcase_add_test(tc, test_long);
    tcase_add_loop_test(tc, test_same_bits, 0, 3);
    tcase_add_test(tc, test_crossing);
    tcase_add_test(tc, test_stops);
    tcase_add_test(tc, test_impossible_agent);
    suite_add_tcase(s, tc);
    return s;
}

TEST_MAIN(suite)
