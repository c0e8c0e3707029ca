#include <math.h>
#include <stdio.h>

#include "core/error.h"
#include "wfm/commands.h"
#include "wfm/output.h"
#include "wfm/pipeline.h"
#include "wfm/report_backlog.h"
#include "wfm/report_forecast.h"
#include "wfm/report_shrinkage.h"
#include "wfm/report_special_days.h"
#include "wfm/settings.h"
#include "wfm/summary.h"
#include "core/week.h"

static const struct option_row sla_rows[] = {
    {"roster", OPTION_TEXT, "N", NULL, 0, 0,
     "number of the roster; else the published one of --week, else its draft"},
    {"client", OPTION_TEXT, "ID", NULL, 0, 0, "only this client"},
    {.name = NULL},
};

/* The roster and the operation it was made from. */
static struct operation *open_roster(const struct options *options, struct store *store, int64_t *id,
                                     struct plan_problem **problem, GError **error)
{
    if (store == NULL ||
        !pipeline_find_roster(store, options_text(options, "roster"), options_text(options, "week"), NULL, id,
                              error) ||
        !store_roster_problem(store, *id, problem, error))
        return NULL;
    return (*problem)->operation;
}

static bool run_sla(const struct options *options, GError **error)
{
    int64_t id;
    AUTO(plan_problem) problem = NULL;
    AUTO(store) store = settings_store(options, error);
    struct operation *operation = open_roster(options, store, &id, &problem, error);
    if (operation == NULL)
        return false;
    AUTO(table) table = summary_sla(store, operation, id, options_text(options, "client"), error);
    if (table == NULL)
        return false;
    enum format format = (enum format)options_choice(options, "format");
    table_print(table, format, stdout);
    return format != FORMAT_TABLE || summary_simulation(store, id, error);
}

/* --- coverage
 * -------------------------------------------------------------------------------------------------------- */

#define COVERAGE_COLUMNS                                                                                     \
    {"client", "client", COLUMN_TEXT, 0}, {"queue", "queue", COLUMN_TEXT, 0},                                \
        {"start", "start", COLUMN_TEXT, 0}, {"required_hours", "required h", COLUMN_REAL, 2},                \
        {"scheduled_hours", "scheduled h", COLUMN_REAL, 2}, {"missing_hours", "missing h", COLUMN_REAL, 2},  \
        {"spare_hours", "spare h", COLUMN_REAL, 2}, {"contacts", "contacts", COLUMN_REAL, 1},                \
    {                                                                                                        \
        "expected", "expected", COLUMN_SHARE, 1                                                              \
    }
static const struct column coverage_columns[] = {COVERAGE_COLUMNS, {NULL, NULL, 0, 0}};
static const struct column transient_columns[] = {COVERAGE_COLUMNS,
                                                  {"along_the_day", "along the day", COLUMN_SHARE, 1},
                                                  {"difference", "points", COLUMN_POINTS, 1},
                                                  {NULL, NULL, 0, 0}};

struct bin {
    int64_t start_ts;
    double required, scheduled, missing, spare, contacts, in_time, counted;
    double along_in_time, along_counted; /* NAN: no such figure */
};

struct coverage {
    const struct plan_problem *problem;
    struct store *store;
    int64_t roster;
    bool by_day, transient;
    struct table *table;
};

static void coverage_row(const struct coverage *coverage, const struct queue *queue, const struct zone *zone,
                         const struct bin *bin)
{
    struct table *table = coverage->table;
    double expected = bin->counted > 0 ? bin->in_time / bin->counted : NAN;
    double along = bin->along_counted > 0 ? bin->along_in_time / bin->along_counted : NAN;
    g_autofree char *start = time_format(bin->start_ts, zone);
    table_text(table, coverage->problem->operation->clients[queue->client].id);
    table_text(table, queue->id);
    table_text(table, start);
    table_real(table, bin->required);
    table_real(table, bin->scheduled);
    table_real(table, bin->missing);
    table_real(table, bin->spare);
    table_real(table, bin->contacts);
    table_real(table, expected);
    if (coverage->transient) {
        table_real(table, along);
        table_real(table, along - expected);
    }
}

static void add_interval(struct bin *bin, const struct coverage_view *view, int32_t iv)
{
    double hours = view->grid.interval_s / 3600.0, net = view->staffed[iv] - view->required[iv];
    bin->required += view->required[iv] * hours;
    bin->scheduled += view->staffed[iv] * hours;
    bin->missing += fmax(0, -net) * hours;
    bin->spare += fmax(0, net) * hours;
    if (isfinite(view->counted[iv])) {
        bin->contacts += view->offered[iv];
        bin->in_time += view->in_time[iv];
        bin->counted += view->counted[iv];
    }
}

