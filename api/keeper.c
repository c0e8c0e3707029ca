#include "api/keeper.h"

#include "api/gauges.h"
#include "core/store/answer.h"

#define TOUCH_EVERY_TICKS 5
#define GAUGES_EVERY_TICKS 15
#define FORGET_EVERY_TICKS 60
#define NOTICES_KEEP_DAYS 400
#define TOUCHED_MAX 100000 /* beyond, some stay unmarked for a minute */

struct keeper {
    struct store_pool *pool;
    GThread *thread;
    GMutex mutex; /* guards all below */
    GCond wake;
    bool stopping;
    GHashTable *touched; /* set of token ids */
    char *gauges;
};

static bool with_store(struct keeper *keeper, bool (*work)(struct store *, void *, GError **), void *data)
{
    g_autoptr(GError) error = NULL;
    struct store *store = store_pool_take(keeper->pool, NULL);
    bool ok = store != NULL && work(store, data, &error);
    store_pool_give(keeper->pool, store, !ok);
    return ok;
}

static bool write_touches(struct store *store, void *data, GError **error)
{
    GArray *ids = data;
    return store_tokens_touch(store, (const int64_t *)(const void *)ids->data, (int)ids->len, error);
}

static void flush_touches(struct keeper *keeper)
{
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(int64_t));
    GHashTableIter iter;
    gpointer key;
    g_mutex_lock(&keeper->mutex);
    g_hash_table_iter_init(&iter, keeper->touched);
    while (g_hash_table_iter_next(&iter, &key, NULL))
        g_array_append_val(ids, *(int64_t *)key);
    g_hash_table_remove_all(keeper->touched);
    g_mutex_unlock(&keeper->mutex);
    if (ids->len > 0)
        with_store(keeper, write_touches, ids); /* when the database is away, the next use says it again */
}

static bool read_gauges(struct store *store, void *data, GError **error)
{
    return gauges_text(store, data, error);
}

static void refresh_gauges(struct keeper *keeper)
{
    g_autoptr(GString) text = g_string_new(NULL);
    bool ok = with_store(keeper, read_gauges, text);
    g_mutex_lock(&keeper->mutex);
    g_free(keeper->gauges);
    keeper->gauges = g_strdup(ok ? text->str : "");
    g_mutex_unlock(&keeper->mutex);
}

static bool forget(struct store *store, void *data, GError **error)
{
    (void)data;
    return store_notices_forget(store, NOTICES_KEEP_DAYS, error) && store_answer_sweep(store, error);
}

/* False when it is time to stop. */
static bool sleep_a_second(struct keeper *keeper)
{
    gint64 until_us = g_get_monotonic_time() + G_USEC_PER_SEC;
    g_mutex_lock(&keeper->mutex);
    while (!keeper->stopping && g_cond_wait_until(&keeper->wake, &keeper->mutex, until_us))
        ;
    bool stopping = keeper->stopping;
    g_mutex_unlock(&keeper->mutex);
    return !stopping;
}

static gpointer keep(gpointer data)
{
    struct keeper *keeper = data;
    for (unsigned tick = 0; sleep_a_second(keeper); tick++) {
        store_pool_tick(keeper->pool);
        if (tick % GAUGES_EVERY_TICKS == 0)
            refresh_gauges(keeper);
        if (tick % TOUCH_EVERY_TICKS == 0)
            flush_touches(keeper);
        if (tick % FORGET_EVERY_TICKS == 0)
            with_store(keeper, forget, NULL); /* when the database is away, in a minute */
    }
    flush_touches(keeper);
    return NULL;
}

struct keeper *keeper_start(struct store_pool *pool)
{
    struct keeper *keeper = g_new0(struct keeper, 1);
    keeper->pool = pool;
    g_mutex_init(&keeper->mutex);
    g_cond_init(&keeper->wake);
    keeper->touched = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    keeper->gauges = g_strdup("");
    keeper->thread = g_thread_new("keeper", keep, keeper);
    return keeper;
}

void keeper_stop(struct keeper *keeper)
{
    if (keeper == NULL)
        return;
    g_mutex_lock(&keeper->mutex);
    keeper->stopping = true;
    g_cond_signal(&keeper->wake);
    g_mutex_unlock(&keeper->mutex);
    g_thread_join(keeper->thread);
    g_hash_table_unref(keeper->touched);
    g_free(keeper->gauges);
    g_cond_clear(&keeper->wake);
    g_mutex_clear(&keeper->mutex);
    g_free(keeper);
}

void keeper_touch(struct keeper *keeper, int64_t token)
{
    g_mutex_lock(&keeper->mutex);
    if (g_hash_table_size(keeper->touched) < TOUCHED_MAX && !g_hash_table_contains(keeper->touched, &token))
        g_hash_table_add(keeper->touched, g_memdup2(&token, sizeof(token)));
    g_mutex_unlock(&keeper->mutex);
}

char *keeper_gauges(struct keeper *keeper)
{
    g_mutex_lock(&keeper->mutex);
    char *text = g_strdup(keeper->gauges);
    g_mutex_unlock(&keeper->mutex);
    return text;
}
