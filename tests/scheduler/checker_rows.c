#include "tests/scheduler/checker_rows.h"

#include <stdlib.h>
#include <string.h>

#include "tests/support/testing.h"

#define EVERY_DAY 0x7f

static const struct {
    const char *id, *zone;
} sites[] = {{"mnl", "Asia/Manila"}, {"nyc", "America/New_York"}, {"lon", "Europe/London"}};

static const struct {
    const char *id;
    int site, n_skills, skills[2];
} people[PEOPLE] = {
    [ANA] = {"ana", 0, 1, {VOICE}},
    [BOB] = {"bob", 1, 2, {VOICE, CHAT}},
    [CID] = {"cid", 2, 1, {CHAT}},
    [DAN] = {"dan", 0, 0, {0}},
};

static const struct shift_template templates[TEMPLATES] = {
    [FREE] = {.weekdays = EVERY_DAY,
              .start_to_min = 1425,
              .start_step_min = 15,
              .paid_min_min = 60,
              .paid_max_min = 720,
              .paid_step_min = 15},
    [DAY] = {.weekdays = 0x3f,
             .start_from_min = 360,
             .start_to_min = 1320,
             .start_step_min = 30,
             .paid_min_min = 420,
             .paid_max_min = 480,
             .paid_step_min = 30,
             .n_breaks = 3,
             .breaks = {{ACTIVITY_BREAK, 15, true, 60, 120},
                        {ACTIVITY_MEAL, 60, false, 180, 300},
                        {ACTIVITY_BREAK, 15, true, 330, 450}}},
    [FOREIGN] = {.weekdays = EVERY_DAY,
                 .start_to_min = 1425,
                 .start_step_min = 15,
                 .paid_min_min = 60,
                 .paid_max_min = 720,
                 .paid_step_min = 15},
};
static const char *const template_ids[TEMPLATES] = {"free", "day", "foreign"};

static const struct contract wide_open = {
    .week_minutes_max = 7 * DAY_MIN,
    .week_days_max = 7,
    .consecutive_days_max = 99,
    .consecutive_days_off_min = 1,
    .week_nights_max = 7,
    .night_from_min = 22 * 60,
    .night_to_min = 6 * 60,
    .night_shift_minutes = 120,
    .weekends_max = 4,
    .weekends_of = 4,
    .start_spread_max_min = DAY_MIN,
    .rate = 100,
    .night_premium = 0.10,
    .holiday_premium = 1.00,
};

static void fill_places(struct operation *op)
{
    op->name = g_strdup("rows");
    op->zone = g_strdup("UTC");
    op->interval_min = 15;
    g_strlcpy(op->currency, "USD", sizeof op->currency);
    op->n_currencies = 1;
    op->currencies = g_new0(struct currency, 1);
    g_strlcpy(op->currencies[0].code, "PHP", sizeof op->currencies[0].code);
    op->currencies[0].rate = 0.0175;
    op->n_clients = 1;
    op->clients = g_new0(struct client, 1);
    op->clients[0] = (struct client){.id = g_strdup("acme"), .name = g_strdup("Acme")};
    op->n_queues = QUEUES;
    op->queues = g_new0(struct queue, QUEUES);
    for (int q = 0; q < QUEUES; q++)
        op->queues[q] = (struct queue){.id = g_strdup(q == VOICE ? "voice" : "chat"),
                                       .name = g_strdup("Queue"),
                                       .channel = q == VOICE ? CHANNEL_VOICE : CHANNEL_CHAT,
                                       .language = g_strdup("en"),
                                       .zone = g_strdup("Europe/London"),
                                       .concurrency = 1,
                                       .aht_s = 300};
    op->n_sites = (int)G_N_ELEMENTS(sites);
    op->sites = g_new0(struct site, G_N_ELEMENTS(sites));
    for (int s = 0; s < op->n_sites; s++)
        op->sites[s] = (struct site){.id = g_strdup(sites[s].id),
                                     .name = g_strdup(sites[s].id),
                                     .zone = g_strdup(sites[s].zone),
                                     .country = g_strdup("XX")};
    /* Bonifacio Day in Manila; a feast of New York that must not count in Manila. */
    op->n_special_days = 2;
    op->special_days = g_new0(struct special_day, 2);
    op->special_days[0] = (struct special_day){.scope = SCOPE_SITE,
                                               .index = 0,
                                               .day = day_from_civil(2026, 11, 30),
                                               .kind = SPECIAL_HOLIDAY,
                                               .name = g_strdup("Bonifacio Day")};
    op->special_days[1] = (struct special_day){.scope = SCOPE_SITE,
                                               .index = 1,
                                               .day = day_from_civil(2026, 11, 26),
                                               .kind = SPECIAL_HOLIDAY,
                                               .name = g_strdup("Thanksgiving")};
}

