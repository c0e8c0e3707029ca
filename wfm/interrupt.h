/*
 * interrupt.h - Ctrl-C and SIGTERM as a question a long job asks, instead of a sudden death.
 */
#ifndef WFM_WFM_INTERRUPT_H
#define WFM_WFM_INTERRUPT_H

/* From now on SIGINT and SIGTERM are counted instead of ending the process; system calls that wait are
   interrupted (EINTR). They are unblocked: a parent starts children with them blocked, so that none dies of
   one before it is ready to count. May be called again inside: the outermost pair counts. */
void interrupt_catch(void);
/* Back to dying at once, where the outermost interrupt_catch was. */
void interrupt_release(void);
/* How often asked to stop since interrupt_catch. Async-signal-safe. */
int interrupt_count(void);

/* From now on SIGHUP is counted, too, until the end of the process. */
void interrupt_catch_hangups(void);
int interrupt_hangups(void);

#endif
