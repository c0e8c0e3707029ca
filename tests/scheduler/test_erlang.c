#include "tests/support/testing.h"

#include "scheduler/staffing/chat.h"
#include "scheduler/staffing/erlang_solve.h"
#include "scheduler/staffing/poisson.h"
#include "tests/scheduler/staffing_vectors.h"

#include <math.h>

/* Published values, so that something is tested without the shared data. tolerance: half a unit of the last
 * digit given. */
enum quantity { BLOCKING, LN_BLOCKING, P_WAIT, SL, ASA, ABANDON, OCCUPANCY, REQUIRED, LOAD };
static const struct {
    const char *what;
    enum quantity quantity;
    double per_hour, aht_s, patience_s, threshold_s, agents, want, tolerance;
} published[] = {
    {"QueueSim notebook, Erlang B", BLOCKING, 384, 60, 0, 0, 8, 0.144394, 5e-7},
    {"10,000 lines, Mathematica", LN_BLOCKING, 12000, 60, 0, 0, 10000, -29325.7541713, 5e-8},
    {"erlang.com manual, 15 lines at 1 %", LOAD, 0.01, 0, 0, 0, 15, 8.108, 5e-4},
    {"CRAN ErlangC, 200 calls of 180 s, 11 agents", P_WAIT, 200, 180, 0, 20, 11, 0.6821182, 5e-8},
    {"CRAN ErlangC, 200 calls of 180 s, 14 agents", SL, 200, 180, 0, 20, 14, 0.88835002, 5e-9},
    {"CRAN ErlangC, 200 calls of 180 s, 14 agents", ASA, 200, 180, 0, 20, 14, 7.83593701177724, 5e-14},
    {"Garnett et al., 48 calls/min, 50 agents", ABANDON, 2880, 60, 120, 0, 50, 0.031, 5e-4},
    {"Garnett et al., 48 calls/min, 50 agents", OCCUPANCY, 2880, 60, 120, 0, 50, 0.93, 5e-3},
    {"pyworkforce tests, 80 % in 19.8 s", REQUIRED, 200, 180, 0, 19.8, 0.80, 14, 0},
    {"pyworkforce tests, 90 % in 19.8 s", REQUIRED, 200, 180, 0, 19.8, 0.90, 15, 0},
    {"400 calls of 180 s, 80/30: 24, not the 23 printed", REQUIRED, 400, 180, 0, 30, 0.80, 24, 0},
    {"8,407 calls of 90 s, 99/120: A needs more than C", REQUIRED, 8407, 90, 120, 120, 0.99, 220, 0},
};

static double quantity_of(int i)
{
    struct erlang_system system = {
        .rate_per_s = published[i].per_hour / 3600,
        .aht_s = published[i].aht_s,
        .patience_s = published[i].patience_s,
        .threshold_s = published[i].threshold_s,
    };
    double load = system.rate_per_s * system.aht_s, agents = published[i].agents;
    struct erlang_targets targets = {SL_OFFERED, agents, 0, 1, 1};
    struct erlang_metrics m;
    erlang_metrics(&system, agents, &m);
    switch (published[i].quantity) {
    case BLOCKING:
        return erlang_b(load, agents);
    case LN_BLOCKING:
        return erlang_b_ln(load, agents);
    case P_WAIT:
        return m.p_wait;
    case SL:
        return m.sl[SL_OFFERED];
    case ASA:
        return m.asa_offered_s;
    case ABANDON:
        return m.abandon;
    case OCCUPANCY:
        return m.occupancy;
    case REQUIRED:
        return erlang_required(&system, &targets, true);
    case LOAD:
        return erlang_b_load(agents, published[i].per_hour);
    }
    return NAN;
}

START_TEST(published_values)
{
    double got = quantity_of(_i);
    ck_assert_msg(fabs(got - published[_i].want) <= published[_i].tolerance, "%s: got %.12g, want %.12g",
                  published[_i].what, got, published[_i].want);
}
END_TEST

