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

void bands_settle(struct bands *bands)
{
    spread_settle(&bands->spread);
    g_clear_pointer(&bands->unusual, g_free);
    bands->days = (struct spread_days){0};
}

void bands_clear(struct bands *bands)
{
    spread_clear(&bands->spread);
    g_free(bands->unusual);
    *bands = (struct bands){0};
}

static void report_days(const struct bands *bands, struct forecast_backtest *report)
{
    const struct spread_days *days = &bands->days;
    double in80 = 0, in95 = 0, n = 0;
    struct sums sums;
    for (int row = 0; row < days->n_blocks * days->block_days; row++) {
        if (row % days->block_days == 0)
            sums_init(&sums, days, days->n_blocks > 1 ? row / days->block_days : -1);
        struct sum_day said = {0};
        double actual = 0, known = 0, quantile[FORECAST_QUANTILES];
        for (int cell = row * days->n_slots; cell < (row + 1) * days->n_slots; cell++) {
            said.offered += days->seen[cell] > 0 ? root_to_rate(days->zhat[cell]) : 0;
            actual += days->seen[cell] > 0 ? days->z[cell] * days->z[cell] - 0.25 : 0;
            known += days->seen[cell];
        }
        if (known == 0)
            continue;
        said.variance = sums_variance(&sums, said.offered, days->unusual[row]);
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
                         days->zhat[cell], 1, quantile);
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
