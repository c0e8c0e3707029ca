#include "core/week.h"

#include "core/error.h"
#include "core/zone.h"

/* Monday of ISO week 1: the week that holds 4 January. */
static int32_t first_week(int year)
{
    return day_week_start(day_from_civil(year, 1, 4));
}

static bool is_week(const char *text)
{
    for (int i = 0; i < 8; i++) {
        bool ok = i == 4   ? text[i] == '-'
                  : i == 5 ? text[i] == 'W' || text[i] == 'w'
                           : g_ascii_isdigit(text[i]);
        if (!ok)
            return false;
    }
    return text[8] == '\0';
}

bool week_parse(const char *text, int32_t *first_day, GError **error)
{
    if (is_week(text)) {
        int year = (int)g_ascii_strtoll(text, NULL, 10);
        int week = (int)g_ascii_strtoll(text + 6, NULL, 10);
        int weeks = year >= 1 ? (first_week(year + 1) - first_week(year)) / WEEK_DAYS : 0;
        if (week < 1 || week > weeks)
            return wfm_fail(error, WFM_ERROR_INPUT, "week %s: %d has the weeks 01 to %d", text, year, weeks);
        *first_day = first_week(year) + (week - 1) * WEEK_DAYS;
        return true;
    }
    int32_t day;
    if (!day_parse(text, &day, NULL))
        return wfm_fail(error, WFM_ERROR_INPUT,
                        "week %s: write an ISO week (2026-W48) or its Monday (2026-11-23)", text);
    if (day_weekday(day) != 0) {
        g_autofree char *monday = day_format(day_week_start(day));
        return wfm_fail(error, WFM_ERROR_INPUT, "week %s: not a Monday; its week starts on %s", text, monday);
    }
    *first_day = day;
    return true;
}

char *week_format(int32_t day)
{
    int32_t monday = day_week_start(day);
    int year = day_civil(monday + 3).year;
    return g_strdup_printf("%04d-W%02d", year, (monday - first_week(year)) / WEEK_DAYS + 1);
}
