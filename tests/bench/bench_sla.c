/*
 * bench_sla.c - what it is worth to count service levels over the contract's period: `wfm-bench sla FILE.plan
 * [--rounds R] [--seconds S] [--replications N] [--passes P] [--seed K] [--no-minimum]`.
 *
 * The problem of the plan file (of wfm export plan) is solved three ways, each simulated with the same
 * contacts: every interval at the contract's target ("interval"); the period at the contract's target
 * ("contract"); and the period at targets moved, in up to P passes, until every queue's simulated service
 * level is at least that of the first ("equal"). So "interval" and "equal" give the same service, and their
 * pay can be compared. --no-minimum: contracts guarantee no hours, so that pay follows what is needed.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "core/planfile.h"
#include "scheduler/simulate/simulate.h"
#include "scheduler/staffing/staffing.h"
#include "tests/bench/bench.h"
#include "tests/bench/solve_units.h"

#define MARGIN 0.002 /* a simulated level this much lower is the same: as wide as its confidence interval */

struct options {
    long rounds, replications, passes, seed;
    double seconds;
    bool no_minimum;
    const char *plan;
};

static bool read_options(int argc, char **argv, struct options *options)
{
    const struct {
        const char *name;
        long *value;
    } numbers[] = {{"--rounds", &options->rounds},
                   {"--replications", &options->replications},
                   {"--passes", &options->passes},
                   {"--seed", &options->seed}};
    for (int i = 1; i < argc; i++) {
        if (argv[i][0] != '-' && options->plan == NULL) {
            options->plan = argv[i];
            continue;
        }
        if (strcmp(argv[i], "--no-minimum") == 0) {
            options->no_minimum = true;
            continue;
        }
        if (i + 1 >= argc)
            return false;
        bool known = strcmp(argv[i], "--seconds") == 0;
        if (known)
            options->seconds = strtod(argv[i + 1], NULL);
        for (size_t k = 0; k < G_N_ELEMENTS(numbers); k++)
            if (strcmp(argv[i], numbers[k].name) == 0) {
                *numbers[k].value = strtol(argv[i + 1], NULL, 10);
                known = true;
            }
        if (!known)
            return false;
        i++;
    }
    return options->plan != NULL && options->replications >= 2 && options->passes >= 0;
}

/* A roster and what it does. */
struct result {
    struct plan_solution *solution;
    struct simulate_report report;
    double hours, wall_s;
};

static void result_clear(struct result *result)
{
    plan_solution_free(result->solution);
    simulate_report_clear(&result->report);
    *result = (struct result){.solution = NULL};
}

/* The line of a queue over the whole; NULL for deferred ones. */
static const struct simulate_line *whole(const struct result *result, int queue)
{
    for (int i = 0; i < result->report.n_lines; i++)
        if (result->report.lines[i].queue == queue && result->report.lines[i].whole &&
            isnan(result->report.lines[i].backlog))
            return &result->report.lines[i];
    return NULL;
}

/* Demand at the operation's present targets, roster, check, simulation. */
static bool make(struct plan_problem *problem, const struct load *loads, bool per_interval,
                 const struct options *options, struct result *result, GError **error)
{
    struct staffing_prices prices = {.per_interval = per_interval};
    struct demand demand;
    double start_s = bench_wall_s();
    if (!staffing_demand(problem->operation, loads, &prices, &demand, error))
        return false;
    demand_clear(&problem->demand);
    problem->demand = demand;
    result->solution = solve_units(problem, error);
    if (result->solution == NULL)
        return false;
    result->wall_s = bench_wall_s() - start_s;
    result->hours = solved_hours(result->solution);
    struct simulate_ask ask = {.seed = (uint64_t)options->seed, .replications = (int)options->replications};
    return simulate_roster(problem, result->solution, &ask, &result->report, error);
}

static void print(struct bench_table *table, const char *name, const struct plan_problem *problem,
                  const struct result *result, double reference_pay)
{
    for (int q = 0; q < problem->operation->n_queues; q++) {
        const struct simulate_line *line = whole(result, q);
        if (line == NULL)
            continue;
        bench_cell(table, "%s", name);
        bench_cell(table, "%s", problem->operation->queues[q].id);
        bench_cell(table, "%.4f", problem->operation->queues[q].sla.target);
        bench_cell(table, "%.4f", line->sl);
        bench_cell(table, "%.4f", line->sl_half);
        for (int i = 0; i < 5; i++)
            bench_cell(table, "-");
    }
    bench_cell(table, "%s", name);
    bench_cell(table, "all");
    for (int i = 0; i < 3; i++)
        bench_cell(table, "-");
    bench_cell(table, "%.2f", result->solution->pay);
    bench_cell(table, "%.2f", 100 * (result->solution->pay / reference_pay - 1));
    bench_cell(table, "%.1f", result->hours);
    bench_cell(table, "%.2f", 100 * plan_gap(result->solution));
    bench_cell(table, "%.1f", result->wall_s);
}

/* What the models expect of the roster for the queue. */
static double expected(const struct plan_problem *problem, const struct load *load,
                       const struct result *result, int queue)
{
    struct sla_report report;
    size_t first = DEMAND_CELL(&problem->demand, queue, 0);
    staffing_report(problem->operation, queue, load, problem->demand.need + first,
                    result->solution->staffed + first, 0, problem->demand.grid.n, &report);
    return report.sl;
}

