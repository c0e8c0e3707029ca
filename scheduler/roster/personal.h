/*
 * personal.h - rosters where personal rules and wishes dominate: the demand is headcounts (so many shifts of
 * a template on a day), not queues by the interval.
 *
 * Column generation over personal rosters on day × template rows gives bound and prices, dives on it give
 * first rosters, a neighbourhood search of small column generations makes them better (docs/roster.md).
 *
 * Private to scheduler/roster; roster_solve calls it.
 */
#ifndef WFM_SCHEDULER_ROSTER_PERSONAL_H
#define WFM_SCHEDULER_ROSTER_PERSONAL_H

#include "scheduler/roster/roster.h"

/* Is the problem one for this engine? Headcounts and no demand of queues, templates of one start and length
   without breaks, and no rules, prices or ties between agents but those personal_model.h names. */
bool personal_applies(const struct plan_problem *problem);

/* See roster_solve; the problem must be one personal_applies to. limits.rounds counts batches of the
   neighbourhood search; equal seed, rounds and seconds give equal bits for any number of threads, unless the
   clock cuts. */
struct plan_solution *personal_solve(const struct plan_problem *problem, const struct roster_control *control,
                                     GError **error);

#endif
