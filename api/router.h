/*
 * router.h - routes are rows of a const table; everything else follows from it: who may call what, 405 and
 * Allow, OPTIONS, metrics, the check of openapi.yaml and the access test that has a row for every route.
 *
 * Pure and thread-safe.
 */
#ifndef WFM_API_ROUTER_H
#define WFM_API_ROUTER_H

#include <glib.h>
#include <stdbool.h>

#include "core/store/store.h"

struct api_call;

/* Who may call a route. ALLOW_OPEN needs no token (and none is looked at). */
enum api_allow {
    ALLOW_PLANNER = 1 << 0, /* 1 << ROLE_PLANNER */
    ALLOW_CLIENT = 1 << 1,
    ALLOW_AGENT = 1 << 2,
    ALLOW_ANY = ALLOW_PLANNER | ALLOW_CLIENT | ALLOW_AGENT,
    ALLOW_OPEN = 1 << 3,
};

#define ROUTE_VARS_MAX 2

/* A pattern is literal segments and variables: "/v1/agents/{id}/shifts"; a variable may have literal text
   behind it in its segment: "/v1/calendar/{secret}.ics". */
struct api_route {
    const char *method; /* "GET" (HEAD goes the same way), "POST", "PUT", "PATCH", "DELETE" */
    const char *pattern;
    unsigned allow;  /* enum api_allow */
    unsigned params; /* enum api_param: query parameters it takes; all others are refused */
    bool store;      /* needs a database connection */
    bool (*handle)(struct api_call *call, GError **error);
    const char *summary;
    /* What few rows need, by name; zero is the default. */
    enum token_scope scope; /* 0: TOKEN_READ for GET, else TOKEN_PLAN */
    enum store_lock lock;   /* held while a change runs, so that its If-Match cannot be overtaken */
    /* The header If-Match must be there (428) and name the ETag that GET of this path gives now (412); where
       this path has no GET, that of the path without its last segment counts. Where GET answers 404, a PUT
       without it creates. On other rows the header is heeded when it is sent. */
    bool if_match;
    int cost; /* of the rate limit of the token; 0: 1 */
    const char
        *reader;     /* pattern of the GET whose ETag counts instead; its variables come first in this one */
    size_t body_max; /* bytes; 0: that of the server (1 MiB) */
    bool body_file;  /* the body goes into a temporary file (call->body_path), after the token was checked */
    /* Of agents' GETs: made of nothing but the query, the token and agent behind it, the agent's site and
       shifts (what core/store/answer.h knows changes of), so that the answer may be kept in memory
       (api/hot.h). */
    bool keep;
    /* Called before the token is looked up, with the query read and a connection there: tells the store what
       will be asked, so that it comes along with the look-up. */
    void (*ahead)(struct api_call *call);
};

extern const struct api_route api_routes[]; /* api/routes.c */
extern const int api_n_routes;

static inline bool route_is_write(const struct api_route *route)
{
    return !g_str_equal(route->method, "GET");
}
enum token_scope route_scope(const struct api_route *route);
/* The row whose GET says what a write of this row changes (see if_match), or NULL. */
const struct api_route *route_reader(const struct api_route *routes, int n_routes,
                                     const struct api_route *route);

enum route_result { ROUTE_FOUND, ROUTE_NO_PATH, ROUTE_NO_METHOD };

struct route_match {
    const struct api_route *route; /* when found */
    char *vars[ROUTE_VARS_MAX];    /* percent-decoded */
    int n_vars;
    char *allow; /* "GET, HEAD, OPTIONS", when the path exists */
};

/* Finds the row for method and raw path (percent-encoded, no query). A path with an empty segment, a trailing
   slash, a bad escape, an encoded slash or NUL matches nothing. *out is cleared with route_match_clear,
   whatever the result. */
enum route_result route_find(const struct api_route *routes, int n_routes, const char *method,
                             const char *path, struct route_match *out);
void route_match_clear(struct route_match *match);

#endif
