#include "tests/forecast/synthetic.h"
#include "tests/support/testing.h"

#include "core/error.h"
#include "forecast/forecast.h"

#include <math.h>
#include <string.h>

/* ---- rates with known answers ---- */

static double curve(int second)
{
    double hour = second / 3600.0;
    return exp(-0.5 * (hour - 10) * (hour - 10) / 9) + 0.7 * exp(-0.5 * (hour - 16) * (hour - 16) / 9) + 0.02;
}

static double weekly(int32_t day, int second)
{
    static const double weekday[] = {1.3, 1.1, 1, 1, 0.95, 0.5, 0.35};
    return 80 * weekday[day_weekday(day)] * curve(second);
}

static double shifted(int32_t day, int second)
{
    return weekly(day, second) * (day >= day_from_civil(2024, 5, 6) ? 1.6 : 1);
}

static double growing(int32_t day, int second)
{
    return weekly(day, second) * pow(1.01, (day - day_from_civil(2024, 1, 1)) / 7.0);
}

/* Falls on another weekday each year. */
static double feasts(int32_t day, int second)
{
    struct civil civil = day_civil(day);
    bool feast = (civil.month == 5 && civil.day == 3) || (civil.month == 9 && civil.day == 12);
    return weekly(day, second) * (feast ? 0.4 : 1);
}

static double one_outage(int32_t day, int second)
{
    return weekly(day, second) * (day == day_from_civil(2024, 3, 12) ? 6 : 1);
}

static double nothing(int32_t day, int second)
{
    (void)day;
    (void)second;
    return 0;
}

static double sparse(int32_t day, int second)
{
    return weekly(day, second) / 400;
}

static double fractional(int32_t day, int second)
{
    return weekly(day, second) / 3 + 0.123;
}

/* ---- scenarios: a week after the history, day totals within `tolerance` ---- */

static const struct scenario {
    const char *what;
    struct synthetic spec;
    double tolerance; /* of Σ|forecast - rate| / Σ rate over the week's intervals */
    int gap_days;     /* between history and horizon */
    int weeks;
} scenarios[] = {
    {"weekday profile", {"Europe/Madrid", "2024-01-01", 84, 30, weekly, 0, 0}, 0.01, 0, 1},
    {"two weeks of history", {"Europe/Madrid", "2024-01-01", 14, 30, weekly, 0, 0}, 0.06, 0, 1},
    {"three weeks of history", {"Europe/Madrid", "2024-01-01", 21, 30, weekly, 0, 0}, 0.04, 0, 1},
    {"five minutes", {"Europe/Madrid", "2024-01-01", 42, 5, weekly, 0, 0}, 0.02, 0, 1},
    {"hours, three years", {"Europe/Madrid", "2021-01-01", 1095, 60, weekly, 0, 0}, 0.01, 0, 1},
    {"four years: the oldest left out", {"Europe/Madrid", "2020-01-01", 1461, 60, weekly, 0, 0}, 0.01, 0, 1},
    {"level shift three weeks ago", {"Europe/Madrid", "2024-01-01", 147, 30, shifted, 0, 0}, 0.04, 0, 1},
    {"trend of 1 % a week", {"Europe/Madrid", "2024-01-01", 182, 30, growing, 0, 0}, 0.02, 0, 1},
    {"spring clock change in the horizon",
     {"America/New_York", "2018-01-01", 63, 15, weekly, 0, 0},
     0.01,
     0,
     1},
    {"autumn clock change in the horizon",
     {"America/New_York", "2018-08-06", 84, 15, weekly, 0, 0},
     0.01,
     0,
     1},
    {"spring clock change in the history", {"Europe/Madrid", "2024-02-05", 70, 15, weekly, 0, 0}, 0.01, 0, 1},
    {"autumn clock change in the history", {"Europe/Madrid", "2024-09-02", 70, 15, weekly, 0, 0}, 0.01, 0, 1},
    {"leap day in the horizon", {"Europe/Madrid", "2023-12-04", 84, 30, weekly, 0, 0}, 0.01, 0, 1},
    {"week 53", {"Europe/Madrid", "2020-10-05", 84, 30, weekly, 0, 0}, 0.02, 0, 1},
    {"a zone that changed its offset", {"Asia/Pyongyang", "2018-03-05", 63, 30, weekly, 0, 0}, 0.01, 0, 1},
    {"offset of 45 minutes, hours", {"Asia/Kathmandu", "2024-01-01", 63, 60, weekly, 0, 0}, 0.01, 0, 1},
    {"horizon after a gap", {"Europe/Madrid", "2024-01-01", 84, 30, weekly, 0, 0}, 0.01, 10, 1},
    {"eight weeks ahead", {"Europe/Madrid", "2024-01-01", 182, 30, weekly, 0, 0}, 0.01, 0, 8},
    {"fractional counts", {"Europe/Madrid", "2024-01-01", 84, 30, fractional, 0, 0}, 0.02, 0, 1},
    {"noise of 5 % a day", {"Europe/Madrid", "2024-01-01", 182, 30, weekly, 0.05, 7}, 0.08, 0, 1},
    {"sparse with noise", {"Europe/Madrid", "2024-01-01", 182, 30, sparse, 0.01, 7}, 0.35, 0, 1},
};

