#include "scheduler/roster/checker.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "scheduler/roster/checker_internal.h"

/* Longer shifts, and shifts further from the horizon, are garbage: reported, and not counted minute by
 * minute. */
#define SPAN_MAX_S (3 * (int64_t)DAY_S)
#define FAR_S (400 * (int64_t)DAY_S)

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

void check_add(struct checking *c, enum violation_rule rule, int agent, int queue, int64_t ts, double value,
               double limit, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    struct violation v = {.rule = rule,
                          .agent = agent,
                          .queue = queue,
                          .ts = ts,
                          .value = value,
                          .limit = limit,
                          .message = g_strdup_vprintf(format, args)};
    va_end(args);
    if (agent >= 0) {
        char *text = v.message;
        v.message = g_strdup_printf("agent %s: %s", c->op->agents[agent].id, text);
        g_free(text);
    }
    g_array_append_val(c->violations, v);
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
}

static bool is_holiday(const struct operation *op, int site, int32_t day)
{
    for (int i = 0; i < op->n_special_days; i++) {
        const struct special_day *s = &op->special_days[i];
        bool ours = s->scope == SCOPE_ALL || (s->scope == SCOPE_SITE && s->index == site);
        if (ours && s->kind == SPECIAL_HOLIDAY && s->day == day)
            return true;
    }
    return false;
}

static double currency_worth(const struct operation *op, const char *code)
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
            holiday = is_holiday(c->op, agent->site, day);
        }
        double share = 1;
        if (check_is_night(contract, now.second / MINUTE_S))
            share += contract->night_premium;
        if (holiday)
            share += contract->holiday_premium;
        hours += share * (double)MIN(MINUTE_S, shift->end_ts - ts) / 3600.0;
    }
    return hours * contract->rate * currency_worth(c->op, contract->currency);
}

static int by_agent_then_start(const void *a, const void *b)
{
    const struct shift *x = ((const struct checked_shift *)a)->shift;
    const struct shift *y = ((const struct checked_shift *)b)->shift;
    if (x->agent != y->agent)
        return x->agent < y->agent ? -1 : 1;
    if (x->start_ts != y->start_ts)
        return x->start_ts < y->start_ts ? -1 : 1;
    if (x->end_ts != y->end_ts)
        return x->end_ts < y->end_ts ? -1 : 1;
    return 0;
}

/* A copy whose breaks lie near the shift, so that differences of times are safe; outside stays outside. */
static const struct shift *keep_sane(struct checking *c, const struct shift *shift)
{
    struct shift *copy = &c->copies[c->n_shifts];
    *copy = *shift;
    for (int k = 0; k < SHIFT_ACTIVITIES_MAX; k++) {
        struct activity *a = &copy->activities[k];
        a->start_ts = CLAMP(a->start_ts, shift->start_ts - SPAN_MAX_S, shift->end_ts + SPAN_MAX_S);
        a->end_ts = CLAMP(a->end_ts, shift->start_ts - SPAN_MAX_S, shift->end_ts + SPAN_MAX_S);
    }
    return copy;
}

/* Takes a shift for examination if it can be counted at all; else says why not (past shifts: silently, they
 * are done). */
static void take_shift(struct checking *c, const struct shift *shift, bool past)
{
    const struct grid *grid = &c->problem->demand.grid;
    g_autofree char *utc =
        time_format(CLAMP(shift->start_ts, grid->start_ts - FAR_S, grid_end_ts(grid) + FAR_S), NULL);
    if (shift->agent < 0 || shift->agent >= c->op->n_agents) {
        if (!past)
            check_add(c, VIOLATION_AGENT_UNKNOWN, -1, -1, shift->start_ts, shift->agent, c->op->n_agents,
                      "shift at %s is of agent number %d; the problem has agents 0 to %d", utc, shift->agent,
                      c->op->n_agents - 1);
        return;
    }
    bool inside = shift->start_ts >= grid->start_ts && shift->start_ts < grid_end_ts(grid);
    bool far = shift->start_ts < grid->start_ts - FAR_S || shift->start_ts > grid_end_ts(grid) + FAR_S;
    if (check_zone(c, shift->agent) == NULL)
        return;
    if (!past && !inside) {
        g_autofree char *when =
            far ? g_strdup_printf("or beyond %s", utc) : check_when(c, shift->agent, shift->start_ts);
        check_add(c, VIOLATION_OUTSIDE_HORIZON, shift->agent, -1, shift->start_ts, (double)shift->start_ts,
                  (double)grid->start_ts, "shift starts %s, outside the roster week", when);
    }
    bool countable = !far && shift->end_ts > shift->start_ts && shift->end_ts <= shift->start_ts + SPAN_MAX_S;
    if (!past && !far && !countable) {
        g_autofree char *when = check_when(c, shift->agent, shift->start_ts);
        check_add(c, VIOLATION_SPAN, shift->agent, -1, shift->start_ts,
                  ((double)shift->end_ts - (double)shift->start_ts) / MINUTE_S, (double)SPAN_MAX_S / MINUTE_S,
                  "shift at %s lasts %.6g min", when,
                  ((double)shift->end_ts - (double)shift->start_ts) / MINUTE_S);
    }
    if (!countable)
        return;
    struct checked_shift *cs = &c->shifts[c->n_shifts];
    cs->shift = keep_sane(c, shift);
    cs->past = past;
    c->n_shifts++;
    check_count_shift(c, cs);
}

