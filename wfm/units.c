#include "config.h" /* GNU extensions: pipe2, environ */

#include "wfm/units.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/error.h"
#include "core/planfile.h"
#include "scheduler/roster/checker.h"
#include "wfm/interrupt.h"

#define POLL_MS 200
#define LINE_MAX_BYTES 4096

enum unit_state { UNIT_WAITING, UNIT_RUNNING, UNIT_ENDED };

struct unit {
    int number;
    enum unit_state state;
    pid_t pid;
    int fd; /* the child's standard output */
    char *in, *out, *log;
    char line[LINE_MAX_BYTES];
    size_t line_n;
    bool asked_to_stop;
    double end_by_s;
    struct plan_progress at;
    char phase[16];
    double start;  /* objective until it has a roster */
    GError *error; /* what the child said, or how it died */
};

struct units {
    struct unit *all;
    int n;
    const struct units_limits *limits;
    struct progress *progress;
    char *dir;
    double start_s;
};

char *units_progress_line(const struct plan_progress *at)
{
    return g_strdup_printf("progress %s %.17g %.17g %.3f %.3f %ld\n", at->phase, at->objective, at->bound,
                           at->elapsed_s, at->left_s, at->rounds);
}

bool units_parse_progress(const char *line, struct plan_progress *at, char phase[16])
{
    struct plan_progress got;
    if (sscanf(line, "progress %15s %lf %lf %lf %lf %ld", phase, &got.objective, &got.bound, &got.elapsed_s,
               &got.left_s, &got.rounds) != 6)
        return false;
    got.phase = phase;
    *at = got;
    return true;
}

bool units_parse_error(const char *line, GError **error)
{
    int code, used = 0;
    if (sscanf(line, "error %d %n", &code, &used) != 1 || used == 0 || code < 0 || code >= WFM_ERROR_N)
        return false;
    g_clear_error(error);
    wfm_fail(error, (enum wfm_error)code, "%s", line + used);
    return true;
}

static void take_line(struct unit *unit)
{
    unit->line[unit->line_n] = '\0';
    if (!units_parse_progress(unit->line, &unit->at, unit->phase))
        units_parse_error(unit->line, &unit->error);
    unit->line_n = 0;
}

/* Reads what is there. False at the end of the stream. */
static bool read_lines(struct unit *unit)
{
    char buffer[LINE_MAX_BYTES];
    ssize_t n = read(unit->fd, buffer, sizeof buffer);
    if (n < 0)
        return errno == EINTR || errno == EAGAIN;
    for (ssize_t i = 0; i < n; i++) {
        if (buffer[i] == '\n')
            take_line(unit);
        else if (unit->line_n < sizeof unit->line - 1)
            unit->line[unit->line_n++] = buffer[i];
    }
    return n > 0;
}

/* The last line the child wrote to its log, for the message of a crash. g_free. */
static char *last_words(const struct unit *unit)
{
    g_autofree char *text = NULL;
    if (!g_file_get_contents(unit->log, &text, NULL, NULL))
        return g_strdup("");
    g_strchomp(text);
    const char *line = strrchr(text, '\n');
    line = line != NULL ? line + 1 : text;
    return *line != '\0' ? g_strdup_printf(" (%.200s)", line) : g_strdup("");
}

static void spawn_unit(struct units *units, struct unit *unit, GError **error)
{
    int pipe_fd[2];
    if (pipe2(pipe_fd, O_CLOEXEC) != 0) {
        wfm_fail(error, WFM_ERROR_LIMIT, "pipe: %s", g_strerror(errno));
        return;
    }
    g_autofree char *memory = g_strdup_printf("%ld", units->limits->memory_mb);
    char *argv[] = {"wfm", "solve-unit", unit->in, unit->out, "--memory", memory, NULL, NULL, NULL};
    int n = 6;
    if (units->limits->untimed)
        argv[n++] = "--untimed";
    if (interrupt_count() > 0)
        argv[n++] = "--stop";
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, pipe_fd[1], STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, unit->log, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    /* A group of its own: Ctrl-C on the terminal reaches the parent alone, which passes it on once; blocked
       until the child counts them (interrupt_catch). */
    sigset_t blocked;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGINT);
    sigaddset(&blocked, SIGTERM);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigmask(&attributes, &blocked);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);
    int failed = posix_spawn(&unit->pid, "/proc/self/exe", &actions, &attributes, argv, environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    close(pipe_fd[1]);
    if (failed != 0) {
        close(pipe_fd[0]);
        wfm_fail(error, WFM_ERROR_LIMIT, "a solving process could not be started: %s", g_strerror(failed));
        return;
    }
    unit->fd = pipe_fd[0];
    unit->state = UNIT_RUNNING;
    unit->end_by_s = units->limits->untimed ? INFINITY : now_s() + 1.5 * units->limits->seconds + 20;
}