/* Contacts in time and counted along the days, of every interval of the view; g_free. NULL on failure. */
static double *along_the_days(const struct coverage *coverage, int queue, const struct coverage_view *view,
                              GError **error)
{
    const struct demand *demand = &coverage->problem->demand;
    gsize n = (gsize)view->grid.n;
    g_autofree double *along = g_new(double, 2 * n + 1);
    for (gsize i = 0; i < 2 * n; i++)
        along[i] = NAN;
    if (coverage->transient && demand->offered != NULL && view->grid.n == demand->grid.n) {
        const struct load load = load_of_demand(demand, queue);
        if (!staffing_along(coverage->problem->operation, queue, &load, view->staffed, along, along + n,
                            error))
            return NULL;
    }
    return g_steal_pointer(&along);
}

/* Rows of one queue: one per local day of the queue's zone, or one per interval. */
static bool coverage_rows(const struct coverage *coverage, int queue, GError **error)
{
    const struct queue *q = &coverage->problem->operation->queues[queue];
    struct coverage_view view = {0};
    AUTO(zone) zone = zone_new(q->zone, error);
    if (zone == NULL || !store_coverage(coverage->store, &scope_planner, coverage->roster, q->id, INT64_MIN,
                                        INT64_MAX, &view, error))
        return false;
    struct bin bin = {0};
    g_autofree double *along = along_the_days(coverage, queue, &view, error);
    for (int32_t iv = 0; along != NULL && iv < view.grid.n; iv++) {
        int64_t ts = grid_ts(&view.grid, iv);
        if (iv > 0 && (!coverage->by_day || zone_local_day(zone, ts) != zone_local_day(zone, bin.start_ts))) {
            coverage_row(coverage, q, zone, &bin);
            bin = (struct bin){0};
        }
        if (bin.start_ts == 0)
            bin.start_ts = ts;
        add_interval(&bin, &view, iv);
        bin.along_in_time += along[iv];
        bin.along_counted += along[view.grid.n + iv];
    }
    if (along != NULL && view.grid.n > 0)
        coverage_row(coverage, q, zone, &bin);
    coverage_view_clear(&view);
    return along != NULL;
}

static bool run_coverage(const struct options *options, GError **error)
{
    int64_t id;
    AUTO(plan_problem) problem = NULL;
    AUTO(store) store = settings_store(options, error);
    struct operation *operation = open_roster(options, store, &id, &problem, error);
    if (operation == NULL)
        return false;
    const char *client = options_text(options, "client");
    if (client != NULL && operation_client(operation, client) < 0)
        return wfm_fail(error, WFM_ERROR_NOT_FOUND, "client %s: the operation has no such client", client);
    bool transient = options_flag(options, "transient");
    AUTO(table) table = table_new(transient ? transient_columns : coverage_columns);
    const struct coverage coverage = {problem,   store, id, options_choice(options, "by") == 0,
                                      transient, table};
    for (int q = 0; q < operation->n_queues; q++)
        if (client == NULL || operation->queues[q].client == operation_client(operation, client))
            if (!coverage_rows(&coverage, q, error))
                return false;
    table_print(table, (enum format)options_choice(options, "format"), stdout);
    return true;
}

static const struct option_row coverage_options[] = {
    {"roster", OPTION_TEXT, "N", NULL, 0, 0,
     "number of the roster; else the published one of --week, else its draft"},
    {"client", OPTION_TEXT, "ID", NULL, 0, 0, "only this client"},
    {"by", OPTION_CHOICE, "day|interval", "day", 0, 0, "length of a row; days are those of the queue's zone"},
    {"transient", OPTION_FLAG, NULL, NULL, 0, 0,
     "also the service level along the day, of queues with agents of their own"},
    {.name = NULL},
};

/* --- rosters
 * ---------------------------------------------------------------------------------------------------------
 */

static bool run_roster(const struct options *options, GError **error)
{
    AUTO(store) store = settings_store(options, error);
    struct roster_info *rosters = NULL;
    int32_t week = INT32_MIN;
    int n = 0;
    if (store == NULL ||
        (options_given(options, "week") && !week_parse(options_text(options, "week"), &week, error)) ||
        !store_roster_list(store, &scope_planner, NULL, 0, (int)options_int(options, "last"), &rosters, &n,
                           error))
        return false;
    g_autofree int64_t *ids = g_new0(int64_t, (gsize)(n + 1));
    int n_ids = 0;
    for (int i = 0; i < n; i++) {
        if (week == INT32_MIN || rosters[i].first_day == week)
            ids[n_ids++] = rosters[i].id;
        roster_info_clear(&rosters[i]);
    }
    g_free(rosters);
    AUTO(table) table = summary_rosters(store, ids, n_ids, error);
    if (table == NULL)
        return false;
    table_print(table, (enum format)options_choice(options, "format"), stdout);
    return true;
}

static const struct option_row roster_options[] = {
    {"last", OPTION_INT, "N", "20", 1, 10000, "at most so many, newest first"},
    {.name = NULL},
};

