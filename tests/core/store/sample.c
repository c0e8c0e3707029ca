#include "tests/core/store/sample.h"

#include <math.h>

#include "tests/support/testing.h"

static struct week_span *spans(const struct week_span *from, int n)
{
    return g_memdup2(from, (gsize)n * sizeof *from);
}

static double *one(double value)
{
    return g_memdup2(&value, sizeof value);
}

static void add_queues(struct operation *op)
{
    static const struct week_span office[] = {{0x1f, 8 * 60, 20 * 60}, {0x20, 22 * 60, 26 * 60}};
    static const double chat_aht[] = {300.0, 420.5, 613.25};
    op->n_queues = 3;
    op->queues = g_new0(struct queue, 3);
    op->queues[0] = (struct queue){
        .id = g_strdup("chat-es"),
        .name = g_strdup("Chat «español»"),
        .client = 0,
        .channel = CHANNEL_CHAT,
        .language = g_strdup("es-CO"),
        .zone = g_strdup("America/Bogota"),
        .sla = {SL_EXCL_SHORT, 0.85, 45.0, 5.0, 30.0, 0.06, 0.88, SLA_WEEK},
        .patience_s = 111.1,
        .aht_s = 300.0,
        .concurrency = 3,
        .concurrent_aht_s = g_memdup2(chat_aht, sizeof chat_aht),
        .shrinkage = 0.07,
        .min_staff = 1.5,
        .occupancy_cap = 0.95,
        .open = spans(office, 2),
        .n_open = 2,
        .holidays = g_strdup("CO"),
        .day_profile = g_memdup2(chat_aht, sizeof chat_aht),
        .n_day_profile = 3,
    };
    op->queues[1] = (struct queue){
        .id = g_strdup("mail-en"),
        .name = g_strdup("Mail"),
        .client = 1,
        .channel = CHANNEL_EMAIL,
        .language = g_strdup("en"),
        .zone = g_strdup("Europe/London"),
        .sla = {SL_OFFERED, 0.9, 14400.0, 0.0, 0.0, 1.0, 1.0, SLA_DAY},
        .aht_s = 480.0,
        .concurrency = 1,
        .concurrent_aht_s = one(480.0),
        .shrinkage = 0.0,
        .occupancy_cap = 0.9,
        .profile_queue = g_strdup("chat-es"),
    };
    op->queues[2] = (struct queue){
        .id = g_strdup("voice-en"),
        .name = g_strdup("Voice"),
        .client = 0,
        .channel = CHANNEL_VOICE,
        .language = g_strdup("en"),
        .zone = g_strdup("America/New_York"),
        .sla = {SL_ABAN_POSITIVE, 0.8, 20.0, 0.0, 0.0, 1.0, 1.0, SLA_MONTH},
        .patience_s = 180.0,
        .aht_s = 1000.0 / 3.0,
        .concurrency = 1,
        .concurrent_aht_s = one(1000.0 / 3.0),
        .shrinkage = 0.05,
        .occupancy_cap = 1.0,
    };
}

static void add_contracts(struct operation *op)
{
    op->n_templates = 2;
    op->templates = g_new0(struct shift_template, 2);
    op->templates[0] = (struct shift_template){
        .id = g_strdup("day8"),
        .name = g_strdup("Eight hours"),
        .weekdays = 0x7f,
        .start_from_min = 0,
        .start_to_min = 1410,
        .start_step_min = 30,
        .paid_min_min = 450,
        .paid_max_min = 480,
        .paid_step_min = 30,
        .breaks = {{ACTIVITY_MEAL, 30, false, 180, 300}, {ACTIVITY_BREAK, 30, true, 60, 150}},
        .n_breaks = 2,
    };
    op->templates[1] = (struct shift_template){
        .id = g_strdup("part4"),
        .name = g_strdup("Four hours"),
        .weekdays = 0x1f,
        .start_from_min = 480,
        .start_to_min = 960,
        .start_step_min = 60,
        .paid_min_min = 240,
        .paid_max_min = 240,
        .paid_step_min = 30,
    };
    static const int both[] = {1, 0};
    op->n_contracts = 2;
    op->contracts = g_new0(struct contract, 2);
    for (int i = 0; i < 2; i++)
        op->contracts[i] = (struct contract){
            .id = g_strdup(i == 0 ? "full" : "part"),
            .name = g_strdup(i == 0 ? "Full time" : "Part time"),
            .templates = g_memdup2(both, sizeof both),
            .n_templates = 2 - i,
            .week_minutes_min = 1200 - i,
            .week_minutes_max = 2400 - i,
            .week_days_min = 3,
            .week_days_max = 5,
            .consecutive_days_max = 6 - i,
            .rest_min_minutes = 660,
            .consecutive_days_off_min = 2,
            .week_nights_max = 4,
            .night_from_min = 1320,
            .night_to_min = 360,
            .night_shift_minutes = 180,
            .weekends_max = 2,
            .weekends_of = 4,
            .start_spread_max_min = 120,
            .rate = i == 0 ? 310.1 : 9.99,
            .currency = g_strdup(i == 0 ? "PHP" : "EUR"),
            .night_premium = 0.1,
            .holiday_premium = 1.0,
            .day_off_flex_min = DAY_MIN,
        };
}

