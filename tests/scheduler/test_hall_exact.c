/*
 * The event engine against exact results: rooms to wait in, callers who do not wait, blending, lognormal
 * handling, days written out by hand; and what must hold at the edges: nobody there, nobody calls, far too
 * many, a year.
 */
#include <math.h>
#include <string.h>

#include "scheduler/simulate/hall.h"
#include "scheduler/simulate/ticks.h"
#include "scheduler/staffing/chat.h"
#include "tests/support/testing.h"

#define HOUR_S 3600

/* One group with up to two queues, everything constant but where a test changes it. */
struct plain {
    struct hall hall;
    struct hall_queue queues[2];
    struct hall_group group;
    struct call_source sources[2];
    struct calls_ask ask;
    struct calls calls;
    struct hall_result result;
    double *offered[2], *aht_s[2];
    int *staff;
    int skill[2];
};

static struct plain *plain_new(int32_t interval_s, int32_t n, int n_queues, double per_hour, double aht_s,
                               double patience_s, int agents)
{
    struct plain *p = g_new0(struct plain, 1);
    p->hall = (struct hall){.grid = {0, interval_s, n},
                            .queues = p->queues,
                            .n_queues = n_queues,
                            .groups = &p->group,
                            .n_groups = 1};
    p->staff = g_new(int, n);
    p->skill[1] = 1;
    p->group = (struct hall_group){.queues = p->skill, .n_queues = n_queues, .staff = p->staff};
    for (int q = 0; q < n_queues; q++) {
        p->offered[q] = g_new(double, n);
        p->aht_s[q] = g_new(double, n);
        p->queues[q] = (struct hall_queue){.threshold_s = 20, .short_abandon_s = 5, .concurrency = 1};
        p->sources[q] =
            (struct call_source){.offered = p->offered[q], .aht_s = p->aht_s[q], .patience_s = patience_s};
        for (int iv = 0; iv < n; iv++) {
            p->offered[q][iv] = per_hour * interval_s / HOUR_S;
            p->aht_s[q][iv] = aht_s;
        }
    }
    for (int iv = 0; iv < n; iv++)
        p->staff[iv] = agents;
    p->ask =
        (struct calls_ask){.sources = p->sources, .n_queues = n_queues, .grid = &p->hall.grid, .seed = 5};
    size_t cells = (size_t)n * (size_t)n_queues;
    p->result = (struct hall_result){.counts = g_new(struct hall_count, cells),
                                     .backlog = g_new(struct hall_count, n_queues),
                                     .busy_s = g_new(double, n),
                                     .waiting = g_new(struct hall_backlog, cells)};
    return p;
}

static void plain_free(struct plain *p)
{
    void *const owned[] = {p->offered[0],    p->offered[1],     p->aht_s[0],      p->aht_s[1],      p->staff,
                           p->result.counts, p->result.backlog, p->result.busy_s, p->result.waiting};
    for (size_t i = 0; i < G_N_ELEMENTS(owned); i++)
        g_free(owned[i]);
    calls_clear(&p->calls);
    g_free(p);
}

static void plain_run(struct plain *p, bool draw)
{
    struct hall_engine *engine = hall_engine_new(&p->hall);
    if (draw)
        calls_draw(&p->calls, &p->ask);
    hall_run(engine, &p->calls, p->ask.seed, &p->result);
    hall_engine_free(engine);
}

/* Sums of a queue from interval `from` on. */
static struct hall_count plain_sum(const struct plain *p, int queue, int32_t from)
{
    struct hall_count sum = {0};
    for (int32_t iv = from; iv < p->hall.grid.n; iv++) {
        const struct hall_count *c = &p->result.counts[queue * p->hall.grid.n + iv];
        sum.offered += c->offered;
        sum.answered += c->answered;
        sum.in_time += c->in_time;
        sum.abandoned += c->abandoned;
        sum.abandoned_in_time += c->abandoned_in_time;
        sum.abandoned_short += c->abandoned_short;
        sum.virtual_in_time += c->virtual_in_time;
        sum.waited += c->waited;
        sum.blocked += c->blocked;
        sum.undecided += c->undecided;
        sum.wait_s += c->wait_s;
        sum.left_s += c->left_s;
        sum.busy_s += c->busy_s;
    }
    return sum;
}

