#include "scheduler/roster/explain.h"

#include <math.h>
#include <string.h>

#include "core/error.h"
#include "scheduler/roster/explain_unit.h"
#include "scheduler/roster/relax.h"
#include "scheduler/roster/roster.h"

#define SAVING_MIN 1e-6
#define UNMET_MIN 1e-6
#define ALL_WORTH 1e6 /* of an interval when only the number of intervals counts */

/* What is being gathered. */
struct gathering {
    const struct plan_problem *problem;
    const struct plan_solution *solution;
    struct explained *out;
    GArray *savings, *unmet;
    const struct explain_watch *watch; /* NULL: nobody */
};

static bool stopped(const struct gathering *g)
{
    return g->watch != NULL && g->watch->stop(g->watch->user);
}

/* ---- prices ---- */

/* Where one row prices all staff, a queue's agent is worth that price as far as the queue has demand of that
   worth: one more agent there frees one who serves others. */
static double queue_price(const struct explain_unit *u, int queue, int iv)
{
    size_t n_iv = (size_t)u->model->n_iv;
    const double *prices = bound_prices(u->bound);
    if (bound_rows(u->bound) == u->problem->operation->n_queues)
        return prices[(size_t)queue * n_iv + (size_t)iv];
    int n;
    const struct piece *piece = worth_pieces(u->worth, iv, &n);
    for (int k = 0; k < n; k++)
        if (piece[k].queue == queue)
            return MIN(prices[iv], piece[k].value);
    return 0;
}

static void price_unit(const struct gathering *g, const struct explain_unit *u)
{
    const struct roster_model *model = u->model;
    int n_queues = u->problem->operation->n_queues;
    g_autofree double *gain = g_new0(double, n_queues + 1);
    for (int iv = 0; iv < model->n_iv; iv++) {
        worth_queue_gains(u->worth, iv, u->count + (size_t)iv * (size_t)model->n_sets, gain);
        for (int q = 0; q < n_queues; q++) {
            size_t at = (size_t)u->queue[q] * (size_t)model->n_iv + (size_t)iv;
            g->out->price[at] = queue_price(u, q, iv);
            g->out->here[at] = gain[q];
        }
    }
}

/* ---- rules ---- */

struct operation *explain_relaxed(const struct operation *operation, const struct rule_saving *saving)
{
    struct operation *own = g_memdup2(operation, sizeof *operation);
    own->contracts = g_memdup2(operation->contracts, sizeof *operation->contracts * (gsize)own->n_contracts);
    for (int i = 0; i < saving->n; i++)
        relaxation_set(relaxation_at(saving->change[i].relaxation), &own->contracts[saving->contract],
                       saving->change[i].relaxed);
    return own;
}

/* Duals of what else couples the agents; rows_n of them. NULL when there are none. */
static double *coupling_duals(const struct explain_unit *u)
{
    if (u->rows == NULL)
        return NULL;
    const double *prices = bound_prices(u->bound) + (size_t)bound_rows(u->bound) * (size_t)u->model->n_iv;
    double *dual = g_new(double, rows_n(u->rows) + 1);
    for (int i = 0; i < rows_n(u->rows); i++)
        dual[i] = prices[i] * rows_row(u->rows, i).scale;
    return dual;
}

/* Values of all slots of the class's catalogue at the unit's prices. */
static void value_slots(const struct explain_unit *u, const struct roster_model *model,
                        const struct rows *rows, const double *dual, struct pricing *pricing,
                        const struct agent_class *class, double *value)
{
    const struct catalogue *cat = &model->catalogues[class->catalogue];
    g_autofree double *price = g_new0(double, model->n_axis + 1);
    g_autofree double *presence = g_new0(double, model->n_axis + 1);
    g_autofree double *start = g_new0(double, cat->n_starts + 1);
    struct shift_cost coupled = {presence, start};
    bool any = rows != NULL && dual != NULL && rows_cost(rows, dual, cat, class->lead, presence, start);
    bound_set_price(u->bound, bound_prices(u->bound), class->set, price);
    pricing_table(pricing, cat, price, any ? &coupled : NULL, value);
}

/* What the best tours of a contract's classes cost at the unit's prices; the model is the unit's, or the same
   with other rules. */
