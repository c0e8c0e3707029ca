#include <math.h>
#include <stdio.h>
#include <string.h>

#include "api/hand.h"
#include "core/error.h"
#include "core/opfile.h"
#include "wfm/commands.h"
#include "wfm/output.h"
#include "wfm/progress.h"
#include "wfm/settings.h"

static const struct column columns[] = {
    {"file", "file", COLUMN_TEXT, 0},
    {"rows", "rows", COLUMN_INT, 0},
    {"inserted", "inserted", COLUMN_INT, 0},
    {"updated", "updated", COLUMN_INT, 0},
    {"unchanged", "unchanged", COLUMN_INT, 0},
    {"removed", "removed", COLUMN_INT, 0},
    {NULL, NULL, 0, 0},
};

static void add_report(struct table *table, const char *path, const struct import_report *report,
                       long removed)
{
    table_text(table, path);
    table_int(table, report->rows);
    table_int(table, report->inserted);
    table_int(table, report->updated);
    table_int(table, report->unchanged);
    table_int(table, removed);
}

/* --- history
 * ------------------------------------------------------------------------------------------------------- */

static const struct option_row history_rows[] = {
    {"preset", OPTION_CHOICE, "wfm|genesys|calabrio|connect", NULL, 0, 0,
     "whose columns the file has (default wfm's own)"},
    {"map", OPTION_LIST, "OURS=THEIRS", NULL, 0, 0,
     "our column is called THEIRS in the file, e.g. offered=calls"},
    {"zone", OPTION_TEXT, "ZONE", NULL, 0, 0, "time zone of instants without offset, e.g. Asia/Manila"},
    {"interval", OPTION_INT, "MINUTES", NULL, 1, 1440, "interval length, when the file has no such column"},
    {"queue", OPTION_TEXT, "ID", NULL, 0, 0, "queue, when the file has no such column"},
    {"only", OPTION_LIST, "ID", NULL, 0, 0,
     "take the rows of this queue only and leave the others out; may be repeated"},
    {"separator", OPTION_CHOICE, ",|;|tab|bar", NULL, 0, 0, "column separator (default: detected); bar is |"},
    {"decimal-comma", OPTION_FLAG, NULL, NULL, 0, 0, "numbers are written 1,5"},
    {"dry-run", OPTION_FLAG, NULL, NULL, 0, 0, "read and check only; touch no database"},
    {.name = NULL},
};

static bool history_format_of(const struct options *options, struct history_format *format, GError **error)
{
    static const char separators[] = {',', ';', '\t', '|'};
    const char *const *map = options_list(options, "map");
    for (int i = 0; map[i] != NULL; i++) {
        const char *equals = strchr(map[i], '=');
        if (equals == NULL || equals == map[i] || equals[1] == '\0')
            return wfm_fail(error, WFM_ERROR_USAGE, "--map %s: write OURS=THEIRS, e.g. offered=calls",
                            map[i]);
    }
    bool has_interval = options_given(options, "interval");
    if (has_interval && !grid_interval_ok((int)options_int(options, "interval")))
        return wfm_fail(error, WFM_ERROR_USAGE, "--interval %s: must be 5, 10, 15, 30 or 60 minutes",
                        options_text(options, "interval"));
    *format = (struct history_format){
        .preset = options_text(options, "preset"),
        .map = map,
        .separator =
            options_given(options, "separator") ? separators[options_choice(options, "separator")] : '\0',
        .decimal_comma = options_flag(options, "decimal-comma"),
        .zone = options_text(options, "zone"),
        .interval_min = has_interval ? (int)options_int(options, "interval") : 0,
        .queue = options_text(options, "queue"),
        .only = options_given(options, "only") ? options_list(options, "only") : NULL,
    };
    return true;
}

static bool accept_row(const struct history_row *row, void *user, GError **error)
{
    (void)row, (void)user, (void)error;
    return true;
}

