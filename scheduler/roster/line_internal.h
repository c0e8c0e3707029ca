/*
 * line_internal.h - the work space of line.h, shared by its parts:
 *
 *   line_plan.c    what a call works on: window, picks, classes of rest
 *   line_counters.c  tracked counters
 *   line_spread.c  start-time arcs
 *   line_weeks.c   … over several weeks
 *   line_range.c   minutes that labels can hold
 *   line_pass.c    the backward pass over (node, rest, counters, minutes)
 *   line_search.c  the forward search with labels for what the pass does not track; the k best
 *   line_cost.c    what a line costs, what it breaks
 *   line.c         the loop that tracks what the best line breaks
 *
 * Levels and days: level l lies before day l. Days outside [a, b) are fixed.
 */
#ifndef WFM_SCHEDULER_ROSTER_LINE_INTERNAL_H
#define WFM_SCHEDULER_ROSTER_LINE_INTERNAL_H

#include <limits.h>
#include <math.h>
#include <string.h>

#include "scheduler/roster/line.h"

#define LINE_TRACKED_MAX 16 /* counters that are dimensions of the pass */

#define LINE_ARCS_MAX 288
/* A set of start-time arcs. */
struct line_arcs {
    uint64_t bits[(LINE_ARCS_MAX + 63) / 64];
};

/* What the minutes of a label count. */
enum line_axis {
    LINE_AXIS_NONE,
    LINE_AXIS_WEEK,   /* of the open week, 0 again when it closes */
    LINE_AXIS_PERIOD, /* from the start of the period */
    LINE_AXIS_BOTH    /* of the open week; those of closed weeks are a dimension of their own (q) */
};

/* A choice as the pass sees it: the best of its kind. */
struct line_pick {
    double value;
    int32_t choice;
    int32_t minutes;
    int32_t rank, release; /* 0 where the boundary before, behind the day is not tracked */
    int16_t read, write;   /* classes of rest on the levels before, behind the day */
    uint16_t effect;       /* bit i: counts for tracked counter i */
    uint8_t letter;
    bool next_week; /* starts behind the end of the week that closes on its day */
};

struct line_tracked {
    const struct line_counter *counter;
    int index;
    int cap;         /* counts beyond are as this one */
    int base;        /* fixed before the window */
    double price;    /* of a loose hard limit: added for each it counts (Lagrangian multiplier) */
    int most;        /* before the window's end; INT_MAX = none */
    int *low, *high; /* n_days + 1, by level: counts below low, above high are as these */
    int room;
    bool loose; /* counted by the labels of the forward search, no dimension of the pass */
};

/* What a day does to the counters of a label, for one set of counters hit: from outer index to outer index.
 */
struct line_map {
    uint16_t effect;
    int *to; /* outer of the level before, -1 = forbidden */
    double *cost;
};

struct line_level {
    int base;    /* of its nodes in least, most, at */
    int week;    /* open at the level; n_weeks = none */
    bool closes; /* the open week closes on the day behind the level */
    int n_rest;  /* classes of rest */
    int *owed;   /* n_rest, ascending from 0 */
    int room_owed;
    int *off_rest; /* n_rest: class on the next level after a day off */
    int n_outer;   /* counts of tracked counters */
    int q_lo, n_q; /* minutes of closed weeks (LINE_AXIS_BOTH); 0, 1 elsewhere */
    int first_map, n_maps;
};

/* A label's place. */
struct line_state {
    int level, node, rest, outer, q, minutes;
};

/* A way from a state to the next level. */
struct line_step {
    struct line_state to;
    int choice;      /* -1 = off */
    uint16_t effect; /* tracked counters it counts for */
    double cost;     /* of the day */
    double togo;     /* from there to the end */
};

struct line_head_row {
    int lo, hi; /* minutes it holds; lo > hi: none */
    size_t at;
};

/* Counts and minutes of the days outside the window. */
struct line_fixed {
    int node;       /* at level a */
    double cost;    /* of all fixed days and of the weeks closed there, without what the pass counts */
    int owed;       /* rest owed at level a */
    int week;       /* minutes of the week open at level a, before a */
    int period;     /* minutes before a; in closed weeks where the axis is both */
    int week_end;   /* minutes behind b of the week open at level b */
    int period_end; /* minutes behind b */
    int allow;      /* rest that may be owed at level b */
};

/* What follows a border of two blocks (line_weeks.c), by node, rest owed and counts of shared counters:
   `after` where nothing of the block's week has been worked, `exit` where its first shift starts on the day
   the week before ends on. Places in line_weeks.cost. */
