#include "wfm/forecast_task.h"

#include <math.h>

#include "core/special_days.h"

/* History by day is used once it reaches so much further back than the intervals. */
#define BY_DAY_LONGER_DAYS 56
#define SPECIALS_SPARE_DAYS 60 /* their neighbours are special too */

void forecast_task_clear(struct forecast_task *task)
{
    zone_free(task->zone);
    g_free(task->specials);
    series_clear(&task->by_day);
    day_profile_clear(&task->profile);
    feast_effects_clear(&task->sisters);
    if (task->done)
        forecast_clear(&task->forecast);
    g_free(task->own_hash);
    g_clear_error(&task->error);
}

struct forecast_special *forecast_specials(const struct operation *operation, int queue, int32_t first_day,
                                           int32_t last_day, int *n)
{
    g_autofree struct queue_day *found = queue_special_days(operation, queue, first_day - SPECIALS_SPARE_DAYS,
                                                            last_day + SPECIALS_SPARE_DAYS, n);
    struct forecast_special *specials = g_new0(struct forecast_special, (gsize)*n + 1);
    for (int i = 0; i < *n; i++)
        specials[i] = (struct forecast_special){.day = found[i].day,
                                                .kind = found[i].kind,
                                                .name = found[i].name,
                                                .has_uplift = found[i].has_uplift,
                                                .uplift = found[i].uplift,
                                                .open_from_min = found[i].open_from_min,
                                                .open_to_min = found[i].open_to_min};
    return specials;
}

/* Special days of the queue from the start of its history to a while after the week. */
static void collect_specials(const struct planning *planning, struct forecast_task *task)
{
    const struct grid *fine = &planning->history[task->queue].grid, *days = &planning->days[task->queue].grid;
    int32_t first = INT32_MAX, last = zone_local_day(task->zone, grid_end_ts(&planning->grid));
    if (fine->n > 0)
        first = zone_local_day(task->zone, fine->start_ts);
    if (days->n > 0)
        first = MIN(first, grid_day(days, 0));
    task->specials = forecast_specials(planning->operation, task->queue, first, last, &task->n_specials);
}

/* The week on the history's own grid: whole intervals that cover it; the history known before it. */
static void cut_history(const struct grid *week, const struct series *stored, struct forecast_task *task)
{
    const struct grid *grid = &stored->grid;
    int32_t first = grid_index(grid, week->start_ts), last = grid_index(grid, grid_end_ts(week) - 1);
    task->history = *stored;
    task->history.grid.n = CLAMP(grid_index(grid, task->known_ts), 0, grid->n);
    task->input.horizon = (struct grid){grid_ts(grid, first), grid->interval_s, last - first + 1};
}

/* Is the queue forecast by day? Without intervals, or with days that tell of much more of the past. */
static bool forecast_by_day(const struct planning *planning, int queue, const struct zone *zone)
{
    const struct grid *fine = &planning->history[queue].grid, *days = &planning->days[queue].grid;
    return days->n > 0 &&
           (fine->n == 0 || zone_local_day(zone, fine->start_ts) - grid_day(days, 0) >= BY_DAY_LONGER_DAYS);
}

/* How days spread in another queue, from its intervals before known_ts. `learnt` is false when they do not
 * tell. */
static bool learn_like(const struct planning *planning, int like, int64_t known_ts,
                       struct day_profile *profile, bool *learnt, GError **error)
{
    const struct queue *q = &planning->operation->queues[like];
    struct series fine, days;
    AUTO(zone) zone = zone_new(q->zone, error);
    if (zone == NULL || !store_history_all(planning->store, q->id, &fine, &days, error))
        return false;
    if (fine.grid.n > 0)
        fine.grid.n = CLAMP(grid_index(&fine.grid, known_ts), 0, fine.grid.n);
    *learnt = day_profile_learn(profile, &fine, zone, NULL, 0, NULL, 0);
    series_clear(&fine);
    series_clear(&days);
    return true;
}

