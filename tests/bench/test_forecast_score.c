/* test_forecast_score.c - the benchmark of the forecaster measures what it says: files read into series,
 * scores of a forecast, and forecasts of other programs told apart and ranked. */
#include "tests/bench/forecast_dump.h"
#include "tests/bench/forecast_results.h"
#include "tests/bench/series_files.h"
#include "tests/support/testing.h"

#include <math.h>
#include <string.h>

#define NEAR(got, want, what)                                                                                \
    ck_assert_msg(fabs((got) - (want)) < 1e-9, "%s: %.12g, not %.12g", what, (double)(got), (double)(want))

static char *put(const char *dir, const char *name, const char *text)
{
    char *path = g_build_filename(dir, name, NULL);
    GError *error = NULL;
    g_file_set_contents(path, text, -1, &error);
    ck_no_error(error);
    return path;
}

/* ---- scores ---- */

/* Four intervals on two days; quantiles: two below and two above the mean by 1 and 2. */
static const struct {
    const char *what;
    double actual[4], mean[4];
    double wape, day_wape, rmse, wql, cov80, cov95, bias;
} scores[] = {
    {"right", {4, 6, 5, 5}, {4, 6, 5, 5}, 0, 0, 0, 2 * 4 * 2 * (0.025 * 2 + 0.1) / 5 / 20, 1, 1, 0},
    {"errors of a day that cancel",
     {4, 6, 5, 5},
     {5, 5, 5, 5},
     0.1,
     0,
     M_SQRT1_2,
     /* said 5: quantiles 3 4 5 6 7; pinball at y = 5, twice; at 4 and at 6 */
     2 * (2 * (0.05 + 0.1 + 0 + 0.1 + 0.05) + 2 * (0.025 + 0 + 0.5 + 0.2 + 0.075)) / 5 / 20,
     1,
     1,
     0},
    {"a day too high",
     {5, 5, 5, 5},
     {5, 5, 6.5, 6.5},
     0.15,
     0.15,
     1.5 * M_SQRT1_2,
     2 * (2 * 0.3 + 2 * (0.025 * 0.5 + 0.9 * 0.5 + 0.5 * 1.5 + 0.1 * 2.5 + 0.025 * 3.5)) / 5 / 20,
     0.5,
     1,
     0.15},
    {"an interval not observed", {5, NAN, 5, 5}, {5, 99, 5, 5}, 0, 0, 0, 2 * 3 * 0.3 / 5 / 15, 1, 1, 0},
};

START_TEST(test_scores)
{
    double quantile[SCORE_QUANTILES * 4], actual[4], naive[4] = {0};
    int32_t day[4] = {100, 100, 101, 101};
    int slot[4] = {0, 1, 0, 1};
    struct forecast_test test = {4, day, slot, actual, naive, 2, 3};
    struct forecast_sums sums = {0};
    memcpy(actual, scores[_i].actual, sizeof actual);
    for (int q = 0; q < SCORE_QUANTILES; q++)
        for (int i = 0; i < 4; i++)
            quantile[q * 4 + i] = scores[_i].mean[i] + q - 2;
    forecast_sums_add(&sums, &test, scores[_i].mean, quantile);
    const char *what = scores[_i].what;
    NEAR(score_wape(&sums), scores[_i].wape, what);
    NEAR(score_day_wape(&sums), scores[_i].day_wape, what);
    NEAR(score_rmse(&sums), scores[_i].rmse, what);
    NEAR(score_wql(&sums), scores[_i].wql, what);
    NEAR(score_mase(&sums), sums.absolute / sums.n / 2, what);
    NEAR(sums.in80 / sums.n, scores[_i].cov80, what);
    NEAR(sums.in95 / sums.n, scores[_i].cov95, what);
    NEAR(sums.bias / sums.volume, scores[_i].bias, what);
}
END_TEST

/* ---- files ---- */

#define HEADER "queue,channel,timezone,interval_start,interval_minutes,offered\n"

