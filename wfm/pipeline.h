/*
 * pipeline.h - the glue of a horizon of weeks: what is stored → engines → what is stored. Used by forecast,
 * staff, roster, plan and demo.
 *
 * A struct planning is one week of one operation, or several in a row, loaded from the store, immutable after
 * planning_open but for `history` and the patience pipeline_loads adds to the operation, and owned by one
 * thread. Errors of every step name queue, agent or unit.
 */
#ifndef WFM_WFM_PIPELINE_H
#define WFM_WFM_PIPELINE_H

#include "api/hand.h"
#include "core/store/store.h"
#include "forecast/forecast.h"
#include "scheduler/staffing/staffing.h"
#include "wfm/options.h"
#include "wfm/progress.h"

struct planning {
    struct store *store;         /* owned */
    const struct keeper *keeper; /* borrowed; NULL: none */
    struct operation *operation; /* owned, as stored */
    struct zone *zone;           /* the planning zone, owned */
    int32_t first_day;           /* Monday of the first week */
    int n_weeks;
    struct grid grid;       /* planning intervals of the weeks */
    struct series *history; /* n_queues: what the store has of a queue once planning_history was called for
                               it; n = 0 where nothing. NULL before the first call */
    struct series *days;    /* likewise what it has by day, on grids of local days (core/grid.h) */
};

struct forecast_line;
struct simulated;

/* Is told of what is stored, in the transaction that stores it; false takes it back. For runs, which keep
   what they have made in their own row. */
struct keeper {
    bool (*forecasts)(struct store *store, const struct forecast_line *lines, int n, void *user,
                      GError **error);
    bool (*roster)(struct store *store, int64_t id, const struct plan_solution *solution, void *user,
                   GError **error);
    bool (*simulation)(struct store *store, int64_t roster, int replications, void *user, GError **error);
    void *user;
};

/* Takes --database, --data and --week of the options. Without --week: the first whole week after the newest
   stored history, or, without history, the next one by the clock. NULL on failure. */
struct planning *planning_open(const struct options *options, int n_weeks, GError **error);
/* The same for a store at hand (taken, also on failure). `week` may be NULL. */
struct planning *planning_new(struct store *store, const char *week, int n_weeks, GError **error);
void planning_free(struct planning *planning);
/* Monday of the week that is meant without --week. */
bool pipeline_default_week(struct store *store, const struct zone *zone, int32_t *first_day, GError **error);
AUTO_DEFINE(planning, planning_free);

/* Loads history and days of a queue unless they are there. */
bool planning_history(struct planning *planning, int queue, GError **error);
/* End of what it has of a loaded queue, by interval or by day; INT64_MIN when nothing. */
bool planning_history_end(const struct planning *planning, int queue, int64_t *end_ts, GError **error);

/* Which overrides count, by --scenario and --without of OPTIONS_SCENARIO. */
void hand_ask_from(const struct options *options, struct hand_ask *ask);

/* --- forecast
 * ----------------------------------------------------------------------------------------------------- */

struct forecast_ask {
    const char *const *queues; /* ids, NULL-terminated; empty or NULL: all */
    bool skip_missing;         /* leave out queues without history instead of failing */
    int jobs;                  /* threads, 0 = one per core */
    bool no_reconcile;         /* do not make the queues agree with their totals (wfm/totals.h) */
    const char *as_of;         /* a day of the planning zone: as if it had just begun; NULL: all history */
    struct hand_ask hand;
    bool explain; /* with explanations; set by pipeline_explain */
};

/* What is told about one queue's forecast. */
struct forecast_line {
    int queue;
    int64_t id;
    double contacts, aht_s, peak; /* total, in tenths; volume-weighted; most in one interval of the history's
                                     length */
    double weeks;                 /* of history */
    int origins;
    double wape, naive_wape, bias, cov80;
    double before; /* contacts as the queue's own history has them, before it was made to agree with totals */
    double with_hand; /* contacts with the planner's overrides */
    double last;      /* contacts of the forecast before this one; NAN when there is none of all the weeks */
    double patience_s,
        patience_error_s; /* from the history (forecast/patience.h), NAN where it does not say */
};

