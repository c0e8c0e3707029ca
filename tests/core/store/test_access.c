#include <math.h>
#include <string.h>

#include "core/error.h"
#include "tests/core/store/sample.h"
#include "tests/support/pg.h"
#include "tests/support/testing.h"

enum { AGENTS = 6 };

static char *conninfo;
static struct store *store;

static struct stored_forecast forecast_of(const char *queue, double value)
{
    enum { N = 4 };
    struct stored_forecast f = {
        .queue = g_strdup(queue),
        .grid = {.start_ts = SAMPLE_WEEK * INT64_C(86400), .interval_s = 1800, .n = N},
        .offered = g_new(double, N),
        .aht_s = g_new(double, N),
        .n_levels = 2,
        .levels = g_new(double, 2),
        .quantile = g_new(double, N * 2),
        .report_json = g_strdup("{\"b\": 1, \"a\": [2]}"),
        .inputs_hash = g_strdup("abc"),
    };
    for (int i = 0; i < N; i++) {
        f.offered[i] = value + i / 3.0;
        f.aht_s[i] = 300.0 + i;
        f.quantile[i] = value - i;
        f.quantile[N + i] = value + 10.0 * i;
    }
    f.levels[0] = 0.1;
    f.levels[1] = 0.9;
    return f;
}

static void add_overrides(void)
{
    g_autoptr(GError) error = NULL;
    static const struct {
        const char *queue, *scenario;
    } hand[] = {
        {"voice-en", NULL}, {"voice-en", "on"}, {"voice-en", "off"}, {"mail-en", NULL}, {"mail-en", "on"}};
    struct override overrides[G_N_ELEMENTS(hand)];
    for (guint i = 0; i < G_N_ELEMENTS(hand); i++)
        overrides[i] = (struct override){.queue = (char *)hand[i].queue,
                                         .scenario = (char *)hand[i].scenario,
                                         .value = i,
                                         .to_ts = 3600,
                                         .why = (char *)"secret"};
    ck_assert(store_overrides_add(store, overrides, G_N_ELEMENTS(hand), "test", NULL, NULL, &error));
    ck_assert(store_scenario_switch(store, "on", true, "test", &error));
    ck_no_error(error);
}

/* Of the published roster and of a draft, both queues each: a day and the whole. */
static void add_simulations(void)
{
    g_autoptr(GError) error = NULL;
    int64_t start = SAMPLE_WEEK * INT64_C(86400);
    struct simulated_span spans[] = {
        {.queue = (char *)"voice-en", .from_ts = start, .to_ts = start + 86400, .sl_half = NAN},
        {.queue = (char *)"voice-en", .from_ts = start, .to_ts = start + 7 * 86400, .whole = true},
        {.queue = (char *)"mail-en", .from_ts = start, .to_ts = start + 7 * 86400, .whole = true}};
    struct stored_simulation simulation = {.replications = 10, .spans = spans, .n_spans = 3};
    for (simulation.roster_id = 1; simulation.roster_id <= 2; simulation.roster_id++)
        ck_assert(store_simulation_save(store, &simulation, "test", &error));
    ck_no_error(error);
}

static void setup(void)
{
    g_autoptr(GError) error = NULL;
    conninfo = pg_database();
    store = store_open(conninfo, NULL);
    AUTO(operation) operation = sample_operation(AGENTS);
    sample_save(store, operation);
    add_overrides();
    ck_assert(store_roster_publish(store, sample_draft(store, AGENTS, SAMPLE_WEEK, 360), "test", &error));
    sample_draft(store, AGENTS, SAMPLE_WEEK, 420);
    add_simulations();
    struct stored_forecast forecasts[] = {forecast_of("voice-en", 100.0), forecast_of("mail-en", 50.0)};
    ck_assert(store_forecasts_save(store, forecasts, 2, "test", &error));
    ck_no_error(error);
    for (int i = 0; i < 2; i++)
        stored_forecast_clear(&forecasts[i]);
    pg_exec(
        conninfo,
        "CREATE TABLE history_2026_01 PARTITION OF history FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');"
        "INSERT INTO history SELECT queue_key, '2026-01-05 10:00Z', 1800, 1, 1, 0, 60 FROM queue");
}

static void teardown(void)
{
    store_close(store);
    g_free(conninfo);
}

/* --- every scoped function × role × own, foreign and unknown id */

static const struct scope client_acme = {.role = ROLE_CLIENT, .client = "acme"};
static const struct scope client_gone = {.role = ROLE_CLIENT, .client = "nobody"};
static const struct scope client_null = {.role = ROLE_CLIENT};
static const struct scope agent_1 = {.role = ROLE_AGENT, .agent = "agent-001"};
static const struct scope agent_null = {.role = ROLE_AGENT};

/* Calls return the number of things seen, or fail. */
static int see_clients(const struct scope *scope, const char *id, GError **error)
{
    struct named_row *rows = NULL;
    int n = -1;
    (void)id;
    if (store_list_clients(store, scope, &rows, &n, error))
        named_rows_free(rows, n);
    return n;
}

