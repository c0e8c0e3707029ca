#include <math.h>
#include <stdio.h>
#include <string.h>

#include "api/hand.h"
#include "core/error.h"
#include "wfm/commands.h"
#include "wfm/output.h"
#include "wfm/settings.h"

/* --- add
 * -----------------------------------------------------------------------------------------------------------
 */

static const struct option_row add_rows[] = {
    {"queue", OPTION_LIST, "ID", NULL, 0, 0, "of this queue"},
    {"client", OPTION_TEXT, "ID", NULL, 0, 0, "of all queues of this client"},
    {"from", OPTION_TEXT, "WHEN", NULL, 0, 0,
     "first day, 2026-12-01, or a time of the queue's clock, 2026-12-01T10:00"},
    {"to", OPTION_TEXT, "WHEN", NULL, 0, 0,
     "last day (included), or the time where it ends; else the one day, or the one planning interval"},
    {"hours", OPTION_TEXT, "SPANS", NULL, 0, 0, "only in these hours of the week: \"mon-fri 09:00-18:00\""},
    {"volume", OPTION_TEXT, "CHANGE", NULL, 0, 0,
     "contacts: 500 (so many), +50, -50 (more or less), +15%, -10%"},
    {"aht", OPTION_TEXT, "CHANGE", NULL, 0, 0, "handling time: 300 (seconds), +30s, -30s, +5%, -5%"},
    {"per", OPTION_CHOICE, "range|day|interval", "range", 0, 0,
     "whether 500 or +50 contacts are meant for all of it, for each day or for each interval"},
    {"why", OPTION_TEXT, "TEXT", NULL, 0, 0, "the reason, shown wherever the override is"},
    {"scenario", OPTION_TEXT, "NAME", NULL, 0, 0,
     "put it into this scenario, made when it is new, instead of using it always"},
    {"dry-run", OPTION_FLAG, NULL, NULL, 0, 0, "show what it would do; keep nothing"},
    {.name = NULL},
};

static const struct column add_columns[] = {
    {"id", "id", COLUMN_INT, 0},          {"queue", "queue", COLUMN_TEXT, 0},
    {"change", "change", COLUMN_TEXT, 0}, {"from", "from", COLUMN_TEXT, 0},
    {"to", "to", COLUMN_TEXT, 0},         {"before", "before", COLUMN_REAL, 1},
    {"after", "after", COLUMN_REAL, 1},   {"scenario", "scenario", COLUMN_TEXT, 0},
    {"state", "state", COLUMN_TEXT, 0},   {NULL, NULL, 0, 0},
};

/* What is to be added: overrides of one queue follow each other. */
struct adding {
    const struct options *options;
    struct operation *operation;
    GArray *overrides; /* struct override */
    GArray *effects;   /* struct override_effect, one each; NAN where nothing is forecast */
};

static void clear_override(gpointer override)
{
    override_clear(override);
}

/* One override of one measure. */
static bool add_change(struct adding *adding, const struct queue *queue, enum override_measure measure,
                       GError **error)
{
    const struct options *options = adding->options;
    const char *name = override_measure_name(measure), *change = options_text(options, name);
    const char *from = options_text(options, "from"), *to = options_text(options, "to");
    const char *hours = options_text(options, "hours");
    if (change == NULL)
        return true;
    g_array_set_size(adding->overrides, adding->overrides->len + 1);
    struct override *o = &g_array_index(adding->overrides, struct override, adding->overrides->len - 1);
    *o = (struct override){.queue = g_strdup(queue->id),
                           .scenario = g_strdup(options_text(options, "scenario")),
                           .measure = measure,
                           .per = (enum override_per)options_choice(options, "per"),
                           .hours = g_strdup(hours != NULL ? hours : ""),
                           .why = g_strdup(options_text(options, "why"))};
    if (!override_value_parse(change, measure, &o->kind, &o->value, error)) {
        g_prefix_error(error, "--%s: ", name);
        return false;
    }
    AUTO(zone) zone = zone_new(queue->zone, error);
    if (zone == NULL || !override_when_parse(from, zone, false, &o->from_ts, error)) {
        g_prefix_error(error, "--from: ");
        return false;
    }
    bool one_interval = to == NULL && strchr(from, ':') != NULL;
    if (one_interval)
        o->to_ts = o->from_ts + adding->operation->interval_min * 60;
    else if (!override_when_parse(to != NULL ? to : from, zone, true, &o->to_ts, error)) {
        g_prefix_error(error, "--to: ");
        return false;
    }
    const char *field = "";
    if (override_check(o, &field, error))
        return true;
    g_prefix_error(error, "--%s: ", strcmp(field, "value") == 0 ? name : field);
    return false;
}

