#include "tests/support/testing.h"

#include "scheduler/staffing/chat.h"

#include <math.h>

/* Least agents for 80 % in 20 s with patience 60 s, by the exact chain (staffing research, computed
   independently); beside them what the habits of the trade give, which is too few. */
static const struct {
    double per_hour;
    int concurrency;
    double level_min[3];
    double want;
} required[] = {
    {240, 2, {8, 10, 0}, 20},
    {720, 3, {8, 9.5, 11.5}, 43},
    {1800, 3, {8, 9.5, 11.5}, 103},
};

START_TEST(required_agents)
{
    double level_s[3];
    for (int k = 0; k < 3; k++)
        level_s[k] = required[_i].level_min[k] * 60;
    struct erlang_system system = {required[_i].per_hour / 3600, level_s[0], 60, 20, 0};
    struct erlang_targets targets = {SL_OFFERED, 0.8, 0, 1, 1};
    double n = chat_required(&system, level_s, required[_i].concurrency, &targets, true);
    ck_assert_double_eq(n, required[_i].want);
    double real = chat_required(&system, level_s, required[_i].concurrency, &targets, false);
    ck_assert(real > n - 1 && real <= n);
    struct erlang_metrics at, below;
    chat_metrics(&system, level_s, required[_i].concurrency, real, &at);
    chat_metrics(&system, level_s, required[_i].concurrency, real - 1e-6, &below);
    ck_assert(at.sl[SL_OFFERED] >= 0.8 - 1e-9 && below.sl[SL_OFFERED] < 0.8);
}
END_TEST

/* Equal handling times at all levels: places are plain Erlang servers. */
START_TEST(even_levels_are_erlang_a)
{
    static const int concurrency[] = {1, 2, 5};
    double level_s[5] = {200, 200, 200, 200, 200};
    for (int n = 1; n < 60; n += 7)
        for (double ratio = 0.3; ratio < 2; ratio += 0.35)
            for (double patience = 0; patience < 400; patience += 130) {
                int places = n * concurrency[_i];
                struct erlang_system system = {places * ratio / 200, 200, patience, 30, 5};
                struct erlang_metrics a, b;
                chat_metrics(&system, level_s, concurrency[_i], n, &a);
                erlang_metrics(&system, places, &b);
                const double *x = (const double *)&a, *y = (const double *)&b;
                for (size_t i = 0; i < sizeof a / sizeof *x; i++)
                    ck_assert_msg((isinf(x[i]) && isinf(y[i])) ||
                                      fabs(x[i] - y[i]) <= 1e-11 * fmax(1, fabs(y[i])),
                                  "n %d ratio %g patience %g value %zu: %.17g, %.17g", n, ratio, patience, i,
                                  x[i], y[i]);
            }
}
END_TEST

/* The chain summed upwards over all states, queue included, with nothing shared but the model. */
START_TEST(chain_by_plain_sum)
{
    double level_s[3] = {300, 390, 500};
    int n = 1 + 4 * _i, places = 3 * n, states = places + 400;
    double rate = 1.1 * n / 200, patience = 90, weight = 1, total = 0, waiting = 0, queue = 0, in_service = 0;
    for (int state = 0; state <= states; state++) {
        total += weight;
        waiting += state >= places ? weight : 0;
        queue += state > places ? weight * (state - places) : 0;
        in_service += weight * (state < places ? state : places);
        int next = state + 1, served = next < places ? next : places;
        double finish = 0;
        for (int agent = 0; agent < n; agent++) {
            int level = served / n + (agent < served % n);
            finish += level > 0 ? level / level_s[level - 1] : 0;
        }
        weight *= rate / (finish + (next > places ? (next - places) / patience : 0));
    }
    struct erlang_system system = {rate, level_s[0], patience, 20, 0};
    struct erlang_metrics m;
    chat_metrics(&system, level_s, 3, n, &m);
    ck_assert_double_eq_tol(m.p_wait, waiting / total, 1e-12);
    ck_assert_double_eq_tol(m.queue_length, queue / total, 1e-10);
    ck_assert_double_eq_tol(m.abandon, queue / total / patience / rate, 1e-12);
    ck_assert_double_eq_tol(m.occupancy, in_service / total / places, 1e-12);
}
END_TEST

