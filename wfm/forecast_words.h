/*
 * forecast_words.h - a forecast explained: in words, as a table of days, and as JSON.
 */
#ifndef WFM_WFM_FORECAST_WORDS_H
#define WFM_WFM_FORECAST_WORDS_H

#include <jansson.h>

#include "forecast/explain.h"
#include "wfm/output.h"
#include "wfm/pipeline.h"

/* What a planner wants to know of it: labelled paragraphs wrapped to `width` columns (at least 40). g_free.
 */
char *forecast_words(const struct planning *planning, const struct explained_forecast *explained, int width);

/* One row a day: contacts with band, and the factors as changes (0.18 = 18 % more). */
struct table *forecast_days_table(const struct planning *planning, const struct explained_forecast *explained,
                                  int n);

/* Everything: an array with one object a queue. */
json_t *forecast_explained_json(const struct planning *planning, const struct explained_forecast *explained,
                                int n);

/* "Mon 30 Nov", with the year when `year`. g_free. */
char *day_words(int32_t day, bool year);
extern const char *const weekday_names[WEEK_DAYS]; /* "Monday", … */

/* What makes a day special, "the day after Thanksgiving"; "" where nothing does or it does not matter.
 * g_free. */
char *special_day_words(const struct explain_day *day);
/* What a model of that name does, for people; "" when there is none. */
const char *model_words(const char *name);

/* Days of the horizon that lie in it wholly (but for what is not worth counting): from .. to-1. Those at its
   ends may not, in a queue of another zone than the planning zone. */
void explained_whole_days(const struct explanation *explanation, int *from, int *to);

/* Contacts of a local day as it will be planned with: stored with the planner's hand, stored, or as
 * explained. */
double explained_planned(const struct explained_forecast *explained, int day);

#endif