/* What the row says of the rules that wide_open leaves out. Bytes are merged: those fields are all 0 there.
 */
static void merge_contract(struct contract *to, const struct contract *from)
{
    struct contract more = *from;
    more.successions = g_memdup2(from->successions, (gsize)from->n_successions * sizeof *from->successions);
    more.limits = g_memdup2(from->limits, (gsize)from->n_limits * sizeof *from->limits);
    for (size_t i = 0; i < sizeof more; i++)
        if (((const unsigned char *)&more)[i] != 0)
            ((unsigned char *)to)[i] = ((const unsigned char *)&more)[i];
}

static void fill_rules(struct operation *op, const struct row *row)
{
    op->n_templates = TEMPLATES;
    op->templates = g_new0(struct shift_template, TEMPLATES);
    for (int t = 0; t < TEMPLATES; t++) {
        op->templates[t] = templates[t];
        op->templates[t].id = g_strdup(template_ids[t]);
        op->templates[t].name = g_strdup(template_ids[t]);
    }
    op->n_contracts = 2;
    op->contracts = g_new0(struct contract, 2);
    for (int i = 0; i < op->n_contracts; i++) {
        struct contract *k = &op->contracts[i];
        *k = wide_open;
        k->id = g_strdup(i == 0 ? "full" : "open");
        k->name = g_strdup(k->id);
        k->currency = g_strdup("PHP");
        k->n_templates = 2;
        k->templates = g_new0(int, 2);
        k->templates[0] = FREE;
        k->templates[1] = DAY;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(row->contract); i++)
        if (row->contract[i].field != 0)
            memcpy((char *)&op->contracts[0] + row->contract[i].field, &row->contract[i].value, sizeof(int));
    merge_contract(&op->contracts[0], &row->k);
}

static int32_t day_or(const char *text, int32_t fallback)
{
    int32_t day = fallback;
    if (text != NULL)
        ck_assert_msg(day_parse(text, &day, NULL), "bad day %s", text);
    return day;
}

/* Those the row says nothing about keep out of the way of its rules. */
static bool is_tried(const struct row *row, int agent)
{
    bool tried =
        agent == ANA && (row->off[0].start != NULL || (row->to != NULL && row->shifts[0].start == NULL));
    for (int i = 0; i < ROW_SHIFTS && row->shifts[i].start != NULL; i++)
        tried = tried || row->shifts[i].agent == agent;
    return tried;
}

static void fill_people(struct operation *op, const struct row *row)
{
    op->n_agents = PEOPLE;
    op->agents = g_new0(struct agent, PEOPLE);
    for (int a = 0; a < PEOPLE; a++) {
        struct agent *agent = &op->agents[a];
        agent->id = g_strdup(people[a].id);
        agent->name = g_strdup(people[a].id);
        agent->site = people[a].site;
        agent->contract = is_tried(row, a) ? 0 : 1;
        agent->n_skills = people[a].n_skills;
        agent->skills = g_new0(struct skill, 2);
        for (int i = 0; i < agent->n_skills; i++)
            agent->skills[i] = (struct skill){.queue = people[a].skills[i], .proficiency = 1};
        agent->available = g_new0(struct week_span, G_N_ELEMENTS(row->available));
        while (agent->n_available < (int)G_N_ELEMENTS(row->available) &&
               row->available[agent->n_available].weekdays != 0) {
            agent->available[agent->n_available] = row->available[agent->n_available];
            agent->n_available++;
        }
        agent->employed_from = day_or(row->from, INT32_MIN);
        agent->employed_to = day_or(row->to, INT32_MAX);
    }
}

