#include <errno.h>
#include <math.h>
#include <poll.h>

#include "core/store/run_row.h"

/* The attempt that holds the run: $1 and $2 of every statement here. */
#define HELD "run.id = $1 AND run.attempt = $2 AND run.state = 'running'"

static bool lost(int64_t id, int attempt, GError **error)
{
    return wfm_fail(error, WFM_ERROR_CONFLICT,
                    "attempt %d of run %" G_GINT64_FORMAT " does not hold it any more: nothing is kept",
                    attempt, id);
}

/* --- taking and holding */

bool store_run_claim(struct store *store, const char *worker, const char *const *kinds, int n_kinds,
                     const struct run_terms *terms, struct run_info *out, bool *found, GError **error)
{
    AUTO(pg_result)
    rows = query(store, error,
                 "WITH next AS (SELECT id FROM run WHERE state = 'queued' AND not_before <= now() "
                 "AND (cardinality($2::text[]) = 0 OR kind = ANY ($2)) ORDER BY id "
                 "FOR UPDATE SKIP LOCKED LIMIT 1) "
                 "UPDATE run SET state = 'running', attempt = attempt + 1, worker = $1, started_at = now(), "
                 "lease_until = now() + make_interval(secs => $3), progress = '{}', revision = revision + 1 "
                 "FROM next WHERE run.id = next.id RETURNING " RUN_COLUMNS,
                 "sSd", worker, kinds, n_kinds, terms->lease_s);
    if (rows == NULL)
        return false;
    *found = PQntuples(rows) > 0;
    if (*found)
        run_row_read(rows, 0, out);
    return true;
}

bool store_run_beat(struct store *store, int64_t id, int attempt, const struct run_terms *terms,
                    const char *progress_json, bool *cancel, bool *held, GError **error)
{
    AUTO(pg_result)
    rows = query(store, error,
                 "UPDATE run SET lease_until = now() + make_interval(secs => $3), "
                 "progress = coalesce($4::jsonb, progress), "
                 "revision = revision + CASE WHEN $4::jsonb IS NULL THEN 0 ELSE 1 END "
                 "WHERE " HELD " RETURNING cancel_asked",
                 "lids", id, attempt, terms->lease_s, progress_json);
    if (rows == NULL)
        return false;
    *held = PQntuples(rows) > 0;
    *cancel = *held && cell_bool(rows, 0, 0);
    return true;
}

/* As `where` has it, whatever the state. */
static bool say(struct store *store, const char *where, int64_t id, int attempt, enum run_severity severity,
                const char *text, GError **error)
{
    g_autofree char *sql = g_strdup_printf(
        "WITH said AS (UPDATE run SET last_seq = last_seq + 1, revision = revision + 1 WHERE %s "
        "AND last_seq < %d RETURNING id, last_seq) "
        "INSERT INTO run_message (run_id, seq, severity, text) SELECT id, last_seq, $3, $4 FROM said",
        where, RUN_MESSAGES_MAX);
    return execute(store, NULL, error, sql, "liss", id, attempt, run_severity_name(severity), text);
}

bool store_run_say(struct store *store, int64_t id, int attempt, enum run_severity severity, const char *text,
                   GError **error)
{
    return say(store, "run.id = $1 AND run.attempt = $2 AND run.state <> 'queued'", id, attempt, severity,
               text, error);
}

/* --- keeping */

bool store_run_keep(struct store *store, int64_t id, int attempt, const char *result_json, GError **error)
{
    long kept = 0;
    if (!execute(store, &kept, error,
                 "UPDATE run SET result = result || $3::jsonb, revision = revision + 1 WHERE " HELD, "lis",
                 id, attempt, result_json))
        return false;
    return kept == 1 || lost(id, attempt, error);
}

static bool finish(struct store *store, int64_t id, int attempt, enum run_state state,
                   const char *result_json, GError **error)
{
    AUTO(pg_result)
    rows = query(store, error,
                 "UPDATE run SET state = $3, result = result || $4::jsonb, finished_at = now(), "
                 "lease_until = NULL, worker = NULL, revision = revision + 1, "
                 "progress = CASE WHEN $3 = 'done' THEN progress || '{\"phase\": \"done\", \"percent\": "
                 "100}' ELSE progress END "
                 "WHERE " HELD " RETURNING " RUN_COLUMNS,
                 "liss", id, attempt, run_state_name(state), result_json);
    if (rows == NULL)
        return false;
    if (PQntuples(rows) == 0)
        return lost(id, attempt, error);
    struct run_info run;
    run_row_read(rows, 0, &run);
    bool ok =
        run_audit(store, &run, run.created_by, state == RUN_DONE ? "run.finished" : "run.cancelled", error);
    run_info_clear(&run);
    return ok;
}

bool store_run_finish(struct store *store, int64_t id, int attempt, enum run_state state,
                      const char *result_json, GError **error)
{
    return tx_begin(store, error) &&
           tx_end(store, finish(store, id, attempt, state, result_json, error), error);
}

/* --- losing */

static const char *ordinal(int attempt, int attempts_max, GString *text)
{
    g_string_printf(text, "attempt %d of %d: ", attempt, attempts_max);
    return text->str;
}

