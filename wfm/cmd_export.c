#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/error.h"
#include "core/file.h"
#include "core/planfile.h"
#include "wfm/commands.h"
#include "wfm/output.h"
#include "wfm/pipeline.h"
#include "wfm/settings.h"
#include "wfm/simulated.h"

enum export_format { EXPORT_CSV, EXPORT_JSON, EXPORT_XLSX };

static const struct option_row file_rows[] = {
    {"roster", OPTION_TEXT, "N", NULL, 0, 0,
     "number of the roster; else the published one of --week, else its draft"},
    {"format", OPTION_CHOICE, "csv|json|xlsx", "csv", 0, 0, "kind of file"},
    {"output", OPTION_TEXT, "FILE", "-", 0, 0, "where to; - is standard output (not for xlsx)"},
    {.name = NULL},
};
static const struct option_row plan_rows[] = {
    {"roster", OPTION_TEXT, "N", NULL, 0, 0,
     "number of the roster; else the published one of --week, else its draft"},
    {.name = NULL},
};

static bool fetch(const struct options *options, struct store *store, int64_t *id,
                  struct plan_problem **problem, struct plan_solution **solution, GError **error)
{
    return pipeline_find_roster(store, options_text(options, "roster"), options_text(options, "week"), NULL,
                                id, error) &&
           store_roster_problem(store, *id, problem, error) &&
           store_roster_load(store, (*problem)->operation, *id, solution, error);
}

static bool write_table(const struct options *options, const struct table *table, const char *sheet,
                        GError **error)
{
    const char *path = options_text(options, "output");
    enum export_format kind = (enum export_format)options_choice(options, "format");
    enum format format = kind == EXPORT_JSON ? FORMAT_JSON : FORMAT_CSV;
    bool to_stdout = strcmp(path, "-") == 0;
    if (kind == EXPORT_XLSX)
        return to_stdout ? wfm_fail(error, WFM_ERROR_USAGE, "--format xlsx needs --output FILE.xlsx")
                         : table_write_xlsx(table, sheet, path, error);
    if (to_stdout) {
        table_print(table, format, stdout);
        return true;
    }
    g_autofree char *text = table_format(table, format);
    g_autoptr(GError) cause = NULL;
    if (!file_replaceable(path, error))
        return false;
    return g_file_set_contents(path, text, -1, &cause) || wfm_fail(error, WFM_ERROR_IO, "%s", cause->message);
}

/* --- shifts
 * ----------------------------------------------------------------------------------------------------------
 */

static const struct column shift_columns[] = {
    {"agent", "agent", COLUMN_TEXT, 0},
    {"name", "name", COLUMN_TEXT, 0},
    {"site", "site", COLUMN_TEXT, 0},
    {"zone", "zone", COLUMN_TEXT, 0},
    {"start", "start", COLUMN_TEXT, 0},
    {"end", "end", COLUMN_TEXT, 0},
    {"paid_hours", "paid h", COLUMN_REAL, 2},
    {"template", "shift template", COLUMN_TEXT, 0},
    {"activities", "meals and breaks", COLUMN_TEXT, 0},
    {NULL, NULL, 0, 0},
};

/* "break 2026-11-23T08:00:00+08:00/15min; meal …". g_free. */
static char *activities_text(const struct shift *shift, const struct zone *zone)
{
    GString *text = g_string_new(NULL);
    for (int i = 0; i < shift->n_activities; i++) {
        const struct activity *activity = &shift->activities[i];
        g_autofree char *at = time_format(activity->start_ts, zone);
        g_string_append_printf(text, "%s%s %s/%dmin%s", i > 0 ? "; " : "", activity_kind_name(activity->kind),
                               at, (int)((activity->end_ts - activity->start_ts) / 60),
                               activity->paid ? "" : " unpaid");
    }
    return g_string_free(text, FALSE);
}

static void shift_row(struct table *table, const struct operation *operation, const struct shift *shift,
                      const struct zone *zone)
{
    const struct agent *agent = &operation->agents[shift->agent];
    const struct site *site = &operation->sites[agent->site];
    g_autofree char *start = time_format(shift->start_ts, zone);
    g_autofree char *end = time_format(shift->end_ts, zone);
    g_autofree char *activities = activities_text(shift, zone);
    table_text(table, agent->id);
    table_text(table, agent->name);
    table_text(table, site->id);
    table_text(table, site->zone);
    table_text(table, start);
    table_text(table, end);
    table_real(table, shift_paid_minutes(shift) / 60.0);
    table_text(table, shift->tmpl >= 0 ? operation->templates[shift->tmpl].id : NULL);
    table_text(table, activities);
}

