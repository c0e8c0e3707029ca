#include <config.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/error.h"
#include "scheduler/roster/changes.h"
#include "wfm/commands.h"
#include "wfm/interrupt.h"
#include "wfm/output.h"
#include "wfm/pipeline.h"
#include "wfm/source.h"

static const struct column columns[] = {
    {"what", "what", COLUMN_TEXT, 0},
    {"was", "kept", COLUMN_REAL, 6},
    {"is", "replayed", COLUMN_REAL, 6},
    {"equal", "", COLUMN_TEXT, 0},
    {NULL, NULL, 0, 0},
};

/* One line; returns whether the two are the same bits. */
static bool figure_row(struct table *table, const char *what, double was, double is)
{
    bool equal = memcmp(&was, &is, sizeof was) == 0;
    table_text(table, what);
    table_real(table, was);
    table_real(table, is);
    table_text(table, equal ? "equal" : "differs");
    return equal;
}

/* Cells whose staff differs. */
static int coverage_differs(const struct plan_solution *was, const struct plan_solution *is)
{
    int n = 0;
    for (int i = 0; i < MIN(was->n_staffed, is->n_staffed); i++)
        n += memcmp(&was->staffed[i], &is->staffed[i], sizeof *was->staffed) != 0;
    return n + abs(was->n_staffed - is->n_staffed);
}

static bool cut_short(const struct source *source)
{
    const char *stopped = source->solution->stopped;
    return g_strcmp0(stopped, "deadline") == 0 || g_strcmp0(stopped, "cancelled") == 0;
}

/* How much differs. The bound of a roster that was cut short may only be the lower one: its work was not
   done, which does not touch the roster. */
static int compare(struct table *table, const struct source *source, const struct plan_solution *is)
{
    const struct plan_solution *was = source->solution;
    const struct {
        const char *what;
        double was, is;
    } figures[] = {
        {"shifts", was->n_shifts, is->n_shifts},      {"pay", was->pay, is->pay},
        {"shortage", was->shortage, is->shortage},    {"penalty", was->penalty, is->penalty},
        {"objective", was->objective, is->objective},
    };
    g_autofree struct shift_change *changes = NULL;
    int n = 0, different = roster_changes(source->problem, was->shifts, was->n_shifts, is->shifts,
                                          is->n_shifts, &changes);
    for (guint i = 0; i < G_N_ELEMENTS(figures); i++)
        n += !figure_row(table, figures[i].what, figures[i].was, figures[i].is);
    bool bound = figure_row(table, "bound", was->bound, is->bound);
    n += !bound && !(cut_short(source) && is->bound >= was->bound);
    n += !figure_row(table, "shifts that differ", 0, different);
    n += !figure_row(table, "coverage cells that differ", 0, coverage_differs(was, is));
    return n;
}

/* Why it may not be the same; "" when there is no known reason. g_free. */
static char *why(const struct source *source)
{
    if (g_strcmp0(source->made_by, PACKAGE_VERSION) != 0)
        return g_strdup_printf("; it was made by wfm %s, this is wfm " PACKAGE_VERSION,
                               source->made_by != NULL ? source->made_by : "of unknown version");
    if (cut_short(source))
        return g_strdup_printf(
            "; it was stopped early (%s), maybe before the counted part of the work was done",
            source->solution->stopped);
    return g_strdup("");
}

static bool run(const struct options *options, GError **error)
{
    AUTO(progress) progress = progress_new(options_flag(options, "quiet"));
    AUTO(source) source = source_open(options, error);
    if (source == NULL)
        return false;
    int edits = source->solution->edits;
    if (!source_as_made(source, error))
        return false;
    struct roster_ask ask = {.memory_mb = options_int(options, "memory"),
                             .jobs = (int)options_int(options, "jobs")};
    int n_units = 0;
    interrupt_catch();
    AUTO(plan_solution)
    again = pipeline_solve(source->problem, &ask, source->solution, progress, &n_units, error);
    bool cancelled = interrupt_count() > 0;
    interrupt_release();
    if (again == NULL)
        return false;
    if (cancelled)
        return wfm_fail(error, WFM_ERROR_CANCELLED, "%s: the replay was stopped on request", source->what);
    AUTO(table) table = table_new(columns);
    int n = compare(table, source, again);
    enum format format = (enum format)options_choice(options, "format");
    if (n > 0 || format != FORMAT_TABLE)
        table_print(table, format, stdout);
    else if (!options_flag(options, "quiet"))
        printf("%s: replayed in %d planning units, %ld rounds: the same roster, bit for bit; objective %.2f, "
               "bound %.2f\n",
               source->what, n_units, again->rounds, again->objective, again->bound);
    if (edits > 0 && format == FORMAT_TABLE && !options_flag(options, "quiet"))
        printf("%s was changed by hand since (%d edits): wfm verify checks it as it is now\n", source->what,
               edits);
    g_autofree char *reason = why(source);
    return n == 0 ||
           wfm_fail(error, WFM_ERROR_CONFLICT, "%s: the replay gives another roster%s", source->what, reason);
}

static const struct option_row rows[] = {
    {"memory", OPTION_INT, "MB", "4096", 64, 1e6, "address space one solving process may take"},
    {"jobs", OPTION_INT, "N", "0", 0, 1024, "solving processes at once; 0 = one per core"},
    {.name = NULL},
};

const struct command command_replay = {
    .name = "replay",
    .args = "[ROSTER|FILE.plan]",
    .args_max = 1,
    .summary = "make a roster once more and compare it bit for bit",
    .details =
        "Takes the number of a stored roster or a plan file (wfm export plan); without either, the "
        "published roster of --week or of the\n"
        "newest week, else its draft. Solves its problem again with its seed and the rounds it had, without "
        "a deadline, as it was before edits by hand. Ends with status 5\n"
        "when the roster differs, and says where. wfm verify checks the rules without solving.",
    .rows = rows,
    .groups = OPTIONS_STORE | OPTIONS_FORMAT | OPTIONS_QUIET | OPTIONS_WEEK,
    .run = run,
};
