#include <math.h>
#include <string.h>

#include "core/store/roster.h"

/* Drafts changed by hand. The rows of the shifts touched are taken away and written again under their ids;
   what they were and became is kept with the edit, so that it can be taken back bit for bit. */

void roster_draft_clear(struct roster_draft *draft)
{
    g_free(draft->shifts);
    plan_solution_free(draft->made);
    void *const owned[] = {draft->staffed,      draft->offered,      draft->in_time,     draft->counted,
                           draft->made_offered, draft->made_in_time, draft->made_counted};
    for (guint i = 0; i < G_N_ELEMENTS(owned); i++)
        g_free(owned[i]);
    *draft = (struct roster_draft){.n_shifts = 0};
}

/* --- reading */

bool store_roster_mark(struct store *store, int64_t id, struct roster_mark *out, GError **error)
{
    AUTO(pg_result)
    rows = query(store, error, "SELECT edits, edit_mark, state FROM roster WHERE id = $1", "l", id);
    if (rows == NULL)
        return false;
    if (PQntuples(rows) == 0)
        return fail_no_roster(id, error);
    *out = (struct roster_mark){.edits = (int)cell_int(rows, 0, 0), .mark = cell_int(rows, 0, 1)};
    g_strlcpy(out->state, cell_peek(rows, 0, 2), sizeof out->state);
    return true;
}

static int draft_shift_compare(const void *a, const void *b)
{
    return shift_compare(&((const struct draft_shift *)a)->shift, &((const struct draft_shift *)b)->shift);
}

static bool draft_shifts_load(struct store *store, const struct operation *operation, int64_t id,
                              struct roster_draft *draft, GError **error)
{
    AUTO(pg_result)
    rows = query(store, error,
                 "SELECT a.id, s.start_at, s.end_at, s.template_id, s.activities::text, s.id, s.locked "
                 "FROM roster_shift s JOIN agent a USING (agent_key) WHERE s.roster_id = $1",
                 "l", id);
    if (rows == NULL)
        return false;
    GHashTable *indices = agent_indices(operation);
    draft->n_shifts = PQntuples(rows);
    draft->shifts = g_new0(struct draft_shift, (gsize)draft->n_shifts + 1);
    bool ok = true;
    for (int row = 0; ok && row < draft->n_shifts; row++) {
        struct draft_shift *to = &draft->shifts[row];
        int index = GPOINTER_TO_INT(g_hash_table_lookup(indices, cell_peek(rows, row, 0)));
        to->id = cell_int(rows, row, 5);
        to->locked = cell_bool(rows, row, 6);
        ok = index > 0
                 ? shift_read(rows, row, operation, index - 1, &to->shift, error)
                 : wfm_fail(error, WFM_ERROR_CONFLICT,
                            "roster %" G_GINT64_FORMAT " has shifts of agent %s, who is not in its operation",
                            id, cell_peek(rows, row, 0));
    }
    g_hash_table_unref(indices);
    qsort(draft->shifts, (size_t)draft->n_shifts, sizeof *draft->shifts, draft_shift_compare);
    return ok;
}

/* Rows of a queue's id, staffed, offered, in_time and counted into arrays of all cells, each g_free: staffed
   0, the others NAN where there is none. */
static void queues_read(const PGresult *rows, const struct plan_problem *problem, double **const arrays[4])
{
    size_t n_iv = (size_t)problem->demand.grid.n, cells = (size_t)problem->demand.n_queues * n_iv;
    for (int i = 0; i < 4; i++) {
        g_free(*arrays[i]);
        *arrays[i] = g_new0(double, cells + 1);
        for (size_t k = 0; i > 0 && k < cells; k++)
            (*arrays[i])[k] = NAN;
    }
    for (int row = 0; row < PQntuples(rows); row++) {
        int queue = operation_queue(problem->operation, cell_peek(rows, row, 0));
        for (int i = 0; queue >= 0 && i < 4; i++) {
            int n;
            g_autofree double *values = cell_doubles(rows, row, 1 + i, &n);
            if (values != NULL && (size_t)n == n_iv)
                memcpy(*arrays[i] + (size_t)queue * n_iv, values, n_iv * sizeof *values);
        }
    }
}

static bool draft_queues_load(struct store *store, const struct plan_problem *problem, int64_t id,
                              struct roster_draft *draft, GError **error)
{
    AUTO(pg_result)
    rows = query(store, error,
                 "SELECT q.id, c.staffed, c.offered, c.in_time, c.counted FROM roster_queue c "
                 "JOIN queue q USING (queue_key) WHERE c.roster_id = $1",
                 "l", id);
    if (rows == NULL)
        return false;
    double **const arrays[] = {&draft->staffed, &draft->offered, &draft->in_time, &draft->counted};
    queues_read(rows, problem, arrays);
    return true;
}

