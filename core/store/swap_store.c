#include <string.h>

#include "core/store/people.h"
#include "core/store/roster.h"

/*
 * An offer shows what others may know of a shift by copies in its own row; row-level security then needs no
 * hole in the shifts themselves. Whoever accepts, or decides, does so under LOCK_ROSTER, with the offer
 * locked: of two at once the second finds it taken.
 */

const char *const swap_state_names[SWAP_STATE_N + 1] = {"open",   "accepted",  "applied", "declined",
                                                        "denied", "withdrawn", "expired"};

const char *swap_state_name(enum swap_state state)
{
    return swap_state_names[state];
}

bool swap_state_parse(const char *text, enum swap_state *out)
{
    for (int s = 0; s < SWAP_STATE_N; s++)
        if (strcmp(text, swap_state_names[s]) == 0) {
            *out = (enum swap_state)s;
            return true;
        }
    return false;
}

void swaps_free(struct swap *swaps, int n)
{
    for (int i = 0; swaps != NULL && i < n; i++) {
        struct swap *s = &swaps[i];
        char *const texts[] = {s->agent, s->site, s->contract, s->zone,       s->to,
                               s->taker, s->note, s->reason,   s->offered_by, s->decided_by};
        for (size_t k = 0; k < G_N_ELEMENTS(texts); k++)
            g_free(texts[k]);
        g_free(s->days);
    }
    g_free(swaps);
}

/* --- reading
 * ----------------------------------------------------------------------------------------------------- */

/* Time kills an offer without anybody writing it down. $1 is now. */
#define STATE                                                                                                \
    "CASE WHEN w.state IN ('open', 'accepted') AND least(w.expires_at, w.return_start) <= $1 "               \
    "THEN 'expired' ELSE w.state END"

#define SWAPS                                                                                                \
    "SELECT w.id, a.id, w.site_id, a.contract_id, i.zone, p.id, w.offered_by, t.id, w.shift_id, "            \
    "w.start_at, w.end_at, w.paid_minutes, w.activities::text, w.return_id, w.return_start, w.return_end, "  \
    "array_to_string(w.days, ','), w.note, w.reason, " STATE ", coalesce(w.decided_how, ''), w.decided_by, " \
    "w.created_at, w.decided_at, least(w.expires_at, w.return_start) FROM shift_swap w "                     \
    "JOIN site i ON i.id = w.site_id LEFT JOIN agent a ON a.agent_key = w.agent_key "                        \
    "LEFT JOIN agent p ON p.agent_key = w.to_key LEFT JOIN agent t ON t.agent_key = w.taker_key "

/* Under row-level security others' rows of `agent` are not there: their ids stay NULL. */
static bool swap_read(const PGresult *rows, int row, struct swap *s, GError **error)
{
    *s = (struct swap){
        .id = cell_int(rows, row, 0),
        .agent = cell_text(rows, row, 1),
        .site = cell_text(rows, row, 2),
        .contract = cell_text(rows, row, 3),
        .zone = cell_text(rows, row, 4),
        .to = cell_text(rows, row, 5),
        .offered_by = cell_text(rows, row, 6),
        .taker = cell_text(rows, row, 7),
        .shift = cell_int(rows, row, 8),
        .start_ts = cell_ts(rows, row, 9),
        .end_ts = cell_ts(rows, row, 10),
        .paid_minutes = (int)cell_int(rows, row, 11),
        .return_shift = cell_int(rows, row, 13),
        .return_start_ts = cell_ts(rows, row, 14),
        .return_end_ts = cell_ts(rows, row, 15),
        .note = cell_text(rows, row, 17),
        .reason = cell_text(rows, row, 18),
        .how = decided_how_read(cell_peek(rows, row, 20)),
        .decided_by = cell_text(rows, row, 21),
        .created_ts = cell_ts(rows, row, 22),
        .decided_ts = cell_ts(rows, row, 23),
        .expires_ts = cell_ts(rows, row, 24),
    };
    swap_state_parse(cell_peek(rows, row, 19), &s->state);
    g_auto(GStrv) days = g_strsplit(cell_peek(rows, row, 16), ",", -1);
    s->days = g_new0(int32_t, g_strv_length(days) + 1);
    while (days[s->n_days] != NULL && *days[s->n_days] != '\0' &&
           day_parse(days[s->n_days], &s->days[s->n_days], NULL))
        s->n_days++;
    return activities_read(cell_peek(rows, row, 12), s->start_ts, s->activities, &s->n_activities, error);
}

