/*
 * The rules of contracts that may have a price. Each row is checked twice: without a price the rule is a
 * violation when units are broken and silent at the edge; with one it is a penalty of just so many units, and
 * nothing else.
 */
#include <limits.h>
#include <math.h>
#include <string.h>

#include "tests/scheduler/checker_rows.h"
#include "tests/support/testing.h"

#pragma GCC diagnostic ignored "-Wmissing-field-initializers" /* what a row does not say is 0 */

/* CID works in London, whose clock is UTC in November: the horizon's days are Monday 23 to Sunday 29. */
#define DAY_AT(day, at, span)                                                                                \
    {                                                                                                        \
        "2026-11-" day " " at, span, CID, FREE                                                               \
    }
#define D(day) DAY_AT(day, "08:00", 240) /* four hours in the morning */
#define N(day) DAY_AT(day, "22:00", 480) /* a night */
#define PAST(day)                                                                                            \
    {                                                                                                        \
        "2026-11-" day " 08:00", 240, CID, FREE, NULL, true                                                  \
    }
#define PAST_N(day)                                                                                          \
    {                                                                                                        \
        "2026-11-" day " 22:00", 480, CID, FREE, NULL, true                                                  \
    }
#define DEC(day)                                                                                             \
    {                                                                                                        \
        "2026-12-" day " 08:00", 240, CID, FREE                                                              \
    }
#define A(day)                                                                                               \
    {                                                                                                        \
        "2026-11-" day " 09:00", 240, ANA, FREE                                                              \
    } /* in Manila, who may be on time off */
#define WHOLE_WEEK D("23"), D("24"), D("25"), D("26"), D("27"), D("28")
#define FREE_AFTER_FREE                                                                                      \
    .n_successions = 1, .successions = (struct succession[])                                                 \
    {                                                                                                        \
        {                                                                                                    \
            FREE, FREE                                                                                       \
        }                                                                                                    \
    }
#define LIMIT(...)                                                                                           \
    .n_limits = 1, .limits = (struct template_limit[])                                                       \
    {                                                                                                        \
        {                                                                                                    \
            FREE, __VA_ARGS__                                                                                \
        }                                                                                                    \
    }
#define ANY INT_MAX

