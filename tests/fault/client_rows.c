#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "api/router.h"
#include "tests/fault/rows.h"
#include "tests/support/testing.h"

#define CROWD 64

/* So many connections on which `text` was said. */
static void crowd_open(const struct service *service, int *fds, int n, const char *text)
{
    for (int k = 0; k < n; k++) {
        fds[k] = client_open(service);
        ck_assert_int_ge(fds[k], 0);
        client_send(fds[k], text);
    }
}

static void crowd_close(const int *fds, int n)
{
    for (int k = 0; k < n; k++)
        close(fds[k]);
}

/* Normal requests are answered while the crowd dawdles. */
static void others_are_served(struct service *service, const char *what)
{
    for (int k = 0; k < 20; k++)
        ck_assert_msg(client_ask(service, CALLER_ANA, "GET", "/v1/me/shifts", NULL, NULL, NULL) == 200,
                      "%s: request %d", what, k);
}

void fault_slow_heads(struct service *service)
{
    int fds[CROWD];
    crowd_open(service, fds, CROWD, "GET /v1/me/shifts HTTP/1.1\r\nHo");
    others_are_served(service, "with slow heads");
    for (int k = 0; k < CROWD; k++)
        client_send(fds[k], "st: a");
    others_are_served(service, "with slower heads");
    crowd_close(fds, CROWD);
}

void fault_slow_bodies(struct service *service)
{
    int fds[CROWD];
    g_autofree char *head =
        client_request(service, CALLER_PLANNER, "POST", "/v1/webhooks",
                       "Content-Type: application/json\r\nContent-Length: 1000\r\n", NULL);
    crowd_open(service, fds, CROWD, head);
    for (int k = 0; k < CROWD; k++)
        client_send(fds[k], "{\"url\"");
    others_are_served(service, "with slow bodies");
    crowd_close(fds, CROWD);
}

void fault_slow_readers(struct service *service)
{
    int fds[CROWD];
    g_autoptr(GString) requests = g_string_new(NULL); /* more answers than socket buffers hold */
    g_autofree char *one = client_request(service, CALLER_NONE, "GET", "/v1/openapi.yaml", NULL, NULL);
    for (int k = 0; k < 40; k++)
        g_string_append(requests, one);
    crowd_open(service, fds, CROWD, requests->str);
    others_are_served(service, "with clients that do not read");
    crowd_close(fds, CROWD);
}

/* 10,000 where the limit of open files allows it and time is given, else as many as there may be. */
void fault_idle_connections(struct service *service)
{
    struct rlimit limit;
    ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    getrlimit(RLIMIT_NOFILE, &limit);
    int wanted = 10000;
    if (limit.rlim_cur != RLIM_INFINITY && limit.rlim_cur < (rlim_t)wanted + 500) {
        wanted = (int)limit.rlim_cur - 500;
        fprintf(stderr, "idle connections: %d only, the limit of open files is %d\n", wanted,
                (int)limit.rlim_cur);
    }
    g_autofree int *fds = g_new(int, (gsize)wanted);
    crowd_open(service, fds, wanted, "");
    others_are_served(service, "with idle connections");
    for (int k = 0; k < wanted; k += 100) { /* they are not dead */
        g_autofree char *request = client_request(service, CALLER_NONE, "GET", "/healthz", NULL, NULL);
        client_send(fds[k], request);
        char byte;
        ck_assert_int_eq((int)recv(fds[k], &byte, 1, 0), 1);
    }
    crowd_close(fds, wanted);
}

/* More than it takes: the others wait or are turned away, nobody is forgotten. */
void fault_connection_storm(struct service *service)
{
    enum { N = 400 };
    int fds[N];
    for (int k = 0; k < N; k++)
        fds[k] = client_open(service);
    for (int k = 0; k < N; k++)
        if (fds[k] >= 0)
            close(fds[k]);
}

