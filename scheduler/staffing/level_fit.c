#include "scheduler/staffing/level_fit.h"

#include <math.h>

/* Odds e^(z √(1 + BEND z²)) are about those of a normal variable at z / 1.6, and z comes from them by roots.
 */
#define BEND 0.03
#define BEYOND 0.01   /* of the range, by which it is widened: low and high are guesses */
#define OUTSIDE 0.05  /* of the range, that answers may lie beyond it */
#define RESIDUAL 1e-5 /* of the fit without its last staff, in z; with it there are two digits more */
#define FALLING 10    /* times that, most of the term before */
#define SOLVE_STEPS 20
#define SOLVED 1e-7 /* of half the range: the next step is its square */
#define TELLING 0.3 /* least value of the last polynomial where one more staff tells what it is worth */

/* The last of the Chebyshev polynomials: its zeros, one of its peaks; and what values at its zeros give of
 * the others. */
static const double zeros[LEVEL_FIT_NODES - 1] = {
    0.97492791218182362,  0.7818314824680298,   0.43388373911755818, 0,
    -0.43388373911755806, -0.78183148246802947, -0.97492791218182373};
static const double between = 0.22252093395631445;
static const double cosines[LEVEL_FIT_NODES - 1][LEVEL_FIT_NODES - 1] = {
    {0.14285714285714285, 0.14285714285714285, 0.14285714285714285, 0.14285714285714285, 0.14285714285714285,
     0.14285714285714285, 0.14285714285714285},
    {0.27855083205194958, 0.22338042356229421, 0.12396678260501662, 0, -0.12396678260501659,
     -0.22338042356229412, -0.27855083205194964},
    {0.2574196765435483, 0.06357740970180413, -0.17813994338820957, -0.2857142857142857, -0.17813994338820963,
     0.063577409701803811, 0.25741967654354836},
    {0.22338042356229421, -0.12396678260501659, -0.27855083205194964, 0, 0.27855083205194958,
     0.12396678260501667, -0.22338042356229415},
    {0.1781399433882096, -0.2574196765435483, -0.063577409701804158, 0.2857142857142857,
     -0.063577409701804019, -0.25741967654354858, 0.17813994338820988},
    {0.12396678260501662, -0.27855083205194964, 0.22338042356229418, 0, -0.22338042356229429,
     0.27855083205194958, -0.12396678260501645},
    {0.06357740970180413, -0.17813994338820963, 0.25741967654354841, -0.2857142857142857, 0.25741967654354825,
     -0.17813994338820943, 0.063577409701803922}};

static double z_of(double share)
{
    double u = log(share / (1 - share));
    return u * sqrt(2 / (1 + sqrt(1 + 4 * BEND * u * u)));
}

static double share_of(double z)
{
    return 1 / (1 + exp(-z * sqrt(1 + BEND * z * z)));
}

static double at(const double *c, double t)
{
    double q = t * t, p = q * q;
    return ((c[0] + t * c[1]) + q * (c[2] + t * c[3])) + p * ((c[4] + t * c[5]) + q * (c[6] + t * c[7]));
}

static double slope_at(const double *c, double t)
{
    double q = t * t, p = q * q;
    return ((c[1] + t * (2 * c[2])) + q * (3 * c[3] + t * (4 * c[4]))) +
           p * ((5 * c[5] + t * (6 * c[6])) + q * (7 * c[7]));
}

static double chebyshev_last(double t)
{
    double q = t * t;
    return t * (-7 + q * (56 + q * (-112 + q * 64)));
}

/* Values z at the zeros of the last Chebyshev polynomial, and one more at t, to coefficients of powers. What
 * the one more corrects is what the others miss. False when that is too much. */
