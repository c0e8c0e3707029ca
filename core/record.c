#include "core/record.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "core/error.h"

#define AT(field, base) ((void *)((char *)(base) + (field)->offset))
#define AT_CONST(field, base) ((const void *)((const char *)(base) + (field)->offset))
#define COUNT_AT(field, base) ((int *)(void *)((char *)(base) + (field)->count_offset))
#define COUNT_OF(field, base) (*(const int *)(const void *)((const char *)(base) + (field)->count_offset))

static json_t *write_real(double value, const char *path, GError **error)
{
    json_t *json = json_real(value); /* NULL when not finite */
    if (json == NULL)
        wfm_fail(error, WFM_ERROR_INTERNAL, "%s: %g is no finite number", path, value);
    return json;
}

static json_t *write_array(const struct rec_field *field, const void *base, const char *path, GError **error)
{
    int n = COUNT_OF(field, base);
    const void *at_field = AT_CONST(field, base);
    const char *items = at_field;
    if (field->max_n == 0)
        memcpy(&items, at_field, sizeof items);
    json_t *array = json_array();
    for (int i = 0; i < n; i++) {
        g_autofree char *at = g_strdup_printf("%s[%d]", path, i);
        json_t *item;
        if (field->type == REC_REALS)
            item = write_real(((const double *)(const void *)items)[i], at, error);
        else if (field->type == REC_INTS)
            item = json_integer(((const int *)(const void *)items)[i]);
        else
            item = rec_write(field->fields, items + (size_t)i * field->size, at, error);
        if (item == NULL) {
            json_decref(array);
            return NULL;
        }
        json_array_append_new(array, item);
    }
    return array;
}

/* Does an optional field hold nothing? The object of one is empty when all its fields are left out. */
static bool holds_nothing(const struct rec_field *field, const void *base)
{
    const void *at = AT_CONST(field, base);
    const void *pointer;
    switch (field->type) {
    case REC_TEXT:
    case REC_CHILD:
        memcpy(&pointer, at, sizeof pointer);
        return pointer == NULL;
    case REC_CODE:
        return *(const char *)at == '\0';
    case REC_INT:
    case REC_ENUM:
        return *(const int *)at == 0;
    case REC_INT64:
        return *(const int64_t *)at == 0;
    case REC_LONG:
        return *(const long *)at == 0;
    case REC_UINT8:
        return *(const uint8_t *)at == 0;
    case REC_UINT64:
        return *(const uint64_t *)at == 0;
    case REC_REAL:
        return *(const double *)at == 0;
    case REC_BOOL:
        return !*(const bool *)at;
    case REC_REALS:
    case REC_INTS:
    case REC_LIST:
        return COUNT_OF(field, base) == 0;
    case REC_OBJECT:
        for (const struct rec_field *part = field->fields; part->key != NULL; part++)
            if (!part->optional || !holds_nothing(part, base))
                return false;
        return true;
    }
    return false;
}

static json_t *write_field(const struct rec_field *field, const void *base, const char *path, GError **error)
{
    const void *at = AT_CONST(field, base);
    switch (field->type) {
    case REC_TEXT: {
        const char *text;
        memcpy(&text, at, sizeof text);
        return text == NULL ? json_null() : json_string(text);
    }
    case REC_CODE:
        return json_string(at);
    case REC_INT:
        return json_integer(*(const int *)at);
    case REC_INT64:
        return json_integer(*(const int64_t *)at);
    case REC_LONG:
        return json_integer(*(const long *)at);
    case REC_UINT8:
        return json_integer(*(const uint8_t *)at);
    case REC_UINT64: {
        g_autofree char *text = g_strdup_printf("%" G_GUINT64_FORMAT, *(const uint64_t *)at);
        return json_string(text);
    }
    case REC_REAL:
        return write_real(*(const double *)at, path, error);
    case REC_BOOL:
        return json_boolean(*(const bool *)at);
    case REC_ENUM:
        return json_string(field->enum_name(*(const int *)at));
    case REC_OBJECT:
        return rec_write(field->fields, base, path, error);
    case REC_CHILD: {
        const void *child;
        memcpy(&child, at, sizeof child);
        return child == NULL ? json_null() : rec_write(field->fields, child, path, error);
    }
    case REC_REALS:
    case REC_INTS:
    case REC_LIST:
        return write_array(field, base, path, error);
    }
    return NULL;
}

