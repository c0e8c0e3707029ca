#include <string.h>

#include "api/assets.h"
#include "api/body.h"
#include "api/keeper.h"
#include "api/hot.h"
#include "api/metrics.h"
#include "api/resources.h"
#include "api/webhooks.h"
#include "core/error.h"

const struct asset *asset_find(const char *name)
{
    for (int k = 0; k < api_n_assets; k++)
        if (strcmp(api_assets[k].name, name) == 0)
            return &api_assets[k];
    return NULL;
}

static bool reply_asset(struct api_call *call, const char *name, GError **error)
{
    const struct asset *asset = asset_find(name);
    if (asset == NULL)
        return wfm_fail(error, WFM_ERROR_NOT_FOUND, "there is no file of that name");
    call->response = (struct api_response){
        .status = 200,
        .content_type = asset->content_type,
        .fixed = asset->bytes,
        .length = asset->length,
        .etag = api_etag(asset->bytes, asset->length, false),
        /* the names of chunks change with what is in them (api/web/build.mjs) */
        .cache_control =
            g_str_has_prefix(name, "chunk-") ? "public, max-age=31536000, immutable" : "no-cache",
        /* it lies in /web/ and answers for the whole page */
        .worker_scope = strcmp(name, "sw.js") == 0 ? "/" : NULL,
    };
    return true;
}

bool page_index(struct api_call *call, GError **error)
{
    return reply_asset(call, "index.html", error);
}

bool page_file(struct api_call *call, GError **error)
{
    return reply_asset(call, call->vars[0], error);
}

bool system_openapi(struct api_call *call, GError **error)
{
    return reply_asset(call, "openapi.yaml", error);
}

bool system_openapi_json(struct api_call *call, GError **error)
{
    return reply_asset(call, "openapi.json", error);
}

/* Never from a cache, and the same bytes say something new each time. */
static bool reply_status(struct api_call *call, const char *status)
{
    api_reply_json(call, 200, json_pack("{s:s}", "status", status));
    g_clear_pointer(&call->response.etag, g_free);
    call->response.cache_control = "no-store";
    return true;
}

bool system_healthz(struct api_call *call, GError **error)
{
    (void)error;
    return reply_status(call, "ok");
}

bool system_readyz(struct api_call *call, GError **error)
{
    if (call->draining)
        return wfm_fail(error, WFM_ERROR_STORE, "the service is about to stop");
    if (!store_ping(call->store, error) || !store_schema_require(call->store, error))
        return false;
    return reply_status(call, "ready");
}

bool system_metrics(struct api_call *call, GError **error)
{
    (void)error;
    struct pool_figures pools[POOL_SIDES];
    store_pool_figures(call->pool, pools);
    g_autofree char *gauges = keeper_gauges(call->keeper);
    g_autofree char *own = api_metrics_text(call->metrics, pools, gauges);
    GString *text = g_string_new(own);
    if (call->webhooks != NULL)
        webhooks_metrics(call->webhooks, text);
    if (call->hot != NULL)
        hot_metrics(call->hot, text);
    size_t length = text->len;
    return api_reply_text(call, 200, "text/plain; version=0.0.4; charset=utf-8", g_string_free(text, FALSE),
                          length, false);
}

bool body_empty(struct api_call *call, GError **error)
{
    static const struct body_field none[] = {{.name = NULL}};
    char unused;
    return call->body_length == 0 || body_read(call, none, &unused, error);
}

bool path_number(const struct api_call *call, int var, const char *kind, int64_t *out, GError **error)
{
    if (int64_parse(call->vars[var], out) && *out > 0)
        return true;
    return wfm_fail(error, WFM_ERROR_NOT_FOUND, "there is no %s \"%s\"", kind, call->vars[var]);
}

json_t *next_link(const struct api_call *call, const char *path, const char *after)
{
    g_autoptr(GString) link = g_string_new(path);
    g_string_append_printf(link, "?after=%s&limit=%d", after, call->query.limit);
    if ((call->route->params & PARAM_RANGE) != 0 && call->query.from_ts != call->query.to_ts) {
        g_autofree char *from = time_format(call->query.from_ts, NULL);
        g_autofree char *to = time_format(call->query.to_ts, NULL);
        g_string_append_printf(link, "&from=%s&to=%s", from, to);
    }
    if (call->query.client != NULL)
        g_string_append_printf(link, "&client=%s", call->query.client);
    if (call->query.cancelled)
        g_string_append(link, "&cancelled=true");
    query_append_texts(&call->query, link);
    return json_string(link->str);
}
