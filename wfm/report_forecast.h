/*
 * report_forecast.h - `wfm report accuracy` and `wfm report forecast`: their options and what they run.
 */
#ifndef WFM_WFM_REPORT_FORECAST_H
#define WFM_WFM_REPORT_FORECAST_H

#include "wfm/options.h"

/* Both take OPTIONS_STORE, OPTIONS_FORMAT, OPTIONS_WEEK, OPTIONS_WEEKS and OPTIONS_SCENARIO. */
extern const struct option_row report_accuracy_rows[];
bool report_accuracy(const struct options *options, GError **error);

/* Takes the number of a forecast, or nothing: then a list. */
extern const struct option_row report_forecast_rows[];
bool report_forecast(const struct options *options, GError **error);

#endif
