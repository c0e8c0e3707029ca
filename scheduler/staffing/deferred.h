/*
 * deferred.h - work that waits for hours, not seconds: email, social, callback, back office. No Erlang, two
 * curves.
 *
 * A(t) is the work that has arrived, U(t) = A(t - due) the work that must be done by t, both in
 * agent-seconds; the clock of `due` runs in opening time only. A staffing with cumulative work C is right
 * when U(t) <= C(t) <= A(t). Oldest first is earliest due date first here, as the whole queue has one due
 * time. Between the grid's instants the curves are straight; what arrives while closed arrives at the next
 * opening. Pure, thread-safe.
 */
#ifndef WFM_SCHEDULER_STAFFING_DEFERRED_H
#define WFM_SCHEDULER_STAFFING_DEFERRED_H

#include <stdbool.h>
#include <stdint.h>

struct deferred {
    int32_t n; /* intervals */
    double interval_s;
    const double *work_s; /* n: agent-seconds of work that arrive, >= 0 */
    const double *open;   /* n: share of the interval that is open, 0..1 */
    double due_s;     /* opening time until it must be done, >= 0; below interval_s means "by the end of the
                         interval" */
    double backlog_s; /* work waiting at the start, due evenly over the first due_s */
};

/* The smoothest work path that meets every due time and finishes what has arrived while open by the end: the
   taut string between the two curves; no other path has a lower peak or less variation. work_s, n:
   agent-seconds done in each interval, 0 when closed. False when there is work but nothing is ever open. O(n)
   in practice. */
bool deferred_smooth(const struct deferred *deferred, double *work_s);

/* What a given capacity does, oldest first. */
struct deferred_result {
    double *due_s;     /* n: work that falls due in the interval */
    double *in_time_s; /* n: the part of it that is done by then */
    double *done_s;    /* n: work done in the interval, whatever its due time */
    double waiting_s;  /* mean opening time until the work is done */
    double backlog_s;  /* left at the end */
};

/* capacity_s, n: agent-seconds available. Fills the arrays of *result, which the caller provides. */
void deferred_serve(const struct deferred *deferred, const double *capacity_s,
                    struct deferred_result *result);

#endif
