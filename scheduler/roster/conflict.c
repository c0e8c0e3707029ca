#include "scheduler/roster/conflict.h"

#include <string.h>

#include "scheduler/roster/model.h"
#include "scheduler/roster/relax.h"
#include "scheduler/roster/trial.h"

#define PAIRS_MAX 40 /* items up to which a clash of two is looked for by trying all pairs */

/* ---- who fails ---- */

/* Does every agent of the trial have a legal roster? */
static bool trial_legal(const struct trial *trial, GError **error)
{
    struct roster_model *model = roster_model_new(&trial->problem, error);
    roster_model_free(model);
    return model != NULL;
}

static void find_failing(const struct plan_problem *problem, int from, int to, GArray *failing)
{
    if (from >= to)
        return;
    struct trial *trial = trial_new(problem, from, to);
    bool legal = trial_legal(trial, NULL);
    trial_free(trial);
    if (legal)
        return;
    int middle = from + (to - from) / 2;
    if (to - from == 1) {
        g_array_append_val(failing, from);
        return;
    }
    find_failing(problem, from, middle, failing);
    find_failing(problem, middle, to, failing);
}

/* ---- one agent ---- */

/* The items of one agent, and how each is just now. */
struct inquiry {
    const struct plan_problem *problem;
    int agent;
    const struct contract *contract;
    struct conflict_item *items;
    int n;
    int *steps; /* per item: steps relaxed, 0 = in force */
};

static void add_item(GArray *items, enum conflict_kind kind, int index, int value)
{
    struct conflict_item item = {.kind = kind, .index = index, .value = value};
    g_array_append_val(items, item);
}

/* In the order in which a planner would rather change them. */
static void list_items(struct inquiry *s)
{
    const struct operation *op = s->problem->operation;
    const struct agent *agent = &op->agents[s->agent];
    const struct plan_base *base = s->problem->base;
    int64_t end_ts = grid_end_ts(&s->problem->demand.grid);
    GArray *items = g_array_new(FALSE, FALSE, sizeof(struct conflict_item));
    for (int i = 0; i < relaxations_n(); i++)
        if (relaxation_active(relaxation_at(i), s->contract))
            add_item(items, CONFLICT_RULE, i, relaxation_value(relaxation_at(i), s->contract));
    for (int i = 0; base != NULL && i < base->n_locks; i++)
        if (base->locks[i].agent == s->agent)
            add_item(items, CONFLICT_LOCK, i, 1);
    if (base != NULL && base->frozen_ts > s->problem->demand.grid.start_ts)
        add_item(items, CONFLICT_FROZEN, 0, 1);
    if (agent->n_available > 0)
        add_item(items, CONFLICT_AVAILABLE, 0, 1);
    for (int i = 0; i < op->n_time_off; i++)
        if (op->time_off[i].agent == s->agent && op->time_off[i].start_ts < end_ts + 2 * DAY_S &&
            op->time_off[i].end_ts > s->problem->demand.grid.start_ts - DAY_S)
            add_item(items, CONFLICT_TIME_OFF, i, 1);
    for (int i = 0; i < s->problem->n_past; i++)
        if (s->problem->past[i].agent == s->agent) {
            add_item(items, CONFLICT_PAST, 0, 1);
            break;
        }
    if (agent->employed_from != INT32_MIN || agent->employed_to != INT32_MAX)
        add_item(items, CONFLICT_EMPLOYED, 0, 1);
    s->n = (int)items->len;
    s->items = (struct conflict_item *)(void *)g_array_free(items, FALSE);
    s->steps = g_new0(int, (gsize)s->n + 1);
}

static int steps_max(const struct inquiry *s, int i)
{
    const struct conflict_item *item = &s->items[i];
    return item->kind == CONFLICT_RULE ? relaxation_steps(relaxation_at(item->index), s->contract) : 1;
}

static void give_up(struct trial *trial, const struct inquiry *s, const struct conflict_item *item)
{
    struct operation *op = &trial->operation;
    const struct lock *lock;
    switch (item->kind) {
    case CONFLICT_LOCK:
        lock = &s->problem->base->locks[item->index];
        for (int i = 0; i < trial->base.n_locks; i++)
            if (trial->base.locks[i].day == lock->day) {
                memmove(&trial->base.locks[i], &trial->base.locks[i + 1],
                        (size_t)(trial->base.n_locks - i - 1) * sizeof *trial->base.locks);
                trial->base.n_locks--;
            }
        break;
    case CONFLICT_FROZEN:
        trial->base.frozen_ts = INT64_MIN;
        break;
    case CONFLICT_TIME_OFF:
        for (int i = 0; i < op->n_time_off; i++)
            if (op->time_off[i].start_ts == s->problem->operation->time_off[item->index].start_ts &&
                op->time_off[i].end_ts == s->problem->operation->time_off[item->index].end_ts)
                op->time_off[i].start_ts = op->time_off[i].end_ts; /* empty: covers no day, forbids nothing */
        break;
    case CONFLICT_AVAILABLE:
        op->agents[0].n_available = 0;
        break;
    case CONFLICT_EMPLOYED:
        op->agents[0].employed_from = INT32_MIN;
        op->agents[0].employed_to = INT32_MAX;
        break;
    case CONFLICT_PAST:
        trial->problem.n_past = 0;
        break;
    case CONFLICT_RULE:
    case CONFLICT_KIND_N:
        break;
    }
}

