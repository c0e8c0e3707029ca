#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "scheduler/roster/after.h"
#include "scheduler/roster/changes.h"
#include "scheduler/roster/checker.h"
#include "scheduler/roster/intraday.h"
#include "scheduler/roster/replan.h"
#include "scheduler/roster/roster.h"
#include "tests/scheduler/roster_tiny.h"
#include "tests/support/testing.h"

static struct shift shift_at(int agent, int day, int hour, int hours)
{
    return (struct shift){.agent = agent,
                          .tmpl = 0,
                          .start_ts = TINY_TS(day, hour),
                          .end_ts = TINY_TS(day, hour) + hours * INT64_C(3600)};
}

/* ---- changes ---- */

START_TEST(changes_by_hand)
{
    AUTO(plan_problem) problem = tiny_problem("UTC", 60, TINY_MONDAY);
    tiny_agent(problem, 0);
    tiny_agent(problem, 0);
    struct shift before[] = {shift_at(0, 0, 8, 8), shift_at(0, 1, 8, 8), shift_at(1, 0, 8, 8),
                             shift_at(1, 3, 8, 8)};
    struct shift after[] = {shift_at(0, 1, 9, 8), shift_at(0, 2, 8, 8), shift_at(1, 0, 8, 8),
                            shift_at(1, 3, 8, 8)};
    after[3].n_activities = 1;
    after[3].activities[0] = (struct activity){ACTIVITY_BREAK, TINY_TS(3, 10), TINY_TS(3, 11), true};
    g_autofree struct shift_change *changes = NULL;
    int n = roster_changes(problem, before, 4, after, 4, &changes);
    static const struct {
        int agent, day;
        enum change_kind kind;
    } wanted[] = {{0, 0, CHANGE_GONE}, {0, 1, CHANGE_MOVED}, {0, 2, CHANGE_NEW}, {1, 3, CHANGE_BREAKS}};
    ck_assert_int_eq(n, 4);
    for (int i = 0; i < n; i++) {
        ck_assert_int_eq(changes[i].agent, wanted[i].agent);
        ck_assert_int_eq(changes[i].day, TINY_MONDAY + wanted[i].day);
        ck_assert_int_eq(changes[i].kind, wanted[i].kind);
    }
}
END_TEST

/* ---- behind the horizon ---- */

static const struct {
    const char *what;
    int rest_min, run_max;
    int after[3];              /* days of published shifts behind the horizon, 06:00; -1 = none */
    bool sunday_late, weekend; /* may Sunday 16:00-24:00 be worked; Saturday and Sunday both */
} borders[] = {
    {"nothing behind", 660, 99, {-1, -1, -1}, true, true},
    {"eleven hours before Monday six", 660, 99, {7, -1, -1}, false, false},
    {"six hours are enough", 360, 99, {7, -1, -1}, true, true},
    {"a run of three", 0, 3, {7, 8, -1}, true, false},
    {"a run that starts later", 0, 3, {8, 9, -1}, true, true},
    {"a run already too long", 0, 2, {7, 8, 9}, true, true},
    {"a full run behind", 0, 3, {7, 8, 9}, false, false},
};

START_TEST(border)
{
    AUTO(plan_problem) problem = tiny_problem("UTC", 60, TINY_MONDAY);
    tiny_queue(problem);
    tiny_agent(problem, 1);
    tiny_demand(problem, 1);
    tiny_template(problem, 960, 960, 60, 480, 480, 60);
    tiny_contract(problem)->rest_min_minutes = borders[_i].rest_min;
    tiny_contract(problem)->consecutive_days_max = borders[_i].run_max;
    for (int day = 5; day < 7; day++)
        tiny_need(problem, 0, 0, TINY_TS(day, 16), TINY_TS(day, 24), 1, day == 6 ? 20 : 10);
    problem->after = g_new0(struct shift, 3);
    for (int i = 0; i < 3; i++)
        if (borders[_i].after[i] >= 0)
            problem->after[problem->n_after++] = shift_at(0, borders[_i].after[i], 6, 8);
    AUTO(plan_solution) solution = tiny_solve(problem);
    bool saturday = false, sunday = false;
    for (int i = 0; i < solution->n_shifts; i++) {
        saturday |= solution->shifts[i].start_ts == TINY_TS(5, 16);
        sunday |= solution->shifts[i].start_ts == TINY_TS(6, 16);
    }
    ck_assert_msg(sunday == borders[_i].sunday_late, "%s: Sunday %d", borders[_i].what, sunday);
    ck_assert_msg((saturday && sunday) == borders[_i].weekend, "%s: both %d", borders[_i].what,
                  saturday && sunday);
    struct check_report report = {0};
    ck_assert(roster_check(problem, solution, &report));
    check_report_clear(&report);
    /* the checker says the same of the weekend worked by force */
    struct shift forced[] = {shift_at(0, 5, 16, 8), shift_at(0, 6, 16, 8)};
    struct plan_solution both = {.shifts = forced, .n_shifts = 2, .bound = -INFINITY};
    ck_assert_msg(roster_check(problem, &both, &report) == borders[_i].weekend, "%s: checker",
                  borders[_i].what);
    check_report_clear(&report);
}
END_TEST

