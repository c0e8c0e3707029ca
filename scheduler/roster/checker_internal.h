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
    bool night;       /* a night shift of the contract */
    bool on_call;
};

/* Shifts of one agent as they came: of the published past and of the solution. */
struct check_given {
    const struct shift *const *past, *const *planned;
    int n_past, n_planned;
};

/* What follows from them alone. Immutable once made and counted, so that checks of rosters that are alike
   share it. */
#define CHECK_STAGES 3 /* what cannot be counted, the shifts one by one, all together */
struct check_part {
    gint refs;
    struct checked_shift *shifts; /* n, by start */
    struct shift *copies;         /* n, as they came, those of the past first: what the above point to */
    int n, n_past;
    int n_given; /* planned shifts, those that cannot be counted included */
    double pay;
    struct check_penalty penalties[PENALTY_N];
    struct violation *violations; /* until[CHECK_STAGES - 1]; those of a stage end at until[stage] */
    int until[CHECK_STAGES];
    struct check_cost *costs; /* n_costs */
    int n_costs;
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
    int *agent_from;             /* n_agents + 1: the shifts of agent a are [a, a + 1) */
    const struct time_off **off; /* n_time_off, by agent */
    int *off_from;               /* n_agents + 1: those of agent a are [a, a + 1) */
    struct shift *copies;        /* where check_take_shift copies to; what `shift` of each points to */
    double pay;
    struct check_penalty penalties[PENALTY_N];
    GArray *violations; /* struct violation */
    GArray *costs;      /* struct check_cost */
};

/* Adds a violation; agent and queue -1, ts INT64_MIN when it is about none. */
void check_add(struct checking *c, enum violation_rule rule, int agent, int queue, int64_t ts, double value,
               double limit, const char *format, ...) G_GNUC_PRINTF(8, 9);

/* The contract's rule was broken by so many units: a penalty where it has a price, else a violation. */
void check_broken(struct checking *c, enum contract_rule rule, int agent, double units, int64_t ts,
                  double value, double limit, const char *format, ...) G_GNUC_PRINTF(8, 9);
/* Units of another kind at a price each; no entry when units or price are 0. Agent, site -1 and ts INT64_MIN
   when it is about none. */
void check_penalty_add(struct checking *c, enum penalty_kind kind, double units, double price, int agent,
                       int site, int64_t ts, const char *format, ...) G_GNUC_PRINTF(8, 9);
/* The same for hours at a site, of which those of a local day are one entry. */
void check_hours_add(struct checking *c, enum penalty_kind kind, double hours, double price, int site,
                     int64_t ts, const char *what);

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

bool check_is_holiday(const struct operation *op, int site, int32_t day);
/* Worth of a unit of the currency in the operation's; 0 when unknown. */
double check_currency(const struct operation *op, const char *code);
/* Is the weekday of the day one of the contract's weekend? */
bool check_is_weekend(const struct contract *contract, int32_t day);
/* First and last day of the horizon, [first_day, first_day + 7 × weeks). */
int32_t check_first_day(const struct checking *c);
int32_t check_last_day(const struct checking *c);
/* Is the site-local day wholly on time off of the agent (at the largest credit, -1 when not)? */
int check_day_credit(const struct checking *c, int agent, int32_t day);
bool check_employed_on(const struct checking *c, int agent, int32_t day);
/* On any local day that the roster week touches? */
bool check_employed_in(const struct checking *c, int agent, int week);

/* Takes a shift for examination, if it can be counted at all. checker_part.c */
void check_take_shift(struct checking *c, const struct shift *shift, bool past);
struct check_part *check_part_new(const struct checking *whole, int agent, const struct check_given *given);
void check_part_unref(struct check_part *part);
/* Was it made of these planned shifts? False when in doubt: where some could not be counted. */
bool check_part_is_of(const struct check_part *part, const struct check_given *given);
/* Its violations of a stage, copied; its shifts, pay and penalties. */
void check_part_tell(struct checking *c, const struct check_part *part, int stage);
void check_part_count(struct checking *c, const struct check_part *part);

/* Rules of one shift alone: template, breaks, grid, availability, time off, employment. checker_shift.c */
void check_one_shift(struct checking *c, const struct checked_shift *cs);
/* Rules between the shifts of one agent; of the past only what reaches into the horizon. checker_agent.c */
void check_one_agent(struct checking *c, int agent, const struct checked_shift *shifts, int n);
/* Rules about days in a row and weekends: checker_runs.c; about templates: checker_template.c */
void check_runs(struct checking *c, int agent, const struct checked_shift *shifts, int n);
void check_templates(struct checking *c, int agent, const struct checked_shift *shifts, int n);
/* Headcounts, seats, leads: checker_couple.c */
void check_couplings(struct checking *c);
/* Wishes, fairness, meetings: checker_wishes.c, checker_meetings.c */
void check_wishes(struct checking *c);
void check_meetings(struct checking *c);
/* Locks, what is frozen, changes: checker_base.c */
void check_base(struct checking *c);
/* Rest and runs of days towards the published shifts behind the horizon. checker_after.c */
void check_after(struct checking *c, int agent, const struct checked_shift *shifts, int n);
/* Coverage. Returns the shortage. *cover: what was found of a claimed one, interval by interval, or NULL;
   `before` (may be NULL) is looked up where the same agents work and the same is claimed. checker_cover.c */
struct check_cover;
double check_coverage(struct checking *c, const struct check_cover *before, struct check_cover **cover);
void check_cover_free(struct check_cover *cover);

#endif
