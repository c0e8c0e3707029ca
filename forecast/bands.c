#include "forecast/bands.h"

#include "forecast/array.h"
#include "forecast/model_table.h"
#include "forecast/root.h"

#include <math.h>

#define TINY 1e-9

bool bands_unusual(const struct model_input *input, int day)
{
    const struct day_info *today = calendar_day(input->calendar, input->matrix->first_day + day);
    const struct day_info *before = today - (input->matrix->first_day + day > input->calendar->first_day);
    return today->closed || today->holiday || today->event || before->closed || before->holiday ||
           before->event;
}

/* In-sample residuals are too small by the weekday means they were fitted with, and tomorrow is less like the
   past than it is. */
static void init_in_sample(struct bands *bands, const struct model_input *input)
{
    const struct day_matrix *matrix = input->matrix;
    int n_slots = matrix->n_slots, n = input->origin;
    double weeks = MAX(2, (double)n / WEEK_DAYS);
    g_autofree double *zhat = array_new(n, n_slots);
    model_run(&model_pooled, input, 0, n, zhat);
    bands->unusual = g_new0(uint8_t, (gsize)n + 1);
    struct spread_days days = {1, n, n_slots, matrix->z, zhat, matrix->seen, bands->unusual};
    days.block_days = n >= WEEK_DAYS ? n : 0;
    spread_init(&bands->spread, &days, 1.15 * sqrt(weeks / (weeks - 1)));
    sums_init(&bands->sums, &days, -1);
}

void bands_init(struct bands *bands, const struct backtest *backtest, const struct model_input *input)
{
    *bands = (struct bands){0};
    if (backtest->n_origins == 0) {
        init_in_sample(bands, input);
        return;
    }
    int rows = backtest->n_origins * backtest->block_days;
    bands->unusual = g_new0(uint8_t, (gsize)rows + 1);
    for (int row = 0; row < rows; row++) {
        int day = backtest->origin[row / backtest->block_days] + row % backtest->block_days;
        bands->unusual[row] = bands_unusual(input, day);
    }
    bands->days =
        (struct spread_days){backtest->n_origins, backtest->block_days, backtest->n_slots, backtest->z,
                             backtest->combined,  backtest->seen,       bands->unusual};
    spread_init(&bands->spread, &bands->days, 1);
    sums_init(&bands->sums, &bands->days, -1);
}

void bands_clear(struct bands *bands)
{
    spread_clear(&bands->spread);
    g_free(bands->unusual);
    *bands = (struct bands){0};
}

static void fill_sums(const struct bands *bands, const struct sum_day *days, struct forecast *out)
{
    double quantile[FORECAST_QUANTILES], beyond = 0, square = 0;
    out->n_weeks = (out->n_days + WEEK_DAYS - 1) / WEEK_DAYS;
    out->day_offered = array_new(out->n_days, 1);
    out->day_quantile = array_new(FORECAST_QUANTILES, out->n_days);
    out->week_offered = array_new(out->n_weeks, 1);
    out->week_quantile = array_new(FORECAST_QUANTILES, out->n_weeks);
    for (int day = 0; day < out->n_days; day++) {
        out->day_offered[day] = days[day].offered;
        beyond += sums_variance(&bands->sums, &days[day]) - days[day].offered;
        square += days[day].offered * days[day].offered;
        out->week_offered[day / WEEK_DAYS] += days[day].offered;
        sums_quantiles(&bands->sums, &days[day], 1, quantile);
        for (int q = 0; q < FORECAST_QUANTILES; q++)
            out->day_quantile[q * out->n_days + day] =
                out->grid.interval_s == DAY_S ? out->quantile[q * out->grid.n + day] : quantile[q];
    }
    out->busyness_cv2 = square > 0 ? MAX(0, beyond / square) : 0;
    for (int week = 0; week < out->n_weeks; week++) {
        int from = week * WEEK_DAYS;
        sums_quantiles(&bands->sums, &days[from], MIN(WEEK_DAYS, out->n_days - from), quantile);
        for (int q = 0; q < FORECAST_QUANTILES; q++)
            out->week_quantile[q * out->n_weeks + week] = quantile[q];
    }
}

