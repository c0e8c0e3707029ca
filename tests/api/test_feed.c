/* The feed of changes: what each role gets, that nothing is missed however transactions overlap, and its
 * cursors. */
#include "tests/support/testing.h"

#include <jansson.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/store/query.h"
#include "tests/api/fixture.h"
#include "tests/api/http.h"
#include "tests/support/pg.h"

static struct fixture fixture;
static struct api_server *server;
static struct store *store;

static void start(void)
{
    g_autoptr(GError) error = NULL;
    fixture_init(&fixture);
    server = fixture_serve(&fixture, 2, NULL);
    store = store_open(fixture.conninfo, &error);
    ck_no_error(error);
}

static void stop(void)
{
    store_close(store);
    api_stop(server);
    fixture_clear(&fixture);
}

/* A page of the feed; json_decref. */
static json_t *feed(int caller, const char *path)
{
    struct http_answer answer =
        http_request(api_port(server), "GET", path, fixture.tokens[caller], NULL, NULL);
    ck_assert_msg(answer.status == 200, "%s as %s: %d\n%s", path, caller_names[caller], answer.status,
                  answer.body);
    json_t *json = json_loads(answer.body, 0, NULL);
    ck_assert_ptr_nonnull(json);
    http_answer_clear(&answer);
    return json;
}

static const char *text_of(const json_t *json, const char *name)
{
    return json_string_value(json_object_get(json, name));
}

/* "kind kind …" of a page. */
static char *kinds_of(const json_t *page)
{
    GString *out = g_string_new(NULL);
    size_t k;
    json_t *item;
    json_array_foreach(json_object_get(page, "items"), k, item)
        g_string_append_printf(out, "%s%s", k > 0 ? " " : "", text_of(item, "kind"));
    return g_string_free(out, FALSE);
}

/* What came behind the cursor of a page; moves the page on. */
static char *news(int caller, json_t **page)
{
    json_t *next = feed(caller, text_of(*page, "next"));
    json_decref(*page);
    *page = next;
    return kinds_of(next);
}

static void publish_draft(void)
{
    g_autoptr(GError) error = NULL;
    store_roster_publish(store, fixture.draft, "test", &error);
    ck_no_error(error);
}

/* --- who gets what */

static const struct {
    int caller;
    const char *path, *kinds, *holds, *holds_not;
} views[] = {
    {CALLER_PLANNER, "/v1/changes?kinds=roster.published", "roster.published", "\"week\":\"2026-W48\"", NULL},
    {CALLER_PLANNER, "/v1/changes?kinds=operation.saved,calendar.*", "operation.saved calendar.created",
     "\"actor\":\"test\"", NULL},
    {CALLER_ANA, "/v1/changes?kinds=shifts.*", "shifts.changed",
     "\"start\":\"2026-11-23T01:00:00Z\",\"change\":\"published\"", "actor"},
    {CALLER_ANA, "/v1/changes", "calendar.created shifts.changed", "\"agent\":\"ana\"", "ben"},
    {CALLER_CIRA, "/v1/changes", "shifts.changed", "\"agent\":\"cira\"", "ana"},
    {CALLER_ACME, "/v1/changes", "roster.published", "\"queues\":[\"acme-chat\",\"acme-voice\"]", "zeta"},
    {CALLER_ZETA, "/v1/changes", "roster.published", "\"queues\":[\"zeta-voice\"]", "acme"},
    {CALLER_ZETA, "/v1/changes?kinds=queue.*", "", "\"more\":false", NULL},
};

START_TEST(each_role_gets_its_own)
{
    for (size_t v = 0; v < G_N_ELEMENTS(views); v++) {
        struct http_answer answer =
            http_request(api_port(server), "GET", views[v].path, fixture.tokens[views[v].caller], NULL, NULL);
        ck_assert_msg(answer.status == 200, "%s", answer.body);
        json_t *page = json_loads(answer.body, 0, NULL);
        g_autofree char *kinds = kinds_of(page);
        ck_assert_str_eq(kinds, views[v].kinds);
        ck_assert_msg(strstr(answer.body, views[v].holds) != NULL, "no %s in %s", views[v].holds,
                      answer.body);
        ck_assert_msg(views[v].holds_not == NULL || strstr(answer.body, views[v].holds_not) == NULL,
                      "%s in %s", views[v].holds_not, answer.body);
        json_decref(page);
        http_answer_clear(&answer);
    }
}
END_TEST

