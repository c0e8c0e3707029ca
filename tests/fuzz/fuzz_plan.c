#include "tests/fuzz/fuzz_plan.h"

#include "core/error.h"
#include "core/planfile.h"
#include "scheduler/roster/checker.h"
#include "scheduler/roster/roster.h"

/* A clock on which every look costs a hundredth of a second: deadlines come soon, on every machine alike. */
static double ticking(void *user)
{
    double *now = user;
    return *now += 0.01;
}

static enum fuzz_end end_of(const GError *error, char **why)
{
    *why = g_strdup(error != NULL ? error->message : "failed without an error");
    bool said = error != NULL && error->domain == WFM_ERROR && error->code == WFM_ERROR_INPUT &&
                error->message[0] != '\0';
    return said ? FUZZ_REFUSED : FUZZ_BROKEN;
}

static enum fuzz_end solve_unit(const struct plan_problem *unit, char **why)
{
    double now = 0;
    struct roster_control control = {.clock = ticking, .user = &now};
    g_autoptr(GError) error = NULL;
    AUTO(plan_solution) solution = roster_solve(unit, &control, &error);
    if (solution == NULL)
        return end_of(error, why);
    struct check_report report;
    bool clean = roster_check(unit, solution, &report);
    if (!clean)
        *why = g_strdup(report.violations[0].message);
    check_report_clear(&report);
    return clean ? FUZZ_SOLVED : FUZZ_BROKEN;
}

enum fuzz_end fuzz_plan(const char *text, size_t length, char **why)
{
    struct plan_problem *read = NULL;
    struct plan_solution *found = NULL;
    g_autoptr(GError) error = NULL;
    *why = NULL;
    if (!plan_parse("fuzz.plan", text, length, &read, &found, &error))
        return end_of(error, why);
    AUTO(plan_problem) problem = read;
    AUTO(plan_solution) solution = found;
    if (solution != NULL) {
        struct check_report report;
        roster_check(problem, solution, &report); /* any verdict will do */
        check_report_clear(&report);
    }
    g_autofree int *queue_unit = g_new(int, problem->operation->n_queues + 1);
    g_autofree int *agent_unit = g_new(int, problem->operation->n_agents + 1);
    int n_units = roster_units(problem, queue_unit, agent_unit);
    problem->limits = (struct plan_limits){.seconds = 0.2, .rounds = 3, .threads = 1};
    enum fuzz_end end = FUZZ_SOLVED;
    for (int u = 0; u < n_units && end == FUZZ_SOLVED; u++) {
        AUTO(plan_problem) unit = roster_extract(problem, queue_unit, agent_unit, u);
        end = solve_unit(unit, why);
    }
    return end;
}
