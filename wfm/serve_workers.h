/*
 * serve_workers.h - the workers `wfm serve` has on its own machine: child processes (`wfm work-served`),
 * started again when they die, and ended with the service.
 */
#ifndef WFM_WFM_SERVE_WORKERS_H
#define WFM_WFM_SERVE_WORKERS_H

#include <glib.h>

#include "core/auto.h"

struct serve_workers;

/* Starts n (0: none). quiet: they say nothing but what goes wrong. */
struct serve_workers *serve_workers_new(const char *conninfo, int n, gboolean quiet);
/* Looks after them; to be called a few times a second. */
void serve_workers_tend(struct serve_workers *workers);
/* Ends them: each may bring the run at hand to its end, or gives it back (wfm work, --drain). NULL is fine.
 */
void serve_workers_free(struct serve_workers *workers);
AUTO_DEFINE(serve_workers, serve_workers_free);

#endif
