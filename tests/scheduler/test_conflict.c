#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "scheduler/roster/conflict.h"
#include "scheduler/roster/model.h"
#include "scheduler/roster/relax.h"
#include "scheduler/roster/roster.h"
#include "tests/scheduler/roster_tiny.h"
#include "tests/support/testing.h"

#define DAY_TS(day) ((int64_t)(TINY_MONDAY + (day)) * DAY_S)

/* One agent, shifts 08:00-16:00 on every day. */
static struct plan_problem *one_agent(void)
{
    struct plan_problem *problem = tiny_problem("UTC", 60, TINY_MONDAY);
    tiny_queue(problem);
    tiny_agent(problem, 1);
    tiny_demand(problem, 1);
    tiny_template(problem, 480, 480, 60, 480, 480, 60);
    return problem;
}

/* ---- by hand ---- */

static void days_against_days(struct plan_problem *problem)
{
    tiny_contract(problem)->week_days_min = 5;
    tiny_contract(problem)->week_days_max = 4;
}

/* 40 h are five shifts of eight, four are allowed. */
static void hours_against_days(struct plan_problem *problem)
{
    tiny_contract(problem)->week_minutes_min = 2400;
    tiny_contract(problem)->week_days_max = 4;
}

/* Six of seven days: the day off cannot lie inside (two in a row are asked), so six days are in a row. */
static void three_rules(struct plan_problem *problem)
{
    tiny_contract(problem)->week_days_min = 6;
    tiny_contract(problem)->consecutive_days_max = 5;
    tiny_contract(problem)->consecutive_days_off_min = 2;
}

/* Absences by day, none of them the whole of it: no credit. Four days are left. */
static void absences(struct plan_problem *problem)
{
    tiny_contract(problem)->week_days_min = 5;
    for (int day = 1; day < 4; day++)
        tiny_time_off(problem, 0, TINY_TS(day, 6), TINY_TS(day, 20), 0);
}

/* A night shift ends on Monday at seven: Monday at eight is an hour later. */
static void past_night(struct plan_problem *problem)
{
    tiny_contract(problem)->week_days_min = 7;
    tiny_contract(problem)->rest_min_minutes = 660;
    tiny_past(problem, 0, TINY_TS(-1, 23), TINY_TS(0, 7));
}

static void weekdays_only(struct plan_problem *problem)
{
    tiny_contract(problem)->week_days_min = 6;
    tiny_available(problem, 0, 31, 0, DAY_MIN);
}

/* Two clashes that share nothing. */
static void two_clashes(struct plan_problem *problem)
{
    tiny_contract(problem)->week_days_min = 6;
    tiny_contract(problem)->week_days_max = 5;
    tiny_contract(problem)->week_minutes_min = 1920;
    tiny_contract(problem)->week_minutes_max = 1440;
}

static void off_the_grid(struct plan_problem *problem)
{
    tiny_contract(problem)->week_days_min = 1;
    problem->operation->templates[0].start_from_min = problem->operation->templates[0].start_to_min = 490;
}

static const struct {
    const char *what;
    void (*make)(struct plan_problem *problem);
    int n_clash, n_ways, n_fix;
    const char *says;
} cases[] = {
    {"minimum above maximum", days_against_days, 2, 2, 0,
     "no legal roster: week_days_min = 5 and week_days_max = 4 of contract c cannot hold together; enough is "
     "one of: week_days_min 5 → 4, or week_days_max 4 → 5"},
    {"hours against days", hours_against_days, 2, 2, 0,
     "week_minutes_min = 2400 and week_days_max = 4 of contract c cannot hold together; enough is one of: "
     "week_days_max 4 → 5, or week_minutes_min 2400 → 1920"},
    {"three rules", three_rules, 3, 3, 0,
     "week_days_min = 6, consecutive_days_max = 5 and consecutive_days_off_min = 2 of contract c cannot hold "
     "together; enough is one of: week_days_min 6 → 5, consecutive_days_max 5 → 6, or "
     "consecutive_days_off_min 2 → 1"},
    {"absences", absences, 4, 4, 0,
     "enough is one of: week_days_min 5 → 4, without time off from 2026-11-24T06:00:00+00:00 to "
     "2026-11-24T20:00:00+00:00 (0 minutes a day credited), without"},
    {"rest after the past", past_night, 3, 3, 0,
     "week_days_min = 7, rest_min_minutes = 660 of contract c and the published shifts before the horizon "
     "cannot hold together; enough is one of: week_days_min 7 → 6, rest_min_minutes 660 → 60, or without the "
     "published shifts before the horizon"},
    {"availability", weekdays_only, 2, 2, 0,
     "week_days_min = 6 of contract c and the agent's availability cannot hold together"},
    {"two clashes", two_clashes, 2, 0, 2, "cannot hold together; enough is week_"},
    {"off the grid", off_the_grid, 0, 0, 0, "grid"},
};

START_TEST(by_hand)
{
    AUTO(plan_problem) problem = one_agent();
    cases[_i].make(problem);
    AUTO(conflicts) conflicts = conflicts_find(problem);
    ck_assert_int_eq(conflicts->n, 1);
    const struct conflict *conflict = &conflicts->all[0];
    g_autofree char *text = conflict_text(problem, conflict);
    ck_assert_msg(conflict->n_clash == cases[_i].n_clash && conflict->n_ways == cases[_i].n_ways &&
                      conflict->n_fix == cases[_i].n_fix && strstr(text, cases[_i].says) != NULL,
                  "%s: %d clash, %d ways, %d together: %s", cases[_i].what, conflict->n_clash,
                  conflict->n_ways, conflict->n_fix, text);
}
END_TEST

