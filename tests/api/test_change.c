/* Requests that change something: once under one Idempotency-Key, only from what the client has seen. */
#include "tests/support/testing.h"

#include <jansson.h>
#include <string.h>

#include "api/limits.h"
#include "api/spool.h"
#include "core/error.h"
#include "tests/api/fixture.h"
#include "tests/api/http.h"
#include "tests/support/pg.h"

#define CALENDAR "/v1/agents/ana/calendar"

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

static struct http_answer post(enum caller caller, const char *path, const char *extra, const char *body)
{
    return http_request(api_port(server), "POST", path, fixture.tokens[caller], extra, body);
}

static void expect(struct http_answer answer, int status, const char *what)
{
    ck_assert_msg(answer.status == status, "%s: %d\n%s", what, answer.status, answer.body);
    http_answer_clear(&answer);
}

static void expect_value(const char *sql, const char *want)
{
    g_autofree char *value = pg_value(fixture.conninfo, sql);
    ck_assert_msg(g_strcmp0(value, want) == 0, "%s: %s, not %s", sql, value, want);
}

START_TEST(the_same_request_has_one_effect)
{
    static const char key[] = "Idempotency-Key: \"8e03978e-40d5-43dd-bc93-6894a57f9324\"\r\n";
    struct http_answer first = post(CALLER_ANA, CALENDAR, key, "{}");
    g_autofree char *hash = pg_value(fixture.conninfo, "SELECT hash FROM feed");
    struct http_answer second = post(CALLER_ANA, CALENDAR, key, "{}");
    ck_assert_int_eq(first.status, 201);
    ck_assert_int_eq(second.status, 201);
    ck_assert_str_eq(first.body, second.body);
    g_autofree char *mark = http_header(&second, "Idempotency-Replayed");
    g_autofree char *no_mark = http_header(&first, "Idempotency-Replayed");
    g_autofree char *type = http_header(&second, "Content-Type");
    ck_assert_str_eq(mark, "true");
    ck_assert_ptr_null(no_mark);
    ck_assert_str_eq(type, "application/json");
    expect_value("SELECT hash FROM feed", hash);
    /* the secret address is nowhere in plain */
    expect_value("SELECT count(*) FROM idempotency WHERE position('calendar'::bytea in answer) = 0", "1");
    http_answer_clear(&first);
    http_answer_clear(&second);
    expect(post(CALLER_ANA, CALENDAR, key, " {}"), 422, "another body");
    expect(http_request(api_port(server), "DELETE", CALENDAR, fixture.tokens[CALLER_ANA], key, NULL), 422,
           "another method");
    expect_value("SELECT hash FROM feed", hash);
    expect(post(CALLER_PLANNER, CALENDAR, key, "{}"), 201, "another token");
    expect_value("SELECT count(DISTINCT token_id) FROM idempotency", "2");
}
END_TEST

START_TEST(deleting_again_answers_as_before)
{
    static const char key[] = "Idempotency-Key: one\r\n";
    for (int k = 0; k < 2; k++)
        expect(http_request(api_port(server), "DELETE", CALENDAR, fixture.tokens[CALLER_ANA], key, NULL), 204,
               "with the key");
    expect(http_request(api_port(server), "DELETE", CALENDAR, fixture.tokens[CALLER_ANA], NULL, NULL), 404,
           "without");
}
END_TEST

/* … also when it is the token that goes. */
START_TEST(a_token_is_revoked_with_a_key)
{
    static const char key[] = "Idempotency-Key: last\r\n";
    const char *token = fixture.tokens[CALLER_ANA];
    struct http_answer me = http_request(api_port(server), "GET", "/v1/me", token, NULL, NULL);
    json_t *json = json_loads(me.body, 0, NULL);
    g_autofree char *path = g_strdup_printf("/v1/tokens/%" JSON_INTEGER_FORMAT,
                                            json_integer_value(json_object_get(json, "token")));
    expect(http_request(api_port(server), "DELETE", path, token, key, NULL), 204, "with the key");
    expect(http_request(api_port(server), "DELETE", path, token, key, NULL), 401, "again");
    expect_value("SELECT count(*) FROM idempotency", "0");
    json_decref(json);
    http_answer_clear(&me);
}
END_TEST

