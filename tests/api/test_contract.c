/* The route table and the contract (api/openapi.yaml, as it is served) say the same: paths, methods, who may
   call with what scope, query parameters, headers that a write heeds, answers that can come. tools/contract
   writes most of that. */
#include "tests/support/testing.h"

#include <jansson.h>
#include <string.h>

#include "api/assets.h"
#include "api/query.h"
#include "api/router.h"

static const char *const methods[] = {"get", "post", "put", "patch", "delete"};

static json_t *contract;

static void read_contract(void)
{
    const struct asset *asset = asset_find("openapi.json");
    ck_assert_ptr_nonnull(asset);
    contract = json_loadb((const char *)asset->bytes, asset->length, JSON_REJECT_DUPLICATES, NULL);
    ck_assert_ptr_nonnull(contract);
}

static void free_contract(void)
{
    json_decref(contract);
}

/* What a {"$ref": "#/components/…"} stands for. */
static const json_t *resolved(const json_t *json)
{
    const char *ref = json_string_value(json_object_get(json, "$ref"));
    if (ref == NULL)
        return json;
    g_auto(GStrv) steps = g_strsplit(ref, "/", -1);
    const json_t *at = contract;
    for (int k = 1; steps[k] != NULL; k++)
        at = json_object_get(at, steps[k]);
    ck_assert_msg(at != NULL, "%s leads nowhere", ref);
    return at;
}

static const json_t *path_of(const struct api_route *route)
{
    return json_object_get(json_object_get(contract, "paths"), route->pattern);
}

static const json_t *operation_of(const struct api_route *route)
{
    g_autofree char *method = g_ascii_strdown(route->method, -1);
    return json_object_get(path_of(route), method);
}

static const char *text_in(const json_t *json, const char *key)
{
    return json_string_value(json_object_get(json, key));
}

/* A parameter of the operation or its path; NULL when there is none. */
static const json_t *parameter(const struct api_route *route, const char *in, const char *name)
{
    const json_t *lists[] = {json_object_get(operation_of(route), "parameters"),
                             json_object_get(path_of(route), "parameters")};
    for (size_t l = 0; l < G_N_ELEMENTS(lists); l++)
        for (size_t k = 0; k < json_array_size(lists[l]); k++) {
            const json_t *one = resolved(json_array_get(lists[l], k));
            if (g_strcmp0(text_in(one, "in"), in) == 0 && g_ascii_strcasecmp(text_in(one, "name"), name) == 0)
                return one;
        }
    return NULL;
}

START_TEST(route_is_in_the_contract)
{
    const struct api_route *route = &api_routes[_i];
    const json_t *operation = operation_of(route);
    ck_assert_msg(operation != NULL, "api/openapi.yaml has no %s %s", route->method, route->pattern);
    ck_assert_msg(text_in(operation, "operationId") != NULL && text_in(operation, "summary") != NULL,
                  "%s %s: operationId and summary are missing", route->method, route->pattern);
}
END_TEST

/* security: one {token: [role, scope]} for each role, [] for everybody. */
START_TEST(who_may_is_the_same)
{
    const struct api_route *route = &api_routes[_i];
    static const char *const names[] = {"planner", "client", "agent"};
    const json_t *security = json_object_get(operation_of(route), "security");
    unsigned allow = json_is_array(security) && json_array_size(security) == 0 ? ALLOW_OPEN : 0;
    for (size_t k = 0; k < json_array_size(security); k++) {
        const json_t *needs = json_object_get(json_array_get(security, k), "token");
        const char *role = json_string_value(json_array_get(needs, 0));
        for (size_t r = 0; r < G_N_ELEMENTS(names); r++)
            allow |= g_strcmp0(role, names[r]) == 0 ? 1u << r : 0;
        ck_assert_msg(
            g_strcmp0(json_string_value(json_array_get(needs, 1)), scope_name(route_scope(route))) == 0,
            "%s %s: the scope is %s: run tools/contract", route->method, route->pattern,
            scope_name(route_scope(route)));
    }
    ck_assert_msg(allow == route->allow, "%s %s: security says 0x%x, the table 0x%x: run tools/contract",
                  route->method, route->pattern, allow, route->allow);
}
END_TEST

START_TEST(parameters_are_the_same)
{
    const struct api_route *route = &api_routes[_i];
    unsigned bit;
    const char *name;
    for (int row = 0; (name = query_param_name(row, &bit)) != NULL; row++) {
        bool listed = parameter(route, "query", name) != NULL;
        ck_assert_msg(listed == ((route->params & bit) != 0), "%s %s: query parameter %s: %s", route->method,
                      route->pattern, name, listed ? "the table has it not" : "is missing in the contract");
    }
    const json_t *from = parameter(route, "query", "from");
    const char *ref = text_in(json_object_get(from, "schema"), "$ref");
    bool dates = ref != NULL && g_str_has_suffix(ref, "/InstantOrDate");
    ck_assert_msg(dates == ((route->params & PARAM_DATES) != 0), "%s %s: from as a date", route->method,
                  route->pattern);
    const json_t *list = json_object_get(operation_of(route), "parameters");
    for (size_t k = 0; k < json_array_size(list); k++) {
        const json_t *one = resolved(json_array_get(list, k));
        bool known = g_strcmp0(text_in(one, "in"), "query") != 0;
        for (int row = 0; !known && (name = query_param_name(row, &bit)) != NULL; row++)
            known = strcmp(name, text_in(one, "name")) == 0;
        ck_assert_msg(known, "%s %s: no query parameter %s exists", route->method, route->pattern,
                      text_in(one, "name"));
    }
    const char *open = route->pattern;
    while ((open = strchr(open, '{')) != NULL) {
        g_autofree char *var = g_strndup(open + 1, strcspn(open + 1, "}"));
        const json_t *one = parameter(route, "path", var);
        ck_assert_msg(one != NULL && json_is_true(json_object_get(one, "required")), "%s: path parameter %s",
                      route->pattern, var);
        open++;
    }
}
END_TEST

