#include <string.h>

#include "core/store/query.h"

#define KEPT "interval '24 hours'"
/* How many old ones one new one takes away: more than one, so that they die out. */
#define SWEPT "10"

void idempotent_answer_clear(struct idempotent_answer *answer)
{
    g_free(answer->digest);
    g_free(answer->sealed);
    *answer = (struct idempotent_answer){0};
}

/* Two statements: what the former holder of the lock has committed is seen only by one that begins after. */
bool store_idempotency_find(struct store *store, int64_t line, const char *key, struct idempotent_answer *out,
                            GError **error)
{
    AUTO(pg_result)
    lock = query(
        store, error,
        "SELECT pg_try_advisory_xact_lock(hashtextextended('idempotency ' || $1::text || ' ' || $2, 0))",
        "ls", line, key);
    if (lock == NULL)
        return false;
    if (!cell_bool(lock, 0, 0))
        return wfm_fail(error, WFM_ERROR_BUSY,
                        "the first request with this Idempotency-Key is still running");
    AUTO(pg_result)
    rows = query(store, error,
                 "SELECT digest, answer, token_id FROM idempotency "
                 "WHERE line = $1 AND key = $2 AND created_at > now() - " KEPT,
                 "ls", line, key);
    if (rows == NULL)
        return false;
    *out = (struct idempotent_answer){0};
    if (PQntuples(rows) > 0) {
        out->token = cell_int(rows, 0, 2);
        out->digest = cell_text(rows, 0, 0);
        out->length = (size_t)PQgetlength(rows, 0, 1);
        out->sealed = g_memdup2(cell_peek(rows, 0, 1), out->length);
    }
    return true;
}

/* The request may have revoked its own token: then there is nobody left who could repeat it. */
bool store_idempotency_keep(struct store *store, int64_t line, const char *key,
                            const struct idempotent_answer *answer, GError **error)
{
    return execute(store, NULL, error,
                   "INSERT INTO idempotency (line, token_id, key, digest, answer) "
                   "SELECT $1, id, $3, $4, $5 FROM token WHERE id = $2 "
                   "ON CONFLICT (line, key) DO UPDATE SET token_id = excluded.token_id, digest = "
                   "excluded.digest, answer = excluded.answer, created_at = now()",
                   "llssx", line, answer->token, key, answer->digest, answer->sealed, answer->length) &&
           execute(store, NULL, error,
                   "DELETE FROM idempotency WHERE (line, key) IN (SELECT line, key FROM idempotency "
                   "WHERE created_at < now() - " KEPT " ORDER BY created_at LIMIT " SWEPT
                   " FOR UPDATE SKIP LOCKED)",
                   "");
}
