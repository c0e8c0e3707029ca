#include "core/config_json.h"

#include <limits.h>
#include <math.h>
#include <string.h>

#include "core/config_json_key.h"
#include "core/member.h"
#include "core/text.h"

#define TEXT_MAX 200

static void put(void *base, size_t offset, const void *value, size_t size)
{
    memcpy(member_at_mut(base, offset), value, size);
}

char *cfg_json_name(const struct cfg_key *key)
{
    const char *unit = "";
    if (key->unit == NULL && key->type == CFG_SECONDS)
        unit = "_seconds";
    if (key->unit == NULL && key->type == CFG_MINUTES)
        unit = "_minutes";
    return g_strconcat(key->name, unit, NULL);
}

/* --- reading
 * ---------------------------------------------------------------------------------------------------- */

bool cfg_json_fault(json_t *errors, const char *pointer, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    g_autofree char *detail = g_utf8_make_valid(text, -1);
    json_array_append_new(errors, json_pack("{s:s, s:s}", "pointer", pointer, "detail", detail));
    return false;
}

/* A member's name as a segment of a JSON pointer. */
static char *below(const char *pointer, const char *name)
{
    g_autoptr(GString) segment = g_string_new(name);
    g_string_replace(segment, "~", "~0", 0);
    g_string_replace(segment, "/", "~1", 0);
    return g_strconcat(pointer, "/", segment->str, NULL);
}

static bool wrong(struct cfg_json *door, const char *pointer, const json_t *json, const char *want)
{
    static const char *const names[] = {"an object", "an array", "a text", "a whole number",
                                        "a number",  "true",     "false",  "null"};
    return cfg_json_fault(door->errors, pointer, "%s found where %s is needed", names[json_typeof(json)],
                          want);
}

static bool read_number(struct cfg_json *door, const json_t *json, double min, double max, const char *unit,
                        const char *pointer, double *out)
{
    if (!json_is_number(json))
        return wrong(door, pointer, json, "a number");
    double value = json_number_value(json);
    if (!isfinite(value) || (min != max && (value < min || value > max)))
        return cfg_json_fault(door->errors, pointer, "%.10g is not within %.10g..%.10g%s%s", value, min, max,
                              unit != NULL ? " " : "", unit != NULL ? unit : "");
    *out = value;
    return true;
}

static const char *unit_of(const struct cfg_key *key)
{
    return key->type == CFG_SECONDS ? "seconds" : key->type == CFG_MINUTES ? "minutes" : key->unit;
}

static bool read_whole(struct cfg_json *door, const struct cfg_key *key, const json_t *json, void *base,
                       const char *pointer)
{
    double value = 0;
    if (!json_is_number(json))
        return wrong(door, pointer, json, "a whole number");
    if (!read_number(door, json, key->min, key->max, unit_of(key), pointer, &value))
        return false;
    if (value != floor(value) || fabs(value) > INT32_MAX)
        return cfg_json_fault(door->errors, pointer, "%.10g is no whole number", value);
    int stored = (int)value - key->bias;
    put(base, key->offset, &stored, sizeof stored);
    return true;
}

static bool read_text(struct cfg_json *door, const struct cfg_key *key, const json_t *json, void *base,
                      const char *pointer)
{
    const char *text = json_string_value(json);
    if (text == NULL)
        return wrong(door, pointer, json, "a text");
    long length = g_utf8_strlen(text, -1);
    if (length == 0 || length > TEXT_MAX)
        return cfg_json_fault(door->errors, pointer, "a text of %ld characters; 1 to %d are allowed", length,
                              TEXT_MAX);
    if (!text_plain(text))
        return cfg_json_fault(door->errors, pointer, "a control character; remove it");
    if (key->type == CFG_CODE) {
        if (strlen(text) != 3 || strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != 3)
            return cfg_json_fault(door->errors, pointer, "\"%.40s\" is no currency code like USD", text);
        put(base, key->offset, text, 4);
        return true;
    }
    char *copy = g_strdup(text);
    g_free(*(char **)member_at_mut(base, key->offset));
    put(base, key->offset, &copy, sizeof copy);
    return true;
}

