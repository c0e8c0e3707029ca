/* What the answers say, over the operation of fixture.h: numbers by hand. */
#include "tests/support/testing.h"

#include <jansson.h>
#include <libical/ical.h>
#include <math.h>
#include <string.h>

#include "api/query.h"
#include "api/router.h"
#include "api/server.h"
#include "tests/api/fixture.h"
#include "tests/api/http.h"
#include "tests/support/pg.h"

#define WEEK "from=2026-11-22T00:00:00Z&to=2026-11-30T00:00:00Z"

static struct fixture fixture;
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
    server = fixture_serve(&fixture, 4, "https://wfm.example/");
}

static void stop(void)
{
    api_stop(server);
}

/* --- asking
 * ----------------------------------------------------------------------------------------------------- */

static struct http_answer ask(enum caller caller, const char *method, const char *path, const char *body)
{
    return http_request(api_port(server), method, path, fixture.tokens[caller], NULL, body);
}

/* Fails unless the status is as wanted; json_decref. */
static json_t *ask_json(enum caller caller, const char *method, const char *path, const char *body,
                        int status)
{
    struct http_answer answer = ask(caller, method, path, body);
    ck_assert_msg(answer.status == status, "%s %s: %d, not %d\n%s", method, path, answer.status, status,
                  answer.body);
    json_error_t where;
    json_t *json = json_loads(answer.body, JSON_REJECT_DUPLICATES, &where);
    ck_assert_msg(json != NULL, "%s: %s\n%s", path, where.text, answer.body);
    http_answer_clear(&answer);
    return json;
}

static json_t *get(enum caller caller, const char *path)
{
    return ask_json(caller, "GET", path, NULL, 200);
}

static const char *text(const json_t *json, const char *key)
{
    return json_string_value(json_object_get(json, key));
}

static double number(const json_t *json, const char *key)
{
    return json_number_value(json_object_get(json, key));
}

/* --- shifts
 * ----------------------------------------------------------------------------------------------------- */

START_TEST(shifts_say_all_in_the_agents_zone)
{
    json_t *page = get(CALLER_ANA, "/v1/me/shifts?" WEEK);
    json_t *shifts = json_object_get(page, "shifts");
    ck_assert_uint_eq(json_array_size(shifts), 3);
    ck_assert(json_is_null(json_object_get(page, "next")));
    json_t *first = json_array_get(shifts, 0),
           *meal = json_array_get(json_object_get(first, "activities"), 1);
    ck_assert_str_eq(text(first, "agent"), "ana");
    ck_assert_str_eq(text(first, "agent_name"), "Ana <b>Reyes</b>");
    ck_assert_str_eq(text(first, "zone"), "Asia/Manila");
    ck_assert_str_eq(text(first, "start"), "2026-11-23T09:00:00+08:00");
    ck_assert_str_eq(text(first, "end"), "2026-11-23T18:00:00+08:00");
    ck_assert_int_eq((int)number(first, "paid_minutes"), 480);
    ck_assert_str_eq(text(meal, "kind"), "meal");
    ck_assert_str_eq(text(meal, "start"), "2026-11-23T13:00:00+08:00");
    ck_assert(json_is_false(json_object_get(meal, "paid")));
    ck_assert(json_is_false(json_object_get(first, "cancelled")));
    json_decref(page);
}
END_TEST

/* One by one through `next`: the same shifts, each once. */
START_TEST(pages_give_everything_once)
{
    static const struct {
        enum caller caller;
        const char *path, *key;
        int n;
    } lists[] = {
        {CALLER_ANA, "/v1/me/shifts?limit=1&" WEEK, "shifts", 3},
        {CALLER_PLANNER, "/v1/agents/ana/shifts?limit=2&" WEEK, "shifts", 3},
        {CALLER_PLANNER, "/v1/agents?limit=1", "agents", 4},
        {CALLER_PLANNER, "/v1/agents?limit=4", "agents", 4},
        {CALLER_PLANNER, "/v1/rosters?limit=1", "rosters", 3},
        {CALLER_PLANNER, "/v1/rosters/@/shifts?limit=2", "shifts", 5},
    };
    g_autoptr(GString) path = g_string_new(lists[_i].path);
    g_autofree char *published = g_strdup_printf("%" G_GINT64_FORMAT, fixture.published);
    g_string_replace(path, "@", published, 0);
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, free, NULL);
    int rows = 0;
    for (bool more = true; more;) {
        json_t *page = get(lists[_i].caller, path->str);
        size_t k;
        json_t *row;
        json_array_foreach(json_object_get(page, lists[_i].key), k, row)
        {
            g_hash_table_add(seen, json_dumps(row, JSON_COMPACT));
            rows++;
        }
        const char *next = text(page, "next");
        more = next != NULL;
        g_string_assign(path, more ? next : "");
        json_decref(page);
    }
    ck_assert_int_eq(rows, lists[_i].n);
    ck_assert_uint_eq(g_hash_table_size(seen), (guint)lists[_i].n);
}
END_TEST

