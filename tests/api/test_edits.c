/* Drafts changed by hand: each kind of operation allowed and against the rules, what the answers say, who
   comes first, and that what is taken back is as it was, bit for bit. */
#include "tests/support/testing.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

#include "api/server.h"
#include "tests/api/fixture.h"
#include "tests/api/http.h"
#include "tests/support/pg.h"

static struct fixture fixture; /* made once, before the tests are forked */
static struct api_server *server;

static void make_data(void)
{
    fixture_init(&fixture);
}

static void drop_data(void)
{
    fixture_clear(&fixture);
}

static void start(void)
{
    server = fixture_serve(&fixture, 4, NULL);
}

static void stop(void)
{
    api_stop(server);
}

/* --- asking
 * ----------------------------------------------------------------------------------------------------- */

static struct http_answer send_as(enum caller caller, const char *method, const char *path, const char *extra,
                                  const char *body)
{
    return http_request(api_port(server), method, path, fixture.tokens[caller], extra, body);
}

static json_t *taken(struct http_answer answer, const char *what, int status)
{
    ck_assert_msg(answer.status == status, "%s: %d, not %d\n%s", what, answer.status, status, answer.body);
    json_t *json = json_loads(answer.body, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, NULL);
    http_answer_clear(&answer);
    return json;
}

static json_t *get(const char *path)
{
    return taken(send_as(CALLER_PLANNER, "GET", path, NULL, NULL), path, 200);
}

static char *etag_of(int64_t roster)
{
    g_autofree char *path = g_strdup_printf("/v1/rosters/%" G_GINT64_FORMAT, roster);
    struct http_answer answer = send_as(CALLER_PLANNER, "GET", path, NULL, NULL);
    char *etag = http_header(&answer, "ETag");
    http_answer_clear(&answer);
    return etag;
}

static struct http_answer post_with(int64_t roster, const char *rest, const char *etag, const char *body)
{
    g_autofree char *path = g_strdup_printf("/v1/rosters/%" G_GINT64_FORMAT "/%s", roster, rest);
    g_autofree char *match = etag != NULL ? g_strdup_printf("If-Match: %s\r\n", etag) : NULL;
    return send_as(CALLER_PLANNER, "POST", path, match, body);
}

static struct http_answer post(int64_t roster, const char *rest, const char *body)
{
    g_autofree char *etag = etag_of(roster);
    return post_with(roster, rest, etag, body);
}

/* A draft of the test's own. */
static int64_t copy_of(int64_t roster)
{
    json_t *json = taken(post(roster, "copy", NULL), "copy", 201);
    int64_t id = json_integer_value(json_object_get(json, "id"));
    ck_assert_int_eq(json_integer_value(json_object_get(json, "copy_of")), roster);
    json_decref(json);
    return id;
}

static json_t *shifts_of(int64_t roster)
{
    g_autofree char *path = g_strdup_printf("/v1/rosters/%" G_GINT64_FORMAT "/shifts", roster);
    json_t *page = get(path), *shifts = json_incref(json_object_get(page, "shifts"));
    json_decref(page);
    return shifts;
}

static int64_t shift_on(int64_t roster, const char *agent, const char *day)
{
    json_t *shifts = shifts_of(roster);
    int64_t id = 0;
    for (size_t k = 0; k < json_array_size(shifts); k++) {
        json_t *shift = json_array_get(shifts, k);
        if (strcmp(json_string_value(json_object_get(shift, "agent")), agent) == 0 &&
            strcmp(json_string_value(json_object_get(shift, "day")), day) == 0)
            id = json_integer_value(json_object_get(shift, "id"));
    }
    json_decref(shifts);
    return id;
}

/* @ana1, @ana2, @ben, @cira: shifts of the draft. g_free. */
static char *with_ids(int64_t roster, const char *text)
{
    static const char *const marks[][3] = {{"@ana1", "ana", "2026-11-23"},
                                           {"@ana2", "ana", "2026-11-24"},
                                           {"@ben", "ben", "2026-11-23"},
                                           {"@cira", "cira", "2026-11-23"}};
    GString *out = g_string_new(text);
    for (size_t k = 0; k < G_N_ELEMENTS(marks); k++) {
        g_autofree char *id =
            g_strdup_printf("%" G_GINT64_FORMAT, shift_on(roster, marks[k][1], marks[k][2]));
        g_string_replace(out, marks[k][0], id, 0);
    }
    return g_string_free(out, FALSE);
}

