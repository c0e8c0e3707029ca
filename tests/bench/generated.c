#include "tests/bench/generated.h"

#include <math.h>
#include <string.h>

#include "core/error.h"

static double unit_random(uint64_t *state)
{
    uint64_t z = *state += 0x9E3779B97F4A7C15u;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return (double)((z ^ z >> 31) >> 11) * 0x1p-53;
}

/* ---- what there is to choose from ---- */

static const struct {
    const char *id, *zone, *country, *currency;
    double rate, worth; /* currency per hour, worth of its unit */
} sites[] = {
    {"manila", "Asia/Manila", "PH", "PHP", 210, 0.0172},
    {"bengaluru", "Asia/Kolkata", "IN", "INR", 260, 0.0116},
    {"bogota", "America/Bogota", "CO", "COP", 17000, 0.00025},
};
enum { MANILA, BENGALURU, BOGOTA };

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
} contracts[] = {
    {"full", {0}, 1, 2400, 2400, 5, 5, 2, 5, 120},
    {"flex", {0, 1}, 2, 2160, 2700, 4, 5, 2, 3, 240},
    {"part", {2}, 1, 1200, 1800, 4, 6, 1, 2, 1440},
    {"office", {3}, 1, 2400, 2400, 5, 5, 2, 0, 1440},
};

/* ---- shapes ---- */

struct need {
    const char *client, *id, *zone;
    enum channel channel;
    double peak;  /* agents needed at the busiest hour, per 100 agents of the operation */
    int from, to; /* opening, minutes of the local day */
    bool weekend;
};

struct skills {
    int queues[4], n;
    double share; /* of the agents */
    int site;     /* -1: any */
};

#define SITES_N ((int)G_N_ELEMENTS(sites))
#define CONTRACTS_N ((int)G_N_ELEMENTS(contracts))

static const struct need one_queue[] = {
    {"acme", "acme-voice", "America/New_York", CHANNEL_VOICE, 50, 0, 1440, true},
};
static const struct skills one_skill[] = {{{0}, 1, 1, -1}};

static const struct need ten_queues[] = {
    {"acme", "acme-voice", "America/New_York", CHANNEL_VOICE, 12, 0, 1440, true},
    {"acme", "acme-chat", "America/New_York", CHANNEL_CHAT, 5, 0, 1440, true},
    {"acme", "acme-email", "America/New_York", CHANNEL_EMAIL, 3, 480, 1200, false},
    {"bolt", "bolt-voice", "America/Chicago", CHANNEL_VOICE, 8, 420, 1320, true},
    {"bolt", "bolt-chat", "America/Chicago", CHANNEL_CHAT, 4, 420, 1320, true},
    {"bolt", "bolt-social", "America/Chicago", CHANNEL_SOCIAL, 2, 480, 1320, true},
    {"crest", "crest-voice", "Europe/London", CHANNEL_VOICE, 8, 480, 1200, true},
    {"crest", "crest-chat", "Europe/London", CHANNEL_CHAT, 4, 480, 1320, true},
    {"dune", "dune-voice", "Australia/Sydney", CHANNEL_VOICE, 6, 420, 1260, true},
    {"dune", "dune-email", "Australia/Sydney", CHANNEL_EMAIL, 2, 480, 1080, false},
};
static const struct skills twelve_sets[] = {
    {{0}, 1, 0.16, -1},    {{0, 1}, 2, 0.12, -1}, {{1, 2}, 2, 0.06, -1},    {{3}, 1, 0.12, -1},
    {{3, 4}, 2, 0.08, -1}, {{4, 5}, 2, 0.05, -1}, {{6}, 1, 0.11, -1},       {{6, 7}, 2, 0.08, -1},
    {{8}, 1, 0.08, -1},    {{8, 9}, 2, 0.05, -1}, {{0, 3, 6}, 3, 0.05, -1}, {{1, 4, 7, 8}, 4, 0.04, -1},
};

static const struct need eight_queues[] = {
    {"acme", "acme-voice", "America/New_York", CHANNEL_VOICE, 14.4, 0, 1440, true},
    {"acme", "acme-chat", "America/New_York", CHANNEL_CHAT, 4.8, 0, 1440, true},
    {"acme", "acme-email", "America/New_York", CHANNEL_EMAIL, 3.2, 480, 1200, false},
    {"bolt", "bolt-voice-es", "America/Bogota", CHANNEL_VOICE, 9.6, 420, 1320, true},
    {"bolt", "bolt-voice-en", "America/Chicago", CHANNEL_VOICE, 6.4, 420, 1320, true},
    {"bolt", "bolt-chat", "America/Chicago", CHANNEL_CHAT, 3.2, 420, 1320, true},
    {"crest", "crest-voice", "Europe/London", CHANNEL_VOICE, 8, 480, 1080, false},
    {"crest", "crest-social", "Europe/London", CHANNEL_SOCIAL, 3.2, 480, 1320, true},
};
static const struct skills nine_sets[] = {
    {{0}, 1, 0.22, -1},       {{0, 1}, 2, 0.18, -1},  {{1, 2}, 2, 0.08, -1},
    {{0, 1, 2}, 3, 0.04, -1}, {{3}, 1, 0.16, BOGOTA}, {{3, 4}, 2, 0.08, BOGOTA},
    {{4, 5}, 2, 0.06, -1},    {{6}, 1, 0.10, -1},     {{6, 7}, 2, 0.08, -1},
};

