#include "tests/forecast/synthetic.h"
#include "tests/support/testing.h"

#include "forecast/matrix.h"

#include <math.h>

/* A count that says when it is: the slot it should land in. */
static double slot_of_hour_quarter(int32_t day, int second)
{
    (void)day;
    return second / 900;
}

static const struct {
    const char *what, *zone, *day; /* the middle one of five days */
    int interval_min, n_intervals, folded;
} days[] = {
    {"plain day", "UTC", "2024-06-05", 15, 96, 0},
    {"leap day", "Europe/Madrid", "2024-02-29", 15, 96, 0},
    {"spring, quarter hours", "America/New_York", "2018-03-11", 15, 92, 0},
    {"autumn, quarter hours", "America/New_York", "2018-11-04", 15, 100, 4},
    {"spring, hours", "Europe/Madrid", "2026-03-29", 60, 23, 0},
    {"autumn, hours", "Europe/Madrid", "2026-10-25", 60, 25, 1},
    {"autumn, five minutes", "Europe/Madrid", "2026-10-25", 5, 300, 12},
    {"half an hour twice", "Australia/Lord_Howe", "2024-04-07", 15, 98, 2},
    {"half an hour less", "Australia/Lord_Howe", "2024-10-06", 15, 94, 0},
    {"no midnight", "America/Santiago", "2023-09-03", 15, 92, 0},
    {"half-hour offset, half hours", "Asia/Kolkata", "2024-06-05", 30, 48, 0},
    {"three-quarter offset, quarter hours", "Asia/Kathmandu", "2024-06-05", 15, 96, 0},
};

START_TEST(days_fold_and_unfold)
{
    struct synthetic spec = {days[_i].zone, NULL, 5, days[_i].interval_min, slot_of_hour_quarter, 0, 0};
    struct series series;
    struct zone *zone;
    struct day_calendar calendar;
    struct day_matrix matrix;
    int32_t middle;
    ck_assert(day_parse(days[_i].day, &middle, NULL));
    g_autofree char *first = day_format(middle - 2);
    spec.first_day = first;
    synthetic_make(&spec, &series, &zone);
    calendar_init(&calendar, middle - 10, middle + 10, NULL, 0);
    matrix_init(&matrix, &series.grid, series.offered, zone, &calendar, NULL, 0);
    ck_assert_int_eq(matrix.n_days, 5);
    ck_assert_int_eq(matrix.first_day, middle - 2);
    ck_assert_int_eq(matrix.n_slots, 1440 / days[_i].interval_min);
    struct grid grid = synthetic_days(zone, middle, 1, days[_i].interval_min * 60);
    ck_assert_msg(grid.n == days[_i].n_intervals, "%s: %d intervals", days[_i].what, grid.n);
    g_autofree int *hits = g_new0(int, (gsize)matrix.n_slots);
    int folded = 0;
    for (int32_t iv = 0; iv < grid.n; iv++) {
        int day, slot;
        matrix_cell(&matrix, grid_ts(&grid, iv), &day, &slot);
        ck_assert_msg(day == 2, "%s: interval %d on day %d", days[_i].what, iv, day);
        folded += ++hits[slot] == 2;
        bool changed = zone_day_length_s(zone, middle) != DAY_S && slot * days[_i].interval_min < 180;
        double y = matrix.y[2 * matrix.n_slots + slot], want = floor(slot * days[_i].interval_min / 15.0);
        if (changed)
            ck_assert_msg(isnan(y), "%s: slot %d of a clock change is learnt from", days[_i].what, slot);
        else
            ck_assert_msg(y == want, "%s: slot %d holds %g", days[_i].what, slot, y);
    }
    ck_assert_msg(folded == days[_i].folded, "%s: %d folded", days[_i].what, folded);
    ck_assert_int_eq(matrix.missing, 0);
    matrix_clear(&matrix);
    calendar_clear(&calendar);
    series_clear(&series);
    zone_free(zone);
}
END_TEST

/* Opening hours against the core's own answer for an instant. */
static const struct {
    const char *what;
    struct week_span open[2];
    int n;
} hours[] = {
    {"office", {{0x1f, 480, 1080}}, 1},
    {"over midnight", {{0x7f, 1320, 1800}}, 1},
    {"Sunday night into Monday", {{0x40, 1200, 1620}}, 1},
    {"two spans", {{0x1f, 420, 1260}, {0x20, 600, 900}}, 2},
};

