/*
 * error.h - every way wfm can fail, in one table.
 *
 * Each row is: enumerator suffix, short text, exit status of the `wfm` command, HTTP status and problem type
 * of the API. A callee fills a GError once, with the concrete value and place ("history.csv:812: column
 * offered: -3 is negative"); callers prefix it (g_prefix_error); only wfm/ and api/ print it.
 */
#ifndef WFM_CORE_ERROR_H
#define WFM_CORE_ERROR_H

#include <glib.h>

/* clang-format off */
#define WFM_ERROR_TABLE(X)                                                            \
    X(USAGE,           "wrong use of the command",                     2, 400, "usage")           \
    X(INPUT,           "bad input",                                    3, 422, "invalid-input")   \
    X(NOT_FOUND,       "not found",                                    4, 404, "not-found")       \
    X(CONFLICT,        "conflicts with what is stored",                5, 409, "conflict")        \
    X(UNAUTHENTICATED, "no valid token",                               6, 401, "unauthenticated") \
    X(FORBIDDEN,       "not allowed for this role",                    6, 403, "forbidden")       \
    X(STORE,           "database failed or cannot be reached",         7, 503, "store")           \
    X(SCHEMA,          "database schema is not the one this wfm needs", 7, 503, "schema")         \
    X(IO,              "file could not be read or written",            8, 500, "io")              \
    X(LIMIT,           "time, memory or size limit reached",           9, 503, "limit")           \
    X(VIOLATION,       "work rules are broken",                       10, 409, "rule-violation")  \
    X(CANCELLED,       "stopped on request",                          11, 503, "cancelled")       \
    X(ABSENT,          "not part of this service",                     2, 501, "not-implemented") \
    X(METHOD,          "method not allowed here",                      2, 405, "method")          \
    X(TOO_LARGE,       "request is too large",                         2, 413, "too-large")       \
    X(PRECONDITION,    "changed since it was read",                     5, 412, "precondition-failed") \
    X(NO_PRECONDITION, "must say what it was made from",                2, 428, "precondition-required") \
    X(MEDIA_TYPE,      "media type not taken here",                     2, 415, "media-type")     \
    X(RATE,            "too many requests",                             9, 429, "rate")           \
    X(BUSY,            "somebody else is at it",                        5, 409, "busy")           \
    X(UNSUPPORTED,     "not possible with this build",                  2, 501, "unsupported")    \
    X(INTERNAL,        "internal error",                              70, 500, "internal")
/* clang-format on */

enum wfm_error {
#define X(name, text, exit_status, http_status, type) WFM_ERROR_##name,
    WFM_ERROR_TABLE(X)
#undef X
        WFM_ERROR_N
};

#define WFM_ERROR (wfm_error_quark())
GQuark wfm_error_quark(void);

/* Short text of a code ("bad input"), for headings. Static string. */
const char *wfm_error_text(enum wfm_error code);

/* Exit status of the command for an error of any domain; 70 for a domain that is not ours; 0 for NULL. */
int wfm_error_exit_status(const GError *error);

/* HTTP status and RFC 9457 problem type suffix for an error of any domain; 500 "internal" when not ours. */
int wfm_error_http_status(const GError *error);
const char *wfm_error_type(const GError *error);

/* Sets *error and returns false, so that a callee can write `return wfm_fail(error, WFM_ERROR_INPUT, "...")`.
 */
gboolean wfm_fail(GError **error, enum wfm_error code, const char *format, ...) G_GNUC_PRINTF(3, 4);

#endif
