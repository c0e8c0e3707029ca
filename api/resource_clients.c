#include <math.h>
#include <string.h>

#include "api/auth.h"
#include "api/resources.h"
#include "core/error.h"
#include "forecast/override.h"

json_t *named_row_json(const struct named_row *row)
{
    json_t *json = json_pack("{s:s, s:o}", "id", row->id, "name", api_json_text(row->name));
    if (row->client != NULL)
        json_object_set_new(json, "client", json_string(row->client));
    if (row->channel != NULL)
        json_object_set_new(json, "channel", json_string(row->channel));
    if (row->zone != NULL)
        json_object_set_new(json, "zone", json_string(row->zone));
    json_t *detail = row->detail_json != NULL ? json_loads(row->detail_json, 0, NULL) : NULL;
    if (json_is_object(detail))
        json_object_update_missing(json, detail);
    json_decref(detail);
    return json;
}

static bool reply_rows(struct api_call *call, const char *key, const struct named_row *rows, int n)
{
    json_t *list = json_array();
    for (int k = 0; k < n; k++)
        json_array_append_new(list, named_row_json(&rows[k]));
    return api_reply_json(call, 200, json_pack("{s:o}", key, list));
}

bool clients_list(struct api_call *call, GError **error)
{
    struct named_row *rows = NULL;
    int n = 0;
    if (!store_list_clients(call->store, &call->scope, &rows, &n, error))
        return false;
    bool ok = reply_rows(call, "clients", rows, n);
    named_rows_free(rows, n);
    return ok;
}

bool client_known(struct api_call *call, const char *client, char **name, GError **error)
{
    struct named_row *rows = NULL;
    int n = 0;
    if (!auth_client(call, client, error) || !store_list_clients(call->store, &call->scope, &rows, &n, error))
        return false;
    bool found = false;
    for (int k = 0; k < n && !found; k++) {
        found = strcmp(rows[k].id, client) == 0;
        if (found && name != NULL)
            *name = g_strdup(rows[k].name);
    }
    named_rows_free(rows, n);
    return found || wfm_fail(error, WFM_ERROR_NOT_FOUND, "there is no client \"%s\"", client);
}

bool queues_list(struct api_call *call, GError **error)
{
    struct named_row *rows = NULL;
    int n = 0;
    const char *client = call->query.client;
    if ((client != NULL && !client_known(call, client, NULL, error)) ||
        !store_list_queues(call->store, &call->scope, client, &rows, &n, error))
        return false;
    bool ok = reply_rows(call, "queues", rows, n);
    named_rows_free(rows, n);
    return ok;
}

/* A queue the scope may see, as {id, name, client, channel, zone, …}; NULL with WFM_ERROR_NOT_FOUND.
 * json_decref. */
static json_t *queue_known(struct api_call *call, const char *queue, GError **error)
{
    struct named_row *rows = NULL;
    int n = 0;
    if (!store_list_queues(call->store, &call->scope, NULL, &rows, &n, error))
        return NULL;
    json_t *found = NULL;
    for (int k = 0; k < n && found == NULL; k++)
        if (strcmp(rows[k].id, queue) == 0)
            found = named_row_json(&rows[k]);
    named_rows_free(rows, n);
    if (found == NULL)
        wfm_fail(error, WFM_ERROR_NOT_FOUND, "there is no queue \"%s\"", queue);
    return found;
}

/* One queue and the span asked for, in its zone. */
struct asked {
    json_t *queue; /* owned */
    const struct zone *zone;
    int64_t from_ts, to_ts;
};

static void asked_clear(struct asked *asked)
{
    json_decref(asked->queue);
}

static bool asked_init(struct api_call *call, struct asked *out, GError **error)
{
    *out = (struct asked){.queue = queue_known(call, call->vars[0], error)};
    if (out->queue == NULL)
        return false;
    out->zone = api_zone(call, json_string_value(json_object_get(out->queue, "zone")), error);
    if (out->zone == NULL)
        return false;
    query_range(&call->query, out->zone, &out->from_ts, &out->to_ts);
    return true;
}

/* {queue, client, channel, zone, from, to, interval_minutes, intervals}: answers by interval. Takes the
 * intervals. */
static json_t *series_json(const struct asked *asked, const struct grid *grid, json_t *intervals)
{
    return json_pack("{s:O, s:O, s:O, s:O, s:o, s:o, s:o, s:o}", "queue", json_object_get(asked->queue, "id"),
                     "client", json_object_get(asked->queue, "client"), "channel",
                     json_object_get(asked->queue, "channel"), "zone", json_object_get(asked->queue, "zone"),
                     "from", api_json_instant(asked->from_ts, asked->zone), "to",
                     api_json_instant(asked->to_ts, asked->zone), "interval_minutes",
                     grid->n > 0 ? json_integer(grid->interval_s / 60) : json_null(), "intervals", intervals);
}

bool coverage_load(struct api_call *call, int64_t roster, const char *queue, int64_t from_ts, int64_t to_ts,
                   struct coverage_view *view, GError **error)
{
    g_autoptr(GError) inner = NULL;
    *view = (struct coverage_view){0};
    if (store_coverage(call->store, &call->scope, roster, queue, from_ts, to_ts, view, &inner))
        return true;
    if (g_error_matches(inner, WFM_ERROR, WFM_ERROR_NOT_FOUND))
        return true;
    g_propagate_error(error, g_steal_pointer(&inner));
    return false;
}

static double ratio(double part, double whole)
{
    return whole > 0 ? part / whole : NAN;
}

