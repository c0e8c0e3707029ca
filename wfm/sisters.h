/*
 * sisters.h - effects of feasts among the queues of a client (forecast/sisters.h), from the stored history.
 */
#ifndef WFM_WFM_SISTERS_H
#define WFM_WFM_SISTERS_H

#include "forecast/sisters.h"
#include "wfm/pipeline.h"

/* For each queue of the operation what its client's other queues saw before known_ts; none for clients
   without a special day in the weeks planned. n_queues entries, sisters_free; NULL on failure. */
struct feast_effects *sisters_learn(const struct planning *planning, int64_t known_ts, GError **error);
void sisters_free(struct feast_effects *sisters, int n);

#endif
