#include "tests/forecast/sane.h"

#include "tests/support/testing.h"

#include <math.h>

void check_sane(const struct forecast *forecast, const char *what)
{
    int n = forecast->grid.n;
    double weight = 0;
    for (int32_t iv = 0; iv < n; iv++) {
        ck_assert_msg(isfinite(forecast->offered[iv]) && forecast->offered[iv] >= 0, "%s: interval %d", what,
                      iv);
        ck_assert_msg(isfinite(forecast->aht_s[iv]) && forecast->aht_s[iv] > 0, "%s: AHT of %d", what, iv);
        for (int q = 0; q < FORECAST_QUANTILES; q++) {
            double value = forecast->quantile[q * n + iv];
            ck_assert_msg(isfinite(value) && value >= 0, "%s: quantile %d of %d is %g", what, q, iv, value);
            ck_assert_msg(q == 0 || value >= forecast->quantile[(q - 1) * n + iv] - 1e-9,
                          "%s: quantiles of %d cross", what, iv);
        }
    }
    for (int m = 0; m < forecast->n_models; m++)
        weight += forecast->models[m].weight;
    ck_assert_msg(fabs(weight - 1) < 1e-6, "%s: weights sum to %g", what, weight);
}
