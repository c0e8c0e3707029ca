/*
 * shared.h - what several models work out alike from one origin, made once, when first asked for: weights of
 * days, the regression on the calendar, what feasts did, the day curves.
 *
 * Belongs to a struct model_input; the models fitted on it may borrow from it. Not for several threads at
 * once.
 */
#ifndef WFM_FORECAST_SHARED_H
#define WFM_FORECAST_SHARED_H

#include "forecast/curves.h"
#include "forecast/effects.h"
#include "forecast/model.h"

struct shared *shared_new(void);
void shared_free(struct shared *shared);

/* All below: arrays over the rows before the origin, owned by input->shared. */

/* Day weights with age (week_roots_weights). */
const double *shared_weights(const struct model_input *input, double half_life_weeks);

/* Day weights, special days a quarter of it: they say little about the level. */
const double *shared_steady(const struct model_input *input);

/* Regression on all groups of columns, days ageing slowly. */
const struct effects *shared_effects(const struct model_input *input);

/* Profiles, factors and scores of the half-life, the profiles cleared of what the calendar does. */
const struct curves *shared_curves(const struct model_input *input, double half_life_weeks);

/* Adds `scale` times what the calendar does to a row, also a later one, as roots (z: n_slots), by a pilot
   factor model that every model may take as given. */
void shared_add_special(const struct model_input *input, int day, double scale, double *z);

#endif
