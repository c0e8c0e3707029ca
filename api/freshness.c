#include "api/freshness.h"

#include <string.h>

#include "core/store/answer.h"

/* Agents whose generation is remembered; beyond, all have changed. */
#define CHANGED_MAX 8192

struct side {
    GPtrArray *waiting; /* struct MHD_Connection, suspended */
    bool known;
    uint64_t low, generation, all; /* all: what concerned everybody last */
    int64_t identity[4];
    int64_t now_ts;
    GHashTable *changed; /* key of an agent → uint64_t generation */
    GHashTable *seen;    /* id of a mark → uint64_t its transaction: of those that will be read again */
};

struct freshness {
    struct store_pool *pool;
    GMutex mutex; /* guards all below */
    GCond wake;
    bool sleeping, resting;
    struct side sides[POOL_SIDES];
    struct freshness_figures figures;
    GThread *thread;
};

/* --- what a look has found; with the mutex held */

static void everybody_changed(struct side *side)
{
    side->all = ++side->generation;
    g_hash_table_remove_all(side->changed);
}

static void forget(struct freshness *freshness, struct side *side)
{
    freshness->figures.resets += side->known;
    side->known = false;
    side->low = 0;
    g_hash_table_remove_all(side->seen);
    everybody_changed(side);
}

static void note_mark(struct side *side, const struct answer_mark *mark)
{
    if (mark->agents == NULL || g_hash_table_size(side->changed) + (guint)mark->n_agents > CHANGED_MAX) {
        everybody_changed(side);
        return;
    }
    side->generation++;
    for (int k = 0; k < mark->n_agents; k++)
        g_hash_table_insert(side->changed, GINT_TO_POINTER(mark->agents[k]),
                            g_memdup2(&side->generation, sizeof side->generation));
}

static gboolean is_below(gpointer id, gpointer xid, gpointer low)
{
    (void)id;
    return *(uint64_t *)xid < *(uint64_t *)low;
}

static void note(struct freshness *freshness, struct side *side, struct answer_state *found)
{
    bool same = side->known && memcmp(side->identity, found->identity, sizeof side->identity) == 0 &&
                side->low >= found->gone && side->low <= found->low;
    if (!same)
        forget(freshness, side);
    for (int k = 0; same && k < found->n; k++) {
        const struct answer_mark *mark = &found->marks[k];
        if (g_hash_table_contains(side->seen, &mark->id))
            continue;
        g_hash_table_insert(side->seen, g_memdup2(&mark->id, sizeof mark->id),
                            g_memdup2(&mark->xid, sizeof mark->xid));
        note_mark(side, mark);
    }
    if (found->low > side->low)
        g_hash_table_foreach_remove(side->seen, is_below, &found->low);
    side->known = !freshness->resting;
    side->low = found->low;
    side->now_ts = found->now_ts;
    memcpy(side->identity, found->identity, sizeof side->identity);
}

/* --- the thread that looks */

static bool look(struct freshness *freshness, int side, uint64_t low, struct answer_state *found)
{
    struct store *store = store_pool_take_side(freshness->pool, side, NULL);
    bool ok = store != NULL && store_answer_state(store, low, found, NULL);
    store_pool_give(freshness->pool, store, store != NULL && !ok);
    return ok;
}

/* With the mutex held, and left meanwhile. */
static void serve(struct freshness *freshness, int k)
{
    struct side *side = &freshness->sides[k];
    g_autoptr(GPtrArray) waiting = g_steal_pointer(&side->waiting);
    struct answer_state found = {0};
    uint64_t low = side->low;
    side->waiting = g_ptr_array_new();
    g_mutex_unlock(&freshness->mutex);
    bool ok = look(freshness, k, low, &found);
    g_mutex_lock(&freshness->mutex);
    freshness->figures.looks++;
    freshness->figures.waits += waiting->len;
    if (ok)
        note(freshness, side, &found);
    else
        forget(freshness, side);
    g_mutex_unlock(&freshness->mutex);
    for (guint n = 0; n < waiting->len; n++)
        MHD_resume_connection(g_ptr_array_index(waiting, n));
    answer_state_clear(&found);
    g_mutex_lock(&freshness->mutex);
}