/* A room to wait in, by sums over all states upwards. */
START_TEST(room_by_plain_sum)
{
    static const int rooms[] = {0, 1, 5, 40};
    double level_s[3] = {300, 390, 500};
    int n = 1 + 3 * _i, places = 3 * n, room = rooms[_i % 4];
    double rate = 1.2 * n / 200, patience = _i % 2 == 0 ? 90 : 0, weight = 1, total = 0, full = 0;
    double waiting = 0, queue = 0, in_service = 0;
    for (int state = 0; state <= places + room; state++) {
        total += weight;
        full = weight;
        waiting += state >= places && state < places + room ? weight : 0;
        queue += state > places ? weight * (state - places) : 0;
        in_service += weight * MIN(state, places);
        int next = state + 1, served = MIN(next, places);
        double finish = next > places && patience > 0 ? (next - places) / patience : 0;
        for (int agent = 0; agent < n; agent++) {
            int level = served / n + (agent < served % n);
            finish += level > 0 ? level / level_s[level - 1] : 0;
        }
        weight *= rate / finish;
    }
    struct erlang_system system = {rate, level_s[0], patience, 20, 0};
    struct erlang_metrics m;
    chat_busy_metrics(&system, level_s, 3, room, 0, n, &m);
    ck_assert_double_eq_tol(m.p_wait, waiting / total, 1e-12);
    ck_assert_double_eq_tol(m.blocked, full / total, 1e-12);
    ck_assert_double_eq_tol(m.queue_length, queue / total, 1e-10);
    ck_assert_double_eq_tol(m.occupancy, in_service / total / places, 1e-12);
    ck_assert_double_eq_tol(m.abandon, patience > 0 ? queue / total / patience / rate : 0, 1e-12);
}
END_TEST

/* Threshold blending with and without patience, by sums over the busy agents and the queue. The last row
   spans more orders of magnitude than a double. */
static const struct {
    double per_hour, aht_s, patience_s;
    int agents, idle;
} blends[] = {
    {100, 180, 0, 8, 2},  {100, 180, 60, 8, 0},  {100, 180, 60, 8, 8},    {200, 180, 45, 8, 3},
    {20, 300, 120, 5, 9}, {500, 240, 90, 40, 4}, {3.6, 180, 0, 300, 300},
};

START_TEST(blend_by_plain_sum)
{
    double rate = blends[_i].per_hour / 3600, h = blends[_i].aht_s, patience = blends[_i].patience_s;
    int n = blends[_i].agents, low = MAX(n - blends[_i].idle, 0);
    long double weight = 1, total = 0, busy = 0, queue = 0, all = 0;
    for (int state = low; state < n + 3000; state++) {
        total += weight;
        busy += weight * MIN(state, n);
        queue += weight * MAX(state - n, 0);
        all += state >= n ? weight : 0;
        weight *= rate / (MIN(state + 1, n) / h + (patience > 0 ? MAX(state + 1 - n, 0) / patience : 0));
    }
    struct erlang_system system = {rate, h, patience, 20, 0};
    struct erlang_metrics m;
    double outbound, gone = patience > 0 ? (double)(queue / total) / patience : 0;
    erlang_blend_metrics(&system, n, blends[_i].idle, &m, &outbound);
    ck_assert_double_eq_tol(m.p_wait, (double)(all / total), 1e-11);
    ck_assert_double_eq_tol(m.queue_length, (double)(queue / total), 1e-9);
    ck_assert_double_eq_tol(m.occupancy, (double)(busy / total) / n, 1e-11);
    ck_assert_double_eq_tol(m.abandon, gone / rate, 1e-11);
    ck_assert_double_eq_tol(outbound, (double)(busy / total) / h - (rate - gone), 1e-11);
}
END_TEST