static void make_input(const struct synthetic *spec, int gap_days, int n_days, struct series *series,
                       struct zone **zone, struct forecast_input *input)
{
    synthetic_make(spec, series, zone);
    int32_t end = zone_local_day(*zone, grid_end_ts(&series->grid) - 1) + 1;
    *input = (struct forecast_input){.history = series, .zone = *zone, .default_aht_s = 240};
    input->horizon = synthetic_days(*zone, end + gap_days, n_days, series->grid.interval_s);
}

static void check_sane(const struct forecast *forecast, const char *what)
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

static double distance(const struct forecast *forecast, const struct zone *zone, synthetic_rate rate)
{
    double error = 0, volume = 0;
    for (int32_t iv = 0; iv < forecast->grid.n; iv++) {
        struct local_time local = zone_local(zone, grid_ts(&forecast->grid, iv));
        double want = rate(local.day, local.second);
        error += fabs(forecast->offered[iv] - want);
        volume += want;
    }
    return error / volume;
}

START_TEST(known_answers)
{
    const struct scenario *row = &scenarios[_i];
    g_autoptr(GError) error = NULL;
    struct series series;
    struct zone *zone;
    struct forecast_input input;
    struct forecast forecast;
    make_input(&row->spec, row->gap_days, 7 * row->weeks, &series, &zone, &input);
    ck_assert_msg(forecast_run(&input, &forecast, &error), "%s: %s", row->what,
                  error != NULL ? error->message : "");
    check_sane(&forecast, row->what);
    double off = distance(&forecast, zone, row->spec.rate);
    ck_assert_msg(off <= row->tolerance, "%s: off by %.4f, allowed %.4f", row->what, off, row->tolerance);
    ck_assert_int_eq(forecast.slots_missing, 0);
    forecast_clear(&forecast);
    series_clear(&series);
    zone_free(zone);
}
END_TEST

/* ---- special days ---- */

static double day_total(const struct forecast *forecast, const struct zone *zone, int32_t day)
{
    double total = 0;
    for (int32_t iv = 0; iv < forecast->grid.n; iv++)
        if (zone_local_day(zone, grid_ts(&forecast->grid, iv)) == day)
            total += forecast->offered[iv];
    return total;
}

static double rate_total(synthetic_rate rate, int32_t day)
{
    double total = 0;
    for (int second = 0; second < DAY_S; second += 1800)
        total += rate(day, second);
    return total;
}

