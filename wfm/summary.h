/*
 * summary.h - the tables people look at after planning: what each client gets, and how good the roster is.
 */
#ifndef WFM_WFM_SUMMARY_H
#define WFM_WFM_SUMMARY_H

#include "core/store/store.h"
#include "wfm/output.h"

/* Per client and queue, with a line per client: SLA target, expected and simulated SLA, how often it is met,
   contacts, required and scheduled hours of a stored roster (planner's view). `client` NULL: all; an unknown
   one is WFM_ERROR_NOT_FOUND. */
struct table *summary_sla(struct store *store, const struct operation *operation, int64_t roster,
                          const char *client, GError **error);

/* Says on standard output, for people, how the roster was simulated. */
bool summary_simulation(struct store *store, int64_t roster, GError **error);

/* One row per roster: week, state, cost, shortage, bound, gap, seconds … `rosters` of n ids. */
struct table *summary_rosters(struct store *store, const int64_t *rosters, int n, GError **error);

/* Both tables of one roster, and what of its needs nobody could fill, on standard output, for people. */
bool summary_print(struct store *store, const struct operation *operation, int64_t roster, GError **error);

#endif