/* What the last overrides, of this queue, do to the stored forecast. */
static bool preview(struct adding *adding, struct store *store, const struct queue *queue, guint first,
                    GError **error)
{
    g_array_set_size(adding->effects, adding->overrides->len);
    return hand_preview(store, queue, &g_array_index(adding->overrides, struct override, first),
                        (int)(adding->overrides->len - first),
                        &g_array_index(adding->effects, struct override_effect, first), error);
}

static bool chosen(const struct options *options, const struct operation *operation, int queue)
{
    const struct queue *q = &operation->queues[queue];
    const char *client = options_text(options, "client");
    return g_strv_contains(options_list(options, "queue"), q->id) ||
           (client != NULL && strcmp(operation->clients[q->client].id, client) == 0);
}

static bool add_queues(struct adding *adding, struct store *store, GError **error)
{
    const struct operation *operation = adding->operation;
    const char *const *queues = options_list(adding->options, "queue");
    const char *client = options_text(adding->options, "client");
    for (int i = 0; queues[i] != NULL; i++)
        if (operation_queue(operation, queues[i]) < 0)
            return wfm_fail(error, WFM_ERROR_NOT_FOUND, "queue %s: the operation has no such queue",
                            queues[i]);
    if (client != NULL && operation_client(operation, client) < 0)
        return wfm_fail(error, WFM_ERROR_NOT_FOUND, "client %s: the operation has no such client", client);
    for (int q = 0; q < operation->n_queues; q++) {
        guint first = adding->overrides->len;
        if (chosen(adding->options, operation, q) &&
            (!add_change(adding, &operation->queues[q], OVERRIDE_VOLUME, error) ||
             !add_change(adding, &operation->queues[q], OVERRIDE_AHT, error) ||
             !preview(adding, store, &operation->queues[q], first, error)))
            return false;
    }
    return adding->overrides->len > 0 ||
           wfm_fail(error, WFM_ERROR_NOT_FOUND, "client %s has no queues", client);
}

/* fresh: one each; NULL: nothing was kept. */
static bool print_added(const struct adding *adding, const bool *fresh, GError **error)
{
    AUTO(table) table = table_new(add_columns);
    for (guint i = 0; i < adding->overrides->len; i++) {
        const struct override *o = &g_array_index(adding->overrides, struct override, i);
        const struct override_effect *effect = &g_array_index(adding->effects, struct override_effect, i);
        int queue = operation_queue(adding->operation, o->queue);
        AUTO(zone) zone = zone_new(adding->operation->queues[queue].zone, error);
        if (zone == NULL)
            return false;
        g_autofree char *text = override_text(o), *from = time_format(o->from_ts, zone);
        g_autofree char *to = time_format(o->to_ts, zone);
        table_int(table, o->id);
        table_text(table, o->queue);
        table_text(table, text);
        table_text(table, from);
        table_text(table, to);
        table_real(table, effect->before);
        table_real(table, effect->after);
        table_text(table, o->scenario);
        table_text(table, fresh == NULL ? "not kept" : fresh[i] ? "new" : "there already");
    }
    table_print(table, (enum format)options_choice(adding->options, "format"), stdout);
    return true;
}

