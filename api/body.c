#include "api/body.h"

#include <math.h>
#include <string.h>

#include "core/error.h"
#include "core/operation.h"
#include "core/week.h"

#define SHOWN_MAX 60 /* characters of a wrong text that are repeated */
#define CLOCK_MAX_MIN 1440

/* Where the reader is. */
struct reader {
    struct api_call *call;
    GString *pointer; /* of the value being read */
};

/* --- errors
 * ----------------------------------------------------------------------------------------------------- */

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

G_GNUC_PRINTF(2, 3) static bool wrong(struct reader *reader, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    wrong_va(reader->call, reader->pointer->str, format, args);
    va_end(args);
    return false;
}

/* One step down; returns where to truncate the pointer afterwards. */
static size_t enter(struct reader *reader, const char *member)
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

static size_t enter_element(struct reader *reader, size_t index)
{
    size_t before = reader->pointer->len;
    g_string_append_printf(reader->pointer, "/%zu", index);
    return before;
}

static void leave(struct reader *reader, size_t before)
{
    g_string_truncate(reader->pointer, before);
}

static char *shown(const char *text)
{
    return g_utf8_strlen(text, -1) <= SHOWN_MAX ? g_strdup(text) : g_utf8_substring(text, 0, SHOWN_MAX);
}

/* --- texts
 * ------------------------------------------------------------------------------------------------------ */

static bool text_clean(const char *text, bool lines)
{
    for (const char *p = text; *p != '\0'; p++)
        if ((guchar)*p == 0x7f || ((guchar)*p < 0x20 && !(lines && (*p == '\n' || *p == '\t' || *p == '\r'))))
            return false;
    return true;
}

static bool text_ok(struct reader *reader, const struct body_field *field, const char *text)
{
    const char *why = NULL;
    glong length = g_utf8_strlen(text, -1);
    glong max = field->kind == BODY_TEXT && field->max > 0 ? (glong)field->max : BODY_TEXT_MAX;
    g_autofree char *some = shown(text);
    if (length > max)
        return wrong(reader, "has %ld characters; at most %ld are fine", length, max);
    if (length < 1 && !(field->kind == BODY_TEXT && field->min < 0))
        return wrong(reader, "is empty");
    if (!text_clean(text, field->flags & BODY_LINES))
        return wrong(reader, "has a control character");
    if (field->check != NULL && !field->check(text, &why))
        return wrong(reader, "\"%s\" %s", some, why);
    return true;
}

static bool id_right(struct reader *reader, const struct body_field *field, const char *text)
{
    const char *why = NULL;
    g_autofree char *some = shown(text);
    if (!id_ok(text))
        return wrong(reader, "\"%s\" is not an id: 1 to %d of A-Z a-z 0-9 _ . -", some, WFM_ID_MAX);
    if (field->check != NULL && !field->check(text, &why))
        return wrong(reader, "\"%s\" %s", some, why);
    return true;
}

static bool zone_right(struct reader *reader, const char *text)
{
    g_autofree char *some = shown(text);
    return api_zone(reader->call, text, NULL) != NULL ||
           wrong(reader, "\"%s\" is not a time zone; write an IANA name such as Asia/Manila", some);
}

static bool code_right(struct reader *reader, const char *text)
{
    bool ok = strlen(text) == 3 && strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 3;
    g_autofree char *some = shown(text);
    return ok || wrong(reader, "\"%s\" is not three capital letters such as USD", some);
}

/* --- numbers and times
 * ------------------------------------------------------------------------------------------ */

/* Above a positive least, no most means any. */
static bool in_range(struct reader *reader, double value, double min, double max)
{
    if (max == 0 && min > 0)
        max = G_MAXDOUBLE;
    if (value >= min && value <= max)
        return true;
    return max >= (double)G_MAXINT64 ? wrong(reader, "%.15g is less than %.15g", value, min)
                                     : wrong(reader, "%.15g is not within %.15g to %.15g", value, min, max);
}

