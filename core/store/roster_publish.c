#include <string.h>

#include "core/operation_more.h"
#include "core/store/people.h"
#include "core/store/roster.h"

/*
 * Publishing is one transaction under one lock: readers see the old roster or the new one. What must hold is
 * looked at first, so that the planner reads about agents and hours; the constraints of the tables are the
 * second wall.
 */

struct publishing {
    int64_t id;
    int32_t first_day, next_day; /* the horizon, and the Monday behind it */
    int version;
    int64_t start_ts, end_ts;
    char *week; /* "2026-11-23" */
};

static bool draft_lock(struct store *store, int64_t id, struct publishing *p, GError **error)
{
    AUTO(pg_result)
    rows = query(store, error,
                 "SELECT first_day, version, start_at, end_at, state, published_by, n_weeks FROM roster "
                 "WHERE id = $1 FOR UPDATE",
                 "l", id);
    if (rows == NULL)
        return false;
    if (PQntuples(rows) == 0)
        return wfm_fail(error, WFM_ERROR_NOT_FOUND, "there is no roster %" G_GINT64_FORMAT, id);
    p->id = id;
    p->first_day = cell_day(rows, 0, 0);
    p->version = (int)cell_int(rows, 0, 1);
    p->start_ts = cell_ts(rows, 0, 2);
    p->end_ts = cell_ts(rows, 0, 3);
    p->next_day = p->first_day + WEEK_DAYS * (int32_t)cell_int(rows, 0, 6);
    p->week = day_format(p->first_day);
    const char *state = cell_peek(rows, 0, 4);
    if (strcmp(state, "draft") == 0)
        return true;
    if (strcmp(state, "published") == 0)
        return wfm_fail(error, WFM_ERROR_CONFLICT,
                        "roster %" G_GINT64_FORMAT " (week of %s, version %d) is published already, by %s",
                        id, p->week, p->version, cell_peek(rows, 0, 5));
    return wfm_fail(error, WFM_ERROR_CONFLICT,
                    "roster %" G_GINT64_FORMAT
                    " (week of %s, version %d) has been superseded; publish a newer draft",
                    id, p->week, p->version);
}

static bool nobody_has_left(struct store *store, const struct publishing *p, GError **error)
{
    AUTO(pg_result)
    rows = query(store, error,
                 "SELECT a.id FROM roster_shift s JOIN agent a USING (agent_key) "
                 "WHERE s.roster_id = $1 AND a.retired ORDER BY a.id LIMIT 1",
                 "l", p->id);
    if (rows == NULL)
        return false;
    if (PQntuples(rows) == 0)
        return true;
    if (agent_is_more(cell_peek(rows, 0, 0)))
        return wfm_fail(error, WFM_ERROR_CONFLICT,
                        "roster %" G_GINT64_FORMAT
                        " is a what-if with more agents (%s and others): it can be compared, not published; "
                        "plan the week of %s without them",
                        p->id, cell_peek(rows, 0, 0), p->week);
    return wfm_fail(error, WFM_ERROR_CONFLICT,
                    "roster %" G_GINT64_FORMAT
                    " has shifts of agent %s, who has left since; plan the week of %s again",
                    p->id, cell_peek(rows, 0, 0), p->week);
}

/* Rest, runs of days and weekends were planned against the published shifts before the week: they must still
 * be those. */
static bool past_unchanged(struct store *store, const struct publishing *p, GError **error)
{
    AUTO(pg_result)
    rows = query(
        store, error,
        "SELECT p.agent_id FROM roster r, LATERAL jsonb_each(r.past) AS p (agent_id, spans) "
        "LEFT JOIN agent a ON a.id = p.agent_id "
        "CROSS JOIN LATERAL (SELECT coalesce(jsonb_agg(e.at ORDER BY e.at), '[]') AS spans FROM shift s, "
        "LATERAL (VALUES (extract(epoch FROM s.start_at)::bigint), (extract(epoch FROM s.end_at)::bigint)) "
        "AS e (at) "
        "WHERE s.agent_key = a.agent_key AND NOT s.cancelled "
        "AND s.start_at >= r.start_at - make_interval(days => $2) AND s.start_at < r.start_at) AS now "
        "WHERE r.id = $1 AND now.spans <> p.spans ORDER BY p.agent_id COLLATE \"C\" LIMIT 1",
        "li", p->id, ROSTER_PAST_DAYS);
    if (rows == NULL)
        return false;
    if (PQntuples(rows) == 0)
        return true;
    return wfm_fail(error, WFM_ERROR_CONFLICT,
                    "the published shifts before the week of %s have changed since roster %" G_GINT64_FORMAT
                    " was planned (agent %s, maybe others); plan the week again",
                    p->week, p->id, cell_peek(rows, 0, 0));
}

