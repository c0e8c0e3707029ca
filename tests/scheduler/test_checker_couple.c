/*
 * What couples agents and what is personal cost: headcounts, seats, leads, wishes, fairness, meetings, locks
 * and changes of a re-plan, and the parts of pay that are not of a single shift. Units and money by hand.
 */
#include <limits.h>
#include <math.h>
#include <string.h>

#include "tests/scheduler/checker_rows.h"
#include "tests/support/testing.h"

#pragma GCC diagnostic ignored "-Wmissing-field-initializers" /* what a row does not say is 0 */

#define MONDAY day_from_civil(2026, 11, 23)
/* CID works in London, whose clock is UTC in November. */
#define C_AT(day, at, span)                                                                                  \
    {                                                                                                        \
        "2026-11-" day " " at, span, CID, FREE                                                               \
    }
#define C(day) C_AT(day, "08:00", 240)
#define C_WITH(day, activities)                                                                              \
    {                                                                                                        \
        "2026-11-" day " 08:00", 240, CID, FREE, activities                                                  \
    }
#define C_PAST(day)                                                                                          \
    {                                                                                                        \
        "2026-11-" day " 08:00", 240, CID, FREE, NULL, true                                                  \
    }
#define D_WITH(day, activities)                                                                              \
    {                                                                                                        \
        "2026-11-" day " 08:00", 240, DAN, FREE, activities                                                  \
    }

static int64_t at(int day, int hour, int minute)
{
    return (int64_t)(MONDAY + day) * DAY_S + hour * 3600 + minute * 60;
}

/* ---- headcounts ---- */

static void headcount(struct plan_problem *p, struct headcount h)
{
    p->headcounts = g_renew(struct headcount, p->headcounts, p->n_headcounts + 1);
    p->headcounts[p->n_headcounts++] = h;
}
static void two_on_tuesday(struct plan_problem *p)
{
    headcount(p, (struct headcount){FREE, -1, MONDAY + 1, 2, 5, 7});
}
static void nobody_on_tuesday(struct plan_problem *p)
{
    headcount(p, (struct headcount){FREE, -1, MONDAY + 1, 0, 5, 7});
}
static void one_in_manila(struct plan_problem *p)
{
    headcount(p, (struct headcount){FREE, 0, MONDAY + 1, 1, 5, 7});
}
static void one_on_sunday_before(struct plan_problem *p)
{
    headcount(p, (struct headcount){FREE, -1, MONDAY - 1, 1, 5, 7});
}
static void weekday_rule(struct plan_problem *p)
{
    struct operation *op = p->operation;
    op->n_headcounts = 1;
    op->headcounts = g_new0(struct headcount_rule, 1);
    op->headcounts[0] = (struct headcount_rule){FREE, -1, 0x03, 1, 1, 5, 7}; /* Monday and Tuesday */
}

/* ---- seats and leads ---- */

/* Everybody sits in London. */
static void all_in_london(struct plan_problem *p)
{
    for (int a = 0; a < p->operation->n_agents; a++)
        p->operation->agents[a].site = 2;
}
static void one_seat(struct plan_problem *p)
{
    all_in_london(p);
    p->operation->sites[2].seats = 1;
}
static void one_seat_priced(struct plan_problem *p)
{
    one_seat(p);
    p->operation->sites[2].seat_price = 6;
}
static void one_seat_but_on_call(struct plan_problem *p)
{
    one_seat(p);
    p->operation->templates[FREE].on_call = true;
}
static void one_lead_per_two(struct plan_problem *p)
{
    all_in_london(p);
    p->operation->n_leads = 1;
    p->operation->leads = g_new0(struct lead_rule, 1);
    p->operation->leads[0] = (struct lead_rule){2, 2, 9};
}
static void ana_leads(struct plan_problem *p)
{
    one_lead_per_two(p);
    p->operation->agents[ANA].lead = true;
}

/* ---- wishes, fairness ---- */

