#include <math.h>
#include <string.h>

#include "core/store/query.h"

/* --- import */

struct import {
    struct store *store;
    struct copy copy;
    GHashTable *keys; /* queue id → queue_key */
    char *last_queue; /* rows of one queue follow each other in most files */
    int last_key;
    const char *file;
};

static bool queue_keys_load(struct store *store, GHashTable *keys, GError **error)
{
    AUTO(pg_result) rows = query(store, error, "SELECT id, queue_key FROM queue WHERE NOT retired", "");
    if (rows == NULL)
        return false;
    for (int row = 0; row < PQntuples(rows); row++)
        g_hash_table_insert(keys, cell_text(rows, row, 0), GINT_TO_POINTER((int)cell_int(rows, row, 1)));
    if (g_hash_table_size(keys) == 0)
        return wfm_fail(error, WFM_ERROR_INPUT,
                        "no queue is known yet; run \"wfm load operation.cfg\" first");
    return true;
}

static bool fail_unknown_queue(const struct import *import, const struct history_row *row, GError **error)
{
    enum { SHOWN = 20 };
    g_autoptr(GList) ids = g_list_sort(g_hash_table_get_keys(import->keys), (GCompareFunc)strcmp);
    g_autoptr(GString) list = g_string_new(NULL);
    int shown = 0;
    for (GList *id = ids; id != NULL && shown < SHOWN; id = id->next, shown++)
        g_string_append_printf(list, "%s%s", shown > 0 ? ", " : "", (const char *)id->data);
    if (g_hash_table_size(import->keys) > SHOWN)
        g_string_append(list, ", …");
    return wfm_fail(error, WFM_ERROR_INPUT,
                    "%s:%ld: column queue: \"%s\" is not a queue of the operation; known: %s", row->file,
                    row->line, row->queue, list->str);
}

static bool import_row(const struct history_row *row, void *user, GError **error)
{
    struct import *import = user;
    if (import->last_queue == NULL || strcmp(import->last_queue, row->queue) != 0) {
        gpointer key = g_hash_table_lookup(import->keys, row->queue);
        if (key == NULL)
            return fail_unknown_queue(import, row, error);
        g_free(import->last_queue);
        import->last_queue = g_strdup(row->queue);
        import->last_key = GPOINTER_TO_INT(key);
    }
    if (!copy_row(&import->copy, error))
        return false;
    copy_int32(&import->copy, import->last_key);
    copy_ts(&import->copy, row->start_ts);
    copy_int32(&import->copy, row->interval_s);
    copy_double(&import->copy, row->offered);
    copy_double(&import->copy, row->answered);
    copy_double(&import->copy, row->abandoned);
    copy_double(&import->copy, row->handle_s);
    copy_double(&import->copy, row->wait_s);
    copy_int64(&import->copy, row->line);
    return true;
}

/* The whole file into the staging table: the first bad row ends it. */
static bool stage(struct store *store, const char *path, const struct history_format *format, long *rows,
                  GError **error)
{
    if (!execute_script(
            store,
            "CREATE TEMPORARY TABLE stage (queue_key integer NOT NULL, start_at timestamptz NOT NULL, "
            "interval_s integer NOT NULL, offered double precision, answered double precision, "
            "abandoned double precision, handle_s double precision, wait_s double precision, line bigint NOT "
            "NULL) ON COMMIT DROP",
            error))
        return false;
    struct import import = {.store = store, .file = path};
    import.keys = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    bool ok =
        queue_keys_load(store, import.keys, error) &&
        copy_begin(
            &import.copy, store,
            "stage (queue_key, start_at, interval_s, offered, answered, abandoned, handle_s, wait_s, line)",
            9, error);
    if (ok)
        ok = copy_end(&import.copy, history_read(path, format, import_row, &import, rows, error), error);
    g_free(import.last_queue);
    g_hash_table_unref(import.keys);
    return ok;
}

