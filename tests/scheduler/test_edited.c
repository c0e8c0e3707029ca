/*
 * test_edited.c - edits by hand that count only what they touch, against the whole count: thousands of random
 * edits of random rosters, sense and nonsense, one after the other. Every figure, every violation and every
 * word of the reports must be the same. Seeds are fixed: a failing edit is named by its numbers.
 */
#include <math.h>
#include <string.h>

#include "core/error.h"
#include "scheduler/roster/edited.h"
#include "scheduler/roster/explain.h"
#include "scheduler/roster/explain_agent.h"
#include "scheduler/roster/roster.h"
#include "tests/scheduler/roster_random.h"
#include "tests/scheduler/roster_random_rules.h"
#include "tests/scheduler/roster_tiny.h"
#include "tests/support/testing.h"

#define CHUNKS 10
#define PROBLEMS 240
#define EDITS 40 /* of each roster */
#define REPLANS_FROM 1121

/* --- random edits */

static int below(struct dice *dice, int n)
{
    return dice_between(dice, 0, n - 1);
}

struct editing {
    const struct plan_problem *problem;
    struct dice *dice;
    GArray *shifts; /* struct shift */
    bool nonsense;  /* agents and times that no roster may have, too */
};

static struct shift *any_shift(const struct editing *e)
{
    return &g_array_index(e->shifts, struct shift, (guint)below(e->dice, (int)e->shifts->len));
}

static void shift_by(struct shift *s, int64_t by_s)
{
    s->start_ts += by_s;
    s->end_ts += by_s;
    for (int k = 0; k < s->n_activities && k < SHIFT_ACTIVITIES_MAX; k++) {
        s->activities[k].start_ts += by_s;
        s->activities[k].end_ts += by_s;
    }
}

static void move(struct editing *e)
{
    shift_by(any_shift(e), (int64_t)(below(e->dice, 97) - 48) * e->problem->demand.grid.interval_s);
}

static void hand_over(struct editing *e)
{
    any_shift(e)->agent = below(e->dice, e->problem->operation->n_agents);
}

static void resize(struct editing *e)
{
    any_shift(e)->end_ts += (int64_t)(below(e->dice, 9) - 4) * e->problem->demand.grid.interval_s;
}

static void move_break(struct editing *e)
{
    struct shift *s = any_shift(e);
    if (s->n_activities <= 0)
        return;
    struct activity *a = &s->activities[below(e->dice, MIN(s->n_activities, SHIFT_ACTIVITIES_MAX))];
    int64_t by_s = (int64_t)(below(e->dice, 7) - 3) * e->problem->demand.grid.interval_s;
    a->start_ts += by_s;
    a->end_ts += by_s;
}

static void drop(struct editing *e)
{
    g_array_remove_index(e->shifts, (guint)below(e->dice, (int)e->shifts->len));
}

static void repeat(struct editing *e)
{
    struct shift copy = *any_shift(e);
    shift_by(&copy, (int64_t)(below(e->dice, 7) - 3) * DAY_S);
    g_array_append_val(e->shifts, copy);
}

static void spoil(struct editing *e)
{
    struct shift *s = any_shift(e);
    switch (e->nonsense ? below(e->dice, 6) : 5) {
    case 0:
        shift_by(s, (int64_t)below(e->dice, 900) * DAY_S);
        break;
    case 1:
        s->end_ts = s->start_ts - 60;
        break;
    case 2:
        s->n_activities = SHIFT_ACTIVITIES_MAX + 3;
        break;
    case 3:
        s->end_ts += 4 * (int64_t)DAY_S;
        break;
    case 4:
        s->activities[0].end_ts = INT64_MAX / 2;
        s->n_activities = MAX(s->n_activities, 1);
        break;
    default:
        s->tmpl = below(e->dice, e->problem->operation->n_templates);
    }
}

static void edit(struct editing *e)
{
    static void (*const ways[])(struct editing *) = {move, hand_over, resize, move_break,
                                                     drop, repeat,    spoil};
    if (e->shifts->len > 0)
        ways[below(e->dice, G_N_ELEMENTS(ways))](e);
}

/* --- the same to the last bit */

static bool same_double(double a, double b)
{
    return memcmp(&a, &b, sizeof a) == 0 || (isnan(a) && isnan(b));
}

static bool same_violation(const struct violation *a, const struct violation *b)
{
    return a->rule == b->rule && a->agent == b->agent && a->queue == b->queue && a->ts == b->ts &&
           same_double(a->value, b->value) && same_double(a->limit, b->limit) &&
           strcmp(a->message, b->message) == 0;
}

