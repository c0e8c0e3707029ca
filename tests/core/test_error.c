#include "tests/support/testing.h"

#include "core/error.h"

START_TEST(every_code_has_its_statuses)
{
    g_autoptr(GError) error = NULL;
    ck_assert(!wfm_fail(&error, (enum wfm_error)_i, "value %d", 7));
    ck_assert_str_eq(error->message, "value 7");
    ck_assert_int_gt(wfm_error_exit_status(error), 0);
    ck_assert_int_ge(wfm_error_http_status(error), 400);
    ck_assert_str_ne(wfm_error_type(error), "");
    ck_assert_str_ne(wfm_error_text((enum wfm_error)_i), "");
}
END_TEST

START_TEST(foreign_errors_are_internal)
{
    g_autoptr(GError) error = g_error_new_literal(G_FILE_ERROR, 1, "x");
    ck_assert_int_eq(wfm_error_exit_status(error), 70);
    ck_assert_int_eq(wfm_error_http_status(error), 500);
    ck_assert_int_eq(wfm_error_exit_status(NULL), 0);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("core/error");
    TCase *t = tcase_create("table");
    tcase_add_loop_test(t, every_code_has_its_statuses, 0, WFM_ERROR_N);
    tcase_add_test(t, foreign_errors_are_internal);
    suite_add_tcase(s, t);
    return s;
}

TEST_MAIN(suite)
