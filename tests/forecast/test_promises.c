/* What every forecast promises: clear errors, the same bits again and in threads, bands that hold what they
 * say. */
#include "tests/forecast/synthetic.h"
#include "tests/support/testing.h"

#include "core/error.h"
#include "forecast/forecast.h"

#include <math.h>
#include <string.h>

/* ---- errors ---- */

static void spoil_empty(struct forecast_input *input, struct series *series)
{
    (void)input;
    for (int32_t iv = 0; iv < series->grid.n; iv++)
        series->offered[iv] = NAN;
}

static void spoil_negative(struct forecast_input *input, struct series *series)
{
    (void)input;
    series->offered[96] = -3;
}

static void spoil_infinite(struct forecast_input *input, struct series *series)
{
    (void)input;
    series->offered[5] = INFINITY;
}

static void spoil_handle(struct forecast_input *input, struct series *series)
{
    (void)input;
    series->handle_s[5] = -1;
}

static void spoil_alignment(struct forecast_input *input, struct series *series)
{
    (void)series;
    input->horizon.start_ts += 60;
}

static void spoil_interval(struct forecast_input *input, struct series *series)
{
    (void)series;
    input->horizon.interval_s = 900;
}

static void spoil_odd(struct forecast_input *input, struct series *series)
{
    series->grid.interval_s = input->horizon.interval_s = 2700;
}

static void spoil_days(struct forecast_input *input, struct series *series)
{
    series->grid.interval_s = input->horizon.interval_s = DAY_S;
    series->grid.start_ts += 5 * 3600; /* as if it started at a local midnight */
}

static void spoil_past(struct forecast_input *input, struct series *series)
{
    (void)series;
    input->horizon.start_ts -= DAY_S;
}

static void spoil_no_horizon(struct forecast_input *input, struct series *series)
{
    (void)series;
    input->horizon.n = 0;
}

static const struct {
    const char *what;
    void (*spoil)(struct forecast_input *input, struct series *series);
    const char *message;
} errors[] = {
    {"empty queue", spoil_empty, "no observation at all"},
    {"negative count", spoil_negative, "history at 2024-01-03T00:00:00Z: offered is -3"},
    {"infinite count", spoil_infinite, "offered is inf"},
    {"negative handling time", spoil_handle, "handle_s is -1"},
    {"misaligned horizon", spoil_alignment, "not on the 30-minute grid"},
    {"another interval", spoil_interval, "horizon has intervals of 900 s"},
    {"three quarters of an hour", spoil_odd, "history has intervals of 2700 s"},
    {"days at instants", spoil_days, "a history of days counts civil days"},
    {"horizon in the past", spoil_past, "before the end of the history"},
    {"no horizon", spoil_no_horizon, "horizon has no intervals"},
};

START_TEST(clear_errors)
{
    struct synthetic spec = {"UTC", "2024-01-01", 28, 30, synthetic_weekly, 0, 0};
    struct series series;
    struct zone *zone;
    struct forecast_input input;
    struct forecast forecast;
    g_autoptr(GError) error = NULL;
    synthetic_input(&spec, 0, 7, &series, &zone, &input);
    errors[_i].spoil(&input, &series);
    ck_assert_msg(!forecast_run(&input, &forecast, &error), "%s: went through", errors[_i].what);
    ck_assert(g_error_matches(error, WFM_ERROR, WFM_ERROR_INPUT));
    ck_assert_msg(strstr(error->message, errors[_i].message) != NULL, "%s: %s", errors[_i].what,
                  error->message);
    series_clear(&series);
    zone_free(zone);
}
END_TEST

/* ---- same bits ---- */

START_TEST(same_input_same_forecast)
{
    struct synthetic spec = {"Europe/Madrid", "2024-01-01", 120, 30, synthetic_weekly, 0.1, 5};
    struct series series;
    struct zone *zone;
    struct forecast_input input;
    struct forecast one, two;
    synthetic_input(&spec, 0, 7, &series, &zone, &input);
    ck_assert(forecast_run(&input, &one, NULL) && forecast_run(&input, &two, NULL));
    gsize size = (gsize)one.grid.n * sizeof(double);
    ck_assert_mem_eq(one.offered, two.offered, size);
    ck_assert_mem_eq(one.quantile, two.quantile, size * FORECAST_QUANTILES);
    ck_assert_mem_eq(one.aht_s, two.aht_s, size);
    forecast_clear(&one);
    forecast_clear(&two);
    series_clear(&series);
    zone_free(zone);
}
END_TEST

/* Several queues at once, as wfm forecast --jobs runs them. */
static gpointer forecast_in_thread(gpointer data)
{
    struct forecast *made = g_new0(struct forecast, 1);
    return forecast_run(data, made, NULL) ? made : NULL;
}

START_TEST(as_in_one_thread)
{
    enum { THREADS = 4 };
    struct synthetic spec = {"Europe/Madrid", "2024-01-01", 120, 30, synthetic_weekly, 0.1, 5};
    struct series series[THREADS];
    struct zone *zone[THREADS];
    struct forecast_input input[THREADS];
    GThread *thread[THREADS];
    for (int i = 0; i < THREADS; i++) {
        spec.seed = (uint32_t)i + 1;
        synthetic_input(&spec, 0, 7, &series[i], &zone[i], &input[i]);
    }
    for (int i = 0; i < THREADS; i++)
        thread[i] = g_thread_new("forecast", forecast_in_thread, &input[i]);
    for (int i = 0; i < THREADS; i++) {
        struct forecast alone, *together = g_thread_join(thread[i]);
        ck_assert_ptr_nonnull(together);
        ck_assert(forecast_run(&input[i], &alone, NULL));
        gsize size = (gsize)alone.grid.n * sizeof(double);
        ck_assert_mem_eq(alone.offered, together->offered, size);
        ck_assert_mem_eq(alone.quantile, together->quantile, size * FORECAST_QUANTILES);
        forecast_clear(&alone);
        forecast_clear(together);
        g_free(together);
        series_clear(&series[i]);
        zone_free(zone[i]);
    }
}
END_TEST

