#include "api/exchange.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <sodium.h>
#include <stdatomic.h>
#include <string.h>

#include "api/answer.h"
#include "api/auth.h"
#include "api/guard.h"
#include "api/perform.h"
#include "api/problem.h"
#include "api/spool.h"
#include "core/error.h"

#define HEADERS_MAX 64
#define RETRY_AFTER_S 5
#define RETRY_BUSY_S 1
#define RETRY_RATE_S 10
/* A chunked body is read to its end for a clean 413, but not beyond so many times the limit, nor so far. */
#define PATIENCE 8
#define PATIENCE_MAX (8 * 1024 * 1024)
#define UPLOADS_MAX 4
#define ALL_METHODS "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"
#define METHOD_LOGGED_MAX 16
#define SECRET_PREFIX "/v1/calendar/"

struct exchange {
    struct api_server *server;
    char *path, *query; /* raw; query NULL when there is none */
    char *authority;    /* of a target in absolute form; NULL: it is a path */
    char *method;
    bool begun, answered, awaited;
    struct header headers[HEADERS_MAX]; /* strings live as long as the request */
    int n_headers;
    struct route_match match;
    struct hot_visit hot;
    struct spool *body; /* NULL: the method takes none */
    bool uploads;       /* is one of server->uploads */
    char request_id[2 * 8 + 1];
    gint64 start_us;
    /* for the log */
    int status;
    size_t bytes;
    char *error;
    struct stream *stream; /* the answer goes on */
    gint64 answered_us;
    const char *role;
    int64_t token_id;
    struct limits_state limit;
    int wait_s;    /* 0: as the status says */
    char *address; /* who asks, for limits and the log */
};

/* Unlike any other, and no secret: random once, then counted by large steps. */
static void request_id(char out[2 * 8 + 1])
{
    static gsize ready;
    static uint64_t base;
    static _Atomic uint64_t count;
    if (g_once_init_enter(&ready)) {
        randombytes_buf(&base, sizeof(base));
        g_once_init_leave(&ready, 1);
    }
    uint64_t id =
        base + atomic_fetch_add_explicit(&count, 1, memory_order_relaxed) * UINT64_C(0x9E3779B97F4A7C15);
    sodium_bin2hex(out, 2 * 8 + 1, (const unsigned char *)&id, sizeof(id));
}

void *exchange_open(void *cls, const char *uri, struct MHD_Connection *connection)
{
    (void)connection;
    struct exchange *x = g_new0(struct exchange, 1);
    x->server = cls;
    g_atomic_int_inc(&x->server->active);
    x->start_us = g_get_monotonic_time();
    uri = target_path(uri, &x->authority);
    const char *mark = strchr(uri, '?');
    x->path = mark != NULL ? g_strndup(uri, (gsize)(mark - uri)) : g_strdup(uri);
    x->query = mark != NULL ? g_strdup(mark + 1) : NULL;
    request_id(x->request_id);
    return x;
}

/* --- answers
 * ---------------------------------------------------------------------------------------------------- */

/* Sends what the response holds and clears it. `extra`: NULL-terminated pairs of header name and value. */
static enum MHD_Result answer(struct exchange *x, struct MHD_Connection *connection,
                              struct api_response *response, const char *const *extra)
{
    const struct answer how = {.connection = connection,
                               .method = x->method,
                               .headers = x->headers,
                               .n_headers = x->n_headers,
                               .request_id = x->request_id,
                               .cors = g_atomic_pointer_get(&x->server->cors),
                               .close = g_atomic_int_get(&x->server->draining),
                               .limit = x->limit,
                               .stream = x->stream,
                               .extra = extra};
    x->answered = true;
    x->answered_us = g_get_monotonic_time();
    watch_phase(x->server->watch, connection, x->stream != NULL ? WATCH_STREAM : WATCH_ANSWER, 0);
    return answer_send(&how, response, &x->status, &x->bytes);
}