/* Forecasts the queues over the weeks from the history before them, and stores all of them in one
 *transaction. lines: *n entries, g_free. */
bool pipeline_forecast(struct planning *planning, const struct forecast_ask *ask, struct progress *progress,
                       struct forecast_line **lines, int *n, GError **error);

/* A queue's forecast taken apart, beside what is stored of the weeks. Arrays of days: forecast.n_days, local
   days of the queue. */
struct explained_forecast {
    int queue;
    struct zone *zone; /* of the queue */
    struct forecast
        forecast;       /* made now from the history before the weeks, by itself; with its explanation */
    bool by_day;        /* forecast by day and spread */
    int64_t stored_id;  /* of the newest stored forecast of the weeks; 0: none */
    int64_t stored_ts;  /* when that was made */
    bool same_inputs;   /* from the history and settings of now */
    int totals;         /* it was made to agree with */
    double *stored_day; /* contacts; NULL without a stored one */
    double *hand_day;   /* … with the planner's overrides */
};
void explained_forecasts_free(struct explained_forecast *explained, int n);

/* Explains the forecasts of the queues; nothing is stored. *explained: *n, by queue. */
bool pipeline_explain(struct planning *planning, const struct forecast_ask *ask, struct progress *progress,
                      struct explained_forecast **explained, int *n, GError **error);

/* --- staff
 * -------------------------------------------------------------------------------------------------------- */

/* Most of a forecast's busyness_cv2 that is staffed for: days 30 % off, as a rule. A forecast that is worse
   than that misses something to be mended in it (a campaign, an outage), not a rate to have people for every
   day. */
#define BUSYNESS_PLANNED_MAX 0.09

struct load_ask {
    bool allow_missing; /* a queue without forecast has a zero load, instead of WFM_ERROR_NOT_FOUND */
    struct hand_ask hand;
};

/* Stored forecasts of the weeks on the planning grid (of one week the newest that has all of it; of several
   in each interval the newest that has it), with the planner's overrides, and how uncertain its days are (of
   the newest; not above BUSYNESS_PLANNED_MAX): one load per queue of the operation (free with loads_free). An
   immediate queue of which the operation says nothing about patience gets the one the forecast found in its
   history, where it did; a deferred one begins with what the published weeks before leave. */
struct load *pipeline_loads(const struct planning *planning, const struct load_ask *ask, GError **error);

/* What the published roster of the weeks right before first_day leaves to do, as the opening of the loads of
   deferred queues; *from is its number, 0 where there is none and the loads stay as they are. Loads without
   an opening. */
bool pipeline_opening(struct store *store, const struct operation *operation, int32_t first_day,
                      struct load *loads, int64_t *from, GError **error);

/* One of those forecasts, as it was made. WFM_ERROR_NOT_FOUND. */
bool pipeline_stored(const struct planning *planning, const char *queue, struct stored_forecast *out,
                     GError **error);
void loads_free(struct load *loads, int n);

/* --- roster
 * ------------------------------------------------------------------------------------------------------- */

#define ROSTER_SIMULATE (-1)

struct roster_ask {
    uint64_t seed;
    struct plan_limits limits; /* of each planning unit; threads is set by the pipeline */
    long memory_mb;
    int jobs;     /* processes, 0 = one per core */
    int simulate; /* replications of the simulation kept with the roster; 0 = none, ROSTER_SIMULATE = as many
                     as are worth it */
    struct staffing_prices prices;
    /* Called once the problem is made, before it is solved, to change it (wfm replan). May be NULL. */
    bool (*adapt)(struct plan_problem *problem, void *user, GError **error);
    void *user;
    int corrections; /* most rounds of simulating the roster and making it again with what was found; 0: none
                      */
    int64_t offsets_of; /* a stored roster of the same weeks, whose offsets from simulation (struct demand)
                           the demand is made with; 0 = none */
    int64_t locked_of;  /* a stored roster of the same weeks, whose locked shifts stay as they are; 0 = none.
                           Where adapt gives the problem a base, that has its own */
    const char *const *more_agents; /* wishes of core/operation_more.h, NULL-terminated; NULL: none */
    double confidence; /* with which contract periods are to be met; 0 = on the mean. With corrections only */
};

