#include "api/answer.h"

#include <string.h>

#include "api/coding.h"
#include "api/kept.h"

#define CSP                                                                                                  \
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "    \
    "manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

static const char *asked(const struct answer *answer, const char *name)
{
    return header_value(answer->headers, answer->n_headers, name);
}

static void add_header(struct MHD_Response *message, const char *name, const char *value)
{
    if (value != NULL)
        MHD_add_response_header(message, name, value);
}

bool answer_gzips(const char *accept_encoding, const char *content_type, size_t length)
{
    bool forced, wanted = coding_gzip_wanted(accept_encoding, &forced);
    return wanted && length > 0 && (forced || (length >= CODING_LEAST && coding_worth(content_type)));
}

/* "abc" → "abc-gz". */
static void mark_etag(struct api_response *response)
{
    if (response->etag == NULL)
        return;
    g_autofree char *plain = g_steal_pointer(&response->etag);
    response->etag = g_strdup_printf("%.*s" CODING_ETAG_SUFFIX "\"", (int)strlen(plain) - 1, plain);
}

static void compress(struct api_response *response)
{
    size_t length;
    if (response->body == NULL) {
        response->fixed = coding_gzip_fixed(response->fixed, response->length, &length);
    } else {
        char *packed = coding_gzip(response->body, response->length, &length);
        g_free(response->body);
        response->body = packed;
    }
    response->length = length;
}

static void forget_body(struct api_response *response)
{
    response->status = 304;
    response->length = 0;
    response->fixed = NULL;
    g_clear_pointer(&response->body, g_free);
}

static struct MHD_Response *message_of(const struct answer *answer, struct api_response *response)
{
    if (answer->stream != NULL)
        return stream_response(answer->stream, answer->connection);
    if (response->body == NULL)
        return MHD_create_response_from_buffer_with_free_callback(
            response->fixed != NULL ? response->length : 0,
            response->fixed != NULL ? (void *)(uintptr_t)response->fixed : (void *)(uintptr_t) "", NULL);
    return MHD_create_response_from_buffer_with_free_callback(response->length,
                                                              g_steal_pointer(&response->body), g_free);
}

static void add_cors(const struct answer *answer, struct MHD_Response *message)
{
    const char *allowed = cors_allows(answer->cors, asked(answer, "Origin"));
    add_header(message, "Access-Control-Allow-Origin", allowed);
    if (allowed != NULL)
        add_header(message, "Access-Control-Expose-Headers", CORS_EXPOSED);
}

/* draft-ietf-httpapi-ratelimit-headers: r left of q, full again after t seconds. */
static void add_limit(const struct limits_state *limit, struct MHD_Response *message)
{
    if (limit->burst <= 0)
        return;
    char text[64];
    g_snprintf(text, sizeof(text), "\"token\";q=%d", limit->burst);
    add_header(message, "RateLimit-Policy", text);
    g_snprintf(text, sizeof(text), "\"token\";r=%d;t=%d", limit->left, limit->full_s);
    add_header(message, "RateLimit", text);
}

enum MHD_Result answer_send(const struct answer *answer, struct api_response *response, int *status,
                            size_t *bytes)
{
    bool readable = strcmp(answer->method, "GET") == 0 || strcmp(answer->method, "HEAD") == 0;
    bool gzip = answer->stream == NULL &&
                answer_gzips(asked(answer, "Accept-Encoding"), response->content_type, response->length);
    bool known = readable && response->status == 200 &&
                 api_etag_matches(asked(answer, "If-None-Match"), response->etag);
    bool has_body = response->length > 0 || answer->stream != NULL;
    if (gzip)
        mark_etag(response);
    if (known)
        forget_body(response);
    else if (response->kept != NULL)
        response->body = kept_body(response->kept, &response->length);
    else if (gzip)
        compress(response);
    *status = response->status;
    *bytes = response->length;
    struct MHD_Response *message = message_of(answer, response);
    add_header(message, "Content-Type", has_body && !known ? response->content_type : NULL);
    add_header(message, "Content-Encoding", gzip && !known ? "gzip" : NULL);
    add_header(message, "ETag", response->etag);
    add_header(message, "Location", response->location);
    add_header(message, "Cache-Control",
               response->cache_control != NULL ? response->cache_control : "private, no-cache");
    add_header(message, "Idempotency-Replayed", response->replayed ? "true" : NULL);
    add_header(message, "Vary",
               answer->cors != NULL ? "Authorization, Accept, Accept-Encoding, Origin"
                                    : "Authorization, Accept, Accept-Encoding");
    add_header(message, "X-Request-Id", answer->request_id);
    add_header(message, "X-Content-Type-Options", "nosniff");
    add_header(message, "Referrer-Policy", "no-referrer");
    add_header(message, "Content-Security-Policy", CSP);
    add_header(message, "Service-Worker-Allowed", response->worker_scope);
    add_cors(answer, message);
    add_limit(&answer->limit, message);
    add_header(message, "Connection", answer->close ? "close" : NULL);
    for (const char *const *pair = answer->extra; pair != NULL && *pair != NULL; pair += 2)
        add_header(message, pair[0], pair[1]);
    enum MHD_Result result = MHD_queue_response(answer->connection, (unsigned)response->status, message);
    MHD_destroy_response(message);
    api_response_clear(response);
    return result;
}