void fault_duplicate_headers(struct service *service)
{
    static const struct {
        const char *extra;
        int status;
    } rows[] = {
        {"Content-Length: 2\r\nContent-Length: 3\r\n", 400},
        {"Content-Length: 2\r\nContent-Length: 2\r\n", 400},
        {"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n", 400},
        {"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", 400},
        {"Transfer-Encoding: gzip\r\n", 400},
        {"Transfer-Encoding: chunked, identity\r\n", 400},
        {"Host: evil.example\r\n", 400},
        {"Authorization: Bearer wfm_x\r\n", 400},
        {"Content-Length: -2\r\n", 400},
        {"Content-Length: 2, 2\r\n", 400},
        {"Content-Length: 0x2\r\n", 400},
    };
    for (size_t k = 0; k < G_N_ELEMENTS(rows); k++) {
        int status = client_ask(service, CALLER_PLANNER, "POST", "/v1/webhooks", rows[k].extra, NULL, NULL);
        ck_assert_msg(status == rows[k].status || status == 0, "%s: %d", rows[k].extra, status);
    }
}

/* Thirty that are no JSON object of any route; the deep one is made below. */
static const char *const broken[] = {
    "{",
    "}",
    "[",
    "]",
    "{]",
    "[}",
    "\"",
    "{\"a\"",
    "{\"a\":",
    "{\"a\":1",
    "{\"a\":1,",
    "{\"a\":1,}",
    "{a:1}",
    "{'a':1}",
    "{\"a\":01}",
    "{\"a\":1e}",
    "{\"a\":+1}",
    "{\"a\":.5}",
    "{\"a\":NaN}",
    "{\"a\":Infinity}",
    "{\"a\":undefined}",
    "{\"a\":tru}",
    "{\"a\":\"\\x\"}",
    "{\"a\":\"\\ud800\"}",
    "{\"a\":\"\\u0000\"}",
    "{\"a\":\"\x01\"}",
    "{\"a\":\"\xff\"}",
    "{\"a\":1,\"a\":2}",
    "{\"a\":1}{}",
    "\xef\xbb\xbf{}",
    "null",
    "true",
    "7",
    "\"text\"",
    "[]",
    "[{}]",
    "{\"a\":1e999}",
    "{\"a\":123456789012345678901234567890}",
    "<a/>",
    "a=1&b=2",
};

static char *concrete(const char *pattern)
{
    g_autoptr(GString) out = g_string_new(NULL);
    for (const char *p = pattern; *p != '\0'; p++) {
        if (*p != '{') {
            g_string_append_c(out, *p);
            continue;
        }
        g_string_append_c(out, '1');
        p = strchr(p, '}');
    }
    return g_strdup(out->str);
}

/* Every route that writes refuses every one of them: 4xx, never 5xx, never silence, never success. */
void fault_broken_json(struct service *service)
{
    g_autofree char *opened = g_strnfill(5000, '['), *closed = g_strnfill(5000, ']');
    g_autofree char *deep = g_strconcat("{\"a\":", opened, closed, "}", NULL);
    for (int r = 0; r < api_n_routes; r++) {
        const struct api_route *route = &api_routes[r];
        if (!route_is_write(route) || strcmp(route->method, "DELETE") == 0)
            continue;
        g_autofree char *path = concrete(route->pattern);
        int caller = (route->allow & ALLOW_PLANNER) != 0 ? CALLER_PLANNER : CALLER_ANA;
        for (size_t b = 0; b <= G_N_ELEMENTS(broken); b++) {
            const char *body = b < G_N_ELEMENTS(broken) ? broken[b] : deep;
            g_autofree char *text = NULL;
            int status = client_ask(service, caller, route->method, path, "If-Match: *\r\n", body, &text);
            ck_assert_msg(status >= 400 && status < 500, "%s %s with %.40s: %d\n%.600s", route->method, path,
                          body, status, text);
        }
    }
}

