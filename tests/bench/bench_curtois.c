/*
 * bench_curtois.c - the roster engine on the shift-scheduling benchmark of Curtois & Qu (2014):
 * `wfm-bench curtois DIR [--seconds S] [--instances 1,2,…] [--rounds R] [--seed K] [--threads T]
 * [--verbose]`. DIR holds Instance<N>.txt and, where known, best-known.csv. Each instance becomes a plan
 * problem (curtois.h), goes through roster_solve like any other, and its roster is judged twice: by the
 * checker and by the benchmark's own definition. Prints one line per instance.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/csv.h"
#include "core/error.h"
#include "scheduler/roster/checker.h"
#include "scheduler/roster/roster.h"
#include "tests/bench/bench.h"
#include "tests/bench/curtois.h"

#define INSTANCES 24

/* Columns of best-known.csv that are shown. */
static const struct csv_column known_columns[] = {
    {"instance", true},      {"best_known", true},    {"ejection_chain_10min", false},
    {"gurobi_10min", false}, {"ip_vns_10min", false},
};
#define N_KNOWN G_N_ELEMENTS(known_columns)

struct known {
    char *value[INSTANCES + 1][N_KNOWN]; /* by instance; NULL where unknown */
    int index[N_KNOWN];
    bool header;
};

struct options {
    const char *dir;
    double seconds;
    long rounds, seed, threads;
    bool wanted[INSTANCES + 1];
    bool verbose, csv;
};

static bool take_known(const struct csv_row *row, void *user, GError **error)
{
    struct known *known = user;
    if (!known->header) {
        known->header = true;
        return csv_header(row, known_columns, N_KNOWN, false, known->index, error);
    }
    const char *name = csv_field(row, known->index, 0);
    long i = g_str_has_prefix(name, "Instance") ? strtol(name + strlen("Instance"), NULL, 10) : 0;
    for (size_t k = 1; k < N_KNOWN && i >= 1 && i <= INSTANCES; k++) {
        g_free(known->value[i][k]);
        known->value[i][k] = g_strdup(csv_field(row, known->index, (int)k));
    }
    return true;
}

struct watch {
    const struct options *options;
    double best, best_s;
};

static bool watch_progress(const struct plan_progress *p, void *user)
{
    struct watch *watch = user;
    if (p->objective < watch->best) {
        watch->best = p->objective;
        watch->best_s = p->elapsed_s;
    }
    if (watch->options->verbose)
        fprintf(stderr, "  %-8s %10.2f %10.2f  %6.1f s  round %ld\n", p->phase, p->objective, p->bound,
                p->elapsed_s, p->rounds);
    return true;
}

static double clock_s(void *user)
{
    (void)user;
    return bench_wall_s();
}

/* The roster's cost by the benchmark's definition; fails when a rule is broken or the two counts differ. */
static bool judge(const struct curtois *in, const struct plan_problem *problem,
                  const struct plan_solution *solution, long *cost, GError **error)
{
    struct check_report report;
    g_autofree char *message = NULL, *first = NULL;
    if (!roster_check(problem, solution, &report))
        message = g_strdup(report.violations[0].message);
    check_report_clear(&report);
    if (message != NULL)
        return wfm_fail(error, WFM_ERROR_VIOLATION, "the checker finds: %s", message);
    g_autofree int *roster = curtois_roster(in, problem, solution->shifts, solution->n_shifts, error);
    if (roster == NULL)
        return false;
    int broken;
    *cost = curtois_cost(in, roster, &broken, &first);
    if (broken > 0)
        return wfm_fail(error, WFM_ERROR_VIOLATION, "%d rules of the benchmark are broken: %s", broken,
                        first);
    if (fabs(solution->objective - (double)*cost) > 1e-6 * (double)MAX(*cost, 1))
        return wfm_fail(error, WFM_ERROR_VIOLATION, "the objective is %.6f, the benchmark counts %ld",
                        solution->objective, *cost);
    return true;
}

