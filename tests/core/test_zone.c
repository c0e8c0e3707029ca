#include "tests/support/testing.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/error.h"
#include "core/zone.h"

/* Zones against glibc's localtime_r, an implementation of its own over the same zone files; 1990-2037. */
static const char *const zones[] = {
    "UTC",
    "Europe/Madrid",
    "Europe/London",
    "Europe/Dublin",
    "Europe/Berlin",
    "Europe/Lisbon",
    "Europe/Kyiv",
    "Europe/Moscow",
    "Europe/Istanbul",
    "Europe/Chisinau",
    "Africa/Casablanca",
    "Africa/Cairo",
    "Africa/Johannesburg",
    "Africa/Lagos",
    "Africa/Windhoek",
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Phoenix",
    "America/Los_Angeles",
    "America/Anchorage",
    "America/Halifax",
    "America/St_Johns",
    "America/Mexico_City",
    "America/Ciudad_Juarez",
    "America/Bogota",
    "America/Lima",
    "America/Sao_Paulo",
    "America/Santiago",
    "America/Argentina/Buenos_Aires",
    "America/Caracas",
    "America/Havana",
    "America/Jamaica",
    "America/Port-au-Prince",
    "America/Guatemala",
    "America/Nuuk",
    "Asia/Manila",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Asia/Tokyo",
    "Asia/Shanghai",
    "Asia/Dubai",
    "Asia/Tehran",
    "Asia/Gaza",
    "Asia/Amman",
    "Asia/Kuala_Lumpur",
    "Asia/Pyongyang",
    "Australia/Sydney",
    "Australia/Adelaide",
    "Australia/Lord_Howe",
    "Australia/Perth",
    "Pacific/Auckland",
    "Pacific/Chatham",
    "Pacific/Apia",
    "Pacific/Fiji",
    "Pacific/Kwajalein",
    "Pacific/Kiritimati",
    "Antarctica/Troll",
    "Atlantic/Azores",
};

#define FIRST_YEAR 1990
#define LAST_YEAR 2037

static struct zone *zone_of(const char *name)
{
    GError *error = NULL;
    struct zone *zone = zone_new(name, &error);
    ck_no_error(error);
    return zone;
}