/* Everything of a roster that an edit may change, as the database has it. g_free. */
static char *state_of(int64_t roster)
{
    g_autofree char *sql = g_strdup_printf(
        "SELECT md5(string_agg(x, '|' ORDER BY x)) FROM (SELECT s::text AS x FROM roster_shift s "
        "WHERE roster_id = %1$" G_GINT64_FORMAT " UNION ALL SELECT q::text FROM roster_queue q "
        "WHERE roster_id = %1$" G_GINT64_FORMAT " UNION ALL SELECT concat_ws(',', pay, shortage, penalty, "
        "objective, bound, n_shifts) FROM roster WHERE id = %1$" G_GINT64_FORMAT ") t",
        roster);
    return pg_value(fixture.conninfo, sql);
}

static bool has_rule(const json_t *list, const char *rule)
{
    for (size_t k = 0; k < json_array_size(list); k++)
        if (strcmp(json_string_value(json_object_get(json_array_get(list, k), "rule")), rule) == 0)
            return true;
    return false;
}

/* --- operations
 * ------------------------------------------------------------------------------------------------- */

#define MEAL_AT(start, end)                                                                                  \
    "{\"kind\":\"break\",\"start\":\"2026-11-23T11:00:00+08:00\",\"end\":\"2026-11-23T11:15:00+08:00\","     \
    "\"paid\":true},{\"kind\":\"meal\",\"start\":\"2026-11-23T" start                                        \
    ":00+08:00\",\"end\":\"2026-11-23T" end ":00+08:00\",\"paid\":false}"

