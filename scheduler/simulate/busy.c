#include "scheduler/simulate/busy.h"

#include <math.h>

#include "scheduler/staffing/poisson.h"

#define ALMOST_NORMAL 1e-5 /* cv2 below which the cube root is good to 2e-6 */
#define STEPS_MAX 60
#define TOLERANCE 1e-12

/* Upper quantile of the standard normal for p <= 1/2, to 5e-4 (Abramowitz & Stegun 26.2.23). */
static double normal_upper(double p)
{
    double t = sqrt(-2 * log(p));
    return t -
           (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
}

static double normal_quantile(double u)
{
    return u < 0.5 ? -normal_upper(u) : normal_upper(1 - u);
}

double busy_factor(double cv2, double u)
{
    if (!(cv2 > 0))
        return 1;
    double a = 1 / cv2, root = 1 - cv2 / 9 + normal_quantile(u) * sqrt(cv2) / 3;
    double x = root > 0 ? a * root * root * root : exp((log(u) + lgamma(a + 1)) / a);
    if (cv2 < ALMOST_NORMAL)
        return x / a;
    for (int i = 0; i < STEPS_MAX; i++) {
        double pmf = exp(poisson_ln(a, x));
        double step = (pmf * (1 + poisson_upper(a, x)) - u) * x / (pmf * a);
        double next = fmin(x - step, 2 * x);
        next = next > 0.5 * x ? next : 0.5 * x;
        if (fabs(next - x) <= TOLERANCE * x)
            return next / a;
        x = next;
    }
    return x / a;
}
