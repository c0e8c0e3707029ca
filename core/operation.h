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
#define PRIORITY_MAX 9
#define SHRINKAGE_MAX 0.95
#define SHRINKAGE_PARTS_MAX 20
#define OVERFLOW_MAX 8
#define BLEND_IDLE_MAX 1000

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

/* Holidays: NULL or empty = none of its own; "none"; else codes of core/feasts.h ("US", "DE-BY", "US, CA").
 */
struct client {
    char *id, *name;
    char *holidays; /* of its customers, for queues that name none */
};

/* A named part of a shrinkage: "adherence" 0.03. What takes an agent away does so whatever else does, so the
   parts of one shrinkage leave the product of (1 - share) at work. */
struct shrinkage_part {
    char *name;   /* an id */
    double share; /* 0..0.95 */
};

struct queue {
    char *id, *name;
    int client;
    enum channel channel;
    char *language; /* BCP 47, e.g. "en", "es-CO" */
    char *zone;     /* of its customers: patterns follow it */
    struct sla sla;
    double patience_s; /* mean time to abandonment; 0 = nobody abandons (Erlang C), or not known, see
                          endless_patience */
    double aht_s;      /* default where history has none */
    int concurrency;   /* contacts one agent handles at once (chat); 1 elsewhere */
    double *
        concurrent_aht_s; /* concurrency values: AHT at 1, 2, … parallel contacts; all aht_s when not given */
    double shrinkage;     /* in-office, unscheduled share (adherence, system trouble), 0..<1 */
    double min_staff;     /* agents at every open interval whatever the load */
    double occupancy_cap;   /* efficiency divisor for deferred work, e.g. 0.90 */
    struct week_span *open; /* opening hours in `zone`; n_open = 0 means around the clock */
    int n_open;
    char *holidays;      /* of its customers; NULL or empty: its client's */
    char *profile_queue; /* id of the queue whose intervals say how a day known by its total spreads; NULL or
                            empty: none */
    double *day_profile; /* n_day_profile weights of equal parts of a day, for the same */
    int n_day_profile;
    struct shrinkage_part *shrinkage_parts; /* what `shrinkage` is made of; none: not said */
    int n_shrinkage_parts;
    bool endless_patience;   /* somebody said that nobody gives up: patience_s is 0, and no estimate of the
                                history replaces it */
    int priority;            /* 0..9; an agent who gets free serves the highest first */
    double overflow_after_s; /* how long a contact waits before it is offered to the agents of the next
                                overflow level, see struct skill; 0 = to all at once */
    bool ring_fence;       /* deferred: the time a plan gives to the queue is set aside, no immediate contact
                              takes it. Else blended: agents work on it while no immediate contact waits */
    int blend_idle;        /* deferred, blended: agents who also serve immediate queues begin a contact only
                              while more than so many of their group are idle */
    char *callback_of;     /* callback: id of the immediate queue whose callers may be called back instead of
                              waiting on; NULL or empty: contacts have their own history */
    double callback_share; /* … share of its contacts that choose that, 0..1; they leave it for
                              this one, with its aht_s */
};

/* "On shift" in a planning interval, for seats and leads: from start to end of a shift of the plan or of the
   published past, breaks, splits and meetings included; an interval begun counts whole. Shifts of an on-call
   template are not on shift: they take no seat and lead nobody. */
struct site {
    char *id, *name;
    char *zone;       /* labour rules follow it */
    char *country;    /* ISO 3166 alpha-2 */
    double shrinkage; /* out-of-office share (sickness, no-show) not known when planning, 0..<1; scales
                         headcount */
    int seats; /* agents on shift here at once, in every planning interval of the horizon; 0 = no limit */
    double seat_price; /* of a seat-hour above it; 0 = hard: then nobody joins an interval that is full,
                          though the published past may overfill it */
    struct shrinkage_part *shrinkage_parts; /* as of a queue */
    int n_shrinkage_parts;
};

