/*
 * watch.h - closes connections of clients that take too long: the HTTP library only knows idle ones, and a
 * client that sends a byte now and then is never idle. A request's head and body, and the taking of its
 * answer, each have a time in all.
 *
 * Thread-safe: own mutex guards the list; deadlines are atomic.
 */
#ifndef WFM_API_WATCH_H
#define WFM_API_WATCH_H

#include <microhttpd.h>

struct watch;

/* Seconds; 0: the default. Bodies get body_s and a second more for each WATCH_BODY_RATE bytes they may have.
 */
struct watch_times {
    int head_s;   /* from the connection, or from the former answer, to the end of the head [60] */
    int body_s;   /* from there to the end of the body [30] */
    int answer_s; /* from the answer to its last byte [300] */
};
#define WATCH_BODY_RATE (64 * 1024)

struct watch *watch_start(const struct watch_times *times);
/* After the HTTP library has stopped. NULL is fine. */
void watch_stop(struct watch *watch);

/* For MHD_OPTION_NOTIFY_CONNECTION; cls is the watch. */
void watch_connection(void *cls, struct MHD_Connection *connection, void **context,
                      enum MHD_ConnectionNotificationCode code);

/* What the connection does now. bytes: of the body, as far as it is known. WATCH_WORK and WATCH_STREAM have
   no end here. */
enum watch_phase { WATCH_HEAD, WATCH_BODY, WATCH_WORK, WATCH_ANSWER, WATCH_STREAM };
void watch_phase(struct watch *watch, struct MHD_Connection *connection, enum watch_phase phase,
                 size_t bytes);

#endif
