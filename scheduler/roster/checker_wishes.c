/* Wishes, and fairness over the published past. */
#include "scheduler/roster/checker_internal.h"

static bool meets(const struct preference *wish, const struct checked_shift *s)
{
    if (s->day != wish->day || (wish->tmpl >= 0 && s->shift->tmpl != wish->tmpl))
        return false;
    if (wish->to_min > wish->from_min)
        return s->start_min >= wish->from_min && s->start_min < wish->to_min;
    return s->start_min >= wish->from_min || s->start_min < wish->to_min;
}

static void check_wish(struct checking *c, const struct preference *wish)
{
    int planned = 0, published = 0;
    for (int i = c->agent_from[wish->agent]; i < c->agent_from[wish->agent + 1]; i++) {
        planned += meets(wish, &c->shifts[i]) && !c->shifts[i].past;
        published += meets(wish, &c->shifts[i]) && c->shifts[i].past;
    }
    bool asked = wish->day >= check_first_day(c) && wish->day <= check_last_day(c);
    int units = wish->off ? planned : asked && planned + published == 0;
    if (units == 0)
        return;
    g_autofree char *day = day_format(wish->day);
    const struct zone *zone = check_zone(c, wish->agent);
    check_penalty_add(c, PENALTY_WISHES, units, wish->price, wish->agent, c->op->agents[wish->agent].site,
                      zone != NULL ? zone_day_start(zone, wish->day) : INT64_MIN,
                      wish->off ? "the wish not to work %s%s on %s is not granted"
                                : "the wish to work %s%s on %s is not granted",
                      wish->tmpl >= 0 ? "template " : "",
                      wish->tmpl >= 0 ? c->op->templates[wish->tmpl].id : "at all", day);
}

/* What a shift is of that should be shared fairly. */
struct share {
    double nights, weekend_days, holidays;
};

static struct share share_of(const struct checking *c, const struct checked_shift *s)
{
    const struct agent *agent = &c->op->agents[s->shift->agent];
    return (struct share){s->night, check_is_weekend(check_contract(c, s->shift->agent), s->day),
                          check_is_holiday(c->op, agent->site, s->day)};
}

static struct share worked_before(const struct checking *c, int agent)
{
    struct share sum = {0, 0, 0};
    int32_t from = check_first_day(c) - WEEK_DAYS * c->op->fairness.weeks;
    for (int i = c->agent_from[agent]; i < c->agent_from[agent + 1]; i++) {
        if (!c->shifts[i].past || c->shifts[i].day < from)
            continue;
        struct share one = share_of(c, &c->shifts[i]);
        sum.nights += one.nights;
        sum.weekend_days += one.weekend_days;
        sum.holidays += one.holidays;
    }
    return sum;
}

/* What the agent has worked beyond the mean of the agents of its site and contract. */
static struct share beyond_mean(const struct checking *c, const struct share *before, int agent)
{
    const struct agent *who = &c->op->agents[agent];
    struct share own = before[agent], sum = {0, 0, 0};
    if (c->problem->burdens != NULL) {
        const struct burden *given = &c->problem->burdens[agent];
        return (struct share){given->nights, given->weekend_days, given->holidays};
    }
    int people = 0;
    for (int other = 0; other < c->op->n_agents; other++) {
        if (c->op->agents[other].site != who->site || c->op->agents[other].contract != who->contract)
            continue;
        sum.nights += before[other].nights;
        sum.weekend_days += before[other].weekend_days;
        sum.holidays += before[other].holidays;
        people++;
    }
    return (struct share){MAX(own.nights - sum.nights / people, 0),
                          MAX(own.weekend_days - sum.weekend_days / people, 0),
                          MAX(own.holidays - sum.holidays / people, 0)};
}

static void fairness_add(struct checking *c, const struct checked_shift *s, double units, double price,
                         const char *what)
{
    g_autofree char *day = day_format(s->day);
    check_penalty_add(c, PENALTY_FAIRNESS, units, price, s->shift->agent, c->op->agents[s->shift->agent].site,
                      s->shift->start_ts, "%s is worked on %s by who has worked more of them than others",
                      what, day);
}

/* before: of every agent what it has worked in the last weeks. */
static void check_fairness(struct checking *c, const struct share *before, int agent)
{
    const struct fairness *f = &c->op->fairness;
    bool worked_now = false;
    for (int i = c->agent_from[agent]; i < c->agent_from[agent + 1]; i++)
        worked_now = worked_now || !c->shifts[i].past;
    if (!worked_now)
        return;
    struct share beyond = beyond_mean(c, before, agent);
    for (int i = c->agent_from[agent]; i < c->agent_from[agent + 1]; i++) {
        if (c->shifts[i].past)
            continue;
        struct share one = share_of(c, &c->shifts[i]);
        fairness_add(c, &c->shifts[i], one.nights * beyond.nights, f->night_price, "a night");
        fairness_add(c, &c->shifts[i], one.weekend_days * beyond.weekend_days, f->weekend_price,
                     "a weekend day");
        fairness_add(c, &c->shifts[i], one.holidays * beyond.holidays, f->holiday_price, "a holiday");
    }
}

void check_wishes(struct checking *c)
{
    for (int i = 0; i < c->op->n_preferences; i++)
        check_wish(c, &c->op->preferences[i]);
    const struct fairness *f = &c->op->fairness;
    if (f->night_price <= 0 && f->weekend_price <= 0 && f->holiday_price <= 0)
        return;
    g_autofree struct share *before = g_new0(struct share, (gsize)c->op->n_agents + 1);
    for (int agent = 0; agent < c->op->n_agents; agent++)
        before[agent] = worked_before(c, agent);
    for (int agent = 0; agent < c->op->n_agents; agent++)
        check_fairness(c, before, agent);
}
