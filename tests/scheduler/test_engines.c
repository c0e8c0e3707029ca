/*
 * The staffing engines against one another on random systems: closed forms, uniformisation, Crank-Nicolson,
 * event simulation and balance equations must tell the same story.
 */
#include <math.h>
#include <string.h>

#include "core/random.h"
#include "scheduler/simulate/hall.h"
#include "scheduler/staffing/erlang.h"
#include "scheduler/staffing/transient.h"
#include "tests/scheduler/skill_chain.h"
#include "tests/scheduler/tally.h"
#include "tests/support/testing.h"

#define SIGMAS 4.5 /* some 800 comparisons */

static double pick(struct random *random, const double *from, int n)
{
    return from[random_next(random) % (uint64_t)n];
}

static double between(struct random *random, double low, double high)
{
    return low + (high - low) * random_uniform(random);
}

/* Up to 40 erlang, 0.7 to 1.3 of what the agents can do. */
static void random_system(struct random *random, struct erlang_system *system, int *agents)
{
    static const double patience[] = {20, 60, 120, 300, 3600}, threshold[] = {0, 5, 20, 60};
    *agents = (int)exp(between(random, 0, 3.7));
    system->aht_s = between(random, 60, 900);
    system->rate_per_s = *agents * between(random, 0.7, 1.3) / system->aht_s;
    system->patience_s = pick(random, patience, G_N_ELEMENTS(patience));
    system->threshold_s = pick(random, threshold, G_N_ELEMENTS(threshold));
    system->short_abandon_s = pick(random, threshold, G_N_ELEMENTS(threshold));
}

#define N_SYSTEMS 40

/* The steady state stays as it is when time passes. */
START_TEST(steady_state_stays)
{
    struct random random;
    random_seed(&random, (uint64_t)_i);
    struct erlang_system system;
    int agents;
    random_system(&random, &system, &agents);
    struct erlang_metrics want;
    erlang_metrics(&system, agents, &want);
    const double offered[] = {system.rate_per_s * 900, system.rate_per_s * 900};
    const double aht_s[] = {system.aht_s, system.aht_s}, staff[] = {agents, agents};
    struct transient_input input = {.n = 2,
                                    .interval_s = 900,
                                    .offered = offered,
                                    .aht_s = aht_s,
                                    .agents = staff,
                                    .patience_s = system.patience_s,
                                    .threshold_s = system.threshold_s,
                                    .short_abandon_s = system.short_abandon_s,
                                    .start = TRANSIENT_STEADY};
    for (int engine = TRANSIENT_FAST; engine <= TRANSIENT_EXACT; engine++) {
        struct transient_cell cells[2];
        double tolerance = engine == TRANSIENT_EXACT ? 1e-8 : 1e-4;
        input.engine = (enum transient_engine)engine;
        transient_run(&input, cells);
        const struct {
            const char *what;
            double got, want;
        } rows[] = {{"waits", cells[1].p_wait, want.p_wait},
                    {"in time", cells[1].in_time, want.in_time},
                    {"gives up", cells[1].abandon, want.abandon},
                    {"in line", cells[1].queue / fmax(1, want.queue_length),
                     want.queue_length / fmax(1, want.queue_length)},
                    {"busy", cells[1].busy / agents, want.occupancy}};
        for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
            ck_assert_msg(fabs(rows[i].got - rows[i].want) <= tolerance,
                          "system %d, engine %d: %s %.10f, Erlang %.10f", _i, engine, rows[i].what,
                          rows[i].got, rows[i].want);
        for (int sl = 0; sl < SL_DEFINITION_N; sl++)
            ck_assert_msg(fabs(cells[1].sl[sl] - want.sl[sl]) <= tolerance,
                          "system %d, engine %d: definition %d %.10f, Erlang %.10f", _i, engine, sl,
                          cells[1].sl[sl], want.sl[sl]);
    }
}
END_TEST

