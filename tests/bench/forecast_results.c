#include "tests/bench/forecast_results.h"

#include "core/csv.h"
#include "core/error.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define COLUMNS_MAX 8

/* One file: the text of its first column, and the others as numbers. */
struct table {
    const struct csv_column *columns; /* n_columns */
    int n_columns, index[COLUMNS_MAX];
    bool header_done;
    GPtrArray *texts; /* by row, g_free */
    GArray *numbers;  /* rows × (n_columns - 1), by row; NAN where empty */
};

static void table_free(struct table *table)
{
    if (table == NULL)
        return;
    g_ptr_array_free(table->texts, TRUE);
    g_array_free(table->numbers, TRUE);
    g_free(table);
}
AUTO_DEFINE(table, table_free);

static bool table_row(const struct csv_row *row, void *user, GError **error)
{
    struct table *table = user;
    if (!table->header_done) {
        table->header_done = true;
        return csv_header(row, table->columns, table->n_columns, false, table->index, error);
    }
    g_ptr_array_add(table->texts, g_strdup(csv_field(row, table->index, 0)));
    for (int i = 1; i < table->n_columns; i++) {
        const char *text = csv_field(row, table->index, i);
        char *end = NULL;
        double value = *text != '\0' ? g_ascii_strtod(text, &end) : NAN;
        if (end != NULL && *end != '\0')
            return csv_fail(row, table->columns[i].name, error, "\"%s\" is no number", text);
        g_array_append_val(table->numbers, value);
    }
    return true;
}

static struct table *table_read(const char *dir, const char *name, const struct csv_column *columns,
                                int n_columns, GError **error)
{
    const struct csv_options options = {.separator = ','};
    g_autofree char *path = g_build_filename(dir, name, NULL);
    AUTO(table) table = g_new0(struct table, 1);
    table->columns = columns;
    table->n_columns = n_columns;
    table->texts = g_ptr_array_new_with_free_func(g_free);
    table->numbers = g_array_new(FALSE, FALSE, sizeof(double));
    return csv_read(path, &options, table_row, table, error) ? g_steal_pointer(&table) : NULL;
}

static double table_number(const struct table *table, int row, int column)
{
    return g_array_index(table->numbers, double, row *(table->n_columns - 1) + column - 1);
}

static const char *table_text(const struct table *table, int row)
{
    return table->texts->pdata[row];
}

/* ---- files ---- */

static const struct csv_column queue_columns[] = {{"queue", true}};
enum { RUN_NAME, RUN_MEAN, RUN_ROOT, RUN_COLUMNS };
static const struct csv_column run_columns[RUN_COLUMNS] = {
    {"run", true}, {"naive_mean", true}, {"naive_root", true}};
enum { TEST_DAY, TEST_Y, TEST_NAIVE, TEST_COLUMNS };
static const struct csv_column test_columns[TEST_COLUMNS] = {{"day", true}, {"y", true}, {"naive", true}};
enum { PRED_METHOD, PRED_MEAN, PRED_Q, PRED_COLUMNS = PRED_Q + SCORE_QUANTILES };
static const struct csv_column pred_columns[PRED_COLUMNS] = {{"method", true}, {"mean", true}, {"q025", true},
                                                             {"q10", true},    {"q50", true},  {"q90", true},
                                                             {"q975", true}};
enum { CPU_METHOD, CPU_S, CPU_COLUMNS };
static const struct csv_column cpu_columns[CPU_COLUMNS] = {{"method", true}, {"cpu_s", true}};

struct run {
    const char *name;
    int queue;
    double naive_mean, naive_root;
    struct forecast_test test;
};

static bool read_test(const char *dir, const char *name, struct forecast_test *test, GError **error)
{
    g_autofree char *file = g_strdup_printf("%s.test.csv", name);
    AUTO(table) table = table_read(dir, file, test_columns, TEST_COLUMNS, error);
    if (table == NULL)
        return false;
    int n = (int)table->texts->len;
    *test = (struct forecast_test){.n = n,
                                   .day = g_new0(int32_t, (gsize)n),
                                   .actual = g_new0(double, (gsize)n),
                                   .naive = g_new0(double, (gsize)n)};
    for (int i = 0; i < n; i++) {
        test->actual[i] = table_number(table, i, TEST_Y);
        test->naive[i] = table_number(table, i, TEST_NAIVE);
        if (!day_parse(table_text(table, i), &test->day[i], error)) {
            g_prefix_error(error, "%s/%s: ", dir, file);
            return false;
        }
    }
    return true;
}

