/*
 * perform.h - what one request does between its head and its answer, without the HTTP library: token, query,
 * handler; for a write all in one transaction, with its Idempotency-Key, lock and If-Match.
 */
#ifndef WFM_API_PERFORM_H
#define WFM_API_PERFORM_H

#include "api/call.h"
#include "api/pool.h"

/*
 * Fills call->response, or *error.
 *
 * GET: token → query → handler; once more on a fresh connection when the database went away under the first.
 *
 * Writes: token → query → change begins → Idempotency-Key (a kept answer ends it here) → lock of the row →
 * If-Match → handler → ETag of what PUT and PATCH left → the answer is kept → commit. They are never tried
 * again here: after a lost connection nobody knows whether the commit happened (503), and the client sends
 * the request again with its Idempotency-Key.
 */
bool api_perform(struct api_call *call, struct store_pool *pool, GError **error);

/* If-Match and If-None-Match once more, for a handler that takes a lock itself: what was looked at before it
 * may have changed since. */
bool api_preconditions(struct api_call *call, GError **error);

/* Token and query only, before a long body is read; call them again with the body. */
bool api_admit(struct api_call *call, struct store_pool *pool, GError **error);

#endif
