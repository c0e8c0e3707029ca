/*
 * staffing_vectors.h - reads files of published, computed and simulated staffing values (columns as in the
 * shared data's staffing/README.md) and holds our engines against them. Used by the test suites and by
 * `wfm-bench staffing`.
 *
 * What a file holds is told by its header, never by its name:
 *
 * | columns                                                | rows                         | models          |
 * |--------------------------------------------------------|------------------------------|-----------------|
 * | model, lambda_per_hour                                 | one system each              | as the row says |
 * | scenario, interval, interval_s, lambda_per_hour, …     | days of changing load, staff | transient_*     |
 * | scenario, kind, index, metric, value                   | multi-skill chains           | ctmc_*          |
 * | scenario, metric, mean                                 | published simulations        | simulation      |
 *
 * The last two say what their scenarios are in JSON: the first file *_scenarios.json beside the file, or else
 * in $WFM_SHARED/data/staffing, that has the scenario. What we do not know (model, metric, scenario) is said
 * on stderr once and counts as not checked.
 *
 * Tolerances: values 1e-12 absolute or 1e-9 relative, logarithms 1e-11 relative, agents exact, published
 * digits half a unit of the last one; transient_exact 1e-6, transient_fast 2e-3, ctmc_exact 1e-9;
 * ctmc_simulated and simulation four standard errors: their error is in standard errors of the difference,
 * after half a unit of the published digits.
 */
#ifndef WFM_TESTS_SCHEDULER_STAFFING_VECTORS_H
#define WFM_TESTS_SCHEDULER_STAFFING_VECTORS_H

#include <glib.h>
#include <stdbool.h>

/* What became of the rows of one model in one file. */
struct vector_result {
    char *model;
    int rows;           /* rows of the model */
    int checked;        /* rows with at least one value we compute; 0 for a model we do not know */
    int failed;         /* rows with at least one value outside the tolerance */
    double worst;       /* largest error: min(absolute, relative) of a value given to full precision, or
                           standard errors */
    char *first_failed; /* "where column: got, want", or NULL */
};

/* All models of a file, in order of appearance; NULL with *message (g_free) when it cannot be read or has an
   unknown header. Free with vector_results_free. */
GPtrArray *vector_results(const char *path, char **message);
void vector_results_free(GPtrArray *results);

/* The result of a model, or NULL. */
const struct vector_result *vector_results_find(const GPtrArray *results, const char *model);

#endif
