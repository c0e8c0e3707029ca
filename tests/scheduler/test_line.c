/*
 * test_line.c - the kernel for any horizon against enumeration on small random problems.
 */
#include <math.h>
#include <string.h>

#include "tests/scheduler/line_brute.h"
#include "tests/support/testing.h"

#define EPS 1e-9
#define BEST 5

/* Asserting writes to a pipe, so the checks in inner loops only speak when they fail. */
#define NEED(ok, ...)                                                                                        \
    do {                                                                                                     \
        if (!(ok))                                                                                           \
            ck_abort_msg(__VA_ARGS__);                                                                       \
    } while (0)

static const struct {
    const char *what;
    unsigned features;
    int problems;
} kinds[] = {
    {"nothing but values", 0, 100},
    {"runs", TINY_RUNS, 200},
    {"runs, past", TINY_RUNS | TINY_PAST_KNOWN, 200},
    {"runs, past, prices", TINY_RUNS | TINY_PAST_KNOWN | TINY_PRICED, 200},
    {"runs, a shift taken on the first day", TINY_RUNS | TINY_PAST_KNOWN | TINY_TAKEN, 200},
    {"windows", TINY_WINDOW | TINY_PAST_KNOWN, 200},
    {"windows, prices", TINY_WINDOW | TINY_PAST_KNOWN | TINY_PRICED | TINY_TAKEN, 200},
    {"weekends", TINY_WEEKENDS | TINY_PAST_KNOWN, 300},
    {"weekends, prices", TINY_WEEKENDS | TINY_PAST_KNOWN | TINY_PRICED | TINY_TAKEN, 300},
    {"nights", TINY_NIGHTS | TINY_PAST_KNOWN | TINY_TAKEN, 200},
    {"nights, prices", TINY_NIGHTS | TINY_PAST_KNOWN | TINY_PRICED, 200},
    {"successions and gaps", TINY_GAPS | TINY_PAST_KNOWN, 200},
    {"gaps, prices", TINY_GAPS | TINY_PAST_KNOWN | TINY_PRICED | TINY_TAKEN, 200},
    {"runs of templates", TINY_TEMPLATES | TINY_PAST_KNOWN, 200},
    {"runs of templates, prices", TINY_TEMPLATES | TINY_PAST_KNOWN | TINY_PRICED | TINY_TAKEN, 200},
    {"days of a week", TINY_WEEK_DAYS, 200},
    {"days of a week, weeks that end within a day", TINY_WEEK_DAYS | TINY_STRADDLE | TINY_PRICED, 200},
    {"minutes of the week", TINY_WEEK_MINUTES, 200},
    {"minutes of the week, prices", TINY_WEEK_MINUTES | TINY_PRICED | TINY_STRADDLE, 200},
    {"minutes of the period", TINY_PERIOD_MINUTES | TINY_OFF_COST, 200},
    {"minutes of both", TINY_WEEK_MINUTES | TINY_PERIOD_MINUTES | TINY_PRICED | TINY_STRADDLE, 300},
    {"counters", TINY_COUNTERS | TINY_STRADDLE, 300},
    {"counters, prices", TINY_COUNTERS | TINY_PRICED | TINY_PERIOD_MINUTES, 300},
    {"rest", TINY_REST, 300},
    {"rest and minutes", TINY_REST | TINY_WEEK_MINUTES | TINY_OFF_COST, 200},
    {"arcs of starts", TINY_SPREAD | TINY_RUNS | TINY_OFF_COST | TINY_STRADDLE, 300},
    {"arcs of starts, prices", TINY_SPREAD | TINY_PRICED | TINY_WEEK_MINUTES, 300},
    {"arcs, rest, minutes, weeks that end within a day",
     TINY_SPREAD | TINY_REST | TINY_WEEK_MINUTES | TINY_OFF_COST | TINY_STRADDLE | TINY_RUNS, 600},
    {"arcs, rest, counters, minutes",
     TINY_SPREAD | TINY_REST | TINY_WEEK_MINUTES | TINY_COUNTERS | TINY_STRADDLE | TINY_WEEK_DAYS, 600},
    {"arcs, rest, counters, minutes, prices",
     TINY_SPREAD | TINY_REST | TINY_WEEK_MINUTES | TINY_COUNTERS | TINY_STRADDLE | TINY_PRICED, 600},
    {"everything", 0x1ffff, 600},
    {"everything, hard", 0x1feff, 600},
};

/* Calls `check` with every problem of a kind. */
static void each(int kind, void (*check)(struct tiny *tiny, const char *what))
{
    for (int i = 0; i < kinds[kind].problems; i++) {
        struct tiny tiny;
        tiny_init(&tiny, (uint64_t)(kind * 100000 + i), kinds[kind].features);
        g_autofree char *what = g_strdup_printf("%s, problem %d", kinds[kind].what, i);
        check(&tiny, what);
        tiny_clear(&tiny);
    }
}

