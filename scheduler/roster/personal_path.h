/*
 * personal_path.h - the exact best work of one agent over a window of days, by dynamic programming over
 * (days in a row worked or off, class of the last template, minutes so far, counters).
 *
 * Costs are whole numbers: sums are exact, results the same on every machine, and costs rounded down give a
 * proven bound. Counters (weekends, templates with a maximum) are left out at first and tracked from the
 * moment the best work breaks them; what would not fit into memory is priced by multipliers instead, and the
 * bound stays proven. 28 days, 4 templates: some 0.1 ms; 364 days, 32 templates: some 50 ms.
 *
 * A struct path is the work space of one thread; queries are plain data. Private to scheduler/roster.
 */
#ifndef WFM_SCHEDULER_ROSTER_PERSONAL_PATH_H
#define WFM_SCHEDULER_ROSTER_PERSONAL_PATH_H

#include "scheduler/roster/personal_model.h"

#define PATH_FORBIDDEN (1 << 28)
#define PATH_BEST_MAX 8

/* What stands behind the window. */
enum path_next { PATH_END, PATH_WORK, PATH_OFF };

struct path_query {
    const struct personal_contract *contract;
    int n_tmpl;
    int first_day, n_days; /* the window */
    const int32_t *cost;   /* n_days × (n_tmpl + 1), the last of each day is the day off; PATH_FORBIDDEN */

    bool worked;   /* the day before the window is worked: */
    int class;     /* … by a template of this class */
    int run;       /* worked days in a row before the window */
    bool run_kept; /* a run that contains the window's first day is long enough (an end of the horizon cuts
                      it) */
    int off; /* days off in a row before the window, at most off_min; off_min at the start of the horizon */

    enum path_next next; /* the day behind the window */
    int next_tmpl;       /* PATH_WORK */
    int next_run;        /* length of the run of worked days or of days off that begins there */
    bool next_cut;       /* … an end of the horizon cuts it */
    bool sunday_taken;   /* the day behind is a worked Sunday: its weekend is counted outside already */

    int lo, hi;           /* minutes of the window, in the contract's units */
    int weekends_max;     /* weekends of the window; PERSONAL_FREE */
    int32_t weekend_cost; /* of each of them, >= 0 */
    const int *limit;     /* n_tmpl: shifts of the window; PERSONAL_FREE */
};

/* Which counters bind, remembered from call to call: n_tmpl + 1 bytes, the last for weekends. Zero at first.
 */
typedef uint8_t *path_memory;

struct path_found {
    int64_t cost;
    const uint8_t *work; /* n_days; n_tmpl = off */
};

struct path;
struct path *path_new(void);
void path_free(struct path *path);
AUTO_DEFINE(path, path_free);

/* Up to `want` (at most PATH_BEST_MAX) works in rising cost, the first is the best one. found[].work is valid
   until the next call. *bound: no legal work costs less. Returns how many; 0 when none is legal (*bound is
   then INT64_MAX), or, where counters did not fit, none was found (*bound holds). memory may be NULL. */
int path_solve(struct path *path, const struct path_query *query, int want, path_memory memory,
               struct path_found *found, int64_t *bound);

/* Weekends of the query's window that the work (n_days) works. */
int path_weekends(const struct path_query *query, const uint8_t *work);

/* Dynamic-programming cells visited so far: what the search counts as work. */
int64_t path_work(const struct path *path);

/* The window [from, to) of an agent whose days outside it are `work` (n_days of the model): everything but
   the costs. limit: n_tmpl ints, filled. */
void path_window(const struct personal_model *model, int agent, const uint8_t *work, int from, int to,
                 int *limit, struct path_query *query);

#endif
