/* History, forecasts, the planner's hand and requirements over HTTP, on the operation of fixture.h: numbers
   by hand. */
#include "tests/support/testing.h"

#include <jansson.h>
#include <math.h>
#include <string.h>
#include <zlib.h>

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
    json_decref(ask(CALLER_PLANNER, "PUT", "/v1/scenarios/mail", "{\"standing\": true}", 200));
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
/* Another client's queue lends the shape of the days, and totals of all are agreed with: not for this one. */
START_TEST(a_report_names_no_other_queue)
{
    g_autofree char *path = g_strdup_printf("/v1/forecasts/%" G_GINT64_FORMAT, fixture.forecast);
    pg_exec(fixture.conninfo,
            "UPDATE forecast SET report = '{\"by_day\": {\"profile\": \"zeta-voice\", \"profile_days\": 7}, "
            "\"reconciled\": {\"totals\": 2, \"own_hash\": \"x\"}}'");
    for (int planner = 0; planner < 2; planner++) {
        json_t *json = ask(planner ? CALLER_PLANNER : CALLER_ACME, "GET", path, NULL, 200);
        const json_t *report = json_object_get(json, "report"), *by_day = json_object_get(report, "by_day");
        ck_assert_int_eq(json_integer_value(json_object_get(by_day, "profile_days")), 7);
        ck_assert_int_eq(json_object_get(by_day, "profile") != NULL, planner);
        ck_assert_int_eq(json_object_get(report, "reconciled") != NULL, planner);
        json_decref(json);
    }
}
END_TEST

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

/* --- history
 * ------------------------------------------------------------------------------------------------------ */

#define HEAD "queue,interval_start,interval_minutes,offered,answered,abandoned,handle_seconds\n"
#define CSV "text/csv"

/* The status must be as wanted; json_decref. */
static json_t *upload(const char *query, const char *type, const char *coding, const char *body,
                      size_t length, int status)
{
    g_autoptr(GString) bytes = g_string_new(NULL);
    g_string_append_printf(
        bytes,
        "POST /v1/history%s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        "Authorization: Bearer %s\r\nContent-Type: %s\r\n%s%s%sContent-Length: %zu\r\n\r\n",
        query, fixture.tokens[CALLER_PLANNER], type, coding != NULL ? "Content-Encoding: " : "",
        coding != NULL ? coding : "", coding != NULL ? "\r\n" : "", length);
    g_string_append_len(bytes, body, (gssize)length);
    struct http_answer answer = http_raw(api_port(server), bytes->str, bytes->len);
    ck_assert_msg(answer.status == status, "%s %.200s: %d, not %d\n%s", query, body, answer.status, status,
                  answer.body);
    json_t *json = json_loads(answer.body, JSON_REJECT_DUPLICATES, NULL);
    ck_assert_msg(json != NULL, "not JSON: %s", answer.body);
    http_answer_clear(&answer);
    return json;
}

static json_t *upload_text(const char *query, const char *type, const char *body, int status)
{
    return upload(query, type, NULL, body, strlen(body), status);
}

static void must_say(json_t *report, int inserted, int updated, int unchanged, const char *what)
{
    ck_assert_msg((int)number(report, "inserted") == inserted && (int)number(report, "updated") == updated &&
                      (int)number(report, "unchanged") == unchanged,
                  "%s: %d %d %d", what, (int)number(report, "inserted"), (int)number(report, "updated"),
                  (int)number(report, "unchanged"));
    json_decref(report);
}

