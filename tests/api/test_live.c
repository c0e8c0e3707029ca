/* Coverage and service levels as the published shifts stand, beside those the roster was published with. The
   fixture's clock is Monday 20:00 in Manila: ana has shifts on Tuesday and Wednesday, ben has none. */
#include "tests/support/testing.h"

#include <jansson.h>
#include <math.h>
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

static json_t *ask(int caller, const char *method, const char *path, const char *body, int status)
{
    struct http_answer answer =
        http_request(api_port(server), method, path, fixture.tokens[caller], NULL, body);
    ck_assert_msg(answer.status == status, "%s %s: %d\n%s", method, path, answer.status, answer.body);
    json_t *json = json_loads(answer.body, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, NULL);
    http_answer_clear(&answer);
    return json;
}

static void must(int caller, const char *path, const char *body, int status)
{
    json_decref(ask(caller, "POST", path, body, status));
}

static char *of_roster(int64_t roster, const char *what)
{
    return g_strdup_printf("/v1/rosters/%" G_GINT64_FORMAT "%s", roster, what);
}

/* --- what happens to the published shifts
 * -------------------------------------------------------------------------------------------- */

static void nothing(void)
{
}

static void ana_is_off_on_tuesday(void)
{
    json_t *made = ask(CALLER_ANA, "POST", "/v1/me/time-off",
                       "{\"first_day\": \"2026-11-24\", \"kind\": \"sick\"}", 201);
    g_autofree char *path = g_strdup_printf("/v1/time-off-requests/%" G_GINT64_FORMAT "/approve",
                                            (int64_t)json_integer_value(json_object_get(made, "id")));
    json_decref(made);
    must(CALLER_PLANNER, path, "{}", 200);
}

/* Whose skills are the same. */
static void ben_takes_tuesday_over(void)
{
    pg_exec(
        fixture.conninfo,
        "BEGIN; UPDATE shift SET cancelled = true, sequence = 1, changed_at = now() WHERE day = '2026-11-24' "
        "AND agent_key = (SELECT agent_key FROM agent WHERE id = 'ana'); "
        "INSERT INTO shift (agent_key, day, roster_id, start_at, end_at, paid_minutes, template_id, "
        "activities) SELECT (SELECT agent_key FROM agent WHERE id = 'ben'), day, roster_id, start_at, "
        "end_at, paid_minutes, template_id, activities FROM shift WHERE day = '2026-11-24' AND "
        "agent_key = (SELECT agent_key FROM agent WHERE id = 'ana'); COMMIT");
}

static void another_version_is_published(void)
{
    g_autofree char *path = of_roster(fixture.draft, "/publish");
    ana_is_off_on_tuesday();
    pg_exec(fixture.conninfo, "DELETE FROM time_off WHERE kind = 'sick'; UPDATE shift SET sequence = 7");
    must(CALLER_PLANNER, path, NULL, 200);
}

enum { AS_PUBLISHED, LESS };
static const struct {
    const char *what;
    void (*act)(void);
    int tuesday; /* of acme's queues, beside what was published */
} rows[] = {
    {"nothing", nothing, AS_PUBLISHED},
    {"time off", ana_is_off_on_tuesday, LESS},
    {"a swap among equals", ben_takes_tuesday_over, AS_PUBLISHED},
    {"another version", another_version_is_published, AS_PUBLISHED},
};

static double number(const json_t *json, const char *key)
{
    const json_t *value = json_object_get(json, key);
    ck_assert_msg(json_is_number(value), "no number %s", key);
    return json_number_value(value);
}

static void expect(int how, double now, double published, const char *what)
{
    if (how == LESS)
        ck_assert_msg(now < published - 0.1, "%s: %g now, %g published", what, now, published);
    else
        ck_assert_msg(fabs(now - published) < 1e-6, "%s: %g now, %g published", what, now, published);
}

/* Of what the answer lists under that name, the sums of two members. */
static void check(int caller, const char *path, const char *list, const char *member_now, const char *member,
                  int how)
{
    json_t *json = ask(caller, "GET", path, NULL, 200), *one;
    double now = 0, published = 0;
    size_t k;
    json_array_foreach(json_object_get(json, list), k, one)
    {
        now += number(one, member_now);
        published += number(one, member);
    }
    expect(how, now, published, path);
    json_decref(json);
}

