/*
 * after.h - what the published shifts behind the horizon (plan_problem.after) leave of an agent's last days.
 *
 * Private to scheduler/roster.
 */
#ifndef WFM_SCHEDULER_ROSTER_AFTER_H
#define WFM_SCHEDULER_ROSTER_AFTER_H

#include "core/plan.h"

struct after {
    int64_t start_ts; /* of the agent's first shift behind the horizon; INT64_MAX = none */
    int32_t day;      /* its site-local day */
    int run;          /* days worked in a row from it on */
};

/* `zone`: the agent's site's. */
struct after after_of(const struct plan_problem *problem, const struct zone *zone, int agent);

/* May a shift of the site-local day end at end_ts, with rest_s to follow? */
bool after_allows(const struct after *after, int32_t day, int64_t end_ts, int64_t rest_s);

/* The site-local days [*from, *to), directly before the first shift behind the horizon, of which at least one
   must be off so that no run exceeds run_max days. False when there is no such rule, also when the published
   run alone is too long. */
bool after_window(const struct after *after, int run_max, int32_t *from, int32_t *to);

#endif
