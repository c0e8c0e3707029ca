/*
 * week_shape.h - curves of the weekdays without the chance in them.
 *
 * A mean over four Mondays keeps half the noise of one; but weekdays resemble each other, and neighbouring
 * intervals too. The seven curves around their means are taken apart into directions (singular values); one
 * that chance alone would make as large is dropped, the others are shortened by what chance added to them
 * (optimal shrinkage of singular values, Gavish & Donoho 2017). What is rough in a direction is kept by the
 * share that chance does not explain (James-Stein, on two levels of a wavelet transform without decimation).
 * With years of history nothing changes; with a month the error falls by 3 to 20 %.
 */
#ifndef WFM_FORECAST_WEEK_SHAPE_H
#define WFM_FORECAST_WEEK_SHAPE_H

#include "forecast/model.h"

/* mean: WEEK_DAYS × n_slots, the weighted means of `values` (rows before the origin, n_days × n_slots, 0
   where not seen) by weight[day] (origin), changed in place where there was anything to average. */
void week_shape_clear(const struct model_input *input, const double *values, const double *weight,
                      double *mean);

#endif