static const struct {
    const char *what, *operations;
    int status;
    const char *rule;    /* 409: broken; 422: what the detail holds */
    const char *pointer; /* 422 */
    int changed;         /* 201: shifts */
    bool may_stand;      /* 409: kept with allow_violations */
} edits[] = {
    /* clang-format off */
    {"add", "{'op':'add','agent':'ana','template':'day','day':'2026-11-25','start':'09:00'}", 201, NULL, NULL, 1, false},
    {"add at an instant", "{'op':'add','agent':'dan','template':'day','start':'2026-11-25T08:00:00-05:00','paid_minutes':480}", 201, NULL, NULL, 1, false},
    {"add with its breaks", "{'op':'add','agent':'ben','template':'day','start':'2026-11-25T09:00:00+08:00','activities':["
     "{'kind':'meal','start':'2026-11-25T13:00:00+08:00','end':'2026-11-25T14:00:00+08:00','paid':false},"
     "{'kind':'break','start':'2026-11-25T11:00:00+08:00','end':'2026-11-25T11:15:00+08:00','paid':true}]}", 201, NULL, NULL, 1, false},
    {"add on a day that is worked", "{'op':'add','agent':'ana','template':'day','day':'2026-11-23','start':'06:00'}", 409, "one-shift-a-day", NULL, 0, false},
    {"add at an hour of nobody's", "{'op':'add','agent':'ana','template':'day','day':'2026-11-25','start':'14:00'}", 409, "start-window", NULL, 0, true},
    {"add outside of the week", "{'op':'add','agent':'ana','template':'day','day':'2026-12-02','start':'09:00'}", 409, "horizon", NULL, 0, false},
    {"add too short a shift", "{'op':'add','agent':'ana','template':'day','day':'2026-11-25','start':'09:00','paid_minutes':420}", 409, "paid-length", NULL, 0, true},
    {"add somebody", "{'op':'add','agent':'erin','template':'day','day':'2026-11-25','start':'09:00'}", 422, "no agent", "/operations/0/agent", 0, false},
    {"add something", "{'op':'add','agent':'ana','template':'late','day':'2026-11-25','start':'09:00'}", 422, "no shift template", "/operations/0/template", 0, false},
    {"add some time", "{'op':'add','agent':'ana','template':'day','day':'2026-11-25','start':'25:00'}", 422, "no time of day", "/operations/0/start", 0, false},
    {"add some day", "{'op':'add','agent':'ana','template':'day','start':'09:00'}", 422, "which day", "/operations/0/day", 0, false},
    {"add without agent", "{'op':'add','template':'day','day':'2026-11-25','start':'09:00'}", 422, "add needs", "/operations/0/agent", 0, false},
    {"move", "{'op':'move','shift':@ana2,'start':'09:00'}", 201, NULL, NULL, 1, false},
    {"move to another day", "{'op':'move','shift':@ana2,'day':'2026-11-26','start':'09:00'}", 201, NULL, NULL, 1, false},
    {"move to another agent", "{'op':'move','shift':@ana2,'agent':'ben'}", 201, NULL, NULL, 1, false},
    {"move too far", "{'op':'move','shift':@ana2,'start':'05:00'}", 409, "start-window", NULL, 0, true},
    {"move too close", "{'op':'move','shift':@ana1,'start':'12:00'},{'op':'move','shift':@ana2,'start':'06:00'}", 409, "rest", NULL, 0, true},
    {"move off the grid", "{'op':'move','shift':@ana2,'start':'09:10'}", 409, "grid", NULL, 0, true},
    {"move to where it is", "{'op':'move','shift':@ana2}", 422, "changes nothing", "/operations/0", 0, false},
    {"move what is not there", "{'op':'move','shift':987654,'start':'09:00'}", 422, "no shift 987654", "/operations/0/shift", 0, false},
    {"change a meal", "{'op':'change','shift':@ana1,'activities':[" MEAL_AT("13:15", "14:15") "]}", 201, NULL, NULL, 1, false},
    {"change a meal too far", "{'op':'change','shift':@ana1,'activities':[" MEAL_AT("16:00", "17:00") "]}", 409, "break-window", NULL, 0, true},
    {"change away the meal", "{'op':'change','shift':@ana1,'activities':[]}", 409, "break-missing", NULL, 0, true},
    {"change back in time", "{'op':'change','shift':@ana1,'activities':[" MEAL_AT("14:00", "13:00") "]}", 422, "ends before it starts", "/operations/0/activities", 0, false},
    {"change with what is not its", "{'op':'change','shift':@ana1,'agent':'ben'}", 422, "does not take", "/operations/0/agent", 0, false},
    {"delete", "{'op':'delete','shift':@ben}", 201, NULL, NULL, 1, false},
    {"delete twice", "{'op':'delete','shift':@ben},{'op':'delete','shift':@ben}", 422, "no shift", "/operations/1/shift", 0, false},
    {"delete what is locked", "{'op':'lock','shift':@ben},{'op':'delete','shift':@ben}", 409, NULL, NULL, 0, false},
    {"lock", "{'op':'lock','shift':@ben}", 201, NULL, NULL, 1, false},
    {"lock, unlock, delete", "{'op':'lock','shift':@ben},{'op':'unlock','shift':@ben},{'op':'delete','shift':@ben}", 201, NULL, NULL, 1, false},
    {"lock nothing", "{'op':'lock'}", 422, "lock needs", "/operations/0/shift", 0, false},
    {"swap", "{'op':'swap','shift':@ana1,'with':@ben}", 201, NULL, NULL, 2, false},
    {"swap over the world", "{'op':'swap','shift':@ana1,'with':@cira}", 409, "start-window", NULL, 0, true},
    {"swap with oneself", "{'op':'swap','shift':@ana1,'with':@ana2}", 422, "the same agent", "/operations/0/with", 0, false},
    {"what nobody knows", "{'op':'shout','shift':@ana1}", 422, "", "/operations/0/op", 0, false},
    {"nothing", "", 422, "", "/operations", 0, false},
    /* clang-format on */
};