START_TEST(unchanged_answers_are_304)
{
    static const char *const paths[] = {"/v1/me",
                                        "/v1/agents",
                                        "/v1/clients",
                                        "/v1/rosters",
                                        ("/v1/agents/ana/shifts?" WEEK),
                                        "/v1/queues/acme-voice/coverage"};
    struct http_answer first = ask(CALLER_PLANNER, "GET", paths[_i], NULL);
    ck_assert_int_eq(first.status, 200);
    g_autofree char *etag = http_header(&first, "ETag");
    ck_assert(etag != NULL && g_str_has_prefix(etag, "\""));
    g_autofree char *extra = g_strdup_printf("If-None-Match: %s\r\n", etag);
    struct http_answer second =
        http_request(api_port(server), "GET", paths[_i], fixture.tokens[CALLER_PLANNER], extra, NULL);
    ck_assert_int_eq(second.status, 304);
    http_answer_clear(&first);
    http_answer_clear(&second);
}
END_TEST

/* --- clients and queues
 * ----------------------------------------------------------------------------------------- */

/* The day of New York 2026-11-23 is 05:00Z to 05:00Z. One agent is needed 01-10Z: 5 + 4 hours; 12 contacts
   each quarter, 9 in time. Staffed: ana 06-10Z, ben 05-09Z, ana's Tuesday 01-05Z but for a quarter of break.
 */
START_TEST(service_levels_are_ratios_of_sums_by_local_day)
{
    json_t *sla = get(CALLER_ACME, "/v1/clients/acme/sla?from=2026-11-23&to=2026-11-25");
    json_t *queues = json_object_get(sla, "queues");
    ck_assert_uint_eq(json_array_size(queues), 2);
    json_t *voice = json_array_get(queues, 1), *days = json_object_get(voice, "days"),
           *day = json_array_get(days, 0);
    ck_assert_str_eq(text(voice, "id"), "acme-voice");
    ck_assert_str_eq(text(voice, "from"), "2026-11-23T00:00:00-05:00");
    ck_assert_double_eq_tol(number(json_object_get(voice, "sla"), "target"), 0.8, 1e-9);
    ck_assert_uint_eq(json_array_size(days), 2);
    ck_assert_str_eq(text(day, "day"), "2026-11-23");
    ck_assert_double_eq_tol(number(day, "expected_sl"), 0.75, 1e-9);
    ck_assert_double_eq_tol(number(day, "offered"), 9 * 4 * 12, 1e-9);
    ck_assert_double_eq_tol(number(day, "required_hours"), 9, 1e-9);
    ck_assert_double_eq_tol(number(day, "staffed_hours"), 11.75, 1e-9);
    ck_assert(json_is_null(json_object_get(json_array_get(queues, 0), "expected_sl")));
    json_decref(sla);
}
END_TEST

/* 400 contacts at 90 % and 100 at 60 %: 84 %, known to √(12² + 3²)/500. */
static void check_simulated(const json_t *voice)
{
    const json_t *days = json_object_get(voice, "days"), *both = json_object_get(voice, "simulated");
    const json_t *periods = json_object_get(voice, "periods");
    const json_t *first = json_object_get(json_array_get(days, 0), "simulated");
    for (size_t i = 0; i < json_array_size(days); i++)
        if (strcmp(text(json_array_get(days, i), "day"), "2026-11-23") == 0)
            first = json_object_get(json_array_get(days, i), "simulated");
    ck_assert_double_eq_tol(number(first, "sl"), 0.9, 1e-9);
    ck_assert_double_eq_tol(number(first, "half"), 0.03, 1e-9);
    ck_assert_double_eq_tol(number(first, "met"), 0.95, 1e-9);
    ck_assert_double_eq_tol(number(first, "met_low"), 0.475, 1e-9);
    ck_assert_double_eq_tol(number(both, "sl"), 0.84, 1e-9);
    ck_assert_double_eq_tol(number(both, "half"), sqrt(12 * 12 + 3 * 3) / 500, 1e-9);
    ck_assert(json_is_null(json_object_get(both, "met")));
    ck_assert_uint_eq(json_array_size(periods), 2);
    ck_assert_str_eq(text(json_array_get(periods, 0), "from"), "2026-11-23T00:00:00-05:00");
    ck_assert_double_eq_tol(number(json_array_get(periods, 0), "target"), 0.8, 1e-9);
}

