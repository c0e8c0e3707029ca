/*
 * The simulation against closed forms (Erlang A and C, chat), against exact day curves and published
 * simulations (with the shared data), and what must hold in every run.
 */
#include <math.h>
#include <string.h>

#include "scheduler/simulate/hall.h"
#include "scheduler/staffing/chat.h"
#include "scheduler/staffing/staffing.h"
#include "tests/support/testing.h"

#define N_IV 200
#define HOUR_S 3600

/* One group, one or two queues, constant load and staff over N_IV hours. */
struct steady {
    struct hall hall;
    struct hall_queue queues[2];
    struct hall_group group;
    struct call_source sources[2];
    double offered[2][N_IV], aht_s[2][N_IV];
    int staff[N_IV];
    int skill[2];
    double speed[2];
    struct hall_count counts[2 * N_IV];
};

static void steady_init(struct steady *s, int n_queues, double per_hour, double aht_s, double patience_s,
                        int agents, double threshold_s, int concurrency)
{
    *s = (struct steady){.skill = {0, 1}, .speed = {1, 1}};
    for (int q = 0; q < n_queues; q++) {
        s->queues[q] = (struct hall_queue){.threshold_s = threshold_s,
                                           .short_abandon_s = 5,
                                           .concurrency = concurrency,
                                           .aht_s = s->aht_s[q]};
        s->sources[q] =
            (struct call_source){.offered = s->offered[q], .aht_s = s->aht_s[q], .patience_s = patience_s};
        for (int iv = 0; iv < N_IV; iv++) {
            s->offered[q][iv] = per_hour / n_queues;
            s->aht_s[q][iv] = aht_s;
        }
    }
    for (int iv = 0; iv < N_IV; iv++)
        s->staff[iv] = agents;
    s->group =
        (struct hall_group){.queues = s->skill, .speed = s->speed, .n_queues = n_queues, .staff = s->staff};
    s->hall = (struct hall){.grid = {0, HOUR_S, N_IV},
                            .queues = s->queues,
                            .n_queues = n_queues,
                            .groups = &s->group,
                            .n_groups = 1};
}

/* One replication: how to run an engine. */
static void steady_once(struct steady *s, double cv, uint64_t seed)
{
    struct calls calls = {0};
    struct calls_ask ask = {.sources = s->sources,
                            .n_queues = s->hall.n_queues,
                            .grid = &s->hall.grid,
                            .handle_cv = cv,
                            .seed = seed};
    struct hall_engine *engine = hall_engine_new(&s->hall);
    struct hall_result result = {.counts = s->counts};
    calls_draw(&calls, &ask);
    hall_run(engine, &calls, seed, &result);
    hall_engine_free(engine);
    calls_clear(&calls);
}

/* Sums over all queues and hours but the first two. */
static struct hall_count steady_run(struct steady *s, double cv, uint64_t seed)
{
    struct hall_count sum = {0};
    steady_once(s, cv, seed);
    for (int q = 0; q < s->hall.n_queues; q++)
        for (int iv = 2; iv < N_IV; iv++) {
            const struct hall_count *c = &s->counts[q * N_IV + iv];
            sum.offered += c->offered;
            sum.answered += c->answered;
            sum.in_time += c->in_time;
            sum.abandoned += c->abandoned;
            sum.abandoned_in_time += c->abandoned_in_time;
            sum.abandoned_short += c->abandoned_short;
            sum.virtual_in_time += c->virtual_in_time;
            sum.wait_s += c->wait_s;
            sum.busy_s += c->busy_s;
        }
    return sum;
}

static const struct {
    const char *what;
    int queues;
    double per_hour, aht_s, patience_s;
    int agents;
    double threshold_s;
    double tolerance; /* of shares: four standard errors of so many hours */
} erlangs[] = {
    {"ten agents, patience", 1, 120, 270, 120, 10, 20, 0.012},
    {"fifty agents, patience", 1, 700, 250, 90, 50, 20, 0.008},
    {"fifty agents, two queues in one group", 2, 700, 250, 90, 50, 20, 0.008},
    {"overload, patience", 1, 800, 300, 60, 50, 10, 0.008},
    {"fifty agents, nobody leaves", 1, 640, 250, 0, 50, 20, 0.03},
    {"one agent", 1, 9, 240, 300, 1, 20, 0.05},
};

