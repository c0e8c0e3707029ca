/*
 * webhook.h - private to core/store/: how deliveries are read, by those who list them and by those who send
 * them.
 */
#ifndef WFM_CORE_STORE_WEBHOOK_H
#define WFM_CORE_STORE_WEBHOOK_H

#include "core/store/query.h"

/* Of deliveries d and their events e. */
#define DELIVERY_COLUMNS                                                                                     \
    "SELECT d.id, d.webhook_id, d.state, d.attempts, d.created_at, d.next_at, d.tried_at, d.last_status, "   \
    "d.last_error, e.id, e.at, e.action, e.subject, e.actor, e.client_id, e.queue_id, e.agent_id, e.week, "  \
    "e.detail::text FROM delivery d JOIN audit e ON e.id = d.event_id "

/* A row of those columns. */
void delivery_read(const PGresult *rows, int row, struct delivery *out);

#endif
