/*
 * The event engine against a slow second one on random halls, to the bit; and what must hold in every run.
 */
#include <math.h>
#include <string.h>

#include "core/auto.h"
#include "core/random.h"
#include "scheduler/simulate/hall.h"
#include "scheduler/simulate/ticks.h"
#include "tests/scheduler/hall_slow.h"
#include "tests/support/testing.h"

/* A hall that owns all it points to. */
struct random_hall {
    struct hall hall;
    struct call_source *sources;
    struct calls_ask ask;
    GPtrArray *owned;
    struct random random;
};

static void *own(struct random_hall *r, void *memory)
{
    g_ptr_array_add(r->owned, memory);
    return memory;
}

static int below(struct random_hall *r, int n)
{
    return (int)(random_next(&r->random) % (uint64_t)n);
}

static double between(struct random_hall *r, double low, double high)
{
    return low + (high - low) * random_uniform(&r->random);
}

static bool chance(struct random_hall *r, double p)
{
    return random_uniform(&r->random) < p;
}

/* What a row of random halls is about. */
struct taste {
    const char *what;
    int queues, groups, skills; /* at most */
    double levels, delays, limits, deferred, balk, chats;
    int halls;
    bool coarse; /* everything happens at whole multiples of 5 s, much at the same instant */
};

static void random_queue(struct random_hall *r, const struct taste *taste, int q, double per_queue)
{
    struct hall_queue *queue = (struct hall_queue *)&r->hall.queues[q];
    struct call_source *source = &r->sources[q];
    size_t n = (size_t)r->hall.grid.n;
    double *offered = own(r, g_new(double, n)), *aht_s = own(r, g_new(double, n));
    double *open = own(r, g_new(double, n));
    double base_s = between(r, 30, 900), busy = between(r, 0.3, 1.7) * per_queue;
    bool deferred = chance(r, taste->deferred);
    for (size_t iv = 0; iv < n; iv++) {
        aht_s[iv] = base_s * between(r, 0.8, 1.2);
        offered[iv] = chance(r, 0.1) ? 0 : busy * between(r, 0.2, 1.8) * r->hall.grid.interval_s / base_s;
        open[iv] = chance(r, 0.3) ? 0 : chance(r, 0.5) ? 1 : 0.5;
    }
    *queue = (struct hall_queue){.threshold_s = between(r, 0, 60),
                                 .short_abandon_s = between(r, 0, 10),
                                 .concurrency = !deferred && chance(r, taste->chats) ? 2 + below(r, 3) : 1,
                                 .aht_s = aht_s,
                                 .deferred = deferred,
                                 .open = chance(r, 0.5) ? open : NULL,
                                 .limited = chance(r, taste->limits),
                                 .room = below(r, 6)};
    *source = (struct call_source){.offered = offered,
                                   .aht_s = aht_s,
                                   .patience_s = chance(r, 0.2) ? 0 : between(r, 10, 600),
                                   .balk = chance(r, taste->balk) ? between(r, 0, 0.5) : 0,
                                   .busyness_cv2 = chance(r, 0.3) ? 0.2 : 0,
                                   .deferred = deferred,
                                   .due_s = between(r, 0, 5000),
                                   .open = queue->open,
                                   .backlog = deferred ? below(r, 8) : 0,
                                   .backlog_aht_s = base_s};
}