static bool run_instance(struct bench_table *table, int i, const struct options *options,
                         const struct known *known, GError **error)
{
    g_autofree char *name = g_strdup_printf("Instance%d", i);
    g_autofree char *file = g_strconcat(name, ".txt", NULL);
    g_autofree char *path = g_build_filename(options->dir, file, NULL);
    AUTO(curtois) in = curtois_read(path, error);
    if (in == NULL)
        return false;
    AUTO(plan_problem) problem = curtois_problem(in, error);
    if (problem == NULL)
        return false;
    problem->seed = (uint64_t)options->seed;
    problem->limits = (struct plan_limits){options->seconds, 0, options->rounds, (int)options->threads};
    struct watch watch = {.options = options, .best = INFINITY};
    struct roster_control control = {.clock = clock_s, .progress = watch_progress, .user = &watch};
    double wall_s = bench_wall_s(), cpu_s = bench_cpu_s();
    AUTO(plan_solution) solution = roster_solve(problem, &control, error);
    wall_s = bench_wall_s() - wall_s;
    cpu_s = bench_cpu_s() - cpu_s;
    long cost = 0;
    if (solution == NULL || !judge(in, problem, solution, &cost, error)) {
        g_prefix_error(error, "%s: ", name);
        return false;
    }
    bench_cell(table, "%s", name);
    bench_cell(table, "%ld", cost);
    bench_cell(table, "%.2f", solution->bound);
    bench_cell(table, "%.4f", plan_gap(solution));
    bench_cell(table, "%.1f", (double)cost < watch.best ? wall_s : watch.best_s);
    bench_cell(table, "%.1f", wall_s);
    for (size_t k = 1; k < (options->csv ? 2 : N_KNOWN); k++)
        bench_cell(table, "%s", known->value[i][k] != NULL ? known->value[i][k] : "");
    if (!options->csv) {
        bench_cell(table, "%.1f", cpu_s);
        bench_cell(table, "%ld", solution->rounds);
        bench_cell(table, "%s", solution->stopped);
    }
    return true;
}

static int usage(void)
{
    fprintf(stderr,
            "usage: wfm-bench curtois DIR [--seconds S per instance] [--instances 1,2,...] [--rounds R] "
            "[--seed K] [--threads T] [--verbose]\n");
    return 2;
}

static bool take_instances(struct options *options, const char *text)
{
    g_auto(GStrv) list = g_strsplit(text, ",", -1);
    for (int i = 0; list[i] != NULL; i++) {
        long number = strtol(list[i], NULL, 10);
        if (number < 1 || number > INSTANCES) {
            fprintf(stderr, "wfm-bench: --instances: \"%s\" is not 1 to %d\n", list[i], INSTANCES);
            return false;
        }
        options->wanted[number] = true;
    }
    return true;
}

static bool take_options(int argc, char **argv, struct options *options)
{
    bool chosen = false;
    for (int i = 1; i < argc; i++) {
        const char *value = i + 1 < argc ? argv[i + 1] : "";
        if (strcmp(argv[i], "--verbose") == 0) {
            options->verbose = true;
            continue;
        }
        if (argv[i][0] != '-' && options->dir == NULL) {
            options->dir = argv[i];
            continue;
        }
        if (strcmp(argv[i], "--seconds") == 0)
            options->seconds = strtod(value, NULL);
        else if (strcmp(argv[i], "--rounds") == 0)
            options->rounds = strtol(value, NULL, 10);
        else if (strcmp(argv[i], "--seed") == 0)
            options->seed = strtol(value, NULL, 10);
        else if (strcmp(argv[i], "--threads") == 0)
            options->threads = strtol(value, NULL, 10);
        else if (strcmp(argv[i], "--instances") == 0 && take_instances(options, value))
            chosen = true;
        else
            return false;
        i++;
    }
    for (int i = 1; i <= INSTANCES && !chosen && options->dir != NULL; i++) {
        g_autofree char *path = g_strdup_printf("%s/Instance%d.txt", options->dir, i);
        options->wanted[i] = g_file_test(path, G_FILE_TEST_EXISTS);
    }
    return options->dir != NULL;
}

int bench_curtois(int argc, char **argv)
{
    static const char *const csv_names[] = {"instance",        "objective", "bound",      "gap",
                                            "seconds_to_best", "seconds",   "best_known", NULL};
    static const char *const names[] = {
        "instance",    "objective",    "bound",        "gap",   "to_best", "seconds", "best_known",
        "eject_10min", "gurobi_10min", "ip_vns_10min", "cpu_s", "rounds",  "stopped", NULL};
    struct options options = {.seconds = 60, .seed = 1, .threads = 2};
    options.csv = bench_take_csv(&argc, argv);
    if (!take_options(argc, argv, &options))
        return usage();
    struct known known = {0};
    g_autoptr(GError) error = NULL;
    g_autofree char *known_path = g_build_filename(options.dir, "best-known.csv", NULL);
    if (g_file_test(known_path, G_FILE_TEST_EXISTS))
        csv_read(known_path, &(struct csv_options){0}, take_known, &known, &error);
    struct bench_table *table = bench_table_new(options.csv, options.csv ? csv_names : names);
    for (int i = 1; i <= INSTANCES && error == NULL; i++)
        if (options.wanted[i])
            run_instance(table, i, &options, &known, &error);
    bench_table_end(table);
    for (int i = 0; i <= INSTANCES; i++)
        for (size_t k = 0; k < N_KNOWN; k++)
            g_free(known.value[i][k]);
    if (error != NULL)
        fprintf(stderr, "wfm-bench: %s\n", error->message);
    return error != NULL ? 1 : 0;
}
