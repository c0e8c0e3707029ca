#include "forecast/model.h"

#include "forecast/model_table.h"

const struct model *const forecast_models[] = {
    &model_naive,       &model_mean,       &model_pooled,  &model_seasons, &model_factor_moving,
    &model_factor_year, &model_regression, &model_dynamic, &model_ends,
};
const int forecast_n_models = (int)G_N_ELEMENTS(forecast_models);
G_STATIC_ASSERT(G_N_ELEMENTS(forecast_models) <= FORECAST_MODELS_MAX);

bool model_run(const struct model *model, const struct model_input *input, int from, int n, double *z)
{
    if (input->origin < model->days_min || input->origin < 1)
        return false;
    void *fitted = model->fit(model, input);
    for (int i = 0; i < n; i++)
        model->predict(fitted, from + i, &z[i * input->matrix->n_slots]);
    model->free(fitted);
    return true;
}
