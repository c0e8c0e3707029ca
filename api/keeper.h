/*
 * keeper.h - the thread of the server that does what no request should wait for: marks tokens as used, looks
 * after the replica, asks the database for the gauges of /metrics. Once a second. Thread-safe.
 */
#ifndef WFM_API_KEEPER_H
#define WFM_API_KEEPER_H

#include "api/pool.h"

struct keeper;

struct keeper *keeper_start(struct store_pool *pool);
/* Writes down what is left and ends. NULL is fine. */
void keeper_stop(struct keeper *keeper);

/* The token has been used; written down within seconds. */
void keeper_touch(struct keeper *keeper, int64_t token);

/* Gauges as Prometheus text (api/gauges.h), as old as half a minute at most; "" when the database is away.
   g_free. */
char *keeper_gauges(struct keeper *keeper);

#endif
