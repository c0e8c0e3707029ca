#include "tests/core/samples.h"
#include "tests/support/testing.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/csv.h"
#include "core/error.h"
#include "core/history.h"
#include "core/zone.h"

struct sums {
    long rows;
    double offered, answered, handle_s;
    int64_t first_ts, last_ts;
    int interval_s;
    char queue[64];
};

static bool add(const struct history_row *row, void *user, GError **error)
{
    (void)error;
    struct sums *sums = user;
    if (sums->rows++ == 0) {
        sums->first_ts = row->start_ts;
        g_strlcpy(sums->queue, row->queue, sizeof sums->queue);
    }
    sums->last_ts = row->start_ts;
    sums->interval_s = row->interval_s;
    sums->offered += row->offered;
    sums->answered += row->answered; /* NAN when absent */
    sums->handle_s += row->handle_s;
    return true;
}

/* Rows and sums as awk counts them in the files. */
static const struct {
    const char *file, *queue, *first;
    int minutes;
    long rows;
    double offered;
} real[] = {
    {"bank_na_2003_15min.csv", "bank_na", "2003-03-03T12:00:00Z", 15, 9184, 5312234},
    {"anonbank_il_1999_30min.csv", "anonbank", "1998-12-31T22:00:00Z", 30, 17470, 444504},
    {"nyc_ems_2016_2018_60min.csv", "nyc_ems_total", "2016-01-01T05:00:00Z", 60, 157806, 8891226},
};

START_TEST(real_files)
{
    g_autofree char *relative = g_strconcat("data/forecast/", real[_i].file, NULL);
    g_autofree char *path = testing_shared(relative, "reading real history");
    if (path == NULL)
        return;
    struct sums sums = {0};
    long rows = 0;
    g_autoptr(GError) error = NULL;
    history_read(path, NULL, add, &sums, &rows, &error);
    ck_no_error(error);
    ck_assert_int_eq(rows, real[_i].rows);
    ck_assert_int_eq(sums.rows, rows);
    ck_assert_str_eq(sums.queue, real[_i].queue);
    ck_assert_int_eq(sums.interval_s, real[_i].minutes * 60);
    g_autofree char *first = time_format(sums.first_ts, NULL);
    ck_assert_str_eq(first, real[_i].first);
    ck_assert_double_eq(sums.offered, real[_i].offered);
    ck_assert(isnan(sums.answered) && isnan(sums.handle_s));
}
END_TEST

#define OURS "queue,interval_start,interval_minutes,offered,answered,abandoned,handle_seconds\n"
static const char *const map_calls[] = {"offered=Calls", "interval_start=Zeit", NULL};
static const char *const map_unknown[] = {"offerd=Calls", NULL};
static const char *const map_missing[] = {"offered=Kalls", NULL};
static const char *const map_numbers[] = {"offered=7", NULL};
static const char *const map_form[] = {"offered", NULL};

