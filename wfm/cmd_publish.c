#include <stdio.h>

#include "core/error.h"
#include "wfm/commands.h"
#include "wfm/pipeline.h"
#include "wfm/settings.h"
#include "core/week.h"

static bool run(const struct options *options, GError **error)
{
    AUTO(store) store = settings_store(options, error);
    struct roster_info info = {0};
    int64_t id;
    if (options_arg(options, 0) != NULL && options_given(options, "week"))
        return wfm_fail(error, WFM_ERROR_USAGE, "give the number of a roster or --week, not both");
    if (store == NULL ||
        !pipeline_find_roster(store, options_arg(options, 0), options_text(options, "week"), "draft", &id,
                              error) ||
        !pipeline_publish(store, id, error) || !store_roster_info(store, &scope_planner, id, &info, error))
        return false;
    g_autofree char *week = week_format(info.first_day);
    if (!options_flag(options, "quiet"))
        printf("published roster %" G_GINT64_FORMAT ": week %s, version %d, %d shifts\n", id, week,
               info.version, info.n_shifts);
    roster_info_clear(&info);
    return true;
}

const struct command command_publish = {
    .name = "publish",
    .args = "[ROSTER]",
    .args_max = 1,
    .summary = "make a draft the roster people see",
    .details = "Verifies first. One transaction: readers see the old roster or the new one. Without a "
               "number: the newest draft of --week,\n"
               "or of any week.",
    .groups = OPTIONS_STORE | OPTIONS_QUIET | OPTIONS_WEEK,
    .run = run,
};