/* Published rosters within the horizon are superseded; one that reaches beyond it would lose a part. */
static bool horizons_nest(struct store *store, const struct publishing *p, GError **error)
{
    AUTO(pg_result)
    rows = query(store, error,
                 "SELECT id, first_day, n_weeks FROM roster WHERE state = 'published' "
                 "AND start_at < $2 AND end_at > $1 AND NOT (start_at >= $1 AND end_at <= $2) "
                 "ORDER BY start_at LIMIT 1",
                 "tt", p->start_ts, p->end_ts);
    if (rows == NULL)
        return false;
    if (PQntuples(rows) == 0)
        return true;
    g_autofree char *other = day_format(cell_day(rows, 0, 1));
    int weeks = (int)cell_int(rows, 0, 2);
    return wfm_fail(
        error, WFM_ERROR_CONFLICT,
        "roster %" G_GINT64_FORMAT " (week of %s) shares weeks with published roster %" G_GINT64_FORMAT
        ", which reaches beyond it: %d week%s from %s; plan those weeks together (--week %s --weeks %d)",
        p->id, p->week, cell_int(rows, 0, 0), weeks, weeks == 1 ? "" : "s", other, other, weeks);
}

static bool neighbours_clear(struct store *store, const struct publishing *p, GError **error)
{
    AUTO(pg_result)
    rows = query(store, error,
                 "SELECT a.id, n.start_at, s.start_at, s.end_at, i.zone, "
                 "tstzrange(n.start_at, n.end_at) && tstzrange(s.start_at, s.end_at) "
                 "FROM roster_shift n JOIN shift s USING (agent_key) JOIN roster r ON r.id = s.roster_id "
                 "JOIN agent a USING (agent_key) JOIN site i ON i.id = a.site_id "
                 "WHERE n.roster_id = $1 AND NOT s.cancelled AND NOT (r.start_at >= $2 AND r.end_at <= $3) "
                 "AND (tstzrange(n.start_at, n.end_at) && tstzrange(s.start_at, s.end_at) "
                 "OR n.day = s.day) ORDER BY a.id, n.start_at LIMIT 1",
                 "ltt", p->id, p->start_ts, p->end_ts);
    if (rows == NULL)
        return false;
    if (PQntuples(rows) == 0)
        return true;
    AUTO(zone) zone = zone_new(cell_peek(rows, 0, 4), NULL);
    g_autofree char *mine = time_format(cell_ts(rows, 0, 1), zone);
    g_autofree char *from = time_format(cell_ts(rows, 0, 2), zone);
    g_autofree char *to = time_format(cell_ts(rows, 0, 3), zone);
    return wfm_fail(
        error, WFM_ERROR_CONFLICT,
        "agent %s: the shift at %s %s the published shift of a neighbouring week, %s to %s; plan the week "
        "of %s again with another --seed, or with that day as time off of the agent",
        cell_peek(rows, 0, 0), mine, cell_bool(rows, 0, 5) ? "overlaps" : "starts on the same day as", from,
        to, p->week);
}

/* A week planned again does not know the published weeks behind it: rest and runs of days must hold there
 * too. */
