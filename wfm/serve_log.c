#include "wfm/serve_log.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "core/zone.h"

const char *serve_log_format_name(int format)
{
    static const char *const names[SERVE_LOG_FORMATS] = {"logfmt", "json"};
    return names[format];
}

/* A value of a logfmt line, quoted when it needs to be. g_free. */
static char *logfmt_value(const char *text)
{
    if (*text != '\0' && strpbrk(text, " =\"\\\n\t") == NULL)
        return g_strdup(text);
    g_autofree char *escaped = g_strescape(text, NULL);
    return g_strdup_printf("\"%s\"", escaped);
}

static char *logfmt_line(const struct api_event *event)
{
    g_autofree char *path = logfmt_value(event->path != NULL ? event->path : "");
    g_autofree char *reason = event->error != NULL ? logfmt_value(event->error) : NULL;
    return g_strdup_printf("method=%s path=%s status=%d ms=%.1f bytes=%zu role=%s token=%" G_GINT64_FORMAT
                           " remote=%s request=%s%s%s\n",
                           event->method != NULL ? event->method : "-", path, event->status,
                           event->seconds * 1000, event->bytes, event->role != NULL ? event->role : "-",
                           event->token_id, event->remote != NULL ? event->remote : "-",
                           event->request_id != NULL ? event->request_id : "-",
                           reason != NULL ? " error=" : "", reason != NULL ? reason : "");
}

static char *json_line(const struct api_event *event)
{
    g_autofree char *now = time_format(g_get_real_time() / G_USEC_PER_SEC, NULL);
    g_autofree char *error = event->error != NULL ? g_utf8_make_valid(event->error, -1) : NULL;
    json_t *json =
        json_pack("{s:s, s:s, s:s?, s:s?, s:s?, s:i, s:f, s:I, s:s?, s:I, s:s?, s:s?}", "time", now, "level",
                  event->status >= 500 ? "error" : "info", "method", event->method, "path", event->path,
                  "route", event->route, "status", event->status, "ms", event->seconds * 1000, "bytes",
                  (json_int_t)event->bytes, "role", event->role, "token", (json_int_t)event->token_id,
                  "remote", event->remote, "request", event->request_id);
    if (error != NULL)
        json_object_set_new(json, "error", json_string(error));
    char *text = json_dumps(json, JSON_COMPACT | JSON_REAL_PRECISION(4));
    char *line = g_strconcat(text, "\n", NULL);
    free(text);
    json_decref(json);
    return line;
}

char *serve_log_line(enum serve_log_format format, const struct api_event *event)
{
    return format == SERVE_LOG_JSON ? json_line(event) : logfmt_line(event);
}

void serve_log_event(const struct api_event *event, void *user)
{
    enum serve_log_format format = (enum serve_log_format)g_atomic_int_get((gint *)user);
    const char *prefix = g_getenv("JOURNAL_STREAM") == NULL ? "" : event->status >= 500 ? "<3>" : "<6>";
    g_autofree char *text = serve_log_line(format, event);
    g_autofree char *line = g_strconcat(prefix, text, NULL);
    fputs(line, stderr); /* in one call, so that lines of threads do not mix */
}
