#include "tests/scheduler/roster_random.h"

#include <string.h>

#include "tests/scheduler/roster_random_rules.h"
#include "tests/scheduler/roster_tiny.h"

static int64_t hour(const struct plan_problem *problem, int h)
{
    return problem->demand.grid.start_ts + (int64_t)h * 3600;
}

/* ---- rules, one function each: picked by chance ---- */

static void days(struct plan_problem *problem, struct dice *dice)
{
    tiny_contract(problem)->week_days_max = dice_between(dice, 1, 6);
    tiny_contract(problem)->week_days_min = dice_between(dice, 0, tiny_contract(problem)->week_days_max);
}

static void minutes(struct plan_problem *problem, struct dice *dice)
{
    int most = dice_between(dice, 8, 45), least = dice_between(dice, 0, 30);
    tiny_contract(problem)->week_minutes_max = 60 * most;
    tiny_contract(problem)->week_minutes_min = 60 * MIN(least, most);
}

static void runs(struct plan_problem *problem, struct dice *dice)
{
    tiny_contract(problem)->consecutive_days_max = dice_between(dice, 1, 5);
}

static void days_off(struct plan_problem *problem, struct dice *dice)
{
    tiny_contract(problem)->consecutive_days_off_min = dice_between(dice, 1, 3);
}

static void rest(struct plan_problem *problem, struct dice *dice)
{
    tiny_contract(problem)->rest_min_minutes = 30 * dice_between(dice, 12, 30);
}

static void nights(struct plan_problem *problem, struct dice *dice)
{
    tiny_contract(problem)->week_nights_max = dice_between(dice, 0, 3);
    tiny_contract(problem)->night_premium = 0.25 * dice_between(dice, 0, 2);
}

static void weekends(struct plan_problem *problem, struct dice *dice)
{
    tiny_contract(problem)->weekends_of = dice_between(dice, 1, 3);
    tiny_contract(problem)->weekends_max = dice_between(dice, 0, tiny_contract(problem)->weekends_of);
}

static void spread(struct plan_problem *problem, struct dice *dice)
{
    tiny_contract(problem)->start_spread_max_min = 60 * dice_between(dice, 0, 8);
}

static void holiday(struct plan_problem *problem, struct dice *dice)
{
    struct operation *operation = problem->operation;
    operation->special_days = g_new0(struct special_day, 1);
    operation->n_special_days = 1;
    operation->special_days[0] = (struct special_day){.scope = SCOPE_SITE,
                                                      .day = problem->first_day + dice_between(dice, 0, 7),
                                                      .kind = SPECIAL_HOLIDAY,
                                                      .name = g_strdup("feast")};
    tiny_contract(problem)->holiday_premium = 1;
}

static void availability(struct plan_problem *problem, struct dice *dice)
{
    for (int a = 0; a < problem->operation->n_agents; a += 2) {
        int from = 60 * dice_between(dice, 0, 12);
        tiny_available(problem, a, dice_between(dice, 1, 127), from, from + 60 * dice_between(dice, 6, 24));
    }
}

static void absences(struct plan_problem *problem, struct dice *dice)
{
    for (int a = 0; a < problem->operation->n_agents; a++) {
        int from = dice_between(dice, -12, 140);
        if (dice_chance(dice, 0.5))
            tiny_time_off(problem, a, hour(problem, from), hour(problem, from + dice_between(dice, 4, 60)),
                          60 * dice_between(dice, 0, 8));
    }
}

static void past(struct plan_problem *problem, struct dice *dice)
{
    for (int a = 0; a < problem->operation->n_agents; a++)
        for (int day = -9; day < 0; day++)
            if (dice_chance(dice, 0.4)) {
                int from = 24 * day + dice_between(dice, 6, 14); /* the last one may reach into the week */
                tiny_past(problem, a, hour(problem, from), hour(problem, from + dice_between(dice, 4, 12)));
            }
}

