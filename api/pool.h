/*
 * pool.h - store connections shared by the threads of the service: a connection taken belongs to the taker
 * until it is given back. Thread-safe.
 *
 * Bounded: when all are taken the next one waits, but not for ever. While the database is away one thread at
 * a time tries to connect, after pauses that grow; the others fail at once. So a database that comes back is
 * not run over, and a request is answered 503 in no time.
 *
 * With a replica, reads go there while it is there and not too far behind: its position is compared with
 * where the primary was `lag_max_s` ago (store_pool_tick, once a second). Whoever has just written reads from
 * the primary for `after_write_s`.
 */
#ifndef WFM_API_POOL_H
#define WFM_API_POOL_H

#include "core/store/store.h"

struct store_pool;

/* Zero is the default of every field but conninfo. */
struct pool_settings {
    const char *conninfo;
    const char *replica; /* NULL: none */
    int connections_max; /* of each server; 0: 16 */
    int wait_ms;         /* for a free one; 0: 2000 */
    int lag_max_s;       /* 0: 5 */
    int after_write_s;   /* 0: lag_max_s + 5 */
    struct store_options options;
};
struct store_pool *store_pool_new_with(const struct pool_settings *settings);
struct store_pool *store_pool_new(const char *conninfo);
/* All connections must have been given back. */
void store_pool_free(struct store_pool *pool);

/* A connection to the primary; NULL with WFM_ERROR_STORE (away, or all busy). */
struct store *store_pool_take(struct store_pool *pool, GError **error);
/* For reads only: POOL_REPLICA if it may be, else POOL_PRIMARY; `who` is who asks (a hash; who has written
   goes to the primary). */
int store_pool_read_side(struct store_pool *pool, guint who);
/* A connection to that one; to the primary when the replica gives none. */
struct store *store_pool_take_side(struct store_pool *pool, int side, GError **error);
/* Both. */
struct store *store_pool_take_read(struct store_pool *pool, guint who, GError **error);
/* broken: the database failed on it; it and all idle ones of that server, which a restart broke as well, are
   closed. */
void store_pool_give(struct store_pool *pool, struct store *store, bool broken);
/* Who has written, or is about to. */
void store_pool_wrote(struct store_pool *pool, guint who);

/* Looks after the replica; about once a second, by one thread. Nothing to do without one. */
void store_pool_tick(struct store_pool *pool);

enum { POOL_PRIMARY, POOL_REPLICA, POOL_SIDES };
struct pool_figures {
    bool exists, away, fresh; /* away: the last attempt failed; fresh: of the replica, reads go there */
    int in_use, idle;
    uint64_t waits, timeouts, connects, failures, broken; /* since the start */
};
void store_pool_figures(struct store_pool *pool, struct pool_figures out[POOL_SIDES]);

#endif
