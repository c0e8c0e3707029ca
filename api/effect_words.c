#include <math.h>
#include <string.h>

#include "api/effect.h"
#include "core/error.h"
#include "core/week.h"

#define INTERVALS_SHOWN 2000
#define CHANGED 1e-6

/* --- staffing
 * ---------------------------------------------------------------------------------------------------- */

static bool changed(const struct effect *e, size_t cell)
{
    return fabs(e->after->solution->staffed[cell] - e->before->solution->staffed[cell]) > CHANGED;
}

static json_t *queue_json(const struct effect *e, int queue, const struct zone *zone, int *left)
{
    const struct demand *demand = &e->standing.problem->demand;
    const struct operation *op = e->standing.problem->operation;
    double hours = 0, worst_before = INFINITY, worst_after = INFINITY,
           per_h = 3600.0 / demand->grid.interval_s;
    json_t *intervals = json_array();
    for (int32_t iv = 0; iv < demand->grid.n; iv++) {
        size_t cell = DEMAND_CELL(demand, queue, iv);
        if (!changed(e, cell))
            continue;
        double before = e->before->solution->staffed[cell], after = e->after->solution->staffed[cell];
        hours += (after - before) / per_h;
        worst_before = fmin(worst_before, before - demand->need[cell]);
        worst_after = fmin(worst_after, after - demand->need[cell]);
        if (--*left >= 0)
            json_array_append_new(intervals,
                                  json_pack("{s:o, s:f, s:f, s:f}", "start",
                                            api_json_instant(grid_ts(&demand->grid, iv), zone), "required",
                                            demand->need[cell], "before", before, "after", after));
    }
    if (json_array_size(intervals) == 0) {
        json_decref(intervals);
        return NULL;
    }
    return json_pack("{s:s, s:f, s:f, s:f, s:o}", "queue", op->queues[queue].id, "hours_change", hours,
                     "least_net_before", worst_before, "least_net_after", worst_after, "intervals",
                     intervals);
}

static json_t *staffing_json(const struct effect *e, const struct zone *zone)
{
    json_t *queues = json_array();
    int left = INTERVALS_SHOWN;
    for (int q = 0; q < e->standing.problem->demand.n_queues; q++) {
        json_t *queue = queue_json(e, q, zone, &left);
        if (queue != NULL)
            json_array_append_new(queues, queue);
    }
    return queues;
}

static json_t *violations_json(const struct effect *e)
{
    json_t *list = json_array();
    for (int k = 0; k < e->after->report.n_violations; k++)
        if (e->new_of[k])
            json_array_append_new(list, json_pack("{s:s, s:s}", "rule",
                                                  violation_key(e->after->report.violations[k].rule),
                                                  "message", e->after->report.violations[k].message));
    return list;
}

static json_t *effect_json(const struct effect *e, const struct zone *zone)
{
    const struct plan_problem *problem = e->standing.problem;
    const struct plan_solution *before = e->before->solution, *after = e->after->solution;
    g_autofree char *week = week_format(problem->first_day);
    return json_pack("{s:I, s:s, s:s, s:i, s:o, s:o, s:f, s:f, s:f, s:f, s:s}", "roster",
                     (json_int_t)e->standing.roster, "state", e->standing.published ? "published" : "draft",
                     "week", week, "weeks", problem->n_weeks, "violations", violations_json(e), "staffing",
                     staffing_json(e, zone), "shortage_before", before->shortage, "shortage_after",
                     after->shortage, "cost_before", before->pay + before->penalty, "cost_after",
                     after->pay + after->penalty, "currency", problem->operation->currency);
}

/* --- time off
 * ---------------------------------------------------------------------------------------------------- */

bool effect_time_off_least(struct api_call *call, const struct time_off_request *r, double *least,
                           int64_t *ts, GError **error)
{
    g_autofree int64_t *ids = NULL;
    int n = 0;
    *least = INFINITY;
    bool ok = store_rosters_of(call->store, r->start_ts, r->end_ts, &ids, &n, error);
    for (int k = 0; k < n && ok; k++) {
        struct effect e;
        ok = effect_of_time_off(call->store, ids[k], r, &e, error);
        const struct demand *demand = ok ? &e.standing.problem->demand : NULL;
        for (int q = 0; ok && q < demand->n_queues; q++)
            for (int32_t iv = 0; iv < demand->grid.n; iv++) {
                size_t cell = DEMAND_CELL(demand, q, iv);
                double net = e.after->solution->staffed[cell] - demand->need[cell];
                if (e.after->solution->staffed[cell] < e.before->solution->staffed[cell] - CHANGED &&
                    net < *least) {
                    *least = net;
                    *ts = grid_ts(&demand->grid, iv);
                }
            }
        effect_clear(&e);
    }
    return ok;
}

/* Those of the agent that fall. */
static json_t *fallen_json(const struct effect *e, const struct time_off_request *r, const struct zone *zone)
{
    const struct plan_solution *before = e->before->solution;
    int agent = operation_agent(e->standing.problem->operation, r->agent);
    json_t *list = json_array();
    for (int i = 0; i < before->n_shifts; i++) {
        const struct shift *shift = &before->shifts[i];
        if (shift->agent == agent && shift->start_ts < r->end_ts && shift->end_ts > r->start_ts)
            json_array_append_new(list, json_pack("{s:o, s:o, s:i}", "start",
                                                  api_json_instant(shift->start_ts, zone), "end",
                                                  api_json_instant(shift->end_ts, zone), "paid_minutes",
                                                  shift_paid_minutes(shift)));
    }
    return list;
}

