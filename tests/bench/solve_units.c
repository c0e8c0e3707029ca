#include "tests/bench/solve_units.h"

#include "core/error.h"
#include "scheduler/roster/checker.h"
#include "scheduler/roster/roster.h"
#include "tests/bench/bench.h"

static double clock_s(void *user)
{
    (void)user;
    return bench_wall_s();
}

static bool legal(const struct plan_problem *problem, const struct plan_solution *solution, GError **error)
{
    struct check_report check = {0};
    bool ok = roster_check(problem, solution, &check);
    if (!ok)
        wfm_fail(error, WFM_ERROR_INTERNAL, "the checker rejects the roster: %s",
                 check.violations[0].message);
    check_report_clear(&check);
    return ok;
}

struct plan_solution *solve_units(const struct plan_problem *problem, GError **error)
{
    g_autofree int *queue_unit = g_new0(int, problem->operation->n_queues + 1);
    g_autofree int *agent_unit = g_new0(int, problem->operation->n_agents + 1);
    int n = roster_units(problem, queue_unit, agent_unit);
    struct plan_problem **units = g_new0(struct plan_problem *, n);
    struct plan_solution **solutions = g_new0(struct plan_solution *, n), *joined = NULL;
    struct roster_control control = {.clock = clock_s};
    bool ok = true;
    for (int u = 0; u < n && ok; u++) {
        units[u] = roster_extract(problem, queue_unit, agent_unit, u);
        solutions[u] = roster_solve(units[u], &control, error);
        ok = solutions[u] != NULL;
    }
    if (ok)
        joined = roster_join(problem, (const struct plan_problem *const *)units,
                             (const struct plan_solution *const *)solutions, n);
    for (int u = 0; u < n; u++) {
        plan_problem_free(units[u]);
        plan_solution_free(solutions[u]);
    }
    g_free(units);
    g_free(solutions);
    if (joined != NULL && !legal(problem, joined, error)) {
        plan_solution_free(joined);
        return NULL;
    }
    return joined;
}

double solved_hours(const struct plan_solution *solution)
{
    double minutes = 0;
    for (int i = 0; i < solution->n_shifts; i++)
        minutes += shift_paid_minutes(&solution->shifts[i]);
    return minutes / 60;
}
