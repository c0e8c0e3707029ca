/*
 * record.h - structs to JSON and back by tables of their fields, exactly: for plan files.
 *
 * Keys are written in the order of the table; reading needs every key that is not optional, in any order, and
 * no other. An optional one is left out when it holds nothing (0, false, NULL, no elements), and what is
 * missing stays as it is: so a file from before the field reads, and has the hash it had. Doubles are written
 * with 17 digits, so they read back bit for bit; 64-bit unsigned ones as text, since JSON libraries keep 63
 * bits. NaN and infinity are errors.
 */
#ifndef WFM_CORE_RECORD_H
#define WFM_CORE_RECORD_H

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

enum rec_type {
    REC_TEXT,   /* char *; NULL is written as null */
    REC_CODE,   /* char[4] */
    REC_INT,    /* int, int32_t; within min..max */
    REC_INT64,  /* int64_t */
    REC_LONG,   /* long */
    REC_UINT8,  /* uint8_t */
    REC_UINT64, /* uint64_t, as decimal text */
    REC_REAL,   /* double, finite */
    REC_BOOL,   /* bool */
    REC_ENUM,   /* by name */
    REC_REALS,  /* double *, its length an int at count_offset */
    REC_INTS,   /* int *, likewise */
    REC_OBJECT, /* a nested object of fields of the same struct */
    REC_CHILD,  /* an object of its own behind a pointer, allocated with `size`; optional: NULL */
    REC_LIST    /* array of objects: pointer, or inline when max_n > 0; its length an int at count_offset */
};

struct rec_field {
    const char *key; /* NULL ends a table */
    enum rec_type type;
    size_t offset;
    size_t count_offset;
    long long min, max; /* REC_INT; both 0: the range of int32_t */
    const char *(*enum_name)(int value);
    int enum_n;
    const struct rec_field *fields;
    size_t size;
    int max_n;
    bool optional;
    bool no_count; /* REC_REALS: the length read earlier into count_offset is kept and must agree */
};

/* For tables. */
#define REC_AT(type, member) .offset = offsetof(struct type, member)
#define REC_COUNT(type, member) .count_offset = offsetof(struct type, member)

/* A new reference; NULL with WFM_ERROR_INTERNAL naming the path of a number that is not finite. */
json_t *rec_write(const struct rec_field *fields, const void *base, const char *path, GError **error);

/* Fills base, which is all zero before; what was allocated before a failure stays for its owner to free.
   WFM_ERROR_INPUT with the JSON path ("problem.operation.queues[3].sla.target: …"). */
bool rec_read(const struct rec_field *fields, const json_t *json, void *base, const char *path,
              GError **error);

#endif
