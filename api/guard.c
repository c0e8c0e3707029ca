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

/* "wfm.example", "192.0.2.1:8080", "[::1]:8080". */
static bool host_ok(const char *value)
{
    static const char name[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_";
    size_t n;
    if (*value == '[') {
        n = 1 + strspn(value + 1, "0123456789abcdefABCDEF:.");
        if (n == 1 || value[n++] != ']')
            return false;
    } else if ((n = strspn(value, name)) == 0) {
        return false;
    }
    if (value[n] == '\0')
        return true;
    size_t digits = strspn(value + n + 1, "0123456789");
    return value[n] == ':' && digits <= 5 && value[n + 1 + digits] == '\0';
}

/* RFC 9110 §5.6.2 and §5.5. */
static bool field_ok(const struct header *header)
{
    static const char token[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-.^_`|~";
    if (*header->name == '\0' || strspn(header->name, token) != strlen(header->name))
        return false;
    for (const char *p = header->value; p != NULL && *p != '\0'; p++)
        if (((guchar)*p < 0x20 && *p != '\t') || (guchar)*p == 0x7f)
            return false;
    return true;
}

/* "Transfer-Encodingchunked": see the header of this file. */
static bool folded(const char *name)
{
    static const char *const framing[] = {"Content-Length", "Transfer-Encoding"};
    for (size_t k = 0; k < G_N_ELEMENTS(framing); k++) {
        size_t length = strlen(framing[k]);
        if (g_ascii_strncasecmp(name, framing[k], length) == 0 && name[length] != '\0')
            return true;
    }
    return false;
}

const char *target_path(const char *target, char **authority)
{
    static const char *const schemes[] = {"http://", "https://"};
    *authority = NULL;
    for (size_t k = 0; k < G_N_ELEMENTS(schemes); k++)
        if (g_ascii_strncasecmp(target, schemes[k], strlen(schemes[k])) == 0) {
            target += strlen(schemes[k]);
            size_t n = strcspn(target, "/?");
            *authority = g_strndup(target, n);
            return target[n] == '/' ? target + n : "/";
        }
    return target;
}

bool authority_guard(const char *authority, const char *host, GError **error)
{
    return authority == NULL || (host != NULL && g_ascii_strcasecmp(authority, host) == 0) ||
           wfm_fail(error, WFM_ERROR_USAGE,
                    "the target of the request and the header Host name different hosts");
}

const char *header_value(const struct header *headers, int n, const char *name)
{
    for (int k = 0; k < n; k++)
        if (g_ascii_strcasecmp(headers[k].name, name) == 0)
            return headers[k].value != NULL ? headers[k].value : "";
    return NULL;
}

const char *header_last(const struct header *headers, int n, const char *name)
{
    while (n > 0 && g_ascii_strcasecmp(headers[n - 1].name, name) != 0)
        n--;
    return n == 0 ? NULL : headers[n - 1].value != NULL ? headers[n - 1].value : "";
}

bool header_guard(const struct header *headers, int n, const char *http_version, GError **error)
{
    for (int k = 0; k < n; k++)
        if (!field_ok(&headers[k]) || folded(headers[k].name))
            return wfm_fail(error, WFM_ERROR_USAGE, "a header has a name or value that HTTP does not allow");
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
    if (encoding != NULL && strcmp(http_version, "HTTP/1.0") == 0)
        return wfm_fail(error, WFM_ERROR_USAGE, "header Transfer-Encoding: HTTP/1.0 has none");
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
