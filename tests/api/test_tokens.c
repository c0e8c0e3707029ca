/* Tokens made, rotated and revoked by the service, what they may do, and the audit of it. */
#include "tests/support/testing.h"

#include <jansson.h>
#include <string.h>

#include "tests/api/fixture.h"
#include "tests/api/http.h"
#include "tests/support/pg.h"

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

/* The answer's body; json_decref. */
static json_t *ask(const char *method, const char *path, const char *token, const char *body, int status)
{
    struct http_answer answer = http_request(api_port(server), method, path, token, NULL, body);
    ck_assert_msg(answer.status == status, "%s %s: %d, not %d: %s", method, path, answer.status, status,
                  answer.body);
    json_t *json = json_loads(answer.body, JSON_DECODE_ANY, NULL);
    http_answer_clear(&answer);
    return json;
}

static void ask_only(const char *method, const char *path, const char *token, const char *body, int status)
{
    json_decref(ask(method, path, token, body, status));
}

static const struct {
    const char *what, *body;
    int status;
    const char *pointer; /* of the first error */
} bodies[] = {
    {"a planner", "{\"role\": \"planner\", \"label\": \"x\", \"scopes\": [\"read\"]}", 201, NULL},
    {"all there is", "{\"role\": \"planner\"}", 201, NULL},
    {"an agent", "{\"role\": \"agent\", \"agent\": \"ana\", \"expires\": null}", 201, NULL},
    {"a client", "{\"role\": \"client\", \"client\": \"acme\", \"expires\": \"2027-01-01T00:00:00Z\"}", 201,
     NULL},
    {"no role", "{}", 422, "/role"},
    {"nobody's", "{\"role\": \"agent\"}", 422, "/agent"},
    {"somebody's", "{\"role\": \"planner\", \"client\": \"acme\"}", 422, "/client"},
    {"unknown agent", "{\"role\": \"agent\", \"agent\": \"nobody\"}", 404, NULL},
    {"unknown scope", "{\"role\": \"planner\", \"scopes\": [\"all\"]}", 422, "/scopes/0"},
    {"no scope", "{\"role\": \"planner\", \"scopes\": []}", 422, "/scopes"},
    {"an agent that plans", "{\"role\": \"agent\", \"agent\": \"ana\", \"scopes\": [\"plan\"]}", 422,
     "/scopes"},
    {"expired", "{\"role\": \"planner\", \"expires\": \"2020-01-01T00:00:00Z\"}", 422, "/expires"},
    {"unknown member", "{\"role\": \"planner\", \"scope\": \"read\"}", 422, "/scope"},
};

START_TEST(tokens_are_made_or_refused)
{
    json_t *json =
        ask("POST", "/v1/tokens", fixture.tokens[CALLER_PLANNER], bodies[_i].body, bodies[_i].status);
    if (bodies[_i].pointer != NULL) {
        json_t *first = json_array_get(json_object_get(json, "errors"), 0);
        ck_assert_msg(g_strcmp0(json_string_value(json_object_get(first, "pointer")), bodies[_i].pointer) ==
                          0,
                      "%s: %s", bodies[_i].what, json_string_value(json_object_get(first, "pointer")));
    }
    if (bodies[_i].status == 201) {
        const char *secret = json_string_value(json_object_get(json, "token"));
        json_t *me = ask("GET", "/v1/me", secret, NULL, 200);
        ck_assert(json_equal(json_object_get(me, "token"), json_object_get(json, "id")));
        ck_assert(json_equal(json_object_get(me, "scopes"), json_object_get(json, "scopes")));
        ck_assert(json_equal(json_object_get(me, "expires"), json_object_get(json, "expires")));
        json_decref(me);
    }
    json_decref(json);
}
END_TEST

