#include "scheduler/roster/wishes.h"

#include <math.h>

#include "scheduler/roster/kept.h"

#define WEEKEND_DAYS 0x60 /* Saturday and Sunday */

/* ---- fairness ---- */

/* Minutes of [from, to) of the wall clock, counted from some midnight, inside the night window. */
static int night_minutes(const struct contract *contract, int from, int to)
{
    int begin = contract->night_from_min, end = contract->night_to_min, sum = 0;
    end += end <= begin ? DAY_MIN : 0;
    for (int shift = -DAY_MIN; begin + shift < to; shift += DAY_MIN)
        sum += MAX(MIN(to, end + shift) - MAX(from, begin + shift), 0);
    return sum;
}

/* At once where the clock did not change meanwhile, else minute by minute. */
static bool is_night(const struct contract *contract, const struct zone *zone, const struct shift *shift)
{
    int minutes = 0;
    struct local_time start = zone_local(zone, shift->start_ts), end = zone_local(zone, shift->end_ts);
    int64_t elapsed = shift->end_ts - shift->start_ts, from = start.second / 60;
    if ((end.day - start.day) * (int64_t)DAY_S + end.second - start.second == elapsed)
        return night_minutes(contract, (int)from, (int)(from + elapsed / 60)) >=
               contract->night_shift_minutes;
    for (int64_t ts = shift->start_ts; ts < shift->end_ts && ts < shift->start_ts + 3 * DAY_S; ts += 60) {
        int minute = zone_local(zone, ts).second / 60;
        minutes += night_minutes(contract, minute, minute + 1);
    }
    return minutes >= contract->night_shift_minutes;
}

static bool is_weekend(const struct contract *contract, int32_t day)
{
    int days = contract->weekend_days != 0 ? contract->weekend_days : WEEKEND_DAYS;
    return days >> day_weekday(day) & 1;
}

static void count_past(const struct plan_problem *problem, struct zone *const *zones, struct burden *burdens)
{
    const struct operation *operation = problem->operation;
    int32_t first = problem->first_day - 7 * operation->fairness.weeks;
    for (int i = 0; i < problem->n_past; i++) {
        const struct shift *shift = &problem->past[i];
        const struct agent *agent = &operation->agents[shift->agent];
        const struct contract *contract = &operation->contracts[agent->contract];
        int32_t day = zone_local_day(zones[agent->site], shift->start_ts);
        if (day < first)
            continue;
        struct burden *burden = &burdens[shift->agent];
        burden->nights += is_night(contract, zones[agent->site], shift);
        burden->weekend_days += is_weekend(contract, day);
        burden->holidays += site_holiday(operation, agent->site, day);
    }
}

/* What is beyond the mean of the agents of the same site and contract. */
static void take_mean(const struct operation *operation, struct burden *burdens)
{
    size_t cells = (size_t)operation->n_sites * (size_t)operation->n_contracts;
    g_autofree struct burden *mean = g_new0(struct burden, cells + 1);
    g_autofree int *people = g_new0(int, cells + 1);
    for (int a = 0; a < operation->n_agents; a++) {
        int cell = operation->agents[a].site * operation->n_contracts + operation->agents[a].contract;
        people[cell]++;
        mean[cell].nights += burdens[a].nights;
        mean[cell].weekend_days += burdens[a].weekend_days;
        mean[cell].holidays += burdens[a].holidays;
    }
    for (int a = 0; a < operation->n_agents; a++) {
        int cell = operation->agents[a].site * operation->n_contracts + operation->agents[a].contract;
        burdens[a].nights = MAX(burdens[a].nights - mean[cell].nights / people[cell], 0);
        burdens[a].weekend_days = MAX(burdens[a].weekend_days - mean[cell].weekend_days / people[cell], 0);
        burdens[a].holidays = MAX(burdens[a].holidays - mean[cell].holidays / people[cell], 0);
    }
}

struct burden *wishes_burdens(const struct plan_problem *problem, struct zone *const *zones)
{
    const struct operation *operation = problem->operation;
    const struct fairness *fairness = &operation->fairness;
    if (fairness->night_price <= 0 && fairness->weekend_price <= 0 && fairness->holiday_price <= 0)
        return NULL;
    struct burden *burdens = g_new0(struct burden, operation->n_agents + 1);
    for (int a = 0; a < operation->n_agents && problem->burdens != NULL; a++)
        burdens[a] = problem->burdens[a];
    if (problem->burdens != NULL)
        return burdens;
    g_autofree struct zone **own = g_new0(struct zone *, operation->n_sites + 1);
    for (int s = 0; s < operation->n_sites && zones == NULL; s++)
        own[s] = zone_new(operation->sites[s].zone, NULL);
    count_past(problem, zones != NULL ? zones : own, burdens);
    take_mean(operation, burdens);
    for (int s = 0; s < operation->n_sites; s++)
        zone_free(own[s]);
    return burdens;
}

