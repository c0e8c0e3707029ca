#include "tests/core/samples.h"
#include "tests/support/testing.h"

#include <math.h>
#include <string.h>

#include "core/error.h"
#include "core/planfile.h"
#include "tests/core/filled.h"

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

/* A problem with something in every field that later versions added. */
static struct plan_problem *filled_problem(void)
{
    struct plan_problem *problem = sample_problem();
    int64_t start = problem->demand.grid.start_ts;
    fill_rules(problem->operation);
    problem->n_headcounts = 2;
    problem->headcounts = g_new0(struct headcount, 2);
    problem->headcounts[0] = (struct headcount){0, 1, problem->first_day, 3, 11.25, 0.1};
    problem->headcounts[1] = (struct headcount){1, -1, problem->first_day + 1, 2, 12.5, 0.2};
    struct plan_base *base = problem->base = g_new0(struct plan_base, 1);
    base->n_shifts = 2;
    base->shifts = g_new0(struct shift, 2);
    for (int i = 0; i < 2; i++) {
        base->shifts[i].agent = i + 1;
        base->shifts[i].tmpl = i - 1;
        base->shifts[i].start_ts = start + 3600 * (i + 1);
        base->shifts[i].end_ts = start + 36000 * (i + 1);
    }
    base->shifts[1].n_activities = 1;
    base->shifts[1].activities[0] = (struct activity){ACTIVITY_SPLIT, start + 7200, start + 9000, false};
    base->n_locks = 2;
    base->locks = g_new0(struct lock, 2);
    base->locks[0] = (struct lock){1, problem->first_day, 0};
    base->locks[1] = (struct lock){3, problem->first_day + 2, -1};
    base->frozen_ts = start + 5400;
    base->change_price = 7.75;
    base->break_price = 0.3;
    struct demand *demand = &problem->demand;
    demand_add_gains(demand);
    demand_add_load(demand);
    demand_add_busyness(demand);
    for (int q = 0; q < demand->n_queues; q++)
        demand->busyness_cv2[q] = 0.01 / (q + 3);
    demand_add_correlation(demand);
    for (int q = 0; q < demand->n_queues; q++)
        demand->day_correlation[q] = 1.0 / (q + 3);
    demand_add_offset(demand);
    demand_add_before(demand);
    for (int q = 0; q < demand->n_queues; q++) {
        demand->opening[q] = 12.5 / (q + 3);
        demand->past_counted[q] = 1000.0 / (q + 7);
        demand->past_in_time[q] = 900.0 / (q + 7);
    }
    for (int iv = 0; iv < demand->grid.n; iv++) {
        demand->offset[iv] = 1.25 - iv / 11.0;
        demand->offered[iv] = iv / 7.0;
        demand->aht_s[iv] = 240.5 + iv;
        demand->gain[DEMAND_PIECE(demand, 0, iv, 0)] = 1.0 / (3 + iv);
    }
    const struct sla_row rows[2] = {{0, 0, 5, 12.75, 0.6}, {0, 5, demand->grid.n, -1.0 / 3, 0.7}};
    demand_add_row(demand, &rows[0]);
    demand_add_row(demand, &rows[1]);
    problem->burdens = g_new0(struct burden, problem->operation->n_agents);
    for (int i = 0; i < problem->operation->n_agents; i++)
        problem->burdens[i] = (struct burden){0.5 + i, i / 3.0, 2.0 * i};
    return problem;
}

