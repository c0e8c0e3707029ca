/*
 * reconcile.h - forecasts of queues and of their totals brought to agree.
 *
 * Every total (a channel, a client, a zone, everything) is forecast by itself, from the sum of its queues'
 * histories. Such a forecast sees what is lost in the noise of the single queues, but it does not equal their
 * sum. Reconciling moves all of them, each the further the larger its error was, until they agree: the
 * combination of least variance, MinT (Wickramasuriya, Athanasopoulos & Hyndman 2019). The covariance of the
 * errors is shrunk to its diagonal (then the method is weighted least squares). Only the queues are kept; a
 * total is their sum.
 *
 * Pure and thread-safe.
 */
#ifndef WFM_FORECAST_RECONCILE_H
#define WFM_FORECAST_RECONCILE_H

#include "forecast/forecast.h"

/* Which leaves (queues) each group (total) adds up. Groups may overlap in any way. */
struct reconcile_tree {
    int n_leaves, n_groups;
    const int *first; /* n_groups + 1: where the leaves of a group start in `leaf` */
    const int *leaf;  /* first[n_groups]: indices of leaves, each once in a group */
};

/* What is known of the errors. Arrays by node: the leaves, then the groups. */
struct reconcile_errors {
    double *variance;  /* nodes: mean squared error of a usual day, contacts². NAN: a leaf not measured yet
                          (taken for an error of 30 %), or a group not to be heard */
    double *usual;     /* nodes: mean day total the variance belongs to, > 0 */
    double *error;     /* nodes × n_tests, by node: errors of the same tests, 0 where not known */
    int n_tests;       /* 0: variances alone */
    double correlated; /* share of the covariance between nodes that is believed, 0..1 */
};

/* Errors from the backtests of forecasts: `nodes` (n_leaves + n_groups), NULL: a group not forecast. Tests
   are matched by origin and day. reconcile_errors_clear. */
void reconcile_errors_init(struct reconcile_errors *errors, const struct reconcile_tree *tree,
                           const struct forecast *const *nodes);
void reconcile_errors_clear(struct reconcile_errors *errors);

/* Reconciles one day (or any period): `base`, nodes: what each forecast says (NAN: a group without forecast).
   `out`, n_leaves: >= 0. Variances are scaled to base / usual, so that a leaf that says 0 stays 0; a group
   that says 0 is not heard. Without any group heard: the base. `out` may be `base`. */
void reconcile_period(const struct reconcile_tree *tree, const struct reconcile_errors *errors,
                      const double *base, double *out);

#endif