static bool next_rest_kept(struct store *store, const struct publishing *p, GError **error)
{
    AUTO(pg_result)
    rows = query(store, error,
                 "SELECT a.id, n.end_at, s.start_at, i.zone, c.id, c.rest_min_minutes "
                 "FROM roster_shift n JOIN shift s USING (agent_key) JOIN roster r ON r.id = s.roster_id "
                 "JOIN agent a USING (agent_key) JOIN site i ON i.id = a.site_id "
                 "JOIN contract c ON c.id = a.contract_id "
                 "WHERE n.roster_id = $1 AND NOT s.cancelled AND r.start_at >= $2 AND s.start_at >= n.end_at "
                 "AND s.start_at < n.end_at + make_interval(mins => c.rest_min_minutes) "
                 "AND NOT c.rule_prices ? 'rest_min_minutes' "
                 "ORDER BY a.id LIMIT 1",
                 "lt", p->id, p->end_ts);
    if (rows == NULL)
        return false;
    if (PQntuples(rows) == 0)
        return true;
    AUTO(zone) zone = zone_new(cell_peek(rows, 0, 3), NULL);
    g_autofree char *end = time_format(cell_ts(rows, 0, 1), zone);
    g_autofree char *next = time_format(cell_ts(rows, 0, 2), zone);
    return wfm_fail(error, WFM_ERROR_CONFLICT,
                    "agent %s: the shift until %s leaves less than the %d minutes of rest of contract %s "
                    "before the published shift of the next week at %s; plan the week of %s again with "
                    "another --seed, or with time off of the agent there",
                    cell_peek(rows, 0, 0), end, (int)cell_int(rows, 0, 5), cell_peek(rows, 0, 4), next,
                    p->week);
}

static bool next_runs_kept(struct store *store, const struct publishing *p, GError **error)
{
    AUTO(pg_result)
    rows = query(
        store, error,
        "WITH worked AS (SELECT agent_key, day FROM roster_shift WHERE roster_id = $1 UNION "
        "SELECT s.agent_key, s.day FROM shift s JOIN roster r ON r.id = s.roster_id "
        "WHERE NOT s.cancelled AND NOT (r.start_at >= $4 AND r.end_at <= $5) "
        "AND s.day BETWEEN $2::date - 14 AND $3::date + 14), "
        "islands AS (SELECT agent_key, day, "
        "day - (row_number() OVER (PARTITION BY agent_key ORDER BY day))::integer AS island FROM worked), "
        "runs AS (SELECT agent_key, min(day) AS first, max(day) AS last, count(*) AS days FROM islands "
        "GROUP BY agent_key, island) "
        "SELECT a.id, u.first, u.days, c.id, c.consecutive_days_max FROM runs u "
        "JOIN agent a USING (agent_key) JOIN contract c ON c.id = a.contract_id "
        "WHERE u.days > c.consecutive_days_max AND NOT c.rule_prices ? 'consecutive_days_max' AND EXISTS "
        "(SELECT FROM shift s JOIN roster r ON r.id = "
        "s.roster_id WHERE s.agent_key = u.agent_key AND s.day = u.last AND NOT s.cancelled "
        "AND r.start_at >= $5) AND EXISTS (SELECT FROM roster_shift n WHERE n.roster_id = $1 "
        "AND n.agent_key = u.agent_key AND n.day BETWEEN u.first AND u.last) ORDER BY a.id LIMIT 1",
        "lyytt", p->id, p->first_day, p->next_day, p->start_ts, p->end_ts);
    if (rows == NULL)
        return false;
    if (PQntuples(rows) == 0)
        return true;
    g_autofree char *first = day_format(cell_day(rows, 0, 1));
    return wfm_fail(
        error, WFM_ERROR_CONFLICT,
        "agent %s: with the published shifts of the next week this makes %d days in a row from %s, "
        "contract %s allows %d; plan the week of %s again with another --seed, or with time off "
        "of the agent there",
        cell_peek(rows, 0, 0), (int)cell_int(rows, 0, 2), first, cell_peek(rows, 0, 3),
        (int)cell_int(rows, 0, 4), p->week);
}