json_t *effect_time_off_json(struct api_call *call, const struct time_off_request *r, GError **error)
{
    g_autofree int64_t *ids = NULL;
    int n = 0;
    const struct zone *zone = api_zone(call, r->zone, error);
    json_t *rosters = json_array();
    /* what is decided has had its effect */
    bool pending = r->state == REQUEST_PENDING;
    bool ok =
        zone != NULL && (!pending || store_rosters_of(call->store, r->start_ts, r->end_ts, &ids, &n, error));
    for (int k = 0; k < n && ok; k++) {
        struct effect e;
        ok = effect_of_time_off(call->store, ids[k], r, &e, error);
        if (ok) {
            json_t *one = effect_json(&e, zone);
            json_object_set_new(one, "shifts", fallen_json(&e, r, zone));
            json_array_append_new(rosters, one);
        }
        effect_clear(&e);
    }
    if (ok)
        return json_pack("{s:o}", "rosters", rosters);
    json_decref(rosters);
    return NULL;
}

/* --- swaps
 * ------------------------------------------------------------------------------------------------------- */

/* Rosters of both shifts, each once; *n at most 2. */
static bool swap_rosters(struct store *store, const struct swap *swap, int64_t rosters[2], int *n,
                         GError **error)
{
    const int64_t starts[2] = {swap->start_ts, swap->return_start_ts};
    *n = 0;
    for (int k = 0; k < (swap->return_shift != 0 ? 2 : 1); k++) {
        g_autofree int64_t *ids = NULL;
        int found = 0;
        if (!store_rosters_of(store, starts[k], starts[k] + 1, &ids, &found, error))
            return false;
        if (found > 0 && (*n == 0 || rosters[0] != ids[0]))
            rosters[(*n)++] = ids[0];
    }
    return *n > 0 || wfm_fail(error, WFM_ERROR_CONFLICT,
                              "no published roster has the shift of swap %" G_GINT64_FORMAT, swap->id);
}

static bool swap_moves(struct store *store, const struct swap *swap, int64_t roster, struct effect *out,
                       GError **error)
{
    const struct shift_move moves[2] = {{swap->start_ts, swap->agent, swap->taker},
                                        {swap->return_start_ts, swap->taker, swap->agent}};
    return effect_of_moves(store, roster, moves, swap->return_shift != 0 ? 2 : 1, out, error);
}

json_t *effect_swap_json(struct api_call *call, const struct swap *swap, GError **error)
{
    int64_t ids[2];
    int n = 0;
    const struct zone *zone = api_zone(call, swap->zone, error);
    json_t *rosters = json_array();
    bool ok = zone != NULL;
    if (ok && swap->state == SWAP_ACCEPTED)
        ok = swap_rosters(call->store, swap, ids, &n, error);
    for (int k = 0; k < n && ok; k++) {
        struct effect e;
        ok = swap_moves(call->store, swap, ids[k], &e, error);
        if (ok)
            json_array_append_new(rosters, effect_json(&e, zone));
        effect_clear(&e);
    }
    if (ok)
        return json_pack("{s:o}", "rosters", rosters);
    json_decref(rosters);
    return NULL;
}

void swap_effect_clear(struct swap_effect *effect)
{
    json_decref(effect->violations);
    g_free(effect->first);
    *effect = (struct swap_effect){0};
}

/* Of the colleague no more than which rule it is. */
static char *told(const struct api_call *call, const struct operation *op, const struct violation *v)
{
    bool own = v->agent >= 0 && g_strcmp0(op->agents[v->agent].id, call->scope.agent) == 0;
    if (call->scope.role == ROLE_PLANNER || own)
        return g_strdup(v->message);
    return g_strdup_printf("%s: %s", v->agent >= 0 ? "your colleague" : "all together",
                           violation_text(v->rule));
}

static void gather(struct api_call *call, const struct effect *e, struct swap_effect *out)
{
    out->n_new += e->n_new;
    out->shortage_change += e->after->solution->shortage - e->before->solution->shortage;
    for (int k = 0; k < e->after->report.n_violations; k++) {
        if (!e->new_of[k])
            continue;
        const struct violation *v = &e->after->report.violations[k];
        g_autofree char *message = told(call, e->standing.problem->operation, v);
        if (out->first == NULL)
            out->first = g_strdup(message);
        json_array_append_new(out->violations,
                              json_pack("{s:s, s:s}", "rule", violation_key(v->rule), "message", message));
    }
}

bool effect_of_swap(struct api_call *call, const struct swap *swap, struct swap_effect *out, GError **error)
{
    int64_t ids[2];
    int n = 0;
    *out = (struct swap_effect){.violations = json_array()};
    bool ok = swap_rosters(call->store, swap, ids, &n, error);
    for (int k = 0; k < n && ok; k++) {
        struct effect e;
        ok = swap_moves(call->store, swap, ids[k], &e, error);
        if (ok)
            gather(call, &e, out);
        effect_clear(&e);
    }
    return ok;
}
