/*
 * requests.h - what agents ask for: time off, swaps of published shifts; and the rules by which that is
 * decided. Beside store.h, whose words on scopes, transactions and errors hold here too.
 *
 * States change in one direction: what is not in the state a change needs is WFM_ERROR_CONFLICT, which says
 * in what state it is. Whoever changes published shifts holds LOCK_ROSTER.
 */
#ifndef WFM_CORE_STORE_REQUESTS_H
#define WFM_CORE_STORE_REQUESTS_H

#include "core/store/store.h"

/* Who decided. */
enum decided_how { DECIDED_RULE, DECIDED_PLANNER, DECIDED_AGENT, DECIDED_N };
const char *decided_how_name(enum decided_how how); /* "rule", "planner", "agent" */

struct decision {
    enum decided_how how;
    const char *actor;
    const char *reason; /* never NULL */
};

/* --- rules
 * ------------------------------------------------------------------------------------------------------ */

/* See migrations/0022_requests.sql. NULL, 0 (days_max, off_max) and NAN (staffing_min): no matter. */
struct time_off_rule {
    char *site, *contract, *kind;
    bool approve;
    int notice_days, days_max, off_max;
    double staffing_min;
    int credit_min;
    bool otherwise_denied; /* else a planner decides */
};
void time_off_rules_free(struct time_off_rule *rules, int n);
bool store_time_off_rules(struct store *store, struct time_off_rule **out, int *n, GError **error);
/* Replaces all. WFM_ERROR_INPUT: a site or contract that is not there. */
bool store_time_off_rules_save(struct store *store, const struct time_off_rule *rules, int n,
                               const char *actor, GError **error);

struct swap_rule {
    char *site, *contract;
    bool approve;
    int notice_minutes;
    double shortage_max;
    bool otherwise_refused;
};
void swap_rules_free(struct swap_rule *rules, int n);
bool store_swap_rules(struct store *store, struct swap_rule **out, int *n, GError **error);
bool store_swap_rules_save(struct store *store, const struct swap_rule *rules, int n, const char *actor,
                           GError **error);

/* --- time off
 * --------------------------------------------------------------------------------------------------- */

enum request_state { REQUEST_PENDING, REQUEST_APPROVED, REQUEST_DENIED, REQUEST_WITHDRAWN, REQUEST_STATE_N };
const char *request_state_name(enum request_state state);
extern const char *const request_state_names[REQUEST_STATE_N + 1]; /* NULL behind them */
bool request_state_parse(const char *text, enum request_state *out);

struct time_off_request {
    int64_t id;
    char *agent, *agent_name, *site, *contract, *zone; /* zone of the site */
    int64_t start_ts, end_ts, created_ts;
    int64_t decided_ts; /* 0: pending */
    char *kind, *note, *reason;
    int credit_min;
    enum request_state state;
    enum decided_how how; /* unless pending */
    char *decided_by;
    int n_shifts; /* published ones that it touches */
};
void time_off_requests_free(struct time_off_request *requests, int n);

/* Keeps a request of the scope's agent as pending. WFM_ERROR_CONFLICT: another one of theirs, pending or
   approved, lies in the same hours. */
bool store_time_off_ask(struct store *store, const struct scope *scope, int64_t start_ts, int64_t end_ts,
                        const char *kind, const char *note, const char *actor, int64_t *id, GError **error);

/* Approves, denies or withdraws in one transaction. Approved: an absence of the operation from now on, that
   credits credit_min; published shifts in its hours are cancelled (with how DECIDED_RULE they are a
   WFM_ERROR_CONFLICT). An approved request that has not begun by now_ts may be denied or withdrawn: its
   absence goes, its cancelled shifts stay cancelled. Agents: own requests, withdraw only.
   WFM_ERROR_NOT_FOUND. */
bool store_time_off_decide(struct store *store, const struct scope *scope, int64_t id,
                           enum request_state state, int credit_min, const struct decision *decision,
                           int64_t now_ts, GError **error);

/* Why no rule has approved a pending request, for people. */
bool store_time_off_explain(struct store *store, int64_t id, const char *reason, GError **error);

/* Newest first, ids below `before` (0: from the newest); state REQUEST_STATE_N: all; agent NULL: all.
   Planners; agents their own. */
bool store_time_off_requests(struct store *store, const struct scope *scope, const char *agent,
                             enum request_state state, int64_t before, int limit,
                             struct time_off_request **out, int *n, GError **error);
bool store_time_off_request(struct store *store, const struct scope *scope, int64_t id,
                            struct time_off_request **out, GError **error);

/* On how many agents but this one, at most on any local day of the span (in the zone), an absence lies: of
   the site and contract (NULL: all). */
bool store_time_off_peak(struct store *store, const char *site, const char *contract, const char *agent,
                         const char *zone, int64_t start_ts, int64_t end_ts, int *peak, GError **error);