static int see_queues(const struct scope *scope, const char *client, GError **error)
{
    struct named_row *rows = NULL;
    int n = -1;
    if (store_list_queues(store, scope, client, &rows, &n, error))
        named_rows_free(rows, n);
    return n;
}

static int see_agents(const struct scope *scope, const char *id, GError **error)
{
    struct named_row *rows = NULL;
    int n = -1;
    (void)id;
    if (store_list_agents(store, scope, NULL, 0, &rows, &n, error))
        named_rows_free(rows, n);
    return n;
}

static int see_shifts(const struct scope *scope, const char *agent, GError **error)
{
    struct shift_view *views = NULL;
    int n = -1;
    if (store_shifts(store, scope, agent, INT64_MIN, INT64_MAX, true, 0, 0, 0, &views, &n, error))
        shift_views_free(views, n);
    return n;
}

static int see_coverage(const struct scope *scope, const char *queue, GError **error)
{
    struct coverage_view view;
    if (!store_coverage(store, scope, 0, queue, INT64_MIN, INT64_MAX, &view, error))
        return -1;
    coverage_view_clear(&view);
    return 1;
}

static int see_draft_coverage(const struct scope *scope, const char *queue, GError **error)
{
    struct coverage_view view;
    if (!store_coverage(store, scope, 2, queue, INT64_MIN, INT64_MAX, &view, error))
        return -1;
    coverage_view_clear(&view);
    return 1;
}

static int see_simulation_of(int64_t roster, const struct scope *scope, const char *queue, GError **error)
{
    struct stored_simulation simulation;
    if (!store_simulation_load(store, scope, roster, queue, INT64_MIN, INT64_MAX, &simulation, error))
        return -1;
    int n = simulation.n_spans;
    ck_assert_int_eq(simulation.replications, n > 0 ? 10 : 0);
    stored_simulation_clear(&simulation);
    return n;
}

static int see_simulation(const struct scope *scope, const char *queue, GError **error)
{
    return see_simulation_of(0, scope, queue, error);
}

static int see_draft_simulation(const struct scope *scope, const char *queue, GError **error)
{
    return see_simulation_of(2, scope, queue, error);
}

static int see_forecast(const struct scope *scope, const char *queue, GError **error)
{
    struct stored_forecast forecast;
    int64_t from_ts = SAMPLE_WEEK * INT64_C(86400);
    if (!store_forecast_load(store, scope, queue, from_ts, from_ts + 3600, &forecast, error))
        return -1;
    stored_forecast_clear(&forecast);
    return 1;
}

static int see_forecast_span(const struct scope *scope, const char *queue, GError **error)
{
    struct stored_forecast forecast;
    int64_t from_ts = (SAMPLE_WEEK - 1) * INT64_C(86400);
    if (!store_forecast_span(store, scope, queue, from_ts, from_ts + 7 * 86400, NULL, &forecast, error))
        return -1;
    stored_forecast_clear(&forecast);
    return 1;
}

static int see_forecast_by_id(const struct scope *scope, const char *id, GError **error)
{
    struct stored_forecast forecast;
    if (!store_forecast_find(store, scope, g_ascii_strtoll(id, NULL, 10), &forecast, error))
        return -1;
    stored_forecast_clear(&forecast);
    return 1;
}

static int see_forecasts(const struct scope *scope, const char *queue, GError **error)
{
    struct forecast_info *infos = NULL;
    int n = -1;
    if (store_forecast_list(store, scope, queue, INT64_MIN, INT64_MAX, 0, 0, &infos, &n, error))
        forecast_infos_free(infos, n);
    return n;
}

static int see_overrides(const struct scope *scope, const char *queue, GError **error)
{
    struct override_filter filter = {.queue = queue};
    struct override *overrides = NULL;
    int n = -1;
    if (!store_override_list(store, scope, &filter, &overrides, &n, error))
        return -1;
    for (int i = 0; i < n; i++)
        ck_assert_msg(scope->role == ROLE_PLANNER ||
                          (strcmp(overrides[i].why, "-") == 0 && *overrides[i].created_by == '\0'),
                      "a client reads why and who");
    overrides_free(overrides, n);
    return n;
}

static int see_roster(const struct scope *scope, const char *id, GError **error)
{
    struct roster_info info;
    if (!store_roster_info(store, scope, g_ascii_strtoll(id, NULL, 10), &info, error))
        return -1;
    roster_info_clear(&info);
    return 1;
}

static int see_rosters(const struct scope *scope, const char *id, GError **error)
{
    struct roster_info *infos = NULL;
    int n = -1;
    (void)id;
    if (!store_roster_list(store, scope, NULL, 0, 0, &infos, &n, error))
        return -1;
    for (int i = 0; i < n; i++)
        roster_info_clear(&infos[i]);
    g_free(infos);
    return n;
}

enum { OK = -1, NO = WFM_ERROR_FORBIDDEN, NONE = WFM_ERROR_NOT_FOUND };