static double sell_contract(const struct gathering *g, const struct explain_unit *u,
                            const struct roster_model *model, int contract)
{
    AUTO(pricing) pricing = pricing_new(model);
    AUTO(rows) rows = rows_new(model);
    g_autofree double *dual = coupling_duals(u);
    const struct agent_class *like = NULL; /* the values are those of this class */
    double *value = NULL, cost = 0;
    struct tour tour = {0};
    for (int c = 0; c < model->n_classes && !stopped(g); c++) {
        const struct agent_class *class = &model->classes[c];
        if (model->catalogues[class->catalogue].contract != contract)
            continue;
        if (like == NULL || like->catalogue != class->catalogue || like->set != class->set ||
            like->lead != class->lead) {
            like = class;
            value = g_renew(double, value, model->catalogues[class->catalogue].n_slots + 1);
            value_slots(u, model, rows, dual, pricing, class, value);
        }
        cost += class->n_agents * pricing_week(pricing, class, value, &tour);
    }
    tour_clear(&tour);
    g_free(value);
    return cost;
}

/* `cost`: of the contract's classes as it is. */
static void save(const struct gathering *g, const struct explain_unit *u, double cost,
                 struct rule_saving *saving)
{
    struct operation *operation = explain_relaxed(u->problem->operation, saving);
    struct plan_problem problem = *u->problem;
    problem.operation = operation;
    struct roster_model *model = roster_model_new(&problem, NULL);
    if (model != NULL) {
        double relaxed = sell_contract(g, u, model, saving->contract);
        saving->saving = MAX(cost - relaxed, 0);
    }
    roster_model_free(model);
    g_free(operation->contracts);
    g_free(operation);
    for (guint i = 0; i < g->savings->len; i++) {
        struct rule_saving *known = &g_array_index(g->savings, struct rule_saving, i);
        if (known->contract != saving->contract || known->n != saving->n ||
            known->change[0].relaxation != saving->change[0].relaxation)
            continue;
        known->saving += saving->saving;
        return;
    }
    g_array_append_val(g->savings, *saving);
}

static int common(int a, int b)
{
    return b == 0 ? a : common(b, a % b);
}

/* Minutes of a step: the least difference in paid time between two rosters of the contract. */
static int minutes_step(const struct operation *op, const struct contract *contract)
{
    int step = 0;
    for (int i = 0; i < contract->n_templates; i++) {
        const struct shift_template *tmpl = &op->templates[contract->templates[i]];
        step = common(tmpl->paid_min_min, step);
        if (tmpl->paid_max_min > tmpl->paid_min_min)
            step = common(tmpl->paid_step_min, step);
    }
    return MAX(step, 60);
}

static struct rule_change one_step(const struct operation *op, const struct contract *contract, int r)
{
    const struct relaxation *relaxation = relaxation_at(r);
    bool minutes = relaxation->rule == CONTRACT_RULE_WEEK_MINUTES_MIN ||
                   relaxation->rule == CONTRACT_RULE_WEEK_MINUTES_MAX ||
                   relaxation->rule == CONTRACT_RULE_PERIOD_MINUTES_MIN ||
                   relaxation->rule == CONTRACT_RULE_PERIOD_MINUTES_MAX;
    int steps = minutes ? MAX(minutes_step(op, contract) / ABS(relaxation->step), 1) : 1;
    return (struct rule_change){r, relaxation_value(relaxation, contract),
                                relaxation_after(relaxation, contract, steps)};
}

/* Hours and days of a week say nearly the same: loosening one alone often changes nothing. */
static const enum contract_rule twins[][2] = {
    {CONTRACT_RULE_WEEK_MINUTES_MIN, CONTRACT_RULE_WEEK_DAYS_MIN},
    {CONTRACT_RULE_WEEK_MINUTES_MAX, CONTRACT_RULE_WEEK_DAYS_MAX},
    {CONTRACT_RULE_PERIOD_MINUTES_MIN, CONTRACT_RULE_PERIOD_DAYS_MIN},
    {CONTRACT_RULE_PERIOD_MINUTES_MAX, CONTRACT_RULE_PERIOD_DAYS_MAX},
};

static int active_rule(const struct contract *contract, enum contract_rule rule)
{
    for (int r = 0; r < relaxations_n(); r++)
        if (relaxation_at(r)->rule == rule && relaxation_active(relaxation_at(r), contract))
            return r;
    return -1;
}

