#include "forecast/curves.h"

#include "forecast/array.h"
#include "forecast/linear.h"
#include "forecast/week_roots.h"

#include <math.h>

#define POOLED_SLOTS 48   /* finer days are pooled to at most this many: curves are smooth */
#define UNSEEN_RIDGE 0.05 /* a factor seen in no slot has score 0 */
#define UNSEEN_MASS 1e-9  /* so little of the factors unseen is nothing */

/* Days on the pooled slots. */
struct pooled {
    int pool, n;    /* slots pooled into one; how many there are: what is left over at the end of the day has
                       loading 0 */
    double *rest;   /* n_days × n: roots less the base, summed over the pool */
    double *vector; /* CURVES_MAX × n: orthonormal */
};

static void find_rest(struct pooled *pooled, const struct curves *curves, const struct day_matrix *matrix)
{
    int n_slots = matrix->n_slots;
    for (int day = 0; day < curves->n_days; day++) {
        const double *base = &curves->base[matrix_weekday(matrix, day) * n_slots];
        const double *z = &matrix->z[day * n_slots], *seen = &matrix->seen[day * n_slots];
        double *rest = &pooled->rest[day * pooled->n];
        for (int i = 0; i < pooled->n; i++) {
            double sum = 0;
            for (int s = i * pooled->pool; s < (i + 1) * pooled->pool; s++)
                sum += seen[s] * (z[s] - base[s]);
            rest[i] = sum;
        }
    }
}

static void find_factors(struct pooled *pooled, struct curves *curves, const double *weight, int n_slots)
{
    int n = pooled->n, n_rows = 0;
    g_autofree double *rows = g_new(double, (gsize)(curves->n_days * n + 1)), *gram = array_new(n, n);
    for (int day = 0; day < curves->n_days; day++) {
        if (weight[day] <= 0)
            continue;
        double scale = sqrt(weight[day]);
        for (int i = 0; i < n; i++)
            rows[n_rows * n + i] = scale * pooled->rest[day * n + i];
        n_rows++;
    }
    linear_gram(rows, n_rows, n, gram);
    curves->factors = MIN(CURVES_MAX, n);
    linear_top(gram, n, curves->factors, pooled->vector);
    for (int f = 0; f < curves->factors; f++)
        for (int s = 0; s < n * pooled->pool; s++)
            curves->loading[f * n_slots + s] = pooled->vector[f * n + s / pooled->pool] / sqrt(pooled->pool);
}

/* Normal equations of the scores of a day; days with the same slots seen share them. */
struct normal {
    int day; /* that they were made for, -1 = none yet */
    bool whole;
    double factor[CURVES_MAX * CURVES_MAX];
};

static void normal_init(struct normal *normal, const struct curves *curves, const double *seen, int n_slots,
                        int day)
{
    int k = curves->factors;
    double unseen = 0;
    normal->day = day;
    for (int i = 0; i < k; i++)
        for (int j = i; j < k; j++) {
            double sum = 0;
            for (int s = 0; s < n_slots; s++)
                sum += seen[s] * curves->loading[i * n_slots + s] * curves->loading[j * n_slots + s];
            normal->factor[i * k + j] = sum + (i == j ? UNSEEN_RIDGE : 0);
            unseen += i == j ? 1 - sum : 0;
        }
    normal->whole = unseen < UNSEEN_MASS || !linear_factor(normal->factor, k);
}

static void find_scores(const struct pooled *pooled, struct curves *curves, const struct day_matrix *matrix)
{
    int k = curves->factors, n_slots = matrix->n_slots;
    size_t row_size = (size_t)n_slots * sizeof(double);
    struct normal normals[WEEK_DAYS];
    double right[CURVES_MAX];
    for (int weekday = 0; weekday < WEEK_DAYS; weekday++)
        normals[weekday].day = -1;
    for (int day = 0; day < curves->n_days; day++) {
        struct normal *normal = &normals[matrix_weekday(matrix, day)];
        const double *seen = &matrix->seen[day * n_slots];
        if (normal->day < 0 || memcmp(seen, &matrix->seen[normal->day * n_slots], row_size) != 0)
            normal_init(normal, curves, seen, n_slots, day);
        for (int f = 0; f < k; f++)
            right[f] = linear_dot(&pooled->vector[f * pooled->n], &pooled->rest[day * pooled->n], pooled->n) /
                       sqrt(pooled->pool);
        if (!normal->whole)
            linear_solve(normal->factor, k, right);
        for (int f = 0; f < k; f++)
            curves->score[f * curves->n_days + day] = right[f];
    }
}

void curves_init(struct curves *curves, const struct model_input *input, const double *values,
                 const double *base_weight, const double *weight)
{
    int n_slots = input->matrix->n_slots, n_days = input->origin;
    int pool = (n_slots + POOLED_SLOTS - 1) / POOLED_SLOTS;
    struct pooled pooled = {.pool = pool, .n = n_slots / pool};
    *curves = (struct curves){.n_days = n_days};
    curves->base = array_new(WEEK_DAYS, n_slots);
    curves->loading = array_new(CURVES_MAX, n_slots);
    curves->score = array_new(CURVES_MAX, n_days);
    pooled.rest = g_new(double, (gsize)(n_days * pooled.n + 1));
    pooled.vector = array_new(CURVES_MAX, pooled.n);
    week_roots_mean(input, values, base_weight, curves->base);
    find_rest(&pooled, curves, input->matrix);
    find_factors(&pooled, curves, weight, n_slots);
    find_scores(&pooled, curves, input->matrix);
    g_free(pooled.rest);
    g_free(pooled.vector);
}

void curves_clear(struct curves *curves)
{
    g_free(curves->base);
    g_free(curves->loading);
    g_free(curves->score);
    g_free(curves->special);
    *curves = (struct curves){0};
}
