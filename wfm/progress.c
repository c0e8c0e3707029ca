#include "wfm/progress.h"

#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define TERMINAL_EVERY_S 0.1
#define PLAIN_EVERY_S 5.0

struct progress {
    bool quiet, terminal;
    bool shown; /* a line is on the terminal that must be wiped */
    double last_s;
};

double now_s(void)
{
    return (double)g_get_monotonic_time() / 1e6;
}

struct progress *progress_new(bool quiet)
{
    struct progress *progress = g_new0(struct progress, 1);
    progress->quiet = quiet;
    progress->terminal = isatty(STDERR_FILENO);
    progress->last_s = progress->terminal ? -1e9 : now_s();
    return progress;
}

static void wipe(struct progress *progress)
{
    if (progress->shown)
        fputs("\r\033[K", stderr);
    progress->shown = false;
}

void progress_free(struct progress *progress)
{
    if (progress == NULL)
        return;
    wipe(progress);
    fflush(stderr);
    g_free(progress);
}

/* Cuts to the width of the terminal, so that the line can be rewritten. */
static void cut(char *line)
{
    struct winsize size;
    glong width = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1 ? size.ws_col - 1 : 79;
    if (g_utf8_strlen(line, -1) > width)
        *g_utf8_offset_to_pointer(line, width) = '\0';
}

void progress_show(struct progress *progress, const char *format, ...)
{
    double now = now_s();
    if (progress->quiet || now - progress->last_s < (progress->terminal ? TERMINAL_EVERY_S : PLAIN_EVERY_S))
        return;
    progress->last_s = now;
    va_list args;
    va_start(args, format);
    g_autofree char *line = g_strdup_vprintf(format, args);
    va_end(args);
    if (progress->terminal) {
        cut(line);
        fprintf(stderr, "\r%s\033[K", line);
        progress->shown = true;
        fflush(stderr);
    } else {
        fprintf(stderr, "%s\n", line);
    }
}

void progress_note(struct progress *progress, const char *format, ...)
{
    if (progress->quiet)
        return;
    va_list args;
    va_start(args, format);
    g_autofree char *line = g_strdup_vprintf(format, args);
    va_end(args);
    wipe(progress);
    fprintf(stderr, "%s\n", line);
}

void progress_warn(const struct operation *operation)
{
    g_autoptr(GPtrArray) warnings = operation_warnings(operation);
    for (guint i = 0; i < warnings->len; i++)
        fprintf(stderr, "warning: %s\n", (const char *)g_ptr_array_index(warnings, i));
}
