/*
 * test_fuzz_forecast.c - forecasts of random histories: whatever comes, an explanation or numbers a planner
 * can use. Nothing negative or endless, quantiles in order, nothing where the queue is shut, sums that are
 * sums, nothing far beyond what was ever seen, and the same twice.
 */
#include "core/error.h"
#include "core/override.h"
#include "forecast/explain.h"
#include "forecast/hierarchy.h"
#include "forecast/override.h"
#include "forecast/reconcile.h"
#include "forecast/scenarios.h"
#include "tests/fuzz/forecast_random.h"
#include "tests/support/testing.h"

#include <math.h>
#include <string.h>

#define SEEDS 2 /* of each kind */
#define SCENARIOS 8
#define BEYOND 50 /* times the most ever seen */

/* clang-format off */
static const struct random_kind kinds[] = {
    {"weeks of half hours", "Europe/Madrid", "2024-03-04", 30, 10, 90, 20, TRAIT_HANDLED},
    {"minutes of a busy queue", "UTC", "2024-01-01", 5, 7, 30, 30, TRAIT_OPENING_HOURS | TRAIT_HANDLED},
    {"three years", "America/New_York", "2021-02-01", 60, 800, 1095, 10, TRAIT_SPECIALS | TRAIT_HANDLED},
    {"three years of days", "America/New_York", "2021-02-01", 1440, 900, 1095, 500, TRAIT_SPECIALS | TRAIT_LONG | TRAIT_HANDLED},
    {"weeks of days", "Asia/Kathmandu", "2024-01-01", 1440, 1, 60, 100, TRAIT_SPECIALS | TRAIT_STEPS},
    {"days of an empty queue", "Asia/Kathmandu", "2024-01-01", 1440, 20, 400, 0.1, TRAIT_GAP},
    {"a quarter past everything", "Asia/Kathmandu", "2024-01-01", 60, 7, 120, 5, TRAIT_OPENING_HOURS | TRAIT_WITHIN_DAY},
    {"half an hour of summer time", "Australia/Lord_Howe", "2024-02-19", 60, 30, 60, 10, TRAIT_LATE | TRAIT_OPENING_HOURS},
    {"half an hour of summer time, quarters", "Australia/Lord_Howe", "2024-09-01", 15, 20, 60, 10, TRAIT_WITHIN_DAY},
    {"a clock change ahead", "America/New_York", "2024-09-02", 30, 50, 62, 30, TRAIT_OPENING_HOURS | TRAIT_HANDLED},
    {"a clock change behind", "America/New_York", "2024-02-05", 15, 35, 50, 30, TRAIT_NO_WEEKEND | TRAIT_WITHIN_DAY},
    {"a day that never was", "Pacific/Apia", "2011-11-07", 30, 40, 80, 10, TRAIT_SPECIALS},
    {"a day that never was, days", "Pacific/Apia", "2011-10-03", 1440, 50, 120, 300, TRAIT_SPECIALS},
    {"a day that will never be", "Pacific/Apia", "2011-10-03", 60, 60, 85, 10, TRAIT_WITHIN_DAY | TRAIT_LONG},
    {"no contact", "UTC", "2024-01-01", 30, 1, 200, 1, TRAIT_ZEROS | TRAIT_SPECIALS | TRAIT_HANDLED},
    {"one contact", "UTC", "2024-01-01", 30, 1, 200, 1, TRAIT_ONE | TRAIT_SPECIALS | TRAIT_HANDLED},
    {"one contact, days", "UTC", "2024-01-01", 1440, 1, 500, 1, TRAIT_ONE | TRAIT_SPECIALS},
    {"one contact within the day", "Asia/Kathmandu", "2024-01-01", 15, 1, 3, 1, TRAIT_ONE | TRAIT_WITHIN_DAY},
    {"a contact a day", "Europe/Madrid", "2023-01-01", 30, 30, 400, 0.02, TRAIT_OUTAGES | TRAIT_SPECIALS},
    {"ten million at a time", "UTC", "2024-01-01", 60, 1, 120, 1e7, TRAIT_STEPS | TRAIT_SPECIALS},
    {"ten million at a time, days", "UTC", "2024-01-01", 1440, 10, 800, 1e7, TRAIT_STEPS | TRAIT_SPECIALS},
    {"mostly not observed", "Europe/Madrid", "2024-01-01", 30, 7, 200, 10, TRAIT_HOLES | TRAIT_SPECIALS | TRAIT_HANDLED},
    {"hardly observed, days", "Europe/Madrid", "2023-01-01", 1440, 7, 400, 100, TRAIT_HOLES},
    {"one day", "Europe/Madrid", "2024-03-30", 30, 1, 1, 10, TRAIT_LONG},
    {"less than a day", "Europe/Madrid", "2024-03-31", 15, 1, 1, 10, TRAIT_WITHIN_DAY | TRAIT_SPECIALS},
    {"less than a week", "America/New_York", "2024-11-01", 15, 1, 6, 10, TRAIT_WITHIN_DAY | TRAIT_SPECIALS},
    {"a long gap", "Europe/Madrid", "2023-01-01", 60, 100, 500, 20, TRAIT_GAP | TRAIT_LATE},
    {"outages and steps", "Europe/Madrid", "2023-06-01", 30, 30, 200, 30, TRAIT_OUTAGES | TRAIT_STEPS | TRAIT_GAP | TRAIT_HANDLED},
    {"an office", "Europe/Madrid", "2023-06-01", 30, 20, 200, 8, TRAIT_NO_WEEKEND | TRAIT_OPENING_HOURS | TRAIT_SPECIALS},
    {"the next interval", "America/New_York", "2024-01-01", 30, 20, 200, 15, TRAIT_WITHIN_DAY | TRAIT_SHORT},
    {"one interval in weeks", "Asia/Kathmandu", "2024-01-01", 10, 7, 40, 5, TRAIT_LATE | TRAIT_SHORT | TRAIT_SPECIALS},
    {"everything at once", "Australia/Lord_Howe", "2023-03-01", 30, 30, 300, 10, TRAIT_OUTAGES | TRAIT_STEPS | TRAIT_GAP | TRAIT_SPECIALS | TRAIT_OPENING_HOURS | TRAIT_WITHIN_DAY | TRAIT_LATE | TRAIT_HANDLED | TRAIT_NO_WEEKEND},
};
/* clang-format on */