/* 60-digit sums over states and incomplete gamma functions, in mpmath: rows that were hard, and a spread of
 * sizes. */
static const struct {
    struct erlang_system system;
    double agents, want[8];
} exact[] = {
    {{0.00020616751264854107, 6069.87, 25.3826, 942.649, 30},
     1,
     {0.5571201025521056, 0.445193903318741, 0.5230064814275383, 0.554806096681259, 0.554806096681259,
      0.3854892528567832, 0.1315548914858211, 3381.719888752585}},
    {{0.010465977294483389, 41.0125, 4.3409, 140.69, 5},
     0.107239,
     {0.8998038939991099, 0.1100724816713001, 0.3768379828538169, 0.8899275183286998, 0.8899275183286947,
      0.6122654370367533, 0.3895059300134017, 344.2927499576124}},
    {{6.2183586045752044, 15.9206, 499.17, 9.375, 5},
     99,
     {0.8524200405456053, 0.740659378618909, 0.7457571961142385, 0.01214931139575983, 0.009828236072760921,
      0.006663621911522733, 6.070108125650714, 6.133441688770801}},
    {{0.75020094668214699, 447.88, 1241.05, 20, 30},
     336,
     {0.6301195989302938, 0.6036025008114656, 0.6054530883524355, 0.01633321374177709, 0.00815790445524594,
      0.01086379986100971, 20.18373719615497, 20.6940063249488}},
    {{1.2354630632855965, 178.129, 252.453, 355.195, 5},
     221,
     {0.52453956185659, 0.9774380229547207, 1, 0.02256197704527927, 0.02256197704527927, 0.008818615993159301,
      5.625930263678246, 5.898688369266063}},
    {{0.53444014510278115, 1075.1, 98695.5, 20, 2},
     577,
     {0.8261576187047708, 0.2301900250021975, 0.2301956905086584, 0.001909343190825074, 0.0001616455292270321,
      1.668304906386173e-05, 188.4289617455936, 188.8186405927061}},
    {{0.10291666666666666, 180, 180, 20, 5},
     19.5,
     {0.4408985519707358, 0.7239518928289141, 0.7329307657000487, 0.06912862831074022, 0.03706405600798051,
      0.0114373783404949, 11.58883081049301, 14.31815807861864}},
    {{0.083333333333333329, 180, 3600, 20, 5},
     25,
     {0.01234403814322964, 0.9959689728363695, 0.9959878696756076, 6.053723059523972e-05,
      4.112465105927827e-05, 1.494349957471558e-05, 0.2168857205823502, 0.2190006291841357}},
    {{1.6666666666666667, 180, 20, 20, 5},
     100,
     {0.9999973643356281, 0.1482113550617204, 0.3322973614468066, 0.666666679716842, 0.6061545713986333,
      0.2211828159783905, 21.08573932436317, 22.88573375464951}},
    {{0.027777777777777776, 180, 600, 0, 2},
     100,
     {5.994167008614643e-91, 1, 1, 1.886315270577183e-93, 0, 1.232351900900624e-93, 1.128228096398377e-90,
      1.135361466370555e-90}},
    {{5.4349121666666669, 240, 3087, 34, 30},
     1268,
     {0.9999014968319127, 0.01323475568167335, 0.01334552580915325, 0.02789127981656459, 0.01091808806194097,
      0.009649561353909772, 87.22934791950294, 87.4184745685376}},
    {{39.960000000000001, 300, 120, 20, 5},
     12000,
     {0.3552671733292526, 0.9960485148148573, 1, 0.003951485185142697, 0.003951485185142697,
      0.003946369102755717, 0.4718528139443729, 0.4783999855791946}},
    {{46.657244656488551, 2096, 19801, 920, 10},
     96787,
     {1, 0.9897070467141725, 1, 0.01029295328582742, 0.01029295328582742, 0.0005048974950778444,
      204.8561010656444, 204.8777568665268}},
    {{148.08202500000002, 300, 250, 5, 2},
     44362.5,
     {0.5891254886314512, 0.9970622121897214, 0.9998224500416613, 0.002763979090530715, 0.002763753576669443,
      0.002518744757161856, 0.6904328773218446, 0.6934724120770519}},
    {{0.00083333333333333328, 180, 60, 20, 5},
     0.29999999999999999,
     {0.5927835711828038, 0.4231343691989122, 0.4259245375152912, 0.5400453254946259, 0.1655225872986652,
      0.04721053956391462, 6.332413688671103, 357.1264543481853}},
    {{0.47499999999999998, 180, 120, 200, 5},
     45,
     {0.9999666638832465, 0.5263148216492174, 0.9999988933468132, 0.4736849791962207, 0.4736849693309948,
      0.04080799402166781, 75.03389191167057, 79.03364898224388}},
    {{0.5, 180, 120, 200, 5},
     45,
     {0.9999929955345543, 0.4999993128916648, 0.9999969941088332, 0.5000001468059917, 0.500000119368829,
      0.04080996741375201, 81.18883706905498, 85.18878521317771}},
    {{0.15666666666666668, 180, 240, 20, 5},
     60,
     {1.302920522627797e-07, 0.9999999942755305, 0.9999999968586946, 2.894784936164348e-09,
      2.834329027113852e-09, 1.769871180239338e-09, 6.795610113229735e-07, 7.102698311855605e-07}},
};