/* {"operations": […], …}; ' for ". g_free. */
static char *body_of(int64_t roster, const char *operations, const char *more)
{
    g_autofree char *text = g_strdup_printf("{'operations':[%s]%s}", operations, more);
    char *body = with_ids(roster, text);
    return g_strdelimit(body, "'", '"');
}

static void check_refused(const json_t *json, int row)
{
    if (edits[row].status == 409 && edits[row].rule != NULL)
        ck_assert_msg(has_rule(json_object_get(json, "violations"), edits[row].rule), "%s: not %s",
                      edits[row].what, edits[row].rule);
    if (edits[row].status != 422)
        return;
    bool found = false;
    const json_t *errors = json_object_get(json, "errors");
    for (size_t k = 0; k < json_array_size(errors); k++) {
        const json_t *one = json_array_get(errors, k);
        const char *pointer = json_string_value(json_object_get(one, "pointer"));
        found = found || (g_strcmp0(pointer, edits[row].pointer) == 0 &&
                          strstr(json_string_value(json_object_get(one, "detail")), edits[row].rule) != NULL);
    }
    g_autofree char *text = json_dumps(json, 0);
    ck_assert_msg(found, "%s: %s", edits[row].what, text);
}

/* Taken back it is as it was, bit for bit; and taken back again as it was edited. */
static void check_undo(int64_t roster, const char *before, const char *edited, const char *what)
{
    json_decref(taken(post(roster, "edits/1/undo", NULL), what, 201));
    g_autofree char *after = state_of(roster);
    ck_assert_msg(strcmp(before, after) == 0, "%s: not as it was", what);
    json_decref(taken(post(roster, "edits/2/undo", "{\"note\":\"after all\"}"), what, 201));
    g_autofree char *again = state_of(roster);
    ck_assert_msg(strcmp(edited, again) == 0, "%s: not as it was edited", what);
    g_autofree char *path = g_strdup_printf("/v1/rosters/%" G_GINT64_FORMAT "/edits?limit=2", roster);
    json_t *list = get(path);
    json_t *newest = json_array_get(json_object_get(list, "edits"), 0);
    ck_assert_int_eq(json_integer_value(json_object_get(newest, "undoes")), 2);
    ck_assert_str_eq(json_string_value(json_object_get(newest, "note")), "after all");
    ck_assert_ptr_nonnull(json_string_value(json_object_get(list, "next")));
    json_decref(list);
}

/* The inverse of the answer may be posted; what was gone has another id then. */
static void check_inverse(int64_t roster, const json_t *answer, json_t *before, const char *what)
{
    g_autofree char *inverse = json_dumps(json_object_get(answer, "inverse"), 0);
    json_decref(taken(post(roster, "edits", inverse), inverse, 201));
    json_t *after = shifts_of(roster);
    for (size_t k = 0; k < json_array_size(after); k++) {
        json_object_del(json_array_get(before, k), "id");
        json_object_del(json_array_get(after, k), "id");
    }
    g_autofree char *text = json_dumps(after, 0);
    ck_assert_msg(json_equal(before, after), "%s: %s", what, text);
    json_decref(after);
}

START_TEST(operation_is_kept_or_refused)
{
    int64_t roster = copy_of(fixture.draft);
    g_autofree char *before = state_of(roster);
    json_t *shifts = shifts_of(roster);
    g_autofree char *body = body_of(roster, edits[_i].operations, "");
    g_autofree char *preview = body_of(roster, edits[_i].operations, ",'dry_run':true");
    bool refused = edits[_i].status == 409 && edits[_i].rule != NULL;
    int look = edits[_i].status == 201 || refused ? 200 : edits[_i].status;
    json_t *seen = taken(post(roster, "edits", preview), edits[_i].what, look);
    ck_assert(look != 200 || json_is_true(json_object_get(seen, "allowed")) == !refused);
    g_autofree char *still = state_of(roster);
    ck_assert_str_eq(before, still);
    json_t *json = taken(post(roster, "edits", body), edits[_i].what, edits[_i].status);
    g_autofree char *after = state_of(roster);
    ck_assert_int_eq(strcmp(before, after) == 0, edits[_i].status != 201);
    if (edits[_i].status == 201) {
        ck_assert_uint_eq(json_array_size(json_object_get(json, "shifts")), (unsigned)edits[_i].changed);
        ck_assert_int_eq(json_integer_value(json_object_get(json, "edit")), 1);
        /* the preview said the same */
        ck_assert(json_equal(json_object_get(json, "cost"), json_object_get(seen, "cost")));
        ck_assert(json_equal(json_object_get(json, "coverage"), json_object_get(seen, "coverage")));
        check_undo(roster, before, after, edits[_i].what);
        check_inverse(roster, json, shifts, edits[_i].what);
    }
    json_decref(shifts);
    check_refused(json, _i);
    json_decref(json);
    json_decref(seen);
}
END_TEST

