#include "tests/api/fixture.h"

#include "core/store/run.h"
#include "scheduler/roster/checker.h"
#include "tests/support/pg.h"
#include "tests/support/testing.h"

#define MINUTE 60
#define HOUR 3600

const char *const caller_names[CALLER_N] = {"nobody",      "bad token",   "agent ana", "agent cira",
                                            "client acme", "client zeta", "planner"};

/* --- the operation
 * ---------------------------------------------------------------------------------------------- */

static struct queue make_queue(const char *id, int client, enum channel channel, const char *zone)
{
    struct queue queue = {
        .id = g_strdup(id),
        .name = g_strdup_printf("Queue %s", id),
        .client = client,
        .channel = channel,
        .language = g_strdup("en"),
        .zone = g_strdup(zone),
        .sla = {.definition = SL_OFFERED,
                .target = 0.8,
                .threshold_s = 20,
                .abandon_max = 1,
                .occupancy_max = 1,
                .period = SLA_DAY},
        .patience_s = 120,
        .aht_s = 300,
        .concurrency = 1,
        .shrinkage = 0,
        .occupancy_cap = 0.9,
    };
    queue.concurrent_aht_s = g_new(double, 1);
    queue.concurrent_aht_s[0] = queue.aht_s;
    return queue;
}

static struct site make_site(const char *id, const char *zone, const char *country)
{
    return (struct site){.id = g_strdup(id),
                         .name = g_strdup_printf("Site %s", id),
                         .zone = g_strdup(zone),
                         .country = g_strdup(country)};
}

static struct shift_template make_template(void)
{
    return (struct shift_template){
        .id = g_strdup("day"),
        .name = g_strdup("Day"),
        .weekdays = 127,
        .start_from_min = 360,
        .start_to_min = 720,
        .start_step_min = 30,
        .paid_min_min = 480,
        .paid_max_min = 480,
        .paid_step_min = 30,
        .breaks = {{ACTIVITY_BREAK, 15, true, 60, 180}, {ACTIVITY_MEAL, 60, false, 210, 300}},
        .n_breaks = 2,
    };
}

static struct contract make_contract(void)
{
    struct contract contract = {
        .id = g_strdup("full"),
        .name = g_strdup("Full time"),
        .n_templates = 1,
        .week_minutes_max = 2880,
        .week_days_max = 6,
        .consecutive_days_max = 6,
        .rest_min_minutes = 600,
        .consecutive_days_off_min = 1,
        .week_nights_max = 7,
        .night_from_min = 1320,
        .night_to_min = 360,
        .night_shift_minutes = 180,
        .weekends_max = 2,
        .weekends_of = 2,
        .start_spread_max_min = 1440,
        .rate = 10,
        .currency = g_strdup("USD"),
    };
    contract.templates = g_new0(int, 1);
    return contract;
}

static struct agent make_agent(const char *id, const char *name, int site, int first_queue, int n_queues)
{
    struct agent agent = {.id = g_strdup(id),
                          .name = g_strdup(name),
                          .site = site,
                          .skills = g_new0(struct skill, (gsize)n_queues),
                          .n_skills = n_queues,
                          .employed_from = INT32_MIN,
                          .employed_to = INT32_MAX};
    for (int k = 0; k < n_queues; k++)
        agent.skills[k] = (struct skill){.queue = first_queue + k, .proficiency = 1};
    return agent;
}

