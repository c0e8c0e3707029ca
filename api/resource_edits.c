#include <math.h>
#include <string.h>

#include "api/perform.h"
#include "api/resources.h"
#include "api/roster_json.h"
#include "api/roster_operations.h"
#include "core/error.h"

/* Drafts changed by hand. Every edit and every preview of one is evaluated as a whole: the checker over all
   rules, staff to queues, cost and expected service. */

/* --- what an edit says
 * ----------------------------------------------------------------------------------------- */

/* From one view of a roster to the next. */
struct changing {
    struct api_call *call;
    struct roster_view *before, *after;
    struct draft_shift *was, *became; /* shifts that differ; by agent and start */
    int n_was, n_became;
    bool *changed; /* n_queues */
    bool *fresh;   /* violations of `after` that are new */
    int n_fresh;
};

static void changing_clear(struct changing *c)
{
    roster_view_unref(c->before);
    roster_view_unref(c->after);
    void *const owned[] = {c->was, c->became, c->changed, c->fresh};
    for (size_t i = 0; i < G_N_ELEMENTS(owned); i++)
        g_free(owned[i]);
}

static bool same_draft(const struct draft_shift *a, const struct draft_shift *b)
{
    return a->id == b->id && a->locked == b->locked && edited_same(&a->shift, 1, &b->shift, 1);
}

/* Those of `from` that `in` does not have just so; g_free. */
static struct draft_shift *differing(const struct draft_shift *from, int n_from, const struct draft_shift *in,
                                     int n_in, int *n)
{
    g_autoptr(GHashTable) known = g_hash_table_new(g_int64_hash, g_int64_equal);
    struct draft_shift *out = g_new0(struct draft_shift, (gsize)n_from + 1);
    for (int i = 0; i < n_in; i++)
        g_hash_table_insert(known, (gpointer)&in[i].id, (gpointer)&in[i]);
    *n = 0;
    for (int i = 0; i < n_from; i++) {
        const struct draft_shift *other = g_hash_table_lookup(known, &from[i].id);
        if (from[i].id == 0 || other == NULL || !same_draft(&from[i], other))
            out[(*n)++] = from[i];
    }
    return out;
}

/* Evaluates the shifts (taken) as what follows `before` (taken). */
static bool change(struct changing *c, struct api_call *call, struct roster_view *before,
                   struct draft_shift *shifts, int n, GError **error)
{
    *c = (struct changing){.call = call, .before = before};
    c->was = differing(before->shifts, before->n, shifts, n, &c->n_was);
    c->became = differing(shifts, n, before->shifts, before->n, &c->n_became);
    c->changed = g_new0(bool, (gsize)before->problem->demand.n_queues + 1);
    c->after = roster_view_next(before, shifts, n, c->changed, error);
    if (c->after == NULL)
        return false;
    const struct check_report *was = roster_view_report(before), *is = roster_view_report(c->after);
    c->fresh = g_new0(bool, (gsize)is->n_violations + 1);
    c->n_fresh = edited_new_violations(was, is, c->fresh);
    return true;
}

static json_t *shifts_json(const struct changing *c, GError **error)
{
    const struct operation *op = c->before->problem->operation;
    json_t *list = json_array();
    bool ok = true;
    for (int i = 0; ok && i < c->n_was + c->n_became; i++) {
        const struct draft_shift *old = i < c->n_was ? &c->was[i] : NULL;
        const struct draft_shift *now = old == NULL ? &c->became[i - c->n_was] : NULL;
        bool told = false;
        for (int k = 0; old != NULL && now == NULL && k < c->n_became; k++)
            now = c->became[k].id == old->id ? &c->became[k] : NULL;
        for (int k = 0; old == NULL && now->id != 0 && k < c->n_was && !told; k++)
            told = c->was[k].id == now->id;
        if (told)
            continue;
        json_t *before = old != NULL ? draft_shift_json(c->call, op, old, error) : json_null();
        json_t *after = now != NULL ? draft_shift_json(c->call, op, now, error) : json_null();
        ok = before != NULL && after != NULL;
        json_array_append_new(list, json_pack("{s:o?, s:o?}", "before", before, "after", after));
    }
    if (ok)
        return list;
    json_decref(list);
    return NULL;
}

