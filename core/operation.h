/*
 * operation.h - the vocabulary everybody shares: clients, queues, sites, contracts, shift templates, agents,
 * time off and special days of one operation.
 *
 * An operation is filled by the reader of operation.cfg and of the CSV files (core/opfile.h), or loaded from
 * the store; after that it is immutable and may be read from any thread. Indices (`queue`, `site`,
 * `contract`, …) are positions in the arrays below. Ids are what people write: 1..64 characters of
 * [A-Za-z0-9_.-], unique within their kind.
 *
 * Clock minutes ("_min" fields named from/to/start) are minutes of the wall clock from the local midnight, in
 * the zone their owner follows: the queue's for opening hours, the site's for everything about labour.
 */
#ifndef WFM_CORE_OPERATION_H
#define WFM_CORE_OPERATION_H

#include "core/zone.h"

#define WFM_ID_MAX 64

/* Channels. The first three are immediate (contacts wait for a free agent); the rest are deferred (due within
 * hours). */
enum channel {
    CHANNEL_VOICE,
    CHANNEL_CHAT,
    CHANNEL_IN_PERSON,
    CHANNEL_EMAIL,
    CHANNEL_SOCIAL,
    CHANNEL_CALLBACK,
    CHANNEL_BACK_OFFICE,
    CHANNEL_N
};
const char *channel_name(enum channel channel); /* "voice", "chat", "in_person", … */
bool channel_parse(const char *text, enum channel *out);
bool channel_is_deferred(enum channel channel);

/* What counts as "in time"; O offered, A answered, A_T answered within T, B_T abandoned within T, B_s within
   the short threshold. */
enum sl_definition {
    SL_OFFERED,       /* A_T / O                 abandons are misses */
    SL_ANSWERED,      /* A_T / A                 abandons are left out */
    SL_ABAN_IGNORED,  /* A_T / (O - B_T)         abandons within T are left out */
    SL_ABAN_POSITIVE, /* (A_T + B_T) / O         abandons within T count as met */
    SL_EXCL_SHORT,    /* A_T / (O - B_s)         short abandons are left out */
    SL_VIRTUAL,       /* P(an infinitely patient contact waits <= T) */
    SL_DEFINITION_N
};
const char *sl_definition_name(enum sl_definition definition); /* "offered", "answered", "aban_ignored", … */
bool sl_definition_parse(const char *text, enum sl_definition *out);

enum sla_period { SLA_INTERVAL, SLA_DAY, SLA_WEEK, SLA_MONTH, SLA_PERIOD_N };
const char *sla_period_name(enum sla_period period);
bool sla_period_parse(const char *text, enum sla_period *out);

struct sla {
    enum sl_definition definition;
    double target;          /* share in time, 0..1, e.g. 0.80 */
    double threshold_s;     /* T; for deferred channels the time allowed until the answer, e.g. 4 h = 14400 */
    double short_abandon_s; /* for SL_EXCL_SHORT; 0 else */
    double asa_max_s;       /* further targets; 0 = none */
    double abandon_max;     /* 0..1; 1 = none */
    double occupancy_max;   /* 0..1; 1 = none */
    enum sla_period period; /* the span over which the contract measures it */
};

/* A weekly span of the wall clock: on each weekday in the mask from from_min to to_min; to_min may pass 1440
   (the span then ends on the next day). */
struct week_span {
    uint8_t weekdays; /* bit 0 = Monday … bit 6 = Sunday */
    int from_min, to_min;
};

struct client {
    char *id, *name;
};

struct queue {
    char *id, *name;
    int client;
    enum channel channel;
    char *language; /* BCP 47, e.g. "en", "es-CO" */
    char *zone;     /* of its customers: patterns follow it */
    struct sla sla;
    double patience_s; /* mean time to abandonment; 0 = nobody abandons (Erlang C) */
    double aht_s;      /* default where history has none */
    int concurrency;   /* contacts one agent handles at once (chat); 1 elsewhere */
    double *
        concurrent_aht_s; /* concurrency values: AHT at 1, 2, … parallel contacts; all aht_s when not given */
    double shrinkage;     /* in-office, unscheduled share (adherence, system trouble), 0..<1 */
    double min_staff;     /* agents at every open interval whatever the load */
    double occupancy_cap;   /* efficiency divisor for deferred work, e.g. 0.90 */
    struct week_span *open; /* opening hours in `zone`; n_open = 0 means around the clock */
    int n_open;
};

