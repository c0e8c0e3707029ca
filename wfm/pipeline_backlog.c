/* What the published weeks leave to the weeks behind them, for queues whose work waits. */
#include "wfm/pipeline.h"

#include "core/error.h"
#include "scheduler/staffing/deferred.h"

#define LOOKED_AT 10000 /* rosters, newest first */

/* The published roster whose weeks end where first_day begins; 0: there is none. */
static bool roster_before(struct store *store, int32_t first_day, int64_t *id, GError **error)
{
    struct roster_info *rosters = NULL;
    int n = 0;
    *id = 0;
    if (!store_roster_list(store, &scope_planner, NULL, 0, LOOKED_AT, &rosters, &n, error))
        return false;
    for (int i = 0; i < n; i++) {
        bool before = rosters[i].first_day + WEEK_DAYS * rosters[i].n_weeks == first_day;
        if (before && g_strcmp0(rosters[i].state, "published") == 0 && *id == 0)
            *id = rosters[i].id;
        roster_info_clear(&rosters[i]);
    }
    g_free(rosters);
    return true;
}

static bool take_opening(const struct plan_problem *before, const struct plan_solution *solution,
                         const char *queue, struct load *load, GError **error)
{
    int q = operation_queue(before->operation, queue);
    if (q < 0 || !channel_is_deferred(before->operation->queues[q].channel))
        return true;
    struct load old = load_of_demand(&before->demand, q);
    struct staffing_backlog backlog;
    if (!staffing_backlog(before->operation, q, &old, solution->staffed + DEMAND_CELL(&before->demand, q, 0),
                          &backlog, error))
        return false;
    load->opening_known = true;
    load->opening = g_steal_pointer(&backlog.leaves);
    load->n_opening = backlog.n_leaves;
    staffing_backlog_clear(&backlog);
    return true;
}

bool pipeline_opening(struct store *store, const struct operation *operation, int32_t first_day,
                      struct load *loads, int64_t *from, GError **error)
{
    bool any = false;
    for (int q = 0; q < operation->n_queues; q++)
        any = any || channel_is_deferred(operation->queues[q].channel);
    *from = 0;
    if (!any)
        return true;
    if (!roster_before(store, first_day, from, error))
        return false;
    if (*from == 0)
        return true;
    AUTO(plan_problem) before = NULL;
    AUTO(plan_solution) solution = NULL;
    if (!store_roster_problem(store, *from, &before, error) ||
        !store_roster_load(store, before->operation, *from, &solution, error))
        return false;
    if (before->demand.offered == NULL || solution->staffed == NULL) {
        *from = 0; /* of a time when rosters were kept without their load */
        return true;
    }
    bool ok = true;
    for (int q = 0; ok && q < operation->n_queues; q++)
        if (channel_is_deferred(operation->queues[q].channel))
            ok = take_opening(before, solution, operation->queues[q].id, &loads[q], error);
    return ok;
}
