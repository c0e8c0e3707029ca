#include <stdio.h>

#include "core/opfile.h"
#include "wfm/commands.h"
#include "wfm/progress.h"
#include "wfm/settings.h"

static const struct option_row rows[] = {
    {"check", OPTION_FLAG, NULL, NULL, 0, 0, "only validate the file; touch no database"},
    {.name = NULL},
};

static bool run(const struct options *options, GError **error)
{
    AUTO(operation) operation = operation_read(options_arg(options, 0), error);
    if (operation == NULL)
        return false;
    progress_warn(operation);
    if (!options_flag(options, "check")) {
        AUTO(store) store = settings_store(options, error);
        if (store == NULL || !store_operation_save(store, operation, settings_actor(), error))
            return false;
    }
    if (!options_flag(options, "quiet"))
        printf("%s: %s: %d clients, %d queues, %d sites, %d shift templates, %d contracts%s\n",
               options_arg(options, 0), operation->name, operation->n_clients, operation->n_queues,
               operation->n_sites, operation->n_templates, operation->n_contracts,
               options_flag(options, "check") ? " (checked, not loaded)" : "");
    return true;
}

const struct command command_load = {
    .name = "load",
    .args = "OPERATION.cfg",
    .args_min = 1,
    .args_max = 1,
    .summary = "bring clients, queues, sites, shift templates and contracts into the database",
    .details = "The database then holds exactly what the file says; what history or rosters refer to and the "
               "file no longer\n"
               "has is kept as retired. wfm-operation(5) describes the file.",
    .rows = rows,
    .groups = OPTIONS_STORE | OPTIONS_QUIET,
    .run = run,
};
