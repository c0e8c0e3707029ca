/*
 * stream.h - answers that go on: server-sent events, and lists too long for memory. Inside of the server;
 * handlers use api_reply_stream (call.h).
 *
 * Events: one thread of the server asks all streams for news, each at its own pace, with a connection of the
 * pool lent for that moment; between the news a stream holds neither a serving thread nor a database
 * connection, only its socket. When there is nothing to say for a while a comment line is sent, so that
 * proxies keep the connection and a client that went away is noticed. A stream ends when its poll says so,
 * when its token is no longer good (looked at before each poll), after STREAM_MAX_S (the client comes back
 * with Last-Event-ID) and when the server stops.
 *
 * Lists: asked by the serving thread for the next piece whenever the client has taken the former.
 *
 * Thread-safe: the mutex of `struct streams` guards everything but the state of the handler, which only one
 * thread at a time touches.
 */
#ifndef WFM_API_STREAM_H
#define WFM_API_STREAM_H

#include <microhttpd.h>

#include "api/call.h"
#include "api/pool.h"

#define STREAM_MAX_S 600
#define STREAM_HEARTBEAT_S 15
#define STREAMS_MAX_DEFAULT 256
#define STREAMS_PER_TOKEN 16
#define STREAM_EVERY_MS_MIN 100

struct streams;
struct stream;

/* max 0: STREAMS_MAX_DEFAULT. */
struct streams *streams_new(struct store_pool *pool, int max);
/* Ends all events and waits up to timeout_ms until their clients have been told. */
void streams_stop(struct streams *streams, int timeout_ms);
/* After the HTTP library has stopped. */
void streams_free(struct streams *streams);

/* Takes *spec (its state is freed on failure too). One reference for the caller, stream_unref. NULL with
   WFM_ERROR_LIMIT (too many in all, or stopping) or WFM_ERROR_RATE (too many of this token). */
struct stream *stream_new(struct streams *streams, struct api_stream *spec, int64_t token, GError **error);
void stream_unref(struct stream *stream);
/* The answer that carries it; holds a reference of its own. MHD_destroy_response. */
struct MHD_Response *stream_response(struct stream *stream, struct MHD_Connection *connection);
/* For the log: bytes so far, and what went wrong (g_free; NULL: nothing). */
size_t stream_bytes(struct stream *stream);
char *stream_error(struct stream *stream);

#endif