struct site {
    char *id, *name;
    char *zone;       /* labour rules follow it */
    char *country;    /* ISO 3166 alpha-2 */
    double shrinkage; /* out-of-office share (sickness, no-show) not known when planning, 0..<1; scales
                         headcount */
};

enum activity_kind { ACTIVITY_MEAL, ACTIVITY_BREAK, ACTIVITY_TRAINING, ACTIVITY_MEETING, ACTIVITY_N };
const char *activity_kind_name(enum activity_kind kind); /* "meal", "break", "training", "meeting" */
bool activity_kind_parse(const char *text, enum activity_kind *out);

/* A meal or break a shift must contain, exactly once. It starts at shift start + k·step_min with
   earliest_min <= offset <= latest_min. Breaks of one shift never overlap. */
struct break_rule {
    enum activity_kind kind; /* meal or break */
    int length_min;
    bool paid;
    int earliest_min, latest_min; /* offset of its start from the shift start */
};

#define TEMPLATE_BREAKS_MAX 6

/* Shifts that may be worked: start at start_from_min + k·start_step_min <= start_to_min by the site's wall
   clock on the weekdays in the mask (start_to_min may pass 1440: starts after midnight that still belong to
   the day before are *not* meant, see struct shift: the day of a shift is the local day of its start); paid
   length paid_min_min + k·paid_step_min <= paid_max_min. The span of a shift is its paid length plus its
   unpaid breaks, in elapsed time: a clock change inside a shift moves its end on the wall clock, not its
   length. All lengths are multiples of the planning interval. */
struct shift_template {
    char *id, *name;
    uint8_t weekdays;
    int start_from_min, start_to_min, start_step_min; /* 0 <= from <= to < 1440 */
    int paid_min_min, paid_max_min, paid_step_min;
    struct break_rule breaks[TEMPLATE_BREAKS_MAX];
    int n_breaks;
};

/* Work rules and pay of a group of agents. All rules are hard. "Week" is the roster week: the seven days from
   the start of the horizon in the planning zone; a shift belongs to the week in which it starts. "Day" is a
   local day of the agent's site; a shift belongs to the day on which it starts; at most one shift starts on a
   day. */
struct contract {
    char *id, *name;
    int *templates; /* shift templates the contract allows, indices */
    int n_templates;

    int week_minutes_min, week_minutes_max; /* paid minutes in a week, time-off credit included */
    int week_days_min, week_days_max;       /* days with a shift in a week, credited days included */
    int consecutive_days_max;               /* days in a row with a shift, published past included */
    int rest_min_minutes;             /* from the end of a shift to the start of the next, elapsed time */
    int consecutive_days_off_min;     /* every run of days off between two worked days is at least this long;
                                         a run touching the end of the horizon counts as kept */
    int week_nights_max;              /* night shifts in a week */
    int night_from_min, night_to_min; /* the night window, to <= from means past midnight */
    int night_shift_minutes;  /* a shift with at least this much of its span in the window is a night shift */
    int weekends_max;         /* weekends (Saturday or Sunday worked) among any weekends_of in a row, */
    int weekends_of;          /* published past included */
    int start_spread_max_min; /* start-time consistency: the starts of one week, by the wall clock, lie within
                                 an arc of this many minutes on the 24-hour dial; >= 1440 = free */

    double rate;            /* pay for a paid hour, in `currency` */
    char *currency;         /* ISO 4217 */
    double night_premium;   /* added share for paid minutes inside the night window, e.g. 0.10 */
    double holiday_premium; /* added share for paid minutes on a holiday of the site, e.g. 1.00 */
};

struct skill {
    int queue;
    double proficiency; /* speed relative to the queue's AHT, 1 = average; kept for routing and simulation */
};

struct agent {
    char *id, *name;
    int site, contract;
    struct skill *skills; /* sorted by queue, each queue once */
    int n_skills;
    struct week_span *available; /* in the site's zone; n_available = 0 means always. A shift lies within the
                                    union of the spans (spans that touch join) */
    int n_available;
    int32_t employed_from, employed_to; /* first and last site-local day on which a shift may start; INT32_MIN
                                           and INT32_MAX when open. The weekly minima do not bind in a week
                                           without any day of employment */
};