/* A split is the long unpaid gap of a split shift; as a break rule it is placed like a meal. */
enum activity_kind {
    ACTIVITY_MEAL,
    ACTIVITY_BREAK,
    ACTIVITY_TRAINING,
    ACTIVITY_MEETING,
    ACTIVITY_SPLIT,
    ACTIVITY_N
};
const char *activity_kind_name(enum activity_kind kind); /* "meal", "break", "training", "meeting", "split" */
bool activity_kind_parse(const char *text, enum activity_kind *out);

/* A meal or break a shift must contain, exactly once. It starts at shift start + k·step_min with
   earliest_min <= offset <= latest_min. Breaks of one shift never overlap. */
struct break_rule {
    enum activity_kind kind; /* meal, break or split */
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
    bool on_call;       /* the agent can be called but works no queue; */
    double on_call_pay; /* … and gets this share of the pay, premiums too. The hours count as paid minutes of
                           the rules; no seat is taken, and leads neither count nor are needed */
};

/*
 * The rules of a contract that can be broken at a price, and the unit the price is for. Every rule is hard
 * unless the contract prices it. scheduler/roster/checker*.c counts by these words and by nothing else.
 *
 * Units are counted on the shifts of the plan; the published past only tells how things stand when it begins.
 * "Planned" is a shift of the plan, a worked day is a day with a shift, planned or published.
 *
 * week_minutes_min, _max, week_days_min, _max: per roster week, the minutes or days missing or too many, time
 * off credited as told at struct time_off. period_*: the same once for the horizon. Its credit is the sum of
 * what the weeks are credited, up to the period's maxima; unpaid days lower period_minutes_min by an average
 * day of it: period_minutes_min / period_days_min, rounded up (by period_days_max where that is 0, by
 * week_days_max × weeks where both are). Of the period's minima the weeks with a day of employment count:
 * minimum × such weeks / weeks of the horizon, rounded down before unpaid days are taken off.
 *
 * consecutive_days_max: one for each planned day on which the run of worked days up to it, published ones
 * included, is longer. consecutive_nights_max: likewise with night shifts on days in a row.
 *
 * consecutive_days_min: the days missing of each run of worked days with a planned day that ends before the
 * last day of the horizon and does not begin on its first; what the published past began counts with all its
 * days.
 * consecutive_days_off_min: the days missing of each run of days off between two shifts.
 * consecutive_days_off_max: one for each day off of the horizon on which the run of days off up to it is
 * longer. A day wholly on time off or outside the employment is not counted, and the count starts anew after
 * it.
 *
 * window_days_max: one for each planned day such that the window that ends with it has more worked days.
 *
 * week_rest_minutes: one for each week without such a span. Shifts reach into the week after theirs.
 *
 * day_off_minutes: one for each run of days off between two shifts that is too short or off its anchor.
 * rest_min_minutes, start_distance_minutes: one for each two shifts that follow each other too closely;
 * (shifts that overlap are never allowed). rotation, successions: one for each two shifts on days in a row.
 *
 * week_nights_max: the nights too many of each week. days_off_after_nights_min: the days missing between the
 * last of two or more night shifts on days in a row and the next shift (a day shift on the day after them:
 * all of them).
 *
 * weekends_max: one for each weekend whose first worked day is planned such that the weekends_of weekends
 * that end with it have more worked ones. consecutive_weekends_max: likewise one for each that is one too
 * many in a row. weekend_whole: one for each weekend that becomes mixed, worked and off, on a day of the
 * horizon; its days before the horizon count as the past tells, those behind it do not.
 *
 * start_spread_max_min: one for each week whose starts leave the arc.
 *
 * template_limits: the shifts missing or too many of each week and of the period; planned days of a run that
 * are too many; days missing of runs that are too short, but for runs that touch the first day of the
 * horizon, the past or the last day. A week's minimum does not bind without a day of employment, the period's
 * counts as those above; both are lowered by the days wholly on time off.
 *
 * Of two shifts in a rule the later one is planned, else it is the past's. The days of the horizon are the
 * site-local days first_day to first_day + 7 × weeks - 1. Where zones differ a shift may start in the horizon
 * on the day before the first or after the last of them: a worked day like others; without one the day before
 * is as the past left it and the day after is not known to be off. Of an agent without any published shift in
 * plan_problem.past it is not known what was before: days off are counted from the first day on, and weekends
 * by their days from there.
 */
