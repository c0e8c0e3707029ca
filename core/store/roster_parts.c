#include <string.h>

#include "core/store/roster.h"

char *activities_text(const struct shift *shift)
{
    AUTO(json_t) list = json_array();
    for (int i = 0; i < shift->n_activities; i++) {
        const struct activity *activity = &shift->activities[i];
        json_array_append_new(list,
                              json_pack("{s:s, s:I, s:I, s:b}", "kind", activity_kind_name(activity->kind),
                                        "offset_s", (json_int_t)(activity->start_ts - shift->start_ts),
                                        "length_s", (json_int_t)(activity->end_ts - activity->start_ts),
                                        "paid", (int)activity->paid));
    }
    return json_text(list);
}

/* Steps over the words, a literal, when they stand there. */
#define take(p, words) take_n(p, words, sizeof(words) - 1)
static bool take_n(const char **p, const char *words, size_t n)
{
    if (strncmp(*p, words, n) != 0)
        return false;
    *p += n;
    return true;
}

static bool take_number(const char **p, int64_t *out)
{
    const char *from = *p;
    bool minus = **p == '-';
    *out = 0;
    for (*p += minus; g_ascii_isdigit(**p) && *p - from < 16; (*p)++)
        *out = *out * 10 + (**p - '0');
    if (minus)
        *out = -*out;
    return *p > from + minus;
}

static bool activity_scan(const char **p, int64_t start_ts, struct activity *out)
{
    char kind[16];
    int64_t length_s, offset_s;
    if (!take(p, "{\"kind\": \""))
        return false;
    size_t size = strcspn(*p, "\"\\");
    if (size >= sizeof kind)
        return false;
    memcpy(kind, *p, size);
    kind[size] = '\0';
    *p += size;
    out->paid = take(p, "\", \"paid\": true");
    if (!activity_kind_parse(kind, &out->kind) || (!out->paid && !take(p, "\", \"paid\": false")) ||
        !take(p, ", \"length_s\": ") || !take_number(p, &length_s) || !take(p, ", \"offset_s\": ") ||
        !take_number(p, &offset_s) || !take(p, "}"))
        return false;
    out->start_ts = start_ts + offset_s;
    out->end_ts = out->start_ts + length_s;
    return true;
}

/* The list as the database writes what activities_text has written: nearly all there ever is, and a tenth of
 * the time. False: not so. */
static bool activities_scan(const char *p, int64_t start_ts, struct activity *out, int *n)
{
    *n = 0;
    if (!take(&p, "["))
        return false;
    if (take(&p, "]"))
        return *p == '\0';
    do {
        if (*n == SHIFT_ACTIVITIES_MAX || !activity_scan(&p, start_ts, &out[*n]))
            return false;
        (*n)++;
    } while (take(&p, ", "));
    return strcmp(p, "]") == 0;
}

bool activities_read(const char *text, int64_t start_ts, struct activity *out, int *n, GError **error)
{
    if (activities_scan(text, start_ts, out, n))
        return true;
    AUTO(json_t) list = json_loads(text, 0, NULL);
    size_t i;
    json_t *entry;
    if (!json_is_array(list) || json_array_size(list) > SHIFT_ACTIVITIES_MAX)
        return wfm_fail(error, WFM_ERROR_STORE, "activities of a stored shift are not a short list: %.80s",
                        text);
    json_array_foreach(list, i, entry)
    {
        const char *kind = json_string_value(json_object_get(entry, "kind"));
        if (kind == NULL || !activity_kind_parse(kind, &out[i].kind))
            return wfm_fail(error, WFM_ERROR_STORE, "activity kind \"%s\" of a stored shift is unknown",
                            kind != NULL ? kind : "");
        out[i].start_ts = start_ts + json_integer_value(json_object_get(entry, "offset_s"));
        out[i].end_ts = out[i].start_ts + json_integer_value(json_object_get(entry, "length_s"));
        out[i].paid = json_is_true(json_object_get(entry, "paid"));
    }
    *n = (int)json_array_size(list);
    return true;
}

GHashTable *agent_indices(const struct operation *operation)
{
    GHashTable *indices = g_hash_table_new(g_str_hash, g_str_equal);
    for (int i = 0; i < operation->n_agents; i++)
        g_hash_table_insert(indices, operation->agents[i].id, GINT_TO_POINTER(i + 1));
    return indices;
}
