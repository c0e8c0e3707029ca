/*
 * model_factor.h - what other models borrow from a fitted factor model.
 */
#ifndef WFM_FORECAST_MODEL_FACTOR_H
#define WFM_FORECAST_MODEL_FACTOR_H

/* Adds `scale` times what the calendar does to a row, as roots (z: n_slots), by a fit of any of the factor
 * models. */
void factor_add_special(const void *fitted, int day, double scale, double *z);

#endif
