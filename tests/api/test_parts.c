/* The operation part by part: what comes back is what was sent, what is refused says where, and nothing is
   lost or half done. */
#include "tests/support/testing.h"

#include <jansson.h>
#include <string.h>

#include "api/server.h"
#include "core/opfile.h"
#include "tests/api/fixture.h"
#include "tests/api/http.h"
#include "tests/support/pg.h"

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
    server = fixture_serve(&fixture, 2, NULL);
}

static void stop(void)
{
    api_stop(server);
}

/* --- asking */

static struct http_answer ask(const char *method, const char *path, const char *extra, const char *body)
{
    return http_request(api_port(server), method, path, fixture.tokens[CALLER_PLANNER], extra, body);
}

static json_t *answered(const struct http_answer *answer, const char *what, int status)
{
    ck_assert_msg(answer->status == status, "%s: %d, not %d\n%s", what, answer->status, status, answer->body);
    json_t *json = json_loads(answer->body, JSON_REJECT_DUPLICATES, NULL);
    ck_assert_msg(json != NULL, "%s: %s", what, answer->body);
    return json;
}

/* GET; *etag (may be NULL) g_free. */
static json_t *get(const char *path, char **etag)
{
    struct http_answer answer = ask("GET", path, NULL, NULL);
    json_t *json = answered(&answer, path, 200);
    if (etag != NULL)
        *etag = http_header(&answer, "ETag");
    http_answer_clear(&answer);
    return json;
}

/* A write with the ETag that GET gives now; *etag_after (may be NULL) g_free. */
static json_t *write_now(const char *method, const char *path, const json_t *body, int status,
                         char **etag_after)
{
    struct http_answer now = ask("GET", path, NULL, NULL);
    g_autofree char *etag = http_header(&now, "ETag");
    bool there = now.status == 200;
    http_answer_clear(&now);
    g_autofree char *extra = there ? g_strdup_printf("If-Match: %s\r\n", etag) : NULL;
    g_autofree char *text = json_dumps(body, JSON_REAL_PRECISION(10));
    struct http_answer answer = ask(method, path, extra, text);
    json_t *json = answered(&answer, path, status);
    if (etag_after != NULL)
        *etag_after = http_header(&answer, "ETag");
    http_answer_clear(&answer);
    return json;
}

static json_t *parsed(const char *text)
{
    json_error_t where;
    json_t *json = json_loads(text, 0, &where);
    ck_assert_msg(json != NULL, "%s: %s", where.text, text);
    return json;
}

/* The same from a text; only the status counts. */
static void write_text(const char *method, const char *path, const char *text, int status)
{
    json_t *body = parsed(text);
    json_decref(write_now(method, path, body, status, NULL));
    json_decref(body);
}

static const char *text_at(const json_t *json, const char *key)
{
    return json_string_value(json_object_get(json, key));
}

/* --- what comes back is what was sent */

static void add_wealth(void)
{
    static const struct {
        const char *method, *path, *body;
        int status;
    } rows[] = {
        {"PUT", "/v1/meetings/team",
         "{\"minutes\": 30, \"from\": \"2026-11-24\", \"to\": \"2026-11-26\", \"together\": true, "
         "\"price\": 12.5, \"agents\": [\"ana\", \"ben\"]}",
         201},
        {"PUT", "/v1/agents/ana/preferences",
         "{\"preferences\": [{\"day\": \"2026-12-24\", \"wish\": \"off\", \"price\": 25}, "
         "{\"day\": \"2026-12-26\", \"wish\": \"start\", \"start\": \"06:00-10:00\", \"price\": 1.5}, "
         "{\"day\": \"2026-12-27\", \"wish\": \"on\", \"template\": \"day\", \"price\": 3}]}",
         200},
        {"PATCH", "/v1/contracts/full",
         "{\"template_limits\": [{\"template\": \"day\", \"week\": {\"max\": 5}}], \"prices\": "
         "{\"week_days_max\": 20}, \"successions\": [], \"window\": {\"max\": 6, \"days\": 7}, "
         "\"day_off\": {\"length_minutes\": 1440}}",
         200},
        {"PATCH", "/v1/operation",
         "{\"currencies\": [{\"code\": \"EUR\", \"rate\": 1.1}], \"headcounts\": [{\"template\": \"day\", "
         "\"min\": 1, \"under_price\": 9}], \"fairness\": {\"weeks\": 8, \"night_price\": 2}}",
         200},
        {"PATCH", "/v1/queues/acme-chat",
         "{\"concurrency\": 2, \"concurrent_aht_seconds\": [300, 420.5], \"patience_seconds\": 0, \"open\": "
         "[{\"days\": \"mon,wed-fri\", \"from\": \"08:00\", \"to\": \"26:00\"}]}",
         200},
    };
    for (size_t k = 0; k < G_N_ELEMENTS(rows); k++)
        write_text(rows[k].method, rows[k].path, rows[k].body, rows[k].status);
}