START_TEST(simulated_levels_stand_beside_expected_ones)
{
    json_t *sla = get(CALLER_ACME, "/v1/clients/acme/sla?from=2026-11-23&to=2026-11-25");
    json_t *queues = json_object_get(sla, "queues");
    check_simulated(json_array_get(queues, 1));
    ck_assert(json_is_null(json_object_get(json_array_get(queues, 0), "simulated")));
    json_decref(sla);
    sla = get(CALLER_ACME, "/v1/clients/acme/sla?from=2026-11-24&to=2026-11-25");
    json_t *voice = json_array_get(json_object_get(sla, "queues"), 1);
    ck_assert_double_eq_tol(number(json_object_get(voice, "simulated"), "sl"), 0.6, 1e-9);
    ck_assert_uint_eq(json_array_size(json_object_get(voice, "periods")), 1);
    json_decref(sla);
}
END_TEST

/* The published roster has queues of both clients, drafts are nobody's but the planner's. */
static const struct {
    enum caller caller;
    const char *path;
    bool has;
} sources[] = {
    {CALLER_ACME, "/v1/clients/acme/sla?from=2026-11-23&to=2026-11-25", true},
    {CALLER_ZETA, "/v1/clients/zeta/sla?from=2026-11-23&to=2026-11-25", true},
    {CALLER_PLANNER, "/v1/clients/acme/sla?from=2026-11-23&to=2026-11-25", true},
    {CALLER_ACME, "/v1/clients/acme/sla?from=2020-01-06&to=2020-01-13", false},
};

START_TEST(service_levels_name_their_rosters)
{
    json_t *sla = get(sources[_i].caller, sources[_i].path), *rosters = json_object_get(sla, "rosters");
    const json_t *first = json_array_get(rosters, 0);
    ck_assert_uint_eq(json_array_size(rosters), sources[_i].has ? 1 : 0);
    if (sources[_i].has) {
        ck_assert_int_eq((int64_t)number(first, "roster"), fixture.published);
        ck_assert_str_eq(text(first, "week"), "2026-W48");
        ck_assert_int_eq((int)number(first, "version"), 1);
        ck_assert_int_eq((int)number(first, "replications"), 60);
    }
    json_decref(sla);
}
END_TEST

START_TEST(a_draft_has_its_service_levels)
{
    g_autofree char *draft = g_strdup_printf("/v1/rosters/%" G_GINT64_FORMAT "/sla", fixture.draft);
    g_autofree char *bad = g_strdup_printf("/v1/rosters/%" G_GINT64_FORMAT "/sla", fixture.bad_draft);
    json_t *sla = get(CALLER_PLANNER, draft), *queues = json_object_get(sla, "queues");
    const json_t *how = json_object_get(sla, "simulation");
    ck_assert_int_eq((int)number(how, "replications"), 60);
    ck_assert_str_eq(text(how, "seed"), "18446744073709551615");
    ck_assert(json_is_true(json_object_get(how, "certain")));
    ck_assert(json_is_false(json_object_get(how, "mean_shrinkage")));
    ck_assert_uint_eq(json_array_size(queues), 3);
    check_simulated(json_array_get(queues, 1));
    ck_assert_double_eq_tol(number(json_array_get(queues, 1), "expected_sl"), 0.75, 1e-9);
    json_decref(sla);
    sla = get(CALLER_PLANNER, bad);
    ck_assert(json_is_null(json_object_get(sla, "simulation")));
    ck_assert(json_is_null(json_object_get(json_array_get(json_object_get(sla, "queues"), 1), "simulated")));
    json_decref(sla);
}
END_TEST

