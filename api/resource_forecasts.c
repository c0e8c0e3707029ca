/* Forecasts: what is expected now, and what was expected when. */
#include <math.h>
#include <string.h>

#include "api/hand.h"
#include "api/resources.h"
#include "api/series.h"
#include "core/error.h"
#include "core/week.h"

#define FORECASTS_PATH "/v1/forecasts"

/* --- which forecasts
 * ------------------------------------------------------------------------------------------------- */

/* A date, which is the first instant of the day, or an instant. */
static int64_t moment(const char *text, const struct zone *zone)
{
    int32_t day;
    int64_t ts = 0;
    if (day_parse(text, &day, NULL))
        return zone_day_start(zone, day);
    time_parse(text, NULL, &ts, NULL);
    return ts;
}

bool pick_parse(struct api_call *call, const struct asked *asked, struct forecast_pick *pick, GError **error)
{
    const char *snapshot = query_text(&call->query, "snapshot"), *as_of = query_text(&call->query, "as_of");
    const char *lead = query_text(&call->query, "lead_days");
    int64_t days;
    *pick = (struct forecast_pick){.first = g_strcmp0(snapshot, "first") == 0};
    if (snapshot != NULL)
        int64_parse(snapshot, &pick->id);
    if (as_of != NULL && lead != NULL)
        return query_wrong(call, "as_of", error, "says the same as lead_days; give one of them");
    if (as_of != NULL)
        pick->known_ts = moment(as_of, asked->zone);
    if (lead == NULL || !int64_parse(lead, &days))
        return true;
    struct local_time from = zone_local(asked->zone, asked->from_ts);
    pick->known_ts = zone_instant(asked->zone, from.day - (int32_t)days, from.second / 60);
    return true;
}

/* What-ifs are the planner's; for others there are none. */
bool scenarios_allowed(struct api_call *call, GError **error)
{
    return call->scope.role == ROLE_PLANNER || !(call->query.given & (PARAM_SCENARIO | PARAM_WITHOUT)) ||
           wfm_fail(error, WFM_ERROR_NOT_FOUND, "there is no such scenario");
}

/* --- one queue and span
 * ------------------------------------------------------------------------------------------------- */

/* The overrides that are in it; reasons and names are for planners. */
static json_t *overrides_json(const struct api_call *call, const struct asked *asked, const struct hand *hand)
{
    json_t *list = json_array();
    for (int i = 0; i < hand->n; i++)
        if (strcmp(hand->overrides[i].queue, asked->known.id) == 0)
            json_array_append_new(list, override_json(call, &hand->overrides[i], asked->zone));
    return list;
}

static double *copy_of(const double *values, int32_t n)
{
    return g_memdup2(values, (gsize)n * sizeof *values);
}

static bool reply_forecast(struct api_call *call, const struct asked *asked, const struct hand *hand,
                           struct stored_forecast *forecast, GError **error)
{
    static const char *const names[] = {"start",      "offered",   "aht_s", "made_offered",
                                        "made_aht_s", "quantiles", NULL};
    const struct grid *grid = &forecast->grid;
    g_autofree double *offered = copy_of(forecast->offered, grid->n);
    g_autofree double *aht_s = copy_of(forecast->aht_s, grid->n);
    if (!hand_apply(hand, &asked->known, forecast, error))
        return false;
    struct rows_out rows;
    rows_begin(&rows, rows_csv(call), names, "queue", asked->known.id, forecast->levels, forecast->n_levels);
    for (int32_t iv = 0; iv < grid->n; iv++) {
        int64_t ts = grid_ts(grid, iv);
        if (ts < asked->from_ts || ts >= asked->to_ts || isnan(forecast->offered[iv]))
            continue;
        rows_instant(&rows, ts, asked->zone);
        rows_real(&rows, forecast->offered[iv]);
        rows_real(&rows, forecast->aht_s[iv]);
        rows_real(&rows, offered[iv]);
        rows_real(&rows, aht_s[iv]);
        rows_reals(&rows, forecast->quantile + iv, forecast->n_levels, (size_t)grid->n);
    }
    json_t *head = series_head(asked, grid), *levels = json_array();
    for (int l = 0; l < forecast->n_levels; l++)
        json_array_append_new(levels, api_json_finite(forecast->levels[l]));
    json_object_set_new(head, "forecast", json_integer(forecast->id));
    json_object_set_new(head, "created", api_json_instant(forecast->created_ts, NULL));
    json_object_set_new(head, "known_until",
                        forecast->history_end_ts != 0
                            ? api_json_instant(forecast->history_end_ts, asked->zone)
                            : json_null());
    json_object_set_new(head, "levels", levels);
    json_object_set_new(head, "overrides", overrides_json(call, asked, hand));
    return rows_reply(call, &rows, head, "intervals");
}

