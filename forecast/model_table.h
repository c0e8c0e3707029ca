/*
 * model_table.h - rows of the table in model.c; only the model files include it.
 */
#ifndef WFM_FORECAST_MODEL_TABLE_H
#define WFM_FORECAST_MODEL_TABLE_H

#include "forecast/model.h"

extern const struct model model_naive;                                     /* model_naive.c */
extern const struct model model_mean_short, model_mean_long;               /* model_mean.c */
extern const struct model model_pooled;                                    /* model_pooled.c */
extern const struct model model_seasons;                                   /* model_seasons.c */
extern const struct model model_profile;                                   /* model_profile.c */
extern const struct model model_regression_level, model_regression_curves; /* model_regression.c */
extern const struct model model_factor_month, model_factor_slow, model_factor_year, model_factor_two,
    model_factor_three, model_factor_fast, model_factor_steady, model_factor_plain; /* model_factor.c */

#endif
