#include <math.h>
#include <stdio.h>

#include "core/error.h"
#include "scheduler/simulate/simulate.h"
#include "scheduler/staffing/staffing.h"
#include "wfm/commands.h"
#include "wfm/interrupt.h"
#include "wfm/output.h"
#include "wfm/progress.h"
#include "wfm/source.h"

static const struct option_row rows[] = {
    {"replications", OPTION_INT, "N", "100", 2, 1e6, "how often the roster is worked through"},
    {"seed", OPTION_INT, "N", "1", 0, 9007199254740992.0,
     "of the contacts; the same seed gives every roster the same ones"},
    {"handle-cv", OPTION_REAL, "X", "0", 0, 10,
     "coefficient of variation of lognormal handling times; 0 = exponential ones"},
    {"days", OPTION_FLAG, NULL, NULL, 0, 0, "a row for each local day of the queue, too"},
    {.name = NULL},
};

static const struct column columns[] = {
    {"client", "client", COLUMN_TEXT, 0},
    {"queue", "queue", COLUMN_TEXT, 0},
    {"span", "span", COLUMN_TEXT, 0},
    {"sla_target", "SLA target", COLUMN_SHARE, 1},
    {"expected", "expected", COLUMN_SHARE, 1},
    {"simulated", "simulated", COLUMN_SHARE, 2},
    {"simulated_half", "± 95 %", COLUMN_SHARE, 2},
    {"met", "SLA met", COLUMN_SHARE, 0},
    {"met_half", "± 95 %", COLUMN_SHARE, 0},
    {"contacts", "contacts", COLUMN_REAL, 0},
    {"abandon", "abandon", COLUMN_SHARE, 1},
    {"asa_s", "ASA s", COLUMN_REAL, 0},
    {"occupancy", "occupancy", COLUMN_SHARE, 0},
    {NULL, NULL, 0, 0},
};

/* What the requirement's models expect of the same staff. */
static double expected(const struct plan_problem *problem, const struct plan_solution *solution,
                       const struct simulate_line *line)
{
    const struct demand *demand = &problem->demand;
    size_t first = DEMAND_CELL(demand, line->queue, 0);
    if (solution->staffed == NULL)
        return NAN;
    const struct load load = load_of_demand(demand, line->queue);
    struct sla_report report;
    staffing_report(problem->operation, line->queue, &load, demand->need + first, solution->staffed + first,
                    line->from_iv, line->to_iv, &report);
    return report.sl;
}

/* "2026-11-30" of the queue's zone, or "week", "4 weeks". g_free. */
static char *span_name(const struct plan_problem *problem, const struct simulate_line *line)
{
    if (line->whole)
        return problem->n_weeks == 1 ? g_strdup("week") : g_strdup_printf("%d weeks", problem->n_weeks);
    AUTO(zone) zone = zone_new(problem->operation->queues[line->queue].zone, NULL);
    int64_t ts = grid_ts(&problem->demand.grid, line->from_iv);
    return zone != NULL ? day_format(zone_local_day(zone, ts)) : NULL;
}

static void add_row(struct table *table, const struct plan_problem *problem,
                    const struct plan_solution *solution, const struct simulate_line *line)
{
    const struct queue *queue = &problem->operation->queues[line->queue];
    g_autofree char *span = span_name(problem, line);
    table_text(table, problem->operation->clients[queue->client].id);
    table_text(table, queue->id);
    table_text(table, span);
    const double numbers[] = {line->target,    expected(problem, solution, line),
                              line->sl,        line->sl_half,
                              line->met_share, line->met_half,
                              line->offered,   line->abandon,
                              line->asa_s,     line->occupancy};
    for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++)
        table_real(table, numbers[i]);
}

struct watch {
    struct progress *progress;
    int replications;
};

static bool go_on(int done, void *user)
{
    const struct watch *watch = user;
    progress_show(watch->progress, "simulate: %d of %d", done, watch->replications);
    return interrupt_count() == 0;
}

static bool run(const struct options *options, GError **error)
{
    AUTO(progress) progress = progress_new(options_flag(options, "quiet"));
    AUTO(source) source = source_open(options, error);
    if (source == NULL)
        return false;
    struct watch watch = {progress, (int)options_int(options, "replications")};
    struct simulate_ask ask = {.seed = (uint64_t)options_int(options, "seed"),
                               .replications = watch.replications,
                               .handle_cv = options_real(options, "handle-cv"),
                               .go_on = go_on,
                               .user = &watch};
    struct simulate_report report = {0};
    double start_s = now_s();
    interrupt_catch();
    bool ok = simulate_roster(source->problem, source->solution, &ask, &report, error);
    interrupt_release();
    if (!ok) {
        g_prefix_error(error, "%s: ", source->what);
        return false;
    }
    AUTO(table) table = table_new(columns);
    for (int i = 0; i < report.n_lines; i++)
        if (report.lines[i].whole || (options_flag(options, "days") && report.lines[i].offered > 0))
            add_row(table, source->problem, source->solution, &report.lines[i]);
    progress_note(progress, "simulate: %s, %d replications, %.0f contacts, %.1f s", source->what,
                  report.replications, report.contacts, now_s() - start_s);
    table_print(table, (enum format)options_choice(options, "format"), stdout);
    bool all = report.replications == ask.replications;
    simulate_report_clear(&report);
    return all ||
           wfm_fail(error, WFM_ERROR_CANCELLED, "stopped on request; the rows are of the replications done");
}

const struct command command_simulate = {
    .name = "simulate",
    .args = "[ROSTER|FILE.plan]",
    .args_max = 1,
    .summary = "what a roster will do: its shifts against contacts that arrive, wait, leave and are served",
    .details = "Takes the number of a stored roster or a plan file (wfm export plan); without either, the "
               "published roster of --week or of the\n"
               "newest week, else its draft. Contacts are those of the forecast the roster was made for, "
               "drawn anew in "
               "every replication. SLA met: in\n"
               "how many of them the service level of the span reached its target. Queues that wait for "
               "hours (email, "
               "…) are not simulated; the time\n"
               "planned for them is taken off.",
    .rows = rows,
    .groups = OPTIONS_STORE | OPTIONS_FORMAT | OPTIONS_QUIET | OPTIONS_WEEK,
    .run = run,
};