static bool cost_known(const struct check_report *report, const struct check_cost *cost)
{
    for (int k = 0; k < report->n_costs; k++) {
        const struct check_cost *other = &report->costs[k];
        if (other->kind == cost->kind && other->agent == cost->agent && other->site == cost->site &&
            other->ts == cost->ts && other->cost >= cost->cost - 1e-9 * fabs(cost->cost))
            return true;
    }
    return false;
}

/* Penalties of `of` that `in` does not have, or less of. */
static void add_costs(const struct changing *c, const struct check_report *of, const struct check_report *in,
                      json_t *list)
{
    for (int k = 0; k < of->n_costs; k++)
        if (!cost_known(in, &of->costs[k]))
            json_array_append_new(list,
                                  check_cost_json(c->call, c->before->problem->operation, &of->costs[k]));
}

/* {hard, soft, new, gone}: how many there are by now; what came and went with this edit. */
static json_t *violations_change_json(const struct changing *c)
{
    const struct operation *op = c->before->problem->operation;
    const struct check_report *was = roster_view_report(c->before), *is = roster_view_report(c->after);
    g_autofree bool *gone = g_new0(bool, (gsize)was->n_violations + 1);
    json_t *came = json_array(), *went = json_array();
    edited_new_violations(is, was, gone);
    for (int k = 0; k < is->n_violations; k++)
        if (c->fresh[k])
            json_array_append_new(came, violation_json(c->call, op, &is->violations[k]));
    for (int k = 0; k < was->n_violations; k++)
        if (gone[k])
            json_array_append_new(went, violation_json(c->call, op, &was->violations[k]));
    add_costs(c, is, was, came);
    add_costs(c, was, is, went);
    return json_pack("{s:i, s:i, s:o, s:o}", "hard", is->n_violations, "soft", is->n_costs, "new", came,
                     "gone", went);
}

/* The intervals of a queue from the first that changed to the last. */
static json_t *coverage_change_json(const struct changing *c, int queue)
{
    const struct demand *demand = &c->before->problem->demand;
    const struct queue *q = &c->before->problem->operation->queues[queue];
    const struct zone *zone = api_zone(c->call, q->zone, NULL);
    size_t at = DEMAND_CELL(demand, queue, 0);
    const double *was = c->before->now->staffed + at, *is = c->after->now->staffed + at;
    int32_t from = 0, to = demand->grid.n;
    while (from < to && was[from] == is[from])
        from++;
    while (to > from && was[to - 1] == is[to - 1])
        to--;
    return json_pack("{s:s, s:s, s:o, s:i, s:o, s:o, s:o}", "queue", q->id, "zone", q->zone, "start",
                     api_json_instant(grid_ts(&demand->grid, from), zone), "interval_minutes",
                     demand->grid.interval_s / 60, "required", reals_json(demand->need + at, from, to - from),
                     "before", reals_json(was, from, to - from), "after", reals_json(is, from, to - from));
}

static json_t *periods_change_json(const struct changing *c, int queue, const struct zone *zone)
{
    const struct grid *grid = &c->before->problem->demand.grid;
    g_autofree int32_t *first = NULL;
    int n = contract_periods(c->before, queue, &first);
    json_t *list = json_array();
    for (int k = 0; k < n; k++) {
        double was = expected_level(c->before, queue, first[k], first[k + 1]);
        double is = expected_level(c->after, queue, first[k], first[k + 1]);
        json_array_append_new(list, json_pack("{s:o, s:o, s:o, s:o}", "from",
                                              api_json_instant(grid_ts(grid, first[k]), zone), "to",
                                              api_json_instant(grid_ts(grid, first[k + 1]), zone), "before",
                                              api_json_finite(was), "after", api_json_finite(is)));
    }
    return list;
}