static void random_group(struct random_hall *r, const struct taste *taste, int g)
{
    struct hall_group *group = (struct hall_group *)&r->hall.groups[g];
    int nq = r->hall.n_queues, n = 1 + below(r, MIN(taste->skills, nq));
    int *queues = own(r, g_new(int, nq)), *staff = own(r, g_new(int, r->hall.grid.n));
    int *level = own(r, g_new(int, nq)), *priority = own(r, g_new(int, nq));
    double *speed = own(r, g_new(double, nq)), *delay_s = own(r, g_new(double, nq));
    for (int q = 0; q < nq; q++)
        queues[q] = q;
    random_shuffle(&r->random, queues, nq);
    for (int k = 0; k < n; k++) {
        level[k] = below(r, 3);
        priority[k] = below(r, 2);
        speed[k] = between(r, 0.5, 2);
        delay_s[k] = chance(r, 0.5) ? 0 : 5 * below(r, 20);
    }
    int most = 1 + below(r, 6);
    for (int32_t iv = 0; iv < r->hall.grid.n; iv++)
        staff[iv] = chance(r, 0.5) && iv > 0 ? staff[iv - 1] : below(r, most + 1);
    *group = (struct hall_group){.queues = queues,
                                 .n_queues = n,
                                 .staff = staff,
                                 .speed = chance(r, 0.5) ? speed : NULL,
                                 .level = chance(r, taste->levels) ? level : NULL,
                                 .priority = chance(r, taste->levels) ? priority : NULL,
                                 .delay_s = chance(r, taste->delays) ? delay_s : NULL,
                                 .rule = chance(r, 0.5) ? HALL_SHARE : HALL_LONGEST,
                                 .blend_idle = below(r, 3)};
}

static void random_hall_init(struct random_hall *r, const struct taste *taste, uint64_t seed)
{
    static const int32_t lengths[] = {300, 600, 900, 1800, 3600};
    *r = (struct random_hall){.owned = g_ptr_array_new_with_free_func(g_free)};
    random_seed(&r->random, seed);
    int nq = 1 + below(r, taste->queues), ng = 1 + below(r, taste->groups);
    r->sources = own(r, g_new0(struct call_source, nq));
    r->hall = (struct hall){
        .grid = {0, lengths[below(r, G_N_ELEMENTS(lengths))], 1 + below(r, 16)},
        .queues = own(r, g_new0(struct hall_queue, nq)),
        .n_queues = nq,
        .groups = own(r, g_new0(struct hall_group, ng)),
        .n_groups = ng,
        .limited = chance(r, taste->limits / 2),
        .room = below(r, 12),
    };
    for (int q = 0; q < nq; q++)
        random_queue(r, taste, q, 2.5 * ng / nq);
    for (int g = 0; g < ng; g++)
        random_group(r, taste, g);
    r->ask = (struct calls_ask){.sources = r->sources,
                                .n_queues = nq,
                                .grid = &r->hall.grid,
                                .handle_cv = chance(r, 0.5) ? 0.8 : 0,
                                .busyness_cv2 = chance(r, 0.3) ? 0.1 : 0,
                                .seed = seed};
}

static void random_hall_clear(struct random_hall *r)
{
    g_ptr_array_free(r->owned, TRUE);
}

static struct hall_result result_new(const struct hall *hall)
{
    size_t n = (size_t)hall->grid.n, nq = (size_t)hall->n_queues, ng = (size_t)hall->n_groups;
    return (struct hall_result){.counts = g_new(struct hall_count, n * nq + 1),
                                .backlog = g_new(struct hall_count, nq + 1),
                                .busy_s = g_new(double, n *ng + 1),
                                .waiting = g_new(struct hall_backlog, n * nq + 1)};
}

static void result_clear(struct hall_result *result)
{
    g_free(result->counts);
    g_free(result->backlog);
    g_free(result->busy_s);
    g_free(result->waiting);
}

static void same_count(const char *what, uint64_t seed, int cell, const struct hall_count *got,
                       const struct hall_count *want)
{
    const struct {
        const char *name;
        double got, want;
    } rows[] = {{"offered", got->offered, want->offered},
                {"answered", got->answered, want->answered},
                {"in time", got->in_time, want->in_time},
                {"abandoned", got->abandoned, want->abandoned},
                {"abandoned in time", got->abandoned_in_time, want->abandoned_in_time},
                {"abandoned short", got->abandoned_short, want->abandoned_short},
                {"waited", got->waited, want->waited},
                {"blocked", got->blocked, want->blocked},
                {"undecided", got->undecided, want->undecided},
                {"wait", got->wait_s, want->wait_s},
                {"left", got->left_s, want->left_s},
                {"busy", got->busy_s, want->busy_s}};
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        ck_assert_msg(rows[i].got == rows[i].want, "%s, hall %d, cell %d: %s %.6f, slowly %.6f", what,
                      (int)seed, cell, rows[i].name, rows[i].got, rows[i].want);
}

