#include "forecast/reconcile.h"

#include "forecast/array.h"

#include <lapacke.h>
#include <math.h>

#define CORRELATED                                                                                           \
    0.9 /* share of the measured covariance that is believed: of 0, 0.5, 0.9 the best over three sets */
#define CORRELATED_MIN_TESTS 21 /* fewer say nothing of how errors go together */
#define UNMEASURED 0.3          /* error of a leaf without backtest, of its volume */
#define ROUNDS_MAX 20           /* of taking out leaves that would go below 0 */

/* ---- errors ---- */

static const struct forecast_test_day *find_test(const struct forecast *forecast,
                                                 const struct forecast_test_day *like)
{
    int low = 0, high = forecast->n_test_days;
    while (low < high) {
        int mid = (low + high) / 2;
        const struct forecast_test_day *test = &forecast->test_days[mid];
        if (test->origin < like->origin || (test->origin == like->origin && test->day < like->day))
            low = mid + 1;
        else
            high = mid;
    }
    const struct forecast_test_day *found = &forecast->test_days[low];
    bool same = low < forecast->n_test_days && found->origin == like->origin && found->day == like->day;
    return same ? found : NULL;
}

static void measure(const struct forecast *forecast, double *variance, double *usual)
{
    double square = 0, volume = 0, n = forecast->n_test_days;
    for (int i = 0; i < forecast->n_test_days; i++) {
        double error = forecast->test_days[i].actual - forecast->test_days[i].said;
        square += error * error;
        volume += forecast->test_days[i].said;
    }
    *variance = n > 0 && volume > 0 && square > 0 ? square / n : NAN;
    *usual = n > 0 && volume > 0 ? volume / n : NAN;
}

/* Errors of all nodes at the tests of the first group; false when some leaf misses too many of them. */
static void match_tests(struct reconcile_errors *errors, int n, int first_group,
                        const struct forecast *const *nodes)
{
    const struct forecast *guide = NULL;
    for (int i = first_group; i < n && guide == NULL; i++)
        guide = nodes[i] != NULL && nodes[i]->n_test_days >= CORRELATED_MIN_TESTS ? nodes[i] : NULL;
    if (guide == NULL)
        return;
    errors->n_tests = guide->n_test_days;
    errors->error = array_new(n, errors->n_tests);
    for (int i = 0; i < n; i++)
        for (int t = 0; nodes[i] != NULL && nodes[i]->n_test_days > 0 && t < errors->n_tests; t++) {
            const struct forecast_test_day *test = find_test(nodes[i], &guide->test_days[t]);
            errors->error[i * errors->n_tests + t] = test != NULL ? test->actual - test->said : 0;
        }
}

void reconcile_errors_init(struct reconcile_errors *errors, const struct reconcile_tree *tree,
                           const struct forecast *const *nodes)
{
    int n = tree->n_leaves + tree->n_groups;
    *errors = (struct reconcile_errors){
        .variance = array_new(n, 1), .usual = array_new(n, 1), .correlated = CORRELATED};
    for (int i = 0; i < n; i++) {
        errors->variance[i] = errors->usual[i] = NAN;
        if (nodes[i] != NULL)
            measure(nodes[i], &errors->variance[i], &errors->usual[i]);
    }
    match_tests(errors, n, tree->n_leaves, nodes);
}

void reconcile_errors_clear(struct reconcile_errors *errors)
{
    g_free(errors->variance);
    g_free(errors->usual);
    g_free(errors->error);
    *errors = (struct reconcile_errors){0};
}

/* ---- one period ---- */

struct work {
    const struct reconcile_tree *tree;
    const struct reconcile_errors *errors;
    int *group; /* n_heard: groups that have a say */
    int n_heard;
    int *of_first;  /* n_leaves + 1: where the heard groups of a leaf start in `of` */
    int *of;        /* positions among the heard */
    double *own;    /* nodes: variance of its own, scaled to the period */
    double *scale;  /* nodes: of its errors, sqrt(correlated / n_tests × size) */
    double *gap;    /* n_heard × n_tests: errors of a group beyond those of its leaves */
    double *system; /* n_heard × n_heard */
    double *right;  /* n_heard */
};

