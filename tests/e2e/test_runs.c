/*
 * Runs under kill -9: of the worker, of the process of the attempt, of a solver, of the database, in every
 * phase. Nothing is lost, nothing is made twice, and the messages tell.
 *
 * Phases that last a moment are held by a lock on a table the work needs there. WFM_RUN_ROUNDS: that many
 * kills at random moments on top.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/error.h"
#include "core/store/cluster.h"
#include "core/store/query.h"
#include "core/store/run.h"
#include "tests/support/pg.h"
#include "tests/support/testing.h"

#define PATIENCE_S 30.0
#define WEEK "\"week\": \"2026-W48\""
/* A plan of a second or less; one that searches so long; one that is looked at for a minute. */
#define QUICK "{" WEEK ", \"rounds\": 3, \"corrections\": 0, \"simulate\": 20}"
#define SLOW "{" WEEK ", \"rounds\": 1000000000, \"seconds\": 1, \"corrections\": 0, \"simulate\": 20}"
#define LONG "{" WEEK ", \"rounds\": 1000000000, \"seconds\": 60, \"corrections\": 0, \"simulate\": 20}"
#define MUCH "{" WEEK ", \"rounds\": 3, \"corrections\": 0, \"simulate\": 100000}"

#define SAVING "saving" /* the lock a roster is saved under */

static char *conninfo, *wfm, *dir;

/* --- processes */

static char **environment(void)
{
    char **all = g_get_environ();
    all = g_environ_unsetenv(all, "WFM_DATA");
    return g_environ_setenv(all, "WFM_DATABASE", conninfo, TRUE);
}

static pid_t start(const char *const *words)
{
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) all = environment();
    GPid pid = 0;
    g_spawn_async(dir, (char **)words, all,
                  G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDOUT_TO_DEV_NULL |
                      (g_getenv("WFM_RUN_LOG") != NULL ? 0 : G_SPAWN_STDERR_TO_DEV_NULL),
                  NULL, NULL, &pid, &error);
    ck_no_error(error);
    return pid;
}

static pid_t start_worker(const char *name)
{
    return start((const char *const[]){wfm, "work", "--name", name, "--lease", "1s", "--retry-after", "0",
                                       "--drain", "0", "--jobs", "1", NULL});
}

static void must_run(const char *const *words)
{
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) all = environment();
    g_autofree char *said = NULL;
    int status = 0;
    g_spawn_sync(dir, (char **)words, all, G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL, &said, &status,
                 &error);
    ck_no_error(error);
    ck_assert_msg(status == 0, "%s %s: %s", words[0], words[1] != NULL ? words[1] : "", said);
}

static int end(pid_t pid, int number)
{
    int status = 0;
    kill(pid, number);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    return status;
}

static pid_t parent_of(const char *pid)
{
    g_autofree char *path = g_build_filename("/proc", pid, "stat", NULL);
    g_autofree char *text = NULL;
    const char *close;
    if (!g_file_get_contents(path, &text, NULL, NULL) || (close = strrchr(text, ')')) == NULL ||
        strlen(close) < 5 || close[2] == 'Z')
        return 0;
    return (pid_t)g_ascii_strtoll(close + 4, NULL, 10);
}

/* A living child of a process; 0: none. */
static pid_t child_of(pid_t pid)
{
    g_autoptr(GDir) proc = g_dir_open("/proc", 0, NULL);
    const char *name;
    while (pid != 0 && (name = g_dir_read_name(proc)) != NULL)
        if (g_ascii_isdigit(name[0]) && parent_of(name) == pid)
            return (pid_t)g_ascii_strtoll(name, NULL, 10);
    return 0;
}

