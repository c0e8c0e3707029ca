/* A real server on a loopback port, without a database: what must hold even then. */
#include "tests/support/testing.h"

#include <jansson.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "api/server.h"
#include "core/error.h"
#include "tests/api/http.h"

#define NOWHERE "host=/nonexistent-wfm-test dbname=none connect_timeout=1"

static struct api_server *server;
static GMutex log_mutex;
static GString *log_text; /* one line per request; guarded by log_mutex */

static void collect(const struct api_event *event, void *user)
{
    (void)user;
    g_mutex_lock(&log_mutex);
    g_string_append_printf(log_text, "%s %s %d %s\n", event->method, event->path, event->status,
                           event->error != NULL ? event->error : "");
    g_mutex_unlock(&log_mutex);
}

static void start(void)
{
    g_autoptr(GError) error = NULL;
    log_text = g_string_new(NULL);
    struct api_config config = {.conninfo = NOWHERE,
                                .threads = 2,
                                .body_max = 100,
                                .cors_origins = "https://portal.example",
                                .log = collect};
    server = api_start(&config, &error);
    ck_no_error(error);
}

static void stop(void)
{
    api_stop(server);
    g_string_free(log_text, TRUE);
}

static const struct {
    const char *method, *path, *token, *extra, *body;
    int status;
    const char *type; /* problem type, NULL: no problem */
    const char *header, *value;
} rows[] = {
    {"GET", "/healthz", NULL, NULL, NULL, 200, NULL, "Content-Type", "application/json"},
    {"HEAD", "/healthz", NULL, NULL, NULL, 200, NULL, "Content-Type", "application/json"},
    {"GET", "/healthz?x=1", NULL, NULL, NULL, 400, "usage", NULL, NULL},
    {"GET", "/readyz", NULL, NULL, NULL, 503, "store", "Retry-After", "5"},
    {"GET", "/v1/me", "wfm_x", NULL, NULL, 503, "store", "Retry-After", "5"},
    {"GET", "/metrics", NULL, NULL, NULL, 200, NULL, NULL, NULL},
    {"GET", "/", NULL, NULL, NULL, 200, NULL, "Content-Type", "text/html; charset=utf-8"},
    {"GET", "/web/app.js", NULL, NULL, NULL, 200, NULL, "Content-Type", "text/javascript; charset=utf-8"},
    {"GET", "/web/app.js", NULL, NULL, NULL, 200, NULL, "Cache-Control", "no-cache"},
    {"GET", "/web/nothing.js", NULL, NULL, NULL, 404, "not-found", NULL, NULL},
    {"GET", "/web/..%2fopenapi.yaml", NULL, NULL, NULL, 404, "not-found", NULL, NULL},
    {"GET", "/v1/openapi.yaml", NULL, NULL, NULL, 200, NULL, "Content-Type", "application/yaml"},
    {"GET", "/nothing", NULL, NULL, NULL, 404, "not-found", "Content-Type", "application/problem+json"},
    {"GET", "/v1/me/", NULL, NULL, NULL, 404, "not-found", NULL, NULL},
    {"PUT", "/v1/me", NULL, NULL, NULL, 405, "method", "Allow", "GET, HEAD, OPTIONS"},
    {"POST", "/v1/agents", NULL, NULL, "{}", 405, "method", "Allow", "GET, HEAD, OPTIONS"},
    {"TRACE", "/v1/agents", NULL, NULL, "{}", 405, "method", "Allow",
     "GET, HEAD, OPTIONS"}, /* not 400 for its body */
    {"BREW", "/healthz", NULL, NULL, NULL, 405, "method", NULL, NULL},
    {"OPTIONS", "/v1/agents/x/calendar", NULL, NULL, NULL, 204, NULL, "Allow", "POST, DELETE, OPTIONS"},
    {"OPTIONS", "/nothing", NULL, NULL, NULL, 404, "not-found", NULL, NULL},
    {"GET", "/healthz", NULL, "Content-Length: 3\r\n", NULL, 400, "usage", "Connection", "close"},
    {"GET", "/healthz", NULL, "Host: b\r\n", NULL, 400, "usage", NULL, NULL},
    {"GET", "/healthz", "a", "Authorization: Bearer b\r\n", NULL, 400, "usage", NULL, NULL},
    {"POST", "/v1/rosters/1/publish", NULL, "Content-Length: 1\r\n", "{}", 400, "usage", NULL, NULL},
    {"POST", "/v1/rosters/1/publish", NULL, "Transfer-Encoding: chunked\r\n", "{}", 400, "usage", NULL, NULL},
    {"POST", "/v1/rosters/1/publish", NULL, "Content-Length: 101\r\n", NULL, 413, "too-large", "Connection",
     "close"},
};

