/* History, forecasts, the planner's hand and requirements over HTTP, on the operation of fixture.h: numbers
   by hand. */
#include "tests/support/testing.h"

#include <jansson.h>
#include <string.h>

#include "api/server.h"
#include "tests/api/fixture.h"
#include "tests/api/http.h"
#include "tests/support/pg.h"

#define MONDAY "from=2026-11-23T00:00:00Z&to=2026-11-24T00:00:00Z"

static struct fixture fixture;
static struct api_server *server;

static void start(void)
{
    fixture_init(&fixture);
    server = fixture_serve(&fixture, 2, NULL);
}

static void stop(void)
{
    api_stop(server);
    fixture_clear(&fixture);
}

/* --- asking
 * ----------------------------------------------------------------------------------------------------- */

static struct http_answer send_raw(enum caller caller, const char *method, const char *path,
                                   const char *extra, const char *body)
{
    return http_request(api_port(server), method, path, fixture.tokens[caller], extra, body);
}

/* Fails unless the status is as wanted; json_decref. NULL for an answer without a body. */
static json_t *ask(enum caller caller, const char *method, const char *path, const char *body, int status)
{
    struct http_answer answer = send_raw(caller, method, path, NULL, body);
    ck_assert_msg(answer.status == status, "%s %s %s: %d, not %d\n%s", method, path, body != NULL ? body : "",
                  answer.status, status, answer.body);
    json_t *json = answer.length > 0 ? json_loads(answer.body, JSON_REJECT_DUPLICATES, NULL) : NULL;
    ck_assert_msg(json != NULL || answer.length == 0, "%s: not JSON:\n%s", path, answer.body);
    http_answer_clear(&answer);
    return json;
}

static const json_t *at(const json_t *json, const char *list, size_t k)
{
    return json_array_get(json_object_get(json, list), k);
}

static const char *text(const json_t *json, const char *key)
{
    return json_string_value(json_object_get(json, key));
}

static double number(const json_t *json, const char *key)
{
    return json_number_value(json_object_get(json, key));
}

/* --- forecasts
 * ------------------------------------------------------------------------------------------------------ */

/* The forecast says 0, 1, 2, … contacts a quarter from Monday 00:00Z on. */
START_TEST(a_forecast_has_what_was_made_and_what_came_of_it)
{
    ask(CALLER_PLANNER, "PUT", "/v1/scenarios/mail", "{\"standing\": true}", 200);
    json_t *json = ask(CALLER_PLANNER, "GET", "/v1/queues/acme-voice/forecast?" MONDAY, NULL, 200);
    const json_t *ninth = at(json, "intervals", 9), *override = at(json, "overrides", 0);
    ck_assert_uint_eq(json_array_size(json_object_get(json, "intervals")), 96);
    ck_assert_double_eq_tol(number(ninth, "made_offered"), 9, 1e-9);
    ck_assert_double_eq_tol(number(ninth, "offered"), 9.9, 1e-9);
    ck_assert_double_eq_tol(json_number_value(json_array_get(json_object_get(ninth, "quantiles"), 1)), 19.8,
                            1e-9);
    ck_assert_str_eq(text(override, "text"), "volume +10 %");
    ck_assert_str_eq(text(override, "why"), "Cruz says so");
    json_decref(json);
    json = ask(CALLER_PLANNER, "GET", "/v1/queues/acme-voice/forecast?without=mail&" MONDAY, NULL, 200);
    ck_assert_double_eq_tol(number(at(json, "intervals", 9), "offered"), 9, 1e-9);
    ck_assert_uint_eq(json_array_size(json_object_get(json, "overrides")), 0);
    json_decref(json);
    json = ask(CALLER_ACME, "GET", "/v1/queues/acme-voice/forecast?" MONDAY, NULL, 200);
    override = at(json, "overrides", 0);
    ck_assert_double_eq_tol(number(at(json, "intervals", 9), "offered"), 9.9, 1e-9);
    ck_assert_str_eq(text(override, "text"), "volume +10 %");
    ck_assert_ptr_null(json_object_get(override, "why"));
    ck_assert_ptr_null(json_object_get(override, "scenario"));
    json_decref(json);
}
END_TEST

