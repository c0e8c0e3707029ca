/*
 * replan_ask.h - what a re-plan is asked to do, from the command line and the published rosters.
 */
#ifndef WFM_WFM_REPLAN_ASK_H
#define WFM_WFM_REPLAN_ASK_H

#include "core/store/store.h"
#include "wfm/options.h"
#include "wfm/pipeline.h"

struct replan_ask {
    struct store *store; /* not owned; set by the caller */
    int64_t from_ts;
    int32_t first_day; /* Monday of the published roster that holds from_ts */
    int n_weeks;
    double objective;                 /* of that roster */
    int64_t roster;                   /* its number */
    const char *const *absent;        /* "AGENT=FROM..TO", of the options */
    double change_price, break_price; /* NAN = not given */
};

/* --from, --absent, --change-price, --break-price. WFM_ERROR_NOT_FOUND when no roster is published for the
   week of --from. */
struct replan_ask *replan_ask_new(const struct options *options, struct store *store, GError **error);
void replan_ask_free(struct replan_ask *ask);
AUTO_DEFINE(replan_ask, replan_ask_free);

/* Adds the absences to a problem that has its base. */
bool replan_ask_absences(const struct replan_ask *ask, struct plan_problem *problem, GError **error);

/* What a re-plan asks of the pipeline: the problem becomes one of few changes to what is published. `replan`
   must live as long as `ask`. */
void replan_roster_ask(const struct options *options, const struct replan_ask *replan,
                       struct roster_ask *ask);

/* "now", "2026-11-25T14:00" by the zone's clock, or with an offset. */
bool replan_instant(const char *text, const struct zone *zone, int64_t *ts, GError **error);

#endif
