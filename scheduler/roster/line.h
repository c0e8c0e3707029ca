/*
 * line.h - the kernel: the cheapest line of one agent, a shift or none on each of 7 to 371 days, out of
 * choices with known values.
 *
 * A line is legal when its letters are a path of the automaton (automaton.h) and it keeps: paid minutes per
 * roster week and per period, counters (templates, nights, weekends, days), rest between shifts, start-time
 * arcs per week. Ranges may be hard or priced.
 *
 * Method. A backward pass gives for every (node, minutes) the cheapest way to the end, and so the best line
 * of a relaxation that forgets rest and counters; what this line breaks is tracked from then on, as a further
 * dimension of the labels (decremental state space, Boland et al. 2006): each pass bounds from below, the
 * first legal line is optimal. Counters too many for that stay with labels of a forward search ordered by
 * cost + cheapest way to the end, which also gives the k best. What was tracked is remembered by the caller's
 * line_memory, so that the next call for the same agent starts there; the arcs of one week begin anew each,
 * since what binds in one does not in another.
 *
 * Counters left to the labels get multipliers first (subgradient), which makes the bound of the pass theirs.
 *
 * Measured on one core (2.5 GHz EPYC, shared), random values: one week of 2,688 slots 27 us; 28 days x 18
 * templates x 72 buckets 0.8 ms; 84 days 4 ms; 364 days x 32 templates x 936 buckets 0.45 s exact, 0.25 s
 * LINE_FAST (0.4 % above the bound), a window of 28 days of it 1.1 ms.
 *
 * Private to scheduler/roster. A problem is immutable and may be shared; a `struct line` is the work space of
 * one thread. Results depend on the arguments alone (and on what the memory holds, among lines of equal
 * cost).
 */
#ifndef WFM_SCHEDULER_ROSTER_LINE_H
#define WFM_SCHEDULER_ROSTER_LINE_H

#include "scheduler/roster/automaton.h"

/* A shift that may be worked on a day. */
struct line_choice {
    int day;
    int week;          /* roster week it starts in */
    int minutes;       /* paid, in units of the problem (any unit: minutes / their greatest common divisor) */
    int letter;        /* 1 .. n_letters */
    uint64_t tags;     /* LINE_TAG_FREE << … ; LINE_TAG_WORK and _WEEKEND come from the automaton */
    int rank, release; /* rest, as in struct slot: position of its start among the distinct starts of its day;
                          how many distinct starts of the following days its rest forbids. Both 0 = no rest */
    int start_min;     /* wall clock, 0..1439; for start-time arcs */
};

/* Everything about an agent's line but the values. Arrays belong to the caller. */
struct line_problem {
    const struct line_rules *rules; /* what the automaton was built from */
    const struct line_automaton *automaton;
    const struct line_choice *choices; /* by day */
    int n_choices;
    const int *day_choice;                   /* n_days + 1: first choice of each day */
    const int *day_starts;                   /* n_days: distinct starts of each day; NULL = no rest */
    const uint8_t *allowed;                  /* n_choices: may this agent work it; NULL = all */
    const struct line_range *week_minutes;   /* n_weeks of the rules; NULL = free */
    const struct line_range *period_minutes; /* one; NULL = free */
    const struct line_counter *counters;
    int n_counters;      /* besides those of the automaton */
    int spread_min;      /* starts of one week lie within an arc of so many minutes; 0 or >= 1440 = free */
    double spread_price; /* of a week that does not; 0 = hard */
};

/* What to remember about an agent from call to call: which counters and days of rest bind, multipliers of the
   bound. Optional; belongs to one thread at a time and to one problem. */
struct line_memory;
struct line_memory *line_memory_new(void);
void line_memory_free(struct line_memory *memory);
AUTO_DEFINE(line_memory, line_memory_free);

enum line_effort {
    LINE_EXACT,
    LINE_FAST /* the line is legal but need not be the best; the bound holds all the same */
};

struct line_query {
    const double *value; /* n_choices: cost of working it; INFINITY = not */
    const double *extra; /* n_choices, added to value; NULL = none */
    const double *off;   /* n_days: cost of a day off, INFINITY = must work; NULL = 0 */
    int from, to;        /* only the days [from, to) are chosen, … both 0 = all */
    const int *fixed;    /* n_days: the choices (-1 = off) outside [from, to). They cost what they cost */
    double cutoff;       /* lines that cost this or more are not wanted; INFINITY for none (0 is 0) */
    enum line_effort effort;
    long labels_max; /* of the forward search; 0 = 200,000. Then the answer is not exact */
    long cells_max;  /* counters become dimensions of the pass while it has no more cells; 0 = 500,000 */
    struct line_memory *memory;
};

/* `choice`: k × n_days, by line, the choice on each day or -1; cost: k, ascending. Both the caller's. */
struct line_answer {
    int k; /* lines wanted, at least 1 */
    int *choice;
    double *cost; /* all costs of the line, also of the days outside the window, prices of broken rules
                     included */
    int n;        /* lines found; distinct */
    double bound; /* no legal line costs less (than this or the cutoff). INFINITY: there is none */
    bool
        exact; /* the n lines are the best n below the cutoff, and bound is cost[0] (the cutoff when n = 0) */
};

struct line *line_new(void);
void line_free(struct line *line);
AUTO_DEFINE(line, line_free);

/* The best lines. Returns whether one was found. */
bool line_solve(struct line *line, const struct line_problem *problem, const struct line_query *query,
                struct line_answer *answer);

/* The cheapest line for each set of worked days of one roster week: cost[1 << n] where n = the days of the
   week, at most 9, bit i = its i-th day is worked; INFINITY when none is legal. `choice`: (1 << n) × n_days
   or NULL. Returns n. `query` without window. */
int line_patterns(struct line *line, const struct line_problem *problem, const struct line_query *query,
                  int week, double *cost, int *choice);

/* What a line (choice per day or -1) costs; INFINITY when it breaks a hard rule or takes a choice that is not
   allowed. Counts from the rules, without the automaton or labels. */
double line_cost(const struct line_problem *problem, const struct line_query *query, const int *choice);

#endif