static void wish(struct plan_problem *p, struct preference preference)
{
    struct operation *op = p->operation;
    op->preferences = g_renew(struct preference, op->preferences, op->n_preferences + 1);
    op->preferences[op->n_preferences++] = preference;
}
static void tuesday_off(struct plan_problem *p)
{
    wish(p, (struct preference){CID, MONDAY + 1, -1, true, 0, DAY_MIN, 4});
}
static void tuesday_on(struct plan_problem *p)
{
    wish(p, (struct preference){CID, MONDAY + 1, -1, false, 0, DAY_MIN, 4});
}
static void tuesday_day_template(struct plan_problem *p)
{
    wish(p, (struct preference){CID, MONDAY + 1, DAY, false, 0, DAY_MIN, 4});
}
static void tuesday_early(struct plan_problem *p)
{
    wish(p, (struct preference){CID, MONDAY + 1, -1, false, 6 * 60, 8 * 60, 4});
}
static void tuesday_not_late(struct plan_problem *p) /* from 20:00 to 06:00 */
{
    wish(p, (struct preference){CID, MONDAY + 1, -1, true, 20 * 60, 6 * 60, 4});
}
static void sunday_before_on(struct plan_problem *p)
{
    wish(p, (struct preference){CID, MONDAY - 1, -1, false, 0, DAY_MIN, 4});
}
static void fair(struct plan_problem *p)
{
    p->operation->fairness = (struct fairness){2, 10, 100, 1000};
    all_in_london(p);
    for (int a = 0; a < p->operation->n_agents; a++)
        p->operation->agents[a].contract = a == BOB ? 1 : 0; /* ANA, CID, DAN are like each other */
}
static void fair_by_burdens(struct plan_problem *p)
{
    fair(p);
    p->burdens = g_new0(struct burden, p->operation->n_agents);
    p->burdens[CID] = (struct burden){0.5, 2.5, 0};
}
static void fair_holidays(struct plan_problem *p)
{
    fair(p);
    for (int i = 0; i < 2; i++)
        p->operation->special_days[i].scope = SCOPE_ALL; /* 26th and 30th */
    p->operation->special_days[1].day = MONDAY - 1;
    p->operation->fairness = (struct fairness){2, 0, 0, 1000};
    p->operation->special_days[0].day = MONDAY + 1;
}

/* ---- meetings ---- */

static struct meeting *meeting(struct plan_problem *p, const char *id, int minutes, int64_t from, int64_t to)
{
    static const int who[] = {CID, DAN};
    struct operation *op = p->operation;
    op->meetings = g_renew(struct meeting, op->meetings, op->n_meetings + 1);
    struct meeting *m = &op->meetings[op->n_meetings++];
    *m = (struct meeting){.id = g_strdup(id),
                          .name = g_strdup(id),
                          .kind = ACTIVITY_MEETING,
                          .length_min = minutes,
                          .from_ts = from,
                          .to_ts = to,
                          .price = 11,
                          .agents = g_memdup2(who, sizeof who),
                          .n_agents = 1};
    return m;
}
static void tuesday_meeting(struct plan_problem *p)
{
    meeting(p, "m", 30, at(1, 9, 0), at(1, 11, 0));
}
static void tuesday_training(struct plan_problem *p)
{
    meeting(p, "m", 30, at(1, 9, 0), at(1, 11, 0))->kind = ACTIVITY_TRAINING;
}
static void two_meetings(struct plan_problem *p)
{
    meeting(p, "wide", 30, at(1, 8, 0), at(1, 12, 0));
    meeting(p, "narrow", 30, at(1, 9, 0), at(1, 9, 30))->price = 20;
}
static void next_month(struct plan_problem *p)
{
    meeting(p, "m", 30, at(20, 9, 0), at(20, 11, 0));
}
static void since_last_week(struct plan_problem *p)
{
    meeting(p, "m", 30, at(-7, 0, 0), at(6, 0, 0));
}
static void together(struct plan_problem *p)
{
    struct meeting *m = meeting(p, "m", 30, at(1, 0, 0), at(1, 12, 0));
    p->operation->agents[DAN].site = 2;
    m->n_agents = 2;
    m->together = true;
}

/* ---- pay ---- */

