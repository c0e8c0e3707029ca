/*
 * The checker and the engine's day automaton count broken rules alike: random days on and off of one agent,
 * with and without a published past, one rule at a time at a price of 1. The two share no code; the words are
 * those above CONTRACT_RULE_TABLE in core/operation.h.
 */
#include <limits.h>
#include <math.h>
#include <string.h>

#include "scheduler/roster/automaton.h"
#include "tests/scheduler/checker_rows.h"
#include "tests/support/testing.h"

#pragma GCC diagnostic ignored "-Wmissing-field-initializers" /* what a row does not say is 0 */

#define SEQUENCES 120 /* of each rule */
#define WEEKS_MAX 3
#define PAST_DAYS 28
#define DAYS_MAX (PAST_DAYS + WEEKS_MAX * WEEK_DAYS)

/* Letters: a day off, four hours in the morning (FREE), a night (FOREIGN). */
enum { OFF, MORNING, NIGHT, LETTERS };

static const enum contract_rule rules[] = {
    CONTRACT_RULE_CONSECUTIVE_DAYS_MIN,     CONTRACT_RULE_CONSECUTIVE_DAYS_MAX,
    CONTRACT_RULE_CONSECUTIVE_DAYS_OFF_MIN, CONTRACT_RULE_CONSECUTIVE_DAYS_OFF_MAX,
    CONTRACT_RULE_WINDOW_DAYS_MAX,          CONTRACT_RULE_WEEKENDS_MAX,
    CONTRACT_RULE_CONSECUTIVE_WEEKENDS_MAX, CONTRACT_RULE_WEEKEND_WHOLE,
    CONTRACT_RULE_CONSECUTIVE_NIGHTS_MAX,   CONTRACT_RULE_DAYS_OFF_AFTER_NIGHTS_MIN,
    CONTRACT_RULE_TEMPLATE_LIMIT,
};

static void random_limit(GRand *rand, struct contract *k)
{
    struct template_limit limit = {.tmpl = FREE, .week_max = INT_MAX, .period_max = INT_MAX};
    limit.consecutive_min = g_rand_int_range(rand, 0, 4);
    limit.consecutive_max = g_rand_int_range(rand, MAX(limit.consecutive_min, 1), 5);
    k->limits = g_memdup2(&limit, sizeof limit);
    k->n_limits = 1;
}

/* The rule with random numbers; weekends of any days half the time. */
static void random_rule(GRand *rand, struct contract *k, enum contract_rule rule)
{
    k->weekend_days = (uint8_t)(g_rand_boolean(rand) ? 0 : g_rand_int_range(rand, 1, 128));
    k->weekend_whole = rule == CONTRACT_RULE_WEEKEND_WHOLE;
    k->rule_price[rule] = 1;
    int number = g_rand_int_range(rand, 1, 5);
    switch (rule) {
    case CONTRACT_RULE_CONSECUTIVE_DAYS_MIN:
        k->consecutive_days_min = number;
        break;
    case CONTRACT_RULE_CONSECUTIVE_DAYS_MAX:
        k->consecutive_days_max = number;
        break;
    case CONTRACT_RULE_CONSECUTIVE_DAYS_OFF_MIN:
        k->consecutive_days_off_min = number;
        break;
    case CONTRACT_RULE_CONSECUTIVE_DAYS_OFF_MAX:
        k->consecutive_days_off_max = number;
        break;
    case CONTRACT_RULE_WINDOW_DAYS_MAX:
        k->window_days = g_rand_int_range(rand, 2, 9);
        k->window_days_max = g_rand_int_range(rand, 1, k->window_days);
        break;
    case CONTRACT_RULE_WEEKENDS_MAX:
        k->weekends_of = number;
        k->weekends_max = g_rand_int_range(rand, 0, number);
        break;
    case CONTRACT_RULE_CONSECUTIVE_WEEKENDS_MAX:
        k->consecutive_weekends_max = number;
        break;
    case CONTRACT_RULE_CONSECUTIVE_NIGHTS_MAX:
        k->consecutive_nights_max = number;
        break;
    case CONTRACT_RULE_DAYS_OFF_AFTER_NIGHTS_MIN:
        k->days_off_after_nights_min = number;
        break;
    case CONTRACT_RULE_TEMPLATE_LIMIT:
        random_limit(rand, k);
        break;
    default:
        break;
    }
}

