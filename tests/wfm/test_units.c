#include "tests/support/testing.h"

#include <math.h>

#include "core/error.h"
#include "wfm/run_lines.h"
#include "wfm/units.h"

static const struct plan_progress at[] = {
    {"bound", INFINITY, -INFINITY, 0.25, 59.75, 0},
    {"search", 12345.678901234567, 12000.000000000002, 10, 0, 123456789},
    {"dive", 0, 0, 0, 0, 1},
};

START_TEST(progress_round_trip)
{
    g_autofree char *line = units_progress_line(&at[_i]);
    struct plan_progress got;
    char phase[16];
    ck_assert(g_str_has_suffix(line, "\n"));
    g_strchomp(line);
    ck_assert(units_parse_progress(line, &got, phase));
    ck_assert_str_eq(got.phase, at[_i].phase);
    ck_assert(got.objective == at[_i].objective && got.bound == at[_i].bound);
    ck_assert_double_eq_tol(got.elapsed_s, at[_i].elapsed_s, 1e-3);
    ck_assert_double_eq_tol(got.left_s, at[_i].left_s, 1e-3);
    ck_assert_int_eq(got.rounds, at[_i].rounds);
}
END_TEST

static const struct {
    const char *line;
    int code; /* -1: not an error line */
    const char *text;
} errors[] = {
    {"error 1 agent a-7: no legal week", WFM_ERROR_INPUT, "agent a-7: no legal week"},
    {"error 9 out of memory", WFM_ERROR_LIMIT, "out of memory"},
    {"error 99 unknown", -1, NULL},
    {"error", -1, NULL},
    {"progress search 1 1 1 1 1", -1, NULL},
    {"", -1, NULL},
};

START_TEST(error_lines)
{
    g_autoptr(GError) error = NULL;
    ck_assert_int_eq(units_parse_error(errors[_i].line, &error), errors[_i].code >= 0);
    if (errors[_i].code < 0) {
        ck_assert_ptr_null(error);
        return;
    }
    ck_assert_int_eq(error->code, errors[_i].code);
    ck_assert_str_eq(error->message, errors[_i].text);
}
END_TEST

/* What people see of an attempt of so many looks: few points, from the first to the last, in order. */
static const int looks[] = {1, 2, RUN_TRACE_MAX, RUN_TRACE_MAX + 1, 1234, 100000};

START_TEST(a_trace_is_thinned)
{
    struct run_trace trace = {.n = 0};
    for (int i = 0; i < looks[_i]; i++) {
        const struct progress_state here = {
            .phase = "solve", .objective = 1e6 - i, .bound = i, .n_units = 2, .n_started = i > 0 ? 2 : 1};
        run_trace_add(&trace, &here, 0.2 * i);
    }
    run_trace_add(&trace, &(struct progress_state){.phase = "save", .objective = NAN, .bound = NAN}, 1e9);
    int last = trace.n - 1;
    ck_assert_int_le(trace.n, RUN_TRACE_MAX);
    ck_assert_int_ge(trace.n, MIN(looks[_i], RUN_TRACE_MAX / 3));
    ck_assert_double_eq(trace.bound[0], 0);
    ck_assert(!trace.whole[0] && trace.whole[last] == (last > 0));
    ck_assert_double_eq(trace.bound[last], looks[_i] - 1);
    for (int i = 1; i < trace.n; i++)
        ck_assert(trace.elapsed_s[i] > trace.elapsed_s[i - 1] && trace.objective[i] < trace.objective[i - 1]);
}
END_TEST

static const struct {
    int started;
    bool gap; /* is told */
} told[] = {{0, false}, {1, false}, {2, true}};

START_TEST(a_gap_is_of_the_whole)
{
    const struct progress_unit units[] = {{"running", "search", 60, 50},
                                          {"waiting", "", INFINITY, -INFINITY}};
    const struct progress_state here = {.phase = "solve",
                                        .objective = 100,
                                        .bound = 80,
                                        .left_s = NAN,
                                        .units = units,
                                        .n_units = 2,
                                        .n_started = told[_i].started};
    struct run_trace trace = {.n = 0};
    run_trace_add(&trace, &here, 1.5);
    struct run_line line;
    char *text = run_line_at(&here, 10, 1.5, &trace);
    ck_assert(run_line_parse(text, &line));
    json_t *json = json_loads(line.at_json, 0, NULL);
    json_t *gap = json_object_get(json, "gap");
    ck_assert(told[_i].gap ? json_number_value(gap) == 0.2 : json_is_null(gap));
    ck_assert_int_eq((int)json_integer_value(json_object_get(json, "started")), told[_i].started);
    json_t *whole = json_array_get(json_object_get(json_object_get(json, "trace"), "whole"), 0);
    ck_assert(json_is_true(whole) == told[_i].gap);
    json_decref(json);
    run_line_clear(&line);
    free(text);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("units");
    TCase *c = tcase_create("units");
    tcase_add_loop_test(c, progress_round_trip, 0, G_N_ELEMENTS(at));
    tcase_add_loop_test(c, error_lines, 0, G_N_ELEMENTS(errors));
    tcase_add_loop_test(c, a_trace_is_thinned, 0, G_N_ELEMENTS(looks));
    tcase_add_loop_test(c, a_gap_is_of_the_whole, 0, G_N_ELEMENTS(told));
    suite_add_tcase(s, c);
    return s;
}

TEST_MAIN(suite)
