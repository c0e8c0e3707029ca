#include "core/store/run.h"

#include <string.h>

#include "core/store/run_row.h"

static const char *const kind_names[RUN_KIND_N] = {"forecast", "staff", "roster",
                                                   "simulate", "plan",  "replan"};
static const char *const state_names[RUN_STATE_N] = {"queued", "running", "done", "failed", "cancelled"};
static const char *const severity_names[RUN_SEVERITY_N] = {"info", "warning", "error"};

static bool find_name(const char *const *names, int n, const char *text, int *out)
{
    for (int i = 0; i < n; i++)
        if (strcmp(names[i], text) == 0) {
            *out = i;
            return true;
        }
    return false;
}

const char *run_kind_name(enum run_kind kind)
{
    return kind_names[kind];
}

bool run_kind_parse(const char *text, enum run_kind *out)
{
    int found;
    if (!find_name(kind_names, RUN_KIND_N, text, &found))
        return false;
    *out = (enum run_kind)found;
    return true;
}

const char *run_state_name(enum run_state state)
{
    return state_names[state];
}

bool run_state_parse(const char *text, enum run_state *out)
{
    int found;
    if (!find_name(state_names, RUN_STATE_N, text, &found))
        return false;
    *out = (enum run_state)found;
    return true;
}

bool run_state_ended(enum run_state state)
{
    return state == RUN_DONE || state == RUN_FAILED || state == RUN_CANCELLED;
}

const char *run_severity_name(enum run_severity severity)
{
    return severity_names[severity];
}

bool run_severity_parse(const char *text, enum run_severity *out)
{
    int found;
    if (!find_name(severity_names, RUN_SEVERITY_N, text, &found))
        return false;
    *out = (enum run_severity)found;
    return true;
}

void run_info_clear(struct run_info *run)
{
    g_free(run->ask_json);
    g_free(run->progress_json);
    g_free(run->result_json);
    g_free(run->worker);
    g_free(run->created_by);
    g_free(run->error);
    g_free(run->zone);
    *run = (struct run_info){.id = 0};
}

void run_messages_free(struct run_message *messages, int n)
{
    for (int i = 0; messages != NULL && i < n; i++)
        g_free(messages[i].text);
    g_free(messages);
}

/* --- rows */

void run_row_read(const PGresult *rows, int row, struct run_info *out)
{
    *out = (struct run_info){
        .id = cell_int(rows, row, 0),
        .ask_json = cell_text(rows, row, 3),
        .progress_json = cell_text(rows, row, 4),
        .result_json = cell_text(rows, row, 5),
        .attempt = (int)cell_int(rows, row, 6),
        .attempts_max = (int)cell_int(rows, row, 7),
        .cancel_asked = cell_bool(rows, row, 8),
        .worker = cell_text(rows, row, 9),
        .created_by = cell_text(rows, row, 10),
        .error = cell_text(rows, row, 11),
        .created_ts = cell_ts(rows, row, 12),
        .not_before_ts = cell_ts(rows, row, 13),
        .started_ts = cell_ts(rows, row, 14),
        .finished_ts = cell_ts(rows, row, 15),
        .revision = cell_int(rows, row, 16),
        .last_seq = (int)cell_int(rows, row, 17),
        .zone = cell_text(rows, row, 18),
    };
    run_kind_parse(cell_peek(rows, row, 1), &out->kind); /* the table's check knows the same names */
    run_state_parse(cell_peek(rows, row, 2), &out->state);
}

bool run_audit(struct store *store, const struct run_info *run, const char *actor, const char *action,
               GError **error)
{
    g_autofree char *subject = g_strdup_printf("%" G_GINT64_FORMAT, run->id);
    json_t *detail =
        json_pack("{s:s, s:s}", "kind", run_kind_name(run->kind), "state", run_state_name(run->state));
    AUTO(json_t) ask = json_loads(run->ask_json, 0, NULL);
    AUTO(json_t) result = json_loads(run->result_json, 0, NULL);
    json_t *week = json_object_get(ask, "week"), *roster = json_object_get(result, "roster");
    if (week != NULL)
        json_object_set(detail, "week", week);
    if (roster != NULL)
        json_object_set(detail, "roster", roster);
    if (run->error != NULL)
        json_object_set_new(detail, "error", json_string(run->error));
    return audit_write(store, actor, action, subject, detail, error);
}

