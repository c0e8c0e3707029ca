#define _GNU_SOURCE /* O_TMPFILE */
#include "api/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "core/error.h"

struct spool {
    size_t max, received;
    GString *memory; /* NULL: in the file */
    int fd;
    char *path;
    GError *failed;
};

static int open_file(void)
{
    const char *folder = g_get_tmp_dir();
    int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR))
        return fd;
    g_autofree char *name = g_build_filename(folder, "wfm-body-XXXXXX", NULL);
    fd = g_mkstemp_full(name, O_RDWR | O_CLOEXEC, 0600);
    if (fd >= 0)
        unlink(name);
    return fd;
}

struct spool *spool_new(size_t max, bool in_file, GError **error)
{
    int fd = in_file ? open_file() : -1;
    if (in_file && fd < 0) {
        wfm_fail(error, WFM_ERROR_IO, "cannot make a temporary file in %s: %s", g_get_tmp_dir(),
                 g_strerror(errno));
        return NULL;
    }
    struct spool *spool = g_new0(struct spool, 1);
    *spool = (struct spool){.max = max, .fd = fd};
    if (in_file)
        spool->path = g_strdup_printf("/proc/self/fd/%d", fd);
    else
        spool->memory = g_string_new(NULL);
    return spool;
}

void spool_free(struct spool *spool)
{
    if (spool == NULL)
        return;
    if (spool->fd >= 0)
        close(spool->fd);
    if (spool->memory != NULL)
        g_string_free(spool->memory, TRUE);
    g_clear_error(&spool->failed);
    g_free(spool->path);
    g_free(spool);
}

static void to_file(struct spool *spool, const char *bytes, size_t n)
{
    while (n > 0) {
        ssize_t written = write(spool->fd, bytes, n);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0) {
            wfm_fail(&spool->failed, WFM_ERROR_IO, "cannot keep a body in %s: %s", g_get_tmp_dir(),
                     g_strerror(errno));
            return;
        }
        bytes += written;
        n -= (size_t)written;
    }
}

void spool_add(struct spool *spool, const char *bytes, size_t n)
{
    spool->received += n;
    if (spool->failed != NULL)
        return;
    if (spool->received > spool->max)
        wfm_fail(&spool->failed, WFM_ERROR_TOO_LARGE, "a body has at most %zu bytes here", spool->max);
    else if (spool->memory != NULL)
        g_string_append_len(spool->memory, bytes, (gssize)n);
    else
        to_file(spool, bytes, n);
}

bool spool_done(struct spool *spool, const char **body, size_t *length, const char **path, GError **error)
{
    *body = spool->memory != NULL ? spool->memory->str : "";
    *length = spool->received;
    *path = spool->path;
    if (spool->failed == NULL)
        return true;
    g_propagate_error(error, g_error_copy(spool->failed));
    return false;
}

size_t spool_received(const struct spool *spool)
{
    return spool->received;
}
