/*
 * bands.h - from the backtest of a queue to the quantiles of what is forecast, and how well they held.
 */
#ifndef WFM_FORECAST_BANDS_H
#define WFM_FORECAST_BANDS_H

#include "forecast/backtest.h"
#include "forecast/sums.h"

struct bands {
    uint8_t *unusual; /* rows of the blocks, see bands_unusual */
    struct spread_days days;
    struct spread spread; /* of intervals */
    struct sums sums;     /* of days and weeks */
};

/* Spread after the final origin, from the errors of all blocks; where there are none, from how the pooled
   rates fit the past. Borrows the backtest. */
void bands_init(struct bands *bands, const struct backtest *backtest, const struct model_input *input);
void bands_clear(struct bands *bands);

/* Lets go of the errors, and so of the backtest; the quantiles stay. */
void bands_settle(struct bands *bands);

/* A special day, or the day after one: they miss by more than others. */
bool bands_unusual(const struct model_input *input, int day);

/* Coverage of intervals and days of each block by bands made without it, into the report. NAN without blocks.
   Only the usual size of an interval's error, by slot, is that of all blocks. */
void bands_report(struct bands *bands, struct forecast_backtest *report);

#endif
