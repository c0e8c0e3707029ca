/*
 * test_roster_solve.c - roster_solve as its callers see it: tiny problems solved exactly by enumeration,
 * rules that leave one roster only, edges of the horizon, the same bits for the same seed, planning units.
 * Every roster passes the checker.
 */
#include <math.h>
#include <string.h>

#include "core/error.h"
#include "scheduler/roster/checker.h"
#include "scheduler/roster/roster.h"
#include "scheduler/roster/sla.h"
#include "scheduler/roster/worth.h"
#include "tests/scheduler/roster_tiny.h"
#include "tests/support/testing.h"

#define HOUR 3600

/* ---- exact optimum of tiny problems ---- */

#define WEEKS_MAX 40

/* All weeks of one shift of the agent: (start, length) pairs of the only template, days of its mask. */
static int list_weeks(const struct plan_problem *problem, int32_t from[WEEKS_MAX], int32_t to[WEEKS_MAX])
{
    const struct shift_template *t = &problem->operation->templates[0];
    int n = 0, per_hour = 3600 / problem->demand.grid.interval_s;
    for (int day = 0; day < 7; day++)
        for (int start = t->start_from_min; start <= t->start_to_min && (t->weekdays >> day & 1);
             start += t->start_step_min)
            for (int paid = t->paid_min_min; paid <= t->paid_max_min; paid += t->paid_step_min) {
                from[n] = (day * 24 + start / 60) * per_hour;
                to[n] = from[n] + paid / 60 * per_hour;
                n++;
            }
    return n;
}

/* Least pay + shortage over all combinations of the agents' weeks; staff is allocated by worth.h (the
   checker, which every solution passes, recounts it its own way). */
static double enumerate(const struct plan_problem *problem)
{
    GError *error = NULL;
    AUTO(roster_model) model = roster_model_new(problem, &error);
    ck_no_error(error);
    AUTO(worth) worth = worth_new(model);
    AUTO(sla_account) sla = sla_account_new(model, worth);
    int32_t from[WEEKS_MAX], to[WEEKS_MAX];
    int n = list_weeks(problem, from, to), n_agents = problem->operation->n_agents, set[4], pick[4] = {0};
    double rate = problem->operation->contracts[0].rate, best = INFINITY;
    for (int a = 0; a < n_agents; a++)
        set[a] = model->classes[model->class_of_agent[a]].set;
    for (;;) {
        double cost = sla_account_clear(sla);
        for (int a = 0; a < n_agents; a++)
            cost += rate * (to[pick[a]] - from[pick[a]]) * problem->demand.grid.interval_s / 3600;
        for (int iv = 0; iv < model->n_iv; iv++) {
            int count[4] = {0};
            for (int a = 0; a < n_agents; a++)
                count[set[a]] += iv >= from[pick[a]] && iv < to[pick[a]];
            cost += worth_total(worth, iv) - worth_value(worth, iv, count);
            cost += sla_account_set(sla, iv);
        }
        best = MIN(best, cost);
        int a = 0;
        while (a < n_agents && ++pick[a] == n)
            pick[a++] = 0;
        if (a == n_agents)
            return best;
    }
}

START_TEST(tiny_problems_meet_their_optimum)
{
    struct dice dice = {(uint64_t)_i * 31 + 5};
    AUTO(plan_problem) problem = tiny_problem("UTC", 60, TINY_MONDAY);
    struct contract *contract = &problem->operation->contracts[0];
    int t = tiny_template(problem, 480, 600, 60, 240, 300, 60);
    problem->operation->templates[t].weekdays = 1 | 4;
    contract->week_days_min = contract->week_days_max = 1;
    int n_queues = dice_between(&dice, 1, 2), n_agents = dice_between(&dice, 1, 3);
    for (int q = 0; q < n_queues; q++)
        tiny_queue(problem);
    for (int a = 0; a < n_agents; a++)
        tiny_agent(problem, n_queues == 1 ? 1u : (unsigned)dice_between(&dice, 1, 3));
    tiny_demand(problem, 2);
    int64_t start = problem->demand.grid.start_ts;
    for (int q = 0; q < n_queues; q++)
        for (int iv = 0; iv < problem->demand.grid.n; iv++) {
            int64_t ts = start + iv * HOUR;
            tiny_need(problem, q, 0, ts, ts + HOUR, 1.5 * dice_unit(&dice), 6 + 10 * dice_unit(&dice));
            tiny_need(problem, q, 1, ts, ts + HOUR, dice_unit(&dice), 5 * dice_unit(&dice));
        }
    double optimum = enumerate(problem);
    AUTO(plan_solution) solution = tiny_solve(problem);
    double slack = 1e-6 * (1 + optimum);
    ck_assert_msg(solution->bound <= optimum + slack, "problem %d: bound %.9g above the optimum %.9g", _i,
                  solution->bound, optimum);
    ck_assert_msg(fabs(solution->objective - optimum) <= slack, "problem %d: objective %.9g, optimum %.9g",
                  _i, solution->objective, optimum);
    ck_assert_msg(solution->bound >= 0.85 * optimum, "problem %d: bound %.9g far below the optimum %.9g", _i,
                  solution->bound, optimum);
}
END_TEST