/* GET → PUT: unchanged, the ETag the same, no audit row. */
static void comes_back(const char *path)
{
    g_autofree char *before = NULL, *after = NULL;
    json_t *json = get(path, &before);
    json_t *answer = write_now("PUT", path, json, 200, &after);
    ck_assert_msg(json_is_true(json_object_get(answer, "unchanged")), "%s has changed", path);
    ck_assert_str_eq(before, after);
    json_decref(answer);
    json_decref(json);
}

START_TEST(every_part_comes_back)
{
    static const char *const lists[] = {"clients",   "queues", "sites",   "templates",
                                        "contracts", "agents", "meetings"};
    add_wealth();
    g_autofree char *rows_before = pg_value(fixture.conninfo, "SELECT count(*) FROM audit");
    json_t *all = get("/v1/operation/export", NULL);
    int n = 0;
    comes_back("/v1/operation");
    for (size_t l = 0; l < G_N_ELEMENTS(lists); l++) {
        size_t k;
        json_t *one;
        json_array_foreach(json_object_get(all, lists[l]), k, one)
        {
            g_autofree char *path = g_strdup_printf("/v1/%s/%s", lists[l], text_at(one, "id"));
            comes_back(path);
            n++;
        }
    }
    g_autofree char *off = g_strdup_printf("/v1/agents/ana/time-off/%" G_GINT64_FORMAT, fixture.off_ana);
    comes_back(off);
    comes_back("/v1/agents/ana/preferences");
    ck_assert_int_eq(n, 2 + 3 + 2 + 1 + 1 + 4 + 1);
    ck_assert_uint_eq(json_array_size(json_object_get(all, "preferences")), 3);
    ck_assert_uint_eq(json_array_size(json_object_get(all, "time_off")), 2);
    g_autofree char *rows_after = pg_value(fixture.conninfo, "SELECT count(*) FROM audit");
    ck_assert_str_eq(rows_before, rows_after);
    json_decref(all);
}
END_TEST

/* Members are rows of the tables of the operation file: the contract has each of them, and no other. */
START_TEST(contract_has_every_member)
{
    static const struct {
        const char *list, *schema;
    } parts[] = {{"clients", "Client"},     {"queues", "Queue"},       {"sites", "Site"},
                 {"templates", "Template"}, {"contracts", "Contract"}, {"agents", "Agent"},
                 {"meetings", "Meeting"},   {"time_off", "TimeOff"},   {"preferences", "Preference"}};
    add_wealth();
    json_t *all = get("/v1/operation/export", NULL), *contract = get("/openapi.json", NULL);
    const json_t *schemas = json_object_get(json_object_get(contract, "components"), "schemas");
    for (size_t k = 0; k < G_N_ELEMENTS(parts); k++) {
        json_t *one = json_array_get(json_object_get(all, parts[k].list), 0);
        json_t *known = json_object_get(json_object_get(schemas, parts[k].schema), "properties");
        const char *name;
        json_t *value;
        json_object_foreach(one, name, value) ck_assert_msg(
            json_object_get(known, name) != NULL, "%s has no %s in the contract", parts[k].schema, name);
        json_object_foreach(known, name, value)
            ck_assert_msg(json_object_get(one, name) != NULL, "%s: no %s is shown", parts[k].schema, name);
    }
    json_decref(contract);
    json_decref(all);
}
END_TEST

/* --- what is refused says where */

