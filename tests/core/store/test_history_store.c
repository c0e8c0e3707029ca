#include <glib/gstdio.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/error.h"
#include "tests/core/store/sample.h"
#include "tests/support/pg.h"
#include "tests/support/testing.h"

#define HEADER "queue,interval_start,interval_minutes,offered,answered,abandoned,handle_seconds\n"

static const struct history_format plain = {0};
static char *conninfo;
static struct store *store;
static char *tmpdir;

static void setup(void)
{
    conninfo = pg_database();
    store = store_open(conninfo, NULL);
    AUTO(operation) operation = sample_operation(1);
    sample_save(store, operation);
    tmpdir = testing_tmpdir();
}

static void teardown(void)
{
    store_close(store);
    testing_rmdir(tmpdir);
    g_free(conninfo);
}

static char *file(const char *body)
{
    char *path = g_build_filename(tmpdir, "history.csv", NULL);
    g_autofree char *text = g_strconcat(HEADER, body, NULL);
    ck_assert(g_file_set_contents(path, text, -1, NULL));
    return path;
}

static struct import_report import(const char *body)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = file(body);
    struct import_report report;
    store_history_import(store, path, &plain, "test", &report, &error);
    ck_no_error(error);
    return report;
}

static void must_count(const char *what, long want)
{
    g_autofree char *sql = g_strdup_printf("SELECT %s", what);
    g_autofree char *value = pg_value(conninfo, sql);
    ck_assert_int_eq(g_ascii_strtoll(value, NULL, 10), want);
}

static const char first[] = "voice-en,2026-03-29T00:45:00Z,15,10,9,1,2700.5\n"
                            "voice-en,2026-03-29T01:00:00Z,15,0,,,\n"
                            "voice-en,2026-04-01T03:00:00+02:00,15,12.5,12,0,3000\n"
                            "chat-es,2025-12-31T23:30:00Z,30,4,4,0,100\n";

START_TEST(what_goes_in_comes_out)
{
    g_autoptr(GError) error = NULL;
    struct import_report report = import(first);
    ck_assert_int_eq(report.rows, 4);
    ck_assert_int_eq(report.inserted, 4);
    ck_assert_int_eq(report.updated, 0);
    ck_assert_int_eq(report.unchanged, 0);

    struct series series = {0};
    ck_assert(store_history_load(store, "voice-en", INT64_MIN, INT64_MAX, &series, &error));
    ck_no_error(error);
    ck_assert_int_eq(series.grid.start_ts, 1774745100); /* date -u -d 2026-03-29T00:45Z +%s */
    ck_assert_int_eq(series.grid.interval_s, 900);
    ck_assert_int_eq(series.grid.n, 3 * 96 + 1 + 1);
    ck_assert(series.offered[0] == 10.0 && series.answered[0] == 9.0 && series.abandoned[0] == 1.0);
    ck_assert(series.handle_s[0] == 2700.5);
    ck_assert(series.offered[1] == 0.0 && isnan(series.answered[1]) && isnan(series.handle_s[1]));
    ck_assert(isnan(series.offered[2]));
    ck_assert(series.offered[series.grid.n - 1] == 12.5);
    series_clear(&series);

    ck_assert(store_history_load(store, "voice-en", 1774746000, 1774746001, &series, &error));
    ck_assert_int_eq(series.grid.n, 1);
    series_clear(&series);
    ck_assert(!store_history_load(store, "mail-en", INT64_MIN, INT64_MAX, &series, &error));
    ck_assert(g_error_matches(error, WFM_ERROR, WFM_ERROR_NOT_FOUND));
}
END_TEST

