/*
 * personal_guide.h - a first roster of a long horizon from the relaxed optimum: window by window everybody's
 * averaged days become whole ones where they cost least while the others are as in the average, at the prices
 * of the agent's quotas, of which a window takes what the average does.
 *
 * Private to scheduler/roster.
 */
#ifndef WFM_SCHEDULER_ROSTER_PERSONAL_GUIDE_H
#define WFM_SCHEDULER_ROSTER_PERSONAL_GUIDE_H

#include "scheduler/roster/personal_relax.h"
#include "scheduler/roster/personal_roster.h"

/* Fills the roster (whatever it is before). Whoever fits into no share of the quotas gets the days of `other`
   (a roster that is legal). False when stop became 1. */
bool personal_guide(const struct relax *relax, const struct personal_roster *other, struct random *random,
                    const int *stop, struct personal_roster *roster);

#endif