static const struct {
    const char *what, *method, *path, *body;
    const char *pointer, *detail; /* of one of the errors: its beginning */
} refusals[] = {
    {"unknown member", "PATCH", "/v1/queues/acme-voice", "{\"prioritee\": 1}", "/prioritee", "unknown here"},
    {"wrong type", "PATCH", "/v1/queues/acme-voice", "{\"aht_seconds\": \"300\"}", "/aht_seconds",
     "a text found where a number"},
    {"out of range", "PATCH", "/v1/queues/acme-voice", "{\"sla\": {\"target\": 80}}", "/sla/target",
     "80 is not within 0..1"},
    {"the engine's own rule", "PATCH", "/v1/queues/acme-voice", "{\"blend_idle\": 2}", "/blend_idle",
     "blend_idle belongs to deferred work"},
    {"a nested rule", "PATCH", "/v1/queues/acme-voice", "{\"sla\": {\"definition\": \"excl_short\"}}",
     "/sla/short_abandon_seconds", "sla.short_abandon 0 s"},
    {"a span that does not fit", "PATCH", "/v1/queues/acme-voice",
     "{\"open\": [{\"days\": \"all\", \"from\": \"08:00\", \"to\": \"20:00\"}, {\"days\": \"mon\", \"from\": "
     "\"08:07\", \"to\": \"20:00\"}]}",
     "/open/1", "open 2: from 08:07"},
    {"unknown reference", "PATCH", "/v1/agents/ana",
     "{\"skills\": [{\"queue\": \"acme-chat\"}, {\"queue\": "
     "\"none\"}]}",
     "/skills/1/queue", "there is no queue"},
    {"queue twice", "PATCH", "/v1/agents/ana",
     "{\"skills\": [{\"queue\": \"acme-voice\"}, {\"queue\": \"acme-chat\"}, {\"queue\": \"acme-voice\"}]}",
     "/skills/2/queue", "the queue is listed twice"},
    {"other id than the path", "PUT", "/v1/clients/acme", "{\"id\": \"zeta\"}", "/id", "is not \"acme\""},
    {"missing", "PUT", "/v1/queues/new", "{\"client\": \"acme\"}", "/channel", "is missing"},
    {"break", "PATCH", "/v1/templates/day",
     "{\"breaks\": [{\"kind\": \"meal\", \"minutes\": 7, \"paid\": false, \"earliest_minutes\": 60, "
     "\"latest_minutes\": 120}]}",
     "/breaks/0", "breaks 1: 7 minutes are no multiple"},
    {"another part is broken by it", "PATCH", "/v1/operation", "{\"interval_minutes\": 30}", "",
     "shift template day: breaks 1: 15 minutes are no multiple"},
    {"bad currency", "PATCH", "/v1/contracts/full", "{\"pay\": {\"currency\": \"XXX\"}}", "/pay/currency",
     "pay.currency \"XXX\" has no rate"},
    {"zone", "PATCH", "/v1/sites/mnl", "{\"zone\": \"Asia/Nowhere\"}", "", ""},
    {"overlap", "POST", "/v1/agents/ana/time-off", "{\"start\": \"2027-01-01\", \"end\": \"2027-01-01\"}", "",
     "time off of agent ana overlaps"},
    {"backwards", "POST", "/v1/agents/ana/time-off", "{\"start\": \"2027-03-02\", \"end\": \"2027-03-01\"}",
     "/end", "end is not after the start"},
    {"wish without a price", "PUT", "/v1/agents/ana/preferences",
     "{\"preferences\": [{\"day\": \"2026-12-24\", \"wish\": \"off\"}]}", "/preferences/0/price",
     "is missing"},
    {"special day of nobody", "POST", "/v1/special-days",
     "{\"scope\": \"queue\", \"date\": \"2026-12-24\", \"name\": \"x\", \"kind\": \"closed\"}", "/id",
     "is missing; it says which queue"},
    {"bulk", "POST", "/v1/agents/bulk",
     "{\"agents\": [{\"id\": \"eve\", \"site\": \"mnl\", \"contract\": \"full\", \"skills\": []}, {\"id\": "
     "\"fay\", \"site\": \"nowhere\", \"contract\": \"full\", \"skills\": []}]}",
     "/agents/1/site", "there is no site"},
    {"bulk, the engine's own rule", "POST", "/v1/agents/bulk",
     "{\"agents\": [{\"id\": \"eve\", \"site\": \"mnl\", \"contract\": \"full\", \"skills\": []}, {\"id\": "
     "\"fay\", \"site\": \"mnl\", \"contract\": \"full\", \"skills\": [], \"hire_price\": 4}]}",
     "/agents/1/hire_price", "hire_price 4, but the agent is not optional"},
    {"bulk, twice the same", "POST", "/v1/agents/bulk",
     "{\"agents\": [{\"id\": \"eve\", \"site\": \"mnl\", \"contract\": \"full\", \"skills\": []}, {\"id\": "
     "\"eve\", \"site\": \"mnl\", \"contract\": \"full\", \"skills\": []}]}",
     "/agents/1", "the same stands in the request before"},
};