START_TEST(coverage_is_per_interval)
{
    json_t *coverage = get(CALLER_ACME, "/v1/queues/acme-voice/coverage?from=2026-11-23&to=2026-11-24");
    json_t *intervals = json_object_get(coverage, "intervals");
    ck_assert_uint_eq(json_array_size(intervals), 96);
    ck_assert_int_eq((int)number(coverage, "interval_minutes"), 15);
    json_t *first = json_array_get(intervals, 0), *later = json_array_get(intervals, 24);
    ck_assert_str_eq(text(first, "start"), "2026-11-23T00:00:00-05:00");
    ck_assert_double_eq_tol(number(first, "required"), 1, 1e-9);
    ck_assert_double_eq_tol(number(first, "staffed"), 1, 1e-9);
    ck_assert_double_eq_tol(number(first, "expected_sl"), 0.75, 1e-9);
    ck_assert_double_eq_tol(number(later, "required"), 0, 1e-9);
    ck_assert(json_is_null(json_object_get(later, "expected_sl")));
    json_decref(coverage);
}
END_TEST

START_TEST(a_span_without_roster_is_empty)
{
    json_t *coverage = get(CALLER_ACME, "/v1/queues/acme-voice/coverage?from=2020-01-06&to=2020-01-13");
    ck_assert_uint_eq(json_array_size(json_object_get(coverage, "intervals")), 0);
    ck_assert(json_is_null(json_object_get(coverage, "interval_minutes")));
    json_t *sla = get(CALLER_ACME, "/v1/clients/acme/sla?from=2020-01-06&to=2020-01-13");
    json_t *voice = json_array_get(json_object_get(sla, "queues"), 1);
    ck_assert_uint_eq(json_array_size(json_object_get(voice, "days")), 0);
    ck_assert(json_is_null(json_object_get(voice, "expected_sl")));
    json_decref(coverage);
    json_decref(sla);
}
END_TEST

START_TEST(forecast_is_cut_to_the_span)
{
    json_t *forecast = get(CALLER_ACME, "/v1/queues/acme-voice/forecast?from=2026-11-23&to=2026-11-24");
    json_t *intervals = json_object_get(forecast, "intervals"), *first = json_array_get(intervals, 0);
    ck_assert_uint_eq(json_array_size(intervals), 96);
    ck_assert_str_eq(text(first, "start"), "2026-11-23T00:00:00-05:00");
    ck_assert_double_eq_tol(number(first, "offered"), 20, 1e-9);
    ck_assert_double_eq_tol(json_number_value(json_array_get(json_object_get(first, "quantiles"), 0)), 10,
                            1e-9);
    ck_assert_double_eq_tol(json_number_value(json_array_get(json_object_get(first, "quantiles"), 1)), 40,
                            1e-9);
    json_decref(forecast);
}
END_TEST

/* What is in use counts, for the client as for the planner; a what-if does not. */
START_TEST(forecast_with_the_planners_hand)
{
    g_autoptr(GError) error = NULL;
    AUTO(store) store = store_open(fixture.conninfo, &error);
    struct override hand[] = {{.value = 50}, {.value = 100, .scenario = (char *)"what-if"}};
    for (guint i = 0; i < G_N_ELEMENTS(hand); i++) {
        hand[i].queue = (char *)"acme-voice";
        hand[i].kind = OVERRIDE_PERCENT;
        hand[i].from_ts = FIXTURE_WEEK_TS + DAY_S;
        hand[i].to_ts = FIXTURE_WEEK_TS + 2 * DAY_S;
        hand[i].why = (char *)"test";
    }
    ck_assert(store_overrides_add(store, hand, G_N_ELEMENTS(hand), "test", NULL, NULL, &error));
    static const enum caller callers[] = {CALLER_ACME, CALLER_PLANNER};
    for (guint c = 0; c < G_N_ELEMENTS(callers); c++) {
        json_t *forecast = get(callers[c], "/v1/queues/acme-voice/forecast?from=2026-11-24&to=2026-11-25");
        json_t *intervals = json_object_get(forecast, "intervals");
        json_t *first = json_array_get(intervals, 0), *last = json_array_get(intervals, 95);
        ck_assert_double_eq_tol(number(first, "offered"), 116 * 1.5, 1e-9); /* 00:00 there is 05:00Z */
        ck_assert_double_eq_tol(json_number_value(json_array_get(json_object_get(first, "quantiles"), 1)),
                                116 * 3, 1e-9);
        ck_assert_double_eq_tol(number(last, "offered"), 116 + 95, 1e-9); /* after midnight UTC */
        json_decref(forecast);
    }
    const int64_t ids[] = {hand[0].id, hand[1].id};
    ck_assert(store_overrides_remove(store, ids, 2, "test", &error));
}
END_TEST