/* Absence known when planning. No shift overlaps it. Each site-local day it covers wholly credits credit_min
   paid minutes and one worked day to the weekly rules (it stays a day off for the runs of days). Like a
   shift, a day belongs to the roster week in which it starts; it is credited once (the largest credit where
   absences overlap). Credit counts up to the week's maxima only: a whole week off is a legal week without
   shifts. A wholly covered day without credit (unpaid) lowers the minimum of the week's minutes by an average
   day instead: week_minutes_min / week_days_min, rounded up (by week_days_max where week_days_min is 0), not
   below 0. */
struct time_off {
    int agent;
    int64_t start_ts, end_ts;
    int credit_min; /* per wholly covered day, 0 = unpaid */
    char *kind;     /* free text: "vacation", "sick", … */
};

enum special_kind { SPECIAL_CLOSED, SPECIAL_HOLIDAY, SPECIAL_EVENT, SPECIAL_UNPLANNED, SPECIAL_N };
const char *special_kind_name(enum special_kind kind); /* "closed", "holiday", "event", "unplanned" */
bool special_kind_parse(const char *text, enum special_kind *out); /* "special" is read as event */

/* A day that is not like others. scope says whose: a queue's or client's (its volume; closed = no contacts),
   a site's (its pay: holiday premium) or everybody's. `unplanned` marks outages in the past, never used to
   forecast. */
enum special_scope { SCOPE_ALL, SCOPE_CLIENT, SCOPE_QUEUE, SCOPE_SITE, SCOPE_N };
const char *special_scope_name(enum special_scope scope); /* "all", "client", "queue", "site" */
bool special_scope_parse(const char *text, enum special_scope *out);
struct special_day {
    enum special_scope scope;
    int index; /* of the client, queue or site; 0 for SCOPE_ALL */
    int32_t day;
    enum special_kind kind;
    char *name; /* the same name marks the same feast in every year */
};

struct currency {
    char code[4]; /* ISO 4217 */
    double rate;  /* worth of one unit in the operation's currency */
};

struct operation {
    char *name;
    char *zone;       /* the planning zone: a roster week runs Monday 00:00 to Monday 00:00 there */
    int interval_min; /* planning interval */
    char currency[4]; /* money is counted in it */
    struct currency *currencies; /* rates of the others; the operation's own is 1 */
    int n_currencies;
    struct client *clients;
    int n_clients;
    struct queue *queues;
    int n_queues;
    struct site *sites;
    int n_sites;
    struct shift_template *templates;
    int n_templates;
    struct contract *contracts;
    int n_contracts;
    struct agent *agents;
    int n_agents;
    struct time_off *time_off;
    int n_time_off;
    struct special_day *special_days;
    int n_special_days;
};

/* An empty operation (all zero). */
struct operation *operation_new(void);
void operation_free(struct operation *operation);
AUTO_DEFINE(operation, operation_free);

/* Free one kind of part and leave none of it; for readers that replace them. */
void operation_clear_agents(struct operation *operation);
void operation_clear_time_off(struct operation *operation);
void operation_clear_special_days(struct operation *operation);

/* Index of the id in its array, or -1. A linear search. */
int operation_client(const struct operation *operation, const char *id);
int operation_queue(const struct operation *operation, const char *id);
int operation_site(const struct operation *operation, const char *id);
int operation_template(const struct operation *operation, const char *id);
int operation_contract(const struct operation *operation, const char *id);
int operation_agent(const struct operation *operation, const char *id);

bool id_ok(const char *id);

/* Worth of one unit of `code` in the operation's currency; 0 when unknown. */
double operation_currency_rate(const struct operation *operation, const char *code);

/* Is the queue open at the instant / is the site-local day a holiday of the site (scope site or all, kind
 * holiday)? */
bool queue_open_at(const struct queue *queue, const struct zone *zone, int64_t ts);
bool site_holiday(const struct operation *operation, int site, int32_t day);

/* Why no week by itself can keep the contract's rules about days and paid minutes (g_free), or NULL when one
   can. Templates, ranges and lengths are within what operation_check demands. */
char *contract_week_problem(const struct operation *operation, const struct contract *contract);

/* Everything that must hold between the parts: indices in range, min <= max, lengths multiples of the
   interval, breaks that fit into the shortest shift, known zones and currencies, … WFM_ERROR_INPUT names the
   part, the value and what to do. The readers call it; loading from the store does too. */
bool operation_check(const struct operation *operation, GError **error);

#endif
