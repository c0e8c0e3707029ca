#include "tests/scheduler/roster_random_rules.h"

#include <limits.h>

#include "scheduler/roster/replan.h"

static int64_t hour(const struct plan_problem *problem, int h)
{
    return problem->demand.grid.start_ts + (int64_t)h * 3600;
}

/* ---- rules of the contract ---- */

static void week_minutes_min(struct contract *c, struct dice *dice, int weeks)
{
    (void)weeks;
    c->week_minutes_min = 60 * dice_between(dice, 1, 20);
    c->week_minutes_max = MAX(c->week_minutes_max, c->week_minutes_min);
}

static void week_minutes_max(struct contract *c, struct dice *dice, int weeks)
{
    (void)weeks;
    c->week_minutes_max = 60 * dice_between(dice, 4, 30);
    c->week_minutes_min = MIN(c->week_minutes_min, c->week_minutes_max);
}

static void week_days_min(struct contract *c, struct dice *dice, int weeks)
{
    (void)weeks;
    c->week_days_min = dice_between(dice, 1, 4);
    c->week_days_max = MAX(c->week_days_max, c->week_days_min);
}

static void week_days_max(struct contract *c, struct dice *dice, int weeks)
{
    (void)weeks;
    c->week_days_max = dice_between(dice, 1, 4);
    c->week_days_min = MIN(c->week_days_min, c->week_days_max);
}

static void period_minutes_min(struct contract *c, struct dice *dice, int weeks)
{
    c->period_minutes_min = 60 * dice_between(dice, 1, 16 * weeks);
    if (c->period_minutes_max > 0)
        c->period_minutes_max = MAX(c->period_minutes_max, c->period_minutes_min);
}

static void period_minutes_max(struct contract *c, struct dice *dice, int weeks)
{
    c->period_minutes_max = 60 * dice_between(dice, 4, 20 * weeks);
    c->period_minutes_min = MIN(c->period_minutes_min, c->period_minutes_max);
}

static void period_days_min(struct contract *c, struct dice *dice, int weeks)
{
    c->period_days_min = dice_between(dice, 1, 4 * weeks);
    if (c->period_days_max > 0)
        c->period_days_max = MAX(c->period_days_max, c->period_days_min);
}

static void period_days_max(struct contract *c, struct dice *dice, int weeks)
{
    c->period_days_max = dice_between(dice, 1, 4 * weeks);
    c->period_days_min = MIN(c->period_days_min, c->period_days_max);
}

static void consecutive_days_min(struct contract *c, struct dice *dice, int weeks)
{
    (void)weeks;
    c->consecutive_days_min = dice_between(dice, 2, 4);
    c->consecutive_days_max = MAX(c->consecutive_days_max, c->consecutive_days_min);
}

static void consecutive_days_max(struct contract *c, struct dice *dice, int weeks)
{
    (void)weeks;
    c->consecutive_days_max = dice_between(dice, 1, 4);
    c->consecutive_days_min = MIN(c->consecutive_days_min, c->consecutive_days_max);
}

static void consecutive_days_off_min(struct contract *c, struct dice *dice, int weeks)
{
    (void)weeks;
    c->consecutive_days_off_min = dice_between(dice, 2, 4);
    if (c->consecutive_days_off_max > 0)
        c->consecutive_days_off_max = MAX(c->consecutive_days_off_max, c->consecutive_days_off_min);
}

static void consecutive_days_off_max(struct contract *c, struct dice *dice, int weeks)
{
    (void)weeks;
    c->consecutive_days_off_max = dice_between(dice, 1, 6);
    c->consecutive_days_off_min = MIN(c->consecutive_days_off_min, c->consecutive_days_off_max);
}

static void window_days_max(struct contract *c, struct dice *dice, int weeks)
{
    (void)weeks;
    c->window_days = dice_between(dice, 2, 12);
    c->window_days_max = dice_between(dice, 1, MIN(c->window_days, 5));
}