/* Fills from the options of OPTIONS_SOLVE. */
void roster_ask_from(const struct options *options, struct roster_ask *ask);

/* --sla and --certain, of a command that has them. */
void roster_prices_from(const struct options *options, struct roster_ask *ask);

/* Corrections of OPTIONS_CORRECT. */
bool corrections_from(const struct options *options, struct roster_ask *ask, GError **error);

struct roster_result {
    int64_t id; /* of the stored draft */
    int n_units;
    double seconds;
    bool cancelled; /* stopped by a signal: the best so far was kept */
};

/* Requirement → demand → planning units solved in child processes → joined → corrected by simulation →
   checked → stored as a draft with the expected service of each queue and interval → simulated, which is kept
   with it. A violation is WFM_ERROR_INTERNAL listing what is broken; nothing is stored then. */
bool pipeline_roster(const struct planning *planning, const struct load *loads, const struct roster_ask *ask,
                     struct progress *progress, struct roster_result *result, GError **error);

/* The first step of it: the problem, not solved. NULL on failure. */
struct plan_problem *pipeline_problem(const struct planning *planning, const struct load *loads,
                                      const struct roster_ask *ask, GError **error);

/* What published rosters are expected to do in the contract periods that hold the start of the grid and have
   begun before it: operation->n_queues, g_free; NULL on failure. */
struct sla_past *pipeline_past(struct store *store, const struct operation *operation,
                               const struct grid *grid, GError **error);

/* Splits into planning units, solves each in a child process under problem->limits, joins. Of `ask` only jobs
   and memory_mb count. `again`: a solution of this problem to make once more, with the rounds each unit had
   and without a deadline; else NULL. */
struct plan_solution *pipeline_solve(const struct plan_problem *problem, const struct roster_ask *ask,
                                     const struct plan_solution *again, struct progress *progress,
                                     int *n_units, GError **error);

/* Simulates a stored roster and keeps that with it, as pipeline_roster does. */
bool pipeline_simulate(const struct planning *planning, int64_t id, const struct roster_ask *ask,
                       struct progress *progress, GError **error);
/* Stores a simulation of it, and tells the keeper. */
bool pipeline_keep_simulation(const struct planning *planning, const struct simulated *simulated, int64_t id,
                              GError **error);

/* WFM_ERROR_CANCELLED, naming the draft that was kept, when the solve was stopped by a signal. */
bool roster_kept(const struct roster_result *result, GError **error);

/* Verifies a stored draft again, by its own problem (WFM_ERROR_VIOLATION when anything is broken), then
 * publishes it. */
bool pipeline_publish(struct store *store, int64_t id, GError **error);

/* Of a week's progress the forecast is this part. */
#define PIPELINE_SHARE_FORECAST 0.1

/* Forecast, staff and roster in one go: a draft. */
bool pipeline_week(struct planning *planning, const struct forecast_ask *forecast,
                   const struct roster_ask *roster, struct progress *progress, int64_t *id, GError **error);

/* The stored roster the words mean: `text` a number, or (NULL) the newest of the week `week` (NULL: of any)
   in `state` (NULL: published, else draft). WFM_ERROR_NOT_FOUND, WFM_ERROR_INPUT, WFM_ERROR_USAGE when both
   are given. */
bool pipeline_find_roster(struct store *store, const char *text, const char *week, const char *state,
                          int64_t *id, GError **error);

#endif
