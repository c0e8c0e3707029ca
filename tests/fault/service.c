#define _GNU_SOURCE /* closefrom */
#include "tests/fault/service.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/api/http.h"
#include "tests/support/testing.h"

#define PATIENCE_US (20 * G_USEC_PER_SEC)
#define STEP_US 20000

int fault_long(void)
{
    const char *text = g_getenv("WFM_FAULT_LONG");
    return text != NULL ? (int)g_ascii_strtoll(text, NULL, 10) : 0;
}

/* --- the process */

static char *program(void)
{
    const char *named = g_getenv("WFM_SERVE"), *build = g_getenv("WFM_BUILDDIR");
    return named != NULL ? g_strdup(named) : g_build_filename(build != NULL ? build : ".", "wfm/wfm", NULL);
}

static uint16_t port_said(int out)
{
    g_autoptr(GString) text = g_string_new(NULL);
    char buffer[256];
    gint64 until = g_get_monotonic_time() + 3 * PATIENCE_US; /* sanitizers are slow */
    while (strchr(text->str, '\n') == NULL && g_get_monotonic_time() < until) {
        struct pollfd ready = {out, POLLIN, 0};
        ssize_t n = poll(&ready, 1, 1000) > 0 ? read(out, buffer, sizeof buffer) : 0;
        if (n > 0)
            g_string_append_len(text, buffer, n);
        else if (ready.revents != 0)
            break;
    }
    const char *colon = strrchr(text->str, ':');
    return colon != NULL ? (uint16_t)g_ascii_strtoull(colon + 1, NULL, 10) : 0;
}

void service_again(struct service *service)
{
    g_autoptr(GPtrArray) argv = g_ptr_array_new();
    g_autofree char *path = program();
    bool threads =
        service->extra != NULL && g_strv_contains((const char *const *)service->extra, "--threads");
    const char *const first[] = {
        path,     "serve", "--quiet",   "--database", service->fixture->conninfo,   "--port", "0",
        "--rate", "0",     "--workers", "0",          threads ? NULL : "--threads", "8"};
    for (size_t k = 0; k < G_N_ELEMENTS(first) && first[k] != NULL; k++)
        g_ptr_array_add(argv, (gpointer)(uintptr_t)first[k]);
    for (int k = 0; service->extra != NULL && service->extra[k] != NULL; k++)
        g_ptr_array_add(argv, service->extra[k]);
    g_ptr_array_add(argv, NULL);
    int out[2];
    ck_assert_int_eq(pipe(out), 0);
    service->pid = fork();
    ck_assert_int_ge(service->pid, 0);
    if (service->pid == 0) {
        int log = open(service->log, O_WRONLY | O_APPEND);
        dup2(out[1], STDOUT_FILENO);
        dup2(log, STDERR_FILENO);
        closefrom(3);
        execv(path, (char **)argv->pdata);
        _exit(127);
    }
    close(out[1]);
    service->port = port_said(out[0]);
    close(out[0]);
    if (service->port == 0) {
        g_autofree char *said = NULL;
        g_file_get_contents(service->log, &said, NULL, NULL);
        ck_abort_msg("wfm serve does not start: %s", said);
    }
}

void service_start(struct service *service, struct fixture *fixture, const char *const *extra)
{
    *service = (struct service){.fixture = fixture, .extra = g_strdupv((char **)(uintptr_t)extra)};
    int fd = g_file_open_tmp("wfm-fault-XXXXXX", &service->log, NULL);
    ck_assert_int_ge(fd, 0);
    close(fd);
    service_again(service);
}

static int wait_for_end(struct service *service, const char *what)
{
    int status = 0;
    gint64 until = g_get_monotonic_time() + PATIENCE_US;
    while (waitpid(service->pid, &status, WNOHANG) == 0) {
        if (g_get_monotonic_time() > until) {
            kill(service->pid, SIGKILL);
            waitpid(service->pid, &status, 0);
            service->pid = 0;
            ck_abort_msg("%s: wfm serve did not end within 20 s", what);
        }
        g_usleep(STEP_US);
    }
    service->pid = 0;
    return status;
}

