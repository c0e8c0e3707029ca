#include "scheduler/roster/week_problem.h"

#include <string.h>

#include "core/error.h"

/* The rows that lie in the intervals; false when one lies across their ends. */
static bool take_rows(struct demand *to, const struct demand *from, int first, int last)
{
    for (int r = 0; r < from->n_rows; r++) {
        struct sla_row row = from->rows[r];
        if (row.to_iv <= first || row.from_iv >= last)
            continue;
        if (row.from_iv < first || row.to_iv > last)
            return false;
        row.from_iv -= first;
        row.to_iv -= first;
        demand_add_row(to, &row);
    }
    return true;
}

static void take_cells(struct demand *to, const struct demand *from, int first)
{
    size_t cells = (size_t)to->grid.n, pieces = cells * (size_t)from->n_pieces;
    for (int q = 0; q < from->n_queues; q++) {
        size_t at = DEMAND_CELL(from, q, first), piece = DEMAND_PIECE(from, q, first, 0);
        memcpy(to->need + (size_t)q * cells, from->need + at, cells * sizeof *to->need);
        memcpy(to->width + (size_t)q * pieces, from->width + piece, pieces * sizeof *to->width);
        memcpy(to->value + (size_t)q * pieces, from->value + piece, pieces * sizeof *to->value);
        if (from->gain != NULL)
            memcpy(to->gain + (size_t)q * pieces, from->gain + piece, pieces * sizeof *to->gain);
    }
}

struct plan_problem *week_problem_new(const struct plan_problem *problem, int week, int *first_iv)
{
    const struct demand *demand = &problem->demand;
    struct plan_problem *part = plan_problem_new();
    struct grid grid;
    operation_free(part->operation);
    part->operation = problem->operation;
    part->first_day = problem->first_day + WEEK_DAYS * week;
    part->n_weeks = 1;
    part->seed = problem->seed;
    bool ok = plan_horizon(problem->operation, part->first_day, 1, &grid, NULL);
    int64_t ahead_s = ok ? grid.start_ts - demand->grid.start_ts : 0;
    *first_iv = ok ? (int)(ahead_s / grid.interval_s) : 0;
    ok = ok && ahead_s % grid.interval_s == 0 && *first_iv + grid.n <= demand->grid.n;
    if (ok) {
        demand_init(&part->demand, &grid, demand->n_queues, demand->n_pieces);
        if (demand->gain != NULL)
            demand_add_gains(&part->demand);
        take_cells(&part->demand, demand, *first_iv);
        ok = take_rows(&part->demand, demand, *first_iv, *first_iv + grid.n);
    }
    if (ok && week == 0) {
        part->past = g_memdup2(problem->past, (gsize)problem->n_past * sizeof *part->past);
        part->n_past = problem->n_past;
    }
    if (ok)
        return part;
    week_problem_free(part);
    return NULL;
}

void week_problem_free(struct plan_problem *part)
{
    part->operation = NULL; /* the problem's */
    plan_problem_free(part);
}