static char *make(const char *by, const char *scopes, int64_t *id)
{
    g_autofree char *body =
        g_strdup_printf("{\"role\": \"planner\", \"label\": \"made\", \"scopes\": [%s]}", scopes);
    json_t *json = ask("POST", "/v1/tokens", by, body, 201);
    char *secret = g_strdup(json_string_value(json_object_get(json, "token")));
    *id = json_integer_value(json_object_get(json, "id"));
    json_decref(json);
    return secret;
}

START_TEST(scopes_bound_what_a_token_may)
{
    int64_t id;
    g_autofree char *reader = make(fixture.tokens[CALLER_PLANNER], "\"read\"", &id);
    g_autofree char *admin = make(fixture.tokens[CALLER_PLANNER], "\"read\", \"admin\"", &id);
    g_autofree char *publish = g_strdup_printf("/v1/rosters/%" G_GINT64_FORMAT "/publish", fixture.draft);
    ask_only("GET", "/v1/agents", reader, NULL, 200);
    ask_only("GET", "/v1/tokens", reader, NULL, 403);
    ask_only("GET", "/v1/audit", reader, NULL, 403);
    ask_only("POST", publish, reader, NULL, 403);
    /* what decides in a planner's place */
    g_autofree char *plans = make(fixture.tokens[CALLER_PLANNER], "\"read\", \"plan\"", &id);
    ask_only("PUT", "/v1/swap-rules", plans, "{\"rules\": []}", 403);
    ask_only("PUT", "/v1/time-off-rules", plans, "{\"rules\": []}", 403);
    ask_only("POST", publish, admin, NULL, 403);
    ask_only("POST", "/v1/tokens", admin, "{\"role\": \"planner\", \"scopes\": [\"read\", \"publish\"]}",
             403);
    ask_only("POST", "/v1/tokens", admin, "{\"role\": \"planner\", \"scopes\": [\"read\"]}", 201);
    /* rotating a stronger one would be a way around it */
    json_t *me = ask("GET", "/v1/me", fixture.tokens[CALLER_PLANNER], NULL, 200);
    g_autofree char *rotate = g_strdup_printf("/v1/tokens/%" JSON_INTEGER_FORMAT "/rotation",
                                              json_integer_value(json_object_get(me, "token")));
    json_decref(me);
    ask_only("POST", rotate, admin, "{}", 403);
    /* what a scope leaves out is not what agents do for themselves */
    ask_only("POST", "/v1/agents/ana/calendar", fixture.tokens[CALLER_ANA], NULL, 201);
}
END_TEST

START_TEST(rotation_overlaps)
{
    int64_t id;
    g_autofree char *former = make(fixture.tokens[CALLER_PLANNER], "\"read\"", &id);
    g_autofree char *path = g_strdup_printf("/v1/tokens/%" G_GINT64_FORMAT "/rotation", id);
    json_t *json = ask("POST", path, fixture.tokens[CALLER_PLANNER], "{\"overlap_hours\": 1}", 201);
    ask_only("GET", "/v1/me", json_string_value(json_object_get(json, "token")), NULL, 200);
    ck_assert_str_eq(json_string_value(json_object_get(json, "label")), "made");
    json_decref(json);
    ask_only("GET", "/v1/me", former, NULL, 200);
    json = ask("POST", path, fixture.tokens[CALLER_PLANNER], "{\"overlap_hours\": 0}", 201);
    ask_only("GET", "/v1/me", json_string_value(json_object_get(json, "token")), NULL, 200);
    json_decref(json);
    ask_only("GET", "/v1/me", former, NULL, 401);
}
END_TEST