/* Puts all times of the contacts on multiples of five seconds. */
static void make_coarse(struct calls *calls, const struct hall *hall)
{
    int64_t step = ticks_of(5);
    for (int g = 0; g < hall->n_groups; g++)
        ((struct hall_group *)&hall->groups[g])->speed = NULL;
    for (int i = 0; i < calls->n; i++) {
        struct call *call = &calls->call[i];
        int64_t early = call->at % step;
        call->at -= early;
        call->work_s = 5 * floorf(call->work_s / 5);
        if (hall->queues[call->queue].deferred)
            call->patience_s += (float)ticks_s(early); /* due at the same time */
        else
            call->patience_s = 5 * floorf(call->patience_s / 5);
    }
}

static const struct taste tastes[] = {
    {"one queue", 1, 2, 1, 0, 0, 0, 0, 0, 0, 100, false},
    {"longest wait or share", 5, 6, 3, 0, 0, 0, 0, 0.3, 0, 100, false},
    {"levels and priorities", 5, 6, 4, 0.8, 0, 0, 0, 0.2, 0, 100, false},
    {"overflow", 4, 5, 3, 0.5, 0.8, 0, 0, 0.2, 0, 100, false},
    {"rooms to wait in", 4, 5, 3, 0.5, 0.3, 0.6, 0, 0.3, 0, 100, false},
    {"deferred work", 5, 5, 4, 0.5, 0.3, 0.2, 0.4, 0.2, 0, 100, false},
    {"many groups and queues", 90, 90, 8, 0.3, 0.2, 0.1, 0.1, 0.1, 0, 2, false},
    {"all at once", 5, 6, 4, 0.5, 0.5, 0.3, 0.2, 0.2, 0, 100, true},
};

START_TEST(as_a_slow_hall)
{
    const struct taste *taste = &tastes[_i];
    double contacts = 0, waited = 0;
    for (int k = 0; k < taste->halls; k++) {
        uint64_t seed = (uint64_t)(1000 * _i + k);
        struct random_hall r;
        struct calls calls = {0};
        random_hall_init(&r, taste, seed);
        struct hall_result got = result_new(&r.hall), want = result_new(&r.hall);
        calls_draw(&calls, &r.ask);
        if (taste->coarse)
            make_coarse(&calls, &r.hall);
        struct hall_engine *engine = hall_engine_new(&r.hall);
        hall_run(engine, &calls, 1, &got);
        hall_run(engine, &calls, 2, &got); /* an engine forgets */
        hall_slow_run(&r.hall, &calls, &want);
        int cells = r.hall.n_queues * r.hall.grid.n;
        for (int i = 0; i < cells; i++) {
            same_count(taste->what, seed, i, &got.counts[i], &want.counts[i]);
            contacts += got.counts[i].offered;
            waited += got.counts[i].waited;
            ck_assert_msg(got.waiting[i].waiting == want.waiting[i].waiting &&
                              got.waiting[i].late == want.waiting[i].late &&
                              got.waiting[i].oldest_s == want.waiting[i].oldest_s,
                          "%s, hall %d, cell %d: %d waiting, slowly %d", taste->what, (int)seed, i,
                          got.waiting[i].waiting, want.waiting[i].waiting);
        }
        for (int q = 0; q < r.hall.n_queues; q++)
            same_count(taste->what, seed, -1 - q, &got.backlog[q], &want.backlog[q]);
        for (int i = 0; i < r.hall.n_groups * r.hall.grid.n; i++)
            ck_assert_msg(fabs(got.busy_s[i] - want.busy_s[i]) < 1e-6, "%s, hall %d: busy %.6f, slowly %.6f",
                          taste->what, (int)seed, got.busy_s[i], want.busy_s[i]);
        hall_engine_free(engine);
        result_clear(&got);
        result_clear(&want);
        calls_clear(&calls);
        random_hall_clear(&r);
    }
    ck_assert(contacts > 100 * taste->halls && waited > 0.1 * contacts && waited < contacts);
}
END_TEST

