/*
 * correct.h - what a simulation of a roster says against the models its demand was made with, handed back to
 * planning.
 *
 * The demand of a plan reads service levels off models of one queue in steady state, with an agent's time
 * divided between queues beforehand. In the simulation of the very roster agents who serve several queues
 * help where somebody waits, work at their own speed, and load and staff move. The difference is told as an
 * *offset* of each queue and interval: the present agents by which it does better (negative: worse) than the
 * model of its load says. A demand made with offsets (struct load) has all its levels, pieces and rows read
 * at n + offset; solving it gives another roster, whose offsets are measured in turn.
 *
 * Offsets are measured as one number per queue and hour of its local day, over all days, smoothed over the
 * hours next to it; and one per contract period on top, so that each period's contacts in time are those
 * simulated. What may be chance is taken as chance: every offset is drawn to 0 by its own uncertainty.
 *
 * Not all of it may be planned with. Shared agents serve who waits, not who the plan divides them to: a queue
 * they help above its target gives nothing back to one below, however the plan divides them. So among queues
 * that share agents positive offsets are spent only as far as all of them have more than they need; and
 * theirs are planned with by the period only: how an hour does depends on who of agents alike to the plan
 * works in it, which the next roster chooses anew, at the hours that seemed best.
 *
 * Pure, deterministic: same problem, roster and ask = same bits, whatever the threads.
 */
#ifndef WFM_SCHEDULER_SIMULATE_CORRECT_H
#define WFM_SCHEDULER_SIMULATE_CORRECT_H

#include "scheduler/simulate/simulate.h"
#include "scheduler/staffing/staffing.h"

struct correct_ask {
    struct simulate_ask simulate;
    double confidence; /* 0.5..1: contract periods are to be met with this probability, as far as contacts in
                          time of a period are normal; 0: on the mean */
};

/* A contract period of an immediate queue inside the horizon (all of it, where the contract counts by the
   interval): what the models say of the roster, with the offsets its demand holds, and what it does. */
struct correct_period {
    int queue;
    int32_t from_iv, to_iv;
    double target;
    double expected, simulated; /* service levels */
    double believed;            /* what the next plan expects of this roster */
    double half;                /* of the 95 % interval of `simulated` */
    double met;                 /* share of replications that reach the target */
    double counted;             /* contacts, mean */
    double beyond;              /* contacts in time less the target's share of those counted, mean */
    double sd;                  /* of that, from one replication to the next */
    double asked;               /* what it is to be, for the confidence asked for */
};

/* The service level that the models and the demand's offsets expect of the span. The solution knows its
 * staff. */
double correct_expected(const struct plan_problem *problem, const struct plan_solution *solution, int queue,
                        int32_t from_iv, int32_t to_iv);

struct correction {
    double *offset;  /* n_queues × grid.n: present agents, as measured; 0 for deferred queues */
    double *planned; /* the same to plan with: what shared agents cannot give back is left out */
    int n_cells;
    struct correct_period *periods; /* by queue, then time */
    int n_periods;
    double contacts; /* simulated */
};

/* Simulates the solution and holds it against the problem's demand, which must know its load
   (WFM_ERROR_INPUT). `out` is cleared with correction_clear. */
bool correct_measure(const struct plan_problem *problem, const struct plan_solution *solution,
                     const struct correct_ask *ask, struct correction *out, GError **error);
void correction_clear(struct correction *correction);

/* The problem's demand once more, with the offsets to plan with, and as many contacts more in every row as
   its period is asked for. `correction` NULL: without. share (0..1): how much the offsets found count beside
   those the demand has; where it has none, all. In round k 1/k makes them the mean over all rosters so far:
   which of several agents alike to the plan works at an hour is chance, and moves them. prices: those the
   demand was made with. */
bool correct_demand(const struct plan_problem *problem, const struct staffing_prices *prices,
                    const struct correction *correction, double share, struct demand *out, GError **error);

/* What a roster costs by what was simulated: pay, penalty, shortage by the interval, and the contacts its
   contract periods miss of those asked for, at the price of the rows of `prices`, a demand of the same
   operation and horizon. */
double correct_judge(const struct plan_problem *problem, const struct plan_solution *solution,
                     const struct correction *correction, const struct demand *prices);

#endif