static bool no_duplicates(struct store *store, const char *path, const struct history_format *format,
                          GError **error)
{
    AUTO(pg_result)
    rows = query(store, error,
                 "SELECT q.id, d.start_at, d.first, d.second FROM "
                 "(SELECT queue_key, start_at, min(line) AS first, max(line) AS second FROM stage "
                 "GROUP BY queue_key, start_at HAVING count(*) > 1 ORDER BY max(line) LIMIT 1) d "
                 "JOIN queue q USING (queue_key)",
                 "");
    if (rows == NULL)
        return false;
    if (PQntuples(rows) == 0)
        return true;
    g_autofree char *at = time_format(cell_ts(rows, 0, 1), NULL);
    g_autofree char *detail =
        g_strdup_printf("queue %s already has a row for %s in line %ld; keep one of them",
                        cell_peek(rows, 0, 0), at, (long)cell_int(rows, 0, 2));
    history_bad_add(format, (long)cell_int(rows, 0, 3), "interval_start", at, detail);
    return wfm_fail(error, WFM_ERROR_INPUT, "%s:%ld: %s", strcmp(path, "-") == 0 ? "standard input" : path,
                    (long)cell_int(rows, 0, 3), detail);
}

/* A partition is made beside and attached, which does not keep readers of history waiting as CREATE …
 * PARTITION OF would. */
static bool partition_make(struct store *store, const char *name, const char *from, const char *to,
                           GError **error)
{
    g_autofree char *sql =
        g_strdup_printf("CREATE TABLE history_%s (LIKE history INCLUDING DEFAULTS INCLUDING CONSTRAINTS, "
                        "CONSTRAINT within CHECK (start_at >= '%s' AND start_at < '%s')); "
                        "ALTER TABLE history ATTACH PARTITION history_%s FOR VALUES FROM ('%s') TO ('%s'); "
                        "ALTER TABLE history_%s DROP CONSTRAINT within",
                        name, from, to, name, from, to, name);
    return execute_script(store, sql, error);
}

static bool partitions_make(struct store *store, GError **error)
{
    AUTO(pg_result)
    months = query(store, error,
                   "SELECT to_char(m, 'YYYY_MM'), m::date::text || ' 00:00+00', "
                   "(m + interval '1 month')::date::text || ' 00:00+00' FROM "
                   "(SELECT DISTINCT date_trunc('month', start_at AT TIME ZONE 'UTC') AS m FROM stage) d "
                   "WHERE to_regclass('history_' || to_char(m, 'YYYY_MM')) IS NULL ORDER BY m",
                   "");
    if (months == NULL)
        return false;
    for (int row = 0; row < PQntuples(months); row++)
        if (!partition_make(store, cell_peek(months, row, 0), cell_peek(months, row, 1),
                            cell_peek(months, row, 2), error))
            return false;
    return true;
}

static bool merge(struct store *store, struct import_report *report, GError **error)
{
    AUTO(pg_result)
    counts = query(
        store, error,
        "WITH known AS (SELECT count(*) AS n FROM stage s WHERE EXISTS (SELECT FROM history h "
        "WHERE h.queue_key = s.queue_key AND h.start_at = s.start_at)), "
        "merged AS (INSERT INTO history AS h "
        "(queue_key, start_at, interval_s, offered, answered, abandoned, handle_s, wait_s) "
        "SELECT queue_key, start_at, interval_s, offered, answered, abandoned, handle_s, wait_s FROM stage "
        "ON CONFLICT (queue_key, start_at) DO UPDATE SET interval_s = excluded.interval_s, "
        "offered = excluded.offered, answered = excluded.answered, abandoned = excluded.abandoned, "
        "handle_s = excluded.handle_s, wait_s = excluded.wait_s "
        "WHERE (h.interval_s, h.offered, h.answered, h.abandoned, h.handle_s, h.wait_s) IS DISTINCT FROM "
        "(excluded.interval_s, excluded.offered, excluded.answered, excluded.abandoned, excluded.handle_s, "
        "excluded.wait_s) "
        "RETURNING 1) "
        "SELECT (SELECT n FROM known), (SELECT count(*) FROM merged)",
        "");
    if (counts == NULL)
        return false;
    long known = (long)cell_int(counts, 0, 0);
    report->inserted = report->rows - known;
    report->updated = (long)cell_int(counts, 0, 1) - report->inserted;
    report->unchanged = known - report->updated;
    return true;
}

/* The same figures without a change. */
static bool compare(struct store *store, struct import_report *report, GError **error)
{
    AUTO(pg_result)
    counts =
        query(store, error,
              "SELECT count(h.queue_key), count(*) FILTER (WHERE h.queue_key IS NOT NULL AND "
              "(h.interval_s, h.offered, h.answered, h.abandoned, h.handle_s, h.wait_s) IS DISTINCT FROM "
              "(s.interval_s, s.offered, s.answered, s.abandoned, s.handle_s, s.wait_s)) "
              "FROM stage s LEFT JOIN history h ON h.queue_key = s.queue_key AND h.start_at = s.start_at",
              "");
    if (counts == NULL)
        return false;
    long known = (long)cell_int(counts, 0, 0);
    report->inserted = report->rows - known;
    report->updated = (long)cell_int(counts, 0, 1);
    report->unchanged = known - report->updated;
    return true;
}

