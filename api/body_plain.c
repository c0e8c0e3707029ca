#include <math.h>
#include <string.h>

#include "api/body_reader.h"
#include "core/operation.h"
#include "core/week.h"

#define SHOWN_MAX 60 /* characters of a wrong text that are repeated */
#define CLOCK_MAX_MIN 1440

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
        return reader_wrong(reader, "has %ld characters; at most %ld are fine", length, max);
    if (length < 1 && !(field->kind == BODY_TEXT && field->min < 0))
        return reader_wrong(reader, "is empty");
    if (!text_clean(text, field->flags & BODY_LINES))
        return reader_wrong(reader, "has a control character");
    if (field->check != NULL && !field->check(text, &why))
        return reader_wrong(reader, "\"%s\" %s", some, why);
    return true;
}

static bool id_right(struct reader *reader, const struct body_field *field, const char *text)
{
    const char *why = NULL;
    g_autofree char *some = shown(text);
    if (!id_ok(text))
        return reader_wrong(reader, "\"%s\" is not an id: 1 to %d of A-Z a-z 0-9 _ . -", some, WFM_ID_MAX);
    if (field->check != NULL && !field->check(text, &why))
        return reader_wrong(reader, "\"%s\" %s", some, why);
    return true;
}

static bool zone_right(struct reader *reader, const char *text)
{
    g_autofree char *some = shown(text);
    return api_zone(reader->call, text, NULL) != NULL ||
           reader_wrong(reader, "\"%s\" is not a time zone; write an IANA name such as Asia/Manila", some);
}

static bool code_right(struct reader *reader, const char *text)
{
    bool ok = strlen(text) == 3 && strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 3;
    g_autofree char *some = shown(text);
    return ok || reader_wrong(reader, "\"%s\" is not three capital letters such as USD", some);
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
    return max >= (double)G_MAXINT64
               ? reader_wrong(reader, "%.15g is less than %.15g", value, min)
               : reader_wrong(reader, "%.15g is not within %.15g to %.15g", value, min, max);
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
        return reader_wrong(reader, "is not a whole number");
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
        return reader_wrong(reader, "is not a number");
    if (!in_range(reader, real, any ? -G_MAXDOUBLE : field->min, any ? G_MAXDOUBLE : share ? 1 : field->max))
        return false;
    *(double *)at = real;
    return true;
}

static bool instant_right(struct reader *reader, const char *text, int64_t *out)
{
    g_autofree char *some = shown(text);
    if (!time_parse(text, NULL, out, NULL))
        return reader_wrong(
            reader, "\"%s\" is not an RFC 3339 instant with offset, as 2026-11-23T08:00:00+08:00", some);
    return (*out >= QUERY_TS_MIN && *out < QUERY_TS_MAX) ||
           reader_wrong(reader, "is not in the years 1900 to 2199");
}

static bool day_right(struct reader *reader, const char *text, int32_t *out)
{
    g_autofree char *some = shown(text);
    if (!day_parse(text, out, NULL))
        return reader_wrong(reader, "\"%s\" is not a date such as 2026-11-23", some);
    return (*out >= QUERY_TS_MIN / DAY_S && *out < QUERY_TS_MAX / DAY_S) ||
           reader_wrong(reader, "is not in the years 1900 to 2199");
}

static bool week_right(struct reader *reader, const char *text, int32_t *out)
{
    g_autofree char *some = shown(text);
    bool iso = strchr(text, 'W') != NULL; /* the command also takes a Monday */
    if (!iso || !week_parse(text, out, NULL))
        return reader_wrong(reader, "\"%s\" is not an ISO week such as 2026-W48", some);
    return (*out >= QUERY_TS_MIN / DAY_S && *out < QUERY_TS_MAX / DAY_S - WEEK_DAYS) ||
           reader_wrong(reader, "is not in the years 1900 to 2199");
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
        return reader_wrong(reader, "\"%s\" is not a time of the clock from 00:00 to %02d:%02d", some,
                            max / 60, max % 60);
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
    return reader_wrong(reader, "is none of: %s", all);
}

static bool read_flags(struct reader *reader, const struct body_field *field, const json_t *value, void *at)
{
    unsigned bits = 0;
    bool ok = true;
    if (!json_is_array(value))
        return reader_wrong(reader, "is not a list");
    for (size_t k = 0; k < json_array_size(value); k++) {
        size_t before = reader_enter_element(reader, k);
        int choice = choice_of(field, json_array_get(value, k));
        if (choice < 0)
            ok = not_a_choice(reader, field);
        else if (bits & 1u << choice)
            ok = reader_wrong(reader, "is there twice");
        else
            bits |= 1u << choice;
        reader_leave(reader, before);
    }
    *(unsigned *)at = bits;
    return ok;
}
/* --- values
 * ----------------------------------------------------------------------------------------------------- */

static const char *text_of(struct reader *reader, const json_t *value)
{
    if (!json_is_string(value))
        reader_wrong(reader, "is not a text");
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

bool read_plain(struct reader *reader, const struct body_field *field, const json_t *value, void *at)
{
    int choice;
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
        return json_is_boolean(value) || reader_wrong(reader, "is neither true nor false");
    case BODY_CHOICE:
        choice = choice_of(field, value);
        if (choice < 0)
            return not_a_choice(reader, field);
        *(int *)at = choice;
        return true;
    case BODY_FLAGS:
        return read_flags(reader, field, value, at);
    case BODY_JSON:
        *(json_t **)at = json_incref((json_t *)(uintptr_t)value);
        return true;
    case BODY_IGNORED:
        return true;
    default:
        return read_text(reader, field, value, at);
    }
}
