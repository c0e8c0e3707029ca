#include "tests/core/filled.h"

#include <limits.h>
#include <string.h>

#include "tests/support/testing.h"

/* Sizes of the structs as this file knows them (64 bit). Where one has grown: fill the new field below, look
   that its pointers are compared by content, and put the new size here. */
static const struct {
    const char *what;
    size_t size, known;
} sizes[] = {
    {"queue", sizeof(struct queue), 264},          {"site", sizeof(struct site), 72},
    {"skill", sizeof(struct skill), 24},           {"shift_template", sizeof(struct shift_template), 184},
    {"contract", sizeof(struct contract), 456},    {"agent", sizeof(struct agent), 80},
    {"preference", sizeof(struct preference), 32}, {"headcount_rule", sizeof(struct headcount_rule), 40},
    {"lead_rule", sizeof(struct lead_rule), 24},   {"meeting", sizeof(struct meeting), 72},
    {"fairness", sizeof(struct fairness), 32},     {"wish_rule", sizeof(struct wish_rule), 16},
    {"succession", sizeof(struct succession), 8},  {"template_limit", sizeof(struct template_limit), 28},
    {"operation", sizeof(struct operation), 280},
};

static void fill_contract(struct contract *k)
{
    k->period_minutes_min = 4801;
    k->period_minutes_max = 9601;
    k->period_days_min = 11;
    k->period_days_max = 21;
    k->consecutive_days_min = 2;
    k->consecutive_days_off_max = 6;
    k->window_days = 14;
    k->window_days_max = 10;
    k->week_rest_minutes = 2161;
    k->day_off_minutes = 2163;
    k->day_off_anchor_min = 721;
    k->day_off_flex_min = 241;
    k->start_distance_minutes = 1321;
    k->rotation_forward = true;
    k->rotation_tolerance_min = 61;
    k->consecutive_nights_max = 4;
    k->days_off_after_nights_min = 3;
    k->consecutive_weekends_max = 5;
    k->weekend_days = 0x71;
    k->weekend_whole = true;
    k->overtime_week_minutes_max = 481;
    k->overtime_premium = 0.26;
    k->n_successions = 2;
    k->successions = g_new0(struct succession, 2);
    k->successions[0] = (struct succession){0, 1};
    k->successions[1] = (struct succession){1, 1};
    k->n_limits = 2;
    k->limits = g_new0(struct template_limit, 2);
    k->limits[0] = (struct template_limit){1, 1, 5, 2, 12, 3, 7};
    k->limits[1] = (struct template_limit){0, 0, INT_MAX, 4, INT_MAX, 6, INT_MAX};
    for (int rule = 0; rule < CONTRACT_RULE_N; rule++)
        k->rule_price[rule] = 1.0 / (3 + rule);
}

static void add_parts(struct operation *op)
{
    operation_clear_preferences(op);
    operation_clear_meetings(op);
    g_free(op->headcounts);
    g_free(op->leads);
    op->n_preferences = 3;
    op->preferences = g_new0(struct preference, 3);
    static const struct preference wishes[] = {{0, 20780, -1, true, 0, 1440, 1.0 / 3},
                                               {0, 20781, 1, false, 360, 600, 2.0 / 3},
                                               {3, 20779, 0, true, 1320, 120, 7.5}};
    op->n_headcounts = 2;
    op->headcounts = g_new0(struct headcount_rule, 2);
    static const struct headcount_rule headcounts[] = {{1, 0, 0x1f, 2, 5, 33.5, 44.25},
                                                       {0, -1, 0x60, 1, INT_MAX, 12, 0}};
    op->n_leads = 1;
    op->leads = g_new0(struct lead_rule, 1);
    static const struct lead_rule leads[] = {{1, 12.5, 21.75}};
    for (int i = 0; i < 3; i++)
        op->preferences[i] = wishes[i];
    for (int i = 0; i < 2; i++)
        op->headcounts[i] = headcounts[i];
    op->leads[0] = leads[0];
    static const int few[] = {0, 2, 3};
    op->n_meetings = 2;
    op->meetings = g_new0(struct meeting, 2);
    for (int i = 0; i < 2; i++) {
        struct meeting *meeting = &op->meetings[i];
        meeting->id = g_strdup(i == 0 ? "huddle" : "security");
        meeting->name = g_strdup(i == 0 ? "Team «huddle»" : "Security training");
        meeting->kind = i == 0 ? ACTIVITY_MEETING : ACTIVITY_TRAINING;
        meeting->length_min = 30 + 30 * i;
        meeting->from_ts = INT64_C(1795392000) + i;
        meeting->to_ts = INT64_C(1795492000) + i;
        meeting->together = i == 0;
        meeting->price = 8.125 + i;
        meeting->n_agents = 3 - i;
        meeting->agents = g_memdup2(few, sizeof few);
    }
    op->fairness.weeks = 13;
    op->fairness.night_price = 0.7;
    op->fairness.weekend_price = 0.8;
    op->fairness.holiday_price = 0.9;
    op->wishes.price = 2.5;
    op->wishes.rank_share = 0.95;
}

