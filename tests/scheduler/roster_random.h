/*
 * roster_random.h - random small roster problems: every rule of a contract now and then, several skill sets,
 * breaks, a past, absences, odd zones and weeks with a clock change. For the tests that let the checker
 * recount the engine.
 */
#ifndef WFM_TESTS_SCHEDULER_ROSTER_RANDOM_H
#define WFM_TESTS_SCHEDULER_ROSTER_RANDOM_H

#include "core/plan.h"

/* Equal seeds give equal problems; not all have a roster, or pass
   operation_check: rules may clash. */
struct plan_problem *random_problem(uint64_t seed);

/* The same over one to three weeks, with rules, people and terms of roster_random_rules.h. */
struct plan_problem *random_weeks_problem(uint64_t seed);

/* One agent or two, one or two shifts a day, of any rules (roster_random_rules.h): so few rosters in one to
   three weeks that all can be tried. No breaks but splits at a fixed time. */
struct plan_problem *random_lone_problem(uint64_t seed);

/* So tiny that every roster can be tried: at most 3 agents, at most 2 starts on at most 3 days. */
struct plan_problem *random_tiny_problem(uint64_t seed);

#endif
