/* Rules of one shift alone. */
#include "scheduler/roster/checker_internal.h"

static const char *const weekday_names[WEEK_DAYS] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                                     "Friday", "Saturday", "Sunday"};

static char *clock_text(int minute)
{
    return g_strdup_printf("%02d:%02d", minute / 60, minute % 60);
}

static bool contract_allows(const struct contract *contract, int tmpl)
{
    for (int i = 0; i < contract->n_templates; i++)
        if (contract->templates[i] == tmpl)
            return true;
    return false;
}

static int activities_of(const struct shift *shift)
{
    return CLAMP(shift->n_activities, 0, SHIFT_ACTIVITIES_MAX);
}

static void check_grid(struct checking *c, const struct shift *s)
{
    const struct grid *grid = &c->problem->demand.grid;
    int64_t edges[2 + 2 * SHIFT_ACTIVITIES_MAX] = {s->start_ts, s->end_ts};
    int n = 2;
    for (int k = 0; k < activities_of(s); k++) {
        edges[n++] = s->activities[k].start_ts;
        edges[n++] = s->activities[k].end_ts;
    }
    for (int i = 0; i < n; i++) {
        if (grid_aligned(grid, edges[i]))
            continue;
        g_autofree char *when = check_when(c, s->agent, s->start_ts);
        check_add(c, VIOLATION_GRID, s->agent, -1, s->start_ts, (double)(edges[i] - s->start_ts) / MINUTE_S,
                  (double)grid->interval_s / MINUTE_S,
                  "shift at %s: %s is off the %d-minute intervals (%.6g min after the start)", when,
                  i < 2 ? "its start or end" : "a meal or break", grid->interval_s / MINUTE_S,
                  (double)(edges[i] - s->start_ts) / MINUTE_S);
        return;
    }
}

/* Start and weekday: by the wall clock of the site, a start in a gap of the clock meaning what core/zone.h
 * says. */
static void check_start(struct checking *c, const struct checked_shift *cs, const struct shift_template *t)
{
    const struct shift *s = cs->shift;
    g_autofree char *when = check_when(c, s->agent, s->start_ts);
    int weekday = day_weekday(cs->day);
    if (!(t->weekdays & (1u << weekday)))
        check_add(c, VIOLATION_WEEKDAY, s->agent, -1, s->start_ts, weekday, t->weekdays,
                  "shift at %s is on a %s; template %s is not worked then", when, weekday_names[weekday],
                  t->id);
    bool found = false;
    for (int m = t->start_from_min; m <= t->start_to_min; m += MAX(t->start_step_min, 1))
        found = found || zone_instant(check_zone(c, s->agent), cs->day, m) == s->start_ts;
    if (!found) {
        g_autofree char *from = clock_text(t->start_from_min);
        g_autofree char *to = clock_text(t->start_to_min);
        check_add(c, VIOLATION_START, s->agent, -1, s->start_ts, cs->start_min, t->start_from_min,
                  "shift starts %s; template %s starts %s to %s every %d min", when, t->id, from, to,
                  t->start_step_min);
    }
}

static void check_length(struct checking *c, const struct checked_shift *cs, const struct shift_template *t)
{
    const struct shift *s = cs->shift;
    g_autofree char *when = check_when(c, s->agent, s->start_ts);
    bool found = false;
    for (int paid = t->paid_min_min; paid <= t->paid_max_min; paid += MAX(t->paid_step_min, 1))
        found = found || !check_differs(cs->paid_min, paid);
    if (!found)
        check_add(c, VIOLATION_LENGTH, s->agent, -1, s->start_ts, cs->paid_min, t->paid_max_min,
                  "shift at %s has %.6g paid min; template %s allows %d to %d in steps of %d", when,
                  cs->paid_min, t->id, t->paid_min_min, t->paid_max_min, t->paid_step_min);
    int unpaid = shift_template_unpaid_min(t);
    double span = (double)(s->end_ts - s->start_ts) / MINUTE_S;
    if (check_differs(span, cs->paid_min + unpaid))
        check_add(c, VIOLATION_SPAN, s->agent, -1, s->start_ts, span, cs->paid_min + unpaid,
                  "shift at %s lasts %.6g min; %.6g paid and the %d unpaid of template %s make %.6g", when,
                  span, cs->paid_min, unpaid, t->id, cs->paid_min + unpaid);
}

/* Which activity serves which break of the template: the assignment that breaks the fewest rules, found by
 * trying all. */
struct matching {
    const struct shift *shift;
    const struct shift_template *tmpl;
    int now[TEMPLATE_BREAKS_MAX], best[TEMPLATE_BREAKS_MAX]; /* activity of each break, -1 = missing */
    int best_cost;
};