static void week_rest_minutes(struct contract *c, struct dice *dice, int weeks)
{
    (void)weeks;
    c->week_rest_minutes = 60 * dice_between(dice, 24, 120);
}

static void day_off_minutes(struct contract *c, struct dice *dice, int weeks)
{
    (void)weeks;
    c->day_off_minutes = 60 * dice_between(dice, 24, 44);
    c->day_off_anchor_min = 60 * dice_between(dice, 0, 23);
    c->day_off_flex_min = dice_chance(dice, 0.4) ? DAY_MIN : 60 * dice_between(dice, 1, 12);
}

static void rest_min_minutes(struct contract *c, struct dice *dice, int weeks)
{
    (void)weeks;
    c->rest_min_minutes = 60 * dice_between(dice, 8, 60);
}

static void start_distance_minutes(struct contract *c, struct dice *dice, int weeks)
{
    (void)weeks;
    c->start_distance_minutes = 60 * dice_between(dice, 18, 60);
}

static void rotation(struct contract *c, struct dice *dice, int weeks)
{
    (void)weeks;
    c->rotation_forward = true;
    c->rotation_tolerance_min = 60 * dice_between(dice, 0, 4);
}

static void week_nights_max(struct contract *c, struct dice *dice, int weeks)
{
    (void)weeks;
    c->week_nights_max = dice_between(dice, 0, 2);
}

static void consecutive_nights_max(struct contract *c, struct dice *dice, int weeks)
{
    (void)weeks;
    c->consecutive_nights_max = dice_between(dice, 1, 3);
}

static void days_off_after_nights_min(struct contract *c, struct dice *dice, int weeks)
{
    (void)weeks;
    c->days_off_after_nights_min = dice_between(dice, 1, 3);
}

static void some_weekend_days(struct contract *c, struct dice *dice)
{
    if (dice_chance(dice, 0.3))
        c->weekend_days = (uint8_t)dice_between(dice, 1, 127);
}

static void weekends_max(struct contract *c, struct dice *dice, int weeks)
{
    (void)weeks;
    c->weekends_of = dice_between(dice, 1, 4);
    c->weekends_max = dice_between(dice, 0, c->weekends_of);
    some_weekend_days(c, dice);
}

static void consecutive_weekends_max(struct contract *c, struct dice *dice, int weeks)
{
    (void)weeks;
    c->consecutive_weekends_max = dice_between(dice, 1, 3);
    some_weekend_days(c, dice);
}

static void weekend_whole(struct contract *c, struct dice *dice, int weeks)
{
    (void)weeks;
    c->weekend_whole = true;
    some_weekend_days(c, dice);
}

static void start_spread(struct contract *c, struct dice *dice, int weeks)
{
    (void)weeks;
    c->start_spread_max_min = 60 * dice_between(dice, 0, 10);
}

static void succession(struct contract *c, struct dice *dice, int weeks)
{
    (void)weeks;
    c->successions = g_new0(struct succession, 1);
    c->n_successions = 1;
    c->successions[0].from = c->templates[dice_between(dice, 0, c->n_templates - 1)];
    c->successions[0].to = c->templates[dice_between(dice, 0, c->n_templates - 1)];
}

static void template_limit(struct contract *c, struct dice *dice, int weeks)
{
    struct template_limit limit = {.tmpl = c->templates[dice_between(dice, 0, c->n_templates - 1)],
                                   .week_max = INT_MAX,
                                   .period_max = INT_MAX,
                                   .consecutive_max = INT_MAX};
    if (dice_chance(dice, 0.4))
        limit.week_max = dice_between(dice, 0, 3);
    if (dice_chance(dice, 0.4))
        limit.week_min = MIN(dice_between(dice, 0, 2), limit.week_max);
    if (dice_chance(dice, 0.4))
        limit.period_max = dice_between(dice, 0, 3 * weeks);
    if (dice_chance(dice, 0.4))
        limit.period_min = MIN(dice_between(dice, 0, 2 * weeks), limit.period_max);
    if (dice_chance(dice, 0.4))
        limit.consecutive_max = dice_between(dice, 1, 3);
    if (dice_chance(dice, 0.4))
        limit.consecutive_min = MIN(dice_between(dice, 1, 3), limit.consecutive_max);
    c->limits = g_memdup2(&limit, sizeof limit);
    c->n_limits = 1;
}

