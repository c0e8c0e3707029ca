/*
 * checker.h - the independent checker: re-verifies every rule and recounts money and coverage from problem
 * and shifts alone.
 *
 * It shares nothing with the engine but core/plan.h: written from the words in operation.h, by plain
 * enumeration over shifts, days and minutes, slow and obvious on purpose. Nothing unverified is published.
 */
#ifndef WFM_SCHEDULER_ROSTER_CHECKER_H
#define WFM_SCHEDULER_ROSTER_CHECKER_H

#include "core/plan.h"

/* clang-format off */
#define VIOLATION_TABLE(X)                                                                          \
    X(AGENT_UNKNOWN,       "agent",                "shift of an agent the problem does not have")            \
    X(OUTSIDE_HORIZON,     "horizon",              "shift starts outside the roster week")                   \
    X(OVERLAP,             "overlap",              "two shifts at once")                                     \
    X(TWO_ON_A_DAY,        "one-shift-a-day",      "two shifts start on one local day")                      \
    X(TEMPLATE,            "template",             "contract does not allow this shift template")            \
    X(WEEKDAY,             "template-weekday",     "template is not worked on this weekday")                 \
    X(START,               "start-window",         "start outside the template's window or off its step")    \
    X(LENGTH,              "paid-length",          "paid length outside the template's range or off its step") \
    X(SPAN,                "span",                 "shift is longer or shorter than paid time and unpaid breaks") \
    X(BREAK_MISSING,       "break-missing",        "a meal or break of the template is not there")           \
    X(BREAK_EXTRA,         "break-extra",          "a meal or break the template does not have")             \
    X(BREAK_WINDOW,        "break-window",         "a meal or break outside its window")                     \
    X(BREAK_LENGTH,        "break-length",         "a meal or break of the wrong length or pay")             \
    X(BREAK_OVERLAP,       "break-overlap",        "breaks overlap or leave the shift")                      \
    X(WEEK_MINUTES_MIN,    "week-minutes-min",     "too few paid minutes in the week")                       \
    X(WEEK_MINUTES_MAX,    "week-minutes-max",     "too many paid minutes in the week")                      \
    X(WEEK_DAYS_MIN,       "week-days-min",        "too few working days in the week")                       \
    X(WEEK_DAYS_MAX,       "week-days-max",        "too many working days in the week")                      \
    X(CONSECUTIVE_DAYS,    "consecutive-days",     "too many working days in a row")                         \
    X(REST,                "rest",                 "too little rest between two shifts")                     \
    X(DAYS_OFF,            "consecutive-days-off", "too few days off in a row")                              \
    X(NIGHTS,              "nights",               "too many night shifts in the week")                      \
    X(WEEKENDS,            "weekends",             "too many working weekends")                              \
    X(START_SPREAD,        "start-consistency",    "starts of the week differ too much")                     \
    X(PERIOD_MINUTES_MIN,  "period-minutes-min",   "too few paid minutes in the period")                     \
    X(PERIOD_MINUTES_MAX,  "period-minutes-max",   "too many paid minutes in the period")                    \
    X(PERIOD_DAYS_MIN,     "period-days-min",      "too few working days in the period")                     \
    X(PERIOD_DAYS_MAX,     "period-days-max",      "too many working days in the period")                    \
    X(DAYS_TOO_FEW,        "consecutive-days-min", "too few working days in a row")                          \
    X(DAYS_OFF_MAX,        "consecutive-days-off-max", "too many days off in a row")                         \
    X(WINDOW,              "window-days",          "too many working days in a rolling window")              \
    X(WEEK_REST,           "week-rest",            "no span of the week's rest")                             \
    X(DAY_OFF,             "day-off",              "days off too short or off their anchor")                 \
    X(START_DISTANCE,      "start-distance",       "two starts too close to each other")                     \
    X(ROTATION,            "rotation",             "a start too early after the one of the day before")      \
    X(NIGHTS_IN_A_ROW,     "consecutive-nights",   "too many night shifts in a row")                         \
    X(OFF_AFTER_NIGHTS,    "days-off-after-nights", "too few days off after night shifts")                   \
    X(WEEKENDS_IN_A_ROW,   "consecutive-weekends", "too many working weekends in a row")                     \
    X(WEEKEND_WHOLE,       "weekend-whole",        "a weekend worked in part")                               \
    X(SUCCESSION,          "succession",           "a template on the day after one it may not follow")      \
    X(TEMPLATE_LIMIT,      "template-limit",       "a shift template worked too often or too rarely")        \
    X(SEATS,               "seats",                "more agents on shift at a site than it has seats")       \
    X(MEETING,             "meeting",              "a meeting nobody asked the agent for, or too many in a shift") \
    X(LOCK,                "lock",                 "a locked day was changed")                               \
    X(FROZEN,              "frozen",               "what lies before the re-plan was changed")               \
    X(AVAILABILITY,        "availability",         "shift outside the agent's availability")                 \
    X(TIME_OFF,            "time-off",             "shift during time off")                                  \
    X(EMPLOYMENT,          "employment",           "shift outside the agent's employment")                   \
    X(GRID,                "grid",                 "start, end or break not on a planning interval")         \
    X(UNSKILLED,           "skill",                "more work counted on a queue than skilled agents on shift can give") \
    X(ACCOUNT,             "account",              "pay, shortage, penalty, objective or coverage not as claimed")    \
    X(BOUND,               "bound",                "claimed bound is above the objective")