/* clang-format off */
#define CONTRACT_RULE_TABLE(X)                                       \
    X(WEEK_MINUTES_MIN,          "week_minutes_min",          "minute")  \
    X(WEEK_MINUTES_MAX,          "week_minutes_max",          "minute")  \
    X(WEEK_DAYS_MIN,             "week_days_min",             "day")     \
    X(WEEK_DAYS_MAX,             "week_days_max",             "day")     \
    X(PERIOD_MINUTES_MIN,        "period_minutes_min",        "minute")  \
    X(PERIOD_MINUTES_MAX,        "period_minutes_max",        "minute")  \
    X(PERIOD_DAYS_MIN,           "period_days_min",           "day")     \
    X(PERIOD_DAYS_MAX,           "period_days_max",           "day")     \
    X(CONSECUTIVE_DAYS_MIN,      "consecutive_days_min",      "day")     \
    X(CONSECUTIVE_DAYS_MAX,      "consecutive_days_max",      "day")     \
    X(CONSECUTIVE_DAYS_OFF_MIN,  "consecutive_days_off_min",  "day")     \
    X(CONSECUTIVE_DAYS_OFF_MAX,  "consecutive_days_off_max",  "day")     \
    X(WINDOW_DAYS_MAX,           "window_days_max",           "day")     \
    X(WEEK_REST_MINUTES,         "week_rest_minutes",         "week")    \
    X(DAY_OFF_MINUTES,           "day_off_minutes",           "run")     \
    X(REST_MIN_MINUTES,          "rest_min_minutes",          "time")    \
    X(START_DISTANCE_MINUTES,    "start_distance_minutes",    "time")    \
    X(ROTATION,                  "rotation",                  "time")    \
    X(WEEK_NIGHTS_MAX,           "week_nights_max",           "night")   \
    X(CONSECUTIVE_NIGHTS_MAX,    "consecutive_nights_max",    "night")   \
    X(DAYS_OFF_AFTER_NIGHTS_MIN, "days_off_after_nights_min", "day")     \
    X(WEEKENDS_MAX,              "weekends_max",              "weekend") \
    X(CONSECUTIVE_WEEKENDS_MAX,  "consecutive_weekends_max",  "weekend") \
    X(WEEKEND_WHOLE,             "weekend_whole",             "weekend") \
    X(START_SPREAD,              "start_spread_max_min",      "week")    \
    X(SUCCESSION,                "successions",               "time")    \
    X(TEMPLATE_LIMIT,            "template_limits",           "shift")
/* clang-format on */
enum contract_rule {
#define X(name, key, unit) CONTRACT_RULE_##name,
    CONTRACT_RULE_TABLE(X)
#undef X
        CONTRACT_RULE_N
};
const char *contract_rule_key(enum contract_rule rule);
const char *contract_rule_unit(enum contract_rule rule);

/* A shift of template `to` may not start on the day after one of template `from`. */
struct succession {
    int from, to;
};

/* How often a contract's agents work a template. Minima and maxima per roster week and per planning period;
   runs are of consecutive days with that template. INT_MAX = no maximum. */
struct template_limit {
    int tmpl;
    int week_min, week_max, period_min, period_max;
    int consecutive_min, consecutive_max; /* runs that touch an end of the horizon are long enough */
};