START_TEST(answers_without_a_database)
{
    struct http_answer answer = http_request(api_port(server), rows[_i].method, rows[_i].path, rows[_i].token,
                                             rows[_i].extra, rows[_i].body);
    ck_assert_msg(answer.status == rows[_i].status, "%s %s: %d\n%s", rows[_i].method, rows[_i].path,
                  answer.status, answer.body);
    if (rows[_i].header != NULL) {
        g_autofree char *value = http_header(&answer, rows[_i].header);
        ck_assert_msg(g_strcmp0(value, rows[_i].value) == 0, "%s: %s", rows[_i].header, value);
    }
    if (rows[_i].type != NULL) {
        json_t *problem = json_loads(answer.body, 0, NULL);
        g_autofree char *type = g_strconcat("urn:wfm:problem:", rows[_i].type, NULL);
        ck_assert_str_eq(json_string_value(json_object_get(problem, "type")), type);
        g_autofree char *id = http_header(&answer, "X-Request-Id");
        ck_assert_str_eq(json_string_value(json_object_get(problem, "request_id")), id);
        json_decref(problem);
    }
    if (strcmp(rows[_i].method, "HEAD") == 0)
        ck_assert_uint_eq(answer.length, 0);
    http_answer_clear(&answer);
}
END_TEST

#define HEAD "Host: a\r\nConnection: close\r\n"

static const struct {
    const char *what, *bytes;
    int status; /* 0: closed without an answer is right too */
} raw_rows[] = {
    {"no host", "GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n", 400},
    {"1.0 needs none", "GET /healthz HTTP/1.0\r\n\r\n", 200},
    {"chunked too large",
     "POST /v1/rosters/1/publish HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: "
     "chunked\r\n\r\n"
     "80\r\n"
     "0123456789012345678901234567890123456789012345678901234567890123"
     "0123456789012345678901234567890123456789012345678901234567890123\r\n0\r\n\r\n",
     413},
    {"absolute form", "GET http://a/healthz HTTP/1.1\r\n" HEAD "\r\n", 200},
    {"absolute form of another host", "GET http://b/healthz HTTP/1.1\r\n" HEAD "\r\n", 400},
    {"the service as a whole", "OPTIONS * HTTP/1.1\r\n" HEAD "\r\n", 204},
    {"tunnel", "CONNECT a:80 HTTP/1.1\r\n" HEAD "\r\n", 404},
    {"chunked in 1.0", "POST /v1/rosters/1/publish HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
     400},
    {"2.0", "GET /healthz HTTP/2.0\r\n" HEAD "\r\n", 505},
    {"0.9", "GET /healthz\r\n\r\n", 0},
    {"space before the colon", "GET /healthz HTTP/1.1\r\n" HEAD "X : b\r\n\r\n", 400},
    {"space before the colon of a length",
     "POST /v1/rosters/1/publish HTTP/1.1\r\n" HEAD "Content-Length : 2\r\n\r\n{}", 400},
    {"no colon", "GET /healthz HTTP/1.1\r\n" HEAD "b\r\n\r\n", 400},
    {"CR in a value", "GET /healthz HTTP/1.1\r\n" HEAD "X: b\rContent-Length: 3\r\n\r\n", 400},
    {"two lengths",
     "POST /v1/rosters/1/publish HTTP/1.1\r\n" HEAD "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}", 400},
    {"length and chunked",
     "POST /v1/rosters/1/publish HTTP/1.1\r\n" HEAD
     "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
     400},
    {"folded chunked", "GET /healthz HTTP/1.1\r\n" HEAD "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n",
     400},
    {"chunk of a hex that is none",
     "POST /v1/rosters/1/publish HTTP/1.1\r\n" HEAD
     "Transfer-Encoding: chunked\r\n\r\n0x2\r\n{}\r\n0\r\n\r\n",
     400},
    {"chunk longer than it says",
     "POST /v1/rosters/1/publish HTTP/1.1\r\n" HEAD "Transfer-Encoding: chunked\r\n\r\n2\r\n{}x0\r\n\r\n",
     400},
    {"a body that is another request",
     "GET /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: 35\r\n\r\nGET /metrics HTTP/1.1\r\nHost: a\r\n\r\n",
     400},
    {"TLS", "\x16\x03\x01\r\n\r\n", 0},
    {"escape sequence in the path", "GET /\x1b[31m HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", 404},
    {"not HTTP", "hello\r\n\r\n", 0},
};