START_TEST(exact_values)
{
    static const char *const names[] = {"p_wait",          "in_time",       "virtual",      "abandon",
                                        "abandon_in_time", "abandon_short", "asa_answered", "asa_virtual"};
    struct erlang_metrics m, levels, waits;
    erlang_metrics(&exact[_i].system, exact[_i].agents, &m);
    const double got[] = {m.p_wait,          m.in_time,       m.sl[SL_VIRTUAL], m.abandon,
                          m.abandon_in_time, m.abandon_short, m.asa_answered_s, m.asa_virtual_s};
    for (size_t i = 0; i < G_N_ELEMENTS(got); i++)
        ck_assert_msg(fabs(got[i] - exact[_i].want[i]) <= 1e-12 * fmax(1, exact[_i].want[i]),
                      "%g agents: %s is %.17g, want %.17g", exact[_i].agents, names[i], got[i],
                      exact[_i].want[i]);
    erlang_metrics_of(&exact[_i].system, exact[_i].agents, ERLANG_LEVELS, &levels);
    erlang_metrics_of(&exact[_i].system, exact[_i].agents, ERLANG_WAITS, &waits);
    ck_assert_double_eq_tol(levels.in_time, m.in_time, 1e-14);
    ck_assert_double_eq_tol(levels.abandon, m.abandon, 1e-14);
    ck_assert_double_eq(waits.asa_answered_s, m.asa_answered_s);
    ck_assert_double_eq_tol(waits.abandon, m.abandon, 1e-14);
}
END_TEST

/* Rows of the shared files, per model: all of them must be there, be checked and hold. */
static const struct {
    const char *file, *model;
    int rows;
} vectors[] = {
    {"computed_given.csv", "erlang_b", 52},       {"computed_given.csv", "erlang_b_real", 10},
    {"computed_given.csv", "erlang_c", 43},       {"computed_given.csv", "erlang_c_real", 11},
    {"computed_given.csv", "erlang_c_req", 77},   {"computed_given.csv", "erlang_a", 86},
    {"computed_given.csv", "erlang_a_real", 11},  {"computed_given.csv", "erlang_a_req", 71},
    {"computed_given.csv", "chat_spread", 21},    {"computed_given.csv", "blend_threshold", 13},
    {"published_given.csv", "erlang_b", 27},      {"published_given.csv", "erlang_b_req", 3},
    {"published_given.csv", "erlang_b_load", 76}, {"published_given.csv", "erlang_c", 33},
    {"published_given.csv", "erlang_c_req", 6},   {"published_given.csv", "erlang_a", 1},
    {"published_given.csv", "erlang_a_k", 11},    {"published_given.csv", "blend_threshold", 1},
};

