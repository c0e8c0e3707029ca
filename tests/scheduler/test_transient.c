#include "tests/support/testing.h"

#include "core/random.h"
#include "scheduler/staffing/erlang.h"
#include "scheduler/staffing/staffing.h"
#include "scheduler/staffing/transient.h"

#include <math.h>
#include <string.h>

#define DAY 48

/* ---- known answers ---- */

/* A day of 15-minute intervals, AHT 600 s, patience 120 s, T 20 s, from empty, agents finish their contacts
   when staff goes down: by an independent program (uniformisation in scipy). Per interval: contacts an hour,
   agents; served in time of those offered, waiting, mean queue, mean busy, abandons by contacts. */
static const struct {
    double per_hour, agents, want[5];
} known[] = {
    {23.96, 4, {0.857745900829, 0.155013347082, 0.0635557548545, 1.78511329571, 0.0795773224389}},
    {27.26, 6, {0.875151229721, 0.141745669444, 0.0610847562109, 3.50056768442, 0.0672246033136}},
    {31.68, 7, {0.867203926939, 0.153049831233, 0.0743476467343, 4.38484375334, 0.0704049684984}},
    {37.25, 8, {0.867796428007, 0.154421370146, 0.0841096242953, 5.21225402844, 0.0677392947344}},
    {43.81, 9, {0.859059694272, 0.166391795772, 0.102538680983, 6.13615329134, 0.0702159422389}},
    {50.96, 10, {0.843748316667, 0.186059432882, 0.129335211751, 7.14359528899, 0.0761392533857}},
    {58.08, 11, {0.827936553338, 0.206498319036, 0.15935653029, 8.17713129258, 0.0823122573814}},
    {64.42, 12, {0.819030294752, 0.219104058501, 0.182714919201, 9.16693349288, 0.0850892203667}},
    {69.22, 10, {0.542339027430, 0.517438505281, 0.573237853969, 8.87904772732, 0.248441716542}},
    {71.86, 11, {0.645500027812, 0.412573558160, 0.428493283638, 9.40273524966, 0.178886703439}},
    {71.99, 11, {0.613243285592, 0.448002801683, 0.484831984758, 9.54639795147, 0.202041388286}},
    {69.63, 11, {0.630880808995, 0.429104278455, 0.448849547822, 9.47311636018, 0.193386276528}},
    {65.19, 13, {0.845836480901, 0.190478641608, 0.153786132914, 9.91790799541, 0.0707713451055}},
};

static void known_day(enum transient_engine engine, double *offered, double *aht_s, double *agents,
                      struct transient_input *out)
{
    for (size_t iv = 0; iv < G_N_ELEMENTS(known); iv++) {
        offered[iv] = known[iv].per_hour / 4;
        aht_s[iv] = 600;
        agents[iv] = known[iv].agents;
    }
    *out = (struct transient_input){.n = G_N_ELEMENTS(known),
                                    .interval_s = 900,
                                    .offered = offered,
                                    .aht_s = aht_s,
                                    .agents = agents,
                                    .patience_s = 120,
                                    .threshold_s = 20,
                                    .engine = engine,
                                    .leave = TRANSIENT_FINISH};
}

START_TEST(known_answers)
{
    double offered[DAY], aht_s[DAY], agents[DAY];
    struct transient_input input;
    struct transient_cell cells[DAY];
    enum transient_engine engine = _i == 0 ? TRANSIENT_EXACT : TRANSIENT_FAST;
    known_day(engine, offered, aht_s, agents, &input);
    transient_run(&input, cells);
    for (int iv = 0; iv < input.n; iv++) {
        const struct transient_cell *c = &cells[iv];
        const double got[] = {c->sl[SL_OFFERED], c->p_wait, c->queue, c->busy, c->abandon};
        for (int k = 0; k < 5; k++)
            ck_assert_msg(fabs(got[k] - known[iv].want[k]) <= (engine == TRANSIENT_EXACT ? 1e-10 : 1e-3),
                          "interval %d, value %d: %.12g, want %.12g", iv, k, got[k], known[iv].want[k]);
    }
}
END_TEST