json_t *rec_write(const struct rec_field *fields, const void *base, const char *path, GError **error)
{
    json_t *object = json_object();
    for (const struct rec_field *field = fields; field->key != NULL; field++) {
        if (field->optional && holds_nothing(field, base))
            continue;
        g_autofree char *at = g_strdup_printf("%s.%s", path, field->key);
        json_t *value = write_field(field, base, at, error);
        if (value == NULL) {
            if (error != NULL && *error == NULL)
                wfm_fail(error, WFM_ERROR_INTERNAL, "%s: not UTF-8 text", at);
            json_decref(object);
            return NULL;
        }
        json_object_set_new(object, field->key, value);
    }
    return object;
}

static const char *type_name(const json_t *json)
{
    static const char *const names[] = {"an object", "an array", "a text", "an integer",
                                        "a number",  "true",     "false",  "null"};
    return names[json_typeof(json)];
}

static bool wrong_type(const json_t *json, const char *path, const char *want, GError **error)
{
    return wfm_fail(error, WFM_ERROR_INPUT, "%s: %s found where %s is needed", path, type_name(json), want);
}

static bool read_integer(const json_t *json, const char *path, long long min, long long max, long long *value,
                         GError **error)
{
    if (!json_is_integer(json))
        return wrong_type(json, path, "an integer", error);
    long long found = json_integer_value(json);
    if (found < min || found > max)
        return wfm_fail(error, WFM_ERROR_INPUT, "%s: %lld is not within %lld..%lld", path, found, min, max);
    *value = found;
    return true;
}

static bool read_int(const struct rec_field *field, const json_t *json, int *out, const char *path,
                     GError **error)
{
    bool any = field->min == 0 && field->max == 0;
    long long value;
    if (!read_integer(json, path, any ? INT32_MIN : field->min, any ? INT32_MAX : field->max, &value, error))
        return false;
    *out = (int)value;
    return true;
}

static bool read_real(const json_t *json, const char *path, double *out, GError **error)
{
    if (!json_is_number(json))
        return wrong_type(json, path, "a number", error);
    double value = json_number_value(json);
    if (!isfinite(value))
        return wfm_fail(error, WFM_ERROR_INPUT, "%s: not a finite number", path);
    *out = value;
    return true;
}

static bool read_text(const struct rec_field *field, const json_t *json, void *at, const char *path,
                      GError **error)
{
    if (field->type == REC_TEXT && json_is_null(json))
        return true;
    if (!json_is_string(json))
        return wrong_type(json, path, "a text", error);
    const char *text = json_string_value(json);
    if (field->type == REC_TEXT) {
        char **out = at;
        *out = g_strdup(text);
        return true;
    }
    if (field->type == REC_CODE) {
        if (strlen(text) > 3)
            return wfm_fail(error, WFM_ERROR_INPUT, "%s: \"%.40s\" is no code of three letters", path, text);
        g_strlcpy(at, text, 4);
        return true;
    }
    guint64 number;
    if (!g_ascii_string_to_unsigned(text, 10, 0, G_MAXUINT64, &number, NULL))
        return wfm_fail(error, WFM_ERROR_INPUT, "%s: \"%.40s\" is no number from 0 to 2^64-1", path, text);
    *(uint64_t *)at = number;
    return true;
}

static bool read_enum(const struct rec_field *field, const json_t *json, int *out, const char *path,
                      GError **error)
{
    if (!json_is_string(json))
        return wrong_type(json, path, "a name", error);
    for (int i = 0; i < field->enum_n; i++)
        if (strcmp(field->enum_name(i), json_string_value(json)) == 0) {
            *out = i;
            return true;
        }
    return wfm_fail(error, WFM_ERROR_INPUT, "%s: \"%.40s\" is unknown", path, json_string_value(json));
}

/* Lengths are those of the arrays as they stand in the file; nothing is allocated for what a number merely
 * claims. */