static bool swaps_take(const PGresult *rows, struct swap **out, int *n, GError **error)
{
    int count = PQntuples(rows);
    struct swap *swaps = g_new0(struct swap, (gsize)count + 1);
    for (int row = 0; row < count; row++)
        if (!swap_read(rows, row, &swaps[row], error)) {
            swaps_free(swaps, count);
            return false;
        }
    *out = swaps;
    *n = count;
    return true;
}

static bool swaps_read(struct store *store, const char *agent, enum swap_whose whose, const char *state,
                       int64_t now_ts, int64_t before, int limit, struct swap **out, int *n, GError **error)
{
    static const char *const conditions[] = {
        [SWAPS_ALL] = "$2::text IS NULL",
        [SWAPS_MINE] = "$2 IN (a.id, t.id)",
        [SWAPS_FOR_ME] =
            "w.state = 'open' AND " STATE " = 'open' AND EXISTS (SELECT FROM agent me WHERE me.id = $2 "
            "AND me.agent_key <> w.agent_key AND (w.to_key = me.agent_key OR (w.to_key IS NULL "
            "AND me.site_id = w.site_id AND EXISTS (SELECT FROM contract_template c "
            "WHERE c.contract_id = me.contract_id AND c.template_id = w.template_id) "
            "AND NOT EXISTS (SELECT FROM time_off o WHERE o.agent_key = me.agent_key "
            "AND o.start_at < w.end_at AND o.end_at > w.start_at) "
            "AND NOT EXISTS (SELECT FROM shift s WHERE s.agent_key = me.agent_key AND NOT s.cancelled "
            "AND s.start_at < w.end_at + interval '2 days' AND s.start_at > w.start_at - interval '2 days' "
            "AND ((s.start_at < w.end_at AND s.end_at > w.start_at) "
            "OR s.day = (w.start_at AT TIME ZONE i.zone)::date) AND s.day <> ALL (w.days)))))",
    };
    g_autofree char *sql = g_strconcat(SWAPS "WHERE ", conditions[whose],
                                       " AND ($3::text IS NULL OR " STATE " = $3) "
                                       "AND ($4::bigint = 0 OR w.id < $4) "
                                       "ORDER BY w.id DESC LIMIT nullif($5::integer, 0)",
                                       NULL);
    AUTO(pg_result) rows = query(store, error, sql, "tssli", now_ts, agent, state, before, limit);
    return rows != NULL && swaps_take(rows, out, n, error);
}

bool store_swaps(struct store *store, const struct scope *scope, enum swap_whose whose, enum swap_state state,
                 int64_t now_ts, int64_t before, int limit, struct swap **out, int *n, GError **error)
{
    const char *agent = NULL, *name = state < SWAP_STATE_N ? swap_state_name(state) : NULL;
    if (!people_scope(scope, "swaps", &agent, error))
        return false;
    if ((agent != NULL) != (whose != SWAPS_ALL))
        return wfm_fail(error, WFM_ERROR_FORBIDDEN, "planners see all swaps, agents their own");
    return tx_begin_read(store, scope, error) &&
           tx_end(store, swaps_read(store, agent, whose, name, now_ts, before, limit, out, n, error), error);
}

static bool no_swap(int64_t id, GError **error)
{
    return wfm_fail(error, WFM_ERROR_NOT_FOUND, "there is no swap %" G_GINT64_FORMAT, id);
}

