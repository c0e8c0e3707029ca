#include <stdio.h>

#include "core/error.h"
#include "wfm/commands.h"
#include "wfm/output.h"
#include "wfm/settings.h"

static const struct column columns[] = {
    {"scenario", "scenario", COLUMN_TEXT, 0},
    {"state", "state", COLUMN_TEXT, 0},
    {"overrides", "overrides", COLUMN_INT, 0},
    {"queues", "queues", COLUMN_INT, 0},
    {"from", "from", COLUMN_TEXT, 0},
    {"to", "to", COLUMN_TEXT, 0},
    {"by", "by", COLUMN_TEXT, 0},
    {"at", "at", COLUMN_TEXT, 0},
    {NULL, NULL, 0, 0},
};

static bool run_list(const struct options *options, GError **error)
{
    struct scenario_info *infos = NULL;
    int n = 0;
    AUTO(store) store = settings_store(options, error);
    AUTO(operation) operation = store != NULL ? store_operation_load(store, error) : NULL;
    AUTO(zone) zone = operation != NULL ? zone_new(operation->zone, error) : NULL;
    if (zone == NULL || !store_scenario_list(store, &infos, &n, error))
        return false;
    AUTO(table) table = table_new(columns);
    for (int i = 0; i < n; i++) {
        g_autofree char *from = time_format(infos[i].from_ts, zone), *to = time_format(infos[i].to_ts, zone);
        g_autofree char *at = time_format(infos[i].created_ts, NULL);
        table_text(table, infos[i].name);
        table_text(table, infos[i].standing ? "on" : "off");
        table_int(table, infos[i].n_overrides);
        table_int(table, infos[i].n_queues);
        table_text(table, from);
        table_text(table, to);
        table_text(table, infos[i].created_by);
        table_text(table, at);
    }
    scenario_infos_free(infos, n);
    table_print(table, (enum format)options_choice(options, "format"), stdout);
    return true;
}

static bool switch_it(const struct options *options, bool on, GError **error)
{
    AUTO(store) store = settings_store(options, error);
    return store != NULL &&
           store_scenario_switch(store, options_arg(options, 0), on, settings_actor(), error);
}

static bool run_on(const struct options *options, GError **error)
{
    return switch_it(options, true, error);
}

static bool run_off(const struct options *options, GError **error)
{
    return switch_it(options, false, error);
}

static bool run_remove(const struct options *options, GError **error)
{
    AUTO(store) store = settings_store(options, error);
    return store != NULL && store_scenario_remove(store, options_arg(options, 0), settings_actor(), error);
}

#define BY_NAME(verb, text, function)                                                                        \
    {                                                                                                        \
        .name = verb, .args = "NAME", .args_min = 1, .args_max = 1, .summary = text,                         \
        .groups = OPTIONS_STORE, .run = function                                                             \
    }

static const struct command subcommands[] = {
    {.name = "list",
     .args = "",
     .summary = "scenarios: on or off, how many overrides, when",
     .details = "wfm override add --scenario NAME makes one; wfm staff, roster, plan --scenario NAME try it.",
     .groups = OPTIONS_STORE | OPTIONS_FORMAT,
     .run = run_list},
    BY_NAME("on", "use it in every plan from now on (--without NAME leaves it out of one)", run_on),
    BY_NAME("off", "use it only where --scenario NAME asks for it", run_off),
    BY_NAME("remove", "take all its overrides back; they stay on record", run_remove),
    {.name = NULL},
};

const struct command command_scenario = {.name = "scenario",
                                         .args = "",
                                         .summary = "named sets of overrides, to try and to switch on or off",
                                         .subcommands = subcommands};
