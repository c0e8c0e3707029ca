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
    bool sunk;
    struct progress_sink sink;
    struct progress_span span;
    double percent;
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
    progress->span = (struct progress_span){0, 1};
    return progress;
}

struct progress *progress_new_sink(const struct progress_sink *sink)
{
    struct progress *progress = progress_new(true);
    progress->sunk = true;
    progress->sink = *sink;
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

struct progress_span progress_enter(struct progress *progress, double from, double to)
{
    struct progress_span outer = progress->span;
    double width = outer.to - outer.from;
    progress->span = (struct progress_span){outer.from + from * width, outer.from + to * width};
    return outer;
}

void progress_leave(struct progress *progress, struct progress_span outer)
{
    progress->span = outer;
}

G_GNUC_PRINTF(2, 0)
static void show(struct progress *progress, const char *format, va_list args)
{
    double now = now_s();
    if (progress->quiet || now - progress->last_s < (progress->terminal ? TERMINAL_EVERY_S : PLAIN_EVERY_S))
        return;
    progress->last_s = now;
    g_autofree char *line = g_strdup_vprintf(format, args);
    if (progress->terminal) {
        cut(line);
        fprintf(stderr, "\r%s\033[K", line);
        progress->shown = true;
        fflush(stderr);
    } else {
        fprintf(stderr, "%s\n", line);
    }
}

void progress_show(struct progress *progress, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    show(progress, format, args);
    va_end(args);
}

void progress_at(struct progress *progress, const struct progress_state *at, const char *format, ...)
{
    if (progress->sunk) {
        double share = CLAMP(at->share, 0, 1), width = progress->span.to - progress->span.from;
        progress->percent = MAX(progress->percent, 100 * (progress->span.from + share * width));
        progress->sink.at(at, progress->percent, progress->sink.user);
        return;
    }
    va_list args;
    va_start(args, format);
    show(progress, format, args);
    va_end(args);
}

G_GNUC_PRINTF(3, 0)
static void note(struct progress *progress, bool warning, const char *format, va_list args)
{
    if (progress->quiet && !progress->sunk)
        return;
    g_autofree char *line = g_strdup_vprintf(format, args);
    if (progress->sunk) {
        progress->sink.note(warning, line, progress->sink.user);
        return;
    }
    wipe(progress);
    fprintf(stderr, "%s%s\n", warning ? "warning: " : "", line);
}

void progress_note(struct progress *progress, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    note(progress, false, format, args);
    va_end(args);
}

void progress_warning(struct progress *progress, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    note(progress, true, format, args);
    va_end(args);
}

void progress_warn(const struct operation *operation)
{
    g_autoptr(GPtrArray) warnings = operation_warnings(operation);
    for (guint i = 0; i < warnings->len; i++)
        fprintf(stderr, "warning: %s\n", (const char *)g_ptr_array_index(warnings, i));
}
