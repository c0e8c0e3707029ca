#include "forecast/spread.h"

#include "forecast/array.h"
#include "forecast/root.h"

#include <math.h>

#define CELLS_MIN 30
#define RATE_LOW 6.0 /* below: counts; above RATE_HIGH: residual quantiles; between: both, by distance */
#define RATE_HIGH 12.0
#define SLOT_PRIOR 20    /* days' worth of belief that a slot is like all */
#define UNUSUAL_PRIOR 4  /* days' worth of belief that unusual days .. */
#define UNUSUAL_SIZE 1.5 /* .. miss by so much more */
#define UNUSUAL_MAX 6.0
#define DEGREES 0.7 /* of freedom per independent residual: intervals lie wider than they are worth */
#define BINS 64     /* of small rates, by root */
#define BINS_PER_ROOT 16.0

const double forecast_quantile_levels[FORECAST_QUANTILES] = {0.025, 0.05, 0.10, 0.50, 0.90, 0.95, 0.975};

static const double cv2_candidates[] = {0, 0.004, 0.015, 0.04, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2};
#define CANDIDATES ((int)G_N_ELEMENTS(cv2_candidates))

/* Mean size of the residuals of ordinary days (of all, when there are none), by slot and its neighbours. */
static void find_scale(struct spread *spread, const struct spread_days *days, int n_cells, bool ordinary)
{
    int n_slots = spread->n_slots;
    g_autofree double *size = array_new(n_slots, 1), *count = array_new(n_slots, 1);
    double all = 0, n_all = 0;
    for (int cell = 0; cell < n_cells; cell++) {
        if (days->seen[cell] == 0 || (ordinary && days->unusual[cell / n_slots]))
            continue;
        size[cell % n_slots] += fabs(days->z[cell] - days->zhat[cell]);
        count[cell % n_slots] += 1;
        all += fabs(days->z[cell] - days->zhat[cell]);
        n_all += 1;
    }
    if (n_all == 0 && ordinary) {
        find_scale(spread, days, n_cells, false);
        return;
    }
    all = MAX(1e-6, all / MAX(1, n_all));
    for (int s = 0; s < n_slots; s++) {
        double near = 0, n_near = 0;
        for (int i = s - 1; i <= s + 1; i++) {
            near += size[(i + n_slots) % n_slots];
            n_near += count[(i + n_slots) % n_slots];
        }
        spread->scale[s] = (near + 3 * SLOT_PRIOR * all) / (n_near + 3 * SLOT_PRIOR);
    }
}

static void find_unusual(struct spread *spread, const struct spread_days *days)
{
    double sum = UNUSUAL_PRIOR * UNUSUAL_SIZE, n = UNUSUAL_PRIOR;
    for (int row = 0; row < days->n_blocks * days->block_days; row++) {
        double size = 0, usual = 0;
        for (int s = 0; days->unusual[row] && s < spread->n_slots; s++) {
            int cell = row * spread->n_slots + s;
            size += days->seen[cell] * fabs(days->z[cell] - days->zhat[cell]);
            usual += days->seen[cell] * spread->scale[s];
        }
        sum += usual > 0 ? size / usual : 0;
        n += usual > 0;
    }
    spread->unusual = CLAMP(sum / n, 1, UNUSUAL_MAX);
}

