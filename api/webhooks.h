/*
 * webhooks.h - sends the outbox: one thread looks for webhooks with something to send, up to WEBHOOKS_AT_ONCE
 * others send, each one webhook's events in their order.
 *
 * At least once: an event is sent again when its sender died, or an answer was lost; its id tells. Order: the
 * events of a webhook go out in the order of their numbers. One that fails because nobody answers, or with
 * 408, 429 or 5xx, holds the later ones back for its first WEBHOOK_HOLDS attempts (a receiver that restarts
 * gets all in order); any other refusal is about that event alone, and the later ones go on. Attempts: the
 * table in webhooks.c, with jitter of a fifth, for a day; then the delivery is dead until somebody retries
 * it. A webhook with nothing but failures for three days is disabled, with an audit row.
 *
 * The threads borrow a connection of the pool only to look and to note, not while they send.
 */
#ifndef WFM_API_WEBHOOKS_H
#define WFM_API_WEBHOOKS_H

#include "api/address.h"
#include "api/pool.h"
#include "api/secret_box.h"

#define WEBHOOKS_AT_ONCE 4
#define WEBHOOK_HOLDS 5

/* Zero is the default of every field. */
struct webhooks_config {
    const char *allow; /* ranges of addresses that are no public ones and may be sent to; NULL: none */
    const struct secret_key *key; /* of sealed secrets; NULL: none */
    int connect_s, total_s;       /* 0: 5, 15 */
    int poll_ms;                  /* how often the outbox is looked at; 0: 1000 */
    const int *schedule; /* seconds until the next attempt, by attempts made, 0 ends; the last repeats; NULL:
                            the usual */
    int give_up_s, disable_after_s; /* 0: a day, three days */
};

struct webhooks;

/* Starts the threads; the pool must outlive it. NULL with WFM_ERROR_USAGE for a bad `allow`. */
struct webhooks *webhooks_start(struct store_pool *pool, const struct webhooks_config *config,
                                GError **error);
/* Breaks off what is being sent (it is sent again by the next to come), waits for the threads. NULL is fine.
 */
void webhooks_stop(struct webhooks *webhooks);

/* For those who make webhooks; NULL: no ranges, no key. */
const struct address_ranges *webhooks_allowed(const struct webhooks *webhooks);
const struct secret_key *webhooks_key(const struct webhooks *webhooks);
/* Prometheus text: attempts by result, length of the queue, dead letters. */
void webhooks_metrics(const struct webhooks *webhooks, GString *out);

#endif
