#include "tests/forecast/synthetic.h"
#include "tests/support/testing.h"

#include "forecast/explain.h"

#include <math.h>
#include <string.h>

#define WEEK 7933.54 /* Σ weekly over the half hours of a week */

static const double weekday_share[] = {1.3, 1.1, 1, 1, 0.95, 0.5, 0.35};
#define WEEKDAY_SUM 6.2

static double curve(int second)
{
    double hour = second / 3600.0;
    return exp(-0.5 * (hour - 10) * (hour - 10) / 9) + 0.02;
}

static double weekly(int32_t day, int second)
{
    return 80 * weekday_share[day_weekday(day)] * curve(second);
}

static double growing(int32_t day, int second)
{
    return weekly(day, second) * pow(1.01, (day - day_from_civil(2024, 1, 1)) / 7.0);
}

static double shifted(int32_t day, int second)
{
    return weekly(day, second) * (day >= day_from_civil(2024, 5, 6) ? 1.6 : 1);
}

/* Two feasts a month apart, over and over: 0.4 of the day. */
static bool is_feast(int32_t day)
{
    struct civil civil = day_civil(day);
    return civil.day == 12;
}

static double feasts(int32_t day, int second)
{
    return weekly(day, second) * (is_feast(day) ? 0.4 : 1);
}

static double yearly(int32_t day, int second)
{
    return weekly(day, second) * (1 + 0.3 * sin(2 * G_PI * (day - 19723) / 365.25));
}

static double office(int32_t day, int second)
{
    return day_weekday(day) < 5 && second >= 8 * 3600 && second < 18 * 3600 ? weekly(day, second) : NAN;
}

#define SPECIALS_MAX 80

/* The twelfth of every month from `from` to the end of `to`. */
static int make_feasts(int32_t from, int32_t to, enum special_kind kind, struct forecast_special *specials)
{
    int n = 0;
    for (int32_t day = from; day < to; day++)
        if (is_feast(day))
            specials[n++] = (struct forecast_special){.day = day, .kind = kind, .name = "Twelfth"};
    return n;
}

/* What is expected of one factor: NAN = anything. */
static const struct scenario {
    const char *what;
    struct synthetic spec;
    int weeks, gap_days;
    enum special_kind feast; /* SPECIAL_N: no special days */
    double rest;             /* at most this far from 1 */
    double level, trend;     /* of an ordinary week, share a week; NAN: not looked at */
    double special;          /* on the twelfth; NAN: none in the horizon */
} scenarios[] = {
    {"one week", {"Europe/Madrid", "2024-01-01", 84, 30, weekly, 0, 0}, 1, 0, SPECIAL_N, 1e-9, WEEK, 0, NAN},
    {"four weeks",
     {"Europe/Madrid", "2024-01-01", 84, 30, weekly, 0, 0},
     4,
     0,
     SPECIAL_N,
     0.02,
     WEEK,
     0,
     NAN},
    {"noise",
     {"Europe/Madrid", "2024-01-01", 168, 30, weekly, 0.05, 7},
     4,
     0,
     SPECIAL_N,
     0.05,
     NAN,
     NAN,
     NAN},
    {"growth of 1 % a week",
     {"Europe/Madrid", "2024-01-01", 182, 30, growing, 0, 0},
     4,
     0,
     SPECIAL_N,
     0.03,
     NAN,
     0.01,
     NAN},
    {"level shift",
     {"Europe/Madrid", "2024-01-01", 147, 30, shifted, 0, 0},
     1,
     0,
     SPECIAL_N,
     1e-9,
     NAN,
     NAN,
     NAN},
    {"a feast of many times",
     {"Europe/Madrid", "2023-01-02", 462, 60, feasts, 0, 0},
     2,
     0,
     SPECIAL_HOLIDAY,
     0.03,
     NAN,
     NAN,
     0.4},
    {"an event of many times",
     {"Europe/Madrid", "2023-01-02", 462, 60, feasts, 0, 0},
     2,
     0,
     SPECIAL_EVENT,
     0.05,
     NAN,
     NAN,
     0.4},
    {"a closed day",
     {"Europe/Madrid", "2023-01-02", 462, 60, weekly, 0, 0},
     2,
     0,
     SPECIAL_CLOSED,
     0.05,
     NAN,
     NAN,
     0},
    {"a yearly wave",
     {"Europe/Madrid", "2022-01-03", 910, 60, yearly, 0, 0},
     4,
     0,
     SPECIAL_N,
     0.05,
     NAN,
     NAN,
     NAN},
    {"closed at weekends",
     {"Europe/Madrid", "2024-01-01", 84, 30, office, 0, 0},
     2,
     0,
     SPECIAL_N,
     0.03,
     NAN,
     NAN,
     NAN},
    {"spring clock change",
     {"Europe/Madrid", "2023-12-25", 91, 15, weekly, 0, 0},
     1,
     0,
     SPECIAL_N,
     1e-9,
     NAN,
     NAN,
     NAN},
    {"autumn clock change",
     {"Europe/Madrid", "2024-07-29", 84, 15, weekly, 0, 0},
     2,
     0,
     SPECIAL_N,
     0.08,
     NAN,
     NAN,
     NAN},
    {"behind a gap",
     {"Europe/Madrid", "2024-01-01", 84, 30, weekly, 0, 0},
     1,
     10,
     SPECIAL_N,
     1e-9,
     NAN,
     NAN,
     NAN},
    {"ten days of history",
     {"Europe/Madrid", "2024-01-01", 10, 30, weekly, 0, 0},
     1,
     0,
     SPECIAL_N,
     1e-9,
     NAN,
     NAN,
     NAN},
};