/* All who fail are named, those with the same clash together; who can work is not. */
START_TEST(all_at_once)
{
    AUTO(plan_problem) problem = one_agent();
    struct roster_control control = {0};
    g_autoptr(GError) error = NULL;
    tiny_contract(problem)->week_days_min = 6;
    for (int a = 1; a < 9; a++)
        tiny_agent(problem, 1);
    for (int a = 1; a < 8; a++)
        tiny_available(problem, a, a == 4 ? 63 : 31, 0, DAY_MIN);
    AUTO(conflicts) conflicts = conflicts_find(problem);
    ck_assert_int_eq(conflicts->n, 6);
    ck_assert_ptr_null(roster_solve(problem, &control, &error));
    ck_assert_int_eq(error->code, WFM_ERROR_INPUT);
    ck_assert_msg(g_str_has_prefix(error->message, "agents a1, a2, a3, a5, a6 and 1 more: no legal roster: "),
                  "%s", error->message);
    ck_assert_ptr_null(strchr(error->message, '\n'));
}
END_TEST

START_TEST(nothing_wrong)
{
    AUTO(plan_problem) problem = one_agent();
    AUTO(conflicts) conflicts = conflicts_find(problem);
    ck_assert_int_eq(conflicts->n, 0);
}
END_TEST

/* ---- at random: the sets are minimal, the changes are enough and no smaller ones are ---- */

static bool possible(const struct plan_problem *problem, const struct contract *contract)
{
    struct plan_problem trial = *problem;
    struct operation operation = *problem->operation;
    struct contract own = *contract;
    trial.operation = &operation;
    operation.contracts = &own;
    struct roster_model *model = roster_model_new(&trial, NULL);
    roster_model_free(model);
    return model != NULL;
}

/* The contract with all rules but those of the clash, and but number `without` of it, left out. */
static struct contract only(const struct contract *contract, const struct conflict *conflict, int without)
{
    struct contract left = *contract;
    for (int i = 0; i < relaxations_n(); i++) {
        const struct relaxation *relaxation = relaxation_at(i);
        bool kept = false;
        for (int k = 0; k < conflict->n_clash; k++)
            kept |= k != without && conflict->clash[k].index == i;
        if (!kept && relaxation_active(relaxation, contract))
            relaxation_set(relaxation, &left,
                           relaxation_after(relaxation, contract, relaxation_steps(relaxation, contract)));
    }
    return left;
}

static void check_conflict(const struct plan_problem *problem, const struct conflict *conflict, int seed)
{
    const struct contract *contract = tiny_contract((struct plan_problem *)problem);
    for (int k = -1; k < conflict->n_clash; k++) {
        struct contract left = only(contract, conflict, k);
        ck_assert_msg(possible(problem, &left) == (k >= 0), "seed %d: clash of %d, without %d", seed,
                      conflict->n_clash, k);
    }
    for (int w = 0; w < conflict->n_ways; w++) {
        const struct relaxation *relaxation = relaxation_at(conflict->ways[w].index);
        int steps = conflict->ways[w].steps;
        struct contract enough = *contract, less = *contract;
        relaxation_set(relaxation, &enough, conflict->ways[w].relaxed);
        relaxation_set(relaxation, &less, relaxation_after(relaxation, contract, steps - 1));
        ck_assert_msg(possible(problem, &enough), "seed %d: way %d is not enough", seed, w);
        ck_assert_msg(!possible(problem, &less), "seed %d: way %d is more than enough", seed, w);
    }
    struct contract fixed = *contract;
    for (int f = 0; f < conflict->n_fix; f++)
        relaxation_set(relaxation_at(conflict->fix[f].index), &fixed, conflict->fix[f].relaxed);
    ck_assert_msg(conflict->n_fix == 0 || possible(problem, &fixed), "seed %d: the fix is not enough", seed);
    ck_assert_msg((conflict->n_fix > 0) != (conflict->n_ways > 0), "seed %d: no change is offered", seed);
}

START_TEST(at_random)
{
    struct dice dice = {(uint64_t)_i + 1};
    int failed = 0;
    for (int round = 0; round < 25; round++) {
        AUTO(plan_problem) problem = one_agent();
        struct contract *c = tiny_contract(problem);
        c->week_days_min = dice_between(&dice, 3, 7);
        c->week_days_max = dice_between(&dice, 4, 7);
        c->week_minutes_min = dice_between(&dice, 3, 7) * 480;
        c->week_minutes_max = dice_between(&dice, 4, 7) * 480;
        c->consecutive_days_max = dice_between(&dice, 2, 7);
        c->consecutive_days_off_min = dice_between(&dice, 0, 3);
        c->weekends_max = dice_between(&dice, 0, 1);
        AUTO(conflicts) conflicts = conflicts_find(problem);
        ck_assert_int_eq(conflicts->n == 0, possible(problem, c));
        failed += conflicts->n;
        if (conflicts->n > 0)
            check_conflict(problem, &conflicts->all[0], _i * 100 + round);
    }
    ck_assert_int_gt(failed, 5);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("roster/conflict");
    TCase *c = tcase_create("conflict");
    tcase_set_timeout(c, 120);
    tcase_add_loop_test(c, by_hand, 0, G_N_ELEMENTS(cases));
    tcase_add_test(c, all_at_once);
    tcase_add_test(c, nothing_wrong);
    tcase_add_loop_test(c, at_random, 0, 3);
    suite_add_tcase(s, c);
    return s;
}

TEST_MAIN(suite)