/* Chats are chance inside the engine, so there is no second opinion: what must hold all the same. */
static const struct taste chatting[] = {
    {"chats alone", 3, 4, 2, 0.5, 0, 0, 0, 0, 1, 60, false},
    {"chats and calls", 5, 5, 4, 0.5, 0.3, 0.2, 0, 0.2, 0.5, 100, false},
    {"chats, calls and deferred work", 6, 6, 5, 0.5, 0.3, 0.2, 0.3, 0.2, 0.4, 100, false},
};

START_TEST(nobody_is_lost)
{
    const struct taste *taste = &chatting[_i];
    double contacts = 0, answered = 0;
    for (int k = 0; k < taste->halls; k++) {
        uint64_t seed = (uint64_t)(5000 + 1000 * _i + k);
        struct random_hall r;
        struct calls calls = {0};
        random_hall_init(&r, taste, seed);
        struct hall_result got = result_new(&r.hall), again = result_new(&r.hall);
        struct hall_engine *engine = hall_engine_new(&r.hall);
        size_t n = (size_t)r.hall.grid.n, cells = (size_t)r.hall.n_queues * n;
        calls_draw(&calls, &r.ask);
        hall_run(engine, &calls, 1, &got);
        hall_run(engine, &calls, 1, &again);
        ck_assert_msg(memcmp(got.counts, again.counts, cells * sizeof *got.counts) == 0, "%s, hall %d",
                      taste->what, (int)seed);
        double work_s = 0, busy_s = 0;
        for (size_t i = 0; i < cells; i++) {
            const struct hall_count *c = &got.counts[i];
            const struct hall_queue *queue = &r.hall.queues[i / n];
            int32_t gone = c->answered + c->abandoned + c->blocked;
            bool stays = queue->deferred || !(r.sources[i / n].patience_s > 0);
            ck_assert_msg(stays ? gone <= c->offered : gone == c->offered, "%s, hall %d: %d offered, %d gone",
                          taste->what, (int)seed, c->offered, gone);
            ck_assert(c->in_time <= c->answered && c->answered - c->in_time <= c->waited);
            ck_assert(c->wait_s >= 0 && c->left_s >= 0 && c->busy_s >= 0);
            contacts += c->offered;
            answered += c->answered;
            work_s += c->busy_s;
        }
        for (int g = 0; g < r.hall.n_groups; g++) {
            int most = 0;
            for (size_t iv = 0; iv < n; iv++) {
                double here_s = got.busy_s[(size_t)g * n + iv];
                most = MAX(most, r.hall.groups[g].staff[iv]);
                ck_assert_double_le(here_s, (double)most * r.hall.grid.interval_s + 1e-6);
                ck_assert_double_ge(here_s, 0);
                busy_s += here_s;
            }
        }
        for (int q = 0; q < r.hall.n_queues; q++)
            work_s += got.backlog[q].busy_s;
        ck_assert(taste->chats > 0 && (work_s > 0) == (busy_s > 0));
        hall_engine_free(engine);
        result_clear(&got);
        result_clear(&again);
        calls_clear(&calls);
        random_hall_clear(&r);
    }
    ck_assert(answered > 0.3 * contacts && answered < contacts);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("scheduler/hall");
    TCase *t = tcase_create("hall");
    tcase_set_timeout(t, 120);
    tcase_add_loop_test(t, as_a_slow_hall, 0, G_N_ELEMENTS(tastes));
    tcase_add_loop_test(t, nobody_is_lost, 0, G_N_ELEMENTS(chatting));
    suite_add_tcase(s, t);
    return s;
}

TEST_MAIN(suite)