/* What breaks rules may be kept, but not be published, unless it makes no roster at all. */
START_TEST(violations_stand_when_allowed)
{
    if (edits[_i].status != 409 || edits[_i].rule == NULL)
        return;
    int64_t roster = copy_of(fixture.draft);
    g_autofree char *body = body_of(roster, edits[_i].operations, ",'allow_violations':true");
    json_t *json = taken(post(roster, "edits", body), edits[_i].what, edits[_i].may_stand ? 201 : 409);
    if (edits[_i].may_stand) {
        const json_t *violations = json_object_get(json, "violations");
        ck_assert(has_rule(json_object_get(violations, "new"), edits[_i].rule));
        ck_assert_int_ge(json_integer_value(json_object_get(violations, "hard")), 1);
        json_t *verified = taken(post(roster, "verify", NULL), "verify", 200);
        ck_assert(json_is_false(json_object_get(verified, "clean")));
        ck_assert(has_rule(json_object_get(verified, "violations"), edits[_i].rule));
        json_decref(verified);
        json_decref(taken(post(roster, "publish", NULL), "publish", 409));
        /* taken back, all of it is gone */
        json_t *undone = taken(post(roster, "edits/1/undo", NULL), "undo", 201);
        ck_assert(has_rule(json_object_get(json_object_get(undone, "violations"), "gone"), edits[_i].rule));
        ck_assert_int_eq(json_integer_value(json_object_get(json_object_get(undone, "violations"), "hard")),
                         0);
        json_decref(undone);
    }
    json_decref(json);
}
END_TEST

/* --- who comes first
 * -------------------------------------------------------------------------------------------- */

START_TEST(an_edit_says_what_it_saw)
{
    int64_t roster = copy_of(fixture.draft);
    g_autofree char *body = body_of(roster, "{'op':'lock','shift':@ben}", "");
    g_autofree char *etag = etag_of(roster);
    json_decref(taken(post_with(roster, "edits", NULL, body), "without If-Match", 428));
    struct http_answer first = post_with(roster, "edits", etag, body);
    ck_assert_int_eq(first.status, 201);
    g_autofree char *next = http_header(&first, "ETag");
    g_autofree char *location = http_header(&first, "Location");
    g_autofree char *now = etag_of(roster);
    ck_assert_str_eq(next, now);
    ck_assert(g_str_has_suffix(location, "/edits/1"));
    http_answer_clear(&first);
    json_decref(taken(post_with(roster, "edits", etag, body), "what was seen is old", 412));
    json_decref(taken(post_with(roster, "edits/1/undo", etag, NULL), "undo of what was seen", 412));
    json_decref(taken(post_with(roster, "edits/1/undo", next, NULL), "undo", 201));
    json_t *one = get(location);
    ck_assert_uint_eq(json_array_size(json_object_get(one, "operations")), 1);
    json_decref(one);
}
END_TEST

struct racer {
    int64_t roster;
    char *etag, *body;
    int status;
};

static gpointer race(gpointer user)
{
    struct racer *racer = user;
    struct http_answer answer = post_with(racer->roster, "edits", racer->etag, racer->body);
    racer->status = answer.status;
    http_answer_clear(&answer);
    return NULL;
}