/* ---- in the long run ---- */

static const struct {
    const char *what;
    double per_hour, aht_s, patience_s;
    int agents, room;
} rooms[] = {{"a small room", 252, 120, 0, 12, 5},
             {"no room at all: Erlang B", 200, 180, 60, 10, 0},
             {"room and patience", 400, 150, 90, 14, 6},
             {"overload", 900, 150, 40, 14, 10}};

START_TEST(room_to_wait_in)
{
    struct plain *p = plain_new(HOUR_S, 3000, 1, rooms[_i].per_hour, rooms[_i].aht_s, rooms[_i].patience_s,
                                rooms[_i].agents);
    p->queues[0].limited = true;
    p->queues[0].room = rooms[_i].room;
    plain_run(p, true);
    struct hall_count sum = plain_sum(p, 0, 2);
    struct erlang_system system = {.rate_per_s = rooms[_i].per_hour / HOUR_S,
                                   .aht_s = rooms[_i].aht_s,
                                   .patience_s = rooms[_i].patience_s,
                                   .threshold_s = 20,
                                   .short_abandon_s = 5};
    struct erlang_metrics want;
    erlang_room_metrics(&system, rooms[_i].agents, rooms[_i].agents + rooms[_i].room, &want);
    double offered = sum.offered, s = (p->hall.grid.n - 2) * (double)HOUR_S;
    const struct {
        const char *name;
        double got, want, tolerance;
    } rows[] = {{"blocked", sum.blocked / offered, want.blocked, 0.004},
                {"in time", sum.in_time / offered, want.in_time, 0.006},
                {"abandon", sum.abandoned / offered, want.abandon, 0.004},
                {"line", (sum.wait_s + sum.left_s) / s, want.queue_length, 0.03},
                {"occupancy", sum.busy_s / s / rooms[_i].agents, want.occupancy, 0.006}};
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        ck_assert_msg(fabs(rows[i].got - rows[i].want) < rows[i].tolerance, "%s: %s %.4f, exactly %.4f",
                      rooms[_i].what, rows[i].name, rows[i].got, rows[i].want);
    ck_assert_int_eq(sum.offered, sum.answered + sum.abandoned + sum.blocked);
    plain_free(p);
}
END_TEST

/* A share leaves at once when nobody is free, nobody else ever: a birth-death chain. */
static const struct {
    double per_hour, balk;
    int agents;
} balks[] = {{220, 0.1, 10}, {300, 0.5, 10}, {100, 1, 5}};

START_TEST(some_do_not_wait)
{
    struct plain *p = plain_new(HOUR_S, 3000, 1, balks[_i].per_hour, 150, 0, balks[_i].agents);
    p->sources[0].balk = balks[_i].balk;
    plain_run(p, true);
    struct hall_count sum = plain_sum(p, 0, 2);
    double load = balks[_i].per_hour * 150 / HOUR_S, weight = 1, all = 1, busy = 0, line = 0;
    for (int k = 1; k < 2000; k++) {
        double rate = k > balks[_i].agents ? load * (1 - balks[_i].balk) : load;
        weight *= rate / MIN(k, balks[_i].agents);
        all += weight;
        busy += k >= balks[_i].agents ? weight : 0;
        line += MAX(k - balks[_i].agents, 0) * weight;
    }
    double offered = sum.offered, s = (p->hall.grid.n - 2) * (double)HOUR_S;
    ck_assert_double_eq_tol(sum.abandoned / offered, balks[_i].balk * busy / all, 0.006);
    ck_assert_double_eq_tol(sum.waited / offered, busy / all, 0.012);
    ck_assert_double_eq_tol(sum.wait_s / s, line / all, 0.08 * line / all + 0.001);
    ck_assert_int_eq(sum.abandoned, sum.abandoned_in_time);
    plain_free(p);
}
END_TEST