static bool swap_read_one(struct store *store, int64_t id, int64_t now_ts, struct swap **out, GError **error)
{
    int n = 0;
    AUTO(pg_result) rows = query(store, error, SWAPS "WHERE w.id = $2", "tl", now_ts, id);
    if (rows == NULL)
        return false;
    return PQntuples(rows) > 0 ? swaps_take(rows, out, &n, error) : no_swap(id, error);
}

bool store_swap(struct store *store, const struct scope *scope, int64_t id, int64_t now_ts, struct swap **out,
                GError **error)
{
    const char *agent = NULL;
    return people_scope(scope, "swaps", &agent, error) && tx_begin_read(store, scope, error) &&
           tx_end(store, swap_read_one(store, id, now_ts, out, error), error);
}

/* --- offering
 * ---------------------------------------------------------------------------------------------------- */

static bool swap_audit(struct store *store, const char *actor, const char *action, int64_t id, json_t *detail,
                       GError **error)
{
    g_autofree char *subject = g_strdup_printf("%" G_GINT64_FORMAT, id);
    return audit_write(store, actor, action, subject, detail, error);
}

/* A published shift of the agent that is worked and has not begun: its row. */
static PGresult *own_shift(struct store *store, const char *agent, int64_t shift, int64_t now_ts,
                           GError **error)
{
    AUTO(pg_result)
    rows =
        query(store, error,
              "SELECT s.agent_key, a.site_id, a.name, s.sequence, s.start_at, s.cancelled, s.day, s.end_at "
              "FROM shift s JOIN agent a USING (agent_key) WHERE s.id = $1 AND a.id = $2 FOR SHARE OF s",
              "ls", shift, agent);
    if (rows == NULL)
        return NULL;
    if (PQntuples(rows) == 0)
        wfm_fail(error, WFM_ERROR_NOT_FOUND, "there is no shift %" G_GINT64_FORMAT " of yours", shift);
    else if (cell_bool(rows, 0, 5))
        wfm_fail(error, WFM_ERROR_CONFLICT, "shift %" G_GINT64_FORMAT " is cancelled", shift);
    else if (cell_ts(rows, 0, 4) <= now_ts)
        wfm_fail(error, WFM_ERROR_CONFLICT, "shift %" G_GINT64_FORMAT " has begun", shift);
    else
        return g_steal_pointer(&rows);
    return NULL;
}

/* Key of a colleague of the site; 0 without one. */
static bool colleague_key(struct store *store, const char *id, const char *site, int64_t self, int64_t *key,
                          GError **error)
{
    *key = 0;
    if (id == NULL)
        return true;
    AUTO(pg_result)
    rows = query(
        store, error,
        "SELECT agent_key FROM agent WHERE id = $1 AND site_id = $2 AND NOT retired AND agent_key <> $3",
        "ssl", id, site, self);
    if (rows == NULL)
        return false;
    if (PQntuples(rows) == 0)
        return wfm_fail(error, WFM_ERROR_INPUT, "there is no colleague \"%s\" at your site", id);
    *key = cell_int(rows, 0, 0);
    return true;
}

static bool not_offered(struct store *store, int64_t shift, int64_t now_ts, GError **error)
{
    /* one that time has killed makes room */
    if (!execute(store, NULL, error,
                 "UPDATE shift_swap w SET state = 'expired', decided_at = now(), decided_by = 'time', "
                 "decided_how = 'rule' WHERE w.shift_id = $2 AND w.state IN ('open', 'accepted') AND " STATE
                 " = 'expired'",
                 "tl", now_ts, shift))
        return false;
    AUTO(pg_result)
    rows =
        query(store, error,
              "SELECT id FROM shift_swap WHERE $1 IN (shift_id, return_id) AND state IN ('open', 'accepted')",
              "l", shift);
    if (rows == NULL)
        return false;
    return PQntuples(rows) == 0 ||
           wfm_fail(error, WFM_ERROR_CONFLICT,
                    "shift %" G_GINT64_FORMAT " is in swap %" G_GINT64_FORMAT " already; withdraw that first",
                    shift, cell_int(rows, 0, 0));
}