START_TEST(a_series_is_csv_for_who_prefers_it)
{
    static const struct {
        const char *accept;
        bool csv;
    } accepts[] = {
        {"Accept: text/csv\r\n", true},      {"Accept: text/csv;q=0.5, application/json;q=0.4\r\n", true},
        {"Accept: text/*\r\n", true},        {"Accept: TEXT/CSV\r\n", true},
        {"Accept: */*\r\n", false},          {"Accept: text/csv, application/json\r\n", false},
        {"Accept: text/csv;q=0\r\n", false}, {"Accept: image/png\r\n", false},
        {"Accept: ;;,,;q=\r\n", false},      {NULL, false},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(accepts); i++) {
        struct http_answer answer =
            send_raw(CALLER_ACME, "GET", "/v1/queues/acme-voice/forecast?" MONDAY, accepts[i].accept, NULL);
        g_autofree char *type = http_header(&answer, "Content-Type");
        ck_assert_int_eq(answer.status, 200);
        ck_assert_msg(g_str_has_prefix(type, accepts[i].csv ? "text/csv" : "application/json"), "%s: %s",
                      accepts[i].accept, type);
        if (i == 0)
            ck_assert_msg(g_str_has_prefix(answer.body,
                                           "queue,start,offered,aht_s,made_offered,made_aht_s,q0.1,q0.9\r\n"
                                           "acme-voice,2026-11-22T19:00:00-05:00,0,300,0,300,0,0\r\n"
                                           "acme-voice,2026-11-22T19:15:00-05:00,1,300,1,300,0.5,2\r\n"),
                          "%.300s", answer.body);
        http_answer_clear(&answer);
    }
}
END_TEST

/* A second forecast of the same week, half as large and from later history. */
static int64_t save_half(void)
{
    g_autoptr(GError) error = NULL;
    AUTO(store) store = store_open(fixture.conninfo, &error);
    struct stored_forecast f = {0};
    ck_assert(store_forecast_find(store, &scope_planner, fixture.forecast, &f, &error));
    for (int32_t iv = 0; iv < f.grid.n; iv++)
        f.offered[iv] /= 2;
    f.history_end_ts = FIXTURE_WEEK_TS - DAY_S;
    ck_assert(store_forecasts_save(store, &f, 1, "test", &error));
    int64_t id = f.id;
    stored_forecast_clear(&f);
    return id;
}

START_TEST(forecasts_are_kept_and_compared)
{
    int64_t half = save_half();
    json_t *list = ask(CALLER_ACME, "GET", "/v1/forecasts?queue=acme-voice&week=2026-W48&limit=1", NULL, 200);
    const json_t *newest = at(list, "forecasts", 0);
    ck_assert_int_eq((int64_t)number(newest, "id"), half);
    ck_assert_double_eq_tol(number(newest, "contacts"), 671 * 672 / 4.0, 1e-6);
    ck_assert_str_eq(text(newest, "known_until"), "2026-11-21T19:00:00-05:00");
    ck_assert(json_is_null(json_object_get(newest, "created_by"))); /* names stay with planners */
    json_t *second = ask(CALLER_ACME, "GET", text(list, "next"), NULL, 200);
    ck_assert_int_eq((int64_t)number(at(second, "forecasts", 0), "id"), fixture.forecast);
    ck_assert(json_is_null(json_object_get(second, "next")));
    json_decref(second);
    json_decref(list);
    list = ask(CALLER_PLANNER, "GET", "/v1/forecasts?week=2026-W50", NULL, 200);
    ck_assert_uint_eq(json_array_size(json_object_get(list, "forecasts")), 0);
    json_decref(list);
    g_autofree char *path = g_strdup_printf("/v1/forecasts/%" G_GINT64_FORMAT "/compare/%" G_GINT64_FORMAT,
                                            fixture.forecast, half);
    json_t *both = ask(CALLER_PLANNER, "GET", path, NULL, 200);
    ck_assert_double_eq_tol(number(both, "contacts"), 671 * 672 / 2.0, 1e-6);
    ck_assert_double_eq_tol(number(both, "difference"), -671 * 672 / 4.0, 1e-6);
    ck_assert_double_eq_tol(number(both, "wape"), 0.5, 1e-9);
    ck_assert_double_eq_tol(number(at(both, "intervals", 8), "difference"), -4, 1e-9);
    json_decref(both);
}
END_TEST

/* Which of the two is meant. */
START_TEST(forecasts_are_picked_by_what_was_known)
{
    int64_t half = save_half();
    g_autofree char *by_id = g_strdup_printf("snapshot=%" G_GINT64_FORMAT, fixture.forecast);
    const struct {
        const char *pick;
        int64_t want; /* 0: none */
    } picks[] = {
        {"snapshot=newest", half},
        {"snapshot=first", fixture.forecast},
        {by_id, fixture.forecast},
        {"lead_days=1", half},
        {"lead_days=2", 0},
        {"as_of=2026-11-22", half},
        {"as_of=2026-11-22T00:00:00Z", half},
        {"as_of=2026-11-21T23:00:00Z", 0},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(picks); i++) {
        g_autofree char *path = g_strdup_printf("/v1/queues/acme-voice/forecast?%s&" MONDAY, picks[i].pick);
        json_t *json = ask(CALLER_ACME, "GET", path, NULL, picks[i].want != 0 ? 200 : 404);
        ck_assert_msg((int64_t)number(json, "forecast") == picks[i].want, "%s", picks[i].pick);
        json_decref(json);
    }
}
END_TEST

