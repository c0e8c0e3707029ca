#include <string.h>

#include "core/store/people.h"
#include "core/store/requests.h"

const char *const request_state_names[REQUEST_STATE_N + 1] = {"pending", "approved", "denied", "withdrawn"};

const char *request_state_name(enum request_state state)
{
    return request_state_names[state];
}

bool request_state_parse(const char *text, enum request_state *out)
{
    for (int s = 0; s < REQUEST_STATE_N; s++)
        if (strcmp(text, request_state_names[s]) == 0) {
            *out = (enum request_state)s;
            return true;
        }
    return false;
}

enum decided_how decided_how_read(const char *text)
{
    for (int h = 0; h < DECIDED_N; h++)
        if (strcmp(text, decided_how_name((enum decided_how)h)) == 0)
            return (enum decided_how)h;
    return DECIDED_PLANNER;
}

void time_off_requests_free(struct time_off_request *requests, int n)
{
    for (int i = 0; requests != NULL && i < n; i++) {
        struct time_off_request *r = &requests[i];
        char *const texts[] = {r->agent, r->agent_name, r->site,   r->contract,  r->zone,
                               r->kind,  r->note,       r->reason, r->decided_by};
        for (size_t k = 0; k < G_N_ELEMENTS(texts); k++)
            g_free(texts[k]);
    }
    g_free(requests);
}

/* --- reading
 * ----------------------------------------------------------------------------------------------------- */

static bool requests_read(struct store *store, const char *agent, const char *state, int64_t id,
                          int64_t before, int limit, struct time_off_request **out, int *n, GError **error)
{
    AUTO(pg_result)
    rows = query(store, error,
                 "SELECT r.id, a.id, a.name, i.id, a.contract_id, i.zone, r.start_at, r.end_at, "
                 "r.created_at, r.decided_at, r.kind, r.note, r.reason, r.credit_min, r.state, "
                 "coalesce(r.decided_how, ''), r.decided_by, (SELECT count(*) FROM shift s "
                 "WHERE s.agent_key = r.agent_key AND NOT s.cancelled AND s.start_at < r.end_at "
                 "AND s.end_at > r.start_at AND s.start_at > r.start_at - interval '2 days') "
                 "FROM time_off_request r JOIN agent a USING (agent_key) JOIN site i ON i.id = a.site_id "
                 "WHERE ($1::text IS NULL OR a.id = $1) AND ($2::text IS NULL OR r.state = $2) "
                 "AND ($3::bigint = 0 OR r.id = $3) AND ($4::bigint = 0 OR r.id < $4) "
                 "ORDER BY r.id DESC LIMIT nullif($5::integer, 0)",
                 "sslli", agent, state, id, before, limit);
    if (rows == NULL)
        return false;
    *n = PQntuples(rows);
    *out = g_new0(struct time_off_request, (gsize)*n + 1);
    for (int row = 0; row < *n; row++) {
        struct time_off_request *r = &(*out)[row];
        *r = (struct time_off_request){
            .id = cell_int(rows, row, 0),
            .agent = cell_text(rows, row, 1),
            .agent_name = cell_text(rows, row, 2),
            .site = cell_text(rows, row, 3),
            .contract = cell_text(rows, row, 4),
            .zone = cell_text(rows, row, 5),
            .start_ts = cell_ts(rows, row, 6),
            .end_ts = cell_ts(rows, row, 7),
            .created_ts = cell_ts(rows, row, 8),
            .decided_ts = cell_ts(rows, row, 9),
            .kind = cell_text(rows, row, 10),
            .note = cell_text(rows, row, 11),
            .reason = cell_text(rows, row, 12),
            .credit_min = (int)cell_int(rows, row, 13),
            .how = decided_how_read(cell_peek(rows, row, 15)),
            .decided_by = cell_text(rows, row, 16),
            .n_shifts = (int)cell_int(rows, row, 17),
        };
        request_state_parse(cell_peek(rows, row, 14), &r->state);
    }
    return true;
}

bool people_scope(const struct scope *scope, const char *what, const char **agent, GError **error)
{
    if (!scope_require(scope, SCOPE_MAY(ROLE_PLANNER) | SCOPE_MAY(ROLE_AGENT), what, error))
        return false;
    if (scope->role == ROLE_AGENT)
        *agent = scope->agent;
    return true;
}

