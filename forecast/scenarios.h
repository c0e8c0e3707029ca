/*
 * scenarios.h - futures drawn from a forecast: what a simulation or a staffing for uncertain rates runs
 * through.
 *
 * A scenario is a curve of rates; contacts are Poisson around them. What a day is busier or calmer than
 * forecast follows the quantiles of its sum, days of a week go together as their errors did (a normal copula,
 * each day stratified over the scenarios), and inside the day the rates wander as far as the quantiles of
 * intervals say and chance leaves room for.
 */
#ifndef WFM_FORECAST_SCENARIOS_H
#define WFM_FORECAST_SCENARIOS_H

#include "forecast/forecast.h"

struct scenarios {
    int n;
    struct grid grid; /* of the forecast */
    double *rate;     /* n × grid.n, by scenario: contacts to expect, >= 0 */
};

/* n >= 1 futures. Their mean is the forecast in every interval; intervals known already (n_known) are the
   forecast's in all of them. The same forecast, n and seed give the same bits anywhere. Some 60 ns per rate.
   scenarios_clear. */
void scenarios_init(struct scenarios *scenarios, const struct forecast *forecast, int n, uint64_t seed);
void scenarios_clear(struct scenarios *scenarios);

#endif