/* --- the planner's hand
 * --------------------------------------------------------------------------------------------------- */

/* A day of 96 quarters from 05:00Z on: 20 + … + 115 = 6480 contacts. */
START_TEST(overrides_say_what_they_do)
{
    static const struct {
        const char *what, *changes;
        double before, after;
    } rows[] = {
        {"percent", "{\"measure\":\"volume\",\"kind\":\"percent\",\"value\":-50}", 6480, 3240},
        {"set, a range", "{\"measure\":\"volume\",\"kind\":\"set\",\"value\":1000}", 6480, 1000},
        {"add, per interval", "{\"measure\":\"volume\",\"kind\":\"add\",\"value\":1,\"per\":\"interval\"}",
         6480, 6576},
        {"handling time", "{\"measure\":\"aht\",\"kind\":\"add\",\"value\":30}", 300, 330},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *body = g_strdup_printf(
            "{\"queues\":[\"acme-voice\"],\"from\":\"2026-11-23\",\"why\":\"x\",\"changes\":[%s]}",
            rows[i].changes);
        json_t *dry = ask(CALLER_PLANNER, "POST", "/v1/overrides?dry_run=true", body, 200);
        const json_t *one = at(dry, "overrides", 0);
        ck_assert_msg(json_is_null(json_object_get(one, "id")), "%s", rows[i].what);
        ck_assert_str_eq(text(one, "state"), "not kept");
        ck_assert_str_eq(text(one, "from"), "2026-11-23T00:00:00-05:00");
        ck_assert_str_eq(text(one, "to"), "2026-11-24T00:00:00-05:00");
        ck_assert_double_eq_tol(number(one, "before"), rows[i].before, 1e-6);
        ck_assert_double_eq_tol(number(one, "after"), rows[i].after, 1e-6);
        json_decref(dry);
    }
    json_t *none = ask(CALLER_PLANNER, "GET", "/v1/overrides?queue=acme-voice", NULL, 200);
    ck_assert_uint_eq(json_array_size(json_object_get(none, "overrides")), 1); /* the fixture's */
    json_decref(none);
}
END_TEST

START_TEST(overrides_are_kept_once_and_taken_back)
{
    static const char body[] = "{\"clients\":[\"acme\"],\"from\":\"2026-11-23T10:00\",\"why\":\"line cut\","
                               "\"scenario\":\"cut\",\"changes\":[{\"measure\":\"volume\",\"kind\":\"set\","
                               "\"value\":0}]}";
    json_t *added = ask(CALLER_PLANNER, "POST", "/v1/overrides", body, 201);
    const json_t *chat = at(added, "overrides", 0), *voice = at(added, "overrides", 1);
    ck_assert_str_eq(text(chat, "queue"), "acme-chat");
    ck_assert(json_is_null(json_object_get(chat, "before"))); /* nothing is forecast there */
    ck_assert_str_eq(text(voice, "to"), "2026-11-23T10:15:00-05:00");
    ck_assert_double_eq_tol(number(voice, "before"), 60, 1e-9);
    ck_assert_double_eq_tol(number(voice, "after"), 0, 1e-9);
    g_autofree char *path = g_strdup_printf("/v1/overrides/%d", (int)number(voice, "id"));
    json_decref(added);
    added = ask(CALLER_PLANNER, "POST", "/v1/overrides", body, 200);
    ck_assert_str_eq(text(at(added, "overrides", 1), "state"), "there already");
    json_decref(added);
    json_t *scenario = ask(CALLER_PLANNER, "GET", "/v1/scenarios/cut", NULL, 200);
    ck_assert_int_eq((int)number(scenario, "overrides"), 2);
    ck_assert(json_is_false(json_object_get(scenario, "standing")));
    json_decref(scenario);
    ck_assert_ptr_null(ask(CALLER_PLANNER, "DELETE", path, NULL, 204));
    json_decref(ask(CALLER_PLANNER, "DELETE", path, NULL, 404));
    json_t *gone = ask(CALLER_PLANNER, "GET", path, NULL, 200); /* it stays on record */
    ck_assert_ptr_nonnull(text(gone, "removed"));
    ck_assert(json_is_false(json_object_get(gone, "standing")));
    json_decref(gone);
    ck_assert_ptr_null(ask(CALLER_PLANNER, "DELETE", "/v1/scenarios/cut", NULL, 204));
    json_decref(ask(CALLER_PLANNER, "GET", "/v1/scenarios/cut", NULL, 404));
    json_decref(ask(CALLER_PLANNER, "PUT", "/v1/scenarios/cut", "{\"standing\":true}", 404));
}
END_TEST

