#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/error.h"
#include "wfm/commands.h"
#include "wfm/forecast_picture.h"
#include "wfm/forecast_words.h"
#include "wfm/output.h"
#include "wfm/pipeline.h"
#include "core/week.h"

static const struct option_row rows[] = {
    {"queue", OPTION_LIST, "ID", NULL, 0, 0, "only this queue"},
    {"skip-missing", OPTION_FLAG, NULL, NULL, 0, 0, "leave out queues without history"},
    {"by", OPTION_CHOICE, "queue|channel|client|zone", "queue", 0, 0,
     "print totals: sums of the queues to the last digit"},
    {"no-reconcile", OPTION_FLAG, NULL, NULL, 0, 0,
     "keep each queue's own forecast: do not make queues and totals agree"},
    {"as-of", OPTION_TEXT, "DATE", NULL, 0, 0,
     "as if that day had just begun: what would have been said then, from the history before it"},
    {"explain", OPTION_FLAG, NULL, NULL, 0, 0,
     "instead: say in words and a picture where each forecast comes from; nothing is stored"},
    {"svg", OPTION_TEXT, "FILE", NULL, 0, 0, "with --explain and one queue: the picture as an SVG file"},
    {"jobs", OPTION_INT, "N", "0", 0, 1024, "threads; 0 = one per core"},
    {.name = NULL},
};

#define COLUMNS                                                                                              \
    {"week", "week", COLUMN_TEXT, 0}, {"queue", "queue", COLUMN_TEXT, 0},                                    \
        {"contacts", "contacts", COLUMN_REAL, 1}, {"with_hand", "with hand", COLUMN_REAL, 1},                \
        {"last", "last time", COLUMN_REAL, 1}, {"change", "change", COLUMN_SHARE, 1},                        \
        {"aht_s", "AHT s", COLUMN_REAL, 0}, {"peak", "peak", COLUMN_REAL, 1},                                \
        {"history_weeks", "history weeks", COLUMN_REAL, 1}, {"origins", "tests", COLUMN_INT, 0},             \
        {"wape", "WAPE", COLUMN_SHARE, 1}, {"naive_wape", "naive", COLUMN_SHARE, 1},                         \
        {"bias", "bias", COLUMN_SHARE, 1}, {"cov80", "in 80 % band", COLUMN_SHARE, 1},

static const struct column columns[] = {COLUMNS{NULL, NULL, 0, 0}};
static const struct column columns_patience[] = {COLUMNS{"patience_s", "patience s", COLUMN_REAL, 0},
                                                 {"patience_error_s", "± s", COLUMN_REAL, 0},
                                                 {NULL, NULL, 0, 0}};

/* How long customers wait before they give up: on a terminal only when the history of some queue says it. */
static bool shows_patience(const struct forecast_line *lines, int n, enum format format)
{
    bool any = format != FORMAT_TABLE;
    for (int i = 0; i < n; i++)
        any |= !isnan(lines[i].patience_s);
    return any;
}

static struct table *forecast_table(const struct planning *planning, const struct forecast_line *lines, int n,
                                    enum format format)
{
    bool patience = shows_patience(lines, n, format);
    struct table *table = table_new(patience ? columns_patience : columns);
    g_autofree char *week = week_format(planning->first_day);
    for (int i = 0; i < n; i++) {
        table_text(table, week);
        table_text(table, planning->operation->queues[lines[i].queue].id);
        table_real(table, lines[i].contacts);
        table_real(table, lines[i].with_hand);
        table_real(table, lines[i].last);
        table_real(table, lines[i].last > 0 ? lines[i].contacts / lines[i].last - 1 : NAN);
        table_real(table, lines[i].aht_s);
        table_real(table, lines[i].peak);
        table_real(table, lines[i].weeks);
        table_int(table, lines[i].origins);
        table_real(table, lines[i].wape);
        table_real(table, lines[i].naive_wape);
        table_real(table, lines[i].bias);
        table_real(table, lines[i].cov80);
        if (patience) {
            table_real(table, lines[i].patience_s);
            table_real(table, lines[i].patience_error_s);
        }
    }
    return table;
}

