/*
 * zone.h - time zones, civil days and RFC 3339 text.
 *
 * Instants are int64_t seconds since 1970-01-01T00:00:00Z (leap seconds do not exist here). A civil *day* is
 * an int32_t count of days since 1970-01-01 in the proleptic Gregorian calendar, without zone; a local time
 * is (zone, day, second of day by the wall clock). Weekdays count 0 = Monday … 6 = Sunday (ISO 8601 minus
 * one).
 *
 * Gap and fold, as in RFC 5545: a local time that does not exist moves forward by the width of the gap (02:30
 * in a gap 02:00-03:00 is the instant also called 03:30); one that exists twice means its first occurrence.
 *
 * A struct zone is immutable after zone_new and may be used from any number of threads. It knows the
 * transitions up to 2037; later instants keep the last offset. zone_new takes up to a millisecond,
 * the look-ups some ten nanoseconds.
 */
#ifndef WFM_CORE_ZONE_H
#define WFM_CORE_ZONE_H

#include "core/auto.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define DAY_S 86400
#define WEEK_DAYS 7
#define DAY_MIN 1440

struct zone;

struct civil {
    int year, month, day; /* month 1..12, day 1..31 */
};

struct local_time {
    int32_t day;      /* civil day by the wall clock */
    int32_t second;   /* second of that day by the wall clock, 0..86399 */
    int32_t offset_s; /* local minus UTC */
    int weekday;      /* 0 = Monday */
};

/* Takes an IANA name ("Asia/Manila", "UTC"). Unknown names fail with WFM_ERROR_INPUT; there is no silent UTC.
 */
struct zone *zone_new(const char *name, GError **error);
void zone_free(struct zone *zone);
AUTO_DEFINE(zone, zone_free);
const char *zone_name(const struct zone *zone);

/* The wall clock at an instant. */
struct local_time zone_local(const struct zone *zone, int64_t ts);
int32_t zone_local_day(const struct zone *zone, int64_t ts);

/* All instants at which the wall clock shows (day, second): writes 0, 1 or 2 of them in ascending order to
   out[2] and returns how many. `second` may be 0..86399. */
int zone_instants(const struct zone *zone, int32_t day, int32_t second, int64_t out[2]);

/* The instant meant by (day, minute) under the gap and fold policy above. `minute` may be negative or ≥ 1440:
   it then names a wall-clock minute of an earlier or later day (-30 is 23:30 of the day before). */
int64_t zone_instant(const struct zone *zone, int32_t day, int32_t minute);

/* First instant of a local day: the smallest instant whose local day is `day` (midnight may not exist). */
int64_t zone_day_start(const struct zone *zone, int32_t day);

/* Length of a local day in seconds: 86400 but for days of a change (82800, 90000, and rarer ones). A day the
   zone skipped altogether has 0. */
int32_t zone_day_length_s(const struct zone *zone, int32_t day);

int32_t day_from_civil(int year, int month, int day_of_month);
struct civil day_civil(int32_t day);
int day_weekday(int32_t day);
/* Monday of the ISO week that holds `day`. */
int32_t day_week_start(int32_t day);

/* "2026-11-22". Strict: four-digit year, real date; fails with WFM_ERROR_INPUT naming the text. */
bool day_parse(const char *text, int32_t *day, GError **error);
char *day_format(int32_t day);

/* RFC 3339 with offset: "2026-11-22T06:15:00+08:00", "…Z", optional fraction (must be zero), 'T' or space. A
   text without offset is refused unless `zone` is given, which then says what the wall clock means.
   WFM_ERROR_INPUT. */
bool time_parse(const char *text, const struct zone *zone, int64_t *ts, GError **error);

/* RFC 3339 in the given zone ("2026-11-22T06:15:00+08:00"), or in UTC ("…Z") when zone is NULL. */
char *time_format(int64_t ts, const struct zone *zone);
/* The same into a buffer, without a NUL behind it; how many characters. Years 0 to 9999. */
#define TIME_TEXT_MAX 25
size_t time_write(int64_t ts, const struct zone *zone, char out[TIME_TEXT_MAX]);

/* Writes 0 to 99 as two digits; returns what is behind them. */
static inline char *two_digits(char *out, int value)
{
    out[0] = (char)('0' + value / 10);
    out[1] = (char)('0' + value % 10);
    return out + 2;
}

#endif