/* `draft` gets the expectations; NULL: nobody asks. */
static bool made_queues_load(struct store *store, const struct plan_problem *problem, int64_t id,
                             struct plan_solution *made, struct roster_draft *draft, GError **error)
{
    struct roster_draft nobody = {.n_shifts = 0};
    AUTO(pg_result)
    rows = query(store, error,
                 "SELECT q.id, c.staffed, c.offered, c.in_time, c.counted FROM roster_made_queue c "
                 "JOIN queue q USING (queue_key) WHERE c.roster_id = $1",
                 "l", id);
    if (rows == NULL)
        return false;
    struct roster_draft *to = draft != NULL ? draft : &nobody;
    double **const arrays[] = {&made->staffed, &to->made_offered, &to->made_in_time, &to->made_counted};
    queues_read(rows, problem, arrays);
    roster_draft_clear(&nobody);
    return true;
}

/* The edited roster in `made` becomes the one that was solved. */
static bool made_load(struct store *store, const struct plan_problem *problem, int64_t id,
                      struct plan_solution *made, struct roster_draft *draft, GError **error)
{
    AUTO(pg_result)
    head = query(store, error,
                 "SELECT pay, shortage, penalty, objective FROM roster_made WHERE roster_id = $1", "l", id);
    if (head == NULL)
        return false;
    if (PQntuples(head) == 0)
        return wfm_fail(error, WFM_ERROR_STORE, "roster %" G_GINT64_FORMAT " is not kept as it was solved",
                        id);
    made->edits = 0;
    made->pay = cell_double(head, 0, 0);
    made->shortage = cell_double(head, 0, 1);
    made->penalty = cell_double(head, 0, 2);
    made->objective = cell_double(head, 0, 3);
    AUTO(pg_result)
    rows = query(store, error,
                 "SELECT a.id, s.start_at, s.end_at, s.template_id, s.activities::text "
                 "FROM roster_made_shift s JOIN agent a USING (agent_key) WHERE s.roster_id = $1",
                 "l", id);
    if (rows == NULL)
        return false;
    GHashTable *indices = agent_indices(problem->operation);
    g_free(made->shifts);
    made->n_shifts = PQntuples(rows);
    made->shifts = g_new0(struct shift, (gsize)made->n_shifts + 1);
    bool ok = true;
    for (int row = 0; ok && row < made->n_shifts; row++) {
        int index = GPOINTER_TO_INT(g_hash_table_lookup(indices, cell_peek(rows, row, 0)));
        ok = index > 0
                 ? shift_read(rows, row, problem->operation, index - 1, &made->shifts[row], error)
                 : wfm_fail(error, WFM_ERROR_CONFLICT,
                            "roster %" G_GINT64_FORMAT " has shifts of agent %s, who is not in its operation",
                            id, cell_peek(rows, row, 0));
    }
    g_hash_table_unref(indices);
    qsort(made->shifts, (size_t)made->n_shifts, sizeof *made->shifts, shift_compare);
    return ok && made_queues_load(store, problem, id, made, draft, error);
}

static bool roster_as_made(struct store *store, const struct plan_problem *problem, int64_t id,
                           struct plan_solution *made, GError **error)
{
    struct roster_mark mark;
    return store_roster_mark(store, id, &mark, error) &&
           roster_load(store, problem->operation, id, made, error) &&
           (mark.edits == 0 || made_load(store, problem, id, made, NULL, error));
}

bool store_roster_made(struct store *store, const struct plan_problem *problem, int64_t id,
                       struct plan_solution **out, GError **error)
{
    AUTO(plan_solution) made = plan_solution_new();
    if (!tx_begin_read(store, &scope_planner, error) ||
        !tx_end(store, roster_as_made(store, problem, id, made, error), error))
        return false;
    *out = g_steal_pointer(&made);
    return true;
}

static bool draft_load(struct store *store, const struct plan_problem *problem, int64_t id,
                       struct roster_draft *draft, GError **error)
{
    draft->made = plan_solution_new();
    if (!store_roster_mark(store, id, &draft->mark, error) ||
        !roster_load(store, problem->operation, id, draft->made, error))
        return false;
    draft->pay = draft->made->pay;
    draft->shortage = draft->made->shortage;
    draft->penalty = draft->made->penalty;
    draft->objective = draft->made->objective;
    return draft_shifts_load(store, problem->operation, id, draft, error) &&
           draft_queues_load(store, problem, id, draft, error) &&
           (draft->mark.edits == 0 || made_load(store, problem, id, draft->made, draft, error));
}