START_TEST(raw_requests)
{
    struct http_answer answer = http_raw(api_port(server), raw_rows[_i].bytes, strlen(raw_rows[_i].bytes));
    ck_assert_msg(answer.status == raw_rows[_i].status ||
                      (raw_rows[_i].status == 0 && answer.status / 100 == 4),
                  "%s: %d", raw_rows[_i].what, answer.status);
    http_answer_clear(&answer);
}
END_TEST

START_TEST(too_many_headers_are_refused)
{
    g_autoptr(GString) many = g_string_new("GET /healthz HTTP/1.1\r\n" HEAD);
    for (int k = 0; k < 70; k++)
        g_string_append_printf(many, "X-%d: a\r\n", k);
    g_string_append(many, "\r\n");
    struct http_answer answer = http_raw(api_port(server), many->str, many->len);
    ck_assert_int_eq(answer.status, 400);
    http_answer_clear(&answer);
}
END_TEST

/* A client that is never idle and never ready: it is closed whatever it does. */
static const char *const slow_starts[] = {
    "", "GET /healthz HTTP/1.1\r\nX-Slow: ",
    "POST /v1/rosters/1/publish HTTP/1.1\r\nHost: a\r\nContent-Length: 90\r\n\r\n",
    "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\nGET /"};

START_TEST(slow_clients_are_closed)
{
    g_autoptr(GError) error = NULL;
    struct api_config config = {.conninfo = NOWHERE, .threads = 2, .head_s = 1, .body_s = 1, .body_max = 100};
    AUTO(api_server) strict = api_start(&config, &error);
    ck_no_error(error);
    int fd = http_connect(api_port(strict));
    ck_assert_int_eq(send(fd, slow_starts[_i], strlen(slow_starts[_i]), MSG_NOSIGNAL),
                     (ssize_t)strlen(slow_starts[_i]));
    while (send(fd, "a", 1, MSG_NOSIGNAL) == 1) /* ends with the connection, or with the test */
        g_usleep(50 * 1000);
    close(fd);
}
END_TEST

START_TEST(head_beyond_the_limit_is_431)
{
    g_autofree char *fill = g_strnfill(64 * 1024, 'a');
    g_autofree char *extra = g_strdup_printf("X-Fill: %s\r\n", fill);
    struct http_answer answer = http_request(api_port(server), "GET", "/healthz", NULL, extra, NULL);
    ck_assert_msg(answer.status == 431 || answer.status == 0, "%d", answer.status);
    http_answer_clear(&answer);
}
END_TEST

/* A body without end is cut off. */
START_TEST(endless_bodies_are_cut)
{
    g_autoptr(GString) text = g_string_new("POST /v1/rosters/1/publish HTTP/1.1\r\nHost: a\r\n"
                                           "Transfer-Encoding: chunked\r\n\r\n");
    for (int k = 0; k < 1000; k++)
        g_string_append(text, "10\r\n0123456789abcdef\r\n");
    struct http_answer answer = http_raw(api_port(server), text->str, text->len);
    ck_assert_int_eq(answer.status, 0);
    http_answer_clear(&answer);
}
END_TEST

START_TEST(etag_gives_304)
{
    uint16_t port = api_port(server);
    struct http_answer first = http_request(port, "GET", "/web/app.js", NULL, NULL, NULL);
    g_autofree char *etag = http_header(&first, "ETag");
    ck_assert_ptr_nonnull(etag);
    g_autofree char *extra = g_strdup_printf("If-None-Match: \"x\", W/%s\r\n", etag);
    struct http_answer second = http_request(port, "GET", "/web/app.js", NULL, extra, NULL);
    ck_assert_int_eq(second.status, 304);
    ck_assert_uint_eq(second.length, 0);
    http_answer_clear(&first);
    http_answer_clear(&second);
}
END_TEST

