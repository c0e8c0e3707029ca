#include <string.h>

#include "core/store/query.h"

/* --- adding */

static bool scenario_make(struct store *store, const char *name, const char *actor, GError **error)
{
    return name == NULL || execute(store, NULL, error,
                                   "INSERT INTO scenario (name, created_by) VALUES ($1, $2) "
                                   "ON CONFLICT (name) DO NOTHING",
                                   "ss", name, actor);
}

/* The one that stands and says the same; 0 when there is none. */
static bool find_same(struct store *store, const struct override *o, int64_t *id, GError **error)
{
    AUTO(pg_result)
    rows = query(store, error,
                 "SELECT o.id FROM forecast_override o JOIN queue q USING (queue_key) WHERE q.id = $1 AND "
                 "o.scenario IS NOT DISTINCT FROM $2::text AND o.measure = $3 AND o.kind = $4 AND o.per = $5 "
                 "AND o.value = $6 AND o.start_at = $7 AND o.end_at = $8 AND o.hours = $9 AND o.removed_at "
                 "IS NULL LIMIT 1",
                 "sssssdtts", o->queue, o->scenario, override_measure_name(o->measure),
                 override_kind_name(o->kind), override_per_name(o->per), o->value, o->from_ts, o->to_ts,
                 o->hours != NULL ? o->hours : "");
    if (rows == NULL)
        return false;
    *id = PQntuples(rows) > 0 ? cell_int(rows, 0, 0) : 0;
    return true;
}

static bool override_insert(struct store *store, const struct override *o, const char *actor, int64_t *id,
                            GError **error)
{
    AUTO(pg_result)
    rows = query(store, error,
                 "INSERT INTO forecast_override (queue_key, scenario, measure, kind, per, value, start_at, "
                 "end_at, hours, why, created_by) SELECT queue_key, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11 "
                 "FROM queue WHERE id = $1 AND NOT retired RETURNING id",
                 "sssssdttsss", o->queue, o->scenario, override_measure_name(o->measure),
                 override_kind_name(o->kind), override_per_name(o->per), o->value, o->from_ts, o->to_ts,
                 o->hours != NULL ? o->hours : "", o->why, actor);
    if (rows == NULL)
        return false;
    if (PQntuples(rows) == 0)
        return wfm_fail(error, WFM_ERROR_INPUT, "override: queue \"%s\" is not in the store", o->queue);
    *id = cell_int(rows, 0, 0);
    return true;
}

static bool overrides_add(struct store *store, const struct override *overrides, int n, const char *actor,
                          int64_t *ids, bool *fresh, struct import_report *report, GError **error)
{
    if (!tx_lock(store, LOCK_OVERRIDES, 0, error)) /* or two who enter the same would both be the first */
        return false;
    for (int i = 0; i < n; i++) {
        if (!scenario_make(store, overrides[i].scenario, actor, error) ||
            !find_same(store, &overrides[i], &ids[i], error))
            return false;
        fresh[i] = ids[i] == 0;
        report->rows++;
        report->unchanged += !fresh[i];
        report->inserted += fresh[i];
        if (fresh[i] && !override_insert(store, &overrides[i], actor, &ids[i], error))
            return false;
    }
    return audit_write(store, actor, "override.added", "overrides",
                       json_pack("{s:I, s:I}", "inserted", (json_int_t)report->inserted, "unchanged",
                                 (json_int_t)report->unchanged),
                       error);
}

bool store_overrides_add(struct store *store, struct override *overrides, int n, const char *actor,
                         struct import_report *report, bool *fresh, GError **error)
{
    g_autofree int64_t *ids = g_new0(int64_t, (gsize)n + 1);
    g_autofree bool *new_ones = g_new0(bool, (gsize)n + 1);
    struct import_report done = {0};
    actor = actor != NULL ? actor : "unknown";
    if (!tx_begin(store, error) ||
        !tx_end(store, overrides_add(store, overrides, n, actor, ids, new_ones, &done, error), error))
        return false;
    for (int i = 0; i < n; i++)
        overrides[i].id = ids[i];
    if (fresh != NULL)
        memcpy(fresh, new_ones, (size_t)n * sizeof *fresh);
    if (report != NULL)
        *report = done;
    return true;
}

