/*
 * combine.h - weights of a combination from how the models did at rolling origins.
 */
#ifndef WFM_FORECAST_COMBINE_H
#define WFM_FORECAST_COMBINE_H

#include "forecast/forecast.h"

#define COMBINE_MAX FORECAST_MODELS_MAX

/* Sums over the cells of one block: all that least squares needs, as the weights sum to 1. Additive: blocks
 * can be added to and taken from a total. */
struct combine_sums {
    double gram[COMBINE_MAX * COMBINE_MAX]; /* n × n, row length n, lower triangle: Σ w error_i error_j */
    double total;                           /* Σ w */
};

/* Adds the cells of a block. z, seen: n_cells; zhat: n_models × stride, by model, of which the first n_cells
   count. Cells weigh by their expected root, as contacts missed are what hurts; those whose error under
   `guide` (weights, n_models) is beyond 3 times `scale` count less (Huber). `factor` scales the block (its
   age). */
void combine_add(struct combine_sums *sums, int n_models, const double *z, const double *seen,
                 const double *zhat, int stride, int n_cells, const double *guide, double scale,
                 double factor);

/* Non-negative weights of sum 1 with the least mean squared error, pulled towards prior (n_models, sum 1)
   with strength `shrink` times the mean squared error of the best model. A model of prior 0 is left out. With
   no cells: the prior. */
void combine_solve(const struct combine_sums *sums, int n_models, const double *prior, double shrink,
                   double *weights);

#endif
