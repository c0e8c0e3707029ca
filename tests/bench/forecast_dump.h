/*
 * forecast_dump.h - the data of every origin as CSV files, so that other programs forecast the very same
 * thing, and their forecasts read back (forecast_results.h).
 */
#ifndef WFM_TESTS_BENCH_FORECAST_DUMP_H
#define WFM_TESTS_BENCH_FORECAST_DUMP_H

#include "forecast/forecast.h"
#include "tests/bench/forecast_score.h"

/* clang-format off */
/*
 * A directory holds runs.csv and, for each run (a queue at an origin; named 0001, 0002, …), five kinds of files:
 *
 *   runs.csv               run,queue,origin,interval_minutes,weeks,naive_mean,naive_root
 *   0001.train.csv         day,slot,y: every local day and slot before the origin; y empty where not observed
 *   0001.test.csv          day,slot,y,naive: every interval behind it in time order; y is not for forecasting
 *   0001.days.csv          day,closed,holiday,event,unplanned,name: every day, a week to either side too; kind
 *                          special counts as holiday
 *   0001.PROGRAM.pred.csv  method,mean,q025,q10,q50,q90,q975: per method as many rows as 0001.test.csv
 *   0001.PROGRAM.cpu.csv   method,cpu_s
 *
 * Ours are there as method wfm of program wfm.
 */
/* clang-format on */
struct forecast_dump {
    const char *dir; /* borrowed; must exist */
    int runs;        /* written so far; start from 0 */
};

/* `series` goes on behind the origin, the start of `horizon`; `mean` and `quantile` are ours, as in
   forecast_sums_add. All borrowed. */
struct forecast_dump_run {
    const char *queue;
    const struct series *series;
    const struct zone *zone;
    const struct forecast_special *specials; /* n_specials */
    int n_specials;
    const struct grid *horizon;
    int weeks;
    const struct forecast_test *test;
    const double *mean, *quantile;
    double cpu_s;
};

/* Writes one run. WFM_ERROR_IO when a file cannot be written. */
bool forecast_dump_add(struct forecast_dump *dump, const struct forecast_dump_run *run, GError **error);

#endif