bool queue_forecast(struct api_call *call, GError **error)
{
    struct asked asked;
    struct stored_forecast forecast = {0};
    struct forecast_pick pick;
    struct hand hand = {0};
    struct hand_ask ask = {.with = query_list(&call->query, "scenario"),
                           .without = query_list(&call->query, "without"),
                           .scope = &call->scope};
    bool ok = asked_init(call, &asked, error) && range_given(call, error) && scenarios_allowed(call, error) &&
              pick_parse(call, &asked, &pick, error) &&
              store_forecast_span(call->store, &call->scope, call->vars[0], asked.from_ts, asked.to_ts, &pick,
                                  &forecast, error) &&
              hand_load(&hand, call->store, asked.from_ts, asked.to_ts, &ask, error) &&
              reply_forecast(call, &asked, &hand, &forecast, error);
    hand_clear(&hand);
    stored_forecast_clear(&forecast);
    asked_clear(&asked);
    return ok;
}

/* --- all that was stored
 * ----------------------------------------------------------------------------------------------- */

static json_t *loads_object(const char *text)
{
    json_t *json = text != NULL ? json_loads(text, 0, NULL) : NULL;
    if (json_is_object(json))
        return json;
    json_decref(json);
    return json_object();
}

/* {id, queue, zone, from, to, interval_minutes, contacts, created, created_by, known_until, inputs_hash,
   wape, bias}. */
static json_t *info_json(struct api_call *call, const struct forecast_info *info, const struct zone *zone)
{
    json_t *report = loads_object(info->report_json), *test = json_object_get(report, "backtest");
    json_t *wape = json_object_get(test, "wape"), *bias = json_object_get(test, "bias");
    bool planner = call->scope.role == ROLE_PLANNER; /* names of people stay here */
    json_t *json = json_pack(
        "{s:I, s:s, s:s, s:o, s:o, s:i, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "id", (json_int_t)info->id,
        "queue", info->queue, "zone", zone_name(zone), "from", api_json_instant(info->grid.start_ts, zone),
        "to", api_json_instant(grid_end_ts(&info->grid), zone), "interval_minutes",
        info->grid.interval_s / 60, "contacts", api_json_finite(info->contacts), "created",
        api_json_instant(info->created_ts, NULL), "created_by",
        planner ? api_json_text(info->created_by) : json_null(), "known_until",
        info->history_end_ts != 0 ? api_json_instant(info->history_end_ts, zone) : json_null(), "inputs_hash",
        api_json_text(info->inputs_hash), "wape", json_is_number(wape) ? json_incref(wape) : json_null(),
        "bias", json_is_number(bias) ? json_incref(bias) : json_null());
    json_decref(report);
    return json;
}

bool week_asked(struct api_call *call, int64_t *from_ts, int64_t *to_ts, GError **error)
{
    const char *week = query_text(&call->query, "week");
    g_autofree char *name = NULL;
    int32_t monday;
    *from_ts = INT64_MIN;
    *to_ts = INT64_MAX;
    if (week == NULL)
        return true;
    if (!week_parse(week, &monday, error) ||
        !store_planning_zone(call->store, &call->scope, &name, NULL, error))
        return false;
    const struct zone *zone = api_zone(call, name, error);
    if (zone == NULL)
        return false;
    *from_ts = zone_day_start(zone, monday);
    *to_ts = zone_day_start(zone, monday + WEEK_DAYS);
    return true;
}

