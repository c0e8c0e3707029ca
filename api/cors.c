#include "api/cors.h"

#include <string.h>

#include "core/error.h"

struct cors {
    bool any;
    char **origins; /* NULL-terminated */
};

static bool origin_ok(const char *origin)
{
    const char *host = strstr(origin, "://");
    if (host == NULL || (!g_str_has_prefix(origin, "https://") && !g_str_has_prefix(origin, "http://")))
        return false;
    host += strlen("://");
    return *host != '\0' && strspn(host, "abcdefghijklmnopqrstuvwxyz0123456789-.:[]") ==
                                strlen(host); /* as browsers send it */
}

bool cors_new(const char *origins, struct cors **out, GError **error)
{
    *out = NULL;
    if (origins == NULL || *origins == '\0')
        return true;
    g_auto(GStrv) parts = g_strsplit_set(origins, ", ", -1);
    g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(g_free);
    bool any = false;
    for (int k = 0; parts[k] != NULL; k++) {
        if (*parts[k] == '\0')
            continue;
        any = any || strcmp(parts[k], "*") == 0;
        if (strcmp(parts[k], "*") != 0 && !origin_ok(parts[k]))
            return wfm_fail(error, WFM_ERROR_USAGE,
                            "\"%s\" is not an origin; write it like https://portal.example, without path",
                            parts[k]);
        g_ptr_array_add(list, g_strdup(parts[k]));
    }
    struct cors *cors = g_new0(struct cors, 1);
    g_ptr_array_add(list, NULL);
    cors->any = any;
    cors->origins = (char **)g_ptr_array_steal(list, NULL);
    *out = cors;
    return true;
}

void cors_free(struct cors *cors)
{
    if (cors == NULL)
        return;
    g_strfreev(cors->origins);
    g_free(cors);
}

const char *cors_allows(const struct cors *cors, const char *origin)
{
    if (cors == NULL || origin == NULL)
        return NULL;
    if (cors->any)
        return "*";
    return g_strv_contains((const char *const *)cors->origins, origin) ? origin : NULL;
}