static const struct {
    const char *what, *text;
    struct history_format format;
    const char *want; /* of the message; NULL: rows, offered, handle and the first instant hold */
    long rows;
    double offered, handle_s;
    const char *first;
} files[] = {
    {"our own",
     OURS "q,2026-11-22T10:00:00Z,15,5,4,1,1200\nq,2026-11-22T11:15:00+01:00,15,3,3,0,900\n",
     {0},
     NULL,
     2,
     8,
     2100,
     "2026-11-22T10:00:00Z"},
    {"BOM, CRLF, blank lines, extra column",
     "\xef\xbb\xbfqueue,note,interval_start,interval_minutes,offered\r\n\r\n\"q\",\"a "
     "\"\"b\"\",\r\nc\",2026-11-22T10:00:00Z,15,5\r\n",
     {0},
     NULL,
     1,
     5,
     NAN,
     "2026-11-22T10:00:00Z"},
    {"tabs",
     "queue\tinterval_start\tinterval_minutes\toffered\nq\t2026-11-22T10:00:00Z\t15\t5\n",
     {0},
     NULL,
     1,
     5,
     NAN,
     "2026-11-22T10:00:00Z"},
    {"no newline at the end",
     OURS "q,2026-11-22T10:00:00Z,15,5,4,1,1200",
     {0},
     NULL,
     1,
     5,
     1200,
     "2026-11-22T10:00:00Z"},
    {"decimal comma",
     "queue;interval_start;interval_minutes;offered;aht_seconds\nq;2026-11-22T10:00:00Z;15;4,5;100,5\n",
     {.decimal_comma = true},
     NULL,
     1,
     4.5,
     452.25,
     "2026-11-22T10:00:00Z"},
    {"AHT of the answered",
     "queue,interval_start,interval_minutes,offered,answered,aht_seconds\nq,2026-11-22T10:00:00Z,15,5,4,"
     "100\n",
     {0},
     NULL,
     1,
     5,
     400,
     "2026-11-22T10:00:00Z"},
    {"local time with a zone",
     "interval_start,offered\n2025-03-30T02:30:00,5\n",
     {.zone = "Europe/Madrid", .queue = "q", .interval_min = 30},
     NULL,
     1,
     5,
     NAN,
     "2025-03-30T01:30:00Z"},
    {"hours of India in UTC",
     "interval_start,offered\n2026-11-22T18:30:00Z,5\n",
     {.zone = "Asia/Kolkata", .queue = "q", .interval_min = 60},
     NULL,
     1,
     5,
     NAN,
     "2026-11-22T18:30:00Z"},
    {"days",
     "interval_start,offered,interval_minutes\n2026-11-22T00:00:00-05:00,5,1440\n",
     {.queue = "q"},
     NULL,
     1,
     5,
     NAN,
     "2026-11-22T05:00:00Z"},
    {"map",
     "Zeit,Calls\n2026-11-22T10:00:00Z,7\n",
     {.map = map_calls, .queue = "q", .interval_min = 15},
     NULL,
     1,
     7,
     NAN,
     "2026-11-22T10:00:00Z"},
    {"genesys",
     "Interval Start UTC Date,Queue,Media Type,Skill Set,Language,Offered,Interactions Handled,Total Handle "
     "Time (Seconds)\n"
     "2026-11-22T10:15:00Z,Sales,voice,,,12,11,3300\n",
     {.preset = "genesys"},
     NULL,
     1,
     12,
     3300,
     "2026-11-22T10:15:00Z"},
    {"calabrio",
     "Insurance,20210218 08:00,20210218 08:15,16,135.46,490.74,16.85\nInsurance,20210218 23:45,20210219 "
     "00:00,0,0,0\n",
     {.preset = "calabrio", .zone = "America/New_York"},
     NULL,
     2,
     16,
     16 * (135.46 + 490.74),
     "2021-02-18T13:00:00Z"},
    {"calabrio over a clock change",
     "I,20250330 01:45,20250330 02:00,1,10,0\n",
     {.preset = "calabrio", .zone = "Europe/Madrid"},
     NULL,
     1,
     1,
     10,
     "2025-03-30T00:45:00Z"},
    {"connect",
     "QueueName,QueueId,ChannelType,TimeStamp,IncomingVolume,AverageHandleTime\nSales,1-2,VOICE,2026-11-"
     "22T10:15:00Z,4,30\n",
     {.preset = "connect", .interval_min = 15},
     NULL,
     1,
     4,
     120,
     "2026-11-22T10:15:00Z"},
    {"empty", "", {0}, ": empty; there is no history in it", 0, 0, 0, NULL},
    {"header alone", OURS, {0}, NULL, 0, 0, 0, NULL},
    {"no offered",
     "queue,interval_start,interval_minutes\n",
     {0},
     ":1: there is no column \"offered\"; map offered=…",
     0,
     0,
     0,
     NULL},
    {"no queue",
     "interval_start,interval_minutes,offered\n",
     {0},
     ":1: there is no column \"queue\"; give the queue",
     0,
     0,
     0,
     NULL},
    {"no interval",
     "QueueName,TimeStamp,IncomingVolume\n",
     {.preset = "connect"},
     ":1: there is no column \"interval_minutes\"; give the interval",
     0,
     0,
     0,
     NULL},
    {"negative",
     OURS "q,2026-11-22T10:00:00Z,15,5,4,1,1\nq,2026-11-22T10:15:00Z,15,-3,0,0,0\n",
     {0},
     ":3: column offered: -3 is negative",
     0,
     0,
     0,
     NULL},
    {"year 1",
     OURS "q,0001-01-01T00:00:00Z,15,5,4,1,1\n",
     {0},
     ":2: column interval_start: 0001-01-01T00:00:00Z is not in the years 1970 to 2099",
     0,
     0,
     0,
     NULL},
    {"year 2206",
     OURS "q,2206-11-22T10:00:00Z,15,5,4,1,1\n",
     {0},
     ":2: column interval_start: 2206-11-22T10:00:00Z is not in the years",
     0,
     0,
     0,
     NULL},
    {"no number",
     OURS "q,2026-11-22T10:00:00Z,15,five,4,1,1\n",
     {0},
     ":2: column offered: \"five\" is no number",
     0,
     0,
     0,
     NULL},
    {"comma unasked",
     "queue;interval_start;interval_minutes;offered\nq;2026-11-22T10:00:00Z;15;4,5\n",
     {0},
     "\"4,5\" is no number; if its comma is a decimal one, say so",
     0,
     0,
     0,
     NULL},
    {"NaN", OURS "q,2026-11-22T10:00:00Z,15,NaN,4,1,1\n", {0}, ":2: column offered: \"NaN\"", 0, 0, 0, NULL},
    {"empty count",
     OURS "q,2026-11-22T10:00:00Z,15,,4,1,1\n",
     {0},
     ":2: column offered: empty",
     0,
     0,
     0,
     NULL},
    {"too large",
     OURS "q,2026-11-22T10:00:00Z,15,1e12,4,1,1\n",
     {0},
     ":2: column offered: 1e12 is more than 1e+09",
     0,
     0,
     0,
     NULL},
    {"without offset",
     OURS "q,2026-11-22T10:00:00,15,5,4,1,1\n",
     {0},
     ":2: column interval_start: \"2026-11-22T10:00:00\" has no offset",
     0,
     0,
     0,
     NULL},
    {"not aligned",
     OURS "q,2026-11-22T10:05:00Z,15,5,4,1,1\n",
     {0},
     ":2: column interval_start: 2026-11-22T10:05:00Z does not start an interval of 15",
     0,
     0,
     0,
     NULL},
    {"seconds", OURS "q,2026-11-22T10:00:30Z,15,5,4,1,1\n", {0}, ":2: column interval_start", 0, 0, 0, NULL},
    {"interval length",
     OURS "q,2026-11-22T10:00:00Z,20,5,4,1,1\n",
     {0},
     ":2: column interval_minutes: an interval of 20 minutes",
     0,
     0,
     0,
     NULL},
    {"interval absent",
     OURS "q,2026-11-22T10:00:00Z,,5,4,1,1\n",
     {0},
     ":2: column interval_minutes",
     0,
     0,
     0,
     NULL},
    {"field missing",
     OURS "q,2026-11-22T10:00:00Z,15,5,4,1\n",
     {0},
     ":2: 6 fields, but the first line has 7",
     0,
     0,
     0,
     NULL},
    {"queue empty", OURS ",2026-11-22T10:00:00Z,15,5,4,1,1\n", {0}, ":2: column queue: empty", 0, 0, 0, NULL},
    {"quote",
     OURS "q,2026-11-22T10:00:00Z,15,5,4,1\"1,1\n",
     {0},
     ":2:32: a quote inside a field",
     0,
     0,
     0,
     NULL},
    {"genesys bad",
     "Interval Start UTC Date,Queue,Offered\nx,Sales,12\n",
     {.preset = "genesys"},
     ":2: column Interval Start UTC Date: \"x\"",
     0,
     0,
     0,
     NULL},
    {"calabrio stamp",
     "I,2021-02-18 08:00,20210218 08:15,16,1,1\n",
     {.preset = "calabrio", .zone = "UTC"},
     ":1: column interval_start: \"2021-02-18 08:00\" is not like 20210218 08:00",
     0,
     0,
     0,
     NULL},
    {"calabrio without zone",
     "I,20210218 08:00,20210218 08:15,16,1,1\n",
     {.preset = "calabrio"},
     "has no offset",
     0,
     0,
     0,
     NULL},
    {"calabrio backwards",
     "I,20210218 08:15,20210218 08:00,16,1,1\n",
     {.preset = "calabrio", .zone = "UTC"},
     "an interval of -15 minutes",
     0,
     0,
     0,
     NULL},
    {"calabrio short map",
     "I,20210218 08:15,20210218 08:30,16,1,1\n",
     {.preset = "calabrio", .zone = "UTC", .map = map_numbers},
     "offered: empty",
     0,
     0,
     0,
     NULL},
    {"preset",
     OURS,
     {.preset = "genesis"},
     "there is no history format \"genesis\"; use one of genesys",
     0,
     0,
     0,
     NULL},
    {"map of nothing",
     OURS,
     {.map = map_unknown},
     "wfm has no column offerd; the nearest are offered",
     0,
     0,
     0,
     NULL},
    {"map to nothing", OURS, {.map = map_missing}, "the header has no column \"Kalls\"", 0, 0, 0, NULL},
    {"map without =", OURS, {.map = map_form}, "write ours=theirs", 0, 0, 0, NULL},
    {"zone", OURS, {.zone = "Mars"}, "\"Mars\" is not a known time zone", 0, 0, 0, NULL},
};