/* The draft moves ana's Tuesday and drops her Wednesday: one notice, and none for those whose shifts stay. */
START_TEST(publishing_tells_whose_shifts_changed)
{
    json_t *ana = feed(CALLER_ANA, "/v1/changes"), *ben = feed(CALLER_CIRA, "/v1/changes");
    json_t *acme = feed(CALLER_ACME, "/v1/changes"), *planner = feed(CALLER_PLANNER, "/v1/changes?since=now");
    publish_draft();
    g_autofree char *kinds[] = {news(CALLER_ANA, &ana), news(CALLER_CIRA, &ben), news(CALLER_ACME, &acme),
                                news(CALLER_PLANNER, &planner)};
    ck_assert_str_eq(kinds[0], "shifts.changed");
    ck_assert_str_eq(kinds[1], "");
    ck_assert_str_eq(kinds[2], "roster.published");
    ck_assert_str_eq(kinds[3], "roster.published");
    g_autofree char *said = json_dumps(ana, 0);
    json_t *shifts = json_object_get(
        json_object_get(json_array_get(json_object_get(ana, "items"), 0), "detail"), "shifts");
    ck_assert_msg(json_array_size(shifts) == 2, "%s", said);
    ck_assert_str_eq(text_of(json_array_get(shifts, 0), "change"), "cancelled");
    ck_assert_str_eq(text_of(json_array_get(shifts, 1), "change"), "moved");
    ck_assert_str_eq(text_of(json_array_get(shifts, 1), "start"), "2026-11-24T02:00:00Z");
    json_t *pages[] = {ana, ben, acme, planner};
    for (size_t k = 0; k < G_N_ELEMENTS(pages); k++)
        json_decref(pages[k]);
    for (size_t k = 1; k < G_N_ELEMENTS(kinds); k++)
        g_clear_pointer(&kinds[k], g_free);
}
END_TEST

/* What names a queue, a client or an agent is told to them, without what is not theirs. */
START_TEST(details_say_whom_it_is_told)
{
    g_autoptr(GError) error = NULL;
    json_t *acme = feed(CALLER_ACME, "/v1/changes"), *zeta = feed(CALLER_ZETA, "/v1/changes"),
           *ana = feed(CALLER_ANA, "/v1/changes");
    bool ok = tx_begin(store, &error) &&
              tx_end(store,
                     audit_write(store, "planner x", "queue.updated", "acme-voice",
                                 json_pack("{s:s, s:f}", "queue", "acme-voice", "shrinkage", 0.3), &error) &&
                         audit_write(
                             store, "planner x", "time_off.approved", "7",
                             json_pack("{s:s, s:s, s:s}", "agent", "ana", "state", "approved", "by", "cira"),
                             &error) &&
                         audit_write(store, "planner x", "swap.accepted", "4",
                                     json_pack("{s:s, s:s, s:i}", "agent", "ben", "taker", "dan", "shift", 3),
                                     &error) &&
                         audit_write(store, "planner x", "token.created", "9",
                                     json_pack("{s:s}", "agent", "ana"), &error),
                     &error);
    ck_no_error(error);
    ck_assert(ok);
    g_autofree char *told_acme = news(CALLER_ACME, &acme);
    ck_assert_str_eq(told_acme, "queue.updated");
    g_autofree char *text = json_dumps(acme, 0);
    ck_assert_msg(strstr(text, "shrinkage") == NULL && strstr(text, "planner x") == NULL, "%s", text);
    g_autofree char *told_zeta = news(CALLER_ZETA, &zeta);
    ck_assert_str_eq(told_zeta, "");
    g_autofree char *told_ana = news(CALLER_ANA, &ana);
    ck_assert_str_eq(told_ana, "time_off.approved");
    g_autofree char *ana_text = json_dumps(ana, JSON_COMPACT);
    ck_assert_msg(strstr(ana_text, "\"state\":\"approved\"") != NULL && strstr(ana_text, "cira") == NULL,
                  "%s", ana_text);
    g_autofree char *both = pg_value(
        fixture.conninfo, "SELECT string_agg(a.id || ' ' || n.detail::text, ', ' ORDER BY a.id) "
                          "FROM notice n JOIN agent a USING (agent_key) WHERE n.kind = 'swap.accepted'");
    ck_assert_str_eq(both, "ben {\"shift\": 3}, dan {\"shift\": 3}");
    json_decref(acme);
    json_decref(zeta);
    json_decref(ana);
}
END_TEST

