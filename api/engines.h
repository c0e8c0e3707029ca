/*
 * engines.h - what the service asks of the floor above: glue between the store and the engines that the
 * command owns too. wfm/engines.c fills the struct; api_config carries it; a test may give its own.
 *
 * Rules for all: `store` is borrowed and is left as it was; an open transaction of the caller goes on. No
 * printing, no clock but `now_ts`, no solver (long work is a run). They run on the threads of the service, so
 * nothing in them is shared. Errors as in store.h. An entry that is NULL: the route answers 501.
 */
#ifndef WFM_API_ENGINES_H
#define WFM_API_ENGINES_H

#include <jansson.h>

#include "core/store/run.h"
#include "core/store/store.h"

/* --- accuracy
 * --------------------------------------------------------------------------------------------------- */

/* A row per queue, and one of all together; per day of it; per time of its day, over all days; or per
   snapshot, by how long before the span its history ended. */
enum accuracy_by { ACCURACY_QUEUE, ACCURACY_DAY, ACCURACY_INTERVAL, ACCURACY_SNAPSHOT, ACCURACY_BY_N };

struct accuracy_span {
    const char *const *queues; /* ids, NULL-terminated; empty or NULL: all */
    int64_t from_ts, to_ts;
    enum accuracy_by by;
    struct forecast_pick pick;                /* which forecasts, but for rows per snapshot */
    const char *const *with, *const *without; /* scenarios used, left out; NULL-terminated or NULL */
    bool then; /* the planner's hand as it was when each interval began, instead of as it stands now */
};

/* What was said and what came. Rates are NAN where there is nothing to divide by; handed ones also where the
   planner's hand changed nothing. */
struct accuracy_row {
    char *queue;      /* NULL: all together */
    char *when;       /* "2026-11-23", "09:15", "" */
    int64_t id;       /* of the newest forecast it is about; 0: of several */
    int64_t known_ts; /* … what it knew ended there; INT64_MIN: of several */
    double weeks_before;
    double forecast, with_hand, actual; /* contacts */
    double bias, wape, hand_wape, naive_wape, mase, wql, cov80, cov95;
    double intervals;
    double aht_forecast_s, aht_actual_s;
};
void accuracy_rows_free(struct accuracy_row *rows, int n);

/* --- requirement
 * ------------------------------------------------------------------------------------------------- */

struct requirement_span {
    const char *queue;
    int64_t from_ts, to_ts;
    const char *const *with, *const *without; /* scenarios, as above */
};

/* Per planning interval from the one that holds from_ts on; NAN in all arrays (grid.n) where the week of the
   planning zone is not forecast. Owned (requirement_view_clear). */
struct requirement_view {
    struct grid grid;
    double in_office, out_of_office; /* shrinkage of the queue, and of the sites of its agents */
    double *offered, *aht_s;
    double *required;       /* agents on the roster, real-valued, both shrinkages included */
    double *at_work;        /* … those of them who are there */
    double *sl, *occupancy; /* what they achieve */
};
void requirement_view_clear(struct requirement_view *view);

/* --- all
 * -------------------------------------------------------------------------------------------------------- */

struct api_engines {
    /* Reads the body of POST /v1/runs: what to enqueue, *ask_json g_free. What is wrong with it goes into
       `errors`, an array of {"pointer", "detail"}, and fails with WFM_ERROR_INPUT. wfm/run_ask.h has the
       rest. */
    bool (*run_ask)(struct store *store, const json_t *body, enum run_kind *kind, char **ask_json,
                    json_t *errors, GError **error);
    /* The figures of `wfm report accuracy`. *rows: *n, accuracy_rows_free; none is no error.
       WFM_ERROR_NOT_FOUND: a queue or scenario that is not there. */
    bool (*accuracy)(struct store *store, const struct accuracy_span *span, struct accuracy_row **rows,
                     int *n, GError **error);
    /* The requirement of a queue as `wfm staff` computes it, from the newest forecasts of the weeks with the
       planner's overrides. WFM_ERROR_NOT_FOUND: a queue or scenario that is not there; WFM_ERROR_INPUT:
       targets that no staff meets. */
    bool (*requirement)(struct store *store, const struct requirement_span *span,
                        struct requirement_view *view, GError **error);
};

#endif