/* The child closed its output: collects how it ended. */
static void reap(struct units *units, struct unit *unit)
{
    int status = 0;
    close(unit->fd);
    while (waitpid(unit->pid, &status, 0) < 0 && errno == EINTR)
        ;
    unit->state = UNIT_ENDED;
    if ((WIFEXITED(status) && WEXITSTATUS(status) == 0) || unit->error != NULL)
        return;
    g_autofree char *words = last_words(unit);
    if (interrupt_count() > 1)
        wfm_fail(&unit->error, WFM_ERROR_CANCELLED, "stopped before it had a roster");
    else if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL && now_s() >= unit->end_by_s)
        wfm_fail(&unit->error, WFM_ERROR_LIMIT, "did not stop after %.0f s and was ended",
                 units->limits->seconds);
    else if (WIFSIGNALED(status))
        wfm_fail(&unit->error, WFM_ERROR_LIMIT,
                 "its process died of signal %d%s; --memory %ld MB may be too little", WTERMSIG(status),
                 words, units->limits->memory_mb);
    else
        wfm_fail(&unit->error, WFM_ERROR_INTERNAL, "its process ended with status %d%s", WEXITSTATUS(status),
                 words);
}

static int count(const struct units *units, enum unit_state state)
{
    int n = 0;
    for (int i = 0; i < units->n; i++)
        n += units->all[i].state == state;
    return n;
}

static void signal_running(struct units *units)
{
    int asked = interrupt_count();
    for (int i = 0; i < units->n; i++) {
        struct unit *unit = &units->all[i];
        if (unit->state != UNIT_RUNNING)
            continue;
        if (asked > 1 || now_s() >= unit->end_by_s)
            kill(unit->pid, SIGKILL);
        else if (asked > 0 && !unit->asked_to_stop)
            unit->asked_to_stop = kill(unit->pid, SIGINT) == 0;
    }
}

/* How much of its time a unit has used. */
static double share_done(const struct unit *unit)
{
    double all_s = unit->at.elapsed_s + unit->at.left_s;
    return unit->state == UNIT_ENDED                  ? 1
           : unit->state == UNIT_RUNNING && all_s > 0 ? unit->at.elapsed_s / all_s
                                                      : 0;
}

/* What a problem costs with the shifts of a roster (NULL: with nobody at work), whatever rules they break. */
static double cost_of(const struct plan_problem *problem, const struct plan_solution *from)
{
    AUTO(plan_solution) nobody = plan_solution_new();
    struct check_report report = {0};
    nobody->n_staffed = problem->demand.n_queues * problem->demand.grid.n;
    nobody->staffed = g_new0(double, (gsize)nobody->n_staffed + 1);
    roster_check(problem, from != NULL ? from : nobody, &report);
    double cost = report.pay + report.shortage + report.penalty;
    check_report_clear(&report);
    return cost;
}

static void show(const struct units *units)
{
    static const char *const states[] = {"waiting", "running", "done"};
    const struct unit *at = NULL;
    g_autofree struct progress_unit *told = g_new(struct progress_unit, (gsize)units->n);
    struct progress_state state = {
        .phase = "solve", .elapsed_s = now_s() - units->start_s, .units = told, .n_units = units->n};
    for (int i = 0; i < units->n; i++) {
        const struct unit *unit = &units->all[i];
        bool known = isfinite(unit->at.objective) && isfinite(unit->at.bound);
        told[i] =
            (struct progress_unit){states[unit->state], unit->phase, unit->at.objective, unit->at.bound};
        state.objective += known ? unit->at.objective : unit->start;
        state.bound += known ? unit->at.bound : 0;
        state.share += share_done(unit) / units->n;
        state.n_started += known;
        if (unit->state == UNIT_RUNNING && unit->at.phase != NULL &&
            (at == NULL || unit->at.left_s > at->at.left_s))
            at = unit;
    }
    state.left_s = at != NULL ? at->at.left_s : units->limits->seconds;
    progress_at(units->progress, &state,
                "roster: %d of %d units done, %s, objective %.0f, bound %.0f, gap %.2f %%, %.0f s, at most "
                "%.0f s more",
                count(units, UNIT_ENDED), units->n, at != NULL ? at->at.phase : "start", state.objective,
                state.bound,
                state.objective > 0 ? 100 * (state.objective - state.bound) / state.objective : 0.0,
                state.elapsed_s, state.left_s);
}

