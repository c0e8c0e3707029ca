#include "tests/bench/bench.h"

#include "tests/bench/published_errors.h"
#include "tests/scheduler/staffing_vectors.h"

#include <stdio.h>
#include <string.h>

/* Takes "option VALUE" out of argv; NULL when it is not there. */
static const char *take(int *argc, char **argv, const char *option)
{
    for (int i = 1; i + 1 < *argc; i++)
        if (strcmp(argv[i], option) == 0) {
            const char *value = argv[i + 1];
            memmove(&argv[i], &argv[i + 2], (size_t)(*argc - i - 1) * sizeof *argv);
            *argc -= 2;
            return value;
        }
    return NULL;
}

/* Writes the page of published errors; exit status. */
static int errors_page(const char *path, const char *docs)
{
    struct published_errors errors;
    g_autoptr(GError) error = NULL;
    if (!published_errors(path, &errors, &error)) {
        fprintf(stderr, "wfm-bench: %s\n", error->message);
        return 3;
    }
    fprintf(stderr, "%s: %d rows, %d we disagree with, %d where we differ from the exact value%s%s\n", path,
            errors.rows, errors.listed, errors.off, errors.first != NULL ? ": " : "",
            errors.first != NULL ? errors.first : "");
    int status = errors.off > 0 ? 1 : 0;
    if (docs == NULL)
        fputs(errors.page->str, stdout);
    else if (!g_file_set_contents(docs, errors.page->str, -1, &error)) {
        fprintf(stderr, "wfm-bench: %s\n", error->message);
        status = 8;
    }
    published_errors_clear(&errors);
    return status;
}

static int usage(void)
{
    fprintf(stderr, "usage: wfm-bench staffing FILE… [--format table|csv]\n"
                    "       wfm-bench staffing --errors FILE [--docs PAGE]\n");
    return 2;
}

static int rows(struct bench_table *table, const char *path)
{
    g_autofree char *message = NULL;
    GPtrArray *results = vector_results(path, &message);
    if (results == NULL) {
        fprintf(stderr, "wfm-bench: %s\n", message);
        return 3;
    }
    int status = 0;
    for (guint k = 0; k < results->len; k++) {
        const struct vector_result *r = results->pdata[k];
        bench_cell(table, "%s", path);
        bench_cell(table, "%s", r->model);
        bench_cell(table, "%d", r->checked);
        bench_cell(table, "%d", r->failed);
        bench_cell(table, "%.2g", r->worst);
        if (r->failed > 0) {
            fprintf(stderr, "%s: %s: first failed: %s\n", path, r->model, r->first_failed);
            status = 1;
        }
        if (r->checked < r->rows)
            fprintf(stderr, "%s: %s: %d of %d rows not checked\n", path, r->model, r->rows - r->checked,
                    r->rows);
    }
    vector_results_free(results);
    return status;
}

int bench_staffing(int argc, char **argv)
{
    bool csv = bench_take_csv(&argc, argv);
    const char *docs = take(&argc, argv, "--docs"), *errors = take(&argc, argv, "--errors");
    if (errors != NULL)
        return argc == 1 ? errors_page(errors, docs) : usage();
    if (argc < 2 || argv[1][0] == '-' || docs != NULL)
        return usage();
    static const char *const columns[] = {"file", "model", "checked", "failed", "worst_error", NULL};
    struct bench_table *table = bench_table_new(csv, columns);
    int status = 0;
    for (int i = 1; i < argc; i++) {
        int one = rows(table, argv[i]);
        status = one != 0 ? one : status;
        bench_table_flush(table);
    }
    bench_table_end(table);
    return status;
}
