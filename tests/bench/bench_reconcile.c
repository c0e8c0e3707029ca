/*
 * wfm-bench reconcile: what it does to the forecasts of queues and of their totals that they are made to
 * agree.
 *
 * The queues of the files are the leaves; their total (and every --group of them) is forecast from its summed
 * history. Rolling weekly origins, a week ahead. One row per way of reconciling and level: errors over
 * intervals and days, and the geometric mean of the ratios to the single forecasts.
 */
#include "core/zone.h"
#include "forecast/hierarchy.h"
#include "forecast/reconcile.h"
#include "tests/bench/bench.h"
#include "tests/bench/files_ask.h"
#include "tests/bench/series_files.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define HISTORY_MIN_DAYS 28
#define DAYS 7

struct options {
    int origins;
    char **without, **groups;
};

enum by { BY_DAY, BY_INTERVAL };

static const struct way {
    const char *name;
    enum by by;
    double weight; /* of a total; 0: totals are the sums of the queues */
} ways[] = {
    {"sum of queues", BY_DAY, 0},
    {"by day", BY_DAY, RECONCILE_WEIGHT},
    {"by interval", BY_INTERVAL, RECONCILE_WEIGHT},
    {"by interval, half", BY_INTERVAL, 0.5},
};
#define WAYS ((int)G_N_ELEMENTS(ways))

/* Everything of one run. Nodes: leaves, then groups. */
struct bench {
    const struct options *options;
    GPtrArray *queues;     /* struct file_queue */
    struct zone *zone;     /* of all */
    struct series *series; /* n_leaves */
    struct reconcile_tree tree;
    int *first, *leaf;
    char **names;                    /* n_groups */
    double (*error)[2 * (WAYS + 1)]; /* nodes: Σ|e| by intervals and by days; way WAYS: each forecast alone */
    double *volume;                  /* nodes */
    int n_origins;
};

static int find_leaf(const struct bench *bench, const char *name)
{
    for (guint i = 0; i < bench->queues->len; i++)
        if (strcmp(((struct file_queue *)bench->queues->pdata[i])->name, name) == 0)
            return (int)i;
    return -1;
}

static bool make_tree(struct bench *bench)
{
    int n_leaves = (int)bench->queues->len, n_named = 0, at = 0;
    while (bench->options->groups != NULL && bench->options->groups[n_named] != NULL)
        n_named++;
    bench->first = g_new0(int, (gsize)n_named + 2);
    bench->leaf = g_new0(int, (gsize)((n_named + 1) * n_leaves) + 1);
    bench->names = g_new0(char *, (gsize)n_named + 2);
    for (int g = 0; g < n_named; g++) {
        g_auto(GStrv) members = g_strsplit(bench->options->groups[g], ",", 0);
        for (char **member = members; *member != NULL; member++) {
            int leaf = find_leaf(bench, *member);
            if (leaf < 0) {
                fprintf(stderr, "wfm-bench: --group %s: no queue %s in the files\n",
                        bench->options->groups[g], *member);
                return false;
            }
            bench->leaf[at++] = leaf;
        }
        bench->names[g] = g_strdup(bench->options->groups[g]);
        bench->first[g + 1] = at;
    }
    for (int leaf = 0; leaf < n_leaves; leaf++)
        bench->leaf[at++] = leaf;
    bench->names[n_named] = g_strdup("total");
    bench->first[n_named + 1] = at;
    bench->tree = (struct reconcile_tree){n_leaves, n_named + 1, bench->first, bench->leaf};
    return true;
}

static bool read_all(struct bench *bench, struct files_ask *ask)
{
    g_autoptr(GError) error = NULL;
    bench->queues = files_ask_read(ask);
    if (bench->queues == NULL)
        return false;
    for (guint i = 0; i < bench->queues->len;) {
        const struct file_queue *queue = bench->queues->pdata[i];
        bool out = bench->options->without != NULL &&
                   g_strv_contains((const char *const *)bench->options->without, queue->name);
        if (out)
            g_ptr_array_remove_index(bench->queues, i);
        else
            i++;
    }
    if (bench->queues->len < 2) {
        fprintf(stderr, "wfm-bench: needs two queues or more\n");
        return false;
    }
    bench->series = g_new0(struct series, bench->queues->len);
    for (guint i = 0; i < bench->queues->len; i++)
        if (!series_files_build(bench->queues->pdata[i], 0, &bench->series[i]))
            return false;
    bench->zone = zone_new(((struct file_queue *)bench->queues->pdata[0])->zone, &error);
    if (bench->zone == NULL)
        fprintf(stderr, "wfm-bench: %s\n", error->message);
    return bench->zone != NULL && make_tree(bench);
}

