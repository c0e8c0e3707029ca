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

#define SPECIAL FEATURE_SPECIAL
#define MONTH (FEATURE_SPECIAL | FEATURE_MONTH)
#define YEAR_2 (FEATURE_SPECIAL | FEATURE_YEAR_1 | FEATURE_YEAR_2)
#define YEAR_3 (MONTH | FEATURE_YEAR_1 | FEATURE_YEAR_2 | FEATURE_YEAR_3)

/* Option sets that earned weight in the trial of the suite. */
static const struct factor_options month = {1, 16, {0.1, 1, MONTH}}, slow = {1, 52, {0.1, 0.3, MONTH}},
                                   year = {4, 104, {0.02, 0.3, YEAR_3}}, two = {2, 52, {0.05, 0.3, MONTH}},
                                   three = {3, 16, {0.25, 1, MONTH}}, steady = {3, 52, {0.03, 1, YEAR_2}},
                                   fast = {2, 8, {0.4, 1, SPECIAL}}, plain = {1, 8, {0.15, 1, 0}};

#define FACTOR_MODEL(id, text, words, days_min, prior)                                                       \
    const struct model model_factor_##id = {text, words, days_min, prior, &id, fit, predict, fit_free}

FACTOR_MODEL(month, "factor, month", "1 factor, half-life 16 weeks, day of month", 21, 1);
FACTOR_MODEL(slow, "factor, slow profile", "1 factor, half-life 52 weeks, day of month", 21, 1);
FACTOR_MODEL(year, "factor, year", "4 factors, half-life 2 years, slow level, yearly shape", 420, 1);
FACTOR_MODEL(two, "factor, two", "2 factors, half-life 52 weeks, day of month", 28, 1);
FACTOR_MODEL(three, "factor, three", "3 factors, half-life 16 weeks, moving level", 28, 1);
FACTOR_MODEL(steady, "factor, steady", "3 factors, half-life 52 weeks, slow level, half-yearly shape", 420,
             1);
FACTOR_MODEL(fast, "factor, fast", "2 factors, half-life 8 weeks, fast level", 28, 0.5);
FACTOR_MODEL(plain, "factor, plain", "1 factor, half-life 8 weeks, no calendar", 21, 0.2);
