/*
 * query.h - query parameters, read strictly: a parameter the route does not take, or one given twice, is
 * WFM_ERROR_USAGE (HTTP 400); one whose value is malformed or out of range is WFM_ERROR_INPUT (HTTP 422). The
 * table in query.c has one row per parameter.
 *
 * Percent escapes are decoded; '+' stays a plus, so that the offset of an RFC 3339 instant may be written as
 * it is.
 */
#ifndef WFM_API_QUERY_H
#define WFM_API_QUERY_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/zone.h"

enum api_param {
    PARAM_FROM = 1 << 0,      /* RFC 3339 instant with offset */
    PARAM_TO = 1 << 1,        /* the same; exclusive */
    PARAM_AFTER = 1 << 2,     /* cursor of the former page, as in its `next` */
    PARAM_LIMIT = 1 << 3,     /* 1..1000 */
    PARAM_CANCELLED = 1 << 4, /* "true" or "false" */
    PARAM_CLIENT = 1 << 5,    /* client id */
    PARAM_RUN = 1 << 21,      /* kind: of runs */
    PARAM_SINCE = 1 << 20,    /* RFC 3339 instant, or the cursor of an earlier answer */
    PARAM_AUDIT = 1 << 22,    /* subject, actor, action */
    PARAM_DATES = 1 << 6, /* no parameter: from and to may also be dates, "2026-11-23", midnights of a zone */
    /* The values of these are had by query_text, query_list and query_flag; several names may share a bit. */
    PARAM_QUEUE = 1 << 7,     /* queue: an id */
    PARAM_WEEK = 1 << 8,      /* week: "2026-W48" */
    PARAM_DRY_RUN = 1 << 9,   /* dry_run: "true" or "false" */
    PARAM_SCENARIO = 1 << 10, /* scenario: names; may be repeated */
    PARAM_PICK = 1 << 11,     /* snapshot, as_of, lead_days: which forecasts */
    PARAM_IMPORT = 1 << 12,   /* preset, map, zone, interval_minutes, only, separator, decimal_comma */
    PARAM_BY = 1 << 14,       /* by, hand */
    PARAM_WITHOUT = 1 << 15,  /* without: names of scenarios; may be repeated */
    PARAM_REMOVED = 1 << 13,  /* removed: "true" or "false" */
    PARAM_STATE = 1 << 24,    /* state: a word of the list's own */
    PARAM_AGENT = 1 << 25,    /* agent: an id */
    PARAM_WHOSE = 1 << 23,    /* whose: a word of the list's own */
    PARAM_CHANGES = 1 << 26,  /* since (a cursor of the feed), kinds */
    PARAM_AGAINST = 1 << 29,  /* against: number of a roster */
    PARAM_DAY = 1 << 27,      /* day: "2026-11-23" */
    PARAM_AT = 1 << 28,       /* at: an instant */
    PARAM_ACTIVE = 1 << 16,   /* active: "true", or "false" for those that have left */
    PARAM_SITE = 1 << 17,     /* site: an id */
    PARAM_SKILL = 1 << 18,    /* contract: an id; skill: id of a queue */
};
#define PARAM_RANGE (PARAM_FROM | PARAM_TO)
#define PARAM_DAY_RANGE (PARAM_RANGE | PARAM_DATES)
#define PARAM_SITE_DAY (PARAM_SITE | PARAM_DAY)
#define PARAM_PAGE (PARAM_AFTER | PARAM_LIMIT)

#define QUERY_PARAM_ROWS_MAX 64
#define QUERY_TEXT_MAX 200 /* bytes of a text */
#define QUERY_LEAD_DAYS_MAX 1000
#define QUERY_TEXTS_MAX 40 /* of a parameter that may be repeated */
#define QUERY_LIMIT_DEFAULT 100
#define QUERY_LIMIT_MAX 1000
#define QUERY_RANGE_DAYS_MAX 93
/* Instants outside [1900-01-01, 2200-01-01) are refused: the database reads years of four digits only, and
 * its words about others are not for callers. */
#define QUERY_TS_MIN (-INT64_C(2208988800))
#define QUERY_TS_MAX INT64_C(7258118400)

struct api_query {
    unsigned allowed, given; /* enum api_param */
    int64_t from_ts, to_ts;  /* dates as midnights UTC: ask query_range */
    bool from_is_day, to_is_day;
    char *after; /* NULL: first page */
    int limit;
    bool cancelled;
    char *since;      /* as given; NULL: not */
    int64_t since_no; /* its cursor; 0: it is an instant */
    int64_t since_ts; /* its instant; INT64_MIN: it is a cursor */
    char *client;
    uint64_t rows;                      /* rows of the table that were given */
    char **texts[QUERY_PARAM_ROWS_MAX]; /* by row: values, NULL-terminated; NULL: not given */
    char *wrong;                        /* name of the parameter that made the parse fail */
};

/* Name of a parameter of the table, and its bit; NULL past the end. For the check against openapi.yaml. */
const char *query_param_name(int row, unsigned *bit);

/* `raw`: what stands behind the '?', or NULL. Missing ends of a range are filled: from = start of the UTC day
   of now_ts, minus one day; to = from + default_days; a range is not empty, has at most
   QUERY_RANGE_DAYS_MAX days and lies in [QUERY_TS_MIN, QUERY_TS_MAX). Clear *out whatever the result. */
bool query_parse(const char *raw, unsigned allowed, int64_t now_ts, int default_days, struct api_query *out,
                 GError **error);
void query_clear(struct api_query *query);

/* Values of a parameter that is a text, as its row of the table checked it: the (first) one, or NULL when it
   was not given; all of them, NULL-terminated, never NULL; "true". */
const char *query_text(const struct api_query *query, const char *name);
const char *const *query_list(const struct api_query *query, const char *name);
bool query_flag(const struct api_query *query, const char *name);

/* "&queue=a&…": those that were given, escaped, for a link to the next page. */
void query_append_texts(const struct api_query *query, GString *link);

/* The range where the route takes dates: those are the first instants of the days in the zone. */
void query_range(const struct api_query *query, const struct zone *zone, int64_t *from_ts, int64_t *to_ts);

/* Cursors of lists ordered by (instant, id): "1795305600.412"; the instant in the range above. */
char *cursor_format(int64_t ts, int64_t id);
bool cursor_parse(const char *text, int64_t *ts, int64_t *id);
/* A whole decimal number as one writes it, without leading zeros, and nothing else. */
bool int64_parse(const char *text, int64_t *out);

#endif
