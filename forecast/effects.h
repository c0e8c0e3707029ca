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
    int shift;                           /* row of the features that is day 0 of the targets */
    int n_days;                          /* rows fitted */
    int n;          /* active columns: of the chosen groups, with enough weighted days behind them */
    int *column;    /* n: index into the features */
    double *x;      /* n_days × n */
    double *weight; /* n_days */
    double *gram;   /* n × n: X' W X */
    double *system; /* n × n, scratch of effects_solve */
};

/* `groups`: mask of enum feature_group. weight: n_days. shift: see above. */
void effects_init(struct effects *effects, const struct day_features *features, int shift, int n_days,
                  int groups, const double *weight);
void effects_clear(struct effects *effects);

/* coefficients (features->n, inactive ones 0) = (X'WX + diag(penalty · ridge))^-1 X'W target. target: n_days,
   ignored where weight is 0; ridge > 0. */
void effects_solve(struct effects *effects, const double *target, double ridge, double *coefficients);

/* Effect on one row of the features. */
double effects_at(const struct day_features *features, int row, const double *coefficients);

#endif
