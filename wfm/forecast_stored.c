#include "wfm/forecast_stored.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

#include "config.h"

/* ---- hashes ---- */

static void hash_doubles(GChecksum *sum, const double *values, int32_t n)
{
    g_checksum_update(sum, (const guchar *)values, (gssize)((size_t)n * sizeof *values));
}

/* SHA-256 over everything the queue's own forecast depends on. g_free. */
char *forecast_own_hash(const struct forecast_task *task)
{
    const struct queue *queue = &task->planning->operation->queues[task->queue];
    const struct series *history = &task->history;
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    g_autoptr(GString) text = g_string_new(queue->id);
    g_string_append_printf(text, "|%s|%.17g|%" G_GINT64_FORMAT "|%d|%d|%" G_GINT64_FORMAT "|%d", queue->zone,
                           queue->aht_s, history->grid.start_ts, history->grid.interval_s, history->grid.n,
                           task->input.horizon.start_ts, task->input.horizon.n);
    for (int i = 0; i < queue->n_open; i++)
        g_string_append_printf(text, "|%d:%d-%d", queue->open[i].weekdays, queue->open[i].from_min,
                               queue->open[i].to_min);
    for (int i = 0; i < task->n_specials; i++)
        g_string_append_printf(text, "|%d:%d:%s:%d:%.17g:%d-%d", task->specials[i].day,
                               (int)task->specials[i].kind, task->specials[i].name,
                               task->specials[i].has_uplift, task->specials[i].uplift,
                               task->specials[i].open_from_min, task->specials[i].open_to_min);
    for (int i = 0; i < task->input.n_sisters; i++)
        g_string_append_printf(text, "|%s:%.17g:%d", task->input.sisters[i].name,
                               task->input.sisters[i].effect, task->input.sisters[i].days);
    g_checksum_update(sum, (const guchar *)text->str, (gssize)text->len);
    hash_doubles(sum, history->offered, history->grid.n);
    hash_doubles(sum, history->answered, history->grid.n);
    hash_doubles(sum, history->handle_s, history->grid.n);
    hash_doubles(sum, history->abandoned, history->grid.n);
    hash_doubles(sum, history->wait_s, history->grid.n);
    hash_doubles(sum, task->profile.share, WEEK_DAYS * task->profile.n_slots);
    return g_strdup(g_checksum_get_string(sum));
}

/* The planner's overrides that change it, in their order. */
static void hash_hand(const struct forecast_task *task, const char *queue, GString *text)
{
    const struct grid *week = &task->planning->grid;
    for (int i = 0; i < task->hand->n; i++) {
        const struct override *o = &task->hand->overrides[i];
        if (strcmp(o->queue, queue) == 0 && o->from_ts < grid_end_ts(week) && o->to_ts > week->start_ts)
            g_string_append_printf(text, "|%s:%s:%s:%.17g:%" G_GINT64_FORMAT "-%" G_GINT64_FORMAT ":%s",
                                   override_measure_name(o->measure), override_kind_name(o->kind),
                                   override_per_name(o->per), o->value, o->from_ts, o->to_ts, o->hours);
    }
}

/* The same with what it is planned with: totals it was made to agree with, which depend on all queues, and
 * the planner's hand. */
static char *inputs_hash(const struct forecast_task *task, const char *own, const char *all)
{
    g_autoptr(GString) text = g_string_new(own);
    if (task->totals > 0)
        g_string_append(text, all);
    hash_hand(task, task->planning->operation->queues[task->queue].id, text);
    return strcmp(text->str, own) == 0 ? g_strdup(own)
                                       : g_compute_checksum_for_string(G_CHECKSUM_SHA256, text->str, -1);
}

/* ---- the report ---- */

static void set_real(json_t *object, const char *key, double value)
{
    json_object_set_new(object, key, isfinite(value) ? json_real(value) : json_null());
}

/* What is known of giving up; nothing where the history does not say. */
static void set_patience(json_t *root, const struct patience *patience)
{
    if (isnan(patience->share))
        return;
    json_t *object = json_object(), *hours = json_array();
    for (int h = 0; h < PATIENCE_HOURS; h++)
        json_array_append_new(hours, json_real(patience->share_by_hour[h]));
    set_real(object, "mean_s", patience->mean_s);
    set_real(object, "error_s", patience->error_s);
    set_real(object, "abandoned", patience->abandoned);
    set_real(object, "share", patience->share);
    json_object_set_new(object, "share_by_hour", hours);
    json_object_set_new(root, "patience", object);
}

/* What was noticed in the history. */
static json_t *findings_json(const struct forecast *forecast)
{
    json_t *list = json_array();
    for (int i = 0; i < forecast->n_findings; i++) {
        g_autofree char *day = day_format(forecast->findings[i].day);
        json_t *finding =
            json_pack("{s:s, s:s}", "day", day, "kind", finding_kind_name(forecast->findings[i].kind));
        set_real(finding, "size", forecast->findings[i].size);
        json_array_append_new(list, finding);
    }
    return list;
}

static json_t *reals_json(const double *values, int n)
{
    json_t *list = json_array();
    for (int i = 0; i < n; i++)
        json_array_append_new(list, isfinite(values[i]) ? json_real(values[i]) : json_null());
    return list;
}

