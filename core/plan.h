/*
 * plan.h - the two values every planning engine takes and gives: a problem and its solution. Plain data: no
 * database, no clock, no HTTP. The store loads and saves them; a plan file (core/planfile.h) holds them as
 * JSON, so that any roster can be replayed elsewhere and gives the same result, bit for bit.
 */
#ifndef WFM_CORE_PLAN_H
#define WFM_CORE_PLAN_H

#include "core/grid.h"
#include "core/operation.h"

#define SHIFT_ACTIVITIES_MAX (TEMPLATE_BREAKS_MAX + 4) /* meals and breaks, and up to four meetings */

/* A meal, break or meeting placed inside a shift; everything else of a shift is work. */
struct activity {
    enum activity_kind kind;
    int64_t start_ts, end_ts;
    bool paid;
};

/* One agent's shift. Its day is the site-local day of start_ts, its week the roster week that holds start_ts.
 */
struct shift {
    int agent;
    int tmpl; /* shift template index, or -1 when unknown (published past of a changed operation) */
    int64_t start_ts, end_ts;
    int n_activities;
    struct activity activities[SHIFT_ACTIVITIES_MAX]; /* sorted by start, disjoint, inside the shift */
};

int shift_paid_minutes(const struct shift *shift);
/* Of one agent, or of all when agent < 0. */
double shifts_paid_hours(const struct shift *shifts, int n, int agent);
/* Order of every shift list: agent, then start. For qsort. */
int shift_compare(const void *a, const void *b);

/*
 * What staff is worth, per queue and interval: a concave staircase of pieces. Piece k of cell (queue, iv)
 * says that up to width[k] further agents are each worth value[k] (in the operation's currency, for that one
 * interval) there; values fall with k. An agent-interval beyond all pieces is worth 0. Widths are
 * real-valued: requirements are rounded by nobody.
 *
 * A plain requirement of r agents with a shortage price p is the single piece {r, p}; service-level tables
 * give several.
 *
 * Where a service level is measured over a period, pieces also have a gain: the contacts in time each of
 * their agents adds in that interval. A row asks for `need` contacts from the pieces of a queue's intervals
 * [from_iv, to_iv); each one missing costs `price`. Agents of a cell fill its pieces in order; value and
 * value
 * + price × gain both fall with k.
 */
struct sla_row {
    int queue;
    int32_t from_iv, to_iv; /* half open */
    double need;            /* contacts; <= 0: met by what is not in the pieces */
    double price;           /* of a missing contact, > 0 */
};

struct demand {
    struct grid grid; /* planning intervals of the horizon [start, end) */
    int n_queues;
    int n_pieces;  /* per cell, fixed; unused ones have width 0 */
    double *width; /* n_queues × grid.n × n_pieces, by queue, then interval */
    double *value; /* same shape */
    double *need;  /* n_queues × grid.n, by queue: the required agents, for reports */
    double *gain;  /* same shape as value, contacts per agent; NULL = none, and then there are no rows */
    struct sla_row *rows; /* sorted by queue, from_iv; those of a queue do not overlap */
    int n_rows;
    double *offered, *aht_s; /* n_queues × grid.n, by queue: the load all this was made from, for simulation.
                                Both NULL = not known */
    double *busyness_cv2;    /* n_queues: squared coefficient of variation of the factor (mean 1, one for each
                                local    day) by which days turn out busier or calmer than that load, beyond
                                chance,    0..BUSYNESS_CV2_MAX. NULL = all 0: the load is certain */
    double *offset; /* n_queues × grid.n, by queue: present agents added before a service level is read off
                       its model, because a simulation of a roster showed the queue to do so much better
                       (others help) or worse than it says. Made into the pieces already. NULL = none */
    double *day_correlation; /* n_queues: how strongly two days of a roster week turn out busier or calmer
                                together, 0..1: correlation of the normal scores of their factors. Without
                                busyness_cv2 of no effect. NULL = all 0: days are independent */
    double *opening, *past_counted, *past_in_time; /* n_queues each, all or none: contacts of deferred queues
                                that wait when the grid begins, and what the contract period that holds its
                                start has before it. For simulation alone, in plan files alone: no input of
                                planning, and not in the hash. NULL = not known */
};

#define BUSYNESS_CV2_MAX                                                                                     \
    1.0 /* days as uneven as the waits of one contact: nothing beyond it is a forecast                       \
         */

#define DEMAND_CELL(d, queue, iv) (((size_t)(queue) * (size_t)(d)->grid.n + (size_t)(iv)))
#define DEMAND_PIECE(d, queue, iv, k) (DEMAND_CELL(d, queue, iv) * (size_t)(d)->n_pieces + (size_t)(k))

struct plan_limits {
    double seconds; /* wall time, a safety net; also says how much work the bound gets, counted, not timed */
    double gap;     /* stop when the gap is at most this, e.g. 0.01; 0 = never stop early */
    long rounds;    /* stop after so many rounds of the search; 0 = by the size of the problem. Equal seed,
                       rounds    and seconds give equal bits on any machine that keeps the deadline */
    int threads;    /* never changes the result */
};

/* Shifts of one template that start on one day, those of the published past included: `need` of them; one
   missing costs under, one too many over. Where several name the same template and day all count, those that
   follow from operation.headcounts too (min with under_price, max with over_price). */
struct headcount {
    int tmpl, site; /* -1 = any site */
    int32_t day;    /* site-local */
    int need;
    double under, over;
};

