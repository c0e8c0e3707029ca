/* Runs over HTTP: asking, looking on by polling and by events, stopping, trying again; the test itself is the
 * worker. */
#include "tests/support/testing.h"

#include <jansson.h>
#include <string.h>

#include "api/server.h"
#include "core/store/run.h"
#include "tests/api/fixture.h"
#include "tests/api/http.h"
#include "tests/support/pg.h"
#include "wfm/engines.h"

static const struct run_terms terms = {.lease_s = 30, .backoff_s = 0};
static struct fixture fixture;
static struct api_server *server;
static struct store *store; /* the worker's */

static void start(void)
{
    g_autoptr(GError) error = NULL;
    fixture_init(&fixture);
    const struct api_config config = {.conninfo = fixture.conninfo, .threads = 2, .engines = &wfm_engines};
    server = api_start(&config, &error);
    ck_no_error(error);
    store = store_open(fixture.conninfo, &error);
    ck_no_error(error);
}

static void stop(void)
{
    store_close(store);
    api_stop(server);
    fixture_clear(&fixture);
}

static struct http_answer request(const char *method, const char *path, const char *extra, const char *body)
{
    return http_request(api_port(server), method, path, fixture.tokens[CALLER_PLANNER], extra, body);
}

/* json_decref. */
static json_t *ask(const char *method, const char *path, const char *body, int status)
{
    struct http_answer answer = request(method, path, NULL, body);
    ck_assert_msg(answer.status == status, "%s %s %s: %d, not %d\n%s", method, path, body != NULL ? body : "",
                  answer.status, status, answer.body);
    json_t *json = json_loads(answer.body, JSON_REJECT_DUPLICATES, NULL);
    ck_assert_msg(json != NULL, "%s: not JSON:\n%s", path, answer.body);
    http_answer_clear(&answer);
    return json;
}

static const char *text(const json_t *json, const char *key)
{
    return json_string_value(json_object_get(json, key));
}

/* The run of the fixture, taken as a worker does; *attempt. */
static int64_t take(int *attempt)
{
    g_autoptr(GError) error = NULL;
    struct run_info run;
    bool found = false;
    store_run_claim(store, "test worker", NULL, 0, &terms, &run, &found, &error);
    ck_no_error(error);
    ck_assert(found);
    int64_t id = run.id;
    *attempt = run.attempt;
    run_info_clear(&run);
    return id;
}

static void beat(int64_t id, int attempt, const char *progress, bool want_cancel)
{
    g_autoptr(GError) error = NULL;
    bool cancel = false, held = false;
    store_run_beat(store, id, attempt, &terms, progress, &cancel, &held, &error);
    ck_no_error(error);
    ck_assert(held);
    ck_assert_int_eq(cancel, want_cancel);
}

static void say(int64_t id, int attempt, enum run_severity severity, const char *words)
{
    g_autoptr(GError) error = NULL;
    store_run_say(store, id, attempt, severity, words, &error);
    ck_no_error(error);
}

static void finish(int64_t id, int attempt, enum run_state state, const char *result)
{
    g_autoptr(GError) error = NULL;
    store_run_finish(store, id, attempt, state, result, &error);
    ck_no_error(error);
}

/* --- asking
 * ------------------------------------------------------------------------------------------------------ */

START_TEST(a_run_is_accepted)
{
    struct http_answer answer =
        request("POST", "/v1/runs", NULL, "{\"kind\": \"plan\", \"week\": \"2026-11-30\", \"seed\": 7}");
    ck_assert_int_eq(answer.status, 202);
    g_autofree char *location = http_header(&answer, "Location");
    json_t *made = json_loads(answer.body, 0, NULL), *run = ask("GET", location, NULL, 200);
    ck_assert_int_eq((int)json_integer_value(json_object_get(made, "id")),
                     (int)json_integer_value(json_object_get(run, "id")));
    ck_assert_str_eq(text(run, "kind"), "plan");
    ck_assert_str_eq(text(run, "state"), "queued");
    ck_assert_str_eq(text(json_object_get(run, "ask"), "week"), "2026-W49");
    ck_assert_int_eq((int)json_integer_value(json_object_get(json_object_get(run, "ask"), "seed")), 7);
    ck_assert(json_is_null(json_object_get(run, "progress")));
    ck_assert_uint_eq(json_object_size(json_object_get(run, "result")), 0);
    ck_assert_ptr_nonnull(strstr(text(run, "created_by"), "token"));
    json_decref(made);
    json_decref(run);
    http_answer_clear(&answer);
    g_autofree char *audit = pg_value(
        fixture.conninfo,
        "SELECT detail->>'week' FROM audit WHERE action = 'run.requested' AND subject = (SELECT max(id) "
        "FROM run)::text ORDER BY id DESC");
    ck_assert_str_eq(audit, "2026-W49");
}
END_TEST

