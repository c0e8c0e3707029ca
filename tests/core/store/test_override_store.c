#include <math.h>
#include <string.h>

#include "core/error.h"
#include "tests/core/store/sample.h"
#include "tests/support/pg.h"
#include "tests/support/testing.h"

/* Overrides, scenarios, and which of several stored forecasts is meant. */

#define MONDAY (SAMPLE_WEEK * INT64_C(86400))

static char *conninfo;
static struct store *store;

static void setup(void)
{
    conninfo = pg_database();
    store = store_open(conninfo, NULL);
    AUTO(operation) operation = sample_operation(1);
    sample_save(store, operation);
}

static void teardown(void)
{
    store_close(store);
    g_free(conninfo);
}

/* Texts are borrowed: for adding only. */
static struct override entry(const char *queue, const char *scenario, double value)
{
    return (struct override){.queue = (char *)queue,
                             .scenario = (char *)scenario,
                             .measure = OVERRIDE_AHT,
                             .kind = OVERRIDE_PERCENT,
                             .per = OVERRIDE_PER_DAY,
                             .value = value,
                             .from_ts = MONDAY,
                             .to_ts = MONDAY + 86400,
                             .hours = (char *)"mon-fri 09:00-18:00",
                             .why = (char *)"Mailing \"A\""};
}

static int count(const struct override_filter *filter)
{
    g_autoptr(GError) error = NULL;
    struct override *list = NULL;
    int n = -1;
    ck_assert(store_override_list(store, &scope_planner, filter, &list, &n, &error));
    ck_no_error(error);
    overrides_free(list, n);
    return n;
}

START_TEST(comes_back_as_it_went)
{
    g_autoptr(GError) error = NULL;
    struct override one = entry("voice-en", "campaign", 12.5);
    struct import_report report;
    ck_assert(store_overrides_add(store, &one, 1, "ana", &report, NULL, &error));
    ck_no_error(error);
    ck_assert_int_eq(report.inserted, 1);
    struct override *list = NULL;
    int n = 0;
    ck_assert(store_override_list(store, &scope_planner, &(struct override_filter){0}, &list, &n, &error));
    ck_assert_int_eq(n, 1);
    ck_assert_int_eq(list[0].id, one.id);
    ck_assert_str_eq(list[0].queue, "voice-en");
    ck_assert_str_eq(list[0].scenario, "campaign");
    ck_assert_int_eq(list[0].measure, OVERRIDE_AHT);
    ck_assert_int_eq(list[0].kind, OVERRIDE_PERCENT);
    ck_assert_int_eq(list[0].per, OVERRIDE_PER_DAY);
    ck_assert_double_eq(list[0].value, 12.5);
    ck_assert_int_eq(list[0].from_ts, MONDAY);
    ck_assert_int_eq(list[0].to_ts, MONDAY + 86400);
    ck_assert_str_eq(list[0].hours, "mon-fri 09:00-18:00");
    ck_assert_int_eq(list[0].n_spans, 1);
    ck_assert_str_eq(list[0].why, "Mailing \"A\"");
    ck_assert_str_eq(list[0].created_by, "ana");
    ck_assert_int_gt(list[0].created_ts, 1700000000);
    ck_assert_ptr_null(list[0].removed_by);
    ck_assert_int_eq(list[0].removed_ts, 0);
    ck_assert(!list[0].standing); /* its scenario is off */
    overrides_free(list, n);
}
END_TEST

