#include "tests/forecast/synthetic.h"
#include "tests/support/testing.h"
#include "wfm/totals.h"

#include <math.h>

#define QUEUES_MAX 3
#define DAYS 42

static double busy(int32_t day, int second)
{
    double hour = second / 3600.0;
    return (day_weekday(day) < 5 ? 12 : 5) * (0.2 + exp(-(hour - 13) * (hour - 13) / 18));
}

/* Queues of one client with intervals of their own. */
static const struct {
    const char *what;
    int minutes[QUEUES_MAX];
} rows[] = {
    {"the same", {30, 30, 30}},
    {"one holds the others", {60, 30, 15}},
    {"ten, then fifteen", {10, 15, 0}},
    {"fifteen, then ten", {15, 10, 0}},
    {"a quarter of an hour, ten minutes, five", {15, 10, 5}},
};

START_TEST(intervals_meet)
{
    struct queue queues[QUEUES_MAX] = {0};
    struct series series[QUEUES_MAX];
    struct zone *zones[QUEUES_MAX];
    struct forecast_input inputs[QUEUES_MAX];
    struct forecast forecasts[QUEUES_MAX];
    struct totals_queue members[QUEUES_MAX];
    double before = 0, after = 0;
    int n = 0;
    for (; n < QUEUES_MAX && rows[_i].minutes[n] > 0; n++) {
        struct synthetic spec = {"UTC", "2024-01-01", DAYS, rows[_i].minutes[n], busy, 0.1, (uint32_t)n + 1};
        synthetic_make(&spec, &series[n], &zones[n]);
        queues[n].zone = (char *)"UTC";
        inputs[n] = (struct forecast_input){.history = &series[n], .zone = zones[n], .default_aht_s = 240};
        inputs[n].horizon =
            synthetic_days(zones[n], day_from_civil(2024, 1, 1) + DAYS, 7, series[n].grid.interval_s);
        ck_assert(forecast_run(&inputs[n], &forecasts[n], NULL));
        before += forecasts[n].week_offered[0];
        members[n] = (struct totals_queue){n, &inputs[n], &forecasts[n]};
    }
    struct operation operation = {.queues = queues, .n_queues = n};
    ck_assert_int_eq(totals_reconcile(&operation, zones[0], members, n, 1), 1);
    for (int q = 0; q < n; q++) {
        double sum = 0;
        for (int32_t iv = 0; iv < forecasts[q].grid.n; iv++)
            sum += forecasts[q].offered[iv];
        ck_assert_msg(fabs(sum - forecasts[q].week_offered[0]) < 1e-6 * sum,
                      "%s: intervals of %g, week of %g", rows[_i].what, sum, forecasts[q].week_offered[0]);
        after += sum;
        forecast_clear(&forecasts[q]);
        series_clear(&series[q]);
        zone_free(zones[q]);
    }
    ck_assert_msg(fabs(after - before) < 0.05 * before, "%s: %g became %g", rows[_i].what, before, after);
    ck_assert_msg(fabs(after - before) > 1e-9, "%s: nothing moved", rows[_i].what);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("wfm/totals");
    TCase *t = tcase_create("totals");
    tcase_set_timeout(t, 20);
    tcase_add_loop_test(t, intervals_meet, 0, (int)G_N_ELEMENTS(rows));
    suite_add_tcase(s, t);
    return s;
}

TEST_MAIN(suite)