/* clang-format on */

enum violation_rule {
#define X(name, key, text) VIOLATION_##name,
    VIOLATION_TABLE(X)
#undef X
        VIOLATION_N
};
const char *violation_key(enum violation_rule rule);
const char *violation_text(enum violation_rule rule);

struct violation {
    enum violation_rule rule;
    int agent;     /* -1 when about no agent */
    int queue;     /* -1 when about no queue */
    int64_t ts;    /* where in time; INT64_MIN when about the whole week */
    double value;  /* what was found */
    double limit;  /* what the rule allows */
    char *message; /* "agent mnl-017: 9.5 h rest before 2026-11-25T06:00:00+08:00, contract full-time asks 11
                      h" */
};

/* What penalties are for: the rules of contracts, in the order of CONTRACT_RULE_TABLE, and what follows. */
#define PENALTY_TABLE(X)                                                                                     \
    X(WISHES, "wishes", "wish")                                                                              \
    X(HEADCOUNTS, "headcounts", "shift")                                                                     \
    X(SEATS, "seats", "hour")                                                                                \
    X(LEADS, "leads", "hour")                                                                                \
    X(FAIRNESS, "fairness", "shift")                                                                         \
    X(MEETINGS, "meetings", "agent")                                                                         \
    X(CHANGES, "changes", "day")
enum penalty_kind {
    PENALTY_FIRST = CONTRACT_RULE_N - 1, /* so that the next one follows the rules */
#define X(name, key, unit) PENALTY_##name,
    PENALTY_TABLE(X)
#undef X
        PENALTY_N
};
/* Of a kind 0..PENALTY_N - 1: "consecutive_days_max", "wishes"; "day", "wish". */
const char *penalty_key(int kind);
const char *penalty_unit(int kind);

struct check_penalty {
    double units; /* broken; see core/operation.h and core/plan.h for what one is */
    double cost;  /* operation's currency */
};

/* One entry of the penalties: a rule of a contract broken at its price, a wish not granted, a shift missing …
   Hours without a seat or a lead are one entry per site and local day. */
struct check_cost {
    int kind;   /* 0..PENALTY_N - 1 */
    int agent;  /* -1 when about no agent */
    int site;   /* -1 when about no site */
    int64_t ts; /* where in time, the first where there are several; INT64_MIN when about the whole week */
    double units, cost;
    char *message; /* "agent mnl-017: a wish for 2026-11-25 is not granted" */
};

struct check_report {
    struct violation *violations;
    int n_violations;
    struct check_cost *costs; /* n_costs: what the penalties below are made of */
    int n_costs;
    double pay, shortage, penalty; /* recounted; penalty: the sum of the costs below */
    struct check_penalty penalties[PENALTY_N];
    int n_shifts;
};

/* Checks shifts, and what the solution claims about them (pay, shortage, penalty, objective, bound, staffed).
   A rule of a contract that has no price is a violation when broken, one with a price a penalty; wishes,
   headcounts, leads, fairness, meetings missed and changes are penalties, seats either. The objective is pay
   + shortage + penalty. Tolerance 1e-6 relative, bound at most the recounted objective (-INFINITY = none). A
   solution with staffed NULL claims nothing: only its shifts are checked, and `shortage` is the least they
   allow, without what SLA rows are short of. Of the published past only what reaches into the horizon is
   judged: a rule broken by past shifts alone is not reported. Premiums are added up, minute by minute, by the
   wall clock and the local day of that minute. An interval worked in part counts in part.

   Never fails; garbage in the shifts gives violations (a shift longer than 3 days or further than 400 days
   from the horizon is reported and then left out of the counts). The problem itself must have passed
   operation_check. `report` need not be initialised and is cleared with check_report_clear. Returns true when
   clean. Pure, thread-safe. */
bool roster_check(const struct plan_problem *problem, const struct plan_solution *solution,
                  struct check_report *report);
void check_report_clear(struct check_report *report);

/* The same answer, quicker where much has been checked before: agents whose shifts, and intervals whose staff
   and claims, are those of the check `before` (NULL: none) are not counted again. `before` must be of the
   very same problem, which has not changed since. *after (may be NULL): what this check leaves for the next,
   counted once. Immutable; any thread may use it, as long as the problem lives. */
struct check_memory;
bool roster_check_again(const struct plan_problem *problem, const struct plan_solution *solution,
                        const struct check_memory *before, struct check_memory **after,
                        struct check_report *report);
struct check_memory *check_memory_ref(struct check_memory *memory);
void check_memory_unref(struct check_memory *memory);

#endif
