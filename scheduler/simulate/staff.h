/*
 * staff.h - how many agents of each group are there in every interval of a roster. Internal to
 * scheduler/simulate.
 *
 * Out of office (the site's shrinkage) is chance: an agent misses a whole shift with that probability, every
 * shift by itself. Whether agent and site-local day of the start are missing depends on nothing but the seed,
 * so two rosters miss the same people on the same days. In-office shrinkage (the queues') takes its mean
 * share of those who came.
 *
 * The time a plan gives to ring-fenced queues is taken out of the groups that have the skill, those with the
 * fewest other queues first, from all their shifts alike.
 */
#ifndef WFM_SCHEDULER_SIMULATE_STAFF_H
#define WFM_SCHEDULER_SIMULATE_STAFF_H

#include "core/plan.h"
#include "scheduler/simulate/groups.h"

struct staff_shift;

/* Immutable after staff_init. */
struct staff {
    struct groups groups;
    int32_t n_intervals;
    double *present; /* groups.n × n_intervals: mean agents at work, shrinkage taken off */
    double *full;    /* the same if everybody came */
    struct staff_shift *shifts;
    int n_shifts;
};

bool staff_init(struct staff *staff, const struct plan_problem *problem, const struct plan_solution *solution,
                GError **error);
void staff_clear(struct staff *staff);

/* Who is there in one replication. Owned by one thread. */
struct staff_drawn {
    struct hall_group *groups; /* those of the staff with the whole agents of this replication */
    double *present;           /* groups.n × n_intervals: mean agents of those who came */
    int *whole;                /* as whole agents: a group's sum over any span is within one of its mean */
};

void staff_drawn_init(struct staff_drawn *drawn, const struct staff *staff);
/* even: nobody misses a shift, everybody misses their mean share instead. */
void staff_draw(const struct staff *staff, uint64_t seed, bool even, struct staff_drawn *drawn);
void staff_drawn_clear(struct staff_drawn *drawn);

#endif