static bool staged_span(struct store *store, struct import_report *report, GError **error)
{
    AUTO(pg_result)
    rows = query(store, error,
                 "SELECT min(start_at), max(start_at + make_interval(secs => interval_s)) FROM stage", "");
    if (rows == NULL)
        return false;
    report->start_ts = cell_ts(rows, 0, 0);
    report->end_ts = cell_ts(rows, 0, 1);
    return true;
}

/* Puts the import on record. */
static bool record(struct store *store, const char *path, const char *actor, struct import_report *report,
                   GError **error)
{
    g_autofree char *source = g_path_get_basename(path);
    AUTO(pg_result)
    rows = query(store, error,
                 "INSERT INTO history_import (created_by, source, n_rows, inserted, updated, unchanged, "
                 "start_at, end_at, queues) SELECT $1, $2, $3, $4, $5, $6, min(s.start_at), "
                 "max(s.start_at + make_interval(secs => s.interval_s)), "
                 "coalesce(array_agg(DISTINCT q.id::text) FILTER (WHERE q.id IS NOT NULL), '{}') "
                 "FROM stage s JOIN queue q USING (queue_key) RETURNING id, array_to_json(queues)::text",
                 "ssllll", actor != NULL ? actor : "unknown", source, (int64_t)report->rows,
                 (int64_t)report->inserted, (int64_t)report->updated, (int64_t)report->unchanged);
    if (rows == NULL)
        return false;
    report->id = cell_int(rows, 0, 0);
    g_autofree char *subject = g_strdup_printf("%" G_GINT64_FORMAT, report->id);
    return audit_write(store, actor, "history.imported", subject,
                       json_pack("{s:s, s:I, s:I, s:I, s:I, s:o}", "source", source, "rows",
                                 (json_int_t)report->rows, "inserted", (json_int_t)report->inserted,
                                 "updated", (json_int_t)report->updated, "unchanged",
                                 (json_int_t)report->unchanged, "queues",
                                 json_loads(cell_peek(rows, 0, 1), 0, NULL)),
                       error);
}

static bool history_import(struct store *store, const char *path, const struct history_format *format,
                           const char *actor, bool keep, struct import_report *report, GError **error)
{
    /* one import at a time: two would wait for each other's new partitions */
    if ((keep && !tx_lock(store, LOCK_HISTORY, 0, error)) ||
        !stage(store, path, format, &report->rows, error) || !execute_script(store, "ANALYZE stage", error) ||
        !no_duplicates(store, path, format, error) || !staged_span(store, report, error))
        return false;
    if (!keep)
        return compare(store, report, error);
    return partitions_make(store, error) && merge(store, report, error) &&
           record(store, path, actor, report, error);
}

/* The staging table goes with the transaction, or, inside another one, with what was tried. */
static bool unstage(struct store *store, bool ok, GError **error)
{
    return ok && execute_script(store, "DROP TABLE stage", error);
}

bool store_history_import(struct store *store, const char *path, const struct history_format *format,
                          const char *actor, struct import_report *report, GError **error)
{
    struct import_report done = {0};
    if (!tx_begin(store, error) ||
        !tx_end(store, unstage(store, history_import(store, path, format, actor, true, &done, error), error),
                error))
        return false;
    if (report != NULL)
        *report = done;
    return true;
}

bool store_history_try(struct store *store, const char *path, const struct history_format *format,
                       struct import_report *report, GError **error)
{
    struct import_report done = {0};
    if (!tx_begin(store, error) ||
        !tx_end(store, unstage(store, history_import(store, path, format, NULL, false, &done, error), error),
                error))
        return false;
    *report = done;
    return true;
}

/* --- what was imported */

void history_imports_free(struct history_import *imports, int n)
{
    for (int i = 0; imports != NULL && i < n; i++) {
        g_free(imports[i].created_by);
        g_free(imports[i].source);
        g_strfreev(imports[i].queues);
    }
    g_free(imports);
}

static char **split_ids(const char *text)
{
    return *text != '\0' ? g_strsplit(text, " ", -1) : g_new0(char *, 1);
}

