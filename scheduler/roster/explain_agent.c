#include "scheduler/roster/explain_agent.h"

#include <math.h>
#include <string.h>

#include "scheduler/roster/explain_unit.h"
#include "scheduler/roster/roster.h"

/* One agent of an opened unit, taken out of the roster. */
struct looking {
    const struct explain_unit *u;
    const struct plan_solution *solution;
    const struct agent_class *class;
    const struct catalogue *cat;
    int agent;     /* in the unit */
    double *price; /* n_axis: what one more agent of the set adds in the interval, this agent being out */
    double *value; /* n_slots at these prices */
};

/* Takes the agent's shifts out of the counts (sign -1) or puts them back. */
static void count_agent(const struct looking *l, const struct agent_reason *reason, int sign)
{
    const struct roster_model *model = l->u->model;
    g_autofree int32_t *cover = g_new(int32_t, model->n_iv + 1);
    for (int i = 0; l->class->set >= 0 && i < reason->n_shifts; i++) {
        int n = explain_unit_cover(l->u, &l->solution->shifts[reason->shifts[i].shift], cover);
        for (int k = 0; k < n; k++)
            l->u->count[(size_t)cover[k] * (size_t)model->n_sets + (size_t)l->class->set] += sign;
    }
}

static void price_intervals(const struct looking *l)
{
    const struct roster_model *model = l->u->model;
    for (int iv = 0; l->class->set >= 0 && iv < model->n_iv; iv++) {
        l->price[iv] =
            worth_gain(l->u->worth, iv, l->u->count + (size_t)iv * (size_t)model->n_sets, l->class->set);
    }
}

/* ---- the shifts as they are ---- */

static double shift_pay(const struct looking *l, const struct shift *shift)
{
    const struct roster_model *model = l->u->model;
    const struct shift_template *tmpl =
        shift->tmpl >= 0 ? &l->u->problem->operation->templates[shift->tmpl] : NULL;
    int32_t last = model->n_axis;
#define IV(ts) CLAMP((int32_t)(((ts)-model->start_ts) / model->interval_s), 0, last)
    double pay = l->cat->cum_pay[IV(shift->end_ts)] - l->cat->cum_pay[IV(shift->start_ts)];
    for (int k = 0; k < shift->n_activities; k++)
        if (!shift->activities[k].paid)
            pay -= l->cat->cum_pay[IV(shift->activities[k].end_ts)] -
                   l->cat->cum_pay[IV(shift->activities[k].start_ts)];
#undef IV
    return tmpl != NULL && tmpl->on_call ? pay * tmpl->on_call_pay : pay;
}

static bool slot_is(const struct looking *l, int slot, const struct shift *shift)
{
    const struct roster_model *model = l->u->model;
    return roster_model_ts(model, l->cat->slots[slot].start_iv) == shift->start_ts &&
           roster_model_ts(model, l->cat->slots[slot].end_iv) == shift->end_ts;
}

/* What the agent's shifts cost besides the pay of each: wishes, fairness, changes, priced rules, overtime.
   The class is the agent's, or the same of a like problem with the same catalogue. */
static double own_penalty(const struct looking *l, const struct roster_model *model,
                          const struct agent_class *class, const struct agent_reason *reason)
{
    g_autofree const struct shift **shifts = g_new0(const struct shift *, reason->n_shifts + 1);
    struct tour tour = {0};
    double cost = 0;
    for (int i = 0; i < reason->n_shifts; i++)
        shifts[i] = &l->solution->shifts[reason->shifts[i].shift];
    if (explain_unit_tour(l->u, l->class, shifts, reason->n_shifts, &tour))
        cost = tour_own(model, class, &tour) - reason->pay;
    tour_clear(&tour);
    return cost;
}

