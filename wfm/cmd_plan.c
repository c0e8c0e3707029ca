#include <stdio.h>

#include "core/error.h"
#include "wfm/commands.h"
#include "wfm/output.h"
#include "wfm/pipeline.h"
#include "wfm/settings.h"
#include "wfm/summary.h"

static const struct option_row rows[] = {
    {"publish", OPTION_FLAG, NULL, NULL, 0, 0, "publish the roster when it is made and verified"},
    {"sla", OPTION_CHOICE, "contract|interval", "contract", 0, 0,
     "where service levels count: over the period of each contract, or in every interval"},
    {"more-agents", OPTION_LIST, "AGENT=N", NULL, 0, 0,
     "what if: with N more agents like this one; the draft can be compared, not published"},
    {"skip-missing", OPTION_FLAG, NULL, NULL, 0, 0, "queues without history count as without contacts"},
    {.name = NULL},
};

static bool run(const struct options *options, GError **error)
{
    struct forecast_ask forecast = {.skip_missing = options_flag(options, "skip-missing"),
                                    .jobs = (int)options_int(options, "jobs")};
    struct roster_ask roster;
    int64_t id;
    hand_ask_from(options, &forecast.hand);
    roster_ask_from(options, &roster);
    if (!corrections_from(options, &roster, error))
        return false;
    roster_prices_from(options, &roster);
    roster.more_agents = options_list(options, "more-agents");
    if (options_flag(options, "publish") && *roster.more_agents != NULL)
        return wfm_fail(
            error, WFM_ERROR_USAGE,
            "--publish: a roster with --more-agents is of people nobody has hired; leave one away");
    AUTO(progress) progress = progress_new(options_flag(options, "quiet"));
    AUTO(planning) planning = planning_open(options, (int)options_int(options, "weeks"), error);
    if (planning == NULL || !pipeline_week(planning, &forecast, &roster, progress, &id, error) ||
        (options_flag(options, "publish") && !pipeline_publish(planning->store, id, error)))
        return false;
    enum format format = (enum format)options_choice(options, "format");
    if (format == FORMAT_TABLE)
        return summary_print(planning->store, planning->operation, id, error);
    AUTO(table) table = summary_rosters(planning->store, &id, 1, error);
    if (table == NULL)
        return false;
    table_print(table, format, stdout);
    return true;
}

const struct command command_plan = {
    .name = "plan",
    .args = "",
    .summary = "forecast, staff and roster in one go",
    .details = "Prints what each client gets and the roster's row; CSV and JSON have that row alone (wfm "
               "report sla has the\n"
               "other).",
    .rows = rows,
    .groups = OPTIONS_STORE | OPTIONS_FORMAT | OPTIONS_QUIET | OPTIONS_WEEK | OPTIONS_WEEKS | OPTIONS_SOLVE |
              OPTIONS_SCENARIO | OPTIONS_CERTAIN | OPTIONS_CORRECT,
    .run = run,
};