/* Seconds until it is worth to ask again; 0: never. */
static int retry_after(const struct exchange *x, const GError *error, int status)
{
    if (x->wait_s > 0)
        return x->wait_s;
    return status == 503                                       ? RETRY_AFTER_S
           : status == 429                                     ? RETRY_RATE_S
           : g_error_matches(error, WFM_ERROR, WFM_ERROR_BUSY) ? RETRY_BUSY_S
                                                               : 0;
}

static enum MHD_Result answer_problem(struct exchange *x, struct MHD_Connection *connection,
                                      const GError *error, const char *parameter, json_t *problem_extra,
                                      bool close)
{
    struct api_response response = {.content_type = PROBLEM_CONTENT_TYPE, .cache_control = "no-store"};
    response.body = api_problem_text(error, parameter, x->request_id, problem_extra, &response.status);
    response.length = strlen(response.body);
    g_free(x->error);
    x->error = g_strdup(error->message);
    const char *extra[9] = {NULL};
    int n = 0, wait_s = retry_after(x, error, response.status);
    g_autofree char *wait = g_strdup_printf("%d", wait_s);
    if (response.status == 401) {
        extra[n++] = "WWW-Authenticate";
        extra[n++] = auth_bearer(header_value(x->headers, x->n_headers, "Authorization")) != NULL
                         ? "Bearer realm=\"wfm\", error=\"invalid_token\""
                         : "Bearer realm=\"wfm\"";
    } else if (response.status == 405) {
        extra[n++] = "Allow";
        extra[n++] = x->match.allow;
    }
    if (wait_s > 0) {
        extra[n++] = "Retry-After";
        extra[n++] = wait;
    }
    if (close) {
        extra[n++] = "Connection";
        extra[n++] = "close";
    }
    return answer(x, connection, &response, extra);
}

/* --- the head
 * --------------------------------------------------------------------------------------------------- */

static enum MHD_Result collect_header(void *cls, enum MHD_ValueKind kind, const char *name, const char *value)
{
    (void)kind;
    struct exchange *x = cls;
    if (x->n_headers < HEADERS_MAX)
        x->headers[x->n_headers] = (struct header){name, value};
    x->n_headers++;
    return MHD_YES;
}

static bool takes_body(const char *method)
{
    return strcmp(method, "POST") == 0 || strcmp(method, "PUT") == 0 || strcmp(method, "PATCH") == 0;
}

static size_t body_max(const struct exchange *x)
{
    bool own = x->match.route != NULL && x->match.route->body_max != 0;
    return own ? x->match.route->body_max : x->server->body_max;
}

static bool size_ok(const struct exchange *x, GError **error)
{
    const char *length = header_value(x->headers, x->n_headers, "Content-Length");
    bool chunked = header_value(x->headers, x->n_headers, "Transfer-Encoding") != NULL;
    guint64 bytes = length != NULL ? g_ascii_strtoull(length, NULL, 10) : 0;
    if (!takes_body(x->method) && (bytes > 0 || chunked))
        return wfm_fail(error, WFM_ERROR_USAGE, "%s takes no body", x->method);
    if (bytes > body_max(x))
        return wfm_fail(error, WFM_ERROR_TOO_LARGE, "a body has at most %zu bytes here", body_max(x));
    return true;
}

static bool route_ok(struct exchange *x, GError **error)
{
    switch (route_find(api_routes, api_n_routes, x->method, x->path, &x->match)) {
    case ROUTE_FOUND:
        return true;
    case ROUTE_NO_METHOD:
        return wfm_fail(error, WFM_ERROR_METHOD, "this path takes %s", x->match.allow);
    case ROUTE_NO_PATH:
    default:
        return wfm_fail(error, WFM_ERROR_NOT_FOUND,
                        "there is nothing at this path; /v1/openapi.yaml lists what is");
    }
}

