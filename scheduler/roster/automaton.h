/*
 * automaton.h - the rules about days as a small graph: which sequences of shifts and days off one agent may
 * work, and what broken rules cost.
 *
 * Shifts are told apart by *letters*: 0 is a day without a shift, 1, 2, … classes of shifts the rules see
 * alike (a day shift and a night shift; one class per template where templates forbid each other). A level
 * lies before each day and behind the last; arcs lead from level `day` to level day + 1, one per letter. A
 * path from node 0 of level 0 to any node of the last level is a legal sequence, the costs of its arcs are
 * the prices of the rules it breaks. Nodes with the same future are one node.
 *
 * Rules that would need too many nodes (a window of 26 weekends, of 14 days) come out as *counters*: a number
 * of arcs or shifts over some days with a range. The kernel (line.h) tracks counters only where they bind.
 *
 * How the rules are read where core/operation.h leaves room:
 * - Prices are due where the rule is first broken: every day of a run beyond the maximum, every night too
 *   many; a run too short costs its missing days on the day after it. Days worked beyond a rolling window's
 *   maximum cost one each, on the day worked whose window (the window_days days that end with it) is over
 *   full; a weekend too many likewise, on its first worked day.
 * - Runs that lie wholly in the past are not judged, nor are past days. A run of days off which the past
 *   begins is judged by its whole length; where the past is unknown (LINE_DAY_UNKNOWN or none given) the
 *   first run is kept as short runs go and starts at 0 as long ones go.
 * - A run of worked days that starts on the first day counts as kept (consecutive_days_min), and so does one
 *   that reaches the last day; the same for runs of a template.
 * - days_off_after_nights_min: after two or more night shifts in a row the next shift that is no night must
 *   be that many days off away; days off end the run of nights. Nights again after too few days off break it,
 *   too.
 * - weekend_whole looks at the weekend's days inside the horizon (and the past, where known); a weekend cut
 *   by the end is judged by its days inside.
 *
 * Private to scheduler/roster. Everything is plain data; no function here is tied to struct roster_model.
 */
#ifndef WFM_SCHEDULER_ROSTER_AUTOMATON_H
#define WFM_SCHEDULER_ROSTER_AUTOMATON_H

#include "core/auto.h"
#include "core/operation.h"

#define LINE_LETTERS_MAX 96
#define LINE_DAY_UNKNOWN 255

/* A number must lie in [least, most]; inside that, each unit below lo costs `under`, each above hi `over`.
   least <= lo <= hi <= most; most = INT_MAX is no maximum. */
struct line_range {
    int least, lo, hi, most;
    double under, over;
};
/* lo..hi, hard. */
struct line_range line_range_hard(int lo, int hi);
/* lo..hi where a side with a price may be left at that price a unit, without limit; price 0 = hard. */
struct line_range line_range_priced(int lo, int hi, double under, double over);
/* What n costs, INFINITY outside [least, most]. */
double line_range_cost(const struct line_range *range, int n);

/* Marks on shifts and arcs that counters count. Arcs carry the first two; bits from LINE_TAG_FREE on are the
   caller's, for choices (line.h). */
enum {
    LINE_TAG_WORK = 1,    /* a shift */
    LINE_TAG_WEEKEND = 2, /* the first shift of a weekend */
    LINE_TAG_FREE = 4
};

/* Shifts with any of `tags`, starting on the days [from, to): how many there may be. `tags` are the
   automaton's or the caller's, not both. A choice counts only when `week` is its roster week or -1 (always -1
   for the automaton's tags). */
struct line_counter {
    uint64_t tags;
    int from, to;
    int week;
    struct line_range range;
};

/* What the rules see of a letter. */
struct line_letter {
    bool night;
    bool next_week; /* on a day on which a roster week ends: the shift belongs to the next week already */
    int run;        /* index into rules.runs: shifts of the same run class on days in a row are a run; -1 none
                     */
};

/* Limits on days in a row with the same run class (a template's consecutive_min and _max). 0 = none. */
struct line_run {
    int min, max;
    double price; /* of a shift too few or too many; 0 = hard */
};

