/*
 * spread.h - how far reality lies from a forecast: quantiles from out-of-sample residuals of the roots, and
 * Gamma-Poisson counts where there are few contacts.
 */
#ifndef WFM_FORECAST_SPREAD_H
#define WFM_FORECAST_SPREAD_H

#include "forecast/forecast.h"

struct spread {
    int n_slots;
    double *scale;                   /* n_slots: usual size of the residual */
    double step[FORECAST_QUANTILES]; /* quantiles of residual / scale */
    double cv2;                      /* squared coefficient of variation of the rate behind small counts */
};

/* Residuals of blocks: `z` (what happened), `zhat` (what was said) and `seen`, each n_cells, cell % n_slots =
   slot. `widen` (>= 1) stretches the quantiles. With fewer than 30 seen cells a Poisson spread with a rate
   known to 15 % is taken. */
void spread_init(struct spread *spread, int n_slots, const double *z, const double *zhat, const double *seen,
                 int n_cells, double widen);
void spread_clear(struct spread *spread);

/* Quantiles of the count of one interval, ascending, >= 0. */
void spread_quantiles(const struct spread *spread, int slot, double zhat, double out[FORECAST_QUANTILES]);

#endif
