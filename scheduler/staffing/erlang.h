/*
 * erlang.h - Erlang B, C and A for real-valued agents, from nothing to 100,000 agents and beyond.
 *
 * One queue in steady state: contacts arrive at random (Poisson) at rate_per_s, are handled by any of n
 * agents in aht_s on average, wait in one line when all are busy and leave it after patience_s on average
 * (A), or never (C). Agents are real-valued through the Gamma continuation of the sums; it agrees with them
 * at whole numbers.
 *
 * Everything is finite and non-negative, but for the waits of an overloaded Erlang C and the virtual wait
 * without agents, which are INFINITY. Never NAN for finite input. Pure, thread-safe, no allocation. Cost O(1)
 * near the load, O(√(n × max(patience / AHT, 1))) at worst; figures: `wfm-bench erlang`.
 *
 * Sources: Baccelli & Hebuterne 1981 and Palm 1957 (A), Jagerman 1974 (continuation of B), Loader 2000
 * (Poisson probabilities by saddle point), Temme 1979 (tails in constant time). Checked against 40-digit
 * values in tests/scheduler/test_erlang.c.
 */
#ifndef WFM_SCHEDULER_STAFFING_ERLANG_H
#define WFM_SCHEDULER_STAFFING_ERLANG_H

#include "core/operation.h"

/* Erlang B: share of contacts blocked when `load_erl` >= 0 meets `agents` >= 0 lines and nobody can wait. In
   [0, 1]; 1 with no agents. erlang_b_ln is its logarithm, also where the value itself is below 1e-308. */
double erlang_b(double load_erl, double agents);
double erlang_b_ln(double load_erl, double agents);

/* The load at which `agents` > 0 lines block the share `blocking` in (0, 1). 0 for blocking <= 0, INFINITY
 * for >= 1. */
double erlang_b_load(double agents, double blocking);

/* Fewest lines that block at most `blocking` > 0; whole: rounded up to the next whole number. INFINITY when
 * blocking <= 0. */
double erlang_b_required(double load_erl, double blocking, bool whole);

/* Erlang C: ln P(wait > 0); 0 in overload (agents <= load_erl). */
double erlang_c_ln_wait(double load_erl, double agents);

struct erlang_system {
    double rate_per_s;      /* contacts offered per second, >= 0 */
    double aht_s;           /* mean handling time, > 0 */
    double patience_s;      /* mean time to abandonment; <= 0 or INFINITY: nobody abandons (Erlang C) */
    double threshold_s;     /* T of the service level, >= 0 */
    double short_abandon_s; /* abandons within it are left out of SL_EXCL_SHORT, >= 0 */
};

/* Shares are of offered contacts unless said otherwise. The 0/0 rule: with nothing offered service levels are
   1 and all else is 0; where contacts are offered but none can be served, service levels are 0. */
struct erlang_metrics {
    double p_wait;                   /* has to wait at all */
    double in_time;                  /* served within T */
    double sl[SL_DEFINITION_N];      /* by each definition of core/operation.h */
    double counted[SL_DEFINITION_N]; /* what each definition divides by */
    double blocked;                  /* turned away by a full waiting room; 0 without one */
    double abandon;                  /* gives up */
    double abandon_in_time;          /* gives up within T */
    double abandon_short;            /* gives up within short_abandon_s */
    double abandon_excl_short;       /* (abandon - abandon_short) / (1 - abandon_short) */
    double asa_offered_s;            /* mean wait of everybody who is let in, abandoned ones included */
    double asa_answered_s;           /* mean wait of those served: what a switch reports */
    double asa_virtual_s;            /* mean wait of somebody with infinite patience */
    double queue_length;             /* mean number waiting */
    double occupancy;                /* busy share of the agents */
};

/* Erlang C (no patience) or A with `agents` >= 0. */
void erlang_metrics(const struct erlang_system *system, double agents, struct erlang_metrics *out);