START_TEST(a_request_is_told_all_that_is_wrong)
{
    json_t *problem =
        ask("POST", "/v1/runs", "{\"kind\": \"plan\", \"weeks\": 9, \"sead\": 1, \"gap\": 2}", 422);
    json_t *errors = json_object_get(problem, "errors");
    static const char *const pointers[] = {"/weeks", "/sead", "/gap"};
    ck_assert_uint_eq(json_array_size(errors), G_N_ELEMENTS(pointers));
    for (size_t i = 0; i < G_N_ELEMENTS(pointers); i++)
        ck_assert_str_eq(text(json_array_get(errors, i), "pointer"), pointers[i]);
    json_decref(problem);
    json_decref(ask("POST", "/v1/runs", "{\"kind\": ", 400));
    json_decref(ask("POST", "/v1/runs", "[]", 422));
    json_decref(ask("POST", "/v1/runs", "{\"kind\": \"plan\", \"kind\": \"plan\"}", 400));
    g_autofree char *runs = pg_value(fixture.conninfo, "SELECT count(*) FROM run");
    ck_assert_str_eq(runs, "1"); /* that of the fixture */
}
END_TEST

START_TEST(a_key_makes_one_run)
{
    static const char body[] = "{\"kind\": \"staff\"}";
    struct http_answer first = request("POST", "/v1/runs", "Idempotency-Key: \"k1\"\r\n", body);
    struct http_answer again = request("POST", "/v1/runs", "Idempotency-Key: \"k1\"\r\n", body);
    ck_assert_int_eq(first.status, 202);
    ck_assert_int_eq(again.status, 202);
    ck_assert_str_eq(first.body, again.body);
    g_autofree char *runs = pg_value(fixture.conninfo, "SELECT count(*) FROM run");
    ck_assert_str_eq(runs, "2");
    http_answer_clear(&first);
    http_answer_clear(&again);
}
END_TEST

START_TEST(lists_are_filtered_and_paged)
{
    for (int i = 0; i < 3; i++)
        json_decref(ask("POST", "/v1/runs", "{\"kind\": \"plan\"}", 202));
    json_decref(ask("POST", "/v1/runs/2/cancel", NULL, 200));
    static const struct {
        const char *query;
        const char *ids;
    } rows[] = {{"", "4 3 2 1"},
                {"?kind=plan", "4 3 2"},
                {"?state=queued&kind=plan", "4 3"},
                {"?state=done", ""},
                {"?limit=1", "4 3 2 1"}};
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GString) ids = g_string_new(NULL);
        g_autofree char *next = g_strconcat("/v1/runs", rows[i].query, NULL);
        while (next != NULL) {
            json_t *page = ask("GET", next, NULL, 200), *run;
            size_t k;
            json_array_foreach(json_object_get(page, "runs"), k, run) g_string_append_printf(
                ids, "%s%d", ids->len > 0 ? " " : "", (int)json_integer_value(json_object_get(run, "id")));
            g_free(next);
            next = g_strdup(text(page, "next"));
            json_decref(page);
        }
        ck_assert_msg(strcmp(ids->str, rows[i].ids) == 0, "%s: %s, not %s", rows[i].query, ids->str,
                      rows[i].ids);
    }
    json_decref(ask("GET", "/v1/runs?state=lost", NULL, 422));
    json_decref(ask("GET", "/v1/runs?kind=x", NULL, 422));
}
END_TEST

