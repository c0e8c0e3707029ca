#include "tests/scheduler/roster_random.h"

#include <limits.h>
#include <string.h>

#include "tests/scheduler/roster_tiny.h"

#define MONDAY 20780 /* 2026-11-23 */

static bool chance(struct dice *dice, double share)
{
    return dice_unit(dice) < share;
}

static struct contract *rules(struct plan_problem *problem)
{
    return &problem->operation->contracts[0];
}

static int64_t hour(const struct plan_problem *problem, int h)
{
    return problem->demand.grid.start_ts + (int64_t)h * 3600;
}

/* ---- rules, one function each: picked by chance ---- */

static void days(struct plan_problem *problem, struct dice *dice)
{
    rules(problem)->week_days_max = dice_between(dice, 1, 6);
    rules(problem)->week_days_min = dice_between(dice, 0, rules(problem)->week_days_max);
}

static void minutes(struct plan_problem *problem, struct dice *dice)
{
    int most = dice_between(dice, 8, 45), least = dice_between(dice, 0, 30);
    rules(problem)->week_minutes_max = 60 * most;
    rules(problem)->week_minutes_min = 60 * MIN(least, most);
}

static void runs(struct plan_problem *problem, struct dice *dice)
{
    rules(problem)->consecutive_days_max = dice_between(dice, 1, 5);
}

static void days_off(struct plan_problem *problem, struct dice *dice)
{
    rules(problem)->consecutive_days_off_min = dice_between(dice, 1, 3);
}

static void rest(struct plan_problem *problem, struct dice *dice)
{
    rules(problem)->rest_min_minutes = 30 * dice_between(dice, 12, 30);
}

static void nights(struct plan_problem *problem, struct dice *dice)
{
    rules(problem)->week_nights_max = dice_between(dice, 0, 3);
    rules(problem)->night_premium = 0.25 * dice_between(dice, 0, 2);
}

static void weekends(struct plan_problem *problem, struct dice *dice)
{
    rules(problem)->weekends_of = dice_between(dice, 1, 3);
    rules(problem)->weekends_max = dice_between(dice, 0, rules(problem)->weekends_of);
}

static void spread(struct plan_problem *problem, struct dice *dice)
{
    rules(problem)->start_spread_max_min = 60 * dice_between(dice, 0, 8);
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
    rules(problem)->holiday_premium = 1;
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
        if (chance(dice, 0.5))
            tiny_time_off(problem, a, hour(problem, from), hour(problem, from + dice_between(dice, 4, 60)),
                          60 * dice_between(dice, 0, 8));
    }
}

static void past(struct plan_problem *problem, struct dice *dice)
{
    for (int a = 0; a < problem->operation->n_agents; a++)
        for (int day = -9; day < 0; day++)
            if (chance(dice, 0.4)) {
                int from = 24 * day + dice_between(dice, 6, 14); /* the last one may reach into the week */
                tiny_past(problem, a, hour(problem, from), hour(problem, from + dice_between(dice, 4, 12)));
            }
}

