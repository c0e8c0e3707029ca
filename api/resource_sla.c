#include <math.h>
#include <string.h>

#include "api/live.h"
#include "api/resources.h"
#include "core/error.h"
#include "core/week.h"

/* Service levels: expected by the models of the requirement, and simulated where a simulation is stored. */

struct sla_sum {
    double required_h, staffed_h, offered, in_time, counted;
};

static void sla_add(struct sla_sum *sum, const struct coverage_view *view, int32_t iv)
{
    double hours = view->grid.interval_s / 3600.0;
    sum->required_h += isfinite(view->required[iv]) ? view->required[iv] * hours : 0;
    sum->staffed_h += isfinite(view->staffed[iv]) ? view->staffed[iv] * hours : 0;
    sum->offered += isfinite(view->offered[iv]) ? view->offered[iv] : 0;
    if (isfinite(view->counted[iv]) && isfinite(view->in_time[iv])) {
        sum->in_time += view->in_time[iv];
        sum->counted += view->counted[iv];
    }
}

static void sla_put(json_t *json, const struct sla_sum *sum)
{
    json_object_set_new(json, "expected_sl",
                        api_json_finite(sum->counted > 0 ? sum->in_time / sum->counted : NAN));
    json_object_set_new(json, "offered", api_json_finite(sum->offered));
    json_object_set_new(json, "required_hours", api_json_finite(sum->required_h));
    json_object_set_new(json, "staffed_hours", api_json_finite(sum->staffed_h));
}

/* As the published shifts stand; now: NULL where it is no published roster. */
static void sla_put_now(json_t *json, const struct sla_sum *now)
{
    json_object_set_new(json, "expected_sl_now",
                        api_json_finite(now != NULL && now->counted > 0 ? now->in_time / now->counted : NAN));
    json_object_set_new(json, "staffed_hours_now", api_json_finite(now != NULL ? now->staffed_h : NAN));
}

/* --- simulated
 * -------------------------------------------------------------------------------------------------- */

/* Spans of one queue together: the level is a ratio of sums; days of different spans are independent. */
struct simulated_sum {
    double counted, in_time, squares; /* squares: of half × counted */
    double met, met_low, met_high;    /* of the only span; NAN of several */
    int n;
};

static void simulated_add(struct simulated_sum *sum, const struct simulated_span *span)
{
    sum->counted += span->counted;
    sum->in_time += span->sl * span->counted;
    sum->squares += span->sl_half * span->counted * span->sl_half * span->counted;
    sum->met = sum->n == 0 ? span->met : NAN;
    sum->met_low = sum->n == 0 ? span->met_low : NAN;
    sum->met_high = sum->n == 0 ? span->met_high : NAN;
    sum->n++;
}

/* {sl, half, met, met_low, met_high}; null where nothing was simulated that counts. */
static json_t *simulated_json(const struct simulated_sum *sum)
{
    if (!(sum->counted > 0))
        return json_null();
    return json_pack("{s:o, s:o, s:o, s:o, s:o}", "sl", api_json_finite(sum->in_time / sum->counted), "half",
                     api_json_finite(sqrt(sum->squares) / sum->counted), "met", api_json_finite(sum->met),
                     "met_low", api_json_finite(sum->met_low), "met_high", api_json_finite(sum->met_high));
}

/* Is the span a local day of the queue, or what a roster has of one? Sets the day. */
static bool is_day(const struct simulated_span *span, const struct zone *zone, int32_t *day)
{
    *day = zone_local_day(zone, span->from_ts);
    return zone_local_day(zone, span->to_ts - 1) == *day;
}

static struct simulated_sum simulated_day(const struct stored_simulation *simulation, const struct zone *zone,
                                          int32_t day)
{
    struct simulated_sum sum = {.met = NAN, .met_low = NAN, .met_high = NAN};
    int32_t other;
    for (int i = 0; i < simulation->n_spans; i++)
        if (is_day(&simulation->spans[i], zone, &other) && other == day)
            simulated_add(&sum, &simulation->spans[i]);
    return sum;
}

/* What is known of a queue in a span. */
struct spans {
    struct coverage_view planned, now;
    bool live; /* `now` is known: published rosters as they stand */
    struct stored_simulation simulation;
};

static void spans_clear(struct spans *spans)
{
    coverage_view_clear(&spans->planned);
    coverage_view_clear(&spans->now);
    stored_simulation_clear(&spans->simulation);
}

/* What the models of the requirement expect of a contract period; NAN unless all of it is in view. */
static double period_expected(const struct coverage_view *view, int64_t from_ts, int64_t to_ts)
{
    double in_time = 0, counted = 0;
    if (view->grid.n == 0 || from_ts < view->grid.start_ts || to_ts > grid_end_ts(&view->grid))
        return NAN;
    for (int32_t iv = grid_index(&view->grid, from_ts); iv < view->grid.n && grid_ts(&view->grid, iv) < to_ts;
         iv++)
        if (isfinite(view->counted[iv]) && isfinite(view->in_time[iv])) {
            in_time += view->in_time[iv];
            counted += view->counted[iv];
        }
    return counted > 0 ? in_time / counted : NAN;
}

