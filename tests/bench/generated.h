/*
 * generated.h - operations made by seed for `wfm-bench roster`: any number of agents, three shapes, weeks of
 * quarter hours, shifts with meals and breaks.
 */
#ifndef WFM_TESTS_BENCH_GENERATED_H
#define WFM_TESTS_BENCH_GENERATED_H

#include "core/plan.h"

enum generated_shape {
    GENERATED_SINGLE, /* one queue around the clock, one site, three contracts: everybody has the one skill */
    GENERATED_MULTI,  /* ten queues in one planning unit, twelve skill sets, two sites, three contracts */
    GENERATED_CLIENTS, /* three clients with eight queues (three planning units), three sites, four contracts
                        */
    GENERATED_N
};
const char *generated_shape_name(enum generated_shape shape); /* "single", "multi", "clients" */
bool generated_shape_parse(const char *text, enum generated_shape *out);

/* The problem of `n_agents` >= 0 agents over `n_weeks` weeks from 23 November 2026, without a published past;
   equal arguments give equal problems on every machine with the same time zones and math library. Needs are
   in proportion to the agents and priced in five falling pieces. NULL and an error when a time zone is
   missing. */
struct plan_problem *generated_problem(enum generated_shape shape, int n_agents, int n_weeks, uint64_t seed,
                                       GError **error);

/* `copies` such operations of n_agents each in one, with queues and clients of their own: as many times the
   planning units, of other agents and needs each. */
struct plan_problem *generated_copies(enum generated_shape shape, int n_agents, int copies, int n_weeks,
                                      uint64_t seed, GError **error);

#endif
