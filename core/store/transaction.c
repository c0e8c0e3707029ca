#include <string.h>

#include "core/store/query.h"

/* How long a request waits for others that change the same. */
#define CHANGE_LOCK_TIMEOUT "10s"

/* Behind a pooler a transaction brings its settings along and leaves none. */
static char *tx_limits(const struct store *store, const char *begin)
{
    return g_strdup_printf("%s; SET LOCAL jit = off; SET LOCAL statement_timeout = %d; "
                           "SET LOCAL idle_in_transaction_session_timeout = %d",
                           begin, store->options.statement_ms, store->options.idle_ms);
}

/* The first statement of a transaction: nothing is lost by trying again on a new connection when the server
 * was away. */
static bool begin(struct store *store, const char *what, enum tx_kind kind, GError **error)
{
    g_autofree char *limited = store->prepare ? NULL : tx_limits(store, what);
    const char *sql = limited != NULL ? limited : what;
    store->in_tx = PQstatus(store->conn) == CONNECTION_OK && execute_script(store, sql, NULL);
    if (!store->in_tx) {
        if (PQstatus(store->conn) == CONNECTION_BAD && !store_ping(store, error))
            return false;
        if (!execute_script(store, sql, error))
            return false;
    }
    store->in_tx = true;
    store->failed = false;
    store->kind[0] = kind;
    store->depth = 1;
    return true;
}

/* Inside of another one. */
static bool begin_inner(struct store *store, enum tx_kind kind, GError **error)
{
    g_assert(store->depth < TX_DEPTH_MAX);
    if (store->failed)
        return wfm_fail(error, WFM_ERROR_INTERNAL, "database: an earlier part of this change has failed");
    if (kind == TX_READ && !execute_script(store, "SAVEPOINT wfm_read", error))
        return false;
    store->kind[store->depth++] = kind;
    return true;
}

static bool become_scoped(struct store *store, const struct scope *scope, GError **error)
{
    return scope->role == ROLE_PLANNER ||
           execute(store, NULL, error,
                   "SELECT set_config('wfm.role', $1, true), set_config('wfm.client', $2, true), "
                   "set_config('wfm.agent', $3, true), set_config('role', 'wfm_scoped', true)",
                   "sss", role_name(scope->role), scope->client != NULL ? scope->client : "",
                   scope->agent != NULL ? scope->agent : "");
}

bool tx_begin(struct store *store, GError **error)
{
    return store->depth > 0 ? begin_inner(store, TX_WRITE, error) : begin(store, "BEGIN", TX_WRITE, error);
}

bool tx_begin_read(struct store *store, const struct scope *scope, GError **error)
{
    static const char sql[] = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
    if (!(store->depth > 0 ? begin_inner(store, TX_READ, error) : begin(store, sql, TX_READ, error)))
        return false;
    return become_scoped(store, scope, error) || tx_end(store, false, error);
}

bool tx_begin_scoped(struct store *store, const struct scope *scope, GError **error)
{
    if (!(store->depth > 0 ? begin_inner(store, TX_SCOPED, error) : begin(store, "BEGIN", TX_SCOPED, error)))
        return false;
    return become_scoped(store, scope, error) || tx_end(store, false, error);
}

static bool end_inner(struct store *store, enum tx_kind kind, bool ok, GError **error)
{
    switch (kind) {
    case TX_READ:
        return execute_script(store, "ROLLBACK TO SAVEPOINT wfm_read; RELEASE SAVEPOINT wfm_read",
                              ok ? error : NULL) &&
               ok;
    case TX_SCOPED:
        ok = ok && execute_script(store,
                                  "SET LOCAL ROLE NONE; SET LOCAL wfm.role = ''; SET LOCAL wfm.client = ''; "
                                  "SET LOCAL wfm.agent = ''",
                                  error);
        break;
    case TX_WRITE:
    default:
        break;
    }
    store->failed = store->failed || !ok;
    return ok;
}

/* What was read holds, whatever becomes of the connection. */
static bool end_outer(struct store *store, enum tx_kind kind, bool ok, GError **error)
{
    AUTO(pg_result) result = PQexec(store->conn, ok && !store->failed ? "COMMIT" : "ROLLBACK");
    store->in_tx = false;
    if (!ok)
        return false;
    if (store->failed)
        return wfm_fail(error, WFM_ERROR_INTERNAL, "database: a part of this change has failed");
    if (kind == TX_READ ||
        (PQresultStatus(result) == PGRES_COMMAND_OK && strcmp(PQcmdStatus(result), "COMMIT") == 0))
        return true;
    if (PQresultStatus(result) == PGRES_COMMAND_OK)
        return wfm_fail(error, WFM_ERROR_STORE, "database: the transaction was rolled back");
    server_fail(store, result, error);
    if (PQstatus(store->conn) == CONNECTION_BAD)
        g_prefix_error(error, "the connection broke during the commit, so it may or may not have happened: ");
    return false;
}

bool tx_end(struct store *store, bool ok, GError **error)
{
    g_assert(store->depth > 0);
    enum tx_kind kind = store->kind[--store->depth];
    return store->depth > 0 ? end_inner(store, kind, ok, error) : end_outer(store, kind, ok, error);
}

bool store_change_begin(struct store *store, GError **error)
{
    if (!tx_begin(store, error))
        return false;
    return execute_script(store, "SET LOCAL lock_timeout = '" CHANGE_LOCK_TIMEOUT "'", error) ||
           tx_end(store, false, error);
}

bool store_change_end(struct store *store, bool ok, GError **error)
{
    return tx_end(store, ok, error);
}

bool store_change_lock(struct store *store, enum store_lock lock, int which, GError **error)
{
    return tx_lock(store, lock, which, error);
}

bool tx_lock(struct store *store, enum store_lock lock, int which, GError **error)
{
    return execute(store, NULL, error, "SELECT pg_advisory_xact_lock($1::integer, $2::integer)", "ii",
                   (int)lock, which);
}
