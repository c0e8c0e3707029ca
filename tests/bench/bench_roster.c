/*
 * bench_roster.c - the roster engine on generated operations (generated.h), one line per size, solved one
 * planning unit after the other; every roster passes the checker. With --peers the same problem goes to
 * other solvers in the same run (peers.h), one after the other: `ratio` says how much dearer their rosters
 * are, `passed_s` when ours was at least as good, `passed` what part of their time that is. With --copies
 * operations of several times as many planning units are solved, and `growth` is the exponent by which CPU
 * time has grown with units since the first row.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "core/error.h"
#include "core/planfile.h"
#include "scheduler/roster/checker.h"
#include "scheduler/roster/roster.h"
#include "tests/bench/bench.h"
#include "tests/bench/generated.h"
#include "tests/bench/peers.h"

static double clock_s(void *user)
{
    (void)user;
    return bench_wall_s();
}

struct options {
    const char *agents, *copies; /* numbers with commas between */
    long weeks, rounds, seed, threads;
    double seconds, gap, peer_seconds;
    long peer_threads;
    const char *shape, *plan, *save, *peers, *peer_dir; /* plan: a plan file, or NULL */
    bool verbose, with_peers, untimed;
};

enum option_kind { OPTION_FLAG, OPTION_LONG, OPTION_REAL, OPTION_TEXT };
static const struct {
    const char *name;
    enum option_kind kind;
    size_t at;
    const char *help;
} option_rows[] = {
    {"--agents", OPTION_TEXT, offsetof(struct options, agents), "N,N,… sizes (50,200)"},
    {"--shape", OPTION_TEXT, offsetof(struct options, shape), "single, multi or clients (single)"},
    {"--copies", OPTION_TEXT, offsetof(struct options, copies),
     "N,N,… of the operation side by side, with --agents each (1)"},
    {"--weeks", OPTION_LONG, offsetof(struct options, weeks), "horizon (1)"},
    {"--seed", OPTION_LONG, offsetof(struct options, seed), "of the operation and of the search (1)"},
    {"--seconds", OPTION_REAL, offsetof(struct options, seconds), "deadline per planning unit (none)"},
    {"--untimed", OPTION_FLAG, offsetof(struct options, untimed),
     "--seconds only counts work, the clock cuts nothing"},
    {"--gap", OPTION_REAL, offsetof(struct options, gap), "stop when good enough, e.g. 0.01 (never)"},
    {"--rounds", OPTION_LONG, offsetof(struct options, rounds), "stop the search after so many (by size)"},
    {"--threads", OPTION_LONG, offsetof(struct options, threads), "of each planning unit (2)"},
    {"--plan", OPTION_TEXT, offsetof(struct options, plan), "a plan file instead of a generated operation"},
    {"--save", OPTION_TEXT, offsetof(struct options, save), "write the generated problem as a plan file"},
    {"--verbose", OPTION_FLAG, offsetof(struct options, verbose), "progress on stderr"},
    {"--peers", OPTION_FLAG, offsetof(struct options, with_peers),
     "also GLPK, CBC, HiGHS and CP-SAT, one by one"},
    {"--only", OPTION_TEXT, offsetof(struct options, peers), "of the peers these, e.g. highs,cpsat"},
    {"--peer-seconds", OPTION_REAL, offsetof(struct options, peer_seconds), "wall time of each peer (600)"},
    {"--peer-threads", OPTION_LONG, offsetof(struct options, peer_threads),
     "of each peer but GLPK, which has one (2)"},
    {"--peer-dir", OPTION_TEXT, offsetof(struct options, peer_dir), "their Python environment (./peers)"},
};

static int usage(FILE *out, int status)
{
    fprintf(out, "usage: wfm-bench roster [options] [--format table|csv]\n\n");
    for (size_t i = 0; i < G_N_ELEMENTS(option_rows); i++)
        fprintf(out, "  %-15s %s\n", option_rows[i].name, option_rows[i].help);
    return status;
}

