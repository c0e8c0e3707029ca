#include "api/guard.h"

#include <string.h>

#include "core/error.h"

#define CONTENT_LENGTH_DIGITS_MAX 15

static bool length_ok(const char *value, const char *transfer_encoding)
{
    size_t n = strlen(value);
    return n >= 1 && n <= CONTENT_LENGTH_DIGITS_MAX && strspn(value, "0123456789") == n &&
           transfer_encoding == NULL;
}

static bool host_ok(const char *value)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:[]";
    return *value != '\0' && strspn(value, allowed) == strlen(value);
}

const char *header_value(const struct header *headers, int n, const char *name)
{
    for (int k = 0; k < n; k++)
        if (g_ascii_strcasecmp(headers[k].name, name) == 0)
            return headers[k].value != NULL ? headers[k].value : "";
    return NULL;
}

bool header_guard(const struct header *headers, int n, const char *http_version, GError **error)
{
    static const char *const once[] = {"Content-Length", "Transfer-Encoding", "Authorization",
                                       "Host",           "Content-Type",      "Content-Encoding",
                                       "If-Match",       "Idempotency-Key"};
    for (size_t h = 0; h < G_N_ELEMENTS(once); h++) {
        int seen = 0;
        for (int k = 0; k < n; k++)
            seen += g_ascii_strcasecmp(headers[k].name, once[h]) == 0;
        if (seen > 1)
            return wfm_fail(error, WFM_ERROR_USAGE, "header %s is there %d times; send it once", once[h],
                            seen);
    }
    const char *encoding = header_value(headers, n, "Transfer-Encoding");
    if (encoding != NULL && g_ascii_strcasecmp(encoding, "chunked") != 0)
        return wfm_fail(error, WFM_ERROR_USAGE, "header Transfer-Encoding: only \"chunked\" is understood");
    const char *length = header_value(headers, n, "Content-Length");
    if (length != NULL && !length_ok(length, encoding))
        return wfm_fail(error, WFM_ERROR_USAGE,
                        "header Content-Length: not a plain number of bytes, or beside Transfer-Encoding");
    const char *host = header_value(headers, n, "Host");
    if (host == NULL && strcmp(http_version, "HTTP/1.0") != 0)
        return wfm_fail(error, WFM_ERROR_USAGE, "header Host is missing");
    if (host != NULL && !host_ok(host))
        return wfm_fail(error, WFM_ERROR_USAGE, "header Host is not a host name");
    return true;
}
