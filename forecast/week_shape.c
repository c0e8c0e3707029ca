#include "forecast/week_shape.h"

#include "forecast/array.h"
#include "forecast/linear.h"

#include <math.h>

#define SLOTS_MIN 4
#define LEVELS 2
#define KEEP_SIGMA 5 /* what stands out that far is no chance: the first half hour of Monday */
/* Variance of the rough part of pure noise on each level, in that of the noise. */
static const double rough_share[LEVELS] = {0.34, 0.17};

struct shape {
    int n_slots;
    double *mass;           /* WEEK_DAYS × n_slots: Σ weight */
    double *known;          /* n_slots: 1 = some weekday is seen */
    double days[WEEK_DAYS]; /* how many days of equal weight stand behind a weekday */
    double noise;           /* variance of one value around its curve and the level of its day */
};

/* Mass, and the number of days a weekday's weights amount to: (Σw)² / Σw², mean over its slots. */
static void find_mass(struct shape *shape, const struct model_input *input, const double *weight)
{
    const struct day_matrix *matrix = input->matrix;
    int n = shape->n_slots;
    g_autofree double *square = array_new(WEEK_DAYS, n);
    for (int day = 0; day < input->origin; day++) {
        int at = matrix_weekday(matrix, day) * n;
        if (weight[day] <= 0)
            continue;
        linear_add(&shape->mass[at], weight[day], &matrix->seen[day * n], n);
        linear_add(&square[at], weight[day] * weight[day], &matrix->seen[day * n], n);
    }
    for (int weekday = 0; weekday < WEEK_DAYS; weekday++) {
        double sum = 0, slots = 0;
        for (int i = weekday * n; i < (weekday + 1) * n; i++)
            if (shape->mass[i] > 0) {
                sum += shape->mass[i] * shape->mass[i] / square[i];
                slots++;
                shape->known[i % n] = 1;
            }
        shape->days[weekday] = slots > 0 ? sum / slots : 0;
    }
}

/* Variance of what the curves and the level of each day leave; 0 = cannot be told. */
static double find_noise(const struct shape *shape, const struct model_input *input, const double *values,
                         const double *weight, const double *mean)
{
    const struct day_matrix *matrix = input->matrix;
    int n = shape->n_slots;
    double square = 0, freedom = 0;
    for (int day = 0; day < input->origin; day++) {
        int weekday = matrix_weekday(matrix, day);
        double days = shape->days[weekday], sum = 0, rest2 = 0, slots = 0;
        if (weight[day] <= 0 || days <= 1.01)
            continue;
        const double *value = &values[day * n], *seen = &matrix->seen[day * n], *curve = &mean[weekday * n];
        for (int s = 0; s < n; s++) {
            double rest = seen[s] * (value[s] - curve[s]);
            sum += rest;
            rest2 += rest * rest;
            slots += seen[s];
        }
        if (slots <= 1)
            continue;
        square += weight[day] * (rest2 - sum * sum / slots);
        freedom += weight[day] * (slots - 1) * (1 - 1 / days);
    }
    return freedom > 0 ? square / freedom : 0;
}

/* Keeps of the rough part of a curve, on each level, the share that noise of this variance does not explain.
   scratch: 2 × n. */
static void smooth(double *curve, const double *known, int n, double noise, double *scratch)
{
    double *rough = scratch, *kept = &scratch[n];
    memset(kept, 0, (gsize)n * sizeof *kept);
    for (int level = 0; level < LEVELS; level++) {
        int step = 1 << level;
        double energy = 0, chance = 0;
        for (int s = 0; s < n; s++) {
            int before = (s + n - step) % n, after = (s + step) % n;
            double sum =
                0.5 * curve[s] + 0.25 * (known[before] * curve[before] + known[after] * curve[after]);
            double mass = 0.5 + 0.25 * (known[before] + known[after]);
            rough[s] = known[s] * (curve[s] - sum / mass);
            energy += rough[s] * rough[s];
            chance += known[s] * noise * rough_share[level];
        }
        double share = energy > chance ? 1 - chance / energy : 0;
        for (int s = 0; s < n; s++) {
            kept[s] += share * rough[s];
            curve[s] -= rough[s];
        }
    }
    for (int s = 0; s < n; s++)
        curve[s] += kept[s];
}