static bool read_name(struct cfg_json *door, const struct cfg_key *key, const json_t *json, void *base,
                      const char *pointer)
{
    if (!json_is_string(json))
        return wrong(door, pointer, json, "a name");
    const char *names[64];
    for (int i = 0; i < key->enum_n; i++) {
        names[i] = key->enum_name(i);
        if (strcmp(names[i], json_string_value(json)) == 0) {
            put(base, key->offset, &i, sizeof i);
            return true;
        }
    }
    g_autofree char *all = text_nearest(json_string_value(json), names, key->enum_n);
    return cfg_json_fault(door->errors, pointer, "\"%.60s\" is unknown here; use %s%s",
                          json_string_value(json), key->enum_n > 5 ? "for example " : "one of ", all);
}

static bool read_ref(struct cfg_json *door, const struct cfg_key *key, const json_t *json,
                     const char *pointer, int *index)
{
    if (!json_is_string(json))
        return wrong(door, pointer, json, "an id");
    *index = door->find(door->user, key->ref, json_string_value(json));
    return *index >= 0 || cfg_json_fault(door->errors, pointer, "there is no %s \"%.64s\"",
                                         part_what(key->ref), json_string_value(json));
}

static bool read_refs(struct cfg_json *door, const struct cfg_key *key, const json_t *json, void *base,
                      const char *pointer)
{
    if (!json_is_array(json))
        return wrong(door, pointer, json, "an array of ids");
    size_t n = json_array_size(json);
    int *indices = g_new0(int, n + 1), count = (int)n;
    bool ok = true;
    g_free(*(int **)member_at_mut(base, key->offset));
    put(base, key->offset, &indices, sizeof(int *));
    put(base, key->count_offset, &count, sizeof count);
    for (size_t i = 0; i < n; i++) {
        g_autofree char *where = g_strdup_printf("%s/%zu", pointer, i);
        ok &= read_ref(door, key, json_array_get(json, i), where, &indices[i]);
    }
    return ok;
}

static bool read_reals(struct cfg_json *door, const struct cfg_key *key, const json_t *json, void *base,
                       const char *pointer)
{
    if (!json_is_array(json))
        return wrong(door, pointer, json, "an array of numbers");
    int n = (int)json_array_size(json), known = member_int(base, key->count_offset);
    if (key->counted && n != known)
        return cfg_json_fault(door->errors, pointer, CFG_COUNTED, n, known);
    double *values = g_new0(double, (gsize)n + 1);
    bool ok = true;
    g_free(*(double **)member_at_mut(base, key->offset));
    put(base, key->offset, &values, sizeof(double *));
    put(base, key->count_offset, &n, sizeof n);
    for (int i = 0; i < n; i++) {
        g_autofree char *where = g_strdup_printf("%s/%d", pointer, i);
        ok &= read_number(door, json_array_get(json, (size_t)i), key->min, key->max, key->unit, where,
                          &values[i]);
    }
    return ok;
}

static bool read_shares(struct cfg_json *door, const struct cfg_key *key, const json_t *json, void *base,
                        const char *pointer)
{
    double total = 0;
    if (!json_is_object(json)) {
        if (!read_number(door, json, 0, SHRINKAGE_MAX, CFG_SHARE_OR_PARTS, pointer, &total))
            return false;
        put(base, key->offset, &total, sizeof total);
        return true;
    }
    size_t size = json_object_size(json);
    if (size > SHRINKAGE_PARTS_MAX)
        return cfg_json_fault(door->errors, pointer, "%zu parts; at most %d", size, SHRINKAGE_PARTS_MAX);
    struct shrinkage_part *parts = g_new0(struct shrinkage_part, MAX(size, 1));
    int n = 0;
    bool ok = true;
    const char *name;
    json_t *share;
    put(base, key->parts_offset, &parts, sizeof(struct shrinkage_part *));
    json_object_foreach((json_t *)json, name, share)
    {
        g_autofree char *where = below(pointer, name);
        parts[n].name = g_strdup(name);
        ok &= read_number(door, share, 0, SHRINKAGE_MAX, CFG_SHARE, where, &parts[n++].share);
    }
    total = shrinkage_total(parts, n);
    put(base, key->count_offset, &n, sizeof n);
    put(base, key->offset, &total, sizeof total);
    if (ok && total > SHRINKAGE_MAX)
        return cfg_json_fault(door->errors, pointer, CFG_SHARES_SUM, total, SHRINKAGE_MAX);
    return ok;
}

