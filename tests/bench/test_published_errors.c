/*
 * docs/published-errors.md is what our models make of the shared file, and those agree with its exact values.
 */
#include <string.h>

#include "tests/bench/published_errors.h"
#include "tests/support/testing.h"

START_TEST(page_is_current)
{
    g_autofree char *path = testing_shared("data/staffing/published_wrong.csv", "published errors");
    if (path == NULL)
        return;
    struct published_errors errors;
    g_autoptr(GError) error = NULL;
    ck_assert(published_errors(path, &errors, &error));
    ck_assert_int_eq(errors.rows, 32);
    ck_assert_int_eq(errors.listed, 32);
    ck_assert_msg(errors.off == 0, "%d rows differ from their exact values, first %s", errors.off,
                  errors.first);
    g_autofree char *docs = testing_source("docs/published-errors.md"), *page = NULL;
    ck_assert(g_file_get_contents(docs, &page, NULL, NULL));
    ck_assert_msg(strcmp(page, errors.page->str) == 0,
                  "docs/published-errors.md: make it again with `wfm-bench staffing --errors %s --docs …`",
                  path);
    published_errors_clear(&errors);
}
END_TEST

/* One row of our own: what is published, what is right, and only what differs. */
START_TEST(page_of_a_row)
{
    char *dir = testing_tmpdir();
    g_autofree char *path = g_build_filename(dir, "wrong.csv", NULL);
    static const char text[] =
        "model,lambda_per_hour,aht_s,agents,blocking,occupancy,exact_blocking,source,verdict\n"
        "erlang_b,60,60,1,0.51,0.50,0.5,a table nobody knows,WRONG\n";
    ck_assert(g_file_set_contents(path, text, -1, NULL));
    struct published_errors errors;
    g_autoptr(GError) error = NULL;
    ck_assert(published_errors(path, &errors, &error));
    ck_assert_int_eq(errors.listed, 1);
    ck_assert_int_eq(errors.off, 0);
    ck_assert_ptr_nonnull(strstr(errors.page->str, "## a table nobody knows"));
    ck_assert_ptr_nonnull(strstr(errors.page->str, "| blocking | 51 % | 50.0000 % |"));
    ck_assert_ptr_null(strstr(errors.page->str, "| occupancy |"));
    published_errors_clear(&errors);
    testing_rmdir(dir);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("bench/published_errors");
    TCase *t = tcase_create("page");
    tcase_add_test(t, page_is_current);
    tcase_add_test(t, page_of_a_row);
    suite_add_tcase(s, t);
    return s;
}

TEST_MAIN(suite)