START_TEST(bad_overrides_say_where)
{
#define OVERRIDE(head, change) "{" head ",\"changes\":[" change "]}"
#define GOOD "\"queues\":[\"acme-voice\"],\"from\":\"2026-11-23\",\"why\":\"x\""
#define PERCENT "{\"measure\":\"volume\",\"kind\":\"percent\",\"value\":5}"
    static const struct {
        const char *body, *pointer;
        int status;
    } bad[] = {
        {OVERRIDE("\"from\":\"2026-11-23\",\"why\":\"x\"", PERCENT), "", 422},
        {OVERRIDE("\"queues\":[\"nix\"],\"from\":\"2026-11-23\",\"why\":\"x\"", PERCENT), "/queues/0", 422},
        {OVERRIDE("\"clients\":[\"nix\"],\"from\":\"2026-11-23\",\"why\":\"x\"", PERCENT), "/clients/0", 422},
        {OVERRIDE("\"channels\":[\"fax\"],\"from\":\"2026-11-23\",\"why\":\"x\"", PERCENT), "/channels/0",
         422},
        {OVERRIDE("\"channels\":[\"email\"],\"from\":\"2026-11-23\",\"why\":\"x\"", PERCENT), "/channels",
         422},
        {OVERRIDE("\"queues\":[\"acme-voice\"],\"from\":\"2026-11-31\",\"why\":\"x\"", PERCENT), "/from",
         422},
        {OVERRIDE("\"queues\":[\"acme-voice\"],\"from\":\"0001-01-01\",\"why\":\"x\"", PERCENT), "/from",
         422},
        {OVERRIDE(GOOD ",\"to\":\"2026-11-23\"", PERCENT), "/to", 422},
        {OVERRIDE(GOOD ",\"to\":\"2036-11-23\"", PERCENT), "/to", 422},
        {OVERRIDE(GOOD ",\"hours\":\"never\"", PERCENT), "/hours", 422},
        {OVERRIDE(GOOD ",\"scenario\":\"a b\"", PERCENT), "/scenario", 422},
        {OVERRIDE(GOOD ",\"extra\":1", PERCENT), "/extra", 422},
        {OVERRIDE("\"queues\":[\"acme-voice\"],\"from\":\"2026-11-23\"", PERCENT), "/why", 422},
        {OVERRIDE(GOOD, ""), "/changes", 422},
        {OVERRIDE(GOOD, "{\"measure\":\"volume\",\"kind\":\"percent\",\"value\":-101}"), "/changes/0/value",
         422},
        {OVERRIDE(GOOD, "{\"measure\":\"volume\",\"kind\":\"set\",\"value\":-1}"), "/changes/0/value", 422},
        {OVERRIDE(GOOD, "{\"measure\":\"volume\",\"kind\":\"add\",\"value\":\"5\"}"), "/changes/0/value",
         422},
        {OVERRIDE(GOOD, PERCENT ",{\"measure\":\"x\",\"kind\":\"add\",\"value\":1}"), "/changes/1/measure",
         422},
        {OVERRIDE(GOOD, "{\"measure\":\"volume\",\"kind\":\"add\",\"value\":-7000}"), NULL, 422},
        {OVERRIDE(GOOD, "{\"measure\":\"aht\",\"kind\":\"add\",\"value\":-300}"), NULL, 422},
        {OVERRIDE(GOOD, "{\"measure\":\"aht\",\"kind\":\"add\",\"value\":1e999}"), NULL, 400},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        json_t *problem = ask(CALLER_PLANNER, "POST", "/v1/overrides", bad[i].body, bad[i].status);
        const char *pointer = text(at(problem, "errors", 0), "pointer");
        ck_assert_msg(g_strcmp0(pointer, bad[i].pointer) == 0, "%s: %s", bad[i].body, pointer);
        json_decref(problem);
    }
    json_t *list = ask(CALLER_PLANNER, "GET", "/v1/overrides?removed=true&queue=acme-voice", NULL, 200);
    ck_assert_uint_eq(json_array_size(json_object_get(list, "overrides")), 1); /* nothing was kept */
    json_decref(list);
}
END_TEST

static Suite *suite(void)
{
    pg_start();
    Suite *s = suite_create("api/series");
    TCase *t = tcase_create("series");
    tcase_set_timeout(t, 60);
    tcase_add_checked_fixture(t, start, stop);
    tcase_add_test(t, a_forecast_has_what_was_made_and_what_came_of_it);
    tcase_add_test(t, a_series_is_csv_for_who_prefers_it);
    tcase_add_test(t, forecasts_are_kept_and_compared);
    tcase_add_test(t, forecasts_are_picked_by_what_was_known);
    tcase_add_test(t, overrides_say_what_they_do);
    tcase_add_test(t, overrides_are_kept_once_and_taken_back);
    tcase_add_test(t, bad_overrides_say_where);
    suite_add_tcase(s, t);
    return s;
}

TEST_MAIN(suite)
