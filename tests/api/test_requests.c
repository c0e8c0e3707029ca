/* Time off and swaps, over the operation of fixture.h: every state × what somebody does with it, what rules
   decide, what approval does to rosters, and who may write what by row-level security alone. It is Monday
   20:00 in Manila: ana has shifts on Tuesday and Wednesday. */
#include "tests/support/testing.h"

#include <jansson.h>
#include <string.h>

#include "api/server.h"
#include "core/store/requests.h"
#include "tests/api/fixture.h"
#include "tests/api/http.h"
#include "tests/support/pg.h"

#define TUESDAY (FIXTURE_WEEK_TS + DAY_S + 3600) /* ana's start: 09:00 in Manila */

static struct fixture fixture;
static struct api_server *server;
static char *ben; /* token */

static void start(void)
{
    g_autoptr(GError) error = NULL;
    fixture_init(&fixture);
    AUTO(store) store = store_open(fixture.conninfo, &error);
    store_token_create(store, ROLE_AGENT, NULL, "ben", "test token", 0, "test", &ben, NULL, &error);
    ck_no_error(error);
    server = fixture_serve(&fixture, 4, "https://wfm.example");
}

static void stop(void)
{
    api_stop(server);
    fixture_clear(&fixture);
    g_free(ben);
}

/* --- asking
 * ----------------------------------------------------------------------------------------------------- */

#define ANA fixture.tokens[CALLER_ANA]
#define CIRA fixture.tokens[CALLER_CIRA]
#define PLANNER fixture.tokens[CALLER_PLANNER]

static json_t *ask(const char *token, const char *method, const char *path, const char *body, int status)
{
    struct http_answer answer = http_request(api_port(server), method, path, token, NULL, body);
    ck_assert_msg(status == 0 || answer.status == status, "%s %s %s: %d, not %d\n%s", method, path,
                  body != NULL ? body : "", answer.status, status, answer.body);
    json_t *json = answer.length > 0 ? json_loads(answer.body, JSON_REJECT_DUPLICATES, NULL) : NULL;
    http_answer_clear(&answer);
    return json;
}

static void must(const char *token, const char *method, const char *path, const char *body, int status)
{
    json_decref(ask(token, method, path, body, status));
}

static const char *text(const json_t *json, const char *key)
{
    return json_string_value(json_object_get(json, key));
}

static void must_be(const char *sql, const char *want)
{
    g_autofree char *value = pg_value(fixture.conninfo, sql);
    ck_assert_msg(g_strcmp0(value, want) == 0, "%s: %s, not %s", sql, value, want);
}

/* Makes something and returns its id. */
static int64_t make(const char *token, const char *path, const char *body)
{
    json_t *json = ask(token, "POST", path, body, 201);
    int64_t id = json_integer_value(json_object_get(json, "id"));
    json_decref(json);
    return id;
}

static char *at(const char *format, int64_t id)
{
    g_autoptr(GString) path = g_string_new(format);
    g_autofree char *number = g_strdup_printf("%" G_GINT64_FORMAT, id);
    g_string_replace(path, "@", number, 0);
    return g_strdup(path->str);
}

/* Does one thing with it: the answer's status as wanted. */
static void act(const char *token, const char *method, const char *format, int64_t id, const char *body,
                int status)
{
    g_autofree char *path = at(format, id);
    must(token, method, path, body, status);
}

static int64_t shift_of(const char *agent, int32_t day)
{
    g_autofree char *date = day_format(day);
    g_autofree char *sql = g_strdup_printf("SELECT s.id FROM shift s JOIN agent a USING (agent_key) "
                                           "WHERE a.id = '%s' AND s.day = '%s'",
                                           agent, date);
    g_autofree char *id = pg_value(fixture.conninfo, sql);
    ck_assert_ptr_nonnull(id);
    return g_ascii_strtoll(id, NULL, 10);
}

/* Nobody has asked for anything, and shifts are as they were published first. */
static void put_back(void)
{
    pg_exec(fixture.conninfo,
            "DELETE FROM shift_swap; DELETE FROM time_off; DELETE FROM time_off_request; DELETE FROM "
            "time_off_rule; "
            "DELETE FROM swap_rule; DELETE FROM shift s USING agent a WHERE a.agent_key = s.agent_key "
            "AND a.id = 'ben' AND s.day > '2026-11-23'; UPDATE shift SET cancelled = false, sequence = 0");
}

/* --- time off: the table
 * ------------------------------------------------------------------------------------------- */

static const char *const no = "{\"reason\": \"no\"}";
static const char *const leave =
    "{\"first_day\": \"2026-12-14\", \"last_day\": \"2026-12-15\", \"kind\": \"leave\"}";

enum { OFF_PENDING, OFF_APPROVED, OFF_BEGUN, OFF_DENIED, OFF_WITHDRAWN, OFF_STATE_N };
static const char *const off_states[OFF_STATE_N] = {"pending", "approved", "begun", "denied", "withdrawn"};

static int64_t off_in(int state)
{
    int64_t id = make(ANA, "/v1/me/time-off", leave);
    if (state == OFF_APPROVED || state == OFF_BEGUN)
        act(PLANNER, "POST", "/v1/time-off-requests/@/approve", id, NULL, 200);
    if (state == OFF_BEGUN)
        pg_exec(fixture.conninfo, "UPDATE time_off_request SET start_at = '2026-11-23T11:00:00Z'");
    if (state == OFF_DENIED)
        act(PLANNER, "POST", "/v1/time-off-requests/@/deny", id, no, 200);
    if (state == OFF_WITHDRAWN)
        act(ANA, "DELETE", "/v1/me/time-off/@", id, NULL, 204);
    return id;
}