/* ---- totals ---- */

enum by { BY_QUEUE, BY_CHANNEL, BY_CLIENT, BY_ZONE };

static const struct column total_columns[] = {
    {"week", "week", COLUMN_TEXT, 0},         {"client", "client", COLUMN_TEXT, 0},
    {"channel", "channel", COLUMN_TEXT, 0},   {"zone", "zone", COLUMN_TEXT, 0},
    {"queues", "queues", COLUMN_INT, 0},      {"contacts", "contacts", COLUMN_REAL, 1},
    {"aht_s", "AHT s", COLUMN_REAL, 0},       {"before", "queues alone", COLUMN_REAL, 1},
    {"change", "by totals", COLUMN_SHARE, 1}, {NULL, NULL, 0, 0},
};

/* What a queue is counted under; "" where the level does not tell. */
struct total_name {
    const char *client, *channel, *zone;
};

static struct total_name name_of(const struct operation *operation, int queue, enum by by)
{
    const struct queue *q = &operation->queues[queue];
    struct total_name name = {"", "", ""};
    if (by == BY_CHANNEL || by == BY_CLIENT)
        name.client = operation->clients[q->client].id;
    if (by == BY_CHANNEL)
        name.channel = channel_name(q->channel);
    if (by == BY_ZONE)
        name.zone = q->zone;
    return name;
}

static int compare_names(const struct total_name *a, const struct total_name *b)
{
    int order = strcmp(a->client, b->client);
    order = order != 0 ? order : strcmp(a->channel, b->channel);
    return order != 0 ? order : strcmp(a->zone, b->zone);
}

struct counted {
    struct total_name name;
    const struct forecast_line *line;
};

static int by_name(const void *a, const void *b)
{
    return compare_names(&((const struct counted *)a)->name, &((const struct counted *)b)->name);
}

/* A row of n lines. Tenths of contacts are added as whole numbers, so that no digit is lost. */
static void add_total(struct table *table, const char *week, struct total_name name,
                      const struct counted *counted, int n)
{
    double tenths = 0, work = 0, before = 0;
    for (int i = 0; i < n; i++) {
        const struct forecast_line *line = counted[i].line;
        tenths += round(10 * line->contacts);
        work += line->contacts > 0 ? line->contacts * line->aht_s : 0;
        before += round(10 * line->before);
    }
    table_text(table, week);
    table_text(table, name.client);
    table_text(table, name.channel);
    table_text(table, name.zone);
    table_int(table, n);
    table_real(table, tenths / 10);
    table_real(table, tenths > 0 ? work / (tenths / 10) : NAN);
    table_real(table, before / 10);
    table_real(table, before > 0 ? tenths / before - 1 : NAN);
}

static struct table *total_table(const struct planning *planning, const struct forecast_line *lines, int n,
                                 enum by by)
{
    struct table *table = table_new(total_columns);
    g_autofree char *week = week_format(planning->first_day);
    g_autofree struct counted *counted = g_new(struct counted, (gsize)n + 1);
    for (int i = 0; i < n; i++)
        counted[i] = (struct counted){name_of(planning->operation, lines[i].queue, by), &lines[i]};
    qsort(counted, (size_t)n, sizeof *counted, by_name);
    for (int from = 0, to = 0; from < n; from = to) {
        while (to < n && compare_names(&counted[to].name, &counted[from].name) == 0)
            to++;
        add_total(table, week, counted[from].name, &counted[from], to - from);
    }
    add_total(table, week, (struct total_name){"all", "", ""}, counted, n);
    return table;
}

/* ---- explaining ---- */

