#include <math.h>
#include <string.h>

#include "api/live.h"
#include "api/resources.h"
#include "api/roster_json.h"
#include "core/error.h"
#include "core/week.h"
#include "scheduler/roster/changes.h"

#define STAFFED_SAME 1e-6 /* agents who are counted in another order differ in the last bits */

/* What a roster holds against its rules, its requirement and another roster. */

struct roster_view *roster_of_path(struct api_call *call, GError **error)
{
    int64_t id;
    return path_number(call, 0, "roster", &id, error)
               ? roster_cache_get(call->rosters, call->store, id, error)
               : NULL;
}

/* The queue of the query, -1 for all. */
bool roster_queue_asked(struct api_call *call, const struct roster_view *view, int *queue, GError **error)
{
    const char *id = query_text(&call->query, "queue");
    *queue = id != NULL ? operation_queue(view->problem->operation, id) : -1;
    return id == NULL || *queue >= 0 ||
           wfm_fail(error, WFM_ERROR_NOT_FOUND, "the roster has no queue \"%s\"", id);
}

/* --- violations
 * ------------------------------------------------------------------------------------------------ */

static json_t *violations_json(struct api_call *call, const struct roster_view *view,
                               const struct check_report *report, int agent)
{
    const struct operation *op = view->problem->operation;
    json_t *list = json_array();
    for (int k = 0; k < report->n_violations; k++)
        if (agent < 0 || report->violations[k].agent == agent)
            json_array_append_new(list, violation_json(call, op, &report->violations[k]));
    for (int k = 0; k < report->n_costs; k++)
        if (agent < 0 || report->costs[k].agent == agent)
            json_array_append_new(list, check_cost_json(call, op, &report->costs[k]));
    return list;
}

bool roster_violations(struct api_call *call, GError **error)
{
    AUTO(roster_view) view = roster_of_path(call, error);
    if (view == NULL)
        return false;
    const struct operation *op = view->problem->operation;
    const char *id = query_text(&call->query, "agent");
    int agent = id != NULL ? operation_agent(op, id) : -1;
    if (id != NULL && agent < 0)
        return wfm_fail(error, WFM_ERROR_NOT_FOUND, "the roster has no agent \"%s\"", id);
    const struct check_report *report = roster_view_report(view);
    json_t *json = json_pack("{s:I, s:i, s:i, s:i, s:s, s:o, s:o}", "roster", (json_int_t)view->id, "edit",
                             view->mark.edits, "hard", report->n_violations, "soft", report->n_costs,
                             "currency", op->currency, "cost", cost_json(view->now, report), "violations",
                             violations_json(call, view, report, agent));
    return api_reply_json(call, 200, json);
}

/* Everything once more, claims and bound included. */
bool roster_verify(struct api_call *call, GError **error)
{
    if (!body_empty(call, error))
        return false;
    AUTO(roster_view) view = roster_of_path(call, error);
    if (view == NULL)
        return false;
    struct check_report report = {0};
    bool clean = roster_check(view->problem, view->now, &report);
    json_t *json = json_pack(
        "{s:I, s:i, s:b, s:i, s:i, s:i, s:s, s:o, s:o, s:o}", "roster", (json_int_t)view->id, "edit",
        view->mark.edits, "clean", (int)clean, "shifts", report.n_shifts, "hard", report.n_violations, "soft",
        report.n_costs, "currency", view->problem->operation->currency, "cost", cost_json(view->now, &report),
        "bound", api_json_finite(view->now->bound), "violations", violations_json(call, view, &report, -1));
    check_report_clear(&report);
    return api_reply_json(call, 200, json);
}

/* --- coverage
 * -------------------------------------------------------------------------------------------------- */

static json_t *queue_coverage_json(const struct roster_view *view, int queue)
{
    const struct operation *op = view->problem->operation;
    const struct demand *demand = &view->problem->demand;
    const struct queue *q = &op->queues[queue];
    size_t at = DEMAND_CELL(demand, queue, 0);
    const double *required = demand->need + at, *staffed = view->now->staffed + at;
    json_t *net = json_array(), *level = json_array();
    for (int32_t iv = 0; iv < demand->grid.n; iv++) {
        json_array_append_new(net, api_json_finite(staffed[iv] - required[iv]));
        json_array_append_new(level, api_json_finite(expected_level(view, queue, iv, iv + 1)));
    }
    return json_pack("{s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o}", "queue", q->id, "client",
                     op->clients[q->client].id, "zone", q->zone, "target", api_json_finite(q->sla.target),
                     "required", reals_json(required, 0, demand->grid.n), "staffed",
                     reals_json(staffed, 0, demand->grid.n), "net", net, "offered",
                     reals_json(view->expected.offered + at, 0, demand->grid.n), "expected_sl", level);
}

