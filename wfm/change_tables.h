/*
 * change_tables.h - what a re-plan changes, as a table.
 */
#ifndef WFM_WFM_CHANGE_TABLES_H
#define WFM_WFM_CHANGE_TABLES_H

#include "core/plan.h"
#include "wfm/output.h"

/* "06:00-14:30" by the zone's clock, with breaks "06:00-14:30 break 08:00, meal 10:00"; "off" for NULL.
 * g_free.
 */
char *shift_text(const struct zone *zone, const struct shift *shift, bool breaks);

/* One row per changed shift of the solution against the problem's base: agent, day, what was, what is, why.
   NULL on failure. */
struct table *change_table(const struct plan_problem *problem, const struct plan_solution *solution,
                           GError **error);

#endif