/* The same with service levels over a period: one queue, a row over the week or one over each day worked,
   whose needs may or may not be met. The bound holds below the optimum, though a multiplier's price leaves a
   gap. */
START_TEST(tiny_rows_meet_their_optimum)
{
    struct dice dice = {(uint64_t)_i * 77 + 3};
    AUTO(plan_problem) problem = tiny_problem("UTC", 60, TINY_MONDAY);
    struct contract *contract = &problem->operation->contracts[0];
    int t = tiny_template(problem, 480, 600, 60, 240, 300, 60);
    problem->operation->templates[t].weekdays = 1 | 4;
    contract->week_days_min = contract->week_days_max = 1;
    tiny_queue(problem);
    for (int a = dice_between(&dice, 1, 3); a > 0; a--)
        tiny_agent(problem, 1);
    tiny_demand(problem, 3);
    struct demand *demand = &problem->demand;
    demand_add_gains(demand);
    double price = 2 + 4 * dice_unit(&dice), all = 0;
    for (int iv = 0; iv < demand->grid.n; iv++) {
        size_t piece = DEMAND_PIECE(demand, 0, iv, 0);
        demand->width[piece] = 0.5 + dice_unit(&dice);
        demand->value[piece] = 12;
        for (int k = 1; k < 3; k++) {
            demand->width[piece + (size_t)k] = 0.3 + dice_unit(&dice);
            demand->gain[piece + (size_t)k] = (3 - k) * (0.5 + dice_unit(&dice) / 2);
            demand->value[piece + (size_t)k] = 0.01 * demand->gain[piece + (size_t)k];
            all += iv % 24 >= 8 && iv % 24 < 15 ? demand->gain[piece + (size_t)k] / 7 : 0;
        }
    }
    bool days = dice_between(&dice, 0, 1);
    for (int32_t from = 0; from < demand->grid.n; from += days ? 24 : demand->grid.n) {
        struct sla_row row = {0, from, days ? from + 24 : demand->grid.n, all * (dice_unit(&dice) - 0.1),
                              price};
        demand_add_row(demand, &row);
    }
    double optimum = enumerate(problem);
    AUTO(plan_solution) solution = tiny_solve(problem);
    double slack = 1e-6 * (1 + optimum);
    ck_assert_msg(solution->bound <= optimum + slack, "problem %d: bound %.9g above the optimum %.9g", _i,
                  solution->bound, optimum);
    ck_assert_msg(fabs(solution->objective - optimum) <= slack, "problem %d: objective %.9g, optimum %.9g",
                  _i, solution->objective, optimum);
    ck_assert_msg(solution->bound >= 0.7 * optimum, "problem %d: bound %.9g far below the optimum %.9g", _i,
                  solution->bound, optimum);
}
END_TEST

/* ---- rules that leave one roster ---- */

/* Every case: one agent, eight-hour shifts; what is wanted is a list of shift starts in hours from the
 * horizon's start. */
struct only {
    const char *what;
    const char *zone;
    int32_t monday;
    void (*make)(struct plan_problem *problem);
    double want[8];
    int n;
};

static int64_t at(const struct plan_problem *problem, double hours)
{
    return problem->demand.grid.start_ts + (int64_t)(hours * HOUR);
}

