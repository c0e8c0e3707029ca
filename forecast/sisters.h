/*
 * sisters.h - what feasts did to the queues of a client: each queue's effects leant to the others, for names
 * a queue has seen never or rarely itself.
 *
 * An effect is the log ratio of a day's contacts to the median of the same weekday in the four weeks before
 * and after, special days left out. Measured on the five boroughs of NYC EMS over the weeks of 2018 with a
 * feast, the others having their whole history: error of feast days' totals with 20 weeks of own history 10.9
 * -> 7.7 %, 40 weeks 9.9 -> 7.7 %, a year 8.5 -> 7.6 %, two years 7.1 -> 7.0 %.
 */
#ifndef WFM_FORECAST_SISTERS_H
#define WFM_FORECAST_SISTERS_H

#include "forecast/forecast.h"

struct feast_effects {
    struct feast_effect *effects; /* n, by name (strcmp) */
    int n;
};

/* Effects of the named holidays, events and special days of a history of days (series_by_day) before civil
   day `until`. The names are those of the specials, borrowed. */
void feast_effects_learn(struct feast_effects *effects, const struct series *days,
                         const struct forecast_special *specials, int n_specials, int32_t until);

/* Mean over all queues, every day alike; and of the others than one of them. Names borrowed as above. */
void feast_effects_pool(struct feast_effects *pooled, const struct feast_effects *queues, int n);
void feast_effects_without(struct feast_effects *others, const struct feast_effects *pooled,
                           const struct feast_effects *own);
void feast_effects_clear(struct feast_effects *effects);

#endif