static bool add_fairness(const struct roster_model *model, const struct catalogue *cat, int agent,
                         double *extra)
{
    const struct fairness *fairness = &model->problem->operation->fairness;
    const struct contract *contract = &model->problem->operation->contracts[cat->contract];
    if (model->burdens == NULL)
        return false;
    double night = fairness->night_price * model->burdens[agent].nights;
    double weekend = fairness->weekend_price * model->burdens[agent].weekend_days;
    double holiday = fairness->holiday_price * model->burdens[agent].holidays;
    if (night <= 0 && weekend <= 0 && holiday <= 0)
        return false;
    for (int day = 0; day < cat->n_days; day++) {
        double cost = is_weekend(contract, cat->first_day + day) ? weekend : 0;
        cost += site_holiday(model->problem->operation, cat->site, cat->first_day + day) ? holiday : 0;
        for (int i = cat->day_slot[day]; i < cat->day_slot[day + 1]; i++)
            extra[i] += cost + (cat->slots[i].night ? night : 0);
    }
    return true;
}

/* ---- wishes ---- */

static bool meets(const struct preference *wish, int tmpl, int start_min)
{
    int from = wish->from_min, to = wish->to_min;
    return (wish->tmpl < 0 || wish->tmpl == tmpl) &&
           (to > from ? start_min >= from && start_min < to : start_min >= from || start_min < to);
}

static bool granted_before(const struct roster_model *model, const struct catalogue *cat,
                           const struct preference *wish)
{
    const struct plan_problem *problem = model->problem;
    const struct zone *zone = model->zones[cat->site];
    int lo = 0, hi = problem->n_past;
    while (lo < hi) {
        int mid = (lo + hi) / 2;
        if (problem->past[mid].agent < wish->agent)
            lo = mid + 1;
        else
            hi = mid;
    }
    for (; lo < problem->n_past && problem->past[lo].agent == wish->agent; lo++) {
        const struct shift *shift = &problem->past[lo];
        if (shift->start_ts >= model->start_ts - 2 * DAY_S &&
            zone_local_day(zone, shift->start_ts) == wish->day &&
            meets(wish, shift->tmpl, zone_local(zone, shift->start_ts).second / 60))
            return true;
    }
    return false;
}

static bool add_wish(const struct roster_model *model, const struct catalogue *cat,
                     const struct preference *wish, double *extra, double *off_cost)
{
    const struct plan_problem *problem = model->problem;
    int day = wish->day - cat->first_day;
    bool inside = wish->day >= problem->first_day && wish->day < problem->first_day + 7 * problem->n_weeks;
    if (wish->price <= 0 || day < 0 || day >= cat->n_days ||
        (!wish->off && (!inside || granted_before(model, cat, wish))))
        return false;
    for (int i = cat->day_slot[day]; i < cat->day_slot[day + 1]; i++)
        if (meets(wish, cat->slots[i].tmpl, cat->slots[i].start_min) == wish->off)
            extra[i] += wish->price;
    off_cost[day] += wish->off ? 0 : wish->price;
    return true;
}

static bool add_wishes(const struct roster_model *model, const struct catalogue *cat, int agent,
                       double *extra, double *off_cost)
{
    const struct operation *operation = model->problem->operation;
    int lo = 0, hi = operation->n_preferences;
    bool any = false;
    while (lo < hi) {
        int mid = (lo + hi) / 2;
        if (operation->preferences[mid].agent < agent)
            lo = mid + 1;
        else
            hi = mid;
    }
    for (; lo < operation->n_preferences && operation->preferences[lo].agent == agent; lo++)
        any |= add_wish(model, cat, &operation->preferences[lo], extra, off_cost);
    return any;
}

/* ---- changes of a re-plan ---- */

static void add_change(const struct roster_model *model, const struct catalogue *cat, int day,
                       const struct shift *old, double *extra, double *off_cost)
{
    const struct plan_base *base = model->problem->base;
    off_cost[day] += old != NULL ? base->change_price : 0;
    for (int i = cat->day_slot[day]; i < cat->day_slot[day + 1]; i++) {
        const struct slot *slot = &cat->slots[i];
        bool same = old != NULL && roster_model_ts(model, slot->start_iv) == old->start_ts &&
                    roster_model_ts(model, slot->end_iv) == old->end_ts;
        if (!same)
            extra[i] += base->change_price;
        else if (!kept_is(model, slot, old))
            extra[i] += base->break_price;
    }
}

static bool add_changes(const struct roster_model *model, const struct catalogue *cat, int agent,
                        double *extra, double *off_cost)
{
    const struct plan_base *base = model->problem->base;
    int from, to;
    if (base == NULL || (base->change_price <= 0 && base->break_price <= 0))
        return false;
    kept_range(base, agent, &from, &to);
    for (int day = 0, k = from; day < cat->n_days; day++) {
        const struct shift *old = NULL;
        while (k < to &&
               zone_local_day(model->zones[cat->site], base->shifts[k].start_ts) < cat->first_day + day)
            k++;
        if (k < to &&
            zone_local_day(model->zones[cat->site], base->shifts[k].start_ts) == cat->first_day + day)
            old = &base->shifts[k];
        add_change(model, cat, day, old, extra, off_cost);
    }
    return true;
}

bool wishes_add(const struct roster_model *model, const struct catalogue *cat, int agent, double *extra,
                double *off_cost)
{
    bool any = add_fairness(model, cat, agent, extra);
    any |= add_wishes(model, cat, agent, extra, off_cost);
    any |= add_changes(model, cat, agent, extra, off_cost);
    return any;
}
