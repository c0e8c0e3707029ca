#include <string.h>

#include "core/planfile.h"
#include "core/store/roster.h"

#define INFO_COLUMNS                                                                                         \
    "id, first_day, zone, version, state, pay, shortage, objective, bound, seconds, seed::text, currency, "  \
    "inputs_hash, wfm_version, created_by, published_by, created_at, published_at, n_shifts, n_weeks, "      \
    "penalty, edits, edited_by, edited_at, copy_of, "                                                        \
    "(SELECT m.edits FROM roster_simulation m WHERE m.roster_id = roster.id)"

void roster_info_clear(struct roster_info *info)
{
    g_free(info->zone);
    g_free(info->currency);
    g_free(info->inputs_hash);
    g_free(info->wfm_version);
    g_free(info->created_by);
    g_free(info->published_by);
    g_free(info->edited_by);
    *info = (struct roster_info){0};
}

static struct roster_info info_read(const PGresult *rows, int row)
{
    struct roster_info info = {
        .id = cell_int(rows, row, 0),
        .first_day = cell_day(rows, row, 1),
        .zone = cell_text(rows, row, 2),
        .version = (int)cell_int(rows, row, 3),
        .pay = cell_double(rows, row, 5),
        .shortage = cell_double(rows, row, 6),
        .objective = cell_double(rows, row, 7),
        .bound = cell_double(rows, row, 8),
        .seconds = cell_double(rows, row, 9),
        .seed = g_ascii_strtoull(cell_peek(rows, row, 10), NULL, 10),
        .currency = cell_text(rows, row, 11),
        .inputs_hash = cell_text(rows, row, 12),
        .wfm_version = cell_text(rows, row, 13),
        .created_by = cell_text(rows, row, 14),
        .published_by = cell_text(rows, row, 15),
        .created_ts = cell_ts(rows, row, 16),
        .published_ts = cell_ts(rows, row, 17),
        .n_shifts = (int)cell_int(rows, row, 18),
        .n_weeks = (int)cell_int(rows, row, 19),
        .penalty = cell_double(rows, row, 20),
        .edits = (int)cell_int(rows, row, 21),
        .edited_by = cell_text(rows, row, 22),
        .edited_ts = cell_ts(rows, row, 23),
        .copy_of = cell_int(rows, row, 24),
        .simulated = PQgetisnull(rows, row, 25) ? -1 : (int)cell_int(rows, row, 25),
    };
    g_strlcpy(info.state, cell_peek(rows, row, 4), sizeof info.state);
    return info;
}

bool fail_no_roster(int64_t id, GError **error)
{
    return wfm_fail(error, WFM_ERROR_NOT_FOUND, "there is no roster %" G_GINT64_FORMAT, id);
}

bool store_roster_info(struct store *store, const struct scope *scope, int64_t id, struct roster_info *out,
                       GError **error)
{
    if (!scope_require(scope, SCOPE_MAY(ROLE_PLANNER), "rosters", error))
        return false;
    AUTO(pg_result) rows = query(store, error, "SELECT " INFO_COLUMNS " FROM roster WHERE id = $1", "l", id);
    if (rows == NULL)
        return false;
    if (PQntuples(rows) == 0)
        return fail_no_roster(id, error);
    *out = info_read(rows, 0);
    return true;
}

bool store_roster_find(struct store *store, int32_t first_day, const char *state, int64_t *id, GError **error)
{
    bool any_week = first_day == INT32_MIN;
    AUTO(pg_result)
    rows = query(store, error,
                 "SELECT id FROM roster WHERE ($1 OR first_day = $2) AND ($3::text IS NULL OR state = $3) "
                 "ORDER BY id DESC LIMIT 1",
                 "bys", (int)any_week, first_day, state);
    if (rows == NULL)
        return false;
    if (PQntuples(rows) > 0) {
        *id = cell_int(rows, 0, 0);
        return true;
    }
    g_autofree char *week = any_week ? NULL : day_format(first_day);
    return wfm_fail(error, WFM_ERROR_NOT_FOUND, "there is no %s%sroster%s%s", state != NULL ? state : "",
                    state != NULL ? " " : "", any_week ? "" : " for the week of ", any_week ? "" : week);
}

