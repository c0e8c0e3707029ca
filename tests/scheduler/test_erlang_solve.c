#include "tests/support/testing.h"

#include "scheduler/staffing/erlang_solve.h"

#include <math.h>

/* Averages over the Gamma factor by 40-point Gauss-Legendre panels in SciPy, 10 digits. AHT 180 s, T 20 s. */
static const struct {
    double load_erl, agents, patience_s, cv2, in_time, abandon, abandon_in_time, occupancy;
} busy[] = {
    {92, 100, 120, 0.0004, 0.9672143866, 0.0150319389, 0.0140937973, 0.9061706163},
    {92, 100, 120, 0.01, 0.9241177613, 0.0275062005, 0.0239670079, 0.8946942955},
    {92, 100, 120, 0.09, 0.7162279395, 0.0916608443, 0.0557565063, 0.8356720232},
    {18, 20, 60, 0.04, 0.8192033115, 0.0949792997, 0.0688871235, 0.8145186303},
    {26, 20, 120, 1, 0.2330228942, 0.4715504551, 0.1208448354, 0.6869844084},
    {960, 1000, 300, 0.01, 0.8334380735, 0.0243972087, 0.0169981611, 0.9365786797},
    {92, 100, 0, 0.01, 0.6385757451, 0.0000000000, 0.0000000000, 0.9095336153},
    {2.2, 3, 90, 0.3, 0.6171118755, 0.2332433301, 0.0818954893, 0.5622882246},
};

START_TEST(busyness)
{
    double wide = busy[_i].cv2 > 0.1 ? 2e-5 : 2e-6;
    struct erlang_system system = {busy[_i].load_erl / 180, 180, busy[_i].patience_s, 20, 5};
    struct erlang_metrics m;
    erlang_busy_metrics(&system, busy[_i].cv2, busy[_i].agents, &m);
    ck_assert_double_eq_tol(m.in_time, busy[_i].in_time, wide);
    ck_assert_double_eq_tol(m.abandon, busy[_i].abandon, wide);
    ck_assert_double_eq_tol(m.abandon_in_time, busy[_i].abandon_in_time, wide);
    ck_assert_double_eq_tol(m.occupancy, busy[_i].occupancy, wide);
    ck_assert_double_eq_tol(m.sl[SL_ANSWERED], m.in_time / (1 - m.abandon), 1e-12);
    ck_assert(busy[_i].patience_s > 0 || isinf(m.asa_answered_s));
}
END_TEST

START_TEST(busyness_fades_away)
{
    struct erlang_system system = {busy[_i].load_erl / 180, 180, busy[_i].patience_s, 20, 5};
    struct erlang_metrics certain, none, hardly;
    erlang_metrics(&system, busy[_i].agents, &certain);
    erlang_busy_metrics(&system, 0, busy[_i].agents, &none);
    erlang_busy_metrics(&system, 1e-9, busy[_i].agents, &hardly);
    const double *a = (const double *)&certain, *b = (const double *)&none, *c = (const double *)&hardly;
    for (size_t i = 0; i < sizeof certain / sizeof *a; i++) {
        ck_assert_msg(a[i] <= b[i] && a[i] >= b[i], "value %zu: %.17g at cv2 0, %.17g without", i, b[i],
                      a[i]);
        ck_assert_msg(fabs(a[i] - c[i]) <= 1e-5 * fmax(fabs(a[i]), 1), "value %zu: %.17g at cv2 1e-9, not %g",
                      i, c[i], a[i]);
    }
}
END_TEST