static void overtime(struct plan_problem *p)
{
    struct contract *k = &p->operation->contracts[0];
    k->week_minutes_max = 420;
    k->overtime_week_minutes_max = 600;
    k->overtime_premium = 0.5;
}
static void on_call(struct plan_problem *p)
{
    p->operation->templates[FREE].on_call = true;
    p->operation->templates[FREE].on_call_pay = 0.25;
}
static void hired(struct plan_problem *p)
{
    p->operation->agents[CID].optional = true;
    p->operation->agents[CID].hire_price = 50;
    p->operation->contracts[0].week_days_min = 1;
}
static void not_hired(struct plan_problem *p)
{
    hired(p);
    p->operation->agents[CID].contract = 0;
    p->operation->contracts[0].consecutive_days_off_max = 1;
    p->operation->contracts[0].period_minutes_min = 600;
}

/* ---- re-plans: the old roster has CID on Tuesday 08:00 to 12:00 with a break at 10:00, and on Thursday ----
 */

static struct plan_base *base(struct plan_problem *p)
{
    struct plan_base *b = p->base = g_new0(struct plan_base, 1);
    b->n_shifts = 2;
    b->shifts = g_new0(struct shift, 2);
    for (int i = 0; i < 2; i++)
        b->shifts[i] = (struct shift){
            .agent = CID, .tmpl = FREE, .start_ts = at(1 + 2 * i, 8, 0), .end_ts = at(1 + 2 * i, 12, 0)};
    b->shifts[0].n_activities = 1;
    b->shifts[0].activities[0] = (struct activity){ACTIVITY_BREAK, at(1, 10, 0), at(1, 10, 15), true};
    b->frozen_ts = INT64_MIN;
    b->change_price = 13;
    b->break_price = 2;
    p->operation->templates[FREE].n_breaks = 1;
    p->operation->templates[FREE].breaks[0] = (struct break_rule){ACTIVITY_BREAK, 15, true, 60, 180};
    return b;
}
static void replan(struct plan_problem *p)
{
    base(p);
    p->base->shifts[1].n_activities = 1;
    p->base->shifts[1].activities[0] = (struct activity){ACTIVITY_BREAK, at(3, 10, 0), at(3, 10, 15), true};
}
static void frozen_wednesday(struct plan_problem *p)
{
    replan(p);
    p->base->frozen_ts = at(2, 0, 0);
}
static void frozen_and_sick(struct plan_problem *p)
{
    frozen_wednesday(p);
    p->operation->time_off = g_renew(struct time_off, p->operation->time_off, 1);
    p->operation->n_time_off = 1;
    p->operation->time_off[0] = (struct time_off){CID, at(1, 0, 0), at(2, 0, 0), 0, g_strdup("sick")};
}
static void lock(struct plan_problem *p, int32_t day, int shift)
{
    replan(p);
    p->base->n_locks = 1;
    p->base->locks = g_new0(struct lock, 1);
    p->base->locks[0] = (struct lock){CID, day, shift};
}
static void tuesday_locked(struct plan_problem *p)
{
    lock(p, MONDAY + 1, 0);
}
static void friday_locked_free(struct plan_problem *p)
{
    lock(p, MONDAY + 4, -1);
}

#define TEN "break 120+15 paid"
#define LATER "break 135+15 paid"
#define PAID_4H 7.0 /* 4 h at 100 PHP of 0.0175 */
#define ANYTHING -1

