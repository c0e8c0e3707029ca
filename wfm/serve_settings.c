#include "wfm/serve_settings.h"

#include <string.h>

#include "core/config.h"

static const char *level_name(int level)
{
    static const char *const names[SERVE_LOG_LEVELS] = {"all", "refused", "errors"};
    return names[level];
}

/* clang-format off */
static const struct cfg_key keys[] = {
    {"log", CFG_ENUM, offsetof(struct serve_settings, log), .enum_name = serve_log_format_name, .enum_n = SERVE_LOG_FORMATS},
    {"log_level", CFG_ENUM, offsetof(struct serve_settings, log_level), .enum_name = level_name, .enum_n = SERVE_LOG_LEVELS},
    {"rate", CFG_REAL, offsetof(struct serve_settings, rate), .min = 0, .max = 1e6},
    {"burst", CFG_INT, offsetof(struct serve_settings, burst), .min = 0, .max = 1e6},
    {"cors_origins", CFG_TEXT, offsetof(struct serve_settings, cors_origins), .required = false},
    {.name = NULL},
};
/* clang-format on */

bool serve_settings_read(const struct options *options, struct serve_settings *out, GError **error)
{
    *out = (struct serve_settings){.rate = options_real(options, "rate"),
                                   .burst = (int)options_int(options, "burst")};
    const char *path = options_text(options, "config");
    if (path != NULL && !cfg_read(path, keys, out, NULL, error))
        return false;
    if (options_given(options, "log"))
        out->log = options_choice(options, "log");
    if (options_flag(options, "quiet"))
        out->log_level = SERVE_LOG_ERRORS;
    if (options_given(options, "rate"))
        out->rate = options_real(options, "rate");
    if (options_given(options, "burst"))
        out->burst = (int)options_int(options, "burst");
    if (options_given(options, "cors-origin")) {
        g_free(out->cors_origins);
        out->cors_origins = g_strdup(options_text(options, "cors-origin"));
    }
    return true;
}

void serve_settings_clear(struct serve_settings *settings)
{
    g_free(settings->cors_origins);
    *settings = (struct serve_settings){0};
}

struct api_live serve_settings_live(const struct serve_settings *settings)
{
    static const int from[SERVE_LOG_LEVELS] = {0, 400, 500};
    return (struct api_live){.rate = settings->rate,
                             .burst = settings->burst,
                             .cors_origins = settings->cors_origins,
                             .log_from_status = from[settings->log_level]};
}
