#include "tests/support/testing.h"

#include "forecast/array.h"
#include "forecast/linear.h"

#include <math.h>

/* Numbers without a pattern. */
static double number(int i)
{
    return sin(12.9898 * i + 1) * 3 + cos(0.37 * i * i);
}

static const struct {
    const char *what;
    int rows, n;
} shapes[] = {
    {"one number", 1, 1},         {"less than a tile", 9, 3},         {"a tile", 5, 4},
    {"tiles and a rest", 70, 11}, {"several blocks of rows", 200, 8}, {"no rows", 0, 5},
};

START_TEST(gram_of_rows)
{
    int rows = shapes[_i].rows, n = shapes[_i].n;
    g_autofree double *x = array_new(rows, n), *gram = array_new(n, n);
    for (int i = 0; i < rows * n; i++)
        x[i] = number(i);
    linear_gram(x, rows, n, gram);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++) {
            double want = 0;
            for (int r = 0; r < rows; r++)
                want += x[r * n + i] * x[r * n + j];
            ck_assert_msg(fabs(gram[i * n + j] - want) < 1e-9, "%s: cell %d,%d is %g, not %g",
                          shapes[_i].what, i, j, gram[i * n + j], want);
        }
}
END_TEST

START_TEST(solution_of_a_system)
{
    int n = shapes[_i].n;
    g_autofree double *x = array_new(n + 3, n), *a = array_new(n, n), *b = array_new(n, 1);
    for (int i = 0; i < (n + 3) * n; i++)
        x[i] = number(i);
    linear_gram(x, n + 3, n, a);
    for (int i = 0; i < n; i++)
        a[i * n + i] += 0.5;
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++)
            b[i] += a[i * n + j] * (j + 1);
    ck_assert(linear_factor(a, n));
    linear_solve(a, n, b);
    for (int i = 0; i < n; i++)
        ck_assert_msg(fabs(b[i] - (i + 1)) < 1e-6, "%s: unknown %d is %g", shapes[_i].what, i, b[i]);
}
END_TEST

START_TEST(not_positive_definite)
{
    double a[4] = {1, 2, 2, 1}, nothing[1] = {0}, unknown[1] = {NAN};
    ck_assert(!linear_factor(a, 2));
    ck_assert(!linear_factor(nothing, 1));
    ck_assert(!linear_factor(unknown, 1));
}
END_TEST

/* Σ value_i u_i u_i' of cosine curves u_i gives them back, and in their order. */
static const struct {
    const char *what;
    int n, k;
    double value[6]; /* of the curves with 1, 2, … half waves */
} spectra[] = {
    {"three curves", 24, 3, {9, 5, 2, 0.1, 0.05, 0}},
    {"in another order", 48, 4, {1, 8, 2, 4, 0.3, 0.2}},
    {"fewer than asked for", 16, 3, {7, 0, 0, 0, 0, 0}},
    {"small matrix", 7, 2, {0, 3, 1, 0, 0, 0}},
};

START_TEST(top_curves)
{
    int n = spectra[_i].n, found = 0;
    g_autofree double *gram = array_new(n, n), *vectors = array_new(LINEAR_TOP_MAX, n),
                      *curve = array_new(6, n);
    for (int c = 0; c < 6; c++)
        for (int s = 0; s < n; s++)
            curve[c * n + s] = sqrt(2.0 / n) * cos(G_PI * (c + 1) * (s + 0.5) / n);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++)
            for (int c = 0; c < 6; c++)
                gram[i * n + j] += spectra[_i].value[c] * curve[c * n + i] * curve[c * n + j];
    linear_top(gram, n, spectra[_i].k, vectors);
    bool taken[6] = {false};
    for (; found < spectra[_i].k; found++) {
        int best = -1;
        for (int c = 0; c < 6; c++)
            if (!taken[c] && spectra[_i].value[c] > 0 &&
                (best < 0 || spectra[_i].value[c] > spectra[_i].value[best]))
                best = c;
        if (best < 0)
            break;
        taken[best] = true;
        double product = linear_dot(&vectors[found * n], &curve[best * n], n);
        ck_assert_msg(fabs(fabs(product) - 1) < 1e-6, "%s: vector %d and curve %d: %g", spectra[_i].what,
                      found, best + 1, product);
    }
    ck_assert_int_gt(found, 0);
}
END_TEST

START_TEST(top_of_nothing)
{
    double gram[16] = {0}, vectors[8];
    linear_top(gram, 4, 2, vectors);
    for (int i = 0; i < 8; i++)
        ck_assert(isfinite(vectors[i]));
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("forecast/linear");
    TCase *t = tcase_create("linear");
    tcase_add_loop_test(t, gram_of_rows, 0, (int)G_N_ELEMENTS(shapes));
    tcase_add_loop_test(t, solution_of_a_system, 0, (int)G_N_ELEMENTS(shapes));
    tcase_add_test(t, not_positive_definite);
    tcase_add_loop_test(t, top_curves, 0, (int)G_N_ELEMENTS(spectra));
    tcase_add_test(t, top_of_nothing);
    suite_add_tcase(s, t);
    return s;
}

TEST_MAIN(suite)
