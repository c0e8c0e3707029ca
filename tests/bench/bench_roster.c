/*
 * bench_roster.c - the roster engine on generated operations: `wfm-bench roster [--agents N] [--weeks 1]
 * [--seconds S]
 * [--rounds R] [--seed K] [--gap G]`. One line per size (50, 100, 240 agents unless --agents says otherwise):
 * three clients with eight queues, three sites in Manila, Bengaluru and Bogotá, four contracts, a week of
 * quarter hours, solved one planning unit after the other. --plan FILE takes a plan file (`wfm export plan`)
 * instead.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "core/error.h"
#include "core/planfile.h"
#include "scheduler/roster/checker.h"
#include "scheduler/roster/roster.h"
#include "tests/bench/bench.h"

static double unit_random(uint64_t *state)
{
    uint64_t z = *state += 0x9E3779B97F4A7C15u;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return (double)((z ^ z >> 31) >> 11) * 0x1p-53;
}

/* ---- the operation ---- */

static const struct {
    const char *id, *zone, *country, *currency;
    double rate, worth; /* currency per hour, worth of its unit */
    double share;       /* of the agents */
} sites[] = {
    {"manila", "Asia/Manila", "PH", "PHP", 210, 0.0172, 0.40},
    {"bengaluru", "Asia/Kolkata", "IN", "INR", 260, 0.0116, 0.30},
    {"bogota", "America/Bogota", "CO", "COP", 17000, 0.00025, 0.30},
};

static const struct shift_template templates[] = {
    {.id = "full",
     .name = "Full day",
     .weekdays = 127,
     .start_to_min = 1410,
     .start_step_min = 30,
     .paid_min_min = 480,
     .paid_max_min = 480,
     .paid_step_min = 30,
     .breaks = {{ACTIVITY_MEAL, 60, false, 180, 300},
                {ACTIVITY_BREAK, 15, true, 60, 150},
                {ACTIVITY_BREAK, 15, true, 330, 450}},
     .n_breaks = 3},
    {.id = "long",
     .name = "Long day",
     .weekdays = 127,
     .start_to_min = 1410,
     .start_step_min = 30,
     .paid_min_min = 540,
     .paid_max_min = 600,
     .paid_step_min = 30,
     .breaks = {{ACTIVITY_MEAL, 60, false, 210, 330},
                {ACTIVITY_BREAK, 15, true, 60, 180},
                {ACTIVITY_BREAK, 15, true, 390, 510}},
     .n_breaks = 3},
    {.id = "short",
     .name = "Short day",
     .weekdays = 127,
     .start_to_min = 1410,
     .start_step_min = 30,
     .paid_min_min = 240,
     .paid_max_min = 360,
     .paid_step_min = 60,
     .breaks = {{ACTIVITY_BREAK, 15, true, 90, 180}},
     .n_breaks = 1},
    {.id = "office",
     .name = "Office day",
     .weekdays = 31,
     .start_from_min = 420,
     .start_to_min = 660,
     .start_step_min = 15,
     .paid_min_min = 480,
     .paid_max_min = 480,
     .paid_step_min = 30,
     .breaks = {{ACTIVITY_MEAL, 60, false, 210, 300}, {ACTIVITY_BREAK, 15, true, 60, 180}},
     .n_breaks = 2},
};

static const struct {
    const char *id;
    int templates[2], n_templates;
    int minutes_min, minutes_max, days_min, days_max, off_min, nights, spread;
    double share;
} contracts[] = {
    {"full", {0}, 1, 2400, 2400, 5, 5, 2, 5, 120, 0.50},
    {"flex", {0, 1}, 2, 2160, 2700, 4, 5, 2, 3, 240, 0.20},
    {"part", {2}, 1, 1200, 1800, 4, 6, 1, 2, 1440, 0.20},
    {"office", {3}, 1, 2400, 2400, 5, 5, 2, 0, 1440, 0.10},
};

static const struct {
    const char *client, *id, *zone;
    enum channel channel;
    double peak;  /* agents needed at the busiest hour, per 100 agents of the operation */
    int from, to; /* opening, minutes of the local day */
    bool weekend;
} queues[] = {
    {"acme", "acme-voice", "America/New_York", CHANNEL_VOICE, 14.4, 0, 1440, true},
    {"acme", "acme-chat", "America/New_York", CHANNEL_CHAT, 4.8, 0, 1440, true},
    {"acme", "acme-email", "America/New_York", CHANNEL_EMAIL, 3.2, 480, 1200, false},
    {"bolt", "bolt-voice-es", "America/Bogota", CHANNEL_VOICE, 9.6, 420, 1320, true},
    {"bolt", "bolt-voice-en", "America/Chicago", CHANNEL_VOICE, 6.4, 420, 1320, true},
    {"bolt", "bolt-chat", "America/Chicago", CHANNEL_CHAT, 3.2, 420, 1320, true},
    {"crest", "crest-voice", "Europe/London", CHANNEL_VOICE, 8, 480, 1080, false},
    {"crest", "crest-social", "Europe/London", CHANNEL_SOCIAL, 3.2, 480, 1320, true},
};

