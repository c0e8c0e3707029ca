/*
 * keeping.h - two servers on the fixture's database, one that keeps answers in memory and one that keeps
 * nothing: what one says the other must.
 */
#ifndef WFM_TESTS_API_KEEPING_H
#define WFM_TESTS_API_KEEPING_H

#include "tests/api/fixture.h"
#include "tests/api/http.h"

#define ANA "(SELECT agent_key FROM agent WHERE id = 'ana')"
#define CIRA "(SELECT agent_key FROM agent WHERE id = 'cira')"

extern struct fixture fixture;
extern struct api_server *keeping, *plain; /* of the same database */

/* options: more of the connection string of the one that keeps; replica: it reads from the same database as
 * one. */
void keeping_start(const char *options, bool replica);
void keeping_stop(void);

/* The shifts of whose token it is; extra: headers. */
struct http_answer keeping_get(struct api_server *server, const char *token, const char *extra);
/* Of /metrics of the one that keeps. */
int keeping_figure(const char *name);
/* Answers from memory so far. */
int keeping_hits(void);
void keeping_same(const struct http_answer *a, const struct http_answer *b);
/* The answer, asked for until it comes from memory. */
struct http_answer keeping_warm(const char *token);

#endif