static bool run_history(const struct options *options, GError **error)
{
    struct history_format format;
    if (!history_format_of(options, &format, error))
        return false;
    AUTO(store) store = NULL;
    bool dry = options_flag(options, "dry-run");
    if (!dry && (store = settings_store(options, error)) == NULL)
        return false;
    AUTO(table) table = table_new(columns);
    for (int i = 0; i < options_n_args(options); i++) {
        const char *path = options_arg(options, i);
        struct import_report report = {0};
        bool ok = dry ? history_read(path, &format, accept_row, NULL, &report.rows, error)
                      : store_history_import(store, path, &format, settings_actor(), &report, error);
        if (!ok) {
            if (table_rows(table) > 0) /* the files before this one are in: say so */
                table_print(table, (enum format)options_choice(options, "format"), stdout);
            return false;
        }
        add_report(table, path, &report, 0);
    }
    table_print(table, (enum format)options_choice(options, "format"), stdout);
    return true;
}

/* --- agents, time off, special days, wishes, meetings: small files that replace what is stored
 * ----------------------------------------- */

static void append_spans(GString *text, const struct week_span *spans, int n)
{
    for (int i = 0; i < n; i++)
        g_string_append_printf(text, "|%d:%d-%d", spans[i].weekdays, spans[i].from_min, spans[i].to_min);
}

/* Adds "key" → "everything else" of each row to the hash; both texts are owned by it. */
static void describe_agents(const struct operation *operation, GHashTable *out)
{
    for (int a = 0; a < operation->n_agents; a++) {
        const struct agent *agent = &operation->agents[a];
        GString *text = g_string_new(agent->name);
        g_string_append_printf(text, "|%s|%s|%d|%d", operation->sites[agent->site].id,
                               operation->contracts[agent->contract].id, agent->employed_from,
                               agent->employed_to);
        for (int s = 0; s < agent->n_skills; s++)
            g_string_append_printf(text, "|%s:%.9g@%d", operation->queues[agent->skills[s].queue].id,
                                   agent->skills[s].proficiency, agent->skills[s].overflow);
        g_string_append_printf(text, "|%d|%d|%d|%.9g", agent->lead, agent->rank, agent->optional,
                               agent->hire_price);
        append_spans(text, agent->available, agent->n_available);
        g_hash_table_insert(out, g_strdup(agent->id), g_string_free(text, FALSE));
    }
}

static void describe_time_off(const struct operation *operation, GHashTable *out)
{
    for (int i = 0; i < operation->n_time_off; i++) {
        const struct time_off *off = &operation->time_off[i];
        g_hash_table_insert(out,
                            g_strdup_printf("%s|%" G_GINT64_FORMAT "|%" G_GINT64_FORMAT,
                                            operation->agents[off->agent].id, off->start_ts, off->end_ts),
                            g_strdup_printf("%d|%s", off->credit_min, off->kind != NULL ? off->kind : ""));
    }
}

static const char *scope_id(const struct operation *operation, const struct special_day *day)
{
    switch (day->scope) {
    case SCOPE_CLIENT:
        return operation->clients[day->index].id;
    case SCOPE_QUEUE:
        return operation->queues[day->index].id;
    case SCOPE_SITE:
        return operation->sites[day->index].id;
    default:
        return "";
    }
}

static void describe_special_days(const struct operation *operation, GHashTable *out)
{
    for (int i = 0; i < operation->n_special_days; i++) {
        const struct special_day *day = &operation->special_days[i];
        g_hash_table_insert(
            out,
            g_strdup_printf("%d|%s|%d|%s", (int)day->scope, scope_id(operation, day), day->day, day->name),
            g_strdup(special_kind_name(day->kind)));
    }
}

static void describe_preferences(const struct operation *operation, GHashTable *out)
{
    for (int i = 0; i < operation->n_preferences; i++) {
        const struct preference *wish = &operation->preferences[i];
        g_hash_table_insert(out,
                            g_strdup_printf("%s|%d|%s|%d|%d|%d", operation->agents[wish->agent].id, wish->day,
                                            wish->tmpl >= 0 ? operation->templates[wish->tmpl].id : "",
                                            wish->off, wish->from_min, wish->to_min),
                            g_strdup_printf("%.9g", wish->price));
    }
}

