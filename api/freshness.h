/*
 * freshness.h - do answers kept in memory still hold? Requests that may be answered from memory wait here,
 * suspended, until the database was asked once for all of them (core/store/answer.h); whoever comes while
 * that is under way waits for the next time, so that a request never relies on a look that began before it
 * came. So as many requests as there are cost one round trip.
 *
 * What is known is a generation, a number that grows whenever marks were found, and whom those concerned. An
 * answer read after generation g was known holds as long as none of g + 1 and above concerns its agent.
 * Primary and replica are known apart: an answer holds by the word of the server it was read from. A look
 * that fails forgets everything.
 *
 * Thread-safe: own mutex and thread.
 */
#ifndef WFM_API_FRESHNESS_H
#define WFM_API_FRESHNESS_H

#include <microhttpd.h>

#include "api/pool.h"

struct freshness;
struct freshness *freshness_start(struct store_pool *pool);
/* Lets go who waits; from now on nobody does, and nothing is known. NULL is fine. */
void freshness_rest(struct freshness *freshness);
void freshness_free(struct freshness *freshness); /* the same */

/* Suspends the connection until the server of that side (api/pool.h) has been asked, or nobody waits any
   more; then its request comes again. */
void freshness_wait(struct freshness *freshness, int side, struct MHD_Connection *connection);

/* To be asked before an answer is read that shall be kept. False: nothing is known. now_ts: of the server. */
bool freshness_now(struct freshness *freshness, int side, uint64_t *generation, int64_t *now_ts);
/* Does an answer of that generation hold, for that agent, and until that time of the server? */
bool freshness_holds(struct freshness *freshness, int side, uint64_t generation, int32_t agent_key,
                     int64_t until_ts);

struct freshness_figures {
    uint64_t looks, waits,
        resets; /* round trips; requests that waited for one; times nothing was known after */
};
void freshness_figures(struct freshness *freshness, struct freshness_figures *out);

#endif