static bool offer_insert(struct store *store, const struct swap_offer *offer, int64_t to,
                         const char *offered_by, json_t *days, int64_t *id, GError **error)
{
    AUTO(pg_result)
    rows =
        query(store, error,
              "INSERT INTO shift_swap (agent_key, shift_id, shift_sequence, site_id, start_at, end_at, "
              "paid_minutes, template_id, activities, days, to_key, offered_by, note, expires_at) "
              "SELECT s.agent_key, s.id, s.sequence, a.site_id, s.start_at, s.end_at, s.paid_minutes, "
              "s.template_id, s.activities, ARRAY(SELECT jsonb_array_elements_text($2::jsonb)::date), "
              "nullif($3::integer, 0), $4, $5, least(s.start_at, $6) "
              "FROM shift s JOIN agent a USING (agent_key) WHERE s.id = $1 RETURNING id",
              "ljlsst", offer->shift, days, to, to != 0 ? offered_by : NULL, offer->note, offer->expires_ts);
    if (rows == NULL)
        return false;
    *id = PQntuples(rows) > 0 ? cell_int(rows, 0, 0) : 0;
    return *id != 0 ||
           wfm_fail(error, WFM_ERROR_NOT_FOUND, "there is no shift %" G_GINT64_FORMAT, offer->shift);
}

static bool offer_make(struct store *store, const struct scope *scope, const struct swap_offer *offer,
                       const char *actor, int64_t now_ts, int64_t *id, GError **error)
{
    AUTO(pg_result) shift = own_shift(store, scope->agent, offer->shift, now_ts, error);
    int64_t to;
    if (shift == NULL ||
        !colleague_key(store, offer->to, cell_peek(shift, 0, 1), cell_int(shift, 0, 0), &to, error) ||
        !not_offered(store, offer->shift, now_ts, error))
        return false;
    AUTO(json_t) days = json_array();
    for (int k = 0; k < offer->n_days; k++) {
        g_autofree char *day = day_format(offer->days[k]);
        json_array_append_new(days, json_string(day));
    }
    return tx_begin_scoped(store, scope, error) &&
           tx_end(store, offer_insert(store, offer, to, cell_peek(shift, 0, 2), days, id, error), error) &&
           swap_audit(store, actor, "swap.offered", *id,
                      json_pack("{s:s, s:I, s:s?}", "agent", scope->agent, "shift", (json_int_t)offer->shift,
                                "to", offer->to),
                      error);
}

bool store_swap_offer(struct store *store, const struct scope *scope, const struct swap_offer *offer,
                      const char *actor, int64_t now_ts, int64_t *id, GError **error)
{
    return scope_require(scope, SCOPE_MAY(ROLE_AGENT), "offering a shift", error) && tx_begin(store, error) &&
           tx_end(store, offer_make(store, scope, offer, actor, now_ts, id, error), error);
}

/* --- taking, leaving
 * ---------------------------------------------------------------------------------------------- */

/* The offer, locked; as the planner sees it. */
static struct swap *swap_lock(struct store *store, int64_t id, int64_t now_ts, GError **error)
{
    struct swap *swap = NULL;
    AUTO(pg_result)
    rows = query(store, error, "SELECT 1 FROM shift_swap WHERE id = $1 FOR UPDATE", "l", id);
    return rows != NULL && swap_read_one(store, id, now_ts, &swap, error) ? swap : NULL;
}

/* What does not stand there for the agent answers as what does not exist. */
static bool may_take(struct store *store, const struct swap *swap, const char *agent, GError **error)
{
    if (swap->to != NULL)
        return strcmp(swap->to, agent) == 0 || no_swap(swap->id, error);
    AUTO(pg_result)
    rows = query(store, error, "SELECT 1 FROM agent WHERE id = $1 AND site_id = $2 AND id <> $3", "sss",
                 agent, swap->site, swap->agent);
    if (rows == NULL)
        return false;
    return PQntuples(rows) > 0 || no_swap(swap->id, error);
}