START_TEST(waiting_time)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = g_build_filename(tmpdir, "waits.csv", NULL);
    static const char head[] = "queue,interval_start,interval_minutes,offered,abandoned,wait_seconds\n";
    static const char *const rows[] = {"voice-en,2026-03-29T00:45:00Z,15,10,1,120.5\n"
                                       "voice-en,2026-03-29T01:00:00Z,15,4,0,\n",
                                       "voice-en,2026-03-29T00:45:00Z,15,10,1,90\n"};
    static const double want[] = {120.5, 90};
    struct series series = {0};
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = g_strconcat(head, rows[i], NULL);
        struct import_report report;
        ck_assert(g_file_set_contents(path, text, -1, NULL));
        store_history_import(store, path, &plain, "test", &report, &error);
        ck_no_error(error);
        ck_assert_int_eq(report.updated, (int)i);
        ck_assert(store_history_load(store, "voice-en", INT64_MIN, INT64_MAX, &series, &error));
        ck_assert(series.wait_s[0] == want[i] && isnan(series.wait_s[1]));
        series_clear(&series);
    }
}
END_TEST

START_TEST(twice_changes_nothing)
{
    import(first);
    struct import_report again = import(first);
    ck_assert_int_eq(again.unchanged, 4);
    ck_assert_int_eq(again.inserted + again.updated, 0);
    struct import_report more = import("voice-en,2026-03-29T00:45:00Z,15,11,9,1,2700.5\n"
                                       "voice-en,2026-03-29T01:00:00Z,15,0,,,\n"
                                       "voice-en,2026-05-01T00:00:00Z,15,1,1,0,60\n");
    ck_assert_int_eq(more.rows, 3);
    ck_assert_int_eq(more.inserted, 1);
    ck_assert_int_eq(more.updated, 1);
    ck_assert_int_eq(more.unchanged, 1);
    must_count("count(*) FROM history", 5);
    must_count("offered FROM history WHERE start_at = '2026-03-29 00:45Z'", 11);
    must_count("count(*) FROM pg_inherits WHERE inhparent = 'history'::regclass", 4); /* Dec, Mar, Apr, May */
    must_count("count(*) FROM audit WHERE action = 'history.imported'", 3);
}
END_TEST

static const struct {
    const char *what, *body, *says;
} bad[] = {
    {"negative count", "voice-en,2026-01-01T00:00:00Z,15,1,,,\nvoice-en,2026-01-01T00:15:00Z,15,-3,,,\n",
     "history.csv:3"},
    {"no such queue", "voice-en,2026-01-01T00:00:00Z,15,1,,,\nvoice-fr,2026-01-01T00:15:00Z,15,3,,,\n",
     "history.csv:3: column queue: \"voice-fr\" is not a queue of the operation; known: chat-es, mail-en, "
     "voice-en"},
    {"the same twice, next to each other",
     "voice-en,2026-01-01T00:00:00Z,15,1,,,\nvoice-en,2026-01-01T00:00:00Z,15,1,,,\n",
     "history.csv:3: queue voice-en already has a row for 2026-01-01T00:00:00Z in line 2"},
    {"the same twice, other offset, other values",
     "voice-en,2026-01-01T00:00:00Z,15,1,,,\nchat-es,2026-01-01T00:00:00Z,15,1,,,\n"
     "voice-en,2026-01-01T01:00:00+01:00,15,7,,,\n",
     "history.csv:4: queue voice-en already has a row for 2026-01-01T00:00:00Z in line 2"},
    {"not an instant", "voice-en,yesterday,15,1,,,\n", "history.csv:2"},
};

START_TEST(a_bad_row_leaves_nothing)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = file(bad[_i].body);
    struct import_report report = {.rows = -1};
    ck_assert_msg(!store_history_import(store, path, &plain, "test", &report, &error), "%s", bad[_i].what);
    ck_assert_msg(g_error_matches(error, WFM_ERROR, WFM_ERROR_INPUT), "%s: %s", bad[_i].what, error->message);
    ck_assert_msg(strstr(error->message, bad[_i].says) != NULL, "%s: %s", bad[_i].what, error->message);
    ck_assert_int_eq(report.rows, -1);
    must_count("count(*) FROM history", 0);
    must_count("count(*) FROM pg_inherits WHERE inhparent = 'history'::regclass", 0);
    must_count("count(*) FROM audit WHERE action = 'history.imported'", 0);
    import(first); /* and the connection is good for more */
}
END_TEST

