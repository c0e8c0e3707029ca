#include <math.h>
#include <string.h>

#include "core/store/query.h"

void stored_forecast_clear(struct stored_forecast *forecast)
{
    g_free(forecast->queue);
    g_free(forecast->offered);
    g_free(forecast->aht_s);
    g_free(forecast->levels);
    g_free(forecast->quantile);
    g_free(forecast->report_json);
    g_free(forecast->inputs_hash);
    g_free(forecast->created_by);
    *forecast = (struct stored_forecast){0};
}

static bool forecast_save(struct store *store, const struct stored_forecast *f, const char *actor,
                          int64_t *id, GError **error)
{
    AUTO(pg_result)
    rows = query(
        store, error,
        "INSERT INTO forecast (queue_key, start_at, end_at, interval_s, n, offered, aht_s, levels, quantile, "
        "report, inputs_hash, created_by, history_end) "
        "SELECT queue_key, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, nullif($13::timestamptz, "
        "'-infinity') "
        "FROM queue WHERE id = $1 AND NOT retired RETURNING id",
        "sttiiAAAAssst", f->queue, f->grid.start_ts, grid_end_ts(&f->grid), f->grid.interval_s, f->grid.n,
        f->offered, f->grid.n, f->aht_s, f->grid.n, f->levels != NULL ? f->levels : (const double[]){0.0},
        f->n_levels, f->quantile != NULL ? f->quantile : (const double[]){0.0}, f->n_levels * f->grid.n,
        f->report_json != NULL ? f->report_json : "{}", f->inputs_hash != NULL ? f->inputs_hash : "",
        actor != NULL ? actor : "unknown", f->history_end_ts != 0 ? f->history_end_ts : INT64_MIN);
    if (rows == NULL) {
        g_prefix_error(error, "forecast of queue %s: ", f->queue);
        return false;
    }
    if (PQntuples(rows) == 0)
        return wfm_fail(error, WFM_ERROR_INPUT, "forecast of queue \"%s\": the queue is not in the store",
                        f->queue);
    *id = cell_int(rows, 0, 0);
    return true;
}

static bool forecasts_save(struct store *store, const struct stored_forecast *forecasts, int n,
                           const char *actor, int64_t *ids, GError **error)
{
    for (int i = 0; i < n; i++)
        if (!forecast_save(store, &forecasts[i], actor, &ids[i], error))
            return false;
    return audit_write(store, actor, "forecast.saved", "forecasts", json_pack("{s:i}", "queues", n), error);
}

bool store_forecasts_save(struct store *store, struct stored_forecast *forecasts, int n, const char *actor,
                          GError **error)
{
    g_autofree int64_t *ids = g_new0(int64_t, (gsize)n + 1);
    if (!tx_begin(store, error) ||
        !tx_end(store, forecasts_save(store, forecasts, n, actor, ids, error), error))
        return false;
    for (int i = 0; i < n; i++)
        forecasts[i].id = ids[i];
    return true;
}

#define FORECAST_COLUMNS                                                                                     \
    "f.id, f.start_at, f.interval_s, f.n, f.offered, f.aht_s, f.levels, f.quantile, f.report::text, "        \
    "f.inputs_hash, f.created_at, f.created_by, f.history_end, q.id "

/* Forecasts from before it was recorded come last. */
#define KNOWN "coalesce(f.history_end, '-infinity') "

static void forecast_take(const PGresult *rows, int row, struct stored_forecast *out)
{
    int n;
    *out = (struct stored_forecast){
        .id = cell_int(rows, row, 0),
        .queue = cell_text(rows, row, 13),
        .grid = {cell_ts(rows, row, 1), (int32_t)cell_int(rows, row, 2), (int32_t)cell_int(rows, row, 3)},
        .offered = cell_doubles(rows, row, 4, &n),
        .aht_s = cell_doubles(rows, row, 5, &n),
        .quantile = cell_doubles(rows, row, 7, &n),
        .report_json = cell_text(rows, row, 8),
        .inputs_hash = cell_text(rows, row, 9),
        .created_ts = cell_ts(rows, row, 10),
        .created_by = cell_text(rows, row, 11),
        .history_end_ts = cell_ts(rows, row, 12),
    };
    out->levels = cell_doubles(rows, row, 6, &out->n_levels);
}

static bool forecast_load(struct store *store, const char *queue, int64_t from_ts, int64_t to_ts,
                          struct stored_forecast *out, GError **error)
{
    AUTO(pg_result)
    rows = query(store, error,
                 "SELECT " FORECAST_COLUMNS "FROM forecast f JOIN queue q USING (queue_key) "
                 "WHERE q.id = $1 AND f.start_at <= $2 AND f.end_at >= $3 ORDER BY " KNOWN
                 "DESC, f.id DESC LIMIT 1",
                 "stt", queue, from_ts, to_ts);
    if (rows == NULL)
        return false;
    if (PQntuples(rows) == 0)
        return wfm_fail(error, WFM_ERROR_NOT_FOUND, "no forecast of queue \"%s\" covers this span", queue);
    forecast_take(rows, 0, out);
    return true;
}

