#include "scheduler/staffing/period.h"

#include "scheduler/staffing/level_fit.h"

#include <math.h>

#define FLOOR_SHARE 0.7  /* of the target: nobody is to meet a desert because others are served well */
#define FLOOR_LEAST 0.55 /* the service level is concave in agents above it */
#define TOP_MISSES 0.125 /* of the misses the target allows, left where the steps end */
#define GOOD_FIT 1e-7    /* of levels: beyond it the models are asked */
#define BENDS 3          /* times the floor is moved */
#define DAY_PART_S 21600 /* shorter pieces of a day join their neighbour */
#define MONTH_PART_S 86400

bool period_counts(const struct queue *queue)
{
    return queue->sla.period != SLA_INTERVAL && !channel_is_deferred(queue->channel);
}

/* Least agents for a service level and all other targets of the SLA. */
static double least_for(const struct model *model, double service_level, const struct model *near,
                        double answer)
{
    struct model asked = *model;
    asked.targets.service_level = service_level;
    return model_required(&asked, near != NULL ? model_guess(model, near, answer) : 0);
}

/* The least concave staircase above: neighbours that rise are levelled. */
static void level_out(double *slope)
{
    double sum[PERIOD_STEPS];
    int count[PERIOD_STEPS], n = 0;
    for (int k = 0; k < PERIOD_STEPS; k++) {
        sum[n] = slope[k];
        count[n++] = 1;
        for (; n > 1 && sum[n - 1] * count[n - 2] > sum[n - 2] * count[n - 1]; n--) {
            sum[n - 2] += sum[n - 1];
            count[n - 2] += count[n - 1];
        }
    }
    for (int i = 0, k = 0; i < n; i++)
        for (int j = 0; j < count[i]; j++)
            slope[k++] = fmax(sum[i] / count[i], 0);
}

static bool fits(const struct level_fit *fit, double agents, double sl, double counted)
{
    double like, share;
    level_fit_at(fit, agents, &like, &share);
    return fabs(like - sl) < GOOD_FIT && fabs(share - counted) < GOOD_FIT;
}

/* Steps from the floor to `high`; returns the steepest. f: contacts in time beyond the target's share. fit:
 * NULL where there is none. */
static int take_steps(struct period_curve *curve, const struct model *model, const struct level_fit *fit,
                      double high)
{
    int steepest = 0;
    double sl[PERIOD_STEPS + 1], counted[PERIOD_STEPS + 1];
    curve->step = (high - curve->floor) / PERIOD_STEPS;
    /* the sum at the floors is what the contract's row asks for: no fit there, but a look at how good it is
     */
    model_levels(model, curve->floor, curve->step, 1, sl, counted);
    if (fit == NULL || !fits(fit, curve->floor, sl[0], counted[0]))
        model_levels(model, curve->floor + curve->step, curve->step, PERIOD_STEPS, sl + 1, counted + 1);
    else
        for (int k = 1; k <= PERIOD_STEPS; k++)
            level_fit_at(fit, curve->floor + k * curve->step, &sl[k], &counted[k]);
    for (int k = 0; k <= PERIOD_STEPS; k++) {
        double f = model->offered * counted[k] * (sl[k] - model->targets.service_level);
        if (k == 0)
            curve->f_floor = f;
        else
            curve->slope[k - 1] = f;
    }
    double before = curve->f_floor;
    for (int k = 0; k < PERIOD_STEPS; k++) {
        double f = curve->slope[k];
        curve->slope[k] = (f - before) / curve->step;
        before = f;
        if (curve->slope[k] > curve->slope[steepest])
            steepest = k;
    }
    return steepest;
}

/* Agents at a level: as far from the requirement as in the interval before, in square roots of the load. */
static double aside(const struct model *model, double answer, const struct period_near *near, double agents)
{
    if (!(answer > 0) || !(near->answer > 0))
        return model_guess(model, near->model, agents);
    return answer +
           (agents - near->answer) * sqrt(model->system.rate_per_s * model->system.aht_s /
                                          (near->model->system.rate_per_s * near->model->system.aht_s));
}

/* Finds the ends of the steps by a fit. The interval before says where to look; where it misleads, what was
 * seen there does. */
static bool find_ends(struct level_fit *fit, const struct model *model, double answer,
                      const struct period_near *near, const double *level, double *low, double *high)
{
    const struct erlang_targets *targets = &model->targets;
    if (targets->asa_max_s > 0 || targets->abandon_max < 1 || targets->occupancy_max < 1 || !(near->low > 0))
        return false;
    if (!level_fit_init(fit, model, aside(model, answer, near, near->low),
                        aside(model, answer, near, near->high), answer))
        return false;
    *low = level_fit_agents(fit, level[0]);
    *high = level_fit_agents(fit, level[1]);
    return !isnan(*low) && !isnan(*high);
}

