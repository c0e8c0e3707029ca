/*
 * roster.h - private to core/store/: what saving, publishing and reading of rosters share.
 */
#ifndef WFM_CORE_STORE_ROSTER_H
#define WFM_CORE_STORE_ROSTER_H

#include "core/store/query.h"

/* A draft is refused at publishing when the published shifts of so many days before it are not those it was
 * planned with. A day less than the five weeks every problem has: with a clock change they are an hour
 * shorter. */
#define ROSTER_PAST_DAYS 34

/* What a simulation says of a span, in the order of struct simulated_span. */
#define SPAN_COLUMNS                                                                                         \
    "start_at, end_at, whole, contract, target, sl, sl_half, sl_p5, sl_p50, sl_p95, met, met_low, "          \
    "met_high, offered, counted, abandon, asa_s, occupancy, past_counted, past_in_time"

/* Activities of a shift as the jsonb text of the shift tables (g_free), and back. */
char *activities_text(const struct shift *shift);
bool activities_read(const char *text, int64_t start_ts, struct activity *out, int *n, GError **error);

/* Index of each agent by its id; values from 1 on (index + 1), so that 0 means absent. Free with
   g_hash_table_unref; keys belong to the operation. */
GHashTable *agent_indices(const struct operation *operation);

/* The columns agent (not read), start, end, template, activities of a row. */
bool shift_read(const PGresult *rows, int row, const struct operation *operation, int agent,
                struct shift *out, GError **error);
/* All rows of the columns agent's id, start, end, template, activities whose agents the operation has,
   sorted. *out: *n, g_free. */
bool plan_shifts_read(const PGresult *rows, const struct operation *operation, struct shift **out, int *n,
                      GError **error);
/* A stored roster as its last edit left it; inside a transaction. */
bool roster_load(struct store *store, const struct operation *operation, int64_t id,
                 struct plan_solution *solution, GError **error);
/* Holds LOCK_ROSTER and the row of a draft until the end of the transaction. WFM_ERROR_CONFLICT when it is no
   draft, WFM_ERROR_PRECONDITION when it was edited since the mark (NULL: whatever it is). */
bool roster_lock_draft(struct store *store, int64_t id, const struct roster_mark *mark, GError **error);
/* WFM_ERROR_NOT_FOUND. */
bool fail_no_roster(int64_t id, GError **error);

#endif
