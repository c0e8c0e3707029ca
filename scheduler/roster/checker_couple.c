/* What couples agents: headcounts by day, seats and team leads by interval. */
#include "scheduler/roster/checker_internal.h"

#include <limits.h>
#include <math.h>

/* Shifts of the template, planned or published, that start on the day (of their site), at the site or
 * anywhere. */
static int count_starts(const struct checking *c, int tmpl, int site, int32_t day)
{
    int count = 0;
    for (int i = 0; i < c->n_shifts; i++) {
        const struct checked_shift *s = &c->shifts[i];
        count += s->day == day && s->shift->tmpl == tmpl &&
                 (site < 0 || c->op->agents[s->shift->agent].site == site);
    }
    return count;
}

static void headcount_add(struct checking *c, int tmpl, int site, int32_t day, int units, double price,
                          const char *what)
{
    g_autofree char *date = day_format(day);
    check_penalty_add(c, PENALTY_HEADCOUNTS, units, price, -1, site,
                      site >= 0 && c->site_zones[site] != NULL ? zone_day_start(c->site_zones[site], day)
                                                               : (int64_t)day * DAY_S,
                      "%d shift(s) of template %s %s on %s", units, c->op->templates[tmpl].id, what, date);
}

static void check_headcounts(struct checking *c)
{
    for (int i = 0; i < c->problem->n_headcounts; i++) {
        const struct headcount *h = &c->problem->headcounts[i];
        int found = count_starts(c, h->tmpl, h->site, h->day);
        headcount_add(c, h->tmpl, h->site, h->day, MAX(h->need - found, 0), h->under, "missing");
        headcount_add(c, h->tmpl, h->site, h->day, MAX(found - h->need, 0), h->over, "too many");
    }
    for (int i = 0; i < c->op->n_headcounts; i++) {
        const struct headcount_rule *rule = &c->op->headcounts[i];
        for (int32_t day = check_first_day(c); day <= check_last_day(c); day++) {
            if (!(rule->weekdays & (1u << day_weekday(day))))
                continue;
            int found = count_starts(c, rule->tmpl, rule->site, day);
            headcount_add(c, rule->tmpl, rule->site, day, MAX(rule->min - found, 0), rule->under_price,
                          "missing");
            headcount_add(c, rule->tmpl, rule->site, day, MAX(found - rule->max, 0), rule->over_price,
                          "too many");
        }
    }
}

/* Who is on shift at a site, per interval of the horizon. */
struct presence {
    int *people, *planned, *leads; /* grid.n; planned: of them those the solution brings */
};

static void presence_init(struct presence *p, const struct checking *c, int site)
{
    const struct grid *grid = &c->problem->demand.grid;
    p->people = g_new0(int, (gsize)grid->n + 1);
    p->planned = g_new0(int, (gsize)grid->n + 1);
    p->leads = g_new0(int, (gsize)grid->n + 1);
    for (int i = 0; i < c->n_shifts; i++) {
        const struct checked_shift *s = &c->shifts[i];
        const struct agent *agent = &c->op->agents[s->shift->agent];
        if (agent->site != site || s->on_call)
            continue;
        for (int32_t iv = MAX(grid_index(grid, s->shift->start_ts), 0);
             iv < grid->n && grid_ts(grid, iv) < s->shift->end_ts; iv++) {
            p->people[iv]++;
            p->planned[iv] += !s->past;
            p->leads[iv] += agent->lead;
        }
    }
}

static void presence_clear(struct presence *p)
{
    g_free(p->people);
    g_free(p->planned);
    g_free(p->leads);
}

/* Without a price the worst interval of the site is reported. */
static void check_seats(struct checking *c, int site, const struct presence *p)
{
    const struct grid *grid = &c->problem->demand.grid;
    const struct site *at = &c->op->sites[site];
    double hours = grid->interval_s / 3600.0;
    int32_t worst = -1;
    int intervals = 0;
    for (int32_t iv = 0; iv < grid->n && at->seats > 0; iv++) {
        if (p->people[iv] <= at->seats)
            continue;
        if (at->seat_price > 0)
            check_hours_add(c, PENALTY_SEATS, (p->people[iv] - at->seats) * hours, at->seat_price, site,
                            grid_ts(grid, iv), "hours of agents on shift above its seats");
        else if (p->planned[iv] > 0) {
            intervals++;
            if (worst < 0 || p->people[iv] > p->people[worst])
                worst = iv;
        }
    }
    if (intervals == 0)
        return;
    int64_t ts = grid_ts(grid, worst);
    g_autofree char *when = time_format(ts, c->site_zones[site]);
    check_add(c, VIOLATION_SEATS, -1, -1, ts, p->people[worst], at->seats,
              "site %s: %d agents on shift at %s, it has %d seats (%d interval(s) like this)", at->id,
              p->people[worst], when, at->seats, intervals);
}

#define ROUNDING 1e-9 /* of a quotient: 12 / 4 leads are 3 */

static void check_leads(struct checking *c, const struct lead_rule *rule, const struct presence *p)
{
    const struct grid *grid = &c->problem->demand.grid;
    for (int32_t iv = 0; iv < grid->n; iv++) {
        double needed = ceil((p->people[iv] - p->leads[iv]) / rule->per_agents - ROUNDING);
        check_hours_add(c, PENALTY_LEADS, fmax(needed - p->leads[iv], 0) * grid->interval_s / 3600.0,
                        rule->price, rule->site, grid_ts(grid, iv), "hours without a team lead");
    }
}

void check_couplings(struct checking *c)
{
    check_headcounts(c);
    for (int site = 0; site < c->op->n_sites; site++) {
        struct presence p;
        presence_init(&p, c, site);
        check_seats(c, site, &p);
        for (int i = 0; i < c->op->n_leads; i++)
            if (c->op->leads[i].site == site)
                check_leads(c, &c->op->leads[i], &p);
        presence_clear(&p);
    }
}