int service_signal(struct service *service, int number)
{
    ck_assert_int_eq(kill(service->pid, number), 0);
    return wait_for_end(service, "after a signal");
}

void service_log_clean(const struct service *service)
{
    static const char *const bad[] = {"ERROR: AddressSanitizer",  "LeakSanitizer", "runtime error:",
                                      "WARNING: ThreadSanitizer", "GLib-CRITICAL", "assertion"};
    g_autofree char *said = NULL;
    g_file_get_contents(service->log, &said, NULL, NULL);
    for (size_t k = 0; said != NULL && k < G_N_ELEMENTS(bad); k++)
        ck_assert_msg(strstr(said, bad[k]) == NULL, "the service said:\n%.3000s", strstr(said, bad[k]));
}

void service_stop(struct service *service)
{
    if (service->pid != 0) {
        int status = service_signal(service, SIGTERM);
        service_log_clean(service);
        ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0, "wfm serve ended with status 0x%x",
                      status);
    }
    unlink(service->log);
    g_free(service->log);
    g_strfreev(service->extra);
    *service = (struct service){0};
}

bool service_alive(const struct service *service)
{
    int status;
    return service->pid != 0 && waitpid(service->pid, &status, WNOHANG) == 0;
}

void service_sound(struct service *service, const char *what)
{
    gint64 until = g_get_monotonic_time() + PATIENCE_US;
    int ready = 0, shifts = 0;
    do {
        if (!service_alive(service)) {
            g_autofree char *said = NULL;
            g_file_get_contents(service->log, &said, NULL, NULL);
            service->pid = 0;
            ck_abort_msg("%s: the service is gone: %s", what, said);
        }
        ready = client_ask(service, CALLER_NONE, "GET", "/readyz", NULL, NULL, NULL);
        shifts = client_ask(service, CALLER_ANA, "GET", "/v1/me/shifts", NULL, NULL, NULL);
        if (ready == 200 && shifts == 200)
            return;
        g_usleep(STEP_US);
    } while (g_get_monotonic_time() < until);
    ck_abort_msg("%s: /readyz %d, /v1/me/shifts %d", what, ready, shifts);
}

long service_rss(const struct service *service)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/status", (int)service->pid), *text = NULL;
    ck_assert(g_file_get_contents(path, &text, NULL, NULL));
    const char *line = strstr(text, "VmRSS:");
    return line != NULL ? (long)g_ascii_strtoll(line + strlen("VmRSS:"), NULL, 10) : 0;
}

/* --- clients */

int client_open(const struct service *service)
{
    struct sockaddr_in to = {
        .sin_family = AF_INET, .sin_port = htons(service->port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof to) != 0) {
        close(fd);
        return -1;
    }
    return fd;
}

void client_send(int fd, const char *text)
{
    size_t length = strlen(text);
    for (size_t sent = 0; sent < length;) {
        ssize_t n = send(fd, text + sent, length - sent, MSG_NOSIGNAL);
        if (n <= 0)
            return;
        sent += (size_t)n;
    }
}

char *client_read(int fd, int ms, bool *closed)
{
    GString *out = g_string_new(NULL);
    char buffer[16384];
    gint64 until = g_get_monotonic_time() + (gint64)ms * 1000;
    bool end = false;
    while (!end) {
        gint64 left = (until - g_get_monotonic_time()) / 1000;
        struct pollfd ready = {fd, POLLIN, 0};
        int n_ready = left > 0 ? poll(&ready, 1, (int)left) : 0;
        if (n_ready < 0 && errno == EINTR)
            continue;
        if (n_ready <= 0)
            break;
        ssize_t n = recv(fd, buffer, sizeof buffer, 0);
        if (n < 0 && errno == EINTR)
            continue;
        end = n <= 0;
        if (n > 0)
            g_string_append_len(out, buffer, n);
    }
    if (closed != NULL)
        *closed = end;
    return g_string_free(out, FALSE);
}