bool store_roster_draft(struct store *store, const struct plan_problem *problem, int64_t id,
                        struct roster_draft *out, GError **error)
{
    struct roster_draft draft = {.n_shifts = 0};
    if (!tx_begin_read(store, &scope_planner, error) ||
        !tx_end(store, draft_load(store, problem, id, &draft, error), error)) {
        roster_draft_clear(&draft);
        return false;
    }
    *out = draft;
    return true;
}

/* --- shifts as JSON */

static json_t *draft_shifts_json(const struct operation *op, const struct draft_shift *shifts, int n)
{
    json_t *list = json_array();
    for (int i = 0; i < n; i++) {
        const struct shift *shift = &shifts[i].shift;
        g_autofree char *activities = activities_text(shift);
        json_t *tmpl = shift->tmpl >= 0 ? json_string(op->templates[shift->tmpl].id) : json_null();
        json_array_append_new(list, json_pack("{s:I, s:s, s:o, s:I, s:I, s:b, s:o}", "id",
                                              (json_int_t)shifts[i].id, "agent", op->agents[shift->agent].id,
                                              "template", tmpl, "start", (json_int_t)shift->start_ts, "end",
                                              (json_int_t)shift->end_ts, "locked", (int)shifts[i].locked,
                                              "activities", json_loads(activities, 0, NULL)));
    }
    return list;
}

/* Those of agents and templates the operation has. *out g_free. */
static bool draft_shifts_parse(const char *text, const struct operation *op, struct draft_shift **out, int *n,
                               GError **error)
{
    AUTO(json_t) list = json_loads(text, 0, NULL);
    size_t i;
    json_t *row;
    *n = 0;
    *out = g_new0(struct draft_shift, json_array_size(list) + 1);
    json_array_foreach(list, i, row)
    {
        const char *tmpl = json_string_value(json_object_get(row, "template"));
        struct draft_shift *to = &(*out)[*n];
        g_autofree char *activities = json_text(json_object_get(row, "activities"));
        *to = (struct draft_shift){
            .id = json_integer_value(json_object_get(row, "id")),
            .locked = json_is_true(json_object_get(row, "locked")),
            .shift = {.agent = operation_agent(op, json_string_value(json_object_get(row, "agent"))),
                      .tmpl = tmpl != NULL ? operation_template(op, tmpl) : -1,
                      .start_ts = json_integer_value(json_object_get(row, "start")),
                      .end_ts = json_integer_value(json_object_get(row, "end"))}};
        if (!activities_read(activities, to->shift.start_ts, to->shift.activities, &to->shift.n_activities,
                             error))
            return false;
        *n += to->shift.agent >= 0;
    }
    return true;
}

/* --- writing */

/* The roster as it was solved, before its first edit. */
static bool keep_made(struct store *store, int64_t id, GError **error)
{
    return execute(store, NULL, error,
                   "INSERT INTO roster_made (roster_id, pay, shortage, penalty, objective) "
                   "SELECT id, pay, shortage, penalty, objective FROM roster WHERE id = $1",
                   "l", id) &&
           execute(store, NULL, error,
                   "INSERT INTO roster_made_shift (roster_id, agent_key, start_at, end_at, template_id, "
                   "activities) SELECT roster_id, agent_key, start_at, end_at, template_id, activities "
                   "FROM roster_shift WHERE roster_id = $1",
                   "l", id) &&
           execute(store, NULL, error,
                   "INSERT INTO roster_made_queue (roster_id, queue_key, staffed, offered, in_time, counted) "
                   "SELECT roster_id, queue_key, staffed, offered, in_time, counted FROM roster_queue WHERE "
                   "roster_id = $1",
                   "l", id);
}

