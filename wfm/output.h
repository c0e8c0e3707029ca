/*
 * output.h - tables for people and programs: one table, printed as aligned UTF-8, CSV, JSON or a sheet of an
 * xlsx file.
 *
 * A table is filled cell by cell, row after row, in the order of its columns. For people numbers are
 * right-aligned with the decimals of their column, shares are in percent and differences of shares in signed
 * points; CSV and JSON carry the numbers
 * themselves (12 digits, shares 0..1), keyed by column key. Control characters in texts are shown as "?", so
 * that data cannot steer a terminal.
 */
#ifndef WFM_WFM_OUTPUT_H
#define WFM_WFM_OUTPUT_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "core/auto.h"

/* In the order of "table|csv|json" of --format. */
enum format { FORMAT_TABLE, FORMAT_CSV, FORMAT_JSON };

enum column_kind { COLUMN_TEXT, COLUMN_INT, COLUMN_REAL, COLUMN_SHARE, COLUMN_POINTS };

struct column {
    const char *key;   /* in CSV and JSON; NULL ends the columns */
    const char *title; /* for people; NULL: they do not see it */
    enum column_kind kind;
    int decimals; /* for people: of REAL, and of the percentage of SHARE and POINTS */
};

struct table;

/* `columns` must live as long as the table. */
struct table *table_new(const struct column *columns);
void table_free(struct table *table);
AUTO_DEFINE(table, table_free);

/* Next cell; kinds must match the column (asserted). NULL text and NAN are empty cells (null in JSON). */
void table_text(struct table *table, const char *text);
void table_int(struct table *table, int64_t value);
void table_real(struct table *table, double value);
int table_rows(const struct table *table);
/* From now on CSV and JSON carry the numbers of this table to their last bit, in as few digits as that takes.
 */
void table_exact(struct table *table);

/* Prints the whole table; every row must be full (asserted). */
void table_print(const struct table *table, enum format format, FILE *out);
/* What table_print would print. g_free. */
char *table_format(const struct table *table, enum format format);
/* One sheet named `sheet`, header row bold and frozen; `path` is replaced when all of it is written.
 * WFM_ERROR_IO. Constant memory in the xlsx writer. */
bool table_write_xlsx(const struct table *table, const char *sheet, const char *path, GError **error);

/* Columns a text takes on a terminal. */
int text_width(const char *text);

#endif