/* Contract periods that touch the span: [{from, to, target, expected_sl, expected_sl_now, sl, half, met,
   met_low, met_high, sl_p5, sl_p50, sl_p95, offered}]. */
static json_t *periods_json(const struct spans *spans, const struct zone *zone)
{
    json_t *periods = json_array();
    for (int i = 0; i < spans->simulation.n_spans; i++) {
        const struct simulated_span *span = &spans->simulation.spans[i];
        if (!span->contract)
            continue;
        json_t *period = json_pack("{s:o, s:o}", "from", api_json_instant(span->from_ts, zone), "to",
                                   api_json_instant(span->to_ts, zone));
        const struct {
            const char *key;
            double value;
        } figures[] = {
            {"target", span->target},
            {"expected_sl", period_expected(&spans->planned, span->from_ts, span->to_ts)},
            {"expected_sl_now", spans->live ? period_expected(&spans->now, span->from_ts, span->to_ts) : NAN},
            {"sl", span->sl},
            {"half", span->sl_half},
            {"met", span->met},
            {"met_low", span->met_low},
            {"met_high", span->met_high},
            {"sl_p5", span->sl_p5},
            {"sl_p50", span->sl_p50},
            {"sl_p95", span->sl_p95},
            {"offered", span->offered}};
        for (size_t k = 0; k < G_N_ELEMENTS(figures); k++)
            json_object_set_new(period, figures[k].key, api_json_finite(figures[k].value));
        json_array_append_new(periods, period);
    }
    return periods;
}

/* --- both
 * ------------------------------------------------------------------------------------------------------- */

/* Sums by local day of the queue, and over all. */
static json_t *sla_days(const struct spans *spans, const struct zone *zone, struct sla_sum *total,
                        struct sla_sum *total_now, struct simulated_sum *simulated_total)
{
    const struct coverage_view *view = &spans->planned;
    json_t *days = json_array();
    for (int32_t iv = 0; iv < view->grid.n;) {
        int32_t day = zone_local_day(zone, grid_ts(&view->grid, iv));
        struct sla_sum sum = {0}, now = {0};
        for (; iv < view->grid.n && zone_local_day(zone, grid_ts(&view->grid, iv)) == day; iv++) {
            sla_add(&sum, view, iv);
            sla_add(total, view, iv);
            if (spans->live) {
                sla_add(&now, &spans->now, iv);
                sla_add(total_now, &spans->now, iv);
            }
        }
        struct simulated_sum simulated = simulated_day(&spans->simulation, zone, day);
        g_autofree char *date = day_format(day);
        json_t *row = json_pack("{s:s}", "day", date);
        sla_put(row, &sum);
        sla_put_now(row, spans->live ? &now : NULL);
        json_object_set_new(row, "simulated", simulated_json(&simulated));
        json_array_append_new(days, row);
        simulated_total->counted += simulated.counted;
        simulated_total->in_time += simulated.in_time;
        simulated_total->squares += simulated.squares;
    }
    return days;
}

/* By the published rosters or (not 0) by one. */
static bool spans_load(struct api_call *call, int64_t roster, bool live, const char *queue, int64_t from_ts,
                       int64_t to_ts, struct spans *out, GError **error)
{
    *out = (struct spans){.live = live};
    return coverage_load(call, roster, queue, from_ts, to_ts, &out->planned, error) &&
           (!live || live_coverage(call, roster, queue, &out->planned, &out->now, error)) &&
           store_simulation_load(call->store, &call->scope, roster, queue, from_ts, to_ts, &out->simulation,
                                 error);
}

/* A queue in a span of instants. NULL on failure. */
static json_t *queue_span_sla(struct api_call *call, int64_t roster, bool live, const struct named_row *row,
                              const struct zone *zone, int64_t from_ts, int64_t to_ts, GError **error)
{
    struct spans spans;
    json_t *json = NULL;
    if (spans_load(call, roster, live, row->id, from_ts, to_ts, &spans, error)) {
        struct sla_sum total = {0}, now = {0};
        struct simulated_sum simulated = {.met = NAN, .met_low = NAN, .met_high = NAN};
        json = named_row_json(row);
        json_t *days = sla_days(&spans, zone, &total, &now, &simulated);
        sla_put(json, &total);
        sla_put_now(json, live ? &now : NULL);
        json_object_set_new(json, "simulated", simulated_json(&simulated));
        json_object_set_new(json, "periods", periods_json(&spans, zone));
        json_object_set_new(json, "days", days);
    }
    spans_clear(&spans);
    return json;
}

/* From the first instant of the days of any queue to the last. */
struct span {
    int64_t from_ts, to_ts;
};