void period_curve_init(struct period_curve *curve, const struct queue *queue, const struct model *model,
                       double answer, struct period_near *near)
{
    double present = 1 - queue->shrinkage, target = queue->sla.target;
    *curve = (struct period_curve){.floor = fmax(queue->min_staff, 0) * present};
    if (!(model->offered > 0))
        return;
    const double level[2] = {fmin(fmax(FLOOR_SHARE * target, FLOOR_LEAST), target),
                             1 - TOP_MISSES * (1 - target)};
    double low, high;
    struct level_fit made, *fit = &made;
    if (!find_ends(fit, model, answer, near, level, &low, &high)) {
        fit = NULL;
        low = least_for(model, level[0], near->model, near->low);
        high = least_for(model, level[1], near->model, near->high);
    }
    *near = (struct period_near){model, low, high, answer};
    curve->floor = fmax(curve->floor, low);
    if (!(high > curve->floor) || isinf(high)) {
        struct service service;
        model_service(model, curve->floor, &service);
        curve->f_floor = service.in_time - target * service.counted;
        return;
    }
    /* where abandons are left out the level may still bend the other way here: the floor moves to the bend */
    int steepest = take_steps(curve, model, fit, high);
    for (int left = BENDS; left > 0 && steepest > 0; left--) {
        curve->floor += steepest * curve->step;
        steepest = take_steps(curve, model, fit, high);
    }
    level_out(curve->slope);
}

bool staffing_period(const struct operation *operation, int queue_index, const struct grid *grid,
                     int64_t *start_ts, int64_t *end_ts, GError **error)
{
    const struct queue *queue = &operation->queues[queue_index];
    *start_ts = *end_ts = grid->start_ts;
    if (!period_counts(queue) || queue->sla.period == SLA_WEEK)
        return true;
    AUTO(zone) zone = zone_new(queue->zone, error);
    if (zone == NULL)
        return false;
    int32_t first = zone_local_day(zone, grid->start_ts), next = first + 1;
    if (queue->sla.period == SLA_MONTH) {
        struct civil civil = day_civil(first);
        first = day_from_civil(civil.year, civil.month, 1);
        next = civil.month == 12 ? day_from_civil(civil.year + 1, 1, 1)
                                 : day_from_civil(civil.year, civil.month + 1, 1);
    }
    *start_ts = zone_day_start(zone, first);
    *end_ts = zone_day_start(zone, next);
    return true;
}

/* What is equal in all intervals of one period. */
static int32_t period_key(enum sla_period period, const struct zone *queue_zone, const struct zone *planning,
                          int64_t ts)
{
    if (period == SLA_WEEK)
        return day_week_start(zone_local_day(planning, ts));
    int32_t day = zone_local_day(queue_zone, ts);
    struct civil civil = day_civil(day);
    return period == SLA_MONTH ? civil.year * 12 + civil.month : day;
}

int period_parts(const struct operation *operation, const struct queue *queue, const struct grid *grid,
                 int32_t *first, GError **error)
{
    AUTO(zone) planning = zone_new(operation->zone, error);
    AUTO(zone) own = planning != NULL ? zone_new(queue->zone, error) : NULL;
    if (own == NULL)
        return -1;
    enum sla_period period = queue->sla.period;
    int64_t least_s = period == SLA_DAY ? DAY_PART_S : period == SLA_MONTH ? MONTH_PART_S : 0;
    int n = 0;
    for (int32_t iv = 0; iv < grid->n; iv++) {
        int32_t key = period_key(period, own, planning, grid_ts(grid, iv));
        if (n > 0 && key == period_key(period, own, planning, grid_ts(grid, first[n - 1])))
            continue;
        /* a short piece at the start joins: the first period is then known by its next day or month */
        if (n == 1 && (int64_t)iv * grid->interval_s < least_s)
            n = 0;
        first[n++] = iv;
    }
    if (n > 1 && (int64_t)(grid->n - first[n - 1]) * grid->interval_s < least_s)
        n--;
    first[0] = 0;
    first[n] = grid->n;
    return n;
}

int staffing_periods(const struct operation *operation, int queue, const struct grid *grid, int32_t *first,
                     GError **error)
{
    const struct queue *q = &operation->queues[queue];
    return q->sla.period == SLA_INTERVAL ? 0 : period_parts(operation, q, grid, first, error);
}
