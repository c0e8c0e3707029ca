/*
 * aht.h - handling time: a level that moves × a smooth profile over the day × a factor of the weekday, all
 * weighted by volume.
 *
 * Work and volume are modelled apart; AHT is their ratio. Profile and weekday are shrunk to 1 by what chance
 * alone would show (empirical Bayes), so that a small queue gets one AHT and a large one gets all it has.
 */
#ifndef WFM_FORECAST_AHT_H
#define WFM_FORECAST_AHT_H

#include "forecast/matrix.h"

/* What handling took, on days × slots of one zone; rows and cells that are seen are the same in both. */
struct aht_history {
    struct day_matrix work;   /* seconds of handling */
    struct day_matrix volume; /* contacts handled (offered, where answered is not known), > 0 where seen */
};

/* From the history of a queue; opening hours and calendar as of matrix_init. False when it has no handling
   time at all: nothing to forecast from then. aht_history_clear in both cases. */
bool aht_history_init(struct aht_history *history, const struct series *series, const struct zone *zone,
                      const struct day_calendar *calendar, const struct week_span *open, int n_open);
void aht_history_clear(struct aht_history *history);

/* Seconds of handling a contact took on average in the rows before `origin`; 0 without any. */
double aht_mean_before(const struct aht_history *history, int origin);

struct aht_forecast {
    int n_slots;
    double *aht_s; /* WEEK_DAYS × n_slots: seconds by weekday and local slot, for every day to come */
    double wape; /* rolling-origin Σ volume |AHT - forecast| / Σ volume AHT; NAN when history is too short */
    double mean_wape; /* the same of the mean of all contacts before each origin */
};

/* Learns from the rows before `origin`. default_aht_s is used when nothing was handled in them. */
void aht_forecast_init(struct aht_forecast *aht, const struct aht_history *history, int origin,
                       double default_aht_s);
void aht_forecast_clear(struct aht_forecast *aht);

static inline double aht_forecast_at(const struct aht_forecast *aht, int weekday, int slot)
{
    return aht->aht_s[weekday * aht->n_slots + slot];
}

#endif
