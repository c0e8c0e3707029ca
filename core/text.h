/*
 * text.h - small texts people write in files: clock times, weekdays, durations, numbers, weekly spans.
 *
 * All are strict (the whole text must be of the form), fail with WFM_ERROR_INPUT quoting the text, and leave
 * their outputs alone on failure.
 */
#ifndef WFM_CORE_TEXT_H
#define WFM_CORE_TEXT_H

#include "core/operation.h"

/* "HH:MM" up to max_min (1439 for a time of day, 2880 where past midnight may be meant): minutes from
 * midnight. */
bool clock_parse(const char *text, int max_min, int *minute, GError **error);

/* "mon-fri", "sat,sun", "all", "fri-mon": bit 0 = Monday. */
bool weekdays_parse(const char *text, uint8_t *weekdays, GError **error);

/* The weekdays in the mask as such a text; "" for none. g_free. */
char *weekdays_format(uint8_t weekdays);

/* "20s", "15min", "4h", "2d", "1.5h", "1h30min": seconds. */
bool duration_parse(const char *text, double *seconds, GError **error);

/* "mon-fri 06:00-20:00; sat 08:00-14:00"; an end at or before its start means the next day. *spans is
   g_free'd; empty text gives none. */
bool week_spans_parse(const char *text, struct week_span **spans, int *n, GError **error);

/* The spans as such a text. g_free. */
char *week_spans_format(const struct week_span *spans, int n);

/* A finite decimal number with `decimal` ('.' or ',') as its mark: "12", "-0.5", "1e3". No spaces, no hex, no
   inf. Correctly rounded; some 15 ns. */
bool number_parse(const char *text, char decimal, double *value);

/* Edit distance (insert, delete, replace, swap neighbours). For "did you mean". */
int text_distance(const char *a, const char *b);

/* "a, b, c": the names nearest to `word`, at most three, nearest first; all of them when there are up to
 * five. g_free. */
char *text_nearest(const char *word, const char *const *names, int n);

/* No control characters but tab and line ends: nothing a terminal or a calendar would act upon. UTF-8. */
bool text_plain(const char *text);

#endif
