/*
 * explain_tables.h - explanations (scheduler/roster/explain*.h) on standard output.
 */
#ifndef WFM_WFM_EXPLAIN_TABLES_H
#define WFM_WFM_EXPLAIN_TABLES_H

#include "scheduler/roster/explain.h"
#include "wfm/output.h"
#include "wfm/source.h"

/* Per queue: what an agent hour is worth on average and where it is worth most. `queue` -1: all. For people.
 */
void explain_print_summary(const struct source *source, const struct explained *explained, int queue);

/* For people: per queue a table of hours × days for each of the two prices; else one row per queue and
   interval. */
void explain_print_prices(const struct source *source, const struct explained *explained, int queue,
                          enum format format);

/* `confirmed`: n_savings, NAN where nothing was solved. */
void explain_print_rules(const struct source *source, const struct explained *explained,
                         const double *confirmed, enum format format);

/* At most `most` rows, 0 = all; for people a line says how many are left out. */
void explain_print_unmet(const struct plan_problem *problem, const struct explained *explained, int most,
                         enum format format);

bool explain_print_agent(const struct source *source, int agent, enum format format, GError **error);

#endif