/* What swaps and time off have made of it since it was published. */
static void put_live(json_t *json, const struct roster_view *view, const struct roster_view *live, int queue)
{
    const struct demand *demand = &view->problem->demand;
    size_t at = DEMAND_CELL(demand, queue, 0);
    const double *staffed = live->now->staffed + at, *was = view->now->staffed + at;
    bool same = true;
    for (int32_t iv = 0; same && iv < demand->grid.n; iv++)
        same = fabs(staffed[iv] - was[iv]) < STAFFED_SAME;
    if (same)
        return;
    json_t *level = json_array();
    for (int32_t iv = 0; iv < demand->grid.n; iv++)
        json_array_append_new(level, api_json_finite(expected_level(live, queue, iv, iv + 1)));
    json_object_set_new(json, "staffed_now", reals_json(staffed, 0, demand->grid.n));
    json_object_set_new(json, "expected_sl_now", level);
}

bool roster_coverage(struct api_call *call, GError **error)
{
    int queue;
    AUTO(roster_view) view = roster_of_path(call, error);
    AUTO(roster_view) live = NULL;
    if (view == NULL || !roster_queue_asked(call, view, &queue, error) ||
        !live_view(call, view, &live, error))
        return false;
    const struct operation *op = view->problem->operation;
    const struct grid *grid = &view->problem->demand.grid;
    const struct zone *zone = api_zone(call, op->zone, error);
    if (zone == NULL)
        return false;
    json_t *queues = json_array();
    for (int q = 0; q < op->n_queues; q++) {
        if (queue >= 0 && q != queue)
            continue;
        json_t *json = queue_coverage_json(view, q);
        if (live != NULL)
            put_live(json, view, live, q);
        json_array_append_new(queues, json);
    }
    return api_reply_json(call, 200,
                          json_pack("{s:I, s:i, s:s, s:o, s:i, s:i, s:o}", "roster", (json_int_t)view->id,
                                    "edit", view->mark.edits, "zone", op->zone, "start",
                                    api_json_instant(grid->start_ts, zone), "interval_minutes",
                                    grid->interval_s / 60, "intervals", grid->n, "queues", queues));
}

/* --- what differs
 * ---------------------------------------------------------------------------------------------- */

/* The other roster's shifts with this one's agents and templates; those of agents this one does not have are
   left out (*unknown of them). g_free. */
static struct shift *translate(const struct roster_view *from, const struct operation *to, int *n,
                               int *unknown)
{
    const struct operation *op = from->problem->operation;
    struct shift *shifts = g_new0(struct shift, (gsize)from->n + 1);
    *n = *unknown = 0;
    for (int i = 0; i < from->n; i++) {
        struct shift shift = from->shifts[i].shift;
        shift.agent = operation_agent(to, op->agents[shift.agent].id);
        if (shift.tmpl >= 0)
            shift.tmpl = operation_template(to, op->templates[shift.tmpl].id);
        if (shift.agent >= 0)
            shifts[(*n)++] = shift;
        *unknown += shift.agent < 0;
    }
    qsort(shifts, (size_t)*n, sizeof *shifts, shift_compare);
    return shifts;
}

static const char *const change_words[] = {[CHANGE_BREAKS] = "activities",
                                           [CHANGE_MOVED] = "moved",
                                           [CHANGE_GONE] = "removed",
                                           [CHANGE_NEW] = "added"};

static json_t *one_change_json(struct api_call *call, const struct operation *op,
                               const struct shift_change *change, GError **error)
{
    const struct draft_shift was = {.shift = change->before != NULL ? *change->before : (struct shift){0}};
    const struct draft_shift is = {.shift = change->after != NULL ? *change->after : (struct shift){0}};
    g_autofree char *day = day_format(change->day);
    json_t *before = change->before != NULL ? draft_shift_json(call, op, &was, error) : json_null();
    json_t *after =
        change->after != NULL && before != NULL ? draft_shift_json(call, op, &is, error) : json_null();
    if (before != NULL && after != NULL)
        return json_pack("{s:s, s:s, s:o, s:o}", "change", change_words[change->kind], "day", day, "before",
                         before, "after", after);
    json_decref(before);
    json_decref(after);
    return NULL;
}