static void describe_meetings(const struct operation *operation, GHashTable *out)
{
    for (int i = 0; i < operation->n_meetings; i++) {
        const struct meeting *meeting = &operation->meetings[i];
        GString *text = g_string_new(meeting->name);
        g_string_append_printf(text, "|%d|%d|%" G_GINT64_FORMAT "|%" G_GINT64_FORMAT "|%d|%.9g",
                               (int)meeting->kind, meeting->length_min, meeting->from_ts, meeting->to_ts,
                               meeting->together, meeting->price);
        for (int k = 0; k < meeting->n_agents; k++)
            g_string_append_printf(text, "|%s", operation->agents[meeting->agents[k]].id);
        g_hash_table_insert(out, g_strdup(meeting->id), g_string_free(text, FALSE));
    }
}

static const struct option_row override_rows[] = {
    {"dry-run", OPTION_FLAG, NULL, NULL, 0, 0, "read and check only; change nothing"},
    {.name = NULL},
};

/* --- overrides: rows that are added to what stands
 * ---------------------------------------------------------------- */

static bool run_overrides(const struct options *options, GError **error)
{
    const char *path = options_arg(options, 0);
    struct import_report report = {0};
    struct override *overrides = NULL;
    int n = 0;
    AUTO(store) store = settings_store(options, error);
    AUTO(operation) operation = store != NULL ? store_operation_load(store, error) : NULL;
    if (operation == NULL || !overrides_read(operation, path, &overrides, &n, error))
        return false;
    report.rows = n;
    bool ok = options_flag(options, "dry-run") ||
              store_overrides_add(store, overrides, n, settings_actor(), &report, NULL, error);
    g_autoptr(GString) cuts = g_string_new(NULL);
    ok = ok && hand_tell_cuts(store, operation, overrides, n, cuts, error);
    overrides_free(overrides, n);
    if (!ok)
        return false;
    fputs(cuts->str, stderr);
    AUTO(table) table = table_new(columns);
    add_report(table, path, &report, 0);
    table_print(table, (enum format)options_choice(options, "format"), stdout);
    return true;
}

struct small_file {
    bool (*read)(struct operation *operation, const char *path, GError **error);
    bool (*save)(struct store *store, const struct operation *operation, const char *actor, GError **error);
    void (*describe)(const struct operation *operation, GHashTable *out);
};

static long compare(GHashTable *before, GHashTable *after, struct import_report *report)
{
    GHashTableIter iter;
    gpointer key, value;
    g_hash_table_iter_init(&iter, after);
    while (g_hash_table_iter_next(&iter, &key, &value)) {
        const char *old = g_hash_table_lookup(before, key);
        report->rows++;
        report->inserted += old == NULL;
        report->unchanged += old != NULL && strcmp(old, value) == 0;
        report->updated += old != NULL && strcmp(old, value) != 0;
    }
    return (long)g_hash_table_size(before) - (report->updated + report->unchanged);
}

static bool run_small(const struct options *options, const struct small_file *file, GError **error)
{
    const char *path = options_arg(options, 0);
    AUTO(store) store = settings_store(options, error);
    if (store == NULL)
        return false;
    AUTO(operation) operation = store_operation_load(store, error);
    if (operation == NULL)
        return false;
    g_autoptr(GHashTable) before = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_autoptr(GHashTable) after = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    file->describe(operation, before);
    if (!file->read(operation, path, error))
        return false;
    file->describe(operation, after);
    if (file->read == operation_read_agents)
        progress_warn(operation);
    if (!options_flag(options, "dry-run") && !file->save(store, operation, settings_actor(), error))
        return false;
    struct import_report report = {0};
    long removed = compare(before, after, &report);
    AUTO(table) table = table_new(columns);
    add_report(table, path, &report, removed);
    table_print(table, (enum format)options_choice(options, "format"), stdout);
    return true;
}

