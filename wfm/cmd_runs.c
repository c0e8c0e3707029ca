#include <jansson.h>
#include <math.h>
#include <poll.h>
#include <stdio.h>

#include "core/error.h"
#include "core/store/run.h"
#include "wfm/commands.h"
#include "wfm/interrupt.h"
#include "wfm/output.h"
#include "wfm/progress.h"
#include "wfm/run_ask.h"
#include "wfm/settings.h"
#include "wfm/summary.h"

#define LOOK_EVERY_MS 500

static const struct column columns[] = {
    {"id", "run", COLUMN_INT, 0},
    {"kind", "kind", COLUMN_TEXT, 0},
    {"state", "state", COLUMN_TEXT, 0},
    {"week", "week", COLUMN_TEXT, 0},
    {"phase", "phase", COLUMN_TEXT, 0},
    {"percent", "%", COLUMN_REAL, 0},
    {"objective", "objective", COLUMN_REAL, 0},
    {"bound", "bound", COLUMN_REAL, 0},
    {"gap", "gap", COLUMN_SHARE, 2},
    {"roster", "roster", COLUMN_TEXT, 0},
    {"attempt", "attempt", COLUMN_INT, 0},
    {"attempts_max", "of", COLUMN_INT, 0},
    {"worker", "worker", COLUMN_TEXT, 0},
    {"created", "created", COLUMN_TEXT, 0},
    {"started", NULL, COLUMN_TEXT, 0},
    {"finished", "finished", COLUMN_TEXT, 0},
    {"created_by", "for", COLUMN_TEXT, 0},
    {"error", "error", COLUMN_TEXT, 0},
    {NULL, NULL, 0, 0},
};

static double number_in(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    return json_is_number(value) ? json_number_value(value) : NAN;
}

static void add_ts(struct table *table, int64_t ts, const struct zone *zone)
{
    g_autofree char *text = ts != 0 ? time_format(ts, zone) : NULL;
    table_text(table, text);
}

static void add_run(struct table *table, const struct run_info *run)
{
    json_t *ask = json_loads(run->ask_json, 0, NULL), *at = json_loads(run->progress_json, 0, NULL),
           *result = json_loads(run->result_json, 0, NULL);
    json_t *roster = json_object_get(result, "roster");
    g_autofree char *number =
        roster != NULL ? g_strdup_printf("%" JSON_INTEGER_FORMAT, json_integer_value(roster)) : NULL;
    AUTO(zone) zone = zone_new(run->zone, NULL);
    table_int(table, run->id);
    table_text(table, run_kind_name(run->kind));
    table_text(table,
               run->state == RUN_RUNNING && run->cancel_asked ? "cancelling" : run_state_name(run->state));
    table_text(table, json_string_value(json_object_get(ask, "week")));
    table_text(table, json_string_value(json_object_get(at, "phase")));
    table_real(table, number_in(at, "percent"));
    table_real(table, number_in(result, roster != NULL ? "objective" : ""));
    table_real(table, number_in(result, "bound"));
    table_real(table, number_in(result, "gap"));
    table_text(table, number);
    table_int(table, run->attempt);
    table_int(table, run->attempts_max);
    table_text(table, run->worker);
    add_ts(table, run->created_ts, zone);
    add_ts(table, run->started_ts, zone);
    add_ts(table, run->finished_ts, zone);
    table_text(table, run->created_by);
    table_text(table, run->error);
    json_decref(ask);
    json_decref(at);
    json_decref(result);
}

static bool run_of(const struct options *options, int64_t *id, GError **error)
{
    guint64 number;
    if (!g_ascii_string_to_unsigned(options_arg(options, 0), 10, 1, G_MAXINT64, &number, NULL))
        return wfm_fail(error, WFM_ERROR_USAGE, "%s: not the number of a run (wfm runs list)",
                        options_arg(options, 0));
    *id = (int64_t)number;
    return true;
}

/* --- following */

