#include "tests/core/samples.h"
#include "tests/support/testing.h"

#include <math.h>
#include <string.h>

#include "core/error.h"
#include "core/planfile.h"

static void same_bits(const double *a, const double *b, int n, const char *what)
{
    ck_assert_msg(memcmp(a, b, (size_t)n * sizeof *a) == 0, "%s differ", what);
}

START_TEST(round_trip_is_bit_for_bit)
{
    GError *error = NULL;
    AUTO(plan_problem) problem = sample_problem();
    AUTO(plan_solution) solution = sample_solution(problem);
    char *dir = testing_tmpdir();
    g_autofree char *path = g_build_filename(dir, "week.plan", NULL);
    plan_write(path, problem, solution, &error);
    ck_no_error(error);
    struct plan_problem *p = NULL;
    struct plan_solution *s = NULL;
    plan_read(path, &p, &s, &error);
    ck_no_error(error);

    int n = problem->demand.n_queues * problem->demand.grid.n;
    same_bits(p->demand.width, problem->demand.width, 3 * n, "widths");
    same_bits(p->demand.value, problem->demand.value, 3 * n, "values");
    same_bits(p->demand.need, problem->demand.need, n, "needs");
    same_bits(s->staffed, solution->staffed, n, "staffed");
    same_bits(&s->pay, &solution->pay, 4, "pay, shortage, objective, bound");
    ck_assert(p->seed == problem->seed && s->rounds == solution->rounds);
    ck_assert_int_eq(s->n_shifts, 2);
    ck_assert_int_eq(s->shifts[1].activities[1].end_ts, solution->shifts[1].activities[1].end_ts);
    ck_assert_str_eq(p->operation->agents[3].name, "Diaz, Dino");

    /* Equal plans, equal bytes; and the same hash. */
    g_autofree char *first = plan_format(problem, solution, &error), *second = plan_format(p, s, &error);
    ck_assert_str_eq(first, second);
    g_autofree char *hash = plan_inputs_hash(problem);
    g_autofree char *hash_read = plan_inputs_hash(p);
    ck_assert_str_eq(hash, hash_read);
    ck_assert_int_eq((int)strlen(hash), 64);
    plan_problem_free(p);
    plan_solution_free(s);

    /* Without a solution. */
    plan_write(path, problem, NULL, &error);
    ck_no_error(error);
    s = solution;
    plan_read(path, &p, &s, &error);
    ck_no_error(error);
    ck_assert_ptr_null(s);
    plan_problem_free(p);
    testing_rmdir(dir);
}
END_TEST

START_TEST(hash_is_of_what_can_change_a_roster)
{
    AUTO(plan_problem) problem = sample_problem();
    g_autofree char *base = plan_inputs_hash(problem);
    problem->limits.seconds = 77;
    problem->limits.gap = 0.5;
    problem->limits.threads = 1;
    g_autofree char *same = plan_inputs_hash(problem);
    ck_assert_str_eq(base, same);
    problem->limits.rounds++;
    g_autofree char *rounds = plan_inputs_hash(problem);
    ck_assert_str_ne(base, rounds);
    problem->limits.rounds--;
    problem->demand.width[5] = nextafter(problem->demand.width[5], 1e9);
    g_autofree char *width = plan_inputs_hash(problem);
    ck_assert_str_ne(base, width);
}
END_TEST

START_TEST(what_is_not_finite_is_not_written)
{
    g_autoptr(GError) error = NULL;
    AUTO(plan_problem) problem = sample_problem();
    AUTO(plan_solution) solution = sample_solution(problem);
    solution->bound = -INFINITY;
    ck_assert_ptr_null(plan_format(problem, solution, &error));
    ck_assert_ptr_nonnull(strstr(error->message, "solution.bound"));
}
END_TEST

