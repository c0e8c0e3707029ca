#include "wfm/pipeline.h"

#include <math.h>

#include "core/error.h"
#include "wfm/forecast_stored.h"
#include "wfm/forecast_task.h"

void explained_forecasts_free(struct explained_forecast *explained, int n)
{
    for (int i = 0; explained != NULL && i < n; i++) {
        zone_free(explained[i].zone);
        forecast_clear(&explained[i].forecast);
        g_free(explained[i].stored_day);
        g_free(explained[i].hand_day);
    }
    g_free(explained);
}

/* Contacts of each local day of the explained forecast in [from_ts, to_ts). g_free. */
static double *by_local_day(const struct explained_forecast *explained, const struct stored_forecast *stored,
                            int64_t from_ts, int64_t to_ts)
{
    double *days = g_new0(double, (gsize)explained->forecast.n_days + 1);
    for (int32_t iv = 0; iv < stored->grid.n; iv++) {
        int64_t ts = grid_ts(&stored->grid, iv);
        int day = zone_local_day(explained->zone, ts) - explained->forecast.first_day;
        if (ts >= from_ts && ts < to_ts && day >= 0 && day < explained->forecast.n_days &&
            !isnan(stored->offered[iv]))
            days[day] += stored->offered[iv];
    }
    return days;
}

static bool add_stored(const struct forecast_task *task, struct explained_forecast *out, GError **error)
{
    const struct planning *planning = task->planning;
    const struct queue *queue = &planning->operation->queues[task->queue];
    int64_t from_ts = planning->grid.start_ts, to_ts = grid_end_ts(&planning->grid);
    struct stored_forecast stored;
    g_autoptr(GError) cause = NULL;
    if (!pipeline_stored(planning, queue->id, &stored, &cause)) {
        if (g_error_matches(cause, WFM_ERROR, WFM_ERROR_NOT_FOUND))
            return true;
        g_propagate_error(error, g_steal_pointer(&cause));
        return false;
    }
    out->stored_id = stored.id;
    out->stored_ts = stored.created_ts;
    out->same_inputs = forecast_same_inputs(&stored, task->own_hash, &out->totals);
    out->stored_day = by_local_day(out, &stored, from_ts, to_ts);
    bool ok = hand_apply(task->hand, queue, &stored, error);
    if (ok)
        out->hand_day = by_local_day(out, &stored, from_ts, to_ts);
    stored_forecast_clear(&stored);
    return ok;
}

static bool to_explained(struct forecast_task *task, struct explained_forecast *out, GError **error)
{
    *out = (struct explained_forecast){.queue = task->queue, .by_day = task->by_day.grid.n > 0};
    out->zone = zone_new(zone_name(task->zone), error);
    if (out->zone == NULL)
        return false;
    out->forecast = task->forecast;
    task->forecast = (struct forecast){0};
    return add_stored(task, out, error);
}

bool pipeline_explain(struct planning *planning, const struct forecast_ask *ask, struct progress *progress,
                      struct explained_forecast **explained, int *n, GError **error)
{
    int n_tasks = 0, n_queues = planning->operation->n_queues;
    g_autofree struct forecast_task *tasks = g_new0(struct forecast_task, (gsize)(n_queues));
    struct explained_forecast *made = g_new0(struct explained_forecast, (gsize)(n_queues));
    struct hand hand = {0};
    /* Without the totals: what they moved is read from what is stored. */
    struct forecast_ask alone = *ask;
    alone.explain = alone.no_reconcile = true;
    bool ok = hand_load(&hand, planning->store, planning->grid.start_ts, grid_end_ts(&planning->grid),
                        &ask->hand, error) &&
              forecast_tasks_run(planning, &alone, &hand, progress, tasks, &n_tasks, error);
    for (int i = 0; ok && i < n_tasks; i++)
        ok = to_explained(&tasks[i], &made[i], error);
    for (int i = 0; i < n_tasks; i++)
        forecast_task_clear(&tasks[i]);
    hand_clear(&hand);
    if (!ok) {
        explained_forecasts_free(made, n_tasks);
        return false;
    }
    *explained = made;
    *n = n_tasks;
    return true;
}
