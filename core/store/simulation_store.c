#include <config.h>
#include <math.h>

#include "core/store/roster.h"

void stored_simulation_clear(struct stored_simulation *simulation)
{
    for (int i = 0; i < simulation->n_spans; i++)
        g_free(simulation->spans[i].queue);
    g_free(simulation->spans);
    *simulation = (struct stored_simulation){.n_spans = 0};
}

/* --- saving */

static bool head_save(struct store *store, const struct stored_simulation *simulation, const char *actor,
                      GError **error)
{
    long saved = 0;
    g_autofree char *seed = g_strdup_printf("%" G_GUINT64_FORMAT, simulation->seed);
    if (!execute(store, &saved, error,
                 "INSERT INTO roster_simulation (roster_id, seed, replications, handle_cv, certain, even, "
                 "contacts, seconds, wfm_version, created_by, edits) "
                 "SELECT id, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11 FROM roster WHERE id = $1",
                 "lsidbbddssi", simulation->roster_id, seed, simulation->replications, simulation->handle_cv,
                 (int)simulation->certain, (int)simulation->even, simulation->contacts, simulation->seconds,
                 PACKAGE_VERSION, actor != NULL ? actor : "unknown", simulation->edits))
        return false;
    return saved == 1 || wfm_fail(error, WFM_ERROR_NOT_FOUND, "there is no roster %" G_GINT64_FORMAT,
                                  simulation->roster_id);
}

/* Key of each queue by its id, as GINT_TO_POINTER; g_hash_table_unref. */
static GHashTable *queue_keys(struct store *store, GError **error)
{
    AUTO(pg_result) rows = query(store, error, "SELECT id, queue_key FROM queue", "");
    if (rows == NULL)
        return NULL;
    GHashTable *keys = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (int row = 0; row < PQntuples(rows); row++)
        g_hash_table_insert(keys, cell_text(rows, row, 0), GINT_TO_POINTER((int)cell_int(rows, row, 1)));
    return keys;
}

static double finite_or_null(double value)
{
    return isfinite(value) ? value : NAN;
}

static bool spans_copy(struct copy *copy, const struct stored_simulation *simulation, GHashTable *keys,
                       GError **error)
{
    for (int i = 0; i < simulation->n_spans; i++) {
        const struct simulated_span *span = &simulation->spans[i];
        int key = GPOINTER_TO_INT(g_hash_table_lookup(keys, span->queue));
        if (key == 0)
            return wfm_fail(error, WFM_ERROR_CONFLICT,
                            "roster %" G_GINT64_FORMAT " has queue %s, which is not in the store",
                            simulation->roster_id, span->queue);
        if (!copy_row(copy, error))
            return false;
        copy_int64(copy, simulation->roster_id);
        copy_int32(copy, key);
        copy_ts(copy, span->from_ts);
        copy_ts(copy, span->to_ts);
        copy_bool(copy, span->whole);
        copy_bool(copy, span->contract);
        const double figures[] = {span->target,      span->sl,        finite_or_null(span->sl_half),
                                  span->sl_p5,       span->sl_p50,    span->sl_p95,
                                  span->met,         span->met_low,   span->met_high,
                                  span->offered,     span->counted,   span->abandon,
                                  span->asa_s,       span->occupancy, span->past_counted,
                                  span->past_in_time};
        for (guint k = 0; k < G_N_ELEMENTS(figures); k++)
            copy_double(copy, figures[k]);
    }
    return true;
}

static bool simulation_save(struct store *store, const struct stored_simulation *simulation,
                            const char *actor, GError **error)
{
    GHashTable *keys = queue_keys(store, error);
    struct copy copy;
    g_autofree char *subject = g_strdup_printf("%" G_GINT64_FORMAT, simulation->roster_id);
    bool ok = keys != NULL && tx_lock(store, LOCK_ROSTER, 0, error) &&
              execute(store, NULL, error, "DELETE FROM roster_simulation WHERE roster_id = $1", "l",
                      simulation->roster_id) &&
              head_save(store, simulation, actor, error) &&
              copy_begin(&copy, store, "roster_simulation_span (roster_id, queue_key, " SPAN_COLUMNS ")", 22,
                         error) &&
              copy_end(&copy, spans_copy(&copy, simulation, keys, error), error) &&
              audit_write(store, actor, "roster.simulated", subject,
                          json_pack("{s:i}", "replications", simulation->replications), error);
    g_clear_pointer(&keys, g_hash_table_unref);
    return ok;
}

