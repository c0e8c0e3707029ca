/*
 * personal_roster.h - a whole roster of the personal engine: everybody's work, the counts of the rows, the
 * cost.
 *
 * A struct personal_roster is owned by one thread while it changes. Private to scheduler/roster.
 */
#ifndef WFM_SCHEDULER_ROSTER_PERSONAL_ROSTER_H
#define WFM_SCHEDULER_ROSTER_PERSONAL_ROSTER_H

#include "core/random.h"
#include "scheduler/roster/personal_path.h"

struct personal_roster {
    const struct personal_model *model;
    uint8_t *work; /* n_agents × n_days, n_tmpl = off */
    int *count;    /* n_rows */
    double cost;   /* personal costs and rows, without the model's constant */
};

/* Everybody off (which need not be legal). */
struct personal_roster *personal_roster_new(const struct personal_model *model);
void personal_roster_free(struct personal_roster *roster);
AUTO_DEFINE(personal_roster, personal_roster_free);
void personal_roster_copy(struct personal_roster *to, const struct personal_roster *from);

static inline uint8_t *personal_work(const struct personal_roster *roster, int agent)
{
    return roster->work + (size_t)agent * (size_t)roster->model->n_days;
}

/* Gives the agent the work of the days [from, to) (`work`: to - from). Keeps counts and cost. */
void personal_roster_set(struct personal_roster *roster, int agent, int from, int to, const uint8_t *work);

/* What the rows of [from, to) and these agents' days in it cost. */
double personal_roster_part(const struct personal_roster *roster, const int *agents, int n, int from, int to);

/* Kernel costs of the agent's days [from, to), all others as they are: (to - from) × (n_tmpl + 1). With
   `noise` up to that much of it (kernel units) is added by chance; random may be NULL when it is 0. */
void personal_roster_costs(const struct personal_roster *roster, int agent, int from, int to, int32_t noise,
                           struct random *random, int32_t *cost);

/* Puts the agent's days [from, to) back where they cost least, all others as they are. Keeps what was when
   nothing legal is found (false). `cost`: room for the kernel's costs. */
bool personal_reinsert(struct personal_roster *roster, struct path *path, int agent, int from, int to,
                       int32_t noise, struct random *random, int32_t *cost, path_memory memory);

/* Gives the agent, who is off, a first work window by window of `length` days: each window takes its share of
   minutes, weekends and template maxima. False when that leads nowhere. */
bool personal_insert_paced(struct personal_roster *roster, struct path *path, int agent, int length,
                           int32_t *cost);

#endif
