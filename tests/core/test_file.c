#include "core/file.h"

#include <sys/stat.h>
#include <unistd.h>

#include "core/error.h"
#include "tests/support/testing.h"

static char *dir;

static void setup(void)
{
    dir = testing_tmpdir();
}

static void teardown(void)
{
    testing_rmdir(dir);
}

static const struct {
    const char *what;
    bool ok;
} rows[] = {{"nothing", true}, {"file", true},       {"link to file", true},
            {"fifo", false},   {"directory", false}, {"link to fifo", false}};

START_TEST(only_plain_files_are_written_over)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *file = g_build_filename(dir, "file", NULL), *fifo = g_build_filename(dir, "fifo", NULL);
    g_autofree char *to_file = g_build_filename(dir, "link to file", NULL);
    g_autofree char *to_fifo = g_build_filename(dir, "link to fifo", NULL);
    g_autofree char *folder = g_build_filename(dir, "directory", NULL);
    ck_assert(g_file_set_contents(file, "x", -1, NULL));
    ck_assert(mkfifo(fifo, 0600) == 0 && mkdir(folder, 0700) == 0);
    ck_assert(symlink("file", to_file) == 0 && symlink("fifo", to_fifo) == 0);
    g_autofree char *path = g_build_filename(dir, rows[_i].what, NULL);
    ck_assert_msg(file_replaceable(path, &error) == rows[_i].ok, "%s", rows[_i].what);
    ck_assert_msg(rows[_i].ok || g_error_matches(error, WFM_ERROR, WFM_ERROR_IO), "%s", rows[_i].what);
}
END_TEST

START_TEST(a_device_is_not_written_over)
{
    g_autoptr(GError) error = NULL;
    ck_assert(!file_replaceable("/dev/null", &error));
    ck_assert(g_error_matches(error, WFM_ERROR, WFM_ERROR_IO));
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("core/file");
    TCase *t = tcase_create("file");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_loop_test(t, only_plain_files_are_written_over, 0, G_N_ELEMENTS(rows));
    tcase_add_test(t, a_device_is_not_written_over);
    suite_add_tcase(s, t);
    return s;
}

TEST_MAIN(suite)
