/*
 * intraday.h - the best moves for the rest of a day: overtime (a shift ends later, somebody is called in),
 * voluntary time off (a shift ends earlier, or is not worked), breaks at other times.
 *
 * Moves are found one after the other, each the best given those before it, at most one per agent. What a
 * move saves is exact: pay and shortage of the roster before less those after, less what a change costs.
 * Every move keeps all rules by the independent checker: an agent has no more violations after it than
 * before.
 *
 * Pure, thread-safe.
 */
#ifndef WFM_SCHEDULER_ROSTER_INTRADAY_H
#define WFM_SCHEDULER_ROSTER_INTRADAY_H

#include "core/auto.h"
#include "core/plan.h"

enum intraday_kind {
    INTRADAY_EXTEND,  /* overtime: the shift ends later */
    INTRADAY_CALL_IN, /* overtime: a shift on a day off */
    INTRADAY_CUT,     /* voluntary time off: the shift ends earlier */
    INTRADAY_RELEASE, /* … or, not yet begun, is not worked */
    INTRADAY_BREAKS,  /* breaks not yet begun move */
    INTRADAY_KIND_N
};
const char *intraday_kind_name(enum intraday_kind kind); /* "extend", "call in", "cut", "release", "breaks" */

struct intraday_move {
    enum intraday_kind kind;
    int agent;
    struct shift before, after; /* start_ts = end_ts = 0: none */
    double pay;   /* how much more the shifts of the agent cost: pay, overtime, priced rules, wishes */
    double worth; /* how much less is missing */
    double saves; /* worth - pay - price of the change, > 0 */
};

struct intraday_ask {
    int64_t from_ts;  /* what has begun by then stays: starts of shifts, breaks begun, hours worked */
    int64_t notice_s; /* a called-in shift starts no earlier than so long after from_ts */
    double change_price, break_price;
    int most;         /* moves of each planning unit */
    double objective; /* about that of the roster: a guide for prices of service levels over a period */
};

struct intraday {
    struct intraday_move *moves; /* n_moves, by saves, falling */
    int n_moves;
    struct shift *shifts; /* n_shifts: the roster with all moves made, sorted by shift_compare */
    int n_shifts;
};

/* `shifts`: the roster as it is (n, sorted by shift_compare). The problem's demand says what is needed; its
   base is not looked at. The day is the agent's site-local day of from_ts; a shift of the day before that
   still runs counts, too. NULL with the engine's error when the problem cannot be planned. */
struct intraday *intraday_new(const struct plan_problem *problem, const struct shift *shifts, int n,
                              const struct intraday_ask *ask, GError **error);
void intraday_free(struct intraday *intraday);
AUTO_DEFINE(intraday, intraday_free);

#endif
