#include "core/store/answer.h"

#include <endian.h>
#include <string.h>

#include "core/store/statement.h"

/* Who looks less often begins anew; marks are kept for at least so long. */
#define SWEEP_MINUTES "10"

enum { COLUMN_LOW, COLUMN_GONE, COLUMN_IDENTITY, COLUMN_NOW = 6, COLUMN_ID, COLUMN_XID, COLUMN_AGENTS };

/* A table written anew (restored, rewritten, emptied) has another file. */
static const char state_sql[] =
    "SELECT pg_snapshot_xmin(pg_current_snapshot()), h.gone, "
    "(extract(epoch FROM pg_postmaster_start_time()) * 1000000)::bigint, "
    "pg_relation_filenode('shift'::regclass)::bigint, pg_relation_filenode('token'::regclass)::bigint, "
    "pg_relation_filenode('agent'::regclass)::bigint, now(), m.id, m.xid, m.agents "
    "FROM answer_horizon h LEFT JOIN answer_mark m ON m.xid >= $1::xid8";

/* One array of integers without NULLs, as the server writes it. */
static int32_t *cell_keys(const PGresult *rows, int row, int column, int *n)
{
    const char *bytes = PQgetvalue(rows, row, column);
    uint32_t word;
    *n = 0;
    if (PQgetisnull(rows, row, column))
        return NULL;
    memcpy(&word, bytes, 4); /* dimensions; then a flag, the type, length and lower bound */
    if (be32toh(word) == 1) {
        memcpy(&word, bytes + 12, 4);
        *n = (int)be32toh(word);
    }
    int32_t *keys = g_new(int32_t, (gsize)*n + 1);
    for (int k = 0; k < *n; k++) {
        memcpy(&word, bytes + 20 + 8 * k + 4, 4);
        keys[k] = (int32_t)be32toh(word);
    }
    return keys;
}

static void state_read(const PGresult *rows, struct answer_state *out)
{
    int n = PQntuples(rows);
    out->low = (uint64_t)cell_int(rows, 0, COLUMN_LOW);
    out->gone = (uint64_t)cell_int(rows, 0, COLUMN_GONE);
    for (int k = 0; k < (int)G_N_ELEMENTS(out->identity); k++)
        out->identity[k] = cell_int(rows, 0, COLUMN_IDENTITY + k);
    out->now_ts = cell_ts(rows, 0, COLUMN_NOW);
    out->marks = NULL;
    out->n = PQgetisnull(rows, 0, COLUMN_ID) ? 0 : n;
    if (out->n > 0)
        out->marks = g_new(struct answer_mark, (gsize)out->n);
    for (int row = 0; row < out->n; row++) {
        struct answer_mark *mark = &out->marks[row];
        mark->id = cell_int(rows, row, COLUMN_ID);
        mark->xid = (uint64_t)cell_int(rows, row, COLUMN_XID);
        mark->agents = cell_keys(rows, row, COLUMN_AGENTS, &mark->n_agents);
    }
}

bool store_answer_state(struct store *store, uint64_t low, struct answer_state *out, GError **error)
{
    char text[24];
    const char *values[] = {text};
    g_snprintf(text, sizeof text, "%" G_GUINT64_FORMAT, low > 0 ? low : UINT64_MAX);
    const struct statement ask = {state_sql, 1, values, NULL, NULL};
    AUTO(pg_result) rows = NULL;
    if (!statements_run(store, &ask, 1, &rows, error))
        return false;
    if (PQntuples(rows) == 0)
        return wfm_fail(error, WFM_ERROR_STORE, "table answer_horizon has no row");
    state_read(rows, out);
    return true;
}

void answer_state_clear(struct answer_state *state)
{
    for (int k = 0; k < state->n; k++)
        g_free(state->marks[k].agents);
    g_free(state->marks);
    *state = (struct answer_state){0};
}

/* In a restored database transactions are numbered anew: what is ahead of it is from before. */
static bool sweep(struct store *store, GError **error)
{
    long moved = 0;
    return execute(store, &moved, error,
                   "UPDATE answer_horizon SET gone = CASE WHEN next <= pg_snapshot_xmin(s) THEN next ELSE "
                   "pg_snapshot_xmin(s) END, next = pg_snapshot_xmin(s), at = now() "
                   "FROM pg_current_snapshot() AS s WHERE (at < now() - interval '" SWEEP_MINUTES
                   " minutes' OR at > now()) "
                   "AND (gone > pg_snapshot_xmin(s) OR EXISTS (SELECT FROM answer_mark))",
                   "") &&
           (moved == 0 ||
            execute(store, NULL, error,
                    "DELETE FROM answer_mark m USING answer_horizon h WHERE m.xid < h.gone OR m.xid >= "
                    "pg_snapshot_xmax(pg_current_snapshot()) AND m.xid <> pg_current_xact_id()",
                    ""));
}

bool store_answer_sweep(struct store *store, GError **error)
{
    return tx_begin(store, error) && tx_end(store, sweep(store, error), error);
}
