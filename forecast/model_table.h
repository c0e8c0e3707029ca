/*
 * model_table.h - rows of the table in model.c; only the model files include it.
 */
#ifndef WFM_FORECAST_MODEL_TABLE_H
#define WFM_FORECAST_MODEL_TABLE_H

#include "forecast/model.h"

extern const struct model model_naive;                            /* model_naive.c */
extern const struct model model_mean;                             /* model_mean.c */
extern const struct model model_pooled;                           /* model_pooled.c */
extern const struct model model_seasons;                          /* model_seasons.c */
extern const struct model model_factor_moving, model_factor_year; /* model_factor.c */
extern const struct model model_regression;                       /* model_regression.c */
extern const struct model model_dynamic;                          /* model_dynamic.c */
extern const struct model model_ends;                             /* model_ends.c */

#endif