START_TEST(one_of_many_at_once_is_kept)
{
    enum { RACERS = 6 };
    int64_t roster = copy_of(fixture.draft);
    g_autofree char *etag = etag_of(roster);
    g_autofree char *body = body_of(roster, "{'op':'move','shift':@ana2,'start':'09:00'}", "");
    struct racer racers[RACERS];
    GThread *threads[RACERS];
    int kept = 0, late = 0;
    for (int k = 0; k < RACERS; k++) {
        racers[k] = (struct racer){roster, etag, body, 0};
        threads[k] = g_thread_new("race", race, &racers[k]);
    }
    for (int k = 0; k < RACERS; k++) {
        g_thread_join(threads[k]);
        kept += racers[k].status == 201;
        late += racers[k].status == 412;
    }
    ck_assert_int_eq(kept, 1);
    ck_assert_int_eq(late, RACERS - 1);
    g_autofree char *sql =
        g_strdup_printf("SELECT count(*) FROM roster_edit WHERE roster_id = %" G_GINT64_FORMAT, roster);
    g_autofree char *n = pg_value(fixture.conninfo, sql);
    ck_assert_str_eq(n, "1");
}
END_TEST

START_TEST(only_drafts_are_changed)
{
    g_autofree char *before = state_of(fixture.published);
    g_autofree char *body = body_of(fixture.published, "{'op':'lock','shift':@ben}", "");
    json_decref(taken(post(fixture.published, "edits", body), "published", 409));
    json_decref(taken(post(fixture.published, "edits/1/undo", NULL), "published", 409));
    g_autofree char *after = state_of(fixture.published);
    ck_assert_str_eq(before, after);
}
END_TEST

START_TEST(what_changed_since_is_not_undone)
{
    int64_t roster = copy_of(fixture.draft);
    g_autofree char *one = body_of(roster, "{'op':'move','shift':@ana2,'start':'09:00'}", "");
    g_autofree char *two = body_of(roster, "{'op':'move','shift':@ana2,'start':'08:00'}", "");
    g_autofree char *other = body_of(roster, "{'op':'delete','shift':@ben}", "");
    json_decref(taken(post(roster, "edits", one), "first", 201));
    json_decref(taken(post(roster, "edits", other), "second", 201));
    json_decref(taken(post(roster, "edits", two), "third", 201));
    json_decref(taken(post(roster, "edits/1/undo", NULL), "its shift moved again", 409));
    json_decref(taken(post(roster, "edits/2/undo", NULL), "nobody touched it", 201));
    json_decref(taken(post(roster, "edits/2/undo", NULL), "it is taken back already", 409));
    ck_assert_int_ne(shift_on(roster, "ben", "2026-11-23"), 0);
}
END_TEST

/* --- beside the edits
 * ------------------------------------------------------------------------------------------- */

START_TEST(an_edited_draft_is_published_as_it_is)
{
    int64_t roster = copy_of(fixture.draft);
    g_autofree char *made = NULL;
    g_autofree char *body =
        body_of(roster, "{'op':'move','shift':@ana2,'start':'08:30'},{'op':'lock','shift':@ben}", "");
    json_decref(taken(post(roster, "edits", body), "edit", 201));
    g_autofree char *path = g_strdup_printf("/v1/rosters/%" G_GINT64_FORMAT, roster);
    json_t *info = get(path);
    ck_assert_str_eq(json_string_value(json_object_get(info, "simulation")), "stale");
    ck_assert_int_eq(json_integer_value(json_object_get(info, "edits")), 1);
    json_decref(info);
    g_autofree char *against = g_strdup_printf("%s/diff?against=%" G_GINT64_FORMAT, path, fixture.draft);
    json_t *diff = get(against);
    json_t *agent = json_array_get(json_object_get(diff, "agents"), 0);
    ck_assert_int_eq(json_integer_value(json_object_get(json_object_get(diff, "changes"), "moved")), 1);
    ck_assert_uint_eq(json_array_size(json_object_get(diff, "agents")), 1);
    ck_assert_str_eq(json_string_value(json_object_get(agent, "agent")), "ana");
    json_decref(diff);
    /* what the solver made is kept beside it */
    g_autofree char *sql = g_strdup_printf(
        "SELECT count(*) FROM roster_made_shift m JOIN roster_shift s USING (agent_key, start_at) WHERE "
        "m.roster_id = %" G_GINT64_FORMAT " AND s.roster_id = %" G_GINT64_FORMAT,
        roster, fixture.draft);
    made = pg_value(fixture.conninfo, sql);
    ck_assert_str_eq(made, "4");
    json_decref(taken(post(roster, "publish", NULL), "publish", 200));
    g_autofree char *moved = pg_value(
        fixture.conninfo, "SELECT to_char(start_at AT TIME ZONE 'Asia/Manila', 'HH24:MI') FROM shift s "
                          "JOIN agent a USING (agent_key) WHERE a.id = 'ana' AND day = '2026-11-24'");
    ck_assert_str_eq(moved, "08:30");
    g_autofree char *locked =
        pg_value(fixture.conninfo, "SELECT string_agg(a.id, ',') FROM shift s JOIN agent a USING (agent_key) "
                                   "WHERE s.locked");
    ck_assert_str_eq(locked, "ben");
}
END_TEST