void bands_fill(const struct bands *bands, const struct model_input *input, const double *z, int first,
                struct forecast *out)
{
    const struct day_matrix *matrix = input->matrix;
    int n = out->grid.n, n_slots = matrix->n_slots, day, slot;
    matrix_cell(matrix, grid_ts(&out->grid, n - 1), &day, &slot);
    out->first_day = matrix->first_day + first;
    out->n_days = day - first + 1;
    g_autofree struct sum_day *days = g_new0(struct sum_day, (gsize)out->n_days);
    for (int32_t iv = 0; iv < n; iv++) {
        double quantile[FORECAST_QUANTILES];
        matrix_cell(matrix, grid_ts(&out->grid, iv), &day, &slot);
        const struct day_info *info = calendar_day(input->calendar, matrix->first_day + day);
        if (info->closed || !matrix->open[info->weekday * n_slots + slot])
            continue;
        double root = z[(day - first) * n_slots + slot];
        bool unusual = bands_unusual(input, day);
        out->offered[iv] = root_to_rate(root);
        days[day - first].offered += out->offered[iv];
        days[day - first].unusual = unusual;
        spread_quantiles(&bands->spread, slot, unusual, root, quantile);
        for (int q = 0; q < FORECAST_QUANTILES; q++)
            out->quantile[q * n + iv] = quantile[q];
    }
    fill_sums(bands, days, out);
}

static void report_days(const struct bands *bands, struct forecast_backtest *report)
{
    const struct spread_days *days = &bands->days;
    double in80 = 0, in95 = 0, n = 0;
    struct sums sums;
    for (int row = 0; row < days->n_blocks * days->block_days; row++) {
        if (row % days->block_days == 0)
            sums_init(&sums, days, days->n_blocks > 1 ? row / days->block_days : -1);
        struct sum_day said = {.unusual = days->unusual[row]};
        double actual = 0, known = 0, quantile[FORECAST_QUANTILES];
        for (int cell = row * days->n_slots; cell < (row + 1) * days->n_slots; cell++) {
            said.offered += days->seen[cell] > 0 ? root_to_rate(days->zhat[cell]) : 0;
            actual += days->seen[cell] > 0 ? days->z[cell] * days->z[cell] - 0.25 : 0;
            known += days->seen[cell];
        }
        if (known == 0)
            continue;
        sums_quantiles(&sums, &said, 1, quantile);
        in95 += actual >= quantile[0] - TINY && actual <= quantile[6] + TINY;
        in80 += actual >= quantile[2] - TINY && actual <= quantile[4] + TINY;
        n++;
    }
    report->day_cov80 = n > 0 ? in80 / n : NAN;
    report->day_cov95 = n > 0 ? in95 / n : NAN;
}

static void report_intervals(struct bands *bands, struct forecast_backtest *report)
{
    const struct spread_days *days = &bands->days;
    int cells = days->block_days * days->n_slots;
    double in80 = 0, in95 = 0, n = 0;
    for (int cell = 0; cell < days->n_blocks * cells; cell++) {
        if (cell % cells == 0)
            spread_leave(&bands->spread, days->n_blocks > 1 ? cell / cells : -1);
        if (days->seen[cell] == 0)
            continue;
        double y = days->z[cell] * days->z[cell] - 0.25, quantile[FORECAST_QUANTILES];
        spread_quantiles(&bands->spread, cell % days->n_slots, days->unusual[cell / days->n_slots],
                         days->zhat[cell], quantile);
        in95 += y >= quantile[0] - TINY && y <= quantile[6] + TINY;
        in80 += y >= quantile[2] - TINY && y <= quantile[4] + TINY;
        n++;
    }
    spread_leave(&bands->spread, -1);
    report->cov80 = n > 0 ? in80 / n : NAN;
    report->cov95 = n > 0 ? in95 / n : NAN;
}

void bands_report(struct bands *bands, struct forecast_backtest *report)
{
    report_intervals(bands, report);
    report_days(bands, report);
}