START_TEST(mixed_intervals_are_named)
{
    g_autoptr(GError) error = NULL;
    import("voice-en,2026-01-01T00:00:00Z,15,1,,,\nvoice-en,2026-01-01T00:30:00Z,30,1,,,\n");
    struct series series;
    ck_assert(!store_history_load(store, "voice-en", INT64_MIN, INT64_MAX, &series, &error));
    ck_assert(g_error_matches(error, WFM_ERROR, WFM_ERROR_INPUT));
    ck_assert_ptr_nonnull(strstr(error->message, "2026-01-01T00:30:00Z"));
}
END_TEST

/* "a file with one bad row in a million leaves nothing behind and names line, column and value" */
START_TEST(one_bad_row_in_a_million)
{
    enum { ROWS = 1000000, BAD = 999990 };
    g_autoptr(GError) error = NULL;
    g_autofree char *path = g_build_filename(tmpdir, "million.csv", NULL);
    FILE *out = g_fopen(path, "w");
    ck_assert_ptr_nonnull(out);
    fputs(HEADER, out);
    for (int i = 0; i < ROWS; i++) {
        g_autofree char *at = time_format(1600000200 + (int64_t)(i / 2) * 300, NULL);
        fprintf(out, "%s,%s,5,%s,%d,0,1200\n", i % 2 == 0 ? "voice-en" : "mail-en", at,
                i == BAD ? "1o" : "10", i % 9);
    }
    fclose(out);
    ck_assert(!store_history_import(store, path, &plain, "test", NULL, &error));
    ck_assert(g_error_matches(error, WFM_ERROR, WFM_ERROR_INPUT));
    g_autofree char *place = g_strdup_printf("million.csv:%d: column offered: ", BAD + 2);
    ck_assert_msg(strstr(error->message, place) != NULL && strstr(error->message, "1o") != NULL, "%s",
                  error->message);
    must_count("count(*) FROM history", 0);
    must_count("count(*) FROM pg_inherits WHERE inhparent = 'history'::regclass", 0);
}
END_TEST

/* The end of what came last, whoever it belongs to and however long it is. */
static const struct {
    const char *what, *rows, *want; /* want: NULL = none */
} ends[] = {
    {"nothing", "", NULL},
    {"one interval", "voice-en,2026-03-29T00:45:00Z,15,10,9,1,2700\n", "2026-03-29T01:00:00Z"},
    {"the later of two queues",
     "voice-en,2026-03-29T00:45:00Z,15,10,9,1,2700\nchat-es,2026-03-30T10:00:00Z,30,4,,,\n",
     "2026-03-30T10:30:00Z"},
    {"a local day ends after an interval that starts later",
     "voice-en,2026-03-29T00:00:00-04:00,1440,100,,,\nvoice-en,2026-03-29T13:00:00Z,30,4,,,\n",
     "2026-03-30T04:00:00Z"},
    {"a local day of 25 hours", "voice-en,2026-11-01T00:00:00-04:00,1440,100,,,\n", "2026-11-02T05:00:00Z"},
};

START_TEST(end_of_history)
{
    g_autoptr(GError) error = NULL;
    int64_t end_ts = 0, want = INT64_MIN;
    if (*ends[_i].rows != '\0')
        import(ends[_i].rows);
    ck_assert(store_history_end(store, &end_ts, &error));
    ck_no_error(error);
    ck_assert(ends[_i].want == NULL || time_parse(ends[_i].want, NULL, &want, &error));
    ck_assert_msg(end_ts == want, "%s", ends[_i].what);
}
END_TEST

static Suite *suite(void)
{
    pg_start();
    Suite *s = suite_create("core/store/history");
    TCase *t = tcase_create("history");
    tcase_set_timeout(t, 60);
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, what_goes_in_comes_out);
    tcase_add_test(t, waiting_time);
    tcase_add_test(t, twice_changes_nothing);
    tcase_add_loop_test(t, a_bad_row_leaves_nothing, 0, G_N_ELEMENTS(bad));
    tcase_add_test(t, mixed_intervals_are_named);
    tcase_add_loop_test(t, end_of_history, 0, G_N_ELEMENTS(ends));
    tcase_add_test(t, one_bad_row_in_a_million);
    suite_add_tcase(s, t);
    return s;
}

TEST_MAIN(suite)