START_TEST(history_comes_in_all_forms)
{
    static const struct {
        const char *what, *query, *type, *body;
        int rows;
    } good[] = {
        {"plain", "", CSV, HEAD "acme-chat,2026-01-01T00:00:00Z,15,1,1,0,60\n", 1},
        {"a BOM, CRLF, semicolons, a comma in numbers", "?decimal_comma=true", "text/csv; charset=utf-8",
         "\xEF\xBB\xBFqueue;interval_start;interval_minutes;offered\r\nacme-chat;2026-01-01T00:00:00Z;15;1,"
         "5\r\n",
         1},
        {"a preset", "?preset=genesys&only=acme-chat", CSV,
         "Queue,Interval Start UTC Date,Offered,Interactions Handled,Total Handle Time (Seconds)\n"
         "acme-chat,2026-01-01T00:00:00Z,3,3,100\nother,2026-01-01T00:00:00Z,3,3,100\n",
         1},
        {"a map, a zone, a queue and an interval from outside",
         "?map=offered%3DCalls&map=interval_start=When&zone=Asia/Manila&queue=acme-chat&interval_minutes=30",
         CSV, "When,Calls\n2026-01-01T08:00,4\n2026-01-01T08:30,5\n", 2},
        {"no header", "?preset=calabrio&zone=Europe/Madrid", CSV,
         "acme-chat,20260101 08:00,20260101 08:15,5,200,30\n", 1},
        {"a list", "", "application/json",
         "[{\"queue\":\"acme-chat\",\"interval_start\":\"2026-01-01T00:00:00Z\",\"interval_minutes\":15,"
         "\"offered\":2,\"answered\":null}]",
         1},
        {"an object of rows", "?queue=acme-chat&interval_minutes=15", "application/json",
         "{\"rows\":[{\"interval_start\":\"2026-01-01T00:00:00Z\",\"offered\":2.5,\"aht_seconds\":30}]}", 1},
        {"no rows at all", "", "application/json", "[]", 0},
        {"lines", "", "application/x-ndjson",
         "{\"queue\":\"acme-chat\",\"interval_start\":\"2026-01-01T00:00:00Z\",\"interval_minutes\":15,"
         "\"offered\":2}\n\n{\"queue\":\"acme-chat\",\"interval_start\":\"2026-01-01T00:15:00Z\","
         "\"interval_minutes\":15,\"offered\":2}",
         2},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(good); i++) {
        g_autofree char *dry =
            g_strdup_printf("%s%sdry_run=true", good[i].query, *good[i].query != '\0' ? "&" : "?");
        must_say(upload_text(dry, good[i].type, good[i].body, 200), good[i].rows, 0, 0, good[i].what);
    }
}
END_TEST

START_TEST(history_goes_in_once)
{
    static const char body[] = HEAD "acme-chat,2026-01-01T00:00:00Z,15,1,1,0,60.1\n"
                                    "acme-chat,2026-01-01T00:15:00Z,15,2,,,\n";
    json_t *report = upload_text("", CSV, body, 201);
    g_autofree char *path = g_strdup_printf("/v1/imports/%d", (int)number(report, "id"));
    ck_assert_str_eq(text(report, "from"), "2026-01-01T00:00:00Z");
    ck_assert_str_eq(text(report, "to"), "2026-01-01T00:30:00Z");
    must_say(report, 2, 0, 0, "first");
    must_say(upload_text("", CSV, body, 201), 0, 0, 2, "again");
    must_say(upload_text("?dry_run=true", CSV, HEAD "acme-chat,2026-01-01T00:15:00Z,15,3,,,\n", 200), 0, 1, 0,
             "tried");
    struct http_answer csv =
        send_raw(CALLER_ACME, "GET", "/v1/queues/acme-chat/history?from=2025-12-31&to=2026-01-02",
                 "Accept: text/csv\r\n", NULL);
    ck_assert_str_eq(csv.body,
                     "queue,interval_start,interval_minutes,offered,answered,abandoned,handle_seconds,"
                     "wait_seconds\r\nacme-chat,2025-12-31T19:00:00-05:00,15,1,1,0,60.1,\r\n"
                     "acme-chat,2025-12-31T19:15:00-05:00,15,2,,,,\r\n");
    must_say(upload_text("", CSV, csv.body, 201), 0, 0, 2, "what was read");
    http_answer_clear(&csv);
    json_t *import = ask(CALLER_PLANNER, "GET", path, NULL, 200);
    ck_assert_str_eq(json_string_value(json_array_get(json_object_get(import, "queues"), 0)), "acme-chat");
    ck_assert_str_eq(text(import, "created_by"), "token 5 (test token)");
    json_decref(import);
    g_autofree char *audit = pg_value(
        fixture.conninfo, "SELECT count(*) FROM audit WHERE action = 'history.imported' AND actor <> 'test'");
    ck_assert_str_eq(audit, "3");
}
END_TEST