static void save_contract(const struct gathering *g, const struct explain_unit *u, int c)
{
    const struct operation *op = u->problem->operation;
    const struct contract *contract = &op->contracts[c];
    double cost = sell_contract(g, u, u->model, c);
    g_autofree double *alone = g_new0(double, relaxations_n() + 1);
    for (int r = 0; r < relaxations_n(); r++) {
        if (!relaxation_active(relaxation_at(r), contract) || stopped(g))
            continue;
        struct rule_saving saving = {.contract = c, .n = 1, .change = {one_step(op, contract, r)}};
        save(g, u, cost, &saving);
        alone[r] = saving.saving;
    }
    for (guint t = 0; t < G_N_ELEMENTS(twins); t++) {
        int x = active_rule(contract, twins[t][0]), y = active_rule(contract, twins[t][1]);
        if (x < 0 || y < 0)
            continue;
        struct rule_saving saving = {
            .contract = c, .n = 2, .change = {one_step(op, contract, x), one_step(op, contract, y)}};
        if (alone[x] + alone[y] <= SAVING_MIN * fabs(cost))
            save(g, u, cost, &saving);
    }
}

static void save_unit(const struct gathering *g, const struct explain_unit *u)
{
    for (int c = 0; c < u->problem->operation->n_contracts; c++)
        for (int k = 0; k < u->model->n_catalogues && !stopped(g); k++)
            if (u->model->catalogues[k].contract == c) {
                save_contract(g, u, c);
                break;
            }
}

static int compare_saving(const void *a, const void *b)
{
    const struct rule_saving *x = a, *y = b;
    if (x->saving != y->saving)
        return x->saving > y->saving ? -1 : 1;
    if (x->contract != y->contract)
        return x->contract < y->contract ? -1 : 1;
    int i = x->change[0].relaxation, k = y->change[0].relaxation;
    return i != k ? (i > k) - (i < k) : x->n - y->n;
}

/* ---- what cannot be met ---- */

/* Agents of a class who could work in each interval, by their legal shifts alone; added to most[n_iv]. */
static void add_possible(const struct roster_model *model, const struct agent_class *class, double *most)
{
    const struct catalogue *cat = &model->catalogues[class->catalogue];
    g_autofree uint8_t *may = g_new0(uint8_t, model->n_axis + 1);
    for (int i = 0; i < cat->n_slots; i++)
        if (class->legal[i])
            memset(may + cat->slots[i].start_iv, 1, (size_t)(cat->slots[i].end_iv - cat->slots[i].start_iv));
    for (int iv = 0; iv < model->n_iv; iv++)
        most[iv] += may[iv] * class->n_agents;
}

static bool serves(const struct roster_model *model, int set, int queue)
{
    for (int k = 0; set >= 0 && k < model->sets[set].n_queues; k++)
        if (model->sets[set].queues[k] == queue)
            return true;
    return false;
}

/* The most intervals with need of the queue one agent of the class can work under their rules: the kernel
   with nothing else of worth. */
static int most_intervals(const struct explain_unit *u, const struct agent_class *class, const double *need,
                          int32_t *cover)
{
    const struct roster_model *model = u->model;
    const struct catalogue *cat = &model->catalogues[class->catalogue];
    g_autofree double *price = g_new0(double, model->n_axis + 1);
    g_autofree double *value = g_new0(double, cat->n_slots + 1);
    struct tour tour = {0};
    for (int iv = 0; iv < model->n_iv; iv++)
        price[iv] = need[iv] > 0 ? ALL_WORTH : 0;
    pricing_table(u->pricing, cat, price, NULL, value);
    int n = 0, useful = 0;
    if (pricing_week(u->pricing, class, value, &tour) < INFINITY) {
        pricing_place(u->pricing, cat, price, NULL, &tour);
        n = tour_cover(model, cat, &tour, cover);
    }
    for (int i = 0; i < n; i++)
        useful += need[cover[i]] > 0;
    tour_clear(&tour);
    return useful;
}

