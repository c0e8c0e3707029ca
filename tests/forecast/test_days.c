/* Histories of days: summed from intervals, forecast with one slot a day, spread over the day again. */
#include "tests/forecast/synthetic.h"
#include "tests/support/testing.h"

#include "forecast/day_profile.h"

#include <math.h>
#include <string.h>

static double busy(int32_t day, int second)
{
    static const double weekday[] = {1.3, 1.1, 1, 1, 0.95, 0.5, 0.35};
    int hour = second / 3600;
    return hour >= 8 && hour < 20 ? 40 * weekday[day_weekday(day)] * (1 + (hour % 12) / 12.0) : 0;
}

static double always(int32_t day, int second)
{
    return 30 + 10 * (second / 21600) + 5 * (day_weekday(day) >= 5);
}

static double nothing(int32_t day, int second)
{
    (void)day;
    (void)second;
    return 0;
}

static const struct {
    const char *what, *zone, *first_day;
    int interval_min, target_min;
    synthetic_rate rate;
    const char *odd_day; /* a local day of another length than 24 hours */
    int odd_hours;
} spreads[] = {
    {"half hours", "Europe/Madrid", "2024-01-01", 30, 30, busy, NULL, 0},
    {"half hours to quarters", "Europe/Madrid", "2024-01-01", 30, 15, busy, NULL, 0},
    {"quarters to hours", "Europe/Madrid", "2024-01-01", 15, 60, busy, NULL, 0},
    {"spring, 23 hours", "America/New_York", "2018-02-19", 30, 30, always, "2018-03-11", 23},
    {"autumn, 25 hours", "Europe/Madrid", "2026-10-05", 30, 15, always, "2026-10-25", 25},
    {"half an hour twice", "Australia/Lord_Howe", "2024-03-18", 30, 30, always, "2024-04-07", 24},
    {"a day that was skipped", "Pacific/Apia", "2011-12-12", 60, 30, always, "2011-12-30", 0},
    {"clock change given up", "Asia/Amman", "2022-10-10", 60, 60, always, NULL, 0},
    {"offset of 45 minutes", "Asia/Kathmandu", "2024-01-01", 15, 15, busy, NULL, 0},
    {"no contacts", "UTC", "2024-01-01", 30, 30, nothing, NULL, 0},
};

/* A forecast of days that knows them: what series_by_day made of the intervals. */
static struct forecast known_days(const struct series *days)
{
    int n = days->grid.n;
    struct forecast known = {.grid = days->grid};
    known.offered = g_new0(double, (gsize)n);
    known.aht_s = g_new0(double, (gsize)n);
    known.quantile = g_new0(double, (gsize)(n * FORECAST_QUANTILES));
    for (int i = 0; i < n; i++) {
        known.offered[i] = isnan(days->offered[i]) ? 0 : days->offered[i];
        known.aht_s[i] = 200;
        for (int q = 0; q < FORECAST_QUANTILES; q++)
            known.quantile[q * n + i] = known.offered[i] * (0.7 + 0.1 * q);
    }
    known.n_days = n;
    known.first_day = (int32_t)(days->grid.start_ts / DAY_S);
    known.day_offered = g_memdup2(known.offered, (gsize)n * sizeof *known.offered);
    known.day_quantile = g_memdup2(known.quantile, (gsize)(n * FORECAST_QUANTILES) * sizeof *known.quantile);
    known.test_days = g_new0(struct forecast_test_day, 1);
    known.n_test_days = 1;
    return known;
}

