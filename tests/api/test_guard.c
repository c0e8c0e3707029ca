#include "tests/support/testing.h"

#include <string.h>

#include "api/guard.h"
#include "api/problem.h"
#include "core/error.h"

#define HOST                                                                                                 \
    {                                                                                                        \
        "Host", "wfm.example"                                                                                \
    }

static const struct {
    const char *what;
    struct header headers[4];
    const char *version; /* NULL: HTTP/1.1 */
    const char *names;   /* what the error must name; NULL: fine */
} guard_rows[] = {
    {"plain", {HOST}, NULL, NULL},
    {"host with port", {{"host", "[::1]:8080"}}, NULL, NULL},
    {"body", {HOST, {"Content-Length", "12"}}, NULL, NULL},
    {"chunked", {HOST, {"Transfer-Encoding", "Chunked"}}, NULL, NULL},
    {"repeated harmless header", {HOST, {"Accept", "a"}, {"Accept", "b"}}, NULL, NULL},
    {"no host", {{"Accept", "a"}}, NULL, "Host"},
    {"no host in 1.0", {{"Accept", "a"}}, "HTTP/1.0", NULL},
    {"two hosts", {HOST, {"HOST", "wfm.example"}}, NULL, "Host"},
    {"empty host", {{"Host", ""}}, NULL, "Host"},
    {"host with a path", {{"Host", "a/b"}}, NULL, "Host"},
    {"host with user", {{"Host", "a@b"}}, NULL, "Host"},
    {"two lengths", {HOST, {"Content-Length", "5"}, {"content-length", "6"}}, NULL, "Content-Length"},
    {"two equal lengths", {HOST, {"Content-Length", "5"}, {"Content-Length", "5"}}, NULL, "Content-Length"},
    {"list of lengths", {HOST, {"Content-Length", "5, 5"}}, NULL, "Content-Length"},
    {"signed length", {HOST, {"Content-Length", "+5"}}, NULL, "Content-Length"},
    {"hex length", {HOST, {"Content-Length", "0x5"}}, NULL, "Content-Length"},
    {"huge length", {HOST, {"Content-Length", "99999999999999999999"}}, NULL, "Content-Length"},
    {"length and chunked",
     {HOST, {"Content-Length", "5"}, {"Transfer-Encoding", "chunked"}},
     NULL,
     "Content-Length"},
    {"two encodings",
     {HOST, {"Transfer-Encoding", "chunked"}, {"Transfer-Encoding", "x"}},
     NULL,
     "Transfer-Encoding"},
    {"gzip encoding", {HOST, {"Transfer-Encoding", "gzip, chunked"}}, NULL, "Transfer-Encoding"},
    {"identity", {HOST, {"Transfer-Encoding", "identity"}}, NULL, "Transfer-Encoding"},
    {"chunked in 1.0", {HOST, {"Transfer-Encoding", "chunked"}}, "HTTP/1.0", "Transfer-Encoding"},
    {"port", {{"Host", "wfm.example:8080"}}, NULL, NULL},
    {"empty port", {{"Host", "wfm.example:"}}, NULL, NULL},
    {"port that is none", {{"Host", "wfm.example:80x"}}, NULL, "Host"},
    {"two ports", {{"Host", "wfm.example:80:80"}}, NULL, "Host"},
    {"port alone", {{"Host", ":80"}}, NULL, "Host"},
    {"open bracket", {{"Host", "[::1"}}, NULL, "Host"},
    {"hosts in a list", {{"Host", "a, b"}}, NULL, "Host"},
    {"space before the colon", {HOST, {"Content-Length ", "5"}}, NULL, "name or value"},
    {"folded into the name", {HOST, {" X", "5"}}, NULL, "name or value"},
    {"no name", {HOST, {"", "5"}}, NULL, "name or value"},
    {"folded encoding", {HOST, {"Transfer-Encodingchunked", ""}}, NULL, "name or value"},
    {"folded length", {HOST, {"content-length5", ""}}, NULL, "name or value"},
    {"another name that begins alike", {HOST, {"Transfer", "5"}}, NULL, NULL},
    {"name beyond ASCII", {HOST, {"X-\xc3\xa4", "5"}}, NULL, "name or value"},
    {"CR in a value", {HOST, {"X", "a\rContent-Length: 5"}}, NULL, "name or value"},
    {"escape in a value", {HOST, {"X", "\x1b[2J"}}, NULL, "name or value"},
    {"tab in a value", {HOST, {"X", "a\tb"}}, NULL, NULL},
    {"UTF-8 in a value", {HOST, {"X", "\xc3\xa4"}}, NULL, NULL},
    {"two tokens",
     {HOST, {"Authorization", "Bearer a"}, {"Authorization", "Bearer b"}},
     NULL,
     "Authorization"},
};

START_TEST(guard_refuses_two_readings)
{
    int n = 0;
    while (n < 4 && guard_rows[_i].headers[n].name != NULL)
        n++;
    g_autoptr(GError) error = NULL;
    const char *version = guard_rows[_i].version != NULL ? guard_rows[_i].version : "HTTP/1.1";
    bool ok = header_guard(guard_rows[_i].headers, n, version, &error);
    ck_assert_msg(ok == (guard_rows[_i].names == NULL), "%s", guard_rows[_i].what);
    if (ok)
        return;
    ck_assert_msg(g_error_matches(error, WFM_ERROR, WFM_ERROR_USAGE), "%s", guard_rows[_i].what);
    ck_assert_msg(strstr(error->message, guard_rows[_i].names) != NULL, "%s: %s", guard_rows[_i].what,
                  error->message);
}
END_TEST