/* ---- steady states stay ---- */

static const struct {
    const char *what;
    double load_erl, aht_s, patience_s, threshold_s, short_s;
    int agents;
} steady[] = {
    {"small", 3, 200, 90, 20, 5, 4},
    {"middle", 60, 300, 120, 20, 6, 62},
    {"overloaded, callers give up", 60, 300, 120, 30, 10, 45},
    {"nobody gives up", 20, 240, 0, 20, 5, 24},
    {"long threshold", 12, 180, 300, 600, 60, 11},
    {"a threshold no double reaches", 300, 100, 400, 600, 3, 300},
    {"no threshold", 12, 180, 60, 0, 0, 12},
    {"large", 400, 300, 180, 20, 5, 405},
};

START_TEST(steady_states_stay)
{
    double offered[3], aht_s[3], agents[3];
    struct erlang_system system = {steady[_i].load_erl / steady[_i].aht_s, steady[_i].aht_s,
                                   steady[_i].patience_s, steady[_i].threshold_s, steady[_i].short_s};
    struct erlang_metrics want;
    erlang_metrics(&system, steady[_i].agents, &want);
    for (int iv = 0; iv < 3; iv++) {
        offered[iv] = system.rate_per_s * 900;
        aht_s[iv] = steady[_i].aht_s;
        agents[iv] = steady[_i].agents;
    }
    for (int engine = TRANSIENT_FAST; engine <= TRANSIENT_EXACT; engine++) {
        struct transient_cell cells[3];
        double tolerance = engine == TRANSIENT_EXACT ? 1e-10 : 1e-6;
        const struct transient_input input = {.n = 3,
                                              .interval_s = 900,
                                              .offered = offered,
                                              .aht_s = aht_s,
                                              .agents = agents,
                                              .patience_s = steady[_i].patience_s,
                                              .threshold_s = steady[_i].threshold_s,
                                              .short_abandon_s = steady[_i].short_s,
                                              .engine = (enum transient_engine)engine,
                                              .start = TRANSIENT_STEADY};
        transient_run(&input, cells);
        for (int iv = 0; iv < 3; iv++) {
            const struct transient_cell *c = &cells[iv];
            for (int d = 0; d < SL_DEFINITION_N; d++)
                ck_assert_msg(fabs(c->sl[d] - want.sl[d]) <= tolerance &&
                                  fabs(c->counted[d] - want.counted[d]) <= tolerance,
                              "%s, engine %d, interval %d, %s: %.12g of %.12g, want %.12g of %.12g",
                              steady[_i].what, engine, iv, sl_definition_name((enum sl_definition)d),
                              c->sl[d], c->counted[d], want.sl[d], want.counted[d]);
            ck_assert_msg(fabs(c->p_wait - want.p_wait) <= tolerance &&
                              fabs(c->abandon - want.abandon) <= tolerance &&
                              fabs(c->queue - want.queue_length) <= 100 * tolerance &&
                              fabs(c->busy - want.occupancy * steady[_i].agents) <= 100 * tolerance,
                          "%s, engine %d, interval %d: waits %g queue %g busy %g abandon %g", steady[_i].what,
                          engine, iv, c->p_wait - want.p_wait, c->queue - want.queue_length,
                          c->busy - want.occupancy * steady[_i].agents, c->abandon - want.abandon);
        }
    }
}
END_TEST

/* ---- days ---- */

