/*
 * The contacts of a simulation: their distributions against exact quantiles and moments, and that luck
 * belongs to who it should.
 */
#include <math.h>
#include <string.h>

#include "scheduler/simulate/calls.h"
#include "scheduler/simulate/ticks.h"
#include "scheduler/simulate/variates.h"
#include "tests/support/testing.h"

#define N_IV 96
#define QUARTER_S 900

/* ---- one number ---- */

static const uint32_t some_bits[] = {0,          1,          2,          99,         65536,      0x00ffffff,
                                     0x10000000, 0x33333333, 0x5a827999, 0x7fffffff, 0x80000000, 0x80000001,
                                     0xb504f333, 0xc0000000, 0xfffff000, 0xfffffffe};

START_TEST(exponential_of_bits)
{
    float got[VARIATES_BLOCK];
    variates_exponential(some_bits, got, G_N_ELEMENTS(some_bits));
    for (size_t i = 0; i < G_N_ELEMENTS(some_bits); i++) {
        double want = -log(((some_bits[i] >> 1) + 0.5) * 0x1p-31);
        ck_assert_msg(fabs((double)got[i] - want) <= 1e-6 * want + 1.2e-7, "%08x: %.9g, exactly %.9g",
                      some_bits[i], (double)got[i], want);
        ck_assert(got[i] >= 0);
    }
}
END_TEST

/* The lognormal's own distribution function brings the bits back. */
static const double cvs[] = {0.1, 0.7, 1, 3};

START_TEST(lognormal_of_bits)
{
    float got[VARIATES_BLOCK];
    variates_lognormal(some_bits, cvs[_i], got, G_N_ELEMENTS(some_bits));
    double variance = log1p(cvs[_i] * cvs[_i]);
    for (size_t i = 0; i < G_N_ELEMENTS(some_bits); i++) {
        uint32_t bits = some_bits[i] < 0x80000000u ? some_bits[i] : ~some_bits[i];
        double z = (log((double)got[i]) + variance / 2) / sqrt(variance);
        double want = ((bits >> 1) + 0.5) * 0x1p-31, tail = 0.5 * erfc(fabs(z) / sqrt(2));
        ck_assert_msg(fabs(tail / want - 1) < (want < 1e-7 ? 0.02 : 1e-5 / MIN(sqrt(variance), 1)),
                      "cv %.1f, %08x: %.9g, exactly %.9g", cvs[_i], some_bits[i], tail, want);
        ck_assert(fabs(z) < 1e-3 || (z < 0) == (some_bits[i] < 0x80000000u));
    }
}
END_TEST

static const double means[] = {0, 0.03, 1, 7.5, 31.9, 32, 33, 100, 5000};

START_TEST(poisson_moments)
{
    double sum = 0, square = 0;
    int n = 20000, most = 0;
    for (int i = 0; i < n; i++) {
        int32_t k = variates_poisson(means[_i], (uint64_t)i);
        ck_assert_int_ge(variates_poisson(means[_i] * 1.1 + 0.01, (uint64_t)i), k); /* never fewer */
        sum += k;
        square += (double)k * k;
        most = MAX(most, k);
    }
    double mean = sum / n, variance = square / n - mean * mean, sd = sqrt(means[_i] / n);
    ck_assert_msg(fabs(mean - means[_i]) <= 4 * sd, "%.3f: mean %.4f", means[_i], mean);
    ck_assert_msg(fabs(variance - means[_i]) <= 4 * means[_i] * sqrt(2.0 / n) + 4 * sd, "%.3f: variance %.4f",
                  means[_i], variance);
    ck_assert(means[_i] > 0 || most == 0);
}
END_TEST

/* ---- a history ---- */

struct day {
    struct grid grid;
    struct call_source sources[3];
    double offered[3][N_IV], aht_s[3][N_IV];
    struct calls_ask ask;
};

static void day_init(struct day *day)
{
    *day = (struct day){.grid = {0, QUARTER_S, N_IV}};
    for (int q = 0; q < 3; q++) {
        for (int iv = 0; iv < N_IV; iv++) {
            day->offered[q][iv] = (q + 1) * (20 + 15 * sin(iv / 15.0));
            day->aht_s[q][iv] = 200 + iv;
        }
        day->sources[q] = (struct call_source){
            .offered = day->offered[q], .aht_s = day->aht_s[q], .patience_s = 60 * (q + 1)};
    }
    day->ask = (struct calls_ask){.sources = day->sources, .n_queues = 3, .grid = &day->grid, .seed = 11};
}

static bool same_call(const struct call *a, const struct call *b)
{
    return a->at == b->at && a->work_s == b->work_s && a->patience_s == b->patience_s &&
           a->queue == b->queue && a->iv == b->iv;
}

/* All of `few` are in `many`, in this order; both sorted. */
static bool within(const struct calls *few, const struct calls *many)
{
    int k = 0;
    for (int i = 0; i < few->n; i++, k++) {
        while (k < many->n && !same_call(&few->call[i], &many->call[k]))
            k++;
        if (k == many->n)
            return false;
    }
    return true;
}

