/*
 * chat.h - agents who handle several contacts at once, each the slower the more there are.
 *
 * A level-dependent birth-death chain (Koole's Erlang Chat): a new contact goes to the least loaded agent, an
 * agent with k contacts finishes them at rate k / aht_s[k-1], contacts that find all agents × concurrency
 * places taken wait and lose patience. Dividing the handling time by the concurrency instead understaffs by
 * up to 30 %. Pure, thread-safe, no allocation; O(agents × concurrency).
 */
#ifndef WFM_SCHEDULER_STAFFING_CHAT_H
#define WFM_SCHEDULER_STAFFING_CHAT_H

#include "scheduler/staffing/erlang.h"

/* level_aht_s: `concurrency` >= 1 handling times (> 0) at 1, 2, … contacts in parallel. system->aht_s is not
   used. agents >= 0 may be real-valued: metrics are interpolated between the whole numbers around it.
   occupancy is the share of the agents × concurrency places in use. */
void chat_metrics(const struct erlang_system *system, const double *level_aht_s, int concurrency,
                  double agents, struct erlang_metrics *out);

/* The same with `room` places to wait in, where further contacts are turned away (room < 0: no end of them),
   and under busyness as in erlang_solve.h. */
void chat_busy_metrics(const struct erlang_system *system, const double *level_aht_s, int concurrency,
                       int room, double busyness_cv2, double agents, struct erlang_metrics *out);

/* As erlang_required. */
double chat_required(const struct erlang_system *system, const double *level_aht_s, int concurrency,
                     const struct erlang_targets *targets, bool whole);

/* As erlang_required_near: under busyness, from a guess. */
double chat_required_near(const struct erlang_system *system, const double *level_aht_s, int concurrency,
                          double busyness_cv2, const struct erlang_targets *targets, bool whole,
                          double guess);

#endif