/* Arrays are ordered by id, as the store gives them back. */
static struct operation *make_operation(void)
{
    struct operation *op = operation_new();
    op->name = g_strdup("API test");
    op->zone = g_strdup("UTC");
    op->interval_min = 15;
    g_strlcpy(op->currency, "USD", sizeof(op->currency));
    op->clients = g_new0(struct client, 2);
    op->n_clients = 2;
    op->clients[0] = (struct client){.id = g_strdup("acme"), .name = g_strdup("Acme")};
    op->clients[1] = (struct client){.id = g_strdup("zeta"), .name = g_strdup("Zeta")};
    op->queues = g_new0(struct queue, 3);
    op->n_queues = 3;
    op->queues[0] = make_queue("acme-chat", 0, CHANNEL_CHAT, "America/New_York");
    op->queues[1] = make_queue("acme-voice", 0, CHANNEL_VOICE, "America/New_York");
    op->queues[1].priority = 2;
    op->queues[1].overflow_after_s = 30;
    op->queues[1].shrinkage = 0.04;
    op->queues[1].shrinkage_parts = g_new0(struct shrinkage_part, 1);
    op->queues[1].shrinkage_parts[0] = (struct shrinkage_part){g_strdup("adherence"), 0.04};
    op->queues[1].n_shrinkage_parts = 1;
    op->queues[2] = make_queue("zeta-voice", 1, CHANNEL_VOICE, "Europe/Madrid");
    op->sites = g_new0(struct site, 2);
    op->n_sites = 2;
    op->sites[0] = make_site("bog", "America/Bogota", "CO");
    op->sites[1] = make_site("mnl", "Asia/Manila", "PH");
    op->templates = g_new0(struct shift_template, 1);
    op->n_templates = 1;
    op->templates[0] = make_template();
    op->contracts = g_new0(struct contract, 1);
    op->n_contracts = 1;
    op->contracts[0] = make_contract();
    op->agents = g_new0(struct agent, 4);
    op->n_agents = 4;
    op->agents[0] = make_agent("ana", "Ana <b>Reyes</b>", 1, 0, 2);
    op->agents[1] = make_agent("ben", "Ben Cruz", 1, 0, 2);
    op->agents[1].skills[1].overflow = 2;
    op->agents[2] = make_agent("cira", "Cira Rojas", 0, 2, 1);
    op->agents[3] = make_agent("dan", "Dan Mora", 0, 2, 1);
    return op;
}

/* --- rosters
 * ---------------------------------------------------------------------------------------------------- */

enum { ANA, BEN, CIRA };

/* A whole shift: break after two hours, meal after four. */
static struct shift make_shift(int agent, int64_t start_ts, bool meal)
{
    struct shift shift = {.agent = agent, .tmpl = 0, .start_ts = start_ts, .end_ts = start_ts + 9 * HOUR};
    shift.activities[shift.n_activities++] =
        (struct activity){ACTIVITY_BREAK, start_ts + 2 * HOUR, start_ts + 2 * HOUR + 15 * MINUTE, true};
    if (meal)
        shift.activities[shift.n_activities++] =
            (struct activity){ACTIVITY_MEAL, start_ts + 4 * HOUR, start_ts + 5 * HOUR, false};
    return shift;
}

static int64_t manila(int day, int hour)
{
    return FIXTURE_WEEK_TS + (int64_t)day * DAY_S + (hour - 8) * HOUR;
}

static int64_t bogota(int day, int hour)
{
    return FIXTURE_WEEK_TS + (int64_t)day * DAY_S + (hour + 5) * HOUR;
}

/* One agent is needed on acme-voice 01:00-10:00Z and on zeta-voice 13:00-22:00Z, every day. */
static int queue_wanted(const struct grid *grid, int32_t iv)
{
    int64_t hour = (grid_ts(grid, iv) - FIXTURE_WEEK_TS) % DAY_S / HOUR;
    return hour >= 1 && hour < 10 ? 1 : hour >= 13 && hour < 22 ? 2 : -1;
}

static struct plan_problem *make_problem(void)
{
    g_autoptr(GError) error = NULL;
    struct plan_problem *problem = plan_problem_new();
    problem->operation = make_operation();
    problem->first_day = FIXTURE_MONDAY;
    problem->n_weeks = 1;
    problem->seed = UINT64_C(18446744073709551615);
    struct grid grid;
    plan_horizon(problem->operation, FIXTURE_MONDAY, 1, &grid, &error);
    ck_no_error(error);
    demand_init(&problem->demand, &grid, problem->operation->n_queues, 1);
    for (int32_t iv = 0; iv < grid.n; iv++) {
        int queue = queue_wanted(&grid, iv);
        if (queue < 0)
            continue;
        problem->demand.need[DEMAND_CELL(&problem->demand, queue, iv)] = 1;
        problem->demand.width[DEMAND_PIECE(&problem->demand, queue, iv, 0)] = 1;
        problem->demand.value[DEMAND_PIECE(&problem->demand, queue, iv, 0)] = 10;
    }
    return problem;
}

static bool works(const struct shift *shift, int64_t ts)
{
    bool at_work = ts >= shift->start_ts && ts < shift->end_ts;
    for (int k = 0; k < shift->n_activities; k++)
        at_work = at_work && !(ts >= shift->activities[k].start_ts && ts < shift->activities[k].end_ts);
    return at_work;
}