/* clang-format off */
static const struct couple_row {
    const char *what, *want;
    void (*with)(struct plan_problem *);
    int kind; /* of penalty; ANYTHING: pay is meant */
    double units, cost;
    struct row_shift shifts[8];
    int weeks;
} rows[] = {
    {"a shift missing", "", two_on_tuesday, PENALTY_HEADCOUNTS, 1, 5, {C("24")}},
    {"just enough of them", "", two_on_tuesday, PENALTY_HEADCOUNTS, 0, 0, {C("24"), {"2026-11-24 08:00", 240, ANA, FREE}}},
    {"one too many", "", nobody_on_tuesday, PENALTY_HEADCOUNTS, 1, 7, {C("24")}},
    {"of another site", "", one_in_manila, PENALTY_HEADCOUNTS, 1, 5, {C("24")}},
    {"published ones count", "", one_on_sunday_before, PENALTY_HEADCOUNTS, 0, 0, {C_PAST("22"), C("24")}},
    {"by weekday: none on Monday, two on Tuesday", "", weekday_rule, PENALTY_HEADCOUNTS, 2, 12, {C("24"), {"2026-11-24 08:00", 240, ANA, FREE}}},
    {"by weekday in two weeks", "", weekday_rule, PENALTY_HEADCOUNTS, 3, 15, {C("24")}, 2},

    {"two on one seat for three hours", "seats", one_seat, PENALTY_SEATS, 0, 0, {C("24"), {"2026-11-24 09:00", 240, ANA, FREE}}},
    {"at a price", "", one_seat_priced, PENALTY_SEATS, 3, 18, {C("24"), {"2026-11-24 09:00", 240, ANA, FREE}}},
    {"one after the other", "", one_seat, PENALTY_SEATS, 0, 0, {C("24"), {"2026-11-24 12:00", 240, ANA, FREE}}},
    {"with who came in before the horizon", "seats", one_seat, PENALTY_SEATS, 0, 0,
     {{"2026-11-22 22:00", 480, CID, FREE, NULL, true}, {"2026-11-23 05:00", 240, ANA, FREE}}},
    {"the past alone may overfill it", "", one_seat, PENALTY_SEATS, 0, 0,
     {{"2026-11-22 22:00", 480, CID, FREE, NULL, true}, {"2026-11-22 22:00", 480, ANA, FREE, NULL, true}, {"2026-11-23 06:00", 240, ANA, FREE}}},
    {"on call nobody sits", "", one_seat_but_on_call, PENALTY_SEATS, 0, 0, {C("24"), {"2026-11-24 09:00", 240, ANA, FREE}}},

    {"nobody leads one", "", one_lead_per_two, PENALTY_LEADS, 4, 36, {C("24")}},
    {"nobody leads two", "", one_lead_per_two, PENALTY_LEADS, 4, 36, {C("24"), {"2026-11-24 08:00", 240, DAN, FREE}}},
    {"nobody leads three for an hour", "", one_lead_per_two, PENALTY_LEADS, 5, 45,
     {C("24"), {"2026-11-24 08:00", 240, DAN, FREE}, {"2026-11-24 11:00", 60, ANA, FREE}}},
    {"a lead is there", "", ana_leads, PENALTY_LEADS, 0, 0,
     {C("24"), {"2026-11-24 08:00", 240, DAN, FREE}, {"2026-11-24 08:00", 240, ANA, FREE}}},
    {"a lead leaves an hour early", "", ana_leads, PENALTY_LEADS, 1, 9,
     {C("24"), {"2026-11-24 08:00", 240, DAN, FREE}, {"2026-11-24 08:00", 180, ANA, FREE}}},

    {"a day off not granted", "", tuesday_off, PENALTY_WISHES, 1, 4, {C("24")}},
    {"a day off granted", "", tuesday_off, PENALTY_WISHES, 0, 0, {C("25")}},
    {"a day of work not granted", "", tuesday_on, PENALTY_WISHES, 1, 4, {C("25")}},
    {"a day of work granted", "", tuesday_on, PENALTY_WISHES, 0, 0, {C("24")}},
    {"another template than wished", "", tuesday_day_template, PENALTY_WISHES, 1, 4, {C("24")}},
    {"an early start not granted: 08:00 is not before 08:00", "", tuesday_early, PENALTY_WISHES, 1, 4, {C("24")}},
    {"an early start granted", "", tuesday_early, PENALTY_WISHES, 0, 0, {C_AT("24", "07:45", 240)}},
    {"no late start: granted by none", "", tuesday_not_late, PENALTY_WISHES, 0, 0, {C("25")}},
    {"no late start: 20:00 is", "", tuesday_not_late, PENALTY_WISHES, 1, 4, {C_AT("24", "20:00", 240)}},
    {"no late start: 05:45 is, past midnight", "", tuesday_not_late, PENALTY_WISHES, 1, 4, {C_AT("24", "05:45", 240)}},
    {"no late start: 06:00 is not", "", tuesday_not_late, PENALTY_WISHES, 0, 0, {C_AT("24", "06:00", 240)}},
    {"not asked for a day before the horizon", "", sunday_before_on, PENALTY_WISHES, 0, 0, {C("24")}},

    {"a weekend day more after two: two thirds of two beyond the mean", "", fair, PENALTY_FAIRNESS, 2 - 2.0 / 3, 100 * (2 - 2.0 / 3), {C_PAST("21"), C_PAST("22"), C("28")}},
    {"a night after one", "", fair, PENALTY_FAIRNESS, 2.0 / 3, 10 * 2.0 / 3,
     {{"2026-11-18 22:00", 480, CID, FREE, NULL, true}, C_AT("24", "22:00", 480)}},
    {"somebody else's weekend", "", fair, PENALTY_FAIRNESS, 0, 0, {C_PAST("21"), {"2026-11-28 08:00", 240, DAN, FREE}}},
    {"longer ago than two weeks", "", fair, PENALTY_FAIRNESS, 0, 0, {C_PAST("08"), C("28")}},
    {"two weeks ago", "", fair, PENALTY_FAIRNESS, 2.0 / 3, 200.0 / 3, {{"2026-11-14 08:00", 240, CID, FREE, NULL, true}, C("28")}},
    {"a week day", "", fair, PENALTY_FAIRNESS, 0, 0, {C_PAST("21"), C("26")}},
    {"burdens given", "", fair_by_burdens, PENALTY_FAIRNESS, 5.5, 505, {C("28"), C_AT("29", "22:00", 480), C_PAST("21")}},
    {"a holiday after a holiday", "", fair_holidays, PENALTY_FAIRNESS, 2.0 / 3, 2000.0 / 3, {C_PAST("22"), C("24")}},

    {"a meeting missed", "", tuesday_meeting, PENALTY_MEETINGS, 1, 11, {C("24")}},
    {"a meeting attended", "", tuesday_meeting, PENALTY_MEETINGS, 0, 0, {C_WITH("24", "meeting 60+30 paid")}},
    {"at the end of its window", "", tuesday_meeting, PENALTY_MEETINGS, 0, 0, {C_WITH("24", "meeting 150+30 paid")}},
    {"beyond it", "meeting", tuesday_meeting, PENALTY_MEETINGS, 1, 11, {C_WITH("24", "meeting 165+30 paid")}},
    {"too short", "meeting", tuesday_meeting, PENALTY_MEETINGS, 1, 11, {C_WITH("24", "meeting 60+15 paid")}},
    {"another kind", "meeting", tuesday_training, PENALTY_MEETINGS, 1, 11, {C_WITH("24", "meeting 60+30 paid")}},
    {"somebody not asked", "meeting", tuesday_meeting, PENALTY_MEETINGS, 1, 11, {C("24"), D_WITH("24", "meeting 60+30 paid")}},
    {"off the grid", "grid", tuesday_meeting, PENALTY_MEETINGS, 0, 0, {C_WITH("24", "meeting 65+30 paid")}},
    {"two of two", "", two_meetings, PENALTY_MEETINGS, 0, 0, {C_WITH("24", "meeting 60+30 paid, meeting 120+30 paid")}},
    {"one activity serves the dearer one", "", two_meetings, PENALTY_MEETINGS, 1, 11, {C_WITH("24", "meeting 60+30 paid")}},
    {"or the one whose window holds it", "", two_meetings, PENALTY_MEETINGS, 1, 20, {C_WITH("24", "meeting 120+30 paid")}},
    {"overlapping", "break-overlap", two_meetings, PENALTY_MEETINGS, 0, 0, {C_WITH("24", "meeting 60+30 paid, meeting 75+30 paid")}},
    {"not in this horizon", "", next_month, PENALTY_MEETINGS, 0, 0, {C("24")}},
    {"attended last week", "", since_last_week, PENALTY_MEETINGS, 0, 0, {{"2026-11-18 08:00", 240, CID, FREE, "meeting 60+30 paid", true}, C("24")}},
    {"not attended last week", "", since_last_week, PENALTY_MEETINGS, 1, 11, {{"2026-11-18 08:00", 240, CID, FREE, NULL, true}, C("24")}},
    {"together at one time", "", together, PENALTY_MEETINGS, 0, 0, {C_WITH("24", "meeting 60+30 paid"), {"2026-11-24 08:00", 240, DAN, FREE, "meeting 60+30 paid"}}},
    {"together, but one comes later", "", together, PENALTY_MEETINGS, 1, 11, {C_WITH("24", "meeting 60+30 paid"), {"2026-11-24 08:00", 240, DAN, FREE, "meeting 90+30 paid"}}},
    {"together, one is not there", "", together, PENALTY_MEETINGS, 1, 11, {C_WITH("24", "meeting 60+30 paid")}},

    {"an hour of overtime pays half as much again", "", overtime, ANYTHING, 0, 2 * PAID_4H + 0.5 * PAID_4H / 4, {C("24"), C("25")}},
    {"by week", "", overtime, ANYTHING, 0, 2 * PAID_4H, {C("24"), {"2026-12-01 08:00", 240, CID, FREE}}, 2},
    {"on call pays a quarter", "", on_call, ANYTHING, 0, PAID_4H / 4, {C("24")}},
    {"hired for two weeks", "week-days-min", hired, ANYTHING, 0, PAID_4H + 100, {C("24")}, 2},
    {"hired for one", "", hired, ANYTHING, 0, PAID_4H + 50, {C("24")}},
    {"not hired: no rule, no pay", "", not_hired, ANYTHING, 0, 0, {C_PAST("22")}},

    {"nothing changed", "", replan, PENALTY_CHANGES, 0, 0, {C_WITH("24", TEN), C_WITH("26", TEN)}},
    {"a break moved", "", replan, PENALTY_CHANGES, 1, 2, {C_WITH("24", TEN), C_WITH("26", LATER)}},
    {"a shift is gone", "", replan, PENALTY_CHANGES, 1, 13, {C_WITH("24", TEN)}},
    {"a shift is new", "", replan, PENALTY_CHANGES, 1, 13, {C_WITH("24", TEN), C_WITH("26", TEN), C_WITH("28", TEN)}},
    {"a shift ends later and its break moved", "", replan, PENALTY_CHANGES, 1, 13, {C_WITH("24", TEN), {"2026-11-26 08:00", 300, CID, FREE, LATER}}},
    {"a shift on another day", "", replan, PENALTY_CHANGES, 2, 26, {C_WITH("24", TEN), C_WITH("27", TEN)}},
    {"everything changed", "", replan, PENALTY_CHANGES, 4, 52, {C_WITH("25", TEN), C_WITH("27", TEN)}},
    {"frozen and kept", "", frozen_wednesday, PENALTY_CHANGES, 1, 13, {C_WITH("24", TEN)}},
    {"frozen and gone", "frozen", frozen_wednesday, PENALTY_CHANGES, 1, 13, {C_WITH("26", TEN)}},
    {"frozen and its break moved", "frozen", frozen_wednesday, PENALTY_CHANGES, 1, 2, {C_WITH("24", LATER), C_WITH("26", TEN)}},
    {"new before the re-plan", "frozen", frozen_wednesday, PENALTY_CHANGES, 1, 13, {C_WITH("23", TEN), C_WITH("24", TEN), C_WITH("26", TEN)}},
    {"frozen, but now sick", "", frozen_and_sick, PENALTY_CHANGES, 1, 13, {C_WITH("26", TEN)}},
    {"locked and kept", "", tuesday_locked, PENALTY_CHANGES, 1, 13, {C_WITH("24", TEN)}},
    {"locked and its break moved", "lock", tuesday_locked, PENALTY_CHANGES, 1, 2, {C_WITH("24", LATER), C_WITH("26", TEN)}},
    {"locked and gone", "lock", tuesday_locked, PENALTY_CHANGES, 1, 13, {C_WITH("26", TEN)}},
    {"locked to nothing", "", friday_locked_free, PENALTY_CHANGES, 0, 0, {C_WITH("24", TEN), C_WITH("26", TEN)}},
    {"locked to nothing and worked", "lock", friday_locked_free, PENALTY_CHANGES, 1, 13, {C_WITH("24", TEN), C_WITH("26", TEN), C_WITH("27", TEN)}},
};
/* clang-format on */

