/*
 * problem.h - RFC 9457 problem details, the body of every error.
 *
 *   {"type": "urn:wfm:problem:invalid-input", "title": "bad input", "status": 422, "detail": "parameter
 * limit: 0 is not in 1..1000", "errors": [{"parameter": "limit", "detail": "…"}], "request_id": "…"}
 *
 * The type is stable: programs compare it; title and detail are for people. Pure and thread-safe.
 */
#ifndef WFM_API_PROBLEM_H
#define WFM_API_PROBLEM_H

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>

#define PROBLEM_CONTENT_TYPE "application/problem+json"
#define PROBLEM_TYPE_PREFIX "urn:wfm:problem:"

/* HTTP status of the error, and the problem as JSON text (g_free). `parameter`: the query parameter that is
   wrong, or NULL. `extra`: further members (borrowed), or NULL. What failed inside (status ≥ 500) is not told
   to the caller: the detail then is general, the message goes to the log under the request id. */
char *api_problem_text(const GError *error, const char *parameter, const char *request_id, json_t *extra,
                       int *status);

#endif
