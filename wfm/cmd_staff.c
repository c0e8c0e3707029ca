#include <stdio.h>

#include "core/error.h"
#include "core/week.h"
#include "wfm/commands.h"
#include "wfm/output.h"
#include "wfm/pipeline.h"
#include "wfm/staff_ask.h"
#include "wfm/staff_calculator.h"
#include "wfm/staff_week.h"

static const struct column week_columns[] = {
    {"week", "week", COLUMN_TEXT, 0},
    {"client", "client", COLUMN_TEXT, 0},
    {"queue", "queue", COLUMN_TEXT, 0},
    {"channel", "channel", COLUMN_TEXT, 0},
    {"target", "SLA target", COLUMN_SHARE, 0},
    {"threshold_s", "within s", COLUMN_REAL, 0},
    {"contacts", "contacts", COLUMN_REAL, 0},
    {"days_off", "days ±", COLUMN_SHARE, 0},
    {"aht_s", "AHT s", COLUMN_REAL, 0},
    {"load_hours", "load h", COLUMN_REAL, 1},
    {"required_hours", "required h", COLUMN_REAL, 1},
    {"peak_agents", "peak agents", COLUMN_REAL, 1},
    {NULL, NULL, 0, 0},
};

static void week_row(struct table *table, const struct operation *operation, const char *week,
                     const struct staff_line *line)
{
    const struct queue *q = &operation->queues[line->queue];
    table_text(table, week);
    table_text(table, operation->clients[q->client].id);
    table_text(table, q->id);
    table_text(table, channel_name(q->channel));
    table_real(table, q->sla.target);
    table_real(table, q->sla.threshold_s);
    table_real(table, line->contacts);
    table_real(table, line->days_off);
    table_real(table, line->aht_s);
    table_real(table, line->load_hours);
    table_real(table, line->required_hours);
    table_real(table, line->peak_agents);
}

static bool run_week(const struct options *options, GError **error)
{
    AUTO(planning) planning = planning_open(options, (int)options_int(options, "weeks"), error);
    g_autofree struct staff_line *lines = planning != NULL ? staff_week(planning, options, error) : NULL;
    if (lines == NULL)
        return false;
    g_autofree char *week = week_format(planning->first_day);
    AUTO(table) table = table_new(week_columns);
    for (int q = 0; q < planning->operation->n_queues; q++)
        week_row(table, planning->operation, week, &lines[q]);
    table_print(table, (enum format)options_choice(options, "format"), stdout);
    return true;
}

static bool run(const struct options *options, GError **error)
{
    bool calculator = false;
    if (!staff_asks_calculator(options, &calculator, error))
        return false;
    return calculator ? staff_calculator(options, error) : run_week(options, error);
}

const struct command command_staff = {
    .name = "staff",
    .args = "",
    .summary = "agents needed to meet each queue's SLA; or a calculator for one interval",
    .details =
        "With a stored forecast: required hours and peak of each queue in the week.\n\n"
        "With --calls it is a calculator without database: the agents it takes, as a real number and in "
        "whole "
        "ones, and what one more or\n"
        "less achieves. CSV and JSON also have the inputs, the six definitions of the service level, waits "
        "of "
        "the offered, and what is\n"
        "needed before shrinkage.\n\n"
        "  wfm staff --calls 400 --aht 180 --target 0.8 --threshold 20 --patience 2min\n"
        "  wfm staff --calls 400 --shrinkage adherence=0.03,training=0.05 --agents 45\n"
        "  wfm staff --calls 720 --per 1h --chat-aht 480,570,690 --patience 60\n"
        "  wfm staff --calls 100 --per 1h --blend-idle 2\n\n"
        "--solve-for turns it round: the load, handling time, patience or threshold with which --agents just "
        "meet the targets, or the service\n"
        "level they reach. --grid walks over values, twice for a table of two.\n\n"
        "  wfm staff --solve-for calls --agents 45 --aht 180\n"
        "  wfm staff --grid aht=150:240:15 --grid calls=300,400,500\n"
        "  wfm staff --calls 400 --grid agents=40:50:1 --format csv\n\n"
        "With --due it is a week of deferred work, all of which is to be done in that time open: contacts "
        "come evenly "
        "around the clock, weekends\n"
        "included, and wait for the next opening; oldest and mean wait are times open.\n\n"
        "  wfm staff --calls 500 --per 1d --aht 6min --due 8h --open 10h --days 5 --backlog 400",
    .rows = staff_rows,
    .groups =
        OPTIONS_STORE | OPTIONS_FORMAT | OPTIONS_WEEK | OPTIONS_WEEKS | OPTIONS_SCENARIO | OPTIONS_CERTAIN,
    .run = run,
};