static bool imports_read(struct store *store, int64_t id, int64_t before, int limit,
                         struct history_import **out, int *n, GError **error)
{
    AUTO(pg_result)
    rows = query(store, error,
                 "SELECT id, created_at, created_by, source, n_rows, inserted, updated, unchanged, start_at, "
                 "end_at, array_to_string(queues, ' ') FROM history_import WHERE ($1::bigint = 0 OR id = $1) "
                 "AND ($2::bigint = 0 OR id < $2) ORDER BY id DESC LIMIT nullif($3::integer, 0)",
                 "lli", id, before, limit);
    if (rows == NULL)
        return false;
    *n = PQntuples(rows);
    *out = g_new0(struct history_import, (gsize)*n + 1);
    for (int row = 0; row < *n; row++)
        (*out)[row] = (struct history_import){
            .id = cell_int(rows, row, 0),
            .created_ts = cell_ts(rows, row, 1),
            .created_by = cell_text(rows, row, 2),
            .source = cell_text(rows, row, 3),
            .report = {.rows = (long)cell_int(rows, row, 4),
                       .inserted = (long)cell_int(rows, row, 5),
                       .updated = (long)cell_int(rows, row, 6),
                       .unchanged = (long)cell_int(rows, row, 7),
                       .id = cell_int(rows, row, 0),
                       .start_ts = cell_ts(rows, row, 8),
                       .end_ts = cell_ts(rows, row, 9)},
            .queues = split_ids(cell_peek(rows, row, 10)),
        };
    return true;
}

bool store_history_imports(struct store *store, const struct scope *scope, int64_t id, int64_t before,
                           int limit, struct history_import **out, int *n, GError **error)
{
    return scope_require(scope, SCOPE_MAY(ROLE_PLANNER), "imports", error) &&
           tx_begin_read(store, scope, error) &&
           tx_end(store, imports_read(store, id, before, limit, out, n, error), error);
}

/* --- load */

enum { H_START, H_INTERVAL, H_OFFERED, H_ANSWERED, H_ABANDONED, H_HANDLE, H_WAIT, H_DAY };

static void fill_row(const PGresult *rows, int row, struct series *out, int32_t iv)
{
    out->offered[iv] = cell_double(rows, row, H_OFFERED);
    out->answered[iv] = cell_double(rows, row, H_ANSWERED);
    out->abandoned[iv] = cell_double(rows, row, H_ABANDONED);
    out->handle_s[iv] = cell_double(rows, row, H_HANDLE);
    out->wait_s[iv] = cell_double(rows, row, H_WAIT);
}

static bool whole_day(const PGresult *rows, int row)
{
    return cell_int(rows, row, H_INTERVAL) == GRID_DAY_S;
}

/* Rows with intervals onto their grid, which they must share. `out` is empty where there is none. */
static bool load_intervals(const PGresult *rows, const char *queue, struct series *out, GError **error)
{
    struct grid grid = {0};
    int n = PQntuples(rows);
    for (int row = 0; row < n; row++) {
        if (whole_day(rows, row))
            continue;
        int64_t ts = cell_ts(rows, row, H_START);
        int interval_s = (int)cell_int(rows, row, H_INTERVAL);
        if (grid.n == 0)
            grid = (struct grid){.start_ts = ts, .interval_s = interval_s};
        grid.n = grid_index(&grid, ts) + 1;
        if (interval_s == grid.interval_s && grid_aligned(&grid, ts))
            continue;
        g_autofree char *at = time_format(ts, NULL);
        if (interval_s != grid.interval_s)
            return wfm_fail(error, WFM_ERROR_INPUT,
                            "history of queue %s mixes intervals: %d minutes, and %d minutes from %s on; "
                            "ask for a span with one interval, or import it anew",
                            queue, grid.interval_s / 60, interval_s / 60, at);
        return wfm_fail(error, WFM_ERROR_INPUT,
                        "history of queue %s: the interval at %s does not line up with those before it",
                        queue, at);
    }
    series_init(out, &grid);
    for (int row = 0; row < n; row++)
        if (!whole_day(rows, row))
            fill_row(rows, row, out, grid_index(&grid, cell_ts(rows, row, H_START)));
    return true;
}