/* Length that is left of a direction of length 1 (in the noise's deviation × √columns). */
static double shrunk(double length, double aspect)
{
    if (length <= 1 + sqrt(aspect))
        return 0;
    double square = length * length - aspect - 1;
    return sqrt(MAX(0, square * square - 4 * aspect)) / length;
}

/* rows (WEEK_DAYS × n), scaled so that all cells have the noise's variance, in place. */
static void clear_rows(double *rows, const double *known, int n, int n_rows, double noise)
{
    double gram[WEEK_DAYS * WEEK_DAYS], turn[WEEK_DAYS * WEEK_DAYS], columns = 0;
    g_autofree double *curve = array_new(n, 1), *out = array_new(WEEK_DAYS, n), *scratch = array_new(2, n);
    for (int i = 0; i < WEEK_DAYS; i++)
        for (int j = 0; j < WEEK_DAYS; j++)
            gram[i * WEEK_DAYS + j] = linear_dot(&rows[i * n], &rows[j * n], n);
    for (int s = 0; s < n; s++)
        columns += known[s];
    linear_eigen(gram, turn, WEEK_DAYS);
    for (int k = 0; k < WEEK_DAYS; k++) {
        double length = sqrt(MAX(0, gram[k * WEEK_DAYS + k])), unit = sqrt(noise * columns);
        double left = length > 0 && unit > 0 ? unit * shrunk(length / unit, n_rows / columns) : length;
        if (left <= 0)
            continue;
        memset(curve, 0, (gsize)n * sizeof *curve);
        for (int i = 0; i < WEEK_DAYS; i++)
            linear_add(curve, turn[k * WEEK_DAYS + i] / length, &rows[i * n], n);
        smooth(curve, known, n, noise / (length * length), scratch);
        for (int i = 0; i < WEEK_DAYS; i++)
            linear_add(&out[i * n], turn[k * WEEK_DAYS + i] * left, curve, n);
    }
    array_copy(rows, out, WEEK_DAYS * n);
}

static double row_mean(const struct shape *shape, const double *mean, int weekday)
{
    double sum = 0, slots = 0;
    for (int i = weekday * shape->n_slots; i < (weekday + 1) * shape->n_slots; i++)
        if (shape->mass[i] > 0) {
            sum += mean[i];
            slots++;
        }
    return slots > 0 ? sum / slots : 0;
}

void week_shape_clear(const struct model_input *input, const double *values, const double *weight,
                      double *mean)
{
    int n = input->matrix->n_slots, n_rows = 0;
    if (n < SLOTS_MIN)
        return;
    struct shape shape = {.n_slots = n, .mass = array_new(WEEK_DAYS, n), .known = array_new(n, 1)};
    g_autofree double *rows = array_new(WEEK_DAYS, n);
    find_mass(&shape, input, weight);
    shape.noise = find_noise(&shape, input, values, weight, mean);
    for (int weekday = 0; weekday < WEEK_DAYS; weekday++) {
        double middle = row_mean(&shape, mean, weekday), scale = sqrt(shape.days[weekday]);
        n_rows += shape.days[weekday] > 0;
        for (int i = weekday * n; i < (weekday + 1) * n; i++)
            rows[i] = shape.mass[i] > 0 ? scale * (mean[i] - middle) : 0;
    }
    if (shape.noise > 0 && n_rows > 0) {
        clear_rows(rows, shape.known, n, n_rows, shape.noise);
        for (int weekday = 0; weekday < WEEK_DAYS; weekday++) {
            double middle = row_mean(&shape, mean, weekday), scale = sqrt(shape.days[weekday]);
            for (int i = weekday * n; i < (weekday + 1) * n; i++) {
                double cleared = middle + rows[i] / scale;
                bool chance = fabs(mean[i] - cleared) * scale <= KEEP_SIGMA * sqrt(shape.noise);
                mean[i] = shape.mass[i] > 0 && chance ? cleared : mean[i];
            }
        }
    }
    g_free(shape.mass);
    g_free(shape.known);
}