static const struct {
    const char *what;
    struct erlang_system system;
    double cv2, agents;
    struct erlang_targets targets;
    enum erlang_variable variable;
    double least, most; /* 1e-6 relative; NAN: no value meets the targets */
} solves[] = {
    /* Erlang C: 200 calls an hour of 180 s, 14 agents reach 88.835 % in 20 s, 13 do not */
    {"agents",
     {200 / 3600.0, 180, 0, 20, 0},
     0,
     0,
     {SL_OFFERED, 0.88835002, 0, 1, 1},
     ERLANG_AGENTS,
     14,
     INFINITY},
    {"load", {0, 180, 0, 20, 0}, 0, 14, {SL_OFFERED, 0.88835002, 0, 1, 1}, ERLANG_RATE, 0, 200 / 3600.0},
    {"handling time",
     {200 / 3600.0, 0, 0, 20, 0},
     0,
     14,
     {SL_OFFERED, 0.88835002, 0, 1, 1},
     ERLANG_AHT,
     0,
     180},
    {"threshold",
     {200 / 3600.0, 180, 0, 0, 0},
     0,
     14,
     {SL_OFFERED, 0.88835002, 0, 1, 1},
     ERLANG_THRESHOLD,
     20,
     INFINITY},
    {"any patience does",
     {200 / 3600.0, 180, 0, 20, 0},
     0,
     14,
     {SL_OFFERED, 0.8, 0, 1, 1},
     ERLANG_PATIENCE,
     0,
     INFINITY},
    {"T of 0 does",
     {200 / 3600.0, 180, 0, 20, 0},
     0,
     40,
     {SL_OFFERED, 0.9, 0, 1, 1},
     ERLANG_THRESHOLD,
     0,
     INFINITY},
    {"T cannot mend abandons",
     {0.5, 180, 120, 20, 0},
     0,
     80,
     {SL_OFFERED, 0.9, 0, 1, 1},
     ERLANG_THRESHOLD,
     NAN,
     NAN},
    {"nothing is served", {0.5, 180, 120, 20, 0}, 0, 0, {SL_OFFERED, 0.9, 0, 1, 1}, ERLANG_RATE, NAN, NAN},
    {"nothing offered", {0, 180, 120, 20, 0}, 0, 0, {SL_OFFERED, 0.9, 0, 1, 1}, ERLANG_AGENTS, 0, INFINITY},
    {"no service level of 1 in overload",
     {0.5, 180, 0, 20, 0},
     0,
     85,
     {SL_OFFERED, 0.8, 0, 1, 1},
     ERLANG_THRESHOLD,
     NAN,
     NAN},
    /* too little patience loses contacts, too much clogs the queue */
    {"patience between",
     {5 / 180.0, 180, 0, 60, 0},
     0,
     5,
     {SL_OFFERED, 0.75, 0, 1, 1},
     ERLANG_PATIENCE,
     25.52568223,
     55.60106037},
    {"patience against abandons",
     {0.5, 180, 0, 20, 0},
     0,
     92,
     {SL_OFFERED, 0, 0, 0.01, 1},
     ERLANG_PATIENCE,
     2729.2586478936,
     INFINITY},
    {"overload abandons",
     {0.5, 180, 0, 20, 0},
     0,
     80,
     {SL_OFFERED, 0, 0, 0.01, 1},
     ERLANG_PATIENCE,
     NAN,
     NAN},
    {"occupancy", {0.5, 180, 120, 20, 0}, 0, 0, {SL_OFFERED, 0, 0, 1, 0.5}, ERLANG_AGENTS, 180, INFINITY},
    {"busy: agents",
     {0.5, 180, 120, 20, 0},
     0.02,
     0,
     {SL_OFFERED, 0.8, 0, 1, 1},
     ERLANG_AGENTS,
     91.94022926,
     INFINITY},
    {"busy: load", {0, 180, 120, 20, 0}, 0.02, 91.94022926, {SL_OFFERED, 0.8, 0, 1, 1}, ERLANG_RATE, 0, 0.5},
};

static double margin_with(int i, double x)
{
    struct erlang_system system = solves[i].system;
    double agents = solves[i].agents;
    double *const fields[ERLANG_VARIABLE_N] = {&agents, &system.rate_per_s, &system.aht_s, &system.patience_s,
                                               &system.threshold_s};
    *fields[solves[i].variable] = x;
    struct erlang_metrics m;
    erlang_busy_metrics(&system, solves[i].cv2, agents, &m);
    return erlang_margin(&m, &solves[i].targets);
}

START_TEST(solving)
{
    struct erlang_range range = {-1, -1};
    bool found = erlang_solve(&solves[_i].system, solves[_i].cv2, solves[_i].agents, &solves[_i].targets,
                              solves[_i].variable, &range);
    ck_assert_msg(found != isnan(solves[_i].least), "%s: found %d, %g to %g", solves[_i].what, found,
                  range.least, range.most);
    if (!found) {
        ck_assert_double_eq(range.least, -1);
        return;
    }
    const double got[] = {range.least, range.most}, want[] = {solves[_i].least, solves[_i].most};
    for (int side = 0; side < 2; side++) {
        ck_assert_msg(isinf(want[side]) ? isinf(got[side])
                                        : fabs(got[side] - want[side]) <= 1e-6 * want[side],
                      "%s: side %d is %.10g, want %.10g", solves[_i].what, side, got[side], want[side]);
        if (isinf(got[side]) || got[side] <= 0)
            continue;
        ck_assert_msg(margin_with(_i, got[side]) >= 0, "%s: %.10g fails", solves[_i].what, got[side]);
        ck_assert_msg(margin_with(_i, got[side] * (side == 0 ? 1 - 1e-6 : 1 + 1e-6)) < 0,
                      "%s: beyond %.10g meets too", solves[_i].what, got[side]);
    }
}
END_TEST