#define TABLE(rows) (rows), G_N_ELEMENTS(rows)
static const struct shape {
    const char *name;
    const struct need *queues;
    size_t n_queues;
    const struct skills *skills;
    size_t n_skills;
    double site_share[SITES_N], contract_share[CONTRACTS_N];
} shapes[] = {
    [GENERATED_SINGLE] = {"single", TABLE(one_queue), TABLE(one_skill), {1, 0, 0}, {0.6, 0.2, 0.2, 0}},
    [GENERATED_MULTI] = {"multi", TABLE(ten_queues), TABLE(twelve_sets), {0.6, 0, 0.4}, {0.6, 0.2, 0.2, 0}},
    [GENERATED_CLIENTS] =
        {"clients", TABLE(eight_queues), TABLE(nine_sets), {0.4, 0.3, 0.3}, {0.5, 0.2, 0.2, 0.1}},
};

const char *generated_shape_name(enum generated_shape shape)
{
    return shapes[shape].name;
}

bool generated_shape_parse(const char *text, enum generated_shape *out)
{
    for (int i = 0; i < GENERATED_N; i++)
        if (strcmp(text, shapes[i].name) == 0) {
            *out = (enum generated_shape)i;
            return true;
        }
    return false;
}

static int pick(const double *share, size_t n, double u)
{
    size_t i = 0, last = 0;
    for (; i < n; i++) {
        if (share[i] <= 0)
            continue;
        last = i;
        u -= share[i];
        if (u < 0)
            break;
    }
    return (int)last;
}

static int pick_skills(const struct shape *shape, double u)
{
    size_t i = 0;
    for (; i + 1 < shape->n_skills; i++) {
        u -= shape->skills[i].share;
        if (u < 0)
            break;
    }
    return (int)i;
}

/* ---- the operation ---- */