static json_t *coverage_json(const struct asked *asked, const struct coverage_view *view)
{
    json_t *intervals = json_array();
    for (int32_t iv = 0; iv < view->grid.n; iv++)
        json_array_append_new(intervals,
                              json_pack("{s:o, s:o, s:o, s:o, s:o}", "start",
                                        api_json_instant(grid_ts(&view->grid, iv), asked->zone), "required",
                                        api_json_finite(view->required[iv]), "staffed",
                                        api_json_finite(view->staffed[iv]), "offered",
                                        api_json_finite(view->offered[iv]), "expected_sl",
                                        api_json_finite(ratio(view->in_time[iv], view->counted[iv]))));
    return series_json(asked, &view->grid, intervals);
}

bool queue_coverage(struct api_call *call, GError **error)
{
    struct asked asked;
    struct coverage_view view = {0};
    bool ok = asked_init(call, &asked, error) &&
              coverage_load(call, 0, call->vars[0], asked.from_ts, asked.to_ts, &view, error);
    if (ok) {
        ok = api_reply_json(call, 200, coverage_json(&asked, &view));
        coverage_view_clear(&view);
    }
    asked_clear(&asked);
    return ok;
}

/* --- forecast
 * --------------------------------------------------------------------------------------------------- */

static json_t *forecast_json(const struct asked *asked, const struct stored_forecast *forecast)
{
    const struct grid *grid = &forecast->grid;
    json_t *levels = json_array(), *intervals = json_array();
    for (int l = 0; l < forecast->n_levels; l++)
        json_array_append_new(levels, api_json_finite(forecast->levels[l]));
    for (int32_t iv = 0; iv < grid->n; iv++) {
        if (grid_ts(grid, iv) < asked->from_ts || grid_ts(grid, iv) >= asked->to_ts ||
            isnan(forecast->offered[iv]))
            continue;
        json_t *quantiles = json_array();
        for (int l = 0; l < forecast->n_levels; l++)
            json_array_append_new(
                quantiles, api_json_finite(forecast->quantile[(size_t)l * (size_t)grid->n + (size_t)iv]));
        json_array_append_new(intervals,
                              json_pack("{s:o, s:o, s:o, s:o}", "start",
                                        api_json_instant(grid_ts(grid, iv), asked->zone), "offered",
                                        api_json_finite(forecast->offered[iv]), "aht_s",
                                        api_json_finite(forecast->aht_s[iv]), "quantiles", quantiles));
    }
    json_t *json = series_json(asked, grid, intervals);
    json_object_set_new(json, "created", api_json_instant(forecast->created_ts, NULL));
    json_object_set_new(json, "levels", levels);
    return json;
}

static bool range_given(struct api_call *call, GError **error)
{
    if ((call->query.given & PARAM_RANGE) == PARAM_RANGE)
        return true;
    call->query.wrong = g_strdup(call->query.given & PARAM_FROM ? "to" : "from");
    return wfm_fail(error, WFM_ERROR_INPUT, "parameter %s: is needed; a forecast is asked for by its span",
                    call->query.wrong);
}

/* Opening hours of a listed queue: [{"weekdays", "from_min", "to_min"}, …]. g_free. */
static struct week_span *open_hours(const json_t *queue, int *n)
{
    const json_t *list = json_object_get(queue, "open");
    *n = (int)json_array_size(list);
    struct week_span *spans = g_new0(struct week_span, (gsize)*n + 1);
    for (int i = 0; i < *n; i++) {
        const json_t *span = json_array_get(list, (size_t)i);
        spans[i] = (struct week_span){
            .weekdays = (uint8_t)json_integer_value(json_object_get(span, "weekdays")),
            .from_min = (int)json_integer_value(json_object_get(span, "from_min")),
            .to_min = (int)json_integer_value(json_object_get(span, "to_min")),
        };
    }
    return spans;
}

/* The planner's hand, as it is planned with: overrides of no scenario and of those that are on. */
static bool apply_hand(struct api_call *call, const struct asked *asked, struct stored_forecast *forecast,
                       GError **error)
{
    struct override_filter filter = {
        .queue = call->vars[0], .from_ts = asked->from_ts, .to_ts = asked->to_ts};
    struct override *overrides = NULL;
    int n = 0, n_used = 0, n_open;
    if (!store_override_list(call->store, &call->scope, &filter, &overrides, &n, error))
        return false;
    g_autofree const struct override **used = g_new(const struct override *, (gsize)n + 1);
    for (int i = 0; i < n; i++)
        if (overrides[i].standing)
            used[n_used++] = &overrides[i];
    g_autofree struct week_span *open = open_hours(asked->queue, &n_open);
    struct override_target target = {.grid = forecast->grid,
                                     .zone = asked->zone,
                                     .open = open,
                                     .n_open = n_open,
                                     .offered = forecast->offered,
                                     .aht_s = forecast->aht_s,
                                     .n_levels = forecast->n_levels,
                                     .quantile = forecast->quantile};
    overrides_apply(used, n_used, &target, NULL);
    overrides_free(overrides, n);
    return true;
}

bool queue_forecast(struct api_call *call, GError **error)
{
    struct asked asked;
    struct stored_forecast forecast = {0};
    bool ok = asked_init(call, &asked, error) && range_given(call, error) &&
              store_forecast_span(call->store, &call->scope, call->vars[0], asked.from_ts, asked.to_ts, NULL,
                                  &forecast, error) &&
              apply_hand(call, &asked, &forecast, error) &&
              api_reply_json(call, 200, forecast_json(&asked, &forecast));
    stored_forecast_clear(&forecast);
    asked_clear(&asked);
    return ok;
}
