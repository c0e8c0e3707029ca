#include "tests/bench/forecast_score.h"

#include <glib.h>
#include <math.h>

static const double normal[SCORE_QUANTILES] = {-1.959964, -1.281552, 0, 1.281552, 1.959964};

static void naive_errors(const struct series *series, int64_t end, double *mean, double *root)
{
    int32_t lag = 7 * DAY_S / series->grid.interval_s;
    double absolute = 0, square = 0, n = 0;
    for (int32_t iv = lag; iv < series->grid.n && grid_ts(&series->grid, iv) < end; iv++) {
        double e = series->offered[iv] - series->offered[iv - lag];
        if (isnan(e))
            continue;
        absolute += fabs(e);
        square += e * e;
        n++;
    }
    *mean = n > 0 ? absolute / n : NAN;
    *root = n > 0 ? sqrt(square / n) : NAN;
}

void forecast_test_init(struct forecast_test *test, const struct series *series, const struct zone *zone,
                        const struct grid *horizon)
{
    gsize n = (gsize)horizon->n;
    *test = (struct forecast_test){.n = horizon->n,
                                   .day = g_new0(int32_t, n),
                                   .slot = g_new0(int, n),
                                   .actual = g_new0(double, n),
                                   .naive = g_new0(double, n)};
    naive_errors(series, horizon->start_ts, &test->naive_mean, &test->naive_root);
    for (int32_t iv = 0; iv < horizon->n; iv++) {
        int64_t ts = grid_ts(horizon, iv);
        struct local_time local = zone_local(zone, ts);
        int32_t at = grid_index(&series->grid, ts);
        test->day[iv] = local.day;
        test->slot[iv] = local.second / horizon->interval_s;
        test->actual[iv] = at >= 0 && at < series->grid.n ? series->offered[at] : NAN;
        double naive = naive_at(series, zone, ts, horizon->start_ts);
        test->naive[iv] = isnan(naive) ? 0 : naive;
    }
}

void forecast_test_clear(struct forecast_test *test)
{
    g_free(test->day);
    g_free(test->slot);
    g_free(test->actual);
    g_free(test->naive);
    *test = (struct forecast_test){0};
}

double *forecast_test_naive_quantiles(const struct forecast_test *test)
{
    double *quantile = g_new(double, (gsize)(SCORE_QUANTILES * test->n));
    double root = isnan(test->naive_root) ? 0 : test->naive_root;
    for (int q = 0; q < SCORE_QUANTILES; q++)
        for (int i = 0; i < test->n; i++)
            quantile[q * test->n + i] = MAX(0, test->naive[i] + normal[q] * root);
    return quantile;
}

static double pinball(double y, double q, double level)
{
    return y >= q ? level * (y - q) : (1 - level) * (q - y);
}

static void add_interval(struct forecast_sums *sums, double y, double said, const double *quantile, int n)
{
    sums->absolute += fabs(y - said);
    sums->square += (y - said) * (y - said);
    for (int q = 0; q < SCORE_QUANTILES; q++)
        sums->pinball += pinball(y, quantile[q * n], accuracy_levels[q]);
    sums->in95 += y >= quantile[0 * n] && y <= quantile[4 * n];
    sums->in80 += y >= quantile[1 * n] && y <= quantile[3 * n];
    sums->bias += said - y;
    sums->volume += y;
    sums->n++;
}

void forecast_sums_add(struct forecast_sums *sums, const struct forecast_test *test, const double *mean,
                       const double *quantile)
{
    double day_error = 0;
    sums->scale += test->naive_mean;
    sums->origins++;
    for (int i = 0; i < test->n; i++) {
        if (!isnan(test->actual[i])) {
            add_interval(sums, test->actual[i], mean[i], &quantile[i], test->n);
            day_error += mean[i] - test->actual[i];
        }
        if (i == test->n - 1 || test->day[i + 1] != test->day[i]) {
            sums->day_absolute += fabs(day_error);
            day_error = 0;
        }
    }
}

double score_wape(const struct forecast_sums *sums)
{
    return sums->absolute / sums->volume;
}

double score_day_wape(const struct forecast_sums *sums)
{
    return sums->day_absolute / sums->volume;
}

double score_rmse(const struct forecast_sums *sums)
{
    return sqrt(sums->square / sums->n);
}

double score_mase(const struct forecast_sums *sums)
{
    return sums->absolute / sums->n * sums->origins / sums->scale;
}

double score_wql(const struct forecast_sums *sums)
{
    return 2 * sums->pinball / SCORE_QUANTILES / sums->volume;
}
