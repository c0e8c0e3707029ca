/*
 * rules.c - classes of agents: those whose legal slots, rules, past and personal costs are the same problem.
 */
#include "scheduler/roster/model.h"

#include <math.h>
#include <string.h>

#include "core/error.h"
#include "scheduler/roster/agent_line.h"
#include "scheduler/roster/kept.h"
#include "scheduler/roster/legal.h"
#include "scheduler/roster/pricing.h"
#include "scheduler/roster/wishes.h"

void roster_past_range(const struct plan_problem *problem, int agent, int *from, int *to)
{
    int lo = 0, hi = problem->n_past;
    while (lo < hi) {
        int mid = (lo + hi) / 2;
        if (problem->past[mid].agent < agent)
            lo = mid + 1;
        else
            hi = mid;
    }
    *from = lo;
    while (lo < problem->n_past && problem->past[lo].agent == agent)
        lo++;
    *to = lo;
}

/* Locks, the frozen past and personal costs. */
static void describe_wishes(const struct roster_model *model, const struct catalogue *cat, int agent,
                            struct agent_class *class)
{
    g_autofree double *extra = g_new0(double, cat->n_slots + 1);
    g_autofree double *off_cost = g_new0(double, cat->n_days + 1);
    bool any = false;
    if (model->problem->base != NULL) {
        kept_own(model, cat, agent, class->legal);
        kept_limits(model, cat, agent, class->legal, off_cost);
        for (int day = 0; day < cat->n_days; day++)
            any |= off_cost[day] != 0;
    }
    any |= wishes_add(model, cat, agent, extra, off_cost);
    if (!any)
        return;
    class->extra = g_steal_pointer(&extra);
    class->off_cost = g_steal_pointer(&off_cost);
}

/* Fills everything of the class but its automaton and its list of agents. */
static void describe(const struct roster_model *model, const struct catalogue *cat, int agent,
                     struct agent_class *class)
{
    class->legal = g_new0(uint8_t, cat->n_slots + 1);
    legal_slots(model, cat, agent, class->legal);
    describe_wishes(model, cat, agent, class);
    for (int i = 0; i < model->problem->operation->n_leads; i++)
        if (model->problem->operation->leads[i].site == cat->site)
            class->lead = model->problem->operation->agents[agent].lead;
    agent_line_describe(model, class, agent);
}

static void class_clear(struct agent_class *class)
{
    g_free(class->legal);
    g_free(class->extra);
    g_free(class->off_cost);
    g_free(class->agents);
    agent_line_clear(&class->own);
    *class = (struct agent_class){0};
}

/* Fills the error when a locked or frozen shift is one the agent may not work. */
static bool explain_kept(const struct roster_model *model, int agent, const struct catalogue *cat,
                         GError **error)
{
    const struct operation *operation = model->problem->operation;
    if (model->problem->base == NULL)
        return false;
    struct agent_class class = {.catalogue = (int)(cat - model->catalogues)};
    describe(model, cat, agent, &class);
    const struct shift *shift = kept_impossible(model, cat, agent, class.legal);
    class_clear(&class);
    if (shift == NULL)
        return false;
    g_autofree char *when = time_format(shift->start_ts, model->zones[cat->site]);
    wfm_fail(
        error, WFM_ERROR_INPUT,
        "agent %s: the shift at %s is locked or frozen, but it is not one the agent may work: no template "
        "of contract %s has these times and breaks, or availability, absence, employment or rest forbid "
        "it; change the shift or lift the lock",
        operation->agents[agent].id, when, operation->contracts[cat->contract].id);
    return true;
}

static bool explain(const struct roster_model *model, int agent_index, const struct catalogue *cat,
                    GError **error)
{
    const struct operation *operation = model->problem->operation;
    const struct contract *contract = &operation->contracts[cat->contract];
    const struct agent *agent = &operation->agents[agent_index];
    if (cat->n_slots == 0)
        return wfm_fail(
            error, WFM_ERROR_INPUT,
            "agent %s: no shift template of contract %s starts on the %d-minute grid in these weeks; "
            "check the templates' weekdays, start times and lengths",
            agent->id, contract->id, model->interval_s / 60);
    if (explain_kept(model, agent_index, cat, error))
        return false;
    return wfm_fail(
        error, WFM_ERROR_INPUT,
        "agent %s: no legal roster: the rules of contract %s, availability, absences and published "
        "past leave none together (weekly minimum %d minutes on %d days)",
        agent->id, contract->id, contract->week_minutes_min, contract->week_days_min);
}

