/*
 * report_shrinkage.h - wfm report shrinkage: where the paid hours of a roster go that serve no contact.
 */
#ifndef WFM_WFM_REPORT_SHRINKAGE_H
#define WFM_WFM_REPORT_SHRINKAGE_H

#include "core/plan.h"
#include "wfm/options.h"
#include "wfm/output.h"

/* A row per cause: time off known when planning, by site and kind; meals, breaks, splits, training and
   meetings of the shifts, by site; what the sites' and the queues' shrinkage takes, by part; what is left;
   and all of it. Causes come one after the other - shrinkage takes its share of the hours at the desk, that
   of queues of those of the people who came - so that the paid hours of all rows but the last are those of
   the last. Parts of one shrinkage divide what it takes in proportion to -ln(1 - share). Shifts on call are
   left out: they serve no queue. NULL only when a site's zone is unknown. */
struct table *shrinkage_table(const struct plan_problem *problem, const struct plan_solution *solution,
                              GError **error);

extern const struct option_row report_shrinkage_options[];
bool report_shrinkage(const struct options *options, GError **error);

#endif
