/*
 * score.h - a day series (a factor's scores) taken apart into a local level, calendar effects and an AR(1)
 * remainder.
 */
#ifndef WFM_FORECAST_SCORE_H
#define WFM_FORECAST_SCORE_H

#include "forecast/level.h"
#include "forecast/model.h"

struct score_options {
    double gain;  /* of the level */
    double ridge; /* of the effects, times noise over spread */
    int groups;   /* enum feature_group */
};

/* score: origin values. special: first idea of what the calendar does to them, or NULL. effect: features->n
   coefficients. */
void score_fit(const struct model_input *input, const double *score, const double *special,
               const struct score_options *options, double *effect, struct level_end *end);

#endif
