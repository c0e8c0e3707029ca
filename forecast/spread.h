/*
 * spread.h - how far reality lies from a forecast of one interval: quantiles of out-of-sample residuals of
 * the roots, and Gamma-Poisson counts where there are few contacts.
 */
#ifndef WFM_FORECAST_SPREAD_H
#define WFM_FORECAST_SPREAD_H

#include "forecast/errors.h"

/* Days whose outcome was forecast without knowing it, in blocks that were forecast together, the oldest
   first. Cells: n_blocks × block_days × n_slots. Borrowed. */
struct spread_days {
    int n_blocks, block_days, n_slots;
    const double *z, *zhat, *seen; /* roots of what happened and of what was said; 1 = known, else 0 */
    const uint8_t *unusual;        /* n_blocks × block_days: special days and those after one */
};

struct spread {
    int n_slots;
    double *scale;                   /* n_slots: usual size of the residual */
    double unusual;                  /* that of a special day and the day after one over it, >= 1 */
    double step[FORECAST_QUANTILES]; /* quantiles of residual / scale */
    double cv2;                      /* squared coefficient of variation of the rate behind small counts */
    double independent;              /* residuals' number, worth of independent ones */
    struct error_pool pool;
    double *loss; /* n_blocks × candidates of cv2: how well the small counts of a block fit */
};

/* With fewer than 30 known cells a Poisson spread with a rate known to 15 % is taken. `widen` (>= 1)
   stretches everything. */
void spread_init(struct spread *spread, const struct spread_days *days, double widen);
void spread_clear(struct spread *spread);

/* Quantiles and cv2 from all blocks but one, to be judged on that one; -1: from all, as after spread_init. */
void spread_leave(struct spread *spread, int block);

/* Quantiles of the count of one interval, ascending, >= 0. narrow (0..1): its deviation over the usual one.
 */
void spread_quantiles(const struct spread *spread, int slot, bool unusual, double zhat, double narrow,
                      double out[FORECAST_QUANTILES]);

/* Lets go of the errors; spread_leave does nothing from now on. */
void spread_settle(struct spread *spread);

/* The same for any count: quantiles of a root around zhat when the count is large, of a negative binomial of
   mean root_to_rate(zhat) and cv2 when small. */
void spread_count_quantiles(double zhat, double scale, const double step[FORECAST_QUANTILES], double cv2,
                            double out[FORECAST_QUANTILES]);

#endif
