/*
 * csv.h - reading CSV, row by row, over libcsv: any number of rows in constant memory.
 *
 * Takes UTF-8 with or without BOM, LF or CRLF, quoted fields with newlines, and detects the separator in the
 * first line. Spaces around unquoted fields are dropped, blank lines skipped. Errors are WFM_ERROR_INPUT
 * "file:line:column: …" for text that is no CSV and "file:line: column name: …" for values (csv_fail). Line
 * is the one on which the row starts.
 */
#ifndef WFM_CORE_CSV_H
#define WFM_CORE_CSV_H

#include <glib.h>
#include <stdbool.h>
#include <stdio.h>

/* A row, valid during the callback. */
struct csv_row {
    const char *file;
    long line;
    const char *const *fields;
    int n;
};

struct csv_options {
    char separator; /* 0 = the one of , ; tab | that the first line has most of outside quotes */
    FILE *stream;   /* read instead of the file, whose path is then its name in messages; NULL: the file */
};

/* Called for each row, the header included; false stops the reading, with *error set. */
typedef bool (*csv_row_fn)(const struct csv_row *row, void *user, GError **error);

/* Reads a file ("-" = standard input). A row has at most 1000 fields and 1 MiB. A file that is not there:
 * WFM_ERROR_NOT_FOUND. */
bool csv_read(const char *path, const struct csv_options *options, csv_row_fn fn, void *user, GError **error);

/* Fails with "file:line: column NAME: …"; without a column when it is NULL. */
bool csv_fail(const struct csv_row *row, const char *column, GError **error, const char *format, ...)
    G_GNUC_PRINTF(4, 5);

/* A column wfm knows; a NULL name matches nothing (only when the header is not read strictly). */
struct csv_column {
    const char *name;
    bool required;
};

/* Where each known column stands in the header: index[i] of columns[i], or -1. Names are compared without
   case. Fails on a required column that is missing, one given twice, and, when `strict`, on an unknown one.
 */
bool csv_header(const struct csv_row *row, const struct csv_column *columns, int n, bool strict, int *index,
                GError **error);

/* Field of the row at index[i], "" when the file has no such column. */
static inline const char *csv_field(const struct csv_row *row, const int *index, int i)
{
    return index[i] >= 0 && index[i] < row->n ? row->fields[index[i]] : "";
}

#endif
