/*
 * run_row.h - private to core/store/: the row of a run, for those who ask (run_store.c) and those who work
 * (run_work_store.c).
 */
#ifndef WFM_CORE_STORE_RUN_ROW_H
#define WFM_CORE_STORE_RUN_ROW_H

#include "core/store/query.h"
#include "core/store/run.h"

/* What workers listen on. */
#define RUN_CHANNEL "wfm_run"

/* Of a row source named `run`, in the order run_row_read takes them. */
#define RUN_COLUMNS                                                                                          \
    "run.id, run.kind, run.state, run.ask::text, run.progress::text, run.result::text, run.attempt, "        \
    "run.attempts_max, run.cancel_asked, run.worker, run.created_by, run.error, run.created_at, "            \
    "run.not_before, run.started_at, run.finished_at, run.revision, run.last_seq, "                          \
    "coalesce((SELECT o.zone FROM operation o), 'UTC')"

/* run_info_clear. */
void run_row_read(const PGresult *rows, int row, struct run_info *out);

/* The audit row of a change of a run: kind and state, week and roster where there is one, the error. */
bool run_audit(struct store *store, const struct run_info *run, const char *actor, const char *action,
               GError **error);

#endif
