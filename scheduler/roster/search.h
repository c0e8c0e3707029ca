/*
 * search.h - the integer roster: named agents, exact marginal values, perturbed re-insertion.
 *
 * A round takes a few agents out and puts each back with their exact best week given all others (the kernel
 * at the gains of worth.h); worse rosters are accepted with a falling threshold, in cycles whose length
 * depends on the size of the problem alone, so that the state after r rounds does not depend on how many were
 * asked for. On several weeks a round is mostly about one roster week: the shifts of its days go out and in,
 * the others stay. Random numbers are our own: equal seed and rounds give equal bits.
 *
 * Meetings lie in the tours where the work left is worth least, and agents are put back at times that suit
 * them, too; one held together is moved with everybody who is asked to it.
 *
 * Owned by one thread. Private to scheduler/roster.
 */
#ifndef WFM_SCHEDULER_ROSTER_SEARCH_H
#define WFM_SCHEDULER_ROSTER_SEARCH_H

#include "core/auto.h"
#include "scheduler/roster/bound.h"

struct search;
/* `rows`: what couples agents besides the demand, NULL = nothing. All must outlive the search. */
struct search *search_new(const struct roster_model *model, struct worth *worth, struct pricing *pricing,
                          const struct rows *rows, uint64_t seed);
void search_free(struct search *search);
AUTO_DEFINE(search, search_free);

/* Asked between two insertions while everybody goes in: true ends it soon, with everybody in (agents still
   out then work as others of their class). */
typedef bool (*search_stop_fn)(void *user);
void search_on_stop(struct search *search, search_stop_fn stop, void *user);

/* A first roster: everybody inserted one after the other, then once more; where agents are many those of a
   class in batches, once. */
void search_insert_all(struct search *search);

/* A roster from the bound's averaged tours, then re-insertion until nobody can improve alone (at most
   `passes` times). Keeps the better of it and the current best. */
void search_from_bound(struct search *search, const struct bound *bound, int passes);

/* Prices staff at other multipliers of the demand's SLA rows. */
void search_reprice(struct search *search, const double *multipliers);

/* Continues from the best roster so far, at the multipliers it was found at. */
void search_return(struct search *search);

/* One round. */
void search_round(struct search *search);

/* Rounds of one cooling cycle for this problem. */
long search_cycle(const struct search *search);

/* Best objective so far, its tours (n_agents, placed), and where its meetings start (by invitation, -1 =
   missed; NULL without meetings). */
double search_best(const struct search *search);
const struct tour *search_tours(const struct search *search);
const int32_t *search_meetings(const struct search *search);

/* The objective of the roster at hand, as kept up to date change by change, and (for tests) counted afresh:
   equal but for rounding. */
double search_objective(struct search *search);
double search_recount(struct search *search);

#endif