/* One origin: inputs and forecasts of every node, on one horizon of days. */
struct run {
    struct forecast_input *inputs; /* leaves */
    struct series *known;
    struct hierarchy_sum **sums;   /* groups */
    struct forecast *forecasts;    /* nodes */
    const struct forecast **heard; /* nodes: NULL where there is none */
    double *actual;                /* nodes × n */
    int n, per_day;
};

static bool run_forecasts(struct bench *bench, int32_t day, struct run *run)
{
    g_autoptr(GError) error = NULL;
    int n_leaves = bench->tree.n_leaves, n_groups = bench->tree.n_groups;
    run->inputs = g_new0(struct forecast_input, (gsize)n_leaves);
    run->known = g_new0(struct series, (gsize)n_leaves);
    run->sums = g_new0(struct hierarchy_sum *, (gsize)n_groups);
    run->forecasts = g_new0(struct forecast, (gsize)(n_leaves + n_groups));
    run->heard = g_new0(const struct forecast *, (gsize)(n_leaves + n_groups));
    for (int i = 0; i < n_leaves; i++) {
        const struct file_queue *queue = bench->queues->pdata[i];
        run->inputs[i] =
            series_files_input(queue, &bench->series[i], bench->zone, day, day + DAYS, &run->known[i]);
        if (!forecast_run(&run->inputs[i], &run->forecasts[i], &error)) {
            fprintf(stderr, "wfm-bench: %s: %s\n", queue->name, error->message);
            return false;
        }
        run->heard[i] = &run->forecasts[i];
    }
    for (int g = 0; g < n_groups; g++) {
        int n = bench->first[g + 1] - bench->first[g];
        g_autofree const struct forecast_input **members = g_new0(const struct forecast_input *, (gsize)n);
        for (int i = 0; i < n; i++)
            members[i] = &run->inputs[bench->leaf[bench->first[g] + i]];
        run->sums[g] = hierarchy_sum_new(members, n);
        for (int i = 0; run->sums[g] != NULL && i < n; i++)
            hierarchy_sum_add(run->sums[g], members[i]);
        if (run->sums[g] == NULL)
            continue;
        struct forecast_input input = hierarchy_sum_input(run->sums[g], bench->zone);
        if (!forecast_run(&input, &run->forecasts[n_leaves + g], &error)) {
            fprintf(stderr, "wfm-bench: %s: %s\n", bench->names[g], error->message);
            return false;
        }
        run->heard[n_leaves + g] = &run->forecasts[n_leaves + g];
    }
    run->n = run->inputs[0].horizon.n;
    run->per_day = DAY_S / run->inputs[0].horizon.interval_s;
    return true;
}

static void run_clear(const struct bench *bench, struct run *run)
{
    for (int i = 0; i < bench->tree.n_leaves + bench->tree.n_groups; i++)
        forecast_clear(&run->forecasts[i]);
    for (int g = 0; g < bench->tree.n_groups; g++)
        hierarchy_sum_free(run->sums[g]);
    g_free(run->inputs);
    g_free(run->known);
    g_free(run->sums);
    g_free(run->forecasts);
    g_free(run->heard);
    g_free(run->actual);
}