static void fill_nan(double *values, size_t n)
{
    for (size_t i = 0; i < n; i++)
        values[i] = NAN;
}

/* Grows the forecast to a grid that holds its own; what is new is NAN. */
static void forecast_widen(struct stored_forecast *f, const struct grid *grid)
{
    size_t old = (size_t)f->grid.n, n = (size_t)grid->n, levels = (size_t)f->n_levels;
    size_t at = (size_t)((f->grid.start_ts - grid->start_ts) / grid->interval_s);
    double *offered = g_new(double, n), *aht_s = g_new(double, n), *quantile = g_new(double, levels *n + 1);
    fill_nan(offered, n);
    fill_nan(aht_s, n);
    fill_nan(quantile, levels * n);
    memcpy(offered + at, f->offered, old * sizeof *offered);
    memcpy(aht_s + at, f->aht_s, old * sizeof *aht_s);
    for (size_t l = 0; l < levels; l++)
        memcpy(quantile + l * n + at, f->quantile + l * old, old * sizeof *quantile);
    g_free(f->offered);
    g_free(f->aht_s);
    g_free(f->quantile);
    f->offered = offered;
    f->aht_s = aht_s;
    f->quantile = quantile;
    f->grid = *grid;
}

/* Fills the intervals of `f` that are still NAN from an older forecast; both are left alone when grids or
 * levels do not fit together. */
static void forecast_fill(struct stored_forecast *f, const struct stored_forecast *older)
{
    const struct grid *a = &f->grid, *b = &older->grid;
    if (a->interval_s != b->interval_s || (a->start_ts - b->start_ts) % a->interval_s != 0 ||
        f->n_levels != older->n_levels ||
        memcmp(f->levels, older->levels, (size_t)f->n_levels * sizeof *f->levels) != 0)
        return;
    int64_t start_ts = MIN(a->start_ts, b->start_ts), end_ts = MAX(grid_end_ts(a), grid_end_ts(b));
    struct grid both = {start_ts, a->interval_s, (int32_t)((end_ts - start_ts) / a->interval_s)};
    forecast_widen(f, &both);
    int32_t at = (int32_t)((b->start_ts - start_ts) / both.interval_s);
    for (int32_t iv = 0; iv < b->n; iv++) {
        if (!isnan(f->offered[at + iv]))
            continue;
        f->offered[at + iv] = older->offered[iv];
        f->aht_s[at + iv] = older->aht_s[iv];
        for (int l = 0; l < f->n_levels; l++)
            f->quantile[(size_t)l * (size_t)both.n + (size_t)(at + iv)] =
                older->quantile[(size_t)l * (size_t)b->n + (size_t)iv];
    }
}

/* Oldest first when $4, else newest first. */
#define FIRST_OR_NEWEST                                                                                      \
    "CASE WHEN $4 THEN " KNOWN "END, CASE WHEN $4 THEN f.id END, " KNOWN "DESC, f.id DESC "

static bool forecast_span(struct store *store, const char *queue, int64_t from_ts, int64_t to_ts,
                          const struct forecast_pick *pick, struct stored_forecast *out, GError **error)
{
    static const struct forecast_pick newest = {0};
    pick = pick != NULL ? pick : &newest;
    AUTO(pg_result)
    rows =
        query(store, error,
              "SELECT " FORECAST_COLUMNS "FROM (SELECT DISTINCT ON (f.start_at, f.end_at) f.* FROM forecast "
              "f JOIN queue p USING (queue_key) WHERE p.id = $1 AND f.start_at < $3 AND f.end_at > $2 AND "
              "$5::bigint IN (0, f.id) AND coalesce(f.history_end, f.start_at) <= $6 ORDER BY f.start_at, "
              "f.end_at, " FIRST_OR_NEWEST ") f JOIN queue q USING (queue_key) ORDER BY " FIRST_OR_NEWEST,
              "sttblt", queue, from_ts, to_ts, (int)pick->first, pick->id,
              pick->known_ts != 0 ? pick->known_ts : INT64_MAX);
    if (rows == NULL)
        return false;
    if (PQntuples(rows) == 0)
        return wfm_fail(error, WFM_ERROR_NOT_FOUND, "no forecast of queue \"%s\" is in this span", queue);
    forecast_take(rows, 0, out);
    for (int row = 1; row < PQntuples(rows); row++) {
        struct stored_forecast other;
        forecast_take(rows, row, &other);
        forecast_fill(out, &other);
        stored_forecast_clear(&other);
    }
    return true;
}

