/*
 * intraday.h - the rest of the day, and of the week, from what has happened so far.
 *
 * How far roots lie from their forecast, in units of their usual size, is a sum of three parts: the level of
 * the day, of which a share carries over to the next day; a drift that keeps a share of itself from slot to
 * slot; and chance. What was seen of the first two is filtered out (Kalman) and carried on. Sizes and shares
 * are those under which the residual day curves of the backtest are most likely. On the same data this
 * beat a penalised update of factor scores (Shen & Huang 2008) and scaling by the ratio so far.
 */
#ifndef WFM_FORECAST_INTRADAY_H
#define WFM_FORECAST_INTRADAY_H

#include "forecast/spread.h"

struct intraday {
    int n_slots;
    double *size;                /* n_slots: usual size of a residual */
    double unusual;              /* that of a special day over it */
    double level, drift, chance; /* variances */
    double keep;                 /* of the drift, per slot */
    double carry;                /* of the level, per day */
    double trust[3]; /* 0..1: share of what the filter says that is acted on when a quarter, half and three
                        quarters of a day are known; 0 when it would not have helped */
};

/* Days to update, as spread_days has them: rows × n_slots. */
struct intraday_days {
    int n_days;
    const double *z, *seen, *zhat; /* roots of what happened where seen, of what was said */
    const uint8_t *open;           /* 1 = contacts may come */
    const uint8_t *unusual;        /* n_days */
};

/* From the residuals of a backtest and their spread; with fewer than a week of them there is no trust. */
void intraday_init(struct intraday *intraday, const struct spread *spread, const struct spread_days *days);
void intraday_clear(struct intraday *intraday);

/* Cells after the last seen one get new roots in `root`, others zhat; `narrow` (same shape) is their spread
   over that of the forecast before, and `left` (n_days) the variance of the contacts still to come over that
   of the whole day as forecast. Microseconds. */
void intraday_update(const struct intraday *intraday, const struct intraday_days *days, double *root,
                     double *narrow, double *left);

#endif
