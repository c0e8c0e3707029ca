/*
 * skill_chain.h - small multi-skill centres as Markov chains, solved exactly: what the event simulation is
 * held against.
 *
 * Contacts of several classes (Poisson, exponential service and patience) go to the first group of their
 * route with a free agent, else they wait; a freed agent takes who waits in the first class of the group's
 * order that has somebody. At most `room` contacts wait per class (further ones are lost; give so many that
 * it does not matter).
 */
#ifndef WFM_TESTS_SCHEDULER_SKILL_CHAIN_H
#define WFM_TESTS_SCHEDULER_SKILL_CHAIN_H

#include <stdbool.h>

#define CHAIN_MAX 8

struct skill_chain {
    int n_classes, n_groups, room;
    double arrive[CHAIN_MAX], leave[CHAIN_MAX];          /* by class: per hour, each; leave >= 0 */
    int agents[CHAIN_MAX];                               /* by group */
    double serve[CHAIN_MAX][CHAIN_MAX];                  /* group, class: per hour */
    int route[CHAIN_MAX][CHAIN_MAX], n_route[CHAIN_MAX]; /* by class: groups */
    int order[CHAIN_MAX][CHAIN_MAX], n_order[CHAIN_MAX]; /* by group: classes */
};

/* In the long run. */
struct skill_figures {
    double wait[CHAIN_MAX];                              /* by class: share that must wait */
    double queue[CHAIN_MAX];                             /* by class: mean number waiting */
    double abandon[CHAIN_MAX];                           /* by class: share that gives up */
    double busy[CHAIN_MAX];                              /* by class: mean number being served */
    double group_busy[CHAIN_MAX], group_full[CHAIN_MAX]; /* mean busy agents; share of time with none free */
};

/* Balance equations by Gauss-Seidel, to 1e-13 of every state's inflow. False when the chain has more than
   SKILL_STATES_MAX states or does not settle. */
#define SKILL_STATES_MAX 500000
bool skill_chain_solve(const struct skill_chain *chain, struct skill_figures *out);

/* Histories of SKILL_HOURS hours through the event simulation, behind four hours that do not count. runs:
   histories; group_full is NAN. */
#define SKILL_HOURS 200
void skill_chain_simulate(const struct skill_chain *chain, int histories, struct skill_figures *runs);

#endif