static bool shift_put(struct store *store, const struct plan_problem *problem, int64_t id,
                      struct draft_shift *put, GError **error)
{
    const struct operation *op = problem->operation;
    const struct shift *shift = &put->shift;
    const struct agent *agent = &op->agents[shift->agent];
    AUTO(zone) zone = zone_new(op->sites[agent->site].zone, error);
    if (zone == NULL)
        return false;
    g_autofree char *text = activities_text(shift);
    AUTO(json_t) activities = json_loads(text, 0, NULL);
    AUTO(pg_result)
    rows = query(store, error,
                 "INSERT INTO roster_shift (id, roster_id, agent_key, day, start_at, end_at, paid_minutes, "
                 "template_id, activities, locked) "
                 "SELECT coalesce(nullif($1::bigint, 0), nextval(pg_get_serial_sequence('roster_shift', "
                 "'id'))), $2, agent_key, $4, $5, $6, $7, $8, $9, $10 FROM agent "
                 "WHERE id = $3 AND NOT retired RETURNING id",
                 "llsyttisjb", put->id, id, agent->id, zone_local_day(zone, shift->start_ts), shift->start_ts,
                 shift->end_ts, shift_paid_minutes(shift),
                 shift->tmpl >= 0 ? op->templates[shift->tmpl].id : NULL, activities, (int)put->locked);
    if (rows == NULL)
        return false;
    if (PQntuples(rows) == 0)
        return wfm_fail(error, WFM_ERROR_CONFLICT, "agent %s has left since the roster was planned",
                        agent->id);
    put->id = cell_int(rows, 0, 0);
    return true;
}

static bool shifts_replace(struct store *store, const struct plan_problem *problem, int64_t id,
                           struct roster_edit *edit, GError **error)
{
    bool ok = true;
    for (int i = 0; ok && i < edit->n_was; i++) {
        long gone = 0;
        ok = execute(store, &gone, error, "DELETE FROM roster_shift WHERE roster_id = $1 AND id = $2", "ll",
                     id, edit->was[i].id);
        if (ok && gone != 1)
            ok = wfm_fail(error, WFM_ERROR_NOT_FOUND,
                          "roster %" G_GINT64_FORMAT " has no shift %" G_GINT64_FORMAT, id, edit->was[i].id);
    }
    for (int i = 0; ok && i < edit->n_became; i++)
        ok = shift_put(store, problem, id, &edit->became[i], error);
    return ok;
}

static bool queues_put(struct store *store, const struct plan_problem *problem, int64_t id,
                       const struct roster_edit *edit, GError **error)
{
    int n = problem->demand.grid.n;
    bool ok = true;
    for (int queue = 0; ok && queue < problem->demand.n_queues; queue++) {
        size_t at = DEMAND_CELL(&problem->demand, queue, 0);
        const struct roster_expected *expected = edit->expected;
        const double *const parts[] = {expected != NULL ? expected->offered + at : NULL,
                                       expected != NULL ? expected->in_time + at : NULL,
                                       expected != NULL ? expected->counted + at : NULL};
        if (edit->queues != NULL && !edit->queues[queue])
            continue;
        ok = execute(store, NULL, error,
                     "UPDATE roster_queue SET staffed = $3, offered = $4, in_time = $5, counted = $6 "
                     "WHERE roster_id = $1 AND queue_key = (SELECT queue_key FROM queue WHERE id = $2)",
                     "lsAAAA", id, problem->operation->queues[queue].id, edit->solution->staffed + at, n,
                     parts[0], n, parts[1], n, parts[2], n);
    }
    return ok;
}

static bool edit_keep(struct store *store, const struct plan_problem *problem, int64_t id,
                      const struct roster_edit *edit, const char *actor, GError **error)
{
    const struct plan_solution *s = edit->solution;
    AUTO(json_t) operations = json_loads(edit->operations_json, JSON_DECODE_ANY, NULL);
    AUTO(json_t) was = draft_shifts_json(problem->operation, edit->was, edit->n_was);
    AUTO(json_t) became = draft_shifts_json(problem->operation, edit->became, edit->n_became);
    return execute(store, NULL, error,
                   "INSERT INTO roster_edit (roster_id, number, made_by, note, undoes, operations, was, "
                   "became, pay, shortage, penalty, objective, violations) "
                   "VALUES ($1, $2, $3, $4, nullif($5::integer, 0), $6, $7, $8, $9, $10, $11, $12, $13)",
                   "lissijjjddddi", id, edit->mark.edits + 1, actor != NULL ? actor : "unknown", edit->note,
                   edit->undoes, operations, was, became, s->pay, s->shortage, s->penalty, s->objective,
                   edit->violations);
}

/* Agents touched, for who follows the changes. */
static json_t *agents_json(const struct operation *op, const struct roster_edit *edit)
{
    json_t *agents = json_object();
    for (int i = 0; i < edit->n_was; i++)
        json_object_set_new(agents, op->agents[edit->was[i].shift.agent].id, json_true());
    for (int i = 0; i < edit->n_became; i++)
        json_object_set_new(agents, op->agents[edit->became[i].shift.agent].id, json_true());
    json_t *list = json_array();
    const char *key;
    json_t *value;
    json_object_foreach(agents, key, value) json_array_append_new(list, json_string(key));
    json_decref(agents);
    return list;
}

