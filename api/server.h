/*
 * server.h - the HTTP service: `wfm serve` starts one and stops it on a signal.
 *
 * libmicrohttpd with epoll and a pool of threads; each request is served from start to end by one thread,
 * with one store connection borrowed from a pool of as many. The service starts without a database and
 * answers 503 with Retry-After until it can be reached; connections that broke are opened again. In
 * production a proxy stands in front (docs/api.md): it ends TLS and limits rates.
 *
 * The process must ignore SIGPIPE. api_start and api_stop are for one thread; the log callback is called from
 * every pool thread at once.
 */
#ifndef WFM_API_SERVER_H
#define WFM_API_SERVER_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/auto.h"

struct webhooks_config;

/* One answered request, for an access log. Strings live during the callback. There is never a token, a query
 * string or a feed secret in it. */
struct api_event {
    const char *method; /* as sent, at most 16 characters, printable ASCII */
    const char *path;   /* as asked, printable ASCII; the secret of a calendar feed replaced by "…" */
    const char *route;  /* pattern of the route table, or NULL */
    const char *role;   /* "planner", "client", "agent"; NULL: no token looked at, or none good */
    int64_t token_id;   /* 0 when role is NULL */
    const char *remote; /* address of the peer */
    const char *request_id;
    int status;
    size_t bytes; /* of the body */
    double seconds;
    const char *error; /* full text of what went wrong, or NULL; with status ≥ 500 the caller was not told */
};
typedef void (*api_log_fn)(const struct api_event *event, void *user);
/* Seconds since 1970; the wall clock. */
typedef int64_t (*api_clock_fn)(void *user);

struct api_engines;

/* Zero is the default of every field but conninfo. */
struct api_config {
    const char *address; /* numeric IPv4 or IPv6 address to listen on; NULL: 127.0.0.1; "::" takes IPv4 too */
    uint16_t port;       /* 0: any free one, see api_port */
    const char *conninfo; /* of the database; needed */
    int threads;          /* 0: two per core, at most 16 */
    const char *base_url; /* how the world reaches this server, for the URLs it gives out; NULL: from the Host
                             header */
    int connections_max;  /* 0: 1024 */
    int timeout_s;        /* idle connections are closed after it; 0: 60 */
    /* In all, however busy the client looks: head of a request; body, and a second more per 64 KiB; taking
       the answer. 0: 60, 30, 300 */
    int head_s, body_s, answer_s;
    int streams_max;          /* answers that go on (events) at a time; 0: 256 */
    size_t body_max;          /* largest request body, bytes; 0: 1 MiB */
    double rate;              /* requests per second of one token, in the long run; 0: no limit */
    int burst;                /* of one token at once; 0: twice the rate, at least 10 */
    const char *cors_origins; /* whose pages may ask, api/cors.h; NULL: none */
    const char *proxies; /* addresses of proxies whose X-Forwarded-For is believed, by commas; NULL: none */
    int connections_per_address;            /* 0: no limit */
    const char *replica;                    /* database that reads may use, api/pool.h; NULL: none */
    int store_connections;                  /* to each database; 0: one per thread and four more */
    int64_t keep_memory;                    /* bytes, for answers kept; 0: 23 MiB, -1: none are kept */
    int statement_ms;                       /* longest statement; 0: 30 s, -1: no limit */
    int patience_ms;                        /* of who asks for prices that are computed; 0: 5 s, -1: none */
    int log_from_status;                    /* only answers of that status and above are logged; 0: all */
    api_log_fn log;                         /* NULL: none */
    api_clock_fn now;                       /* NULL: the system's clock */
    void *user;                             /* for both */
    const struct webhooks_config *webhooks; /* api/webhooks.h; NULL: this process sends none */
    const struct api_engines *engines;      /* api/engines.h; copied. NULL: none, their routes answer 501 */
};

struct api_server;

/* Listens and serves; strings of the config are copied. NULL on failure: WFM_ERROR_USAGE (bad address),
   WFM_ERROR_IO ("cannot listen on 127.0.0.1:8080: Address already in use"). */
struct api_server *api_start(const struct api_config *config, GError **error);
uint16_t api_port(const struct api_server *server);

/* What may change while it serves; without a connection dropped or a request disturbed. Zero is the default.
 */
struct api_live {
    double rate;
    int burst;
    const char *cors_origins;
    int log_from_status;
};
/* WFM_ERROR_USAGE (origins): nothing has changed then. By the thread that started it. */
bool api_reload(struct api_server *server, const struct api_live *live, GError **error);

/* From now on /readyz answers 503, so that nobody sends more, and answers close their connections; all else
   goes on. api_stop comes some seconds later. */
void api_drain(struct api_server *server);
/* Takes no new connection, ends the streams, lets running requests finish (10 s at most), frees everything.
   NULL is fine. */
void api_stop(struct api_server *server);
AUTO_DEFINE(api_server, api_stop);

#endif