/* A whole number; 3.0 is one. */
static bool whole(struct reader *reader, const json_t *value, int64_t *out)
{
    if (json_is_integer(value)) {
        *out = json_integer_value(value);
        return true;
    }
    double real = json_real_value(value);
    if (!json_is_real(value) || real != floor(real) || fabs(real) > 9007199254740992.0)
        return wrong(reader, "is not a whole number");
    *out = (int64_t)real;
    return true;
}

static bool read_int(struct reader *reader, const struct body_field *field, const json_t *value, void *at)
{
    int64_t number;
    bool any = field->min == 0 && field->max == 0;
    if (!whole(reader, value, &number) ||
        !in_range(reader, (double)number, any ? G_MININT : field->min, any ? G_MAXINT : field->max))
        return false;
    *(int *)at = (int)number;
    return true;
}

static bool read_int64(struct reader *reader, const struct body_field *field, const json_t *value, void *at)
{
    int64_t number;
    bool any = field->min == 0 && field->max == 0;
    if (!whole(reader, value, &number) ||
        !in_range(reader, (double)number, any ? 1 : field->min, any ? (double)G_MAXINT64 : field->max))
        return false;
    *(int64_t *)at = number;
    return true;
}

static bool read_real(struct reader *reader, const struct body_field *field, const json_t *value, void *at)
{
    bool share = field->kind == BODY_SHARE, any = !share && field->min == 0 && field->max == 0;
    double real = json_number_value(value);
    if (!json_is_number(value) || !isfinite(real))
        return wrong(reader, "is not a number");
    if (!in_range(reader, real, any ? -G_MAXDOUBLE : field->min, any ? G_MAXDOUBLE : share ? 1 : field->max))
        return false;
    *(double *)at = real;
    return true;
}

static bool instant_right(struct reader *reader, const char *text, int64_t *out)
{
    g_autofree char *some = shown(text);
    if (!time_parse(text, NULL, out, NULL))
        return wrong(reader, "\"%s\" is not an RFC 3339 instant with offset, as 2026-11-23T08:00:00+08:00",
                     some);
    return (*out >= QUERY_TS_MIN && *out < QUERY_TS_MAX) || wrong(reader, "is not in the years 1900 to 2199");
}

static bool day_right(struct reader *reader, const char *text, int32_t *out)
{
    g_autofree char *some = shown(text);
    if (!day_parse(text, out, NULL))
        return wrong(reader, "\"%s\" is not a date such as 2026-11-23", some);
    return (*out >= QUERY_TS_MIN / DAY_S && *out < QUERY_TS_MAX / DAY_S) ||
           wrong(reader, "is not in the years 1900 to 2199");
}

static bool week_right(struct reader *reader, const char *text, int32_t *out)
{
    g_autofree char *some = shown(text);
    bool iso = strchr(text, 'W') != NULL; /* the command also takes a Monday */
    if (!iso || !week_parse(text, out, NULL))
        return wrong(reader, "\"%s\" is not an ISO week such as 2026-W48", some);
    return (*out >= QUERY_TS_MIN / DAY_S && *out < QUERY_TS_MAX / DAY_S - WEEK_DAYS) ||
           wrong(reader, "is not in the years 1900 to 2199");
}

static bool clock_right(struct reader *reader, const struct body_field *field, const char *text, int *out)
{
    bool shape = strlen(text) == 5 && text[2] == ':' && strspn(text, "0123456789") == 2 &&
                 strspn(text + 3, "0123456789") == 2;
    int minutes =
        shape ? ((text[0] - '0') * 10 + text[1] - '0') * 60 + (text[3] - '0') * 10 + text[4] - '0' : -1;
    int max = field->max > 0 ? (int)field->max : CLOCK_MAX_MIN;
    g_autofree char *some = shown(text);
    if (minutes < 0 || text[3] > '5' || minutes > max)
        return wrong(reader, "\"%s\" is not a time of the clock from 00:00 to %02d:%02d", some, max / 60,
                     max % 60);
    *out = minutes;
    return true;
}

