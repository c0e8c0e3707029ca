/*
 * roster_brute.h - tiny roster problems solved by trying everything, each roster counted from its shifts by
 * the words of core/operation.h and core/plan.h. Knows nothing of the engine.
 *
 * Problems must be simple: every site in UTC, one queue, agents with its skill or none, starts and lengths on
 * the grid, contracts that limit only the number of days a week.
 */
#ifndef WFM_TESTS_SCHEDULER_ROSTER_BRUTE_H
#define WFM_TESTS_SCHEDULER_ROSTER_BRUTE_H

#include "core/plan.h"

struct brute_account {
    double pay, shortage, penalty;
    bool seats_ok; /* hard seats hold */
};

/* Counts a roster; shifts sorted by agent. */
struct brute_account brute_count(const struct plan_problem *problem, const struct shift *shifts, int n);

/* Least objective of any roster, INFINITY when there is none. Days outside `days` (bit 0 = first_day) stay
   off. */
double brute_optimum(const struct plan_problem *problem, unsigned days);

#endif
