/*
 * kept.h - shifts of the roster a re-plan starts from (plan_problem.base), as slots of the catalogue that
 * hold their breaks where they were: the kernel then prices "keep it as it is" beside "move the breaks" and
 * "work other times" without knowing of re-plans.
 *
 * Private to scheduler/roster.
 */
#ifndef WFM_SCHEDULER_ROSTER_KEPT_H
#define WFM_SCHEDULER_ROSTER_KEPT_H

#include "scheduler/roster/model.h"

/* The meals, breaks and splits of the shift as a plan with one place for each; meetings are left out. False
   when they are not breaks of the template inside their windows, or the shift is off the grid. `plan` is then
   left alone. Times of the shift itself are not looked at. */
bool kept_plan(const struct roster_model *model, const struct shift *shift, int tmpl,
               struct break_plan *plan);

/* Index of an equal plan behind those of the templates, added when there is none. */
int kept_add_plan(struct roster_model *model, const struct break_plan *plan);

/* Does the slot keep the shift, with its breaks? */
bool kept_is(const struct roster_model *model, const struct slot *slot, const struct shift *shift);

/* Base shifts [from, to) of the agent; none without base. */
void kept_range(const struct plan_base *base, int agent, int *from, int *to);

/* Takes the slots that keep shifts of other agents out of `legal` (n_slots). */
void kept_own(const struct roster_model *model, const struct catalogue *cat, int agent, uint8_t *legal);

/* Locks and the frozen past of an agent: takes slots out of `legal` (n_slots) and sets off_cost (n_days) to
   INFINITY on days that must be worked. There must be a base. */
void kept_limits(const struct roster_model *model, const struct catalogue *cat, int agent, uint8_t *legal,
                 double *off_cost);

/* The first locked or frozen shift of the agent on whose day nothing is legal; NULL when there is none. */
const struct shift *kept_impossible(const struct roster_model *model, const struct catalogue *cat, int agent,
                                    const uint8_t *legal);

#endif