START_TEST(lists_are_of_the_scope)
{
    static const struct {
        enum caller caller;
        const char *path, *key, *ids;
    } lists[] = {
        {CALLER_PLANNER, "/v1/clients", "clients", "acme zeta "},
        {CALLER_ACME, "/v1/clients", "clients", "acme "},
        {CALLER_PLANNER, "/v1/queues", "queues", "acme-chat acme-voice zeta-voice "},
        {CALLER_PLANNER, "/v1/queues?client=zeta", "queues", "zeta-voice "},
        {CALLER_ACME, "/v1/queues", "queues", "acme-chat acme-voice "},
        {CALLER_PLANNER, "/v1/agents", "agents", "ana ben cira dan "},
    };
    json_t *list = get(lists[_i].caller, lists[_i].path), *row;
    g_autoptr(GString) ids = g_string_new(NULL);
    size_t k;
    json_array_foreach(json_object_get(list, lists[_i].key), k, row)
        g_string_append_printf(ids, "%s ", text(row, "id"));
    ck_assert_str_eq(ids->str, lists[_i].ids);
    json_decref(list);
}
END_TEST

/* How contacts are routed is for planners: a client reads nothing of it. */
START_TEST(routing_is_for_planners)
{
    json_t *planner = get(CALLER_PLANNER, "/v1/queues"), *acme = get(CALLER_ACME, "/v1/queues"),
           *agents = get(CALLER_PLANNER, "/v1/agents");
    json_t *voice = json_array_get(json_object_get(planner, "queues"), 1),
           *same = json_array_get(json_object_get(acme, "queues"), 1);
    ck_assert_str_eq(text(voice, "id"), text(same, "id"));
    ck_assert_double_eq(number(voice, "priority"), 2);
    ck_assert_double_eq(number(voice, "overflow_after_seconds"), 30);
    ck_assert_double_eq(number(voice, "patience_seconds"), 120);
    ck_assert(json_is_false(json_object_get(voice, "ring_fence")));
    ck_assert_double_eq(number(json_object_get(voice, "shrinkage"), "adherence"), 0.04);
    static const char *const hidden[] = {"priority",   "overflow_after_seconds", "ring_fence",
                                         "blend_idle", "patience_seconds",       "shrinkage",
                                         "aht_seconds"};
    for (size_t i = 0; i < G_N_ELEMENTS(hidden); i++)
        ck_assert_msg(json_object_get(same, hidden[i]) == NULL, "a client reads %s", hidden[i]);
    json_t *ben = json_array_get(json_object_get(agents, "agents"), 1);
    json_t *skills = json_object_get(ben, "skills");
    ck_assert_double_eq(number(json_array_get(skills, 0), "level"), 1);
    ck_assert_double_eq(number(json_array_get(skills, 1), "level"), 3);
    json_decref(planner);
    json_decref(acme);
    json_decref(agents);
}
END_TEST

START_TEST(me_says_who)
{
    json_t *ana = get(CALLER_ANA, "/v1/me"), *acme = get(CALLER_ACME, "/v1/me"),
           *planner = get(CALLER_PLANNER, "/v1/me");
    ck_assert_str_eq(text(ana, "role"), "agent");
    ck_assert_str_eq(text(json_object_get(ana, "agent"), "id"), "ana");
    ck_assert_str_eq(text(json_object_get(ana, "agent"), "zone"), "Asia/Manila");
    ck_assert_str_eq(text(acme, "client"), "acme");
    ck_assert_str_eq(text(planner, "role"), "planner");
    ck_assert(json_is_null(json_object_get(planner, "expires")));
    json_decref(ana);
    json_decref(acme);
    json_decref(planner);
}
END_TEST

/* --- queries and bodies
 * ----------------------------------------------------------------------------------------- */

static char *some_path(const struct api_route *route)
{
    g_autoptr(GString) path = g_string_new(route->pattern);
    const char *id = strstr(path->str, "rosters") != NULL || strstr(path->str, "runs") != NULL ||
                             strstr(path->str, "webhooks") != NULL
                         ? "1"
                     : strstr(path->str, "queues") != NULL  ? "acme-voice"
                     : strstr(path->str, "clients") != NULL ? "acme"
                                                            : "ana";
    g_string_replace(path, "{id}", id, 0);
    g_string_replace(path, "{file}", "app.js", 0);
    g_string_replace(path, "{secret}", fixture.secret, 0);
    return g_strdup(path->str);
}

/* Every route refuses a parameter it does not know and each of the others' that it does not take; bad values
 * are 422 naming the parameter. */