START_TEST(feasts_are_learnt)
{
    struct synthetic spec = {"Europe/Madrid", "2022-01-01", 851, 30, feasts, 0.03, 11}; /* to 2024-04-30 */
    struct series series;
    struct zone *zone;
    struct forecast_input input;
    struct forecast forecast;
    g_autoptr(GError) error = NULL;
    make_input(&spec, 0, 14, &series, &zone, &input);
    struct forecast_special specials[8];
    int n = 0;
    for (int year = 2022; year <= 2024; year++) {
        specials[n++] = (struct forecast_special){
            .day = day_from_civil(year, 5, 3), .kind = SPECIAL_HOLIDAY, .name = "Spring Feast"};
        if (year == 2024) /* the day is closed for once */
            specials[n++] = (struct forecast_special){
                .day = day_from_civil(2024, 5, 8), .kind = SPECIAL_CLOSED, .name = "Move"};
        specials[n++] = (struct forecast_special){
            .day = day_from_civil(year, 9, 12), .kind = SPECIAL_HOLIDAY, .name = "Autumn Feast"};
    }
    input.specials = specials;
    input.n_specials = n;
    ck_assert(forecast_run(&input, &forecast, &error));
    check_sane(&forecast, "feasts");
    int32_t feast = day_from_civil(2024, 5, 3);
    ck_assert_double_eq_tol(day_total(&forecast, zone, feast) / rate_total(feasts, feast), 1, 0.15);
    ck_assert_double_eq_tol(day_total(&forecast, zone, feast + 3) / rate_total(feasts, feast + 3), 1, 0.08);
    ck_assert_double_eq(day_total(&forecast, zone, day_from_civil(2024, 5, 8)), 0);
    forecast_clear(&forecast);
    series_clear(&series);
    zone_free(zone);
}
END_TEST

static const struct {
    const char *what;
    bool marked;
} outages[] = {{"outlier found", false}, {"outlier marked as unplanned", true}};

START_TEST(outliers_do_not_count)
{
    struct synthetic spec = {"Europe/Madrid", "2024-01-01", 84, 30, one_outage, 0, 0};
    struct series series;
    struct zone *zone;
    struct forecast_input input;
    struct forecast forecast;
    make_input(&spec, 0, 7, &series, &zone, &input);
    struct forecast_special special = {
        .day = day_from_civil(2024, 3, 12), .kind = SPECIAL_UNPLANNED, .name = "Outage"};
    input.specials = &special;
    input.n_specials = outages[_i].marked ? 1 : 0;
    ck_assert(forecast_run(&input, &forecast, NULL));
    double off = distance(&forecast, zone, weekly);
    ck_assert_msg(off < 0.04, "%s: off by %.4f", outages[_i].what, off);
    ck_assert_int_eq(forecast.days_cleaned, outages[_i].marked ? 0 : 1);
    forecast_clear(&forecast);
    series_clear(&series);
    zone_free(zone);
}
END_TEST

START_TEST(gaps_are_not_zeros)
{
    struct synthetic spec = {"Europe/Madrid", "2024-01-01", 84, 30, weekly, 0, 0};
    struct series series;
    struct zone *zone;
    struct forecast_input input;
    struct forecast forecast;
    make_input(&spec, 0, 7, &series, &zone, &input);
    for (int32_t iv = 0; iv < series.grid.n; iv++) {
        int day = iv / 48;
        if ((day >= 40 && day < 54) || day == 83 || (day == 82 && iv % 48 > 20) || (iv * 7) % 31 == 0)
            series.offered[iv] = NAN;
    }
    ck_assert(forecast_run(&input, &forecast, NULL));
    check_sane(&forecast, "gaps");
    ck_assert_double_le(distance(&forecast, zone, weekly), 0.02);
    ck_assert_int_gt(forecast.slots_missing, 14 * 48);
    forecast_clear(&forecast);
    series_clear(&series);
    zone_free(zone);
}
END_TEST