static const struct {
    const char *what, *text;
    const char *names; /* of the queues, joined by | */
    int interval_min;  /* asked for */
    const char *start; /* of the first one's series, and its first values */
    int n;
    double first, second;
} files[] = {
    {"a name in quotes", HEADER "\"A \"\"b\"\", c\",voice,UTC,2024-01-01T00:00:00Z,30,4\n", "A \"b\", c", 0,
     "2024-01-01T00:00:00Z", 1, 4, 0},
    {"the same queue at two intervals is two",
     HEADER "q,voice,UTC,2024-01-01T00:00:00Z,30,4\nq,voice,UTC,2024-01-01T00:00:00Z,15,5\n"
            "q,voice,UTC,2024-01-01T00:30:00Z,30,6\n",
     "q 30 min|q 15 min", 0, "2024-01-01T00:00:00Z", 2, 4, 6},
    {"hours of a zone half an hour off",
     HEADER "q,voice,Asia/Kolkata,2024-01-01T09:00:00+05:30,60,4\nq,voice,Asia/Kolkata,"
            "2024-01-01T10:00:00+05:30,60,6\n",
     "q", 0, "2024-01-01T03:30:00Z", 2, 4, 6},
    {"half hours added up to hours of the wall clock",
     HEADER "q,voice,Asia/Kolkata,2024-01-01T09:30:00+05:30,30,3\nq,voice,Asia/Kolkata,"
            "2024-01-01T10:00:00+05:30,30,4\nq,voice,Asia/Kolkata,2024-01-01T10:30:00+05:30,30,6\n",
     "q", 60, "2024-01-01T03:30:00Z", 2, NAN, 10},
    {"an interval without row is not observed",
     HEADER "q,voice,UTC,2024-01-01T00:00:00Z,30,4\nq,voice,UTC,2024-01-01T01:00:00Z,30,6\n", "q", 0,
     "2024-01-01T00:00:00Z", 3, 4, NAN},
    {"rows out of order, one told of twice",
     HEADER "q,voice,UTC,2024-01-01T00:30:00Z,30,6\nq,voice,UTC,2024-01-01T00:00:00Z,30,4\n"
            "q,voice,UTC,2024-01-01T00:30:00Z,30,7\n",
     "q", 0, "2024-01-01T00:00:00Z", 2, 4, 7},
    {"no column timezone",
     "queue,interval_start,interval_minutes,offered\nq,2024-01-01T00:00:00Z,60,4.5\n"
     "q,2024-01-01T01:00:00Z,60,0\n",
     "q", 0, "2024-01-01T00:00:00Z", 2, 4.5, 0},
};

static void same(double got, double want, const char *what)
{
    ck_assert_msg(isnan(want) ? isnan(got) : fabs(got - want) < 1e-9, "%s: %g, not %g", what, got, want);
}

START_TEST(test_files)
{
    char *dir = testing_tmpdir();
    GError *error = NULL;
    g_autofree char *path = put(dir, "q.csv", files[_i].text);
    char *paths[] = {path, NULL};
    GPtrArray *queues = series_files_read(paths, NULL, &error);
    ck_no_error(error);
    g_autoptr(GString) names = g_string_new(NULL);
    for (guint i = 0; i < queues->len; i++)
        g_string_append_printf(names, "%s%s", i > 0 ? "|" : "",
                               ((struct file_queue *)queues->pdata[i])->name);
    ck_assert_str_eq(names->str, files[_i].names);
    struct series series;
    ck_assert(series_files_build(queues->pdata[0], files[_i].interval_min, &series));
    g_autofree char *start = time_format(series.grid.start_ts, NULL);
    ck_assert_str_eq(start, files[_i].start);
    ck_assert_int_eq(series.grid.n, files[_i].n);
    same(series.offered[0], files[_i].first, files[_i].what);
    if (series.grid.n > 1)
        same(series.offered[1], files[_i].second, files[_i].what);
    series_clear(&series);
    g_ptr_array_free(queues, TRUE);
    testing_rmdir(dir);
}
END_TEST