START_TEST(days_spread_to_what_they_were)
{
    struct synthetic spec = {
        spreads[_i].zone, spreads[_i].first_day, 28, spreads[_i].interval_min, spreads[_i].rate, 0, 0};
    struct series fine, days, none = {0};
    struct zone *zone;
    struct day_profile profile;
    struct forecast out;
    synthetic_make(&spec, &fine, &zone);
    series_by_day(&none, &fine, zone, &days);
    ck_assert_int_eq(days.grid.n, 28);
    struct forecast known = known_days(&days);
    if (!day_profile_learn(&profile, &fine, zone, NULL, 0, NULL, 0))
        day_profile_given(&profile, NULL, 0);
    struct grid horizon = {
        fine.grid.start_ts, spreads[_i].target_min * 60,
        (int32_t)((grid_end_ts(&fine.grid) - fine.grid.start_ts) / (spreads[_i].target_min * 60))};
    forecast_spread(&known, &profile, zone, NULL, 0, NULL, 0, &horizon, &out);
    double scale = (double)spreads[_i].target_min / spreads[_i].interval_min, sum[28] = {0};
    for (int32_t iv = 0; iv < horizon.n; iv++) {
        struct local_time local = zone_local(zone, grid_ts(&horizon, iv));
        int at = grid_index(&days.grid, grid_day_ts(local.day));
        bool odd = spreads[_i].odd_day != NULL && zone_day_length_s(zone, local.day) != DAY_S;
        int coarse_s = MAX(spreads[_i].interval_min, spreads[_i].target_min) * 60;
        double want = spreads[_i].rate(local.day, local.second / coarse_s * coarse_s) * scale;
        sum[at] += out.offered[iv];
        ck_assert_msg(fabs(out.offered[iv] - want) <= 0.1 * want * (odd ? 3 : 1) + 1e-9,
                      "%s: %g at day %d + %d s, wanted %g", spreads[_i].what, out.offered[iv], at,
                      local.second, want);
        ck_assert(out.aht_s[iv] == 200);
        ck_assert(out.day_iv[at] <= iv && iv < out.day_iv[at + 1]);
        for (int q = 1; q < FORECAST_QUANTILES; q++)
            ck_assert(out.quantile[q * horizon.n + iv] >= out.quantile[(q - 1) * horizon.n + iv]);
    }
    for (int i = 0; i < 28; i++)
        ck_assert_msg(fabs(sum[i] - known.offered[i]) <= 1e-6 * (1 + known.offered[i]),
                      "%s: day %d has %g of %g", spreads[_i].what, i, sum[i], known.offered[i]);
    if (spreads[_i].odd_day != NULL) {
        int32_t odd;
        ck_assert(day_parse(spreads[_i].odd_day, &odd, NULL));
        int at = grid_index(&days.grid, grid_day_ts(odd));
        ck_assert_msg(zone_day_length_s(zone, odd) / 3600 == spreads[_i].odd_hours, "%s", spreads[_i].what);
        ck_assert_msg((spreads[_i].odd_hours == 0) == (isnan(days.offered[at]) != 0), "%s", spreads[_i].what);
    }
    ck_assert_msg(out.n_days == 28 && out.day_offered != known.day_offered &&
                      out.test_days != known.test_days &&
                      memcmp(out.day_offered, known.offered, 28 * sizeof *out.day_offered) == 0,
                  "%s: days of its own", spreads[_i].what);
    day_profile_clear(&profile);
    forecast_clear(&known);
    forecast_clear(&out);
    series_clear(&days);
    series_clear(&fine);
    zone_free(zone);
}
END_TEST

/* Opening hours and given profiles: 100 contacts on a Monday. */
static const double two_peaks[] = {0, 0, 0, 1, 0, 2, 0, 0}; /* 09:00-12:00 and 15:00-18:00 */
static const struct {
    const char *what;
    const double *weights;
    int n_weights;
    struct week_span open;
    double at_10, at_16, at_20; /* contacts of the hour */
    int hours[2];               /* of the day, minutes */
} profiles[] = {
    {"flat", NULL, 0, {0x7f, 0, 1440}, 100 / 24.0, 100 / 24.0, 100 / 24.0, {0, 0}},
    {"flat over the opening hours", NULL, 0, {0x1f, 480, 1080}, 10, 10, 0, {0, 0}},
    {"given", two_peaks, 8, {0x7f, 0, 1440}, 100 / 9.0, 200 / 9.0, 0, {0, 0}},
    {"given, within the opening hours", two_peaks, 8, {0x1f, 540, 720}, 100 / 3.0, 0, 0, {0, 0}},
    {"given, nothing of it within them", two_peaks, 8, {0x1f, 1140, 1380}, 0, 0, 25, {0, 0}},
    {"hours of the day", NULL, 0, {0x1f, 480, 1080}, 25, 0, 0, {540, 780}},
};

START_TEST(profiles_spread)
{
    AUTO(zone) zone = zone_new("Europe/Madrid", NULL);
    struct series days;
    int32_t monday = day_from_civil(2024, 6, 3);
    struct grid grid = {grid_day_ts(monday), GRID_DAY_S, 1};
    series_init(&days, &grid);
    days.offered[0] = 100;
    struct forecast known = known_days(&days), out;
    struct day_profile profile;
    day_profile_given(&profile, profiles[_i].weights, profiles[_i].n_weights);
    struct grid horizon = synthetic_days(zone, monday, 1, 3600);
    struct forecast_special special = {.day = monday,
                                       .kind = SPECIAL_OTHER,
                                       .open_from_min = profiles[_i].hours[0],
                                       .open_to_min = profiles[_i].hours[1]};
    forecast_spread(&known, &profile, zone, &profiles[_i].open, 1, &special, 1, &horizon, &out);
    const double want[] = {profiles[_i].at_10, profiles[_i].at_16, profiles[_i].at_20};
    const int hour[] = {10, 16, 20};
    for (int i = 0; i < 3; i++)
        ck_assert_msg(fabs(out.offered[hour[i]] - want[i]) < 1e-9, "%s: %g at %d:00, wanted %g",
                      profiles[_i].what, out.offered[hour[i]], hour[i], want[i]);
    day_profile_clear(&profile);
    forecast_clear(&known);
    forecast_clear(&out);
    series_clear(&days);
}
END_TEST