START_TEST(shared_vectors)
{
    g_autofree char *relative = g_strconcat("data/staffing/", vectors[_i].file, NULL);
    g_autofree char *path = testing_shared(relative, vectors[_i].model);
    if (path == NULL)
        return;
    g_autofree char *message = NULL;
    GPtrArray *results = vector_results(path, &message);
    ck_assert_msg(results != NULL, "%s", message);
    const struct vector_result *r = vector_results_find(results, vectors[_i].model);
    ck_assert_msg(r != NULL, "%s: no rows of %s", path, vectors[_i].model);
    ck_assert_msg(r->failed == 0, "%s %s: %d of %d rows failed, first %s", path, r->model, r->failed,
                  r->checked, r->first_failed);
    ck_assert_int_eq(r->rows, vectors[_i].rows);
    ck_assert_int_eq(r->checked, vectors[_i].rows);
    vector_results_free(results);
}
END_TEST

/* A grid of everything, light to absurd. Below one agent the continuation keeps every value sane, but what
   the answered ones experience need not be monotone there. */
static const double grid_load[] = {1e-9, 0.01, 0.3, 1, 4.7, 30, 99.5, 101, 1500, 1e5};
static const double grid_ratio[] = {0, 1e-3, 0.2, 0.5, 0.9, 0.99, 1, 1.01, 1.1, 1.5, 3, 50};
static const double grid_patience[] = {0, 1, 30, 120, 3600, 1e6};
static const double grid_threshold[] = {0, 1, 20, 300, 86400};

static void ck_sane(const struct erlang_metrics *m, bool patient, const char *where)
{
    ck_assert_msg(m->p_wait >= 0 && m->p_wait <= 1, "%s: p_wait %g", where, m->p_wait);
    ck_assert_msg(m->abandon >= 0 && m->abandon <= 1, "%s: abandon %g", where, m->abandon);
    ck_assert_msg(m->abandon_in_time >= 0 && m->abandon_in_time <= m->abandon, "%s: abandon in time %g",
                  where, m->abandon_in_time);
    ck_assert_msg(m->occupancy >= 0 && m->occupancy <= 1, "%s: occupancy %g", where, m->occupancy);
    ck_assert_msg(m->asa_offered_s >= 0 && m->asa_answered_s >= 0 && m->asa_virtual_s >= 0,
                  "%s: waits %g %g %g", where, m->asa_offered_s, m->asa_answered_s, m->asa_virtual_s);
    ck_assert_msg(m->queue_length >= 0, "%s: queue %g", where, m->queue_length);
    for (int d = 0; d < SL_DEFINITION_N; d++) {
        ck_assert_msg(m->sl[d] >= 0 && m->sl[d] <= 1, "%s: sl[%d] %g", where, d, m->sl[d]);
        ck_assert_msg(fabs(m->sl[SL_OFFERED] - m->sl[d]) <= 1e-12 || patient, "%s: definitions differ",
                      where);
    }
    ck_assert_msg(m->sl[SL_ANSWERED] >= m->sl[SL_OFFERED] - 1e-12 &&
                      m->sl[SL_ABAN_IGNORED] >= m->sl[SL_OFFERED] - 1e-12 &&
                      m->sl[SL_ABAN_POSITIVE] >= m->sl[SL_ABAN_IGNORED] - 1e-12,
                  "%s: definitions out of order", where);
}