static bool tell_messages(struct store *store, int64_t id, int *after, struct progress *progress,
                          GError **error)
{
    struct run_message *messages;
    int n;
    if (!store_run_messages(store, &scope_planner, id, *after, 0, &messages, &n, error))
        return false;
    for (int i = 0; i < n; i++) {
        progress_note(progress, "%s%s",
                      messages[i].severity == RUN_INFO      ? ""
                      : messages[i].severity == RUN_WARNING ? "warning: "
                                                            : "error: ",
                      messages[i].text);
        *after = messages[i].seq;
    }
    run_messages_free(messages, n);
    return true;
}

static void tell_progress(const struct run_info *run, struct progress *progress)
{
    json_t *at = json_loads(run->progress_json, 0, NULL);
    const char *phase = json_string_value(json_object_get(at, "phase"));
    double objective = number_in(at, "objective"), left_s = number_in(at, "left_s");
    g_autoptr(GString) line = g_string_new(NULL);
    g_string_printf(line, "run %" G_GINT64_FORMAT ": %s", run->id, run_state_name(run->state));
    if (phase != NULL)
        g_string_append_printf(line, ", %s, %.0f %%", phase, number_in(at, "percent"));
    if (json_integer_value(json_object_get(at, "units")) > 0)
        g_string_append_printf(line, ", %d of %d units done",
                               (int)json_integer_value(json_object_get(at, "unit")),
                               (int)json_integer_value(json_object_get(at, "units")));
    if (!isnan(objective))
        g_string_append_printf(line, ", objective %.0f, bound %.0f, gap %.2f %%", objective,
                               number_in(at, "bound"), 100 * number_in(at, "gap"));
    if (!isnan(left_s))
        g_string_append_printf(line, ", at most %.0f s more", left_s);
    progress_show(progress, "%s", line->str);
    json_decref(at);
}

/* Until it has ended, or a signal ends the looking on: the run goes on then. */
static bool follow(struct store *store, int64_t id, bool quiet, struct run_info *run, GError **error)
{
    AUTO(progress) progress = progress_new(quiet);
    bool ok = true, ended = false;
    int after = 0;
    interrupt_catch();
    while (ok && !ended && interrupt_count() == 0) {
        run_info_clear(run);
        ok = store_run_find(store, &scope_planner, id, run, error) &&
             tell_messages(store, id, &after, progress, error);
        ended = ok && run_state_ended(run->state);
        if (ok && !ended) {
            tell_progress(run, progress);
            poll(NULL, 0, LOOK_EVERY_MS);
        }
    }
    interrupt_release();
    if (ended)
        poll(NULL, 0, LOOK_EVERY_MS); /* its last words may come after its end */
    return ok && (!ended || tell_messages(store, id, &after, progress, error));
}

/* The run's row, and that of its roster for people. */
static bool print_run(struct store *store, const struct run_info *run, enum format format, GError **error)
{
    AUTO(table) table = table_new(columns);
    add_run(table, run);
    table_print(table, format, stdout);
    json_t *result = json_loads(run->result_json, 0, NULL);
    int64_t roster = json_integer_value(json_object_get(result, "roster"));
    json_decref(result);
    if (roster == 0 || format != FORMAT_TABLE)
        return true;
    AUTO(table) rosters = summary_rosters(store, &roster, 1, error);
    if (rosters == NULL)
        return false;
    putchar('\n');
    table_print(rosters, format, stdout);
    return true;
}

/* What the end of the run means for the exit status of who followed it. */
static bool went_well(const struct run_info *run, GError **error)
{
    if (run->state == RUN_FAILED)
        return wfm_fail(error, WFM_ERROR_LIMIT, "run %" G_GINT64_FORMAT " failed: %s", run->id, run->error);
    if (run->state == RUN_CANCELLED)
        return wfm_fail(error, WFM_ERROR_CANCELLED, "run %" G_GINT64_FORMAT " was cancelled", run->id);
    return true;
}

