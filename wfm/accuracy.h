/*
 * accuracy.h - what forecasts said and what came: the tables of `wfm report accuracy`.
 */
#ifndef WFM_WFM_ACCURACY_H
#define WFM_WFM_ACCURACY_H

#include "wfm/output.h"
#include "wfm/pipeline.h"

/* A row per queue, and one of all together; per day of it; per time of its day, over all days; or per
   snapshot, by how long before the weeks its history ended. In the order of "queue|day|interval|snapshot". */
enum accuracy_by { ACCURACY_QUEUE, ACCURACY_DAY, ACCURACY_INTERVAL, ACCURACY_SNAPSHOT };

struct accuracy_ask {
    const char *const *queues; /* ids, NULL-terminated; empty or NULL: all */
    enum accuracy_by by;
    struct forecast_pick pick; /* which forecasts, but for rows per snapshot */
    struct hand_ask hand;
};

/* One table over the weeks of `planning`. Forecasts are shown as computed; beside them what the planner's
   hand made of them and the seasonal naive one from the same history. WFM_ERROR_NOT_FOUND when no queue has
   both a forecast and what came. NULL on failure. */
struct table *accuracy_table(const struct planning *planning, const struct accuracy_ask *ask, GError **error);

#endif