static bool state_is(const struct swap *swap, enum swap_state state, GError **error)
{
    return swap->state == state ||
           wfm_fail(error, WFM_ERROR_CONFLICT, "swap %" G_GINT64_FORMAT " is %s, not %s", swap->id,
                    swap_state_name(swap->state), swap_state_name(state));
}

/* Who has no part in an offer hears no more of it than that it is gone. */
static bool still_open(const struct swap *swap, const char *agent, GError **error)
{
    if (swap->state == SWAP_OPEN || g_strcmp0(swap->to, agent) == 0 || g_strcmp0(swap->taker, agent) == 0)
        return state_is(swap, SWAP_OPEN, error);
    return wfm_fail(error, WFM_ERROR_CONFLICT, "swap %" G_GINT64_FORMAT " is not open any more", swap->id);
}

static bool return_ok(struct store *store, const struct swap *swap, const char *agent, int64_t own_shift_id,
                      int64_t now_ts, GError **error)
{
    if (swap->n_days == 0)
        return own_shift_id == 0 || wfm_fail(error, WFM_ERROR_INPUT,
                                             "shift: this one is to be taken over, nothing is asked for it");
    if (own_shift_id == 0)
        return wfm_fail(
            error, WFM_ERROR_INPUT,
            "shift: say which of your shifts you give for it; it starts on one of the days asked for");
    AUTO(pg_result) rows = own_shift(store, agent, own_shift_id, now_ts, error);
    if (rows == NULL)
        return false;
    for (int k = 0; k < swap->n_days; k++)
        if (swap->days[k] == cell_day(rows, 0, 6))
            return not_offered(store, own_shift_id, now_ts, error);
    g_autofree char *day = day_format(cell_day(rows, 0, 6));
    return wfm_fail(error, WFM_ERROR_INPUT,
                    "shift: %" G_GINT64_FORMAT " starts on %s, which is none of the days asked for",
                    own_shift_id, day);
}

static bool take(struct store *store, const struct swap *swap, const char *agent, int64_t own_shift_id,
                 const char *actor, int64_t now_ts, GError **error)
{
    return may_take(store, swap, agent, error) && still_open(swap, agent, error) &&
           return_ok(store, swap, agent, own_shift_id, now_ts, error) &&
           execute(store, NULL, error,
                   "UPDATE shift_swap w SET state = 'accepted', taker_key = a.agent_key, return_id = s.id, "
                   "return_sequence = s.sequence, return_start = s.start_at, return_end = s.end_at "
                   "FROM agent a LEFT JOIN shift s ON s.id = nullif($3::bigint, 0) "
                   "WHERE w.id = $1 AND a.id = $2",
                   "lsl", swap->id, agent, own_shift_id) &&
           swap_audit(store, actor, "swap.accepted", swap->id,
                      json_pack("{s:s, s:s, s:I}", "agent", swap->agent, "taker", agent, "shift",
                                (json_int_t)swap->shift),
                      error);
}

static bool take_locked(struct store *store, const char *agent, int64_t id, int64_t own_shift_id,
                        const char *actor, int64_t now_ts, GError **error)
{
    if (!tx_lock(store, LOCK_ROSTER, 0, error))
        return false;
    struct swap *swap = swap_lock(store, id, now_ts, error);
    bool ok = swap != NULL && take(store, swap, agent, own_shift_id, actor, now_ts, error);
    swaps_free(swap, 1);
    return ok;
}

bool store_swap_take(struct store *store, const struct scope *scope, int64_t id, int64_t own_shift_id,
                     const char *actor, int64_t now_ts, GError **error)
{
    return scope_require(scope, SCOPE_MAY(ROLE_AGENT), "taking a shift", error) && tx_begin(store, error) &&
           tx_end(store, take_locked(store, scope->agent, id, own_shift_id, actor, now_ts, error), error);
}