START_TEST(every_edit_is_in_the_audit)
{
    int64_t roster = copy_of(fixture.draft);
    g_autofree char *body = body_of(roster, "{'op':'swap','shift':@ana1,'with':@ben}", "");
    json_decref(taken(post(roster, "edits", body), "edit", 201));
    g_autofree char *sql =
        g_strdup_printf("SELECT detail->>'agents' FROM audit WHERE action = 'roster.edited' "
                        "AND subject = '%" G_GINT64_FORMAT "'",
                        roster);
    g_autofree char *agents = pg_value(fixture.conninfo, sql);
    ck_assert_str_eq(agents, "[\"ana\",\"ben\"]");
}
END_TEST

/* A draft whose load is known, so that service is expected: 12 contacts an interval where somebody is wanted.
 */
static int64_t loaded_draft(void)
{
    g_autoptr(GError) error = NULL;
    AUTO(store) store = store_open(fixture.conninfo, &error);
    AUTO(plan_problem) problem = NULL;
    AUTO(plan_solution) solution = NULL;
    int64_t id = 0;
    ck_assert(store_roster_problem(store, fixture.draft, &problem, &error) &&
              store_roster_load(store, problem->operation, fixture.draft, &solution, &error));
    struct demand *demand = &problem->demand;
    demand_add_load(demand);
    for (int k = 0; k < demand->n_queues * demand->grid.n; k++) {
        demand->offered[k] = 2 * demand->need[k];
        demand->aht_s[k] = 300;
    }
    ck_assert(store_roster_save(store, problem, solution, NULL, "hash", 1, "test", &id, &error));
    return id;
}

START_TEST(service_is_told_before_and_after)
{
    int64_t roster = loaded_draft();
    g_autofree char *touch = body_of(roster, "{'op':'move','shift':@cira,'start':'08:30'}", "");
    json_decref(taken(post(roster, "edits", touch), "a first one, so that all is expected", 201));
    g_autofree char *body =
        body_of(roster, "{'op':'add','agent':'dan','template':'day','day':'2026-11-24','start':'08:00'}", "");
    json_t *json = taken(post(roster, "edits", body), "one more", 201);
    json_t *sla = json_array_get(json_object_get(json, "sla"), 0);
    json_t *coverage = json_array_get(json_object_get(json, "coverage"), 0);
    json_t *periods = json_object_get(sla, "periods");
    ck_assert_str_eq(json_string_value(json_object_get(sla, "queue")), "zeta-voice");
    ck_assert(json_number_value(json_object_get(sla, "after")) >
              json_number_value(json_object_get(sla, "before")));
    json_t *client = json_array_get(json_object_get(json, "clients"), 0);
    ck_assert_uint_eq(json_array_size(json_object_get(json, "clients")), 1);
    ck_assert_str_eq(json_string_value(json_object_get(client, "client")), "zeta");
    ck_assert(json_number_value(json_object_get(client, "after")) >
              json_number_value(json_object_get(client, "before")));
    ck_assert_uint_ge(json_array_size(periods), 7); /* days of Madrid, and what is cut off */
    int better = 0;
    for (size_t k = 0; k < json_array_size(periods); k++)
        better += json_number_value(json_object_get(json_array_get(periods, k), "after")) >
                  json_number_value(json_object_get(json_array_get(periods, k), "before"));
    ck_assert_int_eq(better, 1);
    double more = 0;
    json_t *was = json_object_get(coverage, "before"), *is = json_object_get(coverage, "after");
    for (size_t k = 0; k < json_array_size(is); k++)
        more += json_number_value(json_array_get(is, k)) - json_number_value(json_array_get(was, k));
    ck_assert_double_eq_tol(more, (8 * 60 - 15) / 15.0, 1e-9); /* nine hours less meal and break */
    json_t *cost = json_object_get(json, "cost");
    ck_assert_double_eq_tol(json_number_value(json_object_get(json_object_get(cost, "after"), "pay")) -
                                json_number_value(json_object_get(json_object_get(cost, "before"), "pay")),
                            80, 1e-6);
    json_decref(json);
}
END_TEST