/* The same in the span of the query. */
static json_t *queue_sla(struct api_call *call, const struct named_row *row, struct span *all, GError **error)
{
    int64_t from_ts, to_ts;
    const struct zone *zone = api_zone(call, row->zone, error);
    if (zone == NULL)
        return NULL;
    query_range(&call->query, zone, &from_ts, &to_ts);
    *all = (struct span){MIN(all->from_ts, from_ts), MAX(all->to_ts, to_ts)};
    json_t *json = queue_span_sla(call, 0, true, row, zone, from_ts, to_ts, error);
    if (json != NULL) {
        json_object_set_new(json, "from", api_json_instant(from_ts, zone));
        json_object_set_new(json, "to", api_json_instant(to_ts, zone));
    }
    return json;
}

/* [{roster, week, weeks, version, published, replications}]: what the figures come from. NULL on failure. */
static json_t *rosters_json(struct api_call *call, const char *client, struct span span, GError **error)
{
    g_autofree struct published_roster *rosters = NULL;
    int n = 0;
    if (span.from_ts < span.to_ts && !store_published_rosters(call->store, &call->scope, client, span.from_ts,
                                                              span.to_ts, &rosters, &n, error))
        return NULL;
    json_t *list = json_array();
    for (int k = 0; k < n; k++) {
        g_autofree char *week = week_format(rosters[k].first_day);
        json_array_append_new(
            list,
            json_pack("{s:I, s:s, s:i, s:i, s:o, s:o}", "roster", (json_int_t)rosters[k].id, "week", week,
                      "weeks", rosters[k].n_weeks, "version", rosters[k].version, "published",
                      api_json_instant(rosters[k].published_ts, NULL), "replications",
                      rosters[k].replications > 0 ? json_integer(rosters[k].replications) : json_null()));
    }
    return list;
}

bool client_sla(struct api_call *call, GError **error)
{
    const char *client = call->vars[0];
    struct named_row *rows = NULL;
    int n = 0;
    g_autofree char *name = NULL;
    if (!client_known(call, client, &name, error) ||
        !store_list_queues(call->store, &call->scope, client, &rows, &n, error))
        return false;
    json_t *queues = json_array(), *rosters = NULL;
    struct span span = {INT64_MAX, INT64_MIN};
    bool ok = true;
    for (int k = 0; k < n && ok; k++) {
        json_t *queue = queue_sla(call, &rows[k], &span, error);
        ok = queue != NULL && json_array_append_new(queues, queue) == 0;
    }
    named_rows_free(rows, n);
    ok = ok && (rosters = rosters_json(call, client, span, error)) != NULL;
    json_t *json = json_pack("{s:s, s:o, s:o?, s:o}", "client", client, "name", api_json_text(name),
                             "rosters", rosters, "queues", queues);
    if (ok)
        return api_reply_json(call, 200, json);
    json_decref(json);
    return false;
}

/* How a roster was simulated; null when it was not. */
static json_t *simulation_json(struct api_call *call, int64_t id, GError **error)
{
    struct stored_simulation simulation;
    if (!store_simulation_load(call->store, &call->scope, id, NULL, INT64_MIN, INT64_MAX, &simulation, error))
        return NULL;
    json_t *json = json_null();
    if (simulation.replications > 0) {
        g_autofree char *seed = g_strdup_printf("%" G_GUINT64_FORMAT, simulation.seed);
        json = json_pack("{s:i, s:s, s:b, s:b, s:o}", "replications", simulation.replications, "seed", seed,
                         "certain", (int)simulation.certain, "mean_shrinkage", (int)simulation.even,
                         "created", api_json_instant(simulation.created_ts, NULL));
    }
    stored_simulation_clear(&simulation);
    return json;
}

bool roster_sla(struct api_call *call, GError **error)
{
    int64_t id;
    struct roster_info info = {0};
    if (!path_number(call, 0, "roster", &id, error) ||
        !store_roster_info(call->store, &call->scope, id, &info, error))
        return false;
    bool live = strcmp(info.state, "published") == 0;
    roster_info_clear(&info);
    struct named_row *rows = NULL;
    int n = 0;
    json_t *simulation = simulation_json(call, id, error);
    if (simulation == NULL || !store_list_queues(call->store, &call->scope, NULL, &rows, &n, error)) {
        json_decref(simulation);
        return false;
    }
    json_t *queues = json_array();
    bool ok = true;
    for (int k = 0; k < n && ok; k++) {
        const struct zone *zone = api_zone(call, rows[k].zone, error);
        json_t *queue =
            zone != NULL ? queue_span_sla(call, id, live, &rows[k], zone, INT64_MIN, INT64_MAX, error) : NULL;
        ok = queue != NULL && json_array_append_new(queues, queue) == 0;
    }
    named_rows_free(rows, n);
    json_t *json =
        json_pack("{s:I, s:o, s:o}", "roster", (json_int_t)id, "simulation", simulation, "queues", queues);
    if (ok)
        return api_reply_json(call, 200, json);
    json_decref(json);
    return false;
}