/* --- taking back */

static bool overrides_remove(struct store *store, const int64_t *ids, int n, const char *actor,
                             GError **error)
{
    for (int i = 0; i < n; i++) {
        long gone = 0;
        if (!execute(store, &gone, error,
                     "UPDATE forecast_override SET removed_at = now(), removed_by = $2 WHERE id = $1 AND "
                     "removed_at IS NULL",
                     "ls", ids[i], actor))
            return false;
        if (gone == 0)
            return wfm_fail(error, WFM_ERROR_NOT_FOUND,
                            "override %" G_GINT64_FORMAT ": unknown, or taken back already", ids[i]);
        g_autofree char *subject = g_strdup_printf("%" G_GINT64_FORMAT, ids[i]);
        if (!audit_write(store, actor, "override.removed", subject, NULL, error))
            return false;
    }
    return true;
}

bool store_overrides_remove(struct store *store, const int64_t *ids, int n, const char *actor, GError **error)
{
    return tx_begin(store, error) &&
           tx_end(store, overrides_remove(store, ids, n, actor != NULL ? actor : "unknown", error), error);
}

/* --- reading */

#define OPEN_COLUMNS                                                                                         \
    "o.id, q.id, o.scenario, o.measure, o.kind, o.per, o.value, o.start_at, o.end_at, o.hours, "             \
    "o.created_at, o.removed_at, coalesce(s.standing, o.scenario IS NULL), "
#define OVERRIDE_FROM                                                                                        \
    "FROM forecast_override o JOIN queue q USING (queue_key) LEFT JOIN scenario s ON s.name = o.scenario "   \
    "WHERE ($1::text IS NULL OR q.id = $1) AND ($2::text IS NULL OR o.scenario = $2) AND o.start_at < $4 "   \
    "AND o.end_at > $3 AND ($5 OR o.removed_at IS NULL) AND ($6::bigint = 0 OR o.id = $6) "                  \
    "AND NOT q.retired ORDER BY o.id"

static bool override_take(const PGresult *rows, int row, struct override *out, GError **error)
{
    *out = (struct override){
        .id = cell_int(rows, row, 0),
        .queue = cell_text(rows, row, 1),
        .scenario = cell_text(rows, row, 2),
        .value = cell_double(rows, row, 6),
        .from_ts = cell_ts(rows, row, 7),
        .to_ts = cell_ts(rows, row, 8),
        .hours = cell_text(rows, row, 9),
        .created_ts = cell_ts(rows, row, 10),
        .removed_ts = cell_ts(rows, row, 11),
        .standing = cell_bool(rows, row, 12),
        .why = cell_text(rows, row, 13),
        .created_by = cell_text(rows, row, 14),
        .removed_by = cell_text(rows, row, 15),
    };
    return (override_measure_parse(cell_peek(rows, row, 3), &out->measure) &&
            override_kind_parse(cell_peek(rows, row, 4), &out->kind) &&
            override_per_parse(cell_peek(rows, row, 5), &out->per) && override_check(out, NULL, NULL)) ||
           wfm_fail(error, WFM_ERROR_STORE, "override %" G_GINT64_FORMAT " in the store is not one", out->id);
}

static bool override_list(struct store *store, const struct scope *scope,
                          const struct override_filter *filter, struct override **out, int *n, GError **error)
{
    bool all = filter->from_ts == 0 && filter->to_ts == 0;
    const char *sql = scope->role == ROLE_PLANNER
                          ? "SELECT " OPEN_COLUMNS "o.why, o.created_by, o.removed_by " OVERRIDE_FROM
                          : "SELECT " OPEN_COLUMNS
                            "'-', '', CASE WHEN o.removed_at IS NOT NULL THEN '' END " OVERRIDE_FROM;
    AUTO(pg_result)
    rows =
        query(store, error, sql, "ssttbl", filter->queue, filter->scenario, all ? INT64_MIN : filter->from_ts,
              all ? INT64_MAX : filter->to_ts, (int)filter->with_removed, filter->id);
    if (rows == NULL)
        return false;
    int count = PQntuples(rows);
    struct override *list = g_new0(struct override, (gsize)count + 1);
    for (int row = 0; row < count; row++)
        if (!override_take(rows, row, &list[row], error)) {
            overrides_free(list, count);
            return false;
        }
    *out = list;
    *n = count;
    return true;
}

