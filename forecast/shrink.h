/*
 * shrink.h - how far the means of groups may be believed: empirical Bayes for ratios of counts or of times.
 */
#ifndef WFM_FORECAST_SHRINK_H
#define WFM_FORECAST_SHRINK_H

/* Variance between the true means of n groups, given the means seen, the size of each (contacts; 0: left out)
   and the variance `noise` of one contact: method of moments of DerSimonian & Laird 1986. 0 when chance
   explains all that is seen, or with fewer than two groups. Chance is taken for `doubt` standard deviations
   (>= 0) more than it is on average, for Poisson counts. */
double shrink_between(const double *mean, const double *size, int n, double noise, double doubt);

/* Ratios along a day, smoothed and shrunk to 1: (Σ kernel·got + prior) / (Σ kernel·expected + prior) over the
   slots within three widths (in slots) on both sides, round midnight. `prior` in units of expected, as it
   would be without a kernel: INFINITY makes all ratios 1. width 0, or one too wide for the day: no
   neighbours. got, expected, ratio: n_slots. */
void shrink_day(const double *got, const double *expected, int n_slots, double prior, double width,
                double *ratio);

#endif