/* clang-format off */
static const struct rule_row {
    enum contract_rule rule;
    double units; /* broken; 0 = kept */
    struct row row;
} rules[] = {
    {CONTRACT_RULE_WEEK_MINUTES_MIN, 120, {"two hours missing", "week-minutes-min", {D("24"), D("25")}, {SET(week_minutes_min, 600)}}},
    {CONTRACT_RULE_WEEK_MINUTES_MIN, 0, {"just enough minutes", "", {D("24"), D("25")}, {SET(week_minutes_min, 480)}}},
    {CONTRACT_RULE_WEEK_MINUTES_MIN, 240, {"the second week is empty", "week-minutes-min", {D("24")}, {SET(week_minutes_min, 240)}, .weeks = 2}},
    {CONTRACT_RULE_WEEK_MINUTES_MIN, 0, {"not employed in the second week", "", {D("24")}, {SET(week_minutes_min, 240)}, .weeks = 2, .to = "2026-11-29"}},
    {CONTRACT_RULE_WEEK_MINUTES_MAX, 30, {"half an hour too many", "week-minutes-max", {D("24"), D("25")}, {SET(week_minutes_max, 450)}}},
    {CONTRACT_RULE_WEEK_MINUTES_MAX, 0, {"overtime makes room", "", {D("24"), D("25")}, {SET(week_minutes_max, 450)}, .k = {.overtime_week_minutes_max = 30}}},
    {CONTRACT_RULE_WEEK_MINUTES_MAX, 15, {"and no more", "week-minutes-max", {D("24"), D("25")}, {SET(week_minutes_max, 450)}, .k = {.overtime_week_minutes_max = 15}}},
    {CONTRACT_RULE_WEEK_DAYS_MIN, 2, {"two days missing", "week-days-min", {D("24")}, {SET(week_days_min, 3)}}},
    {CONTRACT_RULE_WEEK_DAYS_MIN, 0, {"just enough days", "", {D("24"), D("26"), D("28")}, {SET(week_days_min, 3)}}},
    {CONTRACT_RULE_WEEK_DAYS_MAX, 1, {"one day too many", "week-days-max", {D("24"), D("25"), D("26")}, {SET(week_days_max, 2)}}},
    {CONTRACT_RULE_WEEK_DAYS_MAX, 2, {"one too many in either week", "week-days-max", {D("24"), D("25"), D("30"), DEC("02")}, {SET(week_days_max, 1)}, .weeks = 2}},
    {CONTRACT_RULE_WEEK_DAYS_MAX, 0, {"two in two weeks", "", {D("24"), DEC("02")}, {SET(week_days_max, 1)}, .weeks = 2}},

    {CONTRACT_RULE_PERIOD_MINUTES_MIN, 120, {"period too short", "period-minutes-min", {D("24"), DEC("02")}, .weeks = 2, .k = {.period_minutes_min = 600}}},
    {CONTRACT_RULE_PERIOD_MINUTES_MIN, 0, {"one week makes up for the other", "", {D("24"), D("25")}, .weeks = 2, .k = {.period_minutes_min = 480}}},
    {CONTRACT_RULE_PERIOD_MINUTES_MIN, 0, {"employed for one week of two: half", "", {D("24"), D("25")}, .weeks = 2, .to = "2026-11-29", .k = {.period_minutes_min = 961}}},
    {CONTRACT_RULE_PERIOD_MINUTES_MIN, 1, {"and not less", "period-minutes-min", {D("24"), D("25")}, .weeks = 2, .to = "2026-11-29", .k = {.period_minutes_min = 962}}},
    {CONTRACT_RULE_PERIOD_MINUTES_MIN, 0, {"credit counts", "", {A("24")}, .off = {{"2026-11-25 00:00", "2026-11-26 00:00", 480}}, .k = {.period_minutes_min = 720}}},
    {CONTRACT_RULE_PERIOD_MINUTES_MIN, 0, {"unpaid days lower it by an average day", "", {A("27"), A("28")},
     .off = {{"2026-11-24 00:00", "2026-11-27 00:00", 0}}, .k = {.period_minutes_min = 1200, .period_days_min = 5}}},
    {CONTRACT_RULE_PERIOD_MINUTES_MIN, 10, {"and by no more", "period-minutes-min", {A("27"), A("28")},
     .off = {{"2026-11-24 00:00", "2026-11-27 00:00", 0}}, .k = {.period_minutes_min = 1225, .period_days_min = 5}}},
    {CONTRACT_RULE_PERIOD_MINUTES_MAX, 80, {"period too long", "period-minutes-max", {D("24"), DEC("02")}, .weeks = 2, .k = {.period_minutes_max = 400}}},
    {CONTRACT_RULE_PERIOD_MINUTES_MAX, 0, {"period full", "", {D("24"), DEC("02")}, .weeks = 2, .k = {.period_minutes_max = 480}}},
    {CONTRACT_RULE_PERIOD_DAYS_MIN, 2, {"period with few days", "period-days-min", {D("24"), DEC("02")}, .weeks = 2, .k = {.period_days_min = 4}}},
    {CONTRACT_RULE_PERIOD_DAYS_MIN, 0, {"days taken off count", "", {A("24")}, .off = {{"2026-11-25 00:00", "2026-11-27 00:00", 0}}, .k = {.period_days_min = 3}}},
    {CONTRACT_RULE_PERIOD_DAYS_MAX, 1, {"period with many days", "period-days-max", {D("24"), DEC("02"), DEC("03")}, .weeks = 2, .k = {.period_days_max = 2}}},
    {CONTRACT_RULE_PERIOD_DAYS_MAX, 0, {"period with its days", "", {D("24"), DEC("02")}, .weeks = 2, .k = {.period_days_max = 2}}},

    {CONTRACT_RULE_CONSECUTIVE_DAYS_MIN, 1, {"two days where three are asked", "consecutive-days-min", {D("24"), D("25")}, .k = {.consecutive_days_min = 3}}},
    {CONTRACT_RULE_CONSECUTIVE_DAYS_MIN, 3, {"two short runs", "consecutive-days-min", {D("24"), D("25"), D("27")}, .k = {.consecutive_days_min = 3}}},
    {CONTRACT_RULE_CONSECUTIVE_DAYS_MIN, 0, {"three days", "", {D("24"), D("25"), D("26")}, .k = {.consecutive_days_min = 3}}},
    {CONTRACT_RULE_CONSECUTIVE_DAYS_MIN, 0, {"cut by the end", "", {D("29")}, .k = {.consecutive_days_min = 3}}},
    {CONTRACT_RULE_CONSECUTIVE_DAYS_MIN, 0, {"begins with the horizon", "", {D("23")}, .k = {.consecutive_days_min = 3}}},
    {CONTRACT_RULE_CONSECUTIVE_DAYS_MIN, 0, {"begins with the horizon after a day off", "", {PAST("18"), D("23")}, .k = {.consecutive_days_min = 3}}},
    {CONTRACT_RULE_CONSECUTIVE_DAYS_MIN, 1, {"begun in the past", "consecutive-days-min", {PAST("22"), D("23")}, .k = {.consecutive_days_min = 3}}},
    {CONTRACT_RULE_CONSECUTIVE_DAYS_MIN, 0, {"over with the past", "", {PAST("22"), D("27"), D("28"), D("29")}, .k = {.consecutive_days_min = 3}}},
    {CONTRACT_RULE_CONSECUTIVE_DAYS_MIN, 2, {"before time off as well", "consecutive-days-min", {A("24")}, .off = {{"2026-11-25 00:00", "2026-11-26 00:00", 0}}, .k = {.consecutive_days_min = 3}}},
    {CONTRACT_RULE_CONSECUTIVE_DAYS_MIN, 2, {"up to the end of the employment as well", "consecutive-days-min", {D("24")}, .to = "2026-11-24", .k = {.consecutive_days_min = 3}}},
    {CONTRACT_RULE_CONSECUTIVE_DAYS_MAX, 2, {"two days too many", "consecutive-days", {D("24"), D("25"), D("26"), D("27")}, {SET(consecutive_days_max, 2)}}},
    {CONTRACT_RULE_CONSECUTIVE_DAYS_MAX, 1, {"only planned days are counted", "consecutive-days", {PAST("20"), PAST("21"), PAST("22"), D("23")}, {SET(consecutive_days_max, 1)}}},
    {CONTRACT_RULE_CONSECUTIVE_DAYS_MAX, 0, {"too many in the past alone", "", {PAST("20"), PAST("21"), PAST("22"), D("24")}, {SET(consecutive_days_max, 1)}}},
    {CONTRACT_RULE_CONSECUTIVE_DAYS_MAX, 2, {"over the end of a week", "consecutive-days", {D("27"), D("28"), D("29"), D("30")}, {SET(consecutive_days_max, 2)}, .weeks = 2}},
    {CONTRACT_RULE_CONSECUTIVE_DAYS_OFF_MIN, 2, {"one day off where three are asked", "consecutive-days-off", {D("24"), D("26")}, {SET(consecutive_days_off_min, 3)}}},
    {CONTRACT_RULE_CONSECUTIVE_DAYS_OFF_MIN, 0, {"three days off", "", {D("24"), D("28")}, {SET(consecutive_days_off_min, 3)}}},
    {CONTRACT_RULE_CONSECUTIVE_DAYS_OFF_MAX, 1, {"three days off where two are allowed", "consecutive-days-off-max", {D("23"), D("27")}, .k = {.consecutive_days_off_max = 2}}},
    {CONTRACT_RULE_CONSECUTIVE_DAYS_OFF_MAX, 0, {"two and two", "", {D("23"), D("26"), D("29")}, .k = {.consecutive_days_off_max = 2}}},
    {CONTRACT_RULE_CONSECUTIVE_DAYS_OFF_MAX, 1, {"up to the end", "consecutive-days-off-max", {D("23"), D("26")}, .k = {.consecutive_days_off_max = 2}}},
    {CONTRACT_RULE_CONSECUTIVE_DAYS_OFF_MAX, 1, {"from the start, nothing known before", "consecutive-days-off-max", {D("26"), D("29")}, .k = {.consecutive_days_off_max = 2}}},
    {CONTRACT_RULE_CONSECUTIVE_DAYS_OFF_MAX, 2, {"from the published past", "consecutive-days-off-max", {PAST("21"), D("26"), D("29")}, .k = {.consecutive_days_off_max = 2}}},
    {CONTRACT_RULE_CONSECUTIVE_DAYS_OFF_MAX, 3, {"too many in the past: only days of the plan", "consecutive-days-off-max", {PAST("12"), D("26"), D("29")}, .k = {.consecutive_days_off_max = 2}}},
    {CONTRACT_RULE_CONSECUTIVE_DAYS_OFF_MAX, 0, {"time off is not counted", "", {A("24"), A("29")}, .off = {{"2026-11-26 00:00", "2026-11-28 00:00", 0}}, .k = {.consecutive_days_off_max = 1}}},
    {CONTRACT_RULE_CONSECUTIVE_DAYS_OFF_MAX, 1, {"and what is behind it is", "consecutive-days-off-max", {A("24")}, .off = {{"2026-11-26 00:00", "2026-11-28 00:00", 0}}, .k = {.consecutive_days_off_max = 1}}},
    {CONTRACT_RULE_CONSECUTIVE_DAYS_OFF_MAX, 0, {"not employed any more", "", {D("23"), D("25")}, .to = "2026-11-25", .k = {.consecutive_days_off_max = 1}}},
    {CONTRACT_RULE_WINDOW_DAYS_MAX, 1, {"four of five days", "window-days", {D("23"), D("24"), D("26"), D("27")}, .k = {.window_days = 5, .window_days_max = 3}}},
    {CONTRACT_RULE_WINDOW_DAYS_MAX, 0, {"three of any five", "", {D("23"), D("24"), D("26"), D("28"), D("29")}, .k = {.window_days = 5, .window_days_max = 3}}},
    {CONTRACT_RULE_WINDOW_DAYS_MAX, 2, {"each day too many counts", "window-days", {D("23"), D("24"), D("25"), D("26"), D("27")}, .k = {.window_days = 7, .window_days_max = 3}}},
    {CONTRACT_RULE_WINDOW_DAYS_MAX, 1, {"the past counts", "window-days", {PAST("19"), PAST("20"), PAST("21"), D("23")}, .k = {.window_days = 5, .window_days_max = 3}}},
    {CONTRACT_RULE_WINDOW_DAYS_MAX, 0, {"the past alone does not", "", {PAST("19"), PAST("20"), PAST("21"), D("26")}, .k = {.window_days = 5, .window_days_max = 2}}},

    {CONTRACT_RULE_WEEK_REST_MINUTES, 0, {"36 hours up to the end of the week", "", {WHOLE_WEEK}, .k = {.week_rest_minutes = 36 * 60}}},
    {CONTRACT_RULE_WEEK_REST_MINUTES, 1, {"a quarter of an hour less: what is behind the week does not count", "week-rest",
     {D("23"), D("24"), D("25"), D("26"), D("27"), DAY_AT("28", "08:00", 255)}, .k = {.week_rest_minutes = 36 * 60}}},
    {CONTRACT_RULE_WEEK_REST_MINUTES, 1, {"a published shift reaches into the week", "week-rest",
     {PAST_N("22"), DAY_AT("24", "18:00", 240), D("26"), D("27"), D("28"), D("29")}, .k = {.week_rest_minutes = 40 * 60}}},
    {CONTRACT_RULE_WEEK_REST_MINUTES, 2, {"two weeks without", "week-rest", {WHOLE_WEEK, D("30"), DEC("01"), DEC("02"), DEC("03"), DEC("04"), DEC("05"), DEC("06")}, .weeks = 2, .k = {.week_rest_minutes = 37 * 60}}},
    {CONTRACT_RULE_DAY_OFF_MINUTES, 0, {"36 hours off", "", {DAY_AT("23", "08:00", 720), D("25")}, .k = {.day_off_minutes = 36 * 60, .day_off_flex_min = DAY_MIN}}},
    {CONTRACT_RULE_DAY_OFF_MINUTES, 1, {"a quarter less", "day-off", {DAY_AT("23", "08:00", 720), DAY_AT("25", "07:45", 240)}, .k = {.day_off_minutes = 36 * 60, .day_off_flex_min = DAY_MIN}}},
    {CONTRACT_RULE_DAY_OFF_MINUTES, 0, {"two days are 60 hours", "", {DAY_AT("23", "08:00", 720), D("26")}, .k = {.day_off_minutes = 36 * 60, .day_off_flex_min = DAY_MIN}}},
    {CONTRACT_RULE_DAY_OFF_MINUTES, 1, {"and not less", "day-off", {DAY_AT("23", "08:00", 720), DAY_AT("26", "07:45", 240)}, .k = {.day_off_minutes = 36 * 60, .day_off_flex_min = DAY_MIN}}},
    {CONTRACT_RULE_DAY_OFF_MINUTES, 0, {"no day off, no rule", "", {DAY_AT("23", "08:00", 720), D("24")}, .k = {.day_off_minutes = 36 * 60, .day_off_flex_min = DAY_MIN}}},
    {CONTRACT_RULE_DAY_OFF_MINUTES, 0, {"around noon within four hours", "", {DAY_AT("23", "14:00", 480), DAY_AT("25", "12:00", 240)},
     .k = {.day_off_minutes = 36 * 60, .day_off_anchor_min = 720, .day_off_flex_min = 240}}},
    {CONTRACT_RULE_DAY_OFF_MINUTES, 1, {"not around noon", "day-off", {DAY_AT("23", "14:15", 480), DAY_AT("25", "12:00", 240)},
     .k = {.day_off_minutes = 36 * 60, .day_off_anchor_min = 720, .day_off_flex_min = 240}}},
    {CONTRACT_RULE_DAY_OFF_MINUTES, 1, {"the last of two days not around noon", "day-off", {DAY_AT("23", "08:00", 480), DAY_AT("26", "01:45", 240)},
     .k = {.day_off_minutes = 36 * 60, .day_off_anchor_min = 720, .day_off_flex_min = 240}}},
    {CONTRACT_RULE_DAY_OFF_MINUTES, 1, {"after the published past", "day-off", {PAST_N("22"), DAY_AT("24", "17:45", 240)}, .k = {.day_off_minutes = 36 * 60, .day_off_flex_min = DAY_MIN}}},

    {CONTRACT_RULE_REST_MIN_MINUTES, 1, {"an hour of rest missing", "rest", {DAY_AT("24", "14:00", 480), D("25")}, {SET(rest_min_minutes, 660)}}},
    {CONTRACT_RULE_REST_MIN_MINUTES, 0, {"rest kept", "", {DAY_AT("24", "14:00", 420), D("25")}, {SET(rest_min_minutes, 660)}}},
    {CONTRACT_RULE_START_DISTANCE_MINUTES, 1, {"starts too close", "start-distance", {DAY_AT("24", "12:00", 240), DAY_AT("25", "07:45", 240)}, .k = {.start_distance_minutes = 1200}}},
    {CONTRACT_RULE_START_DISTANCE_MINUTES, 0, {"starts far enough", "", {DAY_AT("24", "12:00", 240), DAY_AT("25", "08:00", 240)}, .k = {.start_distance_minutes = 1200}}},
    {CONTRACT_RULE_ROTATION, 1, {"backwards by more than an hour", "rotation", {DAY_AT("24", "12:00", 240), DAY_AT("25", "10:45", 240)}, .k = {.rotation_forward = true, .rotation_tolerance_min = 60}}},
    {CONTRACT_RULE_ROTATION, 0, {"backwards by an hour", "", {DAY_AT("24", "12:00", 240), DAY_AT("25", "11:00", 240)}, .k = {.rotation_forward = true, .rotation_tolerance_min = 60}}},
    {CONTRACT_RULE_ROTATION, 0, {"forwards", "", {DAY_AT("24", "06:00", 240), DAY_AT("25", "22:00", 240)}, .k = {.rotation_forward = true}}},
    {CONTRACT_RULE_ROTATION, 0, {"a day off between", "", {DAY_AT("24", "12:00", 240), DAY_AT("26", "08:00", 240)}, .k = {.rotation_forward = true}}},
    {CONTRACT_RULE_ROTATION, 1, {"after the published past", "rotation", {PAST("22"), DAY_AT("23", "07:45", 240)}, .k = {.rotation_forward = true}}},

    {CONTRACT_RULE_WEEK_NIGHTS_MAX, 1, {"a night too many", "nights", {N("24"), N("26")}, {SET(week_nights_max, 1)}}},
    {CONTRACT_RULE_WEEK_NIGHTS_MAX, 0, {"a night in either week", "", {N("29"), N("30")}, {SET(week_nights_max, 1)}, .weeks = 2}},
    {CONTRACT_RULE_CONSECUTIVE_NIGHTS_MAX, 1, {"three nights where two are allowed", "consecutive-nights", {N("24"), N("25"), N("26")}, .k = {.consecutive_nights_max = 2}}},
    {CONTRACT_RULE_CONSECUTIVE_NIGHTS_MAX, 0, {"two and two", "", {N("24"), N("25"), N("27"), N("28")}, .k = {.consecutive_nights_max = 2}}},
    {CONTRACT_RULE_CONSECUTIVE_NIGHTS_MAX, 1, {"the past counts", "consecutive-nights", {PAST_N("21"), PAST_N("22"), N("23")}, .k = {.consecutive_nights_max = 2}}},
    {CONTRACT_RULE_DAYS_OFF_AFTER_NIGHTS_MIN, 1, {"one day off after two nights", "days-off-after-nights", {N("24"), N("25"), D("27")}, .k = {.days_off_after_nights_min = 2}}},
    {CONTRACT_RULE_DAYS_OFF_AFTER_NIGHTS_MIN, 1, {"also before the next night", "days-off-after-nights", {N("24"), N("25"), N("27")}, .k = {.days_off_after_nights_min = 2}}},
    {CONTRACT_RULE_DAYS_OFF_AFTER_NIGHTS_MIN, 2, {"a day shift on the next day", "days-off-after-nights", {N("24"), N("25"), DAY_AT("26", "12:00", 240)}, .k = {.days_off_after_nights_min = 2}}},
    {CONTRACT_RULE_DAYS_OFF_AFTER_NIGHTS_MIN, 0, {"two days off", "", {N("24"), N("25"), D("28")}, .k = {.days_off_after_nights_min = 2}}},
    {CONTRACT_RULE_DAYS_OFF_AFTER_NIGHTS_MIN, 0, {"one night is none", "", {N("25"), D("27")}, .k = {.days_off_after_nights_min = 2}}},
    {CONTRACT_RULE_DAYS_OFF_AFTER_NIGHTS_MIN, 1, {"nights of the past", "days-off-after-nights", {PAST_N("21"), PAST_N("22"), D("24")}, .k = {.days_off_after_nights_min = 2}}},

    {CONTRACT_RULE_WEEKENDS_MAX, 1, {"second weekend of two", "weekends", {PAST("21"), D("28"), D("29")}, {SET(weekends_max, 1), SET(weekends_of, 2)}}},
    {CONTRACT_RULE_WEEKENDS_MAX, 0, {"every other weekend", "", {PAST("14"), D("28"), D("29")}, {SET(weekends_max, 1), SET(weekends_of, 2)}}},
    {CONTRACT_RULE_WEEKENDS_MAX, 0, {"a weekend the past has begun", "", {PAST("14"), PAST("22"), D("23")}, {SET(weekends_max, 1), SET(weekends_of, 2)}, .k = {.weekend_days = 0x41}}},
    {CONTRACT_RULE_WEEKENDS_MAX, 2, {"two too many in two weeks", "weekends", {PAST("21"), D("28"), DEC("05")}, {SET(weekends_max, 1), SET(weekends_of, 2)}, .weeks = 2}},
    {CONTRACT_RULE_CONSECUTIVE_WEEKENDS_MAX, 1, {"third weekend in a row", "consecutive-weekends", {PAST("14"), PAST("22"), D("28")}, .k = {.consecutive_weekends_max = 2}}},
    {CONTRACT_RULE_CONSECUTIVE_WEEKENDS_MAX, 0, {"one free between", "", {PAST("08"), PAST("14"), D("28")}, .k = {.consecutive_weekends_max = 2}}},
    {CONTRACT_RULE_CONSECUTIVE_WEEKENDS_MAX, 1, {"Friday and Saturday", "consecutive-weekends", {PAST("20"), D("28")}, .k = {.consecutive_weekends_max = 1, .weekend_days = 0x30}}},
    {CONTRACT_RULE_CONSECUTIVE_WEEKENDS_MAX, 0, {"Sunday is no weekend then", "", {PAST("20"), D("29")}, .k = {.consecutive_weekends_max = 1, .weekend_days = 0x30}}},
    {CONTRACT_RULE_WEEKEND_WHOLE, 1, {"Saturday alone", "weekend-whole", {D("28")}, .k = {.weekend_whole = true}}},
    {CONTRACT_RULE_WEEKEND_WHOLE, 0, {"Saturday and Sunday", "", {D("28"), D("29")}, .k = {.weekend_whole = true}}},
    {CONTRACT_RULE_WEEKEND_WHOLE, 0, {"neither", "", {D("27")}, .k = {.weekend_whole = true}}},
    {CONTRACT_RULE_WEEKEND_WHOLE, 1, {"Friday without Saturday", "weekend-whole", {D("27")}, .k = {.weekend_whole = true, .weekend_days = 0x30}}},
    {CONTRACT_RULE_WEEKEND_WHOLE, 0, {"Monday of a weekend of which Sunday is not known", "", {D("23")}, .k = {.weekend_whole = true, .weekend_days = 0x41}}},
    {CONTRACT_RULE_WEEKEND_WHOLE, 1, {"and of which Sunday was off", "weekend-whole", {PAST("20"), D("23")}, .k = {.weekend_whole = true, .weekend_days = 0x41}}},
    {CONTRACT_RULE_WEEKEND_WHOLE, 1, {"Sunday was worked, Monday is not", "weekend-whole", {PAST("22"), D("25")}, .k = {.weekend_whole = true, .weekend_days = 0x41}}},
    {CONTRACT_RULE_WEEKEND_WHOLE, 0, {"its Monday is behind the horizon", "", {D("29")}, .k = {.weekend_whole = true, .weekend_days = 0x41}}},

    {CONTRACT_RULE_START_SPREAD, 1, {"starts three hours apart", "start-consistency", {D("24"), DAY_AT("25", "10:00", 240), DAY_AT("26", "11:00", 240)}, {SET(start_spread_max_min, 120)}}},
    {CONTRACT_RULE_START_SPREAD, 0, {"starts two hours apart", "", {D("24"), DAY_AT("25", "10:00", 240)}, {SET(start_spread_max_min, 120)}}},
    {CONTRACT_RULE_START_SPREAD, 0, {"each week by itself", "", {D("24"), {"2026-12-01 12:00", 240, CID, FREE}}, {SET(start_spread_max_min, 120)}, .weeks = 2}},
    {CONTRACT_RULE_SUCCESSION, 1, {"on the next day", "succession", {D("24"), D("25")}, .k = {FREE_AFTER_FREE}}},
    {CONTRACT_RULE_SUCCESSION, 0, {"with a day off between", "", {D("24"), D("26")}, .k = {FREE_AFTER_FREE}}},
    {CONTRACT_RULE_SUCCESSION, 2, {"after the published past, and again", "succession", {PAST("22"), D("23"), D("24")}, .k = {FREE_AFTER_FREE}}},
    {CONTRACT_RULE_TEMPLATE_LIMIT, 1, {"too often in the week", "template-limit", {D("24"), D("26")}, .k = {LIMIT(0, 1, 0, ANY, 0, ANY)}}},
    {CONTRACT_RULE_TEMPLATE_LIMIT, 0, {"once in either week", "", {D("24"), DEC("02")}, .weeks = 2, .k = {LIMIT(1, 1, 0, ANY, 0, ANY)}}},
    {CONTRACT_RULE_TEMPLATE_LIMIT, 2, {"too rarely in the week", "template-limit", {D("24")}, .k = {LIMIT(3, ANY, 0, ANY, 0, ANY)}}},
    {CONTRACT_RULE_TEMPLATE_LIMIT, 0, {"days off lower the minimum", "", {A("24")}, .off = {{"2026-11-25 00:00", "2026-11-27 00:00", 480}}, .k = {LIMIT(3, ANY, 3, ANY, 0, ANY)}}},
    {CONTRACT_RULE_TEMPLATE_LIMIT, 1, {"too often in the period", "template-limit", {D("24"), DEC("02")}, .weeks = 2, .k = {LIMIT(0, ANY, 0, 1, 0, ANY)}}},
    {CONTRACT_RULE_TEMPLATE_LIMIT, 1, {"too rarely in the period", "template-limit", {D("24"), DEC("02")}, .weeks = 2, .k = {LIMIT(0, ANY, 3, ANY, 0, ANY)}}},
    {CONTRACT_RULE_TEMPLATE_LIMIT, 0, {"employed for half of it", "", {D("24")}, .weeks = 2, .to = "2026-11-29", .k = {LIMIT(0, ANY, 3, ANY, 0, ANY)}}},
    {CONTRACT_RULE_TEMPLATE_LIMIT, 1, {"too many in a row", "template-limit", {D("24"), D("25"), D("26")}, .k = {LIMIT(0, ANY, 0, ANY, 0, 2)}}},
    {CONTRACT_RULE_TEMPLATE_LIMIT, 1, {"the past begins the row", "template-limit", {PAST("21"), PAST("22"), D("23")}, .k = {LIMIT(0, ANY, 0, ANY, 0, 2)}}},
    {CONTRACT_RULE_TEMPLATE_LIMIT, 0, {"two in a row", "", {D("24"), D("25"), D("27")}, .k = {LIMIT(0, ANY, 0, ANY, 0, 2)}}},
    {CONTRACT_RULE_TEMPLATE_LIMIT, 1, {"too few in a row", "template-limit", {D("24"), D("28"), D("29")}, .k = {LIMIT(0, ANY, 0, ANY, 2, ANY)}}},
    {CONTRACT_RULE_TEMPLATE_LIMIT, 0, {"a row the past begins", "", {PAST("22"), D("23")}, .k = {LIMIT(0, ANY, 0, ANY, 3, ANY)}}},
    {CONTRACT_RULE_TEMPLATE_LIMIT, 0, {"a row cut by the ends", "", {D("23"), D("29")}, .k = {LIMIT(0, ANY, 0, ANY, 2, ANY)}}},
};
/* clang-format on */