static bool edit_save(struct store *store, const struct plan_problem *problem, int64_t id,
                      struct roster_edit *edit, const char *actor, GError **error)
{
    const struct plan_solution *s = edit->solution;
    if (!roster_lock_draft(store, id, &edit->mark, error) ||
        (edit->mark.edits == 0 && !keep_made(store, id, error)) ||
        !shifts_replace(store, problem, id, edit, error) || !queues_put(store, problem, id, edit, error) ||
        !edit_keep(store, problem, id, edit, actor, error))
        return false;
    AUTO(pg_result)
    rows = query(store, error,
                 "UPDATE roster SET edits = edits + 1, "
                 "edit_mark = hashtextextended(gen_random_uuid()::text, 0), edited_by = $2, "
                 "edited_at = now(), pay = $3, shortage = $4, penalty = $5, objective = $6, n_shifts = $7 "
                 "WHERE id = $1 RETURNING edits, edit_mark, first_day",
                 "lsddddi", id, actor != NULL ? actor : "unknown", s->pay, s->shortage, s->penalty,
                 s->objective, s->n_shifts);
    if (rows == NULL)
        return false;
    edit->mark.edits = (int)cell_int(rows, 0, 0);
    edit->mark.mark = cell_int(rows, 0, 1);
    g_autofree char *subject = g_strdup_printf("%" G_GINT64_FORMAT, id);
    g_autofree char *week = day_format(cell_day(rows, 0, 2));
    return audit_write(store, actor, "roster.edited", subject,
                       json_pack("{s:s, s:i, s:o}", "week", week, "edit", edit->mark.edits, "agents",
                                 agents_json(problem->operation, edit)),
                       error);
}

bool store_roster_edit(struct store *store, const struct plan_problem *problem, int64_t id,
                       struct roster_edit *edit, const char *actor, GError **error)
{
    return tx_begin(store, error) && tx_end(store, edit_save(store, problem, id, edit, actor, error), error);
}

/* --- the list of edits */

void roster_edit_rows_free(struct roster_edit_row *rows, int n)
{
    for (int i = 0; rows != NULL && i < n; i++) {
        g_free(rows[i].made_by);
        g_free(rows[i].note);
        g_free(rows[i].operations_json);
        g_free(rows[i].was);
        g_free(rows[i].became);
    }
    g_free(rows);
}

bool store_roster_edits(struct store *store, const struct operation *operation, int64_t id, int before,
                        int limit, struct roster_edit_row **out, int *n, GError **error)
{
    AUTO(pg_result)
    rows = query(store, error,
                 "SELECT number, coalesce(undoes, 0), violations, made_at, made_by, note, operations::text, "
                 "was::text, became::text, pay, shortage, penalty, objective FROM roster_edit "
                 "WHERE roster_id = $1 AND ($2 = 0 OR number < $2) "
                 "ORDER BY number DESC LIMIT nullif($3::integer, 0)",
                 "lii", id, before, limit);
    if (rows == NULL)
        return false;
    int count = PQntuples(rows);
    struct roster_edit_row *edits = g_new0(struct roster_edit_row, (gsize)count + 1);
    for (int row = 0; row < count; row++) {
        struct roster_edit_row *edit = &edits[row];
        *edit = (struct roster_edit_row){.number = (int)cell_int(rows, row, 0),
                                         .undoes = (int)cell_int(rows, row, 1),
                                         .violations = (int)cell_int(rows, row, 2),
                                         .made_ts = cell_ts(rows, row, 3),
                                         .made_by = cell_text(rows, row, 4),
                                         .note = cell_text(rows, row, 5),
                                         .operations_json = cell_text(rows, row, 6),
                                         .pay = cell_double(rows, row, 9),
                                         .shortage = cell_double(rows, row, 10),
                                         .penalty = cell_double(rows, row, 11),
                                         .objective = cell_double(rows, row, 12)};
        if (!draft_shifts_parse(cell_peek(rows, row, 7), operation, &edit->was, &edit->n_was, error) ||
            !draft_shifts_parse(cell_peek(rows, row, 8), operation, &edit->became, &edit->n_became, error)) {
            roster_edit_rows_free(edits, count);
            return false;
        }
    }
    *out = edits;
    *n = count;
    return true;
}