static json_t *sla_change_json(const struct changing *c, int queue)
{
    const struct queue *q = &c->before->problem->operation->queues[queue];
    const struct zone *zone = api_zone(c->call, q->zone, NULL);
    int32_t n = c->before->problem->demand.grid.n;
    return json_pack("{s:s, s:o, s:o, s:o, s:o}", "queue", q->id, "target", api_json_finite(q->sla.target),
                     "before", api_json_finite(expected_level(c->before, queue, 0, n)), "after",
                     api_json_finite(expected_level(c->after, queue, 0, n)), "periods",
                     periods_change_json(c, queue, zone));
}

/* Expected level of all queues of a client together; *target of their targets. NAN when nothing counts. */
static double client_level(const struct roster_view *view, int client, double *target)
{
    const struct operation *op = view->problem->operation;
    int32_t n = view->problem->demand.grid.n;
    double in_time = 0, counted = 0, wanted = 0;
    for (int q = 0; q < op->n_queues; q++) {
        double all = 0, level = op->queues[q].client == client ? expected_sum(view, q, 0, n, &all) : 0;
        in_time += level;
        counted += all;
        wanted += all * op->queues[q].sla.target;
    }
    *target = counted > 0 ? wanted / counted : NAN;
    return counted > 0 ? in_time / counted : NAN;
}

/* Of the clients whose queues change. */
static json_t *clients_change_json(const struct changing *c)
{
    const struct operation *op = c->before->problem->operation;
    json_t *list = json_array();
    for (int client = 0; client < op->n_clients; client++) {
        bool touched = false;
        for (int q = 0; q < op->n_queues; q++)
            touched = touched || (c->changed[q] && op->queues[q].client == client);
        if (!touched)
            continue;
        double target, before = client_level(c->before, client, &target);
        double after = client_level(c->after, client, &target);
        json_array_append_new(list, json_pack("{s:s, s:o, s:o, s:o}", "client", op->clients[client].id,
                                              "target", api_json_finite(target), "before",
                                              api_json_finite(before), "after", api_json_finite(after)));
    }
    return list;
}

static json_t *costs_change_json(const struct changing *c)
{
    const struct plan_solution *now = c->after->now;
    double gap = now->objective != 0 ? (now->objective - now->bound) / now->objective : 0;
    return json_pack("{s:s, s:o, s:o, s:o, s:o}", "currency", c->before->problem->operation->currency,
                     "before", cost_json(c->before->now, roster_view_report(c->before)), "after",
                     cost_json(now, roster_view_report(c->after)), "bound", api_json_finite(now->bound),
                     "gap", api_json_finite(gap));
}

static json_t *change_json(const struct changing *c, bool stored, bool allowed, GError **error)
{
    const struct operation *op = c->before->problem->operation;
    json_t *shifts = shifts_json(c, error);
    json_t *inverse = roster_operations_inverse(c->call, op, c->was, c->n_was, c->became, c->n_became,
                                                shifts != NULL ? error : NULL);
    if (shifts == NULL || inverse == NULL) {
        json_decref(shifts);
        json_decref(inverse);
        return NULL;
    }
    json_t *coverage = json_array(), *sla = json_array();
    for (int q = 0; q < op->n_queues; q++)
        if (c->changed[q]) {
            json_array_append_new(coverage, coverage_change_json(c, q));
            json_array_append_new(sla, sla_change_json(c, q));
        }
    return json_pack("{s:I, s:o, s:b, s:b, s:o, s:o, s:o, s:o, s:o, s:o, s:{s:o}}", "roster",
                     (json_int_t)c->before->id, "edit",
                     stored ? json_integer(c->after->mark.edits) : json_null(), "dry_run", (int)!stored,
                     "allowed", (int)allowed, "shifts", shifts, "violations", violations_change_json(c),
                     "cost", costs_change_json(c), "coverage", coverage, "sla", sla, "clients",
                     clients_change_json(c), "inverse", "operations", inverse);
}

