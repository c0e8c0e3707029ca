/*
 * commands.h - every subcommand of wfm: one row each, defined in its file cmd_<verb>.c.
 *
 * To add one: the file, its line here and in the table of main.c, `wfm man > docs/wfm.1`, and a row in
 * tests/wfm/.
 */
#ifndef WFM_WFM_COMMANDS_H
#define WFM_WFM_COMMANDS_H

#include "wfm/options.h"

/* In the order of --help. */
#define COMMAND_TABLE(X)                                                                                     \
    X(demo)                                                                                                  \
    X(db)                                                                                                    \
    X(load)                                                                                                  \
    X(import)                                                                                                \
    X(forecast)                                                                                              \
    X(intraday)                                                                                              \
    X(override)                                                                                              \
    X(scenario)                                                                                              \
    X(staff)                                                                                                 \
    X(roster)                                                                                                \
    X(plan)                                                                                                  \
    X(replan)                                                                                                \
    X(replay)                                                                                                \
    X(explain)                                                                                               \
    X(verify)                                                                                                \
    X(simulate)                                                                                              \
    X(publish)                                                                                               \
    X(report)                                                                                                \
    X(export)                                                                                                \
    X(token)                                                                                                 \
    X(serve)                                                                                                 \
    X(runs)                                                                                                  \
    X(work)                                                                                                  \
    X(version)                                                                                               \
    X(completion)                                                                                            \
    X(man)                                                                                                   \
    X(solve_unit)                                                                                            \
    X(work_attempt)                                                                                          \
    X(work_served)

#define X(name) extern const struct command command_##name;
COMMAND_TABLE(X)
#undef X

/* All of them, ended by name NULL (wfm/table.c). */
const struct command *wfm_commands(void);

/* The manual page wfm(1) in roff, from the tables. g_free. */
char *manual_page(void);

#endif
