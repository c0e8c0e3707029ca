/*
 * series.h - answers by interval: one queue and a span of time, rows written one by one, as JSON or as CSV
 * by what the caller accepts.
 *
 *   {"queue": …, "client": …, "channel": …, "zone": …, "from": …, "to": …, "interval_minutes": 15, …,
 *    "intervals": [{"start": "…", …}, …]}
 *
 * The CSV has a row per interval, the queue as its first column and nothing of the head.
 */
#ifndef WFM_API_SERIES_H
#define WFM_API_SERIES_H

#include "api/call.h"
#include "core/operation.h"

/* One queue and the span asked for, in its zone. */
struct asked {
    json_t *queue;      /* as listed: {id, name, client, channel, zone, …}; owned */
    struct queue known; /* id, zone and opening hours of it, for the functions of engines; of `queue` */
    const struct zone *zone;
    int64_t from_ts, to_ts;
};
/* A queue that the scope may see; WFM_ERROR_NOT_FOUND. Clear it whatever the result. */
bool asked_queue(struct api_call *call, const char *queue, struct asked *out, GError **error);
/* The queue in the path's first segment and the range of the query. */
bool asked_init(struct api_call *call, struct asked *out, GError **error);
void asked_clear(struct asked *asked);
/* from and to are both there. */
bool range_given(struct api_call *call, GError **error);
/* WFM_ERROR_INPUT "parameter NAME: text", which names the parameter in the problem. False. */
bool query_wrong(struct api_call *call, const char *parameter, GError **error, const char *text);
/* The days of ?week=, in the planning zone; INT64_MIN and INT64_MAX without it. */
bool week_asked(struct api_call *call, int64_t *from_ts, int64_t *to_ts, GError **error);
/* Which forecasts: snapshot, as_of, lead_days. */
bool pick_parse(struct api_call *call, const struct asked *asked, struct forecast_pick *pick, GError **error);
/* WFM_ERROR_NOT_FOUND when somebody but a planner asks for scenarios. */
bool scenarios_allowed(struct api_call *call, GError **error);

/* {queue, client, channel, zone, from, to, interval_minutes}. */
json_t *series_head(const struct asked *asked, const struct grid *grid);

/* --- rows
 * -------------------------------------------------------------------------------------------------------- */

struct rows_out {
    GString *text;
    bool csv;
    const char *const *names; /* NULL-terminated: members of a row, columns of the CSV */
    const char *first;        /* CSV: value of the column before them; NULL: none */
    int at;                   /* next name */
};
/* Does the caller prefer CSV to JSON? By the Accept header, RFC 9110 §12.5.1. */
bool rows_csv(const struct api_call *call);
/* first_name: title of the CSV's first column, with the value `first` in every row; NULL: none. levels: the
   name "quantiles" stands for a CSV column each ("q0.1"). Names, first and levels are borrowed. */
void rows_begin(struct rows_out *rows, bool csv, const char *const *names, const char *first_name,
                const char *first, const double *levels, int n_levels);
/* The values of a row, in the order of the names. */
void rows_instant(struct rows_out *rows, int64_t ts, const struct zone *zone);
void rows_text(struct rows_out *rows, const char *text); /* NULL: null, or an empty cell */
void rows_real(struct rows_out *rows, double value);     /* not finite: likewise */
void rows_exact(struct rows_out *rows, double value);    /* to its last bit, so that it can be sent back */
void rows_int(struct rows_out *rows, int64_t value);
void rows_reals(struct rows_out *rows, const double *values, int n, size_t stride);
/* Answers 200 with the rows, as the member `key` behind those of `head` (taken). With an ETag. */
bool rows_reply(struct api_call *call, struct rows_out *rows, json_t *head, const char *key);
void rows_clear(struct rows_out *rows);

#endif