static void (*const make_rule[CONTRACT_RULE_N])(struct contract *c, struct dice *dice, int weeks) = {
    [CONTRACT_RULE_WEEK_MINUTES_MIN] = week_minutes_min,
    [CONTRACT_RULE_WEEK_MINUTES_MAX] = week_minutes_max,
    [CONTRACT_RULE_WEEK_DAYS_MIN] = week_days_min,
    [CONTRACT_RULE_WEEK_DAYS_MAX] = week_days_max,
    [CONTRACT_RULE_PERIOD_MINUTES_MIN] = period_minutes_min,
    [CONTRACT_RULE_PERIOD_MINUTES_MAX] = period_minutes_max,
    [CONTRACT_RULE_PERIOD_DAYS_MIN] = period_days_min,
    [CONTRACT_RULE_PERIOD_DAYS_MAX] = period_days_max,
    [CONTRACT_RULE_CONSECUTIVE_DAYS_MIN] = consecutive_days_min,
    [CONTRACT_RULE_CONSECUTIVE_DAYS_MAX] = consecutive_days_max,
    [CONTRACT_RULE_CONSECUTIVE_DAYS_OFF_MIN] = consecutive_days_off_min,
    [CONTRACT_RULE_CONSECUTIVE_DAYS_OFF_MAX] = consecutive_days_off_max,
    [CONTRACT_RULE_WINDOW_DAYS_MAX] = window_days_max,
    [CONTRACT_RULE_WEEK_REST_MINUTES] = week_rest_minutes,
    [CONTRACT_RULE_DAY_OFF_MINUTES] = day_off_minutes,
    [CONTRACT_RULE_REST_MIN_MINUTES] = rest_min_minutes,
    [CONTRACT_RULE_START_DISTANCE_MINUTES] = start_distance_minutes,
    [CONTRACT_RULE_ROTATION] = rotation,
    [CONTRACT_RULE_WEEK_NIGHTS_MAX] = week_nights_max,
    [CONTRACT_RULE_CONSECUTIVE_NIGHTS_MAX] = consecutive_nights_max,
    [CONTRACT_RULE_DAYS_OFF_AFTER_NIGHTS_MIN] = days_off_after_nights_min,
    [CONTRACT_RULE_WEEKENDS_MAX] = weekends_max,
    [CONTRACT_RULE_CONSECUTIVE_WEEKENDS_MAX] = consecutive_weekends_max,
    [CONTRACT_RULE_WEEKEND_WHOLE] = weekend_whole,
    [CONTRACT_RULE_START_SPREAD] = start_spread,
    [CONTRACT_RULE_SUCCESSION] = succession,
    [CONTRACT_RULE_TEMPLATE_LIMIT] = template_limit,
};

static void add_rules(struct plan_problem *problem, struct dice *dice, double share)
{
    struct contract *c = tiny_contract(problem);
    for (int rule = 0; rule < CONTRACT_RULE_N; rule++) {
        if (!dice_chance(dice, share))
            continue;
        bool by_minute = g_str_equal(contract_rule_unit((enum contract_rule)rule), "minute");
        make_rule[rule](c, dice, problem->n_weeks);
        if (dice_chance(dice, 0.5))
            c->rule_price[rule] = dice_between(dice, 1, 120) / (by_minute ? 600.0 : 10.0);
    }
}

/* ---- the rest ---- */

static void overtime(struct plan_problem *problem, struct dice *dice)
{
    if (tiny_contract(problem)->week_minutes_max > 30 * 60)
        week_minutes_max(tiny_contract(problem), dice, problem->n_weeks);
    tiny_contract(problem)->overtime_week_minutes_max = 60 * dice_between(dice, 1, 8);
    tiny_contract(problem)->overtime_premium = 0.25 * dice_between(dice, 0, 4);
}