START_TEST(time_off_in_every_state)
{
    static const struct {
        const char *what;
        bool planner;
        const char *method, *path;
        int want[OFF_STATE_N];
        const char *becomes;
    } actions[] = {
        {"withdraw", false, "DELETE", "/v1/me/time-off/@", {204, 204, 409, 409, 409}, "withdrawn"},
        {"approve", true, "POST", "/v1/time-off-requests/@/approve", {200, 409, 409, 409, 409}, "approved"},
        {"deny", true, "POST", "/v1/time-off-requests/@/deny", {200, 200, 409, 409, 409}, "denied"},
        {"another's", false, "DELETE", "/v1/me/time-off/@", {404, 404, 404, 404, 404}, NULL},
    };
    for (size_t a = 0; a < G_N_ELEMENTS(actions); a++) {
        int64_t id = off_in(_i);
        int want = actions[a].want[_i];
        const char *body = strcmp(actions[a].what, "deny") == 0 ? no : NULL;
        act(actions[a].planner                          ? PLANNER
            : strcmp(actions[a].what, "another's") == 0 ? CIRA
                                                        : ANA,
            actions[a].method, actions[a].path, id, body, want);
        bool done = want / 100 == 2;
        g_autofree char *path = at("/v1/me/time-off/@", id);
        json_t *now = ask(ANA, "GET", path, NULL, 200);
        const char *stays = _i == OFF_BEGUN ? "approved" : off_states[_i];
        ck_assert_msg(strcmp(text(now, "state"), done ? actions[a].becomes : stays) == 0, "%s, %s: %s",
                      off_states[_i], actions[a].what, text(now, "state"));
        bool absent = strcmp(text(now, "state"), "approved") == 0;
        must_be("SELECT count(*) FROM time_off WHERE request_id IS NOT NULL", absent ? "1" : "0");
        json_decref(now);
        pg_exec(fixture.conninfo, "DELETE FROM time_off; UPDATE time_off_request SET state = 'withdrawn', "
                                  "decided_at = now(), decided_by = 'x', decided_how = 'agent'");
    }
}
END_TEST

/* --- time off: what is asked
 * --------------------------------------------------------------------------------------- */

START_TEST(what_is_asked_is_looked_at)
{
    static const struct {
        const char *body;
        int status;
        const char *says; /* "from to" of what came, or the pointer of what is wrong */
    } rows[] = {
        {"{\"first_day\": \"2026-12-14\", \"kind\": \"leave\"}", 201,
         "2026-12-14T00:00:00+08:00 2026-12-15T00:00:00+08:00"},
        {"{\"first_day\": \"2026-12-14\", \"last_day\": \"2026-12-16\", \"kind\": \"leave\"}", 201,
         "2026-12-14T00:00:00+08:00 2026-12-17T00:00:00+08:00"},
        {"{\"from\": \"2026-12-14T08:00:00Z\", \"to\": \"2026-12-14T10:00:00Z\", \"kind\": \"x\"}", 201,
         "2026-12-14T16:00:00+08:00 2026-12-14T18:00:00+08:00"},
        {"{\"first_day\": \"2026-12-14\"}", 422, "/kind"},
        {"{\"kind\": \"leave\"}", 422, ""},
        {"{\"kind\": \"leave\", \"last_day\": \"2026-12-14\"}", 422, ""},
        {"{\"kind\": \"leave\", \"from\": \"2026-12-14T08:00:00Z\"}", 422, ""},
        {"{\"kind\": \"l\", \"first_day\": \"2026-12-14\", \"to\": \"2026-12-14T08:00:00Z\"}", 422, ""},
        {"{\"kind\": \"l\", \"first_day\": \"2026-12-14\", \"last_day\": \"2026-12-13\"}", 422, "/last_day"},
        {"{\"kind\": \"l\", \"first_day\": \"2026-11-20\"}", 422, "/last_day"},
        {"{\"kind\": \"l\", \"first_day\": \"2026-12-01\", \"last_day\": \"2028-12-01\"}", 422, "/last_day"},
        {"{\"kind\": \"l\", \"first_day\": \"2036-12-01\"}", 422, "/first_day"},
        {"{\"kind\": \"l\", \"first_day\": \"2026-12-01\", \"agent\": \"cira\"}", 422, "/agent"},
        {"{\"kind\": \"l\", \"first_day\": \"2026-12-41\"}", 422, "/first_day"},
        {"[]", 422, ""},
        {"{", 400, NULL},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        json_t *json = ask(ANA, "POST", "/v1/me/time-off", rows[i].body, rows[i].status);
        if (rows[i].status == 201) {
            g_autofree char *span = g_strdup_printf("%s %s", text(json, "from"), text(json, "to"));
            ck_assert_str_eq(span, rows[i].says);
            must(ANA, "POST", "/v1/me/time-off", rows[i].body, 409); /* the same hours again */
            must(CIRA, "POST", "/v1/me/time-off", rows[i].body, 201);
        } else if (rows[i].says != NULL)
            ck_assert_str_eq(text(json_array_get(json_object_get(json, "errors"), 0), "pointer"),
                             rows[i].says);
        json_decref(json);
        put_back();
    }
}
END_TEST

/* --- time off: rules
 * ----------------------------------------------------------------------------------------------- */

static void put_rules(const char *path, const char *body, int status)
{
    struct http_answer now = http_request(api_port(server), "GET", path, PLANNER, NULL, NULL);
    g_autofree char *etag = http_header(&now, "ETag");
    g_autofree char *extra = g_strdup_printf("If-Match: %s\r\n", etag);
    struct http_answer answer = http_request(api_port(server), "PUT", path, PLANNER, extra, body);
    ck_assert_msg(answer.status == status, "%s: %d\n%s", body, answer.status, answer.body);
    http_answer_clear(&now);
    http_answer_clear(&answer);
}

