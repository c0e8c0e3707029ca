#include "api/body.h"

#include <string.h>

#include "api/body_reader.h"
#include "core/error.h"

/* --- errors
 * ----------------------------------------------------------------------------------------------------- */

G_GNUC_PRINTF(3, 0)
static void wrong_va(struct api_call *call, const char *pointer, const char *format, va_list args)
{
    if (call->problem_extra == NULL)
        call->problem_extra = json_object();
    json_t *errors = json_object_get(call->problem_extra, "errors");
    if (errors == NULL) {
        errors = json_array();
        json_object_set_new(call->problem_extra, "errors", errors);
    }
    if (json_array_size(errors) >= BODY_ERRORS_MAX)
        return;
    g_autofree char *detail = g_strdup_vprintf(format, args);
    json_array_append_new(errors, json_pack("{s:s, s:s}", "pointer", pointer, "detail", detail));
}

void body_wrong(struct api_call *call, const char *pointer, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    wrong_va(call, pointer, format, args);
    va_end(args);
}

bool body_right(struct api_call *call, GError **error)
{
    const json_t *errors = json_object_get(call->problem_extra, "errors");
    if (json_array_size(errors) == 0)
        return true;
    const json_t *first = json_array_get(errors, 0);
    const char *pointer = json_string_value(json_object_get(first, "pointer"));
    return wfm_fail(error, WFM_ERROR_INPUT, "%s: %s", *pointer != '\0' ? pointer : "body",
                    json_string_value(json_object_get(first, "detail")));
}

bool reader_wrong(struct reader *reader, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    wrong_va(reader->call, reader->pointer->str, format, args);
    va_end(args);
    return false;
}

size_t reader_enter(struct reader *reader, const char *member)
{
    size_t before = reader->pointer->len;
    g_string_append_c(reader->pointer, '/');
    for (const char *p = member; *p != '\0'; p++)
        if (*p == '~' || *p == '/')
            g_string_append(reader->pointer, *p == '~' ? "~0" : "~1");
        else
            g_string_append_c(reader->pointer, *p);
    return before;
}

size_t reader_enter_element(struct reader *reader, size_t index)
{
    size_t before = reader->pointer->len;
    g_string_append_printf(reader->pointer, "/%zu", index);
    return before;
}

void reader_leave(struct reader *reader, size_t before)
{
    g_string_truncate(reader->pointer, before);
}
/* --- values
 * ----------------------------------------------------------------------------------------------------- */

static bool read_object(struct reader *reader, const struct body_field *fields, const json_t *json,
                        char *base);

/* Size of an element of a list of plain values. */
static size_t element_size(const struct body_field *field)
{
    return field->kind == BODY_TEXTS || field->kind == BODY_IDS ? sizeof(char *)
           : field->kind == BODY_INTS                           ? sizeof(int)
           : field->kind == BODY_INT64S                         ? sizeof(int64_t)
           : field->kind == BODY_REALS                          ? sizeof(double)
                                                                : field->size;
}

/* Of ids and numbers: is it in the set already? Puts it there. */
static bool twice(const struct body_field *field, const json_t *value, GHashTable *seen)
{
    if (field->kind != BODY_IDS && field->kind != BODY_INT64S)
        return false;
    char *text = json_is_string(value) ? g_strdup(json_string_value(value))
                                       : g_strdup_printf("%" JSON_INTEGER_FORMAT, json_integer_value(value));
    return !g_hash_table_add(seen, text);
}

static bool read_element(struct reader *reader, const struct body_field *field, const json_t *value, char *at)
{
    struct body_field plain = {.kind = BODY_TEXT, .flags = field->flags, .check = field->check};
    if (field->kind == BODY_LIST)
        return read_object(reader, field->fields, value, at);
    if (field->kind == BODY_INTS)
        plain.max = G_MAXINT;
    plain.kind = field->kind == BODY_IDS      ? BODY_ID
                 : field->kind == BODY_INTS   ? BODY_INT
                 : field->kind == BODY_INT64S ? BODY_INT64
                 : field->kind == BODY_REALS  ? BODY_REAL
                                              : BODY_TEXT;
    return read_plain(reader, &plain, value, at);
}

