/*
 * calendar.h - an agent's shifts as an iCalendar feed (RFC 5545, RFC 7986).
 *
 * One event per shift, in UTC instants, so that no VTIMEZONE is needed and every calendar shows the right
 * hour. UID is the shift's own and never changes; SEQUENCE and LAST-MODIFIED rise with each publish that
 * moves it; cancelled shifts stay as STATUS:CANCELLED. Meals and breaks stand in the description by the
 * agent's wall clock. Nothing depends on when the feed is read (DTSTAMP is the time of the change), so its
 * ETag is stable.
 *
 * METHOD is PUBLISH, without an organizer, as the feeds of the large calendars have it: some programs ask
 * whether to reply to what has none.
 *
 * Thread-safe: no zone of the iCalendar library is touched.
 */
#ifndef WFM_API_CALENDAR_H
#define WFM_API_CALENDAR_H

#include "core/store/store.h"

#define CALENDAR_CONTENT_TYPE "text/calendar; charset=utf-8"

/* `name`: of the calendar. `zone`: whose wall clock the description uses. g_free. */
char *calendar_text(const char *name, const struct zone *zone, const struct shift_view *views, int n);

#endif