/* gzip: the same page, another ETag of the same state, and 304 by either. */
START_TEST(long_answers_are_packed)
{
    uint16_t port = api_port(server);
    struct http_answer plain = http_request(port, "GET", "/web/app.js", NULL, NULL, NULL);
    struct http_answer packed =
        http_request(port, "GET", "/web/app.js", NULL, "Accept-Encoding: gzip\r\n", NULL);
    g_autofree char *coding = http_header(&packed, "Content-Encoding");
    g_autofree char *no_coding = http_header(&plain, "Content-Encoding");
    g_autofree char *etag = http_header(&packed, "ETag"), *plain_etag = http_header(&plain, "ETag");
    g_autofree char *vary = http_header(&plain, "Vary");
    ck_assert_str_eq(coding, "gzip");
    ck_assert_ptr_null(no_coding);
    ck_assert_ptr_nonnull(strstr(vary, "Accept-Encoding"));
    ck_assert_uint_lt(packed.length, plain.length);
    ck_assert_str_ne(etag, plain_etag);
    const char *const tags[] = {etag, plain_etag};
    const char *const encodings[] = {"gzip", "identity"};
    for (size_t t = 0; t < 2; t++)
        for (size_t e = 0; e < 2; e++) {
            g_autofree char *extra =
                g_strdup_printf("If-None-Match: %s\r\nAccept-Encoding: %s\r\n", tags[t], encodings[e]);
            struct http_answer again = http_request(port, "GET", "/web/app.js", NULL, extra, NULL);
            g_autofree char *tag = http_header(&again, "ETag"),
                            *body = http_header(&again, "Content-Encoding");
            ck_assert_int_eq(again.status, 304);
            ck_assert_str_eq(tag, tags[e]);
            ck_assert_ptr_null(body);
            http_answer_clear(&again);
        }
    struct http_answer tiny = http_request(port, "GET", "/healthz", NULL, "Accept-Encoding: gzip\r\n", NULL);
    g_autofree char *tiny_coding = http_header(&tiny, "Content-Encoding");
    ck_assert_ptr_null(tiny_coding);
    http_answer_clear(&tiny);
    http_answer_clear(&plain);
    http_answer_clear(&packed);
}
END_TEST

/* A page of another origin: asked before, answered, or told nothing. */
static const struct {
    const char *method, *extra;
    int status;
    const char *origin, *methods; /* Access-Control-Allow-…; NULL: not there */
} cors_rows[] = {
    {"OPTIONS", "Origin: https://portal.example\r\nAccess-Control-Request-Method: DELETE\r\n", 204,
     "https://portal.example", "POST, DELETE, OPTIONS"},
    {"OPTIONS", "Origin: https://evil.example\r\nAccess-Control-Request-Method: DELETE\r\n", 204, NULL, NULL},
    {"OPTIONS", "Origin: https://portal.example\r\n", 204, "https://portal.example", NULL},
    {"DELETE", "Origin: https://portal.example\r\n", 503, "https://portal.example", NULL},
    {"DELETE", "Origin: https://evil.example\r\n", 503, NULL, NULL},
    {"DELETE", "Origin: null\r\n", 503, NULL, NULL},
    {"DELETE", NULL, 503, NULL, NULL},
};

START_TEST(other_origins)
{
    struct http_answer answer = http_request(api_port(server), cors_rows[_i].method, "/v1/agents/x/calendar",
                                             "wfm_x", cors_rows[_i].extra, NULL);
    g_autofree char *origin = http_header(&answer, "Access-Control-Allow-Origin");
    g_autofree char *allowed = http_header(&answer, "Access-Control-Allow-Methods");
    g_autofree char *credentials = http_header(&answer, "Access-Control-Allow-Credentials");
    g_autofree char *vary = http_header(&answer, "Vary");
    ck_assert_int_eq(answer.status, cors_rows[_i].status);
    ck_assert_msg(g_strcmp0(origin, cors_rows[_i].origin) == 0, "%s", origin);
    ck_assert_msg(g_strcmp0(allowed, cors_rows[_i].methods) == 0, "%s", allowed);
    ck_assert_ptr_null(credentials);
    ck_assert_ptr_nonnull(strstr(vary, "Origin"));
    http_answer_clear(&answer);
}
END_TEST

START_TEST(pages_have_a_strict_policy)
{
    struct http_answer answer = http_request(api_port(server), "GET", "/", NULL, NULL, NULL);
    g_autofree char *csp = http_header(&answer, "Content-Security-Policy");
    ck_assert_ptr_nonnull(strstr(csp, "default-src 'none'"));
    ck_assert_ptr_null(strstr(csp, "unsafe"));
    ck_assert_msg(strstr(answer.body, "<script>") == NULL && strstr(answer.body, " style=") == NULL &&
                      strstr(answer.body, " onclick=") == NULL,
                  "inline script or style in index.html");
    http_answer_clear(&answer);
}
END_TEST

START_TEST(metrics_count_by_route_and_status)
{
    uint16_t port = api_port(server);
    for (int k = 0; k < 3; k++) {
        struct http_answer answer = http_request(port, "GET", "/healthz", NULL, NULL, NULL);
        http_answer_clear(&answer);
    }
    struct http_answer answer = http_request(port, "GET", "/metrics", NULL, NULL, NULL);
    static const char want[] =
        "wfm_http_requests_total{method=\"GET\",route=\"/healthz\",status=\"200\"} 3\n";
    ck_assert_msg(strstr(answer.body, want) != NULL, "%s", answer.body);
    ck_assert_ptr_nonnull(
        strstr(answer.body, "wfm_http_request_seconds_count{method=\"GET\",route=\"/healthz\"} 3\n"));
    http_answer_clear(&answer);
}
END_TEST