static const struct {
    const char *what;
    int (*see)(const struct scope *, const char *, GError **);
    const struct scope *scope;
    const char *id;
    int want; /* OK or the error */
    int n;
} table[] = {
    {"clients, planner", see_clients, &scope_planner, NULL, OK, 2},
    {"clients, client", see_clients, &client_acme, NULL, OK, 1},
    {"clients, unknown client", see_clients, &client_gone, NULL, OK, 0},
    {"clients, client without id", see_clients, &client_null, NULL, NO, 0},
    {"clients, agent", see_clients, &agent_1, NULL, NO, 0},
    {"queues, planner", see_queues, &scope_planner, NULL, OK, 3},
    {"queues of one, planner", see_queues, &scope_planner, "beta", OK, 1},
    {"queues of unknown, planner", see_queues, &scope_planner, "gamma", NONE, 0},
    {"queues, client", see_queues, &client_acme, NULL, OK, 2},
    {"own queues, client", see_queues, &client_acme, "acme", OK, 2},
    {"foreign queues, client", see_queues, &client_acme, "beta", NONE, 0},
    {"unknown queues, client", see_queues, &client_acme, "gamma", NONE, 0},
    {"queues, agent", see_queues, &agent_1, NULL, NO, 0},
    {"agents, planner", see_agents, &scope_planner, NULL, OK, AGENTS},
    {"agents, client", see_agents, &client_acme, NULL, NO, 0},
    {"agents, agent", see_agents, &agent_1, NULL, OK, 1},
    {"agents, agent without id", see_agents, &agent_null, NULL, NO, 0},
    {"shifts, planner", see_shifts, &scope_planner, NULL, OK, AGENTS * 5},
    {"shifts of one, planner", see_shifts, &scope_planner, "agent-002", OK, 5},
    {"shifts of unknown, planner", see_shifts, &scope_planner, "agent-999", NONE, 0},
    {"shifts, client", see_shifts, &client_acme, NULL, NO, 0},
    {"shifts of one, client", see_shifts, &client_acme, "agent-001", NO, 0},
    {"shifts of unknown, client", see_shifts, &client_acme, "agent-999", NO, 0},
    {"shifts, agent", see_shifts, &agent_1, NULL, OK, 5},
    {"own shifts, agent", see_shifts, &agent_1, "agent-001", OK, 5},
    {"foreign shifts, agent", see_shifts, &agent_1, "agent-002", NO, 0},
    {"unknown shifts, agent", see_shifts, &agent_1, "agent-999", NO, 0},
    {"coverage, planner", see_coverage, &scope_planner, "mail-en", OK, 1},
    {"unknown coverage, planner", see_coverage, &scope_planner, "mail-fr", NONE, 0},
    {"own coverage, client", see_coverage, &client_acme, "voice-en", OK, 1},
    {"foreign coverage, client", see_coverage, &client_acme, "mail-en", NONE, 0},
    {"unknown coverage, client", see_coverage, &client_acme, "mail-fr", NONE, 0},
    {"coverage, agent", see_coverage, &agent_1, "voice-en", NO, 0},
    {"draft's coverage, planner", see_draft_coverage, &scope_planner, "voice-en", OK, 1},
    {"draft's coverage, client", see_draft_coverage, &client_acme, "voice-en", NO, 0},
    {"draft's coverage, agent", see_draft_coverage, &agent_1, "voice-en", NO, 0},
    {"simulation, planner", see_simulation, &scope_planner, NULL, OK, 3},
    {"simulation of a queue, planner", see_simulation, &scope_planner, "mail-en", OK, 1},
    {"simulation of an unknown queue, planner", see_simulation, &scope_planner, "mail-fr", OK, 0},
    {"simulation, client", see_simulation, &client_acme, NULL, OK, 2},
    {"own simulation, client", see_simulation, &client_acme, "voice-en", OK, 2},
    {"foreign simulation, client", see_simulation, &client_acme, "mail-en", OK, 0},
    {"simulation, unknown client", see_simulation, &client_gone, NULL, OK, 0},
    {"simulation, client without id", see_simulation, &client_null, NULL, NO, 0},
    {"simulation, agent", see_simulation, &agent_1, "voice-en", NO, 0},
    {"draft's simulation, planner", see_draft_simulation, &scope_planner, NULL, OK, 3},
    {"draft's simulation, client", see_draft_simulation, &client_acme, "voice-en", NO, 0},
    {"draft's simulation, agent", see_draft_simulation, &agent_1, "voice-en", NO, 0},
    {"forecast, planner", see_forecast, &scope_planner, "mail-en", OK, 1},
    {"own forecast, client", see_forecast, &client_acme, "voice-en", OK, 1},
    {"foreign forecast, client", see_forecast, &client_acme, "mail-en", NONE, 0},
    {"unknown forecast, client", see_forecast, &client_acme, "mail-fr", NONE, 0},
    {"forecast, agent", see_forecast, &agent_1, "voice-en", NO, 0},
    {"forecasts of a span, planner", see_forecast_span, &scope_planner, "mail-en", OK, 1},
    {"own forecasts of a span, client", see_forecast_span, &client_acme, "voice-en", OK, 1},
    {"foreign forecasts of a span, client", see_forecast_span, &client_acme, "mail-en", NONE, 0},
    {"forecasts of a span, agent", see_forecast_span, &agent_1, "voice-en", NO, 0},
    {"forecast by number, planner", see_forecast_by_id, &scope_planner, "2", OK, 1},
    {"unknown forecast by number, planner", see_forecast_by_id, &scope_planner, "99", NONE, 0},
    {"own forecast by number, client", see_forecast_by_id, &client_acme, "1", OK, 1},
    {"foreign forecast by number, client", see_forecast_by_id, &client_acme, "2", NONE, 0},
    {"forecast by number, agent", see_forecast_by_id, &agent_1, "1", NO, 0},
    {"forecasts, planner", see_forecasts, &scope_planner, NULL, OK, 2},
    {"forecasts of a queue, planner", see_forecasts, &scope_planner, "mail-en", OK, 1},
    {"forecasts, client", see_forecasts, &client_acme, NULL, OK, 1},
    {"foreign forecasts, client", see_forecasts, &client_acme, "mail-en", OK, 0},
    {"forecasts, client without id", see_forecasts, &client_null, NULL, NO, 0},
    {"forecasts, agent", see_forecasts, &agent_1, NULL, NO, 0},
    {"overrides, planner", see_overrides, &scope_planner, NULL, OK, 5},
    {"overrides of a queue, planner", see_overrides, &scope_planner, "voice-en", OK, 3},
    {"overrides, client: own, in force", see_overrides, &client_acme, NULL, OK, 2},
    {"foreign overrides, client", see_overrides, &client_acme, "mail-en", OK, 0},
    {"overrides, unknown client", see_overrides, &client_gone, NULL, OK, 0},
    {"overrides, agent", see_overrides, &agent_1, NULL, NO, 0},
    {"roster, planner", see_roster, &scope_planner, "1", OK, 1},
    {"unknown roster, planner", see_roster, &scope_planner, "99", NONE, 0},
    {"roster, client", see_roster, &client_acme, "1", NO, 0},
    {"unknown roster, client", see_roster, &client_acme, "99", NO, 0},
    {"roster, agent", see_roster, &agent_1, "1", NO, 0},
    {"rosters, planner", see_rosters, &scope_planner, NULL, OK, 2},
    {"rosters, client", see_rosters, &client_acme, NULL, NO, 0},
    {"rosters, agent", see_rosters, &agent_1, NULL, NO, 0},
};

