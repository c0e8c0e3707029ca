/*
 * webhook_http.h - one POST of an event to a webhook: signed, bounded in time and size, to nowhere it must
 * not go.
 *
 *   Content-Type: application/json
 *   Wfm-Event-Id: 118                 the same in every attempt and in /v1/changes: drop what you have seen
 *   Wfm-Event-Kind: roster.published
 *   Wfm-Delivery: 7
 *   Wfm-Signature: t=1795435200,v1=…  hexadecimal HMAC-SHA256, keyed by the secret's text, of "1795435200."
 * and the body
 *
 * No redirect is followed, no proxy asked, no more than WEBHOOK_ANSWER_MAX bytes of the answer are read.
 * Thread-safe.
 */
#ifndef WFM_API_WEBHOOK_HTTP_H
#define WFM_API_WEBHOOK_HTTP_H

#include <glib.h>
#include <stdint.h>

#include "api/address.h"

#define WEBHOOK_ANSWER_MAX (64 * 1024)

struct webhook_post {
    const char *url, *body, *secret;
    const char *kind;
    int64_t event, delivery;
    int64_t now_ts;
    int connect_s, total_s; /* limits */
    const struct address_ranges *allowed;
    const int *stop; /* not NULL: becomes true (atomically) when the service stops; then it breaks off */
};

/* "t=1795435200,v1=…" (g_free). */
char *webhook_signature(const char *secret, int64_t ts, const char *body);

/* The HTTP status of the answer; 0 when there was none. *error (g_free): what went wrong, NULL for a status
 * of 2xx. */
int webhook_post(const struct webhook_post *post, char **error);

/* Once per process, before the first thread: the library is ready. */
void webhook_http_init(void);

#endif