/* What was granted while the roster was in the making counts: absences, of whatever source … */
static bool time_off_kept(struct store *store, const struct publishing *p, GError **error)
{
    AUTO(pg_result)
    rows = query(store, error,
                 "SELECT a.id, n.start_at, i.zone, o.kind, coalesce(o.request_id, 0) FROM roster_shift n "
                 "JOIN time_off o USING (agent_key) JOIN agent a USING (agent_key) "
                 "JOIN site i ON i.id = a.site_id WHERE n.roster_id = $1 AND o.start_at < n.end_at "
                 "AND o.end_at > n.start_at ORDER BY a.id, n.start_at LIMIT 1",
                 "l", p->id);
    if (rows == NULL)
        return false;
    if (PQntuples(rows) == 0)
        return true;
    AUTO(zone) zone = zone_new(cell_peek(rows, 0, 2), NULL);
    g_autofree char *start = time_format(cell_ts(rows, 0, 1), zone);
    g_autofree char *by = cell_int(rows, 0, 4) == 0
                              ? g_strdup("")
                              : g_strdup_printf(" (request %" G_GINT64_FORMAT ")", cell_int(rows, 0, 4));
    return wfm_fail(error, WFM_ERROR_CONFLICT,
                    "agent %s: the shift at %s lies in time off%s, %s; plan the week of %s again",
                    cell_peek(rows, 0, 0), start, by, cell_peek(rows, 0, 3), p->week);
}

/* … and swaps, unless the roster has the days they were about as they are published. What it was made from
   was read some time before it was kept. */
static bool swaps_kept(struct store *store, const struct publishing *p, GError **error)
{
    AUTO(pg_result)
    rows = query(
        store, error,
        "SELECT a.id, x.id, x.day FROM (SELECT w.id, d.day, k.agent_key FROM roster r JOIN shift_swap w ON "
        "w.state = 'applied' AND w.decided_at > r.created_at - make_interval(secs => r.seconds + 600) "
        "AND w.start_at < r.end_at + interval '31 days' AND w.end_at > r.start_at - interval '31 days' "
        "JOIN shift f ON f.id = w.shift_id LEFT JOIN shift g ON g.id = w.return_id "
        "CROSS JOIN LATERAL (VALUES (f.day), (g.day)) AS d (day) "
        "CROSS JOIN LATERAL (VALUES (w.agent_key), (w.taker_key)) AS k (agent_key) WHERE r.id = $1) x "
        "JOIN agent a USING (agent_key) JOIN shift s ON s.agent_key = x.agent_key AND s.day = x.day "
        "AND s.start_at >= $2 AND s.start_at < $3 "
        "LEFT JOIN roster_shift n ON n.roster_id = $1 AND n.agent_key = x.agent_key AND n.day = x.day "
        "WHERE (n.start_at, n.end_at) IS DISTINCT FROM "
        "(CASE WHEN s.cancelled THEN NULL ELSE s.start_at END, "
        "CASE WHEN s.cancelled THEN NULL ELSE s.end_at END) ORDER BY a.id, x.day LIMIT 1",
        "ltt", p->id, p->start_ts, p->end_ts);
    if (rows == NULL)
        return false;
    if (PQntuples(rows) == 0)
        return true;
    g_autofree char *day = day_format(cell_day(rows, 0, 2));
    return wfm_fail(error, WFM_ERROR_CONFLICT,
                    "agent %s: the shifts of %s were swapped (swap %" G_GINT64_FORMAT ") while roster "
                    "%" G_GINT64_FORMAT
                    " was made, and it has them otherwise; replan the week of %s from what "
                    "is published",
                    cell_peek(rows, 0, 0), day, cell_int(rows, 0, 1), p->id, p->week);
}

/* The ids of those whose weeks this one takes over. */
static json_t *supersede(struct store *store, const struct publishing *p, GError **error)
{
    AUTO(pg_result)
    rows = query(store, error,
                 "UPDATE roster SET state = 'superseded' WHERE state = 'published' AND start_at >= $1 "
                 "AND end_at <= $2 RETURNING id",
                 "tt", p->start_ts, p->end_ts);
    if (rows == NULL)
        return NULL;
    json_t *ids = json_array();
    for (int row = 0; row < PQntuples(rows); row++)
        json_array_append_new(ids, json_integer(cell_int(rows, row, 0)));
    return ids;
}