/* As much deferred work as anybody wants, begun while more than `idle` agents are idle. */
static const struct {
    double per_hour, patience_s;
    int agents, idle;
} blends[] = {{100, 0, 10, 2}, {100, 60, 10, 0}, {150, 90, 10, 4}, {100, 60, 8, 8}};

START_TEST(blending)
{
    struct plain *p =
        plain_new(HOUR_S, 2000, 2, blends[_i].per_hour, 180, blends[_i].patience_s, blends[_i].agents);
    p->queues[1].deferred = p->sources[1].deferred = true;
    p->sources[1].due_s = 1e6;
    p->sources[1].backlog = 2000.0 * HOUR_S / 180 * blends[_i].agents;
    p->sources[1].backlog_aht_s = 180;
    p->group.blend_idle = blends[_i].idle;
    for (int iv = 0; iv < p->hall.grid.n; iv++)
        p->offered[1][iv] = 0;
    plain_run(p, true);
    struct hall_count sum = plain_sum(p, 0, 2);
    struct erlang_system system = {.rate_per_s = blends[_i].per_hour / HOUR_S,
                                   .aht_s = 180,
                                   .patience_s = blends[_i].patience_s,
                                   .threshold_s = 20};
    struct erlang_metrics want;
    double outbound_per_s = 0, busy_s = 0, s = (p->hall.grid.n - 2) * (double)HOUR_S;
    erlang_blend_metrics(&system, blends[_i].agents, blends[_i].idle, &want, &outbound_per_s);
    for (int iv = 2; iv < p->hall.grid.n; iv++)
        busy_s += p->result.busy_s[iv];
    ck_assert_double_eq_tol(sum.in_time / (double)sum.offered, want.in_time, 0.008);
    ck_assert_double_eq_tol(sum.abandoned / (double)sum.offered, want.abandon, 0.006);
    ck_assert_double_eq_tol(busy_s / s / blends[_i].agents, want.occupancy, 0.005);
    ck_assert_double_eq_tol(p->result.backlog[1].answered / (p->hall.grid.n * (double)HOUR_S), outbound_per_s,
                            0.01 * outbound_per_s + 1e-5);
    plain_free(p);
}
END_TEST

/* One agent with up to three chats: the chain is exact, whoever is least loaded. A faster agent is one with
   shorter handling times. */
static const struct {
    double per_hour, patience_s, speed;
    int concurrency;
} chats[] = {{14, 120, 1, 3}, {14, 120, 1.5, 3}, {30, 60, 1, 2}, {6, 0, 1, 1}};

START_TEST(one_agent_chats)
{
    static const double level_aht_s[] = {240, 300, 420};
    double own_s[3], speed = chats[_i].speed, s = 7998.0 * HOUR_S;
    struct plain *p = plain_new(HOUR_S, 8000, 1, chats[_i].per_hour, 240, chats[_i].patience_s, 1);
    p->queues[0].concurrency = chats[_i].concurrency;
    p->queues[0].level_aht_s = level_aht_s;
    p->queues[0].threshold_s = 45;
    p->group.speed = &speed;
    plain_run(p, true);
    struct hall_count sum = plain_sum(p, 0, 2);
    struct erlang_system system = {.rate_per_s = chats[_i].per_hour / HOUR_S,
                                   .aht_s = 240,
                                   .patience_s = chats[_i].patience_s,
                                   .threshold_s = 45};
    struct erlang_metrics want;
    for (int k = 0; k < 3; k++)
        own_s[k] = level_aht_s[k] / speed;
    chat_metrics(&system, own_s, chats[_i].concurrency, 1, &want);
    ck_assert_double_eq_tol(sum.in_time / (double)sum.offered, want.in_time, 0.012);
    ck_assert_double_eq_tol(sum.abandoned / (double)sum.offered, want.abandon, 0.008);
    ck_assert_double_eq_tol(sum.busy_s / s, want.occupancy, 0.008);
    ck_assert_double_eq_tol((sum.wait_s + sum.left_s) / s, want.queue_length,
                            0.03 * want.queue_length + 0.004);
    plain_free(p);
}
END_TEST

/* One agent, M/G/1: Pollaczek and Khinchine. */
static const double cvs[] = {0.4, 1, 1.6};

