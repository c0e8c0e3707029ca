/*
 * conflict.h - agents whose rules leave no legal roster: what clashes, and the least change that helps.
 *
 * Everything an agent's own problem consists of is an item that can be left out: the rules of the contract,
 * each absence, each lock, what a re-plan froze, availability, employment, the published past. The clash is a
 * smallest set of items that alone leaves nothing legal: leaving out any of them, the others can hold
 * together. It is a minimum where it has at most three members, else none of its members is superfluous. All
 * answers come from the kernel (roster_model_new), nothing is guessed.
 *
 * Pure, thread-safe.
 */
#ifndef WFM_SCHEDULER_ROSTER_CONFLICT_H
#define WFM_SCHEDULER_ROSTER_CONFLICT_H

#include "core/auto.h"
#include "core/plan.h"

enum conflict_kind {
    CONFLICT_RULE,     /* index: of the relaxation (relax.h) */
    CONFLICT_LOCK,     /* index: of base->locks */
    CONFLICT_FROZEN,   /* what starts before base->frozen_ts */
    CONFLICT_TIME_OFF, /* index: of operation->time_off */
    CONFLICT_AVAILABLE,
    CONFLICT_EMPLOYED,
    CONFLICT_PAST, /* published shifts before the horizon */
    CONFLICT_KIND_N
};

struct conflict_item {
    enum conflict_kind kind;
    int index;
    int value;   /* of a rule, as it is */
    int relaxed; /* … and as it would have to be; kinds that are no rule are given up as a whole */
    int steps;   /* how far that is, in steps of the rule */
};

struct conflict {
    int agent;
    struct conflict_item *clash; /* n_clash; none when even without any rule nothing can be worked */
    int n_clash;
    struct conflict_item *ways; /* n_ways changes of one item, each enough by itself; the least comes first */
    int n_ways;
    struct conflict_item *fix; /* where there is no such way: n_fix changes that are enough together */
    int n_fix;
    char *reason; /* why nothing can be worked, in the engine's words; NULL when n_clash > 0 */
};

struct conflicts {
    struct conflict *all;
    int n;
};

/* Every agent of the problem without a legal roster, in order; n = 0 when all have one, or when the problem
   cannot be planned for reasons that are no agent's. The problem has passed operation_check. */
struct conflicts *conflicts_find(const struct plan_problem *problem);
void conflicts_free(struct conflicts *conflicts);
AUTO_DEFINE(conflicts, conflicts_free);

/* "week_days_min = 5 of contract full", "the absence 2026-11-24T00:00:00+01:00 to …": one item. g_free. */
char *conflict_item_text(const struct plan_problem *problem, int agent, const struct conflict_item *item);
/* "week_days_min 5 → 4", "without the absence …": one change. g_free. */
char *conflict_change_text(const struct plan_problem *problem, int agent, const struct conflict_item *item);
/* What clashes and what helps, in one line. g_free. */
char *conflict_text(const struct plan_problem *problem, const struct conflict *conflict);
/* All of it, one line per group of agents with the same clash, at most `most` groups. g_free. */
char *conflicts_text(const struct plan_problem *problem, const struct conflicts *conflicts, int most);

#endif