static void kill_database(void)
{
    pid_t postmaster = cluster_pid(pg_data_dir()), child;
    ck_assert_int_gt(postmaster, 0);
    kill(postmaster, SIGSTOP); /* so that it starts nothing new */
    g_autoptr(GArray) children = g_array_new(FALSE, FALSE, sizeof(pid_t));
    g_autoptr(GDir) proc = g_dir_open("/proc", 0, NULL);
    const char *name;
    while ((name = g_dir_read_name(proc)) != NULL)
        if (g_ascii_isdigit(name[0]) && parent_of(name) == postmaster) {
            child = (pid_t)g_ascii_strtoll(name, NULL, 10);
            g_array_append_val(children, child);
        }
    kill(postmaster, SIGKILL);
    for (guint i = 0; i < children->len; i++)
        kill(g_array_index(children, pid_t, i), SIGKILL);
    pg_ensure();
}

/* --- the database */

/* A table or an advisory lock that nobody gets by until it is let go. */
static PGconn *hold(const char *lock)
{
    if (lock == NULL)
        return NULL;
    g_autofree char *saving = g_strdup_printf("SELECT pg_advisory_xact_lock(%d, 0)", (int)LOCK_ROSTER);
    if (strcmp(lock, SAVING) == 0)
        lock = saving;
    PGconn *conn = PQconnectdb(conninfo);
    ck_assert(PQstatus(conn) == CONNECTION_OK);
    PQclear(PQexec(conn, "BEGIN"));
    PGresult *result = PQexec(conn, lock);
    ck_assert_msg(PQresultStatus(result) == PGRES_COMMAND_OK || PQresultStatus(result) == PGRES_TUPLES_OK,
                  "%s", PQerrorMessage(conn));
    PQclear(result);
    return conn;
}

static void wait_for(const char *what, const char *format, ...) G_GNUC_PRINTF(2, 3);
static void wait_for(const char *what, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *condition = g_strdup_vprintf(format, args);
    va_end(args);
    g_autofree char *sql = g_strdup_printf("SELECT %s", condition);
    gint64 end_us = g_get_monotonic_time() + (gint64)(PATIENCE_S * G_USEC_PER_SEC);
    for (;;) {
        g_autofree char *value = pg_value(conninfo, sql);
        if (g_strcmp0(value, "t") == 0)
            return;
        if (g_get_monotonic_time() >= end_us) {
            g_autofree char *runs =
                pg_value(conninfo, "SELECT string_agg(r::text, E'\\n') FROM run r WHERE state <> 'done'");
            ck_abort_msg("%s: waited in vain for %s; runs:\n%s", what, condition, runs);
        }
        g_usleep(20000);
    }
}

static void is_true(const char *what, const char *format, ...) G_GNUC_PRINTF(2, 3);
static void is_true(const char *what, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *condition = g_strdup_vprintf(format, args);
    va_end(args);
    g_autofree char *sql = g_strdup_printf("SELECT coalesce((%s), false)", condition);
    g_autofree char *value = pg_value(conninfo, sql);
    if (g_strcmp0(value, "t") != 0) {
        g_autofree char *last = pg_value(conninfo, "SELECT r::text FROM run r ORDER BY id DESC LIMIT 1");
        g_autofree char *said =
            pg_value(conninfo, "SELECT string_agg(text, E'\\n' ORDER BY seq) FROM run_message WHERE run_id = "
                               "(SELECT max(id) FROM run)");
        ck_abort_msg("%s: not so: %s\nthe last run: %s\nsaid: %s", what, condition, last, said);
    }
}

/* Asked for by somebody whose name nobody else has, so that what it makes is known by it. */
static int64_t ask(enum run_kind kind, const char *text)
{
    static int count;
    g_autoptr(GError) error = NULL;
    g_autofree char *actor = g_strdup_printf("asker %d.%d", (int)getpid(), ++count);
    int64_t id = 0;
    AUTO(store) store = store_open(conninfo, &error);
    ck_no_error(error);
    store_run_enqueue(store, kind, text, RUN_ATTEMPTS_DEFAULT, actor, &id, &error);
    ck_no_error(error);
    return id;
}

static void wait_end(const char *what, int64_t run)
{
    wait_for(what, "finished_at IS NOT NULL FROM run WHERE id = %" G_GINT64_FORMAT, run);
}

