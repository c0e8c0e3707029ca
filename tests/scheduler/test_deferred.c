#include "tests/support/testing.h"

#include "scheduler/staffing/deferred.h"

#include <math.h>

#define N_MAX 64

/* By hand, hours of work per hour: smooth paths and what a capacity of one agent does with them. */
static const struct {
    const char *what;
    int n;
    double work_h[8], open[8], due_h, backlog_h;
    double smooth_h[8];
    double in_time; /* of all due work, with one agent around the clock */
} by_hand[] = {
    {"a lump, spread over its four hours",
     6,
     {4, 0, 0, 0, 0, 0},
     {1, 1, 1, 1, 1, 1},
     4,
     0,
     {0.8, 0.8, 0.8, 0.8, 0.8, 0},
     1},
    {"due at once: no choice", 4, {1, 3, 0, 2}, {1, 1, 1, 1}, 0.25, 0, {1, 3, 0, 2}, 1.0 / 6},
    {"steady stays steady", 5, {1, 1, 1, 1, 1}, {1, 1, 1, 1, 1}, 2, 0, {1, 1, 1, 1, 1}, 1},
    {"arrives while closed, done when open",
     6,
     {0, 2, 2, 0, 0, 0},
     {1, 0, 0, 1, 1, 1},
     3,
     0,
     {0, 0, 0, 4.0 / 3, 4.0 / 3, 4.0 / 3},
     0.75},
    {"the due clock stops while closed",
     6,
     {2, 0, 0, 0, 0, 0},
     {1, 1, 0, 0, 1, 1},
     3,
     0,
     {0.5, 0.5, 0, 0, 0.5, 0.5},
     1},
    {"backlog is due over the first hours", 4, {0, 0, 0, 0}, {1, 1, 1, 1}, 4, 2, {0.5, 0.5, 0.5, 0.5}, 1},
    {"nothing to do", 3, {0, 0, 0}, {1, 1, 1}, 4, 0, {0, 0, 0}, 1},
};

START_TEST(rows_by_hand)
{
    double work_s[8], smooth_s[8], capacity_s[8], due_s[8], in_time_s[8], done_s[8], due = 0, in_time = 0;
    int n = by_hand[_i].n;
    for (int iv = 0; iv < n; iv++) {
        work_s[iv] = by_hand[_i].work_h[iv] * 3600;
        capacity_s[iv] = by_hand[_i].open[iv] * 3600;
    }
    struct deferred deferred = {
        n, 3600, work_s, by_hand[_i].open, by_hand[_i].due_h * 3600, by_hand[_i].backlog_h * 3600};
    ck_assert(deferred_smooth(&deferred, smooth_s));
    for (int iv = 0; iv < n; iv++)
        ck_assert_msg(fabs(smooth_s[iv] / 3600 - by_hand[_i].smooth_h[iv]) < 1e-9, "%s: hour %d: %g, want %g",
                      by_hand[_i].what, iv, smooth_s[iv] / 3600, by_hand[_i].smooth_h[iv]);
    struct deferred_result result = {due_s, in_time_s, done_s, 0, 0};
    deferred_serve(&deferred, capacity_s, &result);
    for (int iv = 0; iv < n; iv++) {
        due += due_s[iv];
        in_time += in_time_s[iv];
    }
    double got = due > 0 ? in_time / due : 1;
    ck_assert_msg(fabs(got - by_hand[_i].in_time) < 1e-6, "%s: in time %.9g", by_hand[_i].what, got);
}
END_TEST

static uint64_t next_random(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return *state >> 33;
}

struct random_case {
    int n;
    double work_s[N_MAX], open[N_MAX];
    struct deferred deferred;
};

static void random_case(struct random_case *c, int seed)
{
    uint64_t state = (uint64_t)seed * 977 + 5;
    c->n = 8 + (int)(next_random(&state) % (N_MAX - 8));
    int night = (int)(next_random(&state) % 5);
    for (int iv = 0; iv < c->n; iv++) {
        c->work_s[iv] = (double)(next_random(&state) % 5000) * (next_random(&state) % 3 == 0);
        c->open[iv] = night > 0 && iv % 12 < night ? 0 : 1;
        if (seed % 4 == 3 && iv % 7 == 2 && c->open[iv] > 0)
            c->open[iv] = 0.4;
    }
    c->deferred = (struct deferred){
        .n = c->n,
        .interval_s = 900,
        .work_s = c->work_s,
        .open = c->open,
        .due_s = 900.0 * (double)(1 + next_random(&state) % 9),
        .backlog_s = seed % 2 == 0 ? (double)(next_random(&state) % 9000) : 0,
    };
}

/* The bounds, counted anew contact by contact: each second of work is due when the opening clock has run
 * `due_s` since it came. */
