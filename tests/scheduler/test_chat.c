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

/* Sums over states with waits by the incomplete Beta and Gamma functions of scipy 1.17; of 2,600 random cases
   compared the worst differed by 3e-12. want: P(wait), turned away, abandon, queue, occupancy, ASA of the
   answered, levels. */
static const struct {
    double rate_per_s;
    int agents, room;
    double patience_s, threshold_s, short_s;
    int concurrency;
    double level_s[5], want[6 + SL_DEFINITION_N];
} cases[] = {
    {0.0333333333333,
     2,
     40,
     20,
     20,
     5,
     1,
     {30, 0, 0, 0, 0},
     {0.2527379235734, 1.734527624838e-58, 0.1208931146391, 0.08059540975935, 0.43955344268, 1.478558854239,
      0.8620996771712, 0.9806539927364, 0.9655716487101, 0.9692610376742, 0.9071568474549, 0.9164428372842}},
    {0.01,
     3,
     -1,
     5,
     600,
     5,
     1,
     {300, 0, 0, 0, 0},
     {0.3570152894694, 0, 0.3404036702809, 0.01702018351405, 0.6595963297191, 0.1214289667402,
      0.6595963297191, 1, 1, 1, 0.84693137618, 0.9991129623234}},
    {0.0224852071006,
     8,
     4,
     20,
     60,
     5,
     3,
     {600, 780, 1014, 0, 0},
     {0.1012743711285, 5.347660899126e-05, 0.07254648183087, 0.03262445336774, 0.7542411155915,
      0.4676680517239, 0.9269577005865, 0.9995230311044, 0.9984503644407, 0.9985613239616, 0.9473028154336,
      0.972176037784}},
    {0.459330143541,
     120,
     40,
     20,
     10,
     10,
     4,
     {600, 660, 1254, 1254, 0},
     {0.5562135281816, 1.875136123752e-19, 0.1708716414953, 1.569729912302, 0.9949540302064, 3.08089846457,
      0.7426138363347, 0.8956560570115, 0.8720657508187, 0.8910566737727, 0.8720657508187, 0.8203828207482}},
    {0.000877192982456,
     2,
     -1,
     3000,
     600,
     10,
     4,
     {300, 570, 456, 456, 0},
     {7.418271719781e-09, 0, 1.451690257902e-10, 3.820237520794e-10, 0.03340893436592, 4.26992652227e-07,
      0.9999999998546, 0.9999999999997, 0.9999999999997, 0.9999999999997, 0.9999999998773, 0.9999999999997}},
    {0.208333333333,
     5,
     4,
     60,
     0.5,
     1,
     2,
     {180, 144, 0, 0, 0},
     {0.5545904821772, 0.4302207974572, 0.2372735590011, 2.965919487509, 0.9979306095335, 28.73081305299,
      0.01636512152076, 0.04921757521601, 0.01644070842399, 0.0209626669112, 0.01651619304708,
      0.02873057937885}},
    {21.8181818182,
     120,
     -1,
     300,
     10,
     1,
     2,
     {30, 33, 0, 0, 0},
     {1, 0, 0.6666666666669, 4363.636363642, 1, 329.5149418524, 0, 0, 0, 0.03278389951799, 0,
      1.110223024625e-16}},
    {0.00107499140007,
     1,
     -1,
     0,
     10,
     1,
     5,
     {1500, 1500, 2850, 2280, 2325.6},
     {0.1184641598484, 0, 0, 0.1184641598487, 0.4519219964121, 110.2001000575, 0.882802499246, 0.882802499246,
      0.882802499246, 0.882802499246, 0.882802499246, 0.882802499246}},
    {0.160256410256,
     20,
     -1,
     3000,
     0.5,
     1,
     3,
     {180, 144, 187.2, 0, 0},
     {7.131750809079e-09, 0, 1.474267333805e-11, 7.087823720198e-09, 0.4307453357539, 4.413677716617e-08,
      0.9999999934185, 0.9999999934332, 0.9999999934196, 0.9999999934196, 0.9999999934207, 0.9999999934185}},
    {0.000833333333333,
     3,
     -1,
     0,
     600,
     10,
     1,
     {180, 0, 0, 0, 0},
     {0.0005096262740651, 0, 0, 2.68224354771e-05, 0.04999999999998, 0.03218692257253, 0.9999999618535,
      0.9999999618535, 0.9999999618535, 0.9999999618535, 0.9999999618535, 0.9999999618535}},
    {0.000326797385621,
     2,
     1,
     0,
     600,
     5,
     2,
     {600, 612, 0, 0, 0},
     {5.231906888805e-05, 2.615953444403e-06, 0, 2.615953444403e-06, 0.0490308154084, 0.008004838480156,
      0.999996347606, 0.9999989635568, 0.999996347606, 0.999996347606, 0.999996347606, 0.9999989635568}},
    {97.9591836735,
     400,
     -1,
     20,
     0.5,
     1,
     4,
     {30, 24, 24.5, 19.6, 0},
     {1, 0, 0.1666666666669, 326.5306122455, 1, 3.640306761146, 3.091309872229e-11, 3.709571846676e-11,
      3.169566754222e-11, 0.02469008800247, 3.249804718326e-11, 3.158673322901e-11}},
    {0.09375,
     2,
     1,
     0,
     20,
     10,
     3,
     {300, 240, 192, 0, 0},
     {0.2254442756912, 0.6763328270736, 0, 0.6763328270736, 0.9790572475932, 22.28899754304, 0.2029955478685,
      0.6271737292143, 0.2029955478685, 0.2029955478685, 0.2029955478685, 0.6271737292143}},
    {0.340909090909,
     3,
     4,
     5,
     600,
     5,
     3,
     {30, 24, 26.4, 0, 0},
     {0.3503426372133, 0.005430836689155, 0.1675509276759, 0.2855981721747, 0.8060135286897, 0.5651014534597,
      0.827018235635, 1, 0.9934760733483, 0.9945691633108, 0.97386906306, 1}},
    {0.278491859469,
     13,
     1,
     0,
     20,
     1,
     5,
     {600, 612, 795.6, 875.2, 700.2},
     {0.2227129808503, 0.6681389425517, 0, 0.6681389425517, 0.9975459575732, 7.229328970498, 0.2970730934578,
      0.8951731057029, 0.2970730934578, 0.2970730934578, 0.2970730934578, 0.8951731057029}},
    {7.06713780919,
     120,
     4,
     20,
     20,
     10,
     5,
     {300, 240, 244.8, 249.7, 254.7},
     {0.3529363157816, 0.6421992562329, 0.02447113374683, 3.45881749072, 0.9999878574934, 1.399495723443,
      0.3333296100202, 1, 0.3416911806008, 0.3578007437671, 0.3416911805088, 1}},
};

