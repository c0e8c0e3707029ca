#include "forecast/forecast.h"

#include "core/error.h"
#include "forecast/aht.h"
#include "forecast/array.h"
#include "forecast/explain.h"
#include "forecast/findings.h"
#include "forecast/linear.h"
#include "forecast/outlook.h"
#include "forecast/shared.h"
#include "forecast/uplift.h"

#include <math.h>

#define HISTORY_MAX_DAYS (3 * 366) /* older days tell nothing more */
#define CALENDAR_SPARE_DAYS 60     /* before and after, for days near a feast and events */

struct forecaster {
    struct forecast forecast; /* as of the end of the history */
    struct outlook outlook;
    struct bands bands; /* settled */
    struct intraday intraday;
};

/* Everything between input and output. */
struct job {
    const struct forecast_input *input;
    struct day_calendar calendar;
    struct day_matrix matrix;
    struct day_features features;
    struct day_weights weights;
    struct model_input models;
    int last_day;           /* last row the horizon touches */
    double *z, *weight_sum; /* (last_day + 1 - from) × n_slots */
};

/* what: the series, in messages. */
static bool check_counts(const struct series *history, const char *what, GError **error)
{
    const struct {
        const char *name;
        const double *values;
    } columns[] = {
        {"offered", history->offered},   {"answered", history->answered}, {"abandoned", history->abandoned},
        {"handle_s", history->handle_s}, {"wait_s", history->wait_s},
    };
    for (gsize c = 0; c < G_N_ELEMENTS(columns); c++)
        for (int32_t iv = 0; columns[c].values != NULL && iv < history->grid.n; iv++) {
            double value = columns[c].values[iv];
            if (isnan(value) || (value >= 0 && isfinite(value)))
                continue;
            g_autofree char *when = time_format(grid_ts(&history->grid, iv), NULL);
            return wfm_fail(error, WFM_ERROR_INPUT,
                            "%s at %s: %s is %g; a count is 0 or more (leave it out when it is not known)",
                            what, when, columns[c].name, value);
        }
    return true;
}

static bool check_input(const struct forecast_input *input, GError **error)
{
    const struct grid *grid = &input->history->grid, *horizon = &input->horizon;
    if (!grid_is_daily(grid) && (!grid_interval_ok(grid->interval_s / 60) || grid->interval_s % 60 != 0))
        return wfm_fail(
            error, WFM_ERROR_INPUT,
            "history has intervals of %d s; a forecast needs 5, 10, 15, 30 or 60 minutes, or days",
            grid->interval_s);
    if (grid_is_daily(grid) && grid->start_ts % DAY_S != 0)
        return wfm_fail(error, WFM_ERROR_INPUT,
                        "a history of days counts civil days (core/grid.h); it starts %d s into one",
                        (int)(grid->start_ts % DAY_S));
    if (horizon->interval_s != grid->interval_s)
        return wfm_fail(error, WFM_ERROR_INPUT,
                        "horizon has intervals of %d s, history of %d s; they must be the same",
                        horizon->interval_s, grid->interval_s);
    if (horizon->n <= 0)
        return wfm_fail(error, WFM_ERROR_INPUT, "horizon has no intervals");
    g_autofree char *start = time_format(horizon->start_ts, NULL);
    if (!grid_aligned(grid, horizon->start_ts))
        return wfm_fail(error, WFM_ERROR_INPUT,
                        "horizon starts at %s, which is not on the %d-minute grid of the history", start,
                        grid->interval_s / 60);
    if (horizon->start_ts < grid_end_ts(grid)) {
        g_autofree char *end = time_format(grid_end_ts(grid), NULL);
        return wfm_fail(error, WFM_ERROR_INPUT, "horizon starts at %s, before the end of the history at %s",
                        start, end);
    }
    return check_counts(input->history, "history", error);
}

