#include "scheduler/simulate/busy.h"

#include <math.h>

#include "scheduler/simulate/estimate.h"
#include "scheduler/staffing/poisson.h"

#define ALMOST_NORMAL 1e-5 /* cv2 below which the cube root is good to 2e-6 */
#define STEPS_MAX 60
#define TOLERANCE 1e-12
#define LUCK_MIN 0x1p-53 /* beyond it, and below 1, nothing is drawn */
#define LUCK_MAX (1 - 0x1p-53)

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

double busy_luck(double correlation, double week, double day)
{
    if (!(correlation > 0))
        return day;
    double together = sqrt(fmin(correlation, 1)), alone = sqrt(1 - fmin(correlation, 1));
    double score = together * normal_quantile(week) + alone * normal_quantile(day);
    return fmin(fmax(0.5 * erfc(-score * M_SQRT1_2), LUCK_MIN), LUCK_MAX);
}