bool store_time_off_requests(struct store *store, const struct scope *scope, const char *agent,
                             enum request_state state, int64_t before, int limit,
                             struct time_off_request **out, int *n, GError **error)
{
    const char *name = state < REQUEST_STATE_N ? request_state_name(state) : NULL;
    return people_scope(scope, "time off", &agent, error) && tx_begin_read(store, scope, error) &&
           tx_end(store, requests_read(store, agent, name, 0, before, limit, out, n, error), error);
}

static bool request_read(struct store *store, const char *agent, int64_t id, struct time_off_request **out,
                         GError **error)
{
    int n = 0;
    if (id > 0 && !requests_read(store, agent, NULL, id, 0, 1, out, &n, error))
        return false;
    if (n == 1)
        return true;
    if (id > 0)
        g_clear_pointer(out, g_free);
    return wfm_fail(error, WFM_ERROR_NOT_FOUND, "there is no request for time off %" G_GINT64_FORMAT, id);
}

bool store_time_off_request(struct store *store, const struct scope *scope, int64_t id,
                            struct time_off_request **out, GError **error)
{
    const char *agent = NULL;
    return people_scope(scope, "time off", &agent, error) && tx_begin_read(store, scope, error) &&
           tx_end(store, request_read(store, agent, id, out, error), error);
}

bool store_time_off_peak(struct store *store, const char *site, const char *contract, const char *agent,
                         const char *zone, int64_t start_ts, int64_t end_ts, int *peak, GError **error)
{
    AUTO(pg_result)
    rows = query(store, error,
                 "SELECT coalesce(max(d.away), 0) FROM (SELECT count(DISTINCT o.agent_key) AS away "
                 "FROM generate_series(date_trunc('day', $4::timestamptz AT TIME ZONE $6), "
                 "$5::timestamptz AT TIME ZONE $6 - interval '1 microsecond', interval '1 day') AS day "
                 "JOIN time_off o ON o.start_at < least((day + interval '1 day') AT TIME ZONE $6, $5) "
                 "AND o.end_at > greatest(day AT TIME ZONE $6, $4) "
                 "JOIN agent a USING (agent_key) WHERE NOT a.retired AND a.id <> $3 "
                 "AND ($1::text IS NULL OR a.site_id = $1) AND ($2::text IS NULL OR a.contract_id = $2) "
                 "GROUP BY day) d",
                 "ssstts", site, contract, agent, start_ts, end_ts, zone);
    if (rows == NULL)
        return false;
    *peak = (int)cell_int(rows, 0, 0);
    return true;
}

bool store_rosters_of(struct store *store, int64_t start_ts, int64_t end_ts, int64_t **ids, int *n,
                      GError **error)
{
    AUTO(pg_result)
    rows =
        query(store, error,
              "SELECT r.id FROM roster r WHERE r.start_at < $2 AND r.end_at > $1 AND (r.state = 'published' "
              "OR (r.state = 'draft' AND NOT EXISTS (SELECT FROM roster p WHERE p.state = 'published' "
              "AND p.start_at < r.end_at AND p.end_at > r.start_at) AND NOT EXISTS (SELECT FROM roster d "
              "WHERE d.state = 'draft' AND d.id > r.id AND d.start_at < r.end_at "
              "AND d.end_at > r.start_at))) ORDER BY r.start_at",
              "tt", start_ts, end_ts);
    if (rows == NULL)
        return false;
    *ids = cells_int(rows, n);
    return true;
}

/* --- asking
 * ------------------------------------------------------------------------------------------------------- */

static json_t *request_detail(const char *agent, int64_t start_ts, int64_t end_ts, const char *kind)
{
    g_autofree char *from = time_format(start_ts, NULL);
    g_autofree char *to = time_format(end_ts, NULL);
    return json_pack("{s:s, s:s, s:s, s:s}", "agent", agent, "from", from, "to", to, "kind", kind);
}

