/*
 * busy.h - days that turn out busier or calmer than forecast: the factor of a day is a Gamma variable of mean
 * 1, and those of a week go together by a normal copula (Nelsen, An Introduction to Copulas, 2006, §2.9).
 * Internal to scheduler/simulate. Pure, thread-safe.
 */
#ifndef WFM_SCHEDULER_SIMULATE_BUSY_H
#define WFM_SCHEDULER_SIMULATE_BUSY_H

/* Quantile of the Gamma distribution with mean 1 and squared coefficient of variation cv2, at u in (0, 1);
   1 for cv2 <= 0. By Newton's method on the incomplete gamma function, from the cube root of Wilson &
   Hilferty 1931, which stands alone below cv2 = 1e-5. */
double busy_factor(double cv2, double u);

/* Luck of a day, uniform on (0, 1), from that of its week and its own, both uniform and independent of each
   other: normal scores of two days with the same `week` have correlation `correlation` (0..1). At 0 it is
   `day`, bit by bit; at 1 the days of a week are alike. busy_luck(…, 1 - week, 1 - day) is 1 less it. */
double busy_luck(double correlation, double week, double day);

#endif
