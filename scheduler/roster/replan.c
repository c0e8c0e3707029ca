#include "scheduler/roster/replan.h"

#include <stdlib.h>

#define PRICE_HOURS 4.0 /* as staffing prices a missing agent hour: so many hours of the dearest rate */
#define BREAK_SHARE 0.25

double replan_change_price(const struct operation *operation)
{
    double dearest = 0;
    for (int a = 0; a < operation->n_agents; a++) {
        const struct contract *contract = &operation->contracts[operation->agents[a].contract];
        double rate = contract->rate * operation_currency_rate(operation, contract->currency);
        dearest = MAX(dearest, rate);
    }
    return PRICE_HOURS * dearest;
}

double replan_break_price(const struct operation *operation)
{
    return BREAK_SHARE * replan_change_price(operation);
}

void replan_base(struct plan_problem *problem, struct shift *shifts, int n, int64_t from_ts,
                 double change_price, double break_price)
{
    struct plan_base *base = g_new0(struct plan_base, 1);
    base->shifts = shifts;
    base->n_shifts = n;
    base->frozen_ts = from_ts;
    base->change_price = change_price;
    base->break_price = break_price;
    problem->base = base;
}

static int lock_compare(const void *a, const void *b)
{
    const struct lock *x = a, *y = b;
    return x->agent != y->agent ? (x->agent > y->agent) - (x->agent < y->agent)
                                : (x->day > y->day) - (x->day < y->day);
}

static bool is_away(const struct operation *operation, const struct shift *shift)
{
    for (int i = 0; i < operation->n_time_off; i++)
        if (operation->time_off[i].agent == shift->agent && operation->time_off[i].start_ts < shift->end_ts &&
            operation->time_off[i].end_ts > shift->start_ts)
            return true;
    return false;
}

int replan_lock(struct plan_problem *problem, const struct shift *shifts, int n)
{
    const struct operation *operation = problem->operation;
    struct plan_base *base = problem->base;
    base->locks = g_renew(struct lock, base->locks, base->n_locks + n + 1);
    for (int i = 0; i < n; i++)
        for (int k = 0; k < base->n_shifts; k++) {
            const struct shift *shift = &base->shifts[k];
            if (shift->agent != shifts[i].agent || shift->start_ts != shifts[i].start_ts ||
                is_away(operation, shift))
                continue;
            AUTO(zone) zone = zone_new(operation->sites[operation->agents[shift->agent].site].zone, NULL);
            base->locks[base->n_locks++] =
                (struct lock){shift->agent, zone_local_day(zone, shift->start_ts), k};
        }
    qsort(base->locks, (size_t)base->n_locks, sizeof *base->locks, lock_compare);
    return base->n_locks;
}

static void add_time_off(struct operation *operation, int agent, int64_t start_ts, int64_t end_ts, int credit)
{
    operation->time_off = g_renew(struct time_off, operation->time_off, operation->n_time_off + 1);
    operation->time_off[operation->n_time_off++] =
        (struct time_off){agent, start_ts, end_ts, credit, g_strdup("absence"), 0};
}

/* The base shift of the agent that starts on the day, or NULL. */
static const struct shift *base_shift(const struct plan_base *base, const struct zone *zone, int agent,
                                      int32_t day)
{
    for (int i = 0; i < base->n_shifts; i++)
        if (base->shifts[i].agent == agent && zone_local_day(zone, base->shifts[i].start_ts) == day)
            return &base->shifts[i];
    return NULL;
}

int replan_absent(struct plan_problem *problem, int agent, int64_t from_ts, int64_t to_ts)
{
    struct operation *operation = problem->operation;
    AUTO(zone) zone = zone_new(operation->sites[operation->agents[agent].site].zone, NULL);
    int32_t first = zone_local_day(zone, from_ts), last = zone_local_day(zone, to_ts - 1);
    int fallen = 0;
    for (int32_t day = first - 1; day <= last;
         day++) { /* a shift of the day before may reach into the span */
        const struct shift *shift = base_shift(problem->base, zone, agent, day);
        int64_t start_ts = zone_day_start(zone, day), end_ts = zone_day_start(zone, day + 1);
        bool worked = shift != NULL && shift->start_ts < to_ts && shift->end_ts > from_ts;
        fallen += worked;
        if (worked)
            add_time_off(operation, agent, start_ts, end_ts, shift_paid_minutes(shift));
        else if (day >= first && MIN(to_ts, end_ts) > MAX(from_ts, start_ts + 60))
            /* not the whole day, so that it counts as no day of leave */
            add_time_off(operation, agent, MAX(from_ts, start_ts + 60), MIN(to_ts, end_ts), 0);
    }
    return fallen;
}
