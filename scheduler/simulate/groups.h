/*
 * groups.h - the agents of an operation as groups alike in skills, with the routing the operation asks for.
 * Internal to scheduler/simulate.
 *
 * Agents are alike when they serve the same queues at the same overflow levels; speed is their mean
 * proficiency. (The occupancy cap deferred work is planned with is room for chance; here chance is itself.)
 * Deferred queues are blended: the group works on them while nobody waits. Time a plan sets aside for a
 * ring-fenced queue is a group of its own, which serves that queue alone; whom it comes from is for the
 * caller to say.
 */
#ifndef WFM_SCHEDULER_SIMULATE_GROUPS_H
#define WFM_SCHEDULER_SIMULATE_GROUPS_H

#include "core/operation.h"
#include "scheduler/simulate/hall.h"

struct groups {
    struct hall_group *list; /* n: alike agents, then the ring-fenced queues; staff is NULL */
    int n, n_alike;
    int *of_agent; /* n_agents: group; -1 without skills */
    int *member;   /* n_alike: the first agent of each */
    int *fenced;   /* n - n_alike: the queue of each */
};

/* fences: false when no plan says what time is set aside; ring-fenced queues are blended then. */
void groups_init(struct groups *groups, const struct operation *operation, bool fences);
void groups_clear(struct groups *groups);

/* May the group's agents serve the queue, whatever is set aside? */
bool group_has_skill(const struct groups *groups, const struct operation *operation, int group, int queue);

#endif