/* ---- fewest changes, against brute force ---- */

#define AGENTS 3
#define DAYS_EACH 3

/* Three agents of one shift a day, at most three days each, the first is absent on two days. Brute force over
   all sets of days. */
static double brute(const struct plan_problem *problem, const double *need, double value,
                    const unsigned *base, unsigned absent, unsigned frozen, int *changes)
{
    double best = INFINITY;
    unsigned days[AGENTS];
    double rate = problem->operation->contracts[0].rate;
    for (unsigned code = 0; code < 1u << 7 * AGENTS; code++) {
        bool ok = true;
        int n = 0;
        double cost = 0;
        for (int a = 0; a < AGENTS && ok; a++) {
            days[a] = code >> 7 * a & 127;
            unsigned away = a == 0 ? absent : 0;
            ok = __builtin_popcount(days[a]) + (a == 0 ? __builtin_popcount(away & base[0]) : 0) <=
                     DAYS_EACH &&
                 !(days[a] & away) && !((days[a] ^ base[a]) & frozen & ~away);
            n += __builtin_popcount(days[a] ^ base[a]);
            cost += __builtin_popcount(days[a]) * 8 * rate;
        }
        if (!ok)
            continue;
        for (int day = 0; day < 7; day++) {
            double staff = 0;
            for (int a = 0; a < AGENTS; a++)
                staff += days[a] >> day & 1;
            cost += MAX(need[day] - staff, 0) * 8 * value;
        }
        cost += n * problem->base->change_price;
        if (cost < best - 1e-9) {
            best = cost;
            *changes = n;
        }
    }
    return best;
}

START_TEST(fewest_changes)
{
    struct dice dice = {(uint64_t)_i + 11};
    AUTO(plan_problem) problem = tiny_problem("UTC", 60, TINY_MONDAY);
    unsigned base[AGENTS] = {0};
    double need[7], value = 9.5, price = dice_between(&dice, 0, 3) * 9.75;
    tiny_queue(problem);
    for (int a = 0; a < AGENTS; a++)
        tiny_agent(problem, 1);
    tiny_demand(problem, 1);
    tiny_template(problem, 480, 480, 60, 480, 480, 60);
    tiny_contract(problem)->week_days_max = DAYS_EACH;
    struct shift *shifts = g_new0(struct shift, AGENTS * 7);
    int n = 0, changes = 0;
    for (int a = 0; a < AGENTS; a++)
        for (int day = 0; day < 7; day++)
            if (dice_unit(&dice) < 0.45 && __builtin_popcount(base[a]) < DAYS_EACH) {
                base[a] |= 1u << day;
                shifts[n++] = shift_at(a, day, 8, 8);
            }
    for (int day = 0; day < 7; day++) {
        need[day] = dice_between(&dice, 0, 2);
        tiny_need(problem, 0, 0, TINY_TS(day, 8), TINY_TS(day, 16), need[day], value);
    }
    replan_base(problem, shifts, n, TINY_TS(1, 0), price, 0);
    replan_absent(problem, 0, TINY_TS(2, 0), TINY_TS(4, 0));
    AUTO(plan_solution) solution = tiny_solve(problem);
    double best = brute(problem, need, value, base, 4 | 8, 1, &changes);
    ck_assert_msg(fabs(solution->objective - best) < 1e-6, "seed %d: %g, brute force %g", _i,
                  solution->objective, best);
    g_autofree struct shift_change *found = NULL;
    int n_found =
        roster_changes(problem, problem->base->shifts, n, solution->shifts, solution->n_shifts, &found);
    ck_assert_double_eq_tol(solution->penalty, n_found * price, 1e-6);
    struct check_report report = {0};
    ck_assert(roster_check(problem, solution, &report));
    check_report_clear(&report);
}
END_TEST

/* A day with a shift counts as leave with its hours, one without does not. */
START_TEST(absence)
{
    AUTO(plan_problem) problem = tiny_problem("UTC", 60, TINY_MONDAY);
    tiny_agent(problem, 0);
    struct shift *shifts = g_new0(struct shift, 2);
    shifts[0] = shift_at(0, 1, 22, 8); /* into Wednesday */
    shifts[1] = shift_at(0, 3, 8, 6);
    replan_base(problem, shifts, 2, TINY_TS(0, 0), 1, 1);
    ck_assert_int_eq(replan_absent(problem, 0, TINY_TS(2, 0), TINY_TS(5, 0)), 2);
    const struct operation *op = problem->operation;
    static const struct {
        int day, credit;
        bool whole;
    } wanted[] = {{1, 480, true}, {2, 0, false}, {3, 360, true}, {4, 0, false}};
    ck_assert_int_eq(op->n_time_off, 4);
    for (int i = 0; i < 4; i++) {
        ck_assert_int_eq(op->time_off[i].credit_min, wanted[i].credit);
        ck_assert_int_eq(op->time_off[i].start_ts == TINY_TS(wanted[i].day, 0), wanted[i].whole);
        ck_assert_int_eq(op->time_off[i].end_ts, TINY_TS(wanted[i].day + 1, 0));
    }
}
END_TEST

