/*
 * gls.h - regression of a day series on weekdays and calendar whose errors remember: generalised least
 * squares.
 *
 * The error of a day is noise plus three first-order processes (drift over years, level over weeks, days).
 * None of them is a random walk: far ahead a level returns to the usual one, as what is known of it wears
 * off. A Kalman filter takes out of each day what the days before it say, from the columns as from the series
 * ("whitening"); its gains follow from the days alone, so the columns are filtered once and serve many
 * series.
 */
#ifndef WFM_FORECAST_GLS_H
#define WFM_FORECAST_GLS_H

#include "forecast/model.h"

#define GLS_PROCESSES 3

/* Days and columns, whitened. Immutable after init. */
struct gls {
    const struct model_input *input; /* borrowed */
    int first, n_days;               /* rows learnt from: first .. first + n_days - 1 */
    int n_active, *active;           /* n_active: columns of the features with days behind them */
    int n;                           /* columns: the active ones, WEEK_DAYS weekdays, padding of 0 */
    double *x;                       /* n_days × n, whitened */
    double *gain;                    /* n_days × GLS_PROCESSES */
    double *precision;               /* n_days: 1 / deviation of what is new of a day; 0 = not known */
    double *state;                   /* GLS_PROCESSES × n: of the columns, after the last day */
    double *gram;                    /* n × n */
};

struct gls_fit {
    double *effect;              /* features->n */
    double weekday[WEEK_DAYS];   /* 0 = Monday */
    double state[GLS_PROCESSES]; /* of the error, after the last day */
};

/* The last two years of days before the origin, older ones counting less, feasts a third; columns of `groups`
   (enum feature_group), waves of a year only where there is more than one. */
void gls_init(struct gls *gls, const struct model_input *input, int groups);
void gls_clear(struct gls *gls);

/* series: input->origin values, ignored where the day's weight is 0. ridge: strength of the columns'
   penalties, times the share of noise in the series; days of the month are shrunk further where the series
   does not know them, by marginal likelihood. Owns its arrays: gls_fit_clear. */
void gls_fit_init(struct gls_fit *fit, const struct gls *gls, const double *series, double ridge);
void gls_fit_clear(struct gls_fit *fit);

/* Expected value on a row at or after the origin: weekday and calendar, and `memory` (0..1) of the error that
 * is left by then. */
double gls_expect(const struct gls *gls, const struct gls_fit *fit, int day, double memory);

#endif