START_TEST(wall_clock_agrees_with_libc)
{
    const char *name = zones[_i];
    setenv("TZ", name, 1);
    tzset();
    AUTO(zone) zone = zone_of(name);
    ck_assert_str_eq(zone_name(zone), name);
    int64_t from = (int64_t)day_from_civil(FIRST_YEAR, 1, 2) * DAY_S;
    int64_t to = (int64_t)day_from_civil(LAST_YEAR, 12, 31) * DAY_S;
    int32_t last_day = INT32_MIN;
    for (int64_t ts = from; ts < to; ts += 1800) {
        time_t t = (time_t)ts;
        struct tm tm;
        bool converted = localtime_r(&t, &tm) != NULL;
        struct local_time got = zone_local(zone, ts);
        int32_t day = day_from_civil(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
        int32_t second = tm.tm_hour * 3600 + tm.tm_min * 60 + tm.tm_sec;
        if (!converted || got.day != day || got.second != second || got.offset_s != tm.tm_gmtoff ||
            got.weekday != (tm.tm_wday + 6) % 7 || zone_local_day(zone, ts) != day)
            ck_abort_msg("%s at %" G_GINT64_FORMAT ": day %d second %d offset %d, libc has %d %d %ld", name,
                         ts, got.day, got.second, got.offset_s, day, second, tm.tm_gmtoff);

        /* The round trip: this instant is among those that show this wall clock, and one rule names the
           first. (Plain ifs: Check writes a message for every ck_assert.) */
        int64_t at[2];
        int n = zone_instants(zone, day, second, at);
        if (!(n == 1 && at[0] == ts) && !(n == 2 && at[0] < at[1] && (at[0] == ts || at[1] == ts)))
            ck_abort_msg("%s at %" G_GINT64_FORMAT ": not among the %d instants of its wall clock", name, ts,
                         n);
        if (second % 60 == 0 && zone_instant(zone, day, second / 60) != at[0])
            ck_abort_msg("%s at %" G_GINT64_FORMAT ": not the first of its wall clock", name, ts);

        if (day > last_day) {
            int64_t start = zone_day_start(zone, day);
            if (zone_local_day(zone, start) != day || zone_local_day(zone, start - 1) >= day ||
                zone_day_start(zone, day + 1) - start != zone_day_length_s(zone, day))
                ck_abort_msg("%s: day %d does not start at %" G_GINT64_FORMAT, name, day, start);
            last_day = day;
        }
    }
}
END_TEST

static const struct {
    const char *what, *zone, *day;
    int minute;
    int n; /* instants that show it; -1: not asked */
    const char *want;
} policy[] = {
    {"gap of one hour", "Europe/Madrid", "2025-03-30", 150, 0, "2025-03-30T01:30:00Z"},
    {"gap, its first minute", "Europe/Madrid", "2025-03-30", 120, 0, "2025-03-30T01:00:00Z"},
    {"right after a gap", "Europe/Madrid", "2025-03-30", 180, 1, "2025-03-30T01:00:00Z"},
    {"right before a gap", "Europe/Madrid", "2025-03-30", 119, 1, "2025-03-30T00:59:00Z"},
    {"fold, the first", "Europe/Madrid", "2025-10-26", 150, 2, "2025-10-26T00:30:00Z"},
    {"fold, its start", "Europe/Madrid", "2025-10-26", 120, 2, "2025-10-26T00:00:00Z"},
    {"after a fold", "Europe/Madrid", "2025-10-26", 180, 1, "2025-10-26T02:00:00Z"},
    {"gap of 30 minutes", "Australia/Lord_Howe", "2025-10-05", 135, 0, "2025-10-04T15:45:00Z"},
    {"fold of 30 minutes", "Australia/Lord_Howe", "2025-04-06", 105, 2, "2025-04-05T14:45:00Z"},
    {"negative daylight saving, gap", "Europe/Dublin", "2025-03-30", 90, 0, "2025-03-30T01:30:00Z"},
    {"negative daylight saving, fold", "Europe/Dublin", "2025-10-26", 90, 2, "2025-10-26T00:30:00Z"},
    {"newest zone, gap", "America/Ciudad_Juarez", "2025-03-09", 150, 0, "2025-03-09T09:30:00Z"},
    {"Ramadan, clock back", "Africa/Casablanca", "2025-02-23", 150, 2, "2025-02-23T01:30:00Z"},
    {"Ramadan, clock forward", "Africa/Casablanca", "2025-04-06", 150, 0, "2025-04-06T02:30:00Z"},
    {"quarter-hour offset", "Asia/Kathmandu", "2026-11-22", 0, 1, "2026-11-21T18:15:00Z"},
    {"a day that was skipped", "Pacific/Apia", "2011-12-30", 600, 0, "2011-12-30T20:00:00Z"},
    {"midnight that does not exist", "America/Sao_Paulo", "2018-11-04", 0, 0, "2018-11-04T03:00:00Z"},
    {"minute before the day", "Asia/Manila", "2026-11-22", -30, -1, "2026-11-21T15:30:00Z"},
    {"minute after the day", "Asia/Manila", "2026-11-22", 1440 + 120, -1, "2026-11-22T18:00:00Z"},
    {"night into the gap", "Europe/Madrid", "2025-03-29", 1440 + 150, -1, "2025-03-30T01:30:00Z"},
};

START_TEST(gaps_and_folds)
{
    AUTO(zone) zone = zone_of(policy[_i].zone);
    int32_t day;
    ck_assert(day_parse(policy[_i].day, &day, NULL));
    g_autofree char *got = time_format(zone_instant(zone, day, policy[_i].minute), NULL);
    ck_assert_msg(strcmp(got, policy[_i].want) == 0, "%s: got %s, want %s", policy[_i].what, got,
                  policy[_i].want);
    int64_t at[2];
    if (policy[_i].n >= 0)
        ck_assert_msg(zone_instants(zone, day, policy[_i].minute * 60, at) == policy[_i].n, "%s",
                      policy[_i].what);
}
END_TEST

static const struct {
    const char *zone, *day;
    int quarters;
} lengths[] = {
    {"Europe/Madrid", "2025-03-29", 96},       {"Europe/Madrid", "2025-03-30", 92},
    {"Europe/Madrid", "2025-10-26", 100},      {"America/New_York", "2026-11-01", 100},
    {"America/New_York", "2026-03-08", 92},    {"Australia/Lord_Howe", "2025-10-05", 94},
    {"Australia/Lord_Howe", "2025-04-06", 98}, {"Asia/Manila", "2026-11-22", 96},
    {"Pacific/Apia", "2011-12-30", 0},         {"Pacific/Apia", "2011-12-29", 96},
    {"America/Sao_Paulo", "2018-11-04", 92},   {"UTC", "2025-03-30", 96},
};

START_TEST(day_lengths)
{
    AUTO(zone) zone = zone_of(lengths[_i].zone);
    int32_t day;
    ck_assert(day_parse(lengths[_i].day, &day, NULL));
    ck_assert_msg(zone_day_length_s(zone, day) == lengths[_i].quarters * 900, "%s %s: %d s", lengths[_i].zone,
                  lengths[_i].day, zone_day_length_s(zone, day));
}
END_TEST

static const char *const bad_zones[] = {
    "",
    "Mars/Olympus",
    "+02:00",
    "UTC+3",
    "XYZ3",
    "../../etc/passwd",
    "Europe",
    "localtime",
    "tzdata.zi",
    "posixrules",
    "right/UTC",
    "madrid",
    "/etc/localtime",
    "Z",
    "EST5EDT,M3.2.0,M11.1.0",
    "Asia/Manila ",
    "posix/Asia/Tokyo",
};

START_TEST(unknown_zones_are_refused)
{
    g_autoptr(GError) error = NULL;
    ck_assert_msg(zone_new(bad_zones[_i], &error) == NULL, "%s", bad_zones[_i]);
    ck_assert(g_error_matches(error, WFM_ERROR, WFM_ERROR_INPUT));
    ck_assert_ptr_nonnull(strstr(error->message, bad_zones[_i]));
}
END_TEST

static const struct {
    const char *text, *zone, *want; /* want NULL: refused */
} instants[] = {
    {"2026-11-22T06:15:00+08:00", NULL, "2026-11-21T22:15:00Z"},
    {"2026-11-22T06:15:00Z", NULL, "2026-11-22T06:15:00Z"},
    {"2026-11-22t06:15:00z", NULL, "2026-11-22T06:15:00Z"},
    {"2026-11-22 06:15:00-05:30", NULL, "2026-11-22T11:45:00Z"},
    {"2026-11-22T06:15:00.000Z", NULL, "2026-11-22T06:15:00Z"},
    {"2026-11-22T06:15Z", NULL, "2026-11-22T06:15:00Z"},
    {"1969-12-31T23:59:59Z", NULL, "1969-12-31T23:59:59Z"},
    {"2024-02-29T00:00:00Z", NULL, "2024-02-29T00:00:00Z"},
    {"2025-03-30T02:30:00", "Europe/Madrid", "2025-03-30T01:30:00Z"},
    {"2025-10-26T02:30:00", "Europe/Madrid", "2025-10-26T00:30:00Z"},
    {"2025-10-26T02:30:00+01:00", "Europe/Madrid", "2025-10-26T01:30:00Z"},
    {"2026-11-22T06:15:00", NULL, NULL},
    {"2026-11-22T06:15:00.5Z", NULL, NULL},
    {"2026-11-22T06:15:00.Z", NULL, NULL},
    {"2026-02-29T06:15:00Z", NULL, NULL},
    {"2026-13-01T06:15:00Z", NULL, NULL},
    {"2026-11-22T24:00:00Z", NULL, NULL},
    {"2026-11-22T06:60:00Z", NULL, NULL},
    {"2026-11-22T06:15:60Z", NULL, NULL},
    {"2026-11-22T06:15:00+8:00", NULL, NULL},
    {"2026-11-22T06:15:00+0800", NULL, NULL},
    {"2026-11-22T06:15:00Zjunk", NULL, NULL},
    {"2026-11-22", "UTC", NULL},
    {"26-11-22T06:15:00Z", NULL, NULL},
    {"", NULL, NULL},
};

START_TEST(instants_are_parsed_strictly)
{
    AUTO(zone) zone = instants[_i].zone == NULL ? NULL : zone_of(instants[_i].zone);
    g_autoptr(GError) error = NULL;
    int64_t ts = 42;
    bool ok = time_parse(instants[_i].text, zone, &ts, &error);
    ck_assert_msg(ok == (instants[_i].want != NULL), "%s", instants[_i].text);
    if (!ok) {
        ck_assert(g_error_matches(error, WFM_ERROR, WFM_ERROR_INPUT));
        ck_assert_int_eq(ts, 42);
        return;
    }
    g_autofree char *got = time_format(ts, NULL);
    ck_assert_str_eq(got, instants[_i].want);
}
END_TEST

START_TEST(instants_are_written_with_their_offset)
{
    static const char *const names[] = {"Asia/Manila", "Asia/Kathmandu", "America/St_Johns", "UTC"};
    static const char *const want[] = {"2026-11-22T06:15:00+08:00", "2026-11-22T04:00:00+05:45",
                                       "2026-11-21T18:45:00-03:30", "2026-11-21T22:15:00+00:00"};
    AUTO(zone) zone = zone_of(names[_i]);
    int64_t ts, back;
    ck_assert(time_parse("2026-11-21T22:15:00Z", NULL, &ts, NULL));
    g_autofree char *text = time_format(ts, zone);
    ck_assert_str_eq(text, want[_i]);
    ck_assert(time_parse(text, NULL, &back, NULL));
    ck_assert_int_eq(back, ts);
}
END_TEST

START_TEST(civil_days_round_trip)
{
    for (int32_t day = day_from_civil(1, 1, 1); day <= day_from_civil(9999, 12, 31); day++) {
        struct civil c = day_civil(day);
        if (day_from_civil(c.year, c.month, c.day) != day || c.month < 1 || c.month > 12 || c.day < 1 ||
            c.day > 31)
            ck_abort_msg("day %d: %d-%d-%d", day, c.year, c.month, c.day);
    }
    ck_assert_int_eq(day_from_civil(1970, 1, 1), 0);
    ck_assert_int_eq(day_weekday(day_from_civil(2026, 11, 22)), 6); /* a Sunday */
    ck_assert_int_eq(day_weekday(-1), 2);                           /* 1969-12-31, a Wednesday */
    ck_assert_int_eq(day_week_start(day_from_civil(2026, 11, 22)), day_from_civil(2026, 11, 16));
    g_autofree char *text = day_format(day_from_civil(2026, 3, 5));
    ck_assert_str_eq(text, "2026-03-05");
}
END_TEST

static const char *const bad_days[] = {"",         "2026-2-3",    "2026-02-30", "2026-00-10", "2026-11-22 ",
                                       "20261122", "2026-11-22T", "2100-02-29", "22/11/2026", "2026-11-00"};

START_TEST(days_are_parsed_strictly)
{
    g_autoptr(GError) error = NULL;
    int32_t day = 7;
    ck_assert_msg(!day_parse(bad_days[_i], &day, &error), "%s", bad_days[_i]);
    ck_assert_int_eq(day, 7);
    ck_assert_ptr_nonnull(strstr(error->message, bad_days[_i]));
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("core/zone");
    TCase *t = tcase_create("zone");
    tcase_set_timeout(t, 120);
    tcase_add_loop_test(t, wall_clock_agrees_with_libc, 0, G_N_ELEMENTS(zones));
    tcase_add_loop_test(t, gaps_and_folds, 0, G_N_ELEMENTS(policy));
    tcase_add_loop_test(t, day_lengths, 0, G_N_ELEMENTS(lengths));
    tcase_add_loop_test(t, unknown_zones_are_refused, 0, G_N_ELEMENTS(bad_zones));
    tcase_add_loop_test(t, instants_are_parsed_strictly, 0, G_N_ELEMENTS(instants));
    tcase_add_loop_test(t, instants_are_written_with_their_offset, 0, 4);
    tcase_add_test(t, civil_days_round_trip);
    tcase_add_loop_test(t, days_are_parsed_strictly, 0, G_N_ELEMENTS(bad_days));
    suite_add_tcase(s, t);
    return s;
}

TEST_MAIN(suite)
