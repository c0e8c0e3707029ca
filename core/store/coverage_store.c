#include <math.h>

#include "core/store/query.h"

void coverage_view_clear(struct coverage_view *view)
{
    g_free(view->required);
    g_free(view->staffed);
    g_free(view->offered);
    g_free(view->in_time);
    g_free(view->counted);
    *view = (struct coverage_view){0};
}

/* The columns of the queries below. */
enum { START, INTERVAL, N, REQUIRED, STAFFED, OFFERED, IN_TIME, COUNTED };

static PGresult *parts_query(struct store *store, int64_t roster_id, const char *queue, int64_t from_ts,
                             int64_t to_ts, GError **error)
{
    return query(
        store, error,
        "SELECT r.start_at, r.interval_s, c.n, c.required, c.staffed, c.offered, c.in_time, c.counted "
        "FROM roster_queue c JOIN roster r ON r.id = c.roster_id JOIN queue q USING (queue_key) "
        "WHERE q.id = $1 AND CASE $2::bigint WHEN 0 THEN r.state = 'published' ELSE r.id = $2 END "
        "AND r.start_at < $4 AND r.end_at > $3 ORDER BY r.start_at",
        "sltt", queue, roster_id, from_ts, to_ts);
}

static double *all_nan(int n)
{
    double *values = g_new(double, (gsize)n);
    for (int iv = 0; iv < n; iv++)
        values[iv] = NAN;
    return values;
}

/* From the first interval asked for or known to the last. */
static bool view_init(const PGresult *rows, int64_t from_ts, int64_t to_ts, struct coverage_view *view,
                      GError **error)
{
    int last = PQntuples(rows) - 1;
    struct grid first = {cell_ts(rows, 0, START), (int32_t)cell_int(rows, 0, INTERVAL),
                         (int32_t)cell_int(rows, 0, N)};
    int64_t end_ts = cell_ts(rows, last, START) + cell_int(rows, last, INTERVAL) * cell_int(rows, last, N);
    for (int row = 1; row <= last; row++)
        if (cell_int(rows, row, INTERVAL) != first.interval_s ||
            !grid_aligned(&first, cell_ts(rows, row, START)))
            return wfm_fail(error, WFM_ERROR_INPUT,
                            "the rosters of this span have different intervals; ask for one week at a time");
    int32_t from = from_ts <= first.start_ts ? 0 : grid_index(&first, from_ts);
    int32_t to = grid_index(&first, MIN(end_ts, to_ts) - 1) + 1;
    *view = (struct coverage_view){.grid = {grid_ts(&first, from), first.interval_s, MAX(to - from, 0)}};
    double **const arrays[] = {&view->required, &view->staffed, &view->offered, &view->in_time,
                               &view->counted};
    for (guint i = 0; i < G_N_ELEMENTS(arrays); i++)
        *arrays[i] = all_nan(view->grid.n);
    return true;
}

static void part_copy(const PGresult *rows, int row, int column, struct coverage_view *view, double *to)
{
    int n;
    g_autofree double *values = cell_doubles(rows, row, column, &n);
    int32_t at = grid_index(&view->grid, cell_ts(rows, row, START));
    for (int iv = 0; iv < n; iv++)
        if (at + iv >= 0 && at + iv < view->grid.n)
            to[at + iv] = values[iv];
}

static bool coverage_read(struct store *store, int64_t roster_id, const char *queue, int64_t from_ts,
                          int64_t to_ts, struct coverage_view *out, GError **error)
{
    AUTO(pg_result) rows = parts_query(store, roster_id, queue, from_ts, to_ts, error);
    if (rows == NULL)
        return false;
    if (PQntuples(rows) == 0)
        return wfm_fail(error, WFM_ERROR_NOT_FOUND, "no %sroster covers queue \"%s\" in this span",
                        roster_id == 0 ? "published " : "such ", queue);
    if (!view_init(rows, from_ts, to_ts, out, error))
        return false;
    for (int row = 0; row < PQntuples(rows); row++) {
        part_copy(rows, row, REQUIRED, out, out->required);
        part_copy(rows, row, STAFFED, out, out->staffed);
        part_copy(rows, row, OFFERED, out, out->offered);
        part_copy(rows, row, IN_TIME, out, out->in_time);
        part_copy(rows, row, COUNTED, out, out->counted);
    }
    return true;
}

bool store_coverage(struct store *store, const struct scope *scope, int64_t roster_id, const char *queue,
                    int64_t from_ts, int64_t to_ts, struct coverage_view *out, GError **error)
{
    unsigned may = SCOPE_MAY(ROLE_PLANNER) | (roster_id == 0 ? SCOPE_MAY(ROLE_CLIENT) : 0);
    return scope_require(scope, may, "coverage", error) && tx_begin_read(store, scope, error) &&
           tx_end(store, coverage_read(store, roster_id, queue, from_ts, to_ts, out, error), error);
}

bool store_rosters_changed(struct store *store, int64_t roster_id, int64_t from_ts, int64_t to_ts,
                           int64_t **ids, int *n, GError **error)
{
    AUTO(pg_result)
    rows = query(store, error,
                 "SELECT r.id FROM roster r WHERE r.state = 'published' AND $1::bigint IN (0, r.id) "
                 "AND r.start_at < $3 AND r.end_at > $2 AND EXISTS (SELECT FROM shift s "
                 "WHERE s.roster_id = r.id AND s.changed_at > r.published_at) ORDER BY r.start_at",
                 "ltt", roster_id, from_ts, to_ts);
    if (rows == NULL)
        return false;
    *ids = cells_int(rows, n);
    return true;
}

static PGresult *published_query(struct store *store, const char *client, int64_t from_ts, int64_t to_ts,
                                 GError **error)
{
    return query(
        store, error,
        "SELECT r.id, r.first_day, r.n_weeks, r.version, r.published_at, "
        "coalesce(s.replications, 0) FROM roster r LEFT JOIN roster_simulation s ON s.roster_id = r.id "
        "WHERE r.state = 'published' AND r.start_at < $3 AND r.end_at > $2 AND EXISTS (SELECT FROM "
        "roster_queue c JOIN queue q USING (queue_key) WHERE c.roster_id = r.id AND q.client_id = $1) "
        "ORDER BY r.start_at",
        "stt", client, from_ts, to_ts);
}

bool store_published_rosters(struct store *store, const struct scope *scope, const char *client,
                             int64_t from_ts, int64_t to_ts, struct published_roster **out, int *n,
                             GError **error)
{
    if (!scope_require(scope, SCOPE_MAY(ROLE_PLANNER) | SCOPE_MAY(ROLE_CLIENT), "rosters", error) ||
        !tx_begin_read(store, scope, error))
        return false;
    AUTO(pg_result) rows = published_query(store, client, from_ts, to_ts, error);
    if (!tx_end(store, rows != NULL, error))
        return false;
    *n = PQntuples(rows);
    *out = g_new0(struct published_roster, (gsize)*n + 1);
    for (int row = 0; row < *n; row++)
        (*out)[row] = (struct published_roster){.id = cell_int(rows, row, 0),
                                                .first_day = cell_day(rows, row, 1),
                                                .n_weeks = (int)cell_int(rows, row, 2),
                                                .version = (int)cell_int(rows, row, 3),
                                                .published_ts = cell_ts(rows, row, 4),
                                                .replications = (int)cell_int(rows, row, 5)};
    return true;
}