struct line_border {
    size_t after, exit;
    int width_after, width_exit; /* rest owed */
    int n_after, n_exit;         /* counts of the shared counters */
};

/* One roster week in the window. */
struct line_block {
    bool on, last;
    int week, from, to;
    int arc;        /* that the line takes */
    double skipped; /* least bound of an arc that was not passed */
    int entry;      /* day before `from` with shifts of both weeks; -1 = none */
    size_t reach;   /* place of its first arc in line_weeks.reach */
    struct line_border border, next;
};

/* A start of a day. */
struct line_reader {
    int rank, week, start_min;
};

struct line_memory {
    int n_days;
    bool *tracked; /* n_days + 1 */
    int counters[LINE_TRACKED_MAX];
    double price[LINE_TRACKED_MAX]; /* multipliers, of loose ones */
    int n_counters;
    int shared[LINE_TRACKED_MAX]; /* line_weeks.c */
    int n_shared;
    uint8_t *rest; /* line_weeks.rest; NULL at first */
    int rest_age;
    double miss; /* of the relaxed cost over the best line's; 0 = not known */
    int age;
};

struct line {
    const struct line_problem *problem;
    const struct line_query *query;
    const struct line_automaton *automaton;
    const struct line_rules *rules;
    int n_days, n_letters, n_weeks;
    int a, b;
    bool merge; /* is the best pick of each kind enough? */
    enum line_axis axis;
    struct line_level *levels; /* n_days + 1 */
    int room_levels;
    bool *rest; /* n_days + 1: is rest owed remembered at the level? */
    struct line_tracked tracked[LINE_TRACKED_MAX];
    int n_tracked, n_loose;
    uint16_t dense; /* bit i: tracked counter i is a dimension of the pass */

    struct line_pick *picks; /* by day, then letter */
    int n_picks, room_picks;
    int *pick_at; /* (n_days × (n_letters + 2)) */
    int room_pick_at;
    struct line_kind {
        uint64_t stamp; /* of the day's list it is in */
        int pick;
    } * kinds; /* hash of kinds */
    uint64_t stamp;
    struct line_map *maps;
    int n_maps, room_maps;
    int *map_to;
    double *map_cost;
    size_t room_map;

    int *least, *most; /* by node: minutes of labels on a way through */
    size_t *at;        /* by node: its labels */
    double *end;       /* by node of level b: cost of the fixed days behind */
    int *end_count;    /* by node of level b × n_tracked: counts of the fixed days behind */
    int room_nodes, room_end;
    double *label;
    size_t room_label, n_label;
    double *head;
    size_t room_head;
    struct line_head_row *rows;
    int room_rows;
    double *close; /* rows of a day on which a week closes */
    size_t room_close;
    int close_width;

    struct line_spread {
        bool on;     /* do arcs bind at all, at no price? */
        bool alone;  /* are all choices in one week? Each arc is a problem of its own then */
        int arc;     /* the one arc all choices must start in, -1 = any */
        int size;    /* how many starts it holds, where `begins` is made; 0 else */
        int *begins; /* by day of the window, then start and one behind: first choice from that start on, -1
                        where the choices of the day are not in order of start */
        int room_begins;
        int n; /* arcs that begin at a start of the problem */
        int from[LINE_ARCS_MAX];
        int16_t place[DAY_MIN];                /* of each minute among them, -1 = no start */
        struct line_arcs cover[LINE_ARCS_MAX]; /* by start: the arcs that hold it */
        bool *weeks;                           /* n_weeks + 1: are the arcs of the week enumerated? */
        struct line_arcs *open;                /* n_weeks + 1: arcs that hold all fixed starts of the week */
        int room;
        double *least; /* labels of a week: least over its arcs */
        size_t room_least;
    } spread;
    struct line_weeks {
        int a, b; /* the window */
        struct line_fixed fixed;
        struct line_block *blocks;
        int n, room_blocks;
        int *owed_max; /* by level */
        int room_levels;
        struct line_reader *starts; /* by day */
        int n_starts, room_starts;
        int *start_at;
        int room_days;
        int shared[LINE_TRACKED_MAX]; /* counters over several weeks; the first that are tracked */
        int n_shared;
        double *best; /* by start, day of the window, letter: least value */
        size_t room_best;
        double *reach; /* by block, arc: relaxed cost to the nodes of the last two levels */
        size_t room_reach;
        double *end; /* by node of level b */
        int room_end;
        double *now, *next, *least; /* work space */
        size_t room_now;
        double limit;        /* arcs bounded by no less are not passed */
        uint8_t *rest, *own; /* by week, arc: is rest tracked on all its days? The memory's, or its own */
        int room_own;
        double *cost; /* of the borders */
        int16_t *arc; /* … and the arc that gave it */
        size_t n_cost, room_cost;
    } weeks;
    struct line_block block; /* the one at hand */
    struct line_fixed fixed;
    int *line; /* n_days: the line found */
    int room_line;
    struct line_step *steps; /* of one day */
    int room_steps;
    struct line_label *labels; /* of the forward search */
    long room_labels;
    int *heap, *table;
    long room_heap;
};