/* The history without what is older than HISTORY_MAX_DAYS. Arrays are borrowed. */
static struct grid recent(const struct grid *grid, int32_t *skip)
{
    int32_t keep = HISTORY_MAX_DAYS * (DAY_S / grid->interval_s);
    *skip = MAX(0, grid->n - keep);
    return (struct grid){grid_ts(grid, *skip), grid->interval_s, grid->n - *skip};
}

static bool job_init(struct job *job, const struct forecast_input *input, GError **error)
{
    int32_t skip;
    struct grid grid = recent(&input->history->grid, &skip);
    *job = (struct job){.input = input};
    int64_t horizon_end = grid_end_ts(&input->horizon) - 1;
    calendar_init(&job->calendar, zone_local_day(input->zone, grid.start_ts) - CALENDAR_SPARE_DAYS,
                  zone_local_day(input->zone, horizon_end) + CALENDAR_SPARE_DAYS, input->specials,
                  input->n_specials);
    matrix_init(&job->matrix, &grid, input->history->offered + skip, input->zone, &job->calendar, input->open,
                input->n_open);
    if (job->matrix.n_days == 0)
        return wfm_fail(error, WFM_ERROR_INPUT,
                        "history has no observation at all; import some days of contacts first");
    matrix_drop_zeros(&job->matrix, &job->calendar);
    int slot, first;
    matrix_cell(&job->matrix, input->horizon.start_ts, &first, &slot);
    matrix_cell(&job->matrix, horizon_end, &job->last_day, &slot);
    uplift_lend(&job->calendar, input->sisters, input->n_sisters, job->matrix.first_day + first);
    /* A day that has only begun is not yet a day to learn from, unless it is all there is. */
    int origin = MIN(job->matrix.n_days, first);
    job->models.origin = origin > 0 ? origin : job->matrix.n_days;
    features_init(&job->features, &job->calendar, job->matrix.first_day,
                  MAX(job->last_day + 1, job->matrix.n_days));
    day_weights_init(&job->weights, &job->matrix, &job->calendar, job->models.origin);
    job->models = (struct model_input){&job->matrix,  &job->calendar,     &job->features,
                                       &job->weights, job->models.origin, shared_new(NULL)};
    return true;
}

static void job_clear(struct job *job)
{
    calendar_clear(&job->calendar);
    matrix_clear(&job->matrix);
    features_clear(&job->features);
    day_weights_clear(&job->weights);
    shared_free(job->models.shared);
    g_free(job->z);
}

/* Combined roots of the rows first .. last_day. g_free. */
static double *predict(const struct job *job, const struct model_input *input,
                       const struct backtest *backtest, int first)
{
    int n_slots = job->matrix.n_slots, n_days = job->last_day - first + 1, cells = n_days * n_slots;
    g_autofree double *one = array_new(cells, 1);
    g_autofree double *weights = array_new(n_days, FORECAST_MODELS_MAX);
    double *z = array_new(cells, 1);
    for (int day = 0; day < n_days; day++)
        backtest_weights(backtest, input, first + day, &weights[day * FORECAST_MODELS_MAX]);
    for (int m = 0; m < backtest->n_models; m++) {
        if (!backtest_uses(backtest, m) ||
            !model_run(forecast_models[backtest->model[m]], input, first, n_days, one))
            continue;
        for (int day = 0; day < n_days; day++)
            linear_add(&z[day * n_slots], weights[day * FORECAST_MODELS_MAX + m], &one[day * n_slots],
                       n_slots);
    }
    return z;
}

/* Planners' uplifts on the days of the horizon. */
static void apply_uplifts(struct job *job, const struct backtest *backtest, int first)
{
    int n_days = job->last_day - first + 1;
    struct uplift uplift;
    if (!uplift_init(&uplift, &job->models, first, n_days))
        return;
    g_autofree double *plain = predict(job, &uplift.plain, backtest, first);
    uplift_apply(&job->models, first, n_days, plain, job->z);
    uplift_clear(&uplift);
}