/* --- looking on
 * ------------------------------------------------------------------------------------------------------ */

START_TEST(polling_sees_every_change_and_nothing_else)
{
    int attempt;
    int64_t id = take(&attempt);
    char *etags[3];
    for (int i = 0; i < 3; i++) {
        if (i == 1)
            beat(id, attempt, NULL, false); /* nothing to see */
        if (i == 2)
            beat(id, attempt, "{\"phase\": \"solve\", \"percent\": 40, \"trace\": {\"bound\": [1]}}", false);
        struct http_answer answer = request("GET", "/v1/runs/1", NULL, NULL);
        ck_assert_int_eq(answer.status, 200);
        etags[i] = http_header(&answer, "ETag");
        http_answer_clear(&answer);
    }
    ck_assert_str_eq(etags[0], etags[1]);
    ck_assert_str_ne(etags[1], etags[2]);
    g_autofree char *same = g_strdup_printf("If-None-Match: %s\r\n", etags[2]);
    struct http_answer answer = request("GET", "/v1/runs/1", same, NULL);
    ck_assert_int_eq(answer.status, 304);
    http_answer_clear(&answer);
    for (int i = 0; i < 3; i++)
        g_free(etags[i]);
    json_t *run = ask("GET", "/v1/runs/1", NULL, 200);
    ck_assert_str_eq(text(run, "state"), "running");
    ck_assert_str_eq(text(run, "worker"), "test worker");
    ck_assert_str_eq(text(json_object_get(run, "progress"), "phase"), "solve");
    ck_assert_ptr_nonnull(json_object_get(json_object_get(run, "progress"), "trace"));
    json_decref(run);
    json_t *list = ask("GET", "/v1/runs?state=running", NULL, 200);
    run = json_array_get(json_object_get(list, "runs"), 0);
    ck_assert_str_eq(text(json_object_get(run, "progress"), "phase"), "solve");
    ck_assert_ptr_null(json_object_get(json_object_get(run, "progress"), "trace"));
    json_decref(list);
}
END_TEST

START_TEST(messages_are_paged)
{
    int attempt;
    int64_t id = take(&attempt);
    for (int i = 0; i < 105; i++) {
        g_autofree char *words = g_strdup_printf("message %d", i + 1);
        say(id, attempt, i % 2 == 0 ? RUN_INFO : RUN_WARNING, words);
    }
    json_t *run = ask("GET", "/v1/runs/1", NULL, 200), *shown = json_object_get(run, "messages");
    ck_assert_uint_eq(json_array_size(shown), 100);
    ck_assert_str_eq(text(json_array_get(shown, 99), "text"), "message 105");
    json_decref(run);
    json_t *page = ask("GET", "/v1/runs/1/messages?limit=104", NULL, 200);
    g_autofree char *next = g_strdup(text(page, "next"));
    json_decref(page);
    page = ask("GET", next, NULL, 200);
    json_t *last = json_array_get(json_object_get(page, "messages"), 0);
    ck_assert_uint_eq(json_array_size(json_object_get(page, "messages")), 1);
    ck_assert_str_eq(text(last, "text"), "message 105");
    ck_assert_str_eq(text(last, "severity"), "info");
    ck_assert(json_is_null(json_object_get(page, "next")));
    json_decref(page);
}
END_TEST

static gpointer watch(gpointer extra)
{
    struct http_answer *answer = g_new0(struct http_answer, 1);
    *answer = request("GET", "/v1/runs/1/events", extra, NULL);
    return answer;
}

static int count(const char *text_in, const char *what)
{
    int n = 0;
    for (const char *at = text_in; (at = strstr(at, what)) != NULL; at += strlen(what))
        n++;
    return n;
}