static const struct {
    const char *what;
    double peak_erl, aht_s, patience_s, interval_s;
    double staff; /* agents beyond the load, in square roots of it */
    bool steps;   /* staff in steps of a third, else whole agents by interval */
    enum transient_leave leave;
} days[] = {
    {"small", 6, 180, 120, 900, 0.3, false, TRANSIENT_FINISH},
    {"small, long calls", 12, 1800, 120, 900, 0.3, false, TRANSIENT_FINISH},
    {"half hours, short calls", 20, 60, 60, 1800, 0.1, false, TRANSIENT_FINISH},
    {"hours", 8, 120, 600, 3600, 0.2, false, TRANSIENT_PUSH_BACK},
    {"five minutes", 25, 300, 90, 300, 0, false, TRANSIENT_PUSH_BACK},
    {"parts of agents", 15, 300, 120, 900, 0.25, true, TRANSIENT_FINISH},
    {"parts of agents leave at once", 15, 300, 120, 900, 0.25, true, TRANSIENT_PUSH_BACK},
    {"understaffed", 40, 300, 150, 900, -1.5, false, TRANSIENT_FINISH},
    {"nobody gives up", 30, 240, 0, 900, 1.2, false, TRANSIENT_FINISH},
    {"nobody gives up, overloaded", 30, 240, 0, 900, -0.4, false, TRANSIENT_PUSH_BACK},
    {"endless patience", 10, 240, 86400, 900, 0.5, false, TRANSIENT_FINISH},
    {"larger", 120, 400, 120, 900, 0.2, false, TRANSIENT_FINISH},
};

struct day {
    double offered[DAY], aht_s[DAY], agents[DAY];
    struct transient_input input;
};

/* Two humps, nothing at night. */
static void day_make(int i, enum transient_engine engine, struct day *day)
{
    for (int iv = 0; iv < DAY; iv++) {
        double x = (iv + 0.5) / DAY;
        double shape = exp(-pow((x - 0.3) / 0.13, 2)) + 0.85 * exp(-pow((x - 0.72) / 0.14, 2));
        double load_erl = days[i].peak_erl * (shape < 0.02 ? 0 : shape);
        double staff = fmax(load_erl + days[i].staff * sqrt(load_erl), 0);
        day->offered[iv] = load_erl * days[i].interval_s / days[i].aht_s;
        day->aht_s[iv] = load_erl > 0 ? days[i].aht_s : 0;
        day->agents[iv] = days[i].steps ? round(3 * staff) / 3 : round(staff + (iv % 7 == 3 ? 1 : 0));
    }
    day->input = (struct transient_input){.n = DAY,
                                          .interval_s = days[i].interval_s,
                                          .offered = day->offered,
                                          .aht_s = day->aht_s,
                                          .agents = day->agents,
                                          .patience_s = days[i].patience_s,
                                          .threshold_s = 20,
                                          .short_abandon_s = 5,
                                          .engine = engine,
                                          .leave = days[i].leave};
}

START_TEST(fast_is_near_exact)
{
    struct day day;
    struct transient_cell exact[DAY], fast[DAY];
    day_make(_i, TRANSIENT_EXACT, &day);
    transient_run(&day.input, exact);
    day.input.engine = TRANSIENT_FAST;
    transient_run(&day.input, fast);
    for (int iv = 0; iv < DAY; iv++) {
        const struct transient_cell *a = &exact[iv], *b = &fast[iv];
        for (int d = 0; d < SL_DEFINITION_N; d++)
            ck_assert_msg(fabs(a->sl[d] - b->sl[d]) <= 1e-3 && a->sl[d] >= 0 && a->sl[d] <= 1 &&
                              a->counted[d] >= 0 && a->counted[d] <= 1,
                          "%s, interval %d, %s: %.9g exact, %.9g fast", days[_i].what, iv,
                          sl_definition_name((enum sl_definition)d), a->sl[d], b->sl[d]);
        ck_assert_msg(fabs(a->p_wait - b->p_wait) <= 1e-3 &&
                          fabs(a->abandon - b->abandon) <= 5e-3 * fmax(1, a->abandon) &&
                          fabs(a->queue - b->queue) <= 2e-3 * fmax(1, a->queue) &&
                          fabs(a->queue_end - b->queue_end) <= 2e-3 * fmax(1, a->queue) &&
                          fabs(a->busy - b->busy) <= 3e-3 * fmax(1, a->busy),
                      "%s, interval %d: waits %g %g, queue %g %g, busy %g %g, abandon %g %g", days[_i].what,
                      iv, a->p_wait, b->p_wait, a->queue, b->queue, a->busy, b->busy, a->abandon, b->abandon);
    }
}
END_TEST