START_TEST(formats_and_mistakes)
{
    char *dir = testing_tmpdir();
    g_autofree char *path = sample_file(dir, files[_i].text, strlen(files[_i].text));
    struct sums sums = {0};
    long rows = -7;
    g_autoptr(GError) error = NULL;
    bool ok = history_read(path, &files[_i].format, add, &sums, &rows, &error);
    if (files[_i].want != NULL) {
        ck_assert_msg(!ok, "%s was taken", files[_i].what);
        ck_assert_msg(strstr(error->message, files[_i].want) != NULL, "%s: %s", files[_i].what,
                      error->message);
        ck_assert_int_eq(rows, -7);
    } else {
        ck_assert_msg(ok, "%s: %s", files[_i].what, error != NULL ? error->message : "");
        ck_assert_int_eq(rows, files[_i].rows);
        ck_assert_msg(sums.offered == files[_i].offered, "%s: offered %g", files[_i].what, sums.offered);
        ck_assert_msg(isnan(files[_i].handle_s) ? isnan(sums.handle_s)
                                                : fabs(sums.handle_s - files[_i].handle_s) < 1e-9,
                      "%s: handle %g", files[_i].what, sums.handle_s);
        g_autofree char *first = time_format(sums.first_ts, NULL);
        if (files[_i].first != NULL)
            ck_assert_str_eq(first, files[_i].first);
    }
    testing_rmdir(dir);
}
END_TEST

