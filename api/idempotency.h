/*
 * idempotency.h - the header Idempotency-Key: a request that is sent again gets the answer of the first, and
 * has no second effect.
 *
 * The answer is kept for a day by token and key, in the transaction of the change itself, so there is never
 * an effect without an answer or the other way round. Only what went well is kept: a request that failed
 * changed nothing and may be sent again with the same key. Answers may hold secrets (a new token, a calendar
 * address), so they are kept encrypted (XSalsa20-Poly1305) with a key made from the text of the token, which
 * the database does not have.
 */
#ifndef WFM_API_IDEMPOTENCY_H
#define WFM_API_IDEMPOTENCY_H

#include "api/call.h"

/* The key of the request, quotes around it taken off, g_free; *key NULL when there is none. WFM_ERROR_USAGE
   unless it is 1..128 visible ASCII characters without quotes and backslashes. */
bool idempotency_key(const struct api_call *call, char **key, GError **error);

/* Inside of the change, before anything else. *replayed: call->response is what was answered then.
   WFM_ERROR_INPUT when the key belongs to another request, WFM_ERROR_BUSY while the first one runs. */
bool idempotency_replay(struct api_call *call, const char *key, bool *replayed, GError **error);
/* Keeps call->response; the last thing inside of the change. */
bool idempotency_keep(struct api_call *call, const char *key, GError **error);

#endif