/* --- nothing is missed */

static void write_row(struct store *into, const char *subject)
{
    g_autoptr(GError) error = NULL;
    audit_write(into, "test", "test.row", subject, NULL, &error);
    ck_no_error(error);
}

/* Two transactions write one after the other and commit the other way round. */
START_TEST(commits_in_reverse_order_are_not_missed)
{
    g_autoptr(GError) error = NULL;
    AUTO(store) other = store_open(fixture.conninfo, &error);
    ck_no_error(error);
    json_t *page = feed(CALLER_PLANNER, "/v1/changes?since=now&kinds=test.row");
    ck_assert(tx_begin(store, &error));
    write_row(store, "early");
    ck_assert(tx_begin(other, &error));
    write_row(other, "late");
    ck_assert(tx_end(other, true, &error));
    g_autofree char *held_back = news(CALLER_PLANNER, &page);
    ck_assert_str_eq(held_back, ""); /* "early" may still come before it */
    ck_assert(tx_end(store, true, &error));
    g_autofree char *both = news(CALLER_PLANNER, &page);
    ck_assert_str_eq(both, "test.row test.row");
    const json_t *items = json_object_get(page, "items");
    ck_assert_str_eq(text_of(json_array_get(items, 0), "subject"), "early");
    ck_assert_str_eq(text_of(json_array_get(items, 1), "subject"), "late");
    g_autofree char *after = news(CALLER_PLANNER, &page);
    ck_assert_str_eq(after, "");
    json_decref(page);
}
END_TEST

/* A row with a smaller number may belong to a transaction that wrote first but numbered its row last. */
START_TEST(numbers_are_not_the_order)
{
    g_autoptr(GError) error = NULL;
    AUTO(store) other = store_open(fixture.conninfo, &error);
    ck_no_error(error);
    json_t *page = feed(CALLER_PLANNER, "/v1/changes?since=now&kinds=test.row");
    ck_assert(tx_begin(store, &error));
    ck_assert(execute(store, NULL, &error, "SELECT pg_current_xact_id()", ""));
    ck_assert(tx_begin(other, &error));
    write_row(other, "small number");
    write_row(store, "large number");
    ck_assert(tx_end(store, true, &error));
    g_autofree char *first = news(CALLER_PLANNER, &page);
    ck_assert_str_eq(first, "test.row");
    ck_assert_str_eq(text_of(json_array_get(json_object_get(page, "items"), 0), "subject"), "large number");
    ck_assert(tx_end(other, true, &error));
    g_autofree char *second = news(CALLER_PLANNER, &page);
    ck_assert_str_eq(second, "test.row");
    ck_assert_str_eq(text_of(json_array_get(json_object_get(page, "items"), 0), "subject"), "small number");
    json_decref(page);
}
END_TEST

/* Rolled back is not told. */
START_TEST(what_was_undone_did_not_happen)
{
    g_autoptr(GError) error = NULL;
    json_t *page = feed(CALLER_PLANNER, "/v1/changes?since=now");
    ck_assert(tx_begin(store, &error));
    write_row(store, "undone");
    ck_assert(!tx_end(store, false, &error));
    g_autofree char *told = news(CALLER_PLANNER, &page);
    ck_assert_str_eq(told, "");
    json_decref(page);
}
END_TEST

/* How many changes the caller finds. */
static int heard(int caller)
{
    json_t *page = feed(caller, "/v1/changes");
    int n = (int)json_array_size(json_object_get(page, "items"));
    json_decref(page);
    return n;
}