static void add_contracts(struct operation *operation)
{
    operation->n_templates = G_N_ELEMENTS(templates);
    operation->templates = g_memdup2(templates, sizeof templates);
    for (int t = 0; t < operation->n_templates; t++) {
        operation->templates[t].id = g_strdup(templates[t].id);
        operation->templates[t].name = g_strdup(templates[t].name);
    }
    operation->contracts = g_new0(struct contract, CONTRACTS_N * SITES_N);
    for (int s = 0; s < SITES_N; s++)
        for (int c = 0; c < CONTRACTS_N; c++) {
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

static void add_sites(struct operation *operation)
{
    operation->currencies = g_new0(struct currency, SITES_N);
    operation->sites = g_new0(struct site, SITES_N);
    for (int s = 0; s < SITES_N; s++) {
        struct currency *currency = &operation->currencies[operation->n_currencies++];
        g_strlcpy(currency->code, sites[s].currency, sizeof currency->code);
        currency->rate = sites[s].worth;
        operation->sites[operation->n_sites++] = (struct site){.id = g_strdup(sites[s].id),
                                                               .name = g_strdup(sites[s].id),
                                                               .zone = g_strdup(sites[s].zone),
                                                               .country = g_strdup(sites[s].country)};
    }
}

/* Those of the first copy have plain names. */
static char *name_of(const char *name, int copy)
{
    return copy == 0 ? g_strdup(name) : g_strdup_printf("%s-%d", name, copy + 1);
}

static void add_queues(struct operation *operation, const struct shape *shape, int copy)
{
    for (size_t q = 0; q < shape->n_queues; q++) {
        const struct need *need = &shape->queues[q];
        const double aht_s = 300;
        g_autofree char *client_name = name_of(need->client, copy);
        int client = operation_client(operation, client_name);
        if (client < 0) {
            client = operation->n_clients++;
            operation->clients[client] =
                (struct client){.id = g_strdup(client_name), .name = g_strdup(client_name)};
        }
        operation->queues[operation->n_queues++] =
            (struct queue){.id = name_of(need->id, copy),
                           .name = name_of(need->id, copy),
                           .client = client,
                           .channel = need->channel,
                           .language = g_strdup("en"),
                           .zone = g_strdup(need->zone),
                           .sla = {SL_OFFERED, 0.8, 20, 0, 0, 1, 1, SLA_WEEK},
                           .aht_s = aht_s,
                           .concurrency = 1,
                           .concurrent_aht_s = g_memdup2(&aht_s, sizeof aht_s),
                           .occupancy_cap = 0.9};
    }
}

static void add_agents(struct operation *operation, const struct shape *shape, int n_agents, int copy,
                       uint64_t *state)
{
    for (int i = 0; i < n_agents; i++) {
        int a = operation->n_agents;
        struct agent *agent = &operation->agents[operation->n_agents++];
        const struct skills *skills = &shape->skills[pick_skills(shape, unit_random(state))];
        int site = pick(shape->site_share, G_N_ELEMENTS(sites), unit_random(state));
        site = skills->site >= 0 ? skills->site : site;
        int contract = pick(shape->contract_share, G_N_ELEMENTS(contracts), unit_random(state));
        *agent = (struct agent){.id = g_strdup_printf("a%05d", a),
                                .name = g_strdup_printf("Agent %d", a),
                                .site = site,
                                .contract = site * CONTRACTS_N + contract,
                                .n_skills = skills->n,
                                .employed_from = INT32_MIN,
                                .employed_to = INT32_MAX};
        agent->skills = g_new0(struct skill, skills->n);
        for (int k = 0; k < skills->n; k++)
            agent->skills[k] =
                (struct skill){.queue = copy * (int)shape->n_queues + skills->queues[k], .proficiency = 1};
    }
}

/* ---- the demand ---- */

/* Share of the busiest hour's load, by the customers' wall clock: two humps, quiet nights. */
static double day_shape(double hour)
{
    double morning = exp(-pow((hour - 10.5) / 2.6, 2)), afternoon = 0.9 * exp(-pow((hour - 15.5) / 3.0, 2));
    return 0.12 + 0.88 * MIN(morning + afternoon, 1.0);
}

static bool fill_demand(struct plan_problem *problem, const struct shape *shape, int n_agents,
                        uint64_t *state, GError **error)
{
    static const struct {
        double share, price; /* of the need; of four dearest hours */
    } steps[] = {{0.3, 3.0}, {0.5, 1.2}, {0.2, 0.8}, {0.1, 0.3}, {0.1, 0.1}};
    static const double weekday[] = {1.0, 0.95, 0.93, 0.92, 0.9, 0.55, 0.45};
    const struct operation *operation = problem->operation;
    struct grid grid = problem->demand.grid;
    double dearest = 0;
    for (int s = 0; s < SITES_N; s++)
        dearest = MAX(dearest, sites[s].rate * sites[s].worth);
    demand_init(&problem->demand, &grid, operation->n_queues, G_N_ELEMENTS(steps));
    for (int q = 0; q < operation->n_queues; q++) {
        const struct need *queue = &shape->queues[(size_t)q % shape->n_queues];
        AUTO(zone) zone = zone_new(queue->zone, error);
        if (zone == NULL)
            return false;
        for (int iv = 0; iv < grid.n; iv++) {
            struct local_time local = zone_local(zone, grid_ts(&grid, iv));
            int minute = local.second / 60;
            double noise = 0.95 + 0.1 * unit_random(state);
            if (minute < queue->from || minute >= queue->to || (!queue->weekend && local.weekday >= 5))
                continue;
            double need =
                queue->peak * n_agents / 100.0 * day_shape(minute / 60.0) * weekday[local.weekday] * noise;
            problem->demand.need[DEMAND_CELL(&problem->demand, q, iv)] = need;
            for (int k = 0; k < problem->demand.n_pieces; k++) {
                size_t at = DEMAND_PIECE(&problem->demand, q, iv, k);
                problem->demand.width[at] = need * steps[k].share;
                problem->demand.value[at] = 4 * dearest * steps[k].price * operation->interval_min / 60.0;
            }
        }
    }
    return true;
}

struct plan_problem *generated_problem(enum generated_shape shape, int n_agents, int n_weeks, uint64_t seed,
                                       GError **error)
{
    return generated_copies(shape, n_agents, 1, n_weeks, seed, error);
}

struct plan_problem *generated_copies(enum generated_shape shape, int n_agents, int copies, int n_weeks,
                                      uint64_t seed, GError **error)
{
    uint64_t state = seed;
    AUTO(plan_problem) problem = plan_problem_new();
    struct operation *operation = problem->operation = operation_new();
    operation->name = g_strdup("generated");
    operation->zone = g_strdup("UTC");
    operation->interval_min = 15;
    memcpy(operation->currency, "USD", 4);
    add_sites(operation);
    add_contracts(operation);
    operation->clients = g_new0(struct client, (size_t)copies * shapes[shape].n_queues);
    operation->queues = g_new0(struct queue, (size_t)copies * shapes[shape].n_queues);
    operation->agents = g_new0(struct agent, (size_t)copies * (size_t)n_agents + 1);
    for (int copy = 0; copy < copies; copy++) {
        add_queues(operation, &shapes[shape], copy);
        add_agents(operation, &shapes[shape], n_agents, copy, &state);
    }
    problem->first_day = day_week_start(day_from_civil(2026, 11, 23));
    problem->n_weeks = n_weeks;
    problem->seed = seed;
    if (!plan_horizon(operation, problem->first_day, n_weeks, &problem->demand.grid, error) ||
        !fill_demand(problem, &shapes[shape], n_agents, &state, error))
        return NULL;
    return g_steal_pointer(&problem);
}