/* Under busyness: the mean over 20,000 strips of the Gamma density, weighted by the contacts each brings. */
START_TEST(busyness_by_plain_sum)
{
    static const double cv2s[] = {0.0004, 0.01, 0.09};
    double level_s[3] = {300, 390, 500}, cv2 = cv2s[_i % 3], k = 1 / cv2, agents = 10.4 + _i;
    struct erlang_system system = {1.05 * 10 * 3 / 500., level_s[0], 90, 20, 5};
    struct erlang_metrics want, m;
    double brought = 0, in_time = 0, abandon = 0, time = 0, occupancy = 0;
    int strips = 20000;
    for (int i = 0; i < strips; i++) {
        double width = (2.2 + 12 * sqrt(cv2)) / strips, factor = (i + 0.5) * width;
        double density = exp(k * log(k) + (k - 1) * log(factor) - k * factor - lgamma(k)) * width;
        if (density < 1e-14)
            continue;
        struct erlang_system busy = system;
        busy.rate_per_s *= factor;
        chat_metrics(&busy, level_s, 3, agents, &want);
        brought += density * factor;
        in_time += density * factor * want.in_time;
        abandon += density * factor * want.abandon;
        time += density;
        occupancy += density * want.occupancy;
    }
    chat_busy_metrics(&system, level_s, 3, -1, cv2, agents, &m);
    ck_assert_double_eq_tol(m.in_time, in_time / brought, 2e-6);
    ck_assert_double_eq_tol(m.abandon, abandon / brought, 2e-6);
    ck_assert_double_eq_tol(m.occupancy, occupancy / time, 2e-6);
    struct erlang_targets targets = {SL_OFFERED, 0.85, 0, 1, 1};
    double sure = chat_required(&system, level_s, 3, &targets, false),
           unsure = chat_required_near(&system, level_s, 3, cv2, &targets, false, 0);
    ck_assert_msg(unsure > sure, "an uncertain load needs %g, a certain one %g", unsure, sure);
    chat_busy_metrics(&system, level_s, 3, -1, cv2, unsure, &m);
    ck_assert_double_eq_tol(m.sl[SL_OFFERED], 0.85, 2e-6);
    ck_assert_double_eq_tol(chat_required_near(&system, level_s, 3, cv2, &targets, false, 3 * unsure), unsure,
                            1e-9);
}
END_TEST

START_TEST(edges)
{
    double level_s[2] = {300, 400};
    struct erlang_system none = {0, 300, 60, 20, 0}, huge = {200, 300, 60, 20, 0},
                         light = {1e-7, 300, 60, 20, 0};
    struct erlang_metrics m;
    chat_metrics(&none, level_s, 2, 0, &m);
    ck_assert(m.sl[SL_OFFERED] == 1 && m.occupancy == 0);
    chat_metrics(&huge, level_s, 2, 3, &m);
    ck_assert(m.sl[SL_OFFERED] >= 0 && m.sl[SL_OFFERED] < 1e-3 && m.abandon > 0.99 && m.occupancy > 0.999);
    chat_metrics(&huge, level_s, 2, 0, &m);
    ck_assert(m.sl[SL_OFFERED] == 0 && m.abandon == 1);
    chat_metrics(&light, level_s, 2, 5000, &m);
    ck_assert(m.sl[SL_OFFERED] == 1 && m.p_wait == 0 && m.abandon == 0 && m.occupancy < 1e-6);
    chat_metrics(&light, level_s, 2, 0.5, &m);
    ck_assert(m.sl[SL_OFFERED] > 0.49 && m.sl[SL_OFFERED] < 0.51);
    huge.patience_s = 0;
    chat_metrics(&huge, level_s, 2, 3.5, &m);
    ck_assert(m.sl[SL_OFFERED] == 0 && isinf(m.asa_answered_s) && m.occupancy == 1);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("scheduler/chat");
    TCase *t = tcase_create("chain");
    tcase_add_loop_test(t, required_agents, 0, G_N_ELEMENTS(required));
    tcase_add_loop_test(t, even_levels_are_erlang_a, 0, 3);
    tcase_add_loop_test(t, chain_by_plain_sum, 0, 12);
    tcase_add_loop_test(t, room_by_plain_sum, 0, 12);
    tcase_add_loop_test(t, blend_by_plain_sum, 0, G_N_ELEMENTS(blends));
    tcase_add_loop_test(t, busyness_by_plain_sum, 0, 6);
    tcase_add_test(t, edges);
    suite_add_tcase(s, t);
    return s;
}

TEST_MAIN(suite)
