#include "wfm/pipeline.h"

#include <jansson.h>
#include <math.h>

#include "core/error.h"
#include "wfm/settings.h"
#include "core/week.h"

void planning_free(struct planning *planning)
{
    if (planning == NULL)
        return;
    for (int q = 0; planning->history != NULL && q < planning->operation->n_queues; q++)
        series_clear(&planning->history[q]);
    for (int q = 0; planning->days != NULL && q < planning->operation->n_queues; q++)
        series_clear(&planning->days[q]);
    g_free(planning->history);
    g_free(planning->days);
    zone_free(planning->zone);
    operation_free(planning->operation);
    store_close(planning->store);
    g_free(planning);
}

bool planning_history(struct planning *planning, int queue, GError **error)
{
    const struct operation *operation = planning->operation;
    if (planning->history == NULL) {
        planning->history = g_new0(struct series, (gsize)operation->n_queues);
        planning->days = g_new0(struct series, (gsize)operation->n_queues);
    }
    if (planning->history[queue].offered != NULL || planning->days[queue].offered != NULL)
        return true;
    return store_history_all(planning->store, operation->queues[queue].id, &planning->history[queue],
                             &planning->days[queue], error);
}

bool planning_history_end(const struct planning *planning, int queue, int64_t *end_ts, GError **error)
{
    const struct grid *fine = &planning->history[queue].grid, *days = &planning->days[queue].grid;
    *end_ts = fine->n > 0 ? grid_end_ts(fine) : INT64_MIN;
    if (days->n == 0)
        return true;
    AUTO(zone) zone = zone_new(planning->operation->queues[queue].zone, error);
    if (zone == NULL)
        return false;
    *end_ts = MAX(*end_ts, zone_day_start(zone, grid_day(days, days->n)));
    return true;
}

bool pipeline_default_week(struct store *store, const struct zone *zone, int32_t *first_day, GError **error)
{
    int64_t end_ts;
    if (!store_history_end(store, &end_ts, error))
        return false;
    if (end_ts == INT64_MIN)
        end_ts = g_get_real_time() / G_USEC_PER_SEC;
    int32_t monday = day_week_start(zone_local_day(zone, end_ts));
    *first_day = zone_day_start(zone, monday) >= end_ts ? monday : monday + WEEK_DAYS;
    return true;
}

static bool planning_fill(struct planning *planning, const char *week, GError **error)
{
    planning->operation = store_operation_load(planning->store, error);
    if (planning->operation == NULL)
        return false;
    planning->zone = zone_new(planning->operation->zone, error);
    if (planning->zone == NULL)
        return false;
    bool found = week != NULL
                     ? week_parse(week, &planning->first_day, error)
                     : pipeline_default_week(planning->store, planning->zone, &planning->first_day, error);
    return found &&
           plan_horizon(planning->operation, planning->first_day, planning->n_weeks, &planning->grid, error);
}

struct planning *planning_new(struct store *store, const char *week, int n_weeks, GError **error)
{
    struct planning *planning = g_new0(struct planning, 1);
    planning->store = store;
    planning->n_weeks = n_weeks;
    if (planning_fill(planning, week, error))
        return planning;
    planning_free(planning);
    return NULL;
}

struct planning *planning_open(const struct options *options, int n_weeks, GError **error)
{
    const char *week = options_text(options, "week");
    int32_t day;
    if (week != NULL && !week_parse(week, &day, error)) /* before a database is looked for */
        return NULL;
    struct store *store = settings_store(options, error);
    return store != NULL ? planning_new(store, week, n_weeks, error) : NULL;
}

void hand_ask_from(const struct options *options, struct hand_ask *ask)
{
    *ask = (struct hand_ask){.with = options_list(options, "scenario"),
                             .without = options_list(options, "without")};
}

void loads_free(struct load *loads, int n)
{
    for (int q = 0; loads != NULL && q < n; q++)
        load_clear(&loads[q]);
    g_free(loads);
}

bool pipeline_stored(const struct planning *planning, const char *queue, struct stored_forecast *out,
                     GError **error)
{
    int64_t from_ts = planning->grid.start_ts, to_ts = grid_end_ts(&planning->grid);
    if (planning->n_weeks == 1)
        return store_forecast_load(planning->store, &scope_planner, queue, from_ts, to_ts, out, error);
    if (!store_forecast_span(planning->store, &scope_planner, queue, from_ts, to_ts, NULL, out, error))
        return false;
    const struct grid *grid = &out->grid;
    bool whole = grid->start_ts <= from_ts && grid_end_ts(grid) >= to_ts;
    for (int32_t iv = 0; whole && iv < grid->n; iv++)
        whole = !isnan(out->offered[iv]) || grid_ts(grid, iv + 1) <= from_ts || grid_ts(grid, iv) >= to_ts;
    if (whole)
        return true;
    stored_forecast_clear(out);
    return wfm_fail(error, WFM_ERROR_NOT_FOUND, "no forecast of queue \"%s\" covers this span", queue);
}

static bool no_forecast(const struct planning *planning, const char *queue, GError **error)
{
    g_autofree char *week = week_format(planning->first_day);
    g_autofree char *weeks =
        planning->n_weeks > 1 ? g_strdup_printf(" --weeks %d", planning->n_weeks) : g_strdup("");
    return wfm_fail(error, WFM_ERROR_NOT_FOUND,
                    "queue %s has no forecast of %s %s: run wfm forecast --week %s%s first", queue,
                    planning->n_weeks > 1 ? "all weeks from" : "week", week, week, weeks);
}

