/*
 * history.h - reading interval history from CSV, streaming: any number of rows in constant memory, a million
 * in 0.6 s.
 *
 * Columns a map can name, besides wfm's own: interval_end (instead of interval_minutes) and after_seconds
 * (added to aht_seconds). Files of the preset "calabrio" have no header: there a map says ours=<column
 * number>. Local times that occur twice mean the first (core/zone.h), so of files without offsets the second
 * hour of a clock change cannot be told from the first.
 */
#ifndef WFM_CORE_HISTORY_H
#define WFM_CORE_HISTORY_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* One row as read. Absent values are NAN. */
struct history_row {
    const char *queue; /* valid during the callback */
    int64_t start_ts;
    int interval_s;
    double offered, answered, abandoned, handle_s, wait_s;
    const char *file; /* for messages of the receiver */
    long line;
};

/* How the rows are written: CSV; a JSON list of objects, or {"rows": [objects]}, with wfm's own columns as
   members; a line of JSON for each of them. */
enum history_form { HISTORY_CSV, HISTORY_JSON, HISTORY_NDJSON };

/* A row that is wrong. Texts are owned (history_bad_free). */
struct history_bad {
    long line;    /* of the file; of HISTORY_JSON the row, from 1; 0: the whole */
    char *column; /* as the file calls it, or NULL */
    char *value;  /* or NULL */
    char *detail;
};
#define HISTORY_BAD_MAX 100 /* of one file */
void history_bad_free(struct history_bad *bad);

/* How a file says things. wfm's own columns:
   queue,interval_start,interval_minutes,offered,answered,abandoned, handle_seconds; aht_seconds is taken
   instead of handle_seconds (handle = AHT × answered, or × offered where answered is not given). wait_seconds
   is the time all offered contacts spent in the queue, whether answered or abandoned. */
struct history_format {
    const char *preset;     /* NULL or "wfm" | "genesys" | "calabrio" | "connect" */
    const char *const *map; /* "ours=theirs" strings, NULL-terminated; NULL for none */
    char separator;         /* 0 = detect among , ; tab | */
    bool decimal_comma;
    const char *zone;  /* zone of instants without offset; NULL: such rows are errors */
    int interval_min;  /* when the file has no such column; 0: needed */
    const char *queue; /* when the file has no such column; NULL: needed */
    const char *const
        *only; /* rows of other queues are checked and left out; NULL-terminated, NULL for all */
    enum history_form form;
    FILE *stream;   /* read instead of the file, whose path is then its name in messages; NULL: the file */
    GPtrArray *bad; /* struct history_bad, gathered from up to HISTORY_BAD_MAX rows before the reading fails;
                       NULL: it fails at the first */
};

/* Called for each good row; returning false stops the reading (with *error set by the callback). */
typedef bool (*history_row_fn)(const struct history_row *row, void *user, GError **error);

/* Reads a file ("-" = standard input). Columns wfm does not know are ignored but for a mapped one that is
   missing. Errors are WFM_ERROR_INPUT "history.csv:812: column offered: -3 is negative; …". Rows are checked
   one by one: instants with offset, interval of 5/10/15/30/60/1440 minutes and aligned to it, counts finite
   and >= 0, answered + abandoned <= offered + tolerance is *not* required (contacts cross intervals). *rows
   gets the number of data rows of the wanted queues. */
bool history_read(const char *path, const struct history_format *format, history_row_fn fn, void *user,
                  long *rows, GError **error);

/* Gathers one more, when the format does: for what is found wrong after the reading. */
void history_bad_add(const struct history_format *format, long line, const char *column, const char *value,
                     const char *detail);

#endif
