#include "core/planfile_check.h"

#include <math.h>

#include "core/error.h"

#define CONTACTS_MAX 1e12 /* of a queue, before the plan */

#define SHIFT_MAX_S (2 * DAY_S)
/* Values of neighbouring pieces are quotients; rounding may leave them this much out of order. */
#define VALUE_TOLERANCE 1e-9

int plan_cells(int n_queues, int32_t n, int k)
{
    double product = (double)n_queues * n * k;
    return n_queues >= 0 && n >= 0 && k >= 0 && product <= INT32_MAX ? n_queues * n * k : -1;
}

static bool check_shift(const struct operation *operation, const struct shift *shift, const char *where,
                        GError **error)
{
    if (shift->agent >= operation->n_agents || shift->tmpl >= operation->n_templates)
        return wfm_fail(error, WFM_ERROR_INPUT,
                        "%s: agent %d or template %d does not exist (%d agents, %d templates)", where,
                        shift->agent, shift->tmpl, operation->n_agents, operation->n_templates);
    /* Compared without a subtraction that could overflow. */
    if (shift->end_ts <= shift->start_ts || shift->start_ts < -(INT64_C(1) << 40) ||
        shift->end_ts > INT64_C(1) << 40 || shift->end_ts - shift->start_ts > SHIFT_MAX_S)
        return wfm_fail(error, WFM_ERROR_INPUT, "%s: a shift from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT,
                        where, shift->start_ts, shift->end_ts);
    int64_t free_ts = shift->start_ts;
    for (int i = 0; i < shift->n_activities; i++) {
        const struct activity *activity = &shift->activities[i];
        if (activity->start_ts < free_ts || activity->end_ts <= activity->start_ts ||
            activity->end_ts > shift->end_ts)
            return wfm_fail(error, WFM_ERROR_INPUT,
                            "%s.activities[%d]: outside its shift, empty or out of order", where, i);
        free_ts = activity->end_ts;
    }
    return true;
}

bool plan_check_shifts(const struct operation *operation, const struct shift *shifts, int n, int64_t from_ts,
                       int64_t to_ts, const char *path, GError **error)
{
    for (int i = 0; i < n; i++) {
        g_autofree char *where = g_strdup_printf("%s[%d]", path, i);
        if (!check_shift(operation, &shifts[i], where, error))
            return false;
        if (i > 0 && shift_compare(&shifts[i - 1], &shifts[i]) >= 0)
            return wfm_fail(error, WFM_ERROR_INPUT, "%s: not sorted by agent and start", where);
        if (shifts[i].start_ts < from_ts || shifts[i].start_ts >= to_ts)
            return wfm_fail(error, WFM_ERROR_INPUT, "%s: starts at %" G_GINT64_FORMAT ", not in its span",
                            where, shifts[i].start_ts);
    }
    return true;
}

/* Do value and value + price × gain fall along the pieces of the row's cells? */
static bool check_row(const struct demand *demand, const struct sla_row *row, int number, GError **error)
{
    if (row->queue >= demand->n_queues || row->from_iv >= row->to_iv || row->to_iv > demand->grid.n ||
        row->price <= 0)
        return wfm_fail(
            error, WFM_ERROR_INPUT,
            "problem.demand.rows[%d]: queue %d, intervals %d to %d, price %g: outside the demand, "
            "empty, or a price that is not above 0",
            number, row->queue, row->from_iv, row->to_iv, row->price);
    for (int32_t iv = row->from_iv; iv < row->to_iv; iv++) {
        double before = INFINITY;
        for (int k = 0; k < demand->n_pieces; k++) {
            size_t at = DEMAND_PIECE(demand, row->queue, iv, k);
            double worth = demand->value[at] + row->price * demand->gain[at];
            if (demand->width[at] <= 0)
                continue;
            if (demand->gain[at] < 0 || worth > before + VALUE_TOLERANCE * fabs(before))
                return wfm_fail(
                    error, WFM_ERROR_INPUT,
                    "problem.demand.rows[%d]: interval %d, piece %d: gain %g; gains are 0 or more "
                    "and value + price × gain falls",
                    number, iv, k, demand->gain[at]);
            before = worth;
        }
    }
    return true;
}

