#include "api/pool.h"

#include <stdatomic.h>

#include "core/error.h"

#define CONNECTIONS_DEFAULT 16
#define WAIT_DEFAULT_MS 2000
#define LAG_DEFAULT_S 5
#define PAUSE_MIN_MS 100
#define PAUSE_MAX_MS 5000
#define CONNECT_TIMEOUT_S 3
#define WRITERS 1024 /* slots; two who share one only read from the primary more often */
#define POSITIONS 64 /* seconds remembered of the primary */

struct side {
    char *conninfo; /* NULL: there is none */
    GPtrArray *idle, *taken;
    int opening;        /* threads that connect just now */
    int waiting;        /* threads that wait for one to be given back */
    int pause_ms;       /* 0: nothing is wrong */
    gint64 next_try_us; /* not before, when pause_ms */
    char *reason;       /* why the last attempt failed */
    struct pool_figures figures;
};

struct store_pool {
    struct pool_settings settings; /* immutable; its strings are in the sides */
    GMutex mutex;                  /* guards the sides */
    GCond given;
    struct side sides[POOL_SIDES];
    _Atomic int64_t wrote_us[WRITERS];
    /* of the thread that ticks */
    struct {
        gint64 at_us;
        uint64_t position;
    } positions[POSITIONS];
    unsigned n_positions; /* written ever; the last POSITIONS are kept */
};

struct store_pool *store_pool_new_with(const struct pool_settings *settings)
{
    struct store_pool *pool = g_new0(struct store_pool, 1);
    pool->settings = *settings;
    if (pool->settings.connections_max <= 0)
        pool->settings.connections_max = CONNECTIONS_DEFAULT;
    if (pool->settings.wait_ms <= 0)
        pool->settings.wait_ms = WAIT_DEFAULT_MS;
    if (pool->settings.lag_max_s <= 0)
        pool->settings.lag_max_s = LAG_DEFAULT_S;
    if (pool->settings.after_write_s <= 0)
        pool->settings.after_write_s = pool->settings.lag_max_s + 5;
    if (pool->settings.options.connect_timeout_s <= 0)
        pool->settings.options.connect_timeout_s = CONNECT_TIMEOUT_S;
    g_mutex_init(&pool->mutex);
    g_cond_init(&pool->given);
    pool->sides[POOL_PRIMARY].conninfo = g_strdup(settings->conninfo);
    pool->sides[POOL_REPLICA].conninfo = g_strdup(settings->replica);
    for (int k = 0; k < POOL_SIDES; k++) {
        pool->sides[k].idle = g_ptr_array_new_with_free_func((GDestroyNotify)store_close);
        pool->sides[k].taken = g_ptr_array_new();
        pool->sides[k].figures.exists = pool->sides[k].conninfo != NULL;
    }
    return pool;
}

struct store_pool *store_pool_new(const char *conninfo)
{
    return store_pool_new_with(&(struct pool_settings){.conninfo = conninfo});
}

void store_pool_free(struct store_pool *pool)
{
    if (pool == NULL)
        return;
    for (int k = 0; k < POOL_SIDES; k++) {
        g_ptr_array_unref(pool->sides[k].idle);
        g_ptr_array_unref(pool->sides[k].taken);
        g_free(pool->sides[k].conninfo);
        g_free(pool->sides[k].reason);
    }
    g_cond_clear(&pool->given);
    g_mutex_clear(&pool->mutex);
    g_free(pool);
}

/* --- taking; the mutex is held where nothing else is said */

static bool away(const struct side *side, GError **error)
{
    wfm_fail(error, WFM_ERROR_STORE, "%s (tried a moment ago)",
             side->reason != NULL ? side->reason : "database: away");
    return false;
}

/* An idle connection into *out, or leave to open one (*out NULL); false when neither is to be had. */
static bool admit(struct store_pool *pool, struct side *side, struct store **out, GError **error)
{
    gint64 until_us = g_get_monotonic_time() + (gint64)pool->settings.wait_ms * 1000;
    bool waited = false;
    for (;;) {
        if (side->idle->len > 0) {
            *out = g_ptr_array_steal_index(side->idle, side->idle->len - 1);
            return true;
        }
        if ((int)side->taken->len + side->opening < pool->settings.connections_max) {
            if (side->pause_ms > 0 && (side->opening > 0 || g_get_monotonic_time() < side->next_try_us))
                return away(side, error);
            *out = NULL;
            return true;
        }
        if (!waited)
            side->figures.waits++;
        waited = true;
        side->waiting++;
        bool given = g_cond_wait_until(&pool->given, &pool->mutex, until_us);
        side->waiting--;
        if (!given) {
            side->figures.timeouts++;
            return wfm_fail(error, WFM_ERROR_STORE, "database: all %d connections are busy",
                            pool->settings.connections_max);
        }
    }
}

static void opened(struct side *side, const struct store *store, const GError *error)
{
    side->opening--;
    side->figures.connects += store != NULL;
    side->figures.failures += store == NULL;
    g_clear_pointer(&side->reason, g_free);
    if (store != NULL) {
        side->pause_ms = 0;
        return;
    }
    side->reason = g_strdup(error->message);
    side->pause_ms = CLAMP(2 * side->pause_ms, PAUSE_MIN_MS, PAUSE_MAX_MS);
    /* several services that lost the same database do not all come back at once */
    side->next_try_us = g_get_monotonic_time() + side->pause_ms * g_random_int_range(500, 1000);
}