START_TEST(recounted_as_by_hand)
{
    const struct couple_row *r = &rows[_i];
    struct row row = {.what = r->what, .weeks = r->weeks};
    memcpy(row.shifts, r->shifts, sizeof r->shifts);
    struct plan_problem *problem = row_problem(&row);
    r->with(problem);
    struct plan_solution *solution = row_solution(&row, problem);
    struct check_report report;
    roster_check(problem, solution, &report);
    g_autofree char *found = row_found(&report);
    ck_assert_msg(strcmp(found, r->want) == 0, "%s: found \"%s\", want \"%s\"; first: %s", r->what, found,
                  r->want, report.n_violations > 0 ? report.violations[0].message : "nothing");
    if (r->kind == ANYTHING)
        ck_assert_msg(fabs(report.pay - r->cost) < 1e-9, "%s: pay %.9f, want %.9f", r->what, report.pay,
                      r->cost);
    double units = r->kind == ANYTHING ? 0 : report.penalties[r->kind].units;
    double cost = r->kind == ANYTHING ? 0 : r->cost;
    ck_assert_msg(fabs(units - r->units) < 1e-9, "%s: %.9f units, want %.9f", r->what, units, r->units);
    ck_assert_msg(fabs(report.penalty - cost) < 1e-9, "%s: penalty %.9f, want %.9f", r->what, report.penalty,
                  cost);
    check_report_clear(&report);
    plan_solution_free(solution);
    plan_problem_free(problem);
}
END_TEST

