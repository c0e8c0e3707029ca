#include "forecast/level.h"

#include "forecast/array.h"

#include <float.h>
#include <stdbool.h>
#include <math.h>

#define CLIP_SIGMA 4
#define CARRY_MAX 0.9
#define FREE_DAYS 3 /* after a start, nothing is clipped */

double level_clip(const double *value, const double *weight, int n)
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
    double sigma = MAD_TO_SIGMA * array_median(step, n_steps) / G_SQRT2;
    return sigma > 0 ? CLIP_SIGMA * sigma : DBL_MAX;
}

/* A level on its way through the days. */
struct walk {
    double gain, clip, now;
    int known; /* days met since the start or restart */
};

static inline double walk_on(struct walk *walk, double value, double weight)
{
    if (weight <= 0)
        return walk->now;
    double innovation = value - walk->now, gain = walk->gain * weight;
    if (walk->known >= FREE_DAYS)
        innovation = CLAMP(innovation, -walk->clip, walk->clip);
    if (walk->gain * (walk->known + 1) < 1)
        gain = walk->known == 0 ? 1 : weight / (walk->known + 1);
    walk->known++;
    return walk->now += gain * innovation;
}

void level_smooth(const double *value, const double *weight, int n, double gain, int restart, double clip,
                  double *level, struct level_end *end)
{
    struct walk forward = {gain, clip, 0, 0}, backward = {gain, clip, 0, 0};
    memset(level, 0, (gsize)n * sizeof *level);
    *end = (struct level_end){0};
    for (int day = 0, back = n - 1; day < n; day++, back--) {
        if (restart > 0 && day == restart)
            forward.known = 0;
        if (restart > 0 && back == restart - 1)
            backward.known = 0;
        level[day] += walk_on(&forward, value[day], weight[day]) / 2;
        level[back] += walk_on(&backward, value[back], weight[back]) / 2;
    }
    end->level = forward.now;
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