static gpointer run(gpointer data)
{
    struct freshness *freshness = data;
    g_mutex_lock(&freshness->mutex);
    for (;;) {
        bool idle = true;
        for (int k = 0; k < POOL_SIDES; k++)
            if (freshness->sides[k].waiting->len > 0) {
                serve(freshness, k);
                idle = false;
            }
        if (idle && freshness->resting)
            break;
        freshness->sleeping = idle;
        if (idle)
            g_cond_wait(&freshness->wake, &freshness->mutex);
        freshness->sleeping = false;
    }
    g_mutex_unlock(&freshness->mutex);
    return NULL;
}

struct freshness *freshness_start(struct store_pool *pool)
{
    struct freshness *freshness = g_new0(struct freshness, 1);
    freshness->pool = pool;
    g_mutex_init(&freshness->mutex);
    g_cond_init(&freshness->wake);
    for (int k = 0; k < POOL_SIDES; k++) {
        struct side *side = &freshness->sides[k];
        side->waiting = g_ptr_array_new();
        side->changed = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, g_free);
        side->seen = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
    }
    freshness->thread = g_thread_new("freshness", run, freshness);
    return freshness;
}

void freshness_rest(struct freshness *freshness)
{
    if (freshness == NULL)
        return;
    g_mutex_lock(&freshness->mutex);
    freshness->resting = true;
    for (int k = 0; k < POOL_SIDES; k++)
        freshness->sides[k].known = false;
    g_cond_signal(&freshness->wake);
    g_mutex_unlock(&freshness->mutex);
    if (freshness->thread != NULL)
        g_thread_join(g_steal_pointer(&freshness->thread));
}

void freshness_free(struct freshness *freshness)
{
    if (freshness == NULL)
        return;
    freshness_rest(freshness);
    for (int k = 0; k < POOL_SIDES; k++) {
        g_ptr_array_unref(freshness->sides[k].waiting);
        g_hash_table_unref(freshness->sides[k].changed);
        g_hash_table_unref(freshness->sides[k].seen);
    }
    g_cond_clear(&freshness->wake);
    g_mutex_clear(&freshness->mutex);
    g_free(freshness);
}

/* --- for the threads that serve */

void freshness_wait(struct freshness *freshness, int side, struct MHD_Connection *connection)
{
    MHD_suspend_connection(connection); /* before anybody can find it, and without the mutex: it is slow */
    g_mutex_lock(&freshness->mutex);
    bool waits = !freshness->resting;
    if (waits)
        g_ptr_array_add(freshness->sides[side].waiting, connection);
    if (waits && freshness->sleeping)
        g_cond_signal(&freshness->wake);
    g_mutex_unlock(&freshness->mutex);
    if (!waits)
        MHD_resume_connection(connection);
}

bool freshness_now(struct freshness *freshness, int side, uint64_t *generation, int64_t *now_ts)
{
    g_mutex_lock(&freshness->mutex);
    bool known = freshness->sides[side].known;
    *generation = freshness->sides[side].generation;
    *now_ts = freshness->sides[side].now_ts;
    g_mutex_unlock(&freshness->mutex);
    return known;
}

bool freshness_holds(struct freshness *freshness, int k, uint64_t generation, int32_t agent_key,
                     int64_t until_ts)
{
    g_mutex_lock(&freshness->mutex);
    const struct side *side = &freshness->sides[k];
    const uint64_t *changed = g_hash_table_lookup(side->changed, GINT_TO_POINTER(agent_key));
    /* a second more: the clock was cut off */
    bool holds = side->known && generation >= side->all && (changed == NULL || generation >= *changed) &&
                 until_ts > side->now_ts + 1;
    g_mutex_unlock(&freshness->mutex);
    return holds;
}

void freshness_figures(struct freshness *freshness, struct freshness_figures *out)
{
    g_mutex_lock(&freshness->mutex);
    *out = freshness->figures;
    g_mutex_unlock(&freshness->mutex);
}
