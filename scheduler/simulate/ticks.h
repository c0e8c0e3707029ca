/*
 * ticks.h - the clock of the event simulation: whole ticks of 2^-18 s (4 µs) since the start of the grid.
 *
 * An event is one 64-bit number, its tick above 20 bits that say what happens: comparing two numbers compares
 * their times. So 44 bits of time, 776 days; horizons up to TICKS_HORIZON_S (388 days, 53 weeks and more)
 * leave room for what ends after them.
 */
#ifndef WFM_SCHEDULER_SIMULATE_TICKS_H
#define WFM_SCHEDULER_SIMULATE_TICKS_H

#include <stdint.h>

#define TICKS_PER_S 262144.0
#define TICKS_HORIZON_S 33554432.0 /* 2^25 */
#define TICKS_MAX ((INT64_C(1) << 44) - 2)
#define TICKS_NEVER INT64_MAX

/* Seconds from 0; what is beyond the clock is its end. */
static inline int64_t ticks_of(double seconds)
{
    double ticks = seconds * TICKS_PER_S;
    return ticks < (double)TICKS_MAX ? (int64_t)ticks : TICKS_MAX;
}

static inline double ticks_s(int64_t ticks)
{
    return (double)ticks * (1 / TICKS_PER_S);
}

#endif