static bool forecast_find(struct store *store, int64_t id, struct stored_forecast *out, GError **error)
{
    AUTO(pg_result)
    rows = query(store, error,
                 "SELECT " FORECAST_COLUMNS "FROM forecast f JOIN queue q USING (queue_key) WHERE f.id = $1",
                 "l", id);
    if (rows == NULL)
        return false;
    if (PQntuples(rows) == 0)
        return wfm_fail(error, WFM_ERROR_NOT_FOUND, "there is no forecast %" G_GINT64_FORMAT, id);
    forecast_take(rows, 0, out);
    return true;
}

#define MAY_SEE (SCOPE_MAY(ROLE_PLANNER) | SCOPE_MAY(ROLE_CLIENT))

bool store_forecast_span(struct store *store, const struct scope *scope, const char *queue, int64_t from_ts,
                         int64_t to_ts, const struct forecast_pick *pick, struct stored_forecast *out,
                         GError **error)
{
    return scope_require(scope, MAY_SEE, "forecasts", error) && tx_begin_read(store, scope, error) &&
           tx_end(store, forecast_span(store, queue, from_ts, to_ts, pick, out, error), error);
}

bool store_forecast_load(struct store *store, const struct scope *scope, const char *queue, int64_t from_ts,
                         int64_t to_ts, struct stored_forecast *out, GError **error)
{
    return scope_require(scope, MAY_SEE, "forecasts", error) && tx_begin_read(store, scope, error) &&
           tx_end(store, forecast_load(store, queue, from_ts, to_ts, out, error), error);
}

bool store_forecast_find(struct store *store, const struct scope *scope, int64_t id,
                         struct stored_forecast *out, GError **error)
{
    return scope_require(scope, MAY_SEE, "forecasts", error) && tx_begin_read(store, scope, error) &&
           tx_end(store, forecast_find(store, id, out, error), error);
}

/* --- what was stored */

void forecast_infos_free(struct forecast_info *infos, int n)
{
    for (int i = 0; infos != NULL && i < n; i++) {
        g_free(infos[i].queue);
        g_free(infos[i].zone);
        g_free(infos[i].report_json);
        g_free(infos[i].inputs_hash);
        g_free(infos[i].created_by);
    }
    g_free(infos);
}

static bool forecast_list(struct store *store, const char *queue, int64_t from_ts, int64_t to_ts,
                          int64_t before, int limit, struct forecast_info **out, int *n, GError **error)
{
    AUTO(pg_result)
    rows = query(
        store, error,
        "SELECT f.id, q.id, f.start_at, f.interval_s, f.n, (SELECT sum(v) FROM unnest(f.offered) v "
        "WHERE v <> 'NaN'), f.report::text, f.inputs_hash, f.created_by, f.created_at, f.history_end, q.zone "
        "FROM forecast f JOIN queue q USING (queue_key) WHERE ($1::text IS NULL OR q.id = $1) "
        "AND f.start_at < $3 AND f.end_at > $2 AND ($5::bigint = 0 OR f.id < $5) ORDER BY f.id DESC "
        "LIMIT nullif($4, 0)",
        "sttil", queue, from_ts, to_ts, limit, before);
    if (rows == NULL)
        return false;
    *n = PQntuples(rows);
    *out = g_new0(struct forecast_info, (gsize)*n + 1);
    for (int row = 0; row < *n; row++)
        (*out)[row] = (struct forecast_info){
            .id = cell_int(rows, row, 0),
            .queue = cell_text(rows, row, 1),
            .grid = {cell_ts(rows, row, 2), (int32_t)cell_int(rows, row, 3), (int32_t)cell_int(rows, row, 4)},
            .contacts = cell_double(rows, row, 5),
            .report_json = cell_text(rows, row, 6),
            .inputs_hash = cell_text(rows, row, 7),
            .created_by = cell_text(rows, row, 8),
            .created_ts = cell_ts(rows, row, 9),
            .history_end_ts = cell_ts(rows, row, 10),
            .zone = cell_text(rows, row, 11),
        };
    return true;
}

bool store_forecast_list(struct store *store, const struct scope *scope, const char *queue, int64_t from_ts,
                         int64_t to_ts, int64_t before, int limit, struct forecast_info **out, int *n,
                         GError **error)
{
    return scope_require(scope, MAY_SEE, "forecasts", error) && tx_begin_read(store, scope, error) &&
           tx_end(store, forecast_list(store, queue, from_ts, to_ts, before, limit, out, n, error), error);
}
