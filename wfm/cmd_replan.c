#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/error.h"
#include "scheduler/roster/intraday.h"
#include "scheduler/roster/replan.h"
#include "wfm/change_tables.h"
#include "wfm/commands.h"
#include "wfm/pipeline.h"
#include "wfm/replan_ask.h"
#include "wfm/settings.h"
#include "wfm/summary.h"
#include "core/week.h"

/* Gives the problem the published shifts as its base, and the absences. */
static bool adapt(struct plan_problem *problem, void *user, GError **error)
{
    const struct replan_ask *ask = user;
    const struct grid *grid = &problem->demand.grid;
    struct shift *shifts = NULL;
    g_autofree struct shift *locked = NULL;
    int n = 0, n_locked = 0;
    if (!store_past_shifts(ask->store, problem->operation, grid->start_ts, grid_end_ts(grid), &shifts, &n,
                           error))
        return false;
    double change = isnan(ask->change_price) ? replan_change_price(problem->operation) : ask->change_price;
    double moved = isnan(ask->break_price) ? replan_break_price(problem->operation) : ask->break_price;
    replan_base(problem, shifts, n, ask->from_ts, change, moved);
    if (!replan_ask_absences(ask, problem, error) ||
        !store_locked_shifts(ask->store, problem->operation, 0, grid->start_ts, grid_end_ts(grid), &locked,
                             &n_locked, error))
        return false;
    replan_lock(problem, locked, n_locked);
    return true;
}

/* Base and absences as adapt has them, then the moves made: the base is the roster with them, all of it
   frozen. */
struct applied {
    const struct replan_ask *ask;
    const struct intraday *intraday;
};

static bool adapt_applied(struct plan_problem *problem, void *user, GError **error)
{
    const struct applied *applied = user;
    const struct intraday *intraday = applied->intraday;
    if (!adapt(problem, (void *)applied->ask, error))
        return false;
    struct plan_base *base = problem->base;
    g_free(base->shifts);
    base->shifts = g_memdup2(intraday->shifts, sizeof *intraday->shifts * (gsize)(intraday->n_shifts));
    base->n_shifts = intraday->n_shifts;
    base->frozen_ts = grid_end_ts(&problem->demand.grid);
    return true;
}

void replan_roster_ask(const struct options *options, const struct replan_ask *replan, struct roster_ask *ask)
{
    roster_ask_from(options, ask);
    ask->prices.price_per_hour = options_real(options, "price");
    roster_prices_from(options, ask);
    ask->adapt = adapt;
    ask->user = (void *)replan;
    ask->offsets_of = replan->roster;
}

static const struct column move_columns[] = {
    {"agent", "agent", COLUMN_TEXT, 0}, {"move", "move", COLUMN_TEXT, 0},
    {"was", "was", COLUMN_TEXT, 0},     {"is", "is", COLUMN_TEXT, 0},
    {"pay", "pay", COLUMN_REAL, 2},     {"worth", "worth", COLUMN_REAL, 2},
    {"saves", "saves", COLUMN_REAL, 2}, {NULL, NULL, 0, 0},
};

static void move_row(struct table *table, const struct operation *operation, const struct intraday_move *move)
{
    AUTO(zone) zone = zone_new(operation->sites[operation->agents[move->agent].site].zone, NULL);
    bool breaks = move->kind == INTRADAY_BREAKS;
    g_autofree char *was = shift_text(zone, move->before.end_ts > 0 ? &move->before : NULL, breaks);
    g_autofree char *is = shift_text(zone, move->after.end_ts > 0 ? &move->after : NULL, breaks);
    table_text(table, operation->agents[move->agent].id);
    table_text(table, intraday_kind_name(move->kind));
    table_text(table, was);
    table_text(table, is);
    table_real(table, move->pay);
    table_real(table, move->worth);
    table_real(table, move->saves);
}

static void print_moves(const struct options *options, const struct operation *operation,
                        const struct intraday *intraday)
{
    enum format format = (enum format)options_choice(options, "format");
    AUTO(table) table = table_new(move_columns);
    for (int i = 0; i < intraday->n_moves; i++)
        move_row(table, operation, &intraday->moves[i]);
    if (format == FORMAT_TABLE)
        printf("%d moves for the rest of the day, %s. \"Worth\" is shortage prevented, \"saves\" what is "
               "left of it "
               "after pay and the price of the\nchange, given the moves above.\n%s",
               intraday->n_moves, operation->currency, intraday->n_moves > 0 ? "\n" : "");
    if (format != FORMAT_TABLE || intraday->n_moves > 0)
        table_print(table, format, stdout);
}