static char *request_of(const char *token, const char *method, const char *path, const char *extra,
                        const char *body)
{
    g_autofree char *auth =
        token != NULL ? g_strdup_printf("Authorization: Bearer %s\r\n", token) : g_strdup("");
    g_autofree char *length =
        body != NULL
            ? g_strdup_printf("Content-Type: application/json\r\nContent-Length: %zu\r\n", strlen(body))
            : g_strdup("");
    return g_strdup_printf("%s %s HTTP/1.1\r\nHost: localhost\r\n%s%s%s\r\n%s", method, path, auth, length,
                           extra != NULL ? extra : "", body != NULL ? body : "");
}

char *client_request(const struct service *service, int caller, const char *method, const char *path,
                     const char *extra, const char *body)
{
    return request_of(service->fixture->tokens[caller], method, path, extra, body);
}

int client_ask_with(const struct service *service, const char *token, const char *method, const char *path,
                    const char *extra, const char *body, char **text)
{
    g_autofree char *more = g_strconcat("Connection: close\r\n", extra, NULL);
    g_autofree char *request = request_of(token, method, path, more, body), *answer = NULL;
    int fd = client_open(service), status = 0;
    if (fd >= 0) {
        client_send(fd, request);
        answer = client_read(fd, 30000, NULL);
        close(fd);
        if (g_str_has_prefix(answer, "HTTP/1.1 "))
            status = (int)g_ascii_strtoll(answer + strlen("HTTP/1.1 "), NULL, 10);
    }
    if (text != NULL)
        *text = answer != NULL ? g_steal_pointer(&answer) : g_strdup("");
    return status;
}

int client_ask(const struct service *service, int caller, const char *method, const char *path,
               const char *extra, const char *body, char **text)
{
    return client_ask_with(service, service->fixture->tokens[caller], method, path, extra, body, text);
}

/* --- load */

/* An answer whose body is not as long as its head says; *why (g_free) says how. */
static bool torn(const char *text, char **why)
{
    const char *gap = strstr(text, "\r\n\r\n"), *length = strstr(text, "Content-Length: ");
    if (gap != NULL && (length == NULL || length > gap))
        return false;
    size_t got = gap != NULL ? strlen(gap + 4) : 0;
    guint64 said = gap != NULL ? g_ascii_strtoull(length + strlen("Content-Length: "), NULL, 10) : 0;
    if (gap != NULL && got == said)
        return false;
    *why = gap == NULL ? g_strdup_printf("no end of the head in %zu bytes", strlen(text))
                       : g_strdup_printf("%zu bytes of a body of %" G_GUINT64_FORMAT, got, said);
    return true;
}

static gpointer load_run(gpointer data)
{
    struct load *load = data;
    while (g_atomic_int_get(&load->stop) == 0) {
        g_autofree char *text = NULL, *why = NULL;
        int status = client_ask(load->service, load->caller, "GET", load->path, NULL, NULL, &text);
        if (status != 0 && torn(text, &why) && g_atomic_int_add(&load->torn, 1) == 0)
            fprintf(stderr, "torn, %s: %.1000s\n", why, text);
        g_atomic_int_inc(status == 200   ? &load->ok
                         : status == 503 ? &load->unavailable
                         : status == 0   ? &load->closed
                                         : &load->other);
        if (status != 200 && status != 503 && status != 0)
            g_atomic_int_set(&load->worst, status);
    }
    return NULL;
}

void load_start(struct load *load, struct service *service, int caller, const char *path, int threads)
{
    *load = (struct load){.service = service, .path = path, .caller = caller, .n = threads};
    for (int k = 0; k < threads; k++)
        load->threads[k] = g_thread_new("load", load_run, load);
}

void load_until(struct load *load, int more)
{
    int from = g_atomic_int_get(&load->ok);
    gint64 until = g_get_monotonic_time() + PATIENCE_US;
    while (g_atomic_int_get(&load->ok) < from + more && g_get_monotonic_time() < until)
        g_usleep(STEP_US);
    ck_assert_msg(g_atomic_int_get(&load->ok) >= from + more, "answers under load: %d of %d more",
                  load->ok - from, more);
}

void load_stop(struct load *load)
{
    g_atomic_int_set(&load->stop, 1);
    for (int k = 0; k < load->n; k++)
        g_thread_join(load->threads[k]);
}
