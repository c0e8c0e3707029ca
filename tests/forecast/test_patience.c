#include "tests/support/testing.h"

#include "core/random.h"
#include "forecast/patience.h"

#include <math.h>
#include <string.h>

/* ---- histories of simulated contacts: a wait is offered, patience is exponential ---- */

static const struct row {
    const char *what;
    double patience_s; /* 0: nobody gives up */
    double wait_s;     /* mean of an exponential, of those who have to wait */
    double busy;       /* chance of having to wait; 1 from 18:00 on where evenings are worse */
    bool evenings;
    int contacts; /* of each half hour */
    int days;
    bool known;     /* that mean_s comes out */
    double wait_of; /* what is recorded of waiting time: 1, or NAN for nothing */
} rows[] = {
    {"short waits", 120, 30, 0.6, false, 20, 28, true, 1},
    {"long waits: most give up", 60, 600, 1, false, 10, 28, true, 1},
    {"patient customers", 900, 60, 0.5, false, 20, 56, true, 1},
    {"evenings are worse", 180, 60, 0.2, true, 10, 56, true, 1},
    {"three days only", 120, 30, 0.6, false, 40, 3, true, 1},
    {"nobody gives up", 0, 30, 0.6, false, 20, 28, false, 1},
    {"nobody waits", 120, 0, 0, false, 20, 28, false, 1},
    {"too few to tell", 3600, 20, 0.1, false, 2, 7, false, 1},
    {"no waiting times", 120, 30, 0.6, false, 20, 28, false, NAN},
    {"all give up", 60, 1e9, 1, false, 5, 28, true, 1},
};

static double exponential(struct random *random, double mean)
{
    return -log(1 - random_uniform(random)) * mean;
}

/* Fills an interval; the contacts that gave up are returned. */
static double one_interval(const struct row *row, struct random *random, int hour, struct series *series,
                           int iv)
{
    double gone = 0, wait_s = 0;
    for (int i = 0; i < row->contacts; i++) {
        double busy = row->evenings && hour >= 18 ? 1 : row->busy;
        double offered = random_uniform(random) < busy ? exponential(random, row->wait_s) : 0;
        double patience = row->patience_s > 0 ? exponential(random, row->patience_s) : INFINITY;
        gone += patience < offered;
        wait_s += MIN(patience, offered);
    }
    series->offered[iv] = row->contacts;
    series->answered[iv] = row->contacts - gone;
    series->abandoned[iv] = gone;
    series->wait_s[iv] = wait_s * row->wait_of;
    return gone;
}

START_TEST(simulated_patience)
{
    const struct row *row = &rows[_i];
    struct random random;
    struct series series;
    AUTO(zone) zone = zone_new("Europe/Madrid", NULL);
    struct grid grid = {zone_day_start(zone, day_from_civil(2024, 1, 1)), 1800, row->days * 48};
    double gone[2] = {0};
    random_seed(&random, 5);
    series_init(&series, &grid);
    for (int iv = 0; iv < grid.n; iv++) {
        int hour = iv % 48 / 2;
        gone[hour >= 18] += one_interval(row, &random, hour, &series, iv);
    }
    struct patience p = patience_estimate(&series, zone);
    ck_assert_msg(isfinite(p.mean_s) == row->known && isfinite(p.error_s) == row->known, "%s: mean %g ± %g",
                  row->what, p.mean_s, p.error_s);
    ck_assert_msg(isnan(row->wait_of) ? p.abandoned == 0 : p.abandoned == gone[0] + gone[1],
                  "%s: rests on %g", row->what, p.abandoned);
    if (row->known) {
        ck_assert_msg(fabs(p.mean_s - row->patience_s) < 3.5 * p.error_s, "%s: %.1f ± %.1f s, truth %.1f",
                      row->what, p.mean_s, p.error_s, row->patience_s);
        /* Not far from that of as many independent contacts, nor below it. */
        double least = p.mean_s / sqrt(p.abandoned);
        ck_assert_msg(p.error_s >= 0.999 * least && p.error_s < 1.6 * least,
                      "%s: error %.2f, of contacts %.2f", row->what, p.error_s, least);
    }
    ck_assert(isfinite(p.share) && fabs(p.share - (gone[0] + gone[1]) / grid.n / row->contacts) < 0.02);
    for (int h = 0; h < PATIENCE_HOURS; h++) {
        double truth = gone[h >= 18] / (row->contacts * row->days * (h >= 18 ? 12.0 : 36.0));
        ck_assert_msg(fabs(p.share_by_hour[h] - truth) < 0.03, "%s: %d:00: %.3f gave up, estimate %.3f",
                      row->what, h, truth, p.share_by_hour[h]);
    }
    series_clear(&series);
}
END_TEST

/* ---- what is given ---- */

static const struct {
    const char *what;
    double offered, abandoned, wait_s; /* of each interval */
    int interval_min;
    double mean_s, share, count; /* wanted; NAN: not known */
} given[] = {
    {"exact", 10, 2, 300, 30, 150, 0.2, 2 * 48 * 14},
    {"hours", 10, 2, 300, 60, 150, 0.2, 2 * 24 * 14},
    {"days", 100, 20, 3000, 1440, 150, 0.2, 20 * 14},
    {"abandonment not known", 10, NAN, 300, 30, NAN, NAN, 0},
    {"waiting not known", 10, 2, NAN, 30, NAN, 0.2, 0},
    {"not observed", NAN, NAN, NAN, 30, NAN, NAN, 0},
    {"no contacts", 0, 0, 0, 30, NAN, NAN, 0},
    {"gave up without waiting", 10, 2, 0, 30, NAN, 0.2, 2 * 48 * 14},
    {"more gave up than came", 10, 20, 300, 30, 15, 1, 20 * 48 * 14},
    {"fractional counts", 0.5, 0.1, 15, 30, 150, 0.2, 0.1 * 48 * 14},
};

static bool near(double got, double want)
{
    return isnan(want) ? isnan(got) : fabs(got - want) < 1e-6 * MAX(1, want);
}

START_TEST(exact_sums)
{
    struct series series;
    AUTO(zone) zone = zone_new("UTC", NULL);
    struct grid grid = {grid_day_ts(day_from_civil(2024, 1, 1)), given[_i].interval_min * 60,
                        14 * DAY_MIN / given[_i].interval_min};
    series_init(&series, &grid);
    for (int iv = 0; iv < grid.n; iv++) {
        series.offered[iv] = given[_i].offered;
        series.abandoned[iv] = given[_i].abandoned;
        series.wait_s[iv] = given[_i].wait_s;
    }
    struct patience p = patience_estimate(&series, zone);
    ck_assert_msg(near(p.mean_s, given[_i].mean_s), "%s: mean %g", given[_i].what, p.mean_s);
    ck_assert_msg(near(p.share, given[_i].share), "%s: share %g", given[_i].what, p.share);
    ck_assert_msg(near(p.share_by_hour[7], given[_i].share), "%s: share at 7:00 %g", given[_i].what,
                  p.share_by_hour[7]);
    ck_assert_msg(near(p.abandoned, given[_i].count), "%s: rests on %g", given[_i].what, p.abandoned);
    series_clear(&series);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("forecast/patience");
    TCase *t = tcase_create("patience");
    tcase_add_loop_test(t, simulated_patience, 0, (int)G_N_ELEMENTS(rows));
    tcase_add_loop_test(t, exact_sums, 0, (int)G_N_ELEMENTS(given));
    suite_add_tcase(s, t);
    return s;
}

TEST_MAIN(suite)
