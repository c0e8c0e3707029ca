/*
 * erlang_solve.h - erlang.h turned round: which agents, load, patience … meet the targets; what a forecast
 * that may be wrong does to a level; tables over agents.
 *
 * busyness_cv2 (>= 0) stands for an uncertain forecast: the arrival rate is multiplied by one random factor
 * of mean 1 and squared coefficient of variation cv2, Gamma distributed, for as long as the metrics are
 * looked at. 0.01 is a forecast that is off by 10 %. 0 is erlang_metrics itself, to the bit. Pure,
 * thread-safe, no allocation.
 */
#ifndef WFM_SCHEDULER_STAFFING_ERLANG_SOLVE_H
#define WFM_SCHEDULER_STAFFING_ERLANG_SOLVE_H

#include "scheduler/staffing/erlang.h"

/* Metrics under busyness. Shares and waits are those of a contact, so that busy times count for the many
   contacts they bring (service levels are ratios of expectations, as a long period's ratio of sums);
   queue_length and occupancy are means over time. Where nobody abandons and busy times overload the agents,
   waits and queue are INFINITY, and contacts of such times are not served in time. Shares are within 2e-6 for
   cv2 <= 0.1 (p_wait 2e-5 where patience is tens of handling times), 1e-4 for cv2 <= 1. */
void erlang_busy_metrics(const struct erlang_system *system, double busyness_cv2, double agents,
                         struct erlang_metrics *out);

/* The same for any model of a queue with `servers` places of system->aht_s each: what erlang_busy_metrics is
   for erlang_metrics. */
typedef void (*erlang_metrics_fn)(const struct erlang_system *system, const void *user,
                                  struct erlang_metrics *out);
void erlang_busy_average(const struct erlang_system *system, double busyness_cv2, double servers,
                         erlang_metrics_fn metrics, const void *user, struct erlang_metrics *out);

/* erlang_required under busyness, from a guess: the answer for the interval before or for the queue yesterday
   saves half of the search; <= 0: none. The answer does not depend on the guess. */
double erlang_required_near(const struct erlang_system *system, double busyness_cv2,
                            const struct erlang_targets *targets, bool whole, double guess);

/* What can be asked for. */
enum erlang_variable {
    ERLANG_AGENTS,
    ERLANG_RATE,      /* contacts per second: the greatest load */
    ERLANG_AHT,       /* the greatest handling time */
    ERLANG_PATIENCE,  /* see below */
    ERLANG_THRESHOLD, /* the least T of the service level */
    ERLANG_VARIABLE_N,
};

/* Values of a variable that meet all targets; INFINITY: no upper end. */
struct erlang_range {
    double least, most;
};

/* The range of `variable` that meets all targets while system and agents give everything else (the variable's
 * own value is not looked at). false, *out untouched, when no value does. Ends are exact to 1e-9, least
 * agents are real-valued, least is 0 where any small value will do.
 *
 * More agents, a smaller load, shorter contacts and a longer threshold never hurt. Patience does both:
 * shorter patience thins out the queue of the others (better for ASA, occupancy and the levels that leave
 * abandons out), but abandons are misses by SL_OFFERED and against abandon_max. The range told is the one
 * with the longest patience; most is INFINITY where nobody need give up. Shorter patience below `least` may
 * meet the targets again where those who leave at once are not counted. */
bool erlang_solve(const struct erlang_system *system, double busyness_cv2, double agents,
                  const struct erlang_targets *targets, enum erlang_variable variable,
                  struct erlang_range *out);

/* Columns of a table over agents; each NULL or n long. */
struct erlang_table {
    double *sl;      /* by the definition asked for */
    double *counted; /* share of contacts it divides by */
    double *abandon, *occupancy;
};

/* Fills the table for first, first + step, … (n values, first >= 0, step > 0, real-valued):
   erlang_busy_metrics without the waits. */
void erlang_table(const struct erlang_system *system, double busyness_cv2, enum sl_definition definition,
                  double first, double step, int n, const struct erlang_table *table);

#endif