START_TEST(revoked_by_oneself_or_an_admin)
{
    int64_t reader_id, other_id;
    g_autofree char *reader = make(fixture.tokens[CALLER_PLANNER], "\"read\"", &reader_id);
    g_autofree char *other = make(fixture.tokens[CALLER_PLANNER], "\"read\"", &other_id);
    g_autofree char *reader_path = g_strdup_printf("/v1/tokens/%" G_GINT64_FORMAT, reader_id);
    g_autofree char *other_path = g_strdup_printf("/v1/tokens/%" G_GINT64_FORMAT, other_id);
    ask_only("DELETE", other_path, reader, NULL, 403);
    ask_only("DELETE", other_path, fixture.tokens[CALLER_ANA], NULL, 404);
    ask_only("DELETE", reader_path, reader, NULL, 204);
    ask_only("GET", "/v1/me", reader, NULL, 401);
    ask_only("DELETE", other_path, fixture.tokens[CALLER_PLANNER], NULL, 204);
    ask_only("GET", "/v1/me", other, NULL, 401);
    json_t *me = ask("GET", "/v1/me", fixture.tokens[CALLER_CIRA], NULL, 200);
    g_autofree char *own =
        g_strdup_printf("/v1/tokens/%" JSON_INTEGER_FORMAT, json_integer_value(json_object_get(me, "token")));
    json_decref(me);
    ask_only("DELETE", own, fixture.tokens[CALLER_CIRA], NULL, 204);
    ask_only("GET", "/v1/me", fixture.tokens[CALLER_CIRA], NULL, 401);
}
END_TEST

static int count_audit(const char *query)
{
    g_autofree char *path = g_strconcat("/v1/audit", query, NULL);
    json_t *page = ask("GET", path, fixture.tokens[CALLER_PLANNER], NULL, 200);
    int n = (int)json_array_size(json_object_get(page, "audit"));
    json_decref(page);
    return n;
}

START_TEST(audit_is_filtered_and_paged)
{
    int64_t id[3];
    for (int k = 0; k < 3; k++)
        g_free(make(fixture.tokens[CALLER_PLANNER], "\"read\"", &id[k]));
    g_autofree char *subject = g_strdup_printf("?subject=%" G_GINT64_FORMAT "&action=token.created", id[1]);
    ck_assert_int_eq(count_audit(subject), 1);
    ck_assert_int_eq(count_audit("?action=token.nothing"), 0);
    int tokens = count_audit("?action=token");
    ck_assert_int_eq(tokens, 3 + count_audit("?action=token&actor=test"));
    ck_assert_int_eq(count_audit("?since=2199-01-01T00:00:00Z"), 0);
    ck_assert_int_eq(count_audit("?action=token&since=2000-01-01T00:00:00Z"), tokens);
    ask_only("GET", "/v1/audit?since=17", fixture.tokens[CALLER_PLANNER], NULL, 422);
    ask_only("GET", "/v1/audit?after=x", fixture.tokens[CALLER_PLANNER], NULL, 422);
    int seen = 0;
    int64_t last = INT64_MAX;
    for (char *path = g_strdup("/v1/audit?action=token&limit=2"); path != NULL;) {
        size_t k;
        json_t *row, *page = ask("GET", path, fixture.tokens[CALLER_PLANNER], NULL, 200);
        json_array_foreach(json_object_get(page, "audit"), k, row)
        {
            ck_assert_int_lt(json_integer_value(json_object_get(row, "id")), last);
            last = json_integer_value(json_object_get(row, "id"));
            seen++;
        }
        g_free(path);
        path = g_strdup(json_string_value(json_object_get(page, "next")));
        json_decref(page);
    }
    ck_assert_int_eq(seen, tokens);
}
END_TEST

static Suite *suite(void)
{
    pg_start();
    Suite *s = suite_create("api/tokens");
    TCase *t = tcase_create("served");
    tcase_set_timeout(t, 30);
    tcase_add_checked_fixture(t, start, stop);
    tcase_add_loop_test(t, tokens_are_made_or_refused, 0, G_N_ELEMENTS(bodies));
    tcase_add_test(t, scopes_bound_what_a_token_may);
    tcase_add_test(t, rotation_overlaps);
    tcase_add_test(t, revoked_by_oneself_or_an_admin);
    tcase_add_test(t, audit_is_filtered_and_paged);
    suite_add_tcase(s, t);
    return s;
}

TEST_MAIN(suite)
