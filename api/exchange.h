/*
 * exchange.h - one request and its answer on a connection: the callbacks the HTTP library makes, from the
 * request line to the log line. Inside of the server; nothing else includes it.
 *
 * Life: exchange_open (request line read) → exchange_step (head read: guard, route, size) → exchange_step for
 * each piece of the body → exchange_step (all read: token, query, handler, answer) → exchange_close (sent or
 * broken: metrics, log).
 */
#ifndef WFM_API_EXCHANGE_H
#define WFM_API_EXCHANGE_H

#include <microhttpd.h>

#include "api/call.h"
#include "api/cors.h"
#include "api/engines.h"
#include "api/hot.h"
#include "api/keeper.h"
#include "api/limits.h"
#include "api/metrics.h"
#include "api/pool.h"
#include "api/prices.h"
#include "api/roster_cache.h"
#include "api/server.h"
#include "api/webhooks.h"
#include "api/stream.h"
#include "api/watch.h"

/* Immutable after start, but for what has its own lock inside. */
struct api_server {
    struct MHD_Daemon *daemon;
    struct store_pool *pool;
    struct streams *streams;
    struct watch *watch;
    struct api_zones *zones;
    struct api_metrics *metrics;
    struct keeper *keeper;
    struct limits *limits;
    struct cors *cors;         /* NULL: off; atomic, see api_reload */
    GPtrArray *retired;        /* of former settings, which a request may still read */
    gint draining, active;     /* atomic; active: requests begun and not ended */
    gint log_from_status;      /* atomic */
    char **proxies;            /* addresses whose X-Forwarded-For is believed; NULL: none */
    char *base_url;            /* NULL: from the Host header */
    struct webhooks *webhooks; /* NULL: not sent here */
    struct roster_cache *rosters;
    struct prices *prices;
    struct hot *hot; /* NULL: no answers are kept */
    size_t body_max;
    gint uploads; /* bodies into files that run, atomic */
    api_log_fn log;
    api_clock_fn now;
    void *user;
    struct api_engines engines;
};

void *exchange_open(void *server, const char *uri, struct MHD_Connection *connection);
enum MHD_Result exchange_step(void *server, struct MHD_Connection *connection, const char *url,
                              const char *method, const char *version, const char *upload,
                              size_t *upload_size, void **exchange);
void exchange_close(void *server, struct MHD_Connection *connection, void **exchange,
                    enum MHD_RequestTerminationCode how);

#endif
