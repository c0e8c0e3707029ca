/*
 * hot.h - GETs that are answered from memory (rows of the route table with `keep`), and still never with an
 * old answer: api/kept.h holds answers, api/freshness.h says whether they hold.
 *
 * A request that finds an answer under its key waits until the database was asked what has changed, together
 * with all others that wait, and comes again. If nothing has that concerns it, the answer goes out (or 304 by
 * its ETag); the limits of the token count as ever. Else it is read, and kept.
 *
 * The key is a hash of the token, the path, the query with the range it means, and whether gzip is wanted:
 * the secret itself is not kept. Refusals are never kept: a token that is good holds an answer no longer than
 * itself.
 */
#ifndef WFM_API_HOT_H
#define WFM_API_HOT_H

#include <microhttpd.h>

#include "api/call.h"
#include "api/freshness.h"
#include "api/kept.h"
#include "api/pool.h"

struct hot;
/* memory: of the answers, bytes; 0: none are kept. */
struct hot *hot_new(struct store_pool *pool, size_t memory);
/* From now on nothing is answered from memory, and no connection is suspended; before the HTTP library stops.
 */
void hot_rest(struct hot *hot);
void hot_free(struct hot *hot);

/* Of one request; zero at its beginning. */
struct hot_visit {
    bool keyed, asked; /* it has a key; the database was asked for it */
    int side;          /* where it reads */
    unsigned char key[KEPT_KEY_BYTES];
};
/* True: the connection is suspended, and the request comes again when it is time. */
bool hot_waits(struct hot *hot, struct hot_visit *visit, struct api_call *call,
               struct MHD_Connection *connection);
/* api_perform, from memory if that holds. */
bool hot_perform(struct hot *hot, struct hot_visit *visit, struct api_call *call, GError **error);

/* As Prometheus text: answers from memory and not, round trips for them, what is kept. */
void hot_metrics(struct hot *hot, GString *out);

#endif