static bool leave(struct store *store, const struct swap *swap, const char *agent, const char *actor,
                  GError **error)
{
    bool mine = strcmp(swap->agent, agent) == 0, taken = g_strcmp0(swap->taker, agent) == 0;
    if (!mine && !taken && g_strcmp0(swap->to, agent) != 0)
        return no_swap(swap->id, error);
    bool waits = swap->state == SWAP_ACCEPTED;
    if (!(mine ? waits || swap->state == SWAP_OPEN : taken ? waits : swap->state == SWAP_OPEN))
        return wfm_fail(error, WFM_ERROR_CONFLICT,
                        "swap %" G_GINT64_FORMAT " is %s; it cannot be %s any more", swap->id,
                        swap_state_name(swap->state), mine || taken ? "withdrawn" : "declined");
    if (taken)
        return execute(store, NULL, error,
                       "UPDATE shift_swap SET state = 'open', taker_key = NULL, return_id = NULL, "
                       "return_sequence = NULL, return_start = NULL, return_end = NULL WHERE id = $1",
                       "l", swap->id) &&
               swap_audit(store, actor, "swap.reopened", swap->id,
                          json_pack("{s:s, s:s}", "agent", swap->agent, "taker", agent), error);
    const char *state = swap_state_name(mine ? SWAP_WITHDRAWN : SWAP_DECLINED);
    g_autofree char *action = g_strdup_printf("swap.%s", state);
    return execute(store, NULL, error,
                   "UPDATE shift_swap SET state = $2, decided_how = 'agent', decided_by = $3, "
                   "decided_at = now() WHERE id = $1",
                   "lss", swap->id, state, actor) &&
           swap_audit(store, actor, action, swap->id, json_pack("{s:s}", "agent", swap->agent), error);
}

static bool leave_locked(struct store *store, const char *agent, int64_t id, const char *actor,
                         int64_t now_ts, GError **error)
{
    struct swap *swap = swap_lock(store, id, now_ts, error);
    bool ok = swap != NULL && leave(store, swap, agent, actor, error);
    swaps_free(swap, 1);
    return ok;
}

bool store_swap_leave(struct store *store, const struct scope *scope, int64_t id, const char *actor,
                      int64_t now_ts, GError **error)
{
    return scope_require(scope, SCOPE_MAY(ROLE_AGENT), "withdrawing a swap", error) &&
           tx_begin(store, error) &&
           tx_end(store, leave_locked(store, scope->agent, id, actor, now_ts, error), error);
}

/* --- deciding
 * ------------------------------------------------------------------------------------------------------ */

bool people_swaps_expire(struct store *store, GError **error)
{
    return execute(store, NULL, error,
                   "UPDATE shift_swap w SET state = 'expired', decided_at = now(), decided_by = 'rosters', "
                   "decided_how = 'rule', reason = 'a shift of it was changed' "
                   "WHERE w.state IN ('open', 'accepted') AND EXISTS (SELECT FROM shift s "
                   "WHERE (s.id = w.shift_id AND (s.cancelled OR s.sequence <> w.shift_sequence)) "
                   "OR (s.id = w.return_id AND (s.cancelled OR s.sequence <> w.return_sequence)))",
                   "");
}

/* Nobody gets a shift who has left since the offer was taken. */
static bool nobody_has_left(struct store *store, const struct swap *swap, GError **error)
{
    AUTO(pg_result)
    rows = query(store, error,
                 "SELECT a.id FROM agent a JOIN shift s ON s.id = CASE a.id WHEN $1 THEN $2::bigint "
                 "ELSE $4::bigint END WHERE a.id IN ($1, $3) AND (a.retired OR a.employed_to < s.day) "
                 "ORDER BY a.id LIMIT 1",
                 "slsl", swap->taker, swap->shift, swap->agent, swap->return_shift);
    if (rows == NULL)
        return false;
    return PQntuples(rows) == 0 ||
           wfm_fail(error, WFM_ERROR_CONFLICT,
                    "swap %" G_GINT64_FORMAT " would give a shift to somebody who has left", swap->id);
}

