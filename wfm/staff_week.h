/*
 * staff_week.h - what each queue needs in the weeks of a planning, in a line.
 */
#ifndef WFM_WFM_STAFF_WEEK_H
#define WFM_WFM_STAFF_WEEK_H

#include "wfm/pipeline.h"

struct staff_line {
    int queue;
    double contacts;
    double days_off; /* by how much days turn out busier or calmer, a share; NAN: not known */
    double aht_s;    /* volume-weighted; NAN without contacts */
    double load_hours, required_hours;
    double peak_agents; /* most required in one interval */
};

/* By --allow-missing, --certain and OPTIONS_SCENARIO. n_queues of the operation, g_free; NULL on failure. */
struct staff_line *staff_week(const struct planning *planning, const struct options *options, GError **error);

#endif