/* Until the work is in that phase, and held there when `locked`. */
static void wait_phase(const char *what, int64_t run, const char *phase, bool locked)
{
    wait_for(what, "progress->>'phase' = '%s' FROM run WHERE id = %" G_GINT64_FORMAT, phase, run);
    if (locked)
        wait_for(what, "EXISTS (SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' "
                       "AND datname = current_database())");
}

/* One roster with its simulation, or (a run that is no maker of rosters) none; forecasts of both queues,
 * once. */
static void made_once(const char *what, int64_t run, enum run_kind kind)
{
    is_true(what,
            "SELECT (SELECT count(*) FROM roster WHERE created_by = r.created_by) = %d AND "
            "(SELECT count(*) FROM forecast WHERE created_by = r.created_by) = %d "
            "FROM run r WHERE id = %" G_GINT64_FORMAT,
            kind == RUN_PLAN, kind == RUN_PLAN || kind == RUN_FORECAST ? 2 : 0, run);
    if (kind == RUN_PLAN)
        is_true(
            what,
            "SELECT (r.result->>'roster')::bigint = (SELECT id FROM roster WHERE created_by = r.created_by) "
            "AND EXISTS (SELECT FROM roster_simulation WHERE roster_id = (r.result->>'roster')::bigint) "
            "FROM run r WHERE id = %" G_GINT64_FORMAT,
            run);
    is_true(what,
            "SELECT count(*) = 1 FROM audit WHERE subject = '%" G_GINT64_FORMAT "' "
            "AND action IN ('run.finished', 'run.cancelled', 'run.failed')",
            run);
}

/* --- faults */

enum whom { CHILD, WORKER, SOLVER, DATABASE };

static const struct fault {
    const char *what;
    enum run_kind kind;
    const char *ask, *lock, *phase;
    enum whom whom;
    const char *says;
} faults[] = {
    {"child, in the forecast", RUN_PLAN, QUICK, "LOCK TABLE forecast", "forecast", CHILD, "signal 9"},
    {"worker, in the forecast", RUN_PLAN, QUICK, "LOCK TABLE forecast", "forecast", WORKER, "not heard of"},
    {"child, in a forecast alone", RUN_FORECAST, "{" WEEK "}", "LOCK TABLE forecast", "forecast", CHILD,
     "signal 9"},
    {"child, in the requirement", RUN_STAFF, "{" WEEK "}", "LOCK TABLE forecast", "staff", CHILD, "signal 9"},
    {"child, before the search", RUN_PLAN, QUICK, "LOCK TABLE shift", "demand", CHILD, "signal 9"},
    {"child, in the search", RUN_PLAN, SLOW, NULL, "solve", CHILD, "signal 9"},
    {"worker, in the search", RUN_PLAN, SLOW, NULL, "solve", WORKER, "not heard of"},
    {"solver, in the search", RUN_PLAN, SLOW, NULL, "solve", SOLVER, "signal 9"},
    {"child, in the save", RUN_PLAN, QUICK, SAVING, "save", CHILD, "signal 9"},
    {"worker, in the save", RUN_PLAN, QUICK, SAVING, "save", WORKER, "not heard of"},
    {"child, in the simulation", RUN_PLAN, QUICK, "LOCK TABLE roster_simulation IN SHARE MODE", "simulate",
     CHILD, "signal 9"},
    {"worker, in the simulation", RUN_PLAN, QUICK, "LOCK TABLE roster_simulation IN SHARE MODE", "simulate",
     WORKER, "not heard of"},
    {"database, in the search", RUN_PLAN, SLOW, NULL, "solve", DATABASE, NULL},
};

static void strike(const char *what, enum whom whom, pid_t worker)
{
    pid_t child = child_of(worker), solver = child_of(child);
    ck_assert_msg(child != 0, "%s: there is no process of the attempt", what);
    ck_assert_msg(whom != SOLVER || solver != 0, "%s: there is no solver", what);
    if (whom == DATABASE)
        kill_database();
    else if (whom == WORKER)
        end(worker, SIGKILL);
    else
        kill(whom == CHILD ? child : solver, SIGKILL);
}