START_TEST(every_field_comes_back)
{
    GError *error = NULL;
    AUTO(plan_problem) problem = filled_problem();
    AUTO(plan_solution) solution = sample_solution(problem);
    solution->penalty = 1.0 / 7;
    g_autofree char *text = plan_format(problem, solution, &error);
    ck_no_error(error);
    struct plan_problem *p = NULL;
    struct plan_solution *s = NULL;
    plan_parse("x.plan", text, strlen(text), &p, &s, &error);
    ck_no_error(error);
    same_rules(problem->operation, p->operation);
    ck_assert_int_eq(p->n_headcounts, 2);
    ck_assert_mem_eq(p->headcounts, problem->headcounts, 2 * sizeof(struct headcount));
    const struct plan_base *a = problem->base, *b = p->base;
    ck_assert(b != NULL && b->frozen_ts == a->frozen_ts && b->change_price == a->change_price &&
              b->break_price == a->break_price);
    ck_assert_int_eq(b->n_shifts, 2);
    ck_assert_mem_eq(b->shifts, a->shifts, 2 * sizeof(struct shift));
    ck_assert_int_eq(b->n_locks, 2);
    ck_assert_mem_eq(b->locks, a->locks, 2 * sizeof(struct lock));
    ck_assert_mem_eq(p->burdens, problem->burdens,
                     (size_t)problem->operation->n_agents * sizeof(struct burden));
    ck_assert(s->penalty == 1.0 / 7);
    const struct demand *d = &problem->demand, *e = &p->demand;
    size_t cells = (size_t)d->n_queues * (size_t)d->grid.n;
    ck_assert_int_eq(e->n_rows, 2);
    for (int r = 0; r < 2; r++)
        ck_assert(e->rows[r].queue == d->rows[r].queue && e->rows[r].from_iv == d->rows[r].from_iv &&
                  e->rows[r].to_iv == d->rows[r].to_iv && e->rows[r].need == d->rows[r].need &&
                  e->rows[r].price == d->rows[r].price);
    ck_assert_mem_eq(e->gain, d->gain, cells * (size_t)d->n_pieces * sizeof(double));
    ck_assert_mem_eq(e->offered, d->offered, cells * sizeof(double));
    ck_assert_mem_eq(e->aht_s, d->aht_s, cells * sizeof(double));
    ck_assert_mem_eq(e->offset, d->offset, cells * sizeof(double));
    ck_assert_mem_eq(e->busyness_cv2, d->busyness_cv2, (size_t)d->n_queues * sizeof(double));
    ck_assert_mem_eq(e->day_correlation, d->day_correlation, (size_t)d->n_queues * sizeof(double));
    ck_assert_mem_eq(e->opening, d->opening, (size_t)d->n_queues * sizeof(double));
    ck_assert_mem_eq(e->past_counted, d->past_counted, (size_t)d->n_queues * sizeof(double));
    ck_assert_mem_eq(e->past_in_time, d->past_in_time, (size_t)d->n_queues * sizeof(double));

    /* what lies before is no input of planning */
    g_autofree char *with = plan_inputs_hash(problem);
    demand_clear_before(&problem->demand);
    g_autofree char *without = plan_inputs_hash(problem);
    ck_assert_str_eq(with, without);
    plan_problem_free(p);
    plan_solution_free(s);
}
END_TEST

/* tests/core/data/old.plan was written by wfm 0.1.0 before rules had prices; its hash must still be that of
   its problem. */
START_TEST(files_from_before_still_read)
{
    GError *error = NULL;
    g_autofree char *path = testing_source("tests/core/data/old.plan");
    struct plan_problem *p = NULL;
    struct plan_solution *s = NULL;
    plan_read(path, &p, &s, &error);
    ck_no_error(error);
    ck_assert_int_eq(p->operation->contracts[0].consecutive_days_off_max, 0);
    ck_assert(p->base == NULL && p->n_headcounts == 0 && s->penalty == 0);
    ck_assert(p->demand.busyness_cv2 == NULL && p->demand.day_correlation == NULL &&
              p->demand.opening == NULL);
    plan_problem_free(p);
    plan_solution_free(s);
}
END_TEST

