/*
 * simulated_pair.h - two rosters of the same weeks, simulated under the same chance, side by side.
 */
#ifndef WFM_WFM_SIMULATED_PAIR_H
#define WFM_WFM_SIMULATED_PAIR_H

#include "wfm/output.h"
#include "wfm/simulated.h"
#include "wfm/source.h"

struct simulated_pair {
    const struct source *source_a, *source_b;
    const struct simulated *a, *b;
};

/* Can they be compared: the same weeks on the same intervals? WFM_ERROR_INPUT. */
bool simulated_pair_check(const struct source *a, const struct source *b, GError **error);

/* Per queue both have (and day): both service levels, the difference with its interval, who is better; what
   both cost, and in a table for people who wins. */
void simulated_pair_print(const struct simulated_pair *pair, bool days, enum format format);

#endif
