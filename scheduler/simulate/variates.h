/*
 * variates.h - random numbers of a distribution from uniform bits, many at a time.
 *
 * Every variate is a monotone function of its 32 bits (inversion): the same bits with another mean or spread
 * are the same luck. Single precision (relative error below 1e-6, tails to 2^-32), in blocks of
 * VARIATES_BLOCK so that the compiler makes vector code of plain C; the same bits out on every machine
 * without fused multiply-add. Pure, thread-safe. Checked in tests/scheduler/test_calls.c.
 */
#ifndef WFM_SCHEDULER_SIMULATE_VARIATES_H
#define WFM_SCHEDULER_SIMULATE_VARIATES_H

#include <stddef.h>
#include <stdint.h>

#define VARIATES_BLOCK 16 /* arrays have room for the next multiple of it; what lies there is overwritten */

/* Exponential, mean 1. */
void variates_exponential(const uint32_t *restrict bits, float *restrict out, size_t n);

/* Lognormal, mean 1, coefficient of variation cv > 0. After Giles, Approximating the erfinv function, 2010.
 */
void variates_lognormal(const uint32_t *restrict bits, double cv, float *restrict out, size_t n);

/* How many events of a Poisson distribution with `mean` >= 0; `seed` its own stream of bits. In parts of mean
   VARIATES_POISSON_PART at most, each by inversion, so that a higher mean never gives fewer. */
#define VARIATES_POISSON_PART 32.0
int32_t variates_poisson(double mean, uint64_t seed);

#endif
