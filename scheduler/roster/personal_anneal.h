/*
 * personal_anneal.h - perturbed re-insertion by windows, for horizons and crowds that are too large for
 * column generation: one or two agents are taken out of a few days and put back by the exact kernel at true
 * marginal costs, half of the time with chance added; worse rosters are taken below a threshold that falls
 * with the heat.
 *
 * A batch has two tasks that share neither agents nor days, so their changes add up exactly and the result
 * does not depend on who computes them. Heat falls with the work done, never with the clock. Private to
 * scheduler/roster.
 */
#ifndef WFM_SCHEDULER_ROSTER_PERSONAL_ANNEAL_H
#define WFM_SCHEDULER_ROSTER_PERSONAL_ANNEAL_H

#include "scheduler/roster/personal_roster.h"

#define ANNEAL_TASKS 2 /* of a batch */

struct anneal;

/* work: kernel cells until it has cooled down, of both tasks. */
struct anneal *anneal_new(const struct personal_model *model, uint64_t seed, double work);
void anneal_free(struct anneal *anneal);
AUTO_DEFINE(anneal, anneal_free);

/* Heats up again, to `share` of the first heat, and cools down over `work` cells. */
void anneal_reheat(struct anneal *anneal, double share, double work);

/* Draws the tasks of the next batch for the roster (owned by the caller, unchanged until the merge). Returns
   how many there are. stop: becomes 1 when all must end; read atomically. */
int anneal_begin(struct anneal *anneal, const struct personal_roster *roster, const int *stop);
/* Runs one of them; any thread, each task once. */
void anneal_run(struct anneal *anneal, int task);
/* Takes over what the tasks did. Returns whether all has cooled down. */
bool anneal_merge(struct anneal *anneal, struct personal_roster *roster);

/* Kernel cells of the last batch. */
int64_t anneal_work(const struct anneal *anneal);

#endif
