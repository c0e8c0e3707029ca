/*
 * kill -9 of a publishing process, and of the whole database, at random moments: whoever reads sees the old
 * roster or the new one, and what was acknowledged is there.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/error.h"
#include "core/store/cluster.h"
#include "core/store/query.h"
#include "tests/core/store/sample.h"
#include "tests/support/pg.h"
#include "tests/support/testing.h"

enum { ROUNDS = 50, AGENTS = 60, SHIFTS = AGENTS * 5, SEED = 20261123 };

static char *conninfo;

struct publisher {
    pid_t pid;
    int out;
};

static struct publisher publisher_start(int64_t roster)
{
    g_autoptr(GError) error = NULL;
    const char *build = g_getenv("WFM_BUILDDIR");
    g_autofree char *path = g_build_filename(build != NULL ? build : ".", "tests/e2e/kill_publisher", NULL);
    g_autofree char *id = g_strdup_printf("%" G_GINT64_FORMAT, roster);
    char *argv[] = {path, conninfo, id, NULL};
    struct publisher publisher = {0};
    g_spawn_async_with_pipes(NULL, argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDERR_TO_DEV_NULL, NULL,
                             NULL, &publisher.pid, NULL, &publisher.out, NULL, &error);
    ck_no_error(error);
    return publisher;
}

/* Waits for its end; has it said that the roster is published? */
static bool publisher_end(struct publisher *publisher)
{
    char said[64] = "";
    size_t n = 0;
    ssize_t got;
    while (n < sizeof said - 1 &&
           ((got = read(publisher->out, said + n, sizeof said - 1 - n)) > 0 || errno == EINTR))
        n += (size_t)MAX(got, 0);
    close(publisher->out);
    while (waitpid(publisher->pid, NULL, 0) < 0 && errno == EINTR)
        ;
    return g_str_has_prefix(said, "published");
}

static int parent_of(const char *pid)
{
    g_autofree char *path = g_build_filename("/proc", pid, "stat", NULL);
    g_autofree char *text = NULL;
    const char *end;
    int parent = 0;
    if (g_file_get_contents(path, &text, NULL, NULL) && (end = strrchr(text, ')')) != NULL && strlen(end) > 4)
        parent = (int)g_ascii_strtoll(end + 4, NULL, 10);
    return parent;
}

/* The postmaster first, so that it starts nothing new; then all its children. */
static void kill_database(void)
{
    int postmaster = cluster_pid(pg_data_dir());
    ck_assert_int_gt(postmaster, 0);
    g_autoptr(GArray) children = g_array_new(FALSE, FALSE, sizeof(int));
    g_autoptr(GDir) proc = g_dir_open("/proc", 0, NULL);
    const char *name;
    while ((name = g_dir_read_name(proc)) != NULL)
        if (g_ascii_isdigit(name[0]) && parent_of(name) == postmaster) {
            int pid = (int)g_ascii_strtoll(name, NULL, 10);
            g_array_append_val(children, pid);
        }
    kill(postmaster, SIGKILL);
    for (guint i = 0; i < children->len; i++)
        kill(g_array_index(children, int, i), SIGKILL);
}

/* What a reader sees of the week in one look: all shifts are of one roster, whole. Returns that roster. */
static int64_t look(struct store *store, int round)
{
    g_autoptr(GError) error = NULL;
    struct shift_view *views = NULL;
    int n = 0;
    store_shifts(store, &scope_planner, NULL, INT64_MIN, INT64_MAX, false, 0, 0, 0, &views, &n, &error);
    ck_no_error(error);
    ck_assert_msg(n == SHIFTS, "round %d: %d shifts, not %d", round, n, SHIFTS);
    int64_t minute = views[0].start_ts / 60 % 60; /* roster r starts its shifts at minute 5·(r mod 12) */
    for (int i = 0; i < n; i++)
        ck_assert_msg(views[i].start_ts / 60 % 60 == minute, "round %d: a mixture of two rosters", round);
    shift_views_free(views, n);
    return minute / 5;
}

/* The tables agree with each other: one published version, its shifts are those of the draft, nothing else is
 * active. */
