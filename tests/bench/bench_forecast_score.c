/*
 * wfm-bench forecast-score DIR: the forecasts of a directory of `wfm-bench forecast --dump DIR`, ours and
 * those that tests/bench/forecast-peers.sh let other programs make of the same data.
 *
 * A row per queue and method, best first, relative to seasonal naive; the rows `all` are means over the
 * queues (geometric where relative). `of_best_r` is the WAPE over that of R's best method on the queue, in
 * hindsight.
 */
#include "tests/bench/bench.h"
#include "tests/bench/forecast_results.h"

#include <glib.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define LAST 1e6             /* what lacks queues does not compare */
#define WORST_OF_BEST_R 1.03 /* what is asked of every queue */

static const char *const columns[] = {"queue", "program", "method",   "origins", "wape", "wql",       "cov80",
                                      "cov95", "cpu_s",   "rel_wape", "rel_wql", "rank", "of_best_r", NULL};

static void ratio(struct bench_table *table, double value)
{
    if (isnan(value))
        bench_cell(table, "-");
    else
        bench_cell(table, "%.3f", value);
}

static void print_cell(struct bench_table *table, const struct forecast_results *results, int queue,
                       int method)
{
    const struct result_cell *cell = &results->cells[queue][method];
    const struct forecast_sums *sums = &cell->sums, *naive = &results->naive[queue];
    bench_cell(table, "%s", results->queues[queue]);
    bench_cell(table, "%s", results->methods[method].program);
    bench_cell(table, "%s", results->methods[method].name);
    bench_cell(table, "%.0f", sums->origins);
    bench_cell(table, "%.4f", score_wape(sums));
    bench_cell(table, "%.4f", score_wql(sums));
    bench_cell(table, "%.3f", sums->in80 / sums->n);
    bench_cell(table, "%.3f", sums->in95 / sums->n);
    bench_cell(table, "%.3f", cell->cpu_s / sums->origins);
    bench_cell(table, "%.3f", score_wape(sums) / score_wape(naive));
    bench_cell(table, "%.3f", score_wql(sums) / score_wql(naive));
    bench_cell(table, "%d", cell->rank);
    ratio(table, result_of_best_r(results, queue, method));
}

static void print_all(struct bench_table *table, const struct result_method *method)
{
    bench_cell(table, "all");
    bench_cell(table, "%s", method->program);
    bench_cell(table, "%s", method->name);
    bench_cell(table, "%d", method->n_queues);
    bench_cell(table, "%.4f", method->rel_wape);
    bench_cell(table, "%.4f", method->rel_wql);
    bench_cell(table, "%.3f", method->cov80);
    bench_cell(table, "%.3f", method->cov95);
    bench_cell(table, "%.3f", method->cpu_s);
    bench_cell(table, "%.3f", method->rel_wape);
    bench_cell(table, "%.3f", method->rel_wql);
    bench_cell(table, "%.1f", method->rank);
    ratio(table, method->of_best_r);
}

/* Methods in the order of a key, smallest first: fills order[n_methods]. */
static void sort_methods(const struct forecast_results *results, const double *key, int *order)
{
    for (int m = 0; m < results->n_methods; m++) {
        int at = m;
        for (; at > 0 && key[order[at - 1]] > key[m]; at--)
            order[at] = order[at - 1];
        order[at] = m;
    }
}

static void print_rows(struct bench_table *table, const struct forecast_results *results)
{
    double key[RESULT_METHODS_MAX];
    int order[RESULT_METHODS_MAX];
    for (int q = 0; q < results->n_queues; q++) {
        for (int m = 0; m < results->n_methods; m++)
            key[m] = results->cells[q][m].rank;
        sort_methods(results, key, order);
        for (int i = 0; i < results->n_methods; i++) {
            const struct result_cell *cell = &results->cells[q][order[i]];
            if (cell->complete)
                print_cell(table, results, q, order[i]);
            else
                fprintf(stderr, "wfm-bench: %s: %s %s left out: %.0f of %.0f origins\n", results->queues[q],
                        results->methods[order[i]].program, results->methods[order[i]].name,
                        cell->sums.origins, results->naive[q].origins);
        }
    }
    for (int m = 0; m < results->n_methods; m++)
        key[m] = results->methods[m].rel_wape + (results->methods[m].n_queues < results->n_queues ? LAST : 0);
    sort_methods(results, key, order);
    for (int i = 0; i < results->n_methods; i++)
        if (results->methods[order[i]].n_queues > 0)
            print_all(table, &results->methods[order[i]]);
}

static const char *const check_columns[] = {"queue",   "wfm",          "best R", "wape",
                                            "wfm / R", "at most 1.03", NULL};

/* Is any queue forecast worse than by the best of R's methods on it? */
static void print_check(const struct forecast_results *results)
{
    int ours = 0, good = 0, n = 0;
    bool any_r = false;
    while (ours < results->n_methods && strcmp(results->methods[ours].program, "wfm") != 0)
        ours++;
    for (int q = 0; q < results->n_queues; q++)
        any_r = any_r || results->best_r[q] >= 0;
    if (ours == results->n_methods || !any_r)
        return;
    struct bench_table *table = bench_table_new(false, check_columns);
    for (int q = 0; q < results->n_queues; q++) {
        int best = results->best_r[q];
        double of_best = result_of_best_r(results, q, ours);
        if (best < 0 || !results->cells[q][ours].complete)
            continue;
        bench_cell(table, "%s", results->queues[q]);
        bench_cell(table, "%.4f", score_wape(&results->cells[q][ours].sums));
        bench_cell(table, "%s", results->methods[best].name);
        bench_cell(table, "%.4f", score_wape(&results->cells[q][best].sums));
        bench_cell(table, "%.3f", of_best);
        bench_cell(table, "%s", of_best <= WORST_OF_BEST_R ? "yes" : "no");
        good += of_best <= WORST_OF_BEST_R;
        n++;
    }
    if (n > 0)
        printf("\nBeside the best of R's methods on each queue, in hindsight: %d of %d within %.2f\n\n", good,
               n, WORST_OF_BEST_R);
    bench_table_end(table);
}

int bench_forecast_score(int argc, char **argv)
{
    bool csv = bench_take_csv(&argc, argv);
    g_autoptr(GError) error = NULL;
    struct forecast_results results;
    if (argc != 2) {
        fprintf(stderr, "usage: wfm-bench forecast-score DIR [--format table|csv]\n");
        return 2;
    }
    if (!forecast_results_read(&results, argv[1], &error)) {
        fprintf(stderr, "wfm-bench forecast-score: %s\n", error->message);
        return 1;
    }
    struct bench_table *table = bench_table_new(csv, columns);
    print_rows(table, &results);
    bench_table_end(table);
    if (!csv)
        print_check(&results);
    forecast_results_clear(&results);
    return 0;
}