START_TEST(scopes)
{
    for (guint i = 0; i < G_N_ELEMENTS(table); i++) {
        g_autoptr(GError) error = NULL;
        int n = table[i].see(table[i].scope, table[i].id, &error);
        if (table[i].want == OK) {
            ck_assert_msg(error == NULL, "%s: %s", table[i].what, error != NULL ? error->message : "");
            ck_assert_msg(n == table[i].n, "%s: %d, not %d", table[i].what, n, table[i].n);
        } else {
            ck_assert_msg(error != NULL && error->code == table[i].want, "%s: %s", table[i].what,
                          error != NULL ? error->message : "no error");
        }
    }
}
END_TEST

/* Foreign and unknown look the same, word for word. */
START_TEST(foreign_is_unknown)
{
    g_autoptr(GError) foreign = NULL;
    g_autoptr(GError) unknown = NULL;
    see_coverage(&client_acme, "mail-en", &foreign);
    see_coverage(&client_acme, "mail-xx", &unknown);
    g_auto(GStrv) parts = g_strsplit(unknown->message, "mail-xx", -1);
    g_autofree char *same = g_strjoinv("mail-en", parts);
    ck_assert_str_eq(foreign->message, same);
    g_clear_error(&foreign);
    g_clear_error(&unknown);
    see_shifts(&agent_1, "agent-002", &foreign);
    see_shifts(&agent_1, "agent-999", &unknown);
    ck_assert_str_eq(foreign->message, unknown->message);
}
END_TEST

/* --- the second wall: a query that forgot its WHERE */

#define AS(role, client, agent)                                                                              \
    "BEGIN; SET LOCAL ROLE wfm_scoped; SET LOCAL wfm.role = '" role "'; SET LOCAL wfm.client = '" client     \
    "'; SET LOCAL wfm.agent = '" agent "'; "
#define AS_CLIENT AS("client", "acme", "")
#define AS_AGENT AS("agent", "", "agent-001")
#define AS_NOBODY "BEGIN; SET LOCAL ROLE wfm_scoped; "

