/*
 * level.h - the slowly moving level of a day series.
 */
#ifndef WFM_FORECAST_LEVEL_H
#define WFM_FORECAST_LEVEL_H

struct level_end {
    double level;    /* after the last day, from the past alone */
    double surprise; /* last day minus the level before it; 0 when the last day is not known */
    double carry; /* first-order autocorrelation of what the level leaves, 0..0.9: the share of the surprise
                     that lasts to the next day */
};

/* How far a day may pull the level: 4 robust deviations of one day, from the differences of neighbours; no
   limit (DBL_MAX) when they do not differ. weight[n]: 0 = day not known. */
double level_clip(const double *value, const double *weight, int n);

/* Simple exponential smoothing with innovations clipped at `clip`, forward and backward; level[n] is the mean
   of both. weight[n]: 0 = day not known, else scales the gain. The first days after the start and after
   `restart` (0 = none) are averaged (gain 1/k), so that a new level is found at once. gain in (0, 1). */
void level_smooth(const double *value, const double *weight, int n, double gain, int restart, double clip,
                  double *level, struct level_end *end);

#endif