static bool check_rows(const struct demand_file *file, int n, GError **error)
{
    const struct demand *demand = &file->demand;
    if (file->n_gain != n && (file->n_gain != 0 || demand->n_rows > 0))
        return wfm_fail(error, WFM_ERROR_INPUT,
                        "problem.demand.gain: %d gains where %d are needed, or none when there are no rows",
                        file->n_gain, n);
    for (int r = 0; r < demand->n_rows; r++) {
        const struct sla_row *row = &demand->rows[r], *before = r > 0 ? row - 1 : NULL;
        if (before != NULL &&
            (before->queue > row->queue || (before->queue == row->queue && before->to_iv > row->from_iv)))
            return wfm_fail(error, WFM_ERROR_INPUT,
                            "problem.demand.rows[%d]: rows are sorted by queue and do not overlap", r);
        if (!check_row(demand, row, r, error))
            return false;
    }
    return true;
}

/* A number of each queue, or none: between 0 and most. */
static bool check_numbers(const struct demand_file *file, const char *name, const double *numbers, int n,
                          double most, GError **error)
{
    if (n != 0 && n != file->demand.n_queues)
        return wfm_fail(error, WFM_ERROR_INPUT, "problem.demand.%s: %d where %d queues are, or none", name, n,
                        file->demand.n_queues);
    for (int q = 0; q < n; q++)
        if (!(numbers[q] >= 0 && numbers[q] <= most))
            return wfm_fail(error, WFM_ERROR_INPUT, "problem.demand.%s[%d]: %g; it must be between 0 and %g",
                            name, q, numbers[q], most);
    return true;
}

/* The load is optional, and simulated. */
static bool check_load(const struct demand_file *file, GError **error)
{
    const struct demand *demand = &file->demand;
    if (file->n_offered != file->n_aht || (file->n_offered != 0 && file->n_offered != file->n_need))
        return wfm_fail(error, WFM_ERROR_INPUT,
                        "problem.demand: %d offered and %d aht_s where %d are needed, or none of either",
                        file->n_offered, file->n_aht, file->n_need);
    for (int i = 0; i < file->n_offered; i++)
        if (demand->offered[i] < 0 || demand->aht_s[i] < 0 ||
            (demand->offered[i] > 0 && demand->aht_s[i] <= 0))
            return wfm_fail(error, WFM_ERROR_INPUT,
                            "problem.demand: offered[%d] is %g and aht_s[%d] %g; neither is negative, and "
                            "contacts take time",
                            i, demand->offered[i], i, demand->aht_s[i]);
    if (!check_numbers(file, "busyness_cv2", demand->busyness_cv2, file->n_busyness, BUSYNESS_CV2_MAX,
                       error) ||
        !check_numbers(file, "day_correlation", demand->day_correlation, file->n_correlation, 1, error) ||
        !check_numbers(file, "opening", demand->opening, file->n_opening, CONTACTS_MAX, error) ||
        !check_numbers(file, "past_counted", demand->past_counted, file->n_past_counted, CONTACTS_MAX,
                       error) ||
        !check_numbers(file, "past_in_time", demand->past_in_time, file->n_past_in_time, CONTACTS_MAX, error))
        return false;
    if (file->n_past_counted != file->n_opening || file->n_past_in_time != file->n_opening)
        return wfm_fail(error, WFM_ERROR_INPUT,
                        "problem.demand: %d opening, %d past_counted and %d past_in_time: give all or none",
                        file->n_opening, file->n_past_counted, file->n_past_in_time);
    return file->n_offset == 0 || file->n_offset == file->n_need ||
           wfm_fail(error, WFM_ERROR_INPUT, "problem.demand.offset: %d where %d are needed, or none",
                    file->n_offset, file->n_need);
}

static bool price_ok(double price)
{
    return price >= 0 && isfinite(price);
}

bool plan_check_headcounts(const struct plan_problem *problem, GError **error)
{
    const struct operation *op = problem->operation;
    for (int i = 0; i < problem->n_headcounts; i++) {
        const struct headcount *h = &problem->headcounts[i], *before = i > 0 ? h - 1 : h;
        if (h->tmpl >= op->n_templates || h->site >= op->n_sites || !price_ok(h->under) || !price_ok(h->over))
            return wfm_fail(
                error, WFM_ERROR_INPUT,
                "problem.headcounts[%d]: template %d or site %d does not exist, or a price (%g, %g) is "
                "negative",
                i, h->tmpl, h->site, h->under, h->over);
        if (before->day > h->day ||
            (before->day == h->day &&
             (before->tmpl > h->tmpl || (before->tmpl == h->tmpl && before->site > h->site))))
            return wfm_fail(error, WFM_ERROR_INPUT,
                            "problem.headcounts[%d]: not sorted by day, template and site", i);
    }
    return true;
}

