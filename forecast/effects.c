#include "forecast/effects.h"

#include "forecast/array.h"

#include <lapacke.h>
#include <math.h>

void effects_init(struct effects *effects, const struct day_features *features, int shift, int n_days,
                  int groups, const double *weight)
{
    *effects = (struct effects){.features = features, .shift = shift, .n_days = n_days};
    effects->column = g_new0(int, (gsize)features->n + 1);
    effects->weight = array_new(n_days, 1);
    array_copy(effects->weight, weight, n_days);
    for (int j = 0; j < features->n; j++) {
        if ((features->group[j] & groups) == 0)
            continue;
        double support = 0;
        for (int day = 0; day < n_days; day++)
            support += weight[day] * fabs(features->x[(shift + day) * features->n + j]);
        if (support > 0.05)
            effects->column[effects->n++] = j;
    }
    int n = effects->n;
    effects->x = array_new(n_days, n);
    effects->gram = array_new(n, n);
    effects->system = array_new(n, n);
    for (int day = 0; day < n_days; day++) {
        double *row = &effects->x[day * n];
        for (int j = 0; j < n; j++)
            row[j] = features->x[(shift + day) * features->n + effects->column[j]];
        for (int i = 0; i < n; i++) {
            double xi = weight[day] * row[i];
            for (int j = 0; xi != 0 && j <= i; j++)
                effects->gram[i * n + j] += xi * row[j];
        }
    }
}

void effects_clear(struct effects *effects)
{
    g_free(effects->column);
    g_free(effects->x);
    g_free(effects->weight);
    g_free(effects->gram);
    g_free(effects->system);
    *effects = (struct effects){0};
}

void effects_solve(struct effects *effects, const double *target, double ridge, double *coefficients)
{
    int n = effects->n;
    for (int j = 0; j < effects->features->n; j++)
        coefficients[j] = 0;
    if (n == 0)
        return;
    g_autofree double *right = array_new(n, 1);
    for (int day = 0; day < effects->n_days; day++) {
        double value = effects->weight[day] > 0 ? effects->weight[day] * target[day] : 0;
        for (int j = 0; value != 0 && j < n; j++)
            right[j] += effects->x[day * n + j] * value;
    }
    array_copy(effects->system, effects->gram, n * n);
    for (int j = 0; j < n; j++)
        effects->system[j * n + j] += ridge * effects->features->penalty[effects->column[j]];
    /* The lower triangle by rows; positive definite because every penalty is positive. */
    if (LAPACKE_dposv(LAPACK_ROW_MAJOR, 'L', n, 1, effects->system, n, right, 1) != 0)
        return;
    for (int j = 0; j < n; j++)
        coefficients[effects->column[j]] = right[j];
}

double effects_at(const struct day_features *features, int row, const double *coefficients)
{
    double sum = 0;
    for (int i = features->first[row]; i < features->first[row + 1]; i++)
        sum += features->x[row * features->n + features->column[i]] * coefficients[features->column[i]];
    return sum;
}
