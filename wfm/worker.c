#include "wfm/worker.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "core/error.h"
#include "wfm/interrupt.h"
#include "wfm/settings.h"
#include "wfm/worker_attempt.h"

#define POLL_MS 2000          /* how soon a run is found when no call comes through */
#define AWAY_MS 1000          /* between attempts to reach the database */
#define FORGET_EVERY_S 3600.0 /* how often old runs are looked for */

struct worker {
    const struct worker_config *config;
    struct store *store;
    double forgot_s;
    bool away; /* and people were told */
};

/* A signal ends the wait. */
static void rest(int ms)
{
    if (interrupt_count() == 0)
        poll(NULL, 0, ms);
}

static void tell_away(struct worker *worker, const GError *error)
{
    if (!worker->away)
        fprintf(stderr, "wfm work: %s; waiting for the database\n", error->message);
    worker->away = true;
}

/* Makes the connection when it is not there. False with *error, or with *again: later may do. */
static bool reach(struct worker *worker, bool *again, GError **error)
{
    g_autoptr(GError) cause = NULL;
    *again = false;
    if (worker->store == NULL)
        worker->store = settings_store_open(worker->config->conninfo, worker->config->is_private, &cause);
    if (cause == NULL) {
        worker->away = false;
        return true;
    }
    if (g_error_matches(cause, WFM_ERROR, WFM_ERROR_STORE) && !worker->config->once) {
        tell_away(worker, cause);
        *again = true;
        return false;
    }
    g_propagate_error(error, g_steal_pointer(&cause));
    return false;
}

/* Looks after what others left, and takes a run. */
static bool take(struct worker *worker, struct run_info *run, bool *found, GError **error)
{
    const struct worker_config *config = worker->config;
    int swept;
    if (!store_run_sweep(worker->store, &config->terms, &swept, error))
        return false;
    if (now_s() - worker->forgot_s >= FORGET_EVERY_S) {
        if (!store_run_forget(worker->store, error))
            return false;
        worker->forgot_s = now_s();
    }
    int n_kinds = config->kinds != NULL ? (int)g_strv_length((char **)config->kinds) : 0;
    return store_run_claim(worker->store, config->name, config->kinds, n_kinds, &config->terms, run, found,
                           error);
}

static void tell(const struct worker *worker, const struct run_info *run, const char *what)
{
    if (!worker->config->quiet)
        fprintf(stderr, "wfm work: run %" G_GINT64_FORMAT " (%s), attempt %d of %d: %s\n", run->id,
                run_kind_name(run->kind), run->attempt, run->attempts_max, what);
}

/* One turn: a run, or a wait for one. False ends the work. */
static bool turn(struct worker *worker, bool *over, GError **error)
{
    const struct worker_config *config = worker->config;
    struct run_info run;
    g_autoptr(GError) cause = NULL;
    bool again, found = false;
    if (!reach(worker, &again, error)) {
        if (again)
            rest(AWAY_MS);
        return again;
    }
    if (take(worker, &run, &found, &cause) && found) {
        tell(worker, &run, "begun");
        const char *ended = worker_attempt(worker->store, config, &run);
        tell(worker, &run, ended);
        run_info_clear(&run);
    } else if (cause == NULL && config->once) {
        *over = true;
    } else if (cause == NULL) {
        store_run_wait(worker->store, POLL_MS, &cause);
    }
    if (cause == NULL)
        return true;
    if (config->once || !g_error_matches(cause, WFM_ERROR, WFM_ERROR_STORE)) {
        g_propagate_error(error, g_steal_pointer(&cause));
        return false;
    }
    tell_away(worker, cause);
    g_clear_pointer(&worker->store, store_close);
    rest(AWAY_MS);
    return true;
}

bool worker_run(const struct worker_config *config, GError **error)
{
    struct worker worker = {.config = config, .forgot_s = -FORGET_EVERY_S};
    bool ok = true, over = false;
    interrupt_catch();
    while (ok && !over && interrupt_count() == 0)
        ok = turn(&worker, &over, error);
    interrupt_release();
    store_close(worker.store);
    return ok;
}