static bool run_shifts(const struct options *options, GError **error)
{
    int64_t id;
    AUTO(plan_problem) problem = NULL;
    AUTO(plan_solution) solution = NULL;
    AUTO(store) store = settings_store(options, error);
    if (store == NULL || !fetch(options, store, &id, &problem, &solution, error))
        return false;
    const struct operation *operation = problem->operation;
    AUTO(table) table = table_new(shift_columns);
    struct zone **zones = g_new0(struct zone *, (gsize)operation->n_sites);
    bool ok = true;
    for (int s = 0; ok && s < operation->n_sites; s++)
        ok = (zones[s] = zone_new(operation->sites[s].zone, error)) != NULL;
    for (int i = 0; ok && i < solution->n_shifts; i++)
        shift_row(table, operation, &solution->shifts[i],
                  zones[operation->agents[solution->shifts[i].agent].site]);
    for (int s = 0; s < operation->n_sites; s++)
        zone_free(zones[s]);
    g_free(zones);
    return ok && write_table(options, table, "shifts", error);
}

/* --- coverage
 * -------------------------------------------------------------------------------------------------------- */

static const struct column coverage_columns[] = {
    {"client", "client", COLUMN_TEXT, 0},     {"queue", "queue", COLUMN_TEXT, 0},
    {"start", "start", COLUMN_TEXT, 0},       {"interval_minutes", "minutes", COLUMN_INT, 0},
    {"required", "required", COLUMN_REAL, 2}, {"scheduled", "scheduled", COLUMN_REAL, 2},
    {"offered", "offered", COLUMN_REAL, 2},   {"in_time", "in time", COLUMN_REAL, 2},
    {"counted", "counted", COLUMN_REAL, 2},   {NULL, NULL, 0, 0},
};

static bool run_coverage(const struct options *options, GError **error)
{
    int64_t id;
    AUTO(plan_problem) problem = NULL;
    AUTO(plan_solution) solution = NULL;
    AUTO(store) store = settings_store(options, error);
    if (store == NULL || !fetch(options, store, &id, &problem, &solution, error))
        return false;
    const struct operation *operation = problem->operation;
    AUTO(table) table = table_new(coverage_columns);
    for (int q = 0; q < operation->n_queues; q++) {
        const struct queue *queue = &operation->queues[q];
        struct coverage_view view = {0};
        AUTO(zone) zone = zone_new(queue->zone, error);
        if (zone == NULL ||
            !store_coverage(store, &scope_planner, id, queue->id, INT64_MIN, INT64_MAX, &view, error))
            return false;
        for (int32_t iv = 0; iv < view.grid.n; iv++) {
            g_autofree char *start = time_format(grid_ts(&view.grid, iv), zone);
            table_text(table, operation->clients[queue->client].id);
            table_text(table, queue->id);
            table_text(table, start);
            table_int(table, view.grid.interval_s / 60);
            table_real(table, view.required[iv]);
            table_real(table, view.staffed[iv]);
            table_real(table, view.offered[iv]);
            table_real(table, view.in_time[iv]);
            table_real(table, view.counted[iv]);
        }
        coverage_view_clear(&view);
    }
    return write_table(options, table, "coverage", error);
}

/* --- plan
 * ------------------------------------------------------------------------------------------------------------
 */

static bool run_plan(const struct options *options, GError **error)
{
    int64_t id;
    AUTO(plan_problem) problem = NULL;
    AUTO(plan_solution) solution = NULL;
    AUTO(store) store = settings_store(options, error);
    return store != NULL && fetch(options, store, &id, &problem, &solution, error) &&
           simulated_before(store, problem, error) &&
           plan_write(options_arg(options, 0), problem, solution, error);
}

static const struct command subcommands[] = {
    {.name = "shifts",
     .args = "",
     .summary = "a roster's shifts with meals and breaks, in the site's time",
     .rows = file_rows,
     .groups = OPTIONS_STORE | OPTIONS_WEEK,
     .run = run_shifts},
    {.name = "coverage",
     .args = "",
     .summary = "required and scheduled agents per queue and interval",
     .rows = file_rows,
     .groups = OPTIONS_STORE | OPTIONS_WEEK,
     .run = run_coverage},
    {.name = "plan",
     .args = "FILE.plan",
     .args_min = 1,
     .args_max = 1,
     .summary = "problem and roster as a plan file: replays elsewhere to the same result",
     .rows = plan_rows,
     .groups = OPTIONS_STORE | OPTIONS_WEEK,
     .run = run_plan},
    {.name = NULL},
};

const struct command command_export = {.name = "export",
                                       .args = "",
                                       .summary = "write shifts, coverage or a plan file",
                                       .subcommands = subcommands};