static bool run_agents(const struct options *options, GError **error)
{
    static const struct small_file file = {operation_read_agents, store_agents_save, describe_agents};
    return run_small(options, &file, error);
}

static bool run_time_off(const struct options *options, GError **error)
{
    static const struct small_file file = {operation_read_time_off, store_time_off_save, describe_time_off};
    return run_small(options, &file, error);
}

static bool run_special_days(const struct options *options, GError **error)
{
    static const struct small_file file = {operation_read_special_days, store_special_days_save,
                                           describe_special_days};
    return run_small(options, &file, error);
}

static bool run_preferences(const struct options *options, GError **error)
{
    static const struct small_file file = {operation_read_preferences, store_preferences_save,
                                           describe_preferences};
    return run_small(options, &file, error);
}

static bool run_meetings(const struct options *options, GError **error)
{
    static const struct small_file file = {operation_read_meetings, store_meetings_save, describe_meetings};
    return run_small(options, &file, error);
}

static const struct option_row small_rows[] = {
    {"dry-run", OPTION_FLAG, NULL, NULL, 0, 0, "read, check and compare only; change nothing"},
    {.name = NULL},
};

#define SMALL(what, file, text, function)                                                                    \
    {                                                                                                        \
        .name = what, .args = file, .args_min = 1, .args_max = 1, .summary = text,                           \
        .details = "What is stored becomes exactly what the file says.", .rows = small_rows,                 \
        .groups = OPTIONS_STORE | OPTIONS_FORMAT, .run = function                                            \
    }

static const struct command subcommands[] = {
    {.name = "history",
     .args = "FILE…",
     .args_min = 1,
     .args_max = -1,
     .summary = "contacts per queue and interval (CSV, any ACD)",
     .details =
         "wfm's own columns: "
         "queue,interval_start,interval_minutes,offered,answered,abandoned,handle_seconds (or\n"
         "aht_seconds), wait_seconds (time in the queue of all offered contacts, answered or not: what "
         "patience is\n"
         "estimated from), with RFC 3339 instants. Each file is one transaction: a bad row stops it, "
         "names file, line, column and\n"
         "value, and leaves nothing behind; importing a file twice changes nothing. - reads standard "
         "input.\n\n"
         "  wfm import history --map queue=skill --map interval_start=time --zone Asia/Manila "
         "--interval 15 acd.csv",
     .rows = history_rows,
     .groups = OPTIONS_STORE | OPTIONS_FORMAT,
     .run = run_history},
    SMALL("agents", "AGENTS.csv", "agents with site, contract, skills, availability", run_agents),
    SMALL("meetings", "MEETINGS.csv", "meetings and training to be placed inside shifts", run_meetings),
    {.name = "overrides",
     .args = "OVERRIDES.csv",
     .args_min = 1,
     .args_max = 1,
     .summary = "the planner's changes of forecasts (wfm override)",
     .details =
         "Columns: queue,from,to,measure,kind,value,per,hours,scenario,why. measure is volume or aht, kind "
         "set, add or percent; per (range,\n"
         "day, interval), hours and scenario may be empty. What the file says is added to what stands; "
         "importing it twice changes\n"
         "nothing.",
     .rows = override_rows,
     .groups = OPTIONS_STORE | OPTIONS_FORMAT,
     .run = run_overrides},
    SMALL("preferences", "PREFERENCES.csv", "wishes of agents for days and starts", run_preferences),
    SMALL("special-days", "SPECIAL_DAYS.csv", "holidays, closed days, events", run_special_days),
    SMALL("time-off", "TIME_OFF.csv", "absences known when planning", run_time_off),
    {.name = NULL},
};

const struct command command_import = {
    .name = "import",
    .args = "",
    .summary = "read history, agents, time off, special days, overrides, wishes or "
               "meetings",
    .subcommands = subcommands};
