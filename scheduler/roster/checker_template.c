/* How often an agent works a shift template: in each week, in the period, on days in a row. */
#include "scheduler/roster/checker_internal.h"

#include <math.h>

struct limits {
    struct checking *c;
    int agent;
    const struct contract *k;
    const struct checked_shift *s;
    int n;
};

/* Days of the week wholly on time off. A day belongs to the week in which it starts. */
static int days_taken(const struct checking *c, int agent, int week)
{
    const struct zone *zone = check_zone(c, agent);
    int32_t last = zone_local_day(zone, c->week_starts[week + 1]) + 1;
    int taken = 0;
    for (int32_t day = zone_local_day(zone, c->week_starts[week]) - 1; day <= last; day++) {
        int64_t from = zone_day_start(zone, day);
        if (from >= c->week_starts[week] && from < c->week_starts[week + 1])
            taken += check_day_credit(c, agent, day) >= 0;
    }
    return taken;
}

static void report(const struct limits *l, const struct template_limit *limit, int units, int64_t ts,
                   int found, int allowed, const char *span)
{
    if (units <= 0)
        return;
    g_autofree char *when = check_when(l->c, l->agent, ts);
    check_broken(l->c, CONTRACT_RULE_TEMPLATE_LIMIT, l->agent, units, ts, found, allowed,
                 "%d shift(s) of template %s %s from %s, contract %s %s %d", found,
                 l->c->op->templates[limit->tmpl].id, span, when, l->k->id,
                 found < allowed ? "asks at least" : "allows at most", allowed);
}

static void check_sums(const struct limits *l, const struct template_limit *limit)
{
    const struct checking *c = l->c;
    int period = 0, taken = 0, employed = 0;
    for (int week = 0; week < c->problem->n_weeks; week++) {
        int found = 0, off = days_taken(c, l->agent, week);
        for (int i = 0; i < l->n; i++)
            found += !l->s[i].past && l->s[i].week == week && l->s[i].shift->tmpl == limit->tmpl;
        bool binds = check_employed_in(c, l->agent, week);
        int least = binds ? MAX(limit->week_min - off, 0) : 0;
        report(l, limit, least - found, c->week_starts[week], found, least, "in the week");
        report(l, limit, found - limit->week_max, c->week_starts[week], found, limit->week_max,
               "in the week");
        period += found;
        taken += off;
        employed += binds;
    }
    int share = (int)floor((double)limit->period_min * employed / c->problem->n_weeks);
    int least = MAX(share - taken, 0);
    report(l, limit, least - period, c->week_starts[0], period, least, "in the period");
    report(l, limit, period - limit->period_max, c->week_starts[0], period, limit->period_max,
           "in the period");
}

/* Shifts [i, end) of the template on days in a row. */
static void check_run(const struct limits *l, const struct template_limit *limit, int i, int end)
{
    const struct checking *c = l->c;
    int32_t first = l->s[i].day, last = l->s[end - 1].day;
    int length = end - i, beyond = 0;
    for (int j = i; j < end; j++)
        beyond += !l->s[j].past && j - i + 1 > limit->consecutive_max;
    int64_t ts = l->s[i].shift->start_ts;
    report(l, limit, beyond, ts, length, limit->consecutive_max, "on days in a row");
    if (first > check_first_day(c) && last < check_last_day(c))
        report(l, limit, limit->consecutive_min - length, ts, length, limit->consecutive_min,
               "on days in a row");
}

static void check_in_a_row(const struct limits *l, const struct template_limit *limit)
{
    for (int i = 0, end; i < l->n; i = end) {
        end = i + 1;
        if (l->s[i].shift->tmpl != limit->tmpl)
            continue;
        while (end < l->n && l->s[end].day == l->s[end - 1].day + 1 && l->s[end].shift->tmpl == limit->tmpl)
            end++;
        check_run(l, limit, i, end);
    }
}

void check_templates(struct checking *c, int agent, const struct checked_shift *shifts, int n)
{
    struct limits l = {.c = c, .agent = agent, .k = check_contract(c, agent), .s = shifts, .n = n};
    for (int i = 0; i < l.k->n_limits; i++) {
        check_sums(&l, &l.k->limits[i]);
        check_in_a_row(&l, &l.k->limits[i]);
    }
}
