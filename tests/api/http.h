/*
 * http.h - a small blocking HTTP client for the tests: one request per connection, exactly the bytes the test
 * wants.
 */
#ifndef WFM_TESTS_API_HTTP_H
#define WFM_TESTS_API_HTTP_H

#include <glib.h>
#include <stddef.h>
#include <stdint.h>

struct http_answer {
    int status;    /* 0: the peer closed without an answer */
    char *head;    /* status line and headers, CRLF */
    char *body;    /* NUL-terminated */
    size_t length; /* of the body */
};
void http_answer_clear(struct http_answer *answer);

/* A connected socket. */
int http_connect(uint16_t port);

/* Sends the bytes to 127.0.0.1:port and reads until the peer closes (so ask for "Connection: close"). Fails
   the test when the connection cannot be made or nothing comes for 20 s. */
struct http_answer http_raw(uint16_t port, const char *bytes, size_t length);

/* One request with Host and Connection: close; token and extra ("Name: value\r\n"…) and body may be NULL. A
   body is JSON unless extra has a Content-Type. */
struct http_answer http_request(uint16_t port, const char *method, const char *path, const char *token,
                                const char *extra, const char *body);

/* Value of a header of the answer, or NULL. g_free. */
char *http_header(const struct http_answer *answer, const char *name);

#endif
