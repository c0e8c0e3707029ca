/* First prices and columns for large masters: the volume algorithm (Barahona & Anbil 2000) with the kernel.
 */
#include <math.h>
#include <string.h>

#include "scheduler/roster/personal_columns_internal.h"

#define AVERAGE 0.1    /* weight of the newest point */
#define TARGET 0.1     /* of the way from the bound to the cutoff */
#define STEP_FIRST 1.0 /* factor of the Polyak step, and how it moves */
#define STEP_MORE 1.1
#define STEP_LESS 0.66
#define STEP_PATIENCE 6 /* steps without a better bound */
#define KEPT 12         /* last points that become columns */

struct volume {
    double *average; /* n_rows: need minus what the averaged works give */
    double *slope;   /* … the works of this step */
    double *prices;
    uint8_t *kept; /* KEPT × n × n_days */
    double factor;
    int failed;
};

static void set_slope(struct columns *c, double *slope)
{
    for (int r = 0; r < c->n_rows; r++)
        slope[r] = c->need[r];
    for (int k = 0; k < c->n; k++)
        for (int i = 0; i < c->n_days && c->priced[k].n > 0; i++) {
            int n = 0, tmpl = c->priced[k].work[i];
            const int *rows = tmpl == c->model->n_tmpl
                                  ? NULL
                                  : personal_cell(c->model, c->agents[k], c->from + i, tmpl, &n);
            for (int r = 0; r < n; r++)
                slope[rows[r] - c->first_row]--;
        }
}

/* New prices a Polyak step along the averaged slope from the best ones. */
static void move(const struct columns *c, struct volume *v, double target)
{
    double norm = 0;
    for (int r = 0; r < c->n_rows; r++) {
        const struct personal_row *row = &c->model->rows[c->first_row + r];
        bool out = (v->average[r] > 0 && c->center[r] >= row->under) ||
                   (v->average[r] < 0 && c->center[r] <= -row->over);
        norm += out ? 0 : v->average[r] * v->average[r];
    }
    double step = norm > 0 ? v->factor * MAX(target - c->bound, 1e-3 * fabs(target)) / norm : 0;
    for (int r = 0; r < c->n_rows; r++) {
        const struct personal_row *row = &c->model->rows[c->first_row + r];
        v->prices[r] = CLAMP(c->center[r] + step * v->average[r], -row->over, row->under);
    }
}

static void take_step(struct columns *c, struct volume *v, int step)
{
    double bound = columns_lagrange(c, v->prices), turn = 0;
    if (columns_stopped(c))
        return;
    set_slope(c, v->slope);
    for (int k = 0; k < c->n; k++)
        memcpy(v->kept + ((size_t)(step % KEPT) * (size_t)c->n + (size_t)k) * (size_t)c->n_days,
               c->priced[k].work, (size_t)c->n_days);
    for (int r = 0; r < c->n_rows; r++) {
        turn += v->slope[r] * v->average[r];
        v->average[r] = step == 0 ? v->slope[r] : AVERAGE * v->slope[r] + (1 - AVERAGE) * v->average[r];
    }
    if (bound > c->bound) {
        c->bound = bound;
        memcpy(c->center, v->prices, (size_t)c->n_rows * sizeof *c->center);
        v->failed = 0;
        if (turn >= 0)
            v->factor *= STEP_MORE;
    } else if (++v->failed >= STEP_PATIENCE) {
        v->factor *= STEP_LESS;
        v->failed = 0;
    }
}

void columns_warm(struct columns *c, double cutoff, int steps)
{
    size_t rows = (size_t)c->n_rows;
    g_autofree double *average = g_new0(double, rows + 1);
    g_autofree double *slope = g_new0(double, rows + 1);
    g_autofree double *prices = g_new0(double, rows + 1);
    g_autofree uint8_t *kept = g_new(uint8_t, (size_t)KEPT * (size_t)c->n * (size_t)c->n_days + 1);
    struct volume v = {average, slope, prices, kept, STEP_FIRST, 0};
    if (c->centered)
        memcpy(prices, c->center, rows * sizeof *prices);
    int step = 0;
    for (; step < steps && !columns_stopped(c); step++) {
        if (step > 0)
            move(c, &v, c->bound + TARGET * (cutoff - c->bound));
        take_step(c, &v, step);
    }
    if (columns_stopped(c))
        return;
    c->centered = true;
    for (int back = 0; back < MIN(step, KEPT); back++)
        for (int k = 0; k < c->n; k++) {
            const uint8_t *work = kept + ((size_t)back * (size_t)c->n + (size_t)k) * (size_t)c->n_days;
            bool known = c->priced[k].n == 0;
            for (int other = 0; other < back && !known; other++)
                known = memcmp(work, kept + ((size_t)other * (size_t)c->n + (size_t)k) * (size_t)c->n_days,
                               (size_t)c->n_days) == 0;
            if (!known)
                columns_add(c, k, work);
        }
}