START_TEST(test_specials)
{
    char *dir = testing_tmpdir();
    GError *error = NULL;
    g_autofree char *path = put(dir, "q.csv", HEADER "q,voice,UTC,2024-01-01T00:00:00Z,30,4\n"),
                    *days = put(dir, "days.csv",
                                "queue,date,name,kind\nq,2024-03-01,\"King, Jr.\",special\n"
                                "other,2024-01-01,x,closed\nq,2024-01-01,New Year,holiday\n"),
                    *bad = put(dir, "bad.csv", "queue,date,name,kind\nq,2024-03-01,x,strike\n");
    char *paths[] = {path, NULL};
    GPtrArray *queues = series_files_read(paths, days, &error);
    ck_no_error(error);
    const struct file_queue *queue = queues->pdata[0];
    ck_assert_uint_eq(queue->specials->len, 2);
    const struct forecast_special *first = &g_array_index(queue->specials, struct forecast_special, 0);
    ck_assert_int_eq(first[0].kind, SPECIAL_HOLIDAY);
    ck_assert_int_eq(first[1].kind, SPECIAL_OTHER);
    ck_assert_str_eq(first[1].name, "King, Jr.");
    g_ptr_array_free(queues, TRUE);
    ck_assert_ptr_null(series_files_read(paths, bad, &error));
    ck_assert_msg(strstr(error->message, "bad.csv:2") != NULL && strstr(error->message, "strike") != NULL,
                  "%s", error->message);
    g_error_free(error);
    testing_rmdir(dir);
}
END_TEST

/* ---- programs beside each other ---- */

#define WEEKS 3
#define SLOTS 24

/* Three weeks by the hour, the last behind the origin: ours is off by 1 an hour, the naive by 2. */
struct setting {
    struct series series;
    struct zone *zone;
    struct grid horizon;
    struct forecast_test test;
    double mean[SLOTS * 7], quantile[SCORE_QUANTILES * SLOTS * 7];
};

static void setting_init(struct setting *set, GError **error)
{
    int64_t origin;
    set->zone = zone_new("Asia/Kolkata", error);
    ck_assert_ptr_nonnull(set->zone);
    int32_t day = day_from_civil(2024, 1, 1);
    origin = zone_day_start(set->zone, day + 7 * (WEEKS - 1));
    struct grid grid = {zone_day_start(set->zone, day), 3600, SLOTS * 7 * WEEKS};
    series_init(&set->series, &grid);
    for (int i = 0; i < grid.n; i++)
        set->series.offered[i] = 10 + i % SLOTS + 2 * (i / (SLOTS * 7));
    set->series.offered[5] = NAN;
    set->horizon = (struct grid){origin, 3600, SLOTS * 7};
    forecast_test_init(&set->test, &set->series, set->zone, &set->horizon);
    for (int i = 0; i < SLOTS * 7; i++) {
        set->mean[i] = set->test.actual[i] + 1;
        for (int q = 0; q < SCORE_QUANTILES; q++)
            set->quantile[q * SLOTS * 7 + i] = set->mean[i] + q - 2;
    }
}

static void setting_clear(struct setting *set)
{
    forecast_test_clear(&set->test);
    series_clear(&set->series);
    zone_free(set->zone);
}

/* Forecasts of R: one off by `error_r`, one of too few rows when `complete` is false. */
static void put_r(const char *dir, const struct forecast_test *test, double off)
{
    g_autoptr(GString) text = g_string_new("method,mean,q025,q10,q50,q90,q975\n");
    for (int m = 0; m < 2; m++)
        for (int i = 0; i < test->n; i++)
            g_string_append_printf(text, "%s,%g,%g,%g,%g,%g,%g\n", m == 0 ? "dhr" : "snaive",
                                   m == 0 ? test->actual[i] + off : test->naive[i], 0.0, 0.0, test->naive[i],
                                   99.0, 99.0);
    g_free(put(dir, "0001.r.pred.csv", text->str));
    g_free(put(dir, "0001.r.cpu.csv", "method,cpu_s\ndhr,1.5\nsnaive,0.25\n"));
}

