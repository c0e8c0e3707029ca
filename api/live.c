#include "api/live.h"

#include "core/error.h"

static bool changed(struct api_call *call, int64_t roster, int64_t from_ts, int64_t to_ts, int64_t **ids,
                    int *n, GError **error)
{
    *ids = NULL;
    return store_rosters_changed(call->store, roster, from_ts, to_ts, ids, n, error);
}

/* Of a roster that has changed, by the look of it. */
static bool view_now(struct api_call *call, struct roster_view *view, struct roster_view **out,
                     GError **error)
{
    const struct grid *grid = &view->problem->demand.grid;
    g_autofree struct shift *shifts = NULL;
    int n = 0;
    *out = NULL;
    if (!store_past_shifts(call->store, view->problem->operation, grid->start_ts, grid_end_ts(grid), &shifts,
                           &n, error))
        return false;
    if (edited_same(shifts, n, view->now->shifts, view->now->n_shifts))
        return true;
    *out = roster_view_live(view, shifts, n, error);
    return *out != NULL;
}

bool live_view(struct api_call *call, struct roster_view *view, struct roster_view **out, GError **error)
{
    g_autofree int64_t *ids = NULL;
    int n = 0;
    *out = NULL;
    return changed(call, view->id, INT64_MIN, INT64_MAX, &ids, &n, error) &&
           (n == 0 || view_now(call, view, out, error));
}

/* --- a queue
 * ------------------------------------------------------------------------------------------------------- */

static void lay_over(const struct roster_view *view, int queue, struct coverage_view *out)
{
    const struct demand *demand = &view->problem->demand;
    for (int32_t iv = 0; iv < demand->grid.n; iv++) {
        size_t cell = DEMAND_CELL(demand, queue, iv);
        int32_t at = grid_index(&out->grid, grid_ts(&demand->grid, iv));
        if (at < 0 || at >= out->grid.n)
            continue;
        out->staffed[at] = view->now->staffed[cell];
        out->in_time[at] = view->expected.in_time[cell];
        out->counted[at] = view->expected.counted[cell];
    }
}

static double *copy_of(const double *values, int32_t n)
{
    return g_memdup2(values, (gsize)n * sizeof *values);
}

static void copy_coverage(const struct coverage_view *from, struct coverage_view *to)
{
    int32_t n = from->grid.n;
    *to = (struct coverage_view){.grid = from->grid,
                                 .required = copy_of(from->required, n),
                                 .staffed = copy_of(from->staffed, n),
                                 .offered = copy_of(from->offered, n),
                                 .in_time = copy_of(from->in_time, n),
                                 .counted = copy_of(from->counted, n)};
}

bool live_coverage(struct api_call *call, int64_t roster, const char *queue,
                   const struct coverage_view *planned, struct coverage_view *out, GError **error)
{
    g_autofree int64_t *ids = NULL;
    int n = 0;
    copy_coverage(planned, out);
    bool ok = planned->grid.n == 0 ||
              changed(call, roster, planned->grid.start_ts, grid_end_ts(&planned->grid), &ids, &n, error);
    for (int k = 0; ok && k < n; k++) {
        AUTO(roster_view) view = roster_cache_get(call->rosters, call->store, ids[k], error);
        AUTO(roster_view) now = NULL;
        ok = view != NULL && view_now(call, view, &now, error);
        int index = ok && now != NULL ? operation_queue(view->problem->operation, queue) : -1;
        if (index >= 0)
            lay_over(now, index, out);
    }
    if (!ok)
        coverage_view_clear(out);
    return ok;
}