START_TEST(sane_and_monotone)
{
    double load = grid_load[_i];
    for (size_t p = 0; p < G_N_ELEMENTS(grid_patience); p++) {
        for (size_t t = 0; t < G_N_ELEMENTS(grid_threshold); t++) {
            struct erlang_system system = {load / 180, 180, grid_patience[p], grid_threshold[t], 5};
            struct erlang_metrics m,
                last = {.p_wait = 1, .abandon = 1, .occupancy = 1, .asa_answered_s = INFINITY};
            for (size_t r = 0; r < G_N_ELEMENTS(grid_ratio); r++) {
                double agents = load * grid_ratio[r];
                g_autofree char *where = g_strdup_printf("load %g agents %g patience %g threshold %g", load,
                                                         agents, grid_patience[p], grid_threshold[t]);
                erlang_metrics(&system, agents, &m);
                ck_sane(&m, grid_patience[p] > 0, where);
                double slack = agents < 1e-6 ? 1e-6 : 1e-11; /* ratios of things near 0 */
                ck_assert_msg(m.p_wait <= last.p_wait + slack, "%s: p_wait rises", where);
                ck_assert_msg(m.abandon <= last.abandon + slack, "%s: abandon rises", where);
                ck_assert_msg(m.occupancy <= last.occupancy + slack, "%s: occupancy rises", where);
                ck_assert_msg(
                    r <= 1 || agents < 1 || m.asa_answered_s <= last.asa_answered_s * (1 + 1e-9) + slack,
                    "%s: asa rises from %.17g to %.17g", where, last.asa_answered_s, m.asa_answered_s);
                for (int d = 0; d < SL_DEFINITION_N; d++)
                    ck_assert_msg((agents < 1 && d == SL_ANSWERED) || m.sl[d] >= last.sl[d] - slack,
                                  "%s: sl[%d] falls from %.17g to %.17g", where, d, last.sl[d], m.sl[d]);
                last = m;
            }
        }
    }
}
END_TEST

/* The closed forms against plain sums over states: two independent routes to every number. */
START_TEST(closed_form_is_the_sum)
{
    static const double agents[] = {1, 3, 12, 80, 150, 0.7, 9.25, 33.4, 121.9};
    static const double ratio[] = {0.4, 0.9, 1.0, 1.2, 2.5}, patience[] = {15, 180, 2000};
    for (size_t r = 0; r < G_N_ELEMENTS(ratio); r++)
        for (size_t p = 0; p < G_N_ELEMENTS(patience); p++) {
            double n = agents[_i];
            struct erlang_system system = {n * ratio[r] / 180, 180, patience[p], 20, 5};
            struct erlang_metrics a, b;
            erlang_metrics(&system, n, &a);
            erlang_room_metrics(&system, n,
                                n + 40 + (int)(8 * system.rate_per_s * patience[p] + 40 * sqrt(n)), &b);
            const double *x = (const double *)&a, *y = (const double *)&b;
            for (size_t i = 0; i < sizeof a / sizeof *x; i++)
                ck_assert_msg(fabs(x[i] - y[i]) <= 1e-11 * fmax(1, fabs(y[i])),
                              "n %g load %g patience %g, value %zu: %.17g, sum %.17g", n, n * ratio[r],
                              patience[p], i, x[i], y[i]);
        }
}
END_TEST

START_TEST(required_is_least)
{
    static const double target[] = {0.3, 0.8, 0.99, 1.0}, patience[] = {0, 20, 400};
    double load = grid_load[_i];
    for (size_t t = 0; t < G_N_ELEMENTS(target); t++)
        for (size_t p = 0; p < G_N_ELEMENTS(patience); p++)
            for (int d = 0; d < SL_DEFINITION_N; d++) {
                struct erlang_system system = {load / 240, 240, patience[p], 20, 5};
                struct erlang_targets targets = {(enum sl_definition)d, target[t], 0, 1, 1};
                struct erlang_metrics m;
                double n = erlang_required(&system, &targets, true);
                ck_assert(isfinite(n) && n == floor(n));
                erlang_metrics(&system, n, &m);
                ck_assert_msg(m.sl[d] >= target[t] - 1e-12, "load %g target %g: %g agents give %.15g", load,
                              target[t], n, m.sl[d]);
                erlang_metrics(&system, n - 1, &m);
                ck_assert_msg(n == 0 || m.sl[d] < target[t] - 1e-12,
                              "load %g target %g: %g agents are too many", load, target[t], n);
                double real = erlang_required(&system, &targets, false);
                ck_assert_msg(real > n - 1 - 1e-9 && real <= n + 1e-9 * fmax(1, n),
                              "load %g target %g: real %.12g, whole %g", load, target[t], real, n);
            }
}
END_TEST