START_TEST(in_order_and_in_their_interval)
{
    struct day day;
    struct calls calls = {0};
    day_init(&day);
    calls_draw(&calls, &day.ask);
    double expected = 0, place = 0;
    for (int q = 0; q < 3; q++)
        for (int iv = 0; iv < N_IV; iv++)
            expected += day.offered[q][iv];
    for (int i = 0; i < calls.n; i++) {
        const struct call *call = &calls.call[i];
        ck_assert(i == 0 || call->at >= call[-1].at);
        ck_assert_int_eq(call->at / ticks_of(QUARTER_S), call->iv);
        ck_assert(call->work_s >= 0 && call->patience_s >= 0 && call->queue >= 0 && call->queue < 3);
        place += ticks_s(call->at) / QUARTER_S - call->iv;
    }
    ck_assert_double_eq_tol(calls.n, expected, 4 * sqrt(expected));
    ck_assert_double_eq_tol(place / calls.n, 0.5, 4 * sqrt(1.0 / 12 / calls.n));
    calls_clear(&calls);
}
END_TEST

/* Who shares luck with whom: the first history must be in the second. */
static void nothing(struct day *day)
{
    (void)day;
}
static void one_queue_less(struct day *day)
{
    day->ask.n_queues = 2;
}
static void less_load(struct day *day)
{
    for (int iv = 30; iv < 60; iv++)
        day->offered[1][iv] *= 0.8;
}
static void one_interval_less(struct day *day)
{
    day->offered[0][17] = 0;
}
static void shorter_day(struct day *day)
{
    day->grid.n = N_IV / 2;
}
static const struct {
    const char *what;
    void (*less)(struct day *day);
} lucks[] = {{"the same again", nothing},
             {"a queue less", one_queue_less},
             {"less load", less_load},
             {"an interval less", one_interval_less},
             {"a shorter day", shorter_day}};

START_TEST(luck_stays)
{
    struct day day;
    struct calls many = {0}, few = {0};
    day_init(&day);
    calls_draw(&many, &day.ask);
    lucks[_i].less(&day);
    calls_draw(&few, &day.ask);
    ck_assert_msg(within(&few, &many), "%s: somebody else's luck changed", lucks[_i].what);
    ck_assert_int_gt(few.n, many.n / 3);
    ck_assert(_i == 0 ? few.n == many.n : few.n < many.n);
    day.ask.seed++;
    calls_draw(&few, &day.ask);
    ck_assert(!within(&few, &many));
    calls_clear(&many);
    calls_clear(&few);
}
END_TEST

/* Variance of a day's contacts: m + m² cv2, where each queue has its own factor or all have one. */
static const struct {
    const char *what;
    double own, all;
    bool by_halves; /* two days in the grid */
} busy[] = {{"as forecast", 0, 0, false},
            {"own", 0.04, 0, false},
            {"all", 0, 0.04, false},
            {"both", 0.04, 0.02, false},
            {"two days", 0, 0.04, true}};

START_TEST(busy_days)
{
    struct day day;
    struct calls calls = {0};
    int32_t of_day[N_IV];
    int n = 1500;
    double sum[3] = {0}, square[3] = {0}, cross = 0, m[3] = {0};
    day_init(&day);
    for (int iv = 0; iv < N_IV; iv++)
        of_day[iv] = iv >= N_IV / 2;
    for (int q = 0; q < 3; q++) {
        day.sources[q].busyness_cv2 = busy[_i].own;
        for (int iv = 0; iv < N_IV; iv++)
            day.offered[q][iv] = 2;
        m[q] = 2 * N_IV;
    }
    day.ask.busyness_cv2 = busy[_i].all;
    day.ask.day = busy[_i].by_halves ? of_day : NULL;
    for (int k = 0; k < n; k++) {
        double here[3] = {0};
        day.ask.seed = (uint64_t)k;
        calls_draw(&calls, &day.ask);
        for (int i = 0; i < calls.n; i++)
            here[calls.call[i].queue]++;
        for (int q = 0; q < 3; q++) {
            sum[q] += here[q];
            square[q] += here[q] * here[q];
        }
        cross += here[0] * here[1];
    }
    double all = busy[_i].by_halves ? busy[_i].all / 2 : busy[_i].all;
    double cv2 = (1 + busy[_i].own) * (1 + all) - 1;
    for (int q = 0; q < 3; q++) {
        double mean = sum[q] / n, variance = square[q] / n - mean * mean, want = m[q] + m[q] * m[q] * cv2;
        ck_assert_msg(fabs(mean - m[q]) < 4 * sqrt(want / n), "%s: mean %.2f", busy[_i].what, mean);
        ck_assert_msg(fabs(variance / want - 1) < 0.2, "%s: variance %.1f, not %.1f", busy[_i].what, variance,
                      want);
    }
    double covariance = cross / n - sum[0] / n * sum[1] / n, want = m[0] * m[1] * all;
    ck_assert_msg(fabs(covariance - want) < 0.2 * m[0] * m[1] * 0.04 + 4 * m[0] / sqrt(n),
                  "%s: covariance %.1f, not %.1f", busy[_i].what, covariance, want);
    calls_clear(&calls);
}
END_TEST

