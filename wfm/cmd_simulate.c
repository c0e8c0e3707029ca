#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/error.h"
#include "wfm/commands.h"
#include "wfm/output.h"
#include "wfm/simulated.h"
#include "wfm/simulated_pair.h"
#include "wfm/source.h"

static const struct option_row rows[] = {
    {"replications", OPTION_INT, "N", "100", 2, 100000,
     "how often the roster is worked through; with --half-width at most (then 10000 unless given)"},
    {"half-width", OPTION_SHARE, "SHARE", NULL, 0.0001, 0.5,
     "go on until the service level of every queue over all days is known this well, e.g. 0.2%"},
    {"seed", OPTION_INT, "N", "1", 0, 9007199254740992.0,
     "of the chance; the same seed gives every roster the same contacts, days and absences"},
    {"certain", OPTION_FLAG, NULL, NULL, 0, 0, "as if every day came as forecast, none busier or calmer"},
    {"mean-shrinkage", OPTION_FLAG, NULL, NULL, 0, 0,
     "nobody misses a shift by chance: shrinkage takes its mean share of everybody instead"},
    {"handle-cv", OPTION_REAL, "X", "0", 0, 10,
     "coefficient of variation of lognormal handling times; 0 = exponential ones"},
    {"days", OPTION_FLAG, NULL, NULL, 0, 0, "a row for each local day of the queue, too"},
    {"jobs", OPTION_INT, "N", "0", 0, 1024, "threads; 0 = one per core; they change nothing of the result"},
    {"no-store", OPTION_FLAG, NULL, NULL, 0, 0, "do not keep the result with the stored roster"},
    {.name = NULL},
};

static const struct column columns[] = {
    {"client", "client", COLUMN_TEXT, 0},
    {"queue", "queue", COLUMN_TEXT, 0},
    {"span", "span", COLUMN_TEXT, 0},
    {"sla_target", "SLA target", COLUMN_SHARE, 1},
    {"period", "counts by", COLUMN_TEXT, 0},
    {"expected", "expected", COLUMN_SHARE, 1},
    {"simulated", "simulated", COLUMN_SHARE, 1},
    {"simulated_half", "± 95 %", COLUMN_SHARE, 1},
    {"difference", "points", COLUMN_POINTS, 1},
    {"met", "SLA met", COLUMN_SHARE, 0},
    {"met_half", "± 95 %", COLUMN_SHARE, 0},
    {"sl_p5", "worst 5 %", COLUMN_SHARE, 1},
    {"sl_p50", NULL, COLUMN_SHARE, 1},
    {"sl_p95", "best 5 %", COLUMN_SHARE, 1},
    {"contacts", "contacts", COLUMN_REAL, 0},
    {"abandon", "abandon", COLUMN_SHARE, 1},
    {"asa_s", "ASA s", COLUMN_REAL, 0},
    {"occupancy", "occupancy", COLUMN_SHARE, 0},
    {"backlog", "backlog", COLUMN_REAL, 0},
    {"oldest_h", "oldest h", COLUMN_REAL, 1},
    {"met_low", NULL, COLUMN_SHARE, 0},
    {"met_high", NULL, COLUMN_SHARE, 0},
    {"counted", NULL, COLUMN_REAL, 1},
    {"past_counted", NULL, COLUMN_REAL, 1},
    {"past_in_time", NULL, COLUMN_REAL, 1},
    {NULL, NULL, 0, 0},
};

static void add_row(struct table *table, const struct simulated *simulated, const struct simulate_line *line)
{
    const struct operation *operation = simulated->problem->operation;
    const struct queue *queue = &operation->queues[line->queue];
    g_autofree char *span = simulated_span(simulated, line);
    double expected = simulated_expected(simulated, line);
    table_text(table, operation->clients[queue->client].id);
    table_text(table, queue->id);
    table_text(table, span);
    table_real(table, line->target);
    table_text(table, sla_period_name(queue->sla.period));
    const double numbers[] = {expected,        line->sl,       line->sl_half,         line->sl - expected,
                              line->met_share, line->met_half, line->sl_p5,           line->sl_p50,
                              line->sl_p95,    line->offered,  line->abandon,         line->asa_s,
                              line->occupancy, line->backlog,  line->oldest_s / 3600, line->met_low,
                              line->met_high,  line->counted,  line->past.counted,    line->past.in_time};
    for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++)
        table_real(table, numbers[i]);
}

static bool shown(const struct simulated *simulated, const struct simulate_line *line, bool days)
{
    enum sla_period period = simulated->problem->operation->queues[line->queue].sla.period;
    return line->whole || (line->contract && period != SLA_DAY) || (days && line->offered > 0);
}

/* "roster 3: 100 replications, 6504344 contacts, 0.8 s". */
static void note(const struct simulated *simulated, const char *what, struct progress *progress)
{
    const struct simulate_ask *ask = &simulated->ask;
    bool given_up = ask->half_width > 0 && simulated->report.replications == ask->replications;
    progress_note(progress, "simulate: %s, %d replications, %.0f contacts, %.1f s%s", what,
                  simulated->report.replications, simulated->report.contacts, simulated->seconds,
                  given_up ? "; not known as well as asked for: allow more --replications" : "");
}

