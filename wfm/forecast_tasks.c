#include "wfm/forecast_task.h"

#include <math.h>

#include "core/error.h"
#include "wfm/forecast_stored.h"
#include "wfm/sisters.h"
#include "core/week.h"

#define AHEAD_MAX_DAYS 371 /* 53 weeks */
#define AHEAD_PER_THREAD 3 /* queues read before their turn */

static bool wanted(const struct forecast_ask *ask, const char *id)
{
    return ask->queues == NULL || ask->queues[0] == NULL || g_strv_contains(ask->queues, id);
}

/* A year ahead at most: beyond it the week is a slip of the pen, or the history was not brought up to date.
 */
static bool near_enough(const struct planning *planning, int queue, int64_t known_ts, GError **error)
{
    int64_t end_ts;
    if (!planning_history_end(planning, queue, &end_ts, error))
        return false;
    end_ts = MIN(end_ts, known_ts);
    if (planning->grid.start_ts - end_ts <= AHEAD_MAX_DAYS * (int64_t)DAY_S)
        return true;
    g_autofree char *week = week_format(planning->first_day);
    g_autofree char *end = time_format(end_ts, planning->zone);
    return wfm_fail(
        error, WFM_ERROR_INPUT,
        "week %s: the history of queue %s ends at %s, more than %d days before; import newer history "
        "or choose an earlier week",
        week, planning->operation->queues[queue].id, end, AHEAD_MAX_DAYS);
}

/* Anything before the week? A day is over for certain once UTC is a day further. */
static bool has_history(const struct planning *planning, int queue, int64_t known_ts)
{
    const struct grid *fine = &planning->history[queue].grid, *days = &planning->days[queue].grid;
    return (fine->n > 0 && fine->start_ts < known_ts) ||
           (days->n > 0 && days->start_ts + 2 * DAY_S <= known_ts);
}

/* From when on history is not used: the week, or an earlier day that was asked for. */
static bool find_known(const struct planning *planning, const char *as_of, int64_t *known_ts, GError **error)
{
    int32_t day;
    *known_ts = planning->grid.start_ts;
    if (as_of == NULL)
        return true;
    if (!day_parse(as_of, &day, error)) {
        g_prefix_error(error, "--as-of: ");
        return false;
    }
    *known_ts = MIN(*known_ts, zone_day_start(planning->zone, day));
    return true;
}

static bool known_queues(const struct operation *operation, const struct forecast_ask *ask, GError **error)
{
    for (int i = 0; ask->queues != NULL && ask->queues[i] != NULL; i++)
        if (operation_queue(operation, ask->queues[i]) < 0)
            return wfm_fail(error, WFM_ERROR_NOT_FOUND, "queue %s: the operation has no such queue",
                            ask->queues[i]);
    return true;
}

/* Reads a queue's history and fills a task when there is some before the week. */
static bool make_task(struct planning *planning, const struct forecast_ask *ask, int queue, int64_t known_ts,
                      const struct hand *hand, struct forecast_task *task, bool *made, GError **error)
{
    *made = false;
    if (!planning_history(planning, queue, error))
        return false;
    if (has_history(planning, queue, known_ts)) {
        *made = true;
        bool ok = near_enough(planning, queue, known_ts, error) &&
                  forecast_task_init(task, planning, queue, known_ts, hand, error);
        task->input.explain = ask->explain;
        return ok;
    }
    const char *from = planning->operation->queues[queue].callback_of; /* its load is part of another's */
    return ask->skip_missing || (from != NULL && *from != '\0') ||
           wfm_fail(error, WFM_ERROR_NOT_FOUND,
                    "queue %s has no history before the week: import some, choose others with "
                    "--queue, or leave it out "
                    "with --skip-missing",
                    planning->operation->queues[queue].id);
}

static void forget_columns(struct series *series, bool contacts_too)
{
    g_clear_pointer(&series->answered, g_free);
    g_clear_pointer(&series->abandoned, g_free);
    g_clear_pointer(&series->handle_s, g_free);
    g_clear_pointer(&series->wait_s, g_free);
    if (contacts_too)
        g_clear_pointer(&series->offered, g_free);
}

/* What nobody needs once the queue is forecast. Totals are made of the contacts by interval. */
static void forget_history(struct planning *planning, const struct forecast_ask *ask,
                           struct forecast_task *task)
{
    bool in_totals = task->by_day.grid.n == 0 && !ask->no_reconcile;
    forget_columns(&planning->history[task->queue], !in_totals);
    forget_columns(&planning->days[task->queue], true);
    forget_columns(&task->by_day, true);
    struct grid grid = task->history.grid;
    task->history = (struct series){.grid = grid, .offered = planning->history[task->queue].offered};
}

static void run_task(gpointer data, gpointer user)
{
    struct forecast_task *task = data;
    (void)user;
    forecast_task_run(task);
    task->own_hash = forecast_own_hash(task);
    g_async_queue_push(task->finished, task);
}

static void show(struct progress *progress, int done, int n)
{
    progress_at(
        progress,
        &(struct progress_state){"forecast", n > 0 ? (double)done / n : 0, NAN, NAN, NAN, NAN, NULL, 0, 0},
        "forecast: %d of %d queues", done, n);
}

/* Reads, forecasts and forgets queue by queue: a few histories at a time are whole. */
bool forecast_tasks_run(struct planning *planning, const struct forecast_ask *ask, const struct hand *hand,
                        struct progress *progress, struct forecast_task *tasks, int *n, GError **error)
{
    const struct operation *operation = planning->operation;
    int64_t known_ts;
    int threads = ask->jobs > 0 ? ask->jobs : (int)g_get_num_processors(), running = 0, ended = 0;
    show(progress, 0, operation->n_queues);
    if (!find_known(planning, ask->as_of, &known_ts, error) || !known_queues(operation, ask, error))
        return false;
    struct feast_effects *sisters = sisters_learn(planning, known_ts, error);
    if (sisters == NULL)
        return false;
    GAsyncQueue *finished = g_async_queue_new();
    GThreadPool *pool = g_thread_pool_new(run_task, NULL, threads, FALSE, NULL);
    bool ok = true, made = false;
    for (int q = 0; q < operation->n_queues || running > 0;) {
        if (q >= operation->n_queues || running >= AHEAD_PER_THREAD * threads) {
            forget_history(planning, ask, g_async_queue_pop(finished));
            running--;
            show(progress, ++ended, operation->n_queues);
            continue;
        }
        int queue = q++;
        if (!ok || !wanted(ask, operation->queues[queue].id))
            continue;
        struct forecast_task *task = &tasks[*n];
        ok = make_task(planning, ask, queue, known_ts, hand, task, &made, error);
        *n += made;
        if (!ok || !made)
            continue;
        task->sisters = sisters[queue];
        sisters[queue] = (struct feast_effects){0};
        task->input.sisters = task->sisters.effects;
        task->input.n_sisters = task->sisters.n;
        task->finished = finished;
        g_thread_pool_push(pool, task, NULL);
        running++;
    }
    g_thread_pool_free(pool, FALSE, TRUE);
    g_async_queue_unref(finished);
    sisters_free(sisters, operation->n_queues);
    for (int i = 0; ok && i < *n; i++)
        if (!tasks[i].done) {
            g_propagate_prefixed_error(error, g_steal_pointer(&tasks[i].error),
                                       "queue %s: ", operation->queues[tasks[i].queue].id);
            return false;
        }
    return ok && (*n > 0 || wfm_fail(error, WFM_ERROR_NOT_FOUND, "no queue has history before the week"));
}