/* A token that was rotated goes on where the former one was: nothing is done twice. */
START_TEST(the_next_token_repeats_nothing)
{
    static const char key[] = "Idempotency-Key: over\r\n";
    const char *token = fixture.tokens[CALLER_ANA];
    struct http_answer me = http_request(api_port(server), "GET", "/v1/me", token, NULL, NULL);
    json_t *json = json_loads(me.body, 0, NULL);
    g_autofree char *own = g_strdup_printf("/v1/tokens/%" JSON_INTEGER_FORMAT,
                                           json_integer_value(json_object_get(json, "token")));
    g_autofree char *rotation = g_strconcat(own, "/rotation", NULL);
    expect(post(CALLER_ANA, CALENDAR, key, "{}"), 201, "the first");
    g_autofree char *hash = pg_value(fixture.conninfo, "SELECT hash FROM feed");
    struct http_answer made = post(CALLER_PLANNER, rotation, NULL, "{}");
    json_t *next = json_loads(made.body, 0, NULL);
    const char *secret = json_string_value(json_object_get(next, "token"));
    ck_assert_int_eq(made.status, 201);
    for (int gone = 0; gone < 2; gone++) { /* the former one, too */
        expect(http_request(api_port(server), "POST", CALENDAR, secret, key, "{}"), 409,
               "with the next token");
        expect(http_request(api_port(server), "POST", CALENDAR, secret, key, " {}"), 422, "another body");
        expect_value("SELECT hash FROM feed", hash);
        expect(post(CALLER_ANA, CALENDAR, key, "{}"), gone ? 401 : 201, "with the former one");
        expect(http_request(api_port(server), "DELETE", own, fixture.tokens[CALLER_PLANNER], NULL, NULL),
               gone ? 404 : 204, "revoked");
    }
    expect(http_request(api_port(server), "POST", CALENDAR, secret, "Idempotency-Key: new\r\n", "{}"), 201,
           "another key");
    json_decref(json);
    json_decref(next);
    http_answer_clear(&me);
    http_answer_clear(&made);
}
END_TEST

static gpointer ask_for_a_day_off(gpointer token)
{
    struct http_answer answer =
        http_request(api_port(server), "POST", "/v1/me/time-off", token, NULL,
                     "{\"first_day\": \"2027-02-08\", \"last_day\": \"2027-02-09\", \"kind\": \"vacation\"}");
    int status = answer.status;
    http_answer_clear(&answer);
    return GINT_TO_POINTER(status);
}

/* Whoever waits for a lock is asked again when it comes. */
START_TEST(who_lost_the_token_while_waiting_changes_nothing)
{
    static const int want[] = {201, 401};
    g_autoptr(GError) error = NULL;
    AUTO(store) store = store_open(fixture.conninfo, &error);
    g_autofree char *before = pg_value(fixture.conninfo, "SELECT count(*) FROM time_off_request");
    ck_assert(store_change_begin(store, &error) && store_change_lock(store, LOCK_ROSTER, 0, &error));
    GThread *thread = g_thread_new("client", ask_for_a_day_off, fixture.tokens[CALLER_ANA]);
    char *waits = NULL;
    for (int k = 0; k < 100 && g_strcmp0(waits, "1") != 0; k++) {
        g_usleep(50 * 1000);
        g_free(waits);
        waits = pg_value(fixture.conninfo,
                         "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted");
    }
    ck_assert_str_eq(waits, "1");
    if (_i == 1)
        pg_exec(fixture.conninfo, "DELETE FROM token WHERE role = 'agent'");
    ck_assert(store_change_end(store, true, &error));
    ck_assert_int_eq(GPOINTER_TO_INT(g_thread_join(thread)), want[_i]);
    g_autofree char *after = pg_value(fixture.conninfo, "SELECT count(*) FROM time_off_request");
    ck_assert_int_eq(strcmp(before, after) == 0, _i == 1);
    g_free(waits);
}
END_TEST

/* What failed changed nothing, and may be sent again. */
START_TEST(failures_are_not_kept)
{
    g_autofree char *path = g_strdup_printf("/v1/rosters/%" G_GINT64_FORMAT "/publish", fixture.bad_draft);
    g_autofree char *before = pg_value(fixture.conninfo, "SELECT count(*) FROM audit");
    for (int k = 0; k < 2; k++)
        expect(post(CALLER_PLANNER, path, "Idempotency-Key: a\r\n", NULL), 409, "a draft that breaks rules");
    expect_value("SELECT count(*) FROM idempotency", "0");
    expect_value("SELECT count(*) FROM audit", before);
}
END_TEST

