/*
 * progress.h - what is going on: for people on standard error (one line rewritten on a terminal, a plain line
 * every few seconds elsewhere, nothing with --quiet), or for a sink that gets it as figures (runs).
 */
#ifndef WFM_WFM_PROGRESS_H
#define WFM_WFM_PROGRESS_H

#include <glib.h>
#include <stdbool.h>

#include "core/operation.h"

struct progress;

struct progress *progress_new(bool quiet);
/* Wipes the line and frees. NULL is fine. */
void progress_free(struct progress *progress);
AUTO_DEFINE(progress, progress_free);

/* One of several pieces worked on at once: a planning unit. */
struct progress_unit {
    const char *state;       /* "waiting", "running", "done"; static */
    const char *phase;       /* of its search; "" before it has one */
    double objective, bound; /* infinite while not known */
};

/* Where the work is. */
struct progress_state {
    const char *phase;                 /* "forecast", "demand", "solve", "correct", "simulate"; static */
    double share;                      /* done of the present span, 0..1 */
    double objective, bound;           /* of the whole plan; NAN: there is none */
    double elapsed_s, left_s;          /* of the phase; left: at most; NAN: not known */
    const struct progress_unit *units; /* n_units */
    int n_units;
    int n_started; /* of them: have a roster of their own; the others count as if nobody worked */
};

/* What a sink gets, in the calling thread. */
struct progress_sink {
    /* percent of the whole, 0..100; it never goes back. */
    void (*at)(const struct progress_state *at, double percent, void *user);
    void (*note)(bool warning, const char *text, void *user);
    void *user;
};
/* Tells the sink (copied) instead of people. */
struct progress *progress_new_sink(const struct progress_sink *sink);

/* Shows a state that will be replaced; shown at most ten times a second on a terminal, every 5 s elsewhere.
   A sink does not get it. */
void progress_show(struct progress *progress, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* The same, and `at` for a sink. */
void progress_at(struct progress *progress, const struct progress_state *at, const char *format, ...)
    G_GNUC_PRINTF(3, 4);
/* A line that stays ("forecast: 8 queues, 2.1 s"). */
void progress_note(struct progress *progress, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* One that somebody should look at. */
void progress_warning(struct progress *progress, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* From now on shares are of this part of the present span, from..to of it; give what it returns to
   progress_leave. */
struct progress_span {
    double from, to; /* of the whole */
};
struct progress_span progress_enter(struct progress *progress, double from, double to);
void progress_leave(struct progress *progress, struct progress_span outer);

/* What is allowed but hardly meant (operation_warnings), a line each; with --quiet too. */
void progress_warn(const struct operation *operation);

/* Seconds on the monotonic clock. */
double now_s(void);

#endif
