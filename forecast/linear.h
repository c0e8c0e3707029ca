/*
 * linear.h - the little linear algebra the models live on: small dense systems and the main directions of
 * tall matrices, in an order of operations that is fixed here.
 *
 * BLAS would do it, but its reference build is slow at these sizes, its fast ones start threads and round
 * differently from machine to machine, and a forecast must be the same everywhere.
 */
#ifndef WFM_FORECAST_LINEAR_H
#define WFM_FORECAST_LINEAR_H

#include <stdbool.h>

/* A function worth a second build for wider vectors, chosen when the program starts. The same sums in the
   same order either way: fused multiply-add is left out. Choosing comes before the sanitizers are ready. */
#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
#define LINEAR_WIDE
#elif defined __x86_64__ && defined __gnu_linux__ && defined __GNUC__ && !defined __clang__
#define LINEAR_WIDE __attribute__((target_clones("avx2", "default")))
#else
#define LINEAR_WIDE
#endif

double linear_dot(const double *a, const double *b, int n);

/* y += factor · x */
void linear_add(double *y, double factor, const double *x, int n);

/* gram (n × n, both triangles) = rows' rows. rows: n_rows × n. */
void linear_gram(const double *rows, int n_rows, int n, double *gram);

/* Cholesky factor of a symmetric positive definite matrix (n × n; the upper triangle is read and replaced by
   the factor). False when it is not positive definite. */
bool linear_factor(double *a, int n);
/* Solves with the factor, in place. */
void linear_solve(const double *factor, int n, double *b);

/* Eigenvalues of a small symmetric matrix (n × n) onto its diagonal, in no order, and its eigenvectors into
   the rows of `vectors` (n × n), by Jacobi's rotations. */
void linear_eigen(double *matrix, double *vectors, int n);

/* The k (<= LINEAR_TOP_MAX, <= n) eigenvectors of the largest eigenvalues of a positive semidefinite matrix,
   largest first: vectors is k × n, rows orthonormal, each with a sum that is not negative. By block power
   iteration from smooth curves: the space they span is what counts, close eigenvalues may come out mixed. */
#define LINEAR_TOP_MAX 4
void linear_top(const double *gram, int n, int k, double *vectors);

#endif
