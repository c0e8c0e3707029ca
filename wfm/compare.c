#include "wfm/compare.h"

#include <stdio.h>
#include <string.h>

#include "core/error.h"
#include "scheduler/simulate/simulate.h"
#include "wfm/output.h"

#define COMPARE_ROUNDS                                                                                       \
    600 /* of search in each unit: what the rest would gain is below a thousandth of the pay */
#define COMPARE_SECONDS 12
#define REPLICATIONS 50

static const struct column columns[] = {
    {"queue", "queue", COLUMN_TEXT, 0},
    {"sla_target", "SLA target", COLUMN_SHARE, 1},
    {"period", "counts by", COLUMN_TEXT, 0},
    {"by_contract", "by contract", COLUMN_SHARE, 1},
    {"by_interval", "by interval", COLUMN_SHARE, 1},
    {"difference", "points", COLUMN_POINTS, 1},
    {"half", "± 95 %", COLUMN_SHARE, 1},
    {NULL, NULL, 0, 0},
};

/* The demand once more, every level in each interval. */
static bool ask_by_interval(struct plan_problem *problem, const struct staffing_prices *contract,
                            GError **error)
{
    struct demand *old = &problem->demand, demand;
    size_t n = (size_t)old->n_queues;
    g_autofree struct load *loads = g_new0(struct load, n + 1);
    for (size_t q = 0; q < n; q++)
        loads[q] = load_of_demand(old, (int)q);
    struct staffing_prices prices = *contract;
    prices.per_interval = true;
    if (!staffing_demand(problem->operation, loads, &prices, &demand, error))
        return false;
    demand_clear(old);
    *old = demand;
    return true;
}

static void print(const struct plan_problem *problem, const struct plan_solution *const solution[2],
                  const struct simulate_report report[2])
{
    AUTO(table) table = table_new(columns);
    for (int i = 0; i < report[0].n_lines; i++) {
        const struct simulate_line *contract = &report[0].lines[i], *interval = &report[1].lines[i];
        const struct queue *queue = &problem->operation->queues[contract->queue];
        struct ratio_estimate difference = simulate_difference(&report[0], i, &report[1], i);
        if (!contract->whole)
            continue;
        table_text(table, queue->id);
        table_real(table, contract->target);
        table_text(table, sla_period_name(queue->sla.period));
        table_real(table, contract->sl);
        table_real(table, interval->sl);
        table_real(table, difference.ratio);
        table_real(table, difference.half);
    }
    printf(
        "\nService levels counted by the contract's period, as published, and in every interval (wfm roster "
        "--sla interval); simulated:\n\n");
    table_print(table, FORMAT_TABLE, stdout);
    printf("\nPay: %.0f %s by contract, %.0f by interval: %.1f %% less, and %.0f paid hours less. At equal "
           "service: "
           "wfm-bench sla FILE.plan\n",
           solution[0]->pay, problem->operation->currency, solution[1]->pay,
           100 * (1 - solution[0]->pay / solution[1]->pay),
           plan_paid_hours(solution[1]) - plan_paid_hours(solution[0]));
}

bool compare_print(struct store *store, int64_t id, const struct roster_ask *ask, struct progress *progress,
                   GError **error)
{
    AUTO(plan_problem) contract = NULL;
    AUTO(plan_problem) interval = NULL;
    AUTO(plan_solution) published = NULL;
    if (!store_roster_problem(store, id, &contract, error) ||
        !store_roster_problem(store, id, &interval, error) ||
        !store_roster_load(store, contract->operation, id, &published, error))
        return false;
    if (contract->demand.n_rows == 0 || contract->demand.offered == NULL)
        return true;
    if (!ask_by_interval(interval, &ask->prices, error))
        return false;
    interval->limits = ask->limits;
    interval->limits.rounds =
        ask->limits.rounds > 0 ? MIN(ask->limits.rounds, COMPARE_ROUNDS) : COMPARE_ROUNDS;
    if (!(ask->limits.seconds > 0 && ask->limits.seconds < COMPARE_SECONDS))
        interval->limits.seconds = COMPARE_SECONDS;
    int n_units;
    AUTO(plan_solution) other = pipeline_solve(interval, ask, NULL, progress, &n_units, error);
    if (other == NULL)
        return false;
    struct simulate_ask simulate = {
        .seed = 1, .replications = REPLICATIONS, .threads = (int)g_get_num_processors()};
    struct simulate_report report[2] = {{.n_lines = 0}};
    const struct plan_solution *const solution[2] = {published, other};
    progress_show(progress, "simulate: two rosters, %d times", REPLICATIONS);
    bool ok = simulate_roster(contract, published, &simulate, &report[0], error) &&
              simulate_roster(interval, other, &simulate, &report[1], error);
    if (ok)
        print(contract, solution, report);
    simulate_report_clear(&report[0]);
    simulate_report_clear(&report[1]);
    return ok;
}