static int64_t look_closely(int round)
{
    g_autofree char *sound = pg_value(
        conninfo, "SELECT (SELECT count(*) FROM roster WHERE state = 'published') = 1 "
                  "AND NOT EXISTS (SELECT FROM shift s JOIN roster r ON r.id = s.roster_id "
                  "WHERE NOT s.cancelled AND r.state <> 'published') "
                  "AND NOT EXISTS ((SELECT agent_key, day, start_at, end_at FROM shift WHERE NOT cancelled) "
                  "EXCEPT (SELECT agent_key, day, s.start_at, s.end_at FROM roster_shift s JOIN roster r "
                  "ON r.id = s.roster_id WHERE r.state = 'published')) "
                  "AND (SELECT count(*) FROM audit WHERE action = 'roster.published') = "
                  "(SELECT count(*) FROM roster WHERE state <> 'draft')");
    ck_assert_msg(g_strcmp0(sound, "t") == 0, "round %d: the tables do not agree", round);
    g_autofree char *id = pg_value(conninfo, "SELECT id FROM roster WHERE state = 'published'");
    return g_ascii_strtoll(id, NULL, 10);
}

/* A killed client's last word may still be with its server process: wait until that has let go of the lock of
 * publishing. */
static void settle(void)
{
    g_autofree char *sql = g_strdup_printf("SELECT pg_advisory_xact_lock(%d, 0)", (int)LOCK_ROSTER);
    pg_exec(conninfo, sql);
}

static int64_t draft(struct store *store, int round)
{
    return sample_draft(store, AGENTS, SAMPLE_WEEK, 360 + 5 * (round % 12));
}

/* Reads again and again until the moment comes: during a publish as well there is no mixture. */
static void read_until(struct store *store, gint64 moment, int round)
{
    while (g_get_monotonic_time() < moment)
        look(store, round);
}

static gint64 timed_publish(struct store *store)
{
    gint64 start = g_get_monotonic_time();
    struct publisher publisher = publisher_start(draft(store, 0));
    start = g_get_monotonic_time();
    ck_assert(publisher_end(&publisher));
    return g_get_monotonic_time() - start;
}

START_TEST(old_or_new_never_a_mixture)
{
    g_autoptr(GError) error = NULL;
    conninfo = pg_database();
    AUTO(store) store = store_open(conninfo, &error);
    AUTO(operation) operation = sample_operation(AGENTS);
    sample_save(store, operation);
    double span_us = (double)timed_publish(store);
    int64_t current = look_closely(-1);
    GRand *random = g_rand_new_with_seed(SEED);
    int said = 0, done_unsaid = 0, undone = 0;
    for (int round = 1; round <= ROUNDS; round++) {
        bool database = round % 2 == 0;
        int64_t next = draft(store, round);
        gint64 moment = (gint64)(g_rand_double(random) * span_us);
        struct publisher publisher = publisher_start(next);
        moment += g_get_monotonic_time();
        if (database) {
            gint64 left = moment - g_get_monotonic_time();
            poll(NULL, 0, (int)(MAX(left, 0) / 1000));
            kill_database();
        } else {
            read_until(store, moment, round);
            kill(publisher.pid, SIGKILL);
        }
        bool acknowledged = publisher_end(&publisher);
        if (database)
            pg_ensure();
        ck_assert(store_ping(store, &error));
        ck_no_error(error);
        look(store, round);
        settle();
        int64_t now = look_closely(round);
        ck_assert_msg(now == next || now == current, "round %d: roster %ld, neither old nor new", round,
                      (long)now);
        ck_assert_msg(!acknowledged || now == next, "round %d: an acknowledged publish is gone", round);
        said += acknowledged;
        done_unsaid += !acknowledged && now == next;
        undone += now == current;
        /* aim at the middle of the publish, however fast the machine is right now */
        span_us *= now == next ? 0.93 : 1.07;
        current = now;
    }
    g_rand_free(random);
    printf("%d kills: %d after the acknowledgement, %d between commit and acknowledgement, %d before the "
           "commit\n",
           ROUNDS, said, done_unsaid, undone);
    ck_assert_int_ge(undone, 5);
    ck_assert_int_ge(said + done_unsaid, 5);
}
END_TEST

static Suite *suite(void)
{
    pg_start_durable();
    Suite *s = suite_create("e2e/kill");
    TCase *t = tcase_create("kill -9");
    tcase_set_timeout(t, 240);
    tcase_add_test(t, old_or_new_never_a_mixture);
    suite_add_tcase(s, t);
    return s;
}

TEST_MAIN(suite)