static bool hours_free(struct store *store, const char *agent, int64_t start_ts, int64_t end_ts,
                       GError **error)
{
    AUTO(pg_result)
    rows =
        query(store, error,
              "SELECT r.id, r.state FROM time_off_request r JOIN agent a USING (agent_key) WHERE a.id = $1 "
              "AND r.state IN ('pending', 'approved') AND r.start_at < $3 AND r.end_at > $2 "
              "ORDER BY r.id LIMIT 1",
              "stt", agent, start_ts, end_ts);
    if (rows == NULL)
        return false;
    return PQntuples(rows) == 0 ||
           wfm_fail(error, WFM_ERROR_CONFLICT,
                    "request %" G_GINT64_FORMAT " (%s) is for some of these hours already; withdraw it first",
                    cell_int(rows, 0, 0), cell_peek(rows, 0, 1));
}

/* As wfm_scoped: the policies say for whom. */
static bool request_insert(struct store *store, const struct scope *scope, int64_t start_ts, int64_t end_ts,
                           const char *kind, const char *note, int64_t *id, GError **error)
{
    AUTO(pg_result)
    rows = query(store, error,
                 "INSERT INTO time_off_request (agent_key, start_at, end_at, kind, note) "
                 "SELECT agent_key, $2, $3, $4, $5 FROM agent WHERE id = $1 RETURNING id",
                 "sttss", scope->agent, start_ts, end_ts, kind, note);
    if (rows == NULL)
        return false;
    if (PQntuples(rows) == 0)
        return wfm_fail(error, WFM_ERROR_NOT_FOUND, "there is no agent \"%s\"", scope->agent);
    *id = cell_int(rows, 0, 0);
    return true;
}

static bool request_make(struct store *store, const struct scope *scope, int64_t start_ts, int64_t end_ts,
                         const char *kind, const char *note, const char *actor, int64_t *id, GError **error)
{
    if (!hours_free(store, scope->agent, start_ts, end_ts, error) || !tx_begin_scoped(store, scope, error) ||
        !tx_end(store, request_insert(store, scope, start_ts, end_ts, kind, note, id, error), error))
        return false;
    g_autofree char *subject = g_strdup_printf("%" G_GINT64_FORMAT, *id);
    return audit_write(store, actor, "time_off.requested", subject,
                       request_detail(scope->agent, start_ts, end_ts, kind), error);
}

bool store_time_off_ask(struct store *store, const struct scope *scope, int64_t start_ts, int64_t end_ts,
                        const char *kind, const char *note, const char *actor, int64_t *id, GError **error)
{
    return scope_require(scope, SCOPE_MAY(ROLE_AGENT), "asking for time off", error) &&
           tx_begin(store, error) &&
           tx_end(store, request_make(store, scope, start_ts, end_ts, kind, note, actor, id, error), error);
}

/* --- deciding
 * ------------------------------------------------------------------------------------------------------ */

/* What may become what. */
static bool change_ok(const struct time_off_request *r, enum request_state state, int64_t now_ts,
                      GError **error)
{
    static const bool may[REQUEST_STATE_N][REQUEST_STATE_N] = {
        [REQUEST_PENDING] = {[REQUEST_APPROVED] = true, [REQUEST_DENIED] = true, [REQUEST_WITHDRAWN] = true},
        [REQUEST_APPROVED] = {[REQUEST_DENIED] = true, [REQUEST_WITHDRAWN] = true},
    };
    if (!may[r->state][state])
        return wfm_fail(error, WFM_ERROR_CONFLICT,
                        "request %" G_GINT64_FORMAT " is %s already and cannot be %s", r->id,
                        request_state_name(r->state), request_state_name(state));
    return r->state == REQUEST_PENDING || r->start_ts > now_ts ||
           wfm_fail(error, WFM_ERROR_CONFLICT,
                    "request %" G_GINT64_FORMAT " is approved and has begun; it cannot be %s any more", r->id,
                    request_state_name(state));
}

bool people_shifts_cancel(struct store *store, const char *agent, int64_t start_ts, int64_t end_ts,
                          json_t *ids, GError **error)
{
    AUTO(pg_result)
    rows = query(store, error,
                 "UPDATE shift s SET cancelled = true, sequence = s.sequence + 1, changed_at = now(), "
                 "change_no = nextval('shift_change') FROM agent a WHERE a.agent_key = s.agent_key "
                 "AND a.id = $1 AND NOT s.cancelled AND s.start_at < $3 AND s.end_at > $2 "
                 "AND s.start_at > $2::timestamptz - interval '2 days' RETURNING s.id",
                 "stt", agent, start_ts, end_ts);
    if (rows == NULL)
        return false;
    for (int row = 0; row < PQntuples(rows); row++)
        json_array_append_new(ids, json_integer(cell_int(rows, row, 0)));
    return people_swaps_expire(store, error);
}