START_TEST(refusals_say_where)
{
    g_autofree char *before = pg_value(fixture.conninfo, "SELECT count(*) FROM audit");
    json_t *body = parsed(refusals[_i].body);
    bool match = strcmp(refusals[_i].method, "POST") != 0;
    g_autofree char *text = json_dumps(body, 0);
    json_t *problem;
    if (match) {
        problem = write_now(refusals[_i].method, refusals[_i].path, body, 422, NULL);
    } else {
        struct http_answer answer = ask("POST", refusals[_i].path, NULL, text);
        problem = answered(&answer, refusals[_i].what, 422);
        http_answer_clear(&answer);
    }
    bool found = false;
    size_t k;
    json_t *one;
    json_array_foreach(json_object_get(problem, "errors"), k, one) found |=
        g_strcmp0(text_at(one, "pointer"), refusals[_i].pointer) == 0 &&
        g_str_has_prefix(text_at(one, "detail"), refusals[_i].detail);
    g_autofree char *shown = json_dumps(problem, 0);
    ck_assert_msg(found, "%s: no error \"%s…\" at %s in\n%s", refusals[_i].what, refusals[_i].detail,
                  refusals[_i].pointer, shown);
    g_autofree char *after = pg_value(fixture.conninfo, "SELECT count(*) FROM audit");
    ck_assert_str_eq(before, after);
    json_decref(problem);
    json_decref(body);
}
END_TEST

/* All faults of a body at once, not the first only. */
START_TEST(all_faults_are_told)
{
    json_t *body = parsed("{\"aht_seconds\": -1, \"channel\": \"fax\", \"zone\": 3, \"x\": 1}");
    json_t *problem = write_now("PATCH", "/v1/queues/acme-voice", body, 422, NULL);
    ck_assert_uint_eq(json_array_size(json_object_get(problem, "errors")), 4);
    json_decref(problem);
    json_decref(body);
}
END_TEST

/* --- changes */

START_TEST(a_part_lives_and_retires)
{
    write_text("PUT", "/v1/sites/ceb", "{\"zone\": \"Asia/Manila\"}", 201);
    json_t *site = get("/v1/sites/ceb", NULL);
    ck_assert_str_eq(text_at(site, "name"), "ceb"); /* its default */
    json_decref(site);
    write_text("PATCH", "/v1/sites/ceb", "{\"name\": \"Cebu\", \"seats\": 40}", 200);
    write_text("PATCH", "/v1/sites/ceb", "{\"seats\": null}", 200);
    site = get("/v1/sites/ceb", NULL);
    ck_assert_str_eq(text_at(site, "name"), "Cebu");
    ck_assert(json_is_null(json_object_get(site, "seats")));
    json_decref(site);
    write_text("PATCH", "/v1/agents/ana", "{\"site\": \"ceb\"}", 200);
    struct http_answer answer = ask("DELETE", "/v1/sites/ceb", NULL, NULL);
    json_t *problem = answered(&answer, "in use", 409);
    const json_t *first = json_array_get(json_object_get(problem, "referred_by"), 0);
    ck_assert_str_eq(text_at(first, "kind"), "agent");
    ck_assert_str_eq(text_at(first, "id"), "ana");
    json_decref(problem);
    http_answer_clear(&answer);
    write_text("PATCH", "/v1/agents/ana", "{\"site\": \"mnl\"}", 200);
    answer = ask("DELETE", "/v1/sites/ceb", NULL, NULL);
    ck_assert_int_eq(answer.status, 204);
    http_answer_clear(&answer);
    answer = ask("GET", "/v1/sites/ceb", NULL, NULL);
    ck_assert_int_eq(answer.status, 404);
    http_answer_clear(&answer);
    json_t *gone = get("/v1/sites?active=false", NULL);
    ck_assert_uint_eq(json_array_size(json_object_get(gone, "sites")), 1);
    json_decref(gone);
    write_text("PUT", "/v1/sites/ceb", "{\"zone\": \"Asia/Manila\"}", 201);
}
END_TEST

