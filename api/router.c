#include "api/router.h"

#include <string.h>

/* Length of the segment at the start of text. */
static size_t segment_length(const char *text)
{
    const char *slash = strchr(text, '/');
    return slash != NULL ? (size_t)(slash - text) : strlen(text);
}

/* Decodes [from, from + length); NULL when it is not a clean, non-empty UTF-8 segment. */
static char *decode(const char *from, size_t length)
{
    if (length == 0)
        return NULL;
    g_autofree char *text = g_uri_unescape_segment(from, from + length, "/");
    if (text == NULL || *text == '\0' || !g_utf8_validate(text, -1, NULL))
        return NULL;
    return g_steal_pointer(&text);
}

/* One segment of the pattern against one of the path. A variable leaves its value in *var. */
static bool segment_matches(const char *pattern, size_t pattern_length, const char *path, size_t path_length,
                            char **var)
{
    if (*pattern != '{')
        return pattern_length == path_length && memcmp(pattern, path, path_length) == 0;
    const char *close = memchr(pattern, '}', pattern_length);
    size_t suffix_length = (size_t)(pattern + pattern_length - close) - 1;
    if (path_length <= suffix_length ||
        memcmp(path + path_length - suffix_length, close + 1, suffix_length) != 0)
        return false;
    *var = decode(path, path_length - suffix_length);
    return *var != NULL;
}

enum token_scope route_scope(const struct api_route *route)
{
    return route->scope != 0 ? route->scope : route_is_write(route) ? TOKEN_PLAN : TOKEN_READ;
}

static const struct api_route *get_row(const struct api_route *routes, int n_routes, const char *pattern,
                                       size_t length)
{
    for (int k = 0; k < n_routes; k++)
        if (!route_is_write(&routes[k]) && strlen(routes[k].pattern) == length &&
            memcmp(routes[k].pattern, pattern, length) == 0)
            return &routes[k];
    return NULL;
}

const struct api_route *route_reader(const struct api_route *routes, int n_routes,
                                     const struct api_route *route)
{
    size_t length = strlen(route->pattern);
    if (route->reader != NULL)
        return get_row(routes, n_routes, route->reader, strlen(route->reader));
    const struct api_route *same = get_row(routes, n_routes, route->pattern, length);
    const char *last = strrchr(route->pattern, '/');
    return same != NULL ? same : get_row(routes, n_routes, route->pattern, (size_t)(last - route->pattern));
}

static void vars_clear(char **vars, int *n)
{
    for (int k = 0; k < *n; k++)
        g_clear_pointer(&vars[k], g_free);
    *n = 0;
}

static bool pattern_matches(const char *pattern, const char *path, char **vars, int *n)
{
    *n = 0;
    while (*pattern == '/' && *path == '/') {
        pattern++;
        path++;
        size_t pattern_length = segment_length(pattern), path_length = segment_length(path);
        char *var = NULL;
        if (!segment_matches(pattern, pattern_length, path, path_length, &var))
            break;
        if (var != NULL)
            vars[(*n)++] = var;
        pattern += pattern_length;
        path += path_length;
        if (*pattern == '\0' && *path == '\0')
            return true;
    }
    vars_clear(vars, n);
    return false;
}

/* What most rows fail at: the literal text in front of the first variable. */
static bool begins_so(const char *pattern, const char *path)
{
    while (*pattern != '\0' && *pattern != '{')
        if (*pattern++ != *path++)
            return false;
    return true;
}

static bool method_matches(const char *route, const char *method)
{
    return strcmp(route, method) == 0 || (strcmp(route, "GET") == 0 && strcmp(method, "HEAD") == 0);
}

enum route_result route_find(const struct api_route *routes, int n_routes, const char *method,
                             const char *path, struct route_match *out)
{
    *out = (struct route_match){0};
    g_autoptr(GString) allow = g_string_new(NULL);
    for (int k = 0; k < n_routes; k++) {
        char *vars[ROUTE_VARS_MAX];
        int n_vars;
        if (!begins_so(routes[k].pattern, path) || !pattern_matches(routes[k].pattern, path, vars, &n_vars))
            continue;
        g_string_append_printf(allow, "%s, ", routes[k].method);
        if (strcmp(routes[k].method, "GET") == 0)
            g_string_append(allow, "HEAD, ");
        if (out->route == NULL && method_matches(routes[k].method, method)) {
            out->route = &routes[k];
            memcpy(out->vars, vars, sizeof(vars[0]) * (size_t)n_vars);
            out->n_vars = n_vars;
        } else {
            vars_clear(vars, &n_vars);
        }
    }
    if (allow->len == 0)
        return ROUTE_NO_PATH;
    g_string_append(allow, "OPTIONS");
    out->allow = g_strdup(allow->str);
    return out->route != NULL ? ROUTE_FOUND : ROUTE_NO_METHOD;
}

void route_match_clear(struct route_match *match)
{
    vars_clear(match->vars, &match->n_vars);
    g_clear_pointer(&match->allow, g_free);
}