static int find_method(struct forecast_results *results, const char *program, const char *name)
{
    for (int m = 0; m < results->n_methods; m++)
        if (strcmp(results->methods[m].program, program) == 0 && strcmp(results->methods[m].name, name) == 0)
            return m;
    if (results->n_methods == RESULT_METHODS_MAX)
        return -1;
    results->methods[results->n_methods] =
        (struct result_method){.program = g_strdup(program), .name = g_strdup(name)};
    return results->n_methods++;
}

/* Rows from..to of a file of forecasts: one method's. */
static bool score_method(const struct table *table, int from, int to, const struct run *run,
                         struct result_cell *cell)
{
    int n = run->test.n;
    if (to - from != n)
        return false;
    g_autofree double *mean = g_new(double, (gsize)n),
                      *quantile = g_new(double, (gsize)(SCORE_QUANTILES * n));
    for (int i = 0; i < n; i++) {
        mean[i] = table_number(table, from + i, PRED_MEAN);
        for (int q = 0; q < SCORE_QUANTILES; q++)
            quantile[q * n + i] = table_number(table, from + i, PRED_Q + q);
    }
    forecast_sums_add(&cell->sums, &run->test, mean, quantile);
    return true;
}

static bool read_program(struct forecast_results *results, const char *dir, const struct run *run,
                         const char *program, GError **error)
{
    g_autofree char *file = g_strdup_printf("%s.%s.pred.csv", run->name, program),
                    *cpu_file = g_strdup_printf("%s.%s.cpu.csv", run->name, program);
    AUTO(table) table = table_read(dir, file, pred_columns, PRED_COLUMNS, error);
    AUTO(table) cpu = table != NULL ? table_read(dir, cpu_file, cpu_columns, CPU_COLUMNS, error) : NULL;
    if (cpu == NULL)
        return false;
    int rows = (int)table->texts->len;
    for (int from = 0, to; from < rows; from = to) {
        const char *name = table_text(table, from);
        for (to = from + 1; to < rows && strcmp(name, table_text(table, to)) == 0;)
            to++;
        int method = find_method(results, program, name);
        if (method < 0 || !score_method(table, from, to, run, &results->cells[run->queue][method]))
            return wfm_fail(error, WFM_ERROR_INPUT, "%s/%s: %d rows of %s, not %d (or too many methods)", dir,
                            file, to - from, name, run->test.n);
        for (int i = 0; i < (int)cpu->texts->len; i++)
            if (strcmp(table_text(cpu, i), name) == 0)
                results->cells[run->queue][method].cpu_s += table_number(cpu, i, CPU_S);
    }
    return true;
}