START_TEST(every_kind_has_rows)
{
    for (int kind = CONTRACT_RULE_N; kind < PENALTY_N; kind++) {
        int broken = 0, kept = 0;
        for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
            if (rows[i].kind == kind) {
                broken += rows[i].units > 0;
                kept += rows[i].units == 0;
            }
        ck_assert_msg(broken > 0 && kept > 0, "%s: %d rows break it, %d keep it", penalty_key(kind), broken,
                      kept);
    }
    static const enum violation_rule rules[] = {VIOLATION_SEATS, VIOLATION_MEETING, VIOLATION_LOCK,
                                                VIOLATION_FROZEN};
    for (size_t k = 0; k < G_N_ELEMENTS(rules); k++) {
        bool seen = false;
        for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
            seen = seen || strstr(rows[i].want, violation_key(rules[k])) != NULL;
        ck_assert_msg(seen, "no row for %s", violation_key(rules[k]));
    }
}
END_TEST

/* The objective claimed is pay + shortage + penalty. */
START_TEST(the_penalty_claimed_is_recounted)
{
    static const double lies[] = {0, -0.01, 0.01, NAN};
    static const struct row row = {.what = "claims", .shifts = {C("24")}};
    struct plan_problem *problem = row_problem(&row);
    tuesday_off(problem);
    struct plan_solution *solution = row_solution(&row, problem);
    solution->n_staffed = QUEUES * problem->demand.grid.n;
    solution->staffed = g_new0(double, (gsize)solution->n_staffed);
    solution->pay = PAID_4H;
    solution->penalty = 4 + lies[_i];
    solution->objective = PAID_4H + 4;
    solution->bound = -INFINITY;
    struct check_report report;
    bool clean = roster_check(problem, solution, &report);
    ck_assert_msg(clean == (_i == 0), "lie %d: %s", _i,
                  report.n_violations > 0 ? report.violations[0].message : "not noticed");
    check_report_clear(&report);
    plan_solution_free(solution);
    plan_problem_free(problem);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("scheduler/checker-couple");
    TCase *t = tcase_create("couple");
    tcase_add_loop_test(t, recounted_as_by_hand, 0, (int)G_N_ELEMENTS(rows));
    tcase_add_test(t, every_kind_has_rows);
    tcase_add_loop_test(t, the_penalty_claimed_is_recounted, 0, 4);
    suite_add_tcase(s, t);
    return s;
}

TEST_MAIN(suite)