/* Each row exchanges one text of a good plan file for another. */
static const struct {
    const char *what, *from, *to, *want;
} broken[] = {
    {"no JSON", "{\"wfm_plan\":1,", "hello", "expected"},
    {"another format", "\"wfm_plan\":1", "\"wfm_plan\":2", "format 2"},
    {"no format", "\"wfm_plan\":1,", "", "wfm_plan"},
    {"unknown key on top", "\"wfm_plan\":1", "\"wfm_plan\":1,\"extra\":1", "unknown key \"extra\""},
    {"duplicate key", "\"wfm_plan\":1", "\"wfm_plan\":1,\"wfm_plan\":1", "duplicate"},
    {"wrong type", "\"n_weeks\":1", "\"n_weeks\":\"1\"", "problem.n_weeks: a text found"},
    {"real for integer", "\"n_weeks\":1", "\"n_weeks\":1.0", "problem.n_weeks: a number found"},
    {"no weeks", "\"n_weeks\":1", "\"n_weeks\":0", "problem.n_weeks: 0 is not within"},
    {"huge length", "\"n\":672", "\"n\":2000000000", "problem.demand.grid"},
    {"huge number of queues", "\"n_queues\":4", "\"n_queues\":2000000000", "do not fit"},
    {"no pieces", "\"n_pieces\":3", "\"n_pieces\":0", "do not fit"},
    {"integer beyond 64 bits", "\"n\":672", "\"n\":99999999999999999999999", "too big"},
    {"NaN", "\"gap\":0.01", "\"gap\":NaN", "invalid token"},
    {"infinity", "\"gap\":0.01", "\"gap\":1e999", "overflow"},
    {"negative limit", "\"seconds\":0.3", "\"seconds\":-0.3", "negative"},
    {"seed as number", "\"seed\":\"18446744073709551610\"", "\"seed\":5", "problem.seed"},
    {"seed too large", "\"seed\":\"18446744073709551610\"", "\"seed\":\"18446744073709551616\"",
     "problem.seed"},
    {"agent of a shift", "\"past\":[{\"agent\":1", "\"past\":[{\"agent\":12", "problem.past[0]"},
    {"negative index", "\"past\":[{\"agent\":1", "\"past\":[{\"agent\":-1", "problem.past[0].agent"},
    {"template of a shift", "\"tmpl\":-1", "\"tmpl\":99", "template 99"},
    {"client of a queue", "\"client\":1", "\"client\":7", "client number 7"},
    {"site of an agent", "\"site\":1", "\"site\":-5", "site"},
    {"unknown zone", "\"zone\":\"Asia/Manila\"", "\"zone\":\"Asia/Nowhere\"", "Asia/Nowhere"},
    {"concurrency and its values", "\"concurrency\":3", "\"concurrency\":4", "3 elements where 4 are needed"},
    {"concurrency out of bounds", "\"concurrency\":3", "\"concurrency\":2147483647", "concurrency"},
    {"text with NUL", "\"Demo BPO\"", "\"Demo\\u0000BPO\"", "\\u0000"},
    {"null id", "\"id\":\"acme\"", "\"id\":null", "client"},
    {"unknown name", "\"channel\":\"voice\"", "\"channel\":\"telex\"", "telex"},
    {"missing key", "\"aht_s\":300.0,", "", "aht_s is missing"},
    {"unknown key inside", "\"aht_s\":300.0", "\"aht_s\":300.0,\"aht\":1", "unknown key \"aht\""},
    {"too many breaks", "\"breaks\":[", "\"breaks\":[{},{},{},{},", "at most 6"},
    {"edited problem", "\"rate\":145.0", "\"rate\":146.0", "inputs_sha256"},
    {"shift out of the horizon", "\"shifts\":[{\"agent\":0,\"tmpl\":0,\"start_ts\":1795",
     "\"shifts\":[{\"agent\":0,\"tmpl\":0,\"start_ts\":1695", "solution.shifts[0]"},
    {"activity out of its shift", "\"activities\":[{\"kind\":\"break\",\"start_ts\":1795",
     "\"activities\":[{\"kind\":\"break\",\"start_ts\":1895", "activities[0]"},
    {"staffed too short", "\"staffed\":[0.0,", "\"staffed\":[", "solution.staffed"},
    {"null reason", "\"stopped\":\"gap\"", "\"stopped\":null", "stopped"},
    {"negative width", "\"width\":[0.0", "\"width\":[-1.0", "piece 0"},
};

