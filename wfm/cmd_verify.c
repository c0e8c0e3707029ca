#include <math.h>
#include <stdio.h>

#include "core/error.h"
#include "scheduler/roster/checker.h"
#include "wfm/commands.h"
#include "wfm/output.h"
#include "wfm/source.h"

static const struct column columns[] = {
    {"rule", "rule", COLUMN_TEXT, 0},       {"agent", "agent", COLUMN_TEXT, 0},
    {"queue", "queue", COLUMN_TEXT, 0},     {"at", "at", COLUMN_TEXT, 0},
    {"found", "found", COLUMN_REAL, 2},     {"limit", "limit", COLUMN_REAL, 2},
    {"message", "message", COLUMN_TEXT, 0}, {NULL, NULL, 0, 0},
};

/* Zone in which an agent reads the clock; planning zone when about no agent. NULL when unknown. */
static struct zone *zone_of(const struct operation *operation, int agent)
{
    bool known = agent >= 0 && agent < operation->n_agents;
    return zone_new(known ? operation->sites[operation->agents[agent].site].zone : operation->zone, NULL);
}

static void violation_row(struct table *table, const struct operation *operation,
                          const struct violation *violation)
{
    AUTO(zone) zone = zone_of(operation, violation->agent);
    g_autofree char *at = violation->ts != INT64_MIN ? time_format(violation->ts, zone) : NULL;
    bool agent = violation->agent >= 0 && violation->agent < operation->n_agents;
    bool queue = violation->queue >= 0 && violation->queue < operation->n_queues;
    table_text(table, violation_key(violation->rule));
    table_text(table, agent ? operation->agents[violation->agent].id : NULL);
    table_text(table, queue ? operation->queues[violation->queue].id : NULL);
    table_text(table, at);
    table_real(table, violation->value);
    table_real(table, violation->limit);
    table_text(table, violation->message);
}

static void print_clean(const char *what, const struct plan_problem *problem,
                        const struct plan_solution *solution, const struct check_report *report)
{
    printf(
        "%s: %d shifts, every rule holds; pay %.2f, shortage %.2f, penalty %.2f, objective %.2f, bound %.2f, "
        "gap %.2f %%\n",
        what, report->n_shifts, report->pay, report->shortage, report->penalty, solution->objective,
        solution->bound, 100 * plan_gap(solution));
    for (int kind = 0; kind < PENALTY_N; kind++)
        if (report->penalties[kind].units > 0)
            printf("  %-26s %12.2f %s for %10.2f unit%s (%s)\n", penalty_key(kind),
                   report->penalties[kind].cost, problem->operation->currency, report->penalties[kind].units,
                   report->penalties[kind].units == 1 ? "" : "s", penalty_unit(kind));
}

static bool run(const struct options *options, GError **error)
{
    AUTO(source) source = source_open(options, error);
    if (source == NULL)
        return false;
    const struct plan_problem *problem = source->problem;
    const struct plan_solution *solution = source->solution;
    const char *what = source->what;
    struct check_report report = {0};
    bool clean = roster_check(problem, solution, &report);
    enum format format = (enum format)options_choice(options, "format");
    AUTO(table) table = table_new(columns);
    for (int i = 0; i < report.n_violations; i++)
        violation_row(table, problem->operation, &report.violations[i]);
    if (!clean || format != FORMAT_TABLE)
        table_print(table, format, stdout);
    else if (!options_flag(options, "quiet"))
        print_clean(what, problem, solution, &report);
    if (!clean)
        wfm_fail(error, WFM_ERROR_VIOLATION, "%s: %d rules broken", what, report.n_violations);
    check_report_clear(&report);
    return clean;
}

const struct command command_verify = {
    .name = "verify",
    .args = "[ROSTER|FILE.plan]",
    .args_max = 1,
    .summary = "check every rule of a roster again, independently of how it was made",
    .details = "Takes the number of a stored roster or a plan file (wfm export plan); without either, the "
               "published roster of --week or of the\n"
               "newest week, else its draft. Ends with status 10 when a rule is broken.",
    .groups = OPTIONS_STORE | OPTIONS_FORMAT | OPTIONS_QUIET | OPTIONS_WEEK,
    .run = run,
};
