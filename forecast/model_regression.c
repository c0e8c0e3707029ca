/*
 * Dynamic regression (M3 of the suite, after Rausch, Albrecht & Baier 2021): roots of a day = weekday profile
 * + K curves × day scores; a score = weekday + calendar + an error that remembers (gls.h). Next to the factor
 * models, which follow a local level and keep it, it returns to the usual level: the strongest single model
 * some weeks ahead.
 */
#include "forecast/array.h"
#include "forecast/curves.h"
#include "forecast/gls.h"
#include "forecast/linear.h"
#include "forecast/model_table.h"
#include "forecast/shared.h"

#define HALF_LIFE_WEEKS 52.0 /* of the weekday profile and the curves */
#define CURVES 3
#define CURVES_MIN_DAYS 42 /* with less, the first alone */
#define RIDGE 0.2
#define SHAPE_MEMORY 0.5 /* of the curves but the first, which hold more noise */

struct regression_fit {
    struct model_input input;
    const struct curves *curves; /* borrowed */
    struct gls gls;
    int n_scores;
    struct gls_fit score[CURVES_MAX];
};

static void *fit(const struct model *model, const struct model_input *input)
{
    (void)model;
    struct regression_fit *fitted = g_new0(struct regression_fit, 1);
    fitted->input = *input;
    fitted->curves = shared_curves(input, HALF_LIFE_WEEKS);
    fitted->n_scores = MIN(input->origin < CURVES_MIN_DAYS ? 1 : CURVES, fitted->curves->factors);
    gls_init(&fitted->gls, &fitted->input, ~0);
    for (int f = 0; f < fitted->n_scores; f++)
        gls_fit_init(&fitted->score[f], &fitted->gls, &fitted->curves->score[f * input->origin], RIDGE);
    return fitted;
}

static void predict(const void *fitted, int day, double *z)
{
    const struct regression_fit *fit_ = fitted;
    const struct day_matrix *matrix = fit_->input.matrix;
    int n_slots = matrix->n_slots;
    array_copy(z, &fit_->curves->base[matrix_weekday(matrix, day) * n_slots], n_slots);
    for (int f = 0; f < fit_->n_scores; f++)
        linear_add(z, gls_expect(&fit_->gls, &fit_->score[f], day, f == 0 ? 1 : SHAPE_MEMORY),
                   &fit_->curves->loading[f * n_slots], n_slots);
}

static void fit_free(void *fitted)
{
    struct regression_fit *fit_ = fitted;
    for (int f = 0; f < fit_->n_scores; f++)
        gls_fit_clear(&fit_->score[f]);
    gls_clear(&fit_->gls);
    g_free(fit_);
}

const struct model model_regression = {
    "regression", "calendar on three day scores, errors that are remembered",
    14,           {1, 4, 4},
    fit,          predict,
    fit_free,     NULL,
    false};