static const struct {
    const char *what, *from, *to, *want;
} broken_parts[] = {
    {"headcount of no template", "\"headcounts\":[{\"tmpl\":0,\"site\":1,\"day\"",
     "\"headcounts\":[{\"tmpl\":9,\"site\":1,\"day\"", "problem.headcounts[0]: template 9"},
    {"row behind the demand", "\"from_iv\":5,\"to_iv\":", "\"from_iv\":5,\"to_iv\":9",
     "problem.demand.rows[1]"},
    {"rows that overlap", "\"from_iv\":5", "\"from_iv\":4", "do not overlap"},
    {"row without a price", "\"need\":12.75,\"price\":", "\"need\":12.75,\"price\":-",
     "problem.demand.rows[0]"},
    {"contacts without time", "\"aht_s\":[240.5,241.5", "\"aht_s\":[240.5,0.0", "contacts take time"},
    {"busyness of no queue", "\"busyness_cv2\":[", "\"busyness_cv2\":[0.5,", "queues are, or none"},
    {"offsets of one cell more", "\"offset\":[1.25,", "\"offset\":[1.25,0.5,", "are needed, or none"},
    {"correlation of no queue", "\"day_correlation\":[", "\"day_correlation\":[0.5,", "queues are, or none"},
    {"correlation below nothing", "\"day_correlation\":[", "\"day_correlation\":[-",
     "day_correlation[0]: -0.333333; it must be between 0 and 1"},
    {"correlation beyond one", "\"day_correlation\":[0.", "\"day_correlation\":[1.", "between 0 and 1"},
    {"a backlog of no queue", "\"opening\":[", "\"opening\":[0.5,", "queues are, or none"},
    {"less than nothing waits", "\"opening\":[", "\"opening\":[-", "opening[0]: -4.16667; it must be"},
    {"a past without its contacts", "\"past_counted\":[", "\"past_counted\":[],\"past_count\":[",
     "past_count"},
    {"a past in time below nothing", "\"past_in_time\":[", "\"past_in_time\":[-", "past_in_time[0]"},
    {"busyness below nothing", "\"busyness_cv2\":[", "\"busyness_cv2\":[-", "between 0 and 1"},
    {"headcounts out of order", "\"day\":20780,\"need\"", "\"day\":20790,\"need\"", "not sorted by day"},
    {"negative price of a change", "\"change_price\":7.75", "\"change_price\":-7.75", "change_price -7.75"},
    {"nobody gives up after a while", "\"patience_s\":0.0", "\"patience_s\":9.0",
     "patience 9 s, though nobody is said to give up"},
    {"shrinkage that is not its parts", "\"name\":\"IT_2\",\"share\":0.0", "\"name\":\"IT_2\",\"share\":0.1",
     "is not what its 3 parts make"},
    {"part of shrinkage without a name", "\"name\":\"IT_2\"", "\"name\":null", "shrinkage: the name \"\""},
    {"level of a skill", "\"overflow\":8", "\"overflow\":9", "skills[0].overflow: 9 is not within 0..8"},
    {"priority", "\"priority\":7", "\"priority\":-1", "priority: -1 is not within 0..9"},
    {"negative overflow", "\"overflow_after_s\":12.375", "\"overflow_after_s\":-12.375",
     "overflow_after -12.375 s"},
    {"set aside and blended", "\"blend_idle\":3", "\"ring_fence\":true,\"blend_idle\":3",
     "blend_idle 3 with ring_fence"},
    {"lock of nobody", "\"locks\":[{\"agent\":1", "\"locks\":[{\"agent\":99",
     "problem.base.locks[0]: agent 99"},
    {"lock to another's shift", "\"shift\":0}", "\"shift\":1}", "another agent's"},
    {"lock to no shift", "\"shift\":0}", "\"shift\":2}", "shift 2 does not exist"},
    {"base out of the horizon", "\"base\":{\"shifts\":[{\"agent\":1,\"tmpl\":-1,\"start_ts\":1795",
     "\"base\":{\"shifts\":[{\"agent\":1,\"tmpl\":-1,\"start_ts\":1695", "problem.base.shifts[0]"},
    {"base of null", "\"base\":{", "\"base\":null,\"x\":{", "problem.base: null found"},
    {"unknown price", "\"rest_min_minutes\":0.", "\"rest_minutes\":0.", "unknown key \"rest_minutes\""},
    {"window beyond its days", "\"window_days_max\":10", "\"window_days_max\":15", "window: 15 of 14 days"},
    {"preferences out of order", "\"preferences\":[{\"agent\":0", "\"preferences\":[{\"agent\":4",
     "not sorted"},
    {"meeting of nobody", "\"agents\":[0,2,3]", "\"agents\":[0,2,33]", "agent number 33"},
    {"burden of one only", "\"burdens\":[",
     "\"burdens\":[{\"nights\":0.0,\"weekend_days\":0.0,\"holidays\":0.0},",
     "problem.burdens: 13 where 12 agents"},
    {"limit twice", "\"template_limits\":[{\"tmpl\":1", "\"template_limits\":[{\"tmpl\":0", "listed twice"},
};

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
    {"template of a shift", "\"tmpl\":-1,\"start_ts\"", "\"tmpl\":99,\"start_ts\"", "template 99"},
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

START_TEST(broken_parts_are_refused)
{
    g_autoptr(GError) error = NULL;
    AUTO(plan_problem) problem = filled_problem();
    g_autofree char *text = plan_format(problem, NULL, NULL);
    g_autofree char *bad = exchange(text, broken_parts[_i].from, broken_parts[_i].to);
    struct plan_problem *p = NULL;
    ck_assert_msg(!plan_parse("x.plan", bad, strlen(bad), &p, NULL, &error), "%s was taken",
                  broken_parts[_i].what);
    ck_assert_msg(strstr(error->message, broken_parts[_i].want) != NULL, "%s: the message is \"%s\"",
                  broken_parts[_i].what, error->message);
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
    tcase_add_test(t, every_field_comes_back);
    tcase_add_test(t, files_from_before_still_read);
    tcase_add_loop_test(t, broken_parts_are_refused, 0, G_N_ELEMENTS(broken_parts));
    tcase_add_test(t, hash_is_of_what_can_change_a_roster);
    tcase_add_test(t, what_is_not_finite_is_not_written);
    tcase_add_loop_test(t, broken_plans_are_refused, 0, G_N_ELEMENTS(broken));
    tcase_add_test(t, truncated_plans_are_refused);
    tcase_add_test(t, mutated_plans_never_crash);
    suite_add_tcase(s, t);
    return s;
}

TEST_MAIN(suite)
