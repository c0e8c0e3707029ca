/*
 * sla.h - service levels over a period in the search: how many contacts in time each row has, what those
 * missing cost, and a multiplier that follows.
 *
 * The rows couple all intervals of a day or week, which no single agent can be priced by. So staff is priced
 * at a multiplier per row (worth.h) and the roster is judged by what is really missing: with V the staircases
 * at multipliers μ, G the contacts of all pieces and c those staffed, the objective is pay + Σ (V total - V
 * staffed) + A, A = Σ price × max(need - c, 0) + μ (c - G). For any μ in [0, price] the minimum of pay + Σ
 * (…) + Σ μ (need - G) bounds it from below: that is the bound's row (bound.c).
 *
 * Owned by one thread. Private to scheduler/roster.
 */
#ifndef WFM_SCHEDULER_ROSTER_SLA_H
#define WFM_SCHEDULER_ROSTER_SLA_H

#include "scheduler/roster/worth.h"

struct sla_account;
/* NULL when the demand has no rows; every function below then does nothing. */
struct sla_account *sla_account_new(const struct roster_model *model, struct worth *worth);
void sla_account_free(struct sla_account *account);
AUTO_DEFINE(sla_account, sla_account_free);

/* Nobody staffed: returns A. */
double sla_account_clear(struct sla_account *account);
/* The contacts of an interval are those of the last worth_value; returns the change of A. */
double sla_account_set(struct sla_account *account, int iv);

/* Once per round, when the agents taken out are back: is each row short? After enough rounds multipliers
   follow: up where rosters fall short more often than not, down where they do not. True when they have moved:
   all values are new, and A with them. */
bool sla_account_steer(struct sla_account *account);

/* Remembers the multipliers, for the best roster; goes back to them (true when they moved). */
void sla_account_keep(struct sla_account *account);
bool sla_account_return(struct sla_account *account);

/* The shortage of `staffed` (as in plan_solution): pieces and rows. */
double sla_shortage(const struct demand *demand, const double *staffed);

#endif
