/*
 * receiver.h - a receiver of webhooks on a loopback port, in a thread of its own, as well or badly behaved as
 * the test wants.
 */
#ifndef WFM_TESTS_API_RECEIVER_H
#define WFM_TESTS_API_RECEIVER_H

#include <glib.h>
#include <stdint.h>

enum receiver_mode {
    RECEIVER_OK,        /* 204 */
    RECEIVER_FAILS,     /* 500 */
    RECEIVER_REFUSES,   /* 422 */
    RECEIVER_REDIRECTS, /* 302 to itself */
    RECEIVER_HANGS,     /* takes the request and says nothing */
    RECEIVER_CHATTERS,  /* 200 with a body without end */
    RECEIVER_CLOSES,    /* closes without a word */
    RECEIVER_STALLS,    /* half a head, then nothing */
};

struct receiver;
struct receiver *receiver_start(void);
void receiver_stop(struct receiver *receiver);
uint16_t receiver_port(const struct receiver *receiver);
/* "http://127.0.0.1:port/hook", g_free. */
char *receiver_url(const struct receiver *receiver);
void receiver_set(struct receiver *receiver, enum receiver_mode mode);
/* The first n requests are answered with 500 from now on, the others by the mode. */
void receiver_fail(struct receiver *receiver, int n);

/* Requests so far, and waits (up to 20 s) until there are that many; the number there are. */
int receiver_count(struct receiver *receiver);
int receiver_wait(struct receiver *receiver, int n);
/* A request, head and body, g_free. */
char *receiver_request(struct receiver *receiver, int k);
/* Value of a header of a request, g_free; NULL. */
char *receiver_header(struct receiver *receiver, int k, const char *name);

#endif
