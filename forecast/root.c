#include "forecast/root.h"

#include <glib.h>
#include <math.h>

#define STEPS 416 /* table over sqrt(rate) = 0 .. 6.5 */
#define PER_UNIT 64.0
#define ROOT_LARGE 6.0
#define RATE_LARGE 60.0
#define BUCKETS 384 /* of PER_UNIT, up to ROOT_LARGE */

double root_from_count(double count)
{
    return sqrt(count + 0.25);
}

double root_from_rate(double rate)
{
    if (rate > RATE_LARGE)
        return sqrt(rate);
    double sum = 0, p = exp(-rate), left = 1;
    for (int k = 0; k < 200 && left > 1e-14; k++) {
        sum += p * sqrt(k + 0.25);
        left -= p;
        p *= rate / (k + 1);
    }
    return sum;
}

/* The curve at sqrt(rate) = i / PER_UNIT, and where to start looking for a z in it: the last knot not above
 * b / PER_UNIT. */
struct table {
    double roots[STEPS + 1];
    short start[BUCKETS];
};

static const struct table *table(void)
{
    static gsize ready;
    static struct table made;
    if (g_once_init_enter(&ready)) {
        for (int i = 0; i <= STEPS; i++)
            made.roots[i] = root_from_rate((i / PER_UNIT) * (i / PER_UNIT));
        for (int b = 0, i = 0; b < BUCKETS; b++) {
            while (i < STEPS - 1 && made.roots[i + 1] <= b / PER_UNIT)
                i++;
            made.start[b] = (short)i;
        }
        g_once_init_leave(&ready, 1);
    }
    return &made;
}

double root_to_rate(double z)
{
    const double *roots = table()->roots;
    if (!(z > roots[0]))
        return 0;
    if (z >= ROOT_LARGE)
        return z * z;
    int low = table()->start[(int)(z * PER_UNIT)];
    while (low < STEPS - 1 && roots[low + 1] <= z)
        low++;
    int high = low + 1;
    /* The curve is smoother against z² than against z: between two knots the square of both is interpolated.
     */
    double share = (z * z - roots[low] * roots[low]) / (roots[high] * roots[high] - roots[low] * roots[low]);
    double from = (low / PER_UNIT) * (low / PER_UNIT), to = (high / PER_UNIT) * (high / PER_UNIT);
    return from + share * (to - from);
}

double root_to_count(double z)
{
    return z > 0.5 ? z * z - 0.25 : 0;
}
