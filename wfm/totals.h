/*
 * totals.h - what channels, clients, time zones and the whole operation will get, and their queues made to
 * agree with it (forecast/reconcile.h).
 *
 * Totals of more than one queue are forecast from their summed history: a client's channel, a client, a time
 * zone, all. A total of the same queues as another is left out. Queues forecast by day keep their forecast
 * and are in no total.
 */
#ifndef WFM_WFM_TOTALS_H
#define WFM_WFM_TOTALS_H

#include "forecast/forecast.h"

/* A queue that takes part. */
struct totals_queue {
    int queue;                          /* of the operation */
    const struct forecast_input *input; /* of its forecast; by interval */
    struct forecast *forecast;          /* changed in place: contacts and quantiles of
 intervals, days and weeks */
};

/* Forecasts the totals and reconciles the queues. `zone`: days of totals over several zones follow it. jobs:
   threads, 0 = one per core; the result is the same for any number. Returns how many totals were heard; 0:
   nothing was changed. */
int totals_reconcile(const struct operation *operation, const struct zone *zone,
                     const struct totals_queue *queues, int n, int jobs);

#endif
