/*
 * guard.h - refuses requests whose framing two servers could read differently (request smuggling) and other
 * malformed heads, before anything else looks at them. The HTTP library of Debian 12 answers 200 to two
 * different Content-Length headers, to Content-Length together with chunked, and to HTTP/1.1 without Host; a
 * proxy in front may read them otherwise.
 *
 * Pure and thread-safe.
 */
#ifndef WFM_API_GUARD_H
#define WFM_API_GUARD_H

#include <glib.h>
#include <stdbool.h>

struct header {
    const char *name, *value;
};

/* Fails with WFM_ERROR_USAGE (HTTP 400) naming the header: Content-Length, Transfer-Encoding, Authorization,
   Host, Content-Type, Content-Encoding, If-Match or Idempotency-Key more than once; Content-Length that is
   not 1..15 digits, or beside Transfer-Encoding; a Transfer-Encoding other than "chunked"; no Host in
   HTTP/1.1, or one with characters no host has. */
bool header_guard(const struct header *headers, int n, const char *http_version, GError **error);

/* Value of the only header of that name, or NULL. Names compare without case. */
const char *header_value(const struct header *headers, int n, const char *name);

#endif