/* Demand so dear that a shift at these hours pays. */
static void want_staff(struct plan_problem *problem, double from_h, double to_h)
{
    tiny_need(problem, 0, 0, at(problem, from_h), at(problem, to_h), 1, 100);
}

static void nothing_wanted(struct plan_problem *problem)
{
    tiny_template(problem, 480, 480, 60, 480, 480, 60);
}

static void minimum_days(struct plan_problem *problem)
{
    int t = tiny_template(problem, 480, 480, 60, 480, 480, 60);
    problem->operation->templates[t].weekdays = 1 | 8;
    tiny_contract(problem)->week_days_min = 2;
}

static void minimum_minutes(struct plan_problem *problem)
{
    int t = tiny_template(problem, 480, 480, 60, 480, 480, 60);
    problem->operation->templates[t].weekdays = 2 | 16;
    tiny_contract(problem)->week_minutes_min = 960;
}

static void maximum_days(struct plan_problem *problem)
{
    tiny_template(problem, 480, 480, 60, 480, 480, 60);
    tiny_contract(problem)->week_days_max = 1;
    want_staff(problem, 8, 16);
    tiny_need(problem, 0, 0, at(problem, 32), at(problem, 40), 1, 200);
}

static void maximum_minutes(struct plan_problem *problem)
{
    maximum_days(problem);
    tiny_contract(problem)->week_days_max = 7;
    tiny_contract(problem)->week_minutes_max = 900;
}

static void run_of_days(struct plan_problem *problem)
{
    tiny_template(problem, 480, 480, 60, 480, 480, 60);
    tiny_contract(problem)->consecutive_days_max = 3;
    for (int day = 1; day <= 2; day++)
        tiny_past(problem, 0, at(problem, (day - 3) * 24 + 8), at(problem, (day - 3) * 24 + 16));
    want_staff(problem, 8, 48);
    tiny_need(problem, 0, 0, at(problem, 8), at(problem, 16), 1, 200); /* Monday rather than Tuesday */
}

static void days_off(struct plan_problem *problem)
{
    tiny_template(problem, 480, 480, 60, 480, 480, 60);
    problem->operation->templates[0].weekdays = 2 | 4;
    tiny_contract(problem)->consecutive_days_off_min = 2;
    tiny_past(problem, 0, at(problem, -16), at(problem, -8));
    want_staff(problem, 32, 40); /* Tuesday: one day off after Sunday */
    want_staff(problem, 56, 64); /* Wednesday: two */
}

static void rest(struct plan_problem *problem)
{
    tiny_template(problem, 480, 480, 60, 480, 480, 60);
    tiny_template(problem, 1320, 1320, 60, 480, 480, 60);
    tiny_contract(problem)->rest_min_minutes = 660;
    tiny_need(problem, 0, 0, at(problem, 22), at(problem, 30), 1, 200);
    want_staff(problem, 32, 40); /* two hours behind the night */
    tiny_past(problem, 0, at(problem, -4), at(problem, 4));
    want_staff(problem, 8, 16); /* four hours behind Sunday's night */
}

static void nights(struct plan_problem *problem)
{
    tiny_template(problem, 1320, 1320, 60, 480, 480, 60);
    tiny_contract(problem)->week_nights_max = 1;
    want_staff(problem, 22, 30);
    tiny_need(problem, 0, 0, at(problem, 70), at(problem, 78), 1, 150);
}

static void weekends(struct plan_problem *problem)
{
    tiny_template(problem, 480, 480, 60, 480, 480, 60);
    tiny_contract(problem)->weekends_max = 1;
    tiny_contract(problem)->weekends_of = 3;
    tiny_past(problem, 0, at(problem, -9 * 24 + 8), at(problem, -9 * 24 + 16));
    want_staff(problem, 104, 112); /* Friday */
    want_staff(problem, 128, 136); /* Saturday: a second weekend in three */
}

static void spread(struct plan_problem *problem)
{
    tiny_template(problem, 1380, 1380, 60, 240, 240, 60);
    tiny_template(problem, 60, 60, 60, 240, 240, 60);
    tiny_template(problem, 600, 600, 60, 240, 240, 60);
    tiny_contract(problem)->start_spread_max_min = 120;
    want_staff(problem, 23, 27);
    want_staff(problem, 49, 53);
    tiny_need(problem, 0, 0, at(problem, 82), at(problem, 86), 1, 150);
}

