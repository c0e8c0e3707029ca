#include "tests/forecast/synthetic.h"
#include "tests/support/testing.h"

#include "forecast/hierarchy.h"
#include "forecast/reconcile.h"

#include <math.h>
#include <string.h>

#define NODES_MAX 16

/* ---- one period, by hand ---- */

/* Two queues a and b and their total; usual days are `usual`, or the base where that is 0 (below 0: not
 * measured). */
static const struct pair {
    const char *what;
    double base[3], variance[2], usual[2], weight, want[2];
} pairs[] = {
    {"they agree already", {10, 20, 30}, {1, 1}, {0}, 0.5, {10, 20}},
    {"half the gap, in equal parts", {10, 20, 36}, {1, 1}, {0}, 0.5, {11.5, 21.5}},
    {"the less certain moves more: 4/5, 1/5", {10, 20, 36}, {4, 1}, {0}, 0.5, {12.4, 20.6}},
    {"the weight of a total", {10, 20, 36}, {1, 1}, {0}, 0.15, {10.45, 20.45}},
    {"less than the queues say", {10, 20, 24}, {1, 1}, {0}, 0.5, {8.5, 18.5}},
    {"closed: no contacts stay none, the rest moves", {0, 20, 26}, {1, 1}, {10, 20}, 0.5, {0, 23}},
    {"half a usual day has half the variance", {5, 20, 31}, {1, 1}, {10, 20}, 0.5, {6, 22}},
    {"nothing goes below 0", {2, 30, 12}, {9, 0.1}, {0}, 0.5, {0, 30 - 18 * 0.1 / (9.1 + 0.1)}},
    {"a total without forecast", {10, 20, NAN}, {1, 1}, {0}, 0.5, {10, 20}},
    {"never measured: an error of 30 %", {10, 20, 36}, {1, 1}, {-1, 20}, 0.5, {10 + 3 * 0.9, 20 + 3 * 0.1}},
    {"a total that says nothing is not heard", {10, 20, 0}, {1, 1}, {0}, 0.5, {10, 20}},
    {"queues that say nothing", {0, 0, 36}, {1, 1}, {10, 20}, 0.5, {0, 0}},
};

static const int pair_first[] = {0, 2}, pair_leaf[] = {0, 1};
static const struct reconcile_tree pair_tree = {2, 1, pair_first, pair_leaf};

START_TEST(by_hand)
{
    const struct pair *row = &pairs[_i];
    struct reconcile_error errors[2];
    double out[2];
    for (int i = 0; i < 2; i++) {
        double usual = row->usual[i] > 0 ? row->usual[i] : row->usual[i] < 0 ? 0 : row->base[i];
        errors[i] = (struct reconcile_error){row->variance[i], usual};
    }
    reconcile_period(&pair_tree, errors, row->weight, row->base, out);
    for (int i = 0; i < 2; i++)
        ck_assert_msg(fabs(out[i] - row->want[i]) < 1e-9, "%s: queue %d is %g, not %g", row->what, i, out[i],
                      row->want[i]);
}
END_TEST

/* ---- against generalised least squares, solved another way ---- */

static uint32_t state;

static double uniform(void)
{
    state = state * 1664525u + 1013904223u;
    return (state >> 8) / 16777216.0;
}

/* Inverse by Gauss-Jordan with pivots; n <= NODES_MAX. */
static void invert(int n, double a[NODES_MAX][NODES_MAX], double out[NODES_MAX][NODES_MAX])
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++)
            out[i][j] = i == j;
    for (int c = 0; c < n; c++) {
        int p = c;
        for (int i = c; i < n; i++)
            p = fabs(a[i][c]) > fabs(a[p][c]) ? i : p;
        for (int j = 0; j < n; j++) {
            double t = a[c][j], u = out[c][j];
            a[c][j] = a[p][j], out[c][j] = out[p][j];
            a[p][j] = t, out[p][j] = u;
        }
        double d = a[c][c];
        for (int j = 0; j < n; j++)
            a[c][j] /= d, out[c][j] /= d;
        for (int i = 0; i < n; i++) {
            double f = i == c ? 0 : a[i][c];
            for (int j = 0; j < n; j++)
                a[i][j] -= f * a[c][j], out[i][j] -= f * out[c][j];
        }
    }
}

