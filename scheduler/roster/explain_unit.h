/*
 * explain_unit.h - one planning unit opened for explanations; shared by explain*.c and nobody else.
 */
#ifndef WFM_SCHEDULER_ROSTER_EXPLAIN_UNIT_H
#define WFM_SCHEDULER_ROSTER_EXPLAIN_UNIT_H

#include "core/auto.h"
#include "scheduler/roster/bound.h"

struct explain_unit {
    struct plan_problem *problem; /* owned: the unit's own */
    struct roster_model *model;
    struct worth *worth;
    struct pricing *pricing;
    struct rows *rows;   /* NULL where nothing else couples the agents */
    struct bound *bound; /* NULL before explain_unit_bound */
    int *agent, *queue;  /* index in the whole problem, by index in the unit */
    int *shift;          /* n_shifts: the unit's shifts, as indices into the solution's */
    int n_shifts;
    int *count; /* n_iv × n_sets: agents working, by the solution's shifts */
};

/* Opens unit `unit` of roster_units; solution may be NULL (nobody works). */
struct explain_unit *explain_unit_new(const struct plan_problem *problem,
                                      const struct plan_solution *solution, const int *unit_of_queue,
                                      const int *unit_of_agent, int unit, GError **error);
void explain_unit_free(struct explain_unit *u);
AUTO_DEFINE(explain_unit, explain_unit_free);

/* Computes the bound and its prices: a counted number of steps towards the solution's objective. Where
   service levels count over a period the worth of staff is then at the bound's multipliers. Ends early, with
   what it has, where the watch (may be NULL) says stop. */
struct explain_watch;
void explain_unit_bound(struct explain_unit *u, double objective, const struct explain_watch *watch);

/* Intervals of the horizon in which the shift works (half of one does not count), into out[n_iv]. */
int explain_unit_cover(const struct explain_unit *u, const struct shift *shift, int32_t *out);

/* The shifts of one agent of the class, in order, as a placed tour (tour_clear). False when one of them is
   not among the catalogue's: then the tour holds nothing of worth. */
bool explain_unit_tour(const struct explain_unit *u, const struct agent_class *class,
                       const struct shift *const *shifts, int n, struct tour *tour);

#endif
