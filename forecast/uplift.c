#include "forecast/uplift.h"

#include "forecast/root.h"

#include <math.h>
#include <string.h>

#define UPLIFT_DAYS 2.0 /* so many past days of a name weigh as much as the planner's word */
#define LENT_DAYS 1.0   /* … or as what sister queues saw */
#define LENT_MIN_DAYS 2 /* of sisters: one alone may have been another thing */

static bool counts(const struct day_info *info)
{
    return info->has_uplift && !info->closed;
}

void uplift_lend(struct day_calendar *calendar, const struct feast_effect *sisters, int n, int32_t first_day)
{
    for (int32_t day = MAX(first_day, calendar->first_day); day < calendar->first_day + calendar->n_days;
         day++) {
        struct day_info *info = &calendar->days[day - calendar->first_day];
        if (info->feast < 0 || info->has_uplift)
            continue;
        for (int i = 0; i < n; i++)
            if (sisters[i].days >= LENT_MIN_DAYS &&
                strcmp(sisters[i].name, calendar->names[info->feast]) == 0) {
                info->has_uplift = info->lent = true;
                info->uplift = exp(sisters[i].effect) - 1;
            }
    }
}

bool uplift_init(struct uplift *uplift, const struct model_input *input, int first, int n_days)
{
    const struct day_calendar *calendar = input->calendar;
    int32_t first_day = input->matrix->first_day + first;
    bool any = false;
    for (int day = 0; day < n_days; day++)
        any |= counts(calendar_day(calendar, first_day + day));
    if (!any)
        return false;
    uplift->calendar = *calendar; /* borrows the names */
    uplift->calendar.days = g_memdup2(calendar->days, (gsize)calendar->n_days * sizeof *calendar->days);
    for (int day = 0; day < n_days; day++) {
        struct day_info *info = &uplift->calendar.days[first_day + day - calendar->first_day];
        if (!counts(info))
            continue;
        info->holiday = info->event = false;
        info->feast = -1;
    }
    features_init(&uplift->features, &uplift->calendar, input->features->first_day, input->features->n_days);
    uplift->plain = *input;
    uplift->plain.calendar = &uplift->calendar;
    uplift->plain.features = &uplift->features;
    return true;
}

void uplift_clear(struct uplift *uplift)
{
    g_free(uplift->calendar.days);
    features_clear(&uplift->features);
}

/* Days of the same name that could be learnt from. */
static int past_days(const struct model_input *input, int feast)
{
    int n = 0;
    for (int row = 0; row < input->origin && feast >= 0; row++)
        n += calendar_day(input->calendar, input->matrix->first_day + row)->feast == feast &&
             input->weights->weight[row] > 0;
    return n;
}

static void apply_day(const struct model_input *input, const struct day_info *info, const double *plain,
                      double *z)
{
    int n_slots = input->matrix->n_slots, past = past_days(input, info->feast);
    double learned = 0, without = 0, trust = past / (past + (info->lent ? LENT_DAYS : UPLIFT_DAYS));
    for (int s = 0; s < n_slots; s++) {
        if (!input->matrix->open[info->weekday * n_slots + s])
            continue;
        learned += root_to_rate(z[s]);
        without += root_to_rate(plain[s]);
    }
    double effect = without > 0 ? learned / without : 1;
    double ratio = trust * effect + (1 - trust) * (1 + info->uplift);
    for (int s = 0; s < n_slots; s++)
        z[s] = effect > 0 ? root_from_rate(root_to_rate(z[s]) * ratio / effect)
                          : root_from_rate(root_to_rate(plain[s]) * ratio);
}

void uplift_apply(const struct model_input *input, int first, int n_days, const double *plain, double *z)
{
    int n_slots = input->matrix->n_slots;
    for (int day = 0; day < n_days; day++) {
        const struct day_info *info = calendar_day(input->calendar, input->matrix->first_day + first + day);
        if (counts(info))
            apply_day(input, info, &plain[day * n_slots], &z[day * n_slots]);
    }
}
