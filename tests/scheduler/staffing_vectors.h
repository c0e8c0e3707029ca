/*
 * staffing_vectors.h - reads files of published and computed staffing values (columns as in the shared data's
 * staffing/README.md) and holds them against our models. Used by the test suite and by `wfm-bench staffing`.
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
    double worst;       /* largest min(absolute, relative) error of a value given to full precision */
    char *first_failed; /* "id column: got, want", or NULL */
};

/* All models of a file, in order of appearance; NULL with *message (g_free) when it cannot be read. Free with
   vector_results_free. */
GPtrArray *vector_results(const char *path, char **message);
void vector_results_free(GPtrArray *results);

/* The result of a model, or NULL. */
const struct vector_result *vector_results_find(const GPtrArray *results, const char *model);

#endif