/* Sums and their bands, by level as in the store; none of these follows from the intervals' bands. */
static void set_sums(json_t *root, const char *key, int n, const double *offered, const double *quantile)
{
    json_t *quantiles = json_array();
    for (int l = 0; quantile != NULL && l < FORECAST_QUANTILES; l++)
        json_array_append_new(quantiles, reals_json(quantile + (ptrdiff_t)l * n, n));
    if (offered != NULL)
        json_object_set_new(
            root, key, json_pack("{s:o, s:o}", "offered", reals_json(offered, n), "quantiles", quantiles));
    else
        json_decref(quantiles);
}

static char *report_json(const struct forecast_task *task, const char *own)
{
    const struct forecast *forecast = &task->forecast;
    const struct forecast_backtest *test = &forecast->backtest;
    json_t *root = json_object(), *models = json_array(), *backtest = json_object();
    for (int m = 0; m < forecast->n_models; m++) {
        json_t *model = json_object();
        json_object_set_new(model, "name", json_string(forecast->models[m].name));
        set_real(model, "weight", forecast->models[m].weight);
        json_object_set_new(model, "weights", reals_json(forecast->models[m].weights, FORECAST_BANDS));
        set_real(model, "wape", forecast->models[m].wape);
        json_array_append_new(models, model);
    }
    json_object_set_new(backtest, "origins", json_integer(test->origins));
    set_real(backtest, "wape", test->wape);
    set_real(backtest, "day_wape", test->day_wape);
    set_real(backtest, "naive_wape", test->naive_wape);
    set_real(backtest, "bias", test->bias);
    set_real(backtest, "cov80", test->cov80);
    set_real(backtest, "cov95", test->cov95);
    set_real(backtest, "day_cov80", test->day_cov80);
    set_real(backtest, "day_cov95", test->day_cov95);
    set_real(backtest, "aht_wape", test->aht_wape);
    set_real(backtest, "aht_mean_wape", test->aht_mean_wape);
    json_object_set_new(root, "models", models);
    json_object_set_new(root, "backtest", backtest);
    set_real(root, "busyness_cv2", forecast->busyness_cv2);
    set_real(root, "day_correlation", forecast->day_correlation);
    set_patience(root, &forecast->patience);
    json_object_set_new(root, "days_cleaned", json_integer(forecast->days_cleaned));
    json_object_set_new(root, "slots_missing", json_integer(forecast->slots_missing));
    json_object_set_new(root, "findings", findings_json(forecast));
    if (task->by_day.grid.n > 0)
        json_object_set_new(root, "by_day",
                            json_pack("{s:s, s:i, s:i}", "profile", task->profile_from, "profile_days",
                                      task->profile.days, "profile_slots", task->profile.n_slots));
    if (task->totals > 0)
        json_object_set_new(root, "reconciled",
                            json_pack("{s:i, s:f, s:f, s:s}", "totals", task->totals, "before", task->before,
                                      "after", forecast_task_contacts(task), "own_hash", own));
    set_sums(root, "days", forecast->n_days, forecast->day_offered, forecast->day_quantile);
    set_sums(root, "weeks", forecast->n_weeks, forecast->week_offered, forecast->week_quantile);
    json_object_set_new(root, "wfm", json_string(PACKAGE_VERSION));
    char *text = json_dumps(root, JSON_COMPACT);
    char *copy = g_strdup(text);
    free(text);
    json_decref(root);
    return copy;
}

/* Was the stored forecast made from what `own` is the hash of? */
bool forecast_same_inputs(const struct stored_forecast *stored, const char *own, int *totals)
{
    json_t *report = json_loads(stored->report_json, 0, NULL);
    const json_t *reconciled = json_object_get(report, "reconciled");
    const char *hash =
        reconciled != NULL ? json_string_value(json_object_get(reconciled, "own_hash")) : stored->inputs_hash;
    *totals = (int)json_integer_value(json_object_get(reconciled, "totals"));
    bool same = g_strcmp0(hash, own) == 0;
    json_decref(report);
    return same;
}

/* ---- what is stored ---- */

/* End of the history it was made from. */
static int64_t history_end(const struct forecast_task *task)
{
    const struct grid *grid = &task->history.grid;
    if (task->by_day.grid.n > 0)
        return zone_day_start(task->zone, grid_day(grid, grid->n));
    return grid_end_ts(grid);
}

/* Copies what the store keeps of a forecast. */
static void to_stored(const struct forecast_task *task, const char *own, const char *all,
                      struct stored_forecast *out)
{
    const struct forecast *forecast = &task->forecast;
    size_t n = (size_t)forecast->grid.n;
    *out = (struct stored_forecast){.queue = g_strdup(task->planning->operation->queues[task->queue].id),
                                    .grid = forecast->grid,
                                    .history_end_ts = history_end(task),
                                    .n_levels = FORECAST_QUANTILES};
    out->offered = g_memdup2(forecast->offered, n * sizeof(double));
    out->aht_s = g_memdup2(forecast->aht_s, n * sizeof(double));
    out->levels = g_memdup2(forecast_quantile_levels, sizeof forecast_quantile_levels);
    out->quantile = g_memdup2(forecast->quantile, FORECAST_QUANTILES * n * sizeof(double));
    out->report_json = report_json(task, own);
    out->inputs_hash = inputs_hash(task, own, all);
}

void forecasts_to_stored(const struct forecast_task *tasks, int n, struct stored_forecast *stored)
{
    g_autoptr(GChecksum) all = g_checksum_new(G_CHECKSUM_SHA256);
    for (int i = 0; i < n; i++)
        g_checksum_update(all, (const guchar *)tasks[i].own_hash, -1);
    for (int i = 0; i < n; i++)
        to_stored(&tasks[i], tasks[i].own_hash, g_checksum_get_string(all), &stored[i]);
}