/* Opening hours and closed weekends: nothing outside. */
START_TEST(opening_hours_hold)
{
    struct synthetic spec = {"America/Bogota", "2024-01-01", 84, 30, weekly, 0, 0};
    struct series series;
    struct zone *zone;
    struct forecast_input input;
    struct forecast forecast;
    make_input(&spec, 0, 7, &series, &zone, &input);
    struct week_span office = {0x1f, 8 * 60, 18 * 60};
    input.open = &office;
    input.n_open = 1;
    ck_assert(forecast_run(&input, &forecast, NULL));
    for (int32_t iv = 0; iv < forecast.grid.n; iv++) {
        struct local_time local = zone_local(zone, grid_ts(&forecast.grid, iv));
        bool open = local.weekday < 5 && local.second >= 8 * 3600 && local.second < 18 * 3600;
        double want = open ? weekly(local.day, local.second) : 0;
        ck_assert_double_eq_tol(forecast.offered[iv], want, 0.01 * want + 1e-9);
        ck_assert(open || forecast.quantile[6 * forecast.grid.n + iv] == 0);
    }
    forecast_clear(&forecast);
    series_clear(&series);
    zone_free(zone);
}
END_TEST

/* ---- hardly any data ---- */

START_TEST(all_zeros)
{
    struct synthetic spec = {"UTC", "2024-01-01", 84, 30, nothing, 0, 0};
    struct series series;
    struct zone *zone;
    struct forecast_input input;
    struct forecast forecast;
    make_input(&spec, 0, 7, &series, &zone, &input);
    ck_assert(forecast_run(&input, &forecast, NULL));
    check_sane(&forecast, "zeros");
    for (int32_t iv = 0; iv < forecast.grid.n; iv++)
        ck_assert(forecast.offered[iv] == 0 && forecast.quantile[6 * forecast.grid.n + iv] == 0);
    forecast_clear(&forecast);
    series_clear(&series);
    zone_free(zone);
}
END_TEST

/* From one observation to ten days: something sensible, and said to be without backtest. */
static const int few[] = {1, 5, 48, 3 * 48, 10 * 48};

START_TEST(hardly_any_history)
{
    struct synthetic spec = {"Europe/Madrid", "2024-01-01", 28, 30, weekly, 0, 0};
    struct series series;
    struct zone *zone;
    struct forecast_input input;
    struct forecast forecast;
    make_input(&spec, 0, 7, &series, &zone, &input);
    double seen = 0;
    for (int32_t iv = 0; iv < series.grid.n; iv++)
        if (iv < 22 || iv >= 22 + few[_i])
            series.offered[iv] = NAN;
        else
            seen += series.offered[iv] / few[_i];
    ck_assert(forecast_run(&input, &forecast, NULL));
    check_sane(&forecast, "few");
    ck_assert_int_eq(forecast.backtest.origins, 0);
    ck_assert(isnan(forecast.backtest.wape));
    double most = 0;
    for (int32_t iv = 0; iv < forecast.grid.n; iv++)
        most = MAX(most, forecast.offered[iv]);
    ck_assert_double_ge(most, 0.5 * seen);
    ck_assert_double_le(most, few[_i] < 48 ? 1.5 * seen : 200);
    /* Nothing was measured, so no model leads by far: seasonal naive, mean and pooled rates have priors of
     * 0.05, 0.3 and 0.05, of which the roots count. */
    if (few[_i] == 10 * 48)
        ck_assert_double_eq_tol(forecast.models[0].weight, 0.225, 0.01);
    forecast_clear(&forecast);
    series_clear(&series);
    zone_free(zone);
}
END_TEST

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
    struct synthetic spec = {"UTC", "2024-01-01", 28, 30, weekly, 0, 0};
    struct series series;
    struct zone *zone;
    struct forecast_input input;
    struct forecast forecast;
    g_autoptr(GError) error = NULL;
    make_input(&spec, 0, 7, &series, &zone, &input);
    errors[_i].spoil(&input, &series);
    ck_assert_msg(!forecast_run(&input, &forecast, &error), "%s: went through", errors[_i].what);
    ck_assert(g_error_matches(error, WFM_ERROR, WFM_ERROR_INPUT));
    ck_assert_msg(strstr(error->message, errors[_i].message) != NULL, "%s: %s", errors[_i].what,
                  error->message);
    series_clear(&series);
    zone_free(zone);
}
END_TEST