/* Money as the checker counts it; the roster is legal but for what the test wants broken. */
static struct plan_solution *make_solution(const struct plan_problem *problem, const struct shift *shifts,
                                           int n)
{
    struct plan_solution *solution = plan_solution_new();
    const struct demand *demand = &problem->demand;
    solution->shifts = g_memdup2(shifts, sizeof(*shifts) * (gsize)n);
    solution->n_shifts = n;
    qsort(solution->shifts, (size_t)n, sizeof(*shifts), shift_compare);
    solution->n_staffed = demand->n_queues * demand->grid.n;
    solution->staffed = g_new0(double, (gsize)solution->n_staffed);
    for (int k = 0; k < n; k++)
        for (int32_t iv = 0; iv < demand->grid.n; iv++)
            if (works(&shifts[k], grid_ts(&demand->grid, iv)))
                solution->staffed[DEMAND_CELL(demand, shifts[k].agent == CIRA ? 2 : 1, iv)] += 1;
    solution->stopped = g_strdup("exhausted");
    struct check_report report = {0};
    roster_check(problem, solution, &report);
    solution->pay = report.pay;
    solution->shortage = report.shortage;
    solution->objective = report.pay + report.shortage;
    solution->bound = solution->objective * 0.99;
    check_report_clear(&report);
    return solution;
}

/* 12 contacts an interval where somebody is needed, 9 of them in time. */
static int64_t save_roster(struct store *store, const struct plan_problem *problem,
                           const struct shift *shifts, int n)
{
    g_autoptr(GError) error = NULL;
    AUTO(plan_solution) solution = make_solution(problem, shifts, n);
    gsize cells = (gsize)solution->n_staffed;
    g_autofree double *offered = g_new0(double, cells), *in_time = g_new0(double, cells),
                      *counted = g_new0(double, cells);
    for (gsize k = 0; k < cells; k++) {
        offered[k] = counted[k] = problem->demand.need[k] * 12;
        in_time[k] = problem->demand.need[k] * 9;
    }
    struct roster_expected expected = {offered, in_time, counted};
    int64_t id = 0;
    store_roster_save(store, problem, solution, &expected, "hash", 1.5, "test", &id, &error);
    ck_no_error(error);
    return id;
}

static int64_t first_shift(struct store *store, const char *agent)
{
    g_autoptr(GError) error = NULL;
    struct shift_view *views = NULL;
    int n = 0;
    store_shifts(store, &scope_planner, agent, FIXTURE_WEEK_TS, FIXTURE_WEEK_TS + 7 * DAY_S, false, 0, 0, 1,
                 &views, &n, &error);
    ck_no_error(error);
    ck_assert_int_eq(n, 1);
    int64_t id = views[0].id;
    shift_views_free(views, n);
    return id;
}

static void save_rosters(struct store *store, struct fixture *fixture)
{
    g_autoptr(GError) error = NULL;
    AUTO(plan_problem) problem = make_problem();
    const struct shift now[] = {make_shift(ANA, manila(0, 9), true), make_shift(ANA, manila(1, 9), true),
                                make_shift(ANA, manila(2, 9), true), make_shift(BEN, manila(0, 8), true),
                                make_shift(CIRA, bogota(0, 8), true)};
    const struct shift next[] = {make_shift(ANA, manila(0, 9), true), make_shift(ANA, manila(1, 10), true),
                                 make_shift(BEN, manila(0, 8), true), make_shift(CIRA, bogota(0, 8), true)};
    const struct shift bad[] = {make_shift(ANA, manila(0, 9), false)};
    fixture->published = save_roster(store, problem, now, G_N_ELEMENTS(now));
    store_roster_publish(store, fixture->published, "test", &error);
    ck_no_error(error);
    fixture->shift_ana = first_shift(store, "ana");
    fixture->shift_cira = first_shift(store, "cira");
    fixture->draft = save_roster(store, problem, next, G_N_ELEMENTS(next));
    fixture->bad_draft = save_roster(store, problem, bad, G_N_ELEMENTS(bad));
}

/* Two days of acme-voice and one of zeta-voice, each a contract period, of the published roster and the
   draft: 400 and 100 contacts counted, 90 and 60 % of them in time. */