START_TEST(queries_are_strict_everywhere)
{
    const struct api_route *route = &api_routes[_i];
    g_autofree char *path = some_path(route);
    enum caller caller = route->allow & ALLOW_PLANNER ? CALLER_PLANNER : CALLER_ANA;
    unsigned bit = 0;
    const char *name = "unknown";
    for (int row = 0; name != NULL; name = query_param_name(row++, &bit)) {
        g_autofree char *url = g_strdup_printf("%s?%s=%%20", path, name);
        bool taken = bit != 0 && (route->params & bit) != 0;
        json_t *problem = ask_json(caller, route->method, url, NULL, taken ? 422 : 400);
        json_t *error = json_array_get(json_object_get(problem, "errors"), 0);
        ck_assert_msg(g_strcmp0(text(error, "parameter"), name) == 0, "%s", url);
        json_decref(problem);
    }
}
END_TEST

START_TEST(more_bad_queries)
{
    static const struct {
        const char *path;
        int status;
        const char *parameter;
    } bad[] = {
        {"/v1/agents/ana/shifts?after=x", 422, "after"},
        {"/v1/agents/ana/shifts?from=2026-11-23", 422, "from"},
        {"/v1/rosters?after=-1", 422, "after"},
        {"/v1/rosters/1/shifts?after=99", 422, "after"},
        {"/v1/queues/acme-voice/forecast", 422, "from"},
        {"/v1/queues/acme-voice/forecast?from=2026-11-23", 422, "to"},
        {"/v1/clients/acme/sla?from=2026-11-23&to=2027-11-23", 422, "to"},
    };
    json_t *problem = ask_json(CALLER_PLANNER, "GET", bad[_i].path, NULL, bad[_i].status);
    ck_assert_str_eq(text(json_array_get(json_object_get(problem, "errors"), 0), "parameter"),
                     bad[_i].parameter);
    json_decref(problem);
}
END_TEST

START_TEST(bodies_are_strict)
{
    static const struct {
        const char *body;
        int status;
    } bodies[] = {{NULL, 201},        {"", 201},  {"{}", 201},  {" {} ", 201}, {"[]", 422},
                  {"{\"x\":1}", 422}, {"{", 400}, {"{}x", 400}, {"\xff", 400}, {"{\"a\":1,\"a\":2}", 400}};
    json_t *json =
        ask_json(CALLER_ANA, "POST", "/v1/agents/ana/calendar", bodies[_i].body, bodies[_i].status);
    json_decref(json);
}
END_TEST

/* --- rosters
 * ---------------------------------------------------------------------------------------------------- */

static char *roster_path(int64_t id, const char *what)
{
    return g_strdup_printf("/v1/rosters/%" G_GINT64_FORMAT "%s", id, what);
}

START_TEST(rosters_show_cost_and_proof)
{
    json_t *list = get(CALLER_PLANNER, "/v1/rosters");
    json_t *rosters = json_object_get(list, "rosters"), *oldest = json_array_get(rosters, 2);
    ck_assert_uint_eq(json_array_size(rosters), 3);
    ck_assert_str_eq(text(oldest, "week"), "2026-W48");
    ck_assert_str_eq(text(oldest, "first_day"), "2026-11-23");
    ck_assert_str_eq(text(oldest, "state"), "published");
    ck_assert_str_eq(text(oldest, "seed"), "18446744073709551615");
    ck_assert_double_eq_tol(number(oldest, "pay"), 5 * 80, 1e-9);
    ck_assert_double_eq_tol(number(oldest, "gap"), 0.01, 1e-9);
    ck_assert_double_eq_tol(number(oldest, "seconds"), 1.5, 1e-9);
    ck_assert_int_eq((int)number(oldest, "shifts"), 5);
    json_decref(list);
}
END_TEST

START_TEST(roster_shifts_are_those_of_the_draft)
{
    g_autofree char *path = roster_path(fixture.draft, "/shifts");
    json_t *page = get(CALLER_PLANNER, path), *shifts = json_object_get(page, "shifts");
    ck_assert_uint_eq(json_array_size(shifts), 4);
    ck_assert_str_eq(text(json_array_get(shifts, 1), "start"), "2026-11-24T10:00:00+08:00");
    ck_assert_str_eq(text(json_array_get(shifts, 3), "start"), "2026-11-23T08:00:00-05:00");
    json_decref(page);
}
END_TEST

