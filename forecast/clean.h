/*
 * clean.h - how far each day of the past can be trusted, seen from an origin.
 */
#ifndef WFM_FORECAST_CLEAN_H
#define WFM_FORECAST_CLEAN_H

#include "forecast/matrix.h"

struct day_weights {
    int n;          /* days 0 .. n-1 of the matrix */
    double *weight; /* n: 0 = not to be learnt from (fewer than half of its open slots seen, or empty without
                       being closed), 1 = as good as any */
    int restart;    /* first day of a new level that holds to the end; 0 = none */
    int outliers;   /* days with weight < 1 because of their level */
};

/* Level of a day = mean distance of its roots from the usual ones of its weekday. A day 4 robust deviations
   away from the running median of its neighbours weighs 4 sigma / distance. Known special days keep weight 1:
   their effect is learnt, not cleaned away. When the last 10 days lie on one side of what came before by more
   than 2 sigma each, the level has shifted: they are kept and `restart` says where it began. */
void day_weights_init(struct day_weights *weights, const struct day_matrix *matrix,
                      const struct day_calendar *calendar, int origin);
void day_weights_clear(struct day_weights *weights);

#endif
