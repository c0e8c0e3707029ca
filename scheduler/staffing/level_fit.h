/*
 * level_fit.h - the service level of an interval as a function of agents, known from a few of them.
 *
 * Seen as standard deviations of nearly a normal distribution, a level is close to a straight line over the
 * square root of agents: a polynomial through eight staffs gives it between them to about 1e-8, and where a
 * level is reached without a search. Only where patience makes it smooth; how well it fits is measured, and
 * nothing is returned where it does not. Internal to scheduler/staffing/. Pure, thread-safe.
 */
#ifndef WFM_SCHEDULER_STAFFING_LEVEL_FIT_H
#define WFM_SCHEDULER_STAFFING_LEVEL_FIT_H

#include "scheduler/staffing/model.h"

#define LEVEL_FIT_NODES 8

struct level_fit {
    double offset;       /* of the model */
    double middle, half; /* of the square roots of agents, offset included */
    double level[LEVEL_FIT_NODES];
    double counted[LEVEL_FIT_NODES]; /* of the share that counts; unused where all count */
    bool all_count;
};

/* Fits levels between `low` and `high` agents. answer: agents between them that reach exactly the level of
   the model's targets, one staff less to look at; 0: not known. False where the fit is not good enough, or
   the level not smooth. */
bool level_fit_init(struct level_fit *fit, const struct model *model, double low, double high, double answer);

/* Agents that reach a level; NAN where they are not (nearly) between low and high. */
double level_fit_agents(const struct level_fit *fit, double sl);

/* Level and counted share (see model_levels). */
void level_fit_at(const struct level_fit *fit, double agents, double *sl, double *counted);

#endif
