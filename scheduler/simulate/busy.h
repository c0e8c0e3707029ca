/*
 * busy.h - days that turn out busier or calmer than forecast: the factor of a day is a Gamma variable of mean
 * 1. Internal to scheduler/simulate. Pure, thread-safe.
 */
#ifndef WFM_SCHEDULER_SIMULATE_BUSY_H
#define WFM_SCHEDULER_SIMULATE_BUSY_H

/* Quantile of the Gamma distribution with mean 1 and squared coefficient of variation cv2, at u in (0, 1);
   1 for cv2 <= 0. By Newton's method on the incomplete gamma function, from the cube root of Wilson &
   Hilferty 1931, which stands alone below cv2 = 1e-5. */
double busy_factor(double cv2, double u);

#endif
