/*
 * aht.h - handling time: a level that moves, weighted by volume, times a smooth profile over the day.
 */
#ifndef WFM_FORECAST_AHT_H
#define WFM_FORECAST_AHT_H

#include "forecast/matrix.h"

struct aht_forecast {
    double *aht_s; /* n_slots: seconds by local slot, for every day to come */
    double
        wape; /* rolling-origin Σ volume |aht - forecast| / Σ volume aht; NAN when the history is too short */
};

/* work (seconds of handling) and volume (contacts handled) on the same grid, NAN where not known; first_day
   .. origin rows as in `matrix`, which gives days, slots and what may be learnt from. default_aht_s is used
   where nothing was ever handled. */
void aht_forecast_init(struct aht_forecast *aht, const struct day_matrix *work,
                       const struct day_matrix *volume, int origin, double default_aht_s);
void aht_forecast_clear(struct aht_forecast *aht);

#endif