/* What the forecast found beside the load: patience, where the operation says none and customers wait on the
   line, and how uncertain its days are, each and together. */
static void take_report(const char *report, struct queue *queue, struct load *load)
{
    if (report == NULL)
        return;
    json_t *root = json_loads(report, 0, NULL);
    double mean_s = json_number_value(json_object_get(json_object_get(root, "patience"), "mean_s"));
    double cv2 = json_number_value(json_object_get(root, "busyness_cv2"));
    double together = json_number_value(json_object_get(root, "day_correlation"));
    if (mean_s > 0 && !(queue->patience_s > 0) && !queue->endless_patience &&
        !channel_is_deferred(queue->channel))
        queue->patience_s = mean_s;
    if (cv2 > 0)
        load->busyness_cv2 = fmin(cv2, BUSYNESS_PLANNED_MAX);
    load->day_correlation = CLAMP(together, 0, 1);
    json_decref(root);
}

static bool load_fill(const struct planning *planning, struct queue *queue, const struct hand *hand,
                      const struct load_ask *ask, struct load *load, GError **error)
{
    struct stored_forecast stored = {0};
    g_autoptr(GError) cause = NULL;
    if (!pipeline_stored(planning, queue->id, &stored, &cause)) {
        if (g_error_matches(cause, WFM_ERROR, WFM_ERROR_NOT_FOUND))
            return ask->allow_missing || no_forecast(planning, queue->id, error);
        g_propagate_error(error, g_steal_pointer(&cause));
        return false;
    }
    bool ok = hand_apply(hand, queue, &stored, error);
    if (ok) {
        take_report(stored.report_json, queue, load);
        load_resample(&stored.grid, stored.offered, stored.aht_s, load);
    }
    stored_forecast_clear(&stored);
    return ok;
}

static bool called_back(const struct queue *queue)
{
    return queue->callback_of != NULL && *queue->callback_of != '\0';
}

/* Who is called back leaves the queue of the call for that of the callbacks. Shares are of all its contacts.
 */
static void divide_callbacks(const struct operation *operation, struct load *loads)
{
    g_autofree double *stays = g_new(double, (gsize)operation->n_queues + 1);
    for (int q = 0; q < operation->n_queues; q++)
        stays[q] = 1;
    for (int q = 0; q < operation->n_queues; q++) {
        const struct queue *queue = &operation->queues[q];
        int from = called_back(queue) ? operation_queue(operation, queue->callback_of) : -1;
        if (from < 0)
            continue;
        stays[from] -= queue->callback_share;
        loads[q].busyness_cv2 = loads[from].busyness_cv2;
        loads[q].day_correlation = loads[from].day_correlation;
        for (int32_t iv = 0; iv < loads[q].grid.n; iv++) {
            loads[q].offered[iv] = queue->callback_share * loads[from].offered[iv];
            loads[q].aht_s[iv] = queue->aht_s;
        }
    }
    for (int q = 0; q < operation->n_queues; q++)
        for (int32_t iv = 0; iv < loads[q].grid.n && stays[q] < 1; iv++)
            loads[q].offered[iv] *= fmax(stays[q], 0);
}

struct load *pipeline_loads(const struct planning *planning, const struct load_ask *ask, GError **error)
{
    struct operation *operation = planning->operation;
    struct hand hand;
    if (!hand_load(&hand, planning->store, planning->grid.start_ts, grid_end_ts(&planning->grid), &ask->hand,
                   error))
        return NULL;
    struct load *loads = g_new0(struct load, (gsize)operation->n_queues);
    bool ok = true;
    for (int q = 0; ok && q < operation->n_queues; q++) {
        load_init(&loads[q], &planning->grid);
        ok = called_back(&operation->queues[q]) ||
             load_fill(planning, &operation->queues[q], &hand, ask, &loads[q], error);
    }
    if (ok)
        divide_callbacks(operation, loads);
    hand_clear(&hand);
    int64_t from;
    if (ok && pipeline_opening(planning->store, operation, planning->first_day, loads, &from, error))
        return loads;
    loads_free(loads, operation->n_queues);
    return NULL;
}

bool pipeline_find_roster(struct store *store, const char *text, const char *week, const char *state,
                          int64_t *id, GError **error)
{
    if (text != NULL && week != NULL)
        return wfm_fail(error, WFM_ERROR_USAGE, "roster %s and --week %s both say which: give one of them",
                        text, week);
    if (text != NULL) {
        guint64 number;
        if (!g_ascii_string_to_unsigned(text, 10, 1, G_MAXINT64, &number, NULL))
            return wfm_fail(error, WFM_ERROR_INPUT, "roster %s: not the number of a roster", text);
        *id = (int64_t)number;
        return true;
    }
    int32_t first_day = INT32_MIN;
    if (week != NULL && !week_parse(week, &first_day, error))
        return false;
    if (state != NULL)
        return store_roster_find(store, first_day, state, id, error);
    if (store_roster_find(store, first_day, "published", id, NULL))
        return true;
    g_autoptr(GError) cause = NULL;
    if (store_roster_find(store, first_day, "draft", id, &cause))
        return true;
    if (!g_error_matches(cause, WFM_ERROR, WFM_ERROR_NOT_FOUND)) {
        g_propagate_error(error, g_steal_pointer(&cause));
        return false;
    }
    g_autofree char *name = week != NULL ? week_format(first_day) : NULL;
    return wfm_fail(error, WFM_ERROR_NOT_FOUND, "there is no roster%s%s: run wfm plan%s%s first",
                    name != NULL ? " of week " : "", name != NULL ? name : "", name != NULL ? " --week " : "",
                    name != NULL ? name : "");
}