static void fill_parts(double *total, struct shrinkage_part **parts, int *n, double first)
{
    static const char *const names[] = {"adherence", "system", "IT_2"};
    for (int i = 0; i < *n; i++)
        g_free((*parts)[i].name);
    g_free(*parts);
    *n = 3;
    *parts = g_new0(struct shrinkage_part, 3);
    for (int i = 0; i < 3; i++)
        (*parts)[i] = (struct shrinkage_part){g_strdup(names[i]), first / (1 + i)};
    *total = shrinkage_total(*parts, *n);
}

static void fill_routing(struct operation *op)
{
    struct queue *waits = NULL, *live = NULL;
    for (int i = 0; i < op->n_queues; i++)
        *(channel_is_deferred(op->queues[i].channel) ? &waits : &live) = &op->queues[i];
    fill_parts(&live->shrinkage, &live->shrinkage_parts, &live->n_shrinkage_parts, 0.07);
    fill_parts(&op->sites[1].shrinkage, &op->sites[1].shrinkage_parts, &op->sites[1].n_shrinkage_parts, 0.11);
    live->patience_s = 0;
    live->endless_patience = true;
    live->priority = 7;
    live->overflow_after_s = 12.375;
    live->channel = CHANNEL_CALLBACK;
    live->ring_fence = true;
    waits->ring_fence = false;
    waits->blend_idle = 3;
    op->agents[0].skills[0].overflow = OVERFLOW_MAX;
    op->agents[1].skills[0].overflow = 1;
}

void fill_rules(struct operation *op)
{
    for (size_t i = 0; sizeof(void *) == 8 && i < G_N_ELEMENTS(sizes); i++)
        ck_assert_msg(sizes[i].size == sizes[i].known, "struct %s has %zu bytes where this test knows %zu",
                      sizes[i].what, sizes[i].size, sizes[i].known);
    fill_contract(&op->contracts[0]);
    fill_routing(op);
    op->sites[1].seats = 77;
    op->sites[1].seat_price = 3.25;
    op->templates[1].on_call = true;
    op->templates[1].on_call_pay = 0.35;
    op->agents[1].lead = true;
    op->agents[2].rank = 17;
    op->agents[3].optional = true;
    op->agents[3].hire_price = 123.5;
    add_parts(op);
    g_autoptr(GError) error = NULL;
    operation_check(op, &error);
    ck_no_error(error);
}