static void optional(struct plan_problem *problem, struct dice *dice)
{
    for (int a = 0; a < problem->operation->n_agents; a += 2) {
        problem->operation->agents[a].optional = true;
        problem->operation->agents[a].hire_price = dice_between(dice, 0, 20);
    }
}

static void on_call(struct plan_problem *problem, struct dice *dice)
{
    struct shift_template *tmpl = &problem->operation->templates[problem->operation->n_templates - 1];
    tmpl->on_call = true;
    tmpl->on_call_pay = 0.25 * dice_between(dice, 0, 2);
}

static void premiums(struct plan_problem *problem, struct dice *dice)
{
    tiny_contract(problem)->night_premium = 0.25 * dice_between(dice, 0, 2);
    tiny_contract(problem)->holiday_premium = 0.5 * dice_between(dice, 0, 2);
}

/* Whole days, parts of days, with credit and without. */
static void time_off(struct plan_problem *problem, struct dice *dice)
{
    int hours = 24 * WEEK_DAYS * problem->n_weeks;
    for (int a = 0; a < problem->operation->n_agents; a++)
        for (int n = dice_between(dice, 0, 2); n > 0; n--) {
            int from = dice_between(dice, -30, hours);
            int length = dice_chance(dice, 0.3) ? dice_between(dice, 4, 20) : 24 * dice_between(dice, 1, 9);
            if (dice_chance(dice, 0.5))
                from -= from % 24;
            tiny_time_off(problem, a, hour(problem, from), hour(problem, from + length),
                          60 * dice_between(dice, 0, 1) * dice_between(dice, 1, 8));
        }
}

static void employment(struct plan_problem *problem, struct dice *dice)
{
    int days = WEEK_DAYS * problem->n_weeks;
    for (int a = 0; a < problem->operation->n_agents; a++) {
        struct agent *agent = &problem->operation->agents[a];
        if (dice_chance(dice, 0.5))
            agent->employed_from = problem->first_day + dice_between(dice, -3, days);
        if (dice_chance(dice, 0.5))
            agent->employed_to =
                MAX(problem->first_day + dice_between(dice, -1, days + 3), agent->employed_from);
    }
}

/* A shift of a template, or of none any longer, on a site-local day. */
static struct shift published(struct plan_problem *problem, struct dice *dice, const struct zone *zone,
                              int agent, int32_t day)
{
    int t = dice_between(dice, -1, problem->operation->n_templates - 1);
    const struct shift_template *tmpl = &problem->operation->templates[MAX(t, 0)];
    int span = tmpl->paid_min_min + shift_template_unpaid_min(tmpl);
    int64_t start = zone_instant(zone, day, tmpl->start_from_min);
    return (struct shift){.agent = agent, .tmpl = t, .start_ts = start, .end_ts = start + (int64_t)span * 60};
}

static void past(struct plan_problem *problem, struct dice *dice)
{
    AUTO(zone) zone = zone_new(problem->operation->sites[0].zone, NULL);
    double density = dice_unit(dice);
    g_free(problem->past);
    problem->past = g_new0(struct shift, problem->operation->n_agents * 36 + 1);
    problem->n_past = 0;
    for (int a = 0; a < problem->operation->n_agents; a++)
        for (int day = -35; day <= 0; day++) {
            struct shift shift = published(problem, dice, zone, a, problem->first_day + day);
            const struct shift *last = problem->n_past > 0 ? &problem->past[problem->n_past - 1] : NULL;
            if (shift.start_ts < problem->demand.grid.start_ts && dice_chance(dice, density) &&
                (last == NULL || last->agent != a || last->end_ts <= shift.start_ts))
                problem->past[problem->n_past++] = shift;
        }
}

