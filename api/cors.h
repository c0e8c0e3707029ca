/*
 * cors.h - which pages of other origins a browser may let ask this service. Off unless configured. There are
 * no cookies: a page has the token or it has nothing, so credentials are never allowed, and "*" is safe.
 *
 * Immutable after cors_new.
 */
#ifndef WFM_API_CORS_H
#define WFM_API_CORS_H

#include <glib.h>
#include <stdbool.h>

struct cors;

/* "https://portal.example, https://b.example:8443" or "*"; NULL or empty: off, and then *out is NULL.
   WFM_ERROR_USAGE names what is not an origin (scheme://host[:port], no slash behind). */
bool cors_new(const char *origins, struct cors **out, GError **error);
void cors_free(struct cors *cors);

/* Value of Access-Control-Allow-Origin for a request from that origin ("*" or the origin itself), or NULL. */
const char *cors_allows(const struct cors *cors, const char *origin);

/* What a page may read of an answer, and send with a request. */
#define CORS_EXPOSED                                                                                         \
    "ETag, Location, Retry-After, X-Request-Id, Idempotency-Replayed, RateLimit, RateLimit-Policy, Link"
#define CORS_REQUEST_HEADERS                                                                                 \
    "Authorization, Content-Type, Accept, If-Match, If-None-Match, Idempotency-Key, Last-Event-ID"
#define CORS_MAX_AGE_S "600"

#endif