/* What must not change in a re-plan: on this site-local day the agent works exactly shift `shift` of `base`
   (start, end, meals, breaks and splits), or nothing (-1). */
struct lock {
    int agent;
    int32_t day;
    int shift;
};

/* The roster a re-plan starts from. Everything that starts before frozen_ts stays: base shifts with their
   meals and breaks, and no other shift starts before it; a shift that absence now forbids is gone instead.
   Changes are counted per agent and site-local day of the start: a day that was worked and is not, is and was
   not, or whose shift starts or ends elsewhere costs change_price once; where start and end are the same and
   meals, breaks or splits differ (kind, start or end; meetings are not compared) it costs break_price. */
struct plan_base {
    struct shift *shifts; /* sorted by shift_compare, inside the horizon */
    int n_shifts;
    struct lock *locks; /* sorted by agent, day */
    int n_locks;
    int64_t frozen_ts; /* INT64_MIN = nothing */
    double change_price, break_price;
};

/* What an agent has worked of nights, weekend days and holidays beyond the mean (struct fairness). */
struct burden {
    double nights, weekend_days, holidays; /* >= 0 */
};

struct plan_problem {
    struct operation *operation; /* owned */
    int32_t first_day;           /* Monday of the roster week, a civil day of the planning zone */
    int n_weeks;                 /* 1..8; plan files of benchmarks up to 53 */
    struct demand demand;        /* grid: exactly [first_day, first_day + 7·n_weeks) of the planning zone */
    struct shift *past; /* published shifts that started before the horizon, at least the last 5 weeks; sorted
                           by shift_compare. Carry-over (runs of days, rest, weekends) and coverage that
                           reaches into the horizon come from these */
    int n_past;
    struct shift
        *after; /* published shifts that start behind the horizon, of the next week at least; sorted
                   by shift_compare. Rest before the first of an agent's, and the run of worked days
                   that ends in the ones of theirs that follow on, are kept; no other rule looks there */
    int n_after;
    struct headcount *headcounts; /* sorted by day, template, site */
    int n_headcounts;
    struct plan_base *base; /* owned; NULL for a plan from scratch */
    struct burden *burdens; /* by agent; NULL = as the past says. Given to a planning unit by roster_extract,
                               as its agents alone do not know the mean */
    uint64_t seed;
    struct plan_limits limits;
};

struct plan_solution {
    struct shift *shifts; /* sorted by shift_compare; all start inside the horizon */
    int n_shifts;
    double pay;      /* of these shifts, operation's currency */
    double shortage; /* Σ over pieces of (width not staffed) × value, and over SLA rows of contacts missing ×
                        price */
    double penalty;   /* rules broken at a price, wishes not granted, headcounts, seats, leads, fairness,
                         meetings,   changes of a re-plan */
    double objective; /* pay + shortage + penalty: what is minimised */
    double bound;     /* proven lower bound of the objective */
    double *staffed;  /* demand.n_queues × grid.n: agents working each queue, real-valued (an agent's time
                         divides) */
    int n_staffed;    /* length of it */
    long rounds;      /* search rounds done: replay with limits.rounds = this */
    int *unit_rounds; /* the same per planning unit, n_units of them; NULL where the problem is one unit */
    int n_units;
    char *stopped; /* why: "gap", "deadline", "rounds", "cancelled", "exhausted" */
    int edits;     /* of a stored roster: number of its last change by hand, 0 = as it was solved */
};

/* (objective - bound) / objective, 0 when the objective is 0. */
double plan_gap(const struct plan_solution *solution);
double plan_paid_hours(const struct plan_solution *solution);

struct plan_problem *plan_problem_new(void);
void plan_problem_free(struct plan_problem *problem);
AUTO_DEFINE(plan_problem, plan_problem_free);
struct plan_solution *plan_solution_new(void);
void plan_solution_free(struct plan_solution *solution);
AUTO_DEFINE(plan_solution, plan_solution_free);

/* Grid of the horizon: n_weeks weeks from first_day 00:00 in the planning zone (DST weeks have 668 or 676
 * quarter hours). */
bool plan_horizon(const struct operation *operation, int32_t first_day, int n_weeks, struct grid *grid,
                  GError **error);

/* Allocates width, value and need for the grid, all zero. demand_add_gains: gain as well; demand_add_load:
   offered and aht_s; demand_add_busyness: busyness_cv2; demand_add_offset: offset;
   demand_add_correlation: day_correlation; demand_add_before: opening, past_counted and past_in_time.
   demand_add_row takes rows in their order. */
void demand_init(struct demand *demand, const struct grid *grid, int n_queues, int n_pieces);
void demand_add_gains(struct demand *demand);
void demand_add_load(struct demand *demand);
void demand_add_busyness(struct demand *demand);
void demand_add_offset(struct demand *demand);
void demand_add_correlation(struct demand *demand);
void demand_add_before(struct demand *demand);
void demand_clear_before(struct demand *demand);
void demand_add_row(struct demand *demand, const struct sla_row *row);
void demand_clear(struct demand *demand);

/* Progress of a long solve; called from the solving thread, at most some times a second. Return false to
   stop: the best so far is then returned with stopped = "cancelled". */
struct plan_progress {
    const char *phase; /* "bound", "dive", "search", … static string */
    double objective;  /* best so far, INFINITY before the first roster */
    double bound;      /* best so far, -INFINITY before the first */
    double elapsed_s;
    double left_s;
    long rounds;
};
typedef bool (*plan_progress_fn)(const struct plan_progress *progress, void *user);

#endif
