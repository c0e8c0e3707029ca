#include "wfm/report_forecast.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/error.h"
#include "wfm/accuracy.h"
#include "wfm/output.h"
#include "wfm/pipeline.h"
#include "wfm/settings.h"
#include "core/week.h"

AUTO_DEFINE(json_t, json_decref);

/* --- accuracy
 * ------------------------------------------------------------------------------------------------------- */

const struct option_row report_accuracy_rows[] = {
    {"queue", OPTION_LIST, "ID", NULL, 0, 0, "only this queue"},
    {"by", OPTION_CHOICE, "queue|day|interval|snapshot", "queue", 0, 0,
     "a row per queue, per day of it, per time of the day over all days, or per snapshot side by side"},
    {"snapshot", OPTION_TEXT, "WHICH", "newest", 0, 0,
     "newest, first, or the number of a forecast (wfm report forecast)"},
    {"as-of", OPTION_TEXT, "DATE", NULL, 0, 0,
     "the newest of those made from history before that day: what was known then"},
    {"hand", OPTION_CHOICE, "then|now", "then", 0, 0,
     "overrides as they stood when each interval began, or as they stand now"},
    {.name = NULL},
};

static bool pick_from(const struct options *options, const struct zone *zone, struct forecast_pick *pick,
                      GError **error)
{
    const char *snapshot = options_text(options, "snapshot"), *as_of = options_text(options, "as-of");
    guint64 id;
    int32_t day;
    *pick = (struct forecast_pick){.first = strcmp(snapshot, "first") == 0};
    if (as_of != NULL) {
        if (!day_parse(as_of, &day, error)) {
            g_prefix_error(error, "--as-of: ");
            return false;
        }
        pick->known_ts = zone_day_start(zone, day);
    }
    if (pick->first || strcmp(snapshot, "newest") == 0)
        return true;
    if (!g_ascii_string_to_unsigned(snapshot, 10, 1, G_MAXINT64, &id, NULL))
        return wfm_fail(
            error, WFM_ERROR_USAGE,
            "--snapshot %s: must be newest, first or the number of a forecast (wfm report forecast)",
            snapshot);
    pick->id = (int64_t)id;
    return true;
}

/* The weeks asked for; without --week the last ones that history covers. */
static struct planning *past_weeks(const struct options *options, GError **error)
{
    int weeks = (int)options_int(options, "weeks");
    AUTO(planning) planning = planning_open(options, weeks, error);
    if (planning == NULL || options_given(options, "week"))
        return g_steal_pointer(&planning);
    planning->first_day -= WEEK_DAYS * weeks;
    if (!plan_horizon(planning->operation, planning->first_day, weeks, &planning->grid, error))
        return NULL;
    return g_steal_pointer(&planning);
}

bool report_accuracy(const struct options *options, GError **error)
{
    struct accuracy_span span = {.queues = options_list(options, "queue"),
                                 .by = (enum accuracy_by)options_choice(options, "by"),
                                 .with = options_list(options, "scenario"),
                                 .without = options_list(options, "without"),
                                 .then = options_choice(options, "hand") == 0};
    if (span.by == ACCURACY_SNAPSHOT &&
        (options_given(options, "snapshot") || options_given(options, "as-of")))
        return wfm_fail(error, WFM_ERROR_USAGE, "--by snapshot shows all of them: leave out --%s",
                        options_given(options, "snapshot") ? "snapshot" : "as-of");
    AUTO(planning) planning = past_weeks(options, error);
    if (planning == NULL || !pick_from(options, planning->zone, &span.pick, error))
        return false;
    span.from_ts = planning->grid.start_ts;
    span.to_ts = grid_end_ts(&planning->grid);
    AUTO(table) table = accuracy_table(planning, &span, error);
    if (table == NULL)
        return false;
    table_print(table, (enum format)options_choice(options, "format"), stdout);
    return true;
}

/* --- what was stored
 * ---------------------------------------------------------------------------------------------------- */