/* What comes in goes out or stays: contacts offered = served + given up + still there. */
START_TEST(nobody_is_lost)
{
    struct day day;
    struct transient_cell cells[DAY];
    day_make(_i, TRANSIENT_EXACT, &day);
    transient_run(&day.input, cells);
    double offered = 0, gone = 0;
    for (int iv = 0; iv < DAY; iv++) {
        offered += day.offered[iv];
        gone += cells[iv].busy * days[_i].interval_s / days[_i].aht_s;
        gone += day.offered[iv] > 0       ? cells[iv].abandon * day.offered[iv]
                : days[_i].patience_s > 0 ? cells[iv].queue * days[_i].interval_s / days[_i].patience_s
                                          : 0;
    }
    double there = cells[DAY - 1].queue_end + cells[DAY - 1].busy; /* about: busy is a mean */
    ck_assert_msg(fabs(offered - gone) <= there + 1e-6, "%s: %.9g offered, %.9g gone, %.9g there",
                  days[_i].what, offered, gone, there);
}
END_TEST

/* ---- changing a day ---- */

static void cells_near(const struct transient_cell *a, const struct transient_cell *b, double tolerance,
                       const char *what, int move)
{
    for (int iv = 0; iv < DAY; iv++)
        ck_assert_msg(fabs(a[iv].sl[SL_OFFERED] - b[iv].sl[SL_OFFERED]) <= tolerance &&
                          fabs(a[iv].p_wait - b[iv].p_wait) <= tolerance,
                      "%s, move %d, interval %d: %.12g, from scratch %.12g", what, move, iv,
                      a[iv].sl[SL_OFFERED], b[iv].sl[SL_OFFERED]);
}

START_TEST(moves_are_like_full_runs)
{
    struct day day;
    struct transient_cell full[DAY], before[DAY];
    day_make(_i, TRANSIENT_FAST, &day);
    AUTO(transient) transient = transient_new(&day.input);
    transient_run(&day.input, full);
    cells_near(transient_cells(transient), full, 0, days[_i].what, -1);
    for (int move = 0; move < 30; move++) {
        uint64_t word = random_at(7, 1, (uint64_t)move);
        int32_t iv = (int32_t)(word % DAY);
        double old = day.agents[iv];
        memcpy(before, transient_cells(transient), sizeof before);
        day.agents[iv] = fmax(old + (int)((word >> 32) % 5) - 2, 0);
        int32_t to = transient_set(transient, iv, day.agents[iv]);
        ck_assert(to > iv && to <= DAY);
        if (move % 3 == 2) {
            transient_undo(transient);
            day.agents[iv] = old;
            ck_assert_mem_eq(transient_cells(transient), before, sizeof before);
        } else {
            transient_run(&day.input, full);
            cells_near(transient_cells(transient), full, 1e-6, days[_i].what, move);
        }
    }
}
END_TEST

/* ---- ends of the range ---- */

START_TEST(nobody_waits_for_a_free_agent)
{
    double offered[4] = {50, 80, 20, 60}, aht_s[4] = {300, 300, 300, 300}, agents[4] = {500, 500, 500, 500};
    struct transient_cell cells[4];
    struct transient_input input = {.n = 4,
                                    .interval_s = 900,
                                    .offered = offered,
                                    .aht_s = aht_s,
                                    .agents = agents,
                                    .threshold_s = 10,
                                    .engine = _i == 0 ? TRANSIENT_EXACT : TRANSIENT_FAST};
    transient_run(&input, cells);
    double busy = 0; /* M(t)/M/infinity */
    for (int iv = 0; iv < 4; iv++) {
        double steady_erl = offered[iv] / 3, left = -expm1(-3);
        double mean = steady_erl + (busy - steady_erl) * left / 3;
        busy = steady_erl + (busy - steady_erl) * (1 - left);
        ck_assert_double_eq_tol(cells[iv].busy, mean, _i == 0 ? 1e-9 : 5e-3);
        ck_assert_double_eq_tol(cells[iv].sl[SL_OFFERED], 1, 1e-9);
    }
}
END_TEST

