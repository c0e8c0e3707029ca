/*
 * service.h - `wfm serve` as a process of its own, and clients of every kind: what the fault tests are made
 * of.
 *
 * The program is $WFM_SERVE when that is set (a build with sanitizers), else that of $WFM_BUILDDIR.
 * Everything here fails the running test when it cannot be done.
 */
#ifndef WFM_TESTS_FAULT_SERVICE_H
#define WFM_TESTS_FAULT_SERVICE_H

#include <glib.h>
#include <stdbool.h>
#include <sys/types.h>

#include "tests/api/fixture.h"

struct service {
    pid_t pid; /* 0: not running */
    uint16_t port;
    char *log; /* file of its standard error */
    struct fixture *fixture;
    char **extra; /* arguments */
};

/* Starts it on the fixture's database with further arguments (NULL-terminated; NULL: none), and waits until
 * it listens. */
void service_start(struct service *service, struct fixture *fixture, const char *const *extra);
/* The same again on a new port, after it was killed. */
void service_again(struct service *service);
/* Sends the signal and waits for the end; the wait status. */
int service_signal(struct service *service, int signal);
/* SIGTERM; must end well within 20 s. */
void service_stop(struct service *service);
bool service_alive(const struct service *service);
/* It runs, is ready, and answers ana with her shifts; what: for the message. Waits up to 20 s for the first
 * two. */
void service_sound(struct service *service, const char *what);
/* Resident memory, kB. */
long service_rss(const struct service *service);
/* Nothing that a sanitizer would say is in its log. */
void service_log_clean(const struct service *service);

/* --- clients */

/* Connected socket; -1 when refused. */
int client_open(const struct service *service);
void client_send(int fd, const char *text);
/* Reads what comes within so many ms, or until the peer closes; g_free. *closed may be NULL. */
char *client_read(int fd, int ms, bool *closed);
/* A request of a caller, as text: "GET /path HTTP/1.1\r\n…\r\n\r\n" without Connection: close; body may be
 * NULL. g_free. */
char *client_request(const struct service *service, int caller, const char *method, const char *path,
                     const char *extra, const char *body);
/* Status of one such request on a connection of its own; 0: closed without an answer. *text (g_free) may be
 * NULL. */
int client_ask(const struct service *service, int caller, const char *method, const char *path,
               const char *extra, const char *body, char **text);
/* With a token that is not the fixture's. */
int client_ask_with(const struct service *service, const char *token, const char *method, const char *path,
                    const char *extra, const char *body, char **text);

/* Threads that ask for ana's shifts without pause until load_stop; counts by status. */
struct load {
    struct service *service;
    const char *path;
    int caller;
    /* atomic; closed: no answer; worst: another status; torn: an answer shorter than its head says */
    gint stop, ok, unavailable, closed, other, worst, torn;
    GThread *threads[8];
    int n;
};
void load_start(struct load *load, struct service *service, int caller, const char *path, int threads);
/* Lets them run until so many more were answered 200 (20 s at most). */
void load_until(struct load *load, int more);
void load_stop(struct load *load);

/* Seconds that long variants may take: $WFM_FAULT_LONG, 0 by default. */
int fault_long(void);

#endif
