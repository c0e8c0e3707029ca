/*
 * Rates shrunk in two levels, for sparse queues and for histories of days: hour of week -> hour of weekday or
 * weekend -> flat. A Gamma prior worth 5 contacts pulls the hour of week to its class, one worth half a
 * contact pulls the class to the flat rate; half-life 16 weeks. Croston and TSB lose to it because they
 * ignore the time of day (measured on the Vancouver queues).
 */
#include "forecast/array.h"
#include "forecast/model_table.h"
#include "forecast/root.h"
#include "forecast/week_roots.h"

#define WEEK_PRIOR 5.0
#define CLASS_PRIOR 0.5
#define HALF_LIFE_WEEKS 16
#define CLASSES 2

static double shrink(double count, double exposure, double prior, double rate)
{
    return rate > 0 ? (count + prior) / (exposure + prior / rate) : 0;
}

static void *fit(const struct model *model, const struct model_input *input)
{
    (void)model;
    const struct day_matrix *matrix = input->matrix;
    int n_slots = matrix->n_slots;
    struct week_roots *week = week_roots_new(matrix);
    g_autofree double *weight = array_new(input->origin, 1);
    g_autofree double *count = array_new(WEEK_DAYS, n_slots), *exposure = array_new(WEEK_DAYS, n_slots);
    g_autofree double *class_count = array_new(CLASSES, n_slots),
                      *class_exposure = array_new(CLASSES, n_slots);
    double flat_count = 0, flat_exposure = 0;
    week_roots_weights(input, HALF_LIFE_WEEKS, weight);
    for (int day = 0; day < input->origin; day++) {
        /* Partly seen days count here: with little data every interval tells something. */
        double w = MAX(weight[day], 0.02);
        int weekday = matrix_weekday(matrix, day), half = weekday >= 5;
        for (int s = 0; s < n_slots; s++) {
            int cell = day * n_slots + s;
            if (matrix->seen[cell] == 0)
                continue;
            count[weekday * n_slots + s] += w * matrix->y[cell];
            exposure[weekday * n_slots + s] += w;
            class_count[half * n_slots + s] += w * matrix->y[cell];
            class_exposure[half * n_slots + s] += w;
            flat_count += w * matrix->y[cell];
            flat_exposure += w;
        }
    }
    double flat = flat_exposure > 0 ? flat_count / flat_exposure : 0;
    for (int i = 0; i < WEEK_DAYS * n_slots; i++) {
        int at = (i / n_slots >= 5) * n_slots + i % n_slots,
            other = (i / n_slots < 5) * n_slots + i % n_slots;
        bool seen = class_exposure[at] > 0; /* a weekend never seen looks like a working day */
        double rate =
            shrink(class_count[seen ? at : other], class_exposure[seen ? at : other], CLASS_PRIOR, flat);
        week->z[i] = root_from_rate(shrink(count[i], exposure[i], WEEK_PRIOR, rate));
    }
    return week;
}

const struct model model_pooled = {"pooled rates",
                                   "hour of week shrunk to hour of day, then flat",
                                   1,
                                   {0.05, 0.05, 0.05},
                                   fit,
                                   week_roots_predict,
                                   week_roots_free,
                                   NULL};
