/*
 * week_roots.h - a table of roots per weekday and slot: the common fitted form of the averaging models.
 */
#ifndef WFM_FORECAST_WEEK_ROOTS_H
#define WFM_FORECAST_WEEK_ROOTS_H

#include "forecast/model.h"

struct week_roots {
    int first_weekday; /* of row 0 */
    int n_slots;
    double *z; /* WEEK_DAYS × n_slots */
};

struct week_roots *week_roots_new(const struct day_matrix *matrix);
/* These two are `predict` and `free` of a model. */
void week_roots_predict(const void *week, int day, double *z);
void week_roots_free(void *week);

/* Weighted mean of the values (rows before the origin, n_days × n_slots, 0 where not seen) per weekday and
   slot into mean (WEEK_DAYS × n_slots): a day weighs weight[day] (origin). A weekday and slot never seen
   takes the slot's mean over all days, then the mean of all. Chance is taken out of the curves
   (week_shape.h). */
void week_roots_mean(const struct model_input *input, const double *values, const double *weight,
                     double *mean);

/* weight (origin): day weights times 0.5^(age / half-life); days before a level shift count a third. */
void week_roots_weights(const struct model_input *input, double half_life_weeks, double *weight);

#endif