void fault_oversize_bodies(struct service *service)
{
    g_autofree char *fill = g_strnfill(3 * 1024 * 1024, ' ');
    int status = client_ask(service, CALLER_PLANNER, "POST", "/v1/webhooks", NULL, fill, NULL);
    ck_assert_msg(status == 413 || status == 0, "3 MiB: %d", status);
    g_autofree char *chunked = g_strdup_printf("%x\r\n%s\r\n0\r\n\r\n", 3 * 1024 * 1024, fill);
    g_autofree char *head =
        client_request(service, CALLER_PLANNER, "POST", "/v1/webhooks",
                       "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n", NULL);
    int fd = client_open(service);
    client_send(fd, head);
    client_send(fd, chunked);
    g_autofree char *answer = client_read(fd, 10000, NULL);
    close(fd);
    ck_assert_msg(*answer == '\0' || strstr(answer, " 413 ") != NULL, "chunked: %.200s", answer);
    status = client_ask(service, CALLER_PLANNER, "POST", "/v1/webhooks", "Content-Length: 999999999999\r\n",
                        NULL, NULL);
    ck_assert_msg(status == 413 || status == 400 || status == 0, "a promise of 1 TB: %d", status);
}

void fault_chunked_lies(struct service *service)
{
    static const char *const bodies[] = {
        "x\r\n{}\r\n0\r\n\r\n",
        "-2\r\n{}\r\n0\r\n\r\n",
        "FFFFFFFFFFFFFFFFF\r\n{}\r\n0\r\n\r\n",
        "2\r\n{}0\r\n\r\n",
        "1\r\n{}\r\n0\r\n\r\n",
        "2;ext=\x01\r\n{}\r\n0\r\n\r\n",
        "2\n{}\n0\n\n",
        "0x2\r\n{}\r\n0\r\n\r\n",
        "2 \r\n{}\r\n0\r\n\r\n",
        "\r\n\r\n",
        "2\r\n{}\r\n0\r\nA: b\r\nHost: c\r\n\r\n",
    };
    g_autofree char *head = client_request(
        service, CALLER_PLANNER, "POST", "/v1/webhooks",
        "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n", NULL);
    for (size_t k = 0; k < G_N_ELEMENTS(bodies); k++) {
        int fd = client_open(service);
        client_send(fd, head);
        client_send(fd, bodies[k]);
        shutdown(fd, SHUT_WR);
        bool closed = false;
        g_autofree char *answer = client_read(fd, 10000, &closed);
        close(fd);
        ck_assert_msg(strstr(answer, "HTTP/1.1 2") == NULL && strstr(answer, "HTTP/1.1 5") == NULL,
                      "%s: %.300s", bodies[k], answer);
        ck_assert_msg(closed || *answer != '\0', "%s: neither answered nor closed", bodies[k]);
    }
}

void fault_truncated_bodies(struct service *service)
{
    g_autofree char *head = client_request(service, CALLER_PLANNER, "POST", "/v1/webhooks",
                                           "Content-Type: application/json\r\nContent-Length: 60\r\n", NULL);
    for (int k = 0; k < 20; k++) {
        int fd = client_open(service);
        client_send(fd, head);
        client_send(
            fd, "{\"url\": \"https://example.com/\"}"); /* whole JSON, but not the body that was promised */
        if (k % 2 == 0)
            shutdown(fd, SHUT_WR);
        close(fd);
    }
    g_autofree char *list = NULL;
    client_ask(service, CALLER_PLANNER, "GET", "/v1/webhooks", NULL, NULL, &list);
    ck_assert_msg(strstr(list, "example.com/\"") == NULL, "a truncated body was taken: %s", list);
}

void fault_aborts_mid_answer(struct service *service)
{
    static const char *const paths[] = {"/v1/openapi.yaml", "/v1/changes", "/web/app.js", "/v1/rosters"};
    for (int k = 0; k < 200; k++) {
        g_autofree char *request =
            client_request(service, CALLER_PLANNER, "GET", paths[k % (int)G_N_ELEMENTS(paths)], NULL, NULL);
        int fd = client_open(service);
        struct linger now = {1, 0}; /* a reset, not a polite end */
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
        client_send(fd, request);
        if (k % 3 == 0) {
            char byte;
            ssize_t n = recv(fd, &byte, 1, 0);
            (void)n;
        }
        close(fd);
    }
}