static json_t *infos_json(struct api_call *call, const struct forecast_info *infos, int n, GError **error)
{
    json_t *list = json_array();
    for (int k = 0; k < n; k++) {
        const struct zone *zone = api_zone(call, infos[k].zone, error);
        if (zone == NULL) {
            json_decref(list);
            return NULL;
        }
        json_array_append_new(list, info_json(call, &infos[k], zone));
    }
    return list;
}

bool forecasts_list(struct api_call *call, GError **error)
{
    const char *queue = query_text(&call->query, "queue");
    int64_t before = 0, from_ts, to_ts;
    struct asked asked = {0};
    struct forecast_info *infos = NULL;
    int n = 0, limit = call->query.limit;
    if (call->query.after != NULL && (!int64_parse(call->query.after, &before) || before < 1))
        return query_wrong(call, "after", error, "take it from the `next` of a page");
    bool known = queue == NULL || asked_queue(call, queue, &asked, error);
    asked_clear(&asked);
    if (!known || !week_asked(call, &from_ts, &to_ts, error) ||
        !store_forecast_list(call->store, &call->scope, queue, from_ts, to_ts, before, limit + 1, &infos, &n,
                             error))
        return false;
    json_t *list = infos_json(call, infos, MIN(n, limit), error), *next = json_null();
    if (n > limit) {
        g_autofree char *cursor = g_strdup_printf("%" G_GINT64_FORMAT, infos[limit - 1].id);
        next = next_link(call, FORECASTS_PATH, cursor);
    }
    forecast_infos_free(infos, n);
    if (list != NULL)
        return api_reply_json(call, 200, json_pack("{s:o, s:o}", "forecasts", list, "next", next));
    json_decref(next);
    return false;
}

/* --- one of them
 * ----------------------------------------------------------------------------------------------------- */

/* A forecast in the path, and its queue; both to be cleared whatever the result. */
static bool find_forecast(struct api_call *call, int var, struct stored_forecast *forecast,
                          struct asked *asked, GError **error)
{
    int64_t id;
    *forecast = (struct stored_forecast){0};
    *asked = (struct asked){0};
    if (!path_number(call, var, "forecast", &id, error) ||
        !store_forecast_find(call->store, &call->scope, id, forecast, error) ||
        !asked_queue(call, forecast->queue, asked, error))
        return false;
    asked->from_ts = forecast->grid.start_ts;
    asked->to_ts = grid_end_ts(&forecast->grid);
    return true;
}

static double contacts_of(const struct stored_forecast *forecast)
{
    return forecast_contacts(forecast, INT64_MIN, INT64_MAX);
}

/* What a client may read of how it was made: not from whose queue the shape of its days comes, nor what it
   was made to agree with. */
static json_t *report_shown(const struct api_call *call, const char *text)
{
    json_t *report = loads_object(text);
    if (call->scope.role != ROLE_PLANNER) {
        json_object_del(report, "reconciled");
        json_object_del(json_object_get(report, "by_day"), "profile");
    }
    return report;
}

static json_t *forecast_head(struct api_call *call, const struct asked *asked,
                             const struct stored_forecast *forecast)
{
    struct forecast_info info = {
        .id = forecast->id,
        .queue = forecast->queue,
        .grid = forecast->grid,
        .contacts = contacts_of(forecast),
        .report_json = forecast->report_json,
        .inputs_hash = forecast->inputs_hash,
        .created_by = forecast->created_by,
        .created_ts = forecast->created_ts,
        .history_end_ts = forecast->history_end_ts,
    };
    json_t *head = info_json(call, &info, asked->zone), *levels = json_array();
    for (int l = 0; l < forecast->n_levels; l++)
        json_array_append_new(levels, api_json_finite(forecast->levels[l]));
    json_object_set(head, "client", json_object_get(asked->queue, "client"));
    json_object_set(head, "channel", json_object_get(asked->queue, "channel"));
    json_object_set_new(head, "levels", levels);
    json_object_set_new(head, "report", report_shown(call, forecast->report_json));
    return head;
}

