/*
 * opfile_csv.h - private to core/opfile_*.c: reading one of the planner's CSV files row by row into an array.
 */
#ifndef WFM_CORE_OPFILE_CSV_H
#define WFM_CORE_OPFILE_CSV_H

#include "core/csv.h"
#include "core/operation.h"

#define CSV_COLUMNS_MAX 16

/* The columns of a file (two variants where there is a short form). */
struct csv_table {
    const struct csv_column *columns;
    int n;
    const struct csv_column *short_columns; /* NULL: none; taken when its first column stands in the header */
    int n_short;
};

struct csv_load {
    const struct csv_table *table;
    bool (*add)(struct csv_load *load, const struct csv_row *row, GError **error); /* takes a row */
    const char *text; /* read instead of a file, length bytes; NULL: the file */
    size_t length;
    const struct operation *operation;
    GHashTable *agents; /* id -> index + 1 (csv_load_agents), or the ids seen so far */
    GPtrArray *zones;   /* of the sites, where instants are read */
    GArray *out;
    const struct csv_column *columns; /* of the variant in use */
    int index[CSV_COLUMNS_MAX];
    bool is_short;
    int header_n; /* fields of the header, 0 before it was seen */
};

bool csv_load_file(struct csv_load *load, const char *path, GError **error);

static inline const char *csv_load_field(const struct csv_load *load, const struct csv_row *row, int i)
{
    return csv_field(row, load->index, i);
}

/* A new element at the end of `out`, all zero; it is freed with the others, also after a failure. */
void *csv_load_append(struct csv_load *load);

/* Readers of column i; they fail with file, line, column and value. */
bool csv_load_fail(const struct csv_load *load, const struct csv_row *row, int i, GError **error,
                   const GError *why);
bool csv_load_ref(const struct csv_load *load, const struct csv_row *row, int i,
                  int (*find)(const struct operation *, const char *), const char *what, int *out,
                  GError **error);
bool csv_load_agent(const struct csv_load *load, const struct csv_row *row, int i, int *agent,
                    GError **error);
bool csv_load_day(const struct csv_load *load, const struct csv_row *row, int i, int32_t none, int32_t *day,
                  GError **error);
/* A name a person reads: not too long, no control characters. */
bool csv_load_name(const struct csv_load *load, const struct csv_row *row, int i, GError **error);
/* yes, no, true, false, 1, 0; empty is no. */
bool csv_load_bool(const struct csv_load *load, const struct csv_row *row, int i, bool *value,
                   GError **error);
/* A number in min..max, a whole one when `whole`; empty leaves *value alone. */
bool csv_load_number(const struct csv_load *load, const struct csv_row *row, int i, double min, double max,
                     bool whole, double *value, GError **error);
/* An instant, or a date of the zone: its first instant, or the one after its last when `end`. */
bool csv_load_when(const struct csv_load *load, const struct csv_row *row, int i, const struct zone *zone,
                   bool end, int64_t *ts, GError **error);

/* Index of the agents by id, for csv_load_agent; keys belong to the operation. g_hash_table_unref. */
GHashTable *csv_load_agents(const struct operation *operation);

/* operation_check with the file's name before the message. */
bool csv_load_checked(const struct operation *operation, const char *path, GError **error);

#endif