START_TEST(lognormal_handling)
{
    struct plain *p = plain_new(HOUR_S, 8000, 1, 120, 18, 0, 1);
    p->ask.handle_cv = cvs[_i];
    plain_run(p, true);
    struct hall_count sum = plain_sum(p, 0, 2);
    double rate = 120.0 / HOUR_S, load = rate * 18;
    double want_s = rate * 18 * 18 * (1 + cvs[_i] * cvs[_i]) / 2 / (1 - load);
    ck_assert_double_eq_tol(sum.wait_s / sum.answered, want_s, 0.05 * want_s);
    ck_assert_double_eq_tol(sum.waited / (double)sum.offered, load, 0.01);
    plain_free(p);
}
END_TEST

/* ---- a few contacts, by hand ---- */

/* Two agents, alone in groups 0 and 1, both from 0; interval 0 is 300 s, in interval 1 only group 0 has
   somebody. Contacts by arrival; when each begins, -1: never. */
struct hand {
    double at_s, work_s, patience_s;
    int queue;
    double begins_s;
};
static const struct {
    const char *what;
    struct hall_group groups[2]; /* queues and staff are filled in; n_queues as given, queues from 0 */
    struct hand contacts[6];
} hands[] = {
    {"one line, in order",
     {{.n_queues = 1}, {.n_queues = 1}},
     {{0, 100, 9e9, 0, 0}, {1, 50, 9e9, 0, 1}, {2, 10, 9e9, 0, 51}, {3, 10, 9e9, 0, 61}}},
    {"who leaves is passed over",
     {{.n_queues = 1}, {.n_queues = 1}},
     {{0, 100, 9e9, 0, 0}, {1, 99, 9e9, 0, 1}, {2, 10, 97.9, 0, -1}, {3, 10, 97.1, 0, 100}}},
    {"shift end: the contact is finished, nothing more is taken",
     {{.n_queues = 1}, {.n_queues = 1}},
     {{290, 100, 9e9, 0, 290}, {291, 50, 9e9, 0, 291}, {292, 10, 9e9, 0, 390}}},
    {"fewest skills first",
     {{.n_queues = 2}, {.n_queues = 1}},
     {{0, 100, 9e9, 0, 0}, {1, 100, 9e9, 1, 1}, {2, 5, 9e9, 1, 101}}},
    {"the lower level first",
     {{.n_queues = 2, .level = (const int[]){0, 0}}, {.n_queues = 1, .level = (const int[]){1}}},
     {{0, 100, 9e9, 0, 0}, {1, 30, 9e9, 1, 100}, {2, 30, 9e9, 0, 2}}},
    {"after its delay, the moment it has passed",
     {{.n_queues = 1}, {.n_queues = 1, .delay_s = (const double[]){12}}},
     {{0, 100, 9e9, 0, 0}, {5, 40, 9e9, 0, 17}, {6, 10, 11, 0, -1}, {40, 10, 9e9, 0, 57}}},
    {"priority before waiting",
     {{.n_queues = 2, .priority = (const int[]){1, 0}}, {.n_queues = 0}},
     {{0, 100, 9e9, 0, 0}, {5, 40, 9e9, 0, 110}, {60, 10, 9e9, 1, 100}}},
    {"longest as a share of the threshold: 10 s and 40 s",
     {{.n_queues = 2}, {.n_queues = 0}},
     {{0, 100, 9e9, 0, 0}, {50, 40, 9e9, 1, 110}, {80, 10, 9e9, 0, 100}}},
    {"longest",
     {{.n_queues = 2, .rule = HALL_LONGEST}, {.n_queues = 0}},
     {{0, 100, 9e9, 0, 0}, {50, 40, 9e9, 1, 100}, {80, 10, 9e9, 0, 140}}},
    {"twice as fast",
     {{.n_queues = 1, .speed = (const double[]){2}}, {.n_queues = 0}},
     {{0, 100, 9e9, 0, 0}, {1, 100, 9e9, 0, 50}, {2, 1, 9e9, 0, 100}}},
};