/* ---- equal agents ---- */

static bool same_costs(const double *a, const double *b, int n)
{
    return a == b || (a != NULL && b != NULL && memcmp(a, b, (size_t)n * sizeof *a) == 0);
}

/* All but what agent_line.h compares. */
static bool same_circumstances(const struct roster_model *model, const struct agent_class *a,
                               const struct agent_class *b)
{
    const struct catalogue *cat = &model->catalogues[a->catalogue];
    return a->catalogue == b->catalogue && a->lead == b->lead && a->set == b->set &&
           memcmp(a->legal, b->legal, (size_t)cat->n_slots) == 0 &&
           same_costs(a->extra, b->extra, cat->n_slots) && same_costs(a->off_cost, b->off_cost, cat->n_days);
}

/* Agents already described and the class they came to: equal ones need no automaton of their own. */
struct seen {
    struct agent_class described;
    int class;
};

static void seen_clear(void *data)
{
    class_clear(&((struct seen *)data)->described);
}

/* The class an equal agent came to, -1 when there is none. */
static int find_seen(const struct roster_model *model, const GArray *seen, const struct agent_class *class)
{
    for (guint i = 0; i < seen->len; i++) {
        const struct seen *old = &g_array_index(seen, struct seen, i);
        if (agent_line_same(&old->described.own, &class->own) &&
            same_circumstances(model, &old->described, class))
            return old->class;
    }
    return -1;
}

/* The class that is the same problem, made from `class` where there is none; -1 when nothing is legal. */
static int find_class(struct roster_model *model, struct pricing *pricing, struct agent_class *class)
{
    bool built = agent_line_build(model, class);
    if (!built && !class->own.optional)
        return -1;
    int c = 0;
    while (c < model->n_classes && !(agent_line_equal(&model->classes[c].own, &class->own) &&
                                     same_circumstances(model, &model->classes[c], class)))
        c++;
    if (c < model->n_classes)
        return c;
    if (!pricing_feasible(pricing, class))
        return -1;
    model->classes = g_renew(struct agent_class, model->classes, model->n_classes + 1);
    model->classes[model->n_classes++] = *class;
    *class = (struct agent_class){0};
    return c;
}

/* The class of one agent; a new description joins `seen`. */
static int class_of(struct roster_model *model, struct pricing *pricing, GArray *seen, int agent, int cat)
{
    struct seen now = {.described = {.catalogue = cat, .set = model->class_of_agent[agent]}};
    struct agent_class class = now.described;
    describe(model, &model->catalogues[cat], agent, &now.described);
    now.class = find_seen(model, seen, &now.described);
    if (now.class >= 0) {
        class_clear(&now.described);
        return now.class;
    }
    describe(model, &model->catalogues[cat], agent, &class);
    now.class = find_class(model, pricing, &class);
    class_clear(&class);
    if (now.class >= 0)
        g_array_append_val(seen, now);
    else
        class_clear(&now.described);
    return now.class;
}

bool roster_model_classes(struct roster_model *model, GError **error)
{
    const struct operation *operation = model->problem->operation;
    AUTO(pricing) pricing = pricing_new(model);
    GArray *seen = g_array_new(FALSE, FALSE, sizeof(struct seen));
    g_array_set_clear_func(seen, seen_clear);
    bool ok = true;
    for (int a = 0; a < operation->n_agents && ok; a++) {
        const struct catalogue *cat = roster_catalogue_of(model, a);
        int c = class_of(model, pricing, seen, a, (int)(cat - model->catalogues));
        if (c < 0) {
            ok = explain(model, a, cat, error);
            break;
        }
        struct agent_class *own = &model->classes[c];
        own->agents = g_renew(int, own->agents, own->n_agents + 1);
        own->agents[own->n_agents++] = a;
        model->class_of_agent[a] = c;
    }
    g_array_unref(seen);
    return ok;
}