static bool read_options(int argc, char **argv, struct options *options)
{
    for (int i = 1; i < argc; i++) {
        size_t row = 0;
        while (row < G_N_ELEMENTS(option_rows) && strcmp(argv[i], option_rows[row].name) != 0)
            row++;
        if (row == G_N_ELEMENTS(option_rows) || (option_rows[row].kind != OPTION_FLAG && i + 1 >= argc))
            return false;
        void *at = (char *)options + option_rows[row].at;
        switch (option_rows[row].kind) {
        case OPTION_FLAG:
            *(bool *)at = true;
            break;
        case OPTION_LONG:
            *(long *)at = strtol(argv[++i], NULL, 10);
            break;
        case OPTION_REAL:
            *(double *)at = strtod(argv[++i], NULL);
            break;
        case OPTION_TEXT:
            *(const char **)at = argv[++i];
            break;
        }
    }
    return true;
}

/* Objectives of the solve at hand and when they were told. */
struct told {
    double objective, elapsed_s;
};

struct telling {
    bool verbose;
    GArray *told;
};

static bool tell(const struct plan_progress *p, void *user)
{
    struct telling *telling = user;
    struct told told = {p->objective, p->elapsed_s};
    g_array_append_val(telling->told, told);
    if (telling->verbose)
        fprintf(stderr, "  %-8s %10.2f %10.2f  gap %6.3f %%  %6.1f s  round %ld\n", p->phase, p->objective,
                p->bound, 100 * (p->objective - p->bound) / p->objective, p->elapsed_s, p->rounds);
    return true;
}

/* What all units of a problem came to. */
struct outcome {
    int n_units;
    double objective, bound, pay, wall_s, cpu_s;
    long rounds;
    bool clean;
    GArray *told; /* of the last unit */
};

static bool solve_units(const struct plan_problem *problem, struct options *options, struct outcome *sum,
                        GError **error)
{
    g_autofree int *queue_unit = g_new(int, problem->operation->n_queues + 1);
    g_autofree int *agent_unit = g_new(int, problem->operation->n_agents + 1);
    double wall = bench_wall_s(), cpu = bench_cpu_s(), checked_s = 0, checked_cpu_s = 0;
    *sum = (struct outcome){.n_units = roster_units(problem, queue_unit, agent_unit),
                            .clean = true,
                            .told = g_array_new(FALSE, FALSE, sizeof(struct told))};
    for (int u = 0; u < sum->n_units; u++) {
        AUTO(plan_problem) unit = roster_extract(problem, queue_unit, agent_unit, u);
        struct telling telling = {options->verbose, g_array_set_size(sum->told, 0)};
        struct roster_control control = {
            .clock = clock_s, .progress = tell, .user = &telling, .untimed = options->untimed};
        AUTO(plan_solution) solution = roster_solve(unit, &control, error);
        if (solution == NULL)
            return false;
        double wall_before = bench_wall_s(), cpu_before = bench_cpu_s();
        struct check_report report;
        if (!roster_check(unit, solution, &report)) {
            sum->clean = false;
            fprintf(stderr, "wfm-bench: %s\n", report.violations[0].message);
        }
        check_report_clear(&report);
        checked_s += bench_wall_s() - wall_before;
        checked_cpu_s += bench_cpu_s() - cpu_before;
        sum->objective += solution->objective;
        sum->bound += solution->bound;
        sum->pay += solution->pay;
        sum->rounds += solution->rounds;
    }
    sum->wall_s = bench_wall_s() - wall - checked_s;
    sum->cpu_s = bench_cpu_s() - cpu - checked_cpu_s;
    return true;
}

static void start_row(struct bench_table *table, const struct plan_problem *problem, const char *shape,
                      const char *who)
{
    bench_cell(table, "%d", problem->operation->n_agents);
    bench_cell(table, "%d", problem->n_weeks);
    bench_cell(table, "%s", shape);
    bench_cell(table, "%s", who);
}