static void unmet_hours(const struct gathering *g, const struct explain_unit *u, int queue,
                        const double *need)
{
    const struct roster_model *model = u->model;
    double hours = model->interval_s / 3600.0, asked = 0, possible = 0;
    g_autofree int32_t *cover = g_new(int32_t, model->n_iv + 1);
    for (int iv = 0; iv < model->n_iv; iv++) {
        asked += need[iv] * hours;
        for (int s = 0; s < model->n_sets; s++)
            if (serves(model, s, queue))
                possible += model->fixed[(size_t)s * (size_t)model->n_iv + (size_t)iv] * hours;
    }
    for (int c = 0; asked > 0 && c < model->n_classes && !stopped(g); c++)
        if (serves(model, model->classes[c].set, queue))
            possible +=
                most_intervals(u, &model->classes[c], need, cover) * hours * model->classes[c].n_agents;
    struct unmet unmet = {u->queue[queue], true, 0, model->n_iv, asked, possible};
    if (asked > possible + UNMET_MIN)
        g_array_append_val(g->unmet, unmet);
}

/* Runs of intervals that need more than everybody skilled who may work there. */
static void unmet_intervals(const struct gathering *g, const struct explain_unit *u, int queue,
                            const double *need)
{
    const struct roster_model *model = u->model;
    g_autofree double *most = g_new0(double, model->n_iv + 1);
    for (int s = 0; s < model->n_sets; s++)
        for (int iv = 0; serves(model, s, queue) && iv < model->n_iv; iv++)
            most[iv] += model->fixed[(size_t)s * (size_t)model->n_iv + (size_t)iv];
    for (int c = 0; c < model->n_classes; c++)
        if (serves(model, model->classes[c].set, queue))
            add_possible(model, &model->classes[c], most);
    for (int32_t iv = 0; iv < model->n_iv; iv++) {
        if (need[iv] <= most[iv] + UNMET_MIN)
            continue;
        struct unmet unmet = {.queue = u->queue[queue], .from_iv = iv};
        for (; iv < model->n_iv && need[iv] > most[iv] + UNMET_MIN; iv++) {
            unmet.need += need[iv];
            unmet.possible += most[iv];
        }
        unmet.to_iv = iv;
        unmet.need /= iv - unmet.from_iv;
        unmet.possible /= iv - unmet.from_iv;
        g_array_append_val(g->unmet, unmet);
    }
}

static void unmet_unit(const struct gathering *g, const struct explain_unit *u)
{
    for (int q = 0; q < u->problem->operation->n_queues; q++) {
        const double *need = u->problem->demand.need + DEMAND_CELL(&u->problem->demand, q, 0);
        unmet_intervals(g, u, q, need);
        unmet_hours(g, u, q, need);
    }
}

/* Spans by queue and time, whole horizons last. */
static int compare_unmet(const void *a, const void *b)
{
    const struct unmet *x = a, *y = b;
    if (x->hours != y->hours)
        return x->hours ? 1 : -1;
    if (x->queue != y->queue)
        return x->queue < y->queue ? -1 : 1;
    return (x->from_iv > y->from_iv) - (x->from_iv < y->from_iv);
}

/* ---- whole ---- */

/* The unit's rows are those of its queues, in their order. */
static void take_multipliers(const struct gathering *g, const struct explain_unit *u,
                             const int *unit_of_queue, int unit)
{
    const struct demand *demand = &g->problem->demand;
    for (int r = 0, own = 0; r < demand->n_rows; r++)
        if (unit_of_queue[demand->rows[r].queue] == unit)
            g->out->multipliers[r] = worth_multipliers(u->worth)[own++];
}

static bool price_one(const struct gathering *g, const int *unit_of_queue, const int *unit_of_agent, int unit,
                      struct explain_unit **out, GError **error)
{
    struct explain_unit *u = *out =
        explain_unit_new(g->problem, g->solution, unit_of_queue, unit_of_agent, unit, error);
    if (u == NULL)
        return false;
    unmet_unit(g, u);
    if (g->solution == NULL)
        return true;
    explain_unit_bound(u, g->solution->objective, g->watch);
    g->out->bound += bound_best(u->bound);
    price_unit(g, u);
    take_multipliers(g, u, unit_of_queue, unit);
    return !stopped(g) || wfm_fail(error, WFM_ERROR_CANCELLED, "stopped while prices were computed");
}

