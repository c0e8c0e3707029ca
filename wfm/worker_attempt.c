#include "config.h" /* GNU extensions: pipe2, environ */

#include "wfm/worker_attempt.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/error.h"
#include "core/file.h"
#include "wfm/interrupt.h"
#include "wfm/run_lines.h"

#define TICK_MS 200
#define BEAT_EVERY_S 1.0     /* how soon a request to cancel is noticed, at the latest */
#define PROGRESS_EVERY_S 0.3 /* how often people see it */
#define PATIENCE_S 120.0     /* with a child that was asked to stop and to keep what it has */
#define WORDS_MAX 400

struct attempt {
    struct store *store;
    const struct worker_config *config;
    const struct run_info *run;
    pid_t pid;
    int out, err; /* the child's; -1: ended */
    char *dir;    /* its temporary files */
    GString *line, *words;
    char *at_json;   /* progress not yet written; free() */
    GError *error;   /* what the child said */
    double beat_s;   /* of the last one that came through */
    double tried_s;  /* of the last one */
    double stop_s;   /* when it was asked to stop; 0: not */
    double drain_s;  /* when the worker was; 0: not */
    bool lost;       /* the run is somebody else's */
    bool cancel;     /* somebody wants it to end */
    bool given_back; /* it is killed because the worker ends */
};

/* --- the child */

/* What is said on a pipe, with nothing that comes after its end. */
static void take_words(GString *words, const char *bytes, gsize n)
{
    g_string_append_len(words, bytes, (gssize)n);
    if (words->len > WORDS_MAX)
        g_string_erase(words, 0, (gssize)(words->len - WORDS_MAX));
}

static void take_line(struct attempt *a)
{
    struct run_line line;
    if (run_line_parse(a->line->str, &line)) {
        if (line.at_json != NULL) {
            free(a->at_json);
            a->at_json = g_steal_pointer(&line.at_json);
        } else if (line.code >= 0) {
            g_clear_error(&a->error);
            wfm_fail(&a->error, (enum wfm_error)line.code, "%s", line.text);
        } else { /* one that the database does not take now is not worth waiting for */
            store_run_say(a->store, a->run->id, a->run->attempt, line.severity, line.text, NULL);
        }
    }
    run_line_clear(&line);
    g_string_truncate(a->line, 0);
}

static void take_lines(struct attempt *a, const char *bytes, gsize n)
{
    for (gsize i = 0; i < n; i++)
        if (bytes[i] == '\n')
            take_line(a);
        else if (a->line->len < RUN_LINE_MAX)
            g_string_append_c(a->line, bytes[i]);
}

/* Reads what is there; closes at the end. */
static void read_some(struct attempt *a, int *fd)
{
    char buffer[4096];
    ssize_t n = read(*fd, buffer, sizeof buffer);
    if (n < 0 && (errno == EINTR || errno == EAGAIN))
        return;
    if (n <= 0) {
        close(*fd);
        *fd = -1;
    } else if (fd == &a->out) {
        take_lines(a, buffer, (gsize)n);
    } else {
        take_words(a->words, buffer, (gsize)n);
    }
}

static char **environment_of(const struct attempt *a)
{
    char **all = g_get_environ();
    all = g_environ_setenv(all, "WFM_DATABASE", a->config->conninfo, TRUE); /* not for ps */
    all = g_environ_unsetenv(all, "WFM_DATA");
    return g_environ_setenv(all, "TMPDIR", a->dir, TRUE);
}

static bool pipes(int out[2], int err[2])
{
    if (pipe2(out, O_CLOEXEC) != 0)
        return false;
    if (pipe2(err, O_CLOEXEC) == 0)
        return true;
    close(out[0]);
    close(out[1]);
    return false;
}

static bool start(struct attempt *a, GError **error)
{
    int out[2], err[2];
    g_autoptr(GError) cause = NULL;
    a->dir = g_dir_make_tmp("wfm-run-XXXXXX", &cause);
    if (a->dir == NULL)
        return wfm_fail(error, WFM_ERROR_IO, "temporary directory: %s", cause->message);
    if (!pipes(out, err))
        return wfm_fail(error, WFM_ERROR_LIMIT, "pipe: %s", g_strerror(errno));
    g_autofree char *id = g_strdup_printf("%" G_GINT64_FORMAT, a->run->id);
    g_autofree char *number = g_strdup_printf("%d", a->run->attempt);
    g_autofree char *jobs = g_strdup_printf("%d", a->config->limits.jobs);
    g_autofree char *memory = g_strdup_printf("%ld", a->config->limits.memory_mb);
    char *argv[] = {"wfm", "work-attempt", id, number, "--jobs", jobs, "--memory", memory, NULL};
    g_auto(GStrv) environment = environment_of(a);
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, err[1], STDERR_FILENO);
    posix_spawnattr_init(&attributes); /* a group of its own: Ctrl-C reaches the worker alone */
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
    int failed = posix_spawn(&a->pid, "/proc/self/exe", &actions, &attributes, argv, environment);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    close(out[1]);
    close(err[1]);
    a->out = out[0];
    a->err = err[0];
    return failed == 0 ||
           wfm_fail(error, WFM_ERROR_LIMIT, "a process could not be started: %s", g_strerror(failed));
}

/* --- watching */

/* A database that is away now may be back before the lease is over, or nobody else may have missed us. */
static void beat(struct attempt *a, double now)
{
    bool held = true, cancel = false;
    a->tried_s = now;
    if (!store_run_beat(a->store, a->run->id, a->run->attempt, &a->config->terms, a->at_json, &cancel, &held,
                        NULL))
        return;
    a->beat_s = now;
    g_clear_pointer(&a->at_json, free);
    a->cancel = a->cancel || cancel;
    if (!held && a->stop_s == 0 && !a->lost) {
        a->lost = true; /* or the child has just ended it: then it ends by itself */
        a->stop_s = now;
    }
}