START_TEST(an_interval_is_explained)
{
    g_autofree char *path = g_strdup_printf(
        "/v1/rosters/%" G_GINT64_FORMAT "/explain?queue=acme-voice&at=2026-11-23T05:30:00Z", fixture.draft);
    json_t *json = get(path); /* 13:30 in Manila: Ana has her meal, Ben has had his */
    json_t *agents = json_object_get(json, "agents");
    ck_assert_int_eq(json_integer_value(json_object_get(json, "skilled")), 2);
    ck_assert_str_eq(json_string_value(json_array_get(json_object_get(agents, "on_break"), 0)), "ana");
    ck_assert_str_eq(json_string_value(json_array_get(json_object_get(agents, "working"), 0)), "ben");
    json_decref(json);
    g_autofree char *who =
        g_strdup_printf("/v1/rosters/%" G_GINT64_FORMAT "/explain?agent=ana", fixture.draft);
    json_t *reasons = get(who);
    ck_assert_uint_eq(json_array_size(json_object_get(reasons, "shifts")), 2);
    json_decref(reasons);
}
END_TEST

START_TEST(a_removed_draft_is_gone)
{
    int64_t roster = copy_of(fixture.draft);
    g_autofree char *body = body_of(roster, "{'op':'delete','shift':@ben}", "");
    json_decref(taken(post(roster, "edits", body), "edit", 201));
    g_autofree char *path = g_strdup_printf("/v1/rosters/%" G_GINT64_FORMAT, roster);
    struct http_answer answer = send_as(CALLER_PLANNER, "DELETE", path, NULL, NULL);
    ck_assert_int_eq(answer.status, 204);
    http_answer_clear(&answer);
    json_decref(taken(send_as(CALLER_PLANNER, "GET", path, NULL, NULL), path, 404));
}
END_TEST

static Suite *suite(void)
{
    pg_start();
    Suite *s = suite_create("api/edits");
    TCase *t = tcase_create("edits");
    tcase_set_timeout(t, 60);
    tcase_add_unchecked_fixture(t, make_data, drop_data);
    tcase_add_checked_fixture(t, start, stop);
    tcase_add_loop_test(t, operation_is_kept_or_refused, 0, G_N_ELEMENTS(edits));
    tcase_add_loop_test(t, violations_stand_when_allowed, 0, G_N_ELEMENTS(edits));
    tcase_add_test(t, an_edit_says_what_it_saw);
    tcase_add_test(t, one_of_many_at_once_is_kept);
    tcase_add_test(t, only_drafts_are_changed);
    tcase_add_test(t, what_changed_since_is_not_undone);
    tcase_add_test(t, every_edit_is_in_the_audit);
    tcase_add_test(t, service_is_told_before_and_after);
    tcase_add_test(t, an_interval_is_explained);
    tcase_add_test(t, a_removed_draft_is_gone);
    tcase_add_test(t, an_edited_draft_is_published_as_it_is);
    suite_add_tcase(s, t);
    return s;
}

TEST_MAIN(suite)
