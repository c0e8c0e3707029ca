#include <string.h>

#include "core/store/query.h"

/*
 * The feed: audit rows for planners, notices for clients and agents, both in the order of (xid, id).
 *
 * Ids and clocks do not order commits: a transaction that began first may commit last, and a reader who went
 * on behind the newest row would never see it. So a row is served only when its transaction is older than all
 * that still run, and the order is that of the transactions. Transaction numbers start anew in a restored
 * database: store_migrate() moves what was restored to the beginning, and cursors from before say so
 * themselves.
 */

void change_clear(struct change *change)
{
    g_free(change->kind);
    g_free(change->subject);
    g_free(change->actor);
    g_free(change->client);
    g_free(change->queue);
    g_free(change->agent);
    g_free(change->week);
    g_free(change->detail_json);
    *change = (struct change){0};
}

void changes_free(struct change *changes, int n)
{
    for (int i = 0; changes != NULL && i < n; i++)
        change_clear(&changes[i]);
    g_free(changes);
}

/* Columns in the order of the struct. */
static void change_read(const PGresult *rows, int row, struct change *out)
{
    *out = (struct change){
        .at = {(uint64_t)cell_int(rows, row, 0), cell_int(rows, row, 1)},
        .at_ts = cell_ts(rows, row, 2),
        .kind = cell_text(rows, row, 3),
        .subject = cell_text(rows, row, 4),
        .actor = cell_text(rows, row, 5),
        .client = cell_text(rows, row, 6),
        .queue = cell_text(rows, row, 7),
        .agent = cell_text(rows, row, 8),
        .week = cell_text(rows, row, 9),
        .detail_json = cell_text(rows, row, 10),
    };
}

#define WANTED(t)                                                                                            \
    t ".xid < pg_snapshot_xmin(pg_current_snapshot()) AND (" t ".xid, " t ".id) > ($1::xid8, $2) "
#define KINDS(kind)                                                                                          \
    "AND ($3::text[] = '{}' OR " kind " = ANY ($3) OR split_part(" kind ", '.', 1) || '.*' = ANY ($3)) "

static const char *const selects[ROLE_N] = {
    [ROLE_PLANNER] =
        "SELECT e.xid, e.id, e.at, e.action, e.subject, e.actor, e.client_id, e.queue_id, e.agent_id, "
        "e.week, e.detail::text FROM audit e WHERE " WANTED("e")
            KINDS("e.action") "AND $5::text IS NULL ORDER BY e.xid, e.id LIMIT $4",
    [ROLE_CLIENT] =
        "SELECT n.xid, n.id, n.at, n.kind, n.subject, NULL, n.client_id::text, n.queue_id, NULL, n.week, "
        "n.detail::text FROM notice n WHERE " WANTED("n")
            KINDS("n.kind") "AND n.client_id = $5 ORDER BY n.xid, n.id LIMIT $4",
    [ROLE_AGENT] =
        "SELECT n.xid, n.id, n.at, n.kind, n.subject, NULL, NULL, NULL, a.id::text, n.week, n.detail::text "
        "FROM notice n JOIN agent a USING (agent_key) WHERE " WANTED("n")
            KINDS("n.kind") "AND a.id = $5 ORDER BY n.xid, n.id LIMIT $4",
};

/* Behind all that is served now, and whether `since` can be of this database. */
static bool horizon(struct store *store, struct change_cursor since, uint64_t *end, GError **error)
{
    AUTO(pg_result)
    rows = query(store, error,
                 "SELECT pg_snapshot_xmin(s), pg_snapshot_xmax(s) FROM pg_current_snapshot() AS s", "");
    if (rows == NULL)
        return false;
    *end = (uint64_t)cell_int(rows, 0, 0);
    return since.xid <= (uint64_t)cell_int(rows, 0, 1) ||
           wfm_fail(error, WFM_ERROR_INPUT,
                    "this cursor is ahead of the database, which was restored or is another one; begin again "
                    "without it");
}

static bool changes(struct store *store, const struct scope *scope, struct change_cursor since,
                    const char *const *kinds, int limit, struct change **out, int *n,
                    struct change_cursor *next, bool *more, GError **error)
{
    uint64_t end;
    if (!horizon(store, since, &end, error))
        return false;
    int n_kinds = kinds != NULL ? (int)g_strv_length((char **)(uintptr_t)kinds) : 0;
    const char *who = scope->role == ROLE_CLIENT  ? scope->client
                      : scope->role == ROLE_AGENT ? scope->agent
                                                  : NULL;
    g_autofree char *xid = g_strdup_printf("%" G_GUINT64_FORMAT, since.xid);
    AUTO(pg_result)
    rows = query(store, error, selects[scope->role], "slSis", xid, since.id, kinds, n_kinds, limit + 1, who);
    if (rows == NULL)
        return false;
    int found = PQntuples(rows);
    *more = found > limit;
    *n = MIN(found, limit);
    *out = g_new0(struct change, (gsize)*n + 1);
    for (int row = 0; row < *n; row++)
        change_read(rows, row, &(*out)[row]);
    *next = *n > 0 ? (*out)[*n - 1].at : since;
    /* what was looked through in vain is not looked through again */
    if (!*more && n_kinds > 0)
        *next = (struct change_cursor){end, 0};
    return true;
}

bool store_changes(struct store *store, const struct scope *scope, struct change_cursor since,
                   const char *const *kinds, int limit, struct change **out, int *n,
                   struct change_cursor *next, bool *more, GError **error)
{
    return scope_require(scope, SCOPE_MAY(ROLE_PLANNER) | SCOPE_MAY(ROLE_CLIENT) | SCOPE_MAY(ROLE_AGENT),
                         "changes", error) &&
           tx_begin_read(store, scope, error) &&
           tx_end(store, changes(store, scope, since, kinds, limit, out, n, next, more, error), error);
}

/* Of the oldest so many are looked at: numbers ascend with time but for those that overlap, so that the rest
 * is younger, and nobody waits for it. */
bool store_notices_forget(struct store *store, int keep_days, GError **error)
{
    return execute(store, NULL, error,
                   "DELETE FROM notice WHERE id IN (SELECT id FROM notice ORDER BY id LIMIT 10000) "
                   "AND at < now() - make_interval(days => $1)",
                   "i", keep_days);
}

bool store_changes_end(struct store *store, struct change_cursor *end, GError **error)
{
    *end = (struct change_cursor){0};
    return horizon(store, (struct change_cursor){0}, &end->xid, error);
}