START_TEST(headers_are_the_same)
{
    const struct api_route *route = &api_routes[_i];
    bool key = parameter(route, "header", "Idempotency-Key") != NULL;
    bool if_match = parameter(route, "header", "If-Match") != NULL;
    ck_assert_msg(key == route_is_write(route), "%s %s: Idempotency-Key: run tools/contract", route->method,
                  route->pattern);
    ck_assert_msg(if_match == route->if_match, "%s %s: If-Match: run tools/contract", route->method,
                  route->pattern);
}
END_TEST

/* The answers that follow from the row; what a handler adds is its own. */
/* Parameters that name something, which may not be there. */
#define NAMING (PARAM_CLIENT | PARAM_SITE | PARAM_SKILL | PARAM_QUEUE | PARAM_AGENT)

START_TEST(answers_that_can_come_are_listed)
{
    const struct api_route *route = &api_routes[_i];
    const json_t *operation = operation_of(route), *answers = json_object_get(operation, "responses");
    bool open = (route->allow & ALLOW_OPEN) != 0, write = route_is_write(route);
    bool body = json_object_get(operation, "requestBody") != NULL;
    const struct {
        const char *status;
        bool wanted;
    } rows[] = {
        {"400", true},
        {"401", !open},
        {"403", !open},
        {"404", strchr(route->pattern, '{') != NULL || (route->params & NAMING) != 0},
        {"409", write},
        {"412", route->if_match},
        {"413", body},
        {"415", body},
        {"422", write || route->params != 0},
        {"428", route->if_match},
        {"429", !open},
        {"503", route->store},
    };
    for (size_t k = 0; k < G_N_ELEMENTS(rows); k++)
        ck_assert_msg(!rows[k].wanted || json_object_get(answers, rows[k].status) != NULL,
                      "%s %s: answer %s is missing: run tools/contract", route->method, route->pattern,
                      rows[k].status);
    int good = 0;
    const char *status;
    json_t *answer;
    json_object_foreach((json_t *)(uintptr_t)answers, status, answer)
    {
        good += *status == '2';
        const json_t *content = json_object_get(resolved(answer), "content");
        ck_assert_msg(*status < '4' || json_object_get(content, "application/problem+json") != NULL,
                      "%s %s: %s is not a problem", route->method, route->pattern, status);
    }
    ck_assert_msg(good > 0, "%s %s: no answer that is good", route->method, route->pattern);
    bool needs_body = strcmp(route->method, "PUT") == 0 || strcmp(route->method, "PATCH") == 0;
    ck_assert_msg(!needs_body ||
                      json_is_true(json_object_get(json_object_get(operation, "requestBody"), "required")),
                  "%s %s: requestBody is not required", route->method, route->pattern);
}
END_TEST

START_TEST(contract_has_no_more_than_the_routes)
{
    int n = 0;
    const char *pattern;
    json_t *path;
    json_object_foreach(json_object_get(contract, "paths"), pattern, path)
    {
        for (size_t m = 0; m < G_N_ELEMENTS(methods); m++)
            n += json_object_get(path, methods[m]) != NULL;
    }
    ck_assert_int_eq(n, api_n_routes); /* with route_is_in_the_contract: the same set */
}
END_TEST

static int extensions_in(const json_t *json)
{
    int n = 0;
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)json, name, value)
    {
        n += g_str_has_prefix(name, "x-") + extensions_in(value);
    }
    for (size_t k = 0; k < json_array_size(json); k++)
        n += extensions_in(json_array_get(json, k));
    return n;
}

/* Every tool that knows OpenAPI knows all of it. */
START_TEST(contract_has_no_extensions)
{
    ck_assert_int_eq(extensions_in(contract), 0);
}
END_TEST

START_TEST(routes_are_unique_and_named)
{
    for (int a = 0; a < api_n_routes; a++) {
        const struct api_route *route = &api_routes[a];
        ck_assert_str_ne(route->summary, "");
        ck_assert_uint_ne(route->allow, 0);
        ck_assert_msg(!route->if_match || route_reader(api_routes, api_n_routes, route) != NULL,
                      "%s %s: nothing to compare If-Match with", route->method, route->pattern);
        for (int b = 0; b < a; b++)
            ck_assert_msg(strcmp(route->pattern, api_routes[b].pattern) != 0 ||
                              strcmp(route->method, api_routes[b].method) != 0,
                          "%s %s is there twice", route->method, route->pattern);
    }
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("api/contract");
    TCase *t = tcase_create("contract");
    tcase_add_unchecked_fixture(t, read_contract, free_contract);
    tcase_add_loop_test(t, route_is_in_the_contract, 0, api_n_routes);
    tcase_add_loop_test(t, who_may_is_the_same, 0, api_n_routes);
    tcase_add_loop_test(t, parameters_are_the_same, 0, api_n_routes);
    tcase_add_loop_test(t, headers_are_the_same, 0, api_n_routes);
    tcase_add_loop_test(t, answers_that_can_come_are_listed, 0, api_n_routes);
    tcase_add_test(t, contract_has_no_more_than_the_routes);
    tcase_add_test(t, contract_has_no_extensions);
    tcase_add_test(t, routes_are_unique_and_named);
    suite_add_tcase(s, t);
    return s;
}

TEST_MAIN(suite)
