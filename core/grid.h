/*
 * grid.h - a run of equal intervals on the UTC axis. All series live on a grid.
 *
 * A grid of days (interval_s = 86400) is the exception: local days have 23 to 25 hours and do not lie on any
 * grid of instants, so it counts civil days instead. Its start_ts is civil day × 86400, that is, the wall
 * clock read as if it were UTC; grid_day_ts makes one and grid_day reads it. Everything else here works
 * unchanged; whoever needs an instant asks the zone (zone_day_start).
 */
#ifndef WFM_CORE_GRID_H
#define WFM_CORE_GRID_H

#include <stdbool.h>
#include <stdint.h>

struct grid {
    int64_t start_ts;   /* start of interval 0 */
    int32_t interval_s; /* 300, 600, 900, 1800 or 3600; 86400 for a grid of days */
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

#define GRID_DAY_S 86400

static inline bool grid_is_daily(const struct grid *grid)
{
    return grid->interval_s == GRID_DAY_S;
}

/* Of a grid of days: its number for a civil day, and the civil day of an interval. */
static inline int64_t grid_day_ts(int32_t day)
{
    return (int64_t)day * GRID_DAY_S;
}

static inline int32_t grid_day(const struct grid *grid, int32_t iv)
{
    return (int32_t)(grid_ts(grid, iv) / GRID_DAY_S);
}

/* True for the five interval lengths wfm knows, in minutes: 5, 10, 15, 30, 60. */
static inline bool grid_interval_ok(int minutes)
{
    return minutes == 5 || minutes == 10 || minutes == 15 || minutes == 30 || minutes == 60;
}

#endif