static bool follow_and_print(struct store *store, const struct options *options, int64_t id, GError **error)
{
    struct run_info run = {.id = 0};
    bool ok = follow(store, id, options_flag(options, "quiet"), &run, error) &&
              print_run(store, &run, (enum format)options_choice(options, "format"), error) &&
              went_well(&run, error);
    run_info_clear(&run);
    return ok;
}

/* --- subcommands */

static bool run_list(const struct options *options, GError **error)
{
    struct run_info *runs;
    int n;
    AUTO(store) store = settings_store(options, error);
    const struct run_filter filter = {.state = options_text(options, "state"),
                                      .kind = options_text(options, "kind"),
                                      .limit = (int)options_int(options, "limit")};
    if (store == NULL || !store_run_list(store, &scope_planner, &filter, &runs, &n, error))
        return false;
    AUTO(table) table = table_new(columns);
    for (int i = 0; i < n; i++) {
        add_run(table, &runs[i]);
        run_info_clear(&runs[i]);
    }
    g_free(runs);
    table_print(table, (enum format)options_choice(options, "format"), stdout);
    return true;
}

static const struct column message_columns[] = {
    {"seq", "no.", COLUMN_INT, 0},
    {"at", "at", COLUMN_TEXT, 0},
    {"severity", "severity", COLUMN_TEXT, 0},
    {"text", "message", COLUMN_TEXT, 0},
    {NULL, NULL, 0, 0},
};

static bool print_messages(struct store *store, const struct run_info *run, enum format format,
                           GError **error)
{
    struct run_message *messages;
    int n;
    if (!store_run_messages(store, &scope_planner, run->id, 0, 0, &messages, &n, error))
        return false;
    AUTO(zone) zone = zone_new(run->zone, NULL);
    AUTO(table) table = table_new(message_columns);
    for (int i = 0; i < n; i++) {
        table_int(table, messages[i].seq);
        add_ts(table, messages[i].at_ts, zone);
        table_text(table, run_severity_name(messages[i].severity));
        table_text(table, messages[i].text);
    }
    run_messages_free(messages, n);
    if (n > 0 || format != FORMAT_TABLE)
        table_print(table, format, stdout);
    return true;
}

static bool run_show(const struct options *options, GError **error)
{
    struct run_info run = {.id = 0};
    int64_t id;
    if (!run_of(options, &id, error))
        return false;
    AUTO(store) store = settings_store(options, error);
    if (store == NULL)
        return false;
    if (options_flag(options, "follow"))
        return follow_and_print(store, options, id, error);
    enum format format = (enum format)options_choice(options, "format");
    bool ok = store_run_find(store, &scope_planner, id, &run, error);
    if (ok && options_flag(options, "messages"))
        ok = print_messages(store, &run, format, error);
    else if (ok)
        ok = print_run(store, &run, format, error);
    run_info_clear(&run);
    return ok;
}

static bool run_cancel(const struct options *options, GError **error)
{
    int64_t id;
    if (!run_of(options, &id, error))
        return false;
    AUTO(store) store = settings_store(options, error);
    return store != NULL && store_run_cancel(store, id, settings_actor(), error);
}

static bool run_retry(const struct options *options, GError **error)
{
    int64_t id;
    if (!run_of(options, &id, error))
        return false;
    AUTO(store) store = settings_store(options, error);
    return store != NULL && store_run_retry(store, id, settings_actor(), error);
}

/* The words of the command line behind the kind. */
static const char **words_of(const struct options *options)
{
    int n = options_n_args(options);
    const char **words = g_new0(const char *, (gsize)n);
    for (int i = 1; i < n; i++)
        words[i - 1] = options_arg(options, i);
    return words;
}

static bool enqueue(struct store *store, json_t *request, int64_t *id, GError **error)
{
    enum run_kind kind;
    json_t *ask = NULL, *errors = json_array();
    bool ok = store_change_begin(store, error);
    if (ok) {
        bool read = run_ask_read(store, request, &kind, &ask, errors, error);
        g_autofree char *text = read ? json_dumps(ask, JSON_COMPACT | JSON_REAL_PRECISION(17)) : NULL;
        ok = store_change_end(
            store,
            read && store_run_enqueue(store, kind, text, RUN_ATTEMPTS_DEFAULT, settings_actor(), id, error),
            error);
    }
    json_decref(ask);
    json_decref(errors);
    return ok;
}

