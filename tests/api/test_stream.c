/* Answers that go on, over a real socket: a small server of the HTTP library whose paths are streams. */
#include "tests/support/testing.h"

#include <microhttpd.h>
#include <string.h>

#include "api/stream.h"
#include "core/error.h"
#include "tests/api/http.h"

/* What a stream of the tests does. */
struct plan {
    const char *path;
    unsigned every_ms;
    int pieces;   /* then it ends; -1: never */
    int fails_at; /* with this code; 0: never */
    enum wfm_error code;
    size_t fill; /* bytes of each piece beside its number */
};

static const struct plan plans[] = {
    {"/events", 100, 3, 0, WFM_ERROR_N, 0},         {"/endless", 100, -1, 0, WFM_ERROR_N, 0},
    {"/broken", 100, 3, 2, WFM_ERROR_NOT_FOUND, 0}, {"/away", 100, 3, 2, WFM_ERROR_STORE, 0},
    {"/list", 0, 200, 0, WFM_ERROR_N, 10000},       {"/broken-list", 0, 200, 100, WFM_ERROR_STORE, 10000},
    {"/silent", 100000, -1, 0, WFM_ERROR_N, 0},
};

struct state {
    const struct plan *plan;
    int asked;
};

static gint freed; /* states, atomic */
static struct streams *streams;
static struct MHD_Daemon *peer;

static bool poll_plan(void *data, struct store *store, GString *out, bool *more, GError **error)
{
    struct state *state = data;
    ck_assert_ptr_null(store);
    state->asked++;
    if (state->asked == state->plan->fails_at)
        return wfm_fail(error, state->plan->code, "as planned");
    g_autofree char *id = g_strdup_printf("%d", state->asked);
    g_autofree char *fill = g_strnfill(state->plan->fill, 'x');
    if (state->plan->pieces >= 0)
        api_event_append(out, id, "piece", json_pack("{s:s}", "fill", fill));
    *more = state->plan->pieces < 0 || state->asked < state->plan->pieces;
    return true;
}

static void free_plan(void *data)
{
    g_atomic_int_inc(&freed);
    g_free(data);
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *upload, size_t *size,
                                  void **seen)
{
    (void)cls, (void)method, (void)version, (void)upload, (void)size;
    static int mark;
    if (*seen == NULL) {
        *seen = &mark;
        return MHD_YES;
    }
    const struct plan *plan = plans;
    while (strcmp(plan->path, url) != 0)
        plan++;
    struct state *state = g_new0(struct state, 1);
    state->plan = plan;
    struct api_stream spec = {.content_type = "text/event-stream",
                              .every_ms = plan->every_ms,
                              .poll = poll_plan,
                              .free = free_plan,
                              .state = state};
    g_autoptr(GError) error = NULL;
    struct stream *stream = stream_new(streams, &spec, 7, &error);
    struct MHD_Response *response =
        stream != NULL ? stream_response(stream, connection)
                       : MHD_create_response_from_buffer(0, (void *)(uintptr_t) "", MHD_RESPMEM_PERSISTENT);
    unsigned status = error == NULL ? 200 : (unsigned)wfm_error_http_status(error);
    enum MHD_Result result = MHD_queue_response(connection, status, response);
    MHD_destroy_response(response);
    stream_unref(stream);
    return result;
}

static void start(void)
{
    streams = streams_new(NULL, 20);
    peer = MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL,
                            on_request, NULL, MHD_OPTION_THREAD_POOL_SIZE, 2U, MHD_OPTION_END);
    ck_assert_ptr_nonnull(peer);
}

static void stop(void)
{
    streams_stop(streams, 2000);
    MHD_stop_daemon(peer);
    streams_free(streams);
}

static uint16_t port(void)
{
    return MHD_get_daemon_info(peer, MHD_DAEMON_INFO_BIND_PORT)->port;
}

static int pieces_in(const char *body)
{
    int n = 0;
    for (const char *at = body; (at = strstr(at, "event: piece\n")) != NULL; at++)
        n++;
    return n;
}

static const struct {
    const char *path;
    int pieces;
    bool error_event, whole;
} rows[] = {
    {"/events", 3, false, true}, {"/broken", 1, true, true},         {"/away", 2, false, true},
    {"/list", 200, false, true}, {"/broken-list", 99, false, false},
};

START_TEST(pieces_come_in_order_and_end)
{
    struct http_answer answer = http_request(port(), "GET", rows[_i].path, NULL, NULL, NULL);
    ck_assert_int_eq(answer.status, 200);
    ck_assert_msg(pieces_in(answer.body) == rows[_i].pieces, "%s: %d", rows[_i].path, pieces_in(answer.body));
    ck_assert_msg((strstr(answer.body, "event: error\n") != NULL) == rows[_i].error_event, "%s",
                  rows[_i].path);
    ck_assert_msg(g_str_has_suffix(answer.body, "0\r\n\r\n") == rows[_i].whole, "%s", rows[_i].path);
    http_answer_clear(&answer);
}
END_TEST

static gpointer ask_in_thread(gpointer path)
{
    struct http_answer *answer = g_new0(struct http_answer, 1);
    *answer = http_request(port(), "GET", path, NULL, NULL, NULL);
    return answer;
}

/* One token has not more than its share; what is open ends whole when the service stops. */
START_TEST(streams_are_bounded_and_end_with_the_service)
{
    enum { ASKED = STREAMS_PER_TOKEN + 3 };
    GThread *threads[ASKED];
    int open = 0, refused = 0;
    for (int k = 0; k < ASKED; k++)
        threads[k] = g_thread_new("client", ask_in_thread, (gpointer)(k % 2 ? "/endless" : "/silent"));
    while (g_atomic_int_get(&freed) < ASKED - STREAMS_PER_TOKEN)
        g_usleep(1000);
    streams_stop(streams, 5000);
    for (int k = 0; k < ASKED; k++) {
        struct http_answer *answer = g_thread_join(threads[k]);
        open += answer->status == 200 && g_str_has_suffix(answer->body, "0\r\n\r\n");
        refused += answer->status == 429;
        http_answer_clear(answer);
        g_free(answer);
    }
    ck_assert_int_eq(open, STREAMS_PER_TOKEN);
    ck_assert_int_eq(refused, ASKED - STREAMS_PER_TOKEN);
    struct http_answer late = http_request(port(), "GET", "/events", NULL, NULL, NULL);
    ck_assert_int_eq(late.status, 503);
    http_answer_clear(&late);
    MHD_stop_daemon(peer);
    ck_assert_int_eq(g_atomic_int_get(&freed), ASKED + 1);
    peer = MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD, 0, NULL, NULL, on_request, NULL, MHD_OPTION_END);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("api/stream");
    TCase *t = tcase_create("streams");
    tcase_set_timeout(t, 30);
    tcase_add_checked_fixture(t, start, stop);
    tcase_add_loop_test(t, pieces_come_in_order_and_end, 0, G_N_ELEMENTS(rows));
    tcase_add_test(t, streams_are_bounded_and_end_with_the_service);
    suite_add_tcase(s, t);
    return s;
}

TEST_MAIN(suite)
