/*
 * forecast_sayings.h - paragraphs of a forecast in words that are not written in forecast_words.c, and how
 * they put figures.
 */
#ifndef WFM_WFM_FORECAST_SAYINGS_H
#define WFM_WFM_FORECAST_SAYINGS_H

#include "wfm/forecast_words.h"

/* What a paragraph is written from. Each writes its text into `out`, or nothing. */
struct saying {
    const struct explained_forecast *explained;
    const struct explanation *e;
};

/* What the calendar does: weekdays; special days; day of the month and time of the year. */
void say_weekdays(const struct saying *saying, GString *out);
void say_specials(const struct saying *saying, GString *out);
void say_calendar(const struct saying *saying, GString *out);

/* "+1.8 %" with a true minus. */
void say_change(GString *out, double factor);

#endif