/* Without body; own_url: how the client reached the server. */
static struct api_call call_of(struct exchange *x, const char *own_url)
{
    const struct api_server *server = x->server;
    return (struct api_call){
        .route = x->match.route,
        .vars = x->match.vars,
        .n_vars = x->match.n_vars,
        .path = x->path,
        .raw_query = x->query,
        .headers = x->headers,
        .n_headers = x->n_headers,
        .body = "",
        .accept = header_value(x->headers, x->n_headers, "Accept"),
        .base_url = server->base_url != NULL ? server->base_url : own_url,
        .now_ts = server->now != NULL ? server->now(server->user) : g_get_real_time() / G_USEC_PER_SEC,
        .side = -1,
        .scope = {.role = ROLE_N},
        .zones = server->zones,
        .metrics = server->metrics,
        .keeper = server->keeper,
        .pool = server->pool,
        .draining = g_atomic_int_get(&server->draining),
        .limits = server->limits,
        .address = x->address,
        .webhooks = server->webhooks,
        .rosters = server->rosters,
        .prices = server->prices,
        .again = x->awaited,
        .limit = x->limit,
        .hot = server->hot,
        .engines = &server->engines,
    };
}

static void note_who(struct exchange *x, const struct api_call *call)
{
    x->role = call->scope.role < ROLE_N ? role_name(call->scope.role) : NULL;
    x->token_id = call->token.id;
    x->limit = call->limit;
    x->wait_s = call->wait_s;
}

/* A long body is not taken from somebody who may not send it. *wrong (g_free): the query parameter that is.
 */
static bool may_upload(struct exchange *x, char **wrong, GError **error)
{
    struct api_call call = call_of(x, "");
    bool ok = api_admit(&call, x->server->pool, error);
    note_who(x, &call);
    *wrong = g_steal_pointer(&call.query.wrong);
    api_call_clear(&call);
    if (!ok)
        return false;
    x->uploads = true;
    if (g_atomic_int_add(&x->server->uploads, 1) < UPLOADS_MAX)
        return true;
    return wfm_fail(error, WFM_ERROR_LIMIT, "%d uploads are running; try again later", UPLOADS_MAX);
}

/* Numeric address of the peer. g_free. */
static char *peer_of(struct MHD_Connection *connection)
{
    char remote[NI_MAXHOST] = "?";
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    if (info != NULL && info->client_addr != NULL)
        getnameinfo(info->client_addr,
                    info->client_addr->sa_family == AF_INET6 ? sizeof(struct sockaddr_in6)
                                                             : sizeof(struct sockaddr_in),
                    remote, sizeof(remote), NULL, 0, NI_NUMERICHOST);
    const char *mapped = "::ffff:"; /* IPv4 on a socket that takes both */
    return g_strdup(g_str_has_prefix(remote, mapped) ? remote + strlen(mapped) : remote);
}

/* Who asks: the peer, or whom a proxy that is trusted names last in X-Forwarded-For. Some proxies add a
 * header of their own behind those of the client, so the last of them counts. */
static char *address_of(const struct exchange *x, struct MHD_Connection *connection)
{
    char *peer = peer_of(connection);
    const char *forwarded = header_last(x->headers, x->n_headers, "X-Forwarded-For");
    if (forwarded == NULL || x->server->proxies == NULL ||
        !g_strv_contains((const char *const *)x->server->proxies, peer))
        return peer;
    const char *last = strrchr(forwarded, ',');
    char *named = g_strstrip(g_strdup(last != NULL ? last + 1 : forwarded));
    struct in6_addr bytes;
    bool address = inet_pton(AF_INET, named, &bytes) == 1 || inet_pton(AF_INET6, named, &bytes) == 1;
    if (!address)
        g_free(named);
    else
        g_free(peer);
    return address ? named : peer;
}

/* Of a head with n headers. */
static bool head_ok(const struct exchange *x, int n, const char *version, GError **error)
{
    if (n > HEADERS_MAX)
        return wfm_fail(error, WFM_ERROR_USAGE, "more than %d headers", HEADERS_MAX);
    return header_guard(x->headers, x->n_headers, version, error) &&
           authority_guard(x->authority, header_value(x->headers, x->n_headers, "Host"), error);
}