START_TEST(broken_drafts_are_not_published)
{
    g_autofree char *path = roster_path(fixture.bad_draft, "/publish"),
                    *self = roster_path(fixture.bad_draft, "");
    json_t *problem = ask_json(CALLER_PLANNER, "POST", path, NULL, 409);
    ck_assert_str_eq(text(problem, "type"), "urn:wfm:problem:rule-violation");
    ck_assert_ptr_nonnull(text(json_array_get(json_object_get(problem, "violations"), 0), "message"));
    json_t *roster = get(CALLER_PLANNER, self);
    ck_assert_str_eq(text(roster, "state"), "draft");
    json_decref(problem);
    json_decref(roster);
}
END_TEST

static icalcomponent *read_feed(void)
{
    g_autofree char *path = g_strdup_printf("/v1/calendar/%s.ics", fixture.secret);
    struct http_answer answer = ask(CALLER_NONE, "GET", path, NULL);
    ck_assert_int_eq(answer.status, 200);
    g_autofree char *type = http_header(&answer, "Content-Type");
    ck_assert_str_eq(type, "text/calendar; charset=utf-8");
    icalcomponent *calendar = icalparser_parse_string(answer.body);
    ck_assert_ptr_nonnull(calendar);
    ck_assert_int_eq(icalcomponent_count_errors(calendar), 0);
    http_answer_clear(&answer);
    return calendar;
}

struct event_seen {
    char uid[128];
    int sequence, status;
    int64_t start_ts;
};

static int read_events(struct event_seen *out, int max)
{
    icalcomponent *calendar = read_feed();
    int n = 0;
    for (icalcomponent *event = icalcomponent_get_first_component(calendar, ICAL_VEVENT_COMPONENT);
         event != NULL && n < max;
         event = icalcomponent_get_next_component(calendar, ICAL_VEVENT_COMPONENT), n++) {
        g_strlcpy(out[n].uid, icalcomponent_get_uid(event), sizeof(out[n].uid));
        out[n].sequence = icalcomponent_get_sequence(event);
        out[n].status = (int)icalcomponent_get_status(event);
        out[n].start_ts = (int64_t)icaltime_as_timet(icalcomponent_get_dtstart(event));
    }
    icalcomponent_free(calendar);
    return n;
}

/* Publishing the draft: Monday stays as it is, Tuesday moves by an hour under its UID, Wednesday stays as
 * cancelled. */
START_TEST(publishing_moves_the_calendar)
{
    struct event_seen before[4], after[4];
    ck_assert_int_eq(read_events(before, 4), 3);
    g_autofree char *path = roster_path(fixture.draft, "/publish"), *old = roster_path(fixture.published, "");
    json_t *roster = ask_json(CALLER_PLANNER, "POST", path, "{}", 200);
    ck_assert_str_eq(text(roster, "state"), "published");
    ck_assert_ptr_nonnull(strstr(text(roster, "published_by"), "test token"));
    json_t *former = get(CALLER_PLANNER, old);
    ck_assert_str_eq(text(former, "state"), "superseded");
    ck_assert_int_eq(read_events(after, 4), 3);
    for (int k = 0; k < 3; k++)
        ck_assert_str_eq(after[k].uid, before[k].uid);
    ck_assert_int_eq(after[0].sequence, before[0].sequence);
    ck_assert_int_eq(after[1].start_ts, before[1].start_ts + 3600);
    ck_assert_int_gt(after[1].sequence, before[1].sequence);
    ck_assert_int_eq(after[2].status, ICAL_STATUS_CANCELLED);
    ck_assert_int_gt(after[2].sequence, before[2].sequence);
    json_t *again = ask_json(CALLER_PLANNER, "POST", path, NULL, 409);
    ck_assert_str_eq(text(again, "type"), "urn:wfm:problem:conflict");
    json_decref(again);
    json_decref(roster);
    json_decref(former);
}
END_TEST

START_TEST(feeds_live_until_revoked)
{
    json_t *made = ask_json(CALLER_ANA, "POST", "/v1/agents/ana/calendar", NULL, 201);
    const char *url = text(made, "url");
    ck_assert_msg(g_str_has_prefix(url, "https://wfm.example/v1/calendar/"), "%s", url);
    g_autofree char *fresh = g_strdup(url + strlen("https://wfm.example"));
    g_autofree char *former = g_strdup_printf("/v1/calendar/%s.ics", fixture.secret);
    const struct {
        const char *path;
        int before, after;
    } checks[] = {{former, 404, 404}, {fresh, 200, 404}};
    for (int round = 0; round < 2; round++) {
        for (size_t k = 0; k < G_N_ELEMENTS(checks); k++) {
            struct http_answer answer = ask(CALLER_NONE, "GET", checks[k].path, NULL);
            ck_assert_int_eq(answer.status, round == 0 ? checks[k].before : checks[k].after);
            http_answer_clear(&answer);
        }
        struct http_answer gone = ask(CALLER_ANA, "DELETE", "/v1/agents/ana/calendar", NULL);
        ck_assert_int_eq(gone.status, round == 0 ? 204 : 404);
        http_answer_clear(&gone);
    }
    json_decref(made);
}
END_TEST

