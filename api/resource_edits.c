#include <math.h>
#include <string.h>

#include "api/changing.h"
#include "api/perform.h"
#include "api/resources.h"
#include "api/roster_json.h"
#include "api/roster_operations.h"
#include "core/error.h"

/* Drafts changed by hand. */

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
    bool ok = changing_count(&c, call, view, shifts, n, error);
    bool allowed = ok && may_be_stored(&c, operations->allow_violations);
    if (ok && !operations->dry_run)
        ok = allowed ? keep(&c, operations, text, undoes, error)
                     : refuse(&c, operations->allow_violations, error);
    json_t *json = ok ? changing_json(&c, !operations->dry_run, allowed, error) : NULL;
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
            touched = draft_shift_same(&view->shifts[i], &edit->became[k]);
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