static void weigh_shift(const struct looking *l, struct agent_reason *reason, int i)
{
    const struct roster_model *model = l->u->model;
    struct shift_reason *r = &reason->shifts[i];
    const struct shift *shift = &l->solution->shifts[r->shift];
    int n_queues = l->u->problem->operation->n_queues;
    g_autofree int32_t *cover = g_new(int32_t, model->n_iv + 1);
    g_autofree double *with = g_new0(double, n_queues + 1);
    g_autofree double *without = g_new0(double, n_queues + 1);
    r->pay = shift_pay(l, shift);
    int n = l->class->set >= 0 ? explain_unit_cover(l->u, shift, cover) : 0;
    for (int k = 0; k < n; k++) {
        int *count = l->u->count + (size_t)cover[k] * (size_t)model->n_sets;
        r->worth += l->price[cover[k]];
        worth_allocate(l->u->worth, cover[k], count, without);
        count[l->class->set]++;
        worth_allocate(l->u->worth, cover[k], count, with);
        count[l->class->set]--;
        for (int q = 0; q < n_queues; q++)
            r->hours[l->u->queue[q]] += (with[q] - without[q]) * model->interval_s / 3600.0;
    }
    reason->pay += r->pay;
    reason->worth += r->worth;
}

/* ---- the next best ---- */

static double best_tour(const struct looking *l, const struct agent_class *class, struct tour *tour)
{
    return pricing_week(l->u->pricing, class, l->value, tour);
}

/* What the roster does that day, and on how many other days it differs from the shifts as they are. */
static void describe_tour(const struct looking *l, const struct agent_reason *reason, const struct tour *tour,
                          struct shift_reason *r, int day)
{
    for (int d = 0; d < l->cat->n_days; d++) {
        const struct shift *was = NULL;
        int is = -1;
        for (int i = 0; i < reason->n_shifts; i++) {
            const struct shift *shift = &l->solution->shifts[reason->shifts[i].shift];
            int32_t local = zone_local_day(l->u->model->zones[l->cat->site], shift->start_ts);
            was = local - l->cat->first_day == d ? shift : was;
        }
        for (int i = 0; i < tour->n; i++)
            is = l->cat->slots[tour->duty[i].slot].day == d ? tour->duty[i].slot : is;
        if (d == day && is >= 0) {
            r->start_ts = roster_model_ts(l->u->model, l->cat->slots[is].start_iv);
            r->end_ts = roster_model_ts(l->u->model, l->cat->slots[is].end_iv);
        }
        bool same = (was == NULL) == (is < 0) && (was == NULL || slot_is(l, is, was));
        r->other_days += d != day && !same;
    }
}

static void find_next(const struct looking *l, struct agent_reason *reason, int i, double now)
{
    struct shift_reason *r = &reason->shifts[i];
    const struct shift *shift = &l->solution->shifts[r->shift];
    int day = zone_local_day(l->u->model->zones[l->cat->site], shift->start_ts) - l->cat->first_day;
    g_autofree double *kept = g_memdup2(l->value, sizeof *l->value * (gsize)(l->cat->n_slots + 1));
    struct tour tour = {0};
    for (int s = 0; s < l->cat->n_slots; s++)
        if (slot_is(l, s, shift))
            l->value[s] = INFINITY;
    double cost = best_tour(l, l->class, &tour);
    memcpy(l->value, kept, sizeof *l->value * (gsize)l->cat->n_slots);
    r->possible = isfinite(cost);
    if (r->possible) {
        r->dearer = cost - now;
        describe_tour(l, reason, &tour, r, day);
    }
    tour_clear(&tour);
}

/* The same problem without the agent's wishes: what pay and coverage would be then. */
static void price_wishes(const struct looking *l, struct agent_reason *reason)
{
    const struct operation *op = l->u->problem->operation;
    struct operation own = *op;
    struct plan_problem problem = *l->u->problem;
    int n = 0;
    own.preferences = g_new0(struct preference, op->n_preferences + 1);
    for (int i = 0; i < op->n_preferences; i++)
        if (op->preferences[i].agent != l->agent)
            own.preferences[n++] = op->preferences[i];
    reason->n_wishes = op->n_preferences - n;
    reason->wishes = NAN;
    own.n_preferences = n;
    problem.operation = &own;
    struct roster_model *model = reason->n_wishes > 0 ? roster_model_new(&problem, NULL) : NULL;
    if (model != NULL) {
        const struct agent_class *class = &model->classes[model->class_of_agent[l->agent]];
        const struct catalogue *cat = &model->catalogues[class->catalogue];
        struct pricing *pricing = pricing_new(model);
        g_autofree double *value = g_new0(double, cat->n_slots + 1);
        struct tour tour = {0};
        pricing_table(pricing, cat, l->price, NULL, value);
        double best = pricing_week(pricing, class, value, &tour);
        reason->wishes = reason->pay - reason->worth + own_penalty(l, model, class, reason) - best;
        tour_clear(&tour);
        pricing_free(pricing);
    }
    roster_model_free(model);
    g_free(own.preferences);
}