/* --- making it
 * ------------------------------------------------------------------------------------------------- */

/* May it be stored? New hard violations only when they are allowed and a draft can have them at all. */
static bool may_be_stored(const struct changing *c, bool allow)
{
    const struct check_report *is = roster_view_report(c->after);
    for (int k = 0; k < is->n_violations; k++)
        if (c->fresh[k] && (!allow || !edited_may_stand(is->violations[k].rule)))
            return false;
    return true;
}

static bool refuse(const struct changing *c, bool allow, GError **error)
{
    const struct check_report *is = roster_view_report(c->after);
    const struct violation *first = NULL;
    json_t *list = json_array();
    for (int k = 0; k < is->n_violations; k++) {
        if (!c->fresh[k])
            continue;
        if (first == NULL || (allow && edited_may_stand(first->rule)))
            first = &is->violations[k];
        json_array_append_new(list,
                              violation_json(c->call, c->before->problem->operation, &is->violations[k]));
    }
    json_decref(c->call->problem_extra);
    c->call->problem_extra = json_pack("{s:o}", "violations", list);
    return wfm_fail(error, WFM_ERROR_VIOLATION, "the edit breaks %d rule%s%s and is not kept; first: %s",
                    c->n_fresh, c->n_fresh == 1 ? "" : "s",
                    allow ? ", one of which no roster may break," : "", first->message);
}

static bool keep(struct changing *c, const struct roster_operations *operations, const char *text, int undoes,
                 GError **error)
{
    struct roster_edit edit = {.mark = c->before->mark,
                               .was = c->was,
                               .n_was = c->n_was,
                               .became = c->became,
                               .n_became = c->n_became,
                               .solution = c->after->now,
                               .expected = &c->after->expected,
                               .queues = c->changed,
                               .violations = roster_view_report(c->after)->n_violations,
                               .operations_json = text,
                               .note = operations->note,
                               .undoes = undoes};
    /* Work is done without the lock. What If-Match was compared with may have changed before the draft was
       loaded; what changes it afterwards the store finds. */
    if (!store_change_lock(c->call->store, LOCK_ROSTER, 0, error) || !api_preconditions(c->call, error) ||
        !store_roster_edit(c->call->store, c->before->problem, c->before->id, &edit, c->call->actor, error))
        return false;
    c->after->mark = edit.mark;
    /* new shifts have their ids now */
    for (int i = 0; i < c->n_became; i++)
        for (int k = 0; k < c->after->n; k++)
            if (c->after->shifts[k].id == 0 &&
                edited_same(&c->after->shifts[k].shift, 1, &c->became[i].shift, 1))
                c->after->shifts[k].id = c->became[i].id;
    roster_cache_put(c->call->rosters, c->after);
    return true;
}

/* Takes view and shifts. Answers 201 with the edit, 200 with a preview, 409 with the violations. */
static bool make(struct api_call *call, const struct roster_operations *operations, struct roster_view *view,
                 struct draft_shift *shifts, int n, int undoes, GError **error)
{
    struct changing c;
    int64_t id = view->id;
    g_autofree char *text = json_dumps(operations->json, JSON_COMPACT);
    bool ok = change(&c, call, view, shifts, n, error);
    bool allowed = ok && may_be_stored(&c, operations->allow_violations);
    if (ok && !operations->dry_run)
        ok = allowed ? keep(&c, operations, text, undoes, error)
                     : refuse(&c, operations->allow_violations, error);
    json_t *json = ok ? change_json(&c, !operations->dry_run, allowed, error) : NULL;
    int edit = c.after != NULL ? c.after->mark.edits : 0;
    changing_clear(&c);
    if (json == NULL || !api_reply_json(call, operations->dry_run ? 200 : 201, json))
        return false;
    if (!operations->dry_run)
        call->response.location = g_strdup_printf("/v1/rosters/%" G_GINT64_FORMAT "/edits/%d", id, edit);
    return true;
}

