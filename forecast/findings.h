/*
 * findings.h - what cleaning noticed in a history, as a list for people.
 */
#ifndef WFM_FORECAST_FINDINGS_H
#define WFM_FORECAST_FINDINGS_H

#include "forecast/clean.h"

/* Days before the origin that are not learnt from like others, and where a new level began; special days are
   not listed. By day; *n entries, g_free. */
struct forecast_finding *findings_list(const struct day_matrix *matrix, const struct day_calendar *calendar,
                                       const struct day_weights *weights, int *n);

#endif