static bool read_array(const struct rec_field *field, const json_t *json, void *base, const char *path,
                       GError **error)
{
    if (!json_is_array(json))
        return wrong_type(json, path, "an array", error);
    size_t n = json_array_size(json);
    size_t item_size = field->type == REC_REALS  ? sizeof(double)
                       : field->type == REC_INTS ? sizeof(int)
                                                 : field->size;
    if (n > INT32_MAX || (field->max_n > 0 && n > (size_t)field->max_n))
        return wfm_fail(error, WFM_ERROR_INPUT, "%s: %zu elements; at most %d", path, n,
                        field->max_n > 0 ? field->max_n : INT32_MAX);
    int *count = COUNT_AT(field, base);
    if (field->no_count && (size_t)*count != n)
        return wfm_fail(error, WFM_ERROR_INPUT, "%s: %zu elements where %d are needed", path, n, *count);
    char *items = AT(field, base);
    if (field->max_n == 0) {
        char *array = n == 0 ? NULL : g_malloc0_n(n, item_size);
        memcpy(items, &array, sizeof array);
        items = array;
    }
    if (!field->no_count)
        *count = (int)n;
    for (size_t i = 0; i < n; i++) {
        const json_t *item = json_array_get(json, i);
        char *slot = items + i * item_size;
        /* good numbers are by far the most and need no words for where they are */
        if (field->type == REC_REALS && json_is_number(item) && isfinite(json_number_value(item))) {
            *(double *)(void *)slot = json_number_value(item);
            continue;
        }
        g_autofree char *at = g_strdup_printf("%s[%zu]", path, i);
        bool ok = field->type == REC_REALS  ? read_real(item, at, (double *)(void *)slot, error)
                  : field->type == REC_INTS ? read_int(field, item, (int *)(void *)slot, at, error)
                                            : rec_read(field->fields, item, slot, at, error);
        if (!ok)
            return false;
    }
    return true;
}

static bool read_field(const struct rec_field *field, const json_t *json, void *base, const char *path,
                       GError **error)
{
    void *at = AT(field, base);
    long long value;
    switch (field->type) {
    case REC_TEXT:
    case REC_CODE:
    case REC_UINT64:
        return read_text(field, json, at, path, error);
    case REC_INT:
        return read_int(field, json, at, path, error);
    case REC_INT64:
        if (!read_integer(json, path, INT64_MIN, INT64_MAX, &value, error))
            return false;
        *(int64_t *)at = value;
        return true;
    case REC_LONG:
        if (!read_integer(json, path, G_MINLONG, G_MAXLONG, &value, error))
            return false;
        *(long *)at = (long)value;
        return true;
    case REC_UINT8:
        if (!read_integer(json, path, 0, UINT8_MAX, &value, error))
            return false;
        *(uint8_t *)at = (uint8_t)value;
        return true;
    case REC_REAL:
        return read_real(json, path, at, error);
    case REC_BOOL:
        if (!json_is_boolean(json))
            return wrong_type(json, path, "true or false", error);
        *(bool *)at = json_is_true(json);
        return true;
    case REC_ENUM:
        return read_enum(field, json, at, path, error);
    case REC_OBJECT:
        return rec_read(field->fields, json, base, path, error);
    case REC_CHILD: {
        void *child = g_malloc0(field->size);
        memcpy(at, &child, sizeof child);
        return rec_read(field->fields, json, child, path, error);
    }
    case REC_REALS:
    case REC_INTS:
    case REC_LIST:
        return read_array(field, json, base, path, error);
    }
    return false;
}

bool rec_read(const struct rec_field *fields, const json_t *json, void *base, const char *path,
              GError **error)
{
    if (!json_is_object(json))
        return wrong_type(json, path, "an object", error);
    size_t known = 0;
    for (const struct rec_field *field = fields; field->key != NULL; field++) {
        const json_t *value = json_object_get(json, field->key);
        g_autofree char *at = g_strdup_printf("%s.%s", path, field->key);
        if (value == NULL && field->optional)
            continue;
        if (value == NULL)
            return wfm_fail(error, WFM_ERROR_INPUT, "%s is missing", at);
        if (!read_field(field, value, base, at, error))
            return false;
        known++;
    }
    if (json_object_size(json) == known)
        return true;
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)json, key, value)
    {
        const struct rec_field *field = fields;
        while (field->key != NULL && strcmp(field->key, key) != 0)
            field++;
        if (field->key == NULL)
            return wfm_fail(error, WFM_ERROR_INPUT, "%s: unknown key \"%.64s\"", path, key);
    }
    return true;
}