/* Which letter may follow which is asked apart for 0, 1, … days off between them, at most so many cases. */
#define LINE_GAPS_MAX 11

/* All numbers 0 = no rule, all prices 0 = hard, as in struct contract. */
struct line_rules {
    int n_days;
    int first_weekday;                 /* of day 0, 0 = Monday */
    int n_letters;                     /* without letter 0 */
    const struct line_letter *letters; /* n_letters + 1, by letter */
    const double *gap[LINE_GAPS_MAX];  /* by days off between two shifts, n_gaps of them, the last for as many
                                          or more; each NULL = all free, or (n_letters + 1)²: what letter b
                                          after letter a costs at [a × (n_letters + 1) + b], INFINITY =
                                          forbidden */
    int n_gaps;
    int n_weeks;
    const int *week_last;               /* n_weeks: the last day of each roster week, ascending */
    const struct line_range *week_days; /* n_weeks, days worked in each, credited days taken off; or NULL */
    const struct line_run *runs;
    int n_runs;
    const uint8_t *past; /* n_past: letters of the days before day 0, the last is the day before it */
    int n_past;
    int taken; /* letter of a published shift on day 0: the day counts as worked for runs and weekends, not
                  for the week, costs nothing and takes no choice; 0 = none */

    int work_min, work_max, off_min, off_max; /* runs */
    double work_min_price, work_max_price, off_min_price, off_max_price;
    int window_days, window_max;
    double window_price;
    uint8_t weekend_days; /* 0 = Saturday and Sunday */
    int weekends_max, weekends_of, weekends_row_max;
    double weekends_price, weekends_row_price;
    bool weekend_whole;
    double weekend_whole_price;
    int nights_row_max, off_after_nights;
    double nights_row_price, off_after_nights_price;

    /* Days outside [first, last] are none of the horizon's own (core/operation.h, above its table of rules);
       a day excused (wholly on time off, not employed) is no day off too many. */
    bool exact;
    int first, last;
    const uint8_t *excused; /* n_past + n_days; NULL = none */

    int nodes_max; /* of a level before rules become counters; 0 = 600 */
};

/* Fills the scalar rules (the last block above) from a contract, prices included. Everything else stays. */
void line_rules_contract(struct line_rules *rules, const struct contract *contract);

/* What the letters of n_days days cost by these rules, counters of the automaton included; INFINITY when a
   hard rule is broken. Walks the rules themselves, not the automaton. */
double line_rules_cost(const struct line_rules *rules, const uint8_t *letters);

/* The same, and the tags of each day's letter into tags[n_days]. */
double line_rules_tags(const struct line_rules *rules, const uint8_t *letters, uint32_t *tags);

struct line_arc {
    int32_t to;   /* node of the next level, -1 = none */
    int32_t head; /* of a shift's arc, -1 of a day off */
    double cost;
};

/* Arcs with the same letter, target and tags end alike: what follows is worked out once for all of them. */
struct line_head {
    int32_t to;
    int32_t letter;
    uint32_t tags;
};

/* Immutable after building; any thread may read it. */
struct line_automaton {
    int n_days, n_letters;
    int *n_nodes;                  /* n_days + 1 */
    struct line_arc **arcs;        /* per day: n_nodes[day] × (n_letters + 1), by node, then letter */
    int *n_heads;                  /* n_days */
    struct line_head **heads;      /* per day: n_heads[day], by letter */
    struct line_counter *counters; /* rules that are counted instead */
    int n_counters;
    bool relaxed; /* a priced rule is in neither nodes nor counters: paths cost at most what they should */
};

/* Builds the automaton; NULL when no sequence is legal. `may`: n_days × (n_letters + 1), can the letter occur
   on the day (letter 0: may the day be off); NULL = everything may. Leaving out what cannot occur makes the
   graph smaller. */
struct line_automaton *line_automaton_new(const struct line_rules *rules, const uint8_t *may);
void line_automaton_free(struct line_automaton *automaton);
AUTO_DEFINE(line_automaton, line_automaton_free);

#endif
