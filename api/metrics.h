/*
 * metrics.h - request counts by route and status and latencies by route, as Prometheus text (exposition
 * format 0.0.4). Thread-safe: counters are atomic.
 */
#ifndef WFM_API_METRICS_H
#define WFM_API_METRICS_H

#include <glib.h>

#include "api/pool.h"
#include "api/router.h"

struct api_metrics;

/* For that route table, which must outlive it. */
struct api_metrics *api_metrics_new(const struct api_route *routes, int n_routes);
void api_metrics_free(struct api_metrics *metrics);
/* route NULL: a request that matched none. */
void api_metrics_count(struct api_metrics *metrics, const struct api_route *route, int status,
                       double seconds);
/* With the figures of the pools and the text of the gauges (api/gauges.h). g_free. */
char *api_metrics_text(const struct api_metrics *metrics, const struct pool_figures pools[POOL_SIDES],
                       const char *gauges);

#endif