static void available(struct plan_problem *problem)
{
    tiny_template(problem, 480, 720, 60, 480, 480, 60);
    tiny_available(problem, 0, 1, 540, 800);
    tiny_available(problem, 0, 1, 800, 1020); /* touching spans join: 09:00 to 17:00 */
    want_staff(problem, 8, 64);
}

static void time_off(struct plan_problem *problem)
{
    tiny_template(problem, 480, 480, 60, 480, 480, 60);
    tiny_contract(problem)->week_days_min = tiny_contract(problem)->week_days_max = 5;
    tiny_contract(problem)->week_minutes_min = tiny_contract(problem)->week_minutes_max = 2400;
    tiny_time_off(problem, 0, at(problem, 0), at(problem, 96), 480); /* Monday to Thursday */
    want_staff(problem, 152, 160);                                   /* Sunday */
}

static void unpaid_week_off(struct plan_problem *problem)
{
    time_off(problem);
    problem->operation->time_off[0].end_ts = at(problem, 168);
    problem->operation->time_off[0].credit_min = 0;
}

static void whole_week_off(struct plan_problem *problem)
{
    time_off(problem);
    problem->operation->time_off[0].end_ts = at(problem, 168);
}

static void employed(struct plan_problem *problem)
{
    tiny_template(problem, 480, 480, 60, 480, 480, 60);
    problem->operation->agents[0].employed_from = TINY_MONDAY + 3;
    problem->operation->agents[0].employed_to = TINY_MONDAY + 3;
    want_staff(problem, 0, 168);
}

static void over_the_end(struct plan_problem *problem)
{
    tiny_template(problem, 1320, 1320, 60, 480, 480, 60);
    want_staff(problem, 166, 168);
}

static void
ahead_of_planning(struct plan_problem *problem) /* 06:00 in Manila is 22:00 UTC of the day before */
{
    tiny_template(problem, 360, 360, 60, 480, 480, 60);
    tiny_contract(problem)->week_days_max = 1;
    want_staff(problem, 166, 168); /* Monday in Manila, still this week in UTC */
}

static void
spring_forward(struct plan_problem *problem) /* New York: 02:00 to 03:00 of Sunday 8 March 2026 is missing */
{
    tiny_template(problem, 150, 150, 30, 480, 480, 60);
    problem->operation->templates[0].weekdays = 64;
    tiny_contract(problem)->week_days_min = 1; /* 02:30 is the instant also called 03:30: 07:30 UTC */
}

static void
fall_back(struct plan_problem *problem) /* Paris: 25 October 2026, 02:30 means the first one, 00:30 UTC */
{
    spring_forward(problem);
}

static const struct only only[] = {
    {"no demand, no minimum: nobody works", "UTC", TINY_MONDAY, nothing_wanted, {0}, 0},
    {"week_days_min", "UTC", TINY_MONDAY, minimum_days, {8, 80}, 2},
    {"week_minutes_min", "UTC", TINY_MONDAY, minimum_minutes, {32, 104}, 2},
    {"week_days_max", "UTC", TINY_MONDAY, maximum_days, {32}, 1},
    {"week_minutes_max", "UTC", TINY_MONDAY, maximum_minutes, {32}, 1},
    {"consecutive_days_max with carry-over", "UTC", TINY_MONDAY, run_of_days, {8}, 1},
    {"consecutive_days_off_min with carry-over", "UTC", TINY_MONDAY, days_off, {56}, 1},
    {"rest_min_minutes with carry-over", "UTC", TINY_MONDAY, rest, {22}, 1},
    {"week_nights_max", "UTC", TINY_MONDAY, nights, {70}, 1},
    {"weekends_max with carry-over", "UTC", TINY_MONDAY, weekends, {104}, 1},
    {"start_spread_max_min over midnight", "UTC", TINY_MONDAY, spread, {23, 49}, 2},
    {"availability, touching spans", "UTC", TINY_MONDAY, available, {9}, 1},
    {"time off with credit", "UTC", TINY_MONDAY, time_off, {152}, 1},
    {"a whole week off", "UTC", TINY_MONDAY, whole_week_off, {0}, 0},
    {"a whole week off, unpaid", "UTC", TINY_MONDAY, unpaid_week_off, {0}, 0},
    {"employment", "UTC", TINY_MONDAY, employed, {80}, 1},
    {"a night over the end of the week", "UTC", TINY_MONDAY, over_the_end, {166}, 1},
    {"a site eight hours ahead", "Asia/Manila", TINY_MONDAY, ahead_of_planning, {166}, 1},
    {"a start in the gap of a clock change", "America/New_York", 20514, spring_forward, {151.5}, 1},
    {"a start in the fold of a clock change", "Europe/Paris", 20745, fall_back, {144.5}, 1},
};