static void our_row(struct bench_table *table, const struct outcome *sum)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    bench_cell(table, "%d", sum->n_units);
    bench_cell(table, "%.2f", sum->objective);
    bench_cell(table, "%.2f", sum->bound);
    bench_cell(table, "%.4f", sum->objective > 0 ? (sum->objective - sum->bound) / sum->objective : 0);
    bench_cell(table, "%ld", sum->rounds);
    bench_cell(table, "%.2f", sum->wall_s);
    bench_cell(table, "%.2f", sum->cpu_s);
    bench_cell(table, "%.1f", (double)usage.ru_maxrss / 1024);
    bench_cell(table, "%s", sum->clean ? "ok" : "VIOLATIONS");
    bench_cell(table, "%.4f", 1.0);
    bench_cell(table, "-");
    bench_cell(table, "-");
}

/* When our roster was at least as good, wall seconds: as told every quarter of a second. -1: never. */
static double passed_s(const struct outcome *ours, double objective)
{
    for (guint i = 0; ours->n_units == 1 && i < ours->told->len; i++) {
        const struct told *told = &g_array_index(ours->told, struct told, i);
        if (told->objective < INFINITY && told->objective <= objective)
            return told->elapsed_s;
    }
    return ours->objective <= objective ? ours->wall_s : -1;
}

static void peer_row(struct bench_table *table, const struct peer_result *peer, const struct outcome *ours)
{
    bench_cell(table, "1");
    if (peer->found)
        bench_cell(table, "%.2f", peer->objective);
    else
        bench_cell(table, "none");
    if (peer->bound > -INFINITY && peer->bound > -1e19)
        bench_cell(table, "%.2f", peer->bound);
    else
        bench_cell(table, "-");
    if (peer->found && peer->bound > -1e19)
        bench_cell(table, "%.4f", (peer->objective - peer->bound) / peer->objective);
    else
        bench_cell(table, "-");
    bench_cell(table, "-");
    bench_cell(table, "%.2f", peer->wall_s);
    bench_cell(table, "%.2f", peer->cpu_s);
    bench_cell(table, "-");
    bench_cell(table, "%s", peer->failed ? "failed" : peer->found ? "ok" : "-");
    double passed = passed_s(ours, peer->objective);
    if (peer->found)
        bench_cell(table, "%.4f", peer->objective / ours->objective);
    else
        bench_cell(table, "-");
    if (passed >= 0)
        bench_cell(table, "%.2f", passed);
    else
        bench_cell(table, "never");
    if (passed >= 0)
        bench_cell(table, "%.5f", passed / peer->wall_s);
    else
        bench_cell(table, "-");
    bench_cell(table, "-");
}

static const char *const packages[] = {"highspy", "ortools", NULL};

static bool run_peers(struct bench_table *table, const struct plan_problem *problem,
                      const struct options *options, const struct outcome *ours, GError **error)
{
    g_autofree char *python = peers_setup(options->peer_dir, packages, error);
    if (python == NULL)
        return false;
    g_auto(GStrv) only = g_strsplit(options->peers != NULL ? options->peers : "", ",", -1);
    for (int i = 0; peer_names[i] != NULL; i++) {
        if (options->peers != NULL && !g_strv_contains((const char *const *)only, peer_names[i]))
            continue;
        struct peer_result result;
        if (!peer_solve(python, peer_names[i], problem, options->peer_seconds, (int)options->peer_threads,
                        &result, error))
            return false;
        if (result.missing)
            continue;
        start_row(table, problem, options->shape, peer_names[i]);
        peer_row(table, &result, ours);
        bench_table_flush(table);
    }
    return true;
}

/* Fewest units so far, and their CPU time. */
struct first {
    int n_units;
    double cpu_s;
};