#define PRICE 3.5

static void check(const struct rule_row *r, double price, struct check_report *report)
{
    struct plan_problem *problem = row_problem(&r->row);
    problem->operation->contracts[0].rule_price[r->rule] = price;
    struct plan_solution *solution = row_solution(&r->row, problem);
    roster_check(problem, solution, report);
    plan_solution_free(solution);
    plan_problem_free(problem);
}

START_TEST(a_rule_without_a_price_is_a_violation)
{
    const struct rule_row *r = &rules[_i];
    struct check_report report;
    check(r, 0, &report);
    g_autofree char *found = row_found(&report);
    ck_assert_msg(strcmp(found, r->row.want) == 0, "%s: found \"%s\", want \"%s\"; first: %s", r->row.what,
                  found, r->row.want, report.n_violations > 0 ? report.violations[0].message : "nothing");
    ck_assert((*r->row.want != '\0') == (r->units > 0));
    ck_assert_msg(report.penalty == 0, "%s: penalty %g", r->row.what, report.penalty);
    check_report_clear(&report);
}
END_TEST

START_TEST(a_rule_with_a_price_is_a_penalty)
{
    const struct rule_row *r = &rules[_i];
    struct check_report report;
    check(r, PRICE, &report);
    ck_assert_msg(report.n_violations == 0, "%s: %s", r->row.what,
                  report.n_violations > 0 ? report.violations[0].message : "");
    ck_assert_msg(fabs(report.penalties[r->rule].units - r->units) < 1e-9, "%s: %g units, want %g",
                  r->row.what, report.penalties[r->rule].units, r->units);
    ck_assert_msg(fabs(report.penalty - PRICE * r->units) < 1e-9, "%s: penalty %g", r->row.what,
                  report.penalty);
    check_report_clear(&report);
}
END_TEST

START_TEST(every_rule_has_a_row_that_breaks_it_and_one_that_keeps_it)
{
    for (int rule = 0; rule < CONTRACT_RULE_N; rule++) {
        int broken = 0, kept = 0;
        for (size_t i = 0; i < G_N_ELEMENTS(rules); i++)
            if (rules[i].rule == (enum contract_rule)rule) {
                broken += rules[i].units > 0;
                kept += rules[i].units == 0;
            }
        ck_assert_msg(broken > 0 && kept > 0, "%s: %d rows break it, %d keep it",
                      contract_rule_key((enum contract_rule)rule), broken, kept);
    }
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("scheduler/checker-rules");
    TCase *t = tcase_create("rules");
    tcase_add_loop_test(t, a_rule_without_a_price_is_a_violation, 0, (int)G_N_ELEMENTS(rules));
    tcase_add_loop_test(t, a_rule_with_a_price_is_a_penalty, 0, (int)G_N_ELEMENTS(rules));
    tcase_add_test(t, every_rule_has_a_row_that_breaks_it_and_one_that_keeps_it);
    suite_add_tcase(s, t);
    return s;
}

TEST_MAIN(suite)