START_TEST(a_request_that_runs_is_not_run_again)
{
    g_autoptr(GError) error = NULL;
    AUTO(store) store = store_open(fixture.conninfo, &error);
    struct token_info token = {0};
    struct idempotent_answer none;
    ck_assert(store_token_lookup(store, fixture.tokens[CALLER_ANA], &token, &error));
    ck_assert(store_change_begin(store, &error) &&
              store_idempotency_find(store, token.id, "k", &none, &error));
    struct http_answer answer = post(CALLER_ANA, CALENDAR, "Idempotency-Key: k\r\n", NULL);
    g_autofree char *after = http_header(&answer, "Retry-After");
    ck_assert_int_eq(answer.status, 409);
    ck_assert_str_eq(after, "1");
    ck_assert_ptr_nonnull(strstr(answer.body, "urn:wfm:problem:busy"));
    http_answer_clear(&answer);
    ck_assert(!store_change_end(store, false, &error));
    expect(post(CALLER_ANA, CALENDAR, "Idempotency-Key: k\r\n", NULL), 201, "afterwards");
    token_info_clear(&token);
}
END_TEST

static const struct {
    const char *what, *extra;
    int status;
} key_rows[] = {
    {"a UUID", "Idempotency-Key: 8e03978e-40d5-43dd-bc93-6894a57f9324\r\n", 201},
    {"empty", "Idempotency-Key: \r\n", 400},
    {"empty in quotes", "Idempotency-Key: \"\"\r\n", 400},
    {"a space", "Idempotency-Key: a b\r\n", 400},
    {"not ASCII", "Idempotency-Key: \xc3\xa4\r\n", 400},
    {"half a quote", "Idempotency-Key: \"a\r\n", 400},
    {"twice", "Idempotency-Key: a\r\nidempotency-key: a\r\n", 400},
    {"too long",
     "Idempotency-Key: "
     "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"
     "01234567890123456789012345678\r\n",
     400},
};

START_TEST(keys_are_checked)
{
    expect(post(CALLER_ANA, CALENDAR, key_rows[_i].extra, NULL), key_rows[_i].status, key_rows[_i].what);
}
END_TEST

/* --- If-Match: publishing a draft compares the ETag of the roster
 * ------------------------------------------------ */

START_TEST(only_what_was_seen_is_changed)
{
    g_autofree char *roster = g_strdup_printf("/v1/rosters/%" G_GINT64_FORMAT, fixture.draft);
    g_autofree char *publish = g_strconcat(roster, "/publish", NULL);
    struct http_answer seen =
        http_request(api_port(server), "GET", roster, fixture.tokens[CALLER_PLANNER], NULL, NULL);
    g_autofree char *etag = http_header(&seen, "ETag");
    http_answer_clear(&seen);
    const struct {
        const char *what;
        char *extra;
        int status;
    } rows[] = {
        {"another tag", g_strdup("If-Match: \"x\"\r\n"), 412},
        {"a weak tag", g_strdup_printf("If-Match: W/%s\r\n", etag), 412},
        {"no tag at all", g_strdup("If-Match: x\r\n"), 400},
        {"twice", g_strdup_printf("If-Match: %s\r\nIf-Match: %s\r\n", etag, etag), 400},
        {"must not exist", g_strdup("If-None-Match: *\r\n"), 412},
        {"in a list", g_strdup_printf("If-Match: \"x\", %s\r\n", etag), 200},
        {"seen no more", g_strdup_printf("If-Match: %s\r\n", etag), 412},
    };
    for (size_t k = 0; k < G_N_ELEMENTS(rows); k++) {
        expect(post(CALLER_PLANNER, publish, rows[k].extra, NULL), rows[k].status, rows[k].what);
        g_free(rows[k].extra);
    }
    expect(post(CALLER_PLANNER, "/v1/staffing/calculator", "If-Match: *\r\n", "{}"), 400,
           "nothing to compare with");
    expect(post(CALLER_PLANNER, "/v1/rosters/999/publish", "If-Match: *\r\n", NULL), 412, "unknown roster");
}
END_TEST

