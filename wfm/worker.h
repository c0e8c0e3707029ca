/*
 * worker.h - takes runs from the store and has each done by a child process (`wfm work-attempt`), which may
 * crash, be killed or run out of memory without harm to anything but that attempt.
 *
 * The worker holds the run: it renews the lease, writes the progress and the messages the child tells, passes
 * a request to cancel on (SIGINT: the child keeps the best it has), and says what becomes of an attempt that
 * failed. What the child makes it stores itself (wfm/run_exec.h). A database that is away for a while harms
 * neither. One run at a time.
 */
#ifndef WFM_WFM_WORKER_H
#define WFM_WFM_WORKER_H

#include "core/store/run.h"
#include "wfm/run_exec.h"

struct worker_config {
    const char *conninfo;
    bool is_private;          /* of the private server: an empty one is brought to the schema */
    const char *name;         /* unique among workers, as people see it */
    const char *const *kinds; /* NULL-terminated; empty: all */
    struct run_limits limits;
    struct run_terms terms;
    double
        drain_s; /* at a signal: so long the run at hand may take to end by itself; then it is given back */
    bool once;   /* ends when no run waits */
    bool quiet;
};

/* Works until SIGINT or SIGTERM, or until nothing waits. While the database is away it waits for it, unless
   `once`. WFM_ERROR_SCHEMA, WFM_ERROR_STORE. */
bool worker_run(const struct worker_config *config, GError **error);

#endif
