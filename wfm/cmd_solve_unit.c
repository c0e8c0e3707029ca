#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "core/error.h"
#include "core/planfile.h"
#include "scheduler/roster/roster.h"
#include "wfm/commands.h"
#include "wfm/interrupt.h"
#include "wfm/progress.h"
#include "wfm/units.h"

#define SAY_EVERY_S 0.2

struct saying {
    double last_s;
    bool stop; /* from the start, or because nobody listens any more */
};

static double clock_now(void *user)
{
    (void)user;
    return now_s();
}

static bool say_progress(const struct plan_progress *at, void *user)
{
    struct saying *saying = user;
    if (now_s() - saying->last_s >= SAY_EVERY_S) {
        saying->last_s = now_s();
        g_autofree char *line = units_progress_line(at);
        if (fputs(line, stdout) < 0 || fflush(stdout) != 0)
            saying->stop = true;
    }
    return !saying->stop && interrupt_count() == 0;
}

static bool limit_memory(long megabytes, GError **error)
{
#if defined(__SANITIZE_ADDRESS__)
    (void)megabytes, (void)error; /* the sanitizer's shadow needs terabytes of address space */
#else
    struct rlimit limit = {(rlim_t)megabytes << 20, (rlim_t)megabytes << 20};
    if (setrlimit(RLIMIT_AS, &limit) != 0)
        return wfm_fail(error, WFM_ERROR_LIMIT, "--memory %ld: the system refused the limit", megabytes);
#endif
    return true;
}

static bool solve(const struct options *options, GError **error)
{
    double start_s = now_s();
    struct saying saying = {.stop = options_flag(options, "stop")};
    struct roster_control control = {.clock = clock_now,
                                     .progress = say_progress,
                                     .user = &saying,
                                     .untimed = options_flag(options, "untimed")};
    AUTO(plan_problem) problem = NULL;
    if (!limit_memory(options_int(options, "memory"), error) ||
        !plan_read(options_arg(options, 0), &problem, NULL, error))
        return false;
    AUTO(plan_solution) solution = roster_solve(problem, &control, error);
    if (solution != NULL) {
        saying.last_s = 0; /* the end is told in any case */
        say_progress(&(struct plan_progress){"done", solution->objective, solution->bound, now_s() - start_s,
                                             0, solution->rounds},
                     &saying);
    }
    return solution != NULL && plan_write(options_arg(options, 1), problem, solution, error);
}

static bool run(const struct options *options, GError **error)
{
    /* Dies with the parent that waits for the answer. */
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0)
        return wfm_fail(error, WFM_ERROR_INTERNAL, "prctl: PR_SET_PDEATHSIG refused");
    interrupt_catch();
    g_autoptr(GError) cause = NULL;
    if (solve(options, &cause))
        return true;
    g_autofree char *text = g_strdup(cause->message);
    g_strdelimit(text, "\n", ' ');
    printf("error %d %s\n", cause->domain == WFM_ERROR ? cause->code : WFM_ERROR_INTERNAL, text);
    g_propagate_error(error, g_steal_pointer(&cause));
    return false;
}

static const struct option_row rows[] = {
    {"memory", OPTION_INT, "MB", "4096", 64, 1e6, "address space it may take"},
    {"stop", OPTION_FLAG, NULL, NULL, 0, 0, "give the first roster found"},
    {"untimed", OPTION_FLAG, NULL, NULL, 0, 0, "no deadline: for replays"},
    {.name = NULL},
};

const struct command command_solve_unit = {
    .name = "solve-unit",
    .args = "IN.plan OUT.plan",
    .args_min = 2,
    .args_max = 2,
    .summary = "solve one planning unit (run by wfm roster in a process of its own)",
    .rows = rows,
    .run = run,
    .hidden = true,
};