START_TEST(one_roster_is_left)
{
    const struct only *row = &only[_i];
    AUTO(plan_problem) problem = tiny_problem(row->zone, 30, row->monday);
    tiny_queue(problem);
    tiny_agent(problem, 1);
    tiny_demand(problem, 1);
    row->make(problem);
    AUTO(plan_solution) solution = tiny_solve(problem);
    ck_assert_msg(solution->n_shifts == row->n, "%s: %d shifts, wanted %d (first at %g h)", row->what,
                  solution->n_shifts, row->n,
                  solution->n_shifts > 0 ? (double)(solution->shifts[0].start_ts - at(problem, 0)) / HOUR
                                         : 0.0);
    for (int i = 0; i < row->n; i++) {
        double start = (double)(solution->shifts[i].start_ts - at(problem, 0)) / HOUR;
        ck_assert_msg(fabs(start - row->want[i]) < 1e-9, "%s: shift %d starts at %g h, wanted %g", row->what,
                      i, start, row->want[i]);
    }
    ck_assert_msg(plan_gap(solution) < 1e-6, "%s: gap %g", row->what, plan_gap(solution));
}
END_TEST

/* ---- no legal week ---- */

static const struct {
    const char *what;
    void (*make)(struct plan_problem *problem);
    const char *says; /* in the message */
} none[] = {
    {"time off with little credit", NULL, "week_minutes_min"},
    {"no start on the grid", nothing_wanted, "grid"},
};

START_TEST(no_legal_week_is_explained)
{
    AUTO(plan_problem) problem = tiny_problem("UTC", 60, TINY_MONDAY);
    struct roster_control control = {0};
    g_autoptr(GError) error = NULL;
    tiny_queue(problem);
    tiny_agent(problem, 1);
    tiny_demand(problem, 1);
    if (_i == 0) {
        time_off(problem);
        tiny_contract(problem)->week_days_min = 0;
        problem->operation->time_off[0].credit_min = 1;
    } else {
        tiny_template(problem, 490, 490, 60, 480, 480, 60);
        tiny_contract(problem)->week_days_min = 1;
    }
    struct plan_solution *solution = roster_solve(problem, &control, &error);
    ck_assert_ptr_null(solution);
    ck_assert(g_error_matches(error, WFM_ERROR, WFM_ERROR_INPUT));
    ck_assert_msg(strstr(error->message, "agent a0") && strstr(error->message, none[_i].says), "%s: %s",
                  none[_i].what, error->message);
}
END_TEST

/* ---- edges ---- */

START_TEST(nobody_and_nothing)
{
    AUTO(plan_problem) problem = tiny_problem("UTC", 60, TINY_MONDAY);
    tiny_queue(problem);
    tiny_demand(problem, 1);
    want_staff(problem, 0, 10);
    AUTO(plan_solution) solution = tiny_solve(problem);
    ck_assert_int_eq(solution->n_shifts, 0);
    ck_assert_double_eq_tol(solution->objective, 1000, 1e-6);
    ck_assert_double_eq_tol(solution->bound, 1000, 1e-3);
    ck_assert_str_eq(solution->stopped, "exhausted");
}
END_TEST