/* Is there a legal roster with the items as s->steps has them? */
static bool legal(const struct inquiry *s)
{
    struct trial *trial = trial_new(s->problem, s->agent, s->agent + 1);
    struct contract *own = &trial->operation.contracts[trial->operation.agents[0].contract];
    for (int i = 0; i < s->n; i++) {
        const struct conflict_item *item = &s->items[i];
        if (s->steps[i] == 0)
            continue;
        if (item->kind == CONFLICT_RULE)
            relaxation_set(relaxation_at(item->index), own,
                           relaxation_after(relaxation_at(item->index), s->contract, s->steps[i]));
        else
            give_up(trial, s, item);
    }
    bool ok = trial_legal(trial, NULL);
    trial_free(trial);
    return ok;
}

static void relax_all(struct inquiry *s, bool relaxed)
{
    for (int i = 0; i < s->n; i++)
        s->steps[i] = relaxed ? steps_max(s, i) : 0;
}

/* Marks a smallest clash in `clash`: those items alone, all others left out, leave nothing legal. */
static int find_clash(struct inquiry *s, bool *clash)
{
    int n = 0;
    relax_all(s, false);
    for (int i = s->n - 1; i >= 0; i--) { /* what one would rather not blame goes first */
        s->steps[i] = steps_max(s, i);
        if (legal(s))
            s->steps[i] = 0;
    }
    for (int i = 0; i < s->n; i++)
        n += clash[i] = s->steps[i] == 0;
    int most = s->n <= PAIRS_MAX ? 2 : 1;
    for (int size = 1; size <= most && size < n; size++)
        for (int a = 0; a < s->n; a++)
            for (int b = size == 1 ? a : a + 1; b < (size == 1 ? a + 1 : s->n); b++) {
                relax_all(s, true);
                s->steps[a] = s->steps[b] = 0;
                if (legal(s))
                    continue;
                memset(clash, 0, (size_t)s->n * sizeof *clash);
                clash[a] = clash[b] = true;
                return size;
            }
    return n;
}

/* The fewest steps of item i that are enough, the others as they are; it is enough at steps_max. */
static int fewest_steps(struct inquiry *s, int i)
{
    int enough = steps_max(s, i), less = 0;
    while (enough - less > 1) {
        int middle = less + (enough - less) / 2;
        s->steps[i] = middle;
        if (legal(s))
            enough = middle;
        else
            less = middle;
    }
    s->steps[i] = enough;
    return enough;
}

static struct conflict_item changed(const struct inquiry *s, int i)
{
    struct conflict_item item = s->items[i];
    item.steps = s->steps[i];
    if (item.kind == CONFLICT_RULE)
        item.relaxed = relaxation_after(relaxation_at(item.index), s->contract, item.steps);
    return item;
}

/* Rules before people's own things; among rules the smaller step. */
static int compare_way(const void *a, const void *b)
{
    const struct conflict_item *x = a, *y = b;
    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    if (x->steps != y->steps)
        return x->steps < y->steps ? -1 : 1;
    return (x->index > y->index) - (x->index < y->index);
}

static void find_ways(struct inquiry *s, const bool *clash, struct conflict *conflict)
{
    for (int i = 0; i < s->n; i++) {
        relax_all(s, false);
        if (!clash[i])
            continue;
        s->steps[i] = steps_max(s, i);
        if (!legal(s))
            continue;
        fewest_steps(s, i);
        conflict->ways = g_renew(struct conflict_item, conflict->ways, conflict->n_ways + 1);
        conflict->ways[conflict->n_ways++] = changed(s, i);
    }
    if (conflict->n_ways > 0)
        qsort(conflict->ways, (size_t)conflict->n_ways, sizeof *conflict->ways, compare_way);
}

/* Several clashes at once: everything is given up and taken back, from what is hardest to change down; what
   cannot be taken back is changed as little as possible. */
static void find_fix(struct inquiry *s, struct conflict *conflict)
{
    relax_all(s, true);
    for (int i = s->n - 1; i >= 0; i--) {
        int given = s->steps[i];
        s->steps[i] = 0;
        if (!legal(s))
            s->steps[i] = given;
    }
    for (int i = 0; i < s->n; i++) {
        if (s->steps[i] == 0)
            continue;
        fewest_steps(s, i);
        conflict->fix = g_renew(struct conflict_item, conflict->fix, conflict->n_fix + 1);
        conflict->fix[conflict->n_fix++] = changed(s, i);
    }
}

