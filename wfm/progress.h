/*
 * progress.h - what is going on, on standard error: one line rewritten on a terminal, a plain line every few
 * seconds elsewhere, nothing with --quiet.
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

/* Shows a state that will be replaced; shown at most ten times a second on a terminal, every 5 s elsewhere.
 */
void progress_show(struct progress *progress, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* A line that stays ("forecast: 8 queues, 2.1 s"). */
void progress_note(struct progress *progress, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* What is allowed but hardly meant (operation_warnings), a line each; with --quiet too. */
void progress_warn(const struct operation *operation);

/* Seconds on the monotonic clock. */
double now_s(void);

#endif
