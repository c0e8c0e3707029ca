/*
 * forecast_task.h - one queue's forecast as a piece of work: what it is made from, its making, and running
 * many of them.
 */
#ifndef WFM_WFM_FORECAST_TASK_H
#define WFM_WFM_FORECAST_TASK_H

#include "forecast/day_profile.h"
#include "forecast/forecast.h"
#include "forecast/sisters.h"
#include "wfm/pipeline.h"

/* One queue's work, done by a thread of the pool; inputs are only read. */
struct forecast_task {
    const struct planning *planning;
    int queue;
    struct zone *zone;
    struct forecast_special *specials;
    int n_specials;
    struct series history; /* borrowed arrays, cut where the week starts */
    struct forecast_input input;
    struct forecast forecast;
    bool done;
    GError *error;
    struct series by_day;         /* owned; n > 0: days are forecast, and spread over the week's intervals */
    struct day_profile profile;   /* by which */
    const char *profile_from;     /* in words, static */
    struct feast_effects sisters; /* what queues of its client saw */
    int totals;                   /* it was made to agree with; 0: none */
    double before;                /* contacts before that */
    char *own_hash;               /* once it ran */
    GAsyncQueue *finished;        /* where it goes then */
    int64_t known_ts;             /* history from here on is not used */
    const struct hand *hand;
    double with_hand, last; /* struct forecast_line */
};

/* Special days of a queue from first_day to last_day, and of a while around them, as forecasts take them: *n,
   g_free; names are the operation's. */
struct forecast_special *forecast_specials(const struct operation *operation, int queue, int32_t first_day,
                                           int32_t last_day, int *n);

/* Fills a zeroed task from what is loaded of the queue (planning_history) before known_ts. It must stay where
   it is. forecast_task_clear, also on failure. */
bool forecast_task_init(struct forecast_task *task, const struct planning *planning, int queue,
                        int64_t known_ts, const struct hand *hand, GError **error);
void forecast_task_clear(struct forecast_task *task);

/* Makes its forecast: `done`, or `error`. In any thread. */
void forecast_task_run(struct forecast_task *task);

/* Contacts it says are to come. */
double forecast_task_contacts(const struct forecast_task *task);

/* Reads, forecasts and forgets queue by queue: a few histories at a time are whole. tasks: n_queues of the
   operation, zeroed; the first *n are made then, forecast_task_clear, also on failure. Of history there stay
   the contacts by interval, where totals are made of them. WFM_ERROR_NOT_FOUND, WFM_ERROR_INPUT. */
bool forecast_tasks_run(struct planning *planning, const struct forecast_ask *ask, const struct hand *hand,
                        struct progress *progress, struct forecast_task *tasks, int *n, GError **error);

#endif