START_TEST(events_tell_all_to_the_end)
{
    int attempt;
    int64_t id = take(&attempt);
    GThread *thread = g_thread_new("watch", watch, NULL);
    beat(id, attempt, "{\"phase\": \"solve\", \"percent\": 40}", false);
    say(id, attempt, RUN_WARNING, "first words");
    finish(id, attempt, RUN_DONE, "{\"roster\": 12}");
    say(id, attempt, RUN_INFO, "last words");
    struct http_answer *answer = g_thread_join(thread);
    ck_assert_int_eq(answer->status, 200);
    g_autofree char *type = http_header(answer, "Content-Type");
    ck_assert_str_eq(type, "text/event-stream");
    ck_assert_int_eq(count(answer->body, "event: message"), 2);
    ck_assert_int_eq(count(answer->body, "event: done"), 1);
    const char *done = strstr(answer->body, "event: done"), *words = strstr(answer->body, "last words");
    ck_assert(words != NULL && words < done);
    ck_assert_ptr_nonnull(strstr(done, "\"roster\":12"));
    ck_assert_ptr_nonnull(strstr(done, "\"state\":\"done\""));
    ck_assert_ptr_null(strstr(done, "event: progress"));
    http_answer_clear(answer);
    g_free(answer);
    /* again, from the first message on */
    answer = watch((char *)"Last-Event-ID: 1.1\r\n");
    ck_assert_int_eq(count(answer->body, "event: message"), 1);
    ck_assert_ptr_nonnull(strstr(answer->body, "last words"));
    ck_assert_int_eq(count(answer->body, "event: done"), 1);
    http_answer_clear(answer);
    g_free(answer);
}
END_TEST

/* --- stopping, trying again
 * ------------------------------------------------------------------------------------------------------ */

START_TEST(cancelling_goes_to_the_worker)
{
    int attempt;
    int64_t id = take(&attempt);
    json_t *run = ask("POST", "/v1/runs/1/cancel", NULL, 202);
    ck_assert_str_eq(text(run, "state"), "running");
    ck_assert(json_is_true(json_object_get(run, "cancel_asked")));
    json_decref(run);
    json_decref(ask("POST", "/v1/runs/1/cancel", NULL, 202)); /* again: no harm */
    beat(id, attempt, NULL, true);
    finish(id, attempt, RUN_CANCELLED, "{\"roster\": 3}");
    run = ask("POST", "/v1/runs/1/cancel", NULL, 200);
    ck_assert_str_eq(text(run, "state"), "cancelled");
    json_decref(run);
    json_decref(ask("POST", "/v1/runs/1/retry", NULL, 409));
}
END_TEST

START_TEST(a_failed_run_is_tried_again)
{
    g_autoptr(GError) error = NULL;
    int attempt;
    int64_t id = take(&attempt);
    store_run_lose(store, id, attempt, "no history", false, &terms, &error);
    ck_no_error(error);
    json_t *run = ask("GET", "/v1/runs/1", NULL, 200);
    ck_assert_str_eq(text(run, "state"), "failed");
    ck_assert_str_eq(text(run, "error"), "no history");
    json_decref(run);
    json_decref(ask("POST", "/v1/runs/1/cancel", NULL, 409));
    run = ask("POST", "/v1/runs/1/retry", "{}", 202);
    ck_assert_str_eq(text(run, "state"), "queued");
    ck_assert(json_is_null(json_object_get(run, "error")));
    ck_assert_int_eq((int)json_integer_value(json_object_get(run, "attempts_max")), 4);
    json_decref(run);
    ck_assert_int_eq((int)take(&attempt), (int)id);
    ck_assert_int_eq(attempt, 2);
}
END_TEST

static Suite *suite(void)
{
    pg_start();
    Suite *s = suite_create("api/runs");
    TCase *t = tcase_create("runs");
    tcase_set_timeout(t, 60);
    tcase_add_checked_fixture(t, start, stop);
    tcase_add_test(t, a_run_is_accepted);
    tcase_add_test(t, a_request_is_told_all_that_is_wrong);
    tcase_add_test(t, a_key_makes_one_run);
    tcase_add_test(t, lists_are_filtered_and_paged);
    tcase_add_test(t, polling_sees_every_change_and_nothing_else);
    tcase_add_test(t, messages_are_paged);
    tcase_add_test(t, events_tell_all_to_the_end);
    tcase_add_test(t, cancelling_goes_to_the_worker);
    tcase_add_test(t, a_failed_run_is_tried_again);
    suite_add_tcase(s, t);
    return s;
}

TEST_MAIN(suite)