/* Cells of a pass the tracked counters may multiply it to. */
#define LINE_CELLS_MAX 500000
#define LINE_OUTER_MAX 1024 /* … and combinations of their counts, roughly */

#define GROW(array, room, need)                                                                              \
    do {                                                                                                     \
        if ((need) > (room)) {                                                                               \
            (room) = (need) + (need) / 2;                                                                    \
            (array) = g_realloc_n((array), (gsize)(room), sizeof *(array));                                  \
        }                                                                                                    \
    } while (0)

static inline const struct line_arc *line_arc_of(const struct line *line, int day, int node, int letter)
{
    return &line->automaton->arcs[day][node * (line->n_letters + 1) + letter];
}

/* NULL for a day off. */
static inline const struct line_choice *line_fixed_choice(const struct line *line, int day)
{
    int choice = line->query->fixed[day];
    return choice < 0 ? NULL : &line->problem->choices[choice];
}

static inline const struct line_arc *line_arcs_of(const struct line *line, int day, int node)
{
    return &line->automaton->arcs[day][node * (line->n_letters + 1)];
}

static inline bool line_closes(const struct line *line, int day)
{
    return line->levels[day].closes && (line->axis == LINE_AXIS_WEEK || line->axis == LINE_AXIS_BOTH);
}

static inline const struct line_range *line_week_range(const struct line *line, int level)
{
    return &line->problem->week_minutes[line->levels[level].week];
}

static inline double line_off_cost(const struct line *line, int day)
{
    if (day == line->block.entry)
        return INFINITY;
    return line->query->off == NULL ? 0 : line->query->off[day];
}

/* ---- line_plan.c ---- */

/* Sets up everything that does not change between passes; false when the fixed days are illegal. */
bool line_plan(struct line *line, const struct line_problem *problem, const struct line_query *query, int k);
/* Picks, classes of rest and counter maps for what is tracked now; before each pass. */
void line_plan_pass(struct line *line);
/* Levels of the window: their weeks and nodes. */
void line_plan_levels(struct line *line);
/* Counts beyond are as this one. */
int line_counter_cap(const struct line_counter *counter);
/* Starts tracking a counter; false when there is no room. */
bool line_track(struct line *line, int counter, bool loose);
const struct line_counter *line_counter_at(const struct line_problem *problem, int index);
int line_n_counters(const struct line_problem *problem);
bool line_counts(const struct line_counter *counter, const struct line_choice *choice, uint32_t tags);
double line_value(const struct line_query *query, int choice);
/* Tracked counters that the automaton's tags hit on a day. */
uint16_t line_tag_effect(const struct line *line, int day, uint32_t tags);
/* Prices of the loose counters hit. */
double line_effect_price(const struct line *line, uint16_t effect);
/* Index of the map of a day for the counters hit. */
int line_find_map(const struct line *line, int day, uint16_t effect);
/* Count of tracked counter i that an outer index of a level stands for. */
int line_outer_count(const struct line *line, int level, int outer, int i);
/* Outer index of counts of the tracked counters. */
int line_outer_of(const struct line *line, int level, const int *count);

/* ---- line_counters.c ---- */

/* Tracked counters a choice (with the automaton's tags) hits. */
uint16_t line_effect_of(const struct line *line, const struct line_choice *choice, uint32_t tags);
/* Counts of the fixed days before the window. */
void line_count_fixed(struct line *line);
/* Costs and counts of the fixed days behind it, by the node at its end. */
void line_walk_ends(struct line *line);
/* Outer sizes of the levels and the maps between them; the picks are there. */
void line_plan_maps(struct line *line);

/* What a range costs when its counter closes at n; what lies above has been paid before. */
double line_counter_close(const struct line_range *range, int n);

/* ---- line_pass.c ---- */

/* Fills the labels; returns the least cost from the start to the end (fixed.cost included). */
double line_pass(struct line *line);
/* Cost of the fixed days, and of what tracked counters owe to those before the window. */
double line_base_cost(const struct line *line);
/* Cells of the coming pass. Sets up the ranges. */
size_t line_pass_size(struct line *line);
struct line_state line_start(const struct line *line);
double line_togo(const struct line *line, const struct line_state *state);
/* All ways from a state, into steps (room for every pick of the day and one); returns how many. */
int line_steps(const struct line *line, const struct line_state *state, struct line_step *steps);
/* The best line of the pass, into line->line; its counts of tracked counters into count. */
void line_trace(struct line *line, int *count);

