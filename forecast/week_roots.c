#include "forecast/week_roots.h"

#include "forecast/array.h"
#include "forecast/linear.h"
#include "forecast/week_shape.h"

#include <math.h>

#define BEFORE_SHIFT 0.33

struct week_roots *week_roots_new(const struct day_matrix *matrix)
{
    struct week_roots *week = g_new0(struct week_roots, 1);
    *week = (struct week_roots){matrix_weekday(matrix, 0), matrix->n_slots,
                                array_new(WEEK_DAYS, matrix->n_slots)};
    return week;
}

void week_roots_predict(const void *fitted, int day, double *z)
{
    const struct week_roots *week = fitted;
    array_copy(z, &week->z[(week->first_weekday + day) % WEEK_DAYS * week->n_slots], week->n_slots);
}

void week_roots_free(void *fitted)
{
    struct week_roots *week = fitted;
    g_free(week->z);
    g_free(week);
}

void week_roots_mean(const struct model_input *input, const double *values, const double *weight,
                     double *mean)
{
    const struct day_matrix *matrix = input->matrix;
    int n_slots = matrix->n_slots, n = WEEK_DAYS * n_slots;
    g_autofree double *mass = array_new(WEEK_DAYS, n_slots), *slot = array_new(n_slots, 1),
                      *slot_mass = array_new(n_slots, 1);
    double all = 0, all_mass = 0;
    memset(mean, 0, (gsize)n * sizeof *mean);
    for (int day = 0; day < input->origin; day++) {
        int at = matrix_weekday(matrix, day) * n_slots;
        if (weight[day] <= 0)
            continue;
        linear_add(&mean[at], weight[day], &values[day * n_slots], n_slots);
        linear_add(&mass[at], weight[day], &matrix->seen[day * n_slots], n_slots);
    }
    for (int i = 0; i < n; i++) {
        slot[i % n_slots] += mean[i];
        slot_mass[i % n_slots] += mass[i];
        all += mean[i];
        all_mass += mass[i];
    }
    all = all_mass > 0 ? all / all_mass : 0;
    for (int i = 0; i < n; i++) {
        int s = i % n_slots;
        mean[i] = mass[i] > 0 ? mean[i] / mass[i] : slot_mass[s] > 0 ? slot[s] / slot_mass[s] : all;
    }
    week_shape_clear(input, values, weight, mean);
}

void week_roots_weights(const struct model_input *input, double half_life_weeks, double *weight)
{
    const struct day_weights *days = input->weights;
    for (int day = 0; day < input->origin; day++) {
        double age_weeks = (double)(input->origin - 1 - day) / WEEK_DAYS;
        double shift = day < days->restart ? BEFORE_SHIFT : 1;
        weight[day] = days->weight[day] * shift * exp2(-age_weeks / half_life_weeks);
    }
}