static bool add_check(const struct options *options, GError **error)
{
    if (options_list(options, "queue")[0] == NULL && !options_given(options, "client"))
        return wfm_fail(error, WFM_ERROR_USAGE, "of which queues? --queue ID or --client ID");
    if (!options_given(options, "from"))
        return wfm_fail(error, WFM_ERROR_USAGE, "when? --from 2026-12-01, or --from 2026-12-01T10:00");
    if (!options_given(options, "volume") && !options_given(options, "aht"))
        return wfm_fail(error, WFM_ERROR_USAGE, "what changes? --volume +15%%, --aht +30s, or both");
    if (!options_given(options, "why"))
        return wfm_fail(error, WFM_ERROR_USAGE, "why? --why TEXT is shown wherever the override is");
    return true;
}

/* A scenario that is off is easily forgotten. */
static bool tell_scenario(struct store *store, const char *name, GError **error)
{
    struct scenario_info *infos = NULL;
    int n = 0;
    if (name == NULL)
        return true;
    if (!store_scenario_list(store, &infos, &n, error))
        return false;
    for (int i = 0; i < n; i++)
        if (strcmp(infos[i].name, name) == 0 && !infos[i].standing)
            fprintf(stderr,
                    "scenario %s is off: --scenario %s tries it, wfm scenario on %s uses it in every plan\n",
                    name, name, name);
    scenario_infos_free(infos, n);
    return true;
}

static bool run_add(const struct options *options, GError **error)
{
    if (!add_check(options, error))
        return false;
    AUTO(store) store = settings_store(options, error);
    AUTO(operation) operation = store != NULL ? store_operation_load(store, error) : NULL;
    if (operation == NULL)
        return false;
    g_autoptr(GArray) overrides = g_array_new(FALSE, TRUE, sizeof(struct override));
    g_autoptr(GArray) effects = g_array_new(FALSE, TRUE, sizeof(struct override_effect));
    g_array_set_clear_func(overrides, clear_override);
    struct adding adding = {options, operation, overrides, effects};
    bool keep = !options_flag(options, "dry-run");
    if (!add_queues(&adding, store, error))
        return false;
    int n = (int)overrides->len;
    g_autofree bool *fresh = g_new0(bool, (gsize)n + 1);
    return (!keep || store_overrides_add(store, (struct override *)(void *)overrides->data, n,
                                         settings_actor(), NULL, fresh, error)) &&
           print_added(&adding, keep ? fresh : NULL, error) &&
           (!keep || tell_scenario(store, options_text(options, "scenario"), error));
}

/* --- list
 * ----------------------------------------------------------------------------------------------------------
 */

static const struct option_row list_rows[] = {
    {"queue", OPTION_TEXT, "ID", NULL, 0, 0, "only of this queue"},
    {"scenario", OPTION_TEXT, "NAME", NULL, 0, 0, "only of this scenario"},
    {"all", OPTION_FLAG, NULL, NULL, 0, 0, "also those that were taken back"},
    {.name = NULL},
};

/* The names are those of overrides.csv, so that a list can be changed and imported again. */
static const struct column list_columns[] = {
    {"id", "id", COLUMN_INT, 0},
    {"queue", "queue", COLUMN_TEXT, 0},
    {"from", "from", COLUMN_TEXT, 0},
    {"to", "to", COLUMN_TEXT, 0},
    {"measure", "measure", COLUMN_TEXT, 0},
    {"kind", "kind", COLUMN_TEXT, 0},
    {"value", "value", COLUMN_REAL, 2},
    {"per", "per", COLUMN_TEXT, 0},
    {"hours", "hours", COLUMN_TEXT, 0},
    {"scenario", "scenario", COLUMN_TEXT, 0},
    {"why", "why", COLUMN_TEXT, 0},
    {"state", "state", COLUMN_TEXT, 0},
    {"by", "by", COLUMN_TEXT, 0},
    {"at", "at", COLUMN_TEXT, 0},
    {NULL, NULL, 0, 0},
};