/* --- choices
 * ---------------------------------------------------------------------------------------------------- */

static int choice_of(const struct body_field *field, const json_t *value)
{
    const char *text = json_string_value(value);
    for (int k = 0; text != NULL && field->choices[k] != NULL; k++)
        if (strcmp(field->choices[k], text) == 0)
            return k;
    return -1;
}

static bool not_a_choice(struct reader *reader, const struct body_field *field)
{
    g_autofree char *all = g_strjoinv(", ", (char **)(uintptr_t)field->choices);
    return wrong(reader, "is none of: %s", all);
}

static bool read_flags(struct reader *reader, const struct body_field *field, const json_t *value, void *at)
{
    unsigned bits = 0;
    bool ok = true;
    if (!json_is_array(value))
        return wrong(reader, "is not a list");
    for (size_t k = 0; k < json_array_size(value); k++) {
        size_t before = enter_element(reader, k);
        int choice = choice_of(field, json_array_get(value, k));
        if (choice < 0)
            ok = not_a_choice(reader, field);
        else if (bits & 1u << choice)
            ok = wrong(reader, "is there twice");
        else
            bits |= 1u << choice;
        leave(reader, before);
    }
    *(unsigned *)at = bits;
    return ok;
}

/* --- values
 * ----------------------------------------------------------------------------------------------------- */

static bool read_object(struct reader *reader, const struct body_field *fields, const json_t *json,
                        char *base);

static const char *text_of(struct reader *reader, const json_t *value)
{
    if (!json_is_string(value))
        wrong(reader, "is not a text");
    return json_string_value(value);
}

/* Kinds that are a JSON string. */
static bool read_text(struct reader *reader, const struct body_field *field, const json_t *value, void *at)
{
    const char *text = text_of(reader, value);
    if (text == NULL)
        return false;
    switch (field->kind) {
    case BODY_INSTANT:
        return instant_right(reader, text, at);
    case BODY_DAY:
        return day_right(reader, text, at);
    case BODY_WEEK:
        return week_right(reader, text, at);
    case BODY_CLOCK:
        return clock_right(reader, field, text, at);
    case BODY_CODE:
        return code_right(reader, text) && g_strlcpy(at, text, 4) == 3;
    case BODY_ID:
        if (!id_right(reader, field, text))
            return false;
        break;
    case BODY_ZONE:
        if (!zone_right(reader, text))
            return false;
        break;
    default:
        if (!text_ok(reader, field, text))
            return false;
    }
    *(char **)at = g_strdup(text);
    return true;
}

/* Size of an element of a list of plain values. */
static size_t element_size(const struct body_field *field)
{
    return field->kind == BODY_TEXTS || field->kind == BODY_IDS ? sizeof(char *)
           : field->kind == BODY_INTS                           ? sizeof(int)
           : field->kind == BODY_INT64S                         ? sizeof(int64_t)
           : field->kind == BODY_REALS                          ? sizeof(double)
                                                                : field->size;
}

static bool twice(const struct body_field *field, const json_t *list, size_t k)
{
    for (size_t other = 0; other < k && (field->kind == BODY_IDS || field->kind == BODY_INT64S); other++)
        if (json_equal(json_array_get(list, other), json_array_get(list, k)))
            return true;
    return false;
}

static bool read_element(struct reader *reader, const struct body_field *field, const json_t *value, char *at)
{
    struct body_field plain = {.kind = BODY_TEXT, .flags = field->flags, .check = field->check};
    switch (field->kind) {
    case BODY_LIST:
        return read_object(reader, field->fields, value, at);
    case BODY_IDS:
        plain.kind = BODY_ID;
        return read_text(reader, &plain, value, at);
    case BODY_INTS:
        plain.max = G_MAXINT;
        return read_int(reader, &plain, value, at);
    case BODY_INT64S:
        return read_int64(reader, &plain, value, at);
    case BODY_REALS:
        return read_real(reader, &plain, value, at);
    default:
        return read_text(reader, &plain, value, at);
    }
}

