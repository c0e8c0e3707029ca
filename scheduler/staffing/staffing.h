/*
 * staffing.h - from load to people: requirement, service-level tables and what a given staff will achieve.
 *
 * The doors of scheduler/staffing/; the models behind them are erlang.h (B, C, A for real-valued agents),
 * chat.h and deferred.h. All functions are pure and thread-safe.
 */
#ifndef WFM_SCHEDULER_STAFFING_STAFFING_H
#define WFM_SCHEDULER_STAFFING_STAFFING_H

#include "core/plan.h"

/* Forecast load of one queue on the planning grid. */
struct load {
    struct grid grid;
    double *offered;      /* grid.n: expected contacts arriving in the interval, >= 0 */
    double *aht_s;        /* grid.n: > 0 where offered > 0 */
    double busyness_cv2;  /* as in struct demand: how uncertain the load is, in whole days; 0 = certain */
    const double *offset; /* grid.n, not owned: as in struct demand, agents added before a service level is
                             read; immediate queues alone. NULL = none */
    bool opening_known;   /* deferred queues: what waits when the grid begins is known; else it is what such a
                             load leaves of a grid before */
    struct deferred_lot *opening; /* n_opening: it, in agent-seconds at the queue's occupancy cap. Owned */
    int n_opening;
    double day_correlation; /* as in struct demand: how busyness of two days of a week goes together */
};
struct deferred_lot;
void load_init(struct load *load, const struct grid *grid);
void load_clear(struct load *load);

/* The load a demand was made from, for one queue. The arrays stay the demand's, which knows its load. */
struct load load_of_demand(const struct demand *demand, int queue);

/* Spreads a series on one grid over another (finer: even shares of contacts, same AHT; coarser: sums,
   volume-weighted AHT). Intervals the source does not cover get 0 contacts. */
void load_resample(const struct grid *from, const double *offered, const double *aht_s, struct load *to);

/* What `agents` (real-valued, >= 0) achieve in interval iv. For immediate channels by Erlang C/A (chat:
   level-dependent); for deferred ones the share of the interval's due work they can do. Zero load: sl 1,
   abandon 0, occupancy 0. */
struct service {
    double sl;      /* by the queue's own definition, 0..1 */
    double in_time; /* expected contacts counted as in time (numerator) */
    double counted; /* expected contacts counted (denominator) */
    double asa_s, abandon, occupancy;
};
void staffing_service(const struct queue *queue, const struct load *load, int32_t iv, double agents,
                      struct service *out);

/* Required agents per interval, real-valued, in-office shrinkage and min_staff included, rounded by nobody:
   the least staff that meets every target of the queue's SLA in that interval (immediate), or the smoothest
   staffing that does all work by its due time inside opening hours (deferred). need: grid.n. */
bool staffing_requirement(const struct queue *queue, const struct load *load, double *need, GError **error);

/* open, grid.n: share of each interval in which the queue is open. With an operation (queue is then one of
   its queues), local days on which it, its client or everybody is closed count as closed; NULL: opening hours
   only. */
bool queue_open_shares(const struct operation *operation, const struct queue *queue, const struct grid *grid,
                       double *open, GError **error);

/* Mean out-of-office share of the agents who may serve the queue; 0 when nobody may. */
double queue_site_shrinkage(const struct operation *operation, int queue);

/* SL(n) for n = 0 … n_max agents (before shrinkage) in interval iv; sl: n_max + 1. */
void staffing_sl_table(const struct queue *queue, const struct load *load, int32_t iv, int n_max, double *sl);

/* The contract period (day, month) of a queue that holds the start of the grid: [*start_ts, *end_ts). Both
   are the grid's start when nothing of a period lies before it: weeks (they are the roster weeks), levels by
   the interval, deferred queues. */
bool staffing_period(const struct operation *operation, int queue, const struct grid *grid, int64_t *start_ts,
                     int64_t *end_ts, GError **error);

/* Contract periods of a queue inside the grid: the first interval of each into `first` (grid.n + 1 long) and
   grid.n behind the last; what the grid cuts off a day or month is a period of its own, short pieces join
   their neighbour. Returns how many: 0 where the contract counts by the interval, -1 on failure. */
int staffing_periods(const struct operation *operation, int queue, const struct grid *grid, int32_t *first,
                     GError **error);

/* What of that period lies before the grid: contacts counted and in time, as they happened or as the
   published rosters are expected to do. */
struct sla_past {
    double counted, in_time;
};

/* How shortages are priced when a demand is built. An agent-hour missing costs price_per_hour (operation's
   currency); the part below min_staff costs floor_factor times that. */