void fault_half_closed(struct service *service)
{
    g_autofree char *request =
        client_request(service, CALLER_ANA, "GET", "/v1/me/shifts", "Connection: close\r\n", NULL);
    int fd = client_open(service);
    client_send(fd, request);
    shutdown(fd, SHUT_WR);
    g_autofree char *answer = client_read(fd, 10000, NULL);
    close(fd);
    ck_assert_msg(*answer == '\0' || g_str_has_prefix(answer, "HTTP/1.1 200"), "%.200s", answer);
}

void fault_huge_heads(struct service *service)
{
    g_autofree char *fill = g_strnfill(100 * 1024, 'a');
    g_autofree char *path = g_strconcat("/v1/", fill, NULL),
                    *header = g_strdup_printf("X-Fill: %s\r\n", fill);
    g_autoptr(GString) many = g_string_new(NULL);
    for (int k = 0; k < 500; k++)
        g_string_append_printf(many, "X-%d: y\r\n", k);
    const char *const extras[] = {NULL, header, many->str};
    for (size_t k = 0; k < G_N_ELEMENTS(extras); k++) {
        int status = client_ask(service, CALLER_ANA, "GET", k == 0 ? path : "/v1/me", extras[k], NULL, NULL);
        ck_assert_msg(status == 0 || (status >= 400 && status < 500), "head %zu: %d", k, status);
    }
}

void fault_garbage_after_a_request(struct service *service)
{
    g_autofree char *good = client_request(service, CALLER_ANA, "GET", "/v1/me/shifts", NULL, NULL);
    static const char *const garbage[] = {"\r\n\r\n\r\n", "GARBAGE\r\n\r\n", "\x16\x03\x01\x02",
                                          "GET / HTTP/9.9\r\nHost: a\r\n\r\n",
                                          "GET  /  HTTP/1.1\r\nHost: a\r\n\r\n"};
    for (size_t k = 0; k < G_N_ELEMENTS(garbage); k++) {
        g_autofree char *both = g_strconcat(good, garbage[k], NULL);
        int fd = client_open(service);
        client_send(fd, both);
        shutdown(fd, SHUT_WR);
        g_autofree char *answer = client_read(fd, 10000, NULL);
        close(fd);
        bool failed = strstr(answer, "HTTP/1.1 500") != NULL || strstr(answer, "HTTP/1.1 503") != NULL;
        ck_assert_msg(g_str_has_prefix(answer, "HTTP/1.1 200") && !failed, "%zu: %.300s", k, answer);
    }
}

/* After a first round everything is there that stays; rounds later it is no more. */
void fault_memory(struct service *service)
{
    static const struct {
        int caller;
        const char *method, *path, *body;
    } asks[] = {
        {CALLER_ANA, "GET", "/v1/me/shifts", NULL},
        {CALLER_PLANNER, "GET", "/v1/changes", NULL},
        {CALLER_ACME, "GET", "/v1/queues", NULL},
        {CALLER_PLANNER, "POST", "/v1/webhooks", "{\"url\": 1}"},
        {CALLER_BAD, "GET", "/v1/me", NULL},
        {CALLER_PLANNER, "GET", "/v1/rosters/1/shifts", NULL},
        {CALLER_NONE, "GET", "/v1/openapi.yaml", NULL},
        {CALLER_PLANNER, "GET", "/v1/nothing", NULL},
    };
    long before = 0, after = 0;
    int rounds = fault_long() > 0 ? 5000 : 80;
    for (int k = 0; k < 2 * rounds; k++) {
        if (k == rounds)
            before = service_rss(service);
        for (size_t a = 0; a < G_N_ELEMENTS(asks); a++)
            client_ask(service, asks[a].caller, asks[a].method, asks[a].path, NULL, asks[a].body, NULL);
    }
    after = service_rss(service);
#if defined(__SANITIZE_ADDRESS__)
    bool kept = true;
#else
    bool kept = g_getenv("WFM_SERVE") != NULL;
#endif
    if (kept) /* sanitizers keep what was freed */
        return;
    ck_assert_msg(after < before + 4096, "%ld kB before, %ld kB after %d more requests", before, after,
                  rounds * (int)G_N_ELEMENTS(asks));
}