struct made {
    struct series series;
    struct zone *zone;
    struct forecast_special specials[SPECIALS_MAX];
    struct forecast_input input;
    struct forecast forecast;
};

static const struct explanation *make(const struct scenario *row, struct made *made)
{
    g_autoptr(GError) error = NULL;
    synthetic_make(&row->spec, &made->series, &made->zone);
    int32_t first = zone_local_day(made->zone, made->series.grid.start_ts),
            end = zone_local_day(made->zone, grid_end_ts(&made->series.grid) - 1) + 1 + row->gap_days;
    made->input = (struct forecast_input){.history = &made->series,
                                          .zone = made->zone,
                                          .specials = made->specials,
                                          .default_aht_s = 240,
                                          .explain = true};
    if (row->feast != SPECIAL_N)
        made->input.n_specials = make_feasts(first, end + 7 * row->weeks, row->feast, made->specials);
    made->input.horizon = synthetic_days(made->zone, end, 7 * row->weeks, made->series.grid.interval_s);
    ck_assert_msg(forecast_run(&made->input, &made->forecast, &error), "%s: %s", row->what,
                  error != NULL ? error->message : "");
    ck_assert_ptr_nonnull(made->forecast.explanation);
    return made->forecast.explanation;
}

static void made_clear(struct made *made)
{
    forecast_clear(&made->forecast);
    series_clear(&made->series);
    zone_free(made->zone);
}

START_TEST(factors_make_the_forecast)
{
    const struct scenario *row = &scenarios[_i];
    struct made made;
    const struct explanation *e = make(row, &made);
    ck_assert_int_eq(e->n_days, 7 * row->weeks);
    ck_assert_int_eq(e->gap_days, row->gap_days);
    double sum = 0, feasts = 0;
    for (int32_t iv = 0; iv < made.forecast.grid.n; iv++)
        sum += made.forecast.offered[iv];
    for (int i = 0; i < e->n_days; i++) {
        const struct explain_day *d = &e->days[i];
        double product =
            d->usual * d->drift * d->weekday * d->year * d->month * d->special * d->part * d->rest;
        sum -= d->contacts;
        ck_assert_msg(fabs(product - d->contacts) <= 1e-9 * (1 + d->contacts),
                      "%s: day %d is %g, its factors %g", row->what, i, d->contacts, product);
        ck_assert_msg(fabs(d->rest - 1) <= row->rest, "%s: day %d: rest %g", row->what, i, d->rest);
        ck_assert_msg(d->low80 <= d->contacts * 1.02 && d->high80 >= d->contacts * 0.98,
                      "%s: day %d: band %g to %g", row->what, i, d->low80, d->high80);
        if (row->feast == SPECIAL_N || !is_feast(d->day))
            continue;
        feasts++;
        ck_assert_int_eq(d->near, EXPLAIN_ON);
        ck_assert_str_eq(d->name, "Twelfth");
        ck_assert_msg(fabs(d->special - row->special) <= 0.06, "%s: special %g", row->what, d->special);
        ck_assert_int_eq(d->closed, row->feast == SPECIAL_CLOSED);
        ck_assert_int_eq(d->seen, row->feast == SPECIAL_CLOSED ? 0 : made.input.n_specials - 1);
    }
    ck_assert_msg(fabs(sum) < 1e-6 * e->level, "%s: days and intervals differ by %g", row->what, sum);
    ck_assert_msg(feasts == !isnan(row->special), "%s: %g feasts", row->what, feasts);
    ck_assert_msg(isnan(row->level) || fabs(e->level / row->level - 1) < 0.015, "%s: level %g", row->what,
                  e->level);
    ck_assert_msg(isnan(row->level) || fabs(e->recent / row->level - 1) < 1e-3, "%s: recent %g", row->what,
                  e->recent);
    ck_assert_msg(isnan(row->trend) || fabs(e->trend - row->trend) < 1e-3, "%s: trend %g", row->what,
                  e->trend);
    made_clear(&made);
}
END_TEST

