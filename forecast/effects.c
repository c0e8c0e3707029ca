#include "forecast/effects.h"

#include "forecast/array.h"
#include "forecast/linear.h"

#include <math.h>

#define SUPPORT_MIN 0.05 /* weighted days */

/* Which columns of the features take part. */
static void choose_columns(struct effects *effects, int groups, int *index)
{
    const struct day_features *features = effects->features;
    g_autofree double *support = array_new(features->n, 1);
    for (int day = 0; day < effects->n_days; day++)
        for (int i = features->first[day]; i < features->first[day + 1]; i++) {
            int j = features->column[i];
            support[j] += effects->weight[day] * fabs(features->x[day * features->n + j]);
        }
    for (int j = 0; j < features->n; j++) {
        bool active = (features->group[j] & groups) != 0 && support[j] > SUPPORT_MIN;
        index[j] = active ? effects->n : -1;
        if (active)
            effects->column[effects->n++] = j;
    }
}

void effects_init(struct effects *effects, const struct day_features *features, int n_days, int groups,
                  const double *weight)
{
    *effects = (struct effects){.features = features, .n_days = n_days};
    g_autofree int *index = g_new0(int, (gsize)features->n + 1);
    int most = features->first[n_days], n = 0;
    effects->column = g_new0(int, (gsize)features->n + 1);
    effects->first = g_new0(int, (gsize)n_days + 1);
    effects->active = g_new0(int, (gsize)most + 1);
    effects->value = array_new(most, 1);
    effects->weight = array_new(n_days, 1);
    array_copy(effects->weight, weight, n_days);
    choose_columns(effects, groups, index);
    effects->gram = array_new(effects->n, effects->n);
    for (int day = 0; day < n_days; day++) {
        const double *x = &features->x[day * features->n];
        effects->first[day] = n;
        for (int i = features->first[day]; i < features->first[day + 1]; i++) {
            int j = features->column[i];
            if (index[j] < 0)
                continue;
            effects->active[n] = index[j];
            effects->value[n++] = x[j];
            for (int k = effects->first[day]; weight[day] > 0 && k < n; k++) /* columns ascend */
                effects->gram[effects->active[k] * effects->n + index[j]] +=
                    weight[day] * effects->value[k] * x[j];
        }
    }
    effects->first[n_days] = n;
}

void effects_clear(struct effects *effects)
{
    g_free(effects->column);
    g_free(effects->first);
    g_free(effects->active);
    g_free(effects->value);
    g_free(effects->weight);
    g_free(effects->gram);
    *effects = (struct effects){0};
}

void effects_system_init(struct effects_system *system, const struct effects *effects, int groups,
                         double ridge)
{
    const struct day_features *features = effects->features;
    *system = (struct effects_system){.effects = effects};
    system->active = g_new0(int, (gsize)effects->n + 1);
    for (int j = 0; j < effects->n; j++)
        if ((features->group[effects->column[j]] & groups) != 0)
            system->active[system->n++] = j;
    int n = system->n;
    system->factor = array_new(n, n);
    for (int i = 0; i < n; i++) {
        const double *row = &effects->gram[system->active[i] * effects->n];
        for (int j = i; j < n; j++)
            system->factor[i * n + j] = row[system->active[j]];
        system->factor[i * n + i] += ridge * features->penalty[effects->column[system->active[i]]];
    }
    system->solvable = linear_factor(system->factor, n); /* it is: every penalty is positive */
}

void effects_system_clear(struct effects_system *system)
{
    g_free(system->active);
    g_free(system->factor);
    *system = (struct effects_system){0};
}

void effects_system_solve(const struct effects_system *system, const double *target, double *coefficients)
{
    const struct effects *effects = system->effects;
    g_autofree double *all = array_new(effects->n, 1), *right = array_new(system->n, 1);
    memset(coefficients, 0, (gsize)effects->features->n * sizeof *coefficients);
    if (!system->solvable)
        return;
    for (int day = 0; day < effects->n_days; day++) {
        double weighted = effects->weight[day] > 0 ? effects->weight[day] * target[day] : 0;
        for (int i = effects->first[day]; weighted != 0 && i < effects->first[day + 1]; i++)
            all[effects->active[i]] += effects->value[i] * weighted;
    }
    for (int j = 0; j < system->n; j++)
        right[j] = all[system->active[j]];
    linear_solve(system->factor, system->n, right);
    for (int j = 0; j < system->n; j++)
        coefficients[effects->column[system->active[j]]] = right[j];
}

double effects_at(const struct day_features *features, int row, const double *coefficients)
{
    double sum = 0;
    for (int i = features->first[row]; i < features->first[row + 1]; i++)
        sum += features->x[row * features->n + features->column[i]] * coefficients[features->column[i]];
    return sum;
}

void effects_fitted(const struct effects *effects, const double *coefficients, double *out)
{
    g_autofree double *own = array_new(effects->n, 1);
    for (int j = 0; j < effects->n; j++)
        own[j] = coefficients[effects->column[j]];
    for (int day = 0; day < effects->n_days; day++) {
        double sum = 0;
        for (int i = effects->first[day]; i < effects->first[day + 1]; i++)
            sum += effects->value[i] * own[effects->active[i]];
        out[day] = sum;
    }
}
