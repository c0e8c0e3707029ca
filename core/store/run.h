/*
 * run.h - runs: long work somebody asked for, kept in the store until a worker has done it.
 *
 * A run is queued, then held by one worker at a time under a lease it renews, then done, failed or cancelled.
 * Every attempt has a number that only grows; (run, attempt) is the fence: whoever lost the lease cannot
 * write any more, because another attempt is the one at hand or none is. What a run makes is stored in the
 * transaction that says so in its row (store_run_keep, store_run_finish inside store_change_begin), so no
 * run is lost and none is done twice, whichever process dies at whichever moment.
 *
 * Clocks are the server's. Conventions and errors as in store.h.
 */
#ifndef WFM_CORE_STORE_RUN_H
#define WFM_CORE_STORE_RUN_H

#include "core/store/store.h"

enum run_kind { RUN_FORECAST, RUN_STAFF, RUN_ROSTER, RUN_SIMULATE, RUN_PLAN, RUN_REPLAN, RUN_KIND_N };
const char *run_kind_name(enum run_kind kind);
bool run_kind_parse(const char *text, enum run_kind *out);

enum run_state { RUN_QUEUED, RUN_RUNNING, RUN_DONE, RUN_FAILED, RUN_CANCELLED, RUN_STATE_N };
const char *run_state_name(enum run_state state);
bool run_state_parse(const char *text, enum run_state *out);
bool run_state_ended(enum run_state state);

enum run_severity { RUN_INFO, RUN_WARNING, RUN_ERROR, RUN_SEVERITY_N };
const char *run_severity_name(enum run_severity severity);
bool run_severity_parse(const char *text, enum run_severity *out);

struct run_info {
    int64_t id;
    enum run_kind kind;
    enum run_state state;
    char *ask_json, *progress_json, *result_json; /* objects, "{}" when empty */
    int attempt, attempts_max;                    /* attempt: begun so far */
    bool cancel_asked;
    char *worker; /* NULL unless running */
    char *created_by;
    char *error;                       /* NULL unless failed */
    int64_t created_ts, not_before_ts; /* a queued run is not begun before not_before_ts */
    int64_t started_ts, finished_ts;   /* of the latest attempt; 0: not yet */
    int64_t revision;                  /* grows with every change */
    int last_seq;                      /* of its messages; 0: none */
    char *zone;                        /* planning zone */
};
void run_info_clear(struct run_info *run);

struct run_message {
    int seq; /* 1, 2, … in each run */
    int64_t at_ts;
    enum run_severity severity;
    char *text;
};
void run_messages_free(struct run_message *messages, int n);

/* A run keeps so many messages; what is said beyond is dropped. */
#define RUN_MESSAGES_MAX 1000
#define RUN_ATTEMPTS_DEFAULT 3
/* Ended runs are forgotten after so many days. */
#define RUN_KEEP_DAYS 90

/* --- for people: planners only (WFM_ERROR_FORBIDDEN)
 * ------------------------------------------------------------------------------------------------------ */

/* Queues a run and wakes a worker when the transaction commits. ask_json: an object, read by the worker. */
bool store_run_enqueue(struct store *store, enum run_kind kind, const char *ask_json, int attempts_max,
                       const char *actor, int64_t *id, GError **error);
bool store_run_find(struct store *store, const struct scope *scope, int64_t id, struct run_info *out,
                    GError **error);
struct run_filter {
    const char *state, *kind; /* names; NULL: all */
    int64_t before;           /* id < before; 0: from the newest */
    int limit;                /* 0: all */
};
/* Newest first. *out: array of *n, each cleared, then g_free. */
bool store_run_list(struct store *store, const struct scope *scope, const struct run_filter *filter,
                    struct run_info **out, int *n, GError **error);
/* Messages with seq > after, in order, up to limit (0: all). WFM_ERROR_NOT_FOUND. */
bool store_run_messages(struct store *store, const struct scope *scope, int64_t id, int after, int limit,
                        struct run_message **out, int *n, GError **error);
/* A queued run is cancelled at once; a running one is asked to stop, again and again without harm. Ended ones
   are WFM_ERROR_CONFLICT, unless cancelled. */
bool store_run_cancel(struct store *store, int64_t id, const char *actor, GError **error);
/* How many there are, by state. */
bool store_count_runs(struct store *store, store_count_fn add, void *user, GError **error);
/* Queues a failed run again, with as many attempts as a new one has; what it has kept it need not make again.
   WFM_ERROR_CONFLICT in any other state. */
bool store_run_retry(struct store *store, int64_t id, const char *actor, GError **error);

/* --- for workers
 * ------------------------------------------------------------------------------------------------------ */

/* How long a worker holds a run, and how long a run rests after an attempt was lost: backoff_s, then twice,
 * four times … as long, at most RUN_BACKOFF_MAX_S. */
struct run_terms {
    double lease_s, backoff_s;
};
#define RUN_BACKOFF_MAX_S 600.0

/* Takes the oldest run that may be begun, of these kinds (n_kinds 0: all); *found false when there is none.
   Nobody else gets it until the lease is over. */
bool store_run_claim(struct store *store, const char *worker, const char *const *kinds, int n_kinds,
                     const struct run_terms *terms, struct run_info *out, bool *found, GError **error);
/* Renews the lease; progress_json (NULL: as it was) is what people see. *cancel: it is to stop. *held false:
   this attempt has lost the run. */
bool store_run_beat(struct store *store, int64_t id, int attempt, const struct run_terms *terms,
                    const char *progress_json, bool *cancel, bool *held, GError **error);
/* Adds a message, also just after the attempt has ended the run; silently nothing when it has lost it or
   RUN_MESSAGES_MAX are there. */
bool store_run_say(struct store *store, int64_t id, int attempt, enum run_severity severity, const char *text,
                   GError **error);
/* Merges the members of an object into the run's result: what is made already, so that the next attempt need
   not make it again. WFM_ERROR_CONFLICT when the attempt has lost the run: roll back. */
bool store_run_keep(struct store *store, int64_t id, int attempt, const char *result_json, GError **error);
/* The same, and the run has ended as done or cancelled. */
bool store_run_finish(struct store *store, int64_t id, int attempt, enum run_state state,
                      const char *result_json, GError **error);
/* The attempt came to nothing, for the reason given: queued again after a rest when `again` and attempts are
   left, else failed; cancelled when that was asked for. Nothing when the attempt has lost the run. */
bool store_run_lose(struct store *store, int64_t id, int attempt, const char *reason, bool again,
                    const struct run_terms *terms, GError **error);
/* Gives it back: queued at once, and the attempt does not count. */
bool store_run_release(struct store *store, int64_t id, int attempt, const char *reason, GError **error);
/* Attempts whose lease is over are lost. *n: how many. */
bool store_run_sweep(struct store *store, const struct run_terms *terms, int *n, GError **error);
/* Forgets runs that ended more than RUN_KEEP_DAYS ago. */
bool store_run_forget(struct store *store, GError **error);

/* Waits until store_run_enqueue calls, a signal comes or the time is over. For a connection on which nothing
   else waits. Behind a pooler that does not pass calls on, only the time ends it. */
bool store_run_wait(struct store *store, int timeout_ms, GError **error);

#endif