static enum MHD_Result answer_options(struct exchange *x, struct MHD_Connection *connection)
{
    struct api_response response = {.status = 204};
    const char *extra[] = {"Allow", x->match.allow, NULL, NULL, NULL, NULL, NULL, NULL, NULL};
    bool preflight = header_value(x->headers, x->n_headers, "Access-Control-Request-Method") != NULL;
    if (preflight && cors_allows(g_atomic_pointer_get(&x->server->cors),
                                 header_value(x->headers, x->n_headers, "Origin")) != NULL) {
        extra[2] = "Access-Control-Allow-Methods";
        extra[3] = x->match.allow;
        extra[4] = "Access-Control-Allow-Headers";
        extra[5] = CORS_REQUEST_HEADERS;
        extra[6] = "Access-Control-Max-Age";
        extra[7] = CORS_MAX_AGE_S;
    }
    return answer(x, connection, &response, extra);
}

static enum MHD_Result begin(struct exchange *x, struct MHD_Connection *connection, const char *version)
{
    g_autoptr(GError) error = NULL;
    x->begun = true;
    MHD_get_connection_values(connection, MHD_HEADER_KIND, collect_header, x);
    int n = x->n_headers;
    x->n_headers = MIN(n, HEADERS_MAX);
    x->address = address_of(x, connection);
    if (!head_ok(x, n, version, &error))
        return answer_problem(x, connection, error, NULL, NULL, true);
    if (strcmp(x->method, "OPTIONS") == 0 && strcmp(x->path, "*") == 0) {
        struct api_response response = {.status = 204};
        return answer(x, connection, &response, (const char *const[]){"Allow", ALL_METHODS, NULL});
    }
    g_autoptr(GError) no_route = NULL;
    bool routed = route_ok(x, &no_route);
    bool no_method = !routed && x->match.allow != NULL && strcmp(x->method, "OPTIONS") != 0;
    if (!no_method && !size_ok(x, &error)) /* 405 comes before what is wrong with a body */
        return answer_problem(x, connection, error, NULL, NULL, true);
    if (x->match.allow != NULL && strcmp(x->method, "OPTIONS") == 0)
        return answer_options(x, connection);
    if (!routed)
        return answer_problem(x, connection, no_route, NULL, NULL, takes_body(x->method) || no_method);
    g_autofree char *wrong = NULL;
    if (x->match.route->body_file && !may_upload(x, &wrong, &error))
        return answer_problem(x, connection, error, wrong, NULL, true);
    if (takes_body(x->method)) {
        x->body = spool_new(body_max(x), x->match.route->body_file, &error);
        watch_phase(x->server->watch, connection, WATCH_BODY, body_max(x));
    }
    return error == NULL ? MHD_YES : answer_problem(x, connection, error, NULL, NULL, true);
}

/* --- the work
 * --------------------------------------------------------------------------------------------------- */

/* Suspends it, once, when what was missing comes. */
static bool may_await(struct exchange *x, struct api_call *call, struct MHD_Connection *connection)
{
    if (x->awaited || call->awaits == NULL)
        return false;
    x->awaited = true;
    return prices_suspend(x->server->prices, &call->awaits, connection);
}

static enum MHD_Result finish(struct exchange *x, struct MHD_Connection *connection)
{
    const struct api_server *server = x->server;
    g_autoptr(GError) error = NULL;
    const char *host = header_value(x->headers, x->n_headers, "Host");
    g_autofree char *own_url = g_strconcat("http://", host != NULL ? host : "localhost", NULL);
    struct api_call call = call_of(x, own_url);
    watch_phase(server->watch, connection, WATCH_WORK, 0);
    if (x->body != NULL && !spool_done(x->body, &call.body, &call.body_length, &call.body_path, &error))
        return answer_problem(x, connection, error, NULL, NULL, true);
    if (hot_waits(server->hot, &x->hot, &call, connection)) { /* comes here again */
        api_call_clear(&call);
        return MHD_YES;
    }
    bool done = hot_perform(server->hot, &x->hot, &call, &error);
    if (done && call.response.stream.poll != NULL) {
        x->stream = stream_new(server->streams, &call.response.stream, call.token.id, &error);
        done = x->stream != NULL;
    }
    note_who(x, &call);
    if (!done && may_await(x, &call, connection)) { /* comes here again */
        api_call_clear(&call);
        return MHD_YES;
    }
    enum MHD_Result result =
        done ? answer(x, connection, &call.response, NULL)
             : answer_problem(x, connection, error, call.query.wrong, call.problem_extra, false);
    api_call_clear(&call);
    return result;
}

