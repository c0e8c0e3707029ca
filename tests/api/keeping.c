#include "tests/api/keeping.h"

#include <string.h>

#include "tests/support/testing.h"

#define PATH "/v1/me/shifts?from=2026-11-20T00:00:00Z&to=2026-12-10T00:00:00Z"

struct fixture fixture;
struct api_server *keeping, *plain;

static int64_t clock_now(void *user)
{
    (void)user;
    return FIXTURE_NOW;
}

static struct api_server *serve(const char *conninfo, const char *replica, int64_t keep_memory)
{
    g_autoptr(GError) error = NULL;
    struct api_config config = {
        .conninfo = conninfo, .replica = replica, .threads = 2, .now = clock_now, .keep_memory = keep_memory};
    struct api_server *server = api_start(&config, &error);
    ck_no_error(error);
    return server;
}

void keeping_start(const char *options, bool replica)
{
    fixture_init(&fixture);
    g_autofree char *conninfo = g_strconcat(fixture.conninfo, options, NULL);
    keeping = serve(conninfo, replica ? conninfo : NULL, 0);
    plain = serve(conninfo, NULL, -1);
}

void keeping_stop(void)
{
    api_stop(keeping);
    api_stop(plain);
    fixture_clear(&fixture);
}

struct http_answer keeping_get(struct api_server *server, const char *token, const char *extra)
{
    return http_request(api_port(server), "GET", PATH, token, extra, NULL);
}

int keeping_figure(const char *name)
{
    struct http_answer answer = http_request(api_port(keeping), "GET", "/metrics", NULL, NULL, NULL);
    g_autofree char *line = g_strdup_printf("\n%s ", name);
    const char *at = strstr(answer.body, line);
    ck_assert_msg(at != NULL, "no %s", name);
    int value = (int)g_ascii_strtoll(at + strlen(line), NULL, 10);
    http_answer_clear(&answer);
    return value;
}

int keeping_hits(void)
{
    return keeping_figure("wfm_answers_from_memory_total");
}

void keeping_same(const struct http_answer *a, const struct http_answer *b)
{
    g_autofree char *etag_a = http_header(a, "ETag");
    g_autofree char *etag_b = http_header(b, "ETag");
    ck_assert_int_eq(a->status, b->status);
    ck_assert_msg(g_strcmp0(etag_a, etag_b) == 0, "ETag %s, not %s", etag_a, etag_b);
    if (a->status == 200)
        ck_assert_str_eq(a->body, b->body);
}

struct http_answer keeping_warm(const char *token)
{
    struct http_answer answer = keeping_get(keeping, token, NULL);
    ck_assert_int_eq(answer.status, 200);
    int before = keeping_hits();
    for (int k = 0; k < 3 && keeping_hits() == before; k++) {
        http_answer_clear(&answer);
        answer = keeping_get(keeping, token, NULL);
    }
    ck_assert_int_gt(keeping_hits(), before);
    return answer;
}