/* ---- the rest of a day ---- */

/* One agent paid 6 an hour, shifts of four to six hours from eight on, with or without a paid break of an
   hour between the second and the fifth; it is nine. */
static const struct {
    const char *what;
    int hours;    /* of today's shift from eight on; 0 = off */
    bool pause;   /* break: at ten in today's shift */
    int from, to; /* wanted at 10 an hour */
    int peak;     /* … and at 30 in this hour; 0 = none */
    double change_price;
    int kind; /* -1 = no move */
    int until;
    double saves;
} moves[] = {
    {"two hours more are worth 20 and cost 12", 4, false, 8, 14, 0, 1, INTRADAY_EXTEND, 14, 7},
    {"too dear a change", 4, false, 8, 14, 0, 9, -1, 0, 0},
    {"nobody is wanted after noon", 6, false, 8, 12, 0, 1, INTRADAY_CUT, 12, 11},
    {"called in", 0, false, 11, 15, 0, 1, INTRADAY_CALL_IN, 15, 15},
    {"notice is too short", 0, false, 9, 11, 0, 1, -1, 0, 0},
    {"a break in the busiest hour moves", 4, true, 8, 12, 10, 1, INTRADAY_BREAKS, 12, 19},
};

START_TEST(rest_of_day)
{
    AUTO(plan_problem) problem = tiny_problem("UTC", 60, TINY_MONDAY);
    tiny_queue(problem);
    tiny_agent(problem, 1);
    tiny_demand(problem, 1);
    tiny_template(problem, 480, 720, 60, 240, 360, 60);
    if (moves[_i].pause)
        tiny_break(problem, 0, 60, true, 60, 180);
    for (int hour = moves[_i].from; hour < moves[_i].to; hour++)
        tiny_need(problem, 0, 0, TINY_TS(1, hour), TINY_TS(1, hour + 1), 1, hour == moves[_i].peak ? 30 : 10);
    struct shift today = shift_at(0, 1, 8, moves[_i].hours);
    if (moves[_i].pause) {
        today.n_activities = 1;
        today.activities[0] = (struct activity){ACTIVITY_BREAK, TINY_TS(1, 10), TINY_TS(1, 11), true};
    }
    struct intraday_ask ask = {.from_ts = TINY_TS(1, 9),
                               .notice_s = 7200,
                               .change_price = moves[_i].change_price,
                               .break_price = moves[_i].change_price,
                               .most = 5};
    GError *error = NULL;
    AUTO(intraday) intraday = intraday_new(problem, &today, moves[_i].hours > 0, &ask, &error);
    ck_no_error(error);
    ck_assert_msg(intraday->n_moves == (moves[_i].kind >= 0), "%s: %d moves", moves[_i].what,
                  intraday->n_moves);
    if (moves[_i].kind < 0)
        return;
    const struct intraday_move *move = &intraday->moves[0];
    ck_assert_msg((int)move->kind == moves[_i].kind && move->after.end_ts == TINY_TS(1, moves[_i].until) &&
                      fabs(move->saves - moves[_i].saves) < 1e-9,
                  "%s: %s saves %g", moves[_i].what, intraday_kind_name(move->kind), move->saves);
    ck_assert_int_eq(intraday->n_shifts, 1);
    ck_assert_int_eq(intraday->shifts[0].end_ts, move->after.end_ts);
}
END_TEST

/* Two agents, one seat, both wanted: the second is not called in. */
START_TEST(no_seat)
{
    for (int seats = 0; seats <= 2; seats++) {
        AUTO(plan_problem) problem = tiny_problem("UTC", 60, TINY_MONDAY);
        tiny_queue(problem);
        tiny_agent(problem, 1);
        tiny_agent(problem, 1);
        tiny_demand(problem, 1);
        tiny_template(problem, 480, 720, 60, 240, 240, 60);
        tiny_need(problem, 0, 0, TINY_TS(1, 12), TINY_TS(1, 16), 2, 20);
        problem->operation->sites[0].seats = seats;
        struct shift today = shift_at(0, 1, 12, 4);
        struct intraday_ask ask = {.from_ts = TINY_TS(1, 9), .notice_s = 7200, .change_price = 1, .most = 5};
        GError *error = NULL;
        AUTO(intraday) intraday = intraday_new(problem, &today, 1, &ask, &error);
        ck_no_error(error);
        ck_assert_int_eq(intraday->n_moves, seats != 1);
    }
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("roster/replan");
    TCase *c = tcase_create("replan");
    tcase_set_timeout(c, 120);
    tcase_add_test(c, changes_by_hand);
    tcase_add_loop_test(c, border, 0, G_N_ELEMENTS(borders));
    tcase_add_loop_test(c, fewest_changes, 0, 12);
    tcase_add_test(c, absence);
    tcase_add_loop_test(c, rest_of_day, 0, G_N_ELEMENTS(moves));
    tcase_add_test(c, no_seat);
    suite_add_tcase(s, c);
    return s;
}

TEST_MAIN(suite)
