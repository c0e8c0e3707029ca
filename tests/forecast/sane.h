/*
 * sane.h - what holds for every forecast.
 */
#ifndef WFM_TESTS_FORECAST_SANE_H
#define WFM_TESTS_FORECAST_SANE_H

#include "forecast/forecast.h"

/* Fails the test unless values are finite and not negative, quantiles do not cross and weights sum to one.
   `what`: said then. */
void check_sane(const struct forecast *forecast, const char *what);

#endif