/* What an agent has in [from_ts, to_ts): hours planned and off, by roster week. */
struct balance_week {
    int32_t first_day; /* Monday, in the planning zone */
    int n_shifts, paid_minutes, time_off_days, credit_minutes;
};
struct balance {
    char *zone, *planning_zone, *contract;
    int week_minutes_min, week_minutes_max;
    struct balance_week *weeks;
    int n_weeks;
    double approved_hours, pending_hours, denied_hours; /* of requests that touch the span, elapsed in it */
    int approved, pending, denied;
};
void balance_clear(struct balance *balance);
/* from_day: a Monday; n_weeks roster weeks from it. */
bool store_balance(struct store *store, const struct scope *scope, int32_t from_day, int n_weeks,
                   struct balance *out, GError **error);

/* Rosters that hold some of [start_ts, end_ts): the published ones, and of weeks without one the newest
   draft. *ids: *n, g_free. */
bool store_rosters_of(struct store *store, int64_t start_ts, int64_t end_ts, int64_t **ids, int *n,
                      GError **error);

/* --- swaps
 * ------------------------------------------------------------------------------------------------------ */

enum swap_state {
    SWAP_OPEN,
    SWAP_ACCEPTED, /* waits for a planner */
    SWAP_APPLIED,
    SWAP_DECLINED,
    SWAP_DENIED,
    SWAP_WITHDRAWN,
    SWAP_EXPIRED, /* a shift of it has begun, or is another one by now */
    SWAP_STATE_N
};
const char *swap_state_name(enum swap_state state);
extern const char *const swap_state_names[SWAP_STATE_N + 1]; /* NULL behind them */
bool swap_state_parse(const char *text, enum swap_state *out);

struct swap {
    int64_t id;
    char *agent, *site, *contract, *zone; /* of who offers; contract for planners only, else NULL */
    char *to;                             /* the one colleague it is for, or NULL */
    char *offered_by;                     /* name of who offers, where it is for one colleague */
    char *taker;                          /* NULL: nobody yet */
    int64_t shift, start_ts, end_ts;
    int paid_minutes;
    int n_activities;
    struct activity activities[SHIFT_ACTIVITIES_MAX];
    int64_t return_shift, return_start_ts, return_end_ts; /* what is given for it; 0: nothing (yet) */
    int32_t *days;                                        /* n_days; none: to be taken over */
    int n_days;
    char *note, *reason;
    enum swap_state state; /* as of now_ts of the call that read it */
    enum decided_how how;
    char *decided_by;
    int64_t created_ts, decided_ts, expires_ts;
};
void swaps_free(struct swap *swaps, int n);

struct swap_offer {
    int64_t shift;
    const char *to; /* id of a colleague of the same site, or NULL */
    const int32_t *days;
    int n_days;
    const char *note;
    int64_t expires_ts; /* INT64_MAX: when the shift begins */
};
/* Offers a published shift of the scope's agent that has not begun. WFM_ERROR_NOT_FOUND: no such shift of
   theirs; WFM_ERROR_INPUT: no such colleague; WFM_ERROR_CONFLICT: it is offered already, cancelled or has
   begun. */
bool store_swap_offer(struct store *store, const struct scope *scope, const struct swap_offer *offer,
                      const char *actor, int64_t now_ts, int64_t *id, GError **error);

enum swap_whose { SWAPS_ALL, SWAPS_MINE, SWAPS_FOR_ME };
/* Newest first, ids below `before`. Planners: SWAPS_ALL. Agents: SWAPS_MINE, what they offered or took;
   SWAPS_FOR_ME, what is open to them: offered to them by name, or to everybody of their site where their
   contract has the template and they neither work nor are absent in those hours (a shift of their own on
   that day hinders only what is to be taken over). */
bool store_swaps(struct store *store, const struct scope *scope, enum swap_whose whose, enum swap_state state,
                 int64_t now_ts, int64_t before, int limit, struct swap **out, int *n, GError **error);
/* WFM_ERROR_NOT_FOUND also when the scope's agent has nothing to do with it. */
bool store_swap(struct store *store, const struct scope *scope, int64_t id, int64_t now_ts, struct swap **out,
                GError **error);

/* Who offers takes it back, or the only one it is for declines, or who took it (while a planner decides)
   does: then it is open again. WFM_ERROR_CONFLICT in other states. */
bool store_swap_leave(struct store *store, const struct scope *scope, int64_t id, const char *actor,
                      int64_t now_ts, GError **error);
/* The scope's agent takes an open offer, with a shift of their own (0: none). It waits for a planner then.
   WFM_ERROR_CONFLICT: not open any more; WFM_ERROR_INPUT: a shift is (not) needed, or starts on none of the
   days; WFM_ERROR_NOT_FOUND: no such offer to this agent, no such shift of theirs. */
bool store_swap_take(struct store *store, const struct scope *scope, int64_t id, int64_t own_shift,
                     const char *actor, int64_t now_ts, GError **error);
/* Exchanges the published shifts of an accepted offer: with state SWAP_APPLIED; or SWAP_DENIED. */
bool store_swap_decide(struct store *store, int64_t id, enum swap_state state,
                       const struct decision *decision, int64_t now_ts, GError **error);

#endif