/* gzip of HEAD and one row, and the same cut short. */
START_TEST(history_may_be_packed)
{
    static const char body[] = HEAD "acme-chat,2026-01-01T00:00:00Z,15,1,1,0,60\n";
    unsigned char bytes[500];
    const char *packed = (const char *)bytes;
    z_stream z = {.next_in = (Bytef *)(uintptr_t)body,
                  .avail_in = (uInt)strlen(body),
                  .next_out = bytes,
                  .avail_out = sizeof bytes};
    ck_assert_int_eq(deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    ck_assert_int_eq(deflate(&z, Z_FINISH), Z_STREAM_END);
    size_t n = z.total_out;
    deflateEnd(&z);
    must_say(upload("?dry_run=true", CSV, "gzip", packed, n, 200), 1, 0, 0, "packed");
    json_decref(upload("", CSV, "gzip", packed, n - 9, 422));
    json_decref(upload("", CSV, "gzip", body, strlen(body), 422));
    json_decref(upload("", CSV, "br", packed, n, 415));
}
END_TEST

#define ROW(rest) "{\"queue\":\"acme-chat\",\"interval_start\":\"2026-01-01T00:00:00Z\"," rest "}"

static const struct {
    const char *what, *query, *type, *body;
    int status;
    int line; /* 0: none */
    const char *column, *value;
} bad_histories[] = {
    {"nothing", "", CSV, "", 422, 0, NULL, NULL},
    {"no such column", "", CSV, "a,b\n1,2\n", 422, 1, NULL, NULL},
    {"negative", "", CSV, HEAD "acme-chat,2026-01-01T00:00:00Z,15,-3,,,\n", 422, 2, "offered", "-3"},
    {"not a number", "", CSV, HEAD "acme-chat,2026-01-01T00:00:00Z,15,NaN,,,\n", 422, 2, "offered", "NaN"},
    {"beyond doubles", "", CSV, HEAD "acme-chat,2026-01-01T00:00:00Z,15,1e999,,,\n", 422, 2, "offered",
     "1e999"},
    {"infinite", "", CSV, HEAD "acme-chat,2026-01-01T00:00:00Z,15,inf,,,\n", 422, 2, "offered", "inf"},
    {"too many", "", CSV, HEAD "acme-chat,2026-01-01T00:00:00Z,15,1e12,,,\n", 422, 2, "offered", "1e12"},
    {"no such queue", "", CSV, HEAD "x,2026-01-01T00:00:00Z,15,3,,,\n", 422, 2, "queue", "x"},
    {"no offset", "", CSV, HEAD "acme-chat,2026-01-01T00:00:00,15,3,,,\n", 422, 2, "interval_start",
     "2026-01-01T00:00:00"},
    {"not a day", "", CSV, HEAD "acme-chat,2026-02-30T00:00:00Z,15,3,,,\n", 422, 2, "interval_start",
     "2026-02-30T00:00:00Z"},
    {"the year 9999", "", CSV, HEAD "acme-chat,9999-01-01T00:00:00Z,15,3,,,\n", 422, 2, "interval_start",
     "9999-01-01T00:00:00Z"},
    {"an odd interval", "", CSV, HEAD "acme-chat,2026-01-01T00:00:00Z,7,3,,,\n", 422, 2, "interval_minutes",
     "7"},
    {"not aligned", "", CSV, HEAD "acme-chat,2026-01-01T00:05:00Z,15,3,,,\n", 422, 2, "interval_start",
     "2026-01-01T00:05:00Z"},
    {"twice", "", CSV,
     HEAD "acme-chat,2026-01-01T00:00:00Z,15,3,,,\nacme-chat,2026-01-01T01:00:00+01:00,15,3,,,\n", 422, 3,
     "interval_start", "2026-01-01T00:00:00Z"},
    {"a field short", "", CSV, HEAD "acme-chat,2026-01-01T00:00:00Z,15\n", 422, 2, NULL, NULL},
    {"a quote that never ends", "", CSV, HEAD "\"acme-chat,2026-01-01T00:00:00Z,15,1,,,\n", 422, 2, NULL,
     NULL},
    {"Latin 1", "", CSV, HEAD "acme-\xE9,2026-01-01T00:00:00Z,15,1,,,\n", 422, 2, NULL, NULL},
    {"mapped to nothing", "?map=offered%3DCalls", CSV, HEAD, 422, 1, NULL, NULL},
    {"mapped from nothing", "?map=calls%3Doffered", CSV, HEAD, 400, 0, NULL, NULL},
    {"no such preset", "?preset=x", CSV, HEAD, 422, 0, NULL, NULL},
    {"no such zone", "?zone=Mars/Base", CSV, HEAD, 422, 0, NULL, NULL},
    {"no type that is read", "", "text/plain", HEAD, 415, 0, NULL, NULL},
    {"a preset of JSON", "?preset=genesys", "application/json", "[]", 400, 0, NULL, NULL},
    {"cut short", "", "application/json", "[{", 422, 1, NULL, NULL},
    {"not a list", "", "application/json", "{\"row\":[]}", 422, 1, NULL, NULL},
    {"not an object", "", "application/json", "[7]", 422, 1, NULL, "7"},
    {"a string for a number", "", "application/json", "[" ROW("\"offered\":\"7\"") "]", 422, 1, "offered",
     "\"7\""},
    {"a misspelt member", "", "application/json", "[" ROW("\"offred\":7") "]", 422, 1, "offred", "7"},
    {"a member twice", "", "application/json", "[" ROW("\"offered\":7,\"offered\":8") "]", 422, 1, NULL,
     NULL},
    {"beyond doubles in JSON", "", "application/json", "[" ROW("\"offered\":1e999") "]", 422, 1, NULL, NULL},
    {"negative in JSON", "", "application/json", "[" ROW("\"interval_minutes\":15,\"offered\":-1") "]", 422,
     1, "offered", "-1"},
    {"a NUL in JSON", "", "application/json", "[" ROW("\"offered\":1,\"\\u0000\":1") "]", 422, 1, NULL, NULL},
    {"a bad line", "", "application/x-ndjson", ROW("\"interval_minutes\":15,\"offered\":1") "\nx\n", 422, 2,
     NULL, NULL},
};

START_TEST(bad_history_leaves_nothing_and_says_where)
{
    static const char count[] =
        "SELECT (SELECT count(*) FROM history) + (SELECT count(*) FROM history_import)";
    g_autofree char *before = pg_value(fixture.conninfo, count);
    for (size_t i = 0; i < G_N_ELEMENTS(bad_histories); i++) {
        json_t *problem = upload_text(bad_histories[i].query, bad_histories[i].type, bad_histories[i].body,
                                      bad_histories[i].status);
        const json_t *first = at(problem, "errors", 0);
        ck_assert_msg((int)number(first, "line") == bad_histories[i].line, "%s: line %d",
                      bad_histories[i].what, (int)number(first, "line"));
        ck_assert_msg(g_strcmp0(text(first, "column"), bad_histories[i].column) == 0, "%s: column %s",
                      bad_histories[i].what, text(first, "column"));
        ck_assert_msg(g_strcmp0(text(first, "value"), bad_histories[i].value) == 0, "%s: value %s",
                      bad_histories[i].what, text(first, "value"));
        json_decref(problem);
    }
    static const char nul[] = HEAD "acme-chat,2026-01-01T00:00:00Z,15,1\0,,,\n";
    json_decref(upload("", CSV, NULL, nul, sizeof nul - 1, 422));
    g_autofree char *after = pg_value(fixture.conninfo, count);
    ck_assert_str_eq(before, after);
}
END_TEST

START_TEST(all_bad_rows_are_told_up_to_a_hundred)
{
    g_autoptr(GString) body = g_string_new(HEAD);
    for (int i = 0; i < 150; i++)
        g_string_append_printf(body, "acme-chat,2026-01-01T00:%02d:00Z,15,%s,,,\n", i % 60,
                               i % 2 ? "-1" : "x");
    json_t *problem = upload_text("", CSV, body->str, 422);
    ck_assert_uint_eq(json_array_size(json_object_get(problem, "errors")), 100);
    ck_assert_int_eq((int)number(at(problem, "errors", 99), "line"), 101);
    json_decref(problem);
}
END_TEST

/* Madrid, 2026: 02:30 of March 29th does not exist and means 03:30; 02:30 of October 25th is there twice and
   means the first, so that both hours of a file without offsets are the same instants. */
START_TEST(clocks_that_change)
{
    json_t *gap = upload_text("?zone=Europe/Madrid&queue=acme-chat&interval_minutes=30", CSV,
                              "interval_start,offered\n2026-03-29T01:30,1\n2026-03-29T02:30,1\n", 201);
    ck_assert_str_eq(text(gap, "to"), "2026-03-29T02:00:00Z");
    json_decref(gap);
    json_decref(upload_text("?zone=Europe/Madrid&queue=acme-chat&interval_minutes=30", CSV,
                            "interval_start,offered\n2026-10-25T02:30,1\n2026-10-25T02:30,1\n", 422));
    must_say(upload_text("?queue=acme-chat&interval_minutes=30", CSV,
                         "interval_start,offered\n2026-10-25T02:30+02:00,1\n2026-10-25T02:30+01:00,1\n", 201),
             2, 0, 0, "with offsets");
}
END_TEST

/* --- requirements
 * ------------------------------------------------------------------------------------------------- */

/* 400 calls of 180 s in half an hour are 40 erlang; 80 % in 20 s without patience takes 45 agents (Erlang C,
   as in `wfm staff --calls 400`). */
START_TEST(the_calculator_answers)
{
    static const struct {
        const char *what, *body, *key;
        double want, tolerance;
    } rows[] = {
        {"agents", "{\"contacts\":400}", "required_whole", 45, 0},
        {"shrinkage", "{\"contacts\":400,\"shrinkage\":0.1}", "required_whole", 50, 0},
        {"nothing offered", "{\"contacts\":0}", "required_whole", 0, 0},
        {"as asked", "{\"contacts\":400,\"agents\":50}", "agents", 50, 0},
        {"too few: Erlang C serves none in time", "{\"contacts\":400,\"agents\":40}", "service_level", 0, 0},
        {"occupancy", "{\"contacts\":400,\"agents\":50}", "occupancy", 0.8, 1e-9},
        {"a cap on it", "{\"contacts\":400,\"target\":0,\"occupancy_max\":0.5}", "required_whole", 80, 0},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        json_t *json = ask(CALLER_PLANNER, "POST", "/v1/staffing/calculator", rows[i].body, 200);
        double found = number(at(json, "rows", 0), rows[i].key);
        ck_assert_msg(fabs(found - rows[i].want) <= rows[i].tolerance, "%s: %g", rows[i].what, found);
        json_decref(json);
    }
    json_t *grid =
        ask(CALLER_PLANNER, "POST", "/v1/staffing/calculator",
            "{\"grid\":[{\"name\":\"contacts\",\"values\":[200,400]},{\"name\":\"aht_s\",\"values\":"
            "[90,180]}]}",
            200);
    ck_assert_uint_eq(json_array_size(json_object_get(grid, "rows")), 4);
    ck_assert_double_eq_tol(number(at(grid, "rows", 3), "required_whole"), 45, 1e-9);
    ck_assert_double_eq_tol(number(json_object_get(at(grid, "rows", 2), "inputs"), "aht_s"), 90, 1e-9);
    json_decref(grid);
    json_t *solved = ask(CALLER_PLANNER, "POST", "/v1/staffing/calculator",
                         "{\"solve_for\":\"contacts\",\"agents\":45}", 200);
    double most = number(json_object_get(at(solved, "rows", 0), "solution"), "most");
    ck_assert_msg(most >= 400 && most < 410, "%g", most); /* 44 do not do for 400 */
    json_decref(solved);
}
END_TEST

START_TEST(the_calculator_refuses)
{
    static const struct {
        const char *body, *pointer;
    } bad[] = {
        {"{}", "/contacts"},
        {"{\"contacts\":-1}", "/contacts"},
        {"{\"contacts\":4,\"target\":1}", "/target"},
        {"{\"contacts\":4,\"target\":0}", "/target"},
        {"{\"contacts\":4,\"room\":1,\"lines\":5}", "/lines"},
        {"{\"contacts\":4,\"blend_idle\":1,\"chats\":2}", "/blend_idle"},
        {"{\"contacts\":4,\"backlog\":1}", "/backlog"},
        {"{\"contacts\":4,\"due_s\":3600,\"patience_s\":60}", "/patience_s"},
        {"{\"solve_for\":\"contacts\"}", "/agents"},
        {"{\"contacts\":4,\"definition\":\"x\"}", "/definition"},
        {"{\"contacts\":4,\"grid\":[{\"name\":\"aht_s\",\"values\":[0]}]}", "/grid/0/values"},
        {"{\"contacts\":4,\"grid\":[{\"name\":\"aht_s\",\"values\":[]}]}", "/grid/0/values"},
        {"{\"contacts\":4,\"grid\":[{\"name\":\"aht_s\",\"values\":[1]},{\"name\":\"aht_s\",\"values\":[1]}]"
         "}",
         "/grid"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        json_t *problem = ask(CALLER_PLANNER, "POST", "/v1/staffing/calculator", bad[i].body, 422);
        const char *pointer = text(at(problem, "errors", 0), "pointer");
        ck_assert_msg(g_strcmp0(pointer, bad[i].pointer) == 0, "%s: %s", bad[i].body, pointer);
        json_decref(problem);
    }
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
    tcase_add_test(t, a_report_names_no_other_queue);
    tcase_add_test(t, forecasts_are_picked_by_what_was_known);
    tcase_add_test(t, overrides_say_what_they_do);
    tcase_add_test(t, overrides_are_kept_once_and_taken_back);
    tcase_add_test(t, bad_overrides_say_where);
    tcase_add_test(t, history_comes_in_all_forms);
    tcase_add_test(t, history_goes_in_once);
    tcase_add_test(t, history_may_be_packed);
    tcase_add_test(t, bad_history_leaves_nothing_and_says_where);
    tcase_add_test(t, all_bad_rows_are_told_up_to_a_hundred);
    tcase_add_test(t, clocks_that_change);
    tcase_add_test(t, the_calculator_answers);
    tcase_add_test(t, the_calculator_refuses);
    suite_add_tcase(s, t);
    return s;
}

TEST_MAIN(suite)
