/*
 * auth.h - who is asking, and may they?
 *
 * Rule against leaking what exists: a role that may never use a route gets 403 whatever the id; a role that
 * may use it for its own ids gets 404 for a foreign id, just as for an unknown one.
 */
#ifndef WFM_API_AUTH_H
#define WFM_API_AUTH_H

#include "api/call.h"

/* The token of "Bearer <token>" (scheme in any case), pointing into the header; NULL when the header is NULL
 * or anything else. */
const char *auth_bearer(const char *authorization);

/* Looks the token up and fills call->token, scope and actor. WFM_ERROR_UNAUTHENTICATED (401);
   WFM_ERROR_FORBIDDEN (403) when the route is not for the role; WFM_ERROR_RATE (429) when the token asks too
   often, or its address was wrong too often. Does nothing for open routes. */
bool auth_check(struct api_call *call, const char *authorization, GError **error);

/* The same of a token that is known to be good, with call->token filled: its limits count, nothing is looked
   up, and call->actor stays NULL. */
bool auth_known(struct api_call *call, const char *text, GError **error);

/* The same care for a secret in a path: WFM_ERROR_RATE when the address was wrong too often; afterwards say
   whether it was right. */
bool auth_secret(struct api_call *call, const char *secret, GError **error);
void auth_secret_tried(struct api_call *call, const char *secret, bool right);

/* An agent's own id, or any for planners; else WFM_ERROR_NOT_FOUND ("agent x"). Whether the id exists is for
 * the store to say. */
bool auth_agent(const struct api_call *call, const char *agent, GError **error);
bool auth_client(const struct api_call *call, const char *client, GError **error);

#endif
