#include "forecast/shrink.h"

#include <glib.h>
#include <math.h>

#define REACH 3 /* widths */

double shrink_between(const double *mean, const double *size, int n, double noise, double doubt)
{
    double sum = 0, square = 0, middle = 0, spread = 0, variance = 0;
    int groups = 0;
    for (int i = 0; i < n; i++) {
        sum += size[i];
        square += size[i] * size[i];
        middle += size[i] * mean[i];
        groups += size[i] > 0;
    }
    if (groups < 2)
        return 0;
    for (int i = 0; i < n; i++) {
        spread += size[i] * (mean[i] - middle / sum) * (mean[i] - middle / sum);
        variance += size[i] > 0 ? 2 + 1 / size[i] : 0;
    }
    double room = sum - square / sum;
    double chance = (groups - 1 + doubt * sqrt(variance)) * noise;
    return room > 0 ? MAX(0, (spread - chance) / room) : 0;
}

void shrink_day(const double *got, const double *expected, int n_slots, double prior, double width,
                double *ratio)
{
    int reach = (int)ceil(REACH * width);
    if (2 * reach >= n_slots)
        reach = 0;
    if (reach > 0)
        prior *= M_SQRT1_2; /* the mean under a Gaussian kernel rests on √2 times the sum of its weights */
    for (int s = 0; s < n_slots; s++) {
        double up = 0, down = 0;
        for (int i = -reach; i <= reach; i++) {
            double kernel = reach > 0 ? exp(-0.5 * (i / width) * (i / width)) : 1;
            int at = (s + i + n_slots) % n_slots;
            up += kernel * got[at];
            down += kernel * expected[at];
        }
        ratio[s] = isfinite(prior) && down + prior > 0 ? (up + prior) / (down + prior) : 1;
    }
}
