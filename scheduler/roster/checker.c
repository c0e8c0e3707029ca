#include "scheduler/roster/checker.h"

#include <math.h>
#include <string.h>

#include "scheduler/roster/checker_internal.h"

static const struct {
    const char *key, *text;
} rules[VIOLATION_N] = {
#define X(name, key, text) {key, text},
    VIOLATION_TABLE(X)
#undef X
};

const char *violation_key(enum violation_rule rule)
{
    return rules[rule].key;
}

const char *violation_text(enum violation_rule rule)
{
    return rules[rule].text;
}

static const struct {
    const char *key, *unit;
} couplings[] = {
#define X(name, key, unit) {key, unit},
    PENALTY_TABLE(X)
#undef X
};

const char *penalty_key(int kind)
{
    return kind < CONTRACT_RULE_N ? contract_rule_key((enum contract_rule)kind)
                                  : couplings[kind - CONTRACT_RULE_N].key;
}

const char *penalty_unit(int kind)
{
    return kind < CONTRACT_RULE_N ? contract_rule_unit((enum contract_rule)kind)
                                  : couplings[kind - CONTRACT_RULE_N].unit;
}

/* The violation that a rule without a price makes. */
static const enum violation_rule rule_violations[CONTRACT_RULE_N] = {
    [CONTRACT_RULE_WEEK_MINUTES_MIN] = VIOLATION_WEEK_MINUTES_MIN,
    [CONTRACT_RULE_WEEK_MINUTES_MAX] = VIOLATION_WEEK_MINUTES_MAX,
    [CONTRACT_RULE_WEEK_DAYS_MIN] = VIOLATION_WEEK_DAYS_MIN,
    [CONTRACT_RULE_WEEK_DAYS_MAX] = VIOLATION_WEEK_DAYS_MAX,
    [CONTRACT_RULE_PERIOD_MINUTES_MIN] = VIOLATION_PERIOD_MINUTES_MIN,
    [CONTRACT_RULE_PERIOD_MINUTES_MAX] = VIOLATION_PERIOD_MINUTES_MAX,
    [CONTRACT_RULE_PERIOD_DAYS_MIN] = VIOLATION_PERIOD_DAYS_MIN,
    [CONTRACT_RULE_PERIOD_DAYS_MAX] = VIOLATION_PERIOD_DAYS_MAX,
    [CONTRACT_RULE_CONSECUTIVE_DAYS_MIN] = VIOLATION_DAYS_TOO_FEW,
    [CONTRACT_RULE_CONSECUTIVE_DAYS_MAX] = VIOLATION_CONSECUTIVE_DAYS,
    [CONTRACT_RULE_CONSECUTIVE_DAYS_OFF_MIN] = VIOLATION_DAYS_OFF,
    [CONTRACT_RULE_CONSECUTIVE_DAYS_OFF_MAX] = VIOLATION_DAYS_OFF_MAX,
    [CONTRACT_RULE_WINDOW_DAYS_MAX] = VIOLATION_WINDOW,
    [CONTRACT_RULE_WEEK_REST_MINUTES] = VIOLATION_WEEK_REST,
    [CONTRACT_RULE_DAY_OFF_MINUTES] = VIOLATION_DAY_OFF,
    [CONTRACT_RULE_REST_MIN_MINUTES] = VIOLATION_REST,
    [CONTRACT_RULE_START_DISTANCE_MINUTES] = VIOLATION_START_DISTANCE,
    [CONTRACT_RULE_ROTATION] = VIOLATION_ROTATION,
    [CONTRACT_RULE_WEEK_NIGHTS_MAX] = VIOLATION_NIGHTS,
    [CONTRACT_RULE_CONSECUTIVE_NIGHTS_MAX] = VIOLATION_NIGHTS_IN_A_ROW,
    [CONTRACT_RULE_DAYS_OFF_AFTER_NIGHTS_MIN] = VIOLATION_OFF_AFTER_NIGHTS,
    [CONTRACT_RULE_WEEKENDS_MAX] = VIOLATION_WEEKENDS,
    [CONTRACT_RULE_CONSECUTIVE_WEEKENDS_MAX] = VIOLATION_WEEKENDS_IN_A_ROW,
    [CONTRACT_RULE_WEEKEND_WHOLE] = VIOLATION_WEEKEND_WHOLE,
    [CONTRACT_RULE_START_SPREAD] = VIOLATION_START_SPREAD,
    [CONTRACT_RULE_SUCCESSION] = VIOLATION_SUCCESSION,
    [CONTRACT_RULE_TEMPLATE_LIMIT] = VIOLATION_TEMPLATE_LIMIT,
};

