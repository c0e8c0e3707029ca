#include "api/json_writer.h"

#include <string.h>

void json_writer_init(struct json_writer *writer, size_t expected)
{
    *writer = (struct json_writer){.text = g_malloc(expected + 1), .size = expected + 1};
}

void json_writer_clear(struct json_writer *writer)
{
    g_free(writer->text);
    *writer = (struct json_writer){0};
}

char *json_writer_take(struct json_writer *writer, size_t *length)
{
    char *text = writer->text;
    text[writer->length] = '\0';
    if (length != NULL)
        *length = writer->length;
    *writer = (struct json_writer){0};
    return text;
}

/* Room for n more bytes and the NUL behind all. */
static char *room(struct json_writer *writer, size_t n)
{
    if (writer->length + n + 1 > writer->size) {
        writer->size = MAX(2 * writer->size, writer->length + n + 1);
        writer->text = g_realloc(writer->text, writer->size);
    }
    return writer->text + writer->length;
}

static void put(struct json_writer *writer, const char *bytes, size_t n)
{
    memcpy(room(writer, n), bytes, n);
    writer->length += n;
}

static void put_char(struct json_writer *writer, char c)
{
    *room(writer, 1) = c;
    writer->length++;
}

/* Before a value or a name. */
static void separate(struct json_writer *writer)
{
    if (writer->comma)
        put_char(writer, ',');
    writer->comma = true;
}

static void begin(struct json_writer *writer, char c)
{
    separate(writer);
    put_char(writer, c);
    writer->comma = false;
}

static void end(struct json_writer *writer, char c)
{
    put_char(writer, c);
    writer->comma = true;
}

void json_object_begin(struct json_writer *writer)
{
    begin(writer, '{');
}

void json_object_end(struct json_writer *writer)
{
    end(writer, '}');
}

void json_array_begin(struct json_writer *writer)
{
    begin(writer, '[');
}

void json_array_end(struct json_writer *writer)
{
    end(writer, ']');
}

void json_name(struct json_writer *writer, const char *name)
{
    size_t n = strlen(name);
    separate(writer);
    char *at = room(writer, n + 3);
    *at++ = '"';
    memcpy(at, name, n);
    memcpy(at + n, "\":", 2);
    writer->length += n + 3;
    writer->comma = false;
}

void json_fixed(struct json_writer *writer, const char *text, size_t length)
{
    separate(writer);
    put(writer, text, length);
    writer->comma = false;
}

static void put_escape(struct json_writer *writer, unsigned char c)
{
    static const char from[] = "\"\\\b\f\n\r\t", to[] = "\"\\bfnrt";
    const char *known = c != '\0' ? strchr(from, c) : NULL;
    char text[8] = {'\\', known != NULL ? to[known - from] : 'u'};
    if (known == NULL)
        g_snprintf(text + 2, sizeof(text) - 2, "%04X", c);
    put(writer, text, known != NULL ? 2 : 6);
}

void json_text_value(struct json_writer *writer, const char *text)
{
    if (text == NULL) {
        json_none(writer);
        return;
    }
    separate(writer);
    put_char(writer, '"');
    for (const char *p = text;;) {
        const char *plain = p;
        while ((unsigned char)*p >= 0x20 && *p != '"' && *p != '\\')
            p++;
        put(writer, plain, (size_t)(p - plain));
        if (*p == '\0')
            break;
        put_escape(writer, (unsigned char)*p++);
    }
    put_char(writer, '"');
}

void json_int(struct json_writer *writer, int64_t value)
{
    char digits[20];
    size_t n = sizeof(digits);
    uint64_t rest = value < 0 ? -(uint64_t)value : (uint64_t)value;
    separate(writer);
    do {
        digits[--n] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    if (value < 0)
        put_char(writer, '-');
    put(writer, digits + n, sizeof(digits) - n);
}

void json_flag(struct json_writer *writer, bool value)
{
    separate(writer);
    put(writer, value ? "true" : "false", value ? 4 : 5);
}

void json_none(struct json_writer *writer)
{
    separate(writer);
    put(writer, "null", 4);
}

/* Fills the writer's day, if the local day of the instant has one offset, of whole minutes, throughout. */
static void day_of(struct json_writer *writer, int64_t ts, const struct zone *zone)
{
    struct local_time local = zone_local(zone, ts);
    int64_t from_ts = ts - local.second;
    writer->zone = zone;
    writer->day_from_ts = writer->day_to_ts = 0;
    if (local.offset_s % 60 != 0 || zone_local(zone, from_ts).offset_s != local.offset_s ||
        zone_local(zone, from_ts + DAY_S - 1).offset_s != local.offset_s)
        return;
    writer->day_from_ts = from_ts;
    writer->day_to_ts = from_ts + DAY_S;
    writer->day_length = time_write(from_ts, zone, writer->day);
}

void json_instant(struct json_writer *writer, int64_t ts, const struct zone *zone)
{
    separate(writer);
    char *at = room(writer, TIME_TEXT_MAX + 2);
    *at++ = '"';
    if (zone != NULL && (zone != writer->zone || ts < writer->day_from_ts || ts >= writer->day_to_ts))
        day_of(writer, ts, zone);
    size_t n;
    if (zone != NULL && ts >= writer->day_from_ts && ts < writer->day_to_ts) {
        int second = (int)(ts - writer->day_from_ts);
        n = writer->day_length;
        memcpy(at, writer->day, n);
        char *minutes = two_digits(at + strlen("2026-11-23T"), second / 3600) + 1; /* over the colons */
        two_digits(two_digits(minutes, second / 60 % 60) + 1, second % 60);
    } else {
        n = time_write(ts, zone, at);
    }
    at[n] = '"';
    writer->length += n + 2;
}

void json_members(struct json_writer *writer, const char *members, size_t length)
{
    separate(writer);
    put(writer, members, length);
}