static void find_actual(const struct bench *bench, struct run *run)
{
    int n_leaves = bench->tree.n_leaves, n = run->n;
    run->actual = g_new0(double, (gsize)((n_leaves + bench->tree.n_groups) * n));
    for (int i = 0; i < n_leaves; i++)
        for (int iv = 0; iv < n; iv++) {
            int32_t at = grid_index(&bench->series[i].grid, grid_ts(&run->inputs[i].horizon, iv));
            run->actual[i * n + iv] = at < bench->series[i].grid.n ? bench->series[i].offered[at] : NAN;
        }
    for (int g = 0; g < bench->tree.n_groups; g++)
        for (int iv = 0; iv < n; iv++) {
            double sum = 0, seen = 0;
            for (int i = bench->first[g]; i < bench->first[g + 1]; i++) {
                double y = run->actual[bench->leaf[i] * n + iv];
                sum += isnan(y) ? 0 : y;
                seen += !isnan(y);
            }
            run->actual[(n_leaves + g) * n + iv] = seen > 0 ? sum : NAN;
        }
}

static void score(struct bench *bench, const struct run *run, int node, int way, const double *said)
{
    double day_actual = 0, day_said = 0;
    for (int iv = 0; iv < run->n; iv++) {
        double y = run->actual[node * run->n + iv];
        if (!isnan(y)) {
            bench->error[node][2 * way] += fabs(y - said[iv]);
            day_actual += y;
            day_said += said[iv];
            if (way == WAYS)
                bench->volume[node] += y;
        }
        if ((iv + 1) % run->per_day == 0 || iv == run->n - 1) {
            bench->error[node][2 * way + 1] += fabs(day_actual - day_said);
            day_actual = day_said = 0;
        }
    }
}

/* Reconciled leaves: n_leaves × n. */
static void reconcile(const struct bench *bench, const struct run *run, const struct way *way, double *out)
{
    const struct reconcile_tree *tree = &bench->tree;
    int n_nodes = tree->n_leaves + tree->n_groups, n = run->n;
    int step = way->by == BY_INTERVAL ? 1 : run->per_day;
    g_autofree struct reconcile_error *errors = g_new0(struct reconcile_error, (gsize)tree->n_leaves);
    for (int i = 0; i < tree->n_leaves; i++)
        errors[i] = reconcile_error(run->heard[i]);
    g_autofree double *base = g_new0(double, (gsize)n_nodes), *made = g_new0(double, (gsize)tree->n_leaves);
    for (int from = 0; from < n; from += step) {
        int to = MIN(n, from + step);
        for (int i = 0; i < n_nodes; i++) {
            base[i] = run->heard[i] != NULL ? 0 : NAN;
            for (int iv = from; iv < to; iv++)
                base[i] += run->forecasts[i].offered != NULL ? run->forecasts[i].offered[iv] : 0;
        }
        if (way->weight > 0)
            reconcile_period(tree, errors, way->weight, base, made);
        else
            memcpy(made, base, (gsize)tree->n_leaves * sizeof *made);
        for (int i = 0; i < tree->n_leaves; i++)
            for (int iv = from; iv < to; iv++)
                out[i * n + iv] = base[i] > 0 ? run->forecasts[i].offered[iv] * made[i] / base[i] : 0;
    }
}

static bool run_origin(struct bench *bench, int32_t day)
{
    struct run run = {0};
    int n_leaves = bench->tree.n_leaves, n_groups = bench->tree.n_groups;
    bool good = run_forecasts(bench, day, &run);
    if (good) {
        int n = run.n;
        find_actual(bench, &run);
        g_autofree double *made = g_new0(double, (gsize)(n_leaves * n)), *sum = g_new0(double, (gsize)n);
        for (int i = 0; i < n_leaves + n_groups; i++)
            if (run.heard[i] != NULL)
                score(bench, &run, i, WAYS, run.forecasts[i].offered);
        for (int way = 0; way < WAYS; way++) {
            reconcile(bench, &run, &ways[way], made);
            for (int i = 0; i < n_leaves; i++)
                score(bench, &run, i, way, &made[i * n]);
            for (int g = 0; g < n_groups; g++) {
                memset(sum, 0, (gsize)n * sizeof *sum);
                for (int i = bench->first[g]; i < bench->first[g + 1]; i++)
                    for (int iv = 0; iv < n; iv++)
                        sum[iv] += made[bench->leaf[i] * n + iv];
                if (run.heard[n_leaves + g] != NULL)
                    score(bench, &run, n_leaves + g, way, sum);
            }
        }
        bench->n_origins++;
    }
    run_clear(bench, &run);
    return good;
}