START_TEST(all_or_none)
{
    g_autoptr(GError) error = NULL;
    struct override bad[] = {entry("voice-en", "new", 1), entry("voice-fr", NULL, 2)};
    ck_assert(!store_overrides_add(store, bad, 2, "ana", NULL, NULL, &error));
    ck_assert(g_error_matches(error, WFM_ERROR, WFM_ERROR_INPUT));
    ck_assert_ptr_nonnull(strstr(error->message, "voice-fr"));
    ck_assert_int_eq(bad[0].id, 0);
    ck_assert_int_eq(count(&(struct override_filter){.with_removed = true}), 0);
    g_autofree char *scenarios = pg_value(conninfo, "SELECT count(*) FROM scenario");
    ck_assert_str_eq(scenarios, "0");

    g_clear_error(&error);
    struct override good[] = {entry("voice-en", NULL, 1), entry("voice-en", NULL, 2)};
    ck_assert(store_overrides_add(store, good, 2, "ana", NULL, NULL, &error));
    int64_t ids[] = {good[0].id, 99};
    ck_assert(!store_overrides_remove(store, ids, 2, "ben", &error));
    ck_assert(g_error_matches(error, WFM_ERROR, WFM_ERROR_NOT_FOUND));
    ck_assert_int_eq(count(&(struct override_filter){0}), 2);
}
END_TEST

START_TEST(twice_is_once)
{
    struct override both[] = {entry("voice-en", NULL, 1), entry("voice-en", "campaign", 1)};
    struct import_report report;
    ck_assert(store_overrides_add(store, both, 2, "ana", &report, NULL, NULL));
    int64_t first = both[0].id;
    ck_assert(store_overrides_add(store, both, 2, "ben", &report, NULL, NULL));
    ck_assert_int_eq(report.rows, 2);
    ck_assert_int_eq(report.unchanged, 2);
    ck_assert_int_eq(report.inserted, 0);
    ck_assert_int_eq(both[0].id, first);
    /* but one that was taken back may be entered again */
    ck_assert(store_overrides_remove(store, &first, 1, "ana", NULL));
    ck_assert(store_overrides_add(store, both, 1, "ben", &report, NULL, NULL));
    ck_assert_int_eq(report.inserted, 1);
    ck_assert_int_ne(both[0].id, first);
}
END_TEST

START_TEST(taken_back)
{
    g_autoptr(GError) error = NULL;
    struct override one = entry("voice-en", NULL, 1);
    ck_assert(store_overrides_add(store, &one, 1, "ana", NULL, NULL, &error));
    ck_assert(store_overrides_remove(store, &one.id, 1, "ben", &error));
    ck_no_error(error);
    ck_assert_int_eq(count(&(struct override_filter){0}), 0);
    struct override_filter all = {.with_removed = true};
    struct override *list = NULL;
    int n = 0;
    ck_assert(store_override_list(store, &scope_planner, &all, &list, &n, &error));
    ck_assert_int_eq(n, 1);
    ck_assert_str_eq(list[0].removed_by, "ben");
    ck_assert_int_ge(list[0].removed_ts, list[0].created_ts);
    overrides_free(list, n);
    ck_assert(!store_overrides_remove(store, &one.id, 1, "ben", &error));
    ck_assert(g_error_matches(error, WFM_ERROR, WFM_ERROR_NOT_FOUND));
    g_autofree char *audit = pg_value(
        conninfo, "SELECT string_agg(action, ' ' ORDER BY id) FROM audit WHERE action LIKE 'override%'");
    ck_assert_str_eq(audit, "override.added override.removed");
}
END_TEST

static const struct {
    const char *what;
    struct override_filter filter;
    int want;
} filters[] = {
    {"all", {0}, 4},
    {"a queue", {.queue = "voice-en"}, 3},
    {"a scenario", {.scenario = "campaign"}, 2},
    {"both", {.queue = "mail-en", .scenario = "campaign"}, 1},
    {"the day after", {.from_ts = MONDAY + 86400, .to_ts = MONDAY + 2 * 86400}, 0},
    {"its last second", {.from_ts = MONDAY + 86399, .to_ts = MONDAY + 2 * 86400}, 4},
    {"taken back too", {.with_removed = true}, 5},
    {"unknown queue", {.queue = "x"}, 0},
};

