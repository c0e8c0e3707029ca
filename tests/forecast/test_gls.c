/* Regression with remembering errors: series with known answers. */
#include "tests/support/testing.h"

#include "forecast/array.h"
#include "forecast/gls.h"

#include <math.h>

#define HISTORY 400
#define HORIZON 60
#define FIRST_DAY 18628 /* 2021-01-01, a Friday */

static bool is_feast(int day)
{
    int month = day_civil(FIRST_DAY + day).month, in_month = day_civil(FIRST_DAY + day).day;
    return in_month == 10 && month % 3 == 1; /* four a year, on all weekdays */
}

static double weekdays(int day)
{
    return day_weekday(FIRST_DAY + day) * 0.5 - 1.5;
}

static double feasts(int day)
{
    return weekdays(day) - (is_feast(day) ? 3 : 0);
}

static double shifted(int day)
{
    return weekdays(day) + (day >= HISTORY - 60 ? 4 : 0);
}

static double last_day_high(int day)
{
    return weekdays(day) + (day == HISTORY - 1 ? 4 : 0);
}

static double hidden_days_wild(int day)
{
    return weekdays(day) + (day % 11 == 0 ? 1000 : 0);
}

/* A row at `ahead` days from the origin must lie `low` .. `high` above the weekday's usual value. */
static const struct {
    const char *what;
    double (*series)(int day);
    int hide_every; /* day weight 0 on multiples, 0 = none */
    int ahead;
    double low, high;
} rows[] = {
    {"weekday", weekdays, 0, 1, -0.1, 0.1},
    {"weekday, eight weeks ahead", weekdays, 0, 56, -0.1, 0.1},
    {"feast", feasts, 0, 40, -3.1, -2.4}, /* 2022-03-16 is made one */
    {"new level holds tomorrow", shifted, 0, 1, 3.2, 4.2},
    {"and wears off in eight weeks", shifted, 0, 56, 1.0, 3.2},
    {"a high day is felt a little tomorrow", last_day_high, 0, 1, 0.2, 2.5},
    {"and is forgotten in three weeks", last_day_high, 0, 21, -0.2, 0.5},
    {"hidden days tell nothing", hidden_days_wild, 11, 3, -0.15, 0.15},
};

START_TEST(known_answers)
{
    struct forecast_special specials[16];
    int n = 0, day = HISTORY + rows[_i].ahead - 1;
    for (int i = -30; i < HISTORY + HORIZON; i++)
        if (is_feast(i) || (rows[_i].series == feasts && i == day)) /* the row asked for is one, too */
            specials[n++] =
                (struct forecast_special){.day = FIRST_DAY + i, .kind = SPECIAL_HOLIDAY, .name = "Feast"};
    struct zone *zone = zone_new("UTC", NULL);
    struct day_calendar calendar;
    struct day_features features;
    calendar_init(&calendar, FIRST_DAY - 60, FIRST_DAY + HISTORY + HORIZON + 60, specials, n);
    features_init(&features, &calendar, FIRST_DAY, HISTORY + HORIZON);
    struct day_matrix matrix = {.zone = zone, .first_day = FIRST_DAY, .n_days = HISTORY};
    struct day_weights weights = {.n = HISTORY, .weight = array_new(HISTORY, 1)};
    g_autofree double *series = array_new(HISTORY, 1);
    for (int i = 0; i < HISTORY; i++) {
        series[i] = rows[_i].series(i);
        weights.weight[i] = rows[_i].hide_every == 0 || i % rows[_i].hide_every != 0;
    }
    struct model_input input = {&matrix, &calendar, &features, &weights, HISTORY, NULL};
    struct gls gls;
    struct gls_fit fit;
    gls_init(&gls, &input, ~0);
    gls_fit_init(&fit, &gls, series, 0.05);
    double off = gls_expect(&gls, &fit, day, 1) - weekdays(day);
    ck_assert_msg(off >= rows[_i].low && off <= rows[_i].high, "%s: %.3f, not in %g .. %g", rows[_i].what,
                  off, rows[_i].low, rows[_i].high);
    gls_fit_clear(&fit);
    gls_clear(&gls);
    g_free(weights.weight);
    features_clear(&features);
    calendar_clear(&calendar);
    zone_free(zone);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("forecast/gls");
    TCase *t = tcase_create("gls");
    tcase_add_loop_test(t, known_answers, 0, (int)G_N_ELEMENTS(rows));
    suite_add_tcase(s, t);
    return s;
}

TEST_MAIN(suite)