/* Work rules and pay of a group of agents. A rule is hard unless rule_price names what a unit of breaking it
   costs. A field left at zero is no rule where its comment says "0 = none". "Period" is the planning period:
   the horizon of the plan, one to eight weeks (any length in plan files). "Week" is the roster week: the
   seven days from the start of the horizon in the planning zone; a shift belongs to the week in which it
   starts. "Day" is a local day of the agent's site; a shift belongs to the day on which it starts; at most
   one shift starts on a day. */
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

    int period_minutes_min,
        period_minutes_max; /* paid minutes in the planning period, credits included; max 0 = none */
    int period_days_min, period_days_max; /* worked days in it; max 0 = none */
    int consecutive_days_min; /* every run of worked days is at least this long; how the ends of the horizon
                                 are treated stands above the table of rules; 0 = none */
    int consecutive_days_off_max; /* days off in a row; 0 = none */
    int window_days;              /* rolling window: among any window_days days in a row, published past */
    int window_days_max;          /* included, at most so many are worked; 0 = none */
    int week_rest_minutes;  /* every roster week holds one span without work of at least this length; what
                               lies outside the week is not counted; 0 = none */
    int day_off_minutes;    /* a run of k days off between two shifts lasts at least day_off_minutes + (k - 1)
                               × 1440 from end to start; 0 = none */
    int day_off_anchor_min; /* … and on its first and its last day a span of day_off_minutes without work,
                               wherever it begins and ends between the two shifts, */
    int day_off_flex_min; /* has its middle at most flex (elapsed) from the instant the clock shows the anchor
                             that day; flex >= 1440 = no anchor */
    int start_distance_minutes;    /* from the start of a shift to the start of the next, elapsed; 0 = none */
    bool rotation_forward;         /* on the day after a shift a start may lie at most */
    int rotation_tolerance_min;    /* rotation_tolerance_min earlier by the wall clock than the start before;
                                      minutes of their days are compared: 06:00 is 16 h earlier than 22:00 */
    int consecutive_nights_max;    /* night shifts on days in a row; 0 = none */
    int days_off_after_nights_min; /* days off after a run of night shifts of two or more, before the next
                                      shift; 0 = none */
    int consecutive_weekends_max;  /* worked weekends in a row, published past included; 0 = none */
    uint8_t weekend_days; /* bit 0 = Monday …; 0 = Saturday and Sunday. A weekend is worked when a shift
                             starts on one of them; its days are those between two Wednesdays 00:00 */
    bool weekend_whole;   /* all days of a weekend are worked or none */
    struct succession *successions; /* forbidden from one day to the next */
    int n_successions;
    struct template_limit *limits; /* each template at most once */
    int n_limits;
    double rule_price[CONTRACT_RULE_N]; /* of a unit, in the operation's currency; 0 = the rule is hard */
    int overtime_week_minutes_max; /* paid minutes above week_minutes_max an agent may work in a week (the
                                      rule is broken beyond them). Every paid minute of a week, credit
                                      included, above week_minutes_max is overtime, */
    double overtime_premium;       /* … for which rate × this share is paid on top. Part of the pay */

    double rate;            /* pay for a paid hour, in `currency` */
    char *currency;         /* ISO 4217 */
    double night_premium;   /* added share for paid minutes inside the night window, e.g. 0.10 */
    double holiday_premium; /* added share for paid minutes on a holiday of the site, e.g. 1.00 */
};

struct skill {
    int queue;
    double proficiency; /* speed relative to the queue's AHT, 1 = average; kept for routing and simulation */
    int overflow;       /* 0 = first choice … OVERFLOW_MAX. A contact goes to the free agents of the lowest
                           overflow;       to those of k only when it has waited k × the queue's overflow_after_s.
                           People       write       levels from 1 on: overflow + 1 */
};
/* The order of an agent's skills. For qsort. */
int skill_compare(const void *a, const void *b);

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
    bool lead;                          /* a team lead, see lead_rule */
    int rank;                           /* for wishes: 1 is heard first; 0 = no rank */
    bool optional;     /* need not be employed: with no shift in the whole horizon no contract rule binds, */
    double hire_price; /* … with any shift this is paid once per week of the horizon, operation's currency.
                          Part of the pay */
};

/* A wish: what it costs not to grant it, in the operation's currency. A shift meets it when it starts on the
   day, is of the template (-1: any) and starts by the wall clock in [from_min, to_min) (0, 1440 = any; past
   midnight, on the same day, when to <= from). `off`: every shift of the plan that meets it costs the price.
   Otherwise the price is due once when no shift of the plan or of the published past meets it; asked only for
   the days of the horizon, [first_day, first_day + 7·n_weeks). */