START_TEST(every_target_holds)
{
    struct erlang_system system = {0.5, 200, 150, 20, 0};
    static const struct erlang_targets rows[] = {
        {SL_OFFERED, 0.8, 0, 1, 1},    {SL_OFFERED, 0, 3, 1, 1},      {SL_OFFERED, 0, 0, 0.01, 1},
        {SL_OFFERED, 0, 0, 1, 0.8},    {SL_OFFERED, 0.8, 1, 0.02, 1}, {SL_ANSWERED, 0.9, 10, 0.05, 0.85},
        {SL_OFFERED, 0.01, 0, 1, 0.5},
    };
    struct erlang_metrics m;
    double n = erlang_required(&system, &rows[_i], false);
    erlang_metrics(&system, n, &m);
    ck_assert_double_ge(erlang_margin(&m, &rows[_i]), 0);
    erlang_metrics(&system, n - 1e-6, &m);
    ck_assert_double_lt(erlang_margin(&m, &rows[_i]), 0);
}
END_TEST

START_TEST(continuation_agrees)
{
    /* 1/B(n+1) = 1 + (n+1)/a / B(n) holds for real n, across the switch between the forms */
    for (double n = 0.013; n < 3000; n = n * 1.31 + 0.17)
        for (double a = 0.02; a < 4000; a *= 2.7) {
            double x = erlang_b_ln(a, n + 1), odds = (n + 1) / a * exp(-erlang_b_ln(a, n));
            if (isfinite(odds))
                ck_assert_msg(fabs(x + log1p(odds)) <= 1e-12 * fmax(1, fabs(x)), "n %g a %g: %.17g, %.17g", n,
                              a, x, -log1p(odds));
        }
}
END_TEST

START_TEST(edges)
{
    struct erlang_system none = {0, 180, 60, 20, 0}, overload = {1, 180, 0, 20, 0};
    struct erlang_metrics m;
    erlang_metrics(&none, 0, &m);
    ck_assert(m.sl[SL_OFFERED] == 1 && m.abandon == 0 && m.occupancy == 0 && m.asa_answered_s == 0);
    erlang_metrics(&overload, 100, &m);
    ck_assert(m.sl[SL_OFFERED] == 0 && isinf(m.asa_answered_s) && m.occupancy == 1 && m.p_wait == 1);
    overload.patience_s = 60;
    erlang_metrics(&overload, 0, &m);
    ck_assert(m.sl[SL_OFFERED] == 0 && m.abandon == 1 && m.asa_offered_s == 60);
    ck_assert_double_eq(erlang_b(10, 0), 1);
    ck_assert_double_eq(erlang_b(0, 10), 0);
    ck_assert(erlang_b_load(10, 0) == 0 && isinf(erlang_b_load(10, 1)));
    ck_assert(isinf(erlang_b_required(10, 0, true)));
    ck_assert_double_eq_tol(digamma(1), -0.57721566490153286, 1e-14);
}
END_TEST

/* Rows a search has failed on: an occupancy alone from a guess far below, a plateau where nearly everybody
 * leaves within T, fractions of an agent below the first look, a guess far above. */
/* Overload of people who hardly ever leave: the wait of the endlessly patient is that of a fluid, ln(load /
   agents) times the patience, but for a share of order 1 / (agents × patience / AHT). */
