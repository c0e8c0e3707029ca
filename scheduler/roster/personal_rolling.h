/*
 * personal_rolling.h - long horizons: everybody's days of one window after the other by column generation and
 * a dive, all other days fixed. Windows of a pass touch, those of the next lie across their borders.
 *
 * Owned by one thread at a time; pricing may use a second one. Private to scheduler/roster.
 */
#ifndef WFM_SCHEDULER_ROSTER_PERSONAL_ROLLING_H
#define WFM_SCHEDULER_ROSTER_PERSONAL_ROLLING_H

#include "scheduler/roster/personal_columns.h"

struct rolling;

/* model must outlive it. prices: n_rows, of the bound, or NULL; copied. */
struct rolling *rolling_new(const struct personal_model *model, const double *prices, uint64_t seed);
void rolling_free(struct rolling *rolling);
AUTO_DEFINE(rolling, rolling_free);

/* The next window: the roster gets better or stays as it is. Must run where GLPK's memory is the thread's. */
void rolling_run(struct rolling *rolling, struct personal_roster *roster, int threads, const int *stop);

/* Does the next window begin a new pass? */
bool rolling_pass_ended(const struct rolling *rolling);

/* What the last window took, in kernel cells. */
int64_t rolling_work(const struct rolling *rolling);

#endif