START_TEST(by_hand)
{
    static const int both[] = {0, 1}, always[] = {1, 1}, first[] = {1, 0};
    struct call calls[6] = {{0}};
    struct hall_count counts[4];
    struct hall_queue queues[2] = {{.threshold_s = 10}, {.threshold_s = 40}};
    struct hall_group groups[2] = {hands[_i].groups[0], hands[_i].groups[1]};
    struct hall hall = {
        .grid = {0, 300, 2}, .queues = queues, .n_queues = 2, .groups = groups, .n_groups = 2};
    double wait_s = 0, got_s = 0, busy_s[4];
    int n = 0, served = 0;
    for (int g = 0; g < 2; g++) {
        groups[g].queues = both;
        groups[g].staff = g == 0 ? always : first;
    }
    for (; n < 6 && hands[_i].contacts[n].work_s > 0; n++) {
        const struct hand *hand = &hands[_i].contacts[n];
        calls[n] = (struct call){ticks_of(hand->at_s), (float)hand->work_s, (float)hand->patience_s,
                                 hand->queue, (int32_t)(hand->at_s / 300)};
        wait_s += hand->begins_s >= 0 ? hand->begins_s - hand->at_s : 0;
        served += hand->begins_s >= 0;
    }
    struct hall_engine *engine = hall_engine_new(&hall);
    struct hall_result result = {.counts = counts, .busy_s = busy_s};
    hall_run(engine, &(struct calls){.call = calls, .n = n}, 1, &result);
    int answered = 0;
    for (int i = 0; i < 4; i++) {
        got_s += counts[i].wait_s;
        answered += counts[i].answered;
    }
    ck_assert_msg(answered == served && fabs(got_s - wait_s) < 1e-3,
                  "%s: %d served after %.3f s, not %d, %.3f s", hands[_i].what, answered, got_s, served,
                  wait_s);
    hall_engine_free(engine);
}
END_TEST

/* ---- edges ---- */

static const struct {
    const char *what;
    int32_t interval_s, n;
    int queues;
    double per_hour, aht_s, patience_s;
    int agents, from, to; /* staff of intervals outside [from, to) is 0 */
} edges[] = {
    {"nobody calls", 900, 96, 2, 0, 200, 60, 5, 0, 96},
    {"nobody is there", 900, 96, 2, 100, 200, 60, 0, 0, 96},
    {"nobody is there and nobody leaves", 900, 96, 1, 100, 200, 0, 0, 0, 96},
    {"nobody at the end", 900, 96, 2, 100, 200, 60, 12, 0, 60},
    {"nobody at the start", 900, 96, 2, 100, 200, 600, 12, 60, 96},
    {"a thousand times too many", 900, 40, 1, 100000, 180, 100, 5, 0, 40},
    {"too many, nobody leaves", 900, 40, 2, 5000, 180, 0, 5, 0, 40},
    {"five minutes", 300, 300, 2, 100, 200, 60, 12, 0, 300},
    {"an hour", 3600, 30, 2, 100, 200, 60, 12, 0, 30},
    {"53 weeks of half hours", 1800, 53 * 7 * 48, 1, 3, 200, 60, 1, 0, 53 * 7 * 48},
    {"ten million", 3600, 1000, 1, 10000, 200, 60, 560, 0, 1000},
    {"very long contacts", 900, 96, 1, 20, 3e6, 1e6, 50, 0, 96},
    {"one interval", 300, 1, 2, 1000, 200, 60, 12, 0, 1},
};