static bool take_wait(const struct history_row *row, void *user, GError **error)
{
    (void)error;
    *(double *)user = row->wait_s;
    return true;
}

static const char *const map_wait[] = {"wait_seconds=Queue time", NULL};

/* One row each; want: wait_s, or NAN; else a message. */
static const struct {
    const char *what, *text;
    const char *const *map;
    double want;
    const char *message;
} waits[] = {
    {"no such column", OURS "q,2026-11-22T10:00:00Z,15,5,4,1,1200\n", NULL, NAN, NULL},
    {"our own",
     "queue,interval_start,interval_minutes,offered,wait_seconds\nq,2026-11-22T10:00:00Z,15,5,87.5\n", NULL,
     87.5, NULL},
    {"not known in this row",
     "queue,interval_start,interval_minutes,offered,wait_seconds\nq,2026-11-22T10:00:00Z,15,5,\n", NULL, NAN,
     NULL},
    {"mapped", "queue,interval_start,interval_minutes,offered,Queue time\nq,2026-11-22T10:00:00Z,15,5,60\n",
     map_wait, 60, NULL},
    {"negative",
     "queue,interval_start,interval_minutes,offered,wait_seconds\nq,2026-11-22T10:00:00Z,15,5,-1\n", NULL, 0,
     ":2: column wait_seconds: -1 is negative"},
};

START_TEST(waiting_time)
{
    char *dir = testing_tmpdir();
    g_autofree char *path = sample_file(dir, waits[_i].text, strlen(waits[_i].text));
    struct history_format format = {.map = waits[_i].map};
    double wait_s = -7;
    g_autoptr(GError) error = NULL;
    bool ok = history_read(path, &format, take_wait, &wait_s, NULL, &error);
    ck_assert_msg(ok == (waits[_i].message == NULL), "%s", waits[_i].what);
    if (ok)
        ck_assert_msg(isnan(waits[_i].want) ? isnan(wait_s) : wait_s == waits[_i].want, "%s: %g",
                      waits[_i].what, wait_s);
    else
        ck_assert_msg(strstr(error->message, waits[_i].message) != NULL, "%s: %s", waits[_i].what,
                      error->message);
    testing_rmdir(dir);
}
END_TEST

#define MANY 50000

