#include <string.h>

#include "core/store/roster.h"

/* Drafts as a whole: copied, taken back; and the shifts that are locked. */

bool roster_lock_draft(struct store *store, int64_t id, const struct roster_mark *mark, GError **error)
{
    struct roster_mark now;
    /* the row is locked: what changes it waits for the end of this */
    if (!tx_lock(store, LOCK_ROSTER, 0, error) ||
        !execute(store, NULL, error, "SELECT FROM roster WHERE id = $1 FOR UPDATE", "l", id) ||
        !store_roster_mark(store, id, &now, error))
        return false;
    if (strcmp(now.state, "draft") != 0)
        return wfm_fail(error, WFM_ERROR_CONFLICT,
                        "roster %" G_GINT64_FORMAT
                        " is %s and is not changed any more; copy it into a draft and change that",
                        id, now.state);
    if (mark != NULL && (now.edits != mark->edits || now.mark != mark->mark))
        return wfm_fail(error, WFM_ERROR_PRECONDITION,
                        "roster %" G_GINT64_FORMAT " was changed in the meantime (edit %d); look at it again",
                        id, now.edits);
    return true;
}

/* --- copies and removal */

/* Everything of a roster but itself; each statement takes the new id and the old one. */
static const char *const copies[] = {
    "INSERT INTO roster_problem (roster_id, plan) SELECT $1, plan FROM roster_problem WHERE roster_id = $2",
    "INSERT INTO roster_shift (roster_id, agent_key, day, start_at, end_at, paid_minutes, template_id, "
    "activities, locked) SELECT $1, agent_key, day, start_at, end_at, paid_minutes, template_id, activities, "
    "locked FROM roster_shift WHERE roster_id = $2 ORDER BY id",
    "INSERT INTO roster_queue (roster_id, queue_key, n, required, staffed, offered, in_time, counted) "
    "SELECT $1, queue_key, n, required, staffed, offered, in_time, counted FROM roster_queue "
    "WHERE roster_id = $2",
    "INSERT INTO roster_made (roster_id, pay, shortage, penalty, objective) "
    "SELECT $1, pay, shortage, penalty, objective FROM roster_made WHERE roster_id = $2",
    "INSERT INTO roster_made_shift (roster_id, agent_key, start_at, end_at, template_id, activities) "
    "SELECT $1, agent_key, start_at, end_at, template_id, activities FROM roster_made_shift "
    "WHERE roster_id = $2",
    "INSERT INTO roster_made_queue (roster_id, queue_key, staffed, offered, in_time, counted) "
    "SELECT $1, queue_key, staffed, offered, in_time, counted FROM roster_made_queue WHERE roster_id = $2",
    "INSERT INTO roster_simulation (roster_id, seed, replications, handle_cv, certain, even, contacts, "
    "seconds, wfm_version, created_by, created_at, edits) SELECT $1, seed, replications, handle_cv, certain, "
    "even, contacts, seconds, wfm_version, created_by, created_at, edits FROM roster_simulation "
    "WHERE roster_id = $2",
    "INSERT INTO roster_simulation_span (roster_id, queue_key, " SPAN_COLUMNS ") "
    "SELECT $1, queue_key, " SPAN_COLUMNS " FROM roster_simulation_span WHERE roster_id = $2",
};

