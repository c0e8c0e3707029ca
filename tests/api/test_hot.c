/* Answers kept in memory: after any kind of write, whoever makes it, the next answer is what a server that
   keeps nothing gives; what changes nothing leaves them where they are. */
#include <string.h>

#include "tests/api/keeping.h"
#include "tests/support/pg.h"
#include "tests/support/testing.h"

static void start(void)
{
    keeping_start("", false);
}

/* --- writes beside */

static const struct {
    const char *what, *sql;
    int status;
    bool keeps; /* the next answer is from memory */
} writes[] = {
    {"a shift moves",
     "UPDATE shift SET start_at = start_at + interval '15 minutes' WHERE day = '2026-11-23' AND agent_key "
     "= " ANA,
     200, false},
    {"a shift is cancelled",
     "UPDATE shift SET cancelled = true WHERE day = '2026-11-24' AND agent_key = " ANA, 200, false},
    {"a shift is added",
     "INSERT INTO shift (agent_key, day, roster_id, start_at, end_at, paid_minutes, activities) SELECT "
     "agent_key, "
     "day + 7, roster_id, start_at + interval '7 days', end_at + interval '7 days', paid_minutes, activities "
     "FROM "
     "shift WHERE agent_key = " ANA,
     200, false},
    {"shifts are deleted", "DELETE FROM shift WHERE day = '2026-11-25' AND agent_key = " ANA, 200, false},
    {"a shift becomes another's",
     "UPDATE shift SET agent_key = " CIRA ", day = day + 3 WHERE day = '2026-11-25' AND agent_key = " ANA,
     200, false},
    {"all shifts change", "UPDATE shift SET sequence = sequence + 1", 200, false},
    {"many marks of one transaction",
     "BEGIN; UPDATE shift SET sequence = 5; UPDATE shift SET sequence = 6 WHERE agent_key = " CIRA
     "; UPDATE shift SET sequence = 7; COMMIT",
     200, false},
    {"an emptied table", "TRUNCATE shift CASCADE", 200, false},
    {"a table written anew", "ALTER TABLE shift ALTER COLUMN sequence TYPE integer USING sequence + 1", 200,
     false},
    {"a write that skips ordinary triggers",
     "SET session_replication_role = replica; UPDATE shift SET sequence = 9 WHERE agent_key = " ANA, 200,
     false},
    {"the token is revoked", "DELETE FROM token WHERE agent_key = " ANA, 401, false},
    {"the token expires now", "UPDATE token SET expires_at = now() WHERE agent_key = " ANA, 401, false},
    {"the token gets another secret", "UPDATE token SET hash = sha256('x') WHERE agent_key = " ANA, 401,
     false},
    {"the token becomes a planner's",
     "UPDATE token SET agent_key = NULL, role = 'planner' WHERE agent_key = " ANA, 403, false},
    {"the agent has left", "UPDATE agent SET retired = true WHERE id = 'ana'", 401, false},
    {"the employment has ended", "UPDATE agent SET employed_to = current_date - 3 WHERE id = 'ana'", 401,
     false},
    {"the agent's name", "UPDATE agent SET name = 'Ana Maria' WHERE id = 'ana'", 200, false},
    {"the agent's id", "UPDATE agent SET id = 'anna' WHERE id = 'ana'", 200, false},
    {"the agent's site", "UPDATE agent SET site_id = 'bog' WHERE id = 'ana'", 200, false},
    {"the site's zone",
     "INSERT INTO time_zone VALUES ('Asia/Tokyo') ON CONFLICT DO NOTHING; UPDATE site SET zone = "
     "'Asia/Tokyo' "
     "WHERE id = 'mnl'",
     200, false},
    {"rolled back", "BEGIN; UPDATE shift SET sequence = 5; ROLLBACK", 200, true},
    {"a savepoint rolled back",
     "BEGIN; SAVEPOINT a; UPDATE shift SET sequence = 5; ROLLBACK TO a; UPDATE agent SET name = 'Cira' WHERE "
     "id = "
     "'cira'; COMMIT",
     200, true},
    {"another's shift", "UPDATE shift SET sequence = 5 WHERE agent_key = " CIRA, 200, true},
    {"another's token", "DELETE FROM token WHERE agent_key = " CIRA, 200, true},
    {"a token that was used", "UPDATE token SET last_used_at = now()", 200, true},
    {"a skill learnt", "UPDATE agent_skill SET proficiency = 0.9; UPDATE agent SET contract_id = contract_id",
     200, true},
    {"transactions without a mark", "SELECT pg_current_xact_id(); CREATE TABLE something (a integer)", 200,
     true},
};