/* A middling problem: twelve agents with three skill sets on two queues, breaks, a past. */
static struct plan_problem *middling(double need)
{
    struct plan_problem *problem = tiny_problem("Asia/Manila", 30, TINY_MONDAY);
    int t = tiny_template(problem, 0, 1380, 60, 420, 480, 60);
    tiny_break(problem, t, 60, false, 180, 270);
    tiny_break(problem, t, 30, true, 60, 150);
    struct contract *contract = tiny_contract(problem);
    contract->week_days_min = 4;
    contract->week_days_max = 5;
    contract->week_minutes_min = 1920;
    contract->week_minutes_max = 2400;
    contract->rest_min_minutes = 660;
    contract->consecutive_days_max = 5;
    contract->week_nights_max = 3;
    contract->start_spread_max_min = 240;
    contract->night_premium = 0.25;
    tiny_queue(problem);
    tiny_queue(problem);
    for (int a = 0; a < 12; a++)
        tiny_agent(problem, (unsigned)(a % 3 + 1));
    tiny_past(problem, 0, at(problem, -4), at(problem, 4));
    tiny_demand(problem, 1);
    for (int iv = 0; iv < problem->demand.grid.n; iv++)
        for (int q = 0; q < 2; q++)
            tiny_need(problem, q, 0, at(problem, iv * 0.5), at(problem, iv * 0.5 + 0.5),
                      need * (1.2 + sin(iv * 0.13 + q)), 12);
    return problem;
}

START_TEST(same_seed_same_bits)
{
    AUTO(plan_problem) problem = middling(1.0);
    problem->limits.rounds = 150;
    AUTO(plan_solution) first = tiny_solve(problem);
    problem->limits.threads = 2;
    AUTO(plan_solution) second = tiny_solve(problem);
    ck_assert_int_eq(first->n_shifts, second->n_shifts);
    ck_assert(first->objective == second->objective && first->bound == second->bound);
    for (int i = 0; i < first->n_shifts; i++) {
        const struct shift *x = &first->shifts[i], *y = &second->shifts[i];
        ck_assert(x->agent == y->agent && x->start_ts == y->start_ts && x->end_ts == y->end_ts);
        for (int k = 0; k < x->n_activities; k++)
            ck_assert(x->activities[k].start_ts == y->activities[k].start_ts);
    }
    ck_assert_str_eq(first->stopped, "rounds");
    ck_assert_int_eq(first->rounds, 150);
}
END_TEST

/* A machine on which every look at the clock costs `user` seconds. */
static double slow_clock(void *user)
{
    double *at = user;
    return at[0] += at[1];
}

START_TEST(slow_machine_same_bits)
{
    AUTO(plan_problem) problem = middling(1.0);
    problem->limits.rounds = 60;
    problem->limits.seconds = 20;
    double fast[2] = {0, 1e-6}, slow[2] = {0, 0.003};
    struct roster_control on_fast = {.clock = slow_clock, .user = fast},
                          on_slow = {.clock = slow_clock, .user = slow};
    GError *error = NULL;
    AUTO(plan_solution) first = roster_solve(problem, &on_fast, &error);
    ck_no_error(error);
    AUTO(plan_solution) second = roster_solve(problem, &on_slow, &error);
    ck_no_error(error);
    ck_assert_msg(slow[0] > 0.2 * 20, "the slow clock only came to %g s", slow[0]);
    ck_assert_str_eq(first->stopped, "rounds");
    ck_assert_str_eq(second->stopped, "rounds");
    ck_assert(first->objective == second->objective && first->bound == second->bound);
}
END_TEST

START_TEST(more_demand_than_people)
{
    AUTO(plan_problem) problem = middling(20.0);
    problem->limits.rounds = 60;
    AUTO(plan_solution) solution = tiny_solve(problem);
    ck_assert_double_gt(solution->shortage, solution->pay);
    ck_assert_msg(plan_gap(solution) < 0.02, "gap %g", plan_gap(solution));
}
END_TEST

static bool cancel(const struct plan_progress *progress, void *user)
{
    (void)user;
    return strcmp(progress->phase, "search") != 0;
}

static double ticking(void *user)
{
    (void)user;
    static double now = 0;
    return now += 0.3;
}

START_TEST(cancelled_keeps_the_best)
{
    AUTO(plan_problem) problem = middling(1.0);
    struct roster_control control = {.clock = ticking, .progress = cancel};
    GError *error = NULL;
    AUTO(plan_solution) solution = roster_solve(problem, &control, &error);
    ck_no_error(error);
    ck_assert_str_eq(solution->stopped, "cancelled");
    struct check_report report;
    ck_assert(roster_check(problem, solution, &report));
    check_report_clear(&report);
}
END_TEST

/* The deadline comes at the n-th look at the clock: while everybody is put in, in a bound step, in a round.
 */