const struct option_row report_forecast_rows[] = {
    {"queue", OPTION_TEXT, "ID", NULL, 0, 0, "the list: only of this queue"},
    {"last", OPTION_INT, "N", "20", 1, 100000, "the list: at most so many, newest first"},
    {"by", OPTION_CHOICE, "day|interval", "day", 0, 0, "one forecast: length of a row; the queue's days"},
    {.name = NULL},
};

static const struct column list_columns[] = {
    {"id", "id", COLUMN_INT, 0},
    {"queue", "queue", COLUMN_TEXT, 0},
    {"from", "from", COLUMN_TEXT, 0},
    {"to", "to", COLUMN_TEXT, 0},
    {"known_until", "known until", COLUMN_TEXT, 0},
    {"made_at", "made at", COLUMN_TEXT, 0},
    {"made_by", "by", COLUMN_TEXT, 0},
    {"contacts", "contacts", COLUMN_REAL, 1},
    {"origins", "tests", COLUMN_INT, 0},
    {"wape", "WAPE", COLUMN_SHARE, 1},
    {"naive_wape", "naive", COLUMN_SHARE, 1},
    {"bias", "bias", COLUMN_SHARE, 1},
    {"cov80", "in 80 %", COLUMN_SHARE, 0},
    {"weights", "weights", COLUMN_TEXT, 0},
    {"inputs_hash", "inputs", COLUMN_TEXT, 0},
    {NULL, NULL, 0, 0},
};

static double number_at(const json_t *report, const char *object, const char *key)
{
    const json_t *value = json_object_get(json_object_get(report, object), key);
    return json_is_number(value) ? json_number_value(value) : NAN;
}

static gint by_weight(gconstpointer a, gconstpointer b)
{
    double x = json_number_value(json_object_get(*(json_t *const *)a, "weight"));
    double y = json_number_value(json_object_get(*(json_t *const *)b, "weight"));
    return (x < y) - (x > y);
}

/* "factor, two 42 %; double seasonal 31 %": those that weigh at least a hundredth, `most` of them. g_free. */
static char *weights_text(const json_t *report, int most)
{
    const json_t *models = json_object_get(report, "models");
    g_autoptr(GPtrArray) sorted = g_ptr_array_new();
    GString *text = g_string_new(NULL);
    for (size_t i = 0; i < json_array_size(models); i++)
        g_ptr_array_add(sorted, json_array_get(models, i));
    g_ptr_array_sort(sorted, by_weight);
    for (guint i = 0; i < MIN(sorted->len, (guint)most); i++) {
        const json_t *model = g_ptr_array_index(sorted, i);
        double weight = json_number_value(json_object_get(model, "weight"));
        if (weight >= 0.01)
            g_string_append_printf(text, "%s%s %.0f %%", i > 0 ? "; " : "",
                                   json_string_value(json_object_get(model, "name")), 100 * weight);
    }
    return g_string_free(text, FALSE);
}

static bool list_row(struct table *table, const struct operation *operation, const struct forecast_info *info,
                     bool people, GError **error)
{
    enum { WEIGHTS_SHOWN = 3, HASH_SHOWN = 12 };
    int queue = operation_queue(operation, info->queue);
    AUTO(zone) zone = zone_new(queue >= 0 ? operation->queues[queue].zone : operation->zone, error);
    if (zone == NULL)
        return false;
    AUTO(json_t) report = json_loads(info->report_json, 0, NULL);
    g_autofree char *from = time_format(info->grid.start_ts, zone);
    g_autofree char *to = time_format(grid_end_ts(&info->grid), zone);
    g_autofree char *known = info->history_end_ts != 0 ? time_format(info->history_end_ts, zone) : NULL;
    g_autofree char *made = time_format(info->created_ts, NULL);
    g_autofree char *weights = weights_text(report, people ? WEIGHTS_SHOWN : INT_MAX);
    g_autofree char *hash = people ? g_strndup(info->inputs_hash, HASH_SHOWN) : g_strdup(info->inputs_hash);
    double origins = number_at(report, "backtest", "origins");
    table_int(table, info->id);
    table_text(table, info->queue);
    table_text(table, from);
    table_text(table, to);
    table_text(table, known);
    table_text(table, made);
    table_text(table, info->created_by);
    table_real(table, info->contacts);
    table_int(table, isnan(origins) ? 0 : (int64_t)origins);
    table_real(table, number_at(report, "backtest", "wape"));
    table_real(table, number_at(report, "backtest", "naive_wape"));
    table_real(table, number_at(report, "backtest", "bias"));
    table_real(table, number_at(report, "backtest", "cov80"));
    table_text(table, weights);
    table_text(table, hash);
    return true;
}

