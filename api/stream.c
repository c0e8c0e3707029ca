#include "api/stream.h"

#include <string.h>

#include "core/error.h"

#define BLOCK (16 * 1024)
#define TICK_MS 50

struct streams {
    struct store_pool *pool;
    int max;
    GMutex mutex; /* guards all below, and the streams but for the handler's state */
    GCond changed;
    GPtrArray *events; /* struct stream, borrowed; those that the thread asks */
    int n;             /* all that live, lists too */
    bool stopping;
    GThread *thread; /* started with the first event stream */
};

struct stream {
    struct streams *owner;
    struct api_stream spec;
    int64_t token;
    int refs;
    struct MHD_Connection *connection;
    bool counted;   /* is one of owner->n */
    bool suspended; /* waits for news */
    bool ended;     /* nothing comes any more */
    bool failed;
    GString *ready; /* not yet taken */
    size_t bytes;
    gint64 due_us, sent_us, end_us;
    char *error;
};

struct streams *streams_new(struct store_pool *pool, int max)
{
    struct streams *streams = g_new0(struct streams, 1);
    streams->pool = pool;
    streams->max = max > 0 ? max : STREAMS_MAX_DEFAULT;
    g_mutex_init(&streams->mutex);
    g_cond_init(&streams->changed);
    streams->events = g_ptr_array_new();
    return streams;
}

static bool is_event(const struct stream *stream)
{
    return stream->spec.every_ms > 0;
}

/* --- life
 * ------------------------------------------------------------------------------------------------------- */

/* With the mutex held; true: free it after letting go. */
static bool drop(struct stream *stream)
{
    if (--stream->refs > 0)
        return false;
    g_ptr_array_remove_fast(stream->owner->events, stream);
    return true;
}

/* No more a stream of its token, and none of those the thread asks. With the mutex held. */
static void retire(struct stream *stream)
{
    if (stream->counted)
        stream->owner->n--;
    stream->counted = false;
    stream->ended = true;
    g_ptr_array_remove_fast(stream->owner->events, stream);
    g_cond_broadcast(&stream->owner->changed);
}

static void stream_free(struct stream *stream)
{
    if (stream->spec.free != NULL)
        stream->spec.free(stream->spec.state);
    g_string_free(stream->ready, TRUE);
    g_free(stream->error);
    g_free(stream);
}

void stream_unref(struct stream *stream)
{
    if (stream == NULL)
        return;
    struct streams *streams = stream->owner;
    g_mutex_lock(&streams->mutex);
    bool last = drop(stream);
    g_mutex_unlock(&streams->mutex);
    if (last)
        stream_free(stream);
}

static int of_token(const struct streams *streams, int64_t token)
{
    int n = 0;
    for (guint k = 0; k < streams->events->len; k++)
        n += ((const struct stream *)streams->events->pdata[k])->token == token;
    return n;
}

static gpointer ask_all(gpointer data);

/* With the mutex held. */
static bool room(struct streams *streams, int64_t token, GError **error)
{
    if (streams->stopping)
        return wfm_fail(error, WFM_ERROR_LIMIT, "the service is stopping");
    if (streams->n >= streams->max)
        return wfm_fail(error, WFM_ERROR_LIMIT, "%d streams are open already", streams->n);
    return of_token(streams, token) < STREAMS_PER_TOKEN ||
           wfm_fail(error, WFM_ERROR_RATE, "this token has %d streams open; close one first",
                    STREAMS_PER_TOKEN);
}

struct stream *stream_new(struct streams *streams, struct api_stream *spec, int64_t token, GError **error)
{
    struct stream *stream = g_new0(struct stream, 1);
    *stream = (struct stream){.owner = streams, .spec = *spec, .token = token, .refs = 1};
    *spec = (struct api_stream){0};
    stream->ready = g_string_new(NULL);
    stream->due_us = stream->sent_us = g_get_monotonic_time();
    stream->end_us = stream->sent_us + STREAM_MAX_S * G_USEC_PER_SEC;
    if (is_event(stream))
        stream->spec.every_ms = MAX(stream->spec.every_ms, STREAM_EVERY_MS_MIN);
    g_mutex_lock(&streams->mutex);
    bool ok = room(streams, token, error);
    if (ok) {
        stream->counted = true;
        streams->n++;
        if (is_event(stream))
            g_ptr_array_add(streams->events, stream);
        if (is_event(stream) && streams->thread == NULL)
            streams->thread = g_thread_new("streams", ask_all, streams);
        g_cond_broadcast(&streams->changed);
    }
    g_mutex_unlock(&streams->mutex);
    if (!ok)
        stream_free(stream);
    return ok ? stream : NULL;
}