static void fill_aht(const struct job *job, struct forecast *out)
{
    const struct forecast_input *input = job->input;
    int32_t skip;
    struct series history = *input->history;
    history.grid = recent(&input->history->grid, &skip);
    double **columns[] = {&history.offered, &history.answered, &history.abandoned, &history.handle_s};
    for (gsize c = 0; c < G_N_ELEMENTS(columns); c++)
        *columns[c] = *columns[c] != NULL ? *columns[c] + skip : NULL;
    struct aht_history handled;
    struct aht_forecast aht = {0};
    bool any = aht_history_init(&handled, &history, input->zone, &job->calendar, input->open, input->n_open);
    if (any)
        aht_forecast_init(&aht, &handled, handled.work.n_days, input->default_aht_s);
    for (int32_t iv = 0; iv < out->grid.n; iv++) {
        int day, slot;
        matrix_cell(&handled.work, grid_ts(&out->grid, iv), &day, &slot);
        out->aht_s[iv] =
            any ? aht_forecast_at(&aht, matrix_weekday(&handled.work, day), slot) : input->default_aht_s;
    }
    if (any) {
        out->backtest.aht_wape = aht.wape;
        out->backtest.aht_mean_wape = aht.mean_wape;
    }
    aht_forecast_clear(&aht);
    aht_history_clear(&handled);
}

/* Rows of the horizon and what is known of them, the bands, and the forecast that follows. `watch`: the days
   will be brought up to date later, even if none has begun. */
static void make_volume(struct forecaster *forecaster, struct job *job, int first, bool watch)
{
    struct forecast *made = &forecaster->forecast;
    struct backtest backtest;
    backtest_run(&backtest, &job->models, job->last_day + 1 - job->models.origin);
    backtest_report(&backtest, &made->backtest, made->models);
    made->n_models = backtest.n_models;
    made->test_days = backtest_days(&backtest, job->matrix.first_day, &made->n_test_days);
    job->z = predict(job, &job->models, &backtest, first);
    apply_uplifts(job, &backtest, first);
    outlook_init(&forecaster->outlook, &job->models, &made->grid, job->z, first, job->last_day + 1 - first);
    bands_init(&forecaster->bands, &backtest, &job->models);
    bands_report(&forecaster->bands, &made->backtest);
    watch = watch || outlook_known(&forecaster->outlook);
    if (watch)
        intraday_init(&forecaster->intraday, &forecaster->bands.spread, &forecaster->bands.days);
    bands_settle(&forecaster->bands);
    made->count_cv2 = forecaster->bands.spread.cv2;
    outlook_fill(&forecaster->outlook, &forecaster->bands, watch ? &forecaster->intraday : NULL, made);
    if (job->input->explain)
        made->explanation = explanation_new(&job->models, &job->features, &backtest, first, made);
    backtest_clear(&backtest);
}

/* What the horizon is about to predict of a day that has begun is not missing. */
static int count_to_come(const struct job *job, int day, int slot)
{
    const struct day_matrix *matrix = &job->matrix;
    const struct day_info *info = calendar_day(&job->calendar, matrix->first_day + day);
    int n = 0;
    for (int s = slot; day < matrix->n_days && !info->closed && !info->unplanned && s < matrix->n_slots; s++)
        n +=
            matrix->open[info->weekday * matrix->n_slots + s] && matrix->seen[day * matrix->n_slots + s] == 0;
    return n;
}

static bool forecaster_init(struct forecaster *forecaster, const struct forecast_input *input, bool watch,
                            GError **error)
{
    struct job job = {0};
    if (!check_input(input, error))
        return false;
    /* A grid of days counts civil days: its axis is a wall clock that never changes. */
    AUTO(zone) utc = NULL;
    struct forecast_input daily = *input;
    if (grid_is_daily(&input->history->grid)) {
        utc = zone_new("UTC", error);
        if (utc == NULL)
            return false;
        daily.zone = utc;
        input = &daily;
    }
    if (!job_init(&job, input, error)) {
        job_clear(&job);
        return false;
    }
    int first, slot, n = input->horizon.n;
    matrix_cell(&job.matrix, input->horizon.start_ts, &first, &slot);
    struct forecast made = {.grid = input->horizon};
    made.offered = array_new(n, 1);
    made.aht_s = array_new(n, 1);
    made.quantile = array_new(FORECAST_QUANTILES, n);
    made.days_cleaned = job.weights.outliers;
    made.slots_missing = job.matrix.missing - count_to_come(&job, first, slot);
    made.findings = findings_list(&job.matrix, &job.calendar, &job.weights, &made.n_findings);
    *forecaster = (struct forecaster){.forecast = made};
    make_volume(forecaster, &job, first, watch);
    fill_aht(&job, &forecaster->forecast);
    forecaster->forecast.patience = patience_estimate(input->history, input->zone);
    job_clear(&job);
    return true;
}

