#include "tests/support/testing.h"

#include <string.h>

#include "api/router.h"

static const struct api_route routes[] = {
    {.method = "GET", .pattern = "/"},
    {.method = "GET", .pattern = "/v1/things"},
    {.method = "POST", .pattern = "/v1/things"},
    {.method = "GET", .pattern = "/v1/things/{id}"},
    {.method = "DELETE", .pattern = "/v1/things/{id}/parts/{part}"},
    {.method = "GET", .pattern = "/v1/feed/{secret}.ics"},
};

static const struct {
    const char *method, *path;
    enum route_result want;
    int route;
    const char *var, *allow;
} rows[] = {
    {"GET", "/", ROUTE_FOUND, 0, NULL, "GET, HEAD, OPTIONS"},
    {"GET", "/v1/things", ROUTE_FOUND, 1, NULL, "GET, HEAD, POST, OPTIONS"},
    {"HEAD", "/v1/things", ROUTE_FOUND, 1, NULL, "GET, HEAD, POST, OPTIONS"},
    {"POST", "/v1/things", ROUTE_FOUND, 2, NULL, "GET, HEAD, POST, OPTIONS"},
    {"PUT", "/v1/things", ROUTE_NO_METHOD, -1, NULL, "GET, HEAD, POST, OPTIONS"},
    {"get", "/v1/things", ROUTE_NO_METHOD, -1, NULL, "GET, HEAD, POST, OPTIONS"},
    {"GET", "/v1/things/a-1", ROUTE_FOUND, 3, "a-1", "GET, HEAD, OPTIONS"},
    {"GET", "/v1/things/a%20b", ROUTE_FOUND, 3, "a b", "GET, HEAD, OPTIONS"},
    {"GET", "/v1/things/..", ROUTE_FOUND, 3, "..", "GET, HEAD, OPTIONS"},
    {"DELETE", "/v1/things/a/parts/b", ROUTE_FOUND, 4, "a", "DELETE, OPTIONS"},
    {"GET", "/v1/feed/s3cret.ics", ROUTE_FOUND, 5, "s3cret", "GET, HEAD, OPTIONS"},
    {"GET", "/v1/feed/.ics", ROUTE_NO_PATH, -1, NULL, NULL},
    {"GET", "/v1/feed/s3cret", ROUTE_NO_PATH, -1, NULL, NULL},
    {"GET", "/v1/things/", ROUTE_NO_PATH, -1, NULL, NULL},
    {"GET", "//v1/things", ROUTE_NO_PATH, -1, NULL, NULL},
    {"GET", "/v1//things", ROUTE_NO_PATH, -1, NULL, NULL},
    {"GET", "/v1/things/a/b", ROUTE_NO_PATH, -1, NULL, NULL},
    {"GET", "/v1/thing", ROUTE_NO_PATH, -1, NULL, NULL},
    {"GET", "/V1/things", ROUTE_NO_PATH, -1, NULL, NULL},
    {"GET", "/v1/things/a%2Fb", ROUTE_NO_PATH, -1, NULL, NULL},
    {"GET", "/v1/things/a%00", ROUTE_NO_PATH, -1, NULL, NULL},
    {"GET", "/v1/things/%zz", ROUTE_NO_PATH, -1, NULL, NULL},
    {"GET", "/v1/things/%ff", ROUTE_NO_PATH, -1, NULL, NULL},
    {"GET", "", ROUTE_NO_PATH, -1, NULL, NULL},
    {"OPTIONS", "*", ROUTE_NO_PATH, -1, NULL, NULL},
};

START_TEST(paths_find_their_row)
{
    struct route_match match;
    enum route_result got = route_find(routes, G_N_ELEMENTS(routes), rows[_i].method, rows[_i].path, &match);
    ck_assert_msg(got == rows[_i].want, "%s %s: result %d", rows[_i].method, rows[_i].path, got);
    ck_assert_msg((match.route != NULL ? (int)(match.route - routes) : -1) == rows[_i].route, "%s",
                  rows[_i].path);
    ck_assert_msg(g_strcmp0(match.n_vars > 0 ? match.vars[0] : NULL, rows[_i].var) == 0, "%s", rows[_i].path);
    ck_assert_msg(g_strcmp0(match.allow, rows[_i].allow) == 0, "%s: %s", rows[_i].path, match.allow);
    route_match_clear(&match);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("api/router");
    TCase *t = tcase_create("find");
    tcase_add_loop_test(t, paths_find_their_row, 0, G_N_ELEMENTS(rows));
    suite_add_tcase(s, t);
    return s;
}

TEST_MAIN(suite)
