/*
 * staff.h - the agents of a roster as groups alike in skills, and how many of each are there in every
 * interval. Internal to scheduler/simulate.
 */
#ifndef WFM_SCHEDULER_SIMULATE_STAFF_H
#define WFM_SCHEDULER_SIMULATE_STAFF_H

#include "core/plan.h"
#include "scheduler/simulate/hall.h"

struct staff {
    struct hall_group *groups; /* immediate queues only */
    int n_groups;
    double *present; /* n_groups × grid.n: mean agents at work, shrinkage and deferred work taken off */
    int *whole;      /* n_groups × grid.n: as whole agents, what the groups point to */
};

void staff_init(struct staff *staff, const struct plan_problem *problem,
                const struct plan_solution *solution);
void staff_clear(struct staff *staff);

/* Whole agents: every group's sum over any span is within one agent-interval of its mean. phase: n_groups in
   [0, 1). */
void staff_round(struct staff *staff, const struct grid *grid, const double *phase);

#endif
