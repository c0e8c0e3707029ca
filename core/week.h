/*
 * week.h - naming roster weeks: "2026-W48" or the Monday "2026-11-23".
 */
#ifndef WFM_CORE_WEEK_H
#define WFM_CORE_WEEK_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* ISO 8601 week or a date that is a Monday; *first_day gets the Monday. WFM_ERROR_INPUT names the text, and
   the Monday meant when the date is another day. */
bool week_parse(const char *text, int32_t *first_day, GError **error);

/* "2026-W48" for the week that holds the day. g_free. */
char *week_format(int32_t day);

#endif