static double pinball(double count, const double quantile[FORECAST_QUANTILES])
{
    double sum = 0;
    for (int q = 0; q < FORECAST_QUANTILES; q++) {
        double level = forecast_quantile_levels[q], above = count - quantile[q];
        sum += above > 0 ? level * above : (level - 1) * above;
    }
    return sum;
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

/* The cv² whose quantiles lose least is found among candidates: bursts would ruin a moment. */
static void find_loss(struct spread *spread, const struct spread_days *days)
{
    int per_block = days->block_days * days->n_slots;
    spread->loss = array_new(days->n_blocks, CANDIDATES);
    for (int c = 0; c < CANDIDATES; c++) {
        double quantile[BINS][FORECAST_QUANTILES];
        bool known[BINS] = {false};
        for (int cell = 0; cell < days->n_blocks * per_block; cell++) {
            double rate = root_to_rate(days->zhat[cell]);
            if (days->seen[cell] == 0 || rate > RATE_HIGH)
                continue;
            int bin = MIN(BINS - 1, (int)(sqrt(rate) * BINS_PER_ROOT));
            if (!known[bin])
                count_quantiles(pow((bin + 0.5) / BINS_PER_ROOT, 2), cv2_candidates[c], quantile[bin]);
            known[bin] = true;
            spread->loss[cell / per_block * CANDIDATES + c] +=
                pinball(days->z[cell] * days->z[cell] - 0.25, quantile[bin]);
        }
    }
}

static double best_cv2(const struct spread *spread, int leave)
{
    double best = G_MAXDOUBLE, cv2 = 0;
    for (int c = 0; c < CANDIDATES; c++) {
        double sum = 0;
        for (int b = 0; b < spread->pool.n_blocks; b++)
            sum += b == leave ? 0 : spread->loss[b * CANDIDATES + c];
        if (sum >= best)
            continue;
        best = sum;
        cv2 = cv2_candidates[c];
    }
    return cv2;
}

void spread_init(struct spread *spread, const struct spread_days *days, double widen)
{
    int n_slots = days->n_slots, n_cells = days->n_blocks * days->block_days * n_slots, known = 0;
    *spread = (struct spread){.n_slots = n_slots, .unusual = 1, .scale = array_new(n_slots, 1)};
    for (int cell = 0; cell < n_cells; cell++)
        known += days->seen[cell] > 0;
    if (known < CELLS_MIN) {
        for (int s = 0; s < n_slots; s++)
            spread->scale[s] = -1; /* from the rate itself */
        error_normal_quantiles(known, spread->step);
        spread->cv2 = 0.15 * 0.15;
        return;
    }
    g_autofree double *ratio = array_new(n_cells, 1);
    find_scale(spread, days, n_cells, true);
    find_unusual(spread, days);
    for (int cell = 0; cell < n_cells; cell++)
        ratio[cell] = (days->z[cell] - days->zhat[cell]) / spread->scale[cell % n_slots] /
                      (days->unusual[cell / n_slots] ? spread->unusual : 1);
    error_pool_init(&spread->pool, ratio, days->seen, days->n_blocks, days->block_days, n_slots, DEGREES);
    find_loss(spread, days);
    for (int s = 0; s < n_slots; s++)
        spread->scale[s] *= widen;
    spread_leave(spread, -1);
}

void spread_clear(struct spread *spread)
{
    error_pool_clear(&spread->pool);
    g_free(spread->scale);
    g_free(spread->loss);
    *spread = (struct spread){0};
}

void spread_settle(struct spread *spread)
{
    error_pool_clear(&spread->pool);
    g_clear_pointer(&spread->loss, g_free);
}

void spread_leave(struct spread *spread, int block)
{
    if (spread->pool.n == 0)
        return;
    error_pool_quantiles(&spread->pool, block, spread->step, &spread->independent);
    spread->cv2 = best_cv2(spread, block);
}

void spread_count_quantiles(double zhat, double scale, const double step[FORECAST_QUANTILES], double cv2,
                            double out[FORECAST_QUANTILES])
{
    double rate = root_to_rate(zhat), counts[FORECAST_QUANTILES] = {0};
    double share = CLAMP((rate - RATE_LOW) / (RATE_HIGH - RATE_LOW), 0, 1); /* of the residual quantiles */
    if (share < 1)
        count_quantiles(rate, cv2, counts);
    for (int q = 0; q < FORECAST_QUANTILES; q++) {
        out[q] = share > 0 ? share * root_to_count(zhat + scale * step[q]) : 0;
        out[q] += (1 - share) * counts[q];
    }
}

void spread_quantiles(const struct spread *spread, int slot, bool unusual, double zhat, double narrow,
                      double out[FORECAST_QUANTILES])
{
    double scale = spread->scale[slot] * narrow, cv2 = spread->cv2, rate = root_to_rate(zhat);
    if (scale < 0)
        scale = sqrt(0.25 + cv2 * zhat * zhat / 4) * narrow;
    if (narrow < 1 && rate > 0) /* of a small count only what chance leaves can narrow */
        cv2 = MAX(0, (narrow * narrow * (1 + cv2 * rate) - 1) / rate);
    spread_count_quantiles(zhat, unusual ? scale * spread->unusual : scale, spread->step, cv2, out);
}
