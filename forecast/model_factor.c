/*
 * Factor model (M1 of the suite, after Shen & Huang 2008 on root counts as Weinberg, Brown & Stroud 2007):
 * roots of a day = weekday profile + K factor curves × day scores; each score is a local level + calendar
 * effects + an AR(1) remainder. Effects on the scores, not on the level alone, let a feast take the shape of
 * a Sunday.
 */
#include "forecast/array.h"
#include "forecast/curves.h"
#include "forecast/effects.h"
#include "forecast/linear.h"
#include "forecast/model_table.h"
#include "forecast/score.h"
#include "forecast/shared.h"

#include <math.h>

struct factor_options {
    int factors;
    double half_life_weeks; /* of base profile and factors */
    struct score_options score;
};

struct factor_fit {
    struct model_input input;
    const struct curves *curves; /* borrowed */
    int factors;
    double *effect; /* CURVES_MAX × features->n */
    struct level_end end[CURVES_MAX];
};

static void *fit(const struct model *model, const struct model_input *input)
{
    const struct factor_options *options = model->options;
    struct factor_fit *fitted = g_new0(struct factor_fit, 1);
    *fitted = (struct factor_fit){.input = *input, .curves = shared_curves(input, options->half_life_weeks)};
    fitted->factors = MIN(options->factors, fitted->curves->factors);
    fitted->effect = array_new(fitted->factors, input->features->n);
    for (int f = 0; f < fitted->factors; f++)
        score_fit(input, &fitted->curves->score[f * input->origin],
                  &fitted->curves->special[f * input->origin], &options->score,
                  &fitted->effect[f * input->features->n], &fitted->end[f]);
    return fitted;
}

static void predict(const void *fitted, int day, double *z)
{
    const struct factor_fit *fit_ = fitted;
    const struct model_input *input = &fit_->input;
    int n_slots = input->matrix->n_slots, ahead = MAX(1, day - input->origin + 1);
    array_copy(z, &fit_->curves->base[matrix_weekday(input->matrix, day) * n_slots], n_slots);
    for (int f = 0; f < fit_->factors; f++) {
        const struct level_end *end = &fit_->end[f];
        double score = end->level + pow(end->carry, ahead) * end->surprise;
        score += effects_at(input->features, day, &fit_->effect[f * input->features->n]);
        linear_add(z, score, &fit_->curves->loading[f * n_slots], n_slots);
    }
}

static void fit_free(void *fitted)
{
    struct factor_fit *fit_ = fitted;
    g_free(fit_->effect);
    g_free(fit_);
}

#define MONTH (FEATURE_SPECIAL | FEATURE_MONTH)
#define YEAR (MONTH | FEATURE_YEAR_1 | FEATURE_YEAR_2 | FEATURE_YEAR_3)

static const struct factor_options year = {4, 104, {0.02, 0.3, YEAR}}, moving = {3, 16, {0.25, 1, MONTH}};

const struct model model_factor_year = {"factor, year",
                                        "4 factors, half-life 2 years, slow level, yearly shape",
                                        420,
                                        {1, 1, 1},
                                        fit,
                                        predict,
                                        fit_free,
                                        &year,
                                        false};
const struct model model_factor_moving = {"factor, moving",
                                          "3 factors, half-life 16 weeks, moving level",
                                          21,
                                          {1, 0.1, 0.1},
                                          fit,
                                          predict,
                                          fit_free,
                                          &moving,
                                          false};