/* Skill sets and how the agents share them. */
static const struct {
    int queues[3], n;
    double share;
} skills[] = {
    {{0}, 1, 0.22},    {{0, 1}, 2, 0.18}, {{1, 2}, 2, 0.08}, {{0, 1, 2}, 3, 0.04}, {{3}, 1, 0.16},
    {{3, 4}, 2, 0.08}, {{4, 5}, 2, 0.06}, {{6}, 1, 0.10},    {{6, 7}, 2, 0.08},
};

#define PICK(table, u) pick_share(&(table)[0].share, sizeof(table)[0], G_N_ELEMENTS(table), (u))

static int pick_share(const double *share, size_t stride, size_t n, double u)
{
    size_t i = 0;
    for (; i + 1 < n; i++) {
        u -= *(const double *)(const void *)((const char *)share + i * stride);
        if (u < 0)
            break;
    }
    return (int)i;
}

static void add_contracts(struct operation *operation)
{
    operation->n_templates = G_N_ELEMENTS(templates);
    operation->templates = g_memdup2(templates, sizeof templates);
    for (int t = 0; t < operation->n_templates; t++) {
        operation->templates[t].id = g_strdup(templates[t].id);
        operation->templates[t].name = g_strdup(templates[t].name);
    }
    operation->contracts = g_new0(struct contract, G_N_ELEMENTS(contracts) * G_N_ELEMENTS(sites));
    for (size_t s = 0; s < G_N_ELEMENTS(sites); s++)
        for (size_t c = 0; c < G_N_ELEMENTS(contracts); c++) {
            struct contract *contract = &operation->contracts[operation->n_contracts++];
            *contract = (struct contract){
                .id = g_strdup_printf("%s-%s", sites[s].id, contracts[c].id),
                .name = g_strdup(contracts[c].id),
                .templates = g_memdup2(contracts[c].templates, sizeof contracts[c].templates),
                .n_templates = contracts[c].n_templates,
                .week_minutes_min = contracts[c].minutes_min,
                .week_minutes_max = contracts[c].minutes_max,
                .week_days_min = contracts[c].days_min,
                .week_days_max = contracts[c].days_max,
                .consecutive_days_max = 6,
                .rest_min_minutes = 660,
                .consecutive_days_off_min = contracts[c].off_min,
                .week_nights_max = contracts[c].nights,
                .night_from_min = 1320,
                .night_to_min = 360,
                .night_shift_minutes = 180,
                .weekends_max = 3,
                .weekends_of = 4,
                .start_spread_max_min = contracts[c].spread,
                .rate = sites[s].rate,
                .currency = g_strdup(sites[s].currency),
                .night_premium = 0.10,
                .holiday_premium = 1.0,
            };
        }
}

static struct operation *make_operation(int n_agents, uint64_t *state)
{
    struct operation *operation = operation_new();
    operation->name = g_strdup("generated");
    operation->zone = g_strdup("UTC");
    operation->interval_min = 15;
    memcpy(operation->currency, "USD", 4);
    operation->currencies = g_new0(struct currency, G_N_ELEMENTS(sites));
    operation->sites = g_new0(struct site, G_N_ELEMENTS(sites));
    for (size_t s = 0; s < G_N_ELEMENTS(sites); s++) {
        struct currency *currency = &operation->currencies[operation->n_currencies++];
        g_strlcpy(currency->code, sites[s].currency, sizeof currency->code);
        currency->rate = sites[s].worth;
        operation->sites[operation->n_sites++] = (struct site){.id = g_strdup(sites[s].id),
                                                               .name = g_strdup(sites[s].id),
                                                               .zone = g_strdup(sites[s].zone),
                                                               .country = g_strdup(sites[s].country)};
    }
    operation->clients = g_new0(struct client, G_N_ELEMENTS(queues));
    operation->queues = g_new0(struct queue, G_N_ELEMENTS(queues));
    for (size_t q = 0; q < G_N_ELEMENTS(queues); q++) {
        int client = operation_client(operation, queues[q].client);
        if (client < 0) {
            client = operation->n_clients++;
            operation->clients[client] =
                (struct client){g_strdup(queues[q].client), g_strdup(queues[q].client)};
        }
        operation->queues[operation->n_queues++] =
            (struct queue){.id = g_strdup(queues[q].id),
                           .name = g_strdup(queues[q].id),
                           .client = client,
                           .channel = queues[q].channel,
                           .language = g_strdup("en"),
                           .zone = g_strdup(queues[q].zone),
                           .sla = {SL_OFFERED, 0.8, 20, 0, 0, 1, 1, SLA_WEEK},
                           .aht_s = 300,
                           .concurrency = 1,
                           .occupancy_cap = 0.9};
    }
    add_contracts(operation);
    operation->agents = g_new0(struct agent, n_agents + 1);
    for (int a = 0; a < n_agents; a++) {
        struct agent *agent = &operation->agents[operation->n_agents++];
        int skill = PICK(skills, unit_random(state)), site = PICK(sites, unit_random(state));
        if (queues[skills[skill].queues[0]].channel == CHANNEL_VOICE && skills[skill].queues[0] == 3)
            site = 2;
        *agent = (struct agent){.id = g_strdup_printf("a%05d", a),
                                .name = g_strdup_printf("Agent %d", a),
                                .site = site,
                                .contract =
                                    site * (int)G_N_ELEMENTS(contracts) + PICK(contracts, unit_random(state)),
                                .n_skills = skills[skill].n,
                                .employed_from = INT32_MIN,
                                .employed_to = INT32_MAX};
        agent->skills = g_new0(struct skill, skills[skill].n);
        for (int k = 0; k < skills[skill].n; k++)
            agent->skills[k] = (struct skill){skills[skill].queues[k], 1.0};
    }
    return operation;
}