struct preference {
    int agent;
    int32_t day; /* site-local */
    int tmpl;    /* -1 = any */
    bool off;
    int from_min, to_min;
    double price;
};

/* A shift template somebody has to work, or that few may: on the days of the horizon, [first_day, first_day +
   7·n_weeks), whose weekday is in the mask, by site-local day of the start, between min and max shifts of it
   start (at the site; -1: anywhere), those of the published past included. Shifts missing or too many cost a
   price each. Where several rules name the same shifts all count. */
struct headcount_rule {
    int tmpl, site;
    uint8_t weekdays;
    int min, max; /* INT_MAX = no maximum */
    double under_price, over_price;
};

/* Team leads: at the site, in every planning interval of the horizon, one agent marked lead on shift per
   `per_agents` others on shift (begun ones count whole: ceil(others / per_agents - 1e-9)). A missing lead
   costs `price` an hour. Where several rules name a site all count. */
struct lead_rule {
    int site;
    double per_agents;
    double price;
};

/* Fairness over the published past: every night, weekend day or holiday worked costs its price times what the
   agent has worked of them in the last `weeks` weeks beyond the mean of the agents of the same site and
   contract (never below 0). A shift is a night by the contract, a weekend day when it starts on one of its
   weekend_days, a holiday when it starts on a holiday of the site; it may be all three. The last weeks are
   the site-local days from first_day - 7·weeks on; the mean is over all agents of the problem, new ones with
   0 included. Prices 0 = off. */
struct fairness {
    int weeks;
    double night_price, weekend_price, holiday_price;
};

/* A meeting or training session to be placed inside the shifts of its agents, where it costs least. Attending
   time is paid and works no queue. `together`: all at the same time, otherwise each at any time. It starts on
   a planning interval of the horizon, lies in [from_ts, to_ts) and in the horizon, inside a shift that is not
   on call and outside its breaks; a shift holds at most four. Whoever does not get it costs `price`. It is
   asked for in every plan whose horizon its window touches; who has it in the published past (an activity of
   its kind and length in the window) is not asked again. Activities of kind meeting and training carry no
   name: an agent's belong to the meetings of that kind and length whose window holds them, each to at most
   one, in the way that costs least; of a meeting held together only those at the start most of its agents
   share count (the earliest of several). */
struct meeting {
    char *id, *name;
    enum activity_kind kind; /* meeting or training */
    int length_min;
    int64_t from_ts, to_ts;
    bool together;
    double price;
    int *agents;
    int n_agents;
};

/* How wishes by weight become wishes by price: one of weight w by an agent of rank r costs
   w × price × rank_share^(r - 1). An agent without a rank counts like the last rank there is. */
struct wish_rule {
    double price;      /* of a wish of weight 1, operation's currency; 0 = wishes need a price of their own */
    double rank_share; /* above 0, up to 1 (ranks do not matter); 0 = 1 */
};

#define WISH_WEIGHT_MAX 5
struct operation;
double wish_price(const struct operation *operation, int agent, double weight);
/* "Start in the span" as the wish not to start outside of it: turns the span round. */
void wish_outside(struct preference *wish);

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
    int64_t number; /* by which the store knows it; 0: not from there */
};

enum special_kind {
    SPECIAL_CLOSED,
    SPECIAL_HOLIDAY,
    SPECIAL_EVENT,
    SPECIAL_UNPLANNED,
    SPECIAL_OTHER,    /* a day of its own, like a holiday for a queue's volume, but without holiday premium */
    SPECIAL_ORDINARY, /* a day like others, though a list of holidays has it */
    SPECIAL_N
};
/* "closed", "holiday", "event", "unplanned", "special", "ordinary" */
const char *special_kind_name(enum special_kind kind);
bool special_kind_parse(const char *text, enum special_kind *out);

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
    bool has_uplift;
    double uplift; /* what the planner expects of it: 0.25 = a quarter more contacts than without, >= -1 */
    int open_from_min, open_to_min; /* within its opening hours a queue is open only so long on that day, by
                                       the wall clock of its zone; both 0: its usual hours */
    int64_t number;                 /* as of time off */
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
    struct preference *preferences; /* sorted by agent, day */
    int n_preferences;
    struct headcount_rule *headcounts;
    int n_headcounts;
    struct lead_rule *leads;
    int n_leads;
    struct meeting *meetings;
    int n_meetings;
    struct fairness fairness;
    struct wish_rule wishes;
};