START_TEST(kill_costs_an_attempt)
{
    const struct fault *fault = &faults[_i];
    int64_t run = ask(fault->kind, fault->ask);
    PGconn *held = hold(fault->lock);
    pid_t worker = start_worker("a");
    wait_phase(fault->what, run, fault->phase, held != NULL);
    strike(fault->what, fault->whom, worker);
    if (fault->whom == WORKER)
        worker = start_worker("b");
    if (fault->whom != DATABASE)
        wait_for(fault->what, "attempt = 2 OR state = 'queued' FROM run WHERE id = %" G_GINT64_FORMAT, run);
    PQfinish(held);
    wait_end(fault->what, run);
    end(worker, SIGTERM);
    is_true(fault->what, "SELECT state = 'done' AND attempt %s FROM run WHERE id = %" G_GINT64_FORMAT,
            fault->whom == DATABASE ? "<= 2" : "= 2", run);
    made_once(fault->what, run, fault->kind);
    if (fault->says != NULL)
        is_true(fault->what,
                "SELECT count(*) = 1 FROM run_message WHERE run_id = %" G_GINT64_FORMAT
                " AND severity = 'warning' AND text LIKE 'attempt 1 of 3: %%%s%%'",
                run, fault->says);
}
END_TEST

/* A worker that was out for a while, and its child, want to store what is another's by now. */
START_TEST(late_worker_is_fenced_off)
{
    const char *what = "stopped worker";
    int64_t run = ask(RUN_PLAN, SLOW);
    pid_t late = start_worker("late");
    wait_phase(what, run, "solve", false);
    pid_t child = child_of(late);
    kill(late, SIGSTOP);
    kill(child, SIGSTOP);
    pid_t other = start_worker("other");
    wait_end(what, run);
    end(other, SIGTERM);
    kill(child, SIGCONT);
    kill(late, SIGCONT);
    wait_for(what, "NOT EXISTS (SELECT FROM run WHERE state = 'running')");
    for (int i = 0; i < 500 && child_of(late) != 0; i++)
        g_usleep(20000);
    ck_assert_int_eq(child_of(late), 0);
    made_once(what, run, RUN_PLAN);
    is_true(what, "SELECT state = 'done' AND attempt = 2 FROM run WHERE id = %" G_GINT64_FORMAT, run);
    int64_t next = ask(RUN_STAFF, "{" WEEK "}");
    wait_end(what, next); /* and the late one works on */
    end(late, SIGTERM);
}
END_TEST

/* --- races */

#define RACE_RUNS 50

START_TEST(two_workers_share)
{
    for (int i = 0; i < RACE_RUNS; i++)
        ask(RUN_STAFF, "{" WEEK "}");
    pid_t a = start_worker("racer a"), b = start_worker("racer b");
    wait_for("race", "NOT EXISTS (SELECT FROM run WHERE state IN ('queued', 'running'))");
    end(a, SIGTERM);
    end(b, SIGTERM);
    is_true("race",
            "SELECT count(*) = %d AND count(*) FILTER (WHERE state = 'done' AND attempt = 1) = %d "
            "FROM (SELECT * FROM run ORDER BY id DESC LIMIT %d) r",
            RACE_RUNS, RACE_RUNS, RACE_RUNS);
}
END_TEST

/* --- cancelling */

static const struct {
    const char *what;
    const char *ask, *lock, *phase; /* phase NULL: it waits, no worker is there */
    bool roster;                    /* is kept */
    bool simulation;
} cancels[] = {
    {"waiting", QUICK, NULL, NULL, false, false},
    {"in the forecast", QUICK, "LOCK TABLE forecast", "forecast", false, false},
    {"in the search", LONG, NULL, "solve", true, false},
    {"in the save", QUICK, SAVING, "save", true, false},
    {"in the simulation", MUCH, NULL, "simulate", true, true},
};

