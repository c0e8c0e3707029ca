/*
 * bench_corrections.c - what corrections from simulation change in a roster: `wfm-bench corrections FILE.plan
 * [--rounds R] [--seconds S] [--corrections N] [--confidence PERCENT] [--replications N]
 * [--verify N] [--seeds K] [--no-minimum] [--days]`.
 *
 * The problem of the plan file (of wfm export plan) is solved without corrections and then N times with those
 * of the roster before, each measured with --replications. Every roster is then simulated --verify times with
 * contacts no correction has seen. All of it for K seeds, of the search and of the contacts. --no-minimum:
 * contracts guarantee no hours, so that pay follows what is needed. --days: a row for each local day, too.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "core/planfile.h"
#include "scheduler/simulate/correct.h"
#include "tests/bench/bench.h"
#include "tests/bench/solve_units.h"

#define UNSEEN 1000003 /* seeds of what is verified start here */

struct options {
    long rounds, seconds, corrections, confidence, replications, verify, seeds;
    bool no_minimum, days;
    const char *plan;
};

static bool read_options(int argc, char **argv, struct options *options)
{
    const struct {
        const char *name;
        long *value;
    } numbers[] = {{"--rounds", &options->rounds},
                   {"--seconds", &options->seconds},
                   {"--corrections", &options->corrections},
                   {"--confidence", &options->confidence},
                   {"--replications", &options->replications},
                   {"--verify", &options->verify},
                   {"--seeds", &options->seeds}};
    const struct {
        const char *name;
        bool *value;
    } flags[] = {{"--no-minimum", &options->no_minimum}, {"--days", &options->days}};
    for (int i = 1; i < argc; i++) {
        bool known = false;
        for (size_t k = 0; k < G_N_ELEMENTS(flags); k++)
            if (strcmp(argv[i], flags[k].name) == 0)
                known = *flags[k].value = true;
        if (known)
            continue;
        for (size_t k = 0; k < G_N_ELEMENTS(numbers) && i + 1 < argc && !known; k++)
            if (strcmp(argv[i], numbers[k].name) == 0) {
                *numbers[k].value = strtol(argv[++i], NULL, 10);
                known = true;
            }
        if (!known && (argv[i][0] == '-' || options->plan != NULL))
            return false;
        options->plan = known ? options->plan : argv[i];
    }
    return options->plan != NULL && options->replications >= 2 && options->verify >= 2 &&
           options->corrections >= 0 && options->seeds >= 1;
}

/* One roster and how it does. */
struct made {
    long seed;
    int round;
    const struct plan_problem *problem;
    const struct plan_solution *solution;
    double judged, wall_s;
};

static double expected_of(const struct made *made, const struct simulate_line *line)
{
    const struct demand *demand = &made->problem->demand;
    const struct load load = load_of_demand(demand, line->queue);
    size_t first = DEMAND_CELL(demand, line->queue, 0);
    struct sla_report report;
    staffing_report(made->problem->operation, line->queue, &load, demand->need + first,
                    made->solution->staffed + first, line->from_iv, line->to_iv, &report);
    return report.sl;
}

static void print_line(struct bench_table *table, const struct made *made, const struct simulate_line *line,
                       const char *span)
{
    bench_cell(table, "%ld", made->seed);
    bench_cell(table, "%d", made->round);
    bench_cell(table, "%s", made->problem->operation->queues[line->queue].id);
    bench_cell(table, "%s", span);
    bench_cell(table, "%.3f", line->target);
    bench_cell(table, "%.4f", expected_of(made, line));
    bench_cell(table, "%.4f", line->sl);
    bench_cell(table, "%.4f", line->sl_half);
    bench_cell(table, "%.2f", line->met_share);
    for (int i = 0; i < 5; i++)
        bench_cell(table, "-");
}