static bool print_explained(const struct planning *planning, const struct explained_forecast *explained,
                            int n, enum format format)
{
    if (format == FORMAT_JSON) {
        json_t *all = forecast_explained_json(planning, explained, n);
        json_dumpf(all, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(12));
        putchar('\n');
        json_decref(all);
        return true;
    }
    if (format == FORMAT_CSV) {
        AUTO(table) table = forecast_days_table(planning, explained, n);
        table_print(table, format, stdout);
        return true;
    }
    struct terminal terminal = terminal_of(stdout);
    for (int i = 0; i < n; i++) {
        g_autofree char *words = forecast_words(planning, &explained[i], MIN(terminal.width, 110));
        g_autofree char *picture = forecast_picture(&explained[i], &terminal);
        printf("%s%s\n%s", i > 0 ? "\n" : "", words, picture);
    }
    return true;
}

static bool run_explain(const struct options *options, struct planning *planning,
                        const struct forecast_ask *ask, struct progress *progress, GError **error)
{
    struct explained_forecast *explained = NULL;
    const char *svg = options_text(options, "svg");
    int n = 0;
    if (!pipeline_explain(planning, ask, progress, &explained, &n, error))
        return false;
    bool ok = svg == NULL || n == 1 ||
              wfm_fail(error, WFM_ERROR_USAGE,
                       "--svg %s: a picture of one queue, and these are %d: say --queue ID", svg, n);
    ok = ok && (svg == NULL || forecast_svg_write(planning, &explained[0], svg, error)) &&
         print_explained(planning, explained, n, (enum format)options_choice(options, "format"));
    explained_forecasts_free(explained, n);
    return ok;
}

static bool run(const struct options *options, GError **error)
{
    struct forecast_line *lines = NULL;
    int n = 0;
    struct forecast_ask ask = {.queues = options_list(options, "queue"),
                               .skip_missing = options_flag(options, "skip-missing"),
                               .jobs = (int)options_int(options, "jobs"),
                               .no_reconcile = options_flag(options, "no-reconcile"),
                               .as_of = options_text(options, "as-of")};
    hand_ask_from(options, &ask.hand);
    AUTO(progress) progress = progress_new(options_flag(options, "quiet"));
    bool explain = options_flag(options, "explain");
    if (options_given(options, "svg") && !explain)
        return wfm_fail(error, WFM_ERROR_USAGE, "--svg is for --explain");
    AUTO(planning) planning = planning_open(options, (int)options_int(options, "weeks"), error);
    if (planning != NULL && explain)
        return run_explain(options, planning, &ask, progress, error);
    if (planning == NULL || !pipeline_forecast(planning, &ask, progress, &lines, &n, error))
        return false;
    enum by by = (enum by)options_choice(options, "by");
    enum format format = (enum format)options_choice(options, "format");
    AUTO(table)
    table = by == BY_QUEUE ? forecast_table(planning, lines, n, format) : total_table(planning, lines, n, by);
    table_print(table, format, stdout);
    g_free(lines);
    return true;
}

const struct command command_forecast = {
    .name = "forecast",
    .args = "",
    .summary = "predict contacts and handling time of a week, per queue",
    .details =
        "Without --week: the first whole week after the newest stored history. History of the week "
        "itself and later is not used,\n"
        "so a past week shows what would have been said then. The table gives the rolling-origin "
        "backtest: error (WAPE) of the\n"
        "forecast and of a seasonal naive one on the same days, bias, and how much of what came lay "
        "in the 80 % band. Last time is what\n"
        "the forecast made before this one says of the same weeks; with hand is with the planner's "
        "overrides (wfm override), which\n"
        "stay on top of every new forecast.\n"
        "Totals of channels, clients, time zones and everything are forecast too, and the queues are "
        "made to agree with them.\n"
        "--by prints such totals; with --queue only the queues named are in them.\n"
        "--explain takes each forecast apart: level, trend, weekdays, special days, calendar, times of the "
        "day, models and their errors,\n"
        "what is stored and what the planner changed; as CSV the factors of each day.",
    .rows = rows,
    .groups =
        OPTIONS_STORE | OPTIONS_FORMAT | OPTIONS_QUIET | OPTIONS_WEEK | OPTIONS_WEEKS | OPTIONS_SCENARIO,
    .run = run,
};
