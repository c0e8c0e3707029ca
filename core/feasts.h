/*
 * feasts.h - public holidays of a country, by rule: which days of a span are feasts, and their names.
 *
 * The rules (core/feasts_table.c) are fixed dates, weekdays of a month, distances from Easter (western and
 * orthodox, by computus), equinoxes, and dates by table for lunar feasts; substitute days follow each
 * country's own rule. They hold for 2015 and later; rows begin and end where the law changed. Lunar tables
 * end in 2032; Islamic dates are those of Umm al-Qura (India: a day later), and where the moon is sighted
 * they may be a day off. Days a government gives away once are listed as far as known; bridge days are not. A
 * planner's special day replaces a listed one.
 *
 * Own tables, because what Debian has is either of Perl and one country (libdate-holidays-de-perl), of Python
 * (python3-holidays) or of Qt (libkf5holidays).
 *
 * Pure, thread-safe.
 */
#ifndef WFM_CORE_FEASTS_H
#define WFM_CORE_FEASTS_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct feast {
    int32_t day;
    const char *name; /* static; a substitute day ends in " (substitute)": its effect is its own */
};

/* Feasts within first_day..last_day of "US", "DE-BY" (a country and a part of it) or several with commas
   ("US, CA": a day once, by the first that has it); sorted by day, one per day. *n entries, g_free. Codes
   must be good (feasts_check). */
struct feast *feasts_between(const char *codes, int32_t first_day, int32_t last_day, int *n);

/* Are all codes known? WFM_ERROR_INPUT names the one that is not, and what there is. "" is good: none. */
bool feasts_check(const char *codes, GError **error);

/* Sunday of Easter: Gregorian (Meeus/Jones/Butcher), and Orthodox (Julian, as a Gregorian day; until 2099).
 */
int32_t easter_day(int year);
int32_t orthodox_easter_day(int year);

#endif