/* The service itself forgets; what is a day younger stays, and so does the audit. */
START_TEST(what_was_heard_long_ago_is_forgotten)
{
    int audited = heard(CALLER_PLANNER);
    ck_assert_int_eq(heard(CALLER_ANA), 2);
    ck_assert_int_eq(heard(CALLER_CIRA), 1);
    api_stop(server);
    pg_exec(fixture.conninfo,
            "UPDATE audit SET at = now() - interval '500 days';"
            "UPDATE notice SET at = now() - make_interval(days => CASE WHEN agent_key = (SELECT agent_key "
            "FROM agent WHERE id = 'cira') THEN 399 ELSE 401 END)");
    server = fixture_serve(&fixture, 2, NULL);
    gint64 until = g_get_monotonic_time() + 20 * G_USEC_PER_SEC;
    while (heard(CALLER_ANA) > 0 && g_get_monotonic_time() < until)
        g_usleep(50000);
    ck_assert_int_eq(heard(CALLER_ANA), 0);
    ck_assert_int_eq(heard(CALLER_CIRA), 1);
    ck_assert_int_eq(heard(CALLER_PLANNER), audited);
}
END_TEST

/* Pages of every size give the same, once each. */
START_TEST(pages_join)
{
    static const int limits[] = {1, 3, 1000};
    char *walks[G_N_ELEMENTS(limits)];
    for (size_t s = 0; s < G_N_ELEMENTS(limits); s++) {
        g_autofree char *path = g_strdup_printf("/v1/changes?limit=%d", limits[s]);
        GString *walk = g_string_new(NULL);
        bool more = true;
        while (more) {
            json_t *page = feed(CALLER_PLANNER, path), *item;
            size_t k;
            json_array_foreach(json_object_get(page, "items"), k, item)
            {
                g_string_append_printf(walk, "%" JSON_INTEGER_FORMAT " ",
                                       json_integer_value(json_object_get(item, "id")));
            }
            more = json_is_true(json_object_get(page, "more"));
            g_free(path);
            path = g_strdup(text_of(page, "next"));
            json_decref(page);
        }
        walks[s] = g_string_free(walk, FALSE);
    }
    ck_assert_uint_gt(strlen(walks[2]), 20);
    ck_assert_str_eq(walks[0], walks[2]);
    ck_assert_str_eq(walks[1], walks[2]);
    for (size_t s = 0; s < G_N_ELEMENTS(limits); s++)
        g_free(walks[s]);
}
END_TEST

/* As in a database that was restored into a younger cluster: rows from ahead are adopted by the migration. */
START_TEST(a_restored_database_loses_nothing)
{
    g_autoptr(GError) error = NULL;
    pg_exec(fixture.conninfo, "UPDATE audit SET xid = '900000000000' WHERE action = 'roster.published'; "
                              "UPDATE notice SET xid = '900000000000'");
    json_t *page = feed(CALLER_PLANNER, "/v1/changes?kinds=roster.published");
    ck_assert_uint_eq(json_array_size(json_object_get(page, "items")), 0);
    json_decref(page);
    ck_assert(store_migrate(store, NULL, &error));
    ck_no_error(error);
    page = feed(CALLER_PLANNER, "/v1/changes?kinds=roster.published");
    ck_assert_uint_eq(json_array_size(json_object_get(page, "items")), 1);
    json_decref(page);
    page = feed(CALLER_ANA, "/v1/changes");
    ck_assert_uint_eq(json_array_size(json_object_get(page, "items")), 2);
    json_decref(page);
}
END_TEST

static const struct {
    const char *path;
    int status;
    const char *says;
} refusals[] = {
    {"/v1/changes?since=999999999999.1", 422, "ahead of the database"},
    {"/v1/changes?since=7", 422, "parameter since"},
    {"/v1/changes?since=-1.2", 422, "parameter since"},
    {"/v1/changes?since=1.x", 422, "parameter since"},
    {"/v1/changes?kinds=roster", 422, "parameter kinds"},
    {"/v1/changes?kinds=*", 422, "parameter kinds"},
    {"/v1/changes?kinds=roster.published,", 422, "parameter kinds"},
    {"/v1/changes?kinds=roster.*'", 422, "parameter kinds"},
    {"/v1/changes?limit=0", 422, "parameter limit"},
    {"/v1/changes?after=7.1", 400, "not known here"},
};