static const struct {
    const char *what;
    double offered[3], agents[3], patience_s;
    bool closed[3];
    enum transient_start start;
    double want_sl[3], want_queue_end[3], tolerance;
} ends[] = {
    {"nothing offered", {0, 0, 0}, {3, 0, 2.5}, 60, {0}, TRANSIENT_STEADY, {1, 1, 1}, {0, 0, 0}, 0},
    {"nobody there",
     {30, 30, 30},
     {0, 0, 0},
     300,
     {0},
     TRANSIENT_EMPTY,
     {0, 0, 0},
     {9.5021, 9.9752, 9.9988},
     1e-3},
    {"nobody there, nobody gives up",
     {30, 30, 30},
     {0, 0, 0},
     0,
     {0},
     TRANSIENT_STEADY,
     {0, 0, 0},
     {30, 60, 90},
     1e-3},
    {"far too few",
     {900, 900, 900},
     {100, 100, 100},
     0,
     {0},
     TRANSIENT_STEADY,
     {0.0163, 0, 0},
     {600, 1200, 1800},
     0.05},
    {"closed in the middle",
     {30, 30, 30},
     {0, 5, 40},
     0,
     {false, true, false},
     TRANSIENT_EMPTY,
     {0, 1, 1},
     {30, 0, 0},
     1e-6},
};

START_TEST(ends_of_the_range)
{
    static const double aht_s[3] = {300, 300, 300};
    for (int engine = TRANSIENT_FAST; engine <= TRANSIENT_EXACT; engine++)
        for (int leave = TRANSIENT_FINISH; leave <= TRANSIENT_PUSH_BACK; leave++) {
            struct transient_cell cells[3];
            const struct transient_input input = {.n = 3,
                                                  .interval_s = 900,
                                                  .offered = ends[_i].offered,
                                                  .aht_s = aht_s,
                                                  .agents = ends[_i].agents,
                                                  .closed = ends[_i].closed,
                                                  .patience_s = ends[_i].patience_s,
                                                  .threshold_s = 20,
                                                  .engine = (enum transient_engine)engine,
                                                  .leave = (enum transient_leave)leave,
                                                  .start = ends[_i].start};
            transient_run(&input, cells);
            for (int iv = 0; iv < 3; iv++) {
                double queue = ends[_i].want_queue_end[iv];
                ck_assert_msg(fabs(cells[iv].sl[SL_OFFERED] - ends[_i].want_sl[iv]) <= ends[_i].tolerance &&
                                  fabs(cells[iv].queue_end - queue) <= ends[_i].tolerance * fmax(1, queue),
                              "%s, engine %d, leave %d, interval %d: level %g, queue %g", ends[_i].what,
                              engine, leave, iv, cells[iv].sl[SL_OFFERED], cells[iv].queue_end);
            }
        }
}
END_TEST

/* ---- of a roster's queue ---- */

static const struct {
    const char *what;
    double cv2;
    int skills, concurrency;
    enum channel channel;
    bool uneven, jumps;
    double least, most; /* level along the day beyond the expected one, in the interval of the jump; NAN: no
                           figure */
    double patience_s;
} queues[] = {
    {"steady", 0, 1, 1, CHANNEL_VOICE, false, false, -1e-4, 1e-4, 120},
    {"steady, uncertain days", 0.04, 1, 1, CHANNEL_VOICE, false, false, -0.01, 0.01, 120},
    {"agents serve another queue", 0, 2, 1, CHANNEL_VOICE, false, false, NAN, NAN, 120},
    {"nobody serves it", 0, 0, 1, CHANNEL_VOICE, false, false, NAN, NAN, 120},
    {"email", 0, 1, 1, CHANNEL_EMAIL, false, false, NAN, NAN, 120},
    {"chat", 0, 1, 2, CHANNEL_CHAT, false, false, -1e-4, 1e-4, 120},
    {"chat, slower side by side", 0, 1, 2, CHANNEL_CHAT, true, false, NAN, NAN, 120},
    {"after a shortage that lost contacts", 0, 1, 1, CHANNEL_VOICE, false, true, 0.01, 0.05, 120},
    {"after a shortage that made them wait", 0, 1, 1, CHANNEL_VOICE, false, true, -0.6, -0.1, 1800},
};

