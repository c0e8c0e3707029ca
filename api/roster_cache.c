#include "api/roster_cache.h"

#include <math.h>
#include <string.h>

#include "scheduler/staffing/staffing.h"

#define VIEWS_MAX 4 /* some MB each for hundreds of agents */

struct roster_cache {
    GMutex mutex;                         /* guards all */
    struct roster_view *views[VIEWS_MAX]; /* used last first; NULL behind */
};

/* --- views
 * ------------------------------------------------------------------------------------------------------ */

static void expected_clear(struct roster_expected *expected)
{
    g_free((double *)expected->offered);
    g_free((double *)expected->in_time);
    g_free((double *)expected->counted);
}

static void problem_unref(struct roster_problem *shared)
{
    if (shared == NULL || !g_atomic_int_dec_and_test(&shared->refs))
        return;
    edited_ground_free(shared->ground);
    plan_problem_free(shared->problem);
    plan_solution_free(shared->made);
    expected_clear(&shared->made_expected);
    g_mutex_clear(&shared->lazy);
    g_free(shared);
}

void roster_view_unref(struct roster_view *view)
{
    if (view == NULL || !g_atomic_int_dec_and_test(&view->refs))
        return;
    g_free(view->shifts);
    plan_solution_free(view->now);
    expected_clear(&view->expected);
    check_report_clear(&view->report);
    edited_trace_unref(view->trace);
    explain_free(view->explained);
    problem_unref(view->shared);
    g_mutex_clear(&view->lazy);
    g_free(view);
}

static struct roster_view *view_ref(struct roster_view *view)
{
    g_atomic_int_inc(&view->refs);
    return view;
}

static struct roster_view *view_new(int64_t id, struct roster_problem *shared)
{
    struct roster_view *view = g_new0(struct roster_view, 1);
    view->refs = 1;
    view->id = id;
    g_atomic_int_inc(&shared->refs);
    view->shared = shared;
    view->problem = shared->problem;
    view->made = shared->made;
    g_mutex_init(&view->lazy);
    return view;
}

const struct check_report *roster_view_report(struct roster_view *view)
{
    g_mutex_lock(&view->lazy);
    if (!view->checked)
        edited_check(view->problem, view->now, &view->trace, &view->report);
    view->checked = true;
    g_mutex_unlock(&view->lazy);
    return &view->report;
}

const struct explained *roster_view_explained(struct roster_view *view, GError **error)
{
    g_mutex_lock(&view->lazy);
    if (view->explained == NULL)
        view->explained = explain_new(view->problem, view->now, error);
    g_mutex_unlock(&view->lazy);
    return view->explained;
}

/* --- the next one
 * ------------------------------------------------------------------------------------------------- */

static int draft_shift_compare(const void *a, const void *b)
{
    return shift_compare(&((const struct draft_shift *)a)->shift, &((const struct draft_shift *)b)->shift);
}

/* What a queue is expected to do with the new coverage: as solved where that is the coverage; NAN where its
   load is not known. */
static void expect_queue(struct roster_view *view, const struct roster_view *before, int queue)
{
    const struct demand *demand = &view->problem->demand;
    size_t at = DEMAND_CELL(demand, queue, 0);
    double *offered = (double *)view->expected.offered + at, *in_time = (double *)view->expected.in_time + at;
    double *counted = (double *)view->expected.counted + at;
    const struct roster_expected *made = &view->shared->made_expected;
    size_t size = (size_t)demand->grid.n * sizeof(double);
    if (made->counted != NULL && memcmp(view->now->staffed + at, view->made->staffed + at, size) == 0) {
        memcpy(offered, made->offered + at, size);
        memcpy(in_time, made->in_time + at, size);
        memcpy(counted, made->counted + at, size);
        return;
    }
    if (demand->offered == NULL) {
        for (int32_t iv = 0; iv < demand->grid.n; iv++)
            offered[iv] = in_time[iv] = counted[iv] = NAN;
        return;
    }
    const struct load load = load_of_demand(demand, queue);
    const double *was = before->now->staffed + at;
    for (int32_t iv = 0; iv < demand->grid.n && was != NULL; iv++)
        if (isnan(counted[iv])) /* nothing is known of it */
            was = NULL;
    staffing_expected_again(view->problem->operation, queue, &load, was, view->now->staffed + at, offered,
                            in_time, counted);
}

static struct edited_ground *ground_of(struct roster_problem *shared, GError **error)
{
    g_mutex_lock(&shared->lazy);
    if (shared->ground == NULL)
        shared->ground = edited_ground_new(shared->problem, shared->made, error);
    g_mutex_unlock(&shared->lazy);
    return shared->ground;
}

static void expect_all(struct roster_view *view, const struct roster_view *before, bool *changed)
{
    const struct demand *demand = &view->problem->demand;
    size_t n_iv = (size_t)demand->grid.n, cells = (size_t)demand->n_queues * n_iv;
    view->expected.offered = g_memdup2(before->expected.offered, cells * sizeof(double));
    view->expected.in_time = g_memdup2(before->expected.in_time, cells * sizeof(double));
    view->expected.counted = g_memdup2(before->expected.counted, cells * sizeof(double));
    for (int q = 0; q < demand->n_queues; q++) {
        size_t at = (size_t)q * n_iv;
        changed[q] = memcmp(before->now->staffed + at, view->now->staffed + at, n_iv * sizeof(double)) != 0;
        if (changed[q])
            expect_queue(view, before, q);
    }
}