/* The published week has the request's hours where it says Tuesday; else nothing is planned there. */
START_TEST(rules_decide_time_off)
{
    static const struct {
        const char *what, *rules, *body, *state, *reason;
    } rows[] = {
        {"no rule", "", "\"first_day\": \"2026-12-14\"", "pending", ""},
        {"all holds", "{\"approve\": true, \"credit_minutes\": 480}", "\"first_day\": \"2026-12-14\"",
         "approved", ""},
        {"planner's", "{\"approve\": false}", "\"first_day\": \"2026-12-14\"", "pending", ""},
        {"of another site", "{\"approve\": true, \"site\": \"bog\"}", "\"first_day\": \"2026-12-14\"",
         "pending", ""},
        {"of another kind", "{\"approve\": true, \"kind\": \"sick\"}", "\"first_day\": \"2026-12-14\"",
         "pending", ""},
        {"the first that fits",
         "{\"approve\": false, \"kind\": \"sick\"}, {\"approve\": true, \"site\": \"mnl\"}",
         "\"first_day\": \"2026-12-14\"", "approved", ""},
        {"too late", "{\"approve\": true, \"notice_days\": 30}", "\"first_day\": \"2026-12-14\"", "pending",
         "begins in less than 30 days"},
        {"too late, denied", "{\"approve\": true, \"notice_days\": 30, \"otherwise\": \"denied\"}",
         "\"first_day\": \"2026-12-14\"", "denied", "begins in less than 30 days"},
        {"early enough", "{\"approve\": true, \"notice_days\": 20}", "\"first_day\": \"2026-12-14\"",
         "approved", ""},
        {"too long", "{\"approve\": true, \"days_max\": 2}",
         "\"first_day\": \"2026-12-14\", \"last_day\": \"2026-12-16\"", "pending", "longer than 2 days"},
        {"long enough", "{\"approve\": true, \"days_max\": 3}",
         "\"first_day\": \"2026-12-14\", \"last_day\": \"2026-12-16\"", "approved", ""},
        {"somebody is away", "{\"approve\": true, \"off_max\": 1}", "\"first_day\": \"2026-12-17\"",
         "pending", "1 others are away on one of these days, at most 1 may be at once"},
        {"two may be", "{\"approve\": true, \"off_max\": 2}", "\"first_day\": \"2026-12-17\"", "approved",
         ""},
        {"nobody on that day", "{\"approve\": true, \"off_max\": 1}", "\"first_day\": \"2026-12-16\"",
         "approved", ""},
        {"away elsewhere",
         "{\"approve\": true, \"off_max\": 1, \"site\": \"bog\"}, "
         "{\"approve\": true, \"off_max\": 1, \"contract\": \"full\", \"site\": \"mnl\"}",
         "\"first_day\": \"2026-12-18\"", "approved", ""},
        {"a published shift", "{\"approve\": true}", "\"first_day\": \"2026-11-24\"", "pending",
         "1 published shift lies in it"},
        {"a published shift, denied", "{\"approve\": true, \"notice_days\": 9, \"otherwise\": \"denied\"}",
         "\"first_day\": \"2026-11-24\"", "denied", "begins in less than 9 days"},
        {"too few left", "{\"approve\": true, \"staffing_min\": 0}", "\"first_day\": \"2026-11-24\"",
         "pending",
         "too few would be left to do your work at 2026-11-24T09:00:00+08:00; 1 published shift lies in it"},
        {"nothing planned", "{\"approve\": true, \"staffing_min\": 0}", "\"first_day\": \"2026-12-14\"",
         "approved", ""},
        {"a day off", "{\"approve\": true, \"staffing_min\": 0}", "\"first_day\": \"2026-11-27\"", "approved",
         ""},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *rules = g_strdup_printf("{\"rules\": [%s]}", rows[i].rules);
        put_rules("/v1/time-off-rules", rules, 200);
        pg_exec(
            fixture.conninfo,
            "INSERT INTO time_off (agent_key, start_at, end_at, credit_min, kind) SELECT agent_key, "
            "timestamptz '2026-12-16T16:00:00Z', timestamptz '2026-12-17T16:00:00Z', 0, 'x' FROM agent WHERE "
            "id = 'ben' UNION ALL "
            "SELECT agent_key, '2026-12-17T16:00:00Z', '2026-12-18T16:00:00Z', 0, 'x' FROM agent WHERE id = "
            "'dan'");
        g_autofree char *body = g_strdup_printf("{\"kind\": \"leave\", %s}", rows[i].body);
        json_t *json = ask(ANA, "POST", "/v1/me/time-off", body, 201);
        ck_assert_msg(strcmp(text(json, "state"), rows[i].state) == 0, "%s: %s, %s", rows[i].what,
                      text(json, "state"), text(json, "reason"));
        ck_assert_str_eq(text(json, "reason"), rows[i].reason);
        if (strcmp(rows[i].state, "pending") != 0)
            ck_assert_str_eq(text(json, "decided_how"), "rule");
        json_decref(json);
        put_back();
    }
}
END_TEST