static void check_write(int k)
{
    const char *token = fixture.tokens[CALLER_ANA];
    struct http_answer before = keeping_warm(token);
    pg_exec(fixture.conninfo, writes[k].sql);
    int memory = keeping_hits();
    struct http_answer after = keeping_get(keeping, token, NULL), truth = keeping_get(plain, token, NULL);
    ck_assert_msg(after.status == writes[k].status, "%s: %d", writes[k].what, after.status);
    keeping_same(&after, &truth);
    ck_assert_msg(keeping_hits() - memory == writes[k].keeps, "%s: from memory?", writes[k].what);
    if (after.status == 200)
        ck_assert_msg((strcmp(before.body, after.body) == 0) == writes[k].keeps, "%s: %s", writes[k].what,
                      after.body);
    http_answer_clear(&before);
    http_answer_clear(&after);
    http_answer_clear(&truth);
}

START_TEST(after_a_write)
{
    check_write(_i);
}
END_TEST

START_TEST(after_a_write_through_a_replica)
{
    check_write(_i);
}
END_TEST

START_TEST(after_a_write_behind_a_pooler)
{
    check_write(_i);
}
END_TEST

/* --- writes of the service */

static int64_t own_token(const char *token)
{
    struct http_answer me = http_request(api_port(plain), "GET", "/v1/me", token, NULL, NULL);
    const char *at = strstr(me.body, "\"token\":");
    int64_t id = at != NULL ? g_ascii_strtoll(at + strlen("\"token\":"), NULL, 10) : 0;
    http_answer_clear(&me);
    ck_assert_int_gt(id, 0);
    return id;
}

static int64_t tuesday_of_ana(void)
{
    g_autofree char *id =
        pg_value(fixture.conninfo, "SELECT id FROM shift WHERE day = '2026-11-24' AND agent_key = " ANA);
    return g_ascii_strtoll(id, NULL, 10);
}

/* What is made by such a request; its id. */
static int64_t made(const char *token, const char *path, const char *body, int status)
{
    struct http_answer answer = http_request(api_port(plain), "POST", path, token, NULL, body);
    ck_assert_msg(answer.status == status, "%s: %s", path, answer.body);
    const char *at = strstr(answer.body, "\"id\":");
    int64_t id = at != NULL ? g_ascii_strtoll(at + strlen("\"id\":"), NULL, 10) : 0;
    http_answer_clear(&answer);
    return id;
}

/* Ben takes ana's Tuesday over, once a planner agrees. */
static int64_t swap_of_ana(const char *token)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *ben = NULL;
    AUTO(store) store = store_open(fixture.conninfo, &error);
    store_token_create(store, ROLE_AGENT, NULL, "ben", "test token", 0, "test", &ben, NULL, &error);
    ck_no_error(error);
    g_autofree char *offer = g_strdup_printf("{\"shift\": %" G_GINT64_FORMAT "}", tuesday_of_ana());
    int64_t id = made(token, "/v1/me/swaps", offer, 201);
    g_autofree char *accept = g_strdup_printf("/v1/me/swaps/%" G_GINT64_FORMAT "/accept", id);
    made(ben, accept, "{}", 200);
    return id;
}

static int64_t request_of_ana(const char *token)
{
    return made(token, "/v1/me/time-off", "{\"first_day\": \"2026-11-24\", \"kind\": \"sick\"}", 201);
}

static int64_t the_draft(const char *token)
{
    (void)token;
    return fixture.draft;
}