/* ---- the demand ---- */

/* Share of the busiest hour's load, by the customers' wall clock: two humps, quiet nights. */
static double day_shape(double hour)
{
    double morning = exp(-pow((hour - 10.5) / 2.6, 2)), afternoon = 0.9 * exp(-pow((hour - 15.5) / 3.0, 2));
    return 0.12 + 0.88 * MIN(morning + afternoon, 1.0);
}

static void fill_demand(struct plan_problem *problem, double dearest, uint64_t *state)
{
    static const struct {
        double share, price; /* of the need; of four dearest hours */
    } steps[] = {{0.3, 3.0}, {0.5, 1.2}, {0.2, 0.8}, {0.1, 0.3}, {0.1, 0.1}};
    static const double weekday[] = {1.0, 0.95, 0.93, 0.92, 0.9, 0.55, 0.45};
    const struct operation *operation = problem->operation;
    struct grid grid = problem->demand.grid;
    demand_init(&problem->demand, &grid, operation->n_queues, G_N_ELEMENTS(steps));
    for (int q = 0; q < operation->n_queues; q++) {
        AUTO(zone) zone = zone_new(operation->queues[q].zone, NULL);
        for (int iv = 0; iv < grid.n; iv++) {
            struct local_time local = zone_local(zone, grid_ts(&grid, iv));
            int minute = local.second / 60;
            double noise = 0.95 + 0.1 * unit_random(state);
            if (minute < queues[q].from || minute >= queues[q].to ||
                (!queues[q].weekend && local.weekday >= 5))
                continue;
            double need = queues[q].peak * operation->n_agents / 100.0 * day_shape(minute / 60.0) *
                          weekday[local.weekday] * noise;
            problem->demand.need[DEMAND_CELL(&problem->demand, q, iv)] = need;
            for (int k = 0; k < problem->demand.n_pieces; k++) {
                size_t at = DEMAND_PIECE(&problem->demand, q, iv, k);
                problem->demand.width[at] = need * steps[k].share;
                problem->demand.value[at] = 4 * dearest * steps[k].price * operation->interval_min / 60.0;
            }
        }
    }
}

static struct plan_problem *make_problem(int n_agents, uint64_t seed, GError **error)
{
    uint64_t state = seed;
    AUTO(plan_problem) problem = plan_problem_new();
    problem->operation = make_operation(n_agents, &state);
    problem->first_day = day_week_start(day_from_civil(2026, 11, 23));
    problem->n_weeks = 1;
    problem->seed = seed;
    double dearest = 0;
    for (size_t s = 0; s < G_N_ELEMENTS(sites); s++)
        dearest = MAX(dearest, sites[s].rate * sites[s].worth);
    if (!plan_horizon(problem->operation, problem->first_day, 1, &problem->demand.grid, error))
        return NULL;
    fill_demand(problem, dearest, &state);
    return g_steal_pointer(&problem);
}

/* ---- the run ---- */

static double clock_s(void *user)
{
    (void)user;
    return bench_wall_s();
}

struct options {
    long agents, weeks, rounds, seed;
    double seconds, gap;
    const char *plan; /* a plan file, or NULL */
    bool verbose;
};

