/*
 * testing.h - what every test program shares: main, paths, loud skips.
 *
 * A test file defines `static Suite *suite(void)` and ends with TEST_MAIN(suite). Exit status 77 (automake's
 * skip) when every case was skipped.
 */
#ifndef WFM_TESTS_SUPPORT_TESTING_H
#define WFM_TESTS_SUPPORT_TESTING_H

#include <check.h>
#include <glib.h>
#include <stdbool.h>

/* Runs the suite; returns the exit status. */
int testing_run(Suite *suite);

#define TEST_MAIN(suite_fn)                                                                                  \
    int main(void)                                                                                           \
    {                                                                                                        \
        return testing_run(suite_fn());                                                                      \
    }

/* Path of a file of the source tree, e.g. testing_source("fixtures/demo/operation.cfg"). g_free. */
char *testing_source(const char *relative);

/* Path below $WFM_SHARED, e.g. "data/staffing/computed_given.csv"; NULL when it is not there: then prints
   "SKIPPED <what>: <path> is not there (set WFM_SHARED)" on stderr, so that nothing is skipped silently.
   g_free. */
char *testing_shared(const char *relative, const char *what);

/* A fresh directory under $TMPDIR, removed by testing_rmdir. */
char *testing_tmpdir(void);
void testing_rmdir(char *dir);

/* Fails the running test with the text of a GError. */
#define ck_no_error(error)                                                                                   \
    do {                                                                                                     \
        if ((error) != NULL)                                                                                 \
            ck_abort_msg("%s", (error)->message);                                                            \
    } while (0)

#endif