bool store_override_list(struct store *store, const struct scope *scope, const struct override_filter *filter,
                         struct override **out, int *n, GError **error)
{
    return scope_require(scope, SCOPE_MAY(ROLE_PLANNER) | SCOPE_MAY(ROLE_CLIENT), "overrides", error) &&
           tx_begin_read(store, scope, error) &&
           tx_end(store, override_list(store, scope, filter, out, n, error), error);
}

/* --- scenarios */

void scenario_infos_free(struct scenario_info *infos, int n)
{
    for (int i = 0; infos != NULL && i < n; i++) {
        g_free(infos[i].name);
        g_free(infos[i].created_by);
    }
    g_free(infos);
}

bool store_scenario_list(struct store *store, struct scenario_info **out, int *n, GError **error)
{
    AUTO(pg_result)
    rows = query(store, error,
                 "SELECT s.name, s.created_by, s.standing, s.created_at, count(*), count(DISTINCT "
                 "o.queue_key), min(o.start_at), max(o.end_at) FROM scenario s JOIN forecast_override o ON "
                 "o.scenario = s.name AND o.removed_at IS NULL GROUP BY s.name ORDER BY s.name",
                 "");
    if (rows == NULL)
        return false;
    *n = PQntuples(rows);
    *out = g_new0(struct scenario_info, (gsize)*n + 1);
    for (int row = 0; row < *n; row++)
        (*out)[row] = (struct scenario_info){
            .name = cell_text(rows, row, 0),
            .created_by = cell_text(rows, row, 1),
            .standing = cell_bool(rows, row, 2),
            .created_ts = cell_ts(rows, row, 3),
            .n_overrides = (int)cell_int(rows, row, 4),
            .n_queues = (int)cell_int(rows, row, 5),
            .from_ts = cell_ts(rows, row, 6),
            .to_ts = cell_ts(rows, row, 7),
        };
    return true;
}

static bool scenario_fail(const char *name, GError **error)
{
    return wfm_fail(error, WFM_ERROR_NOT_FOUND, "there is no scenario \"%s\"", name);
}

static bool scenario_audit(struct store *store, const char *name, const char *action, const char *actor,
                           GError **error)
{
    return audit_write(store, actor, action, name, NULL, error);
}

static bool scenario_switch(struct store *store, const char *name, bool standing, const char *actor,
                            GError **error)
{
    long found = 0;
    if (!execute(store, &found, error,
                 "UPDATE scenario s SET standing = $2 WHERE name = $1 AND EXISTS (SELECT FROM "
                 "forecast_override o WHERE o.scenario = s.name AND o.removed_at IS NULL)",
                 "sb", name, (int)standing))
        return false;
    return found > 0 ? scenario_audit(store, name, standing ? "scenario.on" : "scenario.off", actor, error)
                     : scenario_fail(name, error);
}

bool store_scenario_switch(struct store *store, const char *name, bool standing, const char *actor,
                           GError **error)
{
    return tx_begin(store, error) &&
           tx_end(store, scenario_switch(store, name, standing, actor, error), error);
}

static bool scenario_remove(struct store *store, const char *name, const char *actor, GError **error)
{
    long gone = 0;
    if (!execute(store, &gone, error,
                 "UPDATE forecast_override SET removed_at = now(), removed_by = $2 WHERE scenario = $1 AND "
                 "removed_at IS NULL",
                 "ss", name, actor) ||
        !execute(store, NULL, error, "UPDATE scenario SET standing = false WHERE name = $1", "s", name))
        return false;
    return gone > 0 ? scenario_audit(store, name, "scenario.removed", actor, error)
                    : scenario_fail(name, error);
}

bool store_scenario_remove(struct store *store, const char *name, const char *actor, GError **error)
{
    return tx_begin(store, error) &&
           tx_end(store, scenario_remove(store, name, actor != NULL ? actor : "unknown", error), error);
}