static void grown(struct bench_table *table, struct first *first, const struct outcome *sum)
{
    if (first->n_units == 0)
        *first = (struct first){sum->n_units, sum->cpu_s};
    if (sum->n_units > first->n_units)
        bench_cell(table, "%.3f",
                   log(sum->cpu_s / first->cpu_s) / log((double)sum->n_units / first->n_units));
    else
        bench_cell(table, "-");
}

static bool run_problem(struct bench_table *table, struct plan_problem *problem, struct options *options,
                        struct first *first, GError **error)
{
    struct outcome sum;
    problem->limits = (struct plan_limits){.seconds = options->seconds,
                                           .gap = options->gap,
                                           .rounds = options->rounds,
                                           .threads = (int)options->threads};
    if (options->save != NULL && !plan_write(options->save, problem, NULL, error))
        return false;
    bool ok = solve_units(problem, options, &sum, error);
    if (ok) {
        start_row(table, problem, options->plan != NULL ? "plan" : options->shape, "wfm");
        our_row(table, &sum);
        grown(table, first, &sum);
        bench_table_flush(table);
        ok = !options->with_peers || run_peers(table, problem, options, &sum, error);
    }
    g_array_unref(sum.told);
    return ok;
}

static bool run_all(struct bench_table *table, struct options *options, GError **error)
{
    AUTO(plan_problem) given = NULL;
    struct first first = {0};
    enum generated_shape shape;
    if (options->plan != NULL)
        return plan_read(options->plan, &given, NULL, error) &&
               run_problem(table, given, options, &first, error);
    if (!generated_shape_parse(options->shape, &shape))
        return wfm_fail(error, WFM_ERROR_INPUT, "--shape %s: it is single, multi or clients", options->shape);
    if (options->weeks < 1 || options->weeks > 8)
        return wfm_fail(error, WFM_ERROR_INPUT, "--weeks %ld: 1 to 8", options->weeks);
    g_auto(GStrv) sizes = g_strsplit(options->agents, ",", -1), copies = g_strsplit(options->copies, ",", -1);
    for (int i = 0; sizes[i] != NULL; i++, first.n_units = 0)
        for (int k = 0; copies[k] != NULL; k++) {
            long n = strtol(sizes[i], NULL, 10), times = strtol(copies[k], NULL, 10);
            if (times < 1 || n < 0 || n * times > 100000)
                return wfm_fail(error, WFM_ERROR_INPUT, "--agents %s --copies %s: 0 to 100000 in all",
                                sizes[i], copies[k]);
            AUTO(plan_problem)
            problem = generated_copies(shape, (int)n, (int)times, (int)options->weeks,
                                       (uint64_t)options->seed, error);
            if (problem == NULL || !run_problem(table, problem, options, &first, error))
                return false;
        }
    return true;
}

int bench_roster(int argc, char **argv)
{
    struct options options = {.agents = "50,200",
                              .copies = "1",
                              .shape = "single",
                              .weeks = 1,
                              .seed = 1,
                              .threads = 2,
                              .peer_seconds = 600,
                              .peer_threads = 2,
                              .peer_dir = "peers"};
    static const char *const columns[] = {"agents",  "weeks", "shape",    "solver", "units",  "objective",
                                          "bound",   "gap",   "rounds",   "wall_s", "cpu_s",  "peak_mb",
                                          "checker", "ratio", "passed_s", "passed", "growth", NULL};
    bool csv = bench_take_csv(&argc, argv);
    if (argc == 2 && strcmp(argv[1], "--help") == 0)
        return usage(stdout, 0);
    if (!read_options(argc, argv, &options))
        return usage(stderr, 2);
    struct bench_table *table = bench_table_new(csv, columns);
    g_autoptr(GError) error = NULL;
    run_all(table, &options, &error);
    bench_table_end(table);
    if (error != NULL)
        fprintf(stderr, "wfm-bench: %s\n", error->message);
    return error != NULL ? 1 : 0;
}
