#include "forecast/level.h"

#include "forecast/array.h"

#include <float.h>
#include <stdbool.h>
#include <math.h>

#define CLIP_SIGMA 4
#define CARRY_MAX 0.9
#define MAD_TO_SIGMA 1.4826

/* Deviation of one day, from the differences of neighbours. */
static double noise(const double *value, const double *weight, int n)
{
    g_autofree double *step = array_new(n, 1);
    int n_steps = 0, last = -1;
    for (int day = 0; day < n; day++) {
        if (weight[day] <= 0)
            continue;
        if (last >= 0)
            step[n_steps++] = fabs(value[day] - value[last]);
        last = day;
    }
    return MAD_TO_SIGMA * array_median(step, n_steps) / G_SQRT2;
}

static double pass(const double *value, const double *weight, int n, int step, double gain, int restart,
                   double clip, double *level)
{
    double now = 0;
    int known = 0;
    for (int i = 0; i < n; i++) {
        int day = step > 0 ? i : n - 1 - i;
        bool change = restart > 0 && day == (step > 0 ? restart : restart - 1);
        if (change)
            known = 0;
        if (weight[day] > 0) {
            double innovation = value[day] - now;
            double a = MAX(gain, 1.0 / (known + 1));
            if (known >= 3)
                innovation = CLAMP(innovation, -clip, clip);
            now += (known == 0 ? 1 : a * weight[day]) * innovation;
            known++;
        }
        level[day] += now / 2;
    }
    return now;
}

void level_smooth(const double *value, const double *weight, int n, double gain, int restart, double *level,
                  struct level_end *end)
{
    double sigma = noise(value, weight, n), clip = sigma > 0 ? CLIP_SIGMA * sigma : DBL_MAX;
    memset(level, 0, (gsize)n * sizeof *level);
    *end = (struct level_end){0};
    end->level = pass(value, weight, n, 1, gain, restart, clip, level);
    pass(value, weight, n, -1, gain, restart, clip, level);
    double product = 0, square = 0;
    for (int day = 1; day < n; day++)
        if (weight[day] > 0 && weight[day - 1] > 0) {
            double e = CLAMP(value[day] - level[day], -clip, clip);
            double before = CLAMP(value[day - 1] - level[day - 1], -clip, clip);
            product += e * before;
            square += (e * e + before * before) / 2;
        }
    if (square > 0)
        end->carry = CLAMP(product / square, 0, CARRY_MAX);
    if (n > 0 && weight[n - 1] > 0)
        end->surprise = CLAMP(value[n - 1] - end->level, -clip, clip) * weight[n - 1];
}