static const struct {
    const char *sql, *want; /* NULL: must be refused with 42501 */
} wall[] = {
    {AS_CLIENT "SELECT string_agg(id, ' ') FROM client", "acme"},
    {AS_CLIENT "SELECT string_agg(id, ' ' ORDER BY id) FROM queue", "chat-es voice-en"},
    {AS_CLIENT "SELECT count(*) FROM agent", "0"},
    {AS_CLIENT "SELECT count(*) FROM site", "0"},
    {AS_CLIENT "SELECT count(*) FROM shift", "0"},
    {AS_CLIENT "SELECT count(*) FROM roster_shift", "0"},
    {AS_CLIENT "SELECT count(*) FROM forecast", "1"},
    {AS_CLIENT "SELECT count(id) FROM forecast_override", "2"},
    {AS_CLIENT "SELECT string_agg(name, ' ') FROM scenario", "on"},
    {AS_CLIENT "SELECT why FROM forecast_override", NULL},
    {AS_CLIENT "SELECT created_by FROM forecast_override", NULL},
    {AS_CLIENT "SELECT created_by FROM scenario", NULL},
    {AS_CLIENT "UPDATE forecast_override SET value = 0", NULL},
    {AS_CLIENT "DELETE FROM scenario", NULL},
    {AS_CLIENT "SELECT count(*) FROM roster_queue", "2"},           /* not those of the draft */
    {AS_CLIENT "SELECT count(*) FROM roster_simulation_span", "2"}, /* not those of the draft */
    {AS_CLIENT "SELECT count(replications) FROM roster_simulation", "1"},
    {AS_CLIENT "SELECT created_by FROM roster_simulation", NULL},
    {AS_CLIENT "DELETE FROM roster_simulation", NULL},
    {AS_CLIENT "SELECT count(id) FROM roster", "1"},
    {AS_CLIENT "SELECT pay FROM roster", NULL},
    {AS_CLIENT "SELECT count(*) FROM history", "2"},
    {AS_CLIENT "SELECT * FROM history_import", NULL},
    {AS_AGENT "SELECT count(*) FROM history", "0"},
    {AS_NOBODY "SELECT count(*) FROM history", "0"},
    {AS_CLIENT "SELECT * FROM history_2026_01", NULL},
    {AS_CLIENT "SELECT * FROM token", NULL},
    {AS_CLIENT "SELECT * FROM feed", NULL},
    {AS_CLIENT "SELECT * FROM audit", NULL},
    {AS_CLIENT "SELECT * FROM contract", NULL},
    {AS_CLIENT "SELECT * FROM roster_problem", NULL},
    {AS_CLIENT "SELECT count(id) FROM time_off", "0"},
    {AS_CLIENT "SELECT count(*) FROM preference", "0"},
    {AS_CLIENT "SELECT count(id) FROM contract", "0"},
    {AS_CLIENT "SELECT count(id) FROM shift_template", "0"},
    {AS_CLIENT "SELECT aht_s FROM queue", NULL},
    {AS_CLIENT "SELECT shrinkage FROM queue", NULL},
    {AS_CLIENT "SELECT priority FROM queue", NULL},
    {AS_CLIENT "UPDATE queue SET name = 'x'", NULL},
    {AS_CLIENT "DELETE FROM shift", NULL},
    {AS_AGENT "SELECT string_agg(id, ' ') FROM agent", "agent-001"},
    {AS_AGENT "SELECT string_agg(id, ' ') FROM site", "mnl"},
    {AS_AGENT "SELECT count(*) FROM shift", "5"},
    {AS_AGENT "SELECT count(*) FROM client", "0"},
    {AS_AGENT "SELECT count(*) FROM queue", "0"},
    {AS_AGENT "SELECT count(*) FROM forecast", "0"},
    {AS_AGENT "SELECT count(id) FROM forecast_override", "0"},
    {AS_AGENT "SELECT count(name) FROM scenario", "0"},
    {AS_AGENT "SELECT count(*) FROM roster_queue", "0"},
    {AS_AGENT "SELECT count(*) FROM roster_simulation_span", "0"},
    {AS_AGENT "SELECT count(replications) FROM roster_simulation", "0"},
    {AS_AGENT "SELECT count(employed_from) FROM agent", "1"},
    {AS_AGENT "SELECT hire_price FROM agent", NULL},
    {AS_AGENT "SELECT rank FROM agent", NULL},
    {AS_AGENT "SELECT seats FROM site", NULL},
    {AS_AGENT "SELECT count(id) FROM time_off WHERE agent_key <> (SELECT agent_key FROM agent)", "0"},
    {AS_AGENT "SELECT count(*) FROM preference WHERE agent_key <> (SELECT agent_key FROM agent)", "0"},
    {AS_AGENT
     "SELECT count(*) FROM contract_template x WHERE x.contract_id <> (SELECT contract_id FROM agent)",
     "0"},
    {AS_AGENT "SELECT count(rate) FROM contract", "1"},
    {AS_AGENT "SELECT rule_prices FROM contract", NULL},
    {AS_AGENT "UPDATE time_off SET kind = 'x'", NULL},
    {AS_AGENT "SELECT * FROM agent_skill", NULL},
    {AS_AGENT "UPDATE shift SET start_at = now()", NULL},
    {AS_NOBODY "SELECT count(*) FROM queue", "0"},
    {AS_NOBODY "SELECT count(*) FROM shift", "0"},
    {AS_NOBODY "SELECT count(*) FROM roster_simulation_span", "0"},
    {AS_NOBODY "SELECT count(id) FROM forecast_override", "0"},
    {AS_NOBODY "SELECT count(name) FROM scenario", "0"},
    {AS_NOBODY "SELECT count(id) FROM roster", "0"},
    {AS("planner", "", "") "SELECT count(*) FROM shift", "0"}, /* nobody becomes a planner by saying so */
};

