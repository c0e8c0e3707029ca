#include <stdio.h>

#include "core/error.h"
#include "wfm/commands.h"
#include "wfm/output.h"
#include "wfm/pipeline.h"
#include "wfm/summary.h"

static const struct option_row rows[] = {
    {"allow-missing", OPTION_FLAG, NULL, NULL, 0, 0, "queues without forecast count as without contacts"},
    {"price", OPTION_REAL, "MONEY", "0", 0, 1e9,
     "what a missing agent hour costs; 0 = 4 × the dearest hourly rate"},
    {"sla", OPTION_CHOICE, "contract|interval", "contract", 0, 0,
     "where service levels count: over the period of each contract, or in every interval"},
    {"more-agents", OPTION_LIST, "AGENT=N", NULL, 0, 0,
     "what if: with N more agents like this one; the draft can be compared, not published"},
    {"locked-of", OPTION_INT, "N", "0", 0, 1e15,
     "a roster of the same weeks whose locked shifts stay as they are; 0 = none"},
    {.name = NULL},
};

static bool run(const struct options *options, GError **error)
{
    struct roster_ask ask;
    struct roster_result result;
    roster_ask_from(options, &ask);
    if (!corrections_from(options, &ask, error))
        return false;
    ask.prices.price_per_hour = options_real(options, "price");
    ask.more_agents = options_list(options, "more-agents");
    ask.locked_of = options_int(options, "locked-of");
    roster_prices_from(options, &ask);
    AUTO(progress) progress = progress_new(options_flag(options, "quiet"));
    AUTO(planning) planning = planning_open(options, (int)options_int(options, "weeks"), error);
    if (planning == NULL)
        return false;
    struct load_ask load = {.allow_missing = options_flag(options, "allow-missing")};
    hand_ask_from(options, &load.hand);
    struct load *loads = pipeline_loads(planning, &load, error);
    if (loads == NULL)
        return false;
    bool ok = pipeline_roster(planning, loads, &ask, progress, &result, error);
    loads_free(loads, planning->operation->n_queues);
    if (!ok)
        return false;
    AUTO(table) table = summary_rosters(planning->store, &result.id, 1, error);
    if (table == NULL)
        return false;
    table_print(table, (enum format)options_choice(options, "format"), stdout);
    return roster_kept(&result, error);
}

const struct command command_roster = {
    .name = "roster",
    .args = "",
    .summary = "make a draft roster of a week, or of several, from the stored forecast",
    .details = "Every rule of contracts and shift templates holds; coverage is bought as far as it is worth "
               "its pay. Several weeks are one roster, published as a whole:\n"
               "rules hold across them. The draft is checked by an independent program part before it is "
               "kept. Equal inputs, --seed, --rounds and --seconds give the "
               "same roster on any machine unless\n"
               "the deadline cuts the search. Ctrl-C stops and keeps the best roster so far.",
    .rows = rows,
    .groups = OPTIONS_STORE | OPTIONS_FORMAT | OPTIONS_QUIET | OPTIONS_WEEK | OPTIONS_WEEKS | OPTIONS_SOLVE |
              OPTIONS_SCENARIO | OPTIONS_CERTAIN | OPTIONS_CORRECT,
    .run = run,
};