static bool no_run(int64_t id, GError **error)
{
    return wfm_fail(error, WFM_ERROR_NOT_FOUND, "there is no run %" G_GINT64_FORMAT, id);
}

/* --- asking */

static bool enqueue(struct store *store, enum run_kind kind, const char *ask_json, int attempts_max,
                    const char *actor, int64_t *id, GError **error)
{
    AUTO(pg_result)
    rows = query(store, error,
                 "WITH run AS (INSERT INTO run (kind, ask, attempts_max, created_by) VALUES ($1, $2, $3, $4) "
                 "RETURNING *) SELECT " RUN_COLUMNS ", pg_notify('" RUN_CHANNEL "', '')::text FROM run",
                 "ssis", run_kind_name(kind), ask_json, attempts_max, actor != NULL ? actor : "unknown");
    if (rows == NULL)
        return false;
    struct run_info run;
    run_row_read(rows, 0, &run);
    *id = run.id;
    bool ok = run_audit(store, &run, actor, "run.requested", error);
    run_info_clear(&run);
    return ok;
}

bool store_run_enqueue(struct store *store, enum run_kind kind, const char *ask_json, int attempts_max,
                       const char *actor, int64_t *id, GError **error)
{
    int64_t made = 0;
    if (!tx_begin(store, error) ||
        !tx_end(store, enqueue(store, kind, ask_json, attempts_max, actor, &made, error), error))
        return false;
    *id = made;
    return true;
}

/* Its row, locked until the end of the transaction. */
static bool lock_run(struct store *store, int64_t id, struct run_info *out, GError **error)
{
    AUTO(pg_result)
    rows = query(store, error, "SELECT " RUN_COLUMNS " FROM run WHERE id = $1 FOR UPDATE OF run", "l", id);
    if (rows == NULL)
        return false;
    if (PQntuples(rows) == 0)
        return no_run(id, error);
    run_row_read(rows, 0, out);
    return true;
}

static bool cancel(struct store *store, int64_t id, const char *actor, GError **error)
{
    struct run_info run = {.id = 0};
    if (!lock_run(store, id, &run, error))
        return false;
    bool ok = run.state == RUN_CANCELLED || run.cancel_asked;
    if (run.state == RUN_DONE || run.state == RUN_FAILED)
        wfm_fail(error, WFM_ERROR_CONFLICT, "run %" G_GINT64_FORMAT " is %s; there is nothing to cancel", id,
                 run_state_name(run.state));
    else if (!ok) {
        bool waits = run.state == RUN_QUEUED;
        ok = execute(store, NULL, error,
                     "UPDATE run SET cancel_asked = true, revision = revision + 1, "
                     "state = CASE WHEN $2 THEN 'cancelled' ELSE state END, "
                     "finished_at = CASE WHEN $2 THEN now() END WHERE id = $1",
                     "lb", id, (int)waits);
        run.state = waits ? RUN_CANCELLED : run.state;
        ok = ok && run_audit(store, &run, actor, waits ? "run.cancelled" : "run.cancel_asked", error);
    }
    run_info_clear(&run);
    return ok;
}

bool store_run_cancel(struct store *store, int64_t id, const char *actor, GError **error)
{
    return tx_begin(store, error) && tx_end(store, cancel(store, id, actor, error), error);
}

static bool retry(struct store *store, int64_t id, const char *actor, GError **error)
{
    struct run_info run = {.id = 0};
    if (!lock_run(store, id, &run, error))
        return false;
    bool ok = run.state == RUN_FAILED;
    if (!ok)
        wfm_fail(error, WFM_ERROR_CONFLICT,
                 "run %" G_GINT64_FORMAT " is %s; only a failed one is tried again", id,
                 run_state_name(run.state));
    run.state = RUN_QUEUED;
    g_clear_pointer(&run.error, g_free);
    ok = ok &&
         execute(store, NULL, error,
                 "UPDATE run SET state = 'queued', attempts_max = attempt + $2, not_before = now(), "
                 "cancel_asked = false, finished_at = NULL, error = NULL, progress = '{}', "
                 "revision = revision + 1 WHERE id = $1",
                 "li", id, RUN_ATTEMPTS_DEFAULT) &&
         execute(store, NULL, error, "SELECT pg_notify('" RUN_CHANNEL "', '')::text", "") &&
         run_audit(store, &run, actor, "run.retried", error);
    run_info_clear(&run);
    return ok;
}

