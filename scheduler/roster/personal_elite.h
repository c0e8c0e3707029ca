/*
 * personal_elite.h - the best rosters of the runs of a search, and which cells (agent, day, template) some of
 * them have: what a crossover may choose from.
 *
 * Owned by one thread while it changes; any may read it between. Private to scheduler/roster.
 */
#ifndef WFM_SCHEDULER_ROSTER_PERSONAL_ELITE_H
#define WFM_SCHEDULER_ROSTER_PERSONAL_ELITE_H

#include "scheduler/roster/personal_roster.h"

#define ELITES_MAX 10

struct elites;
struct elites *elites_new(const struct personal_model *model);
void elites_free(struct elites *elites);
AUTO_DEFINE(elites, elites_free);

/* Which cells of n_agents × n_days × (n_tmpl + 1) the rosters of a run as cheap as its best had. */
void elites_mark(const struct personal_roster *roster, uint8_t *cells);

/* Keeps a copy of the best roster of a run and of its cells, unless there is the same or, when all places are
   taken, none is dearer. */
void elites_add(struct elites *elites, const struct personal_roster *roster, const uint8_t *cells);

int elites_n(const struct elites *elites);
const struct personal_roster *elites_at(const struct elites *elites, int i);

/* Chooses up to `want` (at least two) different ones by chance. Returns how many. */
int elites_choose(const struct elites *elites, int want, struct random *random, int *chosen);

/* Sets every cell to 1 that no run of the n chosen ones had, the others to 0: n_agents × n_days × (n_tmpl +
 * 1).
 */
void elites_bar(const struct elites *elites, const int *chosen, int n, uint8_t *barred);

#endif