static void end_child(struct attempt *a, double now)
{
    if (a->cancel && a->stop_s == 0) {
        kill(a->pid, SIGINT);
        a->stop_s = now;
    }
    if (interrupt_count() > 0 && a->drain_s == 0)
        a->drain_s = now;
    if (a->drain_s > 0 && !a->given_back &&
        (now - a->drain_s >= a->config->drain_s || interrupt_count() > 1)) {
        a->given_back = true;
        kill(a->pid, SIGKILL);
    }
    if (a->stop_s > 0 && now - a->stop_s >= (a->lost ? 2 * BEAT_EVERY_S : PATIENCE_S))
        kill(a->pid, SIGKILL);
}

static void watch(struct attempt *a)
{
    while (a->out >= 0 || a->err >= 0) {
        struct pollfd fds[] = {{.fd = a->out, .events = POLLIN}, {.fd = a->err, .events = POLLIN}};
        if (poll(fds, G_N_ELEMENTS(fds), TICK_MS) > 0) {
            if (fds[0].revents != 0)
                read_some(a, &a->out);
            if (fds[1].revents != 0)
                read_some(a, &a->err);
        }
        double now = now_s();
        if (now - a->tried_s >= (a->at_json != NULL ? PROGRESS_EVERY_S : BEAT_EVERY_S))
            beat(a, now);
        end_child(a, now);
    }
}

/* --- the end */

/* Would another attempt fare better? */
static bool worth_again(const GError *error)
{
    static const enum wfm_error codes[] = {WFM_ERROR_STORE, WFM_ERROR_LIMIT, WFM_ERROR_IO, WFM_ERROR_BUSY,
                                           WFM_ERROR_CANCELLED};
    for (size_t i = 0; i < G_N_ELEMENTS(codes); i++)
        if (g_error_matches(error, WFM_ERROR, (gint)codes[i]))
            return true;
    return false;
}

/* What planners read of an error: the inside of the database and of this machine is for the log. g_free. */
static char *outside_words(const struct attempt *a)
{
    static const struct {
        enum wfm_error code;
        const char *words;
    } inside[] = {
        {WFM_ERROR_STORE, "the database failed or could not be reached"},
        {WFM_ERROR_SCHEMA, "the worker and the database are not of the same version"},
        {WFM_ERROR_IO, "the worker could not read or write a file of its own"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(inside); i++)
        if (g_error_matches(a->error, WFM_ERROR, (gint)inside[i].code)) {
            fprintf(stderr, "wfm work: run %" G_GINT64_FORMAT ", attempt %d: %s\n", a->run->id,
                    a->run->attempt, a->error->message);
            return g_strdup_printf("%s; the log of worker %s has more", inside[i].words, a->config->name);
        }
    return g_strdup(a->error->message);
}

/* How the child ended, for people; NULL when it went well. g_free. */
static char *reason_of(const struct attempt *a, int status, bool *again)
{
    *again = true;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return NULL;
    if (a->cancel && WIFSIGNALED(status))
        return g_strdup("stopped on request, before there was anything to keep");
    if (a->error != NULL) {
        *again = worth_again(a->error);
        return outside_words(a);
    }
    g_autofree char *said = g_utf8_make_valid(g_strchomp(a->words->str), -1);
    const char *last = strrchr(said, '\n');
    last = last != NULL ? last + 1 : said;
    const char *open = *last != '\0' ? " (" : "", *close_it = *last != '\0' ? ")" : "";
    if (WIFSIGNALED(status))
        return g_strdup_printf("its process died of signal %d, %s%s%s%s", WTERMSIG(status),
                               g_strsignal(WTERMSIG(status)), open, last, close_it);
    return g_strdup_printf("its process ended with status %d%s%s%s", WEXITSTATUS(status), open, last,
                           close_it);
}

/* Tries until the lease would be over anyway: then the attempt is lost by itself. */
static const char *settle(struct attempt *a, const char *reason, bool again)
{
    const struct run_info *run = a->run;
    double end_s = now_s() + a->config->terms.lease_s;
    bool done = false;
    while (!done && now_s() < end_s) {
        done = a->given_back
                   ? store_run_release(a->store, run->id, run->attempt,
                                       "its worker ended: the run goes on with another", NULL)
                   : store_run_lose(a->store, run->id, run->attempt, reason, again, &a->config->terms, NULL);
        if (!done)
            poll(NULL, 0, TICK_MS);
    }
    return a->given_back ? "given back" : a->cancel ? "stopped on request" : "failed";
}

const char *worker_attempt(struct store *store, const struct worker_config *config,
                           const struct run_info *run)
{
    struct attempt a = {.store = store,
                        .config = config,
                        .run = run,
                        .out = -1,
                        .err = -1,
                        .line = g_string_new(NULL),
                        .words = g_string_new(NULL),
                        .beat_s = now_s()};
    g_autofree char *reason = NULL;
    const char *ended = "ended";
    bool again = true;
    int status = 0;
    if (start(&a, &a.error)) {
        watch(&a);
        while (waitpid(a.pid, &status, 0) < 0 && errno == EINTR)
            ;
        reason = reason_of(&a, status, &again);
    } else {
        reason = g_strdup(a.error->message);
    }
    if (reason != NULL)
        ended = settle(&a, reason, again);
    if (a.dir != NULL)
        file_remove_tree(a.dir);
    g_string_free(a.line, TRUE);
    g_string_free(a.words, TRUE);
    g_clear_error(&a.error);
    free(a.at_json);
    g_free(a.dir);
    return ended;
}