static void after(struct plan_problem *problem, struct dice *dice)
{
    AUTO(zone) zone = zone_new(problem->operation->sites[0].zone, NULL);
    const struct grid *grid = &problem->demand.grid;
    int last = WEEK_DAYS * problem->n_weeks;
    problem->after = g_new0(struct shift, problem->operation->n_agents * 8 + 1);
    for (int a = 0; a < problem->operation->n_agents; a++)
        for (int day = last - 1; day < last + 6; day++) {
            struct shift shift = published(problem, dice, zone, a, problem->first_day + day);
            const struct shift *before = problem->n_after > 0 ? &problem->after[problem->n_after - 1] : NULL;
            if (shift.start_ts >= grid_ts(grid, grid->n) && dice_chance(dice, 0.6) &&
                (before == NULL || before->agent != a || before->end_ts <= shift.start_ts))
                problem->after[problem->n_after++] = shift;
        }
}

static void wishes(struct plan_problem *problem, struct dice *dice)
{
    struct operation *operation = problem->operation;
    operation->preferences = g_new0(struct preference, operation->n_agents * 3 + 1);
    for (int a = 0; a < operation->n_agents; a++)
        for (int n = dice_between(dice, 0, 3); n > 0; n--)
            operation->preferences[operation->n_preferences++] = (struct preference){
                .agent = a,
                .day = problem->first_day + dice_between(dice, -1, WEEK_DAYS * problem->n_weeks),
                .tmpl = dice_between(dice, -1, operation->n_templates - 1),
                .off = dice_chance(dice, 0.5),
                .from_min = dice_chance(dice, 0.5) ? 0 : 60 * dice_between(dice, 0, 23),
                .to_min = dice_chance(dice, 0.5) ? DAY_MIN : 60 * dice_between(dice, 1, 24),
                .price = dice_between(dice, 1, 30)};
    qsort(operation->preferences, (size_t)operation->n_preferences, sizeof *operation->preferences,
          preference_compare);
}

static void headcounts(struct plan_problem *problem, struct dice *dice)
{
    struct operation *operation = problem->operation;
    operation->headcounts = g_new0(struct headcount_rule, 2);
    operation->n_headcounts = dice_between(dice, 1, 2);
    for (int i = 0; i < operation->n_headcounts; i++) {
        int least = dice_between(dice, 0, 2);
        operation->headcounts[i] = (struct headcount_rule){
            .tmpl = dice_between(dice, 0, operation->n_templates - 1),
            .site = dice_between(dice, -1, 0),
            .weekdays = (uint8_t)dice_between(dice, 1, 127),
            .min = least,
            .max = dice_chance(dice, 0.5) ? INT_MAX : least + dice_between(dice, 0, 1),
            .under_price = dice_between(dice, 1, 30),
            .over_price = dice_between(dice, 1, 30)};
    }
}

static void seats(struct plan_problem *problem, struct dice *dice)
{
    problem->operation->sites[0].seats = dice_between(dice, 1, 2);
    problem->operation->sites[0].seat_price = dice_between(dice, 1, 10);
}

static void leads(struct plan_problem *problem, struct dice *dice)
{
    struct operation *operation = problem->operation;
    if (operation->n_agents > 0)
        operation->agents[dice_between(dice, 0, operation->n_agents - 1)].lead = true;
    operation->leads = g_new0(struct lead_rule, 1);
    operation->n_leads = 1;
    operation->leads[0] = (struct lead_rule){0, 1 + 2 * dice_unit(dice), dice_between(dice, 1, 8)};
}

static void fairness(struct plan_problem *problem, struct dice *dice)
{
    problem->operation->fairness =
        (struct fairness){dice_between(dice, 1, 4), dice_between(dice, 0, 6), dice_between(dice, 0, 6), 2};
}

static const struct {
    double weight;
    void (*make)(struct plan_problem *problem, struct dice *dice);
} rest[] = {
    {1, overtime},     {1, optional}, {0.7, on_call},  {0.7, premiums}, {1.5, time_off},
    {1.5, employment}, {2.5, past},   {1.5, after},    {1, wishes},     {0.7, headcounts},
    {0.3, seats},      {0.3, leads},  {0.7, fairness},
};