/* A day of random loads and staff up to some 60 erlang. */
struct day {
    int32_t n;
    double offered[32], aht_s[32], agents[32];
    struct transient_input input;
};

static void random_day(struct random *random, bool whole, struct day *day)
{
    static const double lengths[] = {300, 900, 1800, 3600}, patience[] = {0, 20, 60, 300, 3600},
                        threshold[] = {0, 5, 20, 60};
    *day = (struct day){.n = 6 + (int)(random_next(random) % 20)};
    double interval_s = pick(random, lengths, G_N_ELEMENTS(lengths));
    double size = exp(between(random, 0.5, 4)), aht_s = exp(between(random, 4.3, 6.6));
    for (int32_t iv = 0; iv < day->n; iv++) {
        double load = size * between(random, 0.3, 1);
        day->aht_s[iv] = aht_s * between(random, 0.8, 1.2);
        day->offered[iv] = load / day->aht_s[iv] * interval_s;
        day->agents[iv] = fmax(load + between(random, -1.5, 2.5) * sqrt(load), 1);
        if (whole)
            day->agents[iv] = floor(day->agents[iv]);
    }
    day->input = (struct transient_input){.n = day->n,
                                          .interval_s = interval_s,
                                          .offered = day->offered,
                                          .aht_s = day->aht_s,
                                          .agents = day->agents,
                                          .patience_s = pick(random, patience, G_N_ELEMENTS(patience)),
                                          .threshold_s = pick(random, threshold, G_N_ELEMENTS(threshold)),
                                          .short_abandon_s = 5,
                                          .leave = (enum transient_leave)(random_next(random) % 2)};
}

#define N_DAYS 40

static void ck_fast(struct day *day, const char *what, int number)
{
    struct transient_cell fast[32], exact[32];
    day->input.engine = TRANSIENT_FAST;
    transient_run(&day->input, fast);
    day->input.engine = TRANSIENT_EXACT;
    transient_run(&day->input, exact);
    for (int32_t iv = 0; iv < day->n; iv++) {
        ck_assert_msg(fabs(fast[iv].p_wait - exact[iv].p_wait) <= 3e-3,
                      "%s %d, interval %d: waits %.5f, %.5f", what, number, iv, fast[iv].p_wait,
                      exact[iv].p_wait);
        for (int sl = 0; sl < SL_DEFINITION_N; sl++)
            ck_assert_msg(fabs(fast[iv].sl[sl] - exact[iv].sl[sl]) <= 2e-3 && fast[iv].sl[sl] >= 0,
                          "%s %d, interval %d: definition %d %.5f, exact %.5f", what, number, iv, sl,
                          fast[iv].sl[sl], exact[iv].sl[sl]);
    }
}

/* Load and staff that jump, in intervals of many handling times. */
static const struct {
    double interval_s, aht_s, patience_s, threshold_s;
    enum transient_leave leave;
    double load[4], agents[4]; /* again and again */
} jumps[] = {
    {1800, 83, 0, 0, TRANSIENT_PUSH_BACK, {20, 52, 30, 50}, {24, 40, 60, 56}},
    {3600, 80, 0, 0, TRANSIENT_PUSH_BACK, {20, 52, 30, 50}, {24, 40, 60, 56}},
    {3600, 290, 0, 20, TRANSIENT_PUSH_BACK, {15, 7, 14, 8.5}, {14, 15, 13, 14.6}},
    {3600, 60, 3600, 0, TRANSIENT_PUSH_BACK, {100, 30, 60, 90}, {70, 60, 65, 110}},
};

START_TEST(fast_at_jumps)
{
    struct day day = {.n = 16};
    for (int32_t iv = 0; iv < day.n; iv++) {
        day.aht_s[iv] = jumps[_i].aht_s;
        day.offered[iv] = jumps[_i].load[iv % 4] / jumps[_i].aht_s * jumps[_i].interval_s;
        day.agents[iv] = jumps[_i].agents[iv % 4];
    }
    day.input = (struct transient_input){.n = day.n,
                                         .interval_s = jumps[_i].interval_s,
                                         .offered = day.offered,
                                         .aht_s = day.aht_s,
                                         .agents = day.agents,
                                         .patience_s = jumps[_i].patience_s,
                                         .threshold_s = jumps[_i].threshold_s,
                                         .leave = jumps[_i].leave};
    ck_fast(&day, "jumps", _i);
}
END_TEST

