/*
 * personal_search.h - the neighbourhood search: some agents on some days are freed and solved again by column
 * generation, two or more such tasks at a time.
 *
 * Tasks of a batch have no agent in common, start from the same roster and are merged in their order, so the
 * result does not depend on who computes them. A run that gets no better ends; its best roster is crossed
 * with those of the runs before it (only cells that some of them have), and the next one starts from a dive
 * at perturbed costs. Private to scheduler/roster.
 */
#ifndef WFM_SCHEDULER_ROSTER_PERSONAL_SEARCH_H
#define WFM_SCHEDULER_ROSTER_PERSONAL_SEARCH_H

#include "scheduler/roster/personal_columns.h"

#define SEARCH_TASKS 4 /* of a batch */

struct neighbourhood;
struct neighbourhood *neighbourhood_new(const struct personal_model *model, uint64_t seed);
void neighbourhood_free(struct neighbourhood *search);
AUTO_DEFINE(neighbourhood, neighbourhood_free);

/* What the next batch starts from. */
struct neighbourhood_now {
    const struct personal_roster *roster; /* the caller's, unchanged until the merge */
    const double *prices;                 /* of the root, n_rows, or NULL */
    double bound;                         /* of any roster's cost; -INFINITY = none */
    int64_t root_work;                    /* that prices and bound took */
    const int *stop;
};

/* Chooses the tasks of the next batch. Returns how many there are. */
int neighbourhood_begin(struct neighbourhood *search, const struct neighbourhood_now *now);
/* Solves one of them; any thread, each task once. */
void neighbourhood_run(struct neighbourhood *search, int task);
/* Takes over what got better, or hardly worse where nothing gets better any more. The roster may become much
   dearer: when a run has come to its end (and there are prices) the next one starts elsewhere. */
void neighbourhood_merge(struct neighbourhood *search, struct personal_roster *roster);

#endif