/* Equal but for the members named, which are pointers and were compared by content. */
#define SAME_REST(type, x, y, ...)                                                                           \
    do {                                                                                                     \
        struct type one = *(x), two = *(y);                                                                  \
        void **const pointers[] = {__VA_ARGS__};                                                             \
        for (size_t p = 0; p < G_N_ELEMENTS(pointers); p++)                                                  \
            *pointers[p] = NULL;                                                                             \
        ck_assert_msg(memcmp(&one, &two, sizeof one) == 0, "a field of " #type " %d differs", i);            \
    } while (0)
#define BOTH(member) (void **)&one.member, (void **)&two.member

static void same_bytes(const void *a, int n_a, const void *b, int n_b, size_t size, const char *what)
{
    ck_assert_msg(n_a == n_b && (n_a == 0 || memcmp(a, b, (size_t)n_a * size) == 0), "%s differ", what);
}

static void same_contracts(const struct operation *a, const struct operation *b)
{
    ck_assert_int_eq(a->n_contracts, b->n_contracts);
    for (int i = 0; i < a->n_contracts; i++) {
        const struct contract *x = &a->contracts[i], *y = &b->contracts[i];
        ck_assert_str_eq(x->id, y->id);
        ck_assert_str_eq(x->name, y->name);
        ck_assert_str_eq(x->currency, y->currency);
        same_bytes(x->templates, x->n_templates, y->templates, y->n_templates, sizeof(int), "templates");
        same_bytes(x->successions, x->n_successions, y->successions, y->n_successions,
                   sizeof(struct succession), "successions");
        same_bytes(x->limits, x->n_limits, y->limits, y->n_limits, sizeof(struct template_limit), "limits");
        SAME_REST(contract, x, y, BOTH(id), BOTH(name), BOTH(currency), BOTH(templates), BOTH(successions),
                  BOTH(limits));
    }
}

static void same_parts(const struct shrinkage_part *x, int n_x, const struct shrinkage_part *y, int n_y)
{
    ck_assert_int_eq(n_x, n_y);
    for (int i = 0; i < n_x; i++) {
        ck_assert_str_eq(x[i].name, y[i].name);
        ck_assert(x[i].share == y[i].share);
    }
}

static void same_queues(const struct operation *a, const struct operation *b)
{
    ck_assert_int_eq(a->n_queues, b->n_queues);
    for (int i = 0; i < a->n_queues; i++) {
        const struct queue *x = &a->queues[i], *y = &b->queues[i];
        ck_assert_str_eq(x->id, y->id);
        same_parts(x->shrinkage_parts, x->n_shrinkage_parts, y->shrinkage_parts, y->n_shrinkage_parts);
        same_bytes(x->day_profile, x->n_day_profile, y->day_profile, y->n_day_profile, sizeof(double),
                   "day profiles");
        same_bytes(x->concurrent_aht_s, x->concurrency, y->concurrent_aht_s, y->concurrency, sizeof(double),
                   "concurrent AHT");
        same_bytes(x->open, x->n_open, y->open, y->n_open, sizeof(struct week_span), "opening hours");
        SAME_REST(queue, x, y, BOTH(id), BOTH(name), BOTH(language), BOTH(zone), BOTH(concurrent_aht_s),
                  BOTH(open), BOTH(holidays), BOTH(profile_queue), BOTH(callback_of), BOTH(day_profile),
                  BOTH(shrinkage_parts));
    }
}

static void same_skills(const struct agent *x, const struct agent *y)
{
    ck_assert_int_eq(x->n_skills, y->n_skills);
    for (int i = 0; i < x->n_skills; i++)
        ck_assert_msg(x->skills[i].queue == y->skills[i].queue &&
                          x->skills[i].proficiency == y->skills[i].proficiency &&
                          x->skills[i].overflow == y->skills[i].overflow,
                      "skill %d of %s differs", i, x->id);
}

static void same_people(const struct operation *a, const struct operation *b)
{
    ck_assert_int_eq(a->n_agents, b->n_agents);
    for (int i = 0; i < a->n_agents; i++) {
        const struct agent *x = &a->agents[i], *y = &b->agents[i];
        ck_assert_str_eq(x->id, y->id);
        ck_assert_str_eq(x->name, y->name);
        same_skills(x, y);
        ck_assert_int_eq(x->n_available, y->n_available);
        SAME_REST(agent, x, y, BOTH(id), BOTH(name), BOTH(skills), BOTH(available));
    }
    ck_assert_int_eq(a->n_meetings, b->n_meetings);
    for (int i = 0; i < a->n_meetings; i++) {
        const struct meeting *x = &a->meetings[i], *y = &b->meetings[i];
        ck_assert_str_eq(x->id, y->id);
        ck_assert_str_eq(x->name, y->name);
        same_bytes(x->agents, x->n_agents, y->agents, y->n_agents, sizeof(int), "agents of a meeting");
        SAME_REST(meeting, x, y, BOTH(id), BOTH(name), BOTH(agents));
    }
}

void same_rules(const struct operation *a, const struct operation *b)
{
    ck_assert_int_eq(a->n_sites, b->n_sites);
    for (int i = 0; i < a->n_sites; i++) {
        ck_assert_str_eq(a->sites[i].id, b->sites[i].id);
        same_parts(a->sites[i].shrinkage_parts, a->sites[i].n_shrinkage_parts, b->sites[i].shrinkage_parts,
                   b->sites[i].n_shrinkage_parts);
        SAME_REST(site, &a->sites[i], &b->sites[i], BOTH(id), BOTH(name), BOTH(zone), BOTH(country),
                  BOTH(shrinkage_parts));
    }
    ck_assert_int_eq(a->n_templates, b->n_templates);
    for (int i = 0; i < a->n_templates; i++) {
        ck_assert_str_eq(a->templates[i].id, b->templates[i].id);
        SAME_REST(shift_template, &a->templates[i], &b->templates[i], BOTH(id), BOTH(name));
    }
    same_queues(a, b);
    same_contracts(a, b);
    same_people(a, b);
    same_bytes(a->preferences, a->n_preferences, b->preferences, b->n_preferences, sizeof(struct preference),
               "preferences");
    same_bytes(a->headcounts, a->n_headcounts, b->headcounts, b->n_headcounts, sizeof(struct headcount_rule),
               "headcounts");
    same_bytes(a->leads, a->n_leads, b->leads, b->n_leads, sizeof(struct lead_rule), "leads");
    same_bytes(&a->fairness, 1, &b->fairness, 1, sizeof(struct fairness), "fairness");
    same_bytes(&a->wishes, 1, &b->wishes, 1, sizeof(struct wish_rule), "wishes");
}
