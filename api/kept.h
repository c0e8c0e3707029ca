/*
 * kept.h - answers kept in memory under a key, those used last; the size of all is bounded. Whether one still
 * holds is not known here (api/freshness.h). Thread-safe: own mutex; what was found stays until it is given
 * back.
 */
#ifndef WFM_API_KEPT_H
#define WFM_API_KEPT_H

#include "core/store/store.h"

#define KEPT_KEY_BYTES 32
#define KEPT_ETAG_MAX 32

struct kept {
    /* of the answer */
    const char *content_type; /* static */
    char etag[KEPT_ETAG_MAX]; /* of the plain body */
    gsize length;             /* of the plain body */
    bool gzip;                /* the bytes are the body in gzip; else packed (api/squeeze.h) */
    /* whom it was given to */
    int64_t token, expires_ts;
    enum role role;
    unsigned scopes;
    int32_t agent_key;
    gint64 touch_us; /* monotonic time from which a use of the token is worth to be noted; atomic */
    /* how long it holds */
    uint64_t generation;
    int64_t until_ts;
    /* private to kept.c */
    unsigned char key[KEPT_KEY_BYTES];
    gint refs;
    struct kept *newer, *older;
    gsize n_bytes;
    char bytes[];
};

struct kept_answers;
struct kept_answers *kept_answers_new(gsize memory_max);
void kept_answers_free(struct kept_answers *answers);

/* All zero but for its n bytes, which are copied; kept_put takes it. */
struct kept *kept_new(const void *bytes, gsize n);
/* Instead of the one of that key, if there is one. */
void kept_put(struct kept_answers *answers, const unsigned char key[KEPT_KEY_BYTES], struct kept *kept);
bool kept_has(struct kept_answers *answers, const unsigned char key[KEPT_KEY_BYTES]);
/* NULL: there is none; else kept_unref. */
struct kept *kept_find(struct kept_answers *answers, const unsigned char key[KEPT_KEY_BYTES]);
struct kept *kept_ref(struct kept *kept);
void kept_unref(struct kept *kept); /* NULL is fine */

/* The body as it is sent, gzip or plain. g_free. */
char *kept_body(const struct kept *kept, gsize *length);

struct kept_figures {
    gsize n, memory, memory_max;
};
void kept_figures(struct kept_answers *answers, struct kept_figures *out);

#endif