/* A week of another zone: six hours of the first local day and eighteen of an eighth. */
START_TEST(days_in_part)
{
    struct made made = {0};
    struct synthetic spec = {"Europe/Madrid", "2024-01-01", 84, 60, weekly, 0, 0};
    synthetic_make(&spec, &made.series, &made.zone);
    made.input = (struct forecast_input){
        .history = &made.series, .zone = made.zone, .default_aht_s = 240, .explain = true};
    made.input.horizon = (struct grid){grid_end_ts(&made.series.grid) + 18 * 3600, 3600, 7 * 24};
    ck_assert(forecast_run(&made.input, &made.forecast, NULL));
    const struct explanation *e = made.forecast.explanation;
    ck_assert_int_eq(e->n_days, 8);
    double evening = 0, day = 0;
    for (int hour = 0; hour < 24; hour++) {
        day += curve(hour * 3600);
        evening += hour >= 18 ? curve(hour * 3600) : 0;
    }
    ck_assert_double_eq_tol(e->days[0].part, evening / day, 0.02);
    ck_assert_double_eq_tol(e->days[7].part, 1 - evening / day, 0.02);
    for (int i = 0; i < 8; i++) {
        const struct explain_day *d = &e->days[i];
        double product =
            d->usual * d->drift * d->weekday * d->year * d->month * d->special * d->part * d->rest;
        ck_assert_double_eq_tol(product, d->contacts, 1e-9 * (1 + d->contacts));
        ck_assert_double_eq_tol(d->rest, 1, 0.02);
        ck_assert_double_eq_tol(d->special, 1, 1e-9);
    }
    made_clear(&made);
}
END_TEST

START_TEST(weekdays_and_profile)
{
    struct made made;
    const struct explanation *e = make(&scenarios[0], &made);
    for (int weekday = 0; weekday < WEEK_DAYS; weekday++) {
        double want = weekday_share[weekday] * WEEK_DAYS / WEEKDAY_SUM, best = 0;
        int peak = 0;
        ck_assert_msg(fabs(e->weekday[weekday] - want) < 0.01 * want, "weekday %d: %g, not %g", weekday,
                      e->weekday[weekday], want);
        for (int s = 0; s < e->n_slots; s++)
            if (e->profile[weekday * e->n_slots + s] > best) {
                best = e->profile[weekday * e->n_slots + s];
                peak = s;
            }
        ck_assert_int_eq(peak, 20);
    }
    ck_assert_int_eq(e->n_past, 56);
    double want = 0;
    for (int s = 0; s < 48; s++)
        want += weekly(e->past[55].day, s * 1800);
    ck_assert_double_eq_tol(e->past[55].contacts, want, 1e-6 * want);
    made_clear(&made);
}
END_TEST

/* Days around a feast of Wednesday 2024-06-12 in a horizon of two weeks from 2024-06-03. */
static const struct {
    const char *what;
    enum special_kind kind;
    int day; /* of June */
    enum explain_near near;
    int distance;
} nears[] = {
    {"long before", SPECIAL_HOLIDAY, 8, EXPLAIN_PLAIN, 0},
    {"three days before", SPECIAL_HOLIDAY, 9, EXPLAIN_BEFORE, 3},
    {"the day before", SPECIAL_HOLIDAY, 11, EXPLAIN_BEFORE, 1},
    {"the day", SPECIAL_HOLIDAY, 12, EXPLAIN_ON, 0},
    {"two days after", SPECIAL_HOLIDAY, 14, EXPLAIN_AFTER, 2},
    {"long after", SPECIAL_HOLIDAY, 16, EXPLAIN_PLAIN, 0},
    {"after closing", SPECIAL_CLOSED, 13, EXPLAIN_AFTER, 1},
    {"before an event", SPECIAL_EVENT, 11, EXPLAIN_PLAIN, 0},
    {"days after an event", SPECIAL_EVENT, 16, EXPLAIN_AFTER, 4},
};