static bool read_list(struct cfg_json *door, const struct cfg_key *key, const json_t *json, void *base,
                      const char *pointer)
{
    if (!json_is_array(json))
        return wrong(door, pointer, json, "an array");
    size_t n = json_array_size(json);
    if (key->max_n > 0 && n > (size_t)key->max_n)
        return cfg_json_fault(door->errors, pointer, "%zu elements; at most %d are allowed", n, key->max_n);
    char *items = member_at_mut(base, key->offset);
    int count = (int)n;
    bool ok = true;
    if (key->max_n == 0) {
        items = g_malloc0_n(MAX(n, 1), key->size);
        put(base, key->offset, &items, sizeof items);
    }
    put(base, key->count_offset, &count, sizeof count);
    for (size_t i = 0; i < n; i++) {
        g_autofree char *where = g_strdup_printf("%s/%zu", pointer, i);
        if (key->init != NULL)
            key->init(items + i * key->size);
        ok &= cfg_json_read(door, key->keys, json_array_get(json, i), items + i * key->size, where);
    }
    return ok;
}

static bool said(struct cfg_json *door, const char *pointer, const GError *why)
{
    return why == NULL || cfg_json_fault(door->errors, pointer, "%s", why->message);
}

static bool read_when(struct cfg_json *door, const struct cfg_key *key, const char *text, void *base,
                      const char *pointer)
{
    g_autoptr(GError) why = NULL;
    int32_t day;
    int64_t ts;
    if (door->zone != NULL && day_parse(text, &day, NULL))
        ts = zone_day_start(door->zone, key->end ? day + 1 : day);
    else if (!time_parse(text, NULL, &ts, &why))
        return said(door, pointer, why);
    put(base, key->offset, &ts, sizeof ts);
    return true;
}

static bool read_span(struct cfg_json *door, const struct cfg_key *key, const char *text, void *base,
                      const char *pointer)
{
    g_auto(GStrv) ends = g_strsplit(text, "-", 2);
    int from, to;
    if (g_strv_length(ends) != 2 || !clock_parse(g_strstrip(ends[0]), DAY_MIN - 1, &from, NULL) ||
        !clock_parse(g_strstrip(ends[1]), DAY_MIN, &to, NULL) || from == to)
        return cfg_json_fault(door->errors, pointer, "\"%.40s\" is not like 09:00-13:00", text);
    put(base, key->offset, &from, sizeof from);
    put(base, key->count_offset, &to, sizeof to);
    return true;
}

/* What is a small text in JSON: clocks, weekdays, days, instants. */
static bool read_small(struct cfg_json *door, const struct cfg_key *key, const json_t *json, void *base,
                       const char *pointer)
{
    const char *text = json_string_value(json);
    g_autoptr(GError) why = NULL;
    int32_t day;
    if (text == NULL)
        return wrong(door, pointer, json, "a text");
    switch (key->type) {
    case CFG_CLOCK:
        clock_parse(text, (int)key->max, member_at_mut(base, key->offset), &why);
        return said(door, pointer, why);
    case CFG_DAYS:
        weekdays_parse(text, member_at_mut(base, key->offset), &why);
        return said(door, pointer, why);
    case CFG_DATE:
        if (day_parse(text, &day, &why))
            put(base, key->offset, &day, sizeof day);
        return said(door, pointer, why);
    case CFG_WHEN:
        return read_when(door, key, text, base, pointer);
    default:
        return read_span(door, key, text, base, pointer);
    }
}