/* How the days spread: by the queue's own intervals (fine), those of the queue it names, the weights it
   gives, or evenly. */
static bool find_profile(const struct planning *planning, int queue, const struct series *fine,
                         struct forecast_task *task, GError **error)
{
    const struct queue *q = &planning->operation->queues[queue];
    int like = q->profile_queue != NULL ? operation_queue(planning->operation, q->profile_queue) : -1;
    task->profile_from = "its own intervals";
    if (day_profile_learn(&task->profile, fine, task->zone, task->specials, task->n_specials,
                          task->input.open, task->input.n_open))
        return true;
    task->profile_from = "the intervals of its profile_queue";
    bool learnt = false;
    if (like >= 0 && !learn_like(planning, like, task->known_ts, &task->profile, &learnt, error))
        return false;
    if (learnt)
        return true;
    task->profile_from = q->n_day_profile > 0 ? "its day_profile" : "nothing: even over the opening hours";
    day_profile_given(&task->profile, q->day_profile, q->n_day_profile);
    return true;
}

/* The days of the week on the grid of days; the days before it; how they spread. */
static bool cut_days(const struct planning *planning, int queue, struct forecast_task *task, GError **error)
{
    const struct series *stored = &planning->history[queue];
    const struct grid *week = &planning->grid;
    int32_t first = zone_local_day(task->zone, week->start_ts),
            last = zone_local_day(task->zone, grid_end_ts(week) - 1);
    struct series fine = *stored; /* borrowed, what is known before the week */
    fine.grid.n = fine.grid.n > 0 ? CLAMP(grid_index(&fine.grid, task->known_ts), 0, fine.grid.n) : 0;
    series_by_day(&planning->days[queue], &fine, task->zone, &task->by_day);
    task->history = task->by_day;
    task->history.grid.n = CLAMP(zone_local_day(task->zone, task->known_ts) - grid_day(&task->by_day.grid, 0),
                                 0, task->by_day.grid.n);
    task->input.horizon = (struct grid){grid_day_ts(first), GRID_DAY_S, last - first + 1};
    return find_profile(planning, queue, &fine, task, error);
}

bool forecast_task_init(struct forecast_task *task, const struct planning *planning, int queue,
                        int64_t known_ts, const struct hand *hand, GError **error)
{
    const struct queue *q = &planning->operation->queues[queue];
    task->planning = planning;
    task->queue = queue;
    task->known_ts = known_ts;
    task->hand = hand;
    task->last = NAN;
    task->zone = zone_new(q->zone, error);
    if (task->zone == NULL)
        return false;
    collect_specials(planning, task);
    task->input = (struct forecast_input){.history = &task->history,
                                          .zone = task->zone,
                                          .specials = task->specials,
                                          .n_specials = task->n_specials,
                                          .open = q->open,
                                          .n_open = q->n_open,
                                          .default_aht_s = q->aht_s};
    if (forecast_by_day(planning, queue, task->zone))
        return cut_days(planning, queue, task, error);
    cut_history(&planning->grid, &planning->history[queue], task);
    return true;
}

void forecast_task_run(struct forecast_task *task)
{
    task->done = forecast_run(&task->input, &task->forecast, &task->error);
    if (!task->done || task->by_day.grid.n == 0)
        return;
    struct forecast days = task->forecast;
    forecast_spread(&days, &task->profile, task->zone, task->input.open, task->input.n_open, task->specials,
                    task->n_specials, &task->planning->grid, &task->forecast);
    task->forecast.explanation = g_steal_pointer(&days.explanation);
    forecast_clear(&days);
}

double forecast_task_contacts(const struct forecast_task *task)
{
    const struct forecast *forecast = &task->forecast;
    double sum = 0;
    for (int32_t iv = 0; iv < forecast->grid.n; iv++)
        sum += forecast->offered[iv];
    return sum;
}
