#include <stdio.h>

#include "wfm/commands.h"
#include "wfm/output.h"
#include "wfm/pipeline.h"
#include "wfm/week.h"

static const struct option_row rows[] = {
    {"queue", OPTION_LIST, "ID", NULL, 0, 0, "only this queue"},
    {"skip-missing", OPTION_FLAG, NULL, NULL, 0, 0, "leave out queues without history"},
    {"jobs", OPTION_INT, "N", "0", 0, 1024, "threads; 0 = one per core"},
    {.name = NULL},
};

static const struct column columns[] = {
    {"week", "week", COLUMN_TEXT, 0},           {"queue", "queue", COLUMN_TEXT, 0},
    {"contacts", "contacts", COLUMN_REAL, 0},   {"aht_s", "AHT s", COLUMN_REAL, 0},
    {"peak", "peak", COLUMN_REAL, 1},           {"history_weeks", "history weeks", COLUMN_REAL, 1},
    {"origins", "tests", COLUMN_INT, 0},        {"wape", "WAPE", COLUMN_SHARE, 1},
    {"naive_wape", "naive", COLUMN_SHARE, 1},   {"bias", "bias", COLUMN_SHARE, 1},
    {"cov80", "in 80 % band", COLUMN_SHARE, 1}, {NULL, NULL, 0, 0},
};

static struct table *forecast_table(const struct planning *planning, const struct forecast_line *lines, int n)
{
    struct table *table = table_new(columns);
    g_autofree char *week = week_format(planning->first_day);
    for (int i = 0; i < n; i++) {
        table_text(table, week);
        table_text(table, planning->operation->queues[lines[i].queue].id);
        table_real(table, lines[i].contacts);
        table_real(table, lines[i].aht_s);
        table_real(table, lines[i].peak);
        table_real(table, lines[i].weeks);
        table_int(table, lines[i].origins);
        table_real(table, lines[i].wape);
        table_real(table, lines[i].naive_wape);
        table_real(table, lines[i].bias);
        table_real(table, lines[i].cov80);
    }
    return table;
}

static bool run(const struct options *options, GError **error)
{
    struct forecast_line *lines = NULL;
    int n = 0;
    struct forecast_ask ask = {.queues = options_list(options, "queue"),
                               .skip_missing = options_flag(options, "skip-missing"),
                               .jobs = (int)options_int(options, "jobs")};
    AUTO(progress) progress = progress_new(options_flag(options, "quiet"));
    AUTO(planning) planning = planning_open(options, (int)options_int(options, "weeks"), error);
    if (planning == NULL || !pipeline_forecast(planning, &ask, progress, &lines, &n, error))
        return false;
    AUTO(table) table = forecast_table(planning, lines, n);
    table_print(table, (enum format)options_choice(options, "format"), stdout);
    g_free(lines);
    return true;
}

const struct command command_forecast = {
    .name = "forecast",
    .args = "",
    .summary = "predict contacts and handling time of a week, per queue",
    .details = "Without --week: the first whole week after the newest stored history. History of the week "
               "itself and later is not used,\n"
               "so a past week shows what would have been said then. The table gives the rolling-origin "
               "backtest: error (WAPE) of the\n"
               "forecast and of a seasonal naive one on the same days, bias, and how much of what came lay "
               "in the 80 % band.",
    .rows = rows,
    .groups = OPTIONS_STORE | OPTIONS_FORMAT | OPTIONS_QUIET | OPTIONS_WEEK | OPTIONS_WEEKS,
    .run = run,
};