static bool verify(struct bench_table *table, const struct options *options, const struct made *made,
                   GError **error)
{
    const struct plan_problem *problem = made->problem;
    struct simulate_ask ask = {
        .seed = UNSEEN + (uint64_t)made->seed, .replications = (int)options->verify, .threads = 2};
    struct simulate_report report = {0};
    if (!simulate_roster(problem, made->solution, &ask, &report, error))
        return false;
    for (int i = 0; i < report.n_lines; i++) {
        const struct simulate_line *line = &report.lines[i];
        AUTO(zone) zone = zone_new(problem->operation->queues[line->queue].zone, NULL);
        int64_t ts = grid_ts(&problem->demand.grid, line->from_iv);
        g_autofree char *day = zone != NULL ? day_format(zone_local_day(zone, ts)) : NULL;
        if (line->whole || (options->days && line->offered > 0))
            print_line(table, made, line, line->whole ? "all" : day);
    }
    simulate_report_clear(&report);
    bench_cell(table, "%ld", made->seed);
    bench_cell(table, "%d", made->round);
    for (int i = 0; i < 7; i++)
        bench_cell(table, i == 0 ? "all" : "-");
    bench_cell(table, "%.2f", made->solution->pay);
    bench_cell(table, "%.1f", solved_hours(made->solution));
    bench_cell(table, "%.2f", made->judged);
    bench_cell(table, "%.2f", 100 * plan_gap(made->solution));
    bench_cell(table, "%.1f", made->wall_s);
    bench_table_flush(table);
    return true;
}

/* All rounds of one seed. */
static bool run_seed(struct bench_table *table, const struct options *options, struct plan_problem *problem,
                     long seed, GError **error)
{
    const struct staffing_prices prices = {0};
    struct demand plain, next;
    struct correction correction = {0};
    problem->seed = (uint64_t)seed;
    if (!correct_demand(problem, &prices, NULL, 1, &plain, error))
        return false;
    bool ok = correct_demand(problem, &prices, NULL, 1, &next, error);
    for (int round = 0; ok && round <= options->corrections; round++) {
        demand_clear(&problem->demand);
        problem->demand = next;
        next = (struct demand){0};
        double start_s = bench_wall_s();
        AUTO(plan_solution) solution = solve_units(problem, error);
        struct made made = {seed, round, problem, solution, 0, bench_wall_s() - start_s};
        struct correct_ask ask = {
            .simulate = {.seed = (uint64_t)seed, .replications = (int)options->replications, .threads = 2},
            .confidence = (double)options->confidence / 100};
        correction_clear(&correction);
        ok = solution != NULL && correct_measure(problem, solution, &ask, &correction, error);
        if (ok) {
            made.judged = correct_judge(problem, solution, &correction, &plain);
            ok = verify(table, options, &made, error) &&
                 correct_demand(problem, &prices, &correction, 1.0 / (round + 1), &next, error);
        }
    }
    correction_clear(&correction);
    demand_clear(&next);
    demand_clear(&problem->demand);
    problem->demand = plain;
    return ok;
}

int bench_corrections(int argc, char **argv)
{
    static const char *const columns[] = {"seed",       "round",     "queue",   "span",   "target",
                                          "expected",   "simulated", "half_95", "met",    "pay",
                                          "paid_hours", "judged",    "gap_%",   "wall_s", NULL};
    struct options options = {.corrections = 2, .replications = 100, .verify = 400, .seeds = 1};
    bool csv = bench_take_csv(&argc, argv);
    if (!read_options(argc, argv, &options)) {
        fprintf(stderr, "usage: wfm-bench corrections FILE.plan [--rounds R] [--seconds S] [--corrections N] "
                        "[--confidence PERCENT] [--replications N] [--verify N] [--seeds K] "
                        "[--no-minimum] [--days] [--format table|csv]\n");
        return 2;
    }
    g_autoptr(GError) error = NULL;
    AUTO(plan_problem) problem = NULL;
    struct bench_table *table = bench_table_new(csv, columns);
    bool ok = plan_read(options.plan, &problem, NULL, &error);
    if (ok && problem->demand.offered == NULL)
        ok = wfm_fail(&error, WFM_ERROR_INPUT, "%s: holds no contacts; export it again", options.plan);
    for (int i = 0; ok && options.no_minimum && i < problem->operation->n_contracts; i++)
        problem->operation->contracts[i].week_minutes_min = problem->operation->contracts[i].week_days_min =
            0;
    if (ok)
        problem->limits =
            (struct plan_limits){.seconds = (double)options.seconds, .rounds = options.rounds, .threads = 1};
    for (long seed = 1; ok && seed <= options.seeds; seed++)
        ok = run_seed(table, &options, problem, seed, &error);
    bench_table_end(table);
    if (error != NULL)
        fprintf(stderr, "wfm-bench: %s\n", error->message);
    return error != NULL ? 1 : 0;
}
