#include "forecast/linear.h"

#include "forecast/array.h"

#include <math.h>

/* Four numbers at once, from and to any address. */
typedef double vec __attribute__((vector_size(32), aligned(8)));
#define VEC 4
#define GRAM_ROWS 64 /* so many rows stay in the first cache while all tiles pass over them */
#define BLOCK 8      /* vectors iterated for LINEAR_TOP_MAX wanted: the others speed them up */
#define ITERATIONS 10
#define JACOBI_SWEEPS 12

/* In every function that uses them, not called: rows are short. */
#define INLINE static inline __attribute__((always_inline))

INLINE double dot(const double *a, const double *b, int n)
{
    vec sum = {0};
    int i = 0;
    for (; i + VEC <= n; i += VEC)
        sum += *(const vec *)&a[i] * *(const vec *)&b[i];
    double rest = 0;
    for (; i < n; i++)
        rest += a[i] * b[i];
    return (sum[0] + sum[1]) + (sum[2] + sum[3]) + rest;
}

INLINE void add(double *y, double factor, const double *x, int n)
{
    int i = 0;
    vec f = {factor, factor, factor, factor};
    for (; i + VEC <= n; i += VEC)
        *(vec *)&y[i] += f * *(const vec *)&x[i];
    for (; i < n; i++)
        y[i] += factor * x[i];
}

LINEAR_WIDE double linear_dot(const double *a, const double *b, int n)
{
    return dot(a, b, n);
}

LINEAR_WIDE void linear_add(double *y, double factor, const double *x, int n)
{
    add(y, factor, x, n);
}

/* A tile of VEC × VEC cells of the Gram matrix at (i, j); n is the row length of both. */
INLINE void gram_tile(const double *rows, int n_rows, int n, int i, int j, double *gram)
{
    double *at[VEC] = {&gram[i * n + j], &gram[(i + 1) * n + j], &gram[(i + 2) * n + j],
                       &gram[(i + 3) * n + j]};
    vec s0 = *(vec *)at[0], s1 = *(vec *)at[1], s2 = *(vec *)at[2], s3 = *(vec *)at[3];
    for (int r = 0; r < n_rows; r++) {
        const double *left = &rows[r * n + i];
        vec right = *(const vec *)&rows[r * n + j];
        s0 += left[0] * right;
        s1 += left[1] * right;
        s2 += left[2] * right;
        s3 += left[3] * right;
    }
    *(vec *)at[0] = s0, *(vec *)at[1] = s1, *(vec *)at[2] = s2, *(vec *)at[3] = s3;
}

LINEAR_WIDE void linear_gram(const double *rows, int n_rows, int n, double *gram)
{
    int whole = n / VEC * VEC;
    memset(gram, 0, (gsize)(n * n) * sizeof *gram);
    for (int from = 0; from < n_rows; from += GRAM_ROWS) {
        int count = MIN(GRAM_ROWS, n_rows - from);
        const double *block = &rows[from * n];
        for (int i = 0; i < whole; i += VEC)
            for (int j = i; j < whole; j += VEC)
                gram_tile(block, count, n, i, j, gram);
        for (int r = 0; r < count; r++) /* columns that fill no tile */
            for (int j = whole; j < n; j++)
                for (int i = 0; i <= j; i++)
                    gram[i * n + j] += block[r * n + i] * block[r * n + j];
    }
    for (int i = 1; i < n; i++)
        for (int j = 0; j < i; j++)
            gram[i * n + j] = gram[j * n + i];
}

LINEAR_WIDE bool linear_factor(double *a, int n)
{
    for (int k = 0; k < n; k++) {
        double *row = &a[k * n];
        if (!(row[k] > 0))
            return false;
        double scale = 1 / sqrt(row[k]);
        for (int j = k; j < n; j++)
            row[j] *= scale;
        for (int i = k + 1; i < n; i++)
            if (row[i] != 0) /* feasts do not meet: many are */
                add(&a[i * n + i], -row[i], &row[i], n - i);
    }
    return true;
}

LINEAR_WIDE void linear_solve(const double *factor, int n, double *b)
{
    for (int k = 0; k < n; k++) {
        b[k] /= factor[k * n + k];
        add(&b[k + 1], -b[k], &factor[k * n + k + 1], n - k - 1);
    }
    for (int k = n - 1; k >= 0; k--)
        b[k] = (b[k] - dot(&factor[k * n + k + 1], &b[k + 1], n - k - 1)) / factor[k * n + k];
}

