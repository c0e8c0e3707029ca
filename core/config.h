/*
 * config.h - a strict reader of libconfig files: tables of keys say what may stand where.
 *
 * libconfig 1.5 by itself exits the process on some @include, cuts integers over 9 digits and takes any key.
 * Here
 * @include is refused before parsing, long integers need an L, every key must be in the table, every value
 * must have its type and lie within its range, and an error says file:line, key path, value and what to write
 * instead.
 */
#ifndef WFM_CORE_CONFIG_H
#define WFM_CORE_CONFIG_H

#include <glib.h>
#include <libconfig.h>
#include <stdbool.h>

#include "core/part.h"

enum cfg_type {
    CFG_TEXT,    /* char *, 1..200 characters */
    CFG_CODE,    /* char[4], three capital letters */
    CFG_INT,     /* int */
    CFG_REAL,    /* double; takes integers */
    CFG_BOOL,    /* bool */
    CFG_SECONDS, /* double seconds: a number in the unit its key ends with (x_seconds, x_minutes, x_hours), or
                    "4h" */
    CFG_MINUTES, /* int minutes, likewise; seconds that make no whole minute are refused */
    CFG_CLOCK,   /* int minutes from midnight, "HH:MM" up to `max` */
    CFG_DAYS,    /* uint8_t weekdays */
    CFG_ENUM,    /* an enum, by name */
    CFG_REF,     /* int, index of the thing with this id */
    CFG_REFS,    /* int * and, at count_offset, int: an array of ids */
    CFG_GROUP,   /* { } whose keys write into the same struct */
    CFG_LIST,    /* ( {}, {} ): elements; pointer, or inline array when max_n > 0, and int at count_offset */
    CFG_REALS,   /* double * and, at count_offset, int: an array of numbers; as many as that int says
                    already when `counted` */
    CFG_SHARES,  /* double: a share, or a group of named ones, struct shrinkage_part * at parts_offset and int
                    at count_offset */
    /* In JSON only (core/config_json.h): */
    CFG_DATE,  /* int32_t civil day, "2026-11-23"; none_day is no day */
    CFG_WHEN,  /* int64_t instant, RFC 3339, or a date: its first instant, after its last when `end` */
    CFG_CLOCKS /* int minutes from midnight and, at count_offset, int: "06:00-10:00" within a day; both 0:
                  none */
};

/* One key. Keys are read in the order of the table, so a reference comes after what it refers to. A value
   that is not given leaves the struct as the list's `init` made it. */
struct cfg_key {
    const char *
        name; /* for CFG_SECONDS and CFG_MINUTES without `unit` the base: "rest" stands for rest_minutes, … */
    enum cfg_type type;
    size_t offset;
    bool required;
    double min, max;  /* range of numbers, in the unit stored; min == max: none */
    const char *unit; /* for messages; given for a duration: numbers have this unit and the name is whole */
    const char *(*enum_name)(int value); /* CFG_ENUM */
    int enum_n;
    enum part ref;              /* CFG_REF, CFG_REFS: what it refers to */
    const struct cfg_key *keys; /* CFG_GROUP, CFG_LIST; ends with a NULL name */
    size_t size;                /* CFG_LIST: of an element */
    size_t count_offset;
    int max_n; /* CFG_LIST: 0 = allocated, as many as there are */
    void (*init)(void *element);
    size_t parts_offset; /* CFG_SHARES */
    bool counted;        /* CFG_REALS */
    bool sparse;         /* CFG_GROUP: JSON leaves out its zeros */
    bool planner;        /* JSON for others leaves it out */
    bool end;            /* CFG_WHEN */
    int bias;            /* CFG_INT: what is written is so much more than what is stored */
    int32_t none_day;    /* CFG_DATE */
};

/* What both readers say. */
#define CFG_COUNTED "%d values for a concurrency of %d; write one for 1, 2, … contacts at once"
#define CFG_SHARE "(a share: 3 % is 0.03)"
#define CFG_SHARE_OR_PARTS "(a share), nor a group of named shares"
#define CFG_SHARES_SUM "its parts make %.4g; at most %g"

/* Reads the file into base; references are looked for in `operation`. What was stored before a failure stays
   in base, for its owner to free. Files up to 16 MiB of UTF-8. */
bool cfg_read(const char *path, const struct cfg_key *keys, void *base, const struct operation *operation,
              GError **error);
/* The same from a text; path is for messages. */
bool cfg_read_text(const char *path, const char *text, size_t length, const struct cfg_key *keys, void *base,
                   const struct operation *operation, GError **error);

/* What must be refused before libconfig sees a text: @include, NUL, wrong UTF-8, integers it would cut or
   read as octal, endless nesting, more than 16 MiB. */
bool cfg_scan(const char *path, const char *text, size_t length, GError **error);

#endif
