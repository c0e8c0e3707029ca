#include <math.h>
#include <stdio.h>

#include "core/error.h"
#include "scheduler/roster/explain.h"
#include "scheduler/roster/relax.h"
#include "wfm/commands.h"
#include "wfm/explain_tables.h"
#include "wfm/interrupt.h"
#include "wfm/pipeline.h"
#include "wfm/source.h"

/* In the order of --about. */
enum about { ABOUT_ALL, ABOUT_PRICES, ABOUT_RULES, ABOUT_UNMET };

/* What a re-solve with the rule at its relaxed value and the rounds of the roster saves. NAN when there is no
   roster then. */
static double confirm(const struct source *source, const struct rule_saving *saving,
                      const struct roster_ask *ask, struct progress *progress, GError **error)
{
    const struct plan_problem *problem = source->problem;
    struct operation *operation = explain_relaxed(problem->operation, saving);
    struct plan_problem relaxed = *problem;
    int n_units;
    relaxed.operation = operation;
    AUTO(plan_solution)
    solution = pipeline_solve(&relaxed, ask, source->solution, progress, &n_units, error);
    g_free(operation->contracts);
    g_free(operation);
    return solution != NULL ? source->solution->objective - solution->objective : NAN;
}

/* `confirmed`: n_savings, NAN where nothing was solved. */
static bool confirm_top(const struct options *options, const struct source *source,
                        const struct explained *explained, double *confirmed, GError **error)
{
    AUTO(progress) progress = progress_new(options_flag(options, "quiet"));
    struct roster_ask ask = {.memory_mb = options_int(options, "memory"),
                             .jobs = (int)options_int(options, "jobs")};
    bool ok = true;
    for (int i = 0; i < explained->n_savings; i++)
        confirmed[i] = NAN;
    interrupt_catch();
    for (int i = 0; ok && i < MIN(options_int(options, "confirm"), explained->n_savings); i++) {
        confirmed[i] = confirm(source, &explained->savings[i], &ask, progress, error);
        ok = isfinite(confirmed[i]);
        if (ok && interrupt_count() > 0)
            ok = wfm_fail(error, WFM_ERROR_CANCELLED, "stopped on request");
    }
    interrupt_release();
    return ok;
}

static bool one_queue(const struct options *options, const struct source *source, int *queue, GError **error)
{
    const char *id = options_text(options, "queue");
    *queue = id != NULL ? operation_queue(source->problem->operation, id) : -1;
    return id == NULL || *queue >= 0 ||
           wfm_fail(error, WFM_ERROR_NOT_FOUND, "queue %s: the operation has no such queue", id);
}

static bool run_agent(const struct options *options, const struct source *source, GError **error)
{
    const char *id = options_text(options, "agent");
    int agent = operation_agent(source->problem->operation, id);
    if (agent < 0)
        return wfm_fail(error, WFM_ERROR_NOT_FOUND, "agent %s: not in this roster's operation", id);
    return explain_print_agent(source, agent, (enum format)options_choice(options, "format"), error);
}

static bool run(const struct options *options, GError **error)
{
    AUTO(source) source = source_open(options, error);
    int queue;
    if (source == NULL || !one_queue(options, source, &queue, error))
        return false;
    if (options_given(options, "agent"))
        return run_agent(options, source, error);
    enum about about = (enum about)options_choice(options, "about");
    enum format format = (enum format)options_choice(options, "format");
    if (about == ABOUT_ALL && format != FORMAT_TABLE)
        return wfm_fail(error, WFM_ERROR_USAGE,
                        "CSV and JSON hold one table: say --about prices, rules or unmet, or --agent ID");
    AUTO(explained) explained = explain_new(source->problem, source->solution, error);
    if (explained == NULL)
        return false;
    g_autofree double *confirmed = g_new0(double, (gsize)explained->n_savings + 1);
    bool rules = about == ABOUT_ALL || about == ABOUT_RULES;
    if (rules && !confirm_top(options, source, explained, confirmed, error))
        return false;
    if (about == ABOUT_ALL)
        explain_print_summary(source, explained, queue);
    if (about == ABOUT_PRICES)
        explain_print_prices(source, explained, queue, format);
    if (rules)
        explain_print_rules(source, explained, confirmed, format);
    if (about == ABOUT_UNMET || (about == ABOUT_ALL && explained->n_unmet > 0))
        explain_print_unmet(source->problem, explained, 0, format);
    return true;
}

static const struct option_row rows[] = {
    {"about", OPTION_CHOICE, "all|prices|rules|unmet", "all", 0, 0,
     "prices: worth of an agent hour by day and hour; rules: what a step of each saves; unmet: needs nobody "
     "could fill"},
    {"agent", OPTION_TEXT, "ID", NULL, 0, 0,
     "instead: why this agent works when they do, and what the next best would cost"},
    {"queue", OPTION_TEXT, "ID", NULL, 0, 0, "prices of this queue alone"},
    {"confirm", OPTION_INT, "N", "0", 0, 1000,
     "solve again with each of the N most valuable rules one step looser, with the roster's rounds"},
    {"memory", OPTION_INT, "MB", "4096", 64, 1e6, "address space one solving process may take"},
    {"jobs", OPTION_INT, "N", "0", 0, 1024, "solving processes at once; 0 = one per core"},
    {.name = NULL},
};

const struct command command_explain = {
    .name = "explain",
    .args = "[ROSTER|FILE.plan]",
    .args_max = 1,
    .summary = "say what staff is worth, what rules cost, and why people work when they do",
    .details = "Takes the number of a stored roster or a plan file; without either, the published roster of "
               "--week or of the newest week,\n"
               "else its draft. docs/explain.md reads the tables line by line.",
    .rows = rows,
    .groups = OPTIONS_STORE | OPTIONS_FORMAT | OPTIONS_QUIET | OPTIONS_WEEK,
    .run = run,
};