bool store_roster_list(struct store *store, const struct scope *scope, const struct roster_filter *filter,
                       int64_t before, int limit, struct roster_info **out, int *n, GError **error)
{
    int32_t week = filter != NULL ? filter->week : INT32_MIN;
    if (!scope_require(scope, SCOPE_MAY(ROLE_PLANNER), "rosters", error))
        return false;
    AUTO(pg_result)
    rows =
        query(store, error,
              "SELECT " INFO_COLUMNS " FROM roster WHERE ($1::bigint = 0 OR id < $1) "
              "AND ($3 OR (first_day <= $4 AND first_day + 7 * n_weeks > $4)) "
              "AND ($5::text IS NULL OR state = $5) "
              "ORDER BY id DESC LIMIT nullif($2::integer, 0)",
              "libys", before, limit, (int)(week == INT32_MIN), week, filter != NULL ? filter->state : NULL);
    if (rows == NULL)
        return false;
    *n = PQntuples(rows);
    *out = g_new0(struct roster_info, (gsize)*n + 1);
    for (int row = 0; row < *n; row++)
        (*out)[row] = info_read(rows, row);
    return true;
}

/* --- the whole of one */

static bool solution_head_load(struct store *store, int64_t id, struct plan_solution *solution,
                               int *n_intervals, GError **error)
{
    AUTO(pg_result)
    rows = query(
        store, error,
        "SELECT pay, shortage, objective, bound, rounds, stopped, "
        "(extract(epoch FROM end_at - start_at) / interval_s)::integer, penalty, unit_rounds::text, edits "
        "FROM roster WHERE id = $1",
        "l", id);
    if (rows == NULL)
        return false;
    if (PQntuples(rows) == 0)
        return fail_no_roster(id, error);
    solution->pay = cell_double(rows, 0, 0);
    solution->shortage = cell_double(rows, 0, 1);
    solution->objective = cell_double(rows, 0, 2);
    solution->bound = cell_double(rows, 0, 3);
    solution->rounds = (long)cell_int(rows, 0, 4);
    solution->stopped = cell_text(rows, 0, 5);
    *n_intervals = (int)cell_int(rows, 0, 6);
    solution->penalty = cell_double(rows, 0, 7);
    solution->edits = (int)cell_int(rows, 0, 9);
    AUTO(json_t) rounds = json_loads(cell_peek(rows, 0, 8), 0, NULL);
    solution->n_units = (int)json_array_size(rounds);
    solution->unit_rounds = g_new0(int, (gsize)solution->n_units + 1);
    for (int u = 0; u < solution->n_units; u++)
        solution->unit_rounds[u] = (int)json_integer_value(json_array_get(rounds, (size_t)u));
    return true;
}

bool shift_read(const PGresult *rows, int row, const struct operation *operation, int agent,
                struct shift *out, GError **error)
{
    *out = (struct shift){
        .agent = agent,
        .tmpl = PQgetisnull(rows, row, 3) ? -1 : operation_template(operation, cell_peek(rows, row, 3)),
        .start_ts = cell_ts(rows, row, 1),
        .end_ts = cell_ts(rows, row, 2),
    };
    return activities_read(cell_peek(rows, row, 4), out->start_ts, out->activities, &out->n_activities,
                           error);
}

static bool solution_shifts_load(struct store *store, int64_t id, const struct operation *operation,
                                 struct plan_solution *solution, GError **error)
{
    AUTO(pg_result)
    rows = query(store, error,
                 "SELECT a.id, s.start_at, s.end_at, s.template_id, s.activities::text "
                 "FROM roster_shift s JOIN agent a USING (agent_key) WHERE s.roster_id = $1",
                 "l", id);
    if (rows == NULL)
        return false;
    GHashTable *indices = agent_indices(operation);
    solution->n_shifts = PQntuples(rows);
    solution->shifts = g_new0(struct shift, (gsize)solution->n_shifts + 1);
    bool ok = true;
    for (int row = 0; ok && row < solution->n_shifts; row++) {
        int index = GPOINTER_TO_INT(g_hash_table_lookup(indices, cell_peek(rows, row, 0)));
        if (index == 0)
            ok = wfm_fail(error, WFM_ERROR_CONFLICT,
                          "roster %" G_GINT64_FORMAT
                          " has shifts of agent %s, who is not in the operation any more",
                          id, cell_peek(rows, row, 0));
        else
            ok = shift_read(rows, row, operation, index - 1, &solution->shifts[row], error);
    }
    g_hash_table_unref(indices);
    qsort(solution->shifts, (size_t)solution->n_shifts, sizeof *solution->shifts, shift_compare);
    return ok;
}