/* A past of `n_past` days has a shift, so that it is known. */
static void random_letters(GRand *rand, uint8_t *letters, int n, int n_past)
{
    double density = g_rand_double_range(rand, 0.2, 0.9);
    for (int day = 0; day < n; day++)
        letters[day] =
            (uint8_t)(g_rand_double(rand) < density ? g_rand_int_range(rand, MORNING, LETTERS) : OFF);
    if (n_past > 0)
        letters[g_rand_int_range(rand, 0, n_past)] = MORNING;
}

/* CID works in London: days of UTC. */
static struct shift letter_shift(int32_t day, uint8_t letter)
{
    int64_t start = (int64_t)day * DAY_S + (letter == MORNING ? 8 : 22) * 3600;
    return (struct shift){.agent = CID,
                          .tmpl = letter == MORNING ? FREE : FOREIGN,
                          .start_ts = start,
                          .end_ts = start + (letter == MORNING ? 4 : 8) * 3600};
}

static double by_automaton(const struct contract *k, const uint8_t *letters, int n_past, int weeks)
{
    static const struct line_letter meaning[LETTERS] = {
        [OFF] = {.run = -1}, [MORNING] = {.run = 0}, [NIGHT] = {.night = true, .run = -1}};
    static const int week_last[WEEKS_MAX] = {6, 13, 20};
    struct line_run run = {.price = 1};
    if (k->n_limits > 0) {
        run.min = k->limits[0].consecutive_min;
        run.max = k->limits[0].consecutive_max;
    }
    struct line_rules line = {.n_days = weeks * WEEK_DAYS,
                              .n_letters = LETTERS - 1,
                              .letters = meaning,
                              .n_weeks = weeks,
                              .week_last = week_last,
                              .runs = &run,
                              .n_runs = 1,
                              .past = letters,
                              .n_past = n_past};
    line_rules_contract(&line, k);
    return line_rules_cost(&line, letters + n_past);
}

START_TEST(units_are_the_same)
{
    enum contract_rule rule = rules[_i];
    for (int i = 0; i < SEQUENCES; i++) {
        GRand *rand = g_rand_new_with_seed((guint32)(_i * SEQUENCES + i));
        struct row row = {.what = "random", .weeks = g_rand_int_range(rand, 1, WEEKS_MAX + 1)};
        struct plan_problem *problem = row_problem(&row);
        struct contract *k = &problem->operation->contracts[0];
        problem->operation->agents[CID].contract = 0;
        k->templates[1] = FOREIGN;
        random_rule(rand, k, rule);
        uint8_t letters[DAYS_MAX];
        int n_past = g_rand_boolean(rand) ? 0 : PAST_DAYS, n = n_past + row.weeks * WEEK_DAYS;
        random_letters(rand, letters, n, n_past);
        struct plan_solution *solution = plan_solution_new();
        solution->shifts = g_new0(struct shift, DAYS_MAX);
        problem->past = g_new0(struct shift, PAST_DAYS);
        for (int day = 0; day < n; day++) {
            if (letters[day] == OFF)
                continue;
            struct shift shift = letter_shift(problem->first_day + day - n_past, letters[day]);
            if (day < n_past)
                problem->past[problem->n_past++] = shift;
            else
                solution->shifts[solution->n_shifts++] = shift;
        }
        struct check_report report;
        bool clean = roster_check(problem, solution, &report);
        double want = by_automaton(k, letters, n_past, row.weeks);
        ck_assert_msg(clean && fabs(report.penalty - want) < 1e-9,
                      "%s, sequence %d: %g units, the automaton has %g; %s", contract_rule_key(rule), i,
                      report.penalty, want, clean ? "" : report.violations[0].message);
        check_report_clear(&report);
        plan_solution_free(solution);
        plan_problem_free(problem);
        g_rand_free(rand);
    }
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("scheduler/checker-line");
    TCase *t = tcase_create("line");
    tcase_set_timeout(t, 120);
    tcase_add_loop_test(t, units_are_the_same, 0, (int)G_N_ELEMENTS(rules));
    suite_add_tcase(s, t);
    return s;
}

TEST_MAIN(suite)
