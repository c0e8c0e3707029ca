#include "forecast/sisters.h"

#include "forecast/array.h"
#include "forecast/calendar.h"

#include <math.h>
#include <string.h>

#define WEEKS 4 /* before and after, that say what is usual */
#define USUAL_MIN 3

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct feast_effect *)a)->name, ((const struct feast_effect *)b)->name);
}

/* Sorts by name and joins what has the same, means weighted by days. */
static void join(struct feast_effects *effects, GArray *found)
{
    struct feast_effect *list = (struct feast_effect *)(void *)found->data;
    int n = 0;
    g_array_sort(found, by_name); /* stable: sums do not depend on the sort */
    for (guint i = 0; i < found->len; i++) {
        if (n > 0 && strcmp(list[n - 1].name, list[i].name) == 0) {
            struct feast_effect *sum = &list[n - 1];
            sum->effect =
                (sum->effect * sum->days + list[i].effect * list[i].days) / (sum->days + list[i].days);
            sum->days += list[i].days;
        } else {
            list[n++] = list[i];
        }
    }
    *effects = (struct feast_effects){list, n};
    g_array_free(found, FALSE);
}

static double offered_on(const struct series *days, int32_t day, int32_t until)
{
    int32_t at = days->grid.n > 0 ? grid_index(&days->grid, grid_day_ts(day)) : -1;
    return at >= 0 && at < days->grid.n && day < until ? days->offered[at] : NAN;
}

static bool is_special(const struct forecast_special *specials, int n, int32_t day)
{
    int low = 0, high = n;
    while (low < high) {
        int middle = (low + high) / 2;
        if (specials[middle].day < day)
            low = middle + 1;
        else
            high = middle;
    }
    return low < n && specials[low].day == day;
}

void feast_effects_learn(struct feast_effects *effects, const struct series *days,
                         const struct forecast_special *specials, int n_specials, int32_t until)
{
    GArray *found = g_array_new(FALSE, FALSE, sizeof(struct feast_effect));
    for (int i = 0; i < n_specials; i++) {
        const struct forecast_special *special = &specials[i];
        double contacts = offered_on(days, special->day, until), usual[2 * WEEKS];
        int n = 0;
        if (isnan(contacts) || special->kind == SPECIAL_CLOSED || special->kind == SPECIAL_UNPLANNED ||
            calendar_name_is_empty(special->name))
            continue;
        for (int week = -WEEKS; week <= WEEKS; week++) {
            int32_t other = special->day + week * WEEK_DAYS;
            double value = offered_on(days, other, until);
            if (week != 0 && !isnan(value) && !is_special(specials, n_specials, other))
                usual[n++] = value;
        }
        double median = n >= USUAL_MIN ? array_median(usual, n) : 0;
        struct feast_effect effect = {special->name, log((contacts + 0.5) / (median + 0.5)), 1};
        if (median > 0)
            g_array_append_val(found, effect);
    }
    join(effects, found);
}

void feast_effects_pool(struct feast_effects *pooled, const struct feast_effects *queues, int n)
{
    GArray *found = g_array_new(FALSE, FALSE, sizeof(struct feast_effect));
    for (int q = 0; q < n; q++)
        g_array_append_vals(found, queues[q].effects, (guint)queues[q].n);
    join(pooled, found);
}

void feast_effects_without(struct feast_effects *others, const struct feast_effects *pooled,
                           const struct feast_effects *own)
{
    *others = (struct feast_effects){.effects = g_new0(struct feast_effect, (gsize)pooled->n + 1)};
    for (int i = 0, k = 0; i < pooled->n; i++) {
        struct feast_effect effect = pooled->effects[i];
        while (k < own->n && strcmp(own->effects[k].name, effect.name) < 0)
            k++;
        if (k < own->n && strcmp(own->effects[k].name, effect.name) == 0) {
            double sum = effect.effect * effect.days - own->effects[k].effect * own->effects[k].days;
            effect.days -= own->effects[k].days;
            effect.effect = effect.days > 0 ? sum / effect.days : 0;
        }
        if (effect.days > 0)
            others->effects[others->n++] = effect;
    }
}

void feast_effects_clear(struct feast_effects *effects)
{
    g_free(effects->effects);
    *effects = (struct feast_effects){0};
}
