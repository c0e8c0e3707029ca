/*
 * peers.h - the same roster problem given to other solvers as their users would write it: one monolithic
 * model of the week (tests/bench/peers/tours.py) for GLPK, CBC, HiGHS and OR-Tools CP-SAT. What they answer
 * is read back as shifts and costed by our checker.
 */
#ifndef WFM_TESTS_BENCH_PEERS_H
#define WFM_TESTS_BENCH_PEERS_H

#include "core/plan.h"

/* NULL-terminated: "glpk", "cbc", "highs", "cpsat". */
extern const char *const peer_names[];

struct peer_result {
    bool missing; /* not installed: said on stderr */
    bool failed;  /* it ended with an error: said on stderr */
    bool found;   /* a roster that the checker finds clean; else objective is INFINITY */
    double objective;
    double bound; /* -INFINITY where the solver tells none */
    double wall_s, cpu_s;
};

/* Makes a Python environment in `dir` once with the `packages` (NULL-terminated, from PyPI; what cannot be
 * had is said) and gives its python (g_free); NULL and an error when there is no Python. */
char *peers_setup(const char *dir, const char *const *packages, GError **error);

/* Lets one peer work for `seconds` of wall time, model building included, on up to `threads` threads. The
 * problem must be a generated one. */
bool peer_solve(const char *python, const char *name, const struct plan_problem *problem, double seconds,
                int threads, struct peer_result *result, GError **error);

#endif
