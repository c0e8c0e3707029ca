#include "api/call.h"

#include <math.h>
#include <sodium.h>
#include <string.h>

#include "api/coding.h"
#include "api/kept.h"
#include "api/prices.h"
#include "core/error.h"

#define ETAG_BYTES 16

char *api_etag(const void *bytes, size_t length, bool weak)
{
    unsigned char hash[ETAG_BYTES];
    char text[sodium_base64_ENCODED_LEN(ETAG_BYTES, sodium_base64_VARIANT_URLSAFE_NO_PADDING)];
    crypto_generichash(hash, sizeof(hash), bytes, length, NULL, 0);
    sodium_bin2base64(text, sizeof(text), hash, sizeof(hash), sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    return g_strdup_printf("%s\"%s\"", weak ? "W/" : "", text);
}

/* The same state in another coding is the same to a condition. */
static bool tag_is(const char *tag, size_t length, const char *opaque)
{
    static const char suffix[] = CODING_ETAG_SUFFIX "\"";
    size_t plain = strlen(opaque) - 1; /* without the closing quote */
    return length > plain && memcmp(tag, opaque, plain) == 0 &&
           ((length == plain + 1) ||
            (length == plain + strlen(suffix) && memcmp(tag + plain, suffix, strlen(suffix)) == 0));
}

static bool list_has(const char *list, const char *etag, bool weak_too)
{
    const char *opaque = strchr(etag, '"');
    for (const char *p = list; *p != '\0';) {
        p += strspn(p, " \t,");
        if (*p == '*')
            return true;
        bool weak = strncmp(p, "W/", 2) == 0;
        p += weak ? 2 : 0;
        const char *close = *p == '"' ? strchr(p + 1, '"') : NULL;
        if (close == NULL)
            return false;
        if ((weak_too || !weak) && tag_is(p, (size_t)(close - p) + 1, opaque))
            return true;
        p = close + 1;
    }
    return false;
}

bool api_etag_matches(const char *if_none_match, const char *etag)
{
    return if_none_match != NULL && etag != NULL && list_has(if_none_match, etag, true);
}

bool api_etag_matches_strong(const char *if_match, const char *etag)
{
    return if_match != NULL && etag != NULL && *etag == '"' && list_has(if_match, etag, false);
}

void api_response_clear(struct api_response *response)
{
    g_free(response->body);
    g_free(response->etag);
    g_free(response->location);
    kept_unref(response->kept);
    if (response->stream.free != NULL)
        response->stream.free(response->stream.state);
    *response = (struct api_response){0};
}

void api_call_clear(struct api_call *call)
{
    query_clear(&call->query);
    token_info_clear(&call->token);
    api_response_clear(&call->response);
    g_clear_pointer(&call->actor, g_free);
    g_clear_pointer(&call->problem_extra, json_decref);
    g_clear_pointer(&call->awaits, prices_wait_free);
}

bool api_word_asked(struct api_call *call, const char *parameter, const char *const *words, int *place,
                    GError **error)
{
    const char *text = query_text(&call->query, parameter);
    for (*place = 0; words[*place] != NULL; (*place)++)
        if (text != NULL && strcmp(text, words[*place]) == 0)
            return true;
    if (text == NULL)
        return true;
    g_autofree char *all = g_strjoinv(", ", (char **)words);
    call->query.wrong = g_strdup(parameter);
    return wfm_fail(error, WFM_ERROR_INPUT, "parameter %s: \"%s\" is none of %s", parameter, text, all);
}

const char *api_header(const struct api_call *call, const char *name)
{
    return header_value(call->headers, call->n_headers, name);
}

bool api_reply_text(struct api_call *call, int status, const char *content_type, char *body, size_t length,
                    bool etag)
{
    api_response_clear(&call->response);
    call->response =
        (struct api_response){.status = status, .content_type = content_type, .body = body, .length = length};
    if (etag)
        call->response.etag = api_etag(body, length, false);
    return true;
}

bool api_reply_json(struct api_call *call, int status, json_t *json)
{
    char *text = json_dumps(json, JSON_COMPACT | JSON_REAL_PRECISION(10));
    json_decref(json);
    api_reply_text(call, status, "application/json", text, strlen(text), false);
    if (status == 200 && strcmp(call->route->method, "GET") == 0)
        call->response.etag = api_etag(text, call->response.length, false);
    else
        call->response.cache_control = "no-store";
    return true;
}

bool api_reply_stream(struct api_call *call, const struct api_stream *stream)
{
    api_response_clear(&call->response);
    call->response = (struct api_response){
        .status = 200, .content_type = stream->content_type, .cache_control = "no-store", .stream = *stream};
    return true;
}

void api_event_append(GString *out, const char *id, const char *event, json_t *json)
{
    char *text = json_dumps(json, JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(10));
    json_decref(json);
    if (id != NULL)
        g_string_append_printf(out, "id: %s\n", id);
    if (event != NULL)
        g_string_append_printf(out, "event: %s\n", event);
    g_string_append_printf(out, "data: %s\n\n", text);
    free(text);
}

bool api_reply_nothing(struct api_call *call)
{
    api_response_clear(&call->response);
    call->response.status = 204;
    return true;
}

/* --- zones
 * ------------------------------------------------------------------------------------------------------ */

struct api_zones {
    GMutex mutex; /* guards the table; the zones in it are immutable and stay until the end */
    GHashTable *by_name;
};

struct api_zones *api_zones_new(void)
{
    struct api_zones *zones = g_new0(struct api_zones, 1);
    g_mutex_init(&zones->mutex);
    zones->by_name = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)zone_free);
    return zones;
}

void api_zones_free(struct api_zones *zones)
{
    if (zones == NULL)
        return;
    g_hash_table_unref(zones->by_name);
    g_mutex_clear(&zones->mutex);
    g_free(zones);
}

/* With the mutex held. */
static const struct zone *zone_cached(struct api_zones *zones, const char *name, GError **error)
{
    struct zone *zone = g_hash_table_lookup(zones->by_name, name);
    if (zone != NULL)
        return zone;
    g_autoptr(GError) inner = NULL;
    zone = zone_new(name, &inner);
    if (zone != NULL)
        g_hash_table_insert(zones->by_name, g_strdup(name), zone);
    else
        wfm_fail(error, WFM_ERROR_INTERNAL, "stored zone: %s", inner->message);
    return zone;
}

const struct zone *api_zone(struct api_call *call, const char *name, GError **error)
{
    g_mutex_lock(&call->zones->mutex);
    const struct zone *zone = zone_cached(call->zones, name != NULL ? name : "", error);
    g_mutex_unlock(&call->zones->mutex);
    return zone;
}

/* --- JSON pieces
 * ------------------------------------------------------------------------------------------------ */

json_t *api_json_instant(int64_t ts, const struct zone *zone)
{
    g_autofree char *text = time_format(ts, zone);
    return json_string(text);
}

json_t *api_json_instant_or_null(int64_t ts, const struct zone *zone)
{
    return ts != 0 ? api_json_instant(ts, zone) : json_null();
}

json_t *api_json_finite(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

json_t *api_json_text(const char *text)
{
    return text != NULL ? json_string(text) : json_null();
}