/* ---- the automaton ---- */

static void check_letters(struct tiny *tiny, const char *what, uint8_t *letters, int day, int node,
                          double cost)
{
    const struct line_rules *rules = &tiny->rules;
    if (day == rules->n_days) {
        double want = tiny_rules_cost(rules, letters), walked = line_rules_cost(rules, letters);
        NEED(walked == want || fabs(walked - want) < EPS, "%s: rules %g, want %g", what, walked, want);
        if (tiny->automaton == NULL || tiny->automaton->relaxed || tiny->automaton->n_counters > 0)
            NEED(!(want < cost - EPS), "%s: automaton %g, want %g", what, cost, want);
        else
            NEED(cost == want || fabs(cost - want) < EPS, "%s: automaton %g, want %g", what, cost, want);
        return;
    }
    for (int letter = 0; letter <= rules->n_letters; letter++) {
        const struct line_arc *arc =
            node < 0 || tiny->automaton == NULL
                ? NULL
                : &tiny->automaton->arcs[day][node * (rules->n_letters + 1) + letter];
        int to = arc == NULL ? -1 : arc->to;
        letters[day] = (uint8_t)letter;
        check_letters(tiny, what, letters, day + 1, to, to < 0 ? INFINITY : cost + arc->cost);
    }
}

static void check_automaton(struct tiny *tiny, const char *what)
{
    uint8_t letters[TINY_DAYS];
    if (pow(tiny->rules.n_letters + 1, tiny->rules.n_days) < 3000)
        check_letters(tiny, what, letters, 0, 0, tiny->automaton == NULL ? INFINITY : 0);
}

START_TEST(automaton_counts_each_rule)
{
    each(_i, check_automaton);
}
END_TEST

/* ---- lines ---- */

static struct line *line;

static void check_line(struct tiny *tiny, const char *what, const struct line_answer *answer, int i)
{
    const int *choice = answer->choice + i * tiny->rules.n_days;
    double cost = tiny_cost(tiny, choice), counted = line_cost(&tiny->problem, &tiny->query, choice);
    NEED(fabs(cost - answer->cost[i]) < EPS, "%s: line %d says %g, costs %g", what, i, answer->cost[i], cost);
    NEED(fabs(counted - cost) < EPS, "%s: line_cost %g, want %g", what, counted, cost);
}

static void check_best(struct tiny *tiny, const char *what)
{
    double want = INFINITY, cost[1];
    int choice[TINY_DAYS];
    struct line_answer answer = {.k = 1, .choice = choice, .cost = cost};
    tiny_enumerate(tiny, 0, 0, NULL, &want, 1);
    if (tiny->automaton == NULL) {
        NEED(want == INFINITY, "%s: no automaton, but a line of cost %g", what, want);
        return;
    }
    tiny->query.cells_max = strlen(what) % 2; /* the counters of some problems are left to the labels */
    line_solve(line, &tiny->problem, &tiny->query, &answer);
    double found = answer.n > 0 ? answer.cost[0] : INFINITY;
    if (answer.n > 0)
        check_line(tiny, what, &answer, 0);
    NEED(answer.bound <= want + EPS, "%s: bound %g above the optimum %g", what, answer.bound, want);
    if (answer.exact)
        NEED(found == want || fabs(found - want) < EPS, "%s: found %g, want %g", what, found, want);
    NEED(answer.exact || tiny->automaton->relaxed || tiny->problem.spread_price > 0, "%s: not exact", what);
}

START_TEST(best_is_the_best)
{
    each(_i, check_best);
}
END_TEST

static void check_k_best(struct tiny *tiny, const char *what)
{
    double want[BEST], cost[BEST];
    int choice[BEST * TINY_DAYS];
    struct line_answer answer = {.k = BEST, .choice = choice, .cost = cost};
    if (tiny->automaton == NULL || tiny->automaton->relaxed ||
        (tiny->problem.spread_min > 0 && tiny->problem.spread_price > 0))
        return;
    int n = MIN(tiny_enumerate(tiny, 0, 0, NULL, want, BEST), BEST);
    tiny->query.cells_max = strlen(what) % 2;
    line_solve(line, &tiny->problem, &tiny->query, &answer);
    NEED(answer.exact && answer.n == n, "%s: %d lines, exact %d, want %d", what, answer.n, answer.exact, n);
    for (int i = 0; i < n; i++) {
        check_line(tiny, what, &answer, i);
        NEED(fabs(cost[i] - want[i]) < EPS, "%s: line %d costs %g, want %g", what, i, cost[i], want[i]);
        for (int k = 0; k < i; k++)
            NEED(memcmp(choice + i * tiny->rules.n_days, choice + k * tiny->rules.n_days,
                        (size_t)tiny->rules.n_days * sizeof *choice) != 0,
                 "%s: lines %d and %d are the same", what, i, k);
    }
}

