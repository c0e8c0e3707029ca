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
    {"due at once: no choice", 4, {1, 3, 0, 2}, {1, 1, 1, 1}, 0.25, 0, {1, 3, 0, 2}, 1.0 / 3},
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
    {"nothing to do", 3, {0, 0, 0, false}, {1, 1, 1}, 4, 0, {0, 0, 0, false}, 1},
};

START_TEST(rows_by_hand)
{
    double work_s[8], smooth_s[8], capacity_s[8], due_s[8], in_time_s[8], done_s[8], due = 0, in_time = 0;
    int n = by_hand[_i].n;
    for (int iv = 0; iv < n; iv++) {
        work_s[iv] = by_hand[_i].work_h[iv] * 3600;
        capacity_s[iv] = by_hand[_i].open[iv] * 3600;
    }
    struct deferred deferred = {.n = n,
                                .interval_s = 3600,
                                .work_s = work_s,
                                .open = by_hand[_i].open,
                                .due_s = by_hand[_i].due_h * 3600,
                                .backlog_s = by_hand[_i].backlog_h * 3600};
    ck_assert(deferred_smooth(&deferred, smooth_s));
    for (int iv = 0; iv < n; iv++)
        ck_assert_msg(fabs(smooth_s[iv] / 3600 - by_hand[_i].smooth_h[iv]) < 1e-9, "%s: hour %d: %g, want %g",
                      by_hand[_i].what, iv, smooth_s[iv] / 3600, by_hand[_i].smooth_h[iv]);
    struct deferred_result result = {.due_s = due_s, .in_time_s = in_time_s, .done_s = done_s};
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
        struct deferred_result result = {.due_s = due_s, .in_time_s = in_time_s, .done_s = done_s};
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
    struct deferred deferred = {.n = 2, .interval_s = 900, .work_s = work, .open = open, .due_s = 3600};
    ck_assert(!deferred_smooth(&deferred, path));
    work[0] = work[1] = 0;
    ck_assert(deferred_smooth(&deferred, path));
    ck_assert(path[0] == 0 && path[1] == 0);
}
END_TEST

/* By hand, one agent, hours: lots with their own dues and a second class; what is left, late and oldest at
   the end of each hour. */
static const struct {
    const char *what;
    int n;
    double work_h[6], open[6], due_h;
    struct deferred_lot lots_h[3];
    double second_h[6], second_due_h; /* 0: no second class */
    double left_h[6], late_h[6], oldest_h[6], smooth_h[6];
    double in_time[2]; /* of each class; -1: nothing is due */
} lots[] = {
    {"two lots, the nearer due first",
     4,
     {0, 0, 0, 0},
     {1, 1, 1, 1},
     8,
     {{4, 1, 0, false}, {1, 1, 0, false}},
     {0},
     0,
     {1, 0, 0, 0},
     {0, 0, 0, 0},
     {5, 0, 0, 0},
     {1, 1.0 / 3, 1.0 / 3, 1.0 / 3},
     {1, -1}},
    {"what is overdue first, and it is no longer counted",
     4,
     {0, 0, 0, 0},
     {1, 1, 1, 1},
     2,
     {{-3, 1, 0, false}, {1, 1, 0, false}},
     {0},
     0,
     {1, 0, 0, 0},
     {1, 0, 0, 0},
     {2, 0, 0, 0},
     {1.5, 0.5, 0, 0},
     {0, -1}},
    {"a lot due in three days waits for mail due in an hour",
     4,
     {1, 1, 0, 0},
     {1, 1, 1, 1},
     1,
     {{72, 2, 0, false}},
     {0},
     0,
     {2, 2, 1, 0},
     {0, 0, 0, 0},
     {-1, -1, -1, 0},
     {1, 1, 1, 1},
     {1, -1}},
    {"the second class is due later and waits",
     4,
     {1, 0, 1, 0},
     {1, 1, 1, 1},
     1,
     {{0, 0, 0, false}},
     {1, 1, 0, 0},
     4,
     {1, 1, 1, 0},
     {0, 0, 0, 0},
     {-1, -1, -1, 0},
     {1, 1, 1, 1},
     {1, -1}},
    {"night between: the second class comes while closed",
     5,
     {2, 0, 0, 0, 0},
     {1, 1, 0, 1, 1},
     3,
     {{0, 0, 0, false}},
     {0, 0, 1, 0, 0},
     1,
     {1, 0, 1, 0, 0},
     {0, 0, 0, 0, 0},
     {-1, 0, 0, 0, 0},
     {2.0 / 3, 2.0 / 3, 0, 1, 2.0 / 3},
     {1, 1}},
};

