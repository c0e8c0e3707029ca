/*
 * notify.h - tells the service manager how a service is (systemd's sd_notify, Type=notify): "READY=1",
 * "RELOADING=1", "STOPPING=1", "WATCHDOG=1", "STATUS=…", by lines. Nothing happens without NOTIFY_SOCKET.
 */
#ifndef WFM_WFM_NOTIFY_H
#define WFM_WFM_NOTIFY_H

#include <glib.h>

void notify_manager(const char *text);
/* "RELOADING=1" with the clock the manager wants beside it; then do it, and say READY=1. */
void notify_reloading(void);
/* How often WATCHDOG=1 should come, µs: half of what the manager allows; 0: never. */
gint64 notify_watchdog_us(void);

#endif