static bool run_list(const struct options *options, struct store *store, const struct operation *operation,
                     GError **error)
{
    struct forecast_info *infos = NULL;
    int n = 0, weeks = (int)options_int(options, "weeks");
    int32_t week;
    int64_t from_ts = INT64_MIN, to_ts = INT64_MAX;
    enum format format = (enum format)options_choice(options, "format");
    if (options_given(options, "week")) {
        struct grid grid;
        if (!week_parse(options_text(options, "week"), &week, error) ||
            !plan_horizon(operation, week, weeks, &grid, error))
            return false;
        from_ts = grid.start_ts;
        to_ts = grid_end_ts(&grid);
    }
    if (!store_forecast_list(store, &scope_planner, options_text(options, "queue"), from_ts, to_ts, 0,
                             (int)options_int(options, "last"), &infos, &n, error))
        return false;
    AUTO(table) table = table_new(list_columns);
    bool ok = true;
    for (int i = 0; ok && i < n; i++)
        ok = list_row(table, operation, &infos[i], format == FORMAT_TABLE, error);
    forecast_infos_free(infos, n);
    if (ok)
        table_print(table, format, stdout);
    return ok;
}

/* --- one forecast, shown again
 * ------------------------------------------------------------------------------------------ */

static const struct column one_columns[] = {
    {"queue", "queue", COLUMN_TEXT, 0},
    {"start", "start", COLUMN_TEXT, 0},
    {"contacts", "contacts", COLUMN_REAL, 2},
    {"with_hand", "with hand", COLUMN_REAL, 2},
    {"aht_s", "AHT s", COLUMN_REAL, 1},
    {"hand_aht_s", "with hand", COLUMN_REAL, 1},
    {"low80", "80 % from", COLUMN_REAL, 1},
    {"high80", "to", COLUMN_REAL, 1},
    {NULL, NULL, 0, 0},
};

/* Quantile of a day's contacts, from what was stored with the forecast; NAN when it was not. */
static double day_quantile(const struct stored_forecast *f, const json_t *report, int day, double level,
                           double *offered)
{
    const json_t *days = json_object_get(report, "days");
    const json_t *sum = json_array_get(json_object_get(days, "offered"), (size_t)day);
    for (int l = 0; json_is_number(sum) && l < f->n_levels; l++) {
        const json_t *row = json_array_get(json_object_get(days, "quantiles"), (size_t)l);
        const json_t *value = json_array_get(row, (size_t)day);
        *offered = json_number_value(sum);
        if (fabs(f->levels[l] - level) < 1e-9 && json_is_number(value))
            return json_number_value(value);
    }
    return NAN;
}

/* A day or an interval of it. */
struct span {
    int64_t start_ts;
    double contacts, work, handed, handed_work, low, high;
    int intervals, day;
};

static void span_row(struct table *table, const char *queue, const struct zone *zone, const struct span *span)
{
    g_autofree char *start = time_format(span->start_ts, zone);
    table_text(table, queue);
    table_text(table, start);
    table_real(table, span->contacts);
    table_real(table, span->handed);
    table_real(table, span->contacts > 0 ? span->work / span->contacts : NAN);
    table_real(table, span->handed > 0 ? span->handed_work / span->handed : NAN);
    table_real(table, span->low);
    table_real(table, span->high);
}

