#include "tests/bench/forecast_bands.h"

#include <math.h>

const char *const sums_columns[] = {"queue", "days",     "day_wql",    "day_cov80",  "day_cov95",
                                    "weeks", "week_wql", "week_cov80", "week_cov95", NULL};

/* Contacts of a day, NAN when some are not known. */
static double day_total(const struct series *series, const struct forecast *forecast, int day)
{
    double total = 0;
    for (int32_t iv = forecast->day_iv[day]; iv < forecast->day_iv[day + 1]; iv++) {
        int32_t at = grid_index(&series->grid, grid_ts(&forecast->grid, iv));
        double y = at >= 0 && at < series->grid.n ? series->offered[at] : NAN;
        total += isnan(y) && !(forecast->offered[iv] > 0) ? 0 : y;
    }
    return total;
}

static void add(struct band_score *score, double y, const double *quantile, int n, int at)
{
    if (isnan(y) || (y == 0 && quantile[(FORECAST_QUANTILES - 1) * n + at] == 0))
        return; /* not known, or closed */
    for (int q = 0; q < FORECAST_QUANTILES; q++) {
        double level = forecast_quantile_levels[q], above = y - quantile[q * n + at];
        score->loss += 2.0 / FORECAST_QUANTILES * (above > 0 ? level * above : (level - 1) * above);
    }
    score->in80 += y >= quantile[2 * n + at] && y <= quantile[4 * n + at];
    score->in95 += y >= quantile[0 * n + at] && y <= quantile[6 * n + at];
    score->volume += y;
    score->n++;
}

void sums_score_add(struct sums_score *score, const struct series *series, const struct forecast *forecast)
{
    double week = 0;
    for (int day = 0; day < forecast->n_days; day++) {
        double y = day_total(series, forecast, day);
        add(&score->days, y, forecast->day_quantile, forecast->n_days, day);
        week += y;
        if (day % 7 == 6) {
            add(&score->weeks, week, forecast->week_quantile, forecast->n_weeks, day / 7);
            week = 0;
        }
    }
}

static void print(const struct band_score *score, double n, struct bench_table *table)
{
    bench_cell(table, "%.0f", score->n);
    bench_cell(table, "%.4f", score->loss / n);
    bench_cell(table, "%.3f", score->in80 / n);
    bench_cell(table, "%.3f", score->in95 / n);
}

/* What a row shows. */
static struct band_score shown(const struct band_score *score)
{
    return (struct band_score){.n = score->n,
                               .loss = score->loss / score->volume,
                               .in80 = score->in80 / score->n,
                               .in95 = score->in95 / score->n};
}

static void add_shown(struct band_score *to, const struct band_score *row)
{
    to->n += row->n;
    to->loss += row->loss;
    to->in80 += row->in80;
    to->in95 += row->in95;
}

void sums_score_print(const struct sums_score *score, const char *queue, struct bench_table *table,
                      struct sums_score *all)
{
    struct band_score days = shown(&score->days), weeks = shown(&score->weeks);
    bench_cell(table, "%s", queue);
    print(&days, 1, table);
    print(&weeks, 1, table);
    add_shown(&all->days, &days);
    add_shown(&all->weeks, &weeks);
}

void sums_score_print_all(const struct sums_score *all, double n, struct bench_table *table)
{
    bench_cell(table, "all");
    print(&all->days, n, table);
    print(&all->weeks, n, table);
}