START_TEST(the_audit_says_from_what_to_what)
{
    write_text("PATCH", "/v1/queues/acme-voice", "{\"aht_seconds\": 320, \"name\": \"Voice\"}", 200);
    g_autofree char *row =
        pg_value(fixture.conninfo,
                 "SELECT action || ' ' || subject || ' ' || (detail ->> 'client') || ' ' || "
                 "(detail #>> '{changes,aht_seconds,from}') || ' ' || (detail #>> "
                 "'{changes,aht_seconds,to}') || ' ' || (SELECT count(*) FROM json_object_keys(detail -> "
                 "'changes')) FROM audit ORDER BY id DESC LIMIT 1");
    ck_assert_str_eq(row, "queue.updated acme-voice acme 300 320 2");
}
END_TEST

START_TEST(nobodys_change_is_lost)
{
    struct http_answer answer = ask("PUT", "/v1/clients/acme", NULL, "{\"name\": \"A\"}");
    ck_assert_int_eq(answer.status, 428);
    http_answer_clear(&answer);
    answer = ask("PUT", "/v1/clients/acme", "If-Match: \"old\"\r\n", "{\"name\": \"A\"}");
    ck_assert_int_eq(answer.status, 412);
    http_answer_clear(&answer);
}
END_TEST

/* --- many at once */

#define CSV_HEADER "Content-Type: text/csv\r\n"

static json_t *bulk(const char *path, const char *header, const char *body, int status)
{
    struct http_answer answer = ask("POST", path, header, body);
    json_t *json = answered(&answer, path, status);
    http_answer_clear(&answer);
    return json;
}

static void counts_are(json_t *done, int created, int updated, int unchanged)
{
    ck_assert_int_eq((int)json_integer_value(json_object_get(done, "created")), created);
    ck_assert_int_eq((int)json_integer_value(json_object_get(done, "updated")), updated);
    ck_assert_int_eq((int)json_integer_value(json_object_get(done, "unchanged")), unchanged);
    json_decref(done);
}

START_TEST(many_agents_at_once)
{
    static const char csv[] = "agent,name,site,contract,skills,available\n"
                              "eve,Eve,mnl,full,acme-voice:1.2@2;acme-chat,mon-fri 06:00-20:00\n"
                              "fay,\"Fay, the other\",bog,full,zeta-voice,\n";
    counts_are(bulk("/v1/agents/bulk", CSV_HEADER, csv, 200), 2, 0, 0);
    counts_are(bulk("/v1/agents/bulk", CSV_HEADER, csv, 200), 0, 0, 2);
    json_t *eve = get("/v1/agents/eve", NULL);
    const json_t *voice = json_array_get(json_object_get(eve, "skills"), 1);
    ck_assert_str_eq(text_at(voice, "queue"), "acme-voice");
    ck_assert_int_eq((int)json_integer_value(json_object_get(voice, "level")), 2);
    json_object_set_new(eve, "name", json_string("Eva"));
    json_t *ben = get("/v1/agents/ben", NULL);
    json_t *body = json_pack("{s:[O, O]}", "agents", eve, ben);
    g_autofree char *text = json_dumps(body, 0);
    counts_are(bulk("/v1/agents/bulk", NULL, text, 200), 0, 1, 1);
    json_t *problem = bulk("/v1/agents/bulk", CSV_HEADER,
                           "agent,site,contract,skills\ngil,mnl,full,acme-voice\nhal,mnl,full,none\n", 422);
    ck_assert_ptr_nonnull(strstr(text_at(problem, "detail"), "agents.csv:3: column skills"));
    struct http_answer gil = ask("GET", "/v1/agents/gil", NULL, NULL);
    ck_assert_int_eq(gil.status, 404); /* none or all */
    http_answer_clear(&gil);
    json_decref(problem);
    json_decref(body);
    json_decref(ben);
    json_decref(eve);
}
END_TEST

START_TEST(much_time_off_at_once)
{
    counts_are(bulk("/v1/time-off/bulk", CSV_HEADER,
                    "agent,start,end,kind,credit_minutes\nana,2027-02-01,2027-02-05,vacation,480\n"
                    "cira,2027-02-01,2027-02-01,sick,\n",
                    200),
               2, 0, 0);
    counts_are(
        bulk("/v1/time-off/bulk", NULL,
             "{\"time_off\": [{\"agent\": \"ana\", \"start\": \"2027-02-01\", \"end\": \"2027-02-06\", "
             "\"kind\": \"vacation\", \"credit_minutes\": 480}]}",
             200),
        0, 1, 0);
    json_t *list = get("/v1/agents/ana/time-off?from=2027-02-01T00:00:00Z&to=2027-02-20T00:00:00Z", NULL);
    const json_t *one = json_array_get(json_object_get(list, "time_off"), 0);
    ck_assert_uint_eq(json_array_size(json_object_get(list, "time_off")), 1);
    ck_assert_str_eq(text_at(one, "end"), "2027-02-07T00:00:00+08:00"); /* by the clock of the site */
    json_decref(list);
}
END_TEST

