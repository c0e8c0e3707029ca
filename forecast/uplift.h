/*
 * uplift.h - what a planner expects of a special day, or what it did to sister queues, blended with what past
 * days of its name taught.
 */
#ifndef WFM_FORECAST_UPLIFT_H
#define WFM_FORECAST_UPLIFT_H

#include "forecast/model.h"

/* Gives the effects of sister queues (n, by name) as uplifts to the days from first_day on that have none of
   the planner's. */
void uplift_lend(struct day_calendar *calendar, const struct feast_effect *sisters, int n, int32_t first_day);

/* The same input, but for the days with an uplift, which are not special. */
struct uplift {
    struct day_calendar calendar;
    struct day_features features;
    struct model_input plain; /* borrows the rest */
};

/* False, and nothing made, when no row of first .. first+n_days-1 has an uplift. */
bool uplift_init(struct uplift *uplift, const struct model_input *input, int first, int n_days);
void uplift_clear(struct uplift *uplift);

/* Brings the roots of the days with an uplift (z: n_days × n_slots, as forecast) to so much of `plain` (as
   forecast from uplift.plain) as the planner says; with n past days of the name, what the forecast says of it
   weighs n / (n + 2). The shape over the day stays the forecast's. */
void uplift_apply(const struct model_input *input, int first, int n_days, const double *plain, double *z);

#endif