static enum MHD_Result take_body(struct exchange *x, const char *upload, size_t *upload_size)
{
    size_t max = body_max(x), patience = MIN(max * PATIENCE, max + PATIENCE_MAX);
    if (x->answered || x->body == NULL)
        return MHD_NO;
    spool_add(x->body, upload, *upload_size);
    *upload_size = 0;
    return spool_received(x->body) > patience ? MHD_NO : MHD_YES;
}

enum MHD_Result exchange_step(void *cls, struct MHD_Connection *connection, const char *url,
                              const char *method, const char *version, const char *upload,
                              size_t *upload_size, void **state)
{
    (void)cls;
    (void)url;
    struct exchange *x = *state;
    if (x == NULL)
        return MHD_NO;
    if (!x->begun) {
        x->method = g_strdup(method);
        return begin(x, connection, version);
    }
    if (*upload_size == 0)
        return x->answered ? MHD_YES : finish(x, connection);
    return take_body(x, upload, upload_size);
}

/* --- the end
 * ---------------------------------------------------------------------------------------------------- */

/* Up to n bytes of text, with nothing a terminal would act upon. g_free. */
static char *printable(const char *text, size_t n)
{
    char *out = g_strndup(text, n);
    for (char *p = out; *p != '\0'; p++)
        if (!g_ascii_isgraph(*p))
            *p = '?';
    return out;
}

/* The path for the log: no feed secret, whatever a proxy or a person made of the address around it. */
static char *path_for_log(const struct exchange *x)
{
    const char *end = NULL;
    g_autofree char *plain = g_uri_unescape_string(x->path, NULL); /* an escaped prefix hides no secret */
    if (plain == NULL)
        return g_strdup("(malformed)");
    g_autofree char *lower = g_ascii_strdown(plain, -1);
    if (strstr(lower, "/calendar/") != NULL || strstr(lower, ".ics") != NULL)
        return g_strdup(SECRET_PREFIX "…");
    g_utf8_validate(x->path, -1, &end);
    return printable(x->path, (gsize)(end - x->path));
}

static void log_exchange(struct exchange *x, double seconds)
{
    g_autofree char *path = path_for_log(x);
    g_autofree char *method = printable(x->method, METHOD_LOGGED_MAX);
    struct api_event event = {
        .method = method,
        .path = path,
        .route = x->match.route != NULL ? x->match.route->pattern : NULL,
        .role = x->role,
        .token_id = x->token_id,
        .remote = x->address,
        .request_id = x->request_id,
        .status = x->status,
        .bytes = x->bytes,
        .seconds = seconds,
        .error = x->error,
    };
    x->server->log(&event, x->server->user);
}

void exchange_close(void *cls, struct MHD_Connection *connection, void **state,
                    enum MHD_RequestTerminationCode how)
{
    (void)cls;
    (void)how;
    struct exchange *x = *state;
    if (x == NULL)
        return;
    watch_phase(x->server->watch, connection, WATCH_HEAD, 0);
    if (x->answered) {
        double seconds = (double)(x->answered_us - x->start_us) * 1e-6;
        if (x->stream != NULL) {
            x->bytes = stream_bytes(x->stream);
            if (x->error == NULL)
                x->error = stream_error(x->stream);
        }
        api_metrics_count(x->server->metrics, x->match.route, x->status, seconds);
        if (x->server->log != NULL && x->status >= g_atomic_int_get(&x->server->log_from_status))
            log_exchange(x, seconds);
    }
    route_match_clear(&x->match);
    stream_unref(x->stream);
    spool_free(x->body);
    if (x->uploads)
        g_atomic_int_add(&x->server->uploads, -1);
    g_free(x->authority);
    g_atomic_int_add(&x->server->active, -1);
    g_free(x->path);
    g_free(x->query);
    g_free(x->method);
    g_free(x->error);
    g_free(x->address);
    g_free(x);
    *state = NULL;
}