/* A tree with every leaf in the last group, and random others. */
struct random_tree {
    int n_leaves, n_groups, first[NODES_MAX], leaf[NODES_MAX * NODES_MAX];
    double base[NODES_MAX], weight;
    struct reconcile_error errors[NODES_MAX];
    double sums[NODES_MAX][NODES_MAX]; /* nodes × leaves: 1 where the node holds the leaf */
};

static void random_tree(struct random_tree *r, int seed)
{
    *r = (struct random_tree){0};
    state = (uint32_t)seed * 7919u + 1;
    r->n_leaves = 2 + seed % 5;
    r->n_groups = 1 + seed % MIN(4, r->n_leaves);
    r->weight = 0.05 + 0.9 * uniform();
    int at = 0, n = r->n_leaves + r->n_groups;
    for (int g = 0; g < r->n_groups; g++) {
        for (int i = 0; i < r->n_leaves; i++)
            if (g == r->n_groups - 1 || i == g || uniform() < 0.6)
                r->leaf[at++] = i;
        r->first[g + 1] = at;
        for (int i = r->first[g]; i < at; i++)
            r->sums[r->n_leaves + g][r->leaf[i]] = 1;
    }
    for (int i = 0; i < n; i++) {
        double leaves = 0;
        if (i < r->n_leaves)
            r->sums[i][i] = leaves = 1;
        for (int k = 0; i >= r->n_leaves && k < r->n_leaves; k++)
            leaves += r->sums[i][k];
        r->base[i] = 100 * leaves * (0.9 + 0.2 * uniform());
        r->errors[i] = (struct reconcile_error){4 + 30 * uniform(), 100};
    }
}

/* (S' W^-1 S)^-1 S' W^-1 base with W diagonal. */
static void least_squares(const struct random_tree *r, double *out)
{
    int n = r->n_leaves + r->n_groups;
    double w[NODES_MAX][NODES_MAX] = {{0}}, inverse[NODES_MAX][NODES_MAX],
           normal[NODES_MAX][NODES_MAX] = {{0}}, solved[NODES_MAX][NODES_MAX], right[NODES_MAX] = {0};
    for (int i = 0; i < n; i++) {
        for (int k = 0; k < r->n_leaves; k++)
            w[i][i] += r->sums[i][k] * r->errors[k].variance * r->base[k] / r->errors[k].usual;
        if (i < r->n_leaves)
            continue;
        double groups = 0, leaves = 0;
        for (int k = 0; k < r->n_leaves; k++)
            for (int g = 0; r->sums[i][k] > 0 && g <= r->n_groups; g++) {
                leaves += g == 0;
                groups += g > 0 ? r->sums[r->n_leaves + g - 1][k] : 0;
            }
        w[i][i] *= (1 - r->weight) / r->weight * groups / leaves;
    }
    invert(n, w, inverse);
    for (int a = 0; a < r->n_leaves; a++)
        for (int i = 0; i < n; i++)
            for (int j = 0; j < n; j++) {
                right[a] += r->sums[i][a] * inverse[i][j] * r->base[j];
                for (int b = 0; b < r->n_leaves; b++)
                    normal[a][b] += r->sums[i][a] * inverse[i][j] * r->sums[j][b];
            }
    invert(r->n_leaves, normal, solved);
    for (int a = 0; a < r->n_leaves; a++) {
        out[a] = 0;
        for (int b = 0; b < r->n_leaves; b++)
            out[a] += solved[a][b] * right[b];
    }
}

START_TEST(same_as_least_squares)
{
    struct random_tree r;
    double want[NODES_MAX], out[NODES_MAX];
    random_tree(&r, _i);
    struct reconcile_tree tree = {r.n_leaves, r.n_groups, r.first, r.leaf};
    least_squares(&r, want);
    reconcile_period(&tree, r.errors, r.weight, r.base, out);
    for (int i = 0; i < r.n_leaves; i++)
        ck_assert_msg(fabs(out[i] - want[i]) < 1e-6 * fabs(want[i]), "tree %d: leaf %d is %.9g, not %.9g", _i,
                      i, out[i], want[i]);
}
END_TEST

/* ---- errors from backtests ---- */