static void employment(struct plan_problem *problem, struct dice *dice)
{
    struct agent *agents = problem->operation->agents;
    for (int a = 0; a < problem->operation->n_agents; a++) {
        agents[a].employed_from =
            dice_chance(dice, 0.3) ? problem->first_day + dice_between(dice, -1, 8) : INT32_MIN;
        agents[a].employed_to =
            dice_chance(dice, 0.3) ? problem->first_day + dice_between(dice, 8, 20) : INT32_MAX;
    }
}

static const struct {
    double share;
    void (*make)(struct plan_problem *problem, struct dice *dice);
} features[] = {
    {0.5, days},     {0.4, minutes},  {0.3, runs},       {0.3, days_off}, {0.4, rest},
    {0.3, nights},   {0.3, weekends}, {0.3, spread},     {0.2, holiday},  {0.2, availability},
    {0.2, absences}, {0.4, past},     {0.2, employment},
};

/* ---- the problem ---- */

static void add_templates(struct plan_problem *problem, struct dice *dice, int interval_min)
{
    for (int n = dice_between(dice, 1, 2); n > 0; n--) {
        int from = 60 * dice_between(dice, 0, 20), paid = 60 * dice_between(dice, 3, 8);
        int to = from + 120 * dice_between(dice, 0, 3);
        int t = tiny_template(problem, from, MIN(to, 1380), interval_min * dice_between(dice, 1, 4), paid,
                              paid + 60 * dice_between(dice, 0, 2), 60);
        int days = dice_between(dice, 1, 127), earliest = 0;
        problem->operation->templates[t].weekdays = (uint8_t)(dice_chance(dice, 0.5) ? 127 : days);
        for (int b = dice_between(dice, 0, 2); b > 0; b--) {
            int window = dice_between(dice, 0, (paid - earliest) / interval_min + 1); /* or beyond the end */
            tiny_break(problem, t, interval_min, dice_chance(dice, 0.5), earliest,
                       earliest + interval_min * window);
            earliest += interval_min * dice_between(dice, 1, 2); /* windows collide now and then */
        }
    }
}

static void add_demand(struct plan_problem *problem, struct dice *dice)
{
    int pieces = dice_between(dice, 1, 3), n = problem->demand.grid.n;
    tiny_demand(problem, pieces);
    for (int q = 0; q < problem->demand.n_queues; q++)
        for (int iv = 0; iv < n; iv++) {
            double value = 10 * dice_unit(dice);
            for (int k = 0; k < pieces && !dice_chance(dice, 0.2); k++, value *= 0.6) {
                double width = 1.5 * dice_unit(dice);
                problem->demand.width[DEMAND_PIECE(&problem->demand, q, iv, k)] = width;
                problem->demand.value[DEMAND_PIECE(&problem->demand, q, iv, k)] = value;
                problem->demand.need[DEMAND_CELL(&problem->demand, q, iv)] += width;
            }
        }
}

/* What rosters do not depend on, but plan files carry: routing, blending, shrinkage by part; from numbers of
   their own. */
static void add_routing(struct operation *operation, uint64_t seed)
{
    struct dice dice = {seed * 668265263u + 7};
    for (int q = 0; q < operation->n_queues && dice_chance(&dice, 0.6); q++) {
        struct queue *queue = &operation->queues[q];
        queue->priority = dice_between(&dice, 0, PRIORITY_MAX);
        queue->overflow_after_s = dice_chance(&dice, 0.5) ? 0 : 60 * dice_unit(&dice);
        if (dice_chance(&dice, 0.4)) {
            queue->channel = CHANNEL_EMAIL;
            queue->ring_fence = dice_chance(&dice, 0.5);
            queue->blend_idle = queue->ring_fence ? 0 : dice_between(&dice, 0, 3);
        }
        queue->endless_patience = dice_chance(&dice, 0.3);
        queue->n_shrinkage_parts = dice_between(&dice, 0, 3);
        queue->shrinkage_parts = g_new0(struct shrinkage_part, 3);
        for (int i = 0; i < queue->n_shrinkage_parts; i++)
            queue->shrinkage_parts[i] =
                (struct shrinkage_part){g_strdup_printf("part_%d", i), 0.1 * dice_unit(&dice)};
        queue->shrinkage = shrinkage_total(queue->shrinkage_parts, queue->n_shrinkage_parts);
    }
    for (int a = 0; a < operation->n_agents; a++)
        for (int k = 0; k < operation->agents[a].n_skills; k++)
            operation->agents[a].skills[k].overflow =
                dice_chance(&dice, 0.7) ? 0 : dice_between(&dice, 0, OVERFLOW_MAX);
}

