#include "api/changes.h"

#include <string.h>

#include "api/query.h"

static json_t *text_or_null(const char *text)
{
    return text != NULL ? json_string(text) : json_null();
}

json_t *change_json(const struct change *change, bool actor)
{
    g_autofree char *at = time_format(change->at_ts, NULL);
    json_t *detail = json_loads(change->detail_json != NULL ? change->detail_json : "{}", 0, NULL);
    json_t *json = json_pack("{s:I, s:s, s:s, s:s}", "id", (json_int_t)change->at.id, "kind", change->kind,
                             "at", at, "subject", change->subject);
    if (actor)
        json_object_set_new(json, "actor", text_or_null(change->actor));
    json_object_set_new(json, "client", text_or_null(change->client));
    json_object_set_new(json, "queue", text_or_null(change->queue));
    json_object_set_new(json, "agent", text_or_null(change->agent));
    json_object_set_new(json, "week", text_or_null(change->week));
    json_object_set_new(json, "detail", detail != NULL ? detail : json_object());
    return json;
}

bool change_kind_ok(const char *text)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz_";
    size_t family = strspn(text, letters);
    if (family == 0 || text[family] != '.' || strlen(text) > CHANGE_KIND_MAX)
        return false;
    const char *rest = text + family + 1;
    return strcmp(rest, "*") == 0 || (*rest != '\0' && strspn(rest, letters) == strlen(rest));
}

char *change_cursor_format(struct change_cursor cursor)
{
    return g_strdup_printf("%" G_GUINT64_FORMAT ".%" G_GINT64_FORMAT, cursor.xid, cursor.id);
}

bool change_cursor_parse(const char *text, struct change_cursor *out)
{
    const char *dot = strchr(text, '.');
    if (dot == NULL)
        return false;
    g_autofree char *first = g_strndup(text, (gsize)(dot - text));
    int64_t xid, id;
    if (!int64_parse(first, &xid) || !int64_parse(dot + 1, &id) || xid < 0 || id < 0)
        return false;
    *out = (struct change_cursor){(uint64_t)xid, id};
    return true;
}
