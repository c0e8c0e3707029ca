/*
 * samples.h - the sample operation of tests/core/data and a plan made of it, for tests.
 */
#ifndef WFM_TESTS_CORE_SAMPLES_H
#define WFM_TESTS_CORE_SAMPLES_H

#include "core/plan.h"

/* The sample operation with its agents, time off and special days; fails the test when it cannot be read. */
struct operation *sample_operation(void);

/* The week from 2026-11-23 with a demand of three pieces and a past shift; a solution of two shifts. Values
   are odd fractions, so that each digit counts. */
struct plan_problem *sample_problem(void);
struct plan_solution *sample_solution(const struct plan_problem *problem);

/* A deterministic generator for mutations (xorshift64*, S. Vigna 2016). state is not 0. */
uint64_t sample_random(uint64_t *state);

/* Changes some bytes of the text: flips, deletes, doubles, swaps numbers for odd ones. NUL-terminated,
 *length is kept up to date; g_free. */
char *sample_mutate(const char *text, size_t *length, uint64_t *state);

/* Contents of tests/core/data/<name>; g_free. */
char *sample_text(const char *name, size_t *length);

/* Writes the text to a new file "t" in `dir`; its path, g_free. */
char *sample_file(const char *dir, const char *text, size_t length);

#endif