/* On Tuesday in Manila. */
static void check_queue(const char *queue, int how)
{
    g_autofree char *path = g_strdup_printf(
        "/v1/queues/%s/coverage?from=2026-11-24T00:00:00%%2B08:00&to=2026-11-25T00:00:00%%2B08:00", queue);
    check(CALLER_PLANNER, path, "intervals", "staffed_now", "staffed", how);
}

static void check_sla(int caller, const char *path, int how)
{
    check(caller, path, "queues", "staffed_hours_now", "staffed_hours", how);
}

START_TEST(queues_as_they_stand)
{
    rows[_i].act();
    check_queue("acme-voice", rows[_i].tuesday);
    check_queue("zeta-voice", AS_PUBLISHED);
}
END_TEST

START_TEST(service_levels_as_they_stand)
{
    rows[_i].act();
    g_autofree char *path =
        of_roster(rows[_i].act == another_version_is_published ? fixture.draft : fixture.published, "/sla");
    const char *range = "?from=2026-11-23&to=2026-11-30";
    g_autofree char *acme = g_strconcat("/v1/clients/acme/sla", range, NULL);
    g_autofree char *zeta = g_strconcat("/v1/clients/zeta/sla", range, NULL);
    check_sla(CALLER_PLANNER, path, rows[_i].tuesday);
    check_sla(CALLER_ACME, acme, rows[_i].tuesday);
    check_sla(CALLER_ZETA, zeta, AS_PUBLISHED);
}
END_TEST

/* As arrays, only where it is another. */
START_TEST(rosters_as_they_stand)
{
    rows[_i].act();
    g_autofree char *path = of_roster(fixture.published, "/coverage");
    json_t *json = ask(CALLER_PLANNER, "GET", path, NULL, 200), *queue;
    size_t k;
    bool any = false;
    json_array_foreach(json_object_get(json, "queues"), k, queue)
    {
        bool has = json_object_get(queue, "staffed_now") != NULL;
        ck_assert_int_eq(has, json_object_get(queue, "expected_sl_now") != NULL);
        ck_assert(!has || json_array_size(json_object_get(queue, "staffed_now")) ==
                              json_array_size(json_object_get(queue, "staffed")));
        ck_assert(!has || g_str_has_prefix(json_string_value(json_object_get(queue, "queue")), "acme"));
        any = any || has;
    }
    ck_assert_msg(any == (rows[_i].tuesday == LESS), "%s", rows[_i].what);
    json_decref(json);
}
END_TEST

/* Nobody works by a draft, whatever happens to the shifts. */
START_TEST(drafts_are_not_live)
{
    ana_is_off_on_tuesday();
    g_autofree char *sla = of_roster(fixture.draft, "/sla"),
                    *coverage = of_roster(fixture.draft, "/coverage");
    json_t *json = ask(CALLER_PLANNER, "GET", sla, NULL, 200), *queue;
    size_t k;
    json_array_foreach(json_object_get(json, "queues"), k, queue)
    {
        ck_assert(json_is_null(json_object_get(queue, "staffed_hours_now")));
        ck_assert(json_is_null(json_object_get(queue, "expected_sl_now")));
    }
    json_decref(json);
    json = ask(CALLER_PLANNER, "GET", coverage, NULL, 200);
    json_array_foreach(json_object_get(json, "queues"), k, queue)
        ck_assert_ptr_null(json_object_get(queue, "staffed_now"));
    json_decref(json);
}
END_TEST

static Suite *suite(void)
{
    pg_start();
    Suite *s = suite_create("api/live");
    TCase *t = tcase_create("as it stands");
    tcase_set_timeout(t, 60);
    tcase_add_checked_fixture(t, start, stop);
    tcase_add_loop_test(t, queues_as_they_stand, 0, G_N_ELEMENTS(rows));
    tcase_add_loop_test(t, service_levels_as_they_stand, 0, G_N_ELEMENTS(rows));
    tcase_add_loop_test(t, rosters_as_they_stand, 0, G_N_ELEMENTS(rows));
    tcase_add_test(t, drafts_are_not_live);
    suite_add_tcase(s, t);
    return s;
}

TEST_MAIN(suite)