START_TEST(test_results)
{
    char *dir = testing_tmpdir();
    struct setting set;
    GError *error = NULL;
    setting_init(&set, &error);
    ck_assert_int_eq(set.test.slot[0], 0);
    NEAR(set.test.naive[0], set.test.actual[0] - 2, "naive is last week's");
    NEAR(set.test.naive_mean, 2, "error of the naive inside the history");
    struct forecast_special special = {.day = set.test.day[1], .kind = SPECIAL_OTHER, .name = "King"};
    struct forecast_dump dump = {dir, 0};
    struct forecast_dump_run run = {"a, \"b\"", &set.series, set.zone, &special,     1,  &set.horizon,
                                    1,          &set.test,   set.mean, set.quantile, 0.5};
    ck_assert(forecast_dump_add(&dump, &run, &error));
    put_r(dir, &set.test, 0.5);
    struct forecast_results results;
    ck_assert_msg(forecast_results_read(&results, dir, &error), "%s", error != NULL ? error->message : "");
    ck_assert_int_eq(results.n_queues, 1);
    ck_assert_str_eq(results.queues[0], run.queue);
    ck_assert_int_eq(results.n_methods, 3);
    static const struct {
        const char *program, *name;
        double rel_wape, rank, of_best_r, cpu_s;
    } want[] = {
        {"r", "dhr", 0.25, 1, 1, 1.5}, {"r", "snaive", 1, 3, 4, 0.25}, {"wfm", "wfm", 0.5, 2, 2, 0.5}};
    for (int m = 0; m < 3; m++) {
        ck_assert_str_eq(results.methods[m].program, want[m].program);
        ck_assert_str_eq(results.methods[m].name, want[m].name);
        NEAR(results.methods[m].rel_wape, want[m].rel_wape, want[m].name);
        NEAR(results.methods[m].rank, want[m].rank, want[m].name);
        NEAR(results.methods[m].of_best_r, want[m].of_best_r, want[m].name);
        NEAR(results.methods[m].cpu_s, want[m].cpu_s, want[m].name);
    }
    forecast_results_clear(&results);
    g_free(put(dir, "0001.r.pred.csv", "method,mean,q025,q10,q50,q90,q975\ndhr,1,1,1,1,1,1\n"));
    ck_assert_msg(!forecast_results_read(&results, dir, &error), "one row of 168 passes");
    g_error_free(error);
    setting_clear(&set);
    testing_rmdir(dir);
}
END_TEST

/* What others read is what there was: an hour not observed, special days as columns. */
START_TEST(test_dump)
{
    char *dir = testing_tmpdir();
    struct setting set;
    GError *error = NULL;
    setting_init(&set, &error);
    struct forecast_special special = {
        .day = set.test.day[0] + 1, .kind = SPECIAL_OTHER, .name = "King, \"Jr.\""};
    struct forecast_dump dump = {dir, 0};
    struct forecast_dump_run run = {"q", &set.series, set.zone, &special,     1,  &set.horizon,
                                    1,   &set.test,   set.mean, set.quantile, 0.5};
    ck_assert(forecast_dump_add(&dump, &run, &error));
    static const struct {
        const char *file, *line;
        int lines;
    } want[] = {
        {"0001.train.csv", "\n2024-01-01,4,14\n2024-01-01,5,\n2024-01-01,6,16\n", 1 + 14 * SLOTS},
        {"0001.test.csv", "day,slot,y,naive\n2024-01-15,0,14,12\n", 1 + 7 * SLOTS},
        {"0001.days.csv", "\n2024-01-16,0,1,0,0,\"King, \"\"Jr.\"\"\"\n2024-01-17,0,0,0,0,", 1 + 21 + 14},
        {"runs.csv", "\n0001,\"q\",2024-01-15,60,1,2,2\n", 2},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(want); i++) {
        g_autofree char *path = g_build_filename(dir, want[i].file, NULL), *text = NULL;
        int lines = 0;
        ck_assert(g_file_get_contents(path, &text, NULL, NULL));
        for (const char *at = text; *at != '\0'; at++)
            lines += *at == '\n';
        ck_assert_msg(strstr(text, want[i].line) != NULL, "%s lacks %s", want[i].file, want[i].line);
        ck_assert_msg(lines == want[i].lines, "%s: %d lines, not %d", want[i].file, lines, want[i].lines);
    }
    setting_clear(&set);
    testing_rmdir(dir);
}
END_TEST

static Suite *suite(void)
{
    Suite *suite = suite_create("forecast_score");
    TCase *tcase = tcase_create("benchmark of the forecaster");
    tcase_add_loop_test(tcase, test_scores, 0, (int)G_N_ELEMENTS(scores));
    tcase_add_loop_test(tcase, test_files, 0, (int)G_N_ELEMENTS(files));
    tcase_add_test(tcase, test_specials);
    tcase_add_test(tcase, test_results);
    tcase_add_test(tcase, test_dump);
    suite_add_tcase(suite, tcase);
    return suite;
}

TEST_MAIN(suite)