static bool stopped(const struct simulated *simulated, bool interrupted, GError **error)
{
    return !interrupted || wfm_fail(error, WFM_ERROR_CANCELLED,
                                    "stopped on request; the rows are of the %d replications done",
                                    simulated->report.replications);
}

static bool simulate(const struct source *source, const struct simulate_ask *ask, struct progress *progress,
                     struct simulated *out, GError **error)
{
    *out = (struct simulated){.problem = source->problem, .solution = source->solution, .ask = *ask};
    if (!simulated_run(out, progress, error)) {
        g_prefix_error(error, "%s: ", source->what);
        return false;
    }
    note(out, source->what, progress);
    return true;
}

/* Opens what is to be simulated, with what lies before it; a plan file may not say. */
static struct source *open_at(const struct options *options, int i, GError **error)
{
    AUTO(source) source = source_open_at(options, i, error);
    if (source == NULL || (source->store != NULL && !simulated_before(source->store, source->problem, error)))
        return NULL;
    return g_steal_pointer(&source);
}

static bool run_one(const struct options *options, struct progress *progress, GError **error)
{
    AUTO(source) source = open_at(options, 0, error);
    struct simulate_ask ask = simulated_ask_from(options);
    struct simulated simulated;
    if (source == NULL || !simulate(source, &ask, progress, &simulated, error))
        return false;
    AUTO(table) table = table_new(columns);
    for (int i = 0; i < simulated.report.n_lines; i++)
        if (shown(&simulated, &simulated.report.lines[i], options_flag(options, "days")))
            add_row(table, &simulated, &simulated.report.lines[i]);
    bool ok = source->store == NULL || options_flag(options, "no-store") ||
              simulated_save(&simulated, source->store, source->id, error);
    table_print(table, (enum format)options_choice(options, "format"), stdout);
    ok = ok && stopped(&simulated, simulated.interrupted, error);
    simulated_clear(&simulated);
    return ok;
}

static bool run_two(const struct options *options, struct progress *progress, GError **error)
{
    AUTO(source) first = open_at(options, 0, error);
    AUTO(source) second = first != NULL ? open_at(options, 1, error) : NULL;
    struct simulate_ask ask = simulated_ask_from(options);
    struct simulated a, b;
    if (second == NULL || !simulated_pair_check(first, second, error))
        return false;
    if (first->problem->demand.opening == NULL || second->problem->demand.opening == NULL) {
        demand_clear_before(&first->problem->demand); /* on equal terms */
        demand_clear_before(&second->problem->demand);
    }
    if (!simulate(first, &ask, progress, &a, error))
        return false;
    ask.replications = a.report.replications;
    ask.half_width = 0;
    bool ok = !a.interrupted && simulate(second, &ask, progress, &b, error);
    if (a.interrupted)
        wfm_fail(error, WFM_ERROR_CANCELLED, "stopped on request before the second roster");
    if (ok) {
        const struct simulated_pair pair = {first, second, &a, &b};
        simulated_pair_print(&pair, options_flag(options, "days"),
                             (enum format)options_choice(options, "format"));
        ok = stopped(&b, b.interrupted, error);
        simulated_clear(&b);
    }
    simulated_clear(&a);
    return ok;
}

static bool run(const struct options *options, GError **error)
{
    AUTO(progress) progress = progress_new(options_flag(options, "quiet"));
    return options_n_args(options) == 2 ? run_two(options, progress, error)
                                        : run_one(options, progress, error);
}

const struct command command_simulate = {
    .name = "simulate",
    .args = "[ROSTER|FILE.plan] [ROSTER|FILE.plan]",
    .args_max = 2,
    .summary = "what a roster will do: its shifts against contacts that arrive, wait, leave and are served",
    .details =
        "Takes the number of a stored roster or a plan file (wfm export plan); without either, the "
        "published roster of --week or of the\n"
        "newest week, else its draft. Contacts are those of the forecast the roster was made for, drawn anew "
        "in every replication; days turn\n"
        "out busier or calmer as far as the forecast is known to be off, and agents miss whole shifts as "
        "often as the sites' shrinkage says.\n"
        "Expected is what the models of the requirement say, with the corrections the roster was made with, "
        "points what the simulation\n"
        "adds. SLA met: how often the contract's period\n"
        "reaches its target, with what the published weeks before are expected to leave of a month; over "
        "several periods the mean share of\n"
        "them; by the interval, of the intervals with contacts. Worst and best 5 %: quantiles of the "
        "service level over replications.\n"
        "Queues that wait for hours (email, …) are worked on in the time that is set aside for them "
        "(ring_fence) or while nobody waits; simulated is\n"
        "then the share done by the due time, backlog what waits at the end of the span, oldest the longest "
        "wait in it.\n\n"
        "The result is kept with a stored roster, for wfm report sla and the service.\n\n"
        "Two rosters of the same weeks are compared: the same contacts, days and absences for both, so that "
        "small differences show; the\n"
        "interval is that of the difference. Nothing is kept then. A plan file (wfm export "
        "plan) says what the published\n"
        "weeks before it left when it was written; beside one that does not, "
        "neither is simulated with it.\n\n"
        "  wfm simulate 3 --days\n"
        "  wfm simulate 3 4 --half-width 0.2%",
    .rows = rows,
    .groups = OPTIONS_STORE | OPTIONS_FORMAT | OPTIONS_QUIET | OPTIONS_WEEK,
    .run = run,
};
