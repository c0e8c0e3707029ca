#include "config.h" /* GNU extensions */

#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "core/error.h"
#include "wfm/commands.h"
#include "wfm/run_exec.h"
#include "wfm/run_lines.h"
#include "wfm/settings.h"

#define SAY_EVERY_S 0.2
/* Beside what a solving process may take: stacks and arenas of each thread. */
#define MEMORY_PER_THREAD_MB 256

struct saying {
    double start_s, last_s;
    char phase[16];
    struct run_trace trace;
};

static void say(char *line)
{
    fputs(line, stdout);
    fflush(stdout);
    free(line);
}

/* A new phase is always told. */
static void say_at(const struct progress_state *at, double percent, void *user)
{
    struct saying *saying = user;
    double now = now_s();
    if (now - saying->last_s < SAY_EVERY_S && g_str_equal(at->phase, saying->phase))
        return;
    saying->last_s = now;
    g_strlcpy(saying->phase, at->phase, sizeof saying->phase);
    run_trace_add(&saying->trace, at, now - saying->start_s);
    say(run_line_at(at, percent, now - saying->start_s, &saying->trace));
}

static void say_note(bool warning, const char *text, void *user)
{
    (void)user;
    say(run_line_note(warning ? RUN_WARNING : RUN_INFO, text));
}

/* A memory error of a forecast or a simulation ends this process instead of the machine. */
static void limit_memory(const struct run_limits *limits)
{
#if !defined(__SANITIZE_ADDRESS__)
    long threads = limits->jobs > 0 ? limits->jobs : (long)g_get_num_processors();
    rlim_t bytes = (rlim_t)(limits->memory_mb + threads * MEMORY_PER_THREAD_MB) << 20;
    struct rlimit limit = {bytes, bytes};
    setrlimit(RLIMIT_AS, &limit);
#else
    (void)limits;
#endif
}

static bool attempt(const struct options *options, GError **error)
{
    int64_t id = g_ascii_strtoll(options_arg(options, 0), NULL, 10);
    int number = (int)g_ascii_strtoll(options_arg(options, 1), NULL, 10);
    struct saying saying = {.start_s = now_s()};
    struct run_limits limits = {(int)options_int(options, "jobs"), options_int(options, "memory")};
    struct run_info run = {.id = 0};
    limit_memory(&limits);
    struct store *store = settings_store(options, error);
    if (store == NULL)
        return false;
    if (!store_run_find(store, &scope_planner, id, &run, error)) {
        store_close(store);
        return false;
    }
    settings_act_for(run.created_by);
    const struct progress_sink sink = {say_at, say_note, &saying};
    AUTO(progress) progress = progress_new_sink(&sink);
    bool ok;
    if (run.state == RUN_RUNNING && run.attempt == number) {
        ok = run_exec(store, &run, &limits, progress, error);
    } else {
        store_close(store);
        ok = wfm_fail(error, WFM_ERROR_CONFLICT, "attempt %d of run %" G_GINT64_FORMAT " does not hold it",
                      number, id);
    }
    run_info_clear(&run);
    return ok;
}

static bool run(const struct options *options, GError **error)
{
    /* Dies with the worker that waits for it. */
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0)
        return wfm_fail(error, WFM_ERROR_INTERNAL, "prctl: PR_SET_PDEATHSIG refused");
    g_autoptr(GError) cause = NULL;
    if (attempt(options, &cause))
        return true;
    say(run_line_error(cause));
    g_propagate_error(error, g_steal_pointer(&cause));
    return false;
}

static const struct option_row rows[] = {
    {"jobs", OPTION_INT, "N", "0", 0, 1024, "processes and threads at once; 0 = one per core"},
    {"memory", OPTION_INT, "MB", "4096", 64, 1e6, "address space one solving process may take"},
    {.name = NULL},
};

const struct command command_work_attempt = {
    .name = "work-attempt",
    .args = "RUN ATTEMPT",
    .args_min = 2,
    .args_max = 2,
    .summary = "do the work of a run (run by wfm work in a process of its own)",
    .rows = rows,
    .groups = OPTIONS_STORE,
    .run = run,
    .hidden = true,
};
