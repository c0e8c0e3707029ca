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

struct operation;

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
    CFG_CUSTOM   /* read by a function */
};

struct cfg;

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
    int (*find)(const struct operation *operation, const char *id); /* CFG_REF, CFG_REFS */
    const char *what;                                               /* what it refers to: "client" */
    const struct cfg_key *keys; /* CFG_GROUP, CFG_LIST; ends with a NULL name */
    size_t size;                /* CFG_LIST: of an element */
    size_t count_offset;
    int max_n; /* CFG_LIST: 0 = allocated, as many as there are */
    void (*init)(void *element);
    bool (*custom)(struct cfg *cfg, const config_setting_t *setting, void *base, GError **error);
};

/* Reads the file into base; find() is asked with `operation`. What was stored before a failure stays in base,
   for its owner to free. Files up to 16 MiB of UTF-8. */
bool cfg_read(const char *path, const struct cfg_key *keys, void *base, const struct operation *operation,
              GError **error);
/* The same from a text; path is for messages. */
bool cfg_read_text(const char *path, const char *text, size_t length, const struct cfg_key *keys, void *base,
                   const struct operation *operation, GError **error);

/* What must be refused before libconfig sees a text: @include, NUL, wrong UTF-8, integers it would cut or
   read as octal, endless nesting, more than 16 MiB. */
bool cfg_scan(const char *path, const char *text, size_t length, GError **error);

/* For custom readers: steps into a member of a group, for messages, and out again with what that returned;
   fails with "file:line: path: …"; reads a number of seconds in a range. */
bool cfg_fail(struct cfg *cfg, const config_setting_t *setting, GError **error, const char *format, ...)
    G_GNUC_PRINTF(4, 5);
size_t cfg_enter(struct cfg *cfg, const char *key);
void cfg_leave(struct cfg *cfg, size_t before);
bool cfg_number(struct cfg *cfg, const config_setting_t *setting, double min, double max, const char *unit,
                double *value, GError **error);

#endif