/* --- many at once, and a database that goes away
 * ------------------------------------------------------------------ */

static gpointer ask_often(gpointer data)
{
    (void)data;
    int good = 0;
    for (int k = 0; k < 20; k++) {
        struct http_answer answer =
            ask(k % 2 == 0 ? CALLER_ANA : CALLER_PLANNER, "GET", "/v1/agents/ana/shifts?" WEEK, NULL);
        good += answer.status == 200;
        http_answer_clear(&answer);
    }
    return GINT_TO_POINTER(good);
}

START_TEST(many_at_once)
{
    GThread *threads[8];
    for (size_t k = 0; k < G_N_ELEMENTS(threads); k++)
        threads[k] = g_thread_new("client", ask_often, NULL);
    for (size_t k = 0; k < G_N_ELEMENTS(threads); k++)
        ck_assert_int_eq(GPOINTER_TO_INT(g_thread_join(threads[k])), 20);
}
END_TEST

START_TEST(a_database_restart_is_survived)
{
    g_autoptr(GError) error = NULL;
    static const int before[] = {200, 503, 200};
    for (int round = 0; round < 3; round++) {
        if (round == 1)
            cluster_stop(pg_data_dir(), &error);
        ck_no_error(error);
        if (round == 2)
            g_free(cluster_ensure(pg_data_dir(), &error));
        ck_no_error(error);
        struct http_answer me = ask(CALLER_ANA, "GET", "/v1/me", NULL),
                           ready = ask(CALLER_NONE, "GET", "/readyz", NULL);
        ck_assert_msg(me.status == before[round] && ready.status == before[round], "round %d: %d %d\n%s",
                      round, me.status, ready.status, me.body);
        http_answer_clear(&me);
        http_answer_clear(&ready);
    }
}
END_TEST

static Suite *suite(void)
{
    pg_start();
    Suite *s = suite_create("api/resources");
    TCase *t = tcase_create("one database for all");
    tcase_set_timeout(t, 60);
    tcase_add_unchecked_fixture(t, make_data, drop_data);
    tcase_add_checked_fixture(t, start, stop);
    tcase_add_test(t, shifts_say_all_in_the_agents_zone);
    tcase_add_loop_test(t, pages_give_everything_once, 0, 6);
    tcase_add_loop_test(t, unchanged_answers_are_304, 0, 6);
    tcase_add_test(t, service_levels_are_ratios_of_sums_by_local_day);
    tcase_add_test(t, simulated_levels_stand_beside_expected_ones);
    tcase_add_loop_test(t, service_levels_name_their_rosters, 0, G_N_ELEMENTS(sources));
    tcase_add_test(t, a_draft_has_its_service_levels);
    tcase_add_test(t, coverage_is_per_interval);
    tcase_add_test(t, a_span_without_roster_is_empty);
    tcase_add_test(t, forecast_is_cut_to_the_span);
    tcase_add_test(t, forecast_with_the_planners_hand);
    tcase_add_loop_test(t, lists_are_of_the_scope, 0, 6);
    tcase_add_test(t, routing_is_for_planners);
    tcase_add_test(t, me_says_who);
    tcase_add_loop_test(t, queries_are_strict_everywhere, 0, api_n_routes);
    tcase_add_loop_test(t, more_bad_queries, 0, 7);
    tcase_add_loop_test(t, bodies_are_strict, 0, 10);
    tcase_add_test(t, rosters_show_cost_and_proof);
    tcase_add_test(t, roster_shifts_are_those_of_the_draft);
    tcase_add_test(t, many_at_once);
    suite_add_tcase(s, t);
    t = tcase_create("a database each");
    tcase_set_timeout(t, 60);
    tcase_add_checked_fixture(t, make_data, drop_data);
    tcase_add_checked_fixture(t, start, stop);
    tcase_add_test(t, broken_drafts_are_not_published);
    tcase_add_test(t, publishing_moves_the_calendar);
    tcase_add_test(t, feeds_live_until_revoked);
    tcase_add_test(t, a_database_restart_is_survived);
    suite_add_tcase(s, t);
    return s;
}

TEST_MAIN(suite)