/* ---- bands ---- */

/* Days or weeks of a forecast whose actual contacts lie inside a band. */
static double count_inside(const double *actual, int n, const double *quantile, int low, int high)
{
    double inside = 0;
    for (int i = 0; i < n; i++)
        inside += actual[i] >= quantile[low * n + i] && actual[i] <= quantile[high * n + i];
    return inside;
}

/* Contacts of days and weeks of the future, and what the forecast says of them. */
static void add_sums(const struct forecast *forecast, const double *offered, double inside[3])
{
    double day[28] = {0}, week[4] = {0}, said[28] = {0}, summed = 0;
    int n = forecast->grid.n;
    ck_assert(forecast->n_days == 28 && forecast->n_weeks == 4);
    for (int32_t iv = 0; iv < n; iv++) { /* no clock change ahead */
        day[iv / 48] += offered[iv];
        week[iv / 48 / 7] += offered[iv];
        said[iv / 48] += forecast->offered[iv];
        summed += iv < 48 ? forecast->quantile[4 * n + iv] - forecast->quantile[2 * n + iv] : 0;
    }
    for (int d = 0; d < 28; d++) {
        ck_assert_double_eq_tol(forecast->day_offered[d], said[d], 1e-6 * said[d]);
        for (int q = 1; q < FORECAST_QUANTILES; q++)
            ck_assert_double_ge(forecast->day_quantile[q * 28 + d], forecast->day_quantile[(q - 1) * 28 + d]);
    }
    inside[0] += count_inside(day, 28, forecast->day_quantile, 2, 4) / 28;
    inside[1] += count_inside(day, 28, forecast->day_quantile, 0, 6) / 28;
    inside[2] += count_inside(week, 4, forecast->week_quantile, 2, 4) / 4;
    /* Factors of ten per cent a day: the band of a day is far from the sum of its intervals'. */
    double width = (forecast->day_quantile[4 * 28] - forecast->day_quantile[2 * 28]) / said[0];
    ck_assert_double_le(width, 0.75 * summed / said[0]);
    ck_assert_double_eq_tol(width, 2 * 1.28 * 0.1, 0.12);
    ck_assert_double_eq_tol(forecast->busyness_cv2, 0.01, 0.007);
}

/* Bands against a future that was drawn from the same process: five queues of 26 weeks, four weeks ahead
 * each. */
START_TEST(bands_hold_what_they_say)
{
    double in80 = 0, in95 = 0, n = 0, said80 = 0, said95 = 0, sums[3] = {0}, day80 = 0, day95 = 0;
    for (uint32_t seed = 1; seed <= 5; seed++) {
        struct synthetic spec = {"Europe/Madrid", "2024-01-01", 182 + 28, 30, synthetic_weekly, 0.1, seed};
        struct series series;
        struct zone *zone;
        struct forecast_input input;
        struct forecast forecast;
        synthetic_input(&spec, 0, 28, &series, &zone, &input);
        series.grid.n = 182 * 48 - 2; /* the spring change took an hour */
        input.horizon = synthetic_days(zone, day_from_civil(2024, 1, 1) + 182, 28, 1800);
        ck_assert(forecast_run(&input, &forecast, NULL));
        for (int32_t iv = 0; iv < forecast.grid.n; iv++) {
            double y = series.offered[series.grid.n + iv];
            in95 += y >= forecast.quantile[iv] && y <= forecast.quantile[6 * forecast.grid.n + iv];
            in80 += y >= forecast.quantile[2 * forecast.grid.n + iv] &&
                    y <= forecast.quantile[4 * forecast.grid.n + iv];
            n++;
        }
        add_sums(&forecast, &series.offered[series.grid.n], sums);
        day80 += forecast.backtest.day_cov80 / 5;
        day95 += forecast.backtest.day_cov95 / 5;
        said80 += forecast.backtest.cov80 / 5;
        said95 += forecast.backtest.cov95 / 5;
        ck_assert_double_lt(forecast.backtest.wape, forecast.backtest.naive_wape);
        forecast_clear(&forecast);
        series_clear(&series);
        zone_free(zone);
    }
    ck_assert_double_eq_tol(in80 / n, 0.82,
                            0.06); /* counts are whole: bands of small ones hold a little more */
    ck_assert_double_eq_tol(in95 / n, 0.955, 0.03);
    ck_assert_double_eq_tol(said80, in80 / n, 0.05);
    ck_assert_double_eq_tol(said95, in95 / n, 0.03);
    ck_assert_double_eq_tol(sums[0] / 5, 0.8, 0.08); /* 140 days */
    ck_assert_double_eq_tol(sums[1] / 5, 0.95, 0.04);
    ck_assert_double_eq_tol(sums[2] / 5, 0.8, 0.2); /* 20 weeks */
    ck_assert_double_eq_tol(day80, 0.8, 0.06);
    ck_assert_double_eq_tol(day95, 0.95, 0.04);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("forecast/promises");
    TCase *t = tcase_create("synthetic");
    tcase_set_timeout(t, 300);
    tcase_add_loop_test(t, clear_errors, 0, (int)G_N_ELEMENTS(errors));
    tcase_add_test(t, same_input_same_forecast);
    tcase_add_test(t, as_in_one_thread);
    tcase_add_test(t, bands_hold_what_they_say);
    suite_add_tcase(s, t);
    return s;
}

TEST_MAIN(suite)