/* Modified Gram-Schmidt over the rows of v; what depends on the rows before becomes 0. */
INLINE void orthonormalise(double *v, int rows, int n)
{
    for (int i = 0; i < rows; i++) {
        double before = dot(&v[i * n], &v[i * n], n);
        for (int j = 0; j < i; j++)
            add(&v[i * n], -dot(&v[i * n], &v[j * n], n), &v[j * n], n);
        double square = dot(&v[i * n], &v[i * n], n);
        double scale = square > 1e-20 * before && square > 0 ? 1 / sqrt(square) : 0;
        for (int s = 0; s < n; s++)
            v[i * n + s] *= scale;
    }
}

/* out (rows × n) = v (rows × n) · gram; the matrix is symmetric. */
INLINE void multiply(const double *gram, const double *v, int rows, int n, double *out)
{
    memset(out, 0, (gsize)(rows * n) * sizeof *out);
    for (int i = 0; i < rows; i++)
        for (int j = 0; j < n; j++)
            add(&out[i * n], v[i * n + j], &gram[j * n], n);
}

/* Rotates rows p and q of the pairs so that t (m × m, symmetric) loses its cell (p, q). */
static void rotate(double *t, double *turn, int m, int p, int q)
{
    double off = t[p * m + q];
    if (fabs(off) <= 1e-300)
        return;
    double theta = (t[q * m + q] - t[p * m + p]) / (2 * off);
    double tangent = (theta >= 0 ? 1 : -1) / (fabs(theta) + sqrt(theta * theta + 1));
    double c = 1 / sqrt(tangent * tangent + 1), s = tangent * c;
    for (int i = 0; i < m; i++) {
        double left = t[i * m + p], right = t[i * m + q];
        t[i * m + p] = c * left - s * right;
        t[i * m + q] = s * left + c * right;
    }
    for (int i = 0; i < m; i++) {
        double left = t[p * m + i], right = t[q * m + i];
        t[p * m + i] = c * left - s * right;
        t[q * m + i] = s * left + c * right;
        left = turn[p * m + i], right = turn[q * m + i];
        turn[p * m + i] = c * left - s * right;
        turn[q * m + i] = s * left + c * right;
    }
}

void linear_eigen(double *t, double *turn, int m)
{
    for (int i = 0; i < m * m; i++)
        turn[i] = i % (m + 1) == 0;
    for (int sweep = 0; sweep < JACOBI_SWEEPS; sweep++) {
        double off = 0, on = 0;
        for (int p = 0; p < m; p++) {
            on += t[p * m + p] * t[p * m + p];
            for (int q = p + 1; q < m; q++)
                off += t[p * m + q] * t[p * m + q];
        }
        if (off <= 1e-24 * on)
            return;
        for (int p = 0; p < m; p++)
            for (int q = p + 1; q < m; q++)
                rotate(t, turn, m, p, q);
    }
}

/* The k rows of turn · v of the largest diagonal cells of t. */
static void pick(const double *t, const double *turn, const double *v, int m, int n, int k, double *vectors)
{
    bool taken[BLOCK] = {false};
    memset(vectors, 0, (gsize)(k * n) * sizeof *vectors);
    for (int f = 0; f < k; f++) {
        int best = 0; /* k <= m: some row is left */
        while (best < m - 1 && taken[best])
            best++;
        for (int i = best + 1; i < m; i++)
            if (!taken[i] && t[i * m + i] > t[best * m + best])
                best = i;
        taken[best] = true;
        double sum = 0;
        for (int i = 0; i < m; i++)
            add(&vectors[f * n], turn[best * m + i], &v[i * n], n);
        for (int s = 0; s < n; s++)
            sum += vectors[f * n + s];
        for (int s = 0; s < n && sum < 0; s++)
            vectors[f * n + s] = -vectors[f * n + s];
    }
}

LINEAR_WIDE void linear_top(const double *gram, int n, int k, double *vectors)
{
    int m = MIN(BLOCK, n);
    double t[BLOCK * BLOCK], turn[BLOCK * BLOCK];
    g_autofree double *v = array_new(m, n), *w = array_new(m, n);
    for (int i = 0; i < m; i++)
        for (int s = 0; s < n; s++)
            v[i * n + s] = cos(G_PI * i * (s + 0.5) / n);
    for (int turns = 0; turns < ITERATIONS; turns++) {
        orthonormalise(v, m, n);
        multiply(gram, v, m, n, w);
        if (turns < ITERATIONS - 1)
            array_copy(v, w, m * n);
    }
    for (int i = 0; i < m; i++)
        for (int j = 0; j < m; j++)
            t[i * m + j] = dot(&v[i * n], &w[j * n], n);
    linear_eigen(t, turn, m);
    pick(t, turn, v, m, n, k, vectors);
}
