#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/error.h"
#include "scheduler/roster/replan.h"
#include "wfm/change_tables.h"
#include "wfm/commands.h"
#include "wfm/pipeline.h"
#include "wfm/replan_ask.h"
#include "wfm/settings.h"
#include "wfm/summary.h"
#include "wfm/week.h"

/* Gives the problem the published shifts as its base, and the absences. */
static bool adapt(struct plan_problem *problem, void *user, GError **error)
{
    const struct replan_ask *ask = user;
    const struct grid *grid = &problem->demand.grid;
    struct shift *shifts = NULL;
    int n = 0;
    if (!store_past_shifts(ask->store, problem->operation, grid->start_ts, grid_end_ts(grid), &shifts, &n,
                           error))
        return false;
    double change = isnan(ask->change_price) ? replan_change_price(problem->operation) : ask->change_price;
    double moved = isnan(ask->break_price) ? replan_break_price(problem->operation) : ask->break_price;
    replan_base(problem, shifts, n, ask->from_ts, change, moved);
    return replan_ask_absences(ask, problem, error);
}

static bool solve(const struct options *options, struct planning *planning, const struct replan_ask *replan,
                  struct roster_result *result, GError **error)
{
    struct roster_ask ask;
    roster_ask_from(options, &ask);
    ask.prices.price_per_hour = options_real(options, "price");
    ask.prices.per_interval = options_choice(options, "sla") == 1;
    ask.adapt = adapt;
    ask.user = (void *)replan;
    AUTO(progress) progress = progress_new(options_flag(options, "quiet"));
    struct load *loads = pipeline_loads(planning, options_flag(options, "allow-missing"), error);
    bool ok = loads != NULL && pipeline_roster(planning, loads, &ask, progress, result, error);
    loads_free(loads, planning->operation->n_queues);
    return ok;
}

/* The changes of the stored draft against its base. */
static bool print(const struct options *options, struct store *store, int64_t id, GError **error)
{
    AUTO(plan_problem) problem = NULL;
    AUTO(plan_solution) solution = NULL;
    if (!store_roster_problem(store, id, &problem, error) ||
        !store_roster_load(store, problem->operation, id, &solution, error))
        return false;
    enum format format = (enum format)options_choice(options, "format");
    AUTO(table) table = change_table(problem, solution, error);
    if (table == NULL)
        return false;
    if (format == FORMAT_TABLE)
        printf(
            "Draft %" G_GINT64_FORMAT ": %d changes against what is published; objective %.2f %s, of it %.2f "
            "for the changes and wishes. wfm publish %" G_GINT64_FORMAT " makes them known.\n\n",
            id, table_rows(table), solution->objective, problem->operation->currency, solution->penalty, id);
    if (format != FORMAT_TABLE || table_rows(table) > 0)
        table_print(table, format, stdout);
    return true;
}

static bool run(const struct options *options, GError **error)
{
    struct roster_result result;
    AUTO(store) store = settings_store(options, error);
    if (store == NULL)
        return false;
    AUTO(replan_ask) ask = replan_ask_new(options, store, error);
    if (ask == NULL)
        return false;
    g_autofree char *week = week_format(ask->first_day);
    AUTO(planning) planning = planning_new(g_steal_pointer(&store), week, ask->n_weeks, error);
    if (planning == NULL)
        return false;
    ask->store = planning->store;
    return solve(options, planning, ask, &result, error) &&
           print(options, planning->store, result.id, error) && roster_kept(&result, error);
}

static const struct option_row rows[] = {
    {"from", OPTION_TEXT, "INSTANT", NULL, 0, 0,
     "what starts before stays as it is: now, 2026-11-25T14:00 (planning zone) or with its offset"},
    {"absent", OPTION_LIST, "AGENT=FROM..TO", NULL, 0, 0,
     "the agent is away: days (2026-11-25..2026-11-27, the last one included) or instants of the agent's "
     "site; time off imported since is taken by itself"},
    {"change-price", OPTION_REAL, "MONEY", NULL, 0, 1e9,
     "what a changed shift costs; else as much as a missing agent hour (4 × the dearest hourly rate)"},
    {"break-price", OPTION_REAL, "MONEY", NULL, 0, 1e9,
     "what a shift costs whose breaks alone move; else a quarter of that"},
    {"allow-missing", OPTION_FLAG, NULL, NULL, 0, 0, "queues without forecast count as without contacts"},
    {"price", OPTION_REAL, "MONEY", "0", 0, 1e9,
     "what a missing agent hour costs; 0 = 4 × the dearest hourly rate"},
    {"sla", OPTION_CHOICE, "contract|interval", "contract", 0, 0,
     "where service levels count: over the period of each contract, or in every interval"},
    {.name = NULL},
};

const struct command command_replan = {
    .name = "replan",
    .args = "",
    .summary = "repair the published roster after absences or a new forecast, with few changes",
    .details =
        "Starts from the published roster that holds --from: what starts before stays, everything else may "
        "change at a price per changed\n"
        "shift. Takes the newest forecast, time off imported since, and --absent (the hours of shifts that "
        "fall away count as worked).\n"
        "Prints the changes and keeps a draft for wfm publish.",
    .rows = rows,
    .groups = OPTIONS_STORE | OPTIONS_FORMAT | OPTIONS_QUIET | OPTIONS_SOLVE,
    .run = run,
};