static bool read_list(struct reader *reader, const struct body_field *field, const json_t *value, char *base)
{
    if (!json_is_array(value))
        return reader_wrong(reader, "is not a list");
    size_t n = json_array_size(value), max = field->max > 0 ? (size_t)field->max : BODY_LIST_MAX;
    if (n > max || (double)n < field->min)
        return reader_wrong(reader, "has %zu elements; %.0f to %zu are fine", n, field->min, max);
    size_t size = element_size(field);
    char *elements = g_malloc0(size * (n + 1)); /* a list of texts ends in NULL */
    *(char **)(base + field->offset) = elements;
    *(int *)(base + field->count) = (int)n;
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    bool ok = true;
    for (size_t k = 0; k < n; k++) {
        size_t before = reader_enter_element(reader, k);
        ok = read_element(reader, field, json_array_get(value, k), elements + k * size) && ok;
        if (twice(field, json_array_get(value, k), seen))
            ok = reader_wrong(reader, "is there twice");
        reader_leave(reader, before);
    }
    return ok;
}

static bool read_value(struct reader *reader, const struct body_field *field, const json_t *value, char *base)
{
    char *at = base + field->offset;
    switch (field->kind) {
    case BODY_TEXTS:
    case BODY_IDS:
    case BODY_INTS:
    case BODY_INT64S:
    case BODY_REALS:
    case BODY_LIST:
        return read_list(reader, field, value, base);
    case BODY_OBJECT:
        return read_object(reader, field->fields, value, at);
    default:
        return read_plain(reader, field, value, at);
    }
}

static const struct body_field *field_of(const struct body_field *fields, const char *name)
{
    while (fields->name != NULL && strcmp(fields->name, name) != 0)
        fields++;
    return fields->name != NULL ? fields : NULL;
}

/* Members in the order they were sent, then what is missing. */
static bool read_object(struct reader *reader, const struct body_field *fields, const json_t *json,
                        char *base)
{
    if (!json_is_object(json))
        return reader_wrong(reader, "is not an object");
    bool ok = true;
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)json, name, value)
    {
        const struct body_field *field = field_of(fields, name);
        size_t before = reader_enter(reader, name);
        if (field == NULL)
            ok = reader_wrong(reader, "is not known here");
        else if (!json_is_null(value) || field->kind == BODY_JSON)
            ok = read_value(reader, field, value, base) && ok;
        else if (!(field->flags & BODY_NULLABLE) && field->kind != BODY_IGNORED)
            ok = reader_wrong(reader, "is null");
        if (field != NULL && field->given != 0)
            *(bool *)(base + field->given) = true;
        reader_leave(reader, before);
    }
    for (; fields->name != NULL; fields++)
        if ((fields->flags & BODY_REQUIRED) && json_object_get(json, fields->name) == NULL) {
            size_t before = reader_enter(reader, fields->name);
            ok = reader_wrong(reader, "is missing");
            reader_leave(reader, before);
        }
    return ok;
}

void body_clear(const struct body_field *fields, void *out)
{
    for (; fields->name != NULL; fields++) {
        char *base = out, *at = base + fields->offset;
        char *elements = NULL;
        int n = 0;
        switch (fields->kind) {
        case BODY_TEXT:
        case BODY_ID:
        case BODY_ZONE:
            g_clear_pointer((char **)at, g_free);
            break;
        case BODY_JSON:
            g_clear_pointer((json_t **)at, json_decref);
            break;
        case BODY_OBJECT:
            body_clear(fields->fields, at);
            break;
        case BODY_TEXTS:
        case BODY_IDS:
        case BODY_INTS:
        case BODY_INT64S:
        case BODY_REALS:
        case BODY_LIST:
            elements = *(char **)at;
            n = elements != NULL ? *(int *)(base + fields->count) : 0;
            for (int k = 0; k < n; k++)
                if (fields->kind == BODY_LIST)
                    body_clear(fields->fields, elements + (size_t)k * fields->size);
                else if (fields->kind == BODY_TEXTS || fields->kind == BODY_IDS)
                    g_free(((char **)(void *)elements)[k]);
            g_clear_pointer((char **)at, g_free);
            break;
        default:
            break;
        }
    }
}

/* --- the body
 * --------------------------------------------------------------------------------------------------- */

