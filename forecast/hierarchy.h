/*
 * hierarchy.h - the history of a total (channel, client, zone, everything) from those of its queues.
 *
 * The sum lives on the coarsest interval that all of its queues fit into, over the span for which all of them
 * have history. A queue that is closed adds 0. Where a queue should have been seen and was not, the value of
 * a week before stands in; where that makes more than a tenth of the sum, the sum is not known.
 */
#ifndef WFM_FORECAST_HIERARCHY_H
#define WFM_FORECAST_HIERARCHY_H

#include "forecast/forecast.h"

struct hierarchy_sum;

/* Starts a sum over the queues `inputs` (n >= 1; only history's grid and offered, zone and horizon are read
   here). NULL when they have less than four weeks in common, or one ends two weeks before another. */
struct hierarchy_sum *hierarchy_sum_new(const struct forecast_input *const *inputs, int n);
void hierarchy_sum_free(struct hierarchy_sum *sum);
AUTO_DEFINE(hierarchy_sum, hierarchy_sum_free);

/* Adds one of the queues. */
void hierarchy_sum_add(struct hierarchy_sum *sum, const struct forecast_input *input);

/* What forecast_run takes, after the last queue: history, special days and horizon are owned by the sum,
   names by the queues' specials. `zone`: whose days the total follows. A day is special for the total when it
   is for the queues that make at least half of its volume; closed when it is for all. */
struct forecast_input hierarchy_sum_input(struct hierarchy_sum *sum, const struct zone *zone);

#endif