#define KIND(i) (&kinds[(i) / SEEDS])
#define SEED(i) ((uint64_t)((i) % SEEDS) + 1)

/* Fails unless a curve and its quantiles are numbers in order. */
static void check_bands(const char *what, int seed, const char *of, const double *mean,
                        const double *quantile, int n)
{
    for (int i = 0; i < n; i++) {
        ck_assert_msg(isfinite(mean[i]) && mean[i] >= 0, "%s, seed %d: %s %d is %g", what, seed, of, i,
                      mean[i]);
        double before = 0;
        for (int level = 0; level < FORECAST_QUANTILES; level++) {
            double q = quantile[level * n + i];
            ck_assert_msg(isfinite(q) && q >= before, "%s, seed %d: %s %d has quantile %d at %g after %g",
                          what, seed, of, i, level, q, before);
            before = q;
        }
        double low = quantile[i], high = quantile[(FORECAST_QUANTILES - 1) * n + i];
        ck_assert_msg(low <= mean[i] * (1 + 1e-9) && mean[i] <= high * (1 + 1e-9) + 1,
                      "%s, seed %d: %s %d is %g, outside of %g..%g", what, seed, of, i, mean[i], low, high);
    }
}

/* Days and weeks are the sums of their intervals, known ones as they came. */
static void check_sums(const char *what, int seed, const struct forecast *forecast, const double *known)
{
    int32_t n = forecast->grid.n;
    ck_assert_int_eq(forecast->day_iv[0], 0);
    ck_assert_int_eq(forecast->day_iv[forecast->n_days], n);
    ck_assert_int_eq(forecast->n_weeks, (forecast->n_days + 6) / 7);
    for (int week = 0; week < forecast->n_weeks; week++) {
        double days = 0;
        for (int day = 7 * week; day < MIN(7 * week + 7, forecast->n_days); day++) {
            double sum = 0;
            ck_assert_int_le(forecast->day_iv[day], forecast->day_iv[day + 1]);
            for (int32_t iv = forecast->day_iv[day]; iv < forecast->day_iv[day + 1]; iv++)
                sum += known != NULL && iv < forecast->n_known && !isnan(known[iv]) ? known[iv]
                                                                                    : forecast->offered[iv];
            ck_assert_msg(fabs(forecast->day_offered[day] - sum) <= 1e-6 * (1 + sum),
                          "%s, seed %d: day %d has %g, its intervals %g", what, seed, day,
                          forecast->day_offered[day], sum);
            days += forecast->day_offered[day];
        }
        ck_assert_msg(fabs(forecast->week_offered[week] - days) <= 1e-6 * (1 + days),
                      "%s, seed %d: week %d has %g, its days %g", what, seed, week,
                      forecast->week_offered[week], days);
    }
    check_bands(what, seed, "day", forecast->day_offered, forecast->day_quantile, forecast->n_days);
    check_bands(what, seed, "week", forecast->week_offered, forecast->week_quantile, forecast->n_weeks);
}

