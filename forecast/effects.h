/*
 * effects.h - what the calendar does to a day-level quantity: a ridge regression on the columns of struct
 * day_features.
 */
#ifndef WFM_FORECAST_EFFECTS_H
#define WFM_FORECAST_EFFECTS_H

#include "forecast/calendar.h"

/* The part of the regression that depends on days and weights only; solved for many targets. */
struct effects {
    const struct day_features *features; /* borrowed */
    int n_days;                          /* rows fitted */
    int n;          /* active columns: of the chosen groups, with enough weighted days behind them */
    int *column;    /* n: index into the features */
    int *first;     /* n_days + 1: where a day starts in the two below, which hold what is not 0 */
    int *active;    /* first[n_days]: index into `column` */
    double *value;  /* first[n_days] */
    double *weight; /* n_days */
    double *gram;   /* n × n: X' W X */
};

/* One system of it, factored: some groups, one ridge. */
struct effects_system {
    const struct effects *effects; /* borrowed */
    int n;                         /* columns */
    int *active;                   /* n: index into effects->column */
    double *factor;                /* n × n (linear.h) */
    bool solvable;
};

/* Over the first n_days rows of the features. `groups`: mask of enum feature_group. weight: n_days. */
void effects_init(struct effects *effects, const struct day_features *features, int n_days, int groups,
                  const double *weight);
void effects_clear(struct effects *effects);

/* Prepares (X'WX + diag(penalty · ridge))^-1 for the columns of `groups` among the active ones; ridge > 0. */
void effects_system_init(struct effects_system *system, const struct effects *effects, int groups,
                         double ridge);
void effects_system_clear(struct effects_system *system);

/* coefficients (features->n, inactive ones 0) for a target of n_days values, ignored where weight is 0. */
void effects_system_solve(const struct effects_system *system, const double *target, double *coefficients);

/* Effect on one row of the features; on all rows fitted (out: n_days). */
double effects_at(const struct day_features *features, int row, const double *coefficients);
void effects_fitted(const struct effects *effects, const double *coefficients, double *out);

#endif
