/*
 * catalogue.h - the catalogues of a roster model: per contract and site every shift that may start in the
 * horizon on the planning grid, with its pay, its letter and where its breaks may lie. Private to
 * scheduler/roster.
 */
#ifndef WFM_SCHEDULER_ROSTER_CATALOGUE_H
#define WFM_SCHEDULER_ROSTER_CATALOGUE_H

#include "scheduler/roster/model.h"

/* Fills plans, catalogues and catalogue_of_agent; zones, axis, week_start and past_letter are there.
   WFM_ERROR_INPUT when a contract tells too many kinds of shifts apart. */
bool catalogues_build(struct roster_model *model, GError **error);
/* Frees what catalogues_build and kept_add_plan made. */
void catalogues_clear(struct roster_model *model);

#endif
