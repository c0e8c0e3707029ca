#include "wfm/pipeline.h"

#include <math.h>

#include "core/error.h"
#include "wfm/forecast_stored.h"
#include "wfm/forecast_task.h"
#include "wfm/settings.h"
#include "wfm/totals.h"

/* A patience set in the operation is doubted when the history's is so many standard errors, and this part of
   it, away. */
#define PATIENCE_ERRORS 3
#define PATIENCE_OFF 0.2

/* Makes the queues that are forecast by interval agree with their totals. */
static void reconcile(const struct planning *planning, const struct forecast_ask *ask,
                      struct forecast_task *tasks, int n)
{
    g_autofree struct totals_queue *queues = g_new0(struct totals_queue, (gsize)n + 1);
    int n_queues = 0;
    for (int i = 0; i < n; i++) {
        tasks[i].before = forecast_task_contacts(&tasks[i]);
        if (tasks[i].by_day.grid.n == 0)
            queues[n_queues++] = (struct totals_queue){tasks[i].queue, &tasks[i].input, &tasks[i].forecast};
    }
    int heard = ask->no_reconcile
                    ? 0
                    : totals_reconcile(planning->operation, planning->zone, queues, n_queues, ask->jobs);
    for (int i = 0; i < n; i++)
        tasks[i].totals = tasks[i].by_day.grid.n == 0 ? heard : 0;
}

/* What the forecast before said of these weeks, and what the planner's hand makes of this one. */
static bool compare(struct forecast_task *task, const struct stored_forecast *made, GString *cuts,
                    GError **error)
{
    const struct planning *planning = task->planning;
    const struct queue *queue = &planning->operation->queues[task->queue];
    int64_t from_ts = made->grid.start_ts, to_ts = grid_end_ts(&made->grid);
    struct stored_forecast copy = *made;
    g_autoptr(GError) cause = NULL;
    copy.offered = g_memdup2(made->offered, (gsize)made->grid.n * sizeof(double));
    copy.aht_s = g_memdup2(made->aht_s, (gsize)made->grid.n * sizeof(double));
    copy.n_levels = 0;
    bool ok = hand_apply_told(task->hand, queue, &copy, cuts, error);
    task->with_hand = forecast_contacts(&copy, from_ts, to_ts);
    g_free(copy.offered);
    g_free(copy.aht_s);
    if (!ok || !pipeline_stored(planning, queue->id, &copy, &cause)) {
        if (!ok || g_error_matches(cause, WFM_ERROR, WFM_ERROR_NOT_FOUND))
            return ok;
        g_propagate_error(error, g_steal_pointer(&cause));
        return false;
    }
    task->last = forecast_contacts(&copy, from_ts, to_ts);
    stored_forecast_clear(&copy);
    return true;
}

static void to_line(const struct forecast_task *task, int64_t id, struct forecast_line *out)
{
    const struct forecast *forecast = &task->forecast;
    const struct grid *history = &task->history.grid;
    double work = 0;
    *out = (struct forecast_line){.queue = task->queue,
                                  .id = id,
                                  .weeks =
                                      (double)history->n * history->interval_s / (WEEK_DAYS * (double)DAY_S),
                                  .origins = forecast->backtest.origins,
                                  .wape = forecast->backtest.wape,
                                  .naive_wape = forecast->backtest.naive_wape,
                                  .bias = forecast->backtest.bias,
                                  .cov80 = forecast->backtest.cov80,
                                  .before = round(10 * task->before) / 10,
                                  .with_hand = round(10 * task->with_hand) / 10,
                                  .last = round(10 * task->last) / 10,
                                  .patience_s = forecast->patience.mean_s,
                                  .patience_error_s = forecast->patience.error_s};
    for (int32_t iv = 0; iv < forecast->grid.n; iv++) {
        out->contacts += forecast->offered[iv];
        out->peak = fmax(out->peak, forecast->offered[iv]);
        work += forecast->offered[iv] * forecast->aht_s[iv];
    }
    out->aht_s = out->contacts > 0 ? work / out->contacts : NAN;
    /* A tenth of a contact is as fine as anybody reads; sums of tenths agree with what is printed. */
    out->contacts = round(10 * out->contacts) / 10;
}

