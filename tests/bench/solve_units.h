/*
 * solve_units.h - a plan problem solved unit by unit in this process, as `wfm roster` does in others.
 */
#ifndef WFM_TESTS_BENCH_SOLVE_UNITS_H
#define WFM_TESTS_BENCH_SOLVE_UNITS_H

#include "core/plan.h"

/* The joined roster, verified by the independent checker; NULL on failure. */
struct plan_solution *solve_units(const struct plan_problem *problem, GError **error);

/* Hours of the shifts that are paid. */
double solved_hours(const struct plan_solution *solution);

#endif
