#include "forecast/findings.h"

#include <math.h>

#define BEFORE_DAYS 35 /* the level before a new one */

static const char *const names[] = {
    [FINDING_OUTLIER] = "outlier", [FINDING_EMPTY] = "empty", [FINDING_MISSING] = "missing",
    [FINDING_OUTAGE] = "outage",   [FINDING_LEVEL] = "level",
};
G_STATIC_ASSERT(G_N_ELEMENTS(names) == FINDING_N);

const char *finding_kind_name(enum finding_kind kind)
{
    return (int)kind >= 0 && kind < FINDING_N ? names[kind] : "?";
}

static double day_total(const struct day_matrix *matrix, int day)
{
    double sum = 0;
    for (int s = 0; s < matrix->n_slots; s++)
        sum += matrix->seen[day * matrix->n_slots + s] > 0 ? matrix->y[day * matrix->n_slots + s] : 0;
    return sum;
}

/* Contacts from `restart` on against the same weekdays of the weeks before. */
static double level_ratio(const struct day_matrix *matrix, const struct day_weights *weights)
{
    double before[WEEK_DAYS] = {0}, n_before[WEEK_DAYS] = {0}, after = 0, usual = 0;
    for (int day = MAX(0, weights->restart - BEFORE_DAYS); day < weights->restart; day++)
        if (weights->weight[day] > 0) {
            before[matrix_weekday(matrix, day)] += day_total(matrix, day);
            n_before[matrix_weekday(matrix, day)]++;
        }
    for (int day = weights->restart; day < weights->n; day++) {
        int weekday = matrix_weekday(matrix, day);
        if (weights->weight[day] <= 0 || n_before[weekday] == 0)
            continue;
        after += day_total(matrix, day);
        usual += before[weekday] / n_before[weekday];
    }
    return usual > 0 ? after / usual : NAN;
}

struct forecast_finding *findings_list(const struct day_matrix *matrix, const struct day_calendar *calendar,
                                       const struct day_weights *weights, int *n)
{
    GArray *list = g_array_new(FALSE, FALSE, sizeof(struct forecast_finding));
    for (int day = 0; day < weights->n; day++) {
        const struct day_info *info = calendar_day(calendar, matrix->first_day + day);
        struct forecast_finding found = {.day = matrix->first_day + day};
        if (weights->restart > 0 && day == weights->restart) {
            found.kind = FINDING_LEVEL;
            found.size = level_ratio(matrix, weights);
            g_array_append_val(list, found);
        }
        if (calendar_is_special(info) || !matrix_weekday_open(matrix, info->weekday))
            continue;
        double seen = matrix_seen_share(matrix, day), weight = weights->weight[day];
        if (matrix->dropped_at[day] > 0) {
            found.kind = FINDING_OUTAGE;
            found.size = matrix->dropped_at[day];
            g_array_append_val(list, found);
        }
        if (weight >= 1)
            continue;
        found.kind = weight > 0 ? FINDING_OUTLIER : seen < 0.5 ? FINDING_MISSING : FINDING_EMPTY;
        found.size = weight > 0 ? weight : seen < 0.5 ? seen : 0;
        g_array_append_val(list, found);
    }
    *n = (int)list->len;
    return (struct forecast_finding *)(void *)g_array_free(list, FALSE);
}
