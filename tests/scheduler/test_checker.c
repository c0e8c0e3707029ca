/* One row per work rule and per edge of it: the checker must report exactly the rules named, and no other. */
#include <limits.h>
#include <string.h>

#include "tests/scheduler/checker_rows.h"
#include "tests/support/testing.h"

#define BREAKS "break 120+15 paid, meal 240+60 unpaid, break 390+15 paid"

#pragma GCC diagnostic ignored "-Wmissing-field-initializers" /* what a row does not say is 0 */

/* In UTC the week runs from Monday 2026-11-23 00:00; in Manila from Monday 08:00, in New York from Sunday
 * 19:00. */
/* clang-format off */
static const struct row rows[] = {
    {"a week of five days with all breaks", "",
     {{"2026-11-23 08:00", 540, ANA, DAY, BREAKS}, {"2026-11-24 08:00", 540, ANA, DAY, BREAKS},
      {"2026-11-25 08:30", 510, ANA, DAY, BREAKS}, {"2026-11-26 09:00", 480, ANA, DAY, BREAKS},
      {"2026-11-27 08:00", 540, ANA, DAY, BREAKS}},
     {SET(rest_min_minutes, 660), SET(week_minutes_min, 2250), SET(week_days_max, 5), SET(start_spread_max_min, 60)}},
    {"nobody works", "", {{0}}},

    {"rest over midnight", "rest",
     {{"2026-11-24 14:00", 540, ANA, FREE}, {"2026-11-25 08:00", 480, ANA, FREE}}, {SET(rest_min_minutes, 660)},
     .says = "agent ana: 9 h rest before 2026-11-25T08:00:00+08:00, contract full asks 11 h"},
    {"rest exactly kept", "",
     {{"2026-11-24 14:00", 540, ANA, FREE}, {"2026-11-25 10:00", 480, ANA, FREE}}, {SET(rest_min_minutes, 660)}},
    {"rest in the night of 23 hours: 11 h on the clock, 10 h elapsed", "rest",
     {{"2027-03-13 12:00", 540, BOB, FREE}, {"2027-03-14 08:00", 480, BOB, FREE}}, {SET(rest_min_minutes, 660)},
     .monday = "2027-03-08", .says = "10 h rest before 2027-03-14T08:00:00-04:00"},
    {"rest in the night of 25 hours: 10 h on the clock, 11 h elapsed", "",
     {{"2026-10-31 13:00", 540, BOB, FREE}, {"2026-11-01 08:00", 480, BOB, FREE}}, {SET(rest_min_minutes, 660)},
     .monday = "2026-10-26"},
    {"rest in the night of 25 hours, too short all the same", "rest",
     {{"2026-10-31 13:15", 540, BOB, FREE}, {"2026-11-01 08:00", 480, BOB, FREE}}, {SET(rest_min_minutes, 660)},
     .monday = "2026-10-26"},
    {"rest after the published past", "rest",
     {{"2026-11-22 22:00", 540, ANA, FREE, NULL, true}, {"2026-11-23 16:00", 480, ANA, FREE}},
     {SET(rest_min_minutes, 660)}},
    {"rest broken within the past alone", "",
     {{"2026-11-20 14:00", 540, ANA, FREE, NULL, true}, {"2026-11-21 08:00", 480, ANA, FREE, NULL, true},
      {"2026-11-23 08:00", 480, ANA, FREE}}, {SET(rest_min_minutes, 660)}},

    {"starts one interval before the horizon", "horizon", {{"2026-11-23 07:45", 480, ANA, FREE}}},
    {"starts with the horizon", "", {{"2026-11-23 08:00", 480, ANA, FREE}}},
    {"starts in the last interval of the horizon", "", {{"2026-11-30 07:45", 480, ANA, FREE}}},
    {"starts when the horizon ends", "horizon", {{"2026-11-30 08:00", 480, ANA, FREE}}},
    {"a day the wrong side of the horizon does not count for the week", "horizon week-minutes-min",
     {{"2026-11-30 08:00", 480, ANA, FREE}}, {SET(week_minutes_min, 480)}},
    {"shift of nobody", "agent", {{"2026-11-24 08:00", 480, PEOPLE, FREE}}},

    {"two shifts overlap over midnight", "overlap",
     {{"2026-11-24 20:00", 540, ANA, FREE}, {"2026-11-25 04:00", 480, ANA, FREE}}, {SET(rest_min_minutes, 660)}},
    {"overlaps a published shift", "overlap",
     {{"2026-11-22 22:00", 660, ANA, FREE, NULL, true}, {"2026-11-23 08:00", 480, ANA, FREE}}},
    {"one within the other", "one-shift-a-day overlap",
     {{"2026-11-24 08:00", 600, ANA, FREE}, {"2026-11-24 10:00", 120, ANA, FREE}}},
    {"two on a local day, on two days of UTC", "one-shift-a-day",
     {{"2026-11-25 06:00", 240, ANA, FREE}, {"2026-11-25 20:00", 240, ANA, FREE}}},
    {"two on a day of UTC, on two local days", "",
     {{"2026-11-24 08:30", 240, ANA, FREE}, {"2026-11-25 07:00", 240, ANA, FREE}}},
    {"second shift on the local day of a published one", "one-shift-a-day",
     {{"2026-11-23 00:00", 240, ANA, FREE, NULL, true}, {"2026-11-23 20:00", 240, ANA, FREE}}},

    {"template of another contract", "template", {{"2026-11-24 08:00", 480, ANA, FOREIGN}}},
    {"no template", "template", {{"2026-11-24 08:00", 480, ANA, -1}}},
    {"template that does not exist", "template", {{"2026-11-24 08:00", 480, ANA, TEMPLATES}}},
    {"not worked on Sunday", "template-weekday", {{"2026-11-29 08:00", 540, ANA, DAY, BREAKS}}, .says = "Sunday"},
    {"starts before the window", "start-window", {{"2026-11-24 05:30", 540, ANA, DAY, BREAKS}}},
    {"starts after the window", "start-window", {{"2026-11-24 22:30", 540, ANA, DAY, BREAKS}}},
    {"starts off the step", "start-window", {{"2026-11-24 08:15", 540, ANA, DAY, BREAKS}}},
    {"a start that exists twice means the first", "", {{"2026-11-01T01:30:00-04:00", 480, BOB, FREE}},
     .monday = "2026-10-26"},
    {"and not the second", "start-window", {{"2026-11-01T01:30:00-05:00", 480, BOB, FREE}}, .monday = "2026-10-26"},

    {"too long", "paid-length", {{"2026-11-24 08:00", 735, ANA, FREE}}},
    {"too short", "paid-length", {{"2026-11-24 08:00", 45, ANA, FREE}}},
    {"length off the step", "paid-length", {{"2026-11-24 08:00", 525, ANA, DAY, BREAKS}}},
    {"length through the night of 25 hours is elapsed time", "",
     {{"2026-10-31 22:00", 540, BOB, DAY, BREAKS}}, .monday = "2026-10-26"},
    {"ends before it starts", "span", {{"2026-11-24 08:00", -60, ANA, FREE}}},
    {"of no length", "span", {{"2026-11-24 08:00", 0, ANA, FREE}}},
    {"longer than its paid time and unpaid meal", "break-length span",
     {{"2026-11-24 08:00", 555, ANA, DAY, "break 120+15 paid, meal 240+75 unpaid, break 390+15 paid"}}},

    {"a break is missing", "break-missing",
     {{"2026-11-24 08:00", 540, ANA, DAY, "break 120+15 paid, meal 240+60 unpaid"}}},
    {"no breaks at all", "break-missing span", {{"2026-11-24 08:00", 480, ANA, DAY}}},
    {"a break too many", "break-extra",
     {{"2026-11-24 08:00", 540, ANA, DAY, "break 60+15 paid, break 120+15 paid, meal 240+60 unpaid, break 390+15 paid"}}},
    {"training nobody asked for", "meeting", {{"2026-11-24 08:00", 480, ANA, FREE, "training 60+60 paid"}}},
    {"unpaid time the template does not have", "break-extra span",
     {{"2026-11-24 08:00", 480, ANA, FREE, "meal 240+60 unpaid"}}},
    {"a meal in place of a break", "break-extra break-missing",
     {{"2026-11-24 08:00", 540, ANA, DAY, "meal 120+15 paid, meal 240+60 unpaid, break 390+15 paid"}}},
    {"break early", "break-window",
     {{"2026-11-24 08:00", 540, ANA, DAY, "break 45+15 paid, meal 240+60 unpaid, break 390+15 paid"}}},
    {"break late", "break-window",
     {{"2026-11-24 08:00", 540, ANA, DAY, "break 120+15 paid, meal 240+60 unpaid, break 465+15 paid"}},
     .says = "break at 2026-11-24T15:45:00+08:00 is 465 min after the shift start"},
    {"break long", "break-length",
     {{"2026-11-24 08:00", 540, ANA, DAY, "break 120+30 paid, meal 240+60 unpaid, break 390+15 paid"}}},
    {"break not paid", "break-length paid-length span",
     {{"2026-11-24 08:00", 540, ANA, DAY, "break 120+15 unpaid, meal 240+60 unpaid, break 390+15 paid"}}},
    {"break inside the meal", "break-overlap",
     {{"2026-11-24 08:00", 540, ANA, DAY, "break 120+15 paid, meal 300+60 unpaid, break 345+15 paid"}}},
    {"break right after the meal", "",
     {{"2026-11-24 08:00", 540, ANA, DAY, "break 120+15 paid, meal 285+60 unpaid, break 345+15 paid"}}},
    {"break outside the shift", "break-overlap break-window",
     {{"2026-11-24 08:00", 480, ANA, DAY, "break 120+15 paid, meal 240+60 unpaid, break 480+15 paid"}}},
    {"start off the grid", "grid start-window", {{"2026-11-24 08:05", 480, ANA, FREE}}},
    {"end off the grid", "grid paid-length", {{"2026-11-24 08:00", 487, ANA, FREE}}},
    {"break off the grid", "grid",
     {{"2026-11-24 08:00", 540, ANA, DAY, "break 65+15 paid, meal 240+60 unpaid, break 390+15 paid"}}},

    {"too many minutes", "week-minutes-max",
     {{"2026-11-24 08:00", 540, ANA, FREE}, {"2026-11-25 08:00", 540, ANA, FREE}}, {SET(week_minutes_max, 1065)}},
    {"unpaid meals are not paid minutes", "",
     {{"2026-11-24 08:00", 540, ANA, DAY, BREAKS}, {"2026-11-25 08:00", 540, ANA, DAY, BREAKS}},
     {SET(week_minutes_max, 960)}},
    {"too few minutes", "week-minutes-min", {{"2026-11-24 08:00", 540, ANA, FREE}}, {SET(week_minutes_min, 555)}},
    {"the part of a shift behind the week's end counts in the week", "", {{"2026-11-30 07:45", 480, ANA, FREE}},
     {SET(week_minutes_min, 480)}},
    {"published shifts do not count in the week", "week-minutes-min",
     {{"2026-11-23 00:00", 600, ANA, FREE, NULL, true}, {"2026-11-24 08:00", 480, ANA, FREE}},
     {SET(week_minutes_min, 600)}},
    {"too many days", "week-days-max",
     {{"2026-11-24 08:00", 240, ANA, FREE}, {"2026-11-25 08:00", 240, ANA, FREE}}, {SET(week_days_max, 1)}},
    {"too few days", "week-days-min",
     {{"2026-11-24 08:00", 240, ANA, FREE}, {"2026-11-25 08:00", 240, ANA, FREE}}, {SET(week_days_min, 3)}},
    {"a day off credits minutes and a day", "", {{"2026-11-24 08:00", 480, ANA, FREE}},
     {SET(week_minutes_min, 960), SET(week_days_min, 2)}, .off = {{"2026-11-25 00:00", "2026-11-26 00:00", 480}}},
    {"a day off but for an hour credits nothing", "week-minutes-min", {{"2026-11-24 08:00", 480, ANA, FREE}},
     {SET(week_minutes_min, 960)}, .off = {{"2026-11-25 00:00", "2026-11-25 23:00", 480}}},
    {"Monday in Manila began before the week", "week-minutes-min", {{"2026-11-24 08:00", 480, ANA, FREE}},
     {SET(week_minutes_min, 960)}, .off = {{"2026-11-23 00:00", "2026-11-24 00:00", 480}}},
    {"and the next one begins inside it", "", {{"2026-11-24 08:00", 480, ANA, FREE}},
     {SET(week_minutes_min, 960)}, .off = {{"2026-11-30 00:00", "2026-12-01 00:00", 480}}},
    {"but not the day after it", "week-minutes-min", {{"2026-11-24 08:00", 480, ANA, FREE}},
     {SET(week_minutes_min, 960)}, .off = {{"2026-12-01 00:00", "2026-12-02 00:00", 480}}},
    {"credit and work together are too many days", "week-days-max",
     {{"2026-11-24 08:00", 480, ANA, FREE}, {"2026-11-26 08:00", 480, ANA, FREE}},
     {SET(week_days_max, 2)}, .off = {{"2026-11-25 00:00", "2026-11-26 00:00", 480}}},
    {"credit and work together are too many minutes", "week-minutes-max", {{"2026-11-24 08:00", 480, ANA, FREE}},
     {SET(week_minutes_max, 945)}, .off = {{"2026-11-25 00:00", "2026-11-26 00:00", 480}}},
    {"a whole week off is a legal week", "", {{0}},
     {SET(week_days_max, 5), SET(week_minutes_max, 2400), SET(week_minutes_min, 2400), SET(week_days_min, 5)},
     .off = {{"2026-11-23 00:00", "2026-12-01 00:00", 480}}},
    {"a whole week off unpaid is a legal week", "", {{0}},
     {SET(week_days_max, 5), SET(week_minutes_max, 2400), SET(week_minutes_min, 2400), SET(week_days_min, 5)},
     .off = {{"2026-11-23 00:00", "2026-12-01 00:00", 0}}},
    {"three unpaid days leave two fifths to work", "",
     {{"2026-11-27 08:00", 480, ANA, FREE}, {"2026-11-28 08:00", 480, ANA, FREE}},
     {SET(week_minutes_min, 2400), SET(week_days_min, 5)}, .off = {{"2026-11-24 00:00", "2026-11-27 00:00", 0}}},
    {"and not less", "week-minutes-min",
     {{"2026-11-27 08:00", 480, ANA, FREE}, {"2026-11-28 08:00", 420, ANA, FREE}},
     {SET(week_minutes_min, 2400), SET(week_days_min, 5)}, .off = {{"2026-11-24 00:00", "2026-11-27 00:00", 0}}},
    {"a day credited twice counts once", "week-minutes-min", {{0}}, {SET(week_minutes_min, 960)},
     .off = {{"2026-11-25 00:00", "2026-11-26 00:00", 480}, {"2026-11-25 00:00", "2026-11-26 00:00", 480}}},

    {"six days in a row", "consecutive-days",
     {{"2026-11-24 08:00", 240, ANA, FREE}, {"2026-11-25 08:00", 240, ANA, FREE}, {"2026-11-26 08:00", 240, ANA, FREE},
      {"2026-11-27 08:00", 240, ANA, FREE}, {"2026-11-28 08:00", 240, ANA, FREE}, {"2026-11-29 08:00", 240, ANA, FREE}},
     {SET(consecutive_days_max, 5)}},
    {"four days in a row, two of them published", "consecutive-days",
     {{"2026-11-21 08:00", 240, ANA, FREE, NULL, true}, {"2026-11-22 08:00", 240, ANA, FREE, NULL, true},
      {"2026-11-23 08:00", 240, ANA, FREE}, {"2026-11-24 08:00", 240, ANA, FREE}}, {SET(consecutive_days_max, 3)}},
    {"a credited day is a day off for the run", "",
     {{"2026-11-24 08:00", 240, ANA, FREE}, {"2026-11-26 08:00", 240, ANA, FREE}}, {SET(consecutive_days_max, 1)},
     .off = {{"2026-11-25 00:00", "2026-11-26 00:00", 240}}},
    {"one day off where two are asked", "consecutive-days-off",
     {{"2026-11-24 08:00", 240, ANA, FREE}, {"2026-11-26 08:00", 240, ANA, FREE}}, {SET(consecutive_days_off_min, 2)}},
    {"one day off after the published past", "consecutive-days-off",
     {{"2026-11-22 08:00", 240, ANA, FREE, NULL, true}, {"2026-11-24 08:00", 240, ANA, FREE}},
     {SET(consecutive_days_off_min, 2)}},
    {"one day off at the end of the horizon", "",
     {{"2026-11-27 08:00", 240, ANA, FREE}, {"2026-11-28 08:00", 240, ANA, FREE}}, {SET(consecutive_days_off_min, 2)}},

    {"two nights", "nights",
     {{"2026-11-24 22:00", 480, ANA, FREE}, {"2026-11-25 22:00", 480, ANA, FREE}}, {SET(week_nights_max, 1)}},
    {"105 minutes of night are no night", "",
     {{"2026-11-24 16:00", 465, ANA, FREE}, {"2026-11-25 16:00", 465, ANA, FREE}}, {SET(week_nights_max, 1)}},
    {"120 minutes of night are one", "nights",
     {{"2026-11-24 16:00", 480, ANA, FREE}, {"2026-11-25 16:00", 480, ANA, FREE}}, {SET(week_nights_max, 1)}},
    {"an early start is a night too", "nights", {{"2026-11-25 04:00", 480, ANA, FREE}}, {SET(week_nights_max, 0), SET(rest_min_minutes, 60)}},
    {"night cut short by the clock: 01:00 to 06:00 is four hours", "", {{"2027-03-14 01:00", 480, BOB, FREE}},
     {SET(week_nights_max, 0), SET(night_shift_minutes, 300)}, .monday = "2027-03-08"},

    {"second weekend in a row, the first in the past", "weekends",
     {{"2026-11-21 08:00", 240, ANA, FREE, NULL, true}, {"2026-11-28 08:00", 240, ANA, FREE}},
     {SET(weekends_max, 1), SET(weekends_of, 2)}},
    {"every other weekend", "",
     {{"2026-11-14 08:00", 240, ANA, FREE, NULL, true}, {"2026-11-28 08:00", 240, ANA, FREE}},
     {SET(weekends_max, 1), SET(weekends_of, 2)}},
    {"Saturday and Sunday are one weekend", "",
     {{"2026-11-28 08:00", 240, ANA, FREE}, {"2026-11-29 08:00", 240, ANA, FREE}},
     {SET(weekends_max, 1), SET(weekends_of, 2)}},
    {"two local weekends in one week of UTC", "weekends",
     {{"2026-11-22 20:00", 240, BOB, FREE}, {"2026-11-28 08:00", 240, BOB, FREE}},
     {SET(weekends_max, 1), SET(weekends_of, 2)}},
    {"Friday night into Saturday is no weekend", "",
     {{"2026-11-21 08:00", 240, ANA, FREE, NULL, true}, {"2026-11-27 22:00", 480, ANA, FREE}},
     {SET(weekends_max, 1), SET(weekends_of, 2)}},

    {"starts two hours apart, across midnight", "",
     {{"2026-11-24 22:30", 240, ANA, FREE}, {"2026-11-27 00:30", 240, ANA, FREE}}, {SET(start_spread_max_min, 120)}},
    {"starts too far apart, across midnight", "start-consistency",
     {{"2026-11-24 22:00", 240, ANA, FREE}, {"2026-11-27 00:30", 240, ANA, FREE}}, {SET(start_spread_max_min, 120)}},
    {"starts at 00:00, 08:00 and 16:00", "start-consistency",
     {{"2026-11-24 00:00", 240, ANA, FREE}, {"2026-11-25 08:00", 240, ANA, FREE}, {"2026-11-26 16:00", 240, ANA, FREE}},
     {SET(start_spread_max_min, 945)}, .says = "within 960 min"},
    {"same clock time on both sides of a clock change", "",
     {{"2026-10-31 08:00", 240, BOB, FREE}, {"2026-11-01 08:00", 240, BOB, FREE}}, {SET(start_spread_max_min, 15)},
     .monday = "2026-10-26"},

    {"stays after the availability ends", "availability", {{"2026-11-24 12:00", 540, ANA, FREE}},
     .available = {{0x1f, 360, 1200}}, .says = "not available at 2026-11-24T20:00:00+08:00"},
    {"not available on Saturday", "availability", {{"2026-11-28 12:00", 240, ANA, FREE}}, .available = {{0x1f, 360, 1200}}},
    {"availability past midnight", "", {{"2026-11-24 22:00", 480, ANA, FREE}}, .available = {{0x7f, 1200, 1800}}},
    {"starts after midnight in the availability of the day before", "", {{"2026-11-25 00:30", 330, ANA, FREE}},
     .available = {{0x7f, 1200, 1800}}},
    {"works on after an availability past midnight", "availability", {{"2026-11-24 22:00", 495, ANA, FREE}},
     .available = {{0x7f, 1200, 1800}}},
    {"two spans that touch are one", "", {{"2026-11-24 08:00", 480, ANA, FREE}},
     .available = {{0x7f, 720, 1200}, {0x7f, 360, 720}}},
    {"two spans with a hole are two", "availability", {{"2026-11-24 08:00", 480, ANA, FREE}},
     .available = {{0x7f, 735, 1200}, {0x7f, 360, 720}}},
    {"whole days join over midnight", "", {{"2026-11-24 22:00", 480, ANA, FREE}}, .available = {{0x7f, 0, 1440}}},
    {"available until 08:00 of the day of 23 hours", "", {{"2027-03-14 00:00", 420, BOB, FREE}},
     .available = {{0x40, 0, 480}}, .monday = "2027-03-08"},
    {"and no longer", "availability", {{"2027-03-14 00:00", 435, BOB, FREE}}, .available = {{0x40, 0, 480}},
     .monday = "2027-03-08"},

    {"works into time off", "time-off", {{"2026-11-24 20:00", 300, ANA, FREE}},
     .off = {{"2026-11-25 00:00", "2026-11-26 00:00", 480}}},
    {"time off within the shift", "time-off", {{"2026-11-24 08:00", 480, ANA, FREE}},
     .off = {{"2026-11-24 12:00", "2026-11-24 13:00", 0}}},
    {"time off touches both ends", "", {{"2026-11-24 08:00", 480, ANA, FREE}},
     .off = {{"2026-11-24 00:00", "2026-11-24 08:00", 0}, {"2026-11-24 16:00", "2026-11-25 00:00", 0}}},
    {"before the employment", "employment", {{"2026-11-24 08:00", 480, ANA, FREE}}, .from = "2026-11-25"},
    {"after the employment", "employment", {{"2026-11-26 08:00", 480, ANA, FREE}}, .to = "2026-11-25"},
    {"the last shift may end on the next day", "", {{"2026-11-25 22:00", 480, ANA, FREE}}, .to = "2026-11-25"},
    {"who has left owes no minutes", "", {{0}}, {SET(week_minutes_min, 2400), SET(week_days_min, 5)}, .to = "2026-11-22"},

    {"several at once", "nights rest template-weekday week-minutes-max",
     {{"2026-11-28 16:00", 480, ANA, FREE}, {"2026-11-29 09:00", 540, ANA, DAY, BREAKS}},
     {SET(rest_min_minutes, 660), SET(week_minutes_max, 900), SET(week_nights_max, 0)}},
};
/* clang-format on */

