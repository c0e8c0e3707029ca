/*
 * limits.h - how often somebody may ask: buckets that fill at a rate and hold a burst, one per token; and how
 * often an address may be wrong about its token or calendar secret. In memory, of this process alone.
 *
 * Thread-safe: own mutex.
 */
#ifndef WFM_API_LIMITS_H
#define WFM_API_LIMITS_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct limits;

/* What is left of a bucket, for the headers of the answer. */
struct limits_state {
    int burst, left; /* requests of cost 1; burst 0: no limit */
    int full_s;      /* until it is full again */
};

/* rate: requests per second of one token, 0 = no limit, on guessing neither; burst: at once, 0 = twice the
 * rate, at least 10. */
struct limits *limits_new(double rate, int burst);
void limits_free(struct limits *limits);
/* The same buckets under another rate. */
void limits_change(struct limits *limits, double rate, int burst);

/* Takes `cost` from the bucket of the token. WFM_ERROR_RATE when it does not hold so much, *wait_s then says
   when it will (a cost beyond the burst counts as the burst). */
bool limits_take(struct limits *limits, int64_t token, int cost, struct limits_state *state, int *wait_s,
                 GError **error);

/* Guessing. An address that was wrong LIMITS_GUESSES times in a row may only use what it has used with
   success lately (other people sit behind the same address), and gets a new attempt every LIMITS_GUESS_S
   seconds. `credential` is the token or secret; only a hash of it is kept. */
#define LIMITS_GUESSES 20
#define LIMITS_GUESS_S 6
/* WFM_ERROR_RATE with *wait_s. */
bool limits_may_try(struct limits *limits, const char *address, const char *credential, int *wait_s,
                    GError **error);
void limits_was_right(struct limits *limits, const char *credential);
void limits_was_wrong(struct limits *limits, const char *address);

#endif