/* Nobody calls: a special day closed, or no minute of the interval within the hours of the week. */
static bool is_shut(const struct forecast_input *input, int64_t ts)
{
    bool daily = grid_is_daily(&input->horizon), closed = false, ordinary = false;
    struct local_time at =
        daily ? (struct local_time){.day = (int32_t)(ts / GRID_DAY_S)} : zone_local(input->zone, ts);
    for (int i = 0; i < input->n_specials; i++)
        if (input->specials[i].day == at.day) {
            closed |= input->specials[i].kind == SPECIAL_CLOSED;
            ordinary |= input->specials[i].kind == SPECIAL_ORDINARY;
        }
    bool open = input->n_open == 0;
    for (int64_t minute = 0; !open && minute < input->horizon.interval_s; minute += 60)
        open = week_spans_hold(input->open, input->n_open, input->zone,
                               ts - at.second % input->horizon.interval_s + minute) ||
               week_spans_hold(input->open, input->n_open, input->zone, ts + minute);
    return (closed && !ordinary) || !open;
}

static double most_seen(const struct series *history)
{
    double most = 0;
    for (int32_t iv = 0; iv < history->grid.n; iv++)
        most = history->offered[iv] > most ? history->offered[iv] : most;
    return most;
}

static void check_forecast(const struct random_forecast *made, int seed, const char *what,
                           const struct forecast *forecast, const double *known)
{
    int32_t n = made->input.horizon.n;
    double most = BEYOND * (1 + most_seen(&made->series));
    ck_assert_int_eq(forecast->grid.n, n);
    check_bands(what, seed, "interval", forecast->offered, forecast->quantile, n);
    for (int32_t iv = 0; iv < n; iv++) {
        ck_assert_msg(isfinite(forecast->aht_s[iv]) && forecast->aht_s[iv] >= 0, "%s, seed %d: AHT %g", what,
                      seed, forecast->aht_s[iv]);
        ck_assert_msg(forecast->offered[iv] <= most, "%s, seed %d: interval %d is %g, most seen %g", what,
                      seed, iv, forecast->offered[iv], most / BEYOND - 1);
        if (is_shut(&made->input, grid_ts(&made->input.horizon, iv)))
            ck_assert_msg(forecast->offered[iv] == 0 && forecast->quantile[6 * n + iv] == 0,
                          "%s, seed %d: interval %d is shut and has %g", what, seed, iv,
                          forecast->offered[iv]);
    }
    check_sums(what, seed, forecast, known);
    const double shares[] = {forecast->day_correlation, forecast->backtest.cov80,
                             forecast->backtest.day_cov80};
    for (gsize i = 0; i < G_N_ELEMENTS(shares); i++)
        ck_assert_msg(isnan(shares[i]) || (shares[i] >= 0 && shares[i] <= 1), "%s, seed %d: share %g", what,
                      seed, shares[i]);
    ck_assert(isfinite(forecast->busyness_cv2) && forecast->busyness_cv2 >= 0);
    ck_assert(isfinite(forecast->count_cv2) && forecast->count_cv2 >= 0);
}

static void check_same(const char *what, int seed, const struct forecast *a, const struct forecast *b)
{
    const struct {
        const char *name;
        const double *a, *b;
        int n;
    } arrays[] = {
        {"offered", a->offered, b->offered, a->grid.n},
        {"AHT", a->aht_s, b->aht_s, a->grid.n},
        {"quantiles", a->quantile, b->quantile, FORECAST_QUANTILES * a->grid.n},
        {"days", a->day_quantile, b->day_quantile, FORECAST_QUANTILES * a->n_days},
        {"weeks", a->week_quantile, b->week_quantile, FORECAST_QUANTILES * a->n_weeks},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(arrays); i++)
        ck_assert_msg(memcmp(arrays[i].a, arrays[i].b, (size_t)arrays[i].n * sizeof(double)) == 0,
                      "%s, seed %d: %s differ the second time", what, seed, arrays[i].name);
}

