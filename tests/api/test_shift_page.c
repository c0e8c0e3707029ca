/* The page of own shifts: its text is that of the library that writes all other answers, and its ETag another
 * one after any visible change. */
#include "tests/support/testing.h"

#include <jansson.h>
#include <string.h>

#include "api/json_writer.h"
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

/* --- the writer */

static const char *const texts[] = {
    "", "plain", "\"quoted\" \\ back", "\b\f\n\r\t", "\x01\x1f\x7f", "Zoë – 東京 🙂", "a/b</script>"};

START_TEST(texts_are_escaped_as_elsewhere)
{
    struct json_writer writer;
    json_writer_init(&writer, 1);
    json_array_begin(&writer);
    json_text_value(&writer, texts[_i]);
    json_text_value(&writer, NULL);
    json_int(&writer, INT64_MIN);
    json_int(&writer, INT64_MAX);
    json_int(&writer, 0);
    json_flag(&writer, true);
    json_object_begin(&writer);
    json_name(&writer, "a");
    json_none(&writer);
    JSON_NAME(&writer, "b");
    json_array_begin(&writer);
    json_array_end(&writer);
    json_object_end(&writer);
    json_array_end(&writer);
    size_t length;
    g_autofree char *text = json_writer_take(&writer, &length);
    json_t *json = json_pack("[s, n, I, I, i, b, {s:n, s:[]}]", texts[_i], (json_int_t)INT64_MIN,
                             (json_int_t)INT64_MAX, 0, 1, "a", "b");
    char *want = json_dumps(json, JSON_COMPACT);
    ck_assert_str_eq(text, want);
    ck_assert_uint_eq(length, strlen(want));
    free(want);
    json_decref(json);
}
END_TEST

static const char *const zones[] = {"UTC",           "Asia/Manila",         "America/Bogota",
                                    "Europe/Madrid", "Australia/Lord_Howe", "America/New_York",
                                    "Asia/Kathmandu"};

/* Every quarter of an hour over the changes of a year, forwards and with jumps, through one writer. */
START_TEST(instants_are_those_of_time_format)
{
    AUTO(zone) zone = zone_new(zones[_i], NULL);
    for (int64_t k = 0; k < 366 * 96; k++) {
        int64_t ts = FIXTURE_NOW + 900 * (k % 7 == 0 ? 366 * 96 - k : k);
        static struct json_writer writer;
        if (writer.text == NULL)
            json_writer_init(&writer, 64);
        writer.length = 0;
        writer.comma = false;
        json_instant(&writer, ts, zone);
        writer.text[writer.length] = '\0';
        g_autofree char *plain = time_format(ts, zone);
        g_autofree char *want = g_strdup_printf("\"%s\"", plain);
        ck_assert_str_eq(writer.text, want);
    }
}
END_TEST

/* --- the page */

static struct http_answer get(const char *path, const char *etag)
{
    g_autofree char *extra = etag != NULL ? g_strdup_printf("If-None-Match: %s\r\n", etag) : NULL;
    return http_request(api_port(server), "GET", path, fixture.tokens[CALLER_ANA], extra, NULL);
}

START_TEST(the_page_is_what_the_library_would_write)
{
    struct http_answer answer = get("/v1/me/shifts?limit=2", NULL);
    json_t *page = json_loads(answer.body, 0, NULL);
    char *again = json_dumps(page, JSON_COMPACT);
    ck_assert_str_eq(answer.body, again);
    free(again);
    size_t k;
    json_t *shift;
    ck_assert_uint_eq(json_array_size(json_object_get(page, "shifts")), 2);
    json_array_foreach(json_object_get(page, "shifts"), k, shift)
    {
        /* the other way to the same shift makes a tree */
        g_autofree char *path = g_strdup_printf("/v1/me/shifts/%" JSON_INTEGER_FORMAT,
                                                json_integer_value(json_object_get(shift, "id")));
        struct http_answer one = get(path, NULL);
        char *text = json_dumps(shift, JSON_COMPACT);
        ck_assert_str_eq(text, one.body);
        free(text);
        http_answer_clear(&one);
    }
    ck_assert(json_is_string(json_object_get(page, "next")));
    json_decref(page);
    http_answer_clear(&answer);
}
END_TEST

#define ANA "(SELECT agent_key FROM agent WHERE id = 'ana')"
static const struct {
    const char *what, *sql;
    bool changes;
} changes[] = {
    {"nothing", "SELECT 1", false},
    {"somebody else's shift", "UPDATE shift SET end_at = end_at + interval '1 hour' WHERE agent_key <> " ANA,
     false},
    {"a shift that moves", "UPDATE shift SET end_at = end_at + interval '1 minute' WHERE agent_key = " ANA,
     true},
    {"one that is cancelled",
     "UPDATE shift SET cancelled = true WHERE id = (SELECT min(id) FROM shift WHERE agent_key = " ANA ")",
     true},
    {"activities, without a word about it",
     "UPDATE shift SET activities = jsonb_set(activities, '{0,offset_s}', '3600') WHERE agent_key = " ANA,
     true},
    {"paid time, likewise", "UPDATE shift SET paid_minutes = paid_minutes - 1 WHERE agent_key = " ANA, true},
    {"one that leaves the range",
     "UPDATE shift SET start_at = start_at + interval '90 days', end_at = end_at + "
     "interval '90 days', day = day + 90 WHERE id = (SELECT max(id) FROM shift WHERE "
     "agent_key = " ANA ")",
     true},
    {"the agent's name", "UPDATE agent SET name = 'Ana Maria' WHERE id = 'ana'", true},
    {"the agent's site", "UPDATE agent SET site_id = 'bog' WHERE id = 'ana'", true},
    {"the site's zone",
     "INSERT INTO time_zone VALUES ('Asia/Tokyo') ON CONFLICT DO NOTHING; UPDATE site SET zone = "
     "'Asia/Tokyo' WHERE id = "
     "'mnl'",
     true},
    {"the name of the site alone, which is not shown", "UPDATE site SET name = 'x' WHERE id = 'mnl'", false},
};