static double quantile(const struct stored_forecast *f, double level, int32_t iv)
{
    for (int l = 0; l < f->n_levels; l++)
        if (fabs(f->levels[l] - level) < 1e-9)
            return f->quantile[(size_t)l * (size_t)f->grid.n + (size_t)iv];
    return NAN;
}

/* The band of a whole day moves with its mean, as those of intervals do. */
static void day_band(struct span *span, const struct stored_forecast *f, const json_t *report)
{
    double offered = 0;
    span->low = day_quantile(f, report, span->day, 0.10, &offered);
    span->high = day_quantile(f, report, span->day, 0.90, &offered);
    if (offered > 0) {
        span->low *= span->handed / offered;
        span->high *= span->handed / offered;
    }
}

static void print_one(const struct options *options, const struct stored_forecast *plain,
                      const struct stored_forecast *handed, const struct zone *zone)
{
    AUTO(table) table = table_new(one_columns);
    bool by_day = options_choice(options, "by") == 0;
    AUTO(json_t) report = json_loads(plain->report_json, 0, NULL);
    struct span span = {0};
    int32_t first = zone_local_day(zone, plain->grid.start_ts);
    for (int32_t iv = 0; iv < plain->grid.n; iv++) {
        int64_t ts = grid_ts(&plain->grid, iv);
        if (iv > 0 && (!by_day || zone_local_day(zone, ts) - first != span.day)) {
            if (by_day)
                day_band(&span, plain, report);
            span_row(table, plain->queue, zone, &span);
            span = (struct span){.day = zone_local_day(zone, ts) - first};
        }
        if (span.intervals++ == 0)
            span.start_ts = ts;
        span.contacts += plain->offered[iv];
        span.work += plain->offered[iv] * plain->aht_s[iv];
        span.handed += handed->offered[iv];
        span.handed_work += handed->offered[iv] * handed->aht_s[iv];
        span.low = quantile(handed, 0.10, iv);
        span.high = quantile(handed, 0.90, iv);
    }
    if (by_day)
        day_band(&span, plain, report);
    span_row(table, plain->queue, zone, &span);
    table_print(table, (enum format)options_choice(options, "format"), stdout);
}

static bool run_one(const struct options *options, struct store *store, const struct operation *operation,
                    int64_t id, GError **error)
{
    struct stored_forecast plain = {0}, handed = {0};
    struct hand_ask ask;
    struct hand hand = {0};
    hand_ask_from(options, &ask);
    bool ok = store_forecast_find(store, &scope_planner, id, &plain, error) &&
              store_forecast_find(store, &scope_planner, id, &handed, error) &&
              hand_load(&hand, store, plain.grid.start_ts, grid_end_ts(&plain.grid), &ask, error);
    int queue = ok ? operation_queue(operation, plain.queue) : -1;
    if (ok && queue < 0)
        ok = wfm_fail(error, WFM_ERROR_NOT_FOUND,
                      "queue %s of forecast %" G_GINT64_FORMAT " has been retired", plain.queue, id);
    AUTO(zone) zone = ok ? zone_new(operation->queues[queue].zone, error) : NULL;
    ok = ok && zone != NULL && hand_apply(&hand, &operation->queues[queue], &handed, error);
    if (ok)
        print_one(options, &plain, &handed, zone);
    hand_clear(&hand);
    stored_forecast_clear(&plain);
    stored_forecast_clear(&handed);
    return ok;
}

bool report_forecast(const struct options *options, GError **error)
{
    const char *text = options_arg(options, 0);
    guint64 id = 0;
    if (text != NULL && !g_ascii_string_to_unsigned(text, 10, 1, G_MAXINT64, &id, NULL))
        return wfm_fail(error, WFM_ERROR_USAGE, "%s: not the number of a forecast (wfm report forecast)",
                        text);
    AUTO(store) store = settings_store(options, error);
    AUTO(operation) operation = store != NULL ? store_operation_load(store, error) : NULL;
    return operation != NULL && (text != NULL ? run_one(options, store, operation, (int64_t)id, error)
                                              : run_list(options, store, operation, error));
}