/* Only what is asked for, and what costs nothing more; the rest is 0. */
enum erlang_parts {
    ERLANG_SHARES = 0, /* p_wait, abandon and what follows from them */
    ERLANG_LEVELS = 1, /* service levels, counted, abandons within times */
    ERLANG_WAITS = 2,  /* asa_answered_s, asa_virtual_s */
    ERLANG_ALL = 3,
};
void erlang_metrics_of(const struct erlang_system *system, double agents, enum erlang_parts parts,
                       struct erlang_metrics *out);

/* Erlang A or C with a waiting room: at most `capacity` >= agents contacts in the system, further ones are
   turned away (and are misses in SL_OFFERED, SL_VIRTUAL counts only those let in). Agents are real-valued
   too, places to wait whole. By sums over those places, O(capacity - agents). */
void erlang_room_metrics(const struct erlang_system *system, double agents, double capacity,
                         struct erlang_metrics *out);

/* Threshold blending (Bhulai & Koole 2003): unlimited outbound work of the same aht_s, started only while
   more than `idle` agents are idle; inbound contacts that find nobody free wait and may lose patience. Whole
   agents; idle >= 0, from `agents` on nothing outbound is started. *outbound_per_s may be NULL. */
void erlang_blend_metrics(const struct erlang_system *system, int agents, int idle,
                          struct erlang_metrics *out, double *outbound_per_s);

/* Targets that must all hold. */
struct erlang_targets {
    enum sl_definition definition;
    double
        service_level; /* 0 = none; 1 is taken as 1 - 1e-12, since no finite staff serves everybody at once */
    double asa_max_s;  /* mean wait of the answered; 0 = none */
    double abandon_max;   /* 1 = none */
    double occupancy_max; /* 1 = none */
};

/* How far metrics are on the good side of the targets (>= 0: all met, to 1e-12), on a scale close to linear
 * in agents. */
double erlang_margin(const struct erlang_metrics *metrics, const struct erlang_targets *targets);

/* Least agents that meet all targets; whole: the least whole number. 0 with nothing offered. INFINITY when
   not even ERLANG_AGENTS_MAX do. Real-valued answers are exact to 1e-9 (of themselves, above 1). */
#define ERLANG_AGENTS_MAX 1e7
double erlang_required(const struct erlang_system *system, const struct erlang_targets *targets, bool whole);

/* The same search for any margin that grows with agents: least n > 0 with margin(n) >= 0, from a first guess.
 */
typedef double (*erlang_margin_fn)(double agents, const void *user);
double erlang_search(erlang_margin_fn margin, const void *user, double guess, bool whole);
double erlang_search_from(erlang_margin_fn margin, const void *user, double guess, double slope,
                          bool whole); /* slope > 0: of the margin per agent, near the guess */

/* The part all models share: what happens once all agents are busy. `odds`: P(nobody waits and a place is
   free) / P(exactly full); full_rate: contacts finished per second when full. Fills all but blocked and
   occupancy. */
void erlang_waiting(const struct erlang_system *system, double odds, double full_rate,
                    struct erlang_metrics *out);

/* The same with `places` >= 0 to wait in. Fills all but occupancy, blocked too. O(places). */
void erlang_waiting_room(const struct erlang_system *system, double odds, double full_rate, int places,
                         struct erlang_metrics *out);

/* Fills sl, counted and abandon_excl_short (but SL_VIRTUAL) from the shares. */
void erlang_ratios(struct erlang_metrics *out);

/* Metrics between those of two neighbouring whole numbers of agents, for models of whole agents only; f in
   [0, 1]. */
void erlang_mix(const struct erlang_metrics *low, const struct erlang_metrics *high, double f,
                struct erlang_metrics *out);

/* Fills everything for nothing offered, and for no agents at all. */
void erlang_idle(struct erlang_metrics *out);
void erlang_unserved(const struct erlang_system *system, struct erlang_metrics *out);

#endif