START_TEST(filter)
{
    struct override list[] = {entry("voice-en", NULL, 1), entry("voice-en", NULL, 2),
                              entry("voice-en", "campaign", 3), entry("mail-en", "campaign", 4),
                              entry("mail-en", NULL, 5)};
    ck_assert(store_overrides_add(store, list, 5, "ana", NULL, NULL, NULL));
    ck_assert(store_overrides_remove(store, &list[4].id, 1, "ana", NULL));
    int n = count(&filters[_i].filter);
    /* "a queue": two of the hand and one of the campaign */
    ck_assert_msg(n == filters[_i].want, "%s: %d", filters[_i].what, n);
}
END_TEST

START_TEST(scenarios)
{
    g_autoptr(GError) error = NULL;
    struct scenario_info *list = NULL;
    int n = -1;
    struct override both[] = {entry("voice-en", "campaign", 1), entry("mail-en", "campaign", 1)};
    ck_assert(store_overrides_add(store, both, 2, "ana", NULL, NULL, &error));
    ck_assert(store_scenario_switch(store, "campaign", true, "ana", &error));
    ck_assert(store_scenario_list(store, &list, &n, &error));
    ck_no_error(error);
    ck_assert_int_eq(n, 1);
    ck_assert_str_eq(list[0].name, "campaign");
    ck_assert_str_eq(list[0].created_by, "ana");
    ck_assert(list[0].standing);
    ck_assert_int_eq(list[0].n_overrides, 2);
    ck_assert_int_eq(list[0].n_queues, 2);
    ck_assert_int_eq(list[0].from_ts, MONDAY);
    scenario_infos_free(list, n);
    ck_assert(!store_scenario_switch(store, "other", true, "ana", &error));
    ck_assert(g_error_matches(error, WFM_ERROR, WFM_ERROR_NOT_FOUND));
    g_clear_error(&error);
    ck_assert(store_scenario_remove(store, "campaign", "ana", &error));
    ck_assert_int_eq(count(&(struct override_filter){0}), 0);
    ck_assert(store_scenario_list(store, &list, &n, &error));
    ck_assert_int_eq(n, 0);
    scenario_infos_free(list, n);
    ck_assert(!store_scenario_remove(store, "campaign", "ana", &error));
    g_clear_error(&error);
    /* the name can be used again, and is off then */
    ck_assert(store_overrides_add(store, both, 2, "ana", NULL, NULL, &error));
    ck_assert(store_scenario_list(store, &list, &n, &error));
    ck_assert(n == 1 && !list[0].standing);
    scenario_infos_free(list, n);
}
END_TEST

/* --- which forecast */

enum { N = 4 };

static void save(double value, int64_t start_ts, int64_t history_end_ts)
{
    g_autoptr(GError) error = NULL;
    double offered[N] = {value, value, value, value}, aht_s[N] = {1, 1, 1, 1}, levels[1] = {0.5};
    struct stored_forecast f = {.queue = (char *)"voice-en",
                                .grid = {start_ts, 3600, N},
                                .offered = offered,
                                .aht_s = aht_s,
                                .n_levels = 1,
                                .levels = levels,
                                .quantile = offered,
                                .history_end_ts = history_end_ts};
    ck_assert(store_forecasts_save(store, &f, 1, "ana", &error));
    ck_no_error(error);
}

#define WEEKS(n) (MONDAY - (n)*INT64_C(604800))
#define SECOND_TS (MONDAY + N * 3600)

/* Of two spans of four hours: one from before it was recorded (5), made 8 weeks before (10), 4 (20), at once
   (30) and then again from what was known 4 weeks before (25); the second also 2 before (40). */
static const struct {
    const char *what;
    struct forecast_pick pick;
    double first, second; /* NAN: nothing; first 0: no forecast at all */
    int64_t known_ts;     /* of what is returned */
} picks[] = {
    {"newest: from the most history", {0}, 30, 40, MONDAY},
    {"first", {.first = true}, 5, 20, 0},
    {"known 4 weeks before: made last", {.known_ts = WEEKS(4)}, 25, 20, WEEKS(4)},
    {"known 3 weeks before", {.known_ts = WEEKS(3)}, 25, 20, WEEKS(4)},
    {"known 8 weeks before", {.known_ts = WEEKS(8)}, 10, NAN, WEEKS(8)},
    {"known 9 weeks before", {.known_ts = WEEKS(9)}, 0, 0, 0},
    {"by number", {.id = 3}, 20, NAN, WEEKS(4)},
    {"unknown number", {.id = 99}, 0, 0, 0},
};

