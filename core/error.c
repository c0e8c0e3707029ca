#include "core/error.h"

static const struct {
    const char *text;
    int exit_status;
    int http_status;
    const char *type;
} rows[] = {
#define X(name, text, exit_status, http_status, type) {text, exit_status, http_status, type},
    WFM_ERROR_TABLE(X)
#undef X
};

GQuark wfm_error_quark(void)
{
    return g_quark_from_static_string("wfm");
}

static gboolean is_ours(const GError *error)
{
    return error->domain == WFM_ERROR && error->code >= 0 && error->code < WFM_ERROR_N;
}

const char *wfm_error_text(enum wfm_error code)
{
    return rows[code].text;
}

int wfm_error_exit_status(const GError *error)
{
    if (error == NULL)
        return 0;
    return is_ours(error) ? rows[error->code].exit_status : rows[WFM_ERROR_INTERNAL].exit_status;
}

int wfm_error_http_status(const GError *error)
{
    return is_ours(error) ? rows[error->code].http_status : rows[WFM_ERROR_INTERNAL].http_status;
}

const char *wfm_error_type(const GError *error)
{
    return is_ours(error) ? rows[error->code].type : rows[WFM_ERROR_INTERNAL].type;
}

gboolean wfm_fail(GError **error, enum wfm_error code, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *message = g_strdup_vprintf(format, args);
    va_end(args);
    g_set_error_literal(error, WFM_ERROR, (gint)code, message);
    return FALSE;
}