START_TEST(k_best_are_the_best)
{
    each(_i, check_k_best);
}
END_TEST

/* Windows of a line that is best at other values. */
static void check_windows(struct tiny *tiny, const char *what)
{
    double want[1], cost[1], kept[TINY_CHOICES];
    int fixed[TINY_DAYS], choice[TINY_DAYS], n_days = tiny->rules.n_days;
    struct line_answer answer = {.k = 1, .choice = fixed, .cost = cost};
    if (tiny->automaton == NULL)
        return;
    memcpy(kept, tiny->value, sizeof kept);
    for (int i = 0; i < tiny->problem.n_choices; i++)
        tiny->value[i] = kept[i] == INFINITY ? INFINITY : (double)(i * 7 % 5) - 2;
    bool found = line_solve(line, &tiny->problem, &tiny->query, &answer);
    memcpy(tiny->value, kept, sizeof kept);
    answer.choice = choice;
    AUTO(line_memory) memory = line_memory_new();
    for (int from = 0; from < n_days && found; from++)
        for (int to = from + 1; to <= n_days; to++) {
            struct line_query query = tiny->query;
            query.from = from;
            query.to = to;
            query.fixed = fixed;
            query.memory = memory;
            query.cells_max = to % 2;
            want[0] = INFINITY;
            tiny_enumerate(tiny, from, to, fixed, want, 1);
            line_solve(line, &tiny->problem, &query, &answer);
            NEED(answer.bound <= want[0] + EPS, "%s, days %d..%d: bound %g above %g", what, from, to,
                 answer.bound, want[0]);
            NEED(answer.n == (want[0] < INFINITY) || !answer.exact, "%s, days %d..%d: %d lines, want %g",
                 what, from, to, answer.n, want[0]);
            if (answer.n == 0)
                continue;
            check_line(tiny, what, &answer, 0);
            NEED(fabs(cost[0] - want[0]) < EPS || !answer.exact, "%s, days %d..%d: found %g, want %g", what,
                 from, to, cost[0], want[0]);
        }
}

START_TEST(window_is_the_line_with_the_rest_fixed)
{
    each(_i, check_windows);
}
END_TEST

static void check_patterns(struct tiny *tiny, const char *what)
{
    double want[1], cost[1 << 9], off[TINY_DAYS], value[TINY_CHOICES];
    int choice[(1 << 9) * TINY_DAYS];
    if (tiny->automaton == NULL || tiny->automaton->relaxed || tiny->problem.spread_price > 0)
        return;
    int n = line_patterns(line, &tiny->problem, &tiny->query, 0, cost, choice);
    memcpy(off, tiny->off, sizeof off);
    memcpy(value, tiny->value, sizeof value);
    NEED(n == tiny->week_last[0] + 1, "%s: %d days", what, n);
    for (int pattern = 0; pattern < 1 << n; pattern++) {
        memcpy(tiny->value, value, sizeof value);
        for (int day = 0; day < n; day++) {
            for (int i = tiny->day_choice[day]; i < tiny->day_choice[day + 1]; i++)
                tiny->value[i] = pattern >> day & 1 ? value[i] : INFINITY;
            tiny->off[day] = tiny->query.off != NULL ? off[day] : 0;
            tiny->off[day] = pattern >> day & 1 ? INFINITY : tiny->off[day];
        }
        for (int day = n; tiny->query.off == NULL && day < TINY_DAYS; day++)
            tiny->off[day] = 0;
        const double *given = tiny->query.off;
        tiny->query.off = tiny->off;
        want[0] = INFINITY;
        tiny_enumerate(tiny, 0, 0, NULL, want, 1);
        tiny->query.off = given;
        NEED(cost[pattern] == want[0] || fabs(cost[pattern] - want[0]) < EPS, "%s, pattern %d: %g, want %g",
             what, pattern, cost[pattern], want[0]);
    }
}

START_TEST(patterns_are_the_best_of_each)
{
    each(_i, check_patterns);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("line");
    TCase *rules = tcase_create("automaton"), *lines = tcase_create("lines");
    line = line_new();
    tcase_set_timeout(rules, 60);
    tcase_set_timeout(lines, 60);
    tcase_add_loop_test(rules, automaton_counts_each_rule, 0, G_N_ELEMENTS(kinds));
    tcase_add_loop_test(lines, best_is_the_best, 0, G_N_ELEMENTS(kinds));
    tcase_add_loop_test(lines, k_best_are_the_best, 0, G_N_ELEMENTS(kinds));
    tcase_add_loop_test(lines, window_is_the_line_with_the_rest_fixed, 0, G_N_ELEMENTS(kinds));
    tcase_add_loop_test(lines, patterns_are_the_best_of_each, 0, G_N_ELEMENTS(kinds));
    suite_add_tcase(s, rules);
    suite_add_tcase(s, lines);
    return s;
}

TEST_MAIN(suite)