/* Can nothing at all be worked, whatever the rules? Then says why. */
static char *nothing_to_work(const struct inquiry *s)
{
    g_autoptr(GError) error = NULL;
    struct trial *trial = trial_new(s->problem, s->agent, s->agent + 1);
    struct contract *own = &trial->operation.contracts[trial->operation.agents[0].contract];
    for (int i = 0; i < s->n; i++) {
        const struct conflict_item *item = &s->items[i];
        if (item->kind == CONFLICT_RULE)
            relaxation_set(relaxation_at(item->index), own,
                           relaxation_after(relaxation_at(item->index), s->contract, steps_max(s, i)));
        else
            give_up(trial, s, item);
    }
    own->week_days_min = 1;
    bool ok = trial_legal(trial, &error);
    trial_free(trial);
    if (ok)
        return NULL;
    g_autofree char *prefix = g_strdup_printf("agent %s: ", s->problem->operation->agents[s->agent].id);
    bool named = g_str_has_prefix(error->message, prefix);
    return g_strdup(error->message + (named ? strlen(prefix) : 0));
}

/* The same items clash, and the same change helps, as for an agent seen before? */
static bool like_before(struct inquiry *s, const struct conflict *before, const struct plan_problem *problem)
{
    const struct operation *op = problem->operation;
    bool clash_rules_only = before->n_clash > 0 && before->n_ways > 0;
    for (int i = 0; i < before->n_clash; i++)
        clash_rules_only = clash_rules_only && before->clash[i].kind == CONFLICT_RULE;
    if (!clash_rules_only || op->agents[before->agent].contract != op->agents[s->agent].contract)
        return false;
    relax_all(s, true);
    for (int k = 0; k < before->n_clash; k++)
        for (int i = 0; i < s->n; i++)
            if (s->items[i].kind == CONFLICT_RULE && s->items[i].index == before->clash[k].index)
                s->steps[i] = 0;
    if (legal(s))
        return false;
    for (int k = 0; k < before->n_ways; k++) {
        relax_all(s, false);
        for (int i = 0; i < s->n; i++)
            if (s->items[i].kind == CONFLICT_RULE && s->items[i].index == before->ways[k].index)
                s->steps[i] = before->ways[k].steps;
        if (!legal(s))
            return false;
    }
    return true;
}

static struct conflict_item *items_copy(const struct conflict_item *items, int n)
{
    return n > 0 ? g_memdup2(items, (gsize)n * sizeof *items) : NULL;
}

static struct conflict find_conflict(const struct plan_problem *problem, int agent,
                                     const struct conflicts *seen)
{
    struct conflict conflict = {.agent = agent};
    const struct operation *op = problem->operation;
    struct inquiry s = {
        .problem = problem, .agent = agent, .contract = &op->contracts[op->agents[agent].contract]};
    list_items(&s);
    g_autofree bool *clash = g_new0(bool, (gsize)s.n + 1);
    for (int i = 0; i < seen->n && conflict.n_clash == 0; i++)
        if (like_before(&s, &seen->all[i], problem)) {
            conflict.n_clash = seen->all[i].n_clash;
            conflict.clash = items_copy(seen->all[i].clash, conflict.n_clash);
            conflict.n_ways = seen->all[i].n_ways;
            conflict.ways = items_copy(seen->all[i].ways, conflict.n_ways);
        }
    if (conflict.n_clash == 0)
        conflict.reason = nothing_to_work(&s);
    if (conflict.n_clash == 0 && conflict.reason == NULL) {
        int n = find_clash(&s, clash);
        conflict.clash = g_new0(struct conflict_item, (gsize)n + 1);
        for (int i = 0; i < s.n; i++)
            if (clash[i])
                conflict.clash[conflict.n_clash++] = s.items[i];
        find_ways(&s, clash, &conflict);
        if (conflict.n_ways == 0)
            find_fix(&s, &conflict);
    }
    g_free(s.items);
    g_free(s.steps);
    return conflict;
}

struct conflicts *conflicts_find(const struct plan_problem *problem)
{
    struct conflicts *conflicts = g_new0(struct conflicts, 1);
    g_autoptr(GArray) failing = g_array_new(FALSE, FALSE, sizeof(int));
    struct trial *nobody = trial_new(problem, 0, 0);
    bool about_agents = trial_legal(nobody, NULL); /* else the problem as such cannot be planned */
    trial_free(nobody);
    if (about_agents)
        find_failing(problem, 0, problem->operation->n_agents, failing);
    conflicts->all = g_new0(struct conflict, failing->len + 1);
    for (guint i = 0; i < failing->len; i++) {
        conflicts->all[i] = find_conflict(problem, g_array_index(failing, int, i), conflicts);
        conflicts->n++;
    }
    return conflicts;
}

void conflicts_free(struct conflicts *conflicts)
{
    if (conflicts == NULL)
        return;
    for (int i = 0; i < conflicts->n; i++) {
        g_free(conflicts->all[i].clash);
        g_free(conflicts->all[i].ways);
        g_free(conflicts->all[i].fix);
        g_free(conflicts->all[i].reason);
    }
    g_free(conflicts->all);
    g_free(conflicts);
}
