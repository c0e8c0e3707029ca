/*
 * gauges.h - what only the database knows of the state of the service, for /metrics: a row per gauge in
 * gauges.c. Asked some times a minute, not at each scrape.
 */
#ifndef WFM_API_GAUGES_H
#define WFM_API_GAUGES_H

#include "core/store/store.h"

/* Appends all gauges as Prometheus text (exposition format 0.0.4). */
bool gauges_text(struct store *store, GString *out, GError **error);

#endif