/* Service levels over a part of the week, some that nobody can meet; from numbers of their own. */
static void add_rows(struct plan_problem *problem, uint64_t seed)
{
    struct dice dice = {seed * 3266489917u + 5};
    struct demand *demand = &problem->demand;
    if (!dice_chance(&dice, 0.25))
        return;
    demand_add_gains(demand);
    for (int q = 0; q < demand->n_queues; q++) {
        double all = 0;
        for (int iv = 0; iv < demand->grid.n; iv++) {
            double gain = 2 * dice_unit(&dice);
            for (int k = 0; k < demand->n_pieces; k++, gain *= 0.7) {
                demand->gain[DEMAND_PIECE(demand, q, iv, k)] = gain;
                all += gain * demand->width[DEMAND_PIECE(demand, q, iv, k)];
            }
        }
        int32_t from = dice_between(&dice, 0, demand->grid.n / 2);
        while (from < demand->grid.n && dice_chance(&dice, 0.8)) {
            int32_t length = dice_between(&dice, 1, demand->grid.n);
            int32_t to = MIN(from + length, demand->grid.n);
            double need = all * (dice_unit(&dice) - 0.1) * (to - from) / demand->grid.n / 2;
            struct sla_row row = {q, from, to, need, 0.1 + 5 * dice_unit(&dice)};
            demand_add_row(demand, &row);
            from = to;
        }
    }
}

struct plan_problem *random_problem(uint64_t seed)
{
    static const struct {
        const char *zone;
        int32_t monday;
    } when[] = {{"UTC", TINY_MONDAY},
                {"Asia/Manila", TINY_MONDAY},
                {"America/Bogota", TINY_MONDAY},
                {"America/New_York", 20514}, /* spring forward on the Sunday */
                {"Europe/Paris", 20745}};    /* fall back on the Sunday */
    struct dice dice = {seed * 2654435761u + 17};
    size_t w = (size_t)dice_between(&dice, 0, (int)G_N_ELEMENTS(when) - 1);
    int interval_min = dice_chance(&dice, 0.7) ? 60 : 30;
    struct plan_problem *problem = tiny_problem(when[w].zone, interval_min, when[w].monday);
    tiny_contract(problem)->consecutive_days_off_min = 1;
    problem->seed = seed;
    add_templates(problem, &dice, interval_min);
    for (int n = dice_between(&dice, 1, 3); n > 0; n--)
        tiny_queue(problem);
    for (int n = dice_between(&dice, 0, 4); n > 0; n--)
        tiny_agent(problem, (unsigned)dice_between(&dice, 0, (1 << problem->operation->n_queues) - 1));
    for (size_t i = 0; i < G_N_ELEMENTS(features); i++)
        if (dice_chance(&dice, features[i].share))
            features[i].make(problem, &dice);
    add_demand(problem, &dice);
    add_rows(problem, seed);
    add_routing(problem->operation, seed);
    return problem;
}

/* ---- several weeks ---- */

static void set_weeks(struct plan_problem *problem, int n)
{
    problem->n_weeks = n;
    plan_horizon(problem->operation, problem->first_day, n, &problem->demand.grid, NULL);
}

struct plan_problem *random_weeks_problem(uint64_t seed)
{
    struct dice dice = {seed * 0x9E3779B97F4A7C15u + 5};
    struct plan_problem *problem = random_problem(seed);
    demand_clear(&problem->demand);
    set_weeks(problem, dice_between(&dice, 1, 3));
    random_rules(problem, &dice, 5, 3);
    random_coupling(problem, &dice);
    if (tiny_contract(problem)->period_minutes_min + tiny_contract(problem)->period_minutes_max > 0) {
        tiny_contract(problem)->week_minutes_min = 0; /* both at once take the kernel seconds */
        tiny_contract(problem)->week_minutes_max = WEEK_DAYS * DAY_MIN;
    }
    add_demand(problem, &dice);
    return problem;
}

