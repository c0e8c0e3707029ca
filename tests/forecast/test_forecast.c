#include "tests/forecast/sane.h"
#include "tests/forecast/synthetic.h"
#include "tests/support/testing.h"

#include "forecast/forecast.h"

#include <math.h>

/* ---- rates with known answers ---- */

static double shifted(int32_t day, int second)
{
    return synthetic_weekly(day, second) * (day >= day_from_civil(2024, 5, 6) ? 1.6 : 1);
}

static double growing(int32_t day, int second)
{
    return synthetic_weekly(day, second) * pow(1.01, (day - day_from_civil(2024, 1, 1)) / 7.0);
}

/* Falls on another weekday each year. */
static double feasts(int32_t day, int second)
{
    struct civil civil = day_civil(day);
    bool feast = (civil.month == 5 && civil.day == 3) || (civil.month == 9 && civil.day == 12);
    return synthetic_weekly(day, second) * (feast ? 0.4 : 1);
}

static double one_outage(int32_t day, int second)
{
    return synthetic_weekly(day, second) * (day == day_from_civil(2024, 3, 12) ? 6 : 1);
}

static double nothing(int32_t day, int second)
{
    (void)day;
    (void)second;
    return 0;
}

static double sparse(int32_t day, int second)
{
    return synthetic_weekly(day, second) / 400;
}

static double fractional(int32_t day, int second)
{
    return synthetic_weekly(day, second) / 3 + 0.123;
}

/* ---- scenarios: a week after the history, day totals within `tolerance` ---- */

static const struct scenario {
    const char *what;
    struct synthetic spec;
    double tolerance; /* of Σ|forecast - rate| / Σ rate over the week's intervals */
    int gap_days;     /* between history and horizon */
    int weeks;
} scenarios[] = {
    {"weekday profile", {"Europe/Madrid", "2024-01-01", 84, 30, synthetic_weekly, 0, 0}, 0.01, 0, 1},
    {"two weeks of history", {"Europe/Madrid", "2024-01-01", 14, 30, synthetic_weekly, 0, 0}, 0.06, 0, 1},
    {"three weeks of history", {"Europe/Madrid", "2024-01-01", 21, 30, synthetic_weekly, 0, 0}, 0.04, 0, 1},
    {"five minutes", {"Europe/Madrid", "2024-01-01", 42, 5, synthetic_weekly, 0, 0}, 0.02, 0, 1},
    {"hours, three years", {"Europe/Madrid", "2021-01-01", 1095, 60, synthetic_weekly, 0, 0}, 0.01, 0, 1},
    {"four years: the oldest left out",
     {"Europe/Madrid", "2020-01-01", 1461, 60, synthetic_weekly, 0, 0},
     0.01,
     0,
     1},
    {"level shift three weeks ago", {"Europe/Madrid", "2024-01-01", 147, 30, shifted, 0, 0}, 0.04, 0, 1},
    {"trend of 1 % a week", {"Europe/Madrid", "2024-01-01", 182, 30, growing, 0, 0}, 0.02, 0, 1},
    {"spring clock change in the horizon",
     {"America/New_York", "2018-01-01", 63, 15, synthetic_weekly, 0, 0},
     0.01,
     0,
     1},
    {"autumn clock change in the horizon",
     {"America/New_York", "2018-08-06", 84, 15, synthetic_weekly, 0, 0},
     0.01,
     0,
     1},
    {"spring clock change in the history",
     {"Europe/Madrid", "2024-02-05", 70, 15, synthetic_weekly, 0, 0},
     0.01,
     0,
     1},
    {"autumn clock change in the history",
     {"Europe/Madrid", "2024-09-02", 70, 15, synthetic_weekly, 0, 0},
     0.01,
     0,
     1},
    {"leap day in the horizon", {"Europe/Madrid", "2023-12-04", 84, 30, synthetic_weekly, 0, 0}, 0.01, 0, 1},
    {"week 53", {"Europe/Madrid", "2020-10-05", 84, 30, synthetic_weekly, 0, 0}, 0.02, 0, 1},
    {"a zone that changed its offset",
     {"Asia/Pyongyang", "2018-03-05", 63, 30, synthetic_weekly, 0, 0},
     0.01,
     0,
     1},
    {"offset of 45 minutes, hours",
     {"Asia/Kathmandu", "2024-01-01", 63, 60, synthetic_weekly, 0, 0},
     0.01,
     0,
     1},
    {"horizon after a gap", {"Europe/Madrid", "2024-01-01", 84, 30, synthetic_weekly, 0, 0}, 0.01, 10, 1},
    {"eight weeks ahead", {"Europe/Madrid", "2024-01-01", 182, 30, synthetic_weekly, 0, 0}, 0.01, 0, 8},
    {"fractional counts", {"Europe/Madrid", "2024-01-01", 84, 30, fractional, 0, 0}, 0.02, 0, 1},
    {"noise of 5 % a day", {"Europe/Madrid", "2024-01-01", 182, 30, synthetic_weekly, 0.05, 7}, 0.08, 0, 1},
    {"sparse with noise", {"Europe/Madrid", "2024-01-01", 182, 30, sparse, 0.01, 7}, 0.35, 0, 1},
};

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
    synthetic_input(&row->spec, row->gap_days, 7 * row->weeks, &series, &zone, &input);
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
    synthetic_input(&spec, 0, 14, &series, &zone, &input);
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
    synthetic_input(&spec, 0, 7, &series, &zone, &input);
    struct forecast_special special = {
        .day = day_from_civil(2024, 3, 12), .kind = SPECIAL_UNPLANNED, .name = "Outage"};
    input.specials = &special;
    input.n_specials = outages[_i].marked ? 1 : 0;
    ck_assert(forecast_run(&input, &forecast, NULL));
    double off = distance(&forecast, zone, synthetic_weekly);
    ck_assert_msg(off < 0.04, "%s: off by %.4f", outages[_i].what, off);
    ck_assert_int_eq(forecast.days_cleaned, outages[_i].marked ? 0 : 1);
    forecast_clear(&forecast);
    series_clear(&series);
    zone_free(zone);
}
END_TEST

