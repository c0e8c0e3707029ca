#include "core/store/migrate.h"

#include <string.h>

#include "core/store/query.h"

/* What is applied: rows of (version, name, checksum), ascending; an empty result when the table is not there.
 */
static PGresult *applied_rows(struct store *store, GError **error)
{
    AUTO(pg_result) table = query(store, error, "SELECT to_regclass('schema_migration') IS NOT NULL", "");
    if (table == NULL)
        return NULL;
    return query(store, error,
                 cell_bool(table, 0, 0)
                     ? "SELECT version, name, checksum FROM schema_migration ORDER BY version"
                     : "SELECT 0, '', '' WHERE false",
                 "");
}

static int newest_known(void)
{
    return migrations[n_migrations - 1].version;
}

bool store_schema_status(struct store *store, struct schema_status *out, GError **error)
{
    AUTO(pg_result) rows = applied_rows(store, error);
    if (rows == NULL)
        return false;
    int n = PQntuples(rows);
    *out = (struct schema_status){newest_known(), n == 0 ? 0 : (int)cell_int(rows, n - 1, 0)};
    return true;
}

static char *checksum(const struct migration *migration)
{
    return g_compute_checksum_for_string(G_CHECKSUM_SHA256, migration->sql, -1);
}

/* Is what is applied a prefix of what is compiled in? */
static bool applied_ok(const PGresult *rows, GError **error)
{
    int n = PQntuples(rows);
    if (n > 0 && cell_int(rows, n - 1, 0) > newest_known())
        return wfm_fail(error, WFM_ERROR_SCHEMA,
                        "the database has schema %d (%s), this wfm knows up to %d; use the newer wfm",
                        (int)cell_int(rows, n - 1, 0), cell_peek(rows, n - 1, 1), newest_known());
    for (int i = 0; i < n; i++) {
        if (i >= n_migrations || cell_int(rows, i, 0) != migrations[i].version)
            return wfm_fail(error, WFM_ERROR_SCHEMA, "the database lacks migration %d, but has %d",
                            i < n_migrations ? migrations[i].version : newest_known(),
                            (int)cell_int(rows, i, 0));
        g_autofree char *sum = checksum(&migrations[i]);
        if (strcmp(sum, cell_peek(rows, i, 2)) != 0)
            return wfm_fail(
                error, WFM_ERROR_SCHEMA,
                "migration %s was applied with other contents (checksum %.12s… there, %.12s… here); "
                "this database was made by another build of wfm",
                migrations[i].name, cell_peek(rows, i, 2), sum);
    }
    return true;
}

static bool apply_one(struct store *store, const struct migration *migration, GError **error)
{
    g_autofree char *sum = checksum(migration);
    if (!tx_begin(store, error))
        return false;
    bool ok = execute_script(store, migration->sql, error) &&
              execute(store, NULL, error,
                      "INSERT INTO schema_migration (version, name, checksum) VALUES ($1, $2, $3)", "iss",
                      migration->version, migration->name, sum);
    if (tx_end(store, ok, error))
        return true;
    g_prefix_error(error, "migration %s: ", migration->name);
    return false;
}

/* Transaction numbers of a restored database begin anew: rows from ahead of them would not be served for a
 * long time. They go to the beginning of what comes (core/store/change_store.c). */
static bool feed_adopt(struct store *store, GError **error)
{
    static const char *const adopt[] = {
        "UPDATE audit SET xid = pg_current_xact_id() WHERE xid > pg_current_xact_id()",
        "UPDATE notice SET xid = pg_current_xact_id() WHERE xid > pg_current_xact_id()",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(adopt); i++)
        if (!execute(store, NULL, error, adopt[i], ""))
            return false;
    return true;
}

static bool migrate_locked(struct store *store, int *applied, GError **error)
{
    AUTO(pg_result) rows = applied_rows(store, error);
    if (rows == NULL || !applied_ok(rows, error))
        return false;
    int from = PQntuples(rows);
    if (from == 0 &&
        !execute_script(store,
                        "CREATE TABLE IF NOT EXISTS schema_migration ("
                        "version integer PRIMARY KEY, name text NOT NULL, checksum text NOT NULL, "
                        "applied_at timestamptz NOT NULL DEFAULT now())",
                        error))
        return false;
    for (int i = from; i < n_migrations; i++) {
        if (!apply_one(store, &migrations[i], error))
            return false;
        ++*applied;
    }
    return feed_adopt(store, error);
}

bool store_migrate(struct store *store, int *applied, GError **error)
{
    int count = 0;
    if (!execute(store, NULL, error, "SELECT pg_advisory_lock($1::integer, 0)", "i", (int)LOCK_MIGRATE))
        return false;
    bool ok = migrate_locked(store, &count, error);
    execute(store, NULL, NULL, "SELECT pg_advisory_unlock($1::integer, 0)", "i", (int)LOCK_MIGRATE);
    if (applied != NULL)
        *applied = count;
    return ok;
}

bool store_schema_require(struct store *store, GError **error)
{
    AUTO(pg_result) rows = applied_rows(store, error);
    if (rows == NULL || !applied_ok(rows, error))
        return false;
    if (PQntuples(rows) < n_migrations)
        return wfm_fail(
            error, WFM_ERROR_SCHEMA, "the database has schema %d, this wfm needs %d; run \"wfm db migrate\"",
            PQntuples(rows) > 0 ? (int)cell_int(rows, PQntuples(rows) - 1, 0) : 0, newest_known());
    return true;
}
