#include "forecast/combine.h"

#include <glib.h>
#include <math.h>
#include <string.h>

#define HUBER 3
#define ROOT_MIN 0.05
#define SWEEPS 400

void combine_add(struct combine_sums *sums, int n_models, const double *z, const double *seen,
                 const double *zhat, int stride, int n_cells, const double *guide, double scale,
                 double factor)
{
    for (int cell = 0; cell < n_cells; cell++) {
        if (seen[cell] == 0)
            continue;
        double row[COMBINE_MAX], error = z[cell], said = 0;
        for (int i = 0; i < n_models; i++) {
            row[i] = zhat[i * stride + cell];
            said += guide[i] * row[i];
        }
        error -= said;
        double w = factor * (fabs(error) > HUBER * scale && scale > 0 ? HUBER * scale / fabs(error) : 1);
        w *= MAX(ROOT_MIN, said);
        /* Errors, not roots, are what the sums keep: the weights sum to 1, so z can be taken out of every
         * column. */
        for (int i = 0; i < n_models; i++) {
            double ei = w * (row[i] - z[cell]);
            for (int j = 0; j <= i; j++)
                sums->gram[i * n_models + j] += ei * (row[j] - z[cell]);
        }
        sums->total += w;
    }
}

/* Moves every negative weight to 0 and the rest so that they sum to 1: projection on the simplex. */
static void project(double *weights, const double *prior, int n)
{
    for (int i = 0; i < n; i++)
        weights[i] = prior[i] > 0 ? weights[i] : -G_MAXDOUBLE / 4; /* left out */
    double sorted[COMBINE_MAX], sum = 0, shift = 0;
    memcpy(sorted, weights, (gsize)n * sizeof *sorted);
    for (int i = 1; i < n; i++)
        for (int j = i; j > 0 && sorted[j] > sorted[j - 1]; j--) {
            double t = sorted[j];
            sorted[j] = sorted[j - 1];
            sorted[j - 1] = t;
        }
    for (int i = 0; i < n; i++) {
        sum += sorted[i];
        double candidate = (sum - 1) / (i + 1);
        if (sorted[i] - candidate > 0)
            shift = candidate;
    }
    for (int i = 0; i < n; i++)
        weights[i] = MAX(0, weights[i] - shift);
}

void combine_solve(const struct combine_sums *sums, int n, const double *prior, double shrink,
                   double *weights)
{
    double gram[COMBINE_MAX * COMBINE_MAX], trace = 0, error = G_MAXDOUBLE;
    memcpy(weights, prior, (gsize)n * sizeof *weights);
    if (sums->total <= 0 || n < 2)
        return;
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++)
            gram[i * n + j] = sums->gram[MAX(i, j) * n + MIN(i, j)] / sums->total;
    for (int i = 0; i < n; i++)
        error = MIN(error, gram[i * n + i]);
    for (int i = 0; i < n; i++)
        trace += gram[i * n + i];
    if (trace <= 0)
        return;
    double ridge = shrink * MAX(error, 1e-9 * trace);
    for (int i = 0; i < n; i++)
        gram[i * n + i] += ridge;
    /* Projected gradient with momentum; the step is one over a bound of the largest eigenvalue. */
    double largest = 0, at[COMBINE_MAX], before[COMBINE_MAX];
    for (int i = 0; i < n; i++) {
        double sum = 0;
        for (int j = 0; j < n; j++)
            sum += fabs(gram[i * n + j]);
        largest = MAX(largest, sum);
    }
    memcpy(at, weights, (gsize)n * sizeof *at);
    for (int sweep = 0; sweep < SWEEPS; sweep++) {
        memcpy(before, weights, (gsize)n * sizeof *before);
        for (int i = 0; i < n; i++) {
            double slope = -ridge * prior[i];
            for (int j = 0; j < n; j++)
                slope += gram[i * n + j] * at[j];
            weights[i] = at[i] - slope / largest;
        }
        project(weights, prior, n);
        double momentum = sweep / (sweep + 3.0);
        for (int i = 0; i < n; i++)
            at[i] = weights[i] + momentum * (weights[i] - before[i]);
    }
}
