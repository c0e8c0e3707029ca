#include "core/store/cluster.h"

#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/error.h"
#include "tests/support/pg.h"
#include "tests/support/testing.h"

#define FAST "fsync = off\nshared_buffers = '16MB'\nmax_connections = 20\n"

static char *tmpdir;
static char *data_dir;

static void setup(void)
{
    tmpdir = pg_tmpdir();
    data_dir = g_build_filename(tmpdir, "data", NULL);
}

static void teardown(void)
{
    cluster_stop(data_dir, NULL);
    testing_rmdir(tmpdir);
    g_free(data_dir);
}

static void must_answer(const char *conninfo)
{
    g_autoptr(GError) error = NULL;
    AUTO(store) store = store_open(conninfo, &error);
    ck_no_error(error);
    ck_assert(store_ping(store, &error));
    ck_no_error(error);
}

START_TEST(starts_stops_and_survives_a_kill)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *first = cluster_ensure_with(data_dir, FAST, true, &error);
    ck_no_error(error);
    must_answer(first);
    int pid = cluster_pid(data_dir);
    ck_assert_int_gt(pid, 0);

    g_autofree char *second = cluster_ensure_with(data_dir, FAST, true, &error);
    ck_no_error(error);
    ck_assert_str_eq(first, second);
    ck_assert_int_eq(cluster_pid(data_dir), pid);

    ck_assert_int_eq(kill(pid, SIGKILL), 0);
    g_autofree char *third = cluster_ensure_with(data_dir, FAST, true, &error);
    ck_no_error(error);
    must_answer(third);
    ck_assert_int_ne(cluster_pid(data_dir), pid);

    ck_assert(cluster_stop(data_dir, &error));
    ck_no_error(error);
    ck_assert_int_eq(cluster_pid(data_dir), 0);
    ck_assert(cluster_stop(data_dir, &error)); /* nothing to do is no error */
    ck_no_error(error);
}
END_TEST

/* The former server of a deleted data directory takes the socket of its successor with it. */
START_TEST(a_lost_socket_comes_back)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *before = cluster_ensure_with(data_dir, FAST, true, &error);
    ck_no_error(error);
    must_answer(before);
    g_autofree char *socket = g_build_filename(data_dir, "socket", ".s.PGSQL.5432", NULL);
    ck_assert_int_eq(unlink(socket), 0);
    g_autofree char *after = cluster_ensure_with(data_dir, FAST, true, &error);
    ck_no_error(error);
    must_answer(after);
}
END_TEST

START_TEST(several_processes_at_once)
{
    enum { N = 4 };
    pid_t children[N];
    for (int i = 0; i < N; i++) {
        children[i] = fork();
        if (children[i] == 0) {
            g_autofree char *conninfo = cluster_ensure_with(data_dir, FAST, true, NULL);
            AUTO(store) store = conninfo != NULL ? store_open(conninfo, NULL) : NULL;
            _exit(store != NULL && store_ping(store, NULL) ? 0 : 1);
        }
    }
    for (int i = 0; i < N; i++) {
        int status = -1;
        ck_assert_int_eq(waitpid(children[i], &status, 0), children[i]);
        ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0, "process %d could not use the cluster",
                      i);
    }
}
END_TEST

START_TEST(long_paths_get_a_short_socket)
{
    g_autoptr(GError) error = NULL;
    char part[121];
    memset(part, 'x', sizeof part - 1);
    part[sizeof part - 1] = '\0';
    g_autofree char *dir = g_build_filename(tmpdir, part, NULL);
    g_autofree char *conninfo = cluster_ensure_with(dir, FAST, true, &error);
    ck_no_error(error);
    must_answer(conninfo);
    ck_assert_ptr_null(strstr(conninfo, part));
    const char *host = strchr(conninfo, '\'') + 1;
    g_autofree char *socket_dir = g_strndup(host, strcspn(host, "'"));
    struct stat st;
    ck_assert_int_eq(stat(socket_dir, &st), 0);
    ck_assert_int_eq((int)(st.st_mode & 0777), 0700);
    ck_assert(cluster_stop(dir, &error));
    ck_no_error(error);
    rmdir(socket_dir);
}
END_TEST