START_TEST(what_is_near)
{
    struct scenario row = {
        "near", {"Europe/Madrid", "2024-03-11", 84, 60, weekly, 0, 0}, 2, 0, SPECIAL_N, 1, NAN, NAN, NAN};
    struct made made = {0};
    synthetic_make(&row.spec, &made.series, &made.zone);
    struct forecast_special special = {
        .day = day_from_civil(2024, 6, 12), .kind = nears[_i].kind, .name = "Feast"};
    made.input = (struct forecast_input){.history = &made.series,
                                         .zone = made.zone,
                                         .specials = &special,
                                         .n_specials = 1,
                                         .default_aht_s = 240,
                                         .explain = true};
    made.input.horizon = synthetic_days(made.zone, day_from_civil(2024, 6, 3), 14, 3600);
    ck_assert(forecast_run(&made.input, &made.forecast, NULL));
    const struct explain_day *day = &made.forecast.explanation->days[nears[_i].day - 3];
    ck_assert_msg(day->near == nears[_i].near && day->distance == nears[_i].distance, "%s: %d, %d days",
                  nears[_i].what, (int)day->near, day->distance);
    made_clear(&made);
}
END_TEST

/* A sale never seen before: what is known of it comes from outside. */
static const struct {
    const char *what;
    double uplift;  /* the planner's; NAN: none */
    double sisters; /* log ratio others saw; NAN: none */
    double special; /* factor */
    bool lent;
} uplifts[] = {
    {"the planner's", 0.5, NAN, 1.5, false}, {"lent", NAN, 0.4, 1.49, true}, {"none", NAN, NAN, 1, false}};

START_TEST(what_is_expected)
{
    struct made made = {0};
    struct synthetic spec = {"Europe/Madrid", "2024-03-11", 84, 60, weekly, 0, 0};
    synthetic_make(&spec, &made.series, &made.zone);
    struct forecast_special special = {
        .day = day_from_civil(2024, 6, 5), .kind = SPECIAL_OTHER, .name = "Sale"};
    struct feast_effect effect = {"Sale", uplifts[_i].sisters, 5};
    special.has_uplift = !isnan(uplifts[_i].uplift);
    special.uplift = uplifts[_i].uplift;
    made.input = (struct forecast_input){.history = &made.series,
                                         .zone = made.zone,
                                         .specials = &special,
                                         .n_specials = 1,
                                         .default_aht_s = 240,
                                         .explain = true,
                                         .sisters = &effect,
                                         .n_sisters = !isnan(uplifts[_i].sisters)};
    made.input.horizon = synthetic_days(made.zone, day_from_civil(2024, 6, 3), 7, 3600);
    ck_assert(forecast_run(&made.input, &made.forecast, NULL));
    const struct explain_day *day = &made.forecast.explanation->days[2];
    ck_assert_msg(fabs(day->special - uplifts[_i].special) < 0.05, "%s: factor %g", uplifts[_i].what,
                  day->special);
    ck_assert_msg(day->has_uplift == (_i < 2) && day->lent == uplifts[_i].lent, "%s", uplifts[_i].what);
    ck_assert_msg(!day->has_uplift || fabs(day->uplift - 0.5) < 0.02, "%s: %g", uplifts[_i].what,
                  day->uplift);
    made_clear(&made);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("forecast/explain");
    TCase *tc = tcase_create("explain");
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, factors_make_the_forecast, 0, G_N_ELEMENTS(scenarios));
    tcase_add_loop_test(tc, what_is_expected, 0, G_N_ELEMENTS(uplifts));
    tcase_add_test(tc, days_in_part);
    tcase_add_test(tc, weekdays_and_profile);
    tcase_add_loop_test(tc, what_is_near, 0, G_N_ELEMENTS(nears));
    suite_add_tcase(s, tc);
    return s;
}

TEST_MAIN(suite)
