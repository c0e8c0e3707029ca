/*
 * forecast_results.h - the forecasts of a directory of forecast_dump.h, all programs', scored by queue.
 */
#ifndef WFM_TESTS_BENCH_FORECAST_RESULTS_H
#define WFM_TESTS_BENCH_FORECAST_RESULTS_H

#include "tests/bench/forecast_score.h"

#define RESULT_METHODS_MAX 32

struct result_method {
    char *program, *name;     /* "wfm" "wfm", "r" "dhrx", … */
    double rel_wape, rel_wql; /* geometric means relative to seasonal naive, over the queues it has */
    double cov80, cov95, cpu_s, of_best_r, rank; /* means over them; of_best_r geometric */
    int n_queues;
};

/* A method on a queue. */
struct result_cell {
    struct forecast_sums sums;
    double cpu_s;  /* of all origins */
    bool complete; /* every origin of the queue is there: only then it counts */
    int rank;      /* among the complete ones of the queue by WAPE, 1 = best */
};

struct forecast_results {
    int n_queues, n_methods;
    char **queues;                                    /* n_queues */
    struct forecast_sums *naive;                      /* n_queues */
    struct result_method methods[RESULT_METHODS_MAX]; /* n_methods, best first by rel_wape */
    struct result_cell (*cells)[RESULT_METHODS_MAX];  /* n_queues × methods */
    int *best_r;                                      /* n_queues: R's best method by WAPE, -1 = none */
};

/* Reads and scores. Queues without contacts behind their origins, or where
   seasonal naive makes no error, are left out. WFM_ERROR_INPUT or
   WFM_ERROR_NOT_FOUND with file and line. */
bool forecast_results_read(struct forecast_results *results, const char *dir, GError **error);
void forecast_results_clear(struct forecast_results *results);

/* WAPE of a method on a queue over that of R's best on it; NAN without one. */
double result_of_best_r(const struct forecast_results *results, int queue, int method);

#endif