static void check_explanation(const char *what, int seed, const struct explanation *explanation)
{
    for (int d = 0; d < explanation->n_days; d++) {
        const struct explain_day *day = &explanation->days[d];
        const double all[] = {day->contacts, day->usual,   day->drift, day->weekday, day->year,
                              day->month,    day->special, day->part,  day->rest};
        for (gsize i = 0; i < G_N_ELEMENTS(all); i++)
            ck_assert_msg(isfinite(all[i]) && all[i] >= 0, "%s, seed %d: factor %zu of day %d is %g", what,
                          seed, i, d, all[i]);
        double product = day->usual * day->drift * day->weekday * day->year * day->month * day->special *
                         day->part * day->rest;
        ck_assert_msg(fabs(product - day->contacts) <= 1e-6 * (1 + day->contacts),
                      "%s, seed %d: factors of day %d make %g of %g", what, seed, d, product, day->contacts);
    }
}

static void check_scenarios(const char *what, int seed, const struct forecast *forecast)
{
    struct scenarios one, two;
    int32_t n = forecast->grid.n;
    scenarios_init(&one, forecast, SCENARIOS, 5);
    scenarios_init(&two, forecast, SCENARIOS, 5);
    ck_assert(memcmp(one.rate, two.rate, (size_t)n * SCENARIOS * sizeof(double)) == 0);
    for (int32_t iv = 0; iv < n; iv++) {
        double mean = 0;
        for (int i = 0; i < SCENARIOS; i++) {
            double rate = one.rate[i * n + iv];
            ck_assert_msg(isfinite(rate) && rate >= 0, "%s, seed %d: scenario %d has %g at %d", what, seed, i,
                          rate, iv);
            mean += rate / SCENARIOS;
        }
        ck_assert_msg(fabs(mean - forecast->offered[iv]) <= 1e-6 * (1 + mean),
                      "%s, seed %d: scenarios mean %g at %d, the forecast %g", what, seed, mean, iv,
                      forecast->offered[iv]);
    }
    scenarios_clear(&one);
    scenarios_clear(&two);
}

/* Three random overrides; changes the forecast. */
static void check_overrides(const char *what, int seed, const struct random_forecast *made,
                            struct forecast *forecast)
{
    struct random random;
    struct override overrides[3];
    const struct override *list[3];
    struct override_effect effects[3];
    struct grid *grid = &forecast->grid;
    random_seed(&random, (uint64_t)seed);
    for (int i = 0; i < 3; i++) {
        enum override_kind kind = (enum override_kind)random_between(&random, 0, OVERRIDE_KIND_N - 1);
        double least = kind == OVERRIDE_SET ? 0 : kind == OVERRIDE_ADD ? -1000 : -100;
        overrides[i] = (struct override){
            .measure = random_uniform(&random) < 0.2 ? OVERRIDE_AHT : OVERRIDE_VOLUME,
            .kind = kind,
            .per = (enum override_per)random_between(&random, 0, OVERRIDE_PER_N - 1),
            .value = random_between(&random, (int)least, 2000),
            .from_ts = grid_ts(grid, random_between(&random, -100, grid->n)),
            .standing = true,
        };
        overrides[i].to_ts = overrides[i].from_ts + random_between(&random, 1, 20 * GRID_DAY_S);
        list[i] = &overrides[i];
    }
    struct override_target target = {.grid = *grid,
                                     .zone = made->zone,
                                     .open = made->input.open,
                                     .n_open = made->input.n_open,
                                     .offered = forecast->offered,
                                     .aht_s = forecast->aht_s,
                                     .n_levels = FORECAST_QUANTILES,
                                     .quantile = forecast->quantile};
    overrides_apply(list, 3, &target, effects);
    for (int32_t iv = 0; iv < grid->n; iv++) {
        double before = 0;
        ck_assert_msg(isfinite(forecast->offered[iv]) && forecast->offered[iv] >= 0,
                      "%s, seed %d: overridden to %g", what, seed, forecast->offered[iv]);
        ck_assert_msg(isfinite(forecast->aht_s[iv]) && forecast->aht_s[iv] >= 0,
                      "%s, seed %d: AHT overridden to %g", what, seed, forecast->aht_s[iv]);
        for (int level = 0; level < FORECAST_QUANTILES; level++) {
            double q = forecast->quantile[level * grid->n + iv];
            ck_assert_msg(isfinite(q) && q >= before, "%s, seed %d: quantile %d overridden to %g after %g",
                          what, seed, level, q, before);
            before = q;
        }
    }
}

