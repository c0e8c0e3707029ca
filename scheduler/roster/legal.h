/*
 * legal.h - the slots one agent may work at all: availability, absences, employment, rest after the published
 * past.
 *
 * Private to scheduler/roster.
 */
#ifndef WFM_SCHEDULER_ROSTER_LEGAL_H
#define WFM_SCHEDULER_ROSTER_LEGAL_H

#include "scheduler/roster/model.h"

/* Fills legal[n_slots] of the agent's catalogue. */
void legal_slots(const struct roster_model *model, const struct catalogue *cat, int agent, uint8_t *legal);

#endif
