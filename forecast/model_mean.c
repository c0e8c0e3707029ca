/* Averages: exponentially weighted mean of the same weekday and slot (M0 of the suite). Hard to beat beyond a
 * few days (Taylor 2008). */
#include "forecast/array.h"
#include "forecast/model_table.h"
#include "forecast/week_roots.h"

struct mean_options {
    double half_life_weeks;
};

static void *fit(const struct model *model, const struct model_input *input)
{
    const struct mean_options *options = model->options;
    struct week_roots *week = week_roots_new(input->matrix);
    g_autofree double *weight = array_new(input->origin, 1);
    week_roots_weights(input, options->half_life_weeks, weight);
    for (int day = 0; day < input->origin; day++)
        if (calendar_is_special(calendar_day(input->calendar, input->matrix->first_day + day)))
            weight[day] *= 0.02; /* not nothing: a feast may be all there is of a weekday */
    week_roots_mean(input, input->matrix->z, weight, week->z);
    return week;
}

static const struct mean_options two_weeks = {2}, five_weeks = {5};

const struct model model_mean_short = {
    "mean, 2 weeks", "same weekday, half-life 2 weeks", 7, 0.3, &two_weeks, fit, week_roots_predict,
    week_roots_free};
const struct model model_mean_long = {
    "mean, 5 weeks", "same weekday, half-life 5 weeks", 7, 0.4, &five_weeks, fit, week_roots_predict,
    week_roots_free};