START_TEST(exactly_the_rules_named)
{
    const struct row *row = &rows[_i];
    struct plan_problem *problem = row_problem(row);
    struct plan_solution *solution = row_solution(row, problem);
    struct check_report report;
    bool clean = roster_check(problem, solution, &report);
    g_autofree char *found = row_found(&report);
    ck_assert_msg(strcmp(found, row->want) == 0, "%s: found \"%s\", want \"%s\"; first: %s", row->what, found,
                  row->want, report.n_violations > 0 ? report.violations[0].message : "nothing");
    ck_assert(clean == (report.n_violations == 0));
    bool says = row->says == NULL;
    for (int i = 0; i < report.n_violations; i++)
        says = says || strstr(report.violations[i].message, row->says) != NULL;
    ck_assert_msg(says, "%s: no message says \"%s\"; first: %s", row->what, row->says,
                  report.violations[0].message);
    check_report_clear(&report);
    plan_solution_free(solution);
    plan_problem_free(problem);
}
END_TEST

/* Those of contracts over several days and of what couples agents: test_checker_rules.c,
 * test_checker_couple.c. */
START_TEST(every_rule_of_a_shift_has_a_row)
{
    unsigned seen[VIOLATION_N] = {0};
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_auto(GStrv) keys = g_strsplit(rows[i].want, " ", -1);
        for (int k = 0; keys[k] != NULL; k++)
            for (int rule = 0; rule < VIOLATION_N; rule++)
                seen[rule] += strcmp(keys[k], violation_key((enum violation_rule)rule)) == 0;
    }
    for (int rule = 0; rule < VIOLATION_N; rule++)
        if ((rule < VIOLATION_PERIOD_MINUTES_MIN || rule > VIOLATION_FROZEN) && rule != VIOLATION_UNSKILLED &&
            rule != VIOLATION_ACCOUNT && rule != VIOLATION_BOUND)
            ck_assert_msg(seen[rule] > 0, "no row for %s", violation_key((enum violation_rule)rule));
}
END_TEST

