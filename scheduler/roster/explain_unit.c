#include "scheduler/roster/explain_unit.h"

#include <math.h>

#include "scheduler/roster/explain.h"
#include "scheduler/roster/roster.h"

#define STEPS 1500 /* of the volume algorithm, at most */
#define SPAN 100
#define TIRED 1e-5 /* relative gain of a span below which it ends */

void explain_unit_bound(struct explain_unit *u, double objective, const struct explain_watch *watch)
{
    double mark = -INFINITY;
    g_autofree double *multipliers = g_new0(double, u->problem->demand.n_rows + 1);
    u->bound = bound_new(u->model, u->worth, u->pricing, u->rows, false);
    for (int done = 0; done < STEPS && (watch == NULL || !watch->stop(watch->user)); done += SPAN) {
        bound_improve(u->bound, objective, SPAN);
        if (bound_best(u->bound) - mark < TIRED * fabs(bound_best(u->bound)))
            break;
        mark = bound_best(u->bound);
    }
    if (u->problem->demand.n_rows == 0)
        return;
    bound_multipliers(u->bound, multipliers);
    worth_reprice(u->worth, multipliers);
}

int explain_unit_cover(const struct explain_unit *u, const struct shift *shift, int32_t *out)
{
    return roster_shift_cover(u->model, shift, out);
}

/* Offsets of the template's breaks as the shift has them; false when they are not those of the plan. */
static bool take_breaks(const struct explain_unit *u, const struct break_plan *plan,
                        const struct shift *shift, struct duty *duty)
{
    int interval_s = u->model->interval_s;
    bool used[SHIFT_ACTIVITIES_MAX] = {false};
    for (int b = 0; b < plan->n; b++) {
        int found = -1;
        for (int k = 0; k < shift->n_activities && found < 0; k++) {
            const struct activity *a = &shift->activities[k];
            int64_t offset = (a->start_ts - shift->start_ts) / interval_s;
            if (!used[k] && a->paid == plan->paid[b] &&
                a->end_ts - a->start_ts == (int64_t)plan->len[b] * interval_s && offset >= plan->from[b] &&
                offset <= plan->to[b])
                found = k;
        }
        if (found < 0)
            return false;
        used[found] = true;
        duty->offset[plan->rule[b]] =
            (int16_t)((shift->activities[found].start_ts - shift->start_ts) / interval_s);
    }
    return true;
}

static bool before_span(const struct slot *slot, int32_t start_iv, int32_t end_iv)
{
    return slot->start_iv != start_iv ? slot->start_iv < start_iv : slot->end_iv < end_iv;
}

/* Slots are sorted by start and end. */
static bool take_shift(const struct explain_unit *u, const struct catalogue *cat, const struct shift *shift,
                       struct duty *duty)
{
    int32_t start_iv = (int32_t)((shift->start_ts - u->model->start_ts) / u->model->interval_s);
    int32_t end_iv = (int32_t)((shift->end_ts - u->model->start_ts) / u->model->interval_s);
    int lo = 0, hi = cat->n_slots;
    while (lo < hi) {
        int middle = lo + (hi - lo) / 2;
        if (before_span(&cat->slots[middle], start_iv, end_iv))
            lo = middle + 1;
        else
            hi = middle;
    }
    for (int s = lo; s < cat->n_slots && cat->slots[s].start_iv == start_iv && cat->slots[s].end_iv == end_iv;
         s++)
        for (int i = cat->slot_first[s]; i < cat->slot_first[s + 1]; i++) {
            int v = cat->slot_variants[i];
            const struct shift_start *start = &cat->starts[cat->variants[v].start];
            if (start->tmpl != shift->tmpl || !take_breaks(u, &u->model->plans[start->plan], shift, duty))
                continue;
            duty->slot = s;
            duty->variant = v;
            return true;
        }
    return false;
}

bool explain_unit_tour(const struct explain_unit *u, const struct agent_class *class,
                       const struct shift *const *shifts, int n, struct tour *tour)
{
    tour_reserve(tour, n);
    tour->n = n;
    for (int i = 0; i < n; i++) {
        tour->duty[i] = (struct duty){.slot = 0};
        if (!take_shift(u, &u->model->catalogues[class->catalogue], shifts[i], &tour->duty[i]))
            return false;
    }
    return true;
}

/* The unit's agents and queues keep their order (roster_extract). */
static void number_parts(struct explain_unit *u, const struct operation *op, const int *unit_of_queue,
                         const int *unit_of_agent, int unit)
{
    u->agent = g_new0(int, u->problem->operation->n_agents + 1);
    u->queue = g_new0(int, u->problem->operation->n_queues + 1);
    for (int a = 0, n = 0; a < op->n_agents; a++)
        if (MAX(unit_of_agent[a], 0) == unit)
            u->agent[n++] = a;
    for (int q = 0, n = 0; q < op->n_queues; q++)
        if (unit_of_queue[q] == unit)
            u->queue[n++] = q;
}

static void count_shifts(struct explain_unit *u, const struct plan_problem *problem,
                         const struct plan_solution *solution)
{
    const struct roster_model *model = u->model;
    g_autofree int *own = g_new(int, problem->operation->n_agents + 1); /* in the unit, -1 elsewhere */
    g_autofree int32_t *cover = g_new(int32_t, model->n_iv + 1);
    for (int a = 0; a < problem->operation->n_agents; a++)
        own[a] = -1;
    for (int a = 0; a < u->problem->operation->n_agents; a++)
        own[u->agent[a]] = a;
    u->shift = g_new0(int, solution->n_shifts + 1);
    for (int i = 0; i < solution->n_shifts; i++) {
        int a = own[solution->shifts[i].agent];
        if (a < 0)
            continue;
        u->shift[u->n_shifts++] = i;
        int set = model->classes[model->class_of_agent[a]].set;
        int n = set >= 0 ? explain_unit_cover(u, &solution->shifts[i], cover) : 0;
        for (int k = 0; k < n; k++)
            u->count[(size_t)cover[k] * (size_t)model->n_sets + (size_t)set]++;
    }
}

struct explain_unit *explain_unit_new(const struct plan_problem *problem,
                                      const struct plan_solution *solution, const int *unit_of_queue,
                                      const int *unit_of_agent, int unit, GError **error)
{
    AUTO(explain_unit) u = g_new0(struct explain_unit, 1);
    u->problem = roster_extract(problem, unit_of_queue, unit_of_agent, unit);
    u->model = roster_model_new(u->problem, error);
    if (u->model == NULL)
        return NULL;
    u->worth = worth_new(u->model);
    u->pricing = pricing_new(u->model);
    u->rows = rows_new(u->model);
    number_parts(u, problem->operation, unit_of_queue, unit_of_agent, unit);
    u->count = g_new0(int, (size_t)u->model->n_iv *(size_t)u->model->n_sets + 1);
    if (solution != NULL)
        count_shifts(u, problem, solution);
    return g_steal_pointer(&u);
}

void explain_unit_free(struct explain_unit *u)
{
    if (u == NULL)
        return;
    bound_free(u->bound);
    rows_free(u->rows);
    pricing_free(u->pricing);
    worth_free(u->worth);
    roster_model_free(u->model);
    plan_problem_free(u->problem);
    g_free(u->agent);
    g_free(u->queue);
    g_free(u->shift);
    g_free(u->count);
    g_free(u);
}
