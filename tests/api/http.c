#include "tests/api/http.h"

#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "tests/support/testing.h"

#define TIMEOUT_S 20

void http_answer_clear(struct http_answer *answer)
{
    g_free(answer->head);
    g_free(answer->body);
    *answer = (struct http_answer){0};
}

int http_connect(uint16_t port)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_ge(fd, 0);
    struct timeval limit = {.tv_sec = TIMEOUT_S};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
    struct sockaddr_in to = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    ck_assert_int_eq(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
    return fd;
}

static struct http_answer parse(GString *all)
{
    struct http_answer answer = {0};
    char *gap = strstr(all->str, "\r\n\r\n");
    if (gap != NULL && g_str_has_prefix(all->str, "HTTP/1.1 ")) {
        answer.status = (int)g_ascii_strtoll(all->str + strlen("HTTP/1.1 "), NULL, 10);
        answer.head = g_strndup(all->str, (gsize)(gap + 2 - all->str));
        answer.length = all->len - (size_t)(gap + 4 - all->str);
        answer.body = g_strndup(gap + 4, answer.length);
    }
    g_string_free(all, TRUE);
    return answer;
}

struct http_answer http_raw(uint16_t port, const char *bytes, size_t length)
{
    int fd = http_connect(port);
    for (size_t sent = 0; sent < length;) {
        ssize_t n = send(fd, bytes + sent, length - sent, MSG_NOSIGNAL);
        if (n <= 0)
            break; /* the peer may refuse early */
        sent += (size_t)n;
    }
    GString *all = g_string_new(NULL);
    char buffer[16384];
    ssize_t n;
    while ((n = recv(fd, buffer, sizeof(buffer), 0)) > 0)
        g_string_append_len(all, buffer, n);
    close(fd);
    return parse(all);
}

struct http_answer http_request(uint16_t port, const char *method, const char *path, const char *token,
                                const char *extra, const char *body)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_string_append_printf(text, "%s %s HTTP/1.1\r\nHost: localhost:%u\r\nConnection: close\r\n", method,
                           path, port);
    if (token != NULL)
        g_string_append_printf(text, "Authorization: Bearer %s\r\n", token);
    if (extra != NULL)
        g_string_append(text, extra);
    if (body != NULL && (extra == NULL || strstr(extra, "Content-Type:") == NULL))
        g_string_append(text, "Content-Type: application/json\r\n");
    if (body != NULL)
        g_string_append_printf(text, "Content-Length: %zu\r\n", strlen(body));
    g_string_append_printf(text, "\r\n%s", body != NULL ? body : "");
    return http_raw(port, text->str, text->len);
}

char *http_header(const struct http_answer *answer, const char *name)
{
    g_auto(GStrv) lines = g_strsplit(answer->head != NULL ? answer->head : "", "\r\n", -1);
    size_t length = strlen(name);
    for (int k = 0; lines[k] != NULL; k++)
        if (g_ascii_strncasecmp(lines[k], name, length) == 0 && lines[k][length] == ':')
            return g_strstrip(g_strdup(lines[k] + length + 1));
    return NULL;
}
