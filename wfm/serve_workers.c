#include "config.h" /* GNU extensions: environ */

#include "wfm/serve_workers.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "wfm/interrupt.h"
#include "wfm/progress.h"

#define REST_LEAST_S 1.0 /* before one that died is started again; twice as long each time … */
#define REST_MOST_S 30.0
#define WELL_S 60.0 /* … unless it lived so long */
#define END_S                                                                                                \
    25.0 /* they have to end; more than the drain of wfm work and a database that answers slowly             \
          */

struct served {
    pid_t pid; /* 0: not running */
    double start_s, next_s, rest_s;
};

struct serve_workers {
    char *conninfo;
    gboolean quiet;
    struct served *all;
    int n;
};

static void start(const struct serve_workers *workers, struct served *one, int number)
{
    g_autofree char *name = g_strdup_printf("%s-%d-%d", g_get_host_name(), (int)getpid(), number + 1);
    char *argv[] = {"wfm", "work-served", "--name", name, workers->quiet ? "--quiet" : NULL, NULL};
    char **all = g_get_environ();
    all = g_environ_setenv(all, "WFM_DATABASE", workers->conninfo, TRUE); /* not for ps */
    g_auto(GStrv) environment = g_environ_unsetenv(all, "WFM_DATA");
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none;
    sigemptyset(&none);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO);
    posix_spawnattr_init(&attributes); /* a group of its own: Ctrl-C reaches the service alone */
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);
    one->start_s = now_s();
    if (posix_spawn(&one->pid, "/proc/self/exe", &actions, &attributes, argv, environment) != 0)
        one->pid = 0;
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
}

struct serve_workers *serve_workers_new(const char *conninfo, int n, gboolean quiet)
{
    struct serve_workers *workers = g_new0(struct serve_workers, 1);
    workers->conninfo = g_strdup(conninfo);
    workers->quiet = quiet;
    workers->all = g_new0(struct served, (gsize)n + 1);
    workers->n = n;
    serve_workers_tend(workers);
    return workers;
}

static void bury(struct served *one)
{
    int status;
    if (one->pid == 0 || waitpid(one->pid, &status, WNOHANG) != one->pid)
        return;
    double lived_s = now_s() - one->start_s;
    one->rest_s = lived_s >= WELL_S || one->rest_s <= 0 ? REST_LEAST_S : MIN(2 * one->rest_s, REST_MOST_S);
    one->next_s = now_s() + one->rest_s;
    fprintf(stderr, "wfm serve: worker %d ended with %s %d; another in %.0f s\n", (int)one->pid,
            WIFSIGNALED(status) ? "signal" : "status",
            WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status), one->rest_s);
    one->pid = 0;
}

void serve_workers_tend(struct serve_workers *workers)
{
    for (int i = 0; i < workers->n; i++) {
        bury(&workers->all[i]);
        if (workers->all[i].pid == 0 && now_s() >= workers->all[i].next_s)
            start(workers, &workers->all[i], i);
    }
}

void serve_workers_free(struct serve_workers *workers)
{
    if (workers == NULL)
        return;
    double end_s = now_s() + END_S;
    int alive = 0;
    for (int i = 0; i < workers->n; i++)
        if (workers->all[i].pid != 0)
            alive += kill(workers->all[i].pid, SIGTERM) == 0;
    int asked = interrupt_count();
    for (bool killed = false; alive > 0; poll(NULL, 0, 50)) {
        bool over = now_s() >= end_s, again = interrupt_count() > asked;
        asked = interrupt_count();
        for (int i = 0; i < workers->n; i++) {
            struct served *one = &workers->all[i];
            if (one->pid == 0)
                continue;
            if (again) /* whoever stops the service twice does not want to wait */
                kill(one->pid, SIGTERM);
            if (over && !killed)
                kill(one->pid, SIGKILL);
            if (waitpid(one->pid, NULL, WNOHANG) == one->pid) {
                one->pid = 0;
                alive--;
            }
        }
        killed = over;
    }
    g_free(workers->all);
    g_free(workers->conninfo);
    g_free(workers);
}
