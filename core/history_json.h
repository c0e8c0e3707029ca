/*
 * history_json.h - history written as JSON, as rows of texts: what reads CSV reads it, with the same checks.
 */
#ifndef WFM_CORE_HISTORY_JSON_H
#define WFM_CORE_HISTORY_JSON_H

#include "core/csv.h"

#define HISTORY_JSON_MAX (32u << 20) /* bytes of a document; lines of JSON have no end */

/* An object that is no row; true: go on. Column and value may be NULL. */
typedef bool (*history_json_bad_fn)(const struct csv_row *row, const char *column, const char *value,
                                    const char *detail, void *user, GError **error);

/* Reads a JSON document (a list of objects, or {"rows": [objects]}) or, `lines`, an object per line, from the
   stream, or from the file when it is NULL. The first row that fn gets are the names (n, some NULL: ""), as a
   header; each of the others has the members of an object in their order, "" where there is none or null. Of
   the names queue and interval_start are strings, the others numbers. row->line: of a document the number of
   the object. WFM_ERROR_INPUT when it is no JSON, WFM_ERROR_TOO_LARGE for a document. */
bool history_json_read(const char *path, FILE *stream, bool lines, const char *const *names, int n,
                       csv_row_fn fn, history_json_bad_fn bad, void *user, GError **error);

#endif
