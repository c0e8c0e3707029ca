#include "core/store/statement.h"

#include <string.h>
#include <sys/socket.h>

/* A connection of the service meets some hundred texts; what is built anew for each call must not fill the
 * server. */
#define PREPARED_MAX 512

struct prepared {
    int uses;
    bool ready;
    char name[24];
};

/* The entry of the text when it is to run prepared now; NULL when it is to run as it is. */
static struct prepared *prepared_find(struct store *store, const char *sql)
{
    if (!store->prepare)
        return NULL;
    if (store->prepared == NULL)
        store->prepared = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    struct prepared *entry = g_hash_table_lookup(store->prepared, sql);
    if (entry == NULL) {
        bool keeps = g_str_has_prefix(sql, "SELECT") || g_str_has_prefix(sql, "INSERT") ||
                     g_str_has_prefix(sql, "UPDATE") || g_str_has_prefix(sql, "DELETE") ||
                     g_str_has_prefix(sql, "WITH");
        if (!keeps || g_hash_table_size(store->prepared) >= PREPARED_MAX)
            return NULL;
        entry = g_new0(struct prepared, 1);
        g_snprintf(entry->name, sizeof entry->name, "wfm_%u_%u", store->prepared_epoch,
                   g_hash_table_size(store->prepared));
        g_hash_table_insert(store->prepared, g_strdup(sql), entry);
    }
    return entry->uses++ > 0 ? entry : NULL;
}

void statements_forget(struct store *store)
{
    g_clear_pointer(&store->prepared, g_hash_table_unref);
    store->prepared_epoch++;
}

int statements_prepared(const struct store *store)
{
    int n = 0;
    GHashTableIter iter;
    gpointer entry;
    if (store->prepared == NULL)
        return 0;
    g_hash_table_iter_init(&iter, store->prepared);
    while (g_hash_table_iter_next(&iter, NULL, &entry))
        n += ((struct prepared *)entry)->ready;
    return n;
}

/* Tables have changed under a prepared statement, or it is not there: the next run is not a prepared one. */
static bool is_stale(const PGresult *result)
{
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    return state != NULL && (strcmp(state, "0A000") == 0 || strcmp(state, "26000") == 0);
}

PGresult *statement_run(struct store *store, const struct statement *s)
{
    struct prepared *entry = prepared_find(store, s->sql);
    if (entry != NULL && !entry->ready) {
        PGresult *made = PQprepare(store->conn, entry->name, s->sql, s->n, NULL);
        if (PQresultStatus(made) != PGRES_COMMAND_OK)
            return made;
        PQclear(made);
        entry->ready = true;
    }
    if (entry != NULL) {
        PGresult *result =
            PQexecPrepared(store->conn, entry->name, s->n, s->values, s->lengths, s->formats, 1);
        if (!is_stale(result))
            return result;
        statements_forget(store);
        if (store->in_tx)
            return result;
        PQclear(result);
    }
    return PQexecParams(store->conn, s->sql, s->n, NULL, s->values, s->lengths, s->formats, /* binary */ 1);
}

/* --- several at once */

static bool send_one(struct store *store, const struct statement *s, struct prepared *entry, bool *making)
{
    *making = entry != NULL && !entry->ready;
    if (*making && PQsendPrepare(store->conn, entry->name, s->sql, s->n, NULL) != 1)
        return false;
    if (entry != NULL)
        return PQsendQueryPrepared(store->conn, entry->name, s->n, s->values, s->lengths, s->formats, 1) == 1;
    return PQsendQueryParams(store->conn, s->sql, s->n, NULL, s->values, s->lengths, s->formats, 1) == 1;
}

/* The result of the next command of the pipeline. */
static PGresult *next_result(struct store *store)
{
    PGresult *result = PQgetResult(store->conn);
    if (result != NULL)
        PQclear(PQgetResult(store->conn)); /* NULL: the end of this command */
    return result;
}

static bool is_good(const PGresult *result)
{
    ExecStatusType status = PQresultStatus(result);
    return status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK;
}

/* Reads up to the end of the pipeline, come what may. */
static void drain(struct store *store)
{
    for (int nothing = 0; nothing < 2 && PQstatus(store->conn) == CONNECTION_OK;) {
        PGresult *result = PQgetResult(store->conn);
        bool end = PQresultStatus(result) == PGRES_PIPELINE_SYNC;
        nothing = result != NULL ? 0 : nothing + 1;
        PQclear(result);
        if (end)
            break;
    }
}

static bool receive(struct store *store, struct prepared *entry, bool making, PGresult **out, GError **error)
{
    if (making) {
        AUTO(pg_result) made = next_result(store);
        if (!is_good(made))
            return server_fail(store, made, error);
        entry->ready = true;
    }
    *out = next_result(store);
    if (is_good(*out))
        return true;
    bool stale = is_stale(*out);
    server_fail(store, *out, error);
    g_clear_pointer(out, PQclear);
    if (stale)
        statements_forget(store);
    return false;
}

#define BATCH_MAX 8

/* Behind a pooler nothing was set on the connection: the limits of time lead the way. */
static bool limits_lead(const struct store *store)
{
    return !store->prepare && !store->in_tx;
}

static bool send_limits(struct store *store)
{
    char text[16];
    const char *values[] = {text};
    g_snprintf(text, sizeof text, "%d", store->options.statement_ms);
    return PQsendQueryParams(
               store->conn,
               "SELECT set_config('statement_timeout', $1, true), set_config('jit', 'off', true)", 1, NULL,
               values, NULL, NULL, 1) == 1;
}

static bool receive_limits(struct store *store, GError **error)
{
    AUTO(pg_result) result = next_result(store);
    return is_good(result) || server_fail(store, result, error);
}

bool statements_run(struct store *store, const struct statement *statements, int n, PGresult **results,
                    GError **error)
{
    bool limited = limits_lead(store);
    struct prepared *entries[BATCH_MAX];
    bool making[BATCH_MAX] = {false};
    bool ok = true;
    g_assert(n <= BATCH_MAX);
    memset(results, 0, sizeof *results * (size_t)n);
    if (PQenterPipelineMode(store->conn) != 1)
        return server_fail(store, NULL, error);
    ok = !limited || send_limits(store);
    for (int k = 0; k < n && ok; k++) {
        entries[k] = prepared_find(store, statements[k].sql);
        ok = send_one(store, &statements[k], entries[k], &making[k]);
    }
    if (!ok || PQpipelineSync(store->conn) != 1) {
        server_fail(store, NULL, error);
        /* half a pipeline is in the buffers: nothing sensible can follow on this connection */
        shutdown(PQsocket(store->conn), SHUT_RDWR);
        drain(store);
        return false;
    }
    ok = !limited || receive_limits(store, error);
    for (int k = 0; k < n && ok; k++)
        ok = receive(store, entries[k], making[k], &results[k], error);
    drain(store);
    PQexitPipelineMode(store->conn);
    return ok;
}