static bool staffed_load(struct store *store, int64_t id, const struct operation *operation, int n_intervals,
                         struct plan_solution *solution, GError **error)
{
    AUTO(pg_result)
    rows = query(store, error,
                 "SELECT q.id, rq.staffed FROM roster_queue rq JOIN queue q USING (queue_key) "
                 "WHERE rq.roster_id = $1",
                 "l", id);
    if (rows == NULL)
        return false;
    solution->n_staffed = operation->n_queues * n_intervals;
    solution->staffed = g_new0(double, (gsize)solution->n_staffed + 1);
    for (int row = 0; row < PQntuples(rows); row++) {
        int queue = operation_queue(operation, cell_peek(rows, row, 0));
        int n;
        g_autofree double *staffed = cell_doubles(rows, row, 1, &n);
        if (queue >= 0 && n == n_intervals)
            memcpy(solution->staffed + (size_t)queue * (size_t)n, staffed, (size_t)n * sizeof *staffed);
    }
    return true;
}

bool roster_load(struct store *store, const struct operation *operation, int64_t id,
                 struct plan_solution *solution, GError **error)
{
    int n_intervals = 0;
    return solution_head_load(store, id, solution, &n_intervals, error) &&
           solution_shifts_load(store, id, operation, solution, error) &&
           staffed_load(store, id, operation, n_intervals, solution, error);
}

bool store_roster_load(struct store *store, const struct operation *operation, int64_t id,
                       struct plan_solution **out, GError **error)
{
    AUTO(plan_solution) solution = plan_solution_new();
    if (!tx_begin_read(store, &scope_planner, error) ||
        !tx_end(store, roster_load(store, operation, id, solution, error), error))
        return false;
    *out = g_steal_pointer(&solution);
    return true;
}

static bool problem_load(struct store *store, int64_t id, bool verified, struct plan_problem **out,
                         GError **error)
{
    AUTO(pg_result)
    rows = query(store, error, "SELECT plan FROM roster_problem WHERE roster_id = $1", "l", id);
    if (rows == NULL)
        return false;
    if (PQntuples(rows) == 0)
        return fail_no_roster(id, error);
    const char *text = cell_peek(rows, 0, 0);
    g_autofree char *what = g_strdup_printf("problem of roster %" G_GINT64_FORMAT, id);
    struct plan_problem *problem = NULL;
    if (verified)
        return plan_parse(what, text, strlen(text), out, NULL, error);
    problem = plan_problem_parse(text, strlen(text), error);
    if (problem == NULL) {
        g_prefix_error(error, "%s: ", what);
        return false;
    }
    *out = problem;
    return true;
}

bool store_roster_problem(struct store *store, int64_t id, struct plan_problem **out, GError **error)
{
    return problem_load(store, id, true, out, error);
}

bool store_roster_problem_unverified(struct store *store, int64_t id, struct plan_problem **out,
                                     GError **error)
{
    return problem_load(store, id, false, out, error);
}

/* --- published shifts as the past of the next problem */

bool plan_shifts_read(const PGresult *rows, const struct operation *operation, struct shift **out, int *n,
                      GError **error)
{
    GHashTable *indices = agent_indices(operation);
    g_autofree struct shift *shifts = g_new0(struct shift, (gsize)PQntuples(rows) + 1);
    int count = 0;
    bool ok = true;
    for (int row = 0; ok && row < PQntuples(rows); row++) {
        int index = GPOINTER_TO_INT(g_hash_table_lookup(indices, cell_peek(rows, row, 0)));
        if (index > 0)
            ok = shift_read(rows, row, operation, index - 1, &shifts[count++], error);
    }
    g_hash_table_unref(indices);
    if (!ok)
        return false;
    qsort(shifts, (size_t)count, sizeof *shifts, shift_compare);
    *out = g_steal_pointer(&shifts);
    *n = count;
    return true;
}

bool store_past_shifts(struct store *store, const struct operation *operation, int64_t from_ts, int64_t to_ts,
                       struct shift **out, int *n, GError **error)
{
    AUTO(pg_result)
    rows = query(store, error,
                 "SELECT a.id, s.start_at, s.end_at, s.template_id, s.activities::text "
                 "FROM shift s JOIN agent a USING (agent_key) "
                 "WHERE NOT s.cancelled AND s.start_at >= $1 AND s.start_at < $2",
                 "tt", from_ts, to_ts);
    return rows != NULL && plan_shifts_read(rows, operation, out, n, error);
}
