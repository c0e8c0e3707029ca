/*
 * simulate.h - what a roster will do: its very shifts against contacts that arrive, wait, leave and are
 * served.
 *
 * The staffing of every interval comes from the shifts with their breaks, by skill set; contacts from the
 * load, as Poisson arrivals with random handling time and patience. Where the demand has busyness_cv2, every
 * local day of a queue is busier or calmer by a Gamma factor; those of a roster week go together as its
 * day_correlation says (a normal copula, busy.h), weeks and queues are independent. Two replications in a row
 * have opposite factors (antithetic), which narrows the intervals. Replications differ in contacts, days and
 * absences; the same seed gives the same ones for every roster, so two rosters are compared on equal terms.
 *
 * Shrinkage out of office is whole agents missing whole shifts (staff.h), in office its mean share. Routing
 * is the operation's (groups.h). Deferred queues (email, …) are worked on while nobody waits, or,
 * ring-fenced, in the time the plan gives them; they start with what a week like this one leaves behind when
 * it is staffed as required, the others with nobody in line. Contacts of immediate queues while they are
 * closed are left out, as in the requirement.
 *
 * Pure, deterministic: the same bits for any number of threads.
 */
#ifndef WFM_SCHEDULER_SIMULATE_SIMULATE_H
#define WFM_SCHEDULER_SIMULATE_SIMULATE_H

#include "scheduler/simulate/estimate.h"
#include "scheduler/staffing/staffing.h"

struct simulate_ask {
    uint64_t seed;
    int replications; /* >= 1 */
    double handle_cv; /* of a lognormal handling time; 0 = exponential, as the requirement supposes */
    bool (*go_on)(int done, void *user); /* now and then, in the calling thread; false stops when those begun
                                            are done, which are the first so many. May be NULL */
    void *user;
    int threads;       /* 0 = 1 */
    double half_width; /* > 0: stop as soon as the service level of every queue over the whole is known so
                          well. Looked at every SIMULATE_BATCH replications, whatever the threads */
    bool certain;      /* days come as forecast, whatever the demand's busyness_cv2 */
    bool even;         /* nobody misses a shift, everybody misses their mean share */
    const struct sla_past *past; /* staffing.h; operation->n_queues: what of the contract period that holds
                                    the start of the roster lies before it. NULL: nothing is known */
    const double *opening; /* n_queues: contacts of deferred queues that wait when the roster begins; NULL:
                              what a week like it leaves when staffed as required */
};

#define SIMULATE_BATCH 32

/* A queue over a span of the horizon. Ratios are of sums over replications; half: half the width of the 95 %
   confidence interval (estimate.h). */
struct simulate_line {
    int queue;
    int32_t from_iv, to_iv;
    bool whole; /* the whole horizon; else a local day of the queue or a contract period */
    double target;
    double sl, sl_half;           /* by the queue's definition, contacts by their arrival */
    double met_share, met_half;   /* replications in which the span's service level, what is known before a
                                     period included, is at least the target, of those in which anything
                                     counts (1 when it never does). Of the whole, unless it is the
                                     period: mean share of the contract periods inside that reach it, of those
                                     with contacts; where the contract counts by the interval, of intervals */
    double offered;               /* contacts, mean */
    double abandon, asa_s;        /* shares of the offered; seconds of the answered */
    double occupancy;             /* of the time the plan gives the queue, shrinkage taken off; NAN when the
                                     solution does not say */
    bool contract;                /* a period of the contract, or as much of one as the roster has; pieces too
                                     short for one have joined their neighbour (period.h) */
    double met_low, met_high;     /* 95 % interval of met_share; met_half is half its width */
    double sl_p5, sl_p50, sl_p95; /* quantiles over replications of the span's service level, what is known
                                     before a period included */
    double counted;               /* denominator of the service level, mean */
    struct sla_past past;         /* what is known before a period */
    double backlog;               /* of deferred queues, else NAN: contacts waiting at the end of the span,
                                     mean; sl is the share done by the due time of those that came in it */
    double oldest_s;              /* … the longest that one waited at the end of an interval, mean */
};

struct simulate_report {
    struct simulate_line *lines; /* by queue: its days, contract periods that are neither a day nor the whole,
                                    then the whole */
    int n_lines;
    int replications;          /* done */
    double contacts;           /* simulated, all replications */
    double *in_time, *counted; /* n_queues × grid.n, by queue: numerator and denominator of the service level
                                  by the queue's definition, contacts by their arrival, mean over
                                  replications */
    int n_cells;               /* length of both */
    struct ratio_sample *samples; /* replications × n_lines: what was counted in each */
    int cluster;                  /* replications in a row that depend on each other */
};

/* Simulates the solution's shifts. The load is the demand's own; WFM_ERROR_INPUT when it has none.
   `report` is cleared with simulate_report_clear. */
bool simulate_roster(const struct plan_problem *problem, const struct plan_solution *solution,
                     const struct simulate_ask *ask, struct simulate_report *report, GError **error);

/* Service level of line_b of report b less that of line_a of report a; both simulated with the same seed and
   settings. Over the replications both have. */
struct ratio_estimate simulate_difference(const struct simulate_report *a, int line_a,
                                          const struct simulate_report *b, int line_b);

void simulate_report_clear(struct simulate_report *report);

#endif
