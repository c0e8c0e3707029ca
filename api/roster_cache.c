#include "api/roster_cache.h"

#include <math.h>
#include <string.h>

#include "core/error.h"
#include "scheduler/staffing/staffing.h"

#define VIEWS_MAX 16
#define BYTES_MAX ((size_t)192 << 20) /* of all views together, but for the one used last */
#define WANTED_MAX 4

struct roster_cache {
    struct store_pool *pool;
    GThread *thread;
    GMutex mutex; /* guards: */
    GCond changed;
    struct roster_view *views[VIEWS_MAX]; /* used last first; NULL behind */
    GHashTable *loading;                  /* ids, int64_t */
    int64_t wanted[WANTED_MAX];           /* to be got ready, n_wanted; the last first */
    int n_wanted;
    bool stopping;
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
    explain_free(shared->explained);
    g_free(shared->multipliers);
    g_clear_error(&shared->unexplained);
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
    g_free(view->here);
    roster_view_unref(view->live);
    problem_unref(view->shared);
    g_mutex_clear(&view->lazy);
    g_free(view);
}

struct roster_view *roster_view_ref(struct roster_view *view)
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

const double *roster_view_here(struct roster_view *view, const struct explained *explained, GError **error)
{
    g_mutex_lock(&view->lazy);
    if (view->here == NULL)
        view->here = explain_here(view->problem, view->now->shifts, view->now->n_shifts,
                                  explained->multipliers, error);
    g_mutex_unlock(&view->lazy);
    return view->here;
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

/* The view `live` with those shifts, counted; else NULL. Takes `fresh` (NULL: none) in its place. */
static struct roster_view *live_or(struct roster_view *view, const struct shift *shifts, int n,
                                   struct roster_view *fresh)
{
    g_mutex_lock(&view->lazy);
    struct roster_view *former = view->live, *found = NULL;
    if (fresh != NULL)
        view->live = roster_view_ref(fresh);
    else if (former != NULL && edited_same(shifts, n, former->now->shifts, former->now->n_shifts))
        found = roster_view_ref(former);
    g_mutex_unlock(&view->lazy);
    if (fresh != NULL)
        roster_view_unref(former);
    return found;
}

struct roster_view *roster_view_live(struct roster_view *view, const struct shift *shifts, int n,
                                     GError **error)
{
    struct roster_view *live = live_or(view, shifts, n, NULL);
    if (live != NULL)
        return live;
    struct draft_shift *own = g_new0(struct draft_shift, (gsize)n + 1);
    for (int i = 0; i < n; i++)
        own[i].shift = shifts[i];
    g_autofree bool *changed = g_new0(bool, (gsize)view->problem->demand.n_queues + 1);
    live = roster_view_next(view, own, n, changed, error);
    if (live != NULL)
        live_or(view, shifts, n, live);
    return live;
}

/* --- the cache
 * ---------------------------------------------------------------------------------------------------- */

static bool same_mark(const struct roster_mark *a, const struct roster_mark *b)
{
    return a->edits == b->edits && a->mark == b->mark && strcmp(a->state, b->state) == 0;
}

/* The view of the roster, whatever its edit; moved to the front. Counted, or NULL. With the mutex held. */
static struct roster_view *look(struct roster_cache *cache, int64_t id)
{
    for (int i = 0; i < VIEWS_MAX && cache->views[i] != NULL; i++)
        if (cache->views[i]->id == id) {
            struct roster_view *found = cache->views[i];
            memmove(cache->views + 1, cache->views, (size_t)i * sizeof *cache->views);
            cache->views[0] = found;
            return roster_view_ref(found);
        }
    return NULL;
}

/* About what a view keeps in memory: shifts of the draft, of its figures and of the solved roster, those of
   the checker with the published past; coverage and worth of staff. */
static size_t view_bytes(const struct roster_view *view)
{
    const struct plan_problem *problem = view->problem;
    const struct demand *demand = &problem->demand;
    size_t cells = (size_t)demand->n_queues * (size_t)demand->grid.n;
    return (size_t)(5 * view->n + 3 * problem->n_past) * sizeof(struct shift) +
           cells * sizeof(double) * (size_t)(16 + 12 * demand->n_pieces);
}

void roster_cache_put(struct roster_cache *cache, struct roster_view *view)
{
    struct roster_view *out[VIEWS_MAX + 1] = {roster_view_ref(view)}; /* as they are to stand */
    int n = 1, kept = 1;
    size_t bytes = 0;
    g_mutex_lock(&cache->mutex);
    for (int i = 0; i < VIEWS_MAX && cache->views[i] != NULL; i++)
        out[n++] = cache->views[i];
    memset(cache->views, 0, sizeof cache->views);
    cache->views[0] = out[0];
    out[0] = NULL;
    for (int i = 1; i < n; i++) {
        bytes += view_bytes(out[i]);
        if (out[i]->id == view->id || kept == VIEWS_MAX || bytes > BYTES_MAX)
            continue;
        cache->views[kept++] = out[i];
        out[i] = NULL;
    }
    g_mutex_unlock(&cache->mutex);
    for (int i = 1; i < n; i++)
        roster_view_unref(out[i]);
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

/* `known` (may be NULL): a view of it at another edit. */
static struct roster_view *load(struct store *store, int64_t id, const struct roster_view *known,
                                GError **error)
{
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
    return view;
}

struct roster_view *roster_cache_get(struct roster_cache *cache, struct store *store, int64_t id,
                                     GError **error)
{
    for (;;) {
        struct roster_mark mark;
        if (!store_roster_mark(store, id, &mark, error))
            return NULL;
        g_mutex_lock(&cache->mutex);
        AUTO(roster_view) known = look(cache, id);
        bool current = known != NULL && same_mark(&known->mark, &mark);
        bool busy = !current && g_hash_table_contains(cache->loading, &id);
        if (!current && !busy)
            g_hash_table_add(cache->loading, g_memdup2(&id, sizeof id));
        while (busy && g_hash_table_contains(cache->loading, &id))
            g_cond_wait(&cache->changed, &cache->mutex);
        g_mutex_unlock(&cache->mutex);
        if (current)
            return g_steal_pointer(&known);
        if (busy)
            continue;
        struct roster_view *view = load(store, id, known, error);
        if (view != NULL)
            roster_cache_put(cache, view);
        g_mutex_lock(&cache->mutex);
        g_hash_table_remove(cache->loading, &id);
        g_cond_broadcast(&cache->changed);
        g_mutex_unlock(&cache->mutex);
        return view;
    }
}

/* --- got ready
 * ---------------------------------------------------------------------------------------------------- */

static void get_ready(struct roster_cache *cache, int64_t id)
{
    g_autoptr(GError) error = NULL;
    struct store *store = store_pool_take(cache->pool, NULL);
    if (store == NULL)
        return;
    AUTO(roster_view) view = roster_cache_get(cache, store, id, &error);
    store_pool_give(cache->pool, store, g_error_matches(error, WFM_ERROR, WFM_ERROR_STORE));
    if (view == NULL) /* whoever asks for it is told why */
        return;
    roster_view_report(view);
    ground_of(view->shared, NULL);
}

static gpointer prepare(gpointer data)
{
    struct roster_cache *cache = data;
    g_mutex_lock(&cache->mutex);
    while (!cache->stopping) {
        if (cache->n_wanted == 0) {
            g_cond_wait(&cache->changed, &cache->mutex);
            continue;
        }
        int64_t id = cache->wanted[0];
        memmove(cache->wanted, cache->wanted + 1, (size_t)--cache->n_wanted * sizeof id);
        g_mutex_unlock(&cache->mutex);
        get_ready(cache, id);
        g_mutex_lock(&cache->mutex);
    }
    g_mutex_unlock(&cache->mutex);
    return NULL;
}

void roster_cache_prepare(struct roster_cache *cache, int64_t id)
{
    g_mutex_lock(&cache->mutex);
    int at = 0;
    while (at < cache->n_wanted && cache->wanted[at] != id)
        at++;
    if (at == cache->n_wanted)
        cache->n_wanted = MIN(cache->n_wanted + 1, WANTED_MAX);
    at = MIN(at, WANTED_MAX - 1);
    memmove(cache->wanted + 1, cache->wanted, (size_t)at * sizeof id);
    cache->wanted[0] = id;
    g_cond_broadcast(&cache->changed);
    g_mutex_unlock(&cache->mutex);
}

/* --- life
 * ---------------------------------------------------------------------------------------------------------
 */

struct roster_cache *roster_cache_new(struct store_pool *pool)
{
    struct roster_cache *cache = g_new0(struct roster_cache, 1);
    cache->pool = pool;
    g_mutex_init(&cache->mutex);
    g_cond_init(&cache->changed);
    cache->loading = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    cache->thread = g_thread_new("rosters", prepare, cache);
    return cache;
}

void roster_cache_free(struct roster_cache *cache)
{
    if (cache == NULL)
        return;
    g_mutex_lock(&cache->mutex);
    cache->stopping = true;
    g_cond_broadcast(&cache->changed);
    g_mutex_unlock(&cache->mutex);
    g_thread_join(cache->thread);
    for (int i = 0; i < VIEWS_MAX; i++)
        roster_view_unref(cache->views[i]);
    g_hash_table_unref(cache->loading);
    g_cond_clear(&cache->changed);
    g_mutex_clear(&cache->mutex);
    g_free(cache);
}