struct roster_view *roster_view_next(struct roster_view *before, struct draft_shift *shifts, int n,
                                     bool *changed, GError **error)
{
    g_autofree struct draft_shift *own = shifts;
    struct edited_ground *ground = ground_of(before->shared, error);
    if (ground == NULL)
        return NULL;
    struct roster_view *view = view_new(before->id, before->shared);
    qsort(shifts, (size_t)n, sizeof *shifts, draft_shift_compare);
    view->shifts = g_steal_pointer(&own);
    view->n = n;
    g_autofree struct shift *plain = g_new(struct shift, (gsize)n + 1);
    for (int i = 0; i < n; i++)
        plain[i] = shifts[i].shift;
    roster_view_report(before);
    AUTO(edited) edited = edited_next(ground, before->trace, plain, n);
    view->now = g_steal_pointer(&edited->solution);
    view->report = edited->report;
    view->checked = true;
    view->trace = g_steal_pointer(&edited->trace);
    edited->report = (struct check_report){0};
    expect_all(view, before, changed);
    return view;
}

/* --- the cache
 * ---------------------------------------------------------------------------------------------------- */

struct roster_cache *roster_cache_new(void)
{
    struct roster_cache *cache = g_new0(struct roster_cache, 1);
    g_mutex_init(&cache->mutex);
    return cache;
}

void roster_cache_free(struct roster_cache *cache)
{
    if (cache == NULL)
        return;
    for (int i = 0; i < VIEWS_MAX; i++)
        roster_view_unref(cache->views[i]);
    g_mutex_clear(&cache->mutex);
    g_free(cache);
}

static bool same_mark(const struct roster_mark *a, const struct roster_mark *b)
{
    return a->edits == b->edits && a->mark == b->mark && strcmp(a->state, b->state) == 0;
}

/* The view of the roster, whatever its edit; moved to the front. Counted, or NULL. */
static struct roster_view *look(struct roster_cache *cache, int64_t id)
{
    struct roster_view *found = NULL;
    g_mutex_lock(&cache->mutex);
    for (int i = 0; i < VIEWS_MAX && found == NULL; i++)
        if (cache->views[i] != NULL && cache->views[i]->id == id) {
            found = cache->views[i];
            memmove(cache->views + 1, cache->views, (size_t)i * sizeof *cache->views);
            cache->views[0] = found;
            view_ref(found);
        }
    g_mutex_unlock(&cache->mutex);
    return found;
}

void roster_cache_put(struct roster_cache *cache, struct roster_view *view)
{
    struct roster_view *out = NULL;
    g_mutex_lock(&cache->mutex);
    int i = 0;
    while (i < VIEWS_MAX - 1 && cache->views[i] != NULL && cache->views[i]->id != view->id)
        i++;
    out = cache->views[i];
    memmove(cache->views + 1, cache->views, (size_t)i * sizeof *cache->views);
    cache->views[0] = view_ref(view);
    g_mutex_unlock(&cache->mutex);
    roster_view_unref(out);
}

/* The stored shifts over the shared problem, which gets its solved roster if it has none yet. */
static struct roster_view *view_load(struct store *store, int64_t id, struct roster_problem *shared,
                                     GError **error)
{
    struct roster_draft draft;
    if (!store_roster_draft(store, shared->problem, id, &draft, error))
        return NULL;
    if (shared->made == NULL)
        shared->made = g_steal_pointer(&draft.made);
    size_t size =
        (size_t)shared->problem->demand.n_queues * (size_t)shared->problem->demand.grid.n * sizeof(double);
    if (shared->made_expected.counted == NULL && draft.mark.edits == 0)
        shared->made_expected = (struct roster_expected){
            g_memdup2(draft.offered, size), g_memdup2(draft.in_time, size), g_memdup2(draft.counted, size)};
    else if (shared->made_expected.counted == NULL)
        shared->made_expected = (struct roster_expected){g_steal_pointer(&draft.made_offered),
                                                         g_steal_pointer(&draft.made_in_time),
                                                         g_steal_pointer(&draft.made_counted)};
    struct roster_view *view = view_new(id, shared);
    view->mark = draft.mark;
    view->n = draft.n_shifts;
    view->shifts = g_steal_pointer(&draft.shifts);
    struct plan_solution *now = view->now = plan_solution_new();
    now->shifts = g_new0(struct shift, (gsize)view->n + 1);
    for (int i = 0; i < view->n; i++)
        now->shifts[i] = view->shifts[i].shift;
    now->n_shifts = view->n;
    now->pay = draft.pay;
    now->shortage = draft.shortage;
    now->penalty = draft.penalty;
    now->objective = draft.objective;
    now->bound = shared->made->bound;
    now->n_staffed = shared->made->n_staffed;
    now->staffed = g_steal_pointer(&draft.staffed);
    view->expected = (struct roster_expected){
        g_steal_pointer(&draft.offered), g_steal_pointer(&draft.in_time), g_steal_pointer(&draft.counted)};
    roster_draft_clear(&draft);
    return view;
}

struct roster_view *roster_cache_get(struct roster_cache *cache, struct store *store, int64_t id,
                                     GError **error)
{
    struct roster_mark mark;
    if (!store_roster_mark(store, id, &mark, error))
        return NULL;
    AUTO(roster_view) known = look(cache, id);
    if (known != NULL && same_mark(&known->mark, &mark))
        return g_steal_pointer(&known);
    struct roster_problem *shared;
    if (known != NULL) {
        shared = known->shared;
        g_atomic_int_inc(&shared->refs);
    } else {
        shared = g_new0(struct roster_problem, 1);
        shared->refs = 1;
        g_mutex_init(&shared->lazy);
        if (!store_roster_problem_unverified(store, id, &shared->problem, error)) {
            problem_unref(shared);
            return NULL;
        }
    }
    struct roster_view *view = view_load(store, id, shared, error);
    problem_unref(shared);
    if (view != NULL)
        roster_cache_put(cache, view);
    return view;
}
