/*
 * pool.h - store connections shared by the threads of the service: a connection taken belongs to the taker
 * until it is given back. At most as many exist as are taken at once. Thread-safe: own mutex guards the list
 * of idle ones.
 */
#ifndef WFM_API_POOL_H
#define WFM_API_POOL_H

#include "core/store/store.h"

struct store_pool;

struct store_pool *store_pool_new(const char *conninfo);
/* All connections must have been given back. */
void store_pool_free(struct store_pool *pool);
/* An idle connection, or a new one; NULL with WFM_ERROR_STORE. */
struct store *store_pool_take(struct store_pool *pool, GError **error);
/* broken: the database failed on it; it and all idle ones, which a restart broke as well, are closed. */
void store_pool_give(struct store_pool *pool, struct store *store, bool broken);

#endif