/* The draft as it is now; WFM_ERROR_CONFLICT when people have seen it. */
static struct roster_view *draft_of(struct api_call *call, GError **error)
{
    int64_t id;
    if (!path_number(call, 0, "roster", &id, error))
        return NULL;
    AUTO(roster_view) view = roster_cache_get(call->rosters, call->store, id, error);
    if (view == NULL)
        return NULL;
    if (strcmp(view->mark.state, "draft") != 0) {
        wfm_fail(error, WFM_ERROR_CONFLICT,
                 "roster %" G_GINT64_FORMAT " is %s; copy it into a draft (POST /v1/rosters/%" G_GINT64_FORMAT
                 "/copy) and change that",
                 id, view->mark.state, id);
        return NULL;
    }
    return g_steal_pointer(&view);
}

bool roster_edit_make(struct api_call *call, GError **error)
{
    struct roster_operations operations = {.n = 0};
    AUTO(roster_view) view = draft_of(call, error);
    struct draft_shift *shifts = NULL;
    int n = 0;
    bool ok = view != NULL && roster_operations_read(call, &operations, error) &&
              roster_operations_apply(call, &operations, view, &shifts, &n, error) &&
              make(call, &operations, g_steal_pointer(&view), shifts, n, 0, error);
    roster_operations_clear(&operations);
    return ok;
}

/* --- edits that were made
 * ------------------------------------------------------------------------------------------ */

static json_t *edit_shifts_json(struct api_call *call, const struct operation *op,
                                const struct draft_shift *shifts, int n)
{
    json_t *list = json_array();
    for (int i = 0; i < n; i++) {
        json_t *shift = draft_shift_json(call, op, &shifts[i], NULL);
        if (shift != NULL)
            json_array_append_new(list, shift);
    }
    return list;
}

static json_t *edit_row_json(struct api_call *call, const struct operation *op,
                             const struct roster_edit_row *row)
{
    const struct zone *zone = api_zone(call, op->zone, NULL);
    json_t *operations = json_loads(row->operations_json, 0, NULL);
    return json_pack("{s:i, s:o, s:s, s:o, s:o, s:i, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "edit", row->number,
                     "made", api_json_instant(row->made_ts, zone), "made_by", row->made_by, "note",
                     api_json_text(row->note), "undoes",
                     row->undoes > 0 ? json_integer(row->undoes) : json_null(), "violations", row->violations,
                     "pay", api_json_finite(row->pay), "shortage", api_json_finite(row->shortage), "penalty",
                     api_json_finite(row->penalty), "objective", api_json_finite(row->objective),
                     "operations", operations, "was", edit_shifts_json(call, op, row->was, row->n_was),
                     "became", edit_shifts_json(call, op, row->became, row->n_became));
}

bool roster_edits(struct api_call *call, GError **error)
{
    int64_t id, before = 0;
    if (!path_number(call, 0, "roster", &id, error))
        return false;
    if (call->query.after != NULL &&
        (!int64_parse(call->query.after, &before) || before < 1 || before > INT32_MAX)) {
        call->query.wrong = g_strdup("after");
        return wfm_fail(error, WFM_ERROR_INPUT, "parameter after: take it from the `next` of a page");
    }
    AUTO(roster_view) view = roster_cache_get(call->rosters, call->store, id, error);
    struct roster_edit_row *rows = NULL;
    int n = 0, limit = call->query.limit;
    if (view == NULL || !store_roster_edits(call->store, view->problem->operation, id, (int)before, limit + 1,
                                            &rows, &n, error))
        return false;
    json_t *list = json_array(), *next = json_null();
    for (int k = 0; k < MIN(n, limit); k++)
        json_array_append_new(list, edit_row_json(call, view->problem->operation, &rows[k]));
    if (n > limit) {
        g_autofree char *path = g_strdup_printf("/v1/rosters/%" G_GINT64_FORMAT "/edits", id);
        g_autofree char *cursor = g_strdup_printf("%d", rows[limit - 1].number);
        next = next_link(call, path, cursor);
    }
    roster_edit_rows_free(rows, n);
    return api_reply_json(
        call, 200, json_pack("{s:I, s:o, s:o}", "roster", (json_int_t)id, "edits", list, "next", next));
}