bool store_simulation_save(struct store *store, const struct stored_simulation *simulation, const char *actor,
                           GError **error)
{
    return tx_begin(store, error) && tx_end(store, simulation_save(store, simulation, actor, error), error);
}

/* --- reading */

static struct simulated_span span_read(const PGresult *rows, int row)
{
    struct simulated_span span = {.from_ts = cell_ts(rows, row, 0),
                                  .to_ts = cell_ts(rows, row, 1),
                                  .whole = cell_bool(rows, row, 2),
                                  .contract = cell_bool(rows, row, 3)};
    double *const figures[] = {&span.target,   &span.sl,        &span.sl_half,      &span.sl_p5,
                               &span.sl_p50,   &span.sl_p95,    &span.met,          &span.met_low,
                               &span.met_high, &span.offered,   &span.counted,      &span.abandon,
                               &span.asa_s,    &span.occupancy, &span.past_counted, &span.past_in_time};
    for (guint k = 0; k < G_N_ELEMENTS(figures); k++)
        *figures[k] = cell_double(rows, row, 4 + (int)k);
    span.queue = cell_text(rows, row, 20);
    return span;
}

/* The newest head of those the spans are of. */
static bool head_read(struct store *store, int64_t roster_id, struct stored_simulation *out, GError **error)
{
    AUTO(pg_result)
    rows = query(store, error,
                 "SELECT roster_id, seed::text, replications, handle_cv, certain, even, created_at, edits "
                 "FROM roster_simulation WHERE roster_id = $1",
                 "l", roster_id);
    if (rows == NULL)
        return false;
    if (PQntuples(rows) == 0)
        return true;
    out->roster_id = cell_int(rows, 0, 0);
    out->seed = g_ascii_strtoull(cell_peek(rows, 0, 1), NULL, 10);
    out->replications = (int)cell_int(rows, 0, 2);
    out->handle_cv = cell_double(rows, 0, 3);
    out->certain = cell_bool(rows, 0, 4);
    out->even = cell_bool(rows, 0, 5);
    out->created_ts = cell_ts(rows, 0, 6);
    out->edits = (int)cell_int(rows, 0, 7);
    return true;
}

static bool simulation_read(struct store *store, int64_t roster_id, const char *queue, int64_t from_ts,
                            int64_t to_ts, struct stored_simulation *out, GError **error)
{
    AUTO(pg_result)
    rows = query(store, error,
                 "SELECT " SPAN_COLUMNS ", q.id, s.roster_id "
                 "FROM roster_simulation_span s JOIN (SELECT queue_key, id FROM queue) q USING (queue_key) "
                 "WHERE ($1::text IS NULL OR q.id = $1) AND CASE $2::bigint "
                 "WHEN 0 THEN s.roster_id IN (SELECT r.id FROM roster r WHERE r.state = 'published') "
                 "ELSE s.roster_id = $2 END "
                 "AND s.start_at < $4 AND s.end_at > $3 "
                 "ORDER BY q.id, s.start_at, s.end_at",
                 "sltt", queue, roster_id, from_ts, to_ts);
    if (rows == NULL)
        return false;
    *out = (struct stored_simulation){.n_spans = PQntuples(rows)};
    out->spans = g_new0(struct simulated_span, (gsize)out->n_spans + 1);
    int64_t newest = roster_id;
    for (int row = 0; row < out->n_spans; row++) {
        out->spans[row] = span_read(rows, row);
        newest = MAX(newest, cell_int(rows, row, 21));
    }
    return head_read(store, newest, out, error);
}

bool store_simulation_load(struct store *store, const struct scope *scope, int64_t roster_id,
                           const char *queue, int64_t from_ts, int64_t to_ts, struct stored_simulation *out,
                           GError **error)
{
    unsigned may = SCOPE_MAY(ROLE_PLANNER) | (roster_id == 0 ? SCOPE_MAY(ROLE_CLIENT) : 0);
    struct stored_simulation found = {.n_spans = 0};
    if (!scope_require(scope, may, "simulations", error) || !tx_begin_read(store, scope, error) ||
        !tx_end(store, simulation_read(store, roster_id, queue, from_ts, to_ts, &found, error), error)) {
        stored_simulation_clear(&found);
        return false;
    }
    *out = found;
    return true;
}
