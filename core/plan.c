#include "core/plan.h"

#include <string.h>

#include "core/error.h"

int shift_paid_minutes(const struct shift *shift)
{
    int64_t paid_s = shift->end_ts - shift->start_ts;
    for (int i = 0; i < shift->n_activities; i++)
        if (!shift->activities[i].paid)
            paid_s -= shift->activities[i].end_ts - shift->activities[i].start_ts;
    return (int)(paid_s / 60);
}

double shifts_paid_hours(const struct shift *shifts, int n, int agent)
{
    int64_t minutes = 0;
    for (int i = 0; i < n; i++)
        minutes += agent < 0 || shifts[i].agent == agent ? shift_paid_minutes(&shifts[i]) : 0;
    return (double)minutes / 60;
}

int shift_compare(const void *a, const void *b)
{
    const struct shift *x = a, *y = b;
    if (x->agent != y->agent)
        return x->agent < y->agent ? -1 : 1;
    return (x->start_ts > y->start_ts) - (x->start_ts < y->start_ts);
}

double plan_paid_hours(const struct plan_solution *solution)
{
    return shifts_paid_hours(solution->shifts, solution->n_shifts, -1);
}

double plan_gap(const struct plan_solution *solution)
{
    if (solution->objective == 0.0)
        return 0.0;
    return (solution->objective - solution->bound) / solution->objective;
}

struct plan_problem *plan_problem_new(void)
{
    return g_new0(struct plan_problem, 1);
}

void plan_problem_free(struct plan_problem *problem)
{
    if (problem == NULL)
        return;
    operation_free(problem->operation);
    demand_clear(&problem->demand);
    g_free(problem->past);
    g_free(problem->after);
    g_free(problem->headcounts);
    g_free(problem->burdens);
    if (problem->base != NULL) {
        g_free(problem->base->shifts);
        g_free(problem->base->locks);
        g_free(problem->base);
    }
    g_free(problem);
}

struct plan_solution *plan_solution_new(void)
{
    return g_new0(struct plan_solution, 1);
}

void plan_solution_free(struct plan_solution *solution)
{
    if (solution == NULL)
        return;
    g_free(solution->shifts);
    g_free(solution->staffed);
    g_free(solution->unit_rounds);
    g_free(solution->stopped);
    g_free(solution);
}

bool plan_horizon(const struct operation *operation, int32_t first_day, int n_weeks, struct grid *grid,
                  GError **error)
{
    if (day_weekday(first_day) != 0 || n_weeks < 1 || n_weeks > 53) {
        g_autofree char *text = day_format(first_day);
        return wfm_fail(error, WFM_ERROR_INPUT,
                        "a horizon of %d weeks from %s: it must start on a Monday and have 1 to 53 weeks",
                        n_weeks, text);
    }
    if (!grid_interval_ok(operation->interval_min))
        return wfm_fail(error, WFM_ERROR_INPUT, "planning interval of %d minutes: use 5, 10, 15, 30 or 60",
                        operation->interval_min);
    AUTO(zone) zone = zone_new(operation->zone, error);
    if (zone == NULL)
        return false;
    int32_t interval_s = operation->interval_min * 60;
    int64_t start = zone_day_start(zone, first_day);
    int64_t length_s = zone_day_start(zone, first_day + WEEK_DAYS * n_weeks) - start;
    if (length_s % interval_s != 0)
        return wfm_fail(
            error, WFM_ERROR_INPUT,
            "the clock change in %s makes a week that is no whole number of %d-minute intervals; plan "
            "in shorter ones",
            operation->zone, operation->interval_min);
    *grid = (struct grid){.start_ts = start, .interval_s = interval_s, .n = (int32_t)(length_s / interval_s)};
    return true;
}

void demand_init(struct demand *demand, const struct grid *grid, int n_queues, int n_pieces)
{
    size_t cells = (size_t)n_queues * (size_t)grid->n;
    *demand = (struct demand){
        .grid = *grid,
        .n_queues = n_queues,
        .n_pieces = n_pieces,
        .width = g_new0(double, cells *(size_t)n_pieces),
        .value = g_new0(double, cells *(size_t)n_pieces),
        .need = g_new0(double, cells),
    };
}

void demand_add_gains(struct demand *demand)
{
    size_t cells = (size_t)demand->n_queues * (size_t)demand->grid.n;
    g_free(demand->gain);
    demand->gain = g_new0(double, cells *(size_t)demand->n_pieces + 1);
}

void demand_add_load(struct demand *demand)
{
    size_t cells = (size_t)demand->n_queues * (size_t)demand->grid.n;
    g_free(demand->offered);
    g_free(demand->aht_s);
    demand->offered = g_new0(double, cells + 1);
    demand->aht_s = g_new0(double, cells + 1);
}

void demand_add_busyness(struct demand *demand)
{
    g_free(demand->busyness_cv2);
    demand->busyness_cv2 = g_new0(double, (gsize)demand->n_queues + 1);
}

void demand_add_offset(struct demand *demand)
{
    size_t cells = (size_t)demand->n_queues * (size_t)demand->grid.n;
    g_free(demand->offset);
    demand->offset = g_new0(double, cells + 1);
}

void demand_add_correlation(struct demand *demand)
{
    g_free(demand->day_correlation);
    demand->day_correlation = g_new0(double, (gsize)demand->n_queues + 1);
}

void demand_add_before(struct demand *demand)
{
    demand_clear_before(demand);
    demand->opening = g_new0(double, (gsize)demand->n_queues + 1);
    demand->past_counted = g_new0(double, (gsize)demand->n_queues + 1);
    demand->past_in_time = g_new0(double, (gsize)demand->n_queues + 1);
}

void demand_clear_before(struct demand *demand)
{
    g_clear_pointer(&demand->opening, g_free);
    g_clear_pointer(&demand->past_counted, g_free);
    g_clear_pointer(&demand->past_in_time, g_free);
}

void demand_add_row(struct demand *demand, const struct sla_row *row)
{
    demand->rows = g_renew(struct sla_row, demand->rows, demand->n_rows + 1);
    demand->rows[demand->n_rows++] = *row;
}

void demand_clear(struct demand *demand)
{
    g_free(demand->offered);
    g_free(demand->aht_s);
    g_free(demand->busyness_cv2);
    g_free(demand->day_correlation);
    demand_clear_before(demand);
    g_free(demand->offset);
    g_free(demand->gain);
    g_free(demand->rows);
    g_free(demand->width);
    g_free(demand->value);
    g_free(demand->need);
    *demand = (struct demand){0};
}
