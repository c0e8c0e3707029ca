/*
 * line_brute.h - random small line problems and their optimum by enumeration, with every rule counted on its
 * own from its wording in core/operation.h and automaton.h.
 */
#ifndef WFM_TESTS_SCHEDULER_LINE_BRUTE_H
#define WFM_TESTS_SCHEDULER_LINE_BRUTE_H

#include "scheduler/roster/line.h"

#define TINY_DAYS 10
#define TINY_CHOICES 40
#define TINY_LETTERS 4
#define TINY_GAPS_MAX 4
#define TINY_PAST 16

/* What a random problem may contain. */
enum tiny_feature {
    TINY_RUNS = 1 << 0,
    TINY_WINDOW = 1 << 1,
    TINY_WEEKENDS = 1 << 2,
    TINY_NIGHTS = 1 << 3,
    TINY_GAPS = 1 << 4,
    TINY_TEMPLATES = 1 << 5,
    TINY_WEEK_DAYS = 1 << 6,
    TINY_PAST_KNOWN = 1 << 7,
    TINY_PRICED = 1 << 8,
    TINY_WEEK_MINUTES = 1 << 9,
    TINY_PERIOD_MINUTES = 1 << 10,
    TINY_COUNTERS = 1 << 11,
    TINY_REST = 1 << 12,
    TINY_SPREAD = 1 << 13,
    TINY_OFF_COST = 1 << 14,
    TINY_STRADDLE = 1 << 15, /* shifts of the next week on a week's last day */
    TINY_TAKEN = 1 << 16
};

struct tiny {
    struct line_rules rules;
    struct line_problem problem;
    struct line_query query;
    struct line_automaton *automaton;
    struct line_letter letters[TINY_LETTERS + 1];
    double gap[TINY_GAPS_MAX][(TINY_LETTERS + 1) * (TINY_LETTERS + 1)];
    int week_last[TINY_DAYS];
    struct line_range week_days[TINY_DAYS], week_minutes[TINY_DAYS], period;
    struct line_run runs[2];
    uint8_t past[TINY_PAST];
    struct line_choice choices[TINY_CHOICES];
    int day_choice[TINY_DAYS + 1], day_starts[TINY_DAYS];
    struct line_counter counters[4];
    double value[TINY_CHOICES], off[TINY_DAYS];
};

/* Fills a random problem; pointers point into it. The automaton is NULL when no sequence of letters is legal.
 */
void tiny_init(struct tiny *tiny, uint64_t seed, unsigned features);
void tiny_clear(struct tiny *tiny);

/* What the letters cost by the rules, each rule by itself; INFINITY = illegal. */
double tiny_rules_cost(const struct line_rules *rules, const uint8_t *letters);
/* What a line costs, letters included. */
double tiny_cost(const struct tiny *tiny, const int *choice);

/* Costs of the `n` cheapest lines that agree with fixed outside [from, to), ascending; returns how many there
   are. fixed may be NULL. */
int tiny_enumerate(const struct tiny *tiny, int from, int to, const int *fixed, double *cost, int n);

#endif