#define COST_MISSING 100

static bool in_window(const struct break_rule *rule, const struct shift *s, const struct activity *a)
{
    int64_t offset = a->start_ts - s->start_ts;
    return offset >= (int64_t)rule->earliest_min * MINUTE_S && offset <= (int64_t)rule->latest_min * MINUTE_S;
}

static bool has_length(const struct break_rule *rule, const struct activity *a)
{
    return a->end_ts - a->start_ts == (int64_t)rule->length_min * MINUTE_S && a->paid == rule->paid;
}

static void match_from(struct matching *m, int b, unsigned used, int cost)
{
    if (cost >= m->best_cost)
        return;
    if (b == m->tmpl->n_breaks) {
        m->best_cost = cost;
        for (int i = 0; i < b; i++)
            m->best[i] = m->now[i];
        return;
    }
    const struct break_rule *rule = &m->tmpl->breaks[b];
    for (int k = 0; k < activities_of(m->shift); k++) {
        const struct activity *a = &m->shift->activities[k];
        if ((used & (1u << k)) || a->kind != rule->kind)
            continue;
        m->now[b] = k;
        match_from(m, b + 1, used | (1u << k), cost + !in_window(rule, m->shift, a) + !has_length(rule, a));
    }
    m->now[b] = -1;
    match_from(m, b + 1, used, cost + COST_MISSING);
}

static void check_matched(struct checking *c, const struct shift *s, const struct shift_template *t,
                          const struct break_rule *rule, const struct activity *a)
{
    g_autofree char *at = check_when(c, s->agent, a->start_ts);
    double offset = (double)(a->start_ts - s->start_ts) / MINUTE_S;
    double length = (double)(a->end_ts - a->start_ts) / MINUTE_S;
    const char *kind = activity_kind_name(rule->kind);
    if (!in_window(rule, s, a))
        check_add(c, VIOLATION_BREAK_WINDOW, s->agent, -1, a->start_ts, offset,
                  offset < rule->earliest_min ? rule->earliest_min : rule->latest_min,
                  "%s at %s is %.6g min after the shift start; template %s allows %d to %d", kind, at, offset,
                  t->id, rule->earliest_min, rule->latest_min);
    if (!has_length(rule, a))
        check_add(c, VIOLATION_BREAK_LENGTH, s->agent, -1, a->start_ts, length, rule->length_min,
                  "%s at %s is %.6g min %s; template %s says %d min %s", kind, at, length,
                  a->paid ? "paid" : "unpaid", t->id, rule->length_min, rule->paid ? "paid" : "unpaid");
}

static void check_breaks(struct checking *c, const struct shift *s, const struct shift_template *t)
{
    struct matching m = {.shift = s, .tmpl = t, .best_cost = INT_MAX};
    match_from(&m, 0, 0, 0);
    g_autofree char *when = check_when(c, s->agent, s->start_ts);
    unsigned used = 0;
    for (int b = 0; b < t->n_breaks; b++) {
        const struct break_rule *rule = &t->breaks[b];
        if (m.best[b] >= 0) {
            used |= 1u << m.best[b];
            check_matched(c, s, t, rule, &s->activities[m.best[b]]);
        } else
            check_add(c, VIOLATION_BREAK_MISSING, s->agent, -1, s->start_ts, 0, rule->length_min,
                      "shift at %s lacks the %s of %d min that template %s asks for", when,
                      activity_kind_name(rule->kind), rule->length_min, t->id);
    }
    for (int k = 0; k < activities_of(s); k++)
        if (!(used & (1u << k)) && s->activities[k].kind != ACTIVITY_MEETING &&
            s->activities[k].kind != ACTIVITY_TRAINING) {
            g_autofree char *at = check_when(c, s->agent, s->activities[k].start_ts);
            bool known = (int)s->activities[k].kind >= 0 && s->activities[k].kind < ACTIVITY_N;
            check_add(c, VIOLATION_BREAK_EXTRA, s->agent, -1, s->activities[k].start_ts, activities_of(s),
                      t->n_breaks, "%s at %s is not in template %s",
                      known ? activity_kind_name(s->activities[k].kind) : "unknown activity", at, t->id);
        }
}

