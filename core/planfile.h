/*
 * planfile.h - a plan file: a problem, and where there is one its solution, as JSON.
 *
 * {"wfm_plan": 1, "version": "0.1.0", "inputs_sha256": "…", "problem": {…}, "solution": {…}}
 * Numbers are written so that they read back bit for bit; keys are in a fixed order, so equal plans are equal
 * files. Reading is strict (duplicate keys, wrong shapes, indices out of range, non-finite numbers:
 * WFM_ERROR_INPUT with the JSON path) and never trusts a length before it has seen the elements.
 */
#ifndef WFM_CORE_PLANFILE_H
#define WFM_CORE_PLANFILE_H

#include "core/plan.h"

/* Writes through a temporary file and a rename; solution may be NULL. */
bool plan_write(const char *path, const struct plan_problem *problem, const struct plan_solution *solution,
                GError **error);

/* *solution is set to NULL when the file has none; solution may be NULL when the caller does not want it. */
bool plan_read(const char *path, struct plan_problem **problem, struct plan_solution **solution,
               GError **error);

/* The same, to and from a text (plan_format: g_free); path is for messages. */
char *plan_format(const struct plan_problem *problem, const struct plan_solution *solution, GError **error);
bool plan_parse(const char *path, const char *text, size_t length, struct plan_problem **problem,
                struct plan_solution **solution, GError **error);

/* The problem of a text of plan_format that nobody can have changed since, as where the store keeps it: its
   hash is not computed once more, which takes longer than reading it. NULL with the error. */
struct plan_problem *plan_problem_parse(const char *text, size_t length, GError **error);

/* The version of wfm that wrote the plan file (g_free); NULL when it does not say or cannot be read. */
char *plan_version(const char *path);

/* SHA-256 (hex, g_free) over the problem but for the effort it may take: limits.seconds, limits.gap and
 * threads. */
char *plan_inputs_hash(const struct plan_problem *problem);

#endif