/* "application/json", with "; charset=utf-8" or without. */
static bool media_type_ok(const struct api_call *call, const char *type)
{
    size_t length = strcspn(type, "; \t");
    const char *rest = type + length + strspn(type + length, "; \t");
    bool json =
        length == strlen("application/json") && g_ascii_strncasecmp(type, "application/json", length) == 0;
    bool patch = g_str_equal(call->route->method, "PATCH") &&
                 length == strlen("application/merge-patch+json") &&
                 g_ascii_strncasecmp(type, "application/merge-patch+json", length) == 0;
    bool utf8 = *rest == '\0' || g_ascii_strcasecmp(rest, "charset=utf-8") == 0 ||
                g_ascii_strcasecmp(rest, "charset=\"utf-8\"") == 0;
    return (json || patch) && utf8;
}

/* jansson reads by recursion, so this is looked at before. */
static bool depth_ok(const char *text, size_t length)
{
    int depth = 0;
    bool in_text = false;
    for (size_t k = 0; k < length; k++) {
        char c = text[k];
        if (in_text) {
            k += c == '\\';
            in_text = c != '"';
        } else if (c == '"') {
            in_text = true;
        } else if (c == '{' || c == '[') {
            if (++depth > BODY_DEPTH_MAX)
                return false;
        } else if (c == '}' || c == ']') {
            depth--;
        }
    }
    return true;
}

json_t *body_json(struct api_call *call, GError **error)
{
    const char *type = api_header(call, "Content-Type");
    if (type == NULL || !media_type_ok(call, type)) {
        wfm_fail(error, WFM_ERROR_MEDIA_TYPE, "send the body as application/json (header Content-Type)");
        return NULL;
    }
    if (!depth_ok(call->body, call->body_length)) {
        wfm_fail(error, WFM_ERROR_USAGE, "the body is nested more than %d deep", BODY_DEPTH_MAX);
        return NULL;
    }
    json_error_t bad;
    json_t *json = json_loadb(call->body, call->body_length, JSON_REJECT_DUPLICATES, &bad);
    if (json == NULL) {
        g_autofree char *text = g_utf8_make_valid(bad.text, -1);
        wfm_fail(error, WFM_ERROR_USAGE, "the body is not JSON: line %d, column %d: %s", bad.line, bad.column,
                 text);
    }
    return json;
}

bool body_read_json(struct api_call *call, const json_t *json, const struct body_field *fields, void *out,
                    GError **error)
{
    struct reader reader = {call, g_string_new(NULL)};
    bool ok = read_object(&reader, fields, json, out);
    g_string_free(reader.pointer, TRUE);
    return body_right(call, error) && ok;
}

bool body_read(struct api_call *call, const struct body_field *fields, void *out, GError **error)
{
    json_t *json = body_json(call, error);
    bool ok = json != NULL && body_read_json(call, json, fields, out, error);
    json_decref(json);
    return ok;
}

/* What GET shows as null is not there: so it is for the table. */
static void drop_nulls(json_t *object)
{
    const char *name;
    void *next;
    json_t *value;
    json_object_foreach_safe(object, next, name, value)
    {
        if (json_is_null(value))
            json_object_del(object, name);
        else
            drop_nulls(value);
    }
}

json_t *body_merged(const json_t *target, const json_t *patch)
{
    if (!json_is_object(patch))
        return json_deep_copy(patch);
    json_t *out = json_is_object(target) ? json_copy((json_t *)(uintptr_t)target) : json_object();
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)patch, name, value)
    {
        if (json_is_null(value))
            json_object_del(out, name);
        else
            json_object_set_new(out, name, body_merged(json_object_get(out, name), value));
    }
    return out;
}

bool body_read_patch(struct api_call *call, const json_t *current, const struct body_field *fields, void *out,
                     GError **error)
{
    json_t *patch = body_json(call, error);
    if (patch == NULL)
        return false;
    json_t *base = json_deep_copy(current);
    drop_nulls(base);
    json_t *whole_json = json_is_object(patch) ? body_merged(base, patch) : json_incref(patch);
    bool ok = body_read_json(call, whole_json, fields, out, error);
    json_decref(whole_json);
    json_decref(base);
    json_decref(patch);
    return ok;
}
