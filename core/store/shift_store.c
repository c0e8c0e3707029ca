#include <string.h>

#include "core/store/roster.h"

void shift_views_free(struct shift_view *views, int n)
{
    for (int i = 0; views != NULL && i < n; i++) {
        g_free(views[i].uid);
        g_free(views[i].agent);
        g_free(views[i].agent_name);
        g_free(views[i].site);
        g_free(views[i].zone);
    }
    g_free(views);
}

static bool view_read(const PGresult *rows, int row, struct shift_view *view, GError **error)
{
    *view = (struct shift_view){
        .id = cell_int(rows, row, 0),
        .uid = cell_text(rows, row, 1),
        .sequence = (int)cell_int(rows, row, 2),
        .cancelled = cell_bool(rows, row, 3),
        .agent = cell_text(rows, row, 4),
        .agent_name = cell_text(rows, row, 5),
        .site = cell_text(rows, row, 6),
        .zone = cell_text(rows, row, 7),
        .start_ts = cell_ts(rows, row, 8),
        .end_ts = cell_ts(rows, row, 9),
        .changed_ts = cell_ts(rows, row, 10),
        .paid_minutes = (int)cell_int(rows, row, 11),
        .change_no = cell_int(rows, row, 13),
    };
    return activities_read(cell_peek(rows, row, 12), view->start_ts, view->activities, &view->n_activities,
                           error);
}

static bool agent_exists(struct store *store, const char *agent, GError **error)
{
    AUTO(pg_result) rows = query(store, error, "SELECT 1 FROM agent WHERE id = $1", "s", agent);
    if (rows == NULL)
        return false;
    return PQntuples(rows) > 0 || wfm_fail(error, WFM_ERROR_NOT_FOUND, "there is no agent \"%s\"", agent);
}

/* Columns of view_read. */
#define VIEWS                                                                                                \
    "SELECT s.id, s.uid::text, s.sequence, s.cancelled, a.id, a.name, i.id, i.zone, s.start_at, s.end_at, "  \
    "s.changed_at, s.paid_minutes, s.activities::text, s.change_no "                                         \
    "FROM shift s JOIN agent a USING (agent_key) JOIN site i ON i.id = a.site_id "

static bool views_take(const PGresult *rows, struct shift_view **out, int *n, GError **error)
{
    int count = PQntuples(rows);
    struct shift_view *views = g_new0(struct shift_view, (gsize)count + 1);
    for (int row = 0; row < count; row++)
        if (!view_read(rows, row, &views[row], error)) {
            shift_views_free(views, count);
            return false;
        }
    *out = views;
    *n = count;
    return true;
}

/* No shift is longer than two days (a check of the table), so the index on the start bounds both ends of the
 * search. */
static bool shifts_read(struct store *store, const char *agent, int64_t from_ts, int64_t to_ts,
                        bool with_cancelled, int64_t after_ts, int64_t after_id, int limit,
                        struct shift_view **out, int *n, GError **error)
{
    if (agent != NULL && !agent_exists(store, agent, error))
        return false;
    AUTO(pg_result)
    rows = query(store, error,
                 VIEWS "WHERE ($1::text IS NULL OR a.id = $1) AND s.end_at > $2 AND s.start_at < $3 "
                       "AND s.start_at > $2::timestamptz - interval '2 days' AND ($4 OR NOT s.cancelled) "
                       "AND (s.start_at, s.id) > ($5, $6::bigint) "
                       "ORDER BY s.start_at, s.id LIMIT nullif($7::integer, 0)",
                 "sttbtli", agent, from_ts, to_ts, (int)with_cancelled, after_ts, after_id, limit);
    return rows != NULL && views_take(rows, out, n, error);
}

/* Of agents only their own; NULL is theirs. */
static bool own_agent(const struct scope *scope, const char **agent, GError **error)
{
    if (!scope_require(scope, SCOPE_MAY(ROLE_PLANNER) | SCOPE_MAY(ROLE_AGENT), "shifts", error))
        return false;
    if (scope->role != ROLE_AGENT)
        return true;
    if (*agent != NULL && strcmp(*agent, scope->agent) != 0)
        return wfm_fail(error, WFM_ERROR_FORBIDDEN, "an agent sees own shifts only");
    *agent = scope->agent;
    return true;
}

bool store_shifts(struct store *store, const struct scope *scope, const char *agent, int64_t from_ts,
                  int64_t to_ts, bool with_cancelled, int64_t after_ts, int64_t after_id, int limit,
                  struct shift_view **out, int *n, GError **error)
{
    return own_agent(scope, &agent, error) && tx_begin_read(store, scope, error) &&
           tx_end(store,
                  shifts_read(store, agent, from_ts, to_ts, with_cancelled, after_ts, after_id, limit, out, n,
                              error),
                  error);
}

static bool changes_read(struct store *store, const char *agent, int64_t since_no, int64_t since_ts,
                         int limit, struct shift_view **out, int *n, GError **error)
{
    if (!agent_exists(store, agent, error))
        return false;
    AUTO(pg_result)
    rows = query(store, error,
                 VIEWS "WHERE a.id = $1 AND s.change_no > $2::bigint AND s.changed_at >= $3 "
                       "ORDER BY s.change_no LIMIT nullif($4::integer, 0)",
                 "slti", agent, since_no, since_ts, limit);
    return rows != NULL && views_take(rows, out, n, error);
}

bool store_shift_changes(struct store *store, const struct scope *scope, const char *agent, int64_t since_no,
                         int64_t since_ts, int limit, struct shift_view **out, int *n, GError **error)
{
    return own_agent(scope, &agent, error) && tx_begin_read(store, scope, error) &&
           tx_end(store, changes_read(store, agent, since_no, since_ts, limit, out, n, error), error);
}

static bool shift_read_one(struct store *store, const char *agent, int64_t id, struct shift_view **out,
                           GError **error)
{
    int n = 0;
    AUTO(pg_result)
    rows = query(store, error, VIEWS "WHERE s.id = $1 AND ($2::text IS NULL OR a.id = $2)", "ls", id, agent);
    if (rows == NULL)
        return false;
    if (PQntuples(rows) == 0)
        return wfm_fail(error, WFM_ERROR_NOT_FOUND, "there is no shift %" G_GINT64_FORMAT, id);
    return views_take(rows, out, &n, error);
}

bool store_shift_find(struct store *store, const struct scope *scope, int64_t id, struct shift_view **out,
                      GError **error)
{
    const char *agent = NULL;
    return own_agent(scope, &agent, error) && tx_begin_read(store, scope, error) &&
           tx_end(store, shift_read_one(store, agent, id, out, error), error);
}