/* By the server that keeps, and by another one. */
enum { BY_KEEPING, BY_ANOTHER };
static const struct {
    const char *method, *path; /* @: what the function says */
    int64_t (*of)(const char *token);
    const char *body;
    int done, status;
} calls[] = {
    {"DELETE", "/v1/tokens/@", own_token, NULL, 204, 401},
    {"POST", "/v1/tokens/@/rotation", own_token, "{\"overlap_hours\": 0}", 201, 401},
    {"POST", "/v1/rosters/@/publish", the_draft, "{}", 200, 200},
    {"POST", "/v1/swaps/@/approve", swap_of_ana, "{}", 200, 200},
    {"POST", "/v1/time-off-requests/@/approve", request_of_ana, "{}", 200, 200},
};

START_TEST(after_a_call)
{
    const char *token = fixture.tokens[CALLER_ANA];
    int call = _i / 2;
    int64_t id = calls[call].of(token);
    struct http_answer before = keeping_warm(token);
    g_auto(GStrv) parts = g_strsplit(calls[call].path, "@", 2);
    g_autofree char *path = g_strdup_printf("%s%" G_GINT64_FORMAT "%s", parts[0], id, parts[1]);
    struct http_answer done =
        http_request(api_port(_i % 2 == BY_KEEPING ? keeping : plain), calls[call].method, path,
                     fixture.tokens[CALLER_PLANNER], NULL, calls[call].body);
    ck_assert_msg(done.status == calls[call].done, "%s: %s", path, done.body);
    struct http_answer after = keeping_get(keeping, token, NULL), truth = keeping_get(plain, token, NULL);
    ck_assert_int_eq(after.status, calls[call].status);
    keeping_same(&after, &truth);
    if (after.status == 200)
        ck_assert_str_ne(before.body, after.body);
    http_answer_clear(&before);
    http_answer_clear(&done);
    http_answer_clear(&after);
    http_answer_clear(&truth);
}
END_TEST

/* --- the request */

static const struct {
    const char *extra;
    bool other; /* not the answer that was kept */
} requests[] = {
    {NULL, false},
    {"Accept-Encoding: gzip\r\n", true},
    {"If-None-Match: \"none\"\r\n", false},
    {"If-None-Match: *\r\n", false},
    {"X-Other: 1\r\n", false},
};

/* All headers but those that are new each time. */
static char *head_of(const struct http_answer *answer)
{
    g_auto(GStrv) lines = g_strsplit(answer->head, "\r\n", -1);
    GString *out = g_string_new(NULL);
    for (char **line = lines; *line != NULL; line++)
        if (!g_str_has_prefix(*line, "Date:") && !g_str_has_prefix(*line, "X-Request-Id:"))
            g_string_append_printf(out, "%s\n", *line);
    return g_string_free(out, FALSE);
}

START_TEST(from_memory_as_read)
{
    const char *token = fixture.tokens[CALLER_ANA];
    struct http_answer first = keeping_warm(token);
    http_answer_clear(&first);
    for (int k = 0; k < 3; k++) {
        int memory = keeping_hits();
        struct http_answer answer = keeping_get(keeping, token, requests[_i].extra),
                           truth = keeping_get(plain, token, requests[_i].extra);
        ck_assert_int_eq(keeping_hits() - memory, !requests[_i].other || k > 0);
        g_autofree char *head = head_of(&answer);
        g_autofree char *want = head_of(&truth);
        ck_assert_str_eq(head, want);
        ck_assert_uint_eq(answer.length, truth.length);
        ck_assert_mem_eq(answer.body, truth.body, truth.length);
        http_answer_clear(&answer);
        http_answer_clear(&truth);
    }
}
END_TEST

/* What is refused is refused as ever, and never from memory. */
START_TEST(refusals_are_not_kept)
{
    for (int k = 0; k < 3; k++) {
        struct http_answer bad = keeping_get(keeping, fixture.tokens[CALLER_BAD], NULL);
        struct http_answer planner = keeping_get(keeping, fixture.tokens[CALLER_PLANNER], NULL);
        struct http_answer none = keeping_get(keeping, NULL, NULL);
        ck_assert_int_eq(bad.status, 401);
        ck_assert_int_eq(planner.status, 403);
        ck_assert_int_eq(none.status, 401);
        http_answer_clear(&bad);
        http_answer_clear(&planner);
        http_answer_clear(&none);
    }
    ck_assert_int_eq(keeping_figure("wfm_answers_kept"), 0);
}
END_TEST

