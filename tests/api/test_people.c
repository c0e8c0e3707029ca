/* What agents do for themselves: changes of their shifts, over the operation of fixture.h. */
#include "tests/support/testing.h"

#include <jansson.h>
#include <string.h>

#include "api/server.h"
#include "tests/api/fixture.h"
#include "tests/api/http.h"
#include "tests/support/pg.h"

static struct fixture fixture;
static struct api_server *server;

static void start(void)
{
    fixture_init(&fixture);
    server = fixture_serve(&fixture, 2, "https://wfm.example");
}

static void stop(void)
{
    api_stop(server);
    fixture_clear(&fixture);
}

/* --- asking
 * ----------------------------------------------------------------------------------------------------- */

/* Fails unless the status is as wanted; json_decref. NULL for an answer without a body. */
static json_t *ask(enum caller caller, const char *method, const char *path, const char *body, int status)
{
    struct http_answer answer =
        http_request(api_port(server), method, path, fixture.tokens[caller], NULL, body);
    ck_assert_msg(answer.status == status, "%s %s %s: %d, not %d\n%s", method, path, body != NULL ? body : "",
                  answer.status, status, answer.body);
    json_t *json = answer.length > 0 ? json_loads(answer.body, JSON_REJECT_DUPLICATES, NULL) : NULL;
    ck_assert_msg(json != NULL || answer.length == 0, "%s: not JSON:\n%s", path, answer.body);
    http_answer_clear(&answer);
    return json;
}

static const char *text(const json_t *json, const char *key)
{
    return json_string_value(json_object_get(json, key));
}

static void publish_draft(void)
{
    g_autoptr(GError) error = NULL;
    AUTO(store) store = store_open(fixture.conninfo, &error);
    store_roster_publish(store, fixture.draft, "test", &error);
    ck_no_error(error);
}

/* --- changes of shifts
 * ------------------------------------------------------------------------------------------- */

/* "start cancelled" of every change from `path` on, in their order, over all pages; *cursor is the last one.
 */
static char *changes(const char *path, char **cursor)
{
    g_autoptr(GString) out = g_string_new(NULL);
    g_autofree char *next = g_strdup(path);
    while (next != NULL) {
        json_t *page = ask(CALLER_ANA, "GET", next, NULL, 200), *shift;
        size_t k;
        json_array_foreach(json_object_get(page, "shifts"), k, shift)
            g_string_append_printf(out, "%.16s%s;", text(shift, "start"),
                                   json_is_true(json_object_get(shift, "cancelled")) ? " cancelled" : "");
        g_free(*cursor);
        *cursor = g_strdup(text(page, "cursor"));
        g_free(next);
        next = g_strdup(text(page, "next"));
        json_decref(page);
    }
    return g_strdup(out->str);
}

START_TEST(since_gives_what_changed_and_nothing_twice)
{
    g_autofree char *cursor = NULL;
    g_autofree char *first = changes("/v1/me/shifts?since=2020-01-01T00:00:00Z&limit=2", &cursor);
    ck_assert_str_eq(first, "2026-11-23T09:00;2026-11-24T09:00;2026-11-25T09:00;");
    g_autofree char *path = g_strdup_printf("/v1/me/shifts?since=%s&limit=1", cursor);
    g_autofree char *none = changes(path, &cursor);
    ck_assert_str_eq(none, "");
    publish_draft();
    g_autofree char *then = changes(path, &cursor);
    ck_assert_str_eq(then, "2026-11-25T09:00 cancelled;2026-11-24T10:00;");
    g_autofree char *later = g_strdup_printf("/v1/me/shifts?since=%s", cursor);
    g_autofree char *nothing = changes(later, &cursor);
    ck_assert_str_eq(nothing, "");
}
END_TEST

/* --- two publishes at once */

struct publishing {
    int64_t roster;
    int status;
};

static gpointer publish(gpointer data)
{
    struct publishing *publishing = data;
    g_autofree char *path = g_strdup_printf("/v1/rosters/%" G_GINT64_FORMAT "/publish", publishing->roster);
    struct http_answer answer =
        http_request(api_port(server), "POST", path, fixture.tokens[CALLER_PLANNER], NULL, "{}");
    publishing->status = answer.status;
    http_answer_clear(&answer);
    return NULL;
}

/* What is new behind the cursor, into a table from uid to "start cancelled"; how many changes. */
static int follow(GHashTable *known, char **cursor)
{
    g_autofree char *path = g_strdup_printf("/v1/me/shifts?since=%s", *cursor);
    json_t *page = ask(CALLER_ANA, "GET", path, NULL, 200), *shift;
    size_t k;
    json_array_foreach(json_object_get(page, "shifts"), k, shift) g_hash_table_insert(
        known, g_strdup(text(shift, "uid")),
        g_strdup_printf("%s %d", text(shift, "start"), json_is_true(json_object_get(shift, "cancelled"))));
    g_free(*cursor);
    *cursor = g_strdup(text(page, "cursor"));
    json_decref(page);
    return (int)k;
}

/* Two drafts of a week, which move ana's shifts against each other, are published at once: whoever follows
 * knows in the end what is true, whichever came last. */