static void save_simulations(struct store *store, const struct fixture *fixture)
{
    enum { ACME_DAY = FIXTURE_WEEK_TS + 5 * HOUR, ZETA_DAY = FIXTURE_WEEK_TS - HOUR };
    g_autoptr(GError) error = NULL;
    struct simulated_span spans[] = {
        {.queue = (char *)"acme-voice", .from_ts = ACME_DAY, .sl = 0.9, .counted = 400, .met = 0.95},
        {.queue = (char *)"acme-voice", .from_ts = ACME_DAY + DAY_S, .sl = 0.6, .counted = 100},
        {.queue = (char *)"zeta-voice", .from_ts = ZETA_DAY, .sl = 0.7, .counted = 100, .met = 0.5}};
    for (size_t i = 0; i < G_N_ELEMENTS(spans); i++) {
        spans[i].to_ts = spans[i].from_ts + DAY_S;
        spans[i].contract = true;
        spans[i].target = 0.8;
        spans[i].sl_half = 0.03;
        spans[i].met_low = spans[i].met / 2;
        spans[i].met_high = 1;
    }
    struct stored_simulation simulation = {.seed = UINT64_C(18446744073709551615),
                                           .replications = 60,
                                           .certain = true,
                                           .spans = spans,
                                           .n_spans = G_N_ELEMENTS(spans)};
    const int64_t rosters[] = {fixture->published, fixture->draft};
    for (size_t i = 0; i < G_N_ELEMENTS(rosters); i++) {
        simulation.roster_id = rosters[i];
        store_simulation_save(store, &simulation, "test", &error);
        ck_no_error(error);
    }
}

static void save_forecast(struct store *store, struct fixture *fixture)
{
    g_autoptr(GError) error = NULL;
    struct stored_forecast forecast = {
        .queue = g_strdup("acme-voice"),
        .grid = {FIXTURE_WEEK_TS, 900, 672},
        .offered = g_new(double, 672),
        .aht_s = g_new(double, 672),
        .n_levels = 2,
        .levels = g_new(double, 2),
        .quantile = g_new(double, 2 * 672),
        .report_json = g_strdup("{}"),
        .inputs_hash = g_strdup("hash"),
    };
    forecast.levels[0] = 0.1;
    forecast.levels[1] = 0.9;
    for (int iv = 0; iv < 672; iv++) {
        forecast.offered[iv] = iv;
        forecast.aht_s[iv] = 300;
        forecast.quantile[iv] = iv * 0.5;
        forecast.quantile[672 + iv] = iv * 2.0;
    }
    store_forecasts_save(store, &forecast, 1, "test", &error);
    ck_no_error(error);
    fixture->forecast = forecast.id;
    stored_forecast_clear(&forecast);
}

static void save_history(struct store *store, struct fixture *fixture)
{
    static const char text[] = "queue,interval_start,interval_minutes,offered,answered,handle_seconds\n"
                               "acme-voice,2026-11-23T00:00:00Z,15,10,9,2700\n"
                               "acme-voice,2026-11-23T00:15:00Z,15,12,12,3600\n"
                               "zeta-voice,2026-11-23T00:00:00Z,15,10,9,2700\n"
                               "zeta-voice,2026-11-23T00:15:00Z,15,12,12,3600\n";
    g_autoptr(GError) error = NULL;
    FILE *stream = fmemopen((void *)(uintptr_t)text, strlen(text), "rb");
    struct history_format format = {.stream = stream};
    struct import_report report = {0};
    store_history_import(store, "fixture.csv", &format, "test", &report, &error);
    ck_no_error(error);
    fixture->import = report.id;
    fclose(stream);
}

static void save_overrides(struct store *store, struct fixture *fixture)
{
    g_autoptr(GError) error = NULL;
    struct override overrides[] = {{.queue = g_strdup("zeta-voice")},
                                   {.queue = g_strdup("acme-voice"), .scenario = g_strdup("mail")}};
    for (size_t i = 0; i < G_N_ELEMENTS(overrides); i++) {
        overrides[i].kind = OVERRIDE_PERCENT;
        overrides[i].value = 10;
        overrides[i].from_ts = FIXTURE_WEEK_TS;
        overrides[i].to_ts = FIXTURE_WEEK_TS + DAY_S;
        overrides[i].why = g_strdup("Cruz says so");
    }
    store_overrides_add(store, overrides, G_N_ELEMENTS(overrides), "test", NULL, NULL, &error);
    ck_no_error(error);
    fixture->override = overrides[0].id;
    fixture->what_if = overrides[1].id;
    for (size_t i = 0; i < G_N_ELEMENTS(overrides); i++)
        override_clear(&overrides[i]);
}