START_TEST(bad_rules_are_told)
{
    static const struct {
        const char *path, *rules;
    } rows[] = {
        {"/v1/time-off-rules", "{\"approve\": true, \"site\": \"nowhere\"}"},
        {"/v1/time-off-rules", "{\"approve\": true, \"contract\": \"nowhere\"}"},
        {"/v1/time-off-rules", "{\"notice_days\": 3}"},
        {"/v1/time-off-rules", "{\"approve\": true, \"off_max\": 0}"},
        {"/v1/time-off-rules", "{\"approve\": true, \"otherwise\": \"maybe\"}"},
        {"/v1/swap-rules", "{\"approve\": true, \"site\": \"nowhere\"}"},
        {"/v1/swap-rules", "{\"approve\": true, \"shortage_max\": -1}"},
        {"/v1/swap-rules", "{\"approve\": true, \"otherwise\": \"denied\"}"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *body = g_strdup_printf("{\"rules\": [%s]}", rows[i].rules);
        put_rules(rows[i].path, body, 422);
        put_back();
    }
}
END_TEST

START_TEST(rules_come_back_as_they_went)
{
    static const struct {
        const char *path, *body;
    } rows[] = {
        {"/v1/time-off-rules",
         "{\"rules\":[{\"site\":\"mnl\",\"contract\":null,\"kind\":\"leave\",\"approve\":true,\"notice_"
         "days\":7,"
         "\"days_max\":null,\"off_max\":3,\"staffing_min\":-0.5,\"credit_minutes\":480,\"otherwise\":"
         "\"denied\"},"
         "{\"site\":null,\"contract\":\"full\",\"kind\":null,\"approve\":false,\"notice_days\":0,\"days_"
         "max\":5,"
         "\"off_max\":null,\"staffing_min\":null,\"credit_minutes\":0,\"otherwise\":\"pending\"}]}"},
        {"/v1/swap-rules",
         "{\"rules\":[{\"site\":null,\"contract\":\"full\",\"approve\":true,\"notice_minutes\":60,"
         "\"shortage_max\":2.5,\"otherwise\":\"refused\"}]}"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        put_rules(rows[i].path, rows[i].body, 200);
        json_t *json = ask(PLANNER, "GET", rows[i].path, NULL, 200);
        g_autofree char *back = json_dumps(json, JSON_COMPACT | JSON_REAL_PRECISION(5));
        ck_assert_str_eq(back, rows[i].body);
        json_decref(json);
        put_back();
    }
}
END_TEST

/* --- time off: what approval does
 * ---------------------------------------------------------------------------------- */

static const char *const tuesday_off = "{\"first_day\": \"2026-11-24\", \"kind\": \"leave\"}";

START_TEST(approval_reaches_the_rosters)
{
    g_autoptr(GError) error = NULL;
    AUTO(store) store = store_open(fixture.conninfo, &error);
    int64_t id = make(ANA, "/v1/me/time-off", tuesday_off);
    g_autofree char *path = at("/v1/time-off-requests/@", id);
    json_t *json = ask(PLANNER, "GET", path, NULL, 200);
    json_t *rosters = json_object_get(json_object_get(json, "consequences"), "rosters");
    ck_assert_int_eq((int)json_array_size(rosters), 1);
    json_t *roster = json_array_get(rosters, 0), *shifts = json_object_get(roster, "shifts");
    ck_assert_int_eq(json_integer_value(json_object_get(roster, "roster")), fixture.published);
    ck_assert_int_eq((int)json_array_size(shifts), 1);
    ck_assert_str_eq(text(json_array_get(shifts, 0), "start"), "2026-11-24T09:00:00+08:00");
    json_t *queue = json_array_get(json_object_get(roster, "staffing"), 0);
    ck_assert_str_eq(text(queue, "queue"), "acme-voice");
    /* nine hours less the meal and the break */
    ck_assert_double_eq_tol(json_number_value(json_object_get(queue, "hours_change")), -7.75, 1e-6);
    ck_assert_double_eq_tol(json_number_value(json_object_get(queue, "least_net_after")), -1, 1e-6);
    json_decref(json);
    act(PLANNER, "POST", "/v1/time-off-requests/@/approve", id,
        "{\"credit_minutes\": 480, \"reason\": \"ok\"}", 200);
    must_be(
        "SELECT cancelled || ' ' || sequence FROM shift s JOIN agent a USING (agent_key) WHERE a.id = 'ana' "
        "AND day = '2026-11-24'",
        "true 1");
    AUTO(operation) operation = store_operation_load(store, &error);
    ck_assert_int_eq(operation->n_time_off, 3); /* two are of the fixture, later */
    ck_assert_int_eq(operation->time_off[0].credit_min, 480);
    ck_assert_int_eq(operation->time_off[0].start_ts, FIXTURE_WEEK_TS + DAY_S - 8 * 3600);
    ck_assert(!store_roster_publish(store, fixture.draft, "test", &error));
    ck_assert_msg(strstr(error->message, "lies in time off (request ") != NULL, "%s", error->message);
    g_clear_error(&error);
    ck_assert(store_time_off_save(store, operation, "test",
                                  &error)); /* an import of the same and of nothing else */
    must_be("SELECT count(*) FROM time_off", "3");
    operation_clear_time_off(operation);
    ck_assert(store_time_off_save(store, operation, "test", &error));
    must_be("SELECT count(*) FROM time_off WHERE request_id IS NOT NULL", "1");
    must_be("SELECT string_agg(action, ' ' ORDER BY id) FROM audit WHERE action IN ('time_off.requested', "
            "'time_off.approved')",
            "time_off.requested time_off.approved");
    act(ANA, "DELETE", "/v1/me/time-off/@", id, NULL, 204);
    ck_assert(store_roster_publish(store, fixture.draft, "test", &error));
}
END_TEST

/* --- swaps: the table
 * ---------------------------------------------------------------------------------------------- */

enum {
    SWAP_ANY,
    SWAP_NAMED,
    SWAP_TAKEN,
    SWAP_DONE,
    SWAP_NO,
    SWAP_REFUSED,
    SWAP_BACK,
    SWAP_DEAD,
    SWAP_CASE_N
};
static const char *const swap_states[SWAP_CASE_N] = {"open",     "open",   "accepted",  "applied",
                                                     "declined", "denied", "withdrawn", "expired"};

static int64_t offer(const char *to, const char *days, int32_t day)
{
    g_autofree char *body =
        g_strdup_printf("{\"shift\": %" G_GINT64_FORMAT "%s%s%s, \"days\": [%s]}", shift_of("ana", day),
                        to != NULL ? ", \"to\": \"" : "", to != NULL ? to : "", to != NULL ? "\"" : "", days);
    return make(ANA, "/v1/me/swaps", body);
}

static int64_t swap_in(int state)
{
    bool named = state == SWAP_NAMED || state == SWAP_NO;
    int64_t id = offer(named ? "ben" : NULL, "", FIXTURE_MONDAY + 1);
    if (state == SWAP_TAKEN || state == SWAP_DONE || state == SWAP_REFUSED)
        act(ben, "POST", "/v1/me/swaps/@/accept", id, NULL, 200);
    if (state == SWAP_DONE)
        act(PLANNER, "POST", "/v1/swaps/@/approve", id, NULL, 200);
    if (state == SWAP_REFUSED)
        act(PLANNER, "POST", "/v1/swaps/@/deny", id, no, 200);
    if (state == SWAP_NO)
        act(ben, "DELETE", "/v1/me/swaps/@", id, NULL, 204);
    if (state == SWAP_BACK)
        act(ANA, "DELETE", "/v1/me/swaps/@", id, NULL, 204);
    if (state == SWAP_DEAD)
        pg_exec(fixture.conninfo, "UPDATE shift_swap SET expires_at = '2026-11-23T11:59:59Z'");
    return id;
}

static const struct {
    const char *what;
    int who; /* 0 ana, 1 ben, 2 cira, 3 the planner */
    const char *method, *path;
    int want[SWAP_CASE_N];
    const char *becomes;
} swap_actions[] = {
    {"withdraw", 0, "DELETE", "/v1/me/swaps/@", {204, 204, 204, 409, 409, 409, 409, 409}, "withdrawn"},
    {"decline, give back", 1, "DELETE", "/v1/me/swaps/@", {404, 204, 204, 409, 409, 409, 404, 404}, NULL},
    {"a stranger", 2, "DELETE", "/v1/me/swaps/@", {404, 404, 404, 404, 404, 404, 404, 404}, NULL},
    {"take", 1, "POST", "/v1/me/swaps/@/accept", {200, 200, 409, 409, 409, 409, 409, 409}, "accepted"},
    {"take one's own", 0, "POST", "/v1/me/swaps/@/accept", {404, 404, 404, 404, 404, 404, 404, 404}, NULL},
    {"take from another site",
     2,
     "POST",
     "/v1/me/swaps/@/accept",
     {404, 404, 404, 404, 404, 404, 404, 404},
     NULL},
    {"approve", 3, "POST", "/v1/swaps/@/approve", {409, 409, 200, 409, 409, 409, 409, 409}, "applied"},
    {"deny", 3, "POST", "/v1/swaps/@/deny", {409, 409, 200, 409, 409, 409, 409, 409}, "denied"},
};

START_TEST(swap_in_every_state)
{
    for (size_t a = 0; a < G_N_ELEMENTS(swap_actions); a++) {
        int state = _i;
        int64_t id = swap_in(state);
        char *const tokens[] = {ANA, ben, CIRA, PLANNER};
        int want = swap_actions[a].want[state];
        act(tokens[swap_actions[a].who], swap_actions[a].method, swap_actions[a].path, id,
            strcmp(swap_actions[a].what, "deny") == 0 ? no : NULL, want);
        g_autofree char *path = at("/v1/me/swaps/@", id);
        json_t *now = ask(ANA, "GET", path, NULL, 200);
        const char *becomes = want / 100 != 2                   ? swap_states[state]
                              : swap_actions[a].becomes != NULL ? swap_actions[a].becomes
                              : state == SWAP_NAMED             ? "declined"
                                                                : "open";
        ck_assert_msg(strcmp(text(now, "state"), becomes) == 0, "%s, %s: %s", swap_states[state],
                      swap_actions[a].what, text(now, "state"));
        bool moved = strcmp(becomes, "applied") == 0;
        must_be("SELECT string_agg(a.id, ' ') FROM shift s JOIN agent a USING (agent_key) WHERE day = "
                "'2026-11-24' "
                "AND NOT cancelled",
                moved ? "ben" : "ana");
        json_decref(now);
        put_back();
    }
}
END_TEST

/* --- swaps: what is exchanged
 * -------------------------------------------------------------------------------------- */

static const char worked[] =
    "SELECT string_agg(a.id || ' ' || to_char(s.start_at AT TIME ZONE 'Asia/Manila', "
    "'Dy HH24:MI') || ' ' || s.sequence || CASE WHEN s.cancelled THEN ' cancelled' ELSE '' END, "
    "', ' ORDER BY a.id, s.day) FROM shift s JOIN agent a USING (agent_key) "
    "WHERE a.id IN ('ana', 'ben') AND s.day > '2026-11-23'";

START_TEST(shifts_change_hands)
{
    put_rules("/v1/swap-rules", "{\"rules\": [{\"approve\": true}]}", 200);
    int64_t over = offer(NULL, "", FIXTURE_MONDAY + 1);
    act(ben, "POST", "/v1/me/swaps/@/accept", over, NULL, 200); /* applied by the rule */
    must_be(worked, "ana Tue 09:00 1 cancelled, ana Wed 09:00 0, ben Tue 09:00 0");
    int64_t against = offer(NULL, "\"2026-11-24\"", FIXTURE_MONDAY + 2);
    g_autofree char *wrong =
        g_strdup_printf("{\"shift\": %" G_GINT64_FORMAT "}", shift_of("ben", FIXTURE_MONDAY));
    g_autofree char *right =
        g_strdup_printf("{\"shift\": %" G_GINT64_FORMAT "}", shift_of("ben", FIXTURE_MONDAY + 1));
    act(ben, "POST", "/v1/me/swaps/@/accept", against, NULL, 422);  /* which shift for it? */
    act(ben, "POST", "/v1/me/swaps/@/accept", against, wrong, 409); /* it has begun */
    act(ben, "POST", "/v1/me/swaps/@/accept", against, right, 200);
    must_be(worked, "ana Tue 09:00 2, ana Wed 09:00 1 cancelled, ben Tue 09:00 1 cancelled, ben Wed 09:00 0");
    json_t *json = ask(ANA, "GET", "/v1/me/shifts?since=0", NULL, 200);
    json_t *last =
        json_array_get(json_object_get(json, "shifts"), json_array_size(json_object_get(json, "shifts")) - 1);
    ck_assert_str_eq(text(last, "start"), "2026-11-24T09:00:00+08:00");
    json_decref(json);
    must_be("SELECT count(*) FROM audit WHERE action = 'swap.applied'", "2");
}
END_TEST

/* A draft from before would give ana her Tuesday back. */
START_TEST(publishing_does_not_undo_a_swap)
{
    g_autoptr(GError) error = NULL;
    AUTO(store) store = store_open(fixture.conninfo, &error);
    put_rules("/v1/swap-rules", "{\"rules\": [{\"approve\": true}]}", 200);
    act(ben, "POST", "/v1/me/swaps/@/accept", offer(NULL, "", FIXTURE_MONDAY + 1), NULL, 200);
    ck_assert(!store_roster_publish(store, fixture.draft, "test", &error));
    ck_assert_msg(strstr(error->message, "agent ana: the shifts of 2026-11-24 were swapped (swap ") != NULL,
                  "%s", error->message);
}
END_TEST

/* The offered shift is moved by a publish: the offer dies with it. */
START_TEST(publishing_ends_offers_of_what_it_moves)
{
    g_autoptr(GError) error = NULL;
    AUTO(store) store = store_open(fixture.conninfo, &error);
    int64_t id = offer(NULL, "", FIXTURE_MONDAY + 1);
    ck_assert(store_roster_publish(store, fixture.draft, "test", &error));
    act(ben, "POST", "/v1/me/swaps/@/accept", id, NULL, 409);
    must_be("SELECT state FROM shift_swap", "expired");
}
END_TEST

START_TEST(rules_keep_swaps_back)
{
    static const struct {
        const char *what, *sql, *rules;
        int status;
        const char *says; /* state, or what is in the detail */
    } rows[] = {
        {"absent",
         "INSERT INTO time_off (agent_key, start_at, end_at, credit_min, kind) SELECT agent_key, "
         "'2026-11-23T16:00:00Z', '2026-11-24T16:00:00Z', 0, 'x' FROM agent WHERE id = 'ben'",
         "{\"approve\": true}", 409, "the swap would break 1 rule; agent ben: "},
        {"no rule", "", "", 200, "accepted"},
        {"in time", "", "{\"approve\": true, \"notice_minutes\": 780}", 200, "applied"},
        {"too late", "", "{\"approve\": true, \"notice_minutes\": 781}", 200, "accepted"},
        {"too late, refused", "", "{\"approve\": true, \"notice_minutes\": 781, \"otherwise\": \"refused\"}",
         409, "the first shift begins in less than 781 minutes"},
        {"a planner's", "", "{\"approve\": false}", 200, "accepted"},
        {"of another site", "", "{\"approve\": true, \"site\": \"bog\"}", 200, "accepted"},
        {"of the contract", "", "{\"approve\": true, \"contract\": \"full\"}", 200, "applied"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (*rows[i].sql != '\0')
            pg_exec(fixture.conninfo, rows[i].sql);
        g_autofree char *rules = g_strdup_printf("{\"rules\": [%s]}", rows[i].rules);
        put_rules("/v1/swap-rules", rules, 200);
        g_autofree char *path = at("/v1/me/swaps/@/accept", offer(NULL, "", FIXTURE_MONDAY + 1));
        json_t *json = ask(ben, "POST", path, NULL, rows[i].status);
        const char *said = text(json, rows[i].status == 200 ? "state" : "detail");
        ck_assert_msg(strstr(said, rows[i].says) != NULL, "%s: %s", rows[i].what, said);
        if (rows[i].status != 200)
            must_be("SELECT state FROM shift_swap", "open");
        json_decref(json);
        put_back();
    }
}
END_TEST

/* Who sees an offer, and what of it. */
START_TEST(offers_show_the_shift_and_no_name)
{
    static const struct {
        const char *what, *to, *sql;
        int n; /* ben sees so many */
    } rows[] = {
        {"to everybody", NULL, "", 1},
        {"to him", "ben", "", 1},
        {"he is away", NULL,
         "INSERT INTO time_off (agent_key, start_at, end_at, credit_min, kind) SELECT agent_key, "
         "'2026-11-23T16:00:00Z', '2026-11-24T16:00:00Z', 0, 'x' FROM agent WHERE id = 'ben'",
         0},
        {"he works then", NULL,
         "UPDATE shift SET cancelled = false, agent_key = (SELECT agent_key FROM agent "
         "WHERE id = 'ben') WHERE day = '2026-11-25'; UPDATE shift SET day = '2026-11-24', "
         "start_at = '2026-11-24T01:00:00Z', end_at = '2026-11-24T10:00:00Z' WHERE day = "
         "'2026-11-25'",
         0},
        {"of another site", NULL, "UPDATE agent SET site_id = 'bog' WHERE id = 'ben'", 0},
        {"it has expired", NULL, "UPDATE shift_swap SET expires_at = '2026-11-23T11:00:00Z'", 0},
    };
    offer(rows[_i].to, "", FIXTURE_MONDAY + 1);
    if (*rows[_i].sql != '\0')
        pg_exec(fixture.conninfo, rows[_i].sql);
    struct http_answer answer =
        http_request(api_port(server), "GET", "/v1/me/swaps?whose=for_me", ben, NULL, NULL);
    json_t *json = json_loads(answer.body, 0, NULL), *swaps = json_object_get(json, "swaps");
    ck_assert_msg((int)json_array_size(swaps) == rows[_i].n, "%s:\n%s", rows[_i].what, answer.body);
    ck_assert_ptr_null(strstr(answer.body, "\"ana\""));
    ck_assert((strstr(answer.body, "Reyes") != NULL) == (rows[_i].to != NULL));
    http_answer_clear(&answer);
    json_decref(json);
}
END_TEST

START_TEST(what_is_offered_is_looked_at)
{
    static const struct {
        const char *what, *who;
        int32_t day;
        const char *more;
        int status;
    } rows[] = {
        {"own", "ana", FIXTURE_MONDAY + 1, "", 201},
        {"another's", "ben", FIXTURE_MONDAY, "", 404},
        {"begun", "ana", FIXTURE_MONDAY, "", 409},
        {"to nobody", "ana", FIXTURE_MONDAY + 1, ", \"to\": \"nobody\"", 422},
        {"to another site", "ana", FIXTURE_MONDAY + 1, ", \"to\": \"cira\"", 422},
        {"to oneself", "ana", FIXTURE_MONDAY + 1, ", \"to\": \"ana\"", 422},
        {"no day", "ana", FIXTURE_MONDAY + 1, ", \"days\": [\"tuesday\"]", 422},
        {"expired", "ana", FIXTURE_MONDAY + 1, ", \"expires\": \"2026-11-23T12:00:00Z\"", 422},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *body = g_strdup_printf("{\"shift\": %" G_GINT64_FORMAT "%s}",
                                                shift_of(rows[i].who, rows[i].day), rows[i].more);
        must(ANA, "POST", "/v1/me/swaps", body, rows[i].status);
        if (rows[i].status == 201)
            must(ANA, "POST", "/v1/me/swaps", body, 409); /* once */
        put_back();
    }
}
END_TEST

/* What was asked for and approved is taken back by its request alone. */
START_TEST(an_absence_goes_with_its_request)
{
    int64_t id = make(ANA, "/v1/me/time-off", leave);
    act(PLANNER, "POST", "/v1/time-off-requests/@/approve", id, NULL, 200);
    g_autofree char *number =
        pg_value(fixture.conninfo, "SELECT id FROM time_off WHERE request_id IS NOT NULL");
    g_autofree char *path = g_strconcat("/v1/agents/ana/time-off/", number, NULL);
    g_autofree char *other = g_strconcat("/v1/agents/cira/time-off/", number, NULL);
    json_t *problem = ask(PLANNER, "DELETE", path, NULL, 409);
    ck_assert_ptr_nonnull(strstr(text(problem, "detail"), "deny the request"));
    json_decref(problem);
    must(PLANNER, "DELETE", other, NULL, 404);
    struct http_answer patched =
        http_request(api_port(server), "PATCH", path, PLANNER,
                     "If-Match: *\r\nContent-Type: application/merge-patch+json\r\n", "{\"kind\": \"x\"}");
    ck_assert_msg(patched.status == 409, "%d: %s", patched.status, patched.body);
    http_answer_clear(&patched);
    act(PLANNER, "POST", "/v1/time-off-requests/@/deny", id, no, 200);
    must(PLANNER, "DELETE", path, NULL, 404);
}
END_TEST

START_TEST(nobody_who_has_left_gets_a_shift)
{
    static const char *const rows[] = {
        "UPDATE agent SET retired = true WHERE id = 'ben'",
        "UPDATE agent SET employed_to = '2026-11-23' WHERE id = 'ben'",
    };
    int64_t id = offer(NULL, "", FIXTURE_MONDAY + 1);
    act(ben, "POST", "/v1/me/swaps/@/accept", id, NULL, 200);
    pg_exec(fixture.conninfo, rows[_i]);
    act(PLANNER, "POST", "/v1/swaps/@/approve", id, NULL, 409);
    must_be("SELECT state FROM shift_swap", "accepted");
    pg_exec(fixture.conninfo,
            "UPDATE agent SET retired = false, employed_to = '2026-11-24' WHERE id = 'ben'");
    act(PLANNER, "POST", "/v1/swaps/@/approve", id, NULL, 200);
}
END_TEST

/* --- two at once
 * --------------------------------------------------------------------------------------------------- */

struct runner {
    char *path;
    const char *token;
    int status;
};

static gpointer accept_once(gpointer data)
{
    struct runner *r = data;
    struct http_answer answer = http_request(api_port(server), "POST", r->path, r->token, NULL, NULL);
    r->status = answer.status;
    http_answer_clear(&answer);
    return NULL;
}

START_TEST(of_two_who_take_it_one_gets_it)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *other = NULL;
    AUTO(store) store = store_open(fixture.conninfo, &error);
    pg_exec(fixture.conninfo, "UPDATE agent SET site_id = 'mnl' WHERE id = 'dan'");
    store_token_create(store, ROLE_AGENT, NULL, "dan", "test token", 0, "test", &other, NULL, &error);
    ck_no_error(error);
    g_autofree char *path = at("/v1/me/swaps/@/accept", offer(NULL, "", FIXTURE_MONDAY + 1));
    struct runner runners[] = {{path, ben, 0}, {path, other, 0}, {path, ben, 0}, {path, other, 0}};
    GThread *threads[G_N_ELEMENTS(runners)];
    int won = 0, lost = 0;
    for (size_t k = 0; k < G_N_ELEMENTS(runners); k++)
        threads[k] = g_thread_new("accept", accept_once, &runners[k]);
    for (size_t k = 0; k < G_N_ELEMENTS(runners); k++) {
        g_thread_join(threads[k]);
        won += runners[k].status == 200;
        lost += runners[k].status == 409;
    }
    ck_assert_int_eq(won, 1);
    ck_assert_int_eq(lost, 3);
    pg_exec(fixture.conninfo, "UPDATE shift_swap SET taker_key = (SELECT agent_key FROM agent "
                              "WHERE id = 'dan')");
    json_t *gone = ask(ben, "POST", path, NULL, 409);
    ck_assert_ptr_null(strstr(text(gone, "detail"), "accepted")); /* what became of it is not his */
    json_decref(gone);
    must_be("SELECT count(*) FROM audit WHERE action = 'swap.accepted'", "1");
}
END_TEST

/* --- row-level security alone
 * --------------------------------------------------------------------------------------- */

START_TEST(the_database_keeps_agents_to_their_own)
{
    static const struct {
        const char *what, *sql, *state; /* SQLSTATE; "" = done */
    } rows[] = {
        {"another's request",
         "INSERT INTO time_off_request (agent_key, start_at, end_at, kind, note) VALUES "
         "(@cira, '2027-01-01Z', '2027-01-02Z', 'x', '')",
         "42501"},
        {"approved by oneself",
         "INSERT INTO time_off_request (agent_key, start_at, end_at, kind, note, state) SELECT "
         "agent_key, '2027-01-01Z', '2027-01-02Z', 'x', '', 'approved' FROM agent",
         "42501"},
        {"approve", "UPDATE time_off_request SET state = 'approved'", "42501"},
        {"own absence",
         "INSERT INTO time_off (agent_key, start_at, end_at, credit_min, kind) SELECT agent_key, "
         "'2027-01-01Z', '2027-01-02Z', 0, 'x' FROM agent",
         "42501"},
        {"take a swap", "UPDATE shift_swap SET state = 'applied'", "42501"},
        {"offer another's shift",
         "INSERT INTO shift_swap (agent_key, shift_id, shift_sequence, site_id, start_at, end_at, "
         "paid_minutes, "
         "activities, days, note, expires_at) SELECT a.agent_key, @shift_ben, 0, a.site_id, now(), now(), 0, "
         "'[]', '{}', "
         "'', now() FROM agent a",
         "42501"},
        {"rules", "SELECT * FROM time_off_rule", "42501"},
        {"rules of swaps", "SELECT * FROM swap_rule", "42501"},
        {"own pay alone", "SELECT rate / (count(*) OVER () - 1) FROM contract", "22012"},
        {"prices of rules", "SELECT rule_prices FROM contract", "42501"},
        {"sees only own", "SELECT 1 / (count(*) - 1)::integer FROM time_off_request", "22012"},
        {"sees only own absences", "SELECT 1 / (count(*) - 1)::integer FROM time_off", "22012"},
        {"sees only own site's offers", "SELECT 1 / (count(*) - 1)::integer FROM shift_swap", "22012"},
        {"own request",
         "INSERT INTO time_off_request (agent_key, start_at, end_at, kind, note) SELECT agent_key, "
         "'2027-01-01Z', '2027-01-02Z', 'x', '' FROM agent",
         ""},
    };
    pg_exec(
        fixture.conninfo,
        "INSERT INTO contract SELECT (jsonb_populate_record(c, '{\"id\": \"other\"}')).* FROM contract c; "
        "UPDATE agent SET contract_id = 'other' WHERE id = 'cira'");
    make(ANA, "/v1/me/time-off", leave);
    make(CIRA, "/v1/me/time-off", leave);
    offer(NULL, "", FIXTURE_MONDAY + 1);
    g_autofree char *body = g_strdup_printf("{\"shift\": %" G_GINT64_FORMAT "}", fixture.shift_cira);
    make(CIRA, "/v1/me/swaps", body);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GString) sql = g_string_new(rows[i].sql);
        g_autofree char *key = pg_value(fixture.conninfo, "SELECT agent_key FROM agent WHERE id = 'cira'");
        g_autofree char *shift = g_strdup_printf("%" G_GINT64_FORMAT, shift_of("ben", FIXTURE_MONDAY));
        g_string_replace(sql, "@cira", key, 0);
        g_string_replace(sql, "@shift_ben", shift, 0);
        g_autofree char *scoped = g_strdup_printf(
            "%s options='-c role=wfm_scoped -c wfm.role=agent -c wfm.agent=ana'", fixture.conninfo);
        const char *state = pg_sqlstate(scoped, sql->str);
        ck_assert_msg(strcmp(state, rows[i].state) == 0, "%s: \"%s\"", rows[i].what, state);
    }
}
END_TEST