START_TEST(two_publishes_at_once_are_both_followed)
{
    g_autofree char *cursor = g_strdup("0");
    g_autoptr(GHashTable) known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    ck_assert_int_eq(follow(known, &cursor), 3);
    g_autofree char *copy = g_strdup_printf("/v1/rosters/%" G_GINT64_FORMAT "/copy", fixture.published);
    json_t *made = ask(CALLER_PLANNER, "POST", copy, "{}", 201);
    struct publishing both[] = {{.roster = fixture.draft},
                                {.roster = json_integer_value(json_object_get(made, "id"))}};
    json_decref(made);
    GThread *threads[G_N_ELEMENTS(both)];
    for (size_t k = 0; k < G_N_ELEMENTS(both); k++)
        threads[k] = g_thread_new("publish", publish, &both[k]);
    int n = 0;
    for (int k = 0; k < 20; k++)
        n += follow(known, &cursor);
    for (size_t k = 0; k < G_N_ELEMENTS(both); k++) {
        g_thread_join(threads[k]);
        ck_assert_int_eq(both[k].status, 200);
    }
    n += follow(known, &cursor);
    ck_assert_int_ge(n, 2);
    ck_assert_int_eq(follow(known, &cursor), 0);
    json_t *all = ask(CALLER_ANA, "GET",
                      "/v1/me/shifts?cancelled=true&from=2026-11-23T00:00:00Z&to=2026-11-30T00:00:00Z", NULL,
                      200),
           *shift;
    size_t k;
    json_array_foreach(json_object_get(all, "shifts"), k, shift)
    {
        g_autofree char *is =
            g_strdup_printf("%s %d", text(shift, "start"), json_is_true(json_object_get(shift, "cancelled")));
        ck_assert_pstr_eq(g_hash_table_lookup(known, text(shift, "uid")), is);
    }
    ck_assert_uint_eq(k, g_hash_table_size(known));
    json_decref(all);
}
END_TEST

/* The database's clock says when; the fixture's does not matter. */
START_TEST(since_an_instant_has_a_margin)
{
    int64_t now = g_get_real_time() / G_USEC_PER_SEC;
    static const struct {
        int64_t ago;
        int n;
    } rows[] = {{0, 3}, {-300, 3}, {-1200, 0}};
    g_autofree char *since = time_format(now - rows[_i].ago, NULL);
    g_autofree char *path = g_strdup_printf("/v1/me/shifts?since=%s", since);
    json_t *page = ask(CALLER_ANA, "GET", path, NULL, 200);
    ck_assert_int_eq((int)json_array_size(json_object_get(page, "shifts")), rows[_i].n);
    if (rows[_i].n == 0)
        ck_assert_str_eq(text(page, "cursor"), since);
    json_decref(page);
}
END_TEST

START_TEST(since_goes_alone)
{
    static const char *const others[] = {"from=2026-11-23T00:00:00Z", "to=2026-11-23T00:00:00Z", "after=1.1",
                                         "cancelled=true"};
    g_autofree char *path = g_strdup_printf("/v1/me/shifts?since=0&%s", others[_i]);
    json_t *problem = ask(CALLER_ANA, "GET", path, NULL, 422);
    json_t *wrong = json_array_get(json_object_get(problem, "errors"), 0);
    ck_assert(g_str_has_prefix(others[_i], text(wrong, "parameter")));
    json_decref(problem);
}
END_TEST

/* A request that was refused behind its token leaves nothing that a later one would take for the present. */
START_TEST(what_was_brought_is_for_one_request)
{
    g_autoptr(GError) error = NULL;
    AUTO(store) store = store_open(fixture.conninfo, &error);
    const struct shift_ask ask = {.from_ts = FIXTURE_WEEK_TS, .to_ts = FIXTURE_WEEK_TS + 7 * DAY_S};
    const struct scope scope = {.role = ROLE_AGENT, .agent = (char *)"ana"};
    struct token_info token = {0};
    store_shifts_ahead(store, &ask);
    for (int k = 0; k < 2; k++) {
        ck_assert(store_token_lookup(store, fixture.tokens[CALLER_ANA], &token, &error));
        token_info_clear(&token);
        if (k == 0)
            pg_exec(fixture.conninfo, "UPDATE shift SET cancelled = true");
    }
    AUTO(shift_list) list = NULL;
    ck_assert(store_shift_list(store, &scope, "ana", &ask, &list, &error));
    ck_assert_int_eq(shift_list_n(list), 0);
}
END_TEST

static Suite *suite(void)
{
    pg_start();
    Suite *s = suite_create("api/people");
    TCase *t = tcase_create("changes");
    tcase_set_timeout(t, 60);
    tcase_add_checked_fixture(t, start, stop);
    tcase_add_test(t, since_gives_what_changed_and_nothing_twice);
    tcase_add_test(t, two_publishes_at_once_are_both_followed);
    tcase_add_loop_test(t, since_an_instant_has_a_margin, 0, 3);
    tcase_add_loop_test(t, since_goes_alone, 0, 4);
    tcase_add_test(t, what_was_brought_is_for_one_request);
    suite_add_tcase(s, t);
    return s;
}

TEST_MAIN(suite)
