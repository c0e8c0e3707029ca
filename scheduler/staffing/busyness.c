#include "scheduler/staffing/busyness.h"

#include <math.h>

/* Gauss-Hermite, of a normal variable: half of the nodes, from the middle. */
#define GAUSS_N 7
static const double gauss_at[] = {0, 1.1544053947399683, 2.3667594107345411, 3.7504397177257422};
static const double gauss_share[] = {0.45714285714285713, 0.24012317860501271, 0.030757123967586498,
                                     0.00054826885597221793};

#define NARROW 0.7 /* spread of the load in square roots of it, up to which these do */
#define STEP 0.7   /* of equal nodes otherwise, in the same */
#define REACH 3.6

int busyness_nodes(double cv2, double load_erl, int most, double *factor, double *share)
{
    if (!(cv2 > 0)) {
        factor[0] = share[0] = 1;
        return 1;
    }
    double spread = sqrt(cv2 * fmax(load_erl, 0)), all = 0, mean = 0;
    int n = GAUSS_N;
    if (spread > NARROW && most > GAUSS_N) {
        n = 1 + 2 * (int)ceil(REACH / fmin(STEP / spread, 1));
        n = n < most ? n : most - 1 + most % 2;
    }
    double step = 2 * REACH / (n - 1);
    for (int i = 0; i < n; i++) {
        int from_middle = i - n / 2, k = from_middle < 0 ? -from_middle : from_middle;
        double z = n > GAUSS_N ? from_middle * step : copysign(gauss_at[k], from_middle);
        share[i] = n > GAUSS_N ? exp(-0.5 * z * z) : gauss_share[k];
        factor[i] = pow(fmax(1 - cv2 / 9 + z * sqrt(cv2) / 3, 0), 3);
        all += share[i];
        mean += share[i] * factor[i];
    }
    for (int i = 0; i < n; i++) {
        share[i] /= all;
        factor[i] *= all / mean;
    }
    return n;
}