static bool same_cost(const struct check_cost *a, const struct check_cost *b)
{
    return a->kind == b->kind && a->agent == b->agent && a->site == b->site && a->ts == b->ts &&
           same_double(a->units, b->units) && same_double(a->cost, b->cost) &&
           strcmp(a->message, b->message) == 0;
}

/* NULL, or what differs. */
static const char *difference(const struct check_report *a, const struct check_report *b)
{
    if (!same_double(a->pay, b->pay) || !same_double(a->shortage, b->shortage) ||
        !same_double(a->penalty, b->penalty))
        return "money";
    for (int kind = 0; kind < PENALTY_N; kind++)
        if (!same_double(a->penalties[kind].units, b->penalties[kind].units) ||
            !same_double(a->penalties[kind].cost, b->penalties[kind].cost))
            return penalty_key(kind);
    if (a->n_violations != b->n_violations || a->n_costs != b->n_costs || a->n_shifts != b->n_shifts)
        return "how many there are";
    for (int i = 0; i < a->n_violations; i++)
        if (!same_violation(&a->violations[i], &b->violations[i]))
            return violation_key(a->violations[i].rule);
    for (int i = 0; i < a->n_costs; i++)
        if (!same_cost(&a->costs[i], &b->costs[i]))
            return "costs";
    return NULL;
}

/* --- tests */

/* NULL where there is no roster. */
static struct plan_solution *solve(struct plan_problem *problem)
{
    struct roster_control control = {0};
    g_autoptr(GError) error = NULL;
    problem->limits.rounds = 2;
    problem->limits.seconds = 0.01;
    return operation_check(problem->operation, &error) ? roster_solve(problem, &control, &error) : NULL;
}

/* Every third problem is planned twice: with locks, what is frozen and prices of changes. */
static struct plan_solution *make(unsigned number, struct dice *dice, struct plan_problem **problem)
{
    *problem = number % 2 == 0 ? random_weeks_problem(number % 3 == 0 ? REPLANS_FROM + number : number)
                               : random_problem(number);
    struct plan_solution *made = solve(*problem);
    if (made == NULL || number % 3 != 0 || number % 2 != 0)
        return made;
    random_replan(*problem, made, dice);
    plan_solution_free(made);
    return solve(*problem);
}

static struct editing editing_of(const struct plan_problem *problem, const struct plan_solution *made,
                                 struct dice *dice, bool nonsense)
{
    struct editing e = {problem, dice, g_array_new(FALSE, FALSE, sizeof(struct shift)), nonsense};
    g_array_append_vals(e.shifts, made->shifts, (guint)made->n_shifts);
    return e;
}

/* What the checker finds of shifts and claims: what it has found before must change nothing. */
static void check_chain(const struct plan_problem *problem, const struct plan_solution *made,
                        struct dice *dice, unsigned number)
{
    struct editing e = editing_of(problem, made, dice, true);
    struct check_memory *memory = NULL;
    g_autofree double *staffed = g_memdup2(made->staffed, (gsize)made->n_staffed * sizeof(double));
    for (int k = 0; k < EDITS; k++) {
        struct check_report whole, again;
        struct check_memory *next = NULL;
        if (k > 0)
            edit(&e);
        if (k % 5 == 4)
            staffed[below(dice, made->n_staffed)] += below(dice, 3) - 1.5;
        struct plan_solution is = *made;
        is.shifts = (struct shift *)(void *)e.shifts->data;
        is.n_shifts = (int)e.shifts->len;
        is.staffed = k % 7 == 6 ? NULL : staffed;
        roster_check(problem, &is, &whole);
        roster_check_again(problem, &is, memory, &next, &again);
        const char *what = difference(&whole, &again);
        ck_assert_msg(what == NULL, "problem %u, edit %d: %s", number, k, what);
        check_report_clear(&whole);
        check_report_clear(&again);
        check_memory_unref(memory);
        memory = next;
    }
    check_memory_unref(memory);
    g_array_free(e.shifts, TRUE);
}

/* The same of figures and allocation. */
static void edit_chain(const struct plan_problem *problem, const struct plan_solution *made,
                       struct dice *dice, unsigned number)
{
    struct editing e = editing_of(problem, made, dice, false);
    AUTO(edited_ground) ground = edited_ground_new(problem, made, NULL);
    struct edited_trace *trace = NULL;
    struct check_report first;
    ck_assert(ground != NULL);
    edited_check(problem, made, &trace, &first);
    check_report_clear(&first);
    for (int k = 0; k < EDITS; k++) {
        edit(&e);
        const struct shift *shifts = (const struct shift *)(const void *)e.shifts->data;
        AUTO(edited) whole = edited_new(problem, made, shifts, (int)e.shifts->len, NULL);
        AUTO(edited) next = edited_next(ground, trace, shifts, (int)e.shifts->len);
        const char *what = difference(&whole->report, &next->report);
        ck_assert_msg(what == NULL, "problem %u, edit %d: %s", number, k, what);
        ck_assert_msg(memcmp(whole->solution->staffed, next->solution->staffed,
                             (size_t)made->n_staffed * sizeof(double)) == 0,
                      "problem %u, edit %d: coverage", number, k);
        ck_assert_msg(same_double(whole->solution->objective, next->solution->objective),
                      "problem %u, edit %d: objective", number, k);
        if (k % 4 != 3) { /* else the next follows the one before this, as after a preview */
            edited_trace_unref(trace);
            trace = edited_trace_ref(next->trace);
        }
    }
    edited_trace_unref(trace);
    g_array_free(e.shifts, TRUE);
}