START_TEST(random_cases_by_sums)
{
    struct erlang_system system = {cases[_i].rate_per_s, cases[_i].level_s[0], cases[_i].patience_s,
                                   cases[_i].threshold_s, cases[_i].short_s};
    struct erlang_metrics m;
    chat_busy_metrics(&system, cases[_i].level_s, cases[_i].concurrency, cases[_i].room, 0, cases[_i].agents,
                      &m);
    double got[6 + SL_DEFINITION_N] = {m.p_wait,       m.blocked,   m.abandon,
                                       m.queue_length, m.occupancy, m.asa_answered_s};
    for (int d = 0; d < SL_DEFINITION_N; d++)
        got[6 + d] = m.sl[d];
    for (int i = 0; i < 6 + SL_DEFINITION_N; i++)
        ck_assert_msg(fabs(got[i] - cases[_i].want[i]) <= 1e-11 * fmax(1, fabs(cases[_i].want[i])),
                      "value %d: %.15g, want %.15g", i, got[i], cases[_i].want[i]);
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
    {20, 300, 120, 5, 9}, {500, 240, 90, 40, 4}, {3.6, 180, 0, 300, 300}, {100, 180, 60, 40, 35},
};

static void check_blend(double per_hour, double h, double patience, int n, int idle)
{
    double rate = per_hour / 3600;
    int low = MAX(n - idle, 0);
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
    erlang_blend_metrics(&system, n, idle, &m, &outbound);
    ck_assert_double_eq_tol(m.p_wait, (double)(all / total), 1e-11);
    ck_assert_double_eq_tol(m.queue_length, (double)(queue / total), 1e-9);
    ck_assert_double_eq_tol(m.occupancy, (double)(busy / total) / n, 1e-11);
    ck_assert_double_eq_tol(m.abandon, gone / rate, 1e-11);
    ck_assert_double_eq_tol(outbound, (double)(busy / total) / h - (rate - gone), 1e-11);
    /* outbound starts in the lowest state alone: few of it are still right, none are none */
    double least = (double)(low / total) / h;
    ck_assert_double_eq_tol(outbound, least,
                            1e-10 * least + (low < n && m.p_wait < 0.999 ? 1e-300 : 1e-13 * n / h));
}

START_TEST(blend_by_plain_sum)
{
    check_blend(blends[_i].per_hour, blends[_i].aht_s, blends[_i].patience_s, blends[_i].agents,
                blends[_i].idle);
}
END_TEST

START_TEST(blend_at_random)
{
    uint64_t state = (uint64_t)_i * 7919 + 3;
    for (int k = 0; k < 20; k++) {
        double x[5];
        for (int i = 0; i < 5; i++) {
            state = state * 6364136223846793005u + 1442695040888963407u;
            x[i] = (double)(state >> 40) / (1 << 24);
        }
        int n = 1 + (int)(60 * x[0] * x[0]), idle = (int)((n + 2) * x[1]);
        double h = 30 + 600 * x[2], patience = x[3] < 0.3 ? 0 : 600 * x[3],
               ratio = patience > 0 ? 2 * x[4] : 0.9 * x[4];
        check_blend(3600 * n / h * fmax(ratio, 1e-3), h, patience, n, idle);
    }
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
    tcase_add_loop_test(t, blend_at_random, 0, 20);
    tcase_add_loop_test(t, random_cases_by_sums, 0, G_N_ELEMENTS(cases));
    tcase_add_loop_test(t, busyness_by_plain_sum, 0, 6);
    tcase_add_test(t, edges);
    suite_add_tcase(s, t);
    return s;
}

TEST_MAIN(suite)
