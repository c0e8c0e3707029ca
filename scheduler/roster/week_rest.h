/*
 * week_rest.h - the weekly rest (contract.week_rest_minutes): every roster week holds one span without work
 * of that length.
 *
 * The kernel does not know it, and rarely breaks it: its best line is taken, and where a week of it has no
 * such span, the places where one may lie are tried in groups, best first. A group forbids what overlaps all
 * its spans, so its best line bounds them; it is split until the line keeps the rest. Exact unless the number
 * of tries ends it; the bound holds all the same.
 *
 * Private to scheduler/roster.
 */
#ifndef WFM_SCHEDULER_ROSTER_WEEK_REST_H
#define WFM_SCHEDULER_ROSTER_WEEK_REST_H

#include "scheduler/roster/model.h"

/* As line_solve with k = 1 and the problem of the class, its contract's weekly rest kept or paid for. */
bool week_rest_solve(struct line *line, const struct roster_model *model, const struct agent_class *class,
                     const struct line_query *query, struct line_answer *answer);

/* Weeks without the rest on a line (n_days slots or -1). */
int week_rest_broken(const struct roster_model *model, const struct agent_class *class, const int *choice);

#endif