static char *exchange(const char *text, const char *from, const char *to)
{
    const char *at = strstr(text, from);
    ck_assert_msg(at != NULL, "the plan has no %s", from);
    return g_strdup_printf("%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
}

START_TEST(broken_plans_are_refused)
{
    g_autoptr(GError) error = NULL;
    AUTO(plan_problem) problem = sample_problem();
    AUTO(plan_solution) solution = sample_solution(problem);
    g_autofree char *text = plan_format(problem, solution, NULL);
    g_autofree char *bad = exchange(text, broken[_i].from, broken[_i].to);
    struct plan_problem *p = NULL;
    struct plan_solution *s = NULL;
    ck_assert_msg(!plan_parse("x.plan", bad, strlen(bad), &p, &s, &error), "%s was taken", broken[_i].what);
    ck_assert(g_error_matches(error, WFM_ERROR, WFM_ERROR_INPUT));
    ck_assert_msg(strstr(error->message, broken[_i].want) != NULL &&
                      g_str_has_prefix(error->message, "x.plan"),
                  "%s: the message is \"%s\"", broken[_i].what, error->message);
    ck_assert(p == NULL && s == NULL);
}
END_TEST

START_TEST(truncated_plans_are_refused)
{
    AUTO(plan_problem) problem = sample_problem();
    g_autofree char *text = plan_format(problem, NULL, NULL);
    size_t length = strlen(text);
    for (size_t n = 0; n < length - 1; n += 1 + length / 200) {
        struct plan_problem *p = NULL;
        if (plan_parse("x.plan", text, n, &p, NULL, NULL))
            ck_abort_msg("a plan cut after %zu bytes was taken", n);
    }
}
END_TEST

#define MUTATIONS 2000

START_TEST(mutated_plans_never_crash)
{
    uint64_t state = 20261123;
    AUTO(plan_problem) problem = sample_problem();
    AUTO(plan_solution) solution = sample_solution(problem);
    /* A small demand keeps this quick: the text of the big one is cut out, and put back is what the horizon
     * needs of it. */
    g_autofree char *text = plan_format(problem, solution, NULL);
    size_t demand = (size_t)(strstr(text, "\"demand\"") - text),
           past = (size_t)(strstr(text, "\"past\"") - text);
    int taken = 0;
    for (int i = 0; i < MUTATIONS; i++) {
        /* Mostly in what is not demand; every 20th time anywhere. */
        bool anywhere = i % 20 == 0;
        size_t n = anywhere ? strlen(text) : demand;
        g_autofree char *changed = sample_mutate(text, &n, &state);
        g_autoptr(GString) whole = g_string_new_len(changed, (gssize)n);
        if (!anywhere && i % 3 == 0)
            g_string_append(whole, text + demand);
        else if (!anywhere)
            g_string_append(whole, text + past);
        struct plan_problem *p = NULL;
        struct plan_solution *s = NULL;
        g_autoptr(GError) error = NULL;
        bool ok = plan_parse("x.plan", whole->str, whole->len, &p, &s, &error);
        if (ok == (error != NULL) || ok == (p == NULL))
            ck_abort_msg("mutation %d: success and error at once", i);
        taken += ok;
        plan_problem_free(p);
        plan_solution_free(s);
    }
    ck_assert_int_lt(taken, MUTATIONS);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("core/planfile");
    TCase *t = tcase_create("planfile");
    tcase_set_timeout(t, 300);
    tcase_add_test(t, round_trip_is_bit_for_bit);
    tcase_add_test(t, hash_is_of_what_can_change_a_roster);
    tcase_add_test(t, what_is_not_finite_is_not_written);
    tcase_add_loop_test(t, broken_plans_are_refused, 0, G_N_ELEMENTS(broken));
    tcase_add_test(t, truncated_plans_are_refused);
    tcase_add_test(t, mutated_plans_never_crash);
    suite_add_tcase(s, t);
    return s;
}

TEST_MAIN(suite)
