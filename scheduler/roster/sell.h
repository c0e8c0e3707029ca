/*
 * sell.h - the classes of agents at given prices: each its best tour, by the threads of a team.
 *
 * Classes with the same catalogue, skill set and lead share a table and are one item of work. An item writes
 * only what is its own, what the kernel remembers belongs to the class, and its work spaces hold no result:
 * the answers are the same bits for any number of threads.
 *
 * Private to scheduler/roster.
 */
#ifndef WFM_SCHEDULER_ROSTER_SELL_H
#define WFM_SCHEDULER_ROSTER_SELL_H

#include "scheduler/roster/bound.h"

struct sellers;

/* Works with `pricing` and, for the other threads, copies of it; `rows` and `team` (one thread) may be NULL.
   All must outlive it. */
struct sellers *sellers_new(const struct roster_model *model, struct pricing *pricing,
                            const struct rows *rows, struct team *team);
void sellers_free(struct sellers *sellers);
AUTO_DEFINE(sellers, sellers_free);

/* Fills tours[n_classes], placed, and cost[n_classes]: the least that a tour of the class can cost at the
   bound's prices and duals of the rows (NULL without). */
void sellers_run(struct sellers *sellers, const struct bound *bound, const double *prices, const double *dual,
                 struct tour *tours, double *cost);

#endif