START_TEST(second_wall)
{
    for (guint i = 0; i < G_N_ELEMENTS(wall); i++) {
        const char *state = pg_sqlstate(conninfo, wall[i].sql);
        ck_assert_msg(strcmp(state, wall[i].want != NULL ? "" : "42501") == 0, "%s: SQLSTATE \"%s\"",
                      wall[i].sql, state);
        if (wall[i].want == NULL)
            continue;
        g_autofree char *value = pg_value(conninfo, wall[i].sql);
        ck_assert_msg(g_strcmp0(value, wall[i].want) == 0, "%s: %s, not %s", wall[i].sql, value,
                      wall[i].want);
    }
}
END_TEST

/* --- forecasts */

START_TEST(forecasts)
{
    g_autoptr(GError) error = NULL;
    struct stored_forecast newer = forecast_of("voice-en", 200.0), loaded;
    ck_assert(store_forecasts_save(store, &newer, 1, "test", &error));
    ck_no_error(error);
    int64_t start = newer.grid.start_ts;
    ck_assert(store_forecast_load(store, &scope_planner, "voice-en", start, start + 7200, &loaded, &error));
    ck_no_error(error);
    ck_assert_int_eq(loaded.id, newer.id);
    ck_assert_mem_eq(&loaded.grid, &newer.grid, sizeof loaded.grid);
    ck_assert_mem_eq(loaded.offered, newer.offered, 4 * sizeof(double));
    ck_assert_mem_eq(loaded.aht_s, newer.aht_s, 4 * sizeof(double));
    ck_assert_int_eq(loaded.n_levels, 2);
    ck_assert_mem_eq(loaded.levels, newer.levels, 2 * sizeof(double));
    ck_assert_mem_eq(loaded.quantile, newer.quantile, 8 * sizeof(double));
    ck_assert_str_eq(loaded.report_json, newer.report_json);
    ck_assert_str_eq(loaded.inputs_hash, "abc");
    stored_forecast_clear(&loaded);
    ck_assert(!store_forecast_load(store, &scope_planner, "voice-en", start, start + 7201, &loaded, &error));
    ck_assert(g_error_matches(error, WFM_ERROR, WFM_ERROR_NOT_FOUND));

    /* over two weeks with a gap: the newest says it where it has something, nobody where none has */
    g_clear_error(&error);
    struct stored_forecast next = forecast_of("voice-en", 300.0);
    next.grid.start_ts += 3 * 1800; /* 200 … 201 | 300 … 301, the last of `newer` told anew */
    ck_assert(store_forecasts_save(store, &next, 1, "test", &error));
    struct stored_forecast far = forecast_of("voice-en", 400.0);
    far.grid.start_ts += 10 * 1800;
    ck_assert(store_forecasts_save(store, &far, 1, "test", &error));
    ck_no_error(error);
    ck_assert(store_forecast_span(store, &scope_planner, "voice-en", start - 3600, start + 86400, NULL,
                                  &loaded, &error));
    ck_no_error(error);
    ck_assert_int_eq(loaded.id, far.id);
    ck_assert_int_eq(loaded.grid.start_ts, start);
    ck_assert_int_eq(loaded.grid.n, 14);
    static const double want[] = {200, 200, 200, 300, 300, 300, 301, NAN, NAN, NAN, 400, 400, 400, 401};
    for (int iv = 0; iv < 14; iv++) {
        ck_assert_msg(isnan(want[iv]) ? isnan(loaded.offered[iv]) : floor(loaded.offered[iv]) == want[iv],
                      "interval %d: %g", iv, loaded.offered[iv]);
        ck_assert(isnan(want[iv]) == isnan(loaded.quantile[14 + iv]));
    }
    ck_assert_double_eq(loaded.quantile[14 + 3], 300.0);
    ck_assert_double_eq(loaded.quantile[14 + 13], 430.0);
    stored_forecast_clear(&loaded);
    ck_assert(
        !store_forecast_span(store, &scope_planner, "voice-en", start - 3600, start, NULL, &loaded, &error));
    ck_assert(g_error_matches(error, WFM_ERROR, WFM_ERROR_NOT_FOUND));
    stored_forecast_clear(&next);
    stored_forecast_clear(&far);
    pg_exec(conninfo, "DELETE FROM forecast WHERE id IN (SELECT id FROM forecast ORDER BY id DESC LIMIT 2)");

    /* all of a run or nothing */
    g_clear_error(&error);
    struct stored_forecast run[] = {newer, forecast_of("voice-fr", 1.0)};
    ck_assert(!store_forecasts_save(store, run, 2, "test", &error));
    ck_assert(g_error_matches(error, WFM_ERROR, WFM_ERROR_INPUT));
    g_autofree char *count = pg_value(conninfo, "SELECT count(*) FROM forecast");
    ck_assert_str_eq(count, "3");
    stored_forecast_clear(&newer);
    stored_forecast_clear(&run[1]);
}
END_TEST

/* --- tokens and feeds */

static void must_not_know(const char *text)
{
    g_autoptr(GError) error = NULL;
    struct token_info info;
    ck_assert(!store_token_lookup(store, text, &info, &error));
    ck_assert(g_error_matches(error, WFM_ERROR, WFM_ERROR_UNAUTHENTICATED));
}

