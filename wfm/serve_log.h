/*
 * serve_log.h - the access log of `wfm serve`: one line per answer on standard error, as logfmt or as JSON.
 * Nothing secret is in an event (api/server.h), so nothing secret is in a line. Thread-safe.
 */
#ifndef WFM_WFM_SERVE_LOG_H
#define WFM_WFM_SERVE_LOG_H

#include "api/server.h"

enum serve_log_format { SERVE_LOG_LOGFMT, SERVE_LOG_JSON, SERVE_LOG_FORMATS };
const char *serve_log_format_name(int format);

/* The line of an event, line feed included; g_free. */
char *serve_log_line(enum serve_log_format format, const struct api_event *event);
/* An api_log_fn; user is the gint that holds the format (read atomically). */
void serve_log_event(const struct api_event *event, void *user);

#endif
