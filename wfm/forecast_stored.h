/*
 * forecast_stored.h - a forecast as the store keeps it: values, the report as JSON, and the hash of what it
 * was made from.
 */
#ifndef WFM_WFM_FORECAST_STORED_H
#define WFM_WFM_FORECAST_STORED_H

#include "core/store/store.h"
#include "wfm/forecast_task.h"

/* SHA-256 over everything the queue's own forecast depends on. g_free. */
char *forecast_own_hash(const struct forecast_task *task);

/* Copies what the store keeps of n forecasts that ran. stored_forecast_clear each. */
void forecasts_to_stored(const struct forecast_task *tasks, int n, struct stored_forecast *stored);

/* Was the stored forecast made from what `own` is the hash of? *totals: how many it was made to agree with.
 */
bool forecast_same_inputs(const struct stored_forecast *stored, const char *own, int *totals);

#endif
