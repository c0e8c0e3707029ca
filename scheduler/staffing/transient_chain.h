/*
 * transient_chain.h - the distribution of the number in the system over one interval, and what it says.
 * Internal to scheduler/staffing/transient*.c.
 *
 * A state is a window of P(k in the system), k = lo … lo + n - 1, under `servers` agents; and, where agents
 * finish contacts after their time, levels: P(b busy, q waiting) for the b above the agents there are. Two
 * engines take a state through an interval of constant rates.
 */
#ifndef WFM_SCHEDULER_STAFFING_TRANSIENT_CHAIN_H
#define WFM_SCHEDULER_STAFFING_TRANSIENT_CHAIN_H

#include "scheduler/staffing/transient.h"

/* All per second. */
struct chain_rates {
    double arrive, handle, give_up; /* handle and give_up: of one contact */
    double servers;
};

struct chain_state {
    int32_t lo, n;
    double *p; /* n */
    /* level l has first_busy + l busy agents and q = 0 … n_waiting - 1 contacts waiting */
    int32_t first_busy, n_levels, n_waiting;
    double *level; /* n_levels × n_waiting, by level */
};
void chain_clear(struct chain_state *state);
void chain_copy(const struct chain_state *from, struct chain_state *to); /* `to` is cleared before */

/* How far beyond the probable a window reaches, and what is left away at its ends. */
struct chain_precision {
    double sigmas, edge;
};
extern const struct chain_precision chain_precisions[2]; /* by enum transient_engine */

/* Nobody in the system; the steady state. */
void chain_empty(struct chain_state *state);
void chain_steady(struct chain_state *state, const struct chain_rates *rates, double edge);

/* The same people under another staff. before: the servers so far; finish: agents finish their contacts. */
void chain_restaff(struct chain_state *state, double before, double servers, bool finish);

/* Through span_s > 0 seconds: the state becomes that of the end, *mean (cleared before) the mean over time.
 */
void chain_exact(struct chain_state *state, const struct chain_rates *rates, double span_s,
                 struct chain_state *mean);
void chain_fast(struct chain_state *state, const struct chain_rates *rates, double span_s,
                struct chain_state *mean);

/* A window wide enough for the whole span; widened by `more` states on both sides. Levels are kept. */
void chain_widen(struct chain_state *state, const struct chain_rates *rates, double span_s, double sigmas,
                 int32_t more);

/* Cuts off ends and levels that hold less than `edge`, into the neighbour. */
void chain_trim(struct chain_state *state, double edge);

/* Gives up the levels: those on them count as if they were all on duty. For levels that hold next to nobody.
 */
void chain_fold(struct chain_state *state);

/* Half the sum of absolute differences: no probability differs by more. INFINITY with different levels. */
double chain_distance(const struct chain_state *a, const struct chain_state *b);

double chain_waiting(const struct chain_state *state, double servers); /* mean number waiting */

/* Fills a cell but for queue_end from the mean state of its interval. exact: levels to 1e-10, else to 1e-5.
 */
struct chain_goal {
    double threshold_s, short_s;
    bool exact;
};
void chain_cell(const struct chain_state *mean, const struct chain_rates *rates,
                const struct chain_goal *goal, struct transient_cell *out);

#endif