/* Prices of all units, then the savings. */
static bool explain_units(const struct gathering *g, GError **error)
{
    const struct operation *op = g->problem->operation;
    g_autofree int *unit_of_queue = g_new0(int, op->n_queues + 1);
    g_autofree int *unit_of_agent = g_new0(int, op->n_agents + 1);
    int n = roster_units(g->problem, unit_of_queue, unit_of_agent);
    g_autofree struct explain_unit **units = g_new0(struct explain_unit *, n + 1);
    bool ok = true;
    for (int unit = 0; ok && unit < n; unit++)
        ok = price_one(g, unit_of_queue, unit_of_agent, unit, &units[unit], error);
    if (ok && g->watch != NULL)
        g->watch->priced(g->watch->user, g->out->multipliers, g->out->n_rows);
    for (int unit = 0; ok && unit < n && g->solution != NULL; unit++)
        save_unit(g, units[unit]);
    for (int unit = 0; unit < n; unit++)
        explain_unit_free(units[unit]);
    return ok && (!stopped(g) || wfm_fail(error, WFM_ERROR_CANCELLED, "stopped while prices were computed"));
}

static struct explained *explain(const struct plan_problem *problem, const struct plan_solution *solution,
                                 const struct explain_watch *watch, GError **error)
{
    const struct operation *op = problem->operation;
    AUTO(explained) out = g_new0(struct explained, 1);
    struct gathering g = {problem,
                          solution,
                          out,
                          g_array_new(FALSE, FALSE, sizeof(struct rule_saving)),
                          g_array_new(FALSE, FALSE, sizeof(struct unmet)),
                          watch};
    size_t cells = (size_t)op->n_queues * (size_t)problem->demand.grid.n;
    out->n_queues = op->n_queues;
    out->n_iv = problem->demand.grid.n;
    out->price = g_new0(double, cells + 1);
    out->here = g_new0(double, cells + 1);
    out->n_rows = problem->demand.n_rows;
    out->multipliers = g_new0(double, out->n_rows + 1);
    bool ok = explain_units(&g, error);
    g_array_sort(g.savings, compare_saving);
    g_array_sort(g.unmet, compare_unmet);
    double least = solution != NULL ? SAVING_MIN * fabs(solution->objective) : 0;
    while (g.savings->len > 0 &&
           g_array_index(g.savings, struct rule_saving, g.savings->len - 1).saving <= least)
        g_array_set_size(g.savings, g.savings->len - 1);
    out->n_savings = (int)g.savings->len;
    out->n_unmet = (int)g.unmet->len;
    out->savings = (struct rule_saving *)(void *)g_array_free(g.savings, FALSE);
    out->unmet = (struct unmet *)(void *)g_array_free(g.unmet, FALSE);
    return ok ? g_steal_pointer(&out) : NULL;
}

struct explained *explain_new(const struct plan_problem *problem, const struct plan_solution *solution,
                              GError **error)
{
    return explain(problem, solution, NULL, error);
}

struct explained *explain_unmet(const struct plan_problem *problem, GError **error)
{
    return explain(problem, NULL, NULL, error);
}

struct explained *explain_watched(const struct plan_problem *problem, const struct plan_solution *solution,
                                  const struct explain_watch *watch, GError **error)
{
    return explain(problem, solution, watch, error);
}

double *explain_here(const struct plan_problem *problem, const struct shift *shifts, int n,
                     const double *multipliers, GError **error)
{
    AUTO(roster_model) model = roster_model_of_sets(problem, error);
    if (model == NULL)
        return NULL;
    AUTO(worth) worth = worth_new(model);
    size_t n_iv = (size_t)model->n_iv, n_queues = (size_t)problem->demand.n_queues;
    g_autofree int *count = roster_sets_at_work(model, shifts, n);
    g_autofree double *gain = g_new0(double, n_queues + 1);
    double *here = g_new0(double, n_iv *n_queues + 1);
    if (problem->demand.n_rows > 0)
        worth_reprice(worth, multipliers);
    for (size_t iv = 0; iv < n_iv; iv++) {
        worth_queue_gains(worth, (int)iv, count + iv * (size_t)model->n_sets, gain);
        for (size_t q = 0; q < n_queues; q++)
            here[q * n_iv + iv] = gain[q];
    }
    return here;
}

void explain_free(struct explained *explained)
{
    if (explained == NULL)
        return;
    g_free(explained->price);
    g_free(explained->here);
    g_free(explained->multipliers);
    g_free(explained->savings);
    g_free(explained->unmet);
    g_free(explained);
}