/* By agent: [{agent, agent_name, site, hours_before, hours_after, changes}]. NULL on failure. */
static json_t *agents_diff_json(struct api_call *call, const struct operation *op,
                                const struct shift_change *changes, int n, const struct shift *was, int n_was,
                                const struct shift *is, int n_is, GError **error)
{
    json_t *list = json_array(), *own = NULL;
    for (int i = 0; i < n; i++) {
        const struct agent *agent = &op->agents[changes[i].agent];
        if (i == 0 || changes[i].agent != changes[i - 1].agent) {
            own = json_array();
            json_array_append_new(
                list, json_pack("{s:s, s:o, s:s, s:f, s:f, s:o}", "agent", agent->id, "agent_name",
                                api_json_text(agent->name), "site", op->sites[agent->site].id, "hours_before",
                                shifts_paid_hours(was, n_was, changes[i].agent), "hours_after",
                                shifts_paid_hours(is, n_is, changes[i].agent), "changes", own));
        }
        json_t *change = one_change_json(call, op, &changes[i], error);
        if (change == NULL || json_array_append_new(own, change) != 0) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

static double staffed_hours(const struct roster_view *view, int queue)
{
    const struct demand *demand = &view->problem->demand;
    double hours = 0;
    for (int32_t iv = 0; iv < demand->grid.n; iv++)
        hours += view->now->staffed[DEMAND_CELL(demand, queue, iv)] * demand->grid.interval_s / 3600.0;
    return hours;
}

static json_t *queues_diff_json(const struct roster_view *was, const struct roster_view *is)
{
    const struct operation *op = is->problem->operation;
    json_t *list = json_array();
    for (int q = 0; q < op->n_queues; q++) {
        int old = operation_queue(was->problem->operation, op->queues[q].id);
        double before = old >= 0 ? expected_level(was, old, 0, was->problem->demand.grid.n) : NAN;
        json_array_append_new(
            list, json_pack("{s:s, s:o, s:o, s:o, s:o, s:o}", "queue", op->queues[q].id, "target",
                            api_json_finite(op->queues[q].sla.target), "staffed_hours_before",
                            api_json_finite(old >= 0 ? staffed_hours(was, old) : NAN), "staffed_hours_after",
                            api_json_finite(staffed_hours(is, q)), "expected_sl_before",
                            api_json_finite(before), "expected_sl_after",
                            api_json_finite(expected_level(is, q, 0, is->problem->demand.grid.n))));
    }
    return list;
}

static json_t *figures_json(const struct roster_view *view)
{
    const struct plan_solution *s = view->now;
    return json_pack("{s:I, s:o, s:o, s:o, s:o}", "roster", (json_int_t)view->id, "pay",
                     api_json_finite(s->pay), "shortage", api_json_finite(s->shortage), "penalty",
                     api_json_finite(s->penalty), "objective", api_json_finite(s->objective));
}

/* The roster to compare with: ?against=, else the published one of the same weeks. */
static struct roster_view *against(struct api_call *call, const struct roster_view *view, GError **error)
{
    const char *text = query_text(&call->query, "against");
    int64_t id = 0;
    if (text != NULL)
        int64_parse(text, &id);
    else if (!store_roster_find(call->store, view->problem->first_day, "published", &id, error)) {
        g_prefix_error(error, "nothing to compare with (give ?against=): ");
        return NULL;
    }
    AUTO(roster_view) other = roster_cache_get(call->rosters, call->store, id, error);
    if (other == NULL)
        return NULL;
    if (other->problem->first_day == view->problem->first_day &&
        other->problem->n_weeks == view->problem->n_weeks)
        return g_steal_pointer(&other);
    call->query.wrong = g_strdup("against");
    wfm_fail(error, WFM_ERROR_INPUT,
             "roster %" G_GINT64_FORMAT " is of other weeks than roster %" G_GINT64_FORMAT, id, view->id);
    return NULL;
}

bool roster_diff(struct api_call *call, GError **error)
{
    AUTO(roster_view) view = roster_of_path(call, error);
    AUTO(roster_view) other = view != NULL ? against(call, view, error) : NULL;
    if (other == NULL)
        return false;
    const struct operation *op = view->problem->operation;
    int n_was = 0, unknown = 0, counts[CHANGE_N] = {0};
    g_autofree struct shift *was = translate(other, op, &n_was, &unknown);
    g_autofree struct shift_change *changes = NULL;
    int n = roster_changes(view->problem, was, n_was, view->now->shifts, view->now->n_shifts, &changes);
    for (int i = 0; i < n; i++)
        counts[changes[i].kind]++;
    json_t *agents =
        agents_diff_json(call, op, changes, n, was, n_was, view->now->shifts, view->now->n_shifts, error);
    if (agents == NULL)
        return false;
    json_t *json =
        json_pack("{s:I, s:I, s:s, s:o, s:o, s:{s:i, s:i, s:i, s:i, s:i}, s:f, s:f, s:o, s:o}", "roster",
                  (json_int_t)view->id, "against", (json_int_t)other->id, "currency", op->currency, "before",
                  figures_json(other), "after", figures_json(view), "changes", "added", counts[CHANGE_NEW],
                  "removed", counts[CHANGE_GONE] + unknown, "moved", counts[CHANGE_MOVED], "activities",
                  counts[CHANGE_BREAKS], "agents_gone", unknown, "hours_before",
                  shifts_paid_hours(other->now->shifts, other->now->n_shifts, -1), "hours_after",
                  shifts_paid_hours(view->now->shifts, view->now->n_shifts, -1), "queues",
                  queues_diff_json(other, view), "agents", agents);
    return api_reply_json(call, 200, json);
}

/* --- copy and removal
 * ------------------------------------------------------------------------------------------ */

bool roster_copy(struct api_call *call, GError **error)
{
    int64_t id, copy;
    if (!path_number(call, 0, "roster", &id, error) || !body_empty(call, error) ||
        !store_roster_copy(call->store, id, call->actor, &copy, error) ||
        !reply_roster(call, 201, copy, error))
        return false;
    call->response.location = g_strdup_printf("/v1/rosters/%" G_GINT64_FORMAT, copy);
    return true;
}

bool roster_delete(struct api_call *call, GError **error)
{
    int64_t id;
    return path_number(call, 0, "roster", &id, error) &&
           store_roster_delete(call->store, id, call->actor, error) && api_reply_nothing(call);
}