static bool powers_of(const double *z, double t, double z_t, double *c)
{
    double a[LEVEL_FIT_NODES - 1];
    for (int k = 0; k < LEVEL_FIT_NODES - 1; k++) {
        a[k] = 0;
        for (int j = 0; j < LEVEL_FIT_NODES - 1; j++)
            a[k] += cosines[k][j] * z[j];
    }
    c[0] = a[0] - a[2] + a[4] - a[6];
    c[1] = a[1] - 3 * a[3] + 5 * a[5];
    c[2] = 2 * a[2] - 8 * a[4] + 18 * a[6];
    c[3] = 4 * a[3] - 20 * a[5];
    c[4] = 8 * a[4] - 48 * a[6];
    c[5] = 16 * a[5];
    c[6] = 32 * a[6];
    c[7] = 0;
    double last = (z_t - at(c, t)) / chebyshev_last(t);
    c[1] -= 7 * last;
    c[3] += 56 * last;
    c[5] -= 112 * last;
    c[7] = 64 * last;
    /* the last alone may be small by chance; false for NAN, too */
    return fabs(last) < RESIDUAL && fabs(a[LEVEL_FIT_NODES - 2]) < FALLING * RESIDUAL;
}

static bool smooth(const struct model *model)
{
    return model->system.patience_s > 0 && isfinite(model->system.patience_s) && model->level_aht_s == NULL;
}

/* Values of the fit at t. */
static void look(const struct level_fit *fit, const struct model *model, double t, double *level,
                 double *counted)
{
    double sl, share, x = fit->middle + t * fit->half;
    model_levels(model, x * x - fit->offset, 1, 1, &sl, &share);
    *level = z_of(sl);
    *counted = fit->all_count ? 0 : z_of(share);
}

bool level_fit_init(struct level_fit *fit, const struct model *model, double low, double high, double answer)
{
    enum sl_definition definition = model->targets.definition;
    double from = low + model->offset, to = high + model->offset;
    if (!smooth(model) || !(from > 0) || !(to > from))
        return false;
    *fit = (struct level_fit){
        .offset = model->offset,
        .middle = 0.5 * (sqrt(to) + sqrt(from)),
        .half = (0.5 + BEYOND) * (sqrt(to) - sqrt(from)),
        .all_count = definition == SL_OFFERED || definition == SL_ABAN_POSITIVE || definition == SL_VIRTUAL,
    };
    if (!(fit->middle > fit->half))
        return false;
    double level[LEVEL_FIT_NODES], counted[LEVEL_FIT_NODES];
    for (int k = 0; k < LEVEL_FIT_NODES - 1; k++)
        look(fit, model, zeros[k], &level[k], &counted[k]);
    int last = LEVEL_FIT_NODES - 1;
    double t = answer > 0 && fit->all_count ? (sqrt(answer + fit->offset) - fit->middle) / fit->half : 0;
    if (fabs(t) < 1 && fabs(chebyshev_last(t)) > TELLING) {
        level[last] = z_of(model->targets.service_level);
    } else {
        t = between;
        look(fit, model, t, &level[last], &counted[last]);
    }
    return powers_of(level, t, level[last], fit->level) &&
           (fit->all_count || powers_of(counted, t, counted[last], fit->counted));
}

double level_fit_agents(const struct level_fit *fit, double sl)
{
    double z = z_of(sl), t = z > fit->level[0] ? 1 : -1; /* ends are what is asked for */
    for (int i = 0; i < SOLVE_STEPS; i++) {
        double slope = slope_at(fit->level, t), step = (z - at(fit->level, t)) / slope;
        t += step;
        if (!(fabs(t) < 1 + OUTSIDE) || !(slope > 0))
            return NAN;
        if (fabs(step) < SOLVED)
            break;
    }
    double x = fit->middle + t * fit->half;
    return x * x - fit->offset;
}

void level_fit_at(const struct level_fit *fit, double agents, double *sl, double *counted)
{
    double t = (sqrt(agents + fit->offset) - fit->middle) / fit->half;
    *sl = share_of(at(fit->level, t));
    *counted = fit->all_count ? 1 : share_of(at(fit->counted, t));
}