START_TEST(lots_and_classes)
{
    int n = lots[_i].n, n_lots = 0;
    double work_s[6], second_s[6], capacity_s[6], due_s[6], in_time_s[6], done_s[6], left_s[6], late_s[6],
        oldest_s[6];
    double class_due_s[2], class_in_time_s[2], smooth_s[6];
    struct deferred_lot some[3];
    for (; n_lots < 3 && lots[_i].lots_h[n_lots].work_s > 0; n_lots++)
        some[n_lots] = (struct deferred_lot){lots[_i].lots_h[n_lots].due_s * 3600,
                                             lots[_i].lots_h[n_lots].work_s * 3600, 0, false};
    for (int iv = 0; iv < n; iv++) {
        work_s[iv] = lots[_i].work_h[iv] * 3600;
        second_s[iv] = lots[_i].second_h[iv] * 3600;
        capacity_s[iv] = lots[_i].open[iv] * 3600;
    }
    struct deferred_class second = {second_s, lots[_i].second_due_h * 3600};
    struct deferred deferred = {.n = n,
                                .interval_s = 3600,
                                .work_s = work_s,
                                .open = lots[_i].open,
                                .due_s = lots[_i].due_h * 3600,
                                .lots = some,
                                .n_lots = n_lots,
                                .more = &second,
                                .n_more = second.due_s > 0};
    struct deferred_result result = {.due_s = due_s,
                                     .in_time_s = in_time_s,
                                     .done_s = done_s,
                                     .left_s = left_s,
                                     .late_s = late_s,
                                     .oldest_s = oldest_s,
                                     .class_due_s = class_due_s,
                                     .class_in_time_s = class_in_time_s};
    deferred_serve(&deferred, capacity_s, &result);
    ck_assert(deferred_smooth(&deferred, smooth_s));
    for (int iv = 0; iv < n; iv++) {
        ck_assert_msg(fabs(left_s[iv] / 3600 - lots[_i].left_h[iv]) < 1e-9, "%s: hour %d: %g left",
                      lots[_i].what, iv, left_s[iv] / 3600);
        ck_assert_msg(fabs(late_s[iv] / 3600 - lots[_i].late_h[iv]) < 1e-9, "%s: hour %d: %g late",
                      lots[_i].what, iv, late_s[iv] / 3600);
        ck_assert_msg(lots[_i].oldest_h[iv] < 0 || fabs(oldest_s[iv] / 3600 - lots[_i].oldest_h[iv]) < 1e-9,
                      "%s: hour %d: oldest %g", lots[_i].what, iv, oldest_s[iv] / 3600);
        ck_assert_msg(fabs(smooth_s[iv] / 3600 - lots[_i].smooth_h[iv]) < 1e-9, "%s: hour %d: smooth %g",
                      lots[_i].what, iv, smooth_s[iv] / 3600);
    }
    for (int c = 0; c <= deferred.n_more; c++) {
        double share = class_due_s[c] > 0 ? class_in_time_s[c] / class_due_s[c] : -1;
        ck_assert_msg(fabs(share - lots[_i].in_time[c]) < 1e-5, "%s: class %d: %g in time", lots[_i].what, c,
                      share);
    }
}
END_TEST

/* A week served in one go, or in two halves with what the first leaves: the same. */
START_TEST(halves_add_up)
{
    struct random_case c;
    random_case(&c, _i);
    int n = c.n, half = n / 2;
    double capacity[N_MAX], due[2][N_MAX], in_time[2][N_MAX], done[2][N_MAX], left[2][N_MAX],
        oldest[2][N_MAX];
    double load = c.deferred.backlog_s, open = 0;
    for (int iv = 0; iv < n; iv++) {
        load += c.work_s[iv];
        open += c.open[iv];
    }
    for (int iv = 0; iv < n; iv++)
        capacity[iv] = (_i % 2 == 0 ? 0.8 : 1.1) * load / open * c.open[iv];
    struct deferred_result whole = {.due_s = due[0],
                                    .in_time_s = in_time[0],
                                    .done_s = done[0],
                                    .left_s = left[0],
                                    .oldest_s = oldest[0]};
    deferred_serve(&c.deferred, capacity, &whole);
    struct deferred first = c.deferred, second = c.deferred;
    first.n = half;
    int n_lots;
    g_autofree struct deferred_lot *rest = deferred_leave(&first, capacity, &n_lots);
    second.n = n - half;
    second.work_s += half;
    second.open += half;
    second.backlog_s = 0;
    second.lots = rest;
    second.n_lots = n_lots;
    struct deferred_result later = {.due_s = due[1],
                                    .in_time_s = in_time[1],
                                    .done_s = done[1],
                                    .left_s = left[1],
                                    .oldest_s = oldest[1]};
    deferred_serve(&second, capacity + half, &later);
    ck_assert_double_eq_tol(later.backlog_s, whole.backlog_s, 1e-6 * (1 + load));
    for (int iv = half; iv < n; iv++) {
        ck_assert_double_eq_tol(done[1][iv - half], done[0][iv], 1e-6 * (1 + load));
        ck_assert_double_eq_tol(left[1][iv - half], left[0][iv], 1e-6 * (1 + load));
        if (_i % 4 != 3)
            ck_assert_msg(fabs(in_time[1][iv - half] - in_time[0][iv]) < 1e-4 * (1 + load),
                          "case %d interval %d: in time %g, in one go %g", _i, iv, in_time[1][iv - half],
                          in_time[0][iv]);
        /* a lot is as old as its first contact, at most one interval older */
        ck_assert_msg(
            oldest[1][iv - half] >= oldest[0][iv] - 1e-3 && oldest[1][iv - half] <= oldest[0][iv] + 900.001,
            "case %d interval %d: oldest %g, in one go %g", _i, iv, oldest[1][iv - half], oldest[0][iv]);
    }
}
END_TEST

