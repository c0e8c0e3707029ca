/*
 * worker_attempt.h - one attempt of a run: its child process from start to end.
 */
#ifndef WFM_WFM_WORKER_ATTEMPT_H
#define WFM_WFM_WORKER_ATTEMPT_H

#include "wfm/worker.h"

/* Has the attempt done that store_run_claim has just begun, and settles what becomes of the run. Returns what
   happened, in words; static. */
const char *worker_attempt(struct store *store, const struct worker_config *config,
                           const struct run_info *run);

#endif