static void add_agents(struct operation *op, int n)
{
    static const struct week_span days[] = {{0x7f, 0, 1440}};
    op->n_agents = n;
    op->agents = g_new0(struct agent, (gsize)n);
    for (int i = 0; i < n; i++) {
        struct agent *agent = &op->agents[i];
        agent->id = g_strdup_printf("agent-%03d", i);
        agent->name = g_strdup_printf("Agent “%d”", i);
        agent->site = i % 2;
        agent->contract = i % 2;
        agent->n_skills = 1 + i % 2;
        agent->skills = g_new0(struct skill, (gsize)agent->n_skills);
        for (int k = 0; k < agent->n_skills; k++)
            agent->skills[k] =
                (struct skill){.queue = i % 3 == 2 ? 1 + k : 2 * k, .proficiency = 1.0 + 0.1 * k};
        agent->n_available = i % 4 == 3;
        agent->available = agent->n_available > 0 ? spans(days, 1) : NULL;
        agent->employed_from = i % 5 == 0 ? INT32_MIN : SAMPLE_WEEK - 100;
        agent->employed_to = i % 7 == 0 ? INT32_MAX : SAMPLE_WEEK + 36500;
    }
}

static void add_days(struct operation *op)
{
    op->n_time_off = op->n_agents > 0;
    op->time_off = g_new0(struct time_off, 1);
    op->time_off[0] = (struct time_off){
        .agent = 0,
        .start_ts = (SAMPLE_WEEK + 5) * INT64_C(86400),
        .end_ts = (SAMPLE_WEEK + 7) * INT64_C(86400),
        .credit_min = 480,
        .kind = g_strdup("vacation"),
    };
    op->n_special_days = SPECIAL_N;
    op->special_days = g_new0(struct special_day, SPECIAL_N);
    for (int i = 0; i < SPECIAL_N; i++)
        op->special_days[i] = (struct special_day){
            .scope = (enum special_scope)(i % SCOPE_N),
            .index = i % SCOPE_N == SCOPE_ALL ? 0 : 1,
            .day = SAMPLE_WEEK + i,
            .kind = (enum special_kind)i,
            .name = g_strdup_printf("feast %d", i),
            .has_uplift = i % 2 == 1,
            .uplift = i % 2 * 0.125 * (i - 2),
            .open_from_min = i == SPECIAL_OTHER ? 540 : 0,
            .open_to_min = i == SPECIAL_OTHER ? 780 : 0,
        };
}

struct operation *sample_operation(int n_agents)
{
    struct operation *op = operation_new();
    op->name = g_strdup("Sample");
    op->zone = g_strdup("Europe/Madrid");
    op->interval_min = 30;
    g_strlcpy(op->currency, "EUR", sizeof op->currency);
    op->n_currencies = 1;
    op->currencies = g_new0(struct currency, 1);
    op->currencies[0] = (struct currency){"PHP", 0.0149};
    op->n_clients = 2;
    op->clients = g_new0(struct client, 2);
    op->clients[0] = (struct client){
        .id = g_strdup("acme"), .name = g_strdup("Acme \"Retail\""), .holidays = g_strdup("US, CA-ON")};
    op->clients[1] = (struct client){.id = g_strdup("beta"), .name = g_strdup("Beta")};
    op->n_sites = 2;
    op->sites = g_new0(struct site, 2);
    op->sites[0] = (struct site){.id = g_strdup("bog"),
                                 .name = g_strdup("Bogotá"),
                                 .zone = g_strdup("America/Bogota"),
                                 .country = g_strdup("CO"),
                                 .shrinkage = 0.08};
    op->sites[1] = (struct site){.id = g_strdup("mnl"),
                                 .name = g_strdup("Manila"),
                                 .zone = g_strdup("Asia/Manila"),
                                 .country = g_strdup("PH"),
                                 .shrinkage = 0.1};
    add_queues(op);
    add_contracts(op);
    add_agents(op, n_agents);
    add_days(op);
    return op;
}