struct staffing_prices {
    double price_per_hour; /* 0: taken as 4 × the dearest contract rate of the operation */
    double floor_factor;   /* 0: 3 */
    bool per_interval;     /* every service level holds in each interval, whatever period the contract has */
    bool certain; /* as if every day came as forecast: the loads' busyness_cv2 counts in no requirement and no
                     price, but stays known to the demand, for what the roster is expected to do */
    const struct sla_past *past; /* operation->n_queues; NULL: nothing is known, and the first period's part
                                    inside the grid has the contract's target. Else that part makes good, or
                                    may lose, its share by time of what the past is below or above the target,
                                    up to half of the misses the target allows */
};

/* Demand of all queues (loads: operation->n_queues, all on `grid`): need and the concave pieces of plan.h.
   Site shrinkage (out of office) is applied to supply by the roster engine's caller scaling need up: need /
   (1 - mean site shrinkage of the agents that may serve the queue). The last piece of an immediate queue lies
   above its need, a fifth of it worth a hundredth of the price: hours that must be worked anyway go where
   contacts wait.

   Immediate queues whose SLA counts over a day, week or month get rows instead (struct sla_row, one per
   contract period inside the grid, cut periods with the same target): below a floor (period.h) staff is
   priced as above; above it pieces carry the contacts in time an agent adds, each worth so much that an agent
   at the requirement is worth price_per_hour on the mean over contacts. `need` stays the requirement by the
   interval. */
bool staffing_demand(const struct operation *operation, const struct load *loads,
                     const struct staffing_prices *prices, struct demand *out, GError **error);

/* Expected service of a whole roster for one queue: `staffed` as in plan_solution (grid.n, on-site agents
   incl. those shrinkage takes away). Ratio of sums over [from_iv, to_iv). */
struct sla_report {
    double sl, target;
    double offered, in_time, counted;
    double required_hours, staffed_hours;
    double occupancy, abandon, asa_s;
};
void staffing_report(const struct operation *operation, int queue, const struct load *load,
                     const double *need, const double *staffed, int32_t from_iv, int32_t to_iv,
                     struct sla_report *out);

/* The same per interval, for all of the grid at once: contacts offered, counted as in time, counted. offered,
   in_time, counted: grid.n each. Contacts of deferred queues count in the interval in which they fall due. */
void staffing_expected(const struct operation *operation, int queue, const struct load *load,
                       const double *staffed, double *offered, double *in_time, double *counted);
/* The same where the arrays hold what is expected with `before` staffed (grid.n): intervals of immediate
   queues with the same staff are not computed again. */
void staffing_expected_again(const struct operation *operation, int queue, const struct load *load,
                             const double *before, const double *staffed, double *offered, double *in_time,
                             double *counted);

/* Contacts of a deferred queue that wait when the grid starts: the load's opening, or what a grid like it
   leaves when served as the requirement says; 0 for immediate queues. */
double staffing_opening(const struct operation *operation, int queue, const struct load *load);

/* What a deferred queue has before it while a roster works on it: arrays of n = grid.n in contacts of its
   mean handling time, as the roster's people do what is due first. */
struct staffing_backlog {
    int32_t n;
    double opening;      /* waiting when the grid begins */
    double *due;         /* falling due in the interval */
    double *in_time;     /* … the part of it done by then */
    double *done;        /* done in the interval */
    double *left, *late; /* waiting at its end; the part that is overdue */
    double *oldest_s;    /* opening time the oldest of it has waited */
    struct deferred_lot
        *leaves; /* n_leaves: what is left at the end, for the opening of the load that follows */
    int n_leaves;
};
bool staffing_backlog(const struct operation *operation, int queue, const struct load *load,
                      const double *staffed, struct staffing_backlog *out, GError **error);
void staffing_backlog_clear(struct staffing_backlog *backlog);

/* Does every agent who may serve the queue serve it alone? False when nobody may. */
bool queue_has_own_agents(const struct operation *operation, int queue);

/* The same as staffing_expected without its assumption that every interval is in a steady state: contacts
   counted and in time by the equations of transient.h for the whole grid, agents finish their contacts when
   their time ends, uncertain days are run through one by one. in_time, counted: grid.n; all NAN where there
   is no such figure: deferred queues, chats that are slower side by side, and queues whose agents serve
   others, too. A week of 60 erlang takes some 10 ms. */
bool staffing_along(const struct operation *operation, int queue, const struct load *load,
                    const double *staffed, double *in_time, double *counted, GError **error);

#endif