static bool read_value(struct cfg_json *door, const struct cfg_key *key, const json_t *json, void *base,
                       const char *pointer)
{
    double real = 0;
    int index;
    switch (key->type) {
    case CFG_TEXT:
    case CFG_CODE:
        return read_text(door, key, json, base, pointer);
    case CFG_INT:
    case CFG_MINUTES:
        return read_whole(door, key, json, base, pointer);
    case CFG_REAL:
    case CFG_SECONDS:
        if (!read_number(door, json, key->min, key->max, unit_of(key), pointer, &real))
            return false;
        put(base, key->offset, &real, sizeof real);
        return true;
    case CFG_BOOL:
        if (!json_is_boolean(json))
            return wrong(door, pointer, json, "true or false");
        *(bool *)member_at_mut(base, key->offset) = json_is_true(json);
        return true;
    case CFG_ENUM:
        return read_name(door, key, json, base, pointer);
    case CFG_REF:
        if (!read_ref(door, key, json, pointer, &index))
            return false;
        put(base, key->offset, &index, sizeof index);
        return true;
    case CFG_REFS:
        return read_refs(door, key, json, base, pointer);
    case CFG_GROUP:
        return cfg_json_read(door, key->keys, json, base, pointer);
    case CFG_LIST:
        return read_list(door, key, json, base, pointer);
    case CFG_REALS:
        return read_reals(door, key, json, base, pointer);
    case CFG_SHARES:
        return read_shares(door, key, json, base, pointer);
    default:
        return read_small(door, key, json, base, pointer);
    }
}

static bool known_members(struct cfg_json *door, char *const *names, int n, const json_t *json,
                          const char *pointer)
{
    const char *name;
    json_t *value;
    bool ok = true;
    json_object_foreach((json_t *)json, name, value)
    {
        int k = 0;
        while (k < n && strcmp(names[k], name) != 0)
            k++;
        if (k < n)
            continue;
        g_autofree char *where = below(pointer, name);
        g_autofree char *near = text_nearest(name, (const char *const *)names, n);
        ok = cfg_json_fault(door->errors, where, "unknown here; the nearest known members are %s", near);
    }
    return ok;
}

bool cfg_json_read(struct cfg_json *door, const struct cfg_key *keys, const json_t *json, void *base,
                   const char *pointer)
{
    if (!json_is_object(json))
        return wrong(door, pointer, json, "an object");
    int n = 0;
    while (keys[n].name != NULL)
        n++;
    g_auto(GStrv) names = g_new0(char *, (gsize)n + 1);
    for (int k = 0; k < n; k++)
        names[k] = cfg_json_name(&keys[k]);
    bool ok = known_members(door, names, n, json, pointer);
    for (int k = 0; k < n; k++) {
        const json_t *value = json_object_get(json, names[k]);
        g_autofree char *where = below(pointer, names[k]);
        if (value != NULL && !json_is_null(value))
            ok &= read_value(door, &keys[k], value, base, where);
        else if (keys[k].required)
            ok = cfg_json_fault(door->errors, where, "is missing");
    }
    return ok;
}

/* --- where a message points
 * ---------------------------------------------------------------------------------------------------- */

static const struct cfg_key *find_key(const struct cfg_key *keys, const char *text, size_t length)
{
    for (const struct cfg_key *key = keys; key != NULL && key->name != NULL; key++) {
        g_autofree char *name = cfg_json_name(key);
        if ((strlen(key->name) == length && strncmp(key->name, text, length) == 0) ||
            (strlen(name) == length && strncmp(name, text, length) == 0))
            return key;
    }
    return NULL;
}

char *cfg_json_pointer(const struct cfg_key *keys, const char *message)
{
    g_autoptr(GString) out = g_string_new(NULL);
    const struct cfg_key *key = NULL;
    for (const char *p = message; keys != NULL; p++) {
        size_t length = strspn(p, "abcdefghijklmnopqrstuvwxyz_");
        key = find_key(keys, p, length);
        if (key == NULL)
            break;
        g_autofree char *name = cfg_json_name(key);
        g_string_append_printf(out, "/%s", name);
        keys = key->keys;
        p += length;
        if (key->type == CFG_LIST && p[0] == ' ' && g_ascii_isdigit(p[1])) {
            char *end;
            g_string_append_printf(out, "/%" G_GUINT64_FORMAT, g_ascii_strtoull(p + 1, &end, 10) - 1);
            p = end;
        }
        if (*p != '.')
            break;
    }
    return g_strdup(out->str);
}
