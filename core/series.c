#include "core/series.h"

#include <glib.h>
#include <math.h>

static double *all_nan(int32_t n)
{
    double *values = g_new(double, n);
    for (int32_t iv = 0; iv < n; iv++)
        values[iv] = NAN;
    return values;
}

void series_init(struct series *series, const struct grid *grid)
{
    *series = (struct series){
        .grid = *grid,
        .offered = all_nan(grid->n),
        .answered = all_nan(grid->n),
        .abandoned = all_nan(grid->n),
        .handle_s = all_nan(grid->n),
        .wait_s = all_nan(grid->n),
    };
}

void series_clear(struct series *series)
{
    g_free(series->offered);
    g_free(series->answered);
    g_free(series->abandoned);
    g_free(series->handle_s);
    g_free(series->wait_s);
    *series = (struct series){0};
}