/* A row that asks for If-Match: each answer has the ETag for the next change, in gzip or not. */
START_TEST(changes_follow_each_other)
{
    static const char path[] = "/v1/swap-rules",
                      twice[] = "Content-Type: application/json\r\nContent-Type: application/json\r\n";
    const char *token = fixture.tokens[CALLER_PLANNER];
    uint16_t port = api_port(server);
    struct http_answer now = http_request(port, "GET", path, token, "Accept-Encoding: gzip, *;q=0\r\n", NULL);
    g_autofree char *packed = http_header(&now, "ETag");
    ck_assert_ptr_nonnull(strstr(packed, "-gz\""));
    http_answer_clear(&now);
    now = http_request(port, "GET", path, token, NULL, NULL);
    expect(http_request(port, "PUT", path, token, NULL, now.body), 428, "nothing said");
    expect(http_request(port, "PUT", path, token, "If-Match: \"x\"\r\n", now.body), 412, "another tag");
    g_autofree char *first = g_strdup_printf("If-Match: %s\r\n", packed);
    struct http_answer put =
        http_request(port, "PUT", path, token, first, "{\"rules\": [{\"approve\": true}]}");
    g_autofree char *next = http_header(&put, "ETag");
    ck_assert_msg(put.status == 200 && next != NULL, "%d: %s", put.status, put.body);
    struct http_answer seen = http_request(port, "GET", path, token, NULL, NULL);
    g_autofree char *etag = http_header(&seen, "ETag");
    ck_assert_str_eq(etag, next);
    expect(http_request(port, "PUT", path, token, first, now.body), 412, "the tag before");
    g_autofree char *second = g_strdup_printf("If-Match: %s\r\n", next);
    expect(http_request(port, "PUT", path, token, second, now.body), 200, "the tag of the answer");
    expect(http_request(port, "PUT", path, token, twice, now.body), 400, "a header twice");
    http_answer_clear(&now);
    http_answer_clear(&put);
    http_answer_clear(&seen);
}
END_TEST

/* --- how often
 * ---------------------------------------------------------------------------------------------------- */

static int get(const char *token, const char *path, const char *extra)
{
    struct http_answer answer = http_request(api_port(server), "GET", path, token, extra, NULL);
    int status = answer.status;
    g_autofree char *wait = http_header(&answer, "Retry-After");
    ck_assert_msg((status == 429) == (wait != NULL), "%s: %s", path, answer.body);
    http_answer_clear(&answer);
    return status;
}

/* On a slow machine an attempt comes back between two; they do not come as fast as they are used up. */
static void refused_at_last(const char *token, const char *path, const char *extra, int wrong)
{
    int status;
    for (int k = 0; (status = get(token, path, extra)) != 429; k++)
        ck_assert_msg(status == wrong && k < 10 * LIMITS_GUESSES, "%s: %d", path, status);
}

/* The server believes the proxy it is told of, so that one wrong neighbour does not lock out the others. */
START_TEST(wrong_tokens_are_slowed_down)
{
    static const char one[] = "X-Forwarded-For: 203.0.113.9, 192.0.2.1\r\n",
                      same[] = "X-Forwarded-For: 192.0.2.7\r\nX-Forwarded-For: 192.0.2.1\r\n",
                      other[] = "X-Forwarded-For: 192.0.2.1, 192.0.2.2\r\n";
    const char *good = fixture.tokens[CALLER_PLANNER], *bad = fixture.tokens[CALLER_BAD];
    ck_assert_int_eq(get(good, "/v1/me", one), 200);
    refused_at_last(bad, "/v1/me", one, 401);
    refused_at_last(NULL, "/v1/calendar/wrong.ics", one, 404);
    ck_assert_int_eq(get(good, "/v1/me", one), 200); /* was right before */
    ck_assert_int_eq(get(bad, "/v1/me", same), 429); /* the client's own header does not count */
    ck_assert_int_eq(get(bad, "/v1/me", other), 401);
    ck_assert_int_eq(get(NULL, "/v1/me", one), 401); /* no token is no guess */
}
END_TEST