START_TEST(gaps_are_not_zeros)
{
    struct synthetic spec = {"Europe/Madrid", "2024-01-01", 84, 30, synthetic_weekly, 0, 0};
    struct series series;
    struct zone *zone;
    struct forecast_input input;
    struct forecast forecast;
    synthetic_input(&spec, 0, 7, &series, &zone, &input);
    for (int32_t iv = 0; iv < series.grid.n; iv++) {
        int day = iv / 48;
        if ((day >= 40 && day < 54) || day == 83 || (day == 82 && iv % 48 > 20) || (iv * 7) % 31 == 0)
            series.offered[iv] = NAN;
    }
    ck_assert(forecast_run(&input, &forecast, NULL));
    check_sane(&forecast, "gaps");
    ck_assert_double_le(distance(&forecast, zone, synthetic_weekly), 0.02);
    ck_assert_int_gt(forecast.slots_missing, 14 * 48);
    forecast_clear(&forecast);
    series_clear(&series);
    zone_free(zone);
}
END_TEST

/* Opening hours and closed weekends: nothing outside. */
START_TEST(opening_hours_hold)
{
    struct synthetic spec = {"America/Bogota", "2024-01-01", 84, 30, synthetic_weekly, 0, 0};
    struct series series;
    struct zone *zone;
    struct forecast_input input;
    struct forecast forecast;
    synthetic_input(&spec, 0, 7, &series, &zone, &input);
    struct week_span office = {0x1f, 8 * 60, 18 * 60};
    input.open = &office;
    input.n_open = 1;
    ck_assert(forecast_run(&input, &forecast, NULL));
    for (int32_t iv = 0; iv < forecast.grid.n; iv++) {
        struct local_time local = zone_local(zone, grid_ts(&forecast.grid, iv));
        bool open = local.weekday < 5 && local.second >= 8 * 3600 && local.second < 18 * 3600;
        double want = open ? synthetic_weekly(local.day, local.second) : 0;
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
    synthetic_input(&spec, 0, 7, &series, &zone, &input);
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
    struct synthetic spec = {"Europe/Madrid", "2024-01-01", 28, 30, synthetic_weekly, 0, 0};
    struct series series;
    struct zone *zone;
    struct forecast_input input;
    struct forecast forecast;
    synthetic_input(&spec, 0, 7, &series, &zone, &input);
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

/* ---- handling time ---- */

START_TEST(handling_time)
{
    struct synthetic spec = {"Europe/Madrid", "2024-01-01", 84, 30, synthetic_weekly, 0.05, 3};
    struct series series;
    struct zone *zone;
    struct forecast_input input;
    struct forecast forecast;
    synthetic_input(&spec, 0, 7, &series, &zone, &input);
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
    tcase_add_test(t, handling_time);
    suite_add_tcase(s, t);
    return s;
}

TEST_MAIN(suite)