START_TEST(wrong_questions_are_refused)
{
    for (size_t k = 0; k < G_N_ELEMENTS(refusals); k++) {
        struct http_answer answer = http_request(api_port(server), "GET", refusals[k].path,
                                                 fixture.tokens[CALLER_PLANNER], NULL, NULL);
        ck_assert_msg(answer.status == refusals[k].status && strstr(answer.body, refusals[k].says) != NULL,
                      "%s: %d %s", refusals[k].path, answer.status, answer.body);
        http_answer_clear(&answer);
    }
}
END_TEST

/* Reads on until the text is there. */
static void read_until(int fd, GString *got, const char *text)
{
    char buffer[4096];
    while (strstr(got->str, text) == NULL) {
        struct pollfd ready = {fd, POLLIN, 0};
        ssize_t n = poll(&ready, 1, 20000) > 0 ? recv(fd, buffer, sizeof buffer, 0) : 0;
        ck_assert_msg(n > 0, "no %s in %s", text, got->str);
        g_string_append_len(got, buffer, n);
    }
}

/* A stream of what was published. */
static int listen_to_rosters(const char *token)
{
    g_autofree char *request =
        g_strdup_printf("GET /v1/changes?kinds=roster.published HTTP/1.1\r\nHost: a\r\n"
                        "Authorization: Bearer %s\r\nAccept: text/event-stream\r\n\r\n",
                        token);
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons(api_port(server)),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_eq(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
    ck_assert_int_eq((int)send(fd, request, strlen(request), MSG_NOSIGNAL), (int)strlen(request));
    return fd;
}

/* As events: what is there, then what comes, each with its cursor. */
START_TEST(events_go_on)
{
    int fd = listen_to_rosters(fixture.tokens[CALLER_ACME]);
    g_autoptr(GString) got = g_string_new(NULL);
    read_until(fd, got, "event: roster.published");
    ck_assert_ptr_nonnull(strstr(got->str, "text/event-stream"));
    read_until(fd, got, "\"version\":1");
    ck_assert_ptr_nonnull(strstr(got->str, "id: "));
    publish_draft();
    read_until(fd, got, "\"version\":2");
    close(fd);
}
END_TEST

/* Who loses the right to ask hears no more of it, open stream or not. */
START_TEST(events_end_with_the_token)
{
    static const char *const ends[] = {
        "DELETE FROM token WHERE client_id = 'acme'",
        "UPDATE token SET expires_at = now() WHERE client_id = 'acme'",
        "UPDATE client SET retired = true WHERE id = 'acme'",
    };
    int fd = listen_to_rosters(fixture.tokens[CALLER_ACME]);
    g_autoptr(GString) got = g_string_new(NULL);
    read_until(fd, got, "\"version\":1");
    pg_exec(fixture.conninfo, ends[_i]);
    publish_draft();
    read_until(fd, got, "event: error");
    ck_assert_ptr_null(strstr(got->str, "\"version\":2"));
    close(fd);
}
END_TEST

static Suite *suite(void)
{
    pg_start();
    Suite *s = suite_create("api/feed");
    TCase *t = tcase_create("feed");
    tcase_set_timeout(t, 60);
    tcase_add_checked_fixture(t, start, stop);
    tcase_add_test(t, each_role_gets_its_own);
    tcase_add_test(t, publishing_tells_whose_shifts_changed);
    tcase_add_test(t, details_say_whom_it_is_told);
    tcase_add_test(t, commits_in_reverse_order_are_not_missed);
    tcase_add_test(t, numbers_are_not_the_order);
    tcase_add_test(t, what_was_undone_did_not_happen);
    tcase_add_test(t, what_was_heard_long_ago_is_forgotten);
    tcase_add_test(t, pages_join);
    tcase_add_test(t, a_restored_database_loses_nothing);
    tcase_add_test(t, wrong_questions_are_refused);
    tcase_add_test(t, events_go_on);
    tcase_add_loop_test(t, events_end_with_the_token, 0, 3);
    suite_add_tcase(s, t);
    return s;
}

TEST_MAIN(suite)