/* The edit of the path, of this roster; *rows: *n, 1. */
static bool one_edit(struct api_call *call, const struct roster_view *view, struct roster_edit_row **rows,
                     int *n, GError **error)
{
    int64_t number;
    if (!path_number(call, 1, "edit", &number, error))
        return false;
    if (number < INT32_MAX && !store_roster_edits(call->store, view->problem->operation, view->id,
                                                  (int)number + 1, 1, rows, n, error))
        return false;
    if (*n == 1 && (*rows)[0].number == number)
        return true;
    roster_edit_rows_free(*rows, *n);
    *rows = NULL;
    return wfm_fail(error, WFM_ERROR_NOT_FOUND, "roster %" G_GINT64_FORMAT " has no edit %" G_GINT64_FORMAT,
                    view->id, number);
}

bool roster_edit_get(struct api_call *call, GError **error)
{
    int64_t id;
    struct roster_edit_row *rows = NULL;
    int n = 0;
    if (!path_number(call, 0, "roster", &id, error))
        return false;
    AUTO(roster_view) view = roster_cache_get(call->rosters, call->store, id, error);
    if (view == NULL || !one_edit(call, view, &rows, &n, error))
        return false;
    json_t *json = edit_row_json(call, view->problem->operation, rows);
    roster_edit_rows_free(rows, n);
    return api_reply_json(call, 200, json);
}

/* The shifts with those an edit touched as they were before it; g_free. WFM_ERROR_CONFLICT when one of them
   has changed since. */
static struct draft_shift *without(const struct roster_view *view, const struct roster_edit_row *edit, int *n,
                                   GError **error)
{
    g_autofree struct draft_shift *shifts = g_new0(struct draft_shift, (gsize)(view->n + edit->n_was) + 1);
    int found = 0;
    *n = 0;
    for (int i = 0; i < view->n; i++) {
        bool touched = false;
        for (int k = 0; k < edit->n_became && !touched; k++)
            touched = same_draft(&view->shifts[i], &edit->became[k]);
        found += touched;
        if (!touched)
            shifts[(*n)++] = view->shifts[i];
    }
    for (int i = 0; i < *n && found == edit->n_became; i++)
        for (int k = 0; k < edit->n_was; k++)
            if (shifts[i].id == edit->was[k].id)
                found = -1;
    if (found != edit->n_became) {
        wfm_fail(error, WFM_ERROR_CONFLICT,
                 "shifts of edit %d have been changed since; undo the later edits first, or change them anew",
                 edit->number);
        return NULL;
    }
    memcpy(shifts + *n, edit->was, (size_t)edit->n_was * sizeof *shifts);
    *n += edit->n_was;
    return g_steal_pointer(&shifts);
}

bool roster_edit_undo(struct api_call *call, GError **error)
{
    struct roster_edit_row *rows = NULL;
    int n = 0, n_shifts = 0;
    bool ok = false;
    AUTO(roster_view) view = draft_of(call, error);
    struct roster_operations operations = {.n = 0};
    if (view == NULL || !roster_undo_read(call, &operations, error) ||
        !one_edit(call, view, &rows, &n, error)) {
        roster_operations_clear(&operations);
        return false;
    }
    struct draft_shift *shifts = without(view, rows, &n_shifts, error);
    operations.json = json_pack("[{s:s, s:i}]", "op", "undo", "edit", rows->number);
    if (shifts != NULL)
        ok = make(call, &operations, g_steal_pointer(&view), shifts, n_shifts, rows->number, error);
    roster_operations_clear(&operations);
    roster_edit_rows_free(rows, n);
    return ok;
}