/* Two classes served together need no higher a peak than each on its own, and all of both is in time. */
START_TEST(classes_share_the_people)
{
    struct random_case a, b;
    random_case(&a, 2 * _i);
    random_case(&b, 2 * _i + 7);
    int n = MIN(a.n, b.n);
    double alone[2][N_MAX], both[N_MAX], due_s[N_MAX], in_time_s[N_MAX], done_s[N_MAX], class_due[2],
        class_in_time[2];
    a.deferred.n = b.deferred.n = n;
    b.deferred.open = a.deferred.open = a.open;
    a.deferred.backlog_s = b.deferred.backlog_s = 0;
    ck_assert(deferred_smooth(&a.deferred, alone[0]) && deferred_smooth(&b.deferred, alone[1]));
    struct deferred_class second = {b.work_s, b.deferred.due_s};
    struct deferred together = a.deferred;
    together.more = &second;
    together.n_more = 1;
    ck_assert(deferred_smooth(&together, both));
    double peak_alone = 0, peak_both = 0;
    for (int iv = 0; iv < n; iv++) {
        double open = fmax(a.open[iv], 1e-9);
        peak_alone = fmax(peak_alone, (alone[0][iv] + alone[1][iv]) / open);
        peak_both = fmax(peak_both, both[iv] / open);
    }
    ck_assert_msg(peak_both <= peak_alone * (1 + 1e-9), "case %d: peak %g, apart %g", _i, peak_both,
                  peak_alone);
    struct deferred_result result = {.due_s = due_s,
                                     .in_time_s = in_time_s,
                                     .done_s = done_s,
                                     .class_due_s = class_due,
                                     .class_in_time_s = class_in_time};
    deferred_serve(&together, both, &result);
    for (int c = 0; c < 2; c++)
        ck_assert_msg(class_in_time[c] >= class_due[c] * (1 - 1e-5), "case %d class %d: %.9g of %g in time",
                      _i, c, class_in_time[c], class_due[c]);
}
END_TEST

/* Contact by contact: the work of each interval in many small pieces, served earliest due first in small
   steps, with two classes and a backlog of its own dues. Nothing shared with the parcels but the rule. */
#define PIECES 40
struct piece {
    double due_x, work_s, left_s;
    int step; /* ready from */
};

static int add_pieces(struct piece *pieces, int n, const struct random_case *c, const double *work_s,
                      double due_s)
{
    double x = 0, waiting = 0;
    int step = 0;
    for (int iv = 0; iv < c->n; iv++) {
        if (!(c->open[iv] > 0)) {
            waiting += work_s[iv];
            continue;
        }
        pieces[n++] = (struct piece){x + due_s, waiting, waiting, step};
        for (int k = 0; k < PIECES; k++) {
            double share = work_s[iv] / PIECES;
            pieces[n++] = (struct piece){x + 900 * (k + 0.5) / PIECES + due_s, share, share, step + k};
        }
        waiting = 0;
        x += 900;
        step += PIECES;
    }
    return n;
}