START_TEST(tokens)
{
    g_autoptr(GError) error = NULL;
    char *text[3] = {NULL};
    int64_t id[3];
    struct token_info info;
    ck_assert(
        store_token_create(store, ROLE_PLANNER, NULL, NULL, "ops", 0, "test", &text[0], &id[0], &error));
    ck_assert(store_token_create(store, ROLE_CLIENT, "acme", NULL, NULL, 4102444800, "test", &text[1], &id[1],
                                 &error));
    ck_assert(store_token_create(store, ROLE_AGENT, NULL, "agent-003", "phone", 0, "test", &text[2], &id[2],
                                 &error));
    ck_no_error(error);
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq((int)strlen(text[i]), 4 + 43);
        ck_assert(g_str_has_prefix(text[i], "wfm_"));
        ck_assert(store_token_lookup(store, text[i], &info, &error));
        ck_no_error(error);
        ck_assert_int_eq((int)info.role, i);
        ck_assert_int_eq(info.id, id[i]);
        ck_assert_int_eq(info.expires_ts, i == 1 ? 4102444800 : 0);
        ck_assert_int_eq(info.last_used_ts, 0);
        token_info_clear(&info);
    }
    ck_assert(store_token_lookup(store, text[2], &info, &error));
    ck_assert(info.touch);
    ck_assert(store_tokens_touch(store, &info.id, 1, &error));
    token_info_clear(&info);
    ck_assert(store_token_lookup(store, text[2], &info, &error));
    ck_assert(!info.touch);
    ck_assert_str_eq(info.agent, "agent-003");
    ck_assert_str_eq(info.label, "phone");
    ck_assert_int_gt(info.last_used_ts, info.created_ts - 1);
    token_info_clear(&info);

    /* nothing stored holds the token */
    g_autofree char *dump = pg_value(conninfo, "SELECT string_agg(t::text, '') FROM token t");
    g_autofree char *audit = pg_value(conninfo, "SELECT string_agg(t::text, '') FROM audit t");
    for (int i = 0; i < 3; i++)
        ck_assert(strstr(dump, text[i] + 4) == NULL && strstr(audit, text[i] + 4) == NULL);

    struct token_info *list = NULL;
    int n = 0;
    ck_assert(store_token_list(store, &list, &n, &error));
    ck_assert_int_eq(n, 3);
    ck_assert_str_eq(list[1].client, "acme");
    for (int i = 0; i < n; i++)
        token_info_clear(&list[i]);
    g_free(list);

    must_not_know("wfm_");
    must_not_know("");
    must_not_know("wfm_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
    pg_exec(conninfo, "UPDATE token SET expires_at = now() - interval '1 second' WHERE role = 'client'");
    must_not_know(text[1]);
    ck_assert(store_token_revoke(store, id[0], "test", &error));
    must_not_know(text[0]);
    ck_assert(!store_token_revoke(store, id[0], "test", &error));
    ck_assert(g_error_matches(error, WFM_ERROR, WFM_ERROR_NOT_FOUND));
    AUTO(operation) fewer = sample_operation(3); /* agent-003 leaves */
    sample_save(store, fewer);
    must_not_know(text[2]);
    for (int i = 0; i < 3; i++)
        g_free(text[i]);
}
END_TEST

static const struct {
    const char *what;
    enum role role;
    const char *client, *agent;
    int64_t expires_ts;
    enum wfm_error code;
} bad_tokens[] = {
    {"planner with a client", ROLE_PLANNER, "acme", NULL, 0, WFM_ERROR_INPUT},
    {"client without", ROLE_CLIENT, NULL, NULL, 0, WFM_ERROR_INPUT},
    {"client with an agent", ROLE_CLIENT, "acme", "agent-001", 0, WFM_ERROR_INPUT},
    {"agent without", ROLE_AGENT, NULL, NULL, 0, WFM_ERROR_INPUT},
    {"unknown client", ROLE_CLIENT, "gamma", NULL, 0, WFM_ERROR_NOT_FOUND},
    {"unknown agent", ROLE_AGENT, NULL, "agent-999", 0, WFM_ERROR_NOT_FOUND},
    {"expired at birth", ROLE_PLANNER, NULL, NULL, 1000000000, WFM_ERROR_INPUT},
};

START_TEST(bad_token)
{
    g_autoptr(GError) error = NULL;
    char *text = NULL;
    ck_assert_msg(!store_token_create(store, bad_tokens[_i].role, bad_tokens[_i].client, bad_tokens[_i].agent,
                                      "x", bad_tokens[_i].expires_ts, "test", &text, NULL, &error),
                  "%s", bad_tokens[_i].what);
    ck_assert_msg(g_error_matches(error, WFM_ERROR, (gint)bad_tokens[_i].code), "%s: %s", bad_tokens[_i].what,
                  error->message);
    ck_assert_ptr_null(text);
}
END_TEST