/* Sets up and fills the labels of the block at hand. */
void line_pass_block(struct line *line);
/* What it costs to leave the day the block ends on to the next block, its week's minutes not counted;
   INFINITY elsewhere. */
double line_exit_cost(const struct line *line, const struct line_state *state);
/* Labels of the days [from, to), those of level `to` given. */
void line_pass_days(struct line *line, int from, int to);
/* Picks of the days [from, to) behind the others, only those of the arc, the best of each kind. */
void line_plan_arc(struct line *line, int from, int to, int arc);

/* ---- line_spread.c ---- */

/* Choices [from[i], to[i]), ascending. */
struct line_spans {
    int n, from[2], to[2];
};
/* Choices of a day, all that the arc holds (-1 = any) among them. */
struct line_spans line_spread_spans(const struct line *line, int day, int arc);

/* Sets up the arcs; false when the fixed starts of a week lie in none. */
bool line_spread_plan(struct line *line);
static inline bool line_spread_holds(const struct line *line, int arc, int start_min)
{
    int ahead = start_min - line->spread.from[arc];
    return (ahead < 0 ? ahead + DAY_MIN : ahead) <= line->problem->spread_min;
}
/* Labels of the days [from, to) of a week whose arcs are enumerated: the least over its arcs. */
void line_spread_week(struct line *line, int from, int to);
/* Is the arc one the week must try? */
bool line_spread_tries(const struct line *line, int week, int arc);
/* One roster week: every arc by itself, in the order of a bound. */
void line_spread_solve(struct line *line, struct line_answer *answer, double cutoff);
/* Passes until the best line breaks nothing (line.c). */
void line_solve_loop(struct line *line, struct line_answer *answer, double cutoff);
bool line_arcs_any(const struct line_arcs *arcs);
bool line_arcs_within(const struct line_arcs *a, const struct line_arcs *b); /* a is a subset of b */
void line_arcs_meet(struct line_arcs *a, const struct line_arcs *b);
/* Is the week's spread kept by these choices? */
bool line_spread_kept(const struct line *line, const int *choice, int week);

/* ---- line_weeks.c ---- */

/* Can the best line be looked for week by week and arc by arc? */
bool line_weeks_fits(const struct line *line);
/* Looks for it. False when what reaches over weeks keeps it from being sure; the bound holds all the same. */
bool line_weeks_solve(struct line *line, struct line_answer *answer, double cutoff);
/* Rest owed at a level of the block at hand, as far as its starts tell it apart. */
int line_block_round(const struct line *line, int level, int owed);
/* What follows the block at hand: behind its last day; when that day is the next block's. `outer`: of the
   level behind the day, before it. */
double line_block_after(const struct line *line, int node, int owed, int outer);
double line_block_exit(const struct line *line, int node, int owed, int outer);
/* Does anything follow the node there? */
bool line_block_leads(const struct line *line, int node, bool exit);

/* Nothing is tracked any more (line.c). Arcs of one week begin so: what binds in one does not in another. */
void line_forget(struct line *line);

/* ---- line_search.c ---- */

/* What a line breaks that is not tracked, or is not charged for. */
enum line_found {
    LINE_KEEPS,
    LINE_TRACKS_MORE, /* tracked from now on */
    LINE_STUCK        /* it cannot be tracked */
};

/* Best first over what the last pass left: fills the answer up to its k; LINE_TRACKS_MORE when a line on the
   way breaks what was not tracked (the answer is then empty). */
enum line_found line_search(struct line *line, double cutoff, struct line_answer *answer);
/* A few labels a day: into line->line a line that keeps what is tracked but need not be the best; false when
   it finds none. */
bool line_beam(struct line *line, double cutoff, int width);

/* ---- line_cost.c ---- */

/* Starts tracking what the line breaks. */
enum line_found line_check(struct line *line, const int *choice);
/* First day from `from` on whose shift leaves too little rest before the next, on day *next; -1 = none. */
int line_rest_broken(const struct line_problem *problem, const int *choice, int from, int *next);
/* Tags of the days of a line by the automaton, into n_days. */
void line_walk_tags(const struct line *line, const int *choice, uint32_t *tags);
/* How many shifts of a line a counter counts. `tags`: n_days, the automaton's. */
int line_count(const struct line_problem *problem, const struct line_counter *counter, const int *choice,
               const uint32_t *tags);

#endif