/* Days where there are some, sums of complete days elsewhere. */
START_TEST(days_come_first)
{
    struct synthetic spec = {"Europe/Madrid", "2024-03-25", 14, 60, always, 0, 0};
    struct series fine, days, out;
    struct zone *zone;
    synthetic_make(&spec, &fine, &zone);
    int32_t first = day_from_civil(2024, 3, 25);
    struct grid grid = {grid_day_ts(first - 3), GRID_DAY_S, 5};
    series_init(&days, &grid);
    days.offered[0] = 7;
    days.offered[4] = 11;
    for (int iv = 0; iv < 5; iv++) /* the third day is not complete */
        fine.offered[48 + iv] = NAN;
    series_by_day(&days, &fine, zone, &out);
    ck_assert_int_eq(out.grid.n, 17);
    ck_assert(out.offered[0] == 7 && isnan(out.offered[1]) && isnan(out.offered[2]));
    ck_assert(out.offered[4] == 11);
    ck_assert(isnan(out.offered[5]));
    ck_assert_double_eq_tol(out.offered[3], 24 * 45, 1e-9);
    ck_assert_double_eq_tol(out.offered[9], 1200 - 35, 1e-9); /* 23 hours */
    series_clear(&days);
    series_clear(&fine);
    series_clear(&out);
    zone_free(zone);
}
END_TEST

/* Forecasts of days: the rate's own sums. */
static const struct {
    const char *what, *zone, *first_day;
    synthetic_rate rate;
    int n_days;
    double tolerance;
} daily[] = {
    {"two weeks", "Europe/Madrid", "2024-01-01", busy, 14, 0.05},
    {"twelve weeks", "Europe/Madrid", "2024-01-01", busy, 84, 0.01},
    {"three years", "Europe/Madrid", "2021-01-04", busy, 1092, 0.01},
    {"clock change in the history", "America/New_York", "2018-01-01", busy, 98, 0.01},
    {"a skipped day in the history", "Pacific/Apia", "2011-11-07", busy, 84, 0.02},
    {"leap day and week 53", "UTC", "2020-01-06", busy, 357, 0.02},
    {"all zeros", "UTC", "2024-01-01", nothing, 84, 0},
};

START_TEST(days_are_forecast)
{
    struct synthetic spec = {daily[_i].zone, daily[_i].first_day, daily[_i].n_days, 60, daily[_i].rate, 0, 0};
    struct series fine, days, none = {0};
    struct zone *zone;
    struct forecast out;
    g_autoptr(GError) error = NULL;
    synthetic_make(&spec, &fine, &zone);
    series_by_day(&none, &fine, zone, &days);
    struct forecast_input input = {.history = &days, .zone = zone, .default_aht_s = 240};
    input.horizon = (struct grid){grid_end_ts(&days.grid), GRID_DAY_S, 7};
    ck_assert(forecast_run(&input, &out, &error));
    double error_sum = 0, volume = 0;
    for (int i = 0; i < 7; i++) {
        double want = 0;
        for (int hour = 0; hour < 24; hour++)
            want += daily[_i].rate(grid_day(&input.horizon, i), hour * 3600);
        error_sum += fabs(out.offered[i] - want);
        volume += want;
        ck_assert(out.aht_s[i] == 240);
    }
    ck_assert_msg(error_sum <= daily[_i].tolerance * volume, "%s: off by %.4f", daily[_i].what,
                  error_sum / volume);
    forecast_clear(&out);
    const double known = 3000;
    struct forecaster *forecaster = forecaster_new(&input, &error);
    ck_assert(forecaster_update(forecaster, &known, 1, &out, &error));
    for (int q = 0; q < FORECAST_QUANTILES; q++)
        ck_assert_msg(fabs(out.day_quantile[q * 7] - known) < 1e-9, "%s: a known day is still uncertain",
                      daily[_i].what);
    forecaster_free(forecaster);
    forecast_clear(&out);
    series_clear(&days);
    series_clear(&fine);
    zone_free(zone);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("forecast/days");
    TCase *t = tcase_create("days");
    tcase_set_timeout(t, 60);
    tcase_add_loop_test(t, days_spread_to_what_they_were, 0, (int)G_N_ELEMENTS(spreads));
    tcase_add_loop_test(t, profiles_spread, 0, (int)G_N_ELEMENTS(profiles));
    tcase_add_test(t, days_come_first);
    tcase_add_loop_test(t, days_are_forecast, 0, (int)G_N_ELEMENTS(daily));
    suite_add_tcase(s, t);
    return s;
}

TEST_MAIN(suite)
