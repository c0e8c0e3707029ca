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

/* Activities of a shift as the jsonb text of the shift tables (g_free), and back. */
char *activities_text(const struct shift *shift);
bool activities_read(const char *text, int64_t start_ts, struct activity *out, int *n, GError **error);

/* Index of each agent by its id; values from 1 on (index + 1), so that 0 means absent. Free with
   g_hash_table_unref; keys belong to the operation. */
GHashTable *agent_indices(const struct operation *operation);

/* Plan file text of a problem (g_free), and back. */
char *plan_problem_text(const struct plan_problem *problem, GError **error);
struct plan_problem *problem_parse(const char *text, GError **error);

#endif