START_TEST(deadline_at_any_look)
{
    AUTO(plan_problem) problem = middling(1.0);
    double now[2] = {0, 0.01};
    struct roster_control control = {.clock = slow_clock, .user = now};
    GError *error = NULL;
    problem->limits.seconds = 0.01 * (_i < 16 ? _i + 1 : 12 * _i) + 0.005;
    AUTO(plan_solution) solution = roster_solve(problem, &control, &error);
    ck_no_error(error);
    ck_assert_str_eq(solution->stopped, "deadline");
    ck_assert_msg(now[0] < problem->limits.seconds + 0.2, "%g s of %g", now[0], problem->limits.seconds);
    struct check_report report;
    ck_assert(roster_check(problem, solution, &report));
    check_report_clear(&report);
}
END_TEST

/* What the engine does not need: each unit must still own whatever it has. */
static void add_asides(struct operation *operation)
{
    operation->clients[0].holidays = g_strdup("US");
    operation->queues[0].holidays = g_strdup("none");
    operation->queues[1].profile_queue = g_strdup("q0");
    operation->queues[0].day_profile = g_new0(double, 24);
    operation->queues[0].n_day_profile = 24;
    struct queue *queue = &operation->queues[1];
    struct site *site = &operation->sites[0];
    queue->shrinkage_parts = g_new0(struct shrinkage_part, 1);
    queue->shrinkage_parts[0] = (struct shrinkage_part){g_strdup("adherence"), queue->shrinkage};
    queue->n_shrinkage_parts = 1;
    site->shrinkage_parts = g_new0(struct shrinkage_part, 1);
    site->shrinkage_parts[0] = (struct shrinkage_part){g_strdup("sickness"), site->shrinkage};
    site->n_shrinkage_parts = 1;
}

START_TEST(units_join_to_the_whole)
{
    AUTO(plan_problem) problem = middling(1.0);
    add_asides(problem->operation);
    for (int a = 0; a < 12; a++) { /* two units, the last agent without a skill */
        struct agent *agent = &problem->operation->agents[a];
        agent->n_skills = a < 11;
        agent->skills[0].queue = a % 2;
    }
    problem->limits.rounds = 40;
    int of_queue[2], of_agent[12];
    ck_assert_int_eq(roster_units(problem, of_queue, of_agent), 2);
    ck_assert_int_eq(of_agent[11], -1);
    const struct plan_problem *parts[2];
    const struct plan_solution *solutions[2];
    for (int u = 0; u < 2; u++) {
        parts[u] = roster_extract(problem, of_queue, of_agent, u);
        solutions[u] = tiny_solve(parts[u]);
    }
    AUTO(plan_solution) whole = roster_join(problem, parts, solutions, 2);
    struct check_report report;
    ck_assert(roster_check(problem, whole, &report));
    check_report_clear(&report);
    ck_assert_int_eq(whole->n_shifts, solutions[0]->n_shifts + solutions[1]->n_shifts);
    ck_assert_double_eq_tol(whole->objective, solutions[0]->objective + solutions[1]->objective, 1e-9);
    for (int u = 0; u < 2; u++) {
        plan_problem_free((struct plan_problem *)parts[u]);
        plan_solution_free((struct plan_solution *)solutions[u]);
    }
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("roster solve");
    TCase *tcase = tcase_create("solve");
    tcase_set_timeout(tcase, 300);
    tcase_add_loop_test(tcase, tiny_problems_meet_their_optimum, 0, 60);
    tcase_add_loop_test(tcase, tiny_rows_meet_their_optimum, 0, 60);
    tcase_add_loop_test(tcase, one_roster_is_left, 0, G_N_ELEMENTS(only));
    tcase_add_loop_test(tcase, no_legal_week_is_explained, 0, G_N_ELEMENTS(none));
    tcase_add_test(tcase, nobody_and_nothing);
    tcase_add_test(tcase, same_seed_same_bits);
    tcase_add_test(tcase, slow_machine_same_bits);
    tcase_add_test(tcase, more_demand_than_people);
    tcase_add_test(tcase, cancelled_keeps_the_best);
    tcase_add_loop_test(tcase, deadline_at_any_look, 0, 24);
    tcase_add_test(tcase, units_join_to_the_whole);
    suite_add_tcase(s, tcase);
    return s;
}

TEST_MAIN(suite)
