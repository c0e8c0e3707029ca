#include "tests/support/testing.h"

#include "core/file.h"

#include <stdio.h>
#include <stdlib.h>

int testing_run(Suite *suite)
{
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    int run = srunner_ntests_run(runner);
    srunner_free(runner);
    if (failed > 0)
        return EXIT_FAILURE;
    return run > 0 ? EXIT_SUCCESS : 77;
}

static const char *env_or(const char *name, const char *fallback)
{
    const char *value = g_getenv(name);
    return value != NULL && *value != '\0' ? value : fallback;
}

char *testing_source(const char *relative)
{
    return g_build_filename(env_or("WFM_SRCDIR", "."), relative, NULL);
}

char *testing_shared(const char *relative, const char *what)
{
    g_autofree char *path = g_build_filename(env_or("WFM_SHARED", "../shared"), relative, NULL);
    if (g_file_test(path, G_FILE_TEST_EXISTS))
        return g_steal_pointer(&path);
    fprintf(stderr, "SKIPPED %s: %s is not there (set WFM_SHARED)\n", what, path);
    return NULL;
}

char *testing_tmpdir(void)
{
    g_autoptr(GError) error = NULL;
    char *dir = g_dir_make_tmp("wfm-test-XXXXXX", &error);
    if (dir == NULL)
        g_error("%s", error->message);
    return dir;
}

void testing_rmdir(char *dir)
{
    if (dir == NULL)
        return;
    file_remove_tree(dir);
    g_free(dir);
}