void sample_save(struct store *store, const struct operation *operation)
{
    g_autoptr(GError) error = NULL;
    if (!store_operation_save(store, operation, "test", &error) ||
        !store_agents_save(store, operation, "test", &error) ||
        !store_time_off_save(store, operation, "test", &error) ||
        !store_special_days_save(store, operation, "test", &error) ||
        !store_preferences_save(store, operation, "test", &error) ||
        !store_meetings_save(store, operation, "test", &error))
        ck_abort_msg("%s", error->message);
}

struct plan_problem *sample_problem(struct store *store, int n_agents, int32_t first_day)
{
    return sample_problem_weeks(store, n_agents, first_day, 1);
}

struct plan_problem *sample_problem_weeks(struct store *store, int n_agents, int32_t first_day, int n_weeks)
{
    g_autoptr(GError) error = NULL;
    struct plan_problem *problem = plan_problem_new();
    problem->operation = sample_operation(n_agents);
    problem->first_day = first_day;
    problem->n_weeks = n_weeks;
    problem->seed = UINT64_MAX - 1;
    problem->limits = (struct plan_limits){.seconds = 1.0, .gap = 0.01, .rounds = 7, .threads = 1};
    struct grid grid;
    ck_assert(plan_horizon(problem->operation, first_day, n_weeks, &grid, &error));
    ck_no_error(error);
    demand_init(&problem->demand, &grid, problem->operation->n_queues, 1);
    for (int queue = 0; queue < problem->demand.n_queues; queue++)
        for (int iv = 0; iv < grid.n; iv++) {
            size_t cell = DEMAND_CELL(&problem->demand, queue, iv);
            problem->demand.need[cell] = problem->demand.width[cell] = 0.1 + queue + (double)(iv % 48) / 7.0;
            problem->demand.value[cell] = 12.5;
        }
    if (store != NULL)
        ck_assert(store_past_shifts(store, problem->operation, grid.start_ts - 35 * INT64_C(86400),
                                    grid.start_ts, &problem->past, &problem->n_past, &error));
    ck_no_error(error);
    return problem;
}

struct plan_solution *sample_solution(const struct plan_problem *problem, int start_min)
{
    enum { DAYS = 5 };
    const struct operation *op = problem->operation;
    struct plan_solution *solution = plan_solution_new();
    solution->n_shifts = op->n_agents * DAYS;
    solution->shifts = g_new0(struct shift, (gsize)solution->n_shifts);
    for (int i = 0; i < solution->n_shifts; i++) {
        int agent = i / DAYS;
        int64_t start =
            problem->demand.grid.start_ts + (agent % 3 + i % DAYS) * INT64_C(86400) + start_min * 60;
        solution->shifts[i] = (struct shift){
            .agent = agent,
            .tmpl = agent % 2,
            .start_ts = start,
            .end_ts = start + 8 * 3600,
            .n_activities = 2,
            .activities = {{ACTIVITY_MEAL, start + 4 * 3600, start + 9 * 1800, false},
                           {ACTIVITY_BREAK, start + 6 * 3600, start + 6 * 3600 + 900, true}},
        };
    }
    solution->pay = 1234.5;
    solution->shortage = 100.25 + start_min;
    solution->penalty = 7.75;
    solution->objective = solution->pay + solution->shortage + solution->penalty;
    solution->bound = 1300.125;
    solution->rounds = 42;
    solution->stopped = g_strdup("gap");
    solution->n_staffed = problem->demand.n_queues * problem->demand.grid.n;
    solution->staffed = g_new0(double, (gsize)solution->n_staffed);
    for (int i = 0; i < solution->n_staffed; i++)
        solution->staffed[i] = sqrt(i);
    return solution;
}

int64_t sample_draft(struct store *store, int n_agents, int32_t first_day, int start_min)
{
    return sample_draft_weeks(store, n_agents, first_day, 1, start_min);
}

int64_t sample_draft_weeks(struct store *store, int n_agents, int32_t first_day, int n_weeks, int start_min)
{
    g_autoptr(GError) error = NULL;
    AUTO(plan_problem) problem = sample_problem_weeks(store, n_agents, first_day, n_weeks);
    AUTO(plan_solution) solution = sample_solution(problem, start_min);
    int64_t id = 0;
    if (!store_roster_save(store, problem, solution, NULL, "hash", 2.5, "test", &id, &error))
        ck_abort_msg("%s", error->message);
    return id;
}
