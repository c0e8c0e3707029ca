/* Averages: exponentially weighted mean of the same weekday and slot (M0 of the suite). Hard to beat beyond a
 * few days (Taylor 2008). */
#include "forecast/array.h"
#include "forecast/model_table.h"
#include "forecast/week_roots.h"

#define HALF_LIFE_WEEKS 2
static void *fit(const struct model *model, const struct model_input *input)
{
    (void)model;
    struct week_roots *week = week_roots_new(input->matrix);
    g_autofree double *weight = array_new(input->origin, 1);
    week_roots_weights(input, HALF_LIFE_WEEKS, weight);
    for (int day = 0; day < input->origin; day++)
        if (calendar_is_special(calendar_day(input->calendar, input->matrix->first_day + day)))
            weight[day] *= 0.02; /* not nothing: a feast may be all there is of a weekday */
    week_roots_mean(input, input->matrix->z, weight, week->z);
    return week;
}

const struct model model_mean = {"mean, 2 weeks",
                                 "same weekday, half-life 2 weeks",
                                 7,
                                 {0.3, 0.1, 0.1},
                                 fit,
                                 week_roots_predict,
                                 week_roots_free,
                                 NULL,
                                 true};
