/*
 * accuracy.h - what forecasts said and what came: the figures of `wfm report accuracy`, as rows (struct
 * accuracy_row of api/engines.h) and as its tables.
 */
#ifndef WFM_WFM_ACCURACY_H
#define WFM_WFM_ACCURACY_H

#include "api/engines.h"
#include "wfm/output.h"
#include "wfm/pipeline.h"

/* Forecasts are shown as computed; beside them what the planner's hand made of them and the seasonal naive
   one from the same history. *rows: *n, accuracy_rows_free; none when no queue has both a forecast and what
   came. WFM_ERROR_NOT_FOUND: a queue or scenario that is not there. */
bool accuracy_rows(struct store *store, const struct operation *operation, const struct accuracy_span *span,
                   struct accuracy_row **rows, int *n, GError **error);

/* One table of these rows; the span is that of `planning`. WFM_ERROR_NOT_FOUND when there are none. NULL on
   failure. */
struct table *accuracy_table(const struct planning *planning, const struct accuracy_span *span,
                             GError **error);

#endif