START_TEST(erlang_in_the_long_run)
{
    struct steady *s = g_new(struct steady, 1);
    steady_init(s, erlangs[_i].queues, erlangs[_i].per_hour, erlangs[_i].aht_s, erlangs[_i].patience_s,
                erlangs[_i].agents, erlangs[_i].threshold_s, 1);
    struct hall_count sum = {0}, part;
    for (uint64_t seed = 1; seed <= 4; seed++) {
        part = steady_run(s, 0, seed);
        sum.offered += part.offered;
        sum.answered += part.answered;
        sum.in_time += part.in_time;
        sum.abandoned += part.abandoned;
        sum.abandoned_in_time += part.abandoned_in_time;
        sum.abandoned_short += part.abandoned_short;
        sum.virtual_in_time += part.virtual_in_time;
        sum.wait_s += part.wait_s;
        sum.busy_s += part.busy_s;
    }
    struct erlang_system system = {.rate_per_s = erlangs[_i].per_hour / HOUR_S,
                                   .aht_s = erlangs[_i].aht_s,
                                   .patience_s = erlangs[_i].patience_s,
                                   .threshold_s = erlangs[_i].threshold_s,
                                   .short_abandon_s = 5};
    struct erlang_metrics want;
    erlang_metrics(&system, erlangs[_i].agents, &want);
    double offered = sum.offered, present_s = 4.0 * (N_IV - 2) * HOUR_S * erlangs[_i].agents;
    const struct {
        const char *name;
        double got, want, tolerance;
    } rows[] = {
        {"in time", sum.in_time / offered, want.in_time, erlangs[_i].tolerance},
        {"abandon", sum.abandoned / offered, want.abandon, erlangs[_i].tolerance},
        {"abandon in time", sum.abandoned_in_time / offered, want.abandon_in_time, erlangs[_i].tolerance},
        {"abandon short", sum.abandoned_short / offered, want.abandon_short, erlangs[_i].tolerance},
        {"virtual", sum.virtual_in_time / offered, want.sl[SL_VIRTUAL], 1.5 * erlangs[_i].tolerance},
        {"occupancy", sum.busy_s / present_s, want.occupancy, erlangs[_i].tolerance},
        {"asa", sum.wait_s / sum.answered, want.asa_answered_s,
         fmax(0.5, erlangs[_i].patience_s > 0 ? 0.06 * want.asa_answered_s : 0.25 * want.asa_answered_s)},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        ck_assert_msg(fabs(rows[i].got - rows[i].want) <= rows[i].tolerance, "%s: %s %.4f, Erlang says %.4f",
                      erlangs[_i].what, rows[i].name, rows[i].got, rows[i].want);
    ck_assert_int_eq(sum.offered, sum.answered + sum.abandoned);
    g_free(s);
}
END_TEST

/* Levels of handling time: two and three chats at once. */
static const struct {
    int concurrency;
    double level_aht_s[3];
    double per_hour;
    int agents;
} chats[] = {{2, {480, 640, 0}, 120, 12}, {3, {420, 520, 690}, 300, 20}, {2, {300, 300, 0}, 60, 4}};

START_TEST(chat_in_the_long_run)
{
    struct steady *s = g_new(struct steady, 1);
    steady_init(s, 1, chats[_i].per_hour, chats[_i].level_aht_s[0], 240, chats[_i].agents, 45,
                chats[_i].concurrency);
    s->queues[0].level_aht_s = _i < 2 ? chats[_i].level_aht_s : NULL;
    struct erlang_system system = {.rate_per_s = chats[_i].per_hour / HOUR_S,
                                   .aht_s = chats[_i].level_aht_s[0],
                                   .patience_s = 240,
                                   .threshold_s = 45};
    struct erlang_metrics want;
    chat_metrics(&system, chats[_i].level_aht_s, chats[_i].concurrency, chats[_i].agents, &want);
    double in_time = 0, abandoned = 0, offered = 0, busy_s = 0;
    for (uint64_t seed = 1; seed <= 4; seed++) {
        struct hall_count sum = steady_run(s, 0, seed);
        in_time += sum.in_time;
        abandoned += sum.abandoned;
        offered += sum.offered;
        busy_s += sum.busy_s;
    }
    double occupancy = busy_s / (4.0 * (N_IV - 2) * HOUR_S * chats[_i].agents);
    ck_assert_msg(fabs(in_time / offered - want.in_time) < 0.015, "in time %.4f, exact %.4f",
                  in_time / offered, want.in_time);
    ck_assert_msg(fabs(abandoned / offered - want.abandon) < 0.01, "abandon %.4f, exact %.4f",
                  abandoned / offered, want.abandon);
    /* the chain spreads chats evenly at any time; here an agent may have three while another has one */
    ck_assert_msg(fabs(occupancy - want.occupancy) < 0.025, "occupancy %.4f, exact %.4f", occupancy,
                  want.occupancy);
    g_free(s);
}
END_TEST

/* M/M/12 of 480 min days, 4.2 contacts/min of 2 min, 20 s: Buist & L'Ecuyer, ContactCenters, example MMC:
 * 1816.16 in target a day (95 %: 1812.6 … 1819.7), 0.902 of the served, wait 0.099 min, occupancy 0.695. */
START_TEST(published_day)
{
    struct steady *s = g_new(struct steady, 1);
    steady_init(s, 1, 252, 120, 0, 12, 20, 1);
    s->hall.grid.n = 8;
    double in_time = 0, answered = 0, wait_s = 0;
    int days = 1500;
    for (int day = 0; day < days; day++) {
        steady_once(s, 0, (uint64_t)day);
        for (int iv = 0; iv < 8; iv++) {
            in_time += s->counts[iv].in_time;
            answered += s->counts[iv].answered;
            wait_s += s->counts[iv].wait_s;
        }
    }
    ck_assert_double_eq_tol(in_time / days, 1816.16, 8);
    ck_assert_double_eq_tol(in_time / answered, 0.902, 0.004);
    ck_assert_double_eq_tol(wait_s / 60 / answered, 0.099, 0.006);
    g_free(s);
}
END_TEST

/* Days whose staff changes every quarter hour, agents finish their contact: exact curves by uniformisation.
 * The level there freezes staff at the arrival, so intervals before a change differ a little. */
START_TEST(exact_day_curves)
{
    g_autofree char *path = testing_shared("data/staffing/transient_given.csv", "exact day curves");
    if (path == NULL)
        return;
    g_autofree char *text = NULL;
    ck_assert(g_file_get_contents(path, &text, NULL, NULL));
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    struct steady *s = g_new(struct steady, 1);
    double want[N_IV];
    steady_init(s, 1, 0, 600, 120, 0, 20, 1);
    int n = 0;
    for (int i = 1; lines[i] != NULL; i++) {
        g_auto(GStrv) cells = g_strsplit(lines[i], ",", -1);
        if (g_strv_length(cells) < 11 || strstr(cells[0], "drop-exh") == NULL)
            continue;
        s->hall.grid.interval_s = (int32_t)g_ascii_strtod(cells[2], NULL);
        s->offered[0][n] = g_ascii_strtod(cells[3], NULL) * s->hall.grid.interval_s / HOUR_S;
        s->aht_s[0][n] = g_ascii_strtod(cells[4], NULL);
        s->sources[0].patience_s = g_ascii_strtod(cells[5], NULL);
        s->queues[0].threshold_s = g_ascii_strtod(cells[6], NULL);
        s->staff[n] = (int)g_ascii_strtod(cells[7], NULL);
        want[n++] = g_ascii_strtod(cells[10], NULL);
    }
    ck_assert_int_gt(n, 10);
    s->hall.grid.n = n;
    double in_time[N_IV] = {0}, offered[N_IV] = {0}, all = 0, expected = 0, contacts = 0;
    for (int day = 0; day < 3000; day++) {
        steady_once(s, 0, (uint64_t)day);
        for (int iv = 0; iv < n; iv++) {
            in_time[iv] += s->counts[iv].in_time;
            offered[iv] += s->counts[iv].offered;
        }
    }
    for (int iv = 0; iv < n; iv++) {
        ck_assert_msg(fabs(in_time[iv] / offered[iv] - want[iv]) < 0.03, "interval %d: %.4f, exact %.4f", iv,
                      in_time[iv] / offered[iv], want[iv]);
        all += in_time[iv];
        expected += want[iv] * offered[iv];
        contacts += offered[iv];
    }
    ck_assert_msg(fabs(all - expected) < 0.006 * contacts, "day: %.4f, exact %.4f", all / contacts,
                  expected / contacts);
    g_free(s);
}
END_TEST

/* Same seed, same contacts, whatever the staff; and a queue more changes nobody else's. */
START_TEST(contacts_are_common)
{
    struct steady *s = g_new(struct steady, 1);
    struct calls one = {0}, two = {0};
    steady_init(s, 2, 300, 200, 100, 10, 20, 1);
    struct calls_ask ask = {
        .sources = s->sources, .n_queues = 1, .grid = &s->hall.grid, .handle_cv = 0.7, .seed = 5};
    calls_draw(&one, &ask);
    ask.n_queues = 2;
    calls_draw(&two, &ask);
    int k = 0;
    double work_s = 0, square = 0;
    for (int i = 0; i < two.n; i++) {
        ck_assert(i == 0 || two.call[i].at >= two.call[i - 1].at);
        if (two.call[i].queue != 0)
            continue;
        ck_assert(k < one.n && two.call[i].at == one.call[k].at && two.call[i].work_s == one.call[k].work_s &&
                  two.call[i].patience_s == one.call[k].patience_s);
        work_s += (double)one.call[k].work_s;
        square += pow((double)one.call[k].work_s, 2);
        k++;
    }
    ck_assert_int_eq(k, one.n);
    double mean = work_s / k, cv = sqrt(square / k / mean / mean - 1);
    ck_assert_double_eq_tol(k, 150.0 * N_IV, 4 * sqrt(150.0 * N_IV));
    ck_assert_double_eq_tol(mean, 200, 4);
    ck_assert_double_eq_tol(cv, 0.7, 0.03);
    calls_clear(&one);
    calls_clear(&two);
    g_free(s);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("scheduler/simulate");
    TCase *t = tcase_create("hall");
    tcase_set_timeout(t, 120);
    tcase_add_loop_test(t, erlang_in_the_long_run, 0, G_N_ELEMENTS(erlangs));
    tcase_add_loop_test(t, chat_in_the_long_run, 0, G_N_ELEMENTS(chats));
    tcase_add_test(t, published_day);
    tcase_add_test(t, exact_day_curves);
    tcase_add_test(t, contacts_are_common);
    suite_add_tcase(s, t);
    return s;
}

TEST_MAIN(suite)
