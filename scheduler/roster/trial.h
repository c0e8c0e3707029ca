/*
 * trial.h - a few agents of a problem by themselves, without demand and without what couples agents: to ask
 * the kernel or the checker about their own rules alone, with some of them changed.
 *
 * Private to scheduler/roster.
 */
#ifndef WFM_SCHEDULER_ROSTER_TRIAL_H
#define WFM_SCHEDULER_ROSTER_TRIAL_H

#include "core/plan.h"

/* Shallow copies; the arrays of contracts, agents, time off, past, after, base shifts and locks are its own
   and may be changed, but not what their elements point to. */
struct trial {
    struct plan_problem problem; /* its operation and base are those below */
    struct operation operation;
    struct plan_base base;
};

/* Agents [from, to), counted from 0; wishes, headcounts, leads, meetings and fairness are left out. The
   problem must outlive it. */
struct trial *trial_new(const struct plan_problem *problem, int from, int to);
void trial_free(struct trial *trial);

#endif