static bool run_start(const struct options *options, GError **error)
{
    enum run_kind kind;
    int64_t id;
    if (!run_kind_parse(options_arg(options, 0), &kind))
        return wfm_fail(error, WFM_ERROR_USAGE,
                        "\"%s\" is no kind of run; there are forecast, staff, roster, simulate, plan and "
                        "replan",
                        options_arg(options, 0));
    g_autofree const char **words = words_of(options);
    json_t *request = run_ask_words(kind, words, error);
    if (request == NULL)
        return false;
    AUTO(store) store = settings_store(options, error);
    bool ok = store != NULL && enqueue(store, request, &id, error);
    json_decref(request);
    if (!ok)
        return false;
    if (options_flag(options, "follow"))
        return follow_and_print(store, options, id, error);
    printf("%" G_GINT64_FORMAT "\n", id);
    return true;
}

static const struct option_row list_rows[] = {
    {"state", OPTION_CHOICE, "queued|running|done|failed|cancelled", NULL, 0, 0, "only these"},
    {"kind", OPTION_CHOICE, "forecast|staff|roster|simulate|plan|replan", NULL, 0, 0, "only these"},
    {"limit", OPTION_INT, "N", "50", 1, 1e6, "at most so many, newest first"},
    {.name = NULL},
};
static const struct option_row show_rows[] = {
    {"follow", OPTION_FLAG, NULL, NULL, 0, 0, "look on until it has ended; Ctrl-C ends the looking on alone"},
    {"messages", OPTION_FLAG, NULL, NULL, 0, 0, "what was said in it"},
    {.name = NULL},
};
static const struct option_row start_rows[] = {
    {"follow", OPTION_FLAG, NULL, NULL, 0, 0, "look on until it has ended; Ctrl-C ends the looking on alone"},
    {.name = NULL},
};

static const struct command subcommands[] = {
    {.name = "list",
     .args = "",
     .summary = "runs that wait, are worked on or have ended, newest first",
     .rows = list_rows,
     .groups = OPTIONS_STORE | OPTIONS_FORMAT,
     .run = run_list},
    {.name = "show",
     .args = "RUN",
     .args_min = 1,
     .args_max = 1,
     .summary = "one run: where it is, what it made",
     .rows = show_rows,
     .groups = OPTIONS_STORE | OPTIONS_FORMAT | OPTIONS_QUIET,
     .run = run_show},
    {.name = "start",
     .args = "KIND [NAME=VALUE]…",
     .args_min = 1,
     .args_max = -1,
     .summary = "ask for one and print its number; a worker does it",
     .details =
         "KIND is forecast, staff, roster, simulate, plan or replan. NAME is an option of the command "
         "that does the same (wfm roster\n"
         "--help), with \"_\" for \"-\": the members of POST /v1/runs (docs/runs.md). Flags stand alone, "
         "lists are separated by commas.\n\n"
         "  wfm runs start plan week=2026-W48 seed=7 --follow\n"
         "  wfm runs start forecast queues=acme-voice,acme-chat skip_missing",
     .rows = start_rows,
     .groups = OPTIONS_STORE | OPTIONS_FORMAT | OPTIONS_QUIET,
     .run = run_start},
    {.name = "cancel",
     .args = "RUN",
     .args_min = 1,
     .args_max = 1,
     .summary = "stop one; the best roster so far is kept as a draft",
     .groups = OPTIONS_STORE,
     .run = run_cancel},
    {.name = "retry",
     .args = "RUN",
     .args_min = 1,
     .args_max = 1,
     .summary = "queue one again that failed",
     .groups = OPTIONS_STORE,
     .run = run_retry},
    {.name = NULL},
};

const struct command command_runs = {.name = "runs",
                                     .args = "",
                                     .summary = "long work that workers do: ask, look on, stop",
                                     .subcommands = subcommands};
