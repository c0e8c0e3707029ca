/*
 * day_profile.h - how the contacts of a day spread over it: for queues whose history is known by day only.
 *
 * A profile is learned from finer history (of the queue itself, or of one that is like it), given by the
 * planner, or flat. Weekdays with little history lean on the other working days or the weekend, and these on
 * all days. forecast_spread makes intervals of a forecast of days: each local day's sum is kept, whether it
 * has 23, 24 or 25 hours.
 */
#ifndef WFM_FORECAST_DAY_PROFILE_H
#define WFM_FORECAST_DAY_PROFILE_H

#include "forecast/forecast.h"

struct day_profile {
    int n_slots;   /* equal parts of a day by the wall clock */
    double *share; /* WEEK_DAYS × n_slots: of the day's contacts, each weekday sums to 1 */
    double cv2;    /* squared coefficient of variation of a slot's contacts around its share, beyond chance */
    int days;      /* learned from; 0 = given or flat */
};

/* From a history with intervals (not days), in its own zone. Special days, clock changes and days with
   missing intervals are left out; newer days count more (half-life 16 weeks). False when no day is left:
   *profile is untouched then. */
bool day_profile_learn(struct day_profile *profile, const struct series *history, const struct zone *zone,
                       const struct forecast_special *specials, int n_specials, const struct week_span *open,
                       int n_open);

/* n weights >= 0 for equal parts of the day, the same on every weekday; with a sum of 0, or n = 0: flat. A
   fifth off is taken for usual. */
void day_profile_given(struct day_profile *profile, const double *weights, int n);
void day_profile_clear(struct day_profile *profile);

/* Observed days of a queue: `days` (a grid of days; n = 0 for none) where it has one, else the sum of a local
   day whose intervals in `fine` (n = 0 for none) are nine tenths complete. NAN where neither. series_clear.
 */
void series_by_day(const struct series *days, const struct series *fine, const struct zone *zone,
                   struct series *out);

/* Spreads a forecast of days (days->grid covers every local day the horizon touches) over the intervals of
   `horizon`, the wall clock being that of `zone`: offered, AHT (that of the day) and quantiles; the reports
   are copied. Contacts come within the opening hours (n_open = 0: around the clock) and the hours of a
   special day only; a day whose share of them is 0 is spread evenly over them. Quantiles: the day's own
   spread, chance and the profile's, added as roots. forecast_clear. */
void forecast_spread(const struct forecast *days, const struct day_profile *profile, const struct zone *zone,
                     const struct week_span *open, int n_open, const struct forecast_special *specials,
                     int n_specials, const struct grid *horizon, struct forecast *out);

#endif