static bool shifts_replace(struct store *store, const struct publishing *p, long *cancelled, long *changed,
                           GError **error)
{
    if (!execute(
            store, cancelled, error,
            "UPDATE shift s SET cancelled = true, sequence = s.sequence + 1, changed_at = now(), "
            "change_no = nextval('shift_change'), roster_id = $1 FROM roster r "
            "WHERE r.id = s.roster_id AND r.state = 'superseded' AND r.start_at >= $2 AND r.end_at <= $3 "
            "AND NOT s.cancelled AND NOT EXISTS (SELECT FROM roster_shift n "
            "WHERE n.roster_id = $1 AND n.agent_key = s.agent_key AND n.day = s.day)",
            "ltt", p->id, p->start_ts, p->end_ts))
        return false;
    AUTO(pg_result)
    rows = query(
        store, error,
        "WITH written AS (INSERT INTO shift AS s "
        "(agent_key, day, roster_id, start_at, end_at, paid_minutes, template_id, activities, locked) "
        "SELECT agent_key, day, roster_id, start_at, end_at, paid_minutes, template_id, activities, locked "
        "FROM roster_shift WHERE roster_id = $1 "
        "ON CONFLICT (agent_key, day) DO UPDATE SET "
        "(sequence, changed_at, change_no) = (SELECT s.sequence + d.n, "
        "CASE d.n WHEN 1 THEN now() ELSE s.changed_at END, "
        "CASE d.n WHEN 1 THEN nextval('shift_change') ELSE s.change_no END FROM (SELECT ((s.start_at, "
        "s.end_at, s.activities, s.cancelled) IS DISTINCT FROM "
        "(excluded.start_at, excluded.end_at, excluded.activities, false))::integer AS n) d), "
        "roster_id = excluded.roster_id, cancelled = false, start_at = excluded.start_at, "
        "end_at = excluded.end_at, paid_minutes = excluded.paid_minutes, template_id = excluded.template_id, "
        "activities = excluded.activities, locked = excluded.locked RETURNING s.changed_at) "
        "SELECT count(*) FILTER (WHERE changed_at = now()) FROM written",
        "l", p->id);
    if (rows == NULL)
        return false;
    *changed = (long)cell_int(rows, 0, 0);
    return execute_script(store, "SET CONSTRAINTS ALL IMMEDIATE", error);
}

static bool publish(struct store *store, struct publishing *p, int64_t id, const char *actor, GError **error)
{
    AUTO(json_t) superseded = NULL;
    long cancelled = 0, changed = 0;
    /* nobody leaves between the look and the commit: whoever takes both locks takes them in this order */
    if (!tx_lock(store, LOCK_ROSTER, 0, error) || !tx_lock(store, LOCK_OPERATION, 0, error) ||
        !draft_lock(store, id, p, error) || !nobody_has_left(store, p, error) ||
        !past_unchanged(store, p, error) || !horizons_nest(store, p, error) ||
        !neighbours_clear(store, p, error) || !next_rest_kept(store, p, error) ||
        !next_runs_kept(store, p, error) || !time_off_kept(store, p, error) || !swaps_kept(store, p, error) ||
        (superseded = supersede(store, p, error)) == NULL ||
        !shifts_replace(store, p, &cancelled, &changed, error) || !people_swaps_expire(store, error))
        return false;
    g_autofree char *subject = g_strdup_printf("%" G_GINT64_FORMAT, id);
    return execute(
               store, NULL, error,
               "UPDATE roster SET state = 'published', published_by = $2, published_at = now() WHERE id = $1",
               "ls", id, actor != NULL ? actor : "unknown") &&
           audit_write(store, actor, "roster.published", subject,
                       json_pack("{s:s, s:i, s:O, s:I, s:I}", "week", p->week, "version", p->version,
                                 "superseded", superseded, "changed", (json_int_t)changed, "cancelled",
                                 (json_int_t)cancelled),
                       error);
}

bool store_roster_publish(struct store *store, int64_t id, const char *actor, GError **error)
{
    struct publishing p = {0};
    bool ok = tx_begin(store, error) && tx_end(store, publish(store, &p, id, actor, error), error);
    g_free(p.week);
    return ok;
}