START_TEST(the_etag_changes_with_what_is_seen)
{
    static const char path[] = "/v1/me/shifts?from=2026-11-20T00:00:00Z&to=2026-12-18T00:00:00Z";
    struct http_answer first = get(path, NULL);
    g_autofree char *etag = http_header(&first, "ETag");
    pg_exec(fixture.conninfo, changes[_i].sql);
    struct http_answer second = get(path, etag);
    ck_assert_msg(second.status == (changes[_i].changes ? 200 : 304), "%s: %d", changes[_i].what,
                  second.status);
    g_autofree char *now = http_header(&second, "ETag");
    ck_assert_msg((g_strcmp0(now, etag) != 0) == changes[_i].changes, "%s: %s, %s", changes[_i].what, etag,
                  now);
    if (changes[_i].changes)
        ck_assert_str_ne(first.body, second.body);
    struct http_answer third = get(path, NULL);
    ck_assert_int_eq(third.status, 200);
    if (!changes[_i].changes)
        ck_assert_str_eq(first.body, third.body);
    http_answer_clear(&first);
    http_answer_clear(&second);
    http_answer_clear(&third);
}
END_TEST

/* A packed answer is unchanged, too; another ask has another tag. */
START_TEST(etags_of_packed_answers_and_other_asks)
{
    struct http_answer packed = http_request(api_port(server), "GET", "/v1/me/shifts",
                                             fixture.tokens[CALLER_ANA], "Accept-Encoding: gzip\r\n", NULL);
    struct http_answer plain = get("/v1/me/shifts", NULL);
    g_autofree char *etag = http_header(&packed, "ETag");
    g_autofree char *plain_etag = http_header(&plain, "ETag");
    ck_assert_str_ne(etag, plain_etag);
    struct http_answer again = get("/v1/me/shifts", etag);
    ck_assert_int_eq(again.status, 304);
    struct http_answer other = get("/v1/me/shifts?cancelled=true", plain_etag);
    ck_assert_int_eq(other.status, 200);
    http_answer_clear(&packed);
    http_answer_clear(&plain);
    http_answer_clear(&again);
    http_answer_clear(&other);
}
END_TEST

/* Who may not ask learns nothing of what would be wrong with the question, and nothing comes along. */
START_TEST(the_token_comes_first)
{
    static const struct {
        int caller, status;
        const char *path;
    } rows[] = {
        {CALLER_BAD, 401, "/v1/me/shifts"},         {CALLER_BAD, 401, "/v1/me/shifts?limit=x"},
        {CALLER_NONE, 401, "/v1/me/shifts"},        {CALLER_PLANNER, 403, "/v1/me/shifts"},
        {CALLER_ACME, 403, "/v1/me/shifts"},        {CALLER_ACME, 403, "/v1/me/shifts?limit=x"},
        {CALLER_ANA, 422, "/v1/me/shifts?limit=x"}, {CALLER_CIRA, 200, "/v1/me/shifts"},
    };
    for (int round = 0; round < 3; round++) /* prepared or not */
        for (size_t k = 0; k < G_N_ELEMENTS(rows); k++) {
            struct http_answer answer = http_request(api_port(server), "GET", rows[k].path,
                                                     fixture.tokens[rows[k].caller], NULL, NULL);
            ck_assert_msg(answer.status == rows[k].status, "%s as %s: %d", rows[k].path,
                          caller_names[rows[k].caller], answer.status);
            ck_assert(rows[k].status != 200 || strstr(answer.body, "\"ana\"") == NULL);
            http_answer_clear(&answer);
        }
}
END_TEST

static Suite *suite(void)
{
    pg_start();
    Suite *s = suite_create("api/shift_page");
    TCase *t = tcase_create("writer");
    tcase_add_loop_test(t, texts_are_escaped_as_elsewhere, 0, G_N_ELEMENTS(texts));
    tcase_add_loop_test(t, instants_are_those_of_time_format, 0, G_N_ELEMENTS(zones));
    suite_add_tcase(s, t);
    t = tcase_create("served");
    tcase_set_timeout(t, 30);
    tcase_add_checked_fixture(t, start, stop);
    tcase_add_test(t, the_page_is_what_the_library_would_write);
    tcase_add_loop_test(t, the_etag_changes_with_what_is_seen, 0, G_N_ELEMENTS(changes));
    tcase_add_test(t, etags_of_packed_answers_and_other_asks);
    tcase_add_test(t, the_token_comes_first);
    suite_add_tcase(s, t);
    return s;
}

TEST_MAIN(suite)