START_TEST(errors_from_tests)
{
    struct forecast_test_day days[] = {{100, 100, 10, 8}, {100, 101, 10, 14}, {107, 107, 2, 2}};
    struct forecast forecast = {.test_days = days, .n_test_days = 3};
    struct reconcile_error error = reconcile_error(&forecast);
    ck_assert_double_eq_tol(error.variance, 20.0 / 3, 1e-12);
    ck_assert_double_eq_tol(error.usual, 8, 1e-12);
    forecast.n_test_days = 0;
    ck_assert_double_eq(reconcile_error(&forecast).usual, 0);
}
END_TEST

/* ---- histories of totals ---- */

static double ten(int32_t day, int second)
{
    (void)day;
    (void)second;
    return 10;
}

static double office(int32_t day, int second)
{
    return day_weekday(day) < 5 && second >= 9 * 3600 && second < 17 * 3600 ? 4 : NAN;
}

/* Two queues of 60 days from 2024-01-01 (the second from its own day and interval). */
static const struct sum_row {
    const char *what;
    const char *first_day;
    int n_days, interval_min;
    const char *closed;    /* a day the second is closed */
    int miss_from, miss_n; /* half hours of the first without observation */
    bool made;
    int32_t interval_s;
    const char *at; /* an instant … */
    double want;    /* … and the sum there */
} sum_rows[] = {
    {"both open", "2024-01-01", 60, 30, NULL, 0, 0, true, 1800, "2024-01-10T12:00:00Z", 14},
    {"one closed at night", "2024-01-01", 60, 30, NULL, 0, 0, true, 1800, "2024-01-10T20:00:00Z", 10},
    {"one closed by the calendar", "2024-01-01", 60, 30, "2024-01-10", 0, 0, true, 1800,
     "2024-01-10T12:00:00Z", 10},
    {"hours and half hours", "2024-01-01", 60, 60, NULL, 0, 0, true, 3600, "2024-01-10T12:00:00Z", 24},
    {"ten and fifteen minutes meet at half hours", "2024-01-01", 60, 10, NULL, 0, 0, true, 1800,
     "2024-01-10T12:00:00Z", 32},
    {"too much of it not seen", "2024-01-01", 60, 30, NULL, 20 * 48 + 24, 1, true, 1800,
     "2024-01-21T12:00:00Z", NAN},
    {"starts where the last begins", "2024-01-15", 46, 30, NULL, 0, 0, true, 1800, "2024-01-16T12:00:00Z",
     14},
    {"three weeks in common", "2024-02-09", 21, 30, NULL, 0, 0, false, 0, NULL, 0},
    {"one ended long ago", "2024-01-01", 40, 30, NULL, 0, 0, false, 0, NULL, 0},
};

START_TEST(sums)
{
    const struct sum_row *row = &sum_rows[_i];
    struct synthetic first = {"UTC", "2024-01-01", 60, row->interval_min == 10 ? 15 : 30, ten, 0, 0},
                     second = {"UTC", row->first_day, row->n_days, row->interval_min, office, 0, 0};
    struct series series[2];
    struct zone *zone, *other;
    struct forecast_special closed = {.kind = SPECIAL_CLOSED, .name = "strike"};
    synthetic_make(&first, &series[0], &zone);
    synthetic_make(&second, &series[1], &other);
    for (int i = 0; i < row->miss_n; i++)
        series[0].offered[row->miss_from + i] = NAN;
    struct forecast_input inputs[2];
    const struct forecast_input *both[] = {&inputs[0], &inputs[1]};
    for (int i = 0; i < 2; i++)
        inputs[i] = (struct forecast_input){.history = &series[i], .zone = zone};
    for (int i = 0; i < 2; i++)
        inputs[i].horizon = synthetic_days(zone, day_from_civil(2024, 3, 1), 7, series[i].grid.interval_s);
    if (row->closed != NULL) {
        ck_assert(day_parse(row->closed, &closed.day, NULL));
        inputs[1].specials = &closed;
        inputs[1].n_specials = 1;
    }
    AUTO(hierarchy_sum) sum = hierarchy_sum_new(both, 2);
    ck_assert_msg((sum != NULL) == row->made, "%s: %s", row->what, sum != NULL ? "made" : "not made");
    if (sum != NULL) {
        int64_t ts;
        hierarchy_sum_add(sum, &inputs[0]);
        hierarchy_sum_add(sum, &inputs[1]);
        struct forecast_input input = hierarchy_sum_input(sum, zone);
        ck_assert(time_parse(row->at, NULL, &ts, NULL));
        double got = input.history->offered[grid_index(&input.history->grid, ts)];
        ck_assert_msg(input.history->grid.interval_s == row->interval_s, "%s: interval of %d s", row->what,
                      input.history->grid.interval_s);
        ck_assert_msg(isnan(row->want) ? isnan(got) : fabs(got - row->want) < 1e-9, "%s: %g, not %g",
                      row->what, got, row->want);
        ck_assert_int_eq(input.horizon.start_ts, inputs[0].horizon.start_ts);
        ck_assert_int_eq(grid_end_ts(&input.horizon), grid_end_ts(&inputs[0].horizon));
        ck_assert_int_eq(input.n_specials, 0);
    }
    for (int i = 0; i < 2; i++)
        series_clear(&series[i]);
    zone_free(zone);
    zone_free(other);
}
END_TEST