START_TEST(a_token_asks_as_often_as_it_may)
{
    const char *token = fixture.tokens[CALLER_PLANNER];
    struct http_answer first = http_request(api_port(server), "GET", "/v1/me", token, NULL, NULL);
    g_autofree char *policy = http_header(&first, "RateLimit-Policy");
    ck_assert_str_eq(policy, "\"token\";q=3");
    http_answer_clear(&first);
    ck_assert_int_eq(get(token, "/v1/me", NULL), 200);
    ck_assert_int_eq(get(token, "/v1/rosters", NULL), 200);
    ck_assert_int_eq(get(token, "/v1/me", NULL), 429);
    ck_assert_int_eq(get(fixture.tokens[CALLER_ANA], "/v1/me", NULL), 200);
    ck_assert_int_eq(get(NULL, "/healthz", NULL), 200);
}
END_TEST

static void start_limited(void)
{
    g_autoptr(GError) error = NULL;
    fixture_init(&fixture);
    struct api_config config = {
        .conninfo = fixture.conninfo, .threads = 2, .rate = 1e-3, .burst = 3, .proxies = "127.0.0.1"};
    server = api_start(&config, &error);
    ck_no_error(error);
}

static void start_behind_a_proxy(void)
{
    g_autoptr(GError) error = NULL;
    fixture_init(&fixture);
    struct api_config config = {
        .conninfo = fixture.conninfo, .threads = 2, .rate = 1e5, .proxies = "::1, 127.0.0.1"};
    server = api_start(&config, &error);
    ck_no_error(error);
}

/* --- bodies on their way in
 * ------------------------------------------------------------------------------------- */

START_TEST(bodies_are_kept_up_to_the_limit)
{
    g_autoptr(GError) error = NULL, too_large = NULL;
    bool in_file = _i == 1;
    struct spool *spool = spool_new(10, in_file, &error);
    ck_no_error(error);
    const char *body, *path;
    size_t length;
    spool_add(spool, "01234", 5);
    spool_add(spool, "56789", 5);
    ck_assert(spool_done(spool, &body, &length, &path, &error));
    ck_assert_uint_eq(length, 10);
    ck_assert_str_eq(body, in_file ? "" : "0123456789");
    ck_assert((path != NULL) == in_file);
    g_autofree char *text = NULL;
    ck_assert(!in_file ||
              (g_file_get_contents(path, &text, NULL, &error) && strcmp(text, "0123456789") == 0));
    spool_add(spool, "x", 1);
    ck_assert(!spool_done(spool, &body, &length, &path, &too_large));
    ck_assert(g_error_matches(too_large, WFM_ERROR, WFM_ERROR_TOO_LARGE));
    spool_free(spool);
}
END_TEST

static Suite *suite(void)
{
    pg_start();
    Suite *s = suite_create("api/change");
    TCase *t = tcase_create("changes");
    tcase_set_timeout(t, 60);
    tcase_add_checked_fixture(t, start, stop);
    tcase_add_test(t, the_same_request_has_one_effect);
    tcase_add_test(t, deleting_again_answers_as_before);
    tcase_add_test(t, a_token_is_revoked_with_a_key);
    tcase_add_test(t, the_next_token_repeats_nothing);
    tcase_add_loop_test(t, who_lost_the_token_while_waiting_changes_nothing, 0, 2);
    tcase_add_test(t, failures_are_not_kept);
    tcase_add_test(t, a_request_that_runs_is_not_run_again);
    tcase_add_loop_test(t, keys_are_checked, 0, G_N_ELEMENTS(key_rows));
    tcase_add_test(t, only_what_was_seen_is_changed);
    tcase_add_test(t, changes_follow_each_other);
    suite_add_tcase(s, t);
    t = tcase_create("behind a proxy");
    tcase_set_timeout(t, 60);
    tcase_add_checked_fixture(t, start_behind_a_proxy, stop);
    tcase_add_test(t, wrong_tokens_are_slowed_down);
    suite_add_tcase(s, t);
    t = tcase_create("limited");
    tcase_set_timeout(t, 60);
    tcase_add_checked_fixture(t, start_limited, stop);
    tcase_add_test(t, a_token_asks_as_often_as_it_may);
    suite_add_tcase(s, t);
    t = tcase_create("bodies");
    tcase_add_loop_test(t, bodies_are_kept_up_to_the_limit, 0, 2);
    suite_add_tcase(s, t);
    return s;
}

TEST_MAIN(suite)
