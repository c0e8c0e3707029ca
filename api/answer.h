/*
 * answer.h - an api_response becomes an answer on the connection: headers, 304, gzip, CORS. Inside of the
 * server.
 */
#ifndef WFM_API_ANSWER_H
#define WFM_API_ANSWER_H

#include <microhttpd.h>

#include "api/call.h"
#include "api/cors.h"
#include "api/limits.h"
#include "api/stream.h"

/* What the answer depends on beside the response. All borrowed. */
struct answer {
    struct MHD_Connection *connection;
    const char *method; /* of the request, as its headers */
    const struct header *headers;
    int n_headers;
    const char *request_id;
    const struct cors *cors;
    bool close; /* the connection, after it */
    struct limits_state limit;
    struct stream *stream;    /* not NULL: instead of a body */
    const char *const *extra; /* pairs of header name and value, then NULL; may be NULL */
};

/* Does a body of that type and length go out as gzip? */
bool answer_gzips(const char *accept_encoding, const char *content_type, size_t length);

/* Queues the answer and clears the response, whose status is that of the answer (304 when the client has it
   already). *bytes: length of the body sent. */
enum MHD_Result answer_send(const struct answer *answer, struct api_response *response, int *status,
                            size_t *bytes);

#endif