/* Service levels of the fast engine are those of the exact one to 2e-3, also where a few handling times after
 * an abrupt change are all that an interval has, or a hundredth of it. */
START_TEST(fast_as_exact)
{
    struct random random;
    random_seed(&random, 100 + (uint64_t)_i);
    struct day day;
    random_day(&random, random_next(&random) % 2 == 0, &day);
    ck_fast(&day, "day", _i);
}
END_TEST

struct seen {
    struct tally wait, busy;
};

/* The day through the event simulation. */
static void simulate(const struct day *day, int days, struct seen *seen)
{
    int queue = 0, staff[32];
    for (int32_t iv = 0; iv < day->n; iv++)
        staff[iv] = (int)day->agents[iv];
    struct hall_group group = {.queues = &queue, .n_queues = 1, .staff = staff};
    struct hall_queue how = {.threshold_s = day->input.threshold_s, .concurrency = 1};
    struct hall hall = {.grid = {0, (int32_t)day->input.interval_s, day->n},
                        .queues = &how,
                        .n_queues = 1,
                        .groups = &group,
                        .n_groups = 1};
    struct call_source source = {
        .offered = day->offered, .aht_s = day->aht_s, .patience_s = day->input.patience_s};
    struct hall_count counts[32];
    double busy_s[32];
    struct hall_result result = {.counts = counts, .busy_s = busy_s};
    struct hall_engine *engine = hall_engine_new(&hall);
    struct calls calls = {0};
    for (uint64_t seed = 1; seed <= (uint64_t)days; seed++) {
        calls_draw(&calls,
                   &(struct calls_ask){.sources = &source, .n_queues = 1, .grid = &hall.grid, .seed = seed});
        hall_run(engine, &calls, seed, &result);
        for (int32_t iv = 0; iv < day->n; iv++) {
            tally_add(&seen[iv].wait, counts[iv].waited, counts[iv].offered);
            tally_add(&seen[iv].busy, busy_s[iv] / day->input.interval_s, day->agents[iv]);
        }
    }
    calls_clear(&calls);
    hall_engine_free(engine);
}

/* Agents finish their contacts; where handling times are the same all day, the chain and the events are one
 * model. */
START_TEST(events_as_chain)
{
    struct random random;
    random_seed(&random, 200 + (uint64_t)_i);
    struct day day;
    random_day(&random, true, &day);
    for (int32_t iv = 1; iv < day.n; iv++)
        day.aht_s[iv] = day.aht_s[0];
    day.input.engine = TRANSIENT_EXACT;
    day.input.leave = TRANSIENT_FINISH;
    struct transient_cell cells[32];
    transient_run(&day.input, cells);
    struct seen *seen = g_new0(struct seen, day.n);
    simulate(&day, 600, seen);
    for (int32_t iv = 0; iv < day.n; iv++) {
        const struct {
            const char *what;
            const struct tally *tally;
            double want;
        } rows[] = {{"waits", &seen[iv].wait, cells[iv].p_wait},
                    {"busy", &seen[iv].busy, cells[iv].busy / day.agents[iv]}};
        for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
            ck_assert_msg(tally_sigmas(rows[i].tally, rows[i].want, 0, 1e-3) <= SIGMAS,
                          "day %d, interval %d: %s %.5f (%.5f), exact %.5f", _i, iv, rows[i].what,
                          tally_ratio(rows[i].tally), tally_error(rows[i].tally), rows[i].want);
    }
    g_free(seen);
}
END_TEST

