#include "tests/support/testing.h"

#include <math.h>

#include "core/error.h"
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

static Suite *suite(void)
{
    Suite *s = suite_create("units");
    TCase *c = tcase_create("units");
    tcase_add_loop_test(c, progress_round_trip, 0, G_N_ELEMENTS(at));
    tcase_add_loop_test(c, error_lines, 0, G_N_ELEMENTS(errors));
    suite_add_tcase(s, c);
    return s;
}

TEST_MAIN(suite)
