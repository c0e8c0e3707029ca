/*
 * prices.h - what an agent hour is worth in a roster and what its rules cost: the same for all edits of a
 * roster, computed once, by a thread of its own, in seconds, and in minutes for hundreds of agents over
 * weeks.
 *
 * Whoever asks meanwhile holds no thread and no connection to the database: the request is suspended and
 * comes again when it is there, or after some seconds, to be told to ask later.
 *
 * Thread-safe: own mutex and threads.
 */
#ifndef WFM_API_PRICES_H
#define WFM_API_PRICES_H

#include <microhttpd.h>

#include "api/roster_cache.h"

/* What a request found missing; NULL: nothing. */
struct prices_wait;
void prices_wait_free(struct prices_wait *wait);

struct prices;
/* How long a request is suspended: 0: 5 s, -1: not at all. */
struct prices *prices_start(int patience_ms);
/* Lets go who waits and computes no more; from now on nobody waits. NULL is fine. */
void prices_rest(struct prices *prices);
void prices_free(struct prices *prices); /* the same */

/* Prices and savings of rules. NULL with WFM_ERROR_LIMIT while they are computed, *wait says of what then;
   NULL with the engine's error, too. */
const struct explained *prices_explained(struct prices *prices, struct roster_view *view,
                                         struct prices_wait **wait, GError **error);
/* Only the multipliers of its service-level rows, which are known much sooner; not NULL where there are none.
 */
const double *prices_multipliers(struct prices *prices, struct roster_view *view, struct prices_wait **wait,
                                 GError **error);
/* Suspends the connection until that is there, or nobody waits any more; then its request comes again. Takes
   the wait. False: it does not wait. */
bool prices_suspend(struct prices *prices, struct prices_wait **wait, struct MHD_Connection *connection);

#endif