static bool list_row(struct table *table, const struct operation *operation, const struct override *o,
                     GError **error)
{
    int queue = operation_queue(operation, o->queue);
    AUTO(zone) zone = zone_new(operation->queues[queue].zone, error);
    if (zone == NULL)
        return false;
    bool total = o->measure == OVERRIDE_VOLUME && o->kind != OVERRIDE_PERCENT;
    g_autofree char *from = time_format(o->from_ts, zone), *to = time_format(o->to_ts, zone);
    g_autofree char *at = time_format(o->created_ts, NULL);
    g_autofree char *back = o->removed_by != NULL ? g_strdup_printf("taken back by %s", o->removed_by) : NULL;
    table_int(table, o->id);
    table_text(table, o->queue);
    table_text(table, from);
    table_text(table, to);
    table_text(table, override_measure_name(o->measure));
    table_text(table, override_kind_name(o->kind));
    table_real(table, o->value);
    table_text(table, total ? override_per_name(o->per) : "");
    table_text(table, o->hours);
    table_text(table, o->scenario);
    table_text(table, o->why);
    table_text(table, back != NULL ? back : o->standing ? "in use" : "when asked for");
    table_text(table, o->created_by);
    table_text(table, at);
    return true;
}

static bool run_list(const struct options *options, GError **error)
{
    struct override_filter filter = {.queue = options_text(options, "queue"),
                                     .scenario = options_text(options, "scenario"),
                                     .with_removed = options_flag(options, "all")};
    struct override *overrides = NULL;
    int n = 0;
    AUTO(store) store = settings_store(options, error);
    AUTO(operation) operation = store != NULL ? store_operation_load(store, error) : NULL;
    if (operation == NULL || !store_override_list(store, &scope_planner, &filter, &overrides, &n, error))
        return false;
    AUTO(table) table = table_new(list_columns);
    bool ok = true;
    for (int i = 0; ok && i < n; i++)
        ok = list_row(table, operation, &overrides[i], error);
    overrides_free(overrides, n);
    if (ok)
        table_print(table, (enum format)options_choice(options, "format"), stdout);
    return ok;
}

/* --- remove
 * -------------------------------------------------------------------------------------------------------- */

static bool run_remove(const struct options *options, GError **error)
{
    int n = options_n_args(options);
    g_autofree int64_t *ids = g_new0(int64_t, (gsize)n);
    for (int i = 0; i < n; i++) {
        guint64 id;
        if (!g_ascii_string_to_unsigned(options_arg(options, i), 10, 1, G_MAXINT64, &id, NULL))
            return wfm_fail(error, WFM_ERROR_USAGE, "%s: not the number of an override (wfm override list)",
                            options_arg(options, i));
        ids[i] = (int64_t)id;
    }
    AUTO(store) store = settings_store(options, error);
    return store != NULL && store_overrides_remove(store, ids, n, settings_actor(), error);
}

static const struct command subcommands[] = {
    {.name = "add",
     .args = "",
     .summary = "change what is forecast: so many contacts, more, less, or in percent; handling time too",
     .details =
         "A total (500, +50) of a range is spread over its intervals by the forecast's own profile, or "
         "evenly "
         "over the opening hours\n"
         "where nothing is forecast. Several overrides of the same time work one after the other, in the "
         "order "
         "of entry, each on what\n"
         "those before it left. The table shows the contacts of the range before and after (of handling "
         "time: "
         "its mean).\n\n"
         "  wfm override add --queue acme-voice --from 2026-12-24 --volume -40% --why \"early close\"\n"
         "  wfm override add --client acme --from 2026-12-01 --to 2026-12-12 --hours \"mon-fri 09:00-18:00\" "
         "--volume +15% --aht +30s \\\n"
         "      --scenario campaign --why \"mailing of 40,000\"",
     .rows = add_rows,
     .groups = OPTIONS_STORE | OPTIONS_FORMAT,
     .run = run_add},
    {.name = "list",
     .args = "",
     .summary = "overrides: what, when, why, by whom, and whether in use",
     .details = "As CSV it can be read again by wfm import overrides.",
     .rows = list_rows,
     .groups = OPTIONS_STORE | OPTIONS_FORMAT,
     .run = run_list},
    {.name = "remove",
     .args = "ID…",
     .args_min = 1,
     .args_max = -1,
     .summary = "take overrides back; they stay on record",
     .groups = OPTIONS_STORE,
     .run = run_remove},
    {.name = NULL},
};

const struct command command_override = {.name = "override",
                                         .args = "",
                                         .summary = "the planner's hand: changes on top of every forecast",
                                         .subcommands = subcommands};