/* Rows of whole days onto a grid of days. */
static void load_days(const PGresult *rows, struct series *out)
{
    struct grid grid = {.interval_s = GRID_DAY_S};
    int n = PQntuples(rows);
    for (int row = 0; row < n; row++) {
        if (!whole_day(rows, row))
            continue;
        int32_t day = cell_day(rows, row, H_DAY);
        if (grid.n == 0)
            grid.start_ts = grid_day_ts(day);
        grid.n = grid_index(&grid, grid_day_ts(day)) + 1;
    }
    series_init(out, &grid);
    for (int row = 0; row < n; row++)
        if (whole_day(rows, row))
            fill_row(rows, row, out, grid_index(&grid, grid_day_ts(cell_day(rows, row, H_DAY))));
}

static const char history_sql[] =
    "SELECT h.start_at, h.interval_s, h.offered, h.answered, h.abandoned, h.handle_s, h.wait_s, "
    "CASE WHEN h.interval_s = 86400 THEN (h.start_at AT TIME ZONE q.zone)::date END FROM history h JOIN "
    "queue q USING (queue_key) "
    "WHERE h.queue_key = (SELECT queue_key FROM queue WHERE id = $1) "
    "AND h.start_at >= $2 AND h.start_at < $3 ORDER BY h.start_at";

bool store_history_load(struct store *store, const char *queue, int64_t from_ts, int64_t to_ts,
                        struct series *out, GError **error)
{
    AUTO(pg_result) rows = query(store, error, history_sql, "stt", queue, from_ts, to_ts);
    struct series found;
    if (rows == NULL || !load_intervals(rows, queue, &found, error))
        return false;
    if (found.grid.n > 0) {
        *out = found;
        return true;
    }
    series_clear(&found);
    return wfm_fail(error, WFM_ERROR_NOT_FOUND, "queue \"%s\" has no history in this span", queue);
}

bool store_history_all(struct store *store, const char *queue, struct series *intervals, struct series *days,
                       GError **error)
{
    AUTO(pg_result) rows = query(store, error, history_sql, "stt", queue, INT64_MIN, INT64_MAX);
    if (rows == NULL || !load_intervals(rows, queue, intervals, error))
        return false;
    load_days(rows, days);
    return true;
}

bool store_history_end(struct store *store, int64_t *end_ts, GError **error)
{
    /* The row that starts last need not be the one that ends last: days and intervals may meet. */
    AUTO(pg_result)
    rows =
        query(store, error,
              "SELECT max(ends.at) FROM queue q, "
              "LATERAL (SELECT max(start_at) AS at FROM history h WHERE h.queue_key = q.queue_key) newest, "
              "LATERAL (SELECT max(CASE WHEN h.interval_s = 86400 "
              "THEN ((h.start_at AT TIME ZONE q.zone)::date + 1)::timestamp AT TIME ZONE q.zone "
              "ELSE h.start_at + make_interval(secs => h.interval_s) END) AS at FROM history h "
              "WHERE h.queue_key = q.queue_key AND h.start_at > newest.at - interval '25 hours') ends "
              "WHERE NOT q.retired",
              "");
    if (rows == NULL)
        return false;
    *end_ts = PQgetisnull(rows, 0, 0) ? INT64_MIN : cell_ts(rows, 0, 0);
    return true;
}

/* --- as it is */

static bool points_read(struct store *store, const char *queue, int64_t from_ts, int64_t to_ts,
                        struct history_point **out, int *n, GError **error)
{
    AUTO(pg_result) rows = query(store, error, history_sql, "stt", queue, from_ts, to_ts);
    if (rows == NULL)
        return false;
    *n = PQntuples(rows);
    *out = g_new0(struct history_point, (gsize)*n + 1);
    for (int row = 0; row < *n; row++)
        (*out)[row] = (struct history_point){
            .start_ts = cell_ts(rows, row, H_START),
            .interval_s = (int)cell_int(rows, row, H_INTERVAL),
            .offered = cell_double(rows, row, H_OFFERED),
            .answered = cell_double(rows, row, H_ANSWERED),
            .abandoned = cell_double(rows, row, H_ABANDONED),
            .handle_s = cell_double(rows, row, H_HANDLE),
            .wait_s = cell_double(rows, row, H_WAIT),
        };
    return true;
}

bool store_history_points(struct store *store, const struct scope *scope, const char *queue, int64_t from_ts,
                          int64_t to_ts, struct history_point **out, int *n, GError **error)
{
    return scope_require(scope, SCOPE_MAY(ROLE_PLANNER) | SCOPE_MAY(ROLE_CLIENT), "history", error) &&
           tx_begin_read(store, scope, error) &&
           tx_end(store, points_read(store, queue, from_ts, to_ts, out, n, error), error);
}
