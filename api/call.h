/*
 * call.h - one request on its way through a handler, and the answer it leaves.
 *
 * The server fills everything above `response` before the handler runs: the route is matched, the token
 * checked, the role allowed, the query parsed strictly, a store connection borrowed. A handler reads that,
 * calls the store and ends with one of the reply functions, or fills *error and returns false: the server
 * turns it into an RFC 9457 problem. GET handlers are run again once after the database connection was lost,
 * so they reply last. Handlers of other methods run inside of one change (store_change_begin): all store
 * functions they call are one transaction, committed before the answer goes out, and undone when they return
 * false.
 *
 * A struct call is owned by the thread that serves the request.
 */
#ifndef WFM_API_CALL_H
#define WFM_API_CALL_H

#include <jansson.h>

#include "api/guard.h"
#include "api/limits.h"
#include "api/query.h"
#include "api/router.h"
#include "core/store/store.h"

struct api_zones; /* cache of zones; immutable zones, own mutex */
struct api_metrics;
struct webhooks;
struct roster_cache;
struct prices;
struct prices_wait;
struct kept;
struct hot;
struct api_engines;
struct keeper;
struct store_pool;

/*
 * An answer that goes on (api/stream.h says how): server-sent events, or a list too long for memory.
 *
 * poll appends what is new to `out` ("id: 7\nevent: progress\ndata: {…}\n\n") or nothing, and sets *more to
 * false when nothing can follow. It is called by one thread at a time and never while the handler runs; the
 * connection is lent for that call only. It must be short, since all event streams share one thread: one or
 * two look-ups. When it fails, events go on if the database is away (WFM_ERROR_STORE) and else end with an
 * event "error"; a list breaks off, so that the client sees that it is not whole. The call is gone by then:
 * what poll needs (ids, scope with copies of its strings) is in `state`.
 */
struct api_stream {
    const char *content_type; /* static */
    unsigned every_ms;        /* events: asked so often, 100 and more; 0: a list, asked when it is taken */
    bool store;               /* lend poll a connection; else its `store` is NULL */
    bool (*poll)(void *state, struct store *store, GString *out, bool *more, GError **error);
    void (*free)(void *state); /* may be NULL */
    void *state;
};

struct api_response {
    int status;
    const char *content_type; /* static */
    char *body;               /* length bytes, g_free; or NULL */
    const void *fixed; /* length bytes that outlive the server (embedded files); used when body is NULL */
    struct kept *kept; /* holds the body, of length bytes as it is plain; used when both are NULL */
    size_t length;
    char *etag;                /* as sent, quotes and W/ included; NULL: none */
    char *location;            /* Location header; NULL: none */
    const char *cache_control; /* static; NULL: "private, no-cache" */
    const char *worker_scope;  /* static Service-Worker-Allowed; NULL: none */
    bool replayed;             /* the answer kept under the Idempotency-Key */
    struct api_stream stream;  /* poll not NULL: instead of a body */
};

struct api_call {
    const struct api_route *route;
    char **vars; /* decoded values of the {…} segments, route order */
    int n_vars;
    const char *path, *raw_query; /* as asked, percent-encoded; raw_query NULL: none */
    const struct header *headers;
    int n_headers;
    struct api_query query;
    const char *body; /* length body_length, NUL behind; "" when it is in a file */
    size_t body_length;
    const char *body_path; /* rows with body_file: where the body is, gone after the handler; else NULL */
    const char *accept;    /* header, or NULL */
    const char
        *base_url; /* "https://wfm.example", no slash behind; how this server is reached from outside */
    int64_t now_ts;

    int side;                /* where a GET reads, api/pool.h; -1: where the pool says */
    bool whole;              /* the body is wanted whatever If-None-Match says */
    struct store *store;     /* NULL for routes that need none */
    struct scope scope;      /* strings belong to `token` */
    struct token_info token; /* all zero for open routes */
    char *actor;             /* "token 17 (night planner)", for the audit */

    struct api_zones *zones;
    const struct api_metrics *metrics;
    struct keeper *keeper;           /* NULL in tests of handlers alone */
    struct store_pool *pool;         /* for its figures */
    bool draining;                   /* the server is about to stop */
    struct limits *limits;           /* NULL: none */
    const char *address;             /* who asks, numeric; "?" when it is not known */
    const struct webhooks *webhooks; /* who sends them; NULL: nobody here */
    struct roster_cache *rosters;    /* own mutex */
    struct prices *prices;           /* own mutex */
    bool again;                      /* the request was suspended: it is known and counted */
    int64_t draft_ahead; /* a draft that may be edited soon: got ready once this is committed; 0: none */
    struct hot *hot;     /* for its figures; NULL in tests of handlers alone */
    const struct api_engines *engines; /* never NULL; its entries may be */

    struct api_response response;
    struct limits_state limit;  /* what is left to the token */
    int wait_s;                 /* of a failure: for Retry-After; 0: as its status has it */
    struct prices_wait *awaits; /* of a failure: what is missing, for which the request may be suspended */
    json_t *problem_extra;      /* further members of the problem, when the handler fails; owned */
};
void api_call_clear(struct api_call *call);

/* The place among the words, NULL behind them, of what the query parameter says; how many there are when it
 * was not given. */
bool api_word_asked(struct api_call *call, const char *parameter, const char *const *words, int *place,
                    GError **error);

/* Value of a header of the request, or NULL. */
const char *api_header(const struct api_call *call, const char *name);

/* Takes the value ("json" is consumed) and answers with it, ETag included for GET. Compact, keys in the
 * order they were set. */
bool api_reply_json(struct api_call *call, int status, json_t *json);
/* Takes the text. With a strong ETag when `etag`. */
bool api_reply_text(struct api_call *call, int status, const char *content_type, char *body, size_t length,
                    bool etag);
/* 200 with a stream (GET only); takes the state. Events must not be kept by caches, lists neither. */
bool api_reply_stream(struct api_call *call, const struct api_stream *stream);
/* One server-sent event, ready to send; id and event may be NULL, data is one line ("json" is consumed). */
void api_event_append(GString *out, const char *id, const char *event, json_t *json);
/* 204 without a body. */
bool api_reply_nothing(struct api_call *call);
void api_response_clear(struct api_response *response);

/* `"…"` (strong) or `W/"…"` over the bytes: 16 bytes of BLAKE2b, base64url. g_free. */
char *api_etag(const void *bytes, size_t length, bool weak);
/* Does an If-None-Match value ("*", or a list) name the etag? Weak comparison, RFC 9110 §8.8.3.2. */
bool api_etag_matches(const char *if_none_match, const char *etag);
/* The same of an If-Match value: strong comparison, so that weak ones never match. */
bool api_etag_matches_strong(const char *if_match, const char *etag);

/* The zone by IANA name, from the cache; NULL with WFM_ERROR_INTERNAL when it does not exist. Lives as long
 * as the server. */
const struct zone *api_zone(struct api_call *call, const char *name, GError **error);
struct api_zones *api_zones_new(void);
void api_zones_free(struct api_zones *zones);

/* JSON pieces shared by the resources. api_json_instant: RFC 3339 in the zone. api_json_finite: null for NAN
 * and infinities. */
json_t *api_json_instant(int64_t ts, const struct zone *zone);
json_t *api_json_instant_or_null(int64_t ts, const struct zone *zone); /* null for 0: not yet, never */
json_t *api_json_finite(double value);
json_t *api_json_text(const char *text); /* null for NULL */

#endif
