/*
 * run_exec.h - the work of a run, in a process of its own (wfm work-attempt).
 */
#ifndef WFM_WFM_RUN_EXEC_H
#define WFM_WFM_RUN_EXEC_H

#include "core/store/run.h"
#include "wfm/progress.h"

struct run_limits {
    int jobs;       /* processes and threads at once; 0: one per core */
    long memory_mb; /* address space of a solving process */
};

/* Does what an attempt of the run has to do (store: taken), from what earlier attempts have kept on. Whatever
   it makes is stored together with the run's row that says so, and the last of it together with the end of
   the run: done, or cancelled when a signal stopped it and the best so far was kept. On failure the run is
   still the attempt's: what is to become of it is the worker's business. */
bool run_exec(struct store *store, const struct run_info *run, const struct run_limits *limits,
              struct progress *progress, GError **error);

#endif