static Suite *suite(void)
{
    pg_start();
    Suite *s = suite_create("api/requests");
    TCase *t = tcase_create("time off");
    tcase_set_timeout(t, 60);
    tcase_add_checked_fixture(t, start, stop);
    tcase_add_loop_test(t, time_off_in_every_state, 0, OFF_STATE_N);
    tcase_add_test(t, what_is_asked_is_looked_at);
    tcase_add_test(t, rules_decide_time_off);
    tcase_add_test(t, bad_rules_are_told);
    tcase_add_test(t, rules_come_back_as_they_went);
    tcase_add_test(t, approval_reaches_the_rosters);
    suite_add_tcase(s, t);
    t = tcase_create("swaps");
    tcase_set_timeout(t, 60);
    tcase_add_checked_fixture(t, start, stop);
    tcase_add_loop_test(t, swap_in_every_state, 0, SWAP_CASE_N);
    tcase_add_test(t, shifts_change_hands);
    tcase_add_test(t, publishing_does_not_undo_a_swap);
    tcase_add_test(t, publishing_ends_offers_of_what_it_moves);
    tcase_add_test(t, rules_keep_swaps_back);
    tcase_add_loop_test(t, offers_show_the_shift_and_no_name, 0, 6);
    tcase_add_test(t, what_is_offered_is_looked_at);
    tcase_add_test(t, an_absence_goes_with_its_request);
    tcase_add_loop_test(t, nobody_who_has_left_gets_a_shift, 0, 2);
    tcase_add_test(t, of_two_who_take_it_one_gets_it);
    tcase_add_test(t, the_database_keeps_agents_to_their_own);
    suite_add_tcase(s, t);
    return s;
}

TEST_MAIN(suite)
