/*
 * checker_internal.h - shared by the parts of the independent checker (checker*.c) and by nobody else.
 */
#ifndef WFM_SCHEDULER_ROSTER_CHECKER_INTERNAL_H
#define WFM_SCHEDULER_ROSTER_CHECKER_INTERNAL_H

#include "scheduler/roster/checker.h"

#define MINUTE_S 60
#define CHECK_TOLERANCE 1e-6 /* relative, and absolute below 1 */

/* One shift under examination: of the solution or of the published past. */
struct checked_shift {
    const struct shift *shift;
    bool past;
    int32_t day;      /* site-local day of its start */
    int week;         /* roster week of its start, -1 outside the horizon */
    int start_min;    /* wall clock of its start, minutes from local midnight */
    double paid_min;  /* counted minute by minute */
    double night_min; /* minutes of its span inside the contract's night window */
};

/* Everything a part needs; owned by roster_check, one thread. */
struct checking {
    const struct plan_problem *problem;
    const struct operation *op;
    const struct plan_solution *solution;
    struct zone **site_zones; /* n_sites; NULL where the zone is not known */
    int64_t *week_starts;     /* n_weeks + 1 instants: roster week w is [w, w + 1) */
    struct checked_shift
        *shifts; /* of known agents, with a span that can be counted: sorted by agent, start */
    int n_shifts;
    struct shift *copies; /* n_shifts: what the `shift` of each points to */
    double pay;
    GArray *violations; /* struct violation */
};

/* Adds a violation; agent and queue -1, ts INT64_MIN when it is about none. */
void check_add(struct checking *c, enum violation_rule rule, int agent, int queue, int64_t ts, double value,
               double limit, const char *format, ...) G_GNUC_PRINTF(8, 9);

/* "agent mnl-017" and the instant in the agent's site zone; both g_free. */
const struct zone *check_zone(const struct checking *c, int agent);
char *check_when(const struct checking *c, int agent, int64_t ts);
const struct contract *check_contract(const struct checking *c, int agent);

/* True when the two differ by more than the tolerance, or either is not finite. */
bool check_differs(double claimed, double counted);

/* Facts of the shift that follow from the wall clock of its site, counted minute by minute. */
void check_count_shift(const struct checking *c, struct checked_shift *cs);
/* Pay of the shift in the operation's currency. */
double check_shift_pay(const struct checking *c, const struct checked_shift *cs);
/* Is the wall-clock minute of the day (0..1439) inside the contract's night window? */
bool check_is_night(const struct contract *contract, int minute);

/* Rules of one shift alone: template, breaks, grid, availability, time off, employment. checker_shift.c */
void check_one_shift(struct checking *c, const struct checked_shift *cs);
/* Rules between the shifts of one agent; of the past only what reaches into the horizon. checker_agent.c */
void check_one_agent(struct checking *c, int agent, const struct checked_shift *shifts, int n);
/* Coverage and money. Returns the shortage. checker_cover.c */
double check_coverage(struct checking *c);

#endif
