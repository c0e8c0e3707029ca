#include "forecast/accuracy.h"

#include <math.h>

const double accuracy_levels[ACCURACY_LEVELS] = {0.025, 0.10, 0.50, 0.90, 0.975};

static double pinball(double actual, double quantile, double level)
{
    return actual >= quantile ? level * (actual - quantile) : (1 - level) * (quantile - actual);
}

void accuracy_add(struct accuracy *sums, double actual, double said, const double *quantile, double naive,
                  double scale)
{
    sums->n++;
    sums->said += said;
    sums->came += actual;
    sums->missed += fabs(actual - said);
    if (quantile != NULL) {
        sums->banded++;
        sums->banded_came += actual;
        for (int l = 0; l < ACCURACY_LEVELS; l++)
            sums->pinball += pinball(actual, quantile[l], accuracy_levels[l]);
        sums->in80 += actual >= quantile[1] && actual <= quantile[3];
        sums->in95 += actual >= quantile[0] && actual <= quantile[4];
    }
    if (!isnan(naive)) {
        sums->naive_came += actual;
        sums->naive_missed += fabs(actual - naive);
    }
    if (scale > 0) {
        sums->scaled_n++;
        sums->scaled += fabs(actual - said) / scale;
    }
}

void accuracy_merge(struct accuracy *sums, const struct accuracy *more)
{
    sums->n += more->n;
    sums->said += more->said;
    sums->came += more->came;
    sums->missed += more->missed;
    sums->banded += more->banded;
    sums->banded_came += more->banded_came;
    sums->pinball += more->pinball;
    sums->in80 += more->in80;
    sums->in95 += more->in95;
    sums->naive_came += more->naive_came;
    sums->naive_missed += more->naive_missed;
    sums->scaled += more->scaled;
    sums->scaled_n += more->scaled_n;
}

static double ratio(double part, double whole)
{
    return whole > 0 ? part / whole : NAN;
}

void accuracy_rates(const struct accuracy *sums, struct accuracy_rates *out)
{
    *out = (struct accuracy_rates){
        .wape = ratio(sums->missed, sums->came),
        .bias = ratio(sums->said - sums->came, sums->came),
        .mase = ratio(sums->scaled, sums->scaled_n),
        .wql = ratio(2 * sums->pinball / ACCURACY_LEVELS, sums->banded_came),
        .cov80 = ratio(sums->in80, sums->banded),
        .cov95 = ratio(sums->in95, sums->banded),
        .naive_wape = ratio(sums->naive_missed, sums->naive_came),
    };
}

double naive_at(const struct series *history, const struct zone *zone, int64_t ts, int64_t known_ts)
{
    const struct grid *grid = &history->grid;
    struct local_time local = zone_local(zone, ts);
    for (int32_t day = local.day - WEEK_DAYS; grid->n > 0; day -= WEEK_DAYS) {
        int32_t iv = grid_index(grid, zone_instant(zone, day, local.second / 60));
        if (iv < 0)
            break;
        if (iv < grid->n && grid_ts(grid, iv) < known_ts && !isnan(history->offered[iv]))
            return history->offered[iv];
    }
    return NAN;
}

double naive_scale(const struct series *history, int64_t known_ts)
{
    const struct grid *grid = &history->grid;
    int32_t lag = grid->n > 0 ? WEEK_DAYS * DAY_S / grid->interval_s : 0;
    double sum = 0, n = 0;
    for (int32_t iv = lag; iv < grid->n && grid_ts(grid, iv) < known_ts; iv++) {
        double error = history->offered[iv] - history->offered[iv - lag];
        if (isnan(error))
            continue;
        sum += fabs(error);
        n++;
    }
    return n * grid->interval_s >= DAY_S ? sum / n : NAN;
}
