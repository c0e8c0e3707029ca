/*
 * poisson.h - Poisson probabilities and their sums for real-valued counts, the numbers behind every Erlang
 * formula. Pure, thread-safe. O(√n) at worst.
 */
#ifndef WFM_SCHEDULER_STAFFING_POISSON_H
#define WFM_SCHEDULER_STAFFING_POISSON_H

/* ln of mean^k e^-mean / Γ(k+1), k >= 0 real, mean > 0. Saddle-point form after Loader 2000, so that it loses
   no digits at large k. */
double poisson_ln(double k, double mean);

/* 1/B(k, mean) - 1 = (1-B)/B where B is the Erlang B formula continued to real k >= 0, mean > 0. Relative
   error about 1e-15; INFINITY where it exceeds the range of double. */
double poisson_odds(double k, double mean);

/* Σ_{j>=1} Π_{i<=j} mean/(k+i): pmf(k)·this is P(more than k). For mean <= about k. */
double poisson_upper(double k, double mean);

/* ψ(x), x > 0. */
double digamma(double x);

#endif