static const struct command subcommands[] = {
    {.name = "sla",
     .args = "",
     .summary = "per client and queue: SLA target, expected and simulated SLA, required and scheduled hours",
     .rows = sla_rows,
     .groups = OPTIONS_STORE | OPTIONS_FORMAT | OPTIONS_WEEK,
     .run = run_sla},
    {.name = "coverage",
     .args = "",
     .summary = "required and scheduled hours per queue and day or interval",
     .details =
         "Expected is what the models of the requirement say, interval by interval, with the corrections the "
         "roster was made with.\n--transient puts the "
         "level "
         "along the day beside it:\n"
         "the same contacts and people without the assumption that every interval has settled, with what "
         "an interval leaves to the next and\n"
         "people finishing their contact when their time ends. Where the two differ, the day moves "
         "faster than the models: at openings,\n"
         "after jumps, in and after shortages. A queue whose agents serve others, too, has no such figure: "
         "wfm simulate says what it gets.",
     .rows = coverage_options,
     .groups = OPTIONS_STORE | OPTIONS_FORMAT | OPTIONS_WEEK,
     .run = run_coverage},
    {.name = "backlog",
     .args = "",
     .summary = "email, social, callback, back office: what waits, how old it is, what is done in time",
     .details = "How a roster's people get through the work that waits, earliest due first, by local day. It "
                "begins with "
                "what the published roster of\n"
                "the weeks before leaves, or where there is none with what such weeks leave as a rule. "
                "Opening and left "
                "are at midnight, at close is\n"
                "when the queue closes; late is the part of left that is overdue; oldest is in hours open, "
                "as the due "
                "time is. Within due is the\n"
                "share of what fell due that was done by then.",
     .rows = report_backlog_rows,
     .groups = OPTIONS_STORE | OPTIONS_FORMAT | OPTIONS_WEEK,
     .run = report_backlog},
    {.name = "roster",
     .args = "",
     .summary = "rosters made: state, cost, bound, gap, seconds",
     .rows = roster_options,
     .groups = OPTIONS_STORE | OPTIONS_FORMAT | OPTIONS_WEEK,
     .run = run_roster},
    {.name = "forecast",
     .args = "[ID]",
     .args_max = 1,
     .summary = "forecasts made: when, from what, weights, errors; or one of them shown again",
     .details =
         "Every forecast is kept as it was made. Known until is where the history it was made from ends; "
         "inputs is the hash of all it\n"
         "depends on, the planner's overrides of its weeks included: equal inputs give equal forecasts. "
         "CSV and JSON have all weights\n"
         "and the whole hash.",
     .rows = report_forecast_rows,
     .groups = OPTIONS_STORE | OPTIONS_FORMAT | OPTIONS_WEEK | OPTIONS_WEEKS | OPTIONS_SCENARIO,
     .run = report_forecast},
    {.name = "accuracy",
     .args = "",
     .summary = "what forecasts of past weeks said and what came",
     .details =
         "Without --week: the last weeks that history covers. Errors are those of the forecast as it was "
         "computed; beside them stand the\n"
         "error with the planner's hand (where it changed anything) and that of the seasonal naive forecast "
         "from the same history: the\n"
         "same weekday of the last week known. WAPE is Σ|error| / Σ contacts; MASE the error over that of "
         "the "
         "naive inside the history;\n"
         "wQL the weighted quantile loss. --by snapshot shows what was said 8, 4, 1 weeks before: by how "
         "long "
         "before the weeks the\n"
         "history of a forecast ended, the newest of each whole number of weeks.",
     .rows = report_accuracy_rows,
     .groups = OPTIONS_STORE | OPTIONS_FORMAT | OPTIONS_WEEK | OPTIONS_WEEKS | OPTIONS_SCENARIO,
     .run = report_accuracy},
    {.name = "special-days",
     .args = "",
     .summary = "days to come that are special to a queue: holidays by rule and what planners said",
     .rows = report_special_days_options,
     .groups = OPTIONS_STORE | OPTIONS_FORMAT,
     .run = report_special_days},
    {.name = "shrinkage",
     .args = "",
     .summary = "where a roster's paid hours go that serve no contact, by cause",
     .details = "Time off is known when planning, meals, breaks and meetings are placed by the roster, and "
                "shrinkage is what "
                "nobody can plan: of a\n"
                "site's people who do not come (out of office), and of the time of those who came (in the "
                "office), by part "
                "where the\n"
                "operation gives parts. Share is that of the operation file; it is taken of the hours at the "
                "desk. All rows "
                "but the last make\n"
                "the last.",
     .rows = report_shrinkage_options,
     .groups = OPTIONS_STORE | OPTIONS_FORMAT | OPTIONS_WEEK,
     .run = report_shrinkage},
    {.name = NULL},
};

const struct command command_report = {.name = "report",
                                       .args = "",
                                       .summary = "what rosters give and cost, and how good forecasts were",
                                       .subcommands = subcommands};
