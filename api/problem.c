#include "api/problem.h"

#include <string.h>

#include "core/error.h"

/* What the database says of its tables and values is for the log. */
static const char *database_detail(const GError *error)
{
    switch (error->code) {
    case WFM_ERROR_BUSY:
        return "Somebody else changed the same at the same moment; try again.";
    case WFM_ERROR_CONFLICT:
        return "It conflicts with what is stored; look at it again.";
    default:
        return "It has a value that cannot be stored.";
    }
}

static const char *outside_detail(const GError *error, int status)
{
    if (status < 500 && strstr(error->message, "(SQLSTATE ") != NULL)
        return database_detail(error);
    if (status < 500)
        return error->message;
    if (status == 503)
        return "The service cannot answer just now; try again in some seconds.";
    return "Something failed inside; the log has it under this request_id.";
}

static const char *title_of(const GError *error)
{
    bool ours = error->domain == WFM_ERROR && error->code >= 0 && error->code < WFM_ERROR_N;
    return wfm_error_text(ours ? (enum wfm_error)error->code : WFM_ERROR_INTERNAL);
}

char *api_problem_text(const GError *error, const char *parameter, const char *request_id, json_t *extra,
                       int *status)
{
    int code = wfm_error_http_status(error);
    g_autofree char *type = g_strconcat(PROBLEM_TYPE_PREFIX, wfm_error_type(error), NULL);
    g_autofree char *detail = g_utf8_make_valid(outside_detail(error, code), -1);
    json_t *problem = json_pack("{s:s, s:s, s:i, s:s}", "type", type, "title", title_of(error), "status",
                                code, "detail", detail);
    if (parameter != NULL)
        json_object_set_new(problem, "errors",
                            json_pack("[{s:s, s:s}]", "parameter", parameter, "detail", detail));
    if (extra != NULL)
        json_object_update_missing(problem, extra);
    if (request_id != NULL)
        json_object_set_new(problem, "request_id", json_string(request_id));
    char *text = json_dumps(problem, JSON_COMPACT);
    json_decref(problem);
    *status = code;
    return text;
}