static const struct {
    double agents, overload, patience_s;
} patient[] = {
    {56000, 30, 1e9},    {56000, 1.95, 1e9}, {100000, 3, 1e9},
    {100000, 2.5, 1e11}, {1000, 3, 1e9},     {50, 30, 1e10},
};

START_TEST(overload_of_the_patient)
{
    double aht_s = 16, agents = patient[_i].agents, theta_s = patient[_i].patience_s;
    struct erlang_system system = {agents * patient[_i].overload / aht_s, aht_s, theta_s, 20, 0};
    struct erlang_metrics metrics;
    erlang_metrics(&system, agents, &metrics);
    double fluid_s = log(patient[_i].overload) * theta_s;
    ck_assert_double_eq_tol(metrics.asa_virtual_s / fluid_s, 1, 2e-10);
    ck_assert_double_eq_tol(metrics.asa_answered_s / fluid_s, 1, 2e-10);
}
END_TEST

static const struct {
    struct erlang_system system;
    struct erlang_targets targets;
    double guess, want;
} hard[] = {
    {{2461.009864005221, 19.275576563605423, 0, 20, 5},
     {SL_OFFERED, 0, 0, 1, 0.2049497251801945},
     100,
     231459},
    {{2461.009864005221, 19.275576563605423, 0, 20, 5},
     {SL_OFFERED, 0, 0, 1, 0.2049497251801945},
     1e6,
     231459},
    {{5.146889035449751, 545.7056505822858, 0, 1872.9, 0}, {SL_VIRTUAL, 0, 0, 1, 0.75}, 2068, 3745},
    {{3.04 / 600, 600, 30, 0, 5}, {SL_ANSWERED, 0.7, 0, 1, 1}, 0, 1},
    {{0.5, 180, 120, 20, 5}, {SL_OFFERED, 0.8, 0, 1, 1}, 1e6, 87},
    {{0.5, 180, 0, 20, 5}, {SL_OFFERED, 0.8, 0, 1, 1}, 1e6, 97},
};

START_TEST(required_hard)
{
    struct erlang_metrics m;
    double n = erlang_required_near(&hard[_i].system, 0, &hard[_i].targets, true, hard[_i].guess);
    double real = erlang_required_near(&hard[_i].system, 0, &hard[_i].targets, false, hard[_i].guess);
    ck_assert_msg(n >= hard[_i].want && n <= hard[_i].want, "row %d: %g agents, want %g", _i, n,
                  hard[_i].want);
    ck_assert_msg(real > n - 1 - 1e-6 && real <= n + 1e-6, "row %d: %.12g real", _i, real);
    erlang_metrics(&hard[_i].system, real, &m);
    ck_assert_double_ge(erlang_margin(&m, &hard[_i].targets), 0);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("scheduler/erlang");
    TCase *t = tcase_create("values");
    tcase_set_timeout(t, 120);
    tcase_add_loop_test(t, published_values, 0, G_N_ELEMENTS(published));
    tcase_add_loop_test(t, exact_values, 0, G_N_ELEMENTS(exact));
    tcase_add_loop_test(t, shared_vectors, 0, G_N_ELEMENTS(vectors));
    suite_add_tcase(s, t);
    t = tcase_create("properties");
    tcase_set_timeout(t, 120);
    tcase_add_loop_test(t, sane_and_monotone, 0, G_N_ELEMENTS(grid_load));
    tcase_add_loop_test(t, closed_form_is_the_sum, 0, 9);
    tcase_add_loop_test(t, required_is_least, 0, G_N_ELEMENTS(grid_load));
    tcase_add_loop_test(t, overload_of_the_patient, 0, G_N_ELEMENTS(patient));
    tcase_add_loop_test(t, required_hard, 0, G_N_ELEMENTS(hard));
    tcase_add_loop_test(t, every_target_holds, 0, 7);
    tcase_add_test(t, continuation_agrees);
    tcase_add_test(t, edges);
    suite_add_tcase(s, t);
    return s;
}

TEST_MAIN(suite)