/* Without the mutex. */
static struct store *take(struct store_pool *pool, struct side *side, GError **error)
{
    struct store *store = NULL;
    g_mutex_lock(&pool->mutex);
    bool ok = admit(pool, side, &store, error);
    if (ok && store == NULL) {
        g_autoptr(GError) inner = NULL;
        side->opening++;
        g_mutex_unlock(&pool->mutex);
        store = store_open_with(side->conninfo, &pool->settings.options, &inner);
        g_mutex_lock(&pool->mutex);
        opened(side, store, inner);
        if (store == NULL)
            g_propagate_error(error, g_steal_pointer(&inner));
    }
    if (store != NULL)
        g_ptr_array_add(side->taken, store);
    g_mutex_unlock(&pool->mutex);
    return store;
}

struct store *store_pool_take(struct store_pool *pool, GError **error)
{
    return take(pool, &pool->sides[POOL_PRIMARY], error);
}

int store_pool_read_side(struct store_pool *pool, guint who)
{
    struct side *replica = &pool->sides[POOL_REPLICA];
    if (replica->conninfo == NULL)
        return POOL_PRIMARY;
    int64_t wrote_us = atomic_load_explicit(&pool->wrote_us[who % WRITERS], memory_order_relaxed);
    g_mutex_lock(&pool->mutex);
    bool fresh = replica->figures.fresh;
    g_mutex_unlock(&pool->mutex);
    bool quiet =
        wrote_us == 0 || g_get_monotonic_time() - wrote_us > pool->settings.after_write_s * G_USEC_PER_SEC;
    return fresh && quiet ? POOL_REPLICA : POOL_PRIMARY;
}

struct store *store_pool_take_side(struct store_pool *pool, int side, GError **error)
{
    struct store *store = side == POOL_REPLICA ? take(pool, &pool->sides[side], NULL) : NULL;
    return store != NULL ? store : store_pool_take(pool, error);
}

struct store *store_pool_take_read(struct store_pool *pool, guint who, GError **error)
{
    return store_pool_take_side(pool, store_pool_read_side(pool, who), error);
}

void store_pool_wrote(struct store_pool *pool, guint who)
{
    atomic_store_explicit(&pool->wrote_us[who % WRITERS], g_get_monotonic_time(), memory_order_relaxed);
}

void store_pool_give(struct store_pool *pool, struct store *store, bool broken)
{
    if (store == NULL)
        return;
    g_autoptr(GPtrArray) closing = g_ptr_array_new_with_free_func((GDestroyNotify)store_close);
    g_mutex_lock(&pool->mutex);
    struct side *side = &pool->sides[POOL_PRIMARY];
    if (!g_ptr_array_remove_fast(side->taken, store)) {
        side = &pool->sides[POOL_REPLICA];
        g_ptr_array_remove_fast(side->taken, store);
    }
    if (broken) {
        side->figures.broken++;
        side->figures.fresh = false;
        g_ptr_array_add(closing, store);
        g_ptr_array_extend_and_steal(closing, side->idle);
        side->idle = g_ptr_array_new_with_free_func((GDestroyNotify)store_close);
    } else {
        g_ptr_array_add(side->idle, store);
    }
    /* saying so is a system call, and waiting is rare */
    if (pool->sides[POOL_PRIMARY].waiting + pool->sides[POOL_REPLICA].waiting > 0)
        g_cond_broadcast(&pool->given);
    g_mutex_unlock(&pool->mutex);
}

/* --- the replica */

static bool position_of(struct store_pool *pool, struct side *side, struct store_position *out)
{
    struct store *store = take(pool, side, NULL);
    bool ok = store != NULL && store_position(store, out, NULL);
    store_pool_give(pool, store, !ok);
    return ok;
}

/* Where the primary was lag_max_s ago, as far as is known: what the replica must have reached. */
static uint64_t position_due(const struct store_pool *pool, gint64 now_us)
{
    unsigned n = MIN(pool->n_positions, POSITIONS);
    for (unsigned back = 1; back <= n; back++) {
        unsigned k = (pool->n_positions - back) % POSITIONS;
        if (back == n || now_us - pool->positions[k].at_us >= pool->settings.lag_max_s * G_USEC_PER_SEC)
            return pool->positions[k].position;
    }
    return 0;
}

void store_pool_tick(struct store_pool *pool)
{
    struct side *replica = &pool->sides[POOL_REPLICA];
    if (replica->conninfo == NULL)
        return;
    struct store_position primary, there;
    gint64 now_us = g_get_monotonic_time();
    /* a primary that is away writes nothing that could be missed */
    if (position_of(pool, &pool->sides[POOL_PRIMARY], &primary)) {
        pool->positions[pool->n_positions % POSITIONS].at_us = now_us;
        pool->positions[pool->n_positions++ % POSITIONS].position = primary.bytes;
    }
    bool fresh = position_of(pool, replica, &there) && there.bytes >= position_due(pool, now_us);
    g_mutex_lock(&pool->mutex);
    replica->figures.fresh = fresh;
    g_mutex_unlock(&pool->mutex);
}

void store_pool_figures(struct store_pool *pool, struct pool_figures out[POOL_SIDES])
{
    g_mutex_lock(&pool->mutex);
    for (int k = 0; k < POOL_SIDES; k++) {
        out[k] = pool->sides[k].figures;
        out[k].away = pool->sides[k].pause_ms > 0;
        out[k].in_use = (int)pool->sides[k].taken->len;
        out[k].idle = (int)pool->sides[k].idle->len;
    }
    g_mutex_unlock(&pool->mutex);
}