/* What becomes of the run is in its row then; says so. */
static bool lose(struct store *store, int64_t id, int attempt, const char *reason, bool again,
                 const struct run_terms *terms, GError **error)
{
    double rest_s = fmin(terms->backoff_s * pow(2, MIN(attempt, 20) - 1), RUN_BACKOFF_MAX_S);
    AUTO(pg_result)
    rows = query(store, error,
                 "UPDATE run SET lease_until = NULL, worker = NULL, revision = revision + 1, state = to_be, "
                 "finished_at = CASE WHEN to_be <> 'queued' THEN now() END, "
                 "error = CASE WHEN to_be = 'failed' THEN $3 END, "
                 "not_before = now() + make_interval(secs => $5) "
                 "FROM (SELECT id AS its, CASE WHEN cancel_asked THEN 'cancelled' "
                 "WHEN $4 AND attempt < attempts_max THEN 'queued' ELSE 'failed' END AS to_be "
                 "FROM run WHERE id = $1 FOR UPDATE) was "
                 "WHERE its = run.id AND " HELD " RETURNING " RUN_COLUMNS,
                 "lisbd", id, attempt, reason, (int)again, rest_s);
    if (rows == NULL)
        return false;
    if (PQntuples(rows) == 0)
        return true; /* somebody else's */
    struct run_info run;
    run_row_read(rows, 0, &run);
    g_autoptr(GString) text = g_string_new(NULL);
    ordinal(run.attempt, run.attempts_max, text);
    g_string_append(text, reason);
    if (run.state == RUN_QUEUED)
        g_string_append_printf(text, "; again in %.0f s", rest_s);
    bool ok = say(store, "run.id = $1 AND run.attempt = $2", id, attempt,
                  run.state == RUN_FAILED ? RUN_ERROR : RUN_WARNING, text->str, error) &&
              run_audit(store, &run, run.created_by,
                        run.state == RUN_FAILED      ? "run.failed"
                        : run.state == RUN_CANCELLED ? "run.cancelled"
                                                     : "run.attempt_lost",
                        error);
    run_info_clear(&run);
    return ok;
}

bool store_run_lose(struct store *store, int64_t id, int attempt, const char *reason, bool again,
                    const struct run_terms *terms, GError **error)
{
    return tx_begin(store, error) &&
           tx_end(store, lose(store, id, attempt, reason, again, terms, error), error);
}

static bool release(struct store *store, int64_t id, int attempt, const char *reason, GError **error)
{
    long done = 0;
    if (!execute(store, &done, error,
                 "UPDATE run SET state = CASE WHEN cancel_asked THEN 'cancelled' ELSE 'queued' END, "
                 "finished_at = CASE WHEN cancel_asked THEN now() END, "
                 "lease_until = NULL, worker = NULL, not_before = now(), attempts_max = attempts_max + 1, "
                 "progress = '{}', revision = revision + 1 WHERE " HELD,
                 "li", id, attempt))
        return false;
    return done == 0 ||
           (say(store, "run.id = $1 AND run.attempt = $2", id, attempt, RUN_INFO, reason, error) &&
            execute(store, NULL, error, "SELECT pg_notify('" RUN_CHANNEL "', '')::text", ""));
}

bool store_run_release(struct store *store, int64_t id, int attempt, const char *reason, GError **error)
{
    return tx_begin(store, error) && tx_end(store, release(store, id, attempt, reason, error), error);
}

static bool sweep(struct store *store, const struct run_terms *terms, int *n, GError **error)
{
    AUTO(pg_result)
    rows = query(store, error,
                 "SELECT id, attempt, worker FROM run WHERE state = 'running' AND lease_until < now() "
                 "ORDER BY id FOR UPDATE SKIP LOCKED",
                 "");
    if (rows == NULL)
        return false;
    *n = PQntuples(rows);
    for (int row = 0; row < *n; row++) {
        g_autofree char *reason =
            g_strdup_printf("worker %s was not heard of any more", cell_peek(rows, row, 2));
        if (!lose(store, cell_int(rows, row, 0), (int)cell_int(rows, row, 1), reason, true, terms, error))
            return false;
    }
    return true;
}

bool store_run_sweep(struct store *store, const struct run_terms *terms, int *n, GError **error)
{
    return tx_begin(store, error) && tx_end(store, sweep(store, terms, n, error), error);
}

bool store_run_forget(struct store *store, GError **error)
{
    return execute(store, NULL, error,
                   "DELETE FROM run WHERE finished_at < now() - make_interval(days => $1)", "i",
                   RUN_KEEP_DAYS);
}

/* --- waiting */

/* Takes what has arrived; was it a call? */
static bool woken(struct store *store)
{
    bool any = false;
    PGnotify *call;
    PQconsumeInput(store->conn);
    while ((call = PQnotifies(store->conn)) != NULL) {
        PQfreemem(call);
        any = true;
    }
    return any;
}

bool store_run_wait(struct store *store, int timeout_ms, GError **error)
{
    gint64 end_us = g_get_monotonic_time() + (gint64)timeout_ms * 1000;
    /* every time: the connection may be a new one */
    if (!execute(store, NULL, error, "LISTEN " RUN_CHANNEL, ""))
        return false;
    while (!woken(store)) {
        gint64 left_us = end_us - g_get_monotonic_time();
        struct pollfd fd = {.fd = PQsocket(store->conn), .events = POLLIN};
        if (left_us <= 0 || PQstatus(store->conn) == CONNECTION_BAD)
            return true;
        if (poll(&fd, 1, (int)(left_us / 1000) + 1) < 0)
            return errno == EINTR || wfm_fail(error, WFM_ERROR_IO, "poll: %s", g_strerror(errno));
    }
    return true;
}