static bool tell(const struct plan_progress *p, void *user)
{
    const struct options *options = user;
    if (options->verbose)
        fprintf(stderr, "  %-8s %10.2f %10.2f  gap %6.3f %%  %6.1f s  round %ld\n", p->phase, p->objective,
                p->bound, 100 * (p->objective - p->bound) / p->objective, p->elapsed_s, p->rounds);
    return true;
}

static bool run_size(struct bench_table *table, int n_agents, struct options *options, GError **error)
{
    AUTO(plan_problem) problem = NULL;
    if (options->plan == NULL)
        problem = make_problem(n_agents, (uint64_t)options->seed, error);
    else if (!plan_read(options->plan, &problem, NULL, error))
        return false;
    if (problem == NULL)
        return false;
    n_agents = problem->operation->n_agents;
    problem->limits = (struct plan_limits){options->seconds, options->gap, options->rounds, 1};
    g_autofree int *queue_unit = g_new(int, problem->operation->n_queues + 1);
    g_autofree int *agent_unit = g_new(int, n_agents + 1);
    int n_units = roster_units(problem, queue_unit, agent_unit);
    double objective = 0, bound = 0, pay = 0, started = bench_cpu_s();
    long rounds = 0;
    bool clean = true;
    for (int u = 0; u < n_units; u++) {
        AUTO(plan_problem) unit = roster_extract(problem, queue_unit, agent_unit, u);
        struct roster_control control = {.clock = clock_s, .progress = tell, .user = options};
        AUTO(plan_solution) solution = roster_solve(unit, &control, error);
        if (solution == NULL)
            return false;
        struct check_report report;
        clean = roster_check(unit, solution, &report) && clean;
        check_report_clear(&report);
        objective += solution->objective;
        bound += solution->bound;
        pay += solution->pay;
        rounds += solution->rounds;
    }
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    bench_cell(table, "%d", n_agents);
    bench_cell(table, "%d", n_units);
    bench_cell(table, "%.2f", objective);
    bench_cell(table, "%.2f", bound);
    bench_cell(table, "%.4f", objective > 0 ? (objective - bound) / objective : 0);
    bench_cell(table, "%.2f", pay);
    bench_cell(table, "%ld", rounds);
    bench_cell(table, "%.2f", bench_cpu_s() - started);
    bench_cell(table, "%.1f", (double)usage.ru_maxrss / 1024);
    bench_cell(table, "%s", clean ? "ok" : "VIOLATIONS");
    return true;
}

int bench_roster(int argc, char **argv)
{
    struct options options = {.agents = 0, .weeks = 1, .seed = 1};
    bool csv = bench_take_csv(&argc, argv);
    for (int i = 1; i < argc; i++) {
        const char *value = i + 1 < argc ? argv[i + 1] : "";
        if (strcmp(argv[i], "--verbose") == 0) {
            options.verbose = true;
            continue;
        }
        if (strcmp(argv[i], "--agents") == 0)
            options.agents = strtol(value, NULL, 10);
        else if (strcmp(argv[i], "--weeks") == 0)
            options.weeks = strtol(value, NULL, 10);
        else if (strcmp(argv[i], "--rounds") == 0)
            options.rounds = strtol(value, NULL, 10);
        else if (strcmp(argv[i], "--seed") == 0)
            options.seed = strtol(value, NULL, 10);
        else if (strcmp(argv[i], "--seconds") == 0)
            options.seconds = strtod(value, NULL);
        else if (strcmp(argv[i], "--gap") == 0)
            options.gap = strtod(value, NULL);
        else if (strcmp(argv[i], "--plan") == 0)
            options.plan = value;
        else {
            fprintf(stderr, "usage: wfm-bench roster [--agents N] [--weeks 1] [--seconds S per unit] "
                            "[--rounds R] [--gap G] "
                            "[--seed K] [--plan FILE] [--verbose]\n");
            return 2;
        }
        i++;
    }
    if (options.weeks != 1) {
        fprintf(stderr, "wfm-bench: --weeks %ld: the engine plans one week at a time\n", options.weeks);
        return 2;
    }
    static const char *const columns[] = {"agents", "units", "objective", "bound",   "gap", "pay",
                                          "rounds", "cpu_s", "memory_mb", "checker", NULL};
    static const int sizes[] = {50, 100, 240};
    struct bench_table *table = bench_table_new(csv, columns);
    g_autoptr(GError) error = NULL;
    if (options.agents > 0 || options.plan != NULL) {
        run_size(table, (int)options.agents, &options, &error);
    } else {
        for (size_t i = 0; i < G_N_ELEMENTS(sizes) && error == NULL; i++)
            run_size(table, sizes[i], &options, &error);
    }
    bench_table_end(table);
    if (error != NULL)
        fprintf(stderr, "wfm-bench: %s\n", error->message);
    return error != NULL ? 1 : 0;
}