START_TEST(what_was_counted_changes_nothing)
{
    int solved = 0;
    for (unsigned i = 0; i < PROBLEMS / CHUNKS; i++) {
        unsigned number = (unsigned)_i * (PROBLEMS / CHUNKS) + i;
        struct dice dice = {number * 0x9E3779B97F4A7C15u + 7};
        struct plan_problem *made_of = NULL;
        AUTO(plan_solution) made = make(number, &dice, &made_of);
        AUTO(plan_problem) problem = made_of;
        if (made == NULL)
            continue;
        check_chain(problem, made, &dice, number);
        edit_chain(problem, made, &dice, number);
        solved++;
    }
    ck_assert_msg(solved > PROBLEMS / CHUNKS / 4, "only %d problems had a roster", solved);
}
END_TEST

static bool alike(double a, double b)
{
    return a == b || fabs(a - b) <= 1e-9 * (1 + fabs(a));
}

/* Prices in a roster by the multipliers alone, and why somebody works so, are those that the bound gives. */
START_TEST(multipliers_say_it_all)
{
    int with_rows = 0;
    for (unsigned number = 0; number < 60; number++) {
        struct dice dice = {number * 0x9E3779B97F4A7C15u + 7};
        struct plan_problem *made_of = NULL;
        AUTO(plan_solution) made = make(number, &dice, &made_of);
        AUTO(plan_problem) problem = made_of;
        if (made == NULL || problem->operation->n_agents == 0)
            continue;
        AUTO(explained) whole = explain_new(problem, made, NULL);
        ck_assert(whole != NULL);
        with_rows += whole->n_rows > 0;
        g_autofree double *here =
            explain_here(problem, made->shifts, made->n_shifts, whole->multipliers, NULL);
        for (int i = 0; i < whole->n_queues * whole->n_iv; i++)
            ck_assert_msg(alike(here[i], whole->here[i]), "problem %u: %g, not %g", number, here[i],
                          whole->here[i]);
        AUTO(agent_reason) one = explain_agent(problem, made, 0, NULL, NULL);
        AUTO(agent_reason) other = explain_agent(problem, made, 0, whole->multipliers, NULL);
        ck_assert_int_eq(one->n_shifts, other->n_shifts);
        ck_assert_msg(alike(one->worth, other->worth), "problem %u: worth", number);
        ck_assert_msg(alike(one->slack, other->slack), "problem %u: slack", number);
    }
    ck_assert_int_gt(with_rows, 5);
}
END_TEST

static bool at_once(void *user)
{
    ++*(int *)user;
    return true;
}

static void nothing_priced(void *user, const double *multipliers, int n)
{
    (void)user;
    (void)multipliers;
    (void)n;
    ck_abort_msg("priced after it was told to stop");
}

START_TEST(prices_stop_when_told)
{
    int asked = 0;
    struct dice dice = {7};
    struct plan_problem *made_of = NULL;
    const struct explain_watch watch = {at_once, nothing_priced, &asked};
    unsigned number = 0;
    struct plan_solution *made = make(number, &dice, &made_of);
    while (made == NULL) {
        plan_problem_free(made_of);
        made = make(++number, &dice, &made_of);
    }
    AUTO(plan_problem) problem = made_of;
    g_autoptr(GError) error = NULL;
    ck_assert(explain_watched(problem, made, &watch, &error) == NULL);
    ck_assert(g_error_matches(error, WFM_ERROR, WFM_ERROR_CANCELLED));
    ck_assert_int_gt(asked, 0);
    plan_solution_free(made);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("edited");
    TCase *tcase = tcase_create("again");
    tcase_set_timeout(tcase, 120);
    tcase_add_loop_test(tcase, what_was_counted_changes_nothing, 0, CHUNKS);
    tcase_add_test(tcase, multipliers_say_it_all);
    tcase_add_test(tcase, prices_stop_when_told);
    suite_add_tcase(s, tcase);
    return s;
}

TEST_MAIN(suite)