static void look(const struct looking *l, struct agent_reason *reason)
{
    struct tour tour = {0};
    count_agent(l, reason, -1);
    price_intervals(l);
    for (int i = 0; i < reason->n_shifts; i++)
        weigh_shift(l, reason, i);
    reason->penalty = own_penalty(l, l->u->model, l->class, reason);
    double now = reason->pay + reason->penalty - reason->worth;
    pricing_table(l->u->pricing, l->cat, l->price, NULL, l->value);
    reason->slack = MAX(now - best_tour(l, l->class, &tour), 0);
    for (int i = 0; i < reason->n_shifts; i++)
        find_next(l, reason, i, now);
    price_wishes(l, reason);
    tour_clear(&tour);
    count_agent(l, reason, 1);
}

/* The unit's rows are those of its queues, in their order. */
static void reprice(const struct explain_unit *u, const struct plan_problem *problem,
                    const double *multipliers, const int *unit_of_queue, int unit)
{
    g_autofree double *own = g_new0(double, problem->demand.n_rows + 1);
    for (int r = 0, n = 0; r < problem->demand.n_rows; r++)
        if (unit_of_queue[problem->demand.rows[r].queue] == unit)
            own[n++] = multipliers[r];
    worth_reprice(u->worth, own);
}

struct agent_reason *explain_agent(const struct plan_problem *problem, const struct plan_solution *solution,
                                   int agent, const double *multipliers, GError **error)
{
    const struct operation *op = problem->operation;
    g_autofree int *unit_of_queue = g_new0(int, op->n_queues + 1);
    g_autofree int *unit_of_agent = g_new0(int, op->n_agents + 1);
    roster_units(problem, unit_of_queue, unit_of_agent);
    AUTO(explain_unit)
    u = explain_unit_new(problem, solution, unit_of_queue, unit_of_agent, MAX(unit_of_agent[agent], 0),
                         error);
    if (u == NULL)
        return NULL;
    if (problem->demand.n_rows > 0 && multipliers != NULL)
        reprice(u, problem, multipliers, unit_of_queue, MAX(unit_of_agent[agent], 0));
    else if (problem->demand.n_rows > 0)
        explain_unit_bound(u, solution->objective, NULL);
    struct agent_reason *reason = g_new0(struct agent_reason, 1);
    reason->n_queues = op->n_queues;
    reason->shifts = g_new0(struct shift_reason, u->n_shifts + 1);
    for (int i = 0; i < u->n_shifts; i++)
        if (solution->shifts[u->shift[i]].agent == agent)
            reason->shifts[reason->n_shifts++] =
                (struct shift_reason){.shift = u->shift[i], .hours = g_new0(double, op->n_queues + 1)};
    struct looking l = {.u = u, .solution = solution};
    while (u->agent[l.agent] != agent)
        l.agent++;
    l.class = &u->model->classes[u->model->class_of_agent[l.agent]];
    l.cat = &u->model->catalogues[l.class->catalogue];
    l.price = g_new0(double, u->model->n_axis + 1);
    l.value = g_new0(double, l.cat->n_slots + 1);
    look(&l, reason);
    g_free(l.price);
    g_free(l.value);
    return reason;
}

void agent_reason_free(struct agent_reason *reason)
{
    if (reason == NULL)
        return;
    for (int i = 0; i < reason->n_shifts; i++)
        g_free(reason->shifts[i].hours);
    g_free(reason->shifts);
    g_free(reason);
}