START_TEST(log_keeps_no_secret)
{
    static const char *const paths[] = {"/v1/calendar/TOPSECRET.ics",   "/v1/calendar/TOPSECRET",
                                        "/v1/%63alendar/TOPSECRET.ics", "/v1/me?token=TOPSECRET",
                                        "/v1/calendar/TOPSECRET%zz",    "//v1//calendar/TOPSECRET",
                                        "/V1/Calendar/TOPSECRET",       "/wfm/TOPSECRET.ics"};
    uint16_t port = api_port(server);
    for (size_t k = 0; k < G_N_ELEMENTS(paths); k++) {
        struct http_answer answer = http_request(port, "GET", paths[k], "TOPSECRET", NULL, NULL);
        http_answer_clear(&answer);
    }
    static const char *const escapes[] = {
        "GET /\x1b[31m\xff HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        "\x1b[2J-a-method-beyond-all-measure / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"};
    for (size_t k = 0; k < G_N_ELEMENTS(escapes); k++) {
        struct http_answer answer = http_raw(port, escapes[k], strlen(escapes[k]));
        http_answer_clear(&answer);
    }
    api_stop(server); /* all log lines are out */
    server = NULL;
    ck_assert_msg(strstr(log_text->str, "TOPSECRET") == NULL, "%s", log_text->str);
    ck_assert_msg(strchr(log_text->str, '\x1b') == NULL && g_utf8_validate(log_text->str, -1, NULL), "%s",
                  log_text->str);
    ck_assert_ptr_nonnull(strstr(log_text->str, "GET /v1/me 503"));
    ck_assert_msg(strstr(log_text->str, "?[2J-a-method-be / 405") != NULL, "%s", log_text->str);
}
END_TEST

static const struct {
    const char *address;
    enum wfm_error code;
} bad_addresses[] = {{"wfm.example", WFM_ERROR_USAGE}, {"192.0.2.1", WFM_ERROR_IO}};

START_TEST(bad_addresses_say_so)
{
    g_autoptr(GError) error = NULL;
    struct api_config config = {.address = bad_addresses[_i].address, .conninfo = NOWHERE};
    ck_assert_ptr_null(api_start(&config, &error));
    ck_assert_msg(g_error_matches(error, WFM_ERROR, (gint)bad_addresses[_i].code), "%s", error->message);
    ck_assert_ptr_nonnull(strstr(error->message, bad_addresses[_i].address));
}
END_TEST

START_TEST(a_port_in_use_says_so)
{
    g_autoptr(GError) error = NULL;
    struct api_config config = {.port = api_port(server), .conninfo = NOWHERE};
    ck_assert_ptr_null(api_start(&config, &error));
    ck_assert_msg(g_error_matches(error, WFM_ERROR, WFM_ERROR_IO), "%s", error->message);
    ck_assert_ptr_nonnull(strstr(error->message, "in use"));
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("api/server");
    TCase *t = tcase_create("served");
    tcase_add_checked_fixture(t, start, stop);
    tcase_add_loop_test(t, answers_without_a_database, 0, G_N_ELEMENTS(rows));
    tcase_add_loop_test(t, raw_requests, 0, G_N_ELEMENTS(raw_rows));
    tcase_add_test(t, too_many_headers_are_refused);
    tcase_add_loop_test(t, slow_clients_are_closed, 0, G_N_ELEMENTS(slow_starts));
    tcase_add_test(t, head_beyond_the_limit_is_431);
    tcase_add_test(t, endless_bodies_are_cut);
    tcase_add_test(t, etag_gives_304);
    tcase_add_test(t, long_answers_are_packed);
    tcase_add_loop_test(t, other_origins, 0, G_N_ELEMENTS(cors_rows));
    tcase_add_test(t, pages_have_a_strict_policy);
    tcase_add_test(t, metrics_count_by_route_and_status);
    tcase_add_test(t, log_keeps_no_secret);
    tcase_add_test(t, a_port_in_use_says_so);
    suite_add_tcase(s, t);
    t = tcase_create("not served");
    tcase_add_loop_test(t, bad_addresses_say_so, 0, G_N_ELEMENTS(bad_addresses));
    suite_add_tcase(s, t);
    return s;
}

TEST_MAIN(suite)