/* --- news
 * ------------------------------------------------------------------------------------------------------- */

/* Asks the handler, without the mutex. False: it failed for good. */
static bool ask(struct stream *stream, GString *out, bool *more, GError **error)
{
    bool ok = false, broken = false;
    *more = true;
    struct store *store = stream->spec.store ? store_pool_take(stream->owner->pool, error) : NULL;
    if (!stream->spec.store || store != NULL) {
        g_autoptr(GError) inner = NULL;
        /* who may not ask any more is not answered either */
        ok = (store == NULL || store_token_good(store, stream->token, &inner)) &&
             stream->spec.poll(stream->spec.state, store, out, more, &inner);
        broken = !ok && g_error_matches(inner, WFM_ERROR, WFM_ERROR_STORE);
        if (!ok)
            g_propagate_error(error, g_steal_pointer(&inner));
    }
    store_pool_give(stream->owner->pool, store, broken);
    return ok;
}

/* With the mutex held: what was asked goes to the client. Events outlive a database that is away for a
 * while. */
static void take_news(struct stream *stream, const GString *news, bool ok, bool more, const GError *error)
{
    gint64 now_us = g_get_monotonic_time();
    bool away = !ok && g_error_matches(error, WFM_ERROR, WFM_ERROR_STORE);
    if (!ok) {
        g_free(stream->error);
        stream->error = g_strdup(error->message);
    }
    if (ok)
        g_string_append_len(stream->ready, news->str, (gssize)news->len);
    else if (is_event(stream) && !away)
        g_string_append(stream->ready, "event: error\ndata: {}\n\n");
    stream->failed = stream->failed || (!ok && !is_event(stream));
    stream->ended = stream->ended || (ok ? !more : !away || !is_event(stream)) || now_us >= stream->end_us;
    if (is_event(stream) && stream->ready->len == 0 && !stream->ended &&
        now_us - stream->sent_us >= STREAM_HEARTBEAT_S * G_USEC_PER_SEC)
        g_string_append(stream->ready, ":\n\n");
    if (stream->ready->len > 0)
        stream->sent_us = now_us;
    stream->due_us = now_us + (gint64)stream->spec.every_ms * 1000;
}

static void wake(struct stream *stream)
{
    if (stream->suspended && (stream->ready->len > 0 || stream->ended)) {
        stream->suspended = false;
        MHD_resume_connection(stream->connection);
    }
}

/* With the mutex held: one whose time has come, with a reference. A client that does not take what it got is
 * not asked for more. */
static struct stream *next_due(struct streams *streams, gint64 now_us)
{
    for (guint k = 0; k < streams->events->len; k++) {
        struct stream *stream = streams->events->pdata[k];
        if (stream->due_us > now_us || stream->ended || stream->ready->len > BLOCK)
            continue;
        stream->refs++;
        return stream;
    }
    return NULL;
}

static gpointer ask_all(gpointer data)
{
    struct streams *streams = data;
    g_autoptr(GString) news = g_string_new(NULL);
    g_mutex_lock(&streams->mutex);
    while (!streams->stopping) {
        struct stream *stream = next_due(streams, g_get_monotonic_time());
        if (stream == NULL && streams->events->len == 0) {
            g_cond_wait(&streams->changed, &streams->mutex);
            continue;
        }
        if (stream == NULL) {
            g_cond_wait_until(&streams->changed, &streams->mutex, g_get_monotonic_time() + TICK_MS * 1000);
            continue;
        }
        g_mutex_unlock(&streams->mutex);
        g_autoptr(GError) error = NULL;
        bool more;
        g_string_truncate(news, 0);
        bool ok = ask(stream, news, &more, &error);
        g_mutex_lock(&streams->mutex);
        take_news(stream, news, ok, more, error);
        wake(stream);
        if (drop(stream)) {
            g_mutex_unlock(&streams->mutex);
            stream_free(stream);
            g_mutex_lock(&streams->mutex);
        }
    }
    g_mutex_unlock(&streams->mutex);
    return NULL;
}

