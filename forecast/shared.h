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

/* whole: the final origin's input, which outlives this one; NULL: this is it. */
struct shared *shared_new(const struct model_input *whole);
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

/* Roots less what the calendar does (origin × n_slots, 0 where not seen). */
const double *shared_cleared(const struct model_input *input);

/* Adds `scale` times what the calendar does to a row, also a later one, as roots (z: n_slots), by a pilot
   factor model that every model may take as given. */
void shared_add_special(const struct model_input *input, int day, double scale, double *z);

/* The final origin's input. */
const struct model_input *shared_whole(const struct model_input *input);

/* What a model makes once for all origins of a queue, from the final one's input; `key` is an address of its
   own. */
void *shared_keep(const struct model_input *input, const void *key,
                  void *(*make)(const struct model_input *whole), void (*destroy)(void *made));

#endif