/* An empty operation (all zero). */
struct operation *operation_new(void);
void operation_free(struct operation *operation);
AUTO_DEFINE(operation, operation_free);

/* Free what one element holds. */
void client_clear(struct client *client);
void queue_clear(struct queue *queue);
void site_clear(struct site *site);
void shift_template_clear(struct shift_template *tmpl);
void contract_clear(struct contract *contract);
void agent_clear(struct agent *agent);
void time_off_clear(struct time_off *off);
void special_day_clear(struct special_day *special);
void meeting_clear(struct meeting *meeting);

/* Free one kind of part and leave none of it; for readers that replace them. */
void operation_clear_agents(struct operation *operation);
void operation_clear_time_off(struct operation *operation);
void operation_clear_special_days(struct operation *operation);
void operation_clear_preferences(struct operation *operation);
void operation_clear_meetings(struct operation *operation);

/* Index of the id in its array, or -1. A linear search. */
int operation_client(const struct operation *operation, const char *id);
int operation_queue(const struct operation *operation, const char *id);
int operation_site(const struct operation *operation, const char *id);
int operation_template(const struct operation *operation, const char *id);
int operation_contract(const struct operation *operation, const char *id);
int operation_agent(const struct operation *operation, const char *id);
int operation_meeting(const struct operation *operation, const char *id);

bool id_ok(const char *id);

/* The share the parts take together, 1 - Π (1 - share); 0 of none. */
double shrinkage_total(const struct shrinkage_part *parts, int n);

/* Worth of one unit of `code` in the operation's currency; 0 when unknown. */
double operation_currency_rate(const struct operation *operation, const char *code);

/* Is the queue open at the instant / is the site-local day a holiday of the site (scope site or all, kind
 * holiday)? */
bool queue_open_at(const struct queue *queue, const struct zone *zone, int64_t ts);
bool site_holiday(const struct operation *operation, int site, int32_t day);
/* Does one of the weekly spans, by the clock of the zone, hold the instant? No spans: false. */
bool week_spans_hold(const struct week_span *spans, int n, const struct zone *zone, int64_t ts);

/* Codes of the holidays a queue keeps, its own or its client's; "" for none. */
const char *queue_holidays(const struct operation *operation, int queue);

/* Minutes of the template's unpaid meals, breaks and splits. */
int shift_template_unpaid_min(const struct shift_template *tmpl);

/* Order of the preferences of an operation: agent, day, then what they say. For qsort. */
int preference_compare(const void *a, const void *b);

/* Why no week by itself can keep the contract's hard rules about days and paid minutes (g_free), or NULL when
   one can. Templates, ranges and lengths are within what operation_check demands. */
char *contract_week_problem(const struct operation *operation, const struct contract *contract);

/* Everything that must hold between the parts: indices in range, min <= max, lengths multiples of the
   interval, breaks that fit into the shortest shift, known zones and currencies, … WFM_ERROR_INPUT names the
   part, the value and what to do. The readers call it; loading from the store does too. */
bool operation_check(const struct operation *operation, GError **error);
/* The same, and what it found fault with: the message from `prefix` on is about that element, and begins with
   its key as operation.cfg has it when it is about one ("sla.target 3 is …", "breaks 2: …"). */
struct operation_place {
    const char *kind; /* "queue", "time off", …; static; NULL: the operation itself, or several parts */
    int index;        /* in its array */
    size_t prefix;    /* bytes of the message that name the place */
};
bool operation_check_at(const struct operation *operation, struct operation_place *place, GError **error);

/* What is allowed but hardly meant: a text each ("queue acme-voice: shrinkage.lunch = 0.06 would count twice:
   …"), none when all is well. The operation has passed operation_check. g_ptr_array_unref. */
GPtrArray *operation_warnings(const struct operation *operation);

#endif