/* Takes the message; g_free. */
static char *of_agent(const struct checking *c, int agent, char *message)
{
    if (agent < 0)
        return message;
    g_autofree char *own = message;
    return g_strdup_printf("agent %s: %s", c->op->agents[agent].id, own);
}

static void add_message(struct checking *c, struct violation v, char *message)
{
    v.message = of_agent(c, v.agent, message);
    g_array_append_val(c->violations, v);
}

/* Takes the message. */
static void add_cost(struct checking *c, struct check_cost cost, char *message)
{
    c->penalties[cost.kind].units += cost.units;
    c->penalties[cost.kind].cost += cost.cost;
    cost.message = of_agent(c, cost.agent, message);
    g_array_append_val(c->costs, cost);
}

void check_broken(struct checking *c, enum contract_rule rule, int agent, double units, int64_t ts,
                  double value, double limit, const char *format, ...)
{
    double price = check_contract(c, agent)->rule_price[rule];
    va_list args;
    va_start(args, format);
    char *message = g_strdup_vprintf(format, args);
    va_end(args);
    if (price > 0)
        add_cost(c,
                 (struct check_cost){.kind = (int)rule,
                                     .agent = agent,
                                     .site = c->op->agents[agent].site,
                                     .ts = ts,
                                     .units = units,
                                     .cost = units * price},
                 message);
    else
        add_message(c,
                    (struct violation){.rule = rule_violations[rule],
                                       .agent = agent,
                                       .queue = -1,
                                       .ts = ts,
                                       .value = value,
                                       .limit = limit},
                    message);
}

void check_penalty_add(struct checking *c, enum penalty_kind kind, double units, double price, int agent,
                       int site, int64_t ts, const char *format, ...)
{
    if (units == 0 || price == 0) {
        c->penalties[kind].units += units;
        return;
    }
    va_list args;
    va_start(args, format);
    add_cost(c, (struct check_cost){(int)kind, agent, site, ts, units, units * price, NULL},
             g_strdup_vprintf(format, args));
    va_end(args);
}

void check_hours_add(struct checking *c, enum penalty_kind kind, double hours, double price, int site,
                     int64_t ts, const char *what)
{
    if (hours == 0)
        return;
    struct check_cost *last =
        c->costs->len > 0 ? &g_array_index(c->costs, struct check_cost, c->costs->len - 1) : NULL;
    const struct zone *zone = c->site_zones[site];
    int32_t on = zone != NULL ? zone_local_day(zone, ts) : (int32_t)(ts / DAY_S);
    bool same_day = last != NULL && last->kind == (int)kind && last->site == site && zone != NULL &&
                    zone_local_day(zone, last->ts) == on;
    if (!same_day || price == 0) {
        g_autofree char *day = day_format(on);
        check_penalty_add(c, kind, hours, price, -1, site, ts, "site %s: %s on %s", c->op->sites[site].id,
                          what, day);
        return;
    }
    c->penalties[kind].units += hours;
    c->penalties[kind].cost += hours * price;
    last->units += hours;
    last->cost += hours * price;
}

void check_add(struct checking *c, enum violation_rule rule, int agent, int queue, int64_t ts, double value,
               double limit, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add_message(c,
                (struct violation){
                    .rule = rule, .agent = agent, .queue = queue, .ts = ts, .value = value, .limit = limit},
                g_strdup_vprintf(format, args));
    va_end(args);
}

const struct zone *check_zone(const struct checking *c, int agent)
{
    return c->site_zones[c->op->agents[agent].site];
}

char *check_when(const struct checking *c, int agent, int64_t ts)
{
    return time_format(ts, check_zone(c, agent));
}

const struct contract *check_contract(const struct checking *c, int agent)
{
    return &c->op->contracts[c->op->agents[agent].contract];
}

bool check_differs(double claimed, double counted)
{
    if (!isfinite(claimed) || !isfinite(counted))
        return true;
    return fabs(claimed - counted) > CHECK_TOLERANCE * fmax(1.0, fabs(counted));
}

bool check_is_night(const struct contract *contract, int minute)
{
    int from = contract->night_from_min;
    int to = contract->night_to_min;
    if (to > from)
        return minute >= from && minute < to;
    return minute >= from || minute < to;
}

static bool in_unpaid_activity(const struct shift *shift, int64_t ts)
{
    for (int k = 0; k < shift->n_activities && k < SHIFT_ACTIVITIES_MAX; k++) {
        const struct activity *a = &shift->activities[k];
        if (!a->paid && ts >= a->start_ts && ts < a->end_ts)
            return true;
    }
    return false;
}