/* One start, one length, and a split at a fixed time now and then. */
static void add_lone_template(struct plan_problem *problem, struct dice *dice, int days)
{
    int paid = 60 * dice_between(dice, 2, 8), from = 60 * dice_between(dice, 4, 22);
    int t = tiny_template(problem, from, from, 60, paid, paid, 60);
    struct shift_template *tmpl = &problem->operation->templates[t];
    tmpl->weekdays = (uint8_t)days;
    if (dice_chance(dice, 0.2)) {
        tiny_break(problem, t, 60 * dice_between(dice, 1, 2), false, 60, 60);
        tmpl->breaks[0].kind = ACTIVITY_SPLIT;
    }
}

struct plan_problem *random_lone_problem(uint64_t seed)
{
    static const struct {
        const char *zone;
        int32_t monday;
    } when[] = {{"UTC", TINY_MONDAY},         {"UTC", TINY_MONDAY},
                {"Asia/Manila", TINY_MONDAY}, {"America/Bogota", TINY_MONDAY},
                {"America/New_York", 20514}, /* spring forward on the Sunday */
                {"Europe/Paris", 20745}};    /* fall back on the Sunday */
    struct dice dice = {seed * 0xC2B2AE3D27D4EB4Fu + 11};
    size_t w = (size_t)dice_between(&dice, 0, (int)G_N_ELEMENTS(when) - 1);
    struct plan_problem *problem = tiny_problem(when[w].zone, 60, when[w].monday);
    int n_agents = dice_chance(&dice, 0.8) ? 1 : 2, budget = 8 / n_agents; /* bits of choices */
    tiny_contract(problem)->consecutive_days_off_min = 1;
    set_weeks(problem, dice_between(&dice, 1, 3));
    tiny_queue(problem);
    for (int a = 0; a < n_agents; a++)
        tiny_agent(problem, 1);
    int first = dice_between(&dice, 0, 6), most = MAX(budget / problem->n_weeks, 1), mask = 0;
    for (int day = 0; day < most && day < 7; day++)
        mask |= 1 << (first + day) % 7;
    if (problem->n_weeks == 1 && dice_chance(&dice, 0.7)) { /* two templates on fewer days */
        add_lone_template(problem, &dice, mask & ~(1 << first % 7));
        mask &= dice_between(&dice, 1, 127);
    }
    add_lone_template(problem, &dice, mask == 0 ? 1 << first % 7 : mask);
    random_rules(problem, &dice, 4, 3);
    add_demand(problem, &dice);
    return problem;
}

struct plan_problem *random_tiny_problem(uint64_t seed)
{
    static void (*const some[])(struct plan_problem *, struct dice *) = {days,   runs,   days_off, rest,
                                                                         nights, spread, past,     weekends};
    struct dice dice = {seed * 2246822519u + 3};
    struct plan_problem *problem = tiny_problem("UTC", 60, TINY_MONDAY);
    tiny_contract(problem)->consecutive_days_off_min = 1;
    int from = 60 * dice_between(&dice, 0, 18), paid = 60 * dice_between(&dice, 3, 5);
    int t = tiny_template(problem, from, from + 240, 240, paid, paid, 60);
    int first = dice_between(&dice, 0, 4);
    problem->operation->templates[t].weekdays = (uint8_t)(dice_between(&dice, 1, 7) << first);
    for (int n = dice_between(&dice, 1, 2); n > 0; n--)
        tiny_queue(problem);
    for (int n = dice_between(&dice, 1, 3); n > 0; n--)
        tiny_agent(problem, (unsigned)dice_between(&dice, 1, (1 << problem->operation->n_queues) - 1));
    for (size_t i = 0; i < G_N_ELEMENTS(some); i++)
        if (dice_chance(&dice, 0.25))
            some[i](problem, &dice);
    add_demand(problem, &dice);
    return problem;
}
