/*
 * explain.h - what a roster's figures come from: prices of staff, what a step of each rule is worth, what no
 * roster could staff, and why each agent works when they do (explain_agent.c).
 *
 * A problem and its solution are looked at planning unit by planning unit; nothing is solved again, the
 * bound is computed once more (a counted number of steps). Money is in the operation's currency.
 *
 * Pure, thread-safe; results belong to the caller.
 */
#ifndef WFM_SCHEDULER_ROSTER_EXPLAIN_H
#define WFM_SCHEDULER_ROSTER_EXPLAIN_H

#include "core/auto.h"
#include "core/plan.h"

/* What one step of a contract's rule is worth, see relax.h. Minutes step by the least difference between the
   contract's shifts, at least an hour. */
struct rule_change {
    int relaxation; /* relaxation_at */
    int value, relaxed;
};
struct rule_saving {
    int contract;
    struct rule_change change[2]; /* n: one, or two that bind only together (hours and days of a week) */
    int n;
    double saving; /* by how much the bound falls at the same prices: about what the step saves, and the most
                      the bound can promise */
};

/* Needs of a queue that all who have its skill could not fill together under their rules. */
struct unmet {
    int queue;
    bool hours;             /* agent hours of the whole horizon; else agents in a run of intervals */
    int32_t from_iv, to_iv; /* half open */
    double need, possible;  /* of a run: means over its intervals */
};

struct explained {
    int n_queues;
    int32_t n_iv;
    double *price; /* n_queues × n_iv, by queue: what one more agent who serves the queue is worth in the
                      interval by the bound's prices: before anybody is rostered, with everything else free
                      to adapt */
    double *here;  /* same shape: … in this very roster, nobody else's shift changed */
    double *multipliers; /* n_rows of the demand: what a contact in time of each is worth at those prices */
    int n_rows;
    double bound;                /* of these prices; that of the solution may be a little better */
    struct rule_saving *savings; /* n_savings, largest first; none below 1e-6 of the objective */
    int n_savings;
    struct unmet *unmet; /* n_unmet, by queue, from_iv; hours last */
    int n_unmet;
};

/* NULL with the engine's error when the problem cannot be planned. The solution's shifts need not be legal
   under today's rules. */
struct explained *explain_new(const struct plan_problem *problem, const struct plan_solution *solution,
                              GError **error);
void explain_free(struct explained *explained);
AUTO_DEFINE(explained, explain_free);

/* The same for who may have to stop, and for what can be told before the savings are known, which take much
   longer. The watch is asked and told from within. */
struct explain_watch {
    bool (*stop)(void *user); /* true: NULL with WFM_ERROR_CANCELLED, within seconds */
    void (*priced)(void *user, const double *multipliers, int n_rows); /* once, before the savings */
    void *user;
};
struct explained *explain_watched(const struct plan_problem *problem, const struct plan_solution *solution,
                                  const struct explain_watch *watch, GError **error);

/* `here` alone, of other shifts of the problem at known multipliers; g_free. NULL with the engine's error. */
double *explain_here(const struct plan_problem *problem, const struct shift *shifts, int n,
                     const double *multipliers, GError **error);

/* Only n_unmet and unmet, without prices: quick. */
struct explained *explain_unmet(const struct plan_problem *problem, GError **error);

/* A copy of the operation with a contract's rules changed; everything else is shared with it, so free only
   its contracts and the struct itself (g_free). */
struct operation *explain_relaxed(const struct operation *operation, const struct rule_saving *saving);

#endif
