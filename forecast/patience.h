/*
 * patience.h - how long customers wait before they give up, and how many do, from interval history.
 *
 * With exponential patience the maximum-likelihood mean is the time all contacts waited, answered or not,
 * over the number that gave up: a contact that was answered says that it waited so long without giving up
 * (Brown et al. 2005, section 5.2). Old history counts less.
 */
#ifndef WFM_FORECAST_PATIENCE_H
#define WFM_FORECAST_PATIENCE_H

#include "core/series.h"
#include "core/zone.h"

#define PATIENCE_HOURS 24

struct patience {
    double abandoned; /* contacts that gave up where waiting time is known; what mean_s rests on */
    double mean_s;    /* mean time to abandonment; NAN when too few gave up to say, or no wait is known */
    double error_s;   /* its standard error, days taken as independent; NAN with mean_s */
    double share;     /* of offered contacts that gave up; NAN when that is not known */
    double share_by_hour[PATIENCE_HOURS]; /* the same by hour of the local day, shrunk to the share of all by
                                             what chance explains; NAN with share */
};

/* From the history of a queue in its zone. On a grid of days all hours have the share of all. Pure. */
struct patience patience_estimate(const struct series *history, const struct zone *zone);

#endif
