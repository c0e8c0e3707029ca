/*
 * compare.h - what counting service levels by the contract's period saves: a stored roster beside one of the
 * same week that asks for the target in every interval, both simulated with the same contacts.
 */
#ifndef WFM_WFM_COMPARE_H
#define WFM_WFM_COMPARE_H

#include "core/store/store.h"
#include "wfm/pipeline.h"

/* Makes the second roster (not stored, `ask` as for the first, but at most a few hundred rounds
   and 12 s in each unit) and prints
   both on standard output. Nothing is printed, and true returned, where no queue's level counts by a period.
 */
bool compare_print(struct store *store, int64_t id, const struct roster_ask *ask, struct progress *progress,
                   GError **error);

#endif