/* What the list says as CSV, the reader of agents.csv takes. */
START_TEST(csv_is_that_of_the_files)
{
    write_text("PATCH", "/v1/agents/ana",
               "{\"available\": [{\"days\": \"mon-wed,sat\", \"from\": \"20:00\", \"to\": \"30:00\"}], "
               "\"lead\": true, \"rank\": 2, \"employed_from\": \"2025-01-31\"}",
               200);
    struct http_answer answer = ask("GET", "/v1/agents", "Accept: text/csv\r\n", NULL);
    ck_assert_int_eq(answer.status, 200);
    counts_are(bulk("/v1/agents/bulk", CSV_HEADER, answer.body, 200), 0, 0, 4);
    ck_assert_ptr_nonnull(strstr(answer.body, "\nana,"));
    http_answer_clear(&answer);
    answer = ask("GET", "/v1/queues", "Accept: text/csv\r\n", NULL);
    ck_assert_ptr_nonnull(strstr(answer.body, "sla.threshold_seconds"));
    http_answer_clear(&answer);
}
END_TEST

START_TEST(pages_keep_their_filters)
{
    json_t *page = get("/v1/agents?site=mnl&limit=1", NULL);
    ck_assert_str_eq(text_at(page, "next"), "/v1/agents?after=ana&limit=1&site=mnl");
    json_t *second = get(text_at(page, "next"), NULL);
    ck_assert_str_eq(text_at(json_array_get(json_object_get(second, "agents"), 0), "id"), "ben");
    ck_assert(json_is_null(json_object_get(second, "next")));
    json_t *skilled = get("/v1/agents?skill=zeta-voice", NULL);
    ck_assert_uint_eq(json_array_size(json_object_get(skilled, "agents")), 2);
    json_decref(skilled);
    json_decref(second);
    json_decref(page);
}
END_TEST

/* An empty database becomes an operation by requests alone. */
START_TEST(an_operation_from_nothing)
{
    pg_exec(fixture.conninfo,
            "TRUNCATE operation; UPDATE client SET retired = true; UPDATE queue SET retired = "
            "true; UPDATE site SET retired = true; UPDATE shift_template SET retired = true; "
            "UPDATE contract SET retired = true; UPDATE agent SET retired = true");
    json_t *none = get("/v1/clients", NULL);
    ck_assert_uint_eq(json_array_size(json_object_get(none, "clients")), 0);
    json_decref(none);
    write_text("PUT", "/v1/operation", "{\"name\": \"New\", \"zone\": \"UTC\", \"currency\": \"EUR\"}", 201);
    write_text("PUT", "/v1/clients/one", "{}", 201);
}
END_TEST

static Suite *suite(void)
{
    pg_start();
    Suite *s = suite_create("api/parts");
    TCase *t = tcase_create("one database for all");
    tcase_set_timeout(t, 60);
    tcase_add_unchecked_fixture(t, make_data, drop_data);
    tcase_add_checked_fixture(t, start, stop);
    tcase_add_loop_test(t, refusals_say_where, 0, G_N_ELEMENTS(refusals));
    tcase_add_test(t, all_faults_are_told);
    tcase_add_test(t, nobodys_change_is_lost);
    tcase_add_test(t, pages_keep_their_filters);
    suite_add_tcase(s, t);
    t = tcase_create("a database each");
    tcase_set_timeout(t, 60);
    tcase_add_checked_fixture(t, make_data, drop_data);
    tcase_add_checked_fixture(t, start, stop);
    tcase_add_test(t, every_part_comes_back);
    tcase_add_test(t, contract_has_every_member);
    tcase_add_test(t, a_part_lives_and_retires);
    tcase_add_test(t, the_audit_says_from_what_to_what);
    tcase_add_test(t, many_agents_at_once);
    tcase_add_test(t, much_time_off_at_once);
    tcase_add_test(t, csv_is_that_of_the_files);
    tcase_add_test(t, an_operation_from_nothing);
    suite_add_tcase(s, t);
    return s;
}

TEST_MAIN(suite)