START_TEST(cancelling_keeps_the_best)
{
    g_autoptr(GError) error = NULL;
    const char *what = cancels[_i].what;
    int64_t run = ask(RUN_PLAN, cancels[_i].ask);
    PGconn *held = hold(cancels[_i].lock);
    pid_t worker = cancels[_i].phase != NULL ? start_worker("a") : 0;
    if (worker != 0)
        wait_phase(what, run, cancels[_i].phase, held != NULL);
    AUTO(store) store = store_open(conninfo, &error);
    store_run_cancel(store, run, "somebody", &error);
    ck_no_error(error);
    if (held != NULL)
        g_usleep(1500000); /* time for the request to arrive while it is held */
    PQfinish(held);
    wait_end(what, run);
    is_true(what,
            "SELECT state = 'cancelled' AND (result->'roster' IS NOT NULL) = %s AND "
            "(SELECT count(*) FROM roster WHERE created_by = r.created_by) = %d AND "
            "(EXISTS (SELECT FROM roster_simulation WHERE roster_id = (result->>'roster')::bigint)) = %s "
            "FROM run r WHERE id = %" G_GINT64_FORMAT,
            cancels[_i].roster ? "true" : "false", cancels[_i].roster,
            cancels[_i].simulation ? "true" : "false", run);
    if (worker != 0)
        end(worker, SIGTERM);
}
END_TEST

/* --- kinds that start from a roster */

START_TEST(rosters_are_simulated_and_repaired)
{
    int64_t plan = ask(RUN_PLAN, QUICK);
    pid_t worker = start_worker("a");
    wait_end("plan", plan);
    g_autofree char *roster =
        pg_value(conninfo, "SELECT result->>'roster' FROM run ORDER BY id DESC LIMIT 1");
    must_run((const char *const[]){wfm, "publish", roster, NULL});
    g_autofree char *what = g_strdup_printf("{\"roster\": %s, \"replications\": 7}", roster);
    int64_t simulate = ask(RUN_SIMULATE, what);
    wait_end("simulate", simulate);
    is_true("simulate",
            "SELECT state = 'done' AND result = '{\"roster\": %s, \"replications\": 7}' AND (SELECT "
            "replications = 7 "
            "FROM roster_simulation WHERE roster_id = %s) FROM run WHERE id = %" G_GINT64_FORMAT,
            roster, roster, simulate);
    int64_t replan =
        ask(RUN_REPLAN, "{\"from\": \"2026-11-25T12:00:00+01:00\", \"rounds\": 2, \"simulate\": 0, "
                        "\"absent\": [\"m2=2026-11-26..2026-11-27\"]}");
    wait_end("replan", replan);
    is_true("replan",
            "SELECT state = 'done' AND (SELECT count(*) FROM roster WHERE created_by = r.created_by) = 1 AND "
            "(SELECT count(*) FROM roster_shift s JOIN agent USING (agent_key) WHERE agent.id = 'm2' AND "
            "roster_id = (result->>'roster')::bigint AND day BETWEEN '2026-11-26' AND '2026-11-27') = 0 "
            "FROM run r WHERE id = %" G_GINT64_FORMAT,
            replan);
    end(worker, SIGTERM);
}
END_TEST

/* --- what comes again, and the service */

START_TEST(hopeless_runs_fail_at_once)
{
    g_autoptr(GError) error = NULL;
    int64_t run = ask(RUN_ROSTER, "{\"week\": \"2027-W20\"}");
    pid_t worker = start_worker("a");
    wait_end("hopeless", run);
    is_true("hopeless",
            "SELECT state = 'failed' AND attempt = 1 AND error LIKE '%%no forecast%%' FROM run "
            "WHERE id = %" G_GINT64_FORMAT,
            run);
    AUTO(store) store = store_open(conninfo, &error);
    store_run_retry(store, run, "somebody", &error);
    ck_no_error(error);
    wait_for("retried", "state = 'failed' AND attempt = 2 FROM run WHERE id = %" G_GINT64_FORMAT, run);
    end(worker, SIGTERM);
}
END_TEST

