/*
 * errors.h - the distribution of errors that come in days and blocks of days, and how much of it can be
 * known.
 *
 * Errors of one day resemble each other, and so do days of one block: thousands of them may be worth a dozen
 * independent ones. How many is measured by the correlations inside days and blocks; the fewer, the closer
 * the quantiles lie to a normal's and the wider they are, as Student's t is for few observations.
 */
#ifndef WFM_FORECAST_ERRORS_H
#define WFM_FORECAST_ERRORS_H

#include "forecast/forecast.h"

struct error_block {
    double n, weight;          /* errors; weight of each */
    double absolute;           /* Σ|error| */
    double square;             /* Σ error², beyond 5 taken for 5, as in what follows */
    double days;               /* with an error */
    double day_pair, n_day;    /* Σ of products of two errors of one day, and how many */
    double block_pair, n_pair; /* the same of two days of the block */
};

struct error_pool {
    int n, n_blocks;
    double degrees; /* of freedom of Student's t, per independent error */
    struct error_value {
        double value;
        int block;
    } * sorted;                /* n, ascending */
    struct error_block *block; /* n_blocks */
};

/* errors, seen: n_blocks × block_days × n_slots, about 1 in size; where seen is 0 there is none. The last
   block is the youngest: older ones weigh less. */
void error_pool_init(struct error_pool *pool, const double *errors, const double *seen, int n_blocks,
                     int block_days, int n_slots, double degrees);
void error_pool_clear(struct error_pool *pool);

/* Quantiles of an error to come around its median (that of a few weeks says little about the next), from all
   blocks but `leave` (-1: from all). Their number worth of independent errors into *independent (may be
   NULL). All 0 without errors. */
void error_pool_quantiles(const struct error_pool *pool, int leave, double out[FORECAST_QUANTILES],
                          double *independent);

/* A standard normal's at forecast_quantile_levels. */
extern const double error_normal[FORECAST_QUANTILES];

/* Quantiles of Student's t, stretched for a mean known from `degrees` + 1 observations: the same levels. */
void error_normal_quantiles(double degrees, double out[FORECAST_QUANTILES]);

#endif