static void open_zones(struct checking *c)
{
    c->site_zones = g_new0(struct zone *, (gsize)c->op->n_sites + 1);
    for (int s = 0; s < c->op->n_sites; s++) {
        g_autoptr(GError) error = NULL;
        c->site_zones[s] = zone_new(c->op->sites[s].zone, &error);
        if (c->site_zones[s] == NULL)
            check_add(c, VIOLATION_GRID, -1, -1, INT64_MIN, s, 0,
                      "site %s: %s; the shifts of its agents cannot be checked", c->op->sites[s].id,
                      error->message);
    }
}

/* The roster weeks, by the planning zone; the demand grid must be exactly these. */
static void lay_out_weeks(struct checking *c)
{
    const struct plan_problem *problem = c->problem;
    const struct grid *grid = &problem->demand.grid;
    int n_weeks = problem->n_weeks;
    c->week_starts = g_new0(int64_t, (gsize)n_weeks + 1);
    g_autoptr(GError) error = NULL;
    AUTO(zone) planning = zone_new(c->op->zone, &error);
    for (int w = 0; w <= n_weeks && planning != NULL; w++)
        c->week_starts[w] = zone_day_start(planning, problem->first_day + WEEK_DAYS * w);
    if (planning == NULL)
        check_add(c, VIOLATION_OUTSIDE_HORIZON, -1, -1, INT64_MIN, 0, 0, "planning zone: %s", error->message);
    else if (grid->start_ts != c->week_starts[0] || grid_end_ts(grid) != c->week_starts[n_weeks]) {
        g_autofree char *from = time_format(c->week_starts[0], planning);
        g_autofree char *to = time_format(c->week_starts[n_weeks], planning);
        check_add(c, VIOLATION_OUTSIDE_HORIZON, -1, -1, c->week_starts[0], (double)grid->start_ts,
                  (double)c->week_starts[0], "the demand is not on the roster week from %s to %s", from, to);
    }
}

static void check_money(struct checking *c, double shortage)
{
    const struct plan_solution *s = c->solution;
    const struct {
        const char *what;
        double claimed, counted;
    } claims[] = {
        {"pay", s->pay, c->pay},
        {"shortage", s->shortage, shortage},
        {"objective", s->objective, c->pay + shortage},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(claims); i++)
        if (check_differs(claims[i].claimed, claims[i].counted))
            check_add(c, VIOLATION_ACCOUNT, -1, -1, INT64_MIN, claims[i].claimed, claims[i].counted,
                      "%s is claimed as %.6f %s, recounted it is %.6f", claims[i].what, claims[i].claimed,
                      c->op->currency, claims[i].counted);
    double objective = c->pay + shortage;
    if (isnan(s->bound) || s->bound > objective + CHECK_TOLERANCE * fmax(1.0, fabs(objective)))
        check_add(c, VIOLATION_BOUND, -1, -1, INT64_MIN, s->bound, objective,
                  "bound is claimed as %.6f %s, but this roster costs %.6f", s->bound, c->op->currency,
                  objective);
}

bool roster_check(const struct plan_problem *problem, const struct plan_solution *solution,
                  struct check_report *report)
{
    struct checking c = {.problem = problem, .op = problem->operation, .solution = solution};
    c.violations = g_array_new(FALSE, FALSE, sizeof(struct violation));
    open_zones(&c);
    lay_out_weeks(&c);
    int n_all = problem->n_past + solution->n_shifts;
    c.shifts = g_new0(struct checked_shift, (gsize)n_all + 1);
    c.copies = g_new0(struct shift, (gsize)n_all + 1);
    for (int i = 0; i < problem->n_past; i++)
        take_shift(&c, &problem->past[i], true);
    for (int i = 0; i < solution->n_shifts; i++)
        take_shift(&c, &solution->shifts[i], false);
    qsort(c.shifts, (size_t)c.n_shifts, sizeof(struct checked_shift), by_agent_then_start);

    for (int i = 0; i < c.n_shifts; i++) {
        if (c.shifts[i].past)
            continue;
        check_one_shift(&c, &c.shifts[i]);
        c.pay += check_shift_pay(&c, &c.shifts[i]);
    }
    for (int agent = 0, at = 0; agent < c.op->n_agents; agent++) {
        int from = at;
        while (at < c.n_shifts && c.shifts[at].shift->agent == agent)
            at++;
        if (check_zone(&c, agent) != NULL)
            check_one_agent(&c, agent, c.shifts + from, at - from);
    }
    double shortage = check_coverage(&c);
    if (solution->staffed != NULL)
        check_money(&c, shortage);

    report->pay = c.pay;
    report->shortage = shortage;
    report->n_shifts = solution->n_shifts;
    report->n_violations = (int)c.violations->len;
    report->violations = (struct violation *)(void *)g_array_free(c.violations, FALSE);
    for (int s = 0; s < c.op->n_sites; s++)
        zone_free(c.site_zones[s]);
    g_free(c.site_zones);
    g_free(c.week_starts);
    g_free(c.shifts);
    g_free(c.copies);
    return report->n_violations == 0;
}

void check_report_clear(struct check_report *report)
{
    for (int i = 0; i < report->n_violations; i++)
        g_free(report->violations[i].message);
    g_free(report->violations);
    *report = (struct check_report){0};
}