START_TEST(opening_hours)
{
    struct synthetic spec = {"Europe/Madrid", "2024-06-03", 14, 30, slot_of_hour_quarter, 0, 0};
    struct series series;
    struct zone *zone;
    struct day_calendar calendar;
    struct day_matrix matrix;
    synthetic_make(&spec, &series, &zone);
    int32_t first = zone_local_day(zone, series.grid.start_ts);
    calendar_init(&calendar, first - 10, first + 30, NULL, 0);
    struct week_span open[2] = {hours[_i].open[0], hours[_i].open[1]};
    struct queue queue = {.zone = (char *)"Europe/Madrid", .open = open, .n_open = hours[_i].n};
    matrix_init(&matrix, &series.grid, series.offered, zone, &calendar, open, hours[_i].n);
    for (int32_t iv = 0; iv < series.grid.n; iv++) {
        int day, slot;
        matrix_cell(&matrix, grid_ts(&series.grid, iv), &day, &slot);
        bool is_open = matrix.open[matrix_weekday(&matrix, day) * matrix.n_slots + slot];
        bool want = queue_open_at(&queue, zone, grid_ts(&series.grid, iv));
        ck_assert_msg(is_open == want, "%s: day %d slot %d", hours[_i].what, day, slot);
        ck_assert_int_eq(matrix.seen[day * matrix.n_slots + slot] > 0, want);
    }
    matrix_clear(&matrix);
    calendar_clear(&calendar);
    series_clear(&series);
    zone_free(zone);
}
END_TEST

static double busy(int32_t day, int second)
{
    (void)day;
    return second >= 8 * 3600 && second < 18 * 3600 ? 40 : 0;
}

/* Missing, zero, closed and outage are four things. */
START_TEST(missing_is_not_zero)
{
    struct synthetic spec = {"UTC", "2024-01-01", 56, 30, busy, 0, 0};
    struct series series;
    struct zone *zone;
    struct day_calendar calendar;
    struct day_matrix matrix;
    synthetic_make(&spec, &series, &zone);
    int32_t first = zone_local_day(zone, series.grid.start_ts);
    const struct forecast_special specials[] = {
        {.day = first + 20, .kind = SPECIAL_CLOSED, .name = "Feast"},
        {.day = first + 22, .kind = SPECIAL_UNPLANNED, .name = "Outage"}};
    series.offered[10 * 48 + 20] = NAN; /* not observed */
    series.offered[11 * 48 + 20] = 0;   /* a zero amid 40s: an outage */
    calendar_init(&calendar, first - 10, first + 90, specials, 2);
    matrix_init(&matrix, &series.grid, series.offered, zone, &calendar, NULL, 0);
    ck_assert_int_eq(matrix.missing, 1);
    ck_assert(matrix.y[11 * 48 + 20] == 0);
    matrix_drop_zeros(&matrix, &calendar);
    ck_assert_int_eq(matrix.missing, 2);
    ck_assert_int_eq(matrix.dropped, 1);
    ck_assert(isnan(matrix.y[11 * 48 + 20]));
    ck_assert(matrix.y[11 * 48 + 3] == 0); /* nights stay zero */
    ck_assert(isnan(matrix.y[20 * 48 + 20]) && isnan(matrix.y[22 * 48 + 20]));
    ck_assert(matrix_seen_share(&matrix, 20) == 0);
    ck_assert_double_eq_tol(matrix_seen_share(&matrix, 10), 47.0 / 48, 1e-9);
    matrix_clear(&matrix);
    calendar_clear(&calendar);
    series_clear(&series);
    zone_free(zone);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("forecast/matrix");
    TCase *t = tcase_create("days and slots");
    tcase_add_loop_test(t, days_fold_and_unfold, 0, (int)G_N_ELEMENTS(days));
    tcase_add_loop_test(t, opening_hours, 0, (int)G_N_ELEMENTS(hours));
    tcase_add_test(t, missing_is_not_zero);
    suite_add_tcase(s, t);
    return s;
}

TEST_MAIN(suite)