/* ---- honesty ---- */

START_TEST(same_input_same_forecast)
{
    struct synthetic spec = {"Europe/Madrid", "2024-01-01", 120, 30, weekly, 0.1, 5};
    struct series series;
    struct zone *zone;
    struct forecast_input input;
    struct forecast one, two;
    make_input(&spec, 0, 7, &series, &zone, &input);
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
    struct synthetic spec = {"Europe/Madrid", "2024-01-01", 120, 30, weekly, 0.1, 5};
    struct series series[THREADS];
    struct zone *zone[THREADS];
    struct forecast_input input[THREADS];
    GThread *thread[THREADS];
    for (int i = 0; i < THREADS; i++) {
        spec.seed = (uint32_t)i + 1;
        make_input(&spec, 0, 7, &series[i], &zone[i], &input[i]);
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
        struct synthetic spec = {"Europe/Madrid", "2024-01-01", 182 + 28, 30, weekly, 0.1, seed};
        struct series series;
        struct zone *zone;
        struct forecast_input input;
        struct forecast forecast;
        make_input(&spec, 0, 28, &series, &zone, &input);
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

/* ---- handling time ---- */

START_TEST(handling_time)
{
    struct synthetic spec = {"Europe/Madrid", "2024-01-01", 84, 30, weekly, 0.05, 3};
    struct series series;
    struct zone *zone;
    struct forecast_input input;
    struct forecast forecast;
    make_input(&spec, 0, 7, &series, &zone, &input);
    for (int32_t iv = 0; iv < series.grid.n;
         iv++) { /* longer in the evening; up by a fifth eight weeks ago */
        int hour = zone_local(zone, grid_ts(&series.grid, iv)).second / 3600;
        series.answered[iv] = series.offered[iv];
        series.handle_s[iv] = series.offered[iv] * (hour >= 14 ? 360 : 240) * (iv > 28 * 48 ? 1.2 : 1);
    }
    ck_assert(forecast_run(&input, &forecast, NULL));
    ck_assert_double_eq_tol(forecast.aht_s[18], 240 * 1.2, 15); /* 09:00 */
    ck_assert_double_eq_tol(forecast.aht_s[35], 360 * 1.2, 20); /* 17:30 */
    ck_assert_double_lt(forecast.backtest.aht_wape, 0.06);
    forecast_clear(&forecast);
    for (int32_t iv = 0; iv < series.grid.n; iv++)
        series.handle_s[iv] = NAN;
    ck_assert(forecast_run(&input, &forecast, NULL));
    ck_assert_double_eq(forecast.aht_s[18], 240);
    ck_assert(isnan(forecast.backtest.aht_wape));
    forecast_clear(&forecast);
    series_clear(&series);
    zone_free(zone);
}
END_TEST

/* ---- real data ---- */

static const struct {
    const char *file, *queue;
    double rel_naive_max; /* backtest WAPE over seasonal naive's */
} real[] = {
    {"data/forecast/bank_na_2003_30min.csv", "bank_na", 0.75},
    {"data/forecast/anonbank_il_1999_30min.csv", "anonbank", 0.85},
    {"data/forecast/nyc_ems_2016_2018_60min.csv", "nyc_ems_staten_island", 0.80},
    {"data/forecast/taylor_2000_30min.csv", "taylor", 1.05},
    {"data/forecast/nab_twitter_2015_30min.csv", "tw_AMZN", 0.90},
};

START_TEST(real_queues)
{
    g_autofree char *path = testing_shared(real[_i].file, real[_i].queue);
    if (path == NULL)
        return;
    struct series series;
    struct forecast forecast;
    AUTO(zone) zone = synthetic_read(path, real[_i].queue, &series);
    ck_assert_ptr_nonnull(zone);
    struct series recent = series; /* the last 450 days say enough here */
    int32_t skip = MAX(0, series.grid.n - 450 * (DAY_S / series.grid.interval_s));
    recent.grid = (struct grid){grid_ts(&series.grid, skip), series.grid.interval_s, series.grid.n - skip};
    recent.offered += skip;
    recent.answered += skip;
    recent.handle_s += skip;
    struct forecast_input input = {.history = &recent, .zone = zone, .default_aht_s = 300};
    int32_t end = zone_local_day(zone, grid_end_ts(&series.grid) - 1) + 1;
    input.horizon = synthetic_days(zone, end, 7, series.grid.interval_s);
    ck_assert(forecast_run(&input, &forecast, NULL));
    check_sane(&forecast, real[_i].queue);
    double relative = forecast.backtest.wape / forecast.backtest.naive_wape;
    ck_assert_msg(relative < real[_i].rel_naive_max, "%s: WAPE %.4f, seasonal naive %.4f", real[_i].queue,
                  forecast.backtest.wape, forecast.backtest.naive_wape);
    ck_assert_double_eq_tol(forecast.backtest.cov80, 0.8, 0.12);
    ck_assert_double_eq_tol(forecast.backtest.cov95, 0.95, 0.06);
    forecast_clear(&forecast);
    series_clear(&series);
}
END_TEST

START_TEST(real_handling_time)
{
    g_autofree char *path = testing_shared("data/forecast/anonbank_il_1999feb_30min_aht.csv", "anonbank AHT");
    if (path == NULL)
        return;
    struct series series;
    struct forecast forecast;
    AUTO(zone) zone = synthetic_read(path, "anonbank_ALL", &series);
    struct forecast_input input = {.history = &series, .zone = zone, .default_aht_s = 300};
    input.horizon = (struct grid){grid_end_ts(&series.grid), series.grid.interval_s, 7 * 48};
    ck_assert(forecast_run(&input, &forecast, NULL));
    check_sane(&forecast, "anonbank AHT");
    ck_assert_double_lt(forecast.backtest.aht_wape, 0.21);
    forecast_clear(&forecast);
    series_clear(&series);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("forecast/forecast");
    TCase *t = tcase_create("synthetic");
    tcase_set_timeout(t, 300);
    tcase_add_loop_test(t, known_answers, 0, (int)G_N_ELEMENTS(scenarios));
    tcase_add_test(t, feasts_are_learnt);
    tcase_add_loop_test(t, outliers_do_not_count, 0, (int)G_N_ELEMENTS(outages));
    tcase_add_test(t, gaps_are_not_zeros);
    tcase_add_test(t, opening_hours_hold);
    tcase_add_test(t, all_zeros);
    tcase_add_loop_test(t, hardly_any_history, 0, (int)G_N_ELEMENTS(few));
    tcase_add_loop_test(t, clear_errors, 0, (int)G_N_ELEMENTS(errors));
    tcase_add_test(t, same_input_same_forecast);
    tcase_add_test(t, as_in_one_thread);
    tcase_add_test(t, bands_hold_what_they_say);
    tcase_add_test(t, handling_time);
    suite_add_tcase(s, t);
    t = tcase_create("real");
    tcase_set_timeout(t, 300);
    tcase_add_loop_test(t, real_queues, 0, (int)G_N_ELEMENTS(real));
    tcase_add_test(t, real_handling_time);
    suite_add_tcase(s, t);
    return s;
}

TEST_MAIN(suite)