START_TEST(pick)
{
    g_autoptr(GError) error = NULL;
    save(5, MONDAY, 0);
    save(10, MONDAY, WEEKS(8));
    save(20, MONDAY, WEEKS(4));
    save(20, SECOND_TS, WEEKS(4));
    save(30, MONDAY, MONDAY);
    save(40, SECOND_TS, WEEKS(2));
    save(25, MONDAY, WEEKS(4));
    struct stored_forecast f;
    if (!store_forecast_span(store, &scope_planner, "voice-en", MONDAY, MONDAY + 2 * N * 3600,
                             &picks[_i].pick, &f, &error)) {
        ck_assert_msg(g_error_matches(error, WFM_ERROR, WFM_ERROR_NOT_FOUND), "%s", error->message);
        ck_assert_msg(picks[_i].first == 0, "%s", picks[_i].what);
        return;
    }
    ck_assert_msg(f.offered[0] == picks[_i].first, "%s: %g", picks[_i].what, f.offered[0]);
    double second = f.grid.n > N ? f.offered[N] : NAN;
    ck_assert_msg(isnan(picks[_i].second) ? isnan(second) : second == picks[_i].second, "%s: %g",
                  picks[_i].what, second);
    ck_assert_msg(f.history_end_ts == picks[_i].known_ts, "%s", picks[_i].what);
    ck_assert_str_eq(f.created_by, "ana");
    stored_forecast_clear(&f);
    ck_assert(store_forecast_load(store, &scope_planner, "voice-en", MONDAY, MONDAY + 3600, &f,
                                  &error)); /* planned with */
    ck_assert_double_eq(f.offered[0], 30);
    stored_forecast_clear(&f);
}
END_TEST

START_TEST(list_of_forecasts)
{
    struct forecast_info *infos = NULL;
    int n = 0;
    save(10, MONDAY, WEEKS(8));
    save(20, SECOND_TS, WEEKS(4));
    ck_assert(store_forecast_list(store, &scope_planner, NULL, INT64_MIN, INT64_MAX, 0, 1, &infos, &n, NULL));
    ck_assert_int_eq(n, 1);
    ck_assert_double_eq(infos[0].contacts, 80);
    ck_assert_int_eq(infos[0].grid.n, N);
    ck_assert_int_eq(infos[0].history_end_ts, WEEKS(4));
    ck_assert_str_eq(infos[0].queue, "voice-en");
    forecast_infos_free(infos, n);
    ck_assert(
        store_forecast_list(store, &scope_planner, "voice-en", MONDAY, SECOND_TS, 0, 0, &infos, &n, NULL));
    ck_assert_int_eq(n, 1);
    ck_assert_double_eq(infos[0].contacts, 40);
    forecast_infos_free(infos, n);
}
END_TEST

static Suite *suite(void)
{
    pg_start();
    Suite *s = suite_create("core/store/override");
    TCase *t = tcase_create("the planner's hand");
    tcase_set_timeout(t, 60);
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, comes_back_as_it_went);
    tcase_add_test(t, all_or_none);
    tcase_add_test(t, twice_is_once);
    tcase_add_test(t, taken_back);
    tcase_add_loop_test(t, filter, 0, G_N_ELEMENTS(filters));
    tcase_add_test(t, scenarios);
    tcase_add_loop_test(t, pick, 0, G_N_ELEMENTS(picks));
    tcase_add_test(t, list_of_forecasts);
    suite_add_tcase(s, t);
    return s;
}

TEST_MAIN(suite)
