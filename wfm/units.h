/*
 * units.h - planning units solved in child processes (`wfm solve-unit IN.plan OUT.plan`), several at once.
 *
 * A child has its own address-space limit and is ended when it outlives its time; it says how far it is, and
 * why it failed, on its standard output, one line each ("progress PHASE OBJECTIVE BOUND ELAPSED LEFT ROUNDS",
 * "error CODE TEXT"). A crash costs that unit's attempt only. The answer never depends on how many run at
 * once.
 */
#ifndef WFM_WFM_UNITS_H
#define WFM_WFM_UNITS_H

#include "core/plan.h"
#include "wfm/progress.h"

struct units_limits {
    int jobs;       /* processes at once, >= 1 */
    long memory_mb; /* address space of each */
    double seconds; /* what a unit's problem allows its search; a child is ended some time after */
    bool untimed;   /* a replay: no deadline cuts (struct roster_control), and no child is ended */
};

/* Solves n problems; solutions[i] belong to the caller, also on failure. A unit whose solution is there
   before keeps it: it is counted and not solved. Objective and bound that are told are those of all n units:
   one that has no roster by now counts with what its problem costs with the roster `from` has of it (n; NULL,
   or of a unit NULL: with nobody at work) and a bound of 0, so that the one falls and the other rises. SIGINT
   or SIGTERM caught by interrupt_catch: running children stop with their best so far, units not yet started
   answer with the first roster they find; a second signal ends them all (WFM_ERROR_CANCELLED). */
bool units_solve(const struct plan_problem *const *problems, int n, const struct units_limits *limits,
                 const struct plan_solution *const *from, struct progress *progress,
                 struct plan_solution **solutions, GError **error);

/* The lines of a child, for both ends. `line` has no newline. */
char *units_progress_line(const struct plan_progress *at);                             /* g_free */
bool units_parse_progress(const char *line, struct plan_progress *at, char phase[16]); /* at->phase = phase */
/* "error CODE TEXT" → the error it was; anything else is left alone (false). */
bool units_parse_error(const char *line, GError **error);

#endif
