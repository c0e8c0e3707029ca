#include "api/pool.h"

struct store_pool {
    char *conninfo; /* immutable */
    GMutex mutex;   /* guards idle */
    GPtrArray *idle;
};

struct store_pool *store_pool_new(const char *conninfo)
{
    struct store_pool *pool = g_new0(struct store_pool, 1);
    pool->conninfo = g_strdup(conninfo);
    g_mutex_init(&pool->mutex);
    pool->idle = g_ptr_array_new_with_free_func((GDestroyNotify)store_close);
    return pool;
}

void store_pool_free(struct store_pool *pool)
{
    if (pool == NULL)
        return;
    g_ptr_array_unref(pool->idle);
    g_mutex_clear(&pool->mutex);
    g_free(pool->conninfo);
    g_free(pool);
}

struct store *store_pool_take(struct store_pool *pool, GError **error)
{
    g_mutex_lock(&pool->mutex);
    struct store *store =
        pool->idle->len > 0 ? g_ptr_array_steal_index(pool->idle, pool->idle->len - 1) : NULL;
    g_mutex_unlock(&pool->mutex);
    return store != NULL ? store : store_open(pool->conninfo, error);
}

void store_pool_give(struct store_pool *pool, struct store *store, bool broken)
{
    if (store == NULL)
        return;
    g_autoptr(GPtrArray) closing = g_ptr_array_new_with_free_func((GDestroyNotify)store_close);
    g_mutex_lock(&pool->mutex);
    if (broken) {
        g_ptr_array_add(closing, store);
        g_ptr_array_extend_and_steal(closing, pool->idle);
        pool->idle = g_ptr_array_new_with_free_func((GDestroyNotify)store_close);
    } else {
        g_ptr_array_add(pool->idle, store);
    }
    g_mutex_unlock(&pool->mutex);
}
