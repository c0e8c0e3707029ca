#include "forecast/score.h"

#include "forecast/array.h"
#include "forecast/effects.h"
#include "forecast/shared.h"

#include <math.h>

#define TURNS 2 /* of level and effects */
#define RIDGE_MIN 1e-3

static double weighted_variance(const double *value, const double *weight, int n)
{
    double sum = 0, square = 0, mass = 0;
    for (int day = 0; day < n; day++) {
        double weighted = weight[day] * value[day];
        sum += weighted;
        square += weighted * value[day];
        mass += weight[day];
    }
    return mass > 0 ? MAX(0, square / mass - sum / mass * (sum / mass)) : 0;
}

void score_fit(const struct model_input *input, const double *score, const double *special,
               const struct score_options *options, double *effect, struct level_end *end)
{
    int n = input->origin;
    const double *trust = input->weights->weight, *steady = shared_steady(input);
    const struct effects *effects = shared_effects(input);
    g_autofree double *level = array_new(n, 1), *value = array_new(n, 1), *fitted = array_new(n, 1);
    double spread = weighted_variance(score, trust, n), clip = level_clip(score, steady, n);
    struct effects_system system = {0};
    memset(effect, 0, (gsize)input->features->n * sizeof *effect);
    if (options->groups != 0 && special != NULL)
        array_copy(fitted, special, n);
    for (int turn = 0;; turn++) {
        for (int day = 0; day < n; day++)
            value[day] = score[day] - fitted[day];
        level_smooth(value, steady, n, options->gain, input->weights->restart, clip, level, end);
        if (turn == TURNS || spread <= 0 || options->groups == 0)
            break;
        for (int day = 0; day < n; day++)
            value[day] -= level[day];
        if (turn == 0) {
            double noise = weighted_variance(value, trust, n);
            effects_system_init(&system, effects, options->groups & features_known(n),
                                MAX(RIDGE_MIN, 0.3 * options->ridge * noise / spread));
        }
        for (int day = 0; day < n; day++)
            value[day] += fitted[day];
        effects_system_solve(&system, value, effect);
        effects_fitted(effects, effect, fitted);
    }
    effects_system_clear(&system);
}
