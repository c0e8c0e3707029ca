#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "core/error.h"
#include "wfm/commands.h"
#include "wfm/settings.h"
#include "wfm/worker.h"

static const struct option_row rows[] = {
    {"name", OPTION_TEXT, "NAME", NULL, 0, 0, "of this worker, as people see it; else host and process id"},
    {"kinds", OPTION_TEXT, "LIST", NULL, 0, 0, "only these kinds of runs, e.g. forecast,staff; else all"},
    {"once", OPTION_FLAG, NULL, NULL, 0, 0, "end when no run waits"},
    {"jobs", OPTION_INT, "N", "0", 0, 1024, "processes and threads of a run at once; 0 = one per core"},
    {"memory", OPTION_INT, "MB", "4096", 64, 1e6, "address space one solving process may take"},
    {"lease", OPTION_SPAN, "TIME", "30s", 1, 3600,
     "a run belongs to others when this worker is not heard of for so long"},
    {"retry-after", OPTION_SPAN, "TIME", "5s", 0, 3600,
     "rest of a run after a lost attempt; twice as long each time, 10 min at most"},
    {"drain", OPTION_SPAN, "TIME", "10s", 0, 86400,
     "when stopped: how long the run at hand may take to end by itself before it is given back"},
    {.name = NULL},
};

static bool kinds_ok(char **kinds, GError **error)
{
    enum run_kind kind;
    for (int i = 0; kinds != NULL && kinds[i] != NULL; i++)
        if (!run_kind_parse(kinds[i], &kind))
            return wfm_fail(error, WFM_ERROR_USAGE,
                            "--kinds: \"%s\" is no kind of run; there are forecast, staff, roster, simulate, "
                            "plan and replan",
                            kinds[i]);
    return true;
}

static bool run(const struct options *options, GError **error)
{
    const char *list = options_text(options, "kinds"), *name = options_text(options, "name");
    g_auto(GStrv) kinds = list != NULL ? g_strsplit(list, ",", -1) : NULL;
    g_autofree char *own = g_strdup_printf("%s-%d", g_get_host_name(), (int)getpid());
    struct worker_config config = {
        .name = name != NULL ? name : own,
        .kinds = (const char *const *)kinds,
        .limits = {(int)options_int(options, "jobs"), options_int(options, "memory")},
        .terms = {options_real(options, "lease"), options_real(options, "retry-after")},
        .drain_s = options_real(options, "drain"),
        .once = options_flag(options, "once"),
        .quiet = options_flag(options, "quiet"),
    };
    if (!kinds_ok(kinds, error))
        return false;
    g_autofree char *conninfo = settings_conninfo(options, &config.is_private, error);
    config.conninfo = conninfo;
    return conninfo != NULL && worker_run(&config, error);
}

/* Ends, as by a signal, with the service that started it, also when that is killed. */
static bool run_served(const struct options *options, GError **error)
{
    if (prctl(PR_SET_PDEATHSIG, SIGTERM) != 0)
        return wfm_fail(error, WFM_ERROR_INTERNAL, "prctl: PR_SET_PDEATHSIG refused");
    return run(options, error);
}

const struct command command_work = {
    .name = "work",
    .args = "",
    .summary = "do the runs that were asked for, here or on any machine that reaches the database",
    .details =
        "Takes one run after the other and has each done in a process of its own; several workers share the "
        "runs between them. Ends at\n"
        "SIGINT or SIGTERM: the run at hand may end by itself within --drain, else it is given back and "
        "begun "
        "again by another. A worker\n"
        "that dies loses its run to the others when its lease is over. wfm serve starts one by itself.",
    .rows = rows,
    .groups = OPTIONS_STORE | OPTIONS_QUIET,
    .run = run,
};

const struct command command_work_served = {
    .name = "work-served",
    .args = "",
    .summary = "a worker of the service (run by wfm serve)",
    .rows = rows,
    .groups = OPTIONS_STORE | OPTIONS_QUIET,
    .run = run_served,
    .hidden = true,
};