/* Both shifts leave their agents, then each is given to the other one: on a day of which that one has a row
   already (cancelled now) that row is the event. The second statement sees the contents as they were. */
static bool exchange(struct store *store, const struct swap *swap, GError **error)
{
    long moved = 0, given = swap->return_shift != 0 ? 2 : 1;
    return nobody_has_left(store, swap, error) &&
           execute(store, &moved, error,
                   "UPDATE shift SET cancelled = true, sequence = sequence + 1, changed_at = now(), "
                   "change_no = nextval('shift_change') WHERE id IN ($1, $2) AND NOT cancelled",
                   "ll", swap->shift, swap->return_shift) &&
           (moved == given || wfm_fail(error, WFM_ERROR_CONFLICT,
                                       "swap %" G_GINT64_FORMAT ": a shift of it was changed", swap->id)) &&
           execute(store, NULL, error,
                   "INSERT INTO shift AS s (agent_key, day, roster_id, start_at, end_at, paid_minutes, "
                   "template_id, activities) "
                   "SELECT a.agent_key, o.day, o.roster_id, o.start_at, o.end_at, o.paid_minutes, "
                   "o.template_id, o.activities FROM (VALUES ($1::bigint, $3), ($2::bigint, $4)) AS g (id, "
                   "to_id) "
                   "JOIN shift o ON o.id = g.id JOIN agent a ON a.id = g.to_id "
                   "ON CONFLICT (agent_key, day) DO UPDATE SET sequence = s.sequence + 1, cancelled = false, "
                   "changed_at = now(), change_no = nextval('shift_change'), roster_id = excluded.roster_id, "
                   "start_at = excluded.start_at, end_at = excluded.end_at, "
                   "paid_minutes = excluded.paid_minutes, template_id = excluded.template_id, "
                   "activities = excluded.activities",
                   "llss", swap->shift, swap->return_shift, swap->taker, swap->agent) &&
           execute_script(store, "SET CONSTRAINTS ALL IMMEDIATE", error) && people_swaps_expire(store, error);
}

static bool decide(struct store *store, const struct swap *swap, enum swap_state state,
                   const struct decision *decision, GError **error)
{
    g_autofree char *action = g_strdup_printf("swap.%s", swap_state_name(state));
    return state_is(swap, SWAP_ACCEPTED, error) &&
           execute(store, NULL, error,
                   "UPDATE shift_swap SET state = $2, decided_how = $3, decided_by = $4, decided_at = now(), "
                   "reason = $5 WHERE id = $1",
                   "lssss", swap->id, swap_state_name(state), decided_how_name(decision->how),
                   decision->actor, decision->reason) &&
           (state != SWAP_APPLIED || exchange(store, swap, error)) &&
           swap_audit(store, decision->actor, action, swap->id,
                      json_pack("{s:s, s:s, s:I, s:I, s:s, s:s}", "agent", swap->agent, "taker", swap->taker,
                                "shift", (json_int_t)swap->shift, "return_shift",
                                (json_int_t)swap->return_shift, "by", decided_how_name(decision->how),
                                "reason", decision->reason),
                      error);
}

static bool decide_locked(struct store *store, int64_t id, enum swap_state state,
                          const struct decision *decision, int64_t now_ts, GError **error)
{
    /* nobody leaves between the look and the commit: who takes both locks takes them in this order */
    if (!tx_lock(store, LOCK_ROSTER, 0, error) || !tx_lock(store, LOCK_OPERATION, 0, error))
        return false;
    struct swap *swap = swap_lock(store, id, now_ts, error);
    bool ok = swap != NULL && decide(store, swap, state, decision, error);
    swaps_free(swap, 1);
    return ok;
}

bool store_swap_decide(struct store *store, int64_t id, enum swap_state state,
                       const struct decision *decision, int64_t now_ts, GError **error)
{
    return tx_begin(store, error) &&
           tx_end(store, decide_locked(store, id, state, decision, now_ts, error), error);
}