START_TEST(edge)
{
    struct plain *p = plain_new(edges[_i].interval_s, edges[_i].n, edges[_i].queues, edges[_i].per_hour,
                                edges[_i].aht_s, edges[_i].patience_s, edges[_i].agents);
    const char *what = edges[_i].what;
    double busy_s = 0, work_s = 0;
    int64_t answered = 0, all = 0;
    for (int iv = 0; iv < edges[_i].n; iv++)
        p->staff[iv] = iv >= edges[_i].from && iv < edges[_i].to ? edges[_i].agents : 0;
    plain_run(p, true);
    for (int i = 0; i < edges[_i].n * edges[_i].queues; i++) {
        const struct hall_count *c = &p->result.counts[i];
        ck_assert_msg(edges[_i].patience_s > 0 ? c->offered == c->answered + c->abandoned
                                               : c->offered >= c->answered && c->abandoned == 0,
                      "%s: of %d, %d answered, %d abandoned", what, c->offered, c->answered, c->abandoned);
        ck_assert(c->in_time <= c->answered && c->abandoned_short <= c->abandoned_in_time &&
                  c->abandoned_in_time <= c->abandoned && c->waited <= c->offered);
        ck_assert(c->in_time <= c->virtual_in_time && c->virtual_in_time <= c->offered);
        ck_assert(c->wait_s >= 0 && c->left_s >= 0 && c->busy_s >= 0);
        answered += c->answered;
        all += c->offered;
        work_s += c->busy_s;
    }
    for (int iv = 0; iv < edges[_i].n; iv++) {
        busy_s += p->result.busy_s[iv];
        ck_assert_double_le(p->result.busy_s[iv], (double)edges[_i].agents * edges[_i].interval_s + 1e-6);
    }
    ck_assert_int_eq(all, p->calls.n);
    ck_assert_double_le(busy_s, work_s + 1e-6);
    if (edges[_i].agents > 0 && edges[_i].per_hour > 0)
        ck_assert_msg(answered > 0 && busy_s > 0, "%s: nobody is served", what);
    else
        ck_assert_int_eq(answered, 0);
    plain_free(p);
}
END_TEST

/* Two engines in turns on two seeds: the bits of each are those it gives alone. */
START_TEST(engines_share_nothing)
{
    struct plain *p = plain_new(900, 96, 2, 150, 200, 60, 15);
    size_t bytes = 2 * 96 * sizeof *p->result.counts;
    struct calls calls[2] = {{0}, {0}};
    struct hall_engine *engines[2] = {hall_engine_new(&p->hall), hall_engine_new(&p->hall)};
    g_autofree struct hall_count *alone = g_malloc(2 * bytes);
    p->queues[1].concurrency = 2;
    p->queues[1].aht_s = p->aht_s[1];
    for (int k = 0; k < 2; k++) {
        p->ask.seed = 7 + (uint64_t)k;
        calls_draw(&calls[k], &p->ask);
        struct hall_engine *engine = hall_engine_new(&p->hall);
        hall_run(engine, &calls[k], 3, &p->result);
        memcpy(alone + (size_t)k * 2 * 96, p->result.counts, bytes);
        hall_engine_free(engine);
    }
    hall_engine_free(engines[0]);
    engines[0] = hall_engine_new(&p->hall);
    hall_engine_free(engines[1]);
    engines[1] = hall_engine_new(&p->hall);
    for (int i = 0; i < 6; i++) {
        hall_run(engines[i % 2], &calls[i / 2 % 2], 3, &p->result);
        ck_assert_mem_eq(p->result.counts, alone + (size_t)(i / 2 % 2) * 2 * 96, bytes);
    }
    ck_assert(memcmp(alone, alone + 2 * 96, bytes) != 0);
    for (int k = 0; k < 2; k++) {
        hall_engine_free(engines[k]);
        calls_clear(&calls[k]);
    }
    plain_free(p);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("scheduler/hall exact");
    TCase *t = tcase_create("exact");
    tcase_set_timeout(t, 120);
    tcase_add_loop_test(t, room_to_wait_in, 0, G_N_ELEMENTS(rooms));
    tcase_add_loop_test(t, some_do_not_wait, 0, G_N_ELEMENTS(balks));
    tcase_add_loop_test(t, blending, 0, G_N_ELEMENTS(blends));
    tcase_add_loop_test(t, one_agent_chats, 0, G_N_ELEMENTS(chats));
    tcase_add_loop_test(t, lognormal_handling, 0, G_N_ELEMENTS(cvs));
    tcase_add_loop_test(t, by_hand, 0, G_N_ELEMENTS(hands));
    tcase_add_loop_test(t, edge, 0, G_N_ELEMENTS(edges));
    tcase_add_test(t, engines_share_nothing);
    suite_add_tcase(s, t);
    return s;
}

TEST_MAIN(suite)