START_TEST(odd_characters_in_the_path)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *dir = g_build_filename(tmpdir, "it's a \\ dir", NULL);
    g_autofree char *conninfo = cluster_ensure_with(dir, FAST, true, &error);
    ck_no_error(error);
    must_answer(conninfo);
    ck_assert(cluster_stop(dir, &error));
    ck_no_error(error);
}
END_TEST

START_TEST(a_killed_initdb_is_done_again)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *half = g_build_filename(data_dir, "pg.new", NULL);
    g_autofree char *rest = g_build_filename(half, "base", NULL);
    ck_assert_int_eq(g_mkdir_with_parents(rest, 0700), 0);
    struct stat st;
    ck_assert_int_eq(stat(tmpdir, &st), 0);
    if (geteuid() == 0) { /* a directory of root that is not empty is refused: give it away first */
        ck_assert_int_eq(chown(data_dir, 65534, 65534), 0);
        ck_assert_int_eq(chown(half, 65534, 65534), 0);
        ck_assert_int_eq(chown(rest, 65534, 65534), 0);
    }
    g_autofree char *conninfo = cluster_ensure_with(data_dir, FAST, true, &error);
    ck_no_error(error);
    must_answer(conninfo);
}
END_TEST

/* A server of another major version would refuse the files, deep in its log. */
START_TEST(another_major_version_is_named)
{
    static const char *const majors[] = {"14\n", "99\n", "../15\n"};
    g_autoptr(GError) error = NULL;
    g_autofree char *conninfo = cluster_ensure_with(data_dir, FAST, true, &error);
    ck_no_error(error);
    must_answer(conninfo);
    ck_assert(cluster_stop(data_dir, &error));
    ck_no_error(error);
    g_autofree char *path = g_build_filename(data_dir, "pg", "PG_VERSION", NULL);
    ck_assert(g_file_set_contents(path, majors[_i], -1, NULL));
    ck_assert_ptr_null(cluster_ensure_with(data_dir, FAST, true, &error));
    ck_assert(g_error_matches(error, WFM_ERROR, WFM_ERROR_STORE));
    g_autofree char *named = g_strdup_printf("PostgreSQL %s", majors[_i]);
    ck_assert_msg(strstr(error->message, g_strchomp(named)) != NULL && strstr(error->message, "dump") != NULL,
                  "%s", error->message);
}
END_TEST

/* Root's server runs as somebody else, who must be able to get in; and a directory in use is not taken over.
 */
START_TEST(root_gets_clear_errors)
{
    if (geteuid() != 0)
        return;
    g_autoptr(GError) error = NULL;
    g_autofree char *closed = g_build_filename(tmpdir, "closed", NULL);
    g_autofree char *inside = g_build_filename(closed, "deep", "data", NULL);
    ck_assert_int_eq(g_mkdir_with_parents(closed, 0700), 0);
    ck_assert_ptr_null(cluster_ensure_with(inside, FAST, true, &error));
    ck_assert(g_error_matches(error, WFM_ERROR, WFM_ERROR_IO));
    g_autofree char *advice = g_strdup_printf("chmod o+x %s", closed);
    ck_assert_msg(strstr(error->message, advice) != NULL && g_str_has_suffix(error->message, advice), "%s",
                  error->message);

    g_clear_error(&error);
    g_autofree char *file = g_build_filename(closed, "mine", NULL);
    ck_assert(g_file_set_contents(file, "x", -1, NULL));
    ck_assert_ptr_null(cluster_ensure_with(closed, FAST, true, &error));
    ck_assert(g_error_matches(error, WFM_ERROR, WFM_ERROR_IO));
    ck_assert_ptr_nonnull(strstr(error->message, "not empty"));
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("core/store/cluster");
    TCase *t = tcase_create("private cluster");
    tcase_set_timeout(t, 60);
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, starts_stops_and_survives_a_kill);
    tcase_add_test(t, a_lost_socket_comes_back);
    tcase_add_test(t, several_processes_at_once);
    tcase_add_test(t, long_paths_get_a_short_socket);
    tcase_add_test(t, odd_characters_in_the_path);
    tcase_add_test(t, a_killed_initdb_is_done_again);
    tcase_add_loop_test(t, another_major_version_is_named, 0, 3);
    tcase_add_test(t, root_gets_clear_errors);
    suite_add_tcase(s, t);
    return s;
}

TEST_MAIN(suite)