START_TEST(run_outlives_the_service)
{
    static const char *const words[] = {NULL, "serve", "--port", "0", "--quiet", NULL};
    const char *argv[G_N_ELEMENTS(words)];
    memcpy(argv, words, sizeof words);
    argv[0] = wfm;
    int64_t run = ask(RUN_PLAN, LONG);
    pid_t service = start(argv);
    wait_phase("service", run, "solve", false);
    kill(service, SIGTERM);
    g_usleep(2200000); /* two signals within a second are one */
    end(service, SIGTERM);
    is_true("service", "SELECT state = 'queued' AND attempts_max = 4 FROM run WHERE id = %" G_GINT64_FORMAT,
            run);
    pg_exec(conninfo, "UPDATE run SET ask = '" QUICK "' WHERE state = 'queued'");
    service = start(argv);
    wait_end("service", run);
    end(service, SIGTERM);
    is_true("service", "SELECT state = 'done' AND attempt = 2 FROM run WHERE id = %" G_GINT64_FORMAT, run);
    made_once("service", run, RUN_PLAN);
}
END_TEST

/* --- at random */

START_TEST(kills_at_any_moment)
{
    const char *rounds = g_getenv("WFM_RUN_ROUNDS");
    int n = rounds != NULL ? (int)g_ascii_strtoll(rounds, NULL, 10) : 2;
    g_autoptr(GRand) random = g_rand_new_with_seed(20261123);
    for (int i = 0; i < n; i++) {
        int64_t run = ask(RUN_PLAN, QUICK);
        pid_t worker = start_worker("a");
        g_usleep((gulong)g_rand_int_range(random, 0, 1200000));
        pid_t child = child_of(worker);
        if (i % 3 == 0 && child != 0)
            kill(child, SIGKILL);
        else if (i % 3 == 1)
            end(worker, SIGKILL);
        else
            kill_database();
        if (i % 3 == 1)
            worker = start_worker("b");
        wait_end("random", run);
        end(worker, SIGTERM);
        is_true("random", "SELECT state = 'done' FROM run WHERE id = %" G_GINT64_FORMAT, run);
        made_once("random", run, RUN_PLAN);
    }
}
END_TEST

/* --- all */

static void make_data(void)
{
    const char *build = g_getenv("WFM_BUILDDIR");
    g_autofree char *path = g_build_filename(build != NULL ? build : ".", "wfm/wfm", NULL);
    g_autofree char *tiny = testing_source("tests/wfm/tiny.sh");
    wfm = g_canonicalize_filename(path, NULL);
    g_autofree char *script = g_canonicalize_filename(tiny, NULL);
    dir = testing_tmpdir();
    conninfo = pg_database();
    must_run((const char *const[]){script, NULL});
    must_run((const char *const[]){wfm, "load", "operation.cfg", NULL});
    must_run((const char *const[]){wfm, "import", "agents", "agents.csv", NULL});
    must_run((const char *const[]){wfm, "import", "history", "history.csv", NULL});
    must_run((const char *const[]){wfm, "forecast", "--week", "2026-W48", NULL});
}

static void drop_data(void)
{
    testing_rmdir(dir);
    g_free(conninfo);
    g_free(wfm);
}

static Suite *suite(void)
{
    pg_start_durable();
    Suite *s = suite_create("e2e/runs");
    TCase *t = tcase_create("runs");
    tcase_set_timeout(t, g_getenv("WFM_RUN_ROUNDS") != NULL ? 3600 : 60);
    tcase_add_unchecked_fixture(t, make_data, drop_data);
    tcase_add_loop_test(t, kill_costs_an_attempt, 0, G_N_ELEMENTS(faults));
    tcase_add_test(t, late_worker_is_fenced_off);
    tcase_add_test(t, two_workers_share);
    tcase_add_loop_test(t, cancelling_keeps_the_best, 0, G_N_ELEMENTS(cancels));
    tcase_add_test(t, hopeless_runs_fail_at_once);
    tcase_add_test(t, rosters_are_simulated_and_repaired);
    tcase_add_test(t, run_outlives_the_service);
    tcase_add_test(t, kills_at_any_moment);
    suite_add_tcase(s, t);
    return s;
}

TEST_MAIN(suite)
