/*
 * json_writer.h - JSON text written straight into its buffer, for the answers that are asked for most. The
 * text is that of api_reply_json: compact, members in the order they are written, strings escaped as little
 * as RFC 8259 allows.
 *
 * The caller keeps the grammar: a name before each member of an object, an end for each begin. Commas come by
 * themselves. Not thread-safe; on the stack, and json_writer_take or json_writer_clear at the end.
 */
#ifndef WFM_API_JSON_WRITER_H
#define WFM_API_JSON_WRITER_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/zone.h"

struct json_writer {
    char *text;
    size_t length, size;
    bool comma; /* something stands before the next value on its level */
    /* of the last instant: it and its neighbours share the day */
    const struct zone *zone;
    int64_t day_from_ts, day_to_ts; /* [from, to): same local day and offset */
    char day[TIME_TEXT_MAX];        /* as its first instant is written */
    size_t day_length;
};

/* `expected`: bytes to begin with; it grows by itself. */
void json_writer_init(struct json_writer *writer, size_t expected);
void json_writer_clear(struct json_writer *writer);
/* The text, NUL behind it, and its length; g_free. The writer is empty then. */
char *json_writer_take(struct json_writer *writer, size_t *length);

void json_object_begin(struct json_writer *writer);
void json_object_end(struct json_writer *writer);
void json_array_begin(struct json_writer *writer);
void json_array_end(struct json_writer *writer);

/* The name of the next member: of ASCII letters, digits and '_' only. */
void json_name(struct json_writer *writer, const char *name);
/* The same of a literal, which is measured when it is compiled. */
#define JSON_NAME(writer, literal) json_fixed(writer, "\"" literal "\":", sizeof("\"" literal "\":") - 1)
void json_fixed(struct json_writer *writer, const char *text, size_t length);
/* UTF-8; NULL: null. */
void json_text_value(struct json_writer *writer, const char *text);
void json_int(struct json_writer *writer, int64_t value);
void json_flag(struct json_writer *writer, bool value);
void json_none(struct json_writer *writer);
/* RFC 3339 in the zone; NULL: UTC. */
void json_instant(struct json_writer *writer, int64_t ts, const struct zone *zone);
/* Members that another writer has written, without braces: "\"a\":1,\"b\":2". */
void json_members(struct json_writer *writer, const char *members, size_t length);

#endif
