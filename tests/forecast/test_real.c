/* Forecasts of the shared data's queues. */
#include "tests/forecast/sane.h"
#include "tests/forecast/synthetic.h"
#include "tests/support/testing.h"

#include "forecast/forecast.h"

#include <math.h>

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
    Suite *s = suite_create("forecast/real");
    TCase *t = tcase_create("real");
    tcase_set_timeout(t, 300);
    tcase_add_loop_test(t, real_queues, 0, (int)G_N_ELEMENTS(real));
    tcase_add_test(t, real_handling_time);
    suite_add_tcase(s, t);
    return s;
}

TEST_MAIN(suite)