/* Who is absent is not there: their shifts of the base go. */
static int present(const struct plan_problem *problem, struct shift *out)
{
    const struct operation *operation = problem->operation;
    int n = 0;
    for (int i = 0; i < problem->base->n_shifts; i++) {
        const struct shift *shift = &problem->base->shifts[i];
        bool away = false;
        for (int k = 0; k < operation->n_time_off; k++)
            away = away || (operation->time_off[k].agent == shift->agent &&
                            operation->time_off[k].start_ts < shift->end_ts &&
                            operation->time_off[k].end_ts > shift->start_ts);
        if (!away)
            out[n++] = *shift;
    }
    return n;
}

static bool keep_moves(const struct options *options, struct planning *planning, const struct load *loads,
                       const struct replan_ask *replan, const struct intraday *intraday, GError **error)
{
    struct roster_ask ask;
    struct roster_result result;
    struct applied applied = {replan, intraday};
    replan_roster_ask(options, replan, &ask);
    ask.adapt = adapt_applied;
    ask.user = &applied;
    ask.limits.rounds = 1; /* nothing is left to choose */
    AUTO(progress) progress = progress_new(options_flag(options, "quiet"));
    if (!pipeline_roster(planning, loads, &ask, progress, &result, error))
        return false;
    if (options_choice(options, "format") == FORMAT_TABLE)
        printf("\nDraft %" G_GINT64_FORMAT " has them all made; wfm publish %" G_GINT64_FORMAT
               " makes them known.\n",
               result.id, result.id);
    return true;
}

static bool run_intraday(const struct options *options, struct planning *planning,
                         const struct replan_ask *replan, GError **error)
{
    struct roster_ask ask;
    replan_roster_ask(options, replan, &ask);
    struct load_ask load = {.allow_missing = options_flag(options, "allow-missing")};
    hand_ask_from(options, &load.hand);
    struct load *loads = pipeline_loads(planning, &load, error);
    AUTO(plan_problem) problem = loads != NULL ? pipeline_problem(planning, loads, &ask, error) : NULL;
    bool ok = problem != NULL;
    if (ok) {
        struct intraday_ask day = {.from_ts = replan->from_ts,
                                   .notice_s = (int64_t)options_real(options, "notice"),
                                   .change_price = problem->base->change_price,
                                   .break_price = problem->base->break_price,
                                   .most = (int)options_int(options, "moves"),
                                   .objective = replan->objective};
        g_autofree struct shift *shifts = g_new0(struct shift, (gsize)problem->base->n_shifts + 1);
        int n = present(problem, shifts);
        AUTO(intraday) intraday = intraday_new(problem, shifts, n, &day, error);
        ok = intraday != NULL;
        if (ok)
            print_moves(options, problem->operation, intraday);
        if (ok && options_flag(options, "apply"))
            ok = keep_moves(options, planning, loads, replan, intraday, error);
    }
    loads_free(loads, planning->operation->n_queues);
    return ok;
}

static bool solve(const struct options *options, struct planning *planning, const struct replan_ask *replan,
                  struct roster_result *result, GError **error)
{
    struct roster_ask ask;
    replan_roster_ask(options, replan, &ask);
    AUTO(progress) progress = progress_new(options_flag(options, "quiet"));
    struct load_ask load = {.allow_missing = options_flag(options, "allow-missing")};
    hand_ask_from(options, &load.hand);
    struct load *loads = pipeline_loads(planning, &load, error);
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
    if (options_flag(options, "apply") && !options_flag(options, "intraday"))
        return wfm_fail(error, WFM_ERROR_USAGE, "--apply is for --intraday; wfm replan alone keeps a draft");
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
    if (options_flag(options, "intraday"))
        return run_intraday(options, planning, ask, error);
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
    {"intraday", OPTION_FLAG, NULL, NULL, 0, 0,
     "instead: a priced list of the best moves for the rest of the day of --from: overtime, voluntary time "
     "off, "
     "moved breaks"},
    {"apply", OPTION_FLAG, NULL, NULL, 0, 0, "with --intraday: keep a draft with all these moves made"},
    {"moves", OPTION_INT, "N", "10", 0, 1000, "with --intraday: at most so many in each planning unit"},
    {"notice", OPTION_SPAN, "TIME", "2h", 0, 86400,
     "with --intraday: who is called in starts no earlier than so long after --from"},
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
        "Starts from the published roster that holds --from: what starts before stays, and so do locked "
        "shifts; everything else may change at a price per changed\n"
        "shift. Takes the newest forecast, time off imported since, and --absent (the hours of shifts that "
        "fall away count as worked).\n"
        "Prints the changes and keeps a draft for wfm publish.",
    .rows = rows,
    .groups =
        OPTIONS_STORE | OPTIONS_FORMAT | OPTIONS_QUIET | OPTIONS_SOLVE | OPTIONS_SCENARIO | OPTIONS_CERTAIN,
    .run = run,
};