static double needed_by(const struct random_case *c, int iv)
{
    double clock_end = 0, due = 0, clock = 0;
    for (int k = 0; k <= iv; k++)
        clock_end += c->open[k] * 900;
    double since = clock_end - c->deferred.due_s;
    for (int k = 0; k < c->n; k++) {
        double open = c->open[k] * 900;
        if (open <= 0)
            due += clock <= since + 1e-6 ? c->work_s[k] : 0;
        else
            due += c->work_s[k] * fmin(fmax((since - clock) / open, 0), 1);
        clock += open;
    }
    double late = clock_end / c->deferred.due_s;
    return due + c->deferred.backlog_s * fmin(late, 1);
}

START_TEST(smooth_is_feasible_and_lowest)
{
    struct random_case c;
    random_case(&c, _i);
    double path[N_MAX], done = 0, arrived = c.deferred.backlog_s, waiting = 0;
    ck_assert(deferred_smooth(&c.deferred, path));
    double upper[N_MAX], lower[N_MAX], clock[N_MAX], run = 0, total = 0, peak = 0;
    for (int iv = 0; iv < c.n; iv++) {
        ck_assert(path[iv] >= 0 && (c.open[iv] > 0 || path[iv] == 0));
        waiting += c.work_s[iv];
        if (c.open[iv] > 0) {
            arrived += waiting;
            waiting = 0;
        }
        done += path[iv];
        run += c.open[iv] * 900;
        clock[iv] = run;
        upper[iv] = arrived;
        lower[iv] = fmin(needed_by(&c, iv), arrived);
        ck_assert_msg(done <= arrived + 1e-6, "case %d iv %d: works on what has not come", _i, iv);
        ck_assert_msg(done >= lower[iv] - 1e-6, "case %d iv %d: done %g, due %g", _i, iv, done, lower[iv]);
        if (c.open[iv] > 0)
            peak = fmax(peak, path[iv] / c.open[iv]);
        total = arrived;
    }
    ck_assert_double_eq_tol(done, total, 1e-6);
    lower[c.n - 1] = total;
    /* no path has a lower peak: between any two instants at least lower - upper has to be done. Partly open
       intervals may ask for more, as what falls due inside them is wanted before */
    double bound = 0;
    for (int a = -1; a < c.n; a++)
        for (int b = a + 1; b < c.n; b++) {
            double width = clock[b] - (a < 0 ? 0 : clock[a]);
            if (width > 0)
                bound = fmax(bound, (lower[b] - (a < 0 ? 0 : upper[a])) / width * 900);
        }
    ck_assert_msg(_i % 4 == 3 ? peak >= bound - 1e-6 : fabs(peak - bound) < 1e-6,
                  "case %d: peak %g, least possible %g", _i, peak, bound);
}
END_TEST

START_TEST(serving_the_smooth_path_is_in_time)
{
    struct random_case c;
    random_case(&c, _i);
    double path[N_MAX], due_s[N_MAX], in_time_s[N_MAX], done_s[N_MAX], last_share = 2;
    ck_assert(deferred_smooth(&c.deferred, path));
    static const double staff[] = {1.3, 1, 0.9, 0.5, 0};
    for (size_t s = 0; s < G_N_ELEMENTS(staff); s++) {
        double capacity[N_MAX], due = 0, in_time = 0;
        for (int iv = 0; iv < c.n; iv++)
            capacity[iv] = path[iv] * staff[s];
        struct deferred_result result = {due_s, in_time_s, done_s, 0, 0};
        deferred_serve(&c.deferred, capacity, &result);
        for (int iv = 0; iv < c.n; iv++) {
            ck_assert(in_time_s[iv] >= 0 && in_time_s[iv] <= due_s[iv] && done_s[iv] <= capacity[iv] + 1e-9);
            due += due_s[iv];
            in_time += in_time_s[iv];
        }
        double share = due > 0 ? in_time / due : 1;
        ck_assert_msg(share <= last_share + 1e-6, "case %d: fewer agents do better", _i);
        ck_assert_msg(staff[s] < 1 || share > 1 - 1e-6, "case %d: %.9g of the due work in time", _i, share);
        ck_assert(result.backlog_s >= -1e-6 && result.waiting_s >= 0);
        last_share = share;
    }
    ck_assert(last_share < 1e-6 || last_share == 1);
}
END_TEST

START_TEST(never_open_is_impossible)
{
    double work[2] = {10, 10}, open[2] = {0, 0}, path[2];
    struct deferred deferred = {2, 900, work, open, 3600, 0};
    ck_assert(!deferred_smooth(&deferred, path));
    work[0] = work[1] = 0;
    ck_assert(deferred_smooth(&deferred, path));
    ck_assert(path[0] == 0 && path[1] == 0);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("scheduler/deferred");
    TCase *t = tcase_create("curves");
    tcase_add_loop_test(t, rows_by_hand, 0, G_N_ELEMENTS(by_hand));
    tcase_add_loop_test(t, smooth_is_feasible_and_lowest, 0, 200);
    tcase_add_loop_test(t, serving_the_smooth_path_is_in_time, 0, 200);
    tcase_add_test(t, never_open_is_impossible);
    suite_add_tcase(s, t);
    return s;
}

TEST_MAIN(suite)
