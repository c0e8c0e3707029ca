/*
 * coding.h - gzip of answers (RFC 9110 §8.4, §12.5.3). Pure but for one compressor kept per
 * thread, and the packed embedded files (own mutex).
 */
#ifndef WFM_API_CODING_H
#define WFM_API_CODING_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

#define CODING_LEAST 1024 /* shorter bodies gain nothing */
/* Behind the opaque part of an ETag, inside its quotes: "abc" is the body as it is, "abc-gz" the same in
   gzip. Both name the same state; comparisons take either. */
#define CODING_ETAG_SUFFIX "-gz"

/* Does the client want gzip rather than the plain body? NULL: no. q-values count: "gzip;q=0" forbids it,
   "identity;q=0" forbids the plain one (*forced), at equal q gzip wins. */
bool coding_gzip_wanted(const char *accept_encoding, bool *forced);

/* Is it worth it for bodies of that type? Not for what is compressed already, nor for events. */
bool coding_worth(const char *content_type);

/* *out_length bytes, g_free. The same input gives the same output. */
char *coding_gzip(const void *bytes, size_t length, size_t *out_length);
/* The same of bytes that never change and never go (embedded files): packed once. Not to be freed. */
const char *coding_gzip_fixed(const void *bytes, size_t length, size_t *out_length);

#endif
