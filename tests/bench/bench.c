#include "tests/bench/bench.h"

#include <csv.h>
#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *help;
} benches[] = {
    {"erlang", bench_erlang, "ns per call of the Erlang models, beside pyworkforce"},
    {"transient", bench_transient,
     "days of changing load: cost and error of the engines; [rules] of the load rules"},
    {"staffing", bench_staffing, "our staffing models against files of published and computed values"},
    {"forecast", bench_forecast, "accuracy of the forecaster at rolling origins, against seasonal naive"},
    {"reconcile", bench_reconcile, "queues and their total, before and after they are made to agree"},
    {"aht", bench_aht, "accuracy of handling time at rolling origins, against its mean and seasonal naive"},
    {"forecast-score", bench_forecast_score, "our forecasts and the peers' of the same data, side by side"},
    {"forecast-scale", bench_forecast_scale,
     "thousands of invented queues through the forecaster: CPU per queue, peak memory"},
    {"sparse", bench_sparse, "log loss on queues of few contacts, against TSB, Croston and the flat rate"},
    {"forecast-chart", bench_forecast_chart, "ranks of the methods per queue as a picture, from those rows"},
    {"intraday", bench_intraday, "what knowing part of a day does for the forecast of the rest"},
    {"roster", bench_roster,
     "the roster engine on generated operations: objective, bound, gap, seconds, memory"},
    {"curtois", bench_curtois, "the roster engine on the shift-scheduling benchmark of Curtois & Qu"},
    {"simulate", bench_simulate, "events per second of the simulation, beside SimPy and other engines"},
    {"corrections", bench_corrections,
     "FILE.plan: a roster before and after corrections from simulation: pay, service, chance to be met"},
    {"sla", bench_sla,
     "pay of service levels by the contract's period and by the interval, at equal service"},
    {NULL, NULL, NULL},
};

struct bench_table {
    bool csv;
    guint n_columns;
    guint n_printed;  /* cells */
    GPtrArray *cells; /* header row first */
};

struct bench_table *bench_table_new(bool csv, const char *const *columns)
{
    struct bench_table *table = g_new0(struct bench_table, 1);
    table->csv = csv;
    table->cells = g_ptr_array_new_with_free_func(g_free);
    for (; columns[table->n_columns] != NULL; table->n_columns++)
        g_ptr_array_add(table->cells, g_strdup(columns[table->n_columns]));
    return table;
}

void bench_cell(struct bench_table *table, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_ptr_array_add(table->cells, g_strdup_vprintf(format, args));
    va_end(args);
}

#define FLUSHED_WIDTH 9

static void print_csv(struct bench_table *table, guint n)
{
    for (guint i = table->n_printed; i < n; i++) {
        const char *cell = table->cells->pdata[i];
        if (strpbrk(cell, ",;\t|\"\r\n") != NULL)
            csv_fwrite(stdout, cell, strlen(cell));
        else
            fputs(cell, stdout);
        putchar((i + 1) % table->n_columns == 0 ? '\n' : ',');
    }
}

static void print_aligned(struct bench_table *table, guint n, int least)
{
    g_autofree int *width = g_new0(int, table->n_columns);
    for (guint i = 0; i < table->cells->len; i++) {
        int len = (int)g_utf8_strlen(table->cells->pdata[i], -1);
        int *w = &width[i % table->n_columns];
        *w = MAX(MAX(*w, len), least);
    }
    for (guint i = table->n_printed; i < n; i++) {
        guint column = i % table->n_columns;
        bool left = column == 0;
        printf(left ? "%-*s" : "%*s", width[column], (const char *)table->cells->pdata[i]);
        printf(column + 1 == table->n_columns ? "\n" : "  ");
    }
}

static void print_rows(struct bench_table *table, guint n, int least)
{
    if (table->csv)
        print_csv(table, n);
    else
        print_aligned(table, n, least);
    table->n_printed = n;
}

void bench_table_flush(struct bench_table *table)
{
    print_rows(table, table->cells->len - table->cells->len % table->n_columns, FLUSHED_WIDTH);
    fflush(stdout);
}

void bench_table_end(struct bench_table *table)
{
    print_rows(table, table->cells->len, table->n_printed > 0 ? FLUSHED_WIDTH : 0);
    g_ptr_array_free(table->cells, TRUE);
    g_free(table);
}

bool bench_take_csv(int *argc, char **argv)
{
    for (int i = 1; i < *argc; i++) {
        if (strcmp(argv[i], "--format") != 0)
            continue;
        const char *format = i + 1 < *argc ? argv[i + 1] : "";
        if (strcmp(format, "csv") != 0 && strcmp(format, "table") != 0) {
            fprintf(stderr, "wfm-bench: --format takes table or csv, not \"%s\"\n", format);
            exit(2);
        }
        bool csv = strcmp(format, "csv") == 0;
        memmove(&argv[i], &argv[i + 2], (size_t)(*argc - i - 1) * sizeof *argv);
        *argc -= 2;
        return csv;
    }
    return false;
}

static double clock_s(clockid_t id)
{
    struct timespec t;
    clock_gettime(id, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

double bench_cpu_s(void)
{
    return clock_s(CLOCK_PROCESS_CPUTIME_ID);
}

double bench_wall_s(void)
{
    return clock_s(CLOCK_MONOTONIC);
}

static int usage(FILE *out, int status)
{
    fprintf(out, "usage: wfm-bench <benchmark> [options] [--format table|csv]\n\nbenchmarks:\n");
    for (int i = 0; benches[i].name != NULL; i++)
        fprintf(out, "  %-12s %s\n", benches[i].name, benches[i].help);
    return status;
}

int main(int argc, char **argv)
{
    if (argc < 2)
        return usage(stderr, 2);
    if (strcmp(argv[1], "--help") == 0)
        return usage(stdout, 0);
    for (int i = 0; benches[i].name != NULL; i++)
        if (strcmp(argv[1], benches[i].name) == 0)
            return benches[i].run(argc - 1, argv + 1);
    fprintf(stderr, "wfm-bench: no benchmark \"%s\"\n", argv[1]);
    return usage(stderr, 2);
}