START_TEST(pieces_agree)
{
    struct random_case c, other;
    random_case(&c, 4 * _i); /* whole intervals */
    random_case(&other, 4 * _i + 1);
    struct deferred_lot waits[2] = {{1800, 4000, 0, false}, {-900, 2500, 0, false}};
    struct deferred_class second = {other.work_s, 900.0 * (2 + _i % 12)};
    double load = 6500, open = 0, capacity[N_MAX], due_s[N_MAX], in_time_s[N_MAX], done_s[N_MAX],
           left_s[N_MAX], late_s[N_MAX], class_due[2], class_in_time[2];
    c.deferred.backlog_s = 0;
    for (int iv = 0; iv < c.n; iv++) {
        other.work_s[iv] = iv < other.n ? other.work_s[iv] : 0;
        load += c.work_s[iv] + other.work_s[iv];
        open += c.open[iv];
    }
    for (int iv = 0; iv < c.n; iv++)
        capacity[iv] = c.open[iv] * load / open * (0.7 + 0.1 * (_i % 5));
    c.deferred.lots = waits;
    c.deferred.n_lots = 2;
    c.deferred.more = &second;
    c.deferred.n_more = 1;
    struct deferred_result result = {.due_s = due_s,
                                     .in_time_s = in_time_s,
                                     .done_s = done_s,
                                     .left_s = left_s,
                                     .late_s = late_s,
                                     .class_due_s = class_due,
                                     .class_in_time_s = class_in_time};
    deferred_serve(&c.deferred, capacity, &result);
    static struct piece pieces[2 * N_MAX * (PIECES + 1) + 2];
    pieces[0] = (struct piece){1800, 4000, 4000, 0};
    pieces[1] = (struct piece){-1, 2500, 2500, 0};
    int n = add_pieces(pieces, 2, &c, c.work_s, c.deferred.due_s), step = 0;
    n = add_pieces(pieces, n, &c, other.work_s, second.due_s);
    double in_time = 0, late = 0, left = 0, end_x = open * 900;
    for (int iv = 0; iv < c.n; iv++)
        for (int k = 0; c.open[iv] > 0 && k < PIECES; k++, step++)
            for (double can = capacity[iv] / PIECES; can > 1e-9;) {
                int best = -1;
                for (int i = 0; i < n; i++)
                    if (pieces[i].step <= step && pieces[i].left_s > 1e-9 &&
                        (best < 0 || pieces[i].due_x < pieces[best].due_x))
                        best = i;
                if (best < 0)
                    break;
                double take = fmin(can, pieces[best].left_s);
                pieces[best].left_s -= take;
                can -= take;
                in_time +=
                    (step + 0.5) * 900 / PIECES <= pieces[best].due_x && pieces[best].due_x <= end_x + 1
                        ? take
                        : 0;
            }
    for (int i = 0; i < n; i++) {
        left += pieces[i].left_s;
        late += pieces[i].due_x <= end_x + 1 ? pieces[i].left_s : 0;
    }
    for (int iv = c.n - 1; iv >= 0 && !(c.open[iv] > 0); iv--)
        left += c.work_s[iv] + other.work_s[iv]; /* came after the last closing */
    double slack = 0.012 * load;
    ck_assert_msg(fabs(left - result.backlog_s) < 0.2 * slack + 1, "case %d: %g left, pieces %g", _i,
                  result.backlog_s, left);
    ck_assert_msg(fabs(late - late_s[c.n - 1]) < slack, "case %d: %g late, pieces %g of %g", _i,
                  late_s[c.n - 1], late, load);
    /* which class waits where both are due at once is a matter of taste: the sum */
    double got = class_in_time[0] + class_in_time[1];
    ck_assert_msg(fabs(in_time - got) < slack, "case %d: %g in time, pieces %g of %g", _i, got, in_time,
                  load);
}
END_TEST

/* One class, its work told as classes of the same promise: the densest stretches are the taut string. */
START_TEST(two_ways_to_smooth)
{
    struct random_case c;
    random_case(&c, _i);
    double half[N_MAX], taut[N_MAX], dense[N_MAX];
    ck_assert(deferred_smooth(&c.deferred, taut));
    for (int iv = 0; iv < c.n; iv++)
        half[iv] = 0.5 * c.work_s[iv];
    struct deferred_class other = {half, c.deferred.due_s};
    c.deferred.work_s = half;
    c.deferred.more = &other;
    c.deferred.n_more = 1;
    ck_assert(deferred_smooth(&c.deferred, dense));
    for (int iv = 0; iv < c.n; iv++)
        ck_assert_msg(fabs(taut[iv] - dense[iv]) < 1e-6, "case %d interval %d: %g, %g", _i, iv, taut[iv],
                      dense[iv]);
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
    tcase_add_loop_test(t, lots_and_classes, 0, G_N_ELEMENTS(lots));
    tcase_add_loop_test(t, halves_add_up, 0, 100);
    tcase_add_loop_test(t, classes_share_the_people, 0, 100);
    tcase_add_loop_test(t, two_ways_to_smooth, 0, 100);
    tcase_add_loop_test(t, pieces_agree, 0, 60);
    suite_add_tcase(s, t);
    return s;
}

TEST_MAIN(suite)
