#include "forecast/spread.h"

#include "forecast/array.h"
#include "forecast/root.h"

#include <math.h>

#define CELLS_MIN 30
#define RATE_LOW 6.0 /* below: counts; above RATE_HIGH: residual quantiles; between: both, by distance */
#define RATE_HIGH 12.0
#define CV2_MAX 4.0

const double forecast_quantile_levels[FORECAST_QUANTILES] = {0.025, 0.05, 0.10, 0.50, 0.90, 0.95, 0.975};
static const double normal_quantiles[FORECAST_QUANTILES] = {-1.959964, -1.644854, -1.281552, 0,
                                                            1.281552,  1.644854,  1.959964};

/* Half the slot's variance, half everybody's, over three slots. */
static void find_scale(struct spread *spread, const double *z, const double *zhat, const double *seen,
                       int n_cells)
{
    int n_slots = spread->n_slots;
    g_autofree double *square = array_new(n_slots, 1), *count = array_new(n_slots, 1);
    double all = 0, n_all = 0;
    for (int cell = 0; cell < n_cells; cell++) {
        double residual = seen[cell] * (z[cell] - zhat[cell]);
        square[cell % n_slots] += residual * residual;
        count[cell % n_slots] += seen[cell];
        all += residual * residual;
        n_all += seen[cell];
    }
    all = n_all > 0 ? all / n_all : 0;
    for (int s = 0; s < n_slots; s++) {
        double near = 0, n_near = 0;
        for (int i = s - 1; i <= s + 1; i++) {
            near += square[(i + n_slots) % n_slots];
            n_near += count[(i + n_slots) % n_slots];
        }
        spread->scale[s] = sqrt(MAX(1e-12, 0.5 * (n_near > 0 ? near / n_near : all) + 0.5 * all));
    }
}

/* Method of moments over the small rates: E(y - m)² = m + m² cv². */
static double find_cv2(const double *z, const double *zhat, const double *seen, int n_cells)
{
    double excess = 0, square = 0;
    for (int cell = 0; cell < n_cells; cell++) {
        double rate = root_to_rate(zhat[cell]);
        if (seen[cell] == 0 || rate > 2 * RATE_HIGH)
            continue;
        double error = z[cell] * z[cell] - 0.25 - rate;
        excess += error * error - rate;
        square += rate * rate;
    }
    return square > 0 ? CLAMP(excess / square, 0, CV2_MAX) : 0;
}

void spread_init(struct spread *spread, int n_slots, const double *z, const double *zhat, const double *seen,
                 int n_cells, double widen)
{
    *spread = (struct spread){.n_slots = n_slots, .scale = array_new(n_slots, 1)};
    g_autofree double *ratio = array_new(n_cells, 1);
    int n = 0;
    find_scale(spread, z, zhat, seen, n_cells);
    for (int cell = 0; cell < n_cells; cell++)
        if (seen[cell] > 0)
            ratio[n++] = (z[cell] - zhat[cell]) / spread->scale[cell % n_slots];
    if (n < CELLS_MIN) {
        for (int s = 0; s < n_slots; s++)
            spread->scale[s] = -1; /* from the rate itself */
        array_copy(spread->step, normal_quantiles, FORECAST_QUANTILES);
        spread->cv2 = 0.15 * 0.15;
        return;
    }
    array_sort(ratio, n);
    double middle = array_quantile(ratio, n, 0.5);
    for (int q = 0; q < FORECAST_QUANTILES; q++) {
        double step = array_quantile(ratio, n, forecast_quantile_levels[q]);
        spread->step[q] = middle / 2 + widen * (step - middle);
    }
    spread->cv2 = find_cv2(z, zhat, seen, n_cells) * widen * widen;
}

void spread_clear(struct spread *spread)
{
    g_free(spread->scale);
    *spread = (struct spread){0};
}

/* Quantiles of a Poisson count whose rate is Gamma with the given mean and cv²: negative binomial. */
static void count_quantiles(double rate, double cv2, double out[FORECAST_QUANTILES])
{
    double size = cv2 > 1e-9 ? 1 / cv2 : 0;
    double p = size > 0 ? exp(-size * log1p(rate / size)) : exp(-rate), below = p;
    double grow = size > 0 ? rate / (rate + size) : 0;
    int k = 0;
    for (int q = 0; q < FORECAST_QUANTILES; q++) {
        while (below < forecast_quantile_levels[q] && k < 100000) {
            p *= size > 0 ? grow * (size + k) / (k + 1) : rate / (k + 1);
            below += p;
            k++;
            if (p < 1e-300)
                break;
        }
        out[q] = k;
    }
}

void spread_quantiles(const struct spread *spread, int slot, double zhat, double out[FORECAST_QUANTILES])
{
    double rate = root_to_rate(zhat), counts[FORECAST_QUANTILES] = {0};
    double share = CLAMP((rate - RATE_LOW) / (RATE_HIGH - RATE_LOW), 0, 1); /* of the residual quantiles */
    double scale = spread->scale[slot];
    if (scale < 0)
        scale = sqrt(0.25 + spread->cv2 * zhat * zhat / 4);
    if (share < 1)
        count_quantiles(rate, spread->cv2, counts);
    for (int q = 0; q < FORECAST_QUANTILES; q++) {
        out[q] = share > 0 ? share * root_to_count(zhat + scale * spread->step[q]) : 0;
        out[q] += (1 - share) * counts[q];
    }
}
