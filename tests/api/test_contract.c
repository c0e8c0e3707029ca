/* The route table and api/openapi.yaml say the same: paths, methods, who may call, query parameters. The file
   is written in one style (two spaces per level, one reference per line), so that it can be read here by its
   lines. */
#include "tests/support/testing.h"

#include <string.h>

#include "api/assets.h"
#include "api/query.h"
#include "api/router.h"

struct operation_seen {
    char *pattern, *method;
    unsigned allow, params;
};

static void operation_clear(void *data)
{
    struct operation_seen *seen = data;
    g_free(seen->pattern);
    g_free(seen->method);
}

static unsigned roles_in(const char *line)
{
    return (strstr(line, "planner") != NULL ? ALLOW_PLANNER : 0u) |
           (strstr(line, "client") != NULL ? ALLOW_CLIENT : 0u) |
           (strstr(line, "agent") != NULL ? ALLOW_AGENT : 0u);
}

static unsigned param_in(const char *line)
{
    static const char mark[] = "#/components/parameters/";
    const char *at = strstr(line, mark);
    if (at == NULL)
        return 0;
    g_autofree char *name = g_strndup(at + strlen(mark), strcspn(at + strlen(mark), "'"));
    unsigned bit, dates = g_str_has_suffix(name, "Day") ? PARAM_DATES : 0;
    if (dates != 0)
        name[strlen(name) - strlen("Day")] = '\0';
    for (int row = 0; query_param_name(row, &bit) != NULL; row++)
        if (strcmp(query_param_name(row, &bit), name) == 0)
            return bit | dates;
    return 0;
}

static GArray *read_contract(void)
{
    const struct asset *asset = asset_find("openapi.yaml");
    ck_assert_ptr_nonnull(asset);
    g_autofree char *text = g_strndup((const char *)asset->bytes, asset->length);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    GArray *all = g_array_new(FALSE, TRUE, sizeof(struct operation_seen));
    g_array_set_clear_func(all, operation_clear);
    g_autofree char *pattern = NULL;
    struct operation_seen *now = NULL;
    int k = 0;
    while (strcmp(lines[k], "paths:") != 0)
        k++;
    for (k++; strcmp(lines[k], "components:") != 0; k++) {
        const char *line = lines[k];
        size_t indent = strspn(line, " "), length = strlen(line);
        if (indent == 2 && line[2] == '/') {
            g_free(pattern);
            pattern = g_strndup(line + 2, length - 3);
            now = NULL;
        } else if (indent == 4 && strcmp(line, "    parameters:") == 0) {
            now = NULL;
        } else if (indent == 4 && length > 5) {
            g_autofree char *method = g_strndup(line + 4, length - 5);
            struct operation_seen seen = {.pattern = g_strdup(pattern), .method = g_ascii_strup(method, -1)};
            g_array_append_val(all, seen);
            now = &g_array_index(all, struct operation_seen, all->len - 1);
        } else if (now != NULL) {
            now->params |= param_in(line);
            if (strcmp(line, "      security: []") == 0)
                now->allow |= ALLOW_OPEN;
            if (strstr(line, "x-wfm-roles:") != NULL)
                now->allow |= roles_in(line);
        }
    }
    return all;
}

static const struct operation_seen *find(const GArray *all, const struct api_route *route)
{
    for (guint k = 0; k < all->len; k++) {
        const struct operation_seen *seen = &g_array_index(all, struct operation_seen, k);
        if (strcmp(seen->pattern, route->pattern) == 0 && strcmp(seen->method, route->method) == 0)
            return seen;
    }
    return NULL;
}

START_TEST(route_is_in_the_contract)
{
    const struct api_route *route = &api_routes[_i];
    g_autoptr(GArray) all = read_contract();
    const struct operation_seen *seen = find(all, route);
    ck_assert_msg(seen != NULL, "api/openapi.yaml has no %s %s", route->method, route->pattern);
    ck_assert_msg(seen->allow == route->allow, "%s %s: x-wfm-roles or security: 0x%x, table 0x%x",
                  route->method, route->pattern, seen->allow, route->allow);
    ck_assert_msg(seen->params == route->params, "%s %s: query parameters 0x%x, table 0x%x", route->method,
                  route->pattern, seen->params, route->params);
}
END_TEST

START_TEST(contract_has_no_more_than_the_routes)
{
    g_autoptr(GArray) all = read_contract();
    ck_assert_int_eq((int)all->len, api_n_routes); /* with the test above: the same set */
}
END_TEST

START_TEST(routes_are_unique_and_named)
{
    for (int a = 0; a < api_n_routes; a++) {
        ck_assert_str_ne(api_routes[a].summary, "");
        ck_assert_uint_ne(api_routes[a].allow, 0);
        for (int b = 0; b < a; b++)
            ck_assert_msg(strcmp(api_routes[a].pattern, api_routes[b].pattern) != 0 ||
                              strcmp(api_routes[a].method, api_routes[b].method) != 0,
                          "%s %s is there twice", api_routes[a].method, api_routes[a].pattern);
    }
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("api/contract");
    TCase *t = tcase_create("contract");
    tcase_add_loop_test(t, route_is_in_the_contract, 0, api_n_routes);
    tcase_add_test(t, contract_has_no_more_than_the_routes);
    tcase_add_test(t, routes_are_unique_and_named);
    suite_add_tcase(s, t);
    return s;
}

TEST_MAIN(suite)
