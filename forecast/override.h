/*
 * override.h - the planner's hand on a forecast: arrays in, arrays out.
 *
 * Overrides work one after the other, in the order given (that of their entry): each on what those before it
 * left. An override touches the intervals that start in its range and, if it names hours, in these hours.
 *
 *   percent         every interval × (1 + value / 100)
 *   set, add        the contacts of the range (or of each local day of it) become the value, or grow by it,
 *                   spread by the forecast's own profile: all intervals × one factor. Where nothing is left
 * to scale: by the profile the forecast had before any override; where that is zero too, evenly over the open
 * intervals, or over all of them when none is open. … per interval  each open interval (each, when none is
 * open) becomes the value, or grows by it AHT             every interval: set to the value, plus it, or in
 * percent
 *
 * Of a range (or day) that reaches beyond the forecast only the share of the total counts that its open
 * intervals inside the forecast are of all its open intervals, so that weeks forecast apart add up to it.
 * What would become negative becomes 0 (AHT: 1 s), and the effect says how much was cut.
 *
 * Quantiles move with the mean: × new / old; where the old mean is 0, as far from the new one as those of the
 * whole forecast are from theirs.
 */
#ifndef WFM_FORECAST_OVERRIDE_H
#define WFM_FORECAST_OVERRIDE_H

#include "core/grid.h"
#include "core/override.h"

/* A forecast to be changed in place. NAN in `offered`: nothing is forecast there, and nothing changes. */
struct override_target {
    struct grid grid;
    const struct zone *zone;      /* of the queue */
    const struct week_span *open; /* opening hours, n_open = 0: around the clock */
    int n_open;
    double *offered, *aht_s; /* grid.n */
    int n_levels;
    double *quantile; /* n_levels × grid.n, by level */
    bool in_force; /* only intervals that start while the override stands (created_ts <= start < removed_ts)
                      change: what was planned with, not what is known better since */
};

/* What one override did. */
struct override_effect {
    int intervals;        /* it touched */
    double before, after; /* contacts of its range inside the forecast; AHT: their volume-weighted mean */
    double cut;           /* contacts (AHT: seconds, at most) by which a result was below its least value */
};

/* Applies n overrides (of this queue; checked) in order. effects: n, or NULL. Pure, deterministic. */
void overrides_apply(const struct override *const *overrides, int n, const struct override_target *target,
                     struct override_effect *effects);

#endif