/* One or two classes and up to three groups of up to four agents, random routes and orders. */
static void random_chain(struct random *random, struct skill_chain *chain)
{
    *chain = (struct skill_chain){.n_classes = 1 + (int)(random_next(random) % 2),
                                  .n_groups = 1 + (int)(random_next(random) % 3),
                                  .room = 25};
    for (int g = 0; g < chain->n_groups; g++)
        chain->agents[g] = 1 + (int)(random_next(random) % 4);
    for (int k = 0; k < chain->n_classes; k++) {
        chain->arrive[k] = between(random, 10, 60);
        chain->leave[k] = between(random, 20, 60);
        int order[CHAIN_MAX];
        for (int g = 0; g < chain->n_groups; g++)
            order[g] = g;
        random_shuffle(random, order, chain->n_groups);
        for (int i = 0; i < chain->n_groups; i++)
            if (i == 0 || random_next(random) % 2 == 0)
                chain->route[k][chain->n_route[k]++] = order[i];
        for (int i = 0; i < chain->n_route[k]; i++) {
            int g = chain->route[k][i], at = chain->n_order[g]++;
            if (at > 0 && random_next(random) % 2 == 0) {
                chain->order[g][at] = chain->order[g][0];
                at = 0;
            }
            chain->order[g][at] = k;
            chain->serve[g][k] = between(random, 8, 30);
        }
    }
}

#define N_CHAINS 25

START_TEST(events_as_balance)
{
    enum { HISTORIES = 20 };
    struct random random;
    random_seed(&random, 300 + (uint64_t)_i);
    struct skill_chain chain;
    random_chain(&random, &chain);
    struct skill_figures exact, runs[HISTORIES];
    ck_assert(skill_chain_solve(&chain, &exact));
    skill_chain_simulate(&chain, HISTORIES, runs);
    for (int k = 0; k < chain.n_classes; k++) {
        struct tally wait = {0}, queue = {0}, abandon = {0}, busy = {0};
        for (int i = 0; i < HISTORIES; i++) {
            tally_add(&wait, runs[i].wait[k], 1);
            tally_add(&queue, runs[i].queue[k], 1);
            tally_add(&abandon, runs[i].abandon[k], 1);
            tally_add(&busy, runs[i].busy[k], 1);
        }
        const struct {
            const char *what;
            const struct tally *tally;
            double want;
        } rows[] = {{"waits", &wait, exact.wait[k]},
                    {"in line", &queue, exact.queue[k]},
                    {"gives up", &abandon, exact.abandon[k]},
                    {"served now", &busy, exact.busy[k]}};
        for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
            ck_assert_msg(tally_sigmas(rows[i].tally, rows[i].want, 0, 0) <= SIGMAS,
                          "chain %d, class %d: %s %.5f (%.5f), exact %.5f", _i, k, rows[i].what,
                          tally_ratio(rows[i].tally), tally_error(rows[i].tally), rows[i].want);
    }
    for (int g = 0; g < chain.n_groups; g++) {
        struct tally busy = {0};
        for (int i = 0; i < HISTORIES; i++)
            tally_add(&busy, runs[i].group_busy[g], 1);
        ck_assert_msg(tally_sigmas(&busy, exact.group_busy[g], 0, 0) <= SIGMAS,
                      "chain %d, group %d: busy %.5f (%.5f), exact %.5f", _i, g, tally_ratio(&busy),
                      tally_error(&busy), exact.group_busy[g]);
    }
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("scheduler/engines");
    TCase *t = tcase_create("engines");
    tcase_set_timeout(t, 60);
    tcase_add_loop_test(t, steady_state_stays, 0, N_SYSTEMS);
    tcase_add_loop_test(t, fast_as_exact, 0, N_DAYS);
    tcase_add_loop_test(t, fast_at_jumps, 0, G_N_ELEMENTS(jumps));
    tcase_add_loop_test(t, events_as_chain, 0, N_DAYS / 4);
    tcase_add_loop_test(t, events_as_balance, 0, N_CHAINS);
    suite_add_tcase(s, t);
    return s;
}

TEST_MAIN(suite)
