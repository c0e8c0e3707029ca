#include "tests/bench/bench.h"

#include "tests/scheduler/staffing_vectors.h"

#include <stdio.h>

int bench_staffing(int argc, char **argv)
{
    bool csv = bench_take_csv(&argc, argv);
    if (argc < 2) {
        fprintf(stderr, "usage: wfm-bench staffing FILE… [--format table|csv]\n");
        return 2;
    }
    static const char *const columns[] = {"file", "model", "checked", "failed", "worst_error", NULL};
    struct bench_table *table = bench_table_new(csv, columns);
    int status = 0;
    for (int i = 1; i < argc; i++) {
        g_autofree char *message = NULL;
        GPtrArray *results = vector_results(argv[i], &message);
        if (results == NULL) {
            fprintf(stderr, "wfm-bench: %s\n", message);
            status = 3;
            continue;
        }
        for (guint k = 0; k < results->len; k++) {
            const struct vector_result *r = results->pdata[k];
            bench_cell(table, "%s", argv[i]);
            bench_cell(table, "%s", r->model);
            bench_cell(table, "%d", r->checked);
            bench_cell(table, "%d", r->failed);
            bench_cell(table, "%.2g", r->worst);
            if (r->failed > 0) {
                fprintf(stderr, "%s: %s: first failed: %s\n", argv[i], r->model, r->first_failed);
                status = 1;
            }
        }
        vector_results_free(results);
    }
    bench_table_end(table);
    return status;
}
