#include "api/watch.h"

#include <glib.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/socket.h>

#define HEAD_DEFAULT_S 60
#define BODY_DEFAULT_S 30
#define ANSWER_DEFAULT_S 300
#define TICK_US (G_USEC_PER_SEC / 4)

struct watched {
    struct watched *previous, *next;
    int fd;
    _Atomic gint64 until_us; /* G_MAXINT64: as long as it likes */
};

struct watch {
    struct watch_times times;
    GMutex mutex; /* guards all below */
    GCond changed;
    struct watched *first;
    bool stopping;
    GThread *thread;
};

/* Shut down, not closed: the library finds the end of the connection and cleans up. */
static void end_late(const struct watch *watch)
{
    gint64 now_us = g_get_monotonic_time();
    for (struct watched *one = watch->first; one != NULL; one = one->next)
        if (atomic_load(&one->until_us) < now_us) {
            shutdown(one->fd, SHUT_RDWR);
            atomic_store(&one->until_us, G_MAXINT64);
        }
}

static gpointer look(gpointer data)
{
    struct watch *watch = data;
    g_mutex_lock(&watch->mutex);
    while (!watch->stopping) {
        if (watch->first == NULL)
            g_cond_wait(&watch->changed, &watch->mutex);
        else
            g_cond_wait_until(&watch->changed, &watch->mutex, g_get_monotonic_time() + TICK_US);
        end_late(watch);
    }
    g_mutex_unlock(&watch->mutex);
    return NULL;
}

struct watch *watch_start(const struct watch_times *times)
{
    struct watch *watch = g_new0(struct watch, 1);
    watch->times = *times;
    watch->times.head_s = times->head_s > 0 ? times->head_s : HEAD_DEFAULT_S;
    watch->times.body_s = times->body_s > 0 ? times->body_s : BODY_DEFAULT_S;
    watch->times.answer_s = times->answer_s > 0 ? times->answer_s : ANSWER_DEFAULT_S;
    g_mutex_init(&watch->mutex);
    g_cond_init(&watch->changed);
    watch->thread = g_thread_new("watch", look, watch);
    return watch;
}

void watch_stop(struct watch *watch)
{
    if (watch == NULL)
        return;
    g_mutex_lock(&watch->mutex);
    watch->stopping = true;
    g_cond_signal(&watch->changed);
    g_mutex_unlock(&watch->mutex);
    g_thread_join(watch->thread);
    g_mutex_clear(&watch->mutex);
    g_cond_clear(&watch->changed);
    g_free(watch);
}

static gint64 in_seconds(gint64 seconds)
{
    return g_get_monotonic_time() + seconds * G_USEC_PER_SEC;
}

static void opened(struct watch *watch, struct MHD_Connection *connection, void **context)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    struct watched *one = g_new0(struct watched, 1);
    one->fd = info->connect_fd;
    atomic_store(&one->until_us, in_seconds(watch->times.head_s));
    g_mutex_lock(&watch->mutex);
    one->next = watch->first;
    if (one->next != NULL)
        one->next->previous = one;
    else
        g_cond_signal(&watch->changed);
    watch->first = one;
    g_mutex_unlock(&watch->mutex);
    *context = one;
}

/* The library closes the socket after this. */
static void closed(struct watch *watch, struct watched *one)
{
    g_mutex_lock(&watch->mutex);
    if (one->previous != NULL)
        one->previous->next = one->next;
    else
        watch->first = one->next;
    if (one->next != NULL)
        one->next->previous = one->previous;
    g_mutex_unlock(&watch->mutex);
    g_free(one);
}

void watch_connection(void *cls, struct MHD_Connection *connection, void **context,
                      enum MHD_ConnectionNotificationCode code)
{
    if (code == MHD_CONNECTION_NOTIFY_STARTED)
        opened(cls, connection, context);
    else if (*context != NULL)
        closed(cls, *context);
}

void watch_phase(struct watch *watch, struct MHD_Connection *connection, enum watch_phase phase, size_t bytes)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    struct watched *one = info != NULL ? info->socket_context : NULL;
    if (one == NULL)
        return;
    gint64 until_us = G_MAXINT64;
    if (phase == WATCH_HEAD)
        until_us = in_seconds(watch->times.head_s);
    else if (phase == WATCH_BODY)
        until_us = in_seconds(watch->times.body_s + (gint64)(bytes / WATCH_BODY_RATE));
    else if (phase == WATCH_ANSWER)
        until_us = in_seconds(watch->times.answer_s);
    atomic_store(&one->until_us, until_us);
}