static const char *const columns[] = {"reconciled", "level",    "nodes",        "origins", "wape",
                                      "day_wape",   "rel_wape", "rel_day_wape", NULL};

static void print_level(struct bench_table *table, const struct bench *bench, const char *name,
                        const char *level, int way, int from, int to)
{
    double error[2] = {0}, ratio[2] = {0}, volume = 0;
    for (int i = from; i < to; i++) {
        volume += bench->volume[i];
        for (int k = 0; k < 2; k++) {
            error[k] += bench->error[i][2 * way + k];
            ratio[k] += log(bench->error[i][2 * way + k] / bench->error[i][2 * WAYS + k]) / (to - from);
        }
    }
    bench_cell(table, "%s", name);
    bench_cell(table, "%s", level);
    bench_cell(table, "%d", to - from);
    bench_cell(table, "%d", bench->n_origins);
    bench_cell(table, "%.4f", error[0] / volume);
    bench_cell(table, "%.4f", error[1] / volume);
    bench_cell(table, "%.4f", exp(ratio[0]));
    bench_cell(table, "%.4f", exp(ratio[1]));
}

static void print(const struct bench *bench, bool csv)
{
    struct bench_table *table = bench_table_new(csv, columns);
    int n_leaves = bench->tree.n_leaves, n_groups = bench->tree.n_groups;
    for (int k = 0; k <= WAYS; k++) {
        int way = k == 0 ? WAYS : k - 1;
        const char *name = k == 0 ? "not at all" : ways[way].name;
        print_level(table, bench, name, "queues", way, 0, n_leaves);
        if (n_groups > 1)
            print_level(table, bench, name, "groups", way, n_leaves, n_leaves + n_groups - 1);
        print_level(table, bench, name, "total", way, n_leaves + n_groups - 1, n_leaves + n_groups);
    }
    bench_table_end(table);
}

static bool run_all(struct bench *bench, struct files_ask *ask)
{
    if (!read_all(bench, ask))
        return false;
    int n_nodes = bench->tree.n_leaves + bench->tree.n_groups;
    bench->error = g_malloc0((gsize)n_nodes * sizeof *bench->error);
    bench->volume = g_new0(double, (gsize)n_nodes);
    int32_t first = INT32_MIN, end = INT32_MAX;
    for (int i = 0; i < bench->tree.n_leaves; i++) {
        int32_t one_first, one_end;
        series_files_days(&bench->series[i], bench->zone, &one_first, &one_end);
        first = MAX(first, one_first);
        end = MIN(end, one_end);
    }
    for (int o = bench->options->origins - 1; o >= 0; o--) {
        int32_t day = end - DAYS * (o + 1);
        if (day - first >= HISTORY_MIN_DAYS && !run_origin(bench, day))
            return false;
    }
    return bench->n_origins > 0;
}

int bench_reconcile(int argc, char **argv)
{
    struct options options = {.origins = 8};
    GOptionEntry entries[] = {
        {"origins", 0, 0, G_OPTION_ARG_INT, &options.origins, "rolling origins (8)", "N"},
        {"without", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options.without, "leave out this queue", "QUEUE"},
        {"group", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options.groups, "a further total", "QUEUE,QUEUE…"},
        {NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL}};
    struct files_ask ask;
    if (!files_ask_parse(&ask, argc, argv, entries) || options.origins < 1)
        return files_ask_refuse(&ask, "needs at least one file and --origins of 1 or more");
    struct bench bench = {.options = &options};
    bool good = run_all(&bench, &ask);
    if (good)
        print(&bench, ask.csv);
    for (int i = 0; bench.series != NULL && i < (int)bench.queues->len; i++)
        series_clear(&bench.series[i]);
    if (bench.queues != NULL)
        g_ptr_array_free(bench.queues, TRUE);
    zone_free(bench.zone);
    g_strfreev(bench.names);
    g_free(bench.series);
    g_free(bench.first);
    g_free(bench.leaf);
    g_free(bench.error);
    g_free(bench.volume);
    return good ? 0 : 1;
}
