/*
 * curves.h - the day curves of a queue: weekday profiles, the main curves by which days differ from them, and
 * each day's score on those (principal components of root counts after Shen & Huang 2008).
 */
#ifndef WFM_FORECAST_CURVES_H
#define WFM_FORECAST_CURVES_H

#include "forecast/model.h"

#define CURVES_MAX 4

struct curves {
    int factors;     /* found, <= CURVES_MAX; nested: the first k are what k factors would give */
    int n_days;      /* the origin */
    double *base;    /* WEEK_DAYS × n_slots */
    double *loading; /* CURVES_MAX × n_slots, orthonormal rows */
    double *score;   /* CURVES_MAX × n_days: least squares over the slots that were seen */
    double *special; /* CURVES_MAX × n_days: what the calendar does to the scores, as the pilot fit has it
                        (shared.h); NULL in that fit itself */
};

/* values: roots the profiles are averaged from (origin × n_slots, 0 where not seen), for example without what
   feasts did; base_weight, weight (origin): of a day in the profiles and in the curves. */
void curves_init(struct curves *curves, const struct model_input *input, const double *values,
                 const double *base_weight, const double *weight);
void curves_clear(struct curves *curves);

#endif