START_TEST(explained_or_usable)
{
    const char *what = KIND(_i)->what;
    int seed = (int)SEED(_i);
    struct random_forecast made;
    struct forecast first, second, updated;
    g_autoptr(GError) error = NULL;
    random_forecast_init(&made, KIND(_i), SEED(_i));
    if (!forecast_run(&made.input, &first, &error)) {
        ck_assert_msg(g_error_matches(error, WFM_ERROR, WFM_ERROR_INPUT) && strlen(error->message) > 20,
                      "%s, seed %d: %s", what, seed, error->message);
        random_forecast_clear(&made);
        return;
    }
    check_forecast(&made, seed, what, &first, NULL);
    if (first.explanation != NULL)
        check_explanation(what, seed, first.explanation);
    struct forecaster *forecaster = forecaster_new(&made.input, &error);
    ck_no_error(error);
    check_same(what, seed, &first, forecaster_forecast(forecaster));
    ck_assert(forecaster_update(forecaster, NULL, 0, &second, NULL));
    check_same(what, seed, &first, &second);
    struct random random;
    random_seed(&random, SEED(_i));
    int32_t n =
        random_between(&random, 1, MIN(made.input.horizon.n, 3 * GRID_DAY_S / made.input.horizon.interval_s));
    g_autofree double *known = g_new(double, (gsize)n);
    for (int32_t iv = 0; iv < n; iv++) {
        /* A doubled hour known once counts twice. */
        int32_t day = zone_local_day(made.zone, grid_ts(&made.input.horizon, iv));
        known[iv] = zone_day_length_s(made.zone, day) == GRID_DAY_S && random_uniform(&random) < 0.2
                        ? NAN
                        : floor(first.offered[iv] * 2 * random_uniform(&random));
    }
    ck_assert(forecaster_update(forecaster, known, n, &updated, NULL));
    check_forecast(&made, seed, what, &updated, known);
    check_scenarios(what, seed, &first);
    check_scenarios(what, seed, &updated);
    check_overrides(what, seed, &made, &first);
    forecast_clear(&first);
    forecast_clear(&second);
    forecast_clear(&updated);
    forecaster_free(forecaster);
    random_forecast_clear(&made);
}
END_TEST

/* The total of two or three random queues, and these brought to agree with it. */
START_TEST(totals)
{
    struct random_forecast made[3];
    const struct forecast_input *inputs[3];
    struct forecast forecast;
    int n = 2 + _i % 2;
    for (int q = 0; q < n; q++) {
        struct random_kind kind = kinds[(_i + q * (_i + 1)) % (int)G_N_ELEMENTS(kinds)];
        kind.first_day = "2024-01-01";
        kind.days_min = MAX(kind.days_min, 40);
        kind.days_max = MIN(MAX(kind.days_max, 50), 100);
        kind.traits &= ~(unsigned)TRAIT_GAP;
        random_forecast_init(&made[q], &kind, (uint64_t)_i + 1);
        inputs[q] = &made[q].input;
    }
    AUTO(hierarchy_sum) sum = hierarchy_sum_new(inputs, n);
    if (sum != NULL) {
        for (int q = 0; q < n; q++)
            hierarchy_sum_add(sum, inputs[q]);
        struct forecast_input input = hierarchy_sum_input(sum, made[0].zone);
        g_autoptr(GError) error = NULL;
        if (forecast_run(&input, &forecast, &error)) {
            struct random_forecast total = {.input = input, .series = *input.history, .zone = made[0].zone};
            check_forecast(&total, _i, "total", &forecast, NULL);
            const int first[] = {0, n}, leaf[] = {0, 1, 2};
            struct reconcile_tree tree = {n, 1, first, leaf};
            struct reconcile_error own = reconcile_error(&forecast), errors[] = {own, {0, 0}, own};
            double base[] = {0, 5, 1e7, 0}, out[3];
            base[n] = forecast.day_offered[0];
            reconcile_period(&tree, errors, RECONCILE_WEIGHT, base, out);
            for (int q = 0; q < n; q++)
                ck_assert_msg(isfinite(out[q]) && out[q] >= 0, "total %d: queue %d gets %g", _i, q, out[q]);
            forecast_clear(&forecast);
        } else {
            ck_assert_msg(g_error_matches(error, WFM_ERROR, WFM_ERROR_INPUT), "total %d: %s", _i,
                          error->message);
        }
    }
    for (int q = 0; q < n; q++)
        random_forecast_clear(&made[q]);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("fuzzed forecasts");
    TCase *tcase = tcase_create("fuzz");
    tcase_set_timeout(tcase, 120);
    tcase_add_loop_test(tcase, explained_or_usable, 0, SEEDS * G_N_ELEMENTS(kinds));
    tcase_add_loop_test(tcase, totals, 0, G_N_ELEMENTS(kinds));
    suite_add_tcase(s, tcase);
    return s;
}

TEST_MAIN(suite)
