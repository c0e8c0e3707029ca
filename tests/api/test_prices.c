/* Prices that are computed in the background: who waits for them holds up nobody, is counted once, and is let
   go when the service ends. */
#include "tests/support/testing.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/api/fixture.h"
#include "tests/api/http.h"
#include "tests/support/pg.h"

static struct fixture fixture;

static void start(void)
{
    fixture_init(&fixture);
}

static void stop(void)
{
    fixture_clear(&fixture);
}

static int64_t clock_now(void *user)
{
    (void)user;
    return FIXTURE_NOW;
}

static struct api_server *serve(int patience_ms, int burst)
{
    g_autoptr(GError) error = NULL;
    struct api_config config = {.conninfo = fixture.conninfo,
                                .threads = 1,
                                .now = clock_now,
                                .patience_ms = patience_ms,
                                .rate = burst > 0 ? 0.001 : 0,
                                .burst = burst};
    struct api_server *server = api_start(&config, &error);
    ck_no_error(error);
    return server;
}

/* %: the published roster, @: ana's shift. */
enum { PRICES };
static const struct {
    const char *path;
    int caller, cost;
} rows[] = {
    [PRICES] = {"/v1/rosters/%/prices", CALLER_PLANNER, 10},
    /* these need less, which is there at once where no level is counted over a period */
    {"/v1/rosters/%/explain?agent=ana", CALLER_PLANNER, 10},
    {"/v1/me/shifts/@/why", CALLER_ANA, 20},
};

static char *path_of(int row)
{
    g_auto(GStrv) parts = g_strsplit_set(rows[row].path, "%@", 2);
    int64_t id = strchr(rows[row].path, '@') != NULL ? fixture.shift_ana : fixture.published;
    return g_strdup_printf("%s%" G_GINT64_FORMAT "%s", parts[0], id, parts[1]);
}

static struct http_answer get(struct api_server *server, int row)
{
    g_autofree char *path = path_of(row);
    return http_request(api_port(server), "GET", path, fixture.tokens[rows[row].caller], NULL, NULL);
}

/* Nobody has asked for them before, so they are not there. */
START_TEST(who_does_not_wait_asks_again)
{
    AUTO(api_server) server = serve(-1, 0);
    struct http_answer answer = get(server, PRICES);
    g_autofree char *after = http_header(&answer, "Retry-After");
    ck_assert_msg(answer.status == 503, "%d: %s", answer.status, answer.body);
    ck_assert_ptr_nonnull(after);
    for (int k = 0; k < 200 && answer.status == 503; k++) {
        http_answer_clear(&answer);
        g_usleep(50 * 1000);
        answer = get(server, PRICES);
    }
    ck_assert_msg(answer.status == 200, "%d: %s", answer.status, answer.body);
    http_answer_clear(&answer);
}
END_TEST

START_TEST(who_waits_is_counted_once)
{
    AUTO(api_server) server = serve(0, rows[_i].cost);
    struct http_answer answer = get(server, _i);
    ck_assert_msg(answer.status == 200, "%d: %s", answer.status, answer.body);
    g_autofree char *left = http_header(&answer, "RateLimit");
    ck_assert_msg(left != NULL && strstr(left, "r=0") != NULL, "%s", left);
    http_answer_clear(&answer);
}
END_TEST

static int ask_and_leave(struct api_server *server, int row)
{
    g_autofree char *path = path_of(row);
    g_autofree char *text =
        g_strdup_printf("GET %s HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n\r\n", path,
                        fixture.tokens[rows[row].caller]);
    int fd = http_connect(api_port(server));
    ck_assert_int_eq((int)send(fd, text, strlen(text), 0), (int)strlen(text));
    return fd;
}

/* Whether it has not come yet, waits, or was answered just now. */
START_TEST(the_end_comes_while_they_wait)
{
    for (int k = 0; k < 10; k++) {
        struct api_server *server = serve(0, 0);
        int fds[G_N_ELEMENTS(rows)];
        for (size_t row = 0; row < G_N_ELEMENTS(rows); row++)
            fds[row] = ask_and_leave(server, (int)row);
        g_usleep((gulong)k * 3000);
        api_stop(server);
        for (size_t row = 0; row < G_N_ELEMENTS(rows); row++) {
            char head[16] = "";
            ssize_t n = recv(fds[row], head, sizeof head - 1, 0);
            ck_assert_msg(n <= 0 || g_str_has_prefix(head, "HTTP/1.1 200") ||
                              g_str_has_prefix(head, "HTTP/1.1 503"),
                          "\"%s\"", head);
            close(fds[row]);
        }
    }
}
END_TEST

static Suite *suite(void)
{
    pg_start();
    Suite *s = suite_create("api/prices");
    TCase *t = tcase_create("in the background");
    tcase_set_timeout(t, 60);
    tcase_add_checked_fixture(t, start, stop);
    tcase_add_test(t, who_does_not_wait_asks_again);
    tcase_add_loop_test(t, who_waits_is_counted_once, 0, G_N_ELEMENTS(rows));
    tcase_add_test(t, the_end_comes_while_they_wait);
    suite_add_tcase(s, t);
    return s;
}

TEST_MAIN(suite)
