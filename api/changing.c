#include "api/changing.h"

#include <math.h>
#include <string.h>

#include "api/resources.h"
#include "api/roster_json.h"
#include "api/roster_operations.h"

void changing_clear(struct changing *c)
{
    roster_view_unref(c->before);
    roster_view_unref(c->after);
    void *const owned[] = {c->was, c->became, c->changed, c->fresh};
    for (size_t i = 0; i < G_N_ELEMENTS(owned); i++)
        g_free(owned[i]);
}

bool draft_shift_same(const struct draft_shift *a, const struct draft_shift *b)
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
        if (from[i].id == 0 || other == NULL || !draft_shift_same(&from[i], other))
            out[(*n)++] = from[i];
    }
    return out;
}

bool changing_count(struct changing *c, struct api_call *call, struct roster_view *before,
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

json_t *changing_json(const struct changing *c, bool stored, bool allowed, GError **error)
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