START_TEST(levels_of_a_roster)
{
    enum { N = 12, SHORT = 5 };
    double level_aht_s[2] = {300, queues[_i].uneven ? 400.0 : 300.0};
    struct skill skills[2] = {{.queue = 0, .proficiency = 1}, {.queue = 1, .proficiency = 1}};
    struct site site = {.id = (char *)"s", .zone = (char *)"UTC", .shrinkage = 0.1};
    struct agent agent = {.id = (char *)"a", .skills = skills, .n_skills = queues[_i].skills};
    struct queue queue[2];
    for (int q = 0; q < 2; q++)
        queue[q] = (struct queue){.id = (char *)"q",
                                  .zone = (char *)"UTC",
                                  .channel = q == 0 ? queues[_i].channel : CHANNEL_VOICE,
                                  .sla = {SL_ABAN_IGNORED, 0.8, 20, 0, 0, 1, 1, SLA_DAY},
                                  .patience_s = queues[_i].patience_s,
                                  .aht_s = 300,
                                  .shrinkage = 0.2,
                                  .concurrency = queues[_i].concurrency,
                                  .concurrent_aht_s = level_aht_s};
    struct operation operation = {.zone = (char *)"UTC",
                                  .queues = queue,
                                  .n_queues = 2,
                                  .sites = &site,
                                  .n_sites = 1,
                                  .agents = &agent,
                                  .n_agents = queues[_i].skills > 0 ? 1 : 0};
    struct grid grid = {1764547200, 900, N};
    struct load load;
    double staffed[N], in_time[N], counted[N], offered[N], expected[N], expected_counted[N];
    load_init(&load, &grid);
    load.busyness_cv2 = queues[_i].cv2;
    double present = queues[_i].skills > 0 ? 0.9 * 0.8 : 0.8;
    for (int iv = 0; iv < N; iv++) {
        load.offered[iv] = 60;
        load.aht_s[iv] = 300;
        staffed[iv] = (queues[_i].jumps && iv < SHORT ? 16 : 22) / present / queues[_i].concurrency;
    }
    g_autoptr(GError) error = NULL;
    staffing_along(&operation, 0, &load, staffed, in_time, counted, &error);
    ck_no_error(error);
    staffing_expected(&operation, 0, &load, staffed, offered, expected, expected_counted);
    if (isnan(queues[_i].least)) {
        for (int iv = 0; iv < N; iv++)
            ck_assert_msg(isnan(in_time[iv]) && isnan(counted[iv]), "%s: a figure", queues[_i].what);
    } else {
        double beyond = in_time[SHORT] / counted[SHORT] - expected[SHORT] / expected_counted[SHORT];
        ck_assert_msg(beyond >= queues[_i].least && beyond <= queues[_i].most, "%s: %g beyond expected",
                      queues[_i].what, beyond);
        ck_assert(counted[SHORT] > 30 && counted[SHORT] <= 60 + 1e-9);
    }
    load_clear(&load);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("scheduler/transient");
    TCase *tc = tcase_create("transient");
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, known_answers, 0, 2);
    tcase_add_loop_test(tc, steady_states_stay, 0, G_N_ELEMENTS(steady));
    tcase_add_loop_test(tc, fast_is_near_exact, 0, G_N_ELEMENTS(days));
    tcase_add_loop_test(tc, nobody_is_lost, 0, G_N_ELEMENTS(days));
    tcase_add_loop_test(tc, moves_are_like_full_runs, 0, G_N_ELEMENTS(days));
    tcase_add_loop_test(tc, nobody_waits_for_a_free_agent, 0, 2);
    tcase_add_loop_test(tc, ends_of_the_range, 0, G_N_ELEMENTS(ends));
    tcase_add_loop_test(tc, levels_of_a_roster, 0, G_N_ELEMENTS(queues));
    suite_add_tcase(s, tc);
    return s;
}

TEST_MAIN(suite)