/* --- what the HTTP library calls
 * -------------------------------------------------------------------------------- */

static ssize_t pull(struct stream *stream, char *buffer, size_t max)
{
    while (stream->ready->len == 0 && !stream->ended) {
        g_autoptr(GError) error = NULL;
        g_autoptr(GString) news = g_string_new(NULL);
        bool more;
        g_mutex_unlock(&stream->owner->mutex);
        bool ok = ask(stream, news, &more, &error);
        g_mutex_lock(&stream->owner->mutex);
        take_news(stream, news, ok, more, error);
    }
    size_t n = MIN(stream->ready->len, max);
    memcpy(buffer, stream->ready->str, n);
    g_string_erase(stream->ready, 0, (gssize)n);
    stream->bytes += n;
    if (n > 0)
        return (ssize_t)n;
    return stream->failed ? MHD_CONTENT_READER_END_WITH_ERROR : MHD_CONTENT_READER_END_OF_STREAM;
}

static ssize_t on_read(void *data, uint64_t position, char *buffer, size_t max)
{
    (void)position;
    struct stream *stream = data;
    g_mutex_lock(&stream->owner->mutex);
    ssize_t n = 0;
    if (is_event(stream) && stream->ready->len == 0 && !stream->ended) {
        stream->suspended = true;
        MHD_suspend_connection(stream->connection);
    } else {
        n = pull(stream, buffer, max);
    }
    g_mutex_unlock(&stream->owner->mutex);
    return n;
}

static void on_free(void *data)
{
    struct stream *stream = data;
    g_mutex_lock(&stream->owner->mutex);
    retire(stream);
    g_mutex_unlock(&stream->owner->mutex);
    stream_unref(stream);
}

struct MHD_Response *stream_response(struct stream *stream, struct MHD_Connection *connection)
{
    g_mutex_lock(&stream->owner->mutex);
    stream->refs++;
    stream->connection = connection;
    g_mutex_unlock(&stream->owner->mutex);
    return MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, BLOCK, on_read, stream, on_free);
}

size_t stream_bytes(struct stream *stream)
{
    g_mutex_lock(&stream->owner->mutex);
    size_t bytes = stream->bytes;
    g_mutex_unlock(&stream->owner->mutex);
    return bytes;
}

char *stream_error(struct stream *stream)
{
    g_mutex_lock(&stream->owner->mutex);
    char *error = g_strdup(stream->error);
    g_mutex_unlock(&stream->owner->mutex);
    return error;
}

/* --- the end
 * ---------------------------------------------------------------------------------------------------- */

void streams_stop(struct streams *streams, int timeout_ms)
{
    gint64 until_us = g_get_monotonic_time() + (gint64)timeout_ms * 1000;
    g_mutex_lock(&streams->mutex);
    streams->stopping = true;
    g_cond_broadcast(&streams->changed);
    GThread *thread = g_steal_pointer(&streams->thread);
    g_mutex_unlock(&streams->mutex);
    if (thread != NULL)
        g_thread_join(thread);
    g_mutex_lock(&streams->mutex);
    for (guint k = 0; k < streams->events->len; k++) {
        struct stream *stream = streams->events->pdata[k];
        stream->ended = true;
        wake(stream);
    }
    while (streams->n > 0 && g_cond_wait_until(&streams->changed, &streams->mutex, until_us))
        ;
    g_mutex_unlock(&streams->mutex);
}

void streams_free(struct streams *streams)
{
    if (streams == NULL)
        return;
    g_ptr_array_unref(streams->events);
    g_mutex_clear(&streams->mutex);
    g_cond_clear(&streams->changed);
    g_free(streams);
}