/* Every program that left forecasts of the run: RUN.PROGRAM.pred.csv. */
static bool read_run(struct forecast_results *results, const char *dir, GPtrArray *names, struct run *run,
                     GError **error)
{
    g_autofree char *prefix = g_strdup_printf("%s.", run->name);
    if (!read_test(dir, run->name, &run->test, error))
        return false;
    run->test.naive_mean = run->naive_mean;
    run->test.naive_root = run->naive_root;
    g_autofree double *naive = forecast_test_naive_quantiles(&run->test);
    forecast_sums_add(&results->naive[run->queue], &run->test, run->test.naive, naive);
    for (guint i = 0; i < names->len; i++) {
        const char *name = names->pdata[i];
        if (!g_str_has_prefix(name, prefix) || !g_str_has_suffix(name, ".pred.csv"))
            continue;
        gsize from = strlen(prefix), length = strlen(name) - from - strlen(".pred.csv");
        g_autofree char *program = g_strndup(name + from, length);
        if (!read_program(results, dir, run, program, error))
            return false;
    }
    return true;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static GPtrArray *list_files(const char *dir, GError **error)
{
    GDir *open = g_dir_open(dir, 0, error);
    if (open == NULL)
        return NULL;
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    for (const char *name; (name = g_dir_read_name(open)) != NULL;)
        g_ptr_array_add(names, g_strdup(name));
    g_dir_close(open);
    g_ptr_array_sort(names, by_name);
    return names;
}

/* ---- means ---- */

double result_of_best_r(const struct forecast_results *results, int queue, int method)
{
    int best = results->best_r[queue];
    return best < 0 ? NAN
                    : score_wape(&results->cells[queue][method].sums) /
                          score_wape(&results->cells[queue][best].sums);
}

/* What is complete, the ranks among it, and R's best. */
static void rank_queue(struct forecast_results *results, int queue)
{
    struct result_cell *cells = results->cells[queue];
    results->best_r[queue] = -1;
    for (int m = 0; m < results->n_methods; m++)
        cells[m].complete = cells[m].sums.origins == results->naive[queue].origins;
    for (int m = 0; m < results->n_methods; m++) {
        double wape = score_wape(&cells[m].sums);
        int *best = &results->best_r[queue];
        if (!cells[m].complete)
            continue;
        cells[m].rank = 1;
        for (int k = 0; k < results->n_methods; k++)
            cells[m].rank += cells[k].complete && score_wape(&cells[k].sums) < wape;
        if (strcmp(results->methods[m].program, "r") == 0 &&
            (*best < 0 || wape < score_wape(&cells[*best].sums)))
            *best = m;
    }
}

static void average(struct forecast_results *results, int m)
{
    struct result_method *method = &results->methods[m];
    for (int q = 0; q < results->n_queues; q++) {
        const struct result_cell *cell = &results->cells[q][m];
        const struct forecast_sums *naive = &results->naive[q];
        if (!cell->complete)
            continue;
        method->n_queues++;
        method->rel_wape += log(score_wape(&cell->sums) / score_wape(naive));
        method->rel_wql += log(score_wql(&cell->sums) / score_wql(naive));
        method->of_best_r += log(result_of_best_r(results, q, m));
        method->cov80 += cell->sums.in80 / cell->sums.n;
        method->cov95 += cell->sums.in95 / cell->sums.n;
        method->cpu_s += cell->cpu_s / cell->sums.origins;
        method->rank += cell->rank;
    }
    double n = method->n_queues;
    method->rel_wape = exp(method->rel_wape / n);
    method->rel_wql = exp(method->rel_wql / n);
    method->of_best_r = exp(method->of_best_r / n);
    method->cov80 /= n;
    method->cov95 /= n;
    method->cpu_s /= n;
    method->rank /= n;
}

/* ---- all ---- */

/* Nothing is relative to a queue without contacts or without error of the naive. */
static bool drop_queue(struct forecast_results *results, int queue)
{
    int behind = results->n_queues - queue - 1;
    if (results->naive[queue].volume > 0 && results->naive[queue].absolute > 0)
        return false;
    g_free(results->queues[queue]);
    memmove(&results->queues[queue], &results->queues[queue + 1], (size_t)behind * sizeof *results->queues);
    memmove(&results->naive[queue], &results->naive[queue + 1], (size_t)behind * sizeof *results->naive);
    memmove(&results->cells[queue], &results->cells[queue + 1], (size_t)behind * sizeof *results->cells);
    results->n_queues--;
    return true;
}

static void room_for(struct forecast_results *results, int n_runs)
{
    gsize n = (gsize)n_runs + 1; /* at most a queue per run */
    results->queues = g_new0(char *, n);
    results->naive = g_new0(struct forecast_sums, n);
    results->cells = g_malloc0_n(n, sizeof *results->cells);
    results->best_r = g_new0(int, n);
}

static int find_queue(struct forecast_results *results, const char *name)
{
    for (int q = 0; q < results->n_queues; q++)
        if (strcmp(results->queues[q], name) == 0)
            return q;
    results->queues[results->n_queues] = g_strdup(name);
    return results->n_queues++;
}

bool forecast_results_read(struct forecast_results *results, const char *dir, GError **error)
{
    AUTO(table) runs = table_read(dir, "runs.csv", run_columns, RUN_COLUMNS, error);
    AUTO(table) queues = runs != NULL ? table_read(dir, "runs.csv", queue_columns, 1, error) : NULL;
    g_autoptr(GPtrArray) names = queues != NULL ? list_files(dir, error) : NULL;
    if (names == NULL)
        return false;
    *results = (struct forecast_results){0};
    room_for(results, (int)runs->texts->len);
    for (int i = 0; i < (int)runs->texts->len; i++) {
        struct run run = {.name = table_text(runs, i),
                          .queue = find_queue(results, table_text(queues, i)),
                          .naive_mean = table_number(runs, i, RUN_MEAN),
                          .naive_root = table_number(runs, i, RUN_ROOT)};
        bool good = read_run(results, dir, names, &run, error);
        forecast_test_clear(&run.test);
        if (!good) {
            forecast_results_clear(results);
            return false;
        }
    }
    for (int q = 0; q < results->n_queues;)
        q += drop_queue(results, q) ? 0 : 1;
    for (int q = 0; q < results->n_queues; q++)
        rank_queue(results, q);
    for (int m = 0; m < results->n_methods; m++)
        average(results, m);
    return true;
}

void forecast_results_clear(struct forecast_results *results)
{
    for (int q = 0; q < results->n_queues; q++)
        g_free(results->queues[q]);
    for (int m = 0; m < results->n_methods; m++) {
        g_free(results->methods[m].program);
        g_free(results->methods[m].name);
    }
    g_free(results->queues);
    g_free(results->naive);
    g_free(results->cells);
    g_free(results->best_r);
    *results = (struct forecast_results){0};
}