bool store_run_retry(struct store *store, int64_t id, const char *actor, GError **error)
{
    return tx_begin(store, error) && tx_end(store, retry(store, id, actor, error), error);
}

/* --- reading */

static bool find(struct store *store, int64_t id, struct run_info *out, GError **error)
{
    AUTO(pg_result) rows = query(store, error, "SELECT " RUN_COLUMNS " FROM run WHERE id = $1", "l", id);
    if (rows == NULL)
        return false;
    if (PQntuples(rows) == 0)
        return no_run(id, error);
    run_row_read(rows, 0, out);
    return true;
}

bool store_run_find(struct store *store, const struct scope *scope, int64_t id, struct run_info *out,
                    GError **error)
{
    return scope_require(scope, SCOPE_MAY(ROLE_PLANNER), "runs", error) &&
           tx_begin_read(store, scope, error) && tx_end(store, find(store, id, out, error), error);
}

static bool list(struct store *store, const struct run_filter *filter, struct run_info **out, int *n,
                 GError **error)
{
    AUTO(pg_result)
    rows = query(store, error,
                 "SELECT " RUN_COLUMNS " FROM run WHERE ($1::text IS NULL OR state = $1) "
                 "AND ($2::text IS NULL OR kind = $2) AND ($3::bigint = 0 OR id < $3) "
                 "ORDER BY id DESC LIMIT nullif($4::integer, 0)",
                 "ssli", filter->state, filter->kind, filter->before, filter->limit);
    if (rows == NULL)
        return false;
    *n = PQntuples(rows);
    *out = g_new0(struct run_info, (gsize)*n + 1);
    for (int row = 0; row < *n; row++)
        run_row_read(rows, row, &(*out)[row]);
    return true;
}

bool store_run_list(struct store *store, const struct scope *scope, const struct run_filter *filter,
                    struct run_info **out, int *n, GError **error)
{
    return scope_require(scope, SCOPE_MAY(ROLE_PLANNER), "runs", error) &&
           tx_begin_read(store, scope, error) && tx_end(store, list(store, filter, out, n, error), error);
}

static bool messages(struct store *store, int64_t id, int after, int limit, struct run_message **out, int *n,
                     GError **error)
{
    AUTO(pg_result)
    rows = query(store, error,
                 "SELECT m.seq, m.at, m.severity, m.text FROM run LEFT JOIN LATERAL (SELECT * FROM "
                 "run_message WHERE run_id = run.id AND seq > $2 ORDER BY seq LIMIT nullif($3::integer, 0)) "
                 "m ON true WHERE run.id = $1 ORDER BY m.seq",
                 "lii", id, after, limit);
    if (rows == NULL)
        return false;
    if (PQntuples(rows) == 0)
        return no_run(id, error);
    *n = PQgetisnull(rows, 0, 0) ? 0 : PQntuples(rows);
    *out = g_new0(struct run_message, (gsize)*n + 1);
    for (int row = 0; row < *n; row++) {
        (*out)[row] = (struct run_message){.seq = (int)cell_int(rows, row, 0),
                                           .at_ts = cell_ts(rows, row, 1),
                                           .text = cell_text(rows, row, 3)};
        run_severity_parse(cell_peek(rows, row, 2), &(*out)[row].severity);
    }
    return true;
}

bool store_run_messages(struct store *store, const struct scope *scope, int64_t id, int after, int limit,
                        struct run_message **out, int *n, GError **error)
{
    return scope_require(scope, SCOPE_MAY(ROLE_PLANNER), "runs", error) &&
           tx_begin_read(store, scope, error) &&
           tx_end(store, messages(store, id, after, limit, out, n, error), error);
}

bool store_count_runs(struct store *store, store_count_fn add, void *user, GError **error)
{
    return count_rows(
        store, add, user, error,
        "SELECT s.state, count(r.id) FROM (VALUES ('queued'), ('running'), ('done'), ('failed'), "
        "('cancelled')) AS s (state) LEFT JOIN run r USING (state) GROUP BY 1 ORDER BY 1");
}