START_TEST(some_do_not_wait)
{
    struct day day;
    struct calls calls = {0};
    day_init(&day);
    day.sources[1].balk = 0.25;
    day.sources[2].patience_s = 0;
    calls_draw(&calls, &day.ask);
    double n[3] = {0}, none[3] = {0}, patience_s = 0;
    for (int i = 0; i < calls.n; i++) {
        const struct call *call = &calls.call[i];
        n[call->queue]++;
        none[call->queue] += call->patience_s == 0;
        patience_s += call->queue == 0 ? (double)call->patience_s : 0;
        ck_assert(call->queue != 2 || isinf(call->patience_s));
    }
    ck_assert_double_eq(none[0], 0);
    ck_assert_double_eq_tol(none[1] / n[1], 0.25, 4 * sqrt(0.25 * 0.75 / n[1]));
    ck_assert_double_eq_tol(patience_s / n[0], 60, 4 * 60 / sqrt(n[0]));
    calls_clear(&calls);
}
END_TEST

/* Open from 06:00 to 18:00. What arrives at `at_h` is due after `due_h` hours of opening time. */
static const struct {
    double at_h, due_h, want_h;
} dues[] = {{7, 4, 11},  {3, 4, 10},  {16, 4, 32},
            {20, 4, 34}, {6, 11, 17}, {17, 24, 59}}; /* past the end of the grid all hours are open */

START_TEST(due_in_opening_time)
{
    struct day day;
    struct calls calls = {0};
    double open[N_IV], one[N_IV] = {0};
    int at = (int)(dues[_i].at_h * 2);
    day_init(&day);
    day.grid.interval_s = 1800; /* 96 half hours: two days */
    for (int iv = 0; iv < N_IV; iv++)
        open[iv] = iv % 48 >= 12 && iv % 48 < 36;
    one[at] = 30;
    day.sources[0] = (struct call_source){.offered = one,
                                          .aht_s = day.aht_s[0],
                                          .deferred = true,
                                          .due_s = 3600 * dues[_i].due_h,
                                          .open = open,
                                          .backlog = 4,
                                          .backlog_aht_s = 300};
    day.ask.n_queues = 1;
    calls_draw(&calls, &day.ask);
    ck_assert_int_gt(calls.n, 10);
    for (int i = 0; i < calls.n; i++) {
        const struct call *call = &calls.call[i];
        double late_s = call->iv < 0 ? 0 : ticks_s(call->at) - 1800.0 * at, want_s = dues[_i].want_h * 3600;
        double due_s = ticks_s(call->at) + (double)call->patience_s;
        if (call->iv < 0) { /* evenly over the first hours that are open */
            double opens_s = (i + 1) / 4.0 * dues[_i].due_h * 3600;
            want_s = 6 * 3600 + opens_s + (opens_s > 12 * 3600 ? 12 * 3600 : 0);
        } else if (open[at] > 0) {
            want_s += late_s;
        }
        ck_assert_msg(fabs(due_s - want_s) < 0.1, "at %.1f h: due %.4f h, not %.4f h", dues[_i].at_h,
                      due_s / 3600, want_s / 3600);
    }
    calls_clear(&calls);
}
END_TEST

/* A tick is fine enough and lasts long enough. */
START_TEST(clock_is_long)
{
    ck_assert_double_ge(TICKS_HORIZON_S, 53 * 7 * 86400.0);
    ck_assert_double_ge(ticks_s(TICKS_MAX), 2 * TICKS_HORIZON_S - 1);
    ck_assert_int_eq(ticks_of(1e300), TICKS_MAX);
    for (double s = 0.001; s < TICKS_HORIZON_S; s *= 3)
        ck_assert_double_eq_tol(ticks_s(ticks_of(s)), s, 4e-6);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("scheduler/calls");
    TCase *t = tcase_create("calls");
    tcase_set_timeout(t, 120);
    tcase_add_test(t, exponential_of_bits);
    tcase_add_loop_test(t, lognormal_of_bits, 0, G_N_ELEMENTS(cvs));
    tcase_add_loop_test(t, poisson_moments, 0, G_N_ELEMENTS(means));
    tcase_add_test(t, in_order_and_in_their_interval);
    tcase_add_loop_test(t, luck_stays, 0, G_N_ELEMENTS(lucks));
    tcase_add_loop_test(t, busy_days, 0, G_N_ELEMENTS(busy));
    tcase_add_test(t, some_do_not_wait);
    tcase_add_loop_test(t, due_in_opening_time, 0, G_N_ELEMENTS(dues));
    tcase_add_test(t, clock_is_long);
    suite_add_tcase(s, t);
    return s;
}

TEST_MAIN(suite)