void check_count_shift(const struct checking *c, struct checked_shift *cs)
{
    const struct shift *shift = cs->shift;
    const struct zone *zone = check_zone(c, shift->agent);
    const struct contract *contract = check_contract(c, shift->agent);
    struct local_time start = zone_local(zone, shift->start_ts);
    cs->day = start.day;
    cs->start_min = start.second / MINUTE_S;
    cs->week = -1;
    for (int w = 0; w < c->problem->n_weeks; w++)
        if (shift->start_ts >= c->week_starts[w] && shift->start_ts < c->week_starts[w + 1])
            cs->week = w;
    cs->paid_min = 0;
    cs->night_min = 0;
    for (int64_t ts = shift->start_ts; ts < shift->end_ts; ts += MINUTE_S) {
        double part = (double)MIN(MINUTE_S, shift->end_ts - ts) / MINUTE_S;
        if (!in_unpaid_activity(shift, ts))
            cs->paid_min += part;
        if (check_is_night(contract, zone_local(zone, ts).second / MINUTE_S))
            cs->night_min += part;
    }
    cs->night = cs->night_min >= contract->night_shift_minutes - CHECK_TOLERANCE;
    cs->on_call =
        shift->tmpl >= 0 && shift->tmpl < c->op->n_templates && c->op->templates[shift->tmpl].on_call;
}

bool check_is_weekend(const struct contract *contract, int32_t day)
{
    enum { SATURDAY = 5, SUNDAY = 6 };
    int weekday = day_weekday(day);
    if (contract->weekend_days == 0)
        return weekday == SATURDAY || weekday == SUNDAY;
    return (contract->weekend_days & (1u << weekday)) != 0;
}

int32_t check_first_day(const struct checking *c)
{
    return c->problem->first_day;
}

int32_t check_last_day(const struct checking *c)
{
    return c->problem->first_day + WEEK_DAYS * c->problem->n_weeks - 1;
}

int check_day_credit(const struct checking *c, int agent, int32_t day)
{
    const struct zone *zone = check_zone(c, agent);
    int64_t from = zone_day_start(zone, day);
    int64_t to = zone_day_start(zone, day + 1);
    int credit = -1;
    for (int i = c->off_from[agent]; i < c->off_from[agent + 1] && to > from; i++) {
        const struct time_off *off = c->off[i];
        if (off->start_ts <= from && off->end_ts >= to)
            credit = MAX(credit, off->credit_min);
    }
    return credit;
}

bool check_employed_on(const struct checking *c, int agent, int32_t day)
{
    return c->op->agents[agent].employed_from <= day && day <= c->op->agents[agent].employed_to;
}

bool check_is_holiday(const struct operation *op, int site, int32_t day)
{
    for (int i = 0; i < op->n_special_days; i++) {
        const struct special_day *s = &op->special_days[i];
        bool ours = s->scope == SCOPE_ALL || (s->scope == SCOPE_SITE && s->index == site);
        if (ours && s->kind == SPECIAL_HOLIDAY && s->day == day)
            return true;
    }
    return false;
}

double check_currency(const struct operation *op, const char *code)
{
    if (code == NULL || strcmp(code, op->currency) == 0)
        return 1;
    for (int i = 0; i < op->n_currencies; i++)
        if (strcmp(op->currencies[i].code, code) == 0)
            return op->currencies[i].rate;
    return 0;
}

double check_shift_pay(const struct checking *c, const struct checked_shift *cs)
{
    const struct shift *shift = cs->shift;
    const struct agent *agent = &c->op->agents[shift->agent];
    const struct contract *contract = check_contract(c, shift->agent);
    const struct zone *zone = check_zone(c, shift->agent);
    double hours = 0;
    int32_t day = INT32_MIN;
    bool holiday = false;
    for (int64_t ts = shift->start_ts; ts < shift->end_ts; ts += MINUTE_S) {
        if (in_unpaid_activity(shift, ts))
            continue;
        struct local_time now = zone_local(zone, ts);
        if (now.day != day) {
            day = now.day;
            holiday = check_is_holiday(c->op, agent->site, day);
        }
        double share = 1;
        if (check_is_night(contract, now.second / MINUTE_S))
            share += contract->night_premium;
        if (holiday)
            share += contract->holiday_premium;
        hours += share * (double)MIN(MINUTE_S, shift->end_ts - ts) / 3600.0;
    }
    if (cs->on_call)
        hours *= c->op->templates[shift->tmpl].on_call_pay;
    return hours * contract->rate * check_currency(c->op, contract->currency);
}

void check_report_clear(struct check_report *report)
{
    for (int i = 0; i < report->n_violations; i++)
        g_free(report->violations[i].message);
    for (int i = 0; i < report->n_costs; i++)
        g_free(report->costs[i].message);
    g_free(report->violations);
    g_free(report->costs);
    *report = (struct check_report){0};
}
