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
    *forecast = (struct stored_forecast){0};
}

static bool forecast_save(struct store *store, const struct stored_forecast *f, const char *actor,
                          int64_t *id, GError **error)
{
    AUTO(pg_result)
    rows = query(
        store, error,
        "INSERT INTO forecast (queue_key, start_at, end_at, interval_s, n, offered, aht_s, levels, quantile, "
        "report, inputs_hash, created_by) "
        "SELECT queue_key, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12 FROM queue WHERE id = $1 AND NOT "
        "retired "
        "RETURNING id",
        "sttiiAAAAsss", f->queue, f->grid.start_ts, grid_end_ts(&f->grid), f->grid.interval_s, f->grid.n,
        f->offered, f->grid.n, f->aht_s, f->grid.n, f->levels != NULL ? f->levels : (const double[]){0.0},
        f->n_levels, f->quantile != NULL ? f->quantile : (const double[]){0.0}, f->n_levels * f->grid.n,
        f->report_json != NULL ? f->report_json : "{}", f->inputs_hash != NULL ? f->inputs_hash : "",
        actor != NULL ? actor : "unknown");
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
    return audit_write(store, actor, "forecast.save", "forecasts", json_pack("{s:i}", "queues", n), error);
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

static bool forecast_load(struct store *store, const char *queue, int64_t from_ts, int64_t to_ts,
                          struct stored_forecast *out, GError **error)
{
    AUTO(pg_result)
    rows = query(store, error,
                 "SELECT f.id, f.start_at, f.interval_s, f.n, f.offered, f.aht_s, f.levels, f.quantile, "
                 "f.report::text, "
                 "f.inputs_hash, f.created_at FROM forecast f JOIN queue q USING (queue_key) "
                 "WHERE q.id = $1 AND f.start_at <= $2 AND f.end_at >= $3 ORDER BY f.id DESC LIMIT 1",
                 "stt", queue, from_ts, to_ts);
    if (rows == NULL)
        return false;
    if (PQntuples(rows) == 0)
        return wfm_fail(error, WFM_ERROR_NOT_FOUND, "no forecast of queue \"%s\" covers this span", queue);
    int n;
    *out = (struct stored_forecast){
        .id = cell_int(rows, 0, 0),
        .queue = g_strdup(queue),
        .grid = {cell_ts(rows, 0, 1), (int32_t)cell_int(rows, 0, 2), (int32_t)cell_int(rows, 0, 3)},
        .offered = cell_doubles(rows, 0, 4, &n),
        .aht_s = cell_doubles(rows, 0, 5, &n),
        .quantile = cell_doubles(rows, 0, 7, &n),
        .report_json = cell_text(rows, 0, 8),
        .inputs_hash = cell_text(rows, 0, 9),
        .created_ts = cell_ts(rows, 0, 10),
    };
    out->levels = cell_doubles(rows, 0, 6, &out->n_levels);
    return true;
}

bool store_forecast_load(struct store *store, const struct scope *scope, const char *queue, int64_t from_ts,
                         int64_t to_ts, struct stored_forecast *out, GError **error)
{
    return scope_require(scope, SCOPE_MAY(ROLE_PLANNER) | SCOPE_MAY(ROLE_CLIENT), "forecasts", error) &&
           tx_begin_read(store, scope, error) &&
           tx_end(store, forecast_load(store, queue, from_ts, to_ts, out, error), error);
}