static bool grant(struct store *store, const struct time_off_request *r, int credit_min,
                  const struct decision *decision, json_t *cancelled, GError **error)
{
    if (r->n_shifts > 0 && decision->how == DECIDED_RULE)
        return wfm_fail(error, WFM_ERROR_CONFLICT,
                        "request %" G_GINT64_FORMAT " touches %d published shifts; a planner has to decide",
                        r->id, r->n_shifts);
    return people_shifts_cancel(store, r->agent, r->start_ts, r->end_ts, cancelled, error) &&
           execute(store, NULL, error,
                   "INSERT INTO time_off (agent_key, start_at, end_at, credit_min, kind, request_id) "
                   "SELECT agent_key, start_at, end_at, $2, kind, id FROM time_off_request WHERE id = $1",
                   "li", r->id, credit_min);
}

static bool request_decide(struct store *store, const char *agent, int64_t id, enum request_state state,
                           int credit_min, const struct decision *decision, int64_t now_ts, GError **error)
{
    static const char *const actions[REQUEST_STATE_N] = {NULL, "time_off.approved", "time_off.denied",
                                                         "time_off.withdrawn"};
    struct time_off_request *r = NULL;
    /* who takes both locks takes them in this order */
    if (!tx_lock(store, LOCK_ROSTER, 0, error) || !tx_lock(store, LOCK_OPERATION, 0, error) ||
        !request_read(store, agent, id, &r, error))
        return false;
    AUTO(json_t) cancelled = json_array();
    bool approve = state == REQUEST_APPROVED;
    bool ok =
        change_ok(r, state, now_ts, error) &&
        (approve ? grant(store, r, credit_min, decision, cancelled, error)
                 : execute(store, NULL, error, "DELETE FROM time_off WHERE request_id = $1", "l", id)) &&
        execute(store, NULL, error,
                "UPDATE time_off_request SET state = $2, credit_min = $3, decided_how = $4, "
                "decided_by = $5, decided_at = now(), reason = $6 WHERE id = $1",
                "lsisss", id, request_state_name(state), approve ? credit_min : r->credit_min,
                decided_how_name(decision->how), decision->actor, decision->reason);
    if (ok) {
        g_autofree char *subject = g_strdup_printf("%" G_GINT64_FORMAT, id);
        json_t *detail = request_detail(r->agent, r->start_ts, r->end_ts, r->kind);
        json_object_set_new(detail, "by", json_string(decided_how_name(decision->how)));
        json_object_set_new(detail, "was", json_string(request_state_name(r->state)));
        json_object_set_new(detail, "reason", json_string(decision->reason));
        if (approve)
            json_object_set(detail, "cancelled_shifts", cancelled);
        ok = audit_write(store, decision->actor, actions[state], subject, detail, error);
    }
    time_off_requests_free(r, 1);
    return ok;
}

bool store_time_off_decide(struct store *store, const struct scope *scope, int64_t id,
                           enum request_state state, int credit_min, const struct decision *decision,
                           int64_t now_ts, GError **error)
{
    const char *agent = NULL;
    if (!people_scope(scope, "time off", &agent, error))
        return false;
    if (agent != NULL && state != REQUEST_WITHDRAWN && decision->how != DECIDED_RULE)
        return wfm_fail(error, WFM_ERROR_FORBIDDEN, "agents withdraw requests; planners decide them");
    return tx_begin(store, error) &&
           tx_end(store, request_decide(store, agent, id, state, credit_min, decision, now_ts, error), error);
}

bool store_time_off_explain(struct store *store, int64_t id, const char *reason, GError **error)
{
    return execute(store, NULL, error,
                   "UPDATE time_off_request SET reason = $2 WHERE id = $1 AND state = 'pending'", "ls", id,
                   reason);
}