static bool copy_roster(struct store *store, int64_t id, const char *actor, int64_t *copy, GError **error)
{
    if (!tx_lock(store, LOCK_ROSTER, 0, error))
        return false;
    AUTO(pg_result)
    rows = query(store, error,
                 "INSERT INTO roster (first_day, n_weeks, zone, start_at, end_at, interval_s, version, pay, "
                 "shortage, objective, bound, seconds, rounds, stopped, seed, currency, n_shifts, "
                 "inputs_hash, wfm_version, created_by, past, penalty, unit_rounds, edits, edit_mark, "
                 "edited_by, edited_at, copy_of) SELECT first_day, n_weeks, zone, start_at, end_at, "
                 "interval_s, 1 + (SELECT max(v.version) FROM roster v WHERE v.first_day = r.first_day), "
                 "pay, shortage, objective, bound, seconds, rounds, stopped, seed, currency, n_shifts, "
                 "inputs_hash, wfm_version, $2, past, penalty, unit_rounds, edits, edit_mark, edited_by, "
                 "edited_at, id FROM roster r WHERE id = $1 RETURNING id, first_day, version",
                 "ls", id, actor != NULL ? actor : "unknown");
    if (rows == NULL)
        return false;
    if (PQntuples(rows) == 0)
        return fail_no_roster(id, error);
    *copy = cell_int(rows, 0, 0);
    for (guint i = 0; i < G_N_ELEMENTS(copies); i++)
        if (!execute(store, NULL, error, copies[i], "ll", *copy, id))
            return false;
    g_autofree char *subject = g_strdup_printf("%" G_GINT64_FORMAT, *copy);
    g_autofree char *week = day_format(cell_day(rows, 0, 1));
    return audit_write(store, actor, "roster.copied", subject,
                       json_pack("{s:s, s:i, s:I}", "week", week, "version", (int)cell_int(rows, 0, 2), "of",
                                 (json_int_t)id),
                       error);
}

bool store_roster_copy(struct store *store, int64_t id, const char *actor, int64_t *copy, GError **error)
{
    int64_t made = 0;
    if (!tx_begin(store, error) || !tx_end(store, copy_roster(store, id, actor, &made, error), error))
        return false;
    *copy = made;
    return true;
}

static const char *const removals[] = {
    "DELETE FROM roster_simulation WHERE roster_id = $1",
    "DELETE FROM roster_edit WHERE roster_id = $1",
    "DELETE FROM roster_made WHERE roster_id = $1",
    "DELETE FROM roster_queue WHERE roster_id = $1",
    "DELETE FROM roster_shift WHERE roster_id = $1",
    "DELETE FROM roster_problem WHERE roster_id = $1",
    "DELETE FROM roster WHERE id = $1",
};

static bool delete_roster(struct store *store, int64_t id, const char *actor, GError **error)
{
    if (!roster_lock_draft(store, id, NULL, error))
        return false;
    AUTO(pg_result)
    rows = query(store, error, "SELECT first_day, version FROM roster WHERE id = $1", "l", id);
    if (rows == NULL)
        return false;
    for (guint i = 0; i < G_N_ELEMENTS(removals); i++)
        if (!execute(store, NULL, error, removals[i], "l", id))
            return false;
    g_autofree char *subject = g_strdup_printf("%" G_GINT64_FORMAT, id);
    g_autofree char *week = day_format(cell_day(rows, 0, 0));
    return audit_write(store, actor, "roster.deleted", subject,
                       json_pack("{s:s, s:i}", "week", week, "version", (int)cell_int(rows, 0, 1)), error);
}

bool store_roster_delete(struct store *store, int64_t id, const char *actor, GError **error)
{
    return tx_begin(store, error) && tx_end(store, delete_roster(store, id, actor, error), error);
}

/* --- locks */

bool store_locked_shifts(struct store *store, const struct operation *operation, int64_t id, int64_t from_ts,
                         int64_t to_ts, struct shift **out, int *n, GError **error)
{
    AUTO(pg_result)
    rows = query(store, error,
                 "SELECT a.id, s.start_at, s.end_at, s.template_id, s.activities::text FROM "
                 "(SELECT agent_key, start_at, end_at, template_id, activities FROM roster_shift "
                 "WHERE roster_id = $1 AND locked UNION ALL "
                 "SELECT agent_key, start_at, end_at, template_id, activities FROM shift "
                 "WHERE $1 = 0 AND locked AND NOT cancelled) s JOIN agent a USING (agent_key) "
                 "WHERE s.start_at >= $2 AND s.start_at < $3",
                 "ltt", id, from_ts, to_ts);
    return rows != NULL && plan_shifts_read(rows, operation, out, n, error);
}