/* Days of two queues of 10 and 10, or 10 and 4 in the office, and what the total is told. */
static const struct vote_row {
    const char *what;
    enum special_kind a, b; /* SPECIAL_N: the day is plain */
    int want;               /* enum special_kind, SPECIAL_N: not special */
} vote_rows[] = {
    {"closed for both", SPECIAL_CLOSED, SPECIAL_CLOSED, SPECIAL_CLOSED},
    {"closed for the large one", SPECIAL_CLOSED, SPECIAL_N, SPECIAL_HOLIDAY},
    {"holiday for the large one", SPECIAL_HOLIDAY, SPECIAL_N, SPECIAL_HOLIDAY},
    {"holiday for the small one", SPECIAL_N, SPECIAL_HOLIDAY, SPECIAL_N},
    {"event of the large one", SPECIAL_EVENT, SPECIAL_N, SPECIAL_EVENT},
    {"event and holiday: the larger kind", SPECIAL_EVENT, SPECIAL_HOLIDAY, SPECIAL_EVENT},
    {"an outage says nothing of days to come", SPECIAL_UNPLANNED, SPECIAL_UNPLANNED, SPECIAL_N},
};

START_TEST(votes)
{
    const struct vote_row *row = &vote_rows[_i];
    struct synthetic first = {"UTC", "2024-01-01", 60, 30, ten, 0, 0},
                     second = {"UTC", "2024-01-01", 60, 30, office, 0, 0};
    struct series series[2];
    struct zone *zone, *other;
    synthetic_make(&first, &series[0], &zone);
    synthetic_make(&second, &series[1], &other);
    enum special_kind kinds[2] = {row->a, row->b};
    struct forecast_special special[2];
    struct forecast_input inputs[2];
    const struct forecast_input *both[] = {&inputs[0], &inputs[1]};
    for (int i = 0; i < 2; i++) {
        special[i] =
            (struct forecast_special){.day = day_from_civil(2024, 1, 17), .kind = kinds[i], .name = "feast"};
        inputs[i] =
            (struct forecast_input){.history = &series[i],
                                    .zone = zone,
                                    .specials = &special[i],
                                    .n_specials = kinds[i] != SPECIAL_N,
                                    .horizon = synthetic_days(zone, day_from_civil(2024, 3, 1), 7, 1800)};
    }
    AUTO(hierarchy_sum) sum = hierarchy_sum_new(both, 2);
    ck_assert_ptr_nonnull(sum);
    hierarchy_sum_add(sum, &inputs[0]);
    hierarchy_sum_add(sum, &inputs[1]);
    struct forecast_input input = hierarchy_sum_input(sum, zone);
    int got = input.n_specials > 0 ? (int)input.specials[0].kind : SPECIAL_N;
    ck_assert_msg(got == row->want, "%s: kind %d, not %d", row->what, got, row->want);
    ck_assert(got == SPECIAL_N || strcmp(input.specials[0].name, "feast") == 0);
    for (int i = 0; i < 2; i++)
        series_clear(&series[i]);
    zone_free(zone);
    zone_free(other);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("reconcile");
    TCase *tc = tcase_create("reconcile");
    tcase_add_loop_test(tc, by_hand, 0, G_N_ELEMENTS(pairs));
    tcase_add_loop_test(tc, same_as_least_squares, 0, 40);
    tcase_add_test(tc, errors_from_tests);
    tcase_add_loop_test(tc, sums, 0, G_N_ELEMENTS(sum_rows));
    tcase_add_loop_test(tc, votes, 0, G_N_ELEMENTS(vote_rows));
    suite_add_tcase(s, tc);
    return s;
}

TEST_MAIN(suite)