START_TEST(one_bad_row_among_many_is_named)
{
    char *dir = testing_tmpdir();
    g_autoptr(GString) text = g_string_new(OURS);
    for (int i = 0; i < MANY; i++) {
        g_autofree char *at = time_format((int64_t)i * 900, NULL);
        g_string_append_printf(text, "queue-%d,%s,15,%s,4,1,1200.5\n", i % 7, at, i == 41234 ? "1O" : "10");
    }
    g_autofree char *path = sample_file(dir, text->str, text->len);
    struct sums sums = {0};
    g_autoptr(GError) error = NULL;
    ck_assert(!history_read(path, NULL, add, &sums, NULL, &error));
    g_autofree char *want = g_strdup_printf("%s:41236: column offered: \"1O\" is no number", path);
    ck_assert_str_eq(error->message, want);
    ck_assert_int_eq(sums.rows, 41234);
    testing_rmdir(dir);
}
END_TEST

static bool refuse(const struct history_row *row, void *user, GError **error)
{
    (void)user;
    return wfm_fail(error, WFM_ERROR_CONFLICT, "%s:%ld: no", row->file, row->line);
}

START_TEST(the_receiver_can_stop)
{
    char *dir = testing_tmpdir();
    static const char text[] = OURS "q,2026-11-22T10:00:00Z,15,5,4,1,1200\n";
    g_autofree char *path = sample_file(dir, text, strlen(text));
    g_autoptr(GError) error = NULL;
    ck_assert(!history_read(path, NULL, refuse, NULL, NULL, &error));
    ck_assert(g_error_matches(error, WFM_ERROR, WFM_ERROR_CONFLICT));
    testing_rmdir(dir);
}
END_TEST

START_TEST(rows_without_end_are_refused)
{
    char *dir = testing_tmpdir();
    static const char *const starts[] = {"", "queue\n\""};
    g_autoptr(GString) text = g_string_new(starts[_i]);
    for (int i = 0; i < 3 << 18; i++)
        g_string_append(text, _i == 0 ? "xxxxxxxx" : "xxxxxx\n");
    g_autofree char *path = sample_file(dir, text->str, text->len);
    g_autoptr(GError) error = NULL;
    ck_assert(!history_read(path, NULL, add, NULL, NULL, &error));
    testing_rmdir(dir);
}
END_TEST

#define MUTATIONS 2000

START_TEST(mutated_history_never_crashes)
{
    static const char text[] =
        OURS "q,2026-11-22T10:00:00Z,15,5,4,1,1200\n\"q, 2\",2026-11-22T10:15:00+08:00,15,3,3,0,900.25\n"
             "q,2026-11-22T10:30:00Z,15,5,,,\n";
    static const char *const preset[] = {"wfm", "genesys", "calabrio", "connect"};
    uint64_t state = 31;
    char *dir = testing_tmpdir();
    for (int i = 0; i < MUTATIONS; i++) {
        size_t n = strlen(text);
        g_autofree char *changed = sample_mutate(text, &n, &state);
        g_autofree char *path = sample_file(dir, changed, n);
        struct history_format format = {.preset = i % 4 == 0 ? preset[i / 4 % 4] : NULL,
                                        .decimal_comma = i % 3 == 0,
                                        .zone = i % 2 == 0 ? "Asia/Manila" : NULL,
                                        .interval_min = i % 5 == 0 ? 15 : 0};
        struct sums sums = {0};
        g_autoptr(GError) error = NULL;
        if (history_read(path, &format, add, &sums, NULL, &error) == (error != NULL))
            ck_abort_msg("mutation %d: success and error at once", i);
    }
    testing_rmdir(dir);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("core/history");
    TCase *t = tcase_create("history");
    tcase_set_timeout(t, 300);
    tcase_add_loop_test(t, real_files, 0, G_N_ELEMENTS(real));
    tcase_add_loop_test(t, waiting_time, 0, (int)G_N_ELEMENTS(waits));
    tcase_add_loop_test(t, formats_and_mistakes, 0, G_N_ELEMENTS(files));
    tcase_add_test(t, one_bad_row_among_many_is_named);
    tcase_add_test(t, the_receiver_can_stop);
    tcase_add_loop_test(t, rows_without_end_are_refused, 0, 2);
    tcase_add_test(t, mutated_history_never_crashes);
    suite_add_tcase(s, t);
    return s;
}

TEST_MAIN(suite)