/* Waits for news of the running children and takes it. */
static void wait_for_news(struct units *units)
{
    g_autofree struct pollfd *fds = g_new0(struct pollfd, (gsize)units->n);
    g_autofree int *which = g_new0(int, (gsize)units->n);
    nfds_t n = 0;
    for (int i = 0; i < units->n; i++)
        if (units->all[i].state == UNIT_RUNNING) {
            which[n] = i;
            fds[n++] = (struct pollfd){.fd = units->all[i].fd, .events = POLLIN};
        }
    if (poll(fds, n, POLL_MS) <= 0)
        return;
    for (nfds_t k = 0; k < n; k++)
        if (fds[k].revents != 0 && !read_lines(&units->all[which[k]]))
            reap(units, &units->all[which[k]]);
}

static void run_all(struct units *units)
{
    while (count(units, UNIT_ENDED) < units->n) {
        for (int i = 0; i < units->n && count(units, UNIT_RUNNING) < units->limits->jobs; i++) {
            struct unit *unit = &units->all[i];
            if (unit->state != UNIT_WAITING)
                continue;
            if (interrupt_count() > 1)
                wfm_fail(&unit->error, WFM_ERROR_CANCELLED, "stopped before it had a roster");
            else
                spawn_unit(units, unit, &unit->error);
            if (unit->error != NULL)
                unit->state = UNIT_ENDED;
        }
        wait_for_news(units);
        signal_running(units);
        show(units);
    }
}

/* Its figures before it says any. */
static void unit_begin(struct unit *unit, const struct plan_problem *problem,
                       const struct plan_solution *from, const struct plan_solution *kept)
{
    unit->at = (struct plan_progress){.objective = kept != NULL ? kept->objective : INFINITY,
                                      .bound = kept != NULL ? kept->bound : -INFINITY};
    if (kept != NULL)
        unit->state = UNIT_ENDED;
    else
        unit->start = cost_of(problem, from);
}

static bool write_problems(struct units *units, const struct plan_problem *const *problems, GError **error)
{
    g_autoptr(GError) cause = NULL;
    units->dir = g_dir_make_tmp("wfm-units-XXXXXX", &cause);
    if (units->dir == NULL)
        return wfm_fail(error, WFM_ERROR_IO, "temporary directory: %s", cause->message);
    for (int i = 0; i < units->n; i++) {
        struct unit *unit = &units->all[i];
        unit->number = i;
        if (unit->state == UNIT_ENDED)
            continue;
        unit->in = g_strdup_printf("%s/unit-%d.plan", units->dir, i);
        unit->out = g_strdup_printf("%s/unit-%d.solved", units->dir, i);
        unit->log = g_strdup_printf("%s/unit-%d.log", units->dir, i);
        if (!plan_write(unit->in, problems[i], NULL, error))
            return false;
    }
    return true;
}

static bool read_solutions(struct units *units, struct plan_solution **solutions, GError **error)
{
    for (int i = 0; i < units->n; i++) {
        struct unit *unit = &units->all[i];
        struct plan_problem *problem = NULL;
        if (solutions[i] != NULL) /* kept */
            continue;
        if (unit->error == NULL && plan_read(unit->out, &problem, &solutions[i], &unit->error))
            plan_problem_free(problem);
        if (unit->error == NULL && solutions[i] == NULL)
            wfm_fail(&unit->error, WFM_ERROR_INTERNAL, "its process left no roster");
        if (unit->error != NULL) {
            g_propagate_error(error, g_steal_pointer(&unit->error));
            if (units->n > 1)
                g_prefix_error(error, "planning unit %d of %d: ", i + 1, units->n);
            return false;
        }
    }
    return true;
}

static void units_clear(struct units *units)
{
    for (int i = 0; i < units->n; i++) {
        struct unit *unit = &units->all[i];
        char *const paths[] = {unit->in, unit->out, unit->log};
        for (size_t k = 0; k < G_N_ELEMENTS(paths); k++) {
            if (paths[k] != NULL)
                g_unlink(paths[k]);
            g_free(paths[k]);
        }
        g_clear_error(&unit->error);
    }
    if (units->dir != NULL)
        g_rmdir(units->dir);
    g_free(units->dir);
    g_free(units->all);
}

bool units_solve(const struct plan_problem *const *problems, int n, const struct units_limits *limits,
                 const struct plan_solution *const *from, struct progress *progress,
                 struct plan_solution **solutions, GError **error)
{
    struct units units = {.all = g_new0(struct unit, (gsize)n),
                          .n = n,
                          .limits = limits,
                          .progress = progress,
                          .start_s = now_s()};
    for (int i = 0; i < n; i++)
        unit_begin(&units.all[i], problems[i], from != NULL ? from[i] : NULL, solutions[i]);
    bool ok = write_problems(&units, problems, error);
    if (ok) {
        run_all(&units);
        ok = read_solutions(&units, solutions, error);
    }
    units_clear(&units);
    return ok;
}