/* Garbage gives violations, never a crash or a loop without end. */
START_TEST(garbage_is_reported)
{
    static const struct shift garbage[] = {
        {.agent = 0, .start_ts = INT64_MIN, .end_ts = INT64_MAX},
        {.agent = 0, .start_ts = INT64_MAX, .end_ts = INT64_MIN},
        {.agent = 0, .start_ts = 1795392000, .end_ts = INT64_MAX},
        {.agent = INT_MIN, .start_ts = 1795392000, .end_ts = 1795395600},
        {.agent = INT_MAX, .start_ts = 0, .end_ts = 0},
        {.agent = 0, .tmpl = INT_MAX, .start_ts = 1795392000, .end_ts = 1795395600, .n_activities = INT_MAX},
        {.agent = 0, .tmpl = DAY, .start_ts = 1795392000, .end_ts = 1795395600, .n_activities = -1},
        {.agent = 0,
         .tmpl = FREE,
         .start_ts = 1795392000,
         .end_ts = 1795395601,
         .n_activities = 2,
         .activities = {{(enum activity_kind)77, INT64_MIN, INT64_MAX, false},
                        {ACTIVITY_MEAL, INT64_MAX, 0, true}}},
    };
    static const struct row empty = {.what = "garbage"};
    struct plan_problem *problem = row_problem(&empty);
    struct plan_solution *solution = plan_solution_new();
    struct shift one = garbage[_i];
    solution->shifts = &one;
    solution->n_shifts = 1;
    struct check_report report;
    ck_assert(!roster_check(problem, solution, &report));
    ck_assert_int_gt(report.n_violations, 0);
    for (int i = 0; i < report.n_violations; i++)
        ck_assert_ptr_nonnull(report.violations[i].message);
    check_report_clear(&report);
    solution->shifts = NULL;
    solution->n_shifts = 0;
    plan_solution_free(solution);
    problem->past = g_new(struct shift, 1);
    problem->past[0] = one;
    problem->n_past = 1;
    solution = plan_solution_new();
    roster_check(problem, solution, &report);
    check_report_clear(&report);
    plan_solution_free(solution);
    plan_problem_free(problem);
}
END_TEST

#define N_GARBAGE 8

static Suite *suite(void)
{
    Suite *s = suite_create("scheduler/checker");
    TCase *t = tcase_create("rules");
    tcase_add_loop_test(t, exactly_the_rules_named, 0, (int)G_N_ELEMENTS(rows));
    tcase_add_test(t, every_rule_of_a_shift_has_a_row);
    tcase_add_loop_test(t, garbage_is_reported, 0, N_GARBAGE);
    suite_add_tcase(s, t);
    return s;
}

TEST_MAIN(suite)
