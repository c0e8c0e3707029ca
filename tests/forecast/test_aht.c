#include "tests/support/testing.h"

#include "core/random.h"
#include "forecast/aht.h"

#include <math.h>

/* ---- histories with known handling times ---- */

static double one_aht(int day, int weekday, double hour)
{
    (void)day;
    (void)weekday;
    (void)hour;
    return 300;
}

/* Saturdays and Sundays take longer, Mondays are short. */
static double weekdays(int day, int weekday, double hour)
{
    static const double factor[] = {0.9, 1, 1, 1, 1, 1.2, 1.3};
    return one_aht(day, weekday, hour) * factor[weekday];
}

static double evenings(int day, int weekday, double hour)
{
    return one_aht(day, weekday, hour) * (1 + 0.3 * sin((hour - 12) / 24 * 2 * G_PI));
}

static double both(int day, int weekday, double hour)
{
    return evenings(day, weekday, hour) * weekdays(day, weekday, hour) / 300;
}

/* Up by a fifth three weeks before the end of twelve. */
static double shifted(int day, int weekday, double hour)
{
    return both(day, weekday, hour) * (day >= 63 ? 1.2 : 1);
}

/* A system failure tripled one day, eleven days before the end of twelve weeks. */
static double one_bad_day(int day, int weekday, double hour)
{
    return both(day, weekday, hour) * (day == 72 ? 3 : 1);
}

static const struct row {
    const char *what;
    double (*aht_s)(int day, int weekday, double hour);
    int days, interval_min;
    double contacts;  /* of a half hour at noon, as many as in no other */
    bool noise;       /* exponential handling times; else exact */
    double tolerance; /* volume-weighted, of the true AHT of the week after */
    double gain;      /* at least this much better than one AHT for all, in the backtest; 0: not asked */
} rows[] = {
    {"one AHT, exact", one_aht, 84, 30, 20, false, 1e-9, 0},
    {"one AHT, noise: nothing is seen in chance", one_aht, 84, 30, 20, true, 0.015, 0},
    {"one AHT, a contact now and then", one_aht, 84, 30, 0.2, true, 0.12, 0},
    {"weekdays, exact", weekdays, 84, 30, 20, false, 0.01, 0.8},
    {"weekdays, noise", weekdays, 84, 30, 20, true, 0.035, 0},
    {"weekdays, two weeks of history", weekdays, 14, 30, 40, true, 0.06, 0},
    {"weekdays, less than two weeks: the mean", weekdays, 10, 30, 40, true, 0.14, 0},
    {"evenings, exact", evenings, 84, 30, 20, false, 0.02, 0.8},
    {"evenings, noise", evenings, 84, 30, 20, true, 0.03, 0},
    {"evenings, five minutes", evenings, 42, 5, 20, true, 0.035, 0},
    {"evenings, hours", evenings, 84, 60, 20, true, 0.04, 0},
    {"weekdays and evenings", both, 84, 30, 20, true, 0.04, 0.02},
    {"level shift three weeks ago", shifted, 84, 30, 20, true, 0.06, 0.02},
    {"one bad day", one_bad_day, 84, 30, 20, true, 0.06, 0},
    {"days only, weekdays", weekdays, 364, 1440, 20, true, 0.03, 0.02},
};

/* Sum of n exponential times of the mean, n >= 1. */
static double total_s(struct random *random, int n, double mean)
{
    double sum = 0;
    for (int i = 0; i < n; i++)
        sum -= log(1 - random_uniform(random));
    return sum * mean;
}

static double busy(double hour)
{
    return exp(-0.5 * (hour - 12) * (hour - 12) / 16);
}

static void make_series(const struct row *row, int32_t first_day, struct series *series)
{
    struct random random;
    random_seed(&random, 11);
    int slots = DAY_MIN / row->interval_min;
    struct grid grid = {first_day * (int64_t)DAY_S, row->interval_min * 60, row->days * slots};
    series_init(series, &grid);
    for (int iv = 0; iv < grid.n; iv++) {
        int day = iv / slots, weekday = day_weekday(first_day + day);
        double hour = (iv % slots + 0.5) * 24 / slots;
        double rate = row->contacts * row->interval_min / 30 * (slots > 1 ? busy(hour) : 0.4);
        int n = (int)(rate + random_uniform(&random));
        double mean = row->aht_s(day, weekday, hour);
        series->offered[iv] = series->answered[iv] = n;
        series->handle_s[iv] = row->noise ? total_s(&random, n, mean) : n * mean;
    }
}

