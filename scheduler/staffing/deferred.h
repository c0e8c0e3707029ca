/*
 * deferred.h - work that waits for hours, not seconds: email, social, callback, back office. No Erlang, two
 * curves.
 *
 * A(t) is the work that has arrived, U(t) the work that must be done by t, both in agent-seconds; the clock
 * of dues and ages runs in opening time only. A staffing with cumulative work C is right when U(t) <= C(t) <=
 * A(t): whoever works takes what is due first, which for one due time is oldest first. Dues are kept to the
 * instants of the grid (never later than promised); between them the curves are straight; what arrives while
 * closed arrives at the next opening. Pure, thread-safe.
 */
#ifndef WFM_SCHEDULER_STAFFING_DEFERRED_H
#define WFM_SCHEDULER_STAFFING_DEFERRED_H

#include <stdbool.h>
#include <stdint.h>

/* Work that waits at the start and when it is due, in opening time from then; <= 0: overdue, to be done
   before all else. */
struct deferred_lot {
    double due_s, work_s;
    double until_s; /* > due_s: it falls due evenly between the two; else all of it at due_s */
    bool done;      /* before the start already: it only counts as in time when it falls due */
};

/* Further work the same people do, with another promise. */
struct deferred_class {
    const double *work_s; /* as in struct deferred */
    double due_s;
};

struct deferred {
    int32_t n; /* intervals */
    double interval_s;
    const double *work_s; /* n: agent-seconds of work that arrive, >= 0 */
    const double *open;   /* n: share of the interval that is open, 0..1 */
    double due_s;     /* opening time until it must be done, >= 0; below interval_s means "by the end of the
                         interval" */
    double backlog_s; /* work waiting at the start, due evenly over the first due_s */
    const struct deferred_lot *lots; /* … and work waiting with its own dues, in any order */
    int n_lots;
    const struct deferred_class *more; /* further classes */
    int n_more;
};

/* The smoothest work path that meets every due time and finishes what has arrived while open by the end: the
   taut string between the two curves; no other path has a lower peak or less variation. Overdue work is
   spread over the first due_s. work_s, n: agent-seconds done in each interval, 0 when closed. False when
   there is work but nothing is ever open. O(n) in practice. */
bool deferred_smooth(const struct deferred *deferred, double *work_s);

/* What a given capacity does, earliest due first. Arrays are the caller's; those that may be NULL are not
   filled then. */
struct deferred_result {
    double *due_s; /* n: work that falls due in the interval; what was overdue at the start is not counted */
    double *in_time_s; /* n: the part of it that is done by then */
    double *done_s;    /* n: work done in the interval, whatever its due time */
    double waiting_s;  /* mean opening time until the work is done */
    double backlog_s;  /* left at the end */
    double *left_s; /* n or NULL: work waiting at the end of the interval, what came while closed included */
    double *late_s; /* n or NULL: the part of it that is overdue */
    double *oldest_s; /* n or NULL: opening time the oldest of it has waited; 0 when nothing waits */
    double *class_due_s, *class_in_time_s; /* 1 + n_more or NULL: the sums of due_s and in_time_s of each
                                              class, lots with the first */
};

/* capacity_s, n: agent-seconds available. */
void deferred_serve(const struct deferred *deferred, const double *capacity_s,
                    struct deferred_result *result);

/* What deferred_serve leaves undone at the end, as lots of a grid that begins there; *n of them, g_free. Of
   the first class and the lots; with what came while closed. */
struct deferred_lot *deferred_leave(const struct deferred *deferred, const double *capacity_s, int *n);

#endif