static void hear(struct work *work, const double *base)
{
    const struct reconcile_tree *tree = work->tree;
    int n_leaves = tree->n_leaves;
    work->group = g_new0(int, (gsize)tree->n_groups + 1);
    work->of_first = g_new0(int, (gsize)n_leaves + 2);
    for (int g = 0; g < tree->n_groups; g++) {
        double variance = work->errors->variance[n_leaves + g];
        /* One that says nothing knows nothing of its queues being open. */
        if (!(base[n_leaves + g] > 0) || !(variance > 0))
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

/* Variances of the nodes at the size of this period. */
static void scale_nodes(struct work *work, const double *base)
{
    const struct reconcile_errors *errors = work->errors;
    int n = work->tree->n_leaves + work->tree->n_groups, n_tests = errors->n_tests;
    double shared = n_tests > 0 ? errors->correlated : 0;
    for (int i = 0; i < n; i++) {
        if (!(base[i] > 0))
            continue;
        bool known = isfinite(errors->variance[i]) && errors->usual[i] > 0;
        double size = known ? base[i] / errors->usual[i] : 0;
        work->own[i] = known ? (1 - shared) * errors->variance[i] * size : pow(UNMEASURED * base[i], 2);
        work->scale[i] = known && shared > 0 ? sqrt(shared / n_tests * size) : 0;
    }
}

static void build_system(struct work *work)
{
    const struct reconcile_tree *tree = work->tree;
    int n_leaves = tree->n_leaves, n = work->n_heard, n_tests = work->errors->n_tests;
    const double *error = work->errors->error;
    memset(work->system, 0, (gsize)(n * n) * sizeof *work->system);
    for (int h = 0; h < n; h++) {
        int node = n_leaves + work->group[h];
        double *gap = &work->gap[h * n_tests];
        for (int t = 0; t < n_tests; t++)
            gap[t] = work->scale[node] * error[node * n_tests + t];
        for (int i = tree->first[work->group[h]]; i < tree->first[work->group[h] + 1]; i++)
            for (int t = 0, leaf = tree->leaf[i]; work->scale[leaf] > 0 && t < n_tests; t++)
                gap[t] -= work->scale[leaf] * error[leaf * n_tests + t];
        work->system[h * n + h] = work->own[node];
        for (int k = 0; k <= h; k++)
            for (int t = 0; t < n_tests; t++)
                work->system[h * n + k] += gap[t] * work->gap[k * n_tests + t];
    }
    for (int leaf = 0; leaf < n_leaves; leaf++)
        for (int i = work->of_first[leaf]; i < work->of_first[leaf + 1]; i++)
            for (int j = work->of_first[leaf]; j <= i; j++)
                work->system[work->of[i] * n + work->of[j]] += work->own[leaf];
}

/* Moves the leaves once, those with own and scale 0 not at all. False when the system cannot be solved. */
static bool move(struct work *work, const double *base, double *out)
{
    const struct reconcile_tree *tree = work->tree;
    int n_leaves = tree->n_leaves, n = work->n_heard, n_tests = work->errors->n_tests;
    for (int h = 0; h < n; h++) {
        work->right[h] = base[n_leaves + work->group[h]];
        for (int i = tree->first[work->group[h]]; i < tree->first[work->group[h] + 1]; i++)
            work->right[h] -= out[tree->leaf[i]];
    }
    build_system(work);
    if (LAPACKE_dposv(LAPACK_ROW_MAJOR, 'L', n, 1, work->system, n, work->right, 1) != 0)
        return false;
    g_autofree double *pull = array_new(n_tests, 1);
    for (int h = 0; h < n; h++)
        for (int t = 0; t < n_tests; t++)
            pull[t] += work->gap[h * n_tests + t] * work->right[h];
    for (int leaf = 0; leaf < n_leaves; leaf++) {
        double sum = 0, shared = 0;
        for (int i = work->of_first[leaf]; i < work->of_first[leaf + 1]; i++)
            sum += work->right[work->of[i]];
        for (int t = 0; work->scale[leaf] > 0 && t < n_tests; t++)
            shared += work->errors->error[leaf * n_tests + t] * pull[t];
        out[leaf] += work->own[leaf] * sum - work->scale[leaf] * shared;
    }
    return true;
}

void reconcile_period(const struct reconcile_tree *tree, const struct reconcile_errors *errors,
                      const double *base, double *out)
{
    int n_leaves = tree->n_leaves, n = n_leaves + tree->n_groups;
    struct work work = {.tree = tree, .errors = errors};
    g_autofree double *said = array_new(n, 1);
    array_copy(said, base, n);
    array_copy(out, base, n_leaves);
    hear(&work, said);
    work.own = array_new(n, 1);
    work.scale = array_new(n, 1);
    work.gap = array_new(work.n_heard, errors->n_tests);
    work.system = array_new(work.n_heard, work.n_heard);
    work.right = array_new(work.n_heard, 1);
    scale_nodes(&work, said);
    bool below = work.n_heard > 0;
    for (int round = 0; below && round < ROUNDS_MAX; round++) {
        /* From the start again, with the leaves that went below 0 held there. */
        for (int leaf = 0; leaf < n_leaves; leaf++)
            out[leaf] = said[leaf];
        if (!move(&work, said, out))
            break;
        below = false;
        for (int leaf = 0; leaf < n_leaves; leaf++)
            if (out[leaf] < 0) {
                said[leaf] = work.own[leaf] = work.scale[leaf] = 0;
                below = true;
            }
    }
    for (int leaf = 0; leaf < n_leaves; leaf++)
        out[leaf] = MAX(0, out[leaf]);
    void *arrays[] = {work.group, work.of_first, work.of,     work.own,
                      work.scale, work.gap,      work.system, work.right};
    for (gsize i = 0; i < G_N_ELEMENTS(arrays); i++)
        g_free(arrays[i]);
}