static void learn(const struct series *series, const struct zone *zone, int32_t first_day, int days,
                  struct aht_history *history, struct aht_forecast *aht)
{
    struct day_calendar calendar;
    calendar_init(&calendar, first_day - 1, first_day + days + 1, NULL, 0);
    ck_assert(aht_history_init(history, series, zone, &calendar, NULL, 0));
    aht_forecast_init(aht, history, history->work.n_days, 240);
    calendar_clear(&calendar);
}

START_TEST(known_answers)
{
    const struct row *row = &rows[_i];
    int32_t first_day = day_from_civil(2024, 1, 1);
    AUTO(zone) zone = zone_new("UTC", NULL);
    struct series series;
    struct aht_history history;
    struct aht_forecast aht;
    make_series(row, first_day, &series);
    learn(&series, zone, first_day, row->days, &history, &aht);
    double error = 0, volume = 0;
    for (int day = row->days; day < row->days + WEEK_DAYS; day++)
        for (int s = 0; s < aht.n_slots; s++) {
            double hour = (s + 0.5) * 24 / aht.n_slots;
            int weekday = day_weekday(first_day + day);
            double want = row->aht_s(day, weekday, hour), said = aht_forecast_at(&aht, weekday, s);
            ck_assert(isfinite(said) && said > 0);
            error += busy(hour) * fabs(said - want) / want;
            volume += busy(hour);
        }
    ck_assert_msg(error / volume <= row->tolerance, "%s: off by %.4f, allowed %.4f", row->what,
                  error / volume, row->tolerance);
    if (row->days >= 21 && row->contacts >= 1) {
        double gain = 1 - aht.wape / aht.mean_wape;
        ck_assert_msg(row->gain == 0 || gain >= row->gain, "%s: gains %.3f on the mean, wanted %.3f",
                      row->what, gain, row->gain);
        ck_assert_msg(!(aht.wape > 1.03 * aht.mean_wape + 1e-9), "%s: WAPE %.4f, of the mean %.4f", row->what,
                      aht.wape, aht.mean_wape);
    } else if (row->days < 21) {
        ck_assert(isnan(aht.wape) && isnan(aht.mean_wape));
    }
    aht_forecast_clear(&aht);
    aht_history_clear(&history);
    series_clear(&series);
}
END_TEST

/* ---- what is learnt from ---- */

static const struct {
    const char *what;
    double offered, answered, handle_s; /* of every interval of a week */
    bool any;
    double want;
} sources[] = {
    {"answered contacts count", 10, 8, 1600, true, 200},
    {"offered, where answered is not known", 10, NAN, 2000, true, 200},
    {"no handling time", 10, 8, NAN, false, 0},
    {"nothing answered", 10, 0, 0, false, 0},
    {"nothing offered", 0, 0, 0, false, 0},
    {"not observed", NAN, NAN, NAN, false, 0},
    {"fractional counts", 0.5, 0.25, 50, true, 200},
    {"handled in no time", 10, 10, 0, true, 0},
};

START_TEST(what_counts)
{
    int32_t first_day = day_from_civil(2024, 1, 1);
    AUTO(zone) zone = zone_new("UTC", NULL);
    struct series series;
    struct aht_history history;
    struct day_calendar calendar;
    struct grid grid = {first_day * (int64_t)DAY_S, 1800, 7 * 48};
    series_init(&series, &grid);
    for (int iv = 0; iv < grid.n; iv++) {
        series.offered[iv] = sources[_i].offered;
        series.answered[iv] = sources[_i].answered;
        series.handle_s[iv] = sources[_i].handle_s;
    }
    calendar_init(&calendar, first_day - 1, first_day + 8, NULL, 0);
    bool any = aht_history_init(&history, &series, zone, &calendar, NULL, 0);
    ck_assert_msg(any == sources[_i].any, "%s", sources[_i].what);
    if (any) {
        struct aht_forecast aht;
        aht_forecast_init(&aht, &history, history.work.n_days, 240);
        ck_assert_msg(fabs(aht_forecast_at(&aht, 2, 20) - sources[_i].want) < 1e-9, "%s: %g",
                      sources[_i].what, aht_forecast_at(&aht, 2, 20));
        aht_forecast_clear(&aht);
    }
    aht_history_clear(&history);
    calendar_clear(&calendar);
    series_clear(&series);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("forecast/aht");
    TCase *t = tcase_create("aht");
    tcase_set_timeout(t, 60);
    tcase_add_loop_test(t, known_answers, 0, (int)G_N_ELEMENTS(rows));
    tcase_add_loop_test(t, what_counts, 0, (int)G_N_ELEMENTS(sources));
    suite_add_tcase(s, t);
    return s;
}

TEST_MAIN(suite)