/* Of one agent, of some, held together or not, at times when nobody can come, too. */
static void meetings(struct plan_problem *problem, struct dice *dice)
{
    struct operation *operation = problem->operation;
    int hours = 24 * WEEK_DAYS * problem->n_weeks, interval = operation->interval_min;
    operation->n_meetings = operation->n_agents == 0 ? 0 : dice_between(dice, 1, 3);
    operation->meetings = g_new0(struct meeting, operation->n_meetings + 1);
    for (int m = 0; m < operation->n_meetings; m++) {
        struct meeting *meeting = &operation->meetings[m];
        int from = dice_between(dice, -24, hours - 2), length = interval * dice_between(dice, 1, 3);
        *meeting = (struct meeting){.id = g_strdup_printf("m%d", m),
                                    .name = g_strdup("talk"),
                                    .kind = dice_chance(dice, 0.5) ? ACTIVITY_MEETING : ACTIVITY_TRAINING,
                                    .length_min = length,
                                    .from_ts = hour(problem, from),
                                    .together = dice_chance(dice, 0.5),
                                    .price = dice_between(dice, 1, 30)};
        meeting->to_ts = hour(problem, from + 3 + dice_between(dice, 0, 100));
        meeting->agents = g_new0(int, operation->n_agents);
        for (int a = 0; a < operation->n_agents; a++)
            if (dice_chance(dice, 0.7) || (a == operation->n_agents - 1 && meeting->n_agents == 0))
                meeting->agents[meeting->n_agents++] = a;
    }
}

static void hard_seats(struct plan_problem *problem, struct dice *dice)
{
    problem->operation->sites[0].seats = dice_between(dice, 1, 2);
    problem->operation->sites[0].seat_price = 0;
}

void random_coupling(struct plan_problem *problem, struct dice *dice)
{
    if (dice_chance(dice, 0.4))
        meetings(problem, dice);
    if (dice_chance(dice, 0.15))
        hard_seats(problem, dice);
}

void random_replan(struct plan_problem *problem, const struct plan_solution *solution, struct dice *dice)
{
    int hours = 24 * WEEK_DAYS * problem->n_weeks;
    struct shift *shifts = g_memdup2(solution->shifts, (gsize)solution->n_shifts * sizeof *shifts);
    int64_t from = dice_chance(dice, 0.4) ? INT64_MIN : hour(problem, dice_between(dice, 0, hours - 12));
    replan_base(problem, shifts, solution->n_shifts, from, dice_between(dice, 0, 20),
                0.5 * dice_between(dice, 0, 4));
    struct plan_base *base = problem->base;
    AUTO(zone) zone = zone_new(problem->operation->sites[0].zone, NULL);
    base->locks = g_new0(struct lock, base->n_shifts + 1);
    for (int s = 0; s < base->n_shifts; s++)
        if (dice_chance(dice, 0.2))
            base->locks[base->n_locks++] =
                (struct lock){base->shifts[s].agent, zone_local_day(zone, base->shifts[s].start_ts), s};
    if (problem->operation->n_agents > 0 && dice_chance(dice, 0.5)) {
        int away = dice_between(dice, 0, hours - 12);
        replan_absent(problem, dice_between(dice, 0, problem->operation->n_agents - 1), hour(problem, away),
                      hour(problem, away + 12 * dice_between(dice, 1, 8)));
    }
    for (size_t i = 0;
         i < DEMAND_CELL(&problem->demand, problem->demand.n_queues, 0) * (size_t)problem->demand.n_pieces;
         i++)
        problem->demand.width[i] *= 0.5 + dice_unit(dice);
}

void random_rules(struct plan_problem *problem, struct dice *dice, double rules, double others)
{
    add_rules(problem, dice, rules / CONTRACT_RULE_N);
    for (size_t i = 0; i < G_N_ELEMENTS(rest); i++)
        if (dice_chance(dice, rest[i].weight * others / G_N_ELEMENTS(rest)))
            rest[i].make(problem, dice);
}