static bool read_list(struct reader *reader, const struct body_field *field, const json_t *value, char *base)
{
    if (!json_is_array(value))
        return wrong(reader, "is not a list");
    size_t n = json_array_size(value), max = field->max > 0 ? (size_t)field->max : BODY_LIST_MAX;
    if (n > max || (double)n < field->min)
        return wrong(reader, "has %zu elements; %.0f to %zu are fine", n, field->min, max);
    size_t size = element_size(field);
    char *elements = g_malloc0(size * (n + 1)); /* a list of texts ends in NULL */
    *(char **)(base + field->offset) = elements;
    *(int *)(base + field->count) = (int)n;
    bool ok = true;
    for (size_t k = 0; k < n; k++) {
        size_t before = enter_element(reader, k);
        ok = read_element(reader, field, json_array_get(value, k), elements + k * size) && ok;
        if (twice(field, value, k))
            ok = wrong(reader, "is there twice");
        leave(reader, before);
    }
    return ok;
}

static bool read_value(struct reader *reader, const struct body_field *field, const json_t *value, char *base)
{
    char *at = base + field->offset;
    switch (field->kind) {
    case BODY_INT:
        return read_int(reader, field, value, at);
    case BODY_INT64:
        return read_int64(reader, field, value, at);
    case BODY_REAL:
    case BODY_SHARE:
        return read_real(reader, field, value, at);
    case BODY_BOOL:
        *(bool *)at = json_is_true(value);
        return json_is_boolean(value) || wrong(reader, "is neither true nor false");
    case BODY_CHOICE: {
        int choice = choice_of(field, value);
        if (choice < 0)
            return not_a_choice(reader, field);
        *(int *)at = choice;
        return true;
    }
    case BODY_FLAGS:
        return read_flags(reader, field, value, at);
    case BODY_TEXTS:
    case BODY_IDS:
    case BODY_INTS:
    case BODY_INT64S:
    case BODY_REALS:
    case BODY_LIST:
        return read_list(reader, field, value, base);
    case BODY_OBJECT:
        return read_object(reader, field->fields, value, at);
    case BODY_JSON:
        *(json_t **)at = json_incref((json_t *)(uintptr_t)value);
        return true;
    case BODY_IGNORED:
        return true;
    default:
        return read_text(reader, field, value, at);
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
        return wrong(reader, "is not an object");
    bool ok = true;
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)json, name, value)
    {
        const struct body_field *field = field_of(fields, name);
        size_t before = enter(reader, name);
        if (field == NULL)
            ok = wrong(reader, "is not known here");
        else if (!json_is_null(value) || field->kind == BODY_JSON)
            ok = read_value(reader, field, value, base) && ok;
        else if (!(field->flags & BODY_NULLABLE) && field->kind != BODY_IGNORED)
            ok = wrong(reader, "is null");
        if (field != NULL && field->given != 0)
            *(bool *)(base + field->given) = true;
        leave(reader, before);
    }
    for (; fields->name != NULL; fields++)
        if ((fields->flags & BODY_REQUIRED) && json_object_get(json, fields->name) == NULL) {
            size_t before = enter(reader, fields->name);
            ok = wrong(reader, "is missing");
            leave(reader, before);
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

/* RFC 7396: a new reference to target with the patch laid over it. */
static json_t *merged(const json_t *target, const json_t *patch)
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
            json_object_set_new(out, name, merged(json_object_get(out, name), value));
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
    json_t *whole_json = json_is_object(patch) ? merged(base, patch) : json_incref(patch);
    bool ok = body_read_json(call, whole_json, fields, out, error);
    json_decref(whole_json);
    json_decref(base);
    json_decref(patch);
    return ok;
}