static void check_break_order(struct checking *c, const struct shift *s)
{
    if (s->n_activities < 0 || s->n_activities > SHIFT_ACTIVITIES_MAX)
        check_add(c, VIOLATION_BREAK_EXTRA, s->agent, -1, s->start_ts, s->n_activities, SHIFT_ACTIVITIES_MAX,
                  "shift claims %d activities; 0 to %d are possible", s->n_activities, SHIFT_ACTIVITIES_MAX);
    int64_t free_from = s->start_ts;
    for (int k = 0; k < activities_of(s); k++) {
        const struct activity *a = &s->activities[k];
        if (a->start_ts < free_from || a->end_ts < a->start_ts || a->end_ts > s->end_ts) {
            g_autofree char *at = check_when(c, s->agent, s->start_ts);
            check_add(c, VIOLATION_BREAK_OVERLAP, s->agent, -1, s->start_ts,
                      (double)(a->start_ts - s->start_ts) / MINUTE_S,
                      (double)(free_from - s->start_ts) / MINUTE_S,
                      "shift at %s: meal or break number %d overlaps another or leaves the shift", at, k + 1);
        }
        free_from = MAX(free_from, a->end_ts);
    }
}

/* The first instant of the shift that no span of the agent's availability holds, or INT64_MAX. */
static int64_t first_unavailable(const struct checking *c, const struct checked_shift *cs)
{
    const struct agent *agent = &c->op->agents[cs->shift->agent];
    const struct zone *zone = check_zone(c, cs->shift->agent);
    int64_t ts = cs->shift->start_ts;
    while (ts < cs->shift->end_ts) {
        int64_t until = ts;
        for (int32_t day = cs->day - WEEK_DAYS - 1; day <= cs->day + 4; day++)
            for (int i = 0; i < agent->n_available; i++) {
                const struct week_span *span = &agent->available[i];
                if (!(span->weekdays & (1u << day_weekday(day))))
                    continue;
                int64_t from = zone_instant(zone, day, span->from_min);
                int64_t to = zone_instant(zone, day, span->to_min);
                if (from <= ts && ts < to)
                    until = MAX(until, to);
            }
        if (until == ts)
            return ts;
        ts = until;
    }
    return INT64_MAX;
}

static void check_presence(struct checking *c, const struct checked_shift *cs)
{
    const struct shift *s = cs->shift;
    const struct agent *agent = &c->op->agents[s->agent];
    g_autofree char *when = check_when(c, s->agent, s->start_ts);
    int64_t missing = agent->n_available > 0 ? first_unavailable(c, cs) : INT64_MAX;
    if (missing != INT64_MAX) {
        g_autofree char *at = check_when(c, s->agent, missing);
        check_add(c, VIOLATION_AVAILABILITY, s->agent, -1, missing, (double)missing, 0,
                  "shift at %s, but the agent is not available at %s", when, at);
    }
    for (int i = c->off_from[s->agent]; i < c->off_from[s->agent + 1]; i++) {
        const struct time_off *off = c->off[i];
        if (off->end_ts <= s->start_ts || off->start_ts >= s->end_ts)
            continue;
        g_autofree char *from = check_when(c, s->agent, off->start_ts);
        g_autofree char *to = check_when(c, s->agent, off->end_ts);
        check_add(c, VIOLATION_TIME_OFF, s->agent, -1, s->start_ts, (double)s->start_ts, (double)off->end_ts,
                  "shift at %s is during time off (%s) from %s to %s", when,
                  off->kind != NULL ? off->kind : "", from, to);
    }
    if (cs->day < agent->employed_from || cs->day > agent->employed_to) {
        bool early = cs->day < agent->employed_from;
        g_autofree char *edge = day_format(early ? agent->employed_from : agent->employed_to);
        check_add(c, VIOLATION_EMPLOYMENT, s->agent, -1, s->start_ts, cs->day,
                  early ? agent->employed_from : agent->employed_to,
                  "shift at %s, but the agent is employed %s %s", when, early ? "only from" : "only until",
                  edge);
    }
}

void check_one_shift(struct checking *c, const struct checked_shift *cs)
{
    const struct shift *s = cs->shift;
    const struct contract *contract = check_contract(c, s->agent);
    check_grid(c, s);
    check_break_order(c, s);
    check_presence(c, cs);
    bool known = s->tmpl >= 0 && s->tmpl < c->op->n_templates;
    if (!known || !contract_allows(contract, s->tmpl)) {
        g_autofree char *when = check_when(c, s->agent, s->start_ts);
        check_add(c, VIOLATION_TEMPLATE, s->agent, -1, s->start_ts, s->tmpl, 0,
                  "shift at %s is of template %s, which contract %s does not allow", when,
                  known ? c->op->templates[s->tmpl].id : "(unknown)", contract->id);
    }
    if (!known)
        return;
    const struct shift_template *t = &c->op->templates[s->tmpl];
    check_start(c, cs, t);
    check_length(c, cs, t);
    check_breaks(c, s, t);
}