/* How far the worst queue is below the reference. */
static double distance(const struct plan_problem *problem, const struct result *reference,
                       const struct result *result)
{
    double worst = -INFINITY;
    for (int q = 0; q < problem->operation->n_queues; q++) {
        const struct simulate_line *want = whole(reference, q), *got = whole(result, q);
        if (want != NULL && want->offered > 0)
            worst = MAX(worst, want->sl - got->sl);
    }
    return worst;
}

/* Moves targets towards the reference. Where the roster does more than its target without being asked, a
   higher target counts from what it does, and a lower one changes nothing. */
static void correct(struct plan_problem *problem, const struct load *loads, const struct result *reference,
                    const struct result *result)
{
    for (int q = 0; q < problem->operation->n_queues; q++) {
        const struct simulate_line *want = whole(reference, q), *got = whole(result, q);
        double *target = &problem->operation->queues[q].sla.target;
        if (want == NULL || want->offered <= 0)
            continue;
        double more = want->sl - got->sl, level = expected(problem, &loads[q], result, q);
        if (more > 0)
            *target = MIN(MAX(*target, level) + more, 0.995);
        else if (level < *target + MARGIN)
            *target = MAX(*target + more, 0.3);
    }
}

/* The cheapest pass that serves as well as the reference, else the one that comes closest. */
static bool equalise(struct bench_table *table, struct plan_problem *problem, const struct load *loads,
                     const struct result *reference, struct result *first, const struct options *options,
                     GError **error)
{
    struct result best = *first;
    size_t n = (size_t)problem->operation->n_queues;
    g_autofree double *targets = g_new0(double, n + 1);
    for (size_t q = 0; q < n; q++)
        targets[q] = problem->operation->queues[q].sla.target;
    double best_worst = distance(problem, reference, first);
    correct(problem, loads, reference, first);
    *first = (struct result){.solution = NULL};
    bool ok = true;
    for (long pass = 0; pass < options->passes && ok; pass++) {
        struct result result = {.solution = NULL};
        ok = make(problem, loads, false, options, &result, error);
        if (!ok)
            break;
        double worst = distance(problem, reference, &result);
        bool equal = worst <= MARGIN, was = best_worst <= MARGIN;
        if (equal ? !was || result.solution->pay < best.solution->pay : !was && worst < best_worst) {
            for (size_t q = 0; q < n; q++)
                targets[q] = problem->operation->queues[q].sla.target;
            result_clear(&best);
            best = result;
            best_worst = worst;
            correct(problem, loads, reference, &best);
        } else {
            correct(problem, loads, reference, &result);
            result_clear(&result);
        }
    }
    for (size_t q = 0; q < n; q++)
        problem->operation->queues[q].sla.target = targets[q];
    print(table, best_worst <= MARGIN ? "equal" : "closest", problem, &best, reference->solution->pay);
    result_clear(&best);
    return ok;
}

static bool compare(struct bench_table *table, struct plan_problem *problem, const struct options *options,
                    GError **error)
{
    const struct demand *demand = &problem->demand;
    int n = demand->n_queues;
    if (demand->offered == NULL)
        return wfm_fail(error, WFM_ERROR_INPUT, "%s: holds no contacts; export it again", options->plan);
    struct load *loads = g_new0(struct load, n);
    for (int q = 0; q < n; q++) {
        load_init(&loads[q], &demand->grid);
        size_t first = DEMAND_CELL(demand, q, 0), bytes = (size_t)demand->grid.n * sizeof(double);
        memcpy(loads[q].offered, demand->offered + first, bytes);
        memcpy(loads[q].aht_s, demand->aht_s + first, bytes);
    }
    for (int i = 0; options->no_minimum && i < problem->operation->n_contracts; i++)
        problem->operation->contracts[i].week_minutes_min = problem->operation->contracts[i].week_days_min =
            0;
    problem->limits =
        (struct plan_limits){.seconds = options->seconds, .rounds = options->rounds, .threads = 1};
    struct result interval = {.solution = NULL}, contract = {.solution = NULL};
    bool ok = make(problem, loads, true, options, &interval, error);
    if (ok) {
        print(table, "interval", problem, &interval, interval.solution->pay);
        ok = make(problem, loads, false, options, &contract, error);
    }
    if (ok) {
        print(table, "contract", problem, &contract, interval.solution->pay);
        ok = equalise(table, problem, loads, &interval, &contract, options, error);
    }
    result_clear(&interval);
    result_clear(&contract);
    for (int q = 0; q < n; q++)
        load_clear(&loads[q]);
    g_free(loads);
    return ok;
}

int bench_sla(int argc, char **argv)
{
    static const char *const columns[] = {"roster", "queue",      "target", "simulated", "half_95", "pay",
                                          "pay_%",  "paid_hours", "gap_%",  "wall_s",    NULL};
    struct options options = {.replications = 100, .passes = 5, .seed = 1};
    bool csv = bench_take_csv(&argc, argv);
    if (!read_options(argc, argv, &options)) {
        fprintf(stderr,
                "usage: wfm-bench sla FILE.plan [--rounds R] [--seconds S] [--replications N] [--passes P] "
                "[--seed K] [--no-minimum] [--format table|csv]\n");
        return 2;
    }
    g_autoptr(GError) error = NULL;
    AUTO(plan_problem) problem = NULL;
    struct bench_table *table = bench_table_new(csv, columns);
    if (plan_read(options.plan, &problem, NULL, &error))
        compare(table, problem, &options, &error);
    bench_table_end(table);
    if (error != NULL)
        fprintf(stderr, "wfm-bench: %s\n", error->message);
    return error != NULL ? 1 : 0;
}
