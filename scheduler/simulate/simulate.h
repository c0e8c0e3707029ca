/*
 * simulate.h - what a roster will do: its very shifts against contacts that arrive, wait, leave and are
 * served.
 *
 * The staffing of every interval comes from the shifts with their breaks, by skill set; contacts from the
 * load, as Poisson arrivals with random handling time and patience. Replications differ in the contacts; the
 * same seed gives the same contacts for every roster (calls.h), so two rosters are compared on equal terms.
 *
 * Shrinkage (out of office and in office) takes its mean share of every group, evenly over the week. Deferred
 * queues (email, …) are not simulated: the time the plan gives them is taken out of the groups that serve
 * them, those with the fewest immediate queues first. The grid starts with nobody in line. Contacts while a
 * queue is closed are left out, as in the requirement.
 *
 * Pure, deterministic, one thread.
 */
#ifndef WFM_SCHEDULER_SIMULATE_SIMULATE_H
#define WFM_SCHEDULER_SIMULATE_SIMULATE_H

#include "core/plan.h"

struct simulate_ask {
    uint64_t seed;
    int replications; /* >= 1 */
    double handle_cv; /* of a lognormal handling time; 0 = exponential, as the requirement supposes */
    bool (*go_on)(int done,
                  void *user); /* after each replication; false stops with those done. May be NULL */
    void *user;
};

/* A queue over a span of the horizon. Ratios are of sums over replications; half: half the width of the 95 %
   confidence interval (delta method; of met_share by the binomial). */
struct simulate_line {
    int queue;
    int32_t from_iv, to_iv;
    bool whole; /* the whole horizon, else a local day of the queue */
    double target;
    double sl, sl_half;         /* by the queue's definition, contacts by their arrival */
    double met_share, met_half; /* replications in which the span's service level is at least the target */
    double offered;             /* contacts, mean */
    double abandon, asa_s;      /* shares of the offered; seconds of the answered */
    double occupancy;           /* of the time the plan gives the queue, shrinkage taken off; NAN when the
                                   solution does not say */
};

struct simulate_report {
    struct simulate_line *lines; /* by queue: its days, then the whole */
    int n_lines;
    int replications;          /* done */
    double contacts;           /* simulated, all replications */
    double *in_time, *counted; /* n_queues × grid.n, by queue: numerator and denominator of the service level
                                  by the queue's definition, contacts by their arrival, mean over
                                  replications; 0 for deferred queues */
    int n_cells;               /* length of both */
};

/* Simulates the solution's shifts. The load is the demand's own; WFM_ERROR_INPUT when it has none.
   `report` is cleared with simulate_report_clear. */
bool simulate_roster(const struct plan_problem *problem, const struct plan_solution *solution,
                     const struct simulate_ask *ask, struct simulate_report *report, GError **error);
void simulate_report_clear(struct simulate_report *report);

#endif