bool forecast_get(struct api_call *call, GError **error)
{
    static const char *const names[] = {"start", "offered", "aht_s", "quantiles", NULL};
    struct stored_forecast forecast;
    struct asked asked;
    bool ok = find_forecast(call, 0, &forecast, &asked, error);
    if (ok) {
        struct rows_out rows;
        rows_begin(&rows, rows_csv(call), names, "queue", asked.known.id, forecast.levels, forecast.n_levels);
        for (int32_t iv = 0; iv < forecast.grid.n; iv++) {
            rows_instant(&rows, grid_ts(&forecast.grid, iv), asked.zone);
            rows_real(&rows, forecast.offered[iv]);
            rows_real(&rows, forecast.aht_s[iv]);
            rows_reals(&rows, forecast.quantile + iv, forecast.n_levels, (size_t)forecast.grid.n);
        }
        ok = rows_reply(call, &rows, forecast_head(call, &asked, &forecast), "intervals");
    }
    stored_forecast_clear(&forecast);
    asked_clear(&asked);
    return ok;
}

/* --- two of them
 * ----------------------------------------------------------------------------------------------------- */

static bool comparable(const struct stored_forecast *a, const struct stored_forecast *b, GError **error)
{
    if (strcmp(a->queue, b->queue) != 0)
        return wfm_fail(error, WFM_ERROR_INPUT,
                        "forecasts %" G_GINT64_FORMAT " and %" G_GINT64_FORMAT " are of different queues",
                        a->id, b->id);
    if (a->grid.interval_s != b->grid.interval_s || !grid_aligned(&a->grid, b->grid.start_ts))
        return wfm_fail(error, WFM_ERROR_INPUT,
                        "forecasts %" G_GINT64_FORMAT " and %" G_GINT64_FORMAT " have different intervals",
                        a->id, b->id);
    return true;
}

/* Sums over the intervals both have. */
struct compared {
    double first, second, apart; /* contacts; Σ|second - first| */
};

static void compare_rows(struct rows_out *rows, const struct stored_forecast *a,
                         const struct stored_forecast *b, const struct zone *zone, struct compared *sums)
{
    for (int32_t iv = 0; iv < a->grid.n; iv++) {
        int32_t at = grid_index(&b->grid, grid_ts(&a->grid, iv));
        if (at < 0 || at >= b->grid.n)
            continue;
        double first = a->offered[iv], second = b->offered[at];
        if (isfinite(first) && isfinite(second)) {
            sums->first += first;
            sums->second += second;
            sums->apart += fabs(second - first);
        }
        rows_instant(rows, grid_ts(&a->grid, iv), zone);
        rows_real(rows, first);
        rows_real(rows, second);
        rows_real(rows, second - first);
        rows_real(rows, a->aht_s[iv]);
        rows_real(rows, b->aht_s[at]);
    }
}

bool forecast_compare(struct api_call *call, GError **error)
{
    static const char *const names[] = {"start",       "offered", "other_offered", "difference", "aht_s",
                                        "other_aht_s", NULL};
    struct stored_forecast a, b = {0};
    struct asked asked, other = {0};
    bool ok = find_forecast(call, 0, &a, &asked, error) && find_forecast(call, 1, &b, &other, error) &&
              comparable(&a, &b, error);
    if (ok) {
        struct rows_out rows;
        struct compared sums = {0};
        rows_begin(&rows, rows_csv(call), names, "queue", asked.known.id, NULL, 0);
        compare_rows(&rows, &a, &b, asked.zone, &sums);
        json_t *head = json_pack("{s:s, s:s, s:i, s:I, s:I, s:o, s:o, s:f, s:f, s:f, s:o}", "queue", a.queue,
                                 "zone", zone_name(asked.zone), "interval_minutes", a.grid.interval_s / 60,
                                 "forecast", (json_int_t)a.id, "other", (json_int_t)b.id, "created",
                                 api_json_instant(a.created_ts, NULL), "other_created",
                                 api_json_instant(b.created_ts, NULL), "contacts", sums.first,
                                 "other_contacts", sums.second, "difference", sums.second - sums.first,
                                 "wape", api_json_finite(sums.first > 0 ? sums.apart / sums.first : NAN));
        ok = rows_reply(call, &rows, head, "intervals");
    }
    stored_forecast_clear(&a);
    stored_forecast_clear(&b);
    asked_clear(&asked);
    asked_clear(&other);
    return ok;
}
