/*
 * explain_agent.h - why one agent works when they do: what each shift covers and costs, the next best
 * without it, and what the agent's wishes cost. Everybody else's shifts stay as they are.
 *
 * Pure, thread-safe.
 */
#ifndef WFM_SCHEDULER_ROSTER_EXPLAIN_AGENT_H
#define WFM_SCHEDULER_ROSTER_EXPLAIN_AGENT_H

#include "core/auto.h"
#include "core/plan.h"

struct shift_reason {
    int shift;         /* index into the solution's shifts */
    double pay, worth; /* what it costs; the shortage it prevents */
    double *hours;     /* n_queues: agent hours each queue would lose without it */
    bool possible;     /* is there a legal roster of the agent without this very shift? Then: */
    double dearer;     /* what the best such roster costs more (a little below 0: the search left it) */
    int64_t start_ts, end_ts; /* the shift worked that day instead; 0 = off */
    int other_days;           /* … and on how many other days that roster differs */
};

struct agent_reason {
    int n_queues;
    struct shift_reason *shifts; /* n_shifts, in order */
    int n_shifts;
    double pay, penalty,
        worth;     /* of all together; penalty: wishes, fairness, changes, priced rules, overtime */
    double slack;  /* what the agent's own best roster would cost less, >= 0 */
    int n_wishes;  /* in the horizon */
    double wishes; /* pay and coverage the agent's best roster could have besides without them; NAN = none */
};

/* multipliers: those of struct explained, n_rows of the demand; NULL: computed, which takes most of the time.
   NULL with the engine's error when the problem cannot be planned. */
struct agent_reason *explain_agent(const struct plan_problem *problem, const struct plan_solution *solution,
                                   int agent, const double *multipliers, GError **error);
void agent_reason_free(struct agent_reason *reason);
AUTO_DEFINE(agent_reason, agent_reason_free);

#endif
