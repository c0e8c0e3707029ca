/*
 * personal_relax.h - bound and prices of long horizons: the volume algorithm (Barahona & Anbil 2000) over all
 * agents, where only what ties neighbouring days together is kept exactly.
 *
 * A shift has a price per headcount, and what an agent has a quota of has prices of the agent's own: minutes,
 * weekends, templates with a maximum. What is left is a shortest path over (days in a row worked or off,
 * class of the last template), some 0.3 ms for a year of 32 templates. Whatever the prices are, the sum of
 * all paths and quotas is a lower bound. The works met are averaged with weights: the average covers and uses
 * quotas as the relaxed optimum does.
 *
 * Owned by one thread; a step may use a second one, which never changes the result. Private to
 * scheduler/roster.
 */
#ifndef WFM_SCHEDULER_ROSTER_PERSONAL_RELAX_H
#define WFM_SCHEDULER_ROSTER_PERSONAL_RELAX_H

#include "scheduler/roster/personal_model.h"

struct relax;

/* model must outlive it. threads: 1 or 2. */
struct relax *relax_new(const struct personal_model *model, int threads);
void relax_free(struct relax *relax);
AUTO_DEFINE(relax, relax_free);

/* One step towards `target` (cost of some roster, without the model's constant). False
   when `stop` (read atomically) became 1 before its end; it has then changed nothing. */
bool relax_step(struct relax *relax, double target, const int *stop);

/* Have the steps become so small that more of them are of no use? */
bool relax_settled(const struct relax *relax);

/* The best bound so far, without the model's constant; -INFINITY at first. */
double relax_bound(const struct relax *relax);

/* Prices of the best bound. Rows: n_rows. */
const double *relax_prices(const struct relax *relax);
/* … of the agent: a unit of minutes (negative where too few are worked), a weekend, a shift of each template
   (n_tmpl). */
double relax_minutes_price(const struct relax *relax, int agent);
double relax_weekend_price(const struct relax *relax, int agent);
const double *relax_template_prices(const struct relax *relax, int agent);

/* Averaged share of each template on each day of the agent: n_days × n_tmpl. */
const float *relax_shares(const struct relax *relax, int agent);

/* What a step takes, in cells of the kernel (personal_path.h). */
double relax_step_work(const struct relax *relax);

#endif
