#include "core/store/people.h"

void balance_clear(struct balance *balance)
{
    g_free(balance->zone);
    g_free(balance->planning_zone);
    g_free(balance->contract);
    g_free(balance->weeks);
    *balance = (struct balance){0};
}

static bool contract_read(struct store *store, const char *agent, struct balance *out, GError **error)
{
    AUTO(pg_result)
    rows = query(store, error,
                 "SELECT i.zone, o.zone, c.id, c.week_minutes_min, c.week_minutes_max FROM agent a "
                 "JOIN site i ON i.id = a.site_id JOIN contract c ON c.id = a.contract_id "
                 "CROSS JOIN operation o WHERE a.id = $1",
                 "s", agent);
    if (rows == NULL)
        return false;
    if (PQntuples(rows) == 0)
        return wfm_fail(error, WFM_ERROR_NOT_FOUND, "there is no agent \"%s\"", agent);
    out->zone = cell_text(rows, 0, 0);
    out->planning_zone = cell_text(rows, 0, 1);
    out->contract = cell_text(rows, 0, 2);
    out->week_minutes_min = (int)cell_int(rows, 0, 3);
    out->week_minutes_max = (int)cell_int(rows, 0, 4);
    return true;
}

/* Shifts belong to the week in which they start; so do days off, by their first instant. Of several absences
 * on a day the largest credit counts, as when planning. */
static bool weeks_read(struct store *store, const char *agent, int32_t from_day, int n_weeks,
                       struct balance *out, GError **error)
{
    AUTO(pg_result)
    rows = query(
        store, error,
        "WITH week AS (SELECT k, ($2::date + 7 * k)::timestamp AT TIME ZONE $4 AS start_at, "
        "($2::date + 7 * (k + 1))::timestamp AT TIME ZONE $4 AS end_at FROM generate_series(0, $3 - 1) AS "
        "k), "
        "me AS (SELECT agent_key FROM agent WHERE id = $1), "
        "off AS (SELECT d.at AS day_at, max(o.credit_min) AS credit FROM me JOIN time_off o USING "
        "(agent_key) "
        "CROSS JOIN LATERAL (SELECT n AT TIME ZONE $5 AS at, (n + interval '1 day') AT TIME ZONE $5 AS until "
        "FROM generate_series($2::date - 1, $2::date + 7 * $3, interval '1 day') AS n) AS d "
        "WHERE o.start_at <= d.at AND o.end_at >= d.until GROUP BY d.at) "
        "SELECT count(s.id), coalesce(sum(s.paid_minutes), 0), "
        "(SELECT count(*) FROM off WHERE day_at >= w.start_at AND day_at < w.end_at), "
        "(SELECT coalesce(sum(credit), 0) FROM off WHERE day_at >= w.start_at AND day_at < w.end_at) "
        "FROM week w CROSS JOIN me LEFT JOIN shift s ON s.agent_key = me.agent_key AND NOT s.cancelled "
        "AND s.start_at >= w.start_at AND s.start_at < w.end_at GROUP BY w.k, w.start_at, w.end_at "
        "ORDER BY w.k",
        "syiss", agent, from_day, n_weeks, out->planning_zone, out->zone);
    if (rows == NULL)
        return false;
    out->n_weeks = PQntuples(rows);
    out->weeks = g_new0(struct balance_week, (gsize)out->n_weeks + 1);
    for (int row = 0; row < out->n_weeks; row++)
        out->weeks[row] = (struct balance_week){
            .first_day = from_day + WEEK_DAYS * row,
            .n_shifts = (int)cell_int(rows, row, 0),
            .paid_minutes = (int)cell_int(rows, row, 1),
            .time_off_days = (int)cell_int(rows, row, 2),
            .credit_minutes = (int)cell_int(rows, row, 3),
        };
    return true;
}

static bool asked_read(struct store *store, const char *agent, int32_t from_day, int n_weeks,
                       struct balance *out, GError **error)
{
    AUTO(pg_result)
    rows = query(store, error,
                 "SELECT r.state, count(*), sum(extract(epoch FROM least(r.end_at, t.until) - "
                 "greatest(r.start_at, t.at)) / 3600.0)::double precision "
                 "FROM time_off_request r JOIN agent a USING (agent_key) CROSS JOIN (SELECT "
                 "$2::date::timestamp AT TIME ZONE $4 AS at, ($2::date + 7 * $3)::timestamp AT TIME ZONE $4 "
                 "AS until) t WHERE a.id = $1 AND r.start_at < t.until AND r.end_at > t.at GROUP BY r.state",
                 "syis", agent, from_day, n_weeks, out->planning_zone);
    if (rows == NULL)
        return false;
    for (int row = 0; row < PQntuples(rows); row++) {
        enum request_state state;
        if (!request_state_parse(cell_peek(rows, row, 0), &state) || state == REQUEST_WITHDRAWN)
            continue;
        int n = (int)cell_int(rows, row, 1);
        double hours = cell_double(rows, row, 2);
        *(state == REQUEST_PENDING    ? &out->pending
          : state == REQUEST_APPROVED ? &out->approved
                                      : &out->denied) = n;
        *(state == REQUEST_PENDING    ? &out->pending_hours
          : state == REQUEST_APPROVED ? &out->approved_hours
                                      : &out->denied_hours) = hours;
    }
    return true;
}

static bool balance_read(struct store *store, const char *agent, int32_t from_day, int n_weeks,
                         struct balance *out, GError **error)
{
    return contract_read(store, agent, out, error) &&
           weeks_read(store, agent, from_day, n_weeks, out, error) &&
           asked_read(store, agent, from_day, n_weeks, out, error);
}

bool store_balance(struct store *store, const struct scope *scope, int32_t from_day, int n_weeks,
                   struct balance *out, GError **error)
{
    *out = (struct balance){0};
    return scope_require(scope, SCOPE_MAY(ROLE_AGENT), "the own balance", error) &&
           tx_begin_read(store, scope, error) &&
           tx_end(store, balance_read(store, scope->agent, from_day, n_weeks, out, error), error);
}
