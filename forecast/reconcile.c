#include "forecast/reconcile.h"

#include "forecast/array.h"

#include <lapacke.h>
#include <math.h>

#define UNMEASURED 0.3 /* error of a leaf without backtest, of its volume */
#define ROUNDS_MAX 20  /* of taking out leaves that would go below 0 */

struct reconcile_error reconcile_error(const struct forecast *forecast)
{
    double square = 0, said = 0, n = forecast->n_test_days;
    for (int i = 0; i < forecast->n_test_days; i++) {
        double error = forecast->test_days[i].actual - forecast->test_days[i].said;
        square += error * error;
        said += forecast->test_days[i].said;
    }
    if (!(said > 0) || !(square > 0))
        return (struct reconcile_error){0};
    return (struct reconcile_error){square / n, said / n};
}

/* Everything of one period. */
struct work {
    const struct reconcile_tree *tree;
    int *group; /* n_heard: groups that have a say */
    int n_heard;
    int *of_first;    /* n_leaves + 1: where the heard groups of a leaf start in `of` */
    int *of;          /* positions among the heard */
    double *variance; /* n_leaves: of this period */
    double *system;   /* n_heard × n_heard */
    double *right;    /* n_heard */
};

static void hear(struct work *work, const double *base)
{
    const struct reconcile_tree *tree = work->tree;
    int n_leaves = tree->n_leaves;
    work->group = g_new0(int, (gsize)tree->n_groups + 1);
    work->of_first = g_new0(int, (gsize)n_leaves + 2);
    for (int g = 0; g < tree->n_groups; g++) {
        double sum = 0;
        for (int i = tree->first[g]; i < tree->first[g + 1]; i++)
            sum += base[tree->leaf[i]];
        /* One that says nothing knows nothing of its queues being open; and nothing can be moved in queues
           that say nothing. */
        if (!(base[n_leaves + g] > 0) || sum <= 0)
            continue;
        work->group[work->n_heard++] = g;
        for (int i = tree->first[g]; i < tree->first[g + 1]; i++)
            work->of_first[tree->leaf[i] + 1]++;
    }
    for (int leaf = 0; leaf < n_leaves; leaf++)
        work->of_first[leaf + 1] += work->of_first[leaf];
    work->of = g_new0(int, (gsize)work->of_first[n_leaves] + 1);
    g_autofree int *at = g_memdup2(work->of_first, ((gsize)n_leaves + 1) * sizeof *at);
    for (int h = 0; h < work->n_heard; h++)
        for (int i = tree->first[work->group[h]]; i < tree->first[work->group[h] + 1]; i++)
            work->of[at[tree->leaf[i]]++] = h;
}

static void scale_variances(struct work *work, const struct reconcile_error *errors, const double *base)
{
    for (int leaf = 0; leaf < work->tree->n_leaves; leaf++)
        work->variance[leaf] = errors[leaf].usual > 0
                                   ? errors[leaf].variance * base[leaf] / errors[leaf].usual
                                   : pow(UNMEASURED * base[leaf], 2);
}

/* Sum of what the leaves of a heard group have in `values`. */
static double sum_of(const struct work *work, int h, const double *values)
{
    const struct reconcile_tree *tree = work->tree;
    double sum = 0;
    for (int i = tree->first[work->group[h]]; i < tree->first[work->group[h] + 1]; i++)
        sum += values[tree->leaf[i]];
    return sum;
}

/* Heard groups that a leaf of a heard group is in, on average: a channel, its client, its zone and everything
 * say much the same, and would be heard four times. */
static double groups_of_leaf(const struct work *work, int h)
{
    const struct reconcile_tree *tree = work->tree;
    int first = tree->first[work->group[h]], end = tree->first[work->group[h] + 1];
    double n = 0;
    for (int i = first; i < end; i++)
        n += work->of_first[tree->leaf[i] + 1] - work->of_first[tree->leaf[i]];
    return n / (end - first);
}

/* Moves the leaves once; those with variance 0 stay. False when the system cannot be solved. */
static bool move(struct work *work, const double *own, const double *base, double *out)
{
    int n_leaves = work->tree->n_leaves, n = work->n_heard;
    memset(work->system, 0, (gsize)(n * n) * sizeof *work->system);
    for (int h = 0; h < n; h++) {
        work->right[h] = base[n_leaves + work->group[h]] - sum_of(work, h, base);
        work->system[h * n + h] = own[h];
    }
    for (int leaf = 0; leaf < n_leaves; leaf++)
        for (int i = work->of_first[leaf]; i < work->of_first[leaf + 1]; i++)
            for (int j = work->of_first[leaf]; j <= i; j++)
                work->system[work->of[i] * n + work->of[j]] += work->variance[leaf];
    if (LAPACKE_dposv(LAPACK_ROW_MAJOR, 'L', n, 1, work->system, n, work->right, 1) != 0)
        return false;
    for (int leaf = 0; leaf < n_leaves; leaf++) {
        double pull = 0;
        for (int i = work->of_first[leaf]; i < work->of_first[leaf + 1]; i++)
            pull += work->right[work->of[i]];
        out[leaf] = base[leaf] + work->variance[leaf] * pull;
    }
    return true;
}

void reconcile_period(const struct reconcile_tree *tree, const struct reconcile_error *errors, double weight,
                      const double *base, double *out)
{
    int n_leaves = tree->n_leaves, n = n_leaves + tree->n_groups;
    struct work work = {.tree = tree, .variance = array_new(n_leaves, 1)};
    g_autofree double *said = array_new(n, 1), *own = array_new(tree->n_groups, 1);
    array_copy(said, base, n);
    array_copy(out, base, n_leaves);
    hear(&work, said);
    work.system = array_new(work.n_heard, work.n_heard);
    work.right = array_new(work.n_heard, 1);
    scale_variances(&work, errors, said);
    for (int h = 0; h < work.n_heard; h++)
        own[h] = sum_of(&work, h, work.variance) * (1 - weight) / weight * groups_of_leaf(&work, h);
    bool below = work.n_heard > 0;
    for (int round = 0; below && round < ROUNDS_MAX; round++) {
        if (!move(&work, own, said, out))
            break;
        below = false;
        for (int leaf = 0; leaf < n_leaves; leaf++)
            if (out[leaf] < 0) {
                /* Held at 0, and all over again. */
                said[leaf] = work.variance[leaf] = 0;
                below = true;
            }
    }
    for (int leaf = 0; leaf < n_leaves; leaf++)
        out[leaf] = MAX(0, out[leaf]);
    void *arrays[] = {work.group, work.of_first, work.of, work.variance, work.system, work.right};
    for (gsize i = 0; i < G_N_ELEMENTS(arrays); i++)
        g_free(arrays[i]);
}