static int64_t instant(const struct operation *op, int agent, const char *text)
{
    g_autoptr(GError) error = NULL;
    AUTO(zone) zone = zone_new(op->sites[op->agents[CLAMP(agent, 0, PEOPLE - 1)].site].zone, &error);
    ck_no_error(error);
    g_autofree char *full =
        strlen(text) == strlen("2026-11-23 08:00") ? g_strconcat(text, ":00", NULL) : g_strdup(text);
    int64_t ts;
    ck_assert_msg(time_parse(full, zone, &ts, &error), "%s", error != NULL ? error->message : "");
    return ts;
}

struct plan_problem *row_problem(const struct row *row)
{
    g_autoptr(GError) error = NULL;
    struct plan_problem *problem = plan_problem_new();
    struct operation *op = operation_new();
    problem->operation = op;
    fill_places(op);
    fill_rules(op, row);
    fill_people(op, row);
    op->time_off = g_new0(struct time_off, G_N_ELEMENTS(row->off));
    for (size_t i = 0; i < G_N_ELEMENTS(row->off) && row->off[i].start != NULL; i++)
        op->time_off[op->n_time_off++] = (struct time_off){.agent = ANA,
                                                           .start_ts = instant(op, ANA, row->off[i].start),
                                                           .end_ts = instant(op, ANA, row->off[i].end),
                                                           .credit_min = row->off[i].credit_min,
                                                           .kind = g_strdup("vacation")};
    problem->first_day = day_or(row->monday, day_from_civil(2026, 11, 23));
    problem->n_weeks = MAX(row->weeks, 1);
    struct grid grid;
    ck_assert(plan_horizon(op, problem->first_day, problem->n_weeks, &grid, &error));
    demand_init(&problem->demand, &grid, QUEUES, 2);
    return problem;
}

static void parse_activities(struct shift *shift, const char *text)
{
    g_auto(GStrv) parts = g_strsplit(text, ", ", -1);
    for (int i = 0; parts[i] != NULL; i++) {
        g_auto(GStrv) words = g_strsplit_set(parts[i], " +", -1);
        ck_assert_msg(g_strv_length(words) == 4, "bad activity %s", parts[i]);
        struct activity *a = &shift->activities[shift->n_activities++];
        ck_assert(activity_kind_parse(words[0], &a->kind));
        a->start_ts = shift->start_ts + 60 * g_ascii_strtoll(words[1], NULL, 10);
        a->end_ts = a->start_ts + 60 * g_ascii_strtoll(words[2], NULL, 10);
        a->paid = strcmp(words[3], "paid") == 0;
    }
}

struct shift row_shift(const struct plan_problem *problem, const struct row_shift *from)
{
    struct shift shift = {.agent = from->agent, .tmpl = from->tmpl};
    shift.start_ts = instant(problem->operation, from->agent, from->start);
    shift.end_ts = shift.start_ts + 60 * (int64_t)from->span_min;
    if (from->activities != NULL)
        parse_activities(&shift, from->activities);
    return shift;
}

struct plan_solution *row_solution(const struct row *row, struct plan_problem *problem)
{
    struct plan_solution *solution = plan_solution_new();
    solution->shifts = g_new0(struct shift, ROW_SHIFTS);
    problem->past = g_new0(struct shift, ROW_SHIFTS);
    for (int i = 0; i < ROW_SHIFTS && row->shifts[i].start != NULL; i++) {
        struct shift shift = row_shift(problem, &row->shifts[i]);
        if (row->shifts[i].past)
            problem->past[problem->n_past++] = shift;
        else
            solution->shifts[solution->n_shifts++] = shift;
    }
    return solution;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

char *row_found(const struct check_report *report)
{
    const char *keys[VIOLATION_N + 1] = {NULL};
    int n = 0;
    for (int rule = 0; rule < VIOLATION_N; rule++)
        for (int i = 0; i < report->n_violations; i++)
            if (report->violations[i].rule == (enum violation_rule)rule) {
                keys[n++] = violation_key((enum violation_rule)rule);
                break;
            }
    qsort(keys, (size_t)n, sizeof keys[0], by_text);
    return g_strjoinv(" ", (char **)keys);
}
