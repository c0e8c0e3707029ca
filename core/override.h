/*
 * override.h - the planner's hand: what a planner changes on a forecast, and how it is written.
 *
 * An override works on a range of time of one queue, given in the queue's local time, narrowed to some hours
 * of the week if `hours` are given; an interval belongs to the range in which it starts. What it does is
 * defined in forecast/override.h.
 */
#ifndef WFM_CORE_OVERRIDE_H
#define WFM_CORE_OVERRIDE_H

#include "core/operation.h"

/* What is changed: contacts, or the handling time of each. */
enum override_measure { OVERRIDE_VOLUME, OVERRIDE_AHT, OVERRIDE_MEASURE_N };
/* The value is the new total (AHT: level), comes on top of it, or is a change in percent. */
enum override_kind { OVERRIDE_SET, OVERRIDE_ADD, OVERRIDE_PERCENT, OVERRIDE_KIND_N };
/* What a set or added volume is the total of. Percentages and AHT work on every interval alike. */
enum override_per { OVERRIDE_PER_RANGE, OVERRIDE_PER_DAY, OVERRIDE_PER_INTERVAL, OVERRIDE_PER_N };

const char *override_measure_name(enum override_measure measure); /* "volume", "aht" */
const char *override_kind_name(enum override_kind kind);          /* "set", "add", "percent" */
const char *override_per_name(enum override_per per);             /* "range", "day", "interval" */
bool override_measure_parse(const char *text, enum override_measure *out);
bool override_kind_parse(const char *text, enum override_kind *out);
bool override_per_parse(const char *text, enum override_per *out);

#define OVERRIDE_DAYS_MAX 1100 /* of a range */

/* Texts are owned (override_clear). */
struct override {
    int64_t id; /* of the store; the order of entry */
    char *queue;
    char *scenario; /* NULL: no what-if, used always */
    enum override_measure measure;
    enum override_kind kind;
    enum override_per per;
    double value;            /* contacts, seconds, or percent (15 = +15 %) */
    int64_t from_ts, to_ts;  /* to_ts excluded */
    char *hours;             /* "mon-fri 09:00-18:00", the queue's clock; "" = all of the range */
    struct week_span *spans; /* n_spans: the same */
    int n_spans;
    char *why;
    char *created_by, *removed_by;  /* removed_by NULL: it stands */
    int64_t created_ts, removed_ts; /* removed_ts 0: it stands */
    bool standing;                  /* false: of a scenario that is used only where it is asked for */
};
void override_clear(struct override *override);
void overrides_free(struct override *overrides, int n);

/* A value as people write it: "500" (set), "+50", "-50" (add), "+15%", "-10%" (percent). For AHT the seconds
   may have their unit ("+30s"). WFM_ERROR_INPUT quotes the text. */
bool override_value_parse(const char *text, enum override_measure measure, enum override_kind *kind,
                          double *value, GError **error);
/* The same back, with its measure: "volume +15 %", "AHT 300 s", "volume 50 each day". g_free. */
char *override_text(const struct override *override);

/* A day of the zone ("2026-12-01": its first instant, or the one after its last when `end`) or a local time
   ("2026-12-01T10:00", with an offset if one likes). WFM_ERROR_INPUT. */
bool override_when_parse(const char *text, const struct zone *zone, bool end, int64_t *ts, GError **error);

/* Values in range, a range that is one, hours that parse (fills spans from hours), a reason. WFM_ERROR_INPUT;
 *field (may be NULL) then names what is wrong by its column in overrides.csv. */
bool override_check(struct override *override, const char **field, GError **error);

/* overrides.csv: queue,from,to,measure,kind,value,per,hours,scenario,why. from and to as above (end date
   included), per is range when empty. The other columns of `wfm override list` may stand in it and are not
   read. *out: *n overrides in the order of the file (overrides_free). A bad row: file, line, column, value.
 */
bool overrides_read(const struct operation *operation, const char *path, struct override **out, int *n,
                    GError **error);

#endif
