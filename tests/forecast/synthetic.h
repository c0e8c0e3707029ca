/*
 * synthetic.h - series with known answers, and the plain files of the shared data.
 */
#ifndef WFM_TESTS_FORECAST_SYNTHETIC_H
#define WFM_TESTS_FORECAST_SYNTHETIC_H

#include "core/series.h"
#include "core/zone.h"
#include "forecast/forecast.h"

/* Contacts expected in the interval that starts at a wall-clock time. */
typedef double (*synthetic_rate)(int32_t day, int second);

/* noise: 0 = the rate itself, else Poisson counts around rate × a Gamma day factor of coefficient of
 * variation `noise`. */
struct synthetic {
    const char *zone;
    const char *first_day; /* history: local midnight of first_day, n_days local days */
    int n_days, interval_min;
    synthetic_rate rate;
    double noise;
    uint32_t seed;
};

/* Fills series (series_clear) and zone (zone_free); aborts the test on a bad zone or day. */
void synthetic_make(const struct synthetic *spec, struct series *series, struct zone **zone);

/* A queue with two peaks a day, busiest on Mondays. */
double synthetic_weekly(int32_t day, int second);

/* The same with what a forecast of n_days is made from, gap_days after the history. The input borrows series
   and zone. */
void synthetic_input(const struct synthetic *spec, int gap_days, int n_days, struct series *series,
                     struct zone **zone, struct forecast_input *input);

/* Local days as a grid. */
struct grid synthetic_days(const struct zone *zone, int32_t first_day, int n_days, int interval_s);

/* Reads a queue of a shared CSV file without quoted fields into a series; NULL zone when the queue is not
   there. interval_start, offered, and answered and aht_seconds where present. */
struct zone *synthetic_read(const char *path, const char *queue, struct series *series);

#endif
