#include "tests/api/receiver.h"

#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define WAIT_US (20 * G_USEC_PER_SEC)
#define REQUEST_MAX (1024 * 1024)

struct receiver {
    int listener, wake[2];
    uint16_t port;
    GThread *thread;
    GMutex mutex; /* guards what follows */
    GCond cond;
    enum receiver_mode mode;
    int fail;
    GPtrArray *requests;
};

/* Reads head and body; false when the peer left. */
static gboolean read_request(int fd, GString *out)
{
    char buffer[4096];
    for (;;) {
        const char *gap = strstr(out->str, "\r\n\r\n");
        if (gap != NULL) {
            const char *length = strstr(out->str, "Content-Length:");
            gsize body =
                length != NULL ? (gsize)g_ascii_strtoull(length + strlen("Content-Length:"), NULL, 10) : 0;
            if (out->len >= (gsize)(gap + 4 - out->str) + body)
                return TRUE;
        }
        struct pollfd ready = {fd, POLLIN, 0};
        ssize_t n = poll(&ready, 1, 5000) > 0 ? recv(fd, buffer, sizeof buffer, 0) : 0;
        if (n <= 0 || out->len > REQUEST_MAX)
            return FALSE;
        g_string_append_len(out, buffer, n);
    }
}

static void say(int fd, const char *text)
{
    ssize_t sent = send(fd, text, strlen(text), MSG_NOSIGNAL);
    (void)sent;
}

/* Until the peer goes away, the test ends, or ten seconds are over. */
static void hang(struct receiver *receiver, int fd)
{
    char byte;
    struct pollfd ready[] = {{fd, POLLIN, 0}, {receiver->wake[0], POLLIN, 0}};
    while (poll(ready, 2, 10000) > 0 && ready[1].revents == 0 && recv(fd, &byte, 1, 0) > 0)
        ;
}

static void answer(struct receiver *receiver, int fd, enum receiver_mode mode)
{
    g_autofree char *chatter = NULL;
    switch (mode) {
    case RECEIVER_OK:
        say(fd, "HTTP/1.1 204 No Content\r\n\r\n");
        break;
    case RECEIVER_FAILS:
        say(fd, "HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n");
        break;
    case RECEIVER_REFUSES:
        say(fd, "HTTP/1.1 422 No\r\nContent-Length: 0\r\n\r\n");
        break;
    case RECEIVER_REDIRECTS:
        say(fd, "HTTP/1.1 302 There\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n");
        break;
    case RECEIVER_HANGS:
        hang(receiver, fd);
        break;
    case RECEIVER_CHATTERS:
        say(fd, "HTTP/1.1 200 Well\r\n\r\n");
        chatter = g_strnfill(200 * 1000, 'a');
        say(fd, chatter);
        break;
    case RECEIVER_STALLS:
        say(fd, "HTTP/1.1 200 W");
        hang(receiver, fd);
        break;
    case RECEIVER_CLOSES:
    default:
        break;
    }
}

static gpointer serve(gpointer data)
{
    struct receiver *receiver = data;
    struct pollfd ready[] = {{receiver->listener, POLLIN, 0}, {receiver->wake[0], POLLIN, 0}};
    while (poll(ready, 2, -1) > 0 && ready[1].revents == 0) {
        int fd = accept(receiver->listener, NULL, NULL);
        GString *request = g_string_new(NULL);
        gboolean whole = fd >= 0 && read_request(fd, request);
        g_mutex_lock(&receiver->mutex);
        enum receiver_mode mode = whole && receiver->fail > 0 ? RECEIVER_FAILS : receiver->mode;
        if (whole) {
            receiver->fail -= receiver->fail > 0;
            g_ptr_array_add(receiver->requests, g_string_free(request, FALSE));
            g_cond_broadcast(&receiver->cond);
        }
        g_mutex_unlock(&receiver->mutex);
        if (whole)
            answer(receiver, fd, mode);
        else
            g_string_free(request, TRUE);
        if (fd >= 0)
            close(fd);
    }
    return NULL;
}

struct receiver *receiver_start(void)
{
    struct receiver *receiver = g_new0(struct receiver, 1);
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof at;
    receiver->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(receiver->listener, (struct sockaddr *)&at, sizeof at) != 0 ||
        listen(receiver->listener, 64) != 0 ||
        getsockname(receiver->listener, (struct sockaddr *)&at, &length) != 0 || pipe(receiver->wake) != 0)
        g_error("the receiver of the test does not start");
    receiver->port = ntohs(at.sin_port);
    receiver->requests = g_ptr_array_new_with_free_func(g_free);
    g_mutex_init(&receiver->mutex);
    g_cond_init(&receiver->cond);
    receiver->thread = g_thread_new("receiver", serve, receiver);
    return receiver;
}

void receiver_stop(struct receiver *receiver)
{
    ssize_t written = write(receiver->wake[1], "", 1);
    (void)written;
    g_thread_join(receiver->thread);
    close(receiver->listener);
    close(receiver->wake[0]);
    close(receiver->wake[1]);
    g_ptr_array_unref(receiver->requests);
    g_mutex_clear(&receiver->mutex);
    g_cond_clear(&receiver->cond);
    g_free(receiver);
}

uint16_t receiver_port(const struct receiver *receiver)
{
    return receiver->port;
}

char *receiver_url(const struct receiver *receiver)
{
    return g_strdup_printf("http://127.0.0.1:%u/hook", receiver->port);
}

void receiver_set(struct receiver *receiver, enum receiver_mode mode)
{
    g_mutex_lock(&receiver->mutex);
    receiver->mode = mode;
    g_mutex_unlock(&receiver->mutex);
}

void receiver_fail(struct receiver *receiver, int n)
{
    g_mutex_lock(&receiver->mutex);
    receiver->fail = n;
    g_mutex_unlock(&receiver->mutex);
}

int receiver_wait(struct receiver *receiver, int n)
{
    gint64 until = g_get_monotonic_time() + WAIT_US;
    g_mutex_lock(&receiver->mutex);
    while ((int)receiver->requests->len < n && g_cond_wait_until(&receiver->cond, &receiver->mutex, until))
        ;
    int count = (int)receiver->requests->len;
    g_mutex_unlock(&receiver->mutex);
    return count;
}

int receiver_count(struct receiver *receiver)
{
    return receiver_wait(receiver, 0);
}

char *receiver_request(struct receiver *receiver, int k)
{
    g_mutex_lock(&receiver->mutex);
    char *copy = g_strdup(g_ptr_array_index(receiver->requests, k));
    g_mutex_unlock(&receiver->mutex);
    return copy;
}

char *receiver_header(struct receiver *receiver, int k, const char *name)
{
    g_autofree char *request = receiver_request(receiver, k);
    g_auto(GStrv) lines = g_strsplit(request, "\r\n", -1);
    size_t length = strlen(name);
    for (int l = 0; lines[l] != NULL && *lines[l] != '\0'; l++)
        if (g_ascii_strncasecmp(lines[l], name, length) == 0 && lines[l][length] == ':')
            return g_strdup(g_strstrip(lines[l] + length + 1));
    return NULL;
}
