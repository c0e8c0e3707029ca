/*
 * roster_random_rules.h - a row for every rule a contract can have (CONTRACT_RULE_TABLE of core/operation.h),
 * and for everything else that says what one agent may work and costs: drawn for small problems by chance.
 */
#ifndef WFM_TESTS_SCHEDULER_ROSTER_RANDOM_RULES_H
#define WFM_TESTS_SCHEDULER_ROSTER_RANDOM_RULES_H

#include "core/plan.h"
#include "tests/scheduler/roster_tiny.h"

/* Adds about `rules` rules of contract 0, each hard or at a price, and about `others` of the rest: overtime,
   optional agents, on-call and split shifts, time off with and without credit, employment, published past and
   after, wishes, headcounts, seats, leads, fairness. The problem has its horizon, templates and agents. */
void random_rules(struct plan_problem *problem, struct dice *dice, double rules, double others);

/* Meetings and hard seats now and then: what makes no sense where every roster is tried. */
void random_coupling(struct plan_problem *problem, struct dice *dice);

/* Makes a re-plan of a solved problem: its roster is the base, some of it frozen or locked, somebody absent
   and the demand another. */
void random_replan(struct plan_problem *problem, const struct plan_solution *solution, struct dice *dice);

#endif
