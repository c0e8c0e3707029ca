/*
 * serve_settings.h - what `wfm serve` may change while it runs: from the command line, else from its settings
 * file
 * (--config), which is read again on SIGHUP.
 */
#ifndef WFM_WFM_SERVE_SETTINGS_H
#define WFM_WFM_SERVE_SETTINGS_H

#include "wfm/options.h"
#include "wfm/serve_log.h"

enum serve_log_level { SERVE_LOG_ALL, SERVE_LOG_REFUSED, SERVE_LOG_ERRORS, SERVE_LOG_LEVELS };

struct serve_settings {
    int log, log_level; /* enum serve_log_format, enum serve_log_level */
    double rate;
    int burst;
    char *cors_origins; /* by commas; NULL: none */
};

/* Strict: an unknown key, a wrong type or range is an error with file and line. What the command line gives
   wins. Clear *out whatever the result. */
bool serve_settings_read(const struct options *options, struct serve_settings *out, GError **error);
void serve_settings_clear(struct serve_settings *settings);
/* Its strings are those of the settings. */
struct api_live serve_settings_live(const struct serve_settings *settings);

#endif