/* The employment of an agent ends: with it the token and the feed, wherever on earth the day is over last. */
START_TEST(employment_ends)
{
    static const struct {
        const char *until;
        bool works;
    } rows[] = {{"'infinity'", true},
                {"current_date", true},
                {"current_date - 1", true},
                {"current_date - 2", false},
                {"'-infinity'", false}};
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL, *feed = NULL, *agent = NULL, *again = NULL;
    ck_assert(store_token_create(store, ROLE_AGENT, NULL, "agent-002", "x", 0, "test", &text, NULL, &error));
    ck_assert(store_feed_create(store, "agent-002", "test", &feed, &error));
    g_autofree char *sql = g_strdup_printf(
        "SET timezone = 'UTC'; UPDATE agent SET employed_from = '-infinity', employed_to = %s "
        "WHERE id = 'agent-002'",
        rows[_i].until);
    pg_exec(conninfo, sql);
    struct token_info info = {0};
    ck_assert_msg(store_token_lookup(store, text, &info, NULL) == rows[_i].works, "%s", rows[_i].until);
    token_info_clear(&info);
    ck_assert_msg(store_feed_lookup(store, feed, &agent, NULL) == rows[_i].works, "%s", rows[_i].until);
    ck_assert_msg(store_feed_create(store, "agent-002", "test", &again, NULL) == rows[_i].works, "%s",
                  rows[_i].until);
    g_clear_pointer(&again, g_free);
    ck_assert_msg(store_token_create(store, ROLE_AGENT, NULL, "agent-002", "y", 0, "test", &again, NULL,
                                     NULL) == rows[_i].works,
                  "%s", rows[_i].until);
}
END_TEST

START_TEST(feeds)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *first = NULL, *second = NULL, *agent = NULL;
    ck_assert(store_feed_create(store, "agent-002", "test", &first, &error));
    ck_assert(store_feed_lookup(store, first, &agent, &error));
    ck_no_error(error);
    ck_assert_str_eq(agent, "agent-002");
    ck_assert(store_feed_create(store, "agent-002", "test", &second, &error));
    ck_assert_str_ne(first, second);
    char *none = NULL;
    ck_assert(!store_feed_lookup(store, first, &none, &error));
    ck_assert(g_error_matches(error, WFM_ERROR, WFM_ERROR_NOT_FOUND));
    g_clear_error(&error);
    ck_assert(store_feed_revoke(store, "agent-002", "test", &error));
    ck_assert(!store_feed_lookup(store, second, &none, &error));
    g_clear_error(&error);
    ck_assert(!store_feed_create(store, "agent-999", "test", &none, &error));
    ck_assert(g_error_matches(error, WFM_ERROR, WFM_ERROR_NOT_FOUND));
    g_clear_error(&error);
    ck_assert(!store_feed_revoke(store, "agent-002", "test", &error));
    ck_assert(g_error_matches(error, WFM_ERROR, WFM_ERROR_NOT_FOUND));
    g_autofree char *held = pg_value(conninfo, "SELECT count(*) FROM feed");
    ck_assert_str_eq(held, "0");
}
END_TEST

START_TEST(audit)
{
    g_autoptr(GError) error = NULL;
    struct audit_row *rows = NULL;
    int n = 0;
    static const char *const actions[] = {"forecast.saved", "roster.simulated", "roster.simulated",
                                          "roster.saved", "roster.published"};
    ck_assert(store_audit_list(store, &(struct audit_filter){0}, 5, &rows, &n, &error));
    ck_no_error(error);
    ck_assert_int_eq(n, 5);
    for (int i = 0; i < n; i++)
        ck_assert_str_eq(rows[i].action, actions[i]);
    ck_assert_str_eq(rows[4].subject, "1");
    ck_assert_str_eq(rows[4].actor, "test");
    ck_assert_int_gt(rows[4].at_ts, 1700000000);
    ck_assert_ptr_nonnull(strstr(rows[4].detail_json, "2026-11-23"));
    audit_rows_free(rows, n);
}
END_TEST

/* The server throws us out; the next call connects again. */
START_TEST(a_lost_connection_comes_back)
{
    g_autoptr(GError) error = NULL;
    pg_exec(conninfo, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                      "WHERE datname = current_database() AND pid <> pg_backend_pid()");
    ck_assert_int_eq(see_shifts(&agent_1, NULL, &error), 5);
    ck_no_error(error);
    pg_exec(conninfo, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                      "WHERE datname = current_database() AND pid <> pg_backend_pid()");
    ck_assert(store_ping(store, &error));
    ck_no_error(error);
}
END_TEST

static Suite *suite(void)
{
    pg_start();
    Suite *s = suite_create("core/store/access");
    TCase *t = tcase_create("who may see what");
    tcase_set_timeout(t, 60);
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, scopes);
    tcase_add_test(t, foreign_is_unknown);
    tcase_add_test(t, second_wall);
    tcase_add_test(t, forecasts);
    tcase_add_test(t, tokens);
    tcase_add_loop_test(t, bad_token, 0, G_N_ELEMENTS(bad_tokens));
    tcase_add_loop_test(t, employment_ends, 0, 5);
    tcase_add_test(t, feeds);
    tcase_add_test(t, audit);
    tcase_add_test(t, a_lost_connection_comes_back);
    suite_add_tcase(s, t);
    return s;
}

TEST_MAIN(suite)
