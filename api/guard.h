/*
 * guard.h - refuses requests whose framing two servers could read differently (request smuggling) and other
 * malformed heads, before anything else looks at them. The HTTP library of Debian 12 answers 200 to two
 * different Content-Length headers, to Content-Length together with chunked, and to HTTP/1.1 without Host; a
 * proxy in front may read them otherwise.
 *
 * What the library joins before anybody else sees it is as RFC 9112 allows a server: lines that end in a bare
 * LF (§2.2), values folded over lines (§5.2). A proxy that refuses both is better, and nginx does refuse
 * folding.
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

/* A target in absolute form ("http://wfm.example/v1/me"): its path and query ("/" when there is none),
   pointing into it; *authority (g_free) is then what stands before. Another target is given back as it is,
   *authority NULL. */
const char *target_path(const char *target, char **authority);
/* The authority of a target in absolute form must be the Host: WFM_ERROR_USAGE. NULL is fine. */
bool authority_guard(const char *authority, const char *host, GError **error);

/* Value of the only header of that name, or NULL. Names compare without case. */
const char *header_value(const struct header *headers, int n, const char *name);
/* Of the last one of that name. */
const char *header_last(const struct header *headers, int n, const char *name);

#endif