static void forecaster_clear(struct forecaster *forecaster)
{
    forecast_clear(&forecaster->forecast);
    outlook_clear(&forecaster->outlook);
    bands_clear(&forecaster->bands);
    intraday_clear(&forecaster->intraday);
}

bool forecast_run(const struct forecast_input *input, struct forecast *out, GError **error)
{
    struct forecaster forecaster;
    if (!forecaster_init(&forecaster, input, false, error))
        return false;
    *out = forecaster.forecast;
    forecaster.forecast = (struct forecast){0};
    forecaster_clear(&forecaster);
    return true;
}

struct forecaster *forecaster_new(const struct forecast_input *input, GError **error)
{
    struct forecaster made;
    if (!forecaster_init(&made, input, true, error))
        return NULL;
    return g_memdup2(&made, sizeof made);
}

void forecaster_free(struct forecaster *forecaster)
{
    if (forecaster == NULL)
        return;
    forecaster_clear(forecaster);
    g_free(forecaster);
}

const struct forecast *forecaster_forecast(const struct forecaster *forecaster)
{
    return &forecaster->forecast;
}

/* What does not follow from contacts, and empty arrays of intervals. Every array of a forecast is either
   copied here or made by outlook_fill; the explanation is that of the forecast beforehand alone. */
static struct forecast copy_before_outlook(const struct forecast *from)
{
    struct forecast copy = *from;
    copy.offered = array_new(from->grid.n, 1);
    copy.quantile = array_new(FORECAST_QUANTILES, from->grid.n);
    copy.aht_s = g_memdup2(from->aht_s, (gsize)from->grid.n * sizeof(double));
    copy.test_days = g_memdup2(from->test_days, (gsize)from->n_test_days * sizeof *from->test_days);
    copy.findings = g_memdup2(from->findings, (gsize)from->n_findings * sizeof *from->findings);
    copy.explanation = NULL;
    return copy;
}

bool forecaster_update(const struct forecaster *forecaster, const double *offered, int32_t n,
                       struct forecast *out, GError **error)
{
    const struct forecast *before = &forecaster->forecast;
    if (n < 0 || n > before->grid.n)
        return wfm_fail(error, WFM_ERROR_INPUT, "%d intervals are known of a horizon of %d", n,
                        before->grid.n);
    struct series known = {.grid = {before->grid.start_ts, before->grid.interval_s, n},
                           .offered = (double *)offered};
    if (!check_counts(&known, "contacts", error))
        return false;
    struct forecast made = copy_before_outlook(before);
    struct outlook outlook;
    outlook_copy(&outlook, &forecaster->outlook);
    outlook_learn(&outlook, offered, n);
    outlook_fill(&outlook, &forecaster->bands, &forecaster->intraday, &made);
    outlook_clear(&outlook);
    *out = made;
    return true;
}

void forecast_clear(struct forecast *forecast)
{
    g_free(forecast->offered);
    g_free(forecast->aht_s);
    g_free(forecast->quantile);
    g_free(forecast->test_days);
    g_free(forecast->day_offered);
    g_free(forecast->day_quantile);
    g_free(forecast->week_offered);
    g_free(forecast->week_quantile);
    g_free(forecast->findings);
    g_free(forecast->day_iv);
    explanation_free(forecast->explanation);
    *forecast = (struct forecast){0};
}