START_TEST(limits_count_answers_from_memory)
{
    g_autoptr(GError) error = NULL;
    int seen[2] = {0, 0};
    struct http_answer first = keeping_warm(fixture.tokens[CALLER_ANA]);
    http_answer_clear(&first);
    ck_assert(api_reload(keeping, &(struct api_live){.rate = 0.001, .burst = 5}, &error));
    for (int k = 0; k < 8; k++) {
        struct http_answer answer = keeping_get(keeping, fixture.tokens[CALLER_ANA], NULL);
        seen[0] += answer.status == 200;
        seen[1] += answer.status == 429;
        http_answer_clear(&answer);
    }
    ck_assert_int_eq(seen[0], 5);
    ck_assert_int_eq(seen[1], 3);
}
END_TEST

START_TEST(a_token_holds_no_longer_than_it_lives)
{
    const char *token = fixture.tokens[CALLER_ANA];
    pg_exec(fixture.conninfo,
            "UPDATE token SET expires_at = now() + interval '4 seconds' WHERE agent_key = " ANA);
    struct http_answer answer = keeping_warm(token);
    http_answer_clear(&answer);
    g_usleep(4200 * 1000);
    answer = keeping_get(keeping, token, NULL);
    ck_assert_int_eq(answer.status, 401);
    http_answer_clear(&answer);
}
END_TEST

START_TEST(uses_are_noted)
{
    struct http_answer answer = keeping_warm(fixture.tokens[CALLER_ANA]);
    http_answer_clear(&answer);
    char *used = NULL;
    for (int k = 0; k < 100 && used == NULL; k++) {
        g_usleep(100 * 1000);
        used = pg_value(fixture.conninfo, "SELECT last_used_at FROM token WHERE agent_key = " ANA);
    }
    ck_assert_ptr_nonnull(used);
    g_free(used);
}
END_TEST

static void start_behind_a_pooler(void)
{
    keeping_start(" prepare=off", false);
}

/* The same server as a replica that is always near enough. */
static void start_with_a_replica(void)
{
    keeping_start("", true);
    for (int k = 0; k < 50 && keeping_figure("wfm_database_usable{server=\"replica\"}") == 0; k++)
        g_usleep(100 * 1000);
    ck_assert_int_eq(keeping_figure("wfm_database_usable{server=\"replica\"}"), 1);
}

static Suite *suite(void)
{
    pg_start();
    Suite *s = suite_create("api/hot");
    TCase *t = tcase_create("served");
    tcase_set_timeout(t, 60);
    tcase_add_checked_fixture(t, start, keeping_stop);
    tcase_add_loop_test(t, after_a_write, 0, G_N_ELEMENTS(writes));
    tcase_add_loop_test(t, after_a_call, 0, 2 * G_N_ELEMENTS(calls));
    tcase_add_loop_test(t, from_memory_as_read, 0, G_N_ELEMENTS(requests));
    tcase_add_test(t, refusals_are_not_kept);
    tcase_add_test(t, limits_count_answers_from_memory);
    tcase_add_test(t, a_token_holds_no_longer_than_it_lives);
    tcase_add_test(t, uses_are_noted);
    suite_add_tcase(s, t);
    t = tcase_create("behind a pooler");
    tcase_set_timeout(t, 60);
    tcase_add_checked_fixture(t, start_behind_a_pooler, keeping_stop);
    tcase_add_loop_test(t, after_a_write_behind_a_pooler, 0, G_N_ELEMENTS(writes));
    suite_add_tcase(s, t);
    t = tcase_create("through a replica");
    tcase_set_timeout(t, 60);
    tcase_add_checked_fixture(t, start_with_a_replica, keeping_stop);
    tcase_add_loop_test(t, after_a_write_through_a_replica, 0, G_N_ELEMENTS(writes));
    suite_add_tcase(s, t);
    return s;
}

TEST_MAIN(suite)