/* Says what the history knows of patience where the operation says none, or something else. */
static void note_patience(const struct forecast_task *task, struct progress *progress)
{
    const struct queue *queue = &task->planning->operation->queues[task->queue];
    const struct patience *found = &task->forecast.patience;
    if (isnan(found->mean_s) || channel_is_deferred(queue->channel))
        return;
    double off = fabs(queue->patience_s - found->mean_s);
    if (queue->endless_patience)
        progress_note(
            progress,
            "queue %s: patience is set to 0 (nobody gives up), but in its history %.0f gave up, after "
            "%.0f s (± %.0f) on average",
            queue->id, found->abandoned, found->mean_s, found->error_s);
    else if (queue->patience_s <= 0)
        progress_note(
            progress,
            "queue %s: no patience is set; staffing takes %.0f s (± %.0f) from its history, in which "
            "%.0f gave up",
            queue->id, found->mean_s, found->error_s, found->abandoned);
    else if (off > PATIENCE_ERRORS * found->error_s && off > PATIENCE_OFF * queue->patience_s)
        progress_note(
            progress,
            "queue %s: patience is set to %.0f s, but its history says %.0f s (± %.0f), by %.0f who "
            "gave up",
            queue->id, queue->patience_s, found->mean_s, found->error_s, found->abandoned);
}

/* Stores them, and says what was: *lines, g_free. */
static bool save(struct planning *planning, const struct forecast_task *tasks, int n,
                 struct stored_forecast *stored, struct forecast_line **lines, GError **error)
{
    const struct keeper *keeper = planning->keeper;
    g_autofree struct forecast_line *made = g_new0(struct forecast_line, (gsize)n + 1);
    if (!store_change_begin(planning->store, error))
        return false;
    bool ok = store_forecasts_save(planning->store, stored, n, settings_actor(), error);
    for (int i = 0; ok && i < n; i++)
        to_line(&tasks[i], stored[i].id, &made[i]);
    ok = ok && (keeper == NULL || keeper->forecasts(planning->store, made, n, keeper->user, error));
    if (!store_change_end(planning->store, ok, error))
        return false;
    *lines = g_steal_pointer(&made);
    return true;
}

bool pipeline_forecast(struct planning *planning, const struct forecast_ask *ask, struct progress *progress,
                       struct forecast_line **lines, int *n, GError **error)
{
    int n_tasks = 0, n_queues = planning->operation->n_queues;
    double start_s = now_s();
    g_autofree struct forecast_task *tasks = g_new0(struct forecast_task, (gsize)(n_queues));
    g_autofree struct stored_forecast *stored = g_new0(struct stored_forecast, (gsize)(n_queues));
    g_autoptr(GString) cuts = g_string_new(NULL);
    struct hand hand = {0};
    bool ok = hand_load(&hand, planning->store, planning->grid.start_ts, grid_end_ts(&planning->grid),
                        &ask->hand, error) &&
              forecast_tasks_run(planning, ask, &hand, progress, tasks, &n_tasks, error);
    if (ok) {
        reconcile(planning, ask, tasks, n_tasks);
        forecasts_to_stored(tasks, n_tasks, stored);
    }
    for (int i = 0; ok && i < n_tasks; i++)
        ok = compare(&tasks[i], &stored[i], cuts, error);
    ok = ok && save(planning, tasks, n_tasks, stored, lines, error);
    if (ok) {
        *n = n_tasks;
        progress_note(progress, "forecast: %d queues, %.1f s", n_tasks, now_s() - start_s);
        for (int i = 0; i < n_tasks; i++)
            note_patience(&tasks[i], progress);
        if (cuts->len > 0)
            progress_note(progress, "%s", g_strchomp(cuts->str));
    }
    for (int i = 0; i < n_tasks; i++) {
        stored_forecast_clear(&stored[i]);
        forecast_task_clear(&tasks[i]);
    }
    hand_clear(&hand);
    return ok;
}
