/*
 * grid.h - a run of equal intervals on the UTC axis. All series live on a grid.
 */
#ifndef WFM_CORE_GRID_H
#define WFM_CORE_GRID_H

#include <stdbool.h>
#include <stdint.h>

struct grid {
    int64_t start_ts;   /* start of interval 0 */
    int32_t interval_s; /* 300, 600, 900, 1800 or 3600 */
    int32_t n;          /* number of intervals */
};

static inline int64_t grid_ts(const struct grid *grid, int32_t iv)
{
    return grid->start_ts + (int64_t)iv * grid->interval_s;
}

static inline int64_t grid_end_ts(const struct grid *grid)
{
    return grid_ts(grid, grid->n);
}

/* Interval that holds ts (floor), also outside the grid: may be negative or ≥ n. */
static inline int32_t grid_index(const struct grid *grid, int64_t ts)
{
    int64_t d = ts - grid->start_ts;
    int64_t q = d / grid->interval_s;
    return (int32_t)(q - (d % grid->interval_s < 0));
}

/* True when ts is the start of an interval (inside the grid or not). */
static inline bool grid_aligned(const struct grid *grid, int64_t ts)
{
    return (ts - grid->start_ts) % grid->interval_s == 0;
}

/* True for the five interval lengths wfm knows, in minutes: 5, 10, 15, 30, 60. */
static inline bool grid_interval_ok(int minutes)
{
    return minutes == 5 || minutes == 10 || minutes == 15 || minutes == 30 || minutes == 60;
}

#endif