static const struct {
    const char *target, *path, *authority, *host;
    bool ok;
} target_rows[] = {
    {"/v1/me?a=http://b/", "/v1/me?a=http://b/", NULL, "a", true},
    {"*", "*", NULL, "a", true},
    {"http://a/v1/me?b", "/v1/me?b", "a", "A", true},
    {"HTTPS://a:8443/", "/", "a:8443", "a:8443", true},
    {"http://a", "/", "a", "a", true},
    {"http://a?x", "/", "a", "a", true},
    {"http://a/", "/", "a", "b", false},
    {"http://a:80/", "/", "a:80", "a", false},
    {"http://a/", "/", "a", NULL, false},
};

START_TEST(targets_in_absolute_form)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *authority = NULL;
    const char *path = target_path(target_rows[_i].target, &authority);
    ck_assert_str_eq(path, target_rows[_i].path);
    ck_assert_msg(g_strcmp0(authority, target_rows[_i].authority) == 0, "%s", authority);
    ck_assert(authority_guard(authority, target_rows[_i].host, &error) == target_rows[_i].ok);
    ck_assert(target_rows[_i].ok || g_error_matches(error, WFM_ERROR, WFM_ERROR_USAGE));
}
END_TEST

static json_t *problem_of(const GError *error, const char *parameter, json_t *extra, int *status)
{
    g_autofree char *text = api_problem_text(error, parameter, "r1", extra, status);
    json_t *json = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    ck_assert_ptr_nonnull(json);
    return json;
}

static const char *string_in(json_t *json, const char *key)
{
    return json_string_value(json_object_get(json, key));
}

/* Each code: status and type of the table; inside failures tell nothing. */
START_TEST(problems_follow_the_error_table)
{
    g_autoptr(GError) error = g_error_new(WFM_ERROR, _i, "secret-host is down");
    int status;
    json_t *json = problem_of(error, NULL, NULL, &status);
    g_autofree char *type = g_strconcat(PROBLEM_TYPE_PREFIX, wfm_error_type(error), NULL);
    ck_assert_int_eq(status, wfm_error_http_status(error));
    ck_assert_int_eq(json_integer_value(json_object_get(json, "status")), status);
    ck_assert_str_eq(string_in(json, "type"), type);
    ck_assert_str_eq(string_in(json, "request_id"), "r1");
    ck_assert_int_eq(strstr(string_in(json, "detail"), "secret-host") != NULL, status < 500);
    json_decref(json);
}
END_TEST

START_TEST(problems_name_the_parameter_and_keep_extras)
{
    g_autoptr(GError) error = g_error_new(WFM_ERROR, WFM_ERROR_INPUT, "parameter limit: \xff is bad");
    json_t *extra = json_pack("{s:[i], s:s}", "violations", 1, "type", "not-this");
    int status;
    json_t *json = problem_of(error, "limit", extra, &status);
    ck_assert_int_eq(status, 422);
    ck_assert_str_eq(string_in(json_array_get(json_object_get(json, "errors"), 0), "parameter"), "limit");
    ck_assert_uint_eq(json_array_size(json_object_get(json, "violations")), 1);
    ck_assert_str_eq(string_in(json, "type"), PROBLEM_TYPE_PREFIX "invalid-input");
    json_decref(json);
    json_decref(extra);
}
END_TEST

/* Tables, constraints and values of the database stay inside, whatever the status. */
START_TEST(problems_speak_no_sql)
{
    static const enum wfm_error codes[] = {WFM_ERROR_INPUT, WFM_ERROR_CONFLICT, WFM_ERROR_BUSY,
                                           WFM_ERROR_STORE};
    g_autoptr(GError) error = g_error_new(WFM_ERROR, (gint)codes[_i],
                                          "x: database: duplicate key value violates \"shift_pkey\" "
                                          "(SQLSTATE 23505): Key (agent_key)=(7) exists");
    int status;
    json_t *json = problem_of(error, NULL, NULL, &status);
    const char *detail = string_in(json, "detail");
    ck_assert_int_eq(status, wfm_error_http_status(error));
    ck_assert_msg(strstr(detail, "SQL") == NULL && strstr(detail, "shift_pkey") == NULL &&
                      strstr(detail, "agent_key") == NULL,
                  "%s", detail);
    json_decref(json);
}
END_TEST

START_TEST(foreign_errors_are_internal)
{
    g_autoptr(GError) error = g_error_new_literal(G_FILE_ERROR, 3, "/etc/secret");
    int status;
    json_t *json = problem_of(error, NULL, NULL, &status);
    ck_assert_int_eq(status, 500);
    ck_assert_ptr_null(strstr(string_in(json, "detail"), "secret"));
    json_decref(json);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("api/guard");
    TCase *t = tcase_create("guard and problem");
    tcase_add_loop_test(t, guard_refuses_two_readings, 0, G_N_ELEMENTS(guard_rows));
    tcase_add_loop_test(t, targets_in_absolute_form, 0, G_N_ELEMENTS(target_rows));
    tcase_add_loop_test(t, problems_follow_the_error_table, 0, WFM_ERROR_N);
    tcase_add_test(t, problems_name_the_parameter_and_keep_extras);
    tcase_add_loop_test(t, problems_speak_no_sql, 0, 4);
    tcase_add_test(t, foreign_errors_are_internal);
    suite_add_tcase(s, t);
    return s;
}

TEST_MAIN(suite)