bool plan_check_base(const struct plan_problem *problem, GError **error)
{
    const struct plan_base *base = problem->base;
    const struct grid *grid = &problem->demand.grid;
    if (base == NULL)
        return true;
    if (!price_ok(base->change_price) || !price_ok(base->break_price))
        return wfm_fail(error, WFM_ERROR_INPUT, "problem.base: change_price %g or break_price %g is negative",
                        base->change_price, base->break_price);
    if (!plan_check_shifts(problem->operation, base->shifts, base->n_shifts, grid->start_ts,
                           grid_end_ts(grid), "problem.base.shifts", error))
        return false;
    for (int i = 0; i < base->n_locks; i++) {
        const struct lock *lock = &base->locks[i], *before = i > 0 ? lock - 1 : NULL;
        if (lock->agent >= problem->operation->n_agents || lock->shift >= base->n_shifts ||
            (lock->shift >= 0 && base->shifts[lock->shift].agent != lock->agent))
            return wfm_fail(
                error, WFM_ERROR_INPUT,
                "problem.base.locks[%d]: agent %d or shift %d does not exist, or the shift is another "
                "agent's",
                i, lock->agent, lock->shift);
        if (before != NULL &&
            (before->agent > lock->agent || (before->agent == lock->agent && before->day >= lock->day)))
            return wfm_fail(error, WFM_ERROR_INPUT,
                            "problem.base.locks[%d]: not sorted by agent and day, or twice", i);
    }
    return true;
}

bool plan_check_demand(const struct plan_problem *problem, const struct demand_file *file, GError **error)
{
    const struct demand *demand = &file->demand;
    struct grid horizon;
    if (!plan_horizon(problem->operation, problem->first_day, problem->n_weeks, &horizon, error))
        return false;
    if (horizon.start_ts != demand->grid.start_ts || horizon.interval_s != demand->grid.interval_s ||
        horizon.n != demand->grid.n)
        return wfm_fail(error, WFM_ERROR_INPUT,
                        "problem.demand.grid: %d intervals of %d s from %" G_GINT64_FORMAT
                        ", but the horizon has %d of %d s from %" G_GINT64_FORMAT,
                        demand->grid.n, demand->grid.interval_s, demand->grid.start_ts, horizon.n,
                        horizon.interval_s, horizon.start_ts);
    int n = plan_cells(demand->n_queues, demand->grid.n, demand->n_pieces);
    if (demand->n_queues != problem->operation->n_queues || n < 0 || file->n_width != n ||
        file->n_value != n || file->n_need != plan_cells(demand->n_queues, demand->grid.n, 1))
        return wfm_fail(error, WFM_ERROR_INPUT,
                        "problem.demand: %d widths, %d values and %d needs do not fit %d queues (of %d) × %d "
                        "intervals × %d "
                        "pieces",
                        file->n_width, file->n_value, file->n_need, demand->n_queues,
                        problem->operation->n_queues, demand->grid.n, demand->n_pieces);
    for (int i = 0; i < n; i++) {
        bool falls = i % demand->n_pieces == 0 || demand->width[i] == 0 ||
                     demand->value[i] <= demand->value[i - 1] + VALUE_TOLERANCE * fabs(demand->value[i - 1]);
        if (demand->width[i] < 0 || demand->value[i] < 0 || !falls)
            return wfm_fail(
                error, WFM_ERROR_INPUT,
                "problem.demand: piece %d has width %g and value %g; both are 0 or more and values fall", i,
                demand->width[i], demand->value[i]);
    }
    for (int i = 0; i < file->n_need; i++)
        if (demand->need[i] < 0)
            return wfm_fail(error, WFM_ERROR_INPUT, "problem.demand.need[%d]: %g is negative", i,
                            demand->need[i]);
    return check_rows(file, n, error) && check_load(file, error);
}
