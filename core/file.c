#include "core/file.h"

#include <glib/gstdio.h>
#include <sys/stat.h>

#include "core/error.h"

bool file_read(const char *path, char **text, gsize *length, GError **error)
{
    g_autoptr(GError) why = NULL;
    if (g_file_get_contents(path, text, length, &why))
        return true;
    if (g_error_matches(why, G_FILE_ERROR, G_FILE_ERROR_NOENT))
        return wfm_fail(error, WFM_ERROR_NOT_FOUND, "%s: no such file", path);
    if (g_error_matches(why, G_FILE_ERROR, G_FILE_ERROR_NOMEM))
        return wfm_fail(error, WFM_ERROR_LIMIT, "%s: there is not enough memory to read it", path);
    return wfm_fail(error, WFM_ERROR_IO, "%s", why->message);
}

bool file_replaceable(const char *path, GError **error)
{
    struct stat st;
    if (stat(path, &st) != 0 || S_ISREG(st.st_mode))
        return true;
    return wfm_fail(error, WFM_ERROR_IO, "%s is there and not a plain file; it is not written over", path);
}

void file_remove_tree(const char *path)
{
    if (g_file_test(path, G_FILE_TEST_IS_DIR) && !g_file_test(path, G_FILE_TEST_IS_SYMLINK)) {
        g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
        const char *name;
        while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
            g_autofree char *child = g_build_filename(path, name, NULL);
            file_remove_tree(child);
        }
    }
    g_remove(path);
}