/* --- all together
 * ----------------------------------------------------------------------------------------------- */

static void make_tokens(struct store *store, struct fixture *fixture)
{
    static const struct {
        enum role role;
        const char *client, *agent;
    } rows[CALLER_N] = {
        [CALLER_ANA] = {ROLE_AGENT, NULL, "ana"},      [CALLER_CIRA] = {ROLE_AGENT, NULL, "cira"},
        [CALLER_ACME] = {ROLE_CLIENT, "acme", NULL},   [CALLER_ZETA] = {ROLE_CLIENT, "zeta", NULL},
        [CALLER_PLANNER] = {ROLE_PLANNER, NULL, NULL},
    };
    g_autoptr(GError) error = NULL;
    for (int c = CALLER_ANA; c < CALLER_N; c++) {
        store_token_create(store, rows[c].role, rows[c].client, rows[c].agent, "test token", 0, "test",
                           &fixture->tokens[c], NULL, &error);
        ck_no_error(error);
    }
    fixture->tokens[CALLER_BAD] = g_strdup("wfm_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
}

/* The first: its number is 1. Nobody sends. */
static void save_webhook(struct store *store)
{
    g_autoptr(GError) error = NULL;
    char *kinds[] = {NULL};
    struct webhook webhook = {.url = (char *)"https://hooks.example.com/wfm",
                              .description = (char *)"",
                              .kinds = kinds,
                              .active = true};
    store_webhook_create(store, &webhook, "whsec_fixture", strlen("whsec_fixture"), false, "test", &error);
    ck_no_error(error);
}

/* The first two days of 2027; its number. */
static int64_t give_time_off(struct store *store, struct operation *operation, int agent)
{
    g_autoptr(GError) error = NULL;
    int index = part_append(operation, PART_TIME_OFF);
    operation->time_off[index] = (struct time_off){.agent = agent,
                                                   .start_ts = FIXTURE_WEEK_TS + 39 * DAY_S,
                                                   .end_ts = FIXTURE_WEEK_TS + 41 * DAY_S,
                                                   .credit_min = 480,
                                                   .kind = g_strdup("vacation")};
    json_t *detail = json_object();
    struct part_change change = {index, "time_off.created", detail};
    store_part_save(store, PART_TIME_OFF, operation, &change, 1, "test", &error);
    json_decref(detail);
    ck_no_error(error);
    return operation->time_off[index].number;
}

void fixture_init(struct fixture *fixture)
{
    g_autoptr(GError) error = NULL;
    *fixture = (struct fixture){.conninfo = pg_database()};
    AUTO(store) store = store_open(fixture->conninfo, &error);
    ck_no_error(error);
    AUTO(operation) operation = make_operation();
    operation_check(operation, &error);
    ck_no_error(error);
    (void)(store_operation_save(store, operation, "test", &error) &&
           store_agents_save(store, operation, "test", &error));
    ck_no_error(error);
    fixture->off_ana = give_time_off(store, operation, 0);
    fixture->off_cira = give_time_off(store, operation, 2);
    make_tokens(store, fixture);
    store_feed_create(store, "ana", "test", &fixture->secret, &error);
    ck_no_error(error);
    store_run_enqueue(store, RUN_STAFF, "{\"week\": \"2026-W48\"}", 3, "test", &fixture->run, &error);
    ck_no_error(error);
    save_forecast(store, fixture);
    save_overrides(store, fixture);
    save_history(store, fixture);
    save_rosters(store, fixture);
    save_simulations(store, fixture);
    save_webhook(store);
}

void fixture_clear(struct fixture *fixture)
{
    for (int c = 0; c < CALLER_N; c++)
        g_free(fixture->tokens[c]);
    g_free(fixture->secret);
    g_free(fixture->conninfo);
    *fixture = (struct fixture){0};
}

static int64_t clock_now(void *user)
{
    (void)user;
    return FIXTURE_NOW;
}

struct api_server *fixture_serve(const struct fixture *fixture, int threads, const char *base_url)
{
    g_autoptr(GError) error = NULL;
    struct api_config config = {
        .conninfo = fixture->conninfo, .threads = threads, .now = clock_now, .base_url = base_url};
    struct api_server *server = api_start(&config, &error);
    ck_no_error(error);
    return server;
}
