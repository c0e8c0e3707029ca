/*
 * reconcile.h - forecasts of queues and of their totals brought to agree.
 *
 * Every total (a channel, a client, a zone, everything) is forecast by itself, from the sum of its queues'
 * histories. Such a forecast sees what is lost in the noise of the single queues, but it does not equal their
 * sum. Reconciling moves the queues until all agree: weighted least squares (MinT with diagonal covariance,
 * Wickramasuriya, Athanasopoulos & Hyndman 2019), in which a queue moves the further the larger its errors
 * were. Only the queues are kept; a total is their sum.
 *
 * How much the totals are heard is fixed: one alone against the sum of its queues has RECONCILE_WEIGHT, and
 * several of the same queues share it. The mean squared error of a total says little of it, for it is nearly
 * all shared with the sum; weights and covariances measured at eight origins change between nothing and
 * everything from week to week, and harm.
 *
 * Pure and thread-safe.
 */
#ifndef WFM_FORECAST_RECONCILE_H
#define WFM_FORECAST_RECONCILE_H

#include "forecast/forecast.h"

#define RECONCILE_WEIGHT 0.15

/* Which leaves (queues) each group (total) adds up. Groups may overlap in any way. */
struct reconcile_tree {
    int n_leaves, n_groups;
    const int *first; /* n_groups + 1: where the leaves of a group start in `leaf` */
    const int *leaf;  /* first[n_groups]: indices of leaves, each once in a group */
};

/* How far a leaf may be from the truth. */
struct reconcile_error {
    double variance; /* mean squared error of a day, contacts² */
    double usual;    /* mean day total it belongs to; 0: not measured, an error of 30 % is assumed */
};

/* From the backtest. */
struct reconcile_error reconcile_error(const struct forecast *forecast);

/* Reconciles one day (or any period). `base`: what each forecast says, leaves, then groups (NAN: none).
   `errors`: n_leaves; scaled to base / usual, so that a leaf that says 0 stays 0. A group that says 0 is not
   heard. 0 < weight < 1: of a group against its leaves; the variance of a group is that of the sum of its
   leaves × (1 - weight) / weight × the groups a leaf of it is in, on average. `out`, n_leaves: >= 0; without
   any group heard: the base. */
void reconcile_period(const struct reconcile_tree *tree, const struct reconcile_error *errors, double weight,
                      const double *base, double *out);

#endif