static void employment(struct plan_problem *problem, struct dice *dice)
{
    struct agent *agents = problem->operation->agents;
    for (int a = 0; a < problem->operation->n_agents; a++) {
        agents[a].employed_from =
            chance(dice, 0.3) ? problem->first_day + dice_between(dice, -1, 8) : INT32_MIN;
        agents[a].employed_to =
            chance(dice, 0.3) ? problem->first_day + dice_between(dice, 8, 20) : INT32_MAX;
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
        problem->operation->templates[t].weekdays = (uint8_t)(chance(dice, 0.5) ? 127 : days);
        for (int b = dice_between(dice, 0, 2); b > 0; b--) {
            int window = dice_between(dice, 0, (paid - earliest) / interval_min + 1); /* or beyond the end */
            tiny_break(problem, t, interval_min, chance(dice, 0.5), earliest,
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
            for (int k = 0; k < pieces && !chance(dice, 0.2); k++, value *= 0.6) {
                double width = 1.5 * dice_unit(dice);
                problem->demand.width[DEMAND_PIECE(&problem->demand, q, iv, k)] = width;
                problem->demand.value[DEMAND_PIECE(&problem->demand, q, iv, k)] = value;
                problem->demand.need[DEMAND_CELL(&problem->demand, q, iv)] += width;
            }
        }
}

/* Service levels over a part of the week, some that nobody can meet; from numbers of their own. */
static void add_rows(struct plan_problem *problem, uint64_t seed)
{
    struct dice dice = {seed * 3266489917u + 5};
    struct demand *demand = &problem->demand;
    if (!chance(&dice, 0.25))
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
        while (from < demand->grid.n && chance(&dice, 0.8)) {
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
    } when[] = {{"UTC", MONDAY},
                {"Asia/Manila", MONDAY},
                {"America/Bogota", MONDAY},
                {"America/New_York", 20514}, /* spring forward on the Sunday */
                {"Europe/Paris", 20745}};    /* fall back on the Sunday */
    struct dice dice = {seed * 2654435761u + 17};
    size_t w = (size_t)dice_between(&dice, 0, (int)G_N_ELEMENTS(when) - 1);
    int interval_min = chance(&dice, 0.7) ? 60 : 30;
    struct plan_problem *problem = tiny_problem(when[w].zone, interval_min, when[w].monday);
    rules(problem)->consecutive_days_off_min = 1;
    problem->seed = seed;
    add_templates(problem, &dice, interval_min);
    for (int n = dice_between(&dice, 1, 3); n > 0; n--)
        tiny_queue(problem);
    for (int n = dice_between(&dice, 0, 4); n > 0; n--)
        tiny_agent(problem, (unsigned)dice_between(&dice, 0, (1 << problem->operation->n_queues) - 1));
    for (size_t i = 0; i < G_N_ELEMENTS(features); i++)
        if (chance(&dice, features[i].share))
            features[i].make(problem, &dice);
    add_demand(problem, &dice);
    add_rows(problem, seed);
    return problem;
}

/* ---- several weeks ---- */

static void period(struct plan_problem *problem, struct dice *dice)
{
    int weeks = problem->n_weeks;
    rules(problem)->period_minutes_max = 60 * dice_between(dice, 8 * weeks, 40 * weeks);
    rules(problem)->period_minutes_min = 60 * dice_between(dice, 0, 12 * weeks);
    rules(problem)->period_days_max = dice_between(dice, 2 * weeks, 6 * weeks);
    rules(problem)->period_days_min = dice_between(dice, 0, 2 * weeks);
}

static void long_runs(struct plan_problem *problem, struct dice *dice)
{
    rules(problem)->consecutive_days_min = dice_between(dice, 0, 3);
    rules(problem)->consecutive_days_off_max = dice_between(dice, 0, 5);
}

static void window(struct plan_problem *problem, struct dice *dice)
{
    rules(problem)->window_days = dice_between(dice, 3, 14);
    rules(problem)->window_days_max = dice_between(dice, 1, rules(problem)->window_days);
}

static void long_rests(struct plan_problem *problem, struct dice *dice)
{
    rules(problem)->week_rest_minutes = chance(dice, 0.5) ? 60 * dice_between(dice, 24, 60) : 0;
    if (chance(dice, 0.5))
        return;
    rules(problem)->day_off_minutes = 60 * dice_between(dice, 24, 40);
    rules(problem)->day_off_anchor_min = 720;
    rules(problem)->day_off_flex_min = chance(dice, 0.5) ? DAY_MIN : 60 * dice_between(dice, 1, 12);
}

static void starts(struct plan_problem *problem, struct dice *dice)
{
    rules(problem)->start_distance_minutes = 60 * dice_between(dice, 0, 26);
    rules(problem)->rotation_forward = chance(dice, 0.5);
    rules(problem)->rotation_tolerance_min = 60 * dice_between(dice, 0, 4);
}

static void night_runs(struct plan_problem *problem, struct dice *dice)
{
    rules(problem)->consecutive_nights_max = dice_between(dice, 0, 3);
    rules(problem)->days_off_after_nights_min = dice_between(dice, 0, 2);
}

static void weekend_runs(struct plan_problem *problem, struct dice *dice)
{
    rules(problem)->consecutive_weekends_max = dice_between(dice, 0, 2);
    rules(problem)->weekend_whole = chance(dice, 0.5);
    rules(problem)->weekend_days = chance(dice, 0.3) ? 1 << 4 | 1 << 5 : 0;
}

static void successions(struct plan_problem *problem, struct dice *dice)
{
    int n = problem->operation->n_templates;
    rules(problem)->successions = g_new0(struct succession, 1);
    rules(problem)->n_successions = 1;
    rules(problem)->successions[0] =
        (struct succession){dice_between(dice, 0, n - 1), dice_between(dice, 0, n - 1)};
}

static void limits(struct plan_problem *problem, struct dice *dice)
{
    struct template_limit limit = {
        .tmpl = 0, .week_max = INT_MAX, .period_max = INT_MAX, .consecutive_max = INT_MAX};
    rules(problem)->limits = g_new0(struct template_limit, 1);
    rules(problem)->n_limits = 1;
    if (chance(dice, 0.5))
        limit.week_max = dice_between(dice, 0, 4);
    if (chance(dice, 0.3))
        limit.week_min = MIN(dice_between(dice, 0, 2), limit.week_max);
    if (chance(dice, 0.3))
        limit.period_max = dice_between(dice, limit.week_min, 8);
    if (chance(dice, 0.3))
        limit.period_min = MIN(dice_between(dice, 0, 3), limit.period_max);
    if (chance(dice, 0.4))
        limit.consecutive_max = dice_between(dice, 1, 3);
    if (chance(dice, 0.3))
        limit.consecutive_min = MIN(dice_between(dice, 0, 3), limit.consecutive_max);
    rules(problem)->limits[0] = limit;
}

static void overtime(struct plan_problem *problem, struct dice *dice)
{
    minutes(problem, dice);
    rules(problem)->overtime_week_minutes_max = 60 * dice_between(dice, 1, 10);
    rules(problem)->overtime_premium = 0.25 * dice_between(dice, 0, 4);
}

static void optional(struct plan_problem *problem, struct dice *dice)
{
    for (int a = 0; a < problem->operation->n_agents; a += 2) {
        problem->operation->agents[a].optional = true;
        problem->operation->agents[a].hire_price = dice_between(dice, 0, 40);
    }
}

static void on_call(struct plan_problem *problem, struct dice *dice)
{
    struct shift_template *tmpl = &problem->operation->templates[problem->operation->n_templates - 1];
    tmpl->on_call = true;
    tmpl->on_call_pay = 0.25 * dice_between(dice, 0, 2);
}

/* Each rule gets a price or stays hard. */
static void prices(struct plan_problem *problem, struct dice *dice)
{
    for (int rule = 0; rule < CONTRACT_RULE_N; rule++)
        if (chance(dice, 0.5))
            rules(problem)->rule_price[rule] = dice_between(dice, 1, 60) / 10.0;
    double *price = rules(problem)->rule_price;
    price[CONTRACT_RULE_WEEK_MINUTES_MIN] /= 60;
    price[CONTRACT_RULE_WEEK_MINUTES_MAX] /= 60;
    price[CONTRACT_RULE_PERIOD_MINUTES_MIN] /= 60;
    price[CONTRACT_RULE_PERIOD_MINUTES_MAX] /= 60;
}

static const struct {
    double share;
    void (*make)(struct plan_problem *problem, struct dice *dice);
} long_features[] = {
    {0.25, period},    {0.25, long_runs},    {0.25, window},     {0.25, long_rests}, {0.25, starts},
    {0.2, night_runs}, {0.25, weekend_runs}, {0.2, successions}, {0.25, limits},     {0.15, overtime},
    {0.2, optional},   {0.1, on_call},       {0.5, prices},
};

struct plan_problem *random_weeks_problem(uint64_t seed)
{
    struct dice dice = {seed * 0x9E3779B97F4A7C15u + 5};
    struct plan_problem *problem = random_problem(seed);
    problem->n_weeks = dice_between(&dice, 1, 4);
    plan_horizon(problem->operation, problem->first_day, problem->n_weeks, &problem->demand.grid, NULL);
    struct grid grid = problem->demand.grid;
    demand_clear(&problem->demand);
    problem->demand.grid = grid;
    add_demand(problem, &dice);
    for (size_t i = 0; i < G_N_ELEMENTS(long_features); i++)
        if (chance(&dice, long_features[i].share))
            long_features[i].make(problem, &dice);
    return problem;
}

struct plan_problem *random_tiny_problem(uint64_t seed)
{
    static void (*const some[])(struct plan_problem *, struct dice *) = {days,   runs,   days_off, rest,
                                                                         nights, spread, past,     weekends};
    struct dice dice = {seed * 2246822519u + 3};
    struct plan_problem *problem = tiny_problem("UTC", 60, MONDAY);
    rules(problem)->consecutive_days_off_min = 1;
    int from = 60 * dice_between(&dice, 0, 18), paid = 60 * dice_between(&dice, 3, 5);
    int t = tiny_template(problem, from, from + 240, 240, paid, paid, 60);
    int first = dice_between(&dice, 0, 4);
    problem->operation->templates[t].weekdays = (uint8_t)(dice_between(&dice, 1, 7) << first);
    for (int n = dice_between(&dice, 1, 2); n > 0; n--)
        tiny_queue(problem);
    for (int n = dice_between(&dice, 1, 3); n > 0; n--)
        tiny_agent(problem, (unsigned)dice_between(&dice, 1, (1 << problem->operation->n_queues) - 1));
    for (size_t i = 0; i < G_N_ELEMENTS(some); i++)
        if (chance(&dice, 0.25))
            some[i](problem, &dice);
    add_demand(problem, &dice);
    return problem;
}