START_TEST(guess_changes_nothing)
{
    static const double guesses[] = {0, 1, 50, 95, 96.3, 97, 1e4};
    for (int whole = 0; whole < 2; whole++)
        for (double patience_s = 0; patience_s < 200; patience_s += 120) {
            struct erlang_system system = {0.5, 180, patience_s, 20, 5};
            struct erlang_targets targets = {(enum sl_definition)_i, 0.8, 0, 1, 1};
            double want = erlang_required(&system, &targets, whole);
            for (size_t i = 0; i < G_N_ELEMENTS(guesses); i++)
                ck_assert_double_eq_tol(erlang_required_near(&system, 0, &targets, whole, guesses[i]), want,
                                        whole ? 1e-9 : 1e-7);
        }
}
END_TEST

START_TEST(tables)
{
    static const double patience[] = {0, 30, 120, 3600}, loads[] = {0, 0.4, 9, 92, 700};
    enum { N = 60 };
    double sl[N], counted[N], abandon[N], occupancy[N];
    struct erlang_table table = {sl, counted, abandon, occupancy};
    for (size_t p = 0; p < G_N_ELEMENTS(patience); p++)
        for (size_t l = 0; l < G_N_ELEMENTS(loads); l++)
            for (int real = 0; real < 2; real++) {
                struct erlang_system system = {loads[l] / 180, 180, patience[p], 20, 5};
                double first = fmax(floor(loads[l] - 15), 0) + 0.3 * real, step = real ? 0.7 : 1;
                double cv2 = real && l == 2 ? 0.02 : 0;
                erlang_table(&system, cv2, (enum sl_definition)_i, first, step, N, &table);
                for (int i = 0; i < N; i++) {
                    struct erlang_metrics m;
                    erlang_busy_metrics(&system, cv2, first + i * step, &m);
                    ck_assert_msg(fabs(sl[i] - m.sl[_i]) <= 1e-10 &&
                                      fabs(counted[i] - m.counted[_i]) <= 1e-10 &&
                                      fabs(abandon[i] - m.abandon) <= 1e-10 &&
                                      fabs(occupancy[i] - m.occupancy) <= 1e-10,
                                  "patience %g, load %g, %g agents: %.12g %.12g %.12g %.12g, not %.12g %.12g "
                                  "%.12g %.12g",
                                  patience[p], loads[l], first + i * step, sl[i], counted[i], abandon[i],
                                  occupancy[i], m.sl[_i], m.counted[_i], m.abandon, m.occupancy);
                }
            }
}
END_TEST

/* Without patience busy times make waits endless up to some staff, and never again above it. */
static const struct {
    double load_erl, aht_s, cv2, from, step;
} endless[] = {
    {1.26995, 47.9, 0.1, 4, 0.05},
    {14.5783, 284.5, 0.1, 50, 0.25},
    {11.9, 131, 0.5, 100, 2},
    {124.9, 291.7, 0.1, 440, 1.5},
};

START_TEST(waits_end_once)
{
    struct erlang_system system = {endless[_i].load_erl / endless[_i].aht_s, endless[_i].aht_s, 0, 20, 0};
    bool ended = false;
    for (int k = 0; k < 80; k++) {
        struct erlang_metrics m;
        double agents = endless[_i].from + k * endless[_i].step;
        erlang_busy_metrics(&system, endless[_i].cv2, agents, &m);
        ck_assert_msg(!ended || isfinite(m.asa_answered_s), "%g erlang: endless at %g agents, not below",
                      endless[_i].load_erl, agents);
        ck_assert_int_eq(isfinite(m.asa_answered_s), isfinite(m.queue_length));
        ended = ended || isfinite(m.asa_answered_s);
    }
    ck_assert(ended);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("scheduler/erlang_solve");
    TCase *t = tcase_create("all");
    tcase_set_timeout(t, 120);
    tcase_add_loop_test(t, busyness, 0, G_N_ELEMENTS(busy));
    tcase_add_loop_test(t, busyness_fades_away, 0, G_N_ELEMENTS(busy));
    tcase_add_loop_test(t, waits_end_once, 0, G_N_ELEMENTS(endless));
    tcase_add_loop_test(t, solving, 0, G_N_ELEMENTS(solves));
    tcase_add_loop_test(t, guess_changes_nothing, 0, SL_DEFINITION_N);
    tcase_add_loop_test(t, tables, 0, SL_DEFINITION_N);
    suite_add_tcase(s, t);
    return s;
}

TEST_MAIN(suite)
